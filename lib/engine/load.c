/* load - the read phase of a batch: what its inputs need, set-wise.
 *
 * One round trip, with what the engine itself must know in it; again only while a want depends on what came. */
#include "engine/batch.h"
#include "engine/books.h"
#include "engine/node_state.h"
#include "engine/producers.h"
#include <assert.h>
#include <string.h>

/* ---- wants */

static void
want_one(struct batch *b, struct input *in)
{
	b->now = in;
	in->looks = NULL;
	if (in->as_command || in->as_event || in->as_timer || in->as_job)
		books_want(b);
	if (in->as_command && in->as_command->want && in->m)
		in->as_command->want(b, in->m);
	if (in->as_event && in->as_event->want)
		in->as_event->want(b, in->m);
	if (in->as_timer && in->as_timer->want)
		in->as_timer->want(b, in->subject);
	if (in->as_job && in->as_job->want)
		in->as_job->want(b, in->subject);
}

static bool
anything_wanted(const struct batch *b)
{
	for (size_t t = 0; t < b->node->ntables; t++)
		for (int k = 1; k <= b->node->tables[t]->nkey; k++)
			if (b->wants[t][k].n)
				return true;
	return false;
}

/* True when something is to be loaded. */
static bool
want_all(struct batch *b)
{
	b->wanting = true;
	for (size_t i = 0; i < b->ninputs; i++)
		if (!b->inputs[i].answer && !b->inputs[i].park)
			want_one(b, &b->inputs[i]);
	b->wanting = false;
	return anything_wanted(b);
}

/* Wants are found out before anything is run.  What an input's want has looked at may be another when its turn
 * comes, and then its run reads what nobody has loaded. */
bool
load_lacks(struct batch *b, struct input *in)
{
	const struct want_mark *l = in->looks;

	while (l && !(b->changed[l->mark / 64] >> l->mark % 64 & 1))
		l = l->next;
	if (!l)
		return false;
	b->wanting = true;
	want_one(b, in);
	b->wanting = false;
	return anything_wanted(b);
}

static bool
wants_prepare(struct batch *b)
{
	bool ok = true;

	for (size_t t = 0; t < b->node->ntables && b->whole; t++)
		for (int k = 1; k < b->node->tables[t]->nkey; k++)
			ok = ok && (!b->wants[t][k].n || table_prepare_all(&b->node->sql[t], k, b->node->db));
	return ok;
}

static void
wants_queue(struct batch *b)
{
	for (size_t t = 0; t < b->node->ntables; t++)
		for (int k = 1; k <= b->node->tables[t]->nkey; k++) {
			const struct table_sql *q = &b->node->sql[t];
			if (b->wants[t][k].n)
				store_queue(b->node->db, b->whole && k < q->table->nkey ? &q->all[k] : &q->load[k],
					    b->wants[t][k].keys, b->wants[t][k].n);
		}
}

/* In the order they were queued; `at` is the store's index of the first.  False: there are too many; what was not
 * read is still wanted. */
static bool
wants_read(struct batch *b, size_t at)
{
	for (size_t t = 0; t < b->node->ntables; t++)
		for (int k = 1; k <= b->node->tables[t]->nkey; k++) {
			void **rows;
			if (!b->wants[t][k].n)
				continue;
			size_t n = store_rows(b->node->db, at++, b->arena, &rows);
			b->loaded += k < b->node->tables[t]->nkey ? n : 0;
			if (b->loaded > (size_t)(b->whole ? WHOLE_ROWS_MAX : LOAD_ROWS_MAX))
				return false;
			for (size_t i = 0; i < n; i++)
				rows_loaded(&b->rows[t], rows[i]);
			b->wants[t][k].n = 0;
		}
	return b->whole || b->ninputs == 1 || arena_used(b->arena) < FOLD_BYTES_MAX;
}

/* Of a failure before anything was written. */
static enum batch_result
result_of(enum store_error e)
{
	switch (e) {
	case STORE_OK: return BATCH_DONE;
	case STORE_FENCED: return BATCH_FENCED;
	case STORE_TRANSIENT: return BATCH_TRANSIENT;
	case STORE_LOST: return BATCH_AWAY;
	default: return BATCH_BAD;
	}
}

/* ---- the first load also asks what the engine itself must know */

struct prelude {
	size_t looks, keys, districts, jobs;
	const void **look, **key, **district, **job;
	bool looked[PARTITIONS];
};

/* Producers that must have been read first, and whose heads nobody has looked up for the group. */
static unsigned
to_look_up(const struct input *in)
{
	return in->kind == INPUT_COMMAND && in->as_command ? in->as_command->after & ~in->group->looked : 0;
}

static void
prelude_of_jobs(struct batch *b, struct prelude *p, const struct input *in)
{
	EngineRows__District *k = arena_message(b->arena, &engine_rows__district__descriptor);

	k->partition = in->partition;
	k->district = (char *)in->district;
	p->job[p->jobs++] = k;
}

static void
prelude_of_command(struct batch *b, struct prelude *p, struct input *in)
{
	node_t *n = b->node;

	if (to_look_up(in) && !p->looked[in->partition]) {
		EngineRows__Partition *k = arena_message(b->arena, &engine_rows__partition__descriptor);
		k->partition = in->partition;
		p->look[p->looks++] = k;
		p->looked[in->partition] = true;
	}
	if (*in->command->key) {
		EngineRows__AnswerKey *k = arena_message(b->arena, &engine_rows__answer_key__descriptor);
		k->district = (char *)in->district;
		k->account = (char *)in->account;
		k->key = in->command->key;
		p->key[p->keys++] = k;
	}
	if (in->as_command && in->as_command->after && n->part[in->partition].jobs)
		prelude_of_jobs(b, p, in);
	if (!district_known(&n->districts, in->district)) {
		EngineRows__DistrictArg *k = arena_message(b->arena, &engine_rows__district_arg__descriptor);
		k->district = (char *)in->district;
		p->district[p->districts++] = k;
	}
}

