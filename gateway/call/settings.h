/* settings - what a gateway is given when it begins, and whom a call answers. */
#pragma once
#include "access/rate_limit.h"
#include "base/digest.h"
#include "base/metrics.h"
#include "bus/message.h"
#include "http/reply.h"

struct console;
typedef struct api api_t;
typedef struct call call_t;

enum { ADDRESS_BYTES = 16,              /* IPv4 as ::ffff:a.b.c.d */
       ORIGIN_MAX = 256 };

struct api_settings {
	uint8_t token_sha256[SHA256_SIZE];      /* of the operator's token, which is kept nowhere */
	bool manual_clock;
	struct rate account_rate, address_rate, login_rate;     /* the operator is not counted */
	const struct console *console;          /* NULL: it was not built; outlives us */
	char origin[ORIGIN_MAX];                /* by which browsers come */
	const char *const *services;            /* whom readiness and metrics ask, NULL-ended */
	struct port port;
	int buses;                              /* how many the port can send by */
	struct metrics *metrics;
};
struct api_client {
	void *ctx;
	/* Once for each call, then the call is gone.  The reply's body, fd and stream may be taken (set NULL, −1,
	 * NULL); else they are freed.  A stream must have been left before api_close. */
	void (*replied)(void *ctx, struct reply *r);
	/* api_body had not taken all; now it will take more.  May be NULL. */
	void (*room)(void *ctx);
	/* Whoever asks has a session, or is the operator; may come from api_begin.  May be NULL. */
	void (*known)(void *ctx);
};
