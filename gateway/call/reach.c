/* reach - reads, and orders about a person, by those who see only what is their own (access.h).
 *
 *   in:   a call that has come to its end, its route's row, and who calls
 *   out:  the read, or 403; and where only roster knows whose a person or a village is, that question to roster first
 *
 * Where the path or the query says whose a thing is, it is judged before anybody is asked for it.  A measure or a
 * posting is known by its id alone: it is read, judged by whom it names, and then told or not.  What is out of reach is
 * 403 whether it is there or not: an id can be guessed, and what is known of nobody must not be told by the
 * difference. */
#include "call/reach.h"
#include "access/access.h"
#include "call/command.h"
#include "call/query.h"
#include "http/target.h"
#include "roster.pb-c.h"

/* What is to be done with the call when roster has said it. */
static void
decided(call_t *c, bool within, int64_t mono_us)
{
	if (!within)
		call_refuse(c, REFUSED_ROLE, NULL);
	else if (c->match.route->kind == ROUTE_COMMAND)
		command_run(c, mono_us);
	else if (c->match.route->about == ABOUT_ANSWER)
		query_tell(c, mono_us);
	else
		query_ask_all(c, query_tell, mono_us);
}

static void
reach_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	arena_t *a = c->api->arena;
	Roster__Reach *said = NULL;

	c->waiting = 0;
	if (outcome == RPC_ANSWERED && items[0]->status == 200)
		said = roster__reach__unpack(arena_pb(a), items[0]->data.len, items[0]->data.data);
	if (!said) {
		call_refuse(c, REFUSED_AWAY, NULL);
		return;
	}
	bool within = reach_of(&c->who, c->match.route, &c->subject, said) == REACH_YES;
	arena_reset(a);
	decided(c, within, mono_us);
}

static void
roster_ask(call_t *c, int64_t mono_us)
{
	Roster__ReadReach m = ROSTER__READ_REACH__INIT;

	m.maybe_person_case = *c->subject.person ? ROSTER__READ_REACH__MAYBE_PERSON_PERSON_ID
	                                         : ROSTER__READ_REACH__MAYBE_PERSON__NOT_SET;
	m.person_id = c->subject.person;
	m.maybe_village_case = *c->subject.village ? ROSTER__READ_REACH__MAYBE_VILLAGE_VILLAGE_ID
	                                           : ROSTER__READ_REACH__MAYBE_VILLAGE__NOT_SET;
	m.village_id = c->subject.village;
	struct rpc_request ask = query_of(c, "roster", &m.base, NULL);
	ask.done = reach_done;
	ask.ctx = c;
	if (rpc_put(c->api->rpc, &ask, mono_us))
		c->waiting = 1;
	else
		call_refuse(c, REFUSED_BUSY, NULL);
}

static void
judge(call_t *c, int64_t mono_us)
{
	enum reach r = reach_of(&c->who, c->match.route, &c->subject, NULL);

	if (r == REACH_ASK)
		roster_ask(c, mono_us);
	else
		decided(c, r == REACH_YES, mono_us);
}

/* All of it is there; a refusal of the owner's would tell what exists. */
static void
answered(call_t *c, int64_t mono_us)
{
	if (query_status(c) >= 500) {
		query_tell(c, mono_us);
		return;
	}
	c->subject = query_status(c) < 300 ? subject_of_json(c->parts[0].json) : (struct subject){ 0 };
	judge(c, mono_us);
}

void
reach_run(call_t *c, int64_t mono_us)
{
	if (c->match.route->flags & ROUTE_STRANGERS || access_of(&c->who, c->match.route) == ACCESS_ALL) {
		query_ask_all(c, query_tell, mono_us);
	} else if (c->match.route->about == ABOUT_ANSWER) {
		query_ask_all(c, answered, mono_us);
	} else {
		c->subject = subject_of_target(&c->match, target_query(c->target), c->api->arena);
		judge(c, mono_us);
	}
}

/* An order about somebody whom its path names; whom a body names is judged when it is read. */
void
reach_command(call_t *c, int64_t mono_us)
{
	if (c->match.route->about != ABOUT_PERSON || access_of(&c->who, c->match.route) == ACCESS_ALL) {
		command_run(c, mono_us);
		return;
	}
	c->subject = subject_of_target(&c->match, "", c->api->arena);
	judge(c, mono_us);
}
