/* zhucunctl against a real database: all services in this process make one, zhucunctl is the real program beside them.
 *
 * Data are corrupted one way at a time, as a superuser could, and mended again; what it names first is compared whole.
 */
#include "harness/scenario.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define D "511700"

/* ---- the program */

struct told { int code; char out[16384]; };

static struct told
run(const char *environment, const char *line)
{
	struct told t = { 0 };
	char *command;

	if (asprintf(&command, "%s; { %s; } 2>&1", environment, line) < 0)
		abort();
	FILE *f = popen(command, "r");
	size_t n = fread(t.out, 1, sizeof t.out - 1, f);
	t.out[n] = '\0';
	t.code = WEXITSTATUS(pclose(f));
	free(command);
	return t;
}

static struct told
ctl(harness_t *s, const char *words)
{
	char *environment, *line, *database = harness_sql(s, "select current_database()");

	if (asprintf(&environment,
		     "export ZHUCUN_DB_OPERATOR=\"host=$ZHUCUN_TEST_HOST user=operator "
		     "passfile=$ZHUCUN_TEST_SECRETS/operator.pgpass dbname=%s\"",
		     database) < 0 ||
	    asprintf(&line, "$ZHUCUN_TEST_BUILD/bin/zhucunctl %s", words) < 0)
		abort();
	struct told t = run(environment, line);
	free(environment);
	free(line);
	free(database);
	return t;
}

/* Partition $P stands for the district's, in the SQL and in what is expected. */
static char *
fill(harness_t *s, const char *text)
{
	char *p = harness_sql(s, "select partition from engine.district where district = '" D "'"), *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	for (; *text; text++)
		if (text[0] == '$' && text[1] == 'P') {
			fputs(p, f);
			text++;
		} else {
			fputc(*text, f);
		}
	fclose(f);
	free(p);
	return out;
}

static void
sql(harness_t *s, const char *text)
{
	char *filled = fill(s, text);
	free(harness_sql(s, filled));
	free(filled);
}

/* ---- corruptions */

/* As whoever writes past the services would: the event before the last is changed so, and everything after it made to
 * fit. */
#define FORGE(Set, Service)                                                                                            \
	"update " Service ".event set " Set " where partition = $P and seq = (select max(seq) from " Service           \
	".event where partition = $P);"                                                                                \
	"update " Service                                                                                              \
	".event e set hash = sha256(b.hash || int8send(e.seq) || convert_to(e.type, 'UTF8') || e.body) from " Service  \
	".event b"                                                                                                     \
	" where e.partition = $P and b.partition = $P and b.seq = e.seq - 1 and e.seq = (select max(seq) "             \
	"from " Service ".event where partition = $P);"                                                                \
	"update engine.head h set hash = e.hash from " Service ".event e where h.service = '" Service                  \
	"' and h.partition = $P and e.partition = $P and e.seq = h.seq"
#define KEEP_LAST(Service)                                                                                             \
	"create table kept as select * from " Service                                                                  \
	".event where partition = $P and seq = (select max(seq) from " Service ".event where partition = $P);"
#define RESTORE_LAST(Service)                                                                                          \
	"delete from " Service                                                                                         \
	".event e using kept k where e.partition = k.partition and e.seq = k.seq; insert into " Service                \
	".event select * from kept;"                                                                                   \
	"update engine.head h set hash = k.hash from kept k where h.service = '" Service                               \
	"' and h.partition = k.partition; drop table kept"

