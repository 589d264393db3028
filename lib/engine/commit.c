/* commit - the write phase of a batch: one pipeline, one transaction, one round trip.
 *
 * Order: the fence first (it raises, and locks the rows that say we own what we write), then cursors, events, rows
 * of the service's tables, answers, timers, jobs done; new jobs last, because they select from what was just
 * written. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "json/json_pb.h"
#include "engine/batch.h"
#include "engine/books.h"
#include "engine/node_state.h"
#include "engine/ownership.h"
#include "engine/producers.h"
#include <stdlib.h>
#include <string.h>

/* plans are made anew when a table has so many rows, and so many times as many */
enum { PLANS_ROWS = 256, PLANS_GROWTH = 4 };

/* ---- the fence and the cursors */

static ProtobufCBinaryData
position_bytes(const struct position *p)
{
	return (ProtobufCBinaryData){ .len = p->hash_len, .data = (uint8_t *)p->hash };
}

static void
write_heads(struct batch *b)
{
	const void **rows = arena_alloc(b->arena, PARTITIONS * sizeof *rows);
	size_t n = 0;

	for (int32_t p = 0; p < PARTITIONS; p++) {
		struct head_change *c = &b->part[p];
		if (!c->touched)
			continue;
		EngineRows__Advance *a = arena_message(b->arena, &engine_rows__advance__descriptor);
		a->partition = p;
		a->epoch = b->node->part[p].epoch;
		a->seq = b->node->part[p].head.seq;
		a->next_seq = c->head.seq;
		a->hash = position_bytes(&c->head);
		a->now_us = c->now_us = b->now_us > c->now_us ? b->now_us : c->now_us;
		rows[n++] = a;
	}
	store_queue(b->node->db, &engine_advance, rows, n);
}

static void
write_cursors(struct batch *b)
{
	const void **rows = arena_alloc(b->arena, PARTITIONS * PRODUCERS_MAX * sizeof *rows);
	size_t n = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		for (size_t i = 0; b->part[p].touched && i < b->node->nproducers; i++) {
			if (!b->part[p].cursor_moved[i])
				continue;
			EngineRows__Cursor *c = arena_message(b->arena, &engine_rows__cursor__descriptor);
			c->partition = p;
			c->producer = (char *)b->node->svc->consumes[i];
			c->seq = b->part[p].cursor[i].seq;
			c->hash = position_bytes(&b->part[p].cursor[i]);
			rows[n++] = c;
		}
	if (n)
		store_queue(b->node->db, &engine_cursors_move, rows, n);
}

/* ---- rows */

/* The server plans a statement for the table as it is, often empty, and keeps the plan: which of two indexes leads
 * to few rows it can tell only when there are some. */
static void
count_written(node_t *n, struct table_sql *t, size_t rows)
{
	t->written += rows;
	if (t->written < PLANS_ROWS || t->written < t->plans_until)
		return;
	t->plans_until = t->written * PLANS_GROWTH;
	n->plans_old = true;
}

void
commit_tables(struct batch *b)
{
	for (size_t t = 0; t < b->node->ntables; t++) {
		const void **put, **drop;
		size_t nput, ndrop;
		rows_changed(&b->rows[t], &put, &nput, &drop, &ndrop);
		if (ndrop)
			store_queue(b->node->db, &b->node->sql[t].drop, drop, ndrop);
		size_t nadded = b->rows[t].nadded;
		if (nadded)
			store_queue(b->node->db, &b->node->sql[t].insert, put, nadded);
		if (nput > nadded)
			store_queue(b->node->db, &b->node->sql[t].update, put + nadded, nput - nadded);
		count_written(b->node, &b->node->sql[t], nput);
	}
}

static void
write_answers(struct batch *b)
{
	const void **put, **drop;
	size_t nput, ndrop;

	rows_changed(&b->answers, &put, &nput, &drop, &ndrop);
	if (nput)
		store_queue(b->node->db, &engine_answers_keep, put, nput);
}

