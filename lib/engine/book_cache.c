/* book_cache - see book_cache.h. */
#include "engine/book_cache.h"
#include "base/digest.h"
#include "json/member.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	DOCUMENT_BYTES_MAX = 16 << 20, ARENA_BYTES = 64 << 10,         /* what an arena takes at least */
	/* what is trimmed goes down by an eighth, so that it is not trimmed each time */
	BUCKETS = 1024, PARTS_KEPT = 8,
};

struct document {
	struct document *next;                          /* of its bucket */
	uint8_t digest[SHA256_SIZE];
	arena_t *arena; size_t bytes;
	const void *parsed;
	size_t books; uint64_t used;                    /* kept ones that name it; when it was asked for last */
};
struct kept {
	struct kept *next;                              /* of its bucket */
	char *district;
	struct book book;
	ProtobufCMessage **rows; struct document **documents;
	size_t bytes; uint64_t used;
};
struct book_cache {
	const struct table *table;
	const struct district_cache *what;
	const ProtobufCFieldDescriptor *text;
	size_t bytes_max, bytes;
	struct metrics *metrics;
	struct document *documents[BUCKETS];
	struct kept *books[BUCKETS];
	uint64_t now;                                   /* how often something was asked for */
};

static void *
must(void *p)
{
	if (!p)
		abort();
	return p;
}

book_cache_t *
book_cache_open(const struct table *t, size_t bytes_max, struct metrics *metrics)
{
	book_cache_t *c = must(calloc(1, sizeof *c));

	c->table = t;
	c->what = t->cache;
	c->text = member_field(t->row, t->cache->text);
	c->bytes_max = bytes_max;
	c->metrics = metrics;
	assert(c->text && c->text->type == PROTOBUF_C_TYPE_STRING);
	return c;
}

/* ---- documents */

static size_t
place_of_digest(const uint8_t *digest)
{
	return (digest[0] << 8 | digest[1]) % BUCKETS;
}

static struct document *
document_parse(book_cache_t *c, const void *row, const uint8_t *digest)
{
	struct document *d = must(calloc(1, sizeof *d));

	memcpy(d->digest, digest, SHA256_SIZE);
	d->arena = arena_open(DOCUMENT_BYTES_MAX);
	d->parsed = must((void *)c->what->parse(row, d->arena));
	d->bytes = sizeof *d + (arena_used(d->arena) / ARENA_BYTES + 1) * ARENA_BYTES;
	c->bytes += d->bytes;
	metric_add(c->metrics, METRIC_DOCUMENTS_PARSED, 1);
	return d;
}

static struct document *
document_of(book_cache_t *c, const void *row)
{
	const char *text = *(char *const *)((const char *)row + c->text->offset);
	uint8_t digest[SHA256_SIZE];
	struct document *d;

	sha256(&(struct span_of_bytes){ text, strlen(text) }, 1, digest);
	struct document **at = &c->documents[place_of_digest(digest)];
	for (d = *at; d && memcmp(d->digest, digest, SHA256_SIZE) != 0;)
		d = d->next;
	if (!d) {
		d = document_parse(c, row, digest);
		d->next = *at;
		*at = d;
	}
	d->used = ++c->now;
	return d;
}

static void
document_drop(book_cache_t *c, struct document **at)
{
	struct document *d = *at;

	*at = d->next;
	c->bytes -= d->bytes;
	arena_close(&d->arena);
	free(d);
}

/* ---- books */

static size_t
place_of_district(const char *district)
{
	return strtoul(district, NULL, 10) % BUCKETS;
}

static struct kept **
kept_at(book_cache_t *c, const char *district)
{
	struct kept **at = &c->books[place_of_district(district)];

	while (*at && strcmp((*at)->district, district) != 0)
		at = &(*at)->next;
	return at;
}

static void
kept_drop(book_cache_t *c, struct kept **at)
{
	struct kept *k = *at;

	*at = k->next;
	c->bytes -= k->bytes;
	for (size_t i = 0; i < k->book.n; i++) {
		k->documents[i]->books--;
		protobuf_c_message_free_unpacked(k->rows[i], NULL);
	}
	free(k->district);
	free(k->rows);
	free(k->documents);
	free(k->book.made);
	free(k);
}

const struct book *
book_cache_of(book_cache_t *c, const char *district)
{
	struct kept *k = *kept_at(c, district);

	if (!k)
		return NULL;
	k->used = ++c->now;
	return &k->book;
}

