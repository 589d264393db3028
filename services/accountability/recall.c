/* recall - see recall.h. */
#include "recall.h"
#include "base/civil.h"
#include "decision.h"
#include "domain/duty_batch.h"
#include "json/json_pb.h"
#include "measure.h"
#include "domain/mirror.h"
#include "recount.h"
#include <assert.h>
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__PostingHome PostingHome;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__UnitRecall UnitRecall;
typedef Accountability__RecallMoved Moved;

enum { REASON_BYTES_MAX = 2000 };
#define STATE(s) ACCOUNTABILITY__RECALL_CASE__STATE__##s

const struct table recall_table = { "recall", &accountability_rows__recall__descriptor, 3, false };
const struct table unit_recall_table = { "unit_recall", &accountability_rows__unit_recall__descriptor, 3, false };
const struct table posting_home_table = { "posting_home", &accountability_rows__posting_home__descriptor, 2, false };

/* ---- keys, and what is counted together */

static Recall
recall_key(const struct batch *b, const char *person_id, const char *recall_id)
{
	Recall key = ACCOUNTABILITY_ROWS__RECALL__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.recall_id = (char *)recall_id;
	return key;
}

static UnitRecall
unit_key(const struct batch *b, const char *unit_id)
{
	UnitRecall key = ACCOUNTABILITY_ROWS__UNIT_RECALL__INIT;

	key.district = (char *)batch_district(b);
	key.unit_id = (char *)unit_id;
	return key;
}

static Finding
finding_key(const struct batch *b, const char *person_id, const char *finding_id)
{
	Finding key = ACCOUNTABILITY_ROWS__FINDING__INIT;

	key.district = (char *)batch_district(b);
	key.case_id = (char *)person_id;
	key.finding_id = (char *)finding_id;
	return key;
}

void
recall_want_unit(struct batch *b, const char *unit_id)
{
	UnitRecall key = unit_key(b, unit_id);

	batch_want(b, &unit_recall_table, &key, 2);
	const UnitRecall *const *rows;
	size_t n = recall_of_unit(b, unit_id, &rows);
	for (size_t i = 0; i < n; i++) {
		Finding findings = finding_key(b, rows[i]->person_id, "");
		batch_want(b, &finding_table, &findings, 2);
		Recall recalls = recall_key(b, rows[i]->person_id, "");
		if (rows[i]->head_person_id[0])
			mirror_want_person_id(b, rows[i]->head_person_id);      /* for whoever moves the measure in the same batch */
		else
			batch_want(b, &recall_table, &recalls, 2);              /* which get their head when one is known */
	}
}

void
recall_want_person(struct batch *b, const char *person_id)
{
	Recall key = recall_key(b, person_id, "");
	const Recall *const *rows;

	batch_want(b, &recall_table, &key, 2);
	size_t n = recall_of_person(b, person_id, &rows);              /* there in the second round */
	for (size_t i = 0; i < n; i++)
		if (rows[i]->maybe_unit_case)
			recount_want_unit(b, rows[i]->unit_id);
}

size_t
recall_of_person(struct batch *b, const char *person_id, const Recall *const **rows)
{
	Recall key = recall_key(b, person_id, "");
	const void **list;
	size_t n = batch_list(b, &recall_table, &key, 2, &list);

	*rows = (const Recall *const *)list;
	return n;
}

size_t
recall_of_unit(struct batch *b, const char *unit_id, const UnitRecall *const **rows)
{
	UnitRecall key = unit_key(b, unit_id);
	const void **list;
	size_t n = batch_list(b, &unit_recall_table, &key, 2, &list);

	*rows = (const UnitRecall *const *)list;
	return n;
}

static void
head_fix(struct batch *b, const UnitRecall *of_unit, const char *head_id)
{
	Recall key = recall_key(b, of_unit->person_id, of_unit->recall_id);
	UnitRecall u = *of_unit;
	Recall r = *(const Recall *)batch_get(b, &recall_table, &key);

	u.head_person_id = r.head_person_id = (char *)head_id;
	batch_put(b, &unit_recall_table, &u);
	batch_put(b, &recall_table, &r);
}

