/* journal - in what order things were done, so that derived tables can be made again from the event logs (lib/engine/replay).
 *
 * An own event says how far others had been read (Event.after).  Noted beside that, in the same transaction: whenever the
 * producer that is read changes, and what changed derived tables without being an event in its turn or an event's handler. */
#include "engine/node_state.h"
#include <string.h>

bool
journal_tables(node_t *n)
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

void
list_add(struct batch *b, struct list *l, const void *row)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		const void **grown = arena_alloc(b->arena, cap * sizeof *grown);
		if (l->n)
			memcpy(grown, l->at, l->n * sizeof *grown);
		l->at = grown;
		l->cap = cap;
	}
	l->at[l->n++] = row;
}

int64_t
journal_read(struct batch *b, int32_t partition, int producer, int64_t seq, const uint8_t *hash)
{
	struct head_change *c = batch_touch(b, partition);
	int64_t turn = c->turn.n++;

	c->cursor_moved[producer] = true;
	c->cursor[producer].seq = seq;
	memcpy(c->cursor[producer].hash, hash, SHA256_SIZE);
	c->cursor[producer].hash_len = SHA256_SIZE;
	if (c->turn.reading == producer)
		return turn;
	EngineRows__Turn *t = arena_message(b->arena, &engine_rows__turn__descriptor);
	t->partition = partition;
	t->turn = turn;
	t->producer = (char *)b->node->svc->consumes[producer];
	list_add(b, &b->turns, t);
	c->turn.reading = producer;
	return turn;
}

/* As if they had been read back, those that follow what was read last. */
void
journal_skip(struct batch *b)
{
	const node_t *n = b->node;
	size_t self;

	if (!is_producer(n, n->svc->name, &self))
		return;
	for (size_t i = 0; i < b->nemitted; i++) {
		const EngineRows__Logged *e = b->emitted[i];
		const struct head_change *c = &b->part[e->partition];
		int64_t read = c->cursor_moved[self] ? c->cursor[self].seq : n->part[e->partition].cursor[self].seq;
		if (e->seq == read + 1 && !service_after_commit(n->svc, e->type))
			journal_read(b, e->partition, (int)self, e->seq, e->hash.data);
	}
}

void
journal_ran(struct batch *b, const struct input *in, const char *kind, const char *name, int64_t seq)
{
	const struct head_change *c = batch_touch(b, in->partition);
	EngineRows__Ran *r = arena_message(b->arena, &engine_rows__ran__descriptor);

	r->partition = in->partition;
	r->turn = c->turn.n;
	r->own_seq = c->head.seq;
	r->kind = (char *)kind;
	r->name = (char *)name;
	r->seq = seq;
	r->district = (char *)in->district;
	r->subject = (char *)in->subject;
	r->cause = (char *)in->cause;
	r->trace = (char *)in->trace;
	r->at_us = in->at_us;
	r->span_from = in->span.from;
	r->span_until = in->span.until;
	list_add(b, &b->ran, r);
}

void
journal_write(struct batch *b)
{
	if (b->turns.n)
		store_queue(b->node->db, &engine_turns_take, b->turns.at, b->turns.n);
	if (b->ran.n)
		store_queue(b->node->db, &engine_ran, b->ran.at, b->ran.n);
}
