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

static const struct flow_move *
move_of(const struct flow *f, const void *m)
{
	size_t i = 0;

	while (i < f->list.n && f->list.at[i].command != ((const ProtobufCMessage *)m)->descriptor)
		i++;
	assert(i < f->list.n);
	return &f->list.at[i];
}

/* ---- what stands */

void
flow_want_thing(const struct flow *f, struct batch *b, const char *id)
{
	batch_want_id(b, f->things, id);
	batch_want_id(b, f->moves, id);
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
	const void *last = flow_last(f, b, id);
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
	const void *thing = batch_get_id(b, f->things, id_of(m)), *last = flow_last(f, b, id_of(m));
	if (thing && f->want)
		f->want(b, thing);
	if (thing && last)
		duty_want_decided(b, member_text(last, "confirmed_by"));
}

bool
flow_exists(struct batch *b, const void *m)
{
	const struct flow *f = batch_with(b);
	const void *thing = batch_get_id(b, f->things, id_of(m));

	return thing && (!f->knows || f->knows(b, thing));
}

bool
flow_may(struct batch *b, const void *m)
{
	const struct flow *f = batch_with(b);
	const void *last = flow_last(f, b, id_of(m));
	struct duty d = duty_open(b);

	f->duty(b, batch_get_id(b, f->things, id_of(m)), &d);
	if (last && move_of(f, m)->reviews)
		duty_decided(b, &d, member_text(last, "confirmed_by"), member_text(last, "confirmed_by_person"));
	return duty_allows(b, &d);
}

static void
answer(const struct flow *f, struct batch *b, const char *id, int state)
{
	void *out = arena_message(batch_arena(b), f->answer);

	member_set(out, "id", &id, sizeof(id));
	member_set(out, "state", &state, sizeof(state));
	batch_answer(b, 200, out);
}

/* Before the event is said: the decision has the event's number. */
static void
decide(const struct flow *f, struct batch *b, const void *m)
{
	void *row = batch_row(b, f->decisions, id_of(m));
	int64_t seq = batch_next_seq(b), at_us = batch_at_us(b);
	const char *account = batch_account(b);

	copy_run(move_of(f, m)->decision, row, m);
	member_set(row, "seq", &seq, sizeof(seq));
	member_set(row, "account", &account, sizeof(account));
	member_set(row, "at_us", &at_us, sizeof(at_us));
	batch_put(b, f->decisions, row);
}

static bool
reason_ok(struct batch *b, const void *m)
{
	const char *reason = member_text(m, "reason");

	return batch_ok(b, !reason || !*reason || text_valid(reason, FLOW_REASON_BYTES_MAX), 422, "field.text", "/reason",
	                "A reason is at most 2000 bytes of text.");
}

static bool
move_ok(const struct flow *f, struct batch *b, const struct flow_move *move, const void *thing, int state)
{
	return batch_ok(b, state == move->from, 409, arena_printf(batch_arena(b), "%s.bad_transition", f->noun), NULL,
	                arena_printf(batch_arena(b), "A %s in its state cannot be moved so.", f->noun)) &&
	       (!move->guard || move->guard(b, thing));
}

void
flow_run(struct batch *b, const void *m)
{
	const struct flow *f = batch_with(b);
	const struct flow_move *move = move_of(f, m);
	const void *thing = batch_get_id(b, f->things, id_of(m));
	int state = flow_state(f, b, id_of(m));

	if (!reason_ok(b, m))
		return;
	if (state == move->to) {
		answer(f, b, id_of(m), state);
		return;
	}
	if (!move_ok(f, b, move, thing, state))
		return;
	decide(f, b, m);
	if (f->moved)
		f->moved(b, thing);
	move->event(b, thing);
	answer(f, b, id_of(m), move->to);
}
