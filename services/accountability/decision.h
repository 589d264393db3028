/* decision - what people decided against measures: rejected, lifted, or the recall called off.  It holds while the
 * measure rests on nothing that it did not rest on then (rules.md §5 "Identity", A98); a decision is never forgotten,
 * so it holds again when what was added goes. */
#pragma once
#include "accountability_rows.pb-c.h"
#include "engine/service.h"

void decision_want(struct batch *b, const char *case_id);
/* By the event that says it; m: as it stands, in the state decided; its facts must have been wanted. */
void decision_keep(struct batch *b, const AccountabilityRows__Measure *m);
/* Puts the measures that should stand, and have stood before, into the states that people's decisions hold them in. */
void decision_hold(struct batch *b, const char *case_id, AccountabilityRows__Measure *const *due, size_t n);