static struct prelude
prelude_collect(struct batch *b)
{
	struct prelude p = {
		.look = arena_alloc(b->arena, PARTITIONS * sizeof(void *)),
		.key = arena_alloc(b->arena, (b->ninputs + 1) * sizeof(void *)),
		.district = arena_alloc(b->arena, (b->ninputs + 1) * sizeof(void *)),
		.job = arena_alloc(b->arena, (b->ninputs + 1) * sizeof(void *)),
	};

	for (size_t i = 0; i < b->ninputs; i++)
		if (b->inputs[i].kind == INPUT_COMMAND)
			prelude_of_command(b, &p, &b->inputs[i]);
	return p;
}

static void
prelude_queue(struct batch *b, const struct prelude *p)
{
	store_t *db = b->node->db;

	if (b->node->plans_old)
		store_text(db, "discard plans");
	b->node->plans_old = false;
	if (b->node->set.manual_clock)
		store_queue(db, &engine_clock_now, NULL, 0);
	if (p->looks)
		store_queue(db, &engine_look, p->look, p->looks);
	if (p->keys)
		store_queue(db, &engine_answers_of, p->key, p->keys);
	if (p->districts)
		store_queue(db, &engine_districts, p->district, p->districts);
	if (p->jobs)
		store_queue(db, &engine_jobs_of, p->job, p->jobs);
}

/* A group that lacks what a producer has already promised waits until we have read it (engine 8). */
static void
looks_read(struct batch *b, void **rows, size_t n)
{
	int64_t (*heads)[PRODUCERS_MAX] = arena_alloc(b->arena, PARTITIONS * sizeof(*heads));
	size_t producer;

	for (size_t k = 0; k < n; k++) {
		const EngineRows__Seen *s = rows[k];
		if (s->partition >= 0 && s->partition < PARTITIONS && producer_of(b->node, s->service, &producer))
			heads[s->partition][producer] = s->seq;
	}
	for (size_t i = 0; i < b->ninputs; i++) {
		struct input *in = &b->inputs[i];
		unsigned after = to_look_up(in);
		for (producer = 0; after && producer < b->node->nproducers; producer++)
			if (after & AFTER(producer))
				in->group->need[producer] = heads[in->partition][producer];
		if (after)
			in->group->looked |= after;
	}
}

/* What is to be looked at again has not been, so that who comes after others cannot come yet. */
static void
jobs_read(struct batch *b, void **rows, size_t n)
{
	for (size_t i = 0; i < b->ninputs; i++)
		for (size_t k = 0; k < n && b->inputs[i].kind == INPUT_COMMAND; k++)
			if (!strcmp(b->inputs[i].district, ((const EngineRows__District *)rows[k])->district))
				b->inputs[i].behind_jobs = true;
}

static void
answers_read(struct batch *b, void **rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rows_loaded(&b->answers, rows[i]);
}

/* False: the clock has moved on meanwhile; timers that are due now come before these inputs. */
static bool
prelude_read(struct batch *b, const struct prelude *p, size_t *at)
{
	node_t *n = b->node;
	void **rows;
	size_t count;

	if (n->set.manual_clock && store_rows(n->db, (*at)++, b->arena, &rows)) {
		int64_t now_us = ((const EngineRows__Instant *)rows[0])->now_us;
		if (now_us > n->clock_us) {
			n->clock_us = now_us;
			n->clock_news = true;
			return false;
		}
	}
	if (p->looks) {
		count = store_rows(n->db, (*at)++, b->arena, &rows);
		looks_read(b, rows, count);
	}
	if (p->keys) {
		count = store_rows(n->db, (*at)++, b->arena, &rows);
		answers_read(b, rows, count);
	}
	if (p->districts) {
		count = store_rows(n->db, (*at)++, b->arena, &rows);
		for (size_t i = 0; i < count; i++)
			district_learn(&n->districts, ((const EngineRows__District *)rows[i])->district);
	}
	if (p->jobs) {
		count = store_rows(n->db, (*at)++, b->arena, &rows);
		jobs_read(b, rows, count);
	}
	return true;
}

enum batch_result
load_look(struct batch *b)
{
	struct prelude p = prelude_collect(b);
	size_t at = 0;

	prelude_queue(b, &p);
	enum store_error e = store_sync(b->node->db);
	if (e)
		return result_of(e);
	return prelude_read(b, &p, &at) ? BATCH_DONE : BATCH_AGAIN;
}

enum batch_result
load_all(struct batch *b)
{
	struct prelude p = prelude_collect(b);
	bool more = want_all(b), first = true;

	for (int round = 0; first || more; round++) {
		size_t at = 0;
		assert(round < WANT_ROUNDS_MAX);
		if (!wants_prepare(b))
			return BATCH_AWAY;
		if (first)
			prelude_queue(b, &p);
		wants_queue(b);
		enum store_error e = store_sync(b->node->db);
		if (e)
			return result_of(e);
		if (first && !prelude_read(b, &p, &at))
			return BATCH_AGAIN;
		first = false;
		if (wants_read(b, at)) {
			more = want_all(b);
		} else if (b->ninputs > 1 || b->whole) {
			return BATCH_WIDE;
		} else {                        /* one alone gets all that it wants */
			b->whole = more = true;
			round--;
		}
	}
	books_keep(b);
	return BATCH_DONE;
}
