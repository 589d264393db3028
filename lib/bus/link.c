/* link - the DEALER end of the buses; see link.h for what it promises and frames.h for what it sends.
 *
 *   in:   requests and answers of one thread, as struct message; time, through link_tick()
 *   out:  the same to the buses, and from them; HELLO and PING
 *   owns: one socket per bus, the frames of the message received last, the packed HELLO
 *
 * Whether a bus lives is counted in pings it left unanswered, not in time since its last word: a thread that was away
 * for two seconds in a long batch has sent no pings meanwhile, and thinks no worse of its buses when it comes back.
 *
 * libzmq mends a connection that broke, but gives up for ever on a peer that spoke another protocol or mechanism, or
 * refused the key: it may have been somebody else at that address, or a bus that is told of the key only now.  So the
 * socket of a bus that stays silent is made anew. */
#include "bus/link.h"
#include "base/clock.h"
#include "bus/frames.h"
#include "base/log.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	UNANSWERED_MAX = LINK_DEAD_MS / LINK_PING_MS,
	RENEW_AFTER = LINK_RENEW_MS / LINK_PING_MS,
	HEAD_ARENA_BYTES = 128 * 1024,
	ENDPOINT_MAX = 256
};

struct bus {
	void *socket;
	char endpoint[ENDPOINT_MAX];
	bool alive;
	int unanswered;                         /* pings since the last PONG */
};

struct link_set {
	void *zmq;
	struct curve_client me;
	struct bus bus[LINK_BUSES_MAX];
	int nbuses;
	int turn_out, turn_in;                  /* whose turn it is to take a request; to be received from */
	int64_t now_us, ping_due_us, hello_due_us;
	uint8_t hello[HELLO_BYTES_MAX];
	size_t hello_len;                       /* 0: nothing served */
	zmq_msg_t got[FRAMES];                 /* what the last link_receive() gave out points in here and into heads */
	arena_t *heads;
	uint64_t malformed;
};

/* NULL: errno says why. */
static void *
dealer_open(link_t *l, const char *endpoint)
{
	const int on = 1;
	void *socket = zmq_socket(l->zmq, ZMQ_DEALER);

	if (!socket)
		return NULL;
	if (frames_options(socket, LINK_QUEUE_MAX, LINK_QUEUE_MAX) && curve_client_options(socket, &l->me) &&
	    !zmq_setsockopt(socket, ZMQ_IMMEDIATE, &on, sizeof(on)) &&
	    !zmq_setsockopt(socket, ZMQ_PROBE_ROUTER, &on, sizeof(on)) && !zmq_connect(socket, endpoint))
		return socket;
	int why = errno;
	zmq_close(socket);
	errno = why;
	return NULL;
}

static bool
bus_connect(link_t *l, const char *endpoint, size_t len)
{
	struct bus *b = &l->bus[l->nbuses];

	if (len >= sizeof(b->endpoint))
		return false;
	memcpy(b->endpoint, endpoint, len);
	b->socket = dealer_open(l, b->endpoint);
	l->nbuses += b->socket != NULL;
	return b->socket != NULL;
}

static bool
connect_all(link_t *l, const char *endpoints)
{
	for (const char *at = endpoints; *(at += strspn(at, " "));) {
		size_t len = strcspn(at, " ");
		errno = EINVAL;                 /* of what is refused before ZeroMQ sees it */
		if (l->nbuses == LINK_BUSES_MAX || !bus_connect(l, at, len)) {
			LOG(ERROR, "link.refused", NULL, LOG_S("endpoints", endpoints),
			    LOG_I("buses_max", LINK_BUSES_MAX), LOG_S("error", zmq_strerror(errno)));
			return false;
		}
		at += len;
	}
	if (!l->nbuses)
		LOG(ERROR, "link.refused", NULL, LOG_S("error", "no endpoint"));
	return l->nbuses > 0;
}

link_t *
link_open(void *zmq, const char *endpoints, const struct curve_client *me)
{
	link_t *l = calloc(1, sizeof(*l));

	assert(l);
	l->zmq = zmq;
	l->me = *me;
	frames_open(l->got, FRAMES);
	l->heads = arena_open(HEAD_ARENA_BYTES);
	if (!connect_all(l, endpoints))
		link_close(&l);
	return l;
}

void
link_close(link_t **lp)
{
	link_t *l = *lp;

	if (!l)
		return;
	for (int i = 0; i < l->nbuses; i++)
		zmq_close(l->bus[i].socket);
	frames_close(l->got, FRAMES);
	arena_close(&l->heads);
	explicit_bzero(&l->me, sizeof(l->me));
	free(l);
	*lp = NULL;
}

/* ---- sending */

