/* call - what the files of api share; nobody else includes it.
 *
 *   api.c      beginning, body, end                   ordinary.c  orders and reads
 *   reach.c    reads by who sees only his own
 *   lines.c    NDJSON, a command a line               health.c    /livez /readyz /metrics
 *   events.c   the stream of a district's events     document.c  openapi.json
 *   who.c      who calls, and how often he may        accounts.c  passwords, logging in and out
 *   passwords.c  whose turn it is to be checked       export.c    lists as files */
#pragma once
#include "access/access.h"
#include "access/identity.h"
#include "access/rate_limit.h"
#include "access/session_cache.h"
#include "access/tokens.h"
#include "api/api.h"
#include "call/http_metrics.h"
#include "call/rpc.h"
#include "events/sse.h"
#include "http/bytes.h"
#include "http/headers.h"
#include "http/problem.h"
#include "routes/routes.h"

enum {
	CALL_PARTS_MAX = 24,                    /* readiness asks two lanes of each service */
	TRY_US = 1500 * 1000, WHOLE_US = 5000 * 1000,
	FILE_TRY_US = 6 * 1000 * 1000, FILE_WHOLE_US = 30 * 1000 * 1000,      /* thousands of rows in one answer */
	READY_US = 1000 * 1000,
	METRICS_PEERS_MAX = 2048,               /* replicas whose counters one answer has: as many as the buses take; of more it is refused */
	LOOKS_MAX = 64,                         /* at sessions of streams, under way */
	PASSWORDS_MAX = 8,                      /* under way: each takes a thread of roster some 27 ms, and much more where cores are busy */
	PASSWORDS_WAIT_MAX = 128,               /* … and whose turn has not come */
	PASSWORD_WAIT_US = 4000 * 1000, PASSWORD_TRY_US = 2500 * 1000,
};
enum { ETAG_MAX = 36 };

/* The route table as openapi.h describes it: made when first asked for. */
struct document { char *text; size_t len; char etag[ETAG_MAX]; };
struct part { call_t *call; json_t *json; int status; };        /* status 0: no answer yet */

struct password_turn { struct rpc_request ask; int64_t since_us; bool waits, asked; };   /* to be hashed or checked */

struct look { api_t *api; char token_sha256[SHA256_HEX_MAX]; };         /* api NULL: free */

struct api {
	struct api_settings set;
	rpc_t *rpc;
	sse_t *sse;
	struct look looks[LOOKS_MAX];
	arena_t *arena;                         /* of one request or answer; emptied after it */
	call_t *calls;                          /* all of them, linked */
	size_t ncalls, body_bytes;
	size_t body_bytes_of[PARTITIONS + 1];   /* the last: of those who have no district yet */
	unsigned nbatches;                      /* under way */
	size_t npasswords, nwaiting;            /* passwords asked about; waiting for that */
	bool gave_up;
	size_t nexports, npacking;              /* exports under way; those whose file is being packed */
	struct document document;
	struct session_cache sessions;
	struct rate_limit rate_limit;
	http_metrics_t *http_metrics;
	int64_t now_us;                         /* as it was told last */
};
struct ndjson;
enum { GIVEN_MAX = 32 };

struct call {
	api_t *api;
	call_t *next, **before;
	struct api_client client;
	bool left, ended;
	bool get, head;                         /* GET or HEAD; HEAD */
	bool near, crowded;                     /* as of the request */
	int64_t length;                         /* −1: not said */
	uint8_t address[ADDRESS_BYTES];
	bool asking;                            /* roster, who calls; until then nothing is judged and no body taken */
	enum refusal stranger;                  /* why it is not known who calls; or he may not ask so much */
	int64_t wait_us;                        /* … then: until he may */
	uint64_t asked_at;                      /* session_cache_age() then */
	char token_sha256[SHA256_HEX_MAX];      /* of a session's token */
	struct identity who;                    /* who calls; account "": nobody that is known */
	struct route_match match;               /* route NULL: none was found */
	enum refusal found;                     /* of the route */
	enum refusal early;                     /* what the headers alone decided */
	enum refusal media;                     /* … and what counts only if the body is not too long */
	bool typed;                             /* a type is said, so it counts although there be no body */
	enum charset charset;                   /* in what its text is said to be written */
	char allow[ROUTE_ALLOW_MAX], trace[TRACE_MAX], key[KEY_MAX + 1];
	bool key_bad;
	char *target;                           /* its path without escapes, once a route was found */
	bool known;                             /* the client has the answer already, as its If-None-Match says */
	char *last_event_id;                    /* NULL: not said, or said to be none */
	struct bytes body;
	int32_t holder;                         /* to whom it is counted */
	size_t seen;                            /* bytes of the body, kept or dropped */
	bool drop;                              /* nothing of the body is kept from here on */
	struct ndjson *ndjson;
	struct export *export;
	int nparts, waiting;
	json_t *peers;                          /* whom /metrics asks */
	int64_t began_us;
	struct part *parts;                     /* nparts of them, once asked */
	json_t *mentioned, *names; size_t named;        /* what the answer's texts mention; what roster calls some of it; how many it was asked for */
	struct subject subject;                 /* whose the thing is, when that decides */
	struct bytes given; size_t ngiven; uint32_t given_tags[GIVEN_MAX];      /* what a body gave of the answer (wire.Command.known) */
	struct bytes held;                      /* an order that waits for its password's hash */
	struct password_turn turn;
	char token[TOKEN_TEXT_MAX];             /* of the session that is being opened */
};

