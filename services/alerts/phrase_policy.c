/* phrase_policy - see phrase_policy.h. */
#include "phrase_policy.h"
#include "base/civil.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef Accountability__Measure Measure;
typedef Accountability__MeasureChange Change;
typedef Accountability__MeasuresChanged Event;

/* Texts stay near 600 bytes: a list ends when its next entry would go beyond its bytes, and says how many it leaves
 * out. */
enum { ABSENCES_BYTES = 120, MEASURES_BYTES = 300, CLAUSES_BYTES = 60, LIST_BYTES_MAX = 512 };

/* ---- the words */

static const struct { Accountability__MeasureKind kind; const char *text[LANGUAGES]; } phrases[] = {
	{ ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED,
	  { "取消{span}驻村补助", "cancellation of the village stipend for {span}" } },
	{ ACCOUNTABILITY__MEASURE_KIND__ADMONISHMENT_TALK, { "诫勉谈话", "an admonishment talk" } },
	{ ACCOUNTABILITY__MEASURE_KIND__ASSESSMENT_CANCELLED,
	  { "取消{span}考核评优资格", "no excellent rating for {span}" } },
	{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, { "[{until}前]不得评优评先", "no honours[ until {until}]" } },
	{ ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE,
	  { "[{until}前]不得提拔重用", "no promotion[ until {until}]" } },
	{ ACCOUNTABILITY__MEASURE_KIND__RECALL, { "启动召回撤换程序", "opening of the recall procedure" } },
	{ ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST,
	  { "由派出单位主要负责人[{head}]顶岗[（{post}所任岗位）]",
	    "taking over of the post[ of {post}] by the head of the sending unit[, {head}]" } },
	{ ACCOUNTABILITY__MEASURE_KIND__WRITTEN_SELF_CRITICISM, { "作出书面检查", "a written self-criticism" } },
	{ ACCOUNTABILITY__MEASURE_KIND__INTERVIEW, { "约谈", "an interview" } },
	{ ACCOUNTABILITY__MEASURE_KIND__REMOVAL_PROPOSED, { "建议免职处理", "a proposal of removal" } },
	{ ACCOUNTABILITY__MEASURE_KIND__REFERRAL, { "移送纪检监察机关", "a referral to discipline inspection" } },
};

/* What is done with a measure: the order of the lists of what weighs alike, and what stands before each. */
static const struct { Accountability__Change change; const char *label[LANGUAGES]; } groups[] = {
	{ ACCOUNTABILITY__CHANGE__MOVED, { "", "" } },          /* a recall is ordered, and then what that brings */
	{ ACCOUNTABILITY__CHANGE__IMPOSED, { "", "" } },
	{ ACCOUNTABILITY__CHANGE__AMENDED, { "改为", "now: " } },
	{ ACCOUNTABILITY__CHANGE__REVOKED_CHANGE, { "不再执行", "withdrawn: " } },
};

enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };
enum { POSTS = 3 };     /* so many kinds are about who holds a post: they come before all others */

