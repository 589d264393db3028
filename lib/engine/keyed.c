#include "engine/keyed.h"
#include "base/ids.h"
#include "json/member.h"
#include <assert.h>
#include <string.h>

typedef ProtobufCFieldDescriptor Field;

static void *
keyed(arena_t *a, const ProtobufCMessageDescriptor *d, const char *district, const char *id)
{
	void *m = arena_message(a, d);

	member_set_text(m, &d->fields[0], district);
	member_set_text(m, &d->fields[1], id);
	return m;
}

/* ---- rows */

void *
batch_row(struct batch *b, const struct table *t, const char *id)
{
	return keyed(batch_arena(b), t->row, batch_district(b), id);
}

void
batch_want_id(struct batch *b, const struct table *t, const char *id)
{
	batch_want(b, t, batch_row(b, t, id), 2);
}

const void *
batch_get_id(struct batch *b, const struct table *t, const char *id)
{
	return batch_get(b, t, batch_row(b, t, id));
}

size_t
batch_list_id(struct batch *b, const struct table *t, const char *id, const void ***rows)
{
	return batch_list(b, t, batch_row(b, t, id), 2, rows);
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

/* ---- lists */

static bool
page_of(struct reader *r, const ProtobufCMessage *question, struct page *p)
{
	const Field *limit = member_field(question->descriptor, "limit"),
		    *cursor = member_field(question->descriptor, "cursor");
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
args_of(struct reader *r, const void *question, const struct copy *c, const struct page *p)
{
	void *args = arena_message(reader_arena(r), c->to);
	int64_t limit = (int64_t)p->limit + 1;

	copy_run(c, args, question);
	member_set_text(args, &c->to->fields[0], reader_district(r));
	member_set_text(args, member_field(c->to, "after"), p->after);
	member_set(args, "limit", &limit, sizeof(limit));
	return args;
}

static const char *
id_of(const ProtobufCMessage *item)
{
	const char *id;

	memcpy(&id, (const char *)item + item->descriptor->fields[0].offset, sizeof(id));
	return id;
}

static void
answer_page(struct reader *r, const ProtobufCMessageDescriptor *d, void **rows, size_t n, size_t limit)
{
	ProtobufCMessage *list = arena_message(reader_arena(r), d);
	const Field *items = member_field(d, "items"), *next = member_field(d, "next");
	size_t shown = n > limit ? limit : n;

	memcpy((char *)list + items->offset, &rows, sizeof(rows));
	memcpy((char *)list + items->quantifier_offset, &shown, sizeof(shown));
	if (n > shown) {
		memcpy((char *)list + next->quantifier_offset, &next->id, sizeof(next->id));
		member_set_text(list, next, reader_cursor(r, id_of(rows[shown - 1])));
	}
	reader_answer(r, list);
}

void
reader_list(struct reader *r, const void *question, const struct listing *l, const struct store_stmt *s)
{
	struct page p;
	void **rows;

	assert(l->args->to == s->args);
	if (!page_of(r, question, &p))
		return;
	size_t n = reader_rows(r, s, args_of(r, question, l->args, &p), &rows);
	for (size_t i = 0; l->item && i < n; i++)
		rows[i] = l->item(r, rows[i]);
	answer_page(r, l->answer, rows, n, (size_t)p.limit);
}

void *
reader_key(struct reader *r, const ProtobufCMessageDescriptor *d, const char *id)
{
	return keyed(reader_arena(r), d, reader_district(r), id);
}
