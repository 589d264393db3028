/* password_queue - whose turn it is to have roster hash or check one.
 *
 * It takes some 27 ms of a core, so a few are under way and the others wait here: the next is of the address that has
 * fewest under way, the one that has waited longest.  What is asked again is hashed again, so few are under way and a
 * try has long: else a machine that is slow once would do all the work for nobody.  When too many wait, who makes room
 * is of the address of which most do, so a crowd at one address, honest or not, waits for itself. */
#include "accounts/password_queue.h"
#include "call/query.h"
#include <stdlib.h>
#include <string.h>

/* Of a call that is freed, or is not asked about after all. */
static void
turn_free(call_t *c)
{
	rpc_body_free(&c->turn.ask);
	c->turn.waits = false;
}

static bool
same_address(const call_t *a, const call_t *b)
{
	return memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

/* Of the address of c: how many wait, or are asked about. */
static size_t
count_of(const call_t *c, bool waits)
{
	size_t n = 0;

	for (const call_t *o = c->api->calls; o; o = o->next)
		n += same_address(o, c) && (waits ? o->turn.waits : o->turn.asked);
	return n;
}

/* ---- the next */

static bool
goes_before(const call_t *a, size_t a_asked, const call_t *b, size_t b_asked)
{
	return a_asked != b_asked ? a_asked < b_asked : a->turn.since_us < b->turn.since_us;
}

static call_t *
next_in_turn(const api_t *api)
{
	call_t *best = NULL;
	size_t best_asked = 0;

	for (call_t *c = api->calls; c; c = c->next) {
		size_t asked = c->turn.waits ? count_of(c, false) : 0;
		if (!c->turn.waits || (best && !goes_before(c, asked, best, best_asked)))
			continue;
		best = c;
		best_asked = asked;
	}
	return best;
}

/* Ends the wait of one that is not asked about; a client that has left is told nothing. */
static void
turn_away(call_t *c)
{
	turn_free(c);
	c->api->nwaiting--;
	c->waiting = 0;
	call_refuse(c, REFUSED_BUSY, NULL);
}

static void
turn_begin(call_t *c, int64_t mono_us)
{
	struct rpc_request ask = c->turn.ask;

	c->turn.ask.body = NULL;
	c->turn.waits = false;
	c->api->nwaiting--;
	if (!rpc_put(c->api->rpc, &ask, mono_us)) {
		c->waiting = 0;
		call_refuse(c, REFUSED_BUSY, NULL);
		return;
	}
	c->turn.asked = true;
	c->api->npasswords++;
}

static void
turns_begin(api_t *api, int64_t mono_us)
{
	while (api->nwaiting && api->npasswords < PASSWORDS_MAX)
		turn_begin(next_in_turn(api), mono_us);
}

/* ---- room */

/* The newest of the address of which most wait. */
static call_t *
last_in_turn(const api_t *api)
{
	call_t *worst = NULL;
	size_t most = 0;

	for (call_t *c = api->calls; c; c = c->next) {
		size_t n = c->turn.waits ? count_of(c, true) : 0;
		if (n < most || !n || (n == most && worst && c->turn.since_us < worst->turn.since_us))
			continue;
		worst = c;
		most = n;
	}
	return worst;
}

void
password_queue_ask(call_t *c, const ProtobufCMessage *question, rpc_done_fn *done, int64_t mono_us)
{
	api_t *api = c->api;

	c->turn.ask = query_of(c, "roster", question, NULL);
	c->turn.ask.lane = WIRE__LANE__PASSWORD;
	c->turn.ask.try_us = PASSWORD_TRY_US;
	c->turn.ask.secret = true;
	c->turn.ask.done = done;
	c->turn.ask.ctx = c;
	c->turn.since_us = mono_us;
	c->release = turn_free;
	c->turn.waits = true;
	c->waiting = 1;
	api->nwaiting++;
	turns_begin(api, mono_us);
	if (api->nwaiting > PASSWORDS_WAIT_MAX)
		turn_away(last_in_turn(api));
}

void
password_queue_answered(call_t *c, int64_t mono_us)
{
	c->waiting = 0;
	c->turn.asked = false;
	c->api->npasswords--;
	turns_begin(c->api, mono_us);
}

/* Who has waited so long that the rest of his time does not do is told to come again. */
int64_t
password_queue_tick(api_t *api, int64_t mono_us)
{
	int64_t due_us = INT64_MAX;

	for (call_t *c = api->calls, *next; c; c = next) {
		next = c->next;
		if (!c->turn.waits)
			continue;
		if (mono_us >= c->turn.since_us + PASSWORD_WAIT_US)
			turn_away(c);
		else if (c->turn.since_us + PASSWORD_WAIT_US < due_us)
			due_us = c->turn.since_us + PASSWORD_WAIT_US;
	}
	return due_us;
}

void
password_queue_give_up(api_t *api)
{
	for (call_t *c = api->calls, *next; c; c = next) {
		next = c->next;
		if (c->turn.waits)
			turn_away(c);
	}
}
