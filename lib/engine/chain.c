#include "engine/chain.h"
#include <endian.h>
#include <string.h>

void
chain_hash(const struct position *before, int64_t seq, const char *type, const void *body, size_t len,
	   uint8_t out[SHA256_SIZE])
{
	uint64_t big = htobe64((uint64_t)seq);
	const struct span_of_bytes parts[] = {
		{ before->hash, before->hash_len }, { &big, sizeof big }, { type, strlen(type) }, { body, len },
	};

	sha256(parts, sizeof parts / sizeof parts[0], out);
}
