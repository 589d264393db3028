/* policies - the rule book of an input's district, as of the input: one that is kept (policy_cache.c), or one that the batch has made of
 * policies that are not committed.  Versions never change, and only the owner of a district adds one. */
#include "domain/mirror.h"
#include "engine/node_state.h"
#include <assert.h>
#include <string.h>

bool
policies_mirrored(const node_t *n)
{
	for (size_t t = 0; t < n->ntables; t++)
		if (n->tables[t].table == &mirror_policy)
			return true;
	return false;
}

bool
policies_cached(const node_t *n, const char *district)
{
	return policy_cache_of(n->policies, district) != NULL;
}

void
policies_forget(node_t *n, const char *district)
{
	policy_cache_forget(n->policies, district);
}

static bool
is_version(const struct policy_version *v, const MirrorRows__Policy *row)
{
	return v->effective_from_day == row->effective_from_day && !strcmp(v->version, row->version);
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

/* Between batches only: a running batch uses what is kept. */
void
policies_make_room(node_t *n)
{
	policy_cache_trim(n->policies);
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
	const char *missing[BOOKS_AT_ONCE], *last = "";
	size_t k = 0;

	for (size_t i = 0; policies_mirrored(n) && i < count; i++) {
		const char *district = inputs[i].district;
		if (!*district || !strcmp(district, last))
			continue;
		last = district;
		if (policies_cached(n, district) || is_among(missing, k, district))
			continue;
		if (k == BOOKS_AT_ONCE)
			return true;
		missing[k++] = district;
	}
	return false;
}

/* For this batch only, of what is not committed yet: one for each state of a district's policies. */
static const struct policy_book *
batch_book(struct batch *b, const MirrorRows__Policy *const *rows, size_t n)
{
	struct batch_book *last = b->books;

	while (last && strcmp(last->district, b->now->district))
		last = last->next;
	if (last && is_book_of(&last->book, rows, n))
		return &last->book;
	struct batch_book *k = arena_alloc(b->arena, sizeof(*k));
	k->next = b->books;
	k->district = b->now->district;
	policy_cache_make(b->node->policies, rows, n, b->arena, &k->book);
	b->books = k;
	return &k->book;
}

const struct policy_book *
policies_of(struct batch *b)
{
	MirrorRows__Policy key = MIRROR_ROWS__POLICY__INIT;
	struct rows *rows = policy_rows(b);
	bool changed = rows->changes > 0;
	const struct policy_book *book;
	const void **list;

	assert(!b->wanting);            /* they are loaded with what is wanted: what stands here now would be kept as if it were all */
	key.district = (char *)b->now->district;
	if (!(changed && rows_wanted(rows, &key, 1)) && (book = policy_cache_of(b->node->policies, key.district)))
		return book;
	size_t n = batch_list(b, &mirror_policy, &key, 1, &list);
	if (changed)
		return batch_book(b, (const MirrorRows__Policy *const *)list, n);
	return policy_cache_keep(b->node->policies, key.district, (const MirrorRows__Policy *const *)list, n);
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
	for (size_t i = 0; i < b->ninputs; i++) {
		const struct input *in = &b->inputs[i];
		key.district = (char *)in->district;
		if ((in->kind == INPUT_COMMAND && !district_known(b->node, in->district)) || policies_cached(b->node, in->district) || !rows_wanted(rows, &key, 1))
			continue;
		size_t n = rows_list(rows, &key, 1, &list);
		policy_cache_keep(b->node->policies, key.district, (const MirrorRows__Policy *const *)list, n);
	}
}
