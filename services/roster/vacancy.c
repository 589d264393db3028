/* vacancy - the posts that are empty (C1, C3.2.1-r).
 *
 *   in:   what recalls do to posts (recall.c, head.c); ListVacancies
 *   out:  VacancyOpened (said by recall.c), VacancyClosed
 *   owns: vacancy */
#include "vacancy.h"
#include "awaited.h"
#include "base/civil.h"
#include "ended.h"
#include "engine/keyed.h"
#include "json/json_pb.h"
#include "roster.h"
#include "roster_policy.h"
#include "roster_vacancy.sql.h"
#include "task.h"
#include <assert.h>

typedef RosterRows__Vacancy Vacancy;
typedef RosterRows__VacancyPage Page;

enum { NEEDS_MAX = 32 };

static const struct table vacancy_table = { "vacancy", &roster_rows__vacancy__descriptor, 2, false };

static const struct copy
row_of_opened = { &roster_rows__vacancy__descriptor, &roster__vacancy_opened__descriptor,
                  "district vacancy_id state filled_by head_posting_id first_day" },
closed_of_row = { &roster__vacancy_closed__descriptor, &roster_rows__vacancy__descriptor,
                  "id state filled_by by_head" },
answer_of_row = { &roster__vacancy__descriptor, &roster_rows__vacancy_row__descriptor, NULL },
page_of_question = { &roster_rows__vacancy_page__descriptor, &roster__list_vacancies__descriptor,
                     "district after limit on_day seen_day fill_day kinds roles" };

/* ---- those that a recall has opened */

void
roster_vacancy_want(struct batch *b, const char *recall_id)
{
	batch_want_id(b, &vacancy_table, recall_id);
}

const Vacancy *
roster_vacancy_of(struct batch *b, const char *recall_id)
{
	return batch_get_id(b, &vacancy_table, recall_id);
}

static void
say_closed(struct batch *b, const Vacancy *v, Roster__VacancyClosed *e)
{
	copy_run(&closed_of_row, e, v);
	e->id = v->vacancy_id;
	batch_emit(b, v->vacancy_id, &e->base);
}

void
roster_vacancy_fill(struct batch *b, const Vacancy *v, char *posting_id, bool by_head)
{
	Roster__VacancyClosed e = ROSTER__VACANCY_CLOSED__INIT;

	e.state = ROSTER__VACANCY_STATE__FILLED;
	e.filled_by = posting_id;
	e.by_head = by_head;
	say_closed(b, v, &e);
}

void
roster_vacancy_withdraw(struct batch *b, const Vacancy *v)
{
	Roster__VacancyClosed e = ROSTER__VACANCY_CLOSED__INIT;

	e.state = ROSTER__VACANCY_STATE__WITHDRAWN;
	say_closed(b, v, &e);
}

static void
on_opened(struct batch *b, const void *m)
{
	const Roster__VacancyOpened *e = m;
	Vacancy *row = batch_row(b, &vacancy_table, e->id);

	copy_run(&row_of_opened, row, e);
	row->first_day = e->maybe_first_case ? e->first_day : DAY_EVER;
	row->state = ROSTER__VACANCY_STATE__OPEN;
	batch_put(b, &vacancy_table, row);
	roster_ended_keep(b, e);
}

static void
on_closed(struct batch *b, const void *m)
{
	const Roster__VacancyClosed *e = m;
	Vacancy row = *roster_vacancy_of(b, e->id);
	const RosterRows__Task *head = roster_task_of(b, e->id, ROSTER__TASK_KIND__GIVE_POST_TO_HEAD);

	row.state = e->state;
	row.filled_by = e->filled_by;
	if (e->by_head)
		row.head_posting_id = e->filled_by;
	batch_put(b, &vacancy_table, &row);
	if (e->state == ROSTER__VACANCY_STATE__WITHDRAWN)
		roster_ended_forget(b, row.person_id, e->id);
	if (head && *head->unit_id)
		roster_awaited_no_more(b, head->unit_id, e->id);
}

/* ---- the list, with the posts that a village needs and nobody holds */

static void
needs_add(Page *args, Roster__VillageKind kind, arena_t *a)
{
	const char *kind_text = enum_text(&roster__village_kind__descriptor, (int)kind, a);
	Roster__Role role;

	for (size_t i = 0; (role = roster_role_needed(kind, i)) != ROSTER__ROLE__ROLE_UNSPECIFIED; i++) {
		assert(args->n_roles < NEEDS_MAX);
		args->kinds[args->n_kinds++] = arena_strdup(a, kind_text);
		args->roles[args->n_roles++] = arena_strdup(a, enum_text(&roster__role__descriptor, (int)role, a));
	}
}

/* Of a day that is asked for, what is empty on it; of today also what an order of today has emptied from tomorrow
 * on. */
static void
ask(struct reader *r, const void *question, void *m)
{
	const Roster__ListVacancies *in = question;
	Page *args = m;
	arena_t *a = reader_arena(r);
	int32_t today = reader_today(r);

	args->on_day = in->maybe_on_case ? in->on_day : today;
	args->seen_day = in->maybe_on_case ? in->on_day : today + 1;
	args->fill_day = in->maybe_on_case ? in->on_day : DAY_MAX;
	args->kinds = arena_alloc(a, NEEDS_MAX * sizeof(*args->kinds));
	args->roles = arena_alloc(a, NEEDS_MAX * sizeof(*args->roles));
	needs_add(args, ROSTER__VILLAGE_KIND__POOR, a);
	needs_add(args, ROSTER__VILLAGE_KIND__NON_POOR, a);
}

static void *
item(struct reader *r, const void *row)
{
	Roster__Vacancy *v = arena_message(reader_arena(r), &roster__vacancy__descriptor);

	copy_run(&answer_of_row, v, row);
	return v;
}

static void
answer_counted(struct reader *r, const RosterRows__VacancyRow *sum, const struct listed *page)
{
	Roster__VacancyList list = ROSTER__VACANCY_LIST__INIT;
	Roster__VacantVillages villages = ROSTER__VACANT_VILLAGES__INIT;
	Roster__Completeness poor = ROSTER__COMPLETENESS__INIT, other = ROSTER__COMPLETENESS__INIT;

	list.count = sum->count;
	poor.all = sum->poor_all;
	poor.complete = sum->poor_complete;
	other.all = sum->other_all;
	other.complete = sum->other_complete;
	villages.poor = &poor;
	villages.non_poor = &other;
	list.villages = &villages;
	reader_list_answer(r, &list.base, page);
}

/* The first row counts, the others are the page. */
static void
list_vacancies(struct reader *r, const void *m)
{
	static const struct listing listing = { .args = &page_of_question, .ask = ask };
	struct listed page;

	if (!reader_list_rows(r, m, &listing, &roster_vacancy_list, &page))
		return;
	assert(page.n > 0);
	const void *sum = page.rows[0];
	page.rows++;
	page.n--;
	for (size_t i = 0; i < page.n; i++)
		page.rows[i] = item(r, page.rows[i]);
	answer_counted(r, sum, &page);
}

const struct noun roster_vacancy = {
	.tables = LIST(((const struct table *const[]){ &vacancy_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__vacancy_opened__descriptor, .run = on_opened },
		{ .message = &roster__vacancy_closed__descriptor, .run = on_closed },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__list_vacancies__descriptor, .run = list_vacancies },
	})),
	.copies = LIST(((const struct copy *const[]){
		&row_of_opened, &closed_of_row, &answer_of_row, &page_of_question,
	})),
	.statements = { roster_vacancy_sql, ROSTER_VACANCY_SQL_COUNT },
};
