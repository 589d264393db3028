/* recall - what recalls do to postings (C3.2.1-r, C3.2.1-rr; rules.md §5 "Recall", "Reversal").
 *
 *   in:   accountability.RecallMoved, MeasuresChanged; a unit's head, when one is put
 *   out:  PostingPut; VacancyOpened, VacancyClosed, TaskOpened, TaskClosed
 *   owns: recall_ended, head_awaited
 *
 * Ordered: the posting recalled from, and every other one of a first secretary or team member that the person holds that day, ends
 * the day after; the post is vacant from then on, and not that person's again while the recall stands.  Handed over, and the unit's
 * second or later: the unit's head gets the post, or whoever is put as its head later.  Replaced: the successor's posting fills it.
 * Cancelled before hand-over: the postings are what they were, all of them.  What the rules cannot undo, or cannot do, becomes a
 * task of the organisation department. */
#include "accountability.pb-c.h"
#include "roster.h"
#include <assert.h>
#include <string.h>

typedef Accountability__RecallMoved Moved;
typedef RosterRows__Vacancy Vacancy;
typedef RosterRows__HeadAwaited Awaited;

#define STATE(s) ACCOUNTABILITY__RECALL_CASE__STATE__##s

const struct table roster_table_recall_ended = { "recall_ended", &roster_rows__recall_ended__descriptor, 4, false };
const struct table roster_table_head_awaited = { "head_awaited", &roster_rows__head_awaited__descriptor, 3, false };

/* ---- the postings that recalls of a person hold to their ends */

static Ended
ended_key(const struct batch *b, const char *person_id, const char *recall_id, const char *posting_id)
{
	Ended key = ROSTER_ROWS__RECALL_ENDED__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.recall_id = (char *)recall_id;
	key.posting_id = (char *)posting_id;
	return key;
}

void
roster_recall_want(struct batch *b, const char *person_id)
{
	Ended key = ended_key(b, person_id, "", "");

	batch_want(b, &roster_table_recall_ended, &key, 2);
}

static size_t
ended_of(struct batch *b, const char *person_id, const Ended *const **rows)
{
	Ended key = ended_key(b, person_id, "", "");
	const void **list;
	size_t n = batch_list(b, &roster_table_recall_ended, &key, 2, &list);

	*rows = (const Ended *const *)list;
	return n;
}

bool
roster_recall_ends(struct batch *b, const Posting *p)
{
	const Ended *const *rows;
	size_t n = ended_of(b, p->person_id, &rows);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->posting_id, p->posting_id) == 0)
			return true;
	return false;
}

static bool
is_barred(struct batch *b, const Posting *put)
{
	const Ended *const *rows;
	size_t n = ended_of(b, put->person_id, &rows);

	return roster_barred(rows, n, put) != NULL;
}

void
roster_recall_check(struct batch *b, const Posting *now, const Posting *put, struct faults *fs)
{
	const Ended *const *rows;
	size_t n = ended_of(b, put->person_id, &rows);
	const Ended *bar = roster_barred(rows, n, put);

	if (now && strcmp(now->person_id, put->person_id) != 0 && roster_recall_ends(b, now))
		put_fault(fs, 409, "posting.recalled", "/person_id", "A recall has ended this posting; it stays that person's.");
	else if (bar && strcmp(bar->posting_id, put->posting_id) == 0)
		put_fault(fs, 409, "posting.recalled", "/to", "A recall has ended this posting; it cannot be made to last longer.");
	else if (bar)
		put_fault(fs, 409, "posting.recalled", NULL,
		             arena_printf(batch_arena(b), "Recall %s took this person from this post; it is not that person's again while it stands.",
		                          bar->recall_id));
}

/* Ended by the order of a recall; kept by the events of its vacancy. */
static void
keep_ended(struct batch *b, const Roster__VacancyOpened *e, const Roster__EndedPosting *p, bool recalled)
{
	Ended row = ended_key(b, e->person_id, e->id, p->posting_id);

	row.village_id = p->village_id;
	row.role = p->role;
	row.end_day = p->end_day;
	row.maybe_was_to_case = p->maybe_was_to_case ? ROSTER_ROWS__RECALL_ENDED__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	row.was_to_day = p->was_to_day;
	row.recalled = recalled;
	batch_put(b, &roster_table_recall_ended, &row);
}

