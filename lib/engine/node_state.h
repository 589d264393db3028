/* node_state - what the files of a node share; nobody else includes it.
 *
 *   node.c    opening, messages in, the step            batch.c   the fold: one input at a time
 *   ownership.c partitions: taking, giving, the clock     handler.c what handlers may ask and say
 *   queue.c   groups of commands and their answers      load.c, commit.c  the read phase, the write phase
 *   feed.c    consuming: fetch, verify, queue           fetch.c   serving our own events
 *   inbox.c   what runs next                            ring.c    fresh events in memory, for consumers
 *   catch_up.c  what due timers must see first
 *   held.c    districts, subjects that wait             assignment.c who should hold what (knows no node)
 *   steady.c  whether the clock can be believed (knows no node)
 *   ready.c   whether an order would be carried out
 *   retry.c   what was put aside, tried again           journal.c in what order things were done, noted
 *   replay.c  event handlers once more, from the logs alone  books.c   what is made of a district's rows, and kept
 *   trial.c   dry runs */
#pragma once
#include "base/arena.h"
#include "engine/chain.h"
#include "base/digest.h"
#include "engine.sql.h"
#include "engine_rows.pb-c.h"
#include "base/metrics.h"
#include "engine/node.h"
#include "engine/noun.h"
#include "engine/book_cache.h"
#include "store/rows.h"
#include "engine/assignment.h"
#include "base/steady.h"
#include "store/table.h"

#ifdef ZHUCUN_SMALL                     /* the simulation: what is seldom full becomes so often */
enum { FETCH_ITEMS_MAX = 4, FEED_BLOCKS_MAX = 2, STREAMS_MAX = 4, PURGE_ROWS = 2 };
#else
enum { FETCH_ITEMS_MAX = 256, FEED_BLOCKS_MAX = 4, STREAMS_MAX = 16, PURGE_ROWS = 1000 };
#endif
enum {
	BATCH_INPUTS_MAX = 1024, BATCH_BYTES_MAX = 4 << 20, BATCH_ARENA_MAX = 256 << 20,
	FOLD_BYTES_MAX = 48 << 20,              /* no further input is run when so much is used; LOAD_ROWS_MAX: of several inputs, else it is halved */
	DUE_MAX = 256,                          /* timers, or work items, in one batch */
	WORK_ROWS_MAX = 2048, WORK_ROWS = 8,    /* rows that its work items settle; a few, see struct job */
	EVENTS_UNTIL = 768, EVENTS_BYTES_UNTIL = 2 << 20,      /* a batch takes events while it is smaller: commands find room */
	QUEUE_COMMANDS_MAX = 8192, QUEUE_BYTES_MAX = 8 << 20,
	RING_BYTES_MAX = 3 << 20, HELD_FETCHES_MAX = 256, FETCH_BRIEF_BYTES = 32 << 10,
	FETCH_WAIT_MS = 1000, FETCH_LOST_MS = 2500, FETCH_REST_MS = 20, FETCH_REST_MAX_MS = 160, FETCH_STALE_MS = 100, RETRY_MS = 50,
	DEFER_MS = 10,                        /* events of no concern, or of deferrable handlers, wait so long for company: else most commits would be theirs */
	OPEN_MS = 150, CALM_MS = 1000,          /* looks, which keep the session from being idle; of who is alone and has all that there is */
	BEAT_MS = 700,                          /* the heartbeat row */
	CATCH_UP_LOOK_MS = 5, CATCH_UP_STILL_MS = 2000,        /* a due timer waits for what was acknowledged before: how often it looks; for whom it waits no longer */
	UPSTREAM_MAX = 32,                      /* services whose events it may stand on */
	LINGER_MS = 700,                        /* a fold uses the session so often; it may be idle for 3 s (deploy/roles.sql) */
	GIVE_LOOKS = 4,                         /* a surplus is given when it was there so often in a row */
	ANSWERS_KEPT_DAYS = 8, PURGE_MS = 3600 * 1000, PURGE_REST_MS = 100,
	JOBS_A_SYNC = 32,
	BOOKS_AT_ONCE = 128,                    /* districts whose books a batch makes */
	BOOKS_BYTES_MAX = 32 << 20,             /* of documents and books between batches */
	CHANGED_BITS = 1 << 16,
	PLANS_ROWS = 256, PLANS_GROWTH = 4,     /* plans are made anew when a table has so many rows, and so many times as many */
	SINGLY_FROM = 3,                        /* takeovers without a commit until inputs are run one by one */
	TRIES_MAX = 3,                          /* owners that an input run alone may take along: two may have been killed by chance */
};
#define NEVER_US INT64_MAX

