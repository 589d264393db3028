#include "sealed_kind.h"
#include <stddef.h>
#include <string.h>

static const char *const kinds[] = { "discipline_violation", "fund_misuse", "referral" };

bool
sealed_kind(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}
