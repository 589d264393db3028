/* standing_text - what stands for a person, or a unit, as lines of text that two people can be compared by.
 *
 * Ids differ between people who have the same history, so findings are named by the caller and measures by what they
 * are. */
#pragma once
#include "base/arena.h"
#include "mirror_rows.pb-c.h"
#include "accountability_rows.pb-c.h"
#include "domain/policy_book.h"
#include <jansson.h>

struct naming { const char *(*name)(const void *ctx, const char *finding_id); const void *ctx; };

/* Absences and measures of a GET …/standing, a line each, sorted.  Malloc'ed. */
char *standing_ladder(json_t *standing, const char *person_id, const struct naming *n);
/* Criticisms and measures of a unit's, all of which are its head's.  Malloc'ed. */
char *standing_unit(json_t *standing, const char *unit_id, const char *head_id, const struct naming *n);
/* Its eligibility.  Malloc'ed. */
char *standing_verdicts(json_t *standing, const struct naming *n);
/* Both years of GET …/stipend as they come, without the id.  Malloc'ed. */
char *standing_money(json_t *stipend);

/* What the ladders say of these findings when it is asked once, now: as standing_ladder() writes it.  Malloc'ed. */
char *standing_recomputed(const struct policy_book *book, const AccountabilityRows__Finding *const *findings, size_t n,
                          const MirrorRows__Posting *posting, const struct naming *naming, arena_t *a);
/* The same of a unit that has always had this head, who holds no posting: as standing_unit() writes it. */
char *standing_unit_recomputed(const struct policy_book *book, const char *unit_id, const char *head_id,
			       const AccountabilityRows__Finding *const *findings, size_t n,
			       const struct naming *naming, arena_t *a);
