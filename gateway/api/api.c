#include "api/api.h"
#include "access/fairness.h"
#include "accounts/accounts.h"
#include "accounts/authenticate.h"
#include "accounts/password_queue.h"
#include "api/document.h"
#include "base/crash.h"
#include "base/ids.h"
#include "call/command.h"
#include "call/ndjson.h"
#include "call/precondition.h"
#include "call/reach.h"
#include "events/events.h"
#include "events/sse.h"
#include "files/evidence.h"
#include "files/export.h"
#include "http/target.h"
#include "ops/health.h"
#include "pages/pages.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ARENA_MAX = 64 << 20,            /* a body of 1 MiB of tiny strings, as messages */
       SMALL_BODY_BYTES = 16 << 10 };

/* What JSON was made of may have been a password. */
static void
wiped_free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

api_t *
api_open(const struct api_settings *s)
{
	api_t *api = calloc(1, sizeof(*api));

	if (!api)
		abort();
	api->set = *s;
	json_set_alloc_funcs(malloc, wiped_free);
	api->rpc = rpc_open(s->port);
	api->arena = arena_open(ARENA_MAX);
	api->http_metrics = http_metrics_open();
	api->sse = sse_open(s->port, s->services, s->metrics, api->arena);
	return api;
}

void
api_close(api_t **ap)
{
	api_t *api = *ap;

	*ap = NULL;
	if (!api)
		return;
	rpc_close(&api->rpc);
	while (api->calls) {
		if (api->calls->ndjson)
			ndjson_drop(api->calls->ndjson);
		api->calls->waiting = 0;
		call_free(api->calls);
	}
	sse_close(&api->sse);
	http_metrics_close(&api->http_metrics);
	arena_close(&api->arena);
	free(api->document);
	session_cache_close(&api->sessions);
	free(api);
}

/* ---- answers without a call */

static void
headers_own(const api_t *api, struct reply *r)
{
	char trace[TRACE_MAX];

	headers_trace_new(trace);
	reply_header(r, "traceparent", trace);
	http_metrics_add(api->http_metrics, NULL, r->status);
}

void
api_turn_away(api_t *api, enum refusal r, struct reply *reply)
{
	json_t *j = problem_json(problem_of(r, NULL, api->arena));

	problem_reply(j, reply);
	json_decref(j);
	arena_reset(api->arena);
	headers_own(api, reply);
}

void
api_tell_methods(api_t *api, const char *target, struct reply *reply)
{
	if (strcmp(target, "*") != 0) {
		api_turn_away(api, REFUSED_METHOD, reply);
	} else {
		reply->status = 204;
		headers_own(api, reply);
	}
	reply_header(reply, "Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
}

/* ---- the beginning: what the headers say */

static enum refusal
route_of(call_t *c, const struct api_request *r)
{
	char *segments[ROUTE_SEGMENTS_MAX];
	int n = target_segments(r->target, c->api->arena, segments, ROUTE_SEGMENTS_MAX);

	if (pages_own(segments, n)) {
		c->page = true;
		target_plain(c->target, segments, n);
		snprintf(c->allow, sizeof(c->allow), "GET, HEAD");
		return c->get ? REFUSED_NOT : REFUSED_METHOD;
	}
	enum route_found found = n < 0 ? ROUTE_NONE
		: route_find(r->method, segments, n, c->api->set.manual_clock, &c->match, c->allow);

	if (found == ROUTE_FOUND)
		target_plain(c->target, segments, n);
	return found == ROUTE_FOUND ? REFUSED_NOT : found == ROUTE_NONE ? REFUSED_ROUTE : REFUSED_METHOD;
}

/* Where 403 is decided, all of it.  A district that is not one's own is one whether it exists or not. */
static bool
is_forbidden(const call_t *c)
{
	const char *district = route_district(&c->match);

	return access_of(&c->who, c->match.route) == ACCESS_NONE ||
	       (!c->who.operator && *district && strcmp(district, c->who.district) != 0);
}

/* Health needs no token from near, logging in and the console none at all; everything else does, also what is not
 * there. */
static bool
needs_nobody(const call_t *c)
{
	unsigned flags = c->match.route ? c->match.route->flags : 0;

	return c->page || flags & ROUTE_STRANGERS || (flags & ROUTE_OPEN && c->near);
}

static bool
is_crowded_out(const call_t *c)
{
	return c->crowded && !(c->match.route && c->match.route->flags & ROUTE_OPEN);
}

static bool
needs_password_again(const call_t *c)
{
	return c->by_cookie && c->match.route && c->match.route->flags & ROUTE_PASSWORD_AGAIN && !c->who.stepped_up;
}

static enum refusal
early_refusal(const call_t *c)
{
	if (is_crowded_out(c))
		return REFUSED_BUSY;
	if (c->stranger)
		return c->stranger;
	if (c->found)
		return c->found;
	if (!needs_nobody(c) && is_forbidden(c))
		return REFUSED_ROLE;
	if (needs_password_again(c))
		return REFUSED_STEP_UP;
	return c->api->gave_up ? REFUSED_STOPPING : c->api->ncalls > CALLS_MAX ? REFUSED_BUSY : REFUSED_NOT;
}

/* Which of the types that the row takes it is; NULL: none of them. */
static const char *
type_said(call_t *c, const char *content_type)
{
	static const char *const known[] = {
		TYPE_JSON, TYPE_LINES, TYPE_CSV, "image/jpeg", "image/png", "application/pdf",
	};
	const char *takes = c->match.route->media ? c->match.route->media : TYPE_JSON;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(takes, known[i]) && headers_media_is(content_type, known[i], &c->charset))
			return known[i];
	return NULL;
}

