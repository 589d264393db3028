/* checkin - a phone says where its owner was and when.
 *
 *   in:   RecordCheckin
 *   out:  CheckinRecorded
 *   owns: checkin
 *
 * Judged as at the day of its capture: the posting, the fence and the policy of that day.  The result is final.  This
 * is the command that comes most often: it loads the rows of one person, one village and one day, and writes two, so
 * what it copies has plans.  Positions stay in `checkin`; events say what was made of them. */
#include "attendance.h"
#include "attendance_policy.h"
#include "base/civil.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "fence_policy.h"
#include <string.h>

typedef Attendance__RecordCheckin Record;
typedef AttendanceRows__Checkin Checkin;

static const struct table checkin_table = { "checkin", &attendance_rows__checkin__descriptor, 2, true };

static const struct copy
row_of_command = { &attendance_rows__checkin__descriptor, &attendance__record_checkin__descriptor,
                   "district checkin_id received_at_us datum result", &(struct copy_plan){ 0 } },
recorded_of_row = { &attendance__checkin_recorded__descriptor, &attendance_rows__checkin__descriptor,
                    "id on_day status", &(struct copy_plan){ 0 } };

static void
want(struct batch *b, const void *m)
{
	const Record *in = m;

	mirror_want_person_id(b, in->person_id);
	mirror_want_village_id(b, in->village_id);
	attendance_want_day(b, in->person_id, day_of_instant(in->captured_at_us));
}

/* ---- whether it is taken.  False: refused. */

static bool
is_posted(struct batch *b, const Record *in, int32_t day)
{
	const MirrorRows__Posting *const *postings;
	size_t n = mirror_postings(b, in->person_id, &postings);

	for (size_t i = 0; i < n; i++)
		if (mirror_posting_covers(postings[i], day) && strcmp(postings[i]->village_id, in->village_id) == 0)
			return true;
	return false;
}

static bool
references_ok(struct batch *b, const Record *in, int32_t day)
{
	return batch_id_ok(b, true, in->person_id, "/person_id") &&
	       batch_id_ok(b, true, in->village_id, "/village_id") &&
	       batch_ok(b, mirror_person_on(b, in->person_id, batch_today(b)), 422, "reference.unknown", "/person_id",
	                "Nobody in this district has this id.") &&
	       batch_ok(b, mirror_village_on(b, in->village_id, batch_today(b)), 422, "reference.unknown",
	                "/village_id", "No village in this district has this id.") &&
	       batch_ok(b, is_posted(b, in, day), 422, "checkin.not_posted", "/village_id",
	                "The person was not posted there on that day.");
}

/* ---- what is made of it */

static bool
is_fenced(const MirrorRows__Village *v)
{
	return v->maybe_lon_case && v->maybe_lat_case && v->maybe_radius_case;
}

/* The first fence that a village gets counts from ever, also when the village was known before it; one that is taken
 * away ends today.  False: there is none that day. */
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

static Checkin *
keep(struct batch *b, const Record *in, int32_t day)
{
	struct fence fence;
	char id[ROWID_MAX];

	row_id('C', batch_next_seq(b), id);
	Checkin *row = batch_row(b, &checkin_table, arena_strdup(batch_arena(b), id));
	copy_run(&row_of_command, row, in);
	row->received_at_us = batch_at_us(b);
	if (in->maybe_lon_case)
		row->datum = in->maybe_datum_case ? in->datum : ATTENDANCE__DATUM__WGS84;
	row->result = checkin_result(in, fence_on(b, in->village_id, day, &fence) ? &fence : NULL);
	batch_put(b, &checkin_table, row);
	return row;
}

static void
say(struct batch *b, const Checkin *row, int32_t day)
{
	Attendance__CheckinRecorded e = ATTENDANCE__CHECKIN_RECORDED__INIT;

	copy_run(&recorded_of_row, &e, row);
	e.id = row->checkin_id;
	e.on_day = day;
	e.status = attendance_status_with(b, row->person_id, day, row->result);
	batch_emit(b, row->person_id, &e.base);
}

static void
record(struct batch *b, const void *m)
{
	const Record *in = m;
	int32_t day = day_of_instant(in->captured_at_us);
	const struct policy_version *policy = policy_on(batch_policies(b), day);
	const Policy__Checkin *rules = policy ? policy->document->checkin : NULL;
	Attendance__Checkin out = ATTENDANCE__CHECKIN__INIT;

	if (batch_refused(b, checkin_refusal(in, batch_at_us(b), rules)) || !references_ok(b, in, day) ||
	    batch_refused(b, checkin_off(rules)))
		return;
	const Checkin *row = keep(b, in, day);
	say(b, row, day);
	out.id = row->checkin_id;
	out.result = row->result;
	batch_answer(b, 201, &out.base);
}

const struct noun attendance_checkin = {
	.tables = LIST(((const struct table *const[]){ &checkin_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &attendance__record_checkin__descriptor, .after = AFTER(ROSTER),
		  .want = want, .run = record },
	})),
	.copies = LIST(((const struct copy *const[]){ &row_of_command, &recorded_of_row })),
};
