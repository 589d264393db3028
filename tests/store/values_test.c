/* Values to the database and back: every type, nothing and what lies outside, one row and thousands, and that a batch
 * of any size is one round trip. */
#include "fixture.h"
#include <stdio.h>
#include <string.h>

enum { MANY = 5000, ECHOES = 8 };

typedef StoretestRows__Sample Sample;
typedef StoretestRows__Maybe Maybe;

/* ---- statements */

#define COLUMNS "id, at_us, on_day, big, small, number, flag, ratio, note, colour, body"
#define FIELDS "id", "at_us", "on_day", "big", "small", "number", "flag", "ratio", "note", "colour", "body"
#define ARRAYS                                                                                                         \
	"$1::text[], $2::timestamptz[], $3::date[], $4::bigint[], $5::bigint[], $6::integer[], $7::boolean[], "        \
	"$8::double precision[], $9::text[], $10::text[], $11::bytea[]"

static const struct store_stmt
	sample_one = { "sample_one",
		       "insert into sample values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::text[])",
		       { FIELDS, "tags" },
		       12,
		       D(sample),
		       NULL },
	sample_many = { "sample_many",
			"insert into sample (" COLUMNS ", tags) select " COLUMNS ", tags::text[] from unnest(" ARRAYS
			", $12::text[]) as u(" COLUMNS ", tags)",
			{ FIELDS, "tags" },
			12,
			D(sample),
			NULL },
	sample_all = { "sample_all", "select * from sample order by id", {}, 0, NULL, D(sample) },
	sample_of = { "sample_of", "select * from sample where id = any($1) order by id", { "word" }, 1, D(word),
		      D(sample) },
	maybe_one = { "maybe_one", "insert into maybe values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		      { FIELDS },  11,
		      D(maybe),    NULL },
	maybe_many = { "maybe_many", "insert into maybe select * from unnest(" ARRAYS ")", { FIELDS }, 11, D(maybe),
		       NULL },
	maybe_all = { "maybe_all", "select * from maybe order by id", {}, 0, NULL, D(maybe) },
	maybe_as_sample = { "maybe_as_sample", "select * from maybe order by id", {}, 0, NULL, D(sample) },
	colour_nulls = { "colour_nulls", "select count(*) from sample where colour is null", {}, 0, NULL, D(count) },
	colour_texts = { "colour_texts",
			 "select id, c as colour from unnest(array['0','1','2','3'], "
			 "array['dark_red', 'mauve', null, 'BLUE ']) as u(id, c) order by id",
			 {},
			 0,
			 NULL,
			 D(sample) },
	infinities = { "infinities",
		       "select 'infinity'::timestamptz as at_us, 'infinity'::date as on_day, '-1' as id union all "
		       "select '-infinity', '-infinity', '-2'",
		       {},
		       0,
		       NULL,
		       D(sample) },
	null_tag = { "null_tag", "select array['a', null, '']::text[] as tags", {}, 0, NULL, D(sample) },
	echo = { "echo", "select $1::bytea as body", { "body" }, 1, D(body), D(body) };

static const struct store_stmt *const statements[] = {
	&sample_one, &sample_many, &sample_all, &sample_of, &maybe_one, &maybe_many, &maybe_all, &maybe_as_sample,
	&colour_nulls, &colour_texts, &infinities, &null_tag, &echo,
};

/* ---- small steps */

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

/* ---- every type */

#define BYTES(s) { sizeof(s) - 1, (uint8_t *)(s) }
#define TEXTS(...) .n_tags = sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *), .tags = (char *[]){ __VA_ARGS__ }
#define T(s) ((char *)(s))                      /* messages want them writable */
#define SAMPLE .base = PROTOBUF_C_MESSAGE_INIT(D(sample)), .id

