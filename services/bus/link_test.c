/* Links and buses over real sockets (ipc, in a temporary directory): each bus is bus_run() on a thread with a context of its
 * own; links are driven by the test's thread, which makes their time run ahead, so that a silence of a second takes no second.
 * Nothing sleeps: a step waits for what must come, and fails when it has not come within PATIENCE_MS. */
#include "bus.h"
#include "clock.h"
#include "engine.pb-c.h"
#include "frames.h"
#include "link.h"
#include "log.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, AGAIN_MS = 100, STEP_MS = 5 };

struct bus_thread {
	char endpoint[64];
	void *zmq;
	int stop[2];
	pthread_t thread;
	int rc;
};
struct stage {
	const char *dir;
	void *zmq;                      /* of the links and raw sockets */
	struct bus_thread bus[2];
	int failed;
};
/* A link with what its owner knows. */
struct actor {
	link_t *link;
	struct port port;
	int64_t ahead_us;               /* how far its time is ahead of the clock */
	uint64_t asked;
};

static bool
check(struct stage *s, bool ok, const char *test, const char *what)
{
	if (!ok) {
		printf("FAIL %s: %s\n", test, what);
		s->failed++;
	}
	return ok;
}
#define CHECK(s, ok) check(s, ok, __func__, #ok)

/* ---- buses */

static void *
bus_main(void *arg)
{
	struct bus_thread *b = arg;

	b->rc = bus_run(b->zmq, b->endpoint, "bus-1", b->stop[0], NULL);
	return NULL;
}

static void
bus_start(struct stage *s, int i)
{
	struct bus_thread *b = &s->bus[i];

	snprintf(b->endpoint, sizeof(b->endpoint), "ipc://%s/bus-%d", s->dir, i + 1);
	b->zmq = zmq_ctx_new();
	if (pipe(b->stop) || pthread_create(&b->thread, NULL, bus_main, b))
		abort();
}

static void
bus_stop(struct stage *s, int i)
{
	struct bus_thread *b = &s->bus[i];

	if (!b->zmq)
		return;
	close(b->stop[1]);
	pthread_join(b->thread, NULL);
	close(b->stop[0]);
	zmq_ctx_term(b->zmq);
	b->zmq = NULL;
	check(s, b->rc == 0, "bus_stop", "the bus ended as asked");
}

/* ---- links */

static struct actor
actor_open(struct stage *s, int buses)
{
	char endpoints[160];
	struct actor a = { 0 };

	snprintf(endpoints, sizeof(endpoints), "ipc://%s/bus-1%s%s%s", s->dir, buses > 1 ? " ipc://" : "", buses > 1 ? s->dir : "",
	         buses > 1 ? "/bus-2" : "");
	a.link = link_open(s->zmq, endpoints);
	if (!a.link)
		abort();
	a.port = link_port(a.link);
	return a;
}

static void
serve_as(struct actor *a, const char *service, const char *instance, Wire__Lane lane, int32_t *partitions, size_t n)
{
	Wire__Hello hello = WIRE__HELLO__INIT;

	hello.service = (char *)service;
	hello.instance = (char *)instance;
	hello.lane = lane;
	hello.partitions = partitions;
	hello.n_partitions = n;
	link_hello(a->link, &hello);
}

static void
serve(struct actor *a, const char *service, Wire__Lane lane, int32_t *partitions, size_t n)
{
	serve_as(a, service, "test", lane, partitions, n);
}

static void
poll_once(struct actor *a, long ms)
{
	zmq_pollitem_t items[LINK_BUSES_MAX];

	zmq_poll(items, link_poll_items(a->link, items), ms);
}

static int
tick(struct actor *a, int64_t further_us)
{
	a->ahead_us += further_us;
	return link_tick(a->link, clock_mono_us() + a->ahead_us);
}

static bool
hear(struct actor *a, struct message *m, int ms)
{
	int64_t until_us = clock_mono_us() + (int64_t)ms * 1000;

	do {
		tick(a, 0);
		if (link_receive(a->link, m))
			return true;
		poll_once(a, STEP_MS);
	} while (clock_mono_us() < until_us);
	return false;
}

static bool
await_alive(struct actor *a, int n)
{
	int64_t until_us = clock_mono_us() + (int64_t)PATIENCE_MS * 1000;
	struct message m;

	while (link_alive(a->link) != n && clock_mono_us() < until_us) {
		tick(a, n ? 0 : LINK_PING_MS * 1000);
		hear(a, &m, 0);
	}
	return link_alive(a->link) == n;
}

static bool
ask(struct actor *a, const char *service, int32_t partition, Wire__Lane lane, const void *body, size_t len)
{
	struct message m = {
		.kind = lane == WIRE__LANE__READER ? WIRE__KIND__READ : WIRE__KIND__COMMANDS, .id = ++a->asked, .service = service,
		.partition = partition, .lane = lane, .wait_ms = 777, .body = body, .body_len = len,
	};

	return a->port.send(a->port.ctx, &m);
}

