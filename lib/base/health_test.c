/* health_test - what --health says of a process whose threads turn, hang, or lack something.
 *
 * How: a time of its own is passed in; the report is read from standard output, which is a temporary file. */
#include "base/health.h"
#include "harness/tally.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define S (1000 * 1000)
enum { T0 = 100 * S, LATER = T0 + HEALTH_STALE_US };

static char file[64];

/* Every turn of a case, thread by thread, then the report at `at`. */
static const struct {
	const char *what;
	struct { int thread; int64_t at_us; const char *trouble; } turns[4];
	int64_t at_us;
	int code;
	const char *said;
} cases[] = {
	{ "all turn", { { 1, T0 + S, NULL }, { 0, T0 + S, NULL } }, T0 + 2 * S, 0, "t: well\n" },
	{ "the other has only just started", { { 0, T0 + S, NULL } }, T0 + 2 * S, 0, "t: well\n" },
	{ "old, but not too old", { { 0, T0, NULL } }, LATER, 0, "t: well\n" },
	{ "the first hangs", { { 1, T0, NULL }, { 0, T0, NULL }, { 1, LATER, NULL } }, LATER + S, 1,
	  "t: thread 0 has not turned for 16 s\nt: thread 1 has not turned for 16 s\n" },
	{ "the other hangs", { { 1, T0, NULL }, { 0, LATER + S, NULL } }, LATER + S, 1,
	  "t: thread 1 has not turned for 16 s\n" },
	{ "one lacks something", { { 1, T0, "no bus answers" }, { 0, T0, NULL } }, T0, 1,
	  "t: thread 1: no bus answers\n" },
	{ "it has what it lacked", { { 0, T0, "no database" }, { 0, T0 + S, NULL } }, T0 + S, 0, "t: well\n" },
	{ "written once a second", { { 0, T0, NULL }, { 0, T0 + S - 1, "no database" } }, T0 + S, 0, "t: well\n" },
	{ "a file from before the machine started", { { 0, LATER, NULL } }, T0 + S, 1,
	  "t: thread 0: the file is not one of this start of the machine\n" },
};

static int
report(const char *path, int64_t at_us, char *said, size_t size)
{
	FILE *out = tmpfile();
	int kept = dup(STDOUT_FILENO);

	fflush(stdout);
	dup2(fileno(out), STDOUT_FILENO);
	int code = health_report("t", path, at_us);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	rewind(out);
	said[fread(said, 1, size - 1, out)] = '\0';
	fclose(out);
	return code;
}

static void
expect(const char *what, const char *path, int64_t at_us, int code, const char *want)
{
	char said[512];
	int got = report(path, at_us, said, sizeof(said));

	checkf(got == code && !strcmp(said, want), what, "%d, want %d: %s", got, code, said);
}

int
main(void)
{
	char dir[] = "/tmp/health-test-XXXXXX";

	if (!mkdtemp(dir))
		return 1;
	snprintf(file, sizeof(file), "%s/health", dir);
	expect("nothing written", file, T0, 1, "t: nothing has been written yet\n");
	expect("no file is meant", "", T0, 1, "t: ZHUCUN_HEALTH_FILE is not set\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct health h;
		health_open(&h, file, 2, T0);
		for (int k = 0; k < 4 && cases[i].turns[k].at_us; k++)
			health_turn(&h, cases[i].turns[k].thread, cases[i].turns[k].at_us, cases[i].turns[k].trouble);
		expect(cases[i].what, file, cases[i].at_us, cases[i].code, cases[i].said);
	}
	fclose(fopen(file, "w"));
	expect("an empty file", file, T0, 1, "");
	unlink(file);
	rmdir(dir);
	return tally_end();
}
