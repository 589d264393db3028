/* fold - a batch from its first input to its end: what they need is loaded (load.c), they are run one at a time in
 * memory, what they said is written (commit.c).
 *
 * Round trips: one or two to load (wants that depend on loaded rows), one to commit, whatever the batch holds. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "json/json_pb.h"
#include "engine/batch.h"
#include "engine/books.h"
#include "engine/node_clock.h"
#include "engine/node_state.h"
#include "engine/ownership.h"
#include "engine/producers.h"
#include <assert.h>
#include <string.h>

/* ---- the fold */

/* What an input of this batch has asked to be looked at again. */
static bool
job_of(const struct batch *b, const char *district)
{
	for (size_t i = 0; i < b->njobs; i++)
		if (!strcmp(b->jobs[i].district, district))
			return true;
	return false;
}

/* Events of this batch that came before it count as read; what they have left to be looked at again is not done. */
static bool
must_wait(struct batch *b, const struct input *in)
{
	const struct head_change *c = &b->part[in->partition];
	const struct partition *p = &b->node->part[in->partition];

	if (!in->as_command || !in->as_command->after)
		return false;
	if (in->behind_jobs || job_of(b, in->district))
		return true;
	for (size_t i = 0; i < b->node->nproducers; i++)
		if ((c->touched && c->cursor_moved[i] ? c->cursor[i].seq : p->cursor[i].seq) < in->group->need[i])
			return true;
	return false;
}

static void
wait_begins(struct batch *b, struct group *g)
{
	if (!g->waited)
		metric_add(b->node->set.metrics, METRIC_CAUGHT_UP, (int64_t)g->ncommands);
	g->waited = true;
}

static EngineRows__Answer
answer_key(const struct input *in)
{
	EngineRows__Answer k = ENGINE_ROWS__ANSWER__INIT;

	k.district = (char *)in->district;
	k.account = (char *)in->account;
	k.key = in->command->key;
	return k;
}

/* True when the key answers by itself: as it was answered then, or refused for other content.  The first of two
 * commands with one key in the same batch serves the second. */
static bool
run_key(struct batch *b, struct input *in)
{
	const EngineRows__Answer key = answer_key(in), *s = *in->command->key ? rows_get(&b->answers, &key) : NULL;
	const ProtobufCBinaryData *f = &in->command->fingerprint;

	if (!s)
		return false;
	if (s->fingerprint.len != f->len || (f->len && memcmp(s->fingerprint.data, f->data, f->len))) {
		batch_refuse(b, 422, "idempotency.key_reused", NULL, "This Idempotency-Key came with another request.");
		return true;
	}
	in->answer = arena_message(b->arena, &wire__answer__descriptor);
	in->answer->status = s->status;
	in->answer->data = s->body;
	metric_add(b->node->set.metrics, METRIC_COMMANDS_REPLAYED, 1);
	return true;
}

static void
remember_key(struct batch *b, struct input *in)
{
	EngineRows__Answer s = answer_key(in);

	if (!*s.key || in->answer->status >= 300)
		return;
	s.service = (char *)b->node->svc->name;
	s.fingerprint = in->command->fingerprint;
	s.status = in->answer->status;
	s.body = in->answer->data;
	s.at_us = in->at_us;
	rows_put(&b->answers, &s);
	batch_touch(b, in->partition);
}

static void
run_creation(struct batch *b, const struct input *in)
{
	EngineRows__District *d = arena_message(b->arena, &engine_rows__district__descriptor);

	if (in->answer->status >= 300 || district_known(&b->node->districts, in->district))
		return;
	for (size_t i = 0; i < b->nopened; i++)
		if (!strcmp(b->opened[i]->district, in->district))
			return;
	d->district = (char *)in->district;
	d->partition = in->partition;
	d->opened_us = in->at_us;
	b->opened[b->nopened++] = d;
	batch_touch(b, in->partition);
}

