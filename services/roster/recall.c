/* recall - what recalls do to postings (C3.2.1-r, C3.2.1-rr; rules.md §5 "Recall", "Reversal").
 *
 *   in:   accountability.RecallMoved
 *   out:  PostingPut; VacancyOpened, VacancyClosed, TaskOpened, TaskClosed
 *   owns: nothing
 *
 * Ordered: the posting recalled from, and every other one of a first secretary or team member that the person holds
 * that day, ends the day after; the post is vacant from then on, and not that person's again while the recall stands.
 * Handed over, and the unit's second or later: the unit's head gets the post, or whoever is put as its head later
 * (head.c).  Replaced: the successor's posting fills it.  Cancelled before hand-over: the postings are what they were,
 * all of them.  What the rules cannot undo, or cannot do, becomes a task of the organisation department. */
#include "accountability.pb-c.h"
#include "awaited.h"
#include "domain/mirror.h"
#include "ended.h"
#include "json/copy.h"
#include "head.h"
#include "posting.h"
#include "roster.h"
#include "task.h"
#include "vacancy.h"
#include <string.h>

typedef Accountability__RecallMoved Moved;
typedef RosterRows__Vacancy Vacancy;

#define STATE(s) ACCOUNTABILITY__RECALL_CASE__STATE__##s

static const struct copy
opened_of_posting = { &roster__vacancy_opened__descriptor, &roster_rows__posting__descriptor,
                      "id from_day due_day was_to_day also_ended first_day" },
ended_of_posting = { &roster__ended_posting__descriptor, &roster_rows__posting__descriptor, "end_day was_to_day" };

/* ---- ordered */

/* Unless it is that short already.  The day from which it is over. */
static int32_t
end_posting(struct batch *b, const Posting *p, int32_t ordered_day)
{
	Posting ended = roster_recalled(p, ordered_day);

	if (ended.maybe_to_case != p->maybe_to_case || ended.to_day != p->to_day)
		roster_posting_say(b, &ended);
	return ended.maybe_to_case ? ended.to_day : ordered_day + 1;
}

static Roster__EndedPosting *
end_also(struct batch *b, const Posting *p, int32_t ordered_day)
{
	Roster__EndedPosting *out = arena_message(batch_arena(b), &roster__ended_posting__descriptor);

	copy_run(&ended_of_posting, out, p);
	out->end_day = ordered_day + 1;
	out->maybe_was_to_case = p->maybe_to_case ? ROSTER__ENDED_POSTING__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	out->was_to_day = p->to_day;
	end_posting(b, p, ordered_day);
	return out;
}

/* The person's others of the force that draws the stipend, on the day of the order. */
static void
end_others(struct batch *b, const Moved *e, const Posting *p, Roster__VacancyOpened *v)
{
	struct postings held = roster_postings_of(b, e->person_id);

	v->also_ended = arena_alloc(batch_arena(b), (held.n + 1) * sizeof(*v->also_ended));
	for (size_t i = 0; i < held.n; i++) {
		const Posting *other = held.at[i];
		if (strcmp(other->posting_id, p->posting_id) != 0 && roster_of_force(other->role) &&
		    roster_covers(other, e->ordered_day))
			v->also_ended[v->n_also_ended++] = end_also(b, other, e->ordered_day);
	}
}

static void
on_ordered(struct batch *b, const Moved *e, const Posting *p)
{
	Roster__VacancyOpened v = ROSTER__VACANCY_OPENED__INIT;

	copy_run(&opened_of_posting, &v, p);
	v.id = e->id;
	v.maybe_due_case = e->maybe_replacement_case ? ROSTER__VACANCY_OPENED__MAYBE_DUE_DUE_DAY : 0;
	v.due_day = e->replacement_due_day;
	v.maybe_was_to_case = p->maybe_to_case ? ROSTER__VACANCY_OPENED__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	v.was_to_day = p->to_day;
	v.maybe_first_case = e->maybe_first_case ? ROSTER__VACANCY_OPENED__MAYBE_FIRST_FIRST_DAY : 0;
	v.first_day = e->first_day;
	v.from_day = end_posting(b, p, e->ordered_day);
	end_others(b, e, p, &v);
	batch_emit(b, e->id, &v.base);
}

/* ---- handed over, replaced */

/* Of the case's facts: an earlier one may have been found since it was ordered. */
static int32_t
first_day(const Moved *e, const Vacancy *v)
{
	return e->maybe_first_case && e->first_day < v->first_day ? e->first_day : v->first_day;
}

/* Fixed by the order; nobody known then: who heads the unit by now. */
static char *
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
	char *head_id = head_of(b, e);
	if (*head_id) {
		roster_head_give_post(b, v, head_id);
	} else {
		Roster__TaskOpened t = roster_task_for(ROSTER__TASK_KIND__GIVE_POST_TO_HEAD, v);
		t.unit_id = e->unit_id;
		roster_task_open(b, &t, first_day(e, v));
	}
}