void
roster_recall_keep(struct batch *b, const Roster__VacancyOpened *e)
{
	Roster__EndedPosting p = ROSTER__ENDED_POSTING__INIT;

	p.posting_id = e->posting_id;
	p.village_id = e->village_id;
	p.role = e->role;
	p.end_day = e->from_day;
	p.maybe_was_to_case = e->maybe_was_to_case ? ROSTER__ENDED_POSTING__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	p.was_to_day = e->was_to_day;
	keep_ended(b, e, &p, true);
	for (size_t i = 0; i < e->n_also_ended; i++)
		keep_ended(b, e, e->also_ended[i], false);
}

/* The same posting under another recall of the person; NULL: none. */
static const Ended *
held_beside(const Ended *const *rows, size_t n, const Ended *held)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->posting_id, held->posting_id) == 0 && strcmp(rows[i]->recall_id, held->recall_id) != 0)
			return rows[i];
	return NULL;
}

/* What another recall found ended already, it now holds from its own end. */
static void
hand_on(struct batch *b, const Ended *held, const Ended *other)
{
	Ended row = *other;

	if (!row.maybe_was_to_case || row.was_to_day != row.end_day)
		return;
	row.maybe_was_to_case = held->maybe_was_to_case;
	row.was_to_day = held->was_to_day;
	batch_put(b, &roster_table_recall_ended, &row);
}

void
roster_recall_forget(struct batch *b, const char *person_id, const char *recall_id)
{
	const Ended *const *rows;
	size_t n = ended_of(b, person_id, &rows);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i]->recall_id, recall_id) != 0)
			continue;
		const Ended *other = held_beside(rows, n, rows[i]);
		if (other)
			hand_on(b, rows[i], other);
		batch_drop(b, &roster_table_recall_ended, rows[i]);
	}
}

/* ---- ordered */

/* False: it is that short already. */
static bool
end_posting(struct batch *b, const Posting *p, int32_t ordered_day, Posting *ended)
{
	*ended = roster_recalled(p, ordered_day);
	bool shorter = ended->maybe_to_case != p->maybe_to_case || ended->to_day != p->to_day;

	if (shorter)
		roster_posting_say(b, ended);
	return shorter;
}

static Roster__EndedPosting *
end_also(struct batch *b, const Posting *p, int32_t ordered_day)
{
	Roster__EndedPosting *out = arena_message(batch_arena(b), &roster__ended_posting__descriptor);
	Posting ended;

	out->posting_id = p->posting_id;
	out->village_id = p->village_id;
	out->role = p->role;
	out->end_day = ordered_day + 1;
	out->maybe_was_to_case = p->maybe_to_case ? ROSTER__ENDED_POSTING__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	out->was_to_day = p->to_day;
	end_posting(b, p, ordered_day, &ended);
	return out;
}

/* The person's others of the force that draws the stipend, on the day of the order. */
static void
end_others(struct batch *b, const Moved *e, const Posting *p, Roster__VacancyOpened *v)
{
	const Posting *const *held;
	size_t n = roster_postings_of(b, e->person_id, &held);

	v->also_ended = arena_alloc(batch_arena(b), (n + 1) * sizeof(*v->also_ended));
	for (size_t i = 0; i < n; i++)
		if (strcmp(held[i]->posting_id, p->posting_id) != 0 && roster_of_force(held[i]->role) && roster_covers(held[i], e->ordered_day))
			v->also_ended[v->n_also_ended++] = end_also(b, held[i], e->ordered_day);
}

static void
on_ordered(struct batch *b, const Moved *e, const Posting *p)
{
	Roster__VacancyOpened v = ROSTER__VACANCY_OPENED__INIT;
	Posting ended;

	v.id = e->id;
	v.village_id = p->village_id;
	v.role = p->role;
	v.posting_id = p->posting_id;
	v.person_id = p->person_id;
	v.maybe_due_case = e->maybe_replacement_case ? ROSTER__VACANCY_OPENED__MAYBE_DUE_DUE_DAY : 0;
	v.due_day = e->replacement_due_day;
	v.maybe_was_to_case = p->maybe_to_case ? ROSTER__VACANCY_OPENED__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	v.was_to_day = p->to_day;
	v.maybe_first_case = e->maybe_first_case ? ROSTER__VACANCY_OPENED__MAYBE_FIRST_FIRST_DAY : 0;
	v.first_day = e->first_day;
	end_posting(b, p, e->ordered_day, &ended);
	v.from_day = ended.maybe_to_case ? ended.to_day : e->ordered_day + 1;
	end_others(b, e, p, &v);
	batch_emit(b, e->id, &v.base);
}

/* ---- the head takes the post */

static Awaited
awaited_key(const struct batch *b, const char *unit_id, const char *recall_id)
{
	Awaited key = ROSTER_ROWS__HEAD_AWAITED__INIT;

	key.district = (char *)batch_district(b);
	key.unit_id = (char *)unit_id;
	key.recall_id = (char *)recall_id;
	return key;
}

