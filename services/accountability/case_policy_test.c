/* case_policy_test - the sentences of a case sheet, with the actual numbers and dates, and the readings it names.
 *
 * How: one case file per kind of span, put together by hand; each must contain the sentences listed, and end as listed.
 */
#include "case_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

#define TEXT(z, e)                                                                                                     \
	(Common__Text)                                                                                                 \
	{                                                                                                              \
		.base = PROTOBUF_C_MESSAGE_INIT(&common__text__descriptor), .zh = (char *)(z), .en = (char *)(e)       \
	}

enum { READINGS = 23 };

struct bench {
	arena_t *arena;
	Common__Text reason;
	Policy__Consequence consequence, *consequences[1];
	Policy__Rung rung, *rungs[1];
	Policy__AbsenceLadder ladder;
	Policy__Reading *readings[READINGS];
	Policy__Policy policy;
	Measure measure;
	char *cause[2];
	Finding findings[2];
	const Finding *facts[2];
	AccountabilityRows__Move move;
	const AccountabilityRows__Move *moves[1];
	struct case_file file;
};

static int32_t
day(const char *text)
{
	int32_t d = 0;

	if (!day_parse(text, &d))
		printf("FAIL no date: %s\n", text);
	return d;
}

static void
bench_policy(struct bench *b, const char *kind, Policy__Span span)
{
	b->reason = TEXT("规定的原文。", "the words of the rule.");
	b->consequence = (Policy__Consequence)POLICY__CONSEQUENCE__INIT;
	b->consequence.kind = (char *)kind;
	b->consequence.span = span;
	b->consequence.months = 6;
	b->consequences[0] = &b->consequence;
	b->rung = (Policy__Rung)POLICY__RUNG__INIT;
	b->rung.rung = 2;
	b->rung.clause = (char *)"C3.2.1-2";
	b->rung.reason = &b->reason;
	b->rung.n_measures = 1;
	b->rung.measures = b->consequences;
	b->rungs[0] = &b->rung;
	b->ladder = (Policy__AbsenceLadder)POLICY__ABSENCE_LADDER__INIT;
	b->ladder.n_rungs = 1;
	b->ladder.rungs = b->rungs;
	b->policy = (Policy__Policy)POLICY__POLICY__INIT;
	b->policy.absence_ladder = &b->ladder;
	for (int i = 0; i < READINGS; i++) {
		b->readings[i] = arena_message(b->arena, &policy__reading__descriptor);
		b->readings[i]->id = arena_printf(b->arena, "A%d", i + 1);
	}
	b->policy.n_readings = READINGS;
	b->policy.readings = b->readings;
}

/* Two absences, the second found at night; decided on 2017-10-09. */
static void
bench_init(struct bench *b, arena_t *a, Accountability__MeasureKind kind, const char *kind_name, Policy__Span span,
	   const char *from, const char *until)
{
	static const struct { const char *id, *on, *confirmed; int source;
	} rows[2] = {
		{ "F1", "2017-09-05", "2017-09-06", SUPERVISION__SOURCE__COVERT },
		{ "F2", "2017-10-02", "2017-10-09", SUPERVISION__SOURCE__NIGHT },
	};

	*b = (struct bench){ .arena = a,
			     .measure = ACCOUNTABILITY_ROWS__MEASURE__INIT,
			     .move = ACCOUNTABILITY_ROWS__MOVE__INIT };
	bench_policy(b, kind_name, span);
	for (int i = 0; i < 2; i++) {
		b->findings[i] = (Finding)ACCOUNTABILITY_ROWS__FINDING__INIT;
		b->findings[i].finding_id = b->cause[i] = (char *)rows[i].id;
		b->findings[i].on_day = day(rows[i].on);
		b->findings[i].source = (Supervision__Source)rows[i].source;
		b->findings[i].state = SUPERVISION__FINDING_STATE__CONFIRMED;
		b->findings[i].maybe_confirmed_case = ACCOUNTABILITY_ROWS__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY;
		b->findings[i].confirmed_day = day(rows[i].confirmed);
		b->facts[i] = &b->findings[i];
	}
	b->measure.ladder = (char *)"absence";
	b->measure.kind = kind;
	b->measure.clause = (char *)"C3.2.1-2";
	b->measure.policy = (char *)"v1";
	b->measure.rung = 2;
	b->measure.window_year = 2017;
	b->measure.approval = (char *)"four_eyes";
	b->measure.state = ACCOUNTABILITY__MEASURE_STATE__PROPOSED;
	b->measure.absence_day = day("2017-10-02");
	b->measure.decided_day = day("2017-10-09");
	b->measure.from_day = day(from);
	b->measure.until_day = *until ? day(until) : 0;
	b->measure.n_cause = 2;
	b->measure.cause = b->cause;
	b->moves[0] = &b->move;
	b->file = (struct case_file){ .measure = &b->measure,
				      .facts = b->facts,
				      .nfacts = 2,
				      .policy = &b->policy,
				      .counted_now = 2,
				      .rung_now = 2,
				      .moves = b->moves };
}

