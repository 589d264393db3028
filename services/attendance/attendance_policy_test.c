/* Days are written with their counts of strong and weak evidence and of confirmed absences; check-ins with the
 * minutes by which they were captured before they came.
 *
 * Each case names the rule it is about. */
#include "attendance_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S(status) ATTENDANCE__DAY_STATUS__##status
#define R(result) ATTENDANCE__CHECKIN_RESULT__##result

static const char calendar[] = "2017-09-30,1,国庆节调休\n2017-10-02,0,国庆节\n2017-10-03,0,中秋节\n";

static int32_t
day(const char *date)
{
	int32_t d;

	return day_parse(date, &d) ? d : (abort(), 0);
}

/* ---- rules 3: precedence */

static const struct {
	const char *name;
	int strong, weak, absences; const char *date;
	Attendance__DayStatus status; bool contradiction;
}
statuses[] = {
	{ "a working day of which nothing is known",    0, 0, 0, "2017-09-11", S(UNKNOWN), false },
	{ "a rest day of which nothing is known",       0, 0, 0, "2017-09-16", S(REST_DAY), false },
	{ "inside the fence",                           1, 0, 0, "2017-09-11", S(PRESENT), false },
	{ "nobody can tell where",                      0, 1, 0, "2017-09-11", S(PRESENT_WEAK), false },
	{ "strong goes before weak",                    1, 3, 0, "2017-09-11", S(PRESENT), false },
	{ "several a day count once",                   7, 0, 0, "2017-09-11", S(PRESENT), false },
	{ "a present day counts whatever the calendar says", 1, 0, 0, "2017-09-16", S(PRESENT), false },
	{ "a weakly present one too",                   0, 1, 0, "2017-10-02", S(PRESENT_WEAK), false },
	{ "A2 a confirmed absence",                     0, 0, 1, "2017-09-11", S(ABSENT_CONFIRMED), false },
	{ "A2 on a rest day",                           0, 0, 1, "2017-09-16", S(ABSENT_CONFIRMED), false },
	{ "A17 two findings on one day",                0, 0, 2, "2017-09-11", S(ABSENT_CONFIRMED), false },
	{ "absence beside weak evidence",               0, 1, 1, "2017-09-11", S(ABSENT_CONFIRMED), false },
	{ "absence beside strong evidence",             1, 0, 1, "2017-09-11", S(ABSENT_CONFIRMED), true },
};

static void
test_status(void)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		AttendanceRows__Day row = ATTENDANCE_ROWS__DAY__INIT;

		row.strong = statuses[i].strong;
		row.weak = statuses[i].weak;
		row.absences = statuses[i].absences;
		check(day_status(&row, day(statuses[i].date), calendar) == statuses[i].status,
		      "rules 3 status", statuses[i].name);
		check(day_contradiction(&row) == statuses[i].contradiction, "rules 3 contradiction", statuses[i].name);
	}
	check(day_status(NULL, day("2017-09-11"), calendar) == S(UNKNOWN), "rules 3 status", "no row, a working day");
	check(day_status(NULL, day("2017-09-16"), calendar) == S(REST_DAY), "rules 3 status", "no row, a rest day");
	check(!day_contradiction(NULL), "rules 3 contradiction", "no row");
}

static void
test_evidence(void)
{
	static const struct { const char *name; Attendance__CheckinResult result; int strong, weak; } results[] = {
		{ "inside is present",                  R(INSIDE), 1, 0 },
		{ "cannot_tell is present_weak",        R(CANNOT_TELL), 0, 1 },
		{ "no_fix is present_weak",             R(NO_FIX), 0, 1 },
		{ "outside proves nothing",             R(OUTSIDE), 0, 0 },
	};

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		AttendanceRows__Day row = ATTENDANCE_ROWS__DAY__INIT;

		day_add(&row, results[i].result);
		check(row.strong == results[i].strong && row.weak == results[i].weak && row.absences == 0,
		      "rules 3 evidence", results[i].name);
	}
}

/* ---- which check-ins are taken */

enum { LON = 1, LAT = 2, ACCURACY = 4 };

