/* head_test - what a head says: a table of heads and of the fields that are read out of them.
 *
 * How: each head is parsed whole; what is compared is the value of one member, or the refusal.  How heads come in
 * pieces, and what becomes of what is refused, is intake_test's. */
#include "server/head.h"
#include "harness/tally.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GET "GET /a HTTP/1.1\r\nHost: x\r\n"
#define PUT "PUT /a HTTP/1.1\r\nHost: x\r\n"

/* NULL: not there. */
static const struct { const char *head; size_t member; const char *value; } values[] = {
#define SAYS(raw, member, value) { raw "\r\n", offsetof(struct head, member), value }
	SAYS(GET, authorization, NULL),
	SAYS(GET "Authorization: Bearer t\r\n", authorization, "Bearer t"),
	SAYS(GET "authorization:Bearer t\r\n", authorization, "Bearer t"),
	SAYS(GET "AUTHORIZATION: \t Bearer t \t \r\n", authorization, "Bearer t"),
	SAYS(GET "Authorization:\r\n", authorization, ""),
	SAYS(GET "Authorization: \t\r\n", authorization, ""),
	SAYS(GET "Idempotency-Key: k 1 \r\n", idempotency_key, "k 1"),
	SAYS(GET "Idempotency-Key:\tk\t\r\n", idempotency_key, "k"),
	SAYS(GET "Content-Type:  text/csv ; charset=gbk  \r\n", content_type, "text/csv ; charset=gbk"),
	SAYS(GET "Content-Encoding: identity \r\n", content_encoding, "identity"),
	SAYS(GET "If-None-Match: \"a\" \r\n", if_none_match, "\"a\""),
	SAYS(GET "If-None-Match: \"a\"\r\nX: y\r\nIf-None-Match:\"b\"\r\nif-none-match: W/\"c\"\r\n", if_none_match,
	     "\"a\",\"b\",W/\"c\""),
	SAYS(GET "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2 \r\n", forwarded, "10.0.0.1,10.0.0.2"),
	SAYS(GET "X-Forwarded-For: 1\r\nIf-None-Match: 2\r\nX-Forwarded-For: 3\r\nIf-None-Match: 4\r\nX-Forwarded-For: "
	     "5\r\n", forwarded, "1,3,5"),
	SAYS(GET "Cookie: a=b\r\nCookie: c=d; e\r\n", cookie, "a=b;c=d; e"),
	SAYS(GET "Last-Event-ID: \r\n", last_event_id, ""),
	SAYS(GET "Last-Event-ID: p \r\n", last_event_id, "p"),
	SAYS(GET "traceparent: t\t\r\n", traceparent, "t"),
	SAYS(GET "Cookie: Host=y; Authorization: no\r\n", host, "x"),
	SAYS("GET /a HTTP/1.1\r\nHost: x:8080 \r\n", host, "x:8080"),
	SAYS("GET /a HTTP/1.1\r\nHost:\r\n", host, ""),
	SAYS(GET, method, "GET"),
	SAYS("brew /a HTTP/1.1\r\nHost: x\r\n", method, "brew"),
	SAYS("M-SEARCH!#$%&'*+.^_`|~09 /a HTTP/1.1\r\nHost: x\r\n", method, "M-SEARCH!#$%&'*+.^_`|~09"),
	SAYS(GET, target, "/a"),
	SAYS("GET //a?b=c?d&e=/%zz HTTP/1.1\r\nHost: x\r\n", target, "//a?b=c?d&e=/%zz"),
	SAYS("GET http://h/a HTTP/1.1\r\nHost: x\r\n", target, "/a"),
	SAYS("GET HTTP://h:8080/a?b HTTP/1.1\r\nHost: x\r\n", target, "/a?b"),
	SAYS("GET https://[::1]:8080/a HTTP/1.1\r\nHost: x\r\n", target, "/a"),
	SAYS("GET http://h HTTP/1.1\r\nHost: x\r\n", target, "/"),
	SAYS("GET http://h:80?b=/c HTTP/1.1\r\nHost: x\r\n", target, "/?b=/c"),
	SAYS("OPTIONS http://h HTTP/1.1\r\nHost: x\r\n", target, "*"),
	SAYS("OPTIONS http://h/ HTTP/1.1\r\nHost: x\r\n", target, "/"),
	SAYS("OPTIONS * HTTP/1.1\r\nHost: x\r\n", target, "*"),
	SAYS("CONNECT h:80 HTTP/1.1\r\nHost: x\r\n", target, "h:80"),
#undef SAYS
};

static void
test_values(void)
{
	struct head h;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const char *want = values[i].value, *got = NULL;
		enum refusal r = head_parse(values[i].head, strlen(values[i].head), &h);
		if (!r)
			memcpy(&got, (char *)&h + values[i].member, sizeof(got));
		check(!r && (want ? got && strcmp(got, want) == 0 : !got), got ? got : "(not there)", values[i].head);
		head_free(&h);
	}
}

