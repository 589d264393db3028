/* bus - the ROUTER between asker and owner, as a function, so that a test can run it on a thread. */
#pragma once
#include "bus/curve.h"
#include "base/health.h"

enum {
	BUS_SEND_QUEUE_MAX = 4096,              /* messages waiting for one peer; more are dropped, counted */
	BUS_RECEIVE_QUEUE_MAX = 1024,           /* messages of one peer waiting for us; then it is read no further */
};

struct bus_settings {
	const char *endpoint;
	const char *name;                       /* what its counters are told under */
	struct curve_pair keys;                 /* its own */
	const char *authorized;                 /* file: who may connect (authorized.h) */
	struct health *health;                  /* told each turn; may be NULL */
};

/* Routes until stop_fd is readable: 0.  -1: the endpoint could not be bound, nobody is authorized, or the socket failed
 * (logged). One in a context, which is asked by ZeroMQ who may connect. */
int bus_run(void *zmq, const struct bus_settings *settings, int stop_fd);
