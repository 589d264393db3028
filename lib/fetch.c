/* fetch - serving our own events: fresh ones from memory; of older ones a reader is told (reader.c).
 *
 * A question waits here until there is something to say, or its time is over. */
#include "crash.h"
#include "node_state.h"
#include <stdlib.h>
#include <string.h>

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

/* A 64th of all types share it: who wants to hear of one at once hears of others at once. */
uint64_t
fetch_bit(const char *type)
{
	return UINT64_C(1) << (name_hash(type) >> 58);
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

bool
fetch_gather(node_t *n, const Wire__Fetch *f, Wire__Fetched *out)
{
	size_t bytes = 0, bytes_max = f->bytes_max > 0 && f->bytes_max < FETCH_BYTES_MAX ? (size_t)f->bytes_max : FETCH_BYTES_MAX;

	*out = (Wire__Fetched)WIRE__FETCHED__INIT;
	out->owner = (char *)n->set.instance;
	out->items = arena_alloc(n->scratch, FETCH_ITEMS_MAX * sizeof(*out->items));
	out->elsewhere = arena_alloc(n->scratch, (f->n_after + 1) * sizeof(*out->elsewhere));
	for (size_t i = 0; i < f->n_after; i++) {
		int32_t p = f->after[i]->partition;
		if (p < 0 || p >= PARTITIONS || !n->part[p].owned)
			out->elsewhere[out->n_elsewhere++] = p;
		else if (!gather(n, f->after[i], out, &bytes, bytes_max))
			out->older = true;
	}
	return bytes >= bytes_max || out->n_items == FETCH_ITEMS_MAX;
}

/* Nobody there waits for any of it, and in a moment there may be more. */
static bool
can_wait(const node_t *n, struct held_fetch *h, const Wire__Fetch *f, const Wire__Fetched *out)
{
	if (!f->urgent || out->n_elsewhere || out->older)
		return false;
	for (size_t i = 0; i < out->n_items; i++)
		if (fetch_bit(out->items[i]->type) & f->urgent)
			return false;
	if (!h->some_us)
		h->some_us = n->mono_us;
	return n->mono_us < h->some_us + PATIENT_MS * 1000;
}

/* True when it was answered. */
static bool
serve(node_t *n, struct held_fetch *h)
{
	Wire__Fetch *f = wire__fetch__unpack(arena_pb(n->scratch), h->len, h->body);
	Wire__Fetched out;

	if (!f)
		return true;
	bool full = fetch_gather(n, f, &out), nothing = !out.n_items && !out.n_elsewhere && !out.older;
	if (n->mono_us < h->until_us && (nothing || (!full && can_wait(n, h, f, &out))))
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

	for (size_t i = 0; i < n->nheld; i++) {
		const struct held_fetch *h = &n->held[i];
		int64_t until_us = h->some_us ? h->some_us + PATIENT_MS * 1000 : h->until_us;
		at = until_us < at ? until_us : at;
	}
	return at;
}
