/* recall_policy_test - what a recall's measure is, its dates, the unit's count and what an order brings (rules.md §5
 * "Recall", C3.2.1-r, C3.2.1-rr, A5, A7).
 *
 * Days are written as dates.  A unit's recalls are "id person day" separated by ";", in the order in which they were
 * ordered. */
#include "recall_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__UnitRecall UnitRecall;
typedef MirrorRows__Posting Posting;

#define STATE(s) ACCOUNTABILITY__RECALL_CASE__STATE__##s
enum { RECALLS_MAX = 8 };

static int32_t
day(const char *text)
{
	int32_t d;

	if (!day_parse(text, &d))
		abort();
	return d;
}

/* ---- what its measure is */

static void
test_measure_state(void)
{
	check(recall_measure_state(STATE(PROPOSED)) == ACCOUNTABILITY__MEASURE_STATE__PROPOSED &&
		      recall_measure_state(STATE(REVIEWED)) == ACCOUNTABILITY__MEASURE_STATE__PROPOSED,
	      "the measure is proposed until ordered", "");
	check(recall_measure_state(STATE(ORDERED)) == ACCOUNTABILITY__MEASURE_STATE__IN_FORCE &&
		      recall_measure_state(STATE(HANDED_OVER)) == ACCOUNTABILITY__MEASURE_STATE__IN_FORCE,
	      "in force from then", "");
	check(recall_measure_state(STATE(REPLACED)) == ACCOUNTABILITY__MEASURE_STATE__SERVED, "served when replaced",
	      "");
	check(recall_measure_state(STATE(CANCELLED)) == ACCOUNTABILITY__MEASURE_STATE__LIFTED,
	      "lifted when cancelled by hand", "");
}

/* ---- rule books */

struct rules {
	Policy__Recall recall;
	Policy__Policy document;
	struct policy_version version;
	struct policy_book book;
};

static void
rules_init(struct rules *r, const char *approval, int within_months)
{
	r->recall = (Policy__Recall)POLICY__RECALL__INIT;
	r->recall.clause = (char *)"C3.2.1-r";
	r->recall.head_takes_post_clause = (char *)"C3.2.1-rr";
	r->recall.head_takes_post_at = 2;
	r->recall.review_due_days = 7;
	r->recall.handover_due_days = 5;
	r->recall.replacement_due_days = 30;
	r->recall.promotion_freeze_months = 24;
	r->recall.maybe_count_within_case = within_months ? POLICY__RECALL__MAYBE_COUNT_WITHIN_COUNT_WITHIN_MONTHS : 0;
	r->recall.count_within_months = within_months;
	r->document = (Policy__Policy)POLICY__POLICY__INIT;
	r->document.approval_json = (char *)approval;
	r->document.recall = &r->recall;
	r->version = (struct policy_version){ "v1", day("2017-08-01"), &r->document };
	r->book = (struct policy_book){ &r->version, 1 };
}

static void
test_due(void)
{
	static const struct { const char *name; recall_state_t state; const char *due;
	} cases[] = {
		{ "a review is due", STATE(PROPOSED), "2017-12-12" },
		{ "an order is due", STATE(REVIEWED), "2017-12-12" },
		{ "a hand-over is due", STATE(ORDERED), "2017-12-10" },
		{ "a replacement is due", STATE(HANDED_OVER), "2018-01-04" },
		{ "nothing is due any more", STATE(REPLACED), NULL },
		{ "nothing is due of what is cancelled", STATE(CANCELLED), NULL },
	};
	struct rules r;

	rules_init(&r, "\"automatic\"", 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t due;
		bool is_due = recall_due(&r.version, cases[i].state, day("2017-12-05"), &due);
		check(is_due == (cases[i].due != NULL) && (!is_due || due == day(cases[i].due)), cases[i].name, "");
	}
	int32_t due;
	check(!recall_due(NULL, STATE(PROPOSED), day("2017-12-05"), &due), "without a policy nothing is due", "");
}

/* ---- postings */

static Posting
posting(const char *id, const char *person, const char *village, Roster__Role role, const char *from, const char *to)
{
	Posting p = MIRROR_ROWS__POSTING__INIT;

	p.posting_id = (char *)id;
	p.person_id = (char *)person;
	p.village_id = (char *)village;
	p.role = role;
	p.from_day = day(from);
	p.maybe_to_case = to ? MIRROR_ROWS__POSTING__MAYBE_TO_TO_DAY : 0;
	p.to_day = to ? day(to) : 0;
	return p;
}

