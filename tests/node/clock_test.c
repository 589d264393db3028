/* Clocks that are wrong: a node by the real clock, which this test steps, before a database whose clock is right.
 *
 * clock.h is implemented here once more: what the machine says, and some seconds. */
#include "fixture.h"
#include "base/clock.h"
#include <time.h>

enum { YEARS = 60 * 366 * 86400, AGAIN = 400 };

static int64_t real_s, boot_s;          /* by how many seconds the machine's clocks are stepped */

static int64_t
clock_of(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_real_us(void) { return clock_of(CLOCK_REALTIME) + real_s * 1000000; }
int64_t clock_mono_us(void) { return clock_of(CLOCK_MONOTONIC); }
int64_t clock_boot_us(void) { return clock_of(CLOCK_BOOTTIME) + boot_s * 1000000; }

#define FUTURE "where now_us > clock_timestamp() + interval '65 seconds'"
#define DATED_WRONGLY                                                                                                  \
	"select (select count(*) from engine.head " FUTURE                                                             \
	") + (select count(*) from roster.event where at_us > clock_timestamp() + interval '65 seconds')"
#define BRING_BACK "select engine.bring_back('it was set wrong', 'somebody', 'here')"
#define ACCEPT "select engine.accept_clock('it is right', 'somebody', 'here')"

/* What a command is answered at last, and by which code it was refused: who has just believed its clock again has
 * nothing yet. */
static bool
put(struct fixture *s, int status, const char *code)
{
	char id[24];
	static int n;

	for (int i = 0; i < AGAIN; i++) {
		snprintf(id, sizeof id, "c%d", n++);
		if (fixture_put(s, "", id, "fine") == status && !strcmp(s->code, code))
			return true;
	}
	printf("at last: %d %s\n", s->status[0], s->code);
	return false;
}

static struct fixture *
begin(void)
{
	real_s = boot_s = 0;
	struct fixture *s = fixture_open_real();
	check(put(s, 201, "") && fixture_settle(s), "a person is put by a clock that is right", "");
	return s;
}

/* Forwards by sixty years, back by two hours: nothing is decided, and it goes on by itself. */
static void
test_steps(void)
{
	static const int64_t steps[] = { YEARS, -7200, 61 + 5 };

	for (size_t i = 0; i < ALEN(steps); i++) {
		struct fixture *s = begin();
		long events = fixture_number(s, "select count(*) from roster.event"), epoch;
		check(!node_doubt(s->node[ROSTER]), "it is well", "");
		real_s = steps[i];
		check(fixture_put(s, "", "p1", "fine") == 503 && !strcmp(s->code, "clock.stepped"),
		      "the first command after a step is refused", "");
		check(node_doubt(s->node[ROSTER]) && s->metrics[ROSTER].value[METRIC_CLOCK_DOUBTED] == 1 &&
			      s->metrics[ROSTER].value[METRIC_COMMANDS_DOUBTED] > 0,
		      "which is told", "");
		check(fixture_number(s, "select count(*) from engine.head where owner <> '' and service in ('roster', "
					"'attendance')") == 0,
		      "others may have what was ours", "");
		check(fixture_number(s, "select count(*) from roster.event") == events &&
			      !fixture_number(s, DATED_WRONGLY),
		      "nothing is decided", "");
		check(fixture_read_person(s, D, "c0", 5000) < 500, "what is read is read as of the time that it is",
		      "");
		real_s = 0;
		check(put(s, 201, "") && !node_doubt(s->node[ROSTER]) &&
			      !s->metrics[ROSTER].value[METRIC_CLOCK_DOUBTED],
		      "when it is right again it goes on", "");
		epoch = fixture_number(s, "select epoch from engine.head where service = 'roster'");
		check(fixture_settle(s) &&
			      epoch == fixture_number(s, "select epoch from engine.head where service = 'roster'"),
		      "and is quiet", "");
		fixture_close(s);
	}
}

/* A step in the middle of a batch: after the step's look, before the batch is dated.  The command is not lost. */
static void
test_small_steps(void)
{
	struct fixture *s = begin();

	real_s = 40;
	check(put(s, 201, ""), "less than a minute is no matter", "");
	real_s = -15;
	check(put(s, 201, "") && fixture_number(s, "select count(*) from roster.event a join roster.event b on b.seq = "
						   "a.seq + 1 where b.at_us < a.at_us") == 0,
	      "and time does not go back", "");
	fixture_close(s);
}

/* Who starts by a clock that is wrong. */
static void
test_start(void)
{
	static const int64_t steps[] = { YEARS, -YEARS, 90, -90 };

	for (size_t i = 0; i < ALEN(steps); i++) {
		struct fixture *s = begin();
		fixture_stop(s, ROSTER);
		real_s = steps[i];
		fixture_start(s, ROSTER);
		check(put(s, 503, "clock.database"), "the database's clock is another", "");
		check(!fixture_number(s, DATED_WRONGLY), "nothing is decided", "");
		real_s = 0;
		check(put(s, 201, ""), "set right, it goes on", "");
		fixture_close(s);
	}
}

/* The reader of a process that has not believed its clock yet knows no time. */
static void
test_reader(void)
{
	struct fixture *s = begin();

	fixture_restart(s, ATTENDANCE);
	check(s->steady[ATTENDANCE].sure == false, "nothing has been believed yet", "");
	fixture_stop(s, ATTENDANCE);
	real_s = YEARS;
	fixture_start(s, ATTENDANCE);
	for (int i = 0; i < AGAIN && s->steady[ATTENDANCE].doubt != STEADY_DATABASE; i++)
		fixture_turn(s);
	check(fixture_read_person(s, D, "c0", 5000) == 503, "so nothing can be read", "");
	real_s = 0;
	for (int i = 0; i < AGAIN && !s->steady[ATTENDANCE].sure; i++)
		fixture_turn(s);
	check(fixture_read_person(s, D, "c0", 5000) != 503, "until it is believed", "");
	fixture_close(s);
}

/* A machine that stood still, whose clock was then set right: nobody but the operator can tell. */
static void
test_accept(void)
{
	struct fixture *s = begin();

	boot_s = -7200;
	check(put(s, 503, "clock.stepped"), "a step that was right is a step", "");
	fixture_tamper(s, ACCEPT);
	check(put(s, 201, ""), "until it is accepted", "");
	boot_s -= 7200;
	check(put(s, 503, "clock.stepped"), "the next one is not", "");
	fixture_tamper(s, "update engine.head set now_us = '2086-03-01' where service = 'roster'");
	fixture_tamper(s, BRING_BACK);
	check(put(s, 201, "") && !fixture_number(s, DATED_WRONGLY), "nor need it be by who brings back what is ahead",
	      "");
	real_s = YEARS;
	check(put(s, 503, "clock.stepped"), "a third is not", "");
	check(fixture_number(s, "select count(*) from engine.clock_act where what = 'accept' and login <> '' and "
				"os_user = 'somebody' and reason = 'it is right'") == 1,
	      "who said so is on record", "");
	fixture_close(s);
}

/* Long after the last instant, or before it. */
static void
test_wait(void)
{
	static const struct { const char *last, *code; } cases[] = {
		{ "clock_timestamp() - interval '401 days'", "clock.waits" },
		{ "clock_timestamp() + interval '2 hours'", "clock.behind" },
		{ "'2086-03-01'", "clock.behind" },
	};

	for (size_t i = 0; i < ALEN(cases); i++) {
		struct fixture *s = begin();
		char text[200];
		fixture_stop(s, ROSTER);
		snprintf(text, sizeof text, "update engine.head set now_us = %s where service = 'roster'",
			 cases[i].last);
		fixture_tamper(s, text);
		fixture_start(s, ROSTER);
		check(put(s, 503, cases[i].code), "a start waits", "");
		check(node_doubt(s->node[ROSTER]) != NULL, "and says so", "");
		check(fixture_number(s, "select count(*) from engine.holding where service = 'roster'") == 0,
		      "nobody has the partition", "");
		fixture_tamper(s, ACCEPT);
		check(put(s, 201, ""), "until it is accepted", "");
		check(fixture_number(s, "select count(*) from engine.clock_partition where service = 'roster'") == 1,
		      "of what is on record", "");
		fixture_restart(s, ROSTER);
		check(put(s, 201, ""), "for good", "");
		fixture_close(s);
	}
}

/* Of several partitions one is ahead: who runs goes on with the others. */
static void
test_one_of_two(void)
{
	struct fixture *s = begin();
	char text[300];

	snprintf(text, sizeof text,
		 "insert into engine.district values ('511701', %d, clock_timestamp());"
		 "insert into engine.head (service, partition, epoch, seq, hash, now_us, owner, heard_us) select "
		 "'roster', %d, 7, 0, '', '2086-03-01', '', '2086-03-01'",
		 partition_of("511701"), partition_of("511701"));
	check(partition_of("511701") != partition_of(D), "two partitions", "");
	fixture_tamper(s, text);
	for (int i = 0; i < AGAIN && !node_doubt(s->node[ROSTER]); i++)
		fixture_turn(s);
	check(node_doubt(s->node[ROSTER]) != NULL && put(s, 201, ""), "one waits, the other goes on", "");
	fixture_tamper(s, BRING_BACK);
	for (int i = 0; i < AGAIN && !s->node[ROSTER]->part[partition_of("511701")].owned; i++)
		fixture_turn(s);
	check(s->node[ROSTER]->part[partition_of("511701")].owned && !node_doubt(s->node[ROSTER]),
	      "brought back, it is taken", "");
	fixture_close(s);
}

/* What was dated wrongly, and what is left of it when the time is brought back; while its owner runs. */
static void
test_bring_back(void)
{
	struct fixture *s = begin();
	long before = fixture_number(s, "select count(*) from roster.event");

	check(fixture_number(s, BRING_BACK " is null and not exists (select from engine.clock_act)") == 0,
	      "(asked as one statement)", "");
	check(fixture_number(s, "select count(*) from engine.clock_act") == 0, "nothing is ahead, so nothing is done",
	      "");
	fixture_stop(s, ROSTER);
	fixture_tamper(s, "update engine.head set now_us = '2086-03-01' where service = 'roster'");
	fixture_start(s, ROSTER);
	fixture_tamper(s, ACCEPT);
	check(put(s, 201, "") && fixture_number(s, DATED_WRONGLY) == 2, "by an operator's word it goes on, in 2086",
	      "");
	fixture_tamper(s,
		       "insert into roster.session values ('" D "', 'a', 't1', '2086-03-01 12:00'), ('" D
		       "', 'a', 't2', clock_timestamp() + interval '11 hours');"
		       "insert into roster.login_try values ('" D "', 'm1', 'a', 9, '2086-03-01', null, false), ('" D
		       "', 'm2', 'a', 1, clock_timestamp(), null, false), ('" D
		       "', 'm3', 'a', 0, null, '2086-03-01', false);"
		       "insert into engine.timer select 'roster', partition, district, 'session_ends', 'a/t1', "
		       "'2086-03-01 12:00' from engine.district;"
		       "insert into engine.timer select 'roster', partition, district, 'hearing', 'F1', '2086-03-09' "
		       "from engine.district;"
		       "insert into engine.work select 'attendance', partition, district, 'none', 'w', '', '', "
		       "'2086-03-01' from engine.district;"
		       "insert into engine.answer values ('" D "', 'a', 'key1', 'roster', '', 201, '', '2086-03-01')");
	check(fixture_number(s, BRING_BACK) > 0, "the time is brought back", "");
	check(put(s, 201, ""), "it goes on", "");
	check(fixture_number(s, "select count(*) from engine.head " FUTURE) == 0 &&
		      fixture_number(s, "select count(*) from roster.event where at_us < clock_timestamp() + interval "
					"'1 minute'") == before + 1,
	      "by the time that it is", "");
	check(fixture_number(s, "select count(*) from engine.clock_event e join roster.event r using (partition, seq) "
				"where e.service = 'roster' and e.at_us = r.at_us") == 1,
	      "what was dated wrongly is on record, and where it was", "");
	check(fixture_number(s, "select count(*) from engine.clock_partition where service = 'roster' and was_us >= "
				"'2086-03-01'") >= 1,
	      "and how far ahead it was", "");
	check(fixture_number(s, "select count(*) from roster.session") == 1,
	      "sessions of then are over, others are not", "");
	check(fixture_number(s, "select count(*) from roster.login_try where least(failed_at_us, known_at_us) < "
				"clock_timestamp()") == 3,
	      "failures to log in count from now on", "");
	check(fixture_number(s, "select count(*) from engine.timer where kind = 'session_ends'") == 0,
	      "with their timers", "");
	check(fixture_number(s, "select count(*) from engine.clock_row where not mended and what = 'timer hearing' and "
				"rows = 1") == 1,
	      "other timers are told of, and stay", "");
	check(fixture_number(s, "select count(*) from engine.answer where at_us > clock_timestamp()") +
			      fixture_number(s, "select count(*) from engine.work where at_us > clock_timestamp()") ==
		      0,
	      "answers and jobs are of now", "");
	check(fixture_number(s, "select count(*) from engine.clock_row where mended") == 4, "which is told", "");
	fixture_restart(s, ROSTER);
	check(put(s, 201, ""), "a start has nothing against it any more", "");
	fixture_close(s);
}

static void
test_others(void)
{
	struct fixture *s = begin();

	s->sent_us = clock_real_us() + 90 * INT64_C(1000000);
	check(fixture_put(s, "", "x", "fine") == 503 && !strcmp(s->code, "clock.gateway"),
	      "a gateway's clock that is ahead", "");
	s->sent_us = clock_real_us() - 90 * INT64_C(1000000);
	check(fixture_put(s, "", "x", "fine") == 503 && !strcmp(s->code, "clock.gateway"), "or behind", "");
	s->sent_us = clock_real_us() + 30 * INT64_C(1000000);
	check(put(s, 201, ""), "a little is no matter", "");
	s->sent_us = 0;
	real_s = 45;
	check(put(s, 201, ""), "nor is it here", "");
	fixture_tamper(s, "insert into engine.replica select 'peer', 'p' || n, 0, clock_timestamp(), clock_timestamp() "
			  "+ interval '2 seconds', -20000000 from generate_series(1, 5) n");
	check(fixture_put(s, "", "x", "fine") > 0, "but five others say otherwise", "");
	for (int i = 0; i < 4000 && s->node[ROSTER]->doubt != STEADY_PEERS; i++) {
		fixture_tamper(s, "update engine.replica set seen_us = clock_timestamp() where service = 'peer'");
		fixture_turn(s);
	}
	check(fixture_put(s, "", "x", "fine") == 503 && !strcmp(s->code, "clock.peers"), "who are believed", "");
	real_s = 0;
	check(put(s, 201, ""), "as is who agrees with them", "");
	fixture_close(s);
}

/* The server's clock has stepped, so a row looks old, or new: who holds what is told by sessions. */
static void
test_replicas(void)
{
	static const char *const held = "select count(*) from engine.holding where service = 'roster'";
	struct fixture *s = begin();

	check(fixture_number(s, held) == 1, "it is held", "");
	fixture_tamper(s, "update engine.replica set since_us = '2086-03-01', seen_us = '2000-01-01'");
	for (int i = 0; i < AGAIN && fixture_number(s, "select count(*) from engine.replica where service = 'roster' "
						       "and seen_us > clock_timestamp() - interval '1 hour'") == 0;
	     i++)
		fixture_turn(s);
	check(fixture_number(s, held) == 1 && put(s, 201, "") && s->node[ROSTER]->part[partition_of(D)].owned,
	      "and stays so", "");
	fixture_close(s);
}

int
main(void)
{
	static void (*const tests[])(void) = {
		test_steps, test_small_steps, test_start,      test_reader, test_accept,
		test_wait,  test_one_of_two,  test_bring_back, test_others, test_replicas,
	};

	return fixture_main("clock_test", tests, ALEN(tests));
}
