/* feed - consuming other services' events, and our own once more.
 *
 * One long-poll FETCH per (consumer process, owner of the producer): partitions that share an owner share a stream;
 * an owner says which partitions it does not have, and those move to the next stream, until they are where their
 * owner is asked.  Two streams that one owner has answered become one.  A lost request or answer is a time-out and
 * the same question again; when a producer's partition is taken over, the database says so and the question is asked
 * anew at once.  What comes is verified against the hash chain before it is queued. */
#include "base/crash.h"
#include "base/digest.h"
#include "base/log.h"
#include "engine/node_state.h"
#include "engine/producers.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking */

static bool
is_of(const char *type, const char *service)
{
	size_t len = strlen(service);
	return !strncmp(type, service, len) && type[len] == '.';
}

/* A type's package is who says it, so far as we know of a service by that name. */
static bool
may_say(const struct service *s, const char *producer, const char *type)
{
	bool others = is_of(type, s->name);

	for (size_t i = 0; s->consumes[i]; i++)
		others = others || is_of(type, s->consumes[i]);
	return is_of(type, producer) || !others;
}

size_t
feed_urgent(const struct service *s, const char *producer, arena_t *a, uint32_t **types)
{
	const struct event_handler *h;
	size_t n = 0;

	EACH_ROW(s, events, h)
		n++;
	*types = arena_alloc(a, (n + 1) * sizeof(**types));
	n = 0;
	EACH_ROW(s, events, h)
		if (!h->deferrable && may_say(s, producer, h->message->name))
			(*types)[n++] = ring_type_hash(h->message->name);
	return n;
}

_Static_assert(FETCH_BRIEF_BYTES * PARTITIONS <= FEED_BLOCKS_MAX * FETCH_BYTES_MAX,
	       "what is asked for without room is no more than the room");

/* While there is no room for more, and what is here waits for other producers, only partitions of which nothing is
 * here are asked for, and for little.  So two producers cannot each fill the room with what waits for the other: of
 * all that has not been run, what was said first waits for nothing, and either it is here or it is asked for. */
static bool
asks_for(const node_t *n, size_t producer, int32_t p)
{
	const struct partition *part = &n->part[p];
	const struct feed *d = &n->feed[producer];

	if (!part->owned || part->halted[producer] ||
	    (producer_is_self(n, producer) && part->fetched[producer].seq >= part->head.seq))
		return false;
	return d->blocks < FEED_BLOCKS_MAX || (d->blocked && part->fetched[producer].seq == part->cursor[producer].seq);
}

/* Bit k: stream k has something to ask for. */
static uint32_t
streams_used(const node_t *n, size_t producer)
{
	uint32_t used = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		if (asks_for(n, producer, p))
			used |= UINT32_C(1) << n->part[p].stream[producer];
	return used;
}

/* An answer has an end, so another partition comes first each time: a busy one does not keep the others waiting. */
static Wire__Fetch *
question(node_t *n, size_t producer, int stream, int32_t from)
{
	Wire__Fetch *f = arena_message(n->scratch, &wire__fetch__descriptor);

	f->consumer = (char *)n->svc->name;
	f->bytes_max = n->feed[producer].blocked ? FETCH_BRIEF_BYTES : FETCH_BYTES_MAX / 2;
	f->may_wait = !n->feed[producer].hurry;
	f->urgent = n->feed[producer].urgent;
	f->n_urgent = f->may_wait ? n->feed[producer].nurgent : 0;
	f->after = arena_alloc(n->scratch, PARTITIONS * sizeof(*f->after));
	for (int32_t i = 0; i < PARTITIONS; i++) {
		int32_t p = (from + i) % PARTITIONS;
		if (n->part[p].stream[producer] != stream || !asks_for(n, producer, p))
			continue;
		Wire__Position *k = arena_message(n->scratch, &wire__position__descriptor);
		k->partition = p;
		k->seq = n->part[p].fetched[producer].seq;
		f->after[f->n_after++] = k;
	}
	return f;
}

