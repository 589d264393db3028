/* How it tests: libFuzzer's bytes are what a client writes, the first two how it comes in pieces and how much room
 * there is.  However that is, the same requests come out of it: heads, bodies and the refusal, and what libmicrohttpd
 * gets is one head of ours and whole chunks, never a byte of the client's outside them.
 *
 * Observed too: gateway/server/head.c
 *
 * tests/run-fuzz.sh builds and runs it. */
#include "server/intake.h"
#include "http/bytes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct client { const uint8_t *p; size_t len, at, piece; bool pause; };

static void
must(bool held)
{
	if (!held)
		abort();
}

static ssize_t
from_client(void *ctx, void *to, size_t n)
{
	struct client *c = ctx;

	if (c->at == c->len)
		return 0;
	if ((c->pause = !c->pause))
		return SOURCE_AGAIN;
	n = n < c->piece ? n : c->piece;
	n = n < c->len - c->at ? n : c->len - c->at;
	memcpy(to, c->p + c->at, n);
	c->at += n;
	return (ssize_t)n;
}

/* Ours is one head that begins as it must, and chunks that end. */
static void
must_be_ours(const struct bytes *got, struct bytes *out)
{
	const char *p = got->p, *end = got->p + got->len, *body = memmem(p, got->len, "\r\n\r\n", 4);

	must(body && (memcmp(p, "GET / HTTP/1.", 13) == 0 || memcmp(p, "HEAD / HTTP/1.", 14) == 0 ||
	              memcmp(p, "POST / HTTP/1.", 14) == 0));
	bytes_append(out, p, (size_t)(body - p));
	bool chunked = memmem(p, (size_t)(body - p), "chunked", 7) != NULL;
	for (p = body + 4; chunked;) {
		char *digits;
		size_t n = strtoul(p, &digits, 16);
		must(digits + 4 + n <= end && memcmp(digits, "\r\n", 2) == 0 && memcmp(digits + 2 + n, "\r\n", 2) == 0);
		bytes_append(out, digits + 2, n);
		p = digits + 4 + n;
		chunked = n > 0;
	}
	must(p == end);
}

static void
tell(struct bytes *out, const struct intake *in)
{
	const struct head *h = &in->head;
	char text[32];

	snprintf(text, sizeof(text), "%d %d\n", (int)in->refused, (int)h->body);
	bytes_text(out, text);
	bytes_text(out, h->text ? h->target : "none");
	bytes_text(out, h->authorization ? h->authorization : "");
	bytes_text(out, h->if_none_match ? h->if_none_match : "");
}

/* Whether 100 Continue is said depends on what has come, so nobody asks for it here. */
static struct bytes
play(const uint8_t *p, size_t len, size_t piece, size_t room)
{
	struct client c = { .p = p, .len = len, .piece = piece };
	struct intake in = { 0 };
	struct bytes out = { 0 }, got = { 0 };
	char *to = malloc(room);
	ssize_t n;

	do {
		n = intake_read(&in, from_client, &c, to, room);
		must(n <= (ssize_t)room);
		if (n > 0)
			bytes_append(&got, to, (size_t)n);
		if (in.state != INTAKE_WHOLE || in.line_at < in.line_len)
			continue;
		/* the rest of the body is not wanted; how much of it came differs */
		if (in.refused && in.head.text) {
			tell(&out, &in);
			break;
		}
		must_be_ours(&got, &out);
		tell(&out, &in);
		got.len = 0;
		intake_next(&in);
		if (in.refused)
			break;
	} while (n != 0);
	intake_free(&in);
	bytes_free(&got);
	free(to);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < 2 || memmem(bytes, len, "100-", 4))
		return 0;
	struct bytes whole = play(bytes + 2, len - 2, len, 100000),
		     parts = play(bytes + 2, len - 2, 1 + bytes[0] % 61, 9 + bytes[1]);
	must(whole.len == parts.len && (whole.len == 0 || memcmp(whole.p, parts.p, whole.len) == 0));
	bytes_free(&whole);
	bytes_free(&parts);
	return 0;
}
