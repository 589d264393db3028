/* account - who may log in, and as what.
 *
 *   in:   PutAccount; ReadAccount, ListAccounts
 *   out:  AccountPut (what it may do; neither phone nor password); AccountAltered, for the owner, if somebody else did
 *   owns: account, account_phone
 *
 * A password is hashed by a reader thread (password.c): the command brings the hash, and the one that the account
 * already had when the password is the same, so that the same body again changes nothing.  Whatever changes who an
 * account is ends its sessions in the same transaction.  Who puts an account has seen to it: what its phone has failed
 * is forgotten. */
#include "account.h"
#include "base/digest.h"
#include "base/phone.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "put.h"
#include "roster.h"
#include "roster_account.sql.h"
#include "session.h"
#include "tries.h"
#include <string.h>

typedef RosterRows__AccountPhone Phone;

#define OPERATOR "operator"                     /* the bootstrap token's name */
enum { ACCOUNT_PERSONS_MAX = 16 };              /* whose one account is, one after the other */

static const struct table account_table = { "account", &roster_rows__account__descriptor, 2, false };
static const struct table phone_table = { "account_phone", &roster_rows__account_phone__descriptor, 2, false };

static const struct copy
row_of_command = { &roster_rows__account__descriptor, &roster__put_account__descriptor,
                   "district account_id password_hash roles person_ids vouched" },
put_of_row = { &roster__account_put__descriptor, &roster_rows__account__descriptor, "id roles password_changed" },
answer_of_row = { &roster__account__descriptor, &roster_rows__account__descriptor, "id roles" },
page_of_question = { &roster_rows__page__descriptor, &roster__list_accounts__descriptor,
                     "district after limit on_day" };

const Account *
account_get(struct batch *b, const char *id)
{
	return batch_get_id(b, &account_table, id);
}

void
account_want(struct batch *b, const char *id)
{
	batch_want_id(b, &account_table, id);
}

static size_t
account_persons(struct batch *b, const char *id, const char *const **persons)
{
	const Account *row = account_get(b, id);

	*persons = row ? (const char *const *)row->person_ids : NULL;
	return row ? row->n_person_ids : 0;
}

const struct owners roster_account_owners = { account_want, account_persons };

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

static char *
digits_of(struct batch *b, const char *phone)
{
	char digits[PHONE_DIGITS_MAX];

	phone_digits(phone, digits);
	return arena_strdup(batch_arena(b), digits);
}

/* ---- what is wrong with one */

static const void *
account_now(struct batch *b, const void *m)
{
	return account_get(b, put_id(m));
}

static void
account_put_want(struct batch *b, const void *m)
{
	const Roster__PutAccount *in = m;

	account_want(b, in->id);
	batch_want_id(b, &phone_table, digits_of(b, in->phone));
	session_want_of(b, in->id);
	tries_want(b, tries_mark_of_phone(in->phone, batch_arena(b)));
	if (in->maybe_person_case)
		mirror_want_units_of_person(b, in->person_id);  /* whoever it is may be judged in this same batch */
	if (in->maybe_township_case)
		mirror_want_township_id(b, in->township_id);
	const Account *now = account_now(b, in);
	if (now)
		batch_want_id(b, &phone_table, digits_of(b, now->phone));
}

static void
check_references(struct batch *b, const Roster__PutAccount *in, struct faults *fs)
{
	int32_t today = batch_today(b);

	if (in->maybe_person_case)
		put_reference_ok(fs, in->person_id, mirror_person_on(b, in->person_id, today), "/person_id");
	if (in->maybe_township_case)
		put_reference_ok(fs, in->township_id, mirror_township_on(b, in->township_id, today), "/township_id");
}

static void
check_phone(struct batch *b, const Roster__PutAccount *in, struct faults *fs)
{
	const Phone *taken = batch_get_id(b, &phone_table, digits_of(b, in->phone));

	if (put_phone_ok(fs, in->phone) && taken && strcmp(taken->account_id, in->id) != 0)
		put_fault(fs, 409, "account.phone_taken", "/phone", "Another account of this district has this phone.");
}

static void
check_persons(struct batch *b, const Roster__PutAccount *in, struct faults *fs)
{
	const Account *now = account_now(b, in);
	int32_t roles = account_roles_mask(in->roles, in->n_roles);

	put_ok(fs, in->maybe_person_case || !account_needs_person(roles, !batch_actor(b)), "account.person_required",
	       "/person_id",
	       "An account that notes, confirms, approves or pays names whose it is; only the operator makes another.");
	if (in->maybe_person_case && now && now->n_person_ids >= ACCOUNT_PERSONS_MAX &&
	    strcmp(now->person_id, in->person_id) != 0)
		put_fault(fs, 409, "account.too_many_persons", "/person_id",
		          "An account is at most sixteen people's, one after the other; make another.");
}

static void
account_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutAccount *in = m;

	put_ok(fs, strcmp(in->id, OPERATOR) != 0, "account.reserved", NULL, "No account can have this name.");
	put_ok(fs, account_roles_mask(in->roles, in->n_roles) != 0, "account.no_role", "/roles",
	       "An account has at least one role.");
	check_persons(b, in, fs);
	if (put_ok(fs, !in->maybe_password_case || !*in->password, "message.malformed", NULL,
	           "The order cannot be read."))
		put_ok(fs, *in->password_hash || account_now(b, in), "json.missing", "/password",
		       "A new account needs a password.");
	check_references(b, in, fs);
	check_phone(b, in, fs);
}

