#include "pages/pages.h"
#include "base/ids.h"
#include "http/target.h"
#include "pages/console.h"
#include <string.h>

static bool
is_root_file(const char *name)
{
	return !*name || strcmp(name, "sw.js") == 0 || strcmp(name, "manifest.webmanifest") == 0;
}

bool
pages_own(char *const *segments, int n)
{
	if (n < 1)
		return false;
	if (district_valid(segments[0]) || strcmp(segments[0], "p") == 0)
		return true;
	return n == 1 ? is_root_file(segments[0]) : n == 2 && strcmp(segments[0], "assets") == 0;
}

/* The console finds its way by the address itself, so all of its pages are one file; the public's are another. */
static const char *
file_of(const char *path)
{
	bool is_district = path[1] >= '0' && path[1] <= '9';

	if (!path[1] || is_district)
		return "index.html";
	return strcmp(path, "/p") == 0 || strncmp(path, "/p/", 3) == 0 ? "public.html" : path + 1;
}

void
pages_run(call_t *c, int64_t mono_us)
{
	struct reply r = REPLY_NONE;

	(void)mono_us;
	c->target[target_path_len(c->target)] = '\0';
	if (console_file(c->api->set.console, file_of(c->target), c->if_none_match, c->accept_encoding, &r))
		call_reply(c, &r);
	else
		call_refuse(c, REFUSED_ROUTE, NULL);
}
