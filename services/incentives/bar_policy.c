#include "bar_policy.h"

bool
bar_covers(const IncentivesRows__Bar *const *bars, size_t n, int32_t on_day)
{
	for (size_t i = 0; i < n; i++)
		if (bars[i]->from_day <= on_day && (!bars[i]->maybe_until_case || on_day < bars[i]->until_day))
			return true;
	return false;
}
