/* replay - see replay.h.
 *
 * Where things are is said by two numbers: how many events of others have been read (read), and how many own ones
 * have been said.  At (read, own) comes what the journal notes there (engine.ran), else the next own event if it
 * stands on just so many, else the next event of the producer that it names (engine.turn).  A list of such inputs is
 * loaded for, folded and written as a batch. */
#include "engine/replay.h"
#include "base/log.h"
#include "engine/batch.h"
#include "engine/books.h"
#include "engine/node_state.h"
#include "engine/producers.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIST_INPUTS = 512, LIST_BYTES = 2 << 20,        /* a batch ends when it may, after so much */
	SAID_BY_ONE = 2048,                             /* more own events in a row than one input says */
	PAGE_EVENTS = 500, PAGE_BYTES = 1 << 20, PAGE_ARENA_MAX = 64 << 20, NOTES_PAGE = 1000, WAIT_MS = 600 * 1000,
};

/* Rows in order, a page at a time; `after` is the number of the last one taken. */
struct pages {
	const char *service;                            /* of a log; NULL: notes */
	const struct store_stmt *stmt;
	arena_t *page; void **rows; size_t n, i;
	int64_t after; bool ended;
};

struct aside { int producer; int64_t seq; };            /* an event that did not run in its turn */

struct replay {
	struct replayer calls;                          /* first: the node knows it by these */
	node_t *node;
	int32_t partition;
	struct pages own, producer[PRODUCERS_MAX], turns, notes;
	int64_t read, read_end, own_seq, own_end;
	int reading;
	struct aside *aside; size_t naside;
	struct input *list; size_t nlist, at, bytes;    /* at: of the list, the one being run */
	size_t said;                                    /* own events at the end of the list */
	/* lists of more wanted too much lately; whole: it cannot be shorter */
	size_t list_max; bool whole;
	enum input_kind last;                           /* of the last that is no own event */
	struct replayed counted;
	char why[300];
};

/* ---- notes and logs */

static const struct store_stmt turns_after = {
	.name = "replay_turns",
	.text = "select partition, turn, producer from engine.turn"
	        " where consumer = $1 and partition = $2 and turn > $3 order by turn limit $4::integer",
	.params = { "service", "partition", "after", "limit" }, .nparams = 4,
	.args = &engine_rows__notes_after__descriptor, .row = &engine_rows__journal_turn__descriptor,
};
static const struct store_stmt notes_after = {
	.name = "replay_notes",
	.text = "select partition, turn, own_seq, kind, name, seq, district, subject, cause, trace, at_us, place,"
	        " span_from, span_until from engine.ran"
	        " where service = $1 and partition = $2 and place > $3 order by place limit $4::integer",
	.params = { "service", "partition", "after", "limit" }, .nparams = 4,
	.args = &engine_rows__notes_after__descriptor, .row = &engine_rows__journal_note__descriptor,
};
static const struct store_stmt aside_of = {
	.name = "replay_aside",
	.text = "select producer, seq from engine.parked where service = $1 and partition = $2"
	        " union select name, seq from engine.ran where service = $1 and partition = $2 and kind = 'retry'"
	        " order by producer, seq",
	.params = { "service", "partition" }, .nparams = 2,
	.args = &engine_rows__notes_after__descriptor, .row = &engine_rows__cursor__descriptor,
};
static const struct store_stmt head_of = {
	.name = "replay_head",
	.text = "select partition, seq from engine.head where service = $1 and partition = $2",
	.params = { "service", "partition" }, .nparams = 2,
	.args = &engine_rows__notes_after__descriptor, .row = &engine_rows__seen__descriptor,
};

static void
fault(struct replay *r, const char *format, ...)
{
	va_list args;

	if (*r->why)
		return;
	va_start(args, format);
	vsnprintf(r->why, sizeof r->why, format, args);
	va_end(args);
}

static void
search(struct replay *r, const char *schema)
{
	char text[80];

	snprintf(text, sizeof text, "set local search_path = %s", schema);
	store_text(r->node->db, text);
}

