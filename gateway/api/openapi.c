#include "api/openapi.h"
#include "access/withheld.h"
#include "common.pb-c.h"
#include "http/problem.h"
#include "http/reply.h"
#include "json/json_pb.h"
#include "json/json_schema.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 128 };

/* A document in the making. */
struct draft { json_t *paths, *schemas, *responses; };
extern const char data_openapi_json[];          /* openapi.json: what follows from no row */

/* Makes a member of an operation: its body, or its answers. */
typedef void write_fn(struct draft *d, const struct route *r, json_t *operation);

/* Statuses are bits of a word: few are used, and they stand in this order. */
static const int statuses[] = { 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503, 504, 412 };
#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))
enum {
	S400 = 1 << 0, S401 = 1 << 1, S403 = 1 << 2, S404 = 1 << 3, S409 = 1 << 4, S413 = 1 << 5, S415 = 1 << 6,
	S422 = 1 << 7,
	S429 = 1 << 8, S500 = 1 << 9, S503 = 1 << 10, S504 = 1 << 11, S412 = 1 << 12,
	OF_ALL = S400 | S401,
	OF_READS = OF_ALL | S422 | S429 | S500 | S503,
	OF_WRITES = OF_READS | S403 | S409 | S413 | S415 | S504,
};

struct rule {
	const char *id;         /* of the operation; NULL: the message's name says it */
	const char *suffix;     /* after that name; or NULL */
	const char *summary;    /* NULL: the name, as words */
	write_fn *body;         /* NULL: it takes none */
	write_fn *answers;
	unsigned refusals;
	const char *parameter;  /* its own, in place of the messages' members; or NULL */
	const char *header;     /* of the request, beside them; or NULL */
};

/* ---- small parts */

static json_t *
content_of(const char *type, json_t *schema)
{
	return json_pack("{s:{s:o}}", type, "schema", schema);
}

static void
response_add(json_t *operation, int status, const char *description, json_t *content)
{
	char key[8];
	json_t *response = json_pack("{s:s, s:o}", "description", description, "content", content);

	snprintf(key, sizeof(key), "%d", status);
	json_object_set_new(json_object_get(operation, "responses"), key, response);
}

static json_t *
response_ref(int status)
{
	return json_pack("{s:o}", "$ref", json_sprintf("#/components/responses/Problem%d", status));
}

static json_t *
parameter_ref(const char *name)
{
	return json_pack("{s:s+}", "$ref", "#/components/parameters/", name);
}

/* ---- names: PutTownship is putTownship, "Put township" */

static const char *
name_of(const ProtobufCMessageDescriptor *d)
{
	return d->short_name;
}

static json_t *
operation_id(const struct route *r, const struct rule *rule)
{
	if (rule->id)
		return json_string(rule->id);
	const char *name = name_of(r->parts[0].ask);
	return json_sprintf("%c%s%s", name[0] - 'A' + 'a', name + 1, rule->suffix ? rule->suffix : "");
}

static json_t *
operation_summary(const struct route *r, const struct rule *rule)
{
	char words[NAME_MAX_BYTES];
	size_t n = 0;

	if (rule->summary)
		return json_string(rule->summary);
	for (const char *p = name_of(r->parts[0].ask); *p && n + 2 < sizeof(words); p++) {
		bool capital = *p >= 'A' && *p <= 'Z';
		if (capital && n)
			words[n++] = ' ';
		words[n] = capital && n ? (char)(*p - 'A' + 'a') : *p;
		n++;
	}
	return json_sprintf("%.*s%s", (int)n, words, rule->suffix ? ", a line each" : "");
}

/* ---- what a request says */

static bool
is_in_path(const struct route *r, const char *name, size_t len)
{
	const char *p = r->path;

	while ((p = strchr(p, '{')))
		if (strncmp(++p, name, len) == 0 && p[len] == '}')
			return true;
	return false;
}

