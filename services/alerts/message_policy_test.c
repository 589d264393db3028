/* message_policy_test - what messages say (rules.md §8), each in both languages as its recipient reads it.
 *
 * How: a case of measures is one or more changes in words, "+" imposed, "~" amended, "-" revoked, "!" moved by hand:
 *
 *   +stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-1 proposed
 *   kind, from..until (until "-": none), rung@date of the absence, clause, state (in_force when left out)
 *
 * separated by ";", and the text expected, with the names that those who are mentioned have.  A rung "c2" is one of
 * criticisms, "u2" of a unit's, whose head is h1.  Any other event is its members: "person_id=p1 due_day=2018-01-04"
 * (of the part that says it all, where it has one). */
#include "message_policy.h"
#include "base/civil.h"
#include "domain/mention.h"
#include "phrase_policy.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGES_MAX = 40, BYTES_NEAR = 700 };

/* ---- names */

static const char *const names[][2] = {
	{ "person/p1", "张一" }, { "person/p2", "李二" }, { "person/h1", "局长甲" }, { "person/h2", "局长乙" },
	{ "unit/u1", "第一局" }, { "village/v1", "一村" },
};

static const char *
name_of(void *ctx, const char *ref)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i][0], ref) == 0)
			return names[i][1];
	check(false, "nobody is called so", ref);
	return NULL;
}

/* What is read, by whoever gets it. */
static const char *
read_as(const char *text, arena_t *a)
{
	return mention_fill(text, name_of, NULL, a);
}

/* What looks like an id of somebody or something; clauses and dates do not. */
static bool
has_id(const char *text)
{
	static const char *const marks[] = { "p1", "p2", "h1", "h2", "u1", "v1", "m-", "F0", "T1", "/", "⟦", "⟧", "@" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(text, marks[i]))
			return true;
	return false;
}

