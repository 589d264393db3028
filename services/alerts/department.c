/* department - the organisation department: accounts in the role district_admin that are somebody's.
 *
 *   in:   roster.AccountPut
 *   out:  nothing
 *   owns: department (and, by lib/domain/mirror, account)
 *
 * Of sealed cases it alone is told, and of it who has no part in the case (C3.2.2; lib/domain/duty.h). */
#include "alerts.h"
#include "domain/duty_batch.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "json/copy.h"
#include <string.h>

typedef AlertsRows__Department Row;

static const struct table department_table = { "department", &alerts_rows__department__descriptor, 2, false };

static const struct copy
row_of_account = { &alerts_rows__department__descriptor, &roster__account_put__descriptor, "district account_id" };

/* ---- accounts */

static void
account_want(struct batch *b, const void *m)
{
	mirror_want_account(b, m);
	batch_want_id(b, &department_table, ((const Roster__AccountPut *)m)->id);
}

static bool
administers(const Roster__AccountPut *e)
{
	for (size_t i = 0; i < e->n_roles && !e->disabled && *e->person_id; i++)
		if (e->roles[i] == WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN)
			return true;
	return false;
}

static void
on_account(struct batch *b, const void *m)
{
	const Roster__AccountPut *e = m;
	Row *row = batch_row(b, &department_table, e->id);

	mirror_run_account(b, m);
	copy_run(&row_of_account, row, e);
	if (administers(e))
		batch_put(b, &department_table, row);
	else
		batch_drop(b, &department_table, row);
}

/* ---- who is of it */

void
alerts_want_department(struct batch *b)
{
	batch_want_all(b, &department_table);
}

static bool
is_among(char *const *ids, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

struct alerts_ids
alerts_in_department(struct batch *b)
{
	const void **rows;
	size_t n = batch_list_all(b, &department_table, &rows), count = 0;
	char **ids = arena_alloc(batch_arena(b), (n + 1) * sizeof(*ids));

	for (size_t i = 0; i < n; i++) {
		const Row *row = rows[i];
		if (!is_among(ids, count, row->person_id))
			ids[count++] = row->person_id;
	}
	return (struct alerts_ids){ ids, count };
}

/* ---- and has no part in a case */

Alerts__CaseSubject
alerts_case_subject(const char *person_id, const char *unit_id, int32_t first_day)
{
	Alerts__CaseSubject s = ALERTS__CASE_SUBJECT__INIT;

	if (person_id)
		s.person_id = (char *)person_id;
	if (unit_id)
		s.unit_id = (char *)unit_id;
	s.maybe_first_case = ALERTS__CASE_SUBJECT__MAYBE_FIRST_FIRST_DAY;
	s.first_day = first_day;
	return s;
}

void
alerts_want_apart(struct batch *b, const char *person_id, const char *unit_id)
{
	const void **rows;

	alerts_want_department(b);
	duty_want_case(b, person_id, unit_id);
	size_t n = batch_list_all(b, &department_table, &rows);        /* there in the second round */
	for (size_t i = 0; i < n; i++) {
		const Row *row = rows[i];
		duty_want_for(b, row->account_id, row->person_id);
	}
}

static bool
knows(struct batch *b, const Row *of, const Alerts__CaseSubject *s)
{
	struct duty d = duty_open_for(b, of->account_id, of->person_id, WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN);

	duty_about(b, &d, s->person_id, s->unit_id, s->first_day);
	return duty_knows(&d);
}

/* By none of his accounts that would tell him has he a part in it: a message is to a person, not to an account. */
bool
alerts_is_apart(struct batch *b, const char *person_id, const Alerts__CaseSubject *s)
{
	const void **rows;
	size_t n = batch_list_all(b, &department_table, &rows), known = 0;

	for (size_t i = 0; i < n; i++) {
		const Row *row = rows[i];
		if (strcmp(row->person_id, person_id) != 0)
			continue;
		if (!knows(b, row, s))
			return false;
		known++;
	}
	return known > 0;
}

struct alerts_ids
alerts_apart(struct batch *b, const Alerts__CaseSubject *s)
{
	struct alerts_ids all = alerts_in_department(b);
	char **ids = arena_alloc(batch_arena(b), (all.n + 1) * sizeof(*ids));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (alerts_is_apart(b, all.at[i], s))
			ids[n++] = all.at[i];
	return (struct alerts_ids){ ids, n };
}

const struct noun alerts_department = {
	.tables = LIST(((const struct table *const[]){ &department_table, &mirror_account })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__account_put__descriptor, .want = account_want, .run = on_account },
	})),
	.copies = LIST(((const struct copy *const[]){ &row_of_account })),
};
