/* events - GET /events: where a client begins, and then its stream.
 *
 * With Last-Event-ID, or ?lastEventId= from clients that cannot send it, it goes on after that place, unless it is
 * empty; else it begins where the logs end now, or, with ?from=start, at their beginning.  Roster's reader says where
 * they end, which also shows whether the district exists, and a place beyond that is none that we gave.  Afterwards
 * roster is asked now and then whether the session still stands and may still do this. */
#include "events/events.h"
#include "access/access.h"
#include "call/bind.h"
#include "call/query.h"
#include "engine.pb-c.h"
#include "events/sse.h"
#include "http/target.h"
#include "roster.pb-c.h"
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define LAST_EVENT_ID "lastEventId"

static size_t
service_count(const call_t *c)
{
	size_t n = 0;

	while (c->api->set.services[n])
		n++;
	return n;
}

/* A service that has not written yet ends at 0. */
static struct position
heads_of(const call_t *c, const Engine__Heads *said)
{
	struct position p = { 0 };

	for (size_t i = 0; c->api->set.services[i]; i++)
		for (size_t k = 0; k < said->n_items; k++)
			if (strcmp(c->api->set.services[i], said->items[k]->service) == 0)
				p.seq[i] = said->items[k]->seq;
	return p;
}

static bool
position_given(const call_t *c, struct position *out)
{
	return position_parse(c->last_event_id, route_district(&c->match), service_count(c), out, c->api->arena);
}

/* The header goes before the parameter, which goes on standing in the URL of a client that has got on since. */
static Wire__Problem *
question_take(call_t *c, ProtobufCMessage *asked[ROUTE_PARTS_MAX])
{
	arena_t *a = c->api->arena;
	char *rest, *id;
	int n = target_param_out(target_query(c->target), LAST_EVENT_ID, a, &rest, &id);
	Wire__Problem *p = bind_queries(&c->match, rest, a, NULL, asked);

	if (!p && n > 1)
		return problem_of(REFUSED_QUERY_TWICE, "/" LAST_EVENT_ID, a);
	if (id && *id && !c->last_event_id && !(c->last_event_id = strdup(id)))
		abort();
	return p;
}

static Engine__EventsFrom
from_of(call_t *c)
{
	ProtobufCMessage *asked[ROUTE_PARTS_MAX];

	if (question_take(c, asked))
		return ENGINE__EVENTS_FROM__EVENTS_FROM_UNSPECIFIED;
	return ((const Engine__ReadHeads *)asked[0])->from;
}

/* False: the place given lies beyond the logs. */
static bool
begin_at(call_t *c, const struct position *heads, struct position *at)
{
	*at = *heads;
	if (!c->last_event_id && from_of(c) == ENGINE__EVENTS_FROM__START)
		*at = (struct position){ 0 };
	if (!c->last_event_id)
		return true;
	bool ours = position_given(c, at);
	for (size_t i = 0; ours && i < POSITION_SERVICES_MAX; i++)
		ours = at->seq[i] <= heads->seq[i];
	return ours;
}

static void
reply_stream(call_t *c, const struct position *heads, const struct position *at, int64_t mono_us)
{
	struct reply r = REPLY_NONE;

	r.status = 200;
	r.content_type = TYPE_EVENTS;
	struct sse_client o = {
		.district = route_district(&c->match), .partition = call_partition(c), .account = c->who.account,
		.token_sha256 = c->token_sha256, .at = at, .heads = heads,
	};
	if (!c->head && !c->left)
		r.stream = sse_begin(c->api->sse, &o, mono_us);
	if (!c->head && !c->left && !r.stream) {
		call_refuse(c, REFUSED_STREAMS, NULL);
		return;
	}
	reply_header(&r, "X-Accel-Buffering", "no");    /* said to proxies that would keep the text to themselves */
	call_reply(c, &r);
}

