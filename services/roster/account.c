/* account - who may log in, and as what.
 *
 *   in:   PutAccount, ChangePassword; reads ReadAccount, ListAccounts, and HashPassword and ProvePassword, which come before
 *         each PutAccount with a password and each ChangePassword
 *   out:  AccountPut (what it may do; neither phone nor password); AccountAltered, for the owner, when it was somebody else
 *   owns: account, account_phone
 *
 * A password is hashed by a reader thread (HashPassword): the order brings the hash, and the one it already had when the
 * password is the same, so that the same body again changes nothing.  Whatever changes who an account is ends its sessions
 * in the same transaction.  Who puts an account has seen to it: what its phone has failed is forgotten. */
#include "account.h"
#include "base/digest.h"
#include "password.h"
#include "roster.h"
#include "roster.sql.h"
#include "tries.h"
#include <string.h>

#define OPERATOR "operator"                     /* the bootstrap token's name */
enum { ACCOUNT_PERSONS_MAX = 16 };              /* whose one account is, one after the other */

const struct table roster_table_account = { "account", &roster_rows__account__descriptor, 2, false };
const struct table roster_table_account_phone = { "account_phone", &roster_rows__account_phone__descriptor, 2, false };

static RosterRows__AccountPhone
phone_key(struct batch *b, const char *phone)
{
	RosterRows__AccountPhone k = ROSTER_ROWS__ACCOUNT_PHONE__INIT;
	char digits[PHONE_DIGITS_MAX];

	phone_digits(phone, digits);
	k.district = (char *)batch_district(b);
	k.digits = arena_strdup(batch_arena(b), digits);
	return k;
}

const Account *
account_get(struct batch *b, const char *id)
{
	Account key = ROSTER_ROWS__ACCOUNT__INIT;

	key.district = (char *)batch_district(b);
	key.account_id = (char *)id;
	return batch_get(b, &roster_table_account, &key);
}

void
account_want(struct batch *b, const char *id)
{
	Account key = ROSTER_ROWS__ACCOUNT__INIT;

	key.district = (char *)batch_district(b);
	key.account_id = (char *)id;
	batch_want(b, &roster_table_account, &key, 2);
}

size_t
account_persons(struct batch *b, const char *id, const char *const **persons)
{
	const Account *row = account_get(b, id);

	*persons = row ? (const char *const *)row->person_ids : NULL;
	return row ? row->n_person_ids : 0;
}

char *
account_proof(const Account *row, arena_t *a)
{
	struct span_of_bytes part = { row->password_hash, strlen(row->password_hash) };
	uint8_t digest[SHA256_SIZE];
	char *out = arena_alloc(a, SHA256_HEX_MAX);

	sha256(&part, 1, digest);
	hex_text(digest, sizeof(digest), out);
	return out;
}

bool
account_proves(const Account *row, const char *proof, arena_t *a)
{
	return strcmp(account_proof(row, a), proof) == 0;
}

/* ---- PutAccount */

void
roster_account_want(struct batch *b, const void *m)
{
	const Roster__PutAccount *in = m;
	RosterRows__AccountPhone phone = phone_key(b, in->phone);

	account_want(b, in->id);
	batch_want(b, &roster_table_account_phone, &phone, 2);
	session_want_of(b, in->id);
	tries_want(b, tries_mark_of_phone(in->phone, batch_arena(b)));
	if (in->maybe_person_case)
		mirror_want_units_of_person(b, in->person_id);         /* whoever it is may be judged in this same batch */
	if (in->maybe_township_case)
		mirror_want_township_id(b, in->township_id);
	const Account *now = account_get(b, in->id);
	if (!now)
		return;
	RosterRows__AccountPhone was = phone_key(b, now->phone);
	batch_want(b, &roster_table_account_phone, &was, 2);
}

static void
references_check(struct batch *b, const Roster__PutAccount *in, struct faults *fs)
{
	int32_t today = batch_today(b);

	if (in->maybe_person_case)
		roster_reference_ok(fs, in->person_id, mirror_person_on(b, in->person_id, today), "/person_id");
	if (in->maybe_township_case)
		roster_reference_ok(fs, in->township_id, mirror_township_on(b, in->township_id, today), "/township_id");
}

