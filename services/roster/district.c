/* district - the tenant itself: its name, its areas, its line of policies.
 *
 *   in:   PutDistrict, PublishPolicy
 *   out:  DistrictPut, PolicyPublished
 *   owns: district, area (and, by lib/domain/mirror, policy) */
#include "roster.h"
#include "base/civil.h"
#include "domain/policy_book.h"
#include <assert.h>
#include <string.h>

static void
want_district(struct batch *b)
{
	RosterRows__District key = ROSTER_ROWS__DISTRICT__INIT;
	RosterRows__Area area = ROSTER_ROWS__AREA__INIT;

	key.district = area.district = (char *)batch_district(b);
	batch_want(b, &roster_table_district, &key, 1);
	batch_want(b, &roster_table_area, &area, 1);
}

static void
want_policies(struct batch *b)
{
	MirrorRows__Policy key = MIRROR_ROWS__POLICY__INIT;

	key.district = (char *)batch_district(b);
	batch_want(b, &mirror_policy, &key, 1);
}

/* All rows of a table whose key begins with the district. */
static size_t
list_all(struct batch *b, const struct table *t, const void ***rows)
{
	RosterRows__District of = ROSTER_ROWS__DISTRICT__INIT;
	ProtobufCMessage *key = arena_message(batch_arena(b), t->row);

	of.district = (char *)batch_district(b);
	memcpy((char *)key + t->row->fields[0].offset, &of.district, sizeof(of.district));
	return batch_list(b, t, key, 1, rows);
}

/* ---- PUT of a district */

bool
roster_district_valid(struct batch *b, const void *m)
{
	(void)m;
	return district_valid(batch_district(b));
}

void
roster_district_want(struct batch *b, const void *m)
{
	MirrorRows__Township townships = MIRROR_ROWS__TOWNSHIP__INIT;

	(void)m;
	want_district(b);
	want_policies(b);
	townships.district = (char *)batch_district(b);
	batch_want(b, &mirror_township, &townships, 1);         /* an area may be in use */
}

static const Roster__Area *
area_of(const Roster__PutDistrict *in, const char *id)
{
	for (size_t i = 0; i < in->n_areas; i++)
		if (strcmp(in->areas[i]->id, id) == 0)
			return in->areas[i];
	return NULL;
}

static void
check_areas(struct batch *b, const Roster__PutDistrict *in, struct faults *fs)
{
	if (in->n_areas > AREAS_MAX)
		put_fault(fs, 422, "field.range", "/areas", "A district has at most 64 areas.");
	for (size_t i = 0; i < in->n_areas && !fs->n; i++) {
		const char *id = arena_printf(batch_arena(b), "/areas/%zu/id", i);
		const char *name = arena_printf(batch_arena(b), "/areas/%zu/name", i);

		put_id_ok(fs, in->areas[i]->id, id);
		put_name_ok(fs, in->areas[i]->name, name);
		if (area_of(in, in->areas[i]->id) != in->areas[i])
			put_fault(fs, 422, "field.duplicate", id, "Two areas have this id.");
	}
}

/* The first township that lies today in an area which the new list leaves out; NULL: none.  History rows of a township
 * stand in the order of their days and none begins after today, so its last one counts. */
static const MirrorRows__Township *
township_left(struct batch *b, const Roster__PutDistrict *in)
{
	const void **rows;
	size_t n = list_all(b, &mirror_township, &rows);

	for (size_t i = 0; i < n; i++) {
		const MirrorRows__Township *t = rows[i], *next = i + 1 < n ? rows[i + 1] : NULL;
		bool current = !next || strcmp(next->township_id, t->township_id) != 0;

		if (current && !area_of(in, t->area_id))
			return t;
	}
	return NULL;
}

static bool
district_same(struct batch *b, const RosterRows__District *now, const Roster__PutDistrict *in)
{
	const void **rows;
	size_t n = list_all(b, &roster_table_area, &rows);

	if (strcmp(now->name, in->name) != 0 || n != in->n_areas)
		return false;
	for (size_t i = 0; i < n; i++) {
		const RosterRows__Area *a = rows[i];
		if ((size_t)a->place >= n || strcmp(in->areas[a->place]->id, a->area_id) != 0 ||
		    strcmp(in->areas[a->place]->name, a->name) != 0)
			return false;
	}
	return true;
}

/* A district begins with the policy we ship (rules.md, Source), in force since the stipends of the notice began (C4.4). */
static void
publish_shipped(struct batch *b)
{
	Roster__PolicyPublished e = ROSTER__POLICY_PUBLISHED__INIT;

	e.version = (char *)POLICY_SHIPPED_VERSION;
	e.effective_from_day = day_of_civil(2017, 8, 1);
	e.document_json = policy_patched(data_dachuan_2017_96_json, "{}", batch_arena(b));
	assert(e.document_json);
	batch_emit(b, batch_district(b), &e.base);
}