static const struct {
	const char *name;
	int has; double lon, lat, accuracy_m; int late_s;
	const char *code, *pointer;
} checkins[] = {
	{ "a whole fix",                        LON | LAT | ACCURACY, 107.5, 31.2, 20, 60, "", "" },
	{ "no fix at all",                      0, 0, 0, 0, 60, "", "" },
	{ "no accuracy",                        LON | LAT, 107.5, 31.2, 0, 60, "", "" },
	{ "an accuracy without a fix",          ACCURACY, 0, 0, 20, 60, "", "" },
	{ "only a longitude",                   LON, 107.5, 0, 0, 60, "checkin.half_fix", "/lat" },
	{ "only a latitude",                    LAT, 0, 31.2, 0, 60, "checkin.half_fix", "/lon" },
	{ "the ends of the range",              LON | LAT | ACCURACY, -180, 90, 0, 60, "", "" },
	{ "a longitude beyond",                 LON | LAT, 180.0001, 31.2, 0, 60, "field.range", "/lon" },
	{ "a latitude beyond",                  LON | LAT, 107.5, -90.0001, 0, 60, "field.range", "/lat" },
	{ "no number",                          LON | LAT, NAN, 31.2, 0, 60, "field.range", "/lon" },
	{ "endless",                            LON | LAT, 107.5, INFINITY, 0, 60, "field.range", "/lat" },
	{ "a negative accuracy",                LON | LAT | ACCURACY, 107.5, 31.2, -1, 60, "field.range",
	                                        "/accuracy_m" },
	{ "now",                                0, 0, 0, 0, 0, "", "" },
	{ "a clock 5 minutes ahead",            0, 0, 0, 0, -300, "", "" },
	{ "more than that",                     0, 0, 0, 0, -301, "checkin.in_future", "/captured_at" },
	{ "A2 years late: no limit is set",     0, 0, 0, 0, 900 * 86400, "", "" },
};

static Attendance__RecordCheckin
checkin(int has, double lon, double lat, double accuracy_m, int64_t captured_at_us)
{
	Attendance__RecordCheckin in = ATTENDANCE__RECORD_CHECKIN__INIT;

	in.maybe_lon_case = has & LON ? ATTENDANCE__RECORD_CHECKIN__MAYBE_LON_LON : 0;
	in.lon = lon;
	in.maybe_lat_case = has & LAT ? ATTENDANCE__RECORD_CHECKIN__MAYBE_LAT_LAT : 0;
	in.lat = lat;
	in.maybe_accuracy_case = has & ACCURACY ? ATTENDANCE__RECORD_CHECKIN__MAYBE_ACCURACY_ACCURACY_M : 0;
	in.accuracy_m = accuracy_m;
	in.captured_at_us = captured_at_us;
	return in;
}

static void
test_checkins(void)
{
	int64_t now_us = instant_of_day(day("2017-09-11")) + 3600 * INT64_C(1000000);

	for (size_t i = 0; i < sizeof(checkins) / sizeof(checkins[0]); i++) {
		Attendance__RecordCheckin in = checkin(checkins[i].has, checkins[i].lon, checkins[i].lat,
		                                       checkins[i].accuracy_m,
		                                       now_us - checkins[i].late_s * INT64_C(1000000));
		const struct refusal *r = checkin_refusal(&in, now_us, NULL);

		check(strcmp(r ? r->code : "", checkins[i].code) == 0, "check-in", checkins[i].name);
		check(strcmp(r ? r->pointer : "", checkins[i].pointer) == 0, "check-in, pointer", checkins[i].name);
		check(!r || r->status == 422, "check-in, status", checkins[i].name);
	}
	for (int hours = -24; hours <= 24; hours += 24) {
		Attendance__RecordCheckin in = checkin(0, 0, 0, 0, hours * INT64_C(3600000000));
		const struct refusal *r = checkin_refusal(&in, now_us, NULL);
		check(hours < 24 ? r && strcmp(r->code, "checkin.no_time") == 0 : !r,
		      "check-in", "a phone that does not know what day it is");
	}
}

/* The day is that of Shanghai: what was captured before midnight is of the day before. */
static void
test_policy(void)
{
	static const struct { const char *name; int max, minutes; bool refused; } late[] = {
		{ "no day late, 1 o'clock, captured at midnight",    0, 60, false },
		{ "no day late, captured before midnight",           0, 61, true },
		{ "two days late, the first minute of that day",     2, 60 + 2 * 1440, false },
		{ "two days late, the minute before",                2, 61 + 2 * 1440, true },
	};
	Policy__Checkin p = POLICY__CHECKIN__INIT;
	int64_t minute_us = INT64_C(60000000), now_us = instant_of_day(day("2017-09-11")) + 60 * minute_us;

	p.maybe_late_case = POLICY__CHECKIN__MAYBE_LATE_LATE_DAYS_MAX;
	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
		Attendance__RecordCheckin in = checkin(0, 0, 0, 0, now_us - late[i].minutes * minute_us);

		p.late_days_max = late[i].max;
		const struct refusal *r = checkin_refusal(&in, now_us, &p);
		check(late[i].refused ? r && strcmp(r->code, "checkin.too_late") == 0 : !r,
		      "check-in, late", late[i].name);
	}
	p.mode = (char *)"off";
	check(checkin_off(&p) && checkin_off(&p)->status == 409, "check-in, mode", "off");
	p.mode = (char *)"optional";
	check(!checkin_off(&p), "check-in, mode", "optional");
	p.mode = (char *)"required";
	check(!checkin_off(&p), "check-in, mode", "required");
	check(!checkin_off(NULL), "check-in, mode", "no policy in force");
}

int
main(void)
{
	test_status();
	test_evidence();
	test_checkins();
	test_policy();
	return tally_end();
}