static const ProtobufCFieldDescriptor *
field_of(const struct route *r, const char *name, size_t len)
{
	const ProtobufCMessageDescriptor *d = r->parts[0].ask;

	for (unsigned i = 0; d && i < d->n_fields; i++)
		if (strlen(d->fields[i].name) == len && memcmp(d->fields[i].name, name, len) == 0)
			return &d->fields[i];
	return NULL;
}

static json_t *
path_parameter(struct draft *d, const struct route *r, const char *name, size_t len)
{
	const ProtobufCFieldDescriptor *f = field_of(r, name, len);
	json_t *schema = f ? schema_value(f, SCHEMA_BODY, d->schemas) : schema_ref_named("Id");

	return json_pack("{s:s%, s:s, s:b, s:o}", "name", name, len, "in", "path", "required", 1, "schema", schema);
}

static void
path_parameters(struct draft *d, const struct route *r, json_t *parameters)
{
	for (const char *p = strchr(r->path, '{'); p; p = strchr(p, '{')) {
		size_t len = strcspn(++p, "}");
		if (len == strlen("district") && memcmp(p, "district", len) == 0)
			json_array_append_new(parameters, parameter_ref("district"));
		else
			json_array_append_new(parameters, path_parameter(d, r, p, len));
	}
}

static bool
query_has(json_t *parameters, json_t *name)
{
	size_t i;
	json_t *p;

	json_array_foreach(parameters, i, p)
		if (json_equal(json_object_get(p, "name"), name))
			return true;
	return false;
}

static void
query_parameter(struct draft *d, const ProtobufCFieldDescriptor *f, json_t *parameters)
{
	json_t *name = json_stringn(f->name, json_name_len(f));
	bool required = !(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF);

	if (strcmp(f->name, "limit") == 0 || strcmp(f->name, "cursor") == 0)
		json_array_append_new(parameters, parameter_ref(f->name));
	else if (!query_has(parameters, name))
		json_array_append_new(parameters,
		                      json_pack("{s:O, s:s, s:b, s:o}", "name", name, "in", "query", "required",
		                                required, "schema", schema_value(f, SCHEMA_BODY, d->schemas)));
	json_decref(name);
}

/* A read that may be asked for something beside its answer. */
static bool
answers_json(const struct route *r)
{
	return r->kind == ROUTE_QUERY || r->kind == ROUTE_SESSION;
}

/* Every member that the path does not give, nor a file, of every part. */
static void
query_parameters(struct draft *d, const struct route *r, json_t *parameters)
{
	for (int i = 0; i < ROUTE_PARTS_MAX && r->parts[i].service; i++)
		for (unsigned k = 0; k < r->parts[i].ask->n_fields; k++) {
			const ProtobufCFieldDescriptor *f = &r->parts[i].ask->fields[k];
			bool in_body = schema_hides(r->hidden, f);
			if (!in_body && !is_in_path(r, f->name, json_name_len(f)))
				query_parameter(d, f, parameters);
		}
	for (unsigned i = 0; answers_json(r) && i < common__beside__descriptor.n_fields; i++)
		query_parameter(d, &common__beside__descriptor.fields[i], parameters);
}

/* Of a thing that can be got. */
static bool
is_put(const struct route *r)
{
	return strcmp(r->method, "PUT") == 0 && r->kind != ROUTE_OWN_PASSWORD;
}

static void
parameters_add(struct draft *d, const struct route *r, const struct rule *rule, json_t *operation)
{
	json_t *parameters = json_array();

	path_parameters(d, r, parameters);
	if (answers_json(r) || r->kind == ROUTE_FILE || r->kind == ROUTE_EVENTS)
		query_parameters(d, r, parameters);
	if (rule->parameter)
		json_array_append_new(parameters, parameter_ref(rule->parameter));
	if (rule->header)
		json_array_append_new(parameters, parameter_ref(rule->header));
	if (is_put(r))
		json_array_append_new(parameters, parameter_ref("If-Match"));
	if (r->flags & ROUTE_KEYED)
		json_array_append_new(parameters, parameter_ref("Idempotency-Key"));
	json_object_set_new(operation, "parameters", parameters);
}

