/* reader - what the handlers of queries may ask and say; one query at a time.
 *
 * A statement and the district it may see travel together: between two syncs everything is one transaction, the
 * district is set for that transaction only, and there is nothing to begin or to commit.  So a query takes one round
 * trip for each thing it asks; on a hand-set clock, or when the district is not known here yet, one more
 * (reader_loop.c). */
#include "base/civil.h"
#include "base/digest.h"
#include "engine.sql.h"
#include "engine_rows.pb-c.h"
#include "engine/reader_state.h"
#include "json/json_pb.h"
#include "json/member.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { CURSOR_TEXT_MAX = 2 * ID_MAX * 2 };

arena_t *reader_arena(struct reader *r) { return r->arena; }
const char *reader_district(const struct reader *r) { return r->query->district; }
const void *reader_with(const struct reader *r) { return r->with; }
const char *reader_account(const struct reader *r) { return r->query->account; }
const Wire__Actor *reader_actor(const struct reader *r) { return r->query->actor; }
int64_t reader_at_us(const struct reader *r) { return r->now_us; }
bool reader_manual_clock(const struct reader *r) { return r->set.manual_clock; }
int32_t reader_today(struct reader *r) { return day_of_instant(r->now_us); }

void
reader_unavailable(struct reader *r)
{
	if (!r->answer)
		reader_refuse(r, 503, "owner.away", NULL, "The database is away.");
	r->failed = true;
}

size_t
reader_rows(struct reader *r, const struct store_stmt *s, const void *args, void ***rows)
{
	return reader_page_rows(r, s, args, NULL, false, rows, NULL);
}

static const struct store_stmt *
counted_by(const struct reader *r, const struct store_stmt *s)
{
	size_t i = 0;

	while (i < r->ncounted && r->counted[i].of != s)
		i++;
	assert(i < r->ncounted);
	return &r->counted[i].by;
}

size_t
reader_page_rows(struct reader *r, const struct store_stmt *s, const void *args, const void *all, bool anew,
                 void ***rows, int64_t *count)
{
	void **counted;

	*rows = NULL;
	if (r->failed)
		return 0;
	store_queue(r->db, &engine_show_district, &r->show, 1);
	if (anew)
		store_queue(r->db, &engine_plan_anew, NULL, 0);
	store_queue(r->db, s, &args, args ? 1 : 0);
	if (all)
		store_queue(r->db, counted_by(r, s), &all, 1);
	if (store_sync(r->db)) {
		reader_unavailable(r);
		return 0;
	}
	if (all && store_rows(r->db, anew ? 3 : 2, r->arena, &counted))
		*count = ((const EngineRows__Counted *)counted[0])->count;
	return store_rows(r->db, anew ? 2 : 1, r->arena, rows);
}

bool
reader_snapshot(struct reader *r, const struct store_stmt *const *stmts, size_t n, const void *args)
{
	store_text(r->db, "begin isolation level repeatable read");
	for (size_t i = 0; i < n; i++)
		store_queue(r->db, stmts[i], &args, stmts[i]->nparams ? 1 : 0);
	store_text(r->db, "commit");
	if (!store_sync(r->db))
		return true;
	reader_unavailable(r);
	return false;
}

size_t
reader_taken(struct reader *r, size_t i, void ***rows)
{
	return store_rows(r->db, i, r->arena, rows);
}

/* ---- books: a text stays as it is as long as the rest of its row does, so a book is good as long as there are no
 * others */

static const void *
book_loaded(struct reader *r, const struct table *t, const void *key)
{
	struct rows all;
	const void **in_order;
	void **rows;
	size_t n = reader_rows(r, &r->book_table.load[1], key, &rows);

	if (r->failed)
		return book_cache_make(r->books, NULL, 0, r->arena).made;
	rows_open(&all, t, r->arena);
	for (size_t i = 0; i < n; i++)
		rows_loaded(&all, rows[i]);
	n = rows_list(&all, key, 1, &in_order);
	return book_cache_keep(r->books, r->query->district, in_order, n)->made;
}

const void *
reader_book(struct reader *r, const struct table *t)
{
	void *key = arena_message(r->arena, t->row), **rows;

	assert(r->books && t == r->book_table.table);
	member_set_text(key, &t->row->fields[0], r->query->district);
	size_t n = reader_rows(r, &r->book_rows, key, &rows);
	const struct book *kept = r->failed ? NULL : book_cache_of(r->books, r->query->district);
	if (kept && book_is_of(kept, t, (const void *const *)rows, n))
		return kept->made;
	return book_loaded(r, t, key);
}

void
reader_answer(struct reader *r, const ProtobufCMessage *said)
{
	if (r->failed)
		return;
	assert(!r->answer);
	r->answer = arena_message(r->arena, &wire__answer__descriptor);
	r->answer->status = 200;
	r->answer->data.len = protobuf_c_message_get_packed_size(said);
	r->answer->data.data = arena_alloc(r->arena, r->answer->data.len + 1);
	protobuf_c_message_pack(said, r->answer->data.data);
}

void
reader_refuse(struct reader *r, int status, const char *code, const char *pointer, const char *detail)
{
	if (r->failed)
		return;
	assert(!r->answer);
	r->answer = arena_message(r->arena, &wire__answer__descriptor);
	r->answer->status = status;
	r->answer->problem = problem_make(r->arena, status, code, pointer, detail);
}

void
reader_retry_after(struct reader *r, int64_t wait_us)
{
	if (!r->failed)
		r->answer->problem->retry_after_s = problem_retry_s(wait_us);
}

void
reader_missing(struct reader *r, unsigned after, const char *detail)
{
	if (r->second || !after) {
		reader_refuse(r, 404, "resource.unknown", NULL, detail);
		return;
	}
	r->waits = !r->failed;
	r->after = after;
}

static bool
cursor_decode(struct reader *r, const char *cursor, char **out)
{
	size_t len = strlen(cursor);
	char *text = arena_alloc(r->arena, len / 2 + 1);

	if (!len || len % 2 || len > CURSOR_TEXT_MAX)
		return false;
	for (size_t i = 0; i < len / 2; i++) {
		unsigned byte;
		if (strspn(cursor + 2 * i, "0123456789abcdef") < 2 || sscanf(cursor + 2 * i, "%2x", &byte) != 1 ||
		    byte < 0x21 || byte > 0x7e)
			return false;
		text[i] = (char)byte;
	}
	*out = text;
	return true;
}

bool
reader_page(struct reader *r, bool has_limit, int32_t limit, bool has_cursor, const char *cursor, struct page *out)
{
	char *after = arena_strdup(r->arena, "");

	if (has_limit && (limit < 1 || limit > 500)) {
		reader_refuse(r, 422, "field.range", "/limit", "limit is 1 to 500.");
		return false;
	}
	if (has_cursor && !cursor_decode(r, cursor, &after)) {
		reader_refuse(r, 422, "cursor.bad", "/cursor", "This cursor was not given by us.");
		return false;
	}
	*out = (struct page){ has_limit ? limit : 50, after };
	return true;
}

char *
reader_cursor(struct reader *r, const char *before, const char *last_id)
{
	const char *place = arena_printf(r->arena, "%s%s", before, last_id);
	char *out = arena_alloc(r->arena, 2 * strlen(place) + 1);

	hex_text((const uint8_t *)place, strlen(place), out);
	return out;
}
