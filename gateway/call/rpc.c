#include "call/rpc.h"
#include "base/crash.h"
#include "base/ids.h"
#include "base/log.h"
#include "bus/frames.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	TRY_BITS = 8,
	ANSWER_ARENA_MAX = 32 << 20,            /* 512 answers of a batch, unpacked */
	DELAY_FIRST_US = 10 * 1000, DELAY_MAX_US = 200 * 1000,
	SERVICES_MAX = 16, LANES = 4, WINDOWS = SERVICES_MAX * LANES * PARTITIONS,
};
_Static_assert(RPCS_MAX <= RPC_SLOT_NONE, "a slot's number must fit");

/* An id is made of serial, try and slot.  The serial tells an answer to an earlier tenant of the slot, the try one to
 * an earlier try. */
struct slot {
	struct rpc_request ask;
	uint64_t serial;                /* 0: free */
	unsigned tries;
	bool sent;                      /* the last try is under way; else we wait before the next */
	bool lost_one;                  /* some try may have been done */
	int64_t due_us, end_us, delay_us;
	uint32_t next_free;
	struct window *window;          /* NULL: of no partition */
	bool queued;                    /* until there is room in its window */
	uint32_t before, after;         /* … in its order */
};
/* What is asked of one lane of one service for one partition: what is under way, and who waits, by slot. */
struct window { size_t n, bytes; uint32_t first, last; };
struct rpc {
	struct port port;
	arena_t *arena;                 /* of one answer */
	struct slot *slots;
	uint32_t nslots, free_first;
	size_t outstanding;
	uint64_t serial;
	int64_t next_due_us;            /* not later than the first one due */
	bool receiving;
	char services[SERVICES_MAX][SERVICE_NAME_MAX]; int nservices;   /* as they were asked first */
	struct window windows[WINDOWS];
	bool giving_up;
};
#define NO_SLOT UINT32_MAX

ProtobufCBinaryData
rpc_pack(const ProtobufCMessage *m, arena_t *a)
{
	ProtobufCBinaryData data = { .len = protobuf_c_message_get_packed_size(m) };

	data.data = arena_alloc(a, data.len + 1);
	protobuf_c_message_pack(m, data.data);
	return data;
}

void
rpc_body_read(struct rpc_request *ask, const Wire__Read *read)
{
	ask->body_len = wire__read__get_packed_size(read);
	ask->body = malloc(ask->body_len + 1);
	if (!ask->body)
		abort();
	wire__read__pack(read, ask->body);
}

void
rpc_body_free(struct rpc_request *ask)
{
	if (ask->secret && ask->body)
		explicit_bzero(ask->body, ask->body_len);
	free(ask->body);
	ask->body = NULL;
}

rpc_t *
rpc_open(struct port port)
{
	rpc_t *s = calloc(1, sizeof(*s));

	if (!s || getrandom(&s->serial, sizeof(s->serial), 0) != sizeof(s->serial))
		abort();
	s->port = port;
	s->arena = arena_open(ANSWER_ARENA_MAX);
	s->free_first = NO_SLOT;
	s->next_due_us = INT64_MAX;
	for (size_t i = 0; i < WINDOWS; i++)
		s->windows[i].first = s->windows[i].last = NO_SLOT;
	return s;
}

void
rpc_close(rpc_t **ap)
{
	rpc_t *s = *ap;

	for (uint32_t i = 0; s && i < s->nslots; i++)
		if (s->slots[i].serial)
			rpc_body_free(&s->slots[i].ask);
	if (s) {
		arena_close(&s->arena);
		free(s->slots);
		free(s);
	}
	*ap = NULL;
}

size_t
rpc_outstanding(const rpc_t *s)
{
	return s->outstanding;
}

/* ---- slots */

static bool
slots_grow(rpc_t *s)
{
	uint32_t n = s->nslots ? s->nslots * 2 : 64;

	if (s->nslots == RPCS_MAX)
		return false;
	if (n > RPCS_MAX)
		n = RPCS_MAX;
	s->slots = realloc(s->slots, n * sizeof(*s->slots));
	if (!s->slots)
		abort();
	for (uint32_t i = n; i-- > s->nslots;) {
		s->slots[i] = (struct slot){ .next_free = s->free_first };
		s->free_first = i;
	}
	s->nslots = n;
	return true;
}

