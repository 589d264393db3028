/* two_worlds_test - whoever may not know of a sealed case (C3.2.2) is told, by every route, what he would be told if
 * there were none.
 *
 * How: the same world is made twice in one process, one after the other, with and without one sealed case: noted,
 * confirmed, referred, the referral approved.  At two points of its life everybody who may not know of it asks
 * everything there is to ask, list by list in pages of one and of many, commands too, and follows the events; the two
 * worlds' answers must be the same bytes, and so must be what each of them has been sent.  What the server makes of a
 * sequence is renamed in the order in which it appears, through all answers of a world: ids (a letter and digits, m-…),
 * positions (cursors, ids of events), traces; numbers of log heads are left out.  Where the one world names the sealed
 * thing by its id, the other names what is not there.  A route without a line here fails. */
#include "service_list.h"
#include "base/digest.h"
#include "events/event_text.h"
#include "routes/routes.h"
#include "harness/harness.h"
#include "harness/route_line.h"
#include "harness/tally.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define D "/api/v1/districts/511701"

/* ---- who asks: none of them may know, by his role or by his part */

static const struct asker {
	const char *account, *person, *roles, *more;
	const char *was;
} askers[] = {
	/* was: whose the account was once */
	{ "cadre", "suspect", "\"cadre\"", "" },
	{ "head", "boss", "\"unit_head\"", "" },
	{ "leader", NULL, "\"township_leader\"", ",\"township_id\":\"t-own\"" },
	{ "auditor", NULL, "\"auditor\"", "" },
	{ "finance", NULL, "\"finance\"", "" },
	{ "every-limited", "boss", "\"unit_head\",\"township_leader\",\"cadre\"", ",\"township_id\":\"t-own\"" },
	{ "auditor-too", "suspect", "\"auditor\",\"finance\",\"cadre\"", "" },
	{ "reviewer-self", "suspect", "\"reviewer\"", "" },
	{ "reviewer-mate", "mate", "\"reviewer\"", "" },
	{ "reviewer-boss", "boss", "\"reviewer\",\"unit_head\",\"auditor\"", "" },
	{ "inspector-self", "suspect", "\"inspector\",\"auditor\"", "" },
	{ "admin-self", "suspect", "\"district_admin\"", "" },
	{ "admin-under", "under", "\"district_admin\",\"reviewer\"", "" }, /* of a unit that the person heads */
	{ "admin-mover", "mover", "\"district_admin\",\"inspector\"", "" }, /* moved away on the very day */
	{ "admin-was", "fresh", "\"district_admin\"", "", "suspect" },
};
enum { ASKERS = sizeof(askers) / sizeof(askers[0]) };

/* ---- what they ask.  {F} {M}: the sealed finding and measure, or nothing's ids; {A} {N}: others of the same person;
 * {G}: the id that the measure would have without the secret.  A list is asked once whole, and page by page. */

