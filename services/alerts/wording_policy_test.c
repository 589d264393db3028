/* wording_policy_test - what messages say (rules.md §8), and how many short messages they take.
 *
 * How: a case is one or more measure changes in words, "+" imposed, "~" amended, "-" revoked, "!" moved by hand:
 *
 *   +stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-1 proposed
 *   kind, from..until (until "-": none), rung@date of the absence, clause, state (in_force when left out)
 *
 * separated by ";", and the text expected in both languages.  A rung "c2" is one of criticisms, "u2" of a unit's, whose head is h1. */
#include "wording_policy.h"
#include "civil.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGES_MAX = 40, BYTES_NEAR = 560 };

static int passed, failed;

static void
expect(const char *name, bool good, const char *got)
{
	passed += good;
	failed += !good;
	if (!good)
		printf("FAIL %s: %s\n", name, got);
}

/* ---- changes in words */

static int
enum_named(const ProtobufCEnumDescriptor *d, const char *lower)
{
	char name[64];
	size_t n = 0;

	for (; lower[n] && n < sizeof(name) - 1; n++)
		name[n] = lower[n] >= 'a' && lower[n] <= 'z' ? (char)(lower[n] - 'a' + 'A') : lower[n];
	name[n] = '\0';
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(d, name);
	return v ? v->value : (printf("FAIL no such word: %s\n", lower), exit(1), 0);
}

static int32_t
date(const char *text)
{
	int32_t day;
	return day_parse(text, &day) ? day : (printf("FAIL no date: %s\n", text), exit(1), 0);
}

static Accountability__Change
change_of(char sign)
{
	return sign == '+'   ? ACCOUNTABILITY__CHANGE__IMPOSED
	       : sign == '~' ? ACCOUNTABILITY__CHANGE__AMENDED
	       : sign == '-' ? ACCOUNTABILITY__CHANGE__REVOKED_CHANGE
	                     : ACCOUNTABILITY__CHANGE__MOVED;
}

static Accountability__MeasureChange *
change(const char *words, arena_t *a)
{
	Accountability__MeasureChange *c = arena_message(a, &accountability__measure_change__descriptor);
	Accountability__Measure *m = c->measure = arena_message(a, &accountability__measure__descriptor);
	char sign, kind[40], from[11], until[11], on[11], clause[80], state[20] = "in_force";
	char ladder[2] = "";
	int rung;

	if (sscanf(words, " %c%39s %10[0-9-]..%10s %d@%10s %79s %19s", &sign, kind, from, until, &rung, on, clause, state) < 7 &&
	    sscanf(words, " %c%39s %10[0-9-]..%10s %1[cu]%d@%10s %79s %19s", &sign, kind, from, until, ladder, &rung, on, clause, state) < 8) {
		printf("FAIL no change: %s\n", words);
		exit(1);
	}
	c->change = change_of(sign);
	m->kind = (Accountability__MeasureKind)enum_named(&accountability__measure_kind__descriptor, kind);
	m->state = (Accountability__MeasureState)enum_named(&accountability__measure_state__descriptor, state);
	m->from_day = date(from);
	if (*until != '-') {
		m->maybe_until_case = ACCOUNTABILITY__MEASURE__MAYBE_UNTIL_UNTIL_DAY;
		m->until_day = date(until);
	}
	m->clause = arena_strdup(a, clause);
	c->grounds = arena_message(a, &accountability__grounds__descriptor);
	c->grounds->ladder = (char *)(*ladder ? "criticism" : "absence");
	m->subject = arena_message(a, &accountability__subject__descriptor);
	m->subject->maybe_person_case = ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID;
	m->subject->person_id = (char *)(*ladder == 'u' ? "h1" : "p1");
	if (*ladder == 'u') {
		m->subject->maybe_unit_case = ACCOUNTABILITY__SUBJECT__MAYBE_UNIT_UNIT_ID;
		m->subject->unit_id = (char *)"u1";
	}
	c->grounds->rung = rung;
	c->grounds->absence_day = date(on);
	return c;
}

static size_t
changes(const char *words, arena_t *a, const Accountability__MeasureChange *out[CHANGES_MAX])
{
	char *rest = arena_strdup(a, words);
	size_t n = 0;

	for (char *one; (one = strsep(&rest, ";"));)
		out[n++] = change(one, a);
	return n;
}

/* ---- measures */

