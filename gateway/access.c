#include "access.h"

/* Those of the caller's roles that the row names. */
static unsigned
roles_in(const struct identity *who, const struct route *r)
{
	unsigned roles = who->operator ? WHO_OPERATOR : 0;

	for (size_t i = 0; i < who->nroles; i++)
		if (who->roles[i] > 0 && who->roles[i] < 32)            /* no role is the operator's bit */
			roles |= 1u << who->roles[i];
	return roles & r->who;
}

bool
access_by_role(const struct identity *who, const struct route *r)
{
	return roles_in(who, r) != 0;
}
