/* handler - what handlers may ask and say (service.h): rows of the batch, events, timers, jobs, answers.
 *
 * Nothing is sent or written here: what is said stands in the batch until commit.c writes it. */
#include "base/civil.h"
#include "json/json_pb.h"
#include "engine/batch.h"
#include "engine/node_state.h"
#include <assert.h>
#include <string.h>

/* ---- what wants and runs may ask */

arena_t *batch_arena(struct batch *b) { return b->arena; }
const char *batch_district(const struct batch *b) { return b->now->district; }
const char *batch_account(const struct batch *b) { return b->now->account; }
const Wire__Actor *batch_actor(const struct batch *b) { return b->now->command ? b->now->command->actor : NULL; }
int64_t batch_at_us(const struct batch *b) { return b->now->at_us; }
int32_t batch_today(const struct batch *b) { return day_of_instant(b->now->at_us); }
const char *batch_cause(const struct batch *b) { return b->now->cause; }
const char *batch_trace(const struct batch *b) { return b->now->trace; }
bool batch_own(const struct batch *b) { return b->own_event; }
const void *batch_with(const struct batch *b) { return b->now->as_command->with; }
const void *batch_command(const struct batch *b) { return b->now->m; }
struct span batch_span(const struct batch *b) { return b->now->span; }

const char *
batch_event_id(const struct batch *b)
{
	return b->own_event ? b->own_event_id : b->now->event_id;
}

int64_t
batch_read_to(const struct batch *b, size_t producer)
{
	const struct head_change *c = &b->part[b->now->partition];

	return c->touched && c->cursor_moved[producer] ? c->cursor[producer].seq
						       : b->node->part[b->now->partition].cursor[producer].seq;
}

static size_t
table_index(const struct batch *b, const struct table *t)
{
	for (size_t i = 0; i < b->node->ntables; i++)
		if (b->node->tables[i] == t)
			return i;
	assert(!"a table the service does not list");
	return 0;
}

const struct owners *
batch_owners(const struct batch *b)
{
	return b->node->svc->owners;
}

bool
batch_has_table(const struct batch *b, const struct table *t)
{
	for (size_t i = 0; i < b->node->ntables; i++)
		if (b->node->tables[i] == t)
			return true;
	return false;
}

/* In a replay own tables are nobody's: what stands in them is in no event. */
static bool
nobodys(const struct batch *b, size_t table)
{
	return b->node->replay && b->node->own_table[table];
}

void
batch_want(struct batch *b, const struct table *t, const void *key, int nprefix)
{
	size_t i = table_index(b, t);

	assert(b->wanting);
	if (nobodys(b, i) || !rows_want(&b->rows[i], key, nprefix))
		return;
	if (b->wants[i][nprefix].n == b->wants[i][nprefix].cap) {
		size_t cap = b->wants[i][nprefix].cap ? 2 * b->wants[i][nprefix].cap : 16;
		const void **keys = arena_alloc(b->arena, cap * sizeof *keys);
		memcpy(keys, b->wants[i][nprefix].keys ? b->wants[i][nprefix].keys : keys,
		       b->wants[i][nprefix].n * sizeof *keys);
		b->wants[i][nprefix].keys = keys;
		b->wants[i][nprefix].cap = cap;
	}
	b->wants[i][nprefix].keys[b->wants[i][nprefix].n++] = arena_copy(b->arena, key, t->row->sizeof_message);
}

void
batch_keep(struct batch *b, void *made)
{
	b->inputs[b->now - b->inputs].kept = made;
}

void *
batch_kept(struct batch *b)
{
	return b->now->kept;
}

enum { MARK_KEYS = 2 };                 /* the district and what it is of */

static uint32_t
mark_of(const struct batch *b, size_t table, const void *key, int nprefix)
{
	uint32_t hash = rows_hash(&b->rows[table], key, nprefix < MARK_KEYS ? nprefix : MARK_KEYS);
	return (hash + (uint32_t)table * 0x9e3779b1u) % CHANGED_BITS;
}

static void
look_noted(struct batch *b, size_t table, const void *key, int nprefix)
{
	struct input *in = &b->inputs[b->now - b->inputs];
	struct want_mark *l = arena_alloc(b->arena, sizeof *l);

	*l = (struct want_mark){ in->looks, mark_of(b, table, key, nprefix) };
	in->looks = l;
}

/* What is read must have been wanted; a replay runs handlers of events whose commands did the wanting, so it loads
 * what they lack. */
static void
need(struct batch *b, size_t table, const void *key, int nprefix)
{
	if (b->wanting) {
		look_noted(b, table, key, nprefix);
		return;
	}
	if (rows_wanted(&b->rows[table], key, nprefix))
		return;
	assert(b->node->replay);
	b->node->replay->need(b, table, key, nprefix);
}

const void *
batch_get(struct batch *b, const struct table *t, const void *key)
{
	size_t i = table_index(b, t);

	need(b, i, key, t->nkey);
	return rows_get(&b->rows[i], key);
}

