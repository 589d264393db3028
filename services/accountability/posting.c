/* posting - whose a posting is: the end of a term is part of a ban (A6), also of what falls on the head of a unit.
 *
 *   in:   roster.PostingPut
 *   out:  what follows (recount.c)
 *   owns: posting_home; posting (mirror) */
#include "case.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "headship.h"
#include "recount.h"
#include <string.h>

static bool
has_left(const Roster__PostingPut *e)
{
	return e->was_person_id[0] && strcmp(e->was_person_id, e->posting->person_id) != 0;
}

static void
want_holder(struct batch *b, const char *person_id)
{
	recount_want_person(b, person_id);
	headship_want_units(b, person_id);
}

static void
posting_want(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;

	batch_want_id(b, &posting_home_table, e->posting->id);
	mirror_want_posting(b, m);
	want_holder(b, e->posting->person_id);
	if (has_left(e))
		want_holder(b, e->was_person_id);
}

static void
recount_holder(struct batch *b, const char *person_id)
{
	const char **units;
	size_t n = headship_units(b, person_id, &units);

	recount(b, &(struct recount){ .person_id = person_id, .units = units, .nunits = n });
}

static void
on_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	AccountabilityRows__PostingHome *home = batch_row(b, &posting_home_table, e->posting->id);

	home->person_id = e->posting->person_id;
	if (e->voided)
		batch_drop(b, &posting_home_table, home);
	else
		batch_put(b, &posting_home_table, home);
	mirror_run_posting(b, m);
	recount_holder(b, e->posting->person_id);
	if (has_left(e))
		recount_holder(b, e->was_person_id);
}

const struct noun accountability_posting = {
	.tables = LIST(((const struct table *const[]){ &mirror_posting, &posting_home_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__posting_put__descriptor, .want = posting_want, .run = on_posting },
	})),
};
