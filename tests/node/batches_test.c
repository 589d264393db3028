/* What a batch takes, and how much of it: jobs and timers that are due, and as many events as its memory and the books
 * of policies have room for. */
#include "fixture.h"
#include "base/clock.h"

enum { TIMERS = 1200, DISTRICTS = 3 * BOOKS_AT_ONCE };

/* Jobs whose batch was rolled back are still to be done; more of them than one round trip holds are no trouble. */
static void
test_jobs(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	fixture_tamper(s, "insert into engine.work select 'attendance', partition, '" D
			  "', 'look', 'w' || n, '', '', now() from engine.district, generate_series(1, 20) n");
	fixture_restart(s, ATTENDANCE);
	fixture_tamper(s, "begin; select * from engine.head where service = 'attendance' for update");
	for (int i = 0; i < 20; i++)
		fixture_turn(s);
	fixture_tamper(s, "commit");
	check(fixture_settle(s) && fixture_persons(s, "done") == 20,
	      "jobs are done although their first batch was rolled back", "");
	fixture_stop(s, ATTENDANCE);
	group_add_persons(&g, 'c', 0, 150, "job");
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201, "many commands at once", "");
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s) && fixture_persons(s, "done") == 170, "and a job of each", "");
	fixture_close(s);
}

/* A due timer comes before later commands, however many; one that an earlier one has moved does not ring. */
static void
test_timers(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	group_add_persons(&g, 't', 0, TIMERS, "timer");
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201 && fixture_settle(s) && fixture_persons(s, "timer") == TIMERS, "many timers", "");
	fixture_clock_to(s, 1, 0);
	fixture_send_posting(s, "t1", 20000);
	check(fixture_await(s) == 200, "all of them have rung when the next command is run", "");
	fixture_tamper(s, "delete from attendance.person");
	fixture_tamper(s, "insert into engine.timer select 'attendance', partition, '" D "', k, s, " START_SQL
			  " + interval '2 hours'"
			  " from engine.district, (values ('timer.a', 'mover'), ('timer', 'moved')) v(k, s)");
	fixture_tamper(s, "update engine.timer set due_us = due_us + interval '1 second' where subject = 'moved'");
	fixture_restart(s, ATTENDANCE);
	fixture_clock_to(s, 2, 0);
	check(fixture_settle(s) && fixture_persons(s, "rung") == 1, "the mover rings", "");
	fixture_tamper(s, "delete from attendance.person");
	fixture_tamper(s, "insert into engine.timer select 'attendance', partition, '" D "', k, s, " START_SQL
			  " + interval '3 hours'"
			  " from engine.district, (values ('timer.a', 'mover'), ('timer', 'moved')) v(k, s)"
			  " on conflict (service, partition, district, kind, subject) do update set due_us = "
			  "excluded.due_us + interval '1 second'");
	fixture_restart(s, ATTENDANCE);
	fixture_clock_to(s, 3, 10);
	check(fixture_settle(s), "both are due in one batch", "");
	check(fixture_persons(s, "rung") == 1, "what the first has moved does not ring", "");
	check(fixture_number(s, "select count(*) from engine.timer where subject = 'moved'") == 1, "and is not lost",
	      "");
	fixture_clock_to(s, 5, 0);
	check(fixture_settle(s) && fixture_persons(s, "rung") == 2, "it rings at its new time", "");
	fixture_close(s);
}

/* Two timers are due when attendance comes back, one of which stands on roster's events; roster has said something
 * before, which attendance has not read.  others: roster itself reads services that nobody plays here. */
static struct fixture *
fixture_with_timer(bool others)
{
	struct fixture *s = fixture_open();

	if (!others)
		fixture_tamper(s, "delete from engine.consumes where consumer not in ('roster', 'attendance')");
	check(fixture_put(s, "", "due", "timer.seeing") == 201 && fixture_put(s, "", "other", "timer") == 201 &&
		      fixture_settle(s),
	      "timers", "");
	fixture_stop(s, ATTENDANCE);
	check(fixture_put(s, "", "seen", "u") == 201, "what is said while nobody listens", "");
	fixture_clock_to(s, 1, 0);
	return s;
}