static bool
reply(struct actor *a, const struct message *to, const void *body, size_t len)
{
	struct message m = { .peer = to->peer, .kind = WIRE__KIND__ANSWER, .id = to->id, .body = body, .body_len = len };

	return a->port.send(a->port.ctx, &m);
}

/* Asks, and asks again on UNROUTED or silence, until `by` has the newest question; others may get and lose the earlier ones. */
static bool
ask_until(struct actor *asker, struct actor *by, const char *service, int32_t partition, Wire__Lane lane, struct message *got)
{
	int64_t until_us = clock_mono_us() + (int64_t)PATIENCE_MS * 1000, again_us = 0;
	struct message m;

	while (clock_mono_us() < until_us) {
		if (clock_mono_us() >= again_us || (hear(asker, &m, 0) && m.kind == WIRE__KIND__UNROUTED)) {
			ask(asker, service, partition, lane, "q", 1);
			again_us = clock_mono_us() + AGAIN_MS * 1000;
		}
		if (hear(by, got, STEP_MS) && got->id == asker->asked)
			return true;
	}
	return false;
}

/* Asks until the bus says that there is nobody; what somebody answers, or takes with him, is not waited for. */
static bool
ask_until_unrouted(struct actor *asker, const char *service, int32_t partition)
{
	int64_t until_us = clock_mono_us() + (int64_t)PATIENCE_MS * 1000;
	struct message m;

	while (clock_mono_us() < until_us) {
		ask(asker, service, partition, WIRE__LANE__WRITER, "q", 1);
		if (hear(asker, &m, AGAIN_MS) && m.kind == WIRE__KIND__UNROUTED && m.id == asker->asked)
			return true;
	}
	return false;
}

/* ---- sockets that keep to no rule */

static void *
raw_open(struct stage *s, int type, const char *name)
{
	const int wait_ms = PATIENCE_MS, none = 0, on = 1;
	char endpoint[64];
	void *raw = zmq_socket(s->zmq, type);

	snprintf(endpoint, sizeof(endpoint), "ipc://%s/%s", s->dir, name);
	zmq_setsockopt(raw, ZMQ_LINGER, &none, sizeof(none));
	zmq_setsockopt(raw, ZMQ_RCVTIMEO, &wait_ms, sizeof(wait_ms));
	zmq_setsockopt(raw, ZMQ_SNDTIMEO, &wait_ms, sizeof(wait_ms));
	if (type == ZMQ_DEALER) {
		zmq_setsockopt(raw, ZMQ_PROBE_ROUTER, &on, sizeof(on));
		zmq_setsockopt(raw, ZMQ_IMMEDIATE, &on, sizeof(on));
	}
	if (type == ZMQ_DEALER ? zmq_connect(raw, endpoint) : zmq_bind(raw, endpoint))
		abort();
	return raw;
}

struct bytes { const void *at; size_t len; };

static void
raw_send(void *raw, const struct bytes *parts, int n)
{
	for (int i = 0; i < n; i++)
		zmq_send(raw, parts[i].at, parts[i].len, i < n - 1 ? ZMQ_SNDMORE : 0);
}

static struct bytes
packed_head(Wire__Kind kind, uint64_t id, const char *service, int32_t partition, Wire__Lane lane, uint8_t room[HEAD_BYTES_MAX])
{
	Wire__Head h = WIRE__HEAD__INIT;

	h.kind = kind;
	h.id = id;
	h.service = (char *)service;
	h.partition = partition;
	h.lane = lane;
	return (struct bytes){ room, wire__head__pack(&h, room) };
}

/* The next message in three frames that is of this kind; its body copied out.  -1: none came. */
static int
raw_await(void *raw, Wire__Kind kind, void *body, size_t body_max)
{
	uint8_t head[HEAD_BYTES_MAX];

	for (;;) {
		int peer = zmq_recv(raw, NULL, 0, 0), n = peer < 0 ? -1 : zmq_recv(raw, head, sizeof(head), 0);
		int len = n < 0 ? -1 : zmq_recv(raw, body, body_max, 0);
		if (len < 0)
			return -1;
		Wire__Head *h = wire__head__unpack(NULL, (size_t)n, head);
		bool is = h && h->kind == kind;
		if (h)
			wire__head__free_unpacked(h, NULL);
		if (is)
			return len;
	}
}

