/* store_test - the store against a real PostgreSQL: ZHUCUN_TEST_DB is the conninfo (key=value ...) of a
 * superuser in a scratch database.
 *
 * The test makes a schema of its own (storetest_<pid>) and drops it.  Two connections: `db` is under test, `peer` plays
 * whoever else is there (holds locks, notifies, kills).  Messages are compared by their packed bytes, so that a field
 * set to nothing and a field not set differ.  The test owns the monotonic clock: a deadline passes by turning it. */
#include "clock.h"
#include "store.h"
#include "storetest_rows.pb-c.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 5000, ARENA_CAP = 256 << 20, BODY_BIG = 9 << 20, ECHOES = 8, WAIT_MS = 20000, LOG_MAX = 16384 };

typedef StoretestRows__Sample Sample;
typedef StoretestRows__Maybe Maybe;

struct test {
	store_t *db, *peer;
	arena_t *arena;
	const char *conninfo;
	char schema[32];
	int passed, failed;
};

static void
check(struct test *t, bool ok, int line, const char *what)
{
	if (ok) {
		t->passed++;
	} else {
		t->failed++;
		printf("FAIL %s:%d %s\n", __FILE__, line, what);
	}
}
#define CHECK(t, ok) check(t, ok, __LINE__, #ok)

/* ---- the clock: real, but for what is added at each look */

static int64_t clock_turned_us, clock_step_us;

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
	return clock_of(CLOCK_MONOTONIC) + (clock_turned_us += clock_step_us);
}

int64_t
clock_real_us(void)
{
	return clock_of(CLOCK_REALTIME);
}

/* ---- statements */

#define D(m) &storetest_rows__##m##__descriptor
#define COLUMNS "id, at_us, on_day, big, small, number, flag, ratio, note, colour, body"
#define FIELDS "id", "at_us", "on_day", "big", "small", "number", "flag", "ratio", "note", "colour", "body"
#define ARRAYS                                                                                                         \
	"$1::text[], $2::timestamptz[], $3::date[], $4::bigint[], $5::bigint[], $6::integer[], $7::boolean[], "        \
	"$8::double precision[], $9::text[], $10::text[], $11::bytea[]"

static const struct store_stmt
	sample_one = { "sample_one", "insert into sample values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::text[])",
	               { FIELDS, "tags" }, 12, D(sample), NULL },
	sample_many = { "sample_many",
	                "insert into sample (" COLUMNS ", tags) select " COLUMNS ", tags::text[] from unnest(" ARRAYS
	                ", $12::text[]) as u(" COLUMNS ", tags)",
	                { FIELDS, "tags" }, 12, D(sample), NULL },
	sample_all = { "sample_all", "select * from sample order by id", {}, 0, NULL, D(sample) },
	sample_of = { "sample_of", "select * from sample where id = any($1) order by id", { "word" }, 1, D(word), D(sample) },
	maybe_one = { "maybe_one", "insert into maybe values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", { FIELDS }, 11,
	              D(maybe), NULL },
	maybe_many = { "maybe_many", "insert into maybe select * from unnest(" ARRAYS ")", { FIELDS }, 11, D(maybe), NULL },
	maybe_all = { "maybe_all", "select * from maybe order by id", {}, 0, NULL, D(maybe) },
	maybe_as_sample = { "maybe_as_sample", "select * from maybe order by id", {}, 0, NULL, D(sample) },
	colour_nulls = { "colour_nulls", "select count(*) from sample where colour is null", {}, 0, NULL, D(count) },
	colour_texts = { "colour_texts", "select id, c as colour from unnest(array['0','1','2','3'], "
	                 "array['dark_red', 'mauve', null, 'BLUE ']) as u(id, c) order by id", {}, 0, NULL, D(sample) },
	infinities = { "infinities", "select 'infinity'::timestamptz as at_us, 'infinity'::date as on_day, '-1' as id union all "
	               "select '-infinity', '-infinity', '-2'", {}, 0, NULL, D(sample) },
	null_tag = { "null_tag", "select array['a', null, '']::text[] as tags", {}, 0, NULL, D(sample) },
	word_add = { "word_add", "insert into word select unnest($1::text[])", { "word" }, 1, D(word), NULL },
	word_all = { "word_all", "select word from word order by word", {}, 0, NULL, D(word) },
	raise = { "raise", "select raise($1, $2)", { "first", "second" }, 2, D(pair), NULL },
	notify = { "notify", "select pg_notify($1, $2)", { "first", "second" }, 2, D(pair), NULL },
	my_pid = { "my_pid", "select pg_backend_pid() as number", {}, 0, NULL, D(number) },
	kill_pid = { "kill_pid", "select (pg_terminate_backend($1))::int as number", { "number" }, 1, D(number), D(number) },
	pid_count = { "pid_count", "select count(*) from pg_stat_activity where pid = $1", { "number" }, 1, D(number), D(count) },
	lock = { "lock", "select pg_advisory_xact_lock($1::integer)", { "number" }, 1, D(number), NULL },
	setting = { "setting", "select current_setting($1) as word", { "word" }, 1, D(word), D(word) },
	echo = { "echo", "select $1::bytea as body", { "body" }, 1, D(body), D(body) },
	word_number = { "word_number", "select $1::text::integer as number", { "word" }, 1, D(word), D(number) },
	body_add = { "body_add", "insert into body values ($1)", { "body" }, 1, D(body), NULL },
	body_count = { "body_count", "select count(*) from body", {}, 0, NULL, D(count) },
	hurry = { "hurry", "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'", {}, 0, NULL, D(count) };

