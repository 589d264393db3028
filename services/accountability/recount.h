/* recount - a case counted anew when a fact, a posting, a policy, a head or a recall moves: what should stand,
 * against what does. */
#pragma once
#include "accountability.h"

/* All that a count reads: of a person and of the units whose people's recalls were ordered; of these recalls alone;
 * of a unit. */
void recount_want_person(struct batch *b, const char *person_id);
void recount_want_recalls(struct batch *b, const char *person_id);
void recount_want_unit(struct batch *b, const char *unit_id);

/* Which cases one input may have moved, and why: the fact, and whether it is sealed or fell, or who moved a recall.
 * person_id NULL: units alone.  Those of the person's recalls are counted without being named. */
struct recount {
	const char *person_id; const char *const *units; size_t nunits;
	const char *finding_id, *account; bool sealed, annulled;
};
/* Counts them and says what changed, in at most one MeasuresChanged, and one more for what is sealed (C3.2.2);
 * nothing when nothing did.  Recalls whose rung is no longer reached end. */
void recount(struct batch *b, const struct recount *r);
