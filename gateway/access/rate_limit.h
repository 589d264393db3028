/* rate_limit - how much somebody may ask: a bucket of tokens for each, filled at a rate, emptied by what he asks.
 *
 * A bounded table: in each small group of places whoever has asked least lately makes room, and begins again with a
 * full bucket. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUCKET_GROUPS = 1024, BUCKETS_A_GROUP = 4 };

struct bucket { uint64_t key; int64_t at_us; double left; };
struct rate_limit { struct bucket at[BUCKET_GROUPS][BUCKETS_A_GROUP]; };
struct rate { int64_t per_second, burst; };             /* per_second 0: no bound */

/* Which bucket: a kind of thing asked, and who asks. */
uint64_t rate_limit_key(const char *kind, const void *who, size_t len);
/* 0: taken.  Else nothing was, and so many µs later there is one. */
int64_t rate_limit_take(struct rate_limit *bs, uint64_t key, struct rate rate, int64_t mono_us);
