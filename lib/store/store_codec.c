/* store_codec - see store_codec.h.
 *
 * Lengths that the server sends are trusted: it has told the type, and the type fixes the format.  What a field cannot
 * hold (a bigint beyond uint32) is a bug of statement or schema and aborts rather than wrap. */
#include "store/store_codec.h"

#include <assert.h>
#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PG_EPOCH_US  946684800000000LL          /* timestamptz counts from 2000-01-01 */
#define PG_EPOCH_DAY 10957

enum { OID_TEXT = 25, OID_TEXT_ARRAY = 1009 };

/* ---- bytes out */

static void
put(struct store_bytes *b, const void *p, size_t n)
{
	if (b->full || n > STORE_BYTES_MAX - b->len) {
		b->full = true;
		return;
	}
	if (b->len + n > b->cap) {
		size_t cap = b->cap ? b->cap : 4096;
		while (cap < b->len + n)
			cap *= 2;
		char *at = realloc(b->at, cap);
		if (!at)
			abort();
		b->at = at;
		b->cap = cap;
	}
	if (n)
		memcpy(b->at + b->len, p, n);
	b->len += n;
}

static void
put32(struct store_bytes *b, int64_t v)
{
	uint32_t x = htobe32((uint32_t)v);
	put(b, &x, sizeof(x));
}

static void
put64(struct store_bytes *b, int64_t v)
{
	uint64_t x = htobe64((uint64_t)v);
	put(b, &x, sizeof(x));
}

static int32_t
get32(const char *p)
{
	uint32_t x;
	memcpy(&x, p, sizeof(x));
	return (int32_t)be32toh(x);
}

static int64_t
get64(const char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof(x));
	return (int64_t)be64toh(x);
}

/* ---- fields */

static inline const void *
field_at(const ProtobufCFieldDescriptor *f, const void *m)
{
	return (const char *)m + f->offset;
}

static inline void *
field_in(const ProtobufCFieldDescriptor *f, void *m)
{
	return (char *)m + f->offset;
}

static int64_t
field_int(const ProtobufCFieldDescriptor *f, const void *m)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT64:
		return *(const int64_t *)field_at(f, m);
	case PROTOBUF_C_TYPE_UINT32:
		return *(const uint32_t *)field_at(f, m);
	default:                                /* int32, bool and enum are as wide as an int */
		return *(const int32_t *)field_at(f, m);
	}
}

static void
field_set_int(const ProtobufCFieldDescriptor *f, void *m, int64_t v)
{
	if (f->type == PROTOBUF_C_TYPE_INT64) {
		*(int64_t *)field_in(f, m) = v;
	} else if (f->type == PROTOBUF_C_TYPE_UINT32) {
		assert(v >= 0 && v <= UINT32_MAX);
		*(uint32_t *)field_in(f, m) = (uint32_t)v;
	} else {
		*(int32_t *)field_in(f, m) = (int32_t)v;
	}
}

static const ProtobufCEnumValue *
field_enum(const ProtobufCFieldDescriptor *f, const void *m)
{
	return protobuf_c_enum_descriptor_get_value(f->descriptor, (int)field_int(f, m));
}

bool
store_field_null(const ProtobufCFieldDescriptor *f, const void *m)
{
	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
	    *(const uint32_t *)((const char *)m + f->quantifier_offset) != f->id)
		return true;
	return f->type == PROTOBUF_C_TYPE_ENUM && (field_int(f, m) == 0 || !field_enum(f, m));
}

/* ---- each type, both ways */

static void
encode_bool(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	put(out, field_int(f, m) ? "\1" : "\0", 1);
}

static void
decode_bool(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	(void)len, (void)a;
	field_set_int(f, m, at[0] != 0);
}

static void
encode_bigint(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	put64(out, field_int(f, m));
}

static void
decode_bigint(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	(void)len, (void)a;
	field_set_int(f, m, get64(at));
}

static void
encode_integer(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	put32(out, field_int(f, m));
}

static void
decode_integer(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	(void)len, (void)a;
	field_set_int(f, m, get32(at));
}

