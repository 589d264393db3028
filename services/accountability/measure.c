/* measure - see measure.h. */
#include "measure.h"
#include "base/civil.h"
#include "decision.h"
#include "domain/duty_batch.h"
#include "json/json_pb.h"
#include "domain/mirror.h"
#include "recall.h"
#include "bus/sealed_kind.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__Move Move;

const struct table finding_table = { "finding", &accountability_rows__finding__descriptor, 3, false };
const struct table measure_table = { "measure", &accountability_rows__measure__descriptor, 3, false };
const struct table measure_home_table = { "measure_home", &accountability_rows__measure_home__descriptor, 2, true };
const struct table move_table = { "move", &accountability_rows__move__descriptor, 3, true };

static char *
district(const struct batch *b)
{
	return (char *)batch_district(b);       /* rows made here are read, never changed */
}

/* ---- rows and messages */

/* Of a unit's measure its head, when it names one; else "". */
static char *
subject_person(const Measure *m)
{
	return m->unit_id[0] ? m->head_person_id : m->case_id;
}

Accountability__Measure *
measure_message(const Measure *row, arena_t *a)
{
	Accountability__Measure *m = arena_message(a, &accountability__measure__descriptor);

	m->subject = arena_message(a, &accountability__subject__descriptor);
	m->reason = arena_message(a, &common__text__descriptor);
	if (subject_person(row)[0]) {
		m->subject->maybe_person_case = ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID;
		m->subject->person_id = subject_person(row);
	}
	if (row->unit_id[0]) {
		m->subject->maybe_unit_case = ACCOUNTABILITY__SUBJECT__MAYBE_UNIT_UNIT_ID;
		m->subject->unit_id = row->unit_id;
	}
	if (row->maybe_until_case) {
		m->maybe_until_case = ACCOUNTABILITY__MEASURE__MAYBE_UNTIL_UNTIL_DAY;
		m->until_day = row->until_day;
	}
	m->id = row->measure_id;
	m->kind = row->kind;
	m->clause = row->clause;
	m->policy = row->policy;
	m->from_day = row->from_day;
	m->state = row->state;
	m->n_cause = row->n_cause;
	m->cause = row->cause;
	m->reason->zh = row->reason_zh;
	m->reason->en = row->reason_en;
	return m;
}

const char *
measure_case_of_unit(const char *unit_id, arena_t *a)
{
	return arena_printf(a, "unit/%s", unit_id);        /* no person has such an id */
}

size_t
measure_list(struct batch *b, const char *case_id, const Measure *const **rows)
{
	Measure key = ACCOUNTABILITY_ROWS__MEASURE__INIT;
	const void **list;

	key.district = district(b);
	key.case_id = (char *)case_id;
	size_t n = batch_list(b, &measure_table, &key, 2, &list);
	*rows = (const Measure *const *)list;
	return n;
}

static Accountability__Grounds *
grounds_of(const Measure *row, arena_t *a)
{
	Accountability__Grounds *g = arena_message(a, &accountability__grounds__descriptor);

	g->ladder = row->ladder;
	g->window_year = row->window_year;
	g->rung = row->rung;
	g->absence_day = row->absence_day;
	g->decided_day = row->decided_day;
	g->approval = row->approval;
	g->recall_id = row->recall_id;
	g->cause_of = row->cause_of;
	return g;
}

/* The inverse of the two above: the row that a change says. */
static Measure *
row_of(struct batch *b, const Accountability__MeasureChange *c, arena_t *a)
{
	Measure *row = arena_message(a, &accountability_rows__measure__descriptor);
	const Accountability__Measure *m = c->measure;

	char *person_id = m->subject->maybe_person_case ? m->subject->person_id : (char *)"";
	row->district = district(b);
	row->unit_id = m->subject->maybe_unit_case ? m->subject->unit_id : (char *)"";
	row->case_id = row->unit_id[0] ? (char *)measure_case_of_unit(row->unit_id, batch_arena(b)) : person_id;
	row->head_person_id = row->unit_id[0] ? person_id : (char *)"";
	row->measure_id = m->id;
	row->ladder = c->grounds->ladder;
	row->kind = m->kind;
	row->clause = m->clause;
	row->window_year = c->grounds->window_year;
	row->policy = m->policy;
	row->rung = c->grounds->rung;
	row->from_day = m->from_day;
	if (m->maybe_until_case) {
		row->maybe_until_case = ACCOUNTABILITY_ROWS__MEASURE__MAYBE_UNTIL_UNTIL_DAY;
		row->until_day = m->until_day;
	}
	row->state = m->state;
	row->n_cause = m->n_cause;
	row->cause = m->cause;
	row->reason_zh = m->reason->zh;
	row->reason_en = m->reason->en;
	row->absence_day = c->grounds->absence_day;
	row->decided_day = c->grounds->decided_day;
	row->approval = c->grounds->approval;
	row->recall_id = c->grounds->recall_id;
	row->cause_of = c->grounds->cause_of;
	return row;
}