static void
expect_text(const char *name, const Alerts__AlertQueued *e, const char *zh, const char *en, arena_t *a)
{
	const char *got_zh = read_as(e->text->zh, a), *got_en = read_as(e->text->en, a);

	check(strcmp(got_zh, zh) == 0, name, got_zh);
	check(strcmp(got_en, en) == 0, name, got_en);
	check(!has_id(got_zh) && !has_id(got_en), name, "an id");
	check(e->version >= 1 && e->segments == wording_segments_named(e->text->zh, a), name, "version, segments");
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

	if (sscanf(words, " %c%39s %10[0-9-]..%10s %d@%10s %79s %19s", &sign, kind, from, until, &rung, on, clause,
	           state) < 7 &&
	    sscanf(words, " %c%39s %10[0-9-]..%10s %1[cu]%d@%10s %79s %19s", &sign, kind, from, until, ladder, &rung,
	           on, clause, state) < 8) {
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
changes(const char *words, arena_t *a, Accountability__MeasureChange *out[CHANGES_MAX])
{
	char *rest = arena_strdup(a, words);
	size_t n = 0;

	for (char *one; (one = strsep(&rest, ";"));)
		out[n++] = change(one, a);
	return n;
}

/* As one recipient is told of them. */
static Alerts__AlertQueued
told_changes(Alerts__Template t, struct saying about, Accountability__MeasureChange **list, size_t n, arena_t *a)
{
	Accountability__MeasuresChanged changed = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
	Alerts__AlertQueued out = ALERTS__ALERT_QUEUED__INIT;

	changed.changes = list;
	changed.n_changes = n;
	about.of = &changed.base;
	about.arena = a;
	message_say(message_of_template(t), &about, &out);
	return out;
}

/* ---- measures */

#define FIRST "+stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-1"
#define SECOND "+stipend_cancelled 2017-10-01..2018-01-01 2@2017-10-17 C3.2.1-2;" \
	"+admonishment_talk 2017-11-20..- 2@2017-10-17 C3.2.1-2;" \
	"+assessment_cancelled 2017-01-01..2018-01-01 2@2017-10-17 C3.2.1-2;" \
	"+award_ban 2017-11-20..2019-07-01 2@2017-10-17 C3.2.1-2;" \
	"+promotion_freeze 2017-11-20..2018-05-20 2@2017-10-17 C3.2.1-2"

static const struct {
	const char *name, *changes; Alerts__Template template;
	const char *recipient, *zh, *en;
} cases[] = {
	{ "C3.2.1-1: the month", FIRST, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1",
	  "处理通知：您因无故脱岗（2017年9月6日，第1次），现按规定处理如下：取消2017年9月驻村补助。依据：C3.2.1-1。",
	  "Notice: for unexcused absence (2017-09-06, first), the following applies to you: cancellation of the "
	  "village stipend for 2017-09. Grounds: C3.2.1-1." },
	{ "C3.2.1-1, told to somebody else: by name", FIRST, ALERTS__TEMPLATE__MEASURES_IMPOSED, "leader",
	  "处理通知：张一同志因无故脱岗（2017年9月6日，第1次），现按规定处理如下：取消2017年9月驻村补助。依据："
	  "C3.2.1-1。",
	  "Notice: for unexcused absence (2017-09-06, first), the following applies to 张一: cancellation of the "
	  "village stipend for 2017-09. Grounds: C3.2.1-1." },
	{ "§5 Effect: four eyes", FIRST " proposed", ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1",
	  "处理通知：您因无故脱岗（2017年9月6日，第1次），现按规定处理如下：取消2017年9月驻村补助（待审批）。依据："
	  "C3.2.1-1。",
	  "Notice: for unexcused absence (2017-09-06, first), the following applies to you: cancellation of the "
	  "village stipend for 2017-09 (awaiting approval). Grounds: C3.2.1-1." },
	{ "C3.2.1-2: five measures", SECOND, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1",
	  "处理通知：您因无故脱岗（2017年10月17日，第2次），现按规定处理如下：取消2017年第4季度驻村补助、诫勉谈话、"
	  "取消2017年度考核评优资格、2019年7月1日前不得评优评先、2018年5月20日前不得提拔重用。依据：C3.2.1-2。",
	  "Notice: for unexcused absence (2017-10-17, second), the following applies to you: cancellation of the "
	  "village stipend for 2017-Q4, an admonishment talk, no excellent rating for 2017, no honours until "
	  "2019-07-01, no promotion until 2018-05-20. Grounds: C3.2.1-2." },
	{ "C3.2.1-3: recall, which always awaits its steps",
	  "+stipend_cancelled 2017-01-01..2018-01-01 3@2017-12-01 C3.2.1-3;+recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 "
	  "proposed",
	  ALERTS__TEMPLATE__RECALL_OPENED, "p1",
	  "召回通知：您因无故脱岗（2017年12月1日，第3次），现按规定处理如下：启动召回撤换程序、取消2017年度驻村补助。"
	  "依据：C3.2.1-3。召回经审定后执行。",
	  "Recall: for unexcused absence (2017-12-01, third), the following applies to you: opening of the recall "
	  "procedure, cancellation of the village stipend for 2017. Grounds: C3.2.1-3. A recall is carried out once it "
	  "is ordered." },
	{ "§5: a late earlier absence re-levels",
	  "~stipend_cancelled 2017-08-01..2017-09-01 1@2017-08-07 C3.2.1-1;+admonishment_talk 2017-12-20..- "
	  "2@2017-11-07 C3.2.1-2",
	  ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1",
	  "处理通知：您因无故脱岗（2017年8月7日，第1次；2017年11月7日，第2次），现按规定处理如下：诫勉谈话；"
	  "改为取消2017年8月驻村补助。依据：C3.2.1-1、C3.2.1-2。",
	  "Notice: for unexcused absence (2017-08-07, first; 2017-11-07, second), the following applies to you: an "
	  "admonishment talk; now: cancellation of the village stipend for 2017-08. Grounds: C3.2.1-1, C3.2.1-2." },
	{ "§5 Reversal: nothing is left", "-stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-1 revoked",
	  ALERTS__TEMPLATE__MEASURES_CORRECTED, "p1",
	  "更正通知：此前关于您的通知现更正如下：不再执行取消2017年9月驻村补助。依据：C3.2.1-1。",
	  "Correction: what was said about you no longer holds: withdrawn: cancellation of the village stipend for "
	  "2017-09. Grounds: C3.2.1-1." },
	{ "§5 Reversal: the second becomes the first",
	  "~stipend_cancelled 2017-10-01..2017-11-01 1@2017-10-17 C3.2.1-1;-admonishment_talk 2017-11-20..- "
	  "2@2017-10-17 C3.2.1-2 revoked",
	  ALERTS__TEMPLATE__MEASURES_CORRECTED, "p1",
	  "更正通知：此前关于您的通知现更正如下（现计无故脱岗：2017年10月17日，第1次）：改为取消2017年10月驻村补助；"
	  "不再执行诫勉谈话。依据：C3.2.1-1、C3.2.1-2。",
	  "Correction: what was said about you no longer holds (unexcused absence now counted: 2017-10-17, first): "
	  "now: cancellation of the village stipend for 2017-10; withdrawn: an admonishment talk. Grounds: C3.2.1-1, "
	  "C3.2.1-2." },
	{ "§5 Effect: rejected", "!award_ban 2017-11-20..2018-01-01 2@2017-10-17 C3.2.1-2 rejected",
	  ALERTS__TEMPLATE__MEASURES_MOVED, "p1",
	  "办理通知：您因无故脱岗（2017年10月17日，第2次），原处理现办理如下：2018年1月1日前不得评优评先未获批准，"
	  "不予执行。依据：C3.2.1-2。",
	  "Notice: for unexcused absence (2017-10-17, second), what applies to you now stands as follows: no honours "
	  "until 2018-01-01 (rejected, not carried out). Grounds: C3.2.1-2." },
	{ "what weighs most comes first: who hears of a reversal hears that the recall is gone",
	  "-award_ban 2017-12-05..2018-01-01 3@2017-12-01 C3.2.1-r revoked;-promotion_freeze 2017-12-05..2019-12-05 "
	  "3@2017-12-01 C3.2.1-r revoked;-stipend_cancelled 2017-01-01..2018-01-01 3@2017-12-01 C3.2.1-3 "
	  "revoked;-recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 revoked", ALERTS__TEMPLATE__MEASURES_CORRECTED, "p1",
	  "更正通知：此前关于您的通知现更正如下：不再执行启动召回撤换程序、取消2017年度驻村补助、"
	  "2018年1月1日前不得评优评先、2019年12月5日前不得提拔重用。依据：C3.2.1-r、C3.2.1-3。",
	  "Correction: what was said about you no longer holds: withdrawn: opening of the recall procedure, "
	  "cancellation of the village stipend for 2017, no honours until 2018-01-01, no promotion until 2019-12-05. "
	  "Grounds: C3.2.1-r, C3.2.1-3." },
	{ "what one of two grounds keeps is not gone",
	  "~award_ban 2017-11-20..2018-01-01 2@2017-10-17 C3.2.1-2;-award_ban 2017-12-05..2018-01-01 3@2017-12-01 "
	  "C3.2.1-r revoked;-recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 revoked",
	  ALERTS__TEMPLATE__MEASURES_CORRECTED, "p1",
	  "更正通知：此前关于您的通知现更正如下（现计无故脱岗：2017年10月17日，第2次）：不再执行启动召回撤换程序；"
	  "改为2018年1月1日前不得评优评先。依据：C3.2.1-2、C3.2.1-r、C3.2.1-3。",
	  "Correction: what was said about you no longer holds (unexcused absence now counted: 2017-10-17, second): "
	  "withdrawn: opening of the recall procedure; now: no honours until 2018-01-01. Grounds: C3.2.1-2, C3.2.1-r, "
	  "C3.2.1-3." },
	{ "A98: what is held off again by a rejection is gone",
	  "~award_ban 2017-11-20..2018-01-01 2@2017-10-17 C3.2.1-2 rejected", ALERTS__TEMPLATE__MEASURES_CORRECTED,
	  "p1",
	  "更正通知：此前关于您的通知现更正如下：不再执行2018年1月1日前不得评优评先。依据：C3.2.1-2。",
	  "Correction: what was said about you no longer holds: withdrawn: no honours until 2018-01-01. Grounds: "
	  "C3.2.1-2." },
	{ "a ban without an end, a span that is no month",
	  "~award_ban 2017-11-20..- 2@2017-10-17 X;~stipend_cancelled 2017-09-05..2017-09-09 2@2017-10-17 X",
	  ALERTS__TEMPLATE__MEASURES_AMENDED, "p1",
	  "变更通知：您因无故脱岗（2017年10月17日，第2次），原处理现变更如下："
	  "改为取消2017年9月5日至2017年9月9日（不含）驻村补助、不得评优评先。依据：X。",
	  "Notice of change: for unexcused absence (2017-10-17, second), what applies to you has changed: now: "
	  "cancellation of the village stipend for 2017-09-05 until 2017-09-09, no honours. Grounds: X." },
	{ "§5 Recall: ordered", "!recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 in_force;+promotion_freeze "
	  "2017-12-20..2019-12-20 3@2017-12-01 C3.2.1-r",
	  ALERTS__TEMPLATE__RECALL_ORDERED, "leader",
	  "召回通知：关于张一同志的召回，现通知如下：决定召回；2019年12月20日前不得提拔重用。依据：C3.2.1-3、"
	  "C3.2.1-r。所任驻村职务自决定次日起终止。",
	  "Recall: about 张一: the recall is ordered; no promotion until 2019-12-20. Grounds: C3.2.1-3, C3.2.1-r. The "
	  "posting ends on the day after the order." },
	{ "§5 Recall: over", "!recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 served", ALERTS__TEMPLATE__RECALL_REPLACED,
	  "leader",
	  "召回通知：关于张一同志的召回，现通知如下：召回撤换完毕，接替人员已到位。依据：C3.2.1-3。",
	  "Recall: about 张一: the recall is complete and the successor in place. Grounds: C3.2.1-3." },
	{ "§5 Recall: called off", "!recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 lifted",
	  ALERTS__TEMPLATE__RECALL_CANCELLED, "p1",
	  "召回通知：关于您的召回，现通知如下：召回程序终止。依据：C3.2.1-3。",
	  "Recall: about you: the recall is called off. Grounds: C3.2.1-3." },
	{ "C3.2.1-rr: the head takes the post", "+unit_head_takes_post 2017-12-20..- u3@2017-12-01 C3.2.1-rr",
	  ALERTS__TEMPLATE__HEAD_TAKES_POST, "leader",
	  "顶岗通知：关于张一同志，现通知如下：由派出单位主要负责人局长甲同志顶岗。依据：C3.2.1-rr。",
	  "Notice about 张一: taking over of the post by the head of the sending unit, 局长甲. Grounds: C3.2.1-rr." },
};

/* ---- measures by criticisms, as the person, the head and somebody else read them */

#define OWN1 "+written_self_criticism 2017-09-20..- c1@2017-09-10 C3.1.1-1"
#define HEADS1 "+written_self_criticism 2017-09-20..- u1@2017-09-10 C3.1.1-1"
#define OWN2 "+interview 2017-09-20..- c2@2017-09-18 C3.1.1-2"
#define HEADS3 "+admonishment_talk 2017-09-20..- u3@2017-09-18 C3.1.1-3;" \
	"+award_ban 2017-09-20..2018-01-01 u3@2017-09-18 C3.1.1-3"

static const struct {
	const char *name, *changes; Alerts__Template template;
	const char *person_id, *recipient, *zh, *en;
} criticised[] = {
	{ "C3.1.1-1: whom it names", OWN1, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1", "p1",
	  "处理通知：您因受书面通报批评（2017年9月10日，第1级），现按规定处理如下：作出书面检查。依据：C3.1.1-1。",
	  "Notice: for written criticism (2017-09-10, rung 1), the following applies to you: a written self-criticism. "
	  "Grounds: C3.1.1-1." },
	{ "C3.1.1-1: the head reads of both", OWN1 ";" HEADS1, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1", "h1",
	  "处理通知：张一同志因受书面通报批评（2017年9月10日，第1级），现按规定处理如下：作出书面检查；"
	  "派出单位主要负责人（您）作出书面检查。依据：C3.1.1-1。",
	  "Notice: for written criticism (2017-09-10, rung 1), the following applies to 张一: a written "
	  "self-criticism; the head of the sending unit (you): a written self-criticism. Grounds: C3.1.1-1." },
	{ "C3.1.1-3: the unit has a count of its own", OWN2 ";" HEADS3, ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1", "h1",
	  "处理通知：张一同志因受书面通报批评（2017年9月18日，第2级；2017年9月18日，单位第3级），现按规定处理如下："
	  "约谈；派出单位主要负责人（您）诫勉谈话、2018年1月1日前不得评优评先。依据：C3.1.1-2、C3.1.1-3。",
	  "Notice: for written criticism (2017-09-18, rung 2; 2017-09-18, unit's rung 3), the following applies to "
	  "张一: an interview; the head of the sending unit (you): an admonishment talk, no honours until 2018-01-01. "
	  "Grounds: C3.1.1-2, C3.1.1-3." },
	{ "C3.1.1-3: of a unit alone, to the next head", HEADS3, ALERTS__TEMPLATE__MEASURES_IMPOSED, NULL, "h2",
	  "处理通知：第一局因受书面通报批评（2017年9月18日，第3级），现按规定处理如下：派出单位主要负责人诫勉谈话、"
	  "2018年1月1日前不得评优评先。依据：C3.1.1-3。",
	  "Notice: for written criticism (2017-09-18, rung 3), the following applies to 第一局: the head of the "
	  "sending unit: an admonishment talk, no honours until 2018-01-01. Grounds: C3.1.1-3." },
	{ "§5 Reversal: each with its label", "-written_self_criticism 2017-09-20..- c1@2017-09-10 "
	  "C3.1.1-1;-written_self_criticism 2017-09-20..- u1@2017-09-10 C3.1.1-1",
	  ALERTS__TEMPLATE__MEASURES_CORRECTED, "p1", "h1",
	  "更正通知：此前关于张一同志的通知现更正如下：不再执行作出书面检查；派出单位主要负责人（您）"
	  "不再执行作出书面检查。依据：C3.1.1-1。",
	  "Correction: what was said about 张一 no longer holds: withdrawn: a written self-criticism; the head of the "
	  "sending unit (you): withdrawn: a written self-criticism. Grounds: C3.1.1-1." },
	{ "C3.2.2: the department reads of a referral", "+referral 2017-09-20..- c1@2017-09-10 C3.2.2",
	  ALERTS__TEMPLATE__MEASURES_IMPOSED, "p1", "h2",
	  "处理通知：张一同志因受书面通报批评（2017年9月10日，第1级），现按规定处理如下：移送纪检监察机关。依据："
	  "C3.2.2。",
	  "Notice: for written criticism (2017-09-10, rung 1), the following applies to 张一: a referral to discipline "
	  "inspection. Grounds: C3.2.2." },
};

static void
test_criticised(arena_t *a)
{
	for (size_t i = 0; i < sizeof(criticised) / sizeof(criticised[0]); i++) {
		Accountability__MeasureChange *list[CHANGES_MAX];
		size_t n = changes(criticised[i].changes, a, list);
		const char *person_id = criticised[i].person_id;
		struct saying about = {
			.person_id = person_id, .unit_id = person_id ? NULL : "u1",
			.recipient = criticised[i].recipient,
		};
		const Alerts__AlertQueued e = told_changes(criticised[i].template, about, list, n, a);
		expect_text(criticised[i].name, &e, criticised[i].zh, criticised[i].en, a);
	}
}

/* The first row of which they have a change; what corrects is another question. */
static void
test_measures(arena_t *a)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Accountability__MeasureChange *list[CHANGES_MAX];
		size_t n = changes(cases[i].changes, a, list);
		struct saying about = { .person_id = "p1", .recipient = cases[i].recipient };
		const Alerts__AlertQueued e = told_changes(cases[i].template, about, list, n, a);

		expect_text(cases[i].name, &e, cases[i].zh, cases[i].en, a);
		bool corrects = e.template_ == ALERTS__TEMPLATE__MEASURES_CORRECTED;
		check(corrects || e.template_ == message_of_changes(list, n)->template, cases[i].name,
		      "another template");
	}
}

