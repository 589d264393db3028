/* contact_leader - who leads the contact of a village, and with the heads of units: who answers for a person or a
 * unit.
 *
 *   in:   roster.PostingPut
 *   out:  nothing
 *   owns: contact_leader (and, by lib/domain/mirror, posting)
 *
 * Where somebody belonged is looked up as at the incident, who is in office as of today.  A village that is only
 * named by a row which changes in the same batch is wanted by the event that changes it. */
#include "base/civil.h"
#include "alerts.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "json/copy.h"
#include <string.h>

typedef AlertsRows__ContactLeader Leader;

static const struct table leader_table = { "contact_leader", &alerts_rows__contact_leader__descriptor, 3, false };

static const struct copy
leader_of_posting = { &alerts_rows__contact_leader__descriptor, &roster__posting__descriptor, "district posting_id" };

/* ---- postings */

/* The posting as it stood before this put, whoever held it. */
static const MirrorRows__Posting *
posting_before(struct batch *b, const Roster__PostingPut *e)
{
	const char *person_id = *e->was_person_id ? e->was_person_id : e->posting->person_id;

	return batch_get(b, &mirror_posting, batch_pair(b, &mirror_posting, person_id, e->posting->id));
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
	batch_drop(b, &leader_table, batch_pair(b, &leader_table, was->village_id, was->posting_id));
}

static void
put_leader(struct batch *b, const Roster__Posting *p)
{
	Leader *row = batch_pair(b, &leader_table, p->village_id, p->id);

	copy_run(&leader_of_posting, row, p);
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

static bool
leads(const Leader *c, int32_t day)
{
	return day_within(day, c->from_day, c->maybe_to_case, c->to_day);
}

struct list { char **at; size_t n; };

static void
add_leaders(struct batch *b, const char *village_id, struct list *l)
{
	const void **rows;
	size_t n = batch_list_id(b, &leader_table, village_id, &rows);
	char **grown = arena_alloc(batch_arena(b), (l->n + n) * sizeof(*grown));

	memcpy(grown, l->at, l->n * sizeof(*grown));
	l->at = grown;
	for (size_t i = 0; i < n; i++) {
		const Leader *c = rows[i];
		if (leads(c, batch_today(b)))
			l->at[l->n++] = c->person_id;
	}
}

struct alerts_ids
alerts_in_charge(struct batch *b, char *person_id, int32_t on_day)
{
	const MirrorRows__Posting *const *postings;
	char *first[] = { person_id, alerts_head_over(b, person_id, on_day) };
	struct list l = { arena_copy(batch_arena(b), first, sizeof(first)), first[1] ? 2 : 1 };
	size_t n = mirror_postings(b, person_id, &postings);

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
