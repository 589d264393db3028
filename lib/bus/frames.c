/* frames - see frames.h for the shape; here is what must be right about ZeroMQ on both ends. */
#include "bus/frames.h"
#include "base/ids.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

bool
frames_options(void *socket, int send_queue_max, int receive_queue_max)
{
	const struct { int option, value; } ints[] = {
		{ ZMQ_SNDHWM, send_queue_max },
		{ ZMQ_RCVHWM, receive_queue_max },
		{ ZMQ_LINGER, FRAMES_LINGER_MS },
		{ ZMQ_HEARTBEAT_IVL, 1000 },
		{ ZMQ_HEARTBEAT_TIMEOUT, 3000 },
		{ ZMQ_HEARTBEAT_TTL, 3000 },
		{ ZMQ_CONNECT_TIMEOUT, 1000 },
		{ ZMQ_HANDSHAKE_IVL, 3000 },
		{ ZMQ_RECONNECT_IVL, 10 },
		{ ZMQ_RECONNECT_IVL_MAX, 500 },
	};
	const int64_t frame_max = FRAME_BYTES_MAX;
	bool ok = !zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof(frame_max));

	for (size_t i = 0; ok && i < sizeof(ints) / sizeof(ints[0]); i++)
		ok = !zmq_setsockopt(socket, ints[i].option, &ints[i].value, sizeof(int));
	return ok;
}

void
frames_open(zmq_msg_t *parts, int n)
{
	for (int i = 0; i < n; i++)
		zmq_msg_init(&parts[i]);
}

void
frames_close(zmq_msg_t *parts, int n)
{
	for (int i = 0; i < n; i++)
		zmq_msg_close(&parts[i]);
}

static bool
receive(void *socket, zmq_msg_t *part)
{
	int n;

	do
		n = zmq_msg_recv(part, socket, ZMQ_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n >= 0;
}

/* Frames of a message arrive together or not at all, so only the first receive can find nothing. */
int
frames_receive(void *socket, zmq_msg_t *parts, int max)
{
	int n = 0;
	bool more = true;
	zmq_msg_t rest;

	zmq_msg_init(&rest);
	while (more) {
		zmq_msg_t *part = n < max ? &parts[n] : &rest;
		if (!receive(socket, part))
			break;
		more = zmq_msg_more(part);
		n++;
	}
	zmq_msg_close(&rest);
	return n;
}

static bool
send_part(void *socket, zmq_msg_t *part, int flags)
{
	int n;

	do
		n = zmq_msg_send(part, socket, ZMQ_DONTWAIT | flags);
	while (n < 0 && errno == EINTR);
	return n >= 0;
}

/* The first frame decides.  When the peer goes away in the middle, libzmq swallows the rest, and must be given it: else
 * it would swallow the head of the next message. */
bool
frames_send(void *socket, zmq_msg_t *parts, int n)
{
	for (int i = 0; i < n; i++) {
		if (send_part(socket, &parts[i], i < n - 1 ? ZMQ_SNDMORE : 0))
			continue;
		if (i == 0)
			return false;
		zmq_msg_close(&parts[i]);
		zmq_msg_init(&parts[i]);
	}
	return true;
}

bool
frames_fill(zmq_msg_t *part, const void *bytes, size_t len)
{
	zmq_msg_close(part);
	if (zmq_msg_init_size(part, len)) {
		zmq_msg_init(part);
		return false;
	}
	if (len)
		memcpy(zmq_msg_data(part), bytes, len);
	return true;
}

bool
frames_head_fill(zmq_msg_t *part, const Wire__Head *head)
{
	uint8_t packed[HEAD_BYTES_MAX];

	assert(wire__head__get_packed_size(head) <= sizeof(packed));
	return frames_fill(part, packed, wire__head__pack(head, packed));
}

bool
frames_is_request(Wire__Kind kind)
{
	return kind == WIRE__KIND__COMMANDS || kind == WIRE__KIND__READ || kind == WIRE__KIND__FETCH;
}

/* protobuf-c leaves enums open and numbers unbounded. */
static bool
plausible(const Wire__Head *h, size_t body_len)
{
	if (h->kind <= WIRE__KIND__KIND_UNSPECIFIED || h->kind > WIRE__KIND__UNROUTED)
		return false;
	if (!frames_is_request(h->kind))
		return body_len <= ANSWER_BYTES_MAX;
	return body_len <= REQUEST_BYTES_MAX && h->service[0] && strlen(h->service) < SERVICE_NAME_MAX &&
	       strlen(h->replica) < INSTANCE_MAX && h->partition >= -1 && h->partition < PARTITIONS &&
	       frames_is_lane(h->lane);
}

const Wire__Head *
frames_head(zmq_msg_t *head, size_t body_len, arena_t *a)
{
	size_t len = zmq_msg_size(head);
	const Wire__Head *h =
		len <= HEAD_BYTES_MAX ? wire__head__unpack(arena_pb(a), len, zmq_msg_data(head)) : NULL;

	return h && plausible(h, body_len) ? h : NULL;
}
