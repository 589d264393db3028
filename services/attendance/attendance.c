/* attendance - who was there on which day (rules.md 3).
 *
 *   in:   commands of check-ins; queries of days; supervision's confirmed and annulled absences; roster's persons,
 *         postings, villages, policies and calendars
 *   out:  CheckinRecorded, DayStatusChanged
 *   owns: schema attendance */
#include "attendance.h"
#include "domain/mirror.h"

static const char *const consumes[] = { [ROSTER] = "roster", [SUPERVISION] = "supervision", NULL };

static const struct noun *const nouns[] = {
	&attendance_day, &attendance_checkin,
	&mirrored_policy, &mirrored_person, &mirrored_posting, &mirrored_village,
	NULL,
};

const struct service attendance_service = { .name = "attendance", .consumes = consumes, .nouns = nouns };
