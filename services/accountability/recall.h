/* recall - the cases of people who are to be recalled (C3.2.1-3, C3.2.1-r): opened and called off with their measure, moved step by
 * step by people, overdue when a step is not made in time.
 *
 * A case's row follows from MeasuresChanged, RecallMoved and RecallOverdue; what an ordered recall brings is counted with the ladder,
 * in recount.c. */
#pragma once
#include "recall_policy.h"
#include "engine/service.h"

extern const struct table recall_table;         /* key district, person_id, recall_id */
extern const struct table unit_recall_table;    /* key district, unit_id, ordered_seq */
extern const struct table posting_home_table;   /* key district, posting_id */

#define RECALL_DUE "recall_due"                 /* kind of the timer; its subject is "<person> <recall>" */

/* The recalls of a person, and what is counted with them: all that a count of the units they were ordered of reads.  The recalls of a
 * unit. */
void recall_want_person(struct batch *b, const char *person_id);
void recall_want_unit(struct batch *b, const char *unit_id);
size_t recall_of_person(struct batch *b, const char *person_id, const AccountabilityRows__Recall *const **rows);
size_t recall_of_unit(struct batch *b, const char *unit_id, const AccountabilityRows__UnitRecall *const **rows);

/* A head has been put: of what was ordered while none was known, the first to be known is the head. */
void recall_head_known(struct batch *b, const char *unit_id, const char *head_id);

/* A recall measure has been imposed, amended or revoked; called by the fact that writes it. */
void recall_follow(struct batch *b, Accountability__Change change, const AccountabilityRows__Measure *m);
/* Says that a case has ended because its rung is no longer reached; was: as it stood before. */
void recall_say_cancelled(struct batch *b, const AccountabilityRows__Recall *was);

/* want and run of RecallMoved, run of RecallOverdue */
void recall_want_moved(struct batch *b, const void *m);
void recall_run_moved(struct batch *b, const void *m);
void recall_run_overdue(struct batch *b, const void *m);
/* the timer */
void recall_want_due(struct batch *b, const char *subject);
void recall_due_over(struct batch *b, const char *subject);

/* What everybody outside sees of a row; unit and posting are those of the answer's time until it is ordered. */
Accountability__RecallCase *recall_message(const AccountabilityRows__Recall *row, const char *unit_id, const char *posting_id, arena_t *a);

/* want, exists, may and run of the steps. */
#define RECALL_STEP(noun) \
	void recall_want_##noun(struct batch *b, const void *m); \
	bool recall_exists_##noun(struct batch *b, const void *m); \
	bool recall_may_##noun(struct batch *b, const void *m); \
	void recall_run_##noun(struct batch *b, const void *m);
RECALL_STEP(review)
RECALL_STEP(order)
RECALL_STEP(hand_over)
RECALL_STEP(replace)
RECALL_STEP(cancel)
#undef RECALL_STEP
