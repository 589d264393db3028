#include "bus/event_types.h"
#include <string.h>

const struct event_type *
event_type_of(const char *name)
{
	for (size_t i = 0; i < event_list_len; i++)
		if (strcmp(event_list[i].message->name, name) == 0)
			return &event_list[i];
	return NULL;
}
