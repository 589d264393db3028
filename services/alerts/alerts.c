/* alerts - who is told, once.
 *
 *   in:   accountability.MeasuresChanged, RecallMoved, RecallOverdue; supervision.FindingConfirmed and FindingAnnulled,
 *         of kinds that seldom move measures, HearingMissed; roster's persons, postings, units, accounts and policies,
 *         TaskOpened, AccountAltered; messages that are due; queries of messages
 *   out:  AlertQueued, AlertSent, AlertFailed
 *   owns: schema alerts
 *
 * One input gives one message to a recipient: an alert's key is the event that began it all and who is told, so
 * whatever comes twice, or moves several things, is told once.  What other services say (attendance, incentives,
 * funding) follows from an input that is told already; it is read past.  Which messages there are stands in
 * message_policy.c, who is told of measures, and when anybody is, in alerts_policy.c.  Phones are roster's: here they
 * are known as masked. */
#include "alerts.h"
#include "domain/mirror.h"

static const char *const consumes[] = {
	[ROSTER] = "roster", [ATTENDANCE] = "attendance", [SUPERVISION] = "supervision",
	[ACCOUNTABILITY] = "accountability", [INCENTIVES] = "incentives", [FUNDING] = "funding", [ALERTS] = "alerts",
	NULL,
};

static const struct noun *const nouns[] = {
	&alerts_alert, &alerts_measure, &alerts_news, &alerts_contact_leader, &alerts_department,
	&mirrored_policy, &mirrored_person, &mirrored_unit,
	NULL,
};

const struct service alerts_service = { .name = "alerts", .consumes = consumes, .nouns = nouns };
