/* access_test - the parts of access: whose a thing is, who reaches it, what is sealed.
 *
 * How: tables of callers, rows and subjects.  Every route with every role, from outside, is
 * tests/properties/access_test.c. */
#include "access/access.h"
#include "access/sealed.h"
#include "harness/tally.h"
#include "http/target.h"
#include <stdio.h>
#include <string.h>

enum { SOME = 3 };
#define R(role) WIRE__ACCOUNT_ROLE__##role

enum { MANY = 30 };

/* Somebody of the unit u1, who heads u7 and many more, and answers for t1, t2 and many more; what is last in a list
 * counts as what is first. */
static struct identity
caller(Wire__AccountRole a, Wire__AccountRole b)
{
	static char text[2 * MANY][16];
	char *townships[MANY], *headed[MANY];
	Wire__AccountRole roles[] = { a, b };
	Wire__Actor actor = WIRE__ACTOR__INIT;
	struct identity who = { .district = "511703" };

	for (int i = 0; i < MANY; i++) {
		snprintf(townships[i] = text[i], sizeof text[i], "t%d", i < 2 ? i + 1 : i + 2);
		snprintf(headed[i] = text[MANY + i], sizeof text[i], "u%d", i + 7);
	}
	actor.roles = roles;
	actor.n_roles = b ? 2 : 1;
	actor.person_id = (char *)"p1";
	actor.unit_id = (char *)"u1";
	actor.n_township_ids = actor.n_headed_unit_ids = MANY;
	actor.township_ids = townships;
	actor.headed_unit_ids = headed;
	check(identity_take(&who, "a", &actor), "identity", "taken");
	return who;
}

/* All of it stands in what owners are told, and in a copy that outlives where it came from. */
static void
test_identity(void)
{
	struct identity who = caller(R(UNIT_HEAD), R(TOWNSHIP_LEADER)), copy = { 0 };
	Wire__AccountRole many[IDENTITY_ROLES_MAX + 1] = { 0 };
	Wire__Actor strange = WIRE__ACTOR__INIT;
	arena_t *a = arena_open(1 << 20);

	identity_copy(&copy, &who);
	identity_copy(&copy, &copy);
	identity_drop(&who);
	const Wire__Actor *told = identity_actor(&copy, a);
	check(told->n_headed_unit_ids == MANY && strcmp(told->headed_unit_ids[MANY - 1], "u36") == 0, "identity",
	      "each unit that he heads");
	check(told->n_township_ids == MANY && strcmp(told->township_ids[MANY - 1], "t31") == 0, "identity",
	      "each township");
	check(told->n_roles == 2 && strcmp(told->person_id, "p1") == 0 && strcmp(told->unit_id, "u1") == 0, "identity",
	      "the rest");
	strange.roles = many;
	strange.n_roles = IDENTITY_ROLES_MAX + 1;
	check(!identity_take(&copy, "b", &strange) && strcmp(copy.account, "a") == 0, "identity",
	      "more roles than are known are refused, not cut");
	identity_drop(&copy);
	arena_close(&a);
}

/* ---- which roles a row lets in, and how far */

static void
test_roles(void)
{
	static const struct {
		const char *what;
		Wire__AccountRole a, b;
		unsigned who;
		enum route_about about;
		enum access want;
	} cases[] = {
		{ "a role of the row", R(FINANCE), 0, WHO_OPERATOR | ROLE(FINANCE), ABOUT_DISTRICT, ACCESS_ALL },
		{ "another role", R(AUDITOR), 0, WHO_OPERATOR | ROLE(FINANCE), ABOUT_DISTRICT, ACCESS_NONE },
		{ "the operator's row", R(DISTRICT_ADMIN), 0, WHO_OPERATOR, ABOUT_DISTRICT, ACCESS_NONE },
		{ "a row that was forgotten", R(DISTRICT_ADMIN), 0, 0, ABOUT_DISTRICT, ACCESS_NONE },
		{ "no role at all is not the operator", R(ACCOUNT_ROLE_UNSPECIFIED), 0, WHO_OPERATOR, ABOUT_DISTRICT,
		  ACCESS_NONE },
		{ "a role that is none", 40, 0, WHO_ANYBODY, ABOUT_DISTRICT, ACCESS_NONE },
		{ "limited", R(CADRE), 0, WHO_ANYBODY, ABOUT_PERSON, ACCESS_OWN },
		{ "limited, where nothing is anybody's", R(CADRE), 0, WHO_ANYBODY, ABOUT_DISTRICT, ACCESS_ALL },
		{ "one role limited, the other not", R(CADRE), R(REVIEWER), WHO_ANYBODY, ABOUT_PERSON, ACCESS_ALL },
		{ "the wider role is not of this row", R(CADRE), R(REVIEWER), WHO_OPERATOR | ROLE(CADRE), ABOUT_PERSON,
		  ACCESS_OWN },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct route r = { .who = cases[i].who, .about = cases[i].about };
		struct identity who = caller(cases[i].a, cases[i].b);
		check(access_of(&who, &r) == cases[i].want, "roles", cases[i].what);
		identity_drop(&who);
	}
	struct identity operator;
	struct route forgotten = { .who = 0 };
	identity_operator(&operator);
	check(access_of(&operator, & forgotten) == ACCESS_NONE, "roles",
	      "a forgotten row lets in nobody, not even the operator");
}

