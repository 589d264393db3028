#include "json/json_schema.h"
#include "json/json_pb.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef ProtobufCFieldDescriptor field_t;

json_t *
schema_object(enum schema_side side)
{
	return side == SCHEMA_BODY
		       ? json_pack("{s:s, s:{}, s:b}", "type", "object", "properties", "additionalProperties", 0)
		       : json_pack("{s:s, s:{}}", "type", "object", "properties");
}

void
schema_member(json_t *object, const char *name, size_t len, json_t *schema, bool required)
{
	json_object_setn_new(json_object_get(object, "properties"), name, len, schema);
	if (!required)
		return;
	if (!json_object_get(object, "required"))
		json_object_set_new(object, "required", json_array());
	json_array_append_new(json_object_get(object, "required"), json_stringn(name, len));
}

/* ---- names of their own */

json_t *
schema_ref_named(const char *name)
{
	return json_pack("{s:s+}", "$ref", "#/components/schemas/", name);
}

/* The zero value cannot be given. */
static json_t *
enum_ref(const ProtobufCEnumDescriptor *d, json_t *schemas)
{
	json_t *values = json_array();
	arena_t *a = arena_open(1 << 16);

	for (unsigned i = 0; i < d->n_values; i++)
		if (d->values[i].value != 0)
			json_array_append_new(values, json_string(enum_text(d, d->values[i].value, a)));
	arena_close(&a);
	json_object_set_new(schemas, d->name, json_pack("{s:s, s:o}", "type", "string", "enum", values));
	return schema_ref_named(d->name);
}

/* A message that a body has is closed, and stays so. */
json_t *
schema_ref(const ProtobufCMessageDescriptor *d, enum schema_side side, json_t *schemas)
{
	json_t *there = json_object_get(schemas, d->name);

	if (!there || (side == SCHEMA_BODY && !json_object_get(there, "additionalProperties"))) {
		json_t *object = schema_object(side);
		schema_members(object, d, NULL, side, schemas);
		json_object_set_new(schemas, d->name, object);
	}
	return schema_ref_named(d->name);
}

/* ---- values */

static bool
name_ends(const field_t *f, const char *end)
{
	size_t len = strlen(f->name), cut = strlen(end);
	return len >= cut && strcmp(f->name + len - cut, end) == 0;
}

/* What a name promises of a text: services hold to it (lib/base/ids, rules of months). */
static json_t *
text_schema(const field_t *f, enum schema_side side)
{
	if (json_has_unit(f))
		return json_pack("{s:s}", "description", "Any JSON value.");
	if (strcmp(f->name, "id") == 0 || name_ends(f, "_id") || name_ends(f, "_ids"))
		return schema_ref_named("Id");
	if (strcmp(f->name, "month") == 0)
		return json_pack("{s:s, s:s, s:[s]}", "type", "string", "pattern", "^[0-9]{4}-(0[1-9]|1[0-2])$",
				 "examples", "2017-09");
	return side == SCHEMA_BODY ? json_pack("{s:s, s:i}", "type", "string", "maxLength", (int)JSON_TEXT_MAX)
	                           : json_pack("{s:s}", "type", "string");
}

static json_t *
integer_schema(const field_t *f, const char *format)
{
	json_t *j = json_pack("{s:s, s:s}", "type", "integer", "format", format);

	if (name_ends(f, "_fen") || strcmp(f->name, "fen") == 0)
		json_object_set_new(j, "description", json_string("Fen: hundredths of a yuan."));
	return j;
}

json_t *
schema_value(const field_t *f, enum schema_side side, json_t *schemas)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
		if (json_has_unit(f))
			return json_pack("{s:s, s:s}", "type", "string", "format", "date");
		return integer_schema(f, "int32");
	case PROTOBUF_C_TYPE_SINT32: case PROTOBUF_C_TYPE_SFIXED32:
		return integer_schema(f, "int32");
	case PROTOBUF_C_TYPE_INT64:
		if (json_has_unit(f))
			return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
		return integer_schema(f, "int64");
	case PROTOBUF_C_TYPE_SINT64: case PROTOBUF_C_TYPE_SFIXED64:
		return integer_schema(f, "int64");
	case PROTOBUF_C_TYPE_UINT32: case PROTOBUF_C_TYPE_FIXED32: case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
	case PROTOBUF_C_TYPE_FLOAT: case PROTOBUF_C_TYPE_DOUBLE:
		return json_pack("{s:s}", "type", "number");
	case PROTOBUF_C_TYPE_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case PROTOBUF_C_TYPE_ENUM:
		return enum_ref(f->descriptor, schemas);
	case PROTOBUF_C_TYPE_STRING:
		return text_schema(f, side);
	case PROTOBUF_C_TYPE_BYTES:
		return json_pack("{s:s, s:s}", "type", "string", "pattern", "^([0-9a-f]{2})*$");
	case PROTOBUF_C_TYPE_MESSAGE:
		return schema_ref(f->descriptor, side, schemas);
	}
	return NULL;
}

/* ---- members */

bool
schema_hides(const char *names, const field_t *f)
{
	size_t len = json_name_len(f);

	for (size_t n; names && *names; names += n + (names[n] == ' ')) {
		n = strcspn(names, " ");
		if (n == len && memcmp(names, f->name, n) == 0)
			return true;
	}
	return false;
}

/* Who is alone in a oneof is optional; a list may be left out of a body. */
static bool
is_required(const field_t *f, enum schema_side side)
{
	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return false;
	return side == SCHEMA_ANSWER || f->label != PROTOBUF_C_LABEL_REPEATED;
}

void
schema_members(json_t *object, const ProtobufCMessageDescriptor *d, const char *hidden, enum schema_side side,
	       json_t *schemas)
{
	for (unsigned i = 0; i < d->n_fields; i++) {
		const field_t *f = &d->fields[i];
		if (schema_hides(hidden, f))
			continue;
		json_t *value = schema_value(f, side, schemas);
		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			value = json_pack("{s:s, s:o}", "type", "array", "items", value);
		schema_member(object, f->name, json_name_len(f), value, is_required(f, side));
	}
}
