/* log - one JSON object a line on standard error.
 *
 * In: what was seen, by whoever saw it.  Out: a line.  Owns nothing but who we are.
 * Texts may be foreign bytes (an error of a peer, a trace from a header): control characters are escaped, what is no
 * UTF-8 becomes U+FFFD, and a text that does not fit is cut and ends in "…".  A line is always whole JSON: a member
 * that has no room at all is left out. */
#include "log.h"
#include "civil.h"
#include "clock.h"
#include "utf8.h"
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT_BYTES_MAX = 1024,          /* of one text as written, so that a long error leaves room for the other fields */
	ESCAPE_MAX = 8,
};

/* One of the two statics that change (config.c has the other): every module logs, and none should have to be handed who
 * we are.  Set by log_open before there are threads, only read afterwards. */
static struct { const char *service; enum log_level least; } self = { "zhucun", LOG_LEVEL_INFO };

static const char *const level_names[] = { "debug", "info", "warn", "error" };
static const char ELLIPSIS[] = "\u2026", REPLACEMENT[] = "\ufffd", LINE_END[] = "}\n";

struct line {
	char bytes[LOG_LINE_MAX];
	size_t len, limit;              /* limit: without the line's end */
};

void
log_open(const char *service, enum log_level least)
{
	self.service = service;
	self.least = least;
}

enum log_level
log_level_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(level_names) / sizeof(level_names[0]); i++)
		if (strcmp(name, level_names[i]) == 0)
			return (enum log_level)i;
	return LOG_LEVEL_INFO;
}

static bool
put(struct line *l, const char *bytes, size_t n)
{
	if (n > l->limit - l->len)
		return false;
	memcpy(l->bytes + l->len, bytes, n);
	l->len += n;
	return true;
}

/* The first character of s as it stands in JSON (RFC 8259, section 7); answers how many bytes of s that was. */
static size_t
escape(const char *s, size_t len, char out[ESCAPE_MAX], size_t *out_len)
{
	static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	uint32_t code = 0;
	size_t n = utf8_take(s, len, &code);
	const char *at = n == 1 ? memchr(named, *s, sizeof(named) - 1) : NULL;

	if (at)
		*out_len = (size_t)snprintf(out, ESCAPE_MAX, "\\%c", names[at - named]);
	else if (n && (code < 0x20 || (code >= 0x7f && code <= 0x9f)))  /* DEL and C1 too: terminals obey them */
		*out_len = (size_t)snprintf(out, ESCAPE_MAX, "\\u%04x", (unsigned)code & 0xffff);
	else if (n)
		memcpy(out, s, *out_len = n);
	else
		memcpy(out, REPLACEMENT, *out_len = sizeof(REPLACEMENT) - 1);
	return n ? n : 1;
}

/* A string, cut where it must be; false when there is no room even for a cut one. */
static bool
put_text(struct line *l, const char *s)
{
	size_t left = strnlen(s, TEXT_BYTES_MAX + 4), out_len, mark = sizeof(ELLIPSIS) - 1;
	char out[ESCAPE_MAX];

	if (!put(l, "\"", 1))
		return false;
	size_t start = l->len, cut = start;             /* cut: the last place that leaves room for the mark */
	size_t end = l->limit - start > TEXT_BYTES_MAX ? start + TEXT_BYTES_MAX : l->limit - 1;
	while (left) {
		size_t n = escape(s, left, out, &out_len);
		if (l->len + out_len > end)
			break;
		put(l, out, out_len);
		cut = l->len + mark <= end ? l->len : cut;
		s += n;
		left -= n;
	}
	if (left)
		l->len = cut;
	return (!left || put(l, ELLIPSIS, mark)) && put(l, "\"", 1);
}

/* A member whole, or not at all.  text NULL: the number. */
static void
put_member(struct line *l, struct log_field f)
{
	size_t before = l->len;
	char number[24];
	int len = snprintf(number, sizeof(number), "%" PRId64, f.number);
	bool named = (before == 1 || put(l, ",", 1)) && put_text(l, f.name) && put(l, ":", 1);

	if (!named || !(f.text ? put_text(l, f.text) : put(l, number, (size_t)len)))
		l->len = before;
}

void
log_write(enum log_level level, const char *event, const char *trace, const struct log_field *fields, size_t n)
{
	int saved = errno;              /* a caller may log first and look at errno then */
	struct line l = { .limit = LOG_LINE_MAX - (sizeof(LINE_END) - 1) };
	char at[INSTANT_TEXT_MAX];

	if (level < self.least)
		return;
	instant_text(clock_real_us(), at);
	put(&l, "{", 1);
	put_member(&l, LOG_S("at", at));
	put_member(&l, LOG_S("level", level_names[level]));
	put_member(&l, LOG_S("event", event));
	put_member(&l, LOG_S("service", self.service));
	if (trace && *trace)
		put_member(&l, LOG_S("trace", trace));
	for (size_t i = 0; i < n; i++)
		put_member(&l, fields[i]);
	l.limit = LOG_LINE_MAX;
	put(&l, LINE_END, sizeof(LINE_END) - 1);
	while (write(STDERR_FILENO, l.bytes, l.len) < 0 && errno == EINTR)
		;
	errno = saved;
}
