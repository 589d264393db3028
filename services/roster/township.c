/* township - what villages lie in: a line of values by the day from which they count.
 *
 *   in:   PutTownship; ReadTownship, ListTownships
 *   out:  TownshipPut
 *   owns: township (kept by lib/domain/mirror) */
#include "district.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "name.h"
#include "put.h"
#include "roster.h"
#include "roster_policy.h"
#include "roster_township.sql.h"
#include <string.h>

static const struct copy
put_of_command = { &roster__township_put__descriptor, &roster__put_township__descriptor, "from_day" },
answer_of_command = { &roster__township__descriptor, &roster__put_township__descriptor, NULL },
page_of_question = { &roster_rows__page__descriptor, &roster__list_townships__descriptor,
                     "district after limit on_day" };

static const void *
township_now(struct batch *b, const void *m)
{
	return mirror_township_on(b, put_id(m), batch_today(b));
}

static void
township_want(struct batch *b, const void *m)
{
	const Roster__PutTownship *in = m;

	mirror_want_township_id(b, in->id);
	roster_area_want(b, in->area_id);
}

static void
township_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutTownship *in = m;

	put_name_ok(fs, in->name, "/name");
	put_reference_ok(fs, in->area_id, roster_area(b, in->area_id), "/area_id");
}

static void
township_make(struct batch *b, const void *m)
{
	const Roster__PutTownship *in = m;
	const MirrorRows__Township *now = township_now(b, in);
	bool renamed = !now || strcmp(now->name, in->name) != 0;
	Roster__TownshipPut e = ROSTER__TOWNSHIP_PUT__INIT;

	copy_run(&put_of_command, &e, in);
	e.from_day = roster_from_day(now, batch_today(b));
	if (renamed)
		roster_name_given(b, "township", in->id, in->name);
	if (renamed || strcmp(now->area_id, in->area_id) != 0)
		batch_emit(b, in->id, &e.base);
}

static const struct reading reading = { &roster_township_read, "No such township.", .today = true };
static const struct listing listing = {
	&page_of_question, &roster__township_list__descriptor, .ask = reader_ask_today, .by = &roster_township_list,
};

static const struct put township_put = {
	.want = township_want, .now = township_now, .check = township_check, .make = township_make,
	.answer_of_command = &answer_of_command,
};

const struct noun roster_township = {
	.commands = LIST(((const struct command[]){
		{ .message = &roster__put_township__descriptor, PUT(&township_put) },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_township__descriptor, READ(&reading) },
		{ .message = &roster__list_townships__descriptor, LISTED(&listing) },
	})),
	.copies = LIST(((const struct copy *const[]){ &put_of_command, &answer_of_command, &page_of_question })),
	.statements = { roster_township_sql, ROSTER_TOWNSHIP_SQL_COUNT },
};
