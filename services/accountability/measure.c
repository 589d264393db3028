/* measure - what follows for somebody: imposed, amended and revoked by the count (recount.c), moved by people.
 *
 *   in:   ApproveMeasure, RejectMeasure, LiftMeasure, ServeMeasure; our own MeasuresChanged, by whomever it was said
 *   out:  MeasuresChanged
 *   owns: measure, measure_home, and move as far as it is measures'; what people decided against them (decision.c) */
#include "accountability_policy.h"
#include "case.h"
#include "decision.h"
#include "domain/duty_batch.h"
#include "domain/flow.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "facts.h"
#include "recall.h"
#include "recount.h"

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__MeasureHome MeasureHome;
typedef AccountabilityRows__Move Move;
typedef Accountability__MeasureChange Change;

#define STATE(s) ACCOUNTABILITY__MEASURE_STATE__##s

static const struct flow flow;

/* ---- MeasuresChanged: the only thing that writes measures */

static const struct copy
row_of_measure = { &accountability_rows__measure__descriptor, &accountability__measure__descriptor,
                   "district case_id measure_id unit_id ladder window_year rung reason_zh reason_en absence_day "
                   "decided_day approval recall_id head_person_id cause_of" },
row_of_grounds = { &accountability_rows__measure__descriptor, &accountability__grounds__descriptor,
                   "district case_id measure_id unit_id kind clause policy from_day until_day state cause reason_zh "
                   "reason_en head_person_id" };

/* The inverse of case_change. */
static Measure *
row_of(struct batch *b, const Change *c)
{
	const Accountability__Subject *s = c->measure->subject;
	const char *case_id = s->maybe_unit_case ? case_of_unit(s->unit_id, batch_arena(b))
	                                         : s->maybe_person_case ? s->person_id : "";
	Measure *row = batch_pair(b, &measure_table, case_id, c->measure->id);

	copy_run(&row_of_measure, row, c->measure);
	copy_run(&row_of_grounds, row, c->grounds);
	row->reason_zh = c->measure->reason->zh;
	row->reason_en = c->measure->reason->en;
	if (s->maybe_unit_case)
		row->unit_id = s->unit_id;
	if (s->maybe_unit_case && s->maybe_person_case)
		row->head_person_id = s->person_id;
	return row;
}

/* By hand; of a recall it is the step of its case that says so. */
static bool
is_refusal(const Change *c)
{
	return c->change == ACCOUNTABILITY__CHANGE__MOVED && measure_is_refused(c->measure->state) &&
	       c->measure->kind != ACCOUNTABILITY__MEASURE_KIND__RECALL;
}

static void
changed_want(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		Measure *row = row_of(b, e->changes[i]);
		batch_want(b, &measure_table, row, 3);
		if (row->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL)
			recount_want_recalls(b, row->case_id);
		if (is_refusal(e->changes[i]))
			facts_want(b, facts_of_measure(row));
	}
}

static void
keep_home(struct batch *b, const Measure *m)
{
	MeasureHome *home = batch_row(b, &measure_home_table, m->measure_id);

	home->case_id = m->case_id;
	batch_put(b, &measure_home_table, home);
}

static void
on_change(struct batch *b, const Change *c)
{
	Measure *row = row_of(b, c);

	if (!batch_get(b, &measure_table, row))
		keep_home(b, row);
	batch_put(b, &measure_table, row);
	if (row->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL)
		recall_follow(b, c->change, row);
	if (is_refusal(c))
		decision_keep(b, row);
}

static void
on_changed(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++)
		on_change(b, e->changes[i]);
}

/* ---- who may move one (rules.md §4 "Separation of duties") */

static int32_t
first_day(struct batch *b, const Measure *m)
{
	return facts_first_day(b, facts_of_measure(m), m->absence_day);
}

/* What it is judged by: units of whom it is about, whose accounts noted, confirmed and moved. */
static void
want_parts(struct batch *b, const void *thing)
{
	const Measure *m = thing;
	const void **moves;

	if (*case_subject_person(m))
		mirror_want_person_id(b, case_subject_person(m));
	duty_want_about(b, case_subject_person(m), m->unit_id);
	batch_want_id(b, &move_table, m->measure_id);
	size_t n = batch_list_id(b, &move_table, m->measure_id, &moves);
	for (size_t i = 0; i < n; i++)
		duty_want_decided(b, ((const Move *)moves[i])->account);
	facts_want(b, facts_of_measure(m));
	facts_want_deciders(b, facts_of_measure(m));
}

/* Nobody moves a measure of their own or their unit's. */
static void
duty_of(struct batch *b, const void *thing, struct duty *d)
{
	const Measure *m = thing;

	duty_about(b, d, case_subject_person(m), m->unit_id, first_day(b, m));
}

