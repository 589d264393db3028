/* fetch - serving our own events: what is asked for, and by whom (feed.h is the other side). */
#pragma once
#include "bus/message.h"
#include "engine/node.h"

#ifdef ZHUCUN_SMALL                     /* the simulation: what is seldom full becomes so often */
enum { FETCH_ITEMS_MAX = 4 };
#else
enum { FETCH_ITEMS_MAX = 256 };
#endif
enum {
	HELD_FETCHES_MAX = 256,
	FETCH_WAIT_MS = 1000,
	/* events of no concern, or of deferrable handlers, wait so long for company: else most commits would be
	 * theirs */
	LINGER_MS = 10,
};

struct gathered { Wire__Fetched said; size_t bytes; bool urgent, full; };       /* full: there may be more */
struct held_fetch {
	struct peer peer; uint64_t id; uint8_t *body; size_t len;
	/* when its time is over; since when there is something to say, 0: there is not */
	int64_t until_us, some_us;
	uint64_t changes;                               /* the ring's when it was looked at */
};

/* what memory has of it, in n->scratch */
void fetch_gather(node_t *n, const Wire__Fetch *f, struct gathered *out);
void fetch_hold(node_t *n, const struct message *m);    /* a consumer asks */
void fetch_serve(node_t *n);                            /* answers those that can be answered, or have waited enough */
int64_t fetch_next_us(const node_t *n);
