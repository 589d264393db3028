/* event_types - every kind of event that there is, by the name it travels under.
 *
 * The list is made at build from the headings in the .proto files (proto/common.proto says how), so there is none to be
 * kept. */
#pragma once
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct event_type {
	const ProtobufCMessageDescriptor *message;
	bool inside;                    /* the service's own affair: never told to a client */
};

/* NULL: not one of ours; a newer producer's, to be skipped. */
const struct event_type *event_type_of(const char *name);

extern const struct event_type event_list[];    /* generated */
extern const size_t event_list_len;
