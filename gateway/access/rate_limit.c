#include "access/rate_limit.h"
#include "base/digest.h"
#include <math.h>
#include <string.h>

uint64_t
rate_limit_key(const char *kind, const void *who, size_t len)
{
	struct span_of_bytes parts[] = { { kind, strlen(kind) + 1 }, { who, len } };
	uint8_t digest[SHA256_SIZE];
	uint64_t key;

	sha256(parts, 2, digest);
	memcpy(&key, digest, sizeof(key));
	return key | 1;                 /* 0 is nobody's */
}

static struct bucket *
bucket_of(struct rate_limit *bs, uint64_t key, struct rate rate, int64_t mono_us)
{
	struct bucket *group = bs->at[(key >> 1) % BUCKET_GROUPS], *oldest = group;

	for (size_t i = 0; i < BUCKETS_A_GROUP; i++) {
		if (group[i].key == key)
			return &group[i];
		if (group[i].at_us < oldest->at_us)
			oldest = &group[i];
	}
	*oldest = (struct bucket){ .key = key, .at_us = mono_us, .left = (double)rate.burst };
	return oldest;
}

int64_t
rate_limit_take(struct rate_limit *bs, uint64_t key, struct rate rate, int64_t mono_us)
{
	if (rate.per_second == 0)
		return 0;
	struct bucket *b = bucket_of(bs, key, rate, mono_us);
	double filled = b->left + (double)(mono_us - b->at_us) / 1e6 * (double)rate.per_second;
	b->left = filled < (double)rate.burst ? filled : (double)rate.burst;
	b->at_us = mono_us;
	if (b->left >= 1) {
		b->left -= 1;
		return 0;
	}
	return (int64_t)ceil((1 - b->left) * 1e6 / (double)rate.per_second);
}
