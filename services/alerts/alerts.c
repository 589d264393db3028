/* alerts - who is told, once.
 *
 *   in:   accountability.MeasuresChanged, RecallMoved, RecallOverdue; supervision.FindingConfirmed and FindingAnnulled, of kinds that seldom move measures,
 *         HearingMissed; roster's persons, postings, units, accounts and policies, TaskOpened, AccountAltered; messages that are due;
 *         reads ListAlerts, ReadMeasureMessages
 *   out:  AlertQueued, AlertSent, AlertFailed
 *   owns: schema alerts: alert, held, told, contact_leader, department (and, by lib/domain/mirror, policy, person, posting, unit, account)
 *
 * One input gives one message to a recipient: an alert's key is the event that began it all and who is told, so whatever comes
 * twice, or moves several things, is told once.  What other services say (attendance, incentives, funding) follows from an input
 * that is told already; it is read past.  What is told to whom and when is decided in alerts_policy.c, the words are
 * wording_policy.c's.  Phones are roster's: here they are known as masked. */
#include "alerts.h"
#include "accountability.pb-c.h"
#include "alerts.sql.h"
#include "supervision.pb-c.h"

const struct table alerts_table_alert = { "alert", &alerts_rows__alert__descriptor, 3, false };
const struct table alerts_table_held = { "held", &alerts_rows__held__descriptor, 4, true };
const struct table alerts_table_told = { "told", &alerts_rows__told__descriptor, 4, true };
const struct table alerts_table_contact_leader = { "contact_leader", &alerts_rows__contact_leader__descriptor, 3, false };
const struct table alerts_table_department = { "department", &alerts_rows__department__descriptor, 2, false };

static const struct table *const tables[] = {
	&alerts_table_department, &alerts_table_alert, &alerts_table_held, &alerts_table_told, &alerts_table_contact_leader, &mirror_policy, &mirror_person, &mirror_posting, &mirror_unit,
	&mirror_account,
};

enum { ROSTER = ALERTS_OF_ROSTER, ATTENDANCE, SUPERVISION, ACCOUNTABILITY, INCENTIVES, FUNDING, ALERTS };
static const char *const consumes[] = {
	[ROSTER] = "roster", [ATTENDANCE] = "attendance", [SUPERVISION] = "supervision", [ACCOUNTABILITY] = "accountability",
	[INCENTIVES] = "incentives", [FUNDING] = "funding", [ALERTS] = "alerts", NULL,
};

#define FACT(Message, noun) { &Message##__descriptor, alerts_want_##noun, alerts_on_##noun }
static const struct event_handler events[] = {
	MIRROR(policy, policy_published),
	MIRROR(unit, unit_put),
	FACT(roster__person_put, person_put),
	FACT(roster__posting_put, posting_put),
	FACT(roster__account_put, account_put),
	FACT(roster__task_opened, task),
	FACT(roster__account_altered, account),
	FACT(accountability__measures_changed, measures),
	FACT(accountability__recall_moved, recall),
	FACT(accountability__recall_overdue, overdue),
	FACT(supervision__finding_confirmed, confirmed),
	FACT(supervision__finding_annulled, annulled),
	FACT(supervision__hearing_missed, hearing),
	FACT(alerts__alert_queued, queued),
	FACT(alerts__alert_sent, sent),
	FACT(alerts__alert_failed, failed),
};

/* On record, so it may be sent. */
static const struct event_handler after_commit[] = { FACT(alerts__alert_queued, prompt) };

/* What is due is not sent before it is known what has become of it meanwhile. */
static const struct timer timers[] = { { ALERTS_SEND, alerts_want_due, alerts_on_due, AFTER(ROSTER) | AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY) } };

static const struct query queries[] = {
	{ &alerts__list_alerts__descriptor, alerts_list },
	{ &alerts__read_measure_messages__descriptor, alerts_read_measure_messages },
};

static const struct noun everything = {
	.events = LIST(events),
	.after_commit = LIST(after_commit),
	.timers = LIST(timers),
	.queries = LIST(queries),
	.tables = LIST(tables),
	.statements = { alerts_sql, ALERTS_SQL_COUNT },
};
static const struct noun *const nouns[] = { &everything, NULL };

const struct service alerts_service = { .name = "alerts", .consumes = consumes, .nouns = nouns };
