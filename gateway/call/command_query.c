/* ordinary - calls with one body and one answer: orders, and reads whose answers are merged. */
#include "access/sealed.h"
#include "base/log.h"
#include "call/bind.h"
#include "call/call.h"
#include "call/names.h"
#include "http/target.h"
#include "roster.pb-c.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- commands */

/* Packed items of a repeated field follow each other, so a message can be made a member at a time. */
void
command_append(struct bytes *commands, const Wire__Command *command)
{
	size_t len = wire__command__get_packed_size(command), rest = len;
	char head[11] = { 1 << 3 | 2 };         /* field 1, length-delimited */
	size_t nhead = 1;

	for (; rest >= 0x80; rest >>= 7)
		head[nhead++] = (char)(rest | 0x80);
	head[nhead++] = (char)rest;
	bytes_append(commands, head, nhead);
	wire__command__pack(command, (uint8_t *)bytes_room(commands, len));
}

static ProtobufCBinaryData
packed(const ProtobufCMessage *m, arena_t *a)
{
	ProtobufCBinaryData data = { .len = protobuf_c_message_get_packed_size(m) };

	data.data = arena_alloc(a, data.len + 1);
	protobuf_c_message_pack(m, data.data);
	return data;
}

/* The query of a file says what is done with it, so it is part of what a key stands for; other orders have none. */
static ProtobufCBinaryData
fingerprint_of(const call_t *c, arena_t *a)
{
	const char *method = c->match.route->method;
	ProtobufCBinaryData f = { .len = SHA256_SIZE, .data = arena_alloc(a, SHA256_SIZE) };
	size_t len = c->match.route->kind == ROUTE_FILE ? strlen(c->target) : target_path_len(c->target);
	char *path = arena_strndup(a, c->target, len);
	struct span_of_bytes parts[] = {
		{ method, strlen(method) + 1 }, { path, strlen(path) + 1 }, { c->body.p, c->body.len },
	};

	sha256(parts, 3, f.data);
	return f;
}

/* ---- orders */

/* What the client may not send at all; else a value, {} for a body that may be left out. */
static enum refusal
body_of(const call_t *c, json_t **out)
{
	if (c->body.len == 0 && c->match.route->flags & ROUTE_BODY_OPTIONAL) {
		*out = json_object();
		return REFUSED_NOT;
	}
	return bind_body(c->body.p ? c->body.p : "", c->body.len, out);
}

static bool
is_content(enum refusal r)
{
	return problem_status(r) == 422;
}

static Wire__Command
command_of(const call_t *c, const ProtobufCMessage *m, Wire__Problem *refusal, const char *key)
{
	arena_t *a = c->api->arena;
	Wire__Command o = WIRE__COMMAND__INIT;

	o.district = (char *)call_district(c);
	o.type = (char *)m->descriptor->name;
	o.data = packed(m, a);
	o.refusal = refusal;
	o.account = (char *)c->who.account;
	o.actor = identity_actor(&c->who, a);
	o.key = (char *)key;
	o.fingerprint = fingerprint_of(c, a);
	o.known = (ProtobufCBinaryData){ .len = c->given.len, .data = (uint8_t *)c->given.p };
	o.n_known_tags = c->ngiven;
	o.known_tags = (uint32_t *)c->given_tags;
	o.trace = (char *)c->trace;
	return o;
}

/* Kept with the call: an order may wait for something else first. */
static void
give(call_t *c, const struct json_known *known)
{
	size_t len = known->n ? protobuf_c_message_get_packed_size(known->m) : 0;

	assert(known->n <= GIVEN_MAX);
	if (known->n)
		protobuf_c_message_pack(known->m, (uint8_t *)bytes_room(&c->given, len));
	memcpy(c->given_tags, known->tags ? known->tags : c->given_tags, known->n * sizeof(*known->tags));
	c->ngiven = known->n;
}

/* The key in the body is the client's own for this very thing, so it goes before the one in the header. */
static Wire__Command
order_of(call_t *c, json_t *body, enum refusal unreadable, ProtobufCMessage **m)
{
	arena_t *a = c->api->arena;
	struct json_known known = { 0 };
	char *key = (char *)"";

	*m = NULL;
	Wire__Problem *p = unreadable ? problem_of(unreadable, NULL, a) : bind_no_query(target_query(c->target), a);
	if (!p && c->key_bad)
		p = problem_of(REFUSED_KEY, NULL, a);
	if (!p)
		p = bind_command(&c->match, body, a, m, &key, &known);
	if (!p)
		give(c, &known);
	if (!*m)
		*m = bind_blank(&c->match, c->match.route->parts[0].ask, a);
	return command_of(c, *m, p, *key ? key : c->key);
}