#define FIRST "+stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-1"
#define SECOND "+stipend_cancelled 2017-10-01..2018-01-01 2@2017-10-17 C3.2.1-2;+admonishment_talk 2017-11-20..- 2@2017-10-17 C3.2.1-2;" \
	"+assessment_cancelled 2017-01-01..2018-01-01 2@2017-10-17 C3.2.1-2;+award_ban 2017-11-20..2019-07-01 2@2017-10-17 C3.2.1-2;" \
	"+promotion_freeze 2017-11-20..2018-05-20 2@2017-10-17 C3.2.1-2"

static const struct { const char *name, *changes; Alerts__Template template; bool self; const char *zh, *en; } cases[] = {
	{ "C3.2.1-1: the month", FIRST, ALERTS__TEMPLATE__MEASURES_IMPOSED, true,
	  "关于您（无故脱岗：2017-09-06第1次）：取消2017年9月驻村补助。依据：C3.2.1-1。",
	  "About you (unexcused absence: 2017-09-06, first): the village stipend of 2017-09 is cancelled. Grounds: C3.2.1-1." },
	{ "C3.2.1-1, told to somebody else: by id", FIRST, ALERTS__TEMPLATE__MEASURES_IMPOSED, false,
	  "关于驻村人员p1（无故脱岗：2017-09-06第1次）：取消2017年9月驻村补助。依据：C3.2.1-1。",
	  "About helper p1 (unexcused absence: 2017-09-06, first): the village stipend of 2017-09 is cancelled. Grounds: C3.2.1-1." },
	{ "§5 Effect: four eyes", FIRST " proposed", ALERTS__TEMPLATE__MEASURES_IMPOSED, true,
	  "关于您（无故脱岗：2017-09-06第1次）：取消2017年9月驻村补助（待审批）。依据：C3.2.1-1。",
	  "About you (unexcused absence: 2017-09-06, first): the village stipend of 2017-09 is cancelled (awaiting approval). Grounds: C3.2.1-1." },
	{ "C3.2.1-2: five measures", SECOND, ALERTS__TEMPLATE__MEASURES_IMPOSED, true,
	  "关于您（无故脱岗：2017-10-17第2次）：取消2017年第4季度驻村补助、诫勉谈话、取消2017年度考核评优资格、2019-07-01前不得评优评先、"
	  "2018-05-20前不得提拔重用。依据：C3.2.1-2。",
	  "About you (unexcused absence: 2017-10-17, second): the village stipend of 2017 quarter 4 is cancelled, admonishment talk, "
	  "no excellent rating in 2017, no honours until 2019-07-01, no promotion until 2018-05-20. Grounds: C3.2.1-2." },
	{ "C3.2.1-3: recall, which always awaits its steps",
	  "+stipend_cancelled 2017-01-01..2018-01-01 3@2017-12-01 C3.2.1-3;+recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 proposed",
	  ALERTS__TEMPLATE__RECALL_OPENED, true,
	  "召回：关于您（无故脱岗：2017-12-01第3次）：取消2017年度驻村补助、启动召回撤换程序。依据：C3.2.1-3。召回经审定后执行。",
	  "Recall: about you (unexcused absence: 2017-12-01, third): the village stipend of 2017 is cancelled, the recall procedure is opened. "
	  "Grounds: C3.2.1-3. A recall is carried out once ordered." },
	{ "§5: a late earlier absence re-levels",
	  "~stipend_cancelled 2017-08-01..2017-09-01 1@2017-08-07 C3.2.1-1;+admonishment_talk 2017-12-20..- 2@2017-11-07 C3.2.1-2",
	  ALERTS__TEMPLATE__MEASURES_IMPOSED, true,
	  "关于您（无故脱岗：2017-08-07第1次、2017-11-07第2次）：诫勉谈话；改为取消2017年8月驻村补助。依据：C3.2.1-1、C3.2.1-2。",
	  "About you (unexcused absence: 2017-08-07, first, 2017-11-07, second): admonishment talk; now: the village stipend of 2017-08 is cancelled. "
	  "Grounds: C3.2.1-1, C3.2.1-2." },
	{ "§5 Reversal: nothing is left", "-stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-1 revoked",
	  ALERTS__TEMPLATE__MEASURES_CORRECTED, true,
	  "更正：此前关于您的通知有变：不再执行取消2017年9月驻村补助。依据：C3.2.1-1。",
	  "Correction: what was said about you has changed: no longer: the village stipend of 2017-09 is cancelled. Grounds: C3.2.1-1." },
	{ "§5 Reversal: the second becomes the first",
	  "~stipend_cancelled 2017-10-01..2017-11-01 1@2017-10-17 C3.2.1-1;-admonishment_talk 2017-11-20..- 2@2017-10-17 C3.2.1-2 revoked",
	  ALERTS__TEMPLATE__MEASURES_CORRECTED, true,
	  "更正：此前关于您的通知有变（现计无故脱岗：2017-10-17第1次）：改为取消2017年10月驻村补助；不再执行诫勉谈话。依据：C3.2.1-1、C3.2.1-2。",
	  "Correction: what was said about you has changed (unexcused absence now counted: 2017-10-17, first): now: the village stipend of 2017-10 is "
	  "cancelled; no longer: admonishment talk. Grounds: C3.2.1-1, C3.2.1-2." },
	{ "§5 Effect: rejected", "!award_ban 2017-11-20..2018-01-01 2@2017-10-17 C3.2.1-2 rejected", ALERTS__TEMPLATE__MEASURES_MOVED, true,
	  "关于您的措施（无故脱岗：2017-10-17第2次）：2018-01-01前不得评优评先未获批准，不予执行。依据：C3.2.1-2。",
	  "Measures about you (unexcused absence: 2017-10-17, second): no honours until 2018-01-01 (rejected, not carried out). Grounds: C3.2.1-2." },
	{ "a ban without an end, a span that is no month", "~award_ban 2017-11-20..- 2@2017-10-17 X;~stipend_cancelled 2017-09-05..2017-09-09 2@2017-10-17 X",
	  ALERTS__TEMPLATE__MEASURES_AMENDED, true,
	  "关于您的措施有变（无故脱岗：2017-10-17第2次）：改为不得评优评先、取消2017-09-05至2017-09-09前驻村补助。依据：X。",
	  "Measures about you have changed (unexcused absence: 2017-10-17, second): now: no honours, the village stipend of 2017-09-05 until 2017-09-09 "
	  "is cancelled. Grounds: X." },
};