static const void *
page_args(const struct replay *r, const struct pages *s)
{
	if (s->service) {
		EngineRows__Positions *p = arena_message(s->page, &engine_rows__positions__descriptor);
		*p = (EngineRows__Positions){
			.base = p->base, .partition = r->partition, .seq = s->after, .limit = PAGE_EVENTS,
			.bytes = PAGE_BYTES,
		};
		return p;
	}
	EngineRows__NotesAfter *k = arena_message(s->page, &engine_rows__notes_after__descriptor);
	*k = (EngineRows__NotesAfter){
		.base = k->base, .service = (char *)r->node->svc->name, .partition = r->partition, .after = s->after,
		.limit = NOTES_PAGE,
	};
	return k;
}

static void
page_next(struct replay *r, struct pages *s)
{
	arena_reset(s->page);
	const void *args = page_args(r, s);
	if (s->service)
		search(r, s->service);
	store_queue(r->node->db, s->stmt, &args, 1);
	if (s->service)
		search(r, r->node->svc->name);
	s->n = s->i = 0;
	s->ended = true;
	if (store_sync(r->node->db)) {
		fault(r, "the database went away");
		return;
	}
	s->n = store_rows(r->node->db, 0, s->page, &s->rows);
	s->ended = !s->n;
}

/* The next row, still there; NULL: no more. */
static const void *
peek(struct replay *r, struct pages *s)
{
	if (s->i == s->n && !s->ended)
		page_next(r, s);
	return s->i < s->n ? s->rows[s->i] : NULL;
}

static void
took(struct pages *s, int64_t number)
{
	s->i++;
	s->after = number;
}

/* Into the batch's memory: the page may go before the batch. */
static Wire__Logged *
logged(struct replay *r, const EngineRows__Logged *e)
{
	arena_t *a = r->node->arena;
	Wire__Logged *l = arena_message(a, &wire__logged__descriptor);

	l->partition = e->partition;
	l->seq = e->seq;
	l->type = arena_strdup(a, e->type);
	l->body.len = e->body.len;
	l->body.data = arena_copy(a, e->body.data, e->body.len);
	return l;
}

/* ---- the list: what comes next */

static struct input *
list_add_input(struct replay *r, enum input_kind kind)
{
	struct input *in = &r->list[r->nlist++];

	*in = input_of(kind, r->partition);
	r->said = kind == INPUT_OWN ? r->said + 1 : 0;
	r->last = kind == INPUT_OWN ? r->last : kind;
	return in;
}

static void
add_event(struct replay *r, enum input_kind kind, int producer, const EngineRows__Logged *e)
{
	struct input *in = list_add_input(r, kind);
	const Wire__Logged *l = logged(r, e);

	input_of_event(r->node, in, producer, l,
		       wire__event__unpack(arena_pb(r->node->arena), l->body.len, l->body.data));
	r->bytes += l->body.len;
}

/* How many events of others it stands on. */
static int64_t
stands_on(struct replay *r, const EngineRows__Logged *e)
{
	const Wire__Event *w = wire__event__unpack(arena_pb(r->node->arena), e->body.len, e->body.data);
	int64_t n = 0;

	if (!w)
		fault(r, "own event %lld cannot be read", (long long)e->seq);
	for (size_t i = 0; w && i < w->n_after; i++)
		n += w->after[i]->seq;
	return n;
}

static bool
is_aside(const struct replay *r, int producer, int64_t seq)
{
	for (size_t i = 0; i < r->naside; i++)
		if (r->aside[i].producer == producer && r->aside[i].seq == seq)
			return true;
	return false;
}

/* An event of a producer, wherever it is. */
static const EngineRows__Logged *
event_of(struct replay *r, int producer, int64_t seq)
{
	EngineRows__Positions *p = arena_message(r->node->arena, &engine_rows__positions__descriptor);
	const void *args = p;
	void **rows;

	*p = (EngineRows__Positions){
		.base = p->base, .partition = r->partition, .seq = seq - 1, .limit = 1, .bytes = PAGE_BYTES,
	};
	search(r, r->node->svc->consumes[producer]);
	store_queue(r->node->db, &engine_events_after, &args, 1);
	search(r, r->node->svc->name);
	if (!store_sync(r->node->db) && store_rows(r->node->db, 0, r->node->arena, &rows) &&
	    ((const EngineRows__Logged *)rows[0])->seq == seq)
		return rows[0];
	fault(r, "event %lld of %s is missing", (long long)seq, r->node->svc->consumes[producer]);
	return NULL;
}

