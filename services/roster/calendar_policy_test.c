/* Days are written as dates with a blank between them; a case says which of them, counted from 0, is the first that
 * does not belong there. */
#include "calendar_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_MAX = 400 };

static const struct { const char *text; int year; } years[] = {
	{ "2017", 2017 }, { "2000", 2000 }, { "2100", 2100 }, { "1999", 0 }, { "2101", 0 }, { "", 0 },  { "17", 0 },
	{ "02017", 0 },   { "2O17", 0 },    { "+201", 0 },    { "-201", 0 }, { "2017-09", 0 }, { "20.7", 0 },
	{ "99999999999999999999", 0 },
};

static void
test_years(void)
{
	for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++) {
		int32_t year = 0;
		bool is = calendar_year(years[i].text, &year);
		check(is == (years[i].year != 0) && (!is || year == years[i].year),
		      "a year is 2000 to 2100", years[i].text);
	}
}

static const struct { const char *name, *days; int year; size_t at; } cases[] = {
	{ "none", "", 2017, 0 },
	{ "one", "2017-10-02", 2017, 1 },
	{ "in whatever order", "2017-12-31 2017-01-01 2017-06-01", 2017, 3 },
	{ "the last day of a leap year", "2020-02-29 2020-12-31", 2020, 2 },
	{ "of the year before", "2016-12-31", 2017, 0 },
	{ "of the year after", "2017-12-31 2018-01-01", 2017, 1 },
	{ "of ages ago", "2017-01-02 0001-01-01 2017-01-02", 2017, 1 },
	{ "a second time", "2017-10-02 2017-10-03 2017-10-02", 2017, 2 },
	{ "at once a second time", "2017-10-02 2017-10-02 2018-01-01", 2017, 1 },
};

static void
test_misplaced(void)
{
	static Roster__CalendarDay day[DAYS_MAX], *at[DAYS_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[200], *rest = text;
		size_t n = 0;

		snprintf(text, sizeof(text), "%s", cases[i].days);
		for (char *date; (date = strsep(&rest, " ")) && *date; n++) {
			day[n] = (Roster__CalendarDay)ROSTER__CALENDAR_DAY__INIT;
			if (!day_parse(date, &day[n].on_day))
				abort();
			at[n] = &day[n];
		}
		check(calendar_misplaced(at, n, cases[i].year) == cases[i].at,
		      "a day of another year, or twice", cases[i].name);
	}
	for (int32_t i = 0; i < DAYS_MAX; i++) {
		day[i] = (Roster__CalendarDay)ROSTER__CALENDAR_DAY__INIT;
		day[i].on_day = day_of_civil(2020, 1, 1) + i;
		at[i] = &day[i];
	}
	check(calendar_misplaced(at, DAYS_MAX, 2020) == 366,
	      "a day of another year, or twice", "a whole year, and more");
}

int
main(void)
{
	test_years();
	test_misplaced();
	return tally_end();
}
