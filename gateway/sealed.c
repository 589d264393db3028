#include "sealed.h"
#include <string.h>

enum { DEPTH_MAX = 8 };         /* no answer is deeper */

static const char *const kinds[] = { "discipline_violation", "fund_misuse", "referral" };

bool
sealed_may_see(const struct identity *who)
{
	return who->operator || identity_has_role(who, WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN) ||
	       identity_has_role(who, WIRE__ACCOUNT_ROLE__INSPECTOR) || identity_has_role(who, WIRE__ACCOUNT_ROLE__REVIEWER);
}

static bool
is_sealed(const json_t *j)
{
	const char *kind = json_string_value(json_object_get(j, "kind"));

	for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

static void
strip(json_t *j, int depth)
{
	const char *name;
	json_t *inner;

	if (depth == DEPTH_MAX)
		return;
	for (size_t i = json_array_size(j); i-- > 0;)
		if (is_sealed(json_array_get(j, i)))
			json_array_remove(j, i);
		else
			strip(json_array_get(j, i), depth + 1);
	json_object_foreach(j, name, inner)
		strip(inner, depth + 1);
}

bool
sealed_strip(json_t *answer)
{
	if (is_sealed(answer))
		return false;
	strip(answer, 0);
	return true;
}
