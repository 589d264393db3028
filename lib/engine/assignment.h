/* assignment - which replica of a service is to hold which of its partitions: a decision without I/O, on what one
 * look has shown.
 *
 * Every replica decides for itself by the same rules, so on the same view they agree; when their views differ, the
 * advisory lock decides and the next look mends it.  Shares are equal within one.  What is free is taken at once,
 * first by whose home it is, then by who has least; who holds more than its share gives the surplus, and nothing
 * else moves. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ASSIGNMENT_REPLICAS_MAX = 64,
	/* so often seen free: whoever comes first takes it, whosever it should be */
	ASSIGNMENT_FREE_LOOKS = 7,
};

struct assignment_replica { const char *instance; bool prompt; };    /* prompt: takes what it is given */
struct assignment_partition {
	int32_t partition;
	const char *owner, *home;
	int free_looks;
}; /* owner, home: "" nobody */

struct assignment_view {
	const char *me;
	/* that live, by name, without me too */
	struct assignment_replica replicas[ASSIGNMENT_REPLICAS_MAX]; size_t nreplicas;
	const struct assignment_partition *partitions; size_t npartitions;          /* that are opened, by number */
};

/* Bit p: partition p.  Nothing when I am not among the replicas: nobody counts on me yet. */
struct assignment { uint64_t take, give; };
struct assignment assignment_decide(const struct assignment_view *v);