/* What roster was told may have changed who somebody is; a moved clock, whose session is over. */
void
command_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	(void)mono_us;
	if (strcmp(c->match.route->parts[0].service, "roster") == 0)
		session_cache_forget(&c->api->sessions, call_district(c));
	part_take(p, outcome, items ? items[0] : NULL, c->match.route->parts[0].answer, false);
	c->waiting = 0;
	call_reply_json(c, p->status, p->json);
}

/* A dry run is tried where nobody waits for it. */
static void
command_ask(call_t *c, const Wire__Command *o, bool dry, rpc_done_fn *done, int64_t mono_us)
{
	const struct route *r = c->match.route;
	struct bytes commands = { 0 };

	command_append(&commands, o);
	if (commands.len > REQUEST_BYTES_MAX) {
		bytes_free(&commands);
		call_refuse(c, REFUSED_SIZE, NULL);
		return;
	}
	struct rpc_request ask = {
		.kind = WIRE__KIND__COMMANDS, .lane = dry ? WIRE__LANE__TRIAL : WIRE__LANE__WRITER, .service = r->parts[0].service,
		.partition = call_partition(c), .repeatable = *o->key || r->flags & ROUTE_REPEATABLE,
		.body = (uint8_t *)commands.p, .body_len = commands.len,
	};
	if (r->kind == ROUTE_FILE) {
		ask.try_us = FILE_TRY_US;
		ask.whole_us = FILE_WHOLE_US;
	}
	call_parts_open(c, 1);
	call_ask(c, 0, &ask, done, mono_us);
	if (c->waiting == 0)
		call_reply_json(c, c->parts[0].status, c->parts[0].json);
}

void
command_send(call_t *c, const ProtobufCMessage *m, rpc_done_fn *done, int64_t mono_us)
{
	Wire__Command o = command_of(c, m, NULL, "");

	command_ask(c, &o, false, done, mono_us);
}

void
command_run(call_t *c, int64_t mono_us)
{
	json_t *body = NULL;
	ProtobufCMessage *m;
	enum refusal unreadable = body_of(c, &body);

	if (unreadable != REFUSED_NOT && !is_content(unreadable)) {
		call_refuse(c, unreadable, NULL);
		return;
	}
	if (!access_of_body(&c->who, c->match.route, body)) {
		json_decref(body);
		call_refuse(c, REFUSED_ROLE, NULL);
		return;
	}
	Wire__Command o = order_of(c, body, unreadable, &m);
	json_decref(body);
	call_body_free(c);
	if (c->match.route->flags & ROUTE_PASSWORD && !o.refusal)
		accounts_put(c, m, mono_us);
	else
		command_ask(c, &o, message_is_dry(m), command_done, mono_us);
}

void
command_run_file(call_t *c, int64_t mono_us)
{
	arena_t *a = c->api->arena;
	ProtobufCMessage *m;
	const char *charset = c->charset == CHARSET_UTF8 ? "utf-8" : c->charset == CHARSET_GB18030 ? "gb18030" : "";
	Wire__Problem *p = bind_file(&c->match, target_query(c->target), c->body.p, c->body.len, charset, a, &m);

	if (!p && c->key_bad)
		p = problem_of(REFUSED_KEY, NULL, a);
	Wire__Command o = command_of(c, m, p, c->key);
	call_body_free(c);
	command_ask(c, &o, !p && message_is_dry(m), command_done, mono_us);
}

/* ---- reads */

/* The first refusal among the answers; else that of the first. */
static const struct part *
read_verdict(const call_t *c)
{
	for (int i = 0; i < c->nparts; i++)
		if (c->parts[i].status >= 300)
			return &c->parts[i];
	return &c->parts[0];
}

int
query_status(const call_t *c)
{
	return read_verdict(c)->status;
}

static void
read_say(call_t *c, const struct part *verdict)
{
	size_t leaked = verdict->status < 300 && !sealed_may_see(&c->who) ? sealed_strip(verdict->json) : 0;
	if (leaked)
		LOG(ERROR, "answer.sealed", c->trace, LOG_S("route", c->match.route->path), LOG_I("taken_out", leaked));
	if (leaked && json_object_size(verdict->json) == 0)
		call_refuse(c, REFUSED_NOTHING, NULL);
	else
		call_reply_json(c, verdict->status, verdict->json);
}