/* JSON is UTF-8; a table may also be what spreadsheets write here. */
static enum refusal
media_refusal(call_t *c, const struct api_request *r)
{
	if (c->get)
		return REFUSED_NOT;
	if (r->content_encoding && strcasecmp(r->content_encoding, "identity") != 0)
		return REFUSED_MEDIA;
	c->said_type = type_said(c, r->content_type);
	bool read = c->charset == CHARSET_UNSAID || c->charset == CHARSET_UTF8 ||
	            (c->charset == CHARSET_GB18030 && c->match.route->kind == ROUTE_FILE);
	return c->said_type && read ? REFUSED_NOT : REFUSED_MEDIA;
}

static void
key_of(call_t *c, const struct api_request *r)
{
	if (!r->idempotency_key || !(c->match.route->flags & ROUTE_KEYED))
		return;
	c->key_bad = !key_valid(r->idempotency_key);
	if (!c->key_bad)
		snprintf(c->key, sizeof(c->key), "%s", r->idempotency_key);
}

static void
trace_of(call_t *c, const struct api_request *r)
{
	if (headers_trace_valid(r->traceparent))
		snprintf(c->trace, sizeof(c->trace), "%s", r->traceparent);
	else
		headers_trace_new(c->trace);
}

static void
batch_room(void *ctx, int64_t mono_us)
{
	call_t *c = ctx;

	(void)mono_us;
	if (!c->left && c->client.room)
		c->client.room(c->client.ctx);
}

static void
batch_done(void *ctx, struct reply *r, int64_t mono_us)
{
	call_t *c = ctx;

	(void)mono_us;
	c->ndjson = NULL;
	call_reply(c, r);
}

static void
batch_begin(call_t *c)
{
	c->target[target_path_len(c->target)] = '\0';
	struct ndjson_settings o = {
		.rpc = c->api->rpc, .arena = c->api->arena, .match = &c->match, .path = c->target, .who = &c->who,
		.trace = c->trace, .key = c->key, .partition = call_partition(c), .open = &c->api->nbatches, .ctx = c,
		.room = batch_room, .done = batch_done,
	};

	c->ndjson = ndjson_open(&o);
}

/* NULL where it is not said, or nothing. */
static char *
kept(const char *header)
{
	char *copy = header && *header ? strdup(header) : NULL;

	if (header && *header && !copy)
		abort();
	return copy;
}

/* The batch's own headers are judged before its lines, which are sent as they come. */
static void
batch_judge(call_t *c)
{
	if (c->length > BATCH_BYTES_MAX)
		c->early = REFUSED_BATCH_SIZE;
	else if (c->media)
		c->early = c->media;
	else if (c->key_bad)
		c->early = REFUSED_KEY;
	else if (*target_query(c->target))
		c->early = REFUSED_QUERY_UNKNOWN;
	if (c->early == REFUSED_NOT)
		batch_begin(c);
}

