/* refusals - see refusals.h. */
#include "refusals.h"
#include <stdio.h>
#include <string.h>

bool
refusals_is_news(struct refusals *r, const char *what, int64_t now_us)
{
	int oldest = 0;

	for (int i = 0; i < REFUSALS_MAX; i++) {
		if (*r->of[i].what && !strncmp(r->of[i].what, what, REFUSAL_TEXT_MAX - 1)) {
			oldest = i;
			break;
		}
		if (!*r->of[oldest].what)
			continue;
		if (!*r->of[i].what || r->of[i].told_us < r->of[oldest].told_us)
			oldest = i;
	}
	if (*r->of[oldest].what && now_us - r->of[oldest].told_us < REFUSAL_AGAIN_US)
		return false;                   /* told lately; or others fill the minute */
	snprintf(r->of[oldest].what, REFUSAL_TEXT_MAX, "%s", what);
	r->of[oldest].told_us = now_us;
	return true;
}
