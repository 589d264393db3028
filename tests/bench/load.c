/* load - sends the requests of a file over many HTTP/1.1 connections and tells how long each took.
 *
 *   load HOST PORT REQUESTS CONNECTIONS RATE SECONDS [TIMES [ANSWERS]]
 *
 *   in:   REQUESTS, made by world.py: each `METHOD PATH TYPE KEY LENGTH\n` and LENGTH bytes of body; TYPE or KEY `-`:
 *         none.  ZHUCUN_BOOTSTRAP_TOKEN.  RATE a second, 0: as fast as answers come.  SECONDS: no request begins after
 *         them, 0: all are sent.
 *   out:  one line of JSON on standard output; TIMES: `number due_us done_us status` a request; ANSWERS: the bodies, as
 *         they came
 *
 * With a rate the load is open: request n is due at begin + n / RATE, whether or not earlier ones are answered, and its
 * time counts from then.  A server that stalls is charged with every request that fell due meanwhile (no coordinated
 * omission).  One thread, epoll, a timer for what is due next; a connection has one request under way. */
#include "base/clock.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 2048, HEAD_MAX = 8192, EVENTS = 256, SILENCE_MS = 60000 };

struct request {
	char *head; size_t head_len;            /* of HTTP */
	const char *body; size_t body_len;      /* in the file's bytes */
	int64_t due_us, done_us;                /* done 0: not answered */
	int status;
};

struct connection {
	int fd;                                 /* -1: closed */
	struct request *request;                /* NULL: idle */
	size_t sent;                            /* of head and body */
	char head[HEAD_MAX]; size_t head_len;   /* of the answer; whole once body_left is known */
	bool in_body, closes, wants_out;
	int status;
	size_t body_left;
	char *body;
	size_t body_len; /* of the answer, where answers are kept: those of several connections come mixed */
};

struct load {
	struct sockaddr_in to;
	int epoll, timer;
	struct request *requests; size_t n, next, answered;
	struct connection *connections, **idle; size_t nconnections, nidle;
	double rate;
	int64_t begin_us, end_us;               /* end 0: none */
	FILE *answers;
};

static void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- requests */

static char *
file_read(const char *path, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	char *bytes;

	if (fd < 0 || fstat(fd, &st) || !(bytes = malloc((size_t)st.st_size + 1)))
		die(path);
	for (*len = 0; *len < (size_t)st.st_size;) {
		ssize_t got = read(fd, bytes + *len, (size_t)st.st_size - *len);
		if (got <= 0)
			die(path);
		*len += (size_t)got;
	}
	close(fd);
	bytes[*len] = '\0';
	return bytes;
}

static void
request_head(struct request *r, const char *method, const char *path, const char *type, const char *key,
	     const char *token)
{
	char type_line[128] = "", key_line[192] = "";

	if (strcmp(type, "-"))
		snprintf(type_line, sizeof type_line, "Content-Type: %s\r\n", type);
	if (strcmp(key, "-"))
		snprintf(key_line, sizeof key_line, "Idempotency-Key: %s\r\n", key);
	int len =
		asprintf(&r->head,
			 "%s %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n%s%sContent-Length: %zu\r\n\r\n",
			 method, path, token, type_line, key_line, r->body_len);
	if (len < 0)
		abort();
	r->head_len = (size_t)len;
}

static void
requests_read(struct load *l, const char *path, const char *token)
{
	size_t len, at = 0, cap = 0;
	char *bytes = file_read(path, &len), method[16], target[512], type[64], key[160];

	while (at < len) {
		char line[1024];
		size_t line_len = strcspn(bytes + at, "\n");
		if (l->n == cap &&
		    !(l->requests = realloc(l->requests, (cap = cap ? 2 * cap : 1024) * sizeof(*l->requests))))
			abort();
		struct request *r = &l->requests[l->n++];
		*r = (struct request){ 0 };
		snprintf(line, sizeof line, "%.*s", (int)line_len, bytes + at);
		if (sscanf(line, "%15s %511s %63s %159s %zu", method, target, type, key, &r->body_len) != 5)
			break;
		at += line_len + 1;
		r->body = bytes + at;
		at += r->body_len;
		request_head(r, method, target, type, key, token);
	}
	if (at != len || !l->n) {
		fprintf(stderr, "load: %s: no requests, or not in their form\n", path);
		exit(1);
	}
}

/* ---- connections */

static void
watch(struct load *l, struct connection *c, bool out)
{
	struct epoll_event e = { .events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c };

	if (c->wants_out != out && epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &e))
		die("epoll_ctl");
	c->wants_out = out;
}

