/* reads - what attendance answers: a month of a person, day by day; the days on which records contradict each other.
 *
 *   in:   ReadDays, ListContradictions
 *   out:  answers; owns nothing */
#include "attendance.h"
#include "attendance.sql.h"
#include "attendance_policy.h"
#include "base/civil.h"
#include <stdio.h>
#include <string.h>

typedef AttendanceRows__Day Day;

/* roster is the first that attendance consumes: who is unknown here may have been put a moment ago. */
enum { AFTER_ROSTER = AFTER(0) };

static bool
is_person(struct reader *r, const char *person_id)
{
	AttendanceRows__PersonKey key = ATTENDANCE_ROWS__PERSON_KEY__INIT;
	void **rows;

	key.district = (char *)reader_district(r);
	key.person_id = (char *)person_id;
	return reader_rows(r, &attendance_person, &key, &rows) == 1 && ((const AttendanceRows__Found *)rows[0])->found;
}

static Attendance__Day *
day_message(struct reader *r, const Day *row, int32_t day)
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

		out->days[out->n_days++] = day_message(r, row, day);
	}
}

void
attendance_read_days(struct reader *r, const void *m)
{
	const Attendance__ReadDays *in = m;
	AttendanceRows__DaysOf args = ATTENDANCE_ROWS__DAYS_OF__INIT;
	Attendance__Days out = ATTENDANCE__DAYS__INIT;

	if (!is_person(r, in->id)) {
		reader_missing(r, AFTER_ROSTER, "There is no such person.");
		return;
	}
	if (!month_parse(in->month, &args.from_day)) {
		reader_refuse(r, 422, "field.month", "/month", "A month is YYYY-MM.");
		return;
	}
	args.district = (char *)reader_district(r);
	args.person_id = in->id;
	args.until_day = month_end(args.from_day);
	out.person_id = in->id;
	out.month = in->month;
	out.provisional = !year_published(data_working_days_csv, args.from_day);
	days_fill(r, &args, &out);
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

void
attendance_list_contradictions(struct reader *r, const void *m)
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
