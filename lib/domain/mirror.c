/* mirror - what a service remembers of roster, kept by one code for all of them (roster included: its own history of
 * townships, units, villages, persons and policies is the same).  Policies are in policies.c.
 *
 *   in:   roster's TownshipPut, UnitPut, VillagePut, PersonPut, PostingPut, AccountPut
 *   out:  nothing
 *   owns: the mirror_* tables of whoever lists them
 *
 * Each event is a put of one row under a key that the event names whole, so the same event again changes nothing. */
#include "domain/mirror.h"
#include "base/civil.h"
#include "engine/keyed.h"
#include <string.h>

const struct table mirror_township = { "township", &mirror_rows__township__descriptor, 3, false };
const struct table mirror_unit = { "unit", &mirror_rows__unit__descriptor, 3, false };
const struct table mirror_village = { "village", &mirror_rows__village__descriptor, 3, false };
const struct table mirror_person = { "person", &mirror_rows__person__descriptor, 3, false };
const struct table mirror_posting = { "posting", &mirror_rows__posting__descriptor, 3, false };
const struct table mirror_account = { "account", &mirror_rows__account__descriptor, 2, false };

/* Key fields are const in spirit: the rows made here are read, never freed nor changed. */
static char *
district(const struct batch *b)
{
	return (char *)batch_district(b);
}

/* The row that holds what an event says: made for want (its key) and for run (all of it). */
static MirrorRows__Township
township_row(const struct batch *b, const Roster__TownshipPut *e)
{
	MirrorRows__Township row = MIRROR_ROWS__TOWNSHIP__INIT;

	row.district = district(b);
	row.township_id = e->id;
	row.from_day = e->from_day;
	row.name = e->name;
	row.area_id = e->area_id;
	return row;
}

static MirrorRows__Unit
unit_row(const struct batch *b, const Roster__UnitPut *e)
{
	MirrorRows__Unit row = MIRROR_ROWS__UNIT__INIT;

	row.district = district(b);
	row.unit_id = e->id;
	row.from_day = e->from_day;
	row.name = e->name;
	if (e->maybe_head_case) {
		row.maybe_head_case = MIRROR_ROWS__UNIT__MAYBE_HEAD_HEAD_PERSON_ID;
		row.head_person_id = e->head_person_id;
	}
	row.n_also_head_ids = e->n_also_head_ids;
	row.also_head_ids = e->also_head_ids;
	return row;
}

static MirrorRows__Village
village_row(const struct batch *b, const Roster__VillagePut *e)
{
	MirrorRows__Village row = MIRROR_ROWS__VILLAGE__INIT;

	row.district = district(b);
	row.village_id = e->id;
	row.from_day = e->from_day;
	row.name = e->name;
	row.township_id = e->township_id;
	row.kind = e->kind;
	if (e->maybe_fence_case) {
		row.maybe_lon_case = MIRROR_ROWS__VILLAGE__MAYBE_LON_LON;
		row.lon = e->fence->lon;
		row.maybe_lat_case = MIRROR_ROWS__VILLAGE__MAYBE_LAT_LAT;
		row.lat = e->fence->lat;
		row.maybe_radius_case = MIRROR_ROWS__VILLAGE__MAYBE_RADIUS_RADIUS_M;
		row.radius_m = e->fence->radius_m;
	}
	return row;
}

static MirrorRows__Person
person_row(const struct batch *b, const Roster__PersonPut *e)
{
	MirrorRows__Person row = MIRROR_ROWS__PERSON__INIT;

	row.district = district(b);
	row.person_id = e->id;
	row.from_day = e->from_day;
	row.unit_id = e->unit_id;
	row.establishment = e->establishment;
	row.phone_masked = e->phone_masked;
	row.n_also_unit_ids = e->n_also_unit_ids;
	row.also_unit_ids = e->also_unit_ids;
	return row;
}

static MirrorRows__Posting
posting_row(const struct batch *b, const Roster__Posting *p)
{
	MirrorRows__Posting row = MIRROR_ROWS__POSTING__INIT;

	row.district = district(b);
	row.person_id = p->person_id;
	row.posting_id = p->id;
	row.village_id = p->village_id;
	row.role = p->role;
	row.from_day = p->from_day;
	if (p->maybe_to_case) {
		row.maybe_to_case = MIRROR_ROWS__POSTING__MAYBE_TO_TO_DAY;
		row.to_day = p->to_day;
	}
	if (p->maybe_term_from_case) {
		row.maybe_term_from_case = MIRROR_ROWS__POSTING__MAYBE_TERM_FROM_TERM_FROM_DAY;
		row.term_from_day = p->term_from_day;
	}
	if (p->maybe_term_to_case) {
		row.maybe_term_to_case = MIRROR_ROWS__POSTING__MAYBE_TERM_TO_TERM_TO_DAY;
		row.term_to_day = p->term_to_day;
	}
	return row;
}