Accountability__MeasureChange *
measure_change_message(Accountability__Change change, const Measure *was, const Measure *is, arena_t *a)
{
	Accountability__MeasureChange *c = arena_message(a, &accountability__measure_change__descriptor);

	c->change = change;
	c->measure = measure_message(is, a);
	c->in_effect = measure_in_effect(is->state);
	c->was_in_effect = was && measure_in_effect(was->state);
	c->grounds = grounds_of(is, a);
	return c;
}

/* ---- what a change does to the tables */

/* By hand; of a recall it is the step of its case that says so. */
static bool
is_refusal(const Accountability__MeasureChange *c)
{
	return c->change == ACCOUNTABILITY__CHANGE__MOVED && measure_is_refused(c->measure->state) &&
	       c->measure->kind != ACCOUNTABILITY__MEASURE_KIND__RECALL;
}

void
measure_want_changed(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		Measure *row = row_of(b, e->changes[i], batch_arena(b));
		batch_want(b, &measure_table, row, 3);
		if (row->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL)
			recall_want_person(b, row->case_id);
		if (is_refusal(e->changes[i]))
			decision_want_facts(b, row);
	}
}

static void
change_apply(struct batch *b, const Accountability__MeasureChange *c)
{
	AccountabilityRows__MeasureHome home = ACCOUNTABILITY_ROWS__MEASURE_HOME__INIT;
	Measure *row = row_of(b, c, batch_arena(b));

	home.district = row->district;
	home.measure_id = row->measure_id;
	home.case_id = row->case_id;
	if (!batch_get(b, &measure_table, row))
		batch_put(b, &measure_home_table, &home);
	batch_put(b, &measure_table, row);
	if (row->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL)
		recall_follow(b, c->change, row);
	if (is_refusal(c))
		decision_keep(b, row);
}

void
measure_run_changed(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++)
		change_apply(b, e->changes[i]);
}

/* ---- moved by hand */

static const AccountabilityRows__MeasureHome *
home_of(struct batch *b, const char *id)
{
	AccountabilityRows__MeasureHome key = ACCOUNTABILITY_ROWS__MEASURE_HOME__INIT;

	key.district = district(b);
	key.measure_id = (char *)id;
	return batch_get(b, &measure_home_table, &key);
}

static const Measure *
measure_at(struct batch *b, const AccountabilityRows__MeasureHome *home)
{
	Measure key = ACCOUNTABILITY_ROWS__MEASURE__INIT;

	key.district = home->district;
	key.case_id = home->case_id;
	key.measure_id = home->measure_id;
	return batch_get(b, &measure_table, &key);
}

static Move
move_key(const struct batch *b, const char *id)
{
	Move key = ACCOUNTABILITY_ROWS__MOVE__INIT;

	key.district = district(b);
	key.measure_id = (char *)id;
	return key;
}

static Finding
cause_key(struct batch *b, const Measure *m, size_t i)
{
	Finding key = ACCOUNTABILITY_ROWS__FINDING__INIT;

	key.district = district(b);
	key.case_id = m->cause_of[0] ? m->cause_of : m->case_id;
	key.finding_id = m->cause[i];
	return key;
}

const char *
measure_home_person(struct batch *b, const char *id)
{
	const AccountabilityRows__MeasureHome *home = home_of(b, id);

	return home ? home->case_id : NULL;
}

const char *
measure_want_home(struct batch *b, const char *id)
{
	AccountabilityRows__MeasureHome key = ACCOUNTABILITY_ROWS__MEASURE_HOME__INIT;

	key.district = district(b);
	key.measure_id = (char *)id;
	batch_want(b, &measure_home_table, &key, 2);
	return measure_home_person(b, id);
}

