/* replay - a service's event handlers once more, from the event logs alone, into tables that last as long as the
 * connection.
 *
 * The same handlers run in the same order over the same batches' machinery; only what they say goes elsewhere.  An
 * event that a handler emits is taken from the log, not made anew, so the tables become what this history makes of
 * them, whatever today's code would decide.  Own events of commands, and of timers that say all they do in events,
 * are applied where they stand. Everything is read as of one instant, while services run.
 *
 * Not replayed: own tables (commands write them, and nothing derived is read from them), answers, timers, jobs to be
 * done. */
#pragma once
#include "engine/service.h"
#include "store/store.h"

typedef struct replay replay_t;

/* Of a partition.  otherwise: events that today's code would not have said, or would have said otherwise. */
struct replayed { int64_t events_read, own_events, otherwise; };

/* conninfo: of a role that may read the logs and the derived tables, and make temporary ones.  NULL: the database
 * cannot be reached or does not fit (logged). */
replay_t *replay_open(const struct service *s, const char *conninfo);
void replay_close(replay_t **rp);
/* NULL, or why not: what the history lacks, or that the database went away.  The text lives until replay_close. */
const char *replay_partition(replay_t *r, int32_t partition, struct replayed *out);
/* In its transaction: the service's tables are <service>.<table>, the rebuilt ones pg_temp.<table>. */
store_t *replay_store(replay_t *r);
