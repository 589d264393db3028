/* duty_test - rules.md §4 "Separation of duties": tables of who acts in which case, and of who was of which unit on
 * which days.
 *
 * How: each case is told to duty as a service tells it; days are small numbers. */
#include "domain/duty.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

enum { SOME_MAX = 4 };
/* ---- who decided, and whom it is about */

static const struct {
	const char *what;
	/* who acts; account NULL: the operator; was: whose it ever was */
	const char *account, *person, *was[SOME_MAX];
	bool vouched;
	const char *about_person;                                       /* the case */
	struct { const char *account, *person, *was[SOME_MAX]; } decided[SOME_MAX];
	enum duty_conflict want;
} cases[] = {
	{ "somebody else's case", "a", "p1", { 0 }, false, "p2", { { "b", "p3", { 0 } } }, DUTY_CLEAR },
	{ "about oneself", "a", "p1", { 0 }, false, "p1", { { 0 } }, DUTY_SELF },
	{ "about whose the account was before", "a", "p1", { "p4", "p1" }, false, "p4", { { 0 } }, DUTY_SELF },
	{ "one's own decision", "a", "p1", { 0 }, false, "p2", { { "a", "p1", { 0 } } }, DUTY_OWN_DECISION },
	{ "the second of two decisions", "a", "p1", { 0 }, false, "p2", { { "b", "p3", { 0 } }, { "a", "p1", { 0 } } },
	  DUTY_OWN_DECISION },
	{ "decided from another account of one's own", "a2", "p1", { 0 }, false, "p2", { { "a", "p1", { 0 } } },
	  DUTY_OWN_DECISION },
	{ "decided from an account that was nobody's then, and is one's own now", "a2", "p1", { 0 }, false, "p2",
	  { { "a", "", { "p1" } } }, DUTY_OWN_DECISION },
	{ "decided from an account that was one's own once", "a2", "p1", { 0 }, false, "p2",
	  { { "a", "p3", { "p1", "p3" } } }, DUTY_OWN_DECISION },
	{ "from an account that was the decider's once", "a2", "p1", { "p3", "p1" }, false, "p2",
	  { { "a", "p3", { 0 } } }, DUTY_OWN_DECISION },
	{ "from two accounts that a third person had, one after the other", "a2", "p1", { "p5", "p1" }, false, "p2",
	  { { "a", "p3", { "p5", "p3" } } }, DUTY_OWN_DECISION },
	{ "accounts that other people had", "a2", "p1", { "p5", "p1" }, false, "p2", { { "a", "p3", { "p6", "p3" } } },
	  DUTY_CLEAR },
	{ "an account that is nobody's", "a", "", { 0 }, false, "p2", { { "b", "p3", { 0 } } }, DUTY_NOBODY },
	{ "that the operator has put so", "a", "", { 0 }, true, "p2", { { "b", "p3", { 0 } } }, DUTY_CLEAR },
	{ "that the operator has put so, own decision", "a", "", { 0 }, true, "p2", { { "a", "", { 0 } } },
	  DUTY_OWN_DECISION },
	{ "that was somebody's, whose decision it was", "a", "", { "p3" }, true, "p2", { { "b", "p3", { 0 } } },
	  DUTY_OWN_DECISION },
	{ "nobody is not the same nobody", "a", "", { 0 }, true, "", { { "b", "", { 0 } } }, DUTY_CLEAR },
	{ "not even named", "a", "", { 0 }, true, NULL, { { NULL, NULL, { 0 } } }, DUTY_CLEAR },
	{ "an id begins like another", "a1", "p1", { 0 }, false, "p11", { { "a", "p", { 0 } } }, DUTY_CLEAR },
	{ "the first thing that bars is told", "a", "p1", { 0 }, false, "p1", { { "a", "p1", { 0 } } }, DUTY_SELF },
	{ "the operator is barred by nothing", NULL, NULL, { 0 }, false, "p1", { { "operator", "", { 0 } } },
	  DUTY_CLEAR },
};

static size_t
count(const char *const *ids)
{
	size_t n = 0;

	while (n < SOME_MAX && ids[n])
		n++;
	return n;
}

static enum duty_conflict
judge(size_t i)
{
	Wire__Actor actor = WIRE__ACTOR__INIT;
	struct duty d = { .account = cases[i].account ? cases[i].account : "operator" };

	if (cases[i].account) {
		actor.person_id = (char *)cases[i].person;
		actor.vouched = cases[i].vouched;
		d.actor = &actor;
		d.persons = cases[i].was;
		d.npersons = count(cases[i].was);
	}
	duty_named(&d);
	duty_about_person(&d, cases[i].about_person);
	for (int k = 0; k < SOME_MAX; k++)
		duty_decided_by(&d, cases[i].decided[k].account, cases[i].decided[k].person, cases[i].decided[k].was,
		                count(cases[i].decided[k].was));
	return d.conflict;
}

static void
test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum duty_conflict got = judge(i);
		checkf(got == cases[i].want && (*duty_sentence(got) != '\0') == (got != DUTY_CLEAR), cases[i].what,
		       "%d, want %d", (int)got, (int)cases[i].want);
		check((got == DUTY_NOBODY) == (strcmp(duty_code(got), "account.person_required") == 0), "the code",
		      duty_code(got));
	}
}

/* ---- units: "day:unit", and after a slash what that day had before */

