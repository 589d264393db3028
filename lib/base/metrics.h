/* metrics - counters, gauges and histograms, each declared once in metrics.def, with its meaning.
 *
 * A process has one set (struct metrics, plain int64 with relaxed atomics: several threads may count).
 * No mutable statics: it hangs on the node or the gateway.  A family's samples are kept by whoever tells them apart;
 * here it has its name and meaning. */
#pragma once
#include "base/arena.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTER(id, name, help) METRIC_##id,
#define GAUGE(id, name, help) METRIC_##id,
#define HISTOGRAM(id, name, of, help)
#define FAMILY(id, name, type, help)
enum metric_id {
#include "base/metrics.def"
	METRICS
};
#undef COUNTER
#undef GAUGE
#undef HISTOGRAM
#undef FAMILY

#define COUNTER(id, name, help)
#define GAUGE(id, name, help)
#define FAMILY(id, name, type, help)
#define HISTOGRAM(id, name, of, help) HISTOGRAM_##id,
enum histogram_id {
#include "base/metrics.def"
	HISTOGRAMS
};
#undef HISTOGRAM
#undef FAMILY

#define HISTOGRAM(id, name, of, help)
#define FAMILY(id, name, type, help) FAMILY_##id,
enum family_id {
#include "base/metrics.def"
	FAMILIES
};
#undef COUNTER
#undef GAUGE
#undef HISTOGRAM
#undef FAMILY

enum { HISTOGRAM_BUCKETS = 14 };        /* the last one is of everything greater */

struct histogram {
	_Atomic int64_t bucket[HISTOGRAM_BUCKETS];      /* of those that no smaller one holds */
	_Atomic int64_t sum;
};
struct metrics {
	_Atomic int64_t value[METRICS];
	_Atomic bool touched[METRICS];  /* a gauge that is 0 again is not one that was never set */
	struct histogram histogram[HISTOGRAMS];
};

static inline void metric_touch(struct metrics *m, enum metric_id id)
{ atomic_store_explicit(&m->touched[id], true, memory_order_relaxed); }
static inline void metric_add(struct metrics *m, enum metric_id id, int64_t by)
{ atomic_fetch_add_explicit(&m->value[id], by, memory_order_relaxed); metric_touch(m, id); }
static inline void metric_set(struct metrics *m, enum metric_id id, int64_t to)
{ atomic_store_explicit(&m->value[id], to, memory_order_relaxed); metric_touch(m, id); }
void metric_max(struct metrics *m, enum metric_id id, int64_t seen);           /* keeps the greatest */
void metric_observe(struct metrics *m, enum histogram_id id, int64_t seen);    /* of SECONDS: microseconds */

/* Prometheus text format 0.0.4; each sample has the labels service="…" and replica="…" (not when that is NULL or "");
 * only what was ever touched. */
char *metrics_text(const struct metrics *m, const char *service, const char *replica, arena_t *a);
/* HELP and TYPE of a family, and a sample of it.  labels: what tells it apart, like `producer="roster"`, or "". */
char *metrics_family_head(enum family_id id, arena_t *a);
char *metrics_family_sample(enum family_id id, const char *service, const char *labels, int64_t value, arena_t *a);
