/* session - logging in and out; who a token is.
 *
 *   in:   OpenSession, CloseSession, CloseSessions; alarm session_ends
 *         reads CheckPassword, which comes before each OpenSession, and ReadCaller
 *   out:  nothing: sessions are no facts of the district
 *   owns: session
 *
 * A wrong phone, a wrong password and an account that lets nobody in are the same: one hash is tried, the same rows are looked
 * at, the answer is one.  Failures are counted (tries.c) whether an account has that phone or not. */
#include "account.h"
#include "password.h"
#include "roster.h"
#include "roster.sql.h"
#include "tries.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MAX = 20, SESSION_HOURS = 12 };        /* of an account: the one that would end first makes room */
#define SESSION_US (SESSION_HOURS * INT64_C(3600000000))
#define REFUSED "login.refused", NULL, "No account of that district has this phone and this password."

const struct table roster_table_session = { "session", &roster_rows__session__descriptor, 3, false };

/* ---- sessions: rows, each with a timer that ends it */

static RosterRows__Session
session_key(struct batch *b, const char *account_id, const char *token_sha256)
{
	RosterRows__Session k = ROSTER_ROWS__SESSION__INIT;

	k.district = (char *)batch_district(b);
	k.account_id = (char *)account_id;
	k.token_sha256 = (char *)token_sha256;
	return k;
}

void
session_want_of(struct batch *b, const char *account_id)
{
	const RosterRows__Session key = session_key(b, account_id, "");

	batch_want(b, &roster_table_session, &key, 2);
}

static char *
session_subject(struct batch *b, const RosterRows__Session *s)
{
	return arena_printf(batch_arena(b), "%s/%s", s->account_id, s->token_sha256);
}

static void
session_end(struct batch *b, const RosterRows__Session *s)
{
	batch_timer(b, ROSTER_SESSION_ENDS, session_subject(b, s), 0);
	batch_drop(b, &roster_table_session, s);
}

void
session_end_others(struct batch *b, const char *account_id, const char *token_sha256)
{
	const RosterRows__Session key = session_key(b, account_id, "");
	const void **rows;
	size_t n = batch_list(b, &roster_table_session, &key, 2, &rows);

	for (size_t i = 0; i < n; i++)
		if (strcmp(((const RosterRows__Session *)rows[i])->token_sha256, token_sha256) != 0)
			session_end(b, rows[i]);
}

void
session_end_all(struct batch *b, const char *account_id)
{
	session_end_others(b, account_id, "");
}

static void
session_make_room(struct batch *b, const char *account_id)
{
	const RosterRows__Session key = session_key(b, account_id, "");
	const RosterRows__Session *first = NULL;
	const void **rows;
	size_t n = batch_list(b, &roster_table_session, &key, 2, &rows);

	for (size_t i = 0; i < n; i++) {
		const RosterRows__Session *s = rows[i];
		if (!first || s->expires_at_us < first->expires_at_us)
			first = s;
	}
	if (n >= SESSIONS_MAX)
		session_end(b, first);
}

static RosterRows__Session
session_of_subject(struct batch *b, const char *subject)
{
	const char *slash = strchr(subject, '/');

	if (!slash)
		abort();
	return session_key(b, arena_strndup(batch_arena(b), subject, (size_t)(slash - subject)), slash + 1);
}

void
roster_session_ends_want(struct batch *b, const char *subject)
{
	const RosterRows__Session key = session_of_subject(b, subject);

	batch_want(b, &roster_table_session, &key, 3);
}

void
roster_session_ends(struct batch *b, const char *subject)
{
	const RosterRows__Session key = session_of_subject(b, subject);

	batch_drop(b, &roster_table_session, &key);
}

/* ---- OpenSession */

/* What is wanted for a wrong password is the same whether the phone is somebody's or not. */
void
roster_session_open_want(struct batch *b, const void *m)
{
	const Roster__OpenSession *in = m;

	tries_want(b, in->phone_mark);
	tries_want_room(b, in->token_sha256);
	if (!*in->account_id)
		return;
	account_want(b, in->account_id);
	session_want_of(b, in->account_id);
}

/* The password was right for the hash that the account still has. */
static bool
proof_holds(struct batch *b, const Roster__OpenSession *in)
{
	const Account *row = *in->account_id ? account_get(b, in->account_id) : NULL;

	return row && !row->disabled && account_proves(row, in->proof, batch_arena(b));
}

static void
session_begin(struct batch *b, const Roster__OpenSession *in)
{
	RosterRows__Session row = session_key(b, in->account_id, in->token_sha256);
	Roster__Session out = ROSTER__SESSION__INIT;

	row.expires_at_us = out.expires_at_us = batch_at_us(b) + SESSION_US;
	out.account = in->account_id;
	if (!batch_get(b, &roster_table_session, &row))
		session_make_room(b, in->account_id);
	batch_put(b, &roster_table_session, &row);
	batch_timer(b, ROSTER_SESSION_ENDS, session_subject(b, &row), row.expires_at_us);
	batch_answer(b, 201, &out.base);
}