/* One recall moves what another has brought: whose post it is, is said beside. */
static void
test_post(arena_t *a)
{
	static const struct { const char *name, *recipient, *zh, *en; } readers[] = {
		{ "C3.2.1-rr: another's post, to the head", "h1",
		  "不再执行启动召回撤换程序、由派出单位主要负责人（您）顶岗（李二同志所任岗位）。",
		  "withdrawn: opening of the recall procedure, taking over of the post of 李二 by the head of the "
		  "sending unit, you." },
		{ "C3.2.1-rr: another's post, to whose it is", "p2",
		  "不再执行启动召回撤换程序、由派出单位主要负责人局长甲同志顶岗（您所任岗位）。",
		  "withdrawn: opening of the recall procedure, taking over of the post of yours by the head of the "
		  "sending unit, 局长甲." },
	};

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		Accountability__MeasureChange *list[CHANGES_MAX];
		size_t n = changes("-unit_head_takes_post 2017-12-20..- u2@2017-12-01 C3.2.1-rr revoked;"
		                   "-recall 2017-12-05..- 3@2017-12-01 C3.2.1-3 revoked", a, list);
		struct saying about = { .person_id = "p1", .recipient = readers[i].recipient };
		list[0]->grounds->cause_of = arena_strdup(a, "p2");
		const Alerts__AlertQueued e = told_changes(ALERTS__TEMPLATE__MEASURES_CORRECTED, about, list, n, a);
		expect_text(readers[i].name, &e,
		            arena_printf(a, "更正通知：此前关于张一同志的通知现更正如下：%s依据：C3.2.1-rr、C3.2.1-3。",
		                         readers[i].zh),
		            arena_printf(a, "Correction: what was said about 张一 no longer holds: %s "
		                         "Grounds: C3.2.1-rr, C3.2.1-3.", readers[i].en), a);
	}
}

