/* funding - what money flows (C4.4): the village stipend by person and day, what measures cancel of it, what is paid.
 *
 *   in:   commands and queries of payrolls, queries of stipends; roster's persons, postings, accounts and policies;
 *         attendance's days; accountability's measures, of which stipend_cancelled
 *   out:  StipendCancelled, StipendRestored; PayrollDrafted, PayrollLinesDrafted, PayrollApproved, PayrollClosed,
 *         PayrollLinesPaid
 *   owns: schema funding */
#include "funding.h"
#include "domain/mirror.h"

static const char *const consumes[] = {
	[ROSTER] = "roster", [ATTENDANCE] = "attendance", [ACCOUNTABILITY] = "accountability", NULL,
};

static const struct noun *const nouns[] = {
	&funding_stipend, &funding_month, &funding_payroll, &mirrored_account, NULL,
};

const struct service funding_service = { .name = "funding", .consumes = consumes, .nouns = nouns };
