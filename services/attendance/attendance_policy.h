/* attendance_policy - what a day is, given its evidence; which check-ins are taken (rules.md 3).
 * Pure: no clock, no I/O, no allocation, no globals. */
#pragma once
#include "base/refusal.h"
#include "attendance.pb-c.h"
#include "attendance_rows.pb-c.h"
#include "policy.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLOCK_AHEAD_MAX_S = 300, ACCURACY_MAX_M = 20100000 };    /* a phone's clock; half way round the Earth */

/* ---- days.  `calendar`: the text of one that tells of the day (domain/calendar.h). */

/* By precedence: absent_confirmed, present, present_weak; without any evidence rest_day or unknown.  row NULL: nothing
 * known. */
Attendance__DayStatus day_status(const AttendanceRows__Day *row, int32_t day, const char *calendar);
/* A confirmed absence beside strong evidence: listed, decides nothing. */
bool day_contradiction(const AttendanceRows__Day *row);
/* One more check-in of a day.  `outside` proves nothing. */
void day_add(AttendanceRows__Day *row, Attendance__CheckinResult result);

/* ---- check-ins */

/* The first rule that a check-in breaks by itself, at the instant of its receipt; NULL: none.  rules: of the policy in
 * force on the day of its capture, NULL when none was: then nothing limits it. */
const struct refusal *checkin_refusal(const Attendance__RecordCheckin *in, int64_t now_us,
                                      const Policy__Checkin *rules);
/* After all else: whether check-ins are taken at all. */
const struct refusal *checkin_off(const Policy__Checkin *rules);
