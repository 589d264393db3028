/* password - the password of an account: hashed before it is put, and changed by whose it is.
 *
 *   in:   ChangePassword, StepUp; HashPassword, which comes before each PutAccount with a password; ProvePassword,
 *         which comes before each ChangePassword and StepUp
 *   out:  AccountPut
 *   owns: nothing
 *
 * The thread that writes has no time for hashes: they are made and tried on a reader thread. */
#include "password_hash.h"
#include "account.h"
#include "roster.h"
#include "session.h"
#include "tries.h"
#include <string.h>

/* ---- ChangePassword */

static void
change_want(struct batch *b, const void *m)
{
	const Roster__ChangePassword *in = m;

	account_want(b, batch_account(b));
	session_want_of(b, batch_account(b));
	tries_want(b, in->phone_mark);
}

static void
answer_changed(struct batch *b)
{
	Roster__Closed out = ROSTER__CLOSED__INIT;

	batch_answer(b, 200, &out.base);
}

/* The command comes again when its answer was lost.  Every hash has a salt of its own, so the account has this one by
 * this very command. */
static bool
is_changed(const Account *now, const Roster__ChangePassword *in)
{
	return now && *in->password_hash && strcmp(now->password_hash, in->password_hash) == 0;
}

static bool
is_proven(struct batch *b, const Account *now, const char *proof)
{
	return now && !now->disabled && account_proves(now, proof, batch_arena(b));
}

/* A wrong one is a failure like any other: whoever has found an open session does not find the password by it. */
static void
refuse_wrong(struct batch *b, const char *phone_mark, const char *address_mark, const char *pointer)
{
	tries_failed(b, phone_mark, address_mark, NULL);
	batch_refuse(b, 403, "session.password", pointer, "This is not the password of this account.");
}

static void
change_password(struct batch *b, const void *m)
{
	const Roster__ChangePassword *in = m;
	const Account *now = account_get(b, batch_account(b));

	if (is_changed(now, in)) {
		answer_changed(b);
	} else if (tries_must_wait(b, in->phone_mark, in->address_mark)) {
		return;
	} else if (*in->password_hash && is_proven(b, now, in->proof)) {
		account_change_password(b, now, in->password_hash);
		session_end_others(b, now->account_id, in->token_sha256);
		tries_succeeded(b, in->phone_mark, in->address_mark);
		answer_changed(b);
	} else {
		refuse_wrong(b, in->phone_mark, in->address_mark, "/old");
	}
}

/* ---- StepUp */

static void
step_up_want(struct batch *b, const void *m)
{
	const Roster__StepUp *in = m;

	account_want(b, batch_account(b));
	session_want_of(b, batch_account(b));
	tries_want(b, in->phone_mark);
}

static void
stepped_up(struct batch *b, const Roster__StepUp *in)
{
	Roster__SteppedUp out = ROSTER__STEPPED_UP__INIT;

	tries_succeeded(b, in->phone_mark, in->address_mark);
	out.until_us = session_step_up(b, batch_account(b), in->token_sha256);
	if (out.until_us)
		batch_answer(b, 200, &out.base);
	else
		batch_refuse(b, 401, "token.invalid", NULL, "The session has ended.");
}

static void
step_up(struct batch *b, const void *m)
{
	const Roster__StepUp *in = m;

	if (tries_must_wait(b, in->phone_mark, in->address_mark))
		return;
	if (is_proven(b, account_get(b, batch_account(b)), in->proof))
		stepped_up(b, in);
	else
		refuse_wrong(b, in->phone_mark, in->address_mark, "/password");
}

/* ---- on a reader thread */

static bool
fits(struct reader *r, const char *password, const char *pointer)
{
	if (account_password_fits(password))
		return true;
	reader_refuse(r, 422, "password.length", pointer, "A password has 10 to 200 characters.");
	return false;
}

static void
hash(struct reader *r, const void *m)
{
	const Roster__HashPassword *in = m;
	Roster__PasswordHash out = ROSTER__PASSWORD_HASH__INIT;

	if (!fits(r, in->password, "/password"))
		return;
	const Account *row = account_read(r, in->id);
	if (row && password_right(row->password_hash, in->password))
		out.hash = row->password_hash;
	else
		out.hash = password_hash(in->password, reader_arena(r));
	explicit_bzero(in->password, strlen(in->password));
	reader_answer(r, &out.base);
}

/* The new one is looked at when the old one is right: what is not one's own comes before what is wrong with it. */
static void
prove(struct reader *r, const void *m)
{
	const Roster__ProvePassword *in = m;
	Roster__PasswordProved out = ROSTER__PASSWORD_PROVED__INIT;
	const Account *row = account_read(r, in->account_id);

	if (!row) {
		reader_missing(r, 0, "No such account.");
		return;
	}
	out.phone_mark = tries_mark_of_phone(row->phone, reader_arena(r));
	if (tries_refused(r, out.phone_mark, in->address_mark))
		return;
	bool changes = in->maybe_new_case == ROSTER__PROVE_PASSWORD__MAYBE_NEW_NEW;
	if (password_right(row->password_hash, in->old)) {
		if (changes && !fits(r, in->new_, "/new"))
			return;
		out.proof = account_proof(row, reader_arena(r));
		if (changes)
			out.password_hash = password_hash(in->new_, reader_arena(r));
	}
	explicit_bzero(in->old, strlen(in->old));
	if (changes)
		explicit_bzero(in->new_, strlen(in->new_));
	reader_answer(r, &out.base);
}

const struct noun roster_password = {
	.commands = LIST(((const struct command[]){
		{ .message = &roster__change_password__descriptor, .want = change_want, .run = change_password },
		{ .message = &roster__step_up__descriptor, .want = step_up_want, .run = step_up },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__hash_password__descriptor, .run = hash, .password = true },
		{ .message = &roster__prove_password__descriptor, .run = prove, .password = true },
	})),
};
