/* frames - the shape of a message on a wire, for both ends of it: lib/bus/link (DEALER) and services/bus (ROUTER).
 *
 *   a DEALER sends and receives      [peer] [Head] [body]       always three, each of which but Head may be empty
 *   a ROUTER sees, as ZeroMQ does,   [id] [peer] [Head] [body]  id: of the DEALER it came from or goes to
 *
 *   what                  from the asker   to the owner   from the owner   to the asker
 *   request               empty            asker's id
 *   ANSWER, UNROUTED                                      asker's id       empty
 *   HELLO, PING           empty (to the bus itself)
 *   PONG, UNROUTED                                        empty (from the bus itself)
 *
 * So the peer frame alone tells the owner whom to answer and the bus where an answer goes; Head and body pass the bus
 * as they are.  A replica may say UNROUTED of a request as well as the bus: "not mine, ask again". When a connection
 * stands, and again each time it is mended, the DEALER's socket sends one empty frame by itself (ZMQ_PROBE_ROUTER):
 * [id] [empty] at the ROUTER, which greets with an unasked PONG, Head.id 0.  A bus that was restarted thereby hears
 * every HELLO at once, not at its next turn. */
#pragma once
#include "base/arena.h"
#include "bus/message.h"
#include <zmq.h>

enum {
	FRAMES = 3,
	FRAME_PEER = 0,
	FRAME_HEAD = 1,
	FRAME_BODY = 2,
	HEAD_BYTES_MAX = 512,
	HELLO_BYTES_MAX = 1024,
	SERVICE_NAME_MAX = 32, /* with its NUL */
	/* MAXMSGSIZE: a body a little too long is dropped by whom it reaches; one far too long costs its sender the
	   connection. */
	FRAME_BYTES_MAX = ANSWER_BYTES_MAX + 64 * 1024,
	FRAMES_LINGER_MS = 200,
};
_Static_assert(REQUEST_BYTES_MAX <= ANSWER_BYTES_MAX && FETCH_BYTES_MAX <= ANSWER_BYTES_MAX,
	       "an answer is the longest body");

/* What both ends ask of their sockets: bounds on frames, queues (messages) and every wait.  False: errno says why. */
bool frames_options(void *socket, int send_queue_max, int receive_queue_max);

/* parts are initialised messages throughout: what they held is released when they receive, and gone when they were
 * sent. */
void frames_open(zmq_msg_t *parts, int n);
void frames_close(zmq_msg_t *parts, int n);
/* One whole message, if one has arrived.  Number of its frames, of which at most max are kept; 0: none has. */
int frames_receive(void *socket, zmq_msg_t *parts, int max);
/* Never blocks.  False: nothing was sent, parts are as they were, errno says why.  True: taken; it may still be lost
 * later. */
bool frames_send(void *socket, zmq_msg_t *parts, int n);
/* Puts a copy of the bytes into a message that is empty.  False: no memory. */
bool frames_fill(zmq_msg_t *part, const void *bytes, size_t len);

/* False: no memory, or a head longer than HEAD_BYTES_MAX (asserted: callers have checked the service's name). */
bool frames_head_fill(zmq_msg_t *part, const Wire__Head *head);
/* Unpacked into a, which bounds it.  NULL: not a Head, or not one that may stand with a body this long. */
const Wire__Head *frames_head(zmq_msg_t *head, size_t body_len, arena_t *a);
bool frames_is_request(Wire__Kind kind);
enum { FRAMES_LANES = WIRE__LANE__TRIAL + 1 };
static inline bool frames_is_lane(Wire__Lane lane)
{ return lane >= WIRE__LANE__WRITER && (int)lane < FRAMES_LANES; }
