/* callers - whose token is whose, as roster said a moment ago.
 *
 * A bounded table of token digests, each believed for CALLER_KEPT_US at most.  Whatever is ordered of roster through this
 * gateway may change who somebody is, so what is kept of that district goes; what goes through another gateway is seen when
 * the time is over. */
#pragma once
#include "access/identity.h"
#include "base/digest.h"

enum { CALLERS_MAX = 1024, CALLER_KEPT_US = 2 * 1000 * 1000 };

struct callers {
	uint64_t age[PARTITIONS];               /* of what is known of a partition's districts: forgetting makes it older */
	struct caller {
		char token_sha256[SHA256_HEX_MAX];      /* "": free */
		struct identity who;
		uint64_t age;
		int64_t until_us;
	} at[CALLERS_MAX];
};

const struct identity *callers_find(const struct callers *cs, const char *token_sha256, int64_t mono_us);
uint64_t callers_age(const struct callers *cs, const char *district);
/* age: as it was when it was asked; what has been forgotten since is not kept. */
void callers_keep(struct callers *cs, const char *token_sha256, const struct identity *who, uint64_t age, int64_t mono_us);
void callers_forget(struct callers *cs, const char *district);         /* "": all of them */
void callers_close(struct callers *cs);
