/* What grows with a person's years, against the real services: a history is filled in behind their backs, and then
 * something happens that moves all of it.  What is counted is the memory of a batch, rows and statements, never
 * seconds. */
#include "harness/scenario.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define D "511700"
#define UNDER "/api/v1/districts/" D
enum { PEOPLE = 256, DAYS = 2000, MOVED_PEOPLE = 20, MOVED_DAYS = 90, WAIT_TURNS = 300, WIDE_PEOPLE = 64 };
#define ARENA_MAX (INT64_C(64) << 20)

static int
ask(harness_t *s, const char *method, const char *path, const char *body)
{
	struct answered a = harness_call(s, method, path, NULL, *body ? "application/json" : NULL, body);

	if (a.status >= 400)
		printf("%s %s: %d %s\n", method, path, a.status, a.body);
	free(a.body);
	return a.status;
}

static int
publish(harness_t *s, const char *version, const char *from, const char *patch)
{
	char body[300];

	snprintf(body, sizeof body, "{\"version\": \"%s\", \"effective_from\": \"%s\", \"patch\": %s}", version, from,
		 patch);
	return ask(s, "POST", UNDER "/policies", body);
}

/* People g1 … of u1 with a posting each, who were there on each of so many days since the first policy, for 12,000 fen
 * a day, but for the first days of some, which have 10,000, as have the days before the policy that is to come. */
static void
fill(harness_t *s)
{
	free(harness_sql(
		s, "insert into funding.person select '" D
		   "', 'g' || g, '2008-01-01', 'u1', 'civil_servant', '' from generate_series(1, 256) g;"
		   "insert into funding.posting select '" D
		   "', 'g' || g, 'pg' || g, 'v1', 'first_secretary', '2008-01-01' from generate_series(1, 256) g"));
	harness_number(
		s,
		"insert into funding.day select '" D
		"', 'g' || g, date_trunc('month', d::timestamp)::date, d, true, 'u1', f, 1, '', 0, 0, 1"
		"  from generate_series(1, %d) g, generate_series(0, %d) n,"
		"       lateral (select date '2017-08-01' + n as d, case when n < 2 or (g <= %d and n < %d) then 10000 "
		"else 12000 end as f) as x",
		PEOPLE, DAYS - 1, MOVED_PEOPLE, MOVED_DAYS + 2);
}

/* A past-dated policy over many people and years: all of its days are looked at, in little memory, and those that move
 * have moved; the owner dies on the way. */
static void
test_policy(harness_t *s)
{
	fill(s);
	check(harness_number(s, "select count(*) from funding.day") == (long)PEOPLE * DAYS, "the history is there",
	      "it is not");
	check(publish(s, "past", "2017-08-03", "{\"stipend\": {\"rate_fen\": 12000}}") == 201, "a policy of years ago",
	      "refused");
	for (int i = 0;
	     i < WAIT_TURNS &&
	     harness_number(s, "select count(*) from engine.work where service = 'funding' and span_from > 0") <
		     PEOPLE / 2;
	     i++)
		harness_turns(s, 10);
	long left = harness_number(s, "select sum(span_until - span_from) from engine.work where service = 'funding'");
	check(harness_number(s, "select count(*) from engine.work where service = 'funding'") > PEOPLE / 2,
	      "a job for each person", "not so");
	for (int i = 0;
	     i < WAIT_TURNS &&
	     harness_number(s, "select sum(span_until - span_from) from engine.work where service = 'funding'") == left;
	     i++)
		harness_turns(s, 10);
	check(harness_number(s, "select engine.lag(partition) from engine.district where district = '" D "'") > 0,
	      "what is under way is lag", "no lag");
	harness_crash(s, "funding");
	bool settled = false;
	for (int i = 0; i < 5 && !settled; i++)
		settled = harness_settle(s, D);
	check(settled && harness_number(s, "select count(*) from engine.work") == 0, "all is done", "it is not");
	check(harness_number(
		      s, "select count(*) from funding.day where accrued_fen <> 12000 and on_day >= '2017-08-03'") == 0,
	      "every day has the new rate", "not every one");
	check(harness_number(s, "select count(*) from funding.ledger where person_id like 'g%%'") ==
		      2 * MOVED_PEOPLE * MOVED_DAYS,
	      "only what moves is booked", "something else");
	check(harness_number(s, "select sum(accrued_fen) from funding.stipend_month where person_id like 'g%%'") ==
		      2000L * MOVED_PEOPLE * MOVED_DAYS,
	      "and summed up", "not so");
	check(harness_number(
		      s, "select min(span_until - span_from) from engine.ran where service = 'funding' and subject = "
			 "'g1'") > 1500,
	      "each slice is noted with what was left", "not so");
	char got[80];
	int64_t most = harness_metric(s, "funding", METRIC_BATCH_BYTES_MAX);
	snprintf(got, sizeof got, "%lld bytes, in %lld inputs", (long long)most,
		 (long long)harness_metric(s, "funding", METRIC_BATCH_INPUTS_MAX));
	check(most > 100000 && most < ARENA_MAX, "in little memory", got);
}

