/* route_line - see route_line.h. */
#include "route_line.h"
#include <string.h>

bool
route_line(const struct route *r, const char *method, const char *path)
{
	const char *p = r->path, *in_district = "/api/v1/districts/{district}";

	if (strncmp(path, "/api/", 5) != 0 && strncmp(p, in_district, strlen(in_district)) == 0)
		p += strlen(in_district);
	for (; *p && *path && *path != '?'; p++, path++) {
		if (*p == '{') {                        /* any segment stands there */
			p += strcspn(p, "}");
			path += strcspn(path, "/?") - 1;
		} else if (*p != *path) {
			return false;
		}
	}
	return strcmp(r->method, method) == 0 && *p == '\0' && (*path == '\0' || *path == '?');
}