static const struct line { const char *method, *path; bool list; const char *body;
} lines[] = {
	{ "GET", "", false, NULL },
	{ "GET", "/townships/t-own", false, NULL },
	{ "GET", "/townships", true, NULL },
	{ "GET", "/units/u-own", false, NULL },
	{ "GET", "/units", true, NULL },
	{ "GET", "/villages/v-own", false, NULL },
	{ "GET", "/villages", true, NULL },
	{ "GET", "/villages?township_id=t-own", true, NULL },
	{ "GET", "/persons/suspect", false, NULL },
	{ "GET", "/persons", true, NULL },
	{ "GET", "/persons?unit_id=u-own", true, NULL },
	{ "GET", "/postings/q-suspect", false, NULL },
	{ "GET", "/postings", true, NULL },
	{ "GET", "/postings?person_id=suspect", true, NULL },
	{ "GET", "/vacancies", true, NULL },
	{ "GET", "/vacancies?village_id=v-own", true, NULL },
	{ "GET", "/postings?unit_id=u-own&count=1", true, NULL },
	{ "GET", "/alerts?count=1", true, NULL },
	{ "GET", "/tasks", true, NULL },
	{ "GET", "/policy", false, NULL },
	{ "GET", "/calendars/2017", false, NULL },
	{ "GET", "/accounts/cadre", false, NULL },
	{ "GET", "/accounts", true, NULL },

	{ "GET", "/findings/{F}", false, NULL },
	{ "GET", "/findings/{A}", false, NULL },
	{ "GET", "/findings", true, NULL },
	{ "GET", "/findings?person_id=suspect", true, NULL },
	{ "GET", "/findings?unit_id=u-own", true, NULL },
	{ "GET", "/findings?names=1", false, NULL },
	{ "GET", "/persons/suspect/standing?names=1", false, NULL },
	{ "GET", "/findings?person_id=suspect&state=noted", true, NULL },
	{ "GET", "/findings?state=confirmed", true, NULL },
	{ "GET", "/findings?count=1", true, NULL },
	{ "GET", "/findings?order=due&count=1", true, NULL },
	{ "GET", "/findings?order=on&from=2017-08-01&until=2018-01-01", true, NULL },
	{ "GET", "/findings?kind=fund_misuse&count=1", true, NULL },
	{ "GET", "/findings?kind=discipline_violation&person_id=suspect&count=1", true, NULL },
	{ "GET", "/findings?source=covert&noted_by=me&count=1", true, NULL },
	{ "GET", "/attendance?count=1", true, NULL },
	{ "GET", "/attendance?unit_id=u-own", true, NULL },
	{ "GET", "/attendance?status=unknown&count=1", true, NULL },
	{ "GET", "/persons/suspect/attendance?month=2017-09", false, NULL },
	{ "GET", "/contradictions", true, NULL },
	{ "GET", "/persons/suspect/standing", false, NULL },
	{ "GET", "/persons/suspect/standing?on=2017-12-01", false, NULL },
	{ "GET", "/persons/boss/standing", false, NULL },
	{ "GET", "/units/u-own/standing", false, NULL },
	{ "GET", "/measures/{M}", false, NULL },
	{ "GET", "/measures/{G}", false, NULL },
	{ "GET", "/measures?count=1", true, NULL },
	{ "GET", "/measures?person_id=suspect&count=1", true, NULL },
	{ "GET", "/measures?unit_id=u-own&state=proposed&count=1", true, NULL },
	{ "GET", "/measures?kind=referral&count=1", true, NULL },
	{ "GET", "/measures?finding_id={F}&count=1", true, NULL },
	{ "GET", "/measures?finding_id={A}&state=revoked", true, NULL },
	{ "GET", "/measures/{N}", false, NULL },
	{ "GET", "/recalls", true, NULL },
	{ "GET", "/recalls?person_id=suspect", true, NULL },
	{ "GET", "/recalls?unit_id=u-own&overdue=false&count=1", true, NULL },
	{ "GET", "/recalls/{M}", false, NULL },
	{ "GET", "/persons/suspect/stipend?year=2017", false, NULL },
	{ "GET", "/payrolls?count=1", true, NULL },
	{ "GET", "/payrolls/2017-08", false, NULL },
	{ "GET", "/payrolls/2017-08/proof", false, NULL },
	{ "GET", "/payrolls/2017-08/export", false, NULL },
	{ "GET", "/alerts", true, NULL },
	{ "GET", "/alerts?person_id=suspect", true, NULL },
	{ "GET", "/alerts?person_id=boss", true, NULL },
	{ "GET", "/rounds/r", false, NULL },
	{ "GET", "/rounds", true, NULL },
	{ "GET", "/rounds/r/eligibility", true, NULL },
	{ "GET", "/progress", false, NULL },
	{ "GET", "/api/v1/status", false, NULL },
	{ "GET", "/api/v1/openapi.json", false, NULL },
	{ "GET", "/livez", false, NULL },
	{ "GET", "/readyz", false, NULL },

	{ "POST", "/findings", false, "{}" },
	{ "POST", "/findings:batch", false, "{\"key\":\"k\"}\n" },
	{ "POST", "/findings/{F}/confirm", false, "{}" },
	{ "POST", "/findings/{F}/dismiss", false, "{}" },
	{ "POST", "/findings/{F}/annul", false, "{}" },
	{ "POST", "/findings/{F}/confirm", false, "{\"reason\":7}" },
	{ "POST", "/measures/{M}/approve", false, "{}" },
	{ "POST", "/measures/{M}/reject", false, "{}" },
	{ "POST", "/measures/{M}/lift", false, "{}" },
	{ "POST", "/measures/{M}/serve", false, "{}" },
	{ "POST", "/measures/{G}/serve", false, "{}" },
	{ "POST", "/recalls/{M}/review", false, "{}" },
	{ "POST", "/recalls/{M}/order", false, "{}" },
	{ "POST", "/recalls/{M}/hand-over", false, "{}" },
	{ "POST", "/recalls/{M}/replace", false, "{}" },
	{ "POST", "/recalls/{M}/cancel", false, "{}" },
	{ "POST", "/files", false, "x" },
	{ "GET", "/files/none?of=findings/{F}", false, NULL },
	{ "POST", "/checkins", false, "{}" },
	{ "POST", "/checkins:batch", false, "{\"key\":\"k\"}\n" },
	{ "POST", "/tasks/{M}/close", false, "{}" },
	{ "POST", "/imports?kind=persons", false, "x" },
	{ "POST", "/policies", false, "{}" },
	{ "POST", "/payrolls", false, "{}" },
	{ "POST", "/payrolls/2017-07/approve", false, "{}" },
	{ "POST", "/payrolls/2017-07/close", false, "{}" },
	{ "PUT", "", false, "{}" },
	{ "PUT", "/townships/t-own", false, "{}" },
	{ "PUT", "/units/u-own", false, "{}" },
	{ "PUT", "/villages/v-own", false, "{}" },
	{ "PUT", "/persons/suspect", false, "{}" },
	{ "PUT", "/postings/q-suspect", false, "{}" },
	{ "PUT", "/accounts/cadre", false, "{}" },
	{ "POST", "/persons/suspect/reveal", false, "{}" },
	{ "POST", "/postings/q-suspect/void", false, "{}" },
	{ "POST", "/postings/none/void", false, "{\"reason\":\"r\"}" },
	{ "PUT", "/rounds/none", false, "{}" },
	{ "PUT", "/calendars/2017", false, "{\"days\":7}" },
	{ "POST", "/api/v1/clock", false, "{}" },
	{ "POST", "/api/v1/sessions", false, "{}" },
	{ "GET", "/api/v1/sessions/current", false, NULL },
	{ "POST", "/api/v1/sessions/current/step-up", false, "{}" },
	{ "GET", "/api/v1/public/districts", false, NULL },
	{ "PUT", "/api/v1/sessions/current/password", false, "{}" },
};
enum { LINES = sizeof(lines) / sizeof(lines[0]) };

