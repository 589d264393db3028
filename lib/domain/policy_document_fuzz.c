/* How it tests: libFuzzer's text is taken two ways, as a policy document and as a patch of the one we ship.  A document
 * that is taken is taken again, as the same, after it was patched with nothing; one that is not has a problem of status
 * 422.  A patch that leaves a document leaves one that is taken or refused likewise; and every question that services
 * ask of a policy that was taken has an answer.
 *
 * tests/run-fuzz.sh builds and runs it. */
#include "domain/policy_book.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { INPUT_MAX = 32768, ARENA_BYTES = 64 << 20 };

static void
must(bool held)
{
	if (!held)
		abort();
}

static void
must_be_same(const Policy__Policy *one, const Policy__Policy *other, arena_t *a)
{
	size_t len = policy__policy__get_packed_size(one);
	uint8_t *p = arena_alloc(a, len + 1), *q = arena_alloc(a, len + 1);

	must(policy__policy__get_packed_size(other) == len);
	policy__policy__pack(one, p);
	policy__policy__pack(other, q);
	must(!memcmp(p, q, len));
}

static void
ask(const Policy__Policy *p)
{
	static const char *const kinds[] = { "stipend_cancelled", "recall", "award_ban", "interview" };
	struct policy_version v = { "v", 17000, p };
	struct policy_book book = { &v, 1 };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		must(policy_approval(p, kinds[i]) == APPROVAL_FOUR_EYES ||
		     policy_approval(p, kinds[i]) == APPROVAL_AUTOMATIC);
	must(policy_approval(p, "recall") == APPROVAL_FOUR_EYES);
	must(!policy_on(&book, 16999) && policy_on(&book, 17000) == &v);
}

static void
as_document(const char *text, arena_t *a)
{
	Policy__Policy *p, *again;
	Wire__Problem *problem;

	if (!policy_parse(text, a, &p, &problem)) {
		must(problem && problem->status == 422 && *problem->code);
		return;
	}
	must(!problem);
	ask(p);
	char *same = policy_patched(text, "{}", a);
	must(same && policy_parse(same, a, &again, &problem));
	must_be_same(p, again, a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > INPUT_MAX)
		return 0;
	arena_t *a = arena_open(ARENA_BYTES);
	char *text = arena_strndup(a, (const char *)bytes, len);

	as_document(text, a);
	char *patched = policy_patched(data_dachuan_2017_96_json, text, a);
	if (patched)
		as_document(patched, a);
	arena_close(&a);
	return 0;
}
