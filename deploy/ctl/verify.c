/* verify - whether what the database holds is what services wrote: event logs, positions, money.
 *
 * In: everything, as of one instant; a page of a log at a time, so memory does not grow with it.
 * Out: the first fault of each kind in each log, and what was looked at.
 *
 * A log's events are numbered without gaps from 1; each one's hash is over that of the one before; its body is an
 * envelope that says the same as its columns, and content that can be read as its type; what it stands on had been read
 * by then. */
#include "ctl.h"
#include "engine/chain.h"
#include "engine.sql.h"
#include "engine_rows.pb-c.h"
#include "bus/event_types.h"
#include "base/steady.h"
#include "wire.pb-c.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_EVENTS = 1000, PAGE_BYTES = 2 << 20, KINDS_MAX = 16 };

struct verify {
	struct call *call;
	EngineRows__District **districts; size_t ndistricts;    /* sorted */
	int64_t now_us;                                 /* of the database, or as moved by hand */
	CtlRows__Verified sum;
};

struct log {
	struct verify *v;
	const struct service *svc;
	const CtlRows__LogPart *part;
	struct position at;                             /* the last event read, as it says itself */
	void *const *wrong; size_t nwrong;              /* CtlRows.Seq of those that are on record as dated wrongly */
	bool gap;                                      /* the one before the next is missing: its hash cannot be told */
	int64_t after[PRODUCERS_MAX], read[PRODUCERS_MAX];      /* stood on so far; cursors */
	const char *told[KINDS_MAX]; size_t ntold;
};

/* ---- faults: the first of each kind in each log */

static void
fault(struct verify *v, const char *service, int32_t partition, int64_t seq, const char *what, const char *detail)
{
	CtlRows__Fault f = CTL_ROWS__FAULT__INIT;

	f.service = (char *)service;
	f.partition = partition;
	f.seq = seq;
	f.what = (char *)what;
	f.detail = (char *)detail;
	show(v->call, &f.base);
	v->sum.faults++;
}

static void
log_fault(struct log *l, int64_t seq, const char *what, const char *detail)
{
	for (size_t i = 0; i < l->ntold; i++)
		if (!strcmp(l->told[i], what))
			return;
	assert(l->ntold < KINDS_MAX);
	l->told[l->ntold++] = what;
	fault(l->v, l->svc->name, l->part->partition, seq, what, detail);
}

#define TEXT(l, ...) arena_printf((l)->v->call->page, __VA_ARGS__)

/* ---- an event */

static int
by_district(const void *key, const void *row)
{
	return strcmp(key, (*(EngineRows__District *const *)row)->district);
}

static void
check_place(struct log *l, const EngineRows__Logged *e)
{
	const struct verify *v = l->v;
	EngineRows__District *const *d =
		bsearch(e->district, v->districts, v->ndistricts, sizeof *v->districts, by_district);

	if (!d)
		log_fault(l, e->seq, "log.district", TEXT(l, "%s is no district", e->district));
	else if ((*d)->partition != e->partition)
		log_fault(l, e->seq, "log.district", TEXT(l, "%s lies in partition %d", e->district, (*d)->partition));
}

static void
check_after(struct log *l, const EngineRows__Logged *e, const Wire__Event *w)
{
	for (size_t i = 0; i < w->n_after; i++)
		for (size_t k = 0; l->svc->consumes[k]; k++) {
			int64_t seq = w->after[i]->seq;
			if (strcmp(l->svc->consumes[k], w->after[i]->producer))
				continue;
			if (seq < l->after[k] || seq > l->read[k])
				log_fault(l, e->seq, "log.after",
					  TEXT(l, "it stands on %s %lld, but %lld was read before it and %lld by now",
					       l->svc->consumes[k], (long long)seq, (long long)l->after[k],
					       (long long)l->read[k]));
			l->after[k] = seq;
		}
}

static void
check_content(struct log *l, const EngineRows__Logged *e, const Wire__Event *w)
{
	const struct event_type *t = event_type_of(e->type);

	if (!t)
		log_fault(l, e->seq, "log.type", TEXT(l, "%s is no type of event that this version knows", e->type));
	else if (!protobuf_c_message_unpack(t->message, arena_pb(l->v->call->page), w->data.len, w->data.data))
		log_fault(l, e->seq, "log.content", TEXT(l, "its content cannot be read as %s", e->type));
}

