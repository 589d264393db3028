/* access_test - every route with every role: its own and another unit's, its own and another district.
 *
 * How: all services in one process, an account for each role, and a table written by hand of what each may, which knows
 * nothing of the route table; a route without a line here fails, and so does a line without a route.  A call is let in
 * when its answer is not 403: it then fails, as often as not, for what was sent.  So bodies are empty, and ids of
 * things to be moved are nobody's. */
#include "routes/routes.h"
#include "harness/harness.h"
#include "harness/route_line.h"
#include "harness/tally.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A "511701"              /* the district of the accounts */
#define B "511702"              /* another one, of the same look */
#define NOWHERE "511799"        /* not there */

/* ---- what each may, by hand */

static const char *const roles[] = { "district_admin", "inspector", "reviewer",        "finance",
				     "auditor",        "unit_head", "township_leader", "cadre" };
enum { ADMIN, INSPECTOR, REVIEWER, FINANCE, AUDITOR, HEAD, LEADER, CADRE, ROLES };

/* A letter a role, in that order: y may, o may of what is its own, - may not.  In a path or body {P} {U} {V} {T} {Q}
 * {M} are a person, unit, village, township, posting and measure: its own, another's, or nobody's. */
static const struct line { const char *method, *path, *may, *body; } lines[] = {
	/*                                                 dirfahlc */
	{ "PUT", "",                                      "--------", "{}" },
	{ "GET", "",                                      "yyyyyyyy", NULL },
	{ "PUT", "/townships/{T}",                        "y-------", "{}" },
	{ "GET", "/townships/{T}",                        "yyyyy-o-", NULL },
	{ "GET", "/townships",                            "yyyyy---", NULL },
	{ "PUT", "/units/{U}",                            "y-------", "{}" },
	{ "GET", "/units/{U}",                            "yyyyyo--", NULL },
	{ "GET", "/units",                                "yyyyy---", NULL },
	{ "PUT", "/villages/{V}",                         "y-------", "{}" },
	{ "GET", "/villages/{V}",                         "yyyyy-o-", NULL },
	{ "GET", "/villages",                             "yyyyy---", NULL },
	{ "GET", "/villages?township_id={T}",             "yyyyy-o-", NULL },
	{ "PUT", "/persons/{P}",                          "y-------", "{}" },
	{ "GET", "/persons/{P}",                          "yyyyyooo", NULL },
	{ "GET", "/persons",                              "yyyyy---", NULL },
	{ "GET", "/persons?unit_id={U}",                  "yyyyyo--", NULL },
	{ "POST", "/persons/{P}/reveal",                  "-yyy-oo-", "{}" },
	{ "PUT", "/postings/{Q}",                         "y-------", "{}" },
	{ "GET", "/postings/{Q}",                         "yyyyyooo", NULL },
	{ "GET", "/postings",                             "yyyyy---", NULL },
	{ "GET", "/postings?limit=500",                   "yyyyy---", NULL },
	{ "GET", "/postings?person_id={P}",               "yyyyyooo", NULL },
	{ "GET", "/postings?unit_id={U}",                 "yyyyyo--", NULL },
	{ "GET", "/postings?township_id={T}",             "yyyyy-o-", NULL },
	{ "GET", "/postings?village_id={V}",              "yyyyy-o-", NULL },
	{ "POST", "/postings/none/void",                  "y-------", "{}" },
	{ "POST", "/imports",                             "y-------", "x" },
	{ "GET", "/vacancies",                            "yyyyy---", NULL },
	{ "GET", "/vacancies?village_id={V}",             "yyyyy-o-", NULL },
	{ "GET", "/vacancies?township_id={T}",            "yyyyy-o-", NULL },
	{ "GET", "/tasks",                                "y---y---", NULL },
	{ "POST", "/tasks/none/close",                    "y-------", "{}" },
	{ "GET", "/policy",                               "yyyyyyyy", NULL },
	{ "POST", "/policies",                            "y-------", "{}" },
	{ "PUT", "/calendars/2017",                       "y-------", "{\"days\":7}" },
	{ "GET", "/calendars/2017",                       "yyyyyyyy", NULL },
	{ "PUT", "/accounts/none",                        "y-------", "{}" },
	{ "GET", "/accounts/none",                        "y---y---", NULL },
	{ "GET", "/accounts",                             "y---y---", NULL },

	{ "POST", "/findings",                            "-y------", "{}" },
	{ "GET", "/findings",                             "yyy-y---", NULL },
	{ "GET", "/findings?person_id={P}",               "yyy-y---", NULL },
	{ "GET", "/findings/{F}",                         "yyy-y---", NULL },
	{ "POST", "/findings/none/confirm",               "--y-----", "{}" },
	{ "POST", "/findings/none/dismiss",               "--y-----", "{}" },
	{ "POST", "/findings/none/annul",                 "--y-----", "{}" },
	{ "POST", "/findings:batch",                      "-y------", "{\"key\":\"k\"}\n" },

	{ "POST", "/files",                               "yyyy-yyy", "x" },
	{ "GET", "/files/none?of=findings/none",          "yyyyyyyy", NULL },
	{ "POST", "/checkins",                            "-------o", "{\"person_id\":\"{P}\"}" },
	{ "POST", "/checkins:batch",                      "-------o", "{\"person_id\":\"{P}\"}\n" },
	{ "GET", "/persons/{P}/attendance?month=2017-09", "yyyyyooo", NULL },
	{ "GET", "/attendance",                           "yyy-y---", NULL },
	{ "GET", "/attendance?unit_id={U}",               "yyy-yo--", NULL },
	{ "GET", "/attendance?township_id={T}",           "yyy-y-o-", NULL },
	{ "GET", "/attendance?village_id={V}",            "yyy-y-o-", NULL },
	{ "GET", "/contradictions",                       "yyy-y---", NULL },

	{ "GET", "/persons/{P}/standing",                 "y-y-yooo", NULL },
	{ "GET", "/persons/{P}/standing?on=never",        "y-y-yooo", NULL },
	{ "GET", "/units/{U}/standing",                   "y-y-yo--", NULL },
	{ "GET", "/measures",                             "y-y-y---", NULL },
	{ "GET", "/measures?person_id={P}",               "y-y-yooo", NULL },
	{ "GET", "/measures?unit_id={U}",                 "y-y-yo--", NULL },
	{ "GET", "/measures/{M}",                         "y-y-yooo", NULL },
	{ "POST", "/measures/none/approve",               "--y-----", "{}" },
	{ "POST", "/measures/none/reject",                "--y-----", "{}" },
	{ "POST", "/measures/none/lift",                  "--y-----", "{}" },
	{ "POST", "/measures/none/serve",                 "--y-----", "{}" },
	{ "GET", "/recalls",                              "y-y-y---", NULL },
	{ "GET", "/recalls?person_id={P}",                "y-y-yooo", NULL },
	{ "GET", "/recalls?unit_id={U}",                  "y-y-yo--", NULL },
	{ "GET", "/recalls/none",                         "y-y-y---", NULL },
	{ "POST", "/recalls/none/review",                 "--y-----", "{}" },
	{ "POST", "/recalls/none/order",                  "--y-----", "{}" },
	{ "POST", "/recalls/none/hand-over",              "--y-----", "{}" },
	{ "POST", "/recalls/none/replace",                "--y-----", "{}" },
	{ "POST", "/recalls/none/cancel",                 "--y-----", "{}" },

	{ "GET", "/persons/{P}/stipend?year=2017",        "y-yyyooo", NULL },
	{ "POST", "/payrolls",                            "---y----", "{}" },
	{ "POST", "/payrolls/none/approve",               "---y----", "{}" },
	{ "POST", "/payrolls/none/close",                 "---y----", "{}" },
	{ "GET", "/payrolls",                             "y--yy---", NULL },
	{ "GET", "/payrolls/2017-08",                     "y--yy---", NULL },
	{ "GET", "/payrolls/2017-08/proof",               "y--yy---", NULL },
	{ "GET", "/payrolls/2017-08/export",              "y--yy---", NULL },
	{ "GET", "/alerts",                               "y-y-y---", NULL },
	{ "GET", "/alerts?person_id={P}",                 "y-y-yooo", NULL },

	{ "PUT", "/rounds/none",                          "y-------", "{}" },
	{ "GET", "/rounds/none",                          "y-y-y---", NULL },
	{ "GET", "/rounds",                               "y-y-y---", NULL },
	{ "GET", "/rounds/none/eligibility",              "y-y-y---", NULL },
	{ "GET", "/progress",                             "yyyyyyyy", NULL },
	{ "GET", "/events?until=never",                   "y---y---", NULL },

	{ "POST", "/api/v1/clock",                        "--------", "{}" },
	{ "GET", "/api/v1/status",                        "--------", NULL },
	{ "GET", "/api/v1/openapi.json",                  "yyyyyyyy", NULL },
	{ "POST", "/api/v1/sessions",                     "yyyyyyyy", "{}" },
	{ "GET", "/api/v1/sessions/current",              "yyyyyyyy", NULL },
	{ "POST", "/api/v1/sessions/current/step-up",     "yyyyyyyy", "{}" },
	{ "GET", "/api/v1/public/districts",              "yyyyyyyy", NULL },
	{ "GET", "/livez",                                "yyyyyyyy", NULL },
	{ "GET", "/readyz",                               "yyyyyyyy", NULL },
	{ "GET", "/metrics",                              "yyyyyyyy", NULL },
};
enum { LINES = sizeof(lines) / sizeof(lines[0]) };

