/* roster - who is posted where, and under which policy (C1).
 *
 *   in:   PutDistrict, PutTownship, PutUnit, PutVillage, PutPerson, PutPosting, ImportRows, PublishPolicy; reads of each, and contacts
 *         PutAccount, ChangePassword, OpenSession, CloseSession, CloseSessions
 *         supervision.FindingConfirmed, FindingAnnulled: a confirmed finding keeps the posting of its date
 *         VoidPosting; supervision.FindingNoted, FindingDismissed, attendance.CheckinRecorded: what else keeps a posting
 *         accountability.RecallMoved, MeasuresChanged: an ordered recall ends postings, empties and refills a post; CloseTask
 *   out:  DistrictPut, TownshipPut, UnitPut, VillagePut, PersonPut, PostingPut, PolicyPublished; VacancyOpened, VacancyClosed,
 *         TaskOpened, TaskClosed, AccountPut
 *   owns: schema roster: district, area, township, unit, village, person, identity, name_given, posting and its two indexes, policy,
 *         confirmed_finding, noted_finding, checkin_month, voided_posting, vacancy, recall_ended, head_awaited, closed_village,
 *         task, account, account_phone, session, login_try
 *
 * PUT is full replacement: what equals what stands is answered 200 and says nothing.  Values that have a history count from
 * today when they change and from ever the first time; a second change on one day replaces that day's. */
#include "roster.h"
#include "accountability.pb-c.h"
#include "attendance.pb-c.h"
#include "roster.sql.h"
#include "supervision.pb-c.h"

const struct table roster_table_district = { "district", &roster_rows__district__descriptor, 1, false };
const struct table roster_table_area = { "area", &roster_rows__area__descriptor, 2, false };
const struct table roster_table_identity = { "identity", &roster_rows__identity__descriptor, 2, false };
const struct table roster_table_name_given = { "name_given", &roster_rows__name_given__descriptor, 4, true };
const struct table roster_table_posting = { "posting", &roster_rows__posting__descriptor, 2, false };
const struct table roster_table_person_posting = { "person_posting", &roster_rows__person_posting__descriptor, 3, false };
const struct table roster_table_first_secretary = { "first_secretary", &roster_rows__first_secretary__descriptor, 3, false };
const struct table roster_table_confirmed_finding = {
	"confirmed_finding", &roster_rows__confirmed_finding__descriptor, 3, false
};

static const struct table *const tables[] = {
	&roster_table_district, &roster_table_area, &roster_table_identity, &roster_table_name_given, &roster_table_posting,
	&roster_table_person_posting, &roster_table_first_secretary, &roster_table_confirmed_finding,
	&roster_table_noted_finding, &roster_table_checkin_month, &roster_table_voided_posting,
	&roster_table_vacancy, &roster_table_recall_ended, &roster_table_head_awaited, &roster_table_closed_village, &roster_table_task,
	&mirror_policy, &mirror_township, &mirror_unit, &mirror_village, &mirror_person,
};

static const char *const consumes[] = { "supervision", "accountability", "attendance", NULL };
enum { SUPERVISION, ACCOUNTABILITY, ATTENDANCE };

#define PUT_OF(noun) .message = &roster__put_##noun##__descriptor, .want = roster_##noun##_want, .run = roster_##noun##_put

static const struct command commands[] = {
	{ PUT_OF(district), .exists = roster_district_valid, .creates_district = true },
	{ PUT_OF(township), .exists = put_id_valid },
	{ PUT_OF(unit), .exists = put_id_valid },
	{ PUT_OF(village), .exists = put_id_valid },
	{ PUT_OF(person), .exists = put_id_valid },
	{ .message = &roster__import_rows__descriptor, .want = roster_import_want, .run = roster_import,
	  .after = AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY), .heavy = true },
	{ PUT_OF(posting), .exists = put_id_valid, .stands = roster_posting_stands, .after = AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY) },
	{ .message = &roster__void_posting__descriptor, .want = roster_void_want, .exists = roster_void_exists, .run = roster_void,
	  .after = AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY) | AFTER(ATTENDANCE) },
	{ .message = &roster__publish_policy__descriptor, .want = roster_policy_want, .run = roster_policy_publish },
	{ .message = &roster__close_task__descriptor, .want = roster_task_want, .exists = roster_task_exists, .run = roster_task_close,
	  .may = roster_task_may },
};

static const struct event_handler events[] = {
	{ &roster__district_put__descriptor, roster_on_district_want, roster_on_district },
	MIRROR(township, township_put),
	MIRROR(unit, unit_put),
	{ &roster__village_put__descriptor, roster_on_village_want, roster_on_village },
	MIRROR(person, person_put),
	MIRROR(policy, policy_published),
	{ &roster__posting_put__descriptor, roster_on_posting_want, roster_on_posting },
	{ &supervision__finding_noted__descriptor, roster_on_noted_want, roster_on_noted, true },
	{ &supervision__finding_dismissed__descriptor, roster_on_dismissed_want, roster_on_dismissed, true },
	{ &attendance__checkin_recorded__descriptor, roster_on_checkin_want, roster_on_checkin, true },
	{ &supervision__finding_confirmed__descriptor, roster_on_confirmed_want, roster_on_confirmed, true },
	{ &supervision__finding_annulled__descriptor, roster_on_annulled_want, roster_on_annulled },
	{ &accountability__recall_moved__descriptor, roster_on_recall_want, roster_on_recall },
	{ &accountability__measures_changed__descriptor, roster_on_measures_want, roster_on_measures, true },
	{ &roster__vacancy_opened__descriptor, NULL, roster_on_vacancy_opened },
	{ &roster__vacancy_closed__descriptor, NULL, roster_on_vacancy_closed },
	{ &roster__task_opened__descriptor, NULL, roster_on_task_opened },
	{ &roster__task_closed__descriptor, NULL, roster_on_task_closed },
};

static const struct query queries[] = {
	{ &roster__read_district__descriptor, roster_read_district },
	{ &roster__read_township__descriptor, roster_read_township },
	{ &roster__read_unit__descriptor, roster_read_unit },
	{ &roster__read_village__descriptor, roster_read_village },
	{ &roster__read_person__descriptor, roster_read_person },
	{ &roster__read_posting__descriptor, roster_read_posting },
	{ &roster__list_townships__descriptor, roster_list_townships },
	{ &roster__list_units__descriptor, roster_list_units },
	{ &roster__list_villages__descriptor, roster_list_villages },
	{ &roster__list_persons__descriptor, roster_list_persons },
	{ &roster__list_postings__descriptor, roster_list_postings },
	{ &roster__list_vacancies__descriptor, roster_list_vacancies },
	{ &roster__list_tasks__descriptor, roster_list_tasks },
	{ &roster__read_policy__descriptor, roster_read_policy },
	{ &roster__read_contacts__descriptor, roster_read_contacts },
	{ &roster__read_names__descriptor, roster_read_names },
};

static const struct noun everything = {
	.commands = LIST(commands),
	.events = LIST(events),
	.queries = LIST(queries),
	.tables = LIST(tables),
	.statements = { roster_sql, ROSTER_SQL_COUNT },
};
static const struct noun *const nouns[] = {
	&everything,
	&roster_account, &roster_password, &roster_login, &roster_session, &roster_tries, &roster_reach,
	NULL,
};

const struct service roster_service = {
	.name = "roster", .consumes = consumes, .nouns = nouns, .owners = &roster_account_owners,
};
