/* What clears away, and what looks at tables that grow: how much of them it reads is counted, with many rows in them
 * that do not concern it. */
#include "fixture.h"

enum { OLD = 3 * PURGE_ROWS + 17, YOUNG = 50, MANY = 20000 };

static void
answers(struct fixture *s, const char *service, const char *age, int n)
{
	char text[400];

	snprintf(text, sizeof text,
		 "insert into engine.answer select '" D
		 "', '%s', '%s' || n, '%s', '', 200, '', now_us - interval '%s' - n * interval '1 second'"
		 " from engine.clock, generate_series(1, %d) n",
		 service, age, service, age, n);
	fixture_tamper(s, text);
}

static long
answers_left(struct fixture *s, const char *which)
{
	char text[200];

	snprintf(text, sizeof text, "select count(*) from engine.answer where %s", which);
	return fixture_number(s, text);
}

/* As much as one statement takes, the oldest first, and soon the rest; what is young, and what is another's, stays. */
static void
test_purge(void)
{
	struct fixture *s = fixture_open();
	node_t *n = s->node[ATTENDANCE];

	answers(s, "attendance", "9 days", OLD);
	answers(s, "attendance", "7 days", YOUNG);
	answers(s, "funding", "9 days", YOUNG);
	check(fixture_settle(s), "all is quiet", "");
	n->purge_us = n->mono_us;
	int64_t trips = store_round_trips(n->db);
	for (int i = 0; i < TURNS_MAX && answers_left(s, "service = 'attendance' and key like '9%'") == OLD; i++)
		fixture_turn(s);
	check(answers_left(s, "service = 'attendance' and key like '9%'") == OLD - PURGE_ROWS,
	      "a purge takes as many as one statement may", "");
	check(answers_left(s, "service = 'attendance' and key like '9%' and at_us < (select now_us from engine.clock) "
			      "- interval '9 days' - interval '1017 seconds' - interval '1000 seconds'") <=
		      OLD - PURGE_ROWS - 1000,
	      "the oldest first", "");
	check(n->purge_us < n->mono_us + 10 * PURGE_REST_MS * 1000, "and goes on soon", "");
	for (int i = 0; i < TURNS_MAX && answers_left(s, "service = 'attendance' and key like '9%'"); i++)
		fixture_turn(s);
	check(answers_left(s, "service = 'attendance' and key like '9%'") == 0, "until none is left", "");
	for (int i = 0; i < TURNS_MAX && n->purge_us < n->mono_us + PURGE_MS * 500; i++)
		fixture_turn(s);
	check(n->purge_us >= n->mono_us + PURGE_MS * 500 && store_round_trips(n->db) > trips,
	      "then not before an hour is over", "");
	check(answers_left(s, "service = 'attendance'") == YOUNG && answers_left(s, "service = 'funding'") == YOUNG,
	      "what is young stays, and what is another's", "");
	fixture_close(s);
}

/* A statement of the loop, made ready when the tables are empty; what it is asked; and how many rows of the tables that
 * grow it may read. */
struct look { const char *what; const struct store_stmt *stmt; const char *args; long most; };

/* Counted since the session last told of them, which is not at each transaction's end. */
static long
read_so_far(struct fixture *s)
{
	return fixture_number(
		s, "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_all_tables"
		   " where schemaname = 'engine' and relname in ('answer', 'timer', 'work', 'parked', 'turn', 'ran')");
}

/* $P is the district's partition. */
static long
rows_read(struct fixture *s, size_t i, const struct look *k, long partition)
{
	const char *at = strstr(k->args, "$P");
	char text[600];

	if (at)
		snprintf(text, sizeof text, "execute look_%zu%.*s%ld%s", i, (int)(at - k->args), k->args, partition,
			 at + 2);
	else
		snprintf(text, sizeof text, "execute look_%zu%s", i, k->args);
	fixture_tamper(s, "begin; set local session authorization attendance");
	long before = read_so_far(s);
	fixture_tamper(s, text);
	long n = read_so_far(s) - before;
	fixture_tamper(s, "rollback");
	return n;
}

static void
fill(struct fixture *s)
{
	char text[1200];

	snprintf(text, sizeof text,
		 "insert into engine.answer select '" D
		 "', 'a', 'k' || n, 'attendance', '', 200, '', now() - interval '10 days' + n * interval '1 second' "
		 "from generate_series(1, %1$d) n;"
		 "insert into engine.timer select 'attendance', d.partition, '" D
		 "', 'timer', 's' || n, '2099-01-01' from engine.district d, generate_series(1, %1$d) n;"
		 "insert into engine.work select 'attendance', 63 - d.partition, '" D
		 "', 'look', 's' || n, '', '', now() from engine.district d, generate_series(1, %1$d) n;"
		 "insert into engine.work select 'attendance', d.partition, '" D
		 "', 'look', 's' || n, '', '', now() from engine.district d, generate_series(1, %1$d) n;"
		 "insert into engine.parked select 'attendance', 63 - d.partition, 'roster', n, '" D
		 "', 's' || n, 't', '', '', now() from engine.district d, generate_series(1, %1$d) n;"
		 "insert into engine.turn select 'attendance', d.partition, 1000000 + n, 'roster' from engine.district "
		 "d, generate_series(1, %1$d) n",
		 MANY);
	fixture_tamper(s, text);
}

static void
test_looks(void)
{
	static const struct store_stmt status = { .text = "select * from engine.status()" },
				       parked = { .text = "select engine.parked_count($1)" };
	static const struct look looks[] = {
		{ "a purge", &engine_answers_purge, "(now() - interval '9 days', 1000)", 3 * 1000 },
		{ "what is due", &engine_timers_due, "(array[$P], array['-infinity'::timestamptz], now(), 256)", 0 },
		{ "what is due next", &engine_timers_next, "(array[$P], array['-infinity'::timestamptz])", 2 },
		{ "work to do", &engine_jobs_some, "(array[$P], 256)", 256 },
		{ "whose work there is", &engine_jobs_of, "(array['" D "'], array[$P])", 1 },
		{ "what lies aside", &engine_held_of, "(array[$P])", 0 },
		{ "the last turn", &engine_journal_turns_of, "(array[$P])", 1 },
		{ "an answer", &engine_answers_of, "(array['" D "'], array['a'], array['k7'])", 1 },
		{ "how much lies aside", &parked, "($P)", 0 },
		{ "the status, but for what it counts", &status, "", 3 * MANY + 100 },
	};
	struct fixture *s = fixture_open();
	long p = fixture_number(s, "select partition from engine.district");
	char text[2000];

	fixture_stop(s, ATTENDANCE);
	for (size_t i = 0; i < ALEN(looks); i++) {
		snprintf(text, sizeof text, "prepare look_%zu as %s", i, looks[i].stmt->text);
		fixture_tamper(s, text);
		rows_read(s, i, &looks[i], p);
	}
	fill(s);
	for (size_t i = 0; i < ALEN(looks); i++) {
		long n = rows_read(s, i, &looks[i], p);
		snprintf(text, sizeof text, "%s reads no more than it takes (%ld)", looks[i].what, n);
		check(n >= 0 && n <= looks[i].most, text, "");
	}
	fixture_close(s);
}

int
main(void)
{
	static void (*const tests[])(void) = { test_purge, test_looks };

	return fixture_main("housekeeping_test", tests, ALEN(tests));
}
