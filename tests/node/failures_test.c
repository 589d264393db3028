/* What fails, and whom it stops: inputs that cannot be run, or that end who runs them; owners that were superseded or
 * are slow; connections that end at the worst moments. */
#include "fixture.h"

/* In one batch, what comes after a poison input of its subject waits behind it, whoever else goes on. */
static void
test_poison(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	fixture_stop(s, ATTENDANCE);
	group_add_person(&g, "", "p1", "\xff");
	group_add_person(&g, "", "p2", "fine");
	group_add_person(&g, "", "p1", "later");
	group_add_person(&g, "", "p3", "fine");
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 201, "somebody says what nobody can keep", "");
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s), "it stops nobody", "");
	check(fixture_number(s, "select count(*) from engine.parked") == 2, "it and what comes after it are put aside",
	      "");
	check(fixture_persons(s, "later") == 0 && fixture_persons(s, "fine") == 2, "the others are not", "");
	fixture_restart(s, ATTENDANCE);
	fixture_put(s, "", "p1", "later");
	fixture_put(s, "", "p1", "later");
	check(fixture_settle(s) && fixture_persons(s, "later") == 0, "nor does the next owner forget", "");
	const struct held_subject *h = s->node[ATTENDANCE]->part[partition_of(D)].held;
	check(h && !h->next, "a subject is held once", "");
	fixture_close(s);
}

/* What was being run when its owner ended is put aside at the last of several times, not before. */
static void
test_suspect(void)
{
	for (int tries = 1; tries <= TRIES_MAX; tries++) {
		struct fixture *s = fixture_open();
		char text[200];
		fixture_stop(s, ATTENDANCE);
		fixture_put(s, "", "p1", "fine");
		fixture_put(s, "", "p2", "fine");
		snprintf(text, sizeof text,
			 "update engine.head set trying = '%d event 0 ' || (select max(seq) - 1 from roster.event) "
			 "where service = 'attendance'",
			 tries);
		fixture_tamper(s, text);
		fixture_start(s, ATTENDANCE);
		check(fixture_settle(s), "it goes on", "");
		check(fixture_persons(s, "fine") == (tries < TRIES_MAX ? 2 : 1),
		      "with the input that may have ended its owner, or without", "");
		check(fixture_number(s, "select count(*) from engine.parked") == (tries < TRIES_MAX ? 0 : 1),
		      "which is then put aside", "");
		check(fixture_number(s, "select count(*) from engine.head where trying <> ''") == 0,
		      "and all is forgotten", "");
		fixture_close(s);
	}
}

/* What is tried again ends its process each time: it is refused, and stays with what waits behind it. */
static void
test_retry_suspect(void)
{
	struct fixture *s = fixture_open();
	char text[200];

	fixture_stop(s, ATTENDANCE);
	fixture_put(s, "", "p1", "\xff");
	fixture_put(s, "", "p1", "later");
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s) && fixture_number(s, "select count(*) from engine.parked") == 2,
	      "an input is put aside, and what comes after it", "");
	fixture_stop(s, ATTENDANCE);
	fixture_tamper(s, "update engine.parked set wanted = true");
	snprintf(text, sizeof text,
		 "update engine.head set trying = '%d retry 0 ' || (select min(seq) from engine.parked) where service "
		 "= 'attendance'",
		 TRIES_MAX);
	fixture_tamper(s, text);
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s), "it goes on", "");
	check(fixture_number(s, "select count(*) from engine.parked where not wanted") == 2,
	      "they stay, and are wanted no more", "");
	check(fixture_number(
		      s, "select count(*) from engine.parked where reason = 'it ended the process that ran it'") == 1,
	      "with the reason", "");
	fixture_tamper(s, "delete from engine.parked where reason = 'it ended the process that ran it'");
	fixture_tamper(s, "update engine.parked set wanted = true");
	for (int i = 0; i < 20000 && fixture_number(s, "select count(*) from engine.parked"); i++)
		fixture_settle(s);
	check(fixture_persons(s, "later") == 1 && !s->node[ATTENDANCE]->part[partition_of(D)].held,
	      "what could wait no more is run, and nobody is held", "");
	fixture_close(s);
}