/* Connecting is waited for: it is no part of what is measured, and done before the first request is due. */
static void
connection_open(struct load *l, struct connection *c)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&l->to, sizeof l->to) ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) || fcntl(c->fd, F_SETFL, O_NONBLOCK) ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e))
		die("connect");
	c->wants_out = false;
}

static void
request_over(struct load *l, struct connection *c, int status)
{
	c->request->status = status;
	c->request->done_us = clock_mono_us();
	c->request = NULL;
	l->answered++;
	l->idle[l->nidle++] = c;
}

/* A request under way is lost with its connection: status 0. */
static void
connection_lost(struct load *l, struct connection *c)
{
	close(c->fd);
	connection_open(l, c);
	if (c->request)
		request_over(l, c, 0);
}

/* ---- out */

static void
send_on(struct load *l, struct connection *c)
{
	const struct request *r = c->request;
	size_t whole = r->head_len + r->body_len;

	while (c->sent < whole) {
		bool in_head = c->sent < r->head_len;
		const char *from = in_head ? r->head + c->sent : r->body + (c->sent - r->head_len);
		ssize_t n = send(c->fd, from, in_head ? r->head_len - c->sent : whole - c->sent,
				 MSG_NOSIGNAL | (in_head && r->body_len ? MSG_MORE : 0));
		if (n < 0 && errno == EAGAIN) {
			watch(l, c, true);
			return;
		}
		if (n < 0) {
			connection_lost(l, c);
			return;
		}
		c->sent += (size_t)n;
	}
	watch(l, c, false);
}

static void
request_begin(struct load *l, struct request *r, int64_t due_us)
{
	struct connection *c = l->idle[--l->nidle];

	r->due_us = due_us;
	c->request = r;
	c->sent = c->head_len = 0;
	c->in_body = false;
	send_on(l, c);
}

static int64_t
due_us(const struct load *l, size_t i)
{
	return l->begin_us + (int64_t)((double)i * 1e6 / l->rate);
}

/* What is due and finds a connection.  What finds none keeps its due time. */
static void
begin_due(struct load *l)
{
	int64_t now_us = clock_mono_us();

	while (l->next < l->n && l->nidle) {
		int64_t at_us = l->rate > 0 ? due_us(l, l->next) : now_us;
		if (at_us > now_us)
			break;
		if (l->end_us && at_us >= l->end_us) {
			l->n = l->next;
			break;
		}
		request_begin(l, &l->requests[l->next++], at_us);
	}
	if (l->rate > 0 && l->next < l->n && l->nidle) {
		int64_t at_us = due_us(l, l->next);
		struct itimerspec t = { .it_value = { at_us / 1000000, at_us % 1000000 * 1000 } };
		timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &t, NULL);
	}
}

/* ---- in */

static void
answer_bytes(struct load *l, struct connection *c, const char *p, size_t n)
{
	if (l->answers)
		memcpy(c->body + c->body_len, p, n);
	c->body_len += n;
	c->body_left -= n;
	if (c->body_left)
		return;
	if (l->answers)
		fprintf(l->answers, "%.*s\n", (int)c->body_len, c->body);
	request_over(l, c, c->status);
	if (c->closes)
		connection_lost(l, c);
}

/* The head is whole. */
static void
answer_head(struct connection *c)
{
	const char *length = strcasestr(c->head, "\r\nContent-Length:");

	if (sscanf(c->head, "HTTP/1.1 %d", &c->status) != 1) {
		fprintf(stderr, "load: no HTTP answer: %.80s\n", c->head);
		exit(1);
	}
	c->body_left = length ? strtoul(length + 17, NULL, 10) : 0;
	c->closes = strcasestr(c->head, "\r\nConnection: close") != NULL;
	c->in_body = true;
	c->body_len = 0;
	if (!(c->body = realloc(c->body, c->body_left + 1)))
		abort();
}

/* False: the connection is gone, or everything there was has been read. */
static bool
read_some(struct load *l, struct connection *c)
{
	char bytes[65536];
	ssize_t n = read(c->fd, bytes, sizeof bytes);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		connection_lost(l, c);
		return false;
	}
	if (!c->request) {
		fprintf(stderr, "load: an answer nobody asked for\n");
		exit(1);
	}
	while (!c->in_body && at < (size_t)n && c->head_len < HEAD_MAX - 1) {
		c->head[c->head_len++] = bytes[at++];
		if (c->head_len >= 4 && !memcmp(c->head + c->head_len - 4, "\r\n\r\n", 4)) {
			c->head[c->head_len] = '\0';
			answer_head(c);
		}
	}
	if (c->in_body)
		answer_bytes(l, c, bytes + at, (size_t)n - at);
	return n == sizeof bytes;
}