/* A due timer comes after what was acknowledged before, which is still on its way; one due before it that stands on
 * nothing does not wait. A command still comes after both. */
static void
test_catching_up(void)
{
	struct fixture *s = fixture_with_timer(false);

	fixture_tamper(s, "update engine.timer set due_us = due_us - interval '1 second' where subject = 'other'");
	fixture_start(s, ATTENDANCE);
	for (int i = 0; i < TURNS_MAX && !fixture_persons(s, "rung"); i++)
		fixture_turn(s);
	check(fixture_persons(s, "rung") == 1 && fixture_persons(s, "blind") == 0,
	      "what stands on nothing does not wait", "");
	fixture_send_posting(s, "seen", 20000);
	check(fixture_await(s) == 200, "a command comes after what is due", "");
	check(fixture_persons(s, "seeing") == 1 && fixture_persons(s, "blind") == 0,
	      "a timer sees what was said before it", "");
	check(s->metrics[ATTENDANCE].value[METRIC_TIMERS_BEHIND] == 0, "and was not given up", "");
	fixture_stop(s, ATTENDANCE);
	check(fixture_put(s, "", "late", "timer.seeing") == 201, "one that is due already when it is put", "");
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s) && fixture_persons(s, "seeing") == 2, "rings too", "");
	fixture_close(s);
}

/* Nobody answers: it is waited for only so long. */
static void
test_catching_up_in_vain(void)
{
	struct fixture *s = fixture_with_timer(false);

	fixture_stop(s, ROSTER);
	fixture_start(s, ATTENDANCE);
	int64_t began_us = clock_mono_us();
	for (int i = 0; i < TURNS_MAX && !fixture_persons(s, "blind"); i++)
		fixture_turn(s);
	check(fixture_persons(s, "blind") == 1 && fixture_persons(s, "seeing") == 0, "a timer does not wait for ever",
	      "");
	check(clock_mono_us() - began_us >= CATCH_UP_STILL_MS * 1000, "but for a while", "");
	check(s->metrics[ATTENDANCE].value[METRIC_TIMERS_BEHIND] == 1, "and that is counted", "");
	fixture_start(s, ROSTER);
	check(fixture_settle(s) && fixture_persons(s, "u") == 1, "what was said comes all the same", "");
	fixture_close(s);
}

/* Roster reads supervision, which has never been here: what may follow from its reading is waited for, too. */
static void
test_catching_up_upstream(void)
{
	struct fixture *s = fixture_with_timer(true);

	fixture_tamper(s,
		       "insert into engine.cursor (consumer, producer, partition, seq, hash)"
		       " select c.consumer, c.producer, h.partition, 1000000, '' from engine.consumes c, engine.head h"
		       " where h.service = 'roster' and c.producer = 'roster' and c.consumer not in ('roster', "
		       "'attendance', 'supervision')");
	fixture_start(s, ATTENDANCE);
	for (int i = 0; i < TURNS_MAX && !fixture_persons(s, "u"); i++)
		fixture_turn(s);
	check(fixture_persons(s, "u") == 1 && fixture_persons(s, "seeing") + fixture_persons(s, "blind") == 0,
	      "a producer's producer is behind", "");
	fixture_tamper(s, "insert into engine.cursor (consumer, producer, partition, seq, hash)"
	                " select 'supervision', 'roster', partition, 1000000, '' from engine.head "
	                  "where service = 'roster'");
	check(fixture_settle(s) && fixture_persons(s, "seeing") == 1 &&
		      s->metrics[ATTENDANCE].value[METRIC_TIMERS_BEHIND] == 0,
	      "and then it is not", "");
	fixture_close(s);
}

static int64_t
memory_of(const struct fixture *s)
{
	return s->metrics[ATTENDANCE].value[METRIC_BATCH_BYTES_MAX];
}

/* What together asks for more than there is: a batch ends before it is used up, and the rest comes in the next. */
static void
test_hunger(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	fixture_stop(s, ATTENDANCE);
	group_add_persons(&g, 'p', 0, 2 * BATCH_ARENA_MAX / HUNGER_BYTES, "hungry");
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201, "many who need much", "");
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s) && fixture_persons(s, "hungry") == 2 * BATCH_ARENA_MAX / HUNGER_BYTES, "all had it",
	      "");
	check(memory_of(s) >= FOLD_BYTES_MAX && memory_of(s) < FOLD_BYTES_MAX + 2 * HUNGER_BYTES,
	      "a batch went on until much was used", "");
	fixture_close(s);
}

