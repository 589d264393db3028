/* district - the tenant itself: its name and its areas.
 *
 *   in:   PutDistrict; ReadDistrict, ListDistrictNames
 *   out:  DistrictPut; of a new one also its first PolicyPublished
 *   owns: district, area */
#include "district.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "policy.h"
#include "put.h"
#include "roster.h"
#include "roster_district.sql.h"
#include <string.h>

typedef RosterRows__Area Area;

enum { AREAS_MAX = 64 };

static const struct table district_table = { "district", &roster_rows__district__descriptor, 1, false };
static const struct table area_table = { "area", &roster_rows__area__descriptor, 2, false };

static const struct copy
put_of_command = { &roster__district_put__descriptor, &roster__put_district__descriptor, NULL },
answer_of_command = { &roster__district__descriptor, &roster__put_district__descriptor, "id partition" },
area_of_put = { &roster_rows__area__descriptor, &roster__area__descriptor, "district area_id place" };

void
roster_area_want(struct batch *b, const char *area_id)
{
	batch_want_id(b, &area_table, area_id);
}

const Area *
roster_area(struct batch *b, const char *area_id)
{
	return batch_get_id(b, &area_table, area_id);
}

static void
want_district(struct batch *b, const void *m)
{
	(void)m;
	batch_want_all(b, &district_table);
	batch_want_all(b, &area_table);
}

/* NULL: it is not there yet. */
static const RosterRows__District *
district_now(struct batch *b)
{
	const void **rows;

	return batch_list_all(b, &district_table, &rows) ? rows[0] : NULL;
}

/* ---- PutDistrict */

static bool
is_valid(struct batch *b, const void *m)
{
	(void)m;
	return district_valid(batch_district(b));
}

static void
put_district_want(struct batch *b, const void *m)
{
	want_district(b, m);
	roster_policies_want(b);
	batch_want_all(b, &mirror_township);            /* an area may be in use */
}

static const Roster__Area *
area_named(const Roster__PutDistrict *in, const char *id)
{
	for (size_t i = 0; i < in->n_areas; i++)
		if (strcmp(in->areas[i]->id, id) == 0)
			return in->areas[i];
	return NULL;
}

static void
check_areas(struct batch *b, const Roster__PutDistrict *in, struct faults *fs)
{
	put_ok(fs, in->n_areas <= AREAS_MAX, "field.range", "/areas", "A district has at most 64 areas.");
	for (size_t i = 0; i < in->n_areas && !fs->n; i++) {
		const char *id = arena_printf(batch_arena(b), "/areas/%zu/id", i);
		const char *name = arena_printf(batch_arena(b), "/areas/%zu/name", i);

		put_id_ok(fs, in->areas[i]->id, id);
		put_name_ok(fs, in->areas[i]->name, name);
		put_ok(fs, area_named(in, in->areas[i]->id) == in->areas[i], "field.duplicate", id,
		       "Two areas have this id.");
	}
}

/* Whether a township lies today in an area which the new list leaves out.  History rows of a township stand in the
 * order of their days and none begins after today, so its last one counts. */
static bool
leaves_a_township(struct batch *b, const Roster__PutDistrict *in)
{
	const void **rows;
	size_t n = batch_list_all(b, &mirror_township, &rows);

	for (size_t i = 0; i < n; i++) {
		const MirrorRows__Township *t = rows[i], *next = i + 1 < n ? rows[i + 1] : NULL;
		bool current = !next || strcmp(next->township_id, t->township_id) != 0;

		if (current && !area_named(in, t->area_id))
			return true;
	}
	return false;
}

static bool
stands_so(struct batch *b, const RosterRows__District *now, const Roster__PutDistrict *in)
{
	const void **rows;
	size_t n = batch_list_all(b, &area_table, &rows);

	if (strcmp(now->name, in->name) != 0 || n != in->n_areas)
		return false;
	for (size_t i = 0; i < n; i++) {
		const Area *a = rows[i];
		if ((size_t)a->place >= n || strcmp(in->areas[a->place]->id, a->area_id) != 0 ||
		    strcmp(in->areas[a->place]->name, a->name) != 0)
			return false;
	}
	return true;
}

static void
answer_put(struct batch *b, const Roster__PutDistrict *in, int status)
{
	Roster__District *out = arena_message(batch_arena(b), &roster__district__descriptor);

	copy_run(&answer_of_command, out, in);
	out->id = arena_strdup(batch_arena(b), batch_district(b));
	out->partition = partition_of(out->id);
	batch_answer(b, status, &out->base);
}

static void
put_district(struct batch *b, const void *m)
{
	const Roster__PutDistrict *in = m;
	const RosterRows__District *now = district_now(b);
	Roster__DistrictPut e = ROSTER__DISTRICT_PUT__INIT;
	struct faults fs = { 0 };

	put_name_ok(&fs, in->name, "/name");
	check_areas(b, in, &fs);
	if (!fs.n && leaves_a_township(b, in))
		put_fault(&fs, 409, "area.in_use", "/areas", "A township lies in an area that is left out.");
	if (put_refused(b, &fs))
		return;
	copy_run(&put_of_command, &e, in);
	if (!now || !stands_so(b, now, in))
		batch_emit(b, batch_district(b), &e.base);
	if (!now)
		roster_policy_begin(b);
	answer_put(b, in, now ? 200 : 201);
}

/* ---- the event */

static void
on_put(struct batch *b, const void *m)
{
	const Roster__DistrictPut *e = m;
	const void **old;
	size_t n = batch_list_all(b, &area_table, &old);

	batch_put(b, &district_table, batch_row(b, &district_table, e->name));          /* which is the second field */
	for (size_t i = 0; i < n; i++)
		batch_drop(b, &area_table, old[i]);
	for (size_t i = 0; i < e->n_areas; i++) {
		Area *area = batch_row(b, &area_table, e->areas[i]->id);

		copy_run(&area_of_put, area, e->areas[i]);
		area->place = (int32_t)i;
		batch_put(b, &area_table, area);
	}
}

/* ---- the query */

static void
read_district(struct reader *r, const void *m)
{
	void *key = reader_key(r, &roster_rows__id__descriptor, ""), **rows, **areas;
	size_t n = reader_rows(r, &roster_district_read, key, &rows);
	size_t nareas = reader_rows(r, &roster_areas_read, key, &areas);

	(void)m;
	if (n == 0) {
		reader_missing(r, 0, "No such district.");
		return;
	}
	Roster__District *out = rows[0];
	out->n_areas = nareas;
	out->areas = (Roster__Area **)areas;
	reader_answer(r, &out->base);
}

/* Of all districts: who has no session yet belongs to none. */
static void
list_district_names(struct reader *r, const void *m)
{
	Roster__DistrictNames out = ROSTER__DISTRICT_NAMES__INIT;
	void **rows;

	(void)m;
	out.n_items = reader_rows(r, &roster_district_names, NULL, &rows);
	out.items = (Roster__DistrictName **)rows;
	reader_answer(r, &out.base);
}

const struct noun roster_district = {
	.tables = LIST(((const struct table *const[]){ &district_table, &area_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__put_district__descriptor, .want = put_district_want, .exists = is_valid,
		  .run = put_district, .creates_district = true },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__district_put__descriptor, .want = want_district, .run = on_put },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_district__descriptor, .run = read_district },
		{ .message = &roster__list_district_names__descriptor, .run = list_district_names,
		  .anywhere = true },
	})),
	.copies = LIST(((const struct copy *const[]){ &put_of_command, &answer_of_command, &area_of_put })),
	.statements = { roster_district_sql, ROSTER_DISTRICT_SQL_COUNT },
};
