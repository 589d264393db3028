#include "call/command.h"
#include "access/access.h"
#include "base/digest.h"
#include "call/bind.h"
#include "http/target.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_TRY_US = 6 * 1000 * 1000, FILE_WHOLE_US = 30 * 1000 * 1000 };          /* thousands of rows in one answer */

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

/* The query of a file says what is done with it, so it is part of what a key stands for; other commands have none. */
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
	o.data = rpc_pack(m, a);
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

/* Kept with the call: a command may wait for something else first. */
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
command_bound(call_t *c, json_t *body, enum refusal unreadable, ProtobufCMessage **m)
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

void
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
		.kind = WIRE__KIND__COMMANDS, .lane = dry ? WIRE__LANE__TRIAL : WIRE__LANE__WRITER,
		.service = r->parts[0].service,
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
	Wire__Command o = command_of(c, m, NULL, c->key);

	command_ask(c, &o, false, done, mono_us);
}

bool
command_read(call_t *c, ProtobufCMessage **m, Wire__Command *o)
{
	json_t *body = NULL;
	enum refusal unreadable = body_of(c, &body), refused = REFUSED_NOT;

	if (unreadable && !is_content(unreadable))
		refused = unreadable;
	else if (!access_of_body(&c->who, c->match.route, body))
		refused = REFUSED_ROLE;
	else
		*o = command_bound(c, body, unreadable, m);
	json_decref(body);
	if (refused)
		call_refuse(c, refused, NULL);
	else
		call_body_free(c);
	return !refused;
}

void
command_run(call_t *c, int64_t mono_us)
{
	ProtobufCMessage *m;
	Wire__Command o;

	if (command_read(c, &m, &o))
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