static const struct store_stmt *const statements[] = {
	&sample_one, &sample_many, &sample_all, &sample_of, &maybe_one, &maybe_many, &maybe_all, &maybe_as_sample,
	&colour_nulls, &colour_texts, &infinities, &null_tag, &word_add, &word_all, &raise, &notify, &my_pid, &kill_pid,
	&pid_count, &lock, &setting, &echo, &word_number, &body_add, &body_count, &hurry,
};
enum { STATEMENTS = sizeof(statements) / sizeof(statements[0]) };

static store_t *
prepared(struct test *t)
{
	store_t *db = store_open(arena_printf(t->arena, "%s options='-c search_path=%s'", t->conninfo, t->schema));
	bool ok = db != NULL;

	for (size_t i = 0; ok && i < STATEMENTS; i++)
		ok = store_prepare(db, statements[i]);
	if (!ok)
		store_close(&db);
	return db;
}

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

/* ---- small steps */

static bool
run(struct test *t, const struct store_stmt *s, const void *args)
{
	return store_run(t->db, s, args, t->arena, NULL, NULL) == STORE_OK;
}

static int64_t
count(struct test *t, store_t *db, const struct store_stmt *s, const void *args)
{
	void **rows;
	size_t n;

	if (store_run(db, s, args, t->arena, &rows, &n) != STORE_OK || n != 1)
		return -1;
	return ((StoretestRows__Count *)rows[0])->count;
}

static const void *
word(struct test *t, const char *text)
{
	StoretestRows__Word *w = arena_message(t->arena, D(word));
	w->word = arena_strdup(t->arena, text);
	return w;
}

static const void *
pair(struct test *t, const char *first, const char *second)
{
	StoretestRows__Pair *p = arena_message(t->arena, D(pair));
	p->first = arena_strdup(t->arena, first);
	p->second = arena_strdup(t->arena, second);
	return p;
}

static const void *
number(struct test *t, int32_t value)
{
	StoretestRows__Number *n = arena_message(t->arena, D(number));
	n->number = value;
	return n;
}

static const void *
body(struct test *t, size_t len)
{
	StoretestRows__Body *b = arena_message(t->arena, D(body));
	b->body = (ProtobufCBinaryData){ .len = len, .data = arena_alloc(t->arena, len) };
	memset(b->body.data, 'x', len);
	return b;
}

static void
words_add(struct test *t, const char *text)
{
	const void *w = word(t, text);
	store_queue(t->db, &word_add, &w, 1);
}

static int32_t
pid_of(struct test *t)
{
	void **rows;
	size_t n;

	if (store_run(t->db, &my_pid, NULL, t->arena, &rows, &n) != STORE_OK || n != 1)
		return -1;
	return ((StoretestRows__Number *)rows[0])->number;
}

static bool
same(const void *a, const void *b, arena_t *arena)
{
	size_t na = protobuf_c_message_get_packed_size(a), nb = protobuf_c_message_get_packed_size(b);
	uint8_t *pa = arena_alloc(arena, na + 1), *pb = arena_alloc(arena, nb + 1);

	protobuf_c_message_pack(a, pa);
	protobuf_c_message_pack(b, pb);
	return na == nb && memcmp(pa, pb, na) == 0;
}