#define OLD "GET /a HTTP/1.0\r\n"
static const struct {
	const char *head; bool closes, keeps, old, expects; enum head_body body; int64_t length;
} framings[] = {
	{ GET, 0, 0, 0, 0, HEAD_NO_BODY, -1 },
	{ OLD, 0, 0, 1, 0, HEAD_NO_BODY, -1 },
	{ "GET /a HTTP/1.7\r\nHost: x\r\n", 0, 0, 0, 0, HEAD_NO_BODY, -1 },
	{ GET "Connection: close\r\n", 1, 0, 0, 0, HEAD_NO_BODY, -1 },
	{ GET "Connection: x , CLOSE,\r\n", 1, 0, 0, 0, HEAD_NO_BODY, -1 },
	{ GET "Connection: x\r\nConnection:close\r\n", 1, 0, 0, 0, HEAD_NO_BODY, -1 },
	{ GET "Connection: closed, upgrade\r\n", 0, 0, 0, 0, HEAD_NO_BODY, -1 },
	{ OLD "Connection: Keep-Alive\r\n", 0, 1, 1, 0, HEAD_NO_BODY, -1 },
	{ PUT "Content-Length: 0\r\n", 0, 0, 0, 0, HEAD_NO_BODY, 0 },
	{ PUT "Content-Length: 12 \r\n", 0, 0, 0, 0, HEAD_LENGTH, 12 },
	{ PUT "Content-Length: 00000000000000000000000000012\r\n", 0, 0, 0, 0, HEAD_LENGTH, 12 },
	{ PUT "Content-Length: 999999999999999999\r\n", 0, 0, 0, 0, HEAD_LENGTH, 999999999999999999 },
	{ PUT "Transfer-Encoding: chunked\r\n", 0, 0, 0, 0, HEAD_CHUNKED, -1 },
	{ PUT "Transfer-Encoding: , Chunked \t,\r\n", 0, 0, 0, 0, HEAD_CHUNKED, -1 },
	{ PUT "Expect: 100-Continue\r\nContent-Length: 1\r\n", 0, 0, 0, 1, HEAD_LENGTH, 1 },
	{ OLD "Expect: what\r\n", 0, 0, 1, 0, HEAD_NO_BODY, -1 },
};

static void
test_framings(void)
{
	char text[512];
	struct head h;

	for (size_t i = 0; i < sizeof(framings) / sizeof(framings[0]); i++) {
		snprintf(text, sizeof(text), "%s\r\n", framings[i].head);
		enum refusal r = head_parse(text, strlen(text), &h);
		check(!r && h.closes == framings[i].closes && h.keeps == framings[i].keeps &&
		              h.old == framings[i].old && h.expects == framings[i].expects &&
		              h.body == framings[i].body && h.length == framings[i].length,
		      "framing", text);
		head_free(&h);
	}
}

