/* C4.2, C3.2.1-2, C3.2.1-r: bans as text, a letter a day of the first week; '-' days are free. */
#include "incentives_policy.h"
#include <stdio.h>
#include <string.h>

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

static size_t
parse(const char *text, struct ban *out)
{
	size_t n = 0;

	for (int from, until, used; sscanf(text, "%d-%n", &from, &used) == 1; n++) {
		text += used;
		out[n] = (struct ban){ .from_day = from, .ends = sscanf(text, "%d%n", &until, &used) == 1 && *text != ' ' };
		if (out[n].ends) {
			out[n].until_day = until;
			text += used;
		}
	}
	return n;
}

int
main(void)
{
	int failed = 0, n = sizeof cases / sizeof cases[0];

	for (int i = 0; i < n; i++) {
		struct ban bans[4];
		bool got = incentives_barred(bans, parse(cases[i].bans, bans), cases[i].on_day);
		if (got != cases[i].barred) {
			printf("FAIL %s\n", cases[i].rule);
			failed++;
		}
	}
	printf("%d passed, %d failed\n", n - failed, failed);
	return failed != 0;
}
