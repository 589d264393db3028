/* inbox - what is to run next. */
#pragma once
#include "engine/batch.h"
#include "engine/queue.h"

/* owners that an input run alone may take along: two may have been killed by chance */
enum { TRIES_MAX = 3 };

/* what waits, bisecting around poison; false when there was nothing to run, or it must wait */
bool inbox_run(node_t *n);
/* of a trial: its commands that have no answer; those that must wait get none */
enum batch_result inbox_run_group(node_t *n, struct group *g);
/* its name is written down first; poison is isolated */
enum batch_result inbox_run_singly(node_t *n, struct input *in);
