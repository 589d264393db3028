/* case_policy - see case_policy.h. */
#include "case_policy.h"
#include "base/civil.h"
#include "domain/policy_book.h"
#include <string.h>

enum { STEPS_EXTRA = 8 };

/* The story so far. */
struct story { arena_t *arena; Common__Text **steps; size_t n; };

static void
step(struct story *s, char *zh, char *en)
{
	Common__Text *t = arena_message(s->arena, &common__text__descriptor);

	t->zh = zh;
	t->en = en;
	s->steps[s->n++] = t;
}

static char *
day_words(int32_t day, arena_t *a)
{
	char text[DAY_TEXT_MAX];

	day_text(day, text);
	return arena_strdup(a, text);
}

static bool
is_revoked(const struct case_file *f)
{
	return f->measure->state == ACCOUNTABILITY__MEASURE_STATE__REVOKED;
}

/* ---- where in the policy it comes from */

static bool
is_ladder(const struct case_file *f, const char *ladder)
{
	return strcmp(f->measure->ladder, ladder) == 0;
}

static bool
lists(Policy__Consequence *const *list, size_t n, Accountability__MeasureKind kind)
{
	for (size_t i = 0; i < n; i++)
		if (policy_names(&accountability__measure_kind__descriptor, (int)kind, list[i]->kind))
			return true;
	return false;
}

/* In a unit's case what is not the head's is the unit's own. */
static struct case_rule
rule_of(const struct case_file *f, const Common__Text *reason, Policy__Consequence *const *responsible,
	size_t nresponsible, Policy__Consequence *const *unit_head, size_t nunit_head)
{
	bool of_head = f->measure->unit_id[0] && lists(unit_head, nunit_head, f->measure->kind);

	return of_head ? (struct case_rule){ reason, unit_head, nunit_head, true }
		       : (struct case_rule){ reason, responsible, nresponsible, false };
}

struct case_rule
case_rule(const struct case_file *f)
{
	const Policy__Policy *p = f->policy;
	const char *clause = f->measure->clause;

	for (size_t i = 0; p && is_ladder(f, "criticism") && i < p->criticisms->n_ladder; i++) {
		const Policy__CriticismRung *r = p->criticisms->ladder[i];
		if (strcmp(r->clause, clause) == 0)
			return rule_of(f, r->reason, r->responsible, r->n_responsible, r->unit_head, r->n_unit_head);
	}
	for (size_t i = 0; p && is_ladder(f, "case") && i < p->n_cases; i++) {
		const Policy__Case *c = p->cases[i];
		if (strcmp(c->clause, clause) == 0)
			return rule_of(f, c->reason, c->responsible, c->n_responsible, c->unit_head, c->n_unit_head);
	}
	for (size_t i = 0; p && is_ladder(f, "absence") && i < p->absence_ladder->n_rungs; i++) {
		const Policy__Rung *r = p->absence_ladder->rungs[i];
		if (strcmp(r->clause, clause) == 0)
			return (struct case_rule){ r->reason, r->measures, r->n_measures, false };
	}
	return (struct case_rule){ 0 };
}

const Policy__Consequence *
case_consequence(const struct case_file *f)
{
	struct case_rule r = case_rule(f);

	for (size_t i = 0; i < r.nmeasures; i++)
		if (policy_names(&accountability__measure_kind__descriptor, (int)f->measure->kind, r.measures[i]->kind))
			return r.measures[i];
	return NULL;
}

/* ---- sentences */

/* The n-th fact as it counts: "2017 年第 1 次无故脱岗：2017-09-05". */
static void
count_words(const struct case_file *f, size_t i, bool was, arena_t *a, const char **zh, const char **en)
{
	const AccountabilityRows__Finding *x = f->facts[i];
	const char *on = day_words(x->on_day, a);
	int year = day_year(x->on_day);

	if (is_ladder(f, "criticism")) {
		*zh = arena_printf(a, "%d 年第 %zu 份书面通报批评：%s，《%s》", year, i + 1, on, x->bulletin);
		*en = arena_printf(a, "%critten criticism %zu of %d: %s, “%s”", was ? 'w' : 'W', i + 1, year, on,
				   x->bulletin);
	} else if (is_ladder(f, "case")) {
		*zh = arena_printf(a, "%d 年的第 %zu 项：%s", year, i + 1, on);
		*en = arena_printf(a, "%cinding %zu of %d: %s", was ? 'f' : 'F', i + 1, year, on);
	} else {
		*zh = arena_printf(a, "%d 年第 %zu 次无故脱岗：%s", year, i + 1, on);
		*en = arena_printf(a, "%cbsence %zu of %d: %s", was ? 'a' : 'A', i + 1, year, on);
	}
}