static void
add_note(struct replay *r, const EngineRows__JournalNote *k)
{
	const struct service *s = r->node->svc;
	bool timer = !strcmp(k->kind, "timer");
	arena_t *a = r->node->arena;
	size_t producer;

	if (!strcmp(k->kind, "retry")) {
		const EngineRows__Logged *e =
			producer_of(r->node, k->name, &producer) ? event_of(r, (int)producer, k->seq) : NULL;
		if (e)
			add_event(r, INPUT_RETRY, (int)producer, e);
		return;
	}
	struct input *in = list_add_input(r, timer ? INPUT_TIMER : INPUT_JOB);
	if (timer)
		in->as_timer = service_timer(s, k->name);
	else
		in->as_job = service_job(s, k->name);
	in->district = arena_strdup(a, k->district);
	in->subject = arena_strdup(a, k->subject);
	in->cause = arena_strdup(a, k->cause);
	in->trace = arena_strdup(a, k->trace);
	in->at_us = k->at_us;
	in->span = (struct span){ k->span_from, k->span_until };
	if (!in->as_timer && !in->as_job)
		fault(r, "no %s is called %s here", k->kind, k->name);
}

static void
add_turn(struct replay *r)
{
	const EngineRows__JournalTurn *t = peek(r, &r->turns);
	size_t producer;

	if (t && t->turn == r->read) {
		took(&r->turns, t->turn);
		r->reading = producer_of(r->node, t->producer, &producer) ? (int)producer : -1;
	}
	if (r->reading < 0) {
		fault(r, "nobody noted in what order the events after %lld were read", (long long)r->read);
		return;
	}
	struct pages *s = &r->producer[r->reading];
	const EngineRows__Logged *e = peek(r, s);
	if (!e || e->seq != s->after + 1) {
		fault(r, "event %lld of %s is missing", (long long)s->after + 1, s->service);
		return;
	}
	add_event(r, INPUT_EVENT, r->reading, e);
	if (is_aside(r, r->reading, e->seq))
		r->list[r->nlist - 1].park = "not in its turn";
	took(s, e->seq);
	r->read++;
}

/* False: there is nothing more, or a fault. */
static bool
list_next(struct replay *r)
{
	const EngineRows__JournalNote *k = peek(r, &r->notes);
	const EngineRows__Logged *e = r->own_seq < r->own_end ? peek(r, &r->own) : NULL;

	if (*r->why)
		return false;
	if (k && k->turn == r->read && k->own_seq == r->own_seq) {
		add_note(r, k);
		took(&r->notes, k->place);
	} else if (e && stands_on(r, e) == r->read) {
		if (e->seq != r->own_seq + 1)
			fault(r, "own event %lld is missing", (long long)r->own_seq + 1);
		add_event(r, INPUT_OWN, -1, e);
		took(&r->own, e->seq);
		r->own_seq++;
	} else if (r->read < r->read_end) {
		add_turn(r);
	} else if (e || k) {
		fault(r, "%s %lld does not fit the order that was noted", e ? "own event" : "a note at own event",
		      (long long)(e ? e->seq : k->own_seq));
	} else {
		return false;
	}
	return !*r->why;
}

/* What an input says must be in the same list; commands, which are not replayed, have no event as their cause. */
static bool
may_end(struct replay *r)
{
	const EngineRows__Logged *e = r->own_seq < r->own_end ? peek(r, &r->own) : NULL;

	if (!e || stands_on(r, e) != r->read || r->said >= SAID_BY_ONE)
		return true;
	const struct input *last = &r->list[r->nlist - 1];
	return last->kind == INPUT_OWN && !*last->cause && r->last != INPUT_TIMER;
}

