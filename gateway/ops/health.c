/* health - is this process alive, does the whole stack answer, what do its counters say.
 *
 * Readiness asks every service over both of its lanes, as a command and a read would come, and the database whether
 * every partition has its owner: no cached opinion.  Metrics ask each process there is, each bus, and one replica what
 * the database says of all services; whatever of it answers in a second is shown; nothing waits longer. */
#include "ops/health.h"
#include "engine.pb-c.h"
#include "ops/exposition.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	READY_US = 1000 * 1000,
	/* replicas whose counters one answer has: as many as the buses take; of more it is refused */
	METRICS_PEERS_MAX = 2048,
};

void
health_live(call_t *c, int64_t mono_us)
{
	json_t *j = json_pack("{s:b}", "alive", 1);

	(void)mono_us;
	call_reply_json(c, 200, j);
	json_decref(j);
}

static int
count_services(const call_t *c)
{
	int n = 0;

	while (c->api->set.services[n])
		n++;
	return n;
}

/* What is asked of whom. */
struct inquiry {
	const char *service, *replica;
	int via;
	Wire__Lane lane;
	const ProtobufCMessageDescriptor *message;
};

/* A replica that is silent: another is asked, where any will do. */
static void
inquire(call_t *c, int part, struct inquiry q, rpc_done_fn *done, int64_t mono_us)
{
	Wire__Read read = WIRE__READ__INIT;
	struct rpc_request ask = {
		.kind = WIRE__KIND__READ, .lane = q.lane, .service = q.service, .replica = q.replica, .via = q.via,
		.partition = -1,
		.repeatable = true, .quiet = true, .try_us = READY_US / 3, .whole_us = READY_US,
	};

	read.type = (char *)q.message->name;
	read.account = (char *)OPERATOR;
	read.trace = c->trace;
	rpc_body_read(&ask, &read);
	call_ask(c, part, &ask, done, mono_us);
}

/* What the database says of all services, any of them can tell. */
static struct inquiry
status_of_all(const call_t *c)
{
	return (struct inquiry){
		.service = c->api->set.services[0], .lane = WIRE__LANE__READER,
		.message = &engine__read_status__descriptor,
	};
}

static const json_t *
said(const struct part *p, const char *member)
{
	return p->status == 200 ? json_object_get(p->json, member) : NULL;
}

/* ---- /readyz: part 2i is the writer of service i, part 2i + 1 its reader; then what the database says */

static void
lack(json_t *missing, const char *service, const char *code)
{
	json_array_append_new(missing, json_pack("{s:s+, s:s}", "pointer", "/", service, "code", code));
}

static void
lacks_of_thread(json_t *missing, const char *service, const struct part *p, const char *silent)
{
	const json_t *all = said(p, "missing"), *code;
	size_t i;

	if (p->status != 200)
		lack(missing, service, silent);
	json_array_foreach(all, i, code)
		lack(missing, service, json_string_value(code));
}

static void
lacks_of_owners(json_t *missing, const struct part *status)
{
	const json_t *services = said(status, "services"), *s;
	size_t i;

	json_array_foreach(services, i, s)
		if (json_integer_value(json_object_get(s, "unowned")) > 0)
			lack(missing, json_string_value(json_object_get(s, "service")), "partition.unowned");
}

static void
ready_reply(call_t *c)
{
	Wire__Problem *p = problem_of(REFUSED_READY, NULL, c->api->arena);
	json_t *problem = problem_json(p), *missing = json_object_get(problem, "errors"),
	       *ready = json_pack("{s:b}", "ready", 1);

	for (int i = 0; i < c->nparts - 1; i++)
		lacks_of_thread(missing, c->api->set.services[i / 2], &c->parts[i],
		                i % 2 ? "reader.silent" : "writer.silent");
	lacks_of_owners(missing, &c->parts[c->nparts - 1]);
	if (json_array_size(missing) > 0)
		call_reply_json(c, p->status, problem);
	else
		call_reply_json(c, 200, ready);
	json_decref(problem);
	json_decref(ready);
}

static void
part_done(struct part *p, enum rpc_outcome outcome, Wire__Answer **items, const ProtobufCMessageDescriptor *answer)
{
	part_take(p, outcome, items ? items[0] : NULL, answer, true);
	p->call->waiting--;
}

static void
ready_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	(void)mono_us;
	part_done(p, outcome, items,
	          p == &c->parts[c->nparts - 1] ? &engine__status__descriptor : &engine__ready__descriptor);
	if (c->waiting == 0)
		ready_reply(c);
}

void
health_ready(call_t *c, int64_t mono_us)
{
	int n = count_services(c);

	call_parts_open(c, 2 * n + 1);
	for (int i = 0; i < 2 * n; i++) {
		struct inquiry q = {
			.service = c->api->set.services[i / 2], .lane = i % 2 ? WIRE__LANE__READER : WIRE__LANE__WRITER,
			.message = &engine__read_ready__descriptor,
		};
		inquire(c, i, q, ready_done, mono_us);
	}
	inquire(c, 2 * n, status_of_all(c), ready_done, mono_us);
	if (c->waiting == 0)
		ready_reply(c);
}

/* ---- /metrics: a bus is asked who is there; then part 0 is the database's view, the buses, and each replica */

static const char *
gauge(enum family_id id, const json_t *service, const char *member, arena_t *a)
{
	return metrics_family_sample(id, json_string_value(json_object_get(service, "service")), "",
	                             json_integer_value(json_object_get(service, member)), a);
}