/* A timer whose due time is 0 goes; nobody loaded it first, so removing what is not there is no fault. */
static void
write_timers(struct batch *b)
{
	const void **all, **none, **put, **drop;
	size_t n, nnone, nput = 0, ndrop = 0;

	rows_changed(&b->timers, &all, &n, &none, &nnone);
	put = arena_alloc(b->arena, (n + 1) * sizeof *put);
	drop = arena_alloc(b->arena, (n + 1) * sizeof *drop);
	for (size_t i = 0; i < n; i++)
		if (((const EngineRows__Timer *)all[i])->due_us)
			put[nput++] = all[i];
		else
			drop[ndrop++] = all[i];
	if (ndrop)
		store_queue(b->node->db, &engine_timers_drop, drop, ndrop);
	if (nput)
		store_queue(b->node->db, &engine_timers_put, put, nput);
}

static const void *
parked_row(struct batch *b, const struct input *in)
{
	EngineRows__Parked *k = arena_message(b->arena, &engine_rows__parked__descriptor);

	k->partition = in->partition;
	k->producer = (char *)b->node->svc->consumes[in->producer];
	k->seq = in->logged->seq;
	k->district = (char *)in->district;
	k->subject = (char *)in->subject;
	k->type = in->logged->type;
	k->body = in->logged->body;
	k->reason = (char *)in->park;
	k->parked_us = b->now_us;
	k->turn = in->read_before;
	return k;
}

static void
write_retry(struct batch *b, const struct input *in)
{
	EngineRows__Refused *k = arena_message(b->arena, &engine_rows__refused__descriptor);
	const void *args = k;

	k->partition = in->partition;
	k->producer = (char *)b->node->svc->consumes[in->producer];
	k->seq = in->logged->seq;
	k->reason = (char *)in->park;
	store_queue(b->node->db, in->park ? &engine_refused : &engine_retried, &args, 1);
}

static const void *
moved_row(struct batch *b, const struct input *in)
{
	EngineRows__Job *w = arena_copy(b->arena, in->row, sizeof *w);

	w->span_from = in->span.from;
	return w;
}

static void
write_inputs(struct batch *b)
{
	const void **done = arena_alloc(b->arena, (b->ninputs + 1) * sizeof *done),
		   **parked = arena_alloc(b->arena, (b->ninputs + 1) * sizeof *parked);
	const void **moved = arena_alloc(b->arena, (b->ninputs + 1) * sizeof *moved);
	size_t ndone = 0, nparked = 0, nmoved = 0;

	for (size_t i = 0; i < b->ninputs; i++) {
		struct input *in = &b->inputs[i];
		if (in->kind == INPUT_JOB && in->goes_on)
			moved[nmoved++] = moved_row(b, in);
		else if (in->kind == INPUT_JOB)
			done[ndone++] = in->row;
		else if (in->kind == INPUT_EVENT && in->park)
			parked[nparked++] = parked_row(b, in);
		else if (in->kind == INPUT_RETRY)
			write_retry(b, in);
	}
	if (ndone)
		store_queue(b->node->db, &engine_jobs_done, done, ndone);
	if (nmoved)
		store_queue(b->node->db, &engine_jobs_moved, moved, nmoved);
	if (nparked)
		store_queue(b->node->db, &engine_park, parked, nparked);
}

/* One statement each.  As many as one round trip holds; the transaction goes on in the next. */
static enum store_error
write_jobs(struct batch *b)
{
	for (size_t i = 0; i < b->njobs; i++) {
		store_queue(b->node->db, b->jobs[i].stmt, &b->jobs[i].args, b->jobs[i].args ? 1 : 0);
		enum store_error e = (i + 1) % COMMIT_JOBS_MAX ? STORE_OK : store_sync(b->node->db);
		if (e)
			return e;
	}
	return STORE_OK;
}

static enum store_error
write_all(struct batch *b)
{
	store_t *db = b->node->db;

	store_text(db, "begin");
	write_heads(b);
	write_cursors(b);
	journal_write(b);
	if (b->nopened)
		store_queue(db, &engine_district_open, (const void **)b->opened, b->nopened);
	if (b->nemitted)
		store_queue(db, &engine_events_append, (const void **)b->emitted, b->nemitted);
	commit_tables(b);
	write_answers(b);
	write_timers(b);
	write_inputs(b);
	if (b->njobs > COMMIT_JOBS_MAX) {
		enum store_error e = store_sync(db);
		if (e)
			return e;
	}
	enum store_error e = write_jobs(b);
	if (e)
		return e;
	store_text(db, "commit");
	CRASH_POINT("commit.queued");
	e = store_sync(db);
	CRASH_POINT("commit.answered");
	return e;
}

