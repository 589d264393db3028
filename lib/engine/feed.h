/* feed - consuming other services' events, and our own once more. */
#pragma once
#include "bus/message.h"
#include "engine/node.h"

#ifdef ZHUCUN_SMALL                     /* as in fetch.h */
enum { FEED_BLOCKS_MAX = 2, STREAMS_MAX = 4 };
#else
enum { FEED_BLOCKS_MAX = 4, STREAMS_MAX = 16 };
#endif
enum {
	FETCH_BRIEF_BYTES = 32 << 10,
	FETCH_LOST_MS = 2500,
	FETCH_REST_MS = 20,
	FETCH_REST_MAX_MS = 160,
	FETCH_STALE_MS = 100
};

struct block {
	struct block *next; uint8_t *body; size_t len, items;
	bool taken, later;                              /* later: some of it must wait */
	/* all of it is of no concern here, so only the cursor moves, or can wait a little */
	bool deferrable;
};
struct stream {
	uint64_t asked; int64_t asked_us;               /* 0: no question is on its way */
	int64_t rest_ms, again_us;                      /* how long it rests, and until when; 0: not at all */
	/* stale: the question on its way is no longer the right one; brief: it does not wait */
	bool older, stale, brief;
	bool calm;                                      /* its answer may wait for company */
	int32_t turn;
	uint64_t owner;                                 /* who answered last, by a hash of its name; 0: nobody yet */
};
struct feed {
	const char *producer;
	uint32_t *urgent; size_t nurgent;               /* Fetch.urgent of our questions */
	struct stream stream[STREAMS_MAX];
	struct block *first, **last; size_t blocks;
	/* there is no room, and some of what is here must wait for another producer */
	bool blocked;
	/* a command, or another producer's event, waits for what was said there */
	bool hurry;
};

/* which of its types our handlers cannot defer */
size_t feed_urgent(const struct service *s, const char *producer, arena_t *a, uint32_t **types);
void feed_tick(node_t *n);
bool feed_receive(node_t *n, const struct message *m);  /* an answer; false: not one of ours */
int64_t feed_next_us(const node_t *n);                  /* when the next question is due */
void feed_news(node_t *n);                              /* partitions were taken: no question asks for them yet */
void feed_moved(node_t *n, const char *producer);       /* some of its partitions have another owner now */
/* there is room again: who rested for want of it asks at once */
void feed_freed(struct feed *d);
void feed_forget(node_t *n);                            /* all that was fetched and asked */
