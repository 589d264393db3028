/* book_cache - what is made of the rows that a district has of one table, in memory.
 *
 * Such a row holds a long text, which takes longer to parse than to load: what is parsed is a document, and what the
 * documents of a district are together is its book.  Many districts have the same texts, so many books are few
 * documents.  A book is small and is kept under its district; a document is found by the digest of its text, so one
 * that was parsed for a book that did not come about is no harm.  Of one thread.  Bounded in bytes:
 * book_cache_trim() lets go what was not used for longest.  Until then everything stays where it is.  A table says
 * by its `cache` what is made of it; a service has one such table at most. */
#pragma once
#include "base/arena.h"
#include "base/metrics.h"
#include "store/rows.h"
#include <stdbool.h>
#include <stddef.h>

struct district_cache {
	const char *text;                               /* the field that holds the text */
	/* of the text alone: rows that have the same share what comes; never NULL */
	const void *(*parse)(const void *row, arena_t *a);
	size_t head, each;                              /* bytes of a book, and of each row in it */
	/* rows: in the order of their key, and without their texts; they live as long as the book. */
	void (*make)(void *book, const void *const *rows, const void *const *documents, size_t n);
};

/* made: by struct district_cache; of: the rows it was made of, which may lack their texts. */
struct book { void *made; const void *const *of; size_t n; };
/* Whether it is of these, and no others. */
bool book_is_of(const struct book *k, const struct table *t, const void *const *rows, size_t n);

typedef struct book_cache book_cache_t;

book_cache_t *book_cache_open(const struct table *t, size_t bytes_max, struct metrics *metrics);
void book_cache_close(book_cache_t **cp);

/* NULL: none is kept. */
const struct book *book_cache_of(book_cache_t *c, const char *district);
/* rows: a district's, in the order of their key. */
const struct book *book_cache_keep(book_cache_t *c, const char *district, const void *const *rows, size_t n);
/* A book that is not kept: it is in the arena, of these very rows; its documents are the cache's. */
struct book book_cache_make(book_cache_t *c, const void *const *rows, size_t n, arena_t *a);
/* The books of a district, or (NULL) of all; not their documents. */
void book_cache_forget(book_cache_t *c, const char *district);
void book_cache_trim(book_cache_t *c);
size_t book_cache_bytes(const book_cache_t *c);
