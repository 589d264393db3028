/* json_pb - any protobuf message to and from JSON, by its descriptor.
 *
 * In: what jansson parsed (with JSON_REJECT_DUPLICATES, without JSON_ALLOW_NUL), or one text of a path or a query.
 * Out: messages and problems in the caller's arena, JSON values for the caller to free.  Owns nothing.
 *
 * Bodies come from strangers.  What they can make us allocate is a small multiple of what they sent: lists stop growing
 * once the problem is full, and a name too long to point at is left out of the pointer. */
#include "json/json_pb.h"
#include "base/civil.h"
#include "base/utf8.h"
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 64, ENUM_NAME_MAX = 64, NAME_SHOWN_MAX = 128 };

typedef ProtobufCFieldDescriptor field_t;

enum fault { FINE, UNKNOWN_FIELD, MISSING, TYPE, IS_NULL, RANGE, VALUE, TEXT };
static const struct json_fault faults[] = {
	[UNKNOWN_FIELD] = { "json.unknown_field", "There is a member that does not belong here." },
	[MISSING] = { "json.missing", "A required member is missing." },
	[TYPE] = { "json.type", "A value has the wrong JSON type." },
	[IS_NULL] = { "json.null", "null is not a value; leave an optional member out." },
	[RANGE] = { "json.range", "A value is out of range." },
	[VALUE] = { "json.value", "A value is not one of those allowed here." },
	[TEXT] = { "json.text",
		   "A string is too long, or holds controls, unseen characters, or such as turn its direction." },
};

/* ---- how JSON names a field ------------------------------------------------ */

/* Units are part of the wire's names, not of JSON's: there the value itself shows what it is. */
static const char *
unit_of(const field_t *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
		return "_day";
	case PROTOBUF_C_TYPE_INT64:
		return "_us";
	case PROTOBUF_C_TYPE_STRING:
		return "_json";
	default:
		return "";
	}
}

size_t
json_name_len(const field_t *f)
{
	const char *unit = unit_of(f);
	size_t len = strlen(f->name), cut = strlen(unit);
	return len > cut && memcmp(f->name + len - cut, unit, cut) == 0 ? len - cut : len;
}

bool
json_has_unit(const field_t *f)
{
	return f->name[json_name_len(f)] != '\0';
}

static bool
is_free_json(const field_t *f)
{
	return f->type == PROTOBUF_C_TYPE_STRING && json_has_unit(f);
}

static bool
is_named(const field_t *f, const char *name, size_t len)
{
	return strncmp(f->name, name, len) == 0 && json_name_len(f) == len;
}

/* Index of a field, or -1.  Clients mostly keep our order, so the search begins where the last one ended. */
static int
field_find(const ProtobufCMessageDescriptor *d, const char *name, size_t len, unsigned from)
{
	for (unsigned k = 0; k < d->n_fields; k++) {
		unsigned i = from + k < d->n_fields ? from + k : from + k - d->n_fields;
		if (is_named(&d->fields[i], name, len))
			return (int)i;
	}
	return -1;
}

static size_t
width_of(ProtobufCType t)
{
	switch (t) {
	case PROTOBUF_C_TYPE_INT64: case PROTOBUF_C_TYPE_SINT64: case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_FIXED64: case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_STRING: case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return 4;       /* enums and protobuf_c_boolean are ints */
	}
}

static void *
member(const void *m, size_t offset)
{
	return (char *)m + offset;
}

/* ---- enums ----------------------------------------------------------------- */

/* Length of the value's JSON name; 0 when the enum does not know the value. */
static size_t
enum_name(const ProtobufCEnumDescriptor *d, int value, char out[ENUM_NAME_MAX])
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, value);
	size_t len = v ? strlen(v->name) : 0;

	assert(len < ENUM_NAME_MAX);
	for (size_t i = 0; i < len; i++)
		out[i] = v->name[i] >= 'A' && v->name[i] <= 'Z' ? (char)(v->name[i] + 'a' - 'A') : v->name[i];
	out[len] = '\0';
	return len;
}

