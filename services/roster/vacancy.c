/* vacancy - what recalls do to posts (C3.2.1-r, C3.2.1-rr), and the posts that are empty (C1).
 *
 *   in:   accountability.RecallMoved, MeasuresChanged; CloseTask; reads ListVacancies, ListTasks
 *   out:  PostingPut; VacancyOpened, VacancyClosed, TaskOpened, TaskClosed
 *   owns: vacancy, recalled_posting, task
 *
 * Ordered: the posting ends the day after, and its post is vacant from then on.  Handed over, and the unit's second or later: the
 * unit's head gets the post.  Replaced: the successor's posting fills it.  Cancelled before hand-over: the posting is what it was.
 * What the rules cannot undo, or cannot do, becomes a task of the organisation department. */
#include "accountability.pb-c.h"
#include "civil.h"
#include "duty_batch.h"
#include "json_pb.h"
#include "roster.h"
#include "roster.sql.h"
#include <assert.h>
#include <string.h>

typedef Accountability__RecallMoved Moved;
typedef RosterRows__Vacancy Vacancy;
typedef RosterRows__RecalledPosting Recalled;
typedef RosterRows__Task Task;

#define STATE(s) ACCOUNTABILITY__RECALL_CASE__STATE__##s

const struct table roster_table_vacancy = { "vacancy", &roster_rows__vacancy__descriptor, 2, false };
const struct table roster_table_recalled_posting = { "recalled_posting", &roster_rows__recalled_posting__descriptor, 2, false };
const struct table roster_table_task = { "task", &roster_rows__task__descriptor, 2, false };

/* ---- keys */

static Vacancy
vacancy_key(const struct batch *b, const char *recall_id)
{
	Vacancy key = ROSTER_ROWS__VACANCY__INIT;

	key.district = (char *)batch_district(b);
	key.vacancy_id = (char *)recall_id;
	return key;
}

static Recalled
recalled_key(const struct batch *b, const char *posting_id)
{
	Recalled key = ROSTER_ROWS__RECALLED_POSTING__INIT;

	key.district = (char *)batch_district(b);
	key.posting_id = (char *)posting_id;
	return key;
}

static Task
task_key(const struct batch *b, const char *task_id)
{
	Task key = ROSTER_ROWS__TASK__INIT;

	key.district = (char *)batch_district(b);
	key.task_id = (char *)task_id;
	return key;
}

static const Vacancy *
vacancy_of(struct batch *b, const char *recall_id)
{
	Vacancy key = vacancy_key(b, recall_id);

	return batch_get(b, &roster_table_vacancy, &key);
}

static const Recalled *
recalled(struct batch *b, const char *posting_id)
{
	Recalled key = recalled_key(b, posting_id);

	return batch_get(b, &roster_table_recalled_posting, &key);
}

/* ---- a posting that a recall has ended stays so while the recall does */

void
roster_vacancy_want_check(struct batch *b, const char *posting_id)
{
	Recalled key = recalled_key(b, posting_id);

	batch_want(b, &roster_table_recalled_posting, &key, 2);
}

void
roster_vacancy_check(struct batch *b, const Posting *put, struct faults *fs)
{
	const Recalled *r = recalled(b, put->posting_id);

	if (r && roster_outlasts(put, r->end_day))
		roster_fault(fs, 409, "posting.recalled", "/to", "A recall has ended this posting; it cannot be made to last longer.");
}

/* ---- tasks: one of each kind for a recall, opened again if it comes again */

static char *
task_id(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	return arena_printf(batch_arena(b), "%s.%s", recall_id, enum_text(&roster__task_kind__descriptor, (int)kind, batch_arena(b)));
}

static void
want_task_of(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	Task key = task_key(b, task_id(b, recall_id, kind));

	batch_want(b, &roster_table_task, &key, 2);
}

static void
open_task(struct batch *b, Roster__TaskKind kind, const char *recall_id, const char *person_id, const char *posting_id, const char *village_id)
{
	Roster__TaskOpened e = ROSTER__TASK_OPENED__INIT;
	Task key = task_key(b, task_id(b, recall_id, kind));
	const Task *now = batch_get(b, &roster_table_task, &key);

	if (now && now->state == ROSTER__TASK__STATE__OPEN)
		return;
	e.id = key.task_id;
	e.kind = kind;
	e.recall_id = (char *)recall_id;
	e.person_id = (char *)person_id;
	e.posting_id = (char *)posting_id;
	e.village_id = (char *)village_id;
	batch_emit(b, recall_id, &e.base);
}