/* ---- measures by criticisms, as the person, the head and somebody else read them */

#define OWN1 "+written_self_criticism 2017-09-20..- c1@2017-09-10 C3.1.1-1"
#define HEADS1 "+written_self_criticism 2017-09-20..- u1@2017-09-10 C3.1.1-1"
#define OWN2 "+interview 2017-09-20..- c2@2017-09-18 C3.1.1-2"
#define HEADS3 "+admonishment_talk 2017-09-20..- u3@2017-09-18 C3.1.1-3;+award_ban 2017-09-20..2018-01-01 u3@2017-09-18 C3.1.1-3"

static const struct { const char *name, *changes; Alerts__Template template; const char *person_id, *recipient, *zh, *en; } criticised[] = {
	{ "C3.1.1-1: whom it names", OWN1, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1", "p1",
	  "关于您（书面通报批评：2017-09-10达第1级）：作出书面检查。依据：C3.1.1-1。",
	  "About you (written criticism: 2017-09-10, rung 1): written self-criticism. Grounds: C3.1.1-1." },
	{ "C3.1.1-1: the head reads of both", OWN1 ";" HEADS1, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1", "h1",
	  "关于驻村人员p1（书面通报批评：2017-09-10达第1级）：作出书面检查；派出单位主要负责人（您）作出书面检查。依据：C3.1.1-1。",
	  "About helper p1 (written criticism: 2017-09-10, rung 1): written self-criticism; the head of the sending unit (you): written "
	  "self-criticism. Grounds: C3.1.1-1." },
	{ "C3.1.1-3: the unit has a count of its own", OWN2 ";" HEADS3, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1", "h1",
	  "关于驻村人员p1（书面通报批评：2017-09-18达第2级、2017-09-18单位达第3级）：约谈；派出单位主要负责人（您）诫勉谈话、2018-01-01前不得评优评先。依据：C3.1.1-2、C3.1.1-3。",
	  "About helper p1 (written criticism: 2017-09-18, rung 2, 2017-09-18, unit's rung 3): interview; the head of the sending unit (you): admonishment "
	  "talk, no honours until 2018-01-01. Grounds: C3.1.1-2, C3.1.1-3." },
	{ "C3.1.1-3: of a unit alone, to the next head", HEADS3, ALERTS__TEMPLATE__MEASURES_IMPOSED, NULL, "h2",
	  "关于单位u1（书面通报批评：2017-09-18达第3级）：派出单位主要负责人诫勉谈话、2018-01-01前不得评优评先。依据：C3.1.1-3。",
	  "About unit u1 (written criticism: 2017-09-18, rung 3): the head of the sending unit: admonishment talk, no honours until 2018-01-01. Grounds: C3.1.1-3." },
	{ "§5 Reversal: each with its label", "-written_self_criticism 2017-09-20..- c1@2017-09-10 C3.1.1-1;-written_self_criticism 2017-09-20..- u1@2017-09-10 C3.1.1-1",
	  ALERTS__TEMPLATE__MEASURES_CORRECTED, "p1", "h1",
	  "更正：此前关于驻村人员p1的通知有变：不再执行作出书面检查；派出单位主要负责人（您）不再执行作出书面检查。依据：C3.1.1-1。",
	  "Correction: what was said about helper p1 has changed: no longer: written self-criticism; the head of the sending unit (you): no longer: written "
	  "self-criticism. Grounds: C3.1.1-1." },
};

