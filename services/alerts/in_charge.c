/* in_charge - who answers for a person or a unit: heads of units, contact leaders of villages, the organisation department.
 *
 *   in:   roster's PersonPut, PostingPut, AccountPut
 *   out:  nothing
 *   owns: contact_leader, department (and, by lib/mirror, person, posting)
 *
 * Where somebody belonged is looked up as at the incident, who is in office as of today.  A unit or village that is only named
 * by a row which changes in the same batch is wanted by the fact that changes it. */
#include "alerts.h"
#include "alerts_policy.h"
#include <string.h>

typedef AlertsRows__ContactLeader ContactLeader;

enum { OF_VILLAGE = 2 };                        /* prefix of a contact leader's key */

static ContactLeader
leader_key(const struct batch *b, const char *village_id)
{
	ContactLeader key = ALERTS_ROWS__CONTACT_LEADER__INIT;

	key.district = (char *)batch_district(b);
	key.village_id = (char *)village_id;
	return key;
}

static void
want_leaders(struct batch *b, const char *village_id)
{
	ContactLeader key = leader_key(b, village_id);

	batch_want(b, &alerts_table_contact_leader, &key, OF_VILLAGE);
}

/* ---- roster's facts */

void
alerts_want_person_put(struct batch *b, const void *m)
{
	mirror_want_person(b, m);
	mirror_want_unit_id(b, ((const Roster__PersonPut *)m)->unit_id);
}

void
alerts_on_person_put(struct batch *b, const void *m)
{
	mirror_run_person(b, m);
}

/* The posting as it stood before this put, whoever held it. */
static const MirrorRows__Posting *
posting_before(struct batch *b, const Roster__PostingPut *e)
{
	MirrorRows__Posting key = MIRROR_ROWS__POSTING__INIT;

	key.district = (char *)batch_district(b);
	key.posting_id = e->posting->id;
	key.person_id = *e->was_person_id ? e->was_person_id : e->posting->person_id;
	return batch_get(b, &mirror_posting, &key);
}

void
alerts_want_posting_put(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;

	mirror_want_posting(b, m);
	want_leaders(b, e->posting->village_id);
	const MirrorRows__Posting *was = posting_before(b, e);         /* there in the second round */
	if (was)
		want_leaders(b, was->village_id);
}

void
alerts_on_posting_put(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	const Roster__Posting *p = e->posting;
	const MirrorRows__Posting *was = posting_before(b, e);
	ContactLeader row = leader_key(b, p->village_id), old = leader_key(b, was ? was->village_id : "");

	row.posting_id = old.posting_id = p->id;
	row.person_id = p->person_id;
	row.from_day = p->from_day;
	row.maybe_to_case = p->maybe_to_case ? ALERTS_ROWS__CONTACT_LEADER__MAYBE_TO_TO_DAY : ALERTS_ROWS__CONTACT_LEADER__MAYBE_TO__NOT_SET;
	row.to_day = p->to_day;
	if (was && was->role == ROSTER__ROLE__CONTACT_LEADER)
		batch_drop(b, &alerts_table_contact_leader, &old);
	if (p->role == ROSTER__ROLE__CONTACT_LEADER && !e->voided)
		batch_put(b, &alerts_table_contact_leader, &row);
	mirror_run_posting(b, m);
}

/* ---- questions */

void
alerts_want_unit(struct batch *b, const char *unit_id)
{
	mirror_want_unit_id(b, unit_id);
}

void
alerts_want_in_charge(struct batch *b, const char *person_id, int32_t on_day)
{
	const MirrorRows__Posting *const *postings;

	mirror_want_person_id(b, person_id);
	const MirrorRows__Person *p = mirror_person_on(b, person_id, on_day);
	if (p)
		mirror_want_unit_id(b, p->unit_id);
	size_t n = mirror_postings(b, person_id, &postings);
	for (size_t i = 0; i < n; i++)
		want_leaders(b, postings[i]->village_id);
}

