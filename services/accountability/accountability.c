/* accountability - what follows from what was found (C3).
 *
 *   in:   supervision.FindingConfirmed, FindingAnnulled; roster's postings, persons, units, accounts and policies;
 *         commands and queries of measures and recalls; the days by which steps of recalls are due
 *   out:  MeasuresChanged, RecallMoved, RecallOverdue
 *   owns: schema accountability
 *
 * What follows for a person, or for a unit and its head, is a function of what was found and confirmed, of postings
 * and heads, and of the policy of each date.  Whatever may move one of these counts the case anew (recount.c) and
 * says the difference to what stands, so neither order nor repetition matters.  The rules are in
 * accountability_policy.c, criticism_policy.c and recall_policy.c.  Rooms stand on those listed before them, and on
 * no other. */
#include "accountability.h"
#include "domain/mirror.h"

static const char *const consumes[] = { [ROSTER] = "roster", [SUPERVISION] = "supervision", NULL };

static const struct noun *const nouns[] = {
	&mirrored_account,
	&accountability_case, &accountability_secret, &accountability_decision, &accountability_recount,
	&accountability_finding, &accountability_headship, &accountability_posting,
	&accountability_recall, &accountability_measure, &accountability_standing, &accountability_case_sheet,
	NULL,
};

const struct service accountability_service = { .name = "accountability", .consumes = consumes, .nouns = nouns };
