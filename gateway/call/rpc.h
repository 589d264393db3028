/* asks - requests under way to the owners, each asked again until it is answered or its time is over.
 *
 * A state machine without sockets: messages go out by the port, come in by asks_receive(), time comes in by asks_tick().
 *
 * What may be repeated: a try that surely reached nobody (UNROUTED, an owner away or busy: nothing was done) always; a try
 * that was lost only when the request is a read, or doing it twice is doing it once.
 *
 * Owners and readers serve all partitions, first come first served.  So of one partition only so much is under way at a lane of a
 * service; more waits here, and a district that asks for too much waits for itself. */
#pragma once
#include "base/arena.h"
#include "bus/message.h"

enum {
	ASKS_MAX = 8192,                /* outstanding; beyond that: busy */
	READS_OF_PARTITION_MAX = 16, TRIALS_OF_PARTITION_MAX = 2, ORDERS_OF_PARTITION_MAX = 256, BYTES_OF_PARTITION_MAX = 4 << 20,   /* under way; bytes: half of what an owner queues */
	ASK_SLOT_BITS = 16,             /* the lowest of an ask's id */
	ASK_SLOT_NONE = (1 << ASK_SLOT_BITS) - 1,       /* what they never are: ids of others who use the same port */
};

typedef struct asks asks_t;

enum ask_outcome {
	ASK_ANSWERED,
	ASK_AWAY,               /* nothing was done */
	ASK_LOST,               /* it may have been done */
};
/* items: as many as were asked for; valid during the call.  NULL unless ASK_ANSWERED.  The asker's `ctx` is free to go. */
typedef void ask_done_fn(void *ctx, enum ask_outcome outcome, Wire__Answer **items, int64_t mono_us);

struct ask {
	Wire__Kind kind;                /* COMMANDS or READ */
	Wire__Lane lane;
	const char *service;            /* outlives the ask */
	int32_t partition;
	const char *replica;            /* this one of the service's, by its instance; NULL: whoever serves it; outlives the ask */
	int via;                        /* by this bus alone, counted from 1; 0: by any */
	size_t nitems;                  /* answers expected: commands in it, 1 for a read */
	bool repeatable;
	bool secret;                    /* the body holds a password: wiped before it is freed */
	bool quiet;                     /* that nobody answers is what was asked, and no failure to be noted */
	int64_t try_us, whole_us;       /* how long one try may take, and all together */
	char trace[56];
	uint8_t *body;                  /* malloc'd; belongs to asks from asks_put on */
	size_t body_len;
	ask_done_fn *done;
	void *ctx;
};

/* Of an ask that is not put after all. */
void ask_body_free(struct ask *ask);

asks_t *asks_open(struct port port);
void asks_close(asks_t **ap);           /* done is called for none of those outstanding */

/* Sends it.  done is called once, later, never from in here.  False: too many are outstanding; body is freed. */
bool asks_put(asks_t *s, const struct ask *ask, int64_t mono_us) __attribute__((warn_unused_result));
void asks_receive(asks_t *s, const struct message *m, int64_t mono_us);
/* Does what is due.  When the next is due, INT64_MAX: nothing is outstanding. */
int64_t asks_tick(asks_t *s, int64_t mono_us);
size_t asks_outstanding(const asks_t *s);
/* Ends all of them now, as if their time were over. */
void asks_give_up(asks_t *s, int64_t mono_us);
