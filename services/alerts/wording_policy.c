/* wording_policy - see wording_policy.h. */
#include "wording_policy.h"
#include "base/civil.h"
#include "domain/mention.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Texts stay near 600 bytes: a list ends when its next entry would go beyond its bytes, and says how many it leaves out. */
enum { ABSENCES_BYTES = 120, MEASURES_BYTES = 300, CLAUSES_BYTES = 60, LIST_BYTES_MAX = 512, TEXT_BYTES_MAX = 1536 };
enum language { ZH, EN, LANGUAGES };

typedef const Accountability__MeasureChange *const *changes_t;

/* ---- the words.  {blank} is replaced; what stands in [ ] is left out when a blank in it is empty. */

static const struct row { Alerts__Template template; int32_t version; const char *text[LANGUAGES]; } rows[] = {
	{ ALERTS__TEMPLATE__MEASURES_IMPOSED, 3,
	  { "处理通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]现按规定处理如下：{what}。依据：{clauses}。",
	    "Notice: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]the following applies to {who}: {what}. Grounds: {clauses}." } },
	{ ALERTS__TEMPLATE__RECALL_OPENED, 3,
	  { "召回通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]现按规定处理如下：{what}。依据：{clauses}。召回经审定后执行。",
	    "Recall: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]the following applies to {who}: {what}. Grounds: {clauses}. A recall is carried out once it is ordered." } },
	{ ALERTS__TEMPLATE__MEASURES_AMENDED, 3,
	  { "变更通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]原处理现变更如下：{what}。依据：{clauses}。",
	    "Notice of change: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]what applies to {who} has changed: {what}. Grounds: {clauses}." } },
	{ ALERTS__TEMPLATE__MEASURES_CORRECTED, 3,
	  { "更正通知：此前关于{who}的通知现更正如下[（现计无故脱岗：{absences}）][（现计书面通报批评：{criticisms}）]：{what}。依据：{clauses}。",
	    "Correction: what was said about {who} no longer holds[ (unexcused absence now counted: {absences})][ (written criticism now counted: {criticisms})]: {what}. Grounds: {clauses}." } },
	{ ALERTS__TEMPLATE__MEASURES_MOVED, 3,
	  { "办理通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]原处理现办理如下：{what}。依据：{clauses}。",
	    "Notice: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]what applies to {who} now stands as follows: {what}. Grounds: {clauses}." } },
	{ ALERTS__TEMPLATE__FINDING_CONFIRMED, 2,
	  { "督查通知：{date}督查发现{who}{kind}，现已确认。",
	    "Notice: the finding of {date} about {who} ({kind}) has been confirmed." } },
	{ ALERTS__TEMPLATE__FINDING_ANNULLED, 3,
	  { "更正通知：{date}督查发现{who}{kind}的认定已经撤销，此前通知作废。",
	    "Correction: the finding of {date} about {who} ({kind}) has been annulled; the earlier notice is void." } },
	{ ALERTS__TEMPLATE__RECALL_ORDERED, 2,
	  { "召回通知：关于{who}的召回，现通知如下：{what}。依据：{clauses}。所任驻村职务自决定次日起终止。",
	    "Recall: about {who}: {what}. Grounds: {clauses}. The posting ends on the day after the order." } },
	{ ALERTS__TEMPLATE__RECALL_HANDED_OVER, 2,
	  { "召回通知：{who}已办理移交[，{head}][，接替人员应于{due}前（含当日）到位]。",
	    "Recall: {who} {has} handed over the post[; {head}][; a successor is due by {due}]." } },
	{ ALERTS__TEMPLATE__RECALL_REPLACED, 2,
	  { "召回通知：关于{who}的召回，现通知如下：{what}。依据：{clauses}。",
	    "Recall: about {who}: {what}. Grounds: {clauses}." } },
	{ ALERTS__TEMPLATE__RECALL_CANCELLED, 2,
	  { "召回通知：关于{who}的召回，现通知如下：{what}。依据：{clauses}。",
	    "Recall: about {who}: {what}. Grounds: {clauses}." } },
	{ ALERTS__TEMPLATE__RECALL_OVERDUE, 2,
	  { "催办通知：关于{who}的召回，{step}应于{due}前（含当日）完成，目前尚未办理，请尽快办理。",
	    "Reminder: in the recall of {who}, {step} was due by {due} and has not been made." } },
	{ ALERTS__TEMPLATE__HEAD_TAKES_POST, 2,
	  { "顶岗通知：关于{who}，现通知如下：{what}。依据：{clauses}。",
	    "Notice about {who}: {what}. Grounds: {clauses}." } },
	{ ALERTS__TEMPLATE__TASK_OPENED, 2,
	  { "待办通知：关于{who}（{village}）：{task}。全部待办事项见任务清单。",
	    "Task about {who} ({village}): {task}. All of them are in the list of tasks." } },
	{ ALERTS__TEMPLATE__ACCOUNT_CHANGED, 1,
	  { "账号安全通知：您的账号{id}已被他人变更：{what}。如非您所知，请立即联系区委组织部。",
	    "Account security: your account {id} was changed by somebody else: {what}. If you did not know, tell the organisation department at once." } },
	{ ALERTS__TEMPLATE__HEARING_MISSED, 2,
	  { "催办通知：关于{who}的督查问题，听取陈述的期限已过，目前尚未处理，请尽快处理。",
	    "Reminder: the hearing date of a finding about {who} has passed and nothing has been decided." } },
};

