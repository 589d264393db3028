#include "routes/routes.h"
#include "accountability.pb-c.h"
#include "alerts.pb-c.h"
#include "attendance.pb-c.h"
#include "engine.pb-c.h"
#include "funding.pb-c.h"
#include "http/reply.h"
#include "incentives.pb-c.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <string.h>

#define DISTRICT "/api/v1/districts/{district}"
#define ASK(service, ask, answer) { #service, &service##__##ask##__descriptor, &service##__##answer##__descriptor }

/* Who: see routes.h.  The table as people read it is docs/access.md. */
enum {
	ADMIN = ROLE(DISTRICT_ADMIN), INSPECTOR = ROLE(INSPECTOR), REVIEWER = ROLE(REVIEWER), FINANCE = ROLE(FINANCE),
	HEAD = ROLE(UNIT_HEAD), LEADER = ROLE(TOWNSHIP_LEADER), CADRE = ROLE(CADRE), AUDITOR = ROLE(AUDITOR),
	ALL = WHO_ANYBODY, NOBODY = 0,
	ROSTER = ADMIN | INSPECTOR | REVIEWER | FINANCE | AUDITOR,      /* read who is posted where */
	CASES = ADMIN | REVIEWER | AUDITOR,                             /* read what follows from findings */
	OWN = HEAD | LEADER | CADRE,
};

#define PUT(path, roles, service, order, answer, hide) \
	{ "PUT", DISTRICT path, ROUTE_COMMAND, ROUTE_REPEATABLE, { ASK(service, order, answer) }, hide, .who = WHO_OPERATOR | (roles) }
/* A POST that makes something new each time it comes without a key. */
#define POST(path, roles, subject, service, order, answer, flags, hide) \
	{ "POST", DISTRICT path, ROUTE_COMMAND, ROUTE_KEYED | (flags), { ASK(service, order, answer) }, hide, \
	  .who = WHO_OPERATOR | (roles), .about = subject }
/* A move into a state: made twice it is made once. */
#define MOVE(path, roles, service, order, answer) \
	POST(path, roles, ABOUT_DISTRICT, service, order, answer, ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL, "id")
#define LINES(path, roles, subject, service, order, answer, flags, members) \
	{ "POST", DISTRICT path, ROUTE_NDJSON, ROUTE_KEYED | ROUTE_BODY_KEY | (flags), { ASK(service, order, answer) }, \
	  .who = WHO_OPERATOR | (roles), .about = subject, .line_members = members, .media = TYPE_LINES }
/* A file, and the charset it is said to have, become members `into` of the order; the query says the rest.  Its rows are PUTs: the same again changes nothing. */
#define FILE_IN(path, roles, type, into, service, order, answer) \
	{ "POST", DISTRICT path, ROUTE_FILE, ROUTE_KEYED | ROUTE_REPEATABLE, { ASK(service, order, answer) }, into, .who = WHO_OPERATOR | (roles), .media = type }
#define GET(path, roles, subject, ...) \
	{ "GET", DISTRICT path, ROUTE_QUERY, 0, { __VA_ARGS__ }, .who = WHO_OPERATOR | (roles), .about = subject }
/* Part 0 is a list by pages; part 1, if any, is asked for the persons of each page: person_ids → items with a person_id. */
#define EXPORT(path, roles, begins, shown, ...) \
	{ "GET", DISTRICT path, ROUTE_EXPORT, ROUTE_BY_STATE, { __VA_ARGS__ }, .who = WHO_OPERATOR | (roles), \
	  .columns = shown, .file = begins }
