/* day - what is known of each person's days.
 *
 *   in:   attendance's own CheckinRecorded; supervision.FindingConfirmed, FindingAnnulled of an unexcused absence;
 *         ReadDays, ListContradictions
 *   out:  DayStatusChanged
 *   owns: day
 *
 * A day's status is a function of what is known of the day: a check-in is evidence, only a confirmed finding is an absence, and a gap
 * is nothing (A2).  A check-in's event tells the day's status itself; a finding's, which is another service's, does not, so its change
 * is told. */
#include "attendance.h"
#include "attendance.sql.h"
#include "attendance_policy.h"
#include "base/civil.h"
#include "engine/keyed.h"
#include "supervision.pb-c.h"
#include <string.h>

typedef AttendanceRows__Day Day;

/* The State Council's working calendar, of deploy/data. */
extern const char data_working_days_csv[];

static const struct table day_table = { "day", &attendance_rows__day__descriptor, 3, false };

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
}

/* As it is, or with nothing known; must have been wanted. */
static Day
day_now(struct batch *b, const char *person_id, int32_t day)
{
	const Day *key = day_key(b, person_id, day), *row = batch_get(b, &day_table, key);

	return row ? *row : *key;
}

/* ---- check-ins */

Attendance__DayStatus
attendance_status_with(struct batch *b, const char *person_id, int32_t day, Attendance__CheckinResult result)
{
	Day row = day_now(b, person_id, day);

	day_add(&row, result);
	return day_status(&row, day, data_working_days_csv);
}

/* Wanted by the command that says it. */
static void
on_checkin(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	Day row = day_now(b, e->person_id, e->on_day);

	day_add(&row, e->result);
	if (row.strong || row.weak || row.absences)
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
	Attendance__DayStatusChanged e = ATTENDANCE__DAY_STATUS_CHANGED__INIT;

	if (!is_absence(f))
		return;
	Day row = day_now(b, f->person_id, f->on_day);
	Attendance__DayStatus was = day_status(&row, f->on_day, data_working_days_csv);
	if (row.absences + change < 0)
		return;
	row.absences += change;
	batch_put(b, &day_table, &row);
	e.person_id = f->person_id;
	e.on_day = f->on_day;
	e.status = day_status(&row, f->on_day, data_working_days_csv);
	if (e.status != was)
		batch_emit(b, f->person_id, &e.base);
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

/* ---- a month of a person, day by day */

static bool
is_person(struct reader *r, const char *person_id)
{
	void *key = reader_key(r, &attendance_rows__person_key__descriptor, person_id);
	void **rows;

	return reader_rows(r, &attendance_person, key, &rows) == 1 && ((const AttendanceRows__Found *)rows[0])->found;
}

static Attendance__Day *
day_shown(struct reader *r, const Day *row, int32_t day)
{
	Attendance__Day *d = arena_message(reader_arena(r), &attendance__day__descriptor);

	d->on_day = day;
	d->status = day_status(row, day, data_working_days_csv);
	d->working_day = day_working(data_working_days_csv, day);
	d->contradiction = day_contradiction(row);
	return d;
}

/* Rows are in date order and have each day at most once. */
static void
days_fill(struct reader *r, const AttendanceRows__DaysOf *args, Attendance__Days *out)
{
	void **rows;
	size_t n = reader_rows(r, &attendance_days_of_person, args, &rows), at = 0;

	out->days = arena_alloc(reader_arena(r), (size_t)(args->until_day - args->from_day) * sizeof(*out->days));
	for (int32_t day = args->from_day; day < args->until_day; day++) {
		const Day *row = at < n && ((const Day *)rows[at])->on_day == day ? rows[at++] : NULL;

		out->days[out->n_days++] = day_shown(r, row, day);
	}
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
	out.person_id = in->id;
	out.month = in->month;
	out.provisional = !year_published(data_working_days_csv, args->from_day);
	days_fill(r, args, &out);
	reader_answer(r, &out.base);
}

/* ---- contradictions, by date.  A cursor is the last one shown: "2017-09-04/p1". */

enum { DATE_LEN = 10 };

static bool
place_of(const char *after, int32_t *day, char **person_id, arena_t *a)
{
	if (!*after) {
		*day = DAY_EVER;
		*person_id = (char *)"";
		return true;
	}
	*person_id = (char *)after + DATE_LEN + 1;
	return strlen(after) > DATE_LEN && after[DATE_LEN] == '/' && day_parse(arena_strndup(a, after, DATE_LEN), day);
}

static char *
place_after(struct reader *r, const Attendance__Contradiction *c)
{
	char date[DAY_TEXT_MAX];

	day_text(c->on_day, date);
	return reader_cursor(r, arena_printf(reader_arena(r), "%s/%s", date, c->person_id));
}

static void
list_contradictions(struct reader *r, const void *m)
{
	const Attendance__ListContradictions *in = m;
	AttendanceRows__ContradictionsAfter args = ATTENDANCE_ROWS__CONTRADICTIONS_AFTER__INIT;
	Attendance__ContradictionList out = ATTENDANCE__CONTRADICTION_LIST__INIT;
	struct page page;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &page))
		return;
	if (!place_of(page.after, &args.after_day, &args.after_person, reader_arena(r))) {
		reader_refuse(r, 422, "cursor.bad", "/cursor", "This cursor was not given by us.");
		return;
	}
	args.district = (char *)reader_district(r);
	args.limit = page.limit + 1;
	out.n_items = reader_rows(r, &attendance_contradictions, &args, &rows);
	out.items = (Attendance__Contradiction **)rows;
	if (out.n_items > (size_t)page.limit) {
		out.n_items = (size_t)page.limit;
		out.maybe_next_case = ATTENDANCE__CONTRADICTION_LIST__MAYBE_NEXT_NEXT;
		out.next = place_after(r, out.items[out.n_items - 1]);
	}
	reader_answer(r, &out.base);
}

const struct noun attendance_day = {
	.tables = LIST(((const struct table *const[]){ &day_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &attendance__checkin_recorded__descriptor, .run = on_checkin },
		{ .message = &supervision__finding_confirmed__descriptor, .want = want_confirmed, .run = on_confirmed },
		{ .message = &supervision__finding_annulled__descriptor, .want = want_annulled, .run = on_annulled },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &attendance__read_days__descriptor, .run = read_days },
		{ .message = &attendance__list_contradictions__descriptor, .run = list_contradictions },
	})),
	.statements = { attendance_sql, ATTENDANCE_SQL_COUNT },
};