void
roster_on_task_opened(struct batch *b, const void *m)
{
	const Roster__TaskOpened *e = m;
	Task row = task_key(b, e->id);

	row.kind = e->kind;
	row.recall_id = e->recall_id;
	row.person_id = e->person_id;
	row.posting_id = e->posting_id;
	row.village_id = e->village_id;
	row.state = ROSTER__TASK__STATE__OPEN;
	row.opened_us = batch_at_us(b);
	batch_put(b, &roster_table_task, &row);
}

void
roster_task_want(struct batch *b, const void *m)
{
	Task key = task_key(b, ((const Roster__CloseTask *)m)->id);

	duty_want(b);
	batch_want(b, &roster_table_task, &key, 2);
	const Task *t = batch_get(b, &roster_table_task, &key);
	if (!t)
		return;
	mirror_want_person_id(b, t->person_id);
	duty_want_about(b, t->person_id, NULL);
}

static const Task *
task_of(struct batch *b, const void *m)
{
	Task key = task_key(b, ((const Roster__CloseTask *)m)->id);

	return batch_get(b, &roster_table_task, &key);
}

bool
roster_task_exists(struct batch *b, const void *m)
{
	return task_of(b, m) != NULL;
}

/* A task is the rest of a case: nobody settles one of their own or their unit's people. */
bool
roster_task_may(struct batch *b, const void *m)
{
	const Task *t = task_of(b, m);
	struct duty d = duty_open(b);

	duty_about(b, &d, t->person_id, NULL, day_of_instant(t->opened_us));
	return duty_allows(b, &d);
}

static Roster__Task
task_message(const Task *row)
{
	Roster__Task t = ROSTER__TASK__INIT;

	t.id = row->task_id;
	t.kind = row->kind;
	t.recall_id = row->recall_id;
	t.person_id = row->person_id;
	t.posting_id = row->posting_id;
	t.village_id = row->village_id;
	t.state = row->state;
	t.opened_us = row->opened_us;
	return t;
}

void
roster_task_close(struct batch *b, const void *m)
{
	Roster__TaskClosed e = ROSTER__TASK_CLOSED__INIT;

	e.id = task_of(b, m)->task_id;
	e.account = (char *)batch_account(b);
	if (task_of(b, m)->state != ROSTER__TASK__STATE__CLOSED)
		batch_emit(b, task_of(b, m)->recall_id, &e.base);
	Roster__Task out = task_message(task_of(b, m));
	batch_answer(b, 200, &out.base);
}

void
roster_on_task_closed(struct batch *b, const void *m)
{
	Task key = task_key(b, ((const Roster__TaskClosed *)m)->id);
	Task row = *(const Task *)batch_get(b, &roster_table_task, &key);

	row.state = ROSTER__TASK__STATE__CLOSED;
	batch_put(b, &roster_table_task, &row);
}

/* ---- vacancies */

void
roster_on_vacancy_opened(struct batch *b, const void *m)
{
	const Roster__VacancyOpened *e = m;
	Vacancy row = vacancy_key(b, e->id);
	Recalled held = recalled_key(b, e->posting_id);

	row.village_id = e->village_id;
	row.role = e->role;
	row.posting_id = held.posting_id;
	row.person_id = e->person_id;
	row.from_day = held.end_day = e->from_day;
	row.maybe_due_case = e->maybe_due_case ? ROSTER_ROWS__VACANCY__MAYBE_DUE_DUE_DAY : 0;
	row.due_day = e->due_day;
	row.state = ROSTER__VACANCY_STATE__OPEN;
	held.recall_id = row.vacancy_id;
	held.maybe_was_to_case = e->maybe_was_to_case ? ROSTER_ROWS__RECALLED_POSTING__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	held.was_to_day = e->was_to_day;
	batch_put(b, &roster_table_vacancy, &row);
	batch_put(b, &roster_table_recalled_posting, &held);
}

void
roster_on_vacancy_closed(struct batch *b, const void *m)
{
	const Roster__VacancyClosed *e = m;
	Vacancy row = *vacancy_of(b, e->id);
	const Recalled *held = recalled(b, row.posting_id);

	row.state = e->state;
	row.filled_by = e->filled_by;
	if (e->by_head)
		row.head_posting_id = e->filled_by;
	batch_put(b, &roster_table_vacancy, &row);
	if (e->state == ROSTER__VACANCY_STATE__WITHDRAWN && held)
		batch_drop(b, &roster_table_recalled_posting, held);
}

