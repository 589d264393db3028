/* ring - the newest events of each partition, for consumers that are nearly up to date; older ones come from the
 * table. */
#pragma once
#include "base/digest.h"
#include "base/ids.h"
#include "engine_rows.pb-c.h"
#include <stddef.h>
#include <stdint.h>

enum { RING_BYTES_MAX = 3 << 20 };

struct ring_event {
	struct ring_event *next;
	int32_t partition; int64_t seq; uint8_t hash[SHA256_SIZE]; uint32_t type_hash;  /* as in Fetch.urgent */
	size_t body_len, bytes; const char *type; uint8_t body[];
};
struct ring_part { struct ring_event **at; size_t cap, first, n; };
/* changes: what a question would be told may be another */
struct ring { struct ring_event *oldest, *newest; struct ring_part part[PARTITIONS]; size_t bytes; uint64_t changes; };

uint32_t ring_type_hash(const char *type);
void ring_push(struct ring *r, const EngineRows__Logged *e);
/* The event with that number, NULL when it is not (or no longer) here. */
const struct ring_event *ring_at(const struct ring *r, int32_t partition, int64_t seq);
/* no longer ours: its next owner writes what we do not see */
void ring_forget_part(struct ring *r, int32_t partition);
void ring_forget(struct ring *r);