/* Without its text; what it takes is added to *bytes. */
static ProtobufCMessage *
row_kept(const book_cache_t *c, const void *row, size_t *bytes)
{
	size_t size = c->table->row->sizeof_message;
	ProtobufCMessage *brief = memcpy(must(malloc(size)), row, size);

	member_set_text(brief, c->text, "");
	size_t len = protobuf_c_message_get_packed_size(brief);
	uint8_t *packed = must(malloc(len + 1));
	protobuf_c_message_pack(brief, packed);
	free(brief);
	brief = must(protobuf_c_message_unpack(c->table->row, NULL, len, packed));
	free(packed);
	*bytes += size + len;
	return brief;
}

static void
make(const book_cache_t *c, struct book *k, struct document *const *documents, const void **parsed)
{
	for (size_t i = 0; i < k->n; i++)
		parsed[i] = documents[i]->parsed;
	c->what->make(k->made, k->of, parsed, k->n);
}

const struct book *
book_cache_keep(book_cache_t *c, const char *district, const void *const *rows, size_t n)
{
	struct kept **at = kept_at(c, district), *k = must(calloc(1, sizeof *k));
	size_t made = c->what->head + n * c->what->each;
	const void **parsed = must(calloc(n + 1, sizeof *parsed));

	if (*at)
		kept_drop(c, at);
	k->district = must(strdup(district));
	k->rows = must(calloc(n + 1, sizeof *k->rows));
	k->documents = must(calloc(n + 1, sizeof *k->documents));
	k->bytes = sizeof *k + strlen(district) + 1 + (n + 1) * (sizeof *k->rows + sizeof *k->documents) + made;
	for (size_t i = 0; i < n; i++) {
		k->documents[i] = document_of(c, rows[i]);
		k->documents[i]->books++;
		k->rows[i] = row_kept(c, rows[i], &k->bytes);
	}
	k->book = (struct book){ must(calloc(1, made)), (const void *const *)k->rows, n };
	make(c, &k->book, k->documents, parsed);
	free(parsed);
	k->used = ++c->now;
	c->bytes += k->bytes;
	k->next = *at;
	*at = k;
	return &k->book;
}

struct book
book_cache_make(book_cache_t *c, const void *const *rows, size_t n, arena_t *a)
{
	struct book k = { arena_alloc(a, c->what->head + n * c->what->each), rows, n };
	struct document **documents = arena_alloc(a, (n + 1) * sizeof *documents);

	for (size_t i = 0; i < n; i++)
		documents[i] = document_of(c, rows[i]);
	make(c, &k, documents, arena_alloc(a, (n + 1) * sizeof(void *)));
	return k;
}

bool
book_is_of(const struct book *k, const struct table *t, const void *const *rows, size_t n)
{
	const ProtobufCFieldDescriptor *text = member_field(t->row, t->cache->text);

	for (size_t i = 0; i < n && i < k->n; i++)
		if (!message_equal_but(k->of[i], rows[i], text))
			return false;
	return k->n == n;
}

void
book_cache_forget(book_cache_t *c, const char *district)
{
	if (district && *kept_at(c, district))
		kept_drop(c, kept_at(c, district));
	for (size_t i = 0; !district && i < BUCKETS; i++)
		while (c->books[i])
			kept_drop(c, &c->books[i]);
}

/* ---- letting go */

/* The place of what was not used for longest, of what may go; NULL: there is none. */
static struct document **
document_to_go(book_cache_t *c)
{
	struct document **first = NULL;

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct document **at = &c->documents[i]; *at; at = &(*at)->next)
			if (!(*at)->books && (!first || (*at)->used < (*first)->used))
				first = at;
	return first;
}

static struct kept **
kept_to_go(book_cache_t *c)
{
	struct kept **first = NULL;

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct kept **at = &c->books[i]; *at; at = &(*at)->next)
			if (!first || (*at)->used < (*first)->used)
				first = at;
	return first;
}

/* First documents that no book names, then the book that nobody asked for longest, with those that are now no
 * other's. */
void
book_cache_trim(book_cache_t *c)
{
	size_t until = c->bytes > c->bytes_max ? c->bytes_max - c->bytes_max / PARTS_KEPT : c->bytes_max;

	while (c->bytes > until) {
		struct document **d = document_to_go(c);
		struct kept **k = d ? NULL : kept_to_go(c);
		assert(d || k);
		if (d)
			document_drop(c, d);
		else
			kept_drop(c, k);
	}
}

size_t
book_cache_bytes(const book_cache_t *c)
{
	return c->bytes;
}

void
book_cache_close(book_cache_t **cp)
{
	book_cache_t *c = *cp;

	if (!c)
		return;
	book_cache_forget(c, NULL);
	for (size_t i = 0; i < BUCKETS; i++)
		while (c->documents[i])
			document_drop(c, &c->documents[i]);
	free(c);
	*cp = NULL;
}
