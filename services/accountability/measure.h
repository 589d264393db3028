/* measure - measures as rows: changed by what recount.c finds; moved by hand.
 *
 * MeasuresChanged is the only thing that writes the tables measure and measure_home.  A measure lies with its case: a person's, or
 * a unit's, which is "unit/ID". */
#pragma once
#include "accountability_policy.h"
#include "engine/service.h"

extern const struct table finding_table;        /* key district, person_id, finding_id */
extern const struct table measure_table;        /* key district, person_id, measure_id */
extern const struct table measure_home_table;   /* key district, measure_id; append-only */
extern const struct table move_table;           /* key district, measure_id, seq; append-only, own */

/* A unit's case, as rows name it. */
const char *measure_case_of_unit(const char *unit_id, arena_t *a);
/* All measures of a case, whatever their state; it must have been wanted. */
size_t measure_list(struct batch *b, const char *case_id, const AccountabilityRows__Measure *const **rows);

/* Whose case the measure of this id is in; NULL: no such measure, or, while wanting, not there yet. */
const char *measure_want_home(struct batch *b, const char *id);
const char *measure_home_person(struct batch *b, const char *id);
/* Of the earliest of its facts, which must have been wanted. */
int32_t measure_first_day(struct batch *b, const AccountabilityRows__Measure *m);
bool measure_is_sealed(const AccountabilityRows__Measure *m);
/* The measure that an ordered recall brought for its unit was rejected or lifted. */
bool measure_is_off(struct batch *b, const char *unit_id, const char *recall_id);
/* Who made a step of a recall, and what they said. */
void measure_keep_step(struct batch *b, const char *recall_id, Accountability__RecallCase__State to, const char *reason);

void measure_want_changed(struct batch *b, const void *m);      /* of MeasuresChanged */
void measure_run_changed(struct batch *b, const void *m);

Accountability__MeasureChange *measure_change_message(Accountability__Change change, const AccountabilityRows__Measure *was,
                                                      const AccountabilityRows__Measure *is, arena_t *a);
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
