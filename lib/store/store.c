/* store - see store.h.  libpq in pipeline mode, non-blocking, with our own deadline around every wait.
 *
 * In: statements with messages; out: rows as messages in the caller's arena.  Owns the connection, the plans of its
 * statements, a buffer for parameters (STORE_BYTES_MAX bounds what one sync may send) and the results of the last sync.
 * One thread per store.
 *
 * The connection is dropped the moment it is lost: the server then rolls back and frees our locks at once
 * (client_connection_check_interval), and store_fd() is -1 until store_reopen().  A query is never cancelled: a cancel
 * can hit the statement after the one it was meant for. */
#include "store/store.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "store/store_codec.h"

#include <assert.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_VOID = 2278, PLAN_BUCKETS = 64, STATEMENT_NAME_MAX = 63 /* the server cuts the rest off */ };

/* What the server told us of a prepared statement, with our fields beside it. */
struct plan {
	struct plan *next;
	const struct store_stmt *stmt;
	struct binding {
		const ProtobufCFieldDescriptor *field;
		const struct store_codec *codec;        /* NULL: a column of type void */
		bool array;                             /* takes the field of every message */
	} param[STORE_FIELDS_MAX], column[STORE_FIELDS_MAX];
	int ncolumns;
};

/* One command of the pipeline; it has exactly one result. */
struct sent {
	const struct plan *plan;                        /* NULL: a text */
	const char *what;                               /* for the log */
	PGresult *result;
};

struct store {
	char *conninfo;
	PGconn *conn;                                   /* NULL: lost */
	struct plan *plans[PLAN_BUCKETS];               /* by address of the statement */
	struct store_bytes scratch;                     /* parameters of one statement */
	struct sent sent[STORE_QUEUE_MAX];
	size_t nsent, query[STORE_QUEUE_MAX], nqueries; /* query: which of sent are store_queue's */
	size_t bytes;                                   /* of parameters since the last sync */
	bool oversized;                                 /* a statement passed the bound; nothing is sent after it */
	bool synced;                                    /* results stand in sent; the next command starts anew */
	bool only_here;                               /* a commit of this round trip may not have reached the standby */
	enum store_error error;                         /* of the last sync */
	PGresult *failure;                              /* its cause, when the server said one */
	int64_t round_trips;
	int wait_ms;                                    /* how long an answer may take */
};

/* Kept prepared, as every batch has them. */
static const char *const prepared_texts[] = { "begin", "commit", "rollback" };
enum { PREPARED_TEXTS = sizeof(prepared_texts) / sizeof(prepared_texts[0]) };

/* Not every platform can check the client's socket; those that cannot go without. */
static const char check_interval[] =
	"do $$ begin set client_connection_check_interval = '100ms'; exception when others then null; end $$";

/* Every statement is written for index lookups driven by arrays: plans must not change with statistics or size. */
static const char session_options[] =
	"-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_hashjoin=off "
	"-c enable_mergejoin=off -c enable_bitmapscan=off -c enable_memoize=off "
	"-c random_page_cost=1.1 -c TimeZone=UTC";

/* ---- errors */

static const struct {
	const char *prefix;                             /* of the SQLSTATE */
	enum store_error error;
} error_classes[] = {
	{ "ZF001", STORE_FENCED },
	{ "ZK001", STORE_KEY_TAKEN },
	{ "40", STORE_TRANSIENT },                      /* serialization failure, deadlock */
	{ "53", STORE_TRANSIENT },                      /* out of memory, disk, connections */
	{ "55P03", STORE_TRANSIENT },                   /* lock not available in time */
	{ "08", STORE_LOST },
	{ "57P0", STORE_LOST },                         /* shutdown, crash, idle session */
	{ "25P03", STORE_LOST },                        /* idle in transaction */
	{ "25P04", STORE_LOST },                        /* transaction timeout */
	{ "25006", STORE_LOST },                        /* the server has become a standby: look for the primary */
};

static const char *
result_field(const PGresult *r, int code)
{
	const char *text = r ? PQresultErrorField(r, code) : NULL;
	return text ? text : "";
}

static enum store_error
error_class(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof(error_classes) / sizeof(error_classes[0]); i++)
		if (strncmp(sqlstate, error_classes[i].prefix, strlen(error_classes[i].prefix)) == 0)
			return error_classes[i].error;
	return STORE_BAD_INPUT;
}

