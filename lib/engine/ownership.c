/* ownership - partitions: taking them over, giving them back, losing them, and the clock they live by.
 *
 * The advisory lock (held by the connection) gives liveness, the (epoch, head) row compared and swapped in every batch gives
 * safety.  A partition is opened when its first district is founded; the others do not exist for us.  Several times a second
 * a node looks at what is opened and who lives; assignment.c says what of it should be whose.  Where nobody else lives and nothing
 * is free it looks once a second: of who comes and what is founded it is told. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "engine/node_state.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD_AGAIN_US = 60 * 1000 * 1000 };

/* ---- preparation */

/* Where a trial finds a partition. */
static const struct store_stmt head_now = {
	.name = "own.head_now", .text = "select partition, seq, hash, now_us from engine.head where service = current_user and partition = any($1)",
	.params = { "partition" }, .nparams = 1, .args = &engine_rows__partition__descriptor, .row = &engine_rows__taken__descriptor,
};

static bool
prepare_all(node_t *n, const struct store_stmt *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!store_prepare(n->db, list[i]))
			return false;
	return true;
}

/* What the schema says we consume is what the code consumes: /progress counts by the one, the loop reads by the other. */
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
	LOG(ERROR, "service.consumes_differ", NULL, LOG_S("service", n->svc->name), LOG_I("schema", count), LOG_I("code", n->nproducers));
	return false;
}

bool
own_prepare(node_t *n)
{
	const struct noun *const *noun;
	const struct table *const *t;

	if (!service_copies(n->svc) || !service_faultless(n->svc) || !prepare_all(n, engine_sql, ENGINE_SQL_COUNT))
		return false;
	for (noun = n->svc->nouns; *noun; noun++)
		if (!prepare_all(n, (*noun)->statements.at, (*noun)->statements.n))
			return false;
	EACH_ROW(n->svc, tables, t) {
		assert(n->ntables < TABLES_MAX);
		if (!table_prepare(&n->tables[n->ntables++], *t, n->db, n->names))
			return false;
	}
	return graph_agrees(n) && journal_tables(n) && (!n->trial || store_prepare(n->db, &head_now));
}

/* ---- taking over */

/* "2 event 0 17": what was being run alone when the last owner ended, for the second time. */
static void
suspect(struct partition *p, const char *trying)
{
	char *name;

	p->tries = (int)strtol(trying, &name, 10);
	p->suspect = *name ? strdup(name + 1) : NULL;
}

/* No longer ours: what is queued of it is answered or skipped, its consumers are sent on, its next owner starts from what is
 * committed. */
static void
own_forget(node_t *n, int32_t partition)
{
	struct partition *p = &n->part[partition];

	held_clear(p);
	free(p->suspect);
	*p = (struct partition){ .timer_next_us = NEVER_US };
	policies_forget(n, NULL);
	ring_forget_part(&n->ring, partition);
	n->hello_news = true;
}

static struct position
position_of(int64_t seq, ProtobufCBinaryData hash)
{
	struct position p = { .seq = seq, .hash_len = hash.len <= SHA256_SIZE ? hash.len : 0 };

	memcpy(p.hash, hash.data ? hash.data : (const uint8_t *)"", p.hash_len);
	return p;
}

static void
own_begin(node_t *n, const EngineRows__Taken *t)
{
	struct partition *p = &n->part[t->partition];

	held_clear(p);
	free(p->suspect);
	*p = (struct partition){ .owned = true, .epoch = t->epoch, .now_us = t->now_us, .timer_next_us = NEVER_US, .timer_put_us = NEVER_US, .work = true, .turn.reading = -1 };
	p->head = position_of(t->seq, t->hash);
	p->singly = t->starts >= SINGLY_FROM || *t->trying;
	suspect(p, t->trying);
	n->hello_news = n->timers_stale = true;
	n->ring.changes++;
	if (n->set.manual_clock && p->now_us < n->clock_us)
		n->clock_news = true;
	metric_add(n->set.metrics, METRIC_EPOCHS, 1);
	LOG(INFO, "partition.taken", NULL, LOG_I("partition", t->partition), LOG_I("epoch", t->epoch), LOG_I("head", t->seq));
}