void
roster_district_put(struct batch *b, const void *m)
{
	const Roster__PutDistrict *in = m;
	RosterRows__District key = ROSTER_ROWS__DISTRICT__INIT;
	Roster__DistrictPut e = ROSTER__DISTRICT_PUT__INIT;
	Roster__District out = ROSTER__DISTRICT__INIT;
	struct faults fs = { 0 };

	key.district = out.id = (char *)batch_district(b);
	out.name = e.name = in->name;
	out.n_areas = e.n_areas = in->n_areas;
	out.areas = e.areas = in->areas;
	out.partition = partition_of(out.id);
	const RosterRows__District *now = batch_get(b, &roster_table_district, &key);

	put_name_ok(&fs, in->name, "/name");
	check_areas(b, in, &fs);
	if (!fs.n && township_left(b, in))
		put_fault(&fs, 409, "area.in_use", "/areas", "A township lies in an area that is left out.");
	if (put_refused(b, &fs))
		return;
	if (!now || !district_same(b, now, in))
		batch_emit(b, out.id, &e.base);
	if (!now)
		publish_shipped(b);
	batch_answer(b, now ? 200 : 201, &out.base);
}

/* ---- the fact */

void
roster_on_district_want(struct batch *b, const void *m)
{
	(void)m;
	want_district(b);
}

void
roster_on_district(struct batch *b, const void *m)
{
	const Roster__DistrictPut *e = m;
	RosterRows__District row = ROSTER_ROWS__DISTRICT__INIT;
	const void **old;
	size_t n = list_all(b, &roster_table_area, &old);

	row.district = (char *)batch_district(b);
	row.name = e->name;
	batch_put(b, &roster_table_district, &row);
	for (size_t i = 0; i < n; i++)
		batch_drop(b, &roster_table_area, old[i]);
	for (size_t i = 0; i < e->n_areas; i++) {
		RosterRows__Area area = ROSTER_ROWS__AREA__INIT;

		area.district = row.district;
		area.area_id = e->areas[i]->id;
		area.name = e->areas[i]->name;
		area.place = (int32_t)i;
		batch_put(b, &roster_table_area, &area);
	}
}

/* ---- POST of a policy */

void
roster_policy_want(struct batch *b, const void *m)
{
	(void)m;
	want_policies(b);
}

/* The policy in force on a day: the last to begin by then; NULL: none yet. */
static const MirrorRows__Policy *
in_force(const void **rows, size_t n, int32_t day)
{
	const MirrorRows__Policy *last = NULL;

	for (size_t i = 0; i < n; i++)
		if (((const MirrorRows__Policy *)rows[i])->effective_from_day <= day)
			last = rows[i];
	return last;
}

/* A version's name stands for its content, for ever. */
static bool
version_taken(const void **rows, size_t n, const char *version, const char *document)
{
	for (size_t i = 0; i < n; i++) {
		const MirrorRows__Policy *p = rows[i];
		if (strcmp(p->version, version) == 0 && strcmp(p->document_json, document) != 0)
			return true;
	}
	return false;
}

static bool
room_for(const void **rows, size_t n, const char *document)
{
	size_t bytes = strlen(document);

	for (size_t i = 0; i < n; i++)
		bytes += strlen(((const MirrorRows__Policy *)rows[i])->document_json);
	return bytes <= POLICIES_BYTES_MAX;
}

/* The document that the patch makes; NULL: refused. */
static char *
patched_document(struct batch *b, const char *base, const char *patch)
{
	char *document = policy_patched(base, patch, batch_arena(b));
	Policy__Policy *policy;
	Wire__Problem *problem;

	if (!document || strlen(document) > POLICY_BYTES_MAX) {
		batch_refuse(b, 422, "field.range", "/patch", "A policy is a JSON object of at most 128 KiB.");
		return NULL;
	}
	if (policy_parse(document, batch_arena(b), &policy, &problem) && policy_patch_shown(patch, batch_arena(b), &problem))
		return document;
	const Wire__ProblemError *first = problem->n_errors ? problem->errors[0] : NULL;
	batch_refuse(b, 422, first ? first->code : problem->code,
	             arena_printf(batch_arena(b), "/patch%s", first ? first->pointer : ""), problem->detail);
	return NULL;
}

void
roster_policy_publish(struct batch *b, const void *m)
{
	const Roster__PublishPolicy *in = m;
	Roster__PolicyPublished e = ROSTER__POLICY_PUBLISHED__INIT;
	Roster__PolicyVersion out = ROSTER__POLICY_VERSION__INIT;
	const void **rows;
	size_t n = list_all(b, &mirror_policy, &rows);
	const MirrorRows__Policy *base = in_force(rows, n, in->effective_from_day);

	if (!name_valid(in->version, VERSION_BYTES_MAX)) {
		batch_refuse(b, 422, "field.text", "/version", "A version is named by 1 to 64 bytes of text.");
		return;
	}
	if (!base) {
		batch_refuse(b, 422, "policy.no_base", "/effective_from", "No policy is in force on that day: there is nothing to patch.");
		return;
	}
	char *document = patched_document(b, base->document_json, in->patch_json);
	if (!document)
		return;
	if (base->effective_from_day == in->effective_from_day) {
		batch_refuse(b, 409, "policy.exists", "/effective_from", "A policy begins on that day already.");
		return;
	}
	if (version_taken(rows, n, in->version, document)) {
		batch_refuse(b, 409, "policy.version_taken", "/version", "This version is another document.");
		return;
	}
	if (!room_for(rows, n, document)) {
		batch_refuse(b, 409, "policy.too_many", NULL, "The policies of a district have at most 2 MiB in all.");
		return;
	}
	e.version = out.version = in->version;
	e.effective_from_day = out.effective_from_day = in->effective_from_day;
	e.document_json = out.document_json = document;
	batch_emit(b, batch_district(b), &e.base);
	batch_answer(b, 201, &out.base);
}