static void
test_postings(void)
{
	const Roster__Role fs = ROSTER__ROLE__FIRST_SECRETARY, team = ROSTER__ROLE__TEAM_MEMBER,
			   agri = ROSTER__ROLE__AGRI_CIRCUIT;
	Posting a = posting("a", "p", "v1", agri, "2017-07-01", NULL),
		b = posting("b", "p", "v2", team, "2017-07-01", NULL);
	Posting c = posting("c", "p", "v3", fs, "2017-07-01", "2017-12-01"),
		d = posting("d", "p", "v4", agri, "2017-07-01", NULL);
	const Posting *all[] = { &d, &a, &b, &c }, *circuit[] = { &d, &a };

	check(recall_posting(all, 4, day("2017-11-30")) == &c, "the first secretary's posting", "");
	check(recall_posting(all, 4, day("2017-12-01")) == &b, "else the team member's", "");
	check(recall_posting(circuit, 2, day("2017-12-01")) == &a, "else the smallest id, one of a circuit", "");
	check(!recall_posting(all, 4, day("2017-06-30")), "none", "");
	check(recall_end(&a, day("2017-12-05")) == day("2017-12-06"), "it ends the day after the order", "");
	check(recall_end(&c, day("2017-12-05")) == day("2017-12-01"), "or has ended before", "");

	Posting next = posting("n", "q", "v1", agri, "2017-12-06", NULL),
		early = posting("n", "q", "v1", agri, "2017-12-05", NULL);
	Posting same = posting("n", "p", "v1", agri, "2017-12-06", NULL),
		far = posting("n", "q", "v2", agri, "2017-12-06", NULL);
	Posting other = posting("n", "q", "v1", team, "2017-12-06", NULL);
	int32_t end = day("2017-12-06");
	check(recall_fits(&a, end, &next), "a successor fits", "");
	check(!recall_fits(&a, end, &early), "not before the end", "");
	check(!recall_fits(&a, end, &same), "not the same person", "");
	check(!recall_fits(&a, end, &far), "not at another village", "");
	check(!recall_fits(&a, end, &other), "not in another role", "");
}

/* ---- the unit's recalls */

struct unit {
	char words[RECALLS_MAX][3][32];
	UnitRecall row[RECALLS_MAX];
	const UnitRecall *at[RECALLS_MAX];
	size_t n;
};

static void
unit_parse(struct unit *u, const char *text)
{
	char copy[512], *rest = copy;

	u->n = 0;
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *one; (one = strsep(&rest, ";"));) {
		char (*w)[32] = u->words[u->n];
		UnitRecall *r = &u->row[u->n];
		if (sscanf(one, " %31s %31s %31s", w[0], w[1], w[2]) != 3)
			abort();
		*r = (UnitRecall)ACCOUNTABILITY_ROWS__UNIT_RECALL__INIT;
		r->unit_id = (char *)"u";
		r->recall_id = w[0];
		r->person_id = w[1];
		r->ordered_day = day(w[2]);
		r->head_person_id = (char *)"head";
		r->ordered_seq = (int64_t)u->n + 1;
		u->at[u->n++] = r;
	}
}

/* Whose head takes the post: ids of the recalls. */
static const struct { const char *name, *recalls; int within; const char *taken; } counts[] = {
	{ "A7 the first brings nothing", "r1 p 2017-12-05", 0, "" },
	{ "A7 the second", "r1 p 2017-12-05; r2 q 2017-12-06", 0, "r2" },
	{ "A7 every later one", "r1 p 2017-12-05; r2 q 2017-12-06; r3 s 2018-02-01", 0, "r2 r3" },
	{ "A7 two on one day: in the order in which they were ordered", "z p 2017-12-05; a q 2017-12-05", 0, "a" },
	{ "A7 no time limit", "r1 p 2017-12-05; r2 q 2037-12-06", 0, "r2" },
	{ "A7 within 12 months: the last day", "r1 p 2017-12-05; r2 q 2018-12-04", 12, "r2" },
	{ "A7 within 12 months: a day too late", "r1 p 2017-12-05; r2 q 2018-12-05", 12, "" },
	{ "A7 within 12 months: of the last only", "r1 p 2017-12-05; r2 q 2018-06-01; r3 s 2019-01-01", 12, "r2 r3" },
	{ "A7 the same person twice counts twice", "r1 p 2017-12-05; r2 p 2018-12-06", 0, "r2" },
};

static void
test_counts(arena_t *a)
{
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct unit u;
		struct rules r;
		Measure **due;
		char taken[256] = "";
		unit_parse(&u, counts[i].recalls);
		rules_init(&r, "\"automatic\"", counts[i].within);
		size_t n = recall_head_measures(u.at, u.n, &r.book, a, &due);
		for (size_t k = 0; k < n; k++) {
			if (k)
				strcat(taken, " ");
			strcat(taken, due[k]->recall_id);
		}
		check(strcmp(taken, counts[i].taken) == 0, counts[i].name, "");
	}
}

