/* place - townships, sending units and villages: each a line of values by the day from which they count.
 *
 *   in:   PutTownship, PutUnit, PutVillage
 *   out:  TownshipPut, UnitPut, VillagePut
 *   owns: closed_village, name_given (and, by lib/domain/mirror, township, unit, village) */
#include "roster.h"
#include <string.h>

const struct table roster_table_closed_village = { "closed_village", &roster_rows__closed_village__descriptor, 2, false };

/* From the next event on, which says that something of it is new.  Kinds are those of lib/domain/mention.h. */
void
roster_named(struct batch *b, const char *kind, const char *id, const char *name)
{
	RosterRows__NameGiven row = ROSTER_ROWS__NAME_GIVEN__INIT;

	row.district = (char *)batch_district(b);
	row.kind = (char *)kind;
	row.thing_id = (char *)id;
	row.since_seq = batch_next_seq(b);
	row.name = (char *)name;
	batch_put(b, &roster_table_name_given, &row);
}

/* ---- townships */

void
roster_township_want(struct batch *b, const void *m)
{
	const Roster__PutTownship *in = m;
	RosterRows__Area area = ROSTER_ROWS__AREA__INIT;

	mirror_want_township_id(b, in->id);
	area.district = (char *)batch_district(b);
	area.area_id = in->area_id;
	batch_want(b, &roster_table_area, &area, 2);
}

void
roster_township_put(struct batch *b, const void *m)
{
	const Roster__PutTownship *in = m;
	const MirrorRows__Township *now = mirror_township_on(b, in->id, batch_today(b));
	RosterRows__Area area = ROSTER_ROWS__AREA__INIT;
	Roster__TownshipPut e = ROSTER__TOWNSHIP_PUT__INIT;
	Roster__Township out = ROSTER__TOWNSHIP__INIT;
	struct faults fs = { 0 };

	area.district = (char *)batch_district(b);
	area.area_id = in->area_id;
	put_name_ok(&fs, in->name, "/name");
	put_reference_ok(&fs, in->area_id, batch_get(b, &roster_table_area, &area), "/area_id");
	if (put_refused(b, &fs))
		return;
	e.id = out.id = in->id;
	e.name = out.name = in->name;
	e.area_id = out.area_id = in->area_id;
	e.from_day = roster_from_day(now, batch_today(b));
	if (!now || strcmp(now->name, in->name) != 0)
		roster_named(b, "township", in->id, in->name);
	if (!now || strcmp(now->name, in->name) != 0 || strcmp(now->area_id, in->area_id) != 0)
		batch_emit(b, in->id, &e.base);
	batch_answer(b, now ? 200 : 201, &out.base);
}

/* ---- units */

void
roster_unit_want(struct batch *b, const void *m)
{
	const Roster__PutUnit *in = m;

	mirror_want_unit_id(b, in->id);
	if (in->maybe_head_case) {
		mirror_want_person_id(b, in->head_person_id);
		roster_head_put_want(b, in->id, in->head_person_id);
	}
}

static bool
unit_same(const MirrorRows__Unit *now, const Roster__PutUnit *in)
{
	return strcmp(now->name, in->name) == 0 && !now->maybe_head_case == !in->maybe_head_case &&
	       (!in->maybe_head_case || strcmp(now->head_person_id, in->head_person_id) == 0);
}

/* A unit's head is a person, and a person has a unit: the unit is put first, then the person, then the unit with its head. */
void
roster_unit_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutUnit *in = m;
	const MirrorRows__Unit *now = mirror_unit_on(b, in->id, batch_today(b));

	put_name_ok(fs, in->name, "/name");
	if (in->maybe_head_case)
		put_reference_ok(fs, in->head_person_id, mirror_person_on(b, in->head_person_id, batch_today(b)), "/head_person_id");
	if (now && now->from_day == batch_today(b) && now->n_also_head_ids >= OF_ONE_DAY_MAX && !unit_same(now, in))
		put_fault(fs, 409, "unit.headed_too_often", "/head_person_id", "A unit has at most 32 heads on one day.");
}

