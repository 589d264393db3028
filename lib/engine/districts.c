/* districts - those that are known to exist; never forgotten, since they never cease to. */
#include "engine/districts.h"
#include "base/ids.h"
#include <stdlib.h>
#include <string.h>

static size_t
district_place(const struct districts *d, const char *district)
{
	size_t lo = 0, hi = d->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(d->at[mid], district) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
district_known(const struct districts *d, const char *district)
{
	size_t i = district_place(d, district);
	return i < d->n && !strcmp(d->at[i], district);
}

void
district_learn(struct districts *d, const char *district)
{
	size_t i = district_place(d, district);

	if (district_known(d, district) || !district_valid(district))
		return;
	if (d->n == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 16;
		d->at = realloc(d->at, d->cap * sizeof(*d->at));
		if (!d->at)
			abort();
	}
	memmove(&d->at[i + 1], &d->at[i], (d->n++ - i) * sizeof(*d->at));
	memcpy(d->at[i], district, 7);
	d->at[i][7] = '\0';
}

void
districts_free(struct districts *d)
{
	free(d->at);
	*d = (struct districts){ 0 };
}
