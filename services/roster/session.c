/* session - who is logged in, and who a token is.
 *
 *   in:   CloseSession, CloseSessions; ReadCaller, ReadSession; the timer `session_ends`; what login.c begins and
 *         account.c ends
 *   out:  nothing: sessions are no facts of the district
 *   owns: session
 *
 * Each row has a timer that ends it. */
#include "session.h"
#include "account_policy.h"
#include "engine/keyed.h"
#include "reach.h"
#include "roster.h"
#include "roster_session.sql.h"
#include <stdlib.h>
#include <string.h>

typedef RosterRows__Session Session;

enum { SESSIONS_MAX = 20 };             /* of an account: the one that would end first makes room */
#define HOUR_US INT64_C(3600000000)
#define SESSION_US (12 * HOUR_US)
#define REMEMBERED_US (30 * 24 * HOUR_US)
#define STEPPED_UP_US (HOUR_US / 6)
#define SESSION_ENDS "session_ends"                     /* kind of timer; subject: account/token */

static const struct table session_table = { "session", &roster_rows__session__descriptor, 3, false };

/* ---- rows */

void
session_want_of(struct batch *b, const char *account_id)
{
	batch_want_id(b, &session_table, account_id);
}

static char *
subject_of(struct batch *b, const Session *s)
{
	return arena_printf(batch_arena(b), "%s/%s", s->account_id, s->token_sha256);
}

static Session *
key_of_subject(struct batch *b, const char *subject)
{
	const char *slash = strchr(subject, '/');

	if (!slash)
		abort();
	char *account_id = arena_strndup(batch_arena(b), subject, (size_t)(slash - subject));
	return batch_pair(b, &session_table, account_id, slash + 1);
}

static void
session_end(struct batch *b, const Session *s)
{
	batch_timer(b, SESSION_ENDS, subject_of(b, s), 0);
	batch_drop(b, &session_table, s);
}

void
session_end_others(struct batch *b, const char *account_id, const char *token_sha256)
{
	const void **rows;
	size_t n = batch_list_id(b, &session_table, account_id, &rows);

	for (size_t i = 0; i < n; i++)
		if (strcmp(((const Session *)rows[i])->token_sha256, token_sha256) != 0)
			session_end(b, rows[i]);
}

void
session_end_all(struct batch *b, const char *account_id)
{
	session_end_others(b, account_id, "");
}

static void
make_room(struct batch *b, const char *account_id)
{
	const Session *first = NULL;
	const void **rows;
	size_t n = batch_list_id(b, &session_table, account_id, &rows);

	for (size_t i = 0; i < n; i++) {
		const Session *s = rows[i];
		if (!first || s->expires_at_us < first->expires_at_us)
			first = s;
	}
	if (n >= SESSIONS_MAX)
		session_end(b, first);
}

int64_t
session_begin(struct batch *b, const char *account_id, const char *token_sha256, bool remember)
{
	Session *row = batch_pair(b, &session_table, account_id, token_sha256);

	row->expires_at_us = batch_at_us(b) + (remember ? REMEMBERED_US : SESSION_US);
	if (!batch_get(b, &session_table, row))
		make_room(b, account_id);
	batch_put(b, &session_table, row);
	batch_timer(b, SESSION_ENDS, subject_of(b, row), row->expires_at_us);
	return row->expires_at_us;
}

int64_t
session_step_up(struct batch *b, const char *account_id, const char *token_sha256)
{
	const Session *now = batch_get_pair(b, &session_table, account_id, token_sha256);

	if (!now)
		return 0;
	Session *row = arena_copy(batch_arena(b), now, sizeof(*now));
	row->maybe_stepped_up_case = ROSTER_ROWS__SESSION__MAYBE_STEPPED_UP_STEPPED_UP_UNTIL_US;
	row->stepped_up_until_us = batch_at_us(b) + STEPPED_UP_US;
	batch_put(b, &session_table, row);
	return row->stepped_up_until_us;
}

