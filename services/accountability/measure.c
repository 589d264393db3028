/* measure - see measure.h. */
#include "measure.h"
#include "civil.h"
#include "digest.h"
#include "duty_batch.h"
#include "mirror.h"
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
const struct table recall_table = { "recall", &accountability_rows__recall__descriptor, 3, false };
const struct table move_table = { "move", &accountability_rows__move__descriptor, 3, true };

static char *
district(const struct batch *b)
{
	return (char *)batch_district(b);       /* rows made here are read, never changed */
}

/* ---- rows and messages */

Accountability__Measure *
measure_message(const Measure *row, arena_t *a)
{
	Accountability__Measure *m = arena_message(a, &accountability__measure__descriptor);

	m->subject = arena_message(a, &accountability__subject__descriptor);
	m->reason = arena_message(a, &common__text__descriptor);
	if (row->person_id[0]) {
		m->subject->maybe_person_case = ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID;
		m->subject->person_id = row->person_id;
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
	return g;
}

/* The inverse of the two above: the row that a change says. */
static Measure *
row_of(const struct batch *b, const Accountability__MeasureChange *c, arena_t *a)
{
	Measure *row = arena_message(a, &accountability_rows__measure__descriptor);
	const Accountability__Measure *m = c->measure;

	row->district = district(b);
	row->person_id = m->subject->maybe_person_case ? m->subject->person_id : (char *)"";
	row->unit_id = m->subject->maybe_unit_case ? m->subject->unit_id : (char *)"";
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
	return row;
}

static Accountability__MeasureChange *
change_message(Accountability__Change change, const Measure *was, const Measure *is, arena_t *a)
{
	Accountability__MeasureChange *c = arena_message(a, &accountability__measure_change__descriptor);

	c->change = change;
	c->measure = measure_message(is, a);
	c->in_effect = measure_in_effect(is->state);
	c->was_in_effect = was && measure_in_effect(was->state);
	c->grounds = grounds_of(is, a);
	return c;
}

/* ---- counting anew */

void
measure_want_person(struct batch *b, const char *person_id)
{
	Finding finding = ACCOUNTABILITY_ROWS__FINDING__INIT;
	Measure measure = ACCOUNTABILITY_ROWS__MEASURE__INIT;
	Recall recall = ACCOUNTABILITY_ROWS__RECALL__INIT;

	finding.district = measure.district = recall.district = district(b);
	finding.person_id = measure.person_id = recall.person_id = (char *)person_id;
	batch_want(b, &finding_table, &finding, 2);
	batch_want(b, &measure_table, &measure, 2);
	batch_want(b, &recall_table, &recall, 2);
	mirror_want_person_id(b, person_id);            /* the unit too, for whoever moves the measure in the same batch */
}

/* A function of what it names (§5 Identity), so a measure that comes back is the same one. */
static char *
measure_id(const struct batch *b, const char *person_id, const Measure *m, arena_t *a)
{
	char id[SHORT_ID_MAX], year[16];
	const char *subject = arena_printf(a, "person/%s", person_id);
	const char *kind = protobuf_c_enum_descriptor_get_value(&accountability__measure_kind__descriptor, (int)m->kind)->name;

	snprintf(year, sizeof(year), "%d", m->window_year);
	short_id((const char *[]){ batch_district(b), subject, m->clause, kind, year }, 5, id);
	return arena_printf(a, "m-%s", id);
}

static size_t
person_changes(struct batch *b, const char *person_id, struct measure_change **changes)
{
	Finding finding = ACCOUNTABILITY_ROWS__FINDING__INIT;
	Measure measure = ACCOUNTABILITY_ROWS__MEASURE__INIT;
	arena_t *a = batch_arena(b);
	const void **findings, **standing;
	const MirrorRows__Posting *const *postings;
	struct absence *absences;
	Measure **due;

	finding.district = measure.district = district(b);
	finding.person_id = measure.person_id = (char *)person_id;
	size_t nfindings = batch_list(b, &finding_table, &finding, 2, &findings);
	size_t nstanding = batch_list(b, &measure_table, &measure, 2, &standing);
	size_t npostings = mirror_postings(b, person_id, &postings);
	size_t n = ladder_absences(batch_policies(b), (const Finding *const *)findings, nfindings, a, &absences);
	size_t ndue = ladder_measures(absences, n, postings, npostings, a, &due);
	return ladder_diff(due, ndue, (const Measure *const *)standing, nstanding, a, changes);
}

void
measure_recount(struct batch *b, const char *person_id, const char *finding_id, bool annulled)
{
	Accountability__MeasuresChanged e = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
	Accountability__Subject subject = ACCOUNTABILITY__SUBJECT__INIT;
	arena_t *a = batch_arena(b);
	struct measure_change *changes;
	size_t n = person_changes(b, person_id, &changes);

	if (n == 0)
		return;
	subject.maybe_person_case = ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID;
	subject.person_id = arena_strdup(a, person_id);
	e.subject = &subject;
	e.finding_id = (char *)finding_id;
	e.correction = annulled;
	e.changes = arena_alloc(a, n * sizeof(*e.changes));
	for (size_t i = 0; i < n; i++) {
		Measure *is = changes[i].is;
		if (!changes[i].was) {
			is->person_id = subject.person_id;
			is->measure_id = measure_id(b, person_id, is, a);
		}
		e.changes[e.n_changes++] = change_message(changes[i].change, changes[i].was, is, a);
		e.correction = e.correction || ladder_shrank(&changes[i]);
	}
	batch_emit(b, person_id, &e.base);
}

/* ---- what a change does to the tables */

void
measure_want_changed(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		Measure *row = row_of(b, e->changes[i], batch_arena(b));
		Recall recall = ACCOUNTABILITY_ROWS__RECALL__INIT;
		recall.district = row->district;
		recall.person_id = row->person_id;
		recall.recall_id = row->measure_id;
		batch_want(b, &measure_table, row, 3);
		batch_want(b, &recall_table, &recall, 3);
	}
}

