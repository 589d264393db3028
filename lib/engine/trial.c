/* trial - see trial.h.  What it does not do itself is the node's: queue, inputs, load, fold. */
#include "engine/trial.h"
#include "base/log.h"
#include "engine/inbox.h"
#include "engine/node_clock.h"
#include "engine/node_state.h"
#include "engine/ownership.h"

bool
trial_serves(const struct service *s)
{
	const struct command *c;

	EACH_ROW(s, commands, c)
		if (message_may_be_dry(c->message))
			return true;
	return false;
}

/* It may be silent for long: it holds no lock that a frozen process could keep from others. */
static bool
let_be_silent(node_t *n)
{
	store_text(n->db, "set idle_session_timeout = 0");
	return store_sync(n->db) == STORE_OK;
}

node_t *
trial_open(const struct service *s, const struct node_settings *settings)
{
	node_t *n = node_make(s, settings);

	if (!n)
		return NULL;
	n->trial = true;
	for (int32_t p = 0; p < PARTITIONS; p++)
		/* as far as its queue is concerned: anybody may try anything anywhere */
		n->part[p].owned = true;
	if (!node_prepare(n) || !ownership_peek_prepare(n) || !let_be_silent(n))
		node_close(&n);
	return n;
}

void
trial_close(node_t **np)
{
	node_t *n = *np;

	if (!n)
		return;
	arena_reset(n->scratch);
	for (int32_t p = 0; p < PARTITIONS; p++)
		n->part[p].owned = false;
	queue_shed(n);
	queue_reply(n);
	node_close(np);
}

void
trial_receive(node_t *n, const struct message *m)
{
	arena_reset(n->scratch);
	if (m->kind == WIRE__KIND__COMMANDS)
		queue_add(n, m);
}

static bool
connected(node_t *n)
{
	if (n->lost || store_fd(n->db) < 0)
		n->lost = !store_reopen(n->db) || !let_be_silent(n);
	return !n->lost;
}

/* Also while nothing is to be tried: nothing is taken in before it is. */
static bool
reachable(node_t *n)
{
	if (!connected(n))
		n->retry_us = n->mono_us + RETRY_MS * 1000;
	return !n->lost;
}

/* False: something is wrong with the database, which may pass. */
static bool
try_group(node_t *n, struct group *g)
{
	enum batch_result r = inbox_run_group(n, g);

	n->lost = r == BATCH_AWAY || r == BATCH_LOST;
	arena_reset(n->arena);          /* much of it, and nothing else comes for long */
	return r == BATCH_DONE || r == BATCH_AGAIN;
}

/* The first that need not wait for what others say.  True: there may be more. */
static bool
try_one(node_t *n)
{
	bool waits = false;

	for (struct group *g = n->queue.first; g; g = g->next) {
		if (!g->nleft)
			continue;
		if (!try_group(n, g)) {
			n->retry_us = n->mono_us + RETRY_MS * 1000;
			return false;
		}
		if (!g->nleft)
			return true;
		waits = true;
	}
	if (waits)
		n->retry_us = n->mono_us + CATCH_UP_LOOK_MS * 1000;
	return false;
}

int64_t
trial_step(node_t *n, int64_t mono_us)
{
	n->mono_us = mono_us;
	arena_reset(n->scratch);
	queue_expire(n);
	bool more = mono_us >= n->retry_us && reachable(n) && n->queue.first && node_clock_believed(n) && try_one(n);
	queue_reply(n);
	n->clock_news = false;
	arena_reset(n->scratch);
	if (more)
		return mono_us;
	if (!n->queue.first && !n->lost)
		return mono_us + 1000 * 1000;           /* what comes wakes us */
	return n->retry_us > mono_us ? n->retry_us : mono_us + 100 * 1000;
}