static MirrorRows__Account
account_row(const struct batch *b, const Roster__AccountPut *e)
{
	MirrorRows__Account row = MIRROR_ROWS__ACCOUNT__INIT;

	row.district = district(b);
	row.account_id = e->id;
	row.n_person_ids = e->n_person_ids;
	row.person_ids = e->person_ids;
	return row;
}

/* The posting's row in the hands of whoever held it before; false: the same person, or nobody. */
static bool
posting_left(const struct batch *b, const Roster__PostingPut *e, MirrorRows__Posting *key)
{
	if (e->was_person_id[0] == '\0' || strcmp(e->was_person_id, e->posting->person_id) == 0)
		return false;
	*key = (MirrorRows__Posting)MIRROR_ROWS__POSTING__INIT;
	key->district = district(b);
	key->person_id = e->was_person_id;
	key->posting_id = e->posting->id;
	return true;
}

#define WANT_OF(noun, Message) \
	void mirror_want_##noun(struct batch *b, const void *m) \
	{ \
		__auto_type row = noun##_row(b, (const Message *)m); \
		batch_want(b, &mirror_##noun, &row, mirror_##noun.nkey); \
	}
#define RUN_OF(noun, Message) \
	void mirror_run_##noun(struct batch *b, const void *m) \
	{ \
		__auto_type row = noun##_row(b, (const Message *)m); \
		batch_put(b, &mirror_##noun, &row); \
	}

#define MIRROR_OF(noun, Message) WANT_OF(noun, Message) RUN_OF(noun, Message)

MIRROR_OF(township, Roster__TownshipPut)
MIRROR_OF(unit, Roster__UnitPut)
MIRROR_OF(village, Roster__VillagePut)
RUN_OF(person, Roster__PersonPut)
RUN_OF(account, Roster__AccountPut)

/* Whoever judges somebody (lib/domain/duty.h) may do so in one batch with what has just made him of another unit, or
 * said whose an account is: then it finds what these have brought. */
void
mirror_want_person(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;
	const MirrorRows__Person row = person_row(b, e);

	batch_want(b, &mirror_person, &row, mirror_person.nkey);
	if (!batch_has_table(b, &mirror_unit))
		return;
	mirror_want_unit_id(b, e->unit_id);
	for (size_t i = 0; i < e->n_also_unit_ids; i++)
		mirror_want_unit_id(b, e->also_unit_ids[i]);
}

void
mirror_want_account(struct batch *b, const void *m)
{
	const Roster__AccountPut *e = m;
	const MirrorRows__Account row = account_row(b, e);

	batch_want(b, &mirror_account, &row, mirror_account.nkey);
	for (size_t i = 0; i < e->n_person_ids; i++)
		mirror_want_units_of_person(b, e->person_ids[i]);
}

void
mirror_want_units_of_person(struct batch *b, const char *person_id)
{
	const MirrorRows__Person *const *rows;

	if (!*person_id || !batch_has_table(b, &mirror_person) || !batch_has_table(b, &mirror_unit))
		return;
	mirror_want_person_history(b, person_id);
	size_t n = mirror_persons(b, person_id, &rows);
	for (size_t i = 0; i < n; i++) {
		mirror_want_unit_id(b, rows[i]->unit_id);
		for (size_t k = 0; k < rows[i]->n_also_unit_ids; k++)
			mirror_want_unit_id(b, rows[i]->also_unit_ids[k]);
	}
}

void
mirror_want_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	MirrorRows__Posting row = posting_row(b, e->posting), left;

	batch_want(b, &mirror_posting, &row, mirror_posting.nkey);
	if (posting_left(b, e, &left))
		batch_want(b, &mirror_posting, &left, mirror_posting.nkey);
}

void
mirror_run_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	MirrorRows__Posting row = posting_row(b, e->posting), left;

	if (posting_left(b, e, &left) && batch_get(b, &mirror_posting, &left))
		batch_drop(b, &mirror_posting, &left);
	if (e->voided)
		batch_drop(b, &mirror_posting, &row);
	else
		batch_put(b, &mirror_posting, &row);
}

void
mirror_want_person_id(struct batch *b, const char *person_id)
{
	if (batch_has_table(b, &mirror_person))
		batch_want_id(b, &mirror_person, person_id);
	if (batch_has_table(b, &mirror_posting))
		batch_want_id(b, &mirror_posting, person_id);
}

void
mirror_want_person_history(struct batch *b, const char *person_id)
{
	batch_want_id(b, &mirror_person, person_id);
}

void
mirror_want_account_id(struct batch *b, const char *account_id)
{
	batch_want_id(b, &mirror_account, account_id);
}

