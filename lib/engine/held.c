/* held - what a node remembers beside its partitions: the districts that exist, and subjects that wait behind a parked input. */
#include "engine/node_state.h"
#include <stdlib.h>
#include <string.h>

/* ---- districts known to exist (never forgotten: they never cease to) */

static size_t
district_place(const node_t *n, const char *district)
{
	size_t lo = 0, hi = n->ndistricts;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(n->districts[mid], district) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
district_known(const node_t *n, const char *district)
{
	size_t i = district_place(n, district);
	return i < n->ndistricts && !strcmp(n->districts[i], district);
}

void
district_learn(node_t *n, const char *district)
{
	size_t i = district_place(n, district);

	if (district_known(n, district) || !district_valid(district))
		return;
	if (n->ndistricts == n->districts_cap) {
		n->districts_cap = n->districts_cap ? 2 * n->districts_cap : 16;
		n->districts = realloc(n->districts, n->districts_cap * sizeof(*n->districts));
		if (!n->districts)
			abort();
	}
	memmove(&n->districts[i + 1], &n->districts[i], (n->ndistricts++ - i) * sizeof(*n->districts));
	memcpy(n->districts[i], district, 7);
	n->districts[i][7] = '\0';
}

/* ---- held subjects */

bool
held_is(const struct partition *p, const char *district, const char *subject)
{
	for (const struct held_subject *h = p->held; h; h = h->next)
		if (!strcmp(h->district, district) && !strcmp(h->subject, subject))
			return true;
	return false;
}

void
held_add(struct partition *p, const char *district, const char *subject)
{
	if (held_is(p, district, subject))
		return;
	struct held_subject *h = calloc(1, sizeof(*h));
	if (!h || !(h->district = strdup(district)) || !(h->subject = strdup(subject)))
		abort();
	h->next = p->held;
	p->held = h;
}

void
held_clear(struct partition *p)
{
	while (p->held) {
		struct held_subject *h = p->held;
		p->held = h->next;
		free(h->district);
		free(h->subject);
		free(h);
	}
}