struct move { int32_t day; const char *id; const char *also; };
static const struct {
	const char *what;
	struct move moves[SOME_MAX];
	int32_t since;
	/* each followed by a blank, in the order of their days */
	const char *want;
} units[] = {
	{ "of one unit since ever", { { DAY_EVER, "u1", NULL } }, 10, "u1 " },
	{ "of another since the facts", { { DAY_EVER, "u1", NULL }, { 12, "u2", NULL } }, 10, "u1 u2 " },
	{ "moved before the facts", { { DAY_EVER, "u1", NULL }, { 9, "u2", NULL } }, 10, "u2 " },
	{ "moved on the day of the facts: of both on it", { { DAY_EVER, "u1", NULL }, { 10, "u2", NULL } }, 10,
	  "u1 u2 " },
	{ "away and back", { { DAY_EVER, "u1", NULL }, { 12, "u2", NULL }, { 13, "u1", NULL } }, 10, "u1 u2 " },
	{ "there for a minute of a day", { { DAY_EVER, "u1", NULL }, { 12, "u1", "u2" } }, 10, "u1 u2 " },
	{ "there for a minute of the day of the facts", { { DAY_EVER, "u1", NULL }, { 10, "u1", "u2" } }, 10,
	  "u1 u2 " },
	{ "there for a minute of a day before", { { DAY_EVER, "u1", NULL }, { 9, "u1", "u2" } }, 10, "u1 " },
	{ "long ago", { { DAY_EVER, "u1", NULL }, { 3, "u2", NULL }, { 5, "u3", NULL } }, 10, "u3 " },
};

static size_t
persons_made(const struct move *moves, MirrorRows__Person *rows, const MirrorRows__Person **at, char **also)
{
	size_t n = 0;

	for (; n < SOME_MAX && moves[n].id; n++) {
		rows[n] = (MirrorRows__Person)MIRROR_ROWS__PERSON__INIT;
		rows[n].from_day = moves[n].day;
		rows[n].unit_id = (char *)moves[n].id;
		also[n] = (char *)moves[n].also;
		rows[n].n_also_unit_ids = moves[n].also != NULL;
		rows[n].also_unit_ids = &also[n];
		at[n] = &rows[n];
	}
	return n;
}

static void
test_units(void)
{
	MirrorRows__Person rows[SOME_MAX];
	const MirrorRows__Person *at[SOME_MAX];
	char *also[SOME_MAX];

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const char *ids[2 * SOME_MAX];
		struct duty_units got = { .id = ids };
		char text[64] = "";
		size_t n = persons_made(units[i].moves, rows, at, also);
		duty_units_since(at, n, units[i].since, &got);
		for (size_t k = 0; k < got.n; k++)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", got.id[k]);
		check(strcmp(text, units[i].want) == 0 && got.n <= duty_units_max(at, n), units[i].what, text);
	}
}

static const struct {
	const char *what;
	struct move heads[SOME_MAX];                                    /* id "": none */
	int32_t since;
	bool want;                                                      /* whether p1 headed it */
} headed[] = {
	{ "heads it", { { DAY_EVER, "p1", NULL } }, 10, true },
	{ "somebody else does", { { DAY_EVER, "p2", NULL } }, 10, false },
	{ "did, before the facts", { { DAY_EVER, "p1", NULL }, { 9, "p2", NULL } }, 10, false },
	{ "did on the day of the facts", { { DAY_EVER, "p1", NULL }, { 10, "p2", NULL } }, 10, true },
	{ "does since the facts", { { DAY_EVER, "p2", NULL }, { 12, "p1", NULL } }, 10, true },
	{ "did in between", { { DAY_EVER, "p2", NULL }, { 12, "p1", NULL }, { 13, "", NULL } }, 10, true },
	{ "did for a minute", { { DAY_EVER, "p2", NULL }, { 12, "p2", "p1" } }, 10, true },
	{ "did for a minute of a day before", { { DAY_EVER, "p2", NULL }, { 8, "p2", "p1" } }, 10, false },
	{ "nobody does", { { DAY_EVER, "", NULL } }, 10, false },
};

static void
test_heads(void)
{
	for (size_t i = 0; i < sizeof(headed) / sizeof(headed[0]); i++) {
		MirrorRows__Unit rows[SOME_MAX];
		const MirrorRows__Unit *at[SOME_MAX];
		char *also[SOME_MAX];
		size_t n = 0;
		for (; n < SOME_MAX && headed[i].heads[n].id; n++) {
			rows[n] = (MirrorRows__Unit)MIRROR_ROWS__UNIT__INIT;
			rows[n].from_day = headed[i].heads[n].day;
			rows[n].maybe_head_case =
				*headed[i].heads[n].id ? MIRROR_ROWS__UNIT__MAYBE_HEAD_HEAD_PERSON_ID : 0;
			rows[n].head_person_id = (char *)headed[i].heads[n].id;
			also[n] = (char *)headed[i].heads[n].also;
			rows[n].n_also_head_ids = also[n] != NULL;
			rows[n].also_head_ids = &also[n];
			at[n] = &rows[n];
		}
		bool got = duty_headed_since(at, n, headed[i].since, "p1");
		check_number(got, headed[i].want, headed[i].what);
	}
}

static void
test_meet(void)
{
	const char *some[] = { "u1", "u2" }, *others[] = { "u3", "u2" }, *none[] = { "u4" };
	struct duty_units a = { some, 2 }, b = { others, 2 }, c = { none, 1 }, nothing = { 0 };

	check(duty_units_meet(&a, &b) && duty_units_meet(&b, &a), "units in both", "");
	check(!duty_units_meet(&a, &c) && !duty_units_meet(&a, &nothing) && !duty_units_meet(&nothing, &nothing),
	      "units in one", "");
}

int
main(void)
{
	test_cases();
	test_units();
	test_heads();
	test_meet();
	return tally_end();
}
