/* mention - texts that mention people, units, villages and townships without naming them.
 *
 * Names stand in roster alone, so what is kept of a text refers to them: ⟦person/p1⟧, or, once it was said,
 * ⟦person/p1@17⟧: called as when roster's log had 17 events.  Whoever shows the text puts the names in.  Pure. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern const char *const mention_kinds[];               /* "person", "unit", …; NULL-ended */

char *mention_of(const char *kind, const char *id, arena_t *a);

/* The first mention from `text` on.  ref: what stands between the brackets, not ended by a NUL; end: what follows them.
 */
struct mention { const char *begin, *ref, *end; size_t ref_len; };
bool mention_next(const char *text, struct mention *m);

/* What a reference says; false: it is none.  seq INT64_MAX: as of now. */
struct mentioned { const char *kind, *id; int64_t seq; };
bool mention_read(const char *ref, size_t len, arena_t *a, struct mentioned *out);

/* With the names that `name` knows, by reference; where it says NULL, or is NULL itself, with ids. */
typedef const char *mention_name_fn(void *ctx, const char *ref);
char *mention_fill(const char *text, mention_name_fn *name, void *ctx, arena_t *a);
