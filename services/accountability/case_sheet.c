/* case_sheet - accountability's part of a measure's case sheet; the gateway adds money and messages.
 *
 *   in:   ReadMeasure */
#include "accountability_case_sheet.sql.h"
#include "base/civil.h"
#include "case.h"
#include "case_policy.h"
#include "criticism_policy.h"
#include "domain/policies.h"
#include "engine/keyed.h"
#include "json/json_pb.h"
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

static const struct copy
sheet_of_measure = { &accountability__case_sheet__descriptor, &accountability__measure__descriptor,
                     "facts readings steps" },
fact_of_row = { &accountability__fact__descriptor, &accountability_rows__finding__descriptor, "kind source state" },
page_of_question = { &accountability_rows__measures_after__descriptor, &accountability__list_measures__descriptor,
                     "district after limit" };

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
criticisms_now(const struct policy_book *book, const Finding *const *findings, size_t n, arena_t *a,
               struct case_file *f)
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
		if (actor->roles[i] != WIRE__ACCOUNT_ROLE__UNIT_HEAD &&
		    actor->roles[i] != WIRE__ACCOUNT_ROLE__TOWNSHIP_LEADER &&
		    actor->roles[i] != WIRE__ACCOUNT_ROLE__CADRE)
			return false;
	return actor != NULL;
}

static struct case_file
file_open(struct reader *r, const Measure *m)
{
	const struct policy_book *book = reader_policies(r);
	struct case_file f = {
		.measure = m, .policy = policy_named(book, m->policy), .limited = is_limited(reader_actor(r)),
	};
	char *case_id = m->cause_of[0] ? m->cause_of : m->case_id;
	arena_t *a = reader_arena(r);
	const Finding *const *findings, **facts;
	void **rows;
	size_t n = case_findings(r, case_id, &findings);

	f.nfacts = facts_of(m, findings, n, a, &facts);
	f.facts = facts;
	if (strcmp(m->ladder, LADDER_CRITICISM) == 0)
		criticisms_now(book, findings, n, a, &f);
	else
		absences_now(book, findings, n, a, &f);
	n = reader_rows(r, &accountability_postings_of_person,
	                reader_key(r, &accountability_rows__person_key__descriptor, bearer(m, case_id)), &rows);
	f.has_term = ladder_term_end((const MirrorRows__Posting *const *)rows, n, m->absence_day, &f.term_end);
	f.nmoves = reader_rows(r, &accountability_moves,
	                       reader_key(r, &accountability_rows__measure_key__descriptor, m->measure_id), &rows);
	f.moves = (const AccountabilityRows__Move *const *)rows;
	return f;
}

static char *
word(const ProtobufCEnumDescriptor *d, int value, arena_t *a)
{
	return arena_strdup(a, enum_text(d, value, a));
}

static Accountability__Fact *
fact_message(const Finding *x, arena_t *a)
{
	Accountability__Fact *f = arena_message(a, &accountability__fact__descriptor);

	copy_run(&fact_of_row, f, x);
	f->kind = word(&supervision__finding_kind__descriptor, (int)x->kind, a);
	f->source = word(&supervision__source__descriptor, (int)x->source, a);
	f->state = word(&supervision__finding_state__descriptor, (int)x->state, a);
	return f;
}

static void
read_measure(struct reader *r, const void *m)
{
	const Accountability__ReadMeasure *q = m;
	Accountability__CaseSheet s = ACCOUNTABILITY__CASE_SHEET__INIT;
	const void *key = reader_key(r, &accountability_rows__measure_key__descriptor, q->id);
	arena_t *a = reader_arena(r);
	void **rows;

	if (reader_rows(r, &accountability_measure_by_id, key, &rows) == 0) {
		reader_missing(r, AFTER_BOTH, "There is no such measure.");
		return;
	}
	struct case_file f = file_open(r, rows[0]);
	copy_run(&sheet_of_measure, &s, case_measure(rows[0], a));
	s.n_facts = f.nfacts;
	s.facts = arena_alloc(a, (f.nfacts + 1) * sizeof(*s.facts));
	for (size_t i = 0; i < f.nfacts; i++)
		s.facts[i] = fact_message(f.facts[i], a);
	s.n_readings = case_readings(&f, a, &s.readings);
	s.n_steps = case_steps(&f, a, &s.steps);
	reader_answer(r, &s.base);
}

/* ---- measures, page by page */

static ProtobufCMessage *
item_of_row(struct reader *r, const void *row)
{
	return &case_measure(row, reader_arena(r))->base;
}

static const struct listing listing = {
	&page_of_question, &accountability__measure_list__descriptor, item_of_row, .by = &accountability_measures,
	.anew = true,
};

const struct noun accountability_case_sheet = {
	.queries = LIST(((const struct query[]){
		{ .message = &accountability__read_measure__descriptor, .run = read_measure },
		{ .message = &accountability__list_measures__descriptor, LISTED(&listing) },
	})),
	.copies = LIST(((const struct copy *const[]){ &sheet_of_measure, &fact_of_row, &page_of_question })),
	.statements = { accountability_case_sheet_sql, ACCOUNTABILITY_CASE_SHEET_SQL_COUNT },
};
