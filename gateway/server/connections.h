/* connections - who is connected, and until when each must have got on; those that have not are cut off.
 *
 * libmicrohttpd's own time-out restarts at every byte, so somebody writing one byte now and then would live for ever.
 *
 * And who makes room.  A connection is a stranger's until somebody has shown on it that he has a session.  When most
 * places are taken, whoever comes takes that of an idle stranger: of an address where nobody has a session and that
 * holds more than its share, then of any; then of one that has begun a request and not finished saying it; then of one
 * that has a session and is idle.  Each time of the address that holds most, the one that came first.  When all that
 * are left are at work, the last places are for questions of health alone. */
#pragma once
#include "server/intake.h"
#include "server/networks.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* for the first request, for each request once begun, for each PROGRESS of a body */
	REQUEST_US = 10 * 1000 * 1000,
	PROGRESS_BYTES = 64 * 1024,
	IDLE_US = 60 * 1000 * 1000,             /* between two requests */
	LATE_US = 2 * 1000 * 1000,              /* for who was too late, to hear it */
	ANSWER_US = 30 * 1000 * 1000,           /* to take an answer … */
	ANSWER_BYTES_A_SECOND = 8 * 1024,       /* … and more for a long one */
	STREAM_SOCKET_BYTES = 64 * 1024,        /* of a stream, in the kernel */
	STREAM_GONE_MS = 30 * 1000,             /* what was sent is not acknowledged */
	ORIGINS = 4096,
};

/* An address, and how many of its connections there are: all, those not shut down, and of who has a session. */
struct origin { struct origin *next; uint8_t address[NETWORK_BYTES]; size_t refs, n, known; };

struct connection {
	struct connection *next, **before;
	int fd;
	uint8_t peer[NETWORK_BYTES];
	struct origin *origin;
	int64_t due_us;                         /* INT64_MAX: it is our turn */
	size_t owed;                            /* bytes until the due time moves */
	void *request;                          /* begun on it and not over; its user's */
	struct intake intake;                   /* what comes on it */
	bool begun;                             /* a request has begun to come, and its time runs */
	bool known;                             /* has shown a session */
	/* nothing but questions of health is answered on it, and then it ends */
	bool reserved;
	void *carrier;                          /* its user's, and so are these: */
	struct connection *next_to_look;
	bool to_look;
	bool gone;                              /* shut down, and not yet removed: it counts no more */
};
struct connections {
	struct connection *first;               /* the newest */
	size_t n, ngone;
	size_t max, of_address;                 /* places; of one address */
	struct origin *origins[ORIGINS];
};

/* proxy: it speaks for many, so no bound for one address holds.  May shut others down, or this one: how many is
 * added. */
struct connection *connections_add(struct connections *cs, int fd, const uint8_t peer[NETWORK_BYTES], bool proxy,
                                   int64_t mono_us, size_t *shut);
void connections_remove(struct connections *cs, struct connection *c);  /* freed; the socket is not ours to close */

void connection_begins(struct connection *c, int64_t mono_us);          /* a request line has come */
void connection_got(struct connection *c, size_t bytes, int64_t mono_us);       /* of a body */
void connection_held(struct connection *c);                             /* it waits for us */
void connection_known(struct connection *c);                            /* whoever asks has a session */
void connection_answered(struct connection *c, size_t bytes, int64_t mono_us);  /* an answer is on its way */
/* Its answer goes on for ever: the kernel keeps little for who does not read, and notices who has gone without a
 * word. */
void connection_streams(const struct connection *c);
void connection_idle(struct connection *c, int64_t mono_us);

/* Shuts the sockets of those whose time is over down; whoever reads them sees them end.  Of who owes the rest of a
 * request first only the reading side, so that he can be told that it came too late.  How many. */
size_t connections_reap(struct connections *cs, int64_t mono_us);
