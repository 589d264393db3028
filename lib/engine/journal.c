/* journal - in what order things were done, so that derived tables can be made again from the event logs
 * (lib/engine/replay).
 *
 * An own event says how far others had been read (Event.after).  Noted beside that, in the same transaction:
 * whenever the producer that is read changes, and what changed derived tables without being an event in its turn or
 * an event's handler. */
#include "engine/batch.h"
#include "engine/node_state.h"
#include "engine/producers.h"
#include <string.h>

int64_t
journal_read(struct batch *b, int32_t partition, int producer, int64_t seq, const uint8_t *hash)
{
	struct head_change *c = batch_touch(b, partition);
	int64_t before = c->journal.read++;

	c->cursor_moved[producer] = true;
	c->cursor[producer].seq = seq;
	memcpy(c->cursor[producer].hash, hash, SHA256_SIZE);
	c->cursor[producer].hash_len = SHA256_SIZE;
	if (c->journal.reading == producer)
		return before;
	EngineRows__JournalTurn *t = arena_message(b->arena, &engine_rows__journal_turn__descriptor);
	t->partition = partition;
	t->turn = before;
	t->producer = (char *)b->node->svc->consumes[producer];
	list_add(b, &b->turns, t);
	c->journal.reading = producer;
	return before;
}

/* As if they had been read back, those that follow what was read last. */
void
journal_skip(struct batch *b)
{
	const node_t *n = b->node;
	size_t self;

	if (!producer_of(n, n->svc->name, &self))
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
journal_note(struct batch *b, const struct input *in, const char *kind, const char *name, int64_t seq)
{
	const struct head_change *c = batch_touch(b, in->partition);
	EngineRows__JournalNote *r = arena_message(b->arena, &engine_rows__journal_note__descriptor);

	r->partition = in->partition;
	r->turn = c->journal.read;
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
	list_add(b, &b->notes, r);
}

void
journal_write(struct batch *b)
{
	if (b->turns.n)
		store_queue(b->node->db, &engine_journal_turns, b->turns.at, b->turns.n);
	if (b->notes.n)
		store_queue(b->node->db, &engine_journal_notes, b->notes.at, b->notes.n);
}
