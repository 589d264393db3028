/* Runs the scripts of tests/scenarios: in one process (a fresh harness for each, with one, two, three replicas by
 * turns), or, with ZHUCUN_URL, against real processes.
 *
 *   scenario_test [FILE …]           all the .scn files there without arguments
 *
 * ZHUCUN_DISTRICT: the district that the script plays in, so that several can share processes. */
#include "harness/http.h"
#include "harness/tally.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

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
	struct world w = scenario_world(s);
	ok = scenario_run(file, &w, district);
	harness_close(&s);
	return ok;
}

int
main(int argc, char **argv)
{
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
		check(ok, files[i], "");
		if (ok)
			printf("ok   %s\n", files[i]);
		fflush(stdout);
	}
	globfree(&found);
	return tally_end();
}
