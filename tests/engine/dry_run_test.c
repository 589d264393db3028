/* Dry runs of as many rows as fit, through the gateway: while one is tried, who commands something in the same district
 * is answered; what it says is what the real run then says; and its key means what any key means.
 *
 * The trial is a thread, everything else another (harness.h); who came first is told by the order of the answers. */
#include "harness/harness.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API "/api/v1/districts/511703"
enum { ROWS = 19000, SOME = 2000, OTHERS = 50, LINE_MAX_BYTES = 64 };

/* Units u0 …; of one row more the last has no name. */
static char *
units(int rows, bool wrong)
{
	char *text = malloc((size_t)(rows + 2) * LINE_MAX_BYTES), *at = text + sprintf(text, "id,name\n");

	for (int i = 0; i < rows; i++)
		at += sprintf(at, "u%d,单位%d\n", i, i);
	if (wrong)
		sprintf(at, "wrong,\n");
	return text;
}

static struct answered
import(harness_t *s, bool dry, const char *key, const char *csv)
{
	return harness_call(s, "POST", dry ? API "/imports?kind=units&dry_run=1" : API "/imports?kind=units&dry_run=0",
			    key, "text/csv", csv);
}

static void
put(harness_t *s, const char *path, const char *body)
{
	struct answered a = harness_call(s, "PUT", path, NULL, NULL, body);

	check(a.status == 201, path, a.body);
	free(a.body);
}

static bool
says(harness_t *s, const char *sql, const char *want)
{
	char *got = harness_sql(s, sql);
	bool is = strcmp(got, want) == 0;

	free(got);
	return is;
}

/* The dry run comes first, and the others after it to the same owner. */
static void
test_others_go_on(harness_t *s, char *csv)
{
	struct asked all[1 + OTHERS] = {
		{ "POST", API "/imports?kind=units&dry_run=1", NULL, "text/csv", csv, { 0 } }
	};
	char path[OTHERS][64];
	int before = 0, taken = 0;

	for (int i = 0; i < OTHERS; i++) {
		snprintf(path[i], sizeof path[i], API "/townships/t%d", i);
		all[1 + i] = (struct asked){ .method = "PUT",
					     .path = path[i],
					     .body = "{\"name\":\"乡\",\"area_id\":\"a\"}" };
	}
	int64_t batches = harness_metric(s, "roster", METRIC_BATCHES),
		tried = harness_metric(s, "roster", METRIC_TRIALS);
	harness_call_all(s, all, 1 + OTHERS);
	for (int i = 1; i <= OTHERS; i++) {
		before += all[i].answered.place < all[0].answered.place;
		taken += all[i].answered.status == 201;
	}
	check(all[0].answered.status == 200, "a dry run of many rows", all[0].answered.body);
	check(taken == OTHERS, "the others' commands are taken", all[1].answered.body);
	check(before == OTHERS, "and acknowledged before it is answered", "some were not");
	check(harness_metric(s, "roster", METRIC_BATCHES) > batches, "by batches of the writer's", "none");
	check(harness_metric(s, "roster", METRIC_TRIALS) == tried + 1, "who writes has not run it", "it has");
	for (int i = 0; i <= OTHERS; i++)
		free(all[i].answered.body);
}

/* Nothing stays of it, and the same file really imported is answered the same. */
static void
test_says_what_would_be(harness_t *s, char *csv, const char *what)
{
	char *before = harness_sql(s, "select count(*) from roster.event");
	struct answered dry = import(s, true, NULL, csv);

	check(says(s, "select count(*) from roster.event", before), "a dry run says nothing", what);
	struct answered real = import(s, false, NULL, csv);
	check(dry.status == 200 && real.status == 200 && strcmp(dry.body, real.body) == 0, what, dry.body);
	free(before);
	free(dry.body);
	free(real.body);
}

static void
test_keys(harness_t *s)
{
	static const char headed[] = "id,name,head_person_id\nk1,局,h1\n";
	struct answered first = import(s, true, "k", headed);
	put(s, API "/persons/h1",
	    "{\"name\":\"示例\",\"phone\":\"10000000001\",\"unit_id\":\"u1\",\"establishment\":\"other\"}");
	struct answered again = import(s, true, "k", headed), other = import(s, true, "k", "id,name\nk1,处\n");
	struct answered real = import(s, false, "k", headed);
	struct answered bad = import(s, true, "k", "\xff");

	check(first.status == 200 && strstr(first.body, "reference.unknown") && strcmp(first.body, again.body) == 0,
	      "the same key, the same answer", again.body);
	check(other.status == 422 && strstr(other.body, "idempotency.key_reused"), "another file under it", other.body);
	check(real.status == 422 && strstr(real.body, "idempotency.key_reused"), "the real run under it", real.body);
	check(bad.status == 422 && strstr(bad.body, "idempotency.key_reused"), "a file that cannot be read under it",
	      bad.body);
	check(says(s, "select count(*) from engine.answer where key = 'k'", "1"), "it is kept once", "it is not");
	char *bodies[] = { first.body, again.body, other.body, real.body, bad.body };
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		free(bodies[i]);
}

/* Two replicas try at the same time what came twice. */
static void
test_key_of_two(harness_t *s, char *csv)
{
	struct asked two[2];
	int64_t tried = harness_metric(s, "roster", METRIC_TRIALS);

	harness_join(s, "roster", 1);
	for (int i = 0; i < 2; i++)
		two[i] = (struct asked){ "POST", API "/imports?kind=units&dry_run=1", "two", "text/csv", csv, { 0 } };
	harness_call_all(s, two, 2);
	check(two[0].answered.status == 200 && two[1].answered.status == 200, "one key twice at once",
	      two[1].answered.body);
	check(strcmp(two[0].answered.body, two[1].answered.body) == 0, "has one answer", two[1].answered.body);
	check(harness_metric(s, "roster", METRIC_TRIALS) == tried + 2, "though both were tried", "one was not");
	check(says(s, "select count(*) from engine.answer where key = 'two'", "1"), "and it is kept once", "it is not");
	free(two[0].answered.body);
	free(two[1].answered.body);
}

/* The database is away for longer than a dry run waits, and comes back: so does whoever tries them. */
static void
test_outage(harness_t *s, char *csv)
{
	free(harness_sql(s, "alter role roster connection limit 0"));
	free(harness_sql(s, "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'roster'"));
	struct answered away = import(s, true, NULL, csv);
	free(harness_sql(s, "alter role roster connection limit -1"));
	struct answered back = import(s, true, NULL, csv);

	check(away.status >= 503, "an outage", away.body);
	check(back.status == 200, "is over", back.body);
	free(away.body);
	free(back.body);
}

int
main(void)
{
	harness_t *s = harness_open_with(1);
	char *many = units(ROWS, false), *good = units(SOME, false), *wrong = units(SOME, true);

	put(s, API, "{\"name\":\"区\",\"areas\":[{\"id\":\"a\",\"name\":\"片\"}]}");
	test_others_go_on(s, many);
	test_says_what_would_be(s, wrong, "a wrong row");
	test_says_what_would_be(s, good, "many rows");
	test_keys(s);
	test_key_of_two(s, good);
	test_outage(s, good);
	harness_close(&s);
	free(many);
	free(good);
	free(wrong);
	return tally_end();
}