static bool
all_same(const void *const *wanted, void *const *rows, size_t n, size_t nrows, arena_t *a)
{
	size_t i = 0;

	if (n != nrows)
		return false;
	while (i < n && same(wanted[i], rows[i], a))
		i++;
	if (i < n)
		printf("     row %zu differs\n", i);
	return i == n;
}

static bool
readable(const store_t *db)
{
	struct pollfd p = { store_fd(db), POLLIN, 0 };
	return poll(&p, 1, WAIT_MS) == 1;
}

/* ---- every type */

#define BYTES(s) { sizeof(s) - 1, (uint8_t *)(s) }
#define TEXTS(...) .n_tags = sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *), .tags = (char *[]){ __VA_ARGS__ }
#define T(s) ((char *)(s))                      /* messages want them writable */
#define SAMPLE .base = PROTOBUF_C_MESSAGE_INIT(D(sample)), .id

static const Sample samples[] = {
	{ SAMPLE = T("0 nothing") },
	{ SAMPLE = T("1 plain"), .at_us = 1505174400000001, .on_day = 17421, .big = 7, .small = 8, .number = 9, .flag = 1,
	  .ratio = 0.1, .note = T("走访"), .colour = STORETEST_ROWS__COLOUR__DARK_RED, .body = BYTES("a\0b\xff"),
	  TEXTS(T("one"), T("two")) },
	{ SAMPLE = T("2 greatest"), .at_us = INT64_MAX, .on_day = INT32_MAX, .big = INT64_MAX, .small = UINT32_MAX,
	  .number = INT32_MAX, .ratio = 1.7976931348623157e308, .colour = STORETEST_ROWS__COLOUR__BLUE },
	{ SAMPLE = T("3 least"), .at_us = INT64_MIN, .on_day = INT32_MIN, .big = INT64_MIN, .number = INT32_MIN,
	  .ratio = -4.9406564584124654e-324 },
	{ SAMPLE = T("4 before the epochs"), .at_us = -1, .on_day = -1, .ratio = -0.0 },
	{ SAMPLE = T("5 between the epochs"), .at_us = 946684799999999, .on_day = 10956 },
	{ SAMPLE = T("6 quotes"), .note = T("'\"\\{},$1\n"),
	  TEXTS(T(""), T("\""), T("\\"), T("\\\""), T("{a,b}"),
	        T(" "), T("NULL"), T("null"), T("a,b"), T("'"), T("李\n")) },
	{ SAMPLE = T("7 last instant"), .at_us = INT64_MAX - 1 },
	{ SAMPLE = T("8 one empty tag"), TEXTS(T("")) },
};
enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static void
pointers(const void **out, const void *first, size_t size, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (const char *)first + i * size;
}

static void
test_types_one_by_one(struct test *t)
{
	const void *wanted[SAMPLES];
	void **rows;
	size_t n;

	pointers(wanted, samples, sizeof(samples[0]), SAMPLES);
	for (size_t i = 0; i < SAMPLES; i++)
		CHECK(t, run(t, &sample_one, wanted[i]));
	CHECK(t, store_run(t->db, &sample_all, NULL, t->arena, &rows, &n) == STORE_OK);
	CHECK(t, all_same(wanted, rows, SAMPLES, n, t->arena));
}

static void
test_types_as_arrays(struct test *t)
{
	const void *wanted[SAMPLES];
	void **rows;

	pointers(wanted, samples, sizeof(samples[0]), SAMPLES);
	store_queue(t->db, &sample_many, wanted, SAMPLES);
	store_queue(t->db, &sample_all, NULL, 0);
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, store_rows(t->db, 0, t->arena, &rows) == 0 && rows == NULL);
	size_t n = store_rows(t->db, 1, t->arena, &rows);
	CHECK(t, all_same(wanted, rows, SAMPLES, n, t->arena));
}

