/* Who is let in to a bus, and who may say what there: keys that are not authorized, other mechanisms, another bus's
 * key, bytes that are no handshake; services that order, serve or answer in another's name.  Each time the bus goes on
 * for the others. */
#include "authorized.h"
#include "stage_test.h"
#include <errno.h>

#define PEERS_REFUSED "zhucun_bus_peers_refused_total"
#define SENDERS_REFUSED "zhucun_bus_senders_refused_total"

/* A counter that was never counted is not shown. */
static long
counted(void *watch, const char *name)
{
	long n = metric(watch, name);

	return n < 0 ? 0 : n;
}

/* Those who belong here are served as ever. */
static void
still_serves(struct stage *s)
{
	struct actor owner = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
	struct message m;

	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m));
	CHECK(s, reply(&owner, &m, "a", 1));
	CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == asker.asked);
	CHECK(s, m.service && !strcmp(m.service, "pay") && message_is_of(&m, "pay") && !message_is_of(&m, "payroll"));
	link_close(&owner.link);
	link_close(&asker.link);
}

/* Keeps the link going until the bus has refused as often as that.  False: not in time, or the link got an answer to
 * its pings. */
static bool
await_refused(struct actor *a, void *watch, long value)
{
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
	struct message m;

	while (counted(watch, PEERS_REFUSED) < value && clock_mono_us() < until_us)
		if (hear(a, &m, STEP_MS) || link_alive(a->link))
			return false;
	return counted(watch, PEERS_REFUSED) >= value;
}

/* A key that is not in the file gets nowhere, until it is: the file is read again, the bus need not be told, nor the
 * peer. */
static void
key_is_authorized_later(struct stage *s)
{
	void *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	struct curve_pair pair = new_pair();
	struct curve_client me = client_with(s, "pay", &pair);
	struct actor a = actor_as(s, &me, 1);
	long before = counted(watch, PEERS_REFUSED);
	char line[96];

	CHECK(s, await_refused(&a, watch, before + 3));         /* it comes again and again */
	snprintf(line, sizeof(line), "\n# while keys are changed\n pay\t%s \n", pair.public);
	authorize(s, line);
	CHECK(s, await_alive(&a, 1));
	link_close(&a.link);
	a = actor_as(s, &me, 1);
	authorize(s, "");
	CHECK(s, await_alive(&a, 1));           /* known until the file is read again */
	link_close(&a.link);
	pair = new_pair();
	struct curve_client stranger = client_with(s, "pay", &pair);
	a = actor_as(s, &stranger, 1);
	CHECK(s, await_refused(&a, watch, counted(watch, PEERS_REFUSED) + 1));
	link_close(&a.link);
	a = actor_as(s, &me, 1);
	CHECK(s, await_refused(&a, watch, counted(watch, PEERS_REFUSED) + 1));
	link_close(&a.link);
	zmq_close(watch);
	still_serves(s);
}

/* A file that cannot be taken changes nothing for those who are known. */
static void
file_is_broken(struct stage *s)
{
	void *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	struct curve_pair pair = new_pair();
	struct curve_client me = client_with(s, "pay", &pair);
	struct actor a = actor_as(s, &me, 1);
	char line[96];

	snprintf(line, sizeof(line), "pay %s\nlog %s\n", pair.public, pair.public);     /* one key, two names */
	authorize(s, line);
	CHECK(s, await_refused(&a, watch, counted(watch, PEERS_REFUSED) + 2));
	link_close(&a.link);
	zmq_close(watch);
	still_serves(s);
	authorize(s, "");
}

/* Somebody whose key is good, but who was told another bus's: for him this is an impostor, and nothing that he says
 * arrives. */
static void
another_bus_key(struct stage *s)
{
	void *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	struct curve_client me = client_of(s, "pay");

	strcpy(me.bus, new_pair().public);
	struct actor a = actor_as(s, &me, 1);
	CHECK(s, await_refused(&a, watch, counted(watch, PEERS_REFUSED) + 1));
	link_close(&a.link);
	zmq_close(watch);
	still_serves(s);
}

/* Knocks, and waits a while to be refused.  Whichever end sees first that the other speaks another mechanism hangs up:
 * only when it is the bus does it count. */
