/* fetch - serving our own events: fresh ones from memory; of older ones a reader is told (reader.c).
 *
 * A question waits here until there is something to say that somebody waits for, or what nobody waits for has had
 * some time to become more, or its own time is over. */
#include "base/crash.h"
#include "engine/node_state.h"
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

static bool
is_urgent(const Wire__Fetch *f, uint32_t type)
{
	for (size_t i = 0; i < f->n_urgent; i++)
		if (f->urgent[i] == type)
			return true;
	return false;
}

/* Adds what one partition has to say; false when memory does not reach back so far. */
static bool
gather(node_t *n, const Wire__Fetch *f, const Wire__Position *after, size_t bytes_max, struct gathered *out)
{
	int64_t head = n->part[after->partition].head.seq;

	for (int64_t seq = after->seq + 1; seq <= head && !out->full; seq++) {
		const struct ring_event *e = ring_at(&n->ring, after->partition, seq);
		if (!e)
			return false;
		out->said.items[out->said.n_items++] = logged_of(n->scratch, e);
		out->bytes += e->bytes;
		out->urgent = out->urgent || is_urgent(f, e->type_hash);
		out->full = out->bytes >= bytes_max || out->said.n_items == FETCH_ITEMS_MAX;
	}
	return true;
}

void
fetch_gather(node_t *n, const Wire__Fetch *f, struct gathered *out)
{
	size_t bytes_max = f->bytes_max > 0 && f->bytes_max < FETCH_BYTES_MAX ? (size_t)f->bytes_max : FETCH_BYTES_MAX;
	Wire__Fetched *said = &out->said;

	*out = (struct gathered){ .said = WIRE__FETCHED__INIT };
	said->owner = (char *)n->set.instance;
	said->items = arena_alloc(n->scratch, FETCH_ITEMS_MAX * sizeof(*said->items));
	said->elsewhere = arena_alloc(n->scratch, (f->n_after + 1) * sizeof(*said->elsewhere));
	for (size_t i = 0; i < f->n_after; i++) {
		int32_t p = f->after[i]->partition;
		if (p < 0 || p >= PARTITIONS || !n->part[p].owned)
			said->elsewhere[said->n_elsewhere++] = p;
		else if (!gather(n, f, f->after[i], bytes_max, out))
			said->older = true;
	}
}

/* When it is answered, whatever there is to say. */
static int64_t
answer_due_us(const struct held_fetch *h)
{
	int64_t company_us = h->some_us ? h->some_us + LINGER_MS * 1000 : NEVER_US;

	return company_us < h->until_us ? company_us : h->until_us;
}

/* Whether it waits: there is nothing to say, or nobody there waits for any of it and in a moment there may be more. */
static bool
waits(const node_t *n, struct held_fetch *h, const Wire__Fetch *f, const struct gathered *g)
{
	if (g->said.n_elsewhere || g->said.older || g->full)
		return false;
	if (g->said.n_items && (!f->may_wait || g->urgent))
		return false;
	h->some_us = !g->said.n_items ? 0 : h->some_us ? h->some_us : n->mono_us;
	return n->mono_us < answer_due_us(h);
}

/* True when it was answered. */
static bool
serve(node_t *n, struct held_fetch *h)
{
	struct gathered out;

	if (h->changes == n->ring.changes && n->mono_us < answer_due_us(h))
		return false;
	h->changes = n->ring.changes;
	Wire__Fetch *f = wire__fetch__unpack(arena_pb(n->scratch), h->len, h->body);
	if (!f)
		return true;
	fetch_gather(n, f, &out);
	if (waits(n, h, f, &out))
		return false;
	send_fetched(n, h, &out.said);
	if (out.said.n_items)
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
	int32_t wait_ms = m->wait_ms > FETCH_WAIT_MS ? FETCH_WAIT_MS : m->wait_ms;
	*h = (struct held_fetch){
		.peer = m->peer, .id = m->id, .body = malloc(m->body_len + 1), .len = m->body_len,
		.changes = n->ring.changes - 1, .until_us = n->mono_us + wait_ms * 1000,
	};
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
		int64_t due_us = answer_due_us(&n->held[i]);
		at = due_us < at ? due_us : at;
	}
	return at;
}
