/* policies - rule books parsed once and kept: versions never change, and only the owner of a district adds one. */
#include "log.h"
#include "mirror.h"
#include "node_state.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { BOOK_BYTES_MAX = 16 << 20 };

bool
policies_mirrored(const node_t *n)
{
	for (size_t t = 0; t < n->ntables; t++)
		if (n->tables[t].table == &mirror_policy)
			return true;
	return false;
}

static struct book *
book_of(const node_t *n, const char *district)
{
	for (size_t i = 0; i < BOOKS_MAX; i++)
		if (n->books[i].arena && !strcmp(n->books[i].district, district))
			return (struct book *)&n->books[i];
	return NULL;
}

bool
policies_cached(const node_t *n, const char *district)
{
	return book_of(n, district) != NULL;
}

void
policies_forget(node_t *n, const char *district)
{
	for (size_t i = 0; i < BOOKS_MAX; i++)
		if (n->books[i].arena && (!district || !strcmp(n->books[i].district, district)))
			arena_close(&n->books[i].arena);
}

/* A document that roster published was checked by the same code; one that does not parse now is a bug. */
static struct policy_version
version_parse(const MirrorRows__Policy *row, arena_t *a)
{
	Policy__Policy *document;
	Wire__Problem *problem;
	bool ok = policy_parse(row->document_json, a, &document, &problem);

	if (!ok)
		LOG(ERROR, "policy.unreadable", NULL, LOG_S("district", row->district), LOG_S("version", row->version), LOG_S("why", problem->detail));
	assert(ok);
	return (struct policy_version){ arena_strdup(a, row->version), row->effective_from_day, document };
}

static bool
is_version(const struct policy_version *v, const MirrorRows__Policy *row)
{
	return v->effective_from_day == row->effective_from_day && !strcmp(v->version, row->version);
}

static const struct policy_version *
known_version(const struct policy_book *known, const MirrorRows__Policy *row)
{
	for (size_t i = 0; known && i < known->n; i++)
		if (is_version(&known->versions[i], row))
			return &known->versions[i];
	return NULL;
}

void
policies_parse(const MirrorRows__Policy *const *rows, size_t n, const struct policy_book *known, arena_t *a, struct policy_book *out)
{
	struct policy_version *v = arena_alloc(a, (n + 1) * sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const struct policy_version *k = known_version(known, rows[i]);
		v[i] = k ? *k : version_parse(rows[i], a);
	}
	*out = (struct policy_book){ v, n };
}

static struct rows *
policy_rows(struct batch *b)
{
	for (size_t t = 0; t < b->node->ntables; t++)
		if (b->node->tables[t].table == &mirror_policy)
			return &b->rows[t];
	assert(!"the service keeps no policies");
	return NULL;
}

static struct book *
free_slot(node_t *n)
{
	for (size_t i = 0; i < BOOKS_MAX; i++)
		if (!n->books[i].arena)
			return &n->books[i];
	return NULL;
}

/* Between batches only: rows of a running batch may point into a book. */
void
policies_make_room(node_t *n)
{
	if (!free_slot(n))
		policies_forget(n, NULL);
}

static bool
is_book_of(const struct policy_book *book, const MirrorRows__Policy *const *rows, size_t n)
{
	for (size_t i = 0; i < n && i < book->n; i++)
		if (!is_version(&book->versions[i], rows[i]))
			return false;
	return book->n == n;
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
policies_crowded(const node_t *n, const struct input *inputs, size_t count)
{
	const char *missing[BOOKS_MAX], *last = "";
	size_t k = 0;

	for (size_t i = 0; policies_mirrored(n) && i < count; i++) {
		const char *district = inputs[i].district;
		if (!*district || !strcmp(district, last))
			continue;
		last = district;
		if (policies_cached(n, district) || is_among(missing, k, district))
			continue;
		if (k == BOOKS_MAX)
			return true;
		missing[k++] = district;
	}
	return false;
}

/* For this batch only: not committed yet, or no room.  A book is made for each state of a district's policies, a document parsed
 * once: what was known before, here or between batches, stays where it is until the batch ends. */
static const struct policy_book *
batch_book(struct batch *b, const MirrorRows__Policy *const *rows, size_t n)
{
	const struct book *kept = book_of(b->node, b->now->district);
	const struct policy_book *known = kept ? &kept->book : NULL;
	struct batch_book *last = b->books;

	while (last && strcmp(last->district, b->now->district))
		last = last->next;
	if (last && is_book_of(&last->book, rows, n))
		return &last->book;
	struct batch_book *k = arena_alloc(b->arena, sizeof(*k));
	k->next = b->books;
	k->district = b->now->district;
	policies_parse(rows, n, last ? &last->book : known, b->arena, &k->book);
	b->books = k;
	return &k->book;
}

static const struct policy_book *
keep(struct book *book, const char *district, const MirrorRows__Policy *const *rows, size_t n)
{
	*book = (struct book){ .arena = arena_open(BOOK_BYTES_MAX) };
	snprintf(book->district, sizeof book->district, "%s", district);
	policies_parse(rows, n, NULL, book->arena, &book->book);
	return &book->book;
}

const struct policy_book *
policies_of(struct batch *b)
{
	MirrorRows__Policy key = MIRROR_ROWS__POLICY__INIT;
	struct rows *rows = policy_rows(b);
	bool changed = rows->changes > 0;
	const void **list;
	struct book *book;

	key.district = (char *)b->now->district;
	if (!(changed && rows_wanted(rows, &key, 1)) && (book = book_of(b->node, key.district)))
		return &book->book;
	size_t n = batch_list(b, &mirror_policy, &key, 1, &list);
	if (changed || !(book = free_slot(b->node)))
		return batch_book(b, (const MirrorRows__Policy *const *)list, n);
	return keep(book, key.district, (const MirrorRows__Policy *const *)list, n);
}

/* Whether anybody asks for a book is not known before the fold, and documents are long: what was loaded is kept, so that it is not
 * loaded for each batch in which nobody asks.  Not of districts that are only asked for. */
void
policies_keep(struct batch *b)
{
	MirrorRows__Policy key = MIRROR_ROWS__POLICY__INIT;
	const void **list;

	if (b->node->replay || !policies_mirrored(b->node))
		return;
	struct rows *rows = policy_rows(b);
	for (size_t i = 0; i < b->ninputs && free_slot(b->node); i++) {
		const struct input *in = &b->inputs[i];
		key.district = (char *)in->district;
		if ((in->kind == INPUT_COMMAND && !district_known(b->node, in->district)) || policies_cached(b->node, in->district) || !rows_wanted(rows, &key, 1))
			continue;
		size_t n = rows_list(rows, &key, 1, &list);
		keep(free_slot(b->node), key.district, (const MirrorRows__Policy *const *)list, n);
	}
}
