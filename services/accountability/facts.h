/* facts - the findings of a case, and those of them that a measure or a recall rests on. */
#pragma once
#include "accountability.h"
#include "domain/duty.h"

extern const struct table finding_table;        /* key district, case_id, finding_id; finding.c writes it */

/* All of a case, whatever their state; they must have been wanted. */
size_t facts_of_case(struct batch *b, const char *case_id, const AccountabilityRows__Finding *const **rows);

struct facts { const char *case_id; char *const *ids; size_t n; };
struct facts facts_of_measure(const AccountabilityRows__Measure *m);
struct facts facts_of_recall(const AccountabilityRows__Recall *r);

void facts_want(struct batch *b, struct facts f);
/* Those that are here, in that order; they must have been wanted. */
size_t facts_list(struct batch *b, struct facts f, const AccountabilityRows__Finding ***out);
/* The day of the earliest, or that given. */
int32_t facts_first_day(struct batch *b, struct facts f, int32_t day);
/* Who noted and who confirmed them. */
void facts_want_deciders(struct batch *b, struct facts f);
void facts_decided(struct batch *b, const AccountabilityRows__Finding *fact, struct duty *d);