/* However many measures one input moves, the text stays near 600 bytes and says how many it leaves out. */
static void
test_bounded(arena_t *a)
{
	Accountability__MeasureChange *list[CHANGES_MAX];

	for (size_t i = 0; i < CHANGES_MAX; i++)
		list[i] = change(arena_printf(a, "+stipend_cancelled 2017-09-05..2017-09-%02d %zu@2017-08-%02zu "
		                              "clause-of-a-policy-%zu proposed",
		                              10 + (int)(i % 20), i + 1, i % 28 + 1, i), a);
	const struct saying about = { .person_id = "p1", .recipient = "leader" };
	const Alerts__AlertQueued e = told_changes(ALERTS__TEMPLATE__MEASURES_IMPOSED, about, list, CHANGES_MAX, a);
	check(strlen(e.text->zh) <= BYTES_NEAR && strstr(e.text->zh, "等（另"), "bounded, zh", e.text->zh);
	check(strlen(e.text->en) <= BYTES_NEAR && strstr(e.text->en, " more"), "bounded, en", e.text->en);
}

/* ---- all other events: a line a message */

static const struct {
	const char *name; Alerts__Template template;
	const char *event, *recipient, *zh, *en;
} lines[] = {
	{ "C2.4 confirmed, to the head", ALERTS__TEMPLATE__FINDING_CONFIRMED,
	  "person_id=p1 kind=duty_failure on_day=2017-09-06", "h1",
	  "督查通知：2017年9月6日督查发现张一同志履职不到位，现已确认。",
	  "Notice: the finding of 2017-09-06 about 张一 (duty not fulfilled) has been confirmed." },
	{ "C2.4 confirmed, to the person", ALERTS__TEMPLATE__FINDING_CONFIRMED,
	  "person_id=p1 kind=duty_failure on_day=2017-09-06", "p1",
	  "督查通知：2017年9月6日督查发现您履职不到位，现已确认。",
	  "Notice: the finding of 2017-09-06 about you (duty not fulfilled) has been confirmed." },
	{ "C2.4 confirmed, of a unit, to the department", ALERTS__TEMPLATE__FINDING_CONFIRMED,
	  "unit_id=u1 kind=fund_misuse on_day=2017-09-06", "admin",
	  "督查通知：2017年9月6日督查发现第一局资金使用违规，现已确认。",
	  "Notice: the finding of 2017-09-06 about 第一局 (funds misused) has been confirmed." },
	{ "C3.2.2 confirmed, to the department", ALERTS__TEMPLATE__FINDING_CONFIRMED,
	  "person_id=p1 kind=discipline_violation on_day=2017-09-06", "admin",
	  "督查通知：2017年9月6日督查发现张一同志违反纪律，现已确认。",
	  "Notice: the finding of 2017-09-06 about 张一 (discipline violated) has been confirmed." },
	{ "§5 Reversal, to the person", ALERTS__TEMPLATE__FINDING_ANNULLED,
	  "person_id=p1 kind=duty_failure on_day=2017-09-06", "p1",
	  "更正通知：2017年9月6日督查发现您履职不到位的认定已经撤销，此前通知作废。",
	  "Correction: the finding of 2017-09-06 about you (duty not fulfilled) has been annulled; the earlier notice "
	  "is void." },
	{ "§5 Reversal, to the head", ALERTS__TEMPLATE__FINDING_ANNULLED,
	  "person_id=p1 kind=duty_failure on_day=2017-09-06", "h1",
	  "更正通知：2017年9月6日督查发现张一同志履职不到位的认定已经撤销，此前通知作废。",
	  "Correction: the finding of 2017-09-06 about 张一 (duty not fulfilled) has been annulled; the earlier notice "
	  "is void." },
	{ "C2.4 hearing, to the head", ALERTS__TEMPLATE__HEARING_MISSED, "person_id=p1 kind=unexcused_absence", "h1",
	  "催办通知：关于张一同志的督查问题，听取陈述的期限已过，目前尚未处理，请尽快处理。",
	  "Reminder: the hearing date of a finding about 张一 has passed and nothing has been decided." },

	{ "C3.2.1-r handed over", ALERTS__TEMPLATE__RECALL_HANDED_OVER,
	  "person_id=p1 state=handed_over due_day=2018-01-04", "p1",
	  "召回通知：您已办理移交，接替人员应于2018年1月4日前（含当日）到位。",
	  "Recall: you have handed over the post; a successor is due by 2018-01-04." },
	{ "C3.2.1-r handed over, said to the head", ALERTS__TEMPLATE__RECALL_HANDED_OVER,
	  "person_id=p1 state=handed_over due_day=2018-01-04 head_person_id=h1", "h1",
	  "召回通知：张一同志已办理移交，接替人员应于2018年1月4日前（含当日）到位。",
	  "Recall: 张一 has handed over the post; a successor is due by 2018-01-04." },
	{ "C3.2.1-rr the head takes the post", ALERTS__TEMPLATE__RECALL_HANDED_OVER,
	  "person_id=p1 state=handed_over due_day=2018-01-04 head_takes_post=true head_person_id=h1", "leader",
	  "召回通知：张一同志已办理移交，由派出单位主要负责人局长甲同志顶岗，接替人员应于2018年1月4日前（含当日）"
	  "到位。",
	  "Recall: 张一 has handed over the post; 局长甲 takes it as head of the sending unit; a successor is due by "
	  "2018-01-04." },
	{ "C3.2.1-rr said to the head", ALERTS__TEMPLATE__RECALL_HANDED_OVER,
	  "person_id=p1 state=handed_over head_takes_post=true head_person_id=h1", "h1",
	  "召回通知：张一同志已办理移交，由您作为派出单位主要负责人顶岗。",
	  "Recall: 张一 has handed over the post; you take it as head of the sending unit." },
	{ "C3.2.1-rr no head known", ALERTS__TEMPLATE__RECALL_HANDED_OVER,
	  "person_id=p1 state=handed_over head_takes_post=true", "leader",
	  "召回通知：张一同志已办理移交，应由派出单位主要负责人顶岗，因其尚未登记，岗位暂时空缺。",
	  "Recall: 张一 has handed over the post; the head of the sending unit is to take it, but is not registered, "
	  "so it stays vacant." },
	{ "§5 due dates", ALERTS__TEMPLATE__RECALL_OVERDUE, "person_id=p1 state=ordered due_day=2017-12-12", "leader",
	  "催办通知：关于张一同志的召回，移交应于2017年12月12日前（含当日）完成，目前尚未办理，请尽快办理。",
	  "Reminder: in the recall of 张一, the hand-over was due by 2017-12-12 and has not been made." },
	{ "§5 due dates, a step that is newer", ALERTS__TEMPLATE__RECALL_OVERDUE,
	  "person_id=p1 state=replaced due_day=2017-12-12", "leader",
	  "催办通知：关于张一同志的召回，下一步应于2017年12月12日前（含当日）完成，目前尚未办理，请尽快办理。",
	  "Reminder: in the recall of 张一, the next step was due by 2017-12-12 and has not been made." },

	{ "§5 Reversal: a task", ALERTS__TEMPLATE__TASK_OPENED,
	  "person_id=p1 village_id=v1 kind=settle_cancelled_recall", "admin",
	  "待办通知：关于张一同志（一村）：召回在移交之后撤销，请处理其岗位。全部待办事项见任务清单。",
	  "Task about 张一 (一村): the recall was withdrawn after the hand-over; please settle the post. All of them "
	  "are in the list of tasks." },
	{ "§5 Reversal: a task", ALERTS__TEMPLATE__TASK_OPENED, "person_id=p1 village_id=v1 kind=settle_head_in_post",
	  "admin",
	  "待办通知：关于张一同志（一村）：所顶的岗位不再属于应顶岗的召回，请处理。全部待办事项见任务清单。",
	  "Task about 张一 (一村): the post is held for a recall that no longer asks for it; please settle it. All of "
	  "them are in the list of tasks." },
	{ "§5 Reversal: a task", ALERTS__TEMPLATE__TASK_OPENED, "person_id=p1 village_id=v1 kind=restore_posting",
	  "admin",
	  "待办通知：关于张一同志（一村）：召回撤销，但原任职不能自动恢复，请处理。全部待办事项见任务清单。",
	  "Task about 张一 (一村): the recall was withdrawn, but the posting cannot come back by itself; please settle "
	  "it. All of them are in the list of tasks." },
	{ "a task, of whoever is told too", ALERTS__TEMPLATE__TASK_OPENED,
	  "person_id=p1 village_id=v1 kind=give_post_to_head", "p1",
	  "待办通知：关于张一同志（一村）：应由派出单位主要负责人顶岗，但岗位未空出或负责人未登记，请处理。"
	  "全部待办事项见任务清单。",
	  "Task about 张一 (一村): the head of the sending unit is to take the post, but it is not free, or no head is "
	  "registered; please settle it. All of them are in the list of tasks." },

	/* what was done to an account, and neither by whom nor with which phone */
	{ "an account, two things", ALERTS__TEMPLATE__ACCOUNT_CHANGED, "id=rev-1 password=true roles=true", "p1",
	  "账号安全通知：您的账号rev-1已被他人变更：密码被重设、角色有变。如非您所知，请立即联系区委组织部。",
	  "Account security: your account rev-1 was changed by somebody else: its password was reset, its roles were "
	  "changed. If you did not know, tell the organisation department at once." },
	{ "made", ALERTS__TEMPLATE__ACCOUNT_CHANGED, "id=x made=true", "p1",
	  "账号安全通知：您的账号x已被他人变更：新开设。如非您所知，请立即联系区委组织部。",
	  "Account security: your account x was changed by somebody else: it was made. If you did not know, tell the "
	  "organisation department at once." },
	{ "the rest", ALERTS__TEMPLATE__ACCOUNT_CHANGED, "id=x phone=true person=true", "p1",
	  "账号安全通知：您的账号x已被他人变更：登录手机号有变、使用人有变。如非您所知，请立即联系区委组织部。",
	  "Account security: your account x was changed by somebody else: its phone was changed, whose it is was "
	  "changed. If you did not know, tell the organisation department at once." },
};