static const struct { Accountability__MeasureKind kind; const char *text[LANGUAGES]; } phrases[] = {
	{ ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED, { "取消{span}驻村补助", "cancellation of the village stipend for {span}" } },
	{ ACCOUNTABILITY__MEASURE_KIND__ADMONISHMENT_TALK, { "诫勉谈话", "an admonishment talk" } },
	{ ACCOUNTABILITY__MEASURE_KIND__ASSESSMENT_CANCELLED, { "取消{span}考核评优资格", "no excellent rating for {span}" } },
	{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, { "[{until}前]不得评优评先", "no honours[ until {until}]" } },
	{ ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE, { "[{until}前]不得提拔重用", "no promotion[ until {until}]" } },
	{ ACCOUNTABILITY__MEASURE_KIND__RECALL, { "启动召回撤换程序", "opening of the recall procedure" } },
	{ ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST, { "由派出单位主要负责人[{head}]顶岗[（{post}所任岗位）]",
	    "taking over of the post[ of {post}] by the head of the sending unit[, {head}]" } },
	{ ACCOUNTABILITY__MEASURE_KIND__WRITTEN_SELF_CRITICISM, { "作出书面检查", "a written self-criticism" } },
	{ ACCOUNTABILITY__MEASURE_KIND__INTERVIEW, { "约谈", "an interview" } },
	{ ACCOUNTABILITY__MEASURE_KIND__REMOVAL_PROPOSED, { "建议免职处理", "a proposal of removal" } },
	{ ACCOUNTABILITY__MEASURE_KIND__REFERRAL, { "移送纪检监察机关", "a referral to discipline inspection" } },
};

static const struct { Supervision__FindingKind kind; const char *text[LANGUAGES]; } finding_kinds[] = {
	{ SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE, { "无故脱岗", "unexcused absence" } },
	{ SUPERVISION__FINDING_KIND__WRITTEN_CRITICISM, { "书面通报批评", "written criticism" } },
	{ SUPERVISION__FINDING_KIND__DUTY_FAILURE, { "履职不到位", "duty not fulfilled" } },
	{ SUPERVISION__FINDING_KIND__DISCIPLINE_VIOLATION, { "违反纪律", "discipline violated" } },
	{ SUPERVISION__FINDING_KIND__FUND_MISUSE, { "资金使用违规", "funds misused" } },
};

/* What is done with a measure: the order of the lists of what weighs alike, and what stands before each. */
static const struct { Accountability__Change change; const char *label[LANGUAGES]; } groups[] = {
	{ ACCOUNTABILITY__CHANGE__MOVED, { "", "" } },          /* a recall is ordered, and then what that brings */
	{ ACCOUNTABILITY__CHANGE__IMPOSED, { "", "" } },
	{ ACCOUNTABILITY__CHANGE__AMENDED, { "改为", "now: " } },
	{ ACCOUNTABILITY__CHANGE__REVOKED_CHANGE, { "不再执行", "withdrawn: " } },
};

enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };
enum { POSTS = 3 };                                     /* so many kinds are about who holds a post: they come before all others */