size_t
batch_list(struct batch *b, const struct table *t, const void *key, int nprefix, const void ***out)
{
	size_t i = table_index(b, t);

	need(b, i, key, nprefix);
	return rows_list(&b->rows[i], key, nprefix, out);
}

static void
wrote(struct batch *b, size_t table, const void *key)
{
	for (int n = 1; n <= MARK_KEYS && n <= b->rows[table].table->nkey; n++) {
		uint32_t mark = mark_of(b, table, key, n);
		b->changed[mark / 64] |= UINT64_C(1) << mark % 64;
	}
	batch_touch(b, b->now->partition);
	b->wrote = b->wrote || (!b->own_event && !b->node->own_table[table]);
}

void
batch_put(struct batch *b, const struct table *t, const void *row)
{
	size_t i = table_index(b, t);

	batch_keep_alive(b);
	assert(!b->wanting);
	if (nobodys(b, i))
		return;
	if (!t->append_only)
		need(b, i, row, t->nkey);
	if (rows_put(&b->rows[i], row))
		wrote(b, i, row);
}

void
batch_drop(struct batch *b, const struct table *t, const void *key)
{
	size_t i = table_index(b, t);

	assert(!b->wanting);
	if (nobodys(b, i))
		return;
	need(b, i, key, t->nkey);
	if (rows_drop(&b->rows[i], key))
		wrote(b, i, key);
}

/* ---- what runs may say */

int64_t
batch_next_seq(const struct batch *b)
{
	const struct head_change *c = &b->part[b->now->partition];
	return (c->touched ? c->head.seq : b->node->part[b->now->partition].head.seq) + 1;
}

/* Where the trail of a consequence begins: the event that was given, or what that one named. */
static const char *
root_cause(const struct input *in)
{
	return in->cause && *in->cause ? in->cause : in->event_id;
}

/* An event stands on what its source had read: consumers read it only after that (inbox.c), so nobody sees a
 * consequence before its cause, whichever way the two came. */
static void
stand_on(struct batch *b, const struct head_change *c, Wire__Event *e)
{
	const node_t *n = b->node;

	e->after = arena_alloc(b->arena, (n->nproducers + 1) * sizeof(*e->after));
	for (size_t i = 0; i < n->nproducers; i++) {
		int64_t seq = c->cursor_moved[i] ? c->cursor[i].seq : n->part[b->now->partition].cursor[i].seq;
		if (!seq)
			continue;
		Wire__Seen *s = e->after[e->n_after++] = arena_message(b->arena, &wire__seen__descriptor);
		s->producer = (char *)n->svc->consumes[i];
		s->seq = seq;
	}
}

static const EngineRows__Logged *
event_number(struct batch *b, const char *subject, const ProtobufCMessage *event)
{
	const struct input *in = b->now;
	struct head_change *c = batch_touch(b, in->partition);
	Wire__Event e = WIRE__EVENT__INIT;
	EngineRows__Logged *row = arena_message(b->arena, &engine_rows__logged__descriptor);

	e.data.len = protobuf_c_message_get_packed_size(event);
	e.data.data = arena_alloc(b->arena, e.data.len + 1);
	protobuf_c_message_pack(event, e.data.data);
	e.id = arena_printf(b->arena, "%s/%d/%lld", b->node->svc->name, in->partition, (long long)c->head.seq + 1);
	e.source = (char *)b->node->svc->name;
	e.type = (char *)event->descriptor->name;
	e.district = (char *)in->district;
	e.subject = (char *)subject;
	e.at_us = in->at_us;
	e.trace = (char *)in->trace;
	e.cause = (char *)root_cause(in);
	stand_on(b, c, &e);
	row->body.len = wire__event__get_packed_size(&e);
	row->body.data = arena_alloc(b->arena, row->body.len + 1);
	wire__event__pack(&e, row->body.data);
	row->partition = in->partition;
	row->seq = c->head.seq + 1;
	row->type = e.type;
	row->district = e.district;
	row->at_us = e.at_us;
	row->hash.len = SHA256_SIZE;
	row->hash.data = arena_alloc(b->arena, SHA256_SIZE);
	chain_hash(&c->head, row->seq, row->type, row->body.data, row->body.len, row->hash.data);
	c->head.seq = row->seq;
	memcpy(c->head.hash, row->hash.data, SHA256_SIZE);
	c->head.hash_len = SHA256_SIZE;
	b->own_event_id = e.id;
	return row;
}

void
batch_emit(struct batch *b, const char *subject, const ProtobufCMessage *event)
{
	batch_keep_alive(b);
	assert(!b->wanting && !b->own_event);
	if (b->node->replay) {
		b->node->replay->emit(b, subject, event);
		return;
	}
	if (b->nemitted == b->emitted_cap) {
		size_t cap = b->emitted_cap ? 2 * b->emitted_cap : 256;
		const EngineRows__Logged **grown = arena_alloc(b->arena, cap * sizeof(*grown));
		if (b->nemitted)
			memcpy(grown, b->emitted, b->nemitted * sizeof(*grown));
		b->emitted = grown;
		b->emitted_cap = cap;
	}
	b->emitted[b->nemitted++] = event_number(b, subject, event);
	const struct event_handler *own = service_event(b->node->svc, event->descriptor->name);
	if (own) {
		b->own_event = true;
		own->run(b, event);
		b->own_event = false;
	}
}

