/* sim - the engine under many seeds: sim.h says what is simulated, docs/reliability.md what it is good for.
 *
 *   sim [--seed N] [--count N] [--seconds N] [--trace] [--bug NAME]
 *   sim --bugs                              the names of the bugs that the simulated parts can be told to have
 *
 * Runs schedules from the seed on, so many or for so long (of processor time), and ends at the first that fails: exit
 * status 1, its seed, what did not hold, and everything that happened.  --seed N --count 1 --trace tells the same
 * again. */
#include "sim.h"
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const bug_names[BUGS] = {
	"none", "no-fence", "epoch-stays", "cursor-outside", "cursor-forgotten", "lazy-commit", "key-forgotten",
	"timer-stays", "timer-early", "work-stays", "look-blind", "lock-forever", "park-forgotten", "edges-blind",
	"clock-echo", "no-memory",
};

struct options { uint64_t seed, count; double seconds; bool trace; enum bug bug; };

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
usage(void)
{
	fprintf(stderr, "sim [--seed N] [--count N] [--seconds N] [--trace] [--bug NAME]\nsim --bugs\n");
	return 2;
}

static void
bugs_tell(void)
{
	for (int i = BUG_NONE + 1; i < BUGS; i++)
		puts(bug_names[i]);
}

static enum bug
bug_named(const char *name)
{
	int i = BUGS - 1;

	while (i && strcmp(bug_names[i], name) != 0)
		i--;
	return (enum bug)i;
}

static bool
options_read(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 't' },
		{ "trace", no_argument, NULL, 'v' },
		{ "bug", required_argument, NULL, 'b' },
		{ "bugs", no_argument, NULL, 'l' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) >= 0)
		switch (c) {
		case 's': o->seed = strtoull(optarg, NULL, 10); break;
		case 'n': o->count = strtoull(optarg, NULL, 10); break;
		case 't': o->seconds = strtod(optarg, NULL); break;
		case 'v': o->trace = true; break;
		case 'l': bugs_tell(); exit(0);
		case 'b':
			if (!(o->bug = bug_named(optarg)))
				return false;
			break;
		default: return false;
		}
	return optind == argc;
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .count = UINT64_MAX, .seconds = 60 };
	uint64_t done = 0, events = 0, kills = 0, isolated = 0;
	double began_s = cpu_s();

	if (!options_read(argc, argv, &o))
		return usage();
	mallopt(M_TRIM_THRESHOLD, 1 << 30);             /* what one schedule has freed the next one takes */
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	for (; done < o.count && cpu_s() - began_s < o.seconds; done++) {
		uint64_t seed = o.seed + done;
		if (!schedule_run(seed, o.bug, o.trace)) {
			printf("seed %llu fails after %llu schedules: %s\n", (unsigned long long)seed,
			       (unsigned long long)done + 1, world.failed);
			if (!o.trace)
				schedule_run(seed, o.bug, true);
			return 1;
		}
		events += world.nsteps;
		kills += world.nkills;
		isolated += world.isolated;
	}
	double s = cpu_s() - began_s;
	printf("%llu schedules from seed %llu in %.1f s of one core (%.0f a minute), %.0f events and %.1f kills each, "
	       "%llu with an input put aside: everything holds\n",
	       (unsigned long long)done, (unsigned long long)o.seed, s, 60 * (double)done / s,
	       (double)events / (double)done, (double)kills / (double)done, (unsigned long long)isolated);
	return 0;
}
