/* rpc - requests under way to the owners, each asked again until it is answered or its time is over.
 *
 * A state machine without sockets: messages go out by the port, come in by rpc_receive(), time comes in by rpc_tick().
 *
 * What may be repeated: a try that surely reached nobody (UNROUTED, an owner away or busy: nothing was done) always; a
 * try that was lost only when the request is a read, or doing it twice is doing it once.
 *
 * Owners and readers serve all partitions, first come first served.  So of one partition only so much is under way at a
 * lane of a service; more waits here, and a district that asks for too much waits for itself. */
#pragma once
#include "base/arena.h"
#include "bus/message.h"

enum {
	RPCS_MAX = 8192,                /* outstanding; beyond that: busy */
	/* under way; bytes: half of what an owner queues */
	READS_OF_PARTITION_MAX = 16, TRIALS_OF_PARTITION_MAX = 2, COMMANDS_OF_PARTITION_MAX = 256,
	BYTES_OF_PARTITION_MAX = 4 << 20,
	RPC_SLOT_BITS = 16,             /* the lowest of an ask's id */
	RPC_SLOT_NONE = (1 << RPC_SLOT_BITS) - 1,       /* what they never are: ids of others who use the same port */
};

typedef struct rpc rpc_t;

enum rpc_outcome {
	RPC_ANSWERED,
	RPC_AWAY,               /* nothing was done */
	RPC_LOST,               /* it may have been done */
};
/* items: as many as were asked for; valid during the call.  NULL unless RPC_ANSWERED.  The asker's `ctx` is free to
 * go. */
typedef void rpc_done_fn(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us);

struct rpc_request {
	Wire__Kind kind;                /* COMMANDS or READ */
	Wire__Lane lane;
	const char *service;            /* outlives the ask */
	int32_t partition;
	/* this one of the service's, by its instance; NULL: whoever serves it; outlives the ask */
	const char *replica;
	int via;                        /* by this bus alone, counted from 1; 0: by any */
	size_t nitems;                  /* answers expected: commands in it, 1 for a read */
	bool repeatable;
	bool secret;                    /* the body holds a password: wiped before it is freed */
	bool quiet;                     /* that nobody answers is what was asked, and no failure to be noted */
	int64_t try_us, whole_us;       /* how long one try may take, and all together */
	char trace[56];
	uint8_t *body;                  /* malloc'd; ours from rpc_put on */
	size_t body_len;
	rpc_done_fn *done;
	void *ctx;
};

/* A message as a command or a read brings it, in the arena. */
ProtobufCBinaryData rpc_pack(const ProtobufCMessage *m, arena_t *a);
/* The read becomes the body. */
void rpc_body_read(struct rpc_request *ask, const Wire__Read *read);
/* Of a request that is not put after all. */
void rpc_body_free(struct rpc_request *ask);

rpc_t *rpc_open(struct port port);
void rpc_close(rpc_t **ap);           /* done is called for none of those outstanding */

/* Sends it.  done is called once, later, never from in here.  False: too many are outstanding; body is freed. */
bool rpc_put(rpc_t *s, const struct rpc_request *ask, int64_t mono_us) __attribute__((warn_unused_result));
void rpc_receive(rpc_t *s, const struct message *m, int64_t mono_us);
/* Does what is due.  When the next is due, INT64_MAX: nothing is outstanding. */
int64_t rpc_tick(rpc_t *s, int64_t mono_us);
size_t rpc_outstanding(const rpc_t *s);
/* Ends all of them now, as if their time were over. */
void rpc_give_up(rpc_t *s, int64_t mono_us);
