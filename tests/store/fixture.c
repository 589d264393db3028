/* The fixture: the clock, the schema, and the steps that tests are made of. */
#include "fixture.h"
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the clock: real, but for what is added at each look */

int64_t fixture_clock_step_us;
static int64_t clock_turned_us;

static int64_t
clock_of(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

int64_t
clock_mono_us(void)
{
	return clock_of(CLOCK_MONOTONIC) + (clock_turned_us += fixture_clock_step_us);
}

int64_t
clock_boot_us(void)
{
	return clock_of(CLOCK_BOOTTIME);
}

int64_t
clock_real_us(void)
{
	return clock_of(CLOCK_REALTIME);
}

/* ---- statements and schema */

const struct store_stmt
	fixture_word_add = { "word_add", "insert into word select unnest($1::text[])", { "word" }, 1, D(word), NULL },
	fixture_word_all = { "word_all", "select word from word order by word", {}, 0, NULL, D(word) },
	fixture_my_pid = { "my_pid", "select pg_backend_pid() as number", {}, 0, NULL, D(number) };
static const struct store_stmt *const everybodys[] = { &fixture_word_add, &fixture_word_all, &fixture_my_pid };
enum { EVERYBODYS = sizeof(everybodys) / sizeof(everybodys[0]) };

#define TABLE_OF(name)                                                                                                 \
	"create table " name " (id text primary key, at_us timestamptz, on_day date, big bigint, small bigint, "       \
	"number integer, flag boolean, ratio double precision, note text, colour text, body bytea"
static const char *const schema[] = {
	TABLE_OF("sample") ", tags text[])",
	TABLE_OF("maybe") ")",
	"create table word (word text primary key check (word <> 'forbidden'))",
	"create table body (body bytea)",
	"create function raise(state text, told text) returns void language plpgsql as $$"
	" begin raise exception 'raised' using errcode = state, detail = told; end $$",
};
enum { SCHEMA = sizeof(schema) / sizeof(schema[0]) };

store_t *
fixture_prepared(struct test *t)
{
	store_t *db = store_open(arena_printf(t->arena, "%s options='-c search_path=%s'", t->conninfo, t->schema));
	bool ok = db != NULL;

	for (size_t i = 0; ok && i < EVERYBODYS; i++)
		ok = store_prepare(db, everybodys[i]);
	for (size_t i = 0; ok && i < t->nstatements; i++)
		ok = store_prepare(db, t->statements[i]);
	if (!ok)
		store_close(&db);
	return db;
}

/* ---- small steps */

bool
fixture_run(struct test *t, const struct store_stmt *s, const void *args)
{
	return store_run(t->db, s, args, t->arena, NULL, NULL) == STORE_OK;
}

int64_t
fixture_count(struct test *t, store_t *db, const struct store_stmt *s, const void *args)
{
	void **rows;
	size_t n;

	if (store_run(db, s, args, t->arena, &rows, &n) != STORE_OK || n != 1)
		return -1;
	return ((StoretestRows__Count *)rows[0])->count;
}

const void *
fixture_word(struct test *t, const char *text)
{
	StoretestRows__Word *w = arena_message(t->arena, D(word));
	w->word = arena_strdup(t->arena, text);
	return w;
}

const void *
fixture_pair(struct test *t, const char *first, const char *second)
{
	StoretestRows__Pair *p = arena_message(t->arena, D(pair));
	p->first = arena_strdup(t->arena, first);
	p->second = arena_strdup(t->arena, second);
	return p;
}

const void *
fixture_body(struct test *t, size_t len)
{
	StoretestRows__Body *b = arena_message(t->arena, D(body));
	b->body = (ProtobufCBinaryData){ .len = len, .data = arena_alloc(t->arena, len) };
	memset(b->body.data, 'x', len);
	return b;
}

void
fixture_words_add(struct test *t, const char *text)
{
	const void *w = fixture_word(t, text);
	store_queue(t->db, &fixture_word_add, &w, 1);
}

bool
fixture_words_are(struct test *t, const char *const *wanted, size_t n)
{
	void **rows;
	size_t nrows;

	if (store_run(t->db, &fixture_word_all, NULL, t->arena, &rows, &nrows) != STORE_OK || nrows != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(((StoretestRows__Word *)rows[i])->word, wanted[i]) != 0)
			return false;
	return true;
}

/* ---- from beginning to end */

static bool
schema_make(struct test *t)
{
	store_t *db = store_open(t->conninfo);
	bool ok = db != NULL;

	if (ok) {
		store_text(db, arena_printf(t->arena, "create schema %s", t->schema));
		store_text(db, arena_printf(t->arena, "set search_path = %s", t->schema));
		for (size_t i = 0; i < SCHEMA; i++)
			store_text(db, schema[i]);
		ok = store_sync(db) == STORE_OK;
	}
	store_close(&db);
	return ok;
}

static bool
schema_drop(struct test *t)
{
	store_t *db = store_open(t->conninfo);
	bool ok = db != NULL;

	if (ok) {
		store_text(db, arena_printf(t->arena, "drop schema if exists %s cascade", t->schema));
		ok = store_sync(db) == STORE_OK;
	}
	store_close(&db);
	return ok;
}

bool
fixture_empty(struct test *t)
{
	store_text(t->db, "truncate sample, maybe, word, body");
	return store_sync(t->db) == STORE_OK;
}

bool
fixture_open(struct test *t)
{
	t->conninfo = getenv("ZHUCUN_TEST_DB");
	if (!t->conninfo || !*t->conninfo) {
		printf("FAIL ZHUCUN_TEST_DB is not set: it must be the conninfo (key=value) of a superuser in a "
		       "scratch PostgreSQL database\n");
		exit(1);
	}
	t->arena = arena_open(ARENA_CAP);
	snprintf(t->schema, sizeof(t->schema), "storetest_%ld", (long)getpid());
	return schema_make(t) && (t->db = fixture_prepared(t)) && (t->peer = fixture_prepared(t));
}

bool
fixture_close(struct test *t)
{
	store_close(&t->db);
	store_close(&t->peer);
	bool gone = schema_drop(t);
	arena_close(&t->arena);
	return gone;
}