static void
set(ProtobufCMessage *m, const char *name, const char *text, arena_t *a)
{
	const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);
	char *at = (char *)m + (f ? f->offset : (printf("FAIL no member %s\n", name), exit(1), 0));

	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		*(uint32_t *)((char *)m + f->quantifier_offset) = f->id;
	if (f->type == PROTOBUF_C_TYPE_STRING)
		*(char **)at = arena_strdup(a, text);
	else if (f->type == PROTOBUF_C_TYPE_ENUM)
		*(int *)at = enum_named(f->descriptor, text);
	else if (f->type == PROTOBUF_C_TYPE_BOOL)
		*(protobuf_c_boolean *)at = true;
	else
		*(int32_t *)at = date(text);
}

static ProtobufCMessage *
event(const struct message_row *row, const char *members, arena_t *a)
{
	ProtobufCMessage *e = arena_message(a, row->event), *part = e;
	char *rest = arena_strdup(a, members);

	if (row->part) {
		const ProtobufCFieldDescriptor *f;
		f = protobuf_c_message_descriptor_get_field_by_name(row->event, row->part);
		part = arena_message(a, f->descriptor);
		*(ProtobufCMessage **)((char *)e + f->offset) = part;
	}
	for (char *one; (one = strsep(&rest, " "));) {
		char *name = strsep(&one, "=");
		set(part, name, one, a);
	}
	return e;
}