/* ---- running */

static struct replay *
replay_of(const struct batch *b)
{
	return (struct replay *)b->node->replay;
}

static void
replay_need(struct batch *b, size_t table, const void *key, int nprefix)
{
	node_t *n = b->node;
	void **rows;

	/* an event handler reads what only commands write: it could not be rebuilt, and is a bug */
	assert(!n->own_table[table]);
	rows_want(&b->rows[table], key, nprefix);
	store_queue(n->db, &n->sql[table].load[nprefix], &key, 1);
	if (store_sync(n->db)) {
		fault(replay_of(b), "the database went away");
		return;
	}
	size_t count = store_rows(n->db, 0, b->arena, &rows);
	for (size_t i = 0; i < count; i++)
		rows_loaded(&b->rows[table], rows[i]);
}

/* Our own handler of an event, as it stands in the log, while `b->now` is whoever said it. */
static void
apply(struct batch *b, struct input *own)
{
	struct head_change *c = batch_touch(b, own->partition);

	own->told = true;
	c->head.seq = own->logged->seq;
	b->own_event_id = own->event_id;
	if (!own->as_event)
		return;
	b->own_event = true;
	own->as_event->run(b, own->m);
	b->own_event = false;
}

static const char *
cause_of(const struct input *in)
{
	return *in->cause ? in->cause : in->event_id;
}

/* The own event that was said here: the next of the list, unless something else comes before it. */
static struct input *
said_here(const struct replay *r)
{
	size_t i = r->at + 1;

	while (i < r->nlist && r->list[i].kind == INPUT_OWN && r->list[i].told)
		i++;
	return i < r->nlist && r->list[i].kind == INPUT_OWN ? &r->list[i] : NULL;
}

static const ProtobufCMessage *
replay_said(const struct replayer *calls, const ProtobufCMessageDescriptor *event, size_t i)
{
	const struct replay *r = (const struct replay *)calls;

	for (size_t k = r->at + 1; k < r->nlist && r->list[k].kind == INPUT_OWN; k++) {
		const ProtobufCMessage *m = r->list[k].m;
		if (m && m->descriptor == event && i-- == 0)
			return m;
	}
	return NULL;
}

static void
replay_emit(struct batch *b, const char *subject, const ProtobufCMessage *event)
{
	struct replay *r = replay_of(b);
	struct input *own = said_here(r);

	if (!own || strcmp(own->logged->type, event->descriptor->name) || strcmp(own->subject, subject) ||
	    strcmp(own->cause, cause_of(b->now)) || own->at_us != b->now->at_us) {
		r->counted.otherwise++;
		return;
	}
	r->counted.otherwise += own->m && !message_equal(own->m, event);
	apply(b, own);
}

static void
run_input(struct batch *b, struct input *in)
{
	struct head_change *c = batch_touch(b, in->partition);

	b->now = in;
	if (in->kind == INPUT_OWN && !in->told)
		apply(b, in);
	else if (in->kind == INPUT_EVENT) {
		c->cursor_moved[in->producer] = true;
		c->cursor[in->producer].seq = in->logged->seq;
	}
	if ((in->kind == INPUT_EVENT || in->kind == INPUT_RETRY) && in->as_event && !in->park)
		in->as_event->run(b, in->m);
	if (in->as_timer)
		in->as_timer->run(b, in->subject);
	if (in->as_job)
		in->as_job->run(b, in->subject);
}

/* False: the list wants more than there is room for, and is to be made shorter. */
static bool
load_list(struct replay *r, struct batch *b)
{
	batch_open(b, r->node, r->list, r->nlist);
	b->whole = r->whole;
	enum batch_result loaded = load_all(b);
	if (loaded == BATCH_WIDE && !r->whole) {             /* the shortest list that there may be is loaded whole */
		r->whole = r->list_max == 1;
		r->list_max = r->list_max > 1 ? r->list_max / 2 : 1;
		return false;
	}
	if (loaded)
		fault(r, "the rows could not be loaded");
	r->whole = false;
	if (r->list_max < LIST_INPUTS && 4 * b->loaded < LOAD_ROWS_MAX)
		r->list_max *= 2;
	return true;
}

