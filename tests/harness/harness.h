/* harness - every service and the gateway in one process, on a hand-set clock, over a real database.
 *
 * Messages go through a switchboard (a queue) instead of ZeroMQ, HTTP is left out; everything else is the product: the
 * same nodes, readers, route table, checks, transcoding, SQL; dry runs are tried on threads of their own.  Each harness
 * has a database of its own, cloned from one that deploy/migrate.sh made.
 *
 *   ZHUCUN_TEST_DB        conninfo of a login that may create databases
 *   ZHUCUN_TEST_HOST      directory of the cluster's socket
 *   ZHUCUN_TEST_SECRETS   directory of <service>.pgpass
 *   ZHUCUN_TEST_TEMPLATE  the migrated database, with a hand-set clock */
#pragma once
#include "base/metrics.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct harness harness_t;
enum { HARNESS_REPLICAS_MAX = 3 };

/* Exits with a sentence when the environment is not there.  Replicas of each service: ZHUCUN_TEST_REPLICAS, else one.
 */
harness_t *harness_open(void);
harness_t *harness_open_with(int replicas);
/* Drops the database.  Exits with a sentence when an event was emitted that GET /events does not know. */
void harness_close(harness_t **sp);

enum { HARNESS_HEADERS_MAX = 1024 };
/* body is malloc'ed, NUL-ended; headers: "name: value" a line, but the trace's; place: how many answers had been given
 * before. */
struct answered { int status; char *body; size_t len; char headers[HARNESS_HEADERS_MAX]; size_t place; };

/* One call from request to reply.  key, type may be NULL. */
struct answered harness_call(harness_t *s, const char *method, const char *path, const char *key, const char *type,
			     const char *body);
/* Whose token the next calls carry, until the next change; NULL: the operator's; "": none. */
void harness_as(harness_t *s, const char *token);
/* Several at once, as from as many clients; in what order they are decided is not said.  Each answer is the caller's to
 * free. */
struct asked { const char *method, *path, *key, *type, *body; struct answered answered; };
void harness_call_all(harness_t *s, struct asked *asked, size_t n);
/* What a stream has told when it has told so many events, and for some turns more; what was told by then when they do
 * not come within 60 s.  malloc'ed; NULL: the answer is none. */
char *harness_stream(harness_t *s, const char *path, size_t events);
/* Runs until a district's lag is 0; false when that did not come within 60 s. */
bool harness_settle(harness_t *s, const char *district);
/* The processes of a service end without notice (between two messages) and others start. */
void harness_crash(harness_t *s, const char *service);
/* One replica comes (unless it is there), dies, gives all it holds back and ends, stops turning without being dead. */
void harness_join(harness_t *s, const char *service, int replica);
void harness_kill(harness_t *s, const char *service, int replica);
void harness_leave(harness_t *s, const char *service, int replica);
void harness_freeze(harness_t *s, const char *service, int replica, bool frozen);
/* The epochs of all its partitions move on behind the owners' backs. */
void harness_fence(harness_t *s, const char *service);
int harness_replicas(const harness_t *s);
bool harness_there(const harness_t *s, const char *service, int replica);
/* Lets `times` messages through to each, then behaves as if the addressee's process had died before answering. */
void harness_crash_after(harness_t *s, const char *service, int messages);
/* The next answer of each of its owners to the gateway is lost on its way. */
void harness_lose_answer(harness_t *s, const char *service);
/* Ask the harness's database something, as the administrator: first column of the first row, malloc'ed; "" when none.
 */
char *harness_sql(harness_t *s, const char *sql);
/* The same of a number, in words as of printf(); -1: none. */
long harness_number(harness_t *s, const char *sql, ...) __attribute__((format(printf, 2, 3)));
/* A test's setting in the environment. */
uint64_t harness_setting(const char *name, uint64_t otherwise);
int64_t harness_metric(const harness_t *s, const char *service, enum metric_id id);
/* Lets everything run for a while that is bounded in turns, not in time. */
void harness_turns(harness_t *s, int turns);