/* Counters are shown to the operator's own networks; a session that ends asks nothing more; events are followed below.
 */
static const struct { const char *method, *path;
} elsewhere[] = {
	{ "GET", "/metrics" },
	{ "DELETE", "/api/v1/sessions" },
	{ "DELETE", "/api/v1/sessions/current" },
	{ "GET", "/events" },
};

/* ---- a world, and what is told in it */

struct text { char *p; size_t len, cap; };
struct told { char *what, *text; };
struct names { char *seen[4096]; size_t n; };
static struct world {
	bool sealed;
	harness_t *harness;
	char *tokens[ASKERS];
	char finding[32], second[32], measure[32], open_id[32], other_finding[32], other_measure[32];
	struct names names;
	struct told told[8192];
	size_t ntold;
} worlds[2];

static void
add(struct text *t, const char *p, size_t len)
{
	if (t->len + len + 1 > t->cap) {
		t->cap = 2 * (t->len + len + 1);
		t->p = realloc(t->p, t->cap);
		if (!t->p)
			abort();
	}
	memcpy(t->p + t->len, p, len);
	t->len += len;
	t->p[t->len] = '\0';
}

/* ---- renaming */

static void
add_named(struct text *t, struct names *names, const char *p, size_t len)
{
	char name[32];
	size_t i = 0;

	while (i < names->n && (strlen(names->seen[i]) != len || memcmp(names->seen[i], p, len) != 0))
		i++;
	if (i == names->n) {
		if (names->n == sizeof(names->seen) / sizeof(names->seen[0]))
			abort();
		names->seen[names->n++] = strndup(p, len);
	}
	add(t, name, (size_t)snprintf(name, sizeof name, "<%zu>", i));
}

static size_t
span_of(const char *p, bool (*of)(int))
{
	size_t n = 0;

	while (p[n] && of((unsigned char)p[n]))
		n++;
	return n;
}

static bool is_number(int c) { return isdigit(c); }
static bool is_thirty_two(int c) { return islower(c) || (c >= '2' && c <= '7'); }
static bool is_value(int c) { return c != '"' && c != '\n'; }

