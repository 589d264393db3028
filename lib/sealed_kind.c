#include "sealed_kind.h"
#include <stddef.h>
#include <strings.h>

static const char *const kinds[] = { "discipline_violation", "fund_misuse", "referral" };

bool
sealed_kind(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcasecmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

bool
sealed_seen_by(const Wire__AccountRole *roles, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (roles[i] == WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN || roles[i] == WIRE__ACCOUNT_ROLE__INSPECTOR ||
		    roles[i] == WIRE__ACCOUNT_ROLE__REVIEWER)
			return true;
	return false;
}