/* Events that another owner wrote meanwhile are not in our memory; consumers get them all the same. */
static void
test_ring_after_fence(void)
{
	struct fixture *s = fixture_open();

	fixture_put(s, "", "p1", "mine");
	check(fixture_settle(s), "settled before", "");
	fixture_stop(s, ATTENDANCE);
	fixture_put(s, "", "p2", "mine");
	int64_t epoch = fixture_number(s, "select epoch from engine.head where service = 'roster'");
	fixture_tamper(s, "with h as (select * from engine.head where service = 'roster'),"
			  " l as (select e.* from roster.event e, h where e.partition = h.partition and e.seq = h.seq),"
			  " e as (insert into roster.event (partition, seq, hash, type, district, at_us, body)"
			  " select partition, seq + 1, sha256(hash || int8send(seq + 1) || type::bytea || body), type, "
			  "district, at_us, body from l returning *)"
			  " update engine.head set seq = e.seq, hash = e.hash, epoch = epoch + 1 from e where "
			  "head.service = 'roster' and head.partition = e.partition");
	check(fixture_put(s, "", "p3", "mine") == 201, "the fenced owner takes over again", "");
	check(fixture_number(s, "select epoch from engine.head where service = 'roster'") == epoch + 2,
	      "as it must, after the other", "");
	check(s->metrics[ROSTER].value[METRIC_FENCED] <= 1, "fenced once, or not at all when it had looked just then",
	      "");
	fixture_start(s, ATTENDANCE);
	check(fixture_settle(s), "everything is read, the other owner's event too", "");
	check(fixture_persons(s, "mine") == 3, "and counted", "");
	fixture_close(s);
}

/* Connections end at the worst moments.  Before anything was written nobody notices; while it is written, commands with
 * a key are done, once, and the others are told that nobody knows. */
static void
test_lost(void)
{
	struct fixture *s = fixture_open();
	struct group_of g = { 0 };

	fixture_tamper(s, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
			  "and usename in ('roster', 'attendance_reader')");
	check(fixture_put(s, "", "p1", "u") == 201, "a command without a key survives what came before it", "");
	check(fixture_read_person(s, D, "p1", 5000) == 200, "so does a read", "");
	fixture_tamper(
		s,
		"create sequence roster.once; grant usage on sequence roster.once to roster;"
		"create function roster.kill() returns trigger language plpgsql as $$ begin"
		" if nextval('roster.once') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; return "
		"new; end $$;"
		"create trigger kill after insert on roster.event for each statement execute function roster.kill()");
	group_add_person(&g, "", "p2", "u");
	group_add_person(&g, "key", "p3", "u");
	group_add_person(&g, "", "p4", "refuse");
	fixture_send(s, ROSTER, &g, 5000);
	check(fixture_await(s) == 504, "a command without a key: nobody knows", "");
	check(s->status[1] == 201 || s->status[1] == 504, "one with a key is done, or not known", "");
	check(s->status[2] == 409 || s->status[2] == 504 || s->status[2] == 503, "a refusal is one", "");
	check(fixture_put(s, "key", "p3", "u") == 201, "asked again it is done", "");
	check(fixture_number(s, "select count(*) from roster.event where type = 'roster.PersonPut' and "
				"position('p3'::bytea in body) > 0") == 1,
	      "once", "");
	check(fixture_settle(s), "and all is read", "");
	fixture_close(s);
}

/* What ready_lacks() says in the end: sessions that have been ended come again first. */
static bool
lacks(struct fixture *s, const char *code)
{
	const char *said = "";

	for (int i = 0; i < TURNS_MAX; i++) {
		fixture_turn(s);
		said = ready_lacks(s->node[ROSTER]);
		if (!said == !code && (!code || !strcmp(said, code)))
			return true;
	}
	printf("it says %s\n", said ? said : "nothing");
	return false;
}

static void
role_of_new_sessions(struct fixture *s, const char *setting)
{
	char text[200];

	snprintf(text, sizeof text, "alter role roster in database %s %s", s->name, setting);
	fixture_tamper(s, text);
	fixture_tamper(s, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
			  "and usename = 'roster'");
}

