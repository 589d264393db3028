#include "incentives_policy.h"
#include "base/civil.h"

bool
incentives_barred(const struct ban *bans, size_t n, int32_t on_day)
{
	for (size_t i = 0; i < n; i++)
		if (day_within(on_day, bans[i].from_day, bans[i].ends, bans[i].until_day))
			return true;
	return false;
}
