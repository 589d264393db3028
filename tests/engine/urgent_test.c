/* What is urgent to a service is told at once, and what can be deferred is kept back where it is said: a question names
 * the urgent types by hashes (Fetch.urgent), and a type that had the hash of another would be told at once, unnoticed.
 */
#include "bus/event_types.h"
#include "engine/node_state.h"
#include "harness/tally.h"
#include "service_list.h"
#include <string.h>

static int idle;        /* types that are of no concern to who reads them */

static void
check_producer(const struct service *s, const char *producer, arena_t *a)
{
	uint32_t *urgent;
	size_t n = feed_urgent(s, producer, a, &urgent);

	for (size_t i = 0; i < event_list_len; i++) {
		const ProtobufCMessageDescriptor *m = event_list[i].message;
		if (strcmp(m->package_name, producer) != 0)
			continue;
		const struct event_handler *handler = service_event(s, m->name);
		bool at_once = false;
		for (size_t k = 0; k < n; k++)
			at_once = at_once || urgent[k] == ring_type_hash(m->name);
		checkf(at_once == (handler && !handler->deferrable), m->name, "is %s to %s",
		       at_once ? "urgent" : "kept back", s->name);
		idle += !handler;
	}
}

int
main(void)
{
	arena_t *a = arena_open(1 << 20);

	for (size_t i = 0; i < SERVICES; i++)
		for (size_t k = 0; service_list[i]->consumes[k]; k++)
			if (strcmp(service_list[i]->consumes[k], service_list[i]->name) != 0)
				check_producer(service_list[i], service_list[i]->consumes[k], a);
	check(idle > 50, "what is of no concern", "is rare");
	arena_close(&a);
	return tally_end();
}
