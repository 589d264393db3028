/* in_charge - who answers for a person or a unit: heads of units, contact leaders of villages, the organisation department.
 *
 *   in:   roster's PersonPut, PostingPut, AccountPut
 *   out:  nothing
 *   owns: contact_leader, department (and, by lib/domain/mirror, person, posting, account)
 *
 * Where somebody belonged is looked up as at the incident, who is in office as of today.  A unit or village that is only named
 * by a row which changes in the same batch is wanted by the fact that changes it. */
#include "alerts.h"
#include "base/civil.h"
#include "domain/duty_batch.h"
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
	return day_within(day, c->from_day, c->maybe_to_case, c->to_day);
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

	mirror_want_account(b, m);
	batch_want(b, &alerts_table_department, &key, 2);
}

void
alerts_on_account_put(struct batch *b, const void *m)
{
	const Roster__AccountPut *e = m;
	AlertsRows__Department row = department_key(b, e->id);
	bool administers = false;

	mirror_run_account(b, m);
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

/* ---- of the department, those who have no part in a case (lib/domain/duty.h) */

void
alerts_want_apart(struct batch *b, const char *person_id, const char *unit_id)
{
	AlertsRows__Department key = department_key(b, "");
	const void **rows;

	alerts_want_department(b);
	duty_want_case(b, person_id, unit_id);
	size_t n = batch_list(b, &alerts_table_department, &key, 1, &rows);    /* there in the second round */
	for (size_t i = 0; i < n; i++) {
		const AlertsRows__Department *d = rows[i];
		duty_want_for(b, d->account_id, d->person_id);
	}
}

static bool
knows(struct batch *b, const AlertsRows__Department *of, const struct alerts_matter *m)
{
	struct duty d = duty_open_for(b, of->account_id, of->person_id, WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN);

	duty_about(b, &d, m->person_id, m->unit_id, m->first_day);
	return duty_knows(&d);
}

/* By none of his accounts that would tell him has he a part in it: a message is to a person, not to an account. */
bool
alerts_apart(struct batch *b, const char *person_id, const struct alerts_matter *m)
{
	AlertsRows__Department key = department_key(b, "");
	const void **rows;
	size_t n = batch_list(b, &alerts_table_department, &key, 1, &rows), known = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(((const AlertsRows__Department *)rows[i])->person_id, person_id) != 0)
			continue;
		if (!knows(b, rows[i], m))
			return false;
		known++;
	}
	return known > 0;
}

size_t
alerts_apart_of(struct batch *b, const struct alerts_matter *m, const char ***ids)
{
	const char **all;
	size_t n = alerts_department(b, &all), count = 0;

	*ids = arena_alloc(batch_arena(b), (n + 1) * sizeof(**ids));
	for (size_t i = 0; i < n; i++)
		if (alerts_apart(b, all[i], m))
			(*ids)[count++] = all[i];
	return count;
}