/* The ends of the range are PostgreSQL's infinities, both ways; what lies outside its calendar the server refuses. */
static void
encode_instant(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	int64_t us = field_int(f, m), pg;

	if (us == INT64_MAX || us == INT64_MIN)
		pg = us;
	else if (__builtin_sub_overflow(us, PG_EPOCH_US, &pg))
		pg = INT64_MIN + 1;
	put64(out, pg);
}

static void
decode_instant(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	int64_t pg = get64(at), us;

	(void)len, (void)a;
	if (pg == INT64_MIN)
		us = INT64_MIN;
	else if (__builtin_add_overflow(pg, PG_EPOCH_US, &us))
		us = INT64_MAX;
	field_set_int(f, m, us);
}

static void
encode_date(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	int64_t day = field_int(f, m);

	if (day != INT32_MAX && day != INT32_MIN && (day -= PG_EPOCH_DAY) <= INT32_MIN)
		day = INT32_MIN + 1;
	put32(out, day);
}

static void
decode_date(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	int64_t pg = get32(at);

	(void)len, (void)a;
	field_set_int(f, m, pg == INT32_MAX || pg == INT32_MIN ? pg : pg + PG_EPOCH_DAY);
}

static void
encode_double(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	int64_t x;
	memcpy(&x, field_at(f, m), sizeof(x));
	put64(out, x);
}

static void
decode_double(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	int64_t x = get64(at);
	(void)len, (void)a;
	memcpy(field_in(f, m), &x, sizeof(x));
}

static void
encode_text(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	const char *s = *(char *const *)field_at(f, m);
	if (s)
		put(out, s, strlen(s));
}

static void
decode_text(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	*(char **)field_in(f, m) = arena_strndup(a, at, len);
}

static void
encode_enum(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	const char *name = field_enum(f, m)->name;
	size_t start = out->len;

	put(out, name, strlen(name));
	for (size_t i = start; i < out->len; i++)
		if (out->at[i] >= 'A' && out->at[i] <= 'Z')
			out->at[i] |= 0x20;
}