/* To approve or reject reviews the facts: nor one of another unit for what they did themselves. */
static void
duty_of_facts(struct batch *b, const void *thing, struct duty *d)
{
	const Finding **facts;
	size_t n = facts_list(b, facts_of_measure(thing), &facts);

	for (size_t i = 0; i < n; i++) {
		duty_about_person(d, facts[i]->about_person_id);
		facts_decided(b, facts[i], d);
	}
}

/* To lift reviews the approval too. */
static void
duty_of_approval(struct batch *b, const void *thing, struct duty *d)
{
	const void **moves;
	size_t n = batch_list_id(b, &move_table, ((const Measure *)thing)->measure_id, &moves);

	duty_of_facts(b, thing, d);
	for (size_t i = 0; i < n; i++) {
		const Move *x = moves[i];
		if (x->state == STATE(IN_FORCE))
			duty_decided(b, d, x->account, x->moved_by_person);
	}
}

/* A sealed one is not there for whoever may not know of it (C3.2.2), as it is not when they read. */
static bool
knows(struct batch *b, const void *thing)
{
	struct duty d = duty_open(b);
	const Finding **facts;

	if (!case_sealed(thing))
		return true;
	duty_of(b, thing, &d);
	size_t n = facts_list(b, facts_of_measure(thing), &facts);
	for (size_t i = 0; i < n; i++)
		duty_about_person(&d, facts[i]->about_person_id);
	return duty_knows(&d);
}

/* ---- moving */

/* A recall's is moved by the steps of its case alone. */
static bool
by_hand_ok(struct batch *b, const void *thing)
{
	const Measure *m = thing;

	return m->kind != ACCOUNTABILITY__MEASURE_KIND__RECALL || !batch_refused(b, &flow.refusal);
}

static void
decided(struct batch *b, const struct flow_move *move, void *row)
{
	Move *x = row;

	x->state = (Accountability__MeasureState)move->to;
	if (batch_actor(b))
		x->moved_by_person = batch_actor(b)->person_id;
}

static void
say_moved(struct batch *b, const Measure *was, Accountability__MeasureState to)
{
	Accountability__MeasuresChanged e = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
	Measure is = *was;

	is.state = to;
	Change *change = case_change(ACCOUNTABILITY__CHANGE__MOVED, was, &is, batch_arena(b));
	e.subject = change->measure->subject;
	e.n_changes = 1;
	e.changes = &change;
	e.account = arena_strdup(batch_arena(b), batch_account(b));
	if (case_sealed(was)) {
		e.maybe_first_case = ACCOUNTABILITY__MEASURES_CHANGED__MAYBE_FIRST_FIRST_DAY;
		e.first_day = first_day(b, was);
	}
	batch_emit(b, was->unit_id[0] ? was->unit_id : was->case_id, &e.base);
}

static void
say_approved(struct batch *b, const void *thing)
{
	say_moved(b, thing, STATE(IN_FORCE));
}

static void
say_rejected(struct batch *b, const void *thing)
{
	say_moved(b, thing, STATE(REJECTED));
}

static void
say_lifted(struct batch *b, const void *thing)
{
	say_moved(b, thing, STATE(LIFTED));
}

static void
say_served(struct batch *b, const void *thing)
{
	say_moved(b, thing, STATE(SERVED));
}

static const ProtobufCMessage *
as_seen(struct batch *b, const void *thing)
{
	return &case_measure(thing, batch_arena(b))->base;
}

/* Approval is the only thing that stands between a decision and its effect, so `approved` is passed through at once.
 * That it was served is only recorded. */
static const struct flow flow = {
	.things = &measure_table, .homes = &measure_home_table, .decisions = &move_table,
	.refusal = { 409, "measure.bad_transition", NULL, "The measure's state does not allow this." },
	.want = want_parts, .knows = knows, .duty = duty_of, .check = by_hand_ok, .decided = decided, .answer = as_seen,
	.list = LIST(((const struct flow_move[]){
		{ .command = &accountability__approve_measure__descriptor,
		  .from = STATE(PROPOSED), .to = STATE(IN_FORCE), .event = say_approved, .duty = duty_of_facts },
		{ .command = &accountability__reject_measure__descriptor,
		  .from = STATE(PROPOSED), .to = STATE(REJECTED), .event = say_rejected, .duty = duty_of_facts },
		{ .command = &accountability__lift_measure__descriptor,
		  .from = STATE(IN_FORCE), .to = STATE(LIFTED), .event = say_lifted, .duty = duty_of_approval },
		{ .command = &accountability__serve_measure__descriptor,
		  .from = STATE(IN_FORCE), .to = STATE(SERVED), .event = say_served },
	})),
};

const struct noun accountability_measure = {
	.tables = LIST(((const struct table *const[]){ &measure_table, &measure_home_table, &move_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &accountability__approve_measure__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
		{ .message = &accountability__reject_measure__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
		{ .message = &accountability__lift_measure__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
		{ .message = &accountability__serve_measure__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &accountability__measures_changed__descriptor, .want = changed_want, .run = on_changed },
	})),
	.copies = LIST(((const struct copy *const[]){ &row_of_measure, &row_of_grounds })),
};
