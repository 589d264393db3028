/* session_cache - whose token is whose, as roster said a moment ago.
 *
 * A bounded table of token digests, each believed for SESSION_KEPT_US at most.  Whatever roster is told to do through
 * this gateway may change who somebody is, so what is kept of that district goes; what goes through another gateway is
 * seen when the time is over. */
#pragma once
#include "access/identity.h"
#include "base/digest.h"

enum { SESSION_CACHE_MAX = 1024, SESSION_KEPT_US = 2 * 1000 * 1000 };

struct session_cache {
	/* of what is known of a partition's districts: forgetting makes it older */
	uint64_t age[PARTITIONS];
	struct session {
		char token_sha256[SHA256_HEX_MAX];      /* "": free */
		struct identity who;
		uint64_t age;
		int64_t until_us;
	} at[SESSION_CACHE_MAX];
};

const struct identity *session_cache_find(const struct session_cache *cs, const char *token_sha256, int64_t mono_us);
uint64_t session_cache_age(const struct session_cache *cs, const char *district);
/* age: as it was when it was asked; what has been forgotten since is not kept. */
void session_cache_keep(struct session_cache *cs, const char *token_sha256, const struct identity *who, uint64_t age,
                        int64_t mono_us);
void session_cache_forget(struct session_cache *cs, const char *district);         /* "": all of them */
void session_cache_close(struct session_cache *cs);