/* Nothing is looked at for a policy that says the same of the stipend; nor is a day behind the next policy's first. */
static void
test_policy_of_no_concern(harness_t *s)
{
	long ran = harness_number(s, "select count(*) from engine.ran where service = 'funding'");

	harness_number(
		s, "create table public.asked (n bigserial); create function public.asked() returns trigger language "
		   "plpgsql security definer as"
		   " $$ begin insert into public.asked default values; return new; end $$;"
		   "create trigger asked before insert on engine.work for each row when (new.service = 'funding') "
		   "execute function public.asked()");
	check(publish(s, "quiet", "2018-01-01", "{\"alerts\": {\"quiet_from_hour\": 21}}") == 201 &&
		      harness_settle(s, D),
	      "a policy that says something else of alerts", "refused");
	check(harness_number(s, "select count(*) from public.asked") == 0, "nobody's days are looked at", "some are");
	check(publish(s, "brief", "2017-12-01", "{\"stipend\": {\"rate_fen\": 15000}}") == 201 && harness_settle(s, D),
	      "a policy of one month", "refused");
	check(harness_number(s, "select count(*) from public.asked") == PEOPLE, "each person is looked at once",
	      "not so");
	check(harness_number(s,
			     "select count(*) from funding.day where accrued_fen = 15000 and (on_day < '2017-12-01' or "
			     "on_day >= '2018-01-01')") == 0 &&
		      harness_number(s, "select count(*) from funding.day where accrued_fen = 15000") == 31L * PEOPLE,
	      "its days, and no others", "others");
	check(harness_number(s, "select count(*) from engine.ran where service = 'funding'") <= ran + PEOPLE,
	      "in one slice each", "in more");
}

/* Facts about many people with years behind them, in one batch: it is made as small as it must be. */
static void
test_facts(harness_t *s)
{
	char path[80], got[80];

	harness_kill(s, "funding", 0);
	for (int i = 1; i <= WIDE_PEOPLE; i++) {
		snprintf(path, sizeof path, UNDER "/persons/g%d", i);
		check(ask(s, "PUT", path,
			  "{\"name\": \"张三\", \"unit_id\": \"u1\", \"establishment\": \"civil_servant\", \"phone\": "
			  "\"13900000000\"}") == 201,
		      "a person is put", path);
	}
	harness_join(s, "funding", 0);
	check(harness_settle(s, D), "all are read", "not so");
	int64_t most = harness_metric(s, "funding", METRIC_BATCH_BYTES_MAX);
	snprintf(got, sizeof got, "%lld bytes", (long long)most);
	check(most < ARENA_MAX, "many people's days, in little memory", got);
	check(harness_number(s, "select count(*) from funding.day where unit_id <> 'u1'") == 0 &&
		      harness_number(s, "select count(*) from engine.parked") == 0,
	      "nothing is put aside", "something is");
}

/* A run drafted while days are still to be looked at waits for them: it sees what was acknowledged before it. */
static void
test_draft(harness_t *s)
{
	check(publish(s, "more", "2022-12-01", "{\"stipend\": {\"rate_fen\": 20000}}") == 201, "a month is paid better",
	      "refused");
	struct answered a = { 0 };
	for (int i = 0; i < 20 && (i == 0 || a.status == 503); i++) {    /* on a slow machine it is told to ask again */
		free(a.body);
		a = harness_call(s, "POST", UNDER "/payrolls", NULL, "application/json", "{\"month\": \"2022-12\"}");
	}
	check(a.status == 201 && harness_number(s, "select count(*) from engine.work") == 0,
	      "a run, when all days are settled", a.body);
	check(harness_number(
		      s, "select sum(due_fen) from funding.payroll_line where month_day = '2022-12-01' and person_id "
			 "like 'g%%'") ==
		      harness_number(s, "select sum(accrued_fen - cancelled_fen) from funding.stipend_month "
					"where month_day = '2022-12-01' and person_id like 'g%%'"),
	      "of the new rate", a.body);
	check(harness_number(
		      s, "select count(*) from funding.day where on_day >= '2022-12-01' and on_day < '2023-01-01' and "
			 "accrued_fen <> 20000 and person_id like 'g%%'") == 0,
	      "of all days", a.body);
	free(a.body);
}

int
main(void)
{
	harness_t *s = harness_open_with(1);
	struct world w = scenario_world(s);

	check(scenario_run("tests/scenarios/base.inc", &w, D) && harness_settle(s, D), "a district", "it is not there");
	check(ask(s, "POST", "/api/v1/clock", "{\"now\": \"2023-01-22T12:00:00+08:00\"}") == 200 &&
		      harness_settle(s, D),
	      "years later", "not so");
	test_policy(s);
	test_policy_of_no_concern(s);
	test_facts(s);
	test_draft(s);
	harness_close(&s);
	return tally_end();
}
