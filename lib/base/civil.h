/* civil - days and instants of Asia/Shanghai (UTC+8, no summer time since 1991).  Pure.
 *
 * A day is an int32: days since 1970-01-01.  An instant is an int64: microseconds since 1970-01-01T00:00:00Z.
 * The calendar arithmetic is Howard Hinnant's days_from_civil / civil_from_days. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
	DAY_EVER = -719162,             /* 0001-01-01: "from ever" */
	DAY_MAX = 2932896,              /* 9999-12-31 */
	DAY_TEXT_MAX = 16,              /* "2017-09-08" and its NUL */
	INSTANT_TEXT_MAX = 40,
};
#define DAY_US INT64_C(86400000000)

struct civil { int year, month, day; };

struct civil civil_of_day(int32_t day);
int32_t day_of_civil(int year, int month, int day);             /* month 1–12, day 1–31, checked by assert */
int32_t day_of_instant(int64_t at_us);                          /* the Shanghai civil date */
int64_t instant_of_day(int32_t day);                            /* its first microsecond */

int32_t month_start(int32_t day), month_end(int32_t day);       /* [start, end) of the month that holds the day */
int32_t quarter_start(int32_t day), quarter_end(int32_t day);
int32_t year_start(int32_t day), year_end(int32_t day);
int32_t day_add_months(int32_t day, int months);                /* the day clamped to the month's end (A5) */
int day_year(int32_t day);
/* [from, to): from ≤ day < to; what has no end goes on.  What is said of a posting, a measure, a bar. */
bool day_within(int32_t day, int32_t from_day, bool ends, int32_t to_day);

bool day_parse(const char *s, int32_t *day);                    /* strictly YYYY-MM-DD, years 0001–9999 */
void day_text(int32_t day, char out[DAY_TEXT_MAX]);
bool month_parse(const char *s, int32_t *first_day);            /* strictly YYYY-MM */
void month_text(int32_t day, char out[DAY_TEXT_MAX]);
bool instant_parse(const char *s,
		   int64_t *at_us); /* RFC 3339 with offset or Z, at most 6 decimals kept; leap second 60 refused */
void instant_text(int64_t at_us,
		  char out[INSTANT_TEXT_MAX]); /* 2017-09-08T00:00:00+08:00, decimals only when not zero */
