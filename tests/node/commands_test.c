/* What a command is promised: an answer, once for a key, whatever becomes of the others of its group; that it sees what
 * was acknowledged elsewhere, or says that it does not; and that of what it takes back nothing is left. */
#include "fixture.h"

static void
test_commands(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };
	Roster__PutUnit bad = ROSTER__PUT_UNIT__INIT, good = ROSTER__PUT_UNIT__INIT;

	group_add_person(&g, "", "p1", "u");
	g.said[0].len = 3;
	memset(g.said[0].data, 0xff, 3);
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 422, "a command that cannot be read is refused", "");

	int64_t trips = s->metrics[ROSTER].value[METRIC_ROUND_TRIPS];
	long moved = fixture_number(s, "select xmin::text::bigint from engine.head where service = 'roster'");
	check(fixture_put(s, "", "p1", "refuse") == 409, "a refusal", "");
	check(s->metrics[ROSTER].value[METRIC_ROUND_TRIPS] == trips + 1, "takes one round trip", "");
	check(fixture_number(s, "select xmin::text::bigint from engine.head where service = 'roster'") == moved,
	      "and writes nothing", "");

	group_add_person(&g, "k", "p1", "u");
	fixture_send(s, ROSTER, &g, 5000);
	group_add_person(&g, "k", "p1", "u");
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201, "a key that comes twice before its answer", "");
	check(fixture_number(s, "select count(*) from roster.event where type = 'roster.PersonPut'") == 1,
	      "counts once", "");
	check(fixture_put(s, "k", "p2", "u") == 422, "with other content it is refused", "");

	bad.id = (char *)"\xff";
	good.id = (char *)"u1";
	group_add(&g, "", &good.base);
	group_add(&g, "", &bad.base);
	group_add(&g, "", &good.base);
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201 && s->status[1] == 500 && s->status[2] == 201,
	      "what the database refuses is refused alone", "");
	fixture_close(s);
}

static void
add_import(struct group_of *g, const char *unit, bool dry_run)
{
	Roster__ImportRows m = ROSTER__IMPORT_ROWS__INIT;

	m.csv = (ProtobufCBinaryData){ strlen(unit), (uint8_t *)unit };
	m.maybe_dry_run_case = ROSTER__IMPORT_ROWS__MAYBE_DRY_RUN_DRY_RUN;
	m.dry_run = dry_run;
	group_add(g, "", &m.base);
}

/* What is taken back has not been said: no row, event, timer or number is left of it.  Of heavy commands one is in a
 * batch. */
static void
test_trying(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	long moved = fixture_number(s, "select xmin::text::bigint from engine.head where service = 'roster'");
	add_import(&g, "u1", true);
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 200, "what is taken back is not there for the command itself", "");
	check(fixture_number(s, "select xmin::text::bigint from engine.head where service = 'roster'") == moved,
	      "and writes nothing", "");

	int64_t batches = s->metrics[ROSTER].value[METRIC_BATCHES];
	add_import(&g, "u1", false);
	group_add_person(&g, "", "p1", "u1");
	add_import(&g, "u2", true);
	group_add_person(&g, "", "p2", "u1");
	add_import(&g, "u3", false);
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201 && s->status[2] == 200 && s->status[4] == 201, "some stand, some are taken back",
	      "");
	check(s->metrics[ROSTER].value[METRIC_BATCHES] >= batches + 3, "a batch for each of the heavy ones", "");
	check(fixture_number(s, "select count(*) from roster.unit where name = 'tried'") == 2, "rows of what stands",
	      "");
	check(fixture_number(s, "select count(*) from engine.timer where kind = 'never'") == 2, "and its timers", "");
	check(fixture_number(s, "select count(*) - max(seq) from roster.event") == 0,
	      "no number of an event is missing", "");
	check(fixture_settle(s) && fixture_persons(s, "u1") == 2, "what was said between them is heard", "");
	fixture_close(s);
}

/* What was acknowledged elsewhere is seen; who cannot see it in time says so and does nothing. */
static void
test_catching_up(void)
{
	struct fixture *s = fixture_open();

	check(fixture_put(s, "", "p1", "u") == 201, "a person", "");
	fixture_send_posting(s, "p1", 5000);
	check(fixture_await(s) == 200, "is known to the next command, at another service", "");
	check(fixture_put(s, "", "p2", "u") == 201 && fixture_read_person(s, D, "p2", 5000) == 200 &&
		      !strcmp(s->said, "u"),
	      "and to the next read", "");
	check(fixture_read_person(s, D, "nobody", 5000) == 404, "who is not there is not there", "");
	check(fixture_read_person(s, "999999", "p1", 5000) == 404, "nor in another district", "");
	fixture_stop(s, ATTENDANCE);
	check(fixture_put(s, "", "p3", "u") == 201, "another person", "");
	fixture_stop(s, ROSTER);
	fixture_start(s, ATTENDANCE);
	fixture_send_posting(s, "p3", 50);
	check(fixture_await(s) == 503, "a command that cannot be decided in time", "");
	check(fixture_read_person(s, D, "p3", 50) == 503, "and a read", "");
	fixture_start(s, ROSTER);
	fixture_send_posting(s, "p3", 5000);
	check(fixture_await(s) == 200, "later it can", "");
	fixture_close(s);
}

int
main(void)
{
	static void (*const tests[])(void) = {
		test_commands, test_trying, test_catching_up,
	};

	return fixture_main("commands_test", tests, ALEN(tests));
}