const char *
enum_text(const ProtobufCEnumDescriptor *d, int value, arena_t *a)
{
	char name[ENUM_NAME_MAX];
	return arena_strndup(a, name, enum_name(d, value, name));
}

/* Upper-case text is refused: each value has one spelling. */
bool
enum_value(const ProtobufCEnumDescriptor *d, const char *text, int *value)
{
	char name[ENUM_NAME_MAX];
	size_t len = strlen(text);

	if (len >= sizeof(name))
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (text[i] >= 'A' && text[i] <= 'Z')
			return false;
		name[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
	}
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(d, name);
	if (!v || v->value == 0)
		return false;
	*value = v->value;
	return true;
}

/* ---- out ------------------------------------------------------------------- */

static bool
instant_has_text(int64_t at_us)
{
	return at_us >= instant_of_day(DAY_EVER) && at_us - instant_of_day(DAY_MAX) < DAY_US;
}

static json_t *
day_out(int32_t day)
{
	char text[DAY_TEXT_MAX];

	if (day < DAY_EVER || day > DAY_MAX)
		return NULL;
	day_text(day, text);
	return json_string_nocheck(text);
}

static json_t *
instant_out(int64_t at_us)
{
	char text[INSTANT_TEXT_MAX];

	if (!instant_has_text(at_us))
		return NULL;
	instant_text(at_us, text);
	return json_string_nocheck(text);
}

static json_t *
enum_out(const ProtobufCEnumDescriptor *d, int value)
{
	char name[ENUM_NAME_MAX];
	return json_stringn_nocheck(name, enum_name(d, value, name));
}

static json_t *
hex_out(const ProtobufCBinaryData *b)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * b->len + 1);

	if (!text)
		abort();
	for (size_t i = 0; i < b->len; i++) {
		text[2 * i] = digits[b->data[i] >> 4];
		text[2 * i + 1] = digits[b->data[i] & 15];
	}
	json_t *j = json_stringn_nocheck(text, 2 * b->len);
	free(text);
	return j;
}

static json_t *
free_json_out(const char *text)
{
	json_t *j = json_loads(text ? text : "", JSON_DECODE_ANY, NULL);
	return j ? j : json_object();
}

static json_t *
value_out(const field_t *f, const void *p)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
		return json_has_unit(f) ? day_out(*(const int32_t *)p) : json_integer(*(const int32_t *)p);
	case PROTOBUF_C_TYPE_SINT32: case PROTOBUF_C_TYPE_SFIXED32:
		return json_integer(*(const int32_t *)p);
	case PROTOBUF_C_TYPE_UINT32: case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)p);
	case PROTOBUF_C_TYPE_INT64:
		return json_has_unit(f) ? instant_out(*(const int64_t *)p) : json_integer(*(const int64_t *)p);
	case PROTOBUF_C_TYPE_SINT64: case PROTOBUF_C_TYPE_SFIXED64:
		return json_integer(*(const int64_t *)p);
	case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_FIXED64:
		return *(const uint64_t *)p <= INT64_MAX ? json_integer(*(const int64_t *)p) : NULL;
	case PROTOBUF_C_TYPE_FLOAT:
		return json_real(*(const float *)p);
	case PROTOBUF_C_TYPE_DOUBLE:
		return json_real(*(const double *)p);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)p);
	case PROTOBUF_C_TYPE_ENUM:
		return enum_out(f->descriptor, *(const int *)p);
	case PROTOBUF_C_TYPE_STRING:
		return is_free_json(f) ? free_json_out(*(char *const *)p) : json_string(*(char *const *)p);
	case PROTOBUF_C_TYPE_BYTES:
		return hex_out(p);
	case PROTOBUF_C_TYPE_MESSAGE:
		return json_from_message(*(ProtobufCMessage *const *)p);
	}
	return NULL;
}

/* What JSON cannot say (bad UTF-8, NaN, a day beyond the calendar) never passed json_to_message, so it is a bug of
 * whoever filled the message; null shows it, where leaving it out or inventing a value would hide it. */
