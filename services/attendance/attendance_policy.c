#include "attendance_policy.h"
#include "base/civil.h"
#include "domain/calendar.h"
#include <string.h>

/* ---- the status of a day.  Leave and official duty have no records yet; they would stand between present_weak and
 * rest_day. */

static const struct precedence {
	size_t evidence;                                /* offset of its count in the row */
	Attendance__DayStatus status;
} precedence[] = {
	{ offsetof(AttendanceRows__Day, absences), ATTENDANCE__DAY_STATUS__ABSENT_CONFIRMED },
	{ offsetof(AttendanceRows__Day, strong), ATTENDANCE__DAY_STATUS__PRESENT },
	{ offsetof(AttendanceRows__Day, weak), ATTENDANCE__DAY_STATUS__PRESENT_WEAK },
};

Attendance__DayStatus
day_status(const AttendanceRows__Day *row, int32_t day, const char *calendar)
{
	for (size_t i = 0; row && i < sizeof(precedence) / sizeof(precedence[0]); i++)
		if (*(const int32_t *)((const char *)row + precedence[i].evidence) > 0)
			return precedence[i].status;
	return calendar_working(calendar, day) ? ATTENDANCE__DAY_STATUS__UNKNOWN : ATTENDANCE__DAY_STATUS__REST_DAY;
}

bool
day_contradiction(const AttendanceRows__Day *row)
{
	return row && row->absences > 0 && row->strong > 0;
}

void
day_add(AttendanceRows__Day *row, Attendance__CheckinResult result)
{
	row->strong += result == ATTENDANCE__CHECKIN_RESULT__INSIDE;
	row->weak += result == ATTENDANCE__CHECKIN_RESULT__CANNOT_TELL || result == ATTENDANCE__CHECKIN_RESULT__NO_FIX;
}

/* ---- which check-ins are taken: one row a rule, in the order in which they are told */

struct said { const Attendance__RecordCheckin *in; int64_t now_us; const Policy__Checkin *rules; };

static bool
lacks_lat(const struct said *s)
{
	return s->in->maybe_lon_case && !s->in->maybe_lat_case;
}

static bool
lacks_lon(const struct said *s)
{
	return s->in->maybe_lat_case && !s->in->maybe_lon_case;
}

/* Written so that what is no number is refused too. */
static bool
bad_lon(const struct said *s)
{
	return s->in->maybe_lon_case && !(s->in->lon >= -180 && s->in->lon <= 180);
}

static bool
bad_lat(const struct said *s)
{
	return s->in->maybe_lat_case && !(s->in->lat >= -90 && s->in->lat <= 90);
}

static bool
bad_accuracy(const struct said *s)
{
	return s->in->maybe_accuracy_case && !(s->in->accuracy_m >= 0 && s->in->accuracy_m <= ACCURACY_MAX_M);
}

/* 1970-01-01: the clock of a phone that does not know what day it is. */
static bool
is_timeless(const struct said *s)
{
	return s->in->captured_at_us < DAY_US;
}

static bool
is_future(const struct said *s)
{
	return s->in->captured_at_us > s->now_us + CLOCK_AHEAD_MAX_S * INT64_C(1000000);
}

static bool
is_late(const struct said *s)
{
	return s->rules && s->rules->maybe_late_case &&
	       (int64_t)day_of_instant(s->now_us) - day_of_instant(s->in->captured_at_us) > s->rules->late_days_max;
}

static const struct rule {
	bool (*broken)(const struct said *s);
	struct refusal refusal;
} rules_of_checkin[] = {
	{ lacks_lat, { 422, "checkin.half_fix", "/lat", "A position is a longitude and a latitude." } },
	{ lacks_lon, { 422, "checkin.half_fix", "/lon", "A position is a longitude and a latitude." } },
	{ bad_lon, { 422, "field.range", "/lon", "A longitude is -180 to 180 degrees." } },
	{ bad_lat, { 422, "field.range", "/lat", "A latitude is -90 to 90 degrees." } },
	{ bad_accuracy, { 422, "field.range", "/accuracy_m", "An accuracy is 0 to 20100000 metres." } },
	{ is_timeless, { 422, "checkin.no_time", "/captured_at",
	                 "It was captured before 1970-01-02: the phone did not know when." } },
	{ is_future, { 422, "checkin.in_future", "/captured_at", "It was captured more than 5 minutes from now." } },
	{ is_late, { 422, "checkin.too_late", "/captured_at",
	             "The policy takes no check-ins of a day that long ago." } },
};

const struct refusal *
checkin_refusal(const Attendance__RecordCheckin *in, int64_t now_us, const Policy__Checkin *rules)
{
	const struct said said = { in, now_us, rules };

	for (size_t i = 0; i < sizeof(rules_of_checkin) / sizeof(rules_of_checkin[0]); i++)
		if (rules_of_checkin[i].broken(&said))
			return &rules_of_checkin[i].refusal;
	return NULL;
}

const struct refusal *
checkin_off(const Policy__Checkin *rules)
{
	static const struct refusal off = { 409, "checkin.off", NULL, "On that day no check-ins were taken." };

	return rules && strcmp(rules->mode, "off") == 0 ? &off : NULL;
}