/* The days a review may take are the policy's under which the recall was opened. */
static void
recall_due(struct batch *b, Recall *r, const Measure *m)
{
	const struct policy_version *v = policy_on(batch_policies(b), m->absence_day);

	r->maybe_due_case = v ? ACCOUNTABILITY_ROWS__RECALL__MAYBE_DUE_DUE_DAY : ACCOUNTABILITY_ROWS__RECALL__MAYBE_DUE__NOT_SET;
	r->due_day = v ? m->decided_day + v->document->recall->review_due_days : 0;
}

/* The case behind a recall measure: opened with it, called off with it.  Once reviewed its dates are those of its own steps. */
static void
recall_follow(struct batch *b, Accountability__Change change, const Measure *m)
{
	Recall r = ACCOUNTABILITY_ROWS__RECALL__INIT;

	r.district = m->district;
	r.person_id = m->person_id;
	r.recall_id = m->measure_id;
	const Recall *was = batch_get(b, &recall_table, &r);
	if (was && change != ACCOUNTABILITY__CHANGE__IMPOSED)
		r = *was;
	r.n_cause = m->n_cause;
	r.cause = m->cause;
	switch (change) {
	case ACCOUNTABILITY__CHANGE__REVOKED_CHANGE:
		r.state = ACCOUNTABILITY__RECALL_CASE__STATE__CANCELLED;
		r.maybe_due_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_DUE__NOT_SET;
		break;
	case ACCOUNTABILITY__CHANGE__IMPOSED:
		r.state = ACCOUNTABILITY__RECALL_CASE__STATE__PROPOSED;
		break;
	default:
		break;
	}
	if (r.state == ACCOUNTABILITY__RECALL_CASE__STATE__PROPOSED) {
		r.absence_day = m->absence_day;
		recall_due(b, &r, m);
	}
	batch_put(b, &recall_table, &r);
}

