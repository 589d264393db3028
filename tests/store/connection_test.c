/* A connection: how its session is set, notifications, what it knows of columns; and that it goes, at any moment, or
 * waits for who does not answer. */
#include "base/clock.h"
#include "fixture.h"
#include "harness/pace.h"
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MS = 20000 };

static const struct store_stmt
	notify = { "notify", "select pg_notify($1, $2)", { "first", "second" }, 2, D(pair), NULL },
	kill_pid = { "kill_pid", "select (pg_terminate_backend($1))::int as number", { "number" }, 1, D(number),
		     D(number) },
	pid_count = { "pid_count", "select count(*) from pg_stat_activity where pid = $1", { "number" }, 1, D(number),
		      D(count) },
	lock = { "lock", "select pg_advisory_xact_lock($1::integer)", { "number" }, 1, D(number), NULL },
	setting = { "setting", "select current_setting($1) as word", { "word" }, 1, D(word), D(word) },
	hurry = { "hurry", "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'",
		  {},      0,
		  NULL,    D(count) };

static const struct store_stmt *const statements[] = {
	&notify, &kill_pid, &pid_count, &lock, &setting, &hurry,
};

/* ---- small steps */

static const void *
number(struct test *t, int32_t value)
{
	StoretestRows__Number *n = arena_message(t->arena, D(number));
	n->number = value;
	return n;
}

static int32_t
pid_of(struct test *t)
{
	void **rows;
	size_t n;

	if (store_run(t->db, &fixture_my_pid, NULL, t->arena, &rows, &n) != STORE_OK || n != 1)
		return -1;
	return ((StoretestRows__Number *)rows[0])->number;
}

static bool
readable(const store_t *db)
{
	struct pollfd p = { store_fd(db), POLLIN, 0 };
	return poll(&p, 1, WAIT_MS) == 1;
}

/* ---- notifications */

static void
test_notifications(struct test *t)
{
	const void *args = fixture_pair(t, t->schema, "first");
	const char *payload;

	store_text(t->db, arena_printf(t->arena, "listen %s", t->schema));
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(store_notification(t->db, t->arena) == NULL);

	CHECK(store_run(t->peer, &notify, args, t->arena, NULL, NULL) == STORE_OK);
	CHECK(readable(t->db));
	payload = store_notification(t->db, t->arena);
	CHECK(payload && strcmp(payload, "first") == 0);
	CHECK(store_notification(t->db, t->arena) == NULL);

	args = fixture_pair(t, t->schema, "second");      /* arrives with the answers of a sync */
	CHECK(store_run(t->peer, &notify, args, t->arena, NULL, NULL) == STORE_OK);
	CHECK(readable(t->db));
	CHECK(fixture_run(t, &fixture_word_all, NULL));
	payload = store_notification(t->db, t->arena);
	CHECK(payload && strcmp(payload, "second") == 0);
}

/* ---- the connection goes */

static bool
terminate(struct test *t, int32_t pid)
{
	return store_run(t->peer, &kill_pid, number(t, pid), t->arena, NULL, NULL) == STORE_OK;
}

static bool
backend_gone(struct test *t, int32_t pid)
{
	const void *args = number(t, pid);
	int64_t until_us = clock_mono_us() + pace_us(WAIT_MS * 1000LL), n;

	do
		n = fixture_count(t, t->db, &pid_count, args);
	while (n == 1 && clock_mono_us() < until_us);
	return n == 0;
}

static void
test_killed_in_transaction(struct test *t)
{
	int32_t pid = pid_of(t);
	void **rows;
	size_t n;

	store_text(t->db, "begin");
	fixture_words_add(t, "lost");
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(terminate(t, pid));
	store_text(t->db, "commit");
	CHECK(store_sync(t->db) == STORE_LOST);
	CHECK(store_fd(t->db) < 0);
	CHECK(store_notification(t->db, t->arena) == NULL);
	fixture_words_add(t, "into the void");
	CHECK(store_sync(t->db) == STORE_LOST);
	CHECK(store_run(t->db, &fixture_word_all, NULL, t->arena, &rows, &n) == STORE_LOST && n == 0 && rows == NULL);

	CHECK(store_reopen(t->db));
	CHECK(store_fd(t->db) >= 0 && pid_of(t) != pid);
	CHECK(fixture_words_are(t, NULL, 0));
	fixture_words_add(t, "again");
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(fixture_words_are(t, (const char *const[]){ "again" }, 1));
}

/* Nobody asks; the loop's poll sees the socket and must not see it for ever. */
static void
test_killed_while_idle(struct test *t)
{
	CHECK(terminate(t, pid_of(t)));
	while (store_fd(t->db) >= 0 && readable(t->db))
		if (store_notification(t->db, t->arena))
			break;
	CHECK(store_fd(t->db) < 0);
	CHECK(store_sync(t->db) == STORE_LOST);
	CHECK(store_reopen(t->db));
	CHECK(fixture_run(t, &fixture_word_all, NULL));
}

