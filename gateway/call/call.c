#include "call/call.h"
#include "access/cookie.h"
#include "access/withheld.h"
#include "base/crash.h"
#include "base/log.h"
#include "bus/message.h"
#include "http/coding.h"
#include "http/etag.h"
#include "http/problem.h"
#include "json/json_pb.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- beginning and end */

call_t *
call_new(api_t *api, const char *method, const char *target, const struct api_client *client)
{
	call_t *c = calloc(1, sizeof(*c));

	if (!c || !(c->target = strdup(target)))
		abort();
	c->api = api;
	c->client = *client;
	c->head = strcmp(method, "HEAD") == 0;
	c->get = c->head || strcmp(method, "GET") == 0;
	c->before = &api->calls;
	c->next = api->calls;
	if (c->next)
		c->next->before = &c->next;
	api->calls = c;
	api->ncalls++;
	return c;
}

void
call_body_free(call_t *c)
{
	c->api->body_bytes -= c->body.len;
	c->api->body_bytes_of[c->holder] -= c->body.len;
	if (c->body.secret)
		arena_secret(c->api->arena);    /* where it was read into */
	bytes_free(&c->body);
}

void
call_free(call_t *c)
{
	assert(c->waiting == 0);
	*c->before = c->next;
	if (c->next)
		c->next->before = c->before;
	c->api->ncalls--;
	if (c->release)
		c->release(c);
	call_parts_close(c);
	json_decref(c->peers);
	call_body_free(c);
	bytes_free(&c->held);
	bytes_free(&c->given);
	explicit_bzero(c->token, sizeof(c->token));
	identity_drop(&c->who);
	free(c->target);
	free(c->last_event_id);
	free(c->if_none_match);
	free(c->if_match);
	free(c->accept_encoding);
	free(c);
}

/* ---- answers */

static void
count(const call_t *c, int status)
{
	http_metrics_add(c->api->http_metrics, c->match.route, status);
	metric_observe(c->api->set.metrics, HISTOGRAM_HTTP_TIME, c->api->now_us - c->began_us);
}

/* What a reader has already he is not sent again. */
static void
tag(const call_t *c, struct reply *r)
{
	char etag[ETAG_MAX];

	if (!c->get || r->status != 200 || !r->body || strcmp(r->content_type, TYPE_JSON) != 0)
		return;
	etag_of(r->body, r->len, etag);
	reply_header(r, "ETag", etag);
	if (!etag_among(c->if_none_match, etag))
		return;
	r->status = 304;
	free(r->body);
	r->body = NULL;
	r->len = 0;
}

/* A browser keeps its cookie until it is told that it is good for nothing. */
static void
cookie_say(const call_t *c, struct reply *r)
{
	const char *origin = c->api->set.origin;
	bool ended = r->status == 401 || (r->status == 204 && c->match.route && c->match.route->kind == ROUTE_LOGOUT);

	if (c->cookie && r->status == 201)
		cookie_set(r, origin, c->token, c->remember ? REMEMBERED_SECONDS : 0);
	else if (c->by_cookie && ended)
		cookie_empty(r, origin);
}

void
call_reply(call_t *c, struct reply *r)
{
	if (!c->left) {
		cookie_say(c, r);
		tag(c, r);
		coding_pack(r, c->accept_encoding);
		count(c, r->status);
		reply_header(r, "traceparent", c->trace);
		CRASH_POINT("call.decided");
		c->client.replied(c->client.ctx, r);
		CRASH_POINT("call.replied");
	}
	reply_free(r);
	call_free(c);
}

static bool
is_heard(call_t *c, int status, json_t *j)
{
	void (*heard)(call_t *, int, json_t *, int64_t) = c->heard;

	c->heard = NULL;
	if (heard)
		heard(c, status, j, c->api->now_us);
	return heard != NULL;
}

