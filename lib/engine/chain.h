/* chain - what ties the events of a partition's log together: each one's hash is over the hash before it. */
#pragma once
#include "base/digest.h"
#include <stddef.h>
#include <stdint.h>

/* How far a log goes, or was read: hash_len is 0 before the first event. */
struct position { int64_t seq; uint8_t hash[SHA256_SIZE]; size_t hash_len; };

/* Of the event that comes after `before`, over the bytes as stored, never re-encoded. */
void chain_hash(const struct position *before, int64_t seq, const char *type, const void *body, size_t len,
		uint8_t out[SHA256_SIZE]);
