/* Several replicas of every service in one process, which join, leave, die, freeze and are fenced while commands come.
 *
 * The database is the witness: a trigger writes down every change of a head, so what must hold of all of history is
 * asked of that; who holds what is asked of engine.holding.  What is waited for is a condition, with a bound in turns.
 *
 * alone: a replica that is starved for as long as its lease is not what is tried here */
#include "service_list.h"
#include "base/ids.h"
#include "harness/scenario.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many as can be shared equally by three: then each gets back exactly what it had. */
enum { TOWNS = 6, WAIT_TURNS = 60000, STILL_TURNS = 3000, FENCES_MAX = 20 };
#define UNDER "/api/v1/districts/%s"

struct fixture { harness_t *harness; char towns[TOWNS][8]; int commands; };

/* ---- what all of history must say */

/* Who wrote is told by the session: a batch that another than its taker wrote would have another. */
static const char witness[] =
	"grant usage on schema public to public;"
	"create table public.head_log (n bigserial, service text, partition int, epoch bigint, seq bigint, owner text, "
	"pid int);"
	"grant insert on public.head_log to public; grant usage on sequence public.head_log_n_seq to public;"
	"create table public.before (service text, partition int, epoch bigint, instance text);"
	"create function public.head_seen() returns trigger language plpgsql as $$ begin"
	" insert into public.head_log (service, partition, epoch, seq, owner, pid)"
	" values (new.service, new.partition, new.epoch, new.seq, new.owner, pg_backend_pid()); return null; end $$;"
	"create trigger seen after insert or update on engine.head for each row execute function public.head_seen()";

static void
history_holds(struct fixture *s, const char *when)
{
	check(harness_number(
		      s->harness,
		      "select count(*) from (select epoch, lag(epoch) over w as before from public.head_log window w "
		      "as (partition by service, partition order by n)) x"
		      " where epoch < before") == 0,
	      "epochs never go back", when);
	check(harness_number(
		      s->harness,
		      "select count(*) from (select 1 from public.head_log group by service, partition, epoch having "
		      "count(distinct pid) > 1) x") == 0,
	      "an epoch has one writer", when);
	check(harness_number(
		      s->harness,
		      "select count(*) from (select seq, lag(seq) over w as before from public.head_log window w as "
		      "(partition by service, partition order by n)) x"
		      " where seq < before") == 0,
	      "a log never becomes shorter", when);
	for (int i = 0; i < SERVICES; i++)
		check(harness_number(
			      s->harness,
			      "select count(*) from (select seq - row_number() over (partition by partition order by "
			      "seq) as gap from %s.event) x where gap <> 0",
			      service_names[i]) == 0,
		      "no log has a gap", service_names[i]);
}

/* ---- waiting */

static bool
await(struct fixture *s, const char *sql)
{
	for (int i = 0; i < WAIT_TURNS / 20; i++) {
		if (harness_number(s->harness, "%s", sql) == 1)
			return true;
		harness_turns(s->harness, 20);
	}
	return false;
}

static long
live(struct fixture *s)
{
	long n = 0;
	for (int i = 0; i < SERVICES; i++)
		for (int k = 0; k < HARNESS_REPLICAS_MAX; k++)
			n += harness_there(s->harness, service_names[i], k);
	return n;
}

/* All is held, by those who live, in shares equal within one.  Who does not turn any more is not counted on. */
static bool
balanced(struct fixture *s)
{
	char *sql;
	if (asprintf(&sql,
		     "select case when (select count(*) from engine.holding) = %d and (select count(*) from "
		     "engine.live) = %ld and not exists ("
		     " select 1 from (select l.service, l.instance, (select count(*) from engine.holding h where "
		     "h.service = l.service and h.instance = l.instance) as n"
		     " from engine.live l) x group by service having max(n) - min(n) > 1) then 1 else 0 end",
		     SERVICES * TOWNS, live(s)) < 0)
		abort();
	bool ok = await(s, sql);
	if (!ok) {
		char *held = harness_sql(s->harness,
					 "select string_agg(service || '/' || partition || ': ' || coalesce(instance, "
					 "'-'), ', ' order by service, partition)"
					 " from engine.head left join engine.holding using (service, partition)");
		char *there = harness_sql(s->harness, "select string_agg(instance || ' ' || (clock_timestamp() - "
						      "seen_us)::text, ', ' order by instance) from engine.live");
		printf("     %ld live; %s; %s\n", live(s), held, there);
		free(held);
		free(there);
	}
	free(sql);
	return ok;
}

