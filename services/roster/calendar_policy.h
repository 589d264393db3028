/* calendar_policy - what a year's calendar may say (rules.md 3).
 * Pure: no clock, no I/O, no allocation, no globals. */
#pragma once
#include "base/refusal.h"
#include "roster.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { YEAR_MIN = 2000, YEAR_MAX = 2100 };

/* The year that a path names; false: none of which there are calendars. */
bool calendar_year(const char *text, int32_t *year);
/* The first of the days that is of another year, or comes a second time; n: none is. */
size_t calendar_misplaced(Roster__CalendarDay *const *days, size_t n, int32_t year);
