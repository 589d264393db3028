/* gateway - what the gateway's tests stand on: one gateway without sockets, its bus, one client, and a clock that is a
 * variable. */
#pragma once
#include "fake_bus.h"

#define TOKEN "0123456789abcdef0123456789abcdef"                /* the operator's */
#define D "/api/v1/districts/511703"
#define JSON TYPE_JSON

struct gateway {
	struct fake_bus bus;
	struct metrics metrics;
	api_t *api;
	call_t *call;                   /* begun last */
	struct client client;           /* whom it answers */
	int64_t now_us;
	size_t answered;                /* messages of the bus that have their answer */
};

/* The operator's token, the bus and the metrics are put into the settings. */
void gateway_open(struct gateway *g, struct api_settings s);
void gateway_close(struct gateway *g);
/* Each test with a gateway of its own. */
void gateway_run(void (*const tests[])(struct gateway *), size_t n, struct api_settings s);

/* What was said on the bus and to the client is forgotten, and the next call begins. */
void gateway_begin(struct gateway *g, const struct api_request *r);
void gateway_pass(struct gateway *g, int64_t us);               /* time */
/* Of the problem that the client was answered; "" when it was none. */
const char *gateway_code(const struct gateway *g);
