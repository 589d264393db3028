/* ndjson - a batch: newline-delimited JSON, a command a line, answered by as many lines in order.
 *
 *   in:   bytes as they arrive (ndjson_feed), however cut
 *   out:  groups of up to 512 commands to the owner, 12 of them under way at most, fewer and smaller ones when batches
 *         are many; then the answers, as text or a file
 *   owns: lines in the making, groups, answers
 *
 * Back-pressure: when every group is taken ndjson_feed takes no more, until room.  A client that leaves does not stop
 * what was sent. */
#pragma once
#include "access/identity.h"
#include "base/arena.h"
#include "call/rpc.h"
#include "http/problem.h"
#include "http/spool.h"
#include "routes/routes.h"

enum {
	BATCH_BYTES_MAX = 64 << 20, LINE_BYTES_MAX = 64 * 1024, LINES_MAX = 100 * 1000,
	GROUP_LINES_MAX = 512, GROUP_BYTES_MAX = 256 * 1024,
	/* An owner queues 8,192 commands: batches leave room for others, and share the rest.  What finds no room is
	 * asked again and again until its time is over, so many batches would starve each other. */
	GROUPS_MAX = 12, GROUPS_MIN = 2, GROUP_LINES_MIN = 8, UNDER_WAY_MAX = GROUPS_MAX * GROUP_LINES_MAX,
	GROUP_TRY_US = 5 * 1000 * 1000, GROUP_WHOLE_US = 30 * 1000 * 1000,
};

struct ndjson;

struct ndjson_settings {
	rpc_t *rpc;
	arena_t *arena;                 /* for one line or one answer; emptied after it */
	const struct route_match *match;
	const char *path;               /* as the client wrote it */
	const struct identity *who;
	const char *trace;
	const char *key;                /* of the whole batch: makes keys for lines without one; "" none */
	int32_t partition;
	unsigned *open;                 /* how many there are at once, counted here, of all that share the owners */
	void *ctx;
	void (*room)(void *ctx, int64_t mono_us);               /* takes bytes again */
	/* All that was sent is answered, and ndjson_end or ndjson_leave was called.  The reply is the answer lines, or
	 * a problem, or nothing after ndjson_leave.  The lines are gone then. */
	void (*done)(void *ctx, struct reply *r, int64_t mono_us);
};

struct ndjson *ndjson_open(const struct ndjson_settings *o);  /* texts, match and who must outlive it */
/* Bytes taken.  All of them, when the batch is over its bounds: they are dropped. */
size_t ndjson_feed(struct ndjson *l, const char *p, size_t n, int64_t mono_us);
void ndjson_end(struct ndjson *l, int64_t mono_us);
/* The client has gone: what was not sent is forgotten, what was sent is waited for. */
void ndjson_leave(struct ndjson *l, int64_t mono_us);
/* Ends it at once; neither room nor done is called.  No ask of it may be under way any more. */
void ndjson_drop(struct ndjson *l);
