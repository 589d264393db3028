/* fixture - the store against a real PostgreSQL: ZHUCUN_TEST_DB is the conninfo (key=value ...) of a superuser in a
 * scratch database.
 *
 * Each program makes a schema of its own (storetest_<pid>) and drops it.  Two connections: `db` is under test, `peer`
 * plays whoever else is there (holds locks, notifies, kills).  Messages (lib/store/storetest_rows.proto) are compared
 * by their packed bytes, so that a field set to nothing and a field not set differ.  The fixture owns the monotonic
 * clock: a deadline passes by turning it. */
#pragma once
#include "store/store.h"
#include "storetest_rows.pb-c.h"

enum { ARENA_CAP = 256 << 20 };

struct test {
	store_t *db, *peer;
	arena_t *arena;                                 /* emptied after each test */
	const char *conninfo;
	char schema[32];
	const struct store_stmt *const *statements;     /* of this program, beside those below */
	size_t nstatements;
	int passed, failed;
};

/* Runs the tests, with empty tables before each; what main returns. */
int fixture_main(const struct store_stmt *const *statements, size_t nstatements, void (*const *tests)(struct test *),
		 size_t n);
void fixture_check(struct test *t, bool ok, const char *file, int line, const char *what);
#define CHECK(t, ok) fixture_check(t, ok, __FILE__, __LINE__, #ok)

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
