/* openapi_test - the document against the table it is made from.
 *
 * How: every row is looked for in the document, every reference followed; schemas of bodies are compared with what the
 * transcoder takes.  What a stack answers is held against it by tests/run-openapi.sh. */
#include "api/openapi.h"
#include "harness/tally.h"
#include "json/json_pb.h"
#include "json/json_schema.h"
#include "supervision.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *
operation(json_t *document, const struct route *r)
{
	char method[8] = "";

	for (size_t i = 0; r->method[i] && i + 1 < sizeof(method); i++)
		method[i] = (char)(r->method[i] - 'A' + 'a');
	return json_object_get(json_object_get(json_object_get(document, "paths"), r->path), method);
}

static bool
has_parameter(json_t *document, json_t *o, const char *in, const char *name, size_t len)
{
	size_t i;
	json_t *p;

	json_array_foreach(json_object_get(o, "parameters"), i, p) {
		const char *ref = json_string_value(json_object_get(p, "$ref")), *said;
		if (ref)
			p = json_object_get(json_object_get(json_object_get(document, "components"), "parameters"),
			                    strrchr(ref, '/') + 1);
		said = json_string_value(json_object_get(p, "name"));
		if (said && strlen(said) == len && memcmp(said, name, len) == 0 &&
		    strcmp(json_string_value(json_object_get(p, "in")), in) == 0)
			return true;
	}
	return false;
}

static void
check_parameters(json_t *document, json_t *o, const struct route *r)
{
	for (const char *p = strchr(r->path, '{'); p; p = strchr(p, '{')) {
		size_t len = strcspn(++p, "}");
		check(has_parameter(document, o, "path", p, len), "what stands in the path is a parameter", r->path);
	}
	check(has_parameter(document, o, "header", "Idempotency-Key", 15) == !!(r->flags & ROUTE_KEYED),
	      "a key is a parameter where it is honoured", r->path);
}

/* An operation's name stands for it in other people's code: there can be one. */
static void
check_id(json_t *seen, json_t *o, const struct route *r)
{
	const char *id = json_string_value(json_object_get(o, "operationId"));

	check(id && !json_object_get(seen, id), "an operation has a name of its own", r->path);
	if (id)
		json_object_set_new(seen, id, json_true());
	check(json_string_length(json_object_get(o, "summary")) > 3, "an operation says what it does", r->path);
}

static void
test_rows(bool manual_clock)
{
	size_t noperations = 0;
	json_t *document = openapi_document(manual_clock), *seen = json_object(), *methods;
	const char *path;

	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *r = route_at(i);
		json_t *o = operation(document, r);
		check((o != NULL) == (manual_clock || !(r->flags & ROUTE_MANUAL_CLOCK)), "a row is an operation",
		      r->path);
		if (!o)
			continue;
		noperations++;
		check_id(seen, o, r);
		check_parameters(document, o, r);
		check(json_object_get(json_object_get(o, "responses"), "401") != NULL, "an operation has its refusals",
		      r->path);
	}
	json_object_foreach(json_object_get(document, "paths"), path, methods)
		noperations -= json_object_size(methods);
	check(noperations == 0, "an operation is a row", "all");
	json_decref(seen);
	json_decref(document);
}

static void
test_kinds(void)
{
	char number[16];

	for (int k = 0; k < ROUTE_KINDS; k++) {
		snprintf(number, sizeof(number), "%d", k);
		check(openapi_knows((enum route_kind)k), "a kind of route has a rule in openapi.c", number);
	}
}

/* "#/components/schemas/Id" */
static bool
resolves(json_t *document, const char *ref)
{
	json_t *at = document;
	char name[256];

	if (*ref++ != '#')
		return false;
	while (at && *ref == '/') {
		size_t len = strcspn(++ref, "/");
		snprintf(name, sizeof(name), "%.*s", (int)len, ref);
		at = json_object_get(at, name);
		ref += len;
	}
	return at != NULL;
}