/* Asks the bus by this socket, so behind all that it was sent before.  -1: no such sample. */
static long
metric(void *raw, const char *name)
{
	Wire__Read read = WIRE__READ__INIT;
	uint8_t head[HEAD_BYTES_MAX], packed[64], body[32768];
	char sample[96];
	long value = -1;

	read.type = (char *)engine__read_metrics__descriptor.name;
	raw_send(raw, (struct bytes[]){ { "", 0 }, packed_head(WIRE__KIND__READ, 5, "bus", -1, WIRE__LANE__READER, head),
	                                { packed, wire__read__pack(&read, packed) } }, 3);
	int n = raw_await(raw, WIRE__KIND__ANSWER, body, sizeof(body));
	Wire__Answer *a = n < 0 ? NULL : wire__answer__unpack(NULL, (size_t)n, body);
	Engine__Metrics *m = a && a->status == 200 ? engine__metrics__unpack(NULL, a->data.len, a->data.data) : NULL;
	snprintf(sample, sizeof(sample), "\n%s{service=\"bus\",replica=\"bus-1\"} ", name);
	const char *at = m ? strstr(m->text, sample) : NULL;
	if (at)
		value = atol(at + strlen(sample));
	if (m)
		engine__metrics__free_unpacked(m, NULL);
	if (a)
		wire__answer__free_unpacked(a, NULL);
	return value;
}

/* ---- tests: each has bus 1 running and stops what it started */

static void
request_and_answer(struct stage *s)
{
	struct actor owner = actor_open(s, 1), asker = actor_open(s, 1);
	struct message m;

	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	if (CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m))) {
		CHECK(s, m.kind == WIRE__KIND__COMMANDS && m.partition == 3 && m.lane == WIRE__LANE__WRITER && m.wait_ms == 777);
		CHECK(s, !strcmp(m.service, "pay") && m.body_len == 1 && !memcmp(m.body, "q", 1) && m.peer.id_len);
		CHECK(s, reply(&owner, &m, "answered", 8));
		CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == asker.asked);
		CHECK(s, m.body_len == 8 && !memcmp(m.body, "answered", 8) && m.peer.id_len == 0);
	}
	link_close(&owner.link);
	link_close(&asker.link);
}

/* An owner that is also an asker gets its own questions apart from its own answers. */
static void
ask_oneself(struct stage *s)
{
	struct actor self = actor_open(s, 1);
	struct message m;

	serve(&self, "self", WIRE__LANE__WRITER, (int32_t[]){ 0 }, 1);
	if (CHECK(s, ask_until(&self, &self, "self", 0, WIRE__LANE__WRITER, &m))) {
		CHECK(s, m.kind == WIRE__KIND__COMMANDS && reply(&self, &m, NULL, 0));
		CHECK(s, hear(&self, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == self.asked && !m.body_len);
	}
	link_close(&self.link);
}

/* A replica, not only the bus, may say that somebody else must be asked. */
static void
unrouted(struct stage *s)
{
	struct actor owner = actor_open(s, 1), asker = actor_open(s, 1);
	struct message m;

	CHECK(s, await_alive(&asker, 1));
	CHECK(s, ask(&asker, "nobody", 1, WIRE__LANE__WRITER, "q", 1));
	CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__UNROUTED && m.id == asker.asked && !m.body_len);
	serve(&owner, "pay", WIRE__LANE__WRITER, NULL, 0);
	if (CHECK(s, ask_until(&asker, &owner, "pay", 9, WIRE__LANE__WRITER, &m))) {
		struct message no = { .peer = m.peer, .kind = WIRE__KIND__UNROUTED, .id = m.id };
		CHECK(s, owner.port.send(owner.port.ctx, &no));
		CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__UNROUTED && m.id == asker.asked);
	}
	link_hello(owner.link, NULL);
	CHECK(s, ask_until_unrouted(&asker, "pay", 9));
	link_close(&owner.link);
	link_close(&asker.link);
}

static void
bodies_up_to_the_limits(struct stage *s)
{
	struct actor owner = actor_open(s, 1), asker = actor_open(s, 1);
	uint8_t *body = malloc(ANSWER_BYTES_MAX + 1);
	struct message m, q;

	for (int i = 0; i <= ANSWER_BYTES_MAX; i++)
		body[i] = (uint8_t)(i * 31 + (i >> 9));
	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	CHECK(s, !ask(&asker, "pay", 3, WIRE__LANE__WRITER, body, REQUEST_BYTES_MAX + 1));
	CHECK(s, ask(&asker, "pay", 3, WIRE__LANE__WRITER, body, REQUEST_BYTES_MAX));
	CHECK(s, hear(&owner, &q, PATIENCE_MS) && q.body_len == REQUEST_BYTES_MAX && !memcmp(q.body, body, q.body_len));
	CHECK(s, !reply(&owner, &q, body, ANSWER_BYTES_MAX + 1));
	CHECK(s, reply(&owner, &q, body, ANSWER_BYTES_MAX));
	CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.body_len == ANSWER_BYTES_MAX && !memcmp(m.body, body, m.body_len));
	free(body);
	link_close(&owner.link);
	link_close(&asker.link);
}

