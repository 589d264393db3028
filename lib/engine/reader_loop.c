/* reader_loop - a reader's thread: it answers queries and serves old events, or holds a query until what it needs
 * has been read. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "bus/sealed_kind.h"
#include "engine.pb-c.h"
#include "engine.sql.h"
#include "engine/fetch.h"
#include "engine/node_state.h"
#include "engine/overview.h"
#include "engine/reader_state.h"
#include "json/json_pb.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	READER_ARENA_MAX = 64 << 20, BOOKS_BYTES = 8 << 20, FETCH_ITEMS_MIN = 8,
	HELD_QUERIES_MAX = 256, HELD_RETRY_MS = 3, QUERY_WAIT_MS = 5000,
};

/* ---- opening */

static bool
book_prepare(struct reader *r, const struct table *t)
{
	r->books = book_cache_open(t, BOOKS_BYTES, r->set.metrics);
	return table_prepare_load(&r->book_table, t, r->db, r->names) &&
	       table_prepare_brief(&r->book_rows, t, t->cache->text, r->db, r->names);
}

static bool
is_page(const struct store_stmt *s)
{
	return s->args && protobuf_c_message_descriptor_get_field_by_name(s->args, "after") &&
	       protobuf_c_message_descriptor_get_field_by_name(s->args, "limit");
}

/* The list's own statement, counted: what it leaves out is not counted either. */
static bool
counted_prepare(struct reader *r, const struct store_stmt *s)
{
	struct counted *c = &r->counted[r->ncounted++];

	c->of = s;
	c->by = *s;
	c->by.name = arena_printf(r->names, "%s_counted", s->name);
	c->by.text = arena_printf(r->names, "select count(*) as count from (%s) as page", s->text);
	c->by.row = &engine_rows__counted__descriptor;
	return store_prepare(r->db, &c->by);
}

static bool
pages_prepare(struct reader *r)
{
	const struct store_stmt *const *s;
	size_t n = 0;

	EACH_ROW(r->svc, statements, s)
		n += is_page(*s);
	r->counted = arena_alloc(r->names, (n + 1) * sizeof(*r->counted));
	EACH_ROW(r->svc, statements, s)
		if (is_page(*s) && !counted_prepare(r, *s))
			return false;
	return true;
}

static const struct store_stmt *const ours[] = {
	&engine_show_district, &engine_plan_anew, &engine_districts, &engine_clock_now, &engine_look,
	&engine_cursors_of_consumer,
	&engine_show_partitions, &engine_events_after, &engine_lag, &engine_progress, &engine_edges, &engine_status,
	&engine_status_replicas, &engine_status_edges, &engine_status_lag,
};

static bool
reader_prepare(struct reader *r)
{
	const struct store_stmt *const *s;
	const struct table *const *t;

	EACH_ROW(r->svc, statements, s)
		if (!store_prepare(r->db, *s))
			return false;
	for (size_t i = 0; i < ALEN(ours); i++)
		if (!store_prepare(r->db, ours[i]))
			return false;
	if (!pages_prepare(r))
		return false;
	EACH_ROW(r->svc, tables, t)
		if ((*t)->cache && !book_prepare(r, *t))
			return false;
	return true;
}

struct reader *
reader_open(const struct service *s, const struct reader_settings *settings)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->svc = s;
	r->set = *settings;
	r->names = arena_open(1 << 20);
	r->arena = arena_open(READER_ARENA_MAX);
	r->db = store_open(settings->conninfo);
	if (!r->db || !reader_prepare(r))
		reader_close(&r);
	return r;
}

static void
held_free(struct reader *r, struct held_query **at)
{
	struct held_query *h = *at;

	*at = h->next;
	r->nheld--;
	free(h->body);
	free(h);
}

void
reader_close(struct reader **rp)
{
	struct reader *r = *rp;

	if (!r)
		return;
	while (r->held)
		held_free(r, &r->held);
	book_cache_close(&r->books);
	store_close(&r->db);
	arena_close(&r->names);
	arena_close(&r->arena);
	free(r);
	*rp = NULL;
}