static void
test_lines(arena_t *a)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const ProtobufCMessage *e = event(message_of_template(lines[i].template), lines[i].event, a);
		const struct message_row *row = message_of_event(e);
		Alerts__AlertQueued out = ALERTS__ALERT_QUEUED__INIT;

		check(row && row->template == lines[i].template, lines[i].name, "another template");
		if (!row)
			continue;
		struct saying s = message_saying(message_part(row, e), a);
		s.recipient = lines[i].recipient;
		message_say(row, &s, &out);
		expect_text(lines[i].name, &out, lines[i].zh, lines[i].en, a);
	}
}

/* ---- when, and to whom */

static const struct { const char *what; Alerts__Template of; const char *event; bool told, sealed; } told[] = {
	{ "C2.4: told by themselves", ALERTS__TEMPLATE__FINDING_CONFIRMED, "kind=duty_failure", true, false },
	{ "C3.2.2: sealed", ALERTS__TEMPLATE__FINDING_CONFIRMED, "kind=discipline_violation", true, true },
	{ "C3.2.2: sealed", ALERTS__TEMPLATE__FINDING_ANNULLED, "kind=fund_misuse", true, true },
	{ "C3: told by what follows", ALERTS__TEMPLATE__FINDING_CONFIRMED, "kind=unexcused_absence", false, false },
	{ "C3: told by what follows", ALERTS__TEMPLATE__FINDING_ANNULLED, "kind=written_criticism", false, false },
	{ "C2.4: of any kind", ALERTS__TEMPLATE__HEARING_MISSED, "kind=written_criticism", true, false },
	{ "C3.2.2: sealed, before it is confirmed", ALERTS__TEMPLATE__HEARING_MISSED, "kind=fund_misuse", true, true },
	{ "§5 Recall: with its measures", ALERTS__TEMPLATE__RECALL_HANDED_OVER, "state=ordered", false, false },
	{ "§5 Recall: handed over", ALERTS__TEMPLATE__RECALL_HANDED_OVER, "state=handed_over", true, false },
	{ "a task", ALERTS__TEMPLATE__TASK_OPENED, "kind=restore_posting", true, false },
};

