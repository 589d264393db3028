/* person - who is managed: unit and establishment by day; name and phone beside them, as they are now.
 *
 *   in:   PutPerson
 *   out:  PersonPut (ids, and the phone masked)
 *   owns: identity (and, by lib/domain/mirror, person)
 *
 * No event tells a name, nor a phone: the identity row, and since when it was so, are all there is of it, and whoever needs it asks
 * (ReadContacts, ReadNames).  That a name has changed is an event, for what is said before it and after it is told apart by the log. */
#include "roster.h"
#include <string.h>

void
roster_person_want(struct batch *b, const void *m)
{
	const Roster__PutPerson *in = m;
	RosterRows__Identity identity = ROSTER_ROWS__IDENTITY__INIT;

	mirror_want_person_id(b, in->id);
	mirror_want_unit_id(b, in->unit_id);
	identity.district = (char *)batch_district(b);
	identity.person_id = in->id;
	batch_want(b, &roster_table_identity, &identity, 2);
}

/* The phone that is meant.  As others see it, it is the one that stands: who got it so and puts it back has not changed it. */
static char *
phone_meant(struct batch *b, const Roster__PutPerson *in)
{
	RosterRows__Identity key = ROSTER_ROWS__IDENTITY__INIT;
	const RosterRows__Identity *now;
	char masked[PHONE_MASKED_MAX];

	key.district = (char *)batch_district(b);
	key.person_id = in->id;
	now = batch_get(b, &roster_table_identity, &key);
	if (!now)
		return in->phone;
	phone_masked(now->phone, masked);
	return strcmp(in->phone, masked) == 0 ? now->phone : in->phone;
}

void
roster_person_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutPerson *in = m;
	const MirrorRows__Person *now = mirror_person_on(b, in->id, batch_today(b));

	put_name_ok(fs, in->name, "/name");
	put_phone_ok(fs, phone_meant(b, in));
	put_reference_ok(fs, in->unit_id, mirror_unit_on(b, in->unit_id, batch_today(b)), "/unit_id");
	if (now && now->from_day == batch_today(b) && now->n_also_unit_ids >= OF_ONE_DAY_MAX && strcmp(now->unit_id, in->unit_id) != 0)
		put_fault(fs, 409, "person.moved_too_often", "/unit_id", "A person belongs to at most 32 units on one day.");
}

static bool
person_same(const MirrorRows__Person *now, const Roster__PersonPut *e)
{
	return strcmp(now->unit_id, e->unit_id) == 0 && now->establishment == e->establishment &&
	       strcmp(now->phone_masked, e->phone_masked) == 0;
}

/* A second change on one day replaces that day's row, not that the person was of those units on it. */
static void
units_of_day(struct batch *b, const MirrorRows__Person *now, Roster__PersonPut *e)
{
	if (!now || now->from_day != e->from_day)
		return;
	struct ids also = ids_with(b, now->also_unit_ids, now->n_also_unit_ids, now->unit_id, e->unit_id);
	e->also_unit_ids = also.id;
	e->n_also_unit_ids = also.n;
}

void
roster_person_make(struct batch *b, const void *m)
{
	const Roster__PutPerson *in = m;
	const MirrorRows__Person *now = mirror_person_on(b, in->id, batch_today(b));
	RosterRows__Identity identity = ROSTER_ROWS__IDENTITY__INIT;
	Roster__PersonPut e = ROSTER__PERSON_PUT__INIT;
	char masked[PHONE_MASKED_MAX];

	identity.district = (char *)batch_district(b);
	identity.person_id = e.id = in->id;
	identity.name = in->name;
	identity.phone = phone_meant(b, in);
	e.unit_id = in->unit_id;
	e.establishment = in->establishment;
	e.from_day = roster_from_day(now, batch_today(b));
	units_of_day(b, now, &e);
	phone_masked(identity.phone, masked);
	e.phone_masked = arena_strdup(batch_arena(b), masked);         /* rows keep it until the commit */
	const RosterRows__Identity *was = batch_get(b, &roster_table_identity, &identity);
	bool renamed = !was || strcmp(was->name, in->name) != 0;
	if (renamed)
		roster_named(b, "person", in->id, in->name);
	if (!now || renamed || !person_same(now, &e))
		batch_emit(b, in->id, &e.base);
	batch_put(b, &roster_table_identity, &identity);
}

void
roster_person_put(struct batch *b, const void *m)
{
	const Roster__PutPerson *in = m;
	int status = mirror_person_on(b, in->id, batch_today(b)) ? 200 : 201;
	Roster__Person out = ROSTER__PERSON__INIT;
	struct faults fs = { 0 };

	roster_person_check(b, in, &fs);
	if (put_refused(b, &fs))
		return;
	roster_person_make(b, in);
	out.id = in->id;
	out.name = in->name;
	out.phone = phone_meant(b, in);
	out.unit_id = in->unit_id;
	out.establishment = in->establishment;
	batch_answer(b, status, &out.base);
}
