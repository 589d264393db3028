/* call - one call, and what every kind of route does with it: ask owners, answer, end.
 *
 * api/api.c begins a call and hands it to its kind: command.h, query.h by reach.h, ndjson.h here; accounts/, events/,
 * files/, ops/.  Nobody else sees inside. */
#pragma once
#include "access/access.h"
#include "access/identity.h"
#include "access/session_cache.h"
#include "access/tokens.h"
#include "call/http_metrics.h"
#include "call/rpc.h"
#include "call/settings.h"
#include "http/bytes.h"
#include "http/etag.h"
#include "http/headers.h"
#include "http/problem.h"
#include "routes/routes.h"

enum {
	TRY_US = 1500 * 1000, WHOLE_US = 5000 * 1000,
	LOOKS_MAX = 64,                         /* at sessions of streams, under way */
	GIVEN_MAX = 32,
	REMEMBERED_SECONDS = 30 * 24 * 3600,
};

typedef void call_fn(call_t *c, int64_t mono_us);

struct part { call_t *call; json_t *json; int status; };        /* status 0: no answer yet */
struct password_turn { struct rpc_request ask; int64_t since_us; bool waits, asked; };  /* to be hashed or checked */
struct look { api_t *api; char token_sha256[SHA256_HEX_MAX]; };         /* api NULL: free */

struct api {
	struct api_settings set;
	rpc_t *rpc;
	struct sse *sse;
	struct look looks[LOOKS_MAX];
	arena_t *arena;                         /* of one request or answer; emptied after it */
	call_t *calls;                          /* all of them, linked */
	size_t ncalls, body_bytes;
	size_t body_bytes_of[PARTITIONS + 1];   /* the last: of those who have no district yet */
	unsigned nbatches;                      /* under way */
	size_t npasswords, nwaiting;            /* passwords asked about; waiting for that */
	bool gave_up;
	size_t nexports, npacking;              /* exports under way; those whose file is being packed */
	char *document;                       /* the route table as openapi.h describes it: made when first asked for */
	struct session_cache sessions;
	struct rate_limit rate_limit;
	http_metrics_t *http_metrics;
	int64_t now_us;                         /* as it was told last */
};

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
	const char *said_type;                  /* of those that the row takes; of static storage, NULL: none */
	bool typed;                             /* a type is said, so it counts although there be no body */
	enum charset charset;                   /* in what its text is said to be written */
	char allow[ROUTE_ALLOW_MAX], trace[TRACE_MAX], key[KEY_MAX + 1];
	bool key_bad;
	char *target;                           /* its path without escapes, once a route was found */
	bool by_cookie;                         /* who calls is known by it, or says so */
	bool cookie, remember;                  /* the session that is being opened goes into one; for long */
	bool page;                              /* of the console, for everybody: no route, and no caller */
	char *if_none_match, *if_match, *accept_encoding;       /* NULL: not said */
	char *last_event_id;                    /* NULL: not said, or said to be none */
	struct bytes body;
	int32_t holder;                         /* to whom it is counted */
	size_t seen;                            /* bytes of the body, kept or dropped */
	bool drop;                              /* nothing of the body is kept from here on */
	struct ndjson *ndjson;
	struct export *export;
	struct download *download;
	/* Hears, once, what the call would have answered, instead of its client. */
	void (*heard)(call_t *c, int status, json_t *answer, int64_t mono_us);
	call_fn *then;                          /* goes on when what is asked just now has been answered */
	/* While the thing of a PUT is read first: its row, and what then gives the order. */
	const struct route *put;
	call_fn *order;
	void (*release)(call_t *c);             /* what its kind keeps goes with it; NULL: that keeps nothing */
	int nparts, waiting;
	json_t *peers;                          /* whom /metrics asks */
	int64_t began_us;
	struct part *parts;                     /* nparts of them, once asked */
	/* What the answer's texts mention, what roster calls some of it, and how many it was asked for. */
	json_t *mentioned, *names;
	size_t named;
	bool names_beside;                      /* names=1: of its ids too */
	struct subject subject;                 /* whose the thing is, when that decides */
	/* What a body gave of the answer (wire.Command.known). */
	struct bytes given;
	size_t ngiven;
	uint32_t given_tags[GIVEN_MAX];
	struct bytes held;                      /* a command that waits for its password's hash */
	struct password_turn turn;
	char token[TOKEN_TEXT_MAX];             /* of the session that is being opened */
};

call_t *call_new(api_t *api, const char *method, const char *target, const struct api_client *client);
void call_free(call_t *c);
void call_body_free(call_t *c);                                         /* it has been read */

void call_reply(call_t *c, struct reply *r);                            /* ends the call */
void call_refuse(call_t *c, enum refusal r, const char *pointer);       /* likewise */
void call_reply_problem(call_t *c, const Wire__Problem *p);             /* likewise */
void call_reply_json(call_t *c, int status, json_t *j);                 /* likewise; j is the caller's */

/* That of the path, else the caller's own; "" none.  While it is asked who calls: what the token says. */
const char *call_district(const call_t *c);
int32_t call_partition(const call_t *c);

/* What a call asks, and what came back. */
void call_parts_open(call_t *c, int n);
void call_parts_close(call_t *c);
/* Asks for part i.  When it cannot be asked, the part has its refusal at once. */
void call_ask(call_t *c, int i, struct rpc_request *ask, rpc_done_fn *done, int64_t mono_us);
void part_refuse(struct part *p, enum refusal r);
void part_take(struct part *p, enum rpc_outcome outcome, Wire__Answer *a, const ProtobufCMessageDescriptor *d,
               bool read);
