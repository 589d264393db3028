/* zap - see zap.h.
 *
 *   in:   a key at a time, from libzmq's own thread; the file of authorized keys; failed handshakes, from the ROUTER's
 *         monitor
 *   out:  a name, or no; refusals, logged once a minute each and counted
 *   owns: one REP and one PAIR socket, both within the process
 *
 * A refusal is said as "come again" (300), not as "never" (400): libzmq says nothing to the peer and lets the
 * handshake's time run out, and the peer tries again, so that a key may be authorized after its owner has started.
 * What speaks no ZMTP 3 at all is hung up on by libzmq, which tells nobody. */
#include "zap.h"
#include "base/log.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	VERSION, REQUEST, DOMAIN, ADDRESS, IDENTITY, MECHANISM, KEY, ASKED_PARTS,       /* frames of a question */
	CODE = DOMAIN, TEXT, USER, METADATA, REPLY_PARTS,                             /* those of a reply that differ */
	BURST_MAX = 64,                         /* a torrent of strangers does not keep those waiting who are in */
};

#define MONITOR "inproc://bus.handshakes"

struct zap {
	void *rep, *monitor;
	zmq_msg_t part[ASKED_PARTS];
	const char *file;
	struct stat read;                       /* the file as it was when it was read */
	struct authorized keys;
	struct refusals *refusals;
	struct metrics *metrics;
};

/* ---- the file */

static bool
complain(const struct zap *z, const char *why, int line)
{
	LOG(ERROR, "keys.refused", NULL, LOG_S("file", z->file), LOG_S("error", why), LOG_I("line", line));
	return false;
}

/* What stood before stands when this fails. */
static bool
keys_read(struct zap *z)
{
	char text[AUTHORIZED_TEXT_MAX];
	struct authorized keys;
	FILE *f = fopen(z->file, "re");
	size_t n = f ? fread(text, 1, sizeof(text), f) : 0;
	bool whole = f && !ferror(f) && n < sizeof(text) && !fstat(fileno(f), &z->read);

	if (f)
		fclose(f);
	if (!whole)
		return complain(z, n == sizeof(text) ? "too long" : strerror(errno), 0);
	text[n] = '\0';
	int bad = authorized_parse(&keys, text);
	if (bad || !keys.n)
		return complain(z, bad ? "not a name and a key, or there already" : "no keys", bad);
	z->keys = keys;
	LOG(INFO, "keys.read", NULL, LOG_I("keys", keys.n));
	return true;
}

static bool
has_changed(const struct zap *z)
{
	struct stat now;

	return !stat(z->file, &now) &&
	       (now.st_ino != z->read.st_ino || now.st_size != z->read.st_size ||
		now.st_mtim.tv_sec != z->read.st_mtim.tv_sec || now.st_mtim.tv_nsec != z->read.st_mtim.tv_nsec);
}

static const char *
name_of(struct zap *z, const uint8_t key[CURVE_BYTES])
{
	const char *name = authorized_name(&z->keys, key);

	return name || !has_changed(z) || !keys_read(z) ? name : authorized_name(&z->keys, key);
}

/* ---- refusing */

static void
refuse(struct zap *z, const char *why, const char *key, int64_t now_us)
{
	char what[REFUSAL_TEXT_MAX];

	metric_add(z->metrics, METRIC_BUS_PEERS_REFUSED, 1);
	snprintf(what, sizeof(what), "%s%s", key, why);
	if (refusals_is_news(z->refusals, what, now_us))
		LOG(WARN, "peer.refused", NULL, LOG_S("why", why), LOG_S("key", key));
}

/* ---- questions of libzmq */

static bool
is(zmq_msg_t *part, const char *text)
{
	return zmq_msg_size(part) == strlen(text) && !memcmp(zmq_msg_data(part), text, strlen(text));
}

/* NULL: nobody. */
static const char *
who_asks(struct zap *z, int parts, int64_t now_us)
{
	char text[CURVE_TEXT + 1];

	if (parts != ASKED_PARTS || !is(&z->part[MECHANISM], "CURVE") || zmq_msg_size(&z->part[KEY]) != CURVE_BYTES) {
		refuse(z, "not by CURVE", "", now_us);
		return NULL;
	}
	const char *name = name_of(z, zmq_msg_data(&z->part[KEY]));
	if (!name)
		refuse(z, "the key is not authorized", zmq_z85_encode(text, zmq_msg_data(&z->part[KEY]), CURVE_BYTES),
		       now_us);
	return name;
}

