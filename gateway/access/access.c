#include "access/access.h"
#include "http/target.h"
#include <stdio.h>
#include <string.h>

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

enum access
access_of(const struct identity *who, const struct route *r)
{
	unsigned roles = roles_in(who, r);

	if (!roles)
		return ACCESS_NONE;
	return roles & ~(unsigned)WHO_LIMITED || r->about == ABOUT_DISTRICT ? ACCESS_ALL : ACCESS_OWN;
}

bool
access_limited(const struct identity *who, const struct route *r)
{
	unsigned roles = roles_in(who, r);

	return roles && !(roles & ~(unsigned)WHO_LIMITED);
}

/* ---- whose a thing is */

static void
id_take(char to[ID_MAX + 1], const char *value)
{
	if (value && id_valid(value))
		snprintf(to, ID_MAX + 1, "%s", value);
}

static const char *
path_id(const struct route_match *m)
{
	for (int i = 0; i < m->nparams; i++)
		if (m->params[i].name_len == 2 && memcmp(m->params[i].name, "id", 2) == 0)
			return m->params[i].value;
	return NULL;
}

/* The first of a name: a second one is refused when the query is read. */
static void
query_take(struct subject *s, const char *name, const char *value)
{
	const struct { const char *name; char *to; } known[] = {
		{ "person_id", s->person }, { "unit_id", s->unit }, { "village_id", s->village },
		{ "township_id", s->township },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0 && !*known[i].to)
			id_take(known[i].to, value);
}

struct subject
subject_of_target(const struct route_match *m, const char *query, arena_t *a)
{
	struct subject s = { 0 };
	char *name, *value;

	switch (m->route->about) {
	case ABOUT_PERSON:
		id_take(s.person, path_id(m));
		break;
	case ABOUT_UNIT:
		id_take(s.unit, path_id(m));
		break;
	case ABOUT_VILLAGE:
		id_take(s.village, path_id(m));
		break;
	case ABOUT_TOWNSHIP:
		id_take(s.township, path_id(m));
		break;
	case ABOUT_QUERY:
		while (target_param(&query, a, &name, &value) > 0)
			query_take(&s, name, value);
		break;
	default:
		break;
	}
	return s;
}

struct subject
subject_of_json(const json_t *j)
{
	const json_t *inner = json_object_get(j, "subject");
	const json_t *whose = json_is_object(inner) ? inner : j;
	struct subject s = { 0 };

	id_take(s.person, json_string_value(json_object_get(whose, "person_id")));
	id_take(s.unit, json_string_value(json_object_get(whose, "unit_id")));
	id_take(s.village, json_string_value(json_object_get(whose, "village_id")));
	return s;
}

/* ---- reach */

bool
access_of_body(const struct identity *who, const struct route *r, const json_t *body)
{
	struct subject s = subject_of_json(body);

	return access_of(who, r) == ACCESS_ALL || !json_is_string(json_object_get(body, "person_id")) ||
	       reach_of(who, r, &s, NULL) == REACH_YES;
}

static bool
same(const char *a, const char *b)
{
	return *a && strcmp(a, b) == 0;
}

static bool
unit_is_own(const struct identity *who, const char *unit)
{
	return same(who->unit, unit) || identity_heads(who, unit);
}

static bool
said_own_township(const struct identity *who, const Roster__Reach *said)
{
	bool own = false;

	for (size_t i = 0; said && i < said->n_township_ids; i++)
		own |= identity_has_township(who, said->township_ids[i]);
	return own;
}

/* What a unit head reaches only by a person's unit, a township leader only by where somebody is posted or a village
 * lies, roster must say. */
enum reach
reach_of(const struct identity *who, const struct route *r, const struct subject *s, const Roster__Reach *said)
{
	unsigned roles = roles_in(who, r);
	bool head = roles & ROLE(UNIT_HEAD), leader = roles & ROLE(TOWNSHIP_LEADER), cadre = roles & ROLE(CADRE);

	if ((cadre && same(who->person, s->person)) || (head && unit_is_own(who, s->unit)) ||
	    (leader && identity_has_township(who, s->township)))
		return REACH_YES;
	if (!said && ((*s->person && (head || leader)) || (*s->village && leader)))
		return REACH_ASK;
	return said && ((head && *s->person && unit_is_own(who, said->unit_id)) ||
	                (leader && said_own_township(who, said)))
	               ? REACH_YES
	               : REACH_NOT;
}
