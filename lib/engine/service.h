/* service - what a service is, and what its handlers may say.
 *
 * A service is data: a list of nouns.  A noun is one thing the service keeps (a finding, a posting), in one file: its
 * tables, and rows that name a message and the functions for it.
 *
 *   commands      a command decides and emits; it never changes a table itself.
 *   events        its own and those it consumes.  An event handler changes tables; that of another service's event may
 *                 also emit.  An event emitted is applied at once by the service's own handler for it, so the full
 *                 effect of a command is in its event and a derived table can be rebuilt from events alone.
 *   after_commit  its own events once more, after they were committed: for what must not happen before (a message is on
 *                 record before it is sent).  Such a handler may change tables and emit; it waits behind nothing that
 *                 was put aside.  A service that has some consumes itself, last of all.
 *   timers        that have come due.
 *   jobs          subjects to look at again (a past-dated policy): queued by batch_job, drained some per batch; one
 *                 that is long is done in slices (batch_span, batch_go_on).
 *   queries       answered on reader threads, see reader.h.
 *
 * Every handler is a pair: `want` names what must be loaded (prefetched), `run` decides.  All wants of a batch are
 * loaded together, set-wise; want is called again after each load until nothing new is wanted (at most
 * WANT_ROUNDS_MAX), so it may use what an earlier round brought.  Then the inputs are run one at a time, in memory,
 * against rows that earlier inputs of the batch have already changed; what is said therefore never depends on how
 * inputs were batched.  Then everything is written, set-wise, in one transaction.  Reading a row that was not wanted
 * aborts: it is a bug.  When the wants of a batch bring too many rows the batch is made smaller: what a single input
 * wants must be bounded by itself (lib/README.md, Growth). */
#pragma once
#include "base/arena.h"
#include "base/ids.h"
#include "bus/message.h"
#include "store/rows.h"
#include "store/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct batch;
struct copy;
struct reader;

enum { PRODUCERS_MAX = 10, WANT_ROUNDS_MAX = 4 };

struct command {
	const ProtobufCMessageDescriptor *message;
	/* AFTER(i): producers to be read to their heads first (engine 8) */
	unsigned after;
	void (*want)(struct batch *b, const void *m);   /* NULL: nothing */
	bool (*exists)(struct batch *b, const void *m); /* the thing its path names, 404 when false; NULL: names none */
	void (*run)(struct batch *b, const void *m);    /* ends in exactly one batch_answer() or batch_refuse() */
	bool creates_district;                          /* may come before its district exists (PutDistrict) */
	/* whether this account may, in this case (duty_batch.h); false: it has refused */
	bool (*may)(struct batch *b, const void *m);
	/* of a PUT whose answer says more than was put, and what may change with it: what a query of it says now; NULL:
	 * nothing */
	const ProtobufCMessage *(*stands)(struct batch *b, const void *m);
	/* one message asks for thousands of rows: at most one in a batch */
	bool heavy;
	/* what functions that several commands share are told by batch_with */
	const void *with;
};
struct event_handler {
	const ProtobufCMessageDescriptor *message;
	void (*want)(struct batch *b, const void *m);
	void (*run)(struct batch *b, const void *m);
	/* of another service: nobody waits for what it does, so it may wait some ms for company */
	bool deferrable;
};
struct timer {
	const char *kind;
	void (*want)(struct batch *b, const char *subject);
	void (*run)(struct batch *b, const char *subject);
	/* AFTER(i): producers by whose events it decides: it comes after what was acknowledged before it was due, and
	 * what follows from that, has been read (catch_up.c) */
	unsigned after;
};
struct job {
	const char *kind;
	void (*want)(struct batch *b, const char *subject);
	void (*run)(struct batch *b, const char *subject);
	/* about how many rows one slice settles; 0: a few.  A batch takes so many the fewer */
	int rows;
};
struct query {
	const ProtobufCMessageDescriptor *message;
	/* ends in exactly one reader_answer, reader_refuse or reader_missing */
	void (*run)(struct reader *r, const void *m);
	/* it hashes one: a service that has such a query has a thread for them */
	bool password;
	/* it may be asked without a district, of which it then sees nothing */
	bool anywhere;
	/* what functions that several queries share are told by reader_with */
	const void *with;
};

/* Whose an account is or ever was, in a service that keeps accounts itself; others have mirror_account
 * (duty_batch.h). */
struct owners {
	void (*want)(struct batch *b, const char *account);
	/* 0: not known, nobody's */
	size_t (*of)(struct batch *b, const char *account, const char *const **persons);
};

/* Rows of one sort; LIST(rows) of an array makes one.  A message, a kind, a table is named by one noun of a service
 * (noun.c). */