static void
test_told(arena_t *a)
{
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		const struct message_row *row = message_of_template(told[i].of);
		const ProtobufCMessage *e = event(row, told[i].event, a);

		check((message_of_event(e) != NULL) == told[i].told, told[i].what, told[i].event);
		check(message_is_sealed(message_part(row, e)) == told[i].sealed, told[i].what, told[i].event);
	}
}

static void
test_named(arena_t *a)
{
	const struct message_row *post = message_of_template(ALERTS__TEMPLATE__RECALL_HANDED_OVER);
	const struct message_row *account = message_of_template(ALERTS__TEMPLATE__ACCOUNT_CHANGED);
	Roster__AccountAltered altered = ROSTER__ACCOUNT_ALTERED__INIT;
	char one[] = "p1", two[] = "p2", *persons[] = { one, two }, *const *ids;

	size_t n = post->named(event(post, "head_takes_post=true head_person_id=h1", a), &ids);
	check(n == 1 && !strcmp(*ids, "h1"), "whoever takes the post", "");
	check(post->named(event(post, "head_person_id=h1", a), &ids) == 0, "nobody has to", "");
	check(post->named(event(post, "head_takes_post=true", a), &ids) == 0, "nobody is known who could", "");
	altered.n_person_ids = 2;
	altered.person_ids = persons;
	check(account->named(&altered, &ids) == 2 && ids == persons, "whose account it is or was", "");
}

