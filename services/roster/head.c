/* head - a unit's head takes the post that a recall has emptied (C3.2.1-rr).
 *
 *   in:   accountability.MeasuresChanged; a recall that is handed over (recall.c); a head who is put (unit.c)
 *   out:  PostingPut, VacancyClosed, TaskOpened, TaskClosed
 *   owns: nothing
 *
 * When the post is not free for him, or a recall no longer counts as its unit's second while he holds the post for it,
 * the organisation department has a task. */
#include "head.h"
#include "accountability.pb-c.h"
#include "awaited.h"
#include "ended.h"
#include "posting.h"
#include "roster.h"
#include "task.h"
#include "vacancy.h"
#include "village.h"
#include <string.h>

typedef Accountability__MeasureChange Change;
typedef Accountability__MeasuresChanged Changed;
typedef RosterRows__HeadAwaited Awaited;
typedef RosterRows__Vacancy Vacancy;

#define GIVE_POST ROSTER__TASK_KIND__GIVE_POST_TO_HEAD

/* ---- the post is given */

static char *
posting_id_for(struct batch *b, const char *recall_id)
{
	return arena_printf(batch_arena(b), "%s-head", recall_id);
}

void
roster_head_want(struct batch *b, const char *recall_id, const char *head_id)
{
	roster_posting_want(b, posting_id_for(b, recall_id));
	roster_postings_want_of(b, head_id);
	roster_ended_want(b, head_id);
}

/* From the post's end on, but not before the hand-over, or before there is a head. */
static Posting
posting_for(struct batch *b, char *head_id, const Vacancy *v)
{
	Posting p = ROSTER_ROWS__POSTING__INIT;

	p.district = v->district;
	p.posting_id = posting_id_for(b, v->vacancy_id);
	p.person_id = head_id;
	p.village_id = v->village_id;
	p.role = v->role;
	p.from_day = v->from_day > batch_today(b) ? v->from_day : batch_today(b);
	p.reason = ROSTER__POSTING_REASON__UNIT_HEAD_TAKES_POST;
	return p;
}

/* A head who was recalled from the very post does not get it back as the head. */
static bool
is_free(struct batch *b, const Posting *p)
{
	return !roster_posting_of(b, p->posting_id) && !roster_posting_beside(b, p) && !roster_ended_bars(b, p) &&
	       !roster_village_closes(b, p);
}

void
roster_head_give_post(struct batch *b, const Vacancy *v, char *head_id)
{
	Posting p = posting_for(b, head_id, v);

	if (!is_free(b, &p)) {
		Roster__TaskOpened t = roster_task_for(GIVE_POST, v);
		t.person_id = head_id;
		roster_task_open(b, &t, v->first_day);
		return;
	}
	roster_posting_say(b, &p);
	roster_vacancy_fill(b, v, p.posting_id, true);
	roster_task_settled(b, v->vacancy_id, GIVE_POST);
}

/* ---- a head is put for a unit that had none */

/* Round by round: which recalls wait, their posts, and what stands beside. */
void
roster_head_put_want(struct batch *b, const char *unit_id, const char *head_id)
{
	const Awaited *const *rows;

	roster_awaited_want_of(b, unit_id);
	size_t n = roster_awaited_of(b, unit_id, &rows);
	for (size_t i = 0; i < n; i++) {
		roster_vacancy_want(b, rows[i]->recall_id);
		roster_task_want(b, rows[i]->recall_id, GIVE_POST);
		roster_head_want(b, rows[i]->recall_id, head_id);
		const Vacancy *v = roster_vacancy_of(b, rows[i]->recall_id);
		if (v)
			roster_postings_want_at(b, v->village_id);
	}
}

void
roster_head_put(struct batch *b, const char *unit_id, char *head_id)
{
	const Awaited *const *rows;
	size_t n = roster_awaited_of(b, unit_id, &rows);

	for (size_t i = 0; i < n; i++) {
		const Vacancy *v = roster_vacancy_of(b, rows[i]->recall_id);
		if (v && v->state == ROSTER__VACANCY_STATE__OPEN)
			roster_head_give_post(b, v, head_id);
	}
}

/* ---- a recall that no longer counts as its unit's second, while the head holds the post for it, or is awaited */

/* By hand or by the rules: whoever becomes head gets no post for it. */
static bool
is_off(const Change *c)
{
	return c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE ||
	       c->measure->state == ACCOUNTABILITY__MEASURE_STATE__REJECTED ||
	       c->measure->state == ACCOUNTABILITY__MEASURE_STATE__LIFTED;
}

static bool
is_head_off(const Change *c)
{
	return c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST && is_off(c);
}

/* By the rules, or because what was decided by hand holds again.  A recall that fell itself is a matter of its own. */
static bool
falls(const Changed *e, const char *recall_id)
{
	for (size_t i = 0; i < e->n_changes; i++) {
		const Change *c = e->changes[i];
		if (c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__RECALL && is_off(c) &&
		    strcmp(c->measure->id, recall_id) == 0)
			return true;
	}
	return false;
}

/* The same post is to be taken by a head who has become known: the measure has another subject, and stands. */
static bool
stands_anew(const Changed *e, const char *recall_id)
{
	for (size_t i = 0; i < e->n_changes; i++) {
		const Change *c = e->changes[i];
		if (c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST && !is_off(c) &&
		    strcmp(c->grounds->recall_id, recall_id) == 0)
			return true;
	}
	return false;
}

static const char *
unit_of(const Change *c)
{
	return c->measure->subject->maybe_unit_case ? c->measure->subject->unit_id : "";
}

static void
on_measures_want(struct batch *b, const void *m)
{
	const Changed *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		const Change *c = e->changes[i];
		if (!is_head_off(c))
			continue;
		roster_vacancy_want(b, c->grounds->recall_id);
		roster_posting_want(b, posting_id_for(b, c->grounds->recall_id));
		roster_task_want(b, c->grounds->recall_id, ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST);
		roster_task_want(b, c->grounds->recall_id, GIVE_POST);
		roster_awaited_want(b, unit_of(c), c->grounds->recall_id);
	}
}

/* Who holds the post as the head: not whom the measure names, for it may have come before the unit had a head. */
static void
takes_it_no_more(struct batch *b, const Change *c, const Vacancy *v)
{
	const Posting *p = *v->head_posting_id ? roster_posting_of(b, v->head_posting_id) : NULL;

	if (p && c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE) {
		Roster__TaskOpened t = roster_task_for(ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST, v);
		t.person_id = p->person_id;
		t.posting_id = p->posting_id;
		roster_task_open(b, &t, v->first_day);
	}
	roster_task_settled(b, v->vacancy_id, GIVE_POST);
	roster_awaited_no_more(b, unit_of(c), v->vacancy_id);
}

static void
on_measures(struct batch *b, const void *m)
{
	const Changed *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		const Change *c = e->changes[i];
		if (!is_head_off(c) || falls(e, c->grounds->recall_id) || stands_anew(e, c->grounds->recall_id))
			continue;
		const Vacancy *v = roster_vacancy_of(b, c->grounds->recall_id);
		if (v)
			takes_it_no_more(b, c, v);
	}
}

const struct noun roster_head = {
	.events = LIST(((const struct event_handler[]){
		{ .message = &accountability__measures_changed__descriptor, .want = on_measures_want,
		  .run = on_measures, .deferrable = true },
	})),
};