static const struct { Accountability__MeasureState state; const char *text[LANGUAGES]; } moved[] = {
	{ ACCOUNTABILITY__MEASURE_STATE__APPROVED, { "已批准", " (approved)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, { "已生效", " (in force)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__SERVED, { "已执行完毕", " (served)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__LIFTED, { "已解除", " (lifted)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__REJECTED, { "未获批准，不予执行", " (rejected, not carried out)" } },
};

/* A recall is moved by the steps of its case. */
static const struct { Accountability__MeasureState state; const char *text[LANGUAGES]; } recall_moved[] = {
	{ ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, { "决定召回", "the recall is ordered" } },
	{ ACCOUNTABILITY__MEASURE_STATE__SERVED, { "召回撤换完毕，接替人员已到位", "the recall is complete and the successor in place" } },
	{ ACCOUNTABILITY__MEASURE_STATE__LIFTED, { "召回程序终止", "the recall is called off" } },
};

/* What is awaited while a case is in this state. */
static const struct { Accountability__RecallCase__State state; const char *text[LANGUAGES]; } awaited[] = {
	{ ACCOUNTABILITY__RECALL_CASE__STATE__PROPOSED, { "审定", "the review" } },
	{ ACCOUNTABILITY__RECALL_CASE__STATE__REVIEWED, { "决定", "the order" } },
	{ ACCOUNTABILITY__RECALL_CASE__STATE__ORDERED, { "移交", "the hand-over" } },
	{ ACCOUNTABILITY__RECALL_CASE__STATE__HANDED_OVER, { "接替", "the replacement" } },
};

static const struct { Roster__TaskKind kind; const char *text[LANGUAGES]; } tasks[] = {
	{ ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL, { "召回在移交之后撤销，请处理其岗位", "the recall was withdrawn after the hand-over; please settle the post" } },
	{ ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST,
	  { "所顶的岗位不再属于应顶岗的召回，请处理", "the post is held for a recall that no longer asks for it; please settle it" } },
	{ ROSTER__TASK_KIND__RESTORE_POSTING, { "召回撤销，但原任职不能自动恢复，请处理", "the recall was withdrawn, but the posting cannot come back by itself; please settle it" } },
	{ ROSTER__TASK_KIND__GIVE_POST_TO_HEAD, { "应由派出单位主要负责人顶岗，但岗位未空出或负责人未登记，请处理",
	    "the head of the sending unit is to take the post, but it is not free, or no head is registered; please settle it" } },
};

/* ---- filling */

struct blank { const char *name, *text; };              /* ends with a name of NULL */

static const char *
blank_text(const struct blank *blanks, const char *name, size_t len)
{
	for (; blanks->name; blanks++)
		if (strlen(blanks->name) == len && memcmp(blanks->name, name, len) == 0)
			return blanks->text;
	assert(!"a blank that the template's user does not fill");
	return "";
}

/* Fills [at, end) into out, which holds TEXT_BYTES_MAX; true when no blank was empty. */
static bool
fill(char *out, size_t *n, const char *at, const char *end, const struct blank *blanks)
{
	bool whole = true;

	while (at < end) {
		const char *open = at + strcspn(at, "{[");
		size_t plain = (size_t)((open < end ? open : end) - at);
		assert(*n + plain < TEXT_BYTES_MAX);
		memcpy(out + *n, at, plain);
		*n += plain;
		at += plain;
		if (at == end)
			break;
		const char *close = strchr(at, *at == '{' ? '}' : ']');
		if (*at == '[') {
			size_t before = *n;
			if (!fill(out, n, at + 1, close, blanks))
				*n = before;
		} else {
			const char *text = blank_text(blanks, at + 1, (size_t)(close - at - 1));
			whole = whole && *text;
			assert(*n + strlen(text) < TEXT_BYTES_MAX);
			memcpy(out + *n, text, strlen(text));
			*n += strlen(text);
		}
		at = close + 1;
	}
	return whole;
}

static char *
filled(const char *template, const struct blank *blanks, arena_t *a)
{
	char out[TEXT_BYTES_MAX];
	size_t n = 0;

	fill(out, &n, template, template + strlen(template), blanks);
	return arena_strndup(a, out, n);
}

/* ---- lists of bounded length */

struct list { char text[LIST_BYTES_MAX]; size_t len, bytes, n, left_out; };

static void
list_add(struct list *l, const char *separator, const char *entry)
{
	size_t more = strlen(entry) + (l->n ? strlen(separator) : 0);

	if (l->left_out || (l->n && l->len + more > l->bytes)) {
		l->left_out++;
		return;
	}
	assert(l->len + more < sizeof(l->text));
	l->len += (size_t)snprintf(l->text + l->len, sizeof(l->text) - l->len, "%s%s", l->n ? separator : "", entry);
	l->n++;
}

static char *
list_end(const struct list *l, enum language in, arena_t *a)
{
	return !l->left_out ? arena_strdup(a, l->text)
	                    : arena_printf(a, in == ZH ? "%s等（另%zu项）" : "%s and %zu more", l->text, l->left_out);
}

static const char *
comma(enum language in)
{
	return in == ZH ? "、" : ", ";
}

static const char *
semicolon(enum language in)
{
	return in == ZH ? "；" : "; ";
}

/* ---- what fills the blanks */

static char *
person(const char *id, enum language in, arena_t *a)
{
	return arena_printf(a, in == ZH ? "%s同志" : "%s", mention_of("person", id, a));
}

static char *
who(struct wording_about about, enum language in, arena_t *a)
{
	if (about.self)
		return arena_strdup(a, in == ZH ? "您" : "you");
	return about.person_id ? person(about.person_id, in, a) : mention_of("unit", about.unit_id ? about.unit_id : "", a);
}

static char *
day(int32_t on_day, enum language in, arena_t *a)
{
	struct civil c = civil_of_day(on_day);
	char text[DAY_TEXT_MAX];

	if (in == ZH)
		return arena_printf(a, "%d年%d月%d日", c.year, c.month, c.day);
	day_text(on_day, text);
	return arena_strdup(a, text);
}

static char *
time_of(int32_t rung, enum language in, arena_t *a)
{
	static const char *const ordinals[] = { "first", "second", "third" };

	if (in == ZH)
		return arena_printf(a, "第%d次", rung);
	return rung >= 1 && rung <= 3 ? arena_strdup(a, ordinals[rung - 1]) : arena_printf(a, "no. %d", rung);
}

/* It stands no more: revoked, or held off by what a person decided before. */
static bool
is_gone(const Accountability__MeasureChange *c)
{
	return c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE ||
	       (c->change == ACCOUNTABILITY__CHANGE__AMENDED && (c->measure->state == ACCOUNTABILITY__MEASURE_STATE__REJECTED ||
	                                                          c->measure->state == ACCOUNTABILITY__MEASURE_STATE__LIFTED));
}

static bool
counts_by(const Accountability__MeasureChange *c, const char *ladder)
{
	return !is_gone(c) && c->grounds && strcmp(c->grounds->ladder, ladder) == 0;
}

/* The same absence, or criticism, as one of an earlier change. */
static bool
is_listed(changes_t changes, size_t i, const char *ladder)
{
	for (size_t k = 0; k < i; k++)
		if (counts_by(changes[k], ladder) && changes[k]->grounds->absence_day == changes[i]->grounds->absence_day &&
		    changes[k]->grounds->rung == changes[i]->grounds->rung)
			return true;
	return false;
}

/* 顶岗 says by itself whose it is. */
static bool
is_units(const Accountability__Measure *m)
{
	return m->subject && m->subject->maybe_unit_case && m->kind != ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST;
}

static char *
absences(changes_t changes, size_t n, enum language in, arena_t *a)
{
	struct list l = { .bytes = ABSENCES_BYTES };

	for (size_t i = 0; i < n; i++) {
		if (!counts_by(changes[i], "absence") || is_listed(changes, i, "absence"))
			continue;
		const Accountability__Grounds *g = changes[i]->grounds;
		list_add(&l, semicolon(in), arena_printf(a, in == ZH ? "%s，%s" : "%s, %s", day(g->absence_day, in, a), time_of(g->rung, in, a)));
	}
	return list_end(&l, in, a);
}

/* Of a person the unit has a count of its own. */
static char *
criticisms(struct wording_about about, changes_t changes, size_t n, enum language in, arena_t *a)
{
	struct list l = { .bytes = ABSENCES_BYTES };

	for (size_t i = 0; i < n; i++) {
		if (!counts_by(changes[i], "criticism") || is_listed(changes, i, "criticism"))
			continue;
		const Accountability__Grounds *g = changes[i]->grounds;
		bool units = about.person_id && is_units(changes[i]->measure);
		list_add(&l, semicolon(in), in == ZH ? arena_printf(a, "%s，%s第%d级", day(g->absence_day, in, a), units ? "单位" : "", g->rung)
		                                 : arena_printf(a, "%s, %srung %d", day(g->absence_day, in, a), units ? "unit's " : "", g->rung));
	}
	return list_end(&l, in, a);
}

static char *
clauses(changes_t changes, size_t n, enum language in, arena_t *a)
{
	struct list l = { .bytes = CLAUSES_BYTES };

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (strcmp(changes[k]->measure->clause, changes[i]->measure->clause) != 0)
			k++;
		if (k == i)
			list_add(&l, comma(in), changes[i]->measure->clause);
	}
	return list_end(&l, in, a);
}

/* A month, quarter or year is said as such. */
static char *
span(const Accountability__Measure *m, enum language in, arena_t *a)
{
	struct civil from = civil_of_day(m->from_day);

	if (!m->maybe_until_case)
		return arena_printf(a, in == ZH ? "%s起" : "%s on", day(m->from_day, in, a));
	if (m->from_day == year_start(m->from_day) && m->until_day == year_end(m->from_day))
		return arena_printf(a, in == ZH ? "%d年度" : "%d", from.year);
	if (m->from_day == quarter_start(m->from_day) && m->until_day == quarter_end(m->from_day))
		return arena_printf(a, in == ZH ? "%d年第%d季度" : "%d-Q%d", from.year, (from.month + 2) / 3);
	if (m->from_day == month_start(m->from_day) && m->until_day == month_end(m->from_day))
		return arena_printf(a, in == ZH ? "%d年%d月" : "%d-%02d", from.year, from.month);
	return arena_printf(a, in == ZH ? "%s至%s（不含）" : "%s until %s", day(m->from_day, in, a), day(m->until_day, in, a));
}

static const char *
phrase_of(Accountability__MeasureKind kind, enum language in)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].kind == kind)
			return phrases[i].text[in];
	return in == ZH ? "其他措施" : "another measure";        /* of a newer accountability than this one */
}

