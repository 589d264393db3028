/* names - puts names where a text only mentions people, units, villages and townships (lib/domain/mention.h), and
 * beside ids.  Pure.
 *
 * Texts are kept without names, which are roster's alone; so an answer that has such texts waits for what roster says
 * they were called. */
#pragma once
#include "base/arena.h"
#include <jansson.h>

/* What the strings of an answer mention, each once: an array of references; empty: nothing. */
json_t *names_mentioned(const json_t *answer, arena_t *a);
/* names: reference → name, of those that are known; NULL: ids are put instead. */
void names_fill(json_t *answer, const json_t *names, arena_t *a);

/* Of every id that stands in a member called so (person_id, unit_ids, account …), whatever the depth, each once and at
 * most NAMES_BESIDE_MAX: an array of "kind/id". */
enum { NAMES_BESIDE_MAX = 2000 };
json_t *names_ids(const json_t *answer);
/* Member `names` of an answer, of no ids yet; and one more in it.  of: whose it is, "" nobody's. */
json_t *names_none(void);
void names_add(json_t *names, const char *kind, const char *id, const char *name, const char *of);
