/* fixture - the store against a real PostgreSQL: ZHUCUN_TEST_DB is the conninfo (key=value ...) of a superuser in a
 * scratch database.
 *
 * Each program makes a schema of its own (storetest_<pid>) and drops it.  Two connections: `db` is under test, `peer`
 * plays whoever else is there (holds locks, notifies, kills).  Messages (lib/store/storetest_rows.proto) are compared
 * by their packed bytes, so that a field set to nothing and a field not set differ.  The fixture owns the monotonic
 * clock: a deadline passes by turning it. */
#pragma once
#include "harness/tally.h"
#include "store/store.h"
#include "storetest_rows.pb-c.h"
#include <stdio.h>

enum { ARENA_CAP = 256 << 20 };

struct test {
	store_t *db, *peer;
	arena_t *arena;                                 /* emptied after each test */
	const char *conninfo;
	char schema[32];
	const struct store_stmt *const *statements;     /* of this program, beside those below */
	size_t nstatements;
};

/* By how much the clock is turned on at each look at it. */
extern int64_t fixture_clock_step_us;

#define D(m) &storetest_rows__##m##__descriptor
extern const struct store_stmt fixture_word_add, fixture_word_all, fixture_my_pid;

/* One more connection, in the schema, with all statements; NULL when there is none. */
store_t *fixture_prepared(struct test *t);
/* On db, in a round trip of its own; true when that went well. */
bool fixture_run(struct test *t, const struct store_stmt *s, const void *args);
/* What a statement counts; -1 when it could not. */
int64_t fixture_count(struct test *t, store_t *db, const struct store_stmt *s, const void *args);

/* Arguments, in the arena. */
const void *fixture_word(struct test *t, const char *text);
const void *fixture_pair(struct test *t, const char *first, const char *second);
const void *fixture_body(struct test *t, size_t len);

/* Queues a word on db. */
void fixture_words_add(struct test *t, const char *text);
/* Whether these, in order, are all words that db sees. */
bool fixture_words_are(struct test *t, const char *const *wanted, size_t n);

/* ---- from beginning to end */

/* Exits with a sentence when the environment is not there; false when the database is not. */
bool fixture_open(struct test *t);
/* Tables without rows; and the schema away again. */
bool fixture_empty(struct test *t);
bool fixture_close(struct test *t);

#define CHECK(ok) checkf(ok, __FILE__, "%d %s", __LINE__, #ok)

/* Runs the tests, with empty tables before each; what main returns. */
static inline int
fixture_main(const struct store_stmt *const *statements, size_t nstatements, void (*const *tests)(struct test *),
	     size_t n)
{
	struct test t = { .statements = statements, .nstatements = nstatements };

	setvbuf(stdout, NULL, _IOLBF, 0);               /* what failed is told even when an assertion ends us */
	bool ready = fixture_open(&t);
	CHECK(ready);
	for (size_t i = 0; ready && i < n; i++) {
		CHECK(fixture_empty(&t));
		tests[i](&t);
		arena_reset(t.arena);
	}
	CHECK(fixture_close(&t));
	return tally_end();
}