/* ---- the timer */

static void
session_ends_want(struct batch *b, const char *subject)
{
	batch_want(b, &session_table, key_of_subject(b, subject), 3);
}

static void
session_ends(struct batch *b, const char *subject)
{
	batch_drop(b, &session_table, key_of_subject(b, subject));
}

/* ---- CloseSession, CloseSessions */

static void
close_want(struct batch *b, const void *m)
{
	(void)m;
	session_want_of(b, batch_account(b));
}

static void
answer_closed(struct batch *b)
{
	Roster__Closed out = ROSTER__CLOSED__INIT;

	batch_answer(b, 200, &out.base);
}

static void
close_session(struct batch *b, const void *m)
{
	const char *token_sha256 = ((const Roster__CloseSession *)m)->token_sha256;
	const Session *s = batch_get_pair(b, &session_table, batch_account(b), token_sha256);

	if (s)
		session_end(b, s);
	answer_closed(b);
}

static void
close_sessions(struct batch *b, const void *m)
{
	(void)m;
	session_end_all(b, batch_account(b));
	answer_closed(b);
}

/* ---- who calls */

/* Where separation of duties bars, and a unit head's reach ends, whatever unit that person is of. */
static void
headed_fill(struct reader *r, Wire__Actor *actor)
{
	void *key = reader_key_today(r, &roster_rows__reach_key__descriptor, actor->person_id);
	void **rows;
	size_t n = *actor->person_id ? reader_rows(r, &roster_headed_units, key, &rows) : 0;

	actor->headed_unit_ids = arena_alloc(reader_arena(r), (n + 1) * sizeof(char *));
	for (size_t i = 0; i < n; i++)
		actor->headed_unit_ids[actor->n_headed_unit_ids++] = ((const Roster__Unit *)rows[i])->id;
}

/* A township leader whose township nobody has named answers for those where his person is posted. */
static void
reach_fill(struct reader *r, const RosterRows__Caller *row, Wire__Actor *actor)
{
	const Roster__Reach *reach = reach_of_person(r, row->person_id);
	bool leader = row->roles & 1 << WIRE__ACCOUNT_ROLE__TOWNSHIP_LEADER;

	actor->unit_id = reach->unit_id;
	if (leader && *row->township_id) {
		actor->n_township_ids = 1;
		actor->township_ids = arena_copy(reader_arena(r), &row->township_id, sizeof(char *));
	} else if (leader) {
		actor->n_township_ids = reach->n_township_ids;
		actor->township_ids = reach->township_ids;
	}
}

static const struct copy
actor_of_row = { &wire__actor__descriptor, &roster_rows__caller__descriptor,
                 "roles unit_id township_ids headed_unit_ids" };

static ProtobufCMessage *
caller(struct reader *r, const void *m)
{
	const RosterRows__Caller *row = m;
	Roster__Caller *out = arena_message(reader_arena(r), &roster__caller__descriptor);
	Wire__Actor *actor = arena_message(reader_arena(r), &wire__actor__descriptor);

	out->account_id = row->account_id;
	out->actor = actor;
	out->stepped_up = row->stepped_up;
	copy_run(&actor_of_row, actor, row);
	actor->roles = arena_alloc(reader_arena(r), ACCOUNT_ROLES_MAX * sizeof(*actor->roles));
	actor->n_roles = account_roles_of(row->roles, actor->roles);
	reach_fill(r, row, actor);
	headed_fill(r, actor);
	return &out->base;
}

static void
read_caller(struct reader *r, const void *m)
{
	const Roster__ReadCaller *in = m;
	RosterRows__Token *token = reader_key(r, &roster_rows__token__descriptor, in->token_sha256);

	token->now_us = reader_at_us(r);
	reader_one(r, &roster_caller_read, token, caller, "No session has this token.");
}