static void
readers_take_turns(struct stage *s)
{
	struct actor reader[2] = { actor_open(s, 1), actor_open(s, 1) }, asker = actor_open(s, 1);
	struct message m;

	for (int i = 0; i < 2; i++) {
		serve(&reader[i], "pay", WIRE__LANE__READER, NULL, 0);
		CHECK(s, ask_until(&asker, &reader[i], "pay", 3, WIRE__LANE__READER, &m));
	}
	CHECK(s, ask_until(&asker, &reader[0], "pay", 3, WIRE__LANE__READER, &m));
	for (int i = 1; i <= 4; i++) {
		CHECK(s, ask(&asker, "pay", 3, WIRE__LANE__READER, "q", 1));
		CHECK(s, hear(&reader[i % 2], &m, PATIENCE_MS) && m.id == asker.asked && m.kind == WIRE__KIND__READ);
	}
	for (int i = 0; i < 2; i++)
		link_close(&reader[i].link);
	link_close(&asker.link);
}

static void
owner_dies(struct stage *s)
{
	struct actor a = actor_open(s, 1), b = actor_open(s, 1), asker = actor_open(s, 1);
	struct message m;

	serve(&a, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	serve(&b, "pay", WIRE__LANE__WRITER, (int32_t[]){ 4 }, 1);
	CHECK(s, ask_until(&asker, &b, "pay", 4, WIRE__LANE__WRITER, &m));
	CHECK(s, ask_until(&asker, &a, "pay", 3, WIRE__LANE__WRITER, &m));
	link_close(&a.link);
	CHECK(s, ask_until(&asker, &b, "pay", 3, WIRE__LANE__WRITER, &m));
	CHECK(s, m.partition == 3);
	link_close(&b.link);
	CHECK(s, ask_until_unrouted(&asker, "pay", 3));
	link_close(&asker.link);
}

/* A partition moves: the new owner's word is enough. */
static void
partition_moves(struct stage *s)
{
	struct actor a = actor_open(s, 1), b = actor_open(s, 1), asker = actor_open(s, 1);
	struct message m;

	serve(&a, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &a, "pay", 3, WIRE__LANE__WRITER, &m));
	serve(&b, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &b, "pay", 3, WIRE__LANE__WRITER, &m));
	serve(&a, "pay", WIRE__LANE__WRITER, NULL, 0);
	serve(&b, "pay", WIRE__LANE__WRITER, NULL, 0);
	serve(&a, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &a, "pay", 3, WIRE__LANE__WRITER, &m));
	link_close(&a.link);
	link_close(&b.link);
	link_close(&asker.link);
}

/* The owner's link gets no tick while the bus is away and after: it is the bus's greeting that makes it say HELLO. */
static void
bus_restarts(struct stage *s)
{
	struct actor owner = actor_open(s, 1), asker = actor_open(s, 1);
	int64_t until_us = clock_mono_us() + (int64_t)PATIENCE_MS * 1000;
	struct message m;
	bool back = false;

	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	bus_stop(s, 0);
	CHECK(s, await_alive(&asker, 0));
	CHECK(s, !ask(&asker, "pay", 3, WIRE__LANE__WRITER, "q", 1));
	bus_start(s, 0);
	CHECK(s, await_alive(&asker, 1));
	while (!back && clock_mono_us() < until_us) {
		ask(&asker, "pay", 3, WIRE__LANE__WRITER, "q", 1);
		hear(&asker, &m, STEP_MS);
		back = link_receive(owner.link, &m) && m.kind == WIRE__KIND__COMMANDS;
	}
	CHECK(s, back && reply(&owner, &m, "a", 1));
	link_close(&owner.link);
	link_close(&asker.link);
}

/* As above, but unseen: the bus is back before anybody missed it, and the asker still thinks it alive. */
static void
bus_restarts_at_once(struct stage *s)
{
	struct actor owner = actor_open(s, 1), asker = actor_open(s, 1);
	struct message m;

	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	bus_stop(s, 0);
	bus_start(s, 0);
	CHECK(s, link_alive(asker.link) == 1);
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	CHECK(s, reply(&owner, &m, "a", 1));
	CHECK(s, hear(&asker, &m, PATIENCE_MS));
	link_close(&owner.link);
	link_close(&asker.link);
}

