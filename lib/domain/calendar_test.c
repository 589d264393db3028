/* calendar_test - which days are worked, by an excerpt of the calendar that we ship and by all of it; texts made of
 * days, and days of texts.
 *
 * Each case names the rule it is about. */
#include "domain/calendar.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char calendar[] =
	"# Days that differ\n"
	"date,working,name\n"
	"2017-05-27,1,端午节调休\n"
	"2017-05-29,0,端午节\n"
	"2017-05-30,0,端午节\n"
	"2017-09-30,1,国庆节调休\n"
	"2017-10-02,0,国庆节\n"
	"2017-10-03,0,中秋节\n";

static int32_t
day(const char *date)
{
	int32_t d;

	return day_parse(date, &d) ? d : (abort(), 0);
}

/* ---- rules 3: working days follow the State Council's calendar */

static const struct { const char *name, *date; bool working; } days[] = {
	{ "a Monday",                               "2017-09-11", true },
	{ "a Friday",                               "2017-09-15", true },
	{ "a Saturday",                             "2017-09-16", false },
	{ "a Sunday",                               "2017-09-17", false },
	{ "a Saturday to make up (调休)",           "2017-09-30", true },
	{ "a Monday off",                           "2017-10-02", false },
	{ "the last line",                          "2017-10-03", false },
	{ "the first line",                         "2017-05-27", true },
	{ "between two lines",                      "2017-05-28", false },
	{ "before the calendar begins, a Thursday", "1969-12-25", true },
	{ "before the calendar begins, a Sunday",   "1969-12-28", false },
	{ "after it ends, a Wednesday",             "2031-01-01", true },
};

static void
test_days(void)
{
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		check(calendar_working(calendar, day(days[i].date)) == days[i].working,
		      "rules 3 working day", days[i].name);
	check(calendar_tells(calendar, 2017), "rules 3 provisional", "a year of which days are told");
	check(!calendar_tells(calendar, 2016) && !calendar_tells(calendar, 2018),
	      "rules 3 provisional", "the years beside it");
	check(!calendar_tells("", 2017) && !calendar_tells("# Days of 2017\n", 2017),
	      "rules 3 provisional", "no calendar, and the head alone");
	check(calendar_working("", day("2017-10-02")), "rules 3 working day", "no calendar: a Monday");
	check(calendar_working("# nothing\n", day("2017-10-02")), "rules 3 working day", "only a head: a Monday");
}

/* Every line of the calendar we ship is found by the search, and in order. */
static void
test_shipped(void)
{
	const char *text = data_working_days_csv;
	char before[16] = "";
	int lines = 0;

	for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char date[16];
		if (*line < '0' || *line > '9')
			continue;
		snprintf(date, sizeof(date), "%.10s", line);
		check(strcmp(before, date) < 0, "shipped calendar, in order", date);
		check(calendar_working(text, day(date)) == (line[11] == '1'), "shipped calendar, found", date);
		strcpy(before, date);
		lines++;
	}
	check(lines > 500, "shipped calendar", "it has lines");
	for (int year = 2004; year <= 2026; year++)
		check(calendar_tells(text, year), "shipped calendar", "2004 to 2026 are published");
	check(!calendar_tells(text, 2003) && !calendar_tells(text, 2027),
	      "shipped calendar", "2003 and 2027 are provisional");
	check(!calendar_working(text, day("2017-10-01")), "shipped calendar", "2017-10-01, a Sunday");
	check(calendar_working(text, day("2017-10-09")), "shipped calendar", "2017-10-09, after the holidays");
}

/* ---- texts and days */

static bool
is_day(const Roster__CalendarDay *d, const char *date, bool working, const char *name)
{
	return d->on_day == day(date) && d->working == working && !d->maybe_name_case == !name &&
	       (!name || strcmp(d->name, name) == 0);
}

static void
test_days_of_text(void)
{
	arena_t *a = arena_open(1 << 20);
	Roster__CalendarDay **list;

	check(calendar_days(calendar, 2017, a, &list) == 6, "days of a text", "as many as it has lines of the year");
	check(is_day(list[0], "2017-05-27", true, "端午节调休"), "days of a text", "the first");
	check(is_day(list[5], "2017-10-03", false, "中秋节"), "days of a text", "the last");
	check(calendar_days(calendar, 2018, a, &list) == 0, "days of a text", "of another year");
	check(calendar_days("2016-12-30,0,x\n2017-01-02,0,a,b\n2017-01-03,1,", 2017, a, &list) == 2 &&
	      is_day(list[0], "2017-01-02", false, "a,b") && is_day(list[1], "2017-01-03", true, NULL),
	      "days of a text", "a name with a comma, none, a text without a last line feed");
	arena_close(&a);
}

static void
test_text_of_days(void)
{
	arena_t *a = arena_open(1 << 20);
	Roster__CalendarDay **list, *turned[32];
	size_t n = calendar_days(data_working_days_csv, 2024, a, &list);

	for (size_t i = 0; i < n; i++)
		turned[i] = list[n - 1 - i];
	char *text = calendar_text(turned, n, a);
	check(n > 20 && strstr(data_working_days_csv, text) != NULL, "text of days", "by date, as it is shipped");
	check(*calendar_text(NULL, 0, a) == '\0', "text of days", "none");
	int32_t wrong = 0;
	for (int32_t d = day("2024-01-01"); d < day("2025-01-01"); d++)
		wrong += calendar_working(text, d) != calendar_working(data_working_days_csv, d);
	check(wrong == 0, "text of days", "says of each day of its year what the whole says");
	arena_close(&a);
}

int
main(void)
{
	test_days();
	test_shipped();
	test_days_of_text();
	test_text_of_days();
	return tally_end();
}