struct move { Accountability__MeasureState state; const char *text[LANGUAGES]; };
static const struct move moves[] = {
	{ ACCOUNTABILITY__MEASURE_STATE__APPROVED, { "已批准", " (approved)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, { "已生效", " (in force)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__SERVED, { "已执行完毕", " (served)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__LIFTED, { "已解除", " (lifted)" } },
	{ ACCOUNTABILITY__MEASURE_STATE__REJECTED, { "未获批准，不予执行", " (rejected, not carried out)" } },
	{ 0, { NULL, NULL } },
};
/* A recall is moved by the steps of its case. */
static const struct move recall_moves[] = {
	{ ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, { "决定召回", "the recall is ordered" } },
	{ ACCOUNTABILITY__MEASURE_STATE__SERVED,
	  { "召回撤换完毕，接替人员已到位", "the recall is complete and the successor in place" } },
	{ ACCOUNTABILITY__MEASURE_STATE__LIFTED, { "召回程序终止", "the recall is called off" } },
	{ 0, { NULL, NULL } },
};

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
list_end(const struct list *l, const struct saying *s)
{
	if (!l->left_out)
		return arena_strdup(s->arena, l->text);
	return arena_printf(s->arena, s->in == ZH ? "%s等（另%zu项）" : "%s and %zu more", l->text, l->left_out);
}

static const char *
comma(const struct saying *s)
{
	return s->in == ZH ? "、" : ", ";
}

static const char *
semicolon(const struct saying *s)
{
	return s->in == ZH ? "；" : "; ";
}

/* ---- what a change is */

static const Event *
event_of(const struct saying *s)
{
	return (const Event *)s->of;
}

static bool
is_recipient(const struct saying *s, const char *person_id)
{
	return s->recipient && strcmp(s->recipient, person_id) == 0;
}

static bool
is_recall(const Measure *m)
{
	return m->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL;
}

static bool
is_post(const Measure *m)
{
	return m->kind == ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST;
}

bool
phrase_is_units(const Measure *m)
{
	return m->subject && m->subject->maybe_unit_case && !is_post(m);
}

/* It stands no more: revoked, or held off by what a person decided before. */
static bool
is_gone(const Change *c)
{
	Accountability__MeasureState state = c->measure->state;

	return c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE ||
	       (c->change == ACCOUNTABILITY__CHANGE__AMENDED &&
	        (state == ACCOUNTABILITY__MEASURE_STATE__REJECTED || state == ACCOUNTABILITY__MEASURE_STATE__LIFTED));
}

/* ---- by what: absences, criticisms, clauses */

static bool
counts_by(const Change *c, const char *ladder)
{
	return !is_gone(c) && c->grounds && strcmp(c->grounds->ladder, ladder) == 0;
}

/* The same absence, or criticism, as one of an earlier change. */
static bool
is_listed(const Event *e, size_t i, const char *ladder)
{
	const Accountability__Grounds *g = e->changes[i]->grounds;

	for (size_t k = 0; k < i; k++)
		if (counts_by(e->changes[k], ladder) && e->changes[k]->grounds->absence_day == g->absence_day &&
		    e->changes[k]->grounds->rung == g->rung)
			return true;
	return false;
}

static char *
time_of(int32_t rung, const struct saying *s)
{
	static const char *const ordinals[] = { "first", "second", "third" };

	if (s->in == ZH)
		return arena_printf(s->arena, "第%d次", rung);
	return rung >= 1 && rung <= 3 ? arena_strdup(s->arena, ordinals[rung - 1])
	                              : arena_printf(s->arena, "no. %d", rung);
}

static char *
absence(const Change *c, const struct saying *s)
{
	return arena_printf(s->arena, s->in == ZH ? "%s，%s" : "%s, %s", wording_day(c->grounds->absence_day, s),
	                    time_of(c->grounds->rung, s));
}

/* Of a person the unit has a count of its own. */
static char *
criticism(const Change *c, const struct saying *s)
{
	const char *day = wording_day(c->grounds->absence_day, s);
	bool units = s->person_id && phrase_is_units(c->measure);

	return s->in == ZH ? arena_printf(s->arena, "%s，%s第%d级", day, units ? "单位" : "", c->grounds->rung)
	                   : arena_printf(s->arena, "%s, %srung %d", day, units ? "unit's " : "", c->grounds->rung);
}

static const char *
counted(const struct saying *s, const char *ladder, char *(*say)(const Change *c, const struct saying *s))
{
	const Event *e = event_of(s);
	struct list l = { .bytes = ABSENCES_BYTES };

	for (size_t i = 0; i < e->n_changes; i++)
		if (counts_by(e->changes[i], ladder) && !is_listed(e, i, ladder))
			list_add(&l, semicolon(s), say(e->changes[i], s));
	return list_end(&l, s);
}

const char *
phrase_absences(const struct saying *s)
{
	return counted(s, "absence", absence);
}

const char *
phrase_criticisms(const struct saying *s)
{
	return counted(s, "criticism", criticism);
}

const char *
phrase_clauses(const struct saying *s)
{
	const Event *e = event_of(s);
	struct list l = { .bytes = CLAUSES_BYTES };

	for (size_t i = 0; i < e->n_changes; i++) {
		size_t k = 0;
		while (strcmp(e->changes[k]->measure->clause, e->changes[i]->measure->clause) != 0)
			k++;
		if (k == i)
			list_add(&l, comma(s), e->changes[i]->measure->clause);
	}
	return list_end(&l, s);
}

/* ---- a measure: pieces of a MeasureChange */

static const Change *
change_of(const struct saying *s)
{
	return (const Change *)s->of;
}

/* A month, quarter or year is said as such. */
static const char *
span(const struct saying *s)
{
	const Measure *m = change_of(s)->measure;
	struct civil from = civil_of_day(m->from_day);
	bool zh = s->in == ZH;

	if (!m->maybe_until_case)
		return arena_printf(s->arena, zh ? "%s起" : "%s on", wording_day(m->from_day, s));
	if (m->from_day == year_start(m->from_day) && m->until_day == year_end(m->from_day))
		return arena_printf(s->arena, zh ? "%d年度" : "%d", from.year);
	if (m->from_day == quarter_start(m->from_day) && m->until_day == quarter_end(m->from_day))
		return arena_printf(s->arena, zh ? "%d年第%d季度" : "%d-Q%d", from.year, (from.month + 2) / 3);
	if (m->from_day == month_start(m->from_day) && m->until_day == month_end(m->from_day))
		return arena_printf(s->arena, zh ? "%d年%d月" : "%d-%02d", from.year, from.month);
	return arena_printf(s->arena, zh ? "%s至%s（不含）" : "%s until %s", wording_day(m->from_day, s),
	                    wording_day(m->until_day, s));
}

static const char *
until(const struct saying *s)
{
	const Measure *m = change_of(s)->measure;

	return m->maybe_until_case ? wording_day(m->until_day, s) : "";
}

/* 顶岗: who takes the post. */
static const char *
head(const struct saying *s)
{
	const Measure *m = change_of(s)->measure;

	if (!is_post(m) || !m->subject || !m->subject->maybe_person_case)
		return "";
	if (is_recipient(s, m->subject->person_id))
		return s->in == ZH ? "（您）" : "you";
	return wording_person(m->subject->person_id, s);
}

/* And whose post that is, where it is not whom the message is about: one recall moves what another has brought. */
static const char *
post(const struct saying *s)
{
	const Change *c = change_of(s);
	const char *of = c->grounds ? c->grounds->cause_of : "";

	if (!*of || !is_post(c->measure) || (s->person_id && strcmp(of, s->person_id) == 0))
		return "";
	if (is_recipient(s, of))
		return s->in == ZH ? "您" : "yours";
	return wording_person(of, s);
}

static const char *
whoever(const struct saying *s)
{
	(void)s;
	return "";
}

static const struct piece pieces[] = {
	{ "span", NULL, span }, { "until", NULL, until }, { "head", NULL, head }, { "post", NULL, post }, { NULL },
};
/* A post is the same whoever takes it. */
static const struct piece same_pieces[] = {
	{ "span", NULL, span }, { "until", NULL, until }, { "head", NULL, whoever }, { "post", NULL, post }, { NULL },
};

static const char *
phrase_of(Accountability__MeasureKind kind, enum language in)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].kind == kind)
			return phrases[i].text[in];
	return in == ZH ? "其他措施" : "another measure";        /* of a newer accountability than this one */
}

