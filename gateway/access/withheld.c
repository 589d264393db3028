#include "access/withheld.h"
#include "access/access.h"
#include "base/phone.h"
#include <string.h>

enum { DEPTH_MAX = 16 };        /* no answer is deeper */

/* Of findings, of facts in a case, of whatever is shown beside them. */
static const char *const of_origin[] = {
	"source", "complaint_id", "inspection_id", "note", "noted_by", "noted_by_person",
};

struct eyes { const char *person; bool origins, phones; };      /* what they see */

static bool
is_of_origin(const char *name)
{
	for (size_t i = 0; i < sizeof(of_origin) / sizeof(of_origin[0]); i++)
		if (strcmp(of_origin[i], name) == 0)
			return true;
	return false;
}

void
withheld_optional(json_t *schema)
{
	json_t *required = json_object_get(schema, "required");

	for (size_t i = json_array_size(required); i-- > 0;)
		if (is_of_origin(json_string_value(json_array_get(required, i))))
			json_array_remove(required, i);
}

static void
origins_take(json_t *object)
{
	for (size_t i = 0; i < sizeof(of_origin) / sizeof(of_origin[0]); i++)
		json_object_del(object, of_origin[i]);
}

/* A person's own object says so by its id, beside the unit; an account's, or a message's, by whose it is. */
static bool
is_own(const json_t *object, const char *person)
{
	const char *whose = json_string_value(json_object_get(object, "person_id"));

	if (!whose && json_object_get(object, "unit_id"))
		whose = json_string_value(json_object_get(object, "id"));
	return *person && whose && strcmp(whose, person) == 0;
}

static void
phone_mask(json_t *object)
{
	const char *phone = json_string_value(json_object_get(object, "phone"));
	char masked[PHONE_MASKED_MAX];

	if (!phone || !*phone || strchr(phone, '*'))
		return;
	phone_masked(phone, masked);
	json_object_set_new(object, "phone", json_string(masked));
}

static void
take(json_t *j, const struct eyes *e, int depth)
{
	const char *name;
	json_t *inner;
	size_t i;

	if (depth == DEPTH_MAX)
		return;
	if (json_is_object(j) && !e->origins)
		origins_take(j);
	if (json_is_object(j) && !e->phones && !is_own(j, e->person))
		phone_mask(j);
	json_array_foreach(j, i, inner)
		take(inner, e, depth + 1);
	json_object_foreach(j, name, inner)
		take(inner, e, depth + 1);
}

void
withheld_take(json_t *answer, const struct identity *who, const struct route *r)
{
	const struct eyes e = {
		.person = who->person, .origins = !access_limited(who, r),
		.phones = who->operator || r->flags & ROUTE_PHONE_WHOLE ||
			  identity_has_role(who, WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN),
	};

	if (!e.origins || !e.phones)
		take(answer, &e, 0);
}
