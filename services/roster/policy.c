/* policy - the rule books of a district, each from its day on.
 *
 *   in:   PublishPolicy; ReadPolicy; a new district begins with one (district.c)
 *   out:  PolicyPublished
 *   owns: policy (kept by lib/domain/mirror) */
#include "policy.h"
#include "base/civil.h"
#include "domain/mirror.h"
#include "domain/policy_book.h"
#include "engine/keyed.h"
#include "roster.h"
#include "roster_policy.sql.h"
#include <assert.h>
#include <string.h>

typedef MirrorRows__Policy Policy;

enum {
	VERSION_BYTES_MAX = 64,
	POLICY_BYTES_MAX = 128 << 10,           /* a document; the one we ship has some 20 KiB */
	POLICIES_BYTES_MAX = 2 << 20,           /* all of a district: services keep them parsed, three times that */
};

static const struct copy
published_of_command = { &roster__policy_published__descriptor, &roster__publish_policy__descriptor, "document_json" },
answer_of_published = { &roster__policy_version__descriptor, &roster__policy_published__descriptor, NULL };

void
roster_policies_want(struct batch *b)
{
	batch_want_all(b, &mirror_policy);
}

/* The one we ship (rules.md, Source), in force since the stipends of the notice began (C4.4). */
void
roster_policy_begin(struct batch *b)
{
	Roster__PolicyPublished e = ROSTER__POLICY_PUBLISHED__INIT;

	e.version = arena_strdup(batch_arena(b), POLICY_SHIPPED_VERSION);
	e.effective_from_day = day_of_civil(2017, 8, 1);
	e.document_json = policy_patched(data_dachuan_2017_96_json, "{}", batch_arena(b));
	assert(e.document_json);
	batch_emit(b, batch_district(b), &e.base);
}

/* ---- PublishPolicy */

static void
publish_want(struct batch *b, const void *m)
{
	(void)m;
	roster_policies_want(b);
}

/* The policy in force on a day: the last to begin by then; NULL: none yet. */
static const Policy *
in_force(const void **rows, size_t n, int32_t day)
{
	const Policy *last = NULL;

	for (size_t i = 0; i < n; i++)
		if (((const Policy *)rows[i])->effective_from_day <= day)
			last = rows[i];
	return last;
}

/* A version's name stands for its content, for ever. */
static bool
version_taken(const void **rows, size_t n, const char *version, const char *document)
{
	for (size_t i = 0; i < n; i++) {
		const Policy *p = rows[i];
		if (strcmp(p->version, version) == 0 && strcmp(p->document_json, document) != 0)
			return true;
	}
	return false;
}

static bool
room_for(const void **rows, size_t n, const char *document)
{
	size_t bytes = strlen(document);

	for (size_t i = 0; i < n; i++)
		bytes += strlen(((const Policy *)rows[i])->document_json);
	return bytes <= POLICIES_BYTES_MAX;
}

/* The document that the patch makes; NULL: refused. */
static char *
patched_document(struct batch *b, const char *base, const char *patch)
{
	char *document = policy_patched(base, patch, batch_arena(b));
	Policy__Policy *policy;
	Wire__Problem *problem;

	if (!batch_ok(b, document && strlen(document) <= POLICY_BYTES_MAX, 422, "field.range", "/patch",
	              "A policy is a JSON object of at most 128 KiB."))
		return NULL;
	if (policy_parse(document, batch_arena(b), &policy, &problem) &&
	    policy_patch_shown(patch, batch_arena(b), &problem))
		return document;
	const Wire__ProblemError *first = problem->n_errors ? problem->errors[0] : NULL;
	batch_refuse(b, 422, first ? first->code : problem->code,
	             arena_printf(batch_arena(b), "/patch%s", first ? first->pointer : ""), problem->detail);
	return NULL;
}

/* What the policy begins as; NULL: refused. */
static char *
document_of(struct batch *b, const Roster__PublishPolicy *in)
{
	const void **rows;
	size_t n = batch_list_all(b, &mirror_policy, &rows);
	const Policy *base = in_force(rows, n, in->effective_from_day);
	char *document;

	if (!batch_ok(b, name_valid(in->version, VERSION_BYTES_MAX), 422, "field.text", "/version",
	              "A version is named by 1 to 64 bytes of text.") ||
	    !batch_ok(b, base, 422, "policy.no_base", "/effective_from",
	              "No policy is in force on that day: there is nothing to patch.") ||
	    !(document = patched_document(b, base->document_json, in->patch_json)) ||
	    !batch_ok(b, base->effective_from_day != in->effective_from_day, 409, "policy.exists", "/effective_from",
	              "A policy begins on that day already.") ||
	    !batch_ok(b, !version_taken(rows, n, in->version, document), 409, "policy.version_taken", "/version",
	              "This version is another document.") ||
	    !batch_ok(b, room_for(rows, n, document), 409, "policy.too_many", NULL,
	              "The policies of a district have at most 2 MiB in all."))
		return NULL;
	return document;
}

static void
publish(struct batch *b, const void *m)
{
	Roster__PolicyPublished e = ROSTER__POLICY_PUBLISHED__INIT;
	Roster__PolicyVersion out = ROSTER__POLICY_VERSION__INIT;

	copy_run(&published_of_command, &e, m);
	e.document_json = document_of(b, m);
	if (!e.document_json)
		return;
	batch_emit(b, batch_district(b), &e.base);
	copy_run(&answer_of_published, &out, &e);
	batch_answer(b, 201, &out.base);
}

/* ---- the query */

static void
read_policy(struct reader *r, const void *m)
{
	const Roster__ReadPolicy *in = m;
	RosterRows__IdOnDay *key = reader_key_today(r, &roster_rows__id_on_day__descriptor, "");

	if (in->maybe_on_case)
		key->on_day = in->on_day;
	reader_one(r, &roster_policy_read, key, NULL, "No policy is in force on that day.");
}

const struct noun roster_policy = {
	.commands = LIST(((const struct command[]){
		{ .message = &roster__publish_policy__descriptor, .want = publish_want, .run = publish },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_policy__descriptor, .run = read_policy },
	})),
	.copies = LIST(((const struct copy *const[]){ &published_of_command, &answer_of_published })),
	.statements = { roster_policy_sql, ROSTER_POLICY_SQL_COUNT },
};