/* ---- commands meanwhile */

/* A command to every district, with a key, so that whatever happens it can be repeated; and each is carried out once.
 */
static void
order_all(struct fixture *s, const char *when)
{
	struct asked *asked = calloc(2 * TOWNS, sizeof *asked);
	size_t n = 0;

	for (int i = 0; i < TOWNS; i++) {
		char *path, *body;
		if (asprintf(&path, UNDER "/findings:batch", s->towns[i]) < 0 ||
		    asprintf(&body,
			     "{\"key\":\"command-%d\",\"kind\":\"unexcused_absence\",\"person_id\":\"p1\",\"on\":"
			     "\"2017-08-%02d\",\"source\":\"covert\",\"confirm\":true}\n",
			     s->commands, 1 + s->commands % 28) < 0)
			abort();
		asked[n++] = (struct asked){ "POST", path, NULL, "application/x-ndjson", body, { 0 } };
	}
	s->commands++;
	harness_call_all(s->harness, asked, n);
	for (size_t i = 0; i < n; i++) {
		bool done = asked[i].answered.status == 200 && strstr(asked[i].answered.body, "\"confirmed\"");
		if (!done)
			printf("     %s: %d %.300s\n", asked[i].path, asked[i].answered.status, asked[i].answered.body);
		check(done, "a command is carried out meanwhile", when);
		free(asked[i].answered.body);
		free((char *)asked[i].path);
		free((char *)asked[i].body);
	}
	free(asked);
}

static void
all_is_read(struct fixture *s, const char *when)
{
	for (int i = 0; i < TOWNS; i++)
		check(harness_settle(s->harness, s->towns[i]), "every consequence comes", when);
	check(harness_number(s->harness, "select count(*) from supervision.finding") == (long)s->commands * TOWNS,
	      "each order is carried out once", when);
}

static int
ask(struct fixture *s, const char *method, const char *path, const char *body)
{
	struct answered a = harness_call(s->harness, method, path, NULL, NULL, body);
	if (a.status >= 300)
		printf("     %s %s: %d %.300s\n", method, path, a.status, a.body);
	free(a.body);
	return a.status;
}

/* Districts of different partitions. */
static void
found(struct fixture *s)
{
	struct world w = scenario_world(s->harness);
	uint64_t used = 0;

	for (int n = 0, i = 0; n < TOWNS; i++) {
		char name[16];
		snprintf(name, sizeof name, "%d", 511700 + i);
		if (used >> partition_of(name) & 1)
			continue;
		used |= UINT64_C(1) << partition_of(name);
		memcpy(s->towns[n++], name, 7);
		check(scenario_run("tests/scenarios/base.inc", &w, name), "a district is created", name);
	}
}

static struct fixture
fixture_open(int replicas)
{
	struct fixture s = { .harness = harness_open_with(replicas) };

	free(harness_sql(s.harness, witness));
	found(&s);
	check(balanced(&s), "what was created is shared", "at the start");
	return s;
}

static void
fixture_close(struct fixture *s, const char *when)
{
	all_is_read(s, when);
	history_holds(s, when);
	harness_close(&s->harness);
}

/* ---- what moves */

static void
remember(struct fixture *s)
{
	free(harness_sql(s->harness,
			 "delete from public.before; insert into public.before select h.service, h.partition, h.epoch, "
			 "g.instance from engine.head h"
			 " left join engine.holding g on g.service = h.service and g.partition = h.partition"));
}

/* Partitions of a service that were taken since, and of those the ones that satisfy a condition on b, what was before.
 */
static long
moved(struct fixture *s, const char *service, const char *condition)
{
	return harness_number(
		s->harness,
		"select coalesce(sum(h.epoch - b.epoch), 0) from public.before b join engine.head h on h.service "
		"= b.service and h.partition = b.partition"
		" where b.service = '%s' and h.epoch > b.epoch and %s",
		service, condition);
}

static long
holds(struct fixture *s, const char *service, int replica)
{
	return harness_number(s->harness,
			      "select count(*) from engine.holding where service = '%s' and instance = '%s-%d'",
			      service, service, replica + 1);
}

