#include "server/server.h"
#include "base/log.h"
#include "server/connections.h"
#include "server/linger.h"
#include "server/tap.h"
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTION_BYTES = 8 * 1024,            /* what of a body is in flight, and the head of an answer */
	CLOSING_MAX = 256,                      /* connections that we have ended and the library has not closed yet */
	STREAM_BYTES = 4 * 1024,                /* of a stream, at a time */
	BACKLOG = 1024,
	SILENT_SECONDS = 75,                    /* libmicrohttpd's own; ours come first */
	LOOK_US = 500 * 1000,                   /* how often we look whose time is over */
	ROUNDS_MAX = 16,                        /* of the library's, before buses and clock have their turn */
};

struct server {
	struct server_settings set;
	struct MHD_Daemon *daemon;
	struct connections connections;
	struct connection *to_look;             /* where the next request may have come already */
	struct lingering lingering;
	int64_t now_us, look_us;
	size_t busy, suspended;
	bool stopping, resumed;
};

/* One request. */
struct exchange {
	server_t *server;
	struct connection *connection;
	struct MHD_Connection *mhd;
	struct head head;                       /* until it has begun */
	call_t *call;                           /* NULL before it has begun, and after its reply */
	size_t dropped;                         /* bytes of a body that nobody wants */
	bool begun, ended, suspended, replied;
	bool rested;                            /* it was suspended after its end */
	struct reply reply;
};

/* ---- from api */

static void
exchange_resume(struct exchange *e)
{
	if (!e->suspended)
		return;
	e->suspended = false;
	e->server->suspended--;
	e->server->resumed = true;
	MHD_resume_connection(e->mhd);
}

static void
exchange_suspend(struct exchange *e)
{
	e->suspended = true;
	e->rested |= e->ended;
	e->server->suspended++;
	connection_held(e->connection);
	MHD_suspend_connection(e->mhd);
}

/* The library must read once more what it has not been given yet: it would only be told of what comes from now on. */
static void
exchange_ask_again(struct exchange *e)
{
	e->connection->intake.owes = false;
	exchange_suspend(e);
	exchange_resume(e);
}

static void
on_replied(void *ctx, struct reply *r)
{
	struct exchange *e = ctx;

	e->reply = *r;
	r->body = NULL;
	r->fd = -1;
	r->stream = NULL;
	e->call = NULL;
	e->replied = true;
	exchange_resume(e);
}

static void
on_room(void *ctx)
{
	exchange_resume(ctx);
}

static void
on_known(void *ctx)
{
	connection_known(((struct exchange *)ctx)->connection);
}

/* ---- the answer */

static void
on_woken(void *ctx)
{
	exchange_resume(ctx);
}

/* Asked for more: what it had before has gone into the socket.  Suspended in here when there is nothing. */
static ssize_t
on_pull(void *ctx, uint64_t at, char *to, size_t n)
{
	struct exchange *e = ctx;
	size_t got = e->reply.stream->pull(e->reply.stream->ctx, to, n, e->server->now_us);

	(void)at;
	if (got == REPLY_STREAM_ENDED)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (got == 0)
		exchange_suspend(e);
	else
		connection_answered(e->connection, got, e->server->now_us);
	return (ssize_t)got;
}

static struct MHD_Response *
response_of(struct exchange *e)
{
	struct reply *r = &e->reply;
	struct MHD_Response *m;

	if (r->stream)
		m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BYTES, on_pull, e, NULL);
	else if (r->fd >= 0)
		m = MHD_create_response_from_fd64(r->len, r->fd);
	else if (r->lent)
		m = MHD_create_response_from_buffer(r->len, (void *)(uintptr_t)r->lent, MHD_RESPMEM_PERSISTENT);
	else
		m = MHD_create_response_from_buffer(r->len, r->body,
		                                    r->body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (!m)
		return NULL;
	r->body = NULL;
	r->fd = -1;
	if (r->content_type)
		MHD_add_response_header(m, "Content-Type", r->content_type);
	MHD_add_response_header(m, "Cache-Control", r->cache ? r->cache : "no-store");
	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	for (int i = 0; i < r->nheaders; i++)
		MHD_add_response_header(m, r->headers[i].name, r->headers[i].value);
	for (const struct reply_fixed *f = r->fixed; f && f->name; f++)
		MHD_add_response_header(m, f->name, f->value);
	return m;
}