static const struct {
	const char *what, *corrupt, *mend, *expected;   /* expected: the first row, without its detail */
} cases[] = {
	{ "a bit of a body flipped",
	  "update supervision.event set body = set_byte(body, 9, get_byte(body, 9) # 1) where partition = $P and seq = "
	  "1",
	  "update supervision.event set body = set_byte(body, 9, get_byte(body, 9) # 1) where partition = $P and seq = "
	  "1",
	  "{\"service\":\"supervision\",\"partition\":$P,\"seq\":1,\"what\":\"log.hash\"" },
	{ "a type exchanged",
	  "create table kept as select * from roster.event where partition = $P and seq = 2; update roster.event set "
	  "type = 'roster.TaskClosed' where partition = $P and seq = 2",
	  "update roster.event e set type = k.type from kept k where e.partition = k.partition and e.seq = k.seq; drop "
	  "table kept",
	  "{\"service\":\"roster\",\"partition\":$P,\"seq\":2,\"what\":\"log.hash\"" },
	{ "an event in the middle deleted",
	  "create table kept as select * from attendance.event where partition = $P and seq = 2; delete from "
	  "attendance.event where partition = $P and seq = 2",
	  "insert into attendance.event select * from kept; drop table kept",
	  "{\"service\":\"attendance\",\"partition\":$P,\"seq\":2,\"what\":\"log.gap\"" },
	{ "the last event deleted",
	  KEEP_LAST("funding") "delete from funding.event e using kept k where e.partition = k.partition and e.seq = "
			       "k.seq",
	  "insert into funding.event select * from kept; drop table kept",
	  "{\"service\":\"funding\",\"partition\":$P,\"seq\":" },
	{ "a hash changed",
	  "update roster.event set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where partition = $P and seq = 3",
	  "update roster.event set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where partition = $P and seq = 3",
	  "{\"service\":\"roster\",\"partition\":$P,\"seq\":3,\"what\":\"log.hash\"" },
	{ "a head moved on", "update engine.head set seq = seq + 1 where service = 'alerts' and partition = $P",
	  "update engine.head set seq = seq - 1 where service = 'alerts' and partition = $P",
	  "{\"service\":\"alerts\",\"partition\":$P,\"seq\":" },
	{ "a head's hash changed",
	  "update engine.head set hash = set_byte(hash, 5, get_byte(hash, 5) # 4) where service = 'roster' and "
	  "partition = $P",
	  "update engine.head set hash = set_byte(hash, 5, get_byte(hash, 5) # 4) where service = 'roster' and "
	  "partition = $P",
	  "{\"service\":\"roster\",\"partition\":$P,\"seq\":" },
	{ "a cursor moved beyond the head",
	  "update engine.cursor set seq = seq + 100 where consumer = 'alerts' and producer = 'roster' and partition = "
	  "$P",
	  "update engine.cursor set seq = seq - 100 where consumer = 'alerts' and producer = 'roster' and partition = "
	  "$P",
	  "{\"service\":\"alerts\",\"partition\":$P,\"seq\":" },
	{ "a cursor's hash changed",
	  "update engine.cursor set hash = set_byte(hash, 5, get_byte(hash, 5) # 4) where consumer = 'funding' and "
	  "producer = 'attendance' and partition = $P",
	  "update engine.cursor set hash = set_byte(hash, 5, get_byte(hash, 5) # 4) where consumer = 'funding' and "
	  "producer = 'attendance' and partition = $P",
	  "{\"service\":\"funding\",\"partition\":$P,\"seq\":" },
	{ "an epoch of 0", "update engine.head set epoch = -epoch where service = 'incentives'",
	  "update engine.head set epoch = -epoch where service = 'incentives'",
	  "{\"service\":\"incentives\",\"partition\":$P,\"seq\":0,\"what\":\"fence.epoch\"" },
	{ "a head ahead of the clock",
	  "update engine.head set now_us = '2086-03-01' where service = 'incentives' and partition = $P",
	  "update engine.head set now_us = (select now_us from engine.clock) where service = 'incentives' and "
	  "partition = $P",
	  "{\"service\":\"incentives\",\"partition\":$P,\"seq\":0,\"what\":\"fence.ahead\"" },
	{ "an event of the future",
	  "update supervision.event set at_us = at_us + interval '60 years' where partition = $P and seq = 1",
	  "update supervision.event set at_us = at_us - interval '60 years' where partition = $P and seq = 1",
	  "{\"service\":\"supervision\",\"partition\":$P,\"seq\":1,\"what\":\"log.envelope\"" },
	{ "an envelope that cannot be read, in a chain that fits",
	  KEEP_LAST("supervision") FORGE("body = '\\x0aff'", "supervision"), RESTORE_LAST("supervision"),
	  "{\"service\":\"supervision\",\"partition\":$P,\"seq\":" },
	{ "an event that is another's, in a chain that fits",
	  KEEP_LAST("supervision")
		  FORGE("body = (select body from supervision.event where partition = $P and seq = 1)", "supervision"),
	  RESTORE_LAST("supervision"), "{\"service\":\"supervision\",\"partition\":$P,\"seq\":" },
	{ "a district that does not exist",
	  KEEP_LAST("supervision") "update supervision.event e set district = '999999' from kept k where e.partition = "
				   "k.partition and e.seq = k.seq",
	  RESTORE_LAST("supervision"), "{\"service\":\"supervision\",\"partition\":$P,\"seq\":" },
	{ "a transfer without an amount",
	  "alter table funding.ledger alter fen drop not null; create table kept as select ctid as id, fen from "
	  "funding.ledger order by district, person_id, valid_on_day, seq limit 1;"
	  "update funding.ledger l set fen = null from kept k where l.ctid = k.id",
	  "update funding.ledger l set fen = k.fen from kept k where l.fen is null; alter table funding.ledger alter "
	  "fen set not null; drop table kept",
	  "{\"service\":\"funding\",\"partition\":$P,\"seq\":0,\"what\":\"ledger.unbalanced\"" },
	{ "a reversal that is not the opposite", "update funding.ledger set fen = fen + 1 where reverses is not null",
	  "update funding.ledger set fen = fen - 1 where reverses is not null",
	  "{\"service\":\"funding\",\"partition\":$P,\"seq\":0,\"what\":\"ledger.reversal\"" },
	{ "a transfer deleted",
	  "create table kept as select * from funding.ledger order by district, person_id, valid_on_day, seq limit 1;"
	  "delete from funding.ledger l using kept k where (l.district, l.person_id, l.valid_on_day, l.seq) = "
	  "(k.district, k.person_id, k.valid_on_day, k.seq)",
	  "insert into funding.ledger select * from kept; drop table kept",
	  "{\"service\":\"funding\",\"partition\":$P,\"seq\":0,\"what\":\"ledger." },
	{ "a day that says more than its transfers",
	  "create table kept as select * from funding.day where accrued_fen > 0 and cancelled_fen = 0 order by "
	  "person_id, on_day limit 1;"
	  "update funding.day d set accrued_fen = d.accrued_fen + 1 from kept k where (d.person_id, d.on_day) = "
	  "(k.person_id, k.on_day)",
	  "update funding.day d set accrued_fen = d.accrued_fen - 1 from kept k where (d.person_id, d.on_day) = "
	  "(k.person_id, k.on_day); drop table kept",
	  "{\"service\":\"funding\",\"partition\":$P,\"seq\":0,\"what\":\"ledger.day\"" },
};

