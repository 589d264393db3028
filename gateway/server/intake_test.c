/* intake_test - what a client writes, and what the library and we get of it, however it comes and however little room
 * there is.
 *
 * How: a row is what comes on a connection and what must be made of it, as text: a line a request, its body in
 * brackets, a refusal as its code.  Each row is played with many sizes of pieces and of room; what libmicrohttpd would
 * read is read here as strictly as it could be: one head of ours, then chunks. */
#include "server/intake.h"
#include "harness/tally.h"
#include "http/bytes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a client */

struct client { const char *p; size_t len, at, piece; bool stays, pause; };

static ssize_t
from_client(void *ctx, void *to, size_t n)
{
	struct client *c = ctx;

	if (c->at == c->len)
		return c->stays ? SOURCE_AGAIN : 0;
	if ((c->pause = !c->pause))
		return SOURCE_AGAIN;
	n = n < c->piece ? n : c->piece;
	n = n < c->len - c->at ? n : c->len - c->at;
	memcpy(to, c->p + c->at, n);
	c->at += n;
	return (ssize_t)n;
}

/* ---- what is made of it */

/* Everything that is ours of one request, and no byte more; false: it has not come, or is not as it must be. */
static bool
ours(const struct bytes *got, struct bytes *body)
{
	const char *p = got->p, *end = got->p + got->len, *head = got->len ? memmem(p, got->len, "\r\n\r\n", 4) : NULL;

	if (!head)
		return false;
	bool chunked = memmem(p, (size_t)(head - p), "Transfer-Encoding: chunked", 26) != NULL;
	for (p = head + 4; chunked; p += 2) {
		char *digits;
		size_t n = p < end ? strtoul(p, &digits, 16) : 0;
		if (p == end || digits + 2 + n + 2 > end || memcmp(digits, "\r\n", 2) != 0 ||
		    memcmp(digits + 2 + n, "\r\n", 2) != 0)
			return false;
		bytes_append(body, digits + 2, n);
		p = digits + 2 + n;
		if (n == 0)
			chunked = false;
	}
	return p == end;
}

static void
tell(struct bytes *out, struct intake *in, const struct bytes *body)
{
	const struct head *h = &in->head;
	char line[64];

	if (in->refused) {
		snprintf(line, sizeof(line), "%d\n", problem_status(in->refused));
		bytes_text(out, line);
		return;
	}
	bytes_text(out, h->method);
	bytes_text(out, " ");
	bytes_text(out, h->target);
	if (h->body != HEAD_NO_BODY) {
		bytes_text(out, " [");
		bytes_append(out, body->p, body->len);
		bytes_text(out, "]");
	}
	bytes_text(out, "\n");
}

/* Text of all that was made of it, for the caller to free. */
static char *
play(const char *raw, size_t len, size_t piece, size_t room, bool stays)
{
	struct client c = { .p = raw, .len = len, .piece = piece, .stays = stays };
	struct intake in = { 0 };
	struct bytes out = { 0 }, got = { 0 }, body = { 0 };
	char to[70000];
	ssize_t n = 1;

	for (int idle = 0; n != 0 && idle < 4; idle += n == SOURCE_AGAIN && c.at == len && !in.owes) {
		n = intake_read(&in, from_client, &c, to, room);
		if (n > 0)
			bytes_append(&got, to, (size_t)n);
		body.len = 0;
		if (n <= 0 || in.state != INTAKE_WHOLE || !ours(&got, &body))
			continue;
		tell(&out, &in, &body);
		got.len = 0;
		intake_next(&in);
		if (in.refused)
			break;
	}
	if (in.refused && intake_read(&in, from_client, &c, to, room) != SOURCE_AGAIN)
		bytes_text(&out, "and more\n");
	if (got.len || (stays && intake_waits(&in)))
		bytes_text(&out, "waits\n");
	bytes_append(&out, "", 1);
	intake_free(&in);
	bytes_free(&got);
	bytes_free(&body);
	return out.p;
}

#define LINE "GET /a HTTP/1.1\r\nHost: x\r\n"
#define PUT "PUT /a HTTP/1.1\r\nHost: x\r\n"
#define CHUNKED PUT "Transfer-Encoding: chunked\r\n\r\n"

