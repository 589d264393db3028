/* batch - see batch.h. */
#include "engine/batch.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/node_state.h"
#include "engine/producers.h"
#include <string.h>

void
batch_open(struct batch *b, node_t *n, struct input *inputs, size_t count)
{
	static const struct table timers = {
		.name = "engine.timer", .row = &engine_rows__timer__descriptor, .nkey = 4,
	};
	static const struct table answers = {
		.name = "engine.answer", .row = &engine_rows__answer__descriptor, .nkey = 3,
	};

	*b = (struct batch){ .node = n, .arena = n->arena, .inputs = inputs, .ninputs = count };
	b->rows = arena_alloc(b->arena, (n->ntables + 1) * sizeof(*b->rows));
	b->wants = arena_alloc(b->arena, (n->ntables + 1) * sizeof(*b->wants));
	for (size_t i = 0; i < n->ntables; i++)
		rows_open(&b->rows[i], n->tables[i], b->arena);
	rows_open(&b->timers, &timers, b->arena);
	rows_open(&b->answers, &answers, b->arena);
	b->opened = arena_alloc(b->arena, (count + 1) * sizeof(void *));
	for (size_t i = 0; i < count; i++) {
		struct input *in = &inputs[i];
		in->answer = NULL;
		in->kept = NULL;
		in->looks = NULL;
		in->overtaken = in->goes_on = in->behind_jobs = false;
		if (in->kind == INPUT_EVENT && in->as_event && !in->park &&
		    !producer_is_self(n, (size_t)in->producer) &&
		    held_is(n->part[in->partition].held, in->district, in->subject))
			in->park = "waits behind an earlier input of its subject";
	}
}

struct head_change *
batch_touch(struct batch *b, int32_t partition)
{
	struct head_change *c = &b->part[partition];
	const struct partition *p = &b->node->part[partition];

	if (!c->touched) {
		c->touched = true;
		c->head = p->head;
		c->now_us = p->now_us;
		c->journal = p->journal;
		c->timer_put_us = NEVER_US;
	}
	return c;
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

/* A failure is seen after the fold. */
void
batch_keep_alive(struct batch *b)
{
	node_t *n = b->node;
	int64_t now_us = clock_mono_us();

	if (n->replay || now_us - b->used_us < KEEP_ALIVE_MS * 1000 || store_fd(n->db) < 0)
		return;
	b->used_us = now_us;
	b->touches++;
	if (n->set.busy)
		n->set.busy(n->set.port.ctx, now_us);
	if (store_run(n->db, &engine_clock_now, NULL, NULL, NULL, NULL))
		LOG(WARN, "batch.keep_alive_failed", NULL, LOG_S("service", n->svc->name));
}
