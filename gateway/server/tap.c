#include "server/tap.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

/* gnutls.h: GNUTLS_E_AGAIN, GNUTLS_E_INTERRUPTED */
enum { FDS_MAX = 1 << 17, TLS_AGAIN = -28, TLS_INTERRUPTED = -52 };

/* Sockets are the process's own, and so is this.  Other threads only ever find that theirs are not in it. */
static _Atomic(struct intake *) plain[FDS_MAX], secured[FDS_MAX];

typedef ssize_t record_recv_fn(void *session, void *to, size_t n);
typedef int transport_fn(void *session);
typedef size_t pending_fn(void *session);
record_recv_fn gnutls_record_recv;

/* The library's own, looked up with the first secured socket: it is not there where libmicrohttpd was built without
 * it. */
static union { void *symbol; record_recv_fn *fn; } next_record_recv;
static union { void *symbol; transport_fn *fn; } transport_of;
static union { void *symbol; pending_fn *fn; } pending_of;

static void *
library_symbol(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	return found;
}

bool
tap_open(int fd, struct intake *in, bool tls)
{
	if (fd < 0 || fd >= FDS_MAX)
		return false;
	if (tls && !next_record_recv.symbol) {
		next_record_recv.symbol = library_symbol("gnutls_record_recv");
		transport_of.symbol = library_symbol("gnutls_transport_get_int");
		pending_of.symbol = library_symbol("gnutls_record_check_pending");
	}
	atomic_store_explicit(tls ? &secured[fd] : &plain[fd], in, memory_order_relaxed);
	return true;
}

void
tap_close(int fd)
{
	if (fd < 0 || fd >= FDS_MAX)
		return;
	atomic_store_explicit(&plain[fd], NULL, memory_order_relaxed);
	atomic_store_explicit(&secured[fd], NULL, memory_order_relaxed);
}

bool
tap_has_more(int fd)
{
	char one;

	return recvfrom(fd, &one, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) >= 0;
}

/* ---- a socket's own bytes */

static ssize_t
from_socket(void *ctx, void *to, size_t n)
{
	ssize_t got = recvfrom(*(int *)ctx, to, n, 0, NULL, NULL);

	return got >= 0 ? got : errno == EAGAIN || errno == EINTR ? SOURCE_AGAIN : SOURCE_FAILED;
}

ssize_t
recv(int fd, void *to, size_t n, int flags)
{
	struct intake *in = fd >= 0 && fd < FDS_MAX ? atomic_load_explicit(&plain[fd], memory_order_relaxed) : NULL;

	if (!in)
		return recvfrom(fd, to, n, flags, NULL, NULL);
	ssize_t got = intake_read(in, from_socket, &fd, to, n);
	if (got == SOURCE_AGAIN)
		errno = EAGAIN;
	return got < 0 ? -1 : got;
}

/* ---- … in TLS */

struct record { void *session; int fd; ssize_t failure; };

/* The socket has ended, without a word of TLS, as by our own shutdown of who is late.  Were the TLS library to see
 * that, it would send nothing more either, and nobody would hear why. */
static bool
is_cut(const struct record *r)
{
	char one;

	return recvfrom(r->fd, &one, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) == 0 && pending_of.fn(r->session) == 0;
}

static ssize_t
from_record(void *ctx, void *to, size_t n)
{
	struct record *r = ctx;
	ssize_t got = is_cut(r) ? 0 : next_record_recv.fn(r->session, to, n);

	r->failure = got;
	return got >= 0 ? got : got == TLS_AGAIN || got == TLS_INTERRUPTED ? SOURCE_AGAIN : SOURCE_FAILED;
}

ssize_t
gnutls_record_recv(void *session, void *to, size_t n)
{
	int fd = transport_of.fn ? transport_of.fn(session) : -1;
	struct intake *in = fd >= 0 && fd < FDS_MAX ? atomic_load_explicit(&secured[fd], memory_order_relaxed) : NULL;
	struct record r = { session, fd, 0 };

	if (!in)
		return TLS_AGAIN;       /* all of them are tapped */
	ssize_t got = intake_read(in, from_record, &r, to, n);
	return got == SOURCE_AGAIN ? TLS_AGAIN : got == SOURCE_FAILED ? r.failure : got;
}
