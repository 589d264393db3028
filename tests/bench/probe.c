/* probe - sees, a thousand times a second, how far each consumer has read each producer.
 *
 *   probe CONNINFO
 *
 *   in:   a login that may read schema engine; it ends when its standard input does
 *   out:  `consumer producer partition seq us` on standard output, whenever a cursor is seen to have moved; us: of the
 *         monotonic clock, when the answer was here, so the consequences up to seq were visible to anybody by then
 *
 * A cursor moves in the same transaction as the effects of what was read, so seeing it moved is seeing them. */
#include "base/clock.h"
#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVERY_US = 1000, EDGES_MAX = 4096 };

struct edge { char consumer[32], producer[32]; int partition; long long seq; };

static struct edge edges[EDGES_MAX];
static int nedges;

/* Rows come in the order of the primary key; an edge is found where it was, or a little further on. */
static struct edge *
edge_at(const char *consumer, const char *producer, int partition, int hint)
{
	for (int i = 0; i < nedges; i++) {
		struct edge *e = &edges[(hint + i) % nedges];
		if (e->partition == partition && !strcmp(e->consumer, consumer) && !strcmp(e->producer, producer))
			return e;
	}
	if (nedges == EDGES_MAX)
		return NULL;
	struct edge *e = &edges[nedges++];
	snprintf(e->consumer, sizeof e->consumer, "%s", consumer);
	snprintf(e->producer, sizeof e->producer, "%s", producer);
	e->partition = partition;
	e->seq = -1;
	return e;
}

static void
look(PGconn *db)
{
	PGresult *r = PQexecPrepared(db, "look", 0, NULL, NULL, NULL, 0);
	long long now_us = clock_mono_us();

	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		fprintf(stderr, "probe: %s", PQerrorMessage(db));
		exit(1);
	}
	for (int i = 0; i < PQntuples(r); i++) {
		struct edge *e = edge_at(PQgetvalue(r, i, 0), PQgetvalue(r, i, 1), atoi(PQgetvalue(r, i, 2)), i);
		long long seq = atoll(PQgetvalue(r, i, 3));
		if (!e || e->seq == seq)
			continue;
		e->seq = seq;
		printf("%s %s %d %lld %lld\n", e->consumer, e->producer, e->partition, seq, now_us);
	}
	PQclear(r);
}

static bool
ended_within(int64_t us)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };
	return ppoll(&in, 1, &t, NULL) > 0;
}

int
main(int argc, char **argv)
{
	PGconn *db = PQconnectdb(argc == 2 ? argv[1] : "");
	PGresult *r = PQprepare(db, "look",
				"select consumer, producer, partition, seq from engine.cursor where producer in "
				"('supervision', 'accountability')",
				0, NULL);

	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		fprintf(stderr, "probe: %s", PQerrorMessage(db));
		return 1;
	}
	PQclear(r);
	for (int64_t next_us = clock_mono_us(), now_us = next_us;
	     !ended_within(next_us > now_us ? next_us - now_us : 0); now_us = clock_mono_us()) {
		look(db);
		next_us = next_us + EVERY_US > clock_mono_us() ? next_us + EVERY_US : clock_mono_us();
	}
	PQfinish(db);
	return 0;
}