static void
tell_facts(struct story *s, const struct case_file *f)
{
	arena_t *a = s->arena;

	for (size_t i = 0; i < f->nfacts; i++) {
		const AccountabilityRows__Finding *x = f->facts[i];
		const char *confirmed = x->maybe_confirmed_case ? day_words(x->confirmed_day, a) : "?", *zh, *en;
		bool annulled = x->state == SUPERVISION__FINDING_STATE__ANNULLED, was = annulled || is_revoked(f);
		count_words(f, i, was, a, &zh, &en);
		if (annulled)
			step(s, arena_printf(a, "当时计为 %s（发现 %s，已撤销，不再计入）。", zh, x->finding_id),
			     arena_printf(a, "Was counted as %s (finding %s, annulled since: it no longer counts).", en,
					  x->finding_id));
		else
			step(s,
			     arena_printf(a, "%s%s（发现 %s，%s 确认）。", was ? "当时计为 " : "", zh, x->finding_id,
					  confirmed),
			     arena_printf(a, "%s%s (finding %s, confirmed on %s).", was ? "Was counted as " : "", en,
					  x->finding_id, confirmed));
	}
}

/* A criticism by superiors enters the ladder higher up (A15); who is not told where facts came from is not told that
 * either. */
static void
tell_superior(struct story *s, const struct case_file *f)
{
	const AccountabilityRows__Finding *last = f->nfacts ? f->facts[f->nfacts - 1] : NULL;

	if (f->limited || !f->policy || !last || !is_ladder(f, "criticism") ||
	    last->source != SUPERVISION__SOURCE__SUPERIOR)
		return;
	int rung = f->policy->criticisms->superior_enters_at;
	step(s, arena_printf(s->arena, "最后一份由上级作出，从严从重，至少按第 %d 级处理（A15）。", rung),
	     arena_printf(s->arena, "The last one is by superiors and weighs heavier: at least rung %d (A15).", rung));
}

static void
tell_head(struct story *s, const struct case_file *f)
{
	const AccountabilityRows__Measure *m = f->measure;
	const char *on = day_words(m->absence_day, s->arena);

	if (!case_rule(f).of_head)
		return;
	if (m->head_person_id[0])
		step(s, arena_printf(s->arena, "%s 派出单位 %s 的主要负责人为 %s。", on, m->unit_id, m->head_person_id),
		     arena_printf(s->arena, "On %s %s was the head of unit %s.", on, m->head_person_id, m->unit_id));
	else
		step(s, arena_printf(s->arena, "%s 派出单位 %s 未登记主要负责人。", on, m->unit_id),
		     arena_printf(s->arena, "On %s no head of unit %s was known.", on, m->unit_id));
}

static void
tell_rung(struct story *s, const struct case_file *f)
{
	const AccountabilityRows__Measure *m = f->measure;
	const Common__Text *reason = case_rule(f).reason;
	const char *on = day_words(m->absence_day, s->arena);

	tell_superior(s, f);
	if (reason && is_ladder(f, "case"))
		step(s,
		     arena_printf(s->arena, "%s 施行的政策为 %s；条款 %s 规定：%s", on, m->policy, m->clause,
				  reason->zh),
		     arena_printf(s->arena, "On %s policy %s was in force; clause %s says: %s", on, m->policy,
				  m->clause, reason->en));
	else if (reason)
		step(s,
		     arena_printf(s->arena, "%s 施行的政策为 %s，达到第 %d 级；条款 %s 规定：%s", on, m->policy,
				  m->rung, m->clause, reason->zh),
		     arena_printf(s->arena, "On %s policy %s was in force and rung %d was reached; clause %s says: %s",
				  on, m->policy, m->rung, m->clause, reason->en));
	tell_head(s, f);
	const char *decided = day_words(m->decided_day, s->arena);
	step(s, arena_printf(s->arena, "决定日期取所依据事实中最晚的确认日期：%s。", decided),
	     arena_printf(s->arena, "It is decided as of the latest confirmation among these facts: %s.", decided));
}

