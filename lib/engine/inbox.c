/* inbox - puts together what is to run next, runs it, and isolates what cannot be run.
 *
 * Putting together is idempotent: events up to the cursor, and commands that have their answer, are passed over.  So
 * after anything went wrong the next round simply starts from what is committed. */
#include "base/digest.h"
#include "json/json_pb.h"
#include "base/log.h"
#include "engine/books.h"
#include "engine/due.h"
#include "engine/inbox.h"
#include "engine/node_state.h"
#include "engine/producers.h"
#include "base/utf8.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(2 * DUE_MAX + FETCH_ITEMS_MAX <= EVENTS_UNTIL && EVENTS_UNTIL < BATCH_INPUTS_MAX,
	       "everybody finds room in a batch");

struct inbox {
	struct inputs all; size_t bytes;
	int64_t expected[PARTITIONS][PRODUCERS_MAX];    /* the next event to be taken; 0: the one after the cursor */
	bool due[PARTITIONS];                           /* its timers come first */
	bool heavy;                                     /* there is a heavy command among them */
	bool held_back[PARTITIONS][PRODUCERS_MAX];      /* its next event must wait for another producer's */
	/* there is a block of them; the first comes whatever its size: another version may have made it */
	bool events;
};

/* ---- events */

/* Whether a producer's events that have been read, with those of this batch, reach so far.  If not, it is asked to
 * hurry. */
static bool
read_or_hurry(node_t *n, const struct inbox *box, int32_t partition, size_t producer, int64_t seq)
{
	int64_t expected = box->expected[partition][producer];
	bool has = (expected ? expected - 1 : n->part[partition].cursor[producer].seq) >= seq;

	n->feed[producer].hurry = n->feed[producer].hurry || !has;
	return has;
}

/* What the event stands on has not been read here: it, and all behind it, come in a later batch. */
static bool
too_early(node_t *n, const struct inbox *box, int32_t partition, const Wire__Event *e)
{
	bool early = false;

	for (size_t i = 0; i < e->n_after; i++) {
		size_t producer;
		if (producer_of(n, e->after[i]->producer, &producer))
			early = !read_or_hurry(n, box, partition, producer, e->after[i]->seq) || early;
	}
	return early;
}

/* Whether it is the next one of its partition to run, or stands behind one that must wait. */
static bool
is_next(const node_t *n, struct inbox *box, size_t producer, const Wire__Logged *l)
{
	if (l->partition < 0 || l->partition >= PARTITIONS || !n->part[l->partition].owned)
		return false;
	if (l->seq > n->part[l->partition].fetched[producer].seq)
		return false;                   /* the chain was broken before it */
	int64_t *expected = &box->expected[l->partition][producer];
	if (!*expected)
		*expected = n->part[l->partition].cursor[producer].seq + 1;
	return l->seq == *expected || (l->seq > *expected && box->held_back[l->partition][producer]);
}

static void
take_block(node_t *n, struct inbox *box, size_t producer, struct block *k)
{
	Wire__Fetched *f = wire__fetched__unpack(arena_pb(n->arena), k->len, k->body);

	assert(f);                      /* it could be read when it came */
	k->later = false;
	for (size_t i = 0; i < f->n_items; i++) {
		const Wire__Logged *l = f->items[i];
		if (!is_next(n, box, producer, l))
			continue;
		Wire__Event *e = wire__event__unpack(arena_pb(n->arena), l->body.len, l->body.data);
		bool *held_back = &box->held_back[l->partition][producer];
		*held_back = *held_back || (e && too_early(n, box, l->partition, e));
		if (*held_back) {
			k->later = true;
			continue;
		}
		++box->expected[l->partition][producer];
		input_of_event(n, input_add(&box->all, INPUT_EVENT, l->partition, n->arena), (int)producer, l, e);
		box->bytes += l->body.len;
	}
	k->taken = true;
	box->events = true;
}

static struct block *
next_block(const struct feed *d)
{
	struct block *k = d->first;

	while (k && k->taken)
		k = k->next;
	return k;
}

/* False: there is none, or no room for it. */
static bool
take_next(node_t *n, struct inbox *box, size_t producer)
{
	struct block *k = next_block(&n->feed[producer]);

	if (!k || (box->events && (box->all.n + k->items > EVENTS_UNTIL || box->bytes > EVENTS_BYTES_UNTIL)))
		return false;
	take_block(n, box, producer, k);
	return true;
}