static void
test_criticised(arena_t *a)
{
	for (size_t i = 0; i < sizeof(criticised) / sizeof(criticised[0]); i++) {
		const Accountability__MeasureChange *list[CHANGES_MAX];
		size_t n = changes(criticised[i].changes, a, list);
		bool self = criticised[i].person_id && strcmp(criticised[i].person_id, criticised[i].recipient) == 0;
		struct wording_about about = { criticised[i].person_id, criticised[i].person_id ? NULL : "u1", self, criticised[i].recipient };
		struct wording w;
		wording_measures(criticised[i].template, about, list, n, a, &w);
		expect(criticised[i].name, strcmp(w.text->zh, criticised[i].zh) == 0, w.text->zh);
		expect(criticised[i].name, strcmp(w.text->en, criticised[i].en) == 0, w.text->en);
	}
}

static void
test_measures(arena_t *a)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const Accountability__MeasureChange *list[CHANGES_MAX];
		size_t n = changes(cases[i].changes, a, list);
		struct wording w;

		wording_measures(cases[i].template, (struct wording_about){ "p1", NULL, cases[i].self }, list, n, a, &w);
		expect(cases[i].name, strcmp(w.text->zh, cases[i].zh) == 0, w.text->zh);
		expect(cases[i].name, strcmp(w.text->en, cases[i].en) == 0, w.text->en);
		expect(cases[i].name, w.version >= 1 && w.segments == wording_segments(w.text->zh), "version, segments");
	}
}

/* However many measures one input moves, the text stays near 500 bytes and says how many it leaves out. */
static void
test_bounded(arena_t *a)
{
	const Accountability__MeasureChange *list[CHANGES_MAX];
	struct wording w;

	for (size_t i = 0; i < CHANGES_MAX; i++)
		list[i] = change(arena_printf(a, "+stipend_cancelled 2017-09-05..2017-09-%02d %zu@2017-08-%02zu clause-of-a-policy-%zu proposed",
		                              10 + (int)(i % 20), i + 1, i % 28 + 1, i), a);
	wording_measures(ALERTS__TEMPLATE__MEASURES_IMPOSED, (struct wording_about){ "p1", NULL, false }, list, CHANGES_MAX, a, &w);
	expect("bounded, zh", strlen(w.text->zh) <= BYTES_NEAR && strstr(w.text->zh, "等（另"), w.text->zh);
	expect("bounded, en", strlen(w.text->en) <= BYTES_NEAR && strstr(w.text->en, " more"), w.text->en);
}

/* ---- findings that move no measures (C2.4) */

static void
test_findings(arena_t *a)
{
	const struct wording_finding f = { "F000000000017", SUPERVISION__FINDING_KIND__FUND_MISUSE, day_of_civil(2017, 9, 6) };
	struct wording w;

	wording_finding(ALERTS__TEMPLATE__FINDING_CONFIRMED, (struct wording_about){ NULL, "u1", false }, f, a, &w);
	expect("C2.4 confirmed", strcmp(w.text->zh, "关于单位u1：2017-09-06督查发现的资金使用违规问题已经确认（编号F000000000017）。") == 0, w.text->zh);
	expect("C2.4 confirmed", strcmp(w.text->en, "About unit u1: the finding of 2017-09-06 (funds misused) has been confirmed (no. F000000000017).") == 0,
	       w.text->en);
	wording_finding(ALERTS__TEMPLATE__FINDING_ANNULLED, (struct wording_about){ "p1", NULL, true }, f, a, &w);
	expect("§5 Reversal", strstr(w.text->zh, "更正：关于您：2017-09-06的") == w.text->zh && strstr(w.text->zh, "已经撤销"), w.text->zh);
	wording_finding(ALERTS__TEMPLATE__FINDING_ANNULLED, (struct wording_about){ "p1", NULL, false }, f, a, &w);
	expect("an id does not run into a date", strstr(w.text->zh, "驻村人员p1：2017-09-06的") != NULL, w.text->zh);
	wording_finding(ALERTS__TEMPLATE__HEARING_MISSED, (struct wording_about){ "p1", NULL, false }, (struct wording_finding){ .id = "F1" }, a, &w);
	expect("C2.4 hearing", strcmp(w.text->zh, "关于驻村人员p1：督查问题（编号F1）听取陈述的日期已过，尚未处理。") == 0, w.text->zh);
}