static void
own_cursor(node_t *n, const EngineRows__Cursor *c)
{
	for (size_t i = 0; i < n->nproducers; i++) {
		if (strcmp(n->svc->consumes[i], c->producer))
			continue;
		n->part[c->partition].cursor[i] = n->part[c->partition].fetched[i] = position_of(c->seq, c->hash);
		n->part[c->partition].turn.n += c->seq;
	}
}

/* Chores count as there: whether there are any of its district is asked each time. */
bool
own_peek(node_t *n, int32_t partition)
{
	EngineRows__Partition *key = arena_message(n->scratch, &engine_rows__partition__descriptor);
	struct partition *p = &n->part[partition];
	const void *args = key;
	void **rows;

	key->partition = partition;
	store_text(n->db, "begin isolation level repeatable read, read only");
	store_queue(n->db, &head_now, &args, 1);
	store_queue(n->db, &engine_cursors_of, &args, 1);
	if (store_sync(n->db))
		return false;
	*p = (struct partition){ .owned = true, .timer_next_us = NEVER_US, .timer_put_us = NEVER_US, .work = true };
	if (store_rows(n->db, 0, n->scratch, &rows)) {
		const EngineRows__Taken *t = rows[0];
		p->head = position_of(t->seq, t->hash);
		p->now_us = t->now_us;
	}
	size_t k = store_rows(n->db, 1, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		own_cursor(n, rows[i]);
	return true;
}

static void
own_turn(node_t *n, const EngineRows__Turn *t)
{
	size_t producer;

	if (is_producer(n, t->producer, &producer))
		n->part[t->partition].turn.reading = (int)producer;
}

static void
own_parked(node_t *n, size_t count, void *const *rows)
{
	for (size_t i = 0; i < count; i++) {
		const EngineRows__HeldSubject *k = rows[i];
		struct partition *p = &n->part[k->partition];
		held_add(p, k->district, k->subject);
		p->retry = p->retry || k->wanted;
	}
}

void
own_held(node_t *n, int32_t partition)
{
	EngineRows__Partition key = ENGINE_ROWS__PARTITION__INIT;
	const void *args = &key;
	void **rows;

	key.partition = partition;
	store_queue(n->db, &engine_held_of, &args, 1);
	if (store_sync(n->db)) {
		n->lost = true;
		return;
	}
	held_clear(&n->part[partition]);
	size_t count = store_rows(n->db, 0, n->arena, &rows);
	own_parked(n, count, rows);
}

/* The second half of a take-over: what had been read, and in what order; what was put aside. */
static bool
own_read(node_t *n, const void *const *parts, size_t count)
{
	void **rows;

	store_queue(n->db, &engine_cursors_of, parts, count);
	store_queue(n->db, &engine_held_of, parts, count);
	store_queue(n->db, &engine_turns_of, parts, count);
	if (store_sync(n->db))
		return false;
	size_t k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		own_cursor(n, rows[i]);
	k = store_rows(n->db, 1, n->scratch, &rows);
	own_parked(n, k, rows);
	k = store_rows(n->db, 2, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		own_turn(n, rows[i]);
	return true;
}

static void
own_take(node_t *n, const void *const *locked, size_t count)
{
	const void **take = arena_alloc(n->scratch, count * sizeof(*take));
	void **rows;

	for (size_t i = 0; i < count; i++) {
		EngineRows__Take *t = arena_message(n->scratch, &engine_rows__take__descriptor);
		t->partition = ((const EngineRows__Partition *)locked[i])->partition;
		t->instance = (char *)n->set.instance;
		take[i] = t;
	}
	store_text(n->db, "begin");
	store_queue(n->db, &engine_take, take, count);
	store_text(n->db, "commit");
	if (store_sync(n->db)) {                /* epochs may have moved or not: the next try reads what is */
		ready_refused(n);
		n->lost = true;
		return;
	}
	CRASH_POINT("take.committed");
	size_t k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		own_begin(n, rows[i]);
	feed_news(n);
	if (!own_read(n, locked, count))
		n->lost = true;
	CRASH_POINT("take.read");
}

/* 32 bits of the service's name: the first key of its advisory locks. */
static int32_t
lock_class(const char *service)
{
	uint32_t h = 2166136261u;
	for (; *service; service++)
		h = (h ^ (uint8_t)*service) * 16777619u;
	return (int32_t)h;
}

static const void *
lock_of(node_t *n, int32_t partition)
{
	EngineRows__Lock *l = arena_message(n->scratch, &engine_rows__lock__descriptor);

	l->service_class = lock_class(n->svc->name);
	l->partition = partition;
	return l;
}

static size_t
locks_of(node_t *n, uint64_t which, const void **locks)
{
	size_t k = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		if (which >> p & 1)
			locks[k++] = lock_of(n, p);
	return k;
}

/* Of what was lost by a fence and is not to be ours again. */
static void
own_unlock(node_t *n, uint64_t which)
{
	const void *locks[PARTITIONS];
	size_t k = locks_of(n, which & n->locked, locks);

	if (!k)
		return;
	store_queue(n->db, &engine_unlock, locks, k);
	n->lost = store_sync(n->db) != STORE_OK;
	n->locked &= ~which;
}

/* Tries the locks of those whose we do not have: a lock held stacks when tried again, and would outlive its giving back. */
static void
own_lock(node_t *n, uint64_t which)
{
	const void *locks[PARTITIONS];
	size_t k = locks_of(n, which & ~n->locked, locks);
	void **rows;

	if (!k)
		return;
	store_queue(n->db, &engine_lock, locks, k);
	if (store_sync(n->db)) {
		n->lost = true;
		return;
	}
	k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		n->locked |= UINT64_C(1) << ((const EngineRows__Partition *)rows[i])->partition;
}

/* Takes those of them whose locks we got. */
static void
own_get(node_t *n, uint64_t which)
{
	const void *locked[PARTITIONS];
	uint64_t owned = 0;
	size_t k = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		owned |= (uint64_t)n->part[p].owned << p;
	own_unlock(n, ~(which | owned));
	if (!n->lost)
		own_lock(n, which & ~owned);
	for (int32_t p = 0; p < PARTITIONS && !n->lost; p++) {
		if (!((which & n->locked) >> p & 1) || n->part[p].owned)
			continue;
		EngineRows__Partition *row = arena_message(n->scratch, &engine_rows__partition__descriptor);
		row->partition = p;
		locked[k++] = row;
	}
	if (!k)
		return;
	CRASH_POINT("take.locked");
	own_take(n, locked, k);
}

/* ---- looking around: what is opened, who lives, what is free */

/* Taken by somebody after us: our next batch would be fenced, but until there is one our word would lead consumers astray. */
static bool
superseded(const node_t *n, const EngineRows__Open *o)
{
	return n->part[o->partition].owned && n->part[o->partition].epoch != o->epoch;
}

/* Else, of what is ours, memory knows best: an earlier process of our name may still seem to hold something. */
static const struct share_partition *
look_partitions(node_t *n, void **rows, size_t count)
{
	struct share_partition *out = arena_alloc(n->scratch, (count + 1) * sizeof *out);

	for (size_t i = 0; i < count; i++) {
		const EngineRows__Open *o = rows[i];
		if (superseded(n, o))
			own_lose(n, o->partition);
		bool mine = n->part[o->partition].owned, ghost = !mine && !strcmp(o->owner, n->set.instance);
		n->opened[o->partition] = true;
		n->part[o->partition].retry = n->part[o->partition].retry || (mine && o->retry);
		n->free_looks[o->partition] = mine || (*o->owner && !ghost) ? 0 : n->free_looks[o->partition] + 1;
		out[i] = (struct share_partition){ o->partition, mine ? n->set.instance : ghost ? "" : o->owner, o->home, n->free_looks[o->partition] };
	}
	return out;
}

/* Partitions where a clock that is believed may not go on all the same: they are not taken until the operator has said so. */
static void
hear_partitions(node_t *n, int64_t real_us, void *const *opened, size_t count)
{
	for (size_t i = 0; i < count && !n->doubt; i++) {
		const EngineRows__Open *o = opened[i];
		bool mine = n->part[o->partition].owned && n->part[o->partition].epoch == o->epoch;
		enum steady_doubt was = n->waits[o->partition], now = mine ? STEADY_SURE : steady_after(o->now_us, o->trusted_us, real_us);
		if (now && !was)
			LOG(ERROR, "partition.waits", NULL, LOG_S("why", steady_texts[now].code),
			    LOG_I("partition", o->partition), LOG_I("ahead_s", (real_us - o->now_us) / 1000000));
		n->waits[o->partition] = now;
	}
	metric_set(n->set.metrics, METRIC_CLOCK_DOUBTED, own_doubt(n, -1) != NULL);
}

static uint64_t
free_to_go_on(const node_t *n)
{
	uint64_t out = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		out |= (uint64_t)!n->waits[p] << p;
	return out;
}

/* Says that we live, now and then, unless nobody is to count on us, and at first to everybody; how many statements that takes. */
static size_t
beat(node_t *n)
{
	EngineRows__Beat *b = arena_message(n->scratch, &engine_rows__beat__descriptor);
	const void *args = b;
	bool comes = !n->beat_us;

	if (n->mono_us < n->beat_us || n->doubt)
		return 0;
	n->beat_us = n->mono_us + BEAT_MS * 1000;
	b->instance = (char *)n->set.instance;
	b->clock_us = n->set.manual_clock ? 0 : clock_real_us();
	store_queue(n->db, &engine_oust, NULL, 0);
	store_queue(n->db, &engine_beat, &args, 1);
	if (comes)
		store_queue(n->db, &engine_come, NULL, 0);
	return 2 + comes;
}

static void
log_ousted(const node_t *n, size_t count, void *const *rows)
{
	for (size_t i = 0; i < count; i++)
		LOG(WARN, "replica.ousted", NULL, LOG_S("service", n->svc->name), LOG_S("instance", ((const EngineRows__Replica *)rows[i])->instance));
}

/* What this look has told of other clocks, and of the instants that partitions have decided at; judged at once. */
static void
hear_clocks(node_t *n, size_t at, int64_t asked_us, void *const *opened, size_t nopened)
{
	struct steady_heard h = { .asked_boot_us = asked_us, .boot_us = clock_boot_us() };
	struct steady_start start = { 0 };
	int64_t real_us = clock_real_us();
	void **rows;

	if (n->set.manual_clock || !store_rows(n->db, at, n->scratch, &rows))
		return;
	const EngineRows__Clocks *c = rows[0];
	h.database_us = c->database_us;
	h.peers = c->peers;
	h.peers_off_us = c->peers_off_us;
	h.accepted = c->accepted;
	for (size_t i = 0; i < nopened; i++)
		steady_start_add(&start, ((const EngineRows__Open *)opened[i])->now_us, ((const EngineRows__Open *)opened[i])->trusted_us, real_us);
	h.start = steady_start(&start, real_us);
	h.start_off_us = real_us - start.newest_us;
	steady_hear(&n->steady, &h, real_us);
	metric_set(n->set.metrics, METRIC_CLOCK_OFF, (real_us - c->database_us) / 1000);
	own_believes(n);
	hear_partitions(n, real_us, opened, nopened);
}

/* One round trip.  NULL: the database did not answer. */
static struct share_view *
look(node_t *n)
{
	size_t at = beat(n);
	void **rows = NULL;

	int64_t asked_us = clock_boot_us();
	store_queue(n->db, &engine_opened, NULL, 0);
	store_queue(n->db, &engine_replicas, NULL, 0);
	store_queue(n->db, &engine_clocks, NULL, 0);
	if (store_sync(n->db))
		return NULL;
	size_t nousted = at ? store_rows(n->db, 0, n->scratch, &rows) : 0;
	log_ousted(n, nousted, rows);
	size_t nopened = store_rows(n->db, at, n->scratch, &rows);
	hear_clocks(n, at + 2, asked_us, rows, nopened);
	struct share_view *v = arena_alloc(n->scratch, sizeof *v);
	*v = (struct share_view){ .me = n->set.instance, .partitions = look_partitions(n, rows, nopened), .npartitions = nopened };
	size_t nreplicas = store_rows(n->db, at + 1, n->scratch, &rows);
	for (size_t i = 0; i < nreplicas && i < SHARE_REPLICAS_MAX; i++) {
		const EngineRows__Replica *r = rows[i];
		v->replicas[v->nreplicas++] = (struct share_replica){ r->instance, r->prompt };
	}
	return v;
}

/* All that there is is ours, and nobody lives who might die. */
static bool
calm(const node_t *n, const struct share_view *v)
{
	bool all = v->nreplicas == 1;

	for (int32_t p = 0; p < PARTITIONS; p++)
		all = all && (n->part[p].owned || !n->opened[p]);
	return all && !n->lost && !n->surplus;
}

void
own_look(node_t *n, int32_t also)
{
	const struct share_view *v;

	n->open_us = n->mono_us + OPEN_MS * 1000;
	n->looked_us = n->mono_us;
	if (!(v = look(n))) {
		ready_refused(n);
		n->lost = true;
		return;
	}
	n->refusal = NULL;
	if (n->doubt)
		return;                         /* what is ours is given back by the step */
	struct share s = share_decide(v);
	n->surplus = s.give;
	n->surplus_looks = s.give ? n->surplus_looks + 1 : 0;
	own_get(n, (s.take | (also >= 0 ? UINT64_C(1) << also : 0)) & free_to_go_on(n));
	if (n->open_us && calm(n, v))
		n->open_us = n->mono_us + CALM_MS * 1000;
}

/* ---- giving back */

/* Locks and rows go in one transaction; between two batches, so nothing of ours is under way. */
static void
own_give(node_t *n, uint64_t which, bool for_good)
{
	const void *locks[PARTITIONS], *rows[PARTITIONS];
	size_t k = 0;

	for (int32_t p = 0; p < PARTITIONS; p++) {
		if (!(which >> p & 1) || !n->part[p].owned)
			continue;
		EngineRows__Give *g = arena_message(n->scratch, &engine_rows__give__descriptor);
		*g = (EngineRows__Give){ .base = g->base, .partition = p, .epoch = n->part[p].epoch, .for_good = for_good };
		locks[k] = lock_of(n, p);
		rows[k++] = g;
	}
	if (!k)
		return;
	store_text(n->db, "begin");
	store_queue(n->db, &engine_unlock, locks, k);
	store_queue(n->db, &engine_give, rows, k);
	store_text(n->db, "commit");
	CRASH_POINT("give.queued");
	n->lost = store_sync(n->db) != STORE_OK;        /* nobody knows which locks are left: all anew */
	CRASH_POINT("give.committed");
	for (size_t i = 0; i < k; i++) {
		int32_t p = ((const EngineRows__Give *)rows[i])->partition;
		n->locked &= ~(UINT64_C(1) << p);
		LOG(INFO, "partition.given", NULL, LOG_I("partition", p), LOG_I("epoch", n->part[p].epoch), LOG_I("head", n->part[p].head.seq));
		own_forget(n, p);
	}
}

/* Not at first sight: who has just come may go again, and the others may not have taken what is free yet. */
void
own_share(node_t *n)
{
	if (n->lost || n->surplus_looks < GIVE_LOOKS)
		return;
	n->surplus_looks = 0;
	own_give(n, n->surplus, true);
}

void
own_leave(node_t *n)
{
	if (!n->lost && store_fd(n->db) >= 0)
		own_give(n, UINT64_MAX, false);
}

/* Fenced: somebody else took it although we thought we had the lock. */
void
own_lose(node_t *n, int32_t partition)
{
	struct partition *p = &n->part[partition];

	if (!p->owned)
		return;
	LOG(WARN, "partition.lost", NULL, LOG_I("partition", partition), LOG_I("epoch", p->epoch));
	own_forget(n, partition);
	n->open_us = 0;                         /* it may be free: whoever waits for it here need not be sent away */
}

void
own_lose_all(node_t *n)
{
	for (int32_t p = 0; p < PARTITIONS; p++)
		own_lose(n, p);
	feed_forget(n);
}

/* After an unknown commit outcome nothing in memory can be trusted: reconnect, lock again, read the head again. */
void
own_recover(node_t *n)
{
	own_lose_all(n);
	n->locked = 0;
	if (!store_reopen(n->db)) {
		n->refusal = NULL;
		n->retry_us = n->mono_us + RETRY_MS * 1000;
		return;
	}
	n->lost = false;
	n->open_us = n->beat_us = 0;
	n->surplus_looks = 0;
}

void
own_end(node_t *n)
{
	for (int32_t p = 0; p < PARTITIONS; p++) {
		held_clear(&n->part[p]);
		free(n->part[p].suspect);
	}
}

/* ---- time */

void
own_timers(node_t *n)
{
	const void *parts[PARTITIONS];
	void **rows;
	size_t k = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->part[p].owned) {
			EngineRows__Due *row = arena_message(n->scratch, &engine_rows__due__descriptor);
			row->partition = p;
			row->from_us = n->part[p].timer_next_us == NEVER_US ? INT64_MIN : n->part[p].timer_next_us;
			parts[k++] = row;
		}
	n->timers_stale = false;
	if (!k)
		return;
	store_queue(n->db, &engine_timers_next, parts, k);
	if (store_sync(n->db)) {
		n->lost = true;
		return;
	}
	k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++) {
		const EngineRows__Next *t = rows[i];
		n->part[t->partition].timer_next_us = t->due_us ? t->due_us : NEVER_US;
	}
}