static void
run_list(struct replay *r, struct batch *b)
{
	node_t *n = r->node;

	for (r->at = 0; r->at < r->nlist && !*r->why; r->at++)
		run_input(b, &r->list[r->at]);
	commit_tables(b);
	if (store_sync(n->db))
		fault(r, "the rows could not be written");
	books_changed(b);
	n->part[r->partition].head.seq = r->own_seq;
	for (size_t i = 0; i < n->nproducers; i++)
		if (b->part[r->partition].cursor_moved[i])
			n->part[r->partition].cursor[i].seq = b->part[r->partition].cursor[i].seq;
	for (size_t i = 0; i < r->nlist; i++) {
		r->counted.events_read += r->list[i].kind == INPUT_EVENT;
		r->counted.own_events += r->list[i].kind == INPUT_OWN;
	}
}

static bool
list_make(struct replay *r)
{
	arena_reset(r->node->arena);
	r->list = arena_alloc(r->node->arena, (LIST_INPUTS + SAID_BY_ONE + 1) * sizeof *r->list);
	r->nlist = r->bytes = r->said = 0;
	while (r->nlist < LIST_INPUTS + SAID_BY_ONE && list_next(r))
		if ((r->nlist >= r->list_max || r->bytes >= LIST_BYTES) && may_end(r))
			break;
	return r->nlist && !*r->why;
}

static void
rewind_pages(struct pages *s, const struct pages *to)
{
	s->n = s->i = 0;
	s->after = to->after;
	s->ended = false;
}

/* As it was before the list was made. */
static void
list_undo(struct replay *r, const struct replay *was)
{
	rewind_pages(&r->own, &was->own);
	rewind_pages(&r->turns, &was->turns);
	rewind_pages(&r->notes, &was->notes);
	for (size_t i = 0; i < r->node->nproducers; i++)
		rewind_pages(&r->producer[i], &was->producer[i]);
	r->read = was->read;
	r->own_seq = was->own_seq;
	r->reading = was->reading;
	r->last = was->last;
}

/* One list.  False: there is nothing more, or a fault. */
static bool
step(struct replay *r)
{
	const struct replay was = *r;

	if (!list_make(r))
		return false;
	struct batch *b = arena_alloc(r->node->arena, sizeof *b);
	books_make_room(r->node);
	if (!load_list(r, b))
		list_undo(r, &was);
	else if (!*r->why)
		run_list(r, b);
	return !*r->why;
}

/* ---- a partition, from its first event to its last */

static struct pages
pages_of(struct pages s, const char *service, const struct store_stmt *stmt, int64_t after)
{
	return (struct pages){
		.service = service, .stmt = stmt, .page = s.page ? s.page : arena_open(PAGE_ARENA_MAX), .after = after,
	};
}

static bool
read_ends(struct replay *r)
{
	node_t *n = r->node;
	EngineRows__NotesAfter key = ENGINE_ROWS__NOTES_AFTER__INIT;
	EngineRows__ConsumerAt consumer = ENGINE_ROWS__CONSUMER_AT__INIT;
	const void *args = &key, *who = &consumer;
	void **rows;
	size_t producer;

	key.service = consumer.consumer = (char *)n->svc->name;
	key.partition = consumer.partition = r->partition;
	store_queue(n->db, &engine_cursors_of_consumer, &who, 1);
	store_queue(n->db, &head_of, &args, 1);
	store_queue(n->db, &aside_of, &args, 1);
	if (store_sync(n->db)) {
		fault(r, "the database went away");
		return false;
	}
	size_t k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++)
		r->read_end += ((const EngineRows__Cursor *)rows[i])->seq;
	r->own_end = store_rows(n->db, 1, n->scratch, &rows) ? ((const EngineRows__Seen *)rows[0])->seq : 0;
	k = store_rows(n->db, 2, n->scratch, &rows);
	r->aside = arena_alloc(n->scratch, (k + 1) * sizeof *r->aside);
	for (size_t i = 0; i < k; i++) {
		const EngineRows__Cursor *c = rows[i];
		if (producer_of(n, c->producer, &producer))
			r->aside[r->naside++] = (struct aside){ (int)producer, c->seq };
	}
	return true;
}

