/* accountability_policy - the absence ladder (C3.2.1; rules.md §5 "The absence ladder, exactly"): from a person's
 * confirmed absences to the measures that should stand; and, of every ladder, from those to what changes.
 * criticism_policy has the others.
 *
 * Pure: everything depends on the arguments alone, results live in the arena passed in and point into the arguments.
 * Facts are judged as at the incident: the policy that counts for the k-th absence is the one in force on its date. */
#pragma once
#include "accountability.pb-c.h"
#include "accountability_rows.pb-c.h"
#include "base/arena.h"
#include "mirror_rows.pb-c.h"
#include "domain/policy_book.h"
#include <stdbool.h>
#include <stddef.h>

#define LADDER_ABSENCE "absence"

/* A date on which somebody was absent (A17), the k-th of its calendar year (A1). */
struct absence {
	const AccountabilityRows__Finding *finding;     /* of that date the one with the smallest id */
	int k, rung;                             /* rung: k, at most the number of rungs; 0 where the ladder has none */
	const struct policy_version *policy;            /* in force on the date; NULL: none */
};

/* findings: of one person, any kind, state and order.  Returns the absences that count, in date order. */
size_t ladder_absences(const struct policy_book *book, const AccountabilityRows__Finding *const *findings, size_t n,
		       arena_t *a, struct absence **out);

/* End of the term held on a day (A6): the latest of the covering postings, each its term's end, else its own. */
bool ladder_term_end(const MirrorRows__Posting *const *postings, size_t n, int32_t day, int32_t *end);

/* The measures that should stand, as newly decided; district, case_id and measure_id are left empty. */
size_t ladder_measures(const struct absence *absences, size_t n, const MirrorRows__Posting *const *postings,
		       size_t npostings, arena_t *a, AccountabilityRows__Measure ***out);

/* A rung, of whichever ladder, that has been reached: by which findings, and under which policy. */
struct reached {
	const char *ladder, *clause;
	const Common__Text *reason;
	int rung;
	const struct policy_version *policy; /* in force on the date of the last finding */
	const AccountabilityRows__Finding *const *facts;
	size_t nfacts; /* the cause, in date order; at least one */
	const char *dates_zh, *dates_en;                                         /* what the reason calls their dates */
	const MirrorRows__Posting *const *postings;
	size_t npostings; /* of the one whose term may count (A6) */
	const char *unit_id, *head_person_id;                                        /* of a unit's measures; else "" */
};
/* Adds what follows to the n measures of `all`, as newly decided; one of the same identity is replaced.  How many there
 * are then; `all` must have room. */
size_t ladder_follow(const struct reached *r, Policy__Consequence *const *consequences, size_t nconsequences,
		     arena_t *a, AccountabilityRows__Measure **all, size_t n);
/* A copy of those findings that `keep` says, in date order, then id order. */
size_t ladder_sorted(const AccountabilityRows__Finding *const *findings, size_t n,
		     bool (*keep)(const AccountabilityRows__Finding *), arena_t *a,
		     const AccountabilityRows__Finding ***out);

/* `is` is the row to write (a new one has no district, case_id and measure_id yet). */
struct measure_change {
	Accountability__Change change;
	const AccountabilityRows__Measure *was;         /* NULL: never there */
	AccountabilityRows__Measure *is;
};
/* Measures that have stood before get the keys they had then. */
void ladder_identify(AccountabilityRows__Measure *const *due, size_t ndue,
		     const AccountabilityRows__Measure *const *standing, size_t nstanding);
/* What the count of a measure of this ladder rests on, of the findings that are its cause: dates of absences,
 * bulletins, findings of a case. */
size_t ladder_counted(const char *ladder, const AccountabilityRows__Finding *const *facts, size_t n, arena_t *a,
		      char ***out);
/* The last decision against the measure that holds while its count rests on this (A98); NULL: none. */
const AccountabilityRows__Decision *ladder_held(const AccountabilityRows__Decision *const *decisions, size_t n,
						const char *measure_id, char *const *counted, size_t ncounted);
/* Rejected or lifted. */
bool measure_is_refused(Accountability__MeasureState state);
/* What must change so that what stands of a case is what should.  Nothing when it already is.  What is due is in the
 * state that a person's decision holds it in, or as newly decided: what was refused, and is held no longer, is imposed
 * anew. */
size_t ladder_diff(AccountabilityRows__Measure *const *due, size_t ndue,
		   const AccountabilityRows__Measure *const *standing, size_t nstanding, arena_t *a,
		   struct measure_change **out);
/* Something that stood is gone or smaller: whoever was told of it must be told again. */
bool ladder_shrank(const struct measure_change *c);

/* In force or served: touches money and eligibility (§5 Effect). */
bool measure_in_effect(Accountability__MeasureState state);

/* Whether measures in effect bar somebody on a day, and the ids of those that do. */
void eligibility_on(const AccountabilityRows__Measure *const *measures, size_t n, Accountability__MeasureKind barring,
		    int32_t day, arena_t *a, Accountability__Verdict *out);
