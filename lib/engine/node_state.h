/* node_state - a node and its partitions as its files see them; nobody else includes it, but what tests it.
 *
 *   node.c       opening, messages in, the step           node_clock.c  whether the clock can be believed
 *   ownership.c  partitions: taking, giving               assignment.c  who should hold what (knows no node)
 *   queue.c      groups of commands and their answers     inbox.c       what runs next
 *   due.c        timers and jobs                          catch_up.c    what due timers must see first
 *   feed.c       consuming: fetch, verify, queue          fetch.c       serving our own events
 *   ring.c       fresh events in memory, for consumers    producers.c   whose events are read, and who handles them
 *   batch.h      what is loaded, run and written together retry.c       what was put aside, tried again
 *   books.c      what is made of a district's rows, kept  replay.c      event handlers once more, from the logs alone
 *   held.c       subjects that wait                       districts.c   which ones exist
 *   ready.c      whether a command would be carried out   trial.c       dry runs
 *
 * What a file offers stands in a header of its name, and none includes what includes it. */
#pragma once
#include "base/arena.h"
#include "base/metrics.h"
#include "base/steady.h"
#include "engine.sql.h"
#include "engine/book_cache.h"
#include "engine/catch_up.h"
#include "engine/chain.h"
#include "engine/districts.h"
#include "engine/feed.h"
#include "engine/fetch.h"
#include "engine/held.h"
#include "engine/journal.h"
#include "engine/node.h"
#include "engine/noun.h"
#include "engine/queue.h"
#include "engine/ring.h"
#include "engine_rows.pb-c.h"
#include "store/table.h"

#ifdef ZHUCUN_SMALL                     /* as in fetch.h */
enum { PURGE_ROWS = 2 };
#else
enum { PURGE_ROWS = 1000 };
#endif
enum { RETRY_MS = 50, ANSWERS_KEPT_DAYS = 8, PURGE_MS = 3600 * 1000, PURGE_REST_MS = 100 };
#define NEVER_US INT64_MAX

struct partition {
	bool owned, singly, halted[PRODUCERS_MAX];
	/* timer_next_us: no timer is due before it; NEVER_US none, or not yet looked */
	int64_t epoch, now_us, timer_next_us;
	struct catch_up catch_up;                       /* of its due timers */
	/* the earliest that was put since those that are due were asked for */
	int64_t timer_put_us;
	bool jobs;                                      /* there may be some */
	struct position head, cursor[PRODUCERS_MAX], fetched[PRODUCERS_MAX];
	int stream[PRODUCERS_MAX];                      /* which fetch asks for it */
	struct journal journal;
	bool retry;                                     /* something that was put aside may be wanted again */
	struct held_subject *held;                      /* subjects with a parked input */
	/* the input run alone when the last owner ended, or NULL; how often it was tried */
	char *suspect; int tries;
};

/* In a replay (replay.c): what handlers say goes to it, and what they lack comes from it. */
struct replayer {
	void (*emit)(struct batch *b, const char *subject, const ProtobufCMessage *event);
	void (*need)(struct batch *b, size_t table, const void *key, int nprefix);
	const ProtobufCMessage *(*said)(const struct replayer *r, const ProtobufCMessageDescriptor *event, size_t i);
};

struct node {
	const struct service *svc;
	struct node_settings set;
	store_t *db;
	arena_t *names;                                 /* texts that live as long as the node */
	arena_t *arena;                                 /* of the batch */
	arena_t *scratch;                               /* of one message, one query */
	const struct table **tables; size_t ntables;    /* in the order in which the service lists them */
	struct table_sql *sql;                          /* of each */
	bool *own_table;                                /* commands write it; no replay can */
	struct replayer *replay;                        /* NULL: this is no replay */
	/* it only tries (trial.c): what it runs is read as of one instant, and not written */
	bool trial;
	size_t nproducers;
	struct partition part[PARTITIONS];
	struct queue queue;
	struct feed feed[PRODUCERS_MAX]; size_t feed_turn;
	struct ring ring;
	struct held_fetch held[HELD_FETCHES_MAX]; size_t nheld;
	book_cache_t *books; size_t books_table;        /* NULL: no table has a cache; which one has */
	struct districts districts;
	int64_t mono_us, clock_us;                      /* of this step; the hand-set clock as last heard */
	struct steady steady;                           /* whether the real one can be believed */
	/* the last instant that it said and was believed; 0: none yet */
	int64_t real_us;
	enum steady_doubt doubt;                        /* why it is not believed */
	/* why nobody may go on there by this clock, of those that are opened and not ours */
	enum steady_doubt waits[PARTITIONS];
	int64_t sender_told_us;                         /* when a sender's clock that is not ours was last told of */
	/* since when nothing waits but deferrable blocks; 0: it is not so */
	int64_t lingers_us;
	bool clock_news, hello_news, lost, timers_stale;
	size_t inputs_max;                              /* a batch of more was too large lately */
	/* some table has grown much since its statements were planned */
	bool plans_old;
	bool opened[PARTITIONS];                        /* some district lives there */
	int free_looks[PARTITIONS];                     /* how often in a row it had no owner */
	uint64_t locked;                                /* advisory locks that the session holds */
	uint64_t surplus; int surplus_looks;            /* partitions to be given; how often in a row there were any */
	int64_t open_us, beat_us, looked_us;            /* when to look around, to say we live; when we looked last */
	/* why the database refuses whatever is written, as it said last; NULL: it does not */
	const char *refusal;
	int64_t retry_us, purge_us;                     /* when to run a batch again, to drop old answers */
	uint64_t next_id;
	int32_t hello_partitions[PARTITIONS];
};

/* Connected, nothing prepared; NULL: not connected. */
node_t *node_make(const struct service *s, const struct node_settings *settings);
bool node_prepare(node_t *n);                           /* statements of engine.sql and of the service, and the graph */
bool node_own_tables(node_t *n);                        /* which tables are own */