/* What was got may be put: what an answer has besides is taken as it stands. */
static void
known_members(struct draft *d, const struct route *r, json_t *object)
{
	json_t *answer = schema_object(SCHEMA_ANSWER), *schema;
	const char *name;

	schema_members(answer, r->parts[0].answer, NULL, SCHEMA_ANSWER, d->schemas);
	json_object_foreach(json_object_get(answer, "properties"), name, schema) {
		if (json_object_get(json_object_get(object, "properties"), name))
			continue;
		json_t *read_only = json_deep_copy(schema);
		json_object_set_new(read_only, "readOnly", json_true());
		schema_member(object, name, strlen(name), read_only, false);
	}
	json_decref(answer);
}

/* Names with blanks between them. */
static void
must_members(json_t *object, const char *names)
{
	if (!json_object_get(object, "required"))
		json_object_set_new(object, "required", json_array());
	for (size_t len; *names; names += len + (names[len] == ' ')) {
		len = strcspn(names, " ");
		json_array_append_new(json_object_get(object, "required"), json_stringn(names, len));
	}
}

/* The members of a command that are the body's to give. */
static json_t *
command_schema(struct draft *d, const struct route *r)
{
	json_t *object = schema_object(SCHEMA_BODY);

	if (r->flags & ROUTE_BODY_KEY)
		schema_member(object, "key", strlen("key"), schema_ref_named("Key"), r->flags & ROUTE_KEY_REQUIRED);
	schema_members(object, r->parts[0].ask, r->hidden, SCHEMA_BODY, d->schemas);
	if (strcmp(r->method, "PUT") == 0)
		known_members(d, r, object);
	if (r->must)
		must_members(object, r->must);
	return object;
}

static void
command_body(struct draft *d, const struct route *r, json_t *operation)
{
	json_object_set_new(operation, "requestBody",
		json_pack("{s:b, s:o}", "required", !(r->flags & ROUTE_BODY_OPTIONAL), "content",
		          content_of(TYPE_JSON, command_schema(d, r))));
}

static void
file_body(struct draft *d, const struct route *r, json_t *operation)
{
	static const char text[] = "A table, its first row the names of the fields; UTF-8 or GB 18030; at most 1 MiB.";
	json_t *schema = json_pack("{s:s, s:s}", "type", "string", "description", text);

	(void)d;
	json_object_set_new(operation, "requestBody",
	                    json_pack("{s:b, s:o}", "required", 1, "content", content_of(r->media, schema)));
}

/* OpenAPI 3.1 has no word for a stream of values, so what a line is stands beside the schema. */
static json_t *
ndjson_content(const char *description, json_t *line)
{
	return json_pack("{s:{s:{s:s, s:s}, s:o}}", TYPE_LINES, "schema", "type", "string", "description", description,
	                 "x-line", line);
}

static json_t *
binary_of(const char *media)
{
	json_t *content = json_object();

	for (size_t len; *media; media += len, media += *media == ' ') {
		len = strcspn(media, " ");
		json_object_setn_new(content, media, len, json_pack("{s:{}}", "schema"));
	}
	return content;
}

static void
upload_body(struct draft *d, const struct route *r, json_t *operation)
{
	(void)d;
	json_object_set_new(operation, "requestBody", json_pack("{s:b, s:s, s:o}", "required", 1, "description",
	                                                        "At most 1 MiB, judged by its first bytes.", "content",
	                                                        binary_of(r->media)));
}

static void
ndjson_body(struct draft *d, const struct route *r, json_t *operation)
{
	static const char text[] =
		"One JSON value a line, each as x-line says; at most 64 MiB, 100,000 lines of 64 KiB.";

	json_object_set_new(operation, "requestBody",
	                    json_pack("{s:b, s:o}", "required", 1, "content",
	                              ndjson_content(text, command_schema(d, r))));
}

/* ---- what is answered */

/* Answers of several parts are one object. */
static json_t *
parts_schema(struct draft *d, const struct route *r)
{
	if (!r->parts[1].service)
		return schema_ref(r->parts[0].answer, SCHEMA_ANSWER, d->schemas);
	json_t *object = schema_object(SCHEMA_ANSWER);
	for (int i = 0; i < ROUTE_PARTS_MAX && r->parts[i].service; i++)
		schema_members(object, r->parts[i].answer, NULL, SCHEMA_ANSWER, d->schemas);
	return object;
}

