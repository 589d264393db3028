#include "call/http_metrics.h"
#include "base/metrics.h"
#include <stdlib.h>
#include <string.h>

/* Those that the gateway answers with; another is counted as the first of its hundred. */
static const int statuses[] = { 200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 504 };
enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]) };

struct http_metrics {
	const struct route *routes;
	size_t nroutes;
	int64_t (*n)[STATUSES];                 /* of each route; the last is of those that met none */
};

http_metrics_t *
http_metrics_open(void)
{
	http_metrics_t *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->routes = routes_all(&c->nroutes);
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
	size_t at = route ? (size_t)(route - c->routes) : c->nroutes;

	c->n[at][status_index(status)]++;
}

const char *
http_metrics_text(const http_metrics_t *c, arena_t *a)
{
	struct bytes out = { 0 };
	const char *head = metrics_family_head(FAMILY_HTTP_REQUESTS, a);

	bytes_append(&out, head, strlen(head));
	for (size_t i = 0; i <= c->nroutes; i++)
		for (int k = 0; k < STATUSES; k++) {
			if (!c->n[i][k] && (statuses[k] < 500 || i == c->nroutes))
				continue;               /* a failure is told before the first one, so that the first one is seen to be one more */
			const char *labels = arena_printf(a, "method=\"%s\",route=\"%s\",status=\"%d\"", i < c->nroutes ? c->routes[i].method : "",
			                                  i < c->nroutes ? c->routes[i].path : "", statuses[k]);
			const char *line = metrics_family_sample(FAMILY_HTTP_REQUESTS, "gateway", labels, c->n[i][k], a);
			bytes_append(&out, line, strlen(line));
		}
	const char *text = arena_strndup(a, out.p, out.len);
	bytes_free(&out);
	return text;
}
