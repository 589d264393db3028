/* What is refused, at start and when it is run: statements that do not fit their messages, rows that the database will
 * not have, what is too large to send; which error each is, that nothing of it stays, and that the log quotes none of
 * it. */
#include "fixture.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BODY_BIG = 9 << 20, LOG_MAX = 16384 };

static const struct store_stmt
	raise = { "raise", "select raise($1, $2)", { "first", "second" }, 2, D(pair), NULL },
	word_number = { "word_number", "select $1::text::integer as number", { "word" }, 1, D(word), D(number) },
	body_add = { "body_add", "insert into body values ($1)", { "body" }, 1, D(body), NULL },
	body_count = { "body_count", "select count(*) from body", {}, 0, NULL, D(count) };

static const struct store_stmt *const statements[] = {
	&raise, &word_number, &body_add, &body_count,
};

/* ---- refused at start */

static void
test_mismatches(struct test *t)
{
	static const struct store_stmt bad[] = {
		{ "bad_sql", "selec", {}, 0, NULL, NULL },
		{ "bad_table", "select id from nowhere", {}, 0, NULL, D(sample) },
		{ "bad_param_name", "insert into word values ($1)", { "wurd" }, 1, D(word), NULL },
		{ "bad_no_args", "insert into word values ($1)", { "word" }, 1, NULL, NULL },
		{ "bad_param_type", "select id from sample where big = $1", { "number" }, 1, D(sample), D(sample) },
		{ "bad_param_narrow", "select id from sample where number = $1", { "big" }, 1, D(sample), D(sample) },
		{ "bad_instant", "select id from sample where at_us = $1", { "big" }, 1, D(sample), D(sample) },
		{ "bad_date", "select id from sample where on_day = $1", { "number" }, 1, D(sample), D(sample) },
		{ "bad_list", "select id from sample where big = any($1)", { "tags" }, 1, D(sample), D(sample) },
		{ "bad_type", "select id from sample where ratio = $1::numeric", { "ratio" }, 1, D(sample), D(sample) },
		{ "bad_few", "insert into word values ($1)", {}, 0, D(word), NULL },
		{ "bad_more", "select id from sample", { "id" }, 1, D(sample), D(sample) },
		{ "bad_column_name", "select id as ident from sample", {}, 0, NULL, D(sample) },
		{ "bad_column_type", "select big as number from sample", {}, 0, NULL, D(sample) },
		{ "bad_column_list", "select note as tags from sample", {}, 0, NULL, D(sample) },
		{ "bad_column_uint", "select number as small from sample", {}, 0, NULL, D(sample) },
		{ "bad_no_row", "select id from sample", {}, 0, NULL, NULL },
		{ "bad_no_result", "insert into word values ('x')", {}, 0, NULL, D(word) },
		{ "bad_name_that_is_longer_than_the_server_would_keep_of_it_without_a_word",
		  "select 1", {}, 0, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool refused = !store_prepare(t->db, &bad[i]);
		if (!refused)
			printf("     %s was taken\n", bad[i].name);
		CHECK(refused);
		CHECK(fixture_run(t, &fixture_word_all, NULL));
	}
	CHECK(store_prepare(t->db, &fixture_word_all));        /* again: nothing to do */
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		store_text(t->db,
			   arena_printf(t->arena, "do $$ begin deallocate %s; exception when others then null; end $$",
					bad[i].name));
	CHECK(store_sync(t->db) == STORE_OK);
}

/* ---- errors */

static void
test_error_in_the_middle(struct test *t)
{
	store_text(t->db, "begin");
	fixture_words_add(t, "a");
	fixture_words_add(t, "a");
	fixture_words_add(t, "b");
	store_text(t->db, "commit");
	CHECK(store_sync(t->db) == STORE_BAD_INPUT);
	CHECK(strcmp(store_sqlstate(t->db), "23505") == 0);
	CHECK(strstr(store_detail(t->db), "already exists") != NULL);
	CHECK(fixture_words_are(t, NULL, 0));
	CHECK(*store_sqlstate(t->db) == '\0' && *store_detail(t->db) == '\0');

	fixture_words_add(t, "a");                        /* no begin: the pipeline is one transaction */
	fixture_words_add(t, "forbidden");
	CHECK(store_sync(t->db) == STORE_BAD_INPUT && strcmp(store_sqlstate(t->db), "23514") == 0);
	CHECK(fixture_words_are(t, NULL, 0));

	store_text(t->db, "begin");
	fixture_words_add(t, "a");
	CHECK(store_sync(t->db) == STORE_OK);        /* a transaction over two syncs */
	fixture_words_add(t, "forbidden");
	store_text(t->db, "commit");
	CHECK(store_sync(t->db) == STORE_BAD_INPUT);
	fixture_words_add(t, "c");                        /* must not join what was rolled back */
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(fixture_words_are(t, (const char *const[]){ "c" }, 1));
}

static void
test_error_classes(struct test *t)
{
	static const struct { const char *sqlstate, *detail; enum store_error error; } cases[] = {
		{ "ZF001", "3 17 63", STORE_FENCED }, { "ZK001", "460101 clerk k1", STORE_KEY_TAKEN },
		{ "40001", "", STORE_TRANSIENT }, { "40P01", "", STORE_TRANSIENT }, { "53100", "", STORE_TRANSIENT },
		{ "53200", "", STORE_TRANSIENT }, { "55P03", "", STORE_TRANSIENT },
		{ "22012", "", STORE_BAD_INPUT }, { "23505", "", STORE_BAD_INPUT }, { "P0001", "d", STORE_BAD_INPUT },
		{ "42501", "", STORE_BAD_INPUT }, { "ZF002", "", STORE_BAD_INPUT }, { "55006", "", STORE_BAD_INPUT },
		{ "57014", "", STORE_BAD_INPUT },
		{ "57P01", "", STORE_LOST }, { "57P05", "", STORE_LOST }, { "08006", "", STORE_LOST },
		{ "25P03", "", STORE_LOST }, { "25P04", "", STORE_LOST }, { "25006", "", STORE_LOST },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const void *args = fixture_pair(t, cases[i].sqlstate, cases[i].detail);
		store_text(t->db, "begin");
		fixture_words_add(t, "before");
		store_queue(t->db, &raise, &args, 1);
		store_text(t->db, "commit");
		CHECK(store_sync(t->db) == cases[i].error);
		CHECK(strcmp(store_sqlstate(t->db), cases[i].sqlstate) == 0);
		CHECK(strcmp(store_detail(t->db), cases[i].detail) == 0);
		CHECK((store_fd(t->db) < 0) == (cases[i].error == STORE_LOST));
		if (cases[i].error == STORE_LOST)
			CHECK(store_reopen(t->db));
		CHECK(fixture_words_are(t, NULL, 0));
	}
}

/* Server messages quote rows and values; the log must not. */
static void
test_log_quotes_nothing(struct test *t)
{
	static const struct { const struct store_stmt *stmt; const char *sqlstate; } cases[] = {
		{ &fixture_word_add, "23505" }, { &word_number, "22003" },
	};
	const void *secret = fixture_word(t, "13800138000");
	char log[LOG_MAX] = "";
	int terminal = dup(STDERR_FILENO);
	FILE *f = tmpfile();

	CHECK(f && terminal >= 0 && dup2(fileno(f), STDERR_FILENO) >= 0);
	CHECK(fixture_run(t, &fixture_word_add, secret));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(!fixture_run(t, cases[i].stmt, secret));
	dup2(terminal, STDERR_FILENO);
	close(terminal);
	rewind(f);
	CHECK(fread(log, 1, sizeof(log) - 1, f) > 0);
	fclose(f);
	CHECK(strstr(log, "13800138000") == NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(strstr(log, cases[i].sqlstate) && strstr(log, cases[i].stmt->name));
}

/* Nothing of a sync that may not be sent stays, with a transaction begun or without. */
static void
test_oversized(struct test *t)
{
	const void *small = fixture_body(t, 10), *big = fixture_body(t, BODY_BIG), *too_big = fixture_body(t, 17 << 20);

	for (int begun = 0; begun < 2; begun++) {
		if (begun)
			store_text(t->db, "begin");
		store_queue(t->db, &body_add, &small, 1);
		store_queue(t->db, &body_add, &too_big, 1);
		store_queue(t->db, &body_add, &small, 1);
		if (begun)
			store_text(t->db, "commit");
		CHECK(store_sync(t->db) == STORE_BAD_INPUT);
		CHECK(fixture_count(t, t->db, &body_count, NULL) == 0);
	}
	store_queue(t->db, &body_add, &big, 1);
	store_queue(t->db, &body_add, &big, 1);         /* each would do, both are too much */
	CHECK(store_sync(t->db) == STORE_BAD_INPUT);
	store_queue(t->db, &body_add, &big, 1);
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(fixture_count(t, t->db, &body_count, NULL) == 1);
}

int
main(void)
{
	static void (*const tests[])(struct test *) = {
		test_mismatches, test_error_in_the_middle, test_error_classes, test_log_quotes_nothing, test_oversized,
	};

	return fixture_main(statements, sizeof(statements) / sizeof(statements[0]), tests,
			    sizeof(tests) / sizeof(tests[0]));
}