static bool
other_mechanism_heard(struct stage *s, void *watch, bool plain, long peers)
{
	const int none = 0;
	int64_t until_us = clock_mono_us() + AGAIN_MS * 1000;
	void *raw = zmq_socket(s->zmq, ZMQ_DEALER);
	uint8_t h[HEAD_BYTES_MAX];

	zmq_setsockopt(raw, ZMQ_LINGER, &none, sizeof(none));
	if (plain) {
		zmq_setsockopt(raw, ZMQ_PLAIN_USERNAME, "pay", 3);
		zmq_setsockopt(raw, ZMQ_PLAIN_PASSWORD, "pay", 3);
	}
	if (zmq_connect(raw, s->bus[0].endpoint))
		abort();
	raw_send(raw,
		 (struct bytes[]){
			 { "", 0 }, packed_head(WIRE__KIND__PING, 1, "", 0, WIRE__LANE__WRITER, h), { "", 0 } },
		 3);
	while (counted(watch, PEERS_REFUSED) <= peers && clock_mono_us() < until_us)
		;
	bool heard = zmq_recv(raw, h, sizeof(h), ZMQ_DONTWAIT) >= 0;
	zmq_close(raw);
	return heard;
}

static void
other_mechanisms(struct stage *s)
{
	void *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);

	for (int plain = 0; plain <= 1; plain++) {
		long peers = counted(watch, PEERS_REFUSED), dropped = counted(watch, "zhucun_bus_dropped_total");
		while (counted(watch, PEERS_REFUSED) <= peers && clock_mono_us() < until_us)
			CHECK(s, !other_mechanism_heard(s, watch, plain, peers));
		CHECK(s, counted(watch, PEERS_REFUSED) > peers);
		CHECK(s, counted(watch, "zhucun_bus_dropped_total") == dropped);
	}
	zmq_close(watch);
	still_serves(s);
}

/* A bare connection to the bus's socket that has said this. */
static int
bare_open(struct stage *s, const void *bytes, size_t len)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = pace_us(PATIENCE_MS * 1000) / 1000000 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", s->bus[0].endpoint + strlen("ipc://"));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    send(fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
		abort();
	return fd;
}

/* The bus hangs up on it, and has said no more than its own greeting. */
static bool
is_hung_up(int fd)
{
	uint8_t said[256];
	ssize_t n, all = 0;

	while ((n = recv(fd, said, sizeof(said), 0)) > 0)
		all += n;
	bool ended = n == 0 || errno == ECONNRESET;
	close(fd);
	return ended && all <= 64;
}

/* No ZeroMQ at all; ZMTP of the versions before there were mechanisms, with messages that look good; ZMTP 3 that claims
 * NULL, or CURVE and then nonsense; and somebody who says half a greeting and waits. */
static void
garbage(struct stage *s)
{
#define GREETING "\xff\0\0\0\0\0\0\0\1\x7f\3\0"
#define SAID(text) { text, sizeof(text) - 1 }
#define REST "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	static const struct bytes rows[] = {
		SAID("GET / HTTP/1.1\r\nHost: bus\r\n\r\n"),
		SAID("\1\0\1\1\0\0\1\0\1\1\0\1q"),                       /* ZMTP 1.0, anonymous, and an empty message */
		SAID("\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\0\0\0\0\0"),             /* 2.0 as a DEALER, and frames */
		SAID(GREETING "NULL" REST "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\x19\5READY\xbSocket-Type\0\0\0\6DEALER"),
		SAID(GREETING "CURVE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" REST
		     "\4\xc8\5HELLO\1\0nonsense nonsense nonsense"),
		SAID(GREETING "CURVE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" REST "\4\5READY"),
		SAID("\xff\0\0\0\0\0\0\0\1\x7f\3"),
		SAID("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]), NOISES = 50 };
	uint8_t noise[4096];
	uint32_t seed = 4;
	int fd[ROWS + NOISES];

	for (int i = 0; i < ROWS; i++)
		fd[i] = bare_open(s, rows[i].at, rows[i].len);
	for (int i = 0; i < NOISES; i++) {
		for (size_t k = 0; k < sizeof(noise); k++)
			noise[k] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
		fd[ROWS + i] = bare_open(s, noise, sizeof(noise));
	}
	for (int i = 0; i < ROWS + NOISES; i++)
		CHECK(s, is_hung_up(fd[i]));
	still_serves(s);
}

/* ---- those who are in */

/* One message of each kind by each sender: whether it gets further, or is refused. */
static void
kinds_by_sender(struct stage *s)
{
	static const struct { const char *sender; Wire__Kind kind; const char *service; bool refused; } rows[] = {
		{ "gateway", WIRE__KIND__COMMANDS, "log", false }, { "gateway", WIRE__KIND__READ, "log", false },
		{ "gateway", WIRE__KIND__FETCH, "log", false },    { "gateway", WIRE__KIND__PING, "", false },
		{ "gateway", WIRE__KIND__HELLO, "gateway", true }, { "gateway", WIRE__KIND__ANSWER, "gateway", true },
		{ "gateway", WIRE__KIND__UNROUTED, "gateway", true },
		{ "pay", WIRE__KIND__COMMANDS, "log", true },      { "pay", WIRE__KIND__READ, "log", true },
		{ "pay", WIRE__KIND__READ, "bus", true },          { "pay", WIRE__KIND__FETCH, "log", false },
		{ "pay", WIRE__KIND__PING, "", false },            { "pay", WIRE__KIND__HELLO, "pay", false },
		{ "pay", WIRE__KIND__HELLO, "", false },           { "pay", WIRE__KIND__HELLO, "log", true },
		{ "pay", WIRE__KIND__HELLO, "gateway", true },     { "pay", WIRE__KIND__HELLO, "pa", true },
		{ "pay", WIRE__KIND__ANSWER, "pay", false },       { "pay", WIRE__KIND__ANSWER, "log", true },
		{ "pay", WIRE__KIND__ANSWER, "", true },           { "pay", WIRE__KIND__UNROUTED, "log", true },
		{ "pay", WIRE__KIND__UNROUTED, "", true },         { "pay", WIRE__KIND__UNROUTED, "pay", false },
	};
	void *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	uint8_t h[HEAD_BYTES_MAX], body[HELLO_BYTES_MAX], pong[8];
	Wire__Hello hello = WIRE__HELLO__INIT;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		void *raw = raw_open(s, ZMQ_DEALER, "bus-1", rows[i].sender);
		long before = counted(watch, SENDERS_REFUSED);
		bool to_peer = rows[i].kind == WIRE__KIND__ANSWER || rows[i].kind == WIRE__KIND__UNROUTED;
		hello.service = (char *)rows[i].service;
		size_t len = rows[i].kind == WIRE__KIND__HELLO ? wire__hello__pack(&hello, body) : 0;
		raw_send(raw,
			 (struct bytes[]){ { "stranger", to_peer ? 8 : 0 },
					   packed_head(rows[i].kind, 7, rows[i].service, 3, WIRE__LANE__WRITER, h),
					   { body, len } },
			 3);
		raw_send(raw,
			 (struct bytes[]){
				 { "", 0 }, packed_head(WIRE__KIND__PING, 8, "", 0, WIRE__LANE__WRITER, h), { "", 0 } },
			 3);
		/* of the greeting and of our own, behind what was said */
		int pongs = 2 + (rows[i].kind == WIRE__KIND__PING);
		while (pongs && CHECK(s, raw_await(raw, WIRE__KIND__PONG, pong, sizeof(pong)) == 0))
			pongs--;
		if (!CHECK(s, counted(watch, SENDERS_REFUSED) == before + rows[i].refused))
			printf("  row %zu\n", i);
		zmq_close(raw);
	}
	zmq_close(watch);
	still_serves(s);
}