static const Sample samples[] = {
	{ SAMPLE = T("0 nothing") },
	{ SAMPLE = T("1 plain"), .at_us = 1505174400000001, .on_day = 17421, .big = 7, .small = 8, .number = 9,
	  .flag = 1, .ratio = 0.1, .note = T("走访"), .colour = STORETEST_ROWS__COLOUR__DARK_RED,
	  .body = BYTES("a\0b\xff"), TEXTS(T("one"), T("two")) },
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
		CHECK(fixture_run(t, &sample_one, wanted[i]));
	CHECK(store_run(t->db, &sample_all, NULL, t->arena, &rows, &n) == STORE_OK);
	CHECK(all_same(wanted, rows, SAMPLES, n, t->arena));
}

static void
test_types_as_arrays(struct test *t)
{
	const void *wanted[SAMPLES];
	void **rows;

	pointers(wanted, samples, sizeof(samples[0]), SAMPLES);
	store_queue(t->db, &sample_many, wanted, SAMPLES);
	store_queue(t->db, &sample_all, NULL, 0);
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(store_rows(t->db, 0, t->arena, &rows) == 0 && rows == NULL);
	size_t n = store_rows(t->db, 1, t->arena, &rows);
	CHECK(all_same(wanted, rows, SAMPLES, n, t->arena));
}

static const Maybe maybes[] = {
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("0 unset") },
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("1 set to nothing"), .maybe_at_case = 2, .maybe_on_case = 3,
	  .maybe_big_case = 4, .maybe_small_case = 5, .maybe_number_case = 6, .maybe_flag_case = 7,
	  .maybe_ratio_case = 8, .maybe_note_case = 9, .note = T(""), .maybe_body_case = 11 },
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("2 every other"), .maybe_on_case = 3, .on_day = 1,
	  .maybe_small_case = 5, .small = 2, .maybe_flag_case = 7, .flag = 1, .maybe_note_case = 9, .note = T("n"),
	  .maybe_body_case = 11, .body = BYTES("b") },
	{ PROTOBUF_C_MESSAGE_INIT(D(maybe)), .id = T("3 the others"), .maybe_at_case = 2, .at_us = 3,
	  .maybe_big_case = 4, .big = 4, .maybe_number_case = 6, .number = 5, .maybe_ratio_case = 8, .ratio = 6,
	  .maybe_colour_case = 10, .colour = STORETEST_ROWS__COLOUR__BLUE },
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
		CHECK(fixture_run(t, &maybe_one, wanted[i]));
	CHECK(store_run(t->db, &maybe_all, NULL, t->arena, &rows, &n) == STORE_OK);
	CHECK(all_same(wanted, rows, MAYBES, n, t->arena));

	store_text(t->db, "truncate maybe");
	store_queue(t->db, &maybe_many, wanted, MAYBES);
	store_queue(t->db, &maybe_all, NULL, 0);
	store_queue(t->db, &maybe_as_sample, NULL, 0);
	CHECK(store_sync(t->db) == STORE_OK);
	n = store_rows(t->db, 1, t->arena, &rows);
	CHECK(all_same(wanted, rows, MAYBES, n, t->arena));
	n = store_rows(t->db, 2, t->arena, &rows);      /* fields that are always there: as the message begins */
	CHECK(n == MAYBES && same(rows[0], &unset, t->arena));
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
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(fixture_count(t, t->db, &colour_nulls, NULL) == 2);
	CHECK(store_run(t->db, &colour_texts, NULL, t->arena, &rows, &n) == STORE_OK && n == 4);
	for (size_t i = 0; i < n; i++)
		CHECK((int)((Sample *)rows[i])->colour == wanted[i]);
}

static void
test_strangers(struct test *t)
{
	void **rows;
	size_t n;

	CHECK(store_run(t->db, &infinities, NULL, t->arena, &rows, &n) == STORE_OK && n == 2);
	const Sample *later = rows[0], *earlier = rows[1];
	CHECK(later->at_us == INT64_MAX && later->on_day == INT32_MAX);
	CHECK(earlier->at_us == INT64_MIN && earlier->on_day == INT32_MIN);

	CHECK(store_run(t->db, &null_tag, NULL, t->arena, &rows, &n) == STORE_OK && n == 1);
	const Sample *s = rows[0];
	CHECK(s->n_tags == 3 && !strcmp(s->tags[0], "a") && !strcmp(s->tags[1], "") && !strcmp(s->tags[2], ""));
}

