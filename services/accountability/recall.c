/* recall - the cases of people who are to be recalled (C3.2.1-3, C3.2.1-r): opened and called off with their measure,
 * moved step by step by people, overdue when a step is not made in time.
 *
 *   in:   ReviewRecall, OrderRecall, HandOverRecall, ReplaceRecall, CancelRecall; ListRecalls; the timer `recall_due`;
 *         our own RecallMoved and RecallOverdue, and of MeasuresChanged what concerns recalls
 *   out:  RecallMoved, RecallOverdue
 *   owns: recall, unit_recall, and move as far as it is recalls'
 *
 *   proposed → reviewed → ordered → handed_over → replaced;   before hand-over also → cancelled
 *
 * A case has its measure's id.  What an ordered recall brings is counted with the ladder, in recount.c. */
#include "recall.h"
#include "accountability_policy.h"
#include "accountability_recall.sql.h"
#include "base/civil.h"
#include "case.h"
#include "decision.h"
#include "domain/duty_batch.h"
#include "domain/flow.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "facts.h"
#include "json/json_pb.h"
#include "recall_policy.h"
#include "recount.h"
#include <assert.h>
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__Move Move;
typedef AccountabilityRows__PostingHome PostingHome;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__UnitRecall UnitRecall;
typedef Accountability__RecallMoved Moved;

#define RECALL_DUE "recall_due"                         /* kind of timer; subject: "<person> <recall>" */
#define STATE(s) ACCOUNTABILITY__RECALL_CASE__STATE__##s

static const struct flow flow;

static const struct copy
unit_recall_of_row = { &accountability_rows__unit_recall__descriptor, &accountability_rows__recall__descriptor,
                       "district unit_id ordered_seq" },
overdue_of_row = { &accountability__recall_overdue__descriptor, &accountability_rows__recall__descriptor, "id" },
page_of_question = { &accountability_rows__recalls_after__descriptor, &accountability__list_recalls__descriptor,
                     "district after limit recall_id" };

/* ---- the rows */

/* As it is counted among its unit's; NULL: it is not. */
static const UnitRecall *
counted(struct batch *b, const Recall *r)
{
	const UnitRecall *const *rows;
	size_t n = r->maybe_unit_case ? case_unit_recalls(b, r->unit_id, &rows) : 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->recall_id, r->recall_id) == 0)
			return rows[i];
	return NULL;
}

static void
due_set(Recall *r, bool is_due, int32_t due_day)
{
	r->maybe_due_case = is_due ? ACCOUNTABILITY_ROWS__RECALL__MAYBE_DUE_DUE_DAY : 0;
	r->due_day = is_due ? due_day : 0;
}

static bool
same_due(const Recall *was, const Recall *r)
{
	return was && was->state == r->state && !was->maybe_due_case == !r->maybe_due_case &&
	       was->due_day == r->due_day;
}

/* A step is awaited until its last day is over. */
static void
recall_put(struct batch *b, Recall *r)
{
	const Recall *was = batch_get(b, &recall_table, r);

	if (!same_due(was, r)) {
		r->overdue = false;
		batch_timer(b, RECALL_DUE, arena_printf(batch_arena(b), "%s %s", r->person_id, r->recall_id),
		            r->maybe_due_case ? instant_of_day(r->due_day + 1) : 0);
	}
	batch_put(b, &recall_table, r);
}

/* No longer ordered; which unit and posting it was about stays to be read. */
static void
cancel(struct batch *b, Recall *r)
{
	const UnitRecall *u = counted(b, r);

	if (u)
		batch_drop(b, &unit_recall_table, u);
	r->state = STATE(CANCELLED);
	r->maybe_ordered_case = 0;
	r->ordered_day = 0;
	due_set(r, false, 0);
}

/* Its own dates follow the policy under which it was opened. */
static void
reopen(struct batch *b, Recall *r, const Measure *m)
{
	const struct policy_version *v = policy_on(batch_policies(b), m->absence_day);
	int32_t due_day;
	bool is_due = recall_due(v, STATE(PROPOSED), m->decided_day, &due_day);

	r->state = STATE(PROPOSED);
	due_set(r, is_due, due_day);
}

/* It is counted with the facts that it rests on now. */
static void
amend(struct batch *b, const UnitRecall *u, const Recall *r)
{
	UnitRecall amended = *u;

	amended.absence_day = r->absence_day;
	amended.n_cause = r->n_cause;
	amended.cause = r->cause;
	batch_put(b, &unit_recall_table, &amended);
}