_Static_assert(3 * FETCH_ITEMS_MAX <= EVENTS_UNTIL,
	       "when our own events have filled their part, a block of another's still fits");

/* Our own first, for what is read at once is still in memory; but there is room left for others.  Then a block of
 * each producer in turn, another producer first each time: one with much to say does not silence the others. */
static void
take_events(node_t *n, struct inbox *box)
{
	bool any = n->nproducers > 0, after_commit = any && producer_is_self(n, n->nproducers - 1);

	while (after_commit && box->all.n + 2 * FETCH_ITEMS_MAX <= EVENTS_UNTIL && take_next(n, box, n->nproducers - 1))
		;
	while (any) {
		any = false;
		for (size_t i = 0; i < n->nproducers; i++)
			any = take_next(n, box, (n->feed_turn + i) % n->nproducers) || any;
	}
	n->feed_turn++;
}

static bool
any_later(const struct feed *d)
{
	const struct block *k = d->first;

	while (k && !k->later)
		k = k->next;
	return k;
}

static void
blocks_settle(node_t *n, bool done)
{
	for (size_t i = 0; i < n->nproducers; i++) {
		struct feed *d = &n->feed[i];
		struct block **at = &d->first;
		while (*at) {
			struct block *k = *at;
			if (!done || !k->taken || k->later) {
				k->taken = false;
				at = &k->next;
				continue;
			}
			*at = k->next;
			d->blocks--;
			free(k->body);
			free(k);
		}
		d->last = at;
		bool was = d->blocked;
		d->blocked = d->blocks >= FEED_BLOCKS_MAX && any_later(d);
		if (was && !d->blocked)
			feed_freed(d);
	}
}

/* ---- commands */

/* False: it is heavy, and so is one that is there already; it, and all behind it in its group, come in a later
 * batch. */
static bool
add_command(node_t *n, struct inbox *box, struct group *g, size_t i, const Wire__Command *c)
{
	const struct command *command = service_command(n->svc, c->type);

	if (command && command->heavy && box->heavy)
		return false;
	box->heavy = box->heavy || (command && command->heavy);
	struct input *in = input_add(&box->all, INPUT_COMMAND, g->partition, n->arena);

	in->group = g;
	in->index = i;
	in->command = c;
	in->district = c->district;
	in->account = c->account;
	in->trace = c->trace;
	in->as_command = command;
	if (command)
		in->m = protobuf_c_message_unpack(command->message, arena_pb(n->arena), c->data.len, c->data.data);
	box->bytes += c->data.len;
	return true;
}

static void
take_group(node_t *n, struct inbox *box, struct group *g)
{
	Wire__Commands *c = wire__commands__unpack(arena_pb(n->arena), g->body_len, g->body);

	assert(c && c->n_items == g->ncommands);        /* it could be read when it came */
	for (size_t i = 0; i < c->n_items; i++)
		if (!g->answers[i].data && box->all.n < BATCH_INPUTS_MAX && !add_command(n, box, g, i, c->items[i]))
			return;
}

/* Whether the events before it, with those of this batch, are too few for a group (engine 8). */
static bool
lacks_events(node_t *n, const struct inbox *box, const struct group *g)
{
	bool lacks = false;

	for (size_t i = 0; i < n->nproducers; i++)
		lacks = !read_or_hurry(n, box, g->partition, i, g->need[i]) || lacks;
	return lacks;
}

/* Commands come after what was due before them; so those of a partition with due timers wait until there are none
 * left. */
static void
take_commands(node_t *n, struct inbox *box)
{
	for (struct group *g = n->queue.first; g && box->all.n < BATCH_INPUTS_MAX && box->bytes < BATCH_BYTES_MAX;
	     g = g->next)
		if (g->nleft && n->part[g->partition].owned && !box->due[g->partition] && !lacks_events(n, box, g))
			take_group(n, box, g);
}

/* ---- running */

static void
refuse_bug(node_t *n, struct input *in)
{
	Wire__Answer a = WIRE__ANSWER__INIT;

	a.status = 500;
	a.problem = problem_make(n->arena, a.status, "server.fault", NULL,
				 "This order could not be carried out; nothing was changed.");
	queue_answer(in->group, in->index, &a);
}

