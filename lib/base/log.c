/* log - one JSON object a line on standard error.
 *
 * In: what was seen, by whoever saw it.  Out: a line.  Owns who we are, and how many lines of each event this minute
 * has had. Texts may be foreign bytes (an error of a peer, a trace from a header): control characters are escaped, what
 * is no UTF-8 becomes U+FFFD, and a text that does not fit is cut and ends in "…".  A line is always whole JSON: a
 * member that has no room at all is left out. */
#include "base/log.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/utf8.h"
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT_BYTES_MAX = 1024,       /* of one text as written, so that a long error leaves room for the other fields */
	ESCAPE_MAX = 8,
	EVENTS_MAX = 160, MINUTE_US = 60 * 1000 * 1000,
};
#define NOTHING_US INT64_MAX

/* The statics that change are here and in config.c: every module logs, and none should have to be handed who we are.
 * Set by log_open before there are threads, only read afterwards. */
static struct { const char *service; enum log_level least; } self = { "zhucun", LOG_LEVEL_INFO };

static const char *const level_names[] = { "debug", "info", "warn", "error" };
static const char ELLIPSIS[] = "\u2026", REPLACEMENT[] = "\ufffd", LINE_END[] = "}\n";

/* A minute of an event, from its first line on. */
struct counted { const char *event; int64_t from_us, left_out; int written; enum log_level worst; };
/* Of all threads.  Should there ever be more events, the last place is shared by what is left. */
static struct {
	pthread_mutex_t lock;
	struct counted of[EVENTS_MAX];
	size_t n;
} counts = { .lock = PTHREAD_MUTEX_INITIALIZER };
static _Atomic int64_t settle_us = NOTHING_US;          /* when the first minute ends in which something was left out */

struct line {
	char bytes[LOG_LINE_MAX];
	size_t len, limit;              /* limit: without the line's end */
};

static void
at_end(void)
{
	log_tick(NOTHING_US);
}

void
log_open(const char *service, enum log_level least)
{
	static bool opened;

	if (!opened)
		atexit(at_end);
	opened = true;
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

static void
line_write(enum log_level level, const char *event, const char *trace, const struct log_field *fields, size_t n)
{
	struct line l = { .limit = LOG_LINE_MAX - (sizeof(LINE_END) - 1) };
	char at[INSTANT_TEXT_MAX];

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
}

/* ---- how many a minute */

static struct counted *
counted_of(const char *event)
{
	for (size_t i = 0; i < counts.n; i++)
		if (!strcmp(counts.of[i].event, event))
			return &counts.of[i];
	if (counts.n == EVENTS_MAX)
		return &counts.of[EVENTS_MAX - 1];
	counts.of[counts.n].event = counts.n < EVENTS_MAX - 1 ? event : "others";
	return &counts.of[counts.n++];
}

/* As loud as the loudest of what it stands for. */
static void
minute_end(struct counted *c)
{
	const struct log_field fields[] = { LOG_S("of", c->event), LOG_I("left_out", c->left_out) };

	if (c->left_out)
		line_write(c->worst, "log.left_out", NULL, fields, sizeof(fields) / sizeof(fields[0]));
	*c = (struct counted){ .event = c->event };
}

static void
leave_out(struct counted *c, enum log_level level)
{
	c->left_out++;
	c->worst = level > c->worst ? level : c->worst;
	if (c->from_us + MINUTE_US < atomic_load_explicit(&settle_us, memory_order_relaxed))
		atomic_store_explicit(&settle_us, c->from_us + MINUTE_US, memory_order_relaxed);
}

static bool
has_room(enum log_level level, const char *event)
{
	int64_t now_us = clock_mono_us();

	pthread_mutex_lock(&counts.lock);
	struct counted *c = counted_of(event);
	if (c->written && now_us - c->from_us >= MINUTE_US)
		minute_end(c);
	c->from_us = c->written ? c->from_us : now_us;
	bool room = c->written < LOG_LINES_A_MINUTE;
	if (room)
		c->written++;
	else
		leave_out(c, level);
	pthread_mutex_unlock(&counts.lock);
	return room;
}

void
log_tick(int64_t mono_us)
{
	int64_t next_us = NOTHING_US;

	if (mono_us < atomic_load_explicit(&settle_us, memory_order_relaxed))
		return;
	pthread_mutex_lock(&counts.lock);
	for (size_t i = 0; i < counts.n; i++) {
		struct counted *c = &counts.of[i];
		if (mono_us - c->from_us >= MINUTE_US)
			minute_end(c);
		if (c->left_out && c->from_us + MINUTE_US < next_us)
			next_us = c->from_us + MINUTE_US;
	}
	atomic_store_explicit(&settle_us, next_us, memory_order_relaxed);
	pthread_mutex_unlock(&counts.lock);
}

/* A caller may log first and look at errno then. */
void
log_each(enum log_level level, const char *event, const char *trace, const struct log_field *fields, size_t n)
{
	int saved = errno;

	if (level >= self.least)
		line_write(level, event, trace, fields, n);
	errno = saved;
}

void
log_write(enum log_level level, const char *event, const char *trace, const struct log_field *fields, size_t n)
{
	if (level >= self.least && has_room(level, event))
		log_each(level, event, trace, fields, n);
}
