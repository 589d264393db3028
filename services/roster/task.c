/* task - what the rules cannot undo, or cannot do, and the organisation department has to settle.
 *
 *   in:   CloseTask; ListTasks; what recalls leave (recall.c, head.c)
 *   out:  TaskOpened, TaskClosed
 *   owns: task
 *
 * One of each kind for a recall, opened again if it comes again. */
#include "task.h"
#include "awaited.h"
#include "base/civil.h"
#include "domain/duty_batch.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "json/json_pb.h"
#include "roster.h"
#include "roster_task.sql.h"

typedef RosterRows__Task Task;

static const struct table task_table = { "task", &roster_rows__task__descriptor, 2, false };

static const struct copy
opened_of_vacancy = { &roster__task_opened__descriptor, &roster_rows__vacancy__descriptor,
                      "id kind recall_id unit_id first_day" },
row_of_opened = { &roster_rows__task__descriptor, &roster__task_opened__descriptor,
                  "district task_id state opened_us first_day" },
answer_of_row = { &roster__task__descriptor, &roster_rows__task__descriptor, "id" },
page_of_question = { &roster_rows__task_page__descriptor, &roster__list_tasks__descriptor, "district after limit" };

/* ---- for recalls */

static char *
id_of(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	const char *word = enum_text(&roster__task_kind__descriptor, (int)kind, batch_arena(b));

	return arena_printf(batch_arena(b), "%s.%s", recall_id, word);
}

void
roster_task_want(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	batch_want_id(b, &task_table, id_of(b, recall_id, kind));
}

const Task *
roster_task_of(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	return batch_get_id(b, &task_table, id_of(b, recall_id, kind));
}

Roster__TaskOpened
roster_task_for(Roster__TaskKind kind, const RosterRows__Vacancy *v)
{
	Roster__TaskOpened t = ROSTER__TASK_OPENED__INIT;

	copy_run(&opened_of_vacancy, &t, v);
	t.kind = kind;
	t.recall_id = v->vacancy_id;
	return t;
}

void
roster_task_open(struct batch *b, Roster__TaskOpened *t, int32_t first_day)
{
	const Task *now = roster_task_of(b, t->recall_id, t->kind);

	if (now && now->state == ROSTER__TASK__STATE__OPEN)
		return;
	t->id = id_of(b, t->recall_id, t->kind);
	t->maybe_first_case = first_day != DAY_EVER ? ROSTER__TASK_OPENED__MAYBE_FIRST_FIRST_DAY : 0;
	t->first_day = first_day;
	batch_emit(b, t->recall_id, &t->base);
}

static void
say_closed(struct batch *b, const Task *t)
{
	Roster__TaskClosed e = ROSTER__TASK_CLOSED__INIT;

	e.id = t->task_id;
	e.account = arena_strdup(batch_arena(b), batch_account(b));
	batch_emit(b, t->recall_id, &e.base);
}

void
roster_task_settled(struct batch *b, const char *recall_id, Roster__TaskKind kind)
{
	const Task *now = roster_task_of(b, recall_id, kind);

	if (now && now->state == ROSTER__TASK__STATE__OPEN && *now->unit_id)
		say_closed(b, now);
}

/* ---- events */

static void
on_opened(struct batch *b, const void *m)
{
	const Roster__TaskOpened *e = m;
	Task *row = batch_row(b, &task_table, e->id);

	copy_run(&row_of_opened, row, e);
	row->state = ROSTER__TASK__STATE__OPEN;
	row->opened_us = batch_at_us(b);
	row->first_day = e->maybe_first_case ? e->first_day : DAY_EVER;
	batch_put(b, &task_table, row);
	if (*e->unit_id)
		roster_awaited_keep(b, e->unit_id, e->recall_id);
}

static void
on_closed(struct batch *b, const void *m)
{
	Task row = *(const Task *)batch_get_id(b, &task_table, ((const Roster__TaskClosed *)m)->id);

	row.state = ROSTER__TASK__STATE__CLOSED;
	batch_put(b, &task_table, &row);
}

/* ---- CloseTask */

static const Task *
task_named(struct batch *b, const void *m)
{
	return batch_get_id(b, &task_table, ((const Roster__CloseTask *)m)->id);
}

static void
close_want(struct batch *b, const void *m)
{
	duty_want(b);
	batch_want_id(b, &task_table, ((const Roster__CloseTask *)m)->id);
	const Task *t = task_named(b, m);
	if (!t)
		return;
	mirror_want_person_id(b, t->person_id);
	duty_want_about(b, t->person_id, NULL);
}

static bool
is_there(struct batch *b, const void *m)
{
	return task_named(b, m) != NULL;
}

/* A task is the rest of a case: nobody settles one of their own or their unit's people. */
static bool
close_may(struct batch *b, const void *m)
{
	const Task *t = task_named(b, m);
	struct duty d = duty_open(b);

	duty_about(b, &d, t->person_id, NULL, t->first_day);
	return duty_allows(b, &d);
}

static void
close_task(struct batch *b, const void *m)
{
	Roster__Task out = ROSTER__TASK__INIT;

	if (task_named(b, m)->state != ROSTER__TASK__STATE__CLOSED)
		say_closed(b, task_named(b, m));
	copy_run(&answer_of_row, &out, task_named(b, m));
	out.id = task_named(b, m)->task_id;
	batch_answer(b, 200, &out.base);
}

static const struct listing listing = {
	&page_of_question, &roster__task_list__descriptor, .by = &roster_task_list,
};

const struct noun roster_task = {
	.tables = LIST(((const struct table *const[]){ &task_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__close_task__descriptor, .want = close_want, .exists = is_there, .may = close_may,
		  .run = close_task },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__task_opened__descriptor, .run = on_opened },
		{ .message = &roster__task_closed__descriptor, .run = on_closed },
	})),
	.queries = LIST(((const struct query[]){ { .message = &roster__list_tasks__descriptor, LISTED(&listing) } })),
	.copies = LIST(((const struct copy *const[]){
		&opened_of_vacancy, &row_of_opened, &answer_of_row, &page_of_question,
	})),
	.statements = { roster_task_sql, ROSTER_TASK_SQL_COUNT },
};