static void
on_question(struct zap *z, int parts, int64_t now_us)
{
	const char *name = who_asks(z, parts, now_us), *code = name ? "200" : "300",
		   *text = name ? "OK" : "not authorized";

	if (!frames_fill(&z->part[CODE], code, strlen(code)) || !frames_fill(&z->part[TEXT], text, strlen(text)) ||
	    !frames_fill(&z->part[USER], name, name ? strlen(name) : 0) || !frames_fill(&z->part[METADATA], NULL, 0) ||
	    !frames_send(z->rep, z->part, REPLY_PARTS))
		LOG(ERROR, "peer.unanswered", NULL, LOG_S("error", zmq_strerror(errno)));       /* it tries again */
}

/* ---- handshakes that never came to a key */

static const char *
reason_of(uint32_t code)
{
	switch (code) {
	case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
		return "another mechanism than CURVE";
	case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC:
		return "made for another bus's key";
	default:
		return "a malformed handshake";
	}
}

static void
on_failure(struct zap *z, int parts, int64_t now_us)
{
	uint32_t code;

	if (parts < 1 || zmq_msg_size(&z->part[0]) != sizeof(uint16_t) + sizeof(code))
		return;
	memcpy(&code, (const uint8_t *)zmq_msg_data(&z->part[0]) + sizeof(uint16_t), sizeof(code));
	refuse(z, reason_of(code), "", now_us);
}

/* ---- the handler */

static void *
open_socket(void *zmq, int type)
{
	const int none = 0;
	void *s = zmq_socket(zmq, type);

	if (s) {                              /* unbounded: a libzmq thread that waits for us would hold up everybody */
		zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof(none));
		zmq_setsockopt(s, ZMQ_RCVHWM, &none, sizeof(none));
		zmq_setsockopt(s, ZMQ_SNDHWM, &none, sizeof(none));
	}
	return s;
}

struct zap *
zap_open(void *zmq, const char *file, struct refusals *refusals, struct metrics *metrics)
{
	struct zap *z = calloc(1, sizeof(*z));

	assert(z);
	z->file = file;
	z->refusals = refusals;
	z->metrics = metrics;
	frames_open(z->part, ASKED_PARTS);
	z->rep = open_socket(zmq, ZMQ_REP);
	z->monitor = open_socket(zmq, ZMQ_PAIR);
	if (!z->rep || !z->monitor || zmq_bind(z->rep, "inproc://zeromq.zap.01")) {
		LOG(ERROR, "zap.unbound", NULL, LOG_S("error", zmq_strerror(errno)));
		zap_close(&z);
	} else if (!keys_read(z)) {
		zap_close(&z);
	}
	return z;
}

void
zap_close(struct zap **zp)
{
	struct zap *z = *zp;

	if (!z)
		return;
	if (z->rep)
		zmq_close(z->rep);
	if (z->monitor)
		zmq_close(z->monitor);
	frames_close(z->part, ASKED_PARTS);
	free(z);
	*zp = NULL;
}

bool
zap_watch(struct zap *z, void *socket)
{
	return !zmq_socket_monitor(socket, MONITOR, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) &&
	       !zmq_connect(z->monitor, MONITOR);
}

void
zap_poll_items(const struct zap *z, zmq_pollitem_t *items)
{
	items[0] = (zmq_pollitem_t){ .socket = z->rep, .events = ZMQ_POLLIN };
	items[1] = (zmq_pollitem_t){ .socket = z->monitor, .events = ZMQ_POLLIN };
}

void
zap_step(struct zap *z, int64_t now_us)
{
	int n;

	for (int i = 0; i < BURST_MAX && (n = frames_receive(z->rep, z->part, ASKED_PARTS)); i++)
		on_question(z, n, now_us);
	for (int i = 0; i < BURST_MAX && (n = frames_receive(z->monitor, z->part, ASKED_PARTS)); i++)
		on_failure(z, n, now_us);
}
