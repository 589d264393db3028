/* C4.2, C3.2.1-2, C3.2.1-r: bans as text, a letter a day of the first week; '-' days are free. */
#include "bar_policy.h"
#include "harness/tally.h"
#include <stdio.h>

static const struct { const char *rule, *bans; int on_day; bool barred; } cases[] = {
	{ "C4.2 nobody is barred without a ban",              "",              3, false },
	{ "C3.2.1-2 a ban covers its first day",              "2-5",           2, true },
	{ "C3.2.1-2 and not the day it ends (half-open)",     "2-5",           5, false },
	{ "C3.2.1-2 nor the day before it begins",            "2-5",           1, false },
	{ "C3.2.1-2 a ban without an end never ends",         "2-",            9999, true },
	{ "C3.2.1-r the second of two bans",                  "1-2 4-6",       5, true },
	{ "C3.2.1-r the gap between two bans",                "1-2 4-6",       3, false },
	{ "C3.2.1-r bans that overlap bar once and for both", "1-5 3-8",       6, true },
};

typedef IncentivesRows__Bar Bar;

static size_t
parse(const char *text, Bar *out)
{
	size_t n = 0;

	for (int from, used; sscanf(text, "%d-%n", &from, &used) == 1; n++) {
		text += used;
		out[n] = (Bar)INCENTIVES_ROWS__BAR__INIT;
		out[n].from_day = from;
		if (*text == ' ' || sscanf(text, "%d%n", &out[n].until_day, &used) != 1)
			continue;
		out[n].maybe_until_case = INCENTIVES_ROWS__BAR__MAYBE_UNTIL_UNTIL_DAY;
		text += used;
	}
	return n;
}

int
main(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		Bar bars[2];
		const Bar *const rows[] = { &bars[0], &bars[1] };
		check(bar_covers(rows, parse(cases[i].bans, bars), cases[i].on_day) == cases[i].barred, cases[i].rule,
		      "");
	}
	return tally_end();
}
