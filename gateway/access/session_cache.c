#include "access/session_cache.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A digest is random enough: its first digits are its place, and whoever comes later takes it. */
static size_t
place_of(const char *token_sha256)
{
	char head[9];

	snprintf(head, sizeof(head), "%.8s", token_sha256);
	return strtoul(head, NULL, 16) % SESSION_CACHE_MAX;
}

uint64_t
session_cache_age(const struct session_cache *cs, const char *district)
{
	return cs->age[partition_of(district)];
}

const struct identity *
session_cache_find(const struct session_cache *cs, const char *token_sha256, int64_t mono_us)
{
	const struct session *c = &cs->at[place_of(token_sha256)];

	if (strcmp(c->token_sha256, token_sha256) != 0 || mono_us >= c->until_us ||
	    c->age != session_cache_age(cs, c->who.district))
		return NULL;
	return &c->who;
}

void
session_cache_keep(struct session_cache *cs, const char *token_sha256, const struct identity *who, uint64_t age,
                   int64_t mono_us)
{
	struct session *c = &cs->at[place_of(token_sha256)];

	snprintf(c->token_sha256, sizeof(c->token_sha256), "%s", token_sha256);
	identity_copy(&c->who, who);
	c->age = age;
	c->until_us = mono_us + SESSION_KEPT_US;
}

void
session_cache_close(struct session_cache *cs)
{
	for (size_t i = 0; i < SESSION_CACHE_MAX; i++)
		identity_drop(&cs->at[i].who);
}

void
session_cache_forget(struct session_cache *cs, const char *district)
{
	if (*district)
		cs->age[partition_of(district)]++;
	for (size_t i = 0; i < PARTITIONS && !*district; i++)
		cs->age[i]++;
}
