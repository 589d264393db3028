/* tail - the event logs of the services, read as a consumer reads them (long-poll FETCH through the bus), for many
 * clients.
 *
 *   in:   who follows which district, where they stand; answers of owners (tail_receive); time (tail_tick)
 *   out:  questions by the port; events as text, in the order of their log
 *   owns: what was read lately, shared by all who follow the district, bounded in bytes and forgotten oldest use first
 *
 * A state machine without sockets.  For each followed district and service there are at most two questions under way:
 * what comes after the newest event known, which the owner holds until there is one, and what came after an older
 * place, for whoever is behind.  A client that is slow makes nothing grow: it finds what it has not read here, or it is
 * read again.  The hash chain is not checked: consumers do that, and a client of ours could not prove anything with it
 * anyway. */
#pragma once
#include "base/arena.h"
#include "base/metrics.h"
#include "bus/message.h"
#include "events/position.h"
#include <stdbool.h>

enum {
	WATCHES_MAX = 32,                       /* districts followed at once */
	PAGES_BYTES_MAX = 8 << 20, PAGES_MAX = 4096,            /* kept of all of them */
	PAGE_BYTES_MAX = 64 << 10,              /* asked for at a time; one event may be longer */
	HOLD_US = 1000 * 1000,                  /* how long an owner keeps a question when there is nothing new */
	LOST_US = 2500 * 1000, REST_US = 100 * 1000,
};

typedef struct tail tail_t;
struct watch;                                   /* one followed district */

/* An event as it is told; shared, so kept by whoever is in the middle of it. */
struct told { int refs; int64_t seq; size_t len; char text[]; };
void told_keep(struct told *t);
void told_leave(struct told *t);

/* services: NULL-ended, at most POSITION_SERVICES_MAX; arena: emptied by the caller after each call. */
tail_t *tail_open(struct port port, const char *const *services, struct metrics *metrics, arena_t *arena);
void tail_close(tail_t **fp);               /* everybody has left */

/* NULL: too many districts are followed already. */
struct watch *watch_join(tail_t *f, const char *district, int32_t partition);
void watch_leave(tail_t *f, struct watch *w);
/* Where the logs ended when somebody looked: events up to there exist. */
void watch_ends_at(tail_t *f, struct watch *w, const struct position *heads);

/* The next event of a service after *seq for this district; *seq moves to it, or over what is not told.  NULL: not
 * known here yet; it has been asked for, and there will be news. */
struct told *watch_next(tail_t *f, struct watch *w, size_t service, int64_t *seq, int64_t mono_us);
/* Changes when it is worth looking again. */
uint64_t watch_news(const struct watch *w);

/* False: no answer to a question of ours. */
bool tail_receive(tail_t *f, const struct message *m, int64_t mono_us);
/* Gives up what was lost; true: something was due. */
bool tail_tick(tail_t *f, int64_t mono_us);
int64_t tail_due_us(const tail_t *f);       /* when something is next; INT64_MAX: nothing is under way */
size_t tail_watches(const tail_t *f);