static struct slot *
slot_take(rpc_t *s)
{
	if (s->free_first == NO_SLOT && !slots_grow(s))
		return NULL;
	struct slot *t = &s->slots[s->free_first];
	s->free_first = t->next_free;
	s->serial = (s->serial + 1) & (UINT64_MAX >> (RPC_SLOT_BITS + TRY_BITS));
	if (s->serial == 0)
		s->serial = 1;
	*t = (struct slot){ .serial = s->serial };
	s->outstanding++;
	return t;
}

static uint64_t
slot_id(const rpc_t *s, const struct slot *t)
{
	return t->serial << (RPC_SLOT_BITS + TRY_BITS) |
	       (uint64_t)(t->tries & ((1u << TRY_BITS) - 1)) << RPC_SLOT_BITS | (uint64_t)(t - s->slots);
}

static struct slot *
slot_find(rpc_t *s, uint64_t id)
{
	uint32_t i = id & ((1u << RPC_SLOT_BITS) - 1);
	return i < s->nslots && s->slots[i].serial && s->slots[i].serial == id >> (RPC_SLOT_BITS + TRY_BITS)
	               ? &s->slots[i]
	               : NULL;
}

static const char *const lanes[] = { "writer", "reader", "password", "trial" };

/* ---- windows: nobody's questions are so many at an owner, or its readers, that others' wait behind them for long */

/* Should there be more than there is room for, the last ones share theirs. */
static int
service_index(rpc_t *s, const char *name)
{
	int i = 0;

	while (i < s->nservices && strcmp(s->services[i], name) != 0)
		i++;
	if (i == SERVICES_MAX)
		return SERVICES_MAX - 1;
	if (i == s->nservices)
		snprintf(s->services[s->nservices++], SERVICE_NAME_MAX, "%s", name);
	return i;
}

static struct window *
window_of(rpc_t *s, const struct rpc_request *ask)
{
	if (ask->partition < 0)
		return NULL;
	assert((int)ask->lane >= 0 && (int)ask->lane < LANES && ask->partition < PARTITIONS);
	return &s->windows[(service_index(s, ask->service) * LANES + (int)ask->lane) * PARTITIONS + ask->partition];
}

static bool
window_has_room(const struct window *w, const struct rpc_request *ask)
{
	static const size_t most_of[LANES] = {
		[WIRE__LANE__WRITER] = COMMANDS_OF_PARTITION_MAX, [WIRE__LANE__READER] = READS_OF_PARTITION_MAX,
		[WIRE__LANE__PASSWORD] = READS_OF_PARTITION_MAX, [WIRE__LANE__TRIAL] = TRIALS_OF_PARTITION_MAX,
	};
	size_t most = most_of[ask->lane];

	return w->n == 0 || (w->n < most && w->bytes + ask->body_len <= BYTES_OF_PARTITION_MAX);
}

static void
window_queue(rpc_t *s, struct slot *t)
{
	struct window *w = t->window;
	uint32_t i = (uint32_t)(t - s->slots);

	t->queued = true;
	t->before = w->last;
	t->after = NO_SLOT;
	*(w->last == NO_SLOT ? &w->first : &s->slots[w->last].after) = i;
	w->last = i;
}

static void
window_enter(struct slot *t)
{
	t->window->n++;
	t->window->bytes += t->ask.body_len;
}

static void
window_leave(rpc_t *s, struct slot *t)
{
	struct window *w = t->window;

	if (!t->queued) {
		w->n--;
		w->bytes -= t->ask.body_len;
		return;
	}
	t->queued = false;
	*(t->before == NO_SLOT ? &w->first : &s->slots[t->before].after) = t->after;
	*(t->after == NO_SLOT ? &w->last : &s->slots[t->after].before) = t->before;
}

