#include "call/http_metrics.h"
#include "base/metrics.h"
#include <stdbool.h>
#include <stdlib.h>

/* Those that the gateway answers with; another is counted as the first of its hundred. */
static const int statuses[] = { 200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 504 };
enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]) };

struct http_metrics {
	size_t nroutes;
	int64_t (*n)[STATUSES];                 /* of each route; the last is of those that met none */
};

http_metrics_t *
http_metrics_open(void)
{
	http_metrics_t *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->nroutes = routes_count();
	c->n = calloc(c->nroutes + 1, sizeof(*c->n));
	if (!c->n)
		abort();
	return c;
}

void
http_metrics_close(http_metrics_t **cp)
{
	http_metrics_t *c = *cp;

	*cp = NULL;
	if (!c)
		return;
	free(c->n);
	free(c);
}

static int
status_index(int status)
{
	for (int i = 0; i < STATUSES; i++)
		if (statuses[i] == status)
			return i;
	return status % 100 ? status_index(status - status % 100) : 0;
}

void
http_metrics_add(http_metrics_t *c, const struct route *route, int status)
{
	size_t at = route ? route_number(route) : c->nroutes;

	c->n[at][status_index(status)]++;
}

/* A failure is told before the first one, so that the first one is seen to be one more. */
static bool
is_told(const http_metrics_t *c, size_t i, int k)
{
	return c->n[i][k] || (statuses[k] >= 500 && i < c->nroutes);
}

static void
row_text(const http_metrics_t *c, size_t i, struct bytes *out, arena_t *a)
{
	const struct route *r = i < c->nroutes ? route_at(i) : NULL;

	for (int k = 0; k < STATUSES; k++) {
		if (!is_told(c, i, k))
			continue;
		const char *labels = arena_printf(a, "method=\"%s\",route=\"%s\",status=\"%d\"", r ? r->method : "",
		                                  r ? r->path : "", statuses[k]);
		bytes_text(out, metrics_family_sample(FAMILY_HTTP_REQUESTS, "gateway", labels, c->n[i][k], a));
	}
}

const char *
http_metrics_text(const http_metrics_t *c, arena_t *a)
{
	struct bytes out = { 0 };

	bytes_text(&out, metrics_family_head(FAMILY_HTTP_REQUESTS, a));
	for (size_t i = 0; i <= c->nroutes; i++)
		row_text(c, i, &out, a);
	const char *text = arena_strndup(a, out.p, out.len);
	bytes_free(&out);
	return text;
}