static void
events_begin(call_t *c, const Wire__Answer *a, int64_t mono_us)
{
	const Engine__Heads *said = engine__heads__unpack(arena_pb(c->api->arena), a->data.len, a->data.data);
	struct position heads, at;

	if (!said) {
		call_refuse(c, REFUSED_ANSWER, NULL);
		return;
	}
	heads = heads_of(c, said);
	if (begin_at(c, &heads, &at))
		reply_stream(c, &heads, &at, mono_us);
	else
		call_refuse(c, REFUSED_POSITION, NULL);
}

static void
heads_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	c->waiting = 0;
	if (outcome == RPC_ANSWERED && items[0]->status == 200) {
		events_begin(c, items[0], mono_us);
		return;
	}
	part_take(p, outcome, items ? items[0] : NULL, c->match.route->parts[0].answer, true);
	call_reply_json(c, p->status, p->json);
}

void
events_run(call_t *c, int64_t mono_us)
{
	ProtobufCMessage *asked[ROUTE_PARTS_MAX];
	struct position at;
	Wire__Problem *refusal = question_take(c, asked);

	if (!refusal && c->last_event_id && !position_given(c, &at))
		refusal = problem_of(REFUSED_POSITION, NULL, c->api->arena);
	call_parts_open(c, 1);
	struct rpc_request ask = query_of(c, c->match.route->parts[0].service, asked[0], refusal);
	call_ask(c, 0, &ask, heads_done, mono_us);
	if (c->waiting == 0)
		call_reply_json(c, c->parts[0].status, c->parts[0].json);
}

/* ---- sessions end, and roles are taken away */

static const struct route *
events_route(void)
{
	size_t i = 0;

	while (route_at(i)->kind != ROUTE_EVENTS)
		i++;
	return route_at(i);
}

/* Roster being away says nothing. */
static bool
may_go_on(const Wire__Answer *a, arena_t *arena)
{
	struct identity who = { 0 };

	if (a->status != 200)
		return a->status != 404;
	const Roster__Caller *caller = roster__caller__unpack(arena_pb(arena), a->data.len, a->data.data);
	if (!caller || !caller->actor)
		return true;
	if (!identity_take(&who, caller->account_id, caller->actor))
		return true;
	bool may = access_of(&who, events_route()) != ACCESS_NONE;
	identity_drop(&who);
	return may;
}

static void
look_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct look *l = ctx;

	(void)mono_us;
	if (outcome == RPC_ANSWERED && !may_go_on(items[0], l->api->arena))
		sse_end_of(l->api->sse, l->token_sha256);
	l->api = NULL;
}

static void
look_ask(api_t *api, struct look *l, const char *token_sha256, const char *district, int64_t mono_us)
{
	Roster__ReadCaller m = ROSTER__READ_CALLER__INIT;
	Wire__Read read = WIRE__READ__INIT;
	uint8_t data[2 * SHA256_HEX_MAX];
	struct rpc_request ask = {
		.kind = WIRE__KIND__READ, .lane = WIRE__LANE__READER, .service = "roster",
		.partition = partition_of(district), .nitems = 1,
		.repeatable = true, .try_us = TRY_US, .whole_us = WHOLE_US, .done = look_done, .ctx = l,
	};

	*l = (struct look){ .api = api };
	snprintf(l->token_sha256, sizeof(l->token_sha256), "%s", token_sha256);
	headers_trace_new(ask.trace);
	m.token_sha256 = l->token_sha256;
	read.data = (ProtobufCBinaryData){ roster__read_caller__pack(&m, data), data };
	read.district = (char *)district;
	read.type = (char *)m.base.descriptor->name;
	read.trace = ask.trace;
	rpc_body_read(&ask, &read);
	if (!rpc_put(api->rpc, &ask, mono_us))
		l->api = NULL;
}

/* Whoever finds no place is looked at the next time. */
void
events_tick(api_t *api, int64_t mono_us)
{
	const char *token_sha256, *district;

	while ((token_sha256 = sse_doubted(api->sse, &district, mono_us)) != NULL)
		for (size_t i = 0; i < LOOKS_MAX; i++)
			if (!api->looks[i].api) {
				look_ask(api, &api->looks[i], token_sha256, district, mono_us);
				break;
			}
}