static void try_now(rpc_t *s, struct slot *t, int64_t mono_us);

/* Those whose turn has come. */
static void
window_serve(rpc_t *s, struct window *w, int64_t mono_us)
{
	while (!s->giving_up && w->first != NO_SLOT && window_has_room(w, &s->slots[w->first].ask)) {
		struct slot *t = &s->slots[w->first];
		window_leave(s, t);
		window_enter(t);
		try_now(s, t, mono_us);
	}
}

/* The slot is free before its asker hears, who may ask again at once. */
static void
finish(rpc_t *s, struct slot *t, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct rpc_request ask = t->ask;
	struct window *w = t->window;

	if (outcome != RPC_ANSWERED && !ask.quiet)
		LOG(WARN, "ask.given_up", ask.trace, LOG_S("to", ask.service), LOG_I("partition", ask.partition),
		    LOG_S("lane", lanes[ask.lane]),
		    LOG_S("outcome", outcome == RPC_AWAY ? "away" : "lost"), LOG_I("tries", t->tries));
	if (w)
		window_leave(s, t);
	t->serial = 0;
	t->next_free = s->free_first;
	s->free_first = (uint32_t)(t - s->slots);
	s->outstanding--;
	rpc_body_free(&ask);
	if (w)
		window_serve(s, w, mono_us);
	ask.done(ask.ctx, outcome, items, mono_us);
}

/* ---- trying */

static void
due_at(rpc_t *s, struct slot *t, int64_t due_us)
{
	t->due_us = due_us;
	if (due_us < s->next_due_us)
		s->next_due_us = due_us;
}

/* A try surely did nothing: wait a little, then again. */
static void
wait_again(rpc_t *s, struct slot *t, int64_t mono_us)
{
	t->sent = false;
	t->delay_us = t->delay_us == 0                 ? DELAY_FIRST_US
	              : t->delay_us * 2 > DELAY_MAX_US ? DELAY_MAX_US
	                                               : t->delay_us * 2;
	due_at(s, t, mono_us + t->delay_us < t->end_us ? mono_us + t->delay_us : t->end_us);
}

/* What may not be repeated has all its time for the one try. */
static void
try_now(rpc_t *s, struct slot *t, int64_t mono_us)
{
	int64_t left = t->end_us - mono_us, try_us = t->ask.repeatable && t->ask.try_us < left ? t->ask.try_us : left;

	t->tries++;
	struct message m = {
		.kind = t->ask.kind, .id = slot_id(s, t), .service = t->ask.service, .replica = t->ask.replica,
		.via = t->ask.via, .partition = t->ask.partition,
		.lane = t->ask.lane, .wait_ms = try_us / 1000, .body = t->ask.body, .body_len = t->ask.body_len,
	};
	t->sent = true;
	due_at(s, t, mono_us + try_us);
	if (!s->port.send(s->port.ctx, &m))
		wait_again(s, t, mono_us);
	CRASH_POINT("ask.sent");
}

bool
rpc_put(rpc_t *s, const struct rpc_request *ask, int64_t mono_us)
{
	struct slot *t = slot_take(s);

	if (!t) {
		struct rpc_request refused = *ask;
		rpc_body_free(&refused);
		return false;
	}
	t->ask = *ask;
	t->end_us = mono_us + ask->whole_us;
	t->window = window_of(s, ask);
	if (t->window)
		window_queue(s, t);
	if (t->window)
		window_serve(s, t->window, mono_us);
	else
		try_now(s, t, mono_us);
	if (t->queued)
		due_at(s, t, t->end_us);
	return true;
}

static void
come_due(rpc_t *s, struct slot *t, int64_t mono_us)
{
	t->lost_one |= t->sent;
	if (mono_us >= t->end_us || (t->sent && !t->ask.repeatable))
		finish(s, t, t->lost_one ? RPC_LOST : RPC_AWAY, NULL, mono_us);
	else
		try_now(s, t, mono_us);
}

/* Tries last long against how often they end, so looking at all of them, seldom, is cheaper than keeping them in
 * order. */
