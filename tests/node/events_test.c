/* Events on their way from who said them to who reads them: from memory or from the table, never past a broken link of
 * their chain; soon when somebody waits for them, and in company when nobody does. */
#include "base/clock.h"
#include "fixture.h"

/* What comes after a broken link is not believed, also when it came in one answer with what is good. */
static void
test_chain(void)
{
	struct fixture *s = fixture_open();

	fixture_stop(s, ATTENDANCE);
	fixture_put(s, "", "p1", "good");
	fixture_put(s, "", "p2", "bad");
	fixture_put(s, "", "p3", "bad");
	fixture_tamper(s, "update roster.event set hash = sha256('tampered') where seq = (select seq from engine.head "
			  "where service = 'roster') - 1");
	fixture_restart(s, ROSTER);       /* so that they come from the table, in one answer */
	fixture_start(s, ATTENDANCE);
	for (int i = 0; i < 300; i++)
		fixture_turn(s);
	check(fixture_persons(s, "good") == 1, "before the broken link all is read", "");
	check(fixture_persons(s, "bad") == 0, "from the broken link on nothing is", "");
	fixture_close(s);
}

/* What is no longer in memory comes from the table, as much as fits an answer at a time; then from memory again. */
static void
test_old_events(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	fixture_stop(s, ATTENDANCE);
	for (int round = 0; round < 3; round++) {
		group_add_persons(&g, 'p', round * 1500, 1500, "old");
		fixture_send(s, ROSTER, &g, 20000);
		check(fixture_await(s) == 201, "many commands", "");
	}
	fixture_restart(s, ROSTER);
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s) && fixture_persons(s, "old") == 4500, "all are read from the table", "");
	check(fixture_put(s, "", "new", "new") == 201 && fixture_settle(s) && fixture_persons(s, "new") == 1,
	      "then on from memory", "");
	bool older = false;
	for (int k = 0; k < STREAMS_MAX; k++)
		older = older || s->node[ATTENDANCE]->feed[0].stream[k].older;
	check(!older, "and from nowhere else", "");
	fixture_close(s);
}

/* An answer may hold more events than a batch of ours takes: another version may say more at a time. */
static void
test_large_answer(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	fixture_stop(s, ATTENDANCE);
	group_add_persons(&g, 'p', 0, BATCH_INPUTS_MAX + 100, "many");
	fixture_send(s, ROSTER, &g, 20000);
	check(fixture_await(s) == 201, "many commands", "");
	s->whole = true;
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s) && fixture_persons(s, "many") == BATCH_INPUTS_MAX + 100,
	      "are read, though they come in one answer", "");
	fixture_close(s);
}

/* Who has nothing to do sleeps, also when a producer is not there. */
static void
test_idle(void)
{
	struct fixture *s = fixture_open();
	int at_once = 0;

	for (int i = 0; i < 40; i++) {
		fixture_turn(s);
		for (int k = 0; k < SERVICES; k++) {
			int64_t now_us = clock_mono_us();
			at_once += node_step(s->node[k], now_us) <= now_us;
		}
	}
	check(at_once <= 2 * SERVICES, "nodes do not spin", "");         /* an answer to a fetch ends one sleep */
	fixture_close(s);
}

static void
put_unit_named(struct fixture *s, const char *id)
{
	struct group_of g = { 0 };
	Roster__PutUnit u = ROSTER__PUT_UNIT__INIT;

	u.id = u.name = (char *)id;
	group_add(&g, "", &u.base);
	fixture_send(s, ROSTER, &g, 5000);
}

static void
turns(struct fixture *s)
{
	for (int i = 0; i < 50; i++)
		fixture_turn(s);
}

/* Attendance is not concerned with units: that it has read them is one commit, when they have waited for company, there
 * and here. */
static void
test_company(void)
{
	struct fixture *s = fixture_open();

	check(fixture_settle(s), "settled before", "");
	s->still_us = clock_mono_us();
	turns(s);                       /* what is on its way arrives */
	int64_t before = s->metrics[ATTENDANCE].value[METRIC_BATCHES],
		fetches = s->metrics[ATTENDANCE].value[METRIC_FETCHES];
	for (int i = 0; i < 3; i++) {
		put_unit_named(s, (const char *[]){ "u1", "u2", "u3" }[i]);
		check(fixture_await(s) == 201, "a unit", "");
	}
	turns(s);
	check(s->metrics[ATTENDANCE].value[METRIC_FETCHES] == fetches,
	      "what does not concern it waits where it was said", "");
	s->still_us += LINGER_MS * 1000;
	turns(s);
	check(s->metrics[ATTENDANCE].value[METRIC_FETCHES] == fetches + 1, "and comes in one answer", "");
	check(s->metrics[ATTENDANCE].value[METRIC_BATCHES] == before, "which waits once more", "");
	s->still_us += LINGER_MS * 1000;
	turns(s);
	check(s->metrics[ATTENDANCE].value[METRIC_BATCHES] == before + 1 && fixture_quiet(s),
	      "and is read in one batch", "");
	fixture_close(s);
}

/* While time stands still nothing has waited long enough: what comes, comes because somebody waits for it. */
static void
test_hurry(void)
{
	struct fixture *s = fixture_open();

	check(fixture_put(s, "", "p1", "u") == 201 && fixture_settle(s), "settled before", "");
	s->still_us = clock_mono_us();
	put_unit_named(s, "u1");
	check(fixture_await(s) == 201 && !fixture_quiet(s), "what does not concern attendance waits", "");
	fixture_send_posting(s, "p1", 5000);
	check(fixture_await(s) == 200 && fixture_quiet(s), "unless a command must know of it", "");
	put_unit_named(s, "u2");
	check(fixture_await(s) == 201 && !fixture_quiet(s), "waits again", "");
	check(fixture_put(s, "", "p2", "u") == 201, "until something follows that does concern it", "");
	for (int i = 0; i < TURNS_MAX && !fixture_quiet(s); i++)
		fixture_turn(s);
	check(fixture_quiet(s) && fixture_persons(s, "u") == 2, "then both come", "");
	fixture_close(s);
}

int
main(void)
{
	static void (*const tests[])(void) = {
		test_chain, test_old_events, test_large_answer, test_idle, test_company, test_hurry,
	};

	return fixture_main("events_test", tests, ALEN(tests));
}