/* ---- the tests */

/* Left alone, nobody gives and nobody takes. */
static void
stillness(struct fixture *s)
{
	order_all(s, "all are there");
	all_is_read(s, "all are there");
	remember(s);
	harness_turns(s->harness, STILL_TURNS);
	for (int i = 0; i < SERVICES; i++)
		check(moved(s, service_names[i], "true") == 0, "what is balanced stays where it is", service_names[i]);
}

static void
join(struct fixture *s)
{
	remember(s);
	for (int i = 0; i < SERVICES; i++)
		harness_join(s->harness, service_names[i], 2);
	order_all(s, "a third comes");
	check(balanced(s), "who joins gets its share", "join");
	for (int i = 0; i < SERVICES; i++)
		check(moved(s, service_names[i], "true") == holds(s, service_names[i], 2) &&
			      holds(s, service_names[i], 2) == TOWNS / 3,
		      "a join moves the surplus, once, and nothing else", service_names[i]);
	all_is_read(s, "join");
}

/* Only what those who went had held has moved, and once. */
static void
only_theirs_moved(struct fixture *s, const char *when)
{
	for (int i = 0; i < SERVICES; i++) {
		char had[80];
		snprintf(had, sizeof had, "b.instance = '%s-%d'", service_names[i], i % 3 + 1);
		check(moved(s, service_names[i], "true") == moved(s, service_names[i], had) &&
			      moved(s, service_names[i], had) >= TOWNS / 3,
		      when, service_names[i]);
	}
}

static void
leave(struct fixture *s)
{
	remember(s);
	for (int i = 0; i < SERVICES; i++)
		harness_leave(s->harness, service_names[i], i % 3);
	order_all(s, "one leaves");
	check(balanced(s), "the others take what one leaves", "leave");
	only_theirs_moved(s, "a leave moves what was left, once, and nothing else");
}

static void
come_again(struct fixture *s)
{
	for (int i = 0; i < SERVICES; i++)
		harness_join(s->harness, service_names[i], i % 3);
	order_all(s, "they come again");
	check(balanced(s), "who comes again gets its share", "again");
	check(harness_number(s->harness,
			     "select count(*) from public.before b join engine.holding g on g.service = b.service and "
			     "g.partition = b.partition and g.instance = b.instance") == SERVICES * TOWNS,
	      "and each has what it had before", "again");
}

static void
death(struct fixture *s)
{
	remember(s);
	for (int i = 0; i < SERVICES; i++)
		harness_kill(s->harness, service_names[i], i % 3);
	order_all(s, "one of each is dead");
	check(balanced(s), "the others take what a dead one held", "death");
	only_theirs_moved(s, "a death moves what was orphaned, once, and nothing else");
}

static void
test_coming_and_going(void)
{
	struct fixture s = fixture_open(2);

	stillness(&s);
	join(&s);
	leave(&s);
	come_again(&s);
	death(&s);
	come_again(&s);
	fixture_close(&s, "coming and going");
}

/* One that does not turn keeps its locks, until the server ends its session; when it turns again it finds itself
 * replaced. */
static void
frozen(struct fixture *s)
{
	for (int i = 0; i < SERVICES; i++)
		harness_freeze(s->harness, service_names[i], (i + 1) % 3, true);
	order_all(s, "one of each is frozen");
	check(balanced(s), "the others take what a frozen one held", "frozen");
	for (int i = 0; i < SERVICES; i++)
		harness_freeze(s->harness, service_names[i], (i + 1) % 3, false);
	order_all(s, "they turn again");
	check(balanced(s), "and it gets its share when it turns again", "frozen");
}

/* One whose session the server does not end: the others do. */
static void
ousted(struct fixture *s)
{
	free(harness_sql(s->harness, "do $$ begin execute format('alter role supervision in database %I set "
				     "idle_session_timeout = 0', current_database()); end $$"));
	harness_kill(s->harness, "supervision", 0);
	harness_join(s->harness, "supervision", 0);
	check(balanced(s), "one whose session does not end when it is idle", "ousted");
	harness_freeze(s->harness, "supervision", 0, true);
	free(harness_sql(s->harness, "update engine.replica set seen_us = seen_us - interval '31 seconds' where "
				     "instance = 'supervision-1'"));
	order_all(s, "one is frozen for long");
	check(balanced(s), "is ended by the others", "ousted");
	harness_freeze(s->harness, "supervision", 0, false);
}