/* ---- answering */

static void
send_body(struct reader *r, const struct message *m, const ProtobufCMessage *body)
{
	size_t len = protobuf_c_message_get_packed_size(body);
	uint8_t *packed = arena_alloc(r->arena, len + 1);

	protobuf_c_message_pack(body, packed);
	struct message out = {
		.peer = m->peer, .kind = WIRE__KIND__ANSWER, .id = m->id, .body = packed, .body_len = len,
	};
	r->set.port.send(r->set.port.ctx, &out);
}

static const void *
asker_args(struct reader *r)
{
	EngineRows__Asker *out = arena_message(r->arena, &engine_rows__asker__descriptor);
	struct sealed_asker s = sealed_asker(r->query->actor, r->arena);

	*out = (EngineRows__Asker){
		.base = out->base, .district = r->query->district, .eyes = (char *)s.eyes,
		.sealed_kinds = (char *)s.kinds, .person = (char *)s.person, .persons = (char *)s.persons,
		.units = (char *)s.units,
	};
	return out;
}

/* The process's readers go by what its writer believes, which goes on steadily while the clock is doubted.  False:
 * nothing has been believed yet. */
static bool
query_dated(struct reader *r)
{
	const struct steady_word *w = r->set.steady;

	if (!w || r->set.manual_clock) {
		r->now_us = clock_real_us();
		return true;
	}
	const struct steady_text *t = &steady_texts[steady_word_us(w, clock_boot_us(), &r->now_us)];
	if (r->now_us)
		return true;
	reader_refuse(r, 503, t->code ? t->code : "owner.away", NULL,
		      t->detail ? t->detail : "The clock is not known yet.");
	return false;
}

static bool
is_anywhere(const struct reader *r)
{
	const struct query *q = service_query(r->svc, r->query->type);

	return q && q->anywhere && !*r->query->district;
}

/* What the query starts from: the time, and the district with its partition.  False: no such district, no database,
 * or no time. */
static bool
query_begin(struct reader *r)
{
	EngineRows__DistrictArg *d = arena_message(r->arena, &engine_rows__district_arg__descriptor);
	int32_t place = partition_of(r->query->district);
	const void *district = d;
	void **rows;

	d->district = r->query->district;
	r->show = asker_args(r);
	if (!query_dated(r))
		return false;
	r->partition = r->districts[place].partition;
	if (!r->set.manual_clock && !strcmp(r->districts[place].district, d->district))
		return true;
	store_queue(r->db, &engine_districts, &district, 1);
	store_queue(r->db, &engine_clock_now, NULL, 0);
	if (store_sync(r->db)) {
		reader_unavailable(r);
		return false;
	}
	if (r->set.manual_clock && store_rows(r->db, 1, r->arena, &rows))
		r->now_us = ((const EngineRows__Instant *)rows[0])->now_us;
	if (is_anywhere(r))
		return true;
	if (!store_rows(r->db, 0, r->arena, &rows)) {
		reader_refuse(r, 404, "district.unknown", NULL, "No such district.");
		return false;
	}
	r->partition = ((const EngineRows__District *)rows[0])->partition;
	snprintf(r->districts[place].district, sizeof r->districts[place].district, "%s", d->district);
	r->districts[place].partition = r->partition;
	return true;
}

/* An answer is to be 503 only when trying again does not help: a connection that has gone is made anew, once. */
static bool
reconnected(struct reader *r)
{
	if (!r->failed || store_fd(r->db) >= 0)
		return false;
	if (store_reopen(r->db))
		return true;
	LOG(WARN, "reader.away", r->query ? r->query->trace : NULL, LOG_S("service", r->svc->name));
	return false;
}