static json_t *
answer_schema(struct draft *d, const struct route *r)
{
	json_t *answer = parts_schema(d, r);

	if (!answers_json(r))
		return answer;
	json_t *beside = schema_object(SCHEMA_ANSWER);
	schema_member(beside, "names", strlen("names"), schema_ref_named("Names"), false);
	return json_pack("{s:[o, o]}", "allOf", answer, beside);
}

/* A POST to a collection makes something; one to a thing ("/{id}/confirm") moves it. */
static bool
makes(const struct route *r)
{
	static const char district[] = "{district}";
	const char *last = strrchr(r->path, '/');
	bool of_thing = last[-1] == '}' && strncmp(last - strlen(district), district, strlen(district)) != 0;

	return strcmp(r->method, "POST") == 0 && !(r->flags & ROUTE_REPEATABLE) && !of_thing;
}

static void
command_answers(struct draft *d, const struct route *r, json_t *operation)
{
	if (strcmp(r->method, "PUT") == 0) {
		response_add(operation, 201, "It was not there before.", content_of(TYPE_JSON, answer_schema(d, r)));
		response_add(operation, 200, "It was there; it is now as the body says.",
		             content_of(TYPE_JSON, answer_schema(d, r)));
	} else if (makes(r)) {
		response_add(operation, 201, "Made, and committed.", content_of(TYPE_JSON, answer_schema(d, r)));
	} else {
		response_add(operation, 200, "Done, or done before.", content_of(TYPE_JSON, answer_schema(d, r)));
	}
}

static void
file_answers(struct draft *d, const struct route *r, json_t *operation)
{
	response_add(operation, 200, "All rows are taken, or, when one is wrong or the run is a dry one, none is.",
	             content_of(TYPE_JSON, answer_schema(d, r)));
}

/* Of what a reader may have already. */
static void
tagged_answer(json_t *operation, const char *description, json_t *schema)
{
	json_t *responses = json_object_get(operation, "responses");

	response_add(operation, 200, description, content_of(TYPE_JSON, schema));
	json_object_set_new(json_object_get(responses, "200"), "headers",
	                    json_pack("{s:{s:b, s:{s:s}}}", "ETag", "required", 1, "schema", "type", "string"));
	json_object_set_new(responses, "304",
	                    json_pack("{s:s}", "description", "It is the one that If-None-Match names."));
}

static void
upload_answers(struct draft *d, const struct route *r, json_t *operation)
{
	response_add(operation, 201, "Kept.", content_of(TYPE_JSON, answer_schema(d, r)));
	response_add(operation, 200, "Kept before.", content_of(TYPE_JSON, answer_schema(d, r)));
}

static void
download_answers(struct draft *d, const struct route *r, json_t *operation)
{
	(void)d;
	response_add(operation, 200, "As it was sent.", binary_of(r->media));
}

static void
query_answers(struct draft *d, const struct route *r, json_t *operation)
{
	tagged_answer(operation, "As it stands.", answer_schema(d, r));
}

/* The members that a line of an answer shows: always there. */
static json_t *
line_taken(struct draft *d, const struct route *r)
{
	json_t *object = schema_object(SCHEMA_ANSWER);

	schema_member(object, "key", strlen("key"), schema_ref_named("Key"), r->flags & ROUTE_KEY_REQUIRED);
	for (const char *p = r->line_members; *p; p += strcspn(p, " "), p += *p == ' ') {
		char name[NAME_MAX_BYTES];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p, " "), p);
		schema_member(object, name, strlen(name),
		              schema_value(protobuf_c_message_descriptor_get_field_by_name(r->parts[0].answer, name),
		                           SCHEMA_ANSWER, d->schemas),
		              true);
	}
	return object;
}

