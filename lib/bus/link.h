/* link - a process's sockets to the buses: DEALERs, one per bus, used by one thread.
 *
 * Requests go to the buses that answer pings: commands to a partition by one bus, in the order sent, all else in turn;
 * an answer goes back by the bus its request came by.  A bus that has not answered for LINK_DEAD_MS is passed over
 * until it does.  HELLO, when set, is told to every bus at connect, every LINK_HELLO_MS, and at each change.  Sockets
 * have CURVE, IMMEDIATE, heartbeats, MAXMSGSIZE and bounded queues, of which libzmq has none unless it is told. */
#pragma once
#include "bus/curve.h"
#include "bus/message.h"
#include <zmq.h>

enum {
	LINK_BUSES_MAX = 4, LINK_HELLO_MS = 500, LINK_PING_MS = 250, LINK_DEAD_MS = 1000, LINK_QUEUE_MAX = 8192,
	LINK_RENEW_MS = 5000,           /* silent so long, a bus gets a socket made anew */
};

typedef struct link_set link_t;

/* endpoints: space-separated, like "ipc:///run/x/bus-1 ipc:///run/x/bus-2"; zmq: one context per process; me is
 * copied.  NULL: bad endpoint (logged). */
link_t *link_open(void *zmq, const char *endpoints, const struct curve_client *me);
void link_close(link_t **lp);

struct port link_port(link_t *l);

/* Fills poll items (at most LINK_BUSES_MAX), for zmq_poll; good until the next link_tick().  Count. */
int link_poll_items(link_t *l, zmq_pollitem_t *items);
/* Next message that has arrived, else false.  Body and service are valid until the next call.  PONGs are kept inside.
 */
bool link_receive(link_t *l, struct message *m);
/* What we serve; packed now, told at once and from then on.  NULL: nothing any more. */
void link_hello(link_t *l, const Wire__Hello *hello);
/* Between two ticks that lie far apart: says what we serve when that is due.  ctx: a link. */
void link_busy(void *ctx, int64_t mono_us);
/* Sends what is due (pings, hello).  Milliseconds until something is due again. */
int link_tick(link_t *l, int64_t mono_us);
/* How many buses there are; how many of them answer. */
int link_buses(const link_t *l);
int link_alive(const link_t *l);