static void
test_no_answer_in_time(struct test *t)
{
	const void *key = number(t, (int32_t)getpid());
	int32_t pid = pid_of(t);

	store_text(t->peer, "begin");
	store_queue(t->peer, &lock, &key, 1);
	CHECK(store_sync(t->peer) == STORE_OK);

	store_text(t->db, "begin");
	fixture_words_add(t, "late");
	store_queue(t->db, &lock, &key, 1);
	store_text(t->db, "commit");
	fixture_clock_step_us = (STORE_WAIT_MS + 1000) * 1000LL;
	CHECK(store_sync(t->db) == STORE_LOST);
	fixture_clock_step_us = 0;
	CHECK(store_fd(t->db) < 0 && *store_sqlstate(t->db) == '\0');

	CHECK(store_reopen(t->db));
	CHECK(backend_gone(t, pid));                 /* though what it waits for is still held */
	CHECK(fixture_words_are(t, NULL, 0));
	store_text(t->peer, "commit");
	CHECK(store_sync(t->peer) == STORE_OK);
}

/* ---- session */

static bool
setting_is(struct test *t, store_t *db, const char *name, const char *value)
{
	void **rows;
	size_t n;

	if (store_run(db, &setting, fixture_word(t, name), t->arena, &rows, &n) != STORE_OK || n != 1)
		return false;
	return strcmp(((StoretestRows__Word *)rows[0])->word, value) == 0;
}

static void
test_session(struct test *t)
{
	static const char *const wanted[][2] = {
		{ "plan_cache_mode", "force_generic_plan" }, { "jit", "off" }, { "enable_seqscan", "off" },
		{ "enable_hashjoin", "off" }, { "enable_mergejoin", "off" }, { "TimeZone", "UTC" },
		{ "client_connection_check_interval", "100ms" }, { "client_encoding", "UTF8" },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		CHECK(setting_is(t, t->db, wanted[i][0], wanted[i][1]));
	store_t *own = store_open(arena_printf(
		t->arena, "%s options='-c enable_seqscan=on -c geqo=off' application_name=mine", t->conninfo));
	CHECK(own && store_prepare(own, &setting));
	CHECK(own && setting_is(t, own, "enable_seqscan", "on") && setting_is(t, own, "geqo", "off"));
	CHECK(own && setting_is(t, own, "jit", "off") && setting_is(t, own, "application_name", "mine"));
	store_close(&own);
	CHECK(own == NULL);
	CHECK(store_open("host=/nowhere/at/all") == NULL);
	CHECK(store_open("nonsense=1") == NULL);
}

/* ---- a synchronous standby that is not there */

struct hurrier { store_t *db; arena_t *arena; atomic_bool over; };

/* Cancels every commit that waits for a standby. */
static void *
hurry_on(void *arg)
{
	struct hurrier *h = arg;
	void **rows;
	size_t n;

	while (!h->over && store_run(h->db, &hurry, NULL, h->arena, &rows, &n) == STORE_OK)
		arena_reset(h->arena);
	return NULL;
}

static bool
standby_names(struct test *t, const char *alter)
{
	store_text(t->peer, alter);
	if (store_sync(t->peer))
		return false;
	store_text(t->peer, "select pg_reload_conf()");
	return store_sync(t->peer) == STORE_OK;
}

static enum store_error
add_word(struct test *t, const char *word)
{
	StoretestRows__Word w = STORETEST_ROWS__WORD__INIT;

	w.word = (char *)word;
	return store_run(t->db, &fixture_word_add, &w, NULL, NULL, NULL);
}

/* When the setting counts is not told: until then commits do not wait, and are what they say they are. */
static void
test_standby_not_waited_for(struct test *t)
{
	struct hurrier h = { .db = fixture_prepared(t), .arena = arena_open(ARENA_CAP) };
	enum store_error e = STORE_OK;
	int64_t until_us = clock_mono_us() + pace_us(WAIT_MS * 1000);
	pthread_t thread;

	CHECK(h.db && standby_names(t, "alter system set synchronous_standby_names = 'nobody'"));
	CHECK(!pthread_create(&thread, NULL, hurry_on, &h));
	for (int i = 0; e == STORE_OK && clock_mono_us() < until_us; i++)
		e = add_word(t, arena_printf(t->arena, "committed here %d", i));
	CHECK(e == STORE_LOST && store_fd(t->db) < 0);
	CHECK(standby_names(t, "alter system reset synchronous_standby_names"));
	e = STORE_LOST;
	for (int i = 0; e == STORE_LOST && clock_mono_us() < until_us; i++)
		e = store_reopen(t->db) ? add_word(t, arena_printf(t->arena, "after that %d", i)) : STORE_LOST;
	CHECK(e == STORE_OK);
	h.over = true;
	pthread_join(thread, NULL);
	store_close(&h.db);
	arena_close(&h.arena);
}

static void
test_column_types(struct test *t)
{
	static const char *const cases[][3] = {
		{ "sample", "at_us", "timestamp with time zone" },
		{ "sample", "on_day", "date" },
		{ "sample", "big", "bigint" },
		{ "sample", "tags", "text[]" },
		{ "sample", "ratio", "double precision" },
		{ "pg_catalog.pg_class", "relname", "name" },
		{ "sample", "nothing", NULL },
		{ "nothing", "id", NULL },
		{ "nowhere.sample", "id", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *type = store_column_type(t->db, cases[i][0], cases[i][1], t->arena);
		CHECK(cases[i][2] ? type && strcmp(type, cases[i][2]) == 0 : type == NULL);
	}
}

int
main(void)
{
	static void (*const tests[])(struct test *) = {
		test_notifications, test_killed_in_transaction, test_killed_while_idle, test_no_answer_in_time,
		test_standby_not_waited_for, test_session, test_column_types,
	};

	return fixture_main(statements, sizeof(statements) / sizeof(statements[0]), tests,
			    sizeof(tests) / sizeof(tests[0]));
}
