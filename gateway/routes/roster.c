/* roster - who is posted where, under which policy; who may log in. */
#include "routes/row.h"
#include "roster.pb-c.h"

static const struct route rows[] = {
	PUT("", NOBODY, roster, put_district, district, NULL),
	GET("", ALL, ABOUT_DISTRICT, ASK(roster, read_district, district)),
	THING("/townships", ROSTER | LEADER, ABOUT_TOWNSHIP, ROSTER, put_township, read_township, list_townships,
	      township),
	THING("/units", ROSTER | HEAD, ABOUT_UNIT, ROSTER, put_unit, read_unit, list_units, unit),
	THING("/villages", ROSTER | LEADER, ABOUT_VILLAGE, ROSTER | LEADER, put_village, read_village, list_villages,
	      village),
	THING("/persons", ROSTER | OWN, ABOUT_PERSON, ROSTER | HEAD, put_person, read_person, list_persons, person),
	POST("/persons/{id}/reveal", INSPECTOR | REVIEWER | FINANCE | HEAD | LEADER, ABOUT_PERSON, roster, reveal_phone,
	     revealed_phone, ROUTE_PHONE_WHOLE | ROUTE_PASSWORD_AGAIN, "id"),
	THING("/postings", ROSTER | OWN, ABOUT_ANSWER, ROSTER | OWN, put_posting, read_posting, list_postings, posting),
	POST("/postings/{id}/void", ADMIN, ABOUT_DISTRICT, roster, void_posting, posting, 0, "id"),
	FILE_IN("/imports", ADMIN, TYPE_CSV, "csv charset", roster, import_rows, imported),
	GET("/vacancies", ROSTER | LEADER, ABOUT_QUERY, ASK(roster, list_vacancies, vacancy_list)),
	GET("/tasks", ADMIN | AUDITOR, ABOUT_DISTRICT, ASK(roster, list_tasks, task_list)),
	MOVE("/tasks/{id}/close", ADMIN, roster, close_task, task),
	GET("/policy", ALL, ABOUT_DISTRICT, ASK(roster, read_policy, policy_version)),
	{ "PUT", DISTRICT "/calendars/{year}", ROUTE_COMMAND, ROUTE_REPEATABLE, { ASK(roster, put_calendar, calendar) },
	  "year", .must = "days", .who = WHO_OPERATOR | ADMIN },
	GET("/calendars/{year}", ALL, ABOUT_DISTRICT, ASK(roster, read_calendar, calendar)),
	{ "PUT", DISTRICT "/accounts/{id}", ROUTE_ACCOUNT, ROUTE_REPEATABLE | ROUTE_PASSWORD | ROUTE_PASSWORD_AGAIN,
	  { ASK(roster, put_account, account) },
	  "id password_hash", .who = WHO_OPERATOR | ADMIN },
	GET("/accounts/{id}", ADMIN | AUDITOR, ABOUT_DISTRICT, ASK(roster, read_account, account)),
	GET("/accounts", ADMIN | AUDITOR, ABOUT_DISTRICT, ASK(roster, list_accounts, account_list)),
	POST("/policies", ADMIN, ABOUT_DISTRICT, roster, publish_policy, policy_version, 0, NULL),
};

const struct route_rows roster_routes = ROWS(rows);
