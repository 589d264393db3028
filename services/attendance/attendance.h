/* attendance - what the files of this service share.  attendance.c says what the service is. */
#pragma once
#include "attendance.pb-c.h"
#include "engine/service.h"

enum { ROSTER, SUPERVISION };                           /* whom it consumes: AFTER(ROSTER) */

extern const struct noun attendance_day, attendance_checkin;

/* ---- day.c: what a check-in makes of its day.  Wanted first. */
void attendance_want_day(struct batch *b, const char *person_id, int32_t day);
Attendance__DayStatus attendance_status_with(struct batch *b, const char *person_id, int32_t day,
                                             Attendance__CheckinResult result);