/* An epoch that moved on behind its owner's back.  One that looks around before its next batch gives up by itself, so
 * it is done until a batch came first. */
static void
all_fenced(struct fixture *s)
{
	int64_t before = harness_metric(s->harness, "supervision", METRIC_FENCED);

	for (int i = 0; i < FENCES_MAX && harness_metric(s->harness, "supervision", METRIC_FENCED) == before; i++) {
		free(harness_sql(s->harness, "update engine.head set epoch = epoch + 5"));
		order_all(s, "all were fenced");
		check(balanced(s), "all is shared again", "fenced");
	}
	check(harness_metric(s->harness, "supervision", METRIC_FENCED) > before, "the fence held", "fenced");
}

static void
fenced(struct fixture *s)
{
	all_fenced(s);
	for (int i = 0; i < SERVICES; i++)
		harness_leave(s->harness, service_names[i], 0);
	check(balanced(s), "what is left after a fence is free", "fenced");
	for (int i = 0; i < SERVICES; i++)
		harness_join(s->harness, service_names[i], 0);
	check(balanced(s), "and what is given is", "fenced");
	remember(s);
	harness_turns(s->harness, STILL_TURNS);
	for (int i = 0; i < SERVICES; i++)
		check(moved(s, service_names[i], "true") == 0, "then all stays where it is", service_names[i]);
}

static void
test_frozen_and_fenced(void)
{
	struct fixture s = fixture_open(3);

	frozen(&s);
	ousted(&s);
	fenced(&s);
	fixture_close(&s, "frozen and fenced");
}

static json_t *
progress(struct fixture *s, const char *district)
{
	char path[128];
	snprintf(path, sizeof path, UNDER "/progress", district);
	struct answered a = harness_call(s->harness, "GET", path, NULL, NULL, NULL);
	json_t *j = json_loads(a.body, 0, NULL);
	free(a.body);
	return j;
}

/* "" when nobody holds it. */
static const char *
owner_in(json_t *progress, const char *service)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(progress, "services"), i, one)
		if (!strcmp(json_string_value(json_object_get(one, "service")), service))
			return json_object_get(one, "owner") ? json_string_value(json_object_get(one, "owner")) : "";
	return "no such service";
}

/* /progress names who holds a district; what nobody holds does not make its lag 0. */
static void
test_progress(void)
{
	struct fixture s = fixture_open(2);
	json_t *j = progress(&s, s.towns[0]);

	for (int i = 0; i < SERVICES; i++)
		check(!strncmp(owner_in(j, service_names[i]), service_names[i], strlen(service_names[i])),
		      "/progress names the owner", service_names[i]);
	json_decref(j);
	all_is_read(&s, "progress");
	harness_kill(s.harness, "accountability", 0);
	harness_kill(s.harness, "accountability", 1);
	order_all(&s, "a consumer is not there");
	harness_turns(s.harness, 200);
	j = progress(&s, s.towns[0]);
	check(!strcmp(owner_in(j, "accountability"), ""), "what nobody holds has no owner", "progress");
	check(json_integer_value(json_object_get(j, "lag")) > 0, "and what it has not read counts", "progress");
	json_decref(j);
	check(ask(&s, "POST", "/api/v1/clock", "{\"now\": \"2017-10-01T08:00:00+08:00\"}") == 200, "the clock is moved",
	      "progress");
	harness_turns(s.harness, 200);
	harness_join(s.harness, "accountability", 1);
	all_is_read(&s, "progress");
	check(harness_number(s.harness,
			     "select count(*) from engine.head h, engine.clock c where h.now_us < c.now_us") == 0,
	      "all owners have seen the clock", "progress");
	check(harness_number(s.harness,
			     "select count(*) from engine.timer t, engine.clock c where t.due_us <= c.now_us") == 0,
	      "and what was due then was done", "progress");
	check(ask(&s, "GET", "/readyz", NULL) == 200, "ready with whoever is there", "progress");
	fixture_close(&s, "progress");
}

int
main(void)
{
	static void (*const tests[])(void) = { test_coming_and_going, test_frozen_and_fenced, test_progress };

	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
		tests[i]();
	return tally_end();
}