/* ---- after the commit: what memory must know */

/* What was skipped (journal.c) need not be fetched. */
static void
cursor_moved(struct partition *part, size_t producer, const struct position *to)
{
	part->cursor[producer] = *to;
	if (part->fetched[producer].seq < to->seq)
		part->fetched[producer] = *to;
}

static void
after_heads(struct batch *b)
{
	for (int32_t p = 0; p < PARTITIONS; p++) {
		struct partition *part = &b->node->part[p];
		const struct head_change *c = &b->part[p];
		if (!c->touched)
			continue;
		part->head = c->head;
		part->now_us = c->now_us;
		part->journal = c->journal;
		for (size_t i = 0; i < b->node->nproducers; i++)
			if (c->cursor_moved[i])
				cursor_moved(part, i, &c->cursor[i]);
	}
}

static void
after_commands(struct batch *b)
{
	for (size_t i = 0; i < b->ninputs; i++) {
		struct input *in = &b->inputs[i];
		if (in->kind != INPUT_COMMAND || !in->answer)
			continue;
		queue_answer(in->group, in->index, in->answer);
		metric_add(b->node->set.metrics, METRIC_COMMANDS, 1);
		if (in->answer->status >= 300)
			metric_add(b->node->set.metrics, METRIC_COMMANDS_REFUSED, 1);
	}
}

static void
after_parked(struct batch *b)
{
	for (size_t i = 0; i < b->ninputs; i++) {
		const struct input *in = &b->inputs[i];
		if (in->kind != INPUT_EVENT || !in->park)
			continue;
		held_add(&b->node->part[in->partition].held, in->district, in->subject);
		metric_add(b->node->set.metrics, METRIC_PARKED, 1);
		LOG(ERROR, "input.parked", in->trace, LOG_S("event", in->event_id), LOG_S("type", in->logged->type),
		    LOG_S("reason", in->park));
	}
}

/* A partition's come in their order, so none is left that was due before the last that was fired, but for what was
 * put meanwhile. */
static void
timer_fired(struct partition *p, int64_t due_us)
{
	p->timer_next_us = due_us < p->timer_put_us ? due_us : p->timer_put_us;
}

/* One that is put when it is due already has not waited for anything (catch_up.c). */
static void
timer_was_put(struct partition *p, int64_t due_us)
{
	if (due_us <= p->catch_up.done_us)
		p->catch_up.done_us = due_us - 1;
	if (due_us < p->timer_put_us)
		p->timer_put_us = due_us;
	if (due_us < p->timer_next_us)
		p->timer_next_us = due_us;
}

static void
after_timers(struct batch *b)
{
	const void **put, **drop;
	size_t nput, ndrop;

	for (size_t i = 0; i < b->ninputs; i++) {
		const struct input *in = &b->inputs[i];
		if (in->kind == INPUT_TIMER)
			(in->overtaken ? timer_was_put : timer_fired)(&b->node->part[in->partition],
			                                              ((const EngineRows__Timer *)in->row)->due_us);
	}
	rows_changed(&b->timers, &put, &nput, &drop, &ndrop);
	for (size_t i = 0; i < nput; i++) {
		const EngineRows__Timer *t = put[i];
		if (t->due_us)
			timer_was_put(&b->node->part[t->partition], t->due_us);
	}
}

/* On a hand-set clock an event has no age. */
static void
after_events(struct batch *b)
{
	int64_t now_us = clock_real_us();

	for (size_t i = 0; i < b->ninputs && !b->node->set.manual_clock; i++)
		if (b->inputs[i].kind == INPUT_EVENT && !b->inputs[i].park &&
		    !producer_is_self(b->node, (size_t)b->inputs[i].producer))
			metric_observe(b->node->set.metrics, HISTOGRAM_EVENT_AGE, now_us - b->inputs[i].at_us);
}