/* What an ordered recall brings begins on the day of the order and follows its policy. */
static void
tell_order(struct story *s, const struct case_file *f)
{
	const AccountabilityRows__Measure *m = f->measure;
	arena_t *a = s->arena;
	const char *on = day_words(m->decided_day, a);

	step(s,
	     arena_printf(a, "%s 决定召回（召回 %s），当日施行的政策为 %s；条款 %s：%s", on, m->recall_id, m->policy,
			  m->clause, m->reason_zh),
	     arena_printf(a, "The recall (%s) was ordered on %s, when policy %s was in force; clause %s: %s",
			  m->recall_id, on, m->policy, m->clause, m->reason_en));
	if (m->unit_id[0])
		step(s, arena_printf(a, "这是派出单位 %s 计入的第 %d 次召回。", m->unit_id, m->rung),
		     arena_printf(a, "It is recall %d that counts for unit %s.", m->rung, m->unit_id));
	if (m->maybe_until_case)
		step(s,
		     arena_printf(a, "自 %s 起至 %s（不含）。", day_words(m->from_day, a), day_words(m->until_day, a)),
		     arena_printf(a, "It lasts from %s until %s.", day_words(m->from_day, a),
				  day_words(m->until_day, a)));
	else
		step(s, arena_printf(a, "自 %s 起，无终止日期。", day_words(m->from_day, a)),
		     arena_printf(a, "It starts on %s and has no end.", day_words(m->from_day, a)));
}

static void
tell_year_and_term(struct story *s, const struct case_file *f)
{
	arena_t *a = s->arena;
	const char *january = day_words(year_end(f->measure->decided_day), a),
		   *until = day_words(f->measure->until_day, a);

	if (f->has_term)
		step(s,
		     arena_printf(a,
				  "决定日期之后的首个 1 月 1 日为 %s，%s 所任任期于 %s 届满；取较晚者，至 %s（不含）。",
				  january, day_words(f->measure->absence_day, a), day_words(f->term_end, a), until),
		     arena_printf(a,
				  "The first 1 January after the decision is %s, the term held on %s ends on %s; the "
				  "later counts: until %s.",
				  january, day_words(f->measure->absence_day, a), day_words(f->term_end, a), until));
	else if (f->measure->unit_id[0])
		step(s,
		     arena_printf(a,
				  "决定日期之后的首个 1 月 1 日为 %s；主要负责人当日没有载明届满日期的驻村任职，故至 "
				  "%s（不含）。",
				  january, until),
		     arena_printf(a,
				  "The first 1 January after the decision is %s; the head held no posting that states "
				  "the end of a term, so it lasts until %s.",
				  january, until));
	else
		step(s,
		     arena_printf(a, "决定日期之后的首个 1 月 1 日为 %s；所任职务未载明届满日期，故至 %s（不含）。",
				  january, until),
		     arena_printf(a,
				  "The first 1 January after the decision is %s; the posting states no end of a term, "
				  "so it lasts until %s.",
				  january, until));
}

static void
tell_period(struct story *s, const struct case_file *f, const char *zh, const char *en)
{
	const char *from = day_words(f->measure->from_day, s->arena),
		   *until = day_words(f->measure->until_day, s->arena);

	step(s,
	     arena_printf(s->arena, "适用于 %s 所在的%s：%s 起至 %s（不含）。",
			  day_words(f->measure->absence_day, s->arena), zh, from, until),
	     arena_printf(s->arena, "It covers the %s of %s: from %s until %s.", en,
			  day_words(f->measure->absence_day, s->arena), from, until));
}