/* The length of what stands here and is made of a sequence or at random; 0: nothing such. */
static size_t
made_here(const char *p, const char *before)
{
	static const char *const members[] = { "\"next\":\"", "\"traceparent\":\"", "id: " };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strlen(before) >= strlen(members[i]) &&
		    strcmp(before + strlen(before) - strlen(members[i]), members[i]) == 0)
			return span_of(p, is_value);
	if (*before && isalnum((unsigned char)before[strlen(before) - 1]))
		return 0;
	if (isupper((unsigned char)*p) && span_of(p + 1, is_number) == 12)
		return 13;
	if (strncmp(p, "m-", 2) == 0 && span_of(p + 2, is_thirty_two) == 16)
		return 18;
	for (size_t i = 0; i < SERVICES; i++)
		if (strncmp(p, service_names[i], strlen(service_names[i])) == 0 && p[strlen(service_names[i])] == '/') {
			size_t n = strlen(service_names[i]) + 1;
			n += span_of(p + n, is_number);
			return p[n] == '/' ? n + 1 + span_of(p + n + 1, is_number) : 0;
		}
	return 0;
}

/* Log heads, and what is counted along with them; and the hash of a body, which is compared itself. */
static size_t
head_here(const char *before, const char *p)
{
	static const char *const members[] = { "\"head\":", "\"cursor\":", "\"epoch\":" };
	const size_t len = strlen(before), tag = strlen("ETag: \"");

	if (len >= tag && strcmp(before + len - tag, "ETag: \"") == 0)
		return span_of(p, is_value);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strlen(before) >= strlen(members[i]) &&
		    strcmp(before + strlen(before) - strlen(members[i]), members[i]) == 0)
			return span_of(p, is_number);
	return 0;
}

static char *
renamed(struct names *names, const char *p)
{
	struct text out = { 0 };
	size_t n;

	add(&out, "", 0);
	while (*p) {
		if ((n = head_here(out.p, p)) > 0) {
			add(&out, "<head>", 6);
		} else if ((n = made_here(p, out.p)) > 0) {
			add_named(&out, names, p, n);
		} else {
			add(&out, p, n = 1);
		}
		p += n;
	}
	return out.p;
}

static void
keep(struct world *w, const char *what, const char *text)
{
	if (w->ntold == sizeof(w->told) / sizeof(w->told[0]))
		abort();
	w->told[w->ntold++] = (struct told){ strdup(what), renamed(&w->names, text) };
}

/* ---- making it */

static json_t *
told(struct world *w, const char *method, int status, const char *body, const char *format, ...)
{
	char path[256];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	struct answered a = harness_call(w->harness, method, path, NULL,
					 strstr(path, ":batch") ? "application/x-ndjson" : NULL, body);
	json_t *j = json_loads(a.body, JSON_DISABLE_EOF_CHECK, NULL);
	if (a.status != status)
		check(false, path, a.body);
	free(a.body);
	return j;
}
#define DO(w, method, status, body, ...) json_decref(told(w, method, status, body, __VA_ARGS__))

static void
id_take(json_t *j, char out[32])
{
	const char *id = json_string_value(json_object_get(j, "id"));

	snprintf(out, 32, "%s", id ? id : "none");
	json_decref(j);
}

static void
settle(struct world *w)
{
	check(harness_settle(w->harness, "511701"), "settled", w->sealed ? "sealed" : "plain");
}

static void
person_make(struct world *w, const char *who, const char *unit, const char *village, const char *role)
{
	char body[256];

	snprintf(body, sizeof body,
		 "{\"name\":\"某人\",\"phone\":\"13900000000\",\"unit_id\":\"%s\",\"establishment\":\"other\"}", unit);
	DO(w, "PUT", 201, body, D "/persons/%s", who);
	snprintf(body, sizeof body,
		 "{\"person_id\":\"%s\",\"village_id\":\"%s\",\"role\":\"%s\",\"from\":\"2017-07-01\"}", who, village,
		 role);
	DO(w, "PUT", 201, body, D "/postings/q-%s", who);
}

