#include "access/identity.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct identity_list { size_t refs, n; char id[][ID_MAX + 1]; };

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

/* ---- lists */

static struct identity_list *
list_made(char *const *ids, size_t n)
{
	struct identity_list *l;

	if (n == 0)
		return NULL;
	l = malloc(sizeof(*l) + n * sizeof(l->id[0]));
	if (!l)
		abort();
	l->refs = 1;
	l->n = n;
	for (size_t i = 0; i < n; i++)
		snprintf(l->id[i], sizeof(l->id[i]), "%s", ids[i]);
	return l;
}

static struct identity_list *
list_held(struct identity_list *l)
{
	if (l)
		l->refs++;
	return l;
}

static void
list_drop(struct identity_list **l)
{
	if (*l && --(*l)->refs == 0)
		free(*l);
	*l = NULL;
}

static bool
list_has(const struct identity_list *l, const char *id)
{
	for (size_t i = 0; l && *id && i < l->n; i++)
		if (strcmp(l->id[i], id) == 0)
			return true;
	return false;
}

bool
identity_has_township(const struct identity *who, const char *township)
{
	return list_has(who->townships, township);
}

bool
identity_heads(const struct identity *who, const char *unit)
{
	return list_has(who->headed, unit);
}

/* ---- whole */

void
identity_drop(struct identity *who)
{
	list_drop(&who->persons);
	list_drop(&who->townships);
	list_drop(&who->headed);
}

void
identity_copy(struct identity *to, const struct identity *from)
{
	struct identity copy = *from;

	list_held(copy.persons);
	list_held(copy.townships);
	list_held(copy.headed);
	identity_drop(to);
	*to = copy;
}

static void
text_take(char out[ID_MAX + 1], const char *text)
{
	snprintf(out, ID_MAX + 1, "%s", text);
}

/* There are no more roles than there is room for; an owner that says more knows some that are not known here. */
bool
identity_take(struct identity *who, const char *account, const Wire__Actor *actor)
{
	if (actor->n_roles > IDENTITY_ROLES_MAX)
		return false;
	identity_drop(who);
	text_take(who->account, account);
	text_take(who->person, actor->person_id);
	text_take(who->unit, actor->unit_id);
	who->vouched = actor->vouched;
	who->nroles = actor->n_roles;
	for (size_t i = 0; i < actor->n_roles; i++)
		who->roles[i] = actor->roles[i];
	who->persons = list_made(actor->person_ids, actor->n_person_ids);
	who->townships = list_made(actor->township_ids, actor->n_township_ids);
	who->headed = list_made(actor->headed_unit_ids, actor->n_headed_unit_ids);
	return true;
}

static size_t
list_told(const struct identity_list *l, arena_t *a, char ***out)
{
	size_t n = l ? l->n : 0;

	*out = arena_alloc(a, (n + 1) * sizeof(char *));
	for (size_t i = 0; i < n; i++)
		(*out)[i] = (char *)l->id[i];
	return n;
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
	actor->vouched = who->vouched;
	actor->n_person_ids = list_told(who->persons, a, &actor->person_ids);
	actor->n_township_ids = list_told(who->townships, a, &actor->township_ids);
	actor->n_headed_unit_ids = list_told(who->headed, a, &actor->headed_unit_ids);
	return actor;
}
