/* mention_test - texts that mention people and places without naming them.
 *
 * How: a text, the names that are known, and what is read. */
#include "domain/mention.h"
#include "harness/tally.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *
known(void *ctx, const char *ref)
{
	(void)ctx;
	return !strcmp(ref, "person/p1")      ? "张一"
	       : !strcmp(ref, "person/p1@17") ? "张壹"
	       : !strcmp(ref, "unit/u.1")     ? "⟦person/p1⟧局"
	                                      : NULL;
}

static const struct { const char *text, *named, *plain; } fills[] = {
	{ "", "", "" },
	{ "没有人。", "没有人。", "没有人。" },
	{ "⟦person/p1⟧", "张一", "p1" },
	{ "关于⟦person/p1⟧（⟦person/p1@17⟧）。", "关于张一（张壹）。", "关于p1（p1）。" },
	{ "⟦person/p2⟧⟦village/v-1⟧", "p2v-1", "p2v-1" },              /* not known: by id */
	{ "⟦unit/u.1⟧", "⟦person/p1⟧局", "u.1" },                       /* a name is not read again */
	{ "⟦clause/x⟧ ⟦person⟧ ⟦person/⟧ ⟦⟧", "⟦clause/x⟧ ⟦person⟧ ⟦person/⟧ ⟦⟧", "⟦clause/x⟧ ⟦person⟧ ⟦person/⟧ ⟦⟧" },
	{ "⟦person/p1@x⟧ ⟦person/p1@-1⟧", "⟦person/p1@x⟧ ⟦person/p1@-1⟧", "⟦person/p1@x⟧ ⟦person/p1@-1⟧" },
	{ "⟦person/p1", "⟦person/p1", "⟦person/p1" },
	{ "a⟧⟦township/t⟧b", "a⟧tb", "a⟧tb" },
};

static const struct { const char *ref, *kind, *id; int64_t seq; } reads[] = {
	{ "person/p1", "person", "p1", INT64_MAX }, { "unit/a/b", "unit", "a/b", INT64_MAX },
	{ "village/v@1", "village", "v", 1 },
	{ "township/t@9000000000", "township", "t", 9000000000 }, { "person/@3", NULL, NULL, 0 },
	{ "Person/p1", NULL, NULL, 0 }, { "p1", NULL, NULL, 0 },
};

/* Twice as long a text costs twice as much, whatever it mentions. */
static size_t
cost_of(const char *piece, int n)
{
	arena_t *a = arena_open(256 << 20);
	char *text = arena_alloc(a, n * strlen(piece) + 1), *at = text;

	for (int i = 0; i < n; i++)
		at = stpcpy(at, piece);
	size_t before = arena_used(a);
	mention_fill(text, NULL, NULL, a);
	size_t used = arena_used(a) - before;
	arena_close(&a);
	return used;
}

static void
test_cost(void)
{
	static const char *const pieces[] = { "⟦⟧", "⟦person/p1⟧", "⟦person/p1⟧。", "⟦", "没有人" };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		size_t one = cost_of(pieces[i], 1000), two = cost_of(pieces[i], 2000);
		check(two <= 2 * one + 64 && one <= 1000 * (strlen(pieces[i]) + 192), pieces[i],
		      "grows faster than the text");
	}
}

int
main(void)
{
	arena_t *a = arena_open(1 << 20);

	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		char *named = mention_fill(fills[i].text, known, NULL, a),
		     *plain = mention_fill(fills[i].text, NULL, NULL, a);
		check(strcmp(named, fills[i].named) == 0, fills[i].text, named);
		check(strcmp(plain, fills[i].plain) == 0, fills[i].text, plain);
	}
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		struct mentioned m;
		bool is = mention_read(reads[i].ref, strlen(reads[i].ref), a, &m);
		check(is == (reads[i].kind != NULL) && (!is || (!strcmp(m.kind, reads[i].kind) &&
		                                                !strcmp(m.id, reads[i].id) && m.seq == reads[i].seq)),
		      reads[i].ref, is ? m.id : "none");
	}
	for (size_t i = 0; mention_kinds[i]; i++) {
		char *text = mention_of(mention_kinds[i], "x", a);
		struct mention m;
		struct mentioned what;
		check(mention_next(text, &m) && mention_read(m.ref, m.ref_len, a, &what) && !*m.end &&
		              !strcmp(what.kind, mention_kinds[i]),
		      mention_kinds[i], text);
	}
	test_cost();
	arena_close(&a);
	return tally_end();
}
