/* own - partitions: taking them over, losing them, and the clock they live by.
 *
 * The advisory lock (held by the connection) gives liveness, the (epoch, head) row compared and swapped in every batch gives
 * safety.  A partition is opened when its first district is founded; the others do not exist for us. */
#include "clock.h"
#include "log.h"
#include "node_state.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- preparation */

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
	if (!prepare_all(n, engine_sql, ENGINE_SQL_COUNT) || !prepare_all(n, n->svc->statements, n->svc->nstatements))
		return false;
	for (const struct table *const *t = n->svc->tables; *t; t++) {
		assert(n->ntables < TABLES_MAX);
		if (!table_prepare(&n->tables[n->ntables++], *t, n->db, n->names))
			return false;
	}
	return graph_agrees(n);
}

/* ---- districts known to exist (never forgotten: they never cease to) */

static size_t
district_place(const node_t *n, const char *district)
{
	size_t lo = 0, hi = n->ndistricts;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(n->districts[mid], district) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
district_known(const node_t *n, const char *district)
{
	size_t i = district_place(n, district);
	return i < n->ndistricts && !strcmp(n->districts[i], district);
}

void
district_learn(node_t *n, const char *district)
{
	size_t i = district_place(n, district);

	if (district_known(n, district) || !district_valid(district))
		return;
	if (n->ndistricts == n->districts_cap) {
		n->districts_cap = n->districts_cap ? 2 * n->districts_cap : 16;
		n->districts = realloc(n->districts, n->districts_cap * sizeof(*n->districts));
		if (!n->districts)
			abort();
	}
	memmove(&n->districts[i + 1], &n->districts[i], (n->ndistricts++ - i) * sizeof(*n->districts));
	memcpy(n->districts[i], district, 7);
	n->districts[i][7] = '\0';
}

/* ---- held subjects */

bool
held_is(const struct partition *p, const char *district, const char *subject)
{
	for (const struct held_subject *h = p->held; h; h = h->next)
		if (!strcmp(h->district, district) && !strcmp(h->subject, subject))
			return true;
	return false;
}

void
held_add(struct partition *p, const char *district, const char *subject)
{
	if (held_is(p, district, subject))
		return;
	struct held_subject *h = calloc(1, sizeof(*h));
	if (!h || !(h->district = strdup(district)) || !(h->subject = strdup(subject)))
		abort();
	h->next = p->held;
	p->held = h;
}

static void
held_clear(struct partition *p)
{
	while (p->held) {
		struct held_subject *h = p->held;
		p->held = h->next;
		free(h->district);
		free(h->subject);
		free(h);
	}
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

static void
own_begin(node_t *n, const EngineRows__Taken *t)
{
	struct partition *p = &n->part[t->partition];

	held_clear(p);
	free(p->suspect);
	*p = (struct partition){ .owned = true, .epoch = t->epoch, .now_us = t->now_us, .timer_next_us = NEVER_US, .work = true };
	p->head.seq = t->seq;
	p->head.hash_len = t->hash.len <= SHA256_SIZE ? t->hash.len : 0;
	memcpy(p->head.hash, t->hash.data ? t->hash.data : (const uint8_t *)"", p->head.hash_len);
	p->singly = t->starts >= SINGLY_FROM || *t->trying;
	suspect(p, t->trying);
	n->hello_news = n->timers_stale = true;
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
		struct position *k = &n->part[c->partition].cursor[i];
		k->seq = c->seq;
		k->hash_len = c->hash.len <= SHA256_SIZE ? c->hash.len : 0;
		memcpy(k->hash, c->hash.data ? c->hash.data : (const uint8_t *)"", k->hash_len);
		n->part[c->partition].fetched[i] = *k;
	}
}

/* The second half of a take-over: what had been read, what was put aside. */
static bool
own_read(node_t *n, const void *const *parts, size_t count)
{
	void **rows;

	store_queue(n->db, &engine_cursors_of, parts, count);
	store_queue(n->db, &engine_parked_of, parts, count);
	if (store_sync(n->db))
		return false;
	size_t k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		own_cursor(n, rows[i]);
	k = store_rows(n->db, 1, n->scratch, &rows);
	for (size_t i = 0; i < k; i++) {
		const EngineRows__Parked *p = rows[i];
		held_add(&n->part[p->partition], p->district, p->subject);
	}
	return true;
}

static void
own_take(node_t *n, void **locked, size_t count)
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
		n->lost = true;
		return;
	}
	size_t k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		own_begin(n, rows[i]);
	feed_news(n);
	if (!own_read(n, (const void *const *)locked, count))
		n->lost = true;
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

static size_t
wanted_locks(node_t *n, void **opened, size_t count, int32_t also, const void **out)
{
	bool wanted[PARTITIONS] = { 0 };
	size_t k = 0;

	for (size_t i = 0; i < count; i++)
		wanted[((const EngineRows__Partition *)opened[i])->partition] = n->opened[((const EngineRows__Partition *)opened[i])->partition] = true;
	if (also >= 0)
		wanted[also] = true;
	for (int32_t p = 0; p < PARTITIONS; p++) {
		if (!wanted[p] || n->part[p].owned)     /* a lock held stacks when tried again */
			continue;
		EngineRows__Lock *l = arena_message(n->scratch, &engine_rows__lock__descriptor);
		l->service_class = lock_class(n->svc->name);
		l->partition = p;
		out[k++] = l;
	}
	return k;
}

void
own_open(node_t *n, int32_t also)
{
	const void *locks[PARTITIONS];
	void **rows;
	size_t count;

	n->open_us = n->mono_us + OPEN_MS * 1000;
	if (store_run(n->db, &engine_opened, NULL, n->scratch, &rows, &count)) {
		n->lost = true;
		return;
	}
	size_t k = wanted_locks(n, rows, count, also, locks);
	if (!k)
		return;
	store_queue(n->db, &engine_lock, locks, k);
	if (store_sync(n->db)) {
		n->lost = true;
		return;
	}
	count = store_rows(n->db, 0, n->scratch, &rows);
	if (count)
		own_take(n, rows, count);
}

/* Fenced: somebody else took it although we thought we had the lock.  Events of it still queued are skipped. */
void
own_lose(node_t *n, int32_t partition)
{
	struct partition *p = &n->part[partition];

	if (!p->owned)
		return;
	LOG(WARN, "partition.lost", NULL, LOG_I("partition", partition), LOG_I("epoch", p->epoch));
	held_clear(p);
	free(p->suspect);
	*p = (struct partition){ .timer_next_us = NEVER_US };
	policies_forget(n, NULL);
	ring_forget_part(&n->ring, partition);
	n->hello_news = true;
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
	if (!store_reopen(n->db)) {
		n->retry_us = n->mono_us + RETRY_MS * 1000;
		return;
	}
	n->lost = false;
	n->open_us = 0;
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
			EngineRows__Partition *row = arena_message(n->scratch, &engine_rows__partition__descriptor);
			row->partition = p;
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

/* Of our service, in all partitions: their time may stand behind ours, but not by days. */
void
own_purge(node_t *n)
{
	EngineRows__Instant before = ENGINE_ROWS__INSTANT__INIT;

	n->purge_us = n->mono_us + (int64_t)PURGE_MS * 1000;
	before.now_us = own_now_us(n) - ANSWERS_KEPT_DAYS * INT64_C(86400000000);
	if (store_run(n->db, &engine_answers_purge, &before, NULL, NULL, NULL) == STORE_LOST)
		n->lost = true;
}

int64_t
own_now_us(const node_t *n)
{
	return n->set.manual_clock ? n->clock_us : clock_real_us();
}
