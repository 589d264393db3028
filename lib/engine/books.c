/* books - what is made of the rows that an input's district has of the table with a cache (book_cache.h), as of the
 * input: what is kept, or what the batch has made of rows that are not committed. */
#include "engine/batch.h"
#include "engine/books.h"
#include "engine/node_state.h"
#include "json/member.h"
#include <assert.h>
#include <string.h>

void
books_open(node_t *n)
{
	for (size_t i = 0; i < n->ntables; i++) {
		if (!n->tables[i]->cache)
			continue;
		assert(!n->books);              /* one such table for each service */
		n->books = book_cache_open(n->tables[i], BOOKS_BYTES_MAX, n->set.metrics);
		n->books_table = i;
	}
}

void
books_forget(node_t *n, const char *district)
{
	if (n->books)
		book_cache_forget(n->books, district);
}

/* Between batches only: a running batch uses what is kept. */
void
books_make_room(node_t *n)
{
	if (n->books)
		book_cache_trim(n->books);
}

static const struct table *
table_of(const node_t *n)
{
	return n->tables[n->books_table];
}

static const void *
key_of(struct batch *b, const char *district)
{
	void *key = arena_message(b->arena, table_of(b->node)->row);

	member_set_text(key, &table_of(b->node)->row->fields[0], district);
	return key;
}

/* Whether or not anybody asks for it, which is not known before the fold. */
void
books_want(struct batch *b)
{
	if (b->node->books && !book_cache_of(b->node->books, b->now->district))
		batch_want(b, table_of(b->node), key_of(b, b->now->district), 1);
}

static bool
is_among(const char *const *all, size_t n, const char *district)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(all[i], district))
			return true;
	return false;
}

bool
books_crowded(const node_t *n, const struct input *inputs, size_t count)
{
	const char *missing[BOOKS_AT_ONCE], *last = "";
	size_t k = 0;

	for (size_t i = 0; n->books && i < count; i++) {
		const char *district = inputs[i].district;
		if (!*district || !strcmp(district, last))
			continue;
		last = district;
		if (book_cache_of(n->books, district) || is_among(missing, k, district))
			continue;
		if (k == BOOKS_AT_ONCE)
			return true;
		missing[k++] = district;
	}
	return false;
}

/* For this batch only, of what is not committed yet: one for each state of a district's rows. */
static const struct book *
book_made(struct batch *b, const void *const *rows, size_t n)
{
	struct batch_book *last = b->books;

	while (last && strcmp(last->district, b->now->district))
		last = last->next;
	if (last && book_is_of(&last->book, table_of(b->node), rows, n))
		return &last->book;
	struct batch_book *k = arena_alloc(b->arena, sizeof(*k));
	*k = (struct batch_book){ b->books, b->now->district, book_cache_make(b->node->books, rows, n, b->arena) };
	b->books = k;
	return &k->book;
}

static const struct book *
book_of(struct batch *b)
{
	node_t *n = b->node;
	struct rows *rows = &b->rows[n->books_table];
	const char *district = b->now->district;
	const struct book *kept;
	const void *key, **list;

	if (!rows->changes && (kept = book_cache_of(n->books, district)))
		return kept;
	key = key_of(b, district);
	if (rows->changes && !rows_wanted(rows, key, 1) && (kept = book_cache_of(n->books, district)))
		return kept;
	size_t count = batch_list(b, table_of(n), key, 1, &list);
	return rows->changes ? book_made(b, list, count) : book_cache_keep(n->books, district, list, count);
}

const void *
batch_book(struct batch *b, const struct table *t)
{
	assert(b->node->books && t == table_of(b->node));
	/* they are loaded with what is wanted: what stands here now would be kept as if it were all */
	assert(!b->wanting);
	return book_of(b)->made;
}

/* Texts are long: what was loaded is kept, so that it is not loaded for each batch in which nobody asks.  Not of
 * districts that are only asked for. */
void
books_keep(struct batch *b)
{
	node_t *n = b->node;
	const void **list;

	for (size_t i = 0; n->books && !n->replay && i < b->ninputs; i++) {
		const struct input *in = &b->inputs[i];
		if ((in->kind == INPUT_COMMAND && !district_known(&n->districts, in->district)) ||
		    book_cache_of(n->books, in->district))
			continue;
		const void *key = key_of(b, in->district);
		if (!rows_wanted(&b->rows[n->books_table], key, 1))
			continue;
		size_t count = rows_list(&b->rows[n->books_table], key, 1, &list);
		book_cache_keep(n->books, in->district, list, count);
	}
}

void
books_changed(struct batch *b)
{
	const void **put, **drop;
	size_t nput, ndrop;

	if (!b->node->books || !b->rows[b->node->books_table].changes)
		return;
	rows_changed(&b->rows[b->node->books_table], &put, &nput, &drop, &ndrop);
	for (size_t i = 0; i < nput; i++)
		books_forget(b->node, member_text(put[i], "district"));
	for (size_t i = 0; i < ndrop; i++)
		books_forget(b->node, member_text(drop[i], "district"));
}
