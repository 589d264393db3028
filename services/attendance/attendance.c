/* attendance - who was there on which day (rules.md 3).
 *
 *   in:   RecordCheckin; reads ReadDays, ListContradictions
 *         supervision.FindingConfirmed, FindingAnnulled (absences); roster's persons, postings, villages and policies
 *   out:  CheckinRecorded, DayStatusChanged
 *   owns: schema attendance: day, checkin
 *
 * A day's status is a function of what is known of the day: a check-in is evidence, only a confirmed finding is an absence,
 * and a gap is nothing (A2).  Positions stay in `checkin`; events say what was made of them. */
#include "attendance.h"
#include "attendance.sql.h"
#include "supervision.pb-c.h"

const struct table attendance_table_day = { "day", &attendance_rows__day__descriptor, 3, false };
const struct table attendance_table_checkin = { "checkin", &attendance_rows__checkin__descriptor, 2, true };

static const struct table *const tables[] = {
	&attendance_table_day, &attendance_table_checkin,
	&mirror_policy, &mirror_person, &mirror_posting, &mirror_village,
};

enum { ROSTER, SUPERVISION };
static const char *const consumes[] = { [ROSTER] = "roster", [SUPERVISION] = "supervision", NULL };

static const struct command commands[] = {
	{ .message = &attendance__record_checkin__descriptor, .after = AFTER(ROSTER),
	  .want = attendance_checkin_want, .run = attendance_checkin },
};

static const struct event_handler events[] = {
	{ .message = &attendance__checkin_recorded__descriptor, .run = attendance_on_checkin },
	{ &supervision__finding_confirmed__descriptor, attendance_on_confirmed_want, attendance_on_confirmed },
	{ &supervision__finding_annulled__descriptor, attendance_on_annulled_want, attendance_on_annulled },
	MIRROR(policy, policy_published),
	MIRROR(person, person_put),
	MIRROR(posting, posting_put),
	MIRROR(village, village_put),
};

static const struct query queries[] = {
	{ &attendance__read_days__descriptor, attendance_read_days },
	{ &attendance__list_contradictions__descriptor, attendance_list_contradictions },
};

static const struct noun everything = {
	.commands = LIST(commands),
	.events = LIST(events),
	.queries = LIST(queries),
	.tables = LIST(tables),
	.statements = { attendance_sql, ATTENDANCE_SQL_COUNT },
};
static const struct noun *const nouns[] = { &everything, NULL };

const struct service attendance_service = { .name = "attendance", .consumes = consumes, .nouns = nouns };