/* What stands elsewhere in the rows, where the first is not all. */
static const struct { const char *what, *expected;
} also[] = {
	{ "the last event deleted", "\"what\":\"head.seq\"" },
	{ "a head moved on", "\"what\":\"head.seq\",\"detail\":\"the head is" },
	{ "a head's hash changed", "\"what\":\"head.hash\"" },
	{ "a cursor moved beyond the head", "\"what\":\"cursor.beyond_head\"" },
	{ "a cursor's hash changed", "\"what\":\"cursor.hash\"" },
	{ "an envelope that cannot be read, in a chain that fits",
	  "\"what\":\"log.envelope\",\"detail\":\"it cannot be read\"" },
	{ "an event that is another's, in a chain that fits",
	  "\"what\":\"log.envelope\",\"detail\":\"its id is not that of its row\"" },
	{ "a district that does not exist", "\"what\":\"log.district\",\"detail\":\"999999 is no district\"" },
	{ "a transfer deleted", "\"what\":\"ledger.gap\"" },
	{ "a head ahead of the clock", "\"detail\":\"it has decided at an instant that is still to come, 2086-0" },
	{ "an event of the future", "\"what\":\"log.future\"" },
};

static const char *
also_expected(const char *what)
{
	for (size_t i = 0; i < sizeof also / sizeof also[0]; i++)
		if (!strcmp(also[i].what, what))
			return also[i].expected;
	return "";
}