/* How far it has come.  A recall is always decided step by step, which its message says. */
static const char *
state_word(const Accountability__MeasureChange *c, enum language in)
{
	if (is_gone(c))
		return "";
	for (size_t i = 0; c->change == ACCOUNTABILITY__CHANGE__MOVED && i < sizeof(moved) / sizeof(moved[0]); i++)
		if (moved[i].state == c->measure->state)
			return moved[i].text[in];
	if (c->measure->state == ACCOUNTABILITY__MEASURE_STATE__PROPOSED && c->measure->kind != ACCOUNTABILITY__MEASURE_KIND__RECALL)
		return in == ZH ? "（待审批）" : " (awaiting approval)";
	return "";
}

static bool
is_heads_post(const Accountability__Measure *m)
{
	return m->kind == ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST;
}

/* 顶岗: who takes the post. */
static char *
head_words(const Accountability__Measure *m, struct wording_about about, enum language in, arena_t *a)
{
	if (!is_heads_post(m) || !m->subject || !m->subject->maybe_person_case)
		return arena_strdup(a, "");
	if (about.recipient && strcmp(m->subject->person_id, about.recipient) == 0)
		return arena_strdup(a, in == ZH ? "（您）" : "you");
	return person(m->subject->person_id, in, a);
}

/* And whose post that is, where it is not whom the message is about: one recall moves what another has brought. */
static char *
post_words(const Accountability__MeasureChange *c, struct wording_about about, enum language in, arena_t *a)
{
	const char *of = c->grounds && c->grounds->cause_of ? c->grounds->cause_of : "";

	if (!*of || !is_heads_post(c->measure) || (about.person_id && strcmp(of, about.person_id) == 0))
		return arena_strdup(a, "");
	if (about.recipient && strcmp(of, about.recipient) == 0)
		return arena_strdup(a, in == ZH ? "您" : "yours");
	return person(of, in, a);
}