static void
test_head_measure(arena_t *a)
{
	struct unit u;
	struct rules r;
	Measure **due;

	unit_parse(&u, "r1 p 2017-12-05; r2 q 2017-12-06");
	rules_init(&r, "{\"default\":\"automatic\",\"unit_head_takes_post\":\"four_eyes\"}", 0);
	size_t n = recall_head_measures(u.at, u.n, &r.book, a, &due);
	check(n == 1 && strcmp(due[0]->unit_id, "u") == 0 && strcmp(due[0]->head_person_id, "head") == 0 &&
		      strcmp(due[0]->cause_of, "q") == 0,
	      "C3.2.1-rr of unit and head, about the person recalled", "");
	check(n == 1 && due[0]->from_day == day("2017-12-06") && !due[0]->maybe_until_case,
	      "C3.2.1-rr stands from the order on, without an end", "");
	check(n == 1 && due[0]->state == ACCOUNTABILITY__MEASURE_STATE__PROPOSED, "§5 approval of its kind", "");
	r.version.effective_from_day = day("2017-12-07");
	check(recall_head_measures(u.at, u.n, &r.book, a, &due) == 0, "no policy on the day of the order, no measure",
	      "");
}

/* ---- what an order brings to the person */

static Measure
opened(const char *id, char **cause, size_t n)
{
	Measure m = ACCOUNTABILITY_ROWS__MEASURE__INIT;

	m.measure_id = (char *)id;
	m.kind = ACCOUNTABILITY__MEASURE_KIND__RECALL;
	m.window_year = 2017;
	m.rung = 3;
	m.cause = cause;
	m.n_cause = n;
	return m;
}

static void
test_brought(arena_t *a)
{
	char *cause[] = { (char *)"F1", (char *)"F2", (char *)"F3" };
	Measure by = opened("r1", cause, 3), **due;
	const Measure *standing[] = { &by };
	Recall r = ACCOUNTABILITY_ROWS__RECALL__INIT;
	const Recall *recalls[] = { &r };
	struct rules rules;

	rules_init(&rules, "{\"default\":\"automatic\",\"award_ban\":\"four_eyes\"}", 0);
	r.recall_id = (char *)"r1";
	check(recall_measures(recalls, 1, standing, 1, &rules.book, a, &due) == 0, "nothing before the order", "");
	r.maybe_ordered_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_ORDERED_ORDERED_DAY;
	r.ordered_day = day("2018-02-28");
	size_t n = recall_measures(recalls, 1, standing, 1, &rules.book, a, &due);
	check(n == 2, "C3.2.1-r two measures", "");
	check(n == 2 && due[0]->kind == ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN &&
		      due[0]->from_day == day("2018-02-28") && due[0]->until_day == day("2019-01-01"),
	      "C3.2.1-r no awards that year", "");
	check(n == 2 && due[1]->kind == ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE &&
		      due[1]->from_day == day("2018-02-28") && due[1]->until_day == day("2020-02-28"),
	      "C3.2.1-r no promotion for two years, A5", "");
	check(n == 2 && due[0]->n_cause == 3 && due[0]->cause == cause, "the cause is the recall's", "");
	check(n == 2 && strcmp(due[0]->recall_id, "r1") == 0 && due[0]->window_year == 2017, "the window is the recall",
	      "");
	check(n == 2 && due[0]->state == ACCOUNTABILITY__MEASURE_STATE__PROPOSED &&
		      due[1]->state == ACCOUNTABILITY__MEASURE_STATE__IN_FORCE,
	      "§5 approval of each kind", "");
	r.ordered_day = day("2018-12-31");
	n = recall_measures(recalls, 1, standing, 1, &rules.book, a, &due);
	check(n == 2 && due[0]->until_day == day("2019-01-01"), "ordered on the last day of a year", "");
	r.ordered_day = day("2020-02-29");
	n = recall_measures(recalls, 1, standing, 1, &rules.book, a, &due);
	check(n == 2 && due[1]->until_day == day("2022-02-28"), "A5 clamped to the month's end", "");
	check(recall_measures(recalls, 1, NULL, 0, &rules.book, a, &due) == 0,
	      "§5 Reversal: nothing when its rung is not reached", "");
}

static void
test_counted(arena_t *a)
{
	char *cause[] = { (char *)"F1", (char *)"F2", (char *)"F4" };
	Measure by = opened("r1", cause, 3);
	const Measure *standing[] = { &by };
	const UnitRecall **now;
	struct unit u;

	unit_parse(&u, "r1 p 2017-12-05; r2 p 2018-12-05; r3 q 2018-12-06");
	size_t n = recall_counted(u.at, u.n, "p", standing, 1, a, &now);
	check(n == 2 && strcmp(now[0]->recall_id, "r1") == 0 && strcmp(now[1]->recall_id, "r3") == 0,
	      "§5 Reversal: the count of what fell is gone", "");
	check(n == 2 && now[0]->cause == cause && now[0]->n_cause == 3, "the cause as it is now", "");
	check(n == 2 && now[1] == u.at[2], "§10.5 other people's are as they were", "");
}

int
main(void)
{
	arena_t *a = arena_open(1 << 20);

	test_measure_state();
	test_due();
	test_postings();
	test_counts(a);
	test_head_measure(a);
	test_brought(a);
	test_counted(a);
	arena_close(&a);
	return tally_end();
}
