/* person - who is managed: unit and establishment by day; name and phone beside them, as they are now.
 *
 *   in:   PutPerson, RevealPhone; ReadPerson, ListPersons, ReadContacts
 *   out:  PersonPut (ids, and the phone masked), PhoneRevealed
 *   owns: identity (and person, kept by lib/domain/mirror)
 *
 * No event tells a name, nor a phone: the identity row, and since when it was so (name.c), are all there is of it, and
 * whoever needs it asks (ReadContacts, ReadNames). */
#include "base/phone.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "name.h"
#include "put.h"
#include "roster.h"
#include "roster_policy.h"
#include "roster_person.sql.h"
#include <string.h>

typedef MirrorRows__Person Person;
typedef RosterRows__Identity Identity;

enum { UNITS_OF_A_DAY_MAX = 32,                 /* before the last of the day */
       REASON_BYTES_MAX = 2000 };

static const struct table identity_table = { "identity", &roster_rows__identity__descriptor, 2, false };

static const struct copy
identity_of_command = { &roster_rows__identity__descriptor, &roster__put_person__descriptor,
                        "district person_id phone" },
put_of_command = { &roster__person_put__descriptor, &roster__put_person__descriptor,
                   "from_day phone_masked also_unit_ids" },
answer_of_command = { &roster__person__descriptor, &roster__put_person__descriptor, "phone" },
page_of_question = { &roster_rows__person_page__descriptor, &roster__list_persons__descriptor,
                     "district after limit on_day" };

static const void *
person_now(struct batch *b, const void *m)
{
	return mirror_person_on(b, put_id(m), batch_today(b));
}

static const Identity *
identity_now(struct batch *b, const Roster__PutPerson *in)
{
	return batch_get_id(b, &identity_table, in->id);
}

/* ---- PutPerson */

static void
person_want(struct batch *b, const void *m)
{
	const Roster__PutPerson *in = m;

	mirror_want_person_id(b, in->id);
	mirror_want_unit_id(b, in->unit_id);
	batch_want_id(b, &identity_table, in->id);
}

/* The phone that is meant.  As others see it, it is the one that stands: who got it so and puts it back has not changed
 * it. */
static char *
phone_meant(struct batch *b, const Roster__PutPerson *in)
{
	const Identity *now = identity_now(b, in);
	char masked[PHONE_MASKED_MAX];

	if (!now)
		return in->phone;
	phone_masked(now->phone, masked);
	return strcmp(in->phone, masked) == 0 ? now->phone : in->phone;
}

static void
person_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutPerson *in = m;
	const Person *now = person_now(b, in);
	int32_t today = batch_today(b);

	put_name_ok(fs, in->name, "/name");
	put_phone_ok(fs, phone_meant(b, in));
	put_reference_ok(fs, in->unit_id, mirror_unit_on(b, in->unit_id, today), "/unit_id");
	if (now && now->from_day == today && now->n_also_unit_ids >= UNITS_OF_A_DAY_MAX &&
	    strcmp(now->unit_id, in->unit_id) != 0)
		put_fault(fs, 409, "person.moved_too_often", "/unit_id",
		          "A person belongs to at most 32 units on one day.");
}

/* A second change on one day replaces that day's row, not that the person was of those units on it. */
static void
units_of_day(struct batch *b, const Person *now, Roster__PersonPut *e)
{
	if (!now || now->from_day != e->from_day)
		return;
	struct ids also = ids_with(b, now->also_unit_ids, now->n_also_unit_ids, now->unit_id, e->unit_id);
	e->also_unit_ids = also.id;
	e->n_also_unit_ids = also.n;
}

static Roster__PersonPut
event_of(struct batch *b, const Roster__PutPerson *in, const char *phone)
{
	const Person *now = person_now(b, in);
	Roster__PersonPut e = ROSTER__PERSON_PUT__INIT;
	char masked[PHONE_MASKED_MAX];

	copy_run(&put_of_command, &e, in);
	e.from_day = roster_from_day(now, batch_today(b));
	units_of_day(b, now, &e);
	phone_masked(phone, masked);
	e.phone_masked = arena_strdup(batch_arena(b), masked);          /* rows keep it until the commit */
	return e;
}

