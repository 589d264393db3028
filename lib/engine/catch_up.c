/* catch_up - a timer that is due first sees what was acknowledged before it, and what follows from that (struct
 * timer.after).
 *
 *   in:   the ends of all logs of a partition, and how far each service has read each (engine.edge)
 *   out:  whether the partition's due timers may run
 *   owns: struct catch_up of each partition
 *
 * A command can wait for the heads of those it names: what it refers to stands there.  A timer decides on
 * consequences, which come by other services, each at its own pace: an annulment is supervision's, what falls with
 * it accountability's.  So it waits until the producers that its row names, those that they read, and so on, have
 * read to the ends that their logs had when it came due; until they have read what that has added; and so on, until
 * nothing is added, some rounds at most.  When none of those that are behind has read on for CATCH_UP_STILL_MS, it
 * is waited for no longer: a timer may come late, not never. */
#include "base/log.h"
#include "engine/node_state.h"
#include <assert.h>
#include <string.h>

/* a finding, its measures, the post they empty, who takes it: no chain of consequences is longer */
enum { CATCH_UP_ROUNDS = 8 };

/* ---- whose logs count */

static size_t
upstream_place(const struct catch_up *c, uint64_t name)
{
	size_t i = 0;

	while (i < c->n && c->name[i] != name)
		i++;
	return i;
}

static bool
upstream_add(struct catch_up *c, const char *service)
{
	uint64_t name = name_hash(service);

	if (upstream_place(c, name) < c->n)
		return false;
	assert(c->n < UPSTREAM_MAX || !"raise UPSTREAM_MAX");
	c->name[c->n] = name;
	c->need[c->n++] = 0;
	return true;
}

/* The producers that the timers name, whom these read, whom those read. */
static void
upstream_of(const node_t *n, unsigned after, void *const *edges, size_t nedges, struct catch_up *c)
{
	bool more = true;

	for (size_t i = 0; i < n->nproducers; i++)
		if (after & AFTER(i))
			upstream_add(c, n->svc->consumes[i]);
	while (more) {
		more = false;
		for (size_t i = 0; i < nedges; i++) {
			const EngineRows__Edge *e = edges[i];
			if (upstream_place(c, name_hash(e->consumer)) < c->n)
				more = upstream_add(c, e->producer) || more;
		}
	}
}

/* ---- how far they are */

/* Of what a producer upstream has said, what somebody upstream, or we, have not read. */
static bool
counts(const node_t *n, const struct catch_up *c, const EngineRows__Edge *e, size_t *producer)
{
	*producer = upstream_place(c, name_hash(e->producer));
	return *producer < c->n &&
	       (!strcmp(e->consumer, n->svc->name) || upstream_place(c, name_hash(e->consumer)) < c->n);
}

/* read: of what is waited for, by all of them together. */
struct reading { bool behind, grown; int64_t read; };

static struct reading
reading_of(const node_t *n, const struct catch_up *c, int32_t partition, void *const *edges, size_t nedges)
{
	struct reading r = { 0 };
	size_t producer;

	for (size_t i = 0; i < nedges; i++) {
		const EngineRows__Edge *e = edges[i];
		if (e->partition != partition || !counts(n, c, e, &producer))
			continue;
		r.behind = r.behind || e->cursor < c->need[producer];
		r.grown = r.grown || e->head > c->need[producer];
		r.read += e->cursor < c->need[producer] ? e->cursor : c->need[producer];
	}
	return r;
}

/* From now on what stands there now is waited for. */
static void
need_heads(const node_t *n, struct catch_up *c, int32_t partition, void *const *edges, size_t nedges)
{
	size_t producer;

	for (size_t i = 0; i < nedges; i++) {
		const EngineRows__Edge *e = edges[i];
		if (e->partition == partition && counts(n, c, e, &producer) && e->head > c->need[producer])
			c->need[producer] = e->head;
	}
	c->rounds++;
}

/* ---- the wait */

static void
begin(node_t *n, int32_t partition, unsigned after, int64_t now_us, void *const *edges, size_t nedges)
{
	struct catch_up *c = &n->part[partition].catch_up;

	*c = (struct catch_up){ .waits = true, .until_us = now_us, .done_us = c->done_us, .moved_us = n->mono_us };
	upstream_of(n, after, edges, nedges, c);
	need_heads(n, c, partition, edges, nedges);
}

static void
end(node_t *n, int32_t partition, bool gave_up)
{
	struct catch_up *c = &n->part[partition].catch_up;

	c->waits = false;
	c->done_us = c->until_us;
	if (!gave_up)
		return;
	metric_add(n->set.metrics, METRIC_TIMERS_BEHIND, 1);
	LOG(WARN, "timers.behind", NULL, LOG_S("service", n->svc->name), LOG_I("partition", partition),
	    LOG_I("rounds", c->rounds));
}

bool
catch_up_looks(const node_t *n, int32_t partition)
{
	const struct catch_up *c = &n->part[partition].catch_up;

	return !c->waits || n->mono_us >= c->look_us;
}

void
catch_up(node_t *n, int32_t partition, unsigned after, int64_t now_us, void *const *edges, size_t nedges)
{
	struct catch_up *c = &n->part[partition].catch_up;

	if (!c->waits)
		begin(n, partition, after, now_us, edges, nedges);
	struct reading r = reading_of(n, c, partition, edges, nedges);
	while (!r.behind && r.grown && c->rounds < CATCH_UP_ROUNDS) {
		need_heads(n, c, partition, edges, nedges);
		r = reading_of(n, c, partition, edges, nedges);
	}
	if (r.read != c->read)
		c->moved_us = n->mono_us;
	c->read = r.read;
	c->look_us = n->mono_us + CATCH_UP_LOOK_MS * 1000;
	bool still = n->mono_us >= c->moved_us + CATCH_UP_STILL_MS * 1000;
	if (!r.behind || still)
		end(n, partition, r.behind);
}

/* What a waiting timer wants of ours is fetched without delay. */
bool
catch_up_hurries(const node_t *n, size_t producer)
{
	for (int32_t p = 0; p < PARTITIONS; p++) {
		const struct catch_up *c = &n->part[p].catch_up;
		uint64_t name = name_hash(n->svc->consumes[producer]);
		size_t i = n->part[p].owned && c->waits ? upstream_place(c, name) : c->n;
		if (i < c->n && n->part[p].cursor[producer].seq < c->need[i])
			return true;
	}
	return false;
}

int64_t
catch_up_next_us(const node_t *n)
{
	int64_t at_us = NEVER_US;

	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->part[p].owned && n->part[p].catch_up.waits && n->part[p].catch_up.look_us < at_us)
			at_us = n->part[p].catch_up.look_us;
	return at_us;
}