static void
test_verify(harness_t *s)
{
	struct told t = ctl(s, "verify --json");

	check(t.code == 0 && strstr(t.out, "\"faults\":0}"), "nothing is wrong with what was written", t.out);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *expected = fill(s, cases[i].expected);
		sql(s, cases[i].corrupt);
		t = ctl(s, "verify --json");
		check(t.code == 1, cases[i].what, t.out);
		check(!strncmp(t.out, expected, strlen(expected)) && strstr(t.out, also_expected(cases[i].what)),
		      cases[i].what, t.out);
		sql(s, cases[i].mend);
		t = ctl(s, "verify");
		check(t.code == 0, "and mended again", t.out);
		free(expected);
	}
}

/* ---- what it may and may not do */

static void
test_operator(harness_t *s)
{
	static const char *const forbidden[] = {
		"update engine.head set seq = 0",
		"delete from engine.parked",
		"insert into engine.work select * from engine.work",
		"table roster.identity",
		"table roster.account",
		"table accountability.secret",
		"table engine.answer",
		"delete from funding.event",
		"update funding.day set accrued_fen = 0",
		"create table roster.x ()",
		"select engine.give('{1}', '{1}', true)",
		"delete from engine.clock_act",
		"update engine.clock_event set at_us = now()",
		"select engine.clock_said('accept', '', '', '')",
	};
	char *database = harness_sql(s, "select current_database()");

	for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
		char *line;
		if (asprintf(&line,
			     "psql -qAtX -c \"%s\" \"host=$ZHUCUN_TEST_HOST user=operator "
			     "passfile=$ZHUCUN_TEST_SECRETS/operator.pgpass dbname=%s\"",
			     forbidden[i], database) < 0)
			abort();
		struct told t = run("true", line);
		check(t.code != 0 && strstr(t.out, "permission denied"), forbidden[i], t.out);
		free(line);
	}
	free(database);
}

/* ---- derived tables, made again */

static void
test_rebuild(harness_t *s, const char *when)
{
	struct told t = ctl(s, "rebuild --check --json | jq -se 'length == 7 and all(.differences == 0 and .otherwise "
			       "== 0 and .tables > 0)'");

	check(t.code == 0, when, t.out);
	if (t.code)
		puts(ctl(s, "rebuild --check").out);
}

static const struct { const char *what, *corrupt, *mend, *expected;
} rebuilds[] = {
	{ "a column changed",
	  "update funding.day set transfers = transfers + 1000 where (person_id, on_day) = (select person_id, "
	  "min(on_day) from funding.day group by 1 order by 1 limit 1)",
	  "update funding.day set transfers = transfers - 1000 where transfers >= 1000",
	  "{\"service\":\"funding\",\"table_name\":\"day\",\"key\":\"511700 " },
	{ "a row deleted",
	  "create table kept as select * from supervision.finding order by finding_id limit 1; delete from "
	  "supervision.finding f using kept k where f.finding_id = k.finding_id",
	  "insert into supervision.finding select * from kept; drop table kept",
	  "\"column_name\":\"the row\",\"live\":\"none\",\"rebuilt\":\"there\"" },
	{ "a row too many", "insert into roster.area values ('" D "', 'nowhere', 'x', 99)",
	  "delete from roster.area where area_id = 'nowhere'", "\"table_name\":\"area\"" },
	{ "the order forgotten",
	  "create table kept as select * from engine.turn where consumer = 'alerts'; delete from engine.turn where "
	  "consumer = 'alerts'",
	  "insert into engine.turn select * from kept; drop table kept", "nobody noted in what order" },
	{ "a job forgotten",
	  "create table kept as select * from engine.ran where service = 'funding'; delete from engine.ran where "
	  "service = 'funding'",
	  "insert into engine.ran overriding system value select * from kept; drop table kept",
	  "{\"service\":\"funding\",\"table_name\":\"day\"" },
};