static void
two_buses_share_partitions(struct stage *s)
{
	struct message m;

	bus_start(s, 1);
	struct actor owner = actor_open(s, 2), asker = actor_open(s, 2);
	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 2, 3 }, 2);
	CHECK(s, await_alive(&asker, 2) && await_alive(&owner, 2));
	for (int i = 0; i < 8; i++) {
		int32_t partition = 2 + i % 2;
		CHECK(s, ask_until(&asker, &owner, "pay", partition, WIRE__LANE__WRITER, &m));
		CHECK(s, m.peer.bus == partition % 2 && reply(&owner, &m, "a", 1));
		CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == asker.asked);
	}
	bus_stop(s, 1);
	for (int i = 0; i < 2 * LINK_DEAD_MS / LINK_PING_MS; i++) {
		CHECK(s, !hear(&asker, &m, STEP_MS) && !hear(&owner, &m, STEP_MS));
		tick(&asker, LINK_PING_MS * 1000);
	}
	CHECK(s, await_alive(&asker, 1));
	for (int i = 0; i < 6; i++) {
		CHECK(s, ask(&asker, "pay", 3, WIRE__LANE__WRITER, "q", 1));
		CHECK(s, hear(&owner, &m, PATIENCE_MS) && m.id == asker.asked && m.peer.bus == 0 && reply(&owner, &m, "a", 1));
		CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == asker.asked);
	}
	link_close(&owner.link);
	link_close(&asker.link);
}

/* Bus 2 is there and takes what it is sent, but its loop is stuck: it never counts as alive, and takes no request. */
static void
one_of_two_is_stuck(struct stage *s)
{
	void *stuck = raw_open(s, ZMQ_ROUTER, "bus-2");
	struct actor owner = actor_open(s, 2), asker = actor_open(s, 2);
	struct message m;

	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	for (int i = 0; i < 10; i++) {
		CHECK(s, ask(&asker, "pay", 3, WIRE__LANE__WRITER, "q", 1));
		CHECK(s, hear(&owner, &m, PATIENCE_MS) && m.id == asker.asked && m.peer.bus == 0);
	}
	CHECK(s, link_alive(asker.link) == 1 && link_alive(owner.link) == 1);
	link_close(&owner.link);
	link_close(&asker.link);
	zmq_close(stuck);
}

/* A thread that was long away does not take its own absence for the bus's silence; unanswered pings it does. */
static void
silence_is_counted_in_pings(struct stage *s)
{
	struct actor a = actor_open(s, 1);
	const int64_t ping_us = LINK_PING_MS * 1000;

	CHECK(s, await_alive(&a, 1));
	bus_stop(s, 0);
	for (int i = 0; i < LINK_DEAD_MS / LINK_PING_MS - 2; i++)
		tick(&a, 60 * 1000000);
	CHECK(s, link_alive(a.link) == 1);
	for (int i = 0; i < LINK_DEAD_MS / LINK_PING_MS; i++)
		tick(&a, ping_us);
	CHECK(s, link_alive(a.link) == 0);
	int64_t then_us = clock_mono_us() + a.ahead_us + ping_us;
	CHECK(s, link_tick(a.link, then_us) == LINK_PING_MS);
	CHECK(s, link_tick(a.link, then_us + 1000) == LINK_PING_MS - 1);
	CHECK(s, link_tick(a.link, then_us + ping_us - 1) == 1);
	CHECK(s, link_tick(a.link, then_us + ping_us) == LINK_PING_MS);
	bus_start(s, 0);
	CHECK(s, await_alive(&a, 1));
	link_close(&a.link);
}