static json_t *
said(json_t *j)
{
	return j ? j : json_null();
}

static json_t *
list_out(const field_t *f, const char *items, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, said(value_out(f, items + i * width_of(f->type))));
	return list;
}

/* "…UNSPECIFIED" is no value. */
static bool
is_unspecified(const field_t *f, const ProtobufCMessage *m)
{
	static const char suffix[] = "UNSPECIFIED";

	if (f->type != PROTOBUF_C_TYPE_ENUM || f->label == PROTOBUF_C_LABEL_REPEATED ||
	    *(const int *)member(m, f->offset) != 0)
		return false;
	const ProtobufCEnumValue *zero = protobuf_c_enum_descriptor_get_value(f->descriptor, 0);
	size_t len = zero ? strlen(zero->name) : 0;
	return len >= strlen(suffix) && strcmp(zero->name + len - strlen(suffix), suffix) == 0;
}

static bool
is_present(const field_t *f, const ProtobufCMessage *m)
{
	if (is_unspecified(f, m))
		return false;
	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF && *(uint32_t *)member(m, f->quantifier_offset) != f->id)
		return false;
	return f->label == PROTOBUF_C_LABEL_REPEATED || f->type != PROTOBUF_C_TYPE_MESSAGE ||
	       *(void **)member(m, f->offset);
}

/* Recursion ends because our messages do not contain themselves. */
json_t *
json_from_message(const ProtobufCMessage *m)
{
	json_t *j = json_object();

	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const field_t *f = &m->descriptor->fields[i];
		const void *p = member(m, f->offset);
		if (!is_present(f, m))
			continue;
		json_t *v = f->label == PROTOBUF_C_LABEL_REPEATED
			? list_out(f, *(char *const *)p, *(size_t *)member(m, f->quantifier_offset))
			: said(value_out(f, p));
		json_object_setn_new_nocheck(j, f->name, json_name_len(f), v);
	}
	return j;
}

/* ---- problems -------------------------------------------------------------- */

/* The way from the root to a value: members, and places in lists (name NULL). */
struct step { const struct step *up; const char *name; size_t len, index; int depth; };

/* The faults found in one body so far. */
struct faults {
	arena_t *arena;
	Wire__ProblemError *errors[JSON_ERRORS_MAX];
	size_t n;
	enum fault first;
	bool mixed, more;                       /* of several kinds; more than there is room for */
	struct json_known *known;       /* of the root; NULL: nothing beside the message is taken */
	bool stored;                    /* what is read now is, or is to be, what stands already */
};

struct segment { const char *text; size_t len; char digits[24]; };

static void
segment_of(const struct step *s, struct segment *g)
{
	g->text = s->name ? s->name : g->digits;
	g->len = s->name ? s->len : (size_t)snprintf(g->digits, sizeof(g->digits), "%zu", s->index);
}

static size_t
segment_room(const struct segment *g)
{
	size_t room = 1 + g->len;

	for (size_t i = 0; i < g->len; i++)
		room += g->text[i] == '~' || g->text[i] == '/';
	return room;
}

/* Writes "/segment", escaped, so that it ends before `end`; gives its start. */
static char *
segment_write(const struct segment *g, char *end)
{
	for (size_t i = g->len; i-- > 0;) {
		char c = g->text[i];
		if (c == '~' || c == '/')
			*--end = c == '~' ? '0' : '1';
		*--end = c == '/' ? '~' : c;
	}
	*--end = '/';
	return end;
}

/* RFC 6901. */
static char *
pointer_of(const struct step *leaf, arena_t *a)
{
	struct segment g;
	size_t room = 0;

	for (const struct step *s = leaf; s; s = s->up) {
		segment_of(s, &g);
		room += segment_room(&g);
	}
	char *p = (char *)arena_alloc(a, room + 1) + room;
	for (const struct step *s = leaf; s; s = s->up) {
		segment_of(s, &g);
		p = segment_write(&g, p);
	}
	return p;
}