static void
phone_check(struct batch *b, const Roster__PutAccount *in, struct faults *fs)
{
	const RosterRows__AccountPhone key = phone_key(b, in->phone);
	const RosterRows__AccountPhone *taken = batch_get(b, &roster_table_account_phone, &key);

	if (roster_phone_ok(fs, in->phone) && taken && strcmp(taken->account_id, in->id) != 0)
		roster_fault(fs, 409, "account.phone_taken", "/phone", "Another account of this district has this phone.");
}

static void
persons_check(struct batch *b, const Roster__PutAccount *in, struct faults *fs)
{
	const Account *now = account_get(b, in->id);

	if (!in->maybe_person_case && account_needs_person(account_roles_mask(in->roles, in->n_roles), !batch_actor(b)))
		roster_fault(fs, 422, "account.person_required", "/person_id",
		             "An account that notes, confirms, approves or pays names whose it is; only the operator makes another.");
	if (in->maybe_person_case && now && now->n_person_ids >= ACCOUNT_PERSONS_MAX && strcmp(now->person_id, in->person_id) != 0)
		roster_fault(fs, 409, "account.too_many_persons", "/person_id", "An account is at most sixteen people's, one after the other; make another.");
}

static void
account_check(struct batch *b, const Roster__PutAccount *in, struct faults *fs)
{
	if (strcmp(in->id, OPERATOR) == 0)
		roster_fault(fs, 422, "account.reserved", NULL, "No account can have this name.");
	if (account_roles_mask(in->roles, in->n_roles) == 0)
		roster_fault(fs, 422, "account.no_role", "/roles", "An account has at least one role.");
	persons_check(b, in, fs);
	if (in->maybe_password_case && *in->password)
		roster_fault(fs, 422, "message.malformed", NULL, "The order cannot be read.");
	else if (!*in->password_hash && !account_get(b, in->id))
		roster_fault(fs, 422, "json.missing", "/password", "A new account needs a password.");
	references_check(b, in, fs);
	phone_check(b, in, fs);
}

/* The account that orders, or another of the same person's. */
static bool
is_own(struct batch *b, const Account *row)
{
	const Wire__Actor *actor = batch_actor(b);

	return actor && (strcmp(row->account_id, batch_account(b)) == 0 || (*actor->person_id && strcmp(row->person_id, actor->person_id) == 0));
}

/* Separation of duties goes by whose an account is, so nobody makes their own somebody else's, or nobody's. */
bool
roster_account_may(struct batch *b, const void *m)
{
	const Roster__PutAccount *in = m;
	const Account *now = account_get(b, in->id);
	const char *person_id = in->maybe_person_case ? in->person_id : "";

	if (!now || !is_own(b, now) || strcmp(now->person_id, person_id) == 0)
		return true;
	batch_refuse(b, 403, "duty.conflict", "/person_id", "Nobody changes whose account their own is.");
	return false;
}

static Account
row_of(struct batch *b, const Roster__PutAccount *in, const Account *now)
{
	Account row = ROSTER_ROWS__ACCOUNT__INIT;
	struct ids persons;

	row.district = (char *)batch_district(b);
	row.account_id = in->id;
	row.person_id = in->maybe_person_case ? in->person_id : (char *)"";
	row.phone = in->phone;
	row.password_hash = *in->password_hash ? in->password_hash : now->password_hash;
	row.roles = account_roles_mask(in->roles, in->n_roles);
	row.township_id = in->maybe_township_case ? in->township_id : (char *)"";
	row.disabled = in->maybe_disabled_case && in->disabled;
	row.vouched = !batch_actor(b);
	roster_ids_begin(b, &persons, now ? now->person_ids : NULL, now ? now->n_person_ids : 0);
	if (*row.person_id)
		roster_ids_add(&persons, row.person_id);
	row.person_ids = persons.id;
	row.n_person_ids = persons.n;
	return row;
}