static const Maybe maybes[] = {
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("0 unset") },
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("1 set to nothing"), .maybe_at_case = 2, .maybe_on_case = 3, .maybe_big_case = 4,
	  .maybe_small_case = 5, .maybe_number_case = 6, .maybe_flag_case = 7, .maybe_ratio_case = 8, .maybe_note_case = 9,
	  .note = T(""), .maybe_body_case = 11 },
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("2 every other"), .maybe_on_case = 3, .on_day = 1, .maybe_small_case = 5,
	  .small = 2, .maybe_flag_case = 7, .flag = 1, .maybe_note_case = 9, .note = T("n"), .maybe_body_case = 11,
	  .body = BYTES("b") },
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("3 the others"), .maybe_at_case = 2, .at_us = 3, .maybe_big_case = 4, .big = 4,
	  .maybe_number_case = 6, .number = 5, .maybe_ratio_case = 8, .ratio = 6, .maybe_colour_case = 10,
	  .colour = STORETEST_ROWS__COLOUR__BLUE },
};
enum { MAYBES = sizeof(maybes) / sizeof(maybes[0]) };

static void
test_nulls(struct test *t)
{
	static const Sample unset = { SAMPLE = T("0 unset") };
	const void *wanted[MAYBES];
	void **rows;
	size_t n;

	pointers(wanted, maybes, sizeof(maybes[0]), MAYBES);
	for (size_t i = 0; i < MAYBES; i++)
		CHECK(t, run(t, &maybe_one, wanted[i]));
	CHECK(t, store_run(t->db, &maybe_all, NULL, t->arena, &rows, &n) == STORE_OK);
	CHECK(t, all_same(wanted, rows, MAYBES, n, t->arena));

	store_text(t->db, "truncate maybe");
	store_queue(t->db, &maybe_many, wanted, MAYBES);
	store_queue(t->db, &maybe_all, NULL, 0);
	store_queue(t->db, &maybe_as_sample, NULL, 0);
	CHECK(t, store_sync(t->db) == STORE_OK);
	n = store_rows(t->db, 1, t->arena, &rows);
	CHECK(t, all_same(wanted, rows, MAYBES, n, t->arena));
	n = store_rows(t->db, 2, t->arena, &rows);      /* fields that are always there: as the message begins */
	CHECK(t, n == MAYBES && same(rows[0], &unset, t->arena));
}

static void
test_enums(struct test *t)
{
	static const int wanted[] = { STORETEST_ROWS__COLOUR__DARK_RED, 0, 0, 0 };
	Sample unknown = { SAMPLE = T("unknown"), .colour = (StoretestRows__Colour)77 }, zero = { SAMPLE = T("zero") };
	const void *both[] = { &unknown, &zero };
	void **rows;
	size_t n;

	store_queue(t->db, &sample_many, both, 2);
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, count(t, t->db, &colour_nulls, NULL) == 2);
	CHECK(t, store_run(t->db, &colour_texts, NULL, t->arena, &rows, &n) == STORE_OK && n == 4);
	for (size_t i = 0; i < n; i++)
		CHECK(t, (int)((Sample *)rows[i])->colour == wanted[i]);
}

static void
test_strangers(struct test *t)
{
	void **rows;
	size_t n;

	CHECK(t, store_run(t->db, &infinities, NULL, t->arena, &rows, &n) == STORE_OK && n == 2);
	const Sample *later = rows[0], *earlier = rows[1];
	CHECK(t, later->at_us == INT64_MAX && later->on_day == INT32_MAX);
	CHECK(t, earlier->at_us == INT64_MIN && earlier->on_day == INT32_MIN);

	CHECK(t, store_run(t->db, &null_tag, NULL, t->arena, &rows, &n) == STORE_OK && n == 1);
	const Sample *s = rows[0];
	CHECK(t, s->n_tags == 3 && !strcmp(s->tags[0], "a") && !strcmp(s->tags[1], "") && !strcmp(s->tags[2], ""));
}

/* What lies outside the server's calendar is refused, never wrapped. */
static void
test_out_of_calendar(struct test *t)
{
	const Sample far[] = {
		{ SAMPLE = T("early"), .at_us = INT64_MIN + 1 }, { SAMPLE = T("early too"), .at_us = -300000000000000000 },
		{ SAMPLE = T("late day"), .on_day = INT32_MAX - 1 }, { SAMPLE = T("early day"), .on_day = INT32_MIN + 1 },
	};

	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		CHECK(t, store_run(t->db, &sample_one, &far[i], t->arena, NULL, NULL) == STORE_BAD_INPUT);
		CHECK(t, strcmp(store_sqlstate(t->db), "22008") == 0);
	}
}

