#include "json/copy.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

typedef ProtobufCFieldDescriptor Field;

static bool
is_optional(const Field *f)
{
	return f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
}

static bool
is_repeated(const Field *f)
{
	return f->label == PROTOBUF_C_LABEL_REPEATED;
}

static bool
same_type(const Field *a, const Field *b)
{
	return a->type == b->type && a->descriptor == b->descriptor && is_repeated(a) == is_repeated(b);
}

static size_t
size_of(const Field *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT64: case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_FIXED64: case PROTOBUF_C_TYPE_SFIXED64: case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_STRING: case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	default:
		return 4;
	}
}

/* Of a plain field: neither zero nor "". */
static bool
is_something(const char *at, const Field *f)
{
	static const char zero[sizeof(ProtobufCBinaryData)];
	const char *text;

	if (f->type != PROTOBUF_C_TYPE_STRING)
		return memcmp(at, zero, size_of(f)) != 0;
	memcpy(&text, at, sizeof(text));
	return text && *text;
}

static bool
is_there(const char *m, const Field *f)
{
	uint32_t which;

	if (!is_optional(f))
		return is_something(m + f->offset, f);
	memcpy(&which, m + f->quantifier_offset, sizeof(which));
	return which == f->id;
}

static void
copy_repeated(char *to, const Field *f, const char *from, const Field *g)
{
	memcpy(to + f->offset, from + g->offset, sizeof(void *));
	memcpy(to + f->quantifier_offset, from + g->quantifier_offset, sizeof(size_t));
}

static void
copy_one(char *to, const Field *f, const char *from, const Field *g)
{
	bool there = is_there(from, g);
	uint32_t which = there ? f->id : 0;

	if (is_optional(f))
		memcpy(to + f->quantifier_offset, &which, sizeof(which));
	if (there || !is_optional(g))
		memcpy(to + f->offset, from + g->offset, size_of(f));
}

/* Whether `name` is one of those between blanks. */
static bool
is_named(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = names ? strstr(names, name) : NULL; at; at = strstr(at + 1, name))
		if ((at == names || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
			return true;
	return false;
}

static const Field *
counterpart(const struct copy *c, const Field *f)
{
	const Field *g =
		is_named(c->own, f->name) ? NULL : protobuf_c_message_descriptor_get_field_by_name(c->from, f->name);

	return g && same_type(f, g) ? g : NULL;
}

static void
copy_field(char *to, const Field *f, const char *from, const Field *g)
{
	if (is_repeated(f))
		copy_repeated(to, f, from, g);
	else
		copy_one(to, f, from, g);
}

static void
plan_run(const struct copy_plan *plan, void *to, const void *from)
{
	for (unsigned i = 0; i < plan->n; i++)
		copy_field(to, plan->pair[i].to, from, plan->pair[i].from);
}

void
copy_run(const struct copy *c, void *to, const void *from)
{
	assert(((const ProtobufCMessage *)to)->descriptor == c->to);
	assert(((const ProtobufCMessage *)from)->descriptor == c->from);
	if (c->plan && c->plan->n) {
		plan_run(c->plan, to, from);
		return;
	}
	for (unsigned i = 0; i < c->to->n_fields; i++) {
		const Field *f = &c->to->fields[i], *g = counterpart(c, f);
		if (g)
			copy_field(to, f, from, g);
	}
}

static void
plan_make(const struct copy *c, struct copy_plan *plan)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->to->n_fields; i++) {
		const Field *f = &c->to->fields[i], *g = counterpart(c, f);
		if (!g)
			continue;
		assert(n < COPY_PLAN_MAX);
		plan->pair[n].to = f;
		plan->pair[n++].from = g;
	}
	plan->n = n;
}

/* The first name between blanks that is no field of d; NULL: all are. */
static const char *
own_fault(const ProtobufCMessageDescriptor *d, const char *names)
{
	char name[64];

	for (const char *at = names; at && *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		assert(len < sizeof(name));
		memcpy(name, at, len);
		name[len] = '\0';
		if (!protobuf_c_message_descriptor_get_field_by_name(d, name))
			return at;
		at += len;
	}
	return NULL;
}

const char *
copy_fault(const struct copy *c)
{
	for (unsigned i = 0; i < c->to->n_fields; i++)
		if (!is_named(c->own, c->to->fields[i].name) && !counterpart(c, &c->to->fields[i]))
			return c->to->fields[i].name;
	if (c->plan && !c->plan->n)
		plan_make(c, c->plan);
	return own_fault(c->to, c->own);
}