/* How many events have been read, of all producers together, and of which one the last was (-1: not known). */
struct turn { int64_t n; int reading; };

struct held_subject { char *district, *subject; struct held_subject *next; };

/* ---- catch_up.c: what due timers must see first */
struct catch_up {
	bool waits;
	int64_t until_us, done_us;                      /* those due until then wait; those due until then have waited */
	uint64_t name[UPSTREAM_MAX]; int64_t need[UPSTREAM_MAX]; size_t n;     /* services, by a hash of their names, and what of their logs is to be read */
	int rounds;
	int64_t read, moved_us, look_us;                /* how much of it was read when we looked last; when it was less; when to look again */
};
/* Whether to look how far everybody is, now. */
bool catch_up_looks(const node_t *n, int32_t partition);
/* Timers until now_us are due, that stand on `after`; edges: the partition's, all of them.  When they may run done_us says so. */
void catch_up(node_t *n, int32_t partition, unsigned after, int64_t now_us, void *const *edges, size_t nedges);
bool catch_up_hurries(const node_t *n, size_t producer);
int64_t catch_up_next_us(const node_t *n);

struct partition {
	bool owned, singly, halted[PRODUCERS_MAX];
	int64_t epoch, now_us, timer_next_us;           /* timer_next_us: no timer is due before it; NEVER_US none, or not yet looked */
	struct catch_up catch_up;                       /* of its due timers */
	int64_t timer_put_us;                           /* the earliest that was put since those that are due were asked for */
	bool work;                                      /* there may be jobs */
	struct position head, cursor[PRODUCERS_MAX], fetched[PRODUCERS_MAX];
	int stream[PRODUCERS_MAX];                      /* which fetch asks for it */
	struct turn turn;
	bool retry;                                     /* something that was put aside may be wanted again */
	struct held_subject *held;                      /* subjects with a parked input */
	char *suspect; int tries;                       /* the input run alone when the last owner ended, or NULL; how often it was tried */
};

/* ---- ring.c: the newest events of each partition */
struct ring_event {
	struct ring_event *next;
	int32_t partition; int64_t seq; uint8_t hash[SHA256_SIZE]; uint32_t type_hash;  /* as in Fetch.urgent */
	size_t body_len, bytes; const char *type; uint8_t body[];
};
struct ring_part { struct ring_event **at; size_t cap, first, n; };
struct ring { struct ring_event *oldest, *newest; struct ring_part part[PARTITIONS]; size_t bytes; uint64_t changes; };      /* changes: what a question would be told may be another */
void ring_push(struct ring *r, const EngineRows__Logged *e);
/* The event with that number, NULL when it is not (or no longer) here. */
const struct ring_event *ring_at(const struct ring *r, int32_t partition, int64_t seq);
void ring_forget_part(struct ring *r, int32_t partition);       /* no longer ours: its next owner writes what we do not see */
void ring_forget(struct ring *r);

/* ---- queue.c: requests with commands, until all of each are answered */
struct group {
	struct group *next;
	struct peer peer; uint64_t id; int32_t partition;
	uint8_t *body; size_t body_len, ncommands, nleft;
	struct { uint8_t *data; size_t len; } *answers; /* packed Wire.Answer of each; NULL: open */
	unsigned looked; int64_t need[PRODUCERS_MAX];   /* AFTER bits looked up: the heads of those producers as of then */
	bool waited, unsure;                            /* for a producer; unsure: some of it may have been committed */
	int64_t deadline_us;
};
struct queue { struct group *first, **last; size_t commands, bytes; };

struct input;
void queue_open(struct queue *q);
void queue_add(node_t *n, const struct message *m);
void queue_expire(node_t *n);
void queue_shed(node_t *n);
void queue_end(node_t *n);
void group_answer(struct group *g, size_t i, const Wire__Answer *a);
void queue_reply(node_t *n);                            /* sends and frees every group that is complete */

