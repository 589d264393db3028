/* ring - the newest events of each partition, for consumers that are nearly up to date; older ones come from the
 * table. */
#include "base/log.h"
#include "engine/node_state.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void
part_grow(struct ring_part *q)
{
	size_t cap = q->cap ? 2 * q->cap : 64;
	struct ring_event **at = malloc(cap * sizeof(*at));

	if (!at)
		abort();
	for (size_t i = 0; i < q->n; i++)
		at[i] = q->at[(q->first + i) % q->cap];
	free(q->at);
	*q = (struct ring_part){ .at = at, .cap = cap, .first = 0, .n = q->n };
}

static void
drop_oldest(struct ring *r)
{
	struct ring_event *e = r->oldest;
	struct ring_part *q = &r->part[e->partition];

	r->oldest = e->next;
	if (!r->oldest)
		r->newest = NULL;
	r->bytes -= e->bytes;
	q->first = (q->first + 1) % q->cap;             /* the oldest of all is the oldest of its partition */
	q->n--;
	free(e);
}

/* Of 32 bits: that two types of those that are urgent to somebody share one is seen by a test
 * (tests/engine/urgent_test.c). */
uint32_t
ring_type_hash(const char *type)
{
	return (uint32_t)name_hash(type);
}

void
ring_push(struct ring *r, const EngineRows__Logged *l)
{
	struct ring_part *q = &r->part[l->partition];
	size_t type_len = strlen(l->type) + 1, bytes = sizeof(struct ring_event) + l->body.len + type_len;
	struct ring_event *e = malloc(bytes);

	if (!e)
		abort();
	assert(!q->n || q->at[(q->first + q->n - 1) % q->cap]->seq + 1 == l->seq);      /* ring_at() counts on it */
	*e = (struct ring_event){
		.partition = l->partition, .seq = l->seq, .type_hash = ring_type_hash(l->type),
		.body_len = l->body.len, .bytes = bytes,
	};
	memcpy(e->hash, l->hash.data, SHA256_SIZE);
	memcpy(e->body, l->body.data, l->body.len);
	e->type = memcpy(e->body + l->body.len, l->type, type_len);
	if (r->newest)
		r->newest->next = e;
	else
		r->oldest = e;
	r->newest = e;
	if (q->n == q->cap)
		part_grow(q);
	q->at[(q->first + q->n++) % q->cap] = e;
	r->bytes += bytes;
	r->changes++;
	while (r->bytes > RING_BYTES_MAX && r->oldest != r->newest)
		drop_oldest(r);
}

const struct ring_event *
ring_at(const struct ring *r, int32_t partition, int64_t seq)
{
	const struct ring_part *q = &r->part[partition];

	if (!q->n || seq < q->at[q->first]->seq)
		return NULL;
	size_t i = (size_t)(seq - q->at[q->first]->seq);
	return i < q->n ? q->at[(q->first + i) % q->cap] : NULL;
}

void
ring_forget_part(struct ring *r, int32_t partition)
{
	struct ring_event **at = &r->oldest, *last = NULL;

	while (*at) {
		struct ring_event *e = *at;
		if (e->partition != partition) {
			last = e;
			at = &e->next;
			continue;
		}
		*at = e->next;
		r->bytes -= e->bytes;
		free(e);
	}
	r->newest = last;
	r->changes++;
	free(r->part[partition].at);
	r->part[partition] = (struct ring_part){ 0 };
}

void
ring_forget(struct ring *r)
{
	while (r->oldest)
		drop_oldest(r);
	for (int p = 0; p < PARTITIONS; p++)
		free(r->part[p].at);
	*r = (struct ring){ 0 };
}
