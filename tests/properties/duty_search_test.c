/* duty_search_test - rules.md §4 "Separation of duties", searched: no sequence of acts by one human does both halves of
 * anything.
 *
 * How: real services in one process.  Humans: an administrator who tries everything that the role lets him (accounts,
 * whose they are, passwords, units, heads), two reviewers, an inspector and two cadres who use what they have.  Steps
 * are drawn; what is accepted is held against an account of the truth that is kept here: who set which password last,
 * who was of which unit and headed which on which day.
 *
 *   A human has the accounts whose password he set last.
 *   Never: two halves by one account, or by accounts of one person; an act by an account that is nobody's; an act in a
 *          case of oneself, of a unit that one belonged to or headed since the facts, or of one that the case's person
 *          headed.
 *   Never, unless told: two halves by two accounts that one human has.  He has another's only by taking it, and whose
 *          name it bears has been sent a message each time: that the taking wants a second person is not yet so.  The
 *          messages are counted in the end.
 *
 *   ZHUCUN_SEED            of the first world; the others follow            (fixed)
 *   ZHUCUN_HISTORIES       how many worlds, each a district of its own      (8) */
#include "base/civil.h"
#include "harness/harness.h"
#include "harness/tally.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADMIN, REVIEWER, INSPECTOR, OTHER, CADRE, POSTED, PEOPLE };
enum {
	UNITS = 5,
	ACCOUNTS = 7,
	WORLDS = 8,
	STEPS = 120,
	MOVES_MAX = 400,
	THINGS_MAX = 400,
	CAUSES_MAX = 16,
	NOBODY = -1,
	OPERATOR = -2,
	EVER = -1000,
	FIRST_DAY = 17429 /* 2017-09-20 */
};
static const char *const people[PEOPLE] = { "adm", "rev", "ins", "oth", "cad", "pos" };
static const char *const accounts[ACCOUNTS] = { "a-adm", "a-rev", "a-ins", "a-oth", "a-own", "a-x", "a-y" };
static const char *const role_sets[] = {
	"\"inspector\"",
	"\"reviewer\"",
	"\"inspector\",\"reviewer\"",
	"\"finance\"",
	"\"district_admin\"",
	"\"district_admin\",\"reviewer\",\"inspector\"",
	"\"auditor\"",
	"\"finance\",\"reviewer\"",
};
enum { ROLE_SETS = sizeof(role_sets) / sizeof(role_sets[0]), ADMINISTERS = 4, READS = 6 };

static harness_t *harness;
static uint64_t seed;
static char district[8];

/* ---- the truth */

static int today;                               /* days since the world began */
static struct span {
	int who, day, at;
} belongs[MOVES_MAX], heads[MOVES_MAX]; /* who: person, unit; at: unit, person */
static size_t nbelongs, nheads;
static struct account { int person, human, roles; unsigned was; char *token; int taken[PEOPLE]; } account[ACCOUNTS];

/* Who did a half of something: by which account, whose name it bore, and which human had it. */
struct act { int account, person, human; };
enum state { NOTED, CONFIRMED, DISMISSED, ANNULLED };
static struct finding {
	char id[32];
	int person, unit, day;
	enum state state;
	struct act noted, confirmed;
} findings[THINGS_MAX];
static size_t nfindings;
static struct measure {
	char id[64], state[16];
	bool recall;
	int person, unit, causes[CAUSES_MAX], ncauses;
	struct act approved;
	bool was_approved;
} measures[THINGS_MAX];
static size_t nmeasures;
static struct payroll {
	int month;
	enum { NO_RUN, DRAFT, APPROVED, CLOSED } state;
	struct act drafted;
} payrolls[2] = { { .month = 7 }, { .month = 8 } };
static struct task { char id[96], recall[64]; int person; bool open; } tasks[THINGS_MAX];
static size_t ntasks;
static struct seen {
	int tasks, notes, confirms, dismissals, annulments, moves, steps, runs, accounts, persons, heads, barred,
		required;
} seen;

