/* Runs the scripts of tests/scenarios: in one process (a fresh harness for each, with one, two, three replicas by
 * turns), or, with ZHUCUN_URL, against real processes.
 *
 *   scenario_test [FILE …]           all the .scn files there without arguments
 *
 * ZHUCUN_DISTRICT: the district that the script plays in, so that several can share processes. */
#include "harness/http.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

static struct answered
in_call(void *ctx, const char *method, const char *path, const char *key, const char *type, const char *body)
{
	return harness_call(ctx, method, path, key, type, body);
}

static bool
in_settle(void *ctx, const char *district)
{
	return harness_settle(ctx, district);
}

static bool
in_lose(void *ctx, const char *service)
{
	harness_lose_answer(ctx, service);
	return true;
}

static bool
in_crash(void *ctx, const char *service)
{
	harness_crash(ctx, service);
	return true;
}

static void
in_as(void *ctx, const char *token)
{
	harness_as(ctx, token);
}

static bool
run_one(const char *file, int replicas)
{
	const char *asked = getenv("ZHUCUN_TEST_REPLICAS");
	const char *district = getenv("ZHUCUN_DISTRICT") ? getenv("ZHUCUN_DISTRICT") : "511700";
	bool ok;

	if (getenv("ZHUCUN_URL")) {
		struct world w = http_world_open();
		ok = scenario_run(file, &w, district);
		http_world_close(&w);
		return ok;
	}
	harness_t *s = harness_open_with(asked ? atoi(asked) : replicas);
	struct world w = { .ctx = s, .call = in_call, .settle = in_settle, .crash = in_crash, .lose = in_lose, .as = in_as };
	ok = scenario_run(file, &w, district);
	harness_close(&s);
	return ok;
}

int
main(int argc, char **argv)
{
	int passed = 0, failed = 0;
	glob_t found = { 0 };
	char **files = argv + 1;

	if (argc < 2) {
		if (glob("tests/scenarios/*.scn", 0, NULL, &found))
			return printf("FAIL no scenarios here; run from the top of the checkout\n"), 1;
		files = found.gl_pathv;
		argc = (int)found.gl_pathc + 1;
	}
	for (int i = 0; i < argc - 1; i++) {
		bool ok = run_one(files[i], 1 + i % HARNESS_REPLICAS_MAX);
		printf("%s %s\n", ok ? "ok  " : "FAIL", files[i]);
		fflush(stdout);
		passed += ok;
		failed += !ok;
	}
	globfree(&found);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