/* ---- many rows, round trips */

static const void **
many(struct test *t, size_t n)
{
	const void **all = arena_alloc(t->arena, n * sizeof(*all));

	for (size_t i = 0; i < n; i++) {
		Sample *s = arena_message(t->arena, D(sample));
		s->id = arena_printf(t->arena, "%06zu", i);
		s->at_us = (int64_t)i * 1000003;
		s->big = -(int64_t)i;
		s->n_tags = i % 3;
		s->tags = arena_alloc(t->arena, 2 * sizeof(char *));
		s->tags[0] = s->tags[1] = s->id;
		all[i] = s;
	}
	return all;
}

static void
test_many(struct test *t)
{
	const void **wanted = many(t, MANY), *ids[3] = { word(t, "000007"), word(t, "004999"), word(t, "none") };
	void **rows;

	store_text(t->db, "begin");
	store_queue(t->db, &sample_many, wanted, MANY);
	store_queue(t->db, &sample_all, NULL, 0);
	store_queue(t->db, &sample_of, ids, 3);
	store_text(t->db, "commit");
	CHECK(t, store_sync(t->db) == STORE_OK);
	size_t n = store_rows(t->db, 1, t->arena, &rows);
	CHECK(t, all_same(wanted, rows, MANY, n, t->arena));
	n = store_rows(t->db, 2, t->arena, &rows);
	CHECK(t, n == 2 && same(rows[0], wanted[7], t->arena) && same(rows[1], wanted[4999], t->arena));
}

static void
test_none(struct test *t)
{
	void **rows;

	store_queue(t->db, &sample_many, NULL, 0);
	store_queue(t->db, &sample_of, NULL, 0);
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, store_rows(t->db, 1, t->arena, &rows) == 0);
	CHECK(t, store_sync(t->db) == STORE_OK);        /* nothing at all */
}

static void
test_round_trips(struct test *t)
{
	static const size_t sizes[] = { 0, 1, 10, MANY };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const void **all = many(t, sizes[i]);
		int64_t before = store_round_trips(t->db);
		store_text(t->db, "begin");
		store_text(t->db, "truncate sample");
		store_queue(t->db, &sample_many, all, sizes[i]);
		store_queue(t->db, &sample_all, NULL, 0);
		store_text(t->db, "commit");
		CHECK(t, store_sync(t->db) == STORE_OK);
		CHECK(t, store_round_trips(t->db) == before + 1);
	}
	int64_t before = store_round_trips(t->db);
	CHECK(t, run(t, &word_all, NULL));
	CHECK(t, store_round_trips(t->db) == before + 1);
}

/* More goes out than socket buffers hold while as much comes back: neither side may wait for the other. */
static void
test_both_ways_at_once(struct test *t)
{
	const void *b = body(t, 1500000);
	void **rows;

	for (int i = 0; i < ECHOES; i++)
		store_queue(t->db, &echo, &b, 1);
	CHECK(t, store_sync(t->db) == STORE_OK);
	for (int i = 0; i < ECHOES; i++)
		CHECK(t, store_rows(t->db, i, t->arena, &rows) == 1 && same(rows[0], b, t->arena));
}

static void
test_queue_full(struct test *t)
{
	void **rows;

	for (int i = 0; i < STORE_QUEUE_MAX; i++)
		store_queue(t->db, &my_pid, NULL, 0);
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, store_rows(t->db, STORE_QUEUE_MAX - 1, t->arena, &rows) == 1);
}

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
		{ "bad_name_that_is_longer_than_the_server_would_keep_of_it_without_a_word", "select 1", {}, 0, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool refused = !store_prepare(t->db, &bad[i]);
		if (!refused)
			printf("     %s was taken\n", bad[i].name);
		CHECK(t, refused);
		CHECK(t, run(t, &word_all, NULL));
	}
	CHECK(t, store_prepare(t->db, &word_all));      /* again: nothing to do */
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		store_text(t->db, arena_printf(t->arena, "do $$ begin deallocate %s; exception when others then null; end $$", bad[i].name));
	CHECK(t, store_sync(t->db) == STORE_OK);
}

/* ---- errors */

static bool
words_are(struct test *t, const char *const *wanted, size_t n)
{
	void **rows;
	size_t nrows;

	if (store_run(t->db, &word_all, NULL, t->arena, &rows, &nrows) != STORE_OK || nrows != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(((StoretestRows__Word *)rows[i])->word, wanted[i]) != 0)
			return false;
	return true;
}

