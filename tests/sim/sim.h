/* sim - the engine of lib/ in one process, on one clock, under one seed.
 *
 * What runs is the code of production: nodes, readers, the bus's routing table, and services made for this
 * (fixtures.c).  What lies beneath is simulated, behind the headers that production has: clock.h (world.c), store.h
 * (store.c, over db.c), the port of message.h (net.c).  A process is two tasks, a writer and a reader, with the loops
 * of lib/engine/main.c (proc.c); a task pauses where the real one would wait: between two turns, and in every
 * store_sync().  Everything that is not certain, what comes next, how long it takes, what is lost, is drawn from the
 * seed.
 *
 *   world.c    time, chance, events to come, the trace        task.c   stacks of their own
 *   db.c       tables, transactions, sessions, locks          store.c  store.h over it: round trips, and how they fail
 *   statements.c  what each named statement means             net.c    buses: delay, loss, duplicates, routes
 *   proc.c     processes: start, loop, kill, freeze, leave    fixtures.c   three services
 *   client.c   who commands, and asks again                     check.c  what must hold
 *   schedule.c one seed from start to rest                    main.c   many seeds; the command line
 *
 * There is one world, and it is a global: store.h and clock.h have nothing to hang it on. */
#pragma once
#include "base/arena.h"
#include "engine_rows.pb-c.h"
#include "bus/message.h"
#include "engine/node_state.h"
#include "engine/reader_state.h"
#include "../../services/bus/routes.h"
#include <stdbool.h>
#include <stdint.h>

enum {
	SERVICES = 3, REPLICAS_MAX = 3, PROCS_MAX = SERVICES * REPLICAS_MAX, LANES = 2, DISTRICTS_MAX = 4,
	BUSES_MAX = 2, MS = 1000, SECOND = 1000 * MS,
	SESSIONS_MAX = 64, STORES_MAX = 64, LIVES_MAX = 256, FIXTURE_TABLES = 1,
	CALLS_MAX = 10, COMMANDS_MAX = 3, SUBJECTS = 4,
};
#define DAY_US (86400 * (int64_t)SECOND)
#define ASTRAY_US                                                                                                      \
	(75 *                                                                                                          \
	 (int64_t)SECOND) /* a clock that is believed is off by no more: a minute, and what the database's is off */
#define REAL_US INT64_C(1504800000000000)      /* of the instant 0: 2017-09-08 */
#define NOBODY (-1)

/* Known bugs, which the simulated parts can be told to have: the simulation must find each (main.c --bug). */
enum bug {
	BUG_NONE,
	BUG_NO_FENCE,
	BUG_EPOCH_STAYS,
	BUG_CURSOR_OUTSIDE,
	BUG_CURSOR_FORGOTTEN,
	BUG_LAZY_COMMIT,
	BUG_KEY_FORGOTTEN,
	BUG_TIMER_STAYS,
	BUG_TIMER_EARLY,
	BUG_WORK_STAYS,
	BUG_LOOK_BLIND,
	BUG_LOCK_FOREVER,
	BUG_PARK_FORGOTTEN,
	BUG_EDGES_BLIND,
	BUG_CLOCK_ECHO,
	BUG_NO_MEMORY,
	BUGS
};
extern const char *const bug_names[BUGS];

/* ---- world.c */
enum event_kind {
	EVENT_WAKE,
	EVENT_EXECUTE,
	EVENT_SESSION_ENDS,
	EVENT_NOTE,
	EVENT_LETTER,
	EVENT_START,
	EVENT_FAULT,
	EVENT_CALL,
	EVENT_CALL_LATE,
	EVENT_HEAL,
	EVENT_LOOK
};
struct moment { int64_t at_us; uint64_t order; };
struct event { int64_t at_us; uint64_t order; enum event_kind kind; int who; uint64_t what; void *more; };

struct knobs {          /* of one schedule; percent where nothing else is said */
	int replicas[SERVICES], buses, districts;
	int drop, dup, slow_net;                        /* of messages */
	int async, slow_db, lost, transient;            /* of round trips */
	int note_lost;
	bool same_name, creation;
	bool eras;                                      /* clocks step by years; what there is was begun before */
	char favourite;                                 /* what half of the commands do; 0: as it comes */
	bool locks_lie; /* the database may forget what a session holds, and for a while that it lives: only the fence
			   is left */
};