static char *
phrase(const Accountability__MeasureChange *c, struct wording_about about, const char *label, enum language in, arena_t *a)
{
	const Accountability__Measure *m = c->measure;
	const struct blank blanks[] = {
		{ "span", span(m, in, a) }, { "until", m->maybe_until_case ? day(m->until_day, in, a) : "" },
		{ "head", head_words(m, about, in, a) }, { "post", post_words(c, about, in, a) }, { NULL, NULL },
	};

	for (size_t i = 0; c->change == ACCOUNTABILITY__CHANGE__MOVED && m->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL &&
	                   i < sizeof(recall_moved) / sizeof(recall_moved[0]); i++)
		if (recall_moved[i].state == m->state)
			return arena_printf(a, "%s%s", label, recall_moved[i].text[in]);
	return arena_printf(a, "%s%s%s", label, filled(phrase_of(m->kind, in), blanks, a), state_word(c, in));
}

/* Before the measures of a unit, once: whose they are. */
static const char *
bearer(const Accountability__Measure *m, const char *recipient, enum language in)
{
	if (!m->subject->maybe_person_case)
		return in == ZH ? "派出单位" : "the sending unit: ";
	if (recipient && strcmp(m->subject->person_id, recipient) == 0)
		return in == ZH ? "派出单位主要负责人（您）" : "the head of the sending unit (you): ";
	return in == ZH ? "派出单位主要负责人" : "the head of the sending unit: ";
}

