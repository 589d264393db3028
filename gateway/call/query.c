#include "call/query.h"
#include "access/sealed.h"
#include "access/withheld.h"
#include "base/log.h"
#include "call/bind.h"
#include "call/names.h"
#include "http/target.h"
#include "roster.pb-c.h"
#include <string.h>

/* ---- what is asked */

struct rpc_request
query_of(call_t *c, const char *service, const ProtobufCMessage *m, Wire__Problem *refusal)
{
	Wire__Read read = WIRE__READ__INIT;
	struct rpc_request ask = {
		.kind = WIRE__KIND__READ, .lane = WIRE__LANE__READER, .service = service,
		.partition = call_partition(c), .nitems = 1,
		.repeatable = true, .try_us = TRY_US, .whole_us = WHOLE_US,
	};

	read.district = (char *)call_district(c);
	read.type = (char *)m->descriptor->name;
	read.data = rpc_pack(m, c->api->arena);
	read.account = c->who.account;
	read.actor = identity_actor(&c->who, c->api->arena);
	read.trace = c->trace;
	read.refusal = refusal;
	memcpy(ask.trace, c->trace, sizeof(ask.trace));
	rpc_body_read(&ask, &read);
	return ask;
}

static void
part_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	part_take(p, outcome, items ? items[0] : NULL, c->match.route->parts[p - c->parts].answer, true);
	if (--c->waiting == 0)
		c->then(c, mono_us);
}

static void
part_ask(call_t *c, int i, const ProtobufCMessage *m, Wire__Problem *refusal, int64_t mono_us)
{
	struct rpc_request ask = query_of(c, c->match.route->parts[i].service, m, refusal);

	call_ask(c, i, &ask, part_done, mono_us);
}

void
query_ask(call_t *c, const ProtobufCMessage *m, Wire__Problem *refusal, int64_t mono_us)
{
	c->then = query_tell;
	call_parts_open(c, 1);
	part_ask(c, 0, m, refusal, mono_us);
	if (c->waiting == 0)
		c->then(c, mono_us);
}

Wire__Problem *
query_bind(call_t *c, ProtobufCMessage *messages[ROUTE_PARTS_MAX])
{
	Common__Beside asked = COMMON__BESIDE__INIT;
	Wire__Problem *p = bind_queries(&c->match, target_query(c->target), c->api->arena, &asked, messages);

	c->names_beside = asked.names;
	return p;
}

void
query_ask_all(call_t *c, call_fn *then, int64_t mono_us)
{
	ProtobufCMessage *messages[ROUTE_PARTS_MAX];
	Wire__Problem *p = query_bind(c, messages);
	int n = 0;

	while (n < ROUTE_PARTS_MAX && messages[n])
		n++;
	c->then = then;
	call_parts_open(c, n);
	for (int i = 0; i < n; i++)
		part_ask(c, i, messages[i], p, mono_us);
	if (c->waiting == 0)
		c->then(c, mono_us);
}

/* ---- what is answered */

/* The first refusal among the answers; else that of the first. */
static const struct part *
verdict_of(const call_t *c)
{
	for (int i = 0; i < c->nparts; i++)
		if (c->parts[i].status >= 300)
			return &c->parts[i];
	return &c->parts[0];
}

int
query_status(const call_t *c)
{
	return verdict_of(c)->status;
}

/* ---- names: roster is asked for those of what is mentioned, so many at once */

enum { NAMES_AT_ONCE = 400 };           /* of at most NAME_BYTES_MAX each: one answer holds them */

static size_t
refs_next(call_t *c, char ***refs)
{
	size_t n = 0;

	*refs = arena_alloc(c->api->arena, NAMES_AT_ONCE * sizeof(**refs));
	while (n < NAMES_AT_ONCE && c->named < json_array_size(c->mentioned))
		(*refs)[n++] = (char *)json_string_value(json_array_get(c->mentioned, c->named++));
	return n;
}

static void
roster_ask(call_t *c, const ProtobufCMessage *m, rpc_done_fn *done, int64_t mono_us)
{
	struct rpc_request ask = query_of(c, "roster", m, NULL);

	ask.done = done;
	ask.ctx = c;
	if (rpc_put(c->api->rpc, &ask, mono_us))
		c->waiting = 1;
	else
		call_refuse(c, REFUSED_BUSY, NULL);
}