/* What the server says of a value (class 22) quotes it, and the detail of a broken constraint the row: neither is
 * logged. */
static void
log_failure(enum store_error error, const char *what, const PGresult *r)
{
	const char *sqlstate = result_field(r, PG_DIAG_SQLSTATE);
	bool quotes = strncmp(sqlstate, "22", 2) == 0;
	const struct log_field fields[] = {
		LOG_S("statement", what),
		LOG_S("sqlstate", sqlstate),
		LOG_S("error", quotes ? "" : result_field(r, PG_DIAG_MESSAGE_PRIMARY)),
		LOG_S("constraint", result_field(r, PG_DIAG_CONSTRAINT_NAME)),
	};

	log_write(error == STORE_BAD_INPUT || error == STORE_LOST ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, "store.failed",
	          NULL, fields, sizeof(fields) / sizeof(fields[0]));
}

const char *
store_detail(const store_t *db)
{
	return result_field(db->failure, PG_DIAG_MESSAGE_DETAIL);
}

const char *
store_sqlstate(const store_t *db)
{
	return result_field(db->failure, PG_DIAG_SQLSTATE);
}

/* ---- the queue of commands */

static void
queue_clear(store_t *db)
{
	for (size_t i = 0; i < db->nsent; i++)
		PQclear(db->sent[i].result);
	db->nsent = db->nqueries = db->bytes = 0;
	db->oversized = false;
	db->synced = false;
}

static void
connection_drop(store_t *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
}

/* What was sent has no outcome any more.  The reason is logged here, once. */
static void
lose(store_t *db, const char *what, const char *sqlstate, const char *why)
{
	LOG(ERROR, "store.lost", NULL, LOG_S("statement", what), LOG_S("sqlstate", sqlstate), LOG_S("error", why));
	connection_drop(db);
}

/* False: there is no sense in sending more; store_sync() will say why. */
static bool
queue_open(store_t *db)
{
	if (db->synced)
		queue_clear(db);
	assert(db->nsent < STORE_QUEUE_MAX || !"a sync is due, or raise STORE_QUEUE_MAX");
	return db->conn && !db->oversized;
}

static void
queue_add(store_t *db, const struct plan *plan, const char *what, int accepted)
{
	if (accepted)
		db->sent[db->nsent++] = (struct sent){ .plan = plan, .what = what };
	else
		lose(db, what, "", PQerrorMessage(db->conn));
}

/* ---- waiting */

