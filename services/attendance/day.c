/* day - what is known of each person's days.
 *
 *   in:   attendance's own CheckinRecorded; supervision.FindingConfirmed, FindingAnnulled of an unexcused absence;
 *         roster.CalendarPut; ReadDays, ListDays, ListContradictions
 *   out:  DayStatusChanged
 *   owns: day (and, by lib/domain/calendars, calendar)
 *
 * A day's status is a function of what is known of the day and of its year's calendar: a check-in is evidence, only a
 * confirmed finding is an absence, and a gap is nothing (A2).  A check-in's event tells the status itself; what else
 * changes it is told by an event of its own.  What was told last stays with the day, so that a calendar that comes late
 * is told of too, of those days of which anything was told. */
#include "attendance.h"
#include "attendance_day.sql.h"
#include "attendance_policy.h"
#include "base/civil.h"
#include "domain/calendars.h"
#include "engine/keyed.h"
#include "supervision.pb-c.h"
#include <string.h>

typedef AttendanceRows__Day Day;

enum { DATE_LEN = 10 };
#define MOVED "moved"                                   /* kind of job; subject: a day of a person, "2017-09-04/p1" */

static const struct table day_table = { "day", &attendance_rows__day__descriptor, 3, false };

static const struct copy
changed_of_row = { &attendance__day_status_changed__descriptor, &attendance_rows__day__descriptor, NULL },
page_of_day = { &attendance_rows__day_page__descriptor, &attendance__list_days__descriptor,
                "district after limit on_day idle" },
page_of_question = { &attendance_rows__contradictions_after__descriptor, &attendance__list_contradictions__descriptor,
                     "district after_day after limit" };

static Day *
day_key(struct batch *b, const char *person_id, int32_t day)
{
	Day *key = batch_row(b, &day_table, person_id);

	key->on_day = day;
	return key;
}

void
attendance_want_day(struct batch *b, const char *person_id, int32_t day)
{
	batch_want(b, &day_table, day_key(b, person_id, day), 3);
	mirror_want_year(b, day_year(day));
}

static Attendance__DayStatus
status_of(struct batch *b, const Day *row)
{
	return day_status(row, row->on_day, calendar_lines(mirror_year(b, day_year(row->on_day))));
}

/* As it is, or with nothing known and nothing told; must have been wanted. */
static Day
day_now(struct batch *b, const char *person_id, int32_t day)
{
	const Day *key = day_key(b, person_id, day), *row = batch_get(b, &day_table, key);

	return row ? *row : *key;
}

/* What follows from all that is known now is compared with what was told. */
static void
settle(struct batch *b, Day *row)
{
	Attendance__DayStatusChanged e = ATTENDANCE__DAY_STATUS_CHANGED__INIT;
	Attendance__DayStatus was = row->status;

	row->status = status_of(b, row);
	batch_put(b, &day_table, row);
	if (row->status == was)
		return;
	copy_run(&changed_of_row, &e, row);
	batch_emit(b, row->person_id, &e.base);
}

/* ---- check-ins */

Attendance__DayStatus
attendance_status_with(struct batch *b, const char *person_id, int32_t day, Attendance__CheckinResult result)
{
	Day row = day_now(b, person_id, day);

	day_add(&row, result);
	return status_of(b, &row);
}

/* Wanted by the command that says it. */
static void
on_checkin(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	Day row = day_now(b, e->person_id, e->on_day);

	day_add(&row, e->result);
	row.status = e->status;
	batch_put(b, &day_table, &row);
}

/* ---- absences */

static bool
is_absence(const Supervision__FindingFact *f)
{
	return f->kind == SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE && f->maybe_person_case;
}

static void
want_absence(struct batch *b, const Supervision__FindingFact *f)
{
	if (is_absence(f))
		attendance_want_day(b, f->person_id, f->on_day);
}

