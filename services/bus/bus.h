/* bus - the ROUTER between asker and owner, as a function, so that a test can run it on a thread. */
#pragma once
#include "health.h"

enum {
	BUS_SEND_QUEUE_MAX = 4096,              /* messages waiting for one peer; more are dropped, counted */
	BUS_RECEIVE_QUEUE_MAX = 1024,           /* messages of one peer waiting for us; then it is read no further */
};

/* name: what its counters are told under.  Routes until stop_fd is readable: 0; says each turn that it does (health may be NULL).  -1: the endpoint could not be bound, or the socket failed (logged). */
int bus_run(void *zmq, const char *endpoint, const char *name, int stop_fd, struct health *health);