/* The group that a change is listed in. */
static size_t
group_of(const Accountability__MeasureChange *c)
{
	Accountability__Change as = is_gone(c) ? ACCOUNTABILITY__CHANGE__REVOKED_CHANGE : c->change;
	size_t g = 0;

	while (g + 1 < GROUPS && groups[g].change != as)
		g++;
	return g;
}

/* What is cut off when a list is long is the least: first comes who loses or takes a post, then the rest, of that first what costs money. */
static size_t
weight_of(Accountability__MeasureKind kind)
{
	static const Accountability__MeasureKind heaviest_first[POSTS + 1] = {
		ACCOUNTABILITY__MEASURE_KIND__RECALL, ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST, ACCOUNTABILITY__MEASURE_KIND__REMOVAL_PROPOSED,
		ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED,
	};
	size_t n = 0;

	while (n < POSTS + 1 && heaviest_first[n] != kind)
		n++;
	return n;
}

/* Where a change comes in the list: smaller comes first. */
static size_t
place_of(const Accountability__MeasureChange *c)
{
	size_t weight = weight_of(c->measure->kind);

	return ((weight < POSTS ? 0 : GROUPS) + group_of(c)) * (POSTS + 2) + weight;
}

/* What it is, however far it has come; a post is the same whoever takes it. */
static char *
thing(const Accountability__MeasureChange *c, struct wording_about about, arena_t *a)
{
	const Accountability__Measure *m = c->measure;
	const struct blank blanks[] = {
		{ "span", span(m, ZH, a) }, { "until", m->maybe_until_case ? day(m->until_day, ZH, a) : "" },
		{ "head", "" }, { "post", post_words(c, about, ZH, a) }, { NULL, NULL },
	};

	return arena_printf(a, "%s/%s", is_units(m) && m->subject->maybe_person_case ? m->subject->person_id : "", filled(phrase_of(m->kind, ZH), blanks, a));
}

/* What another measure of the message brings as well is not gone: a ban of two grounds that one keeps, a post that another head takes. */
static bool
is_said_to_stand(changes_t changes, size_t n, size_t i, struct wording_about about, arena_t *a)
{
	for (size_t k = 0; is_gone(changes[i]) && k < n; k++)
		if (!is_gone(changes[k]) && changes[k]->change != ACCOUNTABILITY__CHANGE__MOVED && changes[k]->measure->kind == changes[i]->measure->kind &&
		    is_units(changes[k]->measure) == is_units(changes[i]->measure) && strcmp(thing(changes[k], about, a), thing(changes[i], about, a)) == 0)
			return true;
	return false;
}

