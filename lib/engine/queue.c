/* queue - requests with commands, first come first served, until every command of each has its answer.
 *
 * Bounded in commands and bytes: beyond that a request is answered 503 at once, and memory does not grow. */
#include "base/crash.h"
#include "json/json_pb.h"
#include "base/log.h"
#include "engine/node_clock.h"
#include "engine/node_state.h"
#include "engine/ownership.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
queue_open(struct queue *q)
{
	*q = (struct queue){ .last = &q->first };
}

static void
reply(node_t *n, const struct peer *peer, uint64_t id, const uint8_t *body, size_t len)
{
	struct message m = { .peer = *peer, .kind = WIRE__KIND__ANSWER, .id = id, .body = body, .body_len = len };
	n->set.port.send(n->set.port.ctx, &m);
}

/* Because of a clock, which does not come right in a moment. */
static Wire__Problem *
doubt_problem(node_t *n, const struct steady_text *t)
{
	Wire__Problem *p = problem_make(n->scratch, 503, t->code, NULL, t->detail);

	p->retry_after_s = STEADY_AGAIN_S;
	return p;
}

/* One answer for every command of a request that was never queued. */
static void
turn_away(node_t *n, const struct message *m, size_t ncommands, Wire__Problem *problem)
{
	Wire__Answers all = WIRE__ANSWERS__INIT;
	Wire__Answer one = WIRE__ANSWER__INIT;

	one.status = problem->status;
	one.problem = problem;
	all.n_items = ncommands;
	all.items = arena_alloc(n->scratch, (ncommands + 1) * sizeof(*all.items));
	for (size_t i = 0; i < ncommands; i++)
		all.items[i] = &one;
	size_t len = wire__answers__get_packed_size(&all);
	uint8_t *body = arena_alloc(n->scratch, len + 1);
	wire__answers__pack(&all, body);
	reply(n, &m->peer, m->id, body, len);
}

static bool
creates_any(const node_t *n, const Wire__Commands *c)
{
	for (size_t i = 0; i < c->n_items; i++) {
		const struct command *command = service_command(n->svc, c->items[i]->type);
		if (command && command->creates_district)
			return true;
	}
	return false;
}

/* The partition is not ours: find out whether it could be.  Once is enough for many who come together. */
static bool
make_ours(node_t *n, int32_t partition, bool creates_district)
{
	if (creates_district || n->looked_us != n->mono_us)
		ownership_look(n, creates_district ? partition : -1);
	return n->part[partition].owned;
}

static void
enqueue(node_t *n, const struct message *m, size_t ncommands)
{
	struct group *g = calloc(1, sizeof(*g));

	if (!g || !(g->body = malloc(m->body_len + 1)) || !(g->answers = calloc(ncommands, sizeof(*g->answers))))
		abort();
	g->peer = m->peer;
	g->id = m->id;
	g->partition = m->partition;
	memcpy(g->body, m->body, m->body_len);
	g->body_len = m->body_len;
	g->ncommands = g->nleft = ncommands;
	g->deadline_us = n->mono_us + (m->wait_ms > 0 && m->wait_ms < 60000 ? m->wait_ms : 5000) * 1000;
	*n->queue.last = g;
	n->queue.last = &g->next;
	n->queue.commands += ncommands;
	n->queue.bytes += m->body_len;
	metric_add(n->set.metrics, METRIC_QUEUE, (int64_t)ncommands);
	CRASH_POINT("command.queued");
}

void
queue_add(node_t *n, const struct message *m)
{
	Wire__Commands *c = wire__commands__unpack(arena_pb(n->scratch), m->body_len, m->body);

	if (!c || !c->n_items || m->partition < 0 || m->partition >= PARTITIONS) {
		LOG(WARN, "commands.malformed", NULL, LOG_I("bytes", m->body_len));
		return;
	}
	node_clock_believed(n);
	const struct steady_text *doubt = node_clock_doubt(n, m->partition);
	if (!doubt && node_clock_sender_doubted(n, m))
		doubt = &steady_texts[STEADY_SENDER];
	if (doubt) {
		metric_add(n->set.metrics, METRIC_COMMANDS_DOUBTED, (int64_t)c->n_items);
		turn_away(n, m, c->n_items, doubt_problem(n, doubt));
		return;
	}
	bool creates_district = creates_any(n, c);
	if (n->lost || (!n->part[m->partition].owned && !make_ours(n, m->partition, creates_district))) {
		if (n->lost || n->opened[m->partition] || creates_district)
			turn_away(n, m, c->n_items,
				  problem_make(n->scratch, 503, "owner.away", NULL,
					       "The owner of this district is away."));
		else
			turn_away(n, m, c->n_items,
				  problem_make(n->scratch, 404, "district.unknown", NULL, "No such district."));
	} else if (n->queue.commands + c->n_items > QUEUE_COMMANDS_MAX ||
		   n->queue.bytes + m->body_len > QUEUE_BYTES_MAX) {
		metric_add(n->set.metrics, METRIC_COMMANDS_OVERLOAD, (int64_t)c->n_items);
		turn_away(n, m, c->n_items,
			  problem_make(n->scratch, 503, "owner.busy", NULL, "Too much waits here already."));
	} else
		enqueue(n, m, c->n_items);
}

