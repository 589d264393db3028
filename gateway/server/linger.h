/* linger - sockets that libmicrohttpd is done with and whose client still writes.
 *
 * Who closes a socket with bytes unread resets the connection, and the client may lose the answer that was to tell him
 * why (RFC 9112 §9.6).  So such a socket stays for a moment, and what comes is dropped. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
	LINGERING_MAX = 64,                     /* of more the oldest are closed */
	LINGER_US = 2 * 1000 * 1000,
	LINGER_BYTES_MAX = 16 << 20,            /* of one of them, in that time */
};

struct lingerer { int fd; int64_t due_us; size_t bytes; };
struct lingering { struct lingerer at[LINGERING_MAX]; size_t n; };        /* oldest first */

void linger_add(struct lingering *l, int fd, int64_t mono_us);          /* the caller closes its own */
/* Drops what has come, and closes those that have ended or whose time is over. */
void linger_run(struct lingering *l, int64_t mono_us);
void linger_end(struct lingering *l);