/* What the headers say by themselves, whoever sends them. */
static void
headers_take(call_t *c, const struct api_request *r)
{
	c->near = r->near;
	c->crowded = r->crowded;
	c->length = r->content_length;
	memcpy(c->address, r->address, sizeof(c->address));
	trace_of(c, r);
	c->last_event_id = kept(r->last_event_id);
	c->if_none_match = kept(r->if_none_match);
	c->if_match = kept(r->if_match);
	c->accept_encoding = kept(r->accept_encoding);
	c->found = route_of(c, r);
	if (!c->match.route)
		return;
	c->body.secret = c->match.route->flags & ROUTE_PASSWORD;
	key_of(c, r);
	c->media = media_refusal(c, r);
	c->typed = r->content_type || r->content_encoding;
}

/* It is known who calls, or that nobody does. */
static void
judge(call_t *c, int64_t mono_us)
{
	if (*c->who.account && !c->stranger && c->client.known)
		c->client.known(c->client.ctx);
	if (!c->stranger)
		authenticate_may_ask(c, mono_us);
	c->early = early_refusal(c);
	c->holder = call_partition(c) < 0 ? PARTITIONS : call_partition(c);
	if (!c->early && c->match.route && c->match.route->kind == ROUTE_NDJSON)
		batch_judge(c);
	c->drop = c->early || c->get || c->length > BODY_BYTES_MAX;
}

/* ---- what is done when the body is in */

static call_fn *const runs[] = {
	[ROUTE_COMMAND] = reach_command, [ROUTE_FILE] = command_run_file,
	[ROUTE_QUERY] = reach_run, [ROUTE_EXPORT] = export_run, [ROUTE_EVENTS] = events_run,
	[ROUTE_ACCOUNT] = accounts_put, [ROUTE_LOGIN] = accounts_log_in, [ROUTE_LOGOUT] = accounts_log_out,
	[ROUTE_OWN_PASSWORD] = accounts_own_password, [ROUTE_STEP_UP] = accounts_step_up,
	[ROUTE_SESSION] = accounts_session,
	[ROUTE_UPLOAD] = evidence_put, [ROUTE_DOWNLOAD] = evidence_get,
	[ROUTE_LIVE] = health_live, [ROUTE_READY] = health_ready, [ROUTE_METRICS] = health_metrics,
	[ROUTE_DOCUMENT] = document_run,
};

/* An empty body without a type has none to be wrong. */
static enum refusal
late_refusal(const call_t *c)
{
	if (c->early)
		return c->early;
	if (c->seen > BODY_BYTES_MAX)
		return REFUSED_SIZE;
	return c->seen || c->typed ? c->media : REFUSED_NOT;
}

static void
run(call_t *c, int64_t mono_us)
{
	enum refusal r;

	CRASH_POINT("call.begun");
	if (c->ndjson)
		ndjson_end(c->ndjson, mono_us);
	else if ((r = late_refusal(c)))
		call_refuse(c, r, NULL);
	else if (c->page)
		pages_run(c, mono_us);
	else if (precondition_stands(c))
		precondition_ask(c, runs[c->match.route->kind], mono_us);
	else
		runs[c->match.route->kind](c, mono_us);
}

/* Nothing of it was judged until now; a client that has left meanwhile has asked for nothing. */
static void
judge_late(call_t *c, int64_t mono_us)
{
	if (c->left) {
		call_free(c);
		return;
	}
	judge(c, mono_us);
	if (c->ended)
		run(c, mono_us);
	else if (c->client.room)
		c->client.room(c->client.ctx);
}

static bool
is_for_strangers(const call_t *c)
{
	return c->page || (c->match.route && c->match.route->flags & ROUTE_STRANGERS);
}

/* Logging in has a rate of its own, and the console none. */
static void
who(call_t *c, const struct api_request *r, int64_t mono_us)
{
	const struct credentials h = { r->authorization, r->cookie, r->origin, r->own_page };

	if (is_crowded_out(c))
		return;
	if (!is_for_strangers(c))
		authenticate_begin(c, &h, needs_nobody(c), judge_late, mono_us);
	else if (c->match.route && c->get)
		authenticate_passer_by(c, mono_us);
}