const char *
alerts_head_of(struct batch *b, const char *unit_id)
{
	const MirrorRows__Unit *u = mirror_unit_on(b, unit_id, batch_today(b));

	return u && u->maybe_head_case ? u->head_person_id : NULL;
}

const char *
alerts_head_over(struct batch *b, const char *person_id, int32_t on_day)
{
	const MirrorRows__Person *p = mirror_person_on(b, person_id, on_day);

	return p ? alerts_head_of(b, p->unit_id) : NULL;
}

static bool
leads(const ContactLeader *c, int32_t day)
{
	return c->from_day <= day && (!c->maybe_to_case || day < c->to_day);
}

struct ids { const char **at; size_t n, cap; };

static void
ids_add(struct batch *b, struct ids *l, const char *id)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 8;
		const char **grown = arena_alloc(batch_arena(b), cap * sizeof(*grown));
		if (l->n)
			memcpy(grown, l->at, l->n * sizeof(*grown));
		l->at = grown;
		l->cap = cap;
	}
	l->at[l->n++] = id;
}

static void
add_leaders(struct batch *b, const char *village_id, struct ids *l)
{
	ContactLeader key = leader_key(b, village_id);
	const void **rows;
	size_t n = batch_list(b, &alerts_table_contact_leader, &key, OF_VILLAGE, &rows);

	for (size_t i = 0; i < n; i++)
		if (leads(rows[i], batch_today(b)))
			ids_add(b, l, ((const ContactLeader *)rows[i])->person_id);
}

size_t
alerts_in_charge(struct batch *b, const char *person_id, int32_t on_day, const char ***ids)
{
	const MirrorRows__Posting *const *postings;
	const char *head = alerts_head_over(b, person_id, on_day);
	size_t npostings = mirror_postings(b, person_id, &postings);
	struct ids l = { 0 };

	ids_add(b, &l, person_id);
	if (head)
		ids_add(b, &l, head);
	for (size_t i = 0; i < npostings; i++)
		if (mirror_posting_covers(postings[i], on_day))
			add_leaders(b, postings[i]->village_id, &l);
	*ids = l.at;
	return l.n;
}

/* ---- the organisation department: whose accounts administer the district */

static AlertsRows__Department
department_key(const struct batch *b, const char *account_id)
{
	AlertsRows__Department key = ALERTS_ROWS__DEPARTMENT__INIT;

	key.district = (char *)batch_district(b);
	key.account_id = (char *)account_id;
	return key;
}

void
alerts_want_account_put(struct batch *b, const void *m)
{
	AlertsRows__Department key = department_key(b, ((const Roster__AccountPut *)m)->id);

	batch_want(b, &alerts_table_department, &key, 2);
}

void
alerts_on_account_put(struct batch *b, const void *m)
{
	const Roster__AccountPut *e = m;
	AlertsRows__Department row = department_key(b, e->id);
	bool administers = false;

	row.person_id = e->person_id;
	for (size_t i = 0; i < e->n_roles; i++)
		administers = administers || e->roles[i] == WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN;
	if (administers && !e->disabled && *row.person_id)
		batch_put(b, &alerts_table_department, &row);
	else
		batch_drop(b, &alerts_table_department, &row);
}

void
alerts_want_department(struct batch *b)
{
	AlertsRows__Department key = department_key(b, "");

	batch_want(b, &alerts_table_department, &key, 1);
}

size_t
alerts_department(struct batch *b, const char ***ids)
{
	AlertsRows__Department key = department_key(b, "");
	const void **rows;
	size_t n = batch_list(b, &alerts_table_department, &key, 1, &rows);
	struct ids l = { 0 };

	for (size_t i = 0; i < n; i++) {
		const char *id = ((const AlertsRows__Department *)rows[i])->person_id;
		size_t k = 0;
		while (k < l.n && strcmp(l.at[k], id) != 0)
			k++;
		if (k == l.n)
			ids_add(b, &l, id);
	}
	*ids = l.at;
	return l.n;
}