static void
after(struct batch *b)
{
	node_t *n = b->node;

	after_heads(b);
	after_events(b);
	for (size_t i = 0; i < b->nemitted; i++)
		ring_push(&n->ring, b->emitted[i]);
	metric_add(n->set.metrics, METRIC_EVENTS, (int64_t)b->nemitted);
	after_commands(b);
	after_parked(b);
	books_changed(b);
	for (size_t i = 0; i < b->nopened; i++)
		district_learn(&n->districts, b->opened[i]->district);
	after_timers(b);
	for (int32_t p = 0; b->njobs && p < PARTITIONS; p++)
		n->part[p].jobs = n->part[p].jobs || b->part[p].touched;
}

/* ---- when it did not commit */

static void
fenced(struct batch *b)
{
	const char *s = store_detail(b->node->db);
	char *end;

	metric_add(b->node->set.metrics, METRIC_FENCED, 1);
	for (long p = strtol(s, &end, 10); end != s; s = end, p = strtol(s, &end, 10))
		if (p >= 0 && p < PARTITIONS)
			ownership_lose(b->node, (int32_t)p);
}

static bool
named_in(arena_t *a, const char *detail, const struct input *in)
{
	const char *line = arena_printf(a, "%s %s %s", in->district, in->account, in->command->key);
	size_t len = strlen(line);

	for (const char *s = detail; s && *s; s = strchr(s, '\n') ? strchr(s, '\n') + 1 : NULL)
		if (!strncmp(s, line, len) && (s[len] == '\n' || !s[len]))
			return true;
	return false;
}

/* The key stands in another service's name: the command is refused, as for other content, and the rest runs again.
 * False: none of ours was named. */
static bool
keys_taken(struct batch *b)
{
	Wire__Answer a = WIRE__ANSWER__INIT;
	bool any = false;

	a.status = 422;
	a.problem = problem_make(b->arena, 422, "idempotency.key_reused", NULL,
				 "This Idempotency-Key came with another request.");
	for (size_t i = 0; i < b->ninputs; i++)
		if (b->inputs[i].kind == INPUT_COMMAND && *b->inputs[i].command->key &&
		    named_in(b->arena, store_detail(b->node->db), &b->inputs[i])) {
			queue_answer(b->inputs[i].group, b->inputs[i].index, &a);
			any = true;
		}
	return any;
}

/* By themselves they need no fence: who is fenced off has said nothing that could be wrong later.  When the outcome
 * is not known it is all tried again, and finds out. */
enum batch_result
commit_answers(struct batch *b)
{
	if (!b->answers.changes) {
		after_commands(b);
		return BATCH_DONE;
	}
	store_text(b->node->db, "begin");
	write_answers(b);
	store_text(b->node->db, "commit");
	switch (store_sync(b->node->db)) {
	case STORE_OK:
		after_commands(b);
		return BATCH_DONE;
	case STORE_KEY_TAKEN:
		return keys_taken(b) ? BATCH_AGAIN : BATCH_BAD;
	case STORE_TRANSIENT:
		return BATCH_TRANSIENT;
	case STORE_LOST:
		return BATCH_AWAY;
	default:
		return BATCH_BAD;
	}
}

enum batch_result
commit_all(struct batch *b)
{
	bool anything = false;

	for (int32_t p = 0; p < PARTITIONS; p++)
		anything = anything || b->part[p].touched;
	if (!anything) {                        /* refusals and repeats: true as of the load, which our lock covers */
		after_commands(b);
		return BATCH_DONE;
	}
	switch (write_all(b)) {
	case STORE_OK:
		after(b);
		CRASH_POINT("commit.remembered");
		return BATCH_DONE;
	case STORE_FENCED:
		fenced(b);
		return BATCH_FENCED;
	case STORE_KEY_TAKEN:
		return keys_taken(b) ? BATCH_AGAIN : BATCH_BAD;
	case STORE_TRANSIENT:
		return BATCH_TRANSIENT;
	case STORE_LOST:
		return BATCH_LOST;
	default:
		return BATCH_BAD;
	}
}