/* One input that the database refuses, or that killed the last owner: put it aside, say so, go on. */
static enum batch_result
isolate(node_t *n, struct input *in, const char *why)
{
	LOG(ERROR, "input.poison", in->trace, LOG_S("service", n->svc->name), LOG_I("kind", in->kind),
	    LOG_S("why", why), LOG_S("subject", in->subject));
	switch (in->kind) {
	case INPUT_COMMAND:
		refuse_bug(n, in);
		return BATCH_DONE;
	case INPUT_EVENT:
	case INPUT_RETRY:
		in->park = why;
		break;
	default:
		in->as_timer = NULL;    /* the row goes, nothing runs */
		in->as_job = NULL;
	}
	enum batch_result r = fold_run(n, in, 1);
	return r == BATCH_BAD ? BATCH_TRANSIENT : r;    /* not even that is taken: it is not the input */
}

/* 57014: it took too long.  A smaller batch takes less; one input alone is not to blame. */
static bool
overloaded(const node_t *n)
{
	return !strcmp(store_sqlstate(n->db), "57014");
}

/* Those that want much are run some at a time until they want less again.  What was loaded for too many stays in the
 * arena, so their half is put together anew: it is judged by what it wants itself. */
static enum batch_result
run_if_small(node_t *n, struct input *inputs, size_t count)
{
	if (count > 1 && (count > n->inputs_max || books_crowded(n, inputs, count)))
		return BATCH_WIDE;
	enum batch_result r = n->trial ? fold_try(n, inputs, count) : fold_run(n, inputs, count);
	if (r != BATCH_WIDE || count == 1)
		return r;
	n->inputs_max = count / 2;
	return BATCH_AGAIN;
}

/* Halves around what the database refuses, what wanted too many rows lately, and what is of too many districts.
 * Timers after a half that is done may have been moved by it, and the arena is bounded: then the rest is put
 * together anew. */
static enum batch_result
run(node_t *n, struct input *inputs, size_t count)
{
	enum batch_result r = run_if_small(n, inputs, count);

	if (r != BATCH_BAD && r != BATCH_WIDE)
		return r;
	if (count == 1 && r == BATCH_WIDE)
		return isolate(n, inputs, "it wants more rows than there is room for");
	metric_add(n->set.metrics, METRIC_RETRIES, r == BATCH_BAD);
	if (!count || (count == 1 && overloaded(n)))
		return BATCH_TRANSIENT;
	if (count == 1)
		return isolate(n, inputs, arena_printf(n->arena, "the database refuses it: %s", store_sqlstate(n->db)));
	r = run(n, inputs, count / 2);
	if (r != BATCH_DONE)
		return r;
	if (inputs[count / 2].kind == INPUT_TIMER || arena_used(n->arena) > FOLD_BYTES_MAX / 2)
		return BATCH_AGAIN;
	return run(n, inputs + count / 2, count - count / 2);
}

/* What is not only to be tried is for who writes. */
enum batch_result
inbox_run_group(node_t *n, struct group *g)
{
	struct inbox *box;

	arena_reset(n->arena);
	box = arena_alloc(n->arena, sizeof(*box));
	take_group(n, box, g);
	for (size_t i = 0; i < box->all.n; i++)
		if (box->all.at[i].m && !message_is_dry(box->all.at[i].m))
			box->all.at[i].as_command = NULL;
	return run(n, box->all.at, box->all.n);
}

static void
input_name(const struct input *in, char *out, size_t size)
{
	char hex[2 * SHA256_SIZE + 1] = "";

	switch (in->kind) {
	case INPUT_COMMAND:
		hex_text(in->command->fingerprint.data,
			 in->command->fingerprint.len > SHA256_SIZE ? SHA256_SIZE : in->command->fingerprint.len, hex);
		snprintf(out, size, "command %s", hex);
		return;
	case INPUT_EVENT:
	case INPUT_RETRY:
		snprintf(out, size, "%s %d %lld", in->kind == INPUT_EVENT ? "event" : "retry", in->producer,
			 (long long)in->logged->seq);
		return;
	default:
		snprintf(out, size, "due %d %s %s", in->kind, in->district, in->subject);
	}
}

/* How often this input has been run alone without anybody living to tell; forgets the suspicion. */
static int
times_tried(struct partition *p, const char *name)
{
	if (!p->suspect || strcmp(p->suspect, name))
		return 0;
	free(p->suspect);
	p->suspect = NULL;
	return p->tries;
}