static const char *
told(const struct bench *b, bool zh)
{
	Common__Text **steps;
	const char *all = "";
	size_t n = case_steps(&b->file, b->arena, &steps);

	for (size_t i = 0; i < n; i++)
		all = arena_printf(b->arena, "%s%s\n", all, zh ? steps[i]->zh : steps[i]->en);
	return all;
}

static void
expect(const struct bench *b, const char *zh, const char *en)
{
	check(strstr(told(b, true), zh) != NULL, zh, told(b, true));
	check(strstr(told(b, false), en) != NULL, en, told(b, false));
}

static void
expect_readings(const struct bench *b, const char *ids)
{
	Accountability__ReadingUsed **used;
	const char *got = "";
	size_t n = case_readings(&b->file, b->arena, &used);

	for (size_t i = 0; i < n; i++)
		got = arena_printf(b->arena, "%s%s%s", got, i ? " " : "", used[i]->id);
	check(strcmp(got, ids) == 0, ids, got);
}

static const struct {
	Accountability__MeasureKind kind; const char *name; Policy__Span span;
	const char *from, *until, *zh, *en, *readings;
} spans[] = {
	{ ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED, "stipend_cancelled", POLICY__SPAN__QUARTER_OF_ABSENCE,
	  "2017-10-01", "2018-01-01", "适用于 2017-10-02 所在的季度：2017-10-01 起至 2018-01-01（不含）。",
	  "It covers the quarter of 2017-10-02: from 2017-10-01 until 2018-01-01.", "A1 A2 A3 A4 A16 A17" },
	{ ACCOUNTABILITY__MEASURE_KIND__ASSESSMENT_CANCELLED, "assessment_cancelled", POLICY__SPAN__YEAR_OF_ABSENCE,
	  "2017-01-01", "2018-01-01", "所在的年度：2017-01-01 起", "the year of 2017-10-02", "A1 A2 A16 A17 A18" },
	{ ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE, "promotion_freeze", POLICY__SPAN__MONTHS_FROM_DECISION,
	  "2017-10-09", "2018-04-09", "自 2017-10-09 起 6 个月，至 2018-04-09（不含）。",
	  "It lasts 6 months from 2017-10-09: until 2018-04-09.", "A1 A2 A5 A16 A17" },
	{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, "award_ban", POLICY__SPAN__YEAR_AND_TERM, "2017-10-09", "2018-01-01",
	  "首个 1 月 1 日为 2018-01-01；所任职务未载明届满日期",
	  "The first 1 January after the decision is 2018-01-01; the posting states no end",
	  "A1 A2 A5 A6 A16 A17 A18" },
	{ ACCOUNTABILITY__MEASURE_KIND__RECALL, "recall", POLICY__SPAN__FROM_DECISION, "2017-10-09", "",
	  "自 2017-10-09 起，无终止日期。", "It starts on 2017-10-09 and has no end.", "A1 A2 A5 A7 A16 A17" },
};

static void
test_spans(arena_t *a)
{
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		struct bench b;
		bench_init(&b, a, spans[i].kind, spans[i].name, spans[i].span, spans[i].from, spans[i].until);
		expect(&b, spans[i].zh, spans[i].en);
		expect(&b,
		       "2017 年第 1 次无故脱岗：2017-09-05（发现 F1，2017-09-06 确认）。\n2017 年第 2 "
		       "次无故脱岗：2017-10-02（发现 F2，2017-10-09 确认）。",
		       "Absence 1 of 2017: 2017-09-05 (finding F1, confirmed on 2017-09-06).\nAbsence 2 of 2017: "
		       "2017-10-02");
		expect(&b, "2017-10-02 施行的政策为 v1，达到第 2 级；条款 C3.2.1-2 规定：规定的原文。",
		       "rung 2 was reached; clause C3.2.1-2 says: the words of the rule.");
		expect(&b, "最晚的确认日期：2017-10-09。", "the latest confirmation among these facts: 2017-10-09.");
		expect_readings(&b, spans[i].readings);
	}
}

/* api-console.md, Limited roles: that it was found at night is not told by the reading that only a night check needs.
 */
static void
test_limited(arena_t *a)
{
	struct bench b;

	bench_init(&b, a, spans[0].kind, spans[0].name, spans[0].span, spans[0].from, spans[0].until);
	b.file.limited = true;
	expect_readings(&b, "A1 A2 A3 A4 A17");
}

