/* connections - who is connected, and until when each must have got on; those that have not are cut off.
 *
 * libmicrohttpd's own time-out restarts at every byte, so somebody writing one byte now and then would live for ever. */
#pragma once
#include "intake.h"
#include "networks.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REQUEST_US = 10 * 1000 * 1000,          /* for the first request, for each request once begun, for each PROGRESS of a body */
	PROGRESS_BYTES = 64 * 1024,
	IDLE_US = 60 * 1000 * 1000,             /* between two requests */
	LATE_US = 2 * 1000 * 1000,              /* for who was too late, to hear it */
	ANSWER_US = 30 * 1000 * 1000,           /* to take an answer … */
	ANSWER_BYTES_A_SECOND = 8 * 1024,       /* … and more for a long one */
	STREAM_SOCKET_BYTES = 64 * 1024,        /* of a stream, in the kernel */
	STREAM_GONE_MS = 30 * 1000,             /* what was sent is not acknowledged */
};

struct connection {
	struct connection *next, **before;
	int fd;
	uint8_t peer[NETWORK_BYTES];
	int64_t due_us;                         /* INT64_MAX: it is our turn */
	size_t owed;                            /* bytes until the due time moves */
	void *request;                          /* begun on it and not over; its user's */
	struct intake intake;                   /* what comes on it */
	bool begun;                             /* a request has begun to come, and its time runs */
};
struct connections { struct connection *first; size_t n; };

struct connection *connections_add(struct connections *cs, int fd, const uint8_t peer[NETWORK_BYTES], int64_t mono_us);
void connections_remove(struct connections *cs, struct connection *c);  /* freed; the socket is not ours to close */

void connection_begins(struct connection *c, int64_t mono_us);          /* a request line has come */
void connection_got(struct connection *c, size_t bytes, int64_t mono_us);       /* of a body */
void connection_held(struct connection *c);                             /* it waits for us */
void connection_answered(struct connection *c, size_t bytes, int64_t mono_us);  /* an answer is on its way */
/* Its answer goes on for ever: the kernel keeps little for who does not read, and notices who has gone without a word. */
void connection_streams(const struct connection *c);
void connection_idle(struct connection *c, int64_t mono_us);

/* Shuts the sockets of those whose time is over down; whoever reads them sees them end.  Of who owes the rest of a request first only
 * the reading side, so that he can be told that it came too late.  How many. */
size_t connections_reap(struct connections *cs, int64_t mono_us);