/* As units_of_day of person.c. */
static void
heads_of_day(struct batch *b, const MirrorRows__Unit *now, Roster__UnitPut *e)
{
	if (!now || now->from_day != e->from_day)
		return;
	struct ids also = ids_with(b, now->also_head_ids, now->n_also_head_ids, now->maybe_head_case ? now->head_person_id : NULL,
	                           e->maybe_head_case ? e->head_person_id : NULL);
	e->also_head_ids = also.id;
	e->n_also_head_ids = also.n;
}

void
roster_unit_make(struct batch *b, const void *m)
{
	const Roster__PutUnit *in = m;
	const MirrorRows__Unit *now = mirror_unit_on(b, in->id, batch_today(b));
	Roster__UnitPut e = ROSTER__UNIT_PUT__INIT;

	e.id = in->id;
	e.name = in->name;
	if (in->maybe_head_case) {
		e.maybe_head_case = ROSTER__UNIT_PUT__MAYBE_HEAD_HEAD_PERSON_ID;
		e.head_person_id = in->head_person_id;
	}
	e.from_day = roster_from_day(now, batch_today(b));
	heads_of_day(b, now, &e);
	if (!now || strcmp(now->name, in->name) != 0)
		roster_named(b, "unit", in->id, in->name);
	if (now && unit_same(now, in))
		return;
	batch_emit(b, in->id, &e.base);
	if (in->maybe_head_case)
		roster_head_put(b, in->id, in->head_person_id);
}

void
roster_unit_put(struct batch *b, const void *m)
{
	const Roster__PutUnit *in = m;
	int status = mirror_unit_on(b, in->id, batch_today(b)) ? 200 : 201;
	Roster__Unit out = ROSTER__UNIT__INIT;
	struct faults fs = { 0 };

	roster_unit_check(b, in, &fs);
	if (put_refused(b, &fs))
		return;
	roster_unit_make(b, in);
	out.id = in->id;
	out.name = in->name;
	out.maybe_head_case = in->maybe_head_case ? ROSTER__UNIT__MAYBE_HEAD_HEAD_PERSON_ID : 0;
	out.head_person_id = in->head_person_id;
	batch_answer(b, status, &out.base);
}

/* ---- villages */

static RosterRows__ClosedVillage
closed_key(const struct batch *b, const char *village_id)
{
	RosterRows__ClosedVillage key = ROSTER_ROWS__CLOSED_VILLAGE__INIT;

	key.district = (char *)batch_district(b);
	key.village_id = (char *)village_id;
	return key;
}

void
roster_closed_want(struct batch *b, const char *village_id)
{
	RosterRows__ClosedVillage key = closed_key(b, village_id);

	batch_want(b, &roster_table_closed_village, &key, 2);
}

static const RosterRows__ClosedVillage *
closed(struct batch *b, const char *village_id)
{
	RosterRows__ClosedVillage key = closed_key(b, village_id);

	return batch_get(b, &roster_table_closed_village, &key);
}

bool
roster_village_closes(struct batch *b, const Posting *put)
{
	const RosterRows__ClosedVillage *c = closed(b, put->village_id);

	return c && roster_outlasts(put, c->closed_on_day);
}

void
roster_village_want(struct batch *b, const void *m)
{
	const Roster__PutVillage *in = m;

	mirror_want_village_id(b, in->id);
	mirror_want_township_id(b, in->township_id);
	roster_closed_want(b, in->id);
}

static bool
village_same(struct batch *b, const MirrorRows__Village *now, const Roster__PutVillage *in)
{
	const RosterRows__ClosedVillage *c = closed(b, in->id);

	return !c == !in->maybe_closed_case && (!c || c->closed_on_day == in->closed_on_day) && strcmp(now->name, in->name) == 0 && strcmp(now->township_id, in->township_id) == 0 && now->kind == in->kind &&
	       !now->maybe_lon_case == !in->maybe_fence_case &&
	       (!in->maybe_fence_case || (now->lon == in->fence->lon && now->lat == in->fence->lat &&
	                                  now->radius_m == in->fence->radius_m));
}