static void
ndjson_answers(struct draft *d, const struct route *r, json_t *operation)
{
	json_t *line = json_pack("{s:[o, o]}", "oneOf", line_taken(d, r), schema_ref_named("LineRefused"));

	response_add(operation, 200, "An answer a line, in the order of the lines.",
	             ndjson_content("One JSON value a line, each as x-line says.", line));
}

/* Columns by the names that a CSV has; the titles of the XLSX. */
static json_t *
columns_text(const struct route *r)
{
	arena_t *a = arena_open(1 << 16);
	const char *text = "A file, its columns:";

	for (const struct route_column *c = r->columns; c->member; c++)
		text = arena_printf(a, "%s\n- `%s` %s", text, c->as.name, c->as.title);
	json_t *j = json_string(text);
	arena_close(&a);
	return j;
}

static void
export_answers(struct draft *d, const struct route *r, json_t *operation)
{
	json_t *text = columns_text(r), *content = content_of(TYPE_CSV_UTF8, json_pack("{s:s}", "type", "string"));

	(void)d;
	json_object_set_new(content, TYPE_XLSX,
	                    json_pack("{s:{s:s, s:s}}", "schema", "type", "string", "contentMediaType", TYPE_XLSX));
	response_add(operation, 200, json_string_value(text), content);
	json_object_set_new(
		json_object_get(json_object_get(operation, "responses"), "200"), "headers",
		json_pack("{s:{s:b, s:{s:s}}}", "Content-Disposition", "required", 1, "schema", "type", "string"));
	json_decref(text);
}

static void
logout_answers(struct draft *d, const struct route *r, json_t *operation)
{
	(void)d, (void)r;
	json_object_set_new(
		json_object_get(operation, "responses"), "204",
		json_pack("{s:s}", "description", "Ended: the token, or all tokens, will not do any more."));
}

static void
own_password_answers(struct draft *d, const struct route *r, json_t *operation)
{
	(void)d, (void)r;
	json_object_set_new(json_object_get(operation, "responses"), "204",
	                    json_pack("{s:s}", "description", "Changed: the account's other sessions have ended."));
}

static void
step_up_answers(struct draft *d, const struct route *r, json_t *operation)
{
	response_add(operation, 200, "Until when what wants the password again may be done.",
	             content_of(TYPE_JSON, answer_schema(d, r)));
}

static void
live_answers(struct draft *d, const struct route *r, json_t *operation)
{
	json_t *object = schema_object(SCHEMA_ANSWER);

	(void)d, (void)r;
	schema_member(object, "alive", strlen("alive"), json_pack("{s:b}", "const", true), true);
	response_add(operation, 200, "This process answers.", content_of(TYPE_JSON, object));
}

static void
ready_answers(struct draft *d, const struct route *r, json_t *operation)
{
	json_t *object = schema_object(SCHEMA_ANSWER);

	(void)d, (void)r;
	schema_member(object, "ready", strlen("ready"), json_pack("{s:b}", "const", true), true);
	response_add(operation, 200, "Every service answers orders and reads.", content_of(TYPE_JSON, object));
}

static void
metrics_answers(struct draft *d, const struct route *r, json_t *operation)
{
	(void)d, (void)r;
	response_add(operation, 200, "Counters of all processes, as Prometheus reads them.",
	             content_of(TYPE_METRICS, json_pack("{s:s}", "type", "string")));
}

static void
events_answers(struct draft *d, const struct route *r, json_t *operation)
{
	(void)d, (void)r;
	response_add(operation, 200,
	             "Events without end, each a CloudEvent 1.0 in JSON whose id is the place after it; a comment when "
	             "there are none.",
	             content_of(TYPE_EVENTS, json_pack("{s:s}", "type", "string")));
}

static void
document_answers(struct draft *d, const struct route *r, json_t *operation)
{
	(void)d, (void)r;
	tagged_answer(operation, "This document.", json_pack("{s:s}", "type", "object"));
}

/* ---- kinds of routes */

