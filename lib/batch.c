/* batch - loads what the inputs need, set-wise; runs the inputs one at a time in memory; commit.c writes it.
 *
 * Round trips: one or two to load (wants that depend on loaded rows), one to commit, whatever the batch holds. */
#include "civil.h"
#include "clock.h"
#include "json_pb.h"
#include "log.h"
#include "mirror.h"
#include "node_state.h"
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
bool batch_own(const struct batch *b) { return b->own_fact; }
const struct policy_book *batch_policies(struct batch *b) { return policies_of(b); }

const char *
batch_event_id(const struct batch *b)
{
	return b->own_fact ? b->own_event_id : b->now->event_id;
}

static size_t
table_index(const struct batch *b, const struct table *t)
{
	for (size_t i = 0; i < b->node->ntables; i++)
		if (b->node->tables[i].table == t)
			return i;
	assert(!"a table the service does not list");
	return 0;
}

bool
batch_has_table(const struct batch *b, const struct table *t)
{
	for (size_t i = 0; i < b->node->ntables; i++)
		if (b->node->tables[i].table == t)
			return true;
	return false;
}

void
batch_want(struct batch *b, const struct table *t, const void *key, int nprefix)
{
	size_t i = table_index(b, t);

	assert(b->wanting);
	if (!rows_want(&b->rows[i], key, nprefix))
		return;
	if (b->wants[i][nprefix].n == b->wants[i][nprefix].cap) {
		size_t cap = b->wants[i][nprefix].cap ? 2 * b->wants[i][nprefix].cap : 16;
		const void **keys = arena_alloc(b->arena, cap * sizeof *keys);
		memcpy(keys, b->wants[i][nprefix].keys ? b->wants[i][nprefix].keys : keys, b->wants[i][nprefix].n * sizeof *keys);
		b->wants[i][nprefix].keys = keys;
		b->wants[i][nprefix].cap = cap;
	}
	b->wants[i][nprefix].keys[b->wants[i][nprefix].n++] = arena_copy(b->arena, key, t->row->sizeof_message);
}

/* Whatever is to be written goes through the fence of its partition. */
static struct head_change *
touch(struct batch *b, int32_t partition)
{
	struct head_change *c = &b->part[partition];
	const struct partition *p = &b->node->part[partition];

	if (!c->touched) {
		c->touched = true;
		c->head = p->head;
		c->now_us = p->now_us;
	}
	return c;
}

const void *
batch_get(struct batch *b, const struct table *t, const void *key)
{
	struct rows *r = &b->rows[table_index(b, t)];

	assert(b->wanting || rows_wanted(r, key, t->nkey));
	return rows_get(r, key);
}

size_t
batch_list(struct batch *b, const struct table *t, const void *key, int nprefix, const void ***out)
{
	struct rows *r = &b->rows[table_index(b, t)];

	assert(b->wanting || rows_wanted(r, key, nprefix));
	return rows_list(r, key, nprefix, out);
}

void
batch_put(struct batch *b, const struct table *t, const void *row)
{
	struct rows *r = &b->rows[table_index(b, t)];

	assert(!b->wanting && (t->append_only || rows_wanted(r, row, t->nkey)));
	if (rows_put(r, row))
		touch(b, b->now->partition);
}

void
batch_drop(struct batch *b, const struct table *t, const void *key)
{
	struct rows *r = &b->rows[table_index(b, t)];

	assert(!b->wanting && rows_wanted(r, key, t->nkey));
	if (rows_drop(r, key))
		touch(b, b->now->partition);
}

/* ---- what runs may say */

int64_t
batch_next_seq(const struct batch *b)
{
	const struct head_change *c = &b->part[b->now->partition];
	return (c->touched ? c->head.seq : b->node->part[b->now->partition].head.seq) + 1;
}

const struct fact *
fact_of(const struct service *s, const char *type)
{
	for (size_t i = 0; i < s->nfacts; i++)
		if (!strcmp(s->facts[i].message->name, type))
			return &s->facts[i];
	return NULL;
}

/* Where the trail of a consequence begins: the event that was given, or what that one named. */
static const char *
root_cause(const struct input *in)
{
	return in->cause && *in->cause ? in->cause : in->event_id;
}

/* An event stands on what its source had read: consumers read it only after that (inbox.c), so nobody sees a consequence
 * before its cause, whichever way the two came. */
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
	struct head_change *c = touch(b, in->partition);
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
	feed_hash(&c->head, row->seq, row->type, row->body.data, row->body.len, row->hash.data);
	c->head.seq = row->seq;
	memcpy(c->head.hash, row->hash.data, SHA256_SIZE);
	c->head.hash_len = SHA256_SIZE;
	b->own_event_id = e.id;
	return row;
}