/* What lies outside the server's calendar is refused, never wrapped. */
static void
test_out_of_calendar(struct test *t)
{
	const Sample far[] = {
		{ SAMPLE = T("early"), .at_us = INT64_MIN + 1 },
		{ SAMPLE = T("early too"), .at_us = -300000000000000000 },
		{ SAMPLE = T("late day"), .on_day = INT32_MAX - 1 },
		{ SAMPLE = T("early day"), .on_day = INT32_MIN + 1 },
	};

	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		CHECK(store_run(t->db, &sample_one, &far[i], t->arena, NULL, NULL) == STORE_BAD_INPUT);
		CHECK(strcmp(store_sqlstate(t->db), "22008") == 0);
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
	const void **wanted = many(t, MANY),
		   *ids[3] = { fixture_word(t, "000007"), fixture_word(t, "004999"), fixture_word(t, "none") };
	void **rows;

	store_text(t->db, "begin");
	store_queue(t->db, &sample_many, wanted, MANY);
	store_queue(t->db, &sample_all, NULL, 0);
	store_queue(t->db, &sample_of, ids, 3);
	store_text(t->db, "commit");
	CHECK(store_sync(t->db) == STORE_OK);
	size_t n = store_rows(t->db, 1, t->arena, &rows);
	CHECK(all_same(wanted, rows, MANY, n, t->arena));
	n = store_rows(t->db, 2, t->arena, &rows);
	CHECK(n == 2 && same(rows[0], wanted[7], t->arena) && same(rows[1], wanted[4999], t->arena));
}

static void
test_none(struct test *t)
{
	void **rows;

	store_queue(t->db, &sample_many, NULL, 0);
	store_queue(t->db, &sample_of, NULL, 0);
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(store_rows(t->db, 1, t->arena, &rows) == 0);
	CHECK(store_sync(t->db) == STORE_OK);        /* nothing at all */
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
		CHECK(store_sync(t->db) == STORE_OK);
		CHECK(store_round_trips(t->db) == before + 1);
	}
	int64_t before = store_round_trips(t->db);
	CHECK(fixture_run(t, &fixture_word_all, NULL));
	CHECK(store_round_trips(t->db) == before + 1);
}

/* More goes out than socket buffers hold while as much comes back: neither side may wait for the other. */
static void
test_both_ways_at_once(struct test *t)
{
	const void *b = fixture_body(t, 1500000);
	void **rows;

	for (int i = 0; i < ECHOES; i++)
		store_queue(t->db, &echo, &b, 1);
	CHECK(store_sync(t->db) == STORE_OK);
	for (int i = 0; i < ECHOES; i++)
		CHECK(store_rows(t->db, i, t->arena, &rows) == 1 && same(rows[0], b, t->arena));
}

static void
test_queue_full(struct test *t)
{
	void **rows;

	for (int i = 0; i < STORE_QUEUE_MAX; i++)
		store_queue(t->db, &fixture_my_pid, NULL, 0);
	CHECK(store_sync(t->db) == STORE_OK);
	CHECK(store_rows(t->db, STORE_QUEUE_MAX - 1, t->arena, &rows) == 1);
}

int
main(void)
{
	static void (*const tests[])(struct test *) = {
		test_types_one_by_one, test_types_as_arrays,   test_nulls,      test_enums,
		test_strangers,        test_out_of_calendar,   test_many,       test_none,
		test_round_trips,      test_both_ways_at_once, test_queue_full,
	};

	return fixture_main(statements, sizeof(statements) / sizeof(statements[0]), tests,
			    sizeof(tests) / sizeof(tests[0]));
}