static unsigned
drawn(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

/* Everything that was so at some time from that day on; rows in the order of time. */
static bool
since(const struct span *rows, size_t n, int who, int day, int at)
{
	for (size_t i = 0; i < n; i++) {
		bool last = true;
		if (rows[i].who != who || rows[i].at != at)
			continue;
		for (size_t k = i + 1; k < n && last; k++)
			last = rows[k].who != who || rows[k].day >= day;
		if (rows[i].day >= day || last)
			return true;
	}
	return false;
}

static bool
own_unit(int person, int unit, int day)
{
	return since(belongs, nbelongs, person, day, unit) || since(heads, nheads, unit, day, person);
}

/* ---- what must never be */

static const char *
name_of(int person)
{
	return person == NOBODY ? "nobody" : people[person];
}

static void
has_no_part(int who, int person, int unit, int day, const char *what, const char *id)
{
	checkf(who != person, "separation of duties", "%s of %s by the person it is about, %s", what, id,
	       name_of(person));
	for (int u = 0; u < UNITS; u++) {
		bool of_case = unit == u || (person != NOBODY && since(belongs, nbelongs, person, day, u));
		bool headed = person != NOBODY && since(heads, nheads, u, day, person) &&
			      since(belongs, nbelongs, who, day, u);
		checkf(!(of_case && own_unit(who, u, day)) && !headed, "separation of duties",
		       "%s of %s by %s, whose own unit u%d is since day %d (today %d)", what, id, name_of(who), u, day,
		       today);
	}
}

/* Everybody whose the account is or ever was. */
static void
in_case(const struct act *a, int person, int unit, int day, const char *what, const char *id)
{
	checkf(a->person != NOBODY, "separation of duties", "%s of %s by %s, which is nobody's", what, id,
	       accounts[a->account]);
	for (int p = 0; a->person != NOBODY && p < PEOPLE; p++)
		if (account[a->account].was & (1U << p))
			has_no_part(p, person, unit, day, what, id);
}

/* In whose name it was, he has been told. */
static bool
was_taken(const struct act *a)
{
	return a->person != NOBODY && a->person != a->human && account[a->account].taken[a->person] > 0;
}

static void
halves(const struct act *first, const struct act *second, const char *what, const char *id)
{
	if (first->account == NOBODY)
		return;
	checkf(first->account != second->account, "separation of duties", "both halves of %s of %s by %s", what, id,
	       accounts[first->account]);
	checkf(first->person == NOBODY || first->person != second->person, "separation of duties",
	       "both halves of %s of %s by %s, from %s and %s", what, id, name_of(first->person),
	       accounts[first->account], accounts[second->account]);
	checkf(first->human != second->human || was_taken(first) || was_taken(second), "separation of duties",
	       "both halves of %s of %s by the human %s, and nobody heard of it", what, id, name_of(first->human));
}

/* ---- calls */

static json_t *
call(int by, int *status, const char *method, const char *body, const char *format, ...)
{
	char path[256];
	va_list args;
	int n = *format == '@' ? 0 : snprintf(path, sizeof path, "/api/v1/districts/%s", district);

	va_start(args, format);
	vsnprintf(path + n, sizeof path - (size_t)n, format + (*format == '@'), args);
	va_end(args);
	harness_as(harness, by == OPERATOR ? NULL : account[by].token);
	struct answered a = harness_call(harness, method, path, NULL, NULL, body);
	harness_as(harness, NULL);
	*status = a.status;
	json_t *j = json_loads(a.body ? a.body : "", JSON_DISABLE_EOF_CHECK, NULL);
	const char *code = json_string_value(json_object_get(j, "code"));
	seen.barred += code && strcmp(code, "duty.conflict") == 0;
	seen.required += code && strcmp(code, "account.person_required") == 0;
	checkf(a.status < 500 && a.status != 0 && a.status != 429, "a call", "%s %s: %d %s", method, path, a.status,
	       a.body ? a.body : "");
	free(a.body);
	return j;
}
#define DO(by, method, body, ...) ({ json_decref(call(by, &status, method, body, __VA_ARGS__)); status; })

static void
log_in(int a)
{
	char body[256];
	int status;

	snprintf(body, sizeof body, "{\"district\":\"%s\",\"phone\":\"1370000000%d\",\"password\":\"password-by-%s\"}",
		 district, a, account[a].human == OPERATOR ? "operator" : people[account[a].human]);
	harness_as(harness, "");
	struct answered r = harness_call(harness, "POST", "/api/v1/sessions", NULL, NULL, body);
	harness_as(harness, NULL);
	status = r.status;
	json_t *j = json_loads(r.body, 0, NULL);
	checkf(status == 201, "a login", "of %s: %d %s", accounts[a], status, r.body);
	free(account[a].token);
	account[a].token = strdup(status == 201 ? json_string_value(json_object_get(j, "token")) : "none");
	json_decref(j);
	free(r.body);
}

/* By an account (of the human who has it), or by the operator for the owner, who has it then. */
static void
account_put(int by, int a, int person, int roles, int human)
{
	char body[400], who[40] = "";
	int status;

	if (person != NOBODY)
		snprintf(who, sizeof who, "\"person_id\":\"%s\",", people[person]);
	snprintf(body, sizeof body, "{%s\"phone\":\"1370000000%d\",\"password\":\"password-by-%s\",\"roles\":[%s]}",
		 who, a, people[human], role_sets[roles]);
	DO(by, "PUT", body, "/accounts/%s", accounts[a]);
	if (status / 100 != 2)
		return;
	const struct account *was = &account[a];
	bool hears = was->token ? was->human != human || was->person != person || was->roles != roles : roles != READS;
	if (hears && by != OPERATOR && person != NOBODY && person != account[by].person)
		account[a].taken[person]++;
	account[a].person = person;
	account[a].was |= person == NOBODY ? 0 : 1U << person;
	account[a].human = human;
	account[a].roles = roles;
	seen.accounts += by != OPERATOR;
	log_in(a);
}

static void
person_put(int by, int person, int unit)
{
	char body[256];
	int status;

	snprintf(body, sizeof body,
		 "{\"name\":\"某人\",\"phone\":\"1390000000%d\",\"unit_id\":\"u%d\",\"establishment\":\"other\"}",
		 person, unit);
	DO(by, "PUT", body, "/persons/%s", people[person]);
	if (status / 100 == 2)
		belongs[nbelongs++] = (struct span){ person, status == 201 ? EVER : today, unit };
	seen.persons += by != OPERATOR && status == 200;
}

static void
unit_put(int by, int unit, int head)
{
	char body[128], who[48] = "";
	int status;

	if (head != NOBODY)
		snprintf(who, sizeof who, ",\"head_person_id\":\"%s\"", people[head]);
	snprintf(body, sizeof body, "{\"name\":\"局\"%s}", who);
	DO(by, "PUT", body, "/units/u%d", unit);
	if (status / 100 == 2)
		heads[nheads++] = (struct span){ unit, status == 201 ? EVER : today, head };
	seen.heads += by != OPERATOR && status == 200;
}

static const char *
date(int d, char out[DAY_TEXT_MAX])
{
	day_text(FIRST_DAY + d, out);
	return out;
}

/* ---- steps.  by: an account that its human uses */

static struct act
act_by(int by)
{
	return (struct act){ by, account[by].person, account[by].human };
}

static void
step_note(int by)
{
	struct finding f = { .person = drawn(4) ? (int[]){ CADRE, POSTED, REVIEWER }[drawn(3)] : NOBODY,
			     .unit = NOBODY,
			     .state = NOTED,
			     .noted = act_by(by),
			     .confirmed = { .account = NOBODY } };
	char body[256], on[DAY_TEXT_MAX];
	int status;

	f.day = today - (int)drawn(3);
	if (f.person == NOBODY)
		f.unit = (int)drawn(UNITS);
	if (f.person != NOBODY)
		snprintf(body, sizeof body,
			 "{\"kind\":\"unexcused_absence\",\"person_id\":\"%s\",\"on\":\"%s\",\"source\":\"covert\"}",
			 people[f.person], date(f.day, on));
	else
		snprintf(body, sizeof body,
			 "{\"kind\":\"written_criticism\",\"unit_id\":\"u%d\",\"bulletin\":\"b%zu\",\"on\":\"%s\","
			 "\"source\":\"covert\"}",
			 f.unit, nfindings, date(f.day, on));
	json_t *j = call(by, &status, "POST", body, "/findings");
	if (status == 201 && nfindings < THINGS_MAX) {
		snprintf(f.id, sizeof f.id, "%s", json_string_value(json_object_get(j, "id")));
		in_case(&f.noted, f.person, f.unit, f.day, "note", f.id);
		findings[nfindings++] = f;
		seen.notes++;
	}
	json_decref(j);
}

static void
step_decide(int by)
{
	static const struct { const char *order; enum state from, to;
	} orders[] = {
		{ "confirm", NOTED, CONFIRMED },  { "confirm", NOTED, CONFIRMED },  { "dismiss", NOTED, DISMISSED },
		{ "annul", CONFIRMED, ANNULLED }, { "annul", CONFIRMED, ANNULLED },
	};
	unsigned o = drawn(5);
	struct finding *f =
		nfindings ? &findings[nfindings - 1 - drawn(nfindings < 12 ? (unsigned)nfindings : 12)] : NULL;
	struct act a = act_by(by);
	int status;

	if (!f)
		return;
	bool moves = f->state == orders[o].from;
	DO(by, "POST", "{}", "/findings/%s/%s", f->id, orders[o].order);
	if (status != 200 || !moves)
		return;
	in_case(&a, f->person, f->unit, f->day, orders[o].order, f->id);
	halves(&f->noted, &a, orders[o].order, f->id);
	if (orders[o].to == ANNULLED)
		halves(&f->confirmed, &a, "annul", f->id);
	if (orders[o].to == CONFIRMED)
		f->confirmed = a;
	f->state = orders[o].to;
	seen.confirms += f->state == CONFIRMED;
	seen.dismissals += f->state == DISMISSED;
	seen.annulments += f->state == ANNULLED;
}

static int
first_day(const struct measure *m)
{
	int day = today;

	for (int i = 0; i < m->ncauses; i++)
		day = findings[m->causes[i]].day < day ? findings[m->causes[i]].day : day;
	return day;
}

/* What reviews its facts: both who noted and who confirmed them have done the other half. */
static void
reviews(const struct measure *m, const struct act *a, const char *what)
{
	in_case(a, m->person, m->unit, first_day(m), what, m->id);
	for (int i = 0; i < m->ncauses; i++) {
		halves(&findings[m->causes[i]].noted, a, what, m->id);
		halves(&findings[m->causes[i]].confirmed, a, what, m->id);
	}
}

/* Mostly the step that is next. */
static const char *
recall_next(const struct measure *m)
{
	static const char *const next[][2] = { { "proposed", "review" },
					       { "reviewed", "order" },
					       { "ordered", "hand-over" } };

	for (size_t i = 0; drawn(8) && i < sizeof(next) / sizeof(next[0]); i++)
		if (strcmp(m->state, next[i][0]) == 0)
			return next[i][1];
	return "cancel";
}

static void
step_move(int by)
{
	static const char *const orders[] = { "approve", "approve", "reject", "lift", "serve" };
	struct measure *m = nmeasures ? &measures[drawn((unsigned)nmeasures)] : NULL;
	struct act a = act_by(by);
	int status;

	for (size_t i = 0, recalls = drawn(3); i < nmeasures && recalls == 0; i++)
		m = measures[i].recall ? &measures[i] : m;
	if (!m)
		return;
	const char *order = m->recall ? recall_next(m) : orders[drawn(5)];
	json_t *j = call(by, &status, "POST", "{}", "/%s/%s/%s", m->recall ? "recalls" : "measures", m->id, order);
	const char *state = json_string_value(json_object_get(j, "state"));
	if (status == 200 && strcmp(state, m->state) != 0) {
		if (strcmp(order, "serve") != 0)
			reviews(m, &a, order);
		else
			in_case(&a, m->person, m->unit, first_day(m), order, m->id);
		if (strcmp(order, "lift") == 0 && m->was_approved)
			halves(&m->approved, &a, order, m->id);
		if (strcmp(order, "approve") == 0) {
			m->approved = a;
			m->was_approved = true;
		}
		snprintf(m->state, sizeof m->state, "%s", state);
		seen.moves += !m->recall;
		seen.steps += m->recall;
	}
	json_decref(j);
}

/* What a recall has left is a matter of its person, from its first fact on. */
static void
step_settle(int by)
{
	struct act a = act_by(by);
	int status;

	for (size_t i = 0; i < ntasks; i++) {
		struct task *t = &tasks[i];
		if (!t->open || DO(by, "POST", "{}", "/tasks/%s/close", t->id) != 200)
			continue;
		for (size_t k = 0; k < nmeasures; k++)
			if (strcmp(measures[k].id, t->recall) == 0)
				in_case(&a, t->person, NOBODY, first_day(&measures[k]), "close", t->id);
		t->open = false;
		seen.tasks++;
	}
}

static void
step_run(int by)
{
	struct payroll *p = &payrolls[drawn(2)];
	unsigned o = drawn(3);
	char body[64];
	struct act a = act_by(by);
	int status;

	snprintf(body, sizeof body, "{\"month\":\"2017-%02d\"}", p->month);
	if (o == 0 && DO(by, "POST", body, "/payrolls") == 201) {
		p->state = DRAFT;
		p->drafted = a;
	} else if (o == 1 && DO(by, "POST", "{}", "/payrolls/2017-%02d/approve", p->month) == 200 &&
		   p->state == DRAFT) {
		halves(&p->drafted, &a, "payroll", "approve");
		p->state = APPROVED;
		seen.runs++;
	} else if (o == 2 && DO(by, "POST", "{}", "/payrolls/2017-%02d/close", p->month) == 200) {
		p->state = CLOSED;
	} else {
		return;
	}
	checkf(a.person != NOBODY, "separation of duties", "a payroll moved by %s, which is nobody's", accounts[by]);
}

/* ---- what stands, learned once in a while: measures with their causes and states as they are now */

static struct measure *
measure_at(const char *id)
{
	for (size_t i = 0; i < nmeasures; i++)
		if (strcmp(measures[i].id, id) == 0)
			return &measures[i];
	assert(nmeasures < THINGS_MAX);
	measures[nmeasures] = (struct measure){ .person = NOBODY, .unit = NOBODY };
	snprintf(measures[nmeasures].id, sizeof measures[nmeasures].id, "%s", id);
	return &measures[nmeasures++];
}

static int
index_of(const char *const *ids, int n, const char *id)
{
	for (int i = 0; id && i < n; i++)
		if (strcmp(ids[i], id) == 0)
			return i;
	return NOBODY;
}

static void
measure_learn(const json_t *j)
{
	struct measure *m = measure_at(json_string_value(json_object_get(j, "id")));
	const json_t *subject = json_object_get(j, "subject"), *cause = json_object_get(j, "cause");
	const char *unit = json_string_value(json_object_get(subject, "unit_id"));

	m->recall = strcmp(json_string_value(json_object_get(j, "kind")), "recall") == 0;
	m->person = index_of(people, PEOPLE, json_string_value(json_object_get(subject, "person_id")));
	m->unit = unit ? unit[1] - '0' : NOBODY;
	if (!m->recall)
		snprintf(m->state, sizeof m->state, "%s", json_string_value(json_object_get(j, "state")));
	m->ncauses = 0;
	for (size_t i = 0; i < json_array_size(cause) && m->ncauses < CAUSES_MAX; i++)
		for (size_t k = 0; k < nfindings; k++)
			if (strcmp(findings[k].id, json_string_value(json_array_get(cause, i))) == 0)
				m->causes[m->ncauses++] = (int)k;
}

static void
tasks_learn(void)
{
	int status;
	json_t *j = call(OPERATOR, &status, "GET", NULL, "/tasks?limit=500"), *items = json_object_get(j, "items");

	ntasks = 0;
	for (size_t i = 0; i < json_array_size(items) && ntasks < THINGS_MAX; i++) {
		const json_t *t = json_array_get(items, i);
		struct task *row = &tasks[ntasks++];
		snprintf(row->id, sizeof row->id, "%s", json_string_value(json_object_get(t, "id")));
		snprintf(row->recall, sizeof row->recall, "%s", json_string_value(json_object_get(t, "recall_id")));
		row->person = index_of(people, PEOPLE, json_string_value(json_object_get(t, "person_id")));
		row->open = strcmp(json_string_value(json_object_get(t, "state")), "open") == 0;
	}
	json_decref(j);
}

static void
all_learn(void)
{
	static const char *const of[] = { "persons/cad", "persons/pos", "persons/rev", "units/u0",
					  "units/u1",    "units/u2",    "units/u3",    "units/u4" };
	int status;
	json_t *items;

	check(harness_settle(harness, district), "lag 0", "");
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		json_t *j = call(OPERATOR, &status, "GET", NULL, "/%s/standing", of[i]);
		items = json_object_get(j, "measures");
		for (size_t k = 0; k < json_array_size(items); k++)
			measure_learn(json_array_get(items, k));
		json_decref(j);
	}
	json_t *j = call(OPERATOR, &status, "GET", NULL, "/recalls?limit=500");
	items = json_object_get(j, "items");
	for (size_t k = 0; k < json_array_size(items); k++) {
		const json_t *r = json_array_get(items, k);
		struct measure *m = measure_at(json_string_value(json_object_get(r, "id")));
		snprintf(m->state, sizeof m->state, "%s", json_string_value(json_object_get(r, "state")));
	}
	json_decref(j);
	tasks_learn();
}