/* A name that the message does not know (yet) is 0, as it is for protobuf's own readers of a new value. */
static void
decode_enum(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	char *name = arena_strndup(a, at, len);
	const ProtobufCEnumValue *v;

	for (char *c = name; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c &= ~0x20;
	v = protobuf_c_enum_descriptor_get_value_by_name(f->descriptor, name);
	field_set_int(f, m, v ? v->value : 0);
}

static void
encode_bytea(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	const ProtobufCBinaryData *b = field_at(f, m);
	put(out, b->data, b->len);
}

static void
decode_bytea(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	*(ProtobufCBinaryData *)field_in(f, m) = (ProtobufCBinaryData){ .len = len, .data = arena_copy(a, at, len) };
}

/* A list of texts as an array literal, {"a","b"}: an array of arrays would have to be rectangular. */
static void
encode_literal(const ProtobufCFieldDescriptor *f, const void *m, struct store_bytes *out)
{
	char *const *texts = *(char **const *)field_at(f, m);
	size_t n = *(const size_t *)((const char *)m + f->quantifier_offset);

	put(out, "{", 1);
	for (size_t i = 0; i < n; i++) {
		put(out, i ? ",\"" : "\"", i ? 2 : 1);
		for (const char *s = texts[i] ? texts[i] : ""; *s;) {
			size_t plain = strcspn(s, "\"\\");
			put(out, s, plain);
			s += plain;
			if (*s) {
				put(out, "\\", 1);
				put(out, s++, 1);
			}
		}
		put(out, "\"", 1);
	}
	put(out, "}", 1);
}

/* array_send: dimensions, whether NULLs, element oid; length and lower bound of each dimension; then the elements, each
 * with its length, -1 for NULL (read as ""). */
static void
decode_texts(const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len, arena_t *a)
{
	int dimensions = get32(at);
	size_t n = dimensions > 0;
	const char *p = at + 12;

	(void)len;
	for (int i = 0; i < dimensions; i++, p += 8)
		n *= (size_t)get32(p);
	char **texts = n ? arena_alloc(a, n * sizeof(*texts)) : NULL;
	for (size_t i = 0; i < n; i++) {
		int32_t size = get32(p);
		texts[i] = arena_strndup(a, p += 4, size > 0 ? (size_t)size : 0);
		p += size > 0 ? size : 0;
	}
	*(size_t *)((char *)m + f->quantifier_offset) = n;
	*(char ***)field_in(f, m) = texts;
}

/* ---- which may meet which */

#define F(t) (1u << PROTOBUF_C_TYPE_##t)

static const struct store_codec codecs[] = {
	{   16, 1000, F(BOOL),              NULL,   false, encode_bool,    decode_bool },
	{   17, 1001, F(BYTES),             NULL,   false, encode_bytea,   decode_bytea },
	{   20, 1016, F(INT64) | F(UINT32), NULL,   false, encode_bigint,  decode_bigint },
	{   23, 1007, F(INT32),             NULL,   false, encode_integer, decode_integer },
	{  701, 1022, F(DOUBLE),            NULL,   false, encode_double,  decode_double },
	{ 1082, 1182, F(INT32),             "_day", false, encode_date,    decode_date },
	{ 1184, 1185, F(INT64),             "_us",  false, encode_instant, decode_instant },
	{ OID_TEXT, OID_TEXT_ARRAY, F(STRING), NULL, false, encode_text,    decode_text },
	{ OID_TEXT, OID_TEXT_ARRAY, F(ENUM),   NULL, false, encode_enum,    decode_enum },
	{ OID_TEXT, OID_TEXT_ARRAY, F(STRING), NULL, true,  encode_literal, NULL },
	{ OID_TEXT_ARRAY, 0,        F(STRING), NULL, true,  NULL,           decode_texts },
};

static bool
accepts(const struct store_codec *c, const ProtobufCFieldDescriptor *f)
{
	size_t name = strlen(f->name), suffix = c->suffix ? strlen(c->suffix) : 0;

	return (c->types & (1u << f->type)) && c->repeated == (f->label == PROTOBUF_C_LABEL_REPEATED) &&
	       name > suffix && (!suffix || strcmp(f->name + name - suffix, c->suffix) == 0);
}

const struct store_codec *
store_codec_param(unsigned oid, const ProtobufCFieldDescriptor *f)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (codecs[i].encode && (codecs[i].oid == oid || codecs[i].array == oid) && accepts(&codecs[i], f))
			return &codecs[i];
	return NULL;
}

const struct store_codec *
store_codec_column(unsigned oid, const ProtobufCFieldDescriptor *f)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (codecs[i].decode && codecs[i].oid == oid && accepts(&codecs[i], f))
			return &codecs[i];
	return NULL;
}

void
store_encode_array(const struct store_codec *c, const ProtobufCFieldDescriptor *f, const void *const *m, size_t n,
                   struct store_bytes *out)
{
	size_t nulls = 0;

	for (size_t i = 0; i < n; i++)
		nulls += store_field_null(f, m[i]);
	put32(out, n > 0);                      /* an empty array has no dimension */
	put32(out, nulls > 0);
	put32(out, c->oid);
	if (n) {
		put32(out, (int64_t)n);
		put32(out, 1);
	}
	for (size_t i = 0; i < n; i++) {
		size_t size_at = out->len;
		put32(out, -1);
		if (store_field_null(f, m[i]))
			continue;
		c->encode(f, m[i], out);
		if (out->full)
			return;
		uint32_t size = htobe32((uint32_t)(out->len - size_at - 4));
		memcpy(out->at + size_at, &size, sizeof(size));
	}
}

void
store_decode(const struct store_codec *c, const ProtobufCFieldDescriptor *f, void *m, const char *at, size_t len,
             arena_t *a)
{
	c->decode(f, m, at, len, a);
	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		*(uint32_t *)((char *)m + f->quantifier_offset) = f->id;
}
