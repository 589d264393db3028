/* zap - who is let in to the bus: the ZAP handler (ZeroMQ RFC 27) of its context, polled in its loop.
 *
 * libzmq asks it about each key before anything of a connection reaches the ROUTER, and lets nobody in while nobody
 * answers.  A key that stands in the file of authorized keys becomes a name, which every message of that connection
 * carries as its User-Id. */
#pragma once
#include "authorized.h"
#include "base/metrics.h"
#include "refusals.h"
#include <zmq.h>

enum { ZAP_POLL_ITEMS = 2 };

struct zap;

/* file: of authorized keys, read now, and again when it has changed and a key is asked about that is not known.
 * refusals and metrics are the bus's own.  NULL: logged. */
struct zap *zap_open(void *zmq, const char *file, struct refusals *refusals, struct metrics *metrics);
/* After the socket whose refused handshakes zap_watch() tells has been closed. */
void zap_close(struct zap **zp);
/* To be told of handshakes with this socket that fail before a key is known.  False: errno says why. */
bool zap_watch(struct zap *z, void *socket);
void zap_poll_items(const struct zap *z, zmq_pollitem_t *items);
/* Answers whoever waits. */
void zap_step(struct zap *z, int64_t now_us);
