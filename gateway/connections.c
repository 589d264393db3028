#include "connections.h"
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

struct connection *
connections_add(struct connections *cs, int fd, const uint8_t peer[NETWORK_BYTES], int64_t mono_us)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	*c = (struct connection){ .next = cs->first, .before = &cs->first, .fd = fd, .due_us = mono_us + REQUEST_US, .begun = true };
	memcpy(c->peer, peer, NETWORK_BYTES);
	if (c->next)
		c->next->before = &c->next;
	cs->first = c;
	cs->n++;
	return c;
}

void
connections_remove(struct connections *cs, struct connection *c)
{
	*c->before = c->next;
	if (c->next)
		c->next->before = c->before;
	cs->n--;
	intake_free(&c->intake);
	free(c);
}

void
connection_begins(struct connection *c, int64_t mono_us)
{
	c->due_us = mono_us + REQUEST_US;
	c->owed = PROGRESS_BYTES;
}

void
connection_got(struct connection *c, size_t bytes, int64_t mono_us)
{
	if (c->due_us == INT64_MAX)             /* it had waited for us */
		c->due_us = mono_us + REQUEST_US;
	if (bytes < c->owed)
		c->owed -= bytes;
	else
		connection_begins(c, mono_us);
}

void
connection_held(struct connection *c)
{
	c->due_us = INT64_MAX;
}

void
connection_answered(struct connection *c, size_t bytes, int64_t mono_us)
{
	c->due_us = mono_us + ANSWER_US + (int64_t)(bytes / ANSWER_BYTES_A_SECOND) * 1000000;
}

void
connection_streams(const struct connection *c)
{
	int bytes = STREAM_SOCKET_BYTES, gone_ms = STREAM_GONE_MS;

	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	setsockopt(c->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &gone_ms, sizeof(gone_ms));
}

void
connection_idle(struct connection *c, int64_t mono_us)
{
	c->due_us = mono_us + IDLE_US;
	c->begun = false;
}

static void
cut_off(struct connection *c, int64_t mono_us)
{
	bool told = !c->intake.late && intake_waits(&c->intake);

	c->intake.late = true;
	c->due_us = told ? mono_us + LATE_US : INT64_MAX;
	shutdown(c->fd, told ? SHUT_RD : SHUT_RDWR);
}

size_t
connections_reap(struct connections *cs, int64_t mono_us)
{
	size_t n = 0;

	for (struct connection *c = cs->first; c; c = c->next) {
		if (c->due_us > mono_us && !c->begun && c->intake.raw && !c->request) {
			c->begun = true;        /* the first bytes of a request after an idle time */
			connection_begins(c, mono_us);
		}
		if (c->due_us <= mono_us) {
			n += !c->intake.late;
			cut_off(c, mono_us);
		}
	}
	return n;
}
