#include "json/member.h"
#include <assert.h>
#include <string.h>

typedef ProtobufCFieldDescriptor Field;

const Field *
member_field(const ProtobufCMessageDescriptor *d, const char *name)
{
	const Field *f = protobuf_c_message_descriptor_get_field_by_name(d, name);

	assert(f);
	return f;
}

static size_t
offset_of(const void *m, const char *name)
{
	return member_field(((const ProtobufCMessage *)m)->descriptor, name)->offset;
}

void
member_get(const void *m, const char *name, void *value, size_t size)
{
	memcpy(value, (const char *)m + offset_of(m, name), size);
}

const char *
member_text(const void *m, const char *name)
{
	const char *text;

	member_get(m, name, &text, sizeof(text));
	return text;
}

void
member_set(void *m, const char *name, const void *value, size_t size)
{
	memcpy((char *)m + offset_of(m, name), value, size);
}

void
member_set_text(void *m, const Field *f, const char *text)
{
	assert(f->type == PROTOBUF_C_TYPE_STRING);
	memcpy((char *)m + f->offset, &text, sizeof(text));
}