/* A late policy: jobs settle days anew, which no event of funding tells. */
static void
test_jobs(harness_t *s)
{
	struct answered a = harness_call(s, "POST", "/api/v1/districts/" D "/policies", NULL, "application/json",
					 "{\"version\":\"rate\",\"effective_from\":\"2017-08-16\",\"patch\":{"
					 "\"stipend\":{\"rate_fen\":12000}}}");

	check(a.status == 201 && harness_settle(s, D), "a rate is changed", a.body);
	check(harness_number(s, "select count(*) from engine.ran where service = 'funding' and kind = 'chore'") > 0,
	      "jobs have settled days", "none has");
	free(a.body);
	test_rebuild(s, "and they are settled anew");
}

static int
ask(harness_t *s, const char *path, const char *body)
{
	struct answered a = harness_call(s, "POST", path, NULL, "application/json", body);

	if (a.status >= 400)
		printf("%s: %d %s\n", path, a.status, a.body);
	free(a.body);
	return a.status;
}

/* Over years: slice by slice, each noted with its place. */
static void
test_slices(harness_t *s)
{
	check(ask(s, "/api/v1/clock", "{\"now\": \"2020-03-02T08:00:00+08:00\"}") == 200 && harness_settle(s, D),
	      "years later", "not so");
	check(ask(s, "/api/v1/districts/" D "/checkins",
		  "{\"person_id\": \"p2\", \"village_id\": \"v1\", \"captured_at\": \"2020-03-01T08:00:00+08:00\"}") ==
			      201 &&
		      ask(s, "/api/v1/districts/" D "/checkins",
			  "{\"person_id\": \"p2\", \"village_id\": \"v1\", \"captured_at\": "
			  "\"2020-02-29T08:00:00+08:00\"}") == 201 &&
		      harness_settle(s, D),
	      "somebody is there again", "not so");
	check(ask(s, "/api/v1/districts/" D "/policies",
		  "{\"version\":\"rates\",\"effective_from\":\"2017-08-15\",\"patch\":{\"stipend\":{\"rate_fen\":13000}"
		  "}}") == 201 &&
		      ask(s, "/api/v1/districts/" D "/policies",
			  "{\"version\":\"rates-2\",\"effective_from\":\"2017-08-17\",\"patch\":{\"stipend\":{\"rate_"
			  "fen\":14000}}}") == 201 &&
		      harness_settle(s, D),
	      "other rates", "not so");
	check(harness_number(
		      s, "select count(*) from engine.ran where service = 'funding' and span_until > 0 and span_from < "
			 "17500") > 0 &&
		      harness_number(s,
				     "select count(*) from engine.ran where service = 'funding' and span_until > 0 and "
				     "span_from > 18000") > 0 &&
		      harness_number(s, "select count(*) from engine.work") == 0,
	      "in slices", "at once");
	test_rebuild(s, "and slices are replayed");
}

/* A calendar that comes late: days of which was told are told of again. */
static void
test_calendar(harness_t *s)
{
	check(ask(s, "/api/v1/districts/" D "/checkins",
		  "{\"person_id\": \"p2\", \"village_id\": \"v1\", \"captured_at\": \"2020-02-28T08:00:00+08:00\","
		  " \"lon\": 107.6, \"lat\": 31.2, \"accuracy_m\": 20}") == 201 &&
		      harness_settle(s, D),
	      "somebody is elsewhere", "not so");
	check(harness_number(
		      s, "select count(*) from attendance.day where on_day = '2020-02-28' and status = 'unknown'") == 1,
	      "of a Friday nothing is known", "something is");
	struct answered a = harness_call(s, "PUT", "/api/v1/districts/" D "/calendars/2020", NULL, "application/json",
	                               "{\"days\": [{\"on\": \"2020-02-28\", \"working\": false}]}");
	check(a.status == 201 && harness_settle(s, D), "a calendar comes late", a.body);
	free(a.body);
	check(harness_number(
		      s, "select count(*) from attendance.day where on_day = '2020-02-28' and status = 'rest_day'") ==
			      1 &&
		      harness_number(s, "select count(*) from engine.work") == 0,
	      "it was a day of rest", "it was not");
	test_rebuild(s, "and the days are told of again");
}

