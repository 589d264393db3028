#include "domain/policies.h"
#include "base/log.h"
#include "engine/book_cache.h"
#include "roster.pb-c.h"
#include <assert.h>

/* ---- a book, as the engine makes and keeps it */

/* What roster published was checked by the same code. */
static const void *
document_parse(const void *row, arena_t *a)
{
	const MirrorRows__Policy *p = row;
	Policy__Policy *policy;
	Wire__Problem *problem;
	bool ok = policy_parse(p->document_json, a, &policy, &problem);

	if (!ok)
		LOG(ERROR, "policy.unreadable", NULL, LOG_S("district", p->district), LOG_S("version", p->version),
		    LOG_S("why", problem->detail));
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

static const struct district_cache cache = {
	.text = "document_json", .parse = document_parse,
	.head = sizeof(struct policy_book), .each = sizeof(struct policy_version), .make = book_make,
};

const struct table mirror_policy = { "policy", &mirror_rows__policy__descriptor, 2, false, &cache };

/* ---- what is remembered */

static MirrorRows__Policy
policy_row(const struct batch *b, const Roster__PolicyPublished *e)
{
	MirrorRows__Policy row = MIRROR_ROWS__POLICY__INIT;

	row.district = (char *)batch_district(b);
	row.effective_from_day = e->effective_from_day;
	row.version = e->version;
	row.document_json = e->document_json;
	return row;
}

/* Whoever asks for the district's policies in one batch with it is told of all, not of this one alone. */
void
mirror_want_policy(struct batch *b, const void *m)
{
	const MirrorRows__Policy row = policy_row(b, m);

	batch_want(b, &mirror_policy, &row, 1);
}

void
mirror_run_policy(struct batch *b, const void *m)
{
	const MirrorRows__Policy row = policy_row(b, m);

	batch_put(b, &mirror_policy, &row);
}

const struct noun mirrored_policy = {
	.tables = LIST(((const struct table *const[]){ &mirror_policy })),
	.events = LIST(((const struct event_handler[]){ {
		.message = &roster__policy_published__descriptor, .want = mirror_want_policy, .run = mirror_run_policy,
	} })),
};

/* ---- who asks */

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