/* ---- feed.c: consuming */
struct block {
	struct block *next; uint8_t *body; size_t len, items;
	bool taken, later;                              /* later: some of it must wait */
	bool deferrable;                                   /* all of it is of no concern here, so only the cursor moves, or can wait a little */
};
struct stream {
	uint64_t asked; int64_t asked_us;               /* 0: no question is on its way */
	int64_t rest_ms, again_us;                      /* how long it rests, and until when; 0: not at all */
	bool older, stale, brief;                       /* stale: the question on its way is no longer the right one; brief: it does not wait */
	bool calm;                                      /* its answer may wait for company */
	int32_t turn;
	uint64_t owner;                                 /* who answered last, by a hash of its name; 0: nobody yet */
};
struct feed {
	const char *producer;
	uint32_t *urgent; size_t nurgent;               /* Fetch.urgent of our questions */
	struct stream stream[STREAMS_MAX];
	struct block *first, **last; size_t blocks;
	bool blocked;                                   /* there is no room, and some of what is here must wait for another producer */
	bool hurry;                                     /* a command, or another producer's event, waits for what was said there */
};
size_t feed_urgent(const struct service *s, const char *producer, arena_t *a, uint32_t **types);       /* which of its types our handlers cannot defer */
void feed_tick(node_t *n);
bool feed_receive(node_t *n, const struct message *m);  /* an answer; false: not one of ours */
int64_t feed_next_us(const node_t *n);                  /* when the next question is due */
void feed_news(node_t *n);                              /* partitions were taken: no question asks for them yet */
void feed_moved(node_t *n, const char *producer);       /* some of its partitions have another owner now */
void feed_freed(struct feed *d);                        /* there is room again: who rested for want of it asks at once */
void feed_forget(node_t *n);                            /* all that was fetched and asked */
/* ---- fetch.c: serving */
struct gathered { Wire__Fetched said; size_t bytes; bool urgent, full; };       /* full: there may be more */
void fetch_gather(node_t *n, const Wire__Fetch *f, struct gathered *out);               /* what memory has of it, in n->scratch */
uint32_t fetch_type(const char *type);                  /* as in Fetch.urgent */
void fetch_hold(node_t *n, const struct message *m);    /* a consumer asks */
void fetch_serve(node_t *n);                            /* answers those that can be answered, or have waited enough */
int64_t fetch_next_us(const node_t *n);

struct held_fetch {
	struct peer peer; uint64_t id; uint8_t *body; size_t len;
	int64_t until_us, some_us;                      /* when its time is over; since when there is something to say, 0: there is not */
	uint64_t changes;                               /* the ring's when it was looked at */
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
	struct replay *replay;                          /* NULL: this is no replay */
	bool trial;                                     /* it only tries (trial.c): what it runs is read as of one instant, and not written */
	size_t nproducers;
	struct partition part[PARTITIONS];
	struct queue queue;
	struct feed feed[PRODUCERS_MAX]; size_t feed_turn;
	struct ring ring;
	struct held_fetch held[HELD_FETCHES_MAX]; size_t nheld;
	book_cache_t *books; size_t books_table;        /* NULL: no table has a cache; which one has */
	char (*districts)[8]; size_t ndistricts, districts_cap;         /* known to exist, sorted */
	int64_t mono_us, clock_us;                      /* of this step; the hand-set clock as last heard */
	struct steady steady;                           /* whether the real one can be believed */
	int64_t real_us;                                /* the last instant that it said and was believed; 0: none yet */
	enum steady_doubt doubt;                        /* why it is not believed */
	enum steady_doubt waits[PARTITIONS];            /* why nobody may go on there by this clock, of those that are opened and not ours */
	int64_t sender_told_us;                         /* when a sender's clock that is not ours was last told of */
	int64_t deferred_us;                             /* since when nothing waits but deferrable blocks; 0: it is not so */
	bool clock_news, hello_news, lost, timers_stale;
	size_t inputs_max;                              /* a batch of more was too large lately */
	bool plans_old;                                 /* some table has grown much since its statements were planned */
	bool opened[PARTITIONS];                        /* some district lives there */
	int free_looks[PARTITIONS];                     /* how often in a row it had no owner */
	uint64_t locked;                                /* advisory locks that the session holds */
	uint64_t surplus; int surplus_looks;            /* partitions to be given; how often in a row there were any */
	int64_t open_us, beat_us, looked_us;            /* when to look around, to say we live; when we looked last */
	const char *refusal;                            /* why the database refuses whatever is written, as it said last; NULL: it does not */
	int64_t retry_us, purge_us;                     /* when to run a batch again, to drop old answers */
	uint64_t next_id;
	int32_t hello_partitions[PARTITIONS];
};