/* Where the logs of the partition end, of every service that has written there. */
static void
on_heads(struct reader *r)
{
	Engine__Heads said = ENGINE__HEADS__INIT;
	EngineRows__Partition *p = arena_message(r->arena, &engine_rows__partition__descriptor);
	void **rows;

	p->partition = r->partition;
	size_t n = reader_rows(r, &engine_look, p, &rows);
	said.items = arena_alloc(r->arena, (n + 1) * sizeof(*said.items));
	for (size_t i = 0; i < n; i++) {
		const EngineRows__Seen *row = rows[i];
		Engine__Head *h = said.items[said.n_items++] = arena_message(r->arena, &engine__head__descriptor);
		*h = (Engine__Head){ .base = h->base, .service = row->service, .seq = row->seq };
	}
	reader_answer(r, &said.base);
}

static void
query_run(struct reader *r)
{
	const struct query *d = service_query(r->svc, r->query->type);
	ProtobufCMessage *m =
		d ? protobuf_c_message_unpack(d->message, arena_pb(r->arena), r->query->data.len, r->query->data.data)
		  : NULL;

	r->with = d ? d->with : NULL;
	if (!strcmp(r->query->type, engine__read_progress__descriptor.name) && !r->query->refusal)
		overview_progress(r, r->partition);
	else if (!strcmp(r->query->type, engine__read_heads__descriptor.name) && !r->query->refusal)
		on_heads(r);
	else if (!m && !r->query->refusal)
		reader_refuse(r, 404, "route.unknown", NULL, "No such question.");
	else if (m && (!r->query->refusal || d))
		d->run(r, m);
	else
		reader_refuse(r, 422, "message.malformed", NULL, "The question cannot be read.");
	if (r->query->refusal && !(r->answer && r->answer->status == 404) && !r->waits && !r->failed) {
		r->answer = arena_message(r->arena, &wire__answer__descriptor);
		r->answer->status = r->query->refusal->status;
		r->answer->problem = r->query->refusal;
	}
}

/* The heads of the producers as of now: what must have been read before "unknown" can be said. */
static void
hold(struct reader *r, const struct message *m)
{
	EngineRows__Partition *p = arena_message(r->arena, &engine_rows__partition__descriptor);
	const void *args = p;
	void **rows;

	if (r->nheld == HELD_QUERIES_MAX) {
		reader_refuse(r, 503, "owner.busy", NULL, "Too much waits here already.");
		return;
	}
	p->partition = r->partition;
	store_queue(r->db, &engine_look, &args, 1);
	if (store_sync(r->db)) {                /* not known: "unknown" cannot be said */
		reader_unavailable(r);
		return;
	}
	size_t n = store_rows(r->db, 0, r->arena, &rows);
	struct held_query *h = calloc(1, sizeof(*h));
	if (!h || !(h->body = malloc(m->body_len + 1)))
		abort();
	memcpy(h->body, m->body, m->body_len);
	h->m = *m;
	h->m.body = h->body;
	h->partition = r->partition;
	h->until_us = r->mono_us + (m->wait_ms > 0 && m->wait_ms < QUERY_WAIT_MS ? m->wait_ms : QUERY_WAIT_MS) * 1000;
	for (size_t i = 0; i < n; i++)
		for (int k = 0; r->svc->consumes[k]; k++)
			if ((r->after & AFTER(k)) &&
			    !strcmp(r->svc->consumes[k], ((const EngineRows__Seen *)rows[i])->service))
				h->need[k] = ((const EngineRows__Seen *)rows[i])->seq;
	h->next = r->held;
	r->held = h;
	r->nheld++;
}

static void
query_try(struct reader *r, const struct message *m)
{
	r->answer = NULL;
	r->failed = r->waits = false;
	if (!strcmp(r->query->type, engine__read_status__descriptor.name) && !r->query->refusal)
		overview_status(r);
	else if (query_begin(r))
		query_run(r);
	if (r->waits)
		hold(r, m);
}