/* ---- the world and the walk */

static void
day_next(void)
{
	char body[64], on[DAY_TEXT_MAX];
	int status;

	today++;
	snprintf(body, sizeof body, "{\"now\":\"%sT08:00:00+08:00\"}", date(today, on));
	DO(OPERATOR, "POST", body, "@/api/v1/clock");
	check(status == 200, "the clock", "");
	for (int a = 0; a < ACCOUNTS; a++)
		if (account[a].token)
			log_in(a);
}

static void
owner_takes(int a)
{
	static const int first[] = { ADMIN, REVIEWER, INSPECTOR, OTHER }, roles[] = { ADMINISTERS, 7, 2, 7 };

	account_put(OPERATOR, a, first[a], roles[a], first[a]);
}

/* Three absences, found by the operator, whom nothing bars: what follows is there to be moved, a recall too. */
static void
recall_open(void)
{
	for (int i = 0; i < 3; i++) {
		struct finding f = { .person = POSTED,
				     .unit = NOBODY,
				     .day = today - 3 + i,
				     .state = CONFIRMED,
				     .noted = { .account = NOBODY },
				     .confirmed = { .account = NOBODY } };
		char body[256], on[DAY_TEXT_MAX];
		int status;
		snprintf(body, sizeof body,
			 "{\"kind\":\"unexcused_absence\",\"person_id\":\"pos\",\"on\":\"%s\",\"source\":\"night\"}",
			 date(f.day, on));
		json_t *j = call(OPERATOR, &status, "POST", body, "/findings");
		snprintf(f.id, sizeof f.id, "%s", json_string_value(json_object_get(j, "id")));
		json_decref(j);
		DO(OPERATOR, "POST", "{}", "/findings/%s/confirm", f.id);
		check(status == 200, "an absence to begin with", "");
		findings[nfindings++] = f;
	}
	all_learn();
}