/* Nothing was gained: not again at once, and each time later, since whoever could answer may be long in coming. */
static void
rest(const node_t *n, struct stream *s)
{
	s->rest_ms = s->rest_ms ? 2 * s->rest_ms : FETCH_REST_MS;
	if (s->rest_ms > FETCH_REST_MAX_MS)
		s->rest_ms = FETCH_REST_MAX_MS;
	s->again_us = n->mono_us + s->rest_ms * 1000;
}

static void
rest_no_more(struct stream *s)
{
	s->rest_ms = 0;
	s->again_us = 0;
}

static void take_answer(node_t *n, size_t producer, int stream, const struct message *m);

/* Our own events need no bus, as far as memory reaches back.  True: that was all of them. */
static bool
answered_here(node_t *n, size_t producer, int stream, const Wire__Fetch *f)
{
	struct gathered g;

	fetch_gather(n, f, &g);
	if (!g.said.n_items)
		return false;
	struct message m = { .kind = WIRE__KIND__ANSWER, .body_len = wire__fetched__get_packed_size(&g.said) };
	uint8_t *body = arena_alloc(n->scratch, m.body_len + 1);
	wire__fetched__pack(&g.said, body);
	m.body = body;
	take_answer(n, producer, stream, &m);
	return !g.said.older;
}

static void
send_question(node_t *n, size_t producer, struct stream *s, const Wire__Fetch *f, int32_t address)
{
	size_t len = wire__fetch__get_packed_size(f);
	uint8_t *body = arena_alloc(n->scratch, len + 1);

	wire__fetch__pack(f, body);
	struct message m = {
		.kind = WIRE__KIND__FETCH, .id = ++n->next_id, .service = n->feed[producer].producer,
		.partition = address, .lane = s->older ? WIRE__LANE__READER : WIRE__LANE__WRITER,
		.wait_ms = n->feed[producer].blocked ? 0 : FETCH_WAIT_MS, .body = body, .body_len = len,
	};
	s->asked = n->set.port.send(n->set.port.ctx, &m) ? m.id : 0;
	s->asked_us = n->mono_us;
	s->stale = false;
	s->brief = n->feed[producer].blocked;
	s->calm = f->may_wait && !s->brief && !s->older;
	if (!s->asked)
		rest(n, s);
}

/* True: it was answered from memory, so there may be more. */
static bool
ask(node_t *n, size_t producer, int stream)
{
	struct stream *s = &n->feed[producer].stream[stream];
	Wire__Fetch *f = question(n, producer, stream, s->turn);

	if (!f->n_after)                /* what the stream before it brought from memory has taken the room */
		return false;
	int32_t address = f->after[0]->partition;
	s->turn = (address + 1) % PARTITIONS;
	if (producer_is_self(n, producer) && answered_here(n, producer, stream, f))
		return true;
	send_question(n, producer, s, f, address);
	return false;
}

/* Something waits for it, and the question on its way lets the answer wait. */
static bool
too_calm(const struct feed *d, const struct stream *s)
{
	return d->hurry && s->calm;
}

/* When there is something to do for a stream: to give up an answer, or to ask. */
static int64_t
stream_due_us(const node_t *n, size_t producer, int stream, uint32_t used)
{
	const struct stream *s = &n->feed[producer].stream[stream];

	if (s->asked && too_calm(&n->feed[producer], s))
		return n->mono_us;
	if (s->asked)
		return s->asked_us + (s->stale ? FETCH_STALE_MS : FETCH_LOST_MS) * 1000;
	if (!(used >> stream & 1))
		return NEVER_US;
	return s->again_us ? s->again_us : n->mono_us;
}

