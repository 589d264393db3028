/* criticism_policy - see criticism_policy.h. */
#include "criticism_policy.h"
#include "base/civil.h"
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef MirrorRows__Posting Posting;

/* ---- written criticisms */

static bool
is_confirmed(const Finding *f)
{
	return f->state == SUPERVISION__FINDING_STATE__CONFIRMED;
}

static bool
is_criticism(const Finding *f)
{
	return f->kind == SUPERVISION__FINDING_KIND__WRITTEN_CRITICISM && is_confirmed(f);
}

static bool
is_counted(const Finding *f, const struct criticism *counted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(counted[i].finding->bulletin, f->bulletin) == 0 &&
		    day_year(counted[i].finding->on_day) == day_year(f->on_day))
			return true;
	return false;
}

static int
rung_after(const struct policy_book *book, const Finding *f, int before)
{
	const struct policy_version *on = policy_on(book, f->on_day);
	/* Before the first policy nothing follows, but the count is shown as the first ladder counts. */
	const struct policy_version *v = on ? on : book->n ? &book->versions[0] : NULL;
	int rung = before + 1;

	if (!v)
		return rung;
	if (f->source == SUPERVISION__SOURCE__SUPERIOR && rung < v->document->criticisms->superior_enters_at)
		rung = v->document->criticisms->superior_enters_at;
	return rung < v->document->criticisms->rungs ? rung : v->document->criticisms->rungs;
}

/* Where a policy has fewer rungs than the one before, a rung may be the same again: highest is that of the year so far.
 */
size_t
criticism_count(const struct policy_book *book, const Finding *const *findings, size_t n, arena_t *a,
		struct criticism **out)
{
	const Finding **sorted;
	size_t nsorted = ladder_sorted(findings, n, is_criticism, a, &sorted), count = 0;
	struct criticism *counted = arena_alloc(a, (nsorted + 1) * sizeof(*counted));
	int highest = 0;

	for (size_t i = 0; i < nsorted; i++) {
		const Finding *f = sorted[i];
		const struct criticism *last = count ? &counted[count - 1] : NULL;
		bool same_year = last && day_year(last->finding->on_day) == day_year(f->on_day);
		if (is_counted(f, counted, count))
			continue;
		highest = same_year ? highest : 0;
		struct criticism *c = &counted[count++];
		*c = (struct criticism){ .finding = f,
					 .place = same_year ? last->place + 1 : 1,
					 .rung = rung_after(book, f, same_year ? last->rung : 0),
					 .policy = policy_on(book, f->on_day) };
		c->reaches = c->rung > highest;
		highest = c->reaches ? c->rung : highest;
	}
	*out = counted;
	return count;
}

/* ---- whose case it is */

/* unit_id "": a person's, who holds `postings`; else a unit's, with its heads. */
struct side {
	const struct policy_book *book;
	const char *unit_id;
	const Posting *const *postings; size_t npostings;
	const struct headship *heads; size_t nheads;
	arena_t *arena;
};

/* Who headed the unit on a day; NULL: it is not known of any day so early. */
static const struct headship *
head_on(const struct side *s, int32_t day)
{
	const struct headship *on = NULL;

	for (size_t i = 0; i < s->nheads && s->heads[i].from_day <= day; i++)
		on = &s->heads[i];
	return on;
}

/* In a unit's case what a finding brings is its head's, as of its date. */
static void
set_head(const struct side *s, const Finding *f, struct reached *r)
{
	const struct headship *h = head_on(s, f->on_day);

	if (!h)
		return;
	r->head_person_id = h->person_id;
	r->postings = h->postings;
	r->npostings = h->npostings;
}

static struct reached
reached_by(const struct side *s, const char *ladder, const struct policy_version *v, const Finding *const *facts,
	   size_t nfacts)
{
	return (struct reached){
		.ladder = ladder, .policy = v, .facts = facts, .nfacts = nfacts, .postings = s->postings,
		.npostings = s->npostings, .unit_id = s->unit_id, .head_person_id = "",
	};
}