/* An answer names who gives it; the bus lets nobody name another. */
static bool
fill(const link_t *l, zmq_msg_t *parts, const struct message *m)
{
	Wire__Head head = WIRE__HEAD__INIT;
	bool request = frames_is_request(m->kind);

	head.kind = m->kind;
	head.id = m->id;
	head.service = (char *)(request ? m->service : l->me.name);
	head.replica = (char *)(request && m->replica ? m->replica : "");
	head.partition = m->partition;
	head.lane = m->lane;
	head.wait_ms = m->wait_ms;
	if (request) {
		head.maybe_sent_case = WIRE__HEAD__MAYBE_SENT_SENT_US;
		head.sent_us = clock_real_us();
	}
	return (request || frames_fill(&parts[FRAME_PEER], m->peer.id, m->peer.id_len)) &&
	       frames_head_fill(&parts[FRAME_HEAD], &head) && frames_fill(&parts[FRAME_BODY], m->body, m->body_len);
}

/* Commands to a partition keep to one bus while it lives, so they arrive in the order they were sent; all else in turn.
 */
static int
first_choice(link_t *l, const struct message *m)
{
	if (m->kind == WIRE__KIND__COMMANDS && m->partition >= 0)
		return m->partition % l->nbuses;
	l->turn_out = (l->turn_out + 1) % l->nbuses;
	return l->turn_out;
}

static bool
send_request(link_t *l, const struct message *m, zmq_msg_t *parts)
{
	int first = m->via ? m->via - 1 : first_choice(l, m), tries = m->via ? 1 : l->nbuses;

	for (int i = 0; i < tries; i++) {
		int at = (first + i) % l->nbuses;
		if (l->bus[at].alive && frames_send(l->bus[at].socket, parts, FRAMES))
			return true;
	}
	return false;
}

/* A body beyond the limits is a bug of whoever made it; the bus would drop it, so it is said here, by name. */
static bool
too_long(const struct message *m)
{
	size_t max = frames_is_request(m->kind) ? REQUEST_BYTES_MAX : ANSWER_BYTES_MAX;

	if (m->body_len > max)
		LOG(ERROR, "message.too_long", NULL, LOG_I("kind", m->kind), LOG_S("service", m->service),
		    LOG_I("bytes", m->body_len), LOG_I("bytes_max", max));
	return m->body_len > max;
}

static bool
link_send(void *ctx, const struct message *m)
{
	link_t *l = ctx;
	zmq_msg_t parts[FRAMES];
	bool request = frames_is_request(m->kind), sent = false;

	assert(request ? m->service && *m->service && strlen(m->service) < SERVICE_NAME_MAX
	               : (m->kind == WIRE__KIND__ANSWER || m->kind == WIRE__KIND__UNROUTED) && m->peer.id_len &&
	                         m->peer.id_len <= PEER_ID_MAX && m->peer.bus >= 0 && m->peer.bus < l->nbuses);
	assert(m->via >= 0 && m->via <= l->nbuses);
	if (too_long(m))
		return false;
	frames_open(parts, FRAMES);
	if (fill(l, parts, m))
		sent = request ? send_request(l, m, parts) : frames_send(l->bus[m->peer.bus].socket, parts, FRAMES);
	frames_close(parts, FRAMES);
	return sent;
}

struct port
link_port(link_t *l)
{
	return (struct port){ .ctx = l, .send = link_send };
}

/* To one bus, about ourselves: no peer, and nobody waits for it.  A bus that takes nothing now hears it next time. */
static void
tell(struct bus *b, Wire__Kind kind, const void *body, size_t len)
{
	Wire__Head head = WIRE__HEAD__INIT;
	zmq_msg_t parts[FRAMES];

	head.kind = kind;
	head.id = 1;                            /* a PONG with 0 is no answer but a greeting */
	frames_open(parts, FRAMES);
	if (frames_head_fill(&parts[FRAME_HEAD], &head) && frames_fill(&parts[FRAME_BODY], body, len))
		(void)frames_send(b->socket, parts, FRAMES);
	frames_close(parts, FRAMES);
}

/* ---- receiving */

static void
on_pong(link_t *l, struct bus *b, const Wire__Head *h)
{
	bool greeting = h->id == 0;

	b->unanswered = 0;
	if (!b->alive)
		LOG(INFO, "bus.alive", NULL, LOG_S("endpoint", b->endpoint));
	if (l->hello_len && (greeting || !b->alive))
		tell(b, WIRE__KIND__HELLO, l->hello, l->hello_len);
	b->alive = true;
}

/* What a link may get: requests with somebody to answer, words to itself with nobody. */
static bool
addressed(const Wire__Head *h, size_t peer_len)
{
	if (frames_is_request(h->kind))
		return peer_len > 0 && peer_len <= PEER_ID_MAX;
	return peer_len == 0 &&
	       (h->kind == WIRE__KIND__ANSWER || h->kind == WIRE__KIND__UNROUTED || h->kind == WIRE__KIND__PONG);
}

