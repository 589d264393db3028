/* recall_policy - see recall_policy.h. */
#include "recall_policy.h"
#include "base/civil.h"
#include <string.h>

typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__UnitRecall UnitRecall;
typedef MirrorRows__Posting Posting;

#define STATE(s) ACCOUNTABILITY__RECALL_CASE__STATE__##s

/* ---- what its measure is, and its dates */

Accountability__MeasureState
recall_measure_state(recall_state_t state)
{
	switch (state) {
	case STATE(ORDERED):
	case STATE(HANDED_OVER):
		return ACCOUNTABILITY__MEASURE_STATE__IN_FORCE;
	case STATE(REPLACED):
		return ACCOUNTABILITY__MEASURE_STATE__SERVED;
	case STATE(CANCELLED):
		return ACCOUNTABILITY__MEASURE_STATE__LIFTED;
	default:
		return ACCOUNTABILITY__MEASURE_STATE__PROPOSED;
	}
}

/* The order has as many days as the review: the policy names no others for it. */
bool
recall_due(const struct policy_version *v, recall_state_t state, int32_t since_day, int32_t *due_day)
{
	const Policy__Recall *p = v ? v->document->recall : NULL;

	if (!p)
		return false;
	switch (state) {
	case STATE(PROPOSED):
	case STATE(REVIEWED):
		*due_day = since_day + p->review_due_days;
		return true;
	case STATE(ORDERED):
		*due_day = since_day + p->handover_due_days;
		return true;
	case STATE(HANDED_OVER):
		*due_day = since_day + p->replacement_due_days;
		return true;
	default:
		return false;
	}
}

/* ---- postings */

static bool
covers(const Posting *p, int32_t day)
{
	return day_within(day, p->from_day, p->maybe_to_case, p->to_day);
}

static int
rank(const Posting *p)
{
	return p->role == ROSTER__ROLE__FIRST_SECRETARY ? 0 : p->role == ROSTER__ROLE__TEAM_MEMBER ? 1 : 2;
}

const Posting *
recall_posting(const Posting *const *postings, size_t n, int32_t day)
{
	const Posting *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const Posting *p = postings[i];
		if (!covers(p, day))
			continue;
		int order = best ? rank(p) - rank(best) : -1;
		if (order < 0 || (order == 0 && strcmp(p->posting_id, best->posting_id) < 0))
			best = p;
	}
	return best;
}

int32_t
recall_end(const Posting *ended, int32_t ordered_day)
{
	return ended->maybe_to_case && ended->to_day <= ordered_day ? ended->to_day : ordered_day + 1;
}

bool
recall_fits(const Posting *ended, int32_t end_day, const Posting *successor)
{
	return strcmp(ended->person_id, successor->person_id) != 0 &&
	       strcmp(ended->village_id, successor->village_id) == 0 && ended->role == successor->role &&
	       successor->from_day >= end_day;
}

/* ---- the unit's recalls (A7) */

static bool
counts_for(const UnitRecall *earlier, const UnitRecall *r, const Policy__Recall *p)
{
	return p->maybe_count_within_case != POLICY__RECALL__MAYBE_COUNT_WITHIN_COUNT_WITHIN_MONTHS ||
	       day_add_months(earlier->ordered_day, p->count_within_months) > r->ordered_day;
}

int
recall_place(const UnitRecall *const *of_unit, size_t n, const UnitRecall *r, const Policy__Recall *p)
{
	int place = 1;

	for (size_t i = 0; i < n; i++)
		place += of_unit[i]->ordered_seq < r->ordered_seq && counts_for(of_unit[i], r, p);
	return place;
}

bool
recall_takes_head(const UnitRecall *const *of_unit, size_t n, const UnitRecall *r, const struct policy_book *book)
{
	const struct policy_version *v = policy_on(book, r->ordered_day);

	return v && recall_place(of_unit, n, r, v->document->recall) >= v->document->recall->head_takes_post_at;
}

/* ---- measures */

static void
reason_set(Measure *m, const char *zh, const char *en, int32_t ordered_day, arena_t *a)
{
	char day[DAY_TEXT_MAX];

	day_text(ordered_day, day);
	m->reason_zh = arena_printf(a, "%s（决定召回日期：%s）", zh, day);
	m->reason_en = arena_printf(a, "%s (recall ordered on %s)", en, day);
}

/* All that an order of this day brings begins on it and is judged by its policy. */
static Measure *
brought(const char *ladder, Accountability__MeasureKind kind, const char *kind_name, const struct policy_version *v,
	int32_t ordered_day, arena_t *a)
{
	Measure *m = arena_message(a, &accountability_rows__measure__descriptor);
	bool automatic = policy_approval(v->document, kind_name) == APPROVAL_AUTOMATIC;

	m->ladder = (char *)ladder;
	m->kind = kind;
	m->policy = (char *)v->version;
	m->state = automatic ? ACCOUNTABILITY__MEASURE_STATE__IN_FORCE : ACCOUNTABILITY__MEASURE_STATE__PROPOSED;
	m->approval = (char *)(automatic ? "automatic" : "four_eyes");
	m->from_day = m->decided_day = ordered_day;
	return m;
}