static void
test_error_in_the_middle(struct test *t)
{
	store_text(t->db, "begin");
	words_add(t, "a");
	words_add(t, "a");
	words_add(t, "b");
	store_text(t->db, "commit");
	CHECK(t, store_sync(t->db) == STORE_BAD_INPUT);
	CHECK(t, strcmp(store_sqlstate(t->db), "23505") == 0);
	CHECK(t, strstr(store_detail(t->db), "already exists") != NULL);
	CHECK(t, words_are(t, NULL, 0));
	CHECK(t, *store_sqlstate(t->db) == '\0' && *store_detail(t->db) == '\0');

	words_add(t, "a");                              /* no begin: the pipeline is one transaction */
	words_add(t, "forbidden");
	CHECK(t, store_sync(t->db) == STORE_BAD_INPUT && strcmp(store_sqlstate(t->db), "23514") == 0);
	CHECK(t, words_are(t, NULL, 0));

	store_text(t->db, "begin");
	words_add(t, "a");
	CHECK(t, store_sync(t->db) == STORE_OK);        /* a transaction over two syncs */
	words_add(t, "forbidden");
	store_text(t->db, "commit");
	CHECK(t, store_sync(t->db) == STORE_BAD_INPUT);
	words_add(t, "c");                              /* must not join what was rolled back */
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, words_are(t, (const char *const[]){ "c" }, 1));
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
		const void *args = pair(t, cases[i].sqlstate, cases[i].detail);
		store_text(t->db, "begin");
		words_add(t, "before");
		store_queue(t->db, &raise, &args, 1);
		store_text(t->db, "commit");
		CHECK(t, store_sync(t->db) == cases[i].error);
		CHECK(t, strcmp(store_sqlstate(t->db), cases[i].sqlstate) == 0);
		CHECK(t, strcmp(store_detail(t->db), cases[i].detail) == 0);
		CHECK(t, (store_fd(t->db) < 0) == (cases[i].error == STORE_LOST));
		if (cases[i].error == STORE_LOST)
			CHECK(t, store_reopen(t->db));
		CHECK(t, words_are(t, NULL, 0));
	}
}

/* Server messages quote rows and values; the log must not. */
static void
test_log_quotes_nothing(struct test *t)
{
	static const struct { const struct store_stmt *stmt; const char *sqlstate; } cases[] = {
		{ &word_add, "23505" }, { &word_number, "22003" },
	};
	const void *secret = word(t, "13800138000");
	char log[LOG_MAX] = "";
	int terminal = dup(STDERR_FILENO);
	FILE *f = tmpfile();

	CHECK(t, f && terminal >= 0 && dup2(fileno(f), STDERR_FILENO) >= 0);
	CHECK(t, run(t, &word_add, secret));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(t, !run(t, cases[i].stmt, secret));
	dup2(terminal, STDERR_FILENO);
	close(terminal);
	rewind(f);
	CHECK(t, fread(log, 1, sizeof(log) - 1, f) > 0);
	fclose(f);
	CHECK(t, strstr(log, "13800138000") == NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(t, strstr(log, cases[i].sqlstate) && strstr(log, cases[i].stmt->name));
}

/* Nothing of a sync that may not be sent stays, with a transaction begun or without. */
static void
test_oversized(struct test *t)
{
	const void *small = body(t, 10), *big = body(t, BODY_BIG), *too_big = body(t, 17 << 20);

	for (int begun = 0; begun < 2; begun++) {
		if (begun)
			store_text(t->db, "begin");
		store_queue(t->db, &body_add, &small, 1);
		store_queue(t->db, &body_add, &too_big, 1);
		store_queue(t->db, &body_add, &small, 1);
		if (begun)
			store_text(t->db, "commit");
		CHECK(t, store_sync(t->db) == STORE_BAD_INPUT);
		CHECK(t, count(t, t->db, &body_count, NULL) == 0);
	}
	store_queue(t->db, &body_add, &big, 1);
	store_queue(t->db, &body_add, &big, 1);         /* each would do, both are too much */
	CHECK(t, store_sync(t->db) == STORE_BAD_INPUT);
	store_queue(t->db, &body_add, &big, 1);
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, count(t, t->db, &body_count, NULL) == 1);
}

