#include "engine/keyed.h"
#include "base/ids.h"
#include "json/member.h"
#include <assert.h>
#include <stddef.h>
#include <string.h>

typedef ProtobufCFieldDescriptor Field;

static void *
of_district(arena_t *a, const ProtobufCMessageDescriptor *d, const char *district)
{
	void *m = arena_message(a, d);

	member_set_text(m, &d->fields[0], district);
	return m;
}

static void *
keyed(arena_t *a, const ProtobufCMessageDescriptor *d, const char *district, const char *id)
{
	void *m = of_district(a, d, district);

	member_set_text(m, &d->fields[1], id);
	return m;
}

/* ---- rows */

void *
batch_message(struct batch *b, const ProtobufCMessageDescriptor *d)
{
	return of_district(batch_arena(b), d, batch_district(b));
}

void *
batch_row(struct batch *b, const struct table *t, const char *id)
{
	return keyed(batch_arena(b), t->row, batch_district(b), id);
}

void *
batch_pair(struct batch *b, const struct table *t, const char *id, const char *second)
{
	void *row = batch_row(b, t, id);

	member_set_text(row, &t->row->fields[2], second);
	return row;
}

/* What is only looked at takes no room in the arena: one input may look at ten thousand rows, many times.  id NULL: of
 * the district. */
enum { KEY_BYTES_MAX = 512 };
struct key { _Alignas(max_align_t) char room[KEY_BYTES_MAX]; };

static const void *
key_of(struct key *k, struct batch *b, const struct table *t, const char *id)
{
	assert(t->row->sizeof_message <= sizeof(k->room));
	t->row->message_init((ProtobufCMessage *)k->room);
	member_set_text(k->room, &t->row->fields[0], batch_district(b));
	if (id)
		member_set_text(k->room, &t->row->fields[1], id);
	return k->room;
}

void
batch_want_id(struct batch *b, const struct table *t, const char *id)
{
	struct key k;

	batch_want(b, t, key_of(&k, b, t, id), 2);
}

const void *
batch_get_id(struct batch *b, const struct table *t, const char *id)
{
	struct key k;

	return batch_get(b, t, key_of(&k, b, t, id));
}

size_t
batch_list_id(struct batch *b, const struct table *t, const char *id, const void ***rows)
{
	struct key k;

	return batch_list(b, t, key_of(&k, b, t, id), 2, rows);
}

void
batch_want_all(struct batch *b, const struct table *t)
{
	struct key k;

	batch_want(b, t, key_of(&k, b, t, NULL), 1);
}

size_t
batch_list_all(struct batch *b, const struct table *t, const void ***rows)
{
	struct key k;

	return batch_list(b, t, key_of(&k, b, t, NULL), 1, rows);
}

static const void *
pair_of(struct key *k, struct batch *b, const struct table *t, const char *id, const char *second)
{
	key_of(k, b, t, id);
	member_set_text(k->room, &t->row->fields[2], second);
	return k->room;
}

void
batch_want_pair(struct batch *b, const struct table *t, const char *id, const char *second)
{
	struct key k;

	batch_want(b, t, pair_of(&k, b, t, id, second), 3);
}

const void *
batch_get_pair(struct batch *b, const struct table *t, const char *id, const char *second)
{
	struct key k;

	return batch_get(b, t, pair_of(&k, b, t, id, second));
}

/* ---- refusals */

bool
batch_ok(struct batch *b, bool good, int status, const char *code, const char *pointer, const char *detail)
{
	if (!good)
		batch_refuse(b, status, code, pointer, detail);
	return good;
}

bool
batch_refused(struct batch *b, const struct refusal *r)
{
	if (r)
		batch_refuse(b, r->status, r->code, r->pointer, r->detail);
	return r != NULL;
}

bool
batch_id_ok(struct batch *b, bool given, const char *id, const char *pointer)
{
	return batch_ok(b, !given || id_valid(id), 422, "field.id", pointer, "An id is 1 to 64 of A-Z a-z 0-9 . _ -");
}

/* ---- one thing */

/* Its first field. */
static const char *
id_of(const ProtobufCMessage *m)
{
	const char *id;

	memcpy(&id, (const char *)m + m->descriptor->fields[0].offset, sizeof(id));
	return id;
}

void *
reader_key(struct reader *r, const ProtobufCMessageDescriptor *d, const char *id)
{
	return keyed(reader_arena(r), d, reader_district(r), id);
}