/* Who goes through these has no token afterwards, or another password: tests/scenarios/50-accounts.scn and 57 do. */
static const struct { const char *method, *path;
} elsewhere[] = {
	{ "DELETE", "/api/v1/sessions" },
	{ "DELETE", "/api/v1/sessions/current" },
	{ "PUT", "/api/v1/sessions/current/password" },
};

/* ---- the world: in each district two townships, a village in each, two units, and in each unit somebody posted */

static harness_t *harness;
static char *tokens[ROLES];
static struct world { char finding[64], measure[64]; } mine, own, others;  /* of me, of p-own, of p-other */

static json_t *
told(const char *method, int status, const char *body, const char *format, ...)
{
	char path[256];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	struct answered a =
		harness_call(harness, method, path, NULL, strstr(path, ":batch") ? "application/x-ndjson" : NULL, body);
	json_t *j = json_loads(a.body, JSON_DISABLE_EOF_CHECK, NULL);
	checkf(a.status == status, "operator", "%s %s: %d, want %s", method, path, a.status, a.body);
	free(a.body);
	return j;
}
#define DO(method, status, body, ...) json_decref(told(method, status, body, __VA_ARGS__))
#define D(district, path) "/api/v1/districts/" district path

static void
people_make(const char *district, const char *who, const char *unit, const char *village)
{
	char body[256];

	snprintf(body, sizeof body,
		 "{\"name\":\"某人\",\"phone\":\"13900000000\",\"unit_id\":\"%s\",\"establishment\":\"other\"}", unit);
	DO("PUT", 201, body, "/api/v1/districts/%s/persons/%s", district, who);
	snprintf(body, sizeof body,
		 "{\"person_id\":\"%s\",\"village_id\":\"%s\",\"role\":\"team_member\",\"from\":\"2017-07-01\"}", who,
		 village);
	DO("PUT", 201, body, "/api/v1/districts/%s/postings/q-%s", district, who);
}

