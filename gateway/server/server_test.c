/* server_test - what goes over the socket: framing, time, coming and going.
 *
 * How: a real listener on a port of its own and raw bytes from a client in the same thread; the bus is played, and the
 * clock by which connections are cut off is a variable.  Each step runs the server until what is waited for is there.
 * TLS is spoken by openssl(1), which makes the certificate too: in this process our own gnutls_record_recv stands
 * before the library's. */
#include "server/server.h"
#include "api/api.h"
#include "base/log.h"
#include "engine.pb-c.h"
#include "events/sse.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "http/bytes.h"
#include "roster.pb-c.h"
#include "server/connections.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAD "Host: x\r\nAuthorization: Bearer " TOKEN "\r\n"
#define DISTRICT "/api/v1/districts/511703"
enum { TURNS_MAX = 4000, TURN_MS = 5, TEXT_MAX = 8192 };

struct bench {
	struct gateway g;
	server_t *server;
	char cert[8192], key[8192];             /* "": in the clear */
};
struct peer_text { int fd; char text[TEXT_MAX]; size_t len; bool ended; };

static void
bench_open(struct bench *b)
{
	static const char *const services[] = { "roster", NULL };
	struct server_settings h = {
		.bind = "127.0.0.1", .connections_max = 20, .connections_per_address_max = 10, .metrics = &b->g.metrics,
	};

	gateway_open(&b->g, (struct api_settings){ .services = services });
	if (*b->cert)
		h.tls_cert = b->cert, h.tls_key = b->key;
	h.api = b->g.api;
	if (!networks_parse("127.0.0.0/8", "", &h.near) || !(b->server = server_open(&h, b->g.now_us)))
		abort();
}

static void
bench_close(struct bench *b)
{
	server_stop(b->server);
	api_give_up(b->g.api, b->g.now_us);
	for (int i = 0; i < TURNS_MAX && server_suspended(b->server); i++)
		server_run(b->server, b->g.now_us);
	server_close(&b->server);
	gateway_close(&b->g);
}

static struct peer_text
dial(struct bench *b)
{
	struct peer_text p = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)server_port(b->server)),
	                          .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (p.fd < 0 || connect(p.fd, (struct sockaddr *)&to, sizeof(to)))
		abort();
	fcntl(p.fd, F_SETFL, O_NONBLOCK);
	return p;
}

