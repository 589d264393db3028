/* stage_test - buses and those who talk by them, for the tests of both: real sockets (ipc, in a temporary directory),
 * each bus is bus_run() on a thread with a context of its own; links are driven by the test's thread, which makes their
 * time run ahead, so that a silence of a second takes no second.  Who speaks has a key that the buses' file of
 * authorized keys has with the name that he is opened by.  Nothing sleeps: a step waits for what must come, and fails
 * when it has not come within PATIENCE_MS. */
#pragma once
#include "bus.h"
#include "base/clock.h"
#include "engine.pb-c.h"
#include "bus/frames.h"
#include "bus/link.h"
#include "base/log.h"
#include "harness/pace.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, AGAIN_MS = 100, STEP_MS = 5 };

static const char *const names[] = { "gateway", "pay", "log", "deaf", "self" };
enum { NAMES = sizeof(names) / sizeof(names[0]) };

struct bus_thread {
	char endpoint[64];
	struct bus_settings settings;
	void *zmq;
	int stop[2];
	pthread_t thread;
	int rc;
};
struct stage {
	const char *dir;
	void *zmq;                      /* of the links and raw sockets */
	struct bus_thread bus[2];
	struct curve_pair bus_keys, keys[NAMES];
	char authorized[64];
	int failed;
	enum log_level quiet;           /* unless a test is about what is logged */
};
/* A link with what its owner knows. */
struct actor {
	link_t *link;
	struct port port;
	bool fetches;                   /* what a service may ask; the gateway orders and reads */
	int64_t ahead_us;               /* how far its time is ahead of the clock */
	uint64_t asked;
};

static inline bool
check(struct stage *s, bool ok, const char *test, const char *what)
{
	if (!ok) {
		printf("FAIL %s: %s\n", test, what);
		s->failed++;
	}
	return ok;
}
#define CHECK(s, ok) check(s, ok, __func__, #ok)

/* ---- keys */

static inline struct curve_pair
new_pair(void)
{
	struct curve_pair p;

	if (zmq_curve_keypair(p.public, p.secret))
		abort();
	return p;
}

static inline struct curve_client
client_with(struct stage *s, const char *name, const struct curve_pair *own)
{
	struct curve_client c = { .own = *own };

	strcpy(c.name, name);
	strcpy(c.bus, s->bus_keys.public);
	return c;
}

static inline struct curve_client
client_of(struct stage *s, const char *name)
{
	for (int i = 0; i < NAMES; i++)
		if (!strcmp(names[i], name))
			return client_with(s, name, &s->keys[i]);
	abort();
}

/* As deploy/keys.sh writes it: beside, then in its place.  more: a line, or "". */
static inline void
authorize(struct stage *s, const char *more)
{
	char beside[80];

	snprintf(beside, sizeof(beside), "%s.new", s->authorized);
	FILE *f = fopen(beside, "w");
	for (int i = 0; f && i < NAMES; i++)
		fprintf(f, "%s %s\n", names[i], s->keys[i].public);
	if (!f || fputs(more, f) < 0 || fclose(f) || rename(beside, s->authorized))
		abort();
}

/* ---- buses */

static inline void *
bus_main(void *arg)
{
	struct bus_thread *b = arg;

	b->rc = bus_run(b->zmq, &b->settings, b->stop[0]);
	return NULL;
}

static inline void
bus_start(struct stage *s, int i)
{
	struct bus_thread *b = &s->bus[i];

	snprintf(b->endpoint, sizeof(b->endpoint), "ipc://%s/bus-%d", s->dir, i + 1);
	b->settings = (struct bus_settings){
		.endpoint = b->endpoint, .name = "bus-1", .keys = s->bus_keys, .authorized = s->authorized
	};
	b->zmq = zmq_ctx_new();
	if (pipe(b->stop) || pthread_create(&b->thread, NULL, bus_main, b))
		abort();
}

static inline void
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

static inline struct actor
actor_as(struct stage *s, const struct curve_client *me, int buses)
{
	char endpoints[160];
	struct actor a = { 0 };

	snprintf(endpoints, sizeof(endpoints), "ipc://%s/bus-1%s%s%s", s->dir, buses > 1 ? " ipc://" : "",
		 buses > 1 ? s->dir : "", buses > 1 ? "/bus-2" : "");
	a.link = link_open(s->zmq, endpoints, me);
	if (!a.link)
		abort();
	a.port = link_port(a.link);
	a.fetches = strcmp(me->name, "gateway") != 0;
	return a;
}

static inline struct actor
actor_open(struct stage *s, const char *name, int buses)
{
	struct curve_client me = client_of(s, name);

	return actor_as(s, &me, buses);
}

static inline void
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

static inline void
serve(struct actor *a, const char *service, Wire__Lane lane, int32_t *partitions, size_t n)
{
	serve_as(a, service, "test", lane, partitions, n);
}

static inline void
poll_once(struct actor *a, long ms)
{
	zmq_pollitem_t items[LINK_BUSES_MAX];

	zmq_poll(items, link_poll_items(a->link, items), ms);
}

static inline int
tick(struct actor *a, int64_t further_us)
{
	a->ahead_us += further_us;
	return link_tick(a->link, clock_mono_us() + a->ahead_us);
}

static inline bool
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

static inline bool
await_alive(struct actor *a, int n)
{
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
	struct message m;

	while (link_alive(a->link) != n && clock_mono_us() < until_us) {
		tick(a, n ? 0 : LINK_PING_MS * 1000);
		hear(a, &m, 0);
	}
	return link_alive(a->link) == n;
}

