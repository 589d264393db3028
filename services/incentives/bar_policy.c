#include "bar_policy.h"
#include "base/civil.h"

bool
bar_covers(const IncentivesRows__Bar *const *bars, size_t n, int32_t on_day)
{
	for (size_t i = 0; i < n; i++)
		if (day_within(on_day, bars[i]->from_day, bars[i]->maybe_until_case, bars[i]->until_day))
			return true;
	return false;
}
