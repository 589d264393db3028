/* sse - clients that follow the events of a district, each at its own place and its own pace.
 *
 *   in:   a place to begin at; pulls of whoever carries the text; time
 *   out:  text/event-stream (HTML standard §9.2): an event, or a comment when there was none for a while
 *   owns: each client's place, and of what it is told no more than the event it is in the middle of
 *
 * Every event's id is the place after it, of all services.  The first thing told is the place where the stream begins,
 * so that a client cut off before the first event misses none either. */
#pragma once
#include "base/digest.h"
#include "base/ids.h"
#include "events/tail.h"
#include "http/reply.h"

enum {
	STREAMS_MAX = 500,                      /* clients at once … */
	/* … of which one account's, but the operator's; a district's: fairness.h */
	STREAMS_OF_ACCOUNT_MAX = 20,
	BEAT_US = 15 * 1000 * 1000,             /* a comment after this much silence: it finds those who have gone */
	LOOK_US = 15 * 1000 * 1000,             /* how often a session is looked at again */
	RETRY_MS = 1000,                        /* after how long a client that lost us should come back */
};

typedef struct sse sse_t;

sse_t *sse_open(struct port port, const char *const *services, struct metrics *metrics, arena_t *arena);
void sse_close(sse_t **sp);             /* everybody has left */

struct sse_client {
	const char *district;
	int32_t partition;
	const char *account, *token_sha256;     /* whose it is, by which session; the operator's have no session: "" */
	const struct position *at, *heads;         /* where it begins; where the logs end */
};
/* NULL: there are too many. */
struct reply_stream *sse_begin(sse_t *s, const struct sse_client *o, int64_t mono_us);
/* False: no answer to a question of ours. */
bool sse_receive(sse_t *s, const struct message *m, int64_t mono_us);
int64_t sse_tick(sse_t *s, int64_t mono_us);
/* A session that has not been looked at for a while: its token's digest, and its district; it is another's turn then.
 * NULL: none. */
const char *sse_doubted(sse_t *s, const char **district, int64_t mono_us);
/* It is over: so are its streams. */
void sse_end_of(sse_t *s, const char *token_sha256);
/* Each ends after the event it is in the middle of; no other begins. */
void sse_end(sse_t *s);
