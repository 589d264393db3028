/* vacancy - the posts that are empty (C1, C3.2.1-r), and what is left for the organisation department to settle.
 *
 *   in:   what recalls do to posts (recall.c); CloseTask; reads ListVacancies, ListTasks
 *   out:  VacancyOpened, VacancyClosed, TaskOpened, TaskClosed
 *   owns: vacancy, task */
#include "base/civil.h"
#include "domain/duty_batch.h"
#include "json/json_pb.h"
#include "roster.h"
#include "roster.sql.h"
#include <assert.h>
#include <string.h>

typedef RosterRows__Vacancy Vacancy;
typedef RosterRows__Task Task;

const struct table roster_table_vacancy = { "vacancy", &roster_rows__vacancy__descriptor, 2, false };
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

static Task
task_key(const struct batch *b, const char *task_id)
{
	Task key = ROSTER_ROWS__TASK__INIT;

	key.district = (char *)batch_district(b);
	key.task_id = (char *)task_id;
	return key;
}

void
roster_vacancy_want(struct batch *b, const char *recall_id)
{
	Vacancy key = vacancy_key(b, recall_id);

	batch_want(b, &roster_table_vacancy, &key, 2);
}

const Vacancy *
roster_vacancy(struct batch *b, const char *recall_id)
{
	Vacancy key = vacancy_key(b, recall_id);

	return batch_get(b, &roster_table_vacancy, &key);
}

/* ---- tasks: one of each kind for a recall, opened again if it comes again */

static char *
task_id(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	return arena_printf(batch_arena(b), "%s.%s", recall_id, enum_text(&roster__task_kind__descriptor, (int)kind, batch_arena(b)));
}

void
roster_task_want_of(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	Task key = task_key(b, task_id(b, recall_id, kind));

	batch_want(b, &roster_table_task, &key, 2);
}

static const Task *
task_of_recall(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	Task key = task_key(b, task_id(b, recall_id, kind));

	return batch_get(b, &roster_table_task, &key);
}

void
roster_task_open(struct batch *b, const struct task_of *t)
{
	Roster__TaskOpened e = ROSTER__TASK_OPENED__INIT;
	const Task *now = task_of_recall(b, t->recall_id, t->kind);

	if (now && now->state == ROSTER__TASK__STATE__OPEN)
		return;
	e.id = task_id(b, t->recall_id, t->kind);
	e.kind = t->kind;
	e.recall_id = (char *)t->recall_id;
	e.person_id = (char *)t->person_id;
	e.posting_id = (char *)t->posting_id;
	e.village_id = (char *)t->village_id;
	e.unit_id = (char *)t->unit_id;
	e.maybe_first_case = t->first_day != DAY_EVER ? ROSTER__TASK_OPENED__MAYBE_FIRST_FIRST_DAY : 0;
	e.first_day = t->first_day;
	batch_emit(b, t->recall_id, &e.base);
}

/* Only one that waits for a unit's head closes itself; the others are for people to close. */
void
roster_task_settled(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	Roster__TaskClosed e = ROSTER__TASK_CLOSED__INIT;
	const Task *now = task_of_recall(b, recall_id, kind);

	if (!now || now->state != ROSTER__TASK__STATE__OPEN || !*now->unit_id)
		return;
	e.id = now->task_id;
	e.account = (char *)batch_account(b);
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
	row.unit_id = e->unit_id;
	row.state = ROSTER__TASK__STATE__OPEN;
	row.opened_us = batch_at_us(b);
	row.first_day = e->maybe_first_case ? e->first_day : DAY_EVER;
	batch_put(b, &roster_table_task, &row);
	if (*e->unit_id)
		roster_head_await(b, e->unit_id, e->recall_id);
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

	duty_about(b, &d, t->person_id, NULL, t->first_day);
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
	t.maybe_unit_case = *row->unit_id ? ROSTER__TASK__MAYBE_UNIT_UNIT_ID : 0;
	t.unit_id = row->unit_id;
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

	row.village_id = e->village_id;
	row.role = e->role;
	row.posting_id = e->posting_id;
	row.person_id = e->person_id;
	row.from_day = e->from_day;
	row.maybe_due_case = e->maybe_due_case ? ROSTER_ROWS__VACANCY__MAYBE_DUE_DUE_DAY : 0;
	row.due_day = e->due_day;
	row.first_day = e->maybe_first_case ? e->first_day : DAY_EVER;
	row.state = ROSTER__VACANCY_STATE__OPEN;
	batch_put(b, &roster_table_vacancy, &row);
	roster_recall_keep(b, e);
}