/* ---- of the department, those who have no part in a case */

static size_t
history(struct batch *b, const char *person_id, const MirrorRows__Person *const **rows)
{
	MirrorRows__Person key = MIRROR_ROWS__PERSON__INIT;
	const void **all;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	size_t n = batch_list(b, &mirror_person, &key, 2, &all);
	*rows = (const MirrorRows__Person *const *)all;
	return n;
}

static void
want_history(struct batch *b, const char *person_id)
{
	MirrorRows__Person key = MIRROR_ROWS__PERSON__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	batch_want(b, &mirror_person, &key, 2);
}

void
alerts_want_apart(struct batch *b, const char *person_id, const char *unit_id)
{
	const MirrorRows__Person *const *rows;
	const char **ids;

	alerts_want_department(b);
	size_t n = alerts_department(b, &ids);                  /* there in the second round, like the next ones */
	for (size_t i = 0; i < n; i++)
		want_history(b, ids[i]);
	if (unit_id)
		alerts_want_unit(b, unit_id);
	if (!person_id)
		return;
	want_history(b, person_id);
	n = history(b, person_id, &rows);
	for (size_t i = 0; i < n; i++) {
		alerts_want_unit(b, rows[i]->unit_id);
		for (size_t k = 0; k < rows[i]->n_also_unit_ids; k++)
			alerts_want_unit(b, rows[i]->also_unit_ids[k]);
	}
}

/* The units that somebody has belonged to since a day. */
static void
belonged_since(struct batch *b, const char *person_id, int32_t day, struct ids *l)
{
	const MirrorRows__Person *const *rows;
	size_t n = history(b, person_id, &rows);

	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || rows[i + 1]->from_day > day) {
			ids_add(b, l, rows[i]->unit_id);
			for (size_t k = 0; k < rows[i]->n_also_unit_ids; k++)
				ids_add(b, l, rows[i]->also_unit_ids[k]);
		}
}

static bool
has_headed_since(struct batch *b, const char *unit_id, const char *person_id, int32_t day)
{
	MirrorRows__Unit key = MIRROR_ROWS__UNIT__INIT;
	const void **rows;

	key.district = (char *)batch_district(b);
	key.unit_id = (char *)unit_id;
	size_t n = batch_list(b, &mirror_unit, &key, 2, &rows);
	for (size_t i = 0; i < n; i++) {
		const MirrorRows__Unit *u = rows[i];
		bool counts = i + 1 == n || ((const MirrorRows__Unit *)rows[i + 1])->from_day > day;
		if (counts && u->maybe_head_case && strcmp(u->head_person_id, person_id) == 0)
			return true;
		for (size_t k = 0; counts && k < u->n_also_head_ids; k++)
			if (strcmp(u->also_head_ids[k], person_id) == 0)
				return true;
	}
	return false;
}

static struct alerts_official
official(struct batch *b, const char *person_id, const struct alerts_matter *of, int32_t day)
{
	struct ids l = { 0 };

	belonged_since(b, person_id, day, &l);
	for (size_t i = 0; i < of->nunits; i++)
		if (has_headed_since(b, of->units[i], person_id, day))
			ids_add(b, &l, of->units[i]);
	return (struct alerts_official){ person_id, l.at, l.n };
}

size_t
alerts_apart_of(struct batch *b, const char *person_id, const char *unit_id, int32_t on_day, const char ***ids)
{
	struct ids units = { 0 };
	const char **all;
	size_t n = alerts_department(b, &all);
	struct alerts_official *officials = arena_alloc(batch_arena(b), (n + 1) * sizeof(*officials));

	if (unit_id)
		ids_add(b, &units, unit_id);
	if (person_id)
		belonged_since(b, person_id, on_day, &units);
	const struct alerts_matter of = { person_id ? person_id : "", units.at, units.n };
	for (size_t i = 0; i < n; i++)
		officials[i] = official(b, all[i], &of, on_day);
	return alerts_apart(officials, n, &of, batch_arena(b), ids);
}
