/* policies_test - many districts, few documents: what is parsed is counted, and what is held is bounded
 * (engine/book_cache.h). */
#include "domain/policies.h"
#include "engine/book_cache.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

enum { DISTRICTS = 3000, OWN = 300, VERSIONS_MAX = 4 };

static struct metrics counted;

static long long parsed(void) { return counted.value[METRIC_DOCUMENTS_PARSED]; }

/* A district's version that begins so many days after 2017-08-01, with this rate of the stipend; 0: as shipped. */
static const MirrorRows__Policy *
row(arena_t *a, int district, int version, int64_t rate_fen)
{
	MirrorRows__Policy *p = arena_message(a, &mirror_rows__policy__descriptor);

	p->district = arena_printf(a, "%06d", 100000 + district);
	p->version = arena_printf(a, "v%d", version);
	p->effective_from_day = 17379 + version;
	p->document_json =
		rate_fen
			? policy_patched(data_dachuan_2017_96_json,
	                                 arena_printf(a, "{\"stipend\": {\"rate_fen\": %lld}}", (long long)rate_fen), a)
			: (char *)data_dachuan_2017_96_json;
	return p;
}

static const struct policy_book *
keep_all(book_cache_t *c, const MirrorRows__Policy *const *rows, size_t n)
{
	return book_cache_keep(c, rows[0]->district, (const void *const *)rows, n)->made;
}

static const struct policy_book *
keep(book_cache_t *c, const MirrorRows__Policy *p)
{
	return keep_all(c, &p, 1);
}

/* All have the document that is shipped. */
static void
test_shared(arena_t *a)
{
	book_cache_t *c = book_cache_open(&mirror_policy, 4 << 20, &counted);
	const Policy__Policy *document = NULL;
	bool same = true;
	long long before = parsed();

	for (int i = 0; i < DISTRICTS; i++) {
		const MirrorRows__Policy *p = row(a, i, 0, 0);
		const struct policy_book *book = keep(c, p);
		document = document ? document : book->versions[0].document;
		same = same && book->n == 1 && book->versions[0].document == document &&
		       book->versions[0].effective_from_day == 17379;
		book_cache_trim(c);
	}
	checkf(same && parsed() == before + 1, "one document for all", "parsed %lld", parsed());
	checkf(book_cache_of(c, "100000") && book_cache_of(c, "102999"), "and a book for each, which stays",
	       "parsed %lld", parsed());
	checkf(!book_cache_of(c, "103000"), "but for nobody else", "parsed %lld", parsed());
	book_cache_forget(c, "100007");
	checkf(!book_cache_of(c, "100007") && book_cache_of(c, "100008"), "one is forgotten", "parsed %lld",
	       parsed());
	keep(c, row(a, 7, 0, 0));
	book_cache_forget(c, NULL);
	checkf(!book_cache_of(c, "100008") && keep(c, row(a, 8, 0, 0)) && parsed() == before + 1,
	       "all are forgotten, but not what they stood on", "parsed %lld", parsed());
	book_cache_close(&c);
}

/* A version more: the rest of the book is not parsed again, nor is a document that another version has. */
static void
test_versions(arena_t *a)
{
	book_cache_t *c = book_cache_open(&mirror_policy, 4 << 20, &counted);
	const MirrorRows__Policy *rows[VERSIONS_MAX] = {
		row(a, 1, 0, 0), row(a, 1, 1, 11000), row(a, 1, 2, 12000), row(a, 1, 3, 11000),
	};
	const void *const *all = (const void *const *)rows;
	long long before = parsed();

	keep_all(c, rows, 2);
	checkf(parsed() == before + 2, "two versions", "parsed %lld", parsed());
	const struct book *kept = book_cache_of(c, "100001");
	checkf(book_is_of(kept, &mirror_policy, all, 2) && !book_is_of(kept, &mirror_policy, all + 1, 2),
	       "what is kept is of these two", "of %zu", kept->n);
	struct book made = book_cache_make(c, all, 3, a);
	const struct policy_book *third = made.made;
	checkf(parsed() == before + 3 && third->n == 3 && book_cache_of(c, "100001")->n == 2, "a third, for one batch",
	       "parsed %lld", parsed());
	checkf(book_is_of(&made, &mirror_policy, all, 3) && !book_is_of(&made, &mirror_policy, all, 2),
	       "which is of three", "of %zu", made.n);
	const struct policy_book *book = keep_all(c, rows, 4);
	checkf(parsed() == before + 3 && book->n == 4 && book->versions[3].document == book->versions[1].document,
	       "and a fourth, which says what the second says", "parsed %lld", parsed());
	checkf(book->versions[2].document->stipend->rate_fen == 12000 && !strcmp(book->versions[2].version, "v2"),
	       "each in its place", "parsed %lld", parsed());
	book_cache_close(&c);
}

/* More documents than there is room for: what is used stays, what is not is parsed again. */
static void
test_bounded(arena_t *a)
{
	enum { ROOM = 4 << 20, BUSY = 8 };
	book_cache_t *c = book_cache_open(&mirror_policy, ROOM, &counted);
	size_t most = 0;
	bool there = true;
	long long before = parsed();

	for (int i = 0; i < OWN; i++) {
		keep(c, row(a, i, 0, 20000 + i));
		for (int k = 0; k < BUSY && k < i; k++)
			there = there && book_cache_of(c, arena_printf(a, "%06d", 100000 + k));
		book_cache_trim(c);
		most = book_cache_bytes(c) > most ? book_cache_bytes(c) : most;
	}
	checkf(parsed() == before + OWN, "each has its own document", "parsed %lld", parsed());
	checkf(most <= ROOM && most > ROOM / 2, "what is held is bounded", "parsed %lld", parsed());
	checkf(there, "who is asked for stays", "parsed %lld", parsed());
	checkf(!book_cache_of(c, "100009") && book_cache_of(c, "100299"), "who is not goes, the oldest first",
	       "parsed %lld", parsed());
	keep(c, row(a, 1, 1, 20001));
	checkf(parsed() == before + OWN, "what is there is not parsed again", "parsed %lld", parsed());
	keep(c, row(a, 9, 1, 20009));
	checkf(parsed() == before + OWN + 1, "what has gone is", "parsed %lld", parsed());
	book_cache_close(&c);
}

int
main(void)
{
	arena_t *a = arena_open(256 << 20);

	test_shared(a);
	test_versions(a);
	test_bounded(a);
	arena_close(&a);
	return tally_end();
}