/* After several starts without a commit: one input at a time, its name written down first. */
enum batch_result
inbox_run_singly(node_t *n, struct input *in)
{
	EngineRows__Trying t = ENGINE_ROWS__TRYING__INIT;
	char name[256];

	input_name(in, name, sizeof name);
	int tries = times_tried(&n->part[in->partition], name);
	if (tries >= TRIES_MAX)
		return isolate(n, in, "it ended the process that ran it");
	t.partition = in->partition;
	t.input = arena_printf(n->arena, "%d %s", tries + 1, name);
	enum store_error e = store_run(n->db, &engine_trying, &t, NULL, NULL, NULL);
	if (e)
		return e == STORE_LOST ? BATCH_AWAY : BATCH_TRANSIENT;
	return run(n, in, 1);
}

static bool
any_singly(const node_t *n)
{
	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->part[p].owned && n->part[p].singly)
			return true;
	return false;
}

/* A timer may have been moved by the one before it, as in run(): then all is put together anew. */
static enum batch_result
run_carefully(node_t *n, struct inbox *box)
{
	enum batch_result r = BATCH_DONE;

	for (size_t i = 0; i < box->all.n && r == BATCH_DONE; i++)
		r = i && box->all.at[i].kind == INPUT_TIMER ? BATCH_AGAIN : inbox_run_singly(n, &box->all.at[i]);
	for (int32_t p = 0; r == BATCH_DONE && p < PARTITIONS; p++)
		n->part[p].singly = false;
	return r;
}

/* A commit's outcome is unknown.  What has a key is run again and answers as it was; for the rest nobody can say.
 * Refusals changed nothing, whatever became of the commit. */
static void
outcome_unknown(node_t *n, struct inbox *box)
{
	Wire__Answer a = WIRE__ANSWER__INIT;

	a.status = 504;
	a.problem = problem_make(n->arena, a.status, "outcome.unknown", NULL,
				 "It may have been done; ask again with the same key.");
	for (size_t i = 0; i < box->all.n; i++) {
		struct input *in = &box->all.at[i];
		if (in->kind != INPUT_COMMAND || !in->answer || in->answer->status >= 300)
			continue;
		if (*in->command->key)
			in->group->unsure = true;
		else
			queue_answer(in->group, in->index, &a);
	}
	n->lost = true;
}

/* Some blocks, all of them deferrable, and room for more. */
static bool
only_deferrable_blocks(const node_t *n)
{
	bool any = false;

	for (size_t i = 0; i < n->nproducers; i++) {
		if (n->feed[i].blocks >= FEED_BLOCKS_MAX)
			return false;
		for (const struct block *k = n->feed[i].first; k; k = k->next, any = true)
			if (!k->deferrable)
				return false;
	}
	return any;
}

/* Nothing is to be done but to move cursors, and what has a little time. */
static bool
may_wait(node_t *n)
{
	if (n->queue.first || n->clock_news || !only_deferrable_blocks(n) || due_any(n)) {
		n->lingers_us = 0;
		return false;
	}
	if (!n->lingers_us)
		n->lingers_us = n->mono_us;
	if (n->mono_us < n->lingers_us + LINGER_MS * 1000)
		return true;
	n->lingers_us = 0;
	return false;
}

bool
inbox_run(node_t *n)
{
	struct inbox *box;

	if (may_wait(n))
		return false;
	arena_reset(n->arena);
	box = arena_alloc(n->arena, sizeof(*box));
	if (!due_take(n, &box->all, box->due)) {
		n->lost = true;
		return false;
	}
	for (size_t i = 0; i < n->nproducers; i++)
		n->feed[i].hurry = catch_up_hurries(n, i);
	take_events(n, box);
	take_commands(n, box);
	if (!box->all.n && !n->clock_news) {
		blocks_settle(n, true);
		return false;
	}
	enum batch_result r = any_singly(n) && box->all.n ? run_carefully(n, box) : run(n, box->all.at, box->all.n);
	blocks_settle(n, r == BATCH_DONE);
	switch (r) {
	case BATCH_DONE:
		n->clock_news = n->clock_news && n->set.manual_clock && box->all.n > 0;
		return true;
	case BATCH_TRANSIENT:
		metric_add(n->set.metrics, METRIC_RETRIES, 1);
		n->retry_us = n->mono_us + RETRY_MS * 1000;
		return false;
	case BATCH_AWAY:
		n->lost = true;
		return false;
	case BATCH_LOST:
		outcome_unknown(n, box);
		return false;
	default:
		return true;
	}
}