static void
tell_span(struct story *s, const struct case_file *f)
{
	const Policy__Consequence *c = case_consequence(f);
	const AccountabilityRows__Measure *m = f->measure;
	arena_t *a = s->arena;

	if (!c)
		return;
	switch (c->span) {
	case POLICY__SPAN__MONTH_OF_ABSENCE:
		tell_period(s, f, "月份", "month");
		return;
	case POLICY__SPAN__QUARTER_OF_ABSENCE:
		tell_period(s, f, "季度", "quarter");
		return;
	case POLICY__SPAN__YEAR_OF_ABSENCE:
	case POLICY__SPAN__YEAR_OF_FINDING:
		tell_period(s, f, "年度", "year");
		return;
	case POLICY__SPAN__MONTHS_FROM_DECISION:
		step(s,
		     arena_printf(a, "自 %s 起 %d 个月，至 %s（不含）。", day_words(m->from_day, a), c->months,
				  day_words(m->until_day, a)),
		     arena_printf(a, "It lasts %d months from %s: until %s.", c->months, day_words(m->from_day, a),
				  day_words(m->until_day, a)));
		return;
	case POLICY__SPAN__YEAR_AND_TERM:
		tell_year_and_term(s, f);
		return;
	default:
		step(s, arena_printf(a, "自 %s 起，无终止日期。", day_words(m->from_day, a)),
		     arena_printf(a, "It starts on %s and has no end.", day_words(m->from_day, a)));
		return;
	}
}

static void
tell_approval(struct story *s, const struct case_file *f)
{
	if (f->measure->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL)
		step(s, (char *)"召回的每一步须由人作出；决定召回之前不生效。",
		     (char *)"Each step of a recall takes a person; it has no effect until it is ordered.");
	else if (strcmp(f->measure->approval, "automatic") == 0)
		step(s, (char *)"该政策规定此类措施自动生效：决定后即生效。",
		     (char *)"This policy lets measures of this kind take effect by themselves: in force as soon as "
			     "decided.");
	else
		step(s, (char *)"该政策规定此类措施须经未记录、未确认其事实的人批准；批准之前不影响补助和资格。",
		     (char *)"This policy wants measures of this kind approved by somebody who neither noted nor "
			     "confirmed the facts; until then it touches neither money nor eligibility.");
}

static const struct { Accountability__MeasureState state; const char *zh, *en; } state_words[] = {
	{ ACCOUNTABILITY__MEASURE_STATE__PROPOSED, "待批准", "proposed" },
	{ ACCOUNTABILITY__MEASURE_STATE__APPROVED, "已批准", "approved" },
	{ ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, "生效", "in force" },
	{ ACCOUNTABILITY__MEASURE_STATE__SERVED, "已执行", "served" },
	{ ACCOUNTABILITY__MEASURE_STATE__LIFTED, "已解除", "lifted" },
	{ ACCOUNTABILITY__MEASURE_STATE__REJECTED, "已驳回", "rejected" },
	{ ACCOUNTABILITY__MEASURE_STATE__REVOKED, "已撤销", "revoked" },
};

static const struct { const char *step, *zh, *en; } step_words[] = {
	{ "reviewed", "已审定", "reviewed" },       { "ordered", "已决定召回", "ordered" },
	{ "handed_over", "已移交", "handed over" }, { "replaced", "已接替", "replaced" },
	{ "cancelled", "已终止", "cancelled" },
};

/* A step of a recall. */
static bool
tell_step(struct story *s, const AccountabilityRows__Move *m)
{
	const char *on = day_words(day_of_instant(m->at_us), s->arena);

	for (size_t i = 0; i < sizeof(step_words) / sizeof(step_words[0]); i++) {
		if (strcmp(step_words[i].step, m->step) != 0)
			continue;
		const char *zh = m->reason[0] ? arena_printf(s->arena, "，理由：%s", m->reason) : "。";
		const char *en = m->reason[0] ? arena_printf(s->arena, "; reason given: %s", m->reason) : ".";
		step(s, arena_printf(s->arena, "%s 账号 %s 将召回推进为“%s”%s", on, m->account, step_words[i].zh, zh),
		     arena_printf(s->arena, "On %s account %s made the recall “%s”%s", on, m->account, step_words[i].en,
				  en));
		return true;
	}
	return false;
}

