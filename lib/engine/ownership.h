/* ownership - partitions: taking them over, giving them back, losing them. */
#pragma once
#include "engine/node.h"

enum {
	/* looks, which keep the session from being idle; of who is alone and has all that there is */
	OPEN_MS = 150, CALM_MS = 1000,
	BEAT_MS = 700,                          /* the heartbeat row */
	GIVE_LOOKS = 4,                         /* a surplus is given when it was there so often in a row */
	SINGLY_FROM = 3,                        /* takeovers without a commit until inputs are run one by one */
};

/* take what is free and our share; `also` even if not opened (-1: none) */
void ownership_look(node_t *n, int32_t also);
void ownership_share(node_t *n);                        /* give back what is beyond our share */
void ownership_leave(node_t *n);                        /* give back all; nobody is to count on us */
void ownership_lose(node_t *n, int32_t partition);      /* fenced */
void ownership_recover(node_t *n);                      /* the connection is gone: reconnect and take over again */
void ownership_end(node_t *n);
void ownership_held(node_t *n, int32_t partition);      /* reads anew which subjects wait */
/* Of a trial: begins to read as of one instant, and knows where the partition stands then. */
bool ownership_peek(node_t *n, int32_t partition);
bool ownership_peek_prepare(node_t *n);