void *
reader_key_today(struct reader *r, const ProtobufCMessageDescriptor *d, const char *id)
{
	void *key = reader_key(r, d, id);

	reader_ask_today(r, NULL, key);
	return key;
}

void
reader_one(struct reader *r, const struct store_stmt *s, const void *args, reader_item *item, const char *missing)
{
	void **rows;

	if (reader_rows(r, s, args, &rows) == 0)
		reader_missing(r, 0, missing);
	else
		reader_answer(r, item ? item(r, rows[0]) : rows[0]);
}

void
reader_read(struct reader *r, const void *question)
{
	const struct reading *how = reader_with(r);
	const char *id = id_of(question);
	void *key = how->today ? reader_key_today(r, how->by->args, id) : reader_key(r, how->by->args, id);

	reader_one(r, how->by, key, how->item, how->missing);
}

/* ---- lists */

void
reader_ask_today(struct reader *r, const void *question, void *args)
{
	int32_t today = reader_today(r);

	(void)question;
	member_set(args, "on_day", &today, sizeof(today));
}

static bool
page_of(struct reader *r, const ProtobufCMessage *question, struct page *p)
{
	const Field *limit = member_field(question->descriptor, "limit");
	const Field *cursor = member_field(question->descriptor, "cursor");
	const char *m = (const char *)question;
	uint32_t has_limit, has_cursor;
	const char *text;
	int32_t most;

	memcpy(&has_limit, m + limit->quantifier_offset, sizeof(has_limit));
	memcpy(&has_cursor, m + cursor->quantifier_offset, sizeof(has_cursor));
	memcpy(&most, m + limit->offset, sizeof(most));
	memcpy(&text, m + cursor->offset, sizeof(text));
	return reader_page(r, has_limit == limit->id, most, has_cursor == cursor->id, text, p);
}

/* One more than is shown is asked for, to know whether there is a next. */
static void *
args_of(struct reader *r, const void *question, const struct listing *l, const struct page *p)
{
	const struct copy *c = l->args;
	void *args = arena_message(reader_arena(r), c->to);
	int64_t limit = (int64_t)p->limit + 1;

	copy_run(c, args, question);
	member_set_text(args, &c->to->fields[0], reader_district(r));
	member_set_text(args, member_field(c->to, "after"), p->after);
	member_set(args, "limit", &limit, sizeof(limit));
	if (l->ask)
		l->ask(r, question, args);
	return args;
}

bool
reader_list_rows(struct reader *r, const void *question, const struct listing *l, const struct store_stmt *s,
                 struct listed *out)
{
	struct page p;

	assert(l->args->to == s->args);
	if (!page_of(r, question, &p))
		return false;
	out->n = reader_rows(r, s, args_of(r, question, l, &p), &out->rows);
	out->limit = (size_t)p.limit;
	return true;
}

void
reader_list_fill(struct reader *r, void *list, const struct listed *l)
{
	const ProtobufCMessageDescriptor *d = ((const ProtobufCMessage *)list)->descriptor;
	const Field *items = member_field(d, "items"), *next = member_field(d, "next");
	size_t shown = l->n > l->limit ? l->limit : l->n;

	memcpy((char *)list + items->offset, &l->rows, sizeof(l->rows));
	memcpy((char *)list + items->quantifier_offset, &shown, sizeof(shown));
	if (l->n > shown) {
		memcpy((char *)list + next->quantifier_offset, &next->id, sizeof(next->id));
		member_set_text(list, next, reader_cursor(r, id_of(l->rows[shown - 1])));
	}
}

void
reader_list_answer(struct reader *r, ProtobufCMessage *list, const struct listed *l)
{
	reader_list_fill(r, list, l);
	reader_answer(r, list);
}

void
reader_list(struct reader *r, const void *question, const struct listing *l, const struct store_stmt *s)
{
	struct listed page;

	if (!reader_list_rows(r, question, l, s, &page))
		return;
	for (size_t i = 0; l->item && i < page.n; i++)
		page.rows[i] = l->item(r, page.rows[i]);
	reader_list_answer(r, arena_message(reader_arena(r), l->answer), &page);
}

void
reader_listed(struct reader *r, const void *question)
{
	const struct listing *l = reader_with(r);

	reader_list(r, question, l, l->by);
}
