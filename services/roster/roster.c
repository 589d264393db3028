/* roster - who is posted where, and under which policy (C1); who may log in.
 *
 *   in:   commands and queries of its nouns; supervision's findings, attendance's check-ins, accountability's recalls
 *   out:  DistrictPut, TownshipPut, UnitPut, VillagePut, PersonPut, PostingPut, PolicyPublished, CalendarPut;
 *         VacancyOpened, VacancyClosed, TaskOpened, TaskClosed; AccountPut, AccountAltered
 *   owns: schema roster
 *
 * PUT is full replacement: what equals what stands is answered 200 and says nothing.  Values that have a history count
 * from today when they change and from ever the first time; a second change on one day replaces that day's. */
#include "roster.h"
#include "domain/calendars.h"
#include "domain/mirror.h"

static const char *const consumes[] = {
	[SUPERVISION] = "supervision", [ACCOUNTABILITY] = "accountability", [ATTENDANCE] = "attendance", NULL,
};

static const struct noun *const nouns[] = {
	&roster_district, &roster_policy, &mirrored_policy, &roster_calendar, &mirrored_calendar,
	&roster_township, &mirrored_township, &roster_unit, &mirrored_unit, &roster_village,
	&roster_person, &mirrored_person, &roster_name, &roster_reach, &roster_import,
	&roster_posting, &roster_void, &roster_finding,
	&roster_recall, &roster_ended, &roster_head, &roster_awaited, &roster_vacancy, &roster_task,
	&roster_account, &roster_password, &roster_login, &roster_session, &roster_tries,
	NULL,
};

const struct service roster_service = {
	.name = "roster", .consumes = consumes, .nouns = nouns, .owners = &roster_account_owners,
};
