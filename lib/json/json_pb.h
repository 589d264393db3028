/* json_pb - any protobuf message to and from JSON, by its descriptor.
 *
 * The field's name tells how JSON sees it (proto/common.proto): "on_day" is "on", a date; "at_us" is "at", RFC 3339;
 * "x_json" is "x", any JSON (kept as compact text).  Enum values are their names in lower case; the zero value
 * ("…UNSPECIFIED") is none: it cannot be given, and is left out.  A field alone in its oneof is optional: absent, never
 * null. Every other field is required on the way in and always present on the way out.  Exception on the way in: a
 * repeated field may be absent. */
#pragma once
#include "base/arena.h"
#include "wire.pb-c.h"
#include <jansson.h>
#include <stdbool.h>

enum { JSON_ERRORS_MAX = 16, JSON_TEXT_MAX = 4096 /* bytes of one string */, JSON_DEPTH_MAX = 32 };

/* A member's name in JSON: so many characters of the field's. */
size_t json_name_len(const ProtobufCFieldDescriptor *f);
/* Whether the rest of the field's name is a unit: it is a date, an instant or free JSON. */
bool json_has_unit(const ProtobufCFieldDescriptor *f);

/* Always a new object; members in the order of the message's tags. */
json_t *json_from_message(const ProtobufCMessage *m);

/* Fills a message from an object.  `hidden` names members (as JSON sees them, space-separated, or NULL) that come from
 * elsewhere: refused as unknown in the object, and not missed.  On false, *problem is a 422 with up to JSON_ERRORS_MAX
 * errors, in the arena; *out is then the message as far as it could be filled.
 * Codes: json.unknown_field, json.missing, json.type, json.null, json.range, json.value, json.text (bad UTF-8, what is
 * no text that people read (utf8_shown), or too long).  Pointers are RFC 6901. */
bool json_to_message(json_t *j, const ProtobufCMessageDescriptor *d, const char *hidden, arena_t *a,
                     ProtobufCMessage **out, Wire__Problem **problem) __attribute__((warn_unused_result));

/* The same of what was taken already, perhaps by an earlier version: which texts are shown is not asked again. */
bool json_to_message_stored(json_t *j, const ProtobufCMessageDescriptor *d, arena_t *a, ProtobufCMessage **out,
			    Wire__Problem **problem) __attribute__((warn_unused_result));

/* The same for a body that may be one of our answers, changed: top-level members that `of` has and the message has not,
 * or that are hidden, are put into `known`, a message of `of`, and not judged: their texts are as what is stored. */
struct json_known { const ProtobufCMessageDescriptor *of; ProtobufCMessage *m; uint32_t *tags; size_t n; };
bool json_to_message_known(json_t *j, const ProtobufCMessageDescriptor *d, const char *hidden, arena_t *a,
			   struct json_known *known, ProtobufCMessage **out, Wire__Problem **problem)
	__attribute__((warn_unused_result));
/* Whether all of `tags` are in m as in known: of the same type. */
bool json_known_equal(const ProtobufCMessage *known, const ProtobufCMessage *m, const uint32_t *tags, size_t n,
		      arena_t *a);

/* One field from text (a path part, a query value): the same names and rules.  False: no such field, or a bad value. */
bool json_field_from_text(ProtobufCMessage *m, const char *json_name, const char *text, arena_t *a)
	__attribute__((warn_unused_result));

/* The same, and what is wrong with the value, in the words of a body: NULL when nothing is.  No such field, or one that
 * is no single value: json.unknown_field. */
struct json_fault { const char *code, *detail; };
const struct json_fault *json_field_take(ProtobufCMessage *m, const char *json_name, const char *text, arena_t *a)
	__attribute__((warn_unused_result));
/* The field that JSON calls so, NULL: none. */
const ProtobufCFieldDescriptor *json_field_named(const ProtobufCMessageDescriptor *d, const char *json_name);

/* A problem with one error, or none when pointer is NULL; text is copied. */
Wire__Problem *problem_make(arena_t *a, int status, const char *code, const char *pointer, const char *detail);
int32_t problem_retry_s(int64_t wait_us);       /* whole seconds, at least one */
/* Value of an enum as JSON says it ("unexcused_absence"); "" when unknown.  In the arena. */
const char *enum_text(const ProtobufCEnumDescriptor *d, int value, arena_t *a);
bool enum_value(const ProtobufCEnumDescriptor *d, const char *text, int *value);
