/* policy_cache - rule books in memory: one parsed document for each text, however many districts and versions have it.
 *
 * Most districts have the document that we ship, so many books are few documents.  A book is small and is kept under its district;
 * a document is found by the digest of its text, so one that was parsed for a book that did not come about is no harm.  Of one thread.
 * Bounded in bytes: policy_cache_trim() lets go what was not used for longest.  Until then everything stays where it is. */
#pragma once
#include "base/arena.h"
#include "base/metrics.h"
#include "mirror_rows.pb-c.h"
#include "domain/policy_book.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct policy_cache policy_cache_t;

policy_cache_t *policy_cache_open(size_t bytes_max, struct metrics *metrics);
void policy_cache_close(policy_cache_t **cp);

/* NULL: none is kept. */
const struct policy_book *policy_cache_of(policy_cache_t *c, const char *district);
/* rows: a district's, by their first days.  Documents that roster published were checked by the same code: one that cannot be parsed aborts. */
const struct policy_book *policy_cache_keep(policy_cache_t *c, const char *district, const MirrorRows__Policy *const *rows, size_t n);
/* A book that is not kept: its list is in the arena, its documents are the cache's. */
void policy_cache_make(policy_cache_t *c, const MirrorRows__Policy *const *rows, size_t n, arena_t *a, struct policy_book *out);
/* The books of a district, or (NULL) of all; not their documents. */
void policy_cache_forget(policy_cache_t *c, const char *district);
void policy_cache_trim(policy_cache_t *c);
size_t policy_cache_bytes(const policy_cache_t *c);