static void
want_awaited(struct batch *b, const char *unit_id, const char *recall_id)
{
	Awaited key = awaited_key(b, unit_id, recall_id);

	batch_want(b, &roster_table_head_awaited, &key, 3);
}

void
roster_head_await(struct batch *b, const char *unit_id, const char *recall_id)
{
	Awaited row = awaited_key(b, unit_id, recall_id);

	batch_put(b, &roster_table_head_awaited, &row);
}

void
roster_head_await_no_more(struct batch *b, const char *unit_id, const char *recall_id)
{
	Awaited key = awaited_key(b, unit_id, recall_id);

	batch_drop(b, &roster_table_head_awaited, &key);
}

static char *
head_posting_id(struct batch *b, const char *recall_id)
{
	return arena_printf(batch_arena(b), "%s-head", recall_id);
}

static void
want_head(struct batch *b, const char *recall_id, const char *head_id)
{
	roster_want_posting_row(b, head_posting_id(b, recall_id));
	roster_want_postings_of(b, head_id);
	roster_recall_want(b, head_id);
}

/* From the post's end on, but not before the hand-over, or before there is a head. */
static Posting
head_posting(struct batch *b, const char *head_id, const Vacancy *v)
{
	Posting p = ROSTER_ROWS__POSTING__INIT;

	p.district = v->district;
	p.posting_id = head_posting_id(b, v->vacancy_id);
	p.person_id = (char *)head_id;
	p.village_id = v->village_id;
	p.role = v->role;
	p.from_day = v->from_day > batch_today(b) ? v->from_day : batch_today(b);
	p.reason = ROSTER__POSTING_REASON__UNIT_HEAD_TAKES_POST;
	return p;
}

/* A head who was recalled from the very post does not get it back as the head. */
static void
give_post(struct batch *b, const Vacancy *v, const char *head_id)
{
	Posting p = head_posting(b, head_id, v);

	if (roster_posting(b, p.posting_id) || roster_posting_beside(b, &p) || is_barred(b, &p) || roster_village_closes(b, &p)) {
		roster_task_open(b, &(struct task_of){ ROSTER__TASK_KIND__GIVE_POST_TO_HEAD, v->vacancy_id, head_id, v->posting_id, v->village_id, "", v->first_day });
		return;
	}
	roster_posting_say(b, &p);
	roster_vacancy_close(b, v, ROSTER__VACANCY_STATE__FILLED, p.posting_id, true);
	roster_task_settled(b, v->vacancy_id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
}

/* Of the case's facts: an earlier one may have been found since it was ordered. */
static int32_t
first_day(const Moved *e, const Vacancy *v)
{
	return e->maybe_first_case && e->first_day < v->first_day ? e->first_day : v->first_day;
}

/* Fixed by the order; nobody known then: who heads the unit by now. */
static const char *
head_of(struct batch *b, const Moved *e)
{
	const MirrorRows__Unit *u = *e->head_person_id ? NULL : mirror_unit_on(b, e->unit_id, batch_today(b));

	return u && u->maybe_head_case ? u->head_person_id : e->head_person_id;
}

static void
on_handed_over(struct batch *b, const Moved *e, const Vacancy *v)
{
	if (!e->head_takes_post || v->state != ROSTER__VACANCY_STATE__OPEN)
		return;
	const char *head_id = head_of(b, e);
	if (*head_id)
		give_post(b, v, head_id);
	else
		roster_task_open(b, &(struct task_of){ ROSTER__TASK_KIND__GIVE_POST_TO_HEAD, e->id, v->person_id, v->posting_id, v->village_id, e->unit_id, first_day(e, v) });
}

/* ---- a head is put for a unit that had none */

static size_t
awaited_of(struct batch *b, const char *unit_id, const Awaited *const **rows)
{
	Awaited key = awaited_key(b, unit_id, "");
	const void **list;
	size_t n = batch_list(b, &roster_table_head_awaited, &key, 2, &list);

	*rows = (const Awaited *const *)list;
	return n;
}

/* Round by round: which recalls wait, their posts, and what stands beside. */
void
roster_head_put_want(struct batch *b, const char *unit_id, const char *head_id)
{
	Awaited key = awaited_key(b, unit_id, "");
	const Awaited *const *rows;

	batch_want(b, &roster_table_head_awaited, &key, 2);
	size_t n = awaited_of(b, unit_id, &rows);
	for (size_t i = 0; i < n; i++) {
		roster_vacancy_want(b, rows[i]->recall_id);
		roster_task_want_of(b, rows[i]->recall_id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
		want_head(b, rows[i]->recall_id, head_id);
		const Vacancy *v = roster_vacancy(b, rows[i]->recall_id);
		if (v)
			roster_want_village(b, v->village_id);
	}
}

void
roster_head_put(struct batch *b, const char *unit_id, const char *head_id)
{
	const Awaited *const *rows;
	size_t n = awaited_of(b, unit_id, &rows);

	for (size_t i = 0; i < n; i++) {
		const Vacancy *v = roster_vacancy(b, rows[i]->recall_id);
		if (v && v->state == ROSTER__VACANCY_STATE__OPEN)
			give_post(b, v, head_id);
	}
}

/* ---- replaced, cancelled */

static void
on_replaced(struct batch *b, const Moved *e, const Vacancy *v)
{
	const Posting *p = roster_posting(b, e->successor_posting_id);

	if (p && p->reason == ROSTER__POSTING_REASON__APPOINTED) {
		Posting successor = *p;
		successor.reason = ROSTER__POSTING_REASON__REPLACEMENT;
		roster_posting_say(b, &successor);
	}
	roster_vacancy_close(b, v, ROSTER__VACANCY_STATE__FILLED, e->successor_posting_id, false);
	roster_task_settled(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
}

/* Back to its own end, unless somebody has moved it since, or has the post.  False: somebody has. */
static bool
restore_one(struct batch *b, const Ended *held)
{
	const Posting *p = roster_posting(b, held->posting_id);

	if (!p || strcmp(p->person_id, held->person_id) != 0 || !p->maybe_to_case || p->to_day != held->end_day)
		return true;
	Posting back = *p;
	back.maybe_to_case = held->maybe_was_to_case ? ROSTER_ROWS__POSTING__MAYBE_TO_TO_DAY : 0;
	back.to_day = held->was_to_day;
	if (roster_posting_beside(b, &back))
		return false;
	if (back.maybe_to_case != p->maybe_to_case || back.to_day != p->to_day)
		roster_posting_say(b, &back);
	return true;
}

/* All that it has ended, but what another recall of the person holds too. */
static void
restore(struct batch *b, const Moved *e, const Vacancy *v)
{
	const Ended *const *rows, *left = NULL;
	size_t n = ended_of(b, v->person_id, &rows);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i]->recall_id, v->vacancy_id) != 0 || held_beside(rows, n, rows[i]))
			continue;
		if (!restore_one(b, rows[i]) && (!left || rows[i]->recalled))
			left = rows[i];
	}
	if (left)
		roster_task_open(b, &(struct task_of){ ROSTER__TASK_KIND__RESTORE_POSTING, v->vacancy_id, left->person_id, left->posting_id, left->village_id, "", first_day(e, v) });
}