static bool
stands_so(const Person *now, const Roster__PersonPut *e)
{
	return strcmp(now->unit_id, e->unit_id) == 0 && now->establishment == e->establishment &&
	       strcmp(now->phone_masked, e->phone_masked) == 0;
}

/* An event also when but the name has changed: it tells since when in the log. */
static void
person_make(struct batch *b, const void *m)
{
	const Roster__PutPerson *in = m;
	const Person *now = person_now(b, in);
	const Identity *was = identity_now(b, in);
	Identity *identity = batch_row(b, &identity_table, in->id);
	bool renamed = !was || strcmp(was->name, in->name) != 0;

	copy_run(&identity_of_command, identity, in);
	identity->phone = phone_meant(b, in);
	Roster__PersonPut e = event_of(b, in, identity->phone);
	if (renamed)
		roster_name_given(b, "person", in->id, in->name);
	if (!now || renamed || !stands_so(now, &e))
		batch_emit(b, in->id, &e.base);
	batch_put(b, &identity_table, identity);
}

static const ProtobufCMessage *
person_answer(struct batch *b, const void *m)
{
	Roster__Person *out = arena_message(batch_arena(b), &roster__person__descriptor);

	copy_run(&answer_of_command, out, m);
	out->phone = phone_meant(b, m);
	return &out->base;
}

/* ---- RevealPhone */

static void
reveal_want(struct batch *b, const void *m)
{
	batch_want_id(b, &identity_table, ((const Roster__RevealPhone *)m)->id);
}

static bool
is_known(struct batch *b, const void *m)
{
	return batch_get_id(b, &identity_table, ((const Roster__RevealPhone *)m)->id) != NULL;
}

static void
reveal_phone(struct batch *b, const void *m)
{
	const Roster__RevealPhone *in = m;
	const Identity *identity = batch_get_id(b, &identity_table, in->id);
	Roster__PhoneRevealed e = ROSTER__PHONE_REVEALED__INIT;
	Roster__RevealedPhone out = ROSTER__REVEALED_PHONE__INIT;

	if (!batch_ok(b, text_valid(in->reason, REASON_BYTES_MAX), 422, "field.text", "/reason",
	              "A reason is 1 to 2000 bytes of text."))
		return;
	e.person_id = in->id;
	e.account = arena_strdup(batch_arena(b), batch_account(b));
	e.reason = in->reason;
	batch_emit(b, in->id, &e.base);
	out.phone = identity->phone;
	batch_answer(b, 200, &out.base);
}

/* ---- queries */

static const struct reading reading = { &roster_person_read, "No such person.", .today = true };
static const struct listing listing = {
	&page_of_question, &roster__person_list__descriptor, .ask = reader_ask_today,
	.by = &roster_person_list, .anew = true,
};

/* Unknown ids are left out. */
static void
read_contacts(struct reader *r, const void *m)
{
	const Roster__ReadContacts *in = m;
	RosterRows__IdsOnDay *args = arena_message(reader_arena(r), &roster_rows__ids_on_day__descriptor);
	Roster__Contacts out = ROSTER__CONTACTS__INIT;
	void **rows;

	args->district = arena_strdup(reader_arena(r), reader_district(r));
	args->n_ids = in->n_person_ids;
	args->ids = in->person_ids;
	args->on_day = reader_today(r);
	out.n_items = reader_rows(r, &roster_contacts, args, &rows);
	out.items = (Roster__Contact **)rows;
	reader_answer(r, &out.base);
}

const struct put roster_put_person = {
	.want = person_want, .now = person_now, .check = person_check, .make = person_make,
	.answer = person_answer,
};

const struct noun roster_person = {
	.tables = LIST(((const struct table *const[]){ &identity_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__put_person__descriptor, PUT(&roster_put_person) },
		{ .message = &roster__reveal_phone__descriptor, .want = reveal_want, .exists = is_known,
		  .run = reveal_phone },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_person__descriptor, READ(&reading) },
		{ .message = &roster__list_persons__descriptor, LISTED(&listing) },
		{ .message = &roster__read_contacts__descriptor, .run = read_contacts },
	})),
	.copies = LIST(((const struct copy *const[]){
		&identity_of_command, &put_of_command, &answer_of_command, &page_of_question,
	})),
	.statements = { roster_person_sql, ROSTER_PERSON_SQL_COUNT },
};
