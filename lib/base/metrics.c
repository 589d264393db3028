/* metrics - see metrics.h.
 *
 * In: a set that threads are counting in.  Out: its text for whoever scrapes.  Owns nothing.
 * Each sample is right by itself; two of them need not be of one moment. */
#include "base/metrics.h"
#include <inttypes.h>
#include <string.h>

struct declared { const char *name, *type, *help; };
enum { SECONDS, ITEMS };
static const struct {
	int64_t bound[HISTOGRAM_BUCKETS - 1];
	double unit;                            /* what is observed, in what is told */
} scales[] = {
	[SECONDS] = { { 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000 },
		      1e-6 },
	[ITEMS] = { { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 }, 1 },
};

#define COUNTER(id, name, help) [METRIC_##id] = { name, "counter", help },
#define GAUGE(id, name, help) [METRIC_##id] = { name, "gauge", help },
#define HISTOGRAM(id, name, of, help)
#define FAMILY(id, name, type, help)
static const struct declared declared[METRICS] = {
#include "base/metrics.def"
};
#undef COUNTER
#undef GAUGE
#undef HISTOGRAM
#undef FAMILY

#define COUNTER(id, name, help)
#define GAUGE(id, name, help)
#define HISTOGRAM(id, name, of, help) [HISTOGRAM_##id] = { { name, "histogram", help }, of },
#define FAMILY(id, name, type, help)
static const struct { struct declared as; int scale; } histograms[HISTOGRAMS] = {
#include "base/metrics.def"
};
#undef HISTOGRAM
#undef FAMILY

#define HISTOGRAM(id, name, of, help)
#define FAMILY(id, name, type, help) [FAMILY_##id] = { name, type, help },
static const struct declared families[FAMILIES] = {
#include "base/metrics.def"
};
#undef COUNTER
#undef GAUGE
#undef HISTOGRAM
#undef FAMILY

void
metric_max(struct metrics *m, enum metric_id id, int64_t seen)
{
	int64_t before = atomic_load_explicit(&m->value[id], memory_order_relaxed);

	while (seen > before && !atomic_compare_exchange_weak_explicit(&m->value[id], &before, seen,
								       memory_order_relaxed, memory_order_relaxed))
		;
	metric_touch(m, id);
}

void
metric_observe(struct metrics *m, enum histogram_id id, int64_t seen)
{
	struct histogram *h = &m->histogram[id];
	const int64_t *bound = scales[histograms[id].scale].bound;
	int i = 0;

	while (i < HISTOGRAM_BUCKETS - 1 && seen > bound[i])
		i++;
	atomic_fetch_add_explicit(&h->bucket[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&h->sum, seen, memory_order_relaxed);
}

/* A label's value: backslash, quote and line feed are escaped. */
static const char *
label(const char *s, arena_t *a)
{
	char *out = arena_alloc(a, 2 * strlen(s) + 1), *to = out;

	for (; *s; s++) {
		if (strchr("\\\"\n", *s))
			*to++ = '\\';
		*to++ = *s == '\n' ? 'n' : *s;
	}
	return out;
}

static char *
head(const struct declared *d, arena_t *a)
{
	return arena_printf(a, "# HELP %s %s\n# TYPE %s %s\n", d->name, d->help, d->name, d->type);
}

static const char *
text_of_value(const struct metrics *m, int i, const char *labels, arena_t *a)
{
	if (!atomic_load_explicit(&m->touched[i], memory_order_relaxed))
		return "";
	return arena_printf(a, "%s%s{%s} %" PRId64 "\n", head(&declared[i], a), declared[i].name, labels,
	                    atomic_load_explicit(&m->value[i], memory_order_relaxed));
}

/* The count is that of the buckets as they are read, so that the two agree. */
static const char *
text_of_histogram(const struct metrics *m, int i, const char *labels, arena_t *a)
{
	const struct histogram *h = &m->histogram[i];
	const char *name = histograms[i].as.name;
	double unit = scales[histograms[i].scale].unit;
	int64_t so_far = 0;
	char *text = head(&histograms[i].as, a);

	for (int k = 0; k < HISTOGRAM_BUCKETS; k++) {
		const char *le = "+Inf";
		so_far += atomic_load_explicit(&h->bucket[k], memory_order_relaxed);
		if (k < HISTOGRAM_BUCKETS - 1)
			le = arena_printf(a, "%g", (double)scales[histograms[i].scale].bound[k] * unit);
		text = arena_printf(a, "%s%s_bucket{%s,le=\"%s\"} %" PRId64 "\n", text, name, labels, le, so_far);
	}
	if (so_far == 0)
		return "";
	return arena_printf(a, "%s%s_sum{%s} %.15g\n%s_count{%s} %" PRId64 "\n", text, name, labels,
	                    (double)atomic_load_explicit(&h->sum, memory_order_relaxed) * unit, name, labels, so_far);
}

char *
metrics_text(const struct metrics *m, const char *service, const char *replica, arena_t *a)
{
	const char *labels = arena_printf(a, "service=\"%s\"", label(service, a)), *samples[METRICS + HISTOGRAMS];
	size_t len = 0;

	if (replica && *replica)
		labels = arena_printf(a, "%s,replica=\"%s\"", labels, label(replica, a));
	for (int i = 0; i < METRICS + HISTOGRAMS; i++) {
		samples[i] =
			i < METRICS ? text_of_value(m, i, labels, a) : text_of_histogram(m, i - METRICS, labels, a);
		len += strlen(samples[i]);
	}
	char *text = arena_alloc(a, len + 1), *to = text;
	for (int i = 0; i < METRICS + HISTOGRAMS; i++)
		to = stpcpy(to, samples[i]);
	return text;
}

char *
metrics_family_head(enum family_id id, arena_t *a)
{
	return head(&families[id], a);
}

char *
metrics_family_sample(enum family_id id, const char *service, const char *labels, int64_t value, arena_t *a)
{
	return arena_printf(a, "%s{service=\"%s\"%s%s} %" PRId64 "\n", families[id].name, label(service, a),
			    *labels ? "," : "", labels, value);
}