static void
fault_note(struct faults *fs, enum fault fault, const struct step *at)
{
	if (fs->n == JSON_ERRORS_MAX) {
		fs->more = true;
		return;
	}
	if (fs->n == 0)
		fs->first = fault;
	fs->mixed |= fault != fs->first;
	Wire__ProblemError *e = arena_message(fs->arena, &wire__problem_error__descriptor);
	e->pointer = pointer_of(at, fs->arena);
	e->code = (char *)faults[fault].code;
	fs->errors[fs->n++] = e;
}

static Wire__Problem *
problem_of_faults(const struct faults *fs)
{
	Wire__Problem *p =
		fs->mixed ? problem_make(fs->arena, 422, "json.invalid", NULL,
					 "The body has faults of several kinds; see errors.")
			  : problem_make(fs->arena, 422, faults[fs->first].code, NULL, faults[fs->first].detail);

	if (fs->more)
		p->detail = arena_printf(fs->arena, "%s The first %d faults are listed; there may be more.", p->detail,
					 JSON_ERRORS_MAX);
	p->n_errors = fs->n;
	p->errors = arena_copy(fs->arena, fs->errors, fs->n * sizeof(fs->errors[0]));
	return p;
}

Wire__Problem *
problem_make(arena_t *a, int status, const char *code, const char *pointer, const char *detail)
{
	Wire__Problem *p = arena_message(a, &wire__problem__descriptor);

	p->status = status;
	p->code = arena_strdup(a, code);
	p->detail = arena_strdup(a, detail);
	if (!pointer)
		return p;
	Wire__ProblemError *e = arena_message(a, &wire__problem_error__descriptor);
	e->pointer = arena_strdup(a, pointer);
	e->code = p->code;
	p->n_errors = 1;
	p->errors = arena_copy(a, &e, sizeof(Wire__ProblemError *));
	return p;
}

int32_t
problem_retry_s(int64_t wait_us)
{
	int64_t s = (wait_us + 999999) / 1000000;

	return s < 1 ? 1 : s > INT32_MAX ? INT32_MAX : (int32_t)s;
}

/* ---- in: single values ------------------------------------------------------ */

/* jansson has checked the UTF-8.  PostgreSQL takes no NUL, terminals and SMS no control characters: no text has ever
 * come in with them. */
static bool
is_kept(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t' && s[i] != '\n') || s[i] == 0x7f)
			return false;
	return true;
}

/* XML takes no characters that are none, and people see neither what is unseen nor which way a line runs: what comes in
 * has none of them; of what is stored already, some came in before that was asked. */
static enum fault
text_fault(json_t *j, bool stored)
{
	if (!json_is_string(j))
		return TYPE;
	const char *s = json_string_value(j);
	size_t len = json_string_length(j);
	return len <= JSON_TEXT_MAX && (stored ? is_kept(s, len) : utf8_shown(s, len)) ? FINE : TEXT;
}

/* Nobody reads a password: it may hold whatever its owner can type. */
static bool
is_secret(const field_t *f)
{
	return strcmp(f->name, "password") == 0 || strcmp(f->name, "old") == 0 || strcmp(f->name, "new") == 0;
}

static enum fault
secret_fault(json_t *j)
{
	if (!json_is_string(j))
		return TYPE;
	size_t len = json_string_length(j);
	return len <= JSON_TEXT_MAX && !memchr(json_string_value(j), '\0', len) ? FINE : TEXT;
}

/* Empty strings too are copied: protobuf-c does not pack a oneof that points to its own empty string. */
static enum fault
string_in(json_t *j, const field_t *f, bool stored, char **out, arena_t *a)
{
	enum fault fault = is_secret(f) ? secret_fault(j) : text_fault(j, stored);

	if (fault == FINE)
		*out = arena_strndup(a, json_string_value(j), json_string_length(j));
	return fault;
}

static enum fault
day_in(json_t *j, int32_t *out)
{
	enum fault fault = text_fault(j, false);
	return fault != FINE ? fault : day_parse(json_string_value(j), out) ? FINE : VALUE;
}

