/* bus - brings each request to who serves it, and the answer back.
 *
 *   in:   requests, answers, HELLO and PING of every process of the cell, in the frames of frames.h
 *   out:  the same messages, unread but for their Head, bodies moved and never copied; PONG; UNROUTED when nobody
 *         serves a request; its own metrics and who is there, to a READ addressed to service "bus"
 *   owns: one ROUTER socket, the door to it (zap.h) and the routing table, which it may lose at any time
 *
 * Each message comes with the name that its sender's key stands for.  Which kinds somebody of that name may send is a
 * column of the table below; nobody serves, or answers, in another's name.  Nothing waits for anybody: a peer that is
 * gone is forgotten and the request goes to the next who may take it; what a full queue does not take is dropped, and
 * its asker's time runs out.  Whatever is malformed is dropped and counted. */
#include "bus.h"
#include "base/clock.h"
#include "base/crash.h"
#include "engine.pb-c.h"
#include "base/log.h"
#include "base/metrics.h"
#include "routes.h"
#include "zap.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ID, PEER, HEAD, BODY, PARTS,            /* frames as the ROUTER sees them */
	ARENA_BYTES = 512 * 1024,
	READ_BYTES_MAX = 4096,                  /* of a question to the bus itself */
	BURST_MAX = 256,                        /* messages between two looks at stop_fd */
	WAKE_MS = 1000,
};
_Static_assert(PARTS == FRAMES + 1, "a routing id in front");

enum sender { GATEWAY = 1, SERVICE = 2, ANYBODY = GATEWAY | SERVICE };

struct bus {
	void *router;
	struct zap *zap;
	struct refusals refusals;
	struct routes routes;
	struct metrics metrics;
	const char *name;                       /* of this bus */
	arena_t *arena;                         /* of one message */
	zmq_msg_t part[PARTS];
	char who[SERVICE_NAME_MAX];             /* sent the message */
	int64_t now_us;
	uint64_t malformed;
	struct health *health;
};

static void
drop_malformed(struct bus *b, const char *why)
{
	LOG(WARN, "message.malformed", NULL, LOG_S("why", why), LOG_I("so_far", b->malformed + 1));
	b->malformed++;
	metric_add(&b->metrics, METRIC_BUS_DROPPED, 1);
}

static void
refuse(struct bus *b, const Wire__Head *h, const char *why)
{
	const char *kind = protobuf_c_enum_descriptor_get_value(&wire__kind__descriptor, h->kind)->name;
	char what[REFUSAL_TEXT_MAX];

	metric_add(&b->metrics, METRIC_BUS_SENDERS_REFUSED, 1);
	snprintf(what, sizeof(what), "%s %s %s", b->who, kind, why);
	if (refusals_is_news(&b->refusals, what, b->now_us))
		LOG(WARN, "sender.refused", NULL, LOG_S("sender", b->who), LOG_S("kind", kind), LOG_S("why", why));
}

static void
forget(struct bus *b, const uint8_t *id, size_t id_len)
{
	if (routes_forget(&b->routes, id, id_len))
		LOG(INFO, "replica.gone", NULL, LOG_S("why", "unreachable"));
}

/* To the peer whose id is in part[ID], from the bus itself. */
static void
reply(struct bus *b, Wire__Kind kind, uint64_t id, const void *body, size_t len)
{
	Wire__Head head = WIRE__HEAD__INIT;

	head.kind = kind;
	head.id = id;
	if (!frames_fill(&b->part[PEER], NULL, 0) || !frames_head_fill(&b->part[HEAD], &head) ||
	    !frames_fill(&b->part[BODY], body, len) || !frames_send(b->router, b->part, PARTS))
		metric_add(&b->metrics, METRIC_BUS_DROPPED, 1);
}

static void
on_ping(struct bus *b, const Wire__Head *h)
{
	reply(b, WIRE__KIND__PONG, h->id, NULL, 0);
}

