/* held - subjects that wait behind a parked input. */
#include "engine/held.h"
#include <stdlib.h>
#include <string.h>

bool
held_is(const struct held_subject *held, const char *district, const char *subject)
{
	for (const struct held_subject *h = held; h; h = h->next)
		if (!strcmp(h->district, district) && !strcmp(h->subject, subject))
			return true;
	return false;
}

void
held_add(struct held_subject **held, const char *district, const char *subject)
{
	if (held_is(*held, district, subject))
		return;
	struct held_subject *h = calloc(1, sizeof(*h));
	if (!h || !(h->district = strdup(district)) || !(h->subject = strdup(subject)))
		abort();
	h->next = *held;
	*held = h;
}

void
held_clear(struct held_subject **held)
{
	while (*held) {
		struct held_subject *h = *held;
		*held = h->next;
		free(h->district);
		free(h->subject);
		free(h);
	}
}