static void
people_make(struct world *w)
{
	static const char *const which[] = { "own", "other" };
	char body[128];

	DO(w, "PUT", 201, "{\"name\":\"区\",\"areas\":[{\"id\":\"a\",\"name\":\"片\"}]}", D);
	for (int i = 0; i < 2; i++) {
		DO(w, "PUT", 201, "{\"name\":\"乡\",\"area_id\":\"a\"}", D "/townships/t-%s", which[i]);
		DO(w, "PUT", 201, "{\"name\":\"局\"}", D "/units/u-%s", which[i]);
		snprintf(body, sizeof body, "{\"name\":\"村\",\"township_id\":\"t-%s\",\"kind\":\"poor\"}", which[i]);
		DO(w, "PUT", 201, body, D "/villages/v-%s", which[i]);
	}
	person_make(w, "boss", "u-own", "v-own", "contact_leader");
	person_make(w, "mate", "u-own", "v-own", "team_member");
	person_make(w, "suspect", "u-own", "v-own", "first_secretary");
	person_make(w, "other", "u-other", "v-other", "first_secretary");
	person_make(w, "mover", "u-own", "v-own", "team_member");
	person_make(w, "fresh", "u-other", "v-other", "team_member");
	person_make(w, "apart", "u-other", "v-other", "team_member");
	DO(w, "PUT", 200, "{\"name\":\"局\",\"head_person_id\":\"boss\"}", D "/units/u-own");
	DO(w, "PUT", 201, "{\"name\":\"局\"}", D "/units/u-under");
	person_make(w, "under", "u-under", "v-other", "team_member");
	DO(w, "PUT", 200, "{\"name\":\"局\",\"head_person_id\":\"suspect\"}", D "/units/u-under");
	DO(w, "PUT", 200,
	   "{\"name\":\"某人\",\"phone\":\"13900000000\",\"unit_id\":\"u-other\",\"establishment\":\"other\"}",
	   D "/persons/mover");
	DO(w, "POST", 201,
	   "{\"version\":\"eyes\",\"effective_from\":\"2017-08-02\",\"patch\":{\"approval\":\"automatic\"}}",
	   D "/policies");
	DO(w, "PUT", 201, "{\"name\":\"轮\",\"category\":\"first_secretary\",\"on\":\"2017-09-08\"}", D "/rounds/r");
}

static void
account_make(struct world *w, int i, const char *person, int status)
{
	const struct asker *k = &askers[i];
	char body[512];

	snprintf(body, sizeof body,
		 "{%s%s%s\"phone\":\"137000000%02d\",\"password\":\"a password of %d\",\"roles\":[%s]%s}",
		 person ? "\"person_id\":\"" : "", person ? person : "", person ? "\"," : "", i, i, k->roles, k->more);
	DO(w, "PUT", status, body, D "/accounts/%s", k->account);
}

/* And one of the department who has no part: he is told. */
static void
accounts_make(struct world *w)
{
	for (int i = 0; i < ASKERS; i++) {
		account_make(w, i, askers[i].was ? askers[i].was : askers[i].person, 201);
		if (askers[i].was)
			account_make(w, i, askers[i].person, 200);
	}
	DO(w, "PUT", 201,
	   "{\"person_id\":\"apart\",\"phone\":\"13600000000\",\"password\":\"a password of "
	   "his\",\"roles\":[\"district_admin\"]}",
	   D "/accounts/apart");
}

/* A session lasts twelve hours, less than the clock is moved. */
static void
everybody_enters(struct world *w)
{
	char body[256];

	for (int i = 0; i < ASKERS; i++) {
		snprintf(body, sizeof body,
			 "{\"district\":\"511701\",\"phone\":\"137000000%02d\",\"password\":\"a password of %d\"}", i,
			 i);
		json_t *j = told(w, "POST", 201, body, "/api/v1/sessions");
		const char *token = json_string_value(json_object_get(j, "token"));
		free(w->tokens[i]);
		w->tokens[i] = strdup(token ? token : "none");
		json_decref(j);
	}
}

static void
finding_make(struct world *w, const char *members, bool confirmed, char id[32])
{
	char body[512];

	snprintf(body, sizeof body, "{\"source\":\"hotline\",\"note\":\"a word\",%s}", members);
	id_take(told(w, "POST", 201, body, D "/findings"), id);
	if (confirmed)
		DO(w, "POST", 200, NULL, D "/findings/%s/confirm", id);
}

/* Before the sealed case, and what of it may be noticed only by whom it names. */
static void
begin(struct world *w)
{
	char id[32];

	people_make(w);
	accounts_make(w);
	DO(w, "POST", 200, "{\"now\":\"2017-09-08T10:00:00+08:00\"}", "/api/v1/clock");
	finding_make(w, "\"kind\":\"unexcused_absence\",\"person_id\":\"suspect\",\"on\":\"2017-09-04\"", true,
		     w->other_finding);
	finding_make(w, "\"kind\":\"duty_failure\",\"person_id\":\"other\",\"on\":\"2017-09-04\"", true, id);
	snprintf(w->finding, sizeof w->finding, "F999999999999");
	snprintf(w->measure, sizeof w->measure, "m-aaaaaaaaaaaaaaaa");
	if (w->sealed) {
		finding_make(w,
			     "\"kind\":\"fund_misuse\",\"person_id\":\"suspect\",\"on\":\"2017-09-01\",\"major\":true",
			     false, w->finding);
		finding_make(w, "\"kind\":\"discipline_violation\",\"person_id\":\"suspect\",\"on\":\"2017-09-08\"",
			     false, w->second);
	}
	finding_make(
		w, "\"kind\":\"written_criticism\",\"person_id\":\"suspect\",\"on\":\"2017-09-06\",\"bulletin\":\"b1\"",
		true, id);
	settle(w);
	json_t *j = told(w, "GET", 200, NULL, D "/persons/suspect/standing");
	id_take(json_incref(json_array_get(json_object_get(j, "measures"), 0)), w->other_measure);
	json_decref(j);
}

