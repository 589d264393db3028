/* calendar - which days of a year are worked (rules.md 3).
 *
 *   in:   PutCalendar; ReadCalendar
 *   out:  CalendarPut
 *   owns: calendar (kept by lib/domain/calendars)
 *
 * What is put are the days that differ from Monday to Friday, all of them: it takes the place of all that we ship of
 * the year.  Each change counts on; a year that nobody has put is version 0. */
#include "calendar_policy.h"
#include "domain/calendars.h"
#include "engine/keyed.h"
#include "engine/reader.h"
#include "put.h"
#include "roster.h"
#include "roster_calendar.sql.h"
#include <string.h>

typedef Roster__PutCalendar Put;
typedef Roster__Calendar Calendar;

static const struct copy
put_of_answer = { &roster__calendar_put__descriptor, &roster__calendar__descriptor, NULL },
answer_of_row = { &roster__calendar__descriptor, &mirror_rows__calendar__descriptor, "year provisional days" };

/* Of a path that exists. */
static int32_t
year_of(const Put *in)
{
	int32_t year = YEAR_MIN;

	(void)!calendar_year(in->year, &year);
	return year;
}

/* As it stands; row NULL: as we ship it. */
static Calendar *
calendar_of(int32_t year, const MirrorRows__Calendar *row, arena_t *a)
{
	Calendar *c = arena_message(a, &roster__calendar__descriptor);

	if (row)
		copy_run(&answer_of_row, c, row);
	c->year = year;
	c->provisional = !calendar_published(row, year);
	c->n_days = calendar_days(calendar_lines(row), year, a, &c->days);
	return c;
}

/* ---- PUT */

static void
calendar_want(struct batch *b, const void *m)
{
	mirror_want_year(b, year_of(m));
}

static bool
year_exists(struct batch *b, const void *m)
{
	int32_t year;

	(void)b;
	return calendar_year(((const Put *)m)->year, &year);
}

static const ProtobufCMessage *
calendar_stands(struct batch *b, const void *m)
{
	return &calendar_of(year_of(m), mirror_year(b, year_of(m)), batch_arena(b))->base;
}

static void
calendar_check(struct batch *b, const void *m, struct faults *fs)
{
	const Put *in = m;
	size_t bad = calendar_misplaced(in->days, in->n_days, year_of(in));

	put_ok(fs, bad == in->n_days, "calendar.day", arena_printf(batch_arena(b), "/days/%zu/on", bad),
	       "A day is of the year that the path names, and comes once.");
	for (size_t i = 0; i < in->n_days && !fs->n; i++)
		if (in->days[i]->maybe_name_case)
			put_name_ok(fs, in->days[i]->name, arena_printf(batch_arena(b), "/days/%zu/name", i));
}

/* To publish what was provisional is a change, though its days be the same. */
static bool
is_as_it_stands(struct batch *b, const Calendar *now, const char *text)
{
	return !now->provisional && strcmp(calendar_text(now->days, now->n_days, batch_arena(b)), text) == 0;
}

static void
calendar_make(struct batch *b, const Put *in)
{
	Calendar *c = calendar_of(year_of(in), mirror_year(b, year_of(in)), batch_arena(b));
	const char *text = calendar_text(in->days, in->n_days, batch_arena(b));
	Roster__CalendarPut e = ROSTER__CALENDAR_PUT__INIT;

	if (is_as_it_stands(b, c, text))
		return;
	c->version++;
	c->n_days = calendar_days(text, c->year, batch_arena(b), &c->days);     /* by date */
	copy_run(&put_of_answer, &e, c);
	batch_emit(b, batch_district(b), &e.base);
}

/* What is put as it is shipped is nothing new: 201 is for the first that the district says of the year. */
static void
calendar_put(struct batch *b, const void *m)
{
	bool said = mirror_year(b, year_of(m));
	struct faults fs = { 0 };

	calendar_check(b, m, &fs);
	if (put_refused(b, &fs))
		return;
	calendar_make(b, m);
	batch_answer(b, !said && mirror_year(b, year_of(m)) ? 201 : 200, calendar_stands(b, m));
}

/* ---- GET */

static void
read_calendar(struct reader *r, const void *m)
{
	RosterRows__YearKey key = ROSTER_ROWS__YEAR_KEY__INIT;
	void **rows;

	if (!calendar_year(((const Roster__ReadCalendar *)m)->year, &key.year)) {
		reader_missing(r, 0, "There are calendars of 2000 to 2100.");
		return;
	}
	key.district = (char *)reader_district(r);
	size_t n = reader_rows(r, &roster_calendar_read, &key, &rows);
	reader_answer(r, &calendar_of(key.year, n ? rows[0] : NULL, reader_arena(r))->base);
}

const struct noun roster_calendar = {
	.commands = LIST(((const struct command[]){ {
		.message = &roster__put_calendar__descriptor, .want = calendar_want, .exists = year_exists,
		.stands = calendar_stands, .run = calendar_put,
	} })),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_calendar__descriptor, .run = read_calendar },
	})),
	.copies = LIST(((const struct copy *const[]){ &put_of_answer, &answer_of_row })),
	.statements = { roster_calendar_sql, ROSTER_CALENDAR_SQL_COUNT },
};