static const struct { const char *raw, *made; } rows[] = {
	{ "", "" },
	{ LINE "\r\n", "GET /a\n" },
	{ "\r\n\r\n" LINE "\r\n", "GET /a\n" },
	{ LINE "\r\n\r\n" LINE "\r\n", "GET /a\nGET /a\n" },
	{ LINE "\r\nHEAD http://x/b HTTP/1.1\r\nHost: x\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: y\r\n\r\n",
	  "GET /a\nHEAD /b\nOPTIONS *\n" },
	{ PUT "Content-Length: 3\r\n\r\nabc" LINE "\r\n", "PUT /a [abc]\nGET /a\n" },
	{ PUT "Content-Length: 0\r\n\r\n" LINE "\r\n", "PUT /a\nGET /a\n" },
	{ LINE "Content-Length: 3\r\n\r\nabc" LINE "\r\n", "GET /a [abc]\nGET /a\n" },
	{ CHUNKED "3\r\nabc\r\n0\r\n\r\n" LINE "\r\n", "PUT /a [abc]\nGET /a\n" },
	{ CHUNKED "0\r\n\r\n" LINE "\r\n", "PUT /a []\nGET /a\n" },
	{ CHUNKED "00001;a=b\r\na\r\n1 ; c=\"d\"\r\nb\r\n001\r\nc\r\n000;e\r\nF: g\r\nH:\r\n\r\n" LINE "\r\n",
	  "PUT /a [abc]\nGET /a\n" },
	{ CHUNKED "A\r\n0123456789\r\n9\r\n\r\n0\r\n\r\n01\r\n0\r\n\r\n", "PUT /a [0123456789\r\n0\r\n\r\n01]\n" },
	{ LINE "Expect: 100-continue\r\n\r\n", "GET /a\n" },
	/* refused: once, and nothing behind it is heard */
	{ LINE "A : b\r\n\r\n" LINE "\r\n", "400\n" },
	{ "GET /a HTTP/1.1\nHost: x\n\n", "400\n" },
	{ "GET /a HTTP/1.1\r\nHost: x\r\n\n" LINE "\r\n", "400\n" },
	{ "GET /a HTTP/1.1\r\nHost: x\r\rA: b\r\n\r\n", "400\n" },
	{ "\n" LINE "\r\n", "400\n" },
	{ "\r" LINE "\r\n", "400\n" },
	{ " " LINE "\r\n", "400\n" },
	{ "\x16\x03\x01", "400\n" },
	{ "HEAD /a HTTP/1.1\r\nA b\r\n\r\n", "400\n" },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505\n" },
	{ PUT "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc" LINE "\r\n", "400\n" },
	{ PUT "Content-Length: 99999999999999999999\r\n\r\nabc", "413\n" },
	{ PUT "Expect: x\r\nContent-Length: 3\r\n\r\nabc", "417\n" },
	{ CHUNKED "3\nabc\r\n0\r\n\r\n", "400\n" }, { CHUNKED "3\r\nabc\n0\r\n\r\n", "400\n" },
	{ CHUNKED "3\r\nabcd\r\n0\r\n\r\n" LINE "\r\n", "400\n" },
	{ CHUNKED "3\r\nab\r\n0\r\n\r\n" LINE "\r\n", "400\n" }, { CHUNKED "zz\r\nabc", "400\n" },
	{ CHUNKED "-3\r\nabc", "400\n" },
	{ CHUNKED "+3\r\nabc", "400\n" }, { CHUNKED "0x3\r\nabc", "400\n" }, { CHUNKED "\r\nabc", "400\n" },
	{ CHUNKED " 3\r\nabc", "400\n" },
	{ CHUNKED "3 \r\nabc\r\n0\r\n\r\n", "400\n" }, { CHUNKED "3 x\r\nabc\r\n0\r\n\r\n", "400\n" },
	{ CHUNKED ";a\r\nabc", "400\n" },
	{ CHUNKED "ffffffffffffffff\r\nabc", "400\n" }, { CHUNKED "1000000000000000\r\nabc", "400\n" },
	{ CHUNKED "3;\x01\r\nabc\r\n0\r\n\r\n", "400\n" },
	{ CHUNKED "0\r\nBroken\r\n\r\n", "400\n" }, { CHUNKED "0\r\n a: b\r\n\r\n", "400\n" },
	{ CHUNKED "0\r\nA : b\r\n\r\n", "400\n" },
	{ CHUNKED "0\r\nA: b\n\r\n", "400\n" }, { CHUNKED "0\r\n: b\r\n\r\n", "400\n" },
	{ CHUNKED "0\r\nA: \x7f\r\n\r\n", "400\n" },
	/* not whole when the client ends it */
	{ "G", "400\n" }, { LINE, "400\n" }, { PUT "Content-Length: 3\r\n\r\nab", "400\n" },
	{ PUT "Content-Length: 3\r\n\r\n", "400\n" },
	{ CHUNKED, "400\n" }, { CHUNKED "3", "400\n" }, { CHUNKED "3\r\nab", "400\n" },
	{ CHUNKED "3\r\nabc\r\n", "400\n" }, { CHUNKED "3\r\nabc\r\n0\r\n", "400\n" },
	{ LINE "\r\n" LINE, "GET /a\n400\n" },
};

