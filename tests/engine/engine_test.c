/* What the engine promises when things go wrong, tried with all services in one process and the database tampered with:
 * poison, a broken chain, a lost connection, a fence, and that round trips do not depend on how much a batch holds. */
#include "harness/scenario.h"
#include "harness/tally.h"
#include "wire.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define D "511700"
#define UNDER "/api/v1/districts/" D
enum { FENCES_MAX = 20 };

static harness_t *
open_with_base(void)
{
	harness_t *s = harness_open();
	struct world w = scenario_world(s);

	check(scenario_run("tests/scenarios/base.inc", &w, D), "the base district is made", "");
	check(harness_settle(s, D), "and read by all", "");
	return s;
}

static int
status_of(harness_t *s, const char *method, const char *path, const char *key, const char *body)
{
	struct answered a = harness_call(s, method, path, key, NULL, body);
	free(a.body);
	return a.status;
}

static void
confirm_absence(harness_t *s, const char *person, const char *on)
{
	char line[256];

	snprintf(line, sizeof line,
		 "{\"key\":\"%s%s\",\"kind\":\"unexcused_absence\",\"person_id\":\"%s\",\"on\":\"%s\",\"source\":"
		 "\"covert\",\"confirm\":true}\n",
		 person, on, person, on);
	struct answered a = harness_call(s, "POST", UNDER "/findings:batch", NULL, "application/x-ndjson", line);
	check(a.status == 200 && strstr(a.body, "\"confirmed\""), "an absence is confirmed", "");
	free(a.body);
}

static long
rungs(harness_t *s, const char *person)
{
	char path[128];
	snprintf(path, sizeof path, UNDER "/persons/%s/standing", person);
	struct answered a = harness_call(s, "GET", path, NULL, NULL, NULL);
	json_t *j = json_loads(a.body, 0, NULL);
	long n = (long)json_array_size(json_object_get(j, "absences"));
	json_decref(j);
	free(a.body);
	return n;
}

/* An event with this data, written behind supervision's back; its owner starts again and serves it.  Its hash is good
 * when the salt is empty. */
static void
forge(harness_t *s, const char *subject, const char *data, size_t len, const char *salt)
{
	Wire__Event e = WIRE__EVENT__INIT;
	char *sql, hex[4096] = "";

	e.id = (char *)"supervision/forged";
	e.source = (char *)"supervision";
	e.type = (char *)"supervision.FindingConfirmed";
	e.district = (char *)D;
	e.subject = (char *)subject;
	e.data = (ProtobufCBinaryData){ len, (uint8_t *)data };
	uint8_t packed[1024];
	size_t n = wire__event__pack(&e, packed);
	for (size_t i = 0; i < n; i++)
		sprintf(hex + 2 * i, "%02x", packed[i]);
	if (asprintf(&sql,
		     "with h as (select * from engine.head where service = 'supervision'),"
		     " e as (insert into supervision.event (partition, seq, hash, type, district, at_us, body)"
		     " select partition, seq + 1, sha256(hash || int8send(seq + 1) || '%s'::bytea || '\\x%s'::bytea || "
		     "'%s'::bytea), '%s', '" D "', now(), '\\x%s'::bytea from h"
		     " returning *)"
		     " update engine.head set seq = e.seq, hash = e.hash from e where head.service = 'supervision' and "
		     "head.partition = e.partition",
		     e.type, hex, salt, e.type, hex) < 0)
		abort();
	free(harness_sql(s, sql));
	free(sql);
	harness_crash(s, "supervision");
}

/* Poison is put aside with its reason, later events of its subject wait behind it, everybody else goes on. */
static void
test_poison(void)
{
	harness_t *s = open_with_base();

	confirm_absence(s, "p1", "2017-09-04");
	check(harness_settle(s, D), "quiet before", "");
	forge(s, "p1", "\xff\xff\xff", 3, "");
	check(harness_settle(s, D), "poison does not stop anything", "");
	long parked = harness_number(s, "select count(*) from engine.parked");
	check(parked >= 2, "those who consume it have put it aside", "");
	check(harness_number(s, "select count(*) from engine.parked where reason = ''") == 0, "with a reason", "");
	confirm_absence(s, "p1", "2017-09-05");
	confirm_absence(s, "p2", "2017-09-05");
	check(harness_settle(s, D), "quiet after", "");
	check(rungs(s, "p1") == 1, "the subject of the poison waits", "");
	check(rungs(s, "p2") == 1, "others do not", "");
	struct answered a = harness_call(s, "GET", UNDER "/progress", NULL, NULL, NULL);
	check(strstr(a.body, "\"parked\":0") == NULL, "and /progress shows it", "");
	free(a.body);
	harness_crash(s, "accountability");
	confirm_absence(s, "p1", "2017-09-06");
	check(harness_settle(s, D) && rungs(s, "p1") == 1, "also for the next owner", "");
	harness_close(&s);
}

