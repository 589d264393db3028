#include "calendar_policy.h"
#include "base/civil.h"
#include <string.h>

enum { YEAR_LEN = 4, YEAR_DAYS_MAX = 366 };

bool
calendar_year(const char *text, int32_t *year)
{
	if (strlen(text) != YEAR_LEN || strspn(text, "0123456789") != YEAR_LEN)
		return false;
	*year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
	return *year >= YEAR_MIN && *year <= YEAR_MAX;
}

size_t
calendar_misplaced(Roster__CalendarDay *const *days, size_t n, int32_t year)
{
	int32_t first = day_of_civil(year, 1, 1), end = year_end(first);
	bool seen[YEAR_DAYS_MAX] = { false };

	for (size_t i = 0; i < n; i++) {
		if (days[i]->on_day < first || days[i]->on_day >= end || seen[days[i]->on_day - first])
			return i;
		seen[days[i]->on_day - first] = true;
	}
	return n;
}
