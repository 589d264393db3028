#include "identity.h"
#include <string.h>

void
identity_operator(struct identity *who)
{
	*who = (struct identity){ .account = OPERATOR, .operator = true };
}

bool
identity_has_role(const struct identity *who, Wire__AccountRole role)
{
	for (size_t i = 0; i < who->nroles; i++)
		if (who->roles[i] == role)
			return true;
	return false;
}

Wire__Actor *
identity_actor(const struct identity *who, arena_t *a)
{
	if (who->operator)
		return NULL;
	Wire__Actor *actor = arena_message(a, &wire__actor__descriptor);
	actor->n_roles = who->nroles;
	actor->roles = arena_copy(a, who->roles, sizeof(who->roles));
	actor->person_id = (char *)who->person;
	actor->unit_id = (char *)who->unit;
	actor->n_township_ids = who->ntownships;
	actor->township_ids = arena_alloc(a, sizeof(char *) * IDENTITY_TOWNSHIPS_MAX);
	for (size_t i = 0; i < who->ntownships; i++)
		actor->township_ids[i] = (char *)who->townships[i];
	actor->n_headed_unit_ids = who->nheaded;
	actor->headed_unit_ids = arena_alloc(a, sizeof(char *) * IDENTITY_HEADED_MAX);
	for (size_t i = 0; i < who->nheaded; i++)
		actor->headed_unit_ids[i] = (char *)who->headed[i];
	return actor;
}