struct measures { Measure **at; size_t n; };

static void
follow(const struct side *s, const struct reached *r, Policy__Consequence *const *consequences, size_t n,
       struct measures *all)
{
	Measure **grown = arena_alloc(s->arena, (all->n + n + 1) * sizeof(*grown));

	if (all->n)
		memcpy(grown, all->at, all->n * sizeof(*grown));
	all->at = grown;
	all->n = ladder_follow(r, consequences, n, s->arena, all->at, all->n);
}

/* ---- C3.1.1 */

static const Policy__CriticismRung *
rung_of(const struct criticism *c)
{
	const Policy__Criticisms *p = c->policy && c->reaches ? c->policy->document->criticisms : NULL;

	return p && (size_t)c->rung <= p->n_ladder ? p->ladder[c->rung - 1] : NULL;
}

/* `c` reached its rung; the first of its year lies place - 1 before it. */
static void
follow_rung(const struct side *s, const struct criticism *c, const Policy__CriticismRung *rung, struct measures *all)
{
	const struct criticism *first = c - (c->place - 1);
	const Finding **facts = arena_alloc(s->arena, (size_t)c->place * sizeof(*facts));

	for (int i = 0; i < c->place; i++)
		facts[i] = first[i].finding;
	struct reached r = reached_by(s, LADDER_CRITICISM, c->policy, facts, (size_t)c->place);
	r.clause = rung->clause;
	r.reason = rung->reason;
	r.rung = c->rung;
	r.dates_zh = "通报日期";
	r.dates_en = "criticised on";
	if (s->unit_id[0]) {
		set_head(s, c->finding, &r);
		follow(s, &r, rung->unit_head, rung->n_unit_head, all);
	} else {
		follow(s, &r, rung->responsible, rung->n_responsible, all);
	}
}

static void
follow_criticisms(const struct side *s, const Finding *const *findings, size_t n, struct measures *all)
{
	struct criticism *counted;
	size_t count = criticism_count(s->book, findings, n, s->arena, &counted);

	for (size_t i = 0; i < count; i++) {
		const Policy__CriticismRung *rung = rung_of(&counted[i]);
		if (rung)
			follow_rung(s, &counted[i], rung, all);
	}
}

/* ---- C3.1.2-2, C3.1.3, C3.2.2 */

/* The case of this clause in the policy of the finding's date, if the finding falls under it. */
static const Policy__Case *
case_of(const struct side *s, const char *clause, const Finding *f, const struct policy_version **v)
{
	const struct policy_finding finding = { f->kind, f->source, f->major, f->on_day, s->postings, s->npostings };

	*v = policy_on(s->book, f->on_day);
	for (size_t i = 0; *v && i < (*v)->document->n_cases; i++) {
		const Policy__Case *c = (*v)->document->cases[i];
		if (strcmp(c->clause, clause) == 0)
			return policy_case_covers(c, &finding) ? c : NULL;
	}
	return NULL;
}

enum answers { RESPONSIBLE, UNIT_HEAD };

/* Whom a finding names answers for it: in a unit's case those that name nobody else are the unit's own. */
static bool
answers_for(const struct side *s, enum answers who, const Finding *f)
{
	return who == UNIT_HEAD || !s->unit_id[0] || !f->about_person_id[0];
}

static void
follow_case(const struct side *s, const Policy__Case *c, enum answers who, struct reached *r, struct measures *all)
{
	r->clause = c->clause;
	r->reason = c->reason;
	r->rung = (int)r->nfacts;
	r->dates_zh = "问题日期";
	r->dates_en = "found on";
	if (who == RESPONSIBLE) {
		follow(s, r, c->responsible, c->n_responsible, all);
		return;
	}
	set_head(s, r->facts[r->nfacts - 1], r);
	follow(s, r, c->unit_head, c->n_unit_head, all);
}

/* A finding that falls under a clause, and the case of the policy of its date. */
struct fallen { const Finding *finding; const Policy__Case *rule; const struct policy_version *policy; };