static void
test_rows(void)
{
	static const size_t pieces[] = { 1, 2, 3, 7, 64, 100000 }, rooms[] = { 1, 5, 9, 10, 64, 2000, 70000 };
	char which[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++)
			for (size_t r = 2; r < sizeof(rooms) / sizeof(rooms[0]); r++) {
				char *made = play(rows[i].raw, strlen(rows[i].raw), pieces[p], rooms[r], false);
				snprintf(which, sizeof(which), "row %zu, pieces of %zu, room for %zu", i, pieces[p],
				         rooms[r]);
				check(strcmp(made, rows[i].made) == 0, which, made);
				free(made);
			}
}

/* ---- sizes */

/* A head of `size` bytes: which of its parts is long. */
enum shape { COOKIE, MANY, TARGET, QUERY, TINY, EMPTY_FIRST, SHAPES };

static char *
head_of(enum shape shape, size_t size)
{
	struct bytes b = { 0 };
	const char *end = " HTTP/1.1\r\nHost: x\r\n\r\n";
	size_t rest;

	bytes_text(&b, shape == EMPTY_FIRST ? "\r\n\r\n" : "");
	size += b.len;
	bytes_text(&b, shape == QUERY ? "GET /a?b=" : "GET /a");
	if (shape == TARGET || shape == QUERY) {
		rest = size - b.len - strlen(end);
		memset(bytes_room(&b, rest), 'c', rest);
		bytes_text(&b, end);
	} else {
		bytes_text(&b, " HTTP/1.1\r\nHost: x\r\n");
		while (shape == MANY && size - b.len > 200)
			bytes_text(&b, "X-Name: some value or other\r\n");
		while (shape == TINY && size - b.len > 20)
			bytes_text(&b, "a:\r\n");
		bytes_text(&b, "Cookie: ");
		rest = size - b.len - 4;
		memset(bytes_room(&b, rest), 'c', rest);
		bytes_text(&b, "\r\n\r\n");
	}
	bytes_append(&b, "", 1);
	return b.p;
}

/* Up to 16 KiB they are heads; beyond that one refusal, at every size. */
static void
test_sizes(void)
{
	char which[80];

	for (enum shape shape = 0; shape < SHAPES; shape++)
		for (size_t size = 300;
		     size<20 * 1024; size += size> HEAD_BYTES_MAX - 20 && size < HEAD_BYTES_MAX + 20 ? 1 : 13) {
			char *raw = head_of(shape, size), *made = play(raw, strlen(raw), 5000, 2000, false);
			bool target = shape == TARGET || shape == QUERY;
			const char *want = size > HEAD_BYTES_MAX && target && size - 11 > HEAD_BYTES_MAX ? "414\n"
			                   : size > HEAD_BYTES_MAX                                       ? "431\n"
			                                                                                 : "GET /a";
			snprintf(which, sizeof(which), "shape %d of %zu bytes", (int)shape, size);
			check(strncmp(made, want, strlen(want)) == 0 && strchr(made, '\n') == made + strlen(made) - 1,
			      which, made);
			free(made);
			free(raw);
		}
}

