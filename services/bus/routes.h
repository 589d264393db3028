/* routes - who serves what, as the replicas say: a table without I/O, on the time it is given.
 *
 *   in:   HELLO of a peer, the end of a peer, the time
 *   out:  the routing id that a request goes to
 *
 * Nothing is remembered but each peer's newest HELLO; who owns a partition is read off when asked.  When two claim it,
 * the later word wins: the database's fence keeps a stale owner from doing harm, so the worst is one more UNROUTED. All
 * of it may be lost at any time: within a HELLO's interval it stands again. */
#pragma once
#include "bus/frames.h"
#include "base/ids.h"

enum {
	ROUTES_SERVICES_MAX = 16,
	ROUTES_REPLICAS_MAX = 128,              /* of one service, all lanes: writers and the threads that read */
	ROUTES_EXPIRY_US = 3000000,
	ROUTES_LATE_US = 1200000,               /* a word is said twice a second */
};

struct replica {
	uint8_t id[PEER_ID_MAX];                /* routing id */
	uint8_t id_len;
	char instance[INSTANCE_MAX];
	Wire__Lane lane;
	uint64_t owns;                          /* bit p: partition p */
	uint64_t word;                          /* number of its newest HELLO among all */
	int64_t said_us;                        /* when that came */
};
struct served {
	char name[SERVICE_NAME_MAX];
	int n;                                  /* 0: the place is free */
	int turn[FRAMES_LANES];                 /* by lane: whose turn it is */
	struct replica replica[ROUTES_REPLICAS_MAX];
};
struct routes {
	struct served service[ROUTES_SERVICES_MAX];
	uint64_t words;
};

enum routes_heard { ROUTES_KNOWN, ROUTES_JOINED, ROUTES_LEFT, ROUTES_FULL, ROUTES_BAD };

/* A Hello without a service takes the peer out.  FULL and BAD leave the table without the peer. */
enum routes_heard routes_hello(struct routes *r, const uint8_t *id, size_t id_len, const Wire__Hello *hello,
			       int64_t now_us);
/* NULL: nobody.  Valid until the table changes.  Where nobody has a thread for passwords, readers do them. */
const struct replica *routes_find(struct routes *r, const char *service, int32_t partition, Wire__Lane lane,
				  int64_t now_us);
/* This one of its replicas, of either lane whatever it owns.  NULL: it is not here. */
const struct replica *routes_find_replica(struct routes *r, const char *service, const char *instance, Wire__Lane lane,
					  int64_t now_us);
/* False: it was not in the table. */
bool routes_forget(struct routes *r, const uint8_t *id, size_t id_len);
/* Takes out one that has been silent too long.  The name of its service, valid until the table changes; NULL: there is
 * none. */
const char *routes_expire(struct routes *r, int64_t now_us);