/* A hash that does not follow from the one before stops that partition; nothing of it is believed. */
static void
test_broken_chain(void)
{
	harness_t *s = open_with_base();

	confirm_absence(s, "p1", "2017-09-04");
	check(harness_settle(s, D), "quiet before", "");
	forge(s, "p2", "", 0, "tampered");
	harness_turns(s, 200);
	check(harness_number(s, "select count(*) from engine.cursor k join engine.head h on h.service = k.producer and "
				"h.partition = k.partition"
				" where k.producer = 'supervision' and k.seq = h.seq - 1") ==
		      harness_number(s, "select count(*) from engine.consumes"
					" where producer = 'supervision'"),
	      "everybody stops before the broken link", "");
	check(harness_number(s, "select count(*) from engine.parked") == 0, "which is no poison: nothing is put aside",
	      "");
	harness_close(&s);
}

/* A connection that goes away in the middle: taken over again, nothing lost, keys answer as they did. */
static void
test_lost_connection(void)
{
	harness_t *s = open_with_base();
	char key[32], body[256];

	for (int i = 0; i < 5; i++) {
		snprintf(key, sizeof key, "k%d", i);
		snprintf(body, sizeof body,
			 "{\"kind\":\"unexcused_absence\",\"person_id\":\"p1\",\"on\":\"2017-08-%02d\",\"source\":"
			 "\"covert\"}",
			 10 + i);
		free(harness_sql(s, "select pg_terminate_backend(pid) from pg_stat_activity where datname = "
				    "current_database() and usename in"
				    " ('supervision', 'accountability', 'funding_reader', 'roster')"));
		check(status_of(s, "POST", UNDER "/findings", key, body) == 201,
		      "a command survives the loss of its owner's connection", "");
	}
	check(harness_settle(s, D), "and everything is read", "");
	check(harness_number(s, "select count(*) from supervision.finding") == 5, "each once", "");
	check(harness_number(s, "select count(*) from (select seq, row_number() over (order by seq) n from "
				"supervision.event) e where seq <> n") == 0,
	      "the log is dense", "");
	check(harness_metric(s, "supervision", METRIC_EPOCHS) > 1, "under new epochs", "");
	harness_close(&s);
}

/* The fence: an epoch that moved on behind the owner's back makes its batch fail as a whole.  An owner that looks
 * around before its next batch gives up by itself, so it is done until a batch came first. */
static void
test_fence(void)
{
	harness_t *s = open_with_base();
	int asked = 0;

	for (; asked < FENCES_MAX && !harness_metric(s, "supervision", METRIC_FENCED); asked++) {
		char key[16], body[160];
		snprintf(key, sizeof key, "k%d", asked);
		snprintf(body, sizeof body,
			 "{\"kind\":\"unexcused_absence\",\"person_id\":\"p1\",\"on\":\"2017-08-%02d\",\"source\":"
			 "\"covert\"}",
			 1 + asked);
		free(harness_sql(s, "update engine.head set epoch = epoch + 5 where service = 'supervision'"));
		check(status_of(s, "POST", UNDER "/findings", key, body) == 201,
		      "the command is done by the next owner", "");
	}
	check(harness_metric(s, "supervision", METRIC_FENCED) > 0, "after the old one was fenced", "");
	check(harness_number(s, "select count(*) from supervision.finding") == asked, "each once", "");
	harness_close(&s);
}

static char *
many_lines(int n, int from)
{
	char *out = malloc((size_t)n * 200 + 1), *at = out;

	for (int i = 0; i < n; i++)
		at += sprintf(at,
			      "{\"key\":\"c%d\",\"person_id\":\"p%d\",\"village_id\":\"v1\",\"captured_at\":\"2017-08-%"
			      "02dT%02d:%02d:00+08:00\"}\n",
			      from + i, 1 + i % 2, 1 + i % 28, 6 + i / 28 % 12, i / 336 % 60);
	*at = '\0';
	return out;
}

/* The number of round trips of a batch is a constant of the code, not of what it holds. */
static void
test_round_trips(void)
{
	harness_t *s = open_with_base();
	int64_t small = 0;

	for (int n = 1; n <= 2000; n *= 2000) {
		char *lines = many_lines(n, n);
		struct answered a =
			harness_call(s, "POST", UNDER "/checkins:batch", NULL, "application/x-ndjson", lines);
		check(a.status == 200 && !strstr(a.body, "error"), "check-ins are taken", "");
		free(a.body);
		free(lines);
		check(harness_settle(s, D), "and consumed", "");
		if (n == 1)
			small = harness_metric(s, "attendance", METRIC_ROUND_TRIPS_MAX);
	}
	check(harness_metric(s, "attendance", METRIC_BATCH_INPUTS_MAX) >= 256, "a batch held many", "");
	check(harness_metric(s, "attendance", METRIC_ROUND_TRIPS_MAX) <= small + 1, "in as many round trips as one",
	      "");
	check(harness_metric(s, "funding", METRIC_ROUND_TRIPS_MAX) <= 5, "and no service needs more than five", "");
	harness_close(&s);
}

int
main(void)
{
	test_poison();
	test_broken_chain();
	test_lost_connection();
	test_fence();
	test_round_trips();
	return tally_end();
}
