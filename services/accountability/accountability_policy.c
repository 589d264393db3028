/* accountability_policy - see accountability_policy.h. */
#include "accountability_policy.h"
#include "base/civil.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

/* ---- absences */

static bool
is_absence(const Finding *f)
{
	return f->kind == SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE &&
	       f->state == SUPERVISION__FINDING_STATE__CONFIRMED;
}

static int
by_date_and_id(const void *a, const void *b)
{
	const Finding *x = *(const Finding *const *)a, *y = *(const Finding *const *)b;
	return x->on_day != y->on_day ? (x->on_day > y->on_day) - (x->on_day < y->on_day)
				      : strcmp(x->finding_id, y->finding_id);
}

size_t
ladder_sorted(const Finding *const *findings, size_t n, bool (*keep)(const Finding *), arena_t *a, const Finding ***out)
{
	const Finding **kept = arena_alloc(a, (n + 1) * sizeof(*kept));
	size_t nkept = 0;

	for (size_t i = 0; i < n; i++)
		if (keep(findings[i]))
			kept[nkept++] = findings[i];
	qsort(kept, nkept, sizeof(*kept), by_date_and_id);
	*out = kept;
	return nkept;
}

static int
rung_of(const struct policy_book *book, const struct policy_version *on, int k)
{
	/* Before the first policy nothing follows, but the count is shown as the first ladder counts. */
	const struct policy_version *v = on ? on : book->n ? &book->versions[0] : NULL;
	int rungs = v ? (int)v->document->absence_ladder->n_rungs : 0;

	return k < rungs ? k : rungs;
}

size_t
ladder_absences(const struct policy_book *book, const Finding *const *findings, size_t n, arena_t *a,
		struct absence **out)
{
	const Finding **sorted;
	size_t nsorted = ladder_sorted(findings, n, is_absence, a, &sorted), count = 0;
	struct absence *absences = arena_alloc(a, (nsorted + 1) * sizeof(*absences));

	for (size_t i = 0; i < nsorted; i++) {
		const Finding *f = sorted[i];
		const struct absence *last = count ? &absences[count - 1] : NULL;
		if (last && last->finding->on_day == f->on_day)
			continue;                                               /* A17 */
		bool same_year = last && day_year(last->finding->on_day) == day_year(f->on_day);
		struct absence *x = &absences[count++];
		*x = (struct absence){ .finding = f, .k = same_year ? last->k + 1 : 1,
				       .policy = policy_on(book, f->on_day) };
		x->rung = rung_of(book, x->policy, x->k);
	}
	*out = absences;
	return count;
}

/* ---- what follows */

static bool
covers(const MirrorRows__Posting *p, int32_t day)
{
	return day_within(day, p->from_day, p->maybe_to_case, p->to_day);
}

bool
ladder_term_end(const MirrorRows__Posting *const *postings, size_t n, int32_t day, int32_t *end)
{
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		const MirrorRows__Posting *p = postings[i];
		if (!covers(p, day) || (!p->maybe_term_to_case && !p->maybe_to_case))
			continue;
		int32_t ends = p->maybe_term_to_case ? p->term_to_day : p->to_day;
		*end = !found || ends > *end ? ends : *end;
		found = true;
	}
	return found;
}

static Accountability__MeasureKind
kind_named(const char *json_name)
{
	char name[64];
	size_t len = strlen(json_name);

	assert(len < sizeof(name));
	for (size_t i = 0; i <= len; i++)
		name[i] = json_name[i] >= 'a' && json_name[i] <= 'z' ? (char)(json_name[i] - 'a' + 'A') : json_name[i];
	const ProtobufCEnumValue *v =
		protobuf_c_enum_descriptor_get_value_by_name(&accountability__measure_kind__descriptor, name);
	assert(v);                                      /* policy_parse knows the kinds */
	return (Accountability__MeasureKind)v->value;
}

static void
span_until(Measure *m, int32_t day)
{
	m->maybe_until_case = ACCOUNTABILITY_ROWS__MEASURE__MAYBE_UNTIL_UNTIL_DAY;
	m->until_day = day;
}