/* Of the whole process, the writer's too. */
static void
metrics_answer(struct reader *r)
{
	Engine__Metrics said = ENGINE__METRICS__INIT;

	said.text = metrics_text(r->set.metrics, r->svc->name, r->set.instance, r->arena);
	r->failed = false;
	reader_answer(r, &said.base);
}

/* Asks the database something: a connection may be dead and nobody has noticed yet. */
static void
ready_answer(struct reader *r)
{
	Engine__Ready said = ENGINE__READY__INIT;
	char *away = (char *)"reader.without_database";
	bool asks = store_fd(r->db) >= 0 || store_reopen(r->db);

	store_queue(r->db, &engine_clock_now, NULL, 0);
	said.missing = &away;
	said.n_missing = !asks || (store_sync(r->db) && !store_reopen(r->db));
	r->failed = false;
	reader_answer(r, &said.base);
}

static void
try_answer(struct reader *r, const struct message *m)
{
	query_try(r, m);
	if (reconnected(r))
		query_try(r, m);
}

static void
query_answer(struct reader *r, const struct message *m, bool second)
{
	arena_reset(r->arena);
	if (r->books)
		book_cache_trim(r->books);
	r->query = wire__read__unpack(arena_pb(r->arena), m->body_len, m->body);
	r->answer = NULL;
	r->second = second;
	if (!r->query) {
		LOG(WARN, "query.malformed", NULL, LOG_I("bytes", m->body_len));
		return;
	}
	if (!strcmp(r->query->type, engine__read_metrics__descriptor.name))
		metrics_answer(r);
	else if (!strcmp(r->query->type, engine__read_ready__descriptor.name))
		ready_answer(r);
	else
		try_answer(r, m);
	metric_add(r->set.metrics, METRIC_QUERIES, 1);
	CRASH_POINT("query.decided");
	if (r->answer)
		send_body(r, m, &r->answer->base);
}

/* ---- old events */

/* How many events of each partition: what all say together fits the answer more or less, what one says is not
 * nothing. */
static int32_t
share_of(size_t npartitions)
{
	size_t share = FETCH_ITEMS_MAX / npartitions;
	return (int32_t)(share > FETCH_ITEMS_MIN ? share : FETCH_ITEMS_MIN);
}

static int64_t
bytes_wanted(const Wire__Fetch *f)
{
	return f->bytes_max > 0 && f->bytes_max < FETCH_BYTES_MAX / 2 ? f->bytes_max : FETCH_BYTES_MAX / 2;
}

static const void **
fetch_args(struct reader *r, const Wire__Fetch *f)
{
	const void **args = arena_alloc(r->arena, f->n_after * sizeof(*args));

	for (size_t i = 0; i < f->n_after; i++) {
		EngineRows__Positions *p = arena_message(r->arena, &engine_rows__positions__descriptor);
		*p = (EngineRows__Positions){
			.base = p->base, .partition = f->after[i]->partition, .seq = f->after[i]->seq,
			.limit = share_of(f->n_after), .bytes = bytes_wanted(f),
		};
		args[i] = p;
	}
	return args;
}

/* `older`: the answer is full, so the next question comes here too; if not, the owner's memory goes on from here. */
static void
fetched_of(struct reader *r, const Wire__Fetch *f, void *const *rows, size_t n, Wire__Fetched *out)
{
	int32_t share = share_of(f->n_after), of_one = 0;
	int64_t bytes = 0;

	out->items = arena_alloc(r->arena, (n + 1) * sizeof(*out->items));
	for (size_t i = 0; i < n && out->n_items < FETCH_ITEMS_MAX; i++) {
		const EngineRows__Logged *e = rows[i];
		Wire__Logged *l = out->items[out->n_items++] = arena_message(r->arena, &wire__logged__descriptor);
		*l = (Wire__Logged){
			.base = l->base, .partition = e->partition, .seq = e->seq, .hash = e->hash, .type = e->type,
			.body = e->body,
		};
		bytes += (int64_t)e->body.len;
		of_one = i && e->partition == ((const EngineRows__Logged *)rows[i - 1])->partition ? of_one + 1 : 1;
		out->older = out->older || of_one == share;
	}
	out->older = out->older || out->n_items < n || bytes >= bytes_wanted(f);
}