/* The changes that are said, in the order in which they are. */
static size_t
sorted(changes_t changes, size_t n, struct wording_about about, arena_t *a, const Accountability__MeasureChange ***out)
{
	size_t count = 0;

	*out = arena_alloc(a, (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		size_t at = count;
		if (is_said_to_stand(changes, n, i, about, a))
			continue;
		for (; at > 0 && place_of((*out)[at - 1]) > place_of(changes[i]); at--)
			(*out)[at] = (*out)[at - 1];
		(*out)[at] = changes[i];
		count++;
	}
	return count;
}

static char *
what(changes_t all, size_t nall, struct wording_about about, enum language in, arena_t *a)
{
	const Accountability__MeasureChange **changes;
	size_t n = sorted(all, nall, about, a, &changes);
	struct list l = { .bytes = MEASURES_BYTES };
	const char *last = "";                          /* whose the one before is */

	for (size_t i = 0; i < n; i++) {
		const char *whose = is_units(changes[i]->measure) ? bearer(changes[i]->measure, about.recipient, in) : "";
		bool first = i == 0 || group_of(changes[i - 1]) != group_of(changes[i]) || strcmp(last, whose) != 0;
		list_add(&l, first ? semicolon(in) : comma(in),
		         arena_printf(a, "%s%s", first ? whose : "", phrase(changes[i], about, first ? groups[group_of(changes[i])].label[in] : "", in, a)));
		last = whose;
	}
	return list_end(&l, in, a);
}

/* ---- a message */

static const struct row *
row_of(Alerts__Template template)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].template == template)
			return &rows[i];
	assert(!"a template without words");
	return NULL;
}

/* Names are not known here: what is mentioned counts as a name of the usual length. */
static const char *
usual_name(void *ctx, const char *ref)
{
	(void)ctx;
	return strncmp(ref, "person/", strlen("person/")) == 0 ? "某某某" : "某某某某某某";
}

static int32_t
segments_named(const char *text, arena_t *a)
{
	return wording_segments(mention_fill(text, usual_name, NULL, a));
}

static void
worded(const struct row *row, char *const text[LANGUAGES], arena_t *a, struct wording *out)
{
	out->text = arena_message(a, &common__text__descriptor);
	out->text->zh = text[ZH];
	out->text->en = text[EN];
	out->version = row->version;
	out->segments = segments_named(text[ZH], a);
}

void
wording_digest(const Common__Text *const *texts, size_t n, arena_t *a, struct wording *out)
{
	const char *zh = arena_printf(a, "共%zu条通知。", n), *en = arena_printf(a, "%zu messages.", n);

	for (size_t i = 0; i < n; i++) {
		zh = arena_printf(a, "%s%zu）%s", zh, i + 1, texts[i]->zh);
		en = arena_printf(a, "%s %zu) %s", en, i + 1, texts[i]->en);
	}
	out->text = arena_message(a, &common__text__descriptor);
	out->text->zh = (char *)zh;
	out->text->en = (char *)en;
	out->version = 1;
	out->segments = segments_named(zh, a);
}

char *
wording_said(const Accountability__MeasureChange *c, arena_t *a)
{
	const struct wording_about about = { .person_id = c->grounds && c->grounds->cause_of ? c->grounds->cause_of : "" };

	return arena_printf(a, "%s|%s%s|%s", phrase(c, about, "", ZH, a), absences(&c, 1, ZH, a), criticisms(about, &c, 1, ZH, a), c->measure->clause);
}

void
wording_measures(Alerts__Template template, struct wording_about about, changes_t changes, size_t n, arena_t *a, struct wording *out)
{
	const struct row *row = row_of(template);
	char *text[LANGUAGES];

	for (enum language in = ZH; in < LANGUAGES; in++) {
		const struct blank blanks[] = {
			{ "who", who(about, in, a) }, { "absences", absences(changes, n, in, a) },
			{ "criticisms", criticisms(about, changes, n, in, a) }, { "what", what(changes, n, about, in, a) },
			{ "clauses", clauses(changes, n, in, a) }, { NULL, NULL },
		};
		text[in] = filled(row->text[in], blanks, a);
	}
	worded(row, text, a, out);
}

static const char *
finding_kind(Supervision__FindingKind kind, enum language in)
{
	for (size_t i = 0; i < sizeof(finding_kinds) / sizeof(finding_kinds[0]); i++)
		if (finding_kinds[i].kind == kind)
			return finding_kinds[i].text[in];
	return "";
}

void
wording_finding(Alerts__Template template, struct wording_about about, struct wording_finding f, arena_t *a, struct wording *out)
{
	const struct row *row = row_of(template);
	char *text[LANGUAGES];

	for (enum language in = ZH; in < LANGUAGES; in++) {
		const struct blank blanks[] = {
			{ "who", who(about, in, a) }, { "date", day(f.on_day, in, a) },
			{ "kind", finding_kind(f.kind, in) }, { NULL, NULL },
		};
		text[in] = filled(row->text[in], blanks, a);
	}
	worded(row, text, a, out);
}

/* ---- recalls and tasks */