static void
on_hello(struct bus *b, const Wire__Head *h)
{
	size_t len = zmq_msg_size(&b->part[BODY]);
	const Wire__Hello *hello = len <= HELLO_BYTES_MAX
					   ? wire__hello__unpack(arena_pb(b->arena), len, zmq_msg_data(&b->part[BODY]))
					   : NULL;

	if (!hello) {
		drop_malformed(b, "hello");
		return;
	}
	if (*hello->service && strcmp(hello->service, b->who)) {
		refuse(b, h, "serves in another's name");
		return;
	}
	switch (routes_hello(&b->routes, zmq_msg_data(&b->part[ID]), zmq_msg_size(&b->part[ID]), hello, b->now_us)) {
	case ROUTES_KNOWN:
		break;
	case ROUTES_JOINED:
		CRASH_POINT("replica.joined");
		LOG(INFO, "replica.joined", NULL, LOG_S("serves", hello->service), LOG_S("instance", hello->instance),
		    LOG_I("lane", hello->lane), LOG_I("partitions", hello->n_partitions));
		break;
	case ROUTES_LEFT:
		LOG(INFO, "replica.gone", NULL, LOG_S("why", "said so"), LOG_S("instance", hello->instance));
		break;
	case ROUTES_FULL:
		LOG(ERROR, "replica.refused", NULL, LOG_S("serves", hello->service), LOG_S("instance", hello->instance),
		    LOG_I("services_max", ROUTES_SERVICES_MAX), LOG_I("replicas_max", ROUTES_REPLICAS_MAX));
		metric_add(&b->metrics, METRIC_BUS_DROPPED, 1);
		break;
	case ROUTES_BAD:
		drop_malformed(b, "hello");
		break;
	}
}

/* Its counters. */
static const ProtobufCMessage *
read_metrics(struct bus *b)
{
	Engine__Metrics *said = arena_message(b->arena, &engine__metrics__descriptor);

	said->text = metrics_text(&b->metrics, "bus", b->name, b->arena);
	return &said->base;
}

/* Every replica that has a reader, once. */
static const ProtobufCMessage *
read_peers(struct bus *b)
{
	Engine__Peers *said = arena_message(b->arena, &engine__peers__descriptor);

	said->items = arena_alloc(b->arena, ROUTES_SERVICES_MAX * ROUTES_REPLICAS_MAX * sizeof(*said->items));
	for (int i = 0; i < ROUTES_SERVICES_MAX; i++)
		for (int k = 0; k < b->routes.service[i].n; k++) {
			const struct served *s = &b->routes.service[i];
			if (&s->replica[k] != routes_find_replica(&b->routes, s->name, s->replica[k].instance,
								  WIRE__LANE__READER, b->now_us))
				continue;
			Engine__Peer *p = said->items[said->n_items++] =
				arena_message(b->arena, &engine__peer__descriptor);
			p->service = arena_strdup(b->arena, s->name);
			p->instance = arena_strdup(b->arena, s->replica[k].instance);
		}
	return &said->base;
}

static const struct {
	const ProtobufCMessageDescriptor *ask;
	const ProtobufCMessage *(*read)(struct bus *b);
} reads[] = {
	{ &engine__read_metrics__descriptor, read_metrics },
	{ &engine__read_peers__descriptor, read_peers },
};

/* The row that answers what is asked of the bus itself; −1: none. */
static int
asked_for(struct bus *b)
{
	size_t len = zmq_msg_size(&b->part[BODY]);
	const Wire__Read *read = len <= READ_BYTES_MAX
					 ? wire__read__unpack(arena_pb(b->arena), len, zmq_msg_data(&b->part[BODY]))
					 : NULL;

	for (size_t i = 0; read && i < sizeof(reads) / sizeof(reads[0]); i++)
		if (!strcmp(read->type, reads[i].ask->name))
			return (int)i;
	return -1;
}

static void
answer(struct bus *b, uint64_t id, const Wire__Answer *a)
{
	size_t len = wire__answer__get_packed_size(a);
	uint8_t *packed = arena_alloc(b->arena, len);

	reply(b, WIRE__KIND__ANSWER, id, packed, wire__answer__pack(a, packed));
}