/* One finding more (+1) or less (-1) says that the person was absent on its date.  A day may have several (A17). */
static void
count_absence(struct batch *b, const Supervision__FindingFact *f, int change)
{
	if (!is_absence(f))
		return;
	Day row = day_now(b, f->person_id, f->on_day);
	if (!row.status)                        /* of which nothing was told is what anybody would take it for */
		row.status = status_of(b, &row);
	if (row.absences + change < 0)
		return;
	row.absences += change;
	settle(b, &row);
}

static void
want_confirmed(struct batch *b, const void *m)
{
	want_absence(b, ((const Supervision__FindingConfirmed *)m)->finding);
}

static void
on_confirmed(struct batch *b, const void *m)
{
	count_absence(b, ((const Supervision__FindingConfirmed *)m)->finding, +1);
}

static void
want_annulled(struct batch *b, const void *m)
{
	want_absence(b, ((const Supervision__FindingAnnulled *)m)->finding);
}

static void
on_annulled(struct batch *b, const void *m)
{
	count_absence(b, ((const Supervision__FindingAnnulled *)m)->finding, -1);
}

/* ---- calendars */

/* A place in the order of days and persons: "2017-09-04/p1". */
static bool
place_parse(const char *text, int32_t *day, char **person_id, arena_t *a)
{
	if (strlen(text) <= DATE_LEN || text[DATE_LEN] != '/')
		return false;
	*person_id = (char *)text + DATE_LEN + 1;
	return day_parse(arena_strndup(a, text, DATE_LEN), day);
}

/* The dates of a year that are worked, or that are not, with blanks between them. */
static char *
dates_of(const char *calendar, int32_t year, bool working, arena_t *a)
{
	int32_t first = day_of_civil(year, 1, 1), end = year_end(first);
	char *dates = arena_alloc(a, (size_t)(end - first) * (DATE_LEN + 1) + DAY_TEXT_MAX), *at = dates;

	for (int32_t day = first; day < end; day++) {
		if (calendar_working(calendar, day) != working)
			continue;
		if (at > dates)
			*at++ = ' ';
		day_text(day, at);
		at += DATE_LEN;
	}
	return dates;
}

/* What was told of a day decides whether it is looked at again, not what the calendar was: that may have been shipped
 * with a later version than the one that told. */
static void
on_calendar(struct batch *b, const void *m)
{
	const Roster__CalendarPut *e = m;
	AttendanceRows__Moved *args = batch_message(b, &attendance_rows__moved__descriptor);

	mirror_run_calendar(b, m);
	const char *calendar = calendar_lines(mirror_year(b, e->year));
	args->working = dates_of(calendar, e->year, true, batch_arena(b));
	args->resting = dates_of(calendar, e->year, false, batch_arena(b));
	batch_job(b, &attendance_moved, args);
}

static void
want_moved(struct batch *b, const char *place)
{
	char *person_id;
	int32_t day;

	if (place_parse(place, &day, &person_id, batch_arena(b)))
		attendance_want_day(b, person_id, day);
}

static void
on_moved(struct batch *b, const char *place)
{
	char *person_id;
	int32_t day;

	if (!place_parse(place, &day, &person_id, batch_arena(b)))
		return;
	Day row = day_now(b, person_id, day);
	if (row.status)
		settle(b, &row);
}

/* ---- a month of a person, day by day */

static bool
is_person(struct reader *r, const char *person_id)
{
	void *key = reader_key(r, &attendance_rows__person_key__descriptor, person_id);
	void **rows;

	return reader_rows(r, &attendance_person, key, &rows) == 1 && ((const AttendanceRows__Found *)rows[0])->found;
}

static Attendance__Day *
day_shown(struct reader *r, const Day *row, int32_t day, const char *calendar)
{
	Attendance__Day *d = arena_message(reader_arena(r), &attendance__day__descriptor);

	d->on_day = day;
	d->status = day_status(row, day, calendar);
	d->working_day = calendar_working(calendar, day);
	d->contradiction = day_contradiction(row);
	return d;
}

