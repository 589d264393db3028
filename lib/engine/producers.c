/* producers - whose events a service reads, and what it does with them. */
#include "engine/producers.h"
#include "engine/node_state.h"
#include <string.h>

bool
producer_of(const node_t *n, const char *service, size_t *i)
{
	for (*i = 0; *i < n->nproducers; ++*i)
		if (!strcmp(n->svc->consumes[*i], service))
			return true;
	return false;
}

bool
producer_is_self(const node_t *n, size_t producer)
{
	return !strcmp(n->svc->consumes[producer], n->svc->name);
}

const struct event_handler *
producer_handler(const node_t *n, int producer, const char *type)
{
	return producer >= 0 && producer_is_self(n, (size_t)producer) ? service_after_commit(n->svc, type)
								      : service_event(n->svc, type);
}
