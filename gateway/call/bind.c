#include "call/bind.h"
#include "call/json_form.h"
#include "http/target.h"
#include "json/json_pb.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MAX = 500, Q_BYTES_MAX = 64, QUERIES_MAX = ROUTE_PARTS_MAX + 1 };

/* ---- JSON */

static enum refusal
parse(const char *text, size_t len, json_t **out)
{
	json_error_t error;

	*out = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (*out)
		return REFUSED_NOT;
	switch (json_error_code(&error)) {
	case json_error_duplicate_key:
		return REFUSED_DUPLICATE;
	case json_error_numeric_overflow:
		return REFUSED_NUMBER;
	case json_error_null_character: case json_error_null_byte_in_key:
		return REFUSED_NUL;
	case json_error_stack_overflow:
		return REFUSED_DEPTH;
	default:
		return REFUSED_JSON;
	}
}

/* What is wrong with a value counts only in a text that is JSON to its end. */
enum refusal
bind_parse(const char *text, size_t len, json_t **out)
{
	enum refusal first = parse(text, len, out);
	enum refusal form = first && problem_status(first) == 422 ? json_form(text, len) : REFUSED_NOT;

	return form ? form : first;
}

size_t
bind_mark(const char *text, size_t len)
{
	return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

enum refusal
bind_body(const char *text, size_t len, json_t **out)
{
	size_t mark = bind_mark(text, len);

	return bind_parse(text + mark, len - mark, out);
}

/* ---- the path's ids */

static bool
param_is_district(const struct route_param *p)
{
	return p->name_len == strlen("district") && memcmp(p->name, "district", p->name_len) == 0;
}

static void
path_fill(const struct route_match *m, ProtobufCMessage *to, arena_t *a)
{
	for (int i = 0; i < m->nparams; i++) {
		const struct route_param *p = &m->params[i];
		if (param_is_district(p))
			continue;
		bool taken = json_field_from_text(to, arena_strndup(a, p->name, p->name_len), p->value, a);
		assert(taken);          /* the route table's test has tried every row */
		(void)taken;
	}
}

ProtobufCMessage *
bind_blank(const struct route_match *m, const ProtobufCMessageDescriptor *d, arena_t *a)
{
	ProtobufCMessage *blank = arena_message(a, d);

	path_fill(m, blank, a);
	return blank;
}

/* ---- commands */

static Wire__Problem *
key_take(const struct route *r, json_t *body, arena_t *a, char **key)
{
	json_t *j = r->flags & ROUTE_BODY_KEY ? json_object_get(body, "key") : NULL;
	const char *text = json_string_value(j);
	Wire__Problem *p = NULL;

	*key = (char *)"";
	if (!j)
		return r->flags & ROUTE_KEY_REQUIRED ? problem_of(REFUSED_KEY_MISSING, "/key", a) : NULL;
	if (text && strlen(text) == json_string_length(j) && key_valid(text))
		*key = arena_strdup(a, text);
	else
		p = problem_of(REFUSED_KEY, "/key", a);
	json_object_del(body, "key");
	return p;
}

static const struct route_param *
param_of(const struct route_match *m, const ProtobufCFieldDescriptor *f)
{
	for (int i = 0; i < m->nparams; i++)
		if (strlen(f->name) == m->params[i].name_len &&
		    memcmp(f->name, m->params[i].name, m->params[i].name_len) == 0)
			return &m->params[i];
	return NULL;
}

/* What the path says too is compared with it; the others are left for the owner. */
static Wire__Problem *
known_of_path(const struct route_match *m, struct json_known *known, arena_t *a)
{
	size_t left = 0;

	for (size_t i = 0; i < known->n; i++) {
		const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(known->of, known->tags[i]);
		const struct route_param *p = f->type == PROTOBUF_C_TYPE_STRING ? param_of(m, f) : NULL;
		if (p && strcmp(p->value, *(char *const *)((const char *)known->m + f->offset)) != 0)
			return problem_make(a, 422, "field.fixed", arena_printf(a, "/%s", f->name),
			                    "This member is that of the path.");
		if (!p)
			known->tags[left++] = known->tags[i];
	}
	known->n = left;
	return NULL;
}

/* The next of words with a blank between them; NULL: there is none. */
static const char *
word_next(const char **at, size_t *len)
{
	const char *word = *at + strspn(*at, " ");

	*len = strcspn(word, " ");
	*at = word + *len;
	return *len ? word : NULL;
}

/* A list that is not given reads as an empty one. */
static Wire__Problem *
missing(const struct route *r, json_t *body, arena_t *a)
{
	size_t len;

	for (const char *at = r->must, *word; at && (word = word_next(&at, &len)) != NULL;) {
		const char *name = arena_strndup(a, word, len);
		if (!json_object_get(body, name))
			return problem_make(a, 422, "json.missing", arena_printf(a, "/%s", name),
			                    "A required member is missing.");
	}
	return NULL;
}

Wire__Problem *
bind_command(const struct route_match *m, json_t *body, arena_t *a, ProtobufCMessage **out, char **key,
             struct json_known *known)
{
	const ProtobufCMessageDescriptor *d = m->route->parts[0].ask;
	bool put = known && strcmp(m->route->method, "PUT") == 0;
	Wire__Problem *p = key_take(m->route, body, a, key), *fault = NULL;

	if (put)
		known->of = m->route->parts[0].answer;
	if (json_to_message_known(body, d, m->route->hidden, a, put ? known : NULL, out, &fault) && !p) {
		path_fill(m, *out, a);
		if (put)
			p = known_of_path(m, known, a);
		return p ? p : missing(m->route, body, a);
	}
	*out = bind_blank(m, d, a);
	return fault ? fault : p;
}

/* ---- queries */

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), cut = strlen(end);
	return len > cut && strcmp(name + len - cut, end) == 0;
}

