/* Links and buses: how messages find their way.  Who may send what is door_test.c's; how both are driven is
 * stage_test.h's. */
#include "stage_test.h"

/* ---- tests: each has bus 1 running and stops what it started */

static void
request_and_answer(struct stage *s)
{
	struct actor owner = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
	struct message m;

	serve(&owner, "pay", WIRE__LANE__WRITER, (int32_t[]){ 3 }, 1);
	if (CHECK(s, ask_until(&asker, &owner, "pay", 3, WIRE__LANE__WRITER, &m))) {
		CHECK(s, m.kind == WIRE__KIND__COMMANDS && m.partition == 3 && m.lane == WIRE__LANE__WRITER &&
				 m.wait_ms == 777);
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
	struct actor self = actor_open(s, "self", 1);
	struct message m;

	serve(&self, "self", WIRE__LANE__WRITER, (int32_t[]){ 0 }, 1);
	if (CHECK(s, ask_until(&self, &self, "self", 0, WIRE__LANE__WRITER, &m))) {
		CHECK(s, m.kind == WIRE__KIND__FETCH && reply(&self, &m, NULL, 0));
		CHECK(s, hear(&self, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == self.asked &&
				 !m.body_len);
	}
	link_close(&self.link);
}

/* A replica, not only the bus, may say that somebody else must be asked. */
static void
unrouted(struct stage *s)
{
	struct actor owner = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
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
	struct actor owner = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
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
	struct actor reader[2] = { actor_open(s, "pay", 1), actor_open(s, "pay", 1) },
		     asker = actor_open(s, "gateway", 1);
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
	struct actor a = actor_open(s, "pay", 1), b = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
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
	struct actor a = actor_open(s, "pay", 1), b = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
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
	struct actor owner = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
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
	struct actor owner = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
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
	struct actor owner = actor_open(s, "pay", 2), asker = actor_open(s, "gateway", 2);
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
		CHECK(s, hear(&owner, &m, PATIENCE_MS) && m.id == asker.asked && m.peer.bus == 0 &&
				 reply(&owner, &m, "a", 1));
		CHECK(s, hear(&asker, &m, PATIENCE_MS) && m.kind == WIRE__KIND__ANSWER && m.id == asker.asked);
	}
	link_close(&owner.link);
	link_close(&asker.link);
}

/* Bus 2 is there and takes what it is sent, but its loop is stuck: it never counts as alive, and takes no request. */
static void
one_of_two_is_stuck(struct stage *s)
{
	void *stuck = raw_open(s, ZMQ_ROUTER, "bus-2", "bus");
	struct actor owner = actor_open(s, "pay", 2), asker = actor_open(s, "gateway", 2);
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
	struct actor a = actor_open(s, "pay", 1);
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
		{ 3, { none, packed_head(WIRE__KIND__READ, 1, "pay", 3, (Wire__Lane)4, h[8]), q } },
		{ 3, { none, packed_head(WIRE__KIND__PONG, 1, "", 0, WIRE__LANE__WRITER, h[9]), none } },
		/* to nobody, and to strangers */
		{ 3, { none, packed_head(WIRE__KIND__ANSWER, 1, "pay", 0, WIRE__LANE__WRITER, h[10]), q } },
		{ 3, { q, packed_head(WIRE__KIND__ANSWER, 1, "pay", 0, WIRE__LANE__WRITER, h[11]), q } },
		{ 3, { { zeros, PEER_ID_MAX + 1 },
		       packed_head(WIRE__KIND__ANSWER, 1, "pay", 0, WIRE__LANE__WRITER, h[12]), q } },
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
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1", "pay"), *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	long before = metric(watch, "zhucun_bus_dropped_total");

	for (int i = 1; i <= 2; i++) {
		int n = send_malformed(raw);
		CHECK(s, await_metric(watch, "zhucun_bus_dropped_total", (before < 0 ? 0 : before) + i * n));
	}
	zmq_close(raw);
	zmq_close(watch);
	request_and_answer(s);
}

/* Sums a number up over the lines that have the text; how many there are. */
static long
sum_of(const char *path, const char *text, const char *number, long *sum)
{
	char line[LOG_LINE_MAX + 1];
	long lines = 0;
	FILE *f = fopen(path, "r");

	*sum = 0;
	while (f && fgets(line, sizeof(line), f)) {
		const char *n = strstr(line, text) ? strstr(line, number) : NULL;
		lines += n != NULL;
		*sum += n ? strtol(n + strlen(number), NULL, 10) : 0;
	}
	if (f)
		fclose(f);
	return lines;
}

enum { TORRENT = 10000 };

static void
send_torrent(struct stage *s)
{
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1", "pay"), *watch = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	long sent = 0;

	while (sent < TORRENT) {
		sent += send_malformed(raw);
		CHECK(s, await_metric(watch, "zhucun_bus_dropped_total", sent));
	}
	zmq_close(raw);
	zmq_close(watch);
}

/* A peer that goes on for ever fills no disk, and what is not written is counted. */
static void
a_torrent_is_no_log(struct stage *s)
{
	char path[80];
	int kept = dup(STDERR_FILENO);
	long left_out, so_far, malformed;

	snprintf(path, sizeof(path), "%s/log", s->dir);
	bus_stop(s, 0);
	int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	log_open("bus", LOG_LEVEL_INFO);
	CHECK(s, file >= 0 && dup2(file, STDERR_FILENO) >= 0);
	bus_start(s, 0);
	send_torrent(s);
	bus_stop(s, 0);
	log_tick(INT64_MAX);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(file);
	log_open("bus", s->quiet);
	bus_start(s, 0);
	long lines = sum_of(path, "\"event\":\"message.malformed\"", "\"so_far\":", &so_far);
	long minutes = sum_of(path, "\"of\":\"message.malformed\"", "\"left_out\":", &left_out);
	CHECK(s, minutes > 0 && lines <= LOG_LINES_A_MINUTE * minutes);
	CHECK(s, sum_of(path, "\"event\":\"bus.ended\"", "\"malformed\":", &malformed) == 1 && malformed > TORRENT / 2);
	CHECK(s, lines + left_out == malformed);
	unlink(path);
}

static void
questions_to_the_bus(struct stage *s)
{
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
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
	raw_send(raw, (struct bytes[]){ none, packed_head(WIRE__KIND__PING, 9, "", 0, WIRE__LANE__WRITER, h[1]), none },
		 3);
	CHECK(s, raw_await(raw, WIRE__KIND__PONG, body, sizeof(body)) == 0);
	long before = metric(raw, "zhucun_bus_unrouted_total");
	raw_send(raw,
		 (struct bytes[]){ none, packed_head(WIRE__KIND__COMMANDS, 1, "bus", -1, WIRE__LANE__WRITER, h[2]),
				   none },
		 3);
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
	raw_send(raw, (struct bytes[]){ { "", 0 },
	                                packed_head(WIRE__KIND__READ, 6, "bus", -1, WIRE__LANE__READER, head),
	                                { packed, wire__read__pack(&read, packed) } }, 3);
	int n = raw_await(raw, WIRE__KIND__ANSWER, body, sizeof(body));
	Wire__Answer *a = n < 0 ? NULL : wire__answer__unpack(NULL, (size_t)n, body);
	Engine__Peers *said = a && a->status == 200 ? engine__peers__unpack(NULL, a->data.len, a->data.data) : NULL;
	*out = '\0';
	for (size_t i = 0; said && i < said->n_items; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s/%s", i ? " " : "", said->items[i]->service,
			 said->items[i]->instance);
	if (said)
		engine__peers__free_unpacked(said, NULL);
	if (a)
		wire__answer__free_unpacked(a, NULL);
}

/* One of several replicas is asked by its name, by one bus; nobody of that name: UNROUTED, whoever else serves it. */
static void
one_of_many(struct stage *s)
{
	struct actor one = actor_open(s, "pay", 1), two = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	char there[100];
	struct message m, q = { .kind = WIRE__KIND__READ,
				.service = "pay",
				.partition = -1,
				.lane = WIRE__LANE__READER,
				.wait_ms = 777,
				.via = 1,
				.body = "q",
				.body_len = 1 };

	serve_as(&one, "pay", "one", WIRE__LANE__READER, NULL, 0);
	CHECK(s, ask_until(&asker, &one, "pay", -1, WIRE__LANE__READER, &m));
	serve_as(&two, "pay", "two", WIRE__LANE__READER, NULL, 0);
	CHECK(s, ask_until(&asker, &two, "pay", -1, WIRE__LANE__READER, &m));
	peers(raw, there, sizeof(there));
	CHECK(s, !strcmp(there, "pay/one pay/two"));
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
	struct actor owner = actor_open(s, "pay", 1), asker = actor_open(s, "gateway", 1);
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
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
	void *raw = raw_open(s, ZMQ_ROUTER, "bus-2", "bus");
	struct actor a = actor_open(s, "pay", 2);
	uint8_t id[PEER_ID_MAX], h[8][HEAD_BYTES_MAX];
	static const uint8_t zeros[PEER_ID_MAX + 1];
	const struct bytes none = { "", 0 }, q = { "q", 1 }, bad = { junk, sizeof(junk) };
	const struct bytes read = packed_head(WIRE__KIND__READ, 1, "pay", 3, WIRE__LANE__WRITER, h[0]);
	const struct bytes answer = packed_head(WIRE__KIND__ANSWER, 1, "", 0, WIRE__LANE__WRITER, h[1]);
	struct message m;

	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
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

/* A replica that reads nothing: its queue fills, what is too much is dropped and counted, and nobody else is held up.
 */
static void
deaf_replica(struct stage *s)
{
	void *raw = raw_open(s, ZMQ_DEALER, "bus-1", "gateway");
	struct actor deaf = actor_open(s, "deaf", 1), owner = actor_open(s, "pay", 1),
		     asker = actor_open(s, "gateway", 1);
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_MS * 1000);
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
			raw_send(raw, (struct bytes[]){ { "", 0 },
			                                packed_head(WIRE__KIND__COMMANDS, 1, "deaf", 3,
			                                            WIRE__LANE__WRITER, h),
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
	struct curve_client me = client_of(s, "pay");
	struct bus_settings nowhere = {
		.name = "", .endpoint = "ipc:///no/such/directory/bus", .keys = s->bus_keys, .authorized = s->authorized
	};
	struct bus_settings nonsense = {
		.name = "", .endpoint = "nonsense", .keys = s->bus_keys, .authorized = s->authorized
	};

	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "ipc:///", 7);
	longest[sizeof(longest) - 1] = 0;
	CHECK(s, !link_open(s->zmq, "", &me));
	CHECK(s, !link_open(s->zmq, "   ", &me));
	CHECK(s, !link_open(s->zmq, "nonsense", &me));
	CHECK(s, !link_open(s->zmq, "ipc:///tmp/x carrier-pigeon://y", &me));
	CHECK(s, !link_open(s->zmq, "ipc:///a ipc:///b ipc:///c ipc:///d ipc:///e", &me));
	CHECK(s, !link_open(s->zmq, longest, &me));
	if (pipe(stop))
		abort();
	CHECK(s, bus_run(s->zmq, &nowhere, stop[0]) == -1);
	CHECK(s, bus_run(s->zmq, &nonsense, stop[0]) == -1);
	close(stop[0]);
	close(stop[1]);
}

static void (*const tests[])(struct stage *) = {
	request_and_answer,
	ask_oneself,
	unrouted,
	bodies_up_to_the_limits,
	readers_take_turns,
	owner_dies,
	partition_moves,
	bus_restarts,
	bus_restarts_at_once,
	two_buses_share_partitions,
	one_of_two_is_stuck,
	silence_is_counted_in_pings,
	malformed_to_the_bus,
	a_torrent_is_no_log,
	questions_to_the_bus,
	one_of_many,
	oversize_frames,
	malformed_to_a_link,
	deaf_replica,
	bad_endpoints,
};

int
main(void)
{
	return stage_run("link_test", tests, sizeof(tests) / sizeof(tests[0]));
}