node_t *node_make(const struct service *s, const struct node_settings *settings);      /* connected, nothing prepared; NULL: not connected */

/* ---- ownership.c */
void own_held(node_t *n, int32_t partition);            /* reads anew which subjects wait */
bool own_prepare(node_t *n);                            /* statements of lib/engine/engine.sql and of the service, and the graph */
void own_look(node_t *n, int32_t also);                 /* take what is free and our share; `also` even if not opened (-1: none) */
void own_share(node_t *n);                              /* give back what is beyond our share */
void own_leave(node_t *n);                              /* give back all; nobody is to count on us */
void own_lose(node_t *n, int32_t partition);            /* fenced */
void own_lose_all(node_t *n);
bool own_peek(node_t *n, int32_t partition);            /* of a trial: begins to read as of one instant, and knows where the partition stands then */
void own_recover(node_t *n);                            /* the connection is gone: reconnect and take over again */
void own_end(node_t *n);
void own_timers(node_t *n);                             /* reads when the next timers are due */
void own_purge(node_t *n);                              /* drops answers older than we promise to keep them */
int64_t own_now_us(const node_t *n);
/* Reads the clock and judges it; says so when it is believed no more, or again; of a trial the writer has done so.  False: nothing
 * may be decided now. */
bool own_believes(node_t *n);
const struct steady_text *own_doubt(const node_t *n, int32_t partition);        /* why nothing is decided, there or (-1) at all; NULL: it would be */
bool own_sender_doubted(node_t *n, const struct message *m);    /* its clock is not ours */

/* ---- ready.c */
void ready_refused(node_t *n);                          /* the database has not done what no batch was to blame for */
const char *ready_lacks(node_t *n);                     /* asks it; why no order would be carried out, NULL: it would be */

/* ---- held.c */
bool district_known(const node_t *n, const char *district);
void district_learn(node_t *n, const char *district);
bool held_is(const struct partition *p, const char *district, const char *subject);
void held_add(struct partition *p, const char *district, const char *subject);
void held_clear(struct partition *p);

/* ---- books.c */
void books_open(node_t *n);
void books_want(struct batch *b);                       /* of the input whose wants are asked for: its district's rows, unless its book is kept */
void books_keep(struct batch *b);                       /* what was loaded, when it is to be had again */
void books_changed(struct batch *b);                    /* those of districts whose rows it has written are no longer the right ones */
void books_make_room(node_t *n);
/* These inputs are of more districts whose books are to be made than should be made at once: nothing is let go before the batch ends. */
bool books_crowded(const node_t *n, const struct input *inputs, size_t count);
void books_forget(node_t *n, const char *district);     /* NULL: all */

/* ---- batch.c, handler.c, load.c and commit.c */
enum input_kind {
	INPUT_COMMAND, INPUT_EVENT, INPUT_TIMER, INPUT_WORK,
	INPUT_RETRY,                                    /* an event that was put aside */
	INPUT_OWN,                                      /* in a replay: an event of ours */
};
struct input {
	enum input_kind kind;
	int32_t partition;
	const char *district, *subject, *account, *trace, *cause, *event_id;
	int64_t at_us;
	const ProtobufCMessage *m;                      /* NULL for timers and work */
	const struct command *as_command; const struct event_handler *as_event; const struct timer *as_timer; const struct job *as_job;
	/* a command */
	struct group *group; size_t index; const Wire__Command *command; Wire__Answer *answer;
	const ProtobufCMessageDescriptor *said;         /* what the answer is */
	/* an event */
	int producer; const Wire__Logged *logged; const char *park;     /* reason to put it aside */
	int64_t turn;                                   /* how many had been read before it */
	bool told;                                      /* INPUT_OWN: an input before it has said it */
	bool overtaken;                                 /* INPUT_TIMER: not run, it comes again */
	/* a timer or work item */
	const void *row;
	struct span span; bool goes_on;                 /* of work: what is left of it; goes_on: it has been moved on */
	bool behind_work;                               /* a command that comes after others: there was work of its district */
	void *kept;                                     /* what its want made of it, in the arena */
	struct want_mark *looks;                             /* what its want has looked at */
};
struct want_mark { struct want_mark *next; uint32_t mark; };      /* mark: a hash of the table and the first two key fields at most */
enum batch_result {
	BATCH_DONE, BATCH_AGAIN, BATCH_FENCED, BATCH_BAD, BATCH_TRANSIENT,
	BATCH_WIDE,                                     /* several inputs want more rows than there is room for; nothing was run */
	BATCH_AWAY,                                     /* the connection is gone, and nothing was written */
	BATCH_LOST,                                     /* gone while it was to commit: nobody knows */
};

