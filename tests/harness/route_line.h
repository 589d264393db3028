/* route_line - whether a line of a test's own table, written by hand, is of a route. */
#pragma once
#include "routes/routes.h"

/* path: below a district, or a whole one, without braces but where the route has them; what follows ? is no matter. */
bool route_line(const struct route *r, const char *method, const char *path);
