/* api - a call from request to answer, without sockets: server.c drives it from libmicrohttpd, tests drive it directly.
 *
 *   in:   requests (api_begin, api_body, api_end), messages from the bus (api_receive), time (api_tick)
 *   out:  requests to owners by the port, one reply for each call
 *   owns: the calls under way and what they ask
 *
 * One thread.  Every function takes the time (monotonic µs), so a test's clock is the clock.  The port's send must not
 * call back into api_receive: whoever connects the two in one process queues.
 *
 * What is checked, in the contract's order: 401 token, 404 route, 405 method, 403, 413 size, 415 media type, 400 JSON,
 * and then, by the owner, 404 thing, 422 content, 409 state. */
#pragma once
#include "call/settings.h"
#include "http/problem.h"

enum {
	BODY_BYTES_MAX = 1 << 20,               /* a JSON body */
	DROPPED_BYTES_MAX = 8 << 20,            /* how much too long it may be and still be answered */
	/* of all calls together, a district's share by fairness.h; beyond: 503 */
	BODIES_BYTES_MAX = 64 << 20,
	CALLS_MAX = 4096,                       /* under way; beyond: 503 */
};
struct api_request {                            /* texts are copied; NULL: the header is not there */
	const char *method, *target;            /* target: path and query, as sent */
	const char *authorization, *content_type, *content_encoding, *idempotency_key, *if_none_match, *if_match,
		*traceparent, *last_event_id, *accept_encoding, *cookie, *origin, *own_page; /* own_page: X-Zhucun */
	int64_t content_length;                 /* −1: not said */
	uint8_t address[ADDRESS_BYTES];         /* whose failures and requests count together: networks_client() */
	bool crowded;                           /* there is room for questions of health only: 503, whatever else */
	bool near;                              /* from a network whose health questions need no token */
};

api_t *api_open(const struct api_settings *s);
void api_close(api_t **ap);                     /* calls under way get no reply */

/* Headers are in.  Never replies from in here, so that a body can be read before the answer is given. */
call_t *api_begin(api_t *api, const struct api_request *r, const struct api_client *client, int64_t mono_us);
/* Bytes of the body.  How many were taken; fewer: wait for room() and bring the rest again.  BODY_REFUSED: so much too
 * long that its end is not waited for; leave, and close the connection. */
#define BODY_REFUSED SIZE_MAX
size_t api_body(call_t *c, const void *p, size_t n, int64_t mono_us);
/* The whole body is in.  The reply may come before this returns. */
void api_end(call_t *c, int64_t mono_us);
/* The client has gone, at any moment before the reply: replied() will not be called.  What was asked stays asked. */
void api_leave(call_t *c, int64_t mono_us);

void api_receive(api_t *api, const struct message *m, int64_t mono_us);
/* Does what is due; when the next is (INT64_MAX: nothing). */
int64_t api_tick(api_t *api, int64_t mono_us);
/* Calls that have not been answered, whether their client is there or not. */
size_t api_outstanding(const api_t *api);
/* Answers that need no call: to what is no request, and to OPTIONS * (RFC 9110 §9.3.7); of any other such target it is
 * 405. */
void api_turn_away(api_t *api, enum refusal r, struct reply *reply);
void api_tell_methods(api_t *api, const char *target, struct reply *reply);
/* The end is near: streams end, and no other begins. */
void api_end_streams(api_t *api);
/* The end: answers every call under way at once, as if its time were over, and every later one 503. */
void api_give_up(api_t *api, int64_t mono_us);
bool api_gave_up(const api_t *api);
