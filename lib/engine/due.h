/* due - timers that are due, and jobs that wait. */
#pragma once
#include "engine/input.h"

enum {
	DUE_MAX = 256,                                  /* timers, or jobs, in one batch */
	JOB_ROWS_MAX = 2048, JOB_ROWS = 8,              /* rows that its jobs settle; a few, see struct job */
};

/* Adds those that a batch takes.  due: where commands come after timers.  False: the database did not answer. */
bool due_take(node_t *n, struct inputs *all, bool due[PARTITIONS]);
bool due_any(const node_t *n);
void due_next(node_t *n);                               /* reads when the next timers are due */