/* Of our service, in all partitions: their time may stand behind ours, but not by days.  As long as there are more, again after a
 * rest, in which others get what the disk can do. */
void
own_purge(node_t *n)
{
	EngineRows__Purge args = ENGINE_ROWS__PURGE__INIT;
	void **rows;
	size_t count;

	args.now_us = own_now_us(n) - ANSWERS_KEPT_DAYS * INT64_C(86400000000);
	args.limit = PURGE_ROWS;
	enum store_error e = store_run(n->db, &engine_answers_purge, &args, n->scratch, &rows, &count);
	bool more = !e && count && ((const EngineRows__Purged *)rows[0])->rows == PURGE_ROWS;
	n->purge_us = n->mono_us + (int64_t)(more ? PURGE_REST_MS : PURGE_MS) * 1000;
	n->lost = n->lost || e == STORE_LOST;
}

int64_t
own_now_us(const node_t *n)
{
	return n->set.manual_clock ? n->clock_us : n->real_us;
}

/* Loud, but once: when it is another reason, or none any more. */
static void
doubt_told(node_t *n, enum steady_doubt was)
{
	const struct steady *s = &n->steady;

	if (n->doubt == was)
		return;
	if (n->doubt == STEADY_SURE && was != STEADY_UNHEARD)
		LOG(WARN, "clock.believed", NULL, LOG_S("after", log_text(steady_texts[was].code)));
	else if (n->doubt != STEADY_SURE && n->doubt != STEADY_UNHEARD)
		LOG(ERROR, "clock.doubted", NULL, LOG_S("why", steady_texts[n->doubt].code), LOG_I("ahead_s", s->off_us / 1000000));
	metric_set(n->set.metrics, METRIC_CLOCK_DOUBTED, own_doubt(n, -1) != NULL);
	n->open_us = n->beat_us = 0;
}