/* pay says it is roster: nobody who asks roster gets to it, and what it said truly before still stands. */
static void
serves_as_another(struct stage *s)
{
	struct actor thief = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
	void *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	long before = counted(watch, SENDERS_REFUSED);
	struct message m;

	serve(&thief, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &thief, "pay", 3, WIRE__LANE__WRITER, &m));
	serve(&thief, "roster", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, await_metric(watch, SENDERS_REFUSED, before + 1));
	CHECK(s, ask_until_unrouted(&asker, "roster", 3));
	CHECK(s, ask_until(&asker, &thief, "pay", 3, WIRE__LANE__WRITER, &m));
	link_close(&thief.link);
	link_close(&asker.link);
	zmq_close(watch);
}

/* log knows the gateway's routing id from a question of its own, and answers a question that pay was asked. */
static void
answers_for_another(struct stage *s)
{
	struct actor pay = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
	struct curve_client me = client_of(s, "log");
	struct actor thief = actor_as(s, &me, 1);
	void *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	struct message m, q;

	serve(&pay, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	serve(&thief, "log", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	CHECK(s, ask_until(&asker, &thief, "log", 3, WIRE__LANE__WRITER, &m));
	CHECK(s, ask_until(&asker, &pay, "pay", 3, WIRE__LANE__WRITER, &q));
	CHECK(s, m.peer.id_len == q.peer.id_len && !memcmp(m.peer.id, q.peer.id, m.peer.id_len));
	m.id = q.id;
	CHECK(s, reply(&thief, &m, "forged", 6));
	CHECK(s,
	      hear(&asker, &m, PATIENCE_MS) && m.id == q.id && !message_is_of(&m, "pay") && message_is_of(&m, "log"));
	link_close(&thief.link);
	strcpy(me.name, "pay");                 /* and says that it is pay */
	thief = actor_as(s, &me, 1);
	long before = counted(watch, SENDERS_REFUSED);
	CHECK(s, await_alive(&thief, 1) && reply(&thief, &q, "forged", 6));
	CHECK(s, await_metric(watch, SENDERS_REFUSED, before + 1));
	CHECK(s, reply(&pay, &q, "true", 4));
	CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.body_len == 4 && message_is_of(&m, "pay"));
	link_close(&thief.link);
	link_close(&pay.link);
	link_close(&asker.link);
	zmq_close(watch);
}

/* ---- the other end */

/* Somebody else sits at the bus's address and speaks no CURVE: nothing is said to him.  libzmq gives up on him for
 * good; the link does not. */
static void
impostor_before_the_bus(struct stage *s)
{
	void *impostor = raw_open(s, ZMQ_ROUTER, "bus-2", NULL);
	struct actor a = actor_open(s, "pay", 2);
	struct message m;
	uint8_t got[8];

	CHECK(s, await_alive(&a, 1));
	for (int i = 0; i < 4 * LINK_RENEW_MS / LINK_PING_MS; i++) {
		tick(&a, LINK_PING_MS * 1000);
		hear(&a, &m, 1);
	}
	CHECK(s, zmq_recv(impostor, got, sizeof(got), ZMQ_DONTWAIT) < 0);
	zmq_close(impostor);
	bus_start(s, 1);
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
	while (link_alive(a.link) != 2 && clock_mono_us() < until_us) {
		tick(&a, LINK_PING_MS * 1000 / 10);
		hear(&a, &m, STEP_MS);
	}
	CHECK(s, link_alive(a.link) == 2);
	link_close(&a.link);
	bus_stop(s, 1);
}

/* Sockets that have no handler in their context let nobody in: forgetting it is not forgetting the lock. */
static void
no_handler(struct stage *s)
{
	const int none = 0;
	char endpoint[80];
	void *bare = zmq_ctx_new(), *router = zmq_socket(bare, ZMQ_ROUTER), *monitor = zmq_socket(bare, ZMQ_PAIR);
	struct curve_client me = client_of(s, "pay");
	zmq_pollitem_t item = { .socket = monitor, .events = ZMQ_POLLIN };
	uint8_t got[8];

	snprintf(endpoint, sizeof(endpoint), "ipc://%s/bare", s->dir);
	zmq_setsockopt(router, ZMQ_LINGER, &none, sizeof(none));
	CHECK(s, curve_server_options(router, &s->bus_keys) &&
			 !zmq_socket_monitor(router, "inproc://bare",
					     ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_SUCCEEDED) &&
			 !zmq_connect(monitor, "inproc://bare") && !zmq_bind(router, endpoint));
	void *dealer = zmq_socket(s->zmq, ZMQ_DEALER);
	zmq_setsockopt(dealer, ZMQ_LINGER, &none, sizeof(none));
	CHECK(s,
	      curve_client_options(dealer, &me) && !zmq_connect(dealer, endpoint) && zmq_send(dealer, "q", 1, 0) == 1);
	CHECK(s, zmq_poll(&item, 1, PATIENCE_MS) == 1 && zmq_recv(monitor, got, sizeof(got), 0) >= 2);
	CHECK(s, (got[0] | got[1] << 8) == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL);
	CHECK(s, zmq_recv(router, got, sizeof(got), ZMQ_DONTWAIT) < 0);
	zmq_close(dealer);
	zmq_close(monitor);
	zmq_close(router);
	zmq_ctx_term(bare);
	unlink(endpoint + strlen("ipc://"));
}

static bool
starts(struct stage *s, const char *authorized)
{
	char endpoint[80];
	int stop[2];
	void *zmq = zmq_ctx_new();

	snprintf(endpoint, sizeof(endpoint), "ipc://%s/bus-3", s->dir);
	struct bus_settings set = {
		.endpoint = endpoint, .name = "bus-3", .keys = s->bus_keys, .authorized = authorized
	};
	if (pipe(stop))
		abort();
	close(stop[1]);                         /* told to end before it begins */
	bool started = bus_run(zmq, &set, stop[0]) == 0;
	close(stop[0]);
	zmq_ctx_term(zmq);
	unlink(endpoint + strlen("ipc://"));
	return started;
}

/* A bus that could let nobody in does not start. */
static void
bad_files(struct stage *s)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/other", s->dir);
	CHECK(s, starts(s, s->authorized));
	CHECK(s, !starts(s, path) && !starts(s, s->dir));
	FILE *f = fopen(path, "w");
	CHECK(s, f && !fclose(f) && !starts(s, path));
	f = fopen(path, "w");
	for (int i = 0; f && i < AUTHORIZED_TEXT_MAX + 1; i++)
		fputc('#', f);
	CHECK(s, f && !fclose(f) && !starts(s, path));
	unlink(path);
}

static void (*const tests[])(struct stage *) = {
	still_serves,        key_is_authorized_later,
	file_is_broken,      another_bus_key,
	other_mechanisms,    garbage,
	kinds_by_sender,     serves_as_another,
	answers_for_another, impostor_before_the_bus,
	no_handler,          bad_files,
};

int
main(void)
{
	return stage_run("door_test", tests, sizeof(tests) / sizeof(tests[0]));
}
