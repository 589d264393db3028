/* node - one replica of a service: the partitions it owns, what waits for it, and the batches it runs.
 *
 * A state machine without sockets and threads: messages come in by node_receive(), go out by the port, node_step() does
 * what is due.  A process drives one from zmq_poll (lib/engine/main.c); tests drive seven in one process, on one clock.
 *
 * Starting is taking over, and there is no other way to start: advisory lock, epoch + 1, read what is committed, serve.
 */
#pragma once
#include "bus/message.h"
#include "base/metrics.h"
#include "engine/service.h"
#include "base/steady.h"

typedef struct node node_t;

struct node_settings {
	const char *conninfo;           /* as the service's writer role; search_path is the service's schema */
	const char *instance;           /* this replica's name, unique */
	bool manual_clock;              /* the clock is the row engine.clock (tests) */
	struct port port;
	struct metrics *metrics;
	struct steady_word *steady;     /* what time it is, for the process's readers; NULL: nobody asks */
	/* called now and then, with the port's ctx, while a fold lasts; NULL: nobody need know */
	void (*busy)(void *ctx, int64_t mono_us);
};

/* NULL: the database cannot be reached or does not fit the service (logged). */
node_t *node_open(const struct service *s, const struct node_settings *settings);
void node_close(node_t **np);

/* Takes a message in: a request queued or answered, an answer matched.  Never blocks. */
void node_receive(node_t *n, const struct message *m);
/* Does what is due, at most one batch.  When to be called again at the latest (monotonic µs); sooner when a message
 * came or node_fd() is readable. */
int64_t node_step(node_t *n, int64_t mono_us);
int node_fd(const node_t *n);
/* Why it decides nothing, here or in some partition, though the database is there: for --health; NULL: it does. */
const char *node_doubt(const node_t *n);
/* In order to end: gives all partitions to the other replicas and answers whoever waits.  Then only node_close(). */
void node_leave(node_t *n);
/* True when what we own has changed since the last call; fills hello (valid until the next call). */
bool node_hello(node_t *n, Wire__Hello *hello);
/* Nothing queued, nothing fetched, nothing due: for tests that wait until all is quiet. */
bool node_idle(const node_t *n);