void
batch_emit(struct batch *b, const char *subject, const ProtobufCMessage *event)
{
	assert(!b->wanting && !b->own_fact);
	if (b->nemitted == b->emitted_cap) {
		size_t cap = b->emitted_cap ? 2 * b->emitted_cap : 256;
		const EngineRows__Logged **grown = arena_alloc(b->arena, cap * sizeof(*grown));
		if (b->nemitted)
			memcpy(grown, b->emitted, b->nemitted * sizeof(*grown));
		b->emitted = grown;
		b->emitted_cap = cap;
	}
	b->emitted[b->nemitted++] = event_number(b, subject, event);
	const struct fact *own = fact_of(b->node->svc, event->descriptor->name);
	if (own) {
		b->own_fact = true;
		own->run(b, event);
		b->own_fact = false;
	}
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
	touch(b, t.partition);
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
batch_chore(struct batch *b, const struct store_stmt *stmt, const void *args)
{
	const struct input *in = b->now;
	ProtobufCMessage *m = arena_copy(b->arena, args, stmt->args->sizeof_message);
	const char *cause = root_cause(in);

	fill(m, "partition", &in->partition, sizeof in->partition);
	fill(m, "cause", &cause, sizeof cause);
	fill(m, "trace", &in->trace, sizeof in->trace);
	fill(m, "at_us", &in->at_us, sizeof in->at_us);
	if (b->nchores == b->chores_cap) {
		size_t cap = b->chores_cap ? 2 * b->chores_cap : 8;
		struct chore *grown = arena_alloc(b->arena, cap * sizeof *grown);
		if (b->nchores)
			memcpy(grown, b->chores, b->nchores * sizeof *grown);
		b->chores = grown;
		b->chores_cap = cap;
	}
	b->chores[b->nchores++] = (struct chore){ stmt, m };
	touch(b, in->partition);
}

static void
answer_set(struct batch *b, int status, const ProtobufCMessage *answer, Wire__Problem *problem)
{
	struct input *in = (struct input *)b->now;

	assert(in->kind == INPUT_COMMAND && !in->answer);
	in->answer = arena_message(b->arena, &wire__answer__descriptor);
	in->answer->status = status;
	in->answer->problem = problem;
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
	answer_set(b, status, answer, NULL);
}

void
batch_refuse(struct batch *b, int status, const char *code, const char *pointer, const char *detail)
{
	answer_set(b, status, NULL, problem_make(b->arena, status, code, pointer, detail));
}

/* ---- wants */

static void
want_policies(struct batch *b, const struct input *in)
{
	MirrorRows__Policy key = MIRROR_ROWS__POLICY__INIT;

	key.district = (char *)in->district;
	batch_want(b, &mirror_policy, &key, 1);
}

static bool
publishes(const struct input *in)
{
	return in->fact && in->fact->message == &roster__policy_published__descriptor;
}

static void
want_one(struct batch *b, const struct input *in)
{
	b->now = in;
	if (policies_mirrored(b->node) && (!policies_cached(b->node, in->district) || publishes(in)))
		want_policies(b, in);
	if (in->order && in->order->want && in->m)
		in->order->want(b, in->m);
	if (in->fact && in->fact->want)
		in->fact->want(b, in->m);
	if (in->alarm && in->alarm->want)
		in->alarm->want(b, in->subject);
}

/* True when something is to be loaded. */
static bool
want_all(struct batch *b)
{
	bool more = false;

	b->wanting = true;
	for (size_t i = 0; i < b->ninputs; i++)
		if (!b->inputs[i].answer && !b->inputs[i].park)
			want_one(b, &b->inputs[i]);
	b->wanting = false;
	for (size_t t = 0; t < b->node->ntables; t++)
		for (int k = 1; k <= b->node->tables[t].table->nkey; k++)
			more = more || b->wants[t][k].n;
	return more;
}

static void
wants_queue(struct batch *b)
{
	for (size_t t = 0; t < b->node->ntables; t++)
		for (int k = 1; k <= b->node->tables[t].table->nkey; k++)
			if (b->wants[t][k].n)
				store_queue(b->node->db, &b->node->tables[t].load[k], b->wants[t][k].keys, b->wants[t][k].n);
}

/* In the order they were queued; `at` is the store's index of the first. */
static void
wants_read(struct batch *b, size_t at)
{
	for (size_t t = 0; t < b->node->ntables; t++)
		for (int k = 1; k <= b->node->tables[t].table->nkey; k++) {
			void **rows;
			if (!b->wants[t][k].n)
				continue;
			size_t n = store_rows(b->node->db, at++, b->arena, &rows);
			for (size_t i = 0; i < n; i++)
				rows_loaded(&b->rows[t], rows[i]);
			b->wants[t][k].n = 0;
		}
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

struct prelude { size_t looks, keys, districts; const void **look, **key, **district; bool looked[PARTITIONS]; };

/* Producers that must have been read first, and whose heads nobody has looked up for the group. */
static unsigned
to_look_up(const struct input *in)
{
	return in->kind == INPUT_COMMAND && in->order ? in->order->after & ~in->group->looked : 0;
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
	if (!district_known(n, in->district)) {
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

	if (b->node->set.manual_clock)
		store_queue(db, &engine_clock_now, NULL, 0);
	if (p->looks)
		store_queue(db, &engine_look, p->look, p->looks);
	if (p->keys)
		store_queue(db, &engine_answers_of, p->key, p->keys);
	if (p->districts)
		store_queue(db, &engine_districts, p->district, p->districts);
}

bool
is_producer(const node_t *n, const char *service, size_t *i)
{
	for (*i = 0; *i < n->nproducers; ++*i)
		if (!strcmp(n->svc->consumes[*i], service))
			return true;
	return false;
}

/* A group that lacks what a producer has already promised waits until we have read it (engine 8). */
static void
looks_read(struct batch *b, void **rows, size_t n)
{
	int64_t (*heads)[PRODUCERS_MAX] = arena_alloc(b->arena, PARTITIONS * sizeof(*heads));
	size_t producer;

	for (size_t k = 0; k < n; k++) {
		const EngineRows__Seen *s = rows[k];
		if (s->partition >= 0 && s->partition < PARTITIONS && is_producer(b->node, s->service, &producer))
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
			district_learn(n, ((const EngineRows__District *)rows[i])->district);
	}
	return true;
}

static enum batch_result
load(struct batch *b)
{
	struct prelude p = prelude_collect(b);
	bool more = want_all(b), first = true;

	for (int round = 0; first || more; round++) {
		size_t at = 0;
		assert(round < WANT_ROUNDS_MAX);
		if (first)
			prelude_queue(b, &p);
		wants_queue(b);
		enum store_error e = store_sync(b->node->db);
		if (e)
			return result_of(e);
		if (first && !prelude_read(b, &p, &at))
			return BATCH_AGAIN;
		wants_read(b, at);
		first = false;
		more = want_all(b);
	}
	return BATCH_DONE;
}

/* ---- the fold */

/* Events of this batch that came before it count as read. */
static bool
must_wait(struct batch *b, const struct input *in)
{
	const struct head_change *c = &b->part[in->partition];
	const struct partition *p = &b->node->part[in->partition];

	if (!in->order || !in->order->after)
		return false;
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

/* True when the key answers by itself: as it was answered then, or refused for other content.  The first of two commands
 * with one key in the same batch serves the second. */
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
	touch(b, in->partition);
}

static void
run_founding(struct batch *b, const struct input *in)
{
	EngineRows__District *d = arena_message(b->arena, &engine_rows__district__descriptor);

	if (in->answer->status >= 300 || district_known(b->node, in->district))
		return;
	for (size_t i = 0; i < b->nopened; i++)
		if (!strcmp(b->opened[i]->district, in->district))
			return;
	d->district = (char *)in->district;
	d->partition = in->partition;
	d->opened_us = in->at_us;
	b->opened[b->nopened++] = d;
	touch(b, in->partition);
}

static bool
founded_here(const struct batch *b, const char *district)
{
	for (size_t i = 0; i < b->nopened; i++)
		if (!strcmp(b->opened[i]->district, district))
			return true;
	return false;
}

static void
run_command(struct batch *b, struct input *in)
{
	size_t before = b->nemitted;

	if (run_key(b, in))
		return;
	if (!in->order)
		batch_refuse(b, 404, "route.unknown", NULL, "No such order.");
	else if (!in->order->founding && !district_known(b->node, in->district) && !founded_here(b, in->district))
		batch_refuse(b, 404, "district.unknown", NULL, "No such district.");
	else if (!in->m)
		batch_refuse(b, 422, "message.malformed", NULL, "The order cannot be read.");
	else if (in->order->exists && !in->order->exists(b, in->m))
		batch_refuse(b, 404, "resource.unknown", NULL, "Nothing has this id.");
	else if (in->command->refusal)
		answer_set(b, in->command->refusal->status, NULL, in->command->refusal);
	else
		in->order->run(b, in->m);
	assert(in->answer && (in->answer->status < 300 || b->nemitted == before));
	if (in->order && in->order->founding)
		run_founding(b, in);
	remember_key(b, in);
}

static void
run_event(struct batch *b, struct input *in)
{
	struct head_change *c = touch(b, in->partition);

	c->cursor_moved[in->producer] = true;
	c->cursor[in->producer].seq = in->logged->seq;
	memcpy(c->cursor[in->producer].hash, in->logged->hash.data, SHA256_SIZE);
	c->cursor[in->producer].hash_len = SHA256_SIZE;
	if (in->fact && !in->park)
		in->fact->run(b, in->m);
}

/* An earlier input of the batch has set it anew or removed it: what was due is so no more. */
static bool
timer_moved(const struct batch *b, const EngineRows__Timer *t)
{
	const EngineRows__Timer *now = rows_get(&b->timers, t);
	return now && now->due_us != t->due_us;
}

static void
run_one(struct batch *b, struct input *in)
{
	b->now = in;
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
		if (timer_moved(b, in->row))
			return;
		batch_timer(b, ((const EngineRows__Timer *)in->row)->kind, in->subject, 0);
		/* fall through */
	case INPUT_WORK:
		touch(b, in->partition);
		if (in->alarm)
			in->alarm->run(b, in->subject);
		return;
	}
}

_Static_assert(2 * DUE_MAX + FETCH_ITEMS_MAX <= EVENTS_UNTIL && EVENTS_UNTIL < BATCH_INPUTS_MAX, "everybody finds room in a batch");

static void
batch_open(struct batch *b, node_t *n, struct input *inputs, size_t count)
{
	static const struct table timers = { .name = "engine.timer", .row = &engine_rows__timer__descriptor, .nkey = 4 };
	static const struct table answers = { .name = "engine.answer", .row = &engine_rows__answer__descriptor, .nkey = 3 };

	*b = (struct batch){ .node = n, .arena = n->arena, .inputs = inputs, .ninputs = count };
	for (size_t i = 0; i < n->ntables; i++)
		rows_open(&b->rows[i], n->tables[i].table, b->arena);
	rows_open(&b->timers, &timers, b->arena);
	rows_open(&b->answers, &answers, b->arena);
	b->opened = arena_alloc(b->arena, (count + 1) * sizeof(void *));
	for (size_t i = 0; i < count; i++) {
		struct input *in = &inputs[i];
		in->answer = NULL;
		if (in->fact && !in->park && held_is(&n->part[in->partition], in->district, in->subject))
			in->park = "waits behind an earlier input of its subject";
	}
}

/* Orders happen at the latest instant this owner knows of: time never goes back, not across owners either. */
static void
batch_date(struct batch *b)
{
	b->now_us = own_now_us(b->node);
	for (size_t i = 0; i < b->ninputs; i++) {
		struct input *in = &b->inputs[i];
		int64_t floor_us = b->node->part[in->partition].now_us;
		if (in->kind == INPUT_COMMAND)
			in->at_us = b->now_us > floor_us ? b->now_us : floor_us;
	}
}

enum batch_result
batch_run(node_t *n, struct input *inputs, size_t count)
{
	struct batch *b = arena_alloc(n->arena, sizeof *b);
	int64_t trips = store_round_trips(n->db), began_us = clock_mono_us();

	policies_make_room(n);
	batch_open(b, n, inputs, count);
	enum batch_result r = load(b);
	if (r)
		return r;
	batch_date(b);
	for (size_t i = 0; i < count; i++)
		run_one(b, &inputs[i]);
	for (int32_t p = 0; n->clock_news && p < PARTITIONS; p++)
		if (n->part[p].owned && n->part[p].now_us < b->now_us)
			touch(b, p);
	r = batch_commit(b);
	if (r == BATCH_DONE) {
		metric_add(n->set.metrics, METRIC_BATCHES, 1);
		metric_add(n->set.metrics, METRIC_BATCH_US, clock_mono_us() - began_us);
		metric_add(n->set.metrics, METRIC_BATCH_INPUTS, (int64_t)count);
		metric_max(n->set.metrics, METRIC_BATCH_INPUTS_MAX, (int64_t)count);
		metric_add(n->set.metrics, METRIC_ROUND_TRIPS, store_round_trips(n->db) - trips);
		metric_max(n->set.metrics, METRIC_ROUND_TRIPS_MAX, store_round_trips(n->db) - trips);
	}
	return r;
}