int64_t
feed_next_us(const node_t *n)
{
	int64_t at = NEVER_US;

	for (size_t i = 0; i < n->nproducers; i++) {
		uint32_t used = streams_used(n, i);
		for (int k = 0; k < STREAMS_MAX; k++) {
			int64_t due_us = stream_due_us(n, i, k, used);
			at = due_us < at ? due_us : at;
		}
	}
	return at;
}

static void
stream_tick(node_t *n, size_t producer, int stream, uint32_t used)
{
	struct stream *s = &n->feed[producer].stream[stream];

	if (s->asked && n->mono_us >= stream_due_us(n, producer, stream, used)) {
		metric_add(n->set.metrics, METRIC_FETCH_TIMEOUTS, !s->stale && !too_calm(&n->feed[producer], s));
		s->asked = 0;
		rest_no_more(s);
	}
	while (!s->asked && n->mono_us >= stream_due_us(n, producer, stream, used) && ask(n, producer, stream))
		used = streams_used(n, producer);
}

void
feed_tick(node_t *n)
{
	for (size_t i = 0; i < n->nproducers; i++) {
		uint32_t used = streams_used(n, i);
		for (int k = 0; k < STREAMS_MAX; k++)
			stream_tick(n, i, k, used);
	}
}

void
feed_freed(struct feed *d)
{
	for (int k = 0; k < STREAMS_MAX; k++)
		if (d->stream[k].brief)
			rest_no_more(&d->stream[k]);
}

void
feed_news(node_t *n)
{
	for (size_t i = 0; i < n->nproducers; i++) {
		n->feed[i].stream[0].asked = 0;
		rest_no_more(&n->feed[i].stream[0]);
	}
}

/* The question may lie with somebody who is gone.  In a moment, when the buses have heard of the new owner; what is
 * asked of a table goes on. */
void
feed_moved(node_t *n, const char *producer)
{
	size_t i;

	if (!producer_of(n, producer, &i))
		return;
	for (int k = 0; k < STREAMS_MAX; k++) {
		struct stream *s = &n->feed[i].stream[k];
		if (s->older || (!s->asked && !s->again_us))
			continue;
		s->asked = 0;
		rest_no_more(s);
		rest(n, s);
	}
}

/* ---- an answer */

static bool
next_in_chain(node_t *n, size_t producer, const Wire__Logged *e)
{
	struct partition *p = &n->part[e->partition];
	uint8_t hash[SHA256_SIZE];

	chain_hash(&p->fetched[producer], e->seq, e->type, e->body.data, e->body.len, hash);
	if (e->hash.len == SHA256_SIZE && !memcmp(hash, e->hash.data, SHA256_SIZE))
		return true;
	p->halted[producer] = true;
	LOG(ERROR, "chain.broken", NULL, LOG_S("producer", n->feed[producer].producer),
	    LOG_I("partition", e->partition), LOG_I("seq", e->seq));
	return false;
}

/* How many of the items are new and in order; moves the fetched positions. */
static size_t
accept_items(node_t *n, size_t producer, const Wire__Fetched *f)
{
	size_t news = 0;

	for (size_t i = 0; i < f->n_items; i++) {
		const Wire__Logged *e = f->items[i];
		if (e->partition < 0 || e->partition >= PARTITIONS || !n->part[e->partition].owned)
			continue;
		struct position *at = &n->part[e->partition].fetched[producer];
		if (n->part[e->partition].halted[producer] || e->seq != at->seq + 1 || !next_in_chain(n, producer, e))
			continue;
		at->seq = e->seq;
		memcpy(at->hash, e->hash.data, SHA256_SIZE);
		at->hash_len = SHA256_SIZE;
		news++;
	}
	return news;
}

static bool
all_deferrable(const node_t *n, size_t producer, const Wire__Fetched *f)
{
	for (size_t i = 0; i < f->n_items; i++) {
		const struct event_handler *h = producer_handler(n, (int)producer, f->items[i]->type);
		if (h && !h->deferrable)
			return false;
	}
	return true;
}