static void
gauges_of(struct bytes *out, enum family_id id, const json_t *services, const char *member, arena_t *a)
{
	const json_t *s;
	size_t i;

	bytes_text(out, metrics_family_head(id, a));
	json_array_foreach(services, i, s)
		bytes_text(out, gauge(id, s, member, a));
}

static const char *
lag(const json_t *service, const json_t *edge, arena_t *a)
{
	const char *from = arena_printf(a, "producer=\"%s\"", json_string_value(json_object_get(edge, "from")));

	return metrics_family_sample(FAMILY_CONSUMER_LAG, json_string_value(json_object_get(service, "service")), from,
	                             json_integer_value(json_object_get(edge, "lag")), a);
}

static void
gauges_of_lists(struct bytes *out, const json_t *services, arena_t *a)
{
	const json_t *s, *edge;
	size_t i, k;

	bytes_text(out, metrics_family_head(FAMILY_CONSUMER_LAG, a));
	json_array_foreach(services, i, s)
		json_array_foreach(json_object_get(s, "consumes"), k, edge)
			bytes_text(out, lag(s, edge, a));
	bytes_text(out, metrics_family_head(FAMILY_REPLICAS, a));
	json_array_foreach(services, i, s)
		bytes_text(out, metrics_family_sample(FAMILY_REPLICAS, json_string_value(json_object_get(s, "service")),
	                                              "", (int64_t)json_array_size(json_object_get(s, "replicas")), a));
}

/* What is true of a service, whatever its processes count.  "" when the database's view did not come. */
static const char *
gauges_text(const struct part *status, arena_t *a)
{
	static const struct { enum family_id id; const char *member; } rows[] = {
		{ FAMILY_PARKED_NOW, "parked" }, { FAMILY_TIMERS_DUE, "timers_due" },
		{ FAMILY_JOBS_QUEUED, "work_queued" }, { FAMILY_UNOWNED, "unowned" },
	};
	const json_t *services = said(status, "services");
	struct bytes out = { 0 };

	if (!services)
		return "";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		gauges_of(&out, rows[i].id, services, rows[i].member, a);
	gauges_of_lists(&out, services, a);
	const char *text = arena_strndup(a, out.p, out.len);
	bytes_free(&out);
	return text;
}

static void
metrics_reply(call_t *c)
{
	arena_t *a = c->api->arena;
	const char **texts = arena_alloc(a, ((size_t)c->nparts + 2) * sizeof(*texts));
	struct reply r = REPLY_NONE;
	struct bytes out = { 0 };

	texts[0] = metrics_text(c->api->set.metrics, "gateway", NULL, a);
	texts[1] = http_metrics_text(c->api->http_metrics, a);
	texts[2] = gauges_text(&c->parts[0], a);
	for (int i = 1; i < c->nparts; i++)
		texts[i + 2] = json_string_value(said(&c->parts[i], "text"));
	exposition_merge(texts, (size_t)c->nparts + 2, &out);
	arena_reset(a);
	r.status = 200;
	r.content_type = TYPE_METRICS;
	r.body = out.p;
	r.len = out.len;
	call_reply(c, &r);
}

static void
metrics_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	(void)mono_us;
	part_done(p, outcome, items, p == c->parts ? &engine__status__descriptor : &engine__metrics__descriptor);
	if (c->waiting == 0)
		metrics_reply(c);
}

/* Of the peers' JSON, which the call keeps until its end. */
static void
ask_replica(call_t *c, int part, const json_t *peer, int64_t mono_us)
{
	struct inquiry q = {
		.service = json_string_value(json_object_get(peer, "service")),
		.replica = json_string_value(json_object_get(peer, "instance")),
		.lane = WIRE__LANE__READER, .message = &engine__read_metrics__descriptor,
	};

	inquire(c, part, q, metrics_done, mono_us);
}

static void
ask_bus(call_t *c, int part, int via, int64_t mono_us)
{
	struct inquiry q = {
		.service = "bus", .via = via, .lane = WIRE__LANE__READER, .message = &engine__read_metrics__descriptor,
	};

	inquire(c, part, q, metrics_done, mono_us);
}

static void
peers_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	part_done(p, outcome, items, &engine__peers__descriptor);
	c->peers = p->status == 200 ? json_incref(json_object_get(p->json, "items")) : NULL;
	call_parts_close(c);
	int nbuses = c->api->set.buses, npeers = (int)json_array_size(c->peers);
	if (npeers > METRICS_PEERS_MAX) {
		call_refuse(c, REFUSED_BUSY, NULL);
		return;
	}
	call_parts_open(c, 1 + nbuses + npeers);
	inquire(c, 0, status_of_all(c), metrics_done, mono_us);
	for (int i = 0; i < nbuses; i++)
		ask_bus(c, 1 + i, i + 1, mono_us);
	for (int i = 0; i < npeers; i++)
		ask_replica(c, 1 + nbuses + i, json_array_get(c->peers, (size_t)i), mono_us);
	if (c->waiting == 0)
		metrics_reply(c);
}

void
health_metrics(call_t *c, int64_t mono_us)
{
	struct inquiry q = { .service = "bus", .lane = WIRE__LANE__READER, .message = &engine__read_peers__descriptor };

	call_parts_open(c, 1);
	inquire(c, 0, q, peers_done, mono_us);
	if (c->waiting == 0)
		metrics_reply(c);
}