static bool
created_here(const struct batch *b, const char *district)
{
	for (size_t i = 0; i < b->nopened; i++)
		if (!strcmp(b->opened[i]->district, district))
			return true;
	return false;
}

/* ---- what a body gave of the answer beside what is commanded: as it stands, or, of what is new, as it would be */

/* Where the first of them that does not hold stands in the body; NULL: all hold. */
static const char *
known_differs(struct batch *b, const struct input *in, const ProtobufCMessage *answer)
{
	const Wire__Command *c = in->command;
	ProtobufCMessage *known =
		protobuf_c_message_unpack(answer->descriptor, arena_pb(b->arena), c->known.len, c->known.data);

	for (size_t i = 0; i < c->n_known_tags; i++) {
		const ProtobufCFieldDescriptor *f =
			protobuf_c_message_descriptor_get_field(answer->descriptor, c->known_tags[i]);
		if (!f || !known || !json_known_equal(known, answer, &c->known_tags[i], 1, b->arena))
			return f ? arena_printf(b->arena, "/%.*s", (int)json_name_len(f), f->name) : "";
	}
	return NULL;
}

static const ProtobufCMessage *
answer_of(struct batch *b, const struct input *in)
{
	ProtobufCMessage *m =
		protobuf_c_message_unpack(in->said, arena_pb(b->arena), in->answer->data.len, in->answer->data.data);

	assert(m);
	return m;
}

static void
refuse_known(struct batch *b, const char *pointer)
{
	batch_refuse(b, 422, "field.fixed", pointer, "A member that the server gives is left out, or as it stands.");
}

/* The answer is looked at before it is given: what does not hold is as if it had not been commanded. */
static void
run_knowing(struct batch *b, struct input *in)
{
	const ProtobufCMessage *stands = in->as_command->stands ? in->as_command->stands(b, in->m) : NULL;
	const char *differs = stands ? known_differs(b, in, stands) : NULL;

	if (differs) {
		refuse_known(b, differs);
		return;
	}
	batch_try(b);
	in->as_command->run(b, in->m);
	if (!stands && in->answer->status < 300)
		differs = known_differs(b, in, answer_of(b, in));
	if (!differs) {
		batch_stand(b);
		return;
	}
	batch_undo(b);
	in->answer = NULL;
	refuse_known(b, differs);
}

static void
run_command(struct batch *b, struct input *in)
{
	size_t before = b->nemitted;

	if (run_key(b, in))
		return;
	if (!in->as_command)
		batch_refuse(b, 404, "route.unknown", NULL, "No such order.");
	else if (!in->as_command->creates_district && !district_known(&b->node->districts, in->district) &&
		 !created_here(b, in->district))
		batch_refuse(b, 404, "district.unknown", NULL, "No such district.");
	else if (!in->m)
		batch_refuse(b, 422, "message.malformed", NULL, "The order cannot be read.");
	else if (in->as_command->exists && !in->as_command->exists(b, in->m))
		batch_refuse(b, 404, "resource.unknown", NULL, "Nothing has this id.");
	else if (in->as_command->may && !in->as_command->may(b, in->m))
		assert(in->answer);
	else if (in->command->refusal)
		handler_answer(b, in->command->refusal->status, NULL, in->command->refusal);
	else if (in->command->n_known_tags)
		run_knowing(b, in);
	else
		in->as_command->run(b, in->m);
	assert(!b->tried.open && in->answer && (in->answer->status < 300 || b->nemitted == before));
	if (in->as_command && in->as_command->creates_district)
		run_creation(b, in);
	remember_key(b, in);
}

static void
run_event(struct batch *b, struct input *in)
{
	in->read_before = journal_read(b, in->partition, in->producer, in->logged->seq, in->logged->hash.data);
	if (in->as_event && !in->park)
		in->as_event->run(b, in->m);
}

/* An event that was put aside: its cursor moved then. */
static void
run_retry(struct batch *b, const struct input *in)
{
	batch_touch(b, in->partition);
	if (in->park)
		return;
	journal_note(b, in, "retry", b->node->svc->consumes[in->producer], in->logged->seq);
	if (in->as_event)
		in->as_event->run(b, in->m);
}