static void
world_make(void)
{
	int status;

	DO(OPERATOR, "PUT", "{\"name\":\"区\",\"areas\":[{\"id\":\"a\",\"name\":\"片\"}]}", "%s", "");
	DO(OPERATOR, "POST",
	   "{\"version\":\"two-people\",\"effective_from\":\"2017-08-02\",\"patch\":{\"approval\":\"four_eyes\"}}",
	   "/policies");
	DO(OPERATOR, "PUT", "{\"name\":\"乡\",\"area_id\":\"a\"}", "/townships/t");
	DO(OPERATOR, "PUT", "{\"name\":\"村\",\"township_id\":\"t\",\"kind\":\"poor\"}", "/villages/v");
	for (int u = 0; u < UNITS; u++)
		unit_put(OPERATOR, u, NOBODY);
	for (int p = 0; p < PEOPLE; p++)
		person_put(OPERATOR, p, (int[]){ 0, 1, 0, 2, 3, 4 }[p]);
	DO(OPERATOR, "PUT",
	   "{\"person_id\":\"cad\",\"village_id\":\"v\",\"role\":\"first_secretary\",\"from\":\"2017-07-01\"}",
	   "/postings/q-cad");
	DO(OPERATOR, "PUT",
	   "{\"person_id\":\"pos\",\"village_id\":\"v\",\"role\":\"team_member\",\"from\":\"2017-07-01\"}",
	   "/postings/q-pos");
	DO(OPERATOR, "PUT",
	   "{\"person_id\":\"rev\",\"village_id\":\"v\",\"role\":\"team_member\",\"from\":\"2017-07-01\"}",
	   "/postings/q-rev");
	check(status == 201, "the world", "");
	for (int a = 0; a < 4; a++)
		owner_takes(a);
	recall_open();
}