static enum MHD_Result
answer(struct exchange *e)
{
	struct MHD_Response *m = response_of(e);

	if (!m)
		return MHD_NO;
	if (e->reply.stream) {
		e->reply.stream->carrier = e;
		e->reply.stream->woken = on_woken;
		connection_streams(e->connection);
	}
	if (e->reply.close || e->server->stopping || e->connection->reserved)
		MHD_add_response_header(m, "Connection", "close");
	connection_answered(e->connection, e->reply.len, e->server->now_us);
	enum MHD_Result queued = MHD_queue_response(e->mhd, (unsigned)e->reply.status, m);
	MHD_destroy_response(m);
	return queued;
}

/* ---- the request */

/* Near is who comes from near himself: not who was sent on by somebody near, as he himself says. */
static void
origin_fill(const struct exchange *e, const char *forwarded, struct api_request *r)
{
	const struct server_settings *set = &e->server->set;
	const uint8_t *peer = e->connection->peer;

	_Static_assert(sizeof(r->address) == NETWORK_BYTES, "an address is an address");
	networks_client(&set->proxies, peer, forwarded, r->address);
	r->near = networks_hold(&set->near, r->address) && (!forwarded || networks_hold(&set->proxies, peer));
	network_of_one(r->address);
}

static struct api_request
request_of(const struct exchange *e)
{
	const struct head *h = &e->head;
	struct api_request r = {
		.method = h->method, .target = h->target, .authorization = h->authorization,
		.content_type = h->content_type,
		.content_encoding = h->content_encoding, .idempotency_key = h->idempotency_key,
		.if_none_match = h->if_none_match, .if_match = h->if_match, .accept_encoding = h->accept_encoding,
		.cookie = h->cookie, .origin = h->origin, .own_page = h->own_page,
		.traceparent = h->traceparent, .last_event_id = h->last_event_id, .content_length = h->length,
		.crowded = e->connection->reserved,
	};

	origin_fill(e, h->forwarded, &r);
	return r;
}

/* What is no request to api: one that is malformed, and one to the server as such. */
static bool
turns_away(const struct exchange *e)
{
	return e->connection->intake.refused || *e->head.target != '/';
}

/* The first that is heard of a request; its body is still to come. */
static void
begin(struct exchange *e)
{
	struct api_client client = { .ctx = e, .replied = on_replied, .room = on_room, .known = on_known };

	e->begun = true;
	if (turns_away(e))
		return;
	struct api_request r = request_of(e);
	e->call = api_begin(e->server->set.api, &r, &client, e->server->now_us);
	head_free(&e->head);
}

/* Of what has no call: it was turned away, or answered while it still came.  Nobody reads it, so it is only swallowed,
 * up to a bound beyond which its connection ends. */
static size_t
body_drop(struct exchange *e, size_t n)
{
	e->dropped += n;
	return e->dropped > DROPPED_BYTES_MAX ? BODY_REFUSED : n;
}

static enum MHD_Result
body(struct exchange *e, const char *bytes, size_t *n)
{
	struct intake *in = &e->connection->intake;
	size_t taken = e->call ? api_body(e->call, bytes, *n, e->server->now_us) : body_drop(e, *n);

	if (taken == BODY_REFUSED) {            /* its end is not waited for, and what has come is swallowed */
		intake_refuse(in, api_gave_up(e->server->set.api) ? REFUSED_STOPPING : REFUSED_SIZE);
		in->owes = true;
		taken = *n;
	}
	*n -= taken;
	connection_got(e->connection, taken, e->server->now_us);
	if (*n)
		exchange_suspend(e);
	else if (in->owes)
		exchange_ask_again(e);
	return MHD_YES;
}

/* What was asked for until it was refused has had its effect, or has none. */
static void
turn_away(struct exchange *e)
{
	enum refusal r = e->connection->intake.refused;

	if (e->call)
		api_leave(e->call, e->server->now_us);
	e->call = NULL;
	reply_free(&e->reply);
	e->reply = REPLY_NONE;
	if (r)
		api_turn_away(e->server->set.api, r, &e->reply);
	else
		api_tell_methods(e->server->set.api, e->head.target, &e->reply);
	e->reply.close = r != REFUSED_NOT;
	e->replied = true;
}

