/* login - a phone and a password for a session.
 *
 *   in:   OpenSession; CheckPassword, which comes before each
 *   out:  nothing
 *   owns: nothing
 *
 * A wrong phone, a wrong password and an account that lets nobody in are the same: one hash is tried, the same rows are
 * looked at, the answer is one.  Failures are counted (tries.c) whether an account has that phone or not. */
#include "account.h"
#include "base/phone.h"
#include "engine/keyed.h"
#include "password_hash.h"
#include "roster.h"
#include "roster_login.sql.h"
#include "session.h"
#include "tries.h"
#include <string.h>

#define REFUSED "login.refused", NULL, "No account of that district has this phone and this password."

/* What is wanted for a wrong password is the same whether the phone is somebody's or not. */
static void
open_want(struct batch *b, const void *m)
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
begin(struct batch *b, const Roster__OpenSession *in)
{
	Roster__Session out = ROSTER__SESSION__INIT;

	tries_succeeded(b, in->phone_mark, in->address_mark);
	out.account = in->account_id;
	out.expires_at_us = session_begin(b, in->account_id, in->token_sha256, in->remember);
	batch_answer(b, 201, &out.base);
}

/* Told to nobody but who has the password. */
static bool
wants_too_long(struct batch *b, const Roster__OpenSession *in)
{
	return in->remember && !account_may_be_remembered(account_get(b, in->account_id)->roles);
}

/* Judged again here: of many tries at once, only those that may fail are told how they ended. */
static void
open_session(struct batch *b, const void *m)
{
	const Roster__OpenSession *in = m;

	if (tries_must_wait(b, in->phone_mark, in->address_mark))
		return;
	if (proof_holds(b, in) && wants_too_long(b, in)) {
		batch_refuse(b, 422, "session.remember", "/remember",
			     "Only accounts that are nothing but cadre or inspector are remembered.");
	} else if (proof_holds(b, in)) {
		begin(b, in);
	} else {
		tries_failed(b, in->phone_mark, in->address_mark, in->nobodys ? in->token_sha256 : NULL);
		batch_refuse(b, 401, REFUSED);
	}
}

static const Account *
account_of_phone(struct reader *r, const char *phone)
{
	char digits[PHONE_DIGITS_MAX];
	void **rows;

	phone_digits(phone, digits);
	void *key = reader_key(r, &roster_rows__account_phone__descriptor, digits);
	return reader_rows(r, &roster_account_of_phone, key, &rows) ? rows[0] : NULL;
}

static void
check_password(struct reader *r, const void *m)
{
	const Roster__CheckPassword *in = m;
	Roster__PasswordChecked out = ROSTER__PASSWORD_CHECKED__INIT;

	out.phone_mark = tries_mark_of_phone(in->phone, reader_arena(r));
	if (tries_refused(r, out.phone_mark, in->address_mark))
		return;
	const Account *row = account_of_phone(r, in->phone);
	out.nobodys = !row;
	if (password_right(row ? row->password_hash : NULL, in->password)) {
		out.account_id = row->account_id;
		out.proof = account_proof(row, reader_arena(r));
	}
	explicit_bzero(in->password, strlen(in->password));
	reader_answer(r, &out.base);
}

const struct noun roster_login = {
	.commands = LIST(((const struct command[]){
		{ .message = &roster__open_session__descriptor, .want = open_want, .run = open_session },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__check_password__descriptor, .run = check_password, .password = true },
	})),
	.statements = { roster_login_sql, ROSTER_LOGIN_SQL_COUNT },
};