static void
test_term(arena_t *a)
{
	struct bench b;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, "award_ban", POLICY__SPAN__YEAR_AND_TERM,
		   "2017-10-09", "2019-03-01");
	b.file.has_term = true;
	b.file.term_end = day("2019-03-01");
	expect(&b,
	       "首个 1 月 1 日为 2018-01-01，2017-10-02 所任任期于 2019-03-01 届满；取较晚者，至 2019-03-01（不含）。",
	       "the term held on 2017-10-02 ends on 2019-03-01; the later counts: until 2019-03-01.");
}

static void
test_approval(arena_t *a)
{
	struct bench b;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE, "promotion_freeze",
		   POLICY__SPAN__MONTHS_FROM_DECISION, "2017-10-09", "2018-04-09");
	expect(&b, "须经未记录、未确认其事实的人批准",
	       "approved by somebody who neither noted nor confirmed the facts");
	b.measure.approval = (char *)"automatic";
	expect(&b, "自动生效", "take effect by themselves");
	b.measure.kind = ACCOUNTABILITY__MEASURE_KIND__RECALL;
	expect(&b, "召回的每一步须由人作出", "Each step of a recall takes a person");
}

static void
test_moves(arena_t *a)
{
	struct bench b;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, "award_ban", POLICY__SPAN__YEAR_AND_TERM,
		   "2017-10-09", "2018-01-01");
	b.file.nmoves = 1;
	b.move.account = (char *)"rev1";
	b.move.state = ACCOUNTABILITY__MEASURE_STATE__IN_FORCE;
	b.move.at_us = instant_of_day(day("2017-10-10"));
	expect(&b, "2017-10-10 由账号 rev1 改为“生效”。", "On 2017-10-10 account rev1 made it “in force”.");
	b.move.reason = (char *)"核实无误";
	expect(&b, "改为“生效”，理由：核实无误", "reason given: 核实无误");
}

static void
test_revoked(arena_t *a)
{
	struct bench b;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, "award_ban", POLICY__SPAN__YEAR_AND_TERM,
		   "2017-10-09", "2018-01-01");
	b.measure.state = ACCOUNTABILITY__MEASURE_STATE__REVOKED;
	b.findings[0].state = SUPERVISION__FINDING_STATE__ANNULLED;
	b.file.counted_now = b.file.rung_now = 1;
	expect(&b, "当时计为 2017 年第 1 次无故脱岗：2017-09-05（发现 F1，已撤销，不再计入）。",
	       "(finding F1, annulled since: it no longer counts)");
	expect(&b, "2017 年现计入的无故脱岗为 1 次，未达到第 2 级，该措施已撤销。\n",
	       "Absences that count in 2017 are now 1: rung 2 is not reached, and the measure is revoked.\n");
	expect(&b, "当时计为 2017 年第 2 次无故脱岗：2017-10-02（发现 F2，2017-10-09 确认）。",
	       "Was counted as absence 2 of 2017: 2017-10-02 (finding F2, confirmed on");
	b.file.counted_now = b.file.rung_now = 2;
	expect(&b, "不再得出该措施", "this measure no longer follows");
}

/* A policy that no longer is at hand leaves the facts and the decision standing, and says nothing that it cannot know.
 */
static void
test_unknown_policy(arena_t *a)
{
	struct bench b;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, "award_ban", POLICY__SPAN__YEAR_AND_TERM,
		   "2017-10-09", "2018-01-01");
	b.file.policy = NULL;
	expect(&b, "第 1 次无故脱岗", "Absence 1 of 2017");
	expect_readings(&b, "");
	check(strstr(told(&b, false), "clause") == NULL, "no clause is quoted", told(&b, false));
}

/* ---- criticisms and cases: the same bench, whose two facts are read as others */

struct other { Policy__CriticismRung rung, *rungs[1]; Policy__Criticisms criticisms; Policy__Case grave, *cases[1]; };

static void
bench_other(struct bench *b, struct other *o, const char *ladder, bool of_head)
{
	o->rung = (Policy__CriticismRung)POLICY__CRITICISM_RUNG__INIT;
	o->grave = (Policy__Case)POLICY__CASE__INIT;
	o->criticisms = (Policy__Criticisms)POLICY__CRITICISMS__INIT;
	o->rung.clause = o->grave.clause = b->measure.clause;
	o->rung.reason = o->grave.reason = &b->reason;
	o->rung.n_responsible = o->grave.n_responsible = !of_head;
	o->rung.n_unit_head = o->grave.n_unit_head = of_head;
	o->rung.responsible = o->rung.unit_head = o->grave.responsible = o->grave.unit_head = b->consequences;
	o->rungs[0] = &o->rung;
	o->cases[0] = &o->grave;
	o->criticisms.superior_enters_at = 2;
	o->criticisms.n_ladder = 1;
	o->criticisms.ladder = o->rungs;
	b->policy.criticisms = &o->criticisms;
	b->policy.n_cases = 1;
	b->policy.cases = o->cases;
	b->measure.ladder = (char *)ladder;
	b->measure.unit_id = (char *)(of_head ? "u1" : "");
	for (int i = 0; i < 2; i++)
		b->findings[i].bulletin = (char *)"通报1号";
}

