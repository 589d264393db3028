/* metrics - counters and gauges, each declared once in metrics.def, with its meaning.
 *
 * In: a set that threads are counting in.  Out: its text for whoever scrapes.  Owns nothing.
 * Each sample is right by itself; two of them need not be of one moment. */
#include "metrics.h"
#include <inttypes.h>
#include <string.h>

static const struct declared { const char *name, *type, *help; } declared[METRICS] = {
#define COUNTER(id, name, help) [METRIC_##id] = { name, "counter", help },
#define GAUGE(id, name, help) [METRIC_##id] = { name, "gauge", help },
#include "metrics.def"
#undef COUNTER
#undef GAUGE
};

void
metric_max(struct metrics *m, enum metric_id id, int64_t seen)
{
	int64_t before = atomic_load_explicit(&m->value[id], memory_order_relaxed);

	while (seen > before && !atomic_compare_exchange_weak_explicit(&m->value[id], &before, seen, memory_order_relaxed,
	                                                               memory_order_relaxed))
		;
	metric_touch(m, id);
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

char *
metrics_text(const struct metrics *m, const char *service, arena_t *a)
{
	const char *who = label(service, a), *samples[METRICS];
	size_t n = 0, len = 0;

	for (int i = 0; i < METRICS; i++) {
		const struct declared *d = &declared[i];
		if (!atomic_load_explicit(&m->touched[i], memory_order_relaxed))
			continue;
		samples[n] = arena_printf(a, "# HELP %s %s\n# TYPE %s %s\n%s{service=\"%s\"} %" PRId64 "\n", d->name, d->help, d->name,
		                          d->type, d->name, who, atomic_load_explicit(&m->value[i], memory_order_relaxed));
		len += strlen(samples[n++]);
	}
	char *text = arena_alloc(a, len + 1), *to = text;
	for (size_t i = 0; i < n; i++)
		to = stpcpy(to, samples[i]);
	return text;
}
