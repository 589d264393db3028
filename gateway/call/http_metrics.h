/* counts - what was answered, by route and status: a table of numbers that is told as a family of metrics.  Pure. */
#pragma once
#include "base/arena.h"
#include "http/bytes.h"
#include "routes/routes.h"

typedef struct counts counts_t;

counts_t *counts_open(void);
void counts_close(counts_t **cp);
/* route NULL: there was none. */
void counts_add(counts_t *c, const struct route *route, int status);
/* HELP, TYPE and a sample of each pair that was seen, and of each route with each 5xx.  In the arena. */
const char *counts_text(const counts_t *c, arena_t *a);