void
recall_follow(struct batch *b, Accountability__Change change, const Measure *m)
{
	Recall *r = batch_pair(b, &recall_table, m->case_id, m->measure_id);
	const Recall *was = batch_get(b, &recall_table, r);

	if (change == ACCOUNTABILITY__CHANGE__MOVED)
		return;                                         /* by a step of the case, which has been applied */
	const UnitRecall *u = was ? counted(b, was) : NULL;
	if (was && change != ACCOUNTABILITY__CHANGE__IMPOSED)
		*r = *was;
	r->absence_day = m->absence_day;
	r->n_cause = m->n_cause;
	r->cause = m->cause;
	if (change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE || measure_is_refused(m->state))
		cancel(b, r);
	else if (change == ACCOUNTABILITY__CHANGE__IMPOSED || r->state == STATE(PROPOSED))
		reopen(b, r, m);
	else if (u)
		amend(b, u, r);
	recall_put(b, r);
}

/* ---- RecallMoved and RecallOverdue */

static bool
is_called_off(const Moved *e)
{
	return e->state == STATE(CANCELLED) && *e->account;
}

/* The measure of a case that a person has called off. */
static Measure *
called_off(struct batch *b, const Moved *e)
{
	Measure *m = batch_pair(b, &measure_table, e->person_id, e->id);

	m->ladder = arena_strdup(batch_arena(b), LADDER_ABSENCE);
	m->state = recall_measure_state(STATE(CANCELLED));
	m->n_cause = e->n_cause;
	m->cause = e->cause;
	return m;
}

static void
moved_want(struct batch *b, const void *m)
{
	if (is_called_off(m))
		facts_want(b, facts_of_measure(called_off(b, m)));
}

/* Counted among its unit's in the order in which they were ordered. */
static void
count_in(struct batch *b, const Recall *r)
{
	UnitRecall *u = batch_row(b, &unit_recall_table, r->unit_id);

	assert(batch_own(b));
	copy_run(&unit_recall_of_row, u, r);
	u->ordered_seq = batch_next_seq(b) - 1;
	batch_put(b, &unit_recall_table, u);
}

/* What is not known is kept as "", so that it is fixed too. */
static void
order(struct batch *b, Recall *r, const Moved *e)
{
	r->maybe_unit_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_UNIT_UNIT_ID;
	r->unit_id = e->unit_id;
	r->maybe_posting_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_POSTING_POSTING_ID;
	r->posting_id = e->posting_id;
	r->maybe_ordered_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_ORDERED_ORDERED_DAY;
	r->ordered_day = e->ordered_day;
	r->head_person_id = e->head_person_id;
	count_in(b, r);
}

static void
on_moved(struct batch *b, const void *m)
{
	const Moved *e = m;
	Recall r = *(const Recall *)batch_get_pair(b, &recall_table, e->person_id, e->id);

	if (e->state == STATE(CANCELLED)) {
		cancel(b, &r);
	} else {
		r.state = e->state;
		r.successor_posting_id = e->successor_posting_id;
		due_set(&r, e->maybe_due_case, e->due_day);
	}
	if (e->state == STATE(ORDERED))
		order(b, &r, e);
	recall_put(b, &r);
	if (is_called_off(e))
		decision_keep(b, called_off(b, e));
}

static void
on_overdue(struct batch *b, const void *m)
{
	const Accountability__RecallOverdue *e = m;
	Recall r = *(const Recall *)batch_get_pair(b, &recall_table, e->person_id, e->id);

	r.overdue = true;
	batch_put(b, &recall_table, &r);
}

/* ---- who may make a step */

/* By what it is judged: units of whom it is about, whose accounts noted and confirmed.  What is ordered is fixed with
 * its unit. */
static void
want_parts(struct batch *b, const void *thing)
{
	const Recall *r = thing;
	const ProtobufCMessage *m = batch_command(b);
	const MirrorRows__Person *p = mirror_person_on(b, r->person_id, batch_today(b));

	if (p && m->descriptor == &accountability__order_recall__descriptor)
		recount_want_unit(b, p->unit_id);
	duty_want_about(b, r->person_id, r->maybe_unit_case ? r->unit_id : NULL);
	facts_want_deciders(b, facts_of_recall(r));
}

/* Nobody moves a recall of their own, one whose post is theirs to take, of their own unit's people, or on facts that
 * they noted or confirmed (§4). */