#define LIST(a) { a, sizeof(a) / sizeof((a)[0]) }
#define LIST_OF(type) struct { type *at; size_t n; }
struct noun {
	LIST_OF(const struct table *const) tables;
	LIST_OF(const struct command) commands;
	LIST_OF(const struct event_handler) events;
	LIST_OF(const struct event_handler) after_commit;
	LIST_OF(const struct timer) timers;
	LIST_OF(const struct job) jobs;
	LIST_OF(const struct query) queries;
	LIST_OF(const struct copy *const) copies;               /* which it makes: checked at start */
	LIST_OF(const struct store_stmt *const) statements;     /* of <noun>.sql */
	const char *(*fault)(void);                           /* of other rows of its own: asked at start; NULL: none */
};
struct service {
	const char *name;                               /* also its schema and login role */
	const char *const *consumes;                    /* producers, NULL-ended; AFTER(0) is the first */
	const struct noun *const *nouns;                /* NULL-ended */
	const struct owners *owners;                    /* NULL: it keeps no accounts */
};
#define AFTER(i) (1u << (i))
#define ALEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- what want may say: all rows whose first nprefix key fields are those of `key` */
void batch_want(struct batch *b, const struct table *t, const void *key, int nprefix);
/* Whether the service lists this table (by address): for code that serves several of them, like lib/domain/mirror. */
bool batch_has_table(const struct batch *b, const struct table *t);
const struct owners *batch_owners(const struct batch *b);

/* What a want has made of its command (a file taken apart), for its next rounds and for run.  One thing for each
 * input. */
void batch_keep(struct batch *b, void *made);
void *batch_kept(struct batch *b);                      /* NULL: nothing yet */

/* ---- what run may say.  Rows are const and live as long as the batch. */
/* full key; NULL: no such row */
const void *batch_get(struct batch *b, const struct table *t, const void *key);
/* in key order */
size_t batch_list(struct batch *b, const struct table *t, const void *key, int nprefix, const void ***rows);
/* copied; the same row again writes nothing */
void batch_put(struct batch *b, const struct table *t, const void *row);
void batch_drop(struct batch *b, const struct table *t, const void *key);

/* An event of ours about `subject`.  Copied, numbered, applied by our own handler of it, if there is one, before
 * this returns. */
void batch_emit(struct batch *b, const char *subject, const ProtobufCMessage *event);
/* In a replay nothing is said anew, and own tables are empty.  What was said from here on stands in the log, from
 * the first of that kind (i 0); NULL: no more.  For what no replay can make again: an id made with a secret that is
 * in no event. */
bool batch_replays(const struct batch *b);
const void *batch_logged(const struct batch *b, const ProtobufCMessageDescriptor *event, size_t i);
/* The number the next event of this partition will have: for ids that are dense and the same on every replay. */
int64_t batch_next_seq(const struct batch *b);
/* One timer per (kind, subject); due 0 removes it. */
void batch_timer(struct batch *b, const char *kind, const char *subject, int64_t due_us);
/* Queue jobs of a kind for every row that the statement yields: insert … select into work; see docs of engine.sql. */
void batch_job(struct batch *b, const struct store_stmt *insert_select, const void *args);
/* What is left of the job being run, in units of its own (span_from, span_until of its row); both 0: whoever queued
 * it gave none. */
struct span { int64_t from, until; };
struct span batch_span(const struct batch *b);
/* It is done until here; the rest comes in a later batch.  A slice may depend on its span alone, not on what it
 * finds: a replay runs it again among other inputs. */
void batch_go_on(struct batch *b, int64_t from);

/* From batch_try on, what is put, dropped, emitted, timed or queued can be taken back, all of it, as if it had not
 * been said (batch_undo), or left to stand (batch_stand).  One of the two must come before the answer. */
void batch_try(struct batch *b);
void batch_undo(struct batch *b);
void batch_stand(struct batch *b);

void batch_answer(struct batch *b, int status, const ProtobufCMessage *answer);
/* 4xx with a stable code; pointer (of the field, or NULL).  Nothing may have been emitted by this input. */
void batch_refuse(struct batch *b, int status, const char *code, const char *pointer, const char *detail);

/* After batch_refuse, of a 429: when it may be tried again. */
void batch_retry_after(struct batch *b, int64_t wait_us);

arena_t *batch_arena(struct batch *b);
const char *batch_district(const struct batch *b);
const void *batch_with(const struct batch *b);          /* of the row of the command being handled */
const void *batch_command(const struct batch *b); /* the command itself, for what stands between it and its handler */
const char *batch_account(const struct batch *b);       /* who commands; "" for what is no command */
/* The account's roles, person and unit; NULL: the operator, or no command. */
const Wire__Actor *batch_actor(const struct batch *b);
/* The instant the input happened: a command's arrival, an event's own time, a timer's due time.  µs since 1970. */
int64_t batch_at_us(const struct batch *b);
int32_t batch_today(const struct batch *b);             /* its civil date */
const char *batch_cause(const struct batch *b);         /* id of the event that began it all; "" for a command */
/* traceparent of the request that it follows from; "" for a timer */
const char *batch_trace(const struct batch *b);
const char *batch_event_id(const struct batch *b);      /* id of the event being run; "" for a command or timer */
/* how much of a producer's log (AFTER(producer)) has been read by now */
int64_t batch_read_to(const struct batch *b, size_t producer);
bool batch_own(const struct batch *b);                  /* the event being handled is one this service just emitted */
/* What is made of the rows that the input's district has of a table with a cache (book_cache.h); wanted by the
 * engine. */
const void *batch_book(struct batch *b, const struct table *t);