/* The id as it was made before there was a secret. */
static void
open_id_take(struct world *w)
{
	char id[SHORT_ID_MAX];

	short_id((const char *[]){ "511701", "person/suspect", "C3.2.2", "REFERRAL", "2017" }, 5, id);
	snprintf(w->open_id, sizeof w->open_id, "m-%s", id);
}

static void
referral_take(struct world *w)
{
	json_t *j = told(w, "GET", 200, NULL, D "/persons/suspect/standing"), *m;
	size_t i;

	json_array_foreach(json_object_get(j, "measures"), i, m)
		if (strcmp(json_string_value(json_object_get(m, "kind")), "referral") == 0)
			id_take(json_incref(m), w->measure);
	json_decref(j);
	check(strcmp(w->measure, "m-aaaaaaaaaaaaaaaa") != 0 && strcmp(w->measure, w->open_id) != 0,
	      "C3.2.2 a referral, with an id that nobody can guess", w->measure);
	DO(w, "GET", 404, NULL, D "/measures/%s", w->open_id);
	DO(w, "GET", 200, NULL, D "/measures/%s", w->measure);
}

static void
go_on(struct world *w)
{
	char id[32];

	if (w->sealed) {
		DO(w, "POST", 200, NULL, D "/findings/%s/confirm", w->finding);
		settle(w);
		referral_take(w);
	}
	DO(w, "POST", 200, "{\"now\":\"2017-09-09T10:00:00+08:00\"}", "/api/v1/clock");
	finding_make(w, "\"kind\":\"unexcused_absence\",\"person_id\":\"suspect\",\"on\":\"2017-09-07\"", true, id);
	finding_make(w, "\"kind\":\"unexcused_absence\",\"person_id\":\"other\",\"on\":\"2017-09-07\"", false, id);
	if (w->sealed) {
		DO(w, "POST", 200, NULL, D "/findings/%s/confirm", w->second);
		DO(w, "POST", 200, NULL, D "/measures/%s/serve", w->measure);
	}
	DO(w, "POST", 201, "{\"month\":\"2017-08\"}", D "/payrolls");
	settle(w);
}

/* ---- asking */

static void
filled(const struct world *w, const char *pattern, char *out, size_t size)
{
	size_t n = 0;

	for (; *pattern && n + 40 < size; pattern++) {
		if (*pattern != '{' || !isupper((unsigned char)pattern[1]) || pattern[2] != '}') {
			out[n++] = *pattern;
			continue;
		}
		const char *id = pattern[1] == 'F'   ? w->finding
				 : pattern[1] == 'M' ? w->measure
				 : pattern[1] == 'A' ? w->other_finding
				 : pattern[1] == 'N' ? w->other_measure
						     : w->open_id;
		n += (size_t)sprintf(out + n, "%s", id);
		pattern += 2;
	}
	out[n] = '\0';
}

static bool
outside_districts(const char *path)
{
	return strncmp(path, "/api/", 5) == 0 || strcmp(path, "/livez") == 0 || strcmp(path, "/readyz") == 0;
}

static void
path_of(const struct world *w, const struct line *l, char *out, size_t size)
{
	char rest[200];

	filled(w, l->path, rest, sizeof rest);
	snprintf(out, size, "%s%s", outside_districts(l->path) ? "" : D, rest);
}

static char *
answer_text(const struct answered *a)
{
	struct text t = { 0 };
	char head[32];

	add(&t, head, (size_t)snprintf(head, sizeof head, "%d\n", a->status));
	add(&t, a->headers, strlen(a->headers));
	add(&t, "\n", 1);
	add(&t, a->body, a->len);
	return t.p;
}