static void
change_apply(struct batch *b, const Accountability__MeasureChange *c)
{
	AccountabilityRows__MeasureHome home = ACCOUNTABILITY_ROWS__MEASURE_HOME__INIT;
	Measure *row = row_of(b, c, batch_arena(b));

	home.district = row->district;
	home.measure_id = row->measure_id;
	home.person_id = row->person_id;
	if (!batch_get(b, &measure_table, row))
		batch_put(b, &measure_home_table, &home);
	batch_put(b, &measure_table, row);
	if (row->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL && c->change != ACCOUNTABILITY__CHANGE__MOVED)
		recall_follow(b, c->change, row);
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
	key.person_id = home->person_id;
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
cause_key(const Measure *m, size_t i)
{
	Finding key = ACCOUNTABILITY_ROWS__FINDING__INIT;

	key.district = m->district;
	key.person_id = m->person_id;
	key.finding_id = m->cause[i];
	return key;
}

/* Round by round: whose it is, the measure, its facts and the person; who has moved it. */
static void
want_move(struct batch *b, const char *id)
{
	AccountabilityRows__MeasureHome key = ACCOUNTABILITY_ROWS__MEASURE_HOME__INIT;
	Measure measure = ACCOUNTABILITY_ROWS__MEASURE__INIT;
	Move moves = move_key(b, id);

	key.district = measure.district = district(b);
	key.measure_id = measure.measure_id = (char *)id;
	batch_want(b, &measure_home_table, &key, 2);
	batch_want(b, &move_table, &moves, 2);
	const AccountabilityRows__MeasureHome *home = home_of(b, id);
	if (!home)
		return;
	measure.person_id = home->person_id;
	batch_want(b, &measure_table, &measure, 3);
	const Measure *m = measure_at(b, home);
	if (m && m->person_id[0])
		mirror_want_person_id(b, m->person_id);
	for (size_t i = 0; m && i < m->n_cause; i++) {
		Finding finding = cause_key(m, i);
		batch_want(b, &finding_table, &finding, 3);
	}
}

/* ---- who may (rules.md §4 "Separation of duties") */

static void
decided_facts(struct batch *b, struct duty *d, const Measure *m)
{
	for (size_t i = 0; i < m->n_cause; i++) {
		Finding key = cause_key(m, i);
		const Finding *f = batch_get(b, &finding_table, &key);
		if (!f)
			continue;
		duty_about(b, d, m->person_id, NULL, f->on_day);
		duty_decided_by(d, f->noted_by, f->noted_by_person);
		duty_decided_by(d, f->confirmed_by, f->confirmed_by_person);
	}
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
			duty_decided_by(d, x->account, x->moved_by_person);
	}
}

/* Nobody moves a measure of their own or their unit's.  To approve or reject reviews the facts; to lift also the approval; that
 * it was served is only recorded. */
static bool
may_move(struct batch *b, const char *id, enum move move)
{
	const Measure *m = measure_at(b, home_of(b, id));
	struct duty d = duty_open(b);

	duty_about(b, &d, m->person_id, m->unit_id, m->absence_day);
	if (move != MOVE_SERVE)
		decided_facts(b, &d, m);
	if (move == MOVE_LIFT)
		decided_approval(b, &d, id);
	return duty_allows(b, &d);
}

/* ---- moving */

static void
move_put(struct batch *b, const Measure *m, Accountability__MeasureState to, const char *reason)
{
	Move row = move_key(b, m->measure_id);

	row.seq = batch_next_seq(b);
	row.account = (char *)batch_account(b);
	row.moved_by_person = batch_actor(b) ? batch_actor(b)->person_id : (char *)"";
	row.state = to;
	row.reason = (char *)reason;
	row.at_us = batch_at_us(b);
	batch_put(b, &move_table, &row);
}

static void
move_emit(struct batch *b, const Measure *was, Accountability__MeasureState to)
{
	Accountability__MeasuresChanged e = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
	Measure is = *was;
	is.state = to;
	Accountability__MeasureChange *change = change_message(ACCOUNTABILITY__CHANGE__MOVED, was, &is, batch_arena(b));

	e.subject = change->measure->subject;
	e.n_changes = 1;
	e.changes = &change;
	e.account = (char *)batch_account(b);
	batch_emit(b, was->person_id[0] ? was->person_id : was->unit_id, &e.base);
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
		move_put(b, m, to, reason);
		move_emit(b, m, to);
		m = measure_at(b, home);
	}
	batch_answer(b, 200, &measure_message(m, batch_arena(b))->base);
}

#define MEASURE_MOVE(noun, Message, move) \
	void measure_want_##noun(struct batch *b, const void *m) { want_move(b, ((const Message *)m)->id); } \
	bool measure_exists_##noun(struct batch *b, const void *m) { return home_of(b, ((const Message *)m)->id) != NULL; } \
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