/* Noted, as of before it ran, if it changed tables by itself. */
static void
run_due(struct batch *b, const struct input *in)
{
	size_t noted = b->notes.n;

	batch_touch(b, in->partition);
	if (!in->as_timer && !in->as_job)
		return;
	if (in->as_timer)
		journal_note(b, in, "timer", in->as_timer->kind, 0);
	else
		journal_note(b, in, "chore", in->as_job->kind, 0);
	b->wrote = false;
	if (in->as_timer)
		in->as_timer->run(b, in->subject);
	else
		in->as_job->run(b, in->subject);
	if (!b->wrote)
		b->notes.n = noted;
}

/* An earlier input of the batch has set it anew or removed it: what was due is so no more. */
static bool
timer_moved(const struct batch *b, const EngineRows__Timer *t)
{
	const EngineRows__Timer *now = rows_get(&b->timers, t);
	return now && now->due_us != t->due_us;
}

/* An earlier input of the batch has set one that is due before it: it, and all behind it, come in the next batch, in
 * their order. */
static bool
timer_overtaken(const struct batch *b, struct input *in)
{
	const struct head_change *c = &b->part[in->partition];
	return in->overtaken = c->touched && c->timer_put_us < ((const EngineRows__Timer *)in->row)->due_us;
}

static void
run_one(struct batch *b, struct input *in)
{
	b->now = in;
	batch_keep_alive(b);
	switch (in->kind) {
	case INPUT_COMMAND:
		if (must_wait(b, in))
			wait_begins(b, in->group);
		else
			run_command(b, in);
		return;
	case INPUT_EVENT:
		run_event(b, in);
		return;
	case INPUT_TIMER:
		if (timer_moved(b, in->row) || timer_overtaken(b, in))
			return;
		batch_timer(b, ((const EngineRows__Timer *)in->row)->kind, in->subject, 0);
		/* fall through */
	case INPUT_JOB:
		run_due(b, in);
		return;
	case INPUT_RETRY:
		run_retry(b, in);
		return;
	case INPUT_OWN:
		assert(!"only in a replay");
	}
}

/* Commands happen at the latest instant this owner knows of: time never goes back, not across owners either.  Dated
 * before the load, since what is wanted may depend on the day; when the load finds that the clock was moved, the
 * batch begins anew.  False: there is no instant that can be believed. */
static bool
dated(struct batch *b)
{
	if (!node_clock_believed(b->node))
		return false;
	b->now_us = node_clock_us(b->node);
	for (size_t i = 0; i < b->ninputs; i++) {
		struct input *in = &b->inputs[i];
		int64_t floor_us = b->node->part[in->partition].now_us;
		if (in->kind == INPUT_COMMAND)
			in->at_us = b->now_us > floor_us ? b->now_us : floor_us;
	}
	return true;
}

/* One after the other, until much memory is used, or one lacks what only those before it have made it want: what
 * comes after that is left to the next batch.  The first of a batch lacks nothing. */
static void
fold(struct batch *b)
{
	size_t n = 0;

	while (n < b->ninputs && (n == 0 || (arena_used(b->arena) < FOLD_BYTES_MAX && !load_lacks(b, &b->inputs[n]))))
		run_one(b, &b->inputs[n++]);
	b->ninputs = n;
	journal_skip(b);
}

/* More than half of what might be, for halves of a batch seldom are just that, and they brought few rows: more may
 * be tried. */
static void
inputs_fit(node_t *n, const struct batch *b, size_t count)
{
	if (count > n->inputs_max / 2 && 4 * b->loaded < LOAD_ROWS_MAX)
		n->inputs_max = 2 * n->inputs_max < BATCH_INPUTS_MAX ? 2 * n->inputs_max : BATCH_INPUTS_MAX;
}

/* ---- a trial's */