/* One more person in each of many districts; whether all were taken. */
static bool
person_everywhere(struct fixture *s, const char *id, bool creates)
{
	Roster__PutDistrict d = ROSTER__PUT_DISTRICT__INIT;
	Roster__PublishPolicy p = ROSTER__PUBLISH_POLICY__INIT;
	char district[16];
	bool taken = true;

	p.version = (char *)"v1";
	for (int i = 0; i < DISTRICTS; i++) {
		struct group_of g = { .district = district };
		snprintf(district, sizeof district, "%06d", 400000 + i);
		if (creates) {
			group_add(&g, "", &d.base);
			group_add(&g, "", &p.base);
		}
		group_add_person(&g, "", id, "policy");
		fixture_send(s, ROSTER, &g, 5000);
		taken = fixture_await(s) == 201 && taken;
	}
	return taken;
}

/* What was too much lately is tried again, however few fitted then: halves of what comes need not be as many as that.
 */
static void
test_growing_again(void)
{
	static const size_t few[] = { 1, 3, 5, 6, 97 };
	struct fixture *s = fixture_open();

	for (size_t i = 0; i < ALEN(few); i++) {
		struct group_of g = { 0 };
		s->node[ATTENDANCE]->inputs_max = few[i];
		group_add_persons(&g, 'p', 0, 5 * FETCH_ITEMS_MAX, "unit");
		fixture_send(s, ROSTER, &g, 5000);
		check(fixture_await(s) == 201 && fixture_settle(s) && fixture_persons(s, "unit") == 5 * FETCH_ITEMS_MAX,
		      "all came", "");
		check(s->node[ATTENDANCE]->inputs_max >= FETCH_ITEMS_MAX &&
			      s->node[ATTENDANCE]->inputs_max <= BATCH_INPUTS_MAX,
		      "as many at once as before", "");
	}
	fixture_close(s);
}

enum {
	WIDE_INPUTS = 100,
	WIDE_ROWS = 300,
	WIDE_BYTES = 100 * 1000
}; /* a district's rows fit in a batch, two districts' do not */
_Static_assert(WIDE_ROWS *WIDE_BYTES<FOLD_BYTES_MAX && 2 * WIDE_ROWS * WIDE_BYTES> FOLD_BYTES_MAX,
	       "one does, two do not");

static void
wide_district(struct fixture *s, const char *district)
{
	struct group_of creation = { .district = district };
	Roster__PutDistrict d = ROSTER__PUT_DISTRICT__INIT;
	char sql[300];

	group_add(&creation, "", &d.base);
	fixture_send(s, ROSTER, &creation, 5000);
	check(fixture_await(s) == 201 && fixture_settle(s), "a district", "");
	snprintf(sql, sizeof sql,
		 "insert into attendance.person select '%s', 'w' || n, '2017-01-01', repeat('x', %d), 'civil_servant', "
		 "'' from generate_series(1, %d) n",
		 district, WIDE_BYTES, WIDE_ROWS);
	fixture_tamper(s, sql);
}

/* The smallest batch that was the largest allowed while all is done; 0: it did not come to an end. */
static size_t
least_allowed(struct fixture *s)
{
	size_t least = BATCH_INPUTS_MAX;

	for (int i = 0; i < TURNS_MAX && !fixture_quiet(s); i++) {
		fixture_turn(s);
		if (s->node[ATTENDANCE]->inputs_max < least)
			least = s->node[ATTENDANCE]->inputs_max;
	}
	return fixture_quiet(s) ? least : 0;
}