/* The last hours of 9999 in UTC are the year 10000 here, which has no text. */
static enum fault
instant_in(json_t *j, int64_t *out)
{
	enum fault fault = text_fault(j, false);
	int64_t at_us;

	if (fault != FINE)
		return fault;
	if (!instant_parse(json_string_value(j), &at_us))
		return VALUE;
	if (!instant_has_text(at_us))
		return RANGE;
	*out = at_us;
	return FINE;
}

static enum fault
enum_in(json_t *j, const ProtobufCEnumDescriptor *d, int *out)
{
	enum fault fault = text_fault(j, false);
	return fault != FINE ? fault : enum_value(d, json_string_value(j), out) ? FINE : VALUE;
}

/* Integers beyond int64 do not get here: jansson refuses them. */
static enum fault
integer_in(json_t *j, int64_t min, int64_t max, int64_t *out)
{
	if (!json_is_integer(j))
		return TYPE;
	int64_t n = json_integer_value(j);
	if (n < min || n > max)
		return RANGE;
	*out = n;
	return FINE;
}

static enum fault
integer32_in(json_t *j, int64_t min, int64_t max, void *out)
{
	int64_t n;
	enum fault fault = integer_in(j, min, max, &n);

	if (fault == FINE)
		*(uint32_t *)out = (uint32_t)n;
	return fault;
}

static enum fault
real_in(json_t *j, ProtobufCType t, void *out)
{
	if (!json_is_number(j))
		return TYPE;
	double x = json_number_value(j);
	if (!isfinite(t == PROTOBUF_C_TYPE_FLOAT ? (float)x : x))
		return RANGE;
	if (t == PROTOBUF_C_TYPE_FLOAT)
		*(float *)out = (float)x;
	else
		*(double *)out = x;
	return FINE;
}

static enum fault
bool_in(json_t *j, protobuf_c_boolean *out)
{
	if (!json_is_boolean(j))
		return TYPE;
	*out = json_is_true(j);
	return FINE;
}

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum fault
hex_in(json_t *j, ProtobufCBinaryData *out, arena_t *a)
{
	enum fault fault = text_fault(j, false);

	if (fault != FINE)
		return fault;
	const char *s = json_string_value(j);
	size_t len = json_string_length(j);
	uint8_t *bytes = arena_alloc(a, len / 2 + 1);
	if (len % 2)
		return VALUE;
	for (size_t i = 0; i < len; i += 2) {
		if (nibble(s[i]) < 0 || nibble(s[i + 1]) < 0)
			return VALUE;
		bytes[i / 2] = (uint8_t)(nibble(s[i]) << 4 | nibble(s[i + 1]));
	}
	*out = (ProtobufCBinaryData){ .len = len / 2, .data = bytes };
	return FINE;
}

static bool
is_deeper_than(json_t *j, int levels)
{
	const char *key;
	size_t i;
	json_t *v;

	if (!json_is_object(j) && !json_is_array(j))
		return false;
	if (levels == 0)
		return true;
	json_object_foreach(j, key, v)
		if (is_deeper_than(v, levels - 1))
			return true;
	json_array_foreach(j, i, v)
		if (is_deeper_than(v, levels - 1))
			return true;
	return false;
}

/* Sorted and compact, so that the same document is the same text, whoever wrote it. */
static enum fault
free_json_in(json_t *j, char **out, arena_t *a)
{
	if (is_deeper_than(j, JSON_DEPTH_MAX))
		return RANGE;
	char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	if (!text)
		return VALUE;
	*out = arena_strdup(a, text);
	free(text);
	return FINE;
}

