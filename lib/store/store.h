/* store - one connection to PostgreSQL; named statements over protobuf messages.
 *
 * A parameter is a field of the statement's args message, a result column a field of its row message, matched by name.
 * When the server says that a parameter is an array (text[], bigint[] …) it takes that field of *every* message given,
 * so a statement over unnest() writes or reads many rows at once; a scalar parameter takes the field of the first one.
 * store_prepare() prepares a statement and checks every name and type, so a mistake in SQL, schema or .proto stops the
 * process at start.
 *
 * field type            column type
 * int64 …_us            timestamptz           int32 …_day    date
 * int64, uint32         bigint                int32          integer
 * bool                  boolean               double         double precision
 * string, or enum       text (an enum by its name in lower case)
 * bytes                 bytea                 repeated string  text[] (as a parameter of unnest: text[] of
 *                                                             array literals, cast ::text[])
 * A oneof member that is not set is NULL, and NULL leaves it unset.
 *
 * Everything is asynchronous and pipelined: queue statements, then store_sync() makes one round trip and leaves the
 * results to be read.  No wait is longer than STORE_WAIT_MS. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_FIELDS_MAX = 40, STORE_QUEUE_MAX = 512, STORE_WAIT_MS = 10000 };

struct store_stmt {
	const char *name, *text;                        /* text with $1 … */
	const char *params[STORE_FIELDS_MAX];           /* field names, in order */
	int nparams;
	const ProtobufCMessageDescriptor *args, *row;   /* args NULL: no parameters; row NULL: no result */
};

typedef struct store store_t;

enum store_error { /* why the last sync failed */
		   STORE_OK,
		   STORE_FENCED, /* SQLSTATE ZF001: another replica owns a partition; store_detail() says which */
		   STORE_KEY_TAKEN, /* SQLSTATE ZK001: idempotency key held by another service; store_detail() names
				       them */
		   STORE_BAD_INPUT, /* classes 22, 23, and whatever else repeats: run the inputs singly */
		   STORE_TRANSIENT, /* rolled back for certain (serialization, deadlock, resources): the same batch
				       again */
		   STORE_LOST, /* connection gone, no answer in time, or not surely on the standby: outcome unknown;
				  store_reopen() */
};

/* conninfo as of libpq.  NULL when the server cannot be reached (logged). */
store_t *store_open(const char *conninfo);
void store_close(store_t **dbp);
bool store_reopen(store_t *db) __attribute__((warn_unused_result));     /* statements are prepared anew */
int store_fd(const store_t *db);                                        /* for zmq_poll: notifications arrive here */
/* Payload of the next notification that has arrived, in the arena; NULL when none.  Never blocks. */
const char *store_notification(store_t *db, arena_t *a);

/* The statement lives as long as the store.  False: does not fit the database (logged with the reason). */
bool store_prepare(store_t *db, const struct store_stmt *s) __attribute__((warn_unused_result));

/* Queue.  store_text() is for what has neither parameters nor result: begin, commit, set.  args[0..n) share the
 * statement's args descriptor; n may be 0 only where all parameters are arrays or there are none. */
void store_text(store_t *db, const char *sql);
void store_queue(store_t *db, const struct store_stmt *s, const void *const *args, size_t n);
/* One round trip.  On anything but STORE_OK what was queued since the last sync is rolled back by the server if it was
 * one transaction, the reason is logged once, and no result can be read. */
enum store_error store_sync(store_t *db) __attribute__((warn_unused_result));
const char *store_detail(const store_t *db);            /* DETAIL of the last error, or "" */
const char *store_sqlstate(const store_t *db);

/* The rows of the i-th store_queue() since the last store_sync() before it, in the arena.  Count. */
size_t store_rows(store_t *db, size_t i, arena_t *a, void ***rows);

int64_t store_round_trips(const store_t *db);           /* since open */
void store_patience(store_t *db, int wait_ms);          /* instead of STORE_WAIT_MS: for who asks about whole tables */

/* begin; queue; commit; sync: for the odd single statement outside a batch. */
enum store_error store_run(store_t *db, const struct store_stmt *s, const void *args, arena_t *a, void ***rows,
			   size_t *n) __attribute__((warn_unused_result));

/* Column types of schema-qualified or search_path table `name`, to build statements from: 0 when there is no such
 * column.  Used by lib/store/table. */
const char *store_column_type(store_t *db, const char *table, const char *column, arena_t *a);