/* ---- api.c */
void call_reply(call_t *c, struct reply *r);                            /* ends the call */
void call_refuse(call_t *c, enum refusal r, const char *pointer);       /* likewise */
void call_reply_problem(call_t *c, const Wire__Problem *p);             /* likewise */
void call_reply_json(call_t *c, int status, json_t *j);                 /* likewise; j is the caller's */
void call_known(call_t *c, int64_t mono_us);                            /* who calls, or that he may not: goes on */
/* That of the path, else the caller's own; "" none.  While it is asked who calls: what the token says. */
const char *call_district(const call_t *c);
int32_t call_partition(const call_t *c);
/* Asks for part i.  When it cannot be asked, the part has its refusal at once. */
void call_ask(call_t *c, int i, struct rpc_request *ask, rpc_done_fn *done, int64_t mono_us);
void part_refuse(struct part *p, enum refusal r);
void part_take(struct part *p, enum rpc_outcome outcome, Wire__Answer *a, const ProtobufCMessageDescriptor *d, bool read);
void call_parts_open(call_t *c, int n);
void call_parts_close(call_t *c);
void call_body_free(call_t *c);                                         /* it has been read */

/* ---- who.c */
/* From the headers; needless: the route asks nobody who he is.  Sets who, or asking, or stranger. */
void authenticate_begin(call_t *c, const char *authorization, bool needless, int64_t mono_us);
/* False: not so often; stranger says so. */
bool authenticate_may_ask(call_t *c, int64_t mono_us);
bool authenticate_may_log_in(call_t *c, int64_t mono_us);


/* ---- accounts.c */
void accounts_put(call_t *c, ProtobufCMessage *order, int64_t mono_us);
void accounts_own_password(call_t *c, int64_t mono_us);
void accounts_log_in(call_t *c, int64_t mono_us);
void accounts_log_out(call_t *c, int64_t mono_us);

/* ---- passwords.c */
/* Asks roster when its turn comes; done hears what was said, and calls password_queue_answered first. */
void password_queue_ask(call_t *c, const ProtobufCMessage *question, rpc_done_fn *done, int64_t mono_us);
void password_queue_answered(call_t *c, int64_t mono_us);
int64_t password_queue_tick(api_t *api, int64_t mono_us);
void password_queue_give_up(api_t *api);
void password_queue_leave(call_t *c);                                      /* of a call that is freed */

/* ---- ordinary.c */
void command_run(call_t *c, int64_t mono_us);
void command_run_file(call_t *c, int64_t mono_us);
/* What asks a service for a message, to be put with done and ctx set. */
struct rpc_request query_of(call_t *c, const char *service, const ProtobufCMessage *m, Wire__Problem *refusal);
void query_ask_all(call_t *c, int64_t mono_us);                          /* ends in reach_answered */
int query_status(const call_t *c);                                       /* of what query_tell would tell */
void query_tell(call_t *c, int64_t mono_us);                             /* ends the call */
/* An order that is not the request's own body; done is called with part 0. */
void command_send(call_t *c, const ProtobufCMessage *m, rpc_done_fn *done, int64_t mono_us);
void command_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us);
/* Appends one command to packed Commands. */
void command_append(struct bytes *commands, const Wire__Command *command);

/* ---- reach.c */
void reach_run(call_t *c, int64_t mono_us);
void reach_answered(call_t *c, int64_t mono_us);

/* ---- events.c */
void events_run(call_t *c, int64_t mono_us);
void events_tick(api_t *api, int64_t mono_us);

/* ---- health.c */
void health_live(call_t *c, int64_t mono_us);
void health_ready(call_t *c, int64_t mono_us);
void health_metrics(call_t *c, int64_t mono_us);

/* ---- export.c */
void export_run(call_t *c, int64_t mono_us);
void export_free(call_t *c);
/* Answers whose file has been packed meanwhile; when to look again (INT64_MAX: none is being packed). */
int64_t export_tick(api_t *api, int64_t mono_us);
void export_give_up(api_t *api);                                        /* waits for those being packed */

/* ---- document.c */
void document_run(call_t *c, int64_t mono_us);
/* Whether the client has this document already. */
bool document_is(api_t *api, const char *if_none_match);
void document_free(struct document *d);