static void
phone_moves(struct batch *b, const Account *now, const Account *row)
{
	RosterRows__AccountPhone is = phone_key(b, row->phone);

	is.account_id = row->account_id;
	if (now) {
		RosterRows__AccountPhone was = phone_key(b, now->phone);
		if (strcmp(was.digits, is.digits) != 0)
			batch_drop(b, &roster_table_account_phone, &was);
	}
	batch_put(b, &roster_table_account_phone, &is);
}

static void
account_announce(struct batch *b, const Account *now, const Account *row)
{
	Wire__AccountRole roles[ACCOUNT_ROLES_MAX];
	Roster__AccountPut e = ROSTER__ACCOUNT_PUT__INIT;

	e.id = row->account_id;
	e.person_id = row->person_id;
	e.n_roles = account_roles_of(row->roles, roles);
	e.roles = roles;
	e.township_id = row->township_id;
	e.disabled = row->disabled;
	e.n_person_ids = row->n_person_ids;
	e.person_ids = row->person_ids;
	e.password_changed = !now || strcmp(now->password_hash, row->password_hash) != 0;
	batch_emit(b, row->account_id, &e.base);
}

/* Whose it was and whose it is, but for whoever does it. */
static size_t
owners_of(struct batch *b, const Account *now, const Account *row, char *owners[2])
{
	const char *self = batch_actor(b) ? batch_actor(b)->person_id : "";
	size_t n = 0;

	if (now && *now->person_id && strcmp(now->person_id, self) != 0)
		owners[n++] = now->person_id;
	if (*row->person_id && strcmp(row->person_id, self) != 0 && !(n && strcmp(owners[0], row->person_id) == 0))
		owners[n++] = row->person_id;
	return n;
}

static void
account_tell(struct batch *b, const Account *now, const Account *row)
{
	Roster__AccountAltered e = ROSTER__ACCOUNT_ALTERED__INIT;
	struct account_altered what;
	char *owners[2];

	if (!account_altered(now, row, !batch_actor(b), &what) || !(e.n_person_ids = owners_of(b, now, row, owners)))
		return;
	e.id = row->account_id;
	e.person_ids = owners;
	e.made = what.made;
	e.password = what.password;
	e.roles = what.roles;
	e.phone = what.phone;
	e.person = what.person;
	batch_emit(b, row->account_id, &e.base);
}

static Roster__Account
account_message(const Account *row, Wire__AccountRole roles[ACCOUNT_ROLES_MAX])
{
	Roster__Account out = ROSTER__ACCOUNT__INIT;

	out.id = row->account_id;
	out.maybe_person_case = *row->person_id ? ROSTER__ACCOUNT__MAYBE_PERSON_PERSON_ID : 0;
	out.person_id = row->person_id;
	out.phone = row->phone;
	out.n_roles = account_roles_of(row->roles, roles);
	out.roles = roles;
	out.maybe_township_case = *row->township_id ? ROSTER__ACCOUNT__MAYBE_TOWNSHIP_TOWNSHIP_ID : 0;
	out.township_id = row->township_id;
	out.maybe_disabled_case = row->disabled ? ROSTER__ACCOUNT__MAYBE_DISABLED_DISABLED : 0;
	out.disabled = row->disabled;
	return out;
}

void
roster_account_put(struct batch *b, const void *m)
{
	const Roster__PutAccount *in = m;
	const Account *now = account_get(b, in->id);
	Wire__AccountRole roles[ACCOUNT_ROLES_MAX];
	struct faults fs = { 0 };

	account_check(b, in, &fs);
	if (roster_refused(b, &fs))
		return;
	Account row = row_of(b, in, now);
	Roster__Account out = account_message(&row, roles);
	if (!now || account_signs_out(now, &row))
		account_announce(b, now, &row);
	account_tell(b, now, &row);
	if (now && account_signs_out(now, &row))
		session_end_all(b, in->id);
	phone_moves(b, now, &row);
	tries_clear(b, tries_mark_of_phone(in->phone, batch_arena(b)));
	batch_put(b, &roster_table_account, &row);
	batch_answer(b, now ? 200 : 201, &out.base);
}

/* ---- ChangePassword */

void
roster_password_want(struct batch *b, const void *m)
{
	const Roster__ChangePassword *in = m;

	account_want(b, batch_account(b));
	session_want_of(b, batch_account(b));
	tries_want(b, in->phone_mark);
}