static void
tell_move(struct story *s, const AccountabilityRows__Move *m)
{
	const char *on = day_words(day_of_instant(m->at_us), s->arena), *zh = "?", *en = "?";

	if (tell_step(s, m))
		return;

	for (size_t i = 0; i < sizeof(state_words) / sizeof(state_words[0]); i++)
		if (state_words[i].state == m->state) {
			zh = state_words[i].zh;
			en = state_words[i].en;
		}
	if (m->reason[0])
		step(s, arena_printf(s->arena, "%s 由账号 %s 改为“%s”，理由：%s", on, m->account, zh, m->reason),
		     arena_printf(s->arena, "On %s account %s made it “%s”; reason given: %s", on, m->account, en,
				  m->reason));
	else
		step(s, arena_printf(s->arena, "%s 由账号 %s 改为“%s”。", on, m->account, zh),
		     arena_printf(s->arena, "On %s account %s made it “%s”.", on, m->account, en));
}

static void
tell_revoked(struct story *s, const struct case_file *f)
{
	const AccountabilityRows__Measure *m = f->measure;

	if (m->recall_id[0])
		step(s, (char *)"所依据的召回不再成立，或不再计为派出单位的第 2 次及以上召回，该措施已撤销。",
		     (char *)"The recall it rests on no longer stands, or no longer counts as the unit's second or "
			     "later; the measure is revoked.");
	else if (is_ladder(f, "absence") && f->rung_now < m->rung)
		step(s,
		     arena_printf(s->arena, "%d 年现计入的无故脱岗为 %d 次，未达到第 %d 级，该措施已撤销。",
				  m->window_year, f->counted_now, m->rung),
		     arena_printf(s->arena,
				  "Absences that count in %d are now %d: rung %d is not reached, and the measure is "
				  "revoked.",
				  m->window_year, f->counted_now, m->rung));
	else if (is_ladder(f, "criticism") && f->rung_now < m->rung)
		step(s,
		     arena_printf(s->arena, "%d 年现计入的书面通报批评为 %d 份，未达到第 %d 级，该措施已撤销。",
				  m->window_year, f->counted_now, m->rung),
		     arena_printf(s->arena,
				  "Written criticisms that count in %d are now %d: rung %d is not reached, and the "
				  "measure is revoked.",
				  m->window_year, f->counted_now, m->rung));
	else if (m->unit_id[0])
		step(s, (char *)"按现在计入的事实、各日施行的政策和当日的主要负责人，不再得出该措施，已撤销。",
		     (char *)"By the facts that count now, the policies of their dates and who headed the unit then "
			     "this measure no longer follows; it is revoked.");
	else
		step(s, (char *)"按现在计入的事实和各日施行的政策，不再得出该措施，已撤销。",
		     (char *)"By the facts that count now and the policies of their dates this measure no longer "
			     "follows; it is revoked.");
}

size_t
case_steps(const struct case_file *f, arena_t *a, Common__Text ***out)
{
	struct story s = { .arena = a,
			   .steps = arena_alloc(a, (f->nfacts + f->nmoves + STEPS_EXTRA) * sizeof(*s.steps)) };

	tell_facts(&s, f);
	if (f->measure->recall_id[0]) {
		tell_order(&s, f);
	} else {
		tell_rung(&s, f);
		tell_span(&s, f);
	}
	tell_approval(&s, f);
	for (size_t i = 0; i < f->nmoves; i++)
		tell_move(&s, f->moves[i]);
	if (is_revoked(f))
		tell_revoked(&s, f);
	*out = s.steps;
	return s.n;
}

/* ---- readings */

#define SPAN(s) (1u << POLICY__SPAN__##s)
#define PERIODS (SPAN(MONTH_OF_ABSENCE) | SPAN(QUARTER_OF_ABSENCE) | SPAN(YEAR_OF_ABSENCE) | SPAN(YEAR_OF_FINDING))
#define DECIDED (SPAN(FROM_DECISION) | SPAN(MONTHS_FROM_DECISION) | SPAN(YEAR_AND_TERM))
/* Which entry of the register a measure of a ladder rests on: by its span, and of which kind (0: any).  ladder NULL:
 * any. */
