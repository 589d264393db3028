/* supervision - what inspections found (C2).
 *
 *   in:   commands and queries of findings and files; roster's persons, postings, units, accounts and policies; hearing
 *         dates that have come
 *   out:  FindingNoted, FindingConfirmed, FindingDismissed, FindingAnnulled, HearingMissed
 *   owns: schema supervision */
#include "supervision.h"
#include "domain/mirror.h"

static const char *const consumes[] = {
	[ROSTER] = "roster", [ATTENDANCE] = "attendance", [ACCOUNTABILITY] = "accountability", NULL
};

static const struct noun *const nouns[] = {
	&supervision_finding, &supervision_file,
	&mirrored_policy, &mirrored_person, &mirrored_posting, &mirrored_unit, &mirrored_account,
	NULL,
};

const struct service supervision_service = { .name = "supervision", .consumes = consumes, .nouns = nouns };