static const char *
awaited_step(Accountability__RecallCase__State state, enum language in)
{
	for (size_t i = 0; i < sizeof(awaited) / sizeof(awaited[0]); i++)
		if (awaited[i].state == state)
			return awaited[i].text[in];
	return in == ZH ? "下一步" : "the next step";
}

/* Who takes the post; "" when nobody has to. */
static char *
head_takes(struct wording_recall r, enum language in, arena_t *a)
{
	if (!r.head_person_id)
		return arena_strdup(a, "");
	if (!*r.head_person_id)
		return arena_strdup(a, in == ZH ? "应由派出单位主要负责人顶岗，因其尚未登记，岗位暂时空缺"
		                                : "the head of the sending unit is to take it, but is not registered, so it stays vacant");
	if (r.recipient && strcmp(r.head_person_id, r.recipient) == 0)
		return arena_strdup(a, in == ZH ? "由您作为派出单位主要负责人顶岗" : "you take it as head of the sending unit");
	return arena_printf(a, in == ZH ? "由派出单位主要负责人%s顶岗" : "%s takes it as head of the sending unit", person(r.head_person_id, in, a));
}

void
wording_recall(Alerts__Template template, struct wording_about about, struct wording_recall r, arena_t *a, struct wording *out)
{
	const struct row *row = row_of(template);
	char *text[LANGUAGES];

	for (enum language in = ZH; in < LANGUAGES; in++) {
		const struct blank blanks[] = {
			{ "who", who(about, in, a) }, { "has", about.self ? "have" : "has" }, { "head", head_takes(r, in, a) },
			{ "due", r.has_due ? day(r.due_day, in, a) : "" }, { "step", awaited_step(r.state, in) }, { NULL, NULL },
		};
		text[in] = filled(row->text[in], blanks, a);
	}
	worded(row, text, a, out);
}

void
wording_task(struct wording_about about, Roster__TaskKind kind, const char *village_id, arena_t *a, struct wording *out)
{
	const struct row *row = row_of(ALERTS__TEMPLATE__TASK_OPENED);
	char *text[LANGUAGES];

	for (enum language in = ZH; in < LANGUAGES; in++) {
		const char *task = in == ZH ? "请处理" : "please settle it";
		for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
			if (tasks[i].kind == kind)
				task = tasks[i].text[in];
		const struct blank blanks[] = {
			{ "who", who(about, in, a) }, { "village", mention_of("village", village_id, a) }, { "task", task }, { NULL, NULL },
		};
		text[in] = filled(row->text[in], blanks, a);
	}
	worded(row, text, a, out);
}

/* ---- accounts */

void
wording_account(const Roster__AccountAltered *e, arena_t *a, struct wording *out)
{
	const struct { bool is; const char *text[LANGUAGES]; } parts[] = {
		{ e->made, { "新开设", "it was made" } },
		{ e->password, { "密码被重设", "its password was reset" } },
		{ e->roles, { "角色有变", "its roles were changed" } },
		{ e->phone, { "登录手机号有变", "its phone was changed" } },
		{ e->person, { "使用人有变", "whose it is was changed" } },
	};
	const struct row *row = row_of(ALERTS__TEMPLATE__ACCOUNT_CHANGED);
	char *text[LANGUAGES];

	for (enum language in = ZH; in < LANGUAGES; in++) {
		const char *what = "";
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (parts[i].is)
				what = arena_printf(a, "%s%s%s", what, *what ? (in == ZH ? "、" : ", ") : "", parts[i].text[in]);
		const struct blank blanks[] = { { "id", e->id }, { "what", what }, { NULL, NULL } };
		text[in] = filled(row->text[in], blanks, a);
	}
	worded(row, text, a, out);
}

/* ---- segments */

enum { UNITS_ALONE = 70, UNITS_JOINED = 67 };

/* UCS-2 units of the UTF-8 character that begins with this byte; 0 for a byte inside of one. */
static int
units_of(unsigned char byte)
{
	return (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
}

int32_t
wording_segments(const char *text)
{
	int32_t all = 0, segments = 1;
	int in_last = 0;

	for (const char *c = text; *c; c++) {
		int units = units_of((unsigned char)*c);
		all += units;
		if (in_last + units > UNITS_JOINED) {
			segments++;
			in_last = 0;
		}
		in_last += units;
	}
	return all <= UNITS_ALONE ? 1 : segments;
}