/* The first page of one, the next ones by their cursors: all of them as one text. */
static void
pages_ask(struct world *w, const char *path, int limit, const char *what)
{
	char cursor[256] = "", url[1024];
	struct text all = { 0 };

	for (int page = 0; page < 200; page++) {
		snprintf(url, sizeof url, "%s%climit=%d%s%s", path, strchr(path, '?') ? '&' : '?', limit,
			 *cursor ? "&cursor=" : "", cursor);
		struct answered a = harness_call(w->harness, "GET", url, NULL, NULL, NULL);
		json_t *j = json_loads(a.body, 0, NULL);
		const char *next = json_string_value(json_object_get(j, "next"));
		size_t items = json_array_size(json_object_get(j, "items"));
		char *text = answer_text(&a);
		add(&all, text, strlen(text));
		if (next)
			check(items == (size_t)limit, "a page that another follows is full", url);
		snprintf(cursor, sizeof cursor, "%s", next ? next : "");
		json_decref(j);
		free(text);
		free(a.body);
		if (!*cursor)
			break;
	}
	keep(w, what, all.p);
	free(all.p);
}

enum { READY_TRIES = 200 };

/* That a service is slow on a busy machine says nothing of either world. */
static struct answered
answer_of(struct world *w, const struct line *l, const char *path)
{
	const char *type = strstr(path, ":batch")     ? "application/x-ndjson"
	                   : strstr(path, "/imports") ? "text/csv"
	                                              : NULL;
	struct answered a = { 0 };

	for (int tries = 0; tries < READY_TRIES; tries++) {
		free(a.body);
		a = harness_call(w->harness, l->method, path, NULL, type, l->body);
		if (a.status != 503 || strcmp(path, "/readyz") != 0)
			break;
	}
	return a;
}

static void
line_ask(struct world *w, const struct line *l, const char *who)
{
	char path[256], what[512];

	path_of(w, l, path, sizeof path);
	snprintf(what, sizeof what, "%s: %s %s %s", who, l->method, l->path, l->body ? l->body : "");
	struct answered a = answer_of(w, l, path);
	char *text = answer_text(&a);
	check(a.status != 401 || strcmp(l->path, "/api/v1/sessions") == 0, "who asks is known", what);
	keep(w, what, text);
	for (int limit = 1; l->list && a.status == 200 && limit < 3; limit++)
		pages_ask(w, path, limit, what);
	free(text);
	free(a.body);
}

/* The logs as the gateway tells them, service by service; how many of them it tells. */
static size_t
log_told(struct world *w, const char *service)
{
	char sql[256];
	arena_t *a = arena_open(16 << 20);
	struct bytes out = { 0 };
	size_t n = 0;

	for (int seq = 1;; seq++) {
		snprintf(sql, sizeof sql, "select type || ' ' || encode(body, 'hex') from %s.event where seq = %d",
			 service, seq);
		char *row = harness_sql(w->harness, sql), *hex = strchr(row, ' ');
		if (!hex) {
			free(row);
			break;
		}
		Wire__Logged l = WIRE__LOGGED__INIT;
		*hex++ = '\0';
		l.type = row;
		l.body.len = strlen(hex) / 2;
		l.body.data = malloc(l.body.len + 1);
		for (size_t i = 0; i < l.body.len; i++)
			sscanf(hex + 2 * i, "%2hhx", &l.body.data[i]);
		n += event_text(&l, "511701", a, &out) == EVENT_TOLD;
		arena_reset(a);
		free(l.body.data);
		free(row);
	}
	bytes_append(&out, "", 1);
	keep(w, service, out.p);
	bytes_free(&out);
	arena_close(&a);
	return n;
}

/* Events of one service follow each other in its order, those of several as they were read: so the stream's are
 * compared as a count. */
static void
events_ask(struct world *w)
{
	size_t n = 0, heard = 0;
	char count[32];

	for (size_t i = 0; i < SERVICES; i++)
		n += log_told(w, service_names[i]);
	char *text = harness_stream(w->harness, D "/events?from=start", n);
	for (const char *at = text; at && (at = strstr(at, "event: ")) != NULL; at++)
		heard++;
	check(text && heard == n, "the stream is what the logs tell", text ? text : "no stream");
	check(text && !strstr(text, w->finding) && !strstr(text, w->measure), "C3.2.2 of it nothing", "");
	snprintf(count, sizeof count, "%zu events", n);
	keep(w, "GET /events", count);
	free(text);
}

/* What they have been sent, as the operator sees it. */
static void
sent_ask(struct world *w)
{
	char path[128], what[64];

	for (int i = 0; i < ASKERS; i++) {
		snprintf(path, sizeof path, D "/alerts?person_id=%s", askers[i].person ? askers[i].person : "nobody");
		snprintf(what, sizeof what, "sent to %s", askers[i].account);
		pages_ask(w, path, 200, what);
	}
}