static void
on_replaced(struct batch *b, const Moved *e, const Vacancy *v)
{
	const Posting *p = roster_posting_of(b, e->successor_posting_id);

	if (p && p->reason == ROSTER__POSTING_REASON__APPOINTED) {
		Posting successor = *p;
		successor.reason = ROSTER__POSTING_REASON__REPLACEMENT;
		roster_posting_say(b, &successor);
	}
	roster_vacancy_fill(b, v, e->successor_posting_id, false);
	roster_task_settled(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
}

/* ---- cancelled */

/* Back to its own end, unless somebody has moved it since, or has the post.  False: somebody has. */
static bool
restore_one(struct batch *b, const Ended *held)
{
	const Posting *p = roster_posting_of(b, held->posting_id);

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
	const Ended **rows, *left = NULL;
	size_t n = roster_ended_by(b, v->person_id, v->vacancy_id, &rows);

	for (size_t i = 0; i < n; i++)
		if (!restore_one(b, rows[i]) && (!left || rows[i]->recalled))
			left = rows[i];
	if (!left)
		return;
	Roster__TaskOpened t = roster_task_for(ROSTER__TASK_KIND__RESTORE_POSTING, v);
	t.person_id = left->person_id;
	t.posting_id = left->posting_id;
	t.village_id = left->village_id;
	roster_task_open(b, &t, first_day(e, v));
}

/* How long the postings last is for people to say again; nobody is due to fill the post any more. */
static void
settle(struct batch *b, const Moved *e, const Vacancy *v)
{
	Roster__TaskOpened t = roster_task_for(ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL, v);

	roster_ended_forget(b, v->person_id, v->vacancy_id);
	if (v->state == ROSTER__VACANCY_STATE__OPEN)
		roster_vacancy_withdraw(b, v);
	roster_awaited_no_more(b, e->unit_id, e->id);
	roster_task_settled(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
	roster_task_open(b, &t, first_day(e, v));
}

static void
on_cancelled(struct batch *b, const Moved *e, const Vacancy *v)
{
	if (e->was == STATE(ORDERED)) {
		restore(b, e, v);
		roster_vacancy_withdraw(b, v);
	} else if (e->was == STATE(HANDED_OVER) || e->was == STATE(REPLACED)) {
		settle(b, e, v);
	}
}

/* ---- steps of a recall */

/* Every posting of the person, and beside it those of its village: any of them may end or come back. */
static void
want_postings(struct batch *b, const char *person_id)
{
	roster_postings_want_of(b, person_id);
	struct postings held = roster_postings_of(b, person_id);                /* there in the third round */
	for (size_t i = 0; i < held.n; i++)
		if (held.at[i])
			roster_postings_want_at(b, held.at[i]->village_id);
}

static void
want_vacancy(struct batch *b, const Moved *e)
{
	roster_vacancy_want(b, e->id);
	roster_task_want(b, e->id, ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL);
	roster_task_want(b, e->id, ROSTER__TASK_KIND__RESTORE_POSTING);
	roster_task_want(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
	roster_awaited_want(b, e->unit_id, e->id);
	const Vacancy *v = roster_vacancy_of(b, e->id);                         /* in the second round */
	if (v) {
		roster_postings_want_at(b, v->village_id);
		roster_ended_want(b, v->person_id);
	}
}

static void
want_head(struct batch *b, const Moved *e)
{
	mirror_want_unit_id(b, e->unit_id);
	const char *head_id = head_of(b, e);
	if (*head_id)
		roster_head_want(b, e->id, head_id);
}

/* Round by round: the postings, and what they must be looked at beside. */
static void
on_moved_want(struct batch *b, const void *m)
{
	const Moved *e = m;

	roster_ended_want(b, e->person_id);
	want_postings(b, e->person_id);
	want_vacancy(b, e);
	if (*e->posting_id)
		roster_posting_want_beside(b, e->posting_id);
	if (*e->successor_posting_id)
		roster_posting_want_beside(b, e->successor_posting_id);
	if (e->head_takes_post)
		want_head(b, e);
}

static void
on_moved(struct batch *b, const void *m)
{
	const Moved *e = m;
	const Posting *p = *e->posting_id ? roster_posting_of(b, e->posting_id) : NULL;
	const Vacancy *v = roster_vacancy_of(b, e->id);

	if (e->state == STATE(ORDERED) && p && strcmp(p->person_id, e->person_id) == 0)
		on_ordered(b, e, p);
	else if (e->state == STATE(HANDED_OVER) && v)
		on_handed_over(b, e, v);
	else if (e->state == STATE(REPLACED) && v)
		on_replaced(b, e, v);
	else if (e->state == STATE(CANCELLED) && v)
		on_cancelled(b, e, v);
}

const struct noun roster_recall = {
	.events = LIST(((const struct event_handler[]){
		{ .message = &accountability__recall_moved__descriptor, .want = on_moved_want, .run = on_moved },
	})),
	.copies = LIST(((const struct copy *const[]){ &opened_of_posting, &ended_of_posting })),
};
