/* message - what nodes, buses and gateways say to each other, and the port they say it through.
 *
 * A port is how somebody speaks without knowing the wires: in a process it is lib/bus/link (ZeroMQ), in the tests of
 * many services in one process a switchboard that calls node_receive() itself. */
#pragma once
#include "wire.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { /* sizes and limits of what travels */
       REQUEST_BYTES_MAX = 1280 * 1024,
       ANSWER_BYTES_MAX =
	       2 * 1024 * 1024, /* a batch of 512 lines answers in one frame; a page of a list stays under 256 KiB */
       FETCH_BYTES_MAX = 512 * 1024,
       PEER_ID_MAX = 32,
       INSTANCE_MAX = 64, /* a replica's name, with its NUL */
};

/* Where an answer goes: which bus it came by, and the routing id the bus gave its asker. */
struct peer { int bus; uint8_t id[PEER_ID_MAX]; uint8_t id_len; };

/* Body bytes belong to the caller of whatever takes a message; they are copied where they must live longer. */
struct message {
	struct peer peer;               /* of a request received or an answer sent; unused in a request sent */
	Wire__Kind kind;
	uint64_t id;
	const char *service;      /* addressee of a request; who gives an answer received, "" or NULL: the bus itself */
	const char *replica;            /* … this one of its replicas, by its instance; NULL or "": whoever serves it */
	int via;                     /* a request sent goes by this bus alone, counted from 1; 0: by any that answers */
	int32_t partition;
	Wire__Lane lane;
	int64_t wait_ms;
	int64_t sent_us; /* of a request received: when, by its sender's clock; 0: not said.  lib/bus/link says it of
			    what it sends */
	const void *body;
	size_t body_len;
};

struct port {
	void *ctx;
	/* Never blocks.  False: no bus took it (queue full, none connected); as if it had been lost. */
	bool (*send)(void *ctx, const struct message *m);
};

/* Of a command: it is only to be tried, and nothing of it is to stay.  It says so in a field `dry_run` of its own. */
bool message_is_dry(const ProtobufCMessage *m);
/* Whether commands of a kind may say so. */
bool message_may_be_dry(const ProtobufCMessageDescriptor *d);

/* Whether an answer comes from who was asked, or from the bus, which may always say that there is nobody: the bus lets
 * no service speak in another's name, so that one that was taken over cannot answer for the rest. */
static inline bool
message_is_of(const struct message *m, const char *service)
{
	return !m->service || !*m->service || strcmp(m->service, service) == 0;
}
