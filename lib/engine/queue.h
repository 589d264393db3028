/* queue - requests with commands, first come first served, until every command of each has its answer. */
#pragma once
#include "bus/message.h"
#include "engine/node.h"
#include "engine/service.h"

enum { QUEUE_COMMANDS_MAX = 8192, QUEUE_BYTES_MAX = 8 << 20 };

struct group {
	struct group *next;
	struct peer peer; uint64_t id; int32_t partition;
	uint8_t *body; size_t body_len, ncommands, nleft;
	struct { uint8_t *data; size_t len; } *answers; /* packed Wire.Answer of each; NULL: open */
	/* AFTER bits looked up: the heads of those producers as of then */
	unsigned looked; int64_t need[PRODUCERS_MAX];
	bool waited, unsure;                            /* for a producer; unsure: some of it may have been committed */
	int64_t deadline_us;
};
struct queue { struct group *first, **last; size_t commands, bytes; };

void queue_open(struct queue *q);
void queue_add(node_t *n, const struct message *m);
void queue_expire(node_t *n);
void queue_shed(node_t *n);
void queue_end(node_t *n);
void queue_answer(struct group *g, size_t i, const Wire__Answer *a);
void queue_reply(node_t *n);                            /* sends and frees every group that is complete */