/* ---- reach */

static const struct {
	const char *what;
	Wire__AccountRole a, b;
	struct subject s;
	bool said;
	const char *unit, *townships[SOME];
	enum reach want;
} reaches[] = {
	{ "a cadre, himself", R(CADRE), 0, { .person = "p1" }, false, NULL, { 0 }, REACH_YES },
	{ "a cadre, a colleague", R(CADRE), 0, { .person = "p2" }, false, NULL, { 0 }, REACH_NOT },
	{ "a cadre, nobody", R(CADRE), 0, { .person = "" }, false, NULL, { 0 }, REACH_NOT },
	{ "a cadre, his unit", R(CADRE), 0, { .unit = "u1" }, false, NULL, { 0 }, REACH_NOT },
	{ "a cadre, where he is posted", R(CADRE), 0, { .village = "v1", .township = "t1" }, false, NULL, { 0 },
	  REACH_NOT },
	{ "a head, his unit", R(UNIT_HEAD), 0, { .unit = "u1" }, false, NULL, { 0 }, REACH_YES },
	{ "a head, another unit he heads", R(UNIT_HEAD), 0, { .unit = "u7" }, false, NULL, { 0 }, REACH_YES },
	{ "a head, the last of many units he heads", R(UNIT_HEAD), 0, { .unit = "u36" }, false, NULL, { 0 },
	  REACH_YES },
	{ "a head, somebody of the last of many", R(UNIT_HEAD), 0, { .person = "p2" }, true, "u36", { 0 }, REACH_YES },
	{ "a head, another unit", R(UNIT_HEAD), 0, { .unit = "u2" }, false, NULL, { 0 }, REACH_NOT },
	{ "a head, no unit", R(UNIT_HEAD), 0, { .unit = "" }, false, NULL, { 0 }, REACH_NOT },
	{ "a head, somebody", R(UNIT_HEAD), 0, { .person = "p2" }, false, NULL, { 0 }, REACH_ASK },
	{ "a head, somebody of his unit", R(UNIT_HEAD), 0, { .person = "p2" }, true, "u1", { 0 }, REACH_YES },
	{ "a head, somebody of the other unit he heads", R(UNIT_HEAD), 0, { .person = "p2" }, true, "u7", { 0 },
	  REACH_YES },
	{ "a head, somebody else's", R(UNIT_HEAD), 0, { .person = "p2" }, true, "u2", { "t1" }, REACH_NOT },
	{ "a head, nobody that is known", R(UNIT_HEAD), 0, { .person = "p2" }, true, "", { 0 }, REACH_NOT },
	{ "a head, a village", R(UNIT_HEAD), 0, { .village = "v1" }, false, NULL, { 0 }, REACH_NOT },
	{ "a leader, his township", R(TOWNSHIP_LEADER), 0, { .township = "t2" }, false, NULL, { 0 }, REACH_YES },
	{ "a leader, the last of many townships", R(TOWNSHIP_LEADER), 0, { .township = "t31" }, false, NULL, { 0 },
	  REACH_YES },
	{ "a leader, another township", R(TOWNSHIP_LEADER), 0, { .township = "t3" }, false, NULL, { 0 }, REACH_NOT },
	{ "a leader, a village", R(TOWNSHIP_LEADER), 0, { .village = "v1" }, false, NULL, { 0 }, REACH_ASK },
	{ "a leader, a village of his", R(TOWNSHIP_LEADER), 0, { .village = "v1" }, true, "", { "t2" }, REACH_YES },
	{ "a leader, a village elsewhere", R(TOWNSHIP_LEADER), 0, { .village = "v1" }, true, "", { "t3" }, REACH_NOT },
	{ "a leader, somebody posted to two places", R(TOWNSHIP_LEADER), 0, { .person = "p2" }, true, "u2",
	  { "t3", "t1" }, REACH_YES },
	{ "a leader, somebody posted elsewhere", R(TOWNSHIP_LEADER), 0, { .person = "p2" }, true, "u1", { "t3" },
	  REACH_NOT },
	{ "a leader, his unit", R(TOWNSHIP_LEADER), 0, { .unit = "u1" }, false, NULL, { 0 }, REACH_NOT },
	{ "head and cadre, himself", R(UNIT_HEAD), R(CADRE), { .person = "p1" }, false, NULL, { 0 }, REACH_YES },
	{ "head and cadre, somebody", R(UNIT_HEAD), R(CADRE), { .person = "p2" }, false, NULL, { 0 }, REACH_ASK },
	{ "head and leader, by the township", R(UNIT_HEAD), R(TOWNSHIP_LEADER), { .person = "p2" }, true, "u2",
	  { "t1" }, REACH_YES },
};

