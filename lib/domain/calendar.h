/* calendar - which days are worked (rules.md 3).
 *
 * The text of a calendar has a line for each day that differs from Monday to Friday, in date order:
 * "2017-09-30,1,国庆节调休"; the name may be empty.  Such is the one that we ship, of many years and with a head; such
 * is that of one year as a district has put it, which takes the place of all that we ship of that year.  Pure. */
#pragma once
#include "base/arena.h"
#include "roster.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* deploy/data/working_days.csv: version 0 of every year. */
extern const char data_working_days_csv[];

/* Whether it is a working day, days that make up for others (调休) included; what the text does not tell of is Monday
 * to Friday. */
bool calendar_working(const char *text, int32_t day);
/* Whether the text tells of the year at all. */
bool calendar_tells(const char *text, int32_t year);

/* The days of a year that a text tells of, in the arena; and the text of days of one year, in whatever order they come,
 * each once. */
size_t calendar_days(const char *text, int32_t year, arena_t *a, Roster__CalendarDay ***out);
char *calendar_text(Roster__CalendarDay *const *days, size_t n, arena_t *a);