/* Any value that is no message.  *p changes only when it is FINE. */
static enum fault
scalar_in(json_t *j, const field_t *f, bool stored, void *p, arena_t *a)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
		return json_has_unit(f) ? day_in(j, p) : integer32_in(j, INT32_MIN, INT32_MAX, p);
	case PROTOBUF_C_TYPE_SINT32: case PROTOBUF_C_TYPE_SFIXED32:
		return integer32_in(j, INT32_MIN, INT32_MAX, p);
	case PROTOBUF_C_TYPE_UINT32: case PROTOBUF_C_TYPE_FIXED32:
		return integer32_in(j, 0, UINT32_MAX, p);
	case PROTOBUF_C_TYPE_INT64:
		return json_has_unit(f) ? instant_in(j, p) : integer_in(j, INT64_MIN, INT64_MAX, p);
	case PROTOBUF_C_TYPE_SINT64: case PROTOBUF_C_TYPE_SFIXED64:
		return integer_in(j, INT64_MIN, INT64_MAX, p);
	case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_FIXED64:
		return integer_in(j, 0, INT64_MAX, p);
	case PROTOBUF_C_TYPE_FLOAT: case PROTOBUF_C_TYPE_DOUBLE:
		return real_in(j, f->type, p);
	case PROTOBUF_C_TYPE_BOOL:
		return bool_in(j, p);
	case PROTOBUF_C_TYPE_ENUM:
		return enum_in(j, f->descriptor, p);
	case PROTOBUF_C_TYPE_STRING:
		return is_free_json(f) ? free_json_in(j, p, a) : string_in(j, f, stored, p, a);
	case PROTOBUF_C_TYPE_BYTES:
		return hex_in(j, p, a);
	case PROTOBUF_C_TYPE_MESSAGE:
		break;
	}
	return TYPE;
}

/* ---- in: messages and lists ------------------------------------------------- */

static void object_in(json_t *j, ProtobufCMessage *m, uint64_t hidden, const struct step *at, struct faults *fs);

static enum fault
message_in(json_t *j, const ProtobufCMessageDescriptor *d, ProtobufCMessage **out, const struct step *at,
	   struct faults *fs)
{
	if (!json_is_object(j))
		return TYPE;
	if (at->depth >= JSON_DEPTH_MAX)
		return RANGE;
	*out = arena_message(fs->arena, d);
	object_in(j, *out, 0, at, fs);
	return FINE;
}

/* False: noted, and *p is as it was.  A message with faults inside is there all the same. */
static bool
value_in(json_t *j, const field_t *f, void *p, const struct step *at, struct faults *fs)
{
	enum fault fault;

	if (json_is_null(j) && !is_free_json(f))
		fault = IS_NULL;
	else if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		fault = message_in(j, f->descriptor, p, at, fs);
	else
		fault = scalar_in(j, f, fs->stored, p, fs->arena);
	if (fault != FINE)
		fault_note(fs, fault, at);
	return fault == FINE;
}

/* Items that cannot be filled are left out, so that what was filled can be packed. */
static void
list_in(json_t *j, const field_t *f, ProtobufCMessage *m, const struct step *at, struct faults *fs)
{
	struct step here = { .up = at, .depth = at->depth + 1 };
	size_t n = json_array_size(j), width = width_of(f->type), *count = member(m, f->quantifier_offset);

	if (!json_is_array(j)) {
		fault_note(fs, json_is_null(j) ? IS_NULL : TYPE, at);
		return;
	}
	if (n == 0)
		return;
	char *items = arena_alloc(fs->arena, n * width);
	*(void **)member(m, f->offset) = items;
	for (; here.index < n && fs->n < JSON_ERRORS_MAX; here.index++)
		if (value_in(json_array_get(j, here.index), f, items + *count * width, &here, fs))
			++*count;
	fs->more = fs->more || here.index < n;
}