static void
district_make(const char *district)
{
	DO("PUT", 201, "{\"name\":\"区\",\"areas\":[{\"id\":\"a\",\"name\":\"片\"}]}", "/api/v1/districts/%s",
	   district);
	for (int i = 0; i < 2; i++) {
		const char *which = i ? "other" : "own";
		char village[128];
		DO("PUT", 201, "{\"name\":\"乡\",\"area_id\":\"a\"}", "/api/v1/districts/%s/townships/t-%s", district,
		   which);
		DO("PUT", 201, "{\"name\":\"局\"}", "/api/v1/districts/%s/units/u-%s", district, which);
		snprintf(village, sizeof village, "{\"name\":\"村\",\"township_id\":\"t-%s\",\"kind\":\"poor\"}",
			 which);
		DO("PUT", 201, village, "/api/v1/districts/%s/villages/v-%s", district, which);
	}
	people_make(district, "me", "u-own", "v-own");
	people_make(district, "p-own", "u-own", "v-own");
	people_make(district, "p-other", "u-other", "v-other");
}

static void
case_make(const char *who, struct world *w)
{
	char body[256];

	snprintf(body, sizeof body,
		 "{\"key\":\"%s\",\"kind\":\"unexcused_absence\",\"person_id\":\"%s\",\"on\":\"2017-09-05\",\"source\":"
		 "\"night\",\"confirm\":true}\n",
		 who, who);
	json_t *j = told("POST", 200, body, D(A, "/findings:batch"));
	snprintf(w->finding, sizeof w->finding, "%s", json_string_value(json_object_get(j, "id")));
	json_decref(j);
	check(harness_settle(harness, A), "operator", "lag 0");
	j = told("GET", 200, NULL, D(A, "/persons/%s/standing"), who);
	snprintf(w->measure, sizeof w->measure, "%s",
	         json_string_value(json_object_get(json_array_get(json_object_get(j, "measures"), 0), "id")));
	json_decref(j);
}