struct world {
	uint64_t random;
	int64_t now_us;
	arena_t *arena;                                 /* lives as long as the schedule */
	struct event *heap; size_t nevents, events_cap;
	struct moment
		wake[PROCS_MAX * LANES]; /* of each task, not among the events: most are put off before they come */
	uint64_t order;
	struct knobs knobs;
	bool healed;                                    /* faults are over */
	bool tracing;
	enum bug bug;
	const char *failed;                             /* what did not hold; the first that was found */
	struct proc *running; int lane;                 /* whose task runs now; NULL: nobody's */
	uint64_t nsteps;                                /* events so far */
	uint64_t nkills;                                /* processes ended without a word */
	bool isolated;                                  /* an input was put aside because processes ended that ran it */
};
extern struct world world;

uint64_t chance(uint64_t below);                        /* 0 … below - 1 */
int64_t between(int64_t from, int64_t to);              /* both may come */
bool percent(int p);
bool permille(int p);
void at(int64_t at_us, enum event_kind kind, int who, uint64_t what, void *more);
void wake_at(int task, int64_t at_us);                  /* instead of when it was to wake; NEVER_US: not at all */
bool next_event(struct event *e);                       /* moves the time; false: there is none */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void trace_write(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define trace(...) do { if (world.tracing) trace_write(__VA_ARGS__); } while (0)

/* ---- task.c */
struct task;
struct task *task_new(void);
void task_start(struct task *t, void (*run)(void *arg), void *arg);
void task_resume(struct task *t);                       /* until it pauses or its run returns */
void task_pause(void);                                  /* of the one that runs */
bool task_over(const struct task *t);

/* ---- db.c */
struct row_slot { ProtobufCMessage *m; bool gone; };
struct tab { int nkey; struct row_slot *rows; size_t n, cap; };
struct head {
	bool exists; int64_t epoch, seq, now_us, heard_us; uint8_t hash[SHA256_SIZE]; size_t hash_len;
	const char *owner, *home, *trying; int32_t starts;
	int pid;                                        /* the session that took it */
	int locked_by;                                  /* session inside a transaction that has touched it; NOBODY */
};
struct replica_row { const char *instance; int pid; int64_t since_us, seen_us, off_us; bool gone; };
struct wrote {
	int64_t epoch;
	int pid;
}; /* by which session a partition was last written: kept by the checks */
struct service_tables {
	struct head head[PARTITIONS];
	struct tab cursor, timer, work, parked, turn, row[FIXTURE_TABLES];
	EngineRows__Logged **log[PARTITIONS];
	int64_t *logged_us[PARTITIONS];
	size_t logged[PARTITIONS], log_cap[PARTITIONS]; /* logged_us: in the world's time */
	struct replica_row replica[LIVES_MAX]; int nreplicas;       /* one of each life, whose name may be another */
	struct wrote wrote[PARTITIONS];
};
struct session {
	bool live; int proc, life, service, lane, pid;
	int64_t used_us, hidden_us; bool busy, in_transaction, listening;
	int locks[PARTITIONS];
	store_t *store;                                 /* NULL: the client is gone */
};
struct db {
	bool down;
	int64_t off_us;                                 /* of its clock */
	struct tab district, answer;
	struct service_tables service[SERVICES];
	struct session session[SESSIONS_MAX]; int nsessions;
	struct { const char *payload[16]; int n; } notes;       /* of the transaction under way */
};
extern struct db db;

void db_reset(void);
int64_t db_now_us(void);
int session_open(int proc, int life, int service, int lane, store_t *store);
void session_end(int s, const char *why);
void sessions_tidy(void);                               /* ends those that have been idle too long */
bool session_holds(int s, int32_t partition);
int lock_holder(int service, int32_t partition);        /* session, or NOBODY */
bool pid_lives(int service, int pid);

/* Within a transaction: what is about to change is saved first. */
void save(void *p, size_t len);
void roll_back(void);
void commit(void);
void commit_undone(void);                               /* takes back the last transaction that was committed */

struct row_slot *tab_find(const struct tab *t, const void *key, int nkey,
			  size_t from); /* the next from there on; NULL */
void tab_put(struct tab *t, const void *row);           /* which lives as long as the schedule */
bool tab_drop(struct tab *t, const void *key);
void *message_copy(const void *m);                      /* into the world's arena */
bool key_equal(const void *a, const void *b, int nkey); /* same descriptor */

/* ---- statements.c */
struct sent {
	const struct store_stmt *stmt;
	const char *text;
	const void *const *args;
	size_t n;
	void **rows;
	size_t nrows, rows_cap;
};
enum store_error statement_run(int session, struct sent *q);
bool statement_waits(int session, const struct sent *q);       /* for a row that another transaction has locked */
const struct store_stmt *statement_kept(const struct store_stmt *s);    /* the same, also when its process is gone */
extern const struct store_stmt fixture_job;
const char *statement_detail(void);                     /* of the last failure */
const char *statement_sqlstate(void);

/* ---- store.c */
void stores_reset(void);
void store_execute(int store, uint64_t trip);           /* its request has reached the database */
void store_note(int store, uint64_t pid, const char *payload);
void store_killed(int proc);                            /* its process ends at once; before its memory goes */
void stores_cut(void);                                  /* the server ends */

/* ---- net.c */
struct letter { struct letter *next; struct message m; int proc, lane, life; };        /* to; proc NOBODY: the client */
void net_reset(void);
bool net_send(int proc, int lane, int life, const struct message *m,
	      bool once); /* proc NOBODY: the client; once: never doubled */
void net_arrive(struct letter *l);
void net_hello(struct proc *p, bool gone);
void net_bus(int bus, bool up);

/* ---- proc.c */
struct lane {
	struct task *task;
	bool live, waiting;                             /* waiting: a message wakes it */
	struct letter *first, **last;
};
struct proc {
	int index, service, life;
	char name[16];
	bool up, leaving;
	int64_t frozen_us, cut_bus_us, cut_db_us;       /* until */
	int64_t clock_us, ahead_us, hello_us; /* how far its clock is off, was at most ahead and could be believed; when
						 to say again who it is */
	struct steady_word steady;
	uint64_t owns;                                  /* as last said */
	struct metrics metrics;
	node_t *node; struct reader *reader;
	struct lane lane[LANES];
};
extern struct proc procs[PROCS_MAX];
void procs_reset(void);
void proc_start(int i);
void proc_kill(int i, const char *why);
void proc_freeze(int i, int64_t for_us);
void proc_leave(int i);
void proc_wake(int i, int lane);
void proc_poke(int i, int lane);                        /* there is something for it: a message, a notification */
void lane_block(int64_t until_us);                      /* of who runs: nothing else wakes it but lane_wake */
void lane_wake(int i, int lane, int64_t at_us);
void proc_die(void) __attribute__((noreturn));          /* of who runs */

/* ---- fixtures.c */
extern const struct service fixtures[SERVICES];
enum { ALPHA, BETA, GAMMA };
int fixture_of(const char *name);
extern const struct table fixture_rows;
extern const char *const districts[DISTRICTS_MAX];
int32_t district_partition(int d);
void fold_text(char out[17], const char *before, const char *event_id, const char *said);
int64_t timer_us(const char *said);
enum { PUT_OFF_US = 100 * MS };                 /* by a timer of kind m, that of kind t */
enum {
	FOLD_ALPHA = 1,
	FOLD_BETA = 2,
	FOLD_OWN = 3,
	FOLD_AFTER_COMMIT = 4
}; /* from_day of a row: whose events it has folded */

/* ---- client.c */
enum call_state { CALL_LATER, CALL_ASKED, CALL_DONE, CALL_UNKNOWN };
struct command_made {
	char subject[16], said[16];                 /* said: what it does, and the number that makes it one of a kind */
	int status; int64_t seq;                        /* as answered */
	bool unsure;                                    /* it may have been done without a word */
};
struct call {
	enum call_state state;
	int service, district, n, follows;              /* follows: the call whose answer it waits for; NOBODY */
	char key[COMMANDS_MAX][32]; bool creation;
	struct command_made made[COMMANDS_MAX];
	int64_t need;                                   /* of a posting: what must have been read */
	uint64_t asked, ids[64]; int nids;              /* the question under way; all of them */
};
extern struct call calls[CALLS_MAX];
extern int ncalls;
void client_reset(void);
void client_call(int i);
void client_late(int i, uint64_t id);
void client_answer(const struct message *m);
bool client_done(void);

/* ---- check.c */
void check_commit(int session, int32_t partition, int64_t epoch);
void check_instant(const char *whose, int64_t at_us);   /* no later than it is, more or less */
void check_event(int session, const EngineRows__Logged *e);
bool quiet(void);                                       /* nothing is left to be done */
const char *unquiet(void);                              /* what is */
void check_all(void);                                   /* when it is quiet */

/* ---- schedule.c */
bool schedule_run(uint64_t seed, enum bug bug,
		  bool tracing); /* false: something did not hold; world.failed says what */
