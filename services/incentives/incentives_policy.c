#include "incentives_policy.h"

bool
incentives_barred(const struct ban *bans, size_t n, int32_t on_day)
{
	for (size_t i = 0; i < n; i++)
		if (bans[i].from_day <= on_day && (!bans[i].ends || on_day < bans[i].until_day))
			return true;
	return false;
}