static void
test_reach(void)
{
	struct route r = { .who = WHO_ANYBODY, .about = ABOUT_PERSON };

	for (size_t i = 0; i < sizeof(reaches) / sizeof(reaches[0]); i++) {
		Roster__Reach said = ROSTER__REACH__INIT;
		char *townships[SOME];
		struct identity who = caller(reaches[i].a, reaches[i].b);

		said.unit_id = (char *)(reaches[i].unit ? reaches[i].unit : "");
		said.township_ids = townships;
		for (int k = 0; k < SOME && reaches[i].townships[k]; k++)
			townships[said.n_township_ids++] = (char *)reaches[i].townships[k];
		check(reach_of(&who, &r, &reaches[i].s, reaches[i].said ? &said : NULL) == reaches[i].want, "reach",
		      reaches[i].what);
		identity_drop(&who);
	}
	struct identity nobody = { .roles = { R(UNIT_HEAD), R(CADRE) }, .nroles = 2 };
	struct subject none = { 0 };
	check(reach_of(&nobody, &r, &none, NULL) == REACH_NOT, "reach",
	      "an account that is nobody's does not own what is nobody's");
}

/* ---- whose a thing is */

static const struct { const char *target; const char *person, *unit, *village, *township; } targets[] = {
	{ "/persons/p-9/standing?on=2017-09-08", "p-9", "", "", "" },
	{ "/units/u-9/standing", "", "u-9", "", "" },
	{ "/villages/v-9", "", "", "v-9", "" },
	{ "/townships/t-9", "", "", "", "t-9" },
	{ "/postings?person_id=p-9&limit=1&village_id=v%2D9", "p-9", "", "v-9", "" },
	{ "/postings?person_id=p-1&person_id=p-9", "p-1", "", "", "" },
	{ "/persons?unit_id=u-9", "", "u-9", "", "" },
	{ "/villages?township_id=t-9", "", "", "", "t-9" },
	{ "/alerts", "", "", "", "" },
	{ "/alerts?person_id=", "", "", "", "" },
	{ "/alerts?person_id=a%20b", "", "", "", "" },
	{ "/postings/x?person_id=p-9", "", "", "", "" },
};

static void
test_targets(void)
{
	arena_t *a = arena_open(1 << 20);

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++, arena_reset(a)) {
		char *segments[ROUTE_SEGMENTS_MAX], allow[ROUTE_ALLOW_MAX];
		char *target = arena_printf(a, "/api/v1/districts/511703%s", targets[i].target);
		struct route_match m;
		int n = target_segments(target, a, segments, ROUTE_SEGMENTS_MAX);
		bool found = n > 0 && route_find("GET", segments, n, false, &m, allow) == ROUTE_FOUND;

		check(found, "found", target);
		if (!found)
			continue;
		struct subject s = subject_of_target(&m, target_query(target), a);
		check(!strcmp(s.person, targets[i].person) && !strcmp(s.unit, targets[i].unit) &&
		              !strcmp(s.village, targets[i].village) && !strcmp(s.township, targets[i].township),
		      "whose it is", target);
	}
	arena_close(&a);
}