static void
on_event(struct load *l, const struct epoll_event *e)
{
	struct connection *c = e->data.ptr;
	uint64_t times;

	if (!c) {
		(void)!read(l->timer, &times, sizeof times);
		return;
	}
	if (e->events & EPOLLOUT && c->request)
		send_on(l, c);
	if (e->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		while (read_some(l, c))
			;
}

static void
run(struct load *l)
{
	struct epoll_event events[EVENTS];

	l->begin_us = clock_mono_us();
	l->end_us = l->end_us ? l->begin_us + l->end_us : 0;
	for (;;) {
		begin_due(l);
		if (l->answered == l->n)
			return;
		int n = epoll_wait(l->epoll, events, EVENTS, SILENCE_MS);
		if (n == 0 || (n < 0 && errno != EINTR))
			die("no answer for a minute");
		for (int i = 0; i < n; i++)
			on_event(l, &events[i]);
	}
}

/* ---- what is told */

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static double
percentile_ms(const int64_t *sorted_us, size_t n, double share)
{
	return n ? (double)sorted_us[(size_t)(share * (double)(n - 1))] / 1000 : 0;
}

static void
tell_times(const struct load *l)
{
	int64_t *took_us = malloc((l->n + 1) * sizeof(*took_us)), last_us = l->begin_us;
	size_t statuses[600] = { 0 };

	if (!took_us)
		abort();
	for (size_t i = 0; i < l->n; i++) {
		const struct request *r = &l->requests[i];
		took_us[i] = r->done_us - r->due_us;
		last_us = r->done_us > last_us ? r->done_us : last_us;
		statuses[r->status >= 0 && r->status < 600 ? r->status : 0]++;
	}
	qsort(took_us, l->n, sizeof(*took_us), by_time);
	printf("{\"requests\": %zu, \"begin_us\": %lld, \"end_us\": %lld, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
	       "\"max_ms\": %.3f, \"statuses\": {",
	       l->n, (long long)l->begin_us, (long long)last_us, percentile_ms(took_us, l->n, 0.5),
	       percentile_ms(took_us, l->n, 0.99), percentile_ms(took_us, l->n, 1));
	const char *comma = "";
	for (int s = 0; s < 600; s++)
		if (statuses[s]) {
			printf("%s\"%d\": %zu", comma, s, statuses[s]);
			comma = ", ";
		}
	printf("}}\n");
	free(took_us);
}

static void
write_times(const struct load *l, const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		die(path);
	for (size_t i = 0; i < l->n; i++)
		fprintf(f, "%zu %lld %lld %d\n", i, (long long)l->requests[i].due_us, (long long)l->requests[i].done_us,
			l->requests[i].status);
	if (fclose(f))
		die(path);
}

static void
connections_open(struct load *l, const char *host, const char *port)
{
	struct epoll_event e = { .events = EPOLLIN };

	l->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	l->epoll = epoll_create1(0);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	if (inet_pton(AF_INET, host, &l->to.sin_addr) != 1 || l->epoll < 0 || l->timer < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->timer, &e))
		die(host);
	l->connections = calloc(l->nconnections, sizeof(*l->connections));
	l->idle = calloc(l->nconnections, sizeof(*l->idle));
	if (!l->connections || !l->idle)
		abort();
	for (size_t i = 0; i < l->nconnections; i++) {
		connection_open(l, &l->connections[i]);
		l->idle[l->nidle++] = &l->connections[i];
	}
}

int
main(int argc, char **argv)
{
	struct load l = { 0 };
	const char *token = getenv("ZHUCUN_BOOTSTRAP_TOKEN");

	if (argc < 7 || argc > 9 || !token || atoi(argv[4]) < 1 || atoi(argv[4]) > CONNECTIONS_MAX) {
		fprintf(stderr, "usage: load HOST PORT REQUESTS CONNECTIONS RATE SECONDS [TIMES [ANSWERS]]\n");
		return 2;
	}
	requests_read(&l, argv[3], token);
	l.nconnections = (size_t)atoi(argv[4]);
	l.rate = atof(argv[5]);
	l.end_us = (int64_t)(atof(argv[6]) * 1e6);
	if (argc > 8 && !(l.answers = fopen(argv[8], "w")))
		die(argv[8]);
	connections_open(&l, argv[1], argv[2]);
	run(&l);
	tell_times(&l);
	if (argc > 7)
		write_times(&l, argv[7]);
	if (l.answers && fclose(l.answers))
		die(argv[8]);
	return 0;
}