/* What roster says; NULL: nothing, and the call has ended. */
static void *
roster_said(call_t *c, enum rpc_outcome outcome, Wire__Answer **items, const ProtobufCMessageDescriptor *d)
{
	void *said = NULL;

	c->waiting = 0;
	if (outcome == RPC_ANSWERED && items[0]->status == 200)
		said = protobuf_c_message_unpack(d, arena_pb(c->api->arena), items[0]->data.len, items[0]->data.data);
	if (!said)
		call_refuse(c, REFUSED_AWAY, NULL);
	return said;
}

static void
mentioned_set(call_t *c, json_t *mentioned, json_t *names)
{
	json_decref(c->mentioned);
	json_decref(c->names);
	c->mentioned = mentioned;
	c->names = names;
	c->named = 0;
}

/* ---- … beside ids */

static void beside_ask(call_t *c, int64_t mono_us);

static void
beside_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	const Roster__NamesOf *said = roster_said(c, outcome, items, &roster__names_of__descriptor);

	if (!said)
		return;
	for (size_t i = 0; i < said->n_items; i++)
		names_add(c->names, said->items[i]->kind, said->items[i]->id, said->items[i]->name, said->items[i]->of);
	arena_reset(c->api->arena);
	beside_ask(c, mono_us);
}

static void
beside_ask(call_t *c, int64_t mono_us)
{
	Roster__ReadNamesOf m = ROSTER__READ_NAMES_OF__INIT;

	m.n_refs = refs_next(c, &m.refs);
	if (m.n_refs) {
		roster_ask(c, &m.base, beside_done, mono_us);
		return;
	}
	json_object_set(c->parts[0].json, "names", c->names);
	call_reply_json(c, c->parts[0].status, c->parts[0].json);
}

/* Of what who calls is shown, and no more; who is of no district is told no names. */
static void
beside(call_t *c, int64_t mono_us)
{
	withheld_take(c->parts[0].json, &c->who, c->match.route);
	mentioned_set(c, *call_district(c) ? names_ids(c->parts[0].json) : json_array(), names_none());
	beside_ask(c, mono_us);
}

static void
say(call_t *c, const struct part *verdict, int64_t mono_us)
{
	size_t leaked = verdict->status < 300 && !sealed_may_see(&c->who) ? sealed_strip(verdict->json) : 0;
	if (leaked)
		LOG(ERROR, "answer.sealed", c->trace, LOG_S("route", c->match.route->path), LOG_I("taken_out", leaked));
	if (leaked && json_object_size(verdict->json) == 0)
		call_refuse(c, REFUSED_NOTHING, NULL);
	else if (c->names_beside && verdict->status < 300)
		beside(c, mono_us);
	else
		call_reply_json(c, verdict->status, verdict->json);
}

/* ---- … and in its texts */

static void names_ask(call_t *c, int64_t mono_us);

static void
names_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	const Roster__Names *said = roster_said(c, outcome, items, &roster__names__descriptor);

	if (!said)
		return;
	for (size_t i = 0; i < said->n_items; i++)
		json_object_set_new(c->names, said->items[i]->ref, json_string(said->items[i]->name));
	arena_reset(c->api->arena);
	if (c->named < json_array_size(c->mentioned)) {
		names_ask(c, mono_us);
		return;
	}
	names_fill(c->parts[0].json, c->names, c->api->arena);
	say(c, &c->parts[0], mono_us);
}

static void
names_ask(call_t *c, int64_t mono_us)
{
	Roster__ReadNames m = ROSTER__READ_NAMES__INIT;

	m.n_refs = refs_next(c, &m.refs);
	roster_ask(c, &m.base, names_done, mono_us);
}

/* The answer is that of the first part, with the members of the others; when one has none, that is the answer. */
json_t *
query_answer(call_t *c)
{
	const struct part *verdict = verdict_of(c);

	for (int i = 1; i < c->nparts && verdict->status < 300; i++)
		json_object_update_missing(verdict->json, c->parts[i].json);
	return verdict->json;
}

void
query_tell(call_t *c, int64_t mono_us)
{
	const struct part *verdict = verdict_of(c);

	query_answer(c);
	if (verdict->status >= 300 || !(c->match.route->flags & ROUTE_NAMES)) {
		say(c, verdict, mono_us);
		return;
	}
	mentioned_set(c, names_mentioned(verdict->json, c->api->arena), json_object());
	if (json_array_size(c->mentioned))
		names_ask(c, mono_us);
	else
		say(c, verdict, mono_us);
}