/* Everybody is `me`, of u-own, posted in t-own; phone and password differ by role. */
static void
account_make(const char *district, int role, const char *names, char **token)
{
	char body[512];

	snprintf(body, sizeof body,
		 "{\"person_id\":\"me\",\"phone\":\"1370000000%d\",\"password\":\"a password of %d\",\"roles\":[%s]}",
		 role, role, names);
	DO("PUT", 201, body, "/api/v1/districts/%s/accounts/as-%d", district, role);
	snprintf(body, sizeof body,
		 "{\"district\":\"%s\",\"phone\":\"1370000000%d\",\"password\":\"a password of %d\"}", district, role,
		 role);
	json_t *j = told("POST", 201, body, "/api/v1/sessions");
	*token = strdup(json_string_value(json_object_get(j, "token")) ? json_string_value(json_object_get(j, "token"))
								       : "none");
	json_decref(j);
}

/* ---- a line, as somebody */

enum whose { OWN, OTHERS, NOBODYS };

static void
filled(const char *pattern, int role, enum whose whose, char *out, size_t size)
{
	const struct world *w = whose != OWN ? &others : role == CADRE ? &mine : &own;
	const char *end = whose == OWN ? "own" : whose == OTHERS ? "other" : "none";
	size_t n = 0;

	for (; *pattern && n + 80 < size; pattern++) {
		if (*pattern != '{' || pattern[1] < 'A' || pattern[1] > 'Z' || pattern[2] != '}') {
			out[n++] = *pattern;
			continue;
		}
		switch (pattern[1]) {
		case 'P': n += (size_t)sprintf(out + n, whose == OWN && role == CADRE ? "me" : "p-%s", end); break;
		case 'Q': n += (size_t)sprintf(out + n, whose == OWN && role == CADRE ? "q-me" : "q-p-%s", end); break;
		case 'U': n += (size_t)sprintf(out + n, "u-%s", end); break;
		case 'V': n += (size_t)sprintf(out + n, "v-%s", end); break;
		case 'T': n += (size_t)sprintf(out + n, "t-%s", end); break;
		case 'M': n += (size_t)sprintf(out + n, "%s", whose == NOBODYS ? "m-none" : w->measure); break;
		case 'F': n += (size_t)sprintf(out + n, "%s", whose == NOBODYS ? "F-none" : w->finding); break;
		}
		pattern += 2;
	}
	out[n] = '\0';
}

static bool
outside_districts(const struct line *l)
{
	return strncmp(l->path, "/api/", 5) == 0 ||
	       (strlen(l->path) > 4 && !strchr(l->path + 1, '/') && l->path[strlen(l->path) - 1] == 'z') ||
	       strcmp(l->path, "/metrics") == 0;
}

/* The status; of a batch that was taken, its line's. */
static int
status_of(const char *path, const struct answered *a)
{
	int status = a->status;

	if (strstr(path, ":batch") && status == 200) {
		json_t *j = json_loads(a->body, JSON_DISABLE_EOF_CHECK, NULL);
		status = (int)json_integer_value(json_object_get(json_object_get(j, "error"), "status"));
		json_decref(j);
	}
	return status;
}

/* Calls to be made together, and what each must come to. */
struct tries { struct asked asked[5 * LINES]; bool may[5 * LINES]; size_t n; };

static void
try_add(struct tries *t, const struct line *l, const char *district, int role, enum whose whose, bool may)
{
	char path[256], body[256] = "", rest[160];
	struct asked *q = &t->asked[t->n];

	filled(l->path, role, whose, rest, sizeof rest);
	if (l->body)
		filled(l->body, role, whose, body, sizeof body);
	snprintf(path, sizeof path, "%s%s%s", outside_districts(l) ? "" : "/api/v1/districts/",
		 outside_districts(l) ? "" : district, rest);
	*q = (struct asked){ .method = l->method, .path = strdup(path), .body = l->body ? strdup(body) : NULL };
	q->type = strstr(l->path, ":batch") ? "application/x-ndjson" : strstr(l->path, "/imports") ? "text/csv" : NULL;
	t->may[t->n++] = may;
}

