/* names - puts names where a text only mentions people, units, villages and townships (lib/domain/mention.h).
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
