/* log_test - what is written is one whole JSON object a line, whatever is logged.
 *
 * How: standard error is a datagram socket, so that each write(2) arrives by itself; jansson reads what arrives.  A
 * minute is over when log_tick() is told so. */
#include "base/log.h"
#include "base/civil.h"
#include "base/clock.h"
#include "harness/tally.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct ear {
	int fd;
	char line[2 * LOG_LINE_MAX];
	size_t len;
	json_t *object;
};

/* The next line, which may still come; false when nothing was written. */
static bool
listen_for(struct ear *e, int flags)
{
	ssize_t n = recv(e->fd, e->line, sizeof(e->line) - 1, flags);

	json_decref(e->object);
	e->object = NULL;
	if (n < 0)
		return false;
	e->len = (size_t)n;
	e->line[n] = '\0';
	check(n <= LOG_LINE_MAX, "a line is no longer than it may be", "");
	check(n && memchr(e->line, '\n', (size_t)n) == e->line + n - 1, "a line is one line", "");
	e->object = json_loadb(e->line, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
	check(json_is_object(e->object), e->line, "");
	return true;
}

static bool
hear(struct ear *e)
{
	return listen_for(e, MSG_DONTWAIT);
}

/* What was left out counts from now on. */
static void
minute_over(void)
{
	log_tick(clock_mono_us() + INT64_C(60000001));
}

static const char *
member(struct ear *e, const char *name)
{
	const char *text = json_string_value(json_object_get(e->object, name));

	return text ? text : "(none)";
}

static bool
ends_in(const char *s, const char *end)
{
	return strlen(s) >= strlen(end) && strcmp(s + strlen(s) - strlen(end), end) == 0;
}

static void
test_members(struct ear *e)
{
	int64_t at_us;

	LOG(WARN, "store.failed", "t-1", LOG_S("statement", "unit_get"), LOG_S("error", NULL), LOG_I("attempt", 3),
	    LOG_I("least", INT64_MIN));
	check(hear(e), "a warning is written", "");
	check(json_object_size(e->object) == 9, "all members, and no others", "");
	check(instant_parse(member(e, "at"), &at_us), "at is an instant", "");
	check(strcmp(member(e, "level"), "warn") == 0, "level", "");
	check(strcmp(member(e, "event"), "store.failed") == 0, "event", "");
	check(strcmp(member(e, "service"), "testing") == 0, "service", "");
	check(strcmp(member(e, "trace"), "t-1") == 0, "trace", "");
	check(strcmp(member(e, "statement"), "unit_get") == 0, "a text", "");
	check(strcmp(member(e, "error"), "") == 0, "NULL for a text", "");
	check(json_integer_value(json_object_get(e->object, "attempt")) == 3, "a number", "");
	check(json_integer_value(json_object_get(e->object, "least")) == INT64_MIN, "the least number", "");
	check(!hear(e), "and nothing more", "");
	LOG(ERROR, "plain", NULL);
	check(hear(e) && json_object_size(e->object) == 4, "no trace, no fields", "");
	LOG(ERROR, "plain", "");
	check(hear(e) && json_object_size(e->object) == 4, "an empty trace is none", "");
}

static void
test_levels(struct ear *e)
{
	LOG(DEBUG, "not.seen", NULL);
	check(!hear(e), "below the least level", "");
	log_open("other", LOG_LEVEL_ERROR);
	LOG(WARN, "not.seen", NULL);
	check(!hear(e), "below a raised level", "");
	LOG(ERROR, "seen", NULL);
	check(hear(e) && strcmp(member(e, "service"), "other") == 0, "at the least level, by another name", "");
	log_open("testing", LOG_LEVEL_INFO);
	check(log_level_of("debug") == LOG_LEVEL_DEBUG && log_level_of("warn") == LOG_LEVEL_WARN &&
	      log_level_of("error") == LOG_LEVEL_ERROR, "levels by name", "");
	check(log_level_of("loud") == LOG_LEVEL_INFO && log_level_of("") == LOG_LEVEL_INFO &&
	              log_level_of(NULL) == LOG_LEVEL_INFO,
	      "anything else is INFO", "");
}

static void
test_escapes(struct ear *e)
{
	static const struct { const char *text, *want; bool raw; } cases[] = {
		{ "\"quoted\" \\ /", "\"quoted\" \\ /", true },
		{ "\b\f\n\r\t\x01\x1f", "\b\f\n\r\t\x01\x1f", true },
		{ "\x7f\xc2\x9b", "\x7f\xc2\x9b", false },              /* escaped: a terminal would obey */
		{ "\xe6\x9d\x91\xf0\xa0\xae\xb7", "\xe6\x9d\x91\xf0\xa0\xae\xb7", true },
		{ "a\xff\x80z", "a\ufffd\ufffdz", true },
		{ "\xed\xa0\x80", "\ufffd\ufffd\ufffd", true },
		{ "\xc0\xaf", "\ufffd\ufffd", true },
		{ "\xe6\x9d", "\ufffd\ufffd", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		LOG(INFO, "escape", cases[i].text, LOG_S("text", cases[i].text), LOG_S(cases[i].text, "name"));
		check(hear(e), "written", "");
		check(strcmp(member(e, "text"), cases[i].want) == 0, cases[i].want, "");
		check(strcmp(member(e, "trace"), cases[i].want) == 0, "the same in the trace", "");
		check(strcmp(member(e, cases[i].want), "name") == 0, "the same in a name", "");
		check(cases[i].raw || !strstr(e->line, cases[i].text), "escaped", "");
	}
}

/* Texts of every length around each limit, of characters of every length. */
static void
test_cuts(struct ear *e)
{
	static const char *const characters[] = {
		"x", "\"", "\x01", "\xff", "\xc3\xa9", "\xe6\x9d\x91", "\xf0\xa0\xae\xb7",
	};
	static char text[4 * 1050 + 1];

	for (size_t c = 0; c < sizeof(characters) / sizeof(characters[0]); c++) {
		size_t unit = strlen(characters[c]);
		text[0] = '\0';
		for (size_t n = 0; n < 1050; n++) {
			memcpy(text + n * unit, characters[c], unit + 1);
			if (n % 100 > 3 && (n < 150 || n > 530) && n < 1015)
				continue;
			LOG_EACH(INFO, "cut", &"twenty characters..."[n % 20], LOG_S("a", text), LOG_S("b", text),
			         LOG_S("c", text), LOG_S("d", text), LOG_I("last", 1));
			check(hear(e), "a long line is written", "");
			size_t len = strlen(member(e, "a"));
			bool whole = *characters[c] == '\xff' || strncmp(member(e, "a"), text, len) == 0;
			check(whole || ends_in(member(e, "a"), "\u2026"), "a text is whole, or says that it is not",
			      "");
			check(n < 1024 || ends_in(member(e, "a"), "\u2026"), "a text beyond its room is cut", "");
			check(json_object_get(e->object, "c") != NULL, "one long text leaves room for others", "");
			bool filled = e->len > LOG_LINE_MAX - 16 && ends_in(member(e, "d"), "\u2026");
			check(n < 1024 || filled, "the last text is cut to the line's end, not left out", "");
		}
	}
}

/* Many fields: those that find no room are left out whole. */
static void
test_many(struct ear *e)
{
	struct log_field fields[600];
	char names[600][8];

	for (int i = 0; i < 600; i++) {
		snprintf(names[i], sizeof(names[i]), "f%d", i % 1000);
		fields[i] = i % 2 ? LOG_I(names[i], i) : LOG_S(names[i], "v");
	}
	for (size_t n = 300; n <= 600; n++) {
		log_each(LOG_LEVEL_INFO, "many", NULL, fields, n);
		check(hear(e) && json_is_object(e->object) && json_object_get(e->object, "f250"),
		      "as many as there is room for", "");
	}
	check(json_object_size(e->object) < 600 && e->len > LOG_LINE_MAX - 20, "and no more", "");
}

enum { TORRENT = 10000, TALKERS = 4 };

static void
torrent(const char *event, int lines)
{
	for (int i = 0; i < lines; i++)
		log_write(LOG_LEVEL_WARN, event, NULL, NULL, 0);
}

static int64_t
left_out(struct ear *e, const char *of, const char *level)
{
	check(!strcmp(member(e, "event"), "log.left_out") && !strcmp(member(e, "of"), of), "it says of what", "");
	check(!strcmp(member(e, "level"), level), "as loud as what it stands for", "");
	return json_integer_value(json_object_get(e->object, "left_out"));
}

/* Whatever is provoked, lines are few, and none is lost from the count. */
static void
test_bound(struct ear *e)
{
	int lines = 0;

	for (int i = 0; i < TORRENT; i++, lines += hear(e))
		LOG(INFO, "garbage.came", NULL, LOG_I("i", i));
	check(lines == LOG_LINES_A_MINUTE, "so many lines", "");
	LOG(ERROR, "garbage.came", NULL);
	check(!hear(e), "however loud", "");
	LOG(INFO, "other.came", "t-1");
	check(hear(e) && !strcmp(member(e, "event"), "other.came"), "another event has its own", "");
	log_tick(clock_mono_us());
	check(!hear(e), "the minute is not over", "");
	minute_over();
	check(hear(e) && left_out(e, "garbage.came", "error") == TORRENT + 1 - lines, "the rest is counted", "");
	check(!hear(e), "once", "");
	LOG(INFO, "garbage.came", NULL);
	check(hear(e) && !strcmp(member(e, "event"), "garbage.came"), "and a new minute has begun", "");
	for (int i = 0; i < TORRENT; i++) {
		LOG_EACH(INFO, "message.sent", NULL, LOG_I("i", i));
		check(hear(e) && json_integer_value(json_object_get(e->object, "i")) == i,
		      "what may not be left out is not", "");
	}
	minute_over();
	check(!hear(e), "nothing was left out", "");
}

static void *
talk(void *arg)
{
	torrent(arg, TORRENT / TALKERS);
	return NULL;
}

static void
test_threads(struct ear *e)
{
	pthread_t talker[TALKERS];

	for (int i = 0; i < TALKERS; i++)
		check(!pthread_create(&talker[i], NULL, talk, (void *)(uintptr_t)"shared.came"), "a thread", "");
	for (int i = 0; i < LOG_LINES_A_MINUTE; i++)
		check(listen_for(e, 0) && !strcmp(member(e, "event"), "shared.came"), "a line of all together", "");
	for (int i = 0; i < TALKERS; i++)
		pthread_join(talker[i], NULL);
	check(!hear(e), "no more of them", "");
	minute_over();
	check(hear(e) && left_out(e, "shared.came", "warn") == TORRENT - LOG_LINES_A_MINUTE, "the rest of all together",
	      "");
}

/* More events than there are places for: what is too many shares one. */
static void
test_many_events(struct ear *e)
{
	static char names[1000][24];
	int lines = 0;

	for (int i = 0; i < 1000; i++) {
		snprintf(names[i], sizeof(names[i]), "event.n%d", i);
		torrent(names[i], 1);
		lines += hear(e);
	}
	minute_over();
	check(lines >= LOG_LINES_A_MINUTE && lines < 400, "memory is bounded", "");
	check(hear(e) && left_out(e, "others", "warn") == 1000 - lines, "and none is lost from the count", "");
}

static void
test_errno(struct ear *e)
{
	int kept = dup(STDERR_FILENO), shut = open("/dev/null", O_RDONLY);

	dup2(shut, STDERR_FILENO);
	errno = ERANGE;
	LOG(ERROR, "lost", NULL);
	check(errno == ERANGE, "errno is the caller's, even when the line is lost", "");
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(shut);
	check(!hear(e), "nothing was heard", "");
}

int
main(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0 || dup2(pair[1], STDERR_FILENO) < 0) {
		check(false, "a socket", "");
		return tally_end();
	}
	struct ear e = { .fd = pair[0] };
	log_open("testing", LOG_LEVEL_INFO);
	test_members(&e);
	test_levels(&e);
	test_escapes(&e);
	test_cuts(&e);
	test_many(&e);
	test_errno(&e);
	test_bound(&e);
	test_threads(&e);
	test_many_events(&e);
	json_decref(e.object);
	return tally_end();
}
