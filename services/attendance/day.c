/* day - what is known of each person's days.
 *
 *   in:   attendance's own CheckinRecorded; supervision.FindingConfirmed, FindingAnnulled of an unexcused absence
 *   out:  DayStatusChanged
 *   owns: day
 *
 * A check-in's event tells the day's status itself; a finding's, which is another service's, does not, so its change is told. */
#include "attendance.h"
#include "attendance_policy.h"
#include "supervision.pb-c.h"

typedef AttendanceRows__Day Day;

static Day
day_key(const struct batch *b, const char *person_id, int32_t day)
{
	Day key = ATTENDANCE_ROWS__DAY__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.on_day = day;
	return key;
}

void
attendance_want_day(struct batch *b, const char *person_id, int32_t day)
{
	Day key = day_key(b, person_id, day);

	batch_want(b, &attendance_table_day, &key, 3);
}

Day
attendance_day(struct batch *b, const char *person_id, int32_t day)
{
	Day key = day_key(b, person_id, day);
	const Day *row = batch_get(b, &attendance_table_day, &key);

	return row ? *row : key;
}

/* ---- check-ins */

/* Wanted by the order that says it. */
void
attendance_on_checkin(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	Day row = attendance_day(b, e->person_id, e->on_day);

	day_add(&row, e->result);
	if (row.strong || row.weak || row.absences)
		batch_put(b, &attendance_table_day, &row);
}

/* ---- absences */

static bool
is_absence(const Supervision__FindingFact *f)
{
	return f->kind == SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE && f->maybe_person_case;
}

/* One finding more (+1) or less (-1) says that the person was absent on its date.  A day may have several (A17). */
static void
count_absence(struct batch *b, const Supervision__FindingFact *f, int change)
{
	Attendance__DayStatusChanged e = ATTENDANCE__DAY_STATUS_CHANGED__INIT;
	Day row = attendance_day(b, f->person_id, f->on_day);
	Attendance__DayStatus was = day_status(&row, f->on_day, data_working_days_csv);

	if (row.absences + change < 0)
		return;
	row.absences += change;
	batch_put(b, &attendance_table_day, &row);
	e.person_id = f->person_id;
	e.on_day = f->on_day;
	e.status = day_status(&row, f->on_day, data_working_days_csv);
	if (e.status != was)
		batch_emit(b, f->person_id, &e.base);
}

static void
want_absence(struct batch *b, const Supervision__FindingFact *f)
{
	if (is_absence(f))
		attendance_want_day(b, f->person_id, f->on_day);
}

void
attendance_on_confirmed_want(struct batch *b, const void *m)
{
	want_absence(b, ((const Supervision__FindingConfirmed *)m)->finding);
}

void
attendance_on_confirmed(struct batch *b, const void *m)
{
	const Supervision__FindingFact *f = ((const Supervision__FindingConfirmed *)m)->finding;

	if (is_absence(f))
		count_absence(b, f, +1);
}

void
attendance_on_annulled_want(struct batch *b, const void *m)
{
	want_absence(b, ((const Supervision__FindingAnnulled *)m)->finding);
}

void
attendance_on_annulled(struct batch *b, const void *m)
{
	const Supervision__FindingFact *f = ((const Supervision__FindingAnnulled *)m)->finding;

	if (is_absence(f))
		count_absence(b, f, -1);
}