static const struct { const char *id, *ladder; unsigned spans; Accountability__MeasureKind kind; } rests_on[] = {
	{ "A1", "absence", PERIODS | DECIDED, 0 },
	{ "A2", "absence", PERIODS | DECIDED, 0 },
	{ "A3", "absence", PERIODS, ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED },
	{ "A4", "absence", PERIODS, ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED },
	{ "A5", NULL, DECIDED, 0 },
	{ "A6", NULL, SPAN(YEAR_AND_TERM), 0 },
	{ "A7", "absence", DECIDED, ACCOUNTABILITY__MEASURE_KIND__RECALL },
	{ "A14", "criticism", PERIODS | DECIDED, 0 },
	{ "A17", "absence", PERIODS | DECIDED, 0 },
	{ "A18", NULL, PERIODS | DECIDED, ACCOUNTABILITY__MEASURE_KIND__ASSESSMENT_CANCELLED },
	{ "A18", NULL, PERIODS | DECIDED, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN },
	{ "A19", "criticism", PERIODS | DECIDED, 0 },
	{ "A23", "case", DECIDED, ACCOUNTABILITY__MEASURE_KIND__REMOVAL_PROPOSED },
};
#undef SPAN

/* A criticism by superiors is among the facts. */
static bool
has_superior(const struct case_file *f)
{
	for (size_t i = 0; i < f->nfacts; i++)
		if (f->facts[i]->source == SUPERVISION__SOURCE__SUPERIOR)
			return true;
	return false;
}

static bool
has_night_check(const struct case_file *f)
{
	for (size_t i = 0; i < f->nfacts; i++)
		if (f->facts[i]->source == SUPERVISION__SOURCE__NIGHT)
			return true;
	return false;
}

/* Of what an ordered recall brings: its facts, the day it starts on, and for the head whose second recall it is. */
static bool
recall_depends_on(const struct case_file *f, const char *id)
{
	static const char *const ids[] = { "A1", "A2", "A5", "A17" };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return f->measure->unit_id[0] && strcmp(id, "A7") == 0;
}

static bool
depends_on(const struct case_file *f, const Policy__Consequence *c, const char *id)
{
	if (strcmp(id, "A16") == 0)
		return (is_ladder(f, "absence") || f->measure->recall_id[0]) && has_night_check(f) && !f->limited;
	if (f->measure->recall_id[0])
		return recall_depends_on(f, id);
	if (strcmp(id, "A15") == 0)
		return is_ladder(f, "criticism") && has_superior(f) && !f->limited;
	if (strcmp(id, "A22") == 0)
		return is_ladder(f, "criticism") && !f->measure->unit_id[0];
	for (size_t i = 0; i < sizeof(rests_on) / sizeof(rests_on[0]); i++)
		if (strcmp(rests_on[i].id, id) == 0 && (!rests_on[i].ladder || is_ladder(f, rests_on[i].ladder)) &&
		    (rests_on[i].spans & 1u << c->span) && (!rests_on[i].kind || rests_on[i].kind == f->measure->kind))
			return true;
	return false;
}

size_t
case_readings(const struct case_file *f, arena_t *a, Accountability__ReadingUsed ***out)
{
	const Policy__Consequence *c = case_consequence(f);
	size_t n = 0;

	*out = arena_alloc(a, ((f->policy ? f->policy->n_readings : 0) + 1) * sizeof(**out));
	for (size_t i = 0; (c || (f->policy && f->measure->recall_id[0])) && i < f->policy->n_readings; i++) {
		const Policy__Reading *r = f->policy->readings[i];
		if (!depends_on(f, c, r->id))
			continue;
		Accountability__ReadingUsed *used = arena_message(a, &accountability__reading_used__descriptor);
		used->id = r->id;
		used->reading = r->reading;
		used->text = r->text;
		(*out)[n++] = used;
	}
	return n;
}