/* What separation of duties is judged by: units of whom it is about, whose accounts noted, confirmed and moved. */
static void
want_duty(struct batch *b, const Measure *m, Move moves)
{
	const void **moved;
	size_t n = batch_list(b, &move_table, &moves, 2, &moved);

	duty_want_about(b, subject_person(m), m->unit_id);
	for (size_t i = 0; i < n; i++)
		duty_want_decided(b, ((const Move *)moved[i])->account);
	for (size_t i = 0; i < m->n_cause; i++) {
		Finding key = cause_key(b, m, i);
		const Finding *f = batch_get(b, &finding_table, &key);
		if (!f)
			continue;
		duty_want_decided(b, f->noted_by);
		duty_want_decided(b, f->confirmed_by);
	}
}

/* Round by round: whose it is, the measure, its facts and the person; who has moved it. */
static void
want_move(struct batch *b, const char *id)
{
	Measure measure = ACCOUNTABILITY_ROWS__MEASURE__INIT;
	Move moves = move_key(b, id);

	measure.district = district(b);
	measure.measure_id = (char *)id;
	duty_want(b);
	batch_want(b, &move_table, &moves, 2);
	if (!(measure.case_id = (char *)measure_want_home(b, id)))
		return;
	batch_want(b, &measure_table, &measure, 3);
	const Measure *m = measure_at(b, home_of(b, id));
	if (!m)
		return;
	if (*subject_person(m))
		mirror_want_person_id(b, subject_person(m));
	for (size_t i = 0; i < m->n_cause; i++) {
		Finding finding = cause_key(b, m, i);
		batch_want(b, &finding_table, &finding, 3);
	}
	want_duty(b, m, moves);
}

/* ---- who may (rules.md §4 "Separation of duties") */

static void
decided_facts(struct batch *b, struct duty *d, const Measure *m)
{
	for (size_t i = 0; i < m->n_cause; i++) {
		Finding key = cause_key(b, m, i);
		const Finding *f = batch_get(b, &finding_table, &key);
		if (!f)
			continue;
		duty_about_person(d, f->about_person_id);
		duty_decided(b, d, f->noted_by, f->noted_by_person);
		duty_decided(b, d, f->confirmed_by, f->confirmed_by_person);
	}
}

int32_t
measure_first_day(struct batch *b, const Measure *m)
{
	int32_t day = m->absence_day;

	for (size_t i = 0; i < m->n_cause; i++) {
		Finding key = cause_key(b, m, i);
		const Finding *f = batch_get(b, &finding_table, &key);
		day = f && f->on_day < day ? f->on_day : day;
	}
	return day;
}

static void
decided_approval(struct batch *b, struct duty *d, const char *id)
{
	Move key = move_key(b, id);
	const void **moves;
	size_t n = batch_list(b, &move_table, &key, 2, &moves);

	for (size_t i = 0; i < n; i++) {
		const Move *x = moves[i];
		if (x->state == ACCOUNTABILITY__MEASURE_STATE__IN_FORCE)
			duty_decided(b, d, x->account, x->moved_by_person);
	}
}

/* Whom it is about. */
static struct duty
duty_about_measure(struct batch *b, const Measure *m)
{
	struct duty d = duty_open(b);

	duty_about(b, &d, subject_person(m), m->unit_id, measure_first_day(b, m));
	for (size_t i = 0; i < m->n_cause; i++) {
		Finding key = cause_key(b, m, i);
		const Finding *f = batch_get(b, &finding_table, &key);
		if (f)
			duty_about_person(&d, f->about_person_id);
	}
	return d;
}

bool
measure_is_sealed(const Measure *m)
{
	return sealed_value(&accountability__measure_kind__descriptor, (int)m->kind);
}

/* A sealed one is not there for whoever may not know of it (C3.2.2), as it is not when they read. */
static bool
is_there(struct batch *b, const char *id)
{
	const AccountabilityRows__MeasureHome *home = home_of(b, id);
	const Measure *m = home ? measure_at(b, home) : NULL;

	if (!m || !measure_is_sealed(m))
		return home != NULL;
	struct duty d = duty_about_measure(b, m);
	return duty_knows(&d);
}