/* ---- … and names in its texts */

enum { NAMES_AT_ONCE = 400 };           /* of at most NAME_BYTES_MAX each: one answer holds them */

static void names_ask(call_t *c, int64_t mono_us);

static void
names_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	Roster__Names *said = NULL;

	c->waiting = 0;
	if (outcome == RPC_ANSWERED && items[0]->status == 200)
		said = roster__names__unpack(arena_pb(c->api->arena), items[0]->data.len, items[0]->data.data);
	if (!said) {
		call_refuse(c, REFUSED_AWAY, NULL);
		return;
	}
	for (size_t i = 0; i < said->n_items; i++)
		json_object_set_new(c->names, said->items[i]->ref, json_string(said->items[i]->name));
	arena_reset(c->api->arena);
	if (c->named < json_array_size(c->mentioned)) {
		names_ask(c, mono_us);
		return;
	}
	names_fill(c->parts[0].json, c->names, c->api->arena);
	read_say(c, &c->parts[0]);
}

static void
names_ask(call_t *c, int64_t mono_us)
{
	Roster__ReadNames m = ROSTER__READ_NAMES__INIT;

	m.refs = arena_alloc(c->api->arena, NAMES_AT_ONCE * sizeof(*m.refs));
	while (m.n_refs < NAMES_AT_ONCE && c->named < json_array_size(c->mentioned))
		m.refs[m.n_refs++] = (char *)json_string_value(json_array_get(c->mentioned, c->named++));
	struct rpc_request ask = query_of(c, "roster", &m.base, NULL);
	ask.done = names_done;
	ask.ctx = c;
	if (rpc_put(c->api->rpc, &ask, mono_us))
		c->waiting = 1;
	else
		call_refuse(c, REFUSED_BUSY, NULL);
}

/* The answer is that of the first part, with the members of the others; when one has none, that is the answer. */
void
query_tell(call_t *c, int64_t mono_us)
{
	const struct part *verdict = read_verdict(c);

	for (int i = 1; i < c->nparts && verdict->status < 300; i++)
		json_object_update_missing(verdict->json, c->parts[i].json);
	if (verdict->status >= 300 || !(c->match.route->flags & ROUTE_NAMES)) {
		read_say(c, verdict);
		return;
	}
	c->mentioned = names_mentioned(verdict->json, c->api->arena);
	c->names = json_object();
	if (json_array_size(c->mentioned))
		names_ask(c, mono_us);
	else
		read_say(c, verdict);
}

static void
read_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	part_take(p, outcome, items ? items[0] : NULL, c->match.route->parts[p - c->parts].answer, true);
	if (--c->waiting == 0)
		reach_answered(c, mono_us);
}

struct rpc_request
query_of(call_t *c, const char *service, const ProtobufCMessage *m, Wire__Problem *refusal)
{
	Wire__Read read = WIRE__READ__INIT;

	read.district = (char *)call_district(c);
	read.type = (char *)m->descriptor->name;
	read.data = packed(m, c->api->arena);
	read.account = c->who.account;
	read.actor = identity_actor(&c->who, c->api->arena);
	read.trace = c->trace;
	read.refusal = refusal;
	struct rpc_request ask = {
		.kind = WIRE__KIND__READ, .lane = WIRE__LANE__READER, .service = service, .partition = call_partition(c), .nitems = 1,
		.repeatable = true, .try_us = TRY_US, .whole_us = WHOLE_US, .body_len = wire__read__get_packed_size(&read),
	};
	memcpy(ask.trace, c->trace, sizeof(ask.trace));
	ask.body = malloc(ask.body_len + 1);
	if (!ask.body)
		abort();
	wire__read__pack(&read, ask.body);
	return ask;
}

void
query_ask_all(call_t *c, int64_t mono_us)
{
	ProtobufCMessage *messages[ROUTE_PARTS_MAX];
	Wire__Problem *p = bind_queries(&c->match, target_query(c->target), c->api->arena, messages);
	int n = 0;

	while (n < ROUTE_PARTS_MAX && messages[n])
		n++;
	call_parts_open(c, n);
	for (int i = 0; i < n; i++) {
		struct rpc_request ask = query_of(c, c->match.route->parts[i].service, messages[i], p);
		call_ask(c, i, &ask, read_done, mono_us);
	}
	if (c->waiting == 0)
		reach_answered(c, mono_us);
}
