/* overview - what any reader can say of all services: how far a district's partition has come, and how the
 * installation is.
 *
 * In: the engine's tables, in one snapshot, so that what is said of one service fits what is said of the next.  Out:
 * the answers of ReadProgress and ReadStatus. */
#include "base/clock.h"
#include "engine.pb-c.h"
#include "engine.sql.h"
#include "engine_rows.pb-c.h"
#include "engine/overview.h"
#include "engine/reader_state.h"
#include <string.h>

/* ---- progress */

static Engine__ServiceProgress *
service_progress(arena_t *a, const EngineRows__ProgressRow *row, void *const *edges, size_t nedges)
{
	Engine__ServiceProgress *s = arena_message(a, &engine__service_progress__descriptor);

	*s = (Engine__ServiceProgress){
		.base = s->base, .service = row->service, .partition = row->partition, .epoch = row->epoch,
		.head = row->seq,
	};
	if (*row->owner) {
		s->maybe_owner_case = ENGINE__SERVICE_PROGRESS__MAYBE_OWNER_OWNER;
		s->owner = row->owner;
	}
	s->consumes = arena_alloc(a, (nedges + 1) * sizeof(*s->consumes));
	for (size_t i = 0; i < nedges; i++) {
		const EngineRows__Edge *edge = edges[i];
		if (strcmp(edge->consumer, row->service))
			continue;
		Engine__Consumed *c = s->consumes[s->n_consumes++] = arena_message(a, &engine__consumed__descriptor);
		*c = (Engine__Consumed){
			.base = c->base, .from = edge->producer, .cursor = edge->cursor, .head = edge->head,
		};
	}
	return s;
}

void
overview_progress(struct reader *r, int32_t partition)
{
	static const struct store_stmt *const asked[] = { &engine_lag, &engine_progress, &engine_edges };
	Engine__Progress said = ENGINE__PROGRESS__INIT;
	arena_t *a = reader_arena(r);
	EngineRows__Partition *p = arena_message(a, &engine_rows__partition__descriptor);
	void **lag, **services, **edges;

	p->partition = partition;
	if (!reader_snapshot(r, asked, ALEN(asked), p))
		return;
	reader_taken(r, 0, &lag);
	size_t n = reader_taken(r, 1, &services), nedges = reader_taken(r, 2, &edges);
	said.lag = ((const EngineRows__Lag *)lag[0])->lag;
	said.parked = ((const EngineRows__Lag *)lag[0])->parked;
	said.services = arena_alloc(a, (n + 1) * sizeof(*said.services));
	for (size_t i = 0; i < n; i++)
		said.services[said.n_services++] = service_progress(a, services[i], edges, nedges);
	reader_answer(r, &said.base);
}

/* ---- status */

static void
status_edges(arena_t *a, Engine__ServiceStatus *s, void *const *edges, size_t n)
{
	s->consumes = arena_alloc(a, (n + 1) * sizeof(*s->consumes));
	for (size_t i = 0; i < n; i++) {
		const EngineRows__StatusEdge *edge = edges[i];
		if (strcmp(edge->consumer, s->service))
			continue;
		Engine__ConsumedLag *c = s->consumes[s->n_consumes++] =
			arena_message(a, &engine__consumed_lag__descriptor);
		*c = (Engine__ConsumedLag){ .base = c->base, .from = edge->producer, .lag = edge->lag };
	}
}

/* Replicas live by the machine's clock; what is shown of them lies as far back on the one that is in force. */
static void
status_replicas(arena_t *a, Engine__ServiceStatus *s, void *const *replicas, size_t n, int64_t ahead_us)
{
	s->replicas = arena_alloc(a, (n + 1) * sizeof(*s->replicas));
	for (size_t i = 0; i < n; i++) {
		const EngineRows__StatusReplica *row = replicas[i];
		if (strcmp(row->service, s->service))
			continue;
		Engine__ReplicaStatus *c = s->replicas[s->n_replicas++] =
			arena_message(a, &engine__replica_status__descriptor);
		*c = (Engine__ReplicaStatus){
			.base = c->base, .instance = row->instance, .partitions = row->partitions,
			.since_us = row->since_us + ahead_us, .seen_us = row->seen_us + ahead_us,
		};
	}
}

static Engine__ServiceStatus *
service_status(arena_t *a, const EngineRows__Status *row)
{
	Engine__ServiceStatus *s = arena_message(a, &engine__service_status__descriptor);

	*s = (Engine__ServiceStatus){
		.base = s->base, .service = row->service, .partitions = row->partitions, .unowned = row->unowned,
		.parked = row->parked, .timers_due = row->timers_due, .work_queued = row->work_queued,
	};
	return s;
}

void
overview_status(struct reader *r)
{
	static const struct store_stmt *const asked[] = { &engine_status_lag, &engine_status, &engine_status_edges,
							  &engine_status_replicas, &engine_clock_now };
	Engine__Status said = ENGINE__STATUS__INIT;
	arena_t *a = reader_arena(r);
	void **lag, **services, **edges, **replicas, **clock;
	int64_t real_us = clock_real_us();

	if (!reader_snapshot(r, asked, ALEN(asked), NULL))
		return;
	reader_taken(r, 0, &lag);
	size_t n = reader_taken(r, 1, &services), nedges = reader_taken(r, 2, &edges),
	       nreplicas = reader_taken(r, 3, &replicas);
	bool manual = reader_taken(r, 4, &clock) && reader_manual_clock(r);
	said.now_us = manual ? ((const EngineRows__Instant *)clock[0])->now_us : real_us;
	said.lag = ((const EngineRows__Lag *)lag[0])->lag;
	said.parked = ((const EngineRows__Lag *)lag[0])->parked;
	said.services = arena_alloc(a, (n + 1) * sizeof(*said.services));
	for (size_t i = 0; i < n; i++) {
		Engine__ServiceStatus *s = said.services[said.n_services++] = service_status(a, services[i]);
		status_edges(a, s, edges, nedges);
		status_replicas(a, s, replicas, nreplicas, said.now_us - real_us);
	}
	reader_answer(r, &said.base);
}