static bool
fence_ok(struct faults *fs, const Roster__Fence *f)
{
	return put_ok(fs, f->lon >= -180 && f->lon <= 180, "field.range", "/fence/lon", "A longitude is -180 to 180 degrees.") &
	       put_ok(fs, f->lat >= -90 && f->lat <= 90, "field.range", "/fence/lat", "A latitude is -90 to 90 degrees.") &
	       put_ok(fs, f->radius_m > 0 && f->radius_m <= FENCE_RADIUS_MAX_M, "field.range", "/fence/radius_m",
	          "A radius is more than 0 and at most 100000 metres.");
}

void
roster_village_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutVillage *in = m;

	put_name_ok(fs, in->name, "/name");
	put_reference_ok(fs, in->township_id, mirror_township_on(b, in->township_id, batch_today(b)), "/township_id");
	if (in->maybe_fence_case)
		fence_ok(fs, in->fence);
}

void
roster_village_make(struct batch *b, const void *m)
{
	const Roster__PutVillage *in = m;
	const MirrorRows__Village *now = mirror_village_on(b, in->id, batch_today(b));
	Roster__VillagePut e = ROSTER__VILLAGE_PUT__INIT;

	e.id = in->id;
	e.name = in->name;
	e.township_id = in->township_id;
	e.kind = in->kind;
	if (in->maybe_fence_case) {
		e.maybe_fence_case = ROSTER__VILLAGE_PUT__MAYBE_FENCE_FENCE;
		e.fence = in->fence;
	}
	e.maybe_closed_case = in->maybe_closed_case ? ROSTER__VILLAGE_PUT__MAYBE_CLOSED_CLOSED_ON_DAY : 0;
	e.closed_on_day = in->closed_on_day;
	e.from_day = roster_from_day(now, batch_today(b));
	if (!now || strcmp(now->name, in->name) != 0)
		roster_named(b, "village", in->id, in->name);
	if (!now || !village_same(b, now, in))
		batch_emit(b, in->id, &e.base);
}

void
roster_village_put(struct batch *b, const void *m)
{
	const Roster__PutVillage *in = m;
	int status = mirror_village_on(b, in->id, batch_today(b)) ? 200 : 201;
	Roster__Village out = ROSTER__VILLAGE__INIT;
	struct faults fs = { 0 };

	roster_village_check(b, in, &fs);
	if (put_refused(b, &fs))
		return;
	roster_village_make(b, in);
	out.id = in->id;
	out.name = in->name;
	out.township_id = in->township_id;
	out.kind = in->kind;
	out.maybe_fence_case = in->maybe_fence_case ? ROSTER__VILLAGE__MAYBE_FENCE_FENCE : 0;
	out.fence = in->fence;
	out.maybe_closed_case = in->maybe_closed_case ? ROSTER__VILLAGE__MAYBE_CLOSED_CLOSED_ON_DAY : 0;
	out.closed_on_day = in->closed_on_day;
	batch_answer(b, status, &out.base);
}

/* The day of closing has no history: it is what was last said. */
void
roster_on_village_want(struct batch *b, const void *m)
{
	mirror_want_village(b, m);
	roster_closed_want(b, ((const Roster__VillagePut *)m)->id);
}

void
roster_on_village(struct batch *b, const void *m)
{
	const Roster__VillagePut *e = m;
	RosterRows__ClosedVillage row = closed_key(b, e->id);

	mirror_run_village(b, m);
	row.closed_on_day = e->closed_on_day;
	if (e->maybe_closed_case)
		batch_put(b, &roster_table_closed_village, &row);
	else
		batch_drop(b, &roster_table_closed_village, &row);
}