static bool
begin(struct replay *r, int32_t partition)
{
	node_t *n = r->node;

	arena_reset(n->scratch);
	arena_reset(n->arena);
	books_forget(n, NULL);
	r->partition = partition;
	r->read = r->read_end = r->own_seq = r->own_end = 0;
	r->naside = 0;
	r->reading = -1;
	r->list_max = LIST_INPUTS;
	r->counted = (struct replayed){ 0 };
	*r->why = '\0';
	n->part[partition].head = (struct position){ 0 };
	memset(n->part[partition].cursor, 0, sizeof n->part[partition].cursor);
	r->own = pages_of(r->own, n->svc->name, &engine_events_after, 0);
	for (size_t i = 0; i < n->nproducers; i++)
		r->producer[i] = pages_of(r->producer[i], n->svc->consumes[i], &engine_events_after, 0);
	r->turns = pages_of(r->turns, NULL, &turns_after, -1);
	r->notes = pages_of(r->notes, NULL, &notes_after, 0);
	return read_ends(r);
}

const char *
replay_partition(replay_t *r, int32_t partition, struct replayed *out)
{
	bool more = begin(r, partition);

	while (more)
		more = step(r);
	*out = r->counted;
	return *r->why ? r->why : NULL;
}

/* ---- opening */

static const struct store_stmt *const statements[] = {
	&turns_after, &notes_after, &aside_of, &head_of,
	&engine_events_after, &engine_cursors_of_consumer, &engine_own_tables,
};

static bool
prepare(struct replay *r)
{
	node_t *n = r->node;

	store_text(n->db, arena_printf(n->scratch, "set search_path = %s", n->svc->name));
	if (store_sync(n->db))
		return false;
	for (size_t i = 0; i < ALEN(statements); i++)
		if (!store_prepare(n->db, statements[i]))
			return false;
	return node_own_tables(n);
}

/* Like the service's own, with its keys and checks; they hide those in what is searched. */
static bool
make_tables(struct replay *r)
{
	node_t *n = r->node;

	for (size_t t = 0; t < n->ntables; t++)
		if (!n->own_table[t])
			store_text(n->db,
				   arena_printf(n->scratch, "create temporary table %s (like %s.%s including all)",
						n->tables[t]->name, n->svc->name, n->tables[t]->name));
	if (store_sync(n->db))
		return false;
	for (size_t t = 0; t < n->ntables; t++)
		if (!n->own_table[t] && !table_prepare(&n->sql[t], n->tables[t], n->db, n->names))
			return false;
	store_text(n->db, "begin isolation level repeatable read, read only");         /* but for temporary tables */
	return store_sync(n->db) == STORE_OK;
}

replay_t *
replay_open(const struct service *s, const char *conninfo)
{
	static struct metrics unread;
	struct node_settings set = { .conninfo = conninfo, .instance = "replay", .metrics = &unread };
	replay_t *r = calloc(1, sizeof *r);

	if (!r)
		abort();
	if (!(r->node = node_make(s, &set))) {
		replay_close(&r);
		return NULL;
	}
	r->calls = (struct replayer){ .emit = replay_emit, .need = replay_need, .said = replay_said };
	r->node->replay = &r->calls;
	store_patience(r->node->db, WAIT_MS);
	if (!prepare(r) || !make_tables(r))
		replay_close(&r);
	return r;
}

void
replay_close(replay_t **rp)
{
	replay_t *r = *rp;

	if (!r)
		return;
	struct pages *all[] = { &r->own, &r->turns, &r->notes };
	for (size_t i = 0; i < ALEN(all); i++)
		arena_close(&all[i]->page);
	for (size_t i = 0; i < PRODUCERS_MAX; i++)
		arena_close(&r->producer[i].page);
	node_close(&r->node);
	free(r);
	*rp = NULL;
}

store_t *
replay_store(replay_t *r)
{
	return r->node->db;
}
