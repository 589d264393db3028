/* health - is this process alive, does the whole stack answer, what do its counters say.
 *
 * Readiness asks every service over both of its lanes, as an order and a read would come: no cached opinion.  Metrics ask
 * one replica of each service and whatever of it answers in a second is shown; nothing waits longer. */
#include "call.h"
#include "engine.pb-c.h"
#include "exposition.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

static void
ask_counters(call_t *c, int i, const char *service, Wire__Lane lane, ask_done_fn *done, int64_t mono_us)
{
	Wire__Read read = WIRE__READ__INIT;

	read.type = (char *)engine__read_metrics__descriptor.name;
	read.account = (char *)OPERATOR;
	read.trace = c->trace;
	struct ask ask = {
		.kind = WIRE__KIND__READ, .lane = lane, .service = service, .partition = -1, .repeatable = true, .quiet = true,
		.try_us = READY_US / 3, .whole_us = READY_US,           /* a replica that is silent: another is asked */
		.body_len = wire__read__get_packed_size(&read),
	};
	ask.body = malloc(ask.body_len + 1);
	if (!ask.body)
		abort();
	wire__read__pack(&read, ask.body);
	call_ask(c, i, &ask, done, mono_us);
}

/* ---- /readyz: part 2i is the writer of service i, part 2i + 1 its reader */

static void
ready_reply(call_t *c)
{
	Wire__Problem *p = problem_of(REFUSED_READY, NULL, c->api->arena);
	json_t *problem = problem_json(p), *missing = json_object_get(problem, "errors"), *ready = json_pack("{s:b}", "ready", 1);

	for (int i = 0; i < c->nparts; i++)
		if (c->parts[i].status != 200)
			json_array_append_new(missing, json_pack("{s:s+, s:s}", "pointer", "/", c->api->set.services[i / 2],
			                                         "code", i % 2 ? "reader.silent" : "writer.silent"));
	if (json_array_size(missing) > 0)
		call_reply_json(c, p->status, problem);
	else
		call_reply_json(c, 200, ready);
	json_decref(problem);
	json_decref(ready);
}

static void
ready_done(void *ctx, enum ask_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;

	(void)mono_us;
	part_take(p, outcome, items ? items[0] : NULL, &engine__metrics__descriptor, true);
	if (--p->call->waiting == 0)
		ready_reply(p->call);
}

void
health_ready(call_t *c, int64_t mono_us)
{
	int n = count_services(c);

	assert(2 * n <= CALL_PARTS_MAX);
	call_parts_open(c, 2 * n);
	for (int i = 0; i < n; i++) {
		ask_counters(c, 2 * i, c->api->set.services[i], WIRE__LANE__WRITER, ready_done, mono_us);
		ask_counters(c, 2 * i + 1, c->api->set.services[i], WIRE__LANE__READER, ready_done, mono_us);
	}
	if (c->waiting == 0)
		ready_reply(c);
}

/* ---- /metrics: a part for each service, then one for the bus */

static void
metrics_reply(call_t *c)
{
	const char *texts[CALL_PARTS_MAX + 1];
	struct reply r = REPLY_NONE;
	struct bytes out = { 0 };

	texts[0] = metrics_text(c->api->set.metrics, "gateway", c->api->arena);
	for (int i = 0; i < c->nparts; i++)
		texts[i + 1] = c->parts[i].status == 200 ? json_string_value(json_object_get(c->parts[i].json, "text")) : NULL;
	exposition_merge(texts, (size_t)c->nparts + 1, &out);
	r.status = 200;
	r.content_type = TYPE_METRICS;
	r.body = out.p;
	r.len = out.len;
	call_reply(c, &r);
}

static void
metrics_done(void *ctx, enum ask_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;

	(void)mono_us;
	part_take(p, outcome, items ? items[0] : NULL, &engine__metrics__descriptor, true);
	if (--p->call->waiting == 0)
		metrics_reply(p->call);
}

void
health_metrics(call_t *c, int64_t mono_us)
{
	int n = count_services(c);

	assert(n + 1 <= CALL_PARTS_MAX);
	call_parts_open(c, n + 1);
	for (int i = 0; i < n; i++)
		ask_counters(c, i, c->api->set.services[i], WIRE__LANE__READER, metrics_done, mono_us);
	ask_counters(c, n, "bus", WIRE__LANE__READER, metrics_done, mono_us);
	if (c->waiting == 0)
		metrics_reply(c);
}
