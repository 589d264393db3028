/* headship - see headship.h.
 *
 *   in:   roster.UnitPut
 *   out:  what follows (recount.c)
 *   owns: headship; the head of recalls that had none; unit (mirror) */
#include "headship.h"
#include "case.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "recount.h"

typedef AccountabilityRows__Headship Headship;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__UnitRecall UnitRecall;

static const struct table headship_table = { "headship", &accountability_rows__headship__descriptor, 3, true };

void
headship_want_units(struct batch *b, const char *person_id)
{
	const char **units;

	batch_want_id(b, &headship_table, person_id);
	size_t n = headship_units(b, person_id, &units);
	for (size_t i = 0; i < n; i++)
		recount_want_unit(b, units[i]);
}

size_t
headship_units(struct batch *b, const char *person_id, const char ***units)
{
	const void **rows;
	size_t n = batch_list_id(b, &headship_table, person_id, &rows);

	*units = arena_alloc(batch_arena(b), (n + 1) * sizeof(**units));
	for (size_t i = 0; i < n; i++)
		(*units)[i] = ((const Headship *)rows[i])->unit_id;
	return n;
}

static void
unit_want(struct batch *b, const void *m)
{
	const Roster__UnitPut *e = m;

	mirror_want_unit(b, m);
	recount_want_unit(b, e->id);
	if (e->maybe_head_case) {
		batch_want_pair(b, &headship_table, e->head_person_id, e->id);
		mirror_want_person_id(b, e->head_person_id);
	}
}

/* Of what was ordered while no head was known, the first to be known is the head. */
static void
head_known(struct batch *b, const char *unit_id, char *head_id)
{
	const UnitRecall *const *rows;
	size_t n = case_unit_recalls(b, unit_id, &rows);

	for (size_t i = 0; i < n; i++) {
		if (rows[i]->head_person_id[0])
			continue;
		UnitRecall u = *rows[i];
		Recall r = *(const Recall *)batch_get_pair(b, &recall_table, u.person_id, u.recall_id);
		u.head_person_id = r.head_person_id = head_id;
		batch_put(b, &unit_recall_table, &u);
		batch_put(b, &recall_table, &r);
	}
}

static void
on_unit(struct batch *b, const void *m)
{
	const Roster__UnitPut *e = m;
	const char *unit_id = e->id;

	mirror_run_unit(b, m);
	if (e->maybe_head_case) {
		if (!batch_get_pair(b, &headship_table, e->head_person_id, e->id))
			batch_put(b, &headship_table, batch_pair(b, &headship_table, e->head_person_id, e->id));
		head_known(b, unit_id, e->head_person_id);
	}
	recount(b, &(struct recount){ .units = &unit_id, .nunits = 1 });
}

const struct noun accountability_headship = {
	.tables = LIST(((const struct table *const[]){ &mirror_unit, &headship_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__unit_put__descriptor, .want = unit_want, .run = on_unit },
	})),
};
