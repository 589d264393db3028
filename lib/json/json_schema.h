/* json_schema - what JSON a message is (json_pb.h), said as JSON Schema 2020-12, the dialect of OpenAPI 3.1.
 *
 * Messages and enums that a message holds become schemas of their own, by their full names, in an object that the
 * caller keeps; they are referred to as #/components/schemas/NAME.  "Id" is there already: what an id looks like. */
#pragma once
#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

/* A body's schema refuses members it does not know, as the server does; an answer's does not, since members are added
 * over the years.  Where a message is in both, its schema is that of a body. */
enum schema_side { SCHEMA_BODY, SCHEMA_ANSWER };

/* {"type": "object"}, for schema_members to fill. */
json_t *schema_object(enum schema_side side);
/* Adds the members of a message to an object's schema, but for those named in hidden (as json_to_message has it). */
void schema_members(json_t *object, const ProtobufCMessageDescriptor *d, const char *hidden, enum schema_side side,
                    json_t *schemas);
/* Whether these words, with a blank between them, name the member as JSON does. */
bool schema_hides(const char *names, const ProtobufCFieldDescriptor *f);
/* Adds one member. */
void schema_member(json_t *object, const char *name, size_t len, json_t *schema, bool required);

/* A reference to the message's own schema, which is made where it is not there yet. */
json_t *schema_ref(const ProtobufCMessageDescriptor *d, enum schema_side side, json_t *schemas);
json_t *schema_ref_named(const char *name);
/* What a value of a field is; for a repeated field, what one of its items is. */
json_t *schema_value(const ProtobufCFieldDescriptor *f, enum schema_side side, json_t *schemas);
