/* standing - where a person or a unit stands now.
 *
 *   in:   ReadStanding, ReadUnitStanding */
#include "accountability_policy.h"
#include "accountability_standing.sql.h"
#include "case.h"
#include "criticism_policy.h"
#include "domain/policies.h"
#include "engine/keyed.h"

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

static const struct copy
absence_of_finding = { &accountability__absence__descriptor, &accountability_rows__finding__descriptor, "rung" },
criticism_of_finding = { &accountability__criticism__descriptor, &accountability_rows__finding__descriptor, "rung" };

static bool
is_found(struct reader *r, const struct store_stmt *s, const void *key)
{
	void **rows;
	return reader_rows(r, s, key, &rows) == 1 && ((const AccountabilityRows__Found *)rows[0])->found;
}

static Accountability__Measure **
measures_of(void *const *rows, size_t n, arena_t *a)
{
	Accountability__Measure **out = arena_alloc(a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = case_measure(rows[i], a);
	return out;
}

static Accountability__RecallCase **
recalls_of(void *const *rows, size_t n, arena_t *a)
{
	Accountability__RecallCase **out = arena_alloc(a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = case_recall(rows[i], a);
	return out;
}

/* ---- a person */

static void
absences_fill(struct reader *r, Accountability__Standing *s)
{
	arena_t *a = reader_arena(r);
	const Finding *const *findings;
	struct absence *absences;
	size_t n = case_findings(r, s->person_id, &findings);

	s->n_absences = ladder_absences(reader_policies(r), findings, n, a, &absences);
	s->absences = arena_alloc(a, (s->n_absences + 1) * sizeof(*s->absences));
	for (size_t i = 0; i < s->n_absences; i++) {
		s->absences[i] = arena_message(a, &accountability__absence__descriptor);
		copy_run(&absence_of_finding, s->absences[i], absences[i].finding);
		s->absences[i]->rung = absences[i].rung;
	}
}

static Accountability__Eligibility *
eligibility_of(const Measure *const *measures, size_t n, int32_t day, arena_t *a)
{
	Accountability__Eligibility *e = arena_message(a, &accountability__eligibility__descriptor);

	e->award = arena_message(a, &accountability__verdict__descriptor);
	e->promotion = arena_message(a, &accountability__verdict__descriptor);
	eligibility_on(measures, n, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, day, a, e->award);
	eligibility_on(measures, n, ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE, day, a, e->promotion);
	return e;
}

static void
read_standing(struct reader *r, const void *m)
{
	const Accountability__ReadStanding *q = m;
	const void *key = reader_key(r, &accountability_rows__person_key__descriptor, q->id);
	Accountability__Standing s = ACCOUNTABILITY__STANDING__INIT;
	arena_t *a = reader_arena(r);
	void **rows;

	if (!is_found(r, &accountability_person, key)) {
		reader_missing(r, AFTER(ROSTER), "There is no such person.");   /* who may have been put a moment ago */
		return;
	}
	s.person_id = q->id;
	s.on_day = q->maybe_on_case ? q->on_day : reader_today(r);
	absences_fill(r, &s);
	s.n_measures = reader_rows(r, &accountability_measures_of_person, key, &rows);
	s.measures = measures_of(rows, s.n_measures, a);
	s.eligibility = eligibility_of((const Measure *const *)rows, s.n_measures, s.on_day, a);
	reader_answer(r, &s.base);
}

/* ---- a unit */

static void
criticisms_fill(struct reader *r, Accountability__UnitStanding *s)
{
	arena_t *a = reader_arena(r);
	const Finding *const *findings;
	struct criticism *counted;
	size_t n = case_findings(r, case_of_unit(s->unit_id, a), &findings);

	s->n_criticisms = criticism_count(reader_policies(r), findings, n, a, &counted);
	s->criticisms = arena_alloc(a, (s->n_criticisms + 1) * sizeof(*s->criticisms));
	for (size_t i = 0; i < s->n_criticisms; i++) {
		s->criticisms[i] = arena_message(a, &accountability__criticism__descriptor);
		copy_run(&criticism_of_finding, s->criticisms[i], counted[i].finding);
		s->criticisms[i]->rung = counted[i].rung;
	}
}

static void
read_unit_standing(struct reader *r, const void *m)
{
	const Accountability__ReadUnitStanding *q = m;
	const void *key = reader_key(r, &accountability_rows__unit_key__descriptor, q->id);
	Accountability__UnitStanding s = ACCOUNTABILITY__UNIT_STANDING__INIT;
	arena_t *a = reader_arena(r);
	void **rows;

	if (!is_found(r, &accountability_unit, key)) {
		reader_missing(r, AFTER(ROSTER), "There is no such unit.");
		return;
	}
	s.unit_id = q->id;
	s.on_day = q->maybe_on_case ? q->on_day : reader_today(r);
	criticisms_fill(r, &s);
	s.n_recalls = reader_rows(r, &accountability_recalls_of_unit, key, &rows);
	s.recalls = recalls_of(rows, s.n_recalls, a);
	s.n_measures = reader_rows(r, &accountability_measures_of_unit, key, &rows);
	s.measures = measures_of(rows, s.n_measures, a);
	reader_answer(r, &s.base);
}

const struct noun accountability_standing = {
	.queries = LIST(((const struct query[]){
		{ .message = &accountability__read_standing__descriptor, .run = read_standing },
		{ .message = &accountability__read_unit_standing__descriptor, .run = read_unit_standing },
	})),
	.copies = LIST(((const struct copy *const[]){ &absence_of_finding, &criticism_of_finding })),
	.statements = { accountability_standing_sql, ACCOUNTABILITY_STANDING_SQL_COUNT },
};
