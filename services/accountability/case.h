/* case - a case's rows as all rooms of this service read them, and what everybody outside sees of them.
 *
 * A case is a person's, and has his id, or a unit's: "unit/ID", which is no person's id.  What was found lies in each
 * case that it counts in, a measure in that of its subject. */
#pragma once
#include "accountability.h"
#include "engine/reader.h"

/* Written where they are listed; moves also by recall.c, and of recalls the head by headship.c. */
extern const struct table measure_table;        /* key district, case_id, measure_id */
extern const struct table measure_home_table;   /* key district, measure_id; append-only */
extern const struct table move_table;           /* key district, measure_id, seq; append-only, own */
extern const struct table recall_table;         /* key district, person_id, recall_id */
extern const struct table unit_recall_table;    /* key district, unit_id, ordered_seq */
extern const struct table posting_home_table;   /* key district, posting_id */

char *case_of_unit(const char *unit_id, arena_t *a);
const char *case_unit(const char *case_id);     /* whose it is; NULL: a person's */

/* All of a case, whatever its state; it must have been wanted. */
size_t case_measures(struct batch *b, const char *case_id, const AccountabilityRows__Measure *const **rows);
size_t case_recalls(struct batch *b, const char *person_id, const AccountabilityRows__Recall *const **rows);
size_t case_unit_recalls(struct batch *b, const char *unit_id, const AccountabilityRows__UnitRecall *const **rows);

/* What a reader finds: the findings of a case. */
size_t case_findings(struct reader *r, const char *case_id, const AccountabilityRows__Finding *const **rows);

/* Of a unit's measure its head, when it names one; else "". */
char *case_subject_person(const AccountabilityRows__Measure *m);
bool case_sealed(const AccountabilityRows__Measure *m);
Accountability__Measure *case_measure(const AccountabilityRows__Measure *row, arena_t *a);
Accountability__MeasureChange *case_change(Accountability__Change change, const AccountabilityRows__Measure *was,
                                           const AccountabilityRows__Measure *is, arena_t *a);
Accountability__RecallCase *case_recall(const AccountabilityRows__Recall *row, arena_t *a);
/* The move of a recall that stands: what it says beside where it moves to. */
Accountability__RecallMoved case_recall_moved(struct batch *b, const AccountabilityRows__Recall *r);
