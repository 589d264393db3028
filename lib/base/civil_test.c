/* civil_test - the calendar against itself and against dates that anybody can look up.
 *
 * How: every day of years 1 to 9999 is walked once with a plain count of month lengths beside it; the rest is
 * tables. */
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

static int32_t
on(const char *text)
{
	int32_t day = 0;

	check(day_parse(text, &day), "a day of a table is a day", text);
	return day;
}

static int
length_of(int year, int month)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return lengths[month - 1] + (month == 2 && leap);
}

/* One day of the walk; answers whether everything about it agrees with the plain count. */
static bool
agrees(int32_t day, int year, int month, int dom)
{
	struct civil c = civil_of_day(day);
	char text[DAY_TEXT_MAX], want[32];
	int32_t back;

	snprintf(want, sizeof(want), "%04d-%02d-%02d", year, month, dom);
	day_text(day, text);
	return c.year == year && c.month == month && c.day == dom && day_of_civil(year, month, dom) == day &&
	       strcmp(text, want) == 0 && day_parse(text, &back) && back == day && day_year(day) == year &&
	       month_start(day) == day - dom + 1 && month_end(day) == day - dom + 1 + length_of(year, month) &&
	       day_of_instant(instant_of_day(day)) == day && day_of_instant(instant_of_day(day) - 1) == day - 1;
}

static void
test_every_day(void)
{
	int32_t day = DAY_EVER;
	char which[32] = "none";
	bool right = true;

	for (int year = 1; year <= 9999; year++)
		for (int month = 1; month <= 12; month++)
			for (int dom = 1; dom <= length_of(year, month); dom++, day++)
				if (right && !agrees(day, year, month, dom)) {
					right = false;
					snprintf(which, sizeof(which), "%04d-%02d-%02d", year, month, dom);
				}
	check(right, "every day", which);
	check(day - 1 == DAY_MAX, "the last day is", "not DAY_MAX");
}

