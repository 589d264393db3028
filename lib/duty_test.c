/* duty_test - rules.md §4 "Separation of duties": a table of who acts in which case, and what bars them.
 *
 * How: each case is told to duty as a service tells it. */
#include "duty.h"
#include <stdio.h>
#include <string.h>

enum { SOME_MAX = 3 };

static const struct {
	const char *what;
	const char *account, *person, *unit, *heads[SOME_MAX];          /* who acts; account NULL: the operator */
	const char *about_person, *about_units[SOME_MAX];               /* the case */
	struct { const char *account, *person; } decided[SOME_MAX];
	enum duty_conflict want;
} cases[] = {
	{ "somebody else's case", "a", "p1", "u1", { 0 }, "p2", { "u2" }, { { "b", "p3" } }, DUTY_CLEAR },
	{ "about oneself", "a", "p1", "u1", { 0 }, "p1", { "u2" }, { { 0 } }, DUTY_SELF },
	{ "about a colleague", "a", "p1", "u1", { 0 }, "p2", { "u1" }, { { 0 } }, DUTY_OWN_UNIT },
	{ "who was a colleague then", "a", "p1", "u1", { 0 }, "p2", { "u2", "u1" }, { { 0 } }, DUTY_OWN_UNIT },
	{ "about the own unit itself", "a", "p1", "u1", { 0 }, "", { "u1" }, { { 0 } }, DUTY_OWN_UNIT },
	{ "about a unit one heads from elsewhere", "a", "p1", "u1", { "u5", "u7" }, "p2", { "u7" }, { { 0 } }, DUTY_OWN_UNIT },
	{ "heading other units bars nothing", "a", "p1", "u1", { "u5", "u7" }, "p2", { "u2" }, { { 0 } }, DUTY_CLEAR },
	{ "one's own decision", "a", "p1", "u1", { 0 }, "p2", { "u2" }, { { "a", "p1" } }, DUTY_OWN_DECISION },
	{ "the second of two decisions", "a", "p1", "u1", { 0 }, "p2", { "u2" }, { { "b", "p3" }, { "a", "p1" } }, DUTY_OWN_DECISION },
	{ "decided from another account of one's own", "a2", "p1", "u1", { 0 }, "p2", { "u2" }, { { "a", "p1" } }, DUTY_OWN_DECISION },
	{ "an account that is nobody's, own decision", "a", "", "", { 0 }, "p2", { "u2" }, { { "a", "" } }, DUTY_OWN_DECISION },
	{ "nobody is not the same nobody", "a", "", "", { 0 }, "", { "" }, { { "b", "" } }, DUTY_CLEAR },
	{ "not even named", "a", "", "", { 0 }, NULL, { 0 }, { { NULL, NULL } }, DUTY_CLEAR },
	{ "an id begins like another", "a1", "p1", "u1", { 0 }, "p11", { "u10" }, { { "a", "p" } }, DUTY_CLEAR },
	{ "the first thing that bars is told", "a", "p1", "u1", { 0 }, "p1", { "u1" }, { { "a", "p1" } }, DUTY_SELF },
	{ "the operator is barred by nothing", NULL, NULL, NULL, { 0 }, "p1", { "u1" }, { { "operator", "" } }, DUTY_CLEAR },
};

static enum duty_conflict
judge(size_t i)
{
	Wire__Actor actor = WIRE__ACTOR__INIT;
	char *heads[SOME_MAX];
	struct duty d = { .account = cases[i].account ? cases[i].account : "operator" };

	if (cases[i].account) {
		actor.person_id = (char *)cases[i].person;
		actor.unit_id = (char *)cases[i].unit;
		actor.headed_unit_ids = heads;
		for (int k = 0; k < SOME_MAX && cases[i].heads[k]; k++)
			heads[actor.n_headed_unit_ids++] = (char *)cases[i].heads[k];
		d.actor = &actor;
	}
	duty_about_person(&d, cases[i].about_person);
	for (int k = 0; k < SOME_MAX; k++)
		duty_about_unit(&d, cases[i].about_units[k]);
	for (int k = 0; k < SOME_MAX; k++)
		duty_decided_by(&d, cases[i].decided[k].account, cases[i].decided[k].person);
	return d.conflict;
}

int
main(void)
{
	int passed = 0, failed = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum duty_conflict got = judge(i);
		bool right = got == cases[i].want && (*duty_sentence(got) != '\0') == (got != DUTY_CLEAR);
		passed += right;
		failed += !right;
		if (!right)
			printf("FAIL %s: %d, want %d\n", cases[i].what, (int)got, (int)cases[i].want);
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
