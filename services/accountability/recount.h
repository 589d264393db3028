/* recount - a case counted anew when a fact, a posting, a policy, a head or a recall moves: what should stand, against what does. */
#pragma once
#include "measure.h"

extern const struct table headship_table;       /* key district, person_id, unit_id; append-only */

/* All that a count reads: of a person and of the units whose people's recalls were ordered; of a unit; of a case, as rows name it. */
void recount_want_person(struct batch *b, const char *person_id);
void recount_want_unit(struct batch *b, const char *unit_id);
void recount_want_case(struct batch *b, const char *case_id);
/* The units that this person heads or has headed, and all that their counts read. */
void recount_want_headed(struct batch *b, const char *person_id);
size_t recount_headed(struct batch *b, const char *person_id, const char ***units);

/* Which cases one input may have moved, and why: the fact, and whether it is sealed or fell, or who moved a recall.  person_id NULL: units alone.
 * Those of the person's recalls are counted without being named. */
struct recount { const char *person_id; const char *const *units; size_t nunits; const char *finding_id, *account; bool sealed, annulled; };
/* Counts them and says what changed, in at most one MeasuresChanged, and one more for what is sealed (C3.2.2); nothing when nothing did.  Recalls whose rung is no longer reached
 * end. */
void recount(struct batch *b, const struct recount *r);
void recount_case(struct batch *b, const char *case_id);