static void
answer_fetch(struct reader *r, const struct message *m)
{
	Wire__Fetched out = WIRE__FETCHED__INIT;
	void **rows;

	arena_reset(r->arena);
	Wire__Fetch *f = wire__fetch__unpack(arena_pb(r->arena), m->body_len, m->body);
	if (!f || !f->n_after)
		return;
	const void **args = fetch_args(r, f);
	store_queue(r->db, &engine_show_partitions, args, f->n_after);
	store_queue(r->db, &engine_events_after, args, f->n_after);
	if (store_sync(r->db)) {
		if (store_fd(r->db) < 0 && !store_reopen(r->db))
			LOG(WARN, "reader.away", NULL, LOG_S("service", r->svc->name));
		return;                         /* as if lost: it asks again */
	}
	size_t n = store_rows(r->db, 1, r->arena, &rows);
	fetched_of(r, f, rows, n, &out);
	if (out.n_items)
		CRASH_POINT("events.read");
	send_body(r, m, &out.base);
}

/* ---- the outside */

void
reader_receive(struct reader *r, const struct message *m)
{
	if (m->kind == WIRE__KIND__READ)
		query_answer(r, m, false);
	else if (m->kind == WIRE__KIND__FETCH)
		answer_fetch(r, m);
}

static bool
caught_up(const struct reader *r, const struct held_query *h, void *const *cursors, size_t n)
{
	for (int k = 0; r->svc->consumes[k]; k++) {
		bool met = h->need[k] == 0;
		for (size_t i = 0; !met && i < n; i++) {
			const EngineRows__Cursor *c = cursors[i];
			met = c->partition == h->partition && c->seq >= h->need[k] &&
			      !strcmp(c->producer, r->svc->consumes[k]);
		}
		if (!met)
			return false;
	}
	return true;
}

/* One question for all that is held. */
static void
look_at_held(struct reader *r)
{
	const void **args = arena_alloc(r->arena, r->nheld * sizeof(*args));
	void **rows;
	size_t k = 0;

	for (struct held_query *h = r->held; h; h = h->next) {
		EngineRows__ConsumerAt *c = arena_message(r->arena, &engine_rows__consumer_at__descriptor);
		c->consumer = (char *)r->svc->name;
		c->partition = h->partition;
		args[k++] = c;
	}
	store_queue(r->db, &engine_cursors_of_consumer, args, k);
	if (store_sync(r->db)) {
		if (store_fd(r->db) < 0 && r->mono_us >= r->retry_us && !store_reopen(r->db))
			r->retry_us = r->mono_us + RETRY_MS * 1000;
		return;
	}
	size_t n = store_rows(r->db, 0, r->arena, &rows);
	for (struct held_query *h = r->held; h; h = h->next)
		h->ready = caught_up(r, h, rows, n);
}

static void
too_late(struct reader *r, const struct held_query *h)
{
	Wire__Answer a = WIRE__ANSWER__INIT;

	arena_reset(r->arena);
	a.status = 503;
	a.problem = problem_make(r->arena, 503, "owner.behind", NULL,
				 "What was just written elsewhere has not been read here yet.");
	send_body(r, &h->m, &a.base);
}

int64_t
reader_step(struct reader *r, int64_t mono_us)
{
	r->mono_us = mono_us;
	arena_reset(r->arena);
	if (r->held)
		look_at_held(r);
	for (struct held_query **at = &r->held; *at;) {
		struct held_query *h = *at;
		if (!h->ready && mono_us < h->until_us) {
			at = &h->next;
			continue;
		}
		if (h->ready)
			query_answer(r, &h->m, true);
		else
			too_late(r, h);
		held_free(r, at);
	}
	return mono_us + (r->held ? HELD_RETRY_MS : 1000) * 1000;
}