static void
check_body(struct log *l, const EngineRows__Logged *e)
{
	const Wire__Event *w = wire__event__unpack(arena_pb(l->v->call->page), e->body.len, e->body.data);

	if (!w) {
		log_fault(l, e->seq, "log.envelope", "it cannot be read");
		return;
	}
	const char *id = TEXT(l, "%s/%d/%lld", l->svc->name, e->partition, (long long)e->seq);
	const char *differs = strcmp(w->id, id)                  ? "id"
			      : strcmp(w->source, l->svc->name)  ? "source"
			      : strcmp(w->type, e->type)         ? "type"
			      : strcmp(w->district, e->district) ? "district"
			      : w->at_us != e->at_us             ? "at"
								 : NULL;
	if (differs)
		log_fault(l, e->seq, "log.envelope", TEXT(l, "its %s is not that of its row", differs));
	check_after(l, e, w);
	check_content(l, e, w);
}

static void
check_chain(struct log *l, const EngineRows__Logged *e)
{
	uint8_t hash[SHA256_SIZE];

	if (e->seq != l->at.seq + 1) {
		log_fault(l, l->at.seq + 1, "log.gap",
			  TEXT(l, "events %lld to %lld are missing", (long long)l->at.seq + 1, (long long)e->seq - 1));
		l->gap = true;
	}
	chain_hash(&l->at, e->seq, e->type, e->body.data, e->body.len, hash);
	if (e->hash.len != SHA256_SIZE || (!l->gap && memcmp(hash, e->hash.data, SHA256_SIZE)))
		log_fault(l, e->seq, "log.hash", "its hash does not follow from its content and the hash before it");
	l->gap = false;
	l->at.seq = e->seq;
	l->at.hash_len = e->hash.len <= SHA256_SIZE ? e->hash.len : SHA256_SIZE;
	memcpy(l->at.hash, e->hash.data ? e->hash.data : (const uint8_t *)"", l->at.hash_len);
}

static int
by_seq(const void *key, const void *row)
{
	int64_t a = *(const int64_t *)key, b = (*(CtlRows__Seq *const *)row)->seq;
	return (a > b) - (a < b);
}

/* Nothing happens before its time; what was dated wrongly and is on record is known. */
static void
check_instant(struct log *l, const EngineRows__Logged *e)
{
	if (e->at_us > l->v->now_us + STEADY_TOLERANCE_US &&
	    !(l->nwrong && bsearch(&e->seq, l->wrong, l->nwrong, sizeof *l->wrong, by_seq)))
		log_fault(l, e->seq, "log.future", "its instant is still to come, and nobody has put that on record");
}

/* ---- a log */

/* The next events; 0: there are no more, or, when the store has failed, -1 (said). */
static int
log_page(struct log *l)
{
	struct call *c = l->v->call;
	EngineRows__Positions after = ENGINE_ROWS__POSITIONS__INIT;
	const void *args = &after;
	void **rows;

	after.partition = l->part->partition;
	after.seq = l->at.seq;
	after.limit = PAGE_EVENTS;
	after.bytes = PAGE_BYTES;
	store_queue(c->store, &engine_events_after, &args, 1);
	if (store_sync(c->store)) {
		say("the event log of %s could not be read", l->svc->name);
		return -1;
	}
	size_t n = store_rows(c->store, 0, c->page, &rows);
	for (size_t i = 0; i < n; i++) {
		check_chain(l, rows[i]);
		check_place(l, rows[i]);
		check_body(l, rows[i]);
		check_instant(l, rows[i]);
	}
	l->v->sum.events += (int64_t)n;
	return n > 0;
}

static void
check_head(struct log *l)
{
	const CtlRows__LogPart *h = l->part;

	if (h->headless)
		log_fault(l, l->at.seq, "head.missing", "there are events, but nobody has ever owned the partition");
	else if (h->seq != l->at.seq)
		log_fault(l, h->seq, "head.seq",
			  TEXT(l, "the head is %lld, the last event %lld", (long long)h->seq, (long long)l->at.seq));
	else if (h->hash.len != l->at.hash_len || (h->hash.len && memcmp(h->hash.data, l->at.hash, h->hash.len)))
		log_fault(l, h->seq, "head.hash", "the head's hash is not that of the last event");
}