static void
test_rebuild_differs(harness_t *s)
{
	for (size_t i = 0; i < sizeof rebuilds / sizeof rebuilds[0]; i++) {
		sql(s, rebuilds[i].corrupt);
		struct told t = ctl(s, "rebuild --check --json");
		check(t.code == 1 && strstr(t.out, rebuilds[i].expected), rebuilds[i].what, t.out);
		sql(s, rebuilds[i].mend);
	}
	test_rebuild(s, "and mended again");
}

static void
found(harness_t *s, const char *kind, const char *person, const char *on)
{
	char line[256];

	snprintf(line, sizeof line,
		 "{\"key\":\"%s%s\",\"kind\":%s,\"person_id\":\"%s\",\"on\":\"%s\",\"source\":\"covert\",\"confirm\":"
		 "true}\n",
		 person, on, kind, person, on);
	struct answered a =
		harness_call(s, "POST", "/api/v1/districts/" D "/findings:batch", NULL, "application/x-ndjson", line);
	check(a.status == 200 && strstr(a.body, "\"confirmed\""), "a finding is confirmed", a.body);
	free(a.body);
}

/* The id of a referral is made with a secret that is in no event, and that whoever rebuilds is not shown (C3.2.2). */
static void
test_rebuild_sealed(harness_t *s)
{
	found(s, "\"fund_misuse\",\"major\":true", "p1", "2017-09-01");
	check(harness_settle(s, D) &&
		      harness_number(s, "select count(*) from accountability.measure where kind = 'referral'") == 1,
	      "C3.2.2 a referral", "there is none");
	check(harness_number(s, "select count(*) from accountability.secret where length(secret) = 32") == 1,
	      "made with the district's secret", "there is none");
	test_rebuild(s, "its id stands in the log");
}

/* ---- what was put aside, tried again */

static void
absence(harness_t *s, const char *person, const char *on)
{
	found(s, "\"unexcused_absence\"", person, on);
}

static bool
until(harness_t *s, const char *text, long n)
{
	for (int i = 0; i < 20000 && harness_number(s, "%s", text) != n; i++)
		harness_turns(s, 1);
	return harness_number(s, "%s", text) == n;
}

#define PARKED "select count(*) from engine.parked"

static void
test_retry(harness_t *s)
{
	sql(s, "alter table accountability.finding add constraint poison check (on_day <> '2017-09-07')");
	absence(s, "p2", "2017-09-07");
	absence(s, "p2", "2017-09-08");
	check(harness_settle(s, D) && harness_number(s, PARKED) == 2,
	      "what the database refuses is put aside, and what comes after it", "it is not");
	struct told t = ctl(s, "parked --json");
	check(t.code == 1 && strstr(t.out, "{\"id\":\"accountability/") &&
		      strstr(t.out, "the database refuses it: 23514") && strstr(t.out, "waits behind"),
	      "parked", t.out);
	t = ctl(s, "retry --all </dev/null");
	check(t.code == 2 && strstr(t.out, "nothing was done"), "nothing without being asked", t.out);
	t = ctl(s, "retry --yes");
	check(t.code == 2 && strstr(t.out, "say which"), "nor for nothing in particular", t.out);
	t = ctl(s, "retry --yes funding/1/roster");
	check(t.code == 2 && strstr(t.out, "no id of a parked input"), "nor by half an id", t.out);
	test_rebuild(s, "what is put aside is no difference");

	t = ctl(s, "retry --all --yes");
	check(t.code == 0 && strstr(t.out, "2 inputs will be tried again"), "retry", t.out);
	check(until(s, PARKED " where wanted", 0), "it is tried", "it is not");
	check(harness_number(s, PARKED) == 2 &&
		      harness_number(s, "select count(*) from accountability.finding where case_id = 'p2'") == 0,
	      "but stays, and so does what waits behind it", "it does not");

	sql(s, "alter table accountability.finding drop constraint poison");
	t = ctl(s, "retry --yes $($ZHUCUN_TEST_BUILD/bin/zhucunctl parked --json | jq -rs '.[1].id')");
	check(t.code == 0 && strstr(t.out, "2 inputs will be tried again"),
	      "the second is asked for, and the first goes before it", t.out);
	harness_crash(s, "accountability");
	check(until(s, PARKED, 0) && harness_settle(s, D), "whoever owns it then does it", "nobody does");
	check(harness_number(s, "select count(*) from accountability.finding where case_id = 'p2'") == 2,
	      "both absences are there", "they are not");
	check(harness_number(s, "select count(*) from engine.ran where kind = 'retry'") == 2, "once", "not once");
	check(harness_number(s, "select count(*) from accountability.measure where case_id = 'p2' and kind = "
				"'admonishment_talk' and state <> 'revoked'") == 1,
	      "with what follows", "it does not");
	t = ctl(s, "parked");
	check(t.code == 0 && strstr(t.out, "nothing is put aside"), "and nothing is left", t.out);
	t = ctl(s, "retry --all --yes");
	check(t.code == 1, "nothing to be tried", t.out);
	test_rebuild(s, "what was tried again is rebuilt in its new place");
	t = ctl(s, "verify");
	check(t.code == 0, "and all is well", t.out);
}