static void
duty_of(struct batch *b, const void *thing, struct duty *d)
{
	const Recall *r = thing;
	struct facts f = facts_of_recall(r);
	const Finding **facts;
	size_t n = facts_list(b, f, &facts);

	for (size_t i = 0; i < n; i++)
		facts_decided(b, facts[i], d);
	duty_about(b, d, r->person_id, r->maybe_unit_case ? r->unit_id : "", facts_first_day(b, f, r->absence_day));
	duty_about_person(d, r->head_person_id);
}

/* ---- the successor, whom ReplaceRecall names by a posting */

static const Accountability__ReplaceRecall *
replacing(const struct batch *b)
{
	const Accountability__ReplaceRecall *m = batch_command(b);

	return m->base.descriptor == &accountability__replace_recall__descriptor ? m : NULL;
}

static void
replace_want(struct batch *b, const void *m)
{
	const char *posting_id = ((const Accountability__ReplaceRecall *)m)->posting_id;

	flow_want(b, m);
	batch_want_id(b, &posting_home_table, posting_id);
	const PostingHome *home = batch_get_id(b, &posting_home_table, posting_id);
	if (home)
		mirror_want_person_id(b, home->person_id);
}

/* Who was replaced already, was by this one. */
static bool
step_ok(struct batch *b, const void *thing)
{
	const Recall *r = thing;
	const Accountability__ReplaceRecall *m = replacing(b);

	if (!flow_reason_ok(b, thing))
		return false;
	if (!m)
		return true;
	if (!batch_ok(b, batch_get_id(b, &posting_home_table, m->posting_id) != NULL, 422, "reference.unknown",
	              "/posting_id", "Nothing in this district has this id."))
		return false;
	bool other = r->state == STATE(REPLACED) && strcmp(m->posting_id, r->successor_posting_id) != 0;
	return !other || !batch_refused(b, &flow.refusal);
}

static bool
successor_fits(struct batch *b, const void *thing)
{
	const Recall *r = thing;
	const char *posting_id = replacing(b)->posting_id;
	const PostingHome *home = batch_get_id(b, &posting_home_table, posting_id);
	const MirrorRows__Posting *ended = batch_get_pair(b, &mirror_posting, r->person_id, r->posting_id);
	const MirrorRows__Posting *next = batch_get_pair(b, &mirror_posting, home->person_id, posting_id);

	bool fits = ended && next && recall_fits(ended, recall_end(ended, r->ordered_day), next);
	return batch_ok(b, fits, 422, "recall.unfit_successor", "/posting_id",
	                "A successor is another person, at the same village in the same role, "
	                "from the end of the recalled one's posting on.");
}

/* ---- steps */

static void
due_fill(struct batch *b, const Recall *r, Moved *e)
{
	bool ordered = e->maybe_ordered_case;
	const struct policy_version *v = policy_on(batch_policies(b), ordered ? e->ordered_day : r->absence_day);
	int32_t since_day = ordered ? e->ordered_day : batch_today(b);

	if (recall_due(v, e->state, since_day, &e->due_day))
		e->maybe_due_case = ACCOUNTABILITY__RECALL_MOVED__MAYBE_DUE_DUE_DAY;
	if (ordered && recall_due(v, STATE(HANDED_OVER), since_day, &e->replacement_due_day))
		e->maybe_replacement_case = ACCOUNTABILITY__RECALL_MOVED__MAYBE_REPLACEMENT_REPLACEMENT_DUE_DAY;
}

static Moved
moved_to(struct batch *b, const Recall *r, recall_state_t state)
{
	Moved e = case_recall_moved(b, r);

	e.state = state;
	e.account = arena_strdup(batch_arena(b), batch_account(b));
	return e;
}

static void
say(struct batch *b, const Recall *r, Moved *e)
{
	due_fill(b, r, e);
	batch_emit(b, r->person_id, &e->base);
	recount(b, &(struct recount){ .person_id = r->person_id, .account = batch_account(b) });
}

static void
say_reviewed(struct batch *b, const void *thing)
{
	Moved e = moved_to(b, thing, STATE(REVIEWED));

	say(b, thing, &e);
}