static void
field_in(json_t *j, const field_t *f, ProtobufCMessage *m, const struct step *at, struct faults *fs)
{
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		list_in(j, f, m, at, fs);
	else if (value_in(j, f, member(m, f->offset), at, fs) && f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		*(uint32_t *)member(m, f->quantifier_offset) = f->id;
}

static void
unknown_note(const char *name, size_t len, const struct step *at, struct faults *fs)
{
	struct step here = { .up = at, .name = name, .len = len };
	fault_note(fs, UNKNOWN_FIELD, len <= NAME_SHOWN_MAX ? &here : at);
}

/* A member of the root that is not the message's, but that of an answer. */
static bool
known_in(json_t *v, const char *name, size_t len, const struct step *at, struct faults *fs)
{
	struct json_known *k = at ? NULL : fs->known;
	int i = k ? field_find(k->of, name, len, 0) : -1;
	struct step here = { .up = at, .name = name, .len = len, .depth = 1 };

	if (i < 0)
		return false;
	fs->stored = true;
	field_in(v, &k->of->fields[i], k->m, &here, fs);
	fs->stored = false;
	k->tags[k->n++] = k->of->fields[i].id;
	return true;
}

static void
missing_note(const ProtobufCMessageDescriptor *d, uint64_t seen, const struct step *at, struct faults *fs)
{
	for (unsigned i = 0; i < d->n_fields; i++) {
		const field_t *f = &d->fields[i];
		struct step here = { .up = at, .name = f->name, .len = json_name_len(f) };
		bool optional = f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF || f->label == PROTOBUF_C_LABEL_REPEATED;
		/* A choice of several members would need a rule for JSON; no message of ours has one. */
		assert(!(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || i == 0 ||
		       !(f[-1].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || f->quantifier_offset != f[-1].quantifier_offset);
		if (!optional && !(seen >> i & 1))
			fault_note(fs, MISSING, &here);
	}
}

/* Bit i of `hidden`: field i is not the object's to give. */
static void
object_in(json_t *j, ProtobufCMessage *m, uint64_t hidden, const struct step *at, struct faults *fs)
{
	const ProtobufCMessageDescriptor *d = m->descriptor;
	uint64_t seen = hidden;
	unsigned next = 0;
	const char *name;
	size_t len;
	json_t *v;

	assert(d->n_fields <= FIELDS_MAX);
	json_object_keylen_foreach(j, name, len, v) {
		int i = field_find(d, name, len, next);
		if (i < 0 || hidden >> i & 1) {
			if (!known_in(v, name, len, at, fs))
				unknown_note(name, len, at, fs);
			continue;
		}
		struct step here = { .up = at, .name = name, .len = len, .depth = at ? at->depth + 1 : 1 };
		field_in(v, &d->fields[i], m, &here, fs);
		seen |= UINT64_C(1) << i;
		next = (unsigned)i + 1;
	}
	missing_note(d, seen, at, fs);
}

/* Names that the message does not have are unknown anyway. */
static uint64_t
hidden_fields(const ProtobufCMessageDescriptor *d, const char *names)
{
	uint64_t hidden = 0;

	assert(d->n_fields <= FIELDS_MAX);
	for (size_t len; names && *names; names += len + (names[len] == ' ')) {
		len = strcspn(names, " ");
		int i = field_find(d, names, len, 0);
		if (i >= 0)
			hidden |= UINT64_C(1) << i;
	}
	return hidden;
}

static bool
root_in(json_t *j, const ProtobufCMessageDescriptor *d, const char *hidden, struct faults *fs, ProtobufCMessage **out,
	Wire__Problem **problem)
{
	*out = arena_message(fs->arena, d);
	if (json_is_object(j))
		object_in(j, *out, hidden_fields(d, hidden), NULL, fs);
	else
		fault_note(fs, json_is_null(j) ? IS_NULL : TYPE, NULL);
	*problem = fs->n ? problem_of_faults(fs) : NULL;
	return fs->n == 0;
}

bool
json_to_message(json_t *j, const ProtobufCMessageDescriptor *d, const char *hidden, arena_t *a, ProtobufCMessage **out,
                Wire__Problem **problem)
{
	return json_to_message_known(j, d, hidden, a, NULL, out, problem);
}

bool
json_to_message_known(json_t *j, const ProtobufCMessageDescriptor *d, const char *hidden, arena_t *a,
		      struct json_known *known, ProtobufCMessage **out, Wire__Problem **problem)
{
	struct faults fs = { .arena = a, .known = known };

	if (known) {
		known->m = arena_message(a, known->of);
		known->tags = arena_alloc(a, (known->of->n_fields + 1) * sizeof(*known->tags));
		known->n = 0;
	}
	return root_in(j, d, hidden, &fs, out, problem);
}

bool
json_to_message_stored(json_t *j, const ProtobufCMessageDescriptor *d, arena_t *a, ProtobufCMessage **out,
		       Wire__Problem **problem)
{
	struct faults fs = { .arena = a, .stored = true };
	return root_in(j, d, NULL, &fs, out, problem);
}

/* Of m what stands in these fields, and nothing else. */
static ProtobufCMessage *
only_these(const ProtobufCMessage *m, const uint32_t *tags, size_t n, arena_t *a)
{
	ProtobufCMessage *out = arena_message(a, m->descriptor);

	for (size_t i = 0; i < n; i++) {
		const field_t *f = protobuf_c_message_descriptor_get_field(m->descriptor, tags[i]);
		if (!f || (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF &&
			   *(const uint32_t *)member(m, f->quantifier_offset) != f->id))
			continue;
		size_t width = f->label == PROTOBUF_C_LABEL_REPEATED ? sizeof(void *) : width_of(f->type);
		memcpy(member(out, f->offset), member(m, f->offset), width);
		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			memcpy(member(out, f->quantifier_offset), member(m, f->quantifier_offset), sizeof(size_t));
		else if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
			*(uint32_t *)member(out, f->quantifier_offset) = f->id;
	}
	return out;
}

bool
json_known_equal(const ProtobufCMessage *known, const ProtobufCMessage *m, const uint32_t *tags, size_t n, arena_t *a)
{
	json_t *x = json_from_message(only_these(known, tags, n, a)), *y = json_from_message(only_these(m, tags, n, a));
	bool equal = json_equal(x, y);

	json_decref(x);
	json_decref(y);
	return equal;
}

/* ---- in: text --------------------------------------------------------------- */

/* JSON's own grammar of numbers, less the blanks it allows around them. */
static json_t *
number_of_text(const char *text)
{
	if (text[strspn(text, "+-.0123456789Ee")] != '\0')
		return NULL;
	return json_loads(text, JSON_DECODE_ANY, NULL);
}

static json_t *
bool_of_text(const char *text)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		return json_true();
	if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		return json_false();
	return NULL;
}

/* The value as it would stand in a body; NULL when the text cannot be one (for a string: when it is not UTF-8). */
static json_t *
json_of_text(const field_t *f, const char *text)
{
	if (is_free_json(f))
		return json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	if (json_has_unit(f) || f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_ENUM ||
	    f->type == PROTOBUF_C_TYPE_BYTES)
		return json_string(text);
	return f->type == PROTOBUF_C_TYPE_BOOL ? bool_of_text(text) : number_of_text(text);
}

const ProtobufCFieldDescriptor *
json_field_named(const ProtobufCMessageDescriptor *d, const char *json_name)
{
	int i = field_find(d, json_name, strlen(json_name), 0);
	return i < 0 ? NULL : &d->fields[i];
}

static enum fault
field_from_text(ProtobufCMessage *m, const char *json_name, const char *text, arena_t *a)
{
	const field_t *f = json_field_named(m->descriptor, json_name);

	if (!f || f->label == PROTOBUF_C_LABEL_REPEATED || f->type == PROTOBUF_C_TYPE_MESSAGE)
		return UNKNOWN_FIELD;
	json_t *j = json_of_text(f, text);
	if (!j)
		return VALUE;
	enum fault fault = scalar_in(j, f, false, member(m, f->offset), a);
	json_decref(j);
	if (fault == FINE && f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		*(uint32_t *)member(m, f->quantifier_offset) = f->id;
	return fault;
}

bool
json_field_from_text(ProtobufCMessage *m, const char *json_name, const char *text, arena_t *a)
{
	return field_from_text(m, json_name, text, a) == FINE;
}

const struct json_fault *
json_field_take(ProtobufCMessage *m, const char *json_name, const char *text, arena_t *a)
{
	enum fault fault = field_from_text(m, json_name, text, a);
	return fault == FINE ? NULL : &faults[fault];
}
