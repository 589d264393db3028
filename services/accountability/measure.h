/* measure - measures as rows: counted anew when a fact, a posting or a policy moves; moved by hand; opened and closed as recalls.
 *
 * MeasuresChanged is the only thing that writes the tables measure, measure_home and recall. */
#pragma once
#include "accountability_policy.h"
#include "service.h"

extern const struct table finding_table;        /* key district, person_id, finding_id */
extern const struct table measure_table;        /* key district, person_id, measure_id */
extern const struct table measure_home_table;   /* key district, measure_id; append-only */
extern const struct table recall_table;         /* key district, person_id, recall_id */
extern const struct table move_table;           /* key district, measure_id, seq; append-only, own */

/* All that a count of this person reads. */
void measure_want_person(struct batch *b, const char *person_id);
/* Counts a person's absence ladder anew and says what changed, in at most one MeasuresChanged; nothing when nothing did.
 * finding_id: the fact that moved it, or "". */
void measure_recount(struct batch *b, const char *person_id, const char *finding_id, bool annulled);

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
