/* tap - where what clients write is turned off to intake.h on its way to libmicrohttpd.
 *
 * The library has no hook between a socket and its parser.  It reads by two functions of other libraries, recv and,
 * with TLS, gnutls_record_recv; both go through the dynamic linker, where a function of that name in the program goes
 * before theirs.  Of a socket that is not tapped they do as ever, whoever calls.  Were the library to read by another
 * way one day, heads would reach it as they were sent; http_test sees it. */
#pragma once
#include "server/intake.h"

/* The socket's bytes go through `in` until tap_close, which comes before the socket is closed.  False: no room for such
 * a number. */
bool tap_open(int fd, struct intake *in, bool tls);
void tap_close(int fd);
/* There is something to read, or its end: nobody would be told of it again. */
bool tap_has_more(int fd);