bool
batch_replays(const struct batch *b)
{
	return b->node->replay != NULL;
}

const void *
batch_logged(const struct batch *b, const ProtobufCMessageDescriptor *event, size_t i)
{
	return b->node->replay->said(b->node->replay, event, i);
}

void
batch_timer(struct batch *b, const char *kind, const char *subject, int64_t due_us)
{
	EngineRows__Timer t = ENGINE_ROWS__TIMER__INIT;

	t.partition = b->now->partition;
	t.district = (char *)b->now->district;
	t.kind = arena_strdup(b->arena, kind);
	t.subject = arena_strdup(b->arena, subject);
	t.due_us = due_us;
	rows_put(&b->timers, &t);
	struct head_change *c = batch_touch(b, t.partition);
	if (due_us && due_us < c->timer_put_us)
		c->timer_put_us = due_us;
}

/* Sets a field of the engine's choosing in a statement's arguments, when the message has one of that name. */
static void
fill(ProtobufCMessage *m, const char *name, const void *value, size_t size)
{
	const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);
	if (f)
		memcpy((char *)m + f->offset, value, size);
}

void
batch_job(struct batch *b, const struct store_stmt *stmt, const void *args)
{
	const struct input *in = b->now;
	if (b->node->replay)
		return;
	ProtobufCMessage *m = arena_copy(b->arena, args, stmt->args->sizeof_message);
	const char *cause = root_cause(in);

	fill(m, "partition", &in->partition, sizeof in->partition);
	fill(m, "cause", &cause, sizeof cause);
	fill(m, "trace", &in->trace, sizeof in->trace);
	fill(m, "at_us", &in->at_us, sizeof in->at_us);
	if (b->njobs == b->jobs_cap) {
		size_t cap = b->jobs_cap ? 2 * b->jobs_cap : 8;
		struct queued_job *grown = arena_alloc(b->arena, cap * sizeof *grown);
		if (b->njobs)
			memcpy(grown, b->jobs, b->njobs * sizeof *grown);
		b->jobs = grown;
		b->jobs_cap = cap;
	}
	b->jobs[b->njobs++] = (struct queued_job){ stmt, m, in->district };
	batch_touch(b, in->partition);
}

void
batch_go_on(struct batch *b, int64_t from)
{
	struct input *in = &b->inputs[b->now - b->inputs];

	assert(in->kind == INPUT_JOB && !in->goes_on && from > in->span.from && from < in->span.until);
	in->goes_on = true;
	in->span.from = from;
}

/* ---- trying */

static void
rows_all(struct batch *b, void (*call)(struct rows *r))
{
	for (size_t i = 0; i < b->node->ntables; i++)
		call(&b->rows[i]);
	call(&b->timers);
}

void
batch_try(struct batch *b)
{
	assert(!b->wanting && !b->own_event && !b->tried.open);
	b->tried.open = true;
	b->tried.head = b->part[b->now->partition];
	b->tried.nemitted = b->nemitted;
	b->tried.njobs = b->njobs;
	rows_all(b, rows_try);
}

void
batch_undo(struct batch *b)
{
	assert(b->tried.open);
	rows_all(b, rows_undo);
	b->part[b->now->partition] = b->tried.head;
	b->nemitted = b->tried.nemitted;
	b->njobs = b->tried.njobs;
	b->tried.open = false;
}

void
batch_stand(struct batch *b)
{
	assert(b->tried.open);
	rows_all(b, rows_stand);
	b->tried.open = false;
}

/* ---- answers */

void
handler_answer(struct batch *b, int status, const ProtobufCMessage *answer, Wire__Problem *problem)
{
	struct input *in = (struct input *)b->now;

	assert(in->kind == INPUT_COMMAND && !in->answer);
	in->answer = arena_message(b->arena, &wire__answer__descriptor);
	in->answer->status = status;
	in->answer->problem = problem;
	in->said = answer ? answer->descriptor : NULL;
	if (answer) {
		in->answer->data.len = protobuf_c_message_get_packed_size(answer);
		in->answer->data.data = arena_alloc(b->arena, in->answer->data.len + 1);
		protobuf_c_message_pack(answer, in->answer->data.data);
	}
}

void
batch_answer(struct batch *b, int status, const ProtobufCMessage *answer)
{
	assert(status >= 200 && status < 300);
	handler_answer(b, status, answer, NULL);
}

void
batch_refuse(struct batch *b, int status, const char *code, const char *pointer, const char *detail)
{
	handler_answer(b, status, NULL, problem_make(b->arena, status, code, pointer, detail));
}

void
batch_retry_after(struct batch *b, int64_t wait_us)
{
	b->now->answer->problem->retry_after_s = problem_retry_s(wait_us);
}