static void
check_refs(json_t *document, json_t *j)
{
	const char *name;
	size_t i;
	json_t *v;

	json_object_foreach(j, name, v) {
		if (strcmp(name, "$ref") == 0)
			check(resolves(document, json_string_value(v)), "a reference leads somewhere",
			      json_string_value(v));
		check_refs(document, v);
	}
	json_array_foreach(j, i, v)
		check_refs(document, v);
}

static void
test_refs(void)
{
	json_t *document = openapi_document(true);

	check_refs(document, document);
	json_decref(document);
}

/* The rules of json_pb.h, member by member. */
static const struct { const char *name, *schema; bool required; } finding[] = {
	{ "key", "{\"$ref\": \"#/components/schemas/Key\"}", true },
	{ "kind", "{\"$ref\": \"#/components/schemas/supervision.FindingKind\"}", true },
	{ "person_id", "{\"$ref\": \"#/components/schemas/Id\"}", false },
	{ "on", "{\"type\": \"string\", \"format\": \"date\"}", true },
	{ "major", "{\"type\": \"boolean\"}", false },
	{ "evidence", "{\"type\": \"array\", \"items\": {\"$ref\": \"#/components/schemas/supervision.Evidence\"}}",
	  false },
	{ "confirm", "{\"type\": \"boolean\"}", false },
	{ "on_day", NULL, false },
};

static bool
is_required(json_t *object, const char *name)
{
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(object, "required"), i, v)
		if (strcmp(json_string_value(v), name) == 0)
			return true;
	return false;
}

static json_t *
body_schema(json_t *document, const char *path, const char *type, const char *member)
{
	json_t *post = json_object_get(json_object_get(json_object_get(document, "paths"), path), "post");
	json_t *content = json_object_get(json_object_get(post, "requestBody"), "content");

	return json_object_get(json_object_get(content, type), member);
}

static void
test_members(void)
{
	json_t *document = openapi_document(false);
	json_t *line =
		body_schema(document, "/api/v1/districts/{district}/findings:batch", "application/x-ndjson", "x-line");
	json_t *one = body_schema(document, "/api/v1/districts/{district}/findings", "application/json", "schema");
	json_t *properties = json_object_get(line, "properties");

	for (size_t i = 0; i < sizeof(finding) / sizeof(finding[0]); i++) {
		json_t *want = finding[i].schema ? json_loads(finding[i].schema, 0, NULL) : NULL;
		json_t *got = json_object_get(properties, finding[i].name);
		check(want ? json_equal(want, got) : !got, "a member's schema", finding[i].name);
		check(is_required(line, finding[i].name) == finding[i].required, "a member is required or not",
		      finding[i].name);
		json_decref(want);
	}
	check(json_is_false(json_object_get(line, "additionalProperties")), "a body takes nothing else", "line");
	check(json_object_get(one, "properties") && !json_object_get(json_object_get(one, "properties"), "confirm"),
	      "what a row hides is no member", "confirm");
	check(!json_object_get(json_object_get(one, "properties"), "key"), "a key is a member where the row says so",
	      "findings");
	json_decref(document);
}

static void
test_sides(void)
{
	json_t *schemas = json_object();
	const char *name = supervision__finding__descriptor.name;

	json_decref(schema_ref(&supervision__finding__descriptor, SCHEMA_ANSWER, schemas));
	check(is_required(json_object_get(schemas, name), "evidence"), "an answer always has its lists", name);
	check(!json_object_get(json_object_get(schemas, name), "additionalProperties"), "an answer may grow", name);
	json_decref(schema_ref(&supervision__finding__descriptor, SCHEMA_BODY, schemas));
	check(json_is_false(json_object_get(json_object_get(schemas, name), "additionalProperties")),
	      "a body's schema goes first", name);
	json_decref(schema_ref(&supervision__finding__descriptor, SCHEMA_ANSWER, schemas));
	check(json_is_false(json_object_get(json_object_get(schemas, name), "additionalProperties")), "… and stays",
	      name);
	json_decref(schemas);
}

int
main(void)
{
	test_kinds();
	test_rows(false);
	test_rows(true);
	test_refs();
	test_members();
	test_sides();
	return tally_end();
}
