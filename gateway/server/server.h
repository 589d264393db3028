/* server - HTTP/1.1 on one thread: libmicrohttpd on one side, api on the other, nothing but the joint between.
 *
 * libmicrohttpd runs by an epoll fd of its own that stands in the process's one poll.  A connection that waits for an
 * owner is suspended; every call ends by its deadline, so every suspended connection is resumed. */
#pragma once
#include "api/api.h"
#include "base/metrics.h"
#include "server/networks.h"

typedef struct server server_t;

struct server_settings {
	const char *bind;                       /* numeric address */
	int port;
	int connections_max, connections_per_address_max;
	struct networks near;                   /* whose health questions need no token */
	struct networks proxies;                /* whose X-Forwarded-For is believed */
	const char *tls_cert, *tls_key;         /* PEM, both or none: HTTPS, and nothing else */
	api_t *api;
	struct metrics *metrics;
};

bool server_can_tls(void);                        /* whether the library was built with it */
/* NULL: the address cannot be had, or the certificate does not do (logged). */
server_t *server_open(const struct server_settings *s, int64_t mono_us);
/* Everybody is cut off.  Calls must have ended: see server_stop. */
void server_close(server_t **hp);

int server_fd(const server_t *h);                   /* readable: server_run */
int server_port(const server_t *h);                 /* the one it got, when the setting was 0 */
/* Reads, answers, cuts off.  When it must be called again at the latest; mono_us: at once, for there was more than one
 * turn's work. */
int64_t server_run(server_t *h, int64_t mono_us);
/* No new connections; after each answer the connection ends. */
void server_stop(server_t *h);
size_t server_busy(const server_t *h);              /* requests begun and not yet answered to the last byte */
size_t server_suspended(const server_t *h);
