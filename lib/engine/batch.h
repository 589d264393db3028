/* batch - what is loaded for some inputs, what they have said so far, and what is to be written of it.
 *
 * Of its files batch.c is what all others stand on; handler.c is what handlers may ask and say (service.h); load.c,
 * journal.c and commit.c read and write; fold.c has it done from the first to the last. */
#pragma once
#include "engine/book_cache.h"
#include "engine/chain.h"
#include "engine/input.h"
#include "engine/journal.h"
#include "engine_rows.pb-c.h"
#include "store/rows.h"

enum {
	BATCH_INPUTS_MAX = 1024, BATCH_BYTES_MAX = 4 << 20, BATCH_ARENA_MAX = 256 << 20,
	/* it takes events while it is smaller: commands find room */
	EVENTS_UNTIL = 768, EVENTS_BYTES_UNTIL = 2 << 20,
	/* a fold uses the session so often; it may be idle for 3 s (deploy/roles.sql) */
	KEEP_ALIVE_MS = 700,
	CHANGED_BITS = 1 << 16,
};

enum batch_result {
	BATCH_DONE, BATCH_AGAIN, BATCH_FENCED, BATCH_BAD, BATCH_TRANSIENT,
	/* several inputs want more rows than there is room for; nothing was run */
	BATCH_WIDE,
	BATCH_AWAY,                                     /* the connection is gone, and nothing was written */
	BATCH_LOST,                                     /* gone while it was to commit: nobody knows */
};

struct queued_job { const struct store_stmt *stmt; const void *args; const char *district; };
struct batch_book { struct batch_book *next; const char *district; struct book book; };
struct head_change {
	bool touched;
	struct position head;
	int64_t now_us, timer_put_us;
	bool cursor_moved[PRODUCERS_MAX];
	struct position cursor[PRODUCERS_MAX];
	struct journal journal;
};
struct wanted { const void **keys; size_t n, cap; };
struct list { const void **at; size_t n, cap; };        /* of rows, in the batch's arena */

struct batch {
	node_t *node;
	arena_t *arena;
	struct input *inputs; size_t ninputs;
	struct rows *rows, timers, answers;             /* rows: of each table */
	struct wanted (*wants)[TABLE_KEY_MAX + 1];      /* of each table, by the length of the prefix */
	size_t loaded; bool whole;                      /* rows that prefixes brought; whole: however many they are */
	struct head_change part[PARTITIONS];
	const EngineRows__Logged **emitted; size_t nemitted, emitted_cap;
	struct queued_job *jobs; size_t njobs, jobs_cap;
	struct batch_book *books;                       /* made of rows not yet committed */
	const EngineRows__District **opened; size_t nopened;
	const struct input *now;                        /* the one being run */
	bool own_event, wanting;
	/* the one being run has changed a derived table by itself, not by an event */
	bool wrote;
	/* of the journal: EngineRows.JournalTurn, EngineRows.JournalNote */
	struct list turns, notes;
	/* by a look's mark: what inputs have changed; others' marks may share a bit */
	uint64_t changed[CHANGED_BITS / 64];
	/* how far things were at batch_try */
	struct { bool open; struct head_change head; size_t nemitted, njobs; } tried;
	const char *own_event_id;
	int64_t now_us;
	int64_t used_us, touches;                       /* when the session was used last; how often only to be used */
};

/* ---- batch.c */
void batch_open(struct batch *b, node_t *n, struct input *inputs, size_t count);
/* whatever is to be written goes through the fence of its partition */
struct head_change *batch_touch(struct batch *b, int32_t partition);
void batch_keep_alive(struct batch *b);                 /* in a fold that lasts: so that we do not seem frozen */
void list_add(struct batch *b, struct list *l, const void *row);

/* ---- handler.c, of which the rest is in service.h */
void handler_answer(struct batch *b, int status, const ProtobufCMessage *answer, Wire__Problem *problem);

/* ---- load.c */
enum batch_result load_look(struct batch *b);           /* only what the engine itself must know of its inputs */
enum batch_result load_all(struct batch *b);
bool load_lacks(struct batch *b, struct input *in);     /* an earlier input has made it want more than was loaded */

/* ---- commit.c */
enum batch_result commit_all(struct batch *b);
enum batch_result commit_answers(struct batch *b);      /* of a trial: nothing else is written */
void commit_tables(struct batch *b);                    /* queues what became of the rows */

/* ---- fold.c */
enum { COMMIT_JOBS_MAX = 32 };                           /* statements of jobs in one round trip */
/* no further input is run when so much is used; LOAD_ROWS_MAX: of several inputs, else it is halved */
enum { FOLD_BYTES_MAX = 48 << 20 };
enum batch_result fold_run(node_t *n, struct input *inputs, size_t count);
enum batch_result fold_try(node_t *n, struct input *inputs, size_t count);      /* of a trial */
