/* feed - consuming other services' events, and serving our own to their consumers.
 *
 * One long-poll FETCH per (consumer process, owner of the producer): partitions that share an owner share a stream; an owner
 * says which partitions it does not have, and those move to the next stream, until they are where their owner is asked.  Two
 * streams that one owner has answered become one.  A lost request or answer is a time-out and the same question again; when
 * a producer's partition is taken over, the database says so and the question is asked anew at once.  What comes is verified
 * against the hash chain before it is queued. */
#include "crash.h"
#include "digest.h"
#include "log.h"
#include "node_state.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking */

/* While there is no room for more, and what is here waits for other producers, only partitions of which nothing is here are asked
 * for, and for little.  So two producers cannot each fill the room with what waits for the other: of all that has not been run, what
 * was said first waits for nothing, and either it is here or it is asked for. */
static bool
asks_for(const node_t *n, size_t producer, int32_t p)
{
	const struct partition *part = &n->part[p];
	const struct feed *d = &n->feed[producer];

	if (!part->owned || part->halted[producer])
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

static void
ask(node_t *n, size_t producer, int stream)
{
	struct stream *s = &n->feed[producer].stream[stream];
	Wire__Fetch *f = question(n, producer, stream, s->turn);
	int32_t address = f->after[0]->partition;
	size_t len = wire__fetch__get_packed_size(f);

	uint8_t *body = arena_alloc(n->scratch, len + 1);
	wire__fetch__pack(f, body);
	struct message m = {
		.kind = WIRE__KIND__FETCH, .id = ++n->next_id, .service = n->feed[producer].producer, .partition = address,
		.lane = s->older ? WIRE__LANE__READER : WIRE__LANE__WRITER, .wait_ms = n->feed[producer].blocked ? 0 : FETCH_WAIT_MS, .body = body, .body_len = len,
	};
	s->asked = n->set.port.send(n->set.port.ctx, &m) ? m.id : 0;
	s->asked_us = n->mono_us;
	s->stale = false;
	s->brief = n->feed[producer].blocked;
	s->turn = (address + 1) % PARTITIONS;
	if (!s->asked)
		rest(n, s);
}

/* When there is something to do for a stream: to give up an answer, or to ask. */
static int64_t
stream_due_us(const node_t *n, size_t producer, int stream, uint32_t used)
{
	const struct stream *s = &n->feed[producer].stream[stream];

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
		metric_add(n->set.metrics, METRIC_FETCH_TIMEOUTS, !s->stale);
		s->asked = 0;
		rest_no_more(s);
	}
	if (!s->asked && n->mono_us >= stream_due_us(n, producer, stream, used))
		ask(n, producer, stream);
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
feed_news(node_t *n)
{
	for (size_t i = 0; i < n->nproducers; i++) {
		n->feed[i].stream[0].asked = 0;
		rest_no_more(&n->feed[i].stream[0]);
	}
}

/* The question may lie with somebody who is gone.  In a moment, when the buses have heard of the new owner; what is asked of
 * a table goes on. */
void
feed_moved(node_t *n, const char *producer)
{
	size_t i;

	if (!is_producer(n, producer, &i))
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
	LOG(ERROR, "chain.broken", NULL, LOG_S("producer", n->feed[producer].producer), LOG_I("partition", e->partition), LOG_I("seq", e->seq));
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

static void
queue_block(struct feed *d, const struct message *m, size_t items)
{
	struct block *k = calloc(1, sizeof(*k));

	if (!k || !(k->body = malloc(m->body_len + 1)))
		abort();
	memcpy(k->body, m->body, m->body_len);
	k->len = m->body_len;
	k->items = items;
	if (!d->first)
		d->last = &d->first;
	*d->last = k;
	d->last = &k->next;
	d->blocks++;
}

static uint64_t
name_hash(const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * UINT64_C(1099511628211);
	return h;
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
		LOG(ERROR, "fetch.malformed", NULL, LOG_S("producer", n->feed[producer].producer), LOG_I("bytes", m->body_len));
		rest(n, s);
		return;
	}
	metric_add(n->set.metrics, METRIC_FETCHES, 1);
	bool news = f->n_items && accept_items(n, producer, f);
	if (news) {
		queue_block(&n->feed[producer], m, f->n_items);
		CRASH_POINT("events.fetched");
	}
	for (size_t i = 0; i < f->n_elsewhere; i++)
		if (f->elsewhere[i] >= 0 && f->elsewhere[i] < PARTITIONS && n->part[f->elsewhere[i]].stream[producer] == stream)
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

/* ---- serving our own events */

static void
send_fetched(node_t *n, const struct held_fetch *h, const Wire__Fetched *f)
{
	size_t len = wire__fetched__get_packed_size(f);
	uint8_t *body = malloc(len + 1);

	if (!body)
		abort();
	wire__fetched__pack(f, body);
	struct message m = { .peer = h->peer, .kind = WIRE__KIND__ANSWER, .id = h->id, .body = body, .body_len = len };
	n->set.port.send(n->set.port.ctx, &m);
	free(body);
}

static Wire__Logged *
logged_of(arena_t *a, const struct ring_event *e)
{
	Wire__Logged *l = arena_message(a, &wire__logged__descriptor);

	l->partition = e->partition;
	l->seq = e->seq;
	l->hash = (ProtobufCBinaryData){ SHA256_SIZE, (uint8_t *)e->hash };
	l->type = (char *)e->type;
	l->body = (ProtobufCBinaryData){ e->body_len, (uint8_t *)e->body };
	return l;
}

/* Adds what one partition has to say; false when memory does not reach back so far. */
static bool
gather(node_t *n, const Wire__Position *after, Wire__Fetched *out, size_t *bytes, size_t bytes_max)
{
	int64_t head = n->part[after->partition].head.seq;

	for (int64_t seq = after->seq + 1; seq <= head && *bytes < bytes_max && out->n_items < FETCH_ITEMS_MAX; seq++) {
		const struct ring_event *e = ring_at(&n->ring, after->partition, seq);
		if (!e)
			return false;
		out->items[out->n_items++] = logged_of(n->scratch, e);
		*bytes += e->bytes;
	}
	return true;
}

/* True when it was answered. */
static bool
serve(node_t *n, const struct held_fetch *h)
{
	Wire__Fetch *f = wire__fetch__unpack(arena_pb(n->scratch), h->len, h->body);
	Wire__Fetched out = WIRE__FETCHED__INIT;
	size_t bytes = 0;

	if (!f)
		return true;
	out.owner = (char *)n->set.instance;
	out.items = arena_alloc(n->scratch, FETCH_ITEMS_MAX * sizeof(*out.items));
	out.elsewhere = arena_alloc(n->scratch, (f->n_after + 1) * sizeof(*out.elsewhere));
	size_t bytes_max = f->bytes_max > 0 && f->bytes_max < FETCH_BYTES_MAX ? (size_t)f->bytes_max : FETCH_BYTES_MAX;
	for (size_t i = 0; i < f->n_after; i++) {
		int32_t p = f->after[i]->partition;
		if (p < 0 || p >= PARTITIONS || !n->part[p].owned)
			out.elsewhere[out.n_elsewhere++] = p;
		else if (!gather(n, f->after[i], &out, &bytes, bytes_max))
			out.older = true;
	}
	if (!out.n_items && !out.n_elsewhere && !out.older && n->mono_us < h->until_us)
		return false;
	send_fetched(n, h, &out);
	if (out.n_items)
		CRASH_POINT("events.served");
	return true;
}

/* Who has waited longest waits no more: it asks again. */
static void
let_go(node_t *n)
{
	Wire__Fetched none = WIRE__FETCHED__INIT;

	send_fetched(n, &n->held[0], &none);
	free(n->held[0].body);
	memmove(&n->held[0], &n->held[1], --n->nheld * sizeof n->held[0]);
}

void
fetch_hold(node_t *n, const struct message *m)
{
	if (n->nheld == HELD_FETCHES_MAX)
		let_go(n);
	struct held_fetch *h = &n->held[n->nheld++];
	*h = (struct held_fetch){ .peer = m->peer, .id = m->id, .body = malloc(m->body_len + 1), .len = m->body_len,
	                          .until_us = n->mono_us + (m->wait_ms > FETCH_WAIT_MS ? FETCH_WAIT_MS : m->wait_ms) * 1000 };
	if (!h->body)
		abort();
	memcpy(h->body, m->body, m->body_len);
}

void
fetch_serve(node_t *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->nheld; i++) {
		arena_reset(n->scratch);
		if (serve(n, &n->held[i]))
			free(n->held[i].body);
		else
			n->held[kept++] = n->held[i];
	}
	n->nheld = kept;
}

int64_t
fetch_next_us(const node_t *n)
{
	int64_t at = NEVER_US;
	for (size_t i = 0; i < n->nheld; i++)
		at = n->held[i].until_us < at ? n->held[i].until_us : at;
	return at;
}
