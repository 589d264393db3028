#include "domain/policies.h"
#include "base/log.h"
#include "domain/mirror.h"
#include <assert.h>

/* What roster published was checked by the same code. */
static const void *
document_parse(const void *row, arena_t *a)
{
	const MirrorRows__Policy *p = row;
	Policy__Policy *policy;
	Wire__Problem *problem;
	bool ok = policy_parse(p->document_json, a, &policy, &problem);

	if (!ok)
		LOG(ERROR, "policy.unreadable", NULL, LOG_S("district", p->district), LOG_S("version", p->version), LOG_S("why", problem->detail));
	assert(ok);
	return policy;
}

static void
book_make(void *at, const void *const *rows, const void *const *documents, size_t n)
{
	struct policy_book *book = at;
	struct policy_version *versions = (struct policy_version *)(book + 1);

	for (size_t i = 0; i < n; i++) {
		const MirrorRows__Policy *p = rows[i];
		versions[i] = (struct policy_version){ p->version, p->effective_from_day, documents[i] };
	}
	*book = (struct policy_book){ versions, n };
}

const struct district_cache policy_books = {
	.text = "document_json", .parse = document_parse,
	.head = sizeof(struct policy_book), .each = sizeof(struct policy_version), .make = book_make,
};

const struct policy_book *
batch_policies(struct batch *b)
{
	return batch_book(b, &mirror_policy);
}

const struct policy_book *
reader_policies(struct reader *r)
{
	return reader_book(r, &mirror_policy);
}