/* The account that commands, or another of the same person's. */
static bool
is_own(struct batch *b, const Account *row)
{
	const Wire__Actor *actor = batch_actor(b);

	return actor && (strcmp(row->account_id, batch_account(b)) == 0 ||
	                 (*actor->person_id && strcmp(row->person_id, actor->person_id) == 0));
}

/* Separation of duties goes by whose an account is, so nobody makes their own somebody else's, or nobody's. */
static bool
account_may(struct batch *b, const void *m)
{
	const Roster__PutAccount *in = m;
	const Account *now = account_now(b, in);
	const char *person_id = in->maybe_person_case ? in->person_id : "";

	return batch_ok(b, !now || !is_own(b, now) || strcmp(now->person_id, person_id) == 0, 403, "duty.conflict",
	                "/person_id", "Nobody changes whose account their own is.");
}

/* ---- making it */

static Account *
row_of(struct batch *b, const Roster__PutAccount *in, const Account *now)
{
	Account *row = batch_row(b, &account_table, in->id);

	copy_run(&row_of_command, row, in);
	row->password_hash = *in->password_hash ? in->password_hash : now->password_hash;
	row->roles = account_roles_mask(in->roles, in->n_roles);
	row->vouched = !batch_actor(b);
	struct ids persons = ids_with(b, now ? now->person_ids : NULL, now ? now->n_person_ids : 0,
	                              *row->person_id ? row->person_id : NULL, NULL);
	row->person_ids = persons.id;
	row->n_person_ids = persons.n;
	return row;
}

static void
phone_moves(struct batch *b, const Account *now, const Account *row)
{
	Phone *is = batch_row(b, &phone_table, digits_of(b, row->phone));
	const char *was = now ? digits_of(b, now->phone) : is->digits;

	is->account_id = row->account_id;
	if (strcmp(was, is->digits) != 0)
		batch_drop(b, &phone_table, batch_row(b, &phone_table, was));
	batch_put(b, &phone_table, is);
}

static void
say_put(struct batch *b, const Account *now, const Account *row)
{
	Wire__AccountRole roles[ACCOUNT_ROLES_MAX];
	Roster__AccountPut e = ROSTER__ACCOUNT_PUT__INIT;

	copy_run(&put_of_row, &e, row);
	e.id = row->account_id;
	e.n_roles = account_roles_of(row->roles, roles);
	e.roles = roles;
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
say_altered(struct batch *b, const Account *now, const Account *row)
{
	Roster__AccountAltered e;
	char *owners[2];

	if (!account_altered(now, row, !batch_actor(b), &e) || !(e.n_person_ids = owners_of(b, now, row, owners)))
		return;
	e.id = row->account_id;
	e.person_ids = owners;
	batch_emit(b, row->account_id, &e.base);
}

static void
account_make(struct batch *b, const void *m)
{
	const Roster__PutAccount *in = m;
	const Account *now = account_now(b, in), *row = row_of(b, in, now);

	if (!now || account_signs_out(now, row))
		say_put(b, now, row);
	say_altered(b, now, row);
	if (now && account_signs_out(now, row))
		session_end_all(b, in->id);
	phone_moves(b, now, row);
	tries_clear(b, tries_mark_of_phone(in->phone, batch_arena(b)));
	batch_put(b, &account_table, row);
}

void
account_change_password(struct batch *b, const Account *now, char *hash)
{
	Account row = *now;

	row.password_hash = hash;
	say_put(b, now, &row);
	batch_put(b, &account_table, &row);
}

/* ---- as it is shown */

static ProtobufCMessage *
message_of(const Account *row, arena_t *a)
{
	Roster__Account *out = arena_message(a, &roster__account__descriptor);

	copy_run(&answer_of_row, out, row);
	out->id = row->account_id;
	out->roles = arena_alloc(a, ACCOUNT_ROLES_MAX * sizeof(*out->roles));
	out->n_roles = account_roles_of(row->roles, out->roles);
	return &out->base;
}

static const ProtobufCMessage *
account_answer(struct batch *b, const void *m)
{
	return message_of(account_now(b, m), batch_arena(b));
}

static ProtobufCMessage *
shown(struct reader *r, const void *row)
{
	return message_of(row, reader_arena(r));
}

const Account *
account_read(struct reader *r, const char *id)
{
	void *key = reader_key(r, &roster_rows__id__descriptor, id), **rows;

	return reader_rows(r, &roster_account_read, key, &rows) ? rows[0] : NULL;
}

static const struct reading reading = { &roster_account_read, "No such account.", shown };
static const struct listing listing = {
	&page_of_question, &roster__account_list__descriptor, shown, .by = &roster_account_list,
};

static const struct put account_put = {
	.want = account_put_want, .now = account_now, .check = account_check, .make = account_make,
	.answer = account_answer,
};

const struct noun roster_account = {
	.tables = LIST(((const struct table *const[]){ &account_table, &phone_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__put_account__descriptor, PUT(&account_put), .may = account_may },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_account__descriptor, READ(&reading) },
		{ .message = &roster__list_accounts__descriptor, LISTED(&listing) },
	})),
	.copies = LIST(((const struct copy *const[]){
		&row_of_command, &put_of_row, &answer_of_row, &page_of_question,
	})),
	.statements = { roster_account_sql, ROSTER_ACCOUNT_SQL_COUNT },
};
