/* catch_up - a timer that is due first sees what was acknowledged before it, and what follows from that (struct
 * timer.after). */
#pragma once
#include "engine/node.h"

enum {
	CATCH_UP_LOOK_MS = 5, CATCH_UP_STILL_MS = 2000,         /* how often it looks; for whom it waits no longer */
	UPSTREAM_MAX = 32,                                      /* services whose events it may stand on */
};

struct catch_up {
	bool waits;
	/* those due until then wait; those due until then have waited */
	int64_t until_us, done_us;
	/* services, by a hash of their names, and what of their logs is to be read */
	uint64_t name[UPSTREAM_MAX]; int64_t need[UPSTREAM_MAX]; size_t n;
	int rounds;
	/* how much of it was read when we looked last; when it was less; when to look again */
	int64_t read, moved_us, look_us;
};

/* Whether to look how far everybody is, now. */
bool catch_up_looks(const node_t *n, int32_t partition);
/* Timers until now_us are due, that stand on `after`; edges: the partition's, all of them.  When they may run
 * done_us says so. */
void catch_up(node_t *n, int32_t partition, unsigned after, int64_t now_us, void *const *edges, size_t nedges);
bool catch_up_hurries(const node_t *n, size_t producer);
int64_t catch_up_next_us(const node_t *n);