/* What was loaded for too many at once does not count against the half of them. */
static void
test_wide(void)
{
	static const char *const districts[] = { "400001", "400002" };
	struct fixture *s = fixture_open();

	for (size_t i = 0; i < ALEN(districts); i++)
		wide_district(s, districts[i]);
	fixture_stop(s, ATTENDANCE);
	for (size_t i = 0; i < ALEN(districts); i++) {
		struct group_of g = { .district = districts[i] };
		group_add_persons(&g, 'p', 0, WIDE_INPUTS, "unit");
		fixture_send(s, ROSTER, &g, 5000);
		check(fixture_await(s) == 201, "many of one district", "");
	}
	fixture_start(s, ATTENDANCE);
	size_t least = least_allowed(s);
	check(fixture_persons(s, "unit") == 2 * WIDE_INPUTS, "all of both came", "");
	check(least <= WIDE_INPUTS, "both together want too much", "");
	check(least >= WIDE_INPUTS / 2, "but each does not", "");
	fixture_close(s);
}

/* What an input wants may depend on a row that only an earlier one of its batch makes: then it comes in the next. */
static void
test_wants_made(void)
{
	static const char *const persons[][2] = { { "a", "@b" }, { "c", "@@a" }, { "d", "@@a" }, { "e", "@@none" } };
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	check(fixture_put(s, "", "b", "@") == 201 && fixture_settle(s), "whom somebody leads to", "");
	fixture_stop(s, ATTENDANCE);
	for (size_t i = 0; i < ALEN(persons); i++)
		group_add_person(&g, "", persons[i][0], persons[i][1]);
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201, "who leads there, and who goes by that", "");
	fixture_start(s, ATTENDANCE);
	long long before = (long long)s->metrics[ATTENDANCE].value[METRIC_BATCHES];
	check(fixture_settle(s) && fixture_persons(s, "led") == 2 && fixture_persons(s, "lost") == 1,
	      "all found what they read", "");
	long long batches = (long long)s->metrics[ATTENDANCE].value[METRIC_BATCHES] - before;
	check(batches >= 2 && batches <= 3, "in the next batch, with those behind it",
	      ""); /* one more may be the clock's */
	fixture_close(s);
}

/* Far more districts at once than there are books. */
static void
test_districts(void)
{
	struct fixture *s = fixture_open();

	check(person_everywhere(s, "p1", true) && fixture_settle(s), "each has a policy, and somebody who asks for it",
	      "");
	fixture_stop(s, ATTENDANCE);
	check(person_everywhere(s, "p2", false), "and each somebody more", "");
	fixture_start(s, ATTENDANCE);                     /* it has no book of any */
	check(fixture_settle(s) && fixture_persons(s, "policy") == 2 * DISTRICTS, "all found theirs", "");
	check(memory_of(s) < BATCH_ARENA_MAX / 10, "in little memory", "");
	/* one document: of the writer before it was stopped, of the one after, and of no more */
	check(s->metrics[ATTENDANCE].value[METRIC_DOCUMENTS_PARSED] == 2, "and what all of them have was parsed once",
	      "");
	check(person_everywhere(s, "p3", false) && fixture_settle(s) && fixture_persons(s, "policy") == 3 * DISTRICTS,
	      "and once more", "");
	check(s->metrics[ATTENDANCE].value[METRIC_DOCUMENTS_PARSED] == 2, "without parsing anything", "");
	fixture_close(s);
}

/* A batch that publishes a policy and asks for it often makes the book once, not each time. */
static void
test_policies(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };
	Roster__PublishPolicy p = ROSTER__PUBLISH_POLICY__INIT;

	fixture_stop(s, ATTENDANCE);
	p.version = (char *)"v1";
	group_add(&g, "", &p.base);
	group_add_persons(&g, 'p', 0, 900, "policy");
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201, "a policy and many who ask for it", "");
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s) && fixture_persons(s, "policy") == 900, "all found it", "");
	check(memory_of(s) < BATCH_ARENA_MAX / 4, "in little memory", "");
	check(fixture_read_person(s, D, "p1", 5000) == 200 && !strcmp(s->named, "policy"), "a reader finds it too", "");
	check(fixture_read_person(s, D, "p2", 5000) == 200 && !strcmp(s->named, "policy"), "and again", "");
	fixture_close(s);
}

int
main(void)
{
	static void (*const tests[])(void) = {
		test_jobs,
		test_timers,
		test_catching_up,
		test_catching_up_in_vain,
		test_catching_up_upstream,
		test_hunger,
		test_growing_again,
		test_wide,
		test_wants_made,
		test_districts,
		test_policies,
	};

	return fixture_main("batches_test", tests, ALEN(tests));
}