void
call_reply_json(call_t *c, int status, json_t *j)
{
	struct reply r = REPLY_NONE;

	if (is_heard(c, status, j))
		return;
	if (status >= 300) {
		problem_reply(j, &r);
	} else {
		if (c->match.route)
			withheld_take(j, &c->who, c->match.route);
		r.status = status;
		r.content_type = TYPE_JSON;
		r.body = reply_json(j);
		r.len = strlen(r.body);
	}
	call_reply(c, &r);
}

void
call_reply_problem(call_t *c, const Wire__Problem *p)
{
	struct reply r = REPLY_NONE;
	json_t *j = problem_json(p);

	if (is_heard(c, p->status, j)) {
		json_decref(j);
		return;
	}
	problem_reply(j, &r);
	json_decref(j);
	if (r.status == 405)
		reply_header(&r, "Allow", c->allow);
	call_reply(c, &r);
}

void
call_refuse(call_t *c, enum refusal r, const char *pointer)
{
	Wire__Problem *p = problem_of(r, pointer, c->api->arena);

	if (r == REFUSED_RATE)
		p->retry_after_s = problem_retry_s(c->wait_us);
	call_reply_problem(c, p);
}

const char *
call_district(const call_t *c)
{
	const char *district = route_district(&c->match);

	return *district && !c->asking ? district : c->who.district;
}

int32_t
call_partition(const call_t *c)
{
	const char *district = call_district(c);

	return *district ? partition_of(district) : -1;
}

/* ---- parts: what a call asks, and what came back */

void
call_parts_open(call_t *c, int n)
{
	c->parts = calloc((size_t)n, sizeof(*c->parts));
	if (!c->parts)
		abort();
	c->nparts = n;
	for (int i = 0; i < n; i++)
		c->parts[i].call = c;
}

void
call_parts_close(call_t *c)
{
	for (int i = 0; i < c->nparts; i++)
		json_decref(c->parts[i].json);
	free(c->parts);
	c->parts = NULL;
	c->nparts = 0;
	json_decref(c->mentioned);
	json_decref(c->names);
	c->mentioned = c->names = NULL;
}

static void
part_problem(struct part *p, const Wire__Problem *problem)
{
	p->status = problem->status;
	p->json = problem_json(problem);
}

void
part_refuse(struct part *p, enum refusal r)
{
	part_problem(p, problem_of(r, NULL, p->call->api->arena));
}

static void
part_answer(struct part *p, const Wire__Answer *answer, const ProtobufCMessageDescriptor *d)
{
	arena_t *a = p->call->api->arena;
	ProtobufCMessage *m = protobuf_c_message_unpack(d, arena_pb(a), answer->data.len, answer->data.data);

	if (!m) {
		LOG(ERROR, "answer.unreadable", p->call->trace, LOG_S("type", d->name),
		    LOG_I("bytes", answer->data.len));
		part_refuse(p, REFUSED_ANSWER);
		return;
	}
	p->status = answer->status;
	p->json = json_from_message(m);
}

/* A read that was lost changed nothing, so it is only late. */
void
part_take(struct part *p, enum rpc_outcome outcome, Wire__Answer *a, const ProtobufCMessageDescriptor *d, bool read)
{
	if (outcome != RPC_ANSWERED)
		part_refuse(p, outcome == RPC_LOST && !read ? REFUSED_UNKNOWN : REFUSED_AWAY);
	else if (a->status >= 200 && a->status < 300)
		part_answer(p, a, d);
	else if (a->problem && a->problem->status >= 400)
		part_problem(p, a->problem);
	else
		part_refuse(p, REFUSED_ANSWER);
	arena_reset(p->call->api->arena);
}

void
call_ask(call_t *c, int i, struct rpc_request *ask, rpc_done_fn *done, int64_t mono_us)
{
	ask->nitems = 1;
	if (!ask->whole_us) {
		ask->try_us = TRY_US;
		ask->whole_us = WHOLE_US;
	}
	memcpy(ask->trace, c->trace, sizeof(ask->trace));
	ask->done = done;
	ask->ctx = &c->parts[i];
	if (rpc_put(c->api->rpc, ask, mono_us))
		c->waiting++;
	else
		part_refuse(&c->parts[i], REFUSED_BUSY);
}
