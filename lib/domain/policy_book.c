/* policy_book - which rule book counts on a day, and what it lets happen without a person.
 *
 * In: a book and a day; a policy that policy_parse (policy_document.c) has accepted.  Owns nothing.  Pure: decisions
 * link it. */
#include "domain/policy_book.h"
#include "base/civil.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct policy_version *
policy_on(const struct policy_book *book, int32_t day)
{
	size_t lo = 0, hi = book->n;                    /* the first version that begins after the day */

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (book->versions[mid].effective_from_day <= day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &book->versions[lo - 1] : NULL;
}

/* `approval` is compact JSON, of which policy_parse has allowed only the forms of the header: a member is found by its
 * text. */
static bool
member_says(const char *approval, const char *name, const char *word)
{
	char member[96];
	int len = snprintf(member, sizeof(member), "\"%s\":\"%s\"", name, word);

	return len > 0 && (size_t)len < sizeof(member) && strstr(approval, member);
}

enum approval
policy_approval(const Policy__Policy *p, const char *kind)
{
	const char *said = p->approval_json;

	if (p->hold || strcmp(kind, "recall") == 0 || member_says(said, kind, "four_eyes"))
		return APPROVAL_FOUR_EYES;
	bool automatic = strcmp(said, "\"automatic\"") == 0 || member_says(said, kind, "automatic") ||
	                 member_says(said, "default", "automatic");
	return automatic ? APPROVAL_AUTOMATIC : APPROVAL_FOUR_EYES;
}

bool
policy_names(const ProtobufCEnumDescriptor *d, int value, const char *word)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, value);

	return v && strcasecmp(v->name, word) == 0;
}

/* Held on the date of the finding. */
static bool
holds(const struct policy_finding *f, const char *role)
{
	for (size_t i = 0; i < f->npostings; i++) {
		const MirrorRows__Posting *p = f->postings[i];
		bool held = day_within(f->on_day, p->from_day, p->maybe_to_case, p->to_day);
		if (held && policy_names(&roster__role__descriptor, (int)p->role, role))
			return true;
	}
	return false;
}

bool
policy_case_covers(const Policy__Case *c, const struct policy_finding *f)
{
	if ((c->superior && f->source != SUPERVISION__SOURCE__SUPERIOR) || (c->major && !f->major))
		return false;
	if (c->maybe_role_case == POLICY__CASE__MAYBE_ROLE_ROLE && !holds(f, c->role))
		return false;
	for (size_t i = 0; i < c->n_findings; i++)
		if (policy_names(&supervision__finding_kind__descriptor, (int)f->kind, c->findings[i]))
			return true;
	return false;
}
