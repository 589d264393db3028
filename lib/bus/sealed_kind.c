#include "bus/sealed_kind.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const kinds[] = { "discipline_violation", "fund_misuse", "referral" };
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

bool
sealed_kind(const char *kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcasecmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

bool
sealed_value(const ProtobufCEnumDescriptor *d, int kind)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, kind);

	return v && sealed_kind(v->name);
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

/* ---- for whom a query asks */

/* An array as PostgreSQL reads it.  Ids hold nothing that would have to be escaped; an empty one is nobody's. */
static const char *
literal(const char *const *first, size_t nfirst, char *const *rest, size_t nrest, arena_t *a)
{
	const char *out = "{";

	for (size_t i = 0; i < nfirst + nrest; i++) {
		const char *id = i < nfirst ? first[i] : rest[i - nfirst];
		if (*id)
			out = arena_printf(a, "%s%s\"%s\"", out, out[1] ? "," : "", id);
	}
	return arena_printf(a, "%s}", out);
}

struct sealed_asker
sealed_asker(const Wire__Actor *actor, arena_t *a)
{
	struct sealed_asker s = {
		.eyes = "all", .kinds = literal(kinds, KINDS, NULL, 0, a), .person = "", .persons = "{}", .units = "{}"
	};

	if (!actor)
		return s;
	s.eyes = sealed_seen_by(actor->roles, actor->n_roles) ? "apart" : "none";
	s.person = actor->person_id;
	s.persons = literal(NULL, 0, actor->person_ids, actor->n_person_ids, a);
	s.units = literal((const char *const *)&actor->unit_id, 1, actor->headed_unit_ids, actor->n_headed_unit_ids, a);
	return s;
}