/* How far the service has read others, here. */
static bool
log_cursors(struct log *l)
{
	EngineRows__ConsumerAt key = ENGINE_ROWS__CONSUMER_AT__INIT;
	void **rows;
	size_t n;

	key.consumer = (char *)l->svc->name;
	key.partition = l->part->partition;
	if (!call_ask(l->v->call, &engine_cursors_of_consumer, &key, &rows, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; l->svc->consumes[k]; k++)
			if (!strcmp(l->svc->consumes[k], ((const EngineRows__Cursor *)rows[i])->producer))
				l->read[k] = ((const EngineRows__Cursor *)rows[i])->seq;
	return true;
}

static bool
log_wrong(struct log *l)
{
	CtlRows__LogKey key = CTL_ROWS__LOG_KEY__INIT;
	void **rows;

	key.service = (char *)l->svc->name;
	key.partition = l->part->partition;
	if (!call_ask(l->v->call, &ctl_log_wrong, &key, &rows, &l->nwrong))
		return false;
	l->wrong = rows;
	return true;
}

static bool
verify_log(struct verify *v, const struct service *svc, const CtlRows__LogPart *part)
{
	struct log l = { .v = v, .svc = svc, .part = part };
	int more = log_cursors(&l) && log_wrong(&l) ? 1 : -1;

	while (more > 0) {
		arena_reset(v->call->page);
		more = log_page(&l);
	}
	check_head(&l);
	v->sum.logs++;
	return more == 0;
}

/* ---- everything */

/* Rows of faults that a statement has found. */
static bool
verify_by(struct verify *v, const struct store_stmt *s, const void *args)
{
	void **rows;
	size_t n;

	if (!call_ask(v->call, s, args, &rows, &n))
		return false;
	show_rows(v->call, rows, n);
	v->sum.faults += (int64_t)n;
	return true;
}

static bool
verify_service(struct verify *v, const struct service *svc)
{
	CtlRows__Service key = CTL_ROWS__SERVICE__INIT;
	void **parts;
	size_t n;

	key.service = (char *)svc->name;
	call_search(v->call, svc->name);
	if (!call_ask(v->call, &ctl_log_parts, &key, &parts, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!verify_log(v, svc, parts[i]))
			return false;
	return verify_by(v, &ctl_cursor_faults, &key);
}

static bool
verify_money(struct verify *v)
{
	static const struct store_stmt *const checks[] = { &ctl_ledger_zero, &ctl_ledger_amounts, &ctl_ledger_reversals,
							   &ctl_ledger_numbers, &ctl_ledger_days };

	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (!verify_by(v, checks[i], NULL))
			return false;
	return true;
}

static bool
verify_begin(struct verify *v)
{
	void **rows;
	size_t n;

	if (!call_connect(v->call))
		return false;
	call_search(v->call, service_list[0]->name);
	if (store_sync(v->call->store) || !store_prepare(v->call->store, &engine_events_after) ||
	    !store_prepare(v->call->store, &engine_cursors_of_consumer))
		return false;
	if (!call_snapshot(v->call) || !call_ask(v->call, &ctl_districts, NULL, &rows, &v->ndistricts))
		return false;
	v->districts = (EngineRows__District **)rows;
	if (!call_ask(v->call, &ctl_clock_now, NULL, &rows, &n))
		return false;
	v->now_us = ((const CtlRows__ClockNow *)rows[0])->database_us;
	if (!call_ask(v->call, &ctl_cursor_count, NULL, &rows, &n))
		return false;
	v->sum.cursors = ((const CtlRows__Verified *)rows[0])->cursors;
	return true;
}

int
verify_run(struct call *c)
{
	struct verify v = { .call = c, .sum = CTL_ROWS__VERIFIED__INIT };
	const char *only = call_option(c, "service");

	if (only && !service_named(only))
		return call_misused(c, "no such service", only);
	if (!verify_begin(&v))
		return CTL_AWAY;
	for (size_t i = 0; i < SERVICES; i++)
		if ((!only || !strcmp(only, service_list[i]->name)) && !verify_service(&v, service_list[i]))
			return CTL_AWAY;
	if (!verify_by(&v, &ctl_fence_faults, NULL) || ((!only || !strcmp(only, "funding")) && !verify_money(&v)))
		return CTL_AWAY;
	show(c, &v.sum.base);
	return v.sum.faults ? CTL_WRONG : CTL_FINE;
}