static void
password_set(struct batch *b, const Account *now, const Roster__ChangePassword *in)
{
	Roster__Closed out = ROSTER__CLOSED__INIT;
	Account row = *now;

	row.password_hash = in->password_hash;
	account_announce(b, now, &row);
	session_end_others(b, row.account_id, in->token_sha256);
	tries_succeeded(b, in->phone_mark, in->address_mark);
	batch_put(b, &roster_table_account, &row);
	batch_answer(b, 200, &out.base);
}

/* The order comes again when its answer was lost.  Every hash has a salt of its own, so the account has this one by this very order. */
static bool
is_changed(const Account *now, const Roster__ChangePassword *in)
{
	return now && *in->password_hash && strcmp(now->password_hash, in->password_hash) == 0;
}

/* A wrong one is a failure like any other: whoever has found an open session does not find the password by it. */
void
roster_password_change(struct batch *b, const void *m)
{
	const Roster__ChangePassword *in = m;
	const Account *now = account_get(b, batch_account(b));
	int64_t wait_us = tries_wait_us(b, in->phone_mark, in->address_mark);
	Roster__Closed out = ROSTER__CLOSED__INIT;

	if (is_changed(now, in)) {
		batch_answer(b, 200, &out.base);
	} else if (wait_us) {
		batch_refuse(b, 429, TRIES_LOCKED);
		batch_retry_after(b, wait_us);
	} else if (now && !now->disabled && *in->password_hash && account_proves(now, in->proof, batch_arena(b))) {
		password_set(b, now, in);
	} else {
		tries_failed(b, in->phone_mark, in->address_mark, NULL);
		batch_refuse(b, 403, "session.password", "/old", "This is not the password of this account.");
	}
}

/* ---- reads */

static Roster__Account *
account_shown(struct reader *r, const Account *row)
{
	Wire__AccountRole *roles = arena_alloc(reader_arena(r), ACCOUNT_ROLES_MAX * sizeof(*roles));
	Roster__Account out = account_message(row, roles);

	return arena_copy(reader_arena(r), &out, sizeof(out));
}

static const Account *
account_read(struct reader *r, const char *id)
{
	RosterRows__Id args = ROSTER_ROWS__ID__INIT;
	void **rows;

	args.district = (char *)reader_district(r);
	args.id = (char *)id;
	return reader_rows(r, &roster_account_read, &args, &rows) ? rows[0] : NULL;
}

void
roster_read_account(struct reader *r, const void *m)
{
	const Account *row = account_read(r, ((const Roster__ReadAccount *)m)->id);

	if (row)
		reader_answer(r, &account_shown(r, row)->base);
	else
		reader_missing(r, 0, "No such account.");
}

void
roster_list_accounts(struct reader *r, const void *m)
{
	const Roster__ListAccounts *in = m;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	RosterRows__Page args = roster_page_args(r, p);
	size_t n = reader_rows(r, &roster_account_list, &args, &rows);
	for (size_t i = 0; i < n; i++)
		rows[i] = account_shown(r, rows[i]);
	roster_answer_list(r, &roster__account_list__descriptor, rows, n, p.limit);
}

static bool
password_fits(struct reader *r, const char *password, const char *pointer)
{
	if (account_password_fits(password))
		return true;
	reader_refuse(r, 422, "password.length", pointer, "A password has 10 to 200 characters.");
	return false;
}

void
roster_hash_password(struct reader *r, const void *m)
{
	const Roster__HashPassword *in = m;
	Roster__PasswordHash out = ROSTER__PASSWORD_HASH__INIT;

	if (!password_fits(r, in->password, "/password"))
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
void
roster_prove_password(struct reader *r, const void *m)
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
	if (password_right(row->password_hash, in->old)) {
		if (!password_fits(r, in->new_, "/new"))
			return;
		out.proof = account_proof(row, reader_arena(r));
		out.password_hash = password_hash(in->new_, reader_arena(r));
	}
	explicit_bzero(in->old, strlen(in->old));
	explicit_bzero(in->new_, strlen(in->new_));
	reader_answer(r, &out.base);
}
