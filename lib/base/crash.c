/* crash - see crash.h.  Linked into builds with CRASH=1 only, so its static is no product's. */
#include "base/crash.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_LEN = 64 };

static struct {
	pthread_once_t once;
	char name[NAME_MAX_LEN];        /* "": any */
	long at;                        /* 0: never */
	const char *log;
	_Atomic long reached, matched;
} plan = { .once = PTHREAD_ONCE_INIT };

static void
plan_read(void)
{
	const char *s = getenv("CRASH_AT");

	plan.log = getenv("CRASH_LOG");
	if (!s || !*s)
		return;
	size_t len = strcspn(s, ":");
	const char *number = s[len] ? s + len + 1 : s;
	char *end;
	plan.at = strtol(number, &end, 10);
	if (number == s && !*end && end != s)
		return;                 /* a number alone */
	if (number == s)
		plan.at = 1;
	if (len < NAME_MAX_LEN)
		memcpy(plan.name, s, len);
}

/* By write(2), so that it is there whatever comes next. */
static void
say(const char *name, long reached)
{
	char line[160];
	int fd = plan.log ? open(plan.log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	int len = snprintf(line, sizeof line, "%s %s %ld\n", program_invocation_short_name, name, reached);
	if (write(fd, line, (size_t)len) != len)
		abort();
	close(fd);
}

void
crash_point(const char *name)
{
	pthread_once(&plan.once, plan_read);
	long reached = atomic_fetch_add(&plan.reached, 1) + 1;

	if (!plan.at || (*plan.name && strcmp(plan.name, name)))
		return;
	if (atomic_fetch_add(&plan.matched, 1) + 1 != plan.at)
		return;
	say(name, reached);
	kill(getpid(), SIGKILL);
	for (;;)
		pause();                /* until it arrives */
}
