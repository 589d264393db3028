/* case_sheet - see case_sheet.h. */
#include "case_sheet.h"
#include "accountability.sql.h"
#include "case_policy.h"
#include "base/civil.h"
#include "criticism_policy.h"
#include "json/json_pb.h"
#include "measure.h"
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

/* Both producers: a measure follows from a finding that may have been confirmed a moment ago, by a policy just as new. */
enum { AFTER_BOTH = AFTER(0) | AFTER(1) };

static const Policy__Policy *
policy_named(const struct policy_book *book, const char *version)
{
	for (size_t i = 0; i < book->n; i++)
		if (strcmp(book->versions[i].version, version) == 0)
			return book->versions[i].document;
	return NULL;
}

/* Those of a case's findings that are the measure's cause, in that order. */
static size_t
facts_of(const Measure *m, const Finding *const *findings, size_t n, arena_t *a, const Finding ***out)
{
	size_t count = 0;

	*out = arena_alloc(a, (m->n_cause + 1) * sizeof(**out));
	for (size_t c = 0; c < m->n_cause; c++)
		for (size_t i = 0; i < n; i++)
			if (strcmp(findings[i]->finding_id, m->cause[c]) == 0)
				(*out)[count++] = findings[i];
	return count;
}

static void
absences_now(const struct policy_book *book, const Finding *const *findings, size_t n, arena_t *a, struct case_file *f)
{
	struct absence *absences;
	size_t nabsences = ladder_absences(book, findings, n, a, &absences);

	for (size_t i = 0; i < nabsences; i++)
		f->counted_now += day_year(absences[i].finding->on_day) == f->measure->window_year;
	f->rung_now = f->counted_now;
}

static void
criticisms_now(const struct policy_book *book, const Finding *const *findings, size_t n, arena_t *a, struct case_file *f)
{
	struct criticism *counted;
	size_t count = criticism_count(book, findings, n, a, &counted);

	for (size_t i = 0; i < count; i++) {
		if (day_year(counted[i].finding->on_day) != f->measure->window_year)
			continue;
		f->counted_now++;
		f->rung_now = counted[i].rung > f->rung_now ? counted[i].rung : f->rung_now;
	}
}

/* Whose term may be part of the measure. */
static char *
bearer(const Measure *m, char *case_id)
{
	return m->unit_id[0] && !m->cause_of[0] ? m->head_person_id : case_id;
}

/* Unit heads, township leaders and cadres, and who is nothing else. */
static bool
is_limited(const Wire__Actor *actor)
{
	for (size_t i = 0; actor && i < actor->n_roles; i++)
		if (actor->roles[i] != WIRE__ACCOUNT_ROLE__UNIT_HEAD && actor->roles[i] != WIRE__ACCOUNT_ROLE__TOWNSHIP_LEADER &&
		    actor->roles[i] != WIRE__ACCOUNT_ROLE__CADRE)
			return false;
	return actor != NULL;
}

static struct case_file
file_open(struct reader *r, const Measure *m)
{
	AccountabilityRows__CaseKey of_case = ACCOUNTABILITY_ROWS__CASE_KEY__INIT;
	AccountabilityRows__PersonKey person = ACCOUNTABILITY_ROWS__PERSON_KEY__INIT;
	AccountabilityRows__MeasureKey key = ACCOUNTABILITY_ROWS__MEASURE_KEY__INIT;
	const struct policy_book *book = reader_policies(r);
	struct case_file f = { .measure = m, .policy = policy_named(book, m->policy) };
	arena_t *a = reader_arena(r);
	const Finding **facts;
	void **rows;

	of_case.district = person.district = key.district = (char *)reader_district(r);
	of_case.case_id = m->cause_of[0] ? m->cause_of : m->case_id;
	key.measure_id = m->measure_id;
	size_t n = reader_rows(r, &accountability_findings_of_case, &of_case, &rows);
	f.nfacts = facts_of(m, (const Finding *const *)rows, n, a, &facts);
	f.facts = facts;
	if (strcmp(m->ladder, LADDER_CRITICISM) == 0)
		criticisms_now(book, (const Finding *const *)rows, n, a, &f);
	else
		absences_now(book, (const Finding *const *)rows, n, a, &f);
	person.person_id = bearer(m, of_case.case_id);
	n = reader_rows(r, &accountability_postings_of_person, &person, &rows);
	f.has_term = ladder_term_end((const MirrorRows__Posting *const *)rows, n, m->absence_day, &f.term_end);
	f.limited = is_limited(reader_actor(r));
	f.nmoves = reader_rows(r, &accountability_moves, &key, &rows);
	f.moves = (const AccountabilityRows__Move *const *)rows;
	return f;
}

static Accountability__Fact *
fact_message(const Finding *x, arena_t *a)
{
	Accountability__Fact *f = arena_message(a, &accountability__fact__descriptor);

	f->finding_id = x->finding_id;
	f->kind = (char *)enum_text(&supervision__finding_kind__descriptor, (int)x->kind, a);
	f->on_day = x->on_day;
	f->source = (char *)enum_text(&supervision__source__descriptor, (int)x->source, a);
	f->state = (char *)enum_text(&supervision__finding_state__descriptor, (int)x->state, a);
	if (x->maybe_confirmed_case) {
		f->maybe_confirmed_case = ACCOUNTABILITY__FACT__MAYBE_CONFIRMED_CONFIRMED_DAY;
		f->confirmed_day = x->confirmed_day;
	}
	f->n_evidence_sha256 = x->n_evidence_sha256;
	f->evidence_sha256 = x->evidence_sha256;
	return f;
}

/* The measure itself, under the same names as everywhere. */
static void
measure_fill(Accountability__CaseSheet *s, const Accountability__Measure *m)
{
	s->id = m->id;
	s->kind = m->kind;
	s->clause = m->clause;
	s->policy = m->policy;
	s->subject = m->subject;
	s->from_day = m->from_day;
	s->maybe_until_case = m->maybe_until_case ? ACCOUNTABILITY__CASE_SHEET__MAYBE_UNTIL_UNTIL_DAY : ACCOUNTABILITY__CASE_SHEET__MAYBE_UNTIL__NOT_SET;
	s->until_day = m->until_day;
	s->state = m->state;
	s->n_cause = m->n_cause;
	s->cause = m->cause;
	s->reason = m->reason;
}

void
case_sheet_read(struct reader *r, const void *m)
{
	const Accountability__ReadMeasure *q = m;
	AccountabilityRows__MeasureKey key = ACCOUNTABILITY_ROWS__MEASURE_KEY__INIT;
	Accountability__CaseSheet s = ACCOUNTABILITY__CASE_SHEET__INIT;
	arena_t *a = reader_arena(r);
	void **rows;

	key.district = (char *)reader_district(r);
	key.measure_id = q->id;
	if (reader_rows(r, &accountability_measure, &key, &rows) == 0) {
		reader_missing(r, AFTER_BOTH, "There is no such measure.");
		return;
	}
	const Measure *row = rows[0];
	struct case_file f = file_open(r, row);
	measure_fill(&s, measure_message(row, a));
	s.n_facts = f.nfacts;
	s.facts = arena_alloc(a, (f.nfacts + 1) * sizeof(*s.facts));
	for (size_t i = 0; i < f.nfacts; i++)
		s.facts[i] = fact_message(f.facts[i], a);
	s.n_readings = case_readings(&f, a, &s.readings);
	s.n_steps = case_steps(&f, a, &s.steps);
	reader_answer(r, &s.base);
}