static void
steady_tell(node_t *n, int64_t boot_us)
{
	struct steady_word *w = n->set.steady;

	if (!w)
		return;
	if (!n->doubt)
		atomic_store_explicit(&w->offset_us, n->real_us - boot_us, memory_order_relaxed);
	atomic_store_explicit(&w->doubt, n->doubt, memory_order_relaxed);
	atomic_store_explicit(&w->sure, n->steady.sure, memory_order_release);
}

/* What the writer of the process has judged. */
static bool
own_hears(node_t *n)
{
	n->doubt = n->set.steady ? steady_word_us(n->set.steady, clock_boot_us(), &n->real_us) : STEADY_UNHEARD;
	return !n->doubt;
}

bool
own_believes(node_t *n)
{
	enum steady_doubt was = n->doubt;
	int64_t real_us = clock_real_us(), boot_us = clock_boot_us();

	if (n->set.manual_clock)
		return true;
	if (n->trial)
		return own_hears(n);
	n->doubt = steady_judge(&n->steady, real_us, boot_us);
	if (!n->doubt)
		n->real_us = real_us;
	doubt_told(n, was);
	steady_tell(n, boot_us);
	return !n->doubt;
}

const struct steady_text *
own_doubt(const node_t *n, int32_t partition)
{
	if (n->doubt)
		return &steady_texts[n->doubt];
	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->waits[p] && (p == partition || partition < 0))
			return &steady_texts[n->waits[p]];
	return NULL;
}

bool
own_sender_doubted(node_t *n, const struct message *m)
{
	if (n->set.manual_clock || !m->sent_us || !n->real_us || steady_agrees(m->sent_us, n->real_us, m->wait_ms))
		return false;
	if (!n->sender_told_us || n->mono_us - n->sender_told_us > TOLD_AGAIN_US)
		LOG(ERROR, "clock.sender_differs", NULL, LOG_I("ahead_s", (m->sent_us - n->real_us) / 1000000));
	n->sender_told_us = n->mono_us;
	return true;
}