static void
test_digest(arena_t *a)
{
	Common__Text one = COMMON__TEXT__INIT, two = COMMON__TEXT__INIT;
	const Common__Text *texts[] = { &one, &two };
	struct wording w;

	one.zh = (char *)"甲。";
	one.en = (char *)"A.";
	two.zh = (char *)"乙。";
	two.en = (char *)"B.";
	wording_digest(texts, 2, a, &w);
	expect("§8 digested", strcmp(w.text->zh, "共2条通知。1）甲。2）乙。") == 0, w.text->zh);
	expect("§8 digested", strcmp(w.text->en, "2 messages. 1) A. 2) B.") == 0 && w.segments == 1, w.text->en);
}

/* ---- recalls and tasks */

static const struct { const char *name; Alerts__Template template; bool self; struct wording_recall r; const char *zh; } recalls[] = {
	{ "C3.2.1-r handed over", ALERTS__TEMPLATE__RECALL_HANDED_OVER, true, { .has_due = true, .due_day = 17535 },
	  "召回：您已办理移交。接替人员最迟应于2018-01-04到位。" },
	{ "C3.2.1-rr the head takes the post", ALERTS__TEMPLATE__RECALL_HANDED_OVER, false,
	  { .head_person_id = "h1", .recipient = "leader", .has_due = true, .due_day = 17535 },
	  "召回：驻村人员p1已办理移交，由派出单位主要负责人h1顶岗。接替人员最迟应于2018-01-04到位。" },
	{ "C3.2.1-rr said to the head", ALERTS__TEMPLATE__RECALL_HANDED_OVER, false, { .head_person_id = "h1", .recipient = "h1" },
	  "召回：驻村人员p1已办理移交，由派出单位主要负责人（您）顶岗" "。" },
	{ "C3.2.1-rr no head known", ALERTS__TEMPLATE__RECALL_HANDED_OVER, false, { .head_person_id = "", .recipient = "leader" },
	  "召回：驻村人员p1已办理移交，应由派出单位主要负责人顶岗，但其人未登记，岗位空缺" "。" },
	{ "§5 due dates", ALERTS__TEMPLATE__RECALL_OVERDUE, false,
	  { .state = ACCOUNTABILITY__RECALL_CASE__STATE__ORDERED, .has_due = true, .due_day = 17512 },
	  "催办：关于驻村人员p1的召回，移交最迟应于2017-12-12完成，尚未办理。" },
};

static void
test_recalls(arena_t *a)
{
	struct wording w;

	for (size_t i = 0; i < sizeof(recalls) / sizeof(recalls[0]); i++) {
		wording_recall(recalls[i].template, (struct wording_about){ "p1", NULL, recalls[i].self }, recalls[i].r, a, &w);
		expect(recalls[i].name, strcmp(w.text->zh, recalls[i].zh) == 0, w.text->zh);
	}
	wording_task((struct wording_about){ "p1", NULL, false }, "m-1.restore_posting", ROSTER__TASK_KIND__RESTORE_POSTING, "v1", a, &w);
	expect("§5 Reversal: a task", strcmp(w.text->zh, "待办：关于驻村人员p1（v1）：召回撤销，但原任职不能自动恢复，请处理。编号m-1.restore_posting。全部待办见任务清单。") == 0, w.text->zh);
}

/* ---- every template has words in both languages */