static void
test_cause(arena_t *a)
{
	const struct message_row *row = message_of_template(ALERTS__TEMPLATE__RECALL_OVERDUE);
	const struct saying late = message_saying(event(row, "id=m-1 due_day=2017-12-12", a), a);
	const struct message_row *task = message_of_template(ALERTS__TEMPLATE__TASK_OPENED);
	const struct saying opened = message_saying(event(task, "id=T1", a), a);

	check(strcmp(message_cause(row, &late), "m-1.2017-12-12") == 0, "late more than once", "another cause");
	check(strcmp(message_cause(task, &opened), "T1") == 0, "an id", "another cause");
}

/* ---- every template has one row, and that can be said in both languages */

static size_t
rows_of(Alerts__Template t)
{
	const struct message_row *row;
	size_t n = 0;

	for (size_t i = 0; (row = message_at(i)); i++)
		n += row->template == t;
	return n;
}

/* A row of which there is no line here could say anything. */
static size_t
lines_of(Alerts__Template t)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		n += cases[i].template == t;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		n += lines[i].template == t;
	return n;
}

static void
test_rows(void)
{
	const ProtobufCEnumDescriptor *d = &alerts__template__descriptor;
	const struct message_row *row;

	for (unsigned i = 0; i < d->n_values; i++)
		if (d->values[i].value != ALERTS__TEMPLATE__TEMPLATE_UNSPECIFIED)
			check(rows_of((Alerts__Template)d->values[i].value) == 1, d->values[i].name, "rows");
	check(!message_fault(), "what rows name is there", message_fault());
	for (size_t i = 0; (row = message_at(i)); i++) {
		bool named = false;
		check(lines_of(row->template) > 0, row->en, "has no line in this test");
		for (size_t k = 0; k < TO_MAX; k++)
			named = named || row->to[k] == TO_NAMED;
		check(row->to[0] != TO_NOBODY && row->to[TO_MAX - 1] == TO_NOBODY, row->en, "recipients");
		check(named == (row->named != NULL), row->en, "whom it names");
	}
}

/* ---- what is compared: all that a message says of a measure, and nothing else */

static const struct { const char *what, *one, *other; bool same; } compared[] = {
	{ "the same", FIRST, FIRST, true },
	{ "another change of it", FIRST, "~stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-1", true },
	{ "a day from which it counts that nobody is told", "+admonishment_talk 2017-11-20..- 2@2017-10-17 X",
	  "+admonishment_talk 2017-11-21..- 2@2017-10-17 X", true },
	{ "a window", FIRST, "+stipend_cancelled 2017-08-01..2017-09-01 1@2017-09-06 C3.2.1-1", false },
	{ "the absence's date", FIRST, "+stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-07 C3.2.1-1", false },
	{ "which time it was", FIRST, "+stipend_cancelled 2017-09-01..2017-10-01 2@2017-09-06 C3.2.1-1", false },
	{ "the clause", FIRST, "+stipend_cancelled 2017-09-01..2017-10-01 1@2017-09-06 C3.2.1-2", false },
	{ "the state", FIRST, FIRST " proposed", false },
	{ "the kind", "+interview 2017-11-20..- 2@2017-10-17 X", "+admonishment_talk 2017-11-20..- 2@2017-10-17 X",
	  false },
	{ "an end", "+award_ban 2017-11-20..2018-01-01 2@2017-10-17 X",
	  "+award_ban 2017-11-20..2018-01-02 2@2017-10-17 X", false },
	{ "the ladder", "+interview 2017-11-20..- 2@2017-10-17 X", "+interview 2017-11-20..- c2@2017-10-17 X", false },
};

static void
test_said(arena_t *a)
{
	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++) {
		char *one = phrase_said(change(compared[i].one, a), a);
		char *other = phrase_said(change(compared[i].other, a), a);
		check((strcmp(one, other) == 0) == compared[i].same, compared[i].what, other);
	}
}

int
main(void)
{
	arena_t *a = arena_open(8 << 20);

	test_rows();
	test_criticised(a);
	test_measures(a);
	test_post(a);
	test_bounded(a);
	test_lines(a);
	test_told(a);
	test_named(a);
	test_cause(a);
	test_said(a);
	arena_close(&a);
	return tally_end();
}