static bool
socket_wait(const store_t *db, bool to_write, int64_t until_us)
{
	for (;;) {
		struct pollfd p = { PQsocket(db->conn), (short)(POLLIN | (to_write ? POLLOUT : 0)), 0 };
		int64_t left_us = until_us - clock_mono_us();
		int n = poll(&p, 1, left_us > 0 ? (int)((left_us + 999) / 1000) : 0);
		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

/* Until PQgetResult() would not block.  NULL, or why not. */
static const char *
answer_wait(store_t *db, int64_t until_us)
{
	for (;;) {
		int unsent = PQflush(db->conn);
		if (!PQisBusy(db->conn))
			return NULL;
		if (unsent < 0)
			return PQerrorMessage(db->conn);
		if (!socket_wait(db, unsent > 0, until_us))
			return "no answer in time";
		if (!PQconsumeInput(db->conn))
			return PQerrorMessage(db->conn);
	}
}

/* One result for each command, each followed by a NULL, then that of the sync itself. */
static const char *
results_read(store_t *db, int64_t until_us)
{
	for (size_t i = 0; i <= db->nsent;) {
		const char *why = answer_wait(db, until_us);
		if (why)
			return why;
		PGresult *r = PQgetResult(db->conn);
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
			PQclear(r);
			return i == db->nsent ? NULL : "answers are missing";
		}
		if (PQstatus(db->conn) == CONNECTION_BAD && !r)
			return PQerrorMessage(db->conn);
		if (r && i < db->nsent) {
			PQclear(db->sent[i].result);
			db->sent[i].result = r;
		} else if (r) {
			PQclear(r);
			return "more answers than questions";
		} else {
			i++;
		}
	}
	return "no end of the answers";
}

static const struct sent *
first_failed(const store_t *db)
{
	for (size_t i = 0; i < db->nsent; i++) {
		ExecStatusType status = PQresultStatus(db->sent[i].result);
		if (db->sent[i].result && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
			return &db->sent[i];
	}
	return NULL;
}

/* What we were waiting for. */
static const char *
first_unanswered(const store_t *db)
{
	for (size_t i = 0; i < db->nsent; i++)
		if (!db->sent[i].result)
			return db->sent[i].what;
	return "";
}

/* Takes the failed result out of the queue, for store_detail(). */
static void
failure_keep(store_t *db)
{
	const struct sent *failed = first_failed(db);

	if (failed) {
		db->failure = failed->result;
		db->sent[failed - db->sent].result = NULL;
	}
}

/* A transaction is on its way, and its answer is not here: the point has the name of its first statement. */
static void
crash_sent(const store_t *db)
{
	if (db->nsent > 1 && !strcmp(db->sent[0].what, "begin"))
		CRASH_POINT(db->sent[1].what);
}

/* One round trip, and what became of it; nothing is repaired here. */
static enum store_error
round_trip(store_t *db)
{
	const char *why = NULL;

	db->synced = true;
	db->only_here = false;
	if (!db->conn)
		return STORE_LOST;              /* logged when it was lost */
	db->round_trips++;
	if (PQpipelineSync(db->conn)) {
		crash_sent(db);
		why = results_read(db, clock_mono_us() + db->wait_ms * 1000LL);
	} else {
		why = PQerrorMessage(db->conn);
	}
	const struct sent *failed = first_failed(db);
	const char *sqlstate = result_field(failed ? failed->result : NULL, PG_DIAG_SQLSTATE);
	if (!why && db->only_here)
		why = "committed here, but perhaps not on the standby";
	if (why) {
		lose(db, failed ? failed->what : first_unanswered(db), sqlstate, why);
		return STORE_LOST;
	}
	if (failed) {
		enum store_error error = error_class(sqlstate);
		log_failure(error, failed->what, failed->result);
		return error;
	}
	return db->oversized ? STORE_BAD_INPUT : STORE_OK;
}

static void
text_send(store_t *db, const char *sql)
{
	for (size_t i = 0; i < PREPARED_TEXTS; i++)
		if (strcmp(sql, prepared_texts[i]) == 0) {
			queue_add(db, NULL, sql, PQsendQueryPrepared(db->conn, sql, 0, NULL, NULL, NULL, 1));
			return;
		}
	queue_add(db, NULL, sql, PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 1));
}

/* Leaves no transaction behind a failure. */
static bool
roll_back(store_t *db)
{
	if (PQtransactionStatus(db->conn) == PQTRANS_IDLE)
		return true;
	queue_clear(db);
	text_send(db, "rollback");
	return round_trip(db) == STORE_OK && PQtransactionStatus(db->conn) == PQTRANS_IDLE;
}

enum store_error
store_sync(store_t *db)
{
	if (db->synced)
		queue_clear(db);
	PQclear(db->failure);
	db->failure = NULL;
	db->error = round_trip(db);
	if (db->error == STORE_OK)
		return STORE_OK;
	failure_keep(db);
	if (db->error == STORE_LOST || !roll_back(db)) {
		connection_drop(db);            /* also when it still answers: LOST always asks for store_reopen() */
		db->error = STORE_LOST;
	}
	return db->error;
}

/* ---- prepare and check */

static bool
plan_refuse(const struct plan *p, const char *why, const char *name, Oid type)
{
	LOG(ERROR, "store.mismatch", NULL, LOG_S("statement", p->stmt->name), LOG_S("error", why), LOG_S("field", name),
	    LOG_I("type_oid", type));
	return false;
}

static const ProtobufCFieldDescriptor *
field_named(const ProtobufCMessageDescriptor *d, const char *name)
{
	return d ? protobuf_c_message_descriptor_get_field_by_name(d, name) : NULL;
}

static bool
plan_bind_param(struct plan *p, int i, Oid type)
{
	struct binding *b = &p->param[i];
	const char *name = p->stmt->params[i];

	b->field = field_named(p->stmt->args, name);
	if (!b->field)
		return plan_refuse(p, "parameter has no field in args", name, type);
	b->codec = store_codec_param(type, b->field);
	if (!b->codec)
		return plan_refuse(p, "type of parameter and field do not match", name, type);
	b->array = type == b->codec->array;
	return true;
}

/* What a function that returns void returns is no result. */
static bool
plan_bind_column(struct plan *p, int i, const char *name, Oid type)
{
	struct binding *b = &p->column[i];

	*b = (struct binding){ 0 };
	if (type == OID_VOID)
		return true;
	b->field = field_named(p->stmt->row, name);
	if (!b->field)
		return plan_refuse(p, "column has no field in row", name, type);
	b->codec = store_codec_column(type, b->field);
	return b->codec || plan_refuse(p, "type of column and field do not match", name, type);
}

static bool
plan_check(struct plan *p, const PGresult *d)
{
	p->ncolumns = PQnfields(d);
	if (PQnparams(d) != p->stmt->nparams)
		return plan_refuse(p, "number of parameters differs", "", 0);
	if (p->ncolumns > STORE_FIELDS_MAX)
		return plan_refuse(p, "too many columns", "", 0);
	if (p->stmt->row && p->ncolumns == 0)
		return plan_refuse(p, "a row is named but there is no result", "", 0);
	for (int i = 0; i < p->stmt->nparams; i++)
		if (!plan_bind_param(p, i, PQparamtype(d, i)))
			return false;
	for (int i = 0; i < p->ncolumns; i++)
		if (!plan_bind_column(p, i, PQfname(d, i), PQftype(d, i)))
			return false;
	return true;
}

/* One round trip: parse, and what came of it. */
static bool
plan_prepare(store_t *db, struct plan *p)
{
	const struct store_stmt *s = p->stmt;

	if (strlen(s->name) > STATEMENT_NAME_MAX)
		return plan_refuse(p, "name is too long", "", 0);
	if (queue_open(db))
		queue_add(db, p, s->name, PQsendPrepare(db->conn, s->name, s->text, 0, NULL));
	if (queue_open(db))
		queue_add(db, p, s->name, PQsendDescribePrepared(db->conn, s->name));
	return store_sync(db) == STORE_OK && plan_check(p, db->sent[1].result);
}

static struct plan **
plan_bucket(store_t *db, const struct store_stmt *s)
{
	return &db->plans[((uintptr_t)s / sizeof(*s)) % PLAN_BUCKETS];
}

static const struct plan *
plan_find(store_t *db, const struct store_stmt *s)
{
	const struct plan *p = *plan_bucket(db, s);
	while (p && p->stmt != s)
		p = p->next;
	return p;
}

bool
store_prepare(store_t *db, const struct store_stmt *s)
{
	struct plan **bucket = plan_bucket(db, s), *p;

	assert(s->nparams <= STORE_FIELDS_MAX && (db->synced || db->nsent == 0));
	if (plan_find(db, s))
		return true;
	p = calloc(1, sizeof(*p));
	if (!p)
		abort();
	p->stmt = s;
	if (!plan_prepare(db, p)) {
		free(p);
		return false;
	}
	p->next = *bucket;
	*bucket = p;
	return true;
}

static bool
plans_prepare(store_t *db)
{
	for (size_t i = 0; i < PLAN_BUCKETS; i++)
		for (struct plan *p = db->plans[i]; p; p = p->next)
			if (!plan_prepare(db, p))
				return false;
	return true;
}

/* ---- queue and rows */

void
store_text(store_t *db, const char *sql)
{
	if (queue_open(db))
		text_send(db, sql);
}

/* Parameters of one statement as PQsendQueryPrepared() takes them. */
struct bound {
	const char *at[STORE_FIELDS_MAX];
	int len[STORE_FIELDS_MAX], binary[STORE_FIELDS_MAX];
	bool null[STORE_FIELDS_MAX];
};

/* Lengths first: the scratch moves while it grows. */
static void
args_encode(struct store_bytes *scratch, const struct plan *p, const void *const *args, size_t n, struct bound *out)
{
	const char *at;

	scratch->len = 0;
	scratch->full = false;
	for (int i = 0; i < p->stmt->nparams; i++) {
		const struct binding *b = &p->param[i];
		size_t start = scratch->len;
		assert(b->array || n > 0);
		out->binary[i] = 1;
		out->null[i] = !b->array && store_field_null(b->field, args[0]);
		if (b->array)
			store_encode_array(b->codec, b->field, args, n, scratch);
		else if (!out->null[i])
			b->codec->encode(b->field, args[0], scratch);
		out->len[i] = (int)(scratch->len - start);
	}
	at = scratch->at ? scratch->at : "";            /* nothing but empty texts */
	for (int i = 0; i < p->stmt->nparams; at += out->len[i++])
		out->at[i] = out->null[i] ? NULL : at;
}

/* Nothing of this sync may stay, also when the caller has begun no transaction. */
static void
refuse_oversized(store_t *db, const char *name)
{
	LOG(ERROR, "store.failed", NULL, LOG_S("statement", name),
	    LOG_S("error", "more bytes than one round trip may carry"), LOG_I("limit", STORE_BYTES_MAX));
	text_send(db, "rollback");
	db->oversized = true;
}

void
store_queue(store_t *db, const struct store_stmt *s, const void *const *args, size_t n)
{
	const struct plan *p = plan_find(db, s);
	struct bound bound;

	assert(p);                                      /* was never prepared */
	for (size_t i = 0; i < n; i++)
		assert(((const ProtobufCMessage *)args[i])->descriptor == s->args);
	if (!queue_open(db))
		return;
	args_encode(&db->scratch, p, args, n, &bound);
	db->bytes += db->scratch.len;
	if (db->scratch.full || db->bytes > STORE_BYTES_MAX) {
		refuse_oversized(db, s->name);
		return;
	}
	db->query[db->nqueries++] = db->nsent;
	queue_add(db, p, s->name,
	          PQsendQueryPrepared(db->conn, s->name, s->nparams, bound.at, bound.len, bound.binary, 1));
}

static void *
row_decode(const struct plan *p, const PGresult *r, int row, arena_t *a)
{
	void *m = arena_message(a, p->stmt->row);

	for (int c = 0; c < p->ncolumns; c++) {
		const struct binding *b = &p->column[c];
		if (b->codec && !PQgetisnull(r, row, c))
			store_decode(b->codec, b->field, m, PQgetvalue(r, row, c), (size_t)PQgetlength(r, row, c), a);
	}
	return m;
}

size_t
store_rows(store_t *db, size_t i, arena_t *a, void ***rows)
{
	assert(db->synced && db->error == STORE_OK && i < db->nqueries);
	const struct sent *q = &db->sent[db->query[i]];
	int n = q->plan->stmt->row ? PQntuples(q->result) : 0;

	*rows = n ? arena_alloc(a, sizeof(**rows) * (size_t)n) : NULL;
	for (int row = 0; row < n; row++)
		(*rows)[row] = row_decode(q->plan, q->result, row, a);
	return (size_t)n;
}

enum store_error
store_run(store_t *db, const struct store_stmt *s, const void *args, arena_t *a, void ***rows, size_t *n)
{
	size_t found = 0;
	void **none = NULL;

	if (!rows)
		rows = &none;
	*rows = NULL;
	store_text(db, "begin");
	store_queue(db, s, &args, args != NULL);
	store_text(db, "commit");
	enum store_error error = store_sync(db);
	if (error == STORE_OK && rows != &none)
		found = store_rows(db, 0, a, rows);
	if (n)
		*n = found;
	return error;
}

int64_t
store_round_trips(const store_t *db)
{
	return db->round_trips;
}

void
store_patience(store_t *db, int wait_ms)
{
	db->wait_ms = wait_ms;
}

const char *
store_column_type(store_t *db, const char *table, const char *column, arena_t *a)
{
	static const char sql[] = "select format_type(atttypid, null) from pg_attribute "
	                          "where attrelid = to_regclass($1) and attname = $2 and attnum > 0 "
	                          "and not attisdropped";
	const char *const values[] = { table, column };

	assert(db->synced || db->nsent == 0);
	if (queue_open(db))
		queue_add(db, NULL, "store_column_type",
			  PQsendQueryParams(db->conn, sql, 2, NULL, values, NULL, NULL, 0));
	if (store_sync(db) != STORE_OK || PQntuples(db->sent[0].result) == 0)
		return NULL;
	return arena_strdup(a, PQgetvalue(db->sent[0].result, 0, 0));
}

/* ---- notifications */

int
store_fd(const store_t *db)
{
	return PQsocket(db->conn);
}

const char *
store_notification(store_t *db, arena_t *a)
{
	if (!db->conn)
		return NULL;
	/* what had come before the end may still be read */
	bool alive = PQconsumeInput(db->conn);
	PGnotify *note = PQnotifies(db->conn);
	if (!note) {
		if (!alive)
			lose(db, "", "", PQerrorMessage(db->conn));
		return NULL;
	}
	const char *payload = arena_strdup(a, note->extra);
	PQfreemem(note);
	return payload;
}

/* Whoever cancels a commit that waits for a synchronous standby makes the server say that it is committed, with no more
 * than a warning; a failover would take it back.  The warning has no SQLSTATE of its own and its words are translated,
 * so it is known by where in the server it comes from. */
static bool
says_only_here(const PGresult *r)
{
	return !strcmp(result_field(r, PG_DIAG_SOURCE_FUNCTION), "SyncRepWaitForLSN");
}

static void
on_notice(void *context, const PGresult *r)
{
	store_t *db = context;

	db->only_here = db->only_here || says_only_here(r);
	LOG(DEBUG, "store.notice", NULL, LOG_S("sqlstate", result_field(r, PG_DIAG_SQLSTATE)),
	    LOG_S("notice", result_field(r, PG_DIAG_MESSAGE_PRIMARY)));
}

/* ---- connection */

/* Ours first, so that the conninfo's own overrule them.  Malloced. */
static char *
options_make(const char *conninfo)
{
	PQconninfoOption *parsed = PQconninfoParse(conninfo, NULL);
	const char *given = "";
	char *options;

	for (const PQconninfoOption *o = parsed; o && o->keyword; o++)
		if (strcmp(o->keyword, "options") == 0 && o->val)
			given = o->val;
	if (asprintf(&options, "%s %s", session_options, given) < 0)
		abort();
	PQconninfoFree(parsed);
	return options;
}

/* What a new session needs before any statement. */
static bool
session_prepare(store_t *db)
{
	for (size_t i = 0; i < PREPARED_TEXTS; i++)
		if (queue_open(db))
			queue_add(db, NULL, prepared_texts[i],
			          PQsendPrepare(db->conn, prepared_texts[i], prepared_texts[i], 0, NULL));
	store_text(db, check_interval);
	return store_sync(db) == STORE_OK;
}

/* Bounded by connect_timeout, for each host of the conninfo; both time-outs may be overruled there. */
static bool
connection_open(store_t *db)
{
	char *options = options_make(db->conninfo);
	const char *const keys[] = {
		"connect_timeout", "tcp_user_timeout", "dbname", "options", "client_encoding", NULL
	};
	const char *const values[] = { "2", "1500", db->conninfo, options, "UTF8", NULL };

	db->conn = PQconnectdbParams(keys, values, 1);
	free(options);
	if (PQstatus(db->conn) != CONNECTION_OK || PQsetnonblocking(db->conn, 1) != 0 ||
	    !PQenterPipelineMode(db->conn)) {
		LOG(ERROR, "store.connect", NULL, LOG_S("error", PQerrorMessage(db->conn)));
		connection_drop(db);
		return false;
	}
	PQsetNoticeReceiver(db->conn, on_notice, db);
	PQsetErrorVerbosity(db->conn, PQERRORS_TERSE);  /* a detail would quote rows */
	return session_prepare(db);
}

store_t *
store_open(const char *conninfo)
{
	store_t *db = calloc(1, sizeof(*db));

	if (!db || !(db->conninfo = strdup(conninfo)))
		abort();
	db->wait_ms = STORE_WAIT_MS;
	if (!connection_open(db))
		store_close(&db);
	return db;
}

bool
store_reopen(store_t *db)
{
	connection_drop(db);
	queue_clear(db);
	if (connection_open(db) && plans_prepare(db))
		return true;
	connection_drop(db);
	return false;
}

void
store_close(store_t **dbp)
{
	store_t *db = *dbp;

	if (!db)
		return;
	queue_clear(db);
	PQclear(db->failure);
	for (size_t i = 0; i < PLAN_BUCKETS; i++)
		for (struct plan *p = db->plans[i], *next; p; p = next) {
			next = p->next;
			free(p);
		}
	connection_drop(db);
	free(db->scratch.at);
	free(db->conninfo);
	free(db);
	*dbp = NULL;
}