static void
test_all_templates(arena_t *a)
{
	const ProtobufCEnumDescriptor *d = &alerts__template__descriptor;
	const Accountability__MeasureChange *list[CHANGES_MAX];
	size_t n = changes(FIRST, a, list);

	for (unsigned i = 0; i < d->n_values; i++) {
		Alerts__Template t = (Alerts__Template)d->values[i].value;
		struct wording w = { 0 };
		if (t == ALERTS__TEMPLATE__TEMPLATE_UNSPECIFIED)
			continue;
		if (t == ALERTS__TEMPLATE__ACCOUNT_CHANGED)
			wording_account(&(Roster__AccountAltered)ROSTER__ACCOUNT_ALTERED__INIT, a, &w);
		else if (t == ALERTS__TEMPLATE__TASK_OPENED)
			wording_task((struct wording_about){ "p1", NULL, false }, "T1", ROSTER__TASK_KIND__RESTORE_POSTING, "v1", a, &w);
		else if (t == ALERTS__TEMPLATE__RECALL_HANDED_OVER || t == ALERTS__TEMPLATE__RECALL_OVERDUE)
			wording_recall(t, (struct wording_about){ "p1", NULL, true }, (struct wording_recall){ .state = 0 }, a, &w);
		else if (t < ALERTS__TEMPLATE__FINDING_CONFIRMED || t > ALERTS__TEMPLATE__HEARING_MISSED)
			wording_measures(t, (struct wording_about){ "p1", NULL, true }, list, n, a, &w);
		else
			wording_finding(t, (struct wording_about){ "p1", NULL, true }, (struct wording_finding){ .id = "F1" }, a, &w);
		expect(d->values[i].name, *w.text->zh && *w.text->en && !strpbrk(w.text->zh, "{}[]") && !strpbrk(w.text->en, "{}[]"), w.text->en);
	}
}

/* ---- accounts: what was done to them, and neither by whom nor with which phone */

static void
test_accounts(arena_t *a)
{
	Roster__AccountAltered e = ROSTER__ACCOUNT_ALTERED__INIT;
	struct wording w;

	e.id = (char *)"rev-1";
	e.password = e.roles = true;
	wording_account(&e, a, &w);
	expect("an account, two things", strcmp(w.text->zh, "账号安全：您的账号rev-1被他人变更：密码被重设、角色有变。如非您所知，请立即联系区委组织部。") == 0, w.text->zh);
	expect("in English", strcmp(w.text->en, "Account security: your account rev-1 was changed by somebody else: its password was reset, its roles were changed. "
	       "If you did not know, tell the organisation department at once.") == 0, w.text->en);
	e = (Roster__AccountAltered)ROSTER__ACCOUNT_ALTERED__INIT;
	e.id = (char *)"x";
	e.made = true;
	wording_account(&e, a, &w);
	expect("made", strstr(w.text->zh, "：新开设。") && strstr(w.text->en, ": it was made."), w.text->zh);
	e.made = false;
	e.phone = e.person = true;
	wording_account(&e, a, &w);
	expect("the rest", strstr(w.text->zh, "：登录手机号有变、使用人有变。") != NULL, w.text->zh);
}

/* ---- segments (§8): 70 alone, 67 in each of several */

static const struct { const char *unit; int times; const char *then; int32_t segments; } lengths[] = {
	{ "驻", 0, "", 1 },   { "驻", 70, "", 1 },  { "驻", 71, "", 2 },   { "驻", 134, "", 2 }, { "驻", 135, "", 3 }, { "a", 70, "", 1 },
	{ "a", 71, "", 2 },   { "驻", 201, "", 3 }, { "驻", 202, "", 4 },
	{ "驻", 68, "𠀀", 1 },                          /* 68 + 2 */
	{ "驻", 69, "𠀀", 2 },                          /* 69 + 2 */
	{ "驻", 66, "𠀀驻驻驻", 2 },                    /* the pair goes whole into the second */
	{ "𠀀", 67, "", 3 },                            /* 134 units, but only 33 pairs to a segment */
};

static void
test_segments(void)
{
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char text[1024] = "", name[64];

		for (int k = 0; k < lengths[i].times; k++)
			strcat(text, lengths[i].unit);
		strcat(text, lengths[i].then);
		snprintf(name, sizeof(name), "%d × %s + %s", lengths[i].times, lengths[i].unit, lengths[i].then);
		expect(name, wording_segments(text) == lengths[i].segments, "segments");
	}
}

int
main(void)
{
	arena_t *a = arena_open(8 << 20);

	test_criticised(a);
	test_measures(a);
	test_bounded(a);
	test_findings(a);
	test_digest(a);
	test_recalls(a);
	test_all_templates(a);
	test_accounts(a);
	test_segments();
	arena_close(&a);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
