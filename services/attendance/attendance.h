/* attendance - what the files of this service share.  attendance.c says what the service is. */
#pragma once
#include "attendance.pb-c.h"
#include "attendance_rows.pb-c.h"
#include "domain/mirror.h"
#include "engine/reader.h"
#include "engine/service.h"

extern const struct table attendance_table_day;         /* key district, person_id, on_day */
extern const struct table attendance_table_checkin;     /* key district, checkin_id */

/* The State Council's working calendar, of deploy/data. */
extern const char data_working_days_csv[];

/* ---- checkin.c */
void attendance_checkin_want(struct batch *b, const void *m);
void attendance_checkin(struct batch *b, const void *m);

/* ---- day.c */
void attendance_want_day(struct batch *b, const char *person_id, int32_t day);
/* As it is, or with nothing known; must have been wanted. */
AttendanceRows__Day attendance_day(struct batch *b, const char *person_id, int32_t day);
void attendance_on_checkin(struct batch *b, const void *m);
void attendance_on_confirmed_want(struct batch *b, const void *m);
void attendance_on_confirmed(struct batch *b, const void *m);
void attendance_on_annulled_want(struct batch *b, const void *m);
void attendance_on_annulled(struct batch *b, const void *m);

/* ---- reads.c */
void attendance_read_days(struct reader *r, const void *m);
void attendance_list_contradictions(struct reader *r, const void *m);