static inline bool
ask(struct actor *a, const char *service, int32_t partition, Wire__Lane lane, const void *body, size_t len)
{
	struct message m = {
		.kind = a->fetches                   ? WIRE__KIND__FETCH
			: lane == WIRE__LANE__READER ? WIRE__KIND__READ
						     : WIRE__KIND__COMMANDS,
		.id = ++a->asked,
		.service = service,
		.partition = partition,
		.lane = lane,
		.wait_ms = 777,
		.body = body,
		.body_len = len,
	};

	return a->port.send(a->port.ctx, &m);
}

static inline bool
reply(struct actor *a, const struct message *to, const void *body, size_t len)
{
	struct message m = {
		.peer = to->peer, .kind = WIRE__KIND__ANSWER, .id = to->id, .body = body, .body_len = len
	};

	return a->port.send(a->port.ctx, &m);
}

/* Asks, and asks again on UNROUTED or silence, until `by` has the newest question; others may get and lose the earlier
 * ones. */
static inline bool
ask_until(struct actor *asker, struct actor *by, const char *service, int32_t partition, Wire__Lane lane,
	  struct message *got)
{
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000), again_us = 0;
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
static inline bool
ask_until_unrouted(struct actor *asker, const char *service, int32_t partition)
{
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
	struct message m;

	while (clock_mono_us() < until_us) {
		ask(asker, service, partition, WIRE__LANE__WRITER, "q", 1);
		if (hear(asker, &m, AGAIN_MS) && m.kind == WIRE__KIND__UNROUTED && m.id == asker->asked)
			return true;
	}
	return false;
}

/* ---- sockets that keep to no rule */

/* who NULL: speaks no CURVE.  A ROUTER is a bus that lets everybody in. */
static inline void *
raw_open(struct stage *s, int type, const char *name, const char *who)
{
	const int wait_ms = PATIENCE_MS, none = 0, on = 1;
	char endpoint[64];
	void *raw = zmq_socket(s->zmq, type);

	snprintf(endpoint, sizeof(endpoint), "ipc://%s/%s", s->dir, name);
	zmq_setsockopt(raw, ZMQ_LINGER, &none, sizeof(none));
	zmq_setsockopt(raw, ZMQ_RCVTIMEO, &wait_ms, sizeof(wait_ms));
	zmq_setsockopt(raw, ZMQ_SNDTIMEO, &wait_ms, sizeof(wait_ms));
	if (who && type == ZMQ_DEALER) {
		struct curve_client me = client_of(s, who);
		if (!curve_client_options(raw, &me))
			abort();
	}
	if (who && type == ZMQ_ROUTER) {
		zmq_setsockopt(raw, ZMQ_CURVE_SERVER, &on, sizeof(on));
		zmq_setsockopt(raw, ZMQ_CURVE_SECRETKEY, s->bus_keys.secret, CURVE_TEXT + 1);
	}
	if (type == ZMQ_DEALER) {
		zmq_setsockopt(raw, ZMQ_PROBE_ROUTER, &on, sizeof(on));
		zmq_setsockopt(raw, ZMQ_IMMEDIATE, &on, sizeof(on));
	}
	if (type == ZMQ_DEALER ? zmq_connect(raw, endpoint) : zmq_bind(raw, endpoint))
		abort();
	return raw;
}

struct bytes { const void *at; size_t len; };

static inline void
raw_send(void *raw, const struct bytes *parts, int n)
{
	for (int i = 0; i < n; i++)
		zmq_send(raw, parts[i].at, parts[i].len, i < n - 1 ? ZMQ_SNDMORE : 0);
}

static inline struct bytes
packed_head(Wire__Kind kind, uint64_t id, const char *service, int32_t partition, Wire__Lane lane,
	    uint8_t room[HEAD_BYTES_MAX])
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
static inline int
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

/* Asks the bus by this socket, the gateway's, so behind all that it was sent before.  -1: no such sample. */
static inline long
metric(void *raw, const char *name)
{
	Wire__Read read = WIRE__READ__INIT;
	uint8_t head[HEAD_BYTES_MAX], packed[64], body[32768];
	char sample[96];
	long value = -1;

	read.type = (char *)engine__read_metrics__descriptor.name;
	raw_send(raw, (struct bytes[]){ { "", 0 },
	                                packed_head(WIRE__KIND__READ, 5, "bus", -1, WIRE__LANE__READER, head),
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

/* Until it is so many. */
static inline bool
await_metric(void *raw, const char *name, long value)
{
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
	long now;

	while ((now = metric(raw, name)) < value && clock_mono_us() < until_us)
		continue;
	return now == value;
}

/* Opens the stage, runs each, and sums up; what main() returns. */
static inline int
stage_run(const char *program, void (*const tests[])(struct stage *), size_t n)
{
	char dir[] = "/tmp/bus-test-XXXXXX";
	struct stage s = { .dir = dir, .bus_keys = new_pair() };
	int passed = 0, failed = 0;

	s.quiet = getenv("VERBOSE") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR + 1;
	log_open(program, s.quiet);
	if (!mkdtemp(dir))
		abort();
	snprintf(s.authorized, sizeof(s.authorized), "%s/authorized-keys", dir);
	for (int i = 0; i < NAMES; i++)
		s.keys[i] = new_pair();
	authorize(&s, "");
	s.zmq = zmq_ctx_new();
	bus_start(&s, 0);
	for (size_t i = 0; i < n; i++) {
		int before = s.failed;
		tests[i](&s);
		s.failed == before ? passed++ : failed++;
	}
	bus_stop(&s, 0);
	zmq_ctx_term(s.zmq);
	for (int i = 0; i < 2; i++)
		unlink(s.bus[i].endpoint + strlen("ipc://"));
	unlink(s.authorized);
	rmdir(dir);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