static bool
has_role(int a, const char *role)
{
	return strstr(role_sets[account[a].roles], role) != NULL;
}

/* One of the accounts that somebody can use; the administrator's own when he administers. */
static int
account_of(int human, bool administers)
{
	int of[ACCOUNTS];
	unsigned n = 0;

	for (int a = 0; a < ACCOUNTS; a++)
		if (account[a].token && account[a].human == human && (!administers || has_role(a, "district_admin")))
			of[n++] = a;
	return n ? of[drawn(n)] : NOBODY;
}

static void
step_administer(void)
{
	int by = account_of(ADMIN, true);

	if (by == NOBODY) {                     /* he has given away what he had: the operator gives it back */
		owner_takes(0);
		return;
	}
	switch (drawn(6)) {
	case 0: case 1:
		account_put(by, 1 + (int)drawn(ACCOUNTS - 1), (int)drawn(5) - 1, (int)drawn(ROLE_SETS), ADMIN);
		break;
	case 2:                                 /* whose it is gets it back */
		owner_takes((int)drawn(3) + 1);
		break;
	case 3: case 4:
		person_put(by, (int)drawn(PEOPLE), (int)drawn(UNITS));
		break;
	default:
		unit_put(by, (int)drawn(UNITS), (int)drawn(PEOPLE + 1) - 1);
	}
}