static const uint8_t junk[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static const char long_name[] = "a-service-whose-name-is-too-long-";

/* Each of these is one message that no bus takes. */
static int
send_malformed(void *raw)
{
	static const char zeros[HEAD_BYTES_MAX + 1];
	uint8_t h[16][HEAD_BYTES_MAX];
	const struct bytes none = { "", 0 }, q = { "q", 1 }, bad = { junk, sizeof(junk) };
	const struct bytes read = packed_head(WIRE__KIND__READ, 1, "pay", 3, WIRE__LANE__WRITER, h[0]);
	const struct bytes hello = packed_head(WIRE__KIND__HELLO, 1, "", 0, WIRE__LANE__WRITER, h[1]);
	const struct { int n; struct bytes part[5]; } rows[] = {
		{ 1, { q } },                                                   /* too few frames */
		{ 2, { none, read } },
		{ 2, { none, none } },
		{ 4, { none, read, q, q } },                                    /* too many */
		{ 5, { none, read, q, q, none } },
		{ 3, { none, bad, q } },                                        /* no Head */
		{ 3, { none, none, q } },
		{ 3, { none, { zeros, sizeof(zeros) }, q } },
		{ 3, { none, packed_head((Wire__Kind)99, 1, "pay", 3, WIRE__LANE__WRITER, h[2]), q } },
		{ 3, { none, packed_head((Wire__Kind)-1, 1, "pay", 3, WIRE__LANE__WRITER, h[3]), q } },
		{ 3, { none, packed_head(WIRE__KIND__READ, 1, "", 3, WIRE__LANE__WRITER, h[4]), q } },
		{ 3, { none, packed_head(WIRE__KIND__READ, 1, long_name, 3, WIRE__LANE__WRITER, h[5]), q } },
		{ 3, { none, packed_head(WIRE__KIND__READ, 1, "pay", 64, WIRE__LANE__WRITER, h[6]), q } },
		{ 3, { none, packed_head(WIRE__KIND__READ, 1, "pay", -2, WIRE__LANE__WRITER, h[7]), q } },
		{ 3, { none, packed_head(WIRE__KIND__READ, 1, "pay", 3, (Wire__Lane)2, h[8]), q } },
		{ 3, { none, packed_head(WIRE__KIND__PONG, 1, "", 0, WIRE__LANE__WRITER, h[9]), none } },
		{ 3, { none, packed_head(WIRE__KIND__ANSWER, 1, "", 0, WIRE__LANE__WRITER, h[10]), q } },       /* to nobody */
		{ 3, { q, packed_head(WIRE__KIND__ANSWER, 1, "", 0, WIRE__LANE__WRITER, h[11]), q } },          /* to a stranger */
		{ 3, { { zeros, PEER_ID_MAX + 1 }, packed_head(WIRE__KIND__ANSWER, 1, "", 0, WIRE__LANE__WRITER, h[12]), q } },
		{ 3, { q, read, q } },                                          /* a request with a peer */
		{ 3, { none, hello, bad } },
		{ 3, { none, hello, { zeros, sizeof(zeros) } } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		raw_send(raw, rows[i].part, rows[i].n);
	return sizeof(rows) / sizeof(rows[0]);
}

static void
malformed_to_the_bus(struct stage *s)
{
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1");

	send_malformed(raw);
	long before = metric(raw, "zhucun_bus_dropped_total");
	CHECK(s, before > 0);
	int n = send_malformed(raw);
	CHECK(s, metric(raw, "zhucun_bus_dropped_total") == before + n);
	zmq_close(raw);
	request_and_answer(s);
}

static void
questions_to_the_bus(struct stage *s)
{
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1");
	Wire__Read read = WIRE__READ__INIT;
	uint8_t h[3][HEAD_BYTES_MAX], packed[64], body[256];
	const struct bytes none = { "", 0 };

	read.type = (char *)"roster.ListVillages";
	raw_send(raw, (struct bytes[]){ none, packed_head(WIRE__KIND__READ, 1, "bus", -1, WIRE__LANE__READER, h[0]),
	                                { packed, wire__read__pack(&read, packed) } }, 3);
	int n = raw_await(raw, WIRE__KIND__ANSWER, body, sizeof(body));
	Wire__Answer *a = n < 0 ? NULL : wire__answer__unpack(NULL, (size_t)n, body);
	CHECK(s, a && a->status == 404 && a->problem && !strcmp(a->problem->code, "read.unknown"));
	if (a)
		wire__answer__free_unpacked(a, NULL);
	raw_send(raw, (struct bytes[]){ none, packed_head(WIRE__KIND__PING, 9, "", 0, WIRE__LANE__WRITER, h[1]), none }, 3);
	CHECK(s, raw_await(raw, WIRE__KIND__PONG, body, sizeof(body)) == 0);
	long before = metric(raw, "zhucun_bus_unrouted_total");
	raw_send(raw, (struct bytes[]){ none, packed_head(WIRE__KIND__COMMANDS, 1, "bus", -1, WIRE__LANE__WRITER, h[2]), none }, 3);
	CHECK(s, raw_await(raw, WIRE__KIND__UNROUTED, body, sizeof(body)) == 0);
	CHECK(s, metric(raw, "zhucun_bus_unrouted_total") == (before < 0 ? 0 : before) + 1);
	zmq_close(raw);
}

/* Who is there, as a bus says it: "pay/one pay/two". */
static void
peers(void *raw, char *out, size_t size)
{
	Wire__Read read = WIRE__READ__INIT;
	uint8_t head[HEAD_BYTES_MAX], packed[64], body[4096];

	read.type = (char *)engine__read_peers__descriptor.name;
	raw_send(raw, (struct bytes[]){ { "", 0 }, packed_head(WIRE__KIND__READ, 6, "bus", -1, WIRE__LANE__READER, head),
	                                { packed, wire__read__pack(&read, packed) } }, 3);
	int n = raw_await(raw, WIRE__KIND__ANSWER, body, sizeof(body));
	Wire__Answer *a = n < 0 ? NULL : wire__answer__unpack(NULL, (size_t)n, body);
	Engine__Peers *said = a && a->status == 200 ? engine__peers__unpack(NULL, a->data.len, a->data.data) : NULL;
	*out = '\0';
	for (size_t i = 0; said && i < said->n_items; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s/%s", i ? " " : "", said->items[i]->service, said->items[i]->instance);
	if (said)
		engine__peers__free_unpacked(said, NULL);
	if (a)
		wire__answer__free_unpacked(a, NULL);
}

/* One of several replicas is asked by its name, by one bus; nobody of that name: UNROUTED, whoever else serves it. */
static void
one_of_many(struct stage *s)
{
	struct actor one = actor_open(s, 1), two = actor_open(s, 1), asker = actor_open(s, 1);
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1");
	char names[100];
	struct message m, q = { .kind = WIRE__KIND__READ, .service = "pay", .partition = -1, .lane = WIRE__LANE__READER, .wait_ms = 777, .via = 1, .body = "q", .body_len = 1 };

	serve_as(&one, "pay", "one", WIRE__LANE__READER, NULL, 0);
	CHECK(s, ask_until(&asker, &one, "pay", -1, WIRE__LANE__READER, &m));
	serve_as(&two, "pay", "two", WIRE__LANE__READER, NULL, 0);
	CHECK(s, ask_until(&asker, &two, "pay", -1, WIRE__LANE__READER, &m));
	peers(raw, names, sizeof(names));
	CHECK(s, !strcmp(names, "pay/one pay/two"));
	for (int i = 0; i < 3; i++) {
		q.id = ++asker.asked;
		q.replica = "two";
		CHECK(s, asker.port.send(asker.port.ctx, &q));
		CHECK(s, hear(&two, &m, PATIENCE_MS) && m.id == asker.asked);
	}
	q.id = ++asker.asked;
	q.replica = "three";
	CHECK(s, asker.port.send(asker.port.ctx, &q));
	CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__UNROUTED && m.id == asker.asked);
	zmq_close(raw);
	link_close(&one.link);
	link_close(&two.link);
	link_close(&asker.link);
}

/* One frame too long costs its sender the connection, and nobody else anything; when it is back it is greeted again. */
static void
oversize_frames(struct stage *s)
{
	struct actor owner = actor_open(s, 1), asker = actor_open(s, 1);
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1");
	uint8_t *body = calloc(1, FRAME_BYTES_MAX + 1), h[2][HEAD_BYTES_MAX], pong[8];
	const struct bytes none = { "", 0 };
	const struct bytes head = packed_head(WIRE__KIND__COMMANDS, 1, "pay", 3, WIRE__LANE__WRITER, h[0]);
	struct message m;

	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	CHECK(s, raw_await(raw, WIRE__KIND__PONG, pong, sizeof(pong)) == 0);
	raw_send(raw, (struct bytes[]){ none, head, { body, REQUEST_BYTES_MAX + 1 } }, 3);
	CHECK(s, metric(raw, "zhucun_bus_dropped_total") > 0);
	raw_send(raw, (struct bytes[]){ none, head, { body, FRAME_BYTES_MAX + 1 } }, 3);
	CHECK(s, raw_await(raw, WIRE__KIND__PONG, pong, sizeof(pong)) == 0);
	CHECK(s, ask(&asker, "pay", 3, WIRE__LANE__WRITER, "q", 1));
	CHECK(s, hear(&owner, &m, PATIENCE_MS) && m.id == asker.asked);
	free(body);
	zmq_close(raw);
	link_close(&owner.link);
	link_close(&asker.link);
}

/* Bus 2 is a raw ROUTER that says what no bus says; the link gives none of it out, and still hears the PONG behind. */
static void
malformed_to_a_link(struct stage *s)
{
	void *raw = raw_open(s, ZMQ_ROUTER, "bus-2");
	struct actor a = actor_open(s, 2);
	uint8_t id[PEER_ID_MAX], h[8][HEAD_BYTES_MAX];
	static const uint8_t zeros[PEER_ID_MAX + 1];
	const struct bytes none = { "", 0 }, q = { "q", 1 }, bad = { junk, sizeof(junk) };
	const struct bytes read = packed_head(WIRE__KIND__READ, 1, "pay", 3, WIRE__LANE__WRITER, h[0]);
	const struct bytes answer = packed_head(WIRE__KIND__ANSWER, 1, "", 0, WIRE__LANE__WRITER, h[1]);
	struct message m;

	int64_t until_us = clock_mono_us() + (int64_t)PATIENCE_MS * 1000;
	int n;
	while ((n = zmq_recv(raw, id, sizeof(id), ZMQ_DONTWAIT)) < 0 && clock_mono_us() < until_us)
		hear(&a, &m, STEP_MS);          /* its socket does nothing unless its thread looks at it */
	CHECK(s, n > 0 && zmq_recv(raw, NULL, 0, 0) == 0);              /* the probe */
	const struct bytes to = { id, n < 0 ? 0 : (size_t)n };
	const struct { int n; struct bytes part[6]; } rows[] = {
		{ 2, { to, q } },
		{ 3, { to, none, answer } },
		{ 5, { to, none, answer, q, q } },
		{ 4, { to, none, bad, q } },
		{ 4, { to, none, read, q } },                           /* a request of nobody */
		{ 4, { to, { zeros, sizeof(zeros) }, read, q } },
		{ 4, { to, q, answer, q } },                            /* an answer to somebody else */
		{ 4, { to, none, packed_head(WIRE__KIND__HELLO, 1, "", 0, WIRE__LANE__WRITER, h[2]), none } },
		{ 4, { to, none, packed_head(WIRE__KIND__PONG, 0, "", 0, WIRE__LANE__WRITER, h[3]), none } },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		raw_send(raw, rows[i].part, rows[i].n);
	bool heard = false;
	while (link_alive(a.link) != 2 && clock_mono_us() < until_us)
		heard |= hear(&a, &m, STEP_MS);
	CHECK(s, !heard && link_alive(a.link) == 2);
	link_close(&a.link);
	zmq_close(raw);
}

/* A replica that reads nothing: its queue fills, what is too much is dropped and counted, and nobody else is held up. */
static void
deaf_replica(struct stage *s)
{
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1");
	struct actor deaf = actor_open(s, 1), owner = actor_open(s, 1), asker = actor_open(s, 1);
	int64_t until_us = clock_mono_us() + (int64_t)PATIENCE_MS * 1000;
	uint8_t h[HEAD_BYTES_MAX];
	static const char body[2000];
	struct message m;

	serve(&deaf, "deaf", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &deaf, "deaf", 3, WIRE__LANE__WRITER, &m));
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	long before = metric(raw, "zhucun_bus_dropped_total"), now = before;
	while (now == before && clock_mono_us() < until_us) {
		for (int i = 0; i < 500; i++)
			raw_send(raw, (struct bytes[]){ { "", 0 }, packed_head(WIRE__KIND__COMMANDS, 1, "deaf", 3, WIRE__LANE__WRITER, h),
			                                { body, sizeof(body) } }, 3);
		now = metric(raw, "zhucun_bus_dropped_total");
	}
	CHECK(s, now > before);
	CHECK(s, ask(&asker, "pay", 3, WIRE__LANE__WRITER, "q", 1));
	CHECK(s, hear(&owner, &m, PATIENCE_MS) && m.id == asker.asked && reply(&owner, &m, "a", 1));
	CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == asker.asked);
	zmq_close(raw);
	link_close(&deaf.link);
	link_close(&owner.link);
	link_close(&asker.link);
}

static void
bad_endpoints(struct stage *s)
{
	char longest[400];
	int stop[2];

	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "ipc:///", 7);
	longest[sizeof(longest) - 1] = 0;
	CHECK(s, !link_open(s->zmq, ""));
	CHECK(s, !link_open(s->zmq, "   "));
	CHECK(s, !link_open(s->zmq, "nonsense"));
	CHECK(s, !link_open(s->zmq, "ipc:///tmp/x carrier-pigeon://y"));
	CHECK(s, !link_open(s->zmq, "ipc:///a ipc:///b ipc:///c ipc:///d ipc:///e"));
	CHECK(s, !link_open(s->zmq, longest));
	if (pipe(stop))
		abort();
	CHECK(s, bus_run(s->zmq, "ipc:///no/such/directory/bus", "", stop[0], NULL) == -1);
	CHECK(s, bus_run(s->zmq, "nonsense", "", stop[0], NULL) == -1);
	close(stop[0]);
	close(stop[1]);
}

static void (*const tests[])(struct stage *) = {
	request_and_answer, ask_oneself, unrouted, bodies_up_to_the_limits, readers_take_turns, owner_dies, partition_moves,
	bus_restarts, bus_restarts_at_once, two_buses_share_partitions, one_of_two_is_stuck, silence_is_counted_in_pings,
	malformed_to_the_bus, questions_to_the_bus, one_of_many, oversize_frames, malformed_to_a_link, deaf_replica, bad_endpoints,
};

int
main(void)
{
	char dir[] = "/tmp/link-test-XXXXXX";
	struct stage s = { .dir = dir };
	int passed = 0, failed = 0;

	log_open("link_test", getenv("VERBOSE") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR + 1);
	if (!mkdtemp(dir))
		abort();
	s.zmq = zmq_ctx_new();
	bus_start(&s, 0);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		int before = s.failed;
		tests[i](&s);
		s.failed == before ? passed++ : failed++;
	}
	bus_stop(&s, 0);
	zmq_ctx_term(s.zmq);
	for (int i = 0; i < 2; i++)
		unlink(s.bus[i].endpoint + strlen("ipc://"));
	rmdir(dir);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