void
recall_head_known(struct batch *b, const char *unit_id, const char *head_id)
{
	const UnitRecall *const *rows;
	size_t n = recall_of_unit(b, unit_id, &rows);

	for (size_t i = 0; i < n; i++)
		if (!rows[i]->head_person_id[0])
			head_fix(b, rows[i], head_id);
}

static const UnitRecall *
counted(struct batch *b, const Recall *r)
{
	const UnitRecall *const *rows;
	size_t n = r->maybe_unit_case ? recall_of_unit(b, r->unit_id, &rows) : 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->recall_id, r->recall_id) == 0)
			return rows[i];
	return NULL;
}

/* ---- the rows */

static void
due_set(Recall *r, bool is_due, int32_t due_day)
{
	r->maybe_due_case = is_due ? ACCOUNTABILITY_ROWS__RECALL__MAYBE_DUE_DUE_DAY : ACCOUNTABILITY_ROWS__RECALL__MAYBE_DUE__NOT_SET;
	r->due_day = is_due ? due_day : 0;
}

static bool
same_due(const Recall *was, const Recall *r)
{
	return was && was->state == r->state && !was->maybe_due_case == !r->maybe_due_case && was->due_day == r->due_day;
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

static void
uncount(struct batch *b, const Recall *r)
{
	const UnitRecall *u = counted(b, r);

	if (u)
		batch_drop(b, &unit_recall_table, u);
}

/* No longer ordered; which unit and posting it was about stays to be read. */
static void
cancel(struct batch *b, Recall *r)
{
	uncount(b, r);
	r->state = STATE(CANCELLED);
	r->maybe_ordered_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_ORDERED__NOT_SET;
	r->ordered_day = 0;
	due_set(r, false, 0);
}

/* Its own dates follow the policy under which it was opened. */
static void
reopen(struct batch *b, Recall *r, const Measure *m)
{
	int32_t due_day;
	bool is_due = recall_due(policy_on(batch_policies(b), m->absence_day), STATE(PROPOSED), m->decided_day, &due_day);

	r->state = STATE(PROPOSED);
	due_set(r, is_due, due_day);
}

void
recall_follow(struct batch *b, Accountability__Change change, const Measure *m)
{
	Recall r = recall_key(b, m->case_id, m->measure_id);
	const Recall *was = batch_get(b, &recall_table, &r);

	if (change == ACCOUNTABILITY__CHANGE__MOVED)
		return;                                         /* by a step of the case, which has been applied */
	if (was && change != ACCOUNTABILITY__CHANGE__IMPOSED)
		r = *was;
	r.absence_day = m->absence_day;
	r.n_cause = m->n_cause;
	r.cause = m->cause;
	const UnitRecall *u = was ? counted(b, was) : NULL;
	if (change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE || measure_is_refused(m->state))
		cancel(b, &r);
	else if (change == ACCOUNTABILITY__CHANGE__IMPOSED || r.state == STATE(PROPOSED))
		reopen(b, &r, m);
	else if (u) {
		UnitRecall amended = *u;
		amended.absence_day = r.absence_day;
		amended.n_cause = r.n_cause;
		amended.cause = r.cause;
		batch_put(b, &unit_recall_table, &amended);
	}
	recall_put(b, &r);
}

/* ---- RecallMoved */

/* The measure of a case that a person has called off. */
static Measure
called_off(const struct batch *b, const Moved *e)
{
	Measure m = ACCOUNTABILITY_ROWS__MEASURE__INIT;

	m.district = (char *)batch_district(b);
	m.case_id = e->person_id;
	m.measure_id = e->id;
	m.ladder = (char *)LADDER_ABSENCE;
	m.state = recall_measure_state(STATE(CANCELLED));
	m.n_cause = e->n_cause;
	m.cause = e->cause;
	return m;
}

static bool
is_called_off(const Moved *e)
{
	return e->state == STATE(CANCELLED) && *e->account;
}

void
recall_want_moved(struct batch *b, const void *m)
{
	const Moved *e = m;
	Measure off = called_off(b, e);

	if (is_called_off(e))
		decision_want_facts(b, &off);
}

/* Counted among its unit's in the order in which they were ordered. */
static void
count_in(struct batch *b, const Recall *r)
{
	UnitRecall u = unit_key(b, r->unit_id);

	assert(batch_own(b));
	u.ordered_seq = batch_next_seq(b) - 1;
	u.recall_id = r->recall_id;
	u.person_id = r->person_id;
	u.ordered_day = r->ordered_day;
	u.head_person_id = r->head_person_id;
	u.absence_day = r->absence_day;
	u.n_cause = r->n_cause;
	u.cause = r->cause;
	batch_put(b, &unit_recall_table, &u);
}

void
recall_run_moved(struct batch *b, const void *m)
{
	const Moved *e = m;
	Recall key = recall_key(b, e->person_id, e->id);
	Recall r = *(const Recall *)batch_get(b, &recall_table, &key);

	if (e->state == STATE(CANCELLED)) {
		cancel(b, &r);
	} else {
		r.state = e->state;
		r.successor_posting_id = e->successor_posting_id;
		due_set(&r, e->maybe_due_case, e->due_day);
	}
	if (e->state == STATE(ORDERED)) {
		r.maybe_unit_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_UNIT_UNIT_ID;
		r.unit_id = e->unit_id;
		r.maybe_posting_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_POSTING_POSTING_ID;
		r.posting_id = e->posting_id;
		r.maybe_ordered_case = ACCOUNTABILITY_ROWS__RECALL__MAYBE_ORDERED_ORDERED_DAY;
		r.ordered_day = e->ordered_day;
		r.head_person_id = e->head_person_id;
		count_in(b, &r);
	}
	recall_put(b, &r);
	if (is_called_off(e)) {
		Measure off = called_off(b, e);
		decision_keep(b, &off);
	}
}

static const Finding *
cause_at(struct batch *b, const Recall *r, size_t i)
{
	Finding key = finding_key(b, r->person_id, r->cause[i]);

	return batch_get(b, &finding_table, &key);
}

/* Of the earliest of its facts. */
static int32_t
first_day(struct batch *b, const Recall *r)
{
	int32_t day = r->absence_day;

	for (size_t i = 0; i < r->n_cause; i++) {
		const Finding *f = cause_at(b, r, i);
		day = f && f->on_day < day ? f->on_day : day;
	}
	return day;
}

static Moved
moved_from(struct batch *b, const Recall *r)
{
	Moved e = ACCOUNTABILITY__RECALL_MOVED__INIT;

	e.id = r->recall_id;
	e.person_id = r->person_id;
	e.was = r->state;
	e.unit_id = r->maybe_unit_case ? r->unit_id : (char *)"";
	e.posting_id = r->maybe_posting_case ? r->posting_id : (char *)"";
	e.maybe_ordered_case = r->maybe_ordered_case ? ACCOUNTABILITY__RECALL_MOVED__MAYBE_ORDERED_ORDERED_DAY : 0;
	e.ordered_day = r->ordered_day;
	e.head_person_id = r->head_person_id;
	e.n_cause = r->n_cause;
	e.cause = r->cause;
	e.successor_posting_id = r->successor_posting_id;
	e.absence_day = r->absence_day;
	e.maybe_first_case = ACCOUNTABILITY__RECALL_MOVED__MAYBE_FIRST_FIRST_DAY;
	e.first_day = first_day(b, r);
	return e;
}

void
recall_say_cancelled(struct batch *b, const Recall *was)
{
	Moved e = moved_from(b, was);

	e.state = STATE(CANCELLED);
	batch_emit(b, was->person_id, &e.base);
}

/* ---- steps */

struct step { const char *id, *reason, *successor; enum recall_move move; };

static const PostingHome *
home_of_posting(struct batch *b, const char *posting_id)
{
	PostingHome key = ACCOUNTABILITY_ROWS__POSTING_HOME__INIT;

	key.district = (char *)batch_district(b);
	key.posting_id = (char *)posting_id;
	return batch_get(b, &posting_home_table, &key);
}

static void
want_successor(struct batch *b, const char *posting_id)
{
	PostingHome key = ACCOUNTABILITY_ROWS__POSTING_HOME__INIT;

	key.district = (char *)batch_district(b);
	key.posting_id = (char *)posting_id;
	batch_want(b, &posting_home_table, &key, 2);
	const PostingHome *home = home_of_posting(b, posting_id);
	if (home)
		mirror_want_person_id(b, home->person_id);
}

static const Recall *
recall_at(struct batch *b, const char *id)
{
	const char *person_id = measure_home_person(b, id);

	if (!person_id)
		return NULL;
	Recall key = recall_key(b, person_id, id);
	return batch_get(b, &recall_table, &key);
}

/* What separation of duties is judged by: units of whom it is about, whose accounts noted and confirmed. */
static void
want_duty(struct batch *b, const char *id)
{
	const Recall *r = recall_at(b, id);

	if (!r)
		return;
	duty_want_about(b, r->person_id, r->maybe_unit_case ? r->unit_id : NULL);
	for (size_t i = 0; i < r->n_cause; i++) {
		const Finding *f = cause_at(b, r, i);
		if (!f)
			continue;
		duty_want_decided(b, f->noted_by);
		duty_want_decided(b, f->confirmed_by);
	}
}

/* Round by round: whose case it is, the case and the person, the unit and its head. */
static void
want_step(struct batch *b, const struct step *s)
{
	const char *person_id = measure_want_home(b, s->id);

	duty_want(b);
	if (s->successor)
		want_successor(b, s->successor);
	if (!person_id)
		return;
	recount_want_person(b, person_id);
	const MirrorRows__Person *p = mirror_person_on(b, person_id, batch_today(b));
	if (p && s->move == RECALL_ORDER)
		recount_want_unit(b, p->unit_id);
	want_duty(b, s->id);
}

static const MirrorRows__Posting *
posting_at(struct batch *b, const char *person_id, const char *posting_id)
{
	MirrorRows__Posting key = MIRROR_ROWS__POSTING__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.posting_id = (char *)posting_id;
	return batch_get(b, &mirror_posting, &key);
}

/* Until it is ordered: where the person belonged and was posted on the day that opened it. */
static Accountability__RecallCase *
message_now(struct batch *b, const Recall *r)
{
	const MirrorRows__Person *p = mirror_person_on(b, r->person_id, r->absence_day);
	const MirrorRows__Posting *const *postings;
	size_t n = mirror_postings(b, r->person_id, &postings);
	const MirrorRows__Posting *held = recall_posting(postings, n, r->absence_day);

	return recall_message(r, p ? p->unit_id : "", held ? held->posting_id : "", batch_arena(b));
}

Accountability__RecallCase *
recall_message(const Recall *row, const char *unit_id, const char *posting_id, arena_t *a)
{
	Accountability__RecallCase *c = arena_message(a, &accountability__recall_case__descriptor);

	c->id = row->recall_id;
	c->person_id = row->person_id;
	c->unit_id = row->maybe_unit_case ? row->unit_id : (char *)unit_id;
	c->posting_id = row->maybe_posting_case ? row->posting_id : (char *)posting_id;
	c->state = row->state;
	c->maybe_due_case = row->maybe_due_case ? ACCOUNTABILITY__RECALL_CASE__MAYBE_DUE_DUE_DAY : ACCOUNTABILITY__RECALL_CASE__MAYBE_DUE__NOT_SET;
	c->due_day = row->due_day;
	c->n_cause = row->n_cause;
	c->cause = row->cause;
	c->maybe_ordered_case = row->maybe_ordered_case ? ACCOUNTABILITY__RECALL_CASE__MAYBE_ORDERED_ORDERED_DAY
	                                                : ACCOUNTABILITY__RECALL_CASE__MAYBE_ORDERED__NOT_SET;
	c->ordered_day = row->ordered_day;
	c->overdue = row->overdue;
	return c;
}

/* Nobody moves a recall of their own, one whose post is theirs to take, of their own unit's people, or on facts that they noted or
 * confirmed (§4). */
static bool
may_step(struct batch *b, const char *id)
{
	const Recall *r = recall_at(b, id);
	struct duty d = duty_open(b);

	for (size_t i = 0; i < r->n_cause; i++) {
		const Finding *f = cause_at(b, r, i);
		if (!f)
			continue;
		duty_decided(b, &d, f->noted_by, f->noted_by_person);
		duty_decided(b, &d, f->confirmed_by, f->confirmed_by_person);
	}
	duty_about(b, &d, r->person_id, r->maybe_unit_case ? r->unit_id : "", first_day(b, r));
	duty_about_person(&d, r->head_person_id);
	return duty_allows(b, &d);
}

static bool
words_ok(struct batch *b, const struct step *s)
{
	bool ok = !*s->reason || text_valid(s->reason, REASON_BYTES_MAX);

	if (!ok)
		batch_refuse(b, 422, "field.text", "/reason", "A reason is at most 2000 bytes of text.");
	return ok;
}

/* False: refused. */
static bool
successor_known(struct batch *b, const struct step *s)
{
	bool known = !s->successor || home_of_posting(b, s->successor) != NULL;

	if (!known)
		batch_refuse(b, 422, "reference.unknown", "/posting_id", "Nothing in this district has this id.");
	return known;
}

static bool
successor_fits(struct batch *b, const struct step *s, const Recall *r)
{
	if (!s->successor)
		return true;
	const MirrorRows__Posting *ended = posting_at(b, r->person_id, r->posting_id);
	const MirrorRows__Posting *next = posting_at(b, home_of_posting(b, s->successor)->person_id, s->successor);
	if (ended && next && recall_fits(ended, recall_end(ended, r->ordered_day), next))
		return true;
	batch_refuse(b, 422, "recall.unfit_successor", "/posting_id",
	             "A successor is another person, at the same village in the same role, from the end of the recalled one's posting on.");
	return false;
}

/* What is fixed by the order: unit, its head, the posting, the day. */
static void
order_fill(struct batch *b, const Recall *r, Moved *e)
{
	const MirrorRows__Person *p = mirror_person_on(b, r->person_id, batch_today(b));
	const MirrorRows__Unit *u = p ? mirror_unit_on(b, p->unit_id, batch_today(b)) : NULL;
	const MirrorRows__Posting *const *postings, *held;
	size_t n = mirror_postings(b, r->person_id, &postings);

	if (!(held = recall_posting(postings, n, r->absence_day)) || !mirror_posting_covers(held, batch_today(b))) {
		const MirrorRows__Posting *now = recall_posting(postings, n, batch_today(b));
		held = now ? now : held;
	}
	e->unit_id = p ? p->unit_id : (char *)"";
	e->head_person_id = u && u->maybe_head_case ? u->head_person_id : (char *)"";
	e->posting_id = held ? held->posting_id : (char *)"";
	e->maybe_ordered_case = ACCOUNTABILITY__RECALL_MOVED__MAYBE_ORDERED_ORDERED_DAY;
	e->ordered_day = batch_today(b);
}

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

/* A head whose measure was rejected or lifted takes no post. */
static bool
head_takes_post(struct batch *b, const Recall *r)
{
	const UnitRecall *u = counted(b, r), *const *of_unit;
	size_t n = recall_of_unit(b, r->unit_id, &of_unit);

	return u && recall_takes_head(of_unit, n, u, batch_policies(b)) && !measure_is_off(b, r->unit_id, r->recall_id);
}

static void
say_moved(struct batch *b, const struct step *s, const Recall *r, recall_state_t to)
{
	Moved e = moved_from(b, r);

	e.state = to;
	e.account = (char *)batch_account(b);
	if (to == STATE(ORDERED))
		order_fill(b, r, &e);
	if (to == STATE(HANDED_OVER))
		e.head_takes_post = head_takes_post(b, r);
	if (to == STATE(REPLACED))
		e.successor_posting_id = (char *)s->successor;
	due_fill(b, r, &e);
	batch_emit(b, r->person_id, &e.base);
}

static void
run_step(struct batch *b, const struct step *s)
{
	const Recall *r = recall_at(b, s->id);
	recall_state_t to;

	if (!words_ok(b, s) || !successor_known(b, s))
		return;
	enum recall_result result = recall_step(r->state, s->move, &to);
	if (result == RECALL_SAME && s->successor && strcmp(s->successor, r->successor_posting_id) != 0)
		result = RECALL_REFUSED;
	if (result == RECALL_REFUSED) {
		batch_refuse(b, 409, "recall.bad_transition", NULL, "The recall's state does not allow this.");
		return;
	}
	if (result == RECALL_MOVES) {
		if (!successor_fits(b, s, r))
			return;
		measure_keep_step(b, r->recall_id, to, s->reason);
		say_moved(b, s, r, to);
		recount(b, &(struct recount){ .person_id = r->person_id, .account = batch_account(b) });
		r = recall_at(b, s->id);
	}
	batch_answer(b, 200, &message_now(b, r)->base);
}

#define RECALL_STEP(noun, Message, which, posting) \
	static struct step step_##noun(const Message *m) \
	{ \
		return (struct step){ m->id, m->maybe_reason_case ? m->reason : "", posting, which }; \
	} \
	void recall_want_##noun(struct batch *b, const void *m) { struct step s = step_##noun(m); want_step(b, &s); } \
	bool recall_exists_##noun(struct batch *b, const void *m) { return recall_at(b, ((const Message *)m)->id) != NULL; } \
	bool recall_may_##noun(struct batch *b, const void *m) { return may_step(b, ((const Message *)m)->id); } \
	void recall_run_##noun(struct batch *b, const void *m) { struct step s = step_##noun(m); run_step(b, &s); }
RECALL_STEP(review, Accountability__ReviewRecall, RECALL_REVIEW, NULL)
RECALL_STEP(order, Accountability__OrderRecall, RECALL_ORDER, NULL)
RECALL_STEP(hand_over, Accountability__HandOverRecall, RECALL_HAND_OVER, NULL)
RECALL_STEP(replace, Accountability__ReplaceRecall, RECALL_REPLACE, m->posting_id)
RECALL_STEP(cancel, Accountability__CancelRecall, RECALL_CANCEL, NULL)

/* ---- steps not made in time */

/* "<person> <recall>" */
static Recall
key_of_subject(struct batch *b, const char *subject)
{
	const char *space = strchr(subject, ' ');

	return recall_key(b, arena_strndup(batch_arena(b), subject, (size_t)(space - subject)), space + 1);
}

void
recall_want_due(struct batch *b, const char *subject)
{
	Recall key = key_of_subject(b, subject);

	batch_want(b, &recall_table, &key, 3);
}

void
recall_due_over(struct batch *b, const char *subject)
{
	Recall key = key_of_subject(b, subject);
	const Recall *r = batch_get(b, &recall_table, &key);
	Accountability__RecallOverdue e = ACCOUNTABILITY__RECALL_OVERDUE__INIT;

	if (!r || !r->maybe_due_case || r->overdue || batch_at_us(b) < instant_of_day(r->due_day + 1))
		return;
	e.id = r->recall_id;
	e.person_id = r->person_id;
	e.unit_id = r->maybe_unit_case ? r->unit_id : (char *)"";
	e.state = r->state;
	e.due_day = r->due_day;
	e.absence_day = r->absence_day;
	batch_emit(b, r->person_id, &e.base);
}

void
recall_run_overdue(struct batch *b, const void *m)
{
	const Accountability__RecallOverdue *e = m;
	Recall key = recall_key(b, e->person_id, e->id);
	Recall r = *(const Recall *)batch_get(b, &recall_table, &key);

	r.overdue = true;
	batch_put(b, &recall_table, &r);
}