static void
try_all(struct tries *t, const char *who)
{
	harness_call_all(harness, t->asked, t->n);
	for (size_t i = 0; i < t->n; i++) {
		struct asked *q = &t->asked[i];
		int status = status_of(q->path, &q->answered);
		bool slow = status == 503 && strcmp(q->path, "/readyz") == 0;   /* somebody is, to who may ask */
		bool in = slow || (status != 403 && status != 401 && status != 0 && status < 500);
		checkf(t->may[i] ? in : status == 403, who, "%s %s: %d, want %s", q->method, q->path, status,
		       t->may[i] ? "let in" : "403");
		free(q->answered.body);
		free((char *)q->path);
		free((char *)q->body);
	}
	t->n = 0;
}

static void
try_role(int role)
{
	static struct tries t;

	for (int i = 0; i < LINES; i++) {
		char may = lines[i].may[role];
		try_add(&t, &lines[i], A, role, OWN, may != '-');
		try_add(&t, &lines[i], A, role, OTHERS, may == 'y');
		try_add(&t, &lines[i], A, role, NOBODYS, may == 'y');
		if (outside_districts(&lines[i]))
			continue;
		try_add(&t, &lines[i], B, role, OWN, false);
		try_add(&t, &lines[i], NOWHERE, role, OWN, false);
	}
	harness_as(harness, tokens[role]);
	try_all(&t, roles[role]);
	harness_as(harness, NULL);
}

static void
try_operator(void)
{
	static struct tries t;

	for (int i = 0; i < LINES; i++)
		try_add(&t, &lines[i], A, ADMIN, NOBODYS, true);
	try_all(&t, "operator");
}

/* ---- an account with two roles may what either may */

static void
try_both(void)
{
	static const struct line both[] = {
		{ "POST", "/findings", "", "{}" },
		{ "GET", "/persons/me/stipend", "", NULL },
		{ "GET", "/persons/p-other", "", NULL },
		{ "POST", "/checkins", "", "{\"person_id\":\"me\"}" },
	};
	static const struct line neither[] = {
		{ "GET", "/persons/p-other/stipend", "", NULL },
		{ "POST", "/checkins", "", "{\"person_id\":\"p-other\"}" },
		{ "POST", "/findings/none/confirm", "", "{}" },
	};
	char *token;

	static struct tries t;

	account_make(A, 9, "\"inspector\",\"cadre\"", &token);
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
		try_add(&t, &both[i], A, INSPECTOR, OWN, true);
	for (size_t i = 0; i < sizeof(neither) / sizeof(neither[0]); i++)
		try_add(&t, &neither[i], A, INSPECTOR, OWN, false);
	harness_as(harness, token);
	try_all(&t, "inspector and cadre");
	harness_as(harness, NULL);
	free(token);
}

/* ---- the table and this one name the same routes */

static void
test_complete(void)
{
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *r = route_at(i);
		bool found = false;
		for (int k = 0; k < LINES; k++)
			found |= route_line(r, lines[k].method, lines[k].path);
		for (size_t k = 0; k < sizeof(elsewhere) / sizeof(elsewhere[0]); k++)
			found |= route_line(r, elsewhere[k].method, elsewhere[k].path);
		checkf(found, "a line in tests/properties/access_test.c", "%s %s", r->method, r->path);
	}
	for (int k = 0; k < LINES; k++) {
		bool found = false;
		for (size_t i = 0; i < routes_count(); i++)
			found |= route_line(route_at(i), lines[k].method, lines[k].path);
		checkf(found && strlen(lines[k].may) == ROLES, "a route, and a letter a role", "%s %s", lines[k].method,
		       lines[k].path);
	}
}

int
main(void)
{
	harness = harness_open();
	test_complete();
	district_make(A);
	district_make(B);
	DO("POST", 201,
	   "{\"version\":\"now\",\"effective_from\":\"2017-08-02\",\"patch\":{\"approval\":\"automatic\"}}",
	   D(A, "/policies"));
	case_make("me", &mine);
	case_make("p-own", &own);
	case_make("p-other", &others);
	for (int role = 0; role < ROLES; role++) {
		char name[32];
		snprintf(name, sizeof name, "\"%s\"", roles[role]);
		account_make(A, role, name, &tokens[role]);
	}
	for (int role = 0; role < ROLES; role++)
		try_role(role);
	try_operator();
	try_both();
	for (int role = 0; role < ROLES; role++)
		free(tokens[role]);
	harness_close(&harness);
	return tally_end();
}