static void
answer_read(struct bus *b, uint64_t id)
{
	Wire__Answer a = WIRE__ANSWER__INIT;
	Wire__Problem problem = WIRE__PROBLEM__INIT;
	int row = asked_for(b);

	arena_reset(b->arena);                  /* what a stranger filled is no longer needed */
	if (row >= 0) {
		const ProtobufCMessage *said = reads[row].read(b);
		a.status = 200;
		a.data.data = arena_alloc(b->arena, protobuf_c_message_get_packed_size(said) + 1);
		a.data.len = protobuf_c_message_pack(said, a.data.data);
	} else {
		problem.status = a.status = 404;
		problem.code = (char *)"read.unknown";
		a.problem = &problem;
	}
	answer(b, id, &a);
}

static const struct replica *
addressee(struct bus *b, const Wire__Head *h)
{
	if (*h->replica)
		return routes_find_replica(&b->routes, h->service, h->replica, h->lane, b->now_us);
	return routes_find(&b->routes, h->service, h->partition, h->lane, b->now_us);
}

/* Out goes [owner][asker][Head][body].  A replica that is gone never saw the request, so the next may have it. */
static void
on_request(struct bus *b, const Wire__Head *h)
{
	const struct replica *to;

	if (h->kind == WIRE__KIND__READ && !strcmp(h->service, "bus")) {
		answer_read(b, h->id);
		return;
	}
	zmq_msg_move(&b->part[PEER], &b->part[ID]);
	if (h->kind != WIRE__KIND__FETCH)
		CRASH_POINT("request.taken");
	while ((to = addressee(b, h))) {
		if (!frames_fill(&b->part[ID], to->id, to->id_len))
			break;
		if (frames_send(b->router, b->part, PARTS)) {
			metric_add(&b->metrics, METRIC_BUS_MESSAGES, 1);
			if (h->kind != WIRE__KIND__FETCH)
				CRASH_POINT("request.forwarded");
			return;
		}
		if (errno != EHOSTUNREACH) {
			metric_add(&b->metrics, METRIC_BUS_DROPPED, 1);
			return;
		}
		forget(b, to->id, to->id_len);
	}
	zmq_msg_move(&b->part[ID], &b->part[PEER]);
	metric_add(&b->metrics, METRIC_BUS_UNROUTED, 1);
	reply(b, WIRE__KIND__UNROUTED, h->id, NULL, 0);
}

/* Out goes [asker][empty][Head][body]. */
static void
on_answer(struct bus *b, const Wire__Head *h)
{
	if (strcmp(h->service, b->who)) {
		refuse(b, h, "answers in another's name");
		return;
	}
	zmq_msg_move(&b->part[ID], &b->part[PEER]);
	CRASH_POINT("answer.taken");
	bool sent = frames_send(b->router, b->part, PARTS);
	CRASH_POINT("answer.forwarded");
	metric_add(&b->metrics, sent ? METRIC_BUS_MESSAGES : METRIC_BUS_DROPPED, 1);
	if (!sent && errno == EHOSTUNREACH)
		forget(b, zmq_msg_data(&b->part[ID]), zmq_msg_size(&b->part[ID]));
}

static const struct {
	void (*on)(struct bus *b, const Wire__Head *h);         /* NULL: nobody may say this to a bus */
	bool to_peer;                                           /* its peer frame names somebody; else it is empty */
	enum sender senders;
} rows[] = {
	[WIRE__KIND__HELLO] =    { on_hello, false, SERVICE },
	[WIRE__KIND__PING] =     { on_ping, false, ANYBODY },
	[WIRE__KIND__PONG] =     { NULL, false, 0 },
	[WIRE__KIND__COMMANDS] = { on_request, false, GATEWAY },
	[WIRE__KIND__READ] =     { on_request, false, GATEWAY },
	[WIRE__KIND__FETCH] =    { on_request, false, ANYBODY },
	[WIRE__KIND__ANSWER] =   { on_answer, true, SERVICE },
	[WIRE__KIND__UNROUTED] = { on_answer, true, SERVICE },
};

/* The name that the door gave to the connection; it stands on what was sent, not on the routing id. */
static enum sender
sender_of(struct bus *b)
{
	const char *who = zmq_msg_gets(&b->part[BODY], "User-Id");

	snprintf(b->who, sizeof(b->who), "%s", who ? who : "");
	return !*b->who ? 0 : strcmp(b->who, "gateway") ? SERVICE : GATEWAY;
}