static char *
filled(const Change *c, const struct saying *s, const struct piece *with)
{
	struct saying of_change = *s;

	of_change.of = &c->base;
	return wording_fill(phrase_of(c->measure->kind, s->in), &of_change, with);
}

/* NULL: of such a move nothing is said. */
static const char *
move_text(const struct move *list, const Change *c, enum language in)
{
	while (list->text[in] && list->state != c->measure->state)
		list++;
	return c->change == ACCOUNTABILITY__CHANGE__MOVED ? list->text[in] : NULL;
}

/* How far it has come.  A recall is always decided step by step, which its message says. */
static const char *
state_text(const Change *c, enum language in)
{
	const char *moved = move_text(moves, c, in);

	if (is_gone(c))
		return "";
	if (moved)
		return moved;
	if (c->measure->state == ACCOUNTABILITY__MEASURE_STATE__PROPOSED && !is_recall(c->measure))
		return in == ZH ? "（待审批）" : " (awaiting approval)";
	return "";
}

static char *
phrase(const Change *c, const char *label, const struct saying *s)
{
	const char *step = is_recall(c->measure) ? move_text(recall_moves, c, s->in) : NULL;

	if (step)
		return arena_printf(s->arena, "%s%s", label, step);
	return arena_printf(s->arena, "%s%s%s", label, filled(c, s, pieces), state_text(c, s->in));
}

/* ---- all of them */

/* Before the measures of a unit, once: whose they are. */
static const char *
bearer(const Measure *m, const struct saying *s)
{
	if (!m->subject->maybe_person_case)
		return s->in == ZH ? "派出单位" : "the sending unit: ";
	if (is_recipient(s, m->subject->person_id))
		return s->in == ZH ? "派出单位主要负责人（您）" : "the head of the sending unit (you): ";
	return s->in == ZH ? "派出单位主要负责人" : "the head of the sending unit: ";
}

/* The group that a change is listed in. */
static size_t
group_of(const Change *c)
{
	Accountability__Change as = is_gone(c) ? ACCOUNTABILITY__CHANGE__REVOKED_CHANGE : c->change;
	size_t g = 0;

	while (g + 1 < GROUPS && groups[g].change != as)
		g++;
	return g;
}

