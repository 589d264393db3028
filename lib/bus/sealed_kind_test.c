/* sealed_kind_test - C3.2.2: which kinds are sealed, and what a query's statements are told of who asks. */
#include "bus/sealed_kind.h"
#include "accountability.pb-c.h"
#include "harness/tally.h"
#include "supervision.pb-c.h"
#include <stdio.h>
#include <string.h>

#define R(role) WIRE__ACCOUNT_ROLE__##role

static void
test_kinds(void)
{
	int sealed = 0;

	check(sealed_kind("fund_misuse") && sealed_kind("REFERRAL") && !sealed_kind("duty_failure") &&
	              !sealed_kind("") && !sealed_kind("referrals"),
	      "by name", "");
	for (int k = 0; k < 16; k++)
		sealed += sealed_value(&supervision__finding_kind__descriptor, k);
	check(sealed == 2, "of findings two", "");
	check(sealed_value(&accountability__measure_kind__descriptor, ACCOUNTABILITY__MEASURE_KIND__REFERRAL) &&
	              !sealed_value(&accountability__measure_kind__descriptor, ACCOUNTABILITY__MEASURE_KIND__RECALL),
	      "of measures the referral", "");
}

static const struct {
	const char *what; Wire__AccountRole roles[2]; const char *unit, *headed[2]; const char *eyes, *units;
} cases[] = {
	{ "an auditor", { R(AUDITOR) }, "u1", { 0 }, "none", "{\"u1\"}" },
	{ "who heads", { R(UNIT_HEAD) }, "u1", { "u1", "u7" }, "none", "{\"u1\",\"u1\",\"u7\"}" },
	{ "a reviewer", { R(REVIEWER) }, "u1", { 0 }, "apart", "{\"u1\"}" },
	{ "an inspector, too", { R(CADRE), R(INSPECTOR) }, "u1", { "u7" }, "apart", "{\"u1\",\"u7\"}" },
	{ "an administrator who is nobody", { R(DISTRICT_ADMIN) }, "", { 0 }, "apart", "{}" },
	{ "a unit called null", { R(REVIEWER) }, "null", { 0 }, "apart", "{\"null\"}" },
	{ "no role", { 0 }, "u1", { 0 }, "none", "{\"u1\"}" },
};

static void
test_askers(arena_t *a)
{
	static const char *const persons[] = { "{}", "{\"p0\"}", "{\"p0\",\"p1\"}" };
	struct sealed_asker s = sealed_asker(NULL, a);

	check(strcmp(s.eyes, "all") == 0 && !*s.person && strcmp(s.persons, "{}") == 0 && strcmp(s.units, "{}") == 0,
	      "the operator", s.eyes);
	check(strcmp(s.kinds, "{\"discipline_violation\",\"fund_misuse\",\"referral\"}") == 0, "the kinds", s.kinds);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Wire__Actor actor = WIRE__ACTOR__INIT;
		actor.roles = (Wire__AccountRole *)cases[i].roles;
		actor.n_roles = cases[i].roles[1] ? 2 : 1;
		actor.person_id = (char *)"p1";
		actor.person_ids = (char *[]){ (char *)"p0", (char *)"p1" };
		actor.n_person_ids = i % 3;
		actor.unit_id = (char *)cases[i].unit;
		actor.headed_unit_ids = (char **)cases[i].headed;
		while (actor.n_headed_unit_ids < 2 && cases[i].headed[actor.n_headed_unit_ids])
			actor.n_headed_unit_ids++;
		s = sealed_asker(&actor, a);
		check(strcmp(s.eyes, cases[i].eyes) == 0 && strcmp(s.units, cases[i].units) == 0 &&
		              strcmp(s.person, "p1") == 0,
		      cases[i].what, s.units);
		check(strcmp(s.persons, persons[i % 3]) == 0, "whose it ever was", s.persons);
	}
}

int
main(void)
{
	arena_t *a = arena_open(1 << 20);

	test_kinds();
	test_askers(a);
	arena_close(&a);
	return tally_end();
}
