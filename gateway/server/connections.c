#include "server/connections.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum {
	RESERVED_PART = 50,                     /* of so many places one is for health alone */
	SHARE_PART = 100,                       /* … and an address without a session keeps one, when it is crowded */
	NEVER = INT_MAX,
};

/* ---- addresses */

/* FNV-1a: whoever chooses his addresses so that they fall together makes his own look-ups slower. */
static struct origin **
origin_of(struct connections *cs, const uint8_t address[NETWORK_BYTES])
{
	uint32_t h = 2166136261;
	struct origin **at;

	for (size_t i = 0; i < NETWORK_BYTES; i++)
		h = (h ^ address[i]) * 16777619;
	for (at = &cs->origins[h % ORIGINS]; *at && memcmp((*at)->address, address, NETWORK_BYTES) != 0;
	     at = &(*at)->next)
		;
	return at;
}

static struct origin *
origin_enter(struct connections *cs, const uint8_t address[NETWORK_BYTES])
{
	struct origin **at = origin_of(cs, address);

	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			abort();
		memcpy((*at)->address, address, NETWORK_BYTES);
	}
	(*at)->refs++;
	(*at)->n++;
	return *at;
}

static void
origin_leave(struct connections *cs, struct connection *c)
{
	struct origin **at = origin_of(cs, c->origin->address), *p = *at;

	p->known -= c->known;
	p->n -= !c->gone;
	if (--p->refs > 0)
		return;
	*at = p->next;
	free(p);
}

/* ---- who makes room */

static size_t
part_of(size_t max, size_t part)
{
	return max / part ? max / part : 1;
}

/* Whose place is taken first; NEVER: he is at work. */
static int
rank_of(const struct connections *cs, const struct connection *c)
{
	bool alone = c->origin->known == 0;

	if (c->gone || (c->request && (c->known || c->due_us == INT64_MAX)))
		return NEVER;
	if (c->known)
		return 3;
	if (c->request)
		return 2;
	return alone && c->origin->n > part_of(cs->max, SHARE_PART) ? 0 : 1;
}

/* Of one address, or of all (NULL); but for the one that has just come. */
static struct connection *
victim_of(const struct connections *cs, const struct origin *of, const struct connection *but)
{
	struct connection *victim = NULL;
	int best = NEVER;

	for (struct connection *c = cs->first; c; c = c->next) {
		int rank = c == but || (of && c->origin != of) ? NEVER : rank_of(cs, c);
		if (rank > best || rank == NEVER || (rank == best && c->origin->n < victim->origin->n))
			continue;
		victim = c;
		best = rank;
	}
	return victim;
}

static void
shut(struct connections *cs, struct connection *c)
{
	shutdown(c->fd, SHUT_RDWR);
	c->due_us = INT64_MAX;
	if (c->gone)
		return;
	c->gone = true;
	c->origin->n--;
	cs->ngone++;
}

static bool
make_room(struct connections *cs, const struct origin *of, const struct connection *but)
{
	struct connection *victim = victim_of(cs, of, but);

	if (victim)
		shut(cs, victim);
	return victim != NULL;
}

static size_t
count(const struct connections *cs)
{
	return cs->n - cs->ngone;
}

/* How many were shut down for it. */
static size_t
admit(struct connections *cs, struct connection *c, bool proxy)
{
	size_t ordinary = cs->max - part_of(cs->max, RESERVED_PART), n = 0;

	if (!proxy && c->origin->n > cs->of_address) {
		if (!make_room(cs, c->origin, c))
			shut(cs, c);
		n++;
	}
	if (c->gone || count(cs) <= ordinary)
		return n;
	if (make_room(cs, NULL, c))
		return n + 1;
	c->reserved = true;
	if (count(cs) <= cs->max)
		return n;
	shut(cs, c);
	return n + 1;
}

/* ---- coming and going */

struct connection *
connections_add(struct connections *cs, int fd, const uint8_t peer[NETWORK_BYTES], bool proxy, int64_t mono_us,
                size_t *shut_down)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	*c = (struct connection){
		.next = cs->first, .before = &cs->first, .fd = fd, .due_us = mono_us + REQUEST_US, .begun = true,
	};
	memcpy(c->peer, peer, NETWORK_BYTES);
	c->origin = origin_enter(cs, peer);
	if (c->next)
		c->next->before = &c->next;
	cs->first = c;
	cs->n++;
	if (proxy)
		connection_known(c);
	*shut_down += admit(cs, c, proxy);
	return c;
}

void
connections_remove(struct connections *cs, struct connection *c)
{
	*c->before = c->next;
	if (c->next)
		c->next->before = c->before;
	cs->n--;
	cs->ngone -= c->gone;
	origin_leave(cs, c);
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
connection_known(struct connection *c)
{
	c->origin->known += !c->known;
	c->known = true;
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
cut_off(struct connections *cs, struct connection *c, int64_t mono_us)
{
	bool told = !c->intake.late && intake_waits(&c->intake);

	c->intake.late = true;
	if (!told) {
		shut(cs, c);
		return;
	}
	c->due_us = mono_us + LATE_US;
	shutdown(c->fd, SHUT_RD);
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
			cut_off(cs, c, mono_us);
		}
	}
	return n;
}