/* m has its absence_day and decided_day. */
static void
span_set(Measure *m, const struct reached *r, const Policy__Consequence *c)
{
	int32_t end;

	m->from_day = m->decided_day;
	switch (c->span) {
	case POLICY__SPAN__MONTH_OF_ABSENCE:
		m->from_day = month_start(m->absence_day);
		span_until(m, month_end(m->absence_day));
		return;
	case POLICY__SPAN__QUARTER_OF_ABSENCE:
		m->from_day = quarter_start(m->absence_day);
		span_until(m, quarter_end(m->absence_day));
		return;
	case POLICY__SPAN__YEAR_OF_ABSENCE:
	case POLICY__SPAN__YEAR_OF_FINDING:
		m->from_day = year_start(m->absence_day);
		span_until(m, year_end(m->absence_day));
		return;
	case POLICY__SPAN__MONTHS_FROM_DECISION:
		span_until(m, day_add_months(m->decided_day, c->months));
		return;
	case POLICY__SPAN__YEAR_AND_TERM:
		span_until(m, year_end(m->decided_day));
		if (ladder_term_end(r->postings, r->npostings, m->absence_day, &end) && end > m->until_day)
			m->until_day = end;
		return;
	default:                                        /* from the decision on, no end */
		return;
	}
}

static char *
dates_text(const struct reached *r, const char *separator, arena_t *a)
{
	char *text = arena_alloc(a, r->nfacts * (DAY_TEXT_MAX + strlen(separator)) + 1), *end = text;

	for (size_t i = 0; i < r->nfacts; i++) {
		end = stpcpy(end, i ? separator : "");
		day_text(r->facts[i]->on_day, end);
		end += strlen(end);
	}
	return text;
}

/* The rule's own words, then the dates that it was applied to. */
static void
reason_set(Measure *m, const struct reached *r, arena_t *a)
{
	char day[DAY_TEXT_MAX];

	day_text(m->decided_day, day);
	m->reason_zh =
		arena_printf(a, "%s（%s：%s；决定日期：%s）", r->reason->zh, r->dates_zh, dates_text(r, "、", a), day);
	m->reason_en =
		arena_printf(a, "%s (%s %s; decided on %s)", r->reason->en, r->dates_en, dates_text(r, ", ", a), day);
}

/* Who and why: the same for all that one rung brings. */
static void
grounds_set(Measure *m, const struct reached *r, arena_t *a)
{
	m->ladder = (char *)r->ladder;
	m->clause = (char *)r->clause;
	m->policy = (char *)r->policy->version;
	m->rung = r->rung;
	m->unit_id = (char *)r->unit_id;
	m->head_person_id = (char *)r->head_person_id;
	m->absence_day = r->facts[r->nfacts - 1]->on_day;
	m->window_year = day_year(m->absence_day);
	m->cause = arena_alloc(a, r->nfacts * sizeof(*m->cause));
	m->decided_day = r->facts[0]->confirmed_day;
	for (size_t i = 0; i < r->nfacts; i++) {
		m->cause[m->n_cause++] = r->facts[i]->finding_id;
		if (r->facts[i]->confirmed_day > m->decided_day)
			m->decided_day = r->facts[i]->confirmed_day;
	}
}

static Measure *
measure_of(const struct reached *r, const Policy__Consequence *c, arena_t *a)
{
	Measure *m = arena_message(a, &accountability_rows__measure__descriptor);
	bool automatic = policy_approval(r->policy->document, c->kind) == APPROVAL_AUTOMATIC;

	grounds_set(m, r, a);
	m->kind = kind_named(c->kind);
	m->state = automatic ? ACCOUNTABILITY__MEASURE_STATE__IN_FORCE : ACCOUNTABILITY__MEASURE_STATE__PROPOSED;
	m->approval = (char *)(automatic ? "automatic" : "four_eyes");
	span_set(m, r, c);
	reason_set(m, r, a);
	return m;
}

/* §5 Identity: subject, clause, kind, window.  Of an ordered recall's measures the recall is the window. */
static bool
same_identity(const Measure *x, const Measure *y)
{
	return x->kind == y->kind && x->window_year == y->window_year && strcmp(x->clause, y->clause) == 0 &&
	       strcmp(x->ladder, y->ladder) == 0 && strcmp(x->recall_id, y->recall_id) == 0 &&
	       strcmp(x->unit_id, y->unit_id) == 0 && strcmp(x->head_person_id, y->head_person_id) == 0;
}

/* Two policies may give one clause to two rungs; what the later absence reached is then the one that stands. */
static size_t
add_measure(Measure **all, size_t n, Measure *m)
{
	for (size_t i = 0; i < n; i++)
		if (same_identity(all[i], m)) {
			all[i] = m;
			return n;
		}
	all[n] = m;
	return n + 1;
}