/* What is cut off when a list is long is the least: first comes who loses or takes a post, then the rest, of that
 * first what costs money. */
static size_t
weight_of(Accountability__MeasureKind kind)
{
	static const Accountability__MeasureKind heaviest_first[POSTS + 1] = {
		ACCOUNTABILITY__MEASURE_KIND__RECALL, ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST,
		ACCOUNTABILITY__MEASURE_KIND__REMOVAL_PROPOSED, ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED,
	};
	size_t n = 0;

	while (n < POSTS + 1 && heaviest_first[n] != kind)
		n++;
	return n;
}

/* Where a change comes in the list: smaller comes first. */
static size_t
place_of(const Change *c)
{
	size_t weight = weight_of(c->measure->kind);

	return ((weight < POSTS ? 0 : GROUPS) + group_of(c)) * (POSTS + 2) + weight;
}

/* What it is, however far it has come. */
static char *
thing(const Change *c, const struct saying *s)
{
	const Measure *m = c->measure;
	bool heads = phrase_is_units(m) && m->subject->maybe_person_case;
	struct saying compared = *s;

	compared.in = ZH;
	return arena_printf(s->arena, "%s/%s", heads ? m->subject->person_id : "", filled(c, &compared, same_pieces));
}

static bool
is_same_thing(const Change *a, const Change *b, const struct saying *s)
{
	return a->measure->kind == b->measure->kind && phrase_is_units(a->measure) == phrase_is_units(b->measure) &&
	       strcmp(thing(a, s), thing(b, s)) == 0;
}

/* What another measure of the message brings as well is not gone: a ban of two grounds that one keeps, a post that
 * another head takes. */
static bool
is_said_to_stand(const Change *c, const struct saying *s)
{
	const Event *e = event_of(s);

	for (size_t k = 0; is_gone(c) && k < e->n_changes; k++) {
		const Change *other = e->changes[k];
		if (!is_gone(other) && other->change != ACCOUNTABILITY__CHANGE__MOVED && is_same_thing(other, c, s))
			return true;
	}
	return false;
}

/* The changes that are said, in the order in which they are. */
static size_t
sorted(const struct saying *s, const Change ***out)
{
	const Event *e = event_of(s);
	size_t count = 0;

	*out = arena_alloc(s->arena, (e->n_changes + 1) * sizeof(**out));
	for (size_t i = 0; i < e->n_changes; i++) {
		size_t at = count;
		if (is_said_to_stand(e->changes[i], s))
			continue;
		for (; at > 0 && place_of((*out)[at - 1]) > place_of(e->changes[i]); at--)
			(*out)[at] = (*out)[at - 1];
		(*out)[at] = e->changes[i];
		count++;
	}
	return count;
}

const char *
phrase_what(const struct saying *s)
{
	const Change **changes;
	size_t n = sorted(s, &changes);
	struct list l = { .bytes = MEASURES_BYTES };
	const char *last = "";                          /* whose the one before is */

	for (size_t i = 0; i < n; i++) {
		const char *whose = phrase_is_units(changes[i]->measure) ? bearer(changes[i]->measure, s) : "";
		size_t group = group_of(changes[i]);
		bool first = i == 0 || group_of(changes[i - 1]) != group || strcmp(last, whose) != 0;
		const char *text = phrase(changes[i], first ? groups[group].label[s->in] : "", s);
		list_add(&l, first ? semicolon(s) : comma(s), arena_printf(s->arena, "%s%s", first ? whose : "", text));
		last = whose;
	}
	return list_end(&l, s);
}

/* ---- what is compared */

char *
phrase_said(const Change *c, arena_t *a)
{
	Accountability__MeasureChange *only[] = { arena_copy(a, c, sizeof(*c)) };
	Event e = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
	const struct saying s = {
		.of = &e.base, .person_id = c->grounds ? c->grounds->cause_of : "", .in = ZH, .arena = a,
	};

	e.n_changes = 1;
	e.changes = only;
	return arena_printf(a, "%s|%s%s|%s", phrase(c, "", &s), phrase_absences(&s), phrase_criticisms(&s),
	                    c->measure->clause);
}

const char *
phrase_fault(void)
{
	const char *fault = NULL;

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]) && !fault; i++)
		for (enum language in = ZH; in < LANGUAGES && !fault; in++)
			fault = wording_fault(phrases[i].text[in], &accountability__measure_change__descriptor, pieces);
	return fault;
}
