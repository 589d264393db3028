/* member - a message's members by their names, for code that serves many messages.  One that is not there is a bug. */
#pragma once
#include <protobuf-c/protobuf-c.h>

const ProtobufCFieldDescriptor *member_field(const ProtobufCMessageDescriptor *d, const char *name);
const char *member_text(const void *m, const char *name);
void member_get(const void *m, const char *name, void *value, size_t size);
void member_set(void *m, const char *name, const void *value, size_t size);
void member_set_text(void *m, const ProtobufCFieldDescriptor *f, const char *text);     /* shared, not copied */