static void
test_criticisms(arena_t *a)
{
	struct bench b;
	struct other o;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__INTERVIEW, "interview", POLICY__SPAN__FROM_DECISION,
		   "2017-10-09", "");
	bench_other(&b, &o, "criticism", false);
	expect(&b, "2017 年第 1 份书面通报批评：2017-09-05，《通报1号》（发现 F1，2017-09-06 确认）。",
	       "Written criticism 1 of 2017: 2017-09-05, “通报1号” (finding F1, confirmed on 2017-09-06).");
	expect(&b, "达到第 2 级；条款 C3.2.1-2 规定：规定的原文。",
	       "rung 2 was reached; clause C3.2.1-2 says: the words of the rule.");
	check(strstr(told(&b, true), "A15") == NULL, "no superior", told(&b, true));
	expect_readings(&b, "A5 A14 A19 A22");
	b.findings[1].source = SUPERVISION__SOURCE__SUPERIOR;
	expect(&b, "最后一份由上级作出，从严从重，至少按第 2 级处理（A15）。",
	       "by superiors and weighs heavier: at least rung 2 (A15)");
	expect_readings(&b, "A5 A14 A15 A19 A22");
	b.file.limited = true;
	check(strstr(told(&b, true), "上级") == NULL && strstr(told(&b, false), "superiors") == NULL,
	      "who is not told a source", told(&b, true));
	expect_readings(&b, "A5 A14 A19 A22");
	b.file.limited = false;
	b.measure.state = ACCOUNTABILITY__MEASURE_STATE__REVOKED;
	b.file.counted_now = b.file.rung_now = 1;
	expect(&b, "当时计为 2017 年第 1 份书面通报批评", "Was counted as written criticism 1 of 2017");
	expect(&b, "2017 年现计入的书面通报批评为 1 份，未达到第 2 级，该措施已撤销。",
	       "Written criticisms that count in 2017 are now 1: rung 2 is not reached");
}

static void
test_heads(arena_t *a)
{
	struct bench b;
	struct other o;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, "award_ban", POLICY__SPAN__YEAR_AND_TERM,
		   "2017-10-09", "2018-01-01");
	bench_other(&b, &o, "criticism", true);
	b.measure.head_person_id = (char *)"h1";
	expect(&b, "2017-10-02 派出单位 u1 的主要负责人为 h1。", "On 2017-10-02 h1 was the head of unit u1.");
	expect(&b, "主要负责人当日没有载明届满日期的驻村任职，故至 2018-01-01（不含）。",
	       "the head held no posting that states the end of a term");
	expect_readings(&b, "A5 A6 A14 A18 A19");
	b.measure.head_person_id = (char *)"";
	expect(&b, "2017-10-02 派出单位 u1 未登记主要负责人。", "On 2017-10-02 no head of unit u1 was known.");
	b.measure.state = ACCOUNTABILITY__MEASURE_STATE__REVOKED;
	expect(&b, "各日施行的政策和当日的主要负责人，不再得出该措施",
	       "who headed the unit then this measure no longer follows");
}

static void
test_cases(arena_t *a)
{
	struct bench b;
	struct other o;

	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__REFERRAL, "referral", POLICY__SPAN__FROM_DECISION, "2017-10-09",
		   "");
	bench_other(&b, &o, "case", false);
	expect(&b, "2017 年的第 2 项：2017-10-02（发现 F2，2017-10-09 确认）。",
	       "Finding 2 of 2017: 2017-10-02 (finding F2, confirmed on 2017-10-09).");
	expect(&b, "施行的政策为 v1；条款 C3.2.1-2 规定：规定的原文。",
	       "policy v1 was in force; clause C3.2.1-2 says: the words of the rule.");
	expect_readings(&b, "A5");
	bench_init(&b, a, ACCOUNTABILITY__MEASURE_KIND__REMOVAL_PROPOSED, "removal_proposed",
		   POLICY__SPAN__FROM_DECISION, "2017-10-09", "");
	bench_other(&b, &o, "case", true);
	expect_readings(&b, "A5 A23");
}

int
main(void)
{
	arena_t *a = arena_open(4 << 20);

	test_limited(a);
	test_spans(a);
	test_term(a);
	test_approval(a);
	test_moves(a);
	test_revoked(a);
	test_unknown_policy(a);
	test_criticisms(a);
	test_heads(a);
	test_cases(a);
	arena_close(&a);
	return tally_end();
}
