#include "domain/flow.h"
#include "base/ids.h"
#include "domain/duty_batch.h"
#include "engine/keyed.h"
#include "json/member.h"
#include <assert.h>

static const char *
id_of(const void *m)
{
	return member_text(m, "id");
}

/* The row of a command for this state; any other of it where that state allows none. */
static const struct flow_move *
move_of(const struct flow *f, const void *m, int state)
{
	const struct flow_move *found = NULL;

	for (size_t i = 0; i < f->list.n && (!found || found->from != state); i++)
		if (f->list.at[i].command == ((const ProtobufCMessage *)m)->descriptor)
			found = &f->list.at[i];
	assert(found);
	return found;
}

/* ---- what stands */

/* In which case it lies; NULL: there is no such thing, or, while wanting, not yet. */
static const char *
case_of(const struct flow *f, struct batch *b, const char *id)
{
	const void *home = batch_get_id(b, f->homes, id);

	return home ? member_text(home, f->homes->row->fields[2].name) : NULL;
}

static const void *
thing_of(const struct flow *f, struct batch *b, const char *id)
{
	if (!f->homes)
		return batch_get_id(b, f->things, id);
	const char *of_case = case_of(f, b, id);
	return of_case ? batch_get_pair(b, f->things, of_case, id) : NULL;
}

void
flow_want_thing(const struct flow *f, struct batch *b, const char *id)
{
	if (f->moves)
		batch_want_id(b, f->moves, id);
	if (!f->homes) {
		batch_want_id(b, f->things, id);
		return;
	}
	batch_want_id(b, f->homes, id);
	if (case_of(f, b, id))
		batch_want_pair(b, f->things, case_of(f, b, id), id);
}

const void *
flow_last(const struct flow *f, struct batch *b, const char *id)
{
	const void **moves;
	size_t n = batch_list_id(b, f->moves, id, &moves);

	return n ? moves[n - 1] : NULL;
}

int
flow_state(const struct flow *f, struct batch *b, const char *id)
{
	const void *last = f->moves ? flow_last(f, b, id) : thing_of(f, b, id);
	int state = f->first;

	if (last)
		member_get(last, "state", &state, sizeof(state));
	return state;
}

/* Its seq is that of the event being applied, which is the last one numbered. */
void *
flow_row(const struct flow *f, struct batch *b, const char *id, int state)
{
	void *row = batch_row(b, f->moves, id);
	int64_t seq = batch_next_seq(b) - 1;

	assert(batch_own(b));
	member_set(row, "seq", &seq, sizeof(seq));
	member_set(row, "state", &state, sizeof(state));
	return row;
}

/* ---- a command */

/* Whom it is about is known when it has been loaded. */
void
flow_want(struct batch *b, const void *m)
{
	const struct flow *f = batch_with(b);

	duty_want(b);
	flow_want_thing(f, b, id_of(m));
	const char *of_case = f->homes ? case_of(f, b, id_of(m)) : NULL;
	if (of_case && f->want_case)
		f->want_case(b, of_case);
	const void *thing = thing_of(f, b, id_of(m));
	if (thing && f->want)
		f->want(b, thing);
}

bool
flow_exists(struct batch *b, const void *m)
{
	const struct flow *f = batch_with(b);
	const void *thing = thing_of(f, b, id_of(m));

	return thing && (!f->knows || f->knows(b, thing));
}

bool
flow_may(struct batch *b, const void *m)
{
	const struct flow *f = batch_with(b);
	const struct flow_move *move = move_of(f, m, flow_state(f, b, id_of(m)));
	const void *thing = thing_of(f, b, id_of(m));
	struct duty d = duty_open(b);

	f->duty(b, thing, &d);
	if (move->duty)
		move->duty(b, thing, &d);
	return duty_allows(b, &d);
}

/* Before the event is said: the decision has the event's number.  Of the command it has the reason, if there is one. */
static void
decide(const struct flow *f, struct batch *b, const struct flow_move *move, const void *m)
{
	void *row = batch_row(b, f->decisions, id_of(m));
	int64_t seq = batch_next_seq(b), at_us = batch_at_us(b);
	const char *account = batch_account(b);

	copy_run(&(struct copy){ .to = f->decisions->row, .from = move->command }, row, m);
	member_set(row, "seq", &seq, sizeof(seq));
	member_set(row, "account", &account, sizeof(account));
	member_set(row, "at_us", &at_us, sizeof(at_us));
	if (f->decided)
		f->decided(b, move, row);
	batch_put(b, f->decisions, row);
}

bool
flow_reason_ok(struct batch *b, const void *thing)
{
	const char *reason = member_text(batch_command(b), "reason");

	(void)thing;
	return batch_ok(b, !reason || !*reason || text_valid(reason, FLOW_REASON_BYTES_MAX), 422, "field.text",
	                "/reason", "A reason is at most 2000 bytes of text.");
}

/* False: refused. */
static bool
carry_out(const struct flow *f, struct batch *b, const struct flow_move *move, const void *thing, const void *m)
{
	if (flow_state(f, b, id_of(m)) != move->from)
		return !batch_refused(b, &f->refusal);
	if (move->guard && !move->guard(b, thing))
		return false;
	decide(f, b, move, m);
	if (f->moved)
		f->moved(b, thing);
	move->event(b, thing);
	return true;
}

void
flow_run(struct batch *b, const void *m)
{
	const struct flow *f = batch_with(b);
	const void *thing = thing_of(f, b, id_of(m));
	int state = flow_state(f, b, id_of(m));
	const struct flow_move *move = move_of(f, m, state);

	if (f->check && !f->check(b, thing))
		return;
	if (state == move->to || carry_out(f, b, move, thing, m))
		batch_answer(b, 200, f->answer(b, thing_of(f, b, id_of(m))));
}