static enum MHD_Result
end(struct exchange *e)
{
	const struct intake *in = &e->connection->intake;

	if (!e->ended) {
		e->ended = true;
		connection_held(e->connection);
		if (in->refused || (!e->call && !e->replied))
			turn_away(e);
		else if (e->call)
			api_end(e->call, e->server->now_us);
	}
	if (e->replied)
		return answer(e);
	exchange_suspend(e);
	return MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
           const char *upload, size_t *upload_size, void **con_cls)
{
	struct exchange *e = *con_cls;

	(void)cls, (void)mhd, (void)url, (void)method, (void)version;
	if (e->begun)
		return *upload_size ? body(e, upload, upload_size) : end(e);
	begin(e);
	return MHD_YES;
}

/* ---- connections and requests come and go */

static struct connection *
connection_of(struct MHD_Connection *mhd)
{
	return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* Called once a request. */
static void *
on_request_line(void *cls, const char *ours, struct MHD_Connection *mhd)
{
	server_t *h = cls;
	struct exchange *e = calloc(1, sizeof(*e));

	(void)ours;
	if (!e)
		abort();
	e->server = h;
	e->mhd = mhd;
	e->connection = connection_of(mhd);
	e->head = e->connection->intake.head;
	e->connection->intake.head = (struct head){ 0 };
	e->reply = REPLY_NONE;
	h->busy++;
	e->connection->request = e;
	connection_begins(e->connection, h->now_us);
	return e;
}

/* What has come behind a request: the library will not be told of it, unless it takes the socket up anew as it does
 * after a rest. */
static void
look_later(server_t *h, struct connection *c)
{
	if (c->to_look)
		return;
	c->to_look = true;
	c->next_to_look = h->to_look;
	h->to_look = c;
}

static void
look_never(server_t *h, struct connection *c)
{
	struct connection **at = &h->to_look;

	if (!c->to_look)
		return;
	while (*at != c)
		at = &(*at)->next_to_look;
	*at = c->next_to_look;
}

/* True: somebody's next request, or his end, is there. */
static bool
look(server_t *h)
{
	bool found = false;

	for (struct connection *c; (c = h->to_look) != NULL;) {
		h->to_look = c->next_to_look;
		c->to_look = false;
		if (c->request || !(c->intake.raw || tap_has_more(c->fd)))
			continue;
		MHD_suspend_connection(c->carrier);
		MHD_resume_connection(c->carrier);
		found = true;
	}
	return found;
}

static void
exchange_end(server_t *h, struct exchange *e)
{
	struct connection *c = e->connection;

	if (e->call)
		api_leave(e->call, h->now_us);
	c->request = NULL;
	connection_idle(c, h->now_us);
	intake_next(&c->intake);
	if (!e->rested || c->intake.raw)
		look_later(h, c);
	reply_free(&e->reply);
	head_free(&e->head);
	free(e);
	h->busy--;
}

static void
on_request_over(void *cls, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct exchange *e = *con_cls;

	(void)mhd, (void)why;
	*con_cls = NULL;
	if (e)
		exchange_end(cls, e);
}

static struct connection *
connection_open(server_t *h, struct MHD_Connection *mhd)
{
	int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	uint8_t peer[NETWORK_BYTES];

	network_address(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, peer);
	size_t shut = 0;
	struct connection *c =
		connections_add(&h->connections, fd, peer, networks_hold(&h->set.proxies, peer), h->now_us, &shut);
	metric_add(h->set.metrics, METRIC_HTTP_CROWDED, (int64_t)shut);
	if (shut)
		LOG(WARN, "connections.crowded", NULL, LOG_I("connections", h->connections.n),
		    LOG_I("of_address", c->origin->n));
	c->carrier = mhd;
	if (!tap_open(fd, &c->intake, h->set.tls_cert != NULL))
		shutdown(fd, SHUT_RDWR);
	return c;
}

/* Somebody who still writes would never read our last word: a closed socket answers him with a reset, which takes it
 * away. */
static void
connection_close(server_t *h, struct connection *c)
{
	if (c->intake.refused || c->intake.raw)
		linger_add(&h->lingering, c->fd, h->now_us);
	tap_close(c->fd);
	if (c->request)
		exchange_end(h, c->request);
	look_never(h, c);
	connections_remove(&h->connections, c);
}

static void
on_connection(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what)
{
	server_t *h = cls;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = connection_open(h, mhd);
	} else if (*context) {
		connection_close(h, *context);
		*context = NULL;
	}
	metric_set(h->set.metrics, METRIC_HTTP_CONNECTIONS, (int64_t)h->connections.n);
}

