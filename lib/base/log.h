/* log - one JSON object a line on standard error.
 *
 *   LOG(WARN, "store.failed", trace, LOG_S("statement", name), LOG_S("error", why), LOG_I("attempt", n));
 *
 * Members: at (RFC 3339), level, event, service, trace (when not NULL or ""), then the fields.  Never names, phones,
 * notes, positions, passwords or tokens.  A line is at most LOG_LINE_MAX bytes and written by one write(2).
 *
 * Whoever provokes an event as often as he can gets so many lines of it a minute from this process; how many more there
 * were says a line log.left_out, with the event in `of` and the number in `left_out`, when the minute is over.  The
 * lines of an event and what was left out add up.  What is itself the effect, not a word about it, is written by
 * LOG_EACH, always. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum {
	LOG_LINE_MAX = 4096,
	LOG_LINES_A_MINUTE = 120
}; /* of an event: a replica that takes over all partitions says so of each */

struct log_field { const char *name; const char *text; int64_t number; };       /* text NULL: the number */
/* A function, for an array's name where NULL is asked for is a warning, and what is asked may be a call. */
static inline const char *log_text(const char *s)
{ return s ? s : ""; }
#define LOG_S(n, s) ((struct log_field){ .name = (n), .text = log_text(s) })
#define LOG_I(n, i) ((struct log_field){ .name = (n), .number = (int64_t)(i) })

/* Once, before threads: who we are, and the least level written.  Text outlives the process.  What was left out is also
 * said when the process ends in order. */
void log_open(const char *service, enum log_level least);
enum log_level log_level_of(const char *name);                  /* "debug" …; anything else is INFO */
/* An event is a literal: its name is kept. */
void log_write(enum log_level level, const char *event, const char *trace, const struct log_field *fields, size_t n);
void log_each(enum log_level level, const char *event, const char *trace, const struct log_field *fields, size_t n);
#define LOG(level, event, trace, ...) \
	log_write(LOG_LEVEL_##level, event, trace, (const struct log_field[]){ __VA_ARGS__ }, \
	          sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))
#define LOG_EACH(level, event, trace, ...) \
	log_each(LOG_LEVEL_##level, event, trace, (const struct log_field[]){ __VA_ARGS__ }, \
	         sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))
/* Says what was left out in the minutes that are over; often: it costs nothing when there is nothing to say. */
void log_tick(int64_t mono_us);
