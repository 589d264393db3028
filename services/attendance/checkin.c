/* checkin - a phone says where its owner was and when.
 *
 *   in:   RecordCheckin
 *   out:  CheckinRecorded
 *   owns: checkin
 *
 * Judged as at the day of its capture: the posting, the fence and the policy of that day.  The result is final.  This is the
 * order that comes most often: it loads the rows of one person, one village and one day, and writes two. */
#include "attendance.h"
#include "attendance_policy.h"
#include "base/civil.h"
#include "fence_policy.h"
#include <string.h>

typedef Attendance__RecordCheckin Order;

void
attendance_checkin_want(struct batch *b, const void *m)
{
	const Order *in = m;

	mirror_want_person_id(b, in->person_id);
	mirror_want_village_id(b, in->village_id);
	attendance_want_day(b, in->person_id, day_of_instant(in->captured_at_us));
}

/* ---- whether it is taken.  False: refused. */

static bool
ok(struct batch *b, bool good, const char *code, const char *pointer, const char *detail)
{
	if (!good)
		batch_refuse(b, 422, code, pointer, detail);
	return good;
}

static bool
not_refused(struct batch *b, const struct refusal *r)
{
	if (r)
		batch_refuse(b, r->status, r->code, r->pointer, r->detail);
	return !r;
}

static bool
is_posted(struct batch *b, const Order *in, int32_t day)
{
	const MirrorRows__Posting *const *postings;
	size_t n = mirror_postings(b, in->person_id, &postings);

	for (size_t i = 0; i < n; i++)
		if (mirror_posting_covers(postings[i], day) && strcmp(postings[i]->village_id, in->village_id) == 0)
			return true;
	return false;
}

static bool
references_ok(struct batch *b, const Order *in, int32_t day)
{
	return ok(b, id_valid(in->person_id), "field.id", "/person_id", "An id is 1 to 64 of A-Z a-z 0-9 . _ -") &&
	       ok(b, id_valid(in->village_id), "field.id", "/village_id", "An id is 1 to 64 of A-Z a-z 0-9 . _ -") &&
	       ok(b, mirror_person_on(b, in->person_id, batch_today(b)), "reference.unknown", "/person_id",
	          "Nobody in this district has this id.") &&
	       ok(b, mirror_village_on(b, in->village_id, batch_today(b)), "reference.unknown", "/village_id",
	          "No village in this district has this id.") &&
	       ok(b, is_posted(b, in, day), "checkin.not_posted", "/village_id", "The person was not posted there on that day.");
}

/* ---- what is made of it */

static bool
is_fenced(const MirrorRows__Village *v)
{
	return v->maybe_lon_case && v->maybe_lat_case && v->maybe_radius_case;
}

/* The first fence that a village gets counts from ever, also when the village was known before it; one that is taken away ends
 * today.  False: there is none that day. */
static bool
fence_on(struct batch *b, const char *village_id, int32_t day, struct fence *out)
{
	const MirrorRows__Village *on = NULL, *first = NULL;
	const MirrorRows__Village *const *rows;
	size_t n = mirror_villages(b, village_id, &rows);

	for (size_t i = 0; i < n; i++) {
		if (rows[i]->from_day <= day)
			on = rows[i];
		if (!first && is_fenced(rows[i]))
			first = rows[i];
	}
	if (first && first->from_day > day)
		on = first;
	if (!on || !is_fenced(on))
		return false;
	*out = (struct fence){ { on->lon, on->lat }, on->radius_m };
	return true;
}

static Attendance__CheckinResult
result_of(struct batch *b, const Order *in, int32_t day)
{
	struct fence fence;
	bool fenced = fence_on(b, in->village_id, day, &fence);

	return checkin_result(in, fenced ? &fence : NULL);
}

static void
keep(struct batch *b, const Order *in, const char *id, Attendance__CheckinResult result)
{
	AttendanceRows__Checkin row = ATTENDANCE_ROWS__CHECKIN__INIT;

	row.district = (char *)batch_district(b);
	row.checkin_id = (char *)id;
	row.person_id = in->person_id;
	row.village_id = in->village_id;
	row.captured_at_us = in->captured_at_us;
	row.received_at_us = batch_at_us(b);
	row.maybe_lon_case = in->maybe_lon_case ? ATTENDANCE_ROWS__CHECKIN__MAYBE_LON_LON : 0;
	row.lon = in->lon;
	row.maybe_lat_case = in->maybe_lat_case ? ATTENDANCE_ROWS__CHECKIN__MAYBE_LAT_LAT : 0;
	row.lat = in->lat;
	row.maybe_accuracy_case = in->maybe_accuracy_case ? ATTENDANCE_ROWS__CHECKIN__MAYBE_ACCURACY_ACCURACY_M : 0;
	row.accuracy_m = in->accuracy_m;
	if (in->maybe_lon_case)
		row.datum = in->maybe_datum_case ? in->datum : ATTENDANCE__DATUM__WGS84;
	row.result = result;
	batch_put(b, &attendance_table_checkin, &row);
}

static void
say(struct batch *b, const Order *in, const char *id, Attendance__CheckinResult result, int32_t day)
{
	Attendance__CheckinRecorded e = ATTENDANCE__CHECKIN_RECORDED__INIT;
	AttendanceRows__Day row = attendance_day(b, in->person_id, day);

	day_add(&row, result);
	e.id = (char *)id;
	e.person_id = in->person_id;
	e.village_id = in->village_id;
	e.captured_at_us = in->captured_at_us;
	e.result = result;
	e.on_day = day;
	e.status = day_status(&row, day, data_working_days_csv);
	batch_emit(b, in->person_id, &e.base);
}

void
attendance_checkin(struct batch *b, const void *m)
{
	const Order *in = m;
	int32_t day = day_of_instant(in->captured_at_us);
	const struct policy_version *policy = policy_on(batch_policies(b), day);
	const Policy__Checkin *rules = policy ? policy->document->checkin : NULL;
	Attendance__Checkin out = ATTENDANCE__CHECKIN__INIT;
	char id[ROWID_MAX];

	if (!not_refused(b, checkin_refusal(in, batch_at_us(b), rules)) || !references_ok(b, in, day) ||
	    !not_refused(b, checkin_off(rules)))
		return;
	row_id('C', batch_next_seq(b), id);
	out.id = arena_strdup(batch_arena(b), id);
	out.result = result_of(b, in, day);
	keep(b, in, out.id, out.result);
	say(b, in, out.id, out.result, day);
	batch_answer(b, 201, &out.base);
}