static void
until(Measure *m, int32_t day)
{
	m->maybe_until_case = ACCOUNTABILITY_ROWS__MEASURE__MAYBE_UNTIL_UNTIL_DAY;
	m->until_day = day;
}

static Measure *
of_recall(const Recall *r, const Measure *opened, Measure *m, const struct policy_version *v, arena_t *a)
{
	m->clause = v->document->recall->clause;
	m->window_year = opened->window_year;
	m->recall_id = r->recall_id;
	m->rung = opened->rung;
	m->absence_day = opened->absence_day;
	m->n_cause = opened->n_cause;
	m->cause = opened->cause;
	reason_set(m, "被召回人员当年不得评先评优，2 年内不得提拔重用。",
		   "Who is recalled gets no awards that year and no promotion for 2 years.", r->ordered_day, a);
	return m;
}

/* NULL: no longer due, or called off. */
static const Measure *
opened_by(const char *recall_id, const Measure *const *opened, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(opened[i]->measure_id, recall_id) == 0 &&
		    opened[i]->state != ACCOUNTABILITY__MEASURE_STATE__LIFTED)
			return opened[i];
	return NULL;
}

size_t
recall_measures(const Recall *const *recalls, size_t n, const Measure *const *opened, size_t nopened,
		const struct policy_book *book, arena_t *a, Measure ***out)
{
	size_t count = 0;

	*out = arena_alloc(a, (2 * n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		const Recall *r = recalls[i];
		const Measure *by = r->maybe_ordered_case ? opened_by(r->recall_id, opened, nopened) : NULL;
		const struct policy_version *v = by ? policy_on(book, r->ordered_day) : NULL;
		if (!v)
			continue;
		Measure *ban = brought(LADDER_RECALL, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, "award_ban", v,
				       r->ordered_day, a);
		until(ban, year_end(r->ordered_day));
		(*out)[count++] = of_recall(r, by, ban, v, a);
		if (v->document->recall->promotion_freeze_months == 0)
			continue;
		Measure *freeze = brought(LADDER_RECALL, ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE,
					  "promotion_freeze", v, r->ordered_day, a);
		until(freeze, day_add_months(r->ordered_day, v->document->recall->promotion_freeze_months));
		(*out)[count++] = of_recall(r, by, freeze, v, a);
	}
	return count;
}

size_t
recall_counted(const UnitRecall *const *of_unit, size_t n, const char *person_id, const Measure *const *opened,
	       size_t nopened, arena_t *a, const UnitRecall ***out)
{
	size_t count = 0;

	*out = arena_alloc(a, (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		const UnitRecall *r = of_unit[i];
		const Measure *by =
			strcmp(r->person_id, person_id) == 0 ? opened_by(r->recall_id, opened, nopened) : NULL;
		if (by) {
			UnitRecall *now = arena_copy(a, r, sizeof(*r));
			now->absence_day = by->absence_day;
			now->n_cause = by->n_cause;
			now->cause = by->cause;
			r = now;
		} else if (strcmp(r->person_id, person_id) == 0) {
			continue;
		}
		(*out)[count++] = r;
	}
	return count;
}

size_t
recall_head_measures(const UnitRecall *const *of_unit, size_t n, const struct policy_book *book, arena_t *a,
		     Measure ***out)
{
	size_t count = 0;

	*out = arena_alloc(a, (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		const UnitRecall *r = of_unit[i];
		if (!recall_takes_head(of_unit, n, r, book))
			continue;
		const struct policy_version *v = policy_on(book, r->ordered_day);
		Measure *m = brought(LADDER_HEAD, ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST,
				     "unit_head_takes_post", v, r->ordered_day, a);
		m->clause = v->document->recall->head_takes_post_clause;
		m->unit_id = r->unit_id;
		m->head_person_id = r->head_person_id;
		m->window_year = day_year(r->ordered_day);
		m->recall_id = r->recall_id;
		m->cause_of = r->person_id;
		m->rung = recall_place(of_unit, n, r, v->document->recall);
		m->absence_day = r->absence_day;
		m->n_cause = r->n_cause;
		m->cause = r->cause;
		reason_set(m, "派出单位 2 次及以上被召回的，由派出单位主要负责人“顶岗”。",
		           "From the second recall of a unit on, the head of the sending unit takes the post.",
		           r->ordered_day, a);
		(*out)[count++] = m;
	}
	return count;
}
