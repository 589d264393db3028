/* unit - who sends people: its name and its head, a line of values by the day from which they count.
 *
 *   in:   PutUnit; ReadUnit, ListUnits
 *   out:  UnitPut; a head who is put gets the posts that waited for one (head.c)
 *   owns: unit (kept by lib/domain/mirror) */
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "head.h"
#include "name.h"
#include "put.h"
#include "roster.h"
#include "roster_policy.h"
#include "roster_unit.sql.h"
#include <string.h>

typedef MirrorRows__Unit Unit;

enum { HEADS_OF_A_DAY_MAX = 32 };               /* before the last of the day */

static const struct copy
put_of_command = { &roster__unit_put__descriptor, &roster__put_unit__descriptor, "from_day also_head_ids" },
answer_of_command = { &roster__unit__descriptor, &roster__put_unit__descriptor, NULL },
page_of_question = { &roster_rows__unit_page__descriptor, &roster__list_units__descriptor,
                     "district after limit on_day" };

static const void *
unit_now(struct batch *b, const void *m)
{
	return mirror_unit_on(b, put_id(m), batch_today(b));
}

static void
unit_want(struct batch *b, const void *m)
{
	const Roster__PutUnit *in = m;

	mirror_want_unit_id(b, in->id);
	if (in->maybe_head_case) {
		mirror_want_person_id(b, in->head_person_id);
		roster_head_put_want(b, in->id, in->head_person_id);
	}
}

static bool
stands_so(const Unit *now, const Roster__PutUnit *in)
{
	return strcmp(now->name, in->name) == 0 && !now->maybe_head_case == !in->maybe_head_case &&
	       (!in->maybe_head_case || strcmp(now->head_person_id, in->head_person_id) == 0);
}

/* A unit's head is a person, and a person has a unit: the unit is put first, then the person, then the unit with its
 * head. */
static void
unit_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutUnit *in = m;
	const Unit *now = unit_now(b, in);
	const char *head_id = in->maybe_head_case ? in->head_person_id : NULL;
	int32_t today = batch_today(b);

	put_name_ok(fs, in->name, "/name");
	if (head_id)
		put_reference_ok(fs, head_id, mirror_person_on(b, head_id, today), "/head_person_id");
	if (now && now->from_day == today && now->n_also_head_ids >= HEADS_OF_A_DAY_MAX && !stands_so(now, in))
		put_fault(fs, 409, "unit.headed_too_often", "/head_person_id",
		          "A unit has at most 32 heads on one day.");
}

/* A second change on one day replaces that day's row, not that others headed the unit on it. */
static void
heads_of_day(struct batch *b, const Unit *now, Roster__UnitPut *e)
{
	if (!now || now->from_day != e->from_day)
		return;
	struct ids also = ids_with(b, now->also_head_ids, now->n_also_head_ids,
	                           now->maybe_head_case ? now->head_person_id : NULL,
	                           e->maybe_head_case ? e->head_person_id : NULL);
	e->also_head_ids = also.id;
	e->n_also_head_ids = also.n;
}

static void
unit_make(struct batch *b, const void *m)
{
	const Roster__PutUnit *in = m;
	const Unit *now = unit_now(b, in);
	Roster__UnitPut e = ROSTER__UNIT_PUT__INIT;

	copy_run(&put_of_command, &e, in);
	e.from_day = roster_from_day(now, batch_today(b));
	heads_of_day(b, now, &e);
	if (!now || strcmp(now->name, in->name) != 0)
		roster_name_given(b, "unit", in->id, in->name);
	if (now && stands_so(now, in))
		return;
	batch_emit(b, in->id, &e.base);
	if (in->maybe_head_case)
		roster_head_put(b, in->id, in->head_person_id);
}

static const struct reading reading = { &roster_unit_read, "No such unit.", .today = true };
static const struct listing listing = {
	&page_of_question, &roster__unit_list__descriptor, .ask = reader_ask_today,
	.by = &roster_unit_list, .anew = true,
};

const struct put roster_put_unit = {
	.want = unit_want, .now = unit_now, .check = unit_check, .make = unit_make,
	.answer_of_command = &answer_of_command,
};

const struct noun roster_unit = {
	.commands = LIST(((const struct command[]){
		{ .message = &roster__put_unit__descriptor, PUT(&roster_put_unit) },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_unit__descriptor, READ(&reading) },
		{ .message = &roster__list_units__descriptor, LISTED(&listing) },
	})),
	.copies = LIST(((const struct copy *const[]){ &put_of_command, &answer_of_command, &page_of_question })),
	.statements = { roster_unit_sql, ROSTER_UNIT_SQL_COUNT },
};