/* What the account is for; now and then what it is not. */
static void
step_as(int by)
{
	static const struct { const char *role; void (*act)(int by);
	} acts[] = {
		{ "inspector", step_note },  { "inspector", step_note },  { "reviewer", step_decide },
		{ "reviewer", step_decide }, { "reviewer", step_decide }, { "reviewer", step_move },
		{ "reviewer", step_move },   { "finance", step_run },
	};
	unsigned from = drawn(sizeof(acts) / sizeof(acts[0])), any = drawn(20) == 0;

	for (unsigned i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		unsigned k = (from + i) % (sizeof(acts) / sizeof(acts[0]));
		if (any || has_role(by, acts[k].role)) {
			acts[k].act(by);
			return;
		}
	}
}

static void
step(void)
{
	int by = account_of((int)drawn(CADRE), false);

	if (drawn(7) == 0)
		step_administer();
	else if (by != NOBODY)
		step_as(by);
}

/* Each taking of an account in somebody's name has been said to whom it names. */
static void
check_told(void)
{
	int status;

	for (int p = 0; p < PEOPLE; p++) {
		json_t *j = call(OPERATOR, &status, "GET", NULL, "/alerts?person_id=%s&limit=500", people[p]),
		       *items = json_object_get(j, "items");
		check(!json_object_get(j, "next"), "all messages of", people[p]);
		for (int a = 0; a < ACCOUNTS; a++) {
			int n = 0;
			for (size_t i = 0; i < json_array_size(items); i++) {
				const json_t *m = json_array_get(items, i);
				n += !strcmp(json_string_value(json_object_get(m, "template")), "account_changed") &&
				     !strcmp(json_string_value(json_object_get(m, "cause")), accounts[a]);
			}
			checkf(n >= account[a].taken[p], "somebody was told",
			       "%s was told %d times of %s, which was taken %d times", people[p], n, accounts[a],
			       account[a].taken[p]);
		}
		json_decref(j);
	}
}