/* ---- what a session is told of itself */

static const struct copy
current_of_now = { &roster__current_session__descriptor, &roster_rows__session_now__descriptor,
                   "account person_id roles district unit_ids township_ids deputy_for now_us village_ids" },
current_of_actor = { &roster__current_session__descriptor, &wire__actor__descriptor,
                     "account name district unit_ids village_ids deputy_for now_us expires_at_us "
                     "stepped_up_until_us" };

static char *
text_or_null(char *text)
{
	return *text ? text : NULL;
}

/* Of today, and those that he heads, each once. */
static void
units_fill(struct reader *r, const Wire__Actor *actor, Roster__CurrentSession *out)
{
	char *own = text_or_null(actor->unit_id);

	out->unit_ids = arena_alloc(reader_arena(r), (actor->n_headed_unit_ids + 1) * sizeof(char *));
	if (own)
		out->unit_ids[out->n_unit_ids++] = own;
	for (size_t i = 0; i < actor->n_headed_unit_ids; i++)
		if (!own || strcmp(actor->headed_unit_ids[i], own) != 0)
			out->unit_ids[out->n_unit_ids++] = actor->headed_unit_ids[i];
}

static Roster__DistrictName *
district_named(struct reader *r, char *name)
{
	Roster__DistrictName *d = arena_message(reader_arena(r), &roster__district_name__descriptor);

	d->id = arena_strdup(reader_arena(r), reader_district(r));
	d->name = name;
	return d;
}

static void
session_fill(struct reader *r, const RosterRows__SessionNow *row, Roster__CurrentSession *out)
{
	const Wire__Actor *actor = reader_actor(r);

	copy_run(&current_of_now, out, row);
	copy_run(&current_of_actor, out, actor);
	out->n_village_ids = row->n_village_ids;
	out->village_ids = row->village_ids;
	out->maybe_district_case = ROSTER__CURRENT_SESSION__MAYBE_DISTRICT_DISTRICT;
	out->district = district_named(r, row->district_name);
	units_fill(r, actor, out);
}

static const RosterRows__SessionNow *
session_now(struct reader *r, const char *token_sha256)
{
	RosterRows__Token *key = reader_key_today(r, &roster_rows__token__descriptor, token_sha256);
	void **rows;

	key->now_us = reader_at_us(r);
	key->person_id = reader_actor(r)->person_id;
	return reader_rows(r, &roster_session_now, key, &rows) ? rows[0] : NULL;
}

/* The operator has no session, and belongs to no district. */
static void
read_session(struct reader *r, const void *m)
{
	const Roster__ReadSession *in = m;
	Roster__CurrentSession *out = arena_message(reader_arena(r), &roster__current_session__descriptor);
	const RosterRows__SessionNow *row = reader_actor(r) ? session_now(r, in->token_sha256) : NULL;

	out->account = arena_strdup(reader_arena(r), reader_account(r));
	out->now_us = reader_at_us(r);
	if (row)
		session_fill(r, row, out);
	if (row || !reader_actor(r))
		reader_answer(r, &out->base);
	else
		reader_refuse(r, 401, "token.invalid", NULL, "The session has ended.");
}

const struct noun roster_session = {
	.tables = LIST(((const struct table *const[]){ &session_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__close_session__descriptor, .want = close_want, .run = close_session },
		{ .message = &roster__close_sessions__descriptor, .want = close_want, .run = close_sessions },
	})),
	.timers = LIST(((const struct timer[]){
		{ .kind = SESSION_ENDS, .want = session_ends_want, .run = session_ends },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_caller__descriptor, .run = read_caller },
		{ .message = &roster__read_session__descriptor, .run = read_session, .anywhere = true },
	})),
	.copies = LIST(((const struct copy *const[]){ &actor_of_row, &current_of_now, &current_of_actor })),
	.statements = { roster_session_sql, ROSTER_SESSION_SQL_COUNT },
};