/* As json_pb sees names: "on" is the field "on_day", and "on_day" is none. */
static const ProtobufCFieldDescriptor *
field_named(const ProtobufCMessageDescriptor *d, const char *name)
{
	static const char *const units[] = { "", "_day", "_us" };
	char full[ID_MAX];

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && !ends_in(name, "_day") && !ends_in(name, "_us");
	     i++) {
		if (snprintf(full, sizeof(full), "%s%s", name, units[i]) >= (int)sizeof(full))
			return NULL;
		const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(d, full);
		if (f)
			return f;
	}
	return NULL;
}

static char *
pointer_to(const char *name, arena_t *a)
{
	char *p = arena_alloc(a, 2 * strlen(name) + 2), *at = p;

	*at++ = '/';
	for (; *name; name++) {
		if (*name == '~' || *name == '/')
			*at++ = '~';
		*at++ = *name == '~' ? '0' : *name == '/' ? '1' : *name;
	}
	return p;
}

/* Names come from strangers: what is no name at all is not pointed at. */
static Wire__Problem *
refused(enum refusal r, const char *name, arena_t *a)
{
	return problem_of(r, key_valid(name) ? pointer_to(name, a) : "", a);
}

/* Members that the path gives, or the body. */
static bool
is_elsewhere(const struct route_match *m, const char *name)
{
	size_t len;

	for (int i = 0; i < m->nparams; i++)
		if (strlen(name) == m->params[i].name_len &&
		    memcmp(name, m->params[i].name, m->params[i].name_len) == 0)
			return true;
	for (const char *at = m->route->hidden, *word; at && (word = word_next(&at, &len)) != NULL;)
		if (len == strlen(name) && memcmp(name, word, len) == 0)
			return true;
	return false;
}

/* A number beyond the page's bounds is as wrong as a word; an id that cannot be one finds nothing, and says so; nothing
 * is searched for, or too much. */
static bool
value_allowed(const char *name, const char *value)
{
	if (strcmp(name, "q") == 0)
		return *value && strlen(value) <= Q_BYTES_MAX;
	if (strcmp(name, "limit") == 0)
		return strlen(value) <= 3 && strspn(value, "0123456789") == strlen(value) && atoi(value) >= 1 &&
		       atoi(value) <= LIMIT_MAX;
	return !ends_in(name, "_id") || id_valid(value);
}

/* Which fields of each part a parameter has filled: bit i, field i. */
struct filled { ProtobufCMessage *message; uint64_t fields; };

static Wire__Problem *
param_give(const struct route_match *m, struct filled *parts, const char *name, const char *value, arena_t *a)
{
	bool known = false;

	for (int i = 0; i < QUERIES_MAX && parts[i].message && !is_elsewhere(m, name); i++) {
		const ProtobufCMessageDescriptor *d = parts[i].message->descriptor;
		const ProtobufCFieldDescriptor *f = field_named(d, name);
		if (!f)
			continue;
		if (parts[i].fields >> (f - d->fields) & 1)
			return refused(REFUSED_QUERY_TWICE, name, a);
		if (!value_allowed(name, value) || !json_field_from_text(parts[i].message, name, value, a))
			return refused(strcmp(name, "order") == 0 ? REFUSED_QUERY_ORDER : REFUSED_QUERY_VALUE, name, a);
		parts[i].fields |= UINT64_C(1) << (f - d->fields);
		known = true;
	}
	return known ? NULL : refused(REFUSED_QUERY_UNKNOWN, name, a);
}

