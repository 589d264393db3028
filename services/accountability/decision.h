/* decision - what people decided against measures: rejected, lifted, or the recall called off.  It holds while the measure rests on nothing
 * that it did not rest on then (rules.md §5 "Identity", A98); a decision is never forgotten, so it holds again when what was added goes. */
#pragma once
#include "accountability_policy.h"
#include "engine/service.h"

extern const struct table decision_table;       /* key district, person_id, measure_id, seq; append-only */

/* The decisions of a case, as rows name it. */
void decision_want(struct batch *b, const char *case_id);
/* What a decision of this measure is kept with. */
void decision_want_facts(struct batch *b, const AccountabilityRows__Measure *m);
/* By the fact that says it; m: as it stands, in the state decided. */
void decision_keep(struct batch *b, const AccountabilityRows__Measure *m);
/* Puts the measures that should stand, and have stood before, into the states that people's decisions hold them in. */
void decision_hold(struct batch *b, const char *case_id, AccountabilityRows__Measure *const *due, size_t n);
