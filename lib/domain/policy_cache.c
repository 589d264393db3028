/* policy_cache - see policy_cache.h. */
#include "domain/policy_cache.h"
#include "base/digest.h"
#include "base/log.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	DOCUMENT_BYTES_MAX = 16 << 20, ARENA_BYTES = 64 << 10,         /* what an arena takes at least */
	BUCKETS = 1024, PARTS_KEPT = 8,                                 /* what is trimmed goes down by an eighth, so that it is not trimmed each time */
};

struct document {
	struct document *next;                          /* of its bucket */
	uint8_t digest[SHA256_SIZE];
	arena_t *arena; size_t bytes;
	Policy__Policy *policy;
	size_t books; uint64_t used;                    /* kept ones that name it; when it was asked for last */
};
struct book {
	struct book *next;
	char *district;
	struct policy_book book; struct policy_version *versions;
	struct document **documents;
	size_t bytes; uint64_t used;
};
struct policy_cache {
	size_t bytes_max, bytes;
	struct metrics *metrics;
	struct document *documents[BUCKETS];
	struct book *books[BUCKETS];
	uint64_t now;                                   /* how often something was asked for */
};

static void *
must(void *p)
{
	if (!p)
		abort();
	return p;
}

policy_cache_t *
policy_cache_open(size_t bytes_max, struct metrics *metrics)
{
	policy_cache_t *c = must(calloc(1, sizeof *c));

	c->bytes_max = bytes_max;
	c->metrics = metrics;
	return c;
}

/* ---- documents */

static size_t
place_of_digest(const uint8_t *digest)
{
	return (digest[0] << 8 | digest[1]) % BUCKETS;
}

static struct document *
document_parse(policy_cache_t *c, const MirrorRows__Policy *row, const uint8_t *digest)
{
	struct document *d = must(calloc(1, sizeof *d));
	Wire__Problem *problem;

	memcpy(d->digest, digest, SHA256_SIZE);
	d->arena = arena_open(DOCUMENT_BYTES_MAX);
	bool ok = policy_parse(row->document_json, d->arena, &d->policy, &problem);
	if (!ok)
		LOG(ERROR, "policy.unreadable", NULL, LOG_S("district", row->district), LOG_S("version", row->version), LOG_S("why", problem->detail));
	assert(ok);
	d->bytes = sizeof *d + (arena_used(d->arena) / ARENA_BYTES + 1) * ARENA_BYTES;
	c->bytes += d->bytes;
	metric_add(c->metrics, METRIC_POLICIES_PARSED, 1);
	return d;
}

static struct document *
document_of(policy_cache_t *c, const MirrorRows__Policy *row)
{
	uint8_t digest[SHA256_SIZE];
	struct document *d;

	sha256(&(struct span_of_bytes){ row->document_json, strlen(row->document_json) }, 1, digest);
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
document_drop(policy_cache_t *c, struct document **at)
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

static struct book **
book_at(policy_cache_t *c, const char *district)
{
	struct book **at = &c->books[place_of_district(district)];

	while (*at && strcmp((*at)->district, district) != 0)
		at = &(*at)->next;
	return at;
}

static void
book_drop(policy_cache_t *c, struct book **at)
{
	struct book *k = *at;

	*at = k->next;
	c->bytes -= k->bytes;
	for (size_t i = 0; i < k->book.n; i++) {
		k->documents[i]->books--;
		free((char *)k->versions[i].version);
	}
	free(k->district);
	free(k->versions);
	free(k->documents);
	free(k);
}

const struct policy_book *
policy_cache_of(policy_cache_t *c, const char *district)
{
	struct book *k = *book_at(c, district);

	if (!k)
		return NULL;
	k->used = ++c->now;
	return &k->book;
}

const struct policy_book *
policy_cache_keep(policy_cache_t *c, const char *district, const MirrorRows__Policy *const *rows, size_t n)
{
	struct book **at = book_at(c, district), *k = must(calloc(1, sizeof *k));

	if (*at)
		book_drop(c, at);
	k->district = must(strdup(district));
	k->versions = must(calloc(n + 1, sizeof *k->versions));
	k->documents = must(calloc(n + 1, sizeof *k->documents));
	k->bytes = sizeof *k + strlen(district) + 1 + (n + 1) * (sizeof *k->versions + sizeof *k->documents);
	for (size_t i = 0; i < n; i++) {
		k->documents[i] = document_of(c, rows[i]);
		k->documents[i]->books++;
		k->versions[i] = (struct policy_version){ must(strdup(rows[i]->version)), rows[i]->effective_from_day, k->documents[i]->policy };
		k->bytes += strlen(rows[i]->version) + 1;
	}
	k->book = (struct policy_book){ k->versions, n };
	k->used = ++c->now;
	c->bytes += k->bytes;
	k->next = *at;
	*at = k;
	return &k->book;
}

void
policy_cache_make(policy_cache_t *c, const MirrorRows__Policy *const *rows, size_t n, arena_t *a, struct policy_book *out)
{
	struct policy_version *v = arena_alloc(a, (n + 1) * sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct policy_version){ arena_strdup(a, rows[i]->version), rows[i]->effective_from_day, document_of(c, rows[i])->policy };
	*out = (struct policy_book){ v, n };
}

void
policy_cache_forget(policy_cache_t *c, const char *district)
{
	if (district && *book_at(c, district))
		book_drop(c, book_at(c, district));
	for (size_t i = 0; !district && i < BUCKETS; i++)
		while (c->books[i])
			book_drop(c, &c->books[i]);
}

/* ---- letting go */

/* The place of what was not used for longest, of what may go; NULL: there is none. */
static struct document **
document_to_go(policy_cache_t *c)
{
	struct document **first = NULL;

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct document **at = &c->documents[i]; *at; at = &(*at)->next)
			if (!(*at)->books && (!first || (*at)->used < (*first)->used))
				first = at;
	return first;
}

static struct book **
book_to_go(policy_cache_t *c)
{
	struct book **first = NULL;

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct book **at = &c->books[i]; *at; at = &(*at)->next)
			if (!first || (*at)->used < (*first)->used)
				first = at;
	return first;
}

/* First documents that no book names, then the book that nobody asked for longest, with those that are now no other's. */
void
policy_cache_trim(policy_cache_t *c)
{
	size_t until = c->bytes > c->bytes_max ? c->bytes_max - c->bytes_max / PARTS_KEPT : c->bytes_max;

	while (c->bytes > until) {
		struct document **d = document_to_go(c);
		struct book **k = d ? NULL : book_to_go(c);
		assert(d || k);
		if (d)
			document_drop(c, d);
		else
			book_drop(c, k);
	}
}

size_t
policy_cache_bytes(const policy_cache_t *c)
{
	return c->bytes;
}

void
policy_cache_close(policy_cache_t **cp)
{
	policy_cache_t *c = *cp;

	if (!c)
		return;
	policy_cache_forget(c, NULL);
	for (size_t i = 0; i < BUCKETS; i++)
		while (c->documents[i])
			document_drop(c, &c->documents[i]);
	free(c);
	*cp = NULL;
}