static void
on_cancelled(struct batch *b, const Moved *e, const Vacancy *v)
{
	if (e->was == STATE(ORDERED)) {
		restore(b, e, v);
		roster_vacancy_close(b, v, ROSTER__VACANCY_STATE__WITHDRAWN, "", false);
	} else if (e->was == STATE(HANDED_OVER) || e->was == STATE(REPLACED)) {
		roster_recall_forget(b, v->person_id, v->vacancy_id);          /* how long it lasts is for people to say again */
		if (v->state == ROSTER__VACANCY_STATE__OPEN)
			roster_vacancy_close(b, v, ROSTER__VACANCY_STATE__WITHDRAWN, "", false);        /* nobody is due to fill it any more */
		roster_head_await_no_more(b, e->unit_id, e->id);
		roster_task_settled(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
		roster_task_open(b, &(struct task_of){ ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL, e->id, v->person_id, v->posting_id, v->village_id, "", first_day(e, v) });
	}
}

/* ---- steps of a recall */

/* Every posting of the person, and beside it those of its village: any of them may end or come back. */
static void
want_postings(struct batch *b, const char *person_id)
{
	const Posting *const *held;

	roster_want_postings_of(b, person_id);
	size_t n = roster_postings_of(b, person_id, &held);             /* there in the third round */
	for (size_t i = 0; i < n; i++)
		if (held[i])
			roster_want_village(b, held[i]->village_id);
}

/* Round by round: the postings, and what they must be looked at beside. */
void
roster_on_recall_want(struct batch *b, const void *m)
{
	const Moved *e = m;

	roster_vacancy_want(b, e->id);
	roster_task_want_of(b, e->id, ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL);
	roster_task_want_of(b, e->id, ROSTER__TASK_KIND__RESTORE_POSTING);
	roster_task_want_of(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
	roster_recall_want(b, e->person_id);
	want_awaited(b, e->unit_id, e->id);
	want_postings(b, e->person_id);
	if (*e->posting_id)
		roster_want_posting(b, e->posting_id);
	const Vacancy *v = roster_vacancy(b, e->id);                    /* in the second round */
	if (v) {
		roster_want_village(b, v->village_id);
		roster_recall_want(b, v->person_id);
	}
	if (*e->successor_posting_id)
		roster_want_posting(b, e->successor_posting_id);
	if (!e->head_takes_post)
		return;
	mirror_want_unit_id(b, e->unit_id);
	const char *head_id = head_of(b, e);
	if (*head_id)
		want_head(b, e->id, head_id);
}

void
roster_on_recall(struct batch *b, const void *m)
{
	const Moved *e = m;
	const Posting *p = *e->posting_id ? roster_posting(b, e->posting_id) : NULL;
	const Vacancy *v = roster_vacancy(b, e->id);

	if (e->state == STATE(ORDERED) && p && strcmp(p->person_id, e->person_id) == 0)
		on_ordered(b, e, p);
	else if (e->state == STATE(HANDED_OVER) && v)
		on_handed_over(b, e, v);
	else if (e->state == STATE(REPLACED) && v)
		on_replaced(b, e, v);
	else if (e->state == STATE(CANCELLED) && v)
		on_cancelled(b, e, v);
}

/* ---- a recall that no longer counts as its unit's second, while the head holds the post for it, or is awaited for it */

/* By hand or by the rules: whoever becomes head gets no post for it. */
static bool
is_off(const Accountability__MeasureChange *c)
{
	return c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST &&
	       (c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE || c->measure->state == ACCOUNTABILITY__MEASURE_STATE__REJECTED ||
	        c->measure->state == ACCOUNTABILITY__MEASURE_STATE__LIFTED);
}

/* By the rules, or because what was decided by hand holds again. */
static bool
is_fallen_recall(const Accountability__MeasureChange *c)
{
	return c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL &&
	       (c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE || c->measure->state == ACCOUNTABILITY__MEASURE_STATE__REJECTED ||
	        c->measure->state == ACCOUNTABILITY__MEASURE_STATE__LIFTED);
}

/* A recall that fell itself is a matter of its own. */
static bool
falls(const Accountability__MeasuresChanged *e, const char *recall_id)
{
	for (size_t i = 0; i < e->n_changes; i++)
		if (is_fallen_recall(e->changes[i]) && strcmp(e->changes[i]->measure->id, recall_id) == 0)
			return true;
	return false;
}

/* The same post is to be taken by a head who has become known: the measure has another subject, and stands. */
static bool
stands_anew(const Accountability__MeasuresChanged *e, const char *recall_id)
{
	for (size_t i = 0; i < e->n_changes; i++)
		if (e->changes[i]->measure->kind == ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST && !is_off(e->changes[i]) &&
		    strcmp(e->changes[i]->grounds->recall_id, recall_id) == 0)
			return true;
	return false;
}

static const char *
unit_of(const Accountability__MeasureChange *c)
{
	return c->measure->subject->maybe_unit_case ? c->measure->subject->unit_id : "";
}

void
roster_on_measures_want(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		const Accountability__MeasureChange *c = e->changes[i];
		if (!is_off(c))
			continue;
		roster_vacancy_want(b, c->grounds->recall_id);
		roster_want_posting_row(b, head_posting_id(b, c->grounds->recall_id));
		roster_task_want_of(b, c->grounds->recall_id, ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST);
		roster_task_want_of(b, c->grounds->recall_id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
		want_awaited(b, unit_of(c), c->grounds->recall_id);
	}
}

/* Who holds the post as the head: not whom the measure names, for it may have come before the unit had a head. */
static void
head_takes_it_no_more(struct batch *b, const Accountability__MeasureChange *c, const Vacancy *v)
{
	const Posting *p = *v->head_posting_id ? roster_posting(b, v->head_posting_id) : NULL;

	if (p && c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE)
		roster_task_open(b, &(struct task_of){ ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST, v->vacancy_id, p->person_id, p->posting_id, v->village_id, "", v->first_day });
	roster_task_settled(b, v->vacancy_id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
	roster_head_await_no_more(b, unit_of(c), v->vacancy_id);
}

void
roster_on_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		const Accountability__MeasureChange *c = e->changes[i];
		if (!is_off(c) || falls(e, c->grounds->recall_id) || stands_anew(e, c->grounds->recall_id))
			continue;
		const Vacancy *v = roster_vacancy(b, c->grounds->recall_id);
		if (v)
			head_takes_it_no_more(b, c, v);
	}
}