/* ---- the command line */

static void
test_lines(harness_t *s)
{
	static const struct { const char *words; int code; const char *expected; } lines[] = {
		{ "", 2, "which command?" },
		{ "nonsense", 2, "no such command: nonsense" },
		{ "verify --nonsense", 2, "no such option: --nonsense" },
		{ "verify --service", 2, "this option wants a value: --service" },
		{ "verify --json=1", 2, "this option takes no value: --json=1" },
		{ "verify --service nobody", 2, "no such service: nobody" },
		{ "verify now", 2, "too many words: now" },
		{ "verify --db host=/nowhere", 3, "cannot be reached" },
		{ "--help", 0, "Exit codes:" },
		{ "verify --help", 0, "zhucunctl verify --service funding --json" },
		{ "help verify", 0, "Examples:" },
		{ "help nonsense", 2, "no such command: nonsense" },
		{ "verify --service=funding", 0, "faults" },
		{ "status", 0, "incentives" },
		{ "status --json | jq -se 'map(select(.head)) | length == 7'", 0, "true" },
		{ "verify > /dev/full", 3, "cannot be written" },
		{ "status --json --service x | cat", 0, "no such option" },
		{ "clock --accept --yes", 2, "say why, for the record" },
		{ "clock --bring-back --yes --reason ''", 2, "say why, for the record" },
		{ "clock --accept --record --reason x", 2, "one at a time" },
		{ "clock --accept --reason x </dev/null", 2, "nothing was done" },
		{ "clock --accept --reason x --yes", 1, "moved by hand here" },
		{ "clock", 0, "by_hand" },
		{ "clock --record --json | wc -l", 0, "0" },
	};

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct told t = ctl(s, lines[i].words);
		check(t.code == lines[i].code && strstr(t.out, lines[i].expected), lines[i].words, t.out);
	}
}