/* What is alone in its oneof may be missing, and what is given elsewhere. */
static Wire__Problem *
params_missing(const struct route_match *m, const struct filled *part, arena_t *a)
{
	const ProtobufCMessageDescriptor *d = part->message->descriptor;

	for (unsigned i = 0; i < d->n_fields; i++)
		if (!(d->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && !(part->fields >> i & 1) &&
		    !is_elsewhere(m, d->fields[i].name))
			return refused(REFUSED_QUERY_MISSING, d->fields[i].name, a);
	return NULL;
}

static Wire__Problem *
params_give(const struct route_match *m, const char *query, struct filled *parts, arena_t *a)
{
	char *name, *value;
	Wire__Problem *p = NULL;
	int found = 0;

	while (!p && (found = target_param(&query, a, &name, &value)) > 0)
		p = param_give(m, parts, name, value, a);
	if (!p && found < 0)
		p = refused(REFUSED_QUERY_VALUE, name, a);
	for (int i = 0; !p && i < QUERIES_MAX && parts[i].message; i++)
		p = params_missing(m, &parts[i], a);
	return p;
}

Wire__Problem *
bind_queries(const struct route_match *m, const char *query, arena_t *a, Common__Beside *beside,
             ProtobufCMessage *out[ROUTE_PARTS_MAX])
{
	struct filled parts[QUERIES_MAX] = { 0 };
	int n = 0;

	for (int i = 0; i < ROUTE_PARTS_MAX; i++) {
		out[i] = m->route->parts[i].service ? bind_blank(m, m->route->parts[i].ask, a) : NULL;
		if (out[i])
			parts[n++].message = out[i];
	}
	if (beside)
		parts[n].message = &beside->base;
	Wire__Problem *p = params_give(m, query, parts, a);
	for (int i = 0; p && i < ROUTE_PARTS_MAX && out[i]; i++)
		out[i] = bind_blank(m, m->route->parts[i].ask, a);
	return p;
}

static int
index_of(const char *value, const char *const *values)
{
	for (int i = 0; values[i]; i++)
		if (strcmp(value, values[i]) == 0)
			return i;
	return -1;
}

Wire__Problem *
bind_choice(const char *query, const char *name, const char *const *values, arena_t *a, int *chosen)
{
	char *found, *value;
	bool given = false;

	*chosen = 0;
	for (int n; (n = target_param(&query, a, &found, &value)) != 0; given = true) {
		if (strcmp(found, name) != 0)
			return refused(REFUSED_QUERY_UNKNOWN, found, a);
		if (given)
			return refused(REFUSED_QUERY_TWICE, name, a);
		*chosen = n < 0 ? -1 : index_of(value, values);
		if (*chosen < 0)
			return refused(REFUSED_QUERY_VALUE, name, a);
	}
	return NULL;
}

Wire__Problem *
bind_no_query(const char *query, arena_t *a)
{
	char *name, *value;
	int found = target_param(&query, a, &name, &value);

	return found == 0 ? NULL : refused(REFUSED_QUERY_UNKNOWN, name, a);
}

/* ---- files */

Wire__Problem *
bind_file(const struct route_match *m, const char *query, const void *bytes, size_t len, const char *charset,
          arena_t *a, ProtobufCMessage **out)
{
	ProtobufCMessage *parts[ROUTE_PARTS_MAX];
	Wire__Problem *p = bind_queries(m, query, a, NULL, parts);
	ProtobufCBinaryData file = { .len = len, .data = (uint8_t *)bytes };
	const struct { const void *from; size_t size; } members[] = {
		{ &file, sizeof(file) }, { &charset, sizeof(charset) },
	};
	const char *at = m->route->hidden, *word;
	size_t n;

	*out = parts[0];
	for (size_t i = 0; !p && i < 2 && (word = word_next(&at, &n)) != NULL; i++)
		memcpy((char *)*out + json_field_named(m->route->parts[0].ask, arena_strndup(a, word, n))->offset,
		       members[i].from, members[i].size);
	return p;
}
