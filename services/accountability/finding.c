/* finding - what supervision has confirmed, kept in each case that it counts in.
 *
 *   in:   supervision.FindingConfirmed, FindingAnnulled; roster.PersonPut
 *   out:  what follows (recount.c)
 *   owns: finding; person (mirror) */
#include "bus/sealed_kind.h"
#include "case.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "facts.h"
#include "recount.h"
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef Supervision__FindingFact Fact;

static const struct copy
row_of_fact = { &accountability_rows__finding__descriptor, &supervision__finding_fact__descriptor,
                "district case_id finding_id confirmed_by confirmed_day state confirmed_by_person about_person_id" };

static bool
is_absence(Supervision__FindingKind kind)
{
	return kind == SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE;
}

/* Of everything but an absence: the unit it names, else that of the person on its date; NULL: none, or, while
 * wanting, not there yet. */
static const char *
unit_of(struct batch *b, const Fact *f)
{
	if (is_absence(f->kind))
		return NULL;
	if (f->maybe_unit_case)
		return f->unit_id;
	const MirrorRows__Person *p = f->maybe_person_case ? mirror_person_on(b, f->person_id, f->on_day) : NULL;
	return p ? p->unit_id : NULL;
}

static Finding *
row_of(struct batch *b, const Fact *f, const char *case_id)
{
	Finding *row = batch_pair(b, &finding_table, case_id, f->id);

	copy_run(&row_of_fact, row, f);
	if (f->maybe_person_case)
		row->about_person_id = f->person_id;
	return row;
}

/* ---- confirmed and annulled */

static void
want_finding(struct batch *b, const Fact *f)
{
	if (f->maybe_person_case)
		recount_want_person(b, f->person_id);
	if (unit_of(b, f))
		recount_want_unit(b, unit_of(b, f));
}

static void
confirmed_want(struct batch *b, const void *m)
{
	want_finding(b, ((const Supervision__FindingConfirmed *)m)->finding);
}

static void
annulled_want(struct batch *b, const void *m)
{
	want_finding(b, ((const Supervision__FindingAnnulled *)m)->finding);
}

/* An annulment is the last word about a finding, whatever comes after it. */
static void
keep_confirmed(struct batch *b, const Supervision__FindingConfirmed *e, const char *case_id)
{
	Finding *row = row_of(b, e->finding, case_id);
	const Finding *was = batch_get(b, &finding_table, row);

	if (was && was->state == SUPERVISION__FINDING_STATE__ANNULLED)
		return;
	row->state = SUPERVISION__FINDING_STATE__CONFIRMED;
	row->confirmed_by = e->confirmed_by;
	row->confirmed_by_person = e->confirmed_by_person;
	row->maybe_confirmed_case = ACCOUNTABILITY_ROWS__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY;
	row->confirmed_day = e->confirmed_day;
	batch_put(b, &finding_table, row);
}

/* What was confirmed stays readable in the case sheets of what it had led to. */
static void
keep_annulled(struct batch *b, const Fact *f, const char *case_id)
{
	Finding *row = row_of(b, f, case_id);
	const Finding *was = batch_get(b, &finding_table, row);

	if (was)
		*row = *was;
	row->state = SUPERVISION__FINDING_STATE__ANNULLED;
	batch_put(b, &finding_table, row);
}

static void
recount_finding(struct batch *b, const Fact *f, bool annulled)
{
	const char *unit_id = unit_of(b, f);

	recount(b, &(struct recount){
		.person_id = f->maybe_person_case ? f->person_id : NULL, .units = &unit_id, .nunits = unit_id != NULL,
		.finding_id = f->id, .annulled = annulled,
		.sealed = sealed_value(&supervision__finding_kind__descriptor, (int)f->kind),
	});
}

static void
on_confirmed(struct batch *b, const void *m)
{
	const Supervision__FindingConfirmed *e = m;
	const char *unit_id = unit_of(b, e->finding);

	if (e->finding->maybe_person_case)
		keep_confirmed(b, e, e->finding->person_id);
	if (unit_id)
		keep_confirmed(b, e, case_of_unit(unit_id, batch_arena(b)));
	recount_finding(b, e->finding, false);
}

static void
on_annulled(struct batch *b, const void *m)
{
	const Fact *f = ((const Supervision__FindingAnnulled *)m)->finding;
	const char *unit_id = unit_of(b, f);

	if (f->maybe_person_case)
		keep_annulled(b, f, f->person_id);
	if (unit_id)
		keep_annulled(b, f, case_of_unit(unit_id, batch_arena(b)));
	recount_finding(b, f, true);
}

/* ---- a person moves: what he is found to have done counts for the unit that he was of on its date, so a new unit
 * takes it over */

struct passing { const Finding *finding; const char *from; };

static size_t
passing_list(struct batch *b, const Roster__PersonPut *e, struct passing **out)
{
	const Finding *const *rows;
	size_t n = facts_of_case(b, e->id, &rows), count = 0;

	*out = arena_alloc(batch_arena(b), (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		const Finding *f = rows[i];
		const MirrorRows__Person *p = mirror_person_on(b, e->id, f->on_day);
		if (!is_absence(f->kind) && !f->unit_id[0] && f->on_day >= e->from_day && p)
			(*out)[count++] = (struct passing){ f, p->unit_id };
	}
	return count;
}

/* Whoever belongs to a unit from now on may be found, or recalled, in this same batch.  Most have never been found. */
static void
person_want(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;
	struct passing *list;

	batch_want_id(b, &finding_table, e->id);
	mirror_want_person_id(b, e->id);
	recount_want_unit(b, e->unit_id);
	size_t n = passing_list(b, e, &list);                           /* there in the second round */
	if (n)
		recount_want_person(b, e->id);
	for (size_t i = 0; i < n; i++)
		recount_want_unit(b, list[i].from);
}

static void
finding_pass(struct batch *b, const Finding *f, const char *from, const char *to)
{
	Finding row = *f;

	row.case_id = case_of_unit(from, batch_arena(b));
	batch_drop(b, &finding_table, &row);
	row.case_id = case_of_unit(to, batch_arena(b));
	batch_put(b, &finding_table, &row);
}

static void
on_person(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;
	struct passing *list;
	size_t n = passing_list(b, e, &list), nunits = 0;
	const char **units = arena_alloc(batch_arena(b), (2 * n + 1) * sizeof(*units));

	mirror_run_person(b, m);
	for (size_t i = 0; i < n; i++) {
		const char *to = mirror_person_on(b, e->id, list[i].finding->on_day)->unit_id;
		if (strcmp(list[i].from, to) == 0)
			continue;
		finding_pass(b, list[i].finding, list[i].from, to);
		units[nunits++] = list[i].from;
		units[nunits++] = to;
	}
	if (nunits)
		recount(b, &(struct recount){ .person_id = e->id, .units = units, .nunits = nunits });
}

const struct noun accountability_finding = {
	.tables = LIST(((const struct table *const[]){ &mirror_person, &finding_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &supervision__finding_confirmed__descriptor, .want = confirmed_want, .run = on_confirmed },
		{ .message = &supervision__finding_annulled__descriptor, .want = annulled_want, .run = on_annulled },
		{ .message = &roster__person_put__descriptor, .want = person_want, .run = on_person },
	})),
	.copies = LIST(((const struct copy *const[]){ &row_of_fact })),
};