/* Judged again here: of many tries at once, only those that may fail are told how they ended. */
void
roster_session_open(struct batch *b, const void *m)
{
	const Roster__OpenSession *in = m;
	int64_t wait_us = tries_wait_us(b, in->phone_mark, in->address_mark);

	if (wait_us) {
		batch_refuse(b, 429, TRIES_LOCKED);
		batch_retry_after(b, wait_us);
	} else if (proof_holds(b, in)) {
		tries_succeeded(b, in->phone_mark, in->address_mark);
		session_begin(b, in);
	} else {
		tries_failed(b, in->phone_mark, in->address_mark, in->nobodys ? in->token_sha256 : NULL);
		batch_refuse(b, 401, REFUSED);
	}
}

/* ---- CloseSession, CloseSessions */

void
roster_session_close_want(struct batch *b, const void *m)
{
	(void)m;
	session_want_of(b, batch_account(b));
}

void
roster_session_close(struct batch *b, const void *m)
{
	const RosterRows__Session key = session_key(b, batch_account(b), ((const Roster__CloseSession *)m)->token_sha256);
	const RosterRows__Session *s = batch_get(b, &roster_table_session, &key);
	Roster__Closed out = ROSTER__CLOSED__INIT;

	if (s)
		session_end(b, s);
	batch_answer(b, 200, &out.base);
}

void
roster_sessions_close(struct batch *b, const void *m)
{
	Roster__Closed out = ROSTER__CLOSED__INIT;

	(void)m;
	session_end_all(b, batch_account(b));
	batch_answer(b, 200, &out.base);
}

/* ---- reads */

void
roster_check_password(struct reader *r, const void *m)
{
	const Roster__CheckPassword *in = m;
	Roster__PasswordChecked out = ROSTER__PASSWORD_CHECKED__INIT;
	RosterRows__Login args = ROSTER_ROWS__LOGIN__INIT;
	char digits[PHONE_DIGITS_MAX];
	void **rows;

	phone_digits(in->phone, digits);
	args.district = (char *)reader_district(r);
	args.digits = digits;
	out.phone_mark = tries_mark_of_phone(in->phone, reader_arena(r));
	if (tries_refused(r, out.phone_mark, in->address_mark))
		return;
	const Account *row = reader_rows(r, &roster_account_of_phone, &args, &rows) ? rows[0] : NULL;
	out.nobodys = !row;
	if (password_right(row ? row->password_hash : NULL, in->password)) {
		out.account_id = row->account_id;
		out.proof = account_proof(row, reader_arena(r));
	}
	explicit_bzero(in->password, strlen(in->password));
	reader_answer(r, &out.base);
}

/* Where separation of duties bars, and a unit head's reach ends, whatever unit that person is of. */
static void
headed_fill(struct reader *r, Wire__Actor *actor)
{
	RosterRows__ReachKey key = ROSTER_ROWS__REACH_KEY__INIT;
	void **rows;

	key.district = (char *)reader_district(r);
	key.person_id = actor->person_id;
	key.on_day = reader_today(r);
	size_t n = *actor->person_id ? reader_rows(r, &roster_headed_units, &key, &rows) : 0;
	actor->headed_unit_ids = arena_alloc(reader_arena(r), (n + 1) * sizeof(char *));
	for (size_t i = 0; i < n; i++)
		actor->headed_unit_ids[actor->n_headed_unit_ids++] = ((const Roster__Unit *)rows[i])->id;
}

/* A township leader whose township nobody has named answers for those where his person is posted. */
static void
reach_fill(struct reader *r, const Account *row, Wire__Actor *actor)
{
	const Roster__Reach *reach = roster_reach_of(r, row->person_id, "");
	bool leader = row->roles & 1 << WIRE__ACCOUNT_ROLE__TOWNSHIP_LEADER;

	actor->person_id = row->person_id;
	actor->unit_id = reach->unit_id;
	if (leader && *row->township_id) {
		actor->n_township_ids = 1;
		actor->township_ids = arena_copy(reader_arena(r), &row->township_id, sizeof(char *));
	} else if (leader) {
		actor->n_township_ids = reach->n_township_ids;
		actor->township_ids = reach->township_ids;
	}
}

void
roster_read_caller(struct reader *r, const void *m)
{
	RosterRows__Token args = ROSTER_ROWS__TOKEN__INIT;
	Roster__Caller out = ROSTER__CALLER__INIT;
	Wire__Actor actor = WIRE__ACTOR__INIT;
	Wire__AccountRole roles[ACCOUNT_ROLES_MAX];
	void **rows;

	args.district = (char *)reader_district(r);
	args.token_sha256 = ((const Roster__ReadCaller *)m)->token_sha256;
	args.now_us = reader_at_us(r);
	if (reader_rows(r, &roster_caller_read, &args, &rows) == 0) {
		reader_missing(r, 0, "No session has this token.");
		return;
	}
	const Account *row = rows[0];
	out.account_id = row->account_id;
	out.actor = &actor;
	actor.n_roles = account_roles_of(row->roles, roles);
	actor.roles = roles;
	actor.vouched = row->vouched;
	actor.n_person_ids = row->n_person_ids;
	actor.person_ids = row->person_ids;
	reach_fill(r, row, &actor);
	headed_fill(r, &actor);
	reader_answer(r, &out.base);
}