/* Every command stands in the man page, in completion, in --help; and what is made is well formed. */
static void
test_help(harness_t *s)
{
	static const char *const wholes[] = {
		"help --man | MANROFFSEQ= groff -man -Tutf8 -ww -z",
		"help --completion | bash -n",
		"help --man >/dev/null && for k in $($ZHUCUN_TEST_BUILD/bin/zhucunctl --help | awk '/^Commands/ { on = "
		"1; next } /^$/ { on = 0 } on { print $1 }'); do"
		" $ZHUCUN_TEST_BUILD/bin/zhucunctl $k --help | grep -q '^usage: zhucunctl '$k && "
		"$ZHUCUN_TEST_BUILD/bin/zhucunctl help --man | grep -q \"^.SS $k\" &&"
		" $ZHUCUN_TEST_BUILD/bin/zhucunctl help --completion | grep -q \"^.*$k) words=\" || echo \"$k is not "
		"everywhere\"; done",
	};

	for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++) {
		struct told t = ctl(s, wholes[i]);
		check(t.code == 0 && !*t.out, wholes[i], t.out);
	}
	struct told t =
		run("true", "bash -c 'source <($ZHUCUN_TEST_BUILD/bin/zhucunctl help --completion); "
			    "COMP_WORDS=(zhucunctl ver); COMP_CWORD=1; _zhucunctl; echo $COMPREPLY;"
			    " COMP_WORDS=(zhucunctl verify --service fu); COMP_CWORD=3; _zhucunctl; echo $COMPREPLY; "
			    "COMP_WORDS=(zhucunctl verify --js); COMP_CWORD=2; _zhucunctl; echo $COMPREPLY'");
	check(!strcmp(t.out, "verify\nfunding\n--json\n"), "completion", t.out);
}

/* ---- time that was wrong.  Nobody turns from here on, so that the clock may be the real one. */

static void
told(harness_t *s, const char *words, int code, const char *expected)
{
	char *filled = fill(s, expected);
	struct told t = ctl(s, words);

	check(t.code == code && strstr(t.out, filled), words, t.out);
	free(filled);
}

static void
test_clock(harness_t *s)
{
	sql(s,
	    "delete from engine.clock; update engine.head set now_us = clock_timestamp() where service <> 'funding'");
	told(s, "clock --json", 1, "{\"service\":\"funding\",\"partition\":$P,\"last\":\"2020-");
	told(s, "clock --json", 1, "\"state\":\"long_ago\"}");
	told(s, "clock --accept --yes --reason 'it was off' --json", 0, "\"reason\":\"it was off\"");
	told(s, "clock --record --json", 0, "\"login\":\"operator\"");
	told(s, "clock --json | tail -n 1 | jq -c '[.waiting, .by_hand]'", 0, "[0,false]");
	told(s, "clock --bring-back --yes --reason 'there is nothing'", 1, "nothing is ahead of the clock");

	sql(s,
	    "update engine.head set now_us = '2086-03-01' where service = 'supervision' and partition = $P;" KEEP_LAST(
		    "supervision") FORGE("at_us = '2086-03-01'", "supervision"));
	told(s, "clock --json | jq -c 'select(.state == \"ahead\") | [.service, .ahead_s > 1500000000]'", 0,
	     "[\"supervision\",true]\n");
	told(s, "verify --json", 1, "\"what\":\"fence.ahead\"");
	told(s, "verify --json", 1, "\"what\":\"log.future\"");
	told(s, "clock --bring-back --yes --reason 'a mistake' --json", 0, "\"id\":\"supervision/$P/");
	told(s, "clock --json | tail -n 1 | jq .waiting", 0, "0\n");
	told(s, "clock --record", 0, "bring-back");
	told(s, "clock --record --json | jq -c 'select(.was) | [.service, .was[:4]]'", 0,
	     "[\"supervision\",\"2086\"]\n");
	struct told t = ctl(s, "verify --json");
	check(!strstr(t.out, "fence.ahead") && !strstr(t.out, "log.future") && strstr(t.out, "log.envelope"),
	      "what is on record is known", t.out);
	sql(s, RESTORE_LAST("supervision"));
	told(s, "verify", 0, "faults");
}

int
main(void)
{
	harness_t *s = harness_open();
	struct world w = scenario_world(s);

	check(scenario_run("tests/scenarios/30-payroll.scn", &w, D), "money flows", "it does not");
	check(harness_settle(s, D), "and all is done", "it is not");
	test_rebuild(s, "derived tables follow from the logs");
	test_rebuild_sealed(s);
	test_jobs(s);
	test_slices(s);
	test_calendar(s);
	test_rebuild_differs(s);
	test_retry(s);
	test_verify(s);
	test_operator(s);
	test_lines(s);
	test_help(s);
	test_clock(s);
	harness_close(&s);
	return tally_end();
}