static void
close_vacancy(struct batch *b, const Vacancy *v, Roster__VacancyState state, const char *filled_by, bool by_head)
{
	Roster__VacancyClosed e = ROSTER__VACANCY_CLOSED__INIT;

	e.id = v->vacancy_id;
	e.state = state;
	e.filled_by = (char *)filled_by;
	e.by_head = by_head;
	e.posting_id = v->posting_id;
	batch_emit(b, v->vacancy_id, &e.base);
}

/* ---- steps of a recall */

static char *
head_posting_id(struct batch *b, const Moved *e)
{
	return arena_printf(batch_arena(b), "%s-head", e->id);
}

/* Round by round: the postings, and what they must be looked at beside. */
void
roster_on_recall_want(struct batch *b, const void *m)
{
	const Moved *e = m;
	Vacancy vacancy = vacancy_key(b, e->id);

	batch_want(b, &roster_table_vacancy, &vacancy, 2);
	want_task_of(b, e->id, ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL);
	want_task_of(b, e->id, ROSTER__TASK_KIND__RESTORE_POSTING);
	want_task_of(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);
	if (*e->posting_id) {
		roster_want_posting(b, e->posting_id);
		roster_vacancy_want_check(b, e->posting_id);
	}
	const Vacancy *v = vacancy_of(b, e->id);                        /* in the second round */
	if (v)
		roster_want_village(b, v->village_id);
	if (*e->successor_posting_id)
		roster_want_posting(b, e->successor_posting_id);
	if (e->head_takes_post && *e->head_person_id) {
		roster_want_posting(b, head_posting_id(b, e));
		roster_want_postings_of(b, e->head_person_id);
	}
}

static void
on_ordered(struct batch *b, const Moved *e, const Posting *p)
{
	Posting ended = roster_recalled(p, e->ordered_day);
	Roster__VacancyOpened v = ROSTER__VACANCY_OPENED__INIT;

	v.id = e->id;
	v.village_id = p->village_id;
	v.role = p->role;
	v.posting_id = p->posting_id;
	v.person_id = p->person_id;
	v.from_day = ended.maybe_to_case ? ended.to_day : e->ordered_day + 1;
	v.maybe_due_case = e->maybe_replacement_case ? ROSTER__VACANCY_OPENED__MAYBE_DUE_DUE_DAY : 0;
	v.due_day = e->replacement_due_day;
	v.maybe_was_to_case = p->maybe_to_case ? ROSTER__VACANCY_OPENED__MAYBE_WAS_TO_WAS_TO_DAY : 0;
	v.was_to_day = p->to_day;
	if (ended.maybe_to_case != p->maybe_to_case || ended.to_day != p->to_day)
		roster_posting_say(b, &ended);
	batch_emit(b, e->id, &v.base);
}

/* The head follows in the post from its end on, but not before the hand-over. */
static Posting
head_posting(struct batch *b, const Moved *e, const Vacancy *v)
{
	Posting p = ROSTER_ROWS__POSTING__INIT;

	p.district = v->district;
	p.posting_id = head_posting_id(b, e);
	p.person_id = e->head_person_id;
	p.village_id = v->village_id;
	p.role = v->role;
	p.from_day = v->from_day > batch_today(b) ? v->from_day : batch_today(b);
	p.reason = ROSTER__POSTING_REASON__UNIT_HEAD_TAKES_POST;
	return p;
}

/* No head known: the post stays vacant. */
static void
on_handed_over(struct batch *b, const Moved *e, const Vacancy *v)
{
	if (!e->head_takes_post || !*e->head_person_id || v->state != ROSTER__VACANCY_STATE__OPEN)
		return;
	Posting p = head_posting(b, e, v);
	if (roster_posting(b, p.posting_id) || roster_posting_beside(b, &p)) {
		open_task(b, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD, e->id, e->head_person_id, v->posting_id, v->village_id);
		return;
	}
	roster_posting_say(b, &p);
	close_vacancy(b, v, ROSTER__VACANCY_STATE__FILLED, p.posting_id, true);
}