static void
say(struct peer_text *p, const char *text)
{
	if (send(p->fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
		p->ended = true;
}

static void
turn(struct bench *b, struct peer_text *p)
{
	struct pollfd fds[] = { { server_fd(b->server), POLLIN, 0 }, { p->fd, POLLIN, 0 } };

	server_run(b->server, b->g.now_us);
	poll(fds, p->ended ? 1 : 2, TURN_MS);
	server_run(b->server, b->g.now_us);
	ssize_t n = recv(p->fd, p->text + p->len, sizeof(p->text) - 1 - p->len, 0);
	if (n > 0)
		p->len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		p->ended = true;
	p->text[p->len] = '\0';
}

/* Until the text has come, or the connection has ended (want NULL: just that). */
static bool
hear(struct bench *b, struct peer_text *p, const char *want)
{
	for (int i = 0; i < TURNS_MAX && !p->ended && !(want && strstr(p->text, want)); i++)
		turn(b, p);
	return want ? strstr(p->text, want) != NULL : p->ended;
}

static void
hang_up(struct bench *b, struct peer_text *p)
{
	close(p->fd);
	struct peer_text gone = { .fd = -1, .ended = true };
	for (int i = 0; i < TURNS_MAX && server_busy(b->server) > server_suspended(b->server); i++)
		turn(b, &gone);
}

/* ---- what is no proper HTTP: a problem in JSON, never a page, and the connection ends */

#define LONG16 "aaaaaaaaaaaaaaaa"
#define LONG64 LONG16 LONG16 LONG16 LONG16
#define LONG256 LONG64 LONG64 LONG64 LONG64
#define LONG1K LONG256 LONG256 LONG256 LONG256
#define LONG4K LONG1K LONG1K LONG1K LONG1K
#define AMPS16 "&&&&&&&&&&&&&&&&"
#define AMPS64 AMPS16 AMPS16 AMPS16 AMPS16
#define AMPS256 AMPS64 AMPS64 AMPS64 AMPS64

static const struct { const char *name, *text, *status, *code; } improper[] = {
	{ "length twice", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
	  "400", "http.framing" },
	{ "length and coding", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Length: 2\r\nTransfer-Encoding: "
	  "chunked\r\n\r\n0\r\n\r\n", "400",
	  "http.framing" },
	{ "a coding of which the end is not known", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Transfer-Encoding: gzip, "
	  "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "400",
	  "http.framing" },
	{ "no coding by name", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Transfer-Encoding: identity\r\n\r\n{}", "400",
	  "http.framing" },
	{ "host twice", "GET /livez HTTP/1.1\r\nHost: y\r\n" HEAD "\r\n", "400", "http.framing" },
	{ "token twice", "GET /livez HTTP/1.1\r\nAuthorization: Bearer x\r\n" HEAD "\r\n", "400", "http.framing" },
	{ "no host", "GET /livez HTTP/1.1\r\n\r\n", "400", "http.malformed" },
	{ "length no number", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Length: 2, 2\r\n\r\n{}", "400",
	  "http.malformed" },
	{ "length beyond numbers",
	  "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Length: 99999999999999999999999\r\n\r\n{}", "413",
	  "http.malformed" },
	{ "chunk no number",
	  "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", "400",
	  "http.malformed" },
	{ "length below zero", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Length: -5\r\n\r\n", "400",
	  "http.malformed" },
	{ "long target", "GET /" LONG4K LONG4K LONG4K LONG4K " HTTP/1.1\r\n" HEAD "\r\n", "414", "http.malformed" },
	{ "long header", "GET /livez HTTP/1.1\r\nX: " LONG4K LONG4K LONG4K LONG4K "\r\n" HEAD "\r\n", "431",
	  "http.malformed" },
	{ "far too long a header", "GET /livez HTTP/1.1\r\nX: "
	  "" LONG4K LONG4K LONG4K LONG4K LONG4K LONG4K LONG4K LONG4K LONG4K "\r\n" HEAD "\r\n", "431",
	  "http.malformed" },
	{ "no version", "GET /livez\r\n\r\n", "400", "http.malformed" },
	{ "a word", "hello\r\n\r\n", "400", "http.malformed" },
	{ "TLS to a plain port", "\x16\x03\x01\x01", "400", "http.malformed" },
	{ "blank in the target", "GET /livez x HTTP/1.1\r\n" HEAD "\r\n", "400", "http.malformed" },
	{ "two blanks", "GET  /livez HTTP/1.1\r\n" HEAD "\r\n", "400", "http.malformed" },
	{ "another version", "GET /livez HTTP/2.0\r\n" HEAD "\r\n", "505", "http.malformed" },
	{ "blank before the colon", "GET /livez HTTP/1.1\r\n" HEAD "Accept : x\r\n\r\n", "400", "http.malformed" },
	{ "no colon", "GET /livez HTTP/1.1\r\n" HEAD "Accept\r\n\r\n", "400", "http.malformed" },
	{ "folded", "GET /livez HTTP/1.1\r\n" HEAD "Accept: x\r\n y\r\n\r\n", "400", "http.malformed" },
	{ "bare line feeds", "GET /livez HTTP/1.1\nHost: x\n\n", "400", "http.malformed" },
	{ "one bare line feed", "GET /livez HTTP/1.1\r\n" HEAD "A: b\nC: d\r\n\r\n", "400", "http.malformed" },
	{ "a control character", "GET /livez HTTP/1.1\r\n" HEAD "A: \x01\r\n\r\n", "400", "http.malformed" },
	{ "an expectation", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Expect: more\r\nContent-Length: 2\r\n\r\n{}", "417",
	  "http.expectation" },
	{ "a chunk that is longer than it "
	  "says", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", "400",
	  "http.malformed" },
	{ "what follows is not heard", "GET / HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\n" HEAD "\r\n", "400",
	  "http.malformed" },
};

/* One head, and after it as much as it says. */
static bool
is_one_answer(const char *text)
{
	const char *body = strstr(text, "\r\n\r\n"), *length = strstr(text, "\r\nContent-Length: ");

	return body && length && length < body &&
	       strlen(body + 4) == strtoul(length + strlen("\r\nContent-Length: "), NULL, 10) && body[4] == '{';
}

static void
test_improper(struct bench *b)
{
	char status[32], code[64];

	for (size_t i = 0; i < sizeof(improper) / sizeof(improper[0]); i++) {
		struct peer_text p = dial(b);
		say(&p, improper[i].text);
		check(hear(b, &p, NULL), "the connection ends", improper[i].name);
		snprintf(status, sizeof(status), "HTTP/1.1 %s ", improper[i].status);
		snprintf(code, sizeof(code), "\"code\":\"%s\"", improper[i].code);
		check(strncmp(p.text, status, strlen(status)) == 0 && strstr(p.text, code) &&
		              strstr(p.text, "\r\nContent-Type: application/problem+json\r\n") && is_one_answer(p.text),
		      improper[i].name, p.text);
		hang_up(b, &p);
	}
	check(server_busy(b->server) == 0, "no request is left", "");
}

/* More parameters than the library would have room for. */
static void
test_parameters(struct bench *b)
{
	struct peer_text p = dial(b);

	say(&p, "GET /livez?" AMPS256 AMPS256 AMPS256 AMPS256 AMPS256 AMPS256 AMPS256 AMPS256 AMPS256 AMPS256 AMPS256
	                AMPS256 " HTTP/1.1\r\n" HEAD "\r\n");
	check(hear(b, &p, "{\"alive\":true}") && !p.ended, "many parameters", p.text);
	hang_up(b, &p);
	check(server_busy(b->server) == 0, "no request is left", "many parameters");
}

/* ---- heads of every size: served to 16 KiB, and refused beyond, once */

/* A request of so many bytes, ending in "Cookie: ccc…", in many fields, or with a long target. */
static void
head_make(char *text, size_t size, int shape)
{
	size_t n = (size_t)sprintf(text, shape == 2 ? "GET /livez?a=" : "GET /livez HTTP/1.1\r\n" HEAD);
	const char *end = shape == 2 ? " HTTP/1.1\r\n" HEAD "\r\n" : "\r\n\r\n";

	while (shape == 1 && n < size - 100)
		n += (size_t)sprintf(text + n, "X-%zu: some value\r\n", n);
	if (shape != 2)
		n += (size_t)sprintf(text + n, "Cookie: ");
	memset(text + n, 'c', size - n - strlen(end));
	strcpy(text + size - strlen(end), end);
}

static bool
is_answer(const char *text, const char *status)
{
	return strncmp(text, "HTTP/1.1 ", 9) == 0 && strncmp(text + 9, status, 3) == 0 && is_one_answer(text) &&
	       !strstr(text + 1, "HTTP/1.1 ");
}

static void
test_head_sizes(struct bench *b)
{
	static const char *const shapes[] = { "a long field", "many fields", "a long target" };
	char text[21 * 1024], which[80];

	for (size_t size = 1000; size < 20 * 1024;
	     size += size >= HEAD_BYTES_MAX - 60 && size <= HEAD_BYTES_MAX + 60 ? 1 : 53)
		for (int shape = 0; shape < 3; shape++) {
			struct peer_text p = dial(b);
			bool fits = size <= HEAD_BYTES_MAX,
			     line = shape == 2 && size > HEAD_BYTES_MAX + strlen("\r\n" HEAD "\r\n") - 2;
			head_make(text, size, shape);
			snprintf(which, sizeof(which), "%s in %zu bytes", shapes[shape], size);
			say(&p, text);
			if (fits) {
				check(hear(b, &p, "{\"alive\":true}") && is_answer(p.text, "200"), which, p.text);
				p.len = 0, p.text[0] = '\0';
				say(&p, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
				check(hear(b, &p, "{\"alive\":true}") && is_answer(p.text, "200"), "and the next",
				      which);
			} else {
				check(hear(b, &p, NULL) && is_answer(p.text, line ? "414" : "431"), which, p.text);
			}
			hang_up(b, &p);
		}
}

/* ---- forms of a target, and the server itself */

static void
test_targets(struct bench *b)
{
	static const struct { const char *name, *text, *want, *also; } rows[] = {
		{ "absolute", "GET http://h:8080/livez HTTP/1.1\r\nHost: y\r\n\r\n", "{\"alive\":true}",
		  "HTTP/1.1 200 " },
		{ "absolute, capitals", "GET HTTP://H/livez?a HTTP/1.1\r\nHost: y\r\n\r\n", "{\"alive\":true}",
		  "HTTP/1.1 200 " },
		{ "absolute, nothing else", "GET http://h HTTP/1.1\r\n" HEAD "\r\n", "make console", "HTTP/1.1 200 " },
		{ "the server", "OPTIONS * HTTP/1.1\r\nHost: y\r\n\r\n", "\r\n\r\n",
		  "\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS\r\n" },
		{ "the server, by its name", "OPTIONS http://h HTTP/1.1\r\nHost: y\r\n\r\n", "\r\n\r\n",
		  "HTTP/1.1 204 " },
		{ "the server, with a body", "OPTIONS * HTTP/1.1\r\nHost: y\r\nContent-Length: 5\r\n\r\nhello",
		  "\r\n\r\n", "HTTP/1.1 204 " },
		{ "a tunnel", "CONNECT h:80 HTTP/1.1\r\nHost: y\r\n\r\n", "method.not_allowed", "HTTP/1.1 405 " },
		{ "a path's methods", "OPTIONS /livez HTTP/1.1\r\n" HEAD "\r\n", "method.not_allowed",
		  "\r\nAllow: GET, HEAD\r\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct peer_text p = dial(b);
		say(&p, rows[i].text);
		check(hear(b, &p, rows[i].want) && strstr(p.text, rows[i].also), rows[i].name, p.text);
		p.len = 0, p.text[0] = '\0';
		say(&p, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
		check(hear(b, &p, "{\"alive\":true}") && is_answer(p.text, "200"), "and the next", rows[i].name);
		hang_up(b, &p);
	}
}

/* ---- what does not end, and what ends too early */

static void
test_half(struct bench *b)
{
	static const char *const halves[] = {
		"GET /livez", "GET /livez HTTP/1.1\r\nHost: x\r\n",
		"PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
		"PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Type: application/json\r\nTransfer-Encoding: "
		"chunked\r\n\r\n1\r\n{\r\n",
	};

	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		struct peer_text p = dial(b);
		size_t asked = b->g.bus.n;
		say(&p, halves[i]);
		shutdown(p.fd, SHUT_WR);
		check(hear(b, &p, NULL) && is_answer(p.text, "400") && strstr(p.text, "http.incomplete") &&
		              b->g.bus.n == asked,
		      halves[i], p.text);
		hang_up(b, &p);
	}
	struct peer_text p = dial(b), q;
	say(&p, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
	shutdown(p.fd, SHUT_WR);
	check(hear(b, &p, NULL) && is_answer(p.text, "200"), "a whole one, and its end with it", p.text);
	hang_up(b, &p);
	q = dial(b);
	shutdown(q.fd, SHUT_WR);
	check(hear(b, &q, NULL) && q.len == 0, "who has asked nothing is told nothing", q.text);
	hang_up(b, &q);
	check(server_busy(b->server) == 0 && api_outstanding(b->g.api) == 0, "no request is left", "halves");
}

/* Many at once, in one piece: answered in order, each as it would be alone. */
static void
test_pipelined(struct bench *b)
{
	static const char one[] = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
			  two[] = "HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n",
			  three[] = "OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
			  four[] = "GET /none HTTP/1.1\r\n" HEAD "\r\n";
	struct bytes text = { 0 };
	struct peer_text p = dial(b);
	int found = 0;

	for (int i = 0; i < 4; i++) {
		bytes_text(&text, one);
		bytes_text(&text, two);
		bytes_text(&text, three);
		bytes_text(&text, four);
	}
	bytes_append(&text, "", 1);
	say(&p, text.p);
	bytes_free(&text);
	for (int i = 0; i < TURNS_MAX && found < 16; i++) {
		turn(b, &p);
		found = 0;
		for (const char *at = p.text; (at = strstr(at, "HTTP/1.1 ")); at += 9)
			found += strncmp(at + 9, found % 4 < 2 ? "200" : found % 4 == 2 ? "204" : "404", 3) == 0;
	}
	check(found == 16 && !p.ended, "sixteen requests in one piece", p.text);
	hang_up(b, &p);
}

/* The same beside others that wait, and with an owner between: the library looks after the oldest first, and after
 * these last. */
static void
test_pipelined_beside(struct bench *b)
{
	static const char *const more[] = {
		"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", "GET " DISTRICT " HTTP/1.1\r\n" HEAD "\r\n",
	};
	struct peer_text others[4], p;
	Roster__District d = ROSTER__DISTRICT__INIT;

	for (int i = 0; i < 4; i++) {
		others[i] = dial(b);
		say(&others[i], "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
		hear(b, &others[i], "alive");
	}
	for (int first = 0; first < 2; first++) {
		size_t asked = b->g.bus.n, answered = 0;
		char text[512];
		p = dial(b);
		snprintf(text, sizeof(text), "%s%s%s", more[first], more[1 - first], more[first]);
		say(&p, text);
		for (int i = 0; i < TURNS_MAX && answered < 3; i++) {
			turn(b, &p);
			for (; asked < b->g.bus.n; asked++)
				fake_answer_message(b->g.api, &b->g.bus.sent[asked], 200, &d, b->g.now_us);
			answered = 0;
			for (const char *at = p.text; (at = strstr(at, "HTTP/1.1 200 ")); at += 9)
				answered++;
		}
		check(answered == 3 && !p.ended, "three requests in one piece beside others", p.text);
		hang_up(b, &p);
		p = dial(b);
		say(&p, more[0]);
		shutdown(p.fd, SHUT_WR);
		check(hear(b, &p, NULL) && is_answer(p.text, "200"), "its end beside others", p.text);
		hang_up(b, &p);
		p = dial(b);
		say(&p, "GET /livez HTTP/1.1\r\nHost");
		shutdown(p.fd, SHUT_WR);
		check(hear(b, &p, NULL) && is_answer(p.text, "400"), "too early an end beside others", p.text);
		hang_up(b, &p);
	}
	for (int i = 0; i < 4; i++)
		hang_up(b, &others[i]);
}

/* ---- one run does no more than its share: whoever asks without end keeps the buses and the clock from nobody */

enum { ASKED_AT_ONCE = 120, SHARE_MAX = 32 };

static size_t
count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

static void
test_endless(struct bench *b)
{
	static char text[ASKED_AT_ONCE * 1024];
	struct peer_text p = dial(b);
	size_t len = 0, most = 0, now, before = 0;
	bool at_once = false;

	for (int i = 0; i < ASKED_AT_ONCE; i++)
		say(&p, "GET /none HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < TURNS_MAX && before < ASKED_AT_ONCE; i++) {
		struct pollfd ready = { server_fd(b->server), POLLIN, 0 };
		if (!at_once)
			poll(&ready, 1, TURN_MS);
		at_once = server_run(b->server, b->g.now_us) <= b->g.now_us;
		ssize_t n = recv(p.fd, text + len, sizeof(text) - 1 - len, 0);
		len += n > 0 ? (size_t)n : 0;
		text[len] = '\0';
		now = count_of(text, "HTTP/1.1 401 ");
		most = now - before > most ? now - before : most;
		check(now < before + SHARE_MAX / 2 || now == ASKED_AT_ONCE || at_once,
		      "who was cut short is served on at once", "");
		before = now;
	}
	check(before == ASKED_AT_ONCE, "all are answered in the end", "");
	check(most > 1 && most <= SHARE_MAX, "a few at a time", "");
	hang_up(b, &p);
}

/* ---- proper */

static void
test_keep_alive(struct bench *b)
{
	struct peer_text p = dial(b);
	Roster__District d = ROSTER__DISTRICT__INIT;

	say(&p, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\nHEAD /livez HTTP/1.1\r\nHost: x\r\n\r\nGET " DISTRICT
	        " HTTP/1.1\r\n" HEAD "\r\n");
	for (int i = 0; i < TURNS_MAX && b->g.bus.n == 0; i++)
		turn(b, &p);
	check(b->g.bus.n == 1 && server_suspended(b->server) == 1, "a question waits for its owner", p.text);
	check(strstr(p.text, "{\"alive\":true}HTTP/1.1 200 OK\r\n") &&
	              !strstr(strstr(p.text, "{\"alive\":true}") + 14, "{\"alive\""),
	      "HEAD has no body", p.text);
	d.id = (char *)"511703";
	fake_answer_message(b->g.api, &b->g.bus.sent[0], 200, &d, b->g.now_us);
	check(hear(b, &p, "{\"id\":\"511703\"") && !p.ended, "and is answered on the same connection", p.text);
	say(&p, "PUT " DISTRICT " HTTP/1.1\r\n" HEAD
	        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n");
	turn(b, &p);
	say(&p, "1\r\n}\r\n0\r\n\r\n");
	for (int i = 0; i < TURNS_MAX && b->g.bus.n == 1; i++)
		turn(b, &p);
	check(b->g.bus.n == 2 && strcmp(b->g.bus.sent[1].commands->items[0]->refusal->code, "json.missing") == 0,
	      "a body in pieces", p.text);
	hang_up(b, &p);
}

static void
test_too_large(struct bench *b)
{
	char head[512], piece[4096];
	struct peer_text p = dial(b);

	snprintf(head, sizeof(head),
	         "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n",
	         2 << 20);
	say(&p, head);
	memset(piece, ' ', sizeof(piece));
	for (size_t left = 2 << 20; left && !p.ended;) {
		ssize_t n = send(p.fd, piece, left < sizeof(piece) ? left : sizeof(piece), MSG_NOSIGNAL);
		if (n > 0)
			left -= (size_t)n;
		else
			turn(b, &p);
	}
	check(hear(b, &p, "\"code\":\"body.too_large\""), "too large a body is read to its end and answered", p.text);
	hang_up(b, &p);
}

/* ---- time */

static void
test_cut_off(struct bench *b)
{
	static const struct { const char *name, *first, *then; } slow[] = {
		{ "silent", "", "" }, { "slow head", "GET /livez", "x" },
		{ "slow body", "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Type: application/json\r\nContent-Length: "
		  "99\r\n\r\n", " " },
	};

	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		struct peer_text p = dial(b);
		say(&p, slow[i].first);
		turn(b, &p);
		for (int64_t us = 0; us < REQUEST_US - 1000000; us += 1000000) {
			b->g.now_us += 1000000;
			say(&p, slow[i].then);
			turn(b, &p);
		}
		check(!p.ended, "there for a while", slow[i].name);
		b->g.now_us += 2000000;
		check(hear(b, &p, NULL) && (i == 0 ? p.len == 0 : is_answer(p.text, "408") != 0), "then cut off",
		      p.text);
		hang_up(b, &p);
	}
	check(atomic_load(&b->g.metrics.value[METRIC_HTTP_REAPED]) == 3, "counted", "");
	check(api_outstanding(b->g.api) == 0, "no request is left", "");
}

/* Idle strangers fill all there is; who comes with a question is answered, who has shown a session stays, and no place
 * is left over. */
static void
test_crowd(struct bench *b)
{
	struct peer_text known = dial(b), crowd[40], p;

	say(&known, "GET /api/v1/nothing HTTP/1.1\r\n" HEAD "\r\n");
	check(hear(b, &known, "route.unknown"), "somebody with a session", known.text);
	for (size_t i = 0; i < sizeof(crowd) / sizeof(crowd[0]); i++) {
		crowd[i] = dial(b);
		turn(b, &crowd[i]);
	}
	for (int i = 0; i < 5; i++) {
		p = dial(b);
		say(&p, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
		check(hear(b, &p, "{\"alive\":true}"), "a probe is answered among idle strangers", p.text);
		hang_up(b, &p);
	}
	known.len = 0;
	say(&known, "GET /api/v1/nothing HTTP/1.1\r\n" HEAD "\r\n");
	check(hear(b, &known, "route.unknown"), "… and who has a session is still there", known.text);
	check(atomic_load(&b->g.metrics.value[METRIC_HTTP_CROWDED]) >= 30 &&
	              atomic_load(&b->g.metrics.value[METRIC_HTTP_CONNECTIONS]) <= 10,
	      "an address has no more than it may", "");
	hang_up(b, &known);
	for (size_t i = 0; i < sizeof(crowd) / sizeof(crowd[0]); i++)
		close(crowd[i].fd);
}

/* Whoever waits for us is not cut off; the call's own deadline answers it. */
static void
test_deadline(struct bench *b)
{
	struct peer_text p = dial(b);

	say(&p, "GET " DISTRICT " HTTP/1.1\r\n" HEAD "\r\n");
	for (int i = 0; i < TURNS_MAX && b->g.bus.n == 0; i++)
		turn(b, &p);
	for (int i = 0; i < 11; i++) {
		b->g.now_us += 1000000;
		api_tick(b->g.api, b->g.now_us);
	}
	check(hear(b, &p, "HTTP/1.1 503 ") && hear(b, &p, "Retry-After: 1\r\n"), "answered at its deadline", p.text);
	hang_up(b, &p);
}

static void
test_leaving(struct bench *b)
{
	struct peer_text p = dial(b), q;

	say(&p, "PUT " DISTRICT " HTTP/1.1\r\n" HEAD "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{");
	turn(b, &p);
	hang_up(b, &p);
	check(server_busy(b->server) == 0 && api_outstanding(b->g.api) == 0,
	      "a client that goes takes its half request along", "");
	q = dial(b);
	say(&q, "GET " DISTRICT " HTTP/1.1\r\n" HEAD "\r\n");
	for (int i = 0; i < TURNS_MAX && b->g.bus.n == 0; i++)
		turn(b, &q);
	close(q.fd);
	fake_answer_problem(b->g.api, &b->g.bus.sent[0], 404, "district.unknown", b->g.now_us);
	struct peer_text gone = { .fd = -1, .ended = true };
	for (int i = 0; i < TURNS_MAX && server_busy(b->server); i++)
		turn(b, &gone);
	check(server_busy(b->server) == 0 && server_suspended(b->server) == 0, "an answer that finds nobody is dropped",
	      "");
}

static void
test_stopping(struct bench *b)
{
	struct peer_text p = dial(b), q = dial(b);
	Roster__District d = ROSTER__DISTRICT__INIT;

	say(&q, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(b, &q, "alive");
	say(&p, "GET " DISTRICT " HTTP/1.1\r\n" HEAD "\r\n");
	for (int i = 0; i < TURNS_MAX && b->g.bus.n == 0; i++)
		turn(b, &p);
	server_stop(b->server);
	fake_answer_message(b->g.api, &b->g.bus.sent[0], 200, &d, b->g.now_us);
	check(hear(b, &p, "Connection: close\r\n") && hear(b, &p, "\"areas\":[]") && hear(b, &p, NULL),
	      "answered, then closed", p.text);
	close(p.fd);
	close(q.fd);
}

/* ---- TLS */

static void
slurp(const char *path, char *to, size_t size)
{
	FILE *f = fopen(path, "r");

	if (!f)
		abort();
	to[fread(to, 1, size - 1, f)] = '\0';
	fclose(f);
}

static void
certificate_make(struct bench *b)
{
	char dir[] = "/tmp/http_test-XXXXXX", command[512], cert[64], key[64];

	if (!mkdtemp(dir))
		abort();
	snprintf(cert, sizeof(cert), "%s/cert.pem", dir);
	snprintf(key, sizeof(key), "%s/key.pem", dir);
	snprintf(command, sizeof(command),
	         "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout %s -out %s 2>/dev/null",
	         key, cert);
	if (system(command))
		abort();
	slurp(cert, b->cert, sizeof(b->cert));
	slurp(key, b->key, sizeof(b->key));
	unlink(cert);
	unlink(key);
	rmdir(dir);
}

/* What is written to fd goes to the server in TLS, and back. */
static struct peer_text
dial_secured(struct bench *b, pid_t *pid)
{
	char at[32];
	int ends[2], nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

	snprintf(at, sizeof(at), "127.0.0.1:%d", server_port(b->server));
	if (nothing < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) || (*pid = fork()) < 0)
		abort();
	if (*pid == 0) {
		dup2(ends[1], STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		dup2(nothing, STDERR_FILENO);
		execlp("openssl", "openssl", "s_client", "-quiet", "-connect", at, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	close(nothing);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return (struct peer_text){ .fd = ends[0] };
}

static void
hang_up_secured(struct bench *b, struct peer_text *p, pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	hang_up(b, p);
}

/* As in the clear: whole ones are answered, and who is cut off in the middle of one hears why. */
static void
test_secured(struct bench *b)
{
	static struct bench tls;
	pid_t pid;

	(void)b;
	certificate_make(&tls);
	bench_open(&tls);
	struct peer_text p = dial_secured(&tls, &pid);
	say(&p, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHost:");
	check(hear(&tls, &p, "{\"alive\":true}") && is_answer(p.text, "200"), "a whole one", p.text);
	p.len = 0, p.text[0] = '\0';
	for (int64_t us = 0; us < 4 * REQUEST_US && !p.ended && !strstr(p.text, "http."); us += 1000000) {
		tls.g.now_us += 1000000;
		turn(&tls, &p);
	}
	check(hear(&tls, &p, "\"code\":\"http.late\"") && is_answer(p.text, "408"),
	      "half of one, when its time is over", p.text);
	hang_up_secured(&tls, &p, pid);
	bench_close(&tls);
}

/* ---- a stream */

/* The client asks and hears where it begins; the log ends at `head`. */
static struct peer_text
dial_stream(struct bench *b, const char *method, int64_t head)
{
	struct peer_text p = dial(b);
	Engine__Heads heads = ENGINE__HEADS__INIT;
	Engine__Head one = ENGINE__HEAD__INIT, *at = &one;
	size_t before = b->g.bus.n;
	char text[512];

	snprintf(text, sizeof(text), "%s " DISTRICT "/events HTTP/1.1\r\n" HEAD "\r\n", method);
	say(&p, text);
	for (int i = 0; i < TURNS_MAX && !(b->g.bus.n > before && b->g.bus.sent[before].read); i++) {
		before += b->g.bus.n > before;    /* a question of an earlier one */
		turn(b, &p);
	}
	one.service = (char *)"roster";
	one.seq = head;
	heads.n_items = 1;
	heads.items = &at;
	fake_answer_message(b->g.api, &b->g.bus.sent[before], 200, &heads, b->g.now_us);
	return p;
}

/* The owner answers the question asked last with one event that has `bytes` of text. */
static void
tell(struct bench *b, size_t bytes)
{
	const struct sent *s = fake_last(&b->g.bus);
	Roster__TownshipPut put = ROSTER__TOWNSHIP_PUT__INIT;
	Wire__Event e = WIRE__EVENT__INIT;
	Wire__Logged l = WIRE__LOGGED__INIT, *at = &l;
	Wire__Fetched f = WIRE__FETCHED__INIT;
	struct bytes data = { 0 }, event = { 0 }, body = { 0 };

	put.name = malloc(bytes + 1);
	memset(put.name, 'x', bytes);
	put.name[bytes] = '\0';
	roster__township_put__pack(&put, (uint8_t *)bytes_room(&data, roster__township_put__get_packed_size(&put)));
	e.district = (char *)"511703";
	e.type = l.type = (char *)put.base.descriptor->name;
	e.data = (ProtobufCBinaryData){ data.len, (uint8_t *)data.p };
	wire__event__pack(&e, (uint8_t *)bytes_room(&event, wire__event__get_packed_size(&e)));
	l.partition = s->m.partition;
	l.seq = s->fetch->after[0]->seq + 1;
	l.body = (ProtobufCBinaryData){ event.len, (uint8_t *)event.p };
	f.n_items = 1;
	f.items = &at;
	wire__fetched__pack(&f, (uint8_t *)bytes_room(&body, wire__fetched__get_packed_size(&f)));
	struct message m = { .kind = WIRE__KIND__ANSWER, .id = s->m.id, .body = body.p, .body_len = body.len };
	api_receive(b->g.api, &m, b->g.now_us);
	free(put.name);
	bytes_free(&data);
	bytes_free(&event);
	bytes_free(&body);
}

static void
later(struct bench *b, int64_t us)
{
	b->g.now_us += us;
	api_tick(b->g.api, b->g.now_us);
}

static void
test_stream(struct bench *b)
{
	struct peer_text p = dial_stream(b, "GET", 7);

	check(hear(b, &p, "\r\nX-Accel-Buffering: no\r\n") && hear(b, &p, "\r\nContent-Type: text/event-stream\r\n") &&
	              strstr(p.text, "\r\nCache-Control: no-store\r\n"), "headers of a stream", p.text);
	check(hear(b, &p, "retry: 1000\nid: "), "its place", p.text);
	for (int i = 0; i < TURNS_MAX && !server_suspended(b->server); i++)
		turn(b, &p);
	check(server_suspended(b->server) == 1 && fake_last(&b->g.bus)->fetch->after[0]->seq == 7, "then it waits",
	      p.text);
	tell(b, 10);
	check(hear(b, &p, "event: roster.TownshipPut\ndata: {") && hear(b, &p, "xxxxxxxxxx\""), "for an event", p.text);
	for (int i = 0; i < 20; i++)
		turn(b, &p);
	for (int i = 0; i < 8; i++) {           /* longer than anybody else may be silent */
		later(b, BEAT_US);
		p.len = 0;
		p.text[0] = '\0';
		check(hear(b, &p, ":\nid: "), "or a comment with its place", p.text);
	}
	check(!p.ended && server_busy(b->server) == 1, "and goes on", p.text);
	close(p.fd);
	struct peer_text gone = { .fd = -1, .ended = true };
	for (int i = 0; i < 3; i++) {
		later(b, BEAT_US);
		for (int k = 0; k < 20; k++)
			turn(b, &gone);
	}
	check(server_busy(b->server) == 0 && server_suspended(b->server) == 0, "a comment finds who has gone", "");
	check(atomic_load(&b->g.metrics.value[METRIC_EVENT_STREAMS]) == 0, "and forgets it", "");
}

/* Somebody who reads nothing: the kernel takes a little, we keep the event being sent, and his time runs. */
static void
test_stream_unread(struct bench *b)
{
	struct peer_text p = dial_stream(b, "GET", 0), idle = { .fd = -1, .ended = true };
	int small = 4096, told = 0;

	setsockopt(p.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	for (int i = 0; i < TURNS_MAX && !server_suspended(b->server); i++)
		turn(b, &idle);
	for (; told < 200 && server_suspended(b->server); told++) {
		tell(b, 60000);
		for (int i = 0; i < 100 && !(i && server_suspended(b->server)); i++)
			turn(b, &idle);
	}
	check(told > 1 && told < 100 && server_suspended(b->server) == 0, "the kernel keeps no more than a little", "");
	later(b, ANSWER_US - 1000000);
	turn(b, &idle);
	check(server_busy(b->server) == 1, "there for a while", "");
	for (int i = 0; i < 3; i++) {
		later(b, 1000000);
		turn(b, &idle);
	}
	check(server_busy(b->server) == 0, "then cut off", "");
	close(p.fd);
}

static void
test_stream_end(struct bench *b)
{
	struct peer_text h = dial_stream(b, "HEAD", 0), p, q;

	check(hear(b, &h, "\r\n\r\n") && strncmp(h.text, "HTTP/1.1 200 ", 13) == 0 &&
	              strstr(h.text, "text/event-stream"),
	      "HEAD", h.text);
	hang_up(b, &h);
	p = dial_stream(b, "GET", 0);
	q = dial_stream(b, "GET", 0);
	check(hear(b, &p, "retry: 1000\nid: ") && hear(b, &q, "retry: 1000\nid: "), "two follow", p.text);
	server_stop(b->server);
	api_end_streams(b->g.api);
	check(hear(b, &p, "0\r\n\r\n") && hear(b, &q, "0\r\n\r\n"), "the end is told as one", p.text);
	check(server_busy(b->server) == 0 && server_suspended(b->server) == 0, "nobody is left", "");
	close(p.fd);
	close(q.fd);
}

int
main(void)
{
	static struct bench b;
	static void (*const tests[])(struct bench *) = {
		test_improper, test_parameters, test_head_sizes, test_targets, test_half, test_pipelined,
		test_pipelined_beside, test_endless, test_keep_alive, test_too_large, test_cut_off, test_crowd,
		test_deadline, test_leaving, test_stopping, test_secured,
		test_stream, test_stream_unread, test_stream_end,
	};

	log_open("server_test", LOG_LEVEL_ERROR + 1);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		bench_open(&b);
		tests[i](&b);
		bench_close(&b);
	}
	return tally_end();
}