void
queue_answer(struct group *g, size_t i, const Wire__Answer *a)
{
	if (g->answers[i].data)
		return;
	g->answers[i].len = wire__answer__get_packed_size(a);
	g->answers[i].data = malloc(g->answers[i].len + 1);
	if (!g->answers[i].data)
		abort();
	wire__answer__pack(a, g->answers[i].data);
	g->nleft--;
}

static void
group_refuse(node_t *n, struct group *g, const char *detail)
{
	Wire__Answer a = WIRE__ANSWER__INIT;
	const struct steady_text *doubt = node_clock_doubt(n, g->partition);

	if (g->unsure)
		a.problem = problem_make(n->scratch, 504, "outcome.unknown", NULL,
					 "It may have been done; ask again with the same key.");
	else
		a.problem = doubt ? doubt_problem(n, doubt) : problem_make(n->scratch, 503, "owner.away", NULL, detail);
	a.status = a.problem->status;
	if (doubt)
		metric_add(n->set.metrics, METRIC_COMMANDS_DOUBTED, (int64_t)g->nleft);
	for (size_t i = 0; i < g->ncommands; i++)
		queue_answer(g, i, &a);
}

void
queue_expire(node_t *n)
{
	for (struct group *g = n->queue.first; g; g = g->next)
		if (g->nleft && n->mono_us >= g->deadline_us)
			group_refuse(n, g, "Not done in time.");
}

/* Groups of partitions that are no longer ours: whoever asks again finds the new owner. */
void
queue_shed(node_t *n)
{
	for (struct group *g = n->queue.first; g; g = g->next)
		if (g->nleft && !n->part[g->partition].owned)
			group_refuse(n, g, "The owner of this district is away.");
}

static void
group_free(node_t *n, struct group *g)
{
	n->queue.commands -= g->ncommands;
	n->queue.bytes -= g->body_len;
	/* of the whole process: a trial has a queue too */
	metric_add(n->set.metrics, METRIC_QUEUE, -(int64_t)g->ncommands);
	for (size_t i = 0; i < g->ncommands; i++)
		free(g->answers[i].data);
	free(g->answers);
	free(g->body);
	free(g);
}

/* Wire.Answers is its items one after the other, each with its tag and length, so what was packed is not packed
 * again. */
static size_t
item_head(uint8_t out[12], size_t len)
{
	size_t n = 0;

	out[n++] = 1 << 3 | 2;          /* field 1, length-delimited */
	for (; len >= 0x80; len >>= 7)
		out[n++] = (uint8_t)(len | 0x80);
	out[n++] = (uint8_t)len;
	return n;
}

static void
group_reply(node_t *n, struct group *g)
{
	uint8_t head[12];
	size_t len = 0, at = 0;

	for (size_t i = 0; i < g->ncommands; i++)
		len += item_head(head, g->answers[i].len) + g->answers[i].len;
	uint8_t *body = malloc(len + 1);
	if (!body)
		abort();
	for (size_t i = 0; i < g->ncommands; i++) {
		at += item_head(body + at, g->answers[i].len);
		memcpy(body + at, g->answers[i].data, g->answers[i].len);
		at += g->answers[i].len;
	}
	CRASH_POINT("answer.packed");
	reply(n, &g->peer, g->id, body, len);
	CRASH_POINT("answer.sent");
	free(body);
}

void
queue_reply(node_t *n)
{
	struct group **at = &n->queue.first;

	while (*at) {
		struct group *g = *at;
		if (g->nleft) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		group_reply(n, g);
		group_free(n, g);
	}
	n->queue.last = at;
}

void
queue_end(node_t *n)
{
	while (n->queue.first) {
		struct group *g = n->queue.first;
		n->queue.first = g->next;
		group_free(n, g);
	}
}
