/* criticism_policy - what follows from findings other than absences: the ladder of written criticisms (C3.1.1; A14,
 * A15, A19, A22) and single cases (C3.1.2-2, C3.1.3, C3.2.2; A23), for the person a finding names and for the unit and
 * its head.
 *
 * Pure: everything depends on the arguments alone, results live in the arena passed in and point into the arguments.
 * Facts are judged as at the finding's date: its policy, its head of the unit.  All findings passed in are those of one
 * case, a person's or a unit's, of any kind, state and order. */
#pragma once
#include "accountability_policy.h"

#define LADDER_CRITICISM "criticism"    /* measures by the written criticisms of a year */
#define LADDER_CASE "case"              /* by a case of the policy */

/* A bulletin that criticises, once however many findings quote it (A14). */
struct criticism {
	const AccountabilityRows__Finding *finding;     /* the first of the bulletin's, by date and id */
	int place;                                      /* in its calendar year (A19), 1 for the first */
	int rung; /* one above the one before it; a superior's at least the policy's (A15) */
	bool reaches;                                   /* this rung, for the first time in the year */
	const struct policy_version *policy;            /* in force on the date; NULL: none */
};

/* Returns the criticisms that count, in date order. */
size_t criticism_count(const struct policy_book *book, const AccountabilityRows__Finding *const *findings, size_t n,
		       arena_t *a, struct criticism **out);

/* What should stand for a person whom the findings name, as newly decided; district, case_id and measure_id are left
 * empty. */
size_t criticism_measures(const struct policy_book *book, const AccountabilityRows__Finding *const *findings, size_t n,
			  const MirrorRows__Posting *const *postings, size_t npostings, arena_t *a,
			  AccountabilityRows__Measure ***out);

/* Who heads a unit from a day on; person_id "": nobody known. */
struct headship {
	int32_t from_day;
	const char *person_id;
	const MirrorRows__Posting *const *postings;
	size_t npostings;
};

/* What should stand for a unit and its head.  heads: in order of their days. */
size_t criticism_unit_measures(const struct policy_book *book, const char *unit_id,
			       const AccountabilityRows__Finding *const *findings, size_t n,
			       const struct headship *heads, size_t nheads, arena_t *a,
			       AccountabilityRows__Measure ***out);