static const struct rule rules[ROUTE_KINDS] = {
	[ROUTE_COMMAND] = { .body = command_body, .answers = command_answers, .refusals = OF_WRITES },
	[ROUTE_ACCOUNT] = { .body = command_body, .answers = command_answers, .refusals = OF_WRITES },
	[ROUTE_FILE] = { .body = file_body, .answers = file_answers, .refusals = OF_WRITES },
	[ROUTE_NDJSON] = { .suffix = "Lines", .body = ndjson_body, .answers = ndjson_answers, .refusals = OF_WRITES },
	[ROUTE_QUERY] = { .answers = query_answers, .refusals = OF_READS, .header = "If-None-Match" },
	[ROUTE_EXPORT] = { .answers = export_answers, .refusals = OF_READS, .parameter = "format" },
	[ROUTE_EVENTS] = { .id = "followEvents", .summary = "Follow what happens", .answers = events_answers,
		.refusals = OF_READS,
	                   .parameter = "lastEventId", .header = "Last-Event-ID" },
	[ROUTE_LOGIN] = { "openSession", NULL, "Log in", command_body, command_answers, OF_READS | S413 | S415 | S504 },
	[ROUTE_LOGOUT] = { .answers = logout_answers, .refusals = OF_WRITES },
	[ROUTE_OWN_PASSWORD] = { "changeOwnPassword", NULL, "Change one's own password", command_body,
		own_password_answers, OF_WRITES },
	[ROUTE_STEP_UP] = { "stepUp", NULL, "Give the password again", command_body, step_up_answers, OF_WRITES },
	[ROUTE_SESSION] = { .answers = query_answers, .refusals = OF_READS, .header = "If-None-Match" },
	[ROUTE_UPLOAD] = { .body = upload_body, .answers = upload_answers, .refusals = OF_WRITES },
	[ROUTE_DOWNLOAD] = { "readFile", NULL, "Read a file", NULL, download_answers, OF_READS, "of" },
	[ROUTE_LIVE] = { "readLiveness", NULL, "Is this process alive?", NULL, live_answers, OF_ALL },
	[ROUTE_READY] = { "readReadiness", NULL, "Does every service answer?", NULL, ready_answers, OF_ALL | S503 },
	[ROUTE_METRICS] = { "readMetrics", NULL, "Counters, as Prometheus reads them", NULL, metrics_answers, OF_ALL },
	[ROUTE_DOCUMENT] = { "readOpenapi", NULL, "This document", NULL, document_answers, OF_ALL | S429 | S503,
	                     "If-None-Match" },
};

bool
openapi_knows(enum route_kind kind)
{
	return (int)kind >= 0 && kind < ROUTE_KINDS && rules[kind].answers;
}

/* What a row adds to its kind's: a district may be another's, a row not everybody's; a path's id may be nobody's. */
static unsigned
refusals_of(const struct route *r)
{
	unsigned refusals = rules[r->kind].refusals;

	if (strchr(r->path, '{'))
		refusals |= S403 | S404;
	if (r->who != WHO_ANYBODY)
		refusals |= S403;
	if (r->flags & ROUTE_PASSWORD_AGAIN)
		refusals |= S403;
	if (is_put(r))
		refusals |= S412;
	if (r->flags & ROUTE_BY_STATE)
		refusals |= S409;
	return refusals;
}

static void
refusals_add(const struct route *r, json_t *operation)
{
	unsigned refusals = refusals_of(r);
	char key[8];

	for (size_t i = 0; i < STATUSES; i++)
		if (refusals >> i & 1) {
			snprintf(key, sizeof(key), "%d", statuses[i]);
			json_object_set_new(json_object_get(operation, "responses"), key, response_ref(statuses[i]));
		}
}

/* Whose token will do, in so many words, and for programs. */
static void
roles_add(const struct route *r, json_t *operation)
{
	const ProtobufCEnumDescriptor *d = &wire__account_role__descriptor;
	json_t *roles = json_array();
	arena_t *a = arena_open(1 << 16);
	const char *text = r->flags & ROUTE_OPEN
	                           ? "For everybody on the operator's networks; elsewhere for the operator"
	                           : "For the operator";

	for (unsigned i = 0; i < d->n_values; i++)
		if (d->values[i].value && r->who >> d->values[i].value & 1) {
			const char *name = enum_text(d, d->values[i].value, a);
			json_array_append_new(roles, json_string(name));
			text = arena_printf(a, "%s, `%s`", text, name);
		}
	json_object_set_new(operation, "description",
	                    r->flags & ROUTE_STRANGERS ? json_string("For everybody; it takes no token.")
	                    : r->who == WHO_ANYBODY    ? json_string("For everybody with a token.")
	                                               : json_sprintf("%s.", text));
	json_object_set_new(operation, "x-roles", roles);
	arena_close(&a);
}

