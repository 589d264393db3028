/* http_metrics - what was answered, by route and status: a table of numbers that is told as a family of metrics.
 * Pure. */
#pragma once
#include "base/arena.h"
#include "http/bytes.h"
#include "routes/routes.h"

typedef struct http_metrics http_metrics_t;

http_metrics_t *http_metrics_open(void);
void http_metrics_close(http_metrics_t **cp);
/* route NULL: there was none. */
void http_metrics_add(http_metrics_t *c, const struct route *route, int status);
/* HELP, TYPE and a sample of each pair that was seen, and of each route with each 5xx.  In the arena. */
const char *http_metrics_text(const http_metrics_t *c, arena_t *a);
