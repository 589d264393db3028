/* node - see node.h; what its files share is told in node_state.h. */
#include "engine/node.h"
#include "base/clock.h"
#include "engine.pb-c.h"
#include "json/json_pb.h"
#include "base/log.h"
#include "engine/books.h"
#include "engine/due.h"
#include "engine/inbox.h"
#include "engine/node_clock.h"
#include "engine/node_state.h"
#include "engine/ownership.h"
#include "engine/ready.h"
#include "engine/retry.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_BYTES_MAX = 16 << 20, SCRATCH_BYTES_MAX = 64 << 20, WAITED_FOR_MS = 100, IDLE_MS = 1000 };
/* at most, beside those of the service's tables (load.c, commit.c) */
enum { LOAD_STATEMENTS = 8, COMMIT_STATEMENTS = 24 + COMMIT_JOBS_MAX };

/* ---- opening */

/* First listen, then look: what is said in between is heard. */
static bool
listen(node_t *n)
{
	void **rows;
	size_t count;

	store_text(n->db, "listen zhucun_share");
	if (n->set.manual_clock)
		store_text(n->db, "listen zhucun_clock");
	if (store_sync(n->db))
		return false;
	if (!n->set.manual_clock)
		return true;
	if (store_run(n->db, &engine_clock_now, NULL, n->scratch, &rows, &count))
		return false;
	if (!count) {
		LOG(ERROR, "clock.not_manual", NULL, LOG_S("why", "the database has no hand-set clock"));
		return false;
	}
	n->clock_us = ((const EngineRows__Instant *)rows[0])->now_us;
	n->clock_news = true;
	return true;
}

static void
tables_list(node_t *n)
{
	const struct table *const *t;
	size_t count = 0, wanted = 0;

	EACH_ROW(n->svc, tables, t) {
		count++;
		wanted += (size_t)(*t)->nkey;
	}
	assert((wanted + LOAD_STATEMENTS <= STORE_QUEUE_MAX && 3 * count + COMMIT_STATEMENTS <= STORE_QUEUE_MAX) ||
	       !"raise STORE_QUEUE_MAX: a batch is one round trip");
	n->tables = arena_alloc(n->names, (count + 1) * sizeof(*n->tables));
	n->sql = arena_alloc(n->names, (count + 1) * sizeof(*n->sql));
	n->own_table = arena_alloc(n->names, (count + 1) * sizeof(*n->own_table));
	EACH_ROW(n->svc, tables, t)
		n->tables[n->ntables++] = *t;
}

static void
producers_list(node_t *n)
{
	const char *const *consumes = n->svc->consumes;

	for (; consumes[n->nproducers]; n->nproducers++) {
		struct feed *d = &n->feed[n->nproducers];
		assert(n->nproducers < PRODUCERS_MAX || !"raise PRODUCERS_MAX");
		/* itself comes last */
		assert(n->nproducers == 0 || strcmp(consumes[n->nproducers - 1], n->svc->name) != 0);
		d->producer = consumes[n->nproducers];
		d->nurgent = feed_urgent(n->svc, d->producer, n->names, &d->urgent);
	}
}

node_t *
node_make(const struct service *s, const struct node_settings *settings)
{
	node_t *n = calloc(1, sizeof(*n));

	if (!n)
		abort();
	n->svc = s;
	n->set = *settings;
	n->names = arena_open(NAMES_BYTES_MAX);
	n->arena = arena_open(BATCH_ARENA_MAX);
	n->scratch = arena_open(SCRATCH_BYTES_MAX);
	tables_list(n);
	producers_list(n);
	books_open(n);
	queue_open(&n->queue);
	metric_add(settings->metrics, METRIC_QUEUE, 0);
	n->inputs_max = BATCH_INPUTS_MAX;
	n->next_id = (uint64_t)clock_real_us() << 8;
	n->doubt = settings->manual_clock ? STEADY_SURE : STEADY_UNHEARD;
	n->mono_us = clock_mono_us();           /* deadlines of what comes before the first step */
	n->purge_us = n->mono_us + (int64_t)PURGE_MS * 1000;
	for (int32_t p = 0; p < PARTITIONS; p++)
		n->part[p].timer_next_us = NEVER_US;
	n->db = store_open(settings->conninfo);
	if (!n->db)
		node_close(&n);
	return n;
}