static void
queue_block(struct feed *d, const struct message *m, size_t items, bool deferrable)
{
	struct block *k = calloc(1, sizeof(*k));

	if (!k || !(k->body = malloc(m->body_len + 1)))
		abort();
	memcpy(k->body, m->body, m->body_len);
	k->len = m->body_len;
	k->items = items;
	k->deferrable = deferrable;
	if (!d->first)
		d->last = &d->first;
	*d->last = k;
	d->last = &k->next;
	d->blocks++;
}

/* A question on its way that asks for less than we want by now is given up; not often: who was asked holds it. */
static void
move_to(node_t *n, int32_t partition, size_t producer, int stream)
{
	n->part[partition].stream[producer] = stream;
	n->feed[producer].stream[stream].stale = true;
}

/* What its owner answered for has one stream with what that owner answers for elsewhere. */
static void
merge(node_t *n, size_t producer, int stream, const char *owner)
{
	struct stream *all = n->feed[producer].stream;
	int first = 0;

	all[stream].owner = name_hash(owner);
	while (all[first].owner != all[stream].owner)
		first++;
	for (int32_t p = 0; first < stream && p < PARTITIONS; p++)
		if (n->part[p].owned && n->part[p].stream[producer] == stream)
			move_to(n, p, producer, first);
	if (first < stream)
		all[stream].owner = 0;
}

static void
take_answer(node_t *n, size_t producer, int stream, const struct message *m)
{
	struct stream *s = &n->feed[producer].stream[stream];
	Wire__Fetched *f = wire__fetched__unpack(arena_pb(n->scratch), m->body_len, m->body);

	if (!f) {
		LOG(ERROR, "fetch.malformed", NULL, LOG_S("producer", n->feed[producer].producer),
		    LOG_I("bytes", m->body_len));
		rest(n, s);
		return;
	}
	metric_add(n->set.metrics, METRIC_FETCHES, 1);
	bool news = f->n_items && accept_items(n, producer, f);
	if (news) {
		queue_block(&n->feed[producer], m, f->n_items, all_deferrable(n, producer, f));
		CRASH_POINT("events.fetched");
	}
	for (size_t i = 0; i < f->n_elsewhere; i++)
		if (f->elsewhere[i] >= 0 && f->elsewhere[i] < PARTITIONS &&
		    n->part[f->elsewhere[i]].stream[producer] == stream)
			move_to(n, f->elsewhere[i], producer, (stream + 1) % STREAMS_MAX);
	if (*f->owner)
		merge(n, producer, stream, f->owner);
	s->older = f->older;
	if (!news && (f->n_elsewhere || f->n_items || s->brief))
		rest(n, s);
	else
		rest_no_more(s);
}

bool
feed_receive(node_t *n, const struct message *m)
{
	for (size_t i = 0; i < n->nproducers; i++)
		for (int k = 0; k < STREAMS_MAX; k++) {
			struct stream *s = &n->feed[i].stream[k];
			if (!s->asked || s->asked != m->id || !message_is_of(m, n->feed[i].producer))
				continue;
			if (m->kind == WIRE__KIND__ANSWER)
				metric_observe(n->set.metrics, HISTOGRAM_FETCH_WAIT, n->mono_us - s->asked_us);
			s->asked = 0;
			if (m->kind == WIRE__KIND__ANSWER)
				take_answer(n, i, k, m);
			else
				rest(n, s);             /* unrouted */
			return true;
		}
	return false;
}

/* What was read of logs that may by now end earlier (the database failed over) is not believed. */
void
feed_forget(node_t *n)
{
	for (size_t i = 0; i < n->nproducers; i++) {
		struct feed *d = &n->feed[i];
		while (d->first) {
			struct block *k = d->first;
			d->first = k->next;
			free(k->body);
			free(k);
		}
		d->blocks = 0;
		d->blocked = false;
		memset(d->stream, 0, sizeof d->stream);
	}
}