int64_t
rpc_tick(rpc_t *s, int64_t mono_us)
{
	if (mono_us < s->next_due_us)
		return s->next_due_us;
	s->next_due_us = INT64_MAX;
	for (uint32_t i = 0; i < s->nslots; i++)        /* slots may move and grow in come_due */
		if (s->slots[i].serial && s->slots[i].due_us <= mono_us)
			come_due(s, &s->slots[i], mono_us);
		else if (s->slots[i].serial && s->slots[i].due_us < s->next_due_us)
			s->next_due_us = s->slots[i].due_us;
	return s->next_due_us;
}

void
rpc_give_up(rpc_t *s, int64_t mono_us)
{
	uint64_t last = s->serial;

	s->giving_up = true;            /* what waits for a turn was not sent, and is not any more */
	for (uint32_t i = 0; i < s->nslots; i++)
		if (s->slots[i].serial && s->slots[i].serial <= last)
			finish(s, &s->slots[i], s->slots[i].sent || s->slots[i].lost_one ? RPC_LOST : RPC_AWAY, NULL,
			       mono_us);
}

/* ---- answers */

/* NULL: not one answer for each thing asked. */
static Wire__Answer **
answers_of(rpc_t *s, const struct rpc_request *ask, const struct message *m)
{
	if (ask->kind == WIRE__KIND__READ) {
		Wire__Answer **one = arena_alloc(s->arena, sizeof(Wire__Answer *));
		*one = wire__answer__unpack(arena_pb(s->arena), m->body_len, m->body);
		return *one ? one : NULL;
	}
	Wire__Answers *all = wire__answers__unpack(arena_pb(s->arena), m->body_len, m->body);
	return all && all->n_items == ask->nitems ? all->items : NULL;
}

/* Surely not done. */
static bool
is_not_done(const Wire__Answer *a)
{
	return a->status == 503 && a->problem &&
	       (strcmp(a->problem->code, "owner.away") == 0 || strcmp(a->problem->code, "owner.busy") == 0);
}

/* Whether to ask again.  Some of many not done: the others answer the same again if they may be repeated. */
static bool
wants_again(struct slot *t, Wire__Answer **items)
{
	size_t undone = 0, unsure = 0;

	for (size_t i = 0; i < t->ask.nitems; i++) {
		undone += is_not_done(items[i]);
		unsure += items[i]->status == 504;
	}
	if (unsure && t->ask.repeatable)
		t->lost_one = true;
	return undone == t->ask.nitems || (undone + unsure > 0 && t->ask.repeatable);
}

static void
answered(rpc_t *s, struct slot *t, const struct message *m, bool latest, int64_t mono_us)
{
	Wire__Answer **items = answers_of(s, &t->ask, m);

	if (!items) {
		LOG(ERROR, "answer.unreadable", t->ask.trace, LOG_S("from", t->ask.service),
		    LOG_I("bytes", m->body_len));
		finish(s, t, RPC_LOST, NULL, mono_us);
	} else if (!wants_again(t, items)) {
		CRASH_POINT("ask.answered");
		finish(s, t, RPC_ANSWERED, items, mono_us);
	} else if (latest && t->sent) {
		wait_again(s, t, mono_us);
	}
}

/* The answer to an earlier try answers as well as the last one's; that an earlier one was refused says nothing of the
 * last. */
void
rpc_receive(rpc_t *s, const struct message *m, int64_t mono_us)
{
	struct slot *t = m->kind == WIRE__KIND__ANSWER || m->kind == WIRE__KIND__UNROUTED ? slot_find(s, m->id) : NULL;

	/* a port that calls back while it sends would pull the answers from under their reader */
	assert(!s->receiving);
	if (!t || !message_is_of(m, t->ask.service))
		return;
	s->receiving = true;
	bool latest = m->id == slot_id(s, t);
	if (m->kind == WIRE__KIND__ANSWER)
		answered(s, t, m, latest, mono_us);
	else if (latest && t->sent)
		wait_again(s, t, mono_us);
	arena_reset(s->arena);
	s->receiving = false;
}