static void
on_message(struct bus *b, int n)
{
	if (n == 2 && zmq_msg_size(&b->part[ID]) <= PEER_ID_MAX && !zmq_msg_size(&b->part[PEER])) {
		reply(b, WIRE__KIND__PONG, 0, NULL, 0);         /* a connection stands: frames.h */
		return;
	}
	if (n != PARTS || zmq_msg_size(&b->part[ID]) > PEER_ID_MAX || zmq_msg_size(&b->part[PEER]) > PEER_ID_MAX) {
		drop_malformed(b, "frames");
		return;
	}
	arena_reset(b->arena);
	const Wire__Head *h = frames_head(&b->part[HEAD], zmq_msg_size(&b->part[BODY]), b->arena);
	if (!h || !rows[h->kind].on || rows[h->kind].to_peer != (zmq_msg_size(&b->part[PEER]) > 0)) {
		drop_malformed(b, "head");
		return;
	}
	if (!(rows[h->kind].senders & sender_of(b))) {
		refuse(b, h, "not for this sender to send");
		return;
	}
	rows[h->kind].on(b, h);
}

/* False: the socket failed. */
static bool
route(struct bus *b, int stop_fd)
{
	zmq_pollitem_t items[2 + ZAP_POLL_ITEMS] = {
		{ .socket = b->router, .events = ZMQ_POLLIN },
		{ .fd = stop_fd, .events = ZMQ_POLLIN },
	};
	const char *service;

	zap_poll_items(b->zap, items + 2);

	while (!items[1].revents) {
		int n;

		b->now_us = clock_mono_us();
		health_turn(b->health, 0, b->now_us, NULL);
		log_tick(b->now_us);
		while ((service = routes_expire(&b->routes, b->now_us)))
			LOG(WARN, "replica.gone", NULL, LOG_S("why", "silent"), LOG_S("serves", service));
		zap_step(b->zap, b->now_us);
		for (int i = 0; i < BURST_MAX && (n = frames_receive(b->router, b->part, PARTS)); i++)
			on_message(b, n);
		if (zmq_poll(items, 2 + ZAP_POLL_ITEMS, WAKE_MS) < 0 && errno != EINTR) {
			LOG(ERROR, "bus.failed", NULL, LOG_S("error", zmq_strerror(errno)));
			return false;
		}
	}
	return true;
}

/* The door stands before the socket does. */
static bool
open_sockets(struct bus *b, void *zmq, const struct bus_settings *set)
{
	const int on = 1;

	if (!(b->zap = zap_open(zmq, set->authorized, &b->refusals, &b->metrics)))
		return false;
	b->router = zmq_socket(zmq, ZMQ_ROUTER);
	if (b->router && frames_options(b->router, BUS_SEND_QUEUE_MAX, BUS_RECEIVE_QUEUE_MAX) &&
	    curve_server_options(b->router, &set->keys) && zap_watch(b->zap, b->router) &&
	    !zmq_setsockopt(b->router, ZMQ_ROUTER_MANDATORY, &on, sizeof(on)) && !zmq_bind(b->router, set->endpoint))
		return true;
	LOG(ERROR, "bus.unbound", NULL, LOG_S("endpoint", set->endpoint), LOG_S("error", zmq_strerror(errno)));
	return false;
}

static void
bus_close(struct bus *b)
{
	frames_close(b->part, PARTS);
	arena_close(&b->arena);
	if (b->router) {
		zmq_socket_monitor(b->router, NULL, 0);
		zmq_close(b->router);
	}
	zap_close(&b->zap);
	free(b);
}

int
bus_run(void *zmq, const struct bus_settings *settings, int stop_fd)
{
	struct bus *b = calloc(1, sizeof(*b));
	bool stopped = false;

	assert(b);
	b->health = settings->health;
	b->name = settings->name;
	b->arena = arena_open(ARENA_BYTES);
	frames_open(b->part, PARTS);
	if (open_sockets(b, zmq, settings)) {
		LOG(INFO, "bus.started", NULL, LOG_S("endpoint", settings->endpoint));
		stopped = route(b, stop_fd);
		LOG(INFO, "bus.ended", NULL, LOG_I("malformed", b->malformed));
	}
	bus_close(b);
	return stopped ? 0 : -1;
}