/* The operator, whom nothing bars, makes the first steps of the recalls that there are: when one falls, or is ended, a
 * task is left.  A reviewer is of the unit meanwhile. */
static void
recalls_hand_over(void)
{
	static const char *const steps[] = { "review", "order", "hand-over" };
	int status;

	person_put(OPERATOR, REVIEWER, 4);
	for (size_t i = 0; i < nmeasures; i++)
		for (size_t k = 0; measures[i].recall && k < sizeof(steps) / sizeof(steps[0]); k++)
			DO(OPERATOR, "POST", "{}", "/recalls/%s/%s", measures[i].id, steps[k]);
	all_learn();
}

/* In the end what is left is tried by all, first by who has left the unit since, and by an account that was the case's
 * person's. */
static void
tasks_settle(void)
{
	int status;

	person_put(OPERATOR, REVIEWER, 3);
	day_next();
	for (size_t i = 0; i < nmeasures; i++)
		if (measures[i].recall)
			DO(OPERATOR, "POST", "{}", "/recalls/%s/cancel", measures[i].id);
	all_learn();
	account_put(OPERATOR, ACCOUNTS - 1, POSTED, ADMINISTERS, OTHER);
	account_put(OPERATOR, ACCOUNTS - 1, OTHER, ADMINISTERS, OTHER);
	step_settle(ACCOUNTS - 1);
	account_put(OPERATOR, 1, REVIEWER, ADMINISTERS, REVIEWER);
	step_settle(1);
	account_put(OPERATOR, 3, OTHER, ADMINISTERS, OTHER);
	for (int a = 0; a < ACCOUNTS; a++)
		if (account[a].token)
			step_settle(a);
}

