/* metrics_test - sets are counted in by threads and read as text.
 *
 * How: the whole text of small sets is compared; the form of all names is what Prometheus takes. */
#include "base/metrics.h"
#include "harness/tally.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void
test_text(arena_t *a)
{
	struct metrics m = { 0 };

	check_text(metrics_text(&m, "roster", NULL, a), "", "nothing was touched");
	metric_add(&m, METRIC_BATCHES, 2);
	metric_add(&m, METRIC_BATCHES, 40);
	metric_set(&m, METRIC_QUEUE, 9);
	metric_set(&m, METRIC_QUEUE, 0);
	check_text(metrics_text(&m, "ros\"t\\e\nr", "r-1", a),
	     "# HELP zhucun_batches_total Batches committed.\n"
	     "# TYPE zhucun_batches_total counter\n"
	     "zhucun_batches_total{service=\"ros\\\"t\\\\e\\nr\",replica=\"r-1\"} 42\n"
	     "# HELP zhucun_commands_queued Commands waiting now.\n"
	     "# TYPE zhucun_commands_queued gauge\n"
	     "zhucun_commands_queued{service=\"ros\\\"t\\\\e\\nr\",replica=\"r-1\"} 0\n",
	     "a counter, a gauge that is 0 again, a name to be escaped");
}

static void
test_max(arena_t *a)
{
	static const struct { int64_t seen; const char *want; } cases[] = {
		{ 0, "} 0\n" }, { 7, "} 7\n" }, { 3, "} 7\n" }, { -1, "} 7\n" }, { 8, "} 8\n" },
		{ INT64_MAX, "} 9223372036854775807\n" },
	};
	struct metrics m = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		metric_max(&m, METRIC_ROUND_TRIPS_MAX, cases[i].seen);
		check_text(strchr(metrics_text(&m, "s", "", a), '}'), cases[i].want, "the greatest so far");
	}
}

static void
test_histogram(arena_t *a)
{
	struct metrics m = { 0 };

	metric_observe(&m, HISTOGRAM_BATCH_TIME, 0);
	metric_observe(&m, HISTOGRAM_BATCH_TIME, 500);
	metric_observe(&m, HISTOGRAM_BATCH_TIME, 501);
	metric_observe(&m, HISTOGRAM_BATCH_TIME, 1500000);
	metric_observe(&m, HISTOGRAM_BATCH_TIME, 60000000);
	check_text(metrics_text(&m, "s", "", a),
	     "# HELP zhucun_batch_seconds Time from a batch's load to its commit.\n"
	     "# TYPE zhucun_batch_seconds histogram\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.0005\"} 2\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.001\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.002\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.005\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.01\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.02\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.05\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.1\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.2\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"0.5\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"1\"} 3\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"2\"} 4\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"5\"} 4\n"
	     "zhucun_batch_seconds_bucket{service=\"s\",le=\"+Inf\"} 5\n"
	     "zhucun_batch_seconds_sum{service=\"s\"} 61.501001\n"
	     "zhucun_batch_seconds_count{service=\"s\"} 5\n",
	     "on the bound, beyond it, beyond all");
}

static void
test_family(arena_t *a)
{
	check_text(metrics_family_head(FAMILY_PARKED_NOW, a),
	           "# HELP zhucun_parked_inputs Inputs that lie put aside now.\n# TYPE zhucun_parked_inputs gauge\n",
	           "a family's head");
	check_text(metrics_family_sample(FAMILY_PARKED_NOW, "s", "", 0, a), "zhucun_parked_inputs{service=\"s\"} 0\n",
	           "without labels");
	check_text(metrics_family_sample(FAMILY_CONSUMER_LAG, "s", "producer=\"roster\"", 7, a),
	     "zhucun_consumer_lag_events{service=\"s\",producer=\"roster\"} 7\n", "and with");
}

enum { THREADS = 4, ROUNDS = 20000 };

struct counting { struct metrics *m; int thread; };

static void *
count(void *arg)
{
	struct counting *c = arg;

	for (int i = 0; i < ROUNDS; i++) {
		metric_add(c->m, METRIC_QUERIES, 1);
		metric_max(c->m, METRIC_BATCH_INPUTS_MAX, i * THREADS + c->thread);
	}
	return NULL;
}

static void
test_threads(arena_t *a)
{
	struct metrics m = { 0 };
	struct counting counting[THREADS];
	pthread_t threads[THREADS];
	int started = 0;

	for (; started < THREADS; started++) {
		counting[started] = (struct counting){ &m, started };
		if (pthread_create(&threads[started], NULL, count, &counting[started]))
			break;
	}
	for (int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	check_text(arena_printf(a, "%d %lld %lld", started, (long long)m.value[METRIC_QUERIES],
	                        (long long)m.value[METRIC_BATCH_INPUTS_MAX]),
	           "4 80000 79999", "nothing is lost between threads");
}

/* Every declared metric: a name of its own in the form [a-z_]+, counters end in _total, the help is one sentence. */
static void
test_declared(arena_t *a)
{
	struct metrics m = { 0 };
	int lines = 0;

	for (int i = 0; i < METRICS; i++)
		metric_add(&m, (enum metric_id)i, i);
	char *rest = metrics_text(&m, "s", "", a);
	for (char *line; (line = strsep(&rest, "\n")) && *line; lines++) {
		char name[80] = "", type[80] = "", again[80] = "", *help = line, *kind = strsep(&rest, "\n"),
		     *sample = strsep(&rest, "\n");
		long long value = -1;
		int n = sscanf(help, "# HELP %79[a-z_]", name) + sscanf(kind, "# TYPE %79[a-z_] %79s", again, type);
		check_text(again, name, "the type is of the name");
		check_text(strcmp(type, "counter") == 0 ? name + strlen(name) - strlen("_total") : "_total", "_total",
		           name);
		check_text(help[strlen(help) - 1] == '.' && !strchr(help, '\\') ? "a sentence" : help, "a sentence",
		           name);
		n += sscanf(sample, "%79[a-z_]{service=\"s\"} %lld", again, &value);
		check_text(again, name, "the sample is of the name");
		check_text(arena_printf(a, "%d %lld", n, value), arena_printf(a, "5 %d", lines), name);
	}
	check_text(arena_printf(a, "%d", lines), arena_printf(a, "%d", METRICS), "all of them");
}

int
main(void)
{
	arena_t *a = arena_open(1 << 20);

	test_text(a);
	test_max(a);
	test_histogram(a);
	test_family(a);
	test_threads(a);
	test_declared(a);
	arena_close(&a);
	return tally_end();
}
