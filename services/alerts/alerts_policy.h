/* alerts_policy - who is told what, and when (rules.md §8; §5 Reversal, "One input gives at most one message to a
 * recipient").
 *
 * Pure: everything depends on the arguments alone, results live in the arena passed in and point into the arguments.
 *
 * A message that is queued and not yet due is *held*.  A held message about nothing but what is gone meanwhile is
 * obsolete: it fails instead of being sent.  So does a correction of what was never sent.
 *
 * News is what somebody is told, not what stands behind it: a measure that is amended and of which a message would
 * say what the last one said is no news, though its cause, or the policy that it follows, is another. */
#pragma once
#include "accountability.pb-c.h"
#include "alerts_rows.pb-c.h"
#include "base/arena.h"
#include "domain/policy_book.h"
#include "supervision.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALERTS_OBSOLETE "obsolete"              /* reason of failure: overtaken before it was sent */
#define ALERTS_NOBODY "recipient.unknown"       /* nobody has this id */
#define ALERTS_SEALED "recipient.sealed"        /* may not know of it (C3.2.2) */

/* The day as of which a case's unit and villages are looked up: the latest date that reached a rung; without one,
 * today. */
int32_t alerts_incident_day(const Accountability__MeasuresChanged *e, int32_t today);

/* Id of what moved the measures: the finding; else, of a move by hand, the measure; else the policy version now
 * counted by. */
char *alerts_cause(const Accountability__MeasuresChanged *e);

/* Whose post a change is about (C3.2.1-rr), which one recall may move that another has brought; NULL: it is not about
 * a post. */
char *alerts_post_of(const Accountability__MeasureChange *c);
/* Whom a message of these changes is about: the subject of the event, or whose post all of them are about; NULL: a
 * unit. */
char *alerts_about(const Accountability__MeasuresChanged *e);
/* What a message says of it is that it stands no more: revoked, rejected, lifted. */
bool alerts_says_gone(const Accountability__MeasureChange *c);

/* Nobody hears of it but the organisation department, and of that only who has no part in the case (C3.2.2). */
bool alerts_seals_measure(const Accountability__Measure *m);
/* Who is told of what follows from a finding: whom it names, the head of the unit.  p: the policy in force on its
 * date, or NULL. What is sealed is not told to them. */
struct alerts_follows { bool person, head; };
struct alerts_follows alerts_follows(const Policy__Policy *p, const struct policy_finding *f);

/* An earlier message, once for each thing it was about: a measure or a finding. */
struct alerts_told { const char *about; const AlertsRows__Alert *alert; };

struct alerts_message {
	char *person_id;
	Alerts__Template template;
	bool correction;
	bool obsolete;                          /* recorded, never sent */
	bool urgent;                            /* it takes back what was urgent */
	Accountability__MeasureChange **changes; size_t n;
};
struct alerts_plan {
	struct alerts_message *messages; size_t n;
	const AlertsRows__Alert **obsolete; size_t nobsolete;   /* held ones that are not to be sent any more */
};

struct alerts_ids { char *const *at; size_t n; };
/* Who is told of what newly stands: of a person's measures those in charge, the person first; of a head's taking of a
 * post those in charge of whose post it is, beside whom the measure names; of a unit's who heads it now, and whom a
 * measure names; of what is sealed those of the department who have no part in it. */
struct alerts_circle {
	struct alerts_ids in_charge, heads, department;
	const struct alerts_ids *posts; /* of each change about a post who is in charge of whose it is; NULL: none */
};
/* said: what a message says of each change.  told: of all measures and the finding of the event.  at_us: when the
 * event happened. policy: of now, NULL none. */
struct alerts_case {
	const Accountability__MeasuresChanged *event; char *const *said;
	struct alerts_circle circle;
	const struct alerts_told *told; size_t ntold;
	int64_t at_us;
	const Policy__Alerts *policy;
};
void alerts_of_measures(const struct alerts_case *c, arena_t *a, struct alerts_plan *out);
/* The same for an annulled finding of a kind that is told by itself; event NULL, told: of that finding.  Whoever was
 * told of it by what followed is told by what falls.  department: whom alone a sealed one is told to; at NULL: it is
 * not sealed.  The messages have no changes. */
void alerts_of_annulled(const struct alerts_case *c, arena_t *a, struct alerts_plan *out);

/* By this policy, NULL for none, or whatever that says. */
bool alerts_is_urgent(const Policy__Alerts *p, Alerts__Template template);
/* When a message may be sent that is queued at this instant: at once, or at the end of the quiet hours.  p NULL: at
 * once. */
int64_t alerts_due_us(const Policy__Alerts *p, bool urgent, int64_t at_us);