static void
on_replaced(struct batch *b, const Moved *e, const Vacancy *v)
{
	const Posting *p = roster_posting(b, e->successor_posting_id);

	if (p && p->reason == ROSTER__POSTING_REASON__APPOINTED) {
		Posting successor = *p;
		successor.reason = ROSTER__POSTING_REASON__REPLACEMENT;
		roster_posting_say(b, &successor);
	}
	close_vacancy(b, v, ROSTER__VACANCY_STATE__FILLED, e->successor_posting_id, false);
}

/* Back to its own end, unless somebody has moved it since, or has the post. */
static void
restore(struct batch *b, const Moved *e, const Vacancy *v)
{
	const Posting *p = roster_posting(b, v->posting_id);
	const Recalled *held = recalled(b, v->posting_id);

	if (!p || !held || !p->maybe_to_case || p->to_day != held->end_day)
		return;
	Posting back = *p;
	back.maybe_to_case = held->maybe_was_to_case ? ROSTER_ROWS__POSTING__MAYBE_TO_TO_DAY : 0;
	back.to_day = held->was_to_day;
	if (roster_posting_beside(b, &back))
		open_task(b, ROSTER__TASK_KIND__RESTORE_POSTING, e->id, p->person_id, p->posting_id, p->village_id);
	else if (back.maybe_to_case != p->maybe_to_case || back.to_day != p->to_day)
		roster_posting_say(b, &back);
}

static void
on_cancelled(struct batch *b, const Moved *e, const Vacancy *v)
{
	if (e->was == STATE(ORDERED)) {
		restore(b, e, v);
		close_vacancy(b, v, ROSTER__VACANCY_STATE__WITHDRAWN, "", false);
	} else if (e->was == STATE(HANDED_OVER) || e->was == STATE(REPLACED)) {
		const Recalled *held = recalled(b, v->posting_id);
		if (held)
			batch_drop(b, &roster_table_recalled_posting, held);    /* how long it lasts is for people to say again */
		open_task(b, ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL, e->id, v->person_id, v->posting_id, v->village_id);
	}
}

void
roster_on_recall(struct batch *b, const void *m)
{
	const Moved *e = m;
	const Posting *p = *e->posting_id ? roster_posting(b, e->posting_id) : NULL;
	const Vacancy *v = vacancy_of(b, e->id);

	if (e->state == STATE(ORDERED) && p)
		on_ordered(b, e, p);
	else if (e->state == STATE(HANDED_OVER) && v)
		on_handed_over(b, e, v);
	else if (e->state == STATE(REPLACED) && v)
		on_replaced(b, e, v);
	else if (e->state == STATE(CANCELLED) && v)
		on_cancelled(b, e, v);
}

/* ---- a recall that no longer counts as its unit's second, while the head holds the post for it */

static bool
is_revoked(const Accountability__MeasureChange *c, Accountability__MeasureKind kind)
{
	return c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE && c->measure->kind == kind;
}

/* A recall that fell itself is a matter of its own. */
static bool
falls(const Accountability__MeasuresChanged *e, const char *recall_id)
{
	for (size_t i = 0; i < e->n_changes; i++)
		if (is_revoked(e->changes[i], ACCOUNTABILITY__MEASURE_KIND__RECALL) && strcmp(e->changes[i]->measure->id, recall_id) == 0)
			return true;
	return false;
}

void
roster_on_measures_want(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++)
		if (is_revoked(e->changes[i], ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST)) {
			Vacancy vacancy = vacancy_key(b, e->changes[i]->grounds->recall_id);
			batch_want(b, &roster_table_vacancy, &vacancy, 2);
			want_task_of(b, vacancy.vacancy_id, ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST);
		}
}

void
roster_on_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		const Accountability__MeasureChange *c = e->changes[i];
		if (!is_revoked(c, ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST) || falls(e, c->grounds->recall_id))
			continue;
		const Vacancy *v = vacancy_of(b, c->grounds->recall_id);
		if (v && *v->head_posting_id)
			open_task(b, ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST, v->vacancy_id,
			          c->measure->subject->maybe_person_case ? c->measure->subject->person_id : "", v->head_posting_id, v->village_id);
	}
}

/* ---- lists */

enum { NEEDS_MAX = 32 };

