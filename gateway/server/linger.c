#include "server/linger.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
forget(struct lingering *l, size_t i)
{
	close(l->at[i].fd);
	l->n--;
	memmove(&l->at[i], &l->at[i + 1], (l->n - i) * sizeof(l->at[0]));
}

void
linger_add(struct lingering *l, int fd, int64_t mono_us)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return;
	if (l->n == LINGERING_MAX)
		forget(l, 0);
	shutdown(own, SHUT_WR);
	l->at[l->n++] = (struct lingerer){ own, mono_us + LINGER_US, 0 };
}

/* False: the other side has ended it, or goes on for too long. */
static bool
drops(struct lingerer *one)
{
	char waste[16 * 1024];
	ssize_t n;

	while ((n = recv(one->fd, waste, sizeof(waste), MSG_DONTWAIT)) > 0 && one->bytes < LINGER_BYTES_MAX)
		one->bytes += (size_t)n;
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void
linger_run(struct lingering *l, int64_t mono_us)
{
	for (size_t i = l->n; i-- > 0;)
		if (!drops(&l->at[i]) || l->at[i].due_us <= mono_us)
			forget(l, i);
}

void
linger_end(struct lingering *l)
{
	while (l->n)
		forget(l, l->n - 1);
}
