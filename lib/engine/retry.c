/* retry - what was put aside, tried again because the operator wants it (zhucunctl retry).
 *
 * One at a time, each in a transaction of its own that also takes its row away, in the order in which they were
 * read, and all of a subject: what waits behind it, or is put behind it meanwhile, comes next.  So a crash at any
 * point leaves a place to go on from.  One that the database refuses, or that kills its process, stays where it is,
 * with its reason, until it is wanted again. */
#include "base/log.h"
#include "engine/inbox.h"
#include "engine/node_state.h"
#include "engine/ownership.h"
#include "engine/producers.h"
#include "engine/retry.h"
#include <string.h>

/* The first of the partition's wanted ones, NULL: there is none, or the database is away. */
static const EngineRows__Parked *
wanted(node_t *n, int32_t partition)
{
	EngineRows__Partition key = ENGINE_ROWS__PARTITION__INIT;
	const void *args = &key;
	void **rows;

	key.partition = partition;
	store_queue(n->db, &engine_parked_next, &args, 1);
	if (store_sync(n->db)) {
		n->lost = true;
		return NULL;
	}
	n->part[partition].retry = store_rows(n->db, 0, n->arena, &rows) > 0;
	return n->part[partition].retry ? rows[0] : NULL;
}

static struct input *
input_parked(node_t *n, const EngineRows__Parked *k)
{
	struct input *in = arena_alloc(n->arena, sizeof *in);
	Wire__Logged *l = arena_message(n->arena, &wire__logged__descriptor);
	size_t producer;

	*in = input_of(INPUT_RETRY, k->partition);
	l->partition = k->partition;
	l->seq = k->seq;
	l->type = k->type;
	l->body = k->body;
	if (!producer_of(n, k->producer, &producer))
		return NULL;            /* no longer read at all: left to people */
	input_of_event(n, in, producer, l, wire__event__unpack(arena_pb(n->arena), k->body.len, k->body.data));
	return in;
}

static enum batch_result
try_again(node_t *n, struct input *in)
{
	enum batch_result r = in->park ? fold_run(n, in, 1) : inbox_run_singly(n, in);

	if (r == BATCH_DONE && !in->park)
		LOG(INFO, "input.retried", in->trace, LOG_S("service", n->svc->name), LOG_S("event", in->event_id),
		    LOG_S("type", in->logged->type));
	if (r == BATCH_TRANSIENT)
		n->retry_us = n->mono_us + RETRY_MS * 1000;
	if (r == BATCH_AWAY || r == BATCH_LOST)
		n->lost = true;         /* done or not, its row says */
	return r;
}

static bool
retry_of(node_t *n, int32_t partition)
{
	arena_reset(n->arena);
	const EngineRows__Parked *k = wanted(n, partition);
	struct input *in = k ? input_parked(n, k) : NULL;

	n->part[partition].retry = in != NULL;  /* else until the next look */
	if (!in || try_again(n, in) != BATCH_DONE)
		return false;
	ownership_held(n, partition);
	return true;
}

bool
retry_run(node_t *n)
{
	bool any = false;

	for (int32_t p = 0; p < PARTITIONS && !n->lost && n->mono_us >= n->retry_us; p++)
		if (n->part[p].owned && n->part[p].retry)
			any = retry_of(n, p) || any;
	return any;
}