static bool
prepare_all(node_t *n, const struct store_stmt *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!store_prepare(n->db, list[i]))
			return false;
	return true;
}

/* What the schema says we consume is what the code consumes: /progress counts by the one, the loop reads by the
 * other. */
static bool
graph_agrees(node_t *n)
{
	void **rows;
	size_t count, found = 0;

	if (store_run(n->db, &engine_consumed, NULL, n->scratch, &rows, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < n->nproducers; k++)
			found += !strcmp(((const EngineRows__Producer *)rows[i])->producer, n->svc->consumes[k]);
	if (found == count && count == n->nproducers)
		return true;
	LOG(ERROR, "service.consumes_differ", NULL, LOG_S("service", n->svc->name), LOG_I("schema", count),
	    LOG_I("code", n->nproducers));
	return false;
}

bool
node_own_tables(node_t *n)
{
	void **rows;
	size_t count;

	if (store_run(n->db, &engine_own_tables, NULL, n->scratch, &rows, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		for (size_t t = 0; t < n->ntables; t++)
			if (!strcmp(((const EngineRows__Table *)rows[i])->name, n->tables[t]->name))
				n->own_table[t] = true;
	return true;
}

bool
node_prepare(node_t *n)
{
	const struct noun *const *noun;

	if (!service_copies(n->svc) || !service_faultless(n->svc) || !prepare_all(n, engine_sql, ENGINE_SQL_COUNT))
		return false;
	for (noun = n->svc->nouns; *noun; noun++)
		if (!prepare_all(n, (*noun)->statements.at, (*noun)->statements.n))
			return false;
	for (size_t t = 0; t < n->ntables; t++)
		if (!table_prepare(&n->sql[t], n->tables[t], n->db, n->names))
			return false;
	return graph_agrees(n) && node_own_tables(n);
}

node_t *
node_open(const struct service *s, const struct node_settings *settings)
{
	assert(!service_named_twice(s));
	node_t *n = node_make(s, settings);

	if (n && (!node_prepare(n) || !listen(n)))
		node_close(&n);
	return n;
}

static void
feeds_free(node_t *n)
{
	feed_forget(n);
	for (size_t i = 0; i < n->nheld; i++)
		free(n->held[i].body);
}

void
node_close(node_t **np)
{
	node_t *n = *np;

	if (!n)
		return;
	queue_end(n);
	feeds_free(n);
	ownership_end(n);
	ring_forget(&n->ring);
	book_cache_close(&n->books);
	store_close(&n->db);
	arena_close(&n->names);
	arena_close(&n->arena);
	arena_close(&n->scratch);
	districts_free(&n->districts);
	free(n);
	*np = NULL;
}

/* ---- questions to the process, whatever partition */

static void
answer(node_t *n, const struct message *m, int status, const ProtobufCMessage *said, Wire__Problem *problem)
{
	Wire__Answer a = WIRE__ANSWER__INIT;

	a.status = status;
	a.problem = problem;
	if (said) {
		a.data.len = protobuf_c_message_get_packed_size(said);
		a.data.data = arena_alloc(n->scratch, a.data.len + 1);
		protobuf_c_message_pack(said, a.data.data);
	}
	Wire__Answer *one = &a;
	Wire__Answers all = WIRE__ANSWERS__INIT;
	all.n_items = 1;
	all.items = &one;
	const ProtobufCMessage *body = m->kind == WIRE__KIND__READ ? &a.base : &all.base;
	size_t len = protobuf_c_message_get_packed_size(body);
	uint8_t *packed = arena_alloc(n->scratch, len + 1);
	protobuf_c_message_pack(body, packed);
	struct message out = {
		.peer = m->peer, .kind = WIRE__KIND__ANSWER, .id = m->id, .body = packed, .body_len = len,
	};
	n->set.port.send(n->set.port.ctx, &out);
}

static void
on_ready(node_t *n, const struct message *m)
{
	Engine__Ready said = ENGINE__READY__INIT;
	char *missing[2 + STEADY_DOUBTS];
	bool doubts[STEADY_DOUBTS] = { [STEADY_SENDER] = node_clock_believed(n) && node_clock_sender_doubted(n, m) };

	said.missing = missing;
	const char *lacks = ready_lacks(n);
	if (lacks)
		missing[said.n_missing++] = (char *)lacks;
	doubts[n->doubt] = true;
	for (int32_t p = 0; p < PARTITIONS; p++)
		doubts[n->waits[p]] = true;
	for (int d = STEADY_UNHEARD + 1; d < STEADY_DOUBTS; d++)
		if (doubts[d])
			missing[said.n_missing++] = (char *)steady_texts[d].code;
	answer(n, m, 200, &said.base, NULL);
}

static void
on_clock(node_t *n, const struct message *m, const Wire__Command *c)
{
	Engine__AdvanceClock *said_clock =
		engine__advance_clock__unpack(arena_pb(n->scratch), c->data.len, c->data.data);
	EngineRows__Instant to = ENGINE_ROWS__INSTANT__INIT;
	Engine__Clock said = ENGINE__CLOCK__INIT;
	void **rows;
	size_t count;

	if (!said_clock || !n->set.manual_clock) {
		answer(n, m, 404, NULL,
		       problem_make(n->scratch, 404, "route.unknown", NULL, "The clock is not set by hand here."));
		return;
	}
	if (c->refusal) {
		answer(n, m, c->refusal->status, NULL, c->refusal);
		return;
	}
	to.now_us = said.now_us = said_clock->now_us;
	if (n->lost || store_run(n->db, &engine_clock_advance, &to, n->scratch, &rows, &count))
		answer(n, m, 503, NULL, problem_make(n->scratch, 503, "owner.away", NULL, "The database is away."));
	else if (count)
		answer(n, m, 200, &said.base, NULL);
	else
		answer(n, m, 409, NULL,
		       problem_make(n->scratch, 409, "clock.backwards", "/now", "The clock only moves forward."));
}

static void
on_commands(node_t *n, const struct message *m)
{
	if (m->partition != -1) {
		queue_add(n, m);
		return;
	}
	Wire__Commands *c = wire__commands__unpack(arena_pb(n->scratch), m->body_len, m->body);
	if (c && c->n_items == 1 && !strcmp(c->items[0]->type, engine__advance_clock__descriptor.name))
		on_clock(n, m, c->items[0]);
	else
		LOG(WARN, "commands.malformed", NULL, LOG_I("bytes", m->body_len));
}

void
node_receive(node_t *n, const struct message *m)
{
	arena_reset(n->scratch);
	switch (m->kind) {
	case WIRE__KIND__COMMANDS:
		on_commands(n, m);
		return;
	case WIRE__KIND__READ:
		on_ready(n, m);         /* the writer answers no other question */
		return;
	case WIRE__KIND__FETCH:
		fetch_hold(n, m);
		return;
	default:
		feed_receive(n, m);
	}
}

/* ---- the step */

static bool
hear_clock(node_t *n, int64_t now_us)
{
	if (now_us <= n->clock_us)
		return false;
	n->clock_us = now_us;
	return n->clock_news = true;
}

/* "-roster": one of its replicas has come, or given partitions back; "-": districts were created; "+roster": one of
 * its replicas has taken partitions; else the clock.  True: it was moved. */
static bool
hear(node_t *n)
{
	const char *payload;
	bool moved = false;

	while ((payload = store_notification(n->db, n->scratch)))
		if (*payload == '-')
			n->open_us = payload[1] && strcmp(payload + 1, n->svc->name) ? n->open_us : 0;
		else if (*payload == '+')
			feed_moved(n, payload + 1);
		else
			moved = hear_clock(n, strtoll(payload, NULL, 10)) || moved;
	return moved;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When there is something to ask the database or a producer; not before the pause after a failure is over. */
static int64_t
work_due_us(const node_t *n)
{
	int64_t at = earlier(earlier(n->open_us, n->purge_us), earlier(feed_next_us(n), catch_up_next_us(n)));
	int64_t now_us = node_clock_us(n);

	if (n->lingers_us)
		at = earlier(at, n->lingers_us + LINGER_MS * 1000);
	if (n->lost || n->retry_us > n->mono_us)
		return n->retry_us;
	for (int32_t p = 0; p < PARTITIONS && !n->set.manual_clock; p++)
		if (n->part[p].owned && !n->part[p].catch_up.waits && n->part[p].timer_next_us != NEVER_US)
			at = earlier(at, n->mono_us + n->part[p].timer_next_us - now_us);
	return at;
}

static int64_t
next_wake(const node_t *n)
{
	int64_t at = earlier(n->mono_us + (n->queue.first ? WAITED_FOR_MS : IDLE_MS) * 1000,
			     earlier(fetch_next_us(n), work_due_us(n)));
	return at > n->mono_us ? at : n->mono_us;
}

static bool
alive(node_t *n)
{
	if (store_fd(n->db) < 0)
		n->lost = true;
	if (n->lost && n->mono_us >= n->retry_us) {
		ownership_recover(n);
		if (!n->lost && !listen(n))
			n->lost = true;
	}
	return !n->lost;
}

/* Of our service, in all partitions: their time may stand behind ours, but not by days.  As long as there are more,
 * again after a rest, in which others get what the disk can do. */
static void
purge(node_t *n)
{
	EngineRows__Purge args = ENGINE_ROWS__PURGE__INIT;
	void **rows;
	size_t count;

	args.now_us = node_clock_us(n) - ANSWERS_KEPT_DAYS * INT64_C(86400000000);
	args.limit = PURGE_ROWS;
	enum store_error e = store_run(n->db, &engine_answers_purge, &args, n->scratch, &rows, &count);
	bool more = !e && count && ((const EngineRows__Purged *)rows[0])->rows == PURGE_ROWS;
	n->purge_us = n->mono_us + (int64_t)(more ? PURGE_REST_MS : PURGE_MS) * 1000;
	n->lost = n->lost || e == STORE_LOST;
}

/* What is due while the database answers.  True: there is more. */
static bool
step(node_t *n)
{
	hear(n);
	if (n->mono_us >= n->open_us)
		ownership_look(n, -1);
	if (!node_clock_believed(n)) {
		ownership_leave(n);           /* another replica's clock may be right; if none is, nothing goes on */
		queue_shed(n);
		return false;
	}
	ownership_share(n);
	if (!n->lost && n->timers_stale)
		due_next(n);
	if (!n->lost && n->mono_us >= n->purge_us)
		purge(n);
	arena_reset(n->scratch);
	if (n->lost)
		return false;
	feed_tick(n);
	queue_shed(n);
	bool more = retry_run(n);
	more = (!n->lost && n->mono_us >= n->retry_us && inbox_run(n)) || more;
	return hear(n) || more || (n->timers_stale && n->mono_us >= n->retry_us);
}

int64_t
node_step(node_t *n, int64_t mono_us)
{
	n->mono_us = mono_us;
	arena_reset(n->scratch);
	bool more = alive(n) && step(n) && !n->lost;
	arena_reset(n->scratch);
	queue_expire(n);
	queue_reply(n);
	fetch_serve(n);
	return more ? mono_us : next_wake(n);
}

void
node_leave(node_t *n)
{
	ownership_leave(n);
	queue_shed(n);
	queue_reply(n);
	fetch_serve(n);
}

const char *
node_doubt(const node_t *n)
{
	const struct steady_text *t = node_clock_doubt(n, -1);
	return t ? t->health : NULL;
}

int
node_fd(const node_t *n)
{
	return store_fd(n->db);
}

bool
node_hello(node_t *n, Wire__Hello *hello)
{
	if (!n->hello_news)
		return false;
	n->hello_news = false;
	*hello = (Wire__Hello)WIRE__HELLO__INIT;
	hello->service = (char *)n->svc->name;
	hello->instance = (char *)n->set.instance;
	hello->lane = WIRE__LANE__WRITER;
	hello->partitions = n->hello_partitions;
	int64_t owned = 0;
	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->part[p].owned)
			n->hello_partitions[hello->n_partitions++] = p, owned++;
	metric_set(n->set.metrics, METRIC_PARTITIONS, owned);
	return true;
}

bool
node_idle(const node_t *n)
{
	for (size_t i = 0; i < n->nproducers; i++)
		if (n->feed[i].blocks)
			return false;
	return !n->queue.first && !n->clock_news && !n->timers_stale && !n->lost;
}