void
roster_on_vacancy_closed(struct batch *b, const void *m)
{
	const Roster__VacancyClosed *e = m;
	Vacancy row = *roster_vacancy(b, e->id);
	const Task *head = task_of_recall(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);

	row.state = e->state;
	row.filled_by = e->filled_by;
	if (e->by_head)
		row.head_posting_id = e->filled_by;
	batch_put(b, &roster_table_vacancy, &row);
	if (e->state == ROSTER__VACANCY_STATE__WITHDRAWN)
		roster_recall_forget(b, row.person_id, e->id);
	if (head && *head->unit_id)
		roster_head_await_no_more(b, head->unit_id, e->id);
}

void
roster_vacancy_close(struct batch *b, const Vacancy *v, Roster__VacancyState state, const char *filled_by, bool by_head)
{
	Roster__VacancyClosed e = ROSTER__VACANCY_CLOSED__INIT;

	e.id = v->vacancy_id;
	e.state = state;
	e.filled_by = (char *)filled_by;
	e.by_head = by_head;
	e.posting_id = v->posting_id;
	batch_emit(b, v->vacancy_id, &e.base);
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

/* Of a day that is asked for, what is empty on it; of today also what an order of today has emptied from tomorrow on. */
static RosterRows__VacancyPage
vacancy_args(struct reader *r, const Roster__ListVacancies *in, struct page p)
{
	RosterRows__VacancyPage args = ROSTER_ROWS__VACANCY_PAGE__INIT;
	arena_t *a = reader_arena(r);

	args.district = (char *)reader_district(r);
	args.after = (char *)(p.after ? p.after : "");
	args.limit = (int64_t)p.limit + 1;
	args.on_day = in->maybe_on_case ? in->on_day : reader_today(r);
	args.seen_day = in->maybe_on_case ? in->on_day : reader_today(r) + 1;
	args.fill_day = in->maybe_on_case ? in->on_day : DAY_MAX;
	args.maybe_village_case = in->maybe_village_case ? ROSTER_ROWS__VACANCY_PAGE__MAYBE_VILLAGE_VILLAGE_ID : 0;
	args.village_id = in->village_id;
	args.maybe_township_case = in->maybe_township_case ? ROSTER_ROWS__VACANCY_PAGE__MAYBE_TOWNSHIP_TOWNSHIP_ID : 0;
	args.township_id = in->township_id;
	args.state = in->maybe_state_case ? in->state : 0;
	args.kinds = arena_alloc(a, NEEDS_MAX * sizeof(*args.kinds));
	args.roles = arena_alloc(a, NEEDS_MAX * sizeof(*args.roles));
	needs_of(&args, ROSTER__VILLAGE_KIND__POOR, a);
	needs_of(&args, ROSTER__VILLAGE_KIND__NON_POOR, a);
	return args;
}

/* The first row counts, the others are the page. */
void
roster_list_vacancies(struct reader *r, const void *m)
{
	const Roster__ListVacancies *in = m;
	Roster__VacancyList list = ROSTER__VACANCY_LIST__INIT;
	Roster__VacantVillages villages = ROSTER__VACANT_VILLAGES__INIT;
	Roster__Completeness poor = ROSTER__COMPLETENESS__INIT, other = ROSTER__COMPLETENESS__INIT;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	RosterRows__VacancyPage args = vacancy_args(r, in, p);
	size_t n = reader_rows(r, &roster_vacancy_list, &args, &rows);
	assert(n > 0);
	const RosterRows__VacancyRow *sum = rows[0];
	list.count = sum->count;
	poor.all = sum->poor_all;
	poor.complete = sum->poor_complete;
	other.all = sum->other_all;
	other.complete = sum->other_complete;
	villages.poor = &poor;
	villages.non_poor = &other;
	list.villages = &villages;
	for (size_t i = 1; i < n; i++)
		rows[i] = vacancy_message(rows[i], reader_arena(r));
	list.items = (Roster__Vacancy **)rows + 1;
	list.n_items = n - 1 > (size_t)p.limit ? (size_t)p.limit : n - 1;
	if (n - 1 > list.n_items) {
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