/* A district of its own; the days go on. */
static void
world_walk(int i)
{
	snprintf(district, sizeof district, "%u", 511840U + (unsigned)i % 100);
	nbelongs = nheads = nfindings = nmeasures = ntasks = 0;
	payrolls[0].state = payrolls[1].state = NO_RUN;
	world_make();
	if (i % 2)
		recalls_hand_over();
	for (int k = 0; k < STEPS; k++) {
		step();
		if (k % 30 == 29)
			all_learn();
		if (k % 60 == 59)
			day_next();
	}
	all_learn();
	tasks_settle();
	check(harness_settle(harness, district), "lag 0", "");
	check_told();
	for (int a = 0; a < ACCOUNTS; a++) {
		free(account[a].token);
		account[a] = (struct account){ .person = NOBODY };
	}
}

int
main(void)
{
	const char *text = getenv("ZHUCUN_SEED"), *many = getenv("ZHUCUN_HISTORIES");
	int worlds = many && atoi(many) < WORLDS ? atoi(many) : WORLDS;

	seed = text ? strtoull(text, NULL, 10) : 20170908;
	harness = harness_open();
	today = -1;
	day_next();
	for (int i = 0; i < worlds; i++)
		world_walk(i);
	printf("%d notes, %d confirmed, %d dismissed, %d annulled, %d measures and %d recalls moved, %d payrolls "
	       "approved, %d tasks settled, %d accounts, %d units and %d heads changed; "
	       "%d barred, %d asked for a person\n",
	       seen.notes, seen.confirms, seen.dismissals, seen.annulments, seen.moves, seen.steps, seen.runs,
	       seen.tasks, seen.accounts, seen.persons, seen.heads, seen.barred, seen.required);
	check(seen.tasks && seen.notes && seen.confirms && seen.dismissals && seen.annulments && seen.moves &&
		      seen.steps && seen.runs && seen.accounts && seen.persons && seen.heads && seen.barred &&
		      seen.required,
	      "each kind of step is taken, and some are refused", "");
	harness_close(&harness);
	return tally_end();
}