static json_t *
operation_of(struct draft *d, const struct route *r)
{
	const struct rule *rule = &rules[r->kind];
	const char *tag = r->parts[0].service ? r->parts[0].service : "gateway";
	json_t *o = json_pack("{s:[s], s:o, s:o, s:{}}", "tags", tag, "operationId", operation_id(r, rule), "summary",
	                      operation_summary(r, rule), "responses");

	parameters_add(d, r, rule, o);
	if (rule->body)
		rule->body(d, r, o);
	rule->answers(d, r, o);
	refusals_add(r, o);
	roles_add(r, o);
	if (r->flags & ROUTE_PASSWORD_AGAIN)
		json_object_set_new(o, "x-password-again", json_true());
	if (r->flags & ROUTE_OPEN)
		json_object_set_new(o, "security", json_pack("[{}, {s:[]}, {s:[]}]", "bearer", "cookie"));
	if (r->flags & ROUTE_STRANGERS)
		json_object_set_new(o, "security", json_array());
	return o;
}

/* ---- the whole */

static void
route_add(struct draft *d, const struct route *r)
{
	char method[8];
	size_t n = 0;

	for (; r->method[n] && n + 1 < sizeof(method); n++)
		method[n] = (char)(r->method[n] - 'A' + 'a');
	method[n] = '\0';
	if (!json_object_get(d->paths, r->path))
		json_object_set_new(d->paths, r->path, json_object());
	json_object_set_new(json_object_get(d->paths, r->path), method, operation_of(d, r));
}

/* What is this gateway's own to say with a status, code by code. */
static json_t *
problem_description(int status)
{
	arena_t *a = arena_open(1 << 16);
	char *text = arena_printf(a, "%s.", problem_title(status));

	for (enum refusal r = REFUSED_NOT + 1; r < REFUSALS; r++)
		if (problem_status(r) == status) {
			const Wire__Problem *p = problem_of(r, NULL, a);
			text = arena_printf(a, "%s\n- `%s`: %s", text, p->code, p->detail);
		}
	json_t *j = json_string(text);
	arena_close(&a);
	return j;
}

static void
problem_response(struct draft *d, int status)
{
	json_t *response = json_pack("{s:o, s:o}", "description", problem_description(status), "content",
	                             content_of(TYPE_PROBLEM, schema_ref_named("Problem")));
	const char *header = status == 401 ? "WWW-Authenticate" : status == 429 || status == 503 ? "Retry-After" : NULL;
	char name[16];

	if (header)
		json_object_set_new(response, "headers",
		                    json_pack("{s:{s:b, s:{s:s}}}", header, "required", 1, "schema", "type", "string"));
	snprintf(name, sizeof(name), "Problem%d", status);
	json_object_set_new(d->responses, name, response);
}

json_t *
openapi_document(bool manual_clock)
{
	json_t *whole = json_loads(data_openapi_json, 0, NULL), *components = json_object_get(whole, "components");
	struct draft d = {
		json_object_get(whole, "paths"),
		json_object_get(components, "schemas"),
		json_object_get(components, "responses"),
	};

	for (size_t i = 0; i < STATUSES; i++)
		problem_response(&d, statuses[i]);
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *r = route_at(i);
		if (openapi_knows(r->kind) && (manual_clock || !(r->flags & ROUTE_MANUAL_CLOCK)))
			route_add(&d, r);
	}
	const char *name;
	json_t *schema;
	json_object_foreach(d.schemas, name, schema)
		withheld_optional(schema);
	return whole;
}