static const struct { enum refusal refused; const char *head; } refusals[] = {
	{ REFUSED_HTTP, "GET /a\r\n" }, { REFUSED_HTTP, "GET\r\n" }, { REFUSED_HTTP, "/a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET  /a HTTP/1.1\r\nHost: x\r\n" }, { REFUSED_HTTP, "GET /a  HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET /a b HTTP/1.1\r\nHost: x\r\n" }, { REFUSED_HTTP, "GET /a HTTP/1.1 \r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET\t/a HTTP/1.1\r\nHost: x\r\n" }, { REFUSED_HTTP, "GET a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET * HTTP/1.1\r\nHost: x\r\n" }, { REFUSED_HTTP, "OPTIONS *a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET /a#b HTTP/1.1\r\nHost: x\r\n" }, { REFUSED_HTTP, "GET /\xe5 HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET ftp://h/a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET http:/a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET http:///a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET http://:80/a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET http://u@h/a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET http://[::1/a HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "CONNECT /a HTTP/1.1\r\nHost: x\r\n" }, { REFUSED_HTTP, "CONNECT h HTTP/1.1\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET /a http/1.1\r\nHost: x\r\n" }, { REFUSED_HTTP, "GET /a HTTP/11\r\nHost: x\r\n" },
	{ REFUSED_HTTP, "GET /a HTTP/1.10\r\nHost: x\r\n" }, { REFUSED_HTTP, "GET /a HTTP/1,1\r\nHost: x\r\n" },
	{ REFUSED_VERSION, "GET /a HTTP/2.0\r\nHost: x\r\n" }, { REFUSED_VERSION, "GET /a HTTP/0.9\r\nHost: x\r\n" },
	{ REFUSED_HTTP, GET "Broken\r\n" }, { REFUSED_HTTP, GET "Accept : x\r\n" },
	{ REFUSED_HTTP, GET "Accept\t: x\r\n" },
	{ REFUSED_HTTP, GET ": x\r\n" }, { REFUSED_HTTP, GET " folded\r\n" }, { REFUSED_HTTP, GET "A: a\r\n\tb\r\n" },
	{ REFUSED_HTTP, GET "A(b): c\r\n" }, { REFUSED_HTTP, GET "\xc3\xa4: c\r\n" },
	{ REFUSED_HTTP, GET "A\"b: c\r\n" },
	{ REFUSED_HTTP, "GET /a HTTP/1.1\r\n" }, { REFUSED_HTTP, "GET /a HTTP/1.1\r\nHost: a b\r\n" },
	{ REFUSED_HTTP, "GET /a HTTP/1.1\r\nHost: a/b\r\n" }, { REFUSED_HTTP, "GET /a HTTP/1.1\r\nHost: a:b\r\n" },
	{ REFUSED_HTTP, "GET /a HTTP/1.1\r\nHost: u@a\r\n" },
	{ REFUSED_HTTP, "GET http://h/a HTTP/1.1\r\nHost: a b\r\n" },
	{ REFUSED_FRAMING, GET "host: y\r\n" }, { REFUSED_FRAMING, GET "Authorization: a\r\nauthorization: a\r\n" },
	{ REFUSED_FRAMING, GET "Content-Type: a/b\r\nContent-Type: a/b\r\n" },
	{ REFUSED_FRAMING, GET "Idempotency-Key: a\r\nIdempotency-Key: a\r\n" },
	{ REFUSED_FRAMING, GET "Last-Event-ID: a\r\nLast-Event-ID: a\r\n" },
	{ REFUSED_FRAMING, PUT "Content-Length: 1\r\nContent-Length: 1\r\n" },
	{ REFUSED_FRAMING, PUT "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n" },
	{ REFUSED_FRAMING, PUT "Transfer-Encoding: gzip, chunked\r\n" },
	{ REFUSED_FRAMING, PUT "Transfer-Encoding: chunked, chunked\r\n" },
	{ REFUSED_FRAMING, PUT "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" },
	{ REFUSED_FRAMING, PUT "Transfer-Encoding: chunked;a=b\r\n" },
	{ REFUSED_FRAMING, PUT "Transfer-Encoding: identity\r\n" },
	{ REFUSED_FRAMING, PUT "Transfer-Encoding:\r\n" },
	{ REFUSED_FRAMING, "PUT /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" },
	{ REFUSED_HTTP, PUT "Content-Length:\r\n" }, { REFUSED_HTTP, PUT "Content-Length: +1\r\n" },
	{ REFUSED_HTTP, PUT "Content-Length: -1\r\n" },
	{ REFUSED_HTTP, PUT "Content-Length: 0x1\r\n" }, { REFUSED_HTTP, PUT "Content-Length: 1, 1\r\n" },
	{ REFUSED_HTTP, PUT "Content-Length: 1 1\r\n" },
	{ REFUSED_HTTP, PUT "Content-Length: 1.0\r\n" },
	{ REFUSED_LENGTH, PUT "Content-Length: 1000000000000000000\r\n" },
	{ REFUSED_EXPECT, PUT "Expect: a miracle\r\nContent-Length: 1\r\n" },
	{ REFUSED_EXPECT, PUT "Expect: 100-continue, more\r\nContent-Length: 1\r\n" },
};

static void
test_refusals(void)
{
	char text[512];
	struct head h;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		snprintf(text, sizeof(text), "%s\r\n", refusals[i].head);
		enum refusal r = head_parse(text, strlen(text), &h);
		check(r == refusals[i].refused && !h.text, problem_title(r ? problem_status(r) : 200), text);
		head_free(&h);
	}
}

/* Control characters, and line ends that are none, wherever they stand: refused, if not while it comes then when it is
 * whole. */
static void
test_controls(void)
{
	static const char text[] = GET "A: b\r\n\r\n";
	char broken[sizeof(text)], which[64];

	for (size_t at = 0; at < sizeof(text) - 1; at++)
		for (int c = 0; c < 0x80; c++) {
			bool allowed = c == '\t' || c >= ' ';
			if (allowed || c == text[at])
				continue;
			memcpy(broken, text, sizeof(text));
			broken[at] = (char)c;
			size_t seen = 0, end;
			struct head h = { 0 };
			enum refusal r = head_scan(broken, sizeof(text) - 1, &seen, &end);
			if (!r && end)
				r = head_parse(broken, end, &h);
			snprintf(which, sizeof(which), "character %d at %zu", c, at);
			check(r != REFUSED_NOT || !end, which, r ? "" : "is taken");
			head_free(&h);
		}
}

/* Lists over and over: they are one list each, or too much, but never more than the room they have. */
static void
test_many_lists(void)
{
	char *text = malloc(HEAD_BYTES_MAX);
	struct head h;

	for (int lists = 1; lists <= 3; lists++) {
		size_t len = (size_t)sprintf(text, GET);
		for (int i = 0; len < HEAD_BYTES_MAX - 100; i++)
			len += (size_t)sprintf(text + len, "%s: %d\r\n",
			                       i % lists == 0   ? "Expect"
			                       : i % lists == 1 ? "Connection"
			                                        : "If-None-Match",
			                       i);
		len += (size_t)sprintf(text + len, "\r\n");
		enum refusal r = head_parse(text, len, &h);
		check(r == REFUSED_EXPECT || r == REFUSED_HEAD, "many lists", problem_title(problem_status(r)));
		head_free(&h);
	}
	free(text);
}

int
main(void)
{
	test_values();
	test_framings();
	test_refusals();
	test_controls();
	test_many_lists();
	return tally_end();
}