const MirrorRows__Account *
mirror_account_at(struct batch *b, const char *account_id)
{
	return batch_get_id(b, &mirror_account, account_id);
}

void
mirror_want_township_id(struct batch *b, const char *township_id)
{
	batch_want_id(b, &mirror_township, township_id);
}

void
mirror_want_unit_id(struct batch *b, const char *unit_id)
{
	batch_want_id(b, &mirror_unit, unit_id);
}

void
mirror_want_village_id(struct batch *b, const char *village_id)
{
	batch_want_id(b, &mirror_village, village_id);
}

/* Of a thing's history the row that counts on a day: the latest from_day (the third key field) that is not after it. */
static const void *
row_on(struct batch *b, const struct table *t, const char *id, int32_t day)
{
	const ProtobufCFieldDescriptor *from_day = &t->row->fields[2];
	const void **rows, *on = NULL;
	size_t n = batch_list_id(b, t, id, &rows);

	for (size_t i = 0; i < n; i++)
		if (*(const int32_t *)((const char *)rows[i] + from_day->offset) <= day)
			on = rows[i];
	return on;
}

const MirrorRows__Person *
mirror_person_on(struct batch *b, const char *person_id, int32_t day)
{
	return row_on(b, &mirror_person, person_id, day);
}

const MirrorRows__Township *
mirror_township_on(struct batch *b, const char *township_id, int32_t day)
{
	return row_on(b, &mirror_township, township_id, day);
}

const MirrorRows__Unit *
mirror_unit_on(struct batch *b, const char *unit_id, int32_t day)
{
	return row_on(b, &mirror_unit, unit_id, day);
}

const MirrorRows__Village *
mirror_village_on(struct batch *b, const char *village_id, int32_t day)
{
	return row_on(b, &mirror_village, village_id, day);
}

size_t
mirror_villages(struct batch *b, const char *village_id, const MirrorRows__Village *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &mirror_village, village_id, &list);

	*rows = (const MirrorRows__Village *const *)list;
	return n;
}

size_t
mirror_persons(struct batch *b, const char *person_id, const MirrorRows__Person *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &mirror_person, person_id, &list);

	*rows = (const MirrorRows__Person *const *)list;
	return n;
}

size_t
mirror_units(struct batch *b, const char *unit_id, const MirrorRows__Unit *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &mirror_unit, unit_id, &list);

	*rows = (const MirrorRows__Unit *const *)list;
	return n;
}

size_t
mirror_postings(struct batch *b, const char *person_id, const MirrorRows__Posting *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &mirror_posting, person_id, &list);

	*rows = (const MirrorRows__Posting *const *)list;
	return n;
}

bool
mirror_posting_covers(const MirrorRows__Posting *p, int32_t day)
{
	return day_within(day, p->from_day, p->maybe_to_case, p->to_day);
}

bool
mirror_posted_on(struct batch *b, const char *person_id, int32_t day)
{
	const MirrorRows__Posting *const *postings;
	size_t n = mirror_postings(b, person_id, &postings);

	for (size_t i = 0; i < n; i++)
		if (mirror_posting_covers(postings[i], day))
			return true;
	return false;
}

/* ---- whole, for who does nothing else with them */

const struct noun mirrored_township = {
	.tables = LIST(((const struct table *const[]){ &mirror_township })),
	.events = LIST(((const struct event_handler[]){ { .message = &roster__township_put__descriptor,
							  .want = mirror_want_township,
							  .run = mirror_run_township } })),
};
const struct noun mirrored_unit = {
	.tables = LIST(((const struct table *const[]){ &mirror_unit })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__unit_put__descriptor, .want = mirror_want_unit, .run = mirror_run_unit } })),
};
const struct noun mirrored_village = {
	.tables = LIST(((const struct table *const[]){ &mirror_village })),
	.events = LIST(((const struct event_handler[]){ { .message = &roster__village_put__descriptor,
							  .want = mirror_want_village,
							  .run = mirror_run_village } })),
};
const struct noun mirrored_person = {
	.tables = LIST(((const struct table *const[]){ &mirror_person })),
	.events = LIST(((const struct event_handler[]){ { .message = &roster__person_put__descriptor,
							  .want = mirror_want_person,
							  .run = mirror_run_person } })),
};
const struct noun mirrored_posting = {
	.tables = LIST(((const struct table *const[]){ &mirror_posting })),
	.events = LIST(((const struct event_handler[]){ { .message = &roster__posting_put__descriptor,
							  .want = mirror_want_posting,
							  .run = mirror_run_posting } })),
};
const struct noun mirrored_account = {
	.tables = LIST(((const struct table *const[]){ &mirror_account })),
	.events = LIST(((const struct event_handler[]){ { .message = &roster__account_put__descriptor,
							  .want = mirror_want_account,
							  .run = mirror_run_account } })),
};