/* ---- notifications */

static void
test_notifications(struct test *t)
{
	const void *args = pair(t, t->schema, "first");
	const char *payload;

	store_text(t->db, arena_printf(t->arena, "listen %s", t->schema));
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, store_notification(t->db, t->arena) == NULL);

	CHECK(t, store_run(t->peer, &notify, args, t->arena, NULL, NULL) == STORE_OK);
	CHECK(t, readable(t->db));
	payload = store_notification(t->db, t->arena);
	CHECK(t, payload && strcmp(payload, "first") == 0);
	CHECK(t, store_notification(t->db, t->arena) == NULL);

	args = pair(t, t->schema, "second");            /* arrives with the answers of a sync */
	CHECK(t, store_run(t->peer, &notify, args, t->arena, NULL, NULL) == STORE_OK);
	CHECK(t, readable(t->db));
	CHECK(t, run(t, &word_all, NULL));
	payload = store_notification(t->db, t->arena);
	CHECK(t, payload && strcmp(payload, "second") == 0);
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
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL, n;

	do
		n = count(t, t->db, &pid_count, args);
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
	words_add(t, "lost");
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, terminate(t, pid));
	store_text(t->db, "commit");
	CHECK(t, store_sync(t->db) == STORE_LOST);
	CHECK(t, store_fd(t->db) < 0);
	CHECK(t, store_notification(t->db, t->arena) == NULL);
	words_add(t, "into the void");
	CHECK(t, store_sync(t->db) == STORE_LOST);
	CHECK(t, store_run(t->db, &word_all, NULL, t->arena, &rows, &n) == STORE_LOST && n == 0 && rows == NULL);

	CHECK(t, store_reopen(t->db));
	CHECK(t, store_fd(t->db) >= 0 && pid_of(t) != pid);
	CHECK(t, words_are(t, NULL, 0));
	words_add(t, "again");
	CHECK(t, store_sync(t->db) == STORE_OK);
	CHECK(t, words_are(t, (const char *const[]){ "again" }, 1));
}

/* Nobody asks; the loop's poll sees the socket and must not see it for ever. */
static void
test_killed_while_idle(struct test *t)
{
	CHECK(t, terminate(t, pid_of(t)));
	while (store_fd(t->db) >= 0 && readable(t->db))
		if (store_notification(t->db, t->arena))
			break;
	CHECK(t, store_fd(t->db) < 0);
	CHECK(t, store_sync(t->db) == STORE_LOST);
	CHECK(t, store_reopen(t->db));
	CHECK(t, run(t, &word_all, NULL));
}

static void
test_no_answer_in_time(struct test *t)
{
	const void *key = number(t, (int32_t)getpid());
	int32_t pid = pid_of(t);

	store_text(t->peer, "begin");
	store_queue(t->peer, &lock, &key, 1);
	CHECK(t, store_sync(t->peer) == STORE_OK);

	store_text(t->db, "begin");
	words_add(t, "late");
	store_queue(t->db, &lock, &key, 1);
	store_text(t->db, "commit");
	clock_step_us = (STORE_WAIT_MS + 1000) * 1000LL;
	CHECK(t, store_sync(t->db) == STORE_LOST);
	clock_step_us = 0;
	CHECK(t, store_fd(t->db) < 0 && *store_sqlstate(t->db) == '\0');

	CHECK(t, store_reopen(t->db));
	CHECK(t, backend_gone(t, pid));                 /* though what it waits for is still held */
	CHECK(t, words_are(t, NULL, 0));
	store_text(t->peer, "commit");
	CHECK(t, store_sync(t->peer) == STORE_OK);
}

/* ---- session */

static bool
setting_is(struct test *t, store_t *db, const char *name, const char *value)
{
	void **rows;
	size_t n;

	if (store_run(db, &setting, word(t, name), t->arena, &rows, &n) != STORE_OK || n != 1)
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
		CHECK(t, setting_is(t, t->db, wanted[i][0], wanted[i][1]));
	store_t *own = store_open(arena_printf(t->arena, "%s options='-c enable_seqscan=on -c geqo=off' application_name=mine",
	                                       t->conninfo));
	CHECK(t, own && store_prepare(own, &setting));
	CHECK(t, own && setting_is(t, own, "enable_seqscan", "on") && setting_is(t, own, "geqo", "off"));
	CHECK(t, own && setting_is(t, own, "jit", "off") && setting_is(t, own, "application_name", "mine"));
	store_close(&own);
	CHECK(t, own == NULL);
	CHECK(t, store_open("host=/nowhere/at/all") == NULL);
	CHECK(t, store_open("nonsense=1") == NULL);
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
	return store_run(t->db, &word_add, &w, NULL, NULL, NULL);
}