/* Empty lines, extensions and trailers without an end. */
static void
test_endless(void)
{
	static const struct { const char *begin, *more, *made; } endless[] = {
		{ "", "\r\n", "400\n" }, { "", "A", "414\n" }, { "GET /", "a", "414\n" }, { LINE, "A: b\r\n", "431\n" },
		{ LINE "A: ", "b", "431\n" },
		{ CHUNKED "0\r\n", "A: b\r\n", "431\n" }, { CHUNKED "0\r\nA: ", "b", "400\n" },
		{ CHUNKED "1;", "a", "400\n" }, { CHUNKED "0", "0", "400\n" },
	};

	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
		struct bytes b = { 0 };
		bytes_text(&b, endless[i].begin);
		while (b.len < 3 * HEAD_BYTES_MAX)
			bytes_text(&b, endless[i].more);
		char *made = play(b.p, b.len, 1000, 2000, true);
		check(strcmp(made, endless[i].made) == 0, endless[i].made, made);
		free(made);
		bytes_free(&b);
	}
}

/* A long body, its pieces as large as there is room for them. */
static void
test_long_body(void)
{
	struct bytes b = { 0 }, want = { 0 };

	bytes_text(&b, PUT "Content-Length: 300000\r\n\r\n");
	bytes_text(&want, "PUT /a [");
	for (int i = 0; i < 300000; i++) {
		bytes_append(&b, &"0123456789abcdef"[i * 7 % 16], 1);
		bytes_append(&want, &"0123456789abcdef"[i * 7 % 16], 1);
	}
	bytes_text(&b, LINE "\r\n");
	bytes_append(&want, "]\nGET /a\n", 10);
	for (size_t room = 9; room < 70000; room = room * 3 + 1) {
		char *made = play(b.p, b.len, 9000, room, true);
		check(strcmp(made, want.p) == 0, "a long body", made);
		free(made);
	}
	bytes_free(&b);
	bytes_free(&want);
}

/* What waits keeps what it is, and who waits for nothing keeps nothing. */
static void
test_memory(void)
{
	struct intake in = { 0 };
	struct client c = { .p = LINE, .len = strlen(LINE), .piece = 1000, .stays = true, .pause = true };
	char to[2000];

	check(intake_read(&in, from_client, &c, to, sizeof(to)) == SOURCE_AGAIN && in.cap == strlen(LINE) &&
	              intake_waits(&in),
	      "a part of a head", "");
	c = (struct client){ .p = "\r\n" LINE, .len = strlen(LINE) + 2, .piece = 1000, .stays = true, .pause = true };
	check(intake_read(&in, from_client, &c, to, sizeof(to)) > 0 && in.cap == strlen(LINE) && !intake_waits(&in) &&
	              in.owes,
	      "the next waits", "");
	intake_next(&in);
	check(intake_waits(&in) && intake_read(&in, from_client, &c, to, sizeof(to)) == SOURCE_AGAIN, "its turn", "");
	intake_free(&in);
	in = (struct intake){ 0 };
	c = (struct client){ .p = LINE "\r\n", .len = strlen(LINE) + 2, .piece = 1000, .stays = true, .pause = true };
	check(intake_read(&in, from_client, &c, to, sizeof(to)) > 0 && !in.raw && !in.owes, "a whole one", "");
	intake_next(&in);
	in.late = true;
	c = (struct client){ .p = LINE, .len = strlen(LINE), .piece = 1000, .pause = true };
	for (int i = 0; i < 3; i++)
		intake_read(&in, from_client, &c, to, sizeof(to));
	check(in.refused == REFUSED_LATE && !in.raw, "too late", "");
	intake_free(&in);
}

int
main(void)
{
	test_rows();
	test_sizes();
	test_endless();
	test_long_body();
	test_memory();
	return tally_end();
}