static void
test_answers(void)
{
	static const struct { const char *json, *person, *unit, *village; } cases[] = {
		{ "{\"id\":\"m\",\"subject\":{\"person_id\":\"p-1\",\"unit_id\":\"u-1\"},\"person_id\":\"p-2\"}", "p-1",
		  "u-1", "" },
		{ "{\"id\":\"x\",\"person_id\":\"p-1\",\"village_id\":\"v-1\"}", "p-1", "", "v-1" },
		{ "{\"person_id\":[\"p-1\"]}", "", "", "" },
		{ "{\"person_id\":\"p 1\"}", "", "", "" },
		{ "[]", "", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *j = json_loads(cases[i].json, 0, NULL);
		struct subject s = subject_of_json(j);
		check(!strcmp(s.person, cases[i].person) && !strcmp(s.unit, cases[i].unit) &&
		              !strcmp(s.village, cases[i].village),
		      "whose it is", cases[i].json);
		json_decref(j);
	}
}

/* ---- sealed (C3.2.2) */

static void
test_sealed(void)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "{\"kind\":\"referral\",\"id\":\"m\"}", NULL },
		{ "{\"kind\":\"fund_misuse\",\"id\":\"F1\"}", NULL },
		{ "{\"kind\":\"unexcused_absence\",\"id\":\"F1\"}", "{\"kind\":\"unexcused_absence\",\"id\":\"F1\"}" },
		{ "{\"items\":[{\"kind\":\"discipline_violation\",\"id\":\"F1\"},{\"kind\":\"award_ban\",\"id\":\"m\"},"
		  "{\"kind\":\"referral\",\"id\":\"m\"}],\"next\":\"x\"}",
		  "{\"items\":[{\"kind\":\"award_ban\",\"id\":\"m\"}],\"next\":\"x\"}" },
		{ "{\"facts\":[{\"kind\":\"fund_misuse\",\"finding_id\":\"F1\"}]}", "{\"facts\":[]}" },
		{ "{\"measures\":[{\"kind\":\"referral\",\"id\":\"m\"}],"
		  "\"eligibility\":{\"award\":{\"reasons\":[{\"kind\":\"referral\",\"id\":\"m\"}]}}}",
		  "{\"measures\":[],\"eligibility\":{\"award\":{\"reasons\":[]}}}" },
		{ "{\"cases\":[{\"responsible\":[{\"kind\":\"referral\",\"span\":\"from_decision\"}]}]}",
		  "{\"cases\":[{\"responsible\":[{\"kind\":\"referral\",\"span\":\"from_decision\"}]}]}" },
		{ "{\"kinds\":[\"referral\"],\"kind\":7}", "{\"kinds\":[\"referral\"],\"kind\":7}" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *j = json_loads(cases[i].in, 0, NULL),
		       *want = cases[i].out ? json_loads(cases[i].out, 0, NULL) : NULL;
		bool taken = sealed_strip(j) > 0;
		check(want ? json_equal(j, want) && taken == (strcmp(cases[i].in, cases[i].out) != 0)
		           : taken && json_object_size(j) == 0,
		      "sealed", cases[i].in);
		json_decref(j);
		json_decref(want);
	}
	for (int role = R(DISTRICT_ADMIN); role <= (int)R(AUDITOR); role++) {
		struct identity who = caller((Wire__AccountRole)role, 0);
		bool may = role == (int)R(DISTRICT_ADMIN) || role == (int)R(INSPECTOR) || role == (int)R(REVIEWER);
		check(sealed_may_see(&who) == may, "who sees what is sealed", "");
		identity_drop(&who);
	}
	struct identity both = caller(R(AUDITOR), R(REVIEWER));
	check(sealed_may_see(&both), "who sees what is sealed", "an auditor who reviews too");
	identity_drop(&both);
}

int
main(void)
{
	test_identity();
	test_roles();
	test_reach();
	test_targets();
	test_answers();
	test_sealed();
	return tally_end();
}