/* ---- opening, running, stopping */

static struct addrinfo *
address_of(const struct server_settings *s)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM,
	}, *found;
	char port[8];

	snprintf(port, sizeof(port), "%d", s->port);
	int rc = getaddrinfo(s->bind, port, &hints, &found);
	if (rc == 0)
		return found;
	LOG(ERROR, "http.bad_address", NULL, LOG_S("address", s->bind), LOG_S("error", gai_strerror(rc)));
	return NULL;
}

static struct MHD_Daemon *
daemon_start(server_t *h, const struct addrinfo *at)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (at->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0);
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)h->set.tls_cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)h->set.tls_key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
		{ MHD_OPTION_END, 0, NULL },
	};

	if (h->set.tls_cert)
		flags |= MHD_USE_TLS;
	else
		tls[0].option = MHD_OPTION_END;
	return MHD_start_daemon(flags, (uint16_t)h->set.port, NULL, NULL, on_request, h,
		MHD_OPTION_SOCK_ADDR, at->ai_addr,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)h->set.connections_max + CLOSING_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENT_SECONDS,
		MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_NOTIFY_COMPLETED, on_request_over, h,
		MHD_OPTION_URI_LOG_CALLBACK, on_request_line, h,
		MHD_OPTION_ARRAY, tls,
		MHD_OPTION_END);
}

bool
server_can_tls(void)
{
	return MHD_is_feature_supported(MHD_FEATURE_SSL) == MHD_YES;
}

server_t *
server_open(const struct server_settings *s, int64_t mono_us)
{
	struct addrinfo *at = address_of(s);
	server_t *h = at ? calloc(1, sizeof(*h)) : NULL;

	if (!h)
		return NULL;
	h->set = *s;
	h->now_us = mono_us;
	h->connections.max = (size_t)s->connections_max;
	h->connections.of_address = (size_t)s->connections_per_address_max;
	h->daemon = daemon_start(h, at);
	freeaddrinfo(at);
	if (h->daemon)
		return h;
	LOG(ERROR, "http.not_bound", NULL, LOG_S("address", s->bind), LOG_I("port", s->port),
	    LOG_S("error", s->tls_cert ? "the address is taken, or certificate and key do not do" : strerror(errno)));
	free(h);
	return NULL;
}

void
server_close(server_t **hp)
{
	server_t *h = *hp;

	*hp = NULL;
	if (!h)
		return;
	assert(h->suspended == 0);
	MHD_stop_daemon(h->daemon);
	linger_end(&h->lingering);
	free(h);
}

int
server_fd(const server_t *h)
{
	return MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int
server_port(const server_t *h)
{
	return MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static void
cut_off(server_t *h)
{
	if (h->now_us < h->look_us)
		return;
	h->look_us = h->now_us + LOOK_US;
	linger_run(&h->lingering, h->now_us);
	size_t n = connections_reap(&h->connections, h->now_us);
	if (n == 0)
		return;
	metric_add(h->set.metrics, METRIC_HTTP_REAPED, (int64_t)n);
	LOG(DEBUG, "connections.reaped", NULL, LOG_I("count", n));
}

/* What was answered while it ran may go out at once, and the next request come in, but not for ever: whoever asks again
 * and again would keep us from everybody else.  True: there is more to do. */
static bool
rounds(server_t *h)
{
	for (int i = 0; i < ROUNDS_MAX; i++) {
		h->resumed = false;
		MHD_run(h->daemon);
		if (!look(h) && !h->resumed)
			return false;
	}
	return true;
}

int64_t
server_run(server_t *h, int64_t mono_us)
{
	MHD_UNSIGNED_LONG_LONG ms;

	h->now_us = mono_us;
	cut_off(h);
	if (rounds(h))
		return mono_us;
	if (MHD_get_timeout(h->daemon, &ms) != MHD_YES || (int64_t)ms > LOOK_US / 1000)
		return h->connections.first || h->lingering.n ? h->look_us : INT64_MAX;
	return mono_us + (int64_t)ms * 1000;
}

void
server_stop(server_t *h)
{
	h->stopping = true;
	MHD_socket listening = MHD_quiesce_daemon(h->daemon);
	if (listening != MHD_INVALID_SOCKET)
		close(listening);
}

size_t
server_busy(const server_t *h)
{
	return h->busy;
}

size_t
server_suspended(const server_t *h)
{
	return h->suspended;
}
