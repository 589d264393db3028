/* measure - measures as rows: counted anew when a fact, a posting, a policy or a recall moves; moved by hand.
 *
 * MeasuresChanged is the only thing that writes the tables measure and measure_home.  A measure lies with its case: a person's, or
 * a unit's, which is "unit/ID". */
#pragma once
#include "accountability_policy.h"
#include "service.h"

extern const struct table finding_table;        /* key district, person_id, finding_id */
extern const struct table measure_table;        /* key district, person_id, measure_id */
extern const struct table measure_home_table;   /* key district, measure_id; append-only */
extern const struct table move_table;           /* key district, measure_id, seq; append-only, own */

/* All that a count of this person reads. */
void measure_want_person(struct batch *b, const char *person_id);
/* Why a case is counted: the fact that moved it and whether it fell, or who moved a recall; NULL: neither. */
struct measure_why { const char *finding_id, *account; bool annulled; };
/* Counts a person's ladder anew, what their ordered recalls bring, and what those bring for their units; says what changed, in at
 * most one MeasuresChanged; nothing when nothing did.  Recalls whose rung is no longer reached end. */
void measure_recount(struct batch *b, const char *person_id, const struct measure_why *why);

/* ---- for recalls */
const char *measure_case_of_unit(struct batch *b, const char *unit_id);
void measure_want_case(struct batch *b, const char *case_id);
/* Whose case the measure of this id is in; NULL: no such measure, or, while wanting, not there yet. */
const char *measure_want_home(struct batch *b, const char *id);
const char *measure_home_person(struct batch *b, const char *id);
/* The measure that an ordered recall brought for its unit was rejected or lifted. */
bool measure_is_off(struct batch *b, const char *unit_id, const char *recall_id);
/* Who made a step of a recall, and what they said. */
void measure_keep_step(struct batch *b, const char *recall_id, Accountability__RecallCase__State to, const char *reason);

void measure_want_changed(struct batch *b, const void *m);      /* of MeasuresChanged */
void measure_run_changed(struct batch *b, const void *m);

/* What everybody outside sees of a row; points into it. */
Accountability__Measure *measure_message(const AccountabilityRows__Measure *row, arena_t *a);

/* want, exists, may and run of the orders that move a measure by hand. */
#define MEASURE_MOVE(noun) \
	void measure_want_##noun(struct batch *b, const void *m); \
	bool measure_exists_##noun(struct batch *b, const void *m); \
	bool measure_may_##noun(struct batch *b, const void *m); \
	void measure_run_##noun(struct batch *b, const void *m);
MEASURE_MOVE(approve)
MEASURE_MOVE(reject)
MEASURE_MOVE(lift)
MEASURE_MOVE(serve)
#undef MEASURE_MOVE
