/* metrics - counters and gauges, each declared once in metrics.def, with its meaning.
 *
 * A process has one set (struct metrics, plain int64 with relaxed atomics: several threads may count).
 * No mutable statics: it hangs on the node or the gateway. */
#pragma once
#include "arena.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metric_id {
#define COUNTER(id, name, help) METRIC_##id,
#define GAUGE(id, name, help) METRIC_##id,
#include "metrics.def"
#undef COUNTER
#undef GAUGE
	METRICS
};
struct metrics {
	_Atomic int64_t value[METRICS];
	_Atomic bool touched[METRICS];  /* a gauge that is 0 again is not one that was never set */
};

static inline void metric_touch(struct metrics *m, enum metric_id id)
{ atomic_store_explicit(&m->touched[id], true, memory_order_relaxed); }
static inline void metric_add(struct metrics *m, enum metric_id id, int64_t by)
{ atomic_fetch_add_explicit(&m->value[id], by, memory_order_relaxed); metric_touch(m, id); }
static inline void metric_set(struct metrics *m, enum metric_id id, int64_t to)
{ atomic_store_explicit(&m->value[id], to, memory_order_relaxed); metric_touch(m, id); }
void metric_max(struct metrics *m, enum metric_id id, int64_t seen);           /* keeps the greatest */

/* Prometheus text format 0.0.4; each sample has label service="…"; only metrics that were ever touched. */
char *metrics_text(const struct metrics *m, const char *service, arena_t *a);