/* When the setting counts is not told: until then commits do not wait, and are what they say they are. */
static void
test_standby_not_waited_for(struct test *t)
{
	struct hurrier h = { .db = prepared(t), .arena = arena_open(ARENA_CAP) };
	enum store_error e = STORE_OK;
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000;
	pthread_t thread;

	CHECK(t, h.db && standby_names(t, "alter system set synchronous_standby_names = 'nobody'"));
	CHECK(t, !pthread_create(&thread, NULL, hurry_on, &h));
	for (int i = 0; e == STORE_OK && clock_mono_us() < until_us; i++)
		e = add_word(t, arena_printf(t->arena, "committed here %d", i));
	CHECK(t, e == STORE_LOST && store_fd(t->db) < 0);
	CHECK(t, standby_names(t, "alter system reset synchronous_standby_names"));
	e = STORE_LOST;
	for (int i = 0; e == STORE_LOST && clock_mono_us() < until_us; i++)
		e = store_reopen(t->db) ? add_word(t, arena_printf(t->arena, "after that %d", i)) : STORE_LOST;
	CHECK(t, e == STORE_OK);
	h.over = true;
	pthread_join(thread, NULL);
	store_close(&h.db);
	arena_close(&h.arena);
}

static void
test_column_types(struct test *t)
{
	static const char *const cases[][3] = {
		{ "sample", "at_us", "timestamp with time zone" }, { "sample", "on_day", "date" }, { "sample", "big", "bigint" },
		{ "sample", "tags", "text[]" }, { "sample", "ratio", "double precision" }, { "pg_catalog.pg_class", "relname", "name" },
		{ "sample", "nothing", NULL }, { "nothing", "id", NULL }, { "nowhere.sample", "id", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *type = store_column_type(t->db, cases[i][0], cases[i][1], t->arena);
		CHECK(t, cases[i][2] ? type && strcmp(type, cases[i][2]) == 0 : type == NULL);
	}
}

/* ---- */

static void (*const tests[])(struct test *) = {
	test_types_one_by_one, test_types_as_arrays, test_nulls, test_enums, test_strangers, test_out_of_calendar,
	test_many, test_none, test_round_trips, test_both_ways_at_once, test_queue_full, test_mismatches,
	test_error_in_the_middle, test_error_classes, test_log_quotes_nothing, test_oversized, test_notifications, test_killed_in_transaction,
	test_killed_while_idle, test_no_answer_in_time, test_standby_not_waited_for, test_session, test_column_types,
};
enum { TESTS = sizeof(tests) / sizeof(tests[0]) };

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

static bool
tables_empty(struct test *t)
{
	store_text(t->db, "truncate sample, maybe, word, body");
	return store_sync(t->db) == STORE_OK;
}

int
main(void)
{
	struct test t = { .conninfo = getenv("ZHUCUN_TEST_DB") };

	setvbuf(stdout, NULL, _IOLBF, 0);               /* what failed is told even when an assertion ends us */
	if (!t.conninfo || !*t.conninfo) {
		printf("FAIL ZHUCUN_TEST_DB is not set: it must be the conninfo (key=value) of a superuser in a scratch PostgreSQL database\n");
		return 1;
	}
	t.arena = arena_open(ARENA_CAP);
	snprintf(t.schema, sizeof(t.schema), "storetest_%ld", (long)getpid());
	bool ready = schema_make(&t) && (t.db = prepared(&t)) && (t.peer = prepared(&t));
	CHECK(&t, ready);
	for (size_t i = 0; ready && i < TESTS; i++) {
		CHECK(&t, tables_empty(&t));
		tests[i](&t);
		arena_reset(t.arena);
	}
	store_close(&t.db);
	store_close(&t.peer);
	CHECK(&t, schema_drop(&t));
	arena_close(&t.arena);
	printf("%d passed, %d failed\n", t.passed, t.failed);
	return t.failed != 0;
}