/* What is fixed by the order: unit, its head, the posting, the day. */
static void
say_ordered(struct batch *b, const void *thing)
{
	const Recall *r = thing;
	const MirrorRows__Person *p = mirror_person_on(b, r->person_id, batch_today(b));
	const MirrorRows__Unit *u = p ? mirror_unit_on(b, p->unit_id, batch_today(b)) : NULL;
	const MirrorRows__Posting *const *postings, *held;
	size_t n = mirror_postings(b, r->person_id, &postings);
	Moved e = moved_to(b, r, STATE(ORDERED));
	arena_t *a = batch_arena(b);

	if (!(held = recall_posting(postings, n, r->absence_day)) || !mirror_posting_covers(held, batch_today(b))) {
		const MirrorRows__Posting *now = recall_posting(postings, n, batch_today(b));
		held = now ? now : held;
	}
	e.unit_id = arena_strdup(a, p ? p->unit_id : "");
	e.head_person_id = arena_strdup(a, u && u->maybe_head_case ? u->head_person_id : "");
	e.posting_id = arena_strdup(a, held ? held->posting_id : "");
	e.maybe_ordered_case = ACCOUNTABILITY__RECALL_MOVED__MAYBE_ORDERED_ORDERED_DAY;
	e.ordered_day = batch_today(b);
	say(b, r, &e);
}

/* The measure that an ordered recall brought for its unit was rejected or lifted. */
static bool
is_off(struct batch *b, const char *unit_id, const char *recall_id)
{
	const Measure *const *standing;
	size_t n = case_measures(b, case_of_unit(unit_id, batch_arena(b)), &standing);

	for (size_t i = 0; i < n; i++)
		if (strcmp(standing[i]->recall_id, recall_id) == 0 && measure_is_refused(standing[i]->state))
			return true;
	return false;
}

/* A head whose measure was rejected or lifted takes no post. */
static bool
head_takes_post(struct batch *b, const Recall *r)
{
	const UnitRecall *u = counted(b, r), *const *of_unit;
	size_t n = case_unit_recalls(b, r->unit_id, &of_unit);

	return u && recall_takes_head(of_unit, n, u, batch_policies(b)) && !is_off(b, r->unit_id, r->recall_id);
}

static void
say_handed_over(struct batch *b, const void *thing)
{
	Moved e = moved_to(b, thing, STATE(HANDED_OVER));

	e.head_takes_post = head_takes_post(b, thing);
	say(b, thing, &e);
}

static void
say_replaced(struct batch *b, const void *thing)
{
	Moved e = moved_to(b, thing, STATE(REPLACED));

	e.successor_posting_id = replacing(b)->posting_id;
	say(b, thing, &e);
}

static void
say_cancelled(struct batch *b, const void *thing)
{
	Moved e = moved_to(b, thing, STATE(CANCELLED));

	say(b, thing, &e);
}

/* Who made the step is kept with what it made of the measure. */
static void
decided(struct batch *b, const struct flow_move *move, void *row)
{
	Move *x = row;
	arena_t *a = batch_arena(b);

	x->state = recall_measure_state((recall_state_t)move->to);
	x->step = arena_strdup(a, enum_text(&accountability__recall_case__state__descriptor, move->to, a));
	if (batch_actor(b))
		x->moved_by_person = batch_actor(b)->person_id;
}

/* Until it is ordered: where the person belonged and was posted on the day that opened it. */
static const ProtobufCMessage *
as_seen(struct batch *b, const void *thing)
{
	const Recall *r = thing;
	const MirrorRows__Person *p = mirror_person_on(b, r->person_id, r->absence_day);
	const MirrorRows__Posting *const *postings;
	size_t n = mirror_postings(b, r->person_id, &postings);
	const MirrorRows__Posting *held = recall_posting(postings, n, r->absence_day);
	Accountability__RecallCase *c = case_recall(r, batch_arena(b));

	if (!r->maybe_unit_case && p)
		c->unit_id = p->unit_id;
	if (!r->maybe_posting_case && held)
		c->posting_id = held->posting_id;
	return &c->base;
}

