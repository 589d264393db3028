/* recall_policy - the dates of a recall and what an ordered one brings (C3.2.1-r, C3.2.1-rr; rules.md §5 "Recall", A5,
 * A7).
 *
 * Pure: everything depends on the arguments alone, results live in the arena passed in and point into the arguments.
 * What follows is counted by the policy in force on the day a recall was ordered. */
#pragma once
#include "accountability.pb-c.h"
#include "accountability_rows.pb-c.h"
#include "base/arena.h"
#include "mirror_rows.pb-c.h"
#include "domain/policy_book.h"
#include <stdbool.h>
#include <stddef.h>

#define LADDER_RECALL "recall"          /* measures of the person recalled */
#define LADDER_HEAD "head"              /* 顶岗: of the unit, and of its head */

typedef Accountability__RecallCase__State recall_state_t;

/* What the recall measure is while its case is in this state; one cancelled by hand is lifted while its rung stands. */
Accountability__MeasureState recall_measure_state(recall_state_t state);

/* The last day for the next step.  since_day: the decision, the review, the order, and of the replacement the order
 * too.  False: nothing is due any more, or no policy says. */
bool recall_due(const struct policy_version *v, recall_state_t state, int32_t since_day, int32_t *due_day);

/* The posting that a recall is about: of those held on the day the first secretary's, else the team member's, else the
 * one with the smallest id.  NULL: none is held. */
const MirrorRows__Posting *recall_posting(const MirrorRows__Posting *const *postings, size_t n, int32_t day);
/* First day on which the post is free: the day after the order, or the posting's own earlier end. */
int32_t recall_end(const MirrorRows__Posting *ended, int32_t ordered_day);
/* A successor: another person's posting at the same village in the same role, after the end. */
bool recall_fits(const MirrorRows__Posting *ended, int32_t end_day, const MirrorRows__Posting *successor);

/* Which ordered recall of its unit this one is, 1 for the first (A7); of_unit: in the order in which they were ordered.
 */
int recall_place(const AccountabilityRows__UnitRecall *const *of_unit, size_t n,
		 const AccountabilityRows__UnitRecall *r, const Policy__Recall *p);
/* The unit's second or later: its head takes the post. */
bool recall_takes_head(const AccountabilityRows__UnitRecall *const *of_unit, size_t n,
		       const AccountabilityRows__UnitRecall *r, const struct policy_book *book);

/* Measures that should stand beside a person's ladder, as newly decided.  opened: the recall measures of the ladder
 * that stand and are still due, by their measure_id.  measure_id, district and case_id of the results are empty. */
size_t recall_measures(const AccountabilityRows__Recall *const *recalls, size_t n,
		       const AccountabilityRows__Measure *const *opened, size_t nopened, const struct policy_book *book,
		       arena_t *a, AccountabilityRows__Measure ***out);
/* The recalls of a unit as they count once this person's have changed: those of the person that are still supported,
 * with the cause they have now, and everybody else's. */
size_t recall_counted(const AccountabilityRows__UnitRecall *const *of_unit, size_t n, const char *person_id,
		      const AccountabilityRows__Measure *const *opened, size_t nopened, arena_t *a,
		      const AccountabilityRows__UnitRecall ***out);
/* And of a unit: who takes which post. */
size_t recall_head_measures(const AccountabilityRows__UnitRecall *const *of_unit, size_t n,
			    const struct policy_book *book, arena_t *a, AccountabilityRows__Measure ***out);
