#include "server/intake.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RAW_BYTES = HEAD_BYTES_MAX, PIECE_MAX = 0xffff, PIECE_FRAME = 8 };     /* "ffff" CR LF … CR LF */

struct room { char *to; size_t n; };

static size_t
raw_len(const struct intake *in)
{
	return in->len - in->at;
}

static void
raw_free(struct intake *in)
{
	free(in->raw);
	in->raw = NULL;
	in->at = in->len = in->cap = 0;
}

void
intake_free(struct intake *in)
{
	raw_free(in);
	head_free(&in->head);
}

static void
say(struct intake *in, const char *text)
{
	in->line_at = 0;
	in->line_len = strlen(text);
	assert(in->line_len < sizeof(in->line));
	memcpy(in->line, text, in->line_len);
}

/* The body ends here, as the library sees it. */
static void
whole(struct intake *in)
{
	say(in, "0\r\n\r\n");
	in->state = INTAKE_WHOLE;
}

void
intake_refuse(struct intake *in, enum refusal r)
{
	bool head = raw_len(in) >= 5 && memcmp(in->raw + in->at, "HEAD ", 5) == 0;

	in->refused = r;
	if (in->state == INTAKE_HEAD)
		say(in, head ? "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
		             : "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	else if (in->state != INTAKE_WHOLE)
		whole(in);
	in->state = INTAKE_WHOLE;
	raw_free(in);
}

/* ---- the head */

/* What the library is to know of a request. */
static void
say_request(struct intake *in)
{
	const struct head *h = &in->head;
	bool body = h->body != HEAD_NO_BODY, empty = raw_len(in) == 0;
	char text[INTAKE_LINE_MAX];

	snprintf(text, sizeof(text), "%s / HTTP/1.%c\r\nHost: x\r\n%s%s%s\r\n",
	         strcmp(h->method, "HEAD") == 0 ? "HEAD"
	         : body                         ? "POST"
	                                        : "GET",
	         h->old ? '0' : '1', body ? "Transfer-Encoding: chunked\r\n" : "",
	         body && h->expects && empty ? "Expect: 100-continue\r\n" : "",
	         h->closes  ? "Connection: close\r\n"
	         : h->keeps ? "Connection: keep-alive\r\n"
	                    : "");
	say(in, text);
}

/* Empty lines before a request are passed over (RFC 9112 §2.2), but not for ever. */
static bool
empty_line(struct intake *in)
{
	if (raw_len(in) < 2 || memcmp(in->raw + in->at, "\r\n", 2) != 0)
		return false;
	in->at += 2;
	in->empty += 2;
	if (in->empty > HEAD_BYTES_MAX)
		intake_refuse(in, REFUSED_HTTP);
	return true;
}

static enum refusal
too_long(const struct intake *in)
{
	if (raw_len(in) < HEAD_BYTES_MAX)
		return REFUSED_NOT;
	return memmem(in->raw + in->at, HEAD_BYTES_MAX, "\r\n", 2) ? REFUSED_HEAD : REFUSED_TARGET;
}

static bool
step_head(struct intake *in, struct room *out)
{
	static const enum intake_state next[] = {
		[HEAD_NO_BODY] = INTAKE_WHOLE, [HEAD_LENGTH] = INTAKE_LENGTH, [HEAD_CHUNKED] = INTAKE_CHUNK_LINE,
	};
	size_t end;

	(void)out;
	if (empty_line(in))
		return true;
	if (raw_len(in) == 0 || (raw_len(in) == 1 && in->raw[in->at] == '\r'))
		return false;
	enum refusal r = head_scan(in->raw + in->at, raw_len(in), &in->seen, &end);
	if (!r && !end && !(r = too_long(in)))
		return false;
	if (!r)
		r = head_parse(in->raw + in->at, end, &in->head);
	if (r) {
		intake_refuse(in, r);
		return true;
	}
	in->at += end;
	in->left = in->head.length;
	in->state = next[in->head.body];
	say_request(in);
	return true;
}

/* ---- the body */

/* Four digits always, so that a piece can fill the room there is to the last byte. */
static size_t
piece(struct intake *in, struct room *out)
{
	char size[8];
	size_t n = raw_len(in);

	if (out->n <= PIECE_FRAME || n == 0)
		return 0;
	n = n < out->n - PIECE_FRAME ? n : out->n - PIECE_FRAME;
	n = n < PIECE_MAX ? n : PIECE_MAX;
	n = (int64_t)n < in->left ? n : (size_t)in->left;
	snprintf(size, sizeof(size), "%04zx\r\n", n);
	memcpy(out->to, size, 6);
	memcpy(out->to + 6, in->raw + in->at, n);
	memcpy(out->to + 6 + n, "\r\n", 2);
	out->to += n + PIECE_FRAME;
	out->n -= n + PIECE_FRAME;
	in->at += n;
	in->left -= (int64_t)n;
	return n;
}

static bool
step_length(struct intake *in, struct room *out)
{
	if (piece(in, out) == 0)
		return false;
	if (in->left == 0)
		whole(in);
	return true;
}

static bool
step_chunk(struct intake *in, struct room *out)
{
	if (piece(in, out) == 0)
		return false;
	if (in->left == 0)
		in->state = INTAKE_CHUNK_END;
	return true;
}

/* The next line, without its end; NULL: it is not whole, or is none and has been refused. */
static const char *
line_take(struct intake *in, size_t max, size_t *len)
{
	if (raw_len(in) == 0)
		return NULL;
	const char *p = in->raw + in->at, *end = memchr(p, '\n', raw_len(in));
	*len = end ? (size_t)(end - p) : raw_len(in);
	if (*len > max || (end && (*len == 0 || end[-1] != '\r'))) {
		intake_refuse(in, REFUSED_HTTP);
		return NULL;
	}
	if (!end)
		return NULL;
	in->at += *len + 1;
	--*len;
	for (size_t i = 0; i < *len; i++)
		if (((unsigned char)p[i] < 0x20 && p[i] != '\t') || p[i] == 0x7f) {
			intake_refuse(in, REFUSED_HTTP);
			return NULL;
		}
	return p;
}

/* "1f", and after it extensions, which nobody here knows: they are passed over (RFC 9112 §7.1.1). */
static bool
step_chunk_line(struct intake *in, struct room *out)
{
	size_t len, digits = 0, significant = 0, behind;
	int64_t size = 0;
	const char *p = line_take(in, CHUNK_LINE_MAX, &len);

	(void)out;
	for (; p && digits < len && memchr("0123456789abcdefABCDEF", p[digits], 22); digits++) {
		int value = p[digits] <= '9' ? p[digits] - '0' : (p[digits] | 0x20) - 'a' + 10;
		size = significant < 15 ? size << 4 | value : size;
		significant += significant || value;
	}
	for (behind = digits; p && behind < len && (p[behind] == ' ' || p[behind] == '\t'); behind++)
		;
	if (p && (digits == 0 || significant > 15 || (behind < len ? p[behind] != ';' : behind != digits)))
		intake_refuse(in, REFUSED_HTTP);
	else if (p)
		in->state = size ? INTAKE_CHUNK : INTAKE_TRAILER;
	in->left = size;
	return p || in->refused;
}

static bool
step_chunk_end(struct intake *in, struct room *out)
{
	size_t len;
	const char *p = line_take(in, 1, &len);

	(void)out;
	if (p && len)
		intake_refuse(in, REFUSED_HTTP);
	else if (p)
		in->state = INTAKE_CHUNK_LINE;
	return p || in->refused;
}

/* Fields behind the body say nothing that is heard here, but are fields. */
static bool
step_trailer(struct intake *in, struct room *out)
{
	size_t len, name = 0;
	const char *p = line_take(in, RAW_BYTES - 1, &len);

	(void)out;
	in->trailer += p ? len + 2 : 0;
	while (p && name < len && head_is_token_letter(p[name]))
		name++;
	if (in->trailer > TRAILER_BYTES_MAX)
		intake_refuse(in, REFUSED_HEAD);
	else if (p && len && (name == 0 || name == len || p[name] != ':'))
		intake_refuse(in, REFUSED_HTTP);
	else if (p && len == 0)
		whole(in);
	return p || in->refused;
}

static bool
step_whole(struct intake *in, struct room *out)
{
	(void)in, (void)out;
	return false;
}

/* ---- both ends */

static void
line_give(struct intake *in, struct room *out)
{
	size_t n = in->line_len - in->line_at;

	n = n < out->n ? n : out->n;
	memcpy(out->to, in->line + in->line_at, n);
	in->line_at += n;
	out->to += n;
	out->n -= n;
}

/* As much as the room holds, of what has come. */
static void
give(struct intake *in, struct room *out)
{
	static bool (*const steps[])(struct intake *in, struct room *out) = {
		[INTAKE_HEAD] = step_head, [INTAKE_LENGTH] = step_length, [INTAKE_CHUNK_LINE] = step_chunk_line,
		[INTAKE_CHUNK] = step_chunk,
		[INTAKE_CHUNK_END] = step_chunk_end, [INTAKE_TRAILER] = step_trailer, [INTAKE_WHOLE] = step_whole,
	};

	do
		line_give(in, out);
	while (in->line_at == in->line_len && out->n && steps[in->state](in, out));
}

/* Room for a whole head, or as much of a body. */
static void
raw_open(struct intake *in)
{
	if (in->at)
		memmove(in->raw, in->raw + in->at, raw_len(in));
	in->len -= in->at;
	in->at = 0;
	if (in->cap < RAW_BYTES && !(in->raw = realloc(in->raw, in->cap = RAW_BYTES)))
		abort();
}

/* A head that comes slowly, and a request that waits for its turn, keep no more than they are. */
static void
raw_settle(struct intake *in)
{
	if (raw_len(in) == 0) {
		raw_free(in);
	} else if (in->state == INTAKE_HEAD || in->state == INTAKE_WHOLE) {
		memmove(in->raw, in->raw + in->at, raw_len(in));
		in->cap = in->len -= in->at;
		in->at = 0;
		char *less = realloc(in->raw, in->cap);
		in->raw = less ? less : in->raw;
	}
}

/* Whether there is more now; *end is what the source says when there is not.  It is asked until it has nothing: its end
 * may lie right behind what has come. */
static bool
fill(struct intake *in, source_fn *from, void *ctx, ssize_t *end)
{
	raw_open(in);
	assert(in->cap > in->len);
	ssize_t n = from(ctx, in->raw + in->len, in->cap - in->len);
	if (n > 0) {
		in->len += (size_t)n;
		return true;
	}
	*end = n;
	if (n == 0 && intake_waits(in)) {
		intake_refuse(in, in->late ? REFUSED_LATE : REFUSED_CUT);
		return true;
	}
	return false;
}

/* There is a body to give, and no room for a piece of it. */
static bool
is_tight(const struct intake *in, const struct room *out)
{
	return (in->state == INTAKE_LENGTH || in->state == INTAKE_CHUNK) && raw_len(in) && out->n <= PIECE_FRAME;
}

ssize_t
intake_read(struct intake *in, source_fn *from, void *ctx, char *to, size_t n)
{
	struct room out = { to, n };
	ssize_t end = SOURCE_AGAIN;
	bool dry = false;

	give(in, &out);
	while (out.n && in->state != INTAKE_WHOLE && !dry && !is_tight(in, &out)) {
		dry = !fill(in, from, ctx, &end);
		give(in, &out);
	}
	in->owes = out.n && !dry && raw_len(in);
	raw_settle(in);
	return out.n < n ? (ssize_t)(n - out.n) : end;
}

void
intake_next(struct intake *in)
{
	head_free(&in->head);
	if (in->refused)
		return;
	in->state = INTAKE_HEAD;
	in->seen = in->empty = in->trailer = 0;
}

bool
intake_waits(const struct intake *in)
{
	return in->state != INTAKE_WHOLE && (in->state != INTAKE_HEAD || raw_len(in) > 0);
}
