/* roster_policy - what a posting may be, beside the others of its person and village.
 * Pure: no clock, no I/O, no allocation, no globals. */
#pragma once
#include "domain/policy_book.h"
#include "roster_rows.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef RosterRows__Posting Posting;
typedef RosterRows__ConfirmedFinding Finding;
typedef RosterRows__RecallEnded Ended;

struct postings { const Posting *const *at; size_t n; };

/* First day on which a thing's new values count: the first values from ever, changes from today. */
int32_t roster_from_day(bool known, int32_t today);

/* from ≤ day < to */
bool roster_covers(const Posting *p, int32_t day);

/* Two postings that cannot stand side by side (409 posting.overlap): at one village in one role, days in common, and
 * the same person, or, for first secretaries, whoever they are. */
bool roster_clash(const Posting *a, const Posting *b);

/* 连任: which consecutive term of its person in this role at this village a posting is.  One follows another when the
 * other's days, or its term, end where this one's begin.  `all` holds at least the person's postings. */
int32_t roster_term(const Posting *p, struct postings all);

/* The first of a person's confirmed findings whose date has a posting now and would have none once `put` replaces the
 * posting of its id (409 posting.has_findings); NULL: none.  `held` are the person's postings now; `put` may be another
 * person's. */
const Finding *roster_finding_left(const Finding *const *findings, size_t n, struct postings held, const Posting *put);

/* C1: the 5+2 of a poor village, the 3+2 of another, as far as they are people's posts: the i-th role that a village of
 * the kind needs; ROLE_UNSPECIFIED when there are no more. */
Roster__Role roster_role_needed(Roster__VillageKind kind, size_t i);

/* Whether the policy in force when it begins lets a posting of this role be at a village of this kind (rules-days.md
 * §8).  Before the first policy the first counts. */
bool roster_role_here(const struct policy_book *book, int32_t from_day, Roster__VillageKind kind, Roster__Role role);
/* What of a posting the rules about places judge: who keeps it as it was is not judged again. */
bool roster_same_place(const Posting *a, const Posting *b);

/* Whether it would end later than it does. */
bool roster_lasts_longer(const Posting *now, const Posting *put);

/* The posting as an ordered recall leaves it: its end no later than the day after the order. */
Posting roster_recalled(const Posting *p, int32_t ordered_day);
/* First secretaries and team members: the force whose postings an ordered recall of their holder ends. */
bool roster_of_force(Roster__Role role);
/* Of what the standing recalls of its person have ended, the first that stands in the way of a posting as it is put: it
 * would be held beyond its end; or is another in the post that the person was recalled from, or of the force and covers
 * the day of the order, and lasts beyond that end (409 posting.recalled). */
const Ended *roster_barred(const Ended *const *ended, size_t n, const Posting *put);
/* Whether a posting that ends so far at the latest would be held beyond it. */
bool roster_outlasts(const Posting *p, int32_t end_day);

/* Whether something of a day, in this village, stands on the posting alone: no other of the person's would leave it
 * posted there, or it is what the stipend of the day is paid for (C4.4).  `held` are the person's postings. */
bool roster_rests_on(const Posting *p, const char *village_id, int32_t day, struct postings held,
                     const struct policy_book *book);
/* The first day of a month's check-ins that does; false: none. */
bool roster_checkin_rests(const Posting *p, const RosterRows__CheckinMonth *m, struct postings held,
                          const struct policy_book *book, int32_t *day);
/* Whether a finding of the day would be left without a posting. */
bool roster_finding_rests(const Posting *p, int32_t day, struct postings held);
