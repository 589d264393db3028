/* ended - the postings that ordered recalls of a person hold to their ends (C3.2.1-r).
 *
 *   in:   VacancyOpened, VacancyClosed, by vacancy.c; a recall that is cancelled, by recall.c
 *   out:  nothing
 *   owns: recall_ended
 *
 * While a recall stands, what it has ended lasts no longer, and the post that the person was recalled from is not his
 * again. */
#include "ended.h"
#include "engine/keyed.h"
#include "roster.h"
#include <string.h>

static const struct table ended_table = { "recall_ended", &roster_rows__recall_ended__descriptor, 4, false };

static const struct copy
row_of_ended = { &roster_rows__recall_ended__descriptor, &roster__ended_posting__descriptor,
                 "district person_id recall_id recalled" },
row_of_opened = { &roster_rows__recall_ended__descriptor, &roster__vacancy_opened__descriptor,
                  "district recall_id end_day recalled" };

/* ---- what they hold */

void
roster_ended_want(struct batch *b, const char *person_id)
{
	batch_want_id(b, &ended_table, person_id);
}

static size_t
ended_of(struct batch *b, const char *person_id, const Ended *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &ended_table, person_id, &list);

	*rows = (const Ended *const *)list;
	return n;
}

/* The first that stands in the way of a posting as it is put; NULL: none. */
static const Ended *
bar_of(struct batch *b, const Posting *put)
{
	const Ended *const *rows;
	size_t n = ended_of(b, put->person_id, &rows);

	return roster_barred(rows, n, put);
}

bool
roster_ended_bars(struct batch *b, const Posting *put)
{
	return bar_of(b, put) != NULL;
}

bool
roster_ended_holds(struct batch *b, const Posting *p)
{
	const Ended *const *rows;
	size_t n = ended_of(b, p->person_id, &rows);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->posting_id, p->posting_id) == 0)
			return true;
	return false;
}

void
roster_ended_check(struct batch *b, const Posting *now, const Posting *put, struct faults *fs)
{
	const Ended *bar = bar_of(b, put);

	if (now && strcmp(now->person_id, put->person_id) != 0 && roster_ended_holds(b, now))
		put_fault(fs, 409, "posting.recalled", "/person_id",
		          "A recall has ended this posting; it stays that person's.");
	else if (bar && strcmp(bar->posting_id, put->posting_id) == 0)
		put_fault(fs, 409, "posting.recalled", "/to",
		          "A recall has ended this posting; it cannot be made to last longer.");
	else if (bar)
		put_fault(fs, 409, "posting.recalled", NULL,
		          arena_printf(batch_arena(b), "Recall %s took this person from this post; "
		                       "it is not that person's again while it stands.", bar->recall_id));
}

/* ---- kept, and let go */

static Ended *
row_in(struct batch *b, const Roster__VacancyOpened *e, char *posting_id)
{
	Ended *row = batch_pair(b, &ended_table, e->person_id, e->id);

	row->posting_id = posting_id;
	return row;
}

void
roster_ended_keep(struct batch *b, const Roster__VacancyOpened *e)
{
	Ended *row = row_in(b, e, e->posting_id);

	copy_run(&row_of_opened, row, e);
	row->end_day = e->from_day;
	row->recalled = true;
	batch_put(b, &ended_table, row);
	for (size_t i = 0; i < e->n_also_ended; i++) {
		row = row_in(b, e, e->also_ended[i]->posting_id);
		copy_run(&row_of_ended, row, e->also_ended[i]);
		batch_put(b, &ended_table, row);
	}
}

/* The same posting under another recall of the person; NULL: none. */
static const Ended *
held_beside(const Ended *const *rows, size_t n, const Ended *held)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->posting_id, held->posting_id) == 0 &&
		    strcmp(rows[i]->recall_id, held->recall_id) != 0)
			return rows[i];
	return NULL;
}

size_t
roster_ended_by(struct batch *b, const char *person_id, const char *recall_id, const Ended ***out)
{
	const Ended *const *rows;
	size_t n = ended_of(b, person_id, &rows), count = 0;
	const Ended **by = arena_alloc(batch_arena(b), (n + 1) * sizeof(*by));

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->recall_id, recall_id) == 0 && !held_beside(rows, n, rows[i]))
			by[count++] = rows[i];
	*out = by;
	return count;
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
	batch_put(b, &ended_table, &row);
}

void
roster_ended_forget(struct batch *b, const char *person_id, const char *recall_id)
{
	const Ended *const *rows;
	size_t n = ended_of(b, person_id, &rows);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i]->recall_id, recall_id) != 0)
			continue;
		const Ended *other = held_beside(rows, n, rows[i]);
		if (other)
			hand_on(b, rows[i], other);
		batch_drop(b, &ended_table, rows[i]);
	}
}

const struct noun roster_ended = {
	.tables = LIST(((const struct table *const[]){ &ended_table })),
	.copies = LIST(((const struct copy *const[]){ &row_of_ended, &row_of_opened })),
};