static void
needs_of(RosterRows__VacancyPage *args, Roster__VillageKind kind, arena_t *a)
{
	Roster__Role role;

	for (size_t i = 0; (role = roster_role_needed(kind, i)) != ROSTER__ROLE__ROLE_UNSPECIFIED; i++) {
		assert(args->n_roles < NEEDS_MAX);
		args->kinds[args->n_kinds++] = (char *)enum_text(&roster__village_kind__descriptor, (int)kind, a);
		args->roles[args->n_roles++] = (char *)enum_text(&roster__role__descriptor, (int)role, a);
	}
}

static Roster__Vacancy *
vacancy_message(const RosterRows__VacancyRow *row, arena_t *a)
{
	Roster__Vacancy *v = arena_message(a, &roster__vacancy__descriptor);

	v->id = row->id;
	v->village_id = row->village_id;
	v->role = row->role;
	v->state = row->state;
	v->maybe_from_case = row->maybe_from_case ? ROSTER__VACANCY__MAYBE_FROM_FROM_DAY : 0;
	v->from_day = row->from_day;
	v->maybe_due_case = row->maybe_due_case ? ROSTER__VACANCY__MAYBE_DUE_DUE_DAY : 0;
	v->due_day = row->due_day;
	v->maybe_recall_case = row->maybe_recall_case ? ROSTER__VACANCY__MAYBE_RECALL_RECALL_ID : 0;
	v->recall_id = row->recall_id;
	v->maybe_posting_case = row->maybe_posting_case ? ROSTER__VACANCY__MAYBE_POSTING_POSTING_ID : 0;
	v->posting_id = row->posting_id;
	v->maybe_filled_case = row->maybe_filled_case ? ROSTER__VACANCY__MAYBE_FILLED_FILLED_BY : 0;
	v->filled_by = row->filled_by;
	return v;
}

void
roster_list_vacancies(struct reader *r, const void *m)
{
	const Roster__ListVacancies *in = m;
	RosterRows__VacancyPage args = ROSTER_ROWS__VACANCY_PAGE__INIT;
	Roster__VacancyList list = ROSTER__VACANCY_LIST__INIT;
	arena_t *a = reader_arena(r);
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	args.district = (char *)reader_district(r);
	args.after = (char *)(p.after ? p.after : "");
	args.limit = (int64_t)p.limit + 1;
	args.on_day = in->maybe_on_case ? in->on_day : reader_today(r);
	args.maybe_village_case = in->maybe_village_case ? ROSTER_ROWS__VACANCY_PAGE__MAYBE_VILLAGE_VILLAGE_ID : 0;
	args.village_id = in->village_id;
	args.state = in->maybe_state_case ? in->state : 0;
	args.kinds = arena_alloc(a, NEEDS_MAX * sizeof(*args.kinds));
	args.roles = arena_alloc(a, NEEDS_MAX * sizeof(*args.roles));
	needs_of(&args, ROSTER__VILLAGE_KIND__POOR, a);
	needs_of(&args, ROSTER__VILLAGE_KIND__NON_POOR, a);
	size_t n = reader_rows(r, &roster_vacancy_list, &args, &rows);
	list.count = n ? ((const RosterRows__VacancyRow *)rows[0])->count : 0;
	for (size_t i = 0; i < n; i++)
		rows[i] = vacancy_message(rows[i], a);
	list.n_items = n > (size_t)p.limit ? (size_t)p.limit : n;
	list.items = (Roster__Vacancy **)rows;
	if (n > list.n_items) {
		list.maybe_next_case = ROSTER__VACANCY_LIST__MAYBE_NEXT_NEXT;
		list.next = reader_cursor(r, list.items[list.n_items - 1]->id);
	}
	reader_answer(r, &list.base);
}

void
roster_list_tasks(struct reader *r, const void *m)
{
	const Roster__ListTasks *in = m;
	RosterRows__TaskPage args = ROSTER_ROWS__TASK_PAGE__INIT;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	args.district = (char *)reader_district(r);
	args.after = (char *)(p.after ? p.after : "");
	args.limit = (int64_t)p.limit + 1;
	args.maybe_person_case = in->maybe_person_case ? ROSTER_ROWS__TASK_PAGE__MAYBE_PERSON_PERSON_ID : 0;
	args.person_id = in->person_id;
	args.state = in->maybe_state_case ? in->state : 0;
	size_t n = reader_rows(r, &roster_task_list, &args, &rows);
	roster_answer_list(r, &roster__task_list__descriptor, rows, n, p.limit);
}
