/* standing - see standing.h. */
#include "standing.h"
#include "accountability.sql.h"
#include "criticism_policy.h"
#include "measure.h"
#include "recall.h"
#include <stddef.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

/* roster is the first that accountability consumes: who is unknown here may have been put a moment ago. */
enum { AFTER_ROSTER = AFTER(0) };

static Accountability__Measure **
measures_of(void *const *rows, size_t n, arena_t *a)
{
	Accountability__Measure **out = arena_alloc(a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = measure_message(rows[i], a);
	return out;
}

static bool
is_found(struct reader *r, const struct store_stmt *s, const void *key)
{
	void **rows;
	return reader_rows(r, s, key, &rows) == 1 && ((const AccountabilityRows__Found *)rows[0])->found;
}

/* ---- a person */

static void
absences_fill(struct reader *r, const char *person_id, Accountability__Standing *s)
{
	AccountabilityRows__CaseKey key = ACCOUNTABILITY_ROWS__CASE_KEY__INIT;
	arena_t *a = reader_arena(r);
	struct absence *absences;
	void **rows;

	key.district = (char *)reader_district(r);
	key.case_id = (char *)person_id;
	size_t nrows = reader_rows(r, &accountability_findings_of_case, &key, &rows);

	s->n_absences = ladder_absences(reader_policies(r), (const Finding *const *)rows, nrows, a, &absences);
	s->absences = arena_alloc(a, (s->n_absences + 1) * sizeof(*s->absences));
	for (size_t i = 0; i < s->n_absences; i++) {
		s->absences[i] = arena_message(a, &accountability__absence__descriptor);
		s->absences[i]->finding_id = absences[i].finding->finding_id;
		s->absences[i]->on_day = absences[i].finding->on_day;
		s->absences[i]->rung = absences[i].rung;
	}
}

void
standing_read_person(struct reader *r, const void *m)
{
	const Accountability__ReadStanding *q = m;
	AccountabilityRows__PersonKey key = ACCOUNTABILITY_ROWS__PERSON_KEY__INIT;
	Accountability__Standing s = ACCOUNTABILITY__STANDING__INIT;
	Accountability__Eligibility eligibility = ACCOUNTABILITY__ELIGIBILITY__INIT;
	Accountability__Verdict award = ACCOUNTABILITY__VERDICT__INIT, promotion = ACCOUNTABILITY__VERDICT__INIT;
	arena_t *a = reader_arena(r);
	void **rows;

	key.district = (char *)reader_district(r);
	key.person_id = q->id;
	if (!is_found(r, &accountability_person, &key)) {
		reader_missing(r, AFTER_ROSTER, "There is no such person.");
		return;
	}
	s.person_id = q->id;
	s.on_day = q->maybe_on_case ? q->on_day : reader_today(r);
	absences_fill(r, q->id, &s);
	s.n_measures = reader_rows(r, &accountability_measures_of_person, &key, &rows);
	s.measures = measures_of(rows, s.n_measures, a);
	eligibility_on((const Measure *const *)rows, s.n_measures, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, s.on_day, a, &award);
	eligibility_on((const Measure *const *)rows, s.n_measures, ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE, s.on_day, a, &promotion);
	eligibility.award = &award;
	eligibility.promotion = &promotion;
	s.eligibility = &eligibility;
	reader_answer(r, &s.base);
}

/* ---- recalls */

static Accountability__RecallCase **
recalls_of(void *const *rows, size_t n, arena_t *a)
{
	Accountability__RecallCase **out = arena_alloc(a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = recall_message(rows[i], "", "", a);
	return out;
}

void
standing_list_recalls(struct reader *r, const void *m)
{
	const Accountability__ListRecalls *q = m;
	AccountabilityRows__RecallsAfter args = ACCOUNTABILITY_ROWS__RECALLS_AFTER__INIT;
	Accountability__RecallList list = ACCOUNTABILITY__RECALL_LIST__INIT;
	struct page page;
	void **rows;

	if (!reader_page(r, q->maybe_limit_case, q->limit, q->maybe_cursor_case, q->cursor, &page))
		return;
	args.district = (char *)reader_district(r);
	args.after = (char *)(page.after ? page.after : "");
	args.maybe_person_case = q->maybe_person_case ? ACCOUNTABILITY_ROWS__RECALLS_AFTER__MAYBE_PERSON_PERSON_ID : 0;
	args.person_id = q->person_id;
	args.state = q->maybe_state_case ? q->state : 0;
	args.limit_rows = page.limit + 1;               /* one more than shown: is there a next page? */
	size_t n = reader_rows(r, &accountability_recalls, &args, &rows);
	list.n_items = n > (size_t)page.limit ? (size_t)page.limit : n;
	list.items = recalls_of(rows, list.n_items, reader_arena(r));
	if (n > list.n_items) {
		list.maybe_next_case = ACCOUNTABILITY__RECALL_LIST__MAYBE_NEXT_NEXT;
		list.next = reader_cursor(r, list.items[list.n_items - 1]->id);
	}
	reader_answer(r, &list.base);
}

/* ---- a unit */

static void
criticisms_fill(struct reader *r, const char *unit_id, Accountability__UnitStanding *s)
{
	AccountabilityRows__CaseKey key = ACCOUNTABILITY_ROWS__CASE_KEY__INIT;
	arena_t *a = reader_arena(r);
	struct criticism *counted;
	void **rows;

	key.district = (char *)reader_district(r);
	key.case_id = (char *)measure_case_of_unit(unit_id, a);
	size_t n = reader_rows(r, &accountability_findings_of_case, &key, &rows);
	s->n_criticisms = criticism_count(reader_policies(r), (const Finding *const *)rows, n, a, &counted);
	s->criticisms = arena_alloc(a, (s->n_criticisms + 1) * sizeof(*s->criticisms));
	for (size_t i = 0; i < s->n_criticisms; i++) {
		Accountability__Criticism *c = s->criticisms[i] = arena_message(a, &accountability__criticism__descriptor);
		c->finding_id = counted[i].finding->finding_id;
		c->bulletin = counted[i].finding->bulletin;
		c->on_day = counted[i].finding->on_day;
		c->rung = counted[i].rung;
	}
}

void
standing_read_unit(struct reader *r, const void *m)
{
	const Accountability__ReadUnitStanding *q = m;
	AccountabilityRows__UnitKey key = ACCOUNTABILITY_ROWS__UNIT_KEY__INIT;
	Accountability__UnitStanding s = ACCOUNTABILITY__UNIT_STANDING__INIT;
	arena_t *a = reader_arena(r);
	void **rows;

	key.district = (char *)reader_district(r);
	key.unit_id = q->id;
	if (!is_found(r, &accountability_unit, &key)) {
		reader_missing(r, AFTER_ROSTER, "There is no such unit.");
		return;
	}
	s.unit_id = q->id;
	s.on_day = q->maybe_on_case ? q->on_day : reader_today(r);
	criticisms_fill(r, q->id, &s);
	s.n_recalls = reader_rows(r, &accountability_recalls_of_unit, &key, &rows);
	s.recalls = recalls_of(rows, s.n_recalls, a);
	s.n_measures = reader_rows(r, &accountability_measures_of_unit, &key, &rows);
	s.measures = measures_of(rows, s.n_measures, a);
	reader_answer(r, &s.base);
}
