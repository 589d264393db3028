/* contact_leader - who leads the contact of a village, and with the heads of units: who answers for a person or a unit.
 *
 *   in:   roster.PostingPut
 *   out:  nothing
 *   owns: contact_leader (and, by lib/domain/mirror, posting)
 *
 * Where somebody belonged is looked up as at the incident, who is in office as of today.  A village that is only named by a row which
 * changes in the same batch is wanted by the event that changes it. */
#include "alerts.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "json/copy.h"
#include <string.h>

typedef AlertsRows__ContactLeader Leader;

static const struct table leader_table = { "contact_leader", &alerts_rows__contact_leader__descriptor, 3, false };

static const struct copy leader_of_posting = { &alerts_rows__contact_leader__descriptor, &roster__posting__descriptor, "district posting_id" };

/* ---- postings */

/* The posting as it stood before this put, whoever held it. */
static const MirrorRows__Posting *
posting_before(struct batch *b, const Roster__PostingPut *e)
{
	MirrorRows__Posting *key = batch_row(b, &mirror_posting, *e->was_person_id ? e->was_person_id : e->posting->person_id);

	key->posting_id = e->posting->id;
	return batch_get(b, &mirror_posting, key);
}

static void
posting_want(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;

	mirror_want_posting(b, m);
	batch_want_id(b, &leader_table, e->posting->village_id);
	const MirrorRows__Posting *was = posting_before(b, e);         /* there in the second round */
	if (was)
		batch_want_id(b, &leader_table, was->village_id);
}

static void
drop_leader(struct batch *b, const MirrorRows__Posting *was)
{
	Leader *row = batch_row(b, &leader_table, was->village_id);

	row->posting_id = was->posting_id;
	batch_drop(b, &leader_table, row);
}

static void
put_leader(struct batch *b, const Roster__Posting *p)
{
	Leader *row = batch_row(b, &leader_table, p->village_id);

	copy_run(&leader_of_posting, row, p);
	row->posting_id = p->id;
	batch_put(b, &leader_table, row);
}

static void
on_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	const MirrorRows__Posting *was = posting_before(b, e);

	if (was && was->role == ROSTER__ROLE__CONTACT_LEADER)
		drop_leader(b, was);
	if (e->posting->role == ROSTER__ROLE__CONTACT_LEADER && !e->voided)
		put_leader(b, e->posting);
	mirror_run_posting(b, m);
}

/* ---- who is in charge */

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
		batch_want_id(b, &leader_table, postings[i]->village_id);
}

char *
alerts_head_of(struct batch *b, const char *unit_id)
{
	const MirrorRows__Unit *u = mirror_unit_on(b, unit_id, batch_today(b));

	return u && u->maybe_head_case ? u->head_person_id : NULL;
}

char *
alerts_head_over(struct batch *b, const char *person_id, int32_t on_day)
{
	const MirrorRows__Person *p = mirror_person_on(b, person_id, on_day);

	return p ? alerts_head_of(b, p->unit_id) : NULL;
}

struct ids { char **at; size_t n, cap; };

static void
ids_add(struct batch *b, struct ids *l, char *id)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 8;
		char **grown = arena_alloc(batch_arena(b), cap * sizeof(*grown));
		if (l->n)
			memcpy(grown, l->at, l->n * sizeof(*grown));
		l->at = grown;
		l->cap = cap;
	}
	l->at[l->n++] = id;
}

static bool
leads(const Leader *c, int32_t day)
{
	return c->from_day <= day && (!c->maybe_to_case || day < c->to_day);
}

static void
add_leaders(struct batch *b, const char *village_id, struct ids *l)
{
	const void **rows;
	size_t n = batch_list_id(b, &leader_table, village_id, &rows);

	for (size_t i = 0; i < n; i++) {
		const Leader *c = rows[i];
		if (leads(c, batch_today(b)))
			ids_add(b, l, c->person_id);
	}
}

struct alerts_ids
alerts_in_charge(struct batch *b, char *person_id, int32_t on_day)
{
	const MirrorRows__Posting *const *postings;
	char *head = alerts_head_over(b, person_id, on_day);
	size_t n = mirror_postings(b, person_id, &postings);
	struct ids l = { 0 };

	ids_add(b, &l, person_id);
	if (head)
		ids_add(b, &l, head);
	for (size_t i = 0; i < n; i++)
		if (mirror_posting_covers(postings[i], on_day))
			add_leaders(b, postings[i]->village_id, &l);
	return (struct alerts_ids){ l.at, l.n };
}

const struct noun alerts_contact_leader = {
	.tables = LIST(((const struct table *const[]){ &leader_table, &mirror_posting })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__posting_put__descriptor, .want = posting_want, .run = on_posting },
	})),
	.copies = LIST(((const struct copy *const[]){ &leader_of_posting })),
};