/* NULL: nothing for the caller. */
static const Wire__Head *
read_frames(link_t *l, struct bus *b, int n)
{
	arena_reset(l->heads);
	const Wire__Head *h =
		n == FRAMES ? frames_head(&l->got[FRAME_HEAD], zmq_msg_size(&l->got[FRAME_BODY]), l->heads) : NULL;

	if (!h || !addressed(h, zmq_msg_size(&l->got[FRAME_PEER]))) {
		LOG(WARN, "link.malformed", NULL, LOG_S("endpoint", b->endpoint), LOG_I("so_far", l->malformed + 1));
		l->malformed++;
		return NULL;
	}
	if (h->kind == WIRE__KIND__PONG) {
		on_pong(l, b, h);
		return NULL;
	}
	return h;
}

static void
give_out(link_t *l, int bus, const Wire__Head *h, struct message *m)
{
	*m = (struct message){
		.peer = { .bus = bus, .id_len = (uint8_t)zmq_msg_size(&l->got[FRAME_PEER]) },
		.kind = h->kind, .id = h->id, .service = h->service, .partition = h->partition, .lane = h->lane,
		.wait_ms = h->wait_ms, .sent_us = h->maybe_sent_case ? h->sent_us : 0,
		.body = zmq_msg_data(&l->got[FRAME_BODY]), .body_len = zmq_msg_size(&l->got[FRAME_BODY]),
	};
	memcpy(m->peer.id, zmq_msg_data(&l->got[FRAME_PEER]), m->peer.id_len);
}

bool
link_receive(link_t *l, struct message *m)
{
	for (int quiet = 0; quiet < l->nbuses;) {
		int at = l->turn_in, n = frames_receive(l->bus[at].socket, l->got, FRAMES);
		const Wire__Head *h = n ? read_frames(l, &l->bus[at], n) : NULL;

		l->turn_in = (at + 1) % l->nbuses;
		quiet = n ? 0 : quiet + 1;
		if (h) {
			give_out(l, at, h, m);
			return true;
		}
	}
	return false;
}

int
link_poll_items(link_t *l, zmq_pollitem_t *items)
{
	for (int i = 0; i < l->nbuses; i++)
		items[i] = (zmq_pollitem_t){ .socket = l->bus[i].socket, .events = ZMQ_POLLIN };
	return l->nbuses;
}

/* ---- what is due */

static void
tell_hello(link_t *l)
{
	l->hello_due_us = l->now_us + LINK_HELLO_MS * 1000;
	for (int i = 0; i < l->nbuses; i++)
		tell(&l->bus[i], WIRE__KIND__HELLO, l->hello, l->hello_len);
}

/* "Nothing" is told once, as an empty Hello; a bus that misses it forgets us when no HELLO has come for a while. */
void
link_hello(link_t *l, const Wire__Hello *hello)
{
	size_t len = hello ? wire__hello__get_packed_size(hello) : 0;

	assert(len <= sizeof(l->hello) && (!hello || (*hello->service && strlen(hello->service) < SERVICE_NAME_MAX)));
	l->hello_len = hello ? wire__hello__pack(hello, l->hello) : 0;
	tell_hello(l);
}

/* Where it cannot be, the old one stays. */
static void
socket_renew(link_t *l, struct bus *b)
{
	void *anew = dealer_open(l, b->endpoint);

	b->unanswered = UNANSWERED_MAX;
	if (!anew)
		return;
	zmq_close(b->socket);
	b->socket = anew;
}

static void
ping(link_t *l, struct bus *b)
{
	if (b->alive && b->unanswered >= UNANSWERED_MAX) {
		b->alive = false;
		LOG(WARN, "bus.silent", NULL, LOG_S("endpoint", b->endpoint), LOG_I("ms", LINK_DEAD_MS));
	}
	if (b->unanswered >= RENEW_AFTER)
		socket_renew(l, b);
	b->unanswered++;
	tell(b, WIRE__KIND__PING, NULL, 0);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
link_busy(void *ctx, int64_t mono_us)
{
	link_t *l = ctx;

	l->now_us = mono_us;
	if (l->hello_len && mono_us >= l->hello_due_us)
		tell_hello(l);
}

int
link_tick(link_t *l, int64_t mono_us)
{
	l->now_us = mono_us;
	if (mono_us >= l->ping_due_us) {
		l->ping_due_us = mono_us + LINK_PING_MS * 1000;
		for (int i = 0; i < l->nbuses; i++)
			ping(l, &l->bus[i]);
	}
	if (l->hello_len && mono_us >= l->hello_due_us)
		tell_hello(l);
	int64_t due_us = l->hello_len ? earlier(l->ping_due_us, l->hello_due_us) : l->ping_due_us;
	return (int)((due_us - mono_us + 999) / 1000);
}

int
link_buses(const link_t *l)
{
	return l->nbuses;
}

int
link_alive(const link_t *l)
{
	int n = 0;

	for (int i = 0; i < l->nbuses; i++)
		n += l->bus[i].alive;
	return n;
}