static void
test_spans(void)
{
	static const struct { const char *day, *quarter, *quarter_end, *year, *year_end; } cases[] = {
		{ "2017-01-01", "2017-01-01", "2017-04-01", "2017-01-01", "2018-01-01" },
		{ "2017-03-31", "2017-01-01", "2017-04-01", "2017-01-01", "2018-01-01" },
		{ "2017-04-01", "2017-04-01", "2017-07-01", "2017-01-01", "2018-01-01" },
		{ "2017-09-08", "2017-07-01", "2017-10-01", "2017-01-01", "2018-01-01" },
		{ "2016-12-31", "2016-10-01", "2017-01-01", "2016-01-01", "2017-01-01" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t day = on(cases[i].day);
		check(quarter_start(day) == on(cases[i].quarter), "quarter_start", cases[i].day);
		check(quarter_end(day) == on(cases[i].quarter_end), "quarter_end", cases[i].day);
		check(year_start(day) == on(cases[i].year), "year_start", cases[i].day);
		check(year_end(day) == on(cases[i].year_end), "year_end", cases[i].day);
	}
}

static void
test_months_added(void)
{
	static const struct { const char *day; int months; const char *want; } cases[] = {
		{ "2017-08-31", 6, "2018-02-28" },      /* A5: clamped to the month's end */
		{ "2015-08-31", 6, "2016-02-29" },
		{ "2017-08-28", 6, "2018-02-28" },
		{ "2016-02-29", 24, "2018-02-28" },
		{ "2016-02-29", 48, "2020-02-29" },
		{ "2017-12-31", 2, "2018-02-28" },
		{ "2017-11-30", 1, "2017-12-30" },
		{ "2017-03-31", -1, "2017-02-28" },
		{ "2017-01-15", -1, "2016-12-15" },
		{ "2017-01-15", -13, "2015-12-15" },
		{ "2017-09-08", 0, "2017-09-08" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[DAY_TEXT_MAX];
		day_text(day_add_months(on(cases[i].day), cases[i].months), got);
		check_text(got, cases[i].want, cases[i].day);
	}
}

static void
test_refused_days(void)
{
	static const char *const days[] = {
		"", "2017", "2017-09", "2017-9-08", "2017-09-8", "2017-09-08 ", " 2017-09-08", "2017-09-08T",
		"2017/09/08", "20170908",
		"0000-01-01", "2017-00-01", "2017-13-01", "2017-01-00", "2017-01-32", "2017-04-31", "2017-02-29",
		"1900-02-29",
		"-017-01-01", "+017-01-01", "12017-01-01", "2017-0a-01", "2017-09-0\xef\xbc\x98",
	};
	static const char *const months[] = {
		"", "2017", "2017-9", "2017-00", "2017-13", "0000-01", "2017-09-", "2017-09-01", "201709",
	};
	int32_t day = 17;

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		check(!day_parse(days[i], &day) && day == 17, "no day, and nothing written", days[i]);
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
		check(!month_parse(months[i], &day) && day == 17, "no month, and nothing written", months[i]);
}

static void
test_months(void)
{
	char text[DAY_TEXT_MAX];
	int32_t day = 0;

	check(month_parse("2017-09", &day) && day == on("2017-09-01"), "month_parse", "2017-09");
	month_text(on("2017-09-30"), text);
	check_text(text, "2017-09", "month_text");
}

static void
test_instants(void)
{
	/* at_us by another calendar: date -d TEXT +%s */
	static const struct { const char *text; int64_t at_us; const char *want; } cases[] = {
		{ "1970-01-01T00:00:00Z", 0, "1970-01-01T08:00:00+08:00" },
		{ "1970-01-01T08:00:00+08:00", 0, "1970-01-01T08:00:00+08:00" },
		{ "2017-09-08T00:00:00+08:00", INT64_C(1504800000000000), "2017-09-08T00:00:00+08:00" },
		{ "2017-09-07T16:00:00z", INT64_C(1504800000000000), "2017-09-08T00:00:00+08:00" },
		{ "2017-09-07t11:30:00-04:30", INT64_C(1504800000000000), "2017-09-08T00:00:00+08:00" },
		{ "2017-09-07T15:59:59.999999Z", INT64_C(1504799999999999), "2017-09-07T23:59:59.999999+08:00" },
		{ "2017-09-07T16:00:00.5-00:00", INT64_C(1504800000500000), "2017-09-08T00:00:00.500000+08:00" },
		{ "2017-09-07T16:00:00.1234569Z", INT64_C(1504800000123456), "2017-09-08T00:00:00.123456+08:00" },
		{ "2017-09-07T16:00:00.000000000000000000000000009Z", INT64_C(1504800000000000),
		  "2017-09-08T00:00:00+08:00" },
		{ "1969-12-31T23:59:59.000001Z", -999999, "1970-01-01T07:59:59.000001+08:00" },
		{ "1960-02-29T23:59:59+08:00", INT64_C(-310464001000000), "1960-02-29T23:59:59+08:00" },
		{ "0001-01-01T00:00:00+08:00", INT64_C(-62135625600000000), "0001-01-01T00:00:00+08:00" },
		{ "9999-12-31T23:59:59+08:00", INT64_C(253402271999000000), "9999-12-31T23:59:59+08:00" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t at_us = -1;
		char text[INSTANT_TEXT_MAX], got[32], want[32];
		check(instant_parse(cases[i].text, &at_us), "an instant", cases[i].text);
		snprintf(got, sizeof(got), "%lld", (long long)at_us);
		snprintf(want, sizeof(want), "%lld", (long long)cases[i].at_us);
		check_text(got, want, cases[i].text);
		instant_text(at_us, text);
		check_text(text, cases[i].want, cases[i].text);
	}
}

static void
test_refused_instants(void)
{
	static const char *const texts[] = {
		"", "2017-09-08", "2017-09-08T00:00:00", "2017-09-08 00:00:00Z", "2017-09-08T00:00Z",
		"2017-09-08T24:00:00Z",
		"2017-09-08T00:60:00Z", "2016-12-31T23:59:60Z", "2017-09-08T00:00:00.Z", "2017-09-08T00:00:00,5Z",
		"2017-02-29T00:00:00Z",
		"2017-09-08T00:00:00+0800", "2017-09-08T00:00:00+08", "2017-09-08T00:00:00+24:00",
		"2017-09-08T00:00:00+08:60",
		"2017-09-08T00:00:00+08:00 ", "2017-09-08T00:00:00ZZ", "2017-09-08T0:00:00Z", "2017-09-08T-1:00:00Z",
		"0000-12-31T23:00:00Z",
		"2017-09-08T00:00:00 08:00", "1504800000",
	};
	int64_t at_us = 17;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(!instant_parse(texts[i], &at_us) && at_us == 17, "no instant, and nothing written", texts[i]);
}

/* What lies beyond the calendar has no use, but does no harm. */
static void
test_extremes(void)
{
	static const int64_t instants[] = { INT64_MIN, INT64_MAX, 0 };
	static const int32_t days[] = { INT32_MIN, INT32_MAX, DAY_EVER - 1, DAY_MAX + 1 };
	char text[DAY_TEXT_MAX];

	for (size_t i = 0; i < sizeof(instants) / sizeof(instants[0]); i++) {
		int64_t day = day_of_instant(instants[i]), at_s = instants[i] / 1000000 + 8 * 3600;
		check(at_s - day * 86400 >= -1 && at_s - day * 86400 <= 86400, "the day of an extreme",
		      i ? "last" : "first");
	}
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct civil c = civil_of_day(days[i]);
		day_text(days[i], text);
		check(day_of_civil(c.year, c.month, c.day) == days[i], "there and back", text);
	}
	day_text(day_add_months(DAY_MAX, 1), text);
	check_text(text, "10000-01-31", "a month after the last day");
	day_text(year_end(DAY_MAX), text);
	check_text(text, "10000-01-01", "the end of the last year");
}

static void
test_within(void)
{
	check(day_within(10, 10, true, 20) && day_within(19, 10, true, 20), "[10, 20)", "first and last day");
	check(!day_within(9, 10, true, 20) && !day_within(20, 10, true, 20), "[10, 20)",
	      "the day before, the day after");
	check(day_within(DAY_MAX, 10, false, 0) && !day_within(9, 10, false, 0), "[10, )", "for ever, not before");
	check(!day_within(10, 10, true, 10), "[10, 10)", "no day");
}

int
main(void)
{
	test_every_day();
	test_within();
	test_spans();
	test_months_added();
	test_refused_days();
	test_months();
	test_instants();
	test_refused_instants();
	test_extremes();
	return tally_end();
}
