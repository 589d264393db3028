#include "http/spool.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
fail(struct spool *s)
{
	LOG(ERROR, "spool.failed", NULL, LOG_S("error", strerror(errno)));
	s->failed = true;
}

/* Its name is gone at once.  (O_TMPFILE would have none, but container file systems lack it.) */
int
spool_file(void)
{
	const char *dir = getenv("TMPDIR");
	char path[256];

	bool fits = snprintf(path, sizeof(path), "%s/zhucun-XXXXXX", dir && *dir ? dir : "/tmp") < (int)sizeof(path);
	int fd = fits ? mkostemp(path, O_CLOEXEC) : (errno = ENAMETOOLONG, -1);
	if (fd >= 0)
		unlink(path);
	else
		LOG(ERROR, "spool.failed", NULL, LOG_S("error", strerror(errno)));
	return fd;
}

static void
memory_to_file(struct spool *s)
{
	if (s->fd < 0)
		s->fd = spool_file();
	if (s->fd < 0)
		s->failed = true;
	for (size_t at = 0; !s->failed && at < s->memory.len;) {
		ssize_t n = write(s->fd, s->memory.p + at, s->memory.len - at);
		if (n > 0)
			at += (size_t)n;
		else if (errno != EINTR)
			fail(s);
	}
	s->in_file += (int64_t)s->memory.len;
	s->memory.len = 0;
}

void
spool_append(struct spool *s, const void *p, size_t n)
{
	if (s->failed)
		return;
	bytes_append(&s->memory, p, n);
	if (s->memory.len > SPOOL_MEMORY_MAX)
		memory_to_file(s);
}

bool
spool_give(struct spool *s, struct reply *r)
{
	if (s->fd >= 0 && !s->failed)
		memory_to_file(s);
	if (s->failed)
		return false;
	if (s->fd >= 0) {
		r->fd = s->fd;
		r->len = (size_t)s->in_file;
		s->fd = -1;
		return true;
	}
	r->body = s->memory.p;
	r->len = s->memory.len;
	s->memory = (struct bytes){ 0 };
	return true;
}

void
spool_free(struct spool *s)
{
	bytes_free(&s->memory);
	if (s->fd >= 0)
		close(s->fd);
	*s = SPOOL_EMPTY;
}
