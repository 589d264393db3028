#include "engine/keyed.h"
#include "base/civil.h"
#include "base/ids.h"
#include "json/json_pb.h"
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

static const Field *
field_of(const ProtobufCMessage *m, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);
}

/* Whether a member that may be absent, or not be one at all, is there: an int32, an enum or a bool. */
static bool
is_given(const ProtobufCMessage *m, const char *name, int32_t *value)
{
	const Field *f = m ? field_of(m, name) : NULL;
	uint32_t has = 0;

	if (f && f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		memcpy(&has, (const char *)m + f->quantifier_offset, sizeof(has));
	if (!f || has != f->id)
		return false;
	memcpy(value, (const char *)m + f->offset, sizeof(*value));
	return true;
}

void
reader_ask_today(struct reader *r, const void *question, void *args)
{
	int32_t day = reader_today(r);

	is_given(question, "on_day", &day);
	member_set(args, "on_day", &day, sizeof(day));
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

/* ---- orders.  A cursor says where a page ended: ID, DAY/ID, or ORDER/DAY/ID where there is more than one. */

struct place { const struct ordering *order; const char *name; int32_t day; const char *id; };

static bool
day_taken(struct reader *r, const char **at, int32_t *day)
{
	size_t len = strcspn(*at, "/");

	if ((*at)[len] != '/' || !day_parse(arena_strndup(reader_arena(r), *at, len), day))
		return false;
	*at += len + 1;
	return true;
}

/* From where on, of a cursor's text; "": the beginning.  False: it is of another order. */
static bool
place_parse(struct reader *r, const char *text, struct place *p)
{
	size_t name = strlen(p->name);

	p->day = DAY_EVER;
	p->id = text;
	if (!*text)
		return true;
	if (name && (strncmp(text, p->name, name) != 0 || text[name] != '/'))
		return false;
	p->id += name ? name + 1 : 0;
	return (!p->order->key || day_taken(r, &p->id, &p->day)) && !strchr(p->id, '/');
}

/* By what the question wants: its order, and where in it the page begins.  False: refused. */
static bool
place_of(struct reader *r, const ProtobufCMessage *question, const struct listing *l, const struct page *page,
         struct place *p)
{
	int32_t wanted = 0;

	is_given(question, "order", &wanted);
	p->order = &l->orders[wanted];
	p->name = "";
	if (wanted && p->order->key)
		p->name = enum_text(field_of(question, "order")->descriptor, wanted, reader_arena(r));
	if (place_parse(r, page->after, p))
		return true;
	reader_refuse(r, 422, "cursor.bad", "/cursor", "This cursor was not given by us.");
	return false;
}

/* One that is not there comes last. */
static int32_t
day_of(const ProtobufCMessage *row, const char *key)
{
	int32_t day = DAY_MAX;

	if (member_field(row->descriptor, key)->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		is_given(row, key, &day);
	else
		member_get(row, key, &day, sizeof(day));
	return day;
}

/* What a cursor after a row says before its id. */
static char *
before_id(struct reader *r, const struct place *p, const ProtobufCMessage *row)
{
	char date[DAY_TEXT_MAX];

	if (!p->order->key)
		return arena_strdup(reader_arena(r), "");
	day_text(day_of(row, p->order->key), date);
	return arena_printf(reader_arena(r), "%s%s%s/", p->name, *p->name ? "/" : "", date);
}

/* ---- a page */

static void *
args_of(struct reader *r, const void *question, const struct listing *l, const struct place *from, int64_t limit)
{
	const struct copy *c = l->args;
	void *args = arena_message(reader_arena(r), c->to);

	copy_run(c, args, question);
	member_set_text(args, &c->to->fields[0], reader_district(r));
	member_set_text(args, member_field(c->to, "after"), from->id);
	member_set(args, "limit", &limit, sizeof(limit));
	if (from->order->key)
		member_set(args, "after_day", &from->day, sizeof(from->day));
	if (l->ask)
		l->ask(r, question, args);
	return args;
}

/* Of all that match, one more than is told, to know whether there are more. */
static const void *
args_of_all(struct reader *r, const void *question, const struct listing *l, const struct place *p)
{
	const struct place beginning = { p->order, p->name, DAY_EVER, "" };
	int32_t wanted = false;

	is_given(question, "count", &wanted);
	if (!wanted || !l->answer || !protobuf_c_message_descriptor_get_field_by_name(l->answer, "more"))
		return NULL;
	return args_of(r, question, l, &beginning, COUNT_MAX + 1);
}

/* One more than is shown is asked for, to know whether there is a next. */
bool
reader_list_rows(struct reader *r, const void *question, const struct listing *l, const struct store_stmt *s,
                 struct listed *out)
{
	const struct ordering by_ids = { s, NULL };
	struct listing ordered = *l;
	struct place place;
	struct page p;

	if (!l->orders)
		ordered.orders = &by_ids;
	if (!page_of(r, question, &p) || !place_of(r, question, &ordered, &p, &place))
		return false;
	assert(l->args->to == place.order->by->args);
	out->limit = (size_t)p.limit;
	out->count = -1;
	out->n = reader_page_rows(r, place.order->by, args_of(r, question, l, &place, p.limit + INT64_C(1)),
	                          args_of_all(r, question, l, &place), l->anew, &out->rows, &out->count);
	out->before = out->n > out->limit ? before_id(r, &place, out->rows[out->limit - 1]) : NULL;
	return true;
}

static void
fill_count(void *list, int64_t count)
{
	const ProtobufCMessageDescriptor *d = ((const ProtobufCMessage *)list)->descriptor;
	const Field *all = member_field(d, "count"), *more = member_field(d, "more");
	int32_t told = count > COUNT_MAX ? COUNT_MAX : (int32_t)count;
	protobuf_c_boolean yes = true;

	memcpy((char *)list + all->quantifier_offset, &all->id, sizeof(all->id));
	memcpy((char *)list + all->offset, &told, sizeof(told));
	if (count <= COUNT_MAX)
		return;
	memcpy((char *)list + more->quantifier_offset, &more->id, sizeof(more->id));
	memcpy((char *)list + more->offset, &yes, sizeof(yes));
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
		member_set_text(list, next, reader_cursor(r, l->before, id_of(l->rows[shown - 1])));
	}
	if (l->count >= 0)
		fill_count(list, l->count);
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