/* Once it is confirmed, who has no part in it is. */
static void
sent_to_some(struct world *w)
{
	json_t *j = told(w, "GET", 200, NULL, D "/alerts?person_id=apart");

	check(json_array_size(json_object_get(j, "items")) == (w->sealed ? 3 : 0), "two confirmed, one served",
	      w->sealed ? "sealed" : "plain");
	json_decref(j);
}

static void
everybody_asks(struct world *w)
{
	everybody_enters(w);
	sent_ask(w);
	for (int i = 0; i < ASKERS; i++) {
		harness_as(w->harness, w->tokens[i]);
		for (int k = 0; k < LINES; k++)
			line_ask(w, &lines[k], askers[i].account);
		harness_as(w->harness, NULL);
	}
	events_ask(w);
}

/* What keeps a posting where it is must not be told to whom it is about: an administrator takes away the day of the
 * case, and no other's; then it is given back, so that the next one takes it. */
static void
posting_shortened(struct world *w)
{
	static const struct line shorter = {
		"PUT", "/postings/q-suspect", false,
		"{\"person_id\":\"suspect\",\"village_id\":\"v-own\",\"role\":\"first_secretary\","
		"\"from\":\"2017-09-02\"}",
	};

	for (int i = 0; i < ASKERS; i++) {
		harness_as(w->harness, w->tokens[i]);
		line_ask(w, &shorter, askers[i].account);
		const char *said = w->told[w->ntold - 1].text;
		check(strncmp(said, strstr(askers[i].roles, "district_admin") ? "200" : "403", 3) == 0,
		      "a posting made shorter", said);
		harness_as(w->harness, NULL);
		DO(w, "PUT", 200,
		   "{\"person_id\":\"suspect\",\"village_id\":\"v-own\",\"role\":\"first_secretary\",\"from\":\"2017-"
		   "07-01\"}",
		   D "/postings/q-suspect");
	}
}

/* Whoever may know does: the case is there, in the one world. */
static void
known_to_some(struct world *w)
{
	json_t *j = told(w, "GET", w->sealed ? 200 : 404, NULL, D "/findings/%s", w->finding);

	check(!w->sealed || strcmp(json_string_value(json_object_get(j, "kind")), "fund_misuse") == 0,
	      "the operator is told", "");
	json_decref(j);
}

static void
world_run(struct world *w, bool sealed)
{
	w->sealed = sealed;
	w->harness = harness_open();
	open_id_take(w);
	begin(w);
	known_to_some(w);
	everybody_asks(w);
	go_on(w);
	known_to_some(w);
	everybody_asks(w);
	sent_to_some(w);
	posting_shortened(w);
	harness_close(&w->harness);
}

/* ---- comparing */

static void
show_difference(const char *a, const char *b)
{
	size_t i = 0;

	while (a[i] && a[i] == b[i])
		i++;
	i = i > 120 ? i - 120 : 0;
	printf("  plain:  %.400s\n  sealed: %.400s\n", a + i, b + i);
}

static void
compare(const struct world *plain, const struct world *sealed)
{
	check(plain->ntold == sealed->ntold && plain->ntold > (size_t)ASKERS * LINES, "as many answers", "");
	for (size_t i = 0; i < plain->ntold && i < sealed->ntold; i++) {
		bool same = strcmp(plain->told[i].what, sealed->told[i].what) == 0 &&
			    strcmp(plain->told[i].text, sealed->told[i].text) == 0;
		check(same, "C3.2.2 the same bytes", sealed->told[i].what);
		if (!same)
			show_difference(plain->told[i].text, sealed->told[i].text);
	}
}

static void
world_free(struct world *w)
{
	for (size_t i = 0; i < w->ntold; i++) {
		free(w->told[i].what);
		free(w->told[i].text);
	}
	for (size_t i = 0; i < w->names.n; i++)
		free(w->names.seen[i]);
	for (int i = 0; i < ASKERS; i++)
		free(w->tokens[i]);
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
		check(found, "a line in tests/properties/two_worlds_test.c", r->path);
	}
}

int
main(void)
{
	test_complete();
	world_run(&worlds[0], false);
	world_run(&worlds[1], true);
	compare(&worlds[0], &worlds[1]);
	world_free(&worlds[0]);
	world_free(&worlds[1]);
	return tally_end();
}