/* Found out before a whole file is loaded. */
static bool
any_waits(struct batch *b)
{
	bool any = false;

	for (size_t i = 0; i < b->ninputs; i++)
		if (must_wait(b, &b->inputs[i])) {
			wait_begins(b, b->inputs[i].group);
			any = true;
		}
	return any;
}

/* What is read ends before the fold, which may last: the server would not bear a transaction that is silent. */
static enum batch_result
try_load(struct batch *b, bool *waits)
{
	if (!ownership_peek(b->node, b->inputs[0].partition))
		return BATCH_AWAY;
	enum batch_result r = load_look(b);
	*waits = !r && any_waits(b);
	if (!r && !*waits)
		r = load_all(b);
	store_text(b->node->db, "rollback");
	return store_sync(b->node->db) ? BATCH_AWAY : r;
}

/* Of dry runs, all of one group: the same but for the commit.  Books are made anew, since nobody tells of changes
 * here. */
enum batch_result
fold_try(node_t *n, struct input *inputs, size_t count)
{
	struct batch *b = arena_alloc(n->arena, sizeof *b);
	bool waits = false;

	books_forget(n, NULL);
	batch_open(b, n, inputs, count);
	if (!dated(b))
		return BATCH_AGAIN;
	enum batch_result r = try_load(b, &waits);
	if (r || waits)
		return r;
	CRASH_POINT("trial.loaded");
	b->used_us = clock_mono_us();
	fold(b);
	assert(!b->nemitted && !b->njobs && !b->nopened);
	if (store_fd(n->db) < 0)
		return BATCH_AWAY;
	metric_max(n->set.metrics, METRIC_BATCH_BYTES_MAX, (int64_t)arena_used(n->arena));
	r = commit_answers(b);
	if (!r)
		metric_add(n->set.metrics, METRIC_TRIALS, (int64_t)b->ninputs);
	return r;
}

/* ---- who writes */

enum batch_result
fold_run(node_t *n, struct input *inputs, size_t count)
{
	struct batch *b = arena_alloc(n->arena, sizeof *b);
	int64_t trips = store_round_trips(n->db), began_us = clock_mono_us();

	books_make_room(n);
	batch_open(b, n, inputs, count);
	if (!dated(b))
		return BATCH_AGAIN;             /* the next step finds out what is to be done about it */
	enum batch_result r = load_all(b);
	metric_max(n->set.metrics, METRIC_BATCH_BYTES_MAX, (int64_t)arena_used(n->arena));
	if (r)
		return r;
	CRASH_POINT("batch.loaded");
	b->used_us = clock_mono_us();
	fold(b);
	if (store_fd(n->db) < 0)
		return BATCH_AWAY;              /* it went while the fold lasted */
	trips += b->touches;
	for (int32_t p = 0; n->clock_news && p < PARTITIONS; p++)
		if (n->part[p].owned && n->part[p].now_us < b->now_us)
			batch_touch(b, p);
	CRASH_POINT("batch.run");
	r = commit_all(b);
	metric_max(n->set.metrics, METRIC_BATCH_BYTES_MAX, (int64_t)arena_used(n->arena));
	if (r == BATCH_DONE) {
		inputs_fit(n, b, count);
		r = b->ninputs < count ? BATCH_AGAIN : r;
		metric_add(n->set.metrics, METRIC_BATCHES, 1);
		metric_observe(n->set.metrics, HISTOGRAM_BATCH_TIME, clock_mono_us() - began_us);
		metric_observe(n->set.metrics, HISTOGRAM_BATCH_INPUTS, (int64_t)b->ninputs);
		metric_max(n->set.metrics, METRIC_BATCH_INPUTS_MAX, (int64_t)b->ninputs);
		metric_add(n->set.metrics, METRIC_ROUND_TRIPS, store_round_trips(n->db) - trips);
		metric_max(n->set.metrics, METRIC_ROUND_TRIPS_MAX, store_round_trips(n->db) - trips);
	}
	return r;
}
