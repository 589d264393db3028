/* full - a full disk without one: preloaded into PostgreSQL, it answers what would make a file longer as the kernel
 * does when there is no room (ENOSPC), while the file FULL_DISK is there.  What lies within a file's length is written,
 * as on a real one.
 *
 * So a disk can be filled without filling one that others use, by whoever may mount nothing; tests/chaos fills a tmpfs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static bool is_server;

/* At once: a server writes over its arguments what it is doing. */
__attribute__((constructor)) static void
see_who(void)
{
	is_server = strcmp(program_invocation_short_name, "postgres") == 0;
}

static bool
no_room(int fd, off_t end)
{
	const char *path = getenv("FULL_DISK");
	struct stat s;

	if (!is_server || !path || access(path, F_OK) != 0)
		return false;
	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || end <= s.st_size)
		return false;
	errno = ENOSPC;
	return true;
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off64_t);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
	return no_room(fd, at + (off_t)len) ? -1 : real(fd, bytes, len, at);
}

ssize_t
pwritev64(int fd, const struct iovec *parts, int n, off64_t at)
{
	static ssize_t (*real)(int, const struct iovec *, int, off64_t);
	off_t end = at;

	for (int i = 0; i < n; i++)
		end += (off_t)parts[i].iov_len;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pwritev64");
	return no_room(fd, end) ? -1 : real(fd, parts, n, at);
}

int
posix_fallocate64(int fd, off64_t at, off64_t len)
{
	static int (*real)(int, off64_t, off64_t);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "posix_fallocate64");
	return no_room(fd, at + len) ? ENOSPC : real(fd, at, len);
}

/* PostgreSQL for 64 bits calls either name. */
ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at) { return pwrite64(fd, bytes, len, at); }
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t at) { return pwritev64(fd, parts, n, at); }
int posix_fallocate(int fd, off_t at, off_t len) { return posix_fallocate64(fd, at, len); }
