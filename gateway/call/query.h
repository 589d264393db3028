/* query - reads of one owner or several, merged by member into one answer, with names where its texts only mention. */
#pragma once
#include "call/call.h"

/* What asks a service for a message, to be put with done and ctx set. */
struct rpc_request query_of(call_t *c, const char *service, const ProtobufCMessage *m, Wire__Problem *refusal);
/* The messages of a route's parts from the query, and what it asks for beside them. */
Wire__Problem *query_bind(call_t *c, ProtobufCMessage *messages[ROUTE_PARTS_MAX]);
/* The one part of a route, by a message that was made for it; ends the call. */
void query_ask(call_t *c, const ProtobufCMessage *m, Wire__Problem *refusal, int64_t mono_us);
void query_ask_all(call_t *c, call_fn *then, int64_t mono_us);
int query_status(const call_t *c);                                      /* of what query_tell would tell */
json_t *query_answer(call_t *c);                                        /* … its members, or the refusal; the call's */
void query_tell(call_t *c, int64_t mono_us);                            /* ends the call */
