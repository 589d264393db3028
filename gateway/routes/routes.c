#include "routes/routes.h"
#include "routes/row.h"
#include <string.h>

/* In the order in which docs/access.md, the OpenAPI document and /metrics tell them. */
static const struct route_rows *const services[] = {
	&roster_routes, &supervision_routes, &attendance_routes, &accountability_routes, &funding_routes,
	&alerts_routes, &incentives_routes, &gateway_routes,
};
enum { SERVICES = sizeof(services) / sizeof(services[0]) };

size_t
routes_count(void)
{
	size_t n = 0;

	for (int i = 0; i < SERVICES; i++)
		n += services[i]->n;
	return n;
}

const struct route *
route_at(size_t number)
{
	int i = 0;

	for (; number >= services[i]->n; i++)
		number -= services[i]->n;
	return &services[i]->at[number];
}

size_t
route_number(const struct route *r)
{
	size_t before = 0;
	int i = 0;

	for (; r < services[i]->at || r >= services[i]->at + services[i]->n; i++)
		before += services[i]->n;
	return before + (size_t)(r - services[i]->at);
}

const char *
route_district(const struct route_match *m)
{
	for (int i = 0; i < m->nparams; i++)
		if (m->params[i].name_len == 8 && memcmp(m->params[i].name, "district", 8) == 0)
			return m->params[i].value;
	return "";
}

static bool
param_take(struct route_match *m, const char *name, size_t len, const char *value)
{
	if (m->nparams == ROUTE_PARAMS_MAX || strlen(value) > ID_MAX)
		return false;
	struct route_param *p = &m->params[m->nparams++];
	p->name = name;
	p->name_len = len;
	strcpy(p->value, value);
	return len == 8 && memcmp(name, "district", 8) == 0 ? district_valid(value) : id_valid(value);
}

/* Walks the pattern "/api/v1/x/{id}" along the segments. */
static bool
path_matches(const char *pattern, char *const *segments, int n, struct route_match *m)
{
	m->nparams = 0;
	for (int i = 0; i < n; i++) {
		if (*pattern != '/')
			return false;
		size_t len = strcspn(++pattern, "/");
		if (*pattern == '{') {
			if (!param_take(m, pattern + 1, len - 2, segments[i]))
				return false;
		} else if (strlen(segments[i]) != len || memcmp(pattern, segments[i], len) != 0) {
			return false;
		}
		pattern += len;
	}
	return *pattern == '\0';
}

static void
allow_add(char allow[ROUTE_ALLOW_MAX], const char *method)
{
	if (*allow)
		strcat(allow, ", ");
	strcat(allow, method);
	if (strcmp(method, "GET") == 0)
		strcat(allow, ", HEAD");
}

/* Its path is this one; then *allow has its method, and *m is it if that is the one wanted. */
static bool
row_matches(const struct route *r, const char *method, char *const *segments, int n, struct route_match *m,
            char allow[ROUTE_ALLOW_MAX])
{
	struct route_match here;

	if (!path_matches(r->path, segments, n, &here))
		return false;
	allow_add(allow, r->method);
	if (strcmp(method, r->method) != 0)
		return false;
	here.route = r;
	*m = here;
	return true;
}

enum route_found
route_find(const char *method, char *const *segments, int n, bool manual_clock, struct route_match *m,
           char allow[ROUTE_ALLOW_MAX])
{
	bool found = false;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	allow[0] = '\0';
	for (int i = 0; i < SERVICES; i++)
		for (const struct route *r = services[i]->at; r < services[i]->at + services[i]->n; r++)
			found |= (manual_clock || !(r->flags & ROUTE_MANUAL_CLOCK)) &&
			         row_matches(r, method, segments, n, m, allow);
	return found ? ROUTE_FOUND : *allow ? ROUTE_OTHER_METHOD : ROUTE_NONE;
}
