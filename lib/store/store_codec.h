/* store_codec - one SQL value <-> one field of a message, in PostgreSQL's binary format.  Private to lib/store.
 *
 * In: a field and the type oid the server told; out: bytes for the wire, or the field filled in the arena.
 * The table of types that may meet is in store.h. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum { STORE_BYTES_MAX = 16 << 20 };

/* A growing buffer with a bound.  What would pass the bound is not written, and `full` says so. */
struct store_bytes { char *at; size_t len, cap; bool full; };

struct store_codec {
	unsigned oid, array;            /* of the type, and of arrays of it */
	unsigned types;                 /* of fields, a bit each */
	const char *suffix;             /* of the field's name; NULL: any */
	bool repeated;
	void (*encode)(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out);
	void (*decode)(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a);
};

/* NULL: the type and the field do not match. */
const struct store_codec *store_codec_param(unsigned oid, const ProtobufCFieldDescriptor *f);
const struct store_codec *store_codec_column(unsigned oid, const ProtobufCFieldDescriptor *f);

/* A field that stands for NULL: a oneof member not set, an enum without a name or at zero. */
bool store_field_null(const ProtobufCFieldDescriptor *f, const void *m);
/* The field of every message as one array (array_send's format). */
void store_encode_array(const struct store_codec *c, const ProtobufCFieldDescriptor *f, const void *const *m, size_t n,
                        struct store_bytes *out);
/* Fills the field, and marks it as the set one of its oneof. */
void store_decode(const struct store_codec *c, const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len,
                  arena_t *a);