/* A thing that is put by its id, by the district's administrator: put it, read it, list them. */
#define THING(path, reading, subject, listing, put, read, list, thing) \
	PUT(path "/{id}", ADMIN, roster, put, thing, "id"), \
	GET(path "/{id}", reading, subject, ASK(roster, read, thing)), \
	GET(path, listing, ABOUT_QUERY, ASK(roster, list, thing##_list))

static const struct route_column payroll_columns[] = {
	{ { "person_id", "人员编号", CELL_TEXT }, 0, "person_id" },
	{ { "name", "姓名", CELL_TEXT }, 1, "name" },
	{ { "phone", "电话", CELL_TEXT }, 1, "phone" },
	{ { "unit_id", "单位编号", CELL_TEXT }, 1, "unit_id" },
	{ { "unit", "单位", CELL_TEXT }, 1, "unit_name" },
	{ { "due_yuan", "应发（元）", CELL_YUAN }, 0, "due_fen" },
	{ { "correction_yuan", "更正（元）", CELL_YUAN }, 0, "correction_fen" },
	{ { "pay_yuan", "实发（元）", CELL_YUAN }, 0, "pay_fen" },
	{ { "due_fen", "应发（分）", CELL_FEN }, 0, "due_fen" },
	{ { "correction_fen", "更正（分）", CELL_FEN }, 0, "correction_fen" },
	{ { "pay_fen", "实发（分）", CELL_FEN }, 0, "pay_fen" },
	{ { NULL }, 0, NULL },
};

static const struct route routes[] = {
	PUT("", NOBODY, roster, put_district, district, NULL),
	GET("", ALL, ABOUT_DISTRICT, ASK(roster, read_district, district)),
	THING("/townships", ROSTER | LEADER, ABOUT_TOWNSHIP, ROSTER, put_township, read_township, list_townships, township),
	THING("/units", ROSTER | HEAD, ABOUT_UNIT, ROSTER, put_unit, read_unit, list_units, unit),
	THING("/villages", ROSTER | LEADER, ABOUT_VILLAGE, ROSTER | LEADER, put_village, read_village, list_villages, village),
	THING("/persons", ROSTER | OWN, ABOUT_PERSON, ROSTER | HEAD, put_person, read_person, list_persons, person),
	THING("/postings", ROSTER | OWN, ABOUT_ANSWER, ROSTER | OWN, put_posting, read_posting, list_postings, posting),
	POST("/postings/{id}/void", ADMIN, ABOUT_DISTRICT, roster, void_posting, posting, 0, "id"),
	FILE_IN("/imports", ADMIN, TYPE_CSV, "csv charset", roster, import_rows, imported),
	GET("/vacancies", ROSTER | LEADER, ABOUT_QUERY, ASK(roster, list_vacancies, vacancy_list)),
	GET("/tasks", ADMIN | AUDITOR, ABOUT_DISTRICT, ASK(roster, list_tasks, task_list)),
	MOVE("/tasks/{id}/close", ADMIN, roster, close_task, task),
	GET("/policy", ALL, ABOUT_DISTRICT, ASK(roster, read_policy, policy_version)),
	{ "PUT", DISTRICT "/accounts/{id}", ROUTE_COMMAND, ROUTE_REPEATABLE | ROUTE_PASSWORD, { ASK(roster, put_account, account) },
	  "id password_hash", .who = WHO_OPERATOR | ADMIN },
	GET("/accounts/{id}", ADMIN | AUDITOR, ABOUT_DISTRICT, ASK(roster, read_account, account)),
	GET("/accounts", ADMIN | AUDITOR, ABOUT_DISTRICT, ASK(roster, list_accounts, account_list)),
	POST("/policies", ADMIN, ABOUT_DISTRICT, roster, publish_policy, policy_version, 0, NULL),

	POST("/findings", INSPECTOR, ABOUT_DISTRICT, supervision, note_finding, finding, 0, "confirm"),
	GET("/findings", CASES | INSPECTOR, ABOUT_DISTRICT, ASK(supervision, list_findings, finding_list)),
	GET("/findings/{id}", CASES | INSPECTOR, ABOUT_DISTRICT, ASK(supervision, read_finding, finding)),
	MOVE("/findings/{id}/confirm", REVIEWER, supervision, confirm_finding, finding_moved),
	MOVE("/findings/{id}/dismiss", REVIEWER, supervision, dismiss_finding, finding_moved),
	MOVE("/findings/{id}/annul", REVIEWER, supervision, annul_finding, finding_moved),
	LINES("/findings:batch", INSPECTOR, ABOUT_DISTRICT, supervision, note_finding, finding, ROUTE_KEY_REQUIRED, "id state"),

	POST("/checkins", CADRE, ABOUT_BODY, attendance, record_checkin, checkin, ROUTE_BODY_KEY, NULL),
	LINES("/checkins:batch", CADRE, ABOUT_BODY, attendance, record_checkin, checkin, 0, "id result"),
	GET("/persons/{id}/attendance", CASES | INSPECTOR | FINANCE | OWN, ABOUT_PERSON, ASK(attendance, read_days, days)),
	GET("/contradictions", CASES | INSPECTOR, ABOUT_DISTRICT, ASK(attendance, list_contradictions, contradiction_list)),

	GET("/persons/{id}/standing", CASES | OWN, ABOUT_PERSON, ASK(accountability, read_standing, standing)),
	GET("/units/{id}/standing", CASES | HEAD, ABOUT_UNIT, ASK(accountability, read_unit_standing, unit_standing)),
	GET("/measures/{id}", CASES | OWN, ABOUT_ANSWER, ASK(accountability, read_measure, case_sheet),
	    ASK(funding, read_measure_money, measure_money), ASK(alerts, read_measure_messages, measure_messages)),
	MOVE("/measures/{id}/approve", REVIEWER, accountability, approve_measure, measure),
	MOVE("/measures/{id}/reject", REVIEWER, accountability, reject_measure, measure),
	MOVE("/measures/{id}/lift", REVIEWER, accountability, lift_measure, measure),
	MOVE("/measures/{id}/serve", REVIEWER, accountability, serve_measure, measure),
	MOVE("/recalls/{id}/review", REVIEWER, accountability, review_recall, recall_case),
	MOVE("/recalls/{id}/order", REVIEWER, accountability, order_recall, recall_case),
	MOVE("/recalls/{id}/hand-over", REVIEWER, accountability, hand_over_recall, recall_case),
	POST("/recalls/{id}/replace", REVIEWER, ABOUT_DISTRICT, accountability, replace_recall, recall_case, ROUTE_REPEATABLE, "id"),
	MOVE("/recalls/{id}/cancel", REVIEWER, accountability, cancel_recall, recall_case),
	GET("/recalls", CASES | OWN, ABOUT_QUERY, ASK(accountability, list_recalls, recall_list)),

	GET("/persons/{id}/stipend", CASES | FINANCE | OWN, ABOUT_PERSON, ASK(funding, read_stipend, stipend)),
	POST("/payrolls", FINANCE, ABOUT_DISTRICT, funding, draft_payroll, payroll, 0, NULL),
	POST("/payrolls/{month}/approve", FINANCE, ABOUT_DISTRICT, funding, approve_payroll, payroll,
	     ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL, "month"),
	POST("/payrolls/{month}/close", FINANCE, ABOUT_DISTRICT, funding, close_payroll, payroll, ROUTE_BODY_OPTIONAL, "month"),
	GET("/payrolls/{month}", ADMIN | FINANCE | AUDITOR, ABOUT_DISTRICT, ASK(funding, read_payroll, payroll)),
	{ "GET", DISTRICT "/payrolls/{month}/proof", ROUTE_QUERY, ROUTE_BY_STATE, { ASK(funding, read_payroll_proof, payroll_proof) },
	  .who = WHO_OPERATOR | ADMIN | FINANCE | AUDITOR },
	EXPORT("/payrolls/{month}/export", ADMIN | FINANCE | AUDITOR, "payroll", payroll_columns,
	       ASK(funding, export_payroll, payroll_lines), ASK(roster, read_contacts, contacts)),
	{ "GET", DISTRICT "/alerts", ROUTE_QUERY, ROUTE_NAMES, { ASK(alerts, list_alerts, alert_list) },
	  .who = WHO_OPERATOR | CASES | OWN, .about = ABOUT_QUERY },

	PUT("/rounds/{id}", ADMIN, incentives, put_round, round, "id"),
	GET("/rounds/{id}", CASES, ABOUT_DISTRICT, ASK(incentives, read_round, round)),
	GET("/rounds", CASES, ABOUT_DISTRICT, ASK(incentives, list_rounds, round_list)),
	GET("/rounds/{id}/eligibility", CASES, ABOUT_DISTRICT, ASK(incentives, read_round_eligibility, candidate_list)),

	{ "GET", DISTRICT "/events", ROUTE_EVENTS, 0, { { "roster", &engine__read_heads__descriptor, &engine__heads__descriptor } },
	  .who = WHO_OPERATOR | ADMIN | AUDITOR },
	GET("/progress", ALL, ABOUT_DISTRICT, { "roster", &engine__read_progress__descriptor, &engine__progress__descriptor }),

	{ "POST", "/api/v1/clock", ROUTE_COMMAND, ROUTE_REPEATABLE | ROUTE_MANUAL_CLOCK | ROUTE_ANYWHERE,
	  { { "roster", &engine__advance_clock__descriptor, &engine__clock__descriptor } }, .who = WHO_OPERATOR },
	{ "GET", "/api/v1/status", ROUTE_QUERY, ROUTE_ANYWHERE, { { "roster", &engine__read_status__descriptor, &engine__status__descriptor } },
	  .who = WHO_OPERATOR },
	{ "GET", "/api/v1/openapi.json", ROUTE_DOCUMENT, ROUTE_ANYWHERE, .who = ALL },
	{ "POST", "/api/v1/sessions", ROUTE_LOGIN, ROUTE_ANYWHERE | ROUTE_STRANGERS | ROUTE_PASSWORD,
	  { ASK(roster, login, session) }, .who = WHO_ANYBODY },
	{ "DELETE", "/api/v1/sessions", ROUTE_LOGOUT, ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL | ROUTE_ANYWHERE,
	  { ASK(roster, close_sessions, closed) }, .who = WHO_ANYBODY },
	{ "DELETE", "/api/v1/sessions/current", ROUTE_LOGOUT, ROUTE_REPEATABLE | ROUTE_BODY_OPTIONAL | ROUTE_ANYWHERE,
	  { ASK(roster, close_session, closed) }, "token_sha256", .who = WHO_ANYBODY },
	{ "PUT", "/api/v1/sessions/current/password", ROUTE_OWN_PASSWORD, ROUTE_REPEATABLE | ROUTE_ANYWHERE | ROUTE_PASSWORD,
	  { ASK(roster, own_password, closed) }, .who = WHO_ANYBODY },
	{ "GET", "/livez", ROUTE_LIVE, ROUTE_OPEN, .who = WHO_OPERATOR },
	{ "GET", "/readyz", ROUTE_READY, ROUTE_OPEN, .who = WHO_OPERATOR },
	{ "GET", "/metrics", ROUTE_METRICS, ROUTE_OPEN, .who = WHO_OPERATOR },
};

const struct route *
routes_all(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return routes;
}

const char *
route_district(const struct route_match *m)
{
	for (int i = 0; i < m->nparams; i++)
		if (m->params[i].name_len == 8 && memcmp(m->params[i].name, "district", 8) == 0)
			return m->params[i].value;
	return "";
}

static bool
param_take(struct route_match *m, const char *name, size_t len, const char *value)
{
	if (m->nparams == ROUTE_PARAMS_MAX || strlen(value) > ID_MAX)
		return false;
	struct route_param *p = &m->params[m->nparams++];
	p->name = name;
	p->name_len = len;
	strcpy(p->value, value);
	return len == 8 && memcmp(name, "district", 8) == 0 ? district_valid(value) : id_valid(value);
}

/* Walks the pattern "/api/v1/x/{id}" along the segments. */
static bool
path_matches(const char *pattern, char *const *segments, int n, struct route_match *m)
{
	m->nparams = 0;
	for (int i = 0; i < n; i++) {
		if (*pattern != '/')
			return false;
		size_t len = strcspn(++pattern, "/");
		if (*pattern == '{') {
			if (!param_take(m, pattern + 1, len - 2, segments[i]))
				return false;
		} else if (strlen(segments[i]) != len || memcmp(pattern, segments[i], len) != 0) {
			return false;
		}
		pattern += len;
	}
	return *pattern == '\0';
}

static void
allow_add(char allow[ROUTE_ALLOW_MAX], const char *method)
{
	if (*allow)
		strcat(allow, ", ");
	strcat(allow, method);
	if (strcmp(method, "GET") == 0)
		strcat(allow, ", HEAD");
}

enum route_found
route_find(const char *method, char *const *segments, int n, bool manual_clock, struct route_match *m,
           char allow[ROUTE_ALLOW_MAX])
{
	bool found = false;
	struct route_match here;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	allow[0] = '\0';
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		const struct route *r = &routes[i];
		if ((r->flags & ROUTE_MANUAL_CLOCK && !manual_clock) || !path_matches(r->path, segments, n, &here))
			continue;
		allow_add(allow, r->method);
		if (strcmp(method, r->method) != 0)
			continue;
		here.route = r;
		*m = here;
		found = true;
	}
	return found ? ROUTE_FOUND : *allow ? ROUTE_OTHER_METHOD : ROUTE_NONE;
}
