/* session - logging in and out; who a token is; who has failed too often.
 *
 *   in:   OpenSession, CloseSession, CloseSessions; alarms session_ends, failures_forgotten
 *         reads CheckPassword, which comes before each OpenSession, and ReadCaller
 *   out:  nothing: sessions are no facts of the district
 *   owns: session, login_failure
 *
 * A wrong phone and a wrong password are the same: one hash is tried, the same rows are looked at, the answer is one.
 * Failures are counted by marks of the phone and of the client's address, whether an account has that phone or not; a
 * success takes none of them back. */
#include "account.h"
#include "digest.h"
#include "password.h"
#include "roster.h"
#include "roster.sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MAX = 20, SESSION_HOURS = 12 };        /* of an account: the one that would end first makes room */
#define SESSION_US (SESSION_HOURS * INT64_C(3600000000))
#define LOCKED "login.locked", NULL, "Too many failures of this phone or from this address; wait."
#define REFUSED "login.refused", NULL, "No account of that district has this phone and this password."

const struct table roster_table_session = { "session", &roster_rows__session__descriptor, 3, false };
const struct table roster_table_login_failure = { "login_failure", &roster_rows__login_failure__descriptor, 3, false };

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
session_end_all(struct batch *b, const char *account_id)
{
	const RosterRows__Session key = session_key(b, account_id, "");
	const void **rows;
	size_t n = batch_list(b, &roster_table_session, &key, 2, &rows);

	for (size_t i = 0; i < n; i++)
		session_end(b, rows[i]);
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

/* ---- failures */

static RosterRows__LoginFailure
failure_key(struct batch *b, const char *mark)
{
	RosterRows__LoginFailure k = ROSTER_ROWS__LOGIN_FAILURE__INIT;

	k.district = (char *)batch_district(b);
	k.mark = (char *)mark;
	return k;
}

void
roster_failures_want(struct batch *b, const char *mark)
{
	const RosterRows__LoginFailure key = failure_key(b, mark);

	batch_want(b, &roster_table_login_failure, &key, 2);
}

static size_t
failures_of(struct batch *b, const char *mark, const Failure *const **out)
{
	const RosterRows__LoginFailure key = failure_key(b, mark);
	const void **rows;
	size_t n = batch_list(b, &roster_table_login_failure, &key, 2, &rows);

	*out = (const Failure *const *)rows;
	return n;
}

static int64_t
wait_of(struct batch *b, const char *mark)
{
	const Failure *const *rows;
	size_t n = failures_of(b, mark, &rows);

	return account_wait_us(rows, n, batch_at_us(b));
}

static void
failure_note(struct batch *b, const char *mark)
{
	const Failure *const *rows;
	size_t n = failures_of(b, mark, &rows);
	RosterRows__LoginFailure row = failure_key(b, mark);

	row.place = account_failure_place(rows, n);
	row.failed_at_us = batch_at_us(b);
	batch_put(b, &roster_table_login_failure, &row);
	batch_timer(b, ROSTER_FAILURES_FORGOTTEN, mark, batch_at_us(b) + FAILURES_COUNT_US);
}

/* The last of them counts no more, so none does. */
void
roster_failures_forgotten(struct batch *b, const char *mark)
{
	const Failure *const *rows;
	size_t n = failures_of(b, mark, &rows);

	for (size_t i = 0; i < n; i++)
		batch_drop(b, &roster_table_login_failure, rows[i]);
}

/* ---- OpenSession */

static char *
proof_of(const char *hash, arena_t *a)
{
	struct span_of_bytes part = { hash, strlen(hash) };
	uint8_t digest[SHA256_SIZE];
	char *out = arena_alloc(a, SHA256_HEX_MAX);

	sha256(&part, 1, digest);
	hex_text(digest, sizeof(digest), out);
	return out;
}

/* What is wanted for a wrong password is the same whether the phone is somebody's or not. */
void
roster_session_open_want(struct batch *b, const void *m)
{
	const Roster__OpenSession *in = m;

	roster_failures_want(b, in->phone_mark);
	roster_failures_want(b, in->address_mark);
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

	return row && strcmp(proof_of(row->password_hash, batch_arena(b)), in->proof) == 0;
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

/* Judged again here: of many tries at once, only ten were told how they ended. */
void
roster_session_open(struct batch *b, const void *m)
{
	const Roster__OpenSession *in = m;
	int64_t phone_us = wait_of(b, in->phone_mark), address_us = wait_of(b, in->address_mark);

	if (phone_us || address_us) {
		batch_refuse(b, 429, LOCKED);
		batch_retry_after(b, phone_us > address_us ? phone_us : address_us);
	} else if (proof_holds(b, in)) {
		session_begin(b, in);
	} else {
		failure_note(b, in->phone_mark);
		failure_note(b, in->address_mark);
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

static int64_t
longest_wait(struct reader *r, const RosterRows__Login *args)
{
	const char *marks[] = { args->phone_mark, args->address_mark };
	const Failure *of_mark[2 * FAILURES_MAX];
	int64_t wait_us = 0;
	void **rows;
	size_t n = reader_rows(r, &roster_login_failures, args, &rows);

	for (size_t k = 0; k < ALEN(marks); k++) {
		size_t count = 0;
		for (size_t i = 0; i < n && count < ALEN(of_mark); i++)
			if (strcmp(((const Failure *)rows[i])->mark, marks[k]) == 0)
				of_mark[count++] = rows[i];
		int64_t us = account_wait_us(of_mark, count, reader_at_us(r));
		wait_us = us > wait_us ? us : wait_us;
	}
	return wait_us;
}

static char *
mark_of_phone(const char *digits, arena_t *a)
{
	const char *parts[] = { "phone", digits };
	char *out = arena_alloc(a, SHORT_ID_MAX);

	short_id(parts, ALEN(parts), out);
	return out;
}

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
	args.phone_mark = out.phone_mark = mark_of_phone(digits, reader_arena(r));
	args.address_mark = in->address_mark;
	int64_t wait_us = longest_wait(r, &args);
	if (wait_us) {
		reader_refuse(r, 429, LOCKED);
		reader_retry_after(r, wait_us);
		return;
	}
	const Account *row = reader_rows(r, &roster_account_of_phone, &args, &rows) ? rows[0] : NULL;
	if (password_right(row ? row->password_hash : NULL, in->password)) {
		out.account_id = row->account_id;
		out.proof = proof_of(row->password_hash, reader_arena(r));
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
	reach_fill(r, row, &actor);
	headed_fill(r, &actor);
	reader_answer(r, &out.base);
}