/* What refuses every command is found without one, and found to be over without one. */
static void
test_refused(void)
{
	struct fixture *s = fixture_open();

	check(fixture_put(s, "", "p1", "u") == 201 && lacks(s, NULL), "nothing is lacking", "");
	long events = fixture_number(s, "select count(*) from roster.event");
	role_of_new_sessions(s, "set temp_file_limit = '100kB'");
	check(lacks(s, "database.exhausted"), "no room for a file", "");
	role_of_new_sessions(s, "reset temp_file_limit");
	check(lacks(s, NULL), "there is room again", "");
	role_of_new_sessions(s, "set default_transaction_read_only = on");
	check(lacks(s, "database.read_only"), "it may only be read", "");
	role_of_new_sessions(s, "reset default_transaction_read_only");
	check(lacks(s, NULL), "it may be written again", "");
	fixture_tamper(s, "revoke insert on roster.event from roster");
	check(lacks(s, "database.rights"), "a right is gone", "");
	fixture_tamper(s, "grant insert on roster.event to roster");
	check(lacks(s, NULL), "and back", "");
	fixture_tamper(s, "alter table roster.event rename to gone");
	check(lacks(s, "database.schema"), "a table is gone", "");
	fixture_tamper(s, "alter table roster.gone rename to event");
	check(lacks(s, NULL), "and back, too", "");
	check(fixture_number(s, "select count(*) from roster.event") == events, "who asks writes nothing", "");
	check(fixture_put(s, "", "p2", "u") == 201, "commands are carried out", "");
	fixture_close(s);
}

/* A fold that lasts longer than a session may be idle is no frozen owner. */
static void
test_slow(void)
{
	struct fixture *s = fixture_open();
	char text[200];

	snprintf(text, sizeof text, "alter role attendance in database %s set idle_session_timeout = '1200ms'",
		 s->name);
	fixture_tamper(s, text);
	fixture_restart(s, ATTENDANCE);
	check(fixture_settle(s), "who looks around is not idle", "");
	long epoch = fixture_number(s, "select epoch from engine.head where service = 'attendance'");
	fixture_put(s, "", "p1", "slow");
	check(fixture_settle(s) &&
		      fixture_number(s, "select count(*) from attendance.person where person_id = 'p1'") == 1,
	      "a slow event is read", "");
	check(fixture_number(s, "select epoch from engine.head where service = 'attendance'") == epoch,
	      "by the session that began it", "");
	fixture_close(s);
}

/* Who has been superseded sees it at the next look, not only when he writes: what he says misleads. */
static void
test_superseded(void)
{
	struct fixture *s = fixture_open();
	const struct partition *p = &s->node[ROSTER]->part[partition_of(D)];

	check(fixture_put(s, "", "p1", "u") == 201 && p->owned, "an owner", "");
	fixture_tamper(s, "insert into engine.replica (service, instance, pid, since_us, seen_us)"
	          " select service, 'another', pid, since_us, clock_timestamp() from engine.replica "
			  "where service = 'roster'");
	fixture_tamper(s, "update engine.head set owner = 'another', epoch = epoch + 1, heard_us = clock_timestamp() "
			  "where service = 'roster'");
	for (int i = 0; i < TURNS_MAX && p->owned; i++)
		fixture_turn(s);
	check(!p->owned, "that is one no more", "");
	check(s->metrics[ROSTER].value[METRIC_FENCED] == 0, "without having written", "");
	fixture_tamper(s, "delete from engine.replica where instance = 'another'");
	for (int i = 0; i < TURNS_MAX && !p->owned; i++)
		fixture_turn(s);
	check(fixture_put(s, "", "p2", "u") == 201 && fixture_settle(s), "and takes over again when it is free", "");
	fixture_close(s);
}

int
main(void)
{
	static void (*const tests[])(void) = {
		test_poison, test_suspect, test_retry_suspect, test_ring_after_fence,
		test_lost,   test_refused, test_slow,          test_superseded,
	};

	return fixture_main("failures_test", tests, ALEN(tests));
}
