/* village - where people are posted to: a line of values by the day from which they count.
 *
 *   in:   PutVillage; ReadVillage, ListVillages
 *   out:  VillagePut
 *   owns: closed_village (and village, kept by lib/domain/mirror)
 *
 * The day of closing has no history: it is what was last said. */
#include "village.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "name.h"
#include "put.h"
#include "roster.h"
#include "roster_village.sql.h"
#include <string.h>

typedef MirrorRows__Village Village;
typedef RosterRows__ClosedVillage Closed;
typedef RosterRows__Village Shown;

enum { FENCE_RADIUS_MAX_M = 100000 };

static const struct table closed_table = { "closed_village", &roster_rows__closed_village__descriptor, 2, false };

static const struct copy
put_of_command = { &roster__village_put__descriptor, &roster__put_village__descriptor, "from_day" },
answer_of_command = { &roster__village__descriptor, &roster__put_village__descriptor, NULL },
answer_of_shown = { &roster__village__descriptor, &roster_rows__village__descriptor, "fence" },
fence_of_shown = { &roster__fence__descriptor, &roster_rows__village__descriptor, NULL },
page_of_question = { &roster_rows__village_page__descriptor, &roster__list_villages__descriptor,
                     "district after limit on_day" };

/* ---- closing */

void
roster_village_closing_want(struct batch *b, const char *village_id)
{
	batch_want_id(b, &closed_table, village_id);
}

static const Closed *
closing_of(struct batch *b, const char *village_id)
{
	return batch_get_id(b, &closed_table, village_id);
}

bool
roster_village_closes(struct batch *b, const Posting *put)
{
	const Closed *c = closing_of(b, put->village_id);

	return c && roster_outlasts(put, c->closed_on_day);
}

/* ---- PutVillage */

static const void *
village_now(struct batch *b, const void *m)
{
	return mirror_village_on(b, put_id(m), batch_today(b));
}

static void
village_want(struct batch *b, const void *m)
{
	const Roster__PutVillage *in = m;

	mirror_want_village_id(b, in->id);
	mirror_want_township_id(b, in->township_id);
	roster_village_closing_want(b, in->id);
}

static void
check_fence(struct faults *fs, const Roster__Fence *f)
{
	put_ok(fs, f->lon >= -180 && f->lon <= 180, "field.range", "/fence/lon", "A longitude is -180 to 180 degrees.");
	put_ok(fs, f->lat >= -90 && f->lat <= 90, "field.range", "/fence/lat", "A latitude is -90 to 90 degrees.");
	put_ok(fs, f->radius_m > 0 && f->radius_m <= FENCE_RADIUS_MAX_M, "field.range", "/fence/radius_m",
	       "A radius is more than 0 and at most 100000 metres.");
}

static void
village_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutVillage *in = m;
	const void *township = mirror_township_on(b, in->township_id, batch_today(b));

	put_name_ok(fs, in->name, "/name");
	put_reference_ok(fs, in->township_id, township, "/township_id");
	if (in->maybe_fence_case)
		check_fence(fs, in->fence);
}

static bool
same_fence(const Village *now, const Roster__PutVillage *in)
{
	return !now->maybe_lon_case == !in->maybe_fence_case &&
	       (!in->maybe_fence_case || (now->lon == in->fence->lon && now->lat == in->fence->lat &&
	                                  now->radius_m == in->fence->radius_m));
}

static bool
same_closing(const Closed *now, const Roster__PutVillage *in)
{
	return !now == !in->maybe_closed_case && (!now || now->closed_on_day == in->closed_on_day);
}

static bool
stands_so(struct batch *b, const Village *now, const Roster__PutVillage *in)
{
	return same_closing(closing_of(b, in->id), in) && strcmp(now->name, in->name) == 0 &&
	       strcmp(now->township_id, in->township_id) == 0 && now->kind == in->kind && same_fence(now, in);
}

static void
village_make(struct batch *b, const void *m)
{
	const Roster__PutVillage *in = m;
	const Village *now = village_now(b, in);
	Roster__VillagePut e = ROSTER__VILLAGE_PUT__INIT;

	copy_run(&put_of_command, &e, in);
	e.from_day = roster_from_day(now, batch_today(b));
	if (!now || strcmp(now->name, in->name) != 0)
		roster_name_given(b, "village", in->id, in->name);
	if (!now || !stands_so(b, now, in))
		batch_emit(b, in->id, &e.base);
}

/* ---- the event */

static void
on_put_want(struct batch *b, const void *m)
{
	mirror_want_village(b, m);
	roster_village_closing_want(b, ((const Roster__VillagePut *)m)->id);
}

static void
on_put(struct batch *b, const void *m)
{
	const Roster__VillagePut *e = m;
	Closed *row = batch_row(b, &closed_table, e->id);

	mirror_run_village(b, m);
	row->closed_on_day = e->closed_on_day;
	if (e->maybe_closed_case)
		batch_put(b, &closed_table, row);
	else
		batch_drop(b, &closed_table, row);
}

/* ---- queries */

static ProtobufCMessage *
shown(struct reader *r, const void *m)
{
	const Shown *row = m;
	Roster__Village *v = arena_message(reader_arena(r), &roster__village__descriptor);

	copy_run(&answer_of_shown, v, row);
	if (row->maybe_lon_case) {
		v->maybe_fence_case = ROSTER__VILLAGE__MAYBE_FENCE_FENCE;
		v->fence = arena_message(reader_arena(r), &roster__fence__descriptor);
		copy_run(&fence_of_shown, v->fence, row);
	}
	return &v->base;
}

static const struct reading reading = { &roster_village_read, "No such village.", shown, .today = true };
static const struct listing listing = {
	&page_of_question, &roster__village_list__descriptor, shown, reader_ask_today, &roster_village_list,
	.anew = true,
};

const struct put roster_put_village = {
	.want = village_want, .now = village_now, .check = village_check, .make = village_make,
	.answer_of_command = &answer_of_command,
};

const struct noun roster_village = {
	.tables = LIST(((const struct table *const[]){ &closed_table, &mirror_village })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__put_village__descriptor, PUT(&roster_put_village) },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__village_put__descriptor, .want = on_put_want, .run = on_put },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_village__descriptor, READ(&reading) },
		{ .message = &roster__list_villages__descriptor, LISTED(&listing) },
	})),
	.copies = LIST(((const struct copy *const[]){
		&put_of_command, &answer_of_command, &answer_of_shown, &fence_of_shown, &page_of_question,
	})),
	.statements = { roster_village_sql, ROSTER_VILLAGE_SQL_COUNT },
};