struct queued_job { const struct store_stmt *stmt; const void *args; const char *district; };
struct batch_book { struct batch_book *next; const char *district; struct book book; };
struct head_change {
	bool touched; struct position head; int64_t now_us, timer_put_us; bool cursor_moved[PRODUCERS_MAX]; struct position cursor[PRODUCERS_MAX];
	struct turn turn;
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
	bool wrote;                                     /* the one being run has changed a derived table by itself, not by an event */
	struct list turns, ran;                         /* to be noted: EngineRows.Turn, EngineRows.Ran */
	uint64_t changed[CHANGED_BITS / 64];            /* by a look's mark: what inputs have changed; others' marks may share a bit */
	struct { bool open; struct head_change head; size_t nemitted, njobs; } tried;        /* how far things were at batch_try */
	const char *own_event_id;
	int64_t now_us;
	int64_t used_us, touches;                       /* when the session was used last; how often only to be used */
};

void batch_open(struct batch *b, node_t *n, struct input *inputs, size_t count);
enum batch_result batch_run(node_t *n, struct input *inputs, size_t count);
enum batch_result batch_try_run(node_t *n, struct input *inputs, size_t count);         /* of a trial */
enum batch_result batch_look(struct batch *b);          /* only what the engine itself must know of its inputs */
enum batch_result batch_load(struct batch *b);
enum batch_result batch_commit(struct batch *b);
enum batch_result batch_keep_answers(struct batch *b);  /* of a trial: nothing else is written */
bool batch_lacks(struct batch *b, struct input *in);    /* an earlier input has made it want more than was loaded */
void batch_write_tables(struct batch *b);               /* queues what became of the rows */
void batch_linger(struct batch *b);                     /* in a fold that lasts: so that we do not seem frozen */
struct head_change *batch_touch(struct batch *b, int32_t partition);    /* whatever is to be written goes through the fence of its partition */
void batch_answer_set(struct batch *b, int status, const ProtobufCMessage *answer, Wire__Problem *problem);

/* ---- journal.c */
bool journal_tables(node_t *n);                           /* which tables are own */
int64_t journal_read(struct batch *b, int32_t partition, int producer, int64_t seq, const uint8_t *hash);   /* an event in its turn, which is returned */
void journal_skip(struct batch *b);                       /* own events that are of no concern once more */
void journal_ran(struct batch *b, const struct input *in, const char *kind, const char *name, int64_t seq);
void journal_write(struct batch *b);                      /* queues what is to be noted */
void list_add(struct batch *b, struct list *l, const void *row);

/* ---- retry.c: one input that was put aside and is wanted again; true when there may be more */
bool retry_run(node_t *n);

/* ---- replay.c */
const ProtobufCMessage *replay_said(const struct replay *r, const ProtobufCMessageDescriptor *event, size_t i);
void replay_emit(struct batch *b, const char *subject, const ProtobufCMessage *event);
void replay_need(struct batch *b, size_t table, const void *key, int nprefix);

/* ---- inbox.c: runs what waits, bisecting around poison; false when there was nothing to run, or it must wait */
bool inbox_run(node_t *n);
enum batch_result inbox_run_group(node_t *n, struct group *g);          /* of a trial: its orders that have no answer; those that must wait get none */
void input_of_event(node_t *n, struct input *in, int producer, const Wire__Logged *l, const Wire__Event *e);
enum batch_result inbox_run_singly(node_t *n, struct input *in);      /* its name is written down first; poison is isolated */
bool is_producer(const node_t *n, const char *service, size_t *i);
bool is_self(const node_t *n, size_t producer);         /* of a producer: it is the service itself */
const struct event_handler *event_handler_of(const node_t *n, int producer, const char *type);        /* what is to be done with its event; NULL: nothing */