size_t
ladder_follow(const struct reached *r, Policy__Consequence *const *consequences, size_t nconsequences, arena_t *a,
	      Measure **all, size_t n)
{
	for (size_t c = 0; c < nconsequences; c++)
		n = add_measure(all, n, measure_of(r, consequences[c], a));
	return n;
}

/* `kth` reached its rung; the first of its year lies k - 1 before it. */
static size_t
rung_measures(const struct absence *kth, const MirrorRows__Posting *const *postings, size_t npostings, arena_t *a,
	      Measure **all, size_t n)
{
	const struct absence *first = kth - (kth->k - 1);
	const Policy__Rung *rung = kth->policy->document->absence_ladder->rungs[kth->k - 1];
	const Finding **facts = arena_alloc(a, (size_t)kth->k * sizeof(*facts));

	for (int i = 0; i < kth->k; i++)
		facts[i] = first[i].finding;
	const struct reached r = {
		.ladder = LADDER_ABSENCE, .clause = rung->clause, .reason = rung->reason, .rung = kth->k,
		.policy = kth->policy, .facts = facts, .nfacts = (size_t)kth->k, .dates_zh = "脱岗日期",
		.dates_en = "absent on", .postings = postings, .npostings = npostings, .unit_id = "",
		.head_person_id = "",
	};
	return ladder_follow(&r, rung->measures, rung->n_measures, a, all, n);
}

/* Reached for the first time: one absence more than the ladder has rungs adds nothing. */
static bool
reaches_rung(const struct absence *x)
{
	return x->policy && (size_t)x->k <= x->policy->document->absence_ladder->n_rungs;
}

size_t
ladder_measures(const struct absence *absences, size_t n, const MirrorRows__Posting *const *postings, size_t npostings,
		arena_t *a, Measure ***out)
{
	size_t cap = 1, count = 0;

	for (size_t i = 0; i < n; i++)
		cap += reaches_rung(&absences[i])
			       ? absences[i].policy->document->absence_ladder->rungs[absences[i].k - 1]->n_measures
			       : 0;
	*out = arena_alloc(a, cap * sizeof(**out));
	for (size_t i = 0; i < n; i++)
		if (reaches_rung(&absences[i]))
			count = rung_measures(&absences[i], postings, npostings, a, *out, count);
	return count;
}

/* ---- what changes */

static bool
same_until(const Measure *x, const Measure *y)
{
	return !x->maybe_until_case == !y->maybe_until_case && (!x->maybe_until_case || x->until_day == y->until_day);
}

static bool
same_cause(const Measure *x, const Measure *y)
{
	if (x->n_cause != y->n_cause)
		return false;
	for (size_t i = 0; i < x->n_cause; i++)
		if (strcmp(x->cause[i], y->cause[i]) != 0)
			return false;
	return true;
}

/* The reason's words follow from cause, policy and dates. */
static bool
same_measure(const Measure *x, const Measure *y)
{
	return x->from_day == y->from_day && same_until(x, y) && same_cause(x, y) && x->rung == y->rung &&
	       strcmp(x->policy, y->policy) == 0 && strcmp(x->approval, y->approval) == 0 &&
	       x->decided_day == y->decided_day && x->absence_day == y->absence_day;
}

static bool
stands(const Measure *m)
{
	return m->state != ACCOUNTABILITY__MEASURE_STATE__REVOKED;
}

static const Measure *
with_identity(const Measure *of, const Measure *const *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same_identity(rows[i], of))
			return rows[i];
	return NULL;
}

/* Imposed, amended, or nothing new.  What was approved or served outlives an amendment, but not a change of who has to
 * decide; what was refused is refused no longer than the refusal reaches. */
static bool
change_to(const Measure *was, Measure *due, struct measure_change *out)
{
	*out = (struct measure_change){ .change = ACCOUNTABILITY__CHANGE__IMPOSED, .was = was, .is = due };
	if (!was || !stands(was))
		return true;
	if (same_measure(was, due))
		return false;
	if (measure_is_refused(was->state) && !measure_is_refused(due->state))
		return true;
	out->change = ACCOUNTABILITY__CHANGE__AMENDED;
	if (!measure_is_refused(due->state) && strcmp(was->approval, due->approval) == 0)
		due->state = was->state;
	return true;
}

static Measure *
revoked(const Measure *was, arena_t *a)
{
	Measure *m = arena_copy(a, was, sizeof(*was));
	m->state = ACCOUNTABILITY__MEASURE_STATE__REVOKED;
	return m;
}