/* ---- from the carrier */

call_t *
api_begin(api_t *api, const struct api_request *r, const struct api_client *client, int64_t mono_us)
{
	call_t *c = call_new(api, r->method, r->target, client);

	c->began_us = api->now_us = mono_us;
	headers_take(c, r);
	who(c, r, mono_us);
	if (!c->asking)
		judge(c, mono_us);
	arena_reset(api->arena);
	return c;
}

/* ---- … the body */

static void
body_drop(call_t *c)
{
	c->drop = true;
	call_body_free(c);
}

/* What most requests bring has room as long as there is any: who has none of his own, as one who logs in, is one with
 * all strangers. */
static bool
body_has_room(const call_t *c, size_t n)
{
	const api_t *api = c->api;

	if (c->body.len + n <= SMALL_BODY_BYTES)
		return n <= BODIES_BYTES_MAX - api->body_bytes;
	return fairness_has_room(api->body_bytes_of[c->holder], api->body_bytes, BODIES_BYTES_MAX, n);
}

static void
body_keep(call_t *c, const void *p, size_t n)
{
	if (!body_has_room(c, n)) {
		c->early = REFUSED_BUSY;
		body_drop(c);
		return;
	}
	bytes_append(&c->body, p, n);
	c->api->body_bytes += n;
	c->api->body_bytes_of[c->holder] += n;
}

size_t
api_body(call_t *c, const void *p, size_t n, int64_t mono_us)
{
	/* also one that is refused: the answer is waited for */
	bool batch = c->match.route && c->match.route->kind == ROUTE_NDJSON;
	size_t bound = DROPPED_BYTES_MAX + (batch ? BATCH_BYTES_MAX : 0);

	if (n > bound - c->seen || c->api->gave_up)
		return BODY_REFUSED;
	if (c->asking)
		return 0;
	if (c->ndjson)
		n = ndjson_feed(c->ndjson, p, n, mono_us);
	c->seen += n;
	if (c->ndjson || c->drop)
		return n;
	if (c->seen > BODY_BYTES_MAX)
		body_drop(c);
	else
		body_keep(c, p, n);
	return n;
}

void
api_end(call_t *c, int64_t mono_us)
{
	api_t *api = c->api;

	c->ended = true;
	api->now_us = mono_us;
	if (!c->asking)
		run(c, mono_us);
	arena_reset(api->arena);
}

void
api_leave(call_t *c, int64_t mono_us)
{
	c->left = true;
	if (c->ndjson)
		ndjson_leave(c->ndjson, mono_us);
	else if (!c->ended && !c->asking)
		call_free(c);
}

/* ---- from outside */

void
api_receive(api_t *api, const struct message *m, int64_t mono_us)
{
	api->now_us = mono_us;
	if (!sse_receive(api->sse, m, mono_us))
		rpc_receive(api->rpc, m, mono_us);
	arena_reset(api->arena);
}

int64_t
api_tick(api_t *api, int64_t mono_us)
{
	api->now_us = mono_us;
	events_tick(api, mono_us);
	int64_t due_us = INT64_MAX, each_us[] = {
		rpc_tick(api->rpc, mono_us),
		export_tick(api, mono_us),
		sse_tick(api->sse, mono_us),
		password_queue_tick(api, mono_us),
	};

	for (size_t i = 0; i < sizeof(each_us) / sizeof(each_us[0]); i++)
		due_us = each_us[i] < due_us ? each_us[i] : due_us;
	arena_reset(api->arena);
	return due_us;
}

size_t
api_outstanding(const api_t *api)
{
	return api->ncalls;
}

void
api_end_streams(api_t *api)
{
	sse_end(api->sse);
}

bool
api_gave_up(const api_t *api)
{
	return api->gave_up;
}

/* A batch asks for its last group when the one before it is answered, so it takes a second round. */
void
api_give_up(api_t *api, int64_t mono_us)
{
	api->gave_up = true;
	sse_end(api->sse);
	password_queue_give_up(api);
	while (rpc_outstanding(api->rpc))
		rpc_give_up(api->rpc, mono_us);
	export_give_up(api);
	arena_reset(api->arena);
}
