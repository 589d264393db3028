/* assignment - which replica of a service is to hold which of its partitions: a decision without I/O, on what one look has shown.
 *
 * Every replica decides for itself by the same rules, so on the same view they agree; when their views differ, the advisory
 * lock decides and the next look mends it.  Shares are equal within one.  What is free is taken at once, first by whose home
 * it is, then by who has least; who holds more than its share gives the surplus, and nothing else moves. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SHARE_REPLICAS_MAX = 64,
	SHARE_FREE_LOOKS = 7,           /* so often seen free: whoever comes first takes it, whosever it should be */
};

struct share_replica { const char *instance; bool prompt; };    /* prompt: takes what it is given */
struct share_partition { int32_t partition; const char *owner, *home; int free_looks; };        /* owner, home: "" nobody */

struct share_view {
	const char *me;
	struct share_replica replicas[SHARE_REPLICAS_MAX]; size_t nreplicas;    /* that live, by name, without me too */
	const struct share_partition *partitions; size_t npartitions;          /* that are opened, by number */
};

/* Bit p: partition p.  Nothing when I am not among the replicas: nobody counts on me yet. */
struct share { uint64_t take, give; };
struct share share_decide(const struct share_view *v);