void
ladder_identify(Measure *const *due, size_t ndue, const Measure *const *standing, size_t nstanding)
{
	for (size_t i = 0; i < ndue; i++) {
		const Measure *was = with_identity(due[i], standing, nstanding);
		if (!was)
			continue;
		due[i]->district = was->district;
		due[i]->case_id = was->case_id;
		due[i]->measure_id = was->measure_id;
	}
}

/* ---- decisions against measures (A98) */

size_t
ladder_counted(const char *ladder, const Finding *const *facts, size_t n, arena_t *a, char ***out)
{
	char day[DAY_TEXT_MAX];

	*out = arena_alloc(a, (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		day_text(facts[i]->on_day, day);
		const char *by = strcmp(ladder, "criticism") == 0 ? facts[i]->bulletin
				 : strcmp(ladder, "case") == 0    ? facts[i]->finding_id
								  : day;
		(*out)[i] = arena_strdup(a, by);
	}
	return n;
}

static bool
is_within(char *const *counted, size_t n, const AccountabilityRows__Decision *d)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < d->n_counted && strcmp(d->counted[k], counted[i]) != 0)
			k++;
		if (k == d->n_counted)
			return false;
	}
	return true;
}

const AccountabilityRows__Decision *
ladder_held(const AccountabilityRows__Decision *const *decisions, size_t n, const char *measure_id,
	    char *const *counted, size_t ncounted)
{
	const AccountabilityRows__Decision *held = NULL;

	for (size_t i = 0; i < n; i++)
		if (strcmp(decisions[i]->measure_id, measure_id) == 0 && is_within(counted, ncounted, decisions[i]) &&
		    (!held || decisions[i]->seq > held->seq))
			held = decisions[i];
	return held;
}

bool
measure_is_refused(Accountability__MeasureState state)
{
	return state == ACCOUNTABILITY__MEASURE_STATE__REJECTED || state == ACCOUNTABILITY__MEASURE_STATE__LIFTED;
}

/* ---- the difference */

size_t
ladder_diff(Measure *const *due, size_t ndue, const Measure *const *standing, size_t nstanding, arena_t *a,
	    struct measure_change **out)
{
	struct measure_change *changes = arena_alloc(a, (ndue + nstanding + 1) * sizeof(*changes));
	size_t n = 0;

	ladder_identify(due, ndue, standing, nstanding);
	for (size_t i = 0; i < ndue; i++)
		n += change_to(with_identity(due[i], standing, nstanding), due[i], &changes[n]);
	for (size_t i = 0; i < nstanding; i++) {
		const Measure *was = standing[i];
		if (!stands(was) || with_identity(was, (const Measure *const *)due, ndue))
			continue;
		changes[n++] = (struct measure_change){ ACCOUNTABILITY__CHANGE__REVOKED_CHANGE, was, revoked(was, a) };
	}
	*out = changes;
	return n;
}

bool
ladder_shrank(const struct measure_change *c)
{
	if (c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE)
		return true;
	if (c->change != ACCOUNTABILITY__CHANGE__AMENDED)
		return false;
	bool ends_sooner =
		c->is->maybe_until_case && (!c->was->maybe_until_case || c->is->until_day < c->was->until_day);
	bool loses_effect = measure_in_effect(c->was->state) && !measure_in_effect(c->is->state);
	bool is_refused = !measure_is_refused(c->was->state) && measure_is_refused(c->is->state);
	return c->is->from_day > c->was->from_day || ends_sooner || loses_effect || is_refused;
}

bool
measure_in_effect(Accountability__MeasureState state)
{
	return state == ACCOUNTABILITY__MEASURE_STATE__IN_FORCE || state == ACCOUNTABILITY__MEASURE_STATE__SERVED;
}

/* ---- what measures bar somebody from */

void
eligibility_on(const Measure *const *measures, size_t n, Accountability__MeasureKind barring, int32_t day, arena_t *a,
               Accountability__Verdict *out)
{
	out->n_reasons = 0;
	out->reasons = arena_alloc(a, (n + 1) * sizeof(*out->reasons));
	for (size_t i = 0; i < n; i++) {
		const Measure *m = measures[i];
		bool covering = day_within(day, m->from_day, m->maybe_until_case, m->until_day);
		if (m->kind == barring && measure_in_effect(m->state) && covering)
			out->reasons[out->n_reasons++] = m->measure_id;
	}
	out->eligible = out->n_reasons == 0;
}