/* Nobody moves a measure of their own or their unit's, or one of another unit for what they did themselves.  To approve or reject
 * reviews the facts; to lift also the approval; that it was served is only recorded. */
static bool
may_move(struct batch *b, const char *id, enum move move)
{
	const Measure *m = measure_at(b, home_of(b, id));
	struct duty d = duty_open(b);

	duty_about(b, &d, subject_person(m), m->unit_id, measure_first_day(b, m));
	if (move != MOVE_SERVE)
		decided_facts(b, &d, m);
	if (move == MOVE_LIFT)
		decided_approval(b, &d, id);
	return duty_allows(b, &d);
}

/* ---- moving */

static void
move_put(struct batch *b, const char *measure_id, Accountability__MeasureState to, const char *step, const char *reason)
{
	Move row = move_key(b, measure_id);

	row.step = (char *)step;
	row.seq = batch_next_seq(b);
	row.account = (char *)batch_account(b);
	row.moved_by_person = batch_actor(b) ? batch_actor(b)->person_id : (char *)"";
	row.state = to;
	row.reason = (char *)reason;
	row.at_us = batch_at_us(b);
	batch_put(b, &move_table, &row);
}

void
measure_keep_step(struct batch *b, const char *recall_id, recall_state_t to, const char *reason)
{
	move_put(b, recall_id, recall_measure_state(to), enum_text(&accountability__recall_case__state__descriptor, (int)to, batch_arena(b)), reason);
}

bool
measure_is_off(struct batch *b, const char *unit_id, const char *recall_id)
{
	const Measure *const *standing;
	size_t n = measure_list(b, measure_case_of_unit(unit_id, batch_arena(b)), &standing);

	for (size_t i = 0; i < n; i++)
		if (strcmp(standing[i]->recall_id, recall_id) == 0 && measure_is_refused(standing[i]->state))
			return true;
	return false;
}

static void
move_emit(struct batch *b, const Measure *was, Accountability__MeasureState to)
{
	Accountability__MeasuresChanged e = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
	Measure is = *was;
	is.state = to;
	Accountability__MeasureChange *change = measure_change_message(ACCOUNTABILITY__CHANGE__MOVED, was, &is, batch_arena(b));

	e.subject = change->measure->subject;
	e.n_changes = 1;
	e.changes = &change;
	e.account = (char *)batch_account(b);
	if (measure_is_sealed(was)) {
		e.maybe_first_case = ACCOUNTABILITY__MEASURES_CHANGED__MAYBE_FIRST_FIRST_DAY;
		e.first_day = measure_first_day(b, was);
	}
	batch_emit(b, was->unit_id[0] ? was->unit_id : was->case_id, &e.base);
}

static void
run_move(struct batch *b, const char *id, const char *reason, enum move move)
{
	const AccountabilityRows__MeasureHome *home = home_of(b, id);
	const Measure *m = measure_at(b, home);
	Accountability__MeasureState to;

	enum move_result result = measure_move(m, move, &to);
	if (result == MOVE_BAD) {
		batch_refuse(b, 409, "measure.bad_transition", NULL, "The measure's state does not allow this.");
		return;
	}
	if (result == MOVE_DONE) {
		move_put(b, m->measure_id, to, "", reason);
		move_emit(b, m, to);
		m = measure_at(b, home);
	}
	batch_answer(b, 200, &measure_message(m, batch_arena(b))->base);
}

#define MEASURE_MOVE(noun, Message, move) \
	void measure_want_##noun(struct batch *b, const void *m) { want_move(b, ((const Message *)m)->id); } \
	bool measure_exists_##noun(struct batch *b, const void *m) { return is_there(b, ((const Message *)m)->id); } \
	bool measure_may_##noun(struct batch *b, const void *m) { return may_move(b, ((const Message *)m)->id, move); } \
	void measure_run_##noun(struct batch *b, const void *m) \
	{ \
		const Message *o = m; \
		run_move(b, o->id, o->maybe_reason_case ? o->reason : "", move); \
	}
MEASURE_MOVE(approve, Accountability__ApproveMeasure, MOVE_APPROVE)
MEASURE_MOVE(reject, Accountability__RejectMeasure, MOVE_REJECT)
MEASURE_MOVE(lift, Accountability__LiftMeasure, MOVE_LIFT)
MEASURE_MOVE(serve, Accountability__ServeMeasure, MOVE_SERVE)