/* Rows are in date order and have each day at most once. */
static void
days_fill(struct reader *r, const AttendanceRows__DaysOf *args, const char *calendar, Attendance__Days *out)
{
	void **rows;
	size_t n = reader_rows(r, &attendance_days_of_person, args, &rows), at = 0;

	out->days = arena_alloc(reader_arena(r), (size_t)(args->until_day - args->from_day) * sizeof(*out->days));
	for (int32_t day = args->from_day; day < args->until_day; day++) {
		const Day *row = at < n && ((const Day *)rows[at])->on_day == day ? rows[at++] : NULL;

		out->days[out->n_days++] = day_shown(r, row, day, calendar);
	}
}

/* As the district has put it; NULL: never. */
static const MirrorRows__Calendar *
calendar_read(struct reader *r, const AttendanceRows__DaysOf *args)
{
	void **rows;

	return reader_rows(r, &attendance_calendar_of_day, args, &rows) ? rows[0] : NULL;
}

static void
read_days(struct reader *r, const void *m)
{
	const Attendance__ReadDays *in = m;
	AttendanceRows__DaysOf *args = reader_key(r, &attendance_rows__days_of__descriptor, in->id);
	Attendance__Days out = ATTENDANCE__DAYS__INIT;

	if (!is_person(r, in->id)) {
		reader_missing(r, AFTER(ROSTER), "There is no such person.");
		return;
	}
	if (!month_parse(in->month, &args->from_day)) {
		reader_refuse(r, 422, "field.month", "/month", "A month is YYYY-MM.");
		return;
	}
	args->until_day = month_end(args->from_day);
	const MirrorRows__Calendar *calendar = calendar_read(r, args);
	out.person_id = in->id;
	out.month = in->month;
	out.provisional = !calendar_published(calendar, day_year(args->from_day));
	days_fill(r, args, calendar_lines(calendar), &out);
	reader_answer(r, &out.base);
}

/* ---- who is posted on a day */

static void
ask_day(struct reader *r, const void *question, void *m)
{
	AttendanceRows__DayPage *args = m;
	AttendanceRows__DaysOf *key = reader_key(r, &attendance_rows__days_of__descriptor, "");

	reader_ask_today(r, question, m);
	key->from_day = args->on_day;
	args->idle = day_status(NULL, args->on_day, calendar_lines(calendar_read(r, key)));
}

static const struct listing posted = {
	&page_of_day, &attendance__day_list__descriptor, .ask = ask_day, .by = &attendance_day_list, .anew = true,
};

/* ---- contradictions, by date */

static const struct listing contradictions = {
	&page_of_question, &attendance__contradiction_list__descriptor,
	.orders = (const struct ordering[]){ { &attendance_contradictions, "on_day" } },
};

const struct noun attendance_day = {
	.tables = LIST(((const struct table *const[]){ &day_table, &mirror_calendar })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &attendance__checkin_recorded__descriptor, .run = on_checkin },
		{ .message = &supervision__finding_confirmed__descriptor, .want = want_confirmed, .run = on_confirmed },
		{ .message = &supervision__finding_annulled__descriptor, .want = want_annulled, .run = on_annulled },
		{ .message = &roster__calendar_put__descriptor, .want = mirror_want_calendar, .run = on_calendar },
	})),
	.jobs = LIST(((const struct job[]){ { .kind = MOVED, .want = want_moved, .run = on_moved } })),
	.queries = LIST(((const struct query[]){
		{ .message = &attendance__read_days__descriptor, .run = read_days },
		{ .message = &attendance__list_days__descriptor, LISTED(&posted) },
		{ .message = &attendance__list_contradictions__descriptor, LISTED(&contradictions) },
	})),
	.copies = LIST(((const struct copy *const[]){ &changed_of_row, &page_of_day, &page_of_question })),
	.statements = { attendance_day_sql, ATTENDANCE_DAY_SQL_COUNT },
};