static const struct flow flow = {
	.things = &recall_table, .homes = &measure_home_table, .decisions = &move_table,
	.refusal = { 409, "recall.bad_transition", NULL, "The recall's state does not allow this." },
	.want_case = recount_want_person, .want = want_parts, .duty = duty_of, .check = step_ok, .decided = decided,
	.answer = as_seen,
	.list = LIST(((const struct flow_move[]){
		{ .command = &accountability__review_recall__descriptor,
		  .from = STATE(PROPOSED), .to = STATE(REVIEWED), .event = say_reviewed },
		{ .command = &accountability__order_recall__descriptor,
		  .from = STATE(REVIEWED), .to = STATE(ORDERED), .event = say_ordered },
		{ .command = &accountability__hand_over_recall__descriptor,
		  .from = STATE(ORDERED), .to = STATE(HANDED_OVER), .event = say_handed_over },
		{ .command = &accountability__replace_recall__descriptor,
		  .from = STATE(HANDED_OVER), .to = STATE(REPLACED), .guard = successor_fits, .event = say_replaced },
		{ .command = &accountability__cancel_recall__descriptor,
		  .from = STATE(PROPOSED), .to = STATE(CANCELLED), .event = say_cancelled },
		{ .command = &accountability__cancel_recall__descriptor,
		  .from = STATE(REVIEWED), .to = STATE(CANCELLED), .event = say_cancelled },
		{ .command = &accountability__cancel_recall__descriptor,
		  .from = STATE(ORDERED), .to = STATE(CANCELLED), .event = say_cancelled },
	})),
};

/* ---- steps not made in time */

static Recall *
key_of_subject(struct batch *b, const char *subject)
{
	const char *space = strchr(subject, ' ');
	const char *person_id = arena_strndup(batch_arena(b), subject, (size_t)(space - subject));

	return batch_pair(b, &recall_table, person_id, space + 1);
}

static void
due_want(struct batch *b, const char *subject)
{
	batch_want(b, &recall_table, key_of_subject(b, subject), 3);
}

static void
due_over(struct batch *b, const char *subject)
{
	const Recall *r = batch_get(b, &recall_table, key_of_subject(b, subject));
	Accountability__RecallOverdue e = ACCOUNTABILITY__RECALL_OVERDUE__INIT;

	if (!r || !r->maybe_due_case || r->overdue || batch_at_us(b) < instant_of_day(r->due_day + 1))
		return;
	copy_run(&overdue_of_row, &e, r);
	e.id = r->recall_id;
	batch_emit(b, r->person_id, &e.base);
}

/* ---- queries */

static ProtobufCMessage *
item_of_row(struct reader *r, const void *row)
{
	return &case_recall(row, reader_arena(r))->base;
}

static const struct listing listing = {
	&page_of_question, &accountability__recall_list__descriptor, item_of_row,
	.by = &accountability_recalls, .anew = true,
};

static void
read_recall(struct reader *r, const void *m)
{
	AccountabilityRows__RecallsAfter *args = reader_key(r, &accountability_rows__recalls_after__descriptor, "");
	void **rows;

	args->maybe_recall_case = ACCOUNTABILITY_ROWS__RECALLS_AFTER__MAYBE_RECALL_RECALL_ID;
	args->recall_id = ((const Accountability__ReadRecall *)m)->id;
	args->limit = 1;
	if (reader_page_rows(r, &accountability_recalls, args, NULL, true, &rows, NULL))
		reader_answer(r, item_of_row(r, rows[0]));
	else
		reader_missing(r, AFTER_BOTH, "There is no such recall.");
}

const struct noun accountability_recall = {
	.tables = LIST(((const struct table *const[]){ &recall_table, &unit_recall_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &accountability__review_recall__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
		{ .message = &accountability__order_recall__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
		{ .message = &accountability__hand_over_recall__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
		{ .message = &accountability__replace_recall__descriptor, .after = AFTER_BOTH, .with = &flow,
		  .want = replace_want, .exists = flow_exists, .may = flow_may, .run = flow_run },
		{ .message = &accountability__cancel_recall__descriptor, .after = AFTER_BOTH, FLOW(&flow) },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &accountability__recall_moved__descriptor, .want = moved_want, .run = on_moved },
		{ .message = &accountability__recall_overdue__descriptor, .run = on_overdue },
	})),
	/* A recall that has fallen, elsewhere and a moment ago, is not late. */
	.timers = LIST(((const struct timer[]){
		{ .kind = RECALL_DUE, .want = due_want, .run = due_over, .after = AFTER_BOTH },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &accountability__list_recalls__descriptor, LISTED(&listing) },
		{ .message = &accountability__read_recall__descriptor, .run = read_recall },
	})),
	.copies = LIST(((const struct copy *const[]){ &unit_recall_of_row, &overdue_of_row, &page_of_question })),
	.statements = { accountability_recall_sql, ACCOUNTABILITY_RECALL_SQL_COUNT },
};
