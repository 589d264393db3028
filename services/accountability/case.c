/* case - see case.h. */
#include "case.h"
#include "accountability_case.sql.h"
#include "accountability_policy.h"
#include "bus/sealed_kind.h"
#include "engine/keyed.h"
#include "facts.h"
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__UnitRecall UnitRecall;

const struct table measure_table = { "measure", &accountability_rows__measure__descriptor, 3, false };
const struct table measure_home_table = { "measure_home", &accountability_rows__measure_home__descriptor, 2, true };
const struct table move_table = { "move", &accountability_rows__move__descriptor, 3, true };
const struct table recall_table = { "recall", &accountability_rows__recall__descriptor, 3, false };
const struct table unit_recall_table = { "unit_recall", &accountability_rows__unit_recall__descriptor, 3, false };
const struct table posting_home_table = { "posting_home", &accountability_rows__posting_home__descriptor, 2, false };

static const struct copy
measure_of_row = { &accountability__measure__descriptor, &accountability_rows__measure__descriptor,
                   "id subject reason" },
grounds_of_row = { &accountability__grounds__descriptor, &accountability_rows__measure__descriptor, NULL },
recall_of_row = { &accountability__recall_case__descriptor, &accountability_rows__recall__descriptor, "id" },
moved_of_row = { &accountability__recall_moved__descriptor, &accountability_rows__recall__descriptor,
                 "id state was due_day replacement_due_day head_takes_post account first_day" };

/* ---- names and rows */

char *
case_of_unit(const char *unit_id, arena_t *a)
{
	return arena_printf(a, "unit/%s", unit_id);
}

const char *
case_unit(const char *case_id)
{
	return strncmp(case_id, "unit/", strlen("unit/")) == 0 ? case_id + strlen("unit/") : NULL;
}

size_t
case_measures(struct batch *b, const char *case_id, const Measure *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &measure_table, case_id, &list);

	*rows = (const Measure *const *)list;
	return n;
}

size_t
case_recalls(struct batch *b, const char *person_id, const Recall *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &recall_table, person_id, &list);

	*rows = (const Recall *const *)list;
	return n;
}

size_t
case_unit_recalls(struct batch *b, const char *unit_id, const UnitRecall *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &unit_recall_table, unit_id, &list);

	*rows = (const UnitRecall *const *)list;
	return n;
}

size_t
case_findings(struct reader *r, const char *case_id, const Finding *const **rows)
{
	const void *key = reader_key(r, &accountability_rows__case_key__descriptor, case_id);
	void **list;
	size_t n = reader_rows(r, &accountability_findings_of_case, key, &list);

	*rows = (const Finding *const *)list;
	return n;
}

/* ---- what is seen of a measure; all of it points into the row */

char *
case_subject_person(const Measure *m)
{
	return m->unit_id[0] ? m->head_person_id : m->case_id;
}

bool
case_sealed(const Measure *m)
{
	return sealed_value(&accountability__measure_kind__descriptor, (int)m->kind);
}

static Accountability__Subject *
subject_of(const Measure *row, arena_t *a)
{
	Accountability__Subject *s = arena_message(a, &accountability__subject__descriptor);

	s->person_id = case_subject_person(row);
	s->maybe_person_case = s->person_id[0] ? ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID : 0;
	s->unit_id = row->unit_id;
	s->maybe_unit_case = s->unit_id[0] ? ACCOUNTABILITY__SUBJECT__MAYBE_UNIT_UNIT_ID : 0;
	return s;
}

Accountability__Measure *
case_measure(const Measure *row, arena_t *a)
{
	Accountability__Measure *m = arena_message(a, &accountability__measure__descriptor);

	copy_run(&measure_of_row, m, row);
	m->id = row->measure_id;
	m->subject = subject_of(row, a);
	m->reason = arena_message(a, &common__text__descriptor);
	m->reason->zh = row->reason_zh;
	m->reason->en = row->reason_en;
	return m;
}

Accountability__MeasureChange *
case_change(Accountability__Change change, const Measure *was, const Measure *is, arena_t *a)
{
	Accountability__MeasureChange *c = arena_message(a, &accountability__measure_change__descriptor);

	c->change = change;
	c->measure = case_measure(is, a);
	c->in_effect = measure_in_effect(is->state);
	c->was_in_effect = was && measure_in_effect(was->state);
	c->grounds = arena_message(a, &accountability__grounds__descriptor);
	copy_run(&grounds_of_row, c->grounds, is);
	return c;
}

/* ---- and of a recall */

Accountability__RecallCase *
case_recall(const Recall *row, arena_t *a)
{
	Accountability__RecallCase *c = arena_message(a, &accountability__recall_case__descriptor);

	copy_run(&recall_of_row, c, row);
	c->id = row->recall_id;
	return c;
}

Accountability__RecallMoved
case_recall_moved(struct batch *b, const Recall *r)
{
	Accountability__RecallMoved e = ACCOUNTABILITY__RECALL_MOVED__INIT;

	copy_run(&moved_of_row, &e, r);
	e.id = r->recall_id;
	e.was = r->state;
	e.maybe_first_case = ACCOUNTABILITY__RECALL_MOVED__MAYBE_FIRST_FIRST_DAY;
	e.first_day = facts_first_day(b, facts_of_recall(r), r->absence_day);
	return e;
}

const struct noun accountability_case = {
	.copies = LIST(((const struct copy *const[]){
		&measure_of_row, &grounds_of_row, &recall_of_row, &moved_of_row,
	})),
	.statements = { accountability_case_sql, ACCOUNTABILITY_CASE_SQL_COUNT },
};