static size_t
fallen_list(const struct side *s, const char *clause, enum answers who, const Finding *const *sorted, size_t n,
	    struct fallen **out)
{
	size_t count = 0;

	*out = arena_alloc(s->arena, (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		struct fallen *x = &(*out)[count];
		x->finding = sorted[i];
		x->rule = answers_for(s, who, sorted[i]) ? case_of(s, clause, sorted[i], &x->policy) : NULL;
		count += x->rule != NULL;
	}
	return count;
}

static bool
same_year(const struct fallen *x, const struct fallen *y)
{
	return day_year(x->finding->on_day) == day_year(y->finding->on_day);
}

/* What the later one brings replaces what this one does: of the same year, rule and head. */
static bool
is_replaced(const struct side *s, const struct fallen *x, const struct fallen *next)
{
	return same_year(x, next) && x->policy == next->policy &&
	       head_on(s, x->finding->on_day) == head_on(s, next->finding->on_day);
}

/* One for a calendar year, by all of its findings so far. */
static void
follow_clause(const struct side *s, const char *clause, enum answers who, const Finding *const *sorted, size_t n,
	      struct measures *all)
{
	const Finding **facts = arena_alloc(s->arena, (n + 1) * sizeof(*facts));
	struct fallen *list;
	size_t count = fallen_list(s, clause, who, sorted, n, &list), first = 0;

	for (size_t i = 0; i < count; i++) {
		first = i && same_year(&list[i - 1], &list[i]) ? first : i;
		facts[i] = list[i].finding;
		if (i + 1 < count && is_replaced(s, &list[i], &list[i + 1]))
			continue;
		struct reached r = reached_by(s, LADDER_CASE, list[i].policy, facts + first, i - first + 1);
		follow_case(s, list[i].rule, who, &r, all);
	}
}

/* An earlier version, or an earlier case of this one, has this clause. */
static bool
clause_done(const struct policy_book *book, size_t version, size_t nth)
{
	const char *clause = book->versions[version].document->cases[nth]->clause;

	for (size_t v = 0; v < version; v++)
		for (size_t i = 0; i < book->versions[v].document->n_cases; i++)
			if (strcmp(book->versions[v].document->cases[i]->clause, clause) == 0)
				return true;
	return false;
}

static void
follow_cases(const struct side *s, const Finding *const *findings, size_t n, struct measures *all)
{
	const Finding **sorted;
	size_t nsorted = ladder_sorted(findings, n, is_confirmed, s->arena, &sorted);

	for (size_t v = 0; nsorted && v < s->book->n; v++)
		for (size_t i = 0; i < s->book->versions[v].document->n_cases; i++) {
			const char *clause = s->book->versions[v].document->cases[i]->clause;
			if (clause_done(s->book, v, i))
				continue;
			follow_clause(s, clause, RESPONSIBLE, sorted, nsorted, all);
			if (s->unit_id[0])
				follow_clause(s, clause, UNIT_HEAD, sorted, nsorted, all);
		}
}

/* ---- all of it */

static size_t
measures_of(const struct side *s, const Finding *const *findings, size_t n, Measure ***out)
{
	struct measures all = { .at = arena_alloc(s->arena, sizeof(*all.at)) };

	follow_criticisms(s, findings, n, &all);
	follow_cases(s, findings, n, &all);
	*out = all.at;
	return all.n;
}

size_t
criticism_measures(const struct policy_book *book, const Finding *const *findings, size_t n,
		   const Posting *const *postings, size_t npostings, arena_t *a, Measure ***out)
{
	const struct side s = { .book = book, .unit_id = "", .postings = postings, .npostings = npostings, .arena = a };

	return measures_of(&s, findings, n, out);
}

size_t
criticism_unit_measures(const struct policy_book *book, const char *unit_id, const Finding *const *findings, size_t n,
                        const struct headship *heads, size_t nheads, arena_t *a, Measure ***out)
{
	const struct side s = { .book = book, .unit_id = unit_id, .heads = heads, .nheads = nheads, .arena = a };

	return measures_of(&s, findings, n, out);
}
