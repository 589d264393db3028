/* finding - what supervision has found of people, as far as it holds their postings.
 *
 *   in:   supervision.FindingNoted, FindingDismissed, FindingConfirmed, FindingAnnulled
 *   out:  nothing
 *   owns: noted_finding, confirmed_finding
 *
 * A finding of a day keeps a posting on that day.  A sealed one holds nothing against who may not know of it (C3.2.2),
 * not even by a refusal. */
#include "finding.h"
#include "bus/sealed_kind.h"
#include "domain/duty_batch.h"
#include "engine/keyed.h"
#include "roster.h"
#include "supervision.pb-c.h"

typedef RosterRows__NotedFinding Noted;
typedef Supervision__FindingFact Fact;

static const struct table noted_table = { "noted_finding", &roster_rows__noted_finding__descriptor, 3, false };
static const struct table confirmed_table = {
	"confirmed_finding", &roster_rows__confirmed_finding__descriptor, 3, false,
};

/* ---- what they hold */

void
roster_findings_want(struct batch *b, const char *person_id)
{
	batch_want_id(b, &confirmed_table, person_id);
	duty_want(b);
	duty_want_about(b, person_id, NULL);
}

void
roster_noted_findings_want(struct batch *b, const char *person_id)
{
	batch_want_id(b, &noted_table, person_id);
}

/* Whether who commands may know of it. */
static bool
is_known(struct batch *b, bool sealed, const char *person_id, int32_t day)
{
	if (!sealed)
		return true;
	struct duty d = duty_open(b);
	duty_about(b, &d, person_id, NULL, day);
	return duty_knows(&d);
}

/* A person's confirmed findings that may be held against who commands. */
static size_t
confirmed_of(struct batch *b, const char *person_id, const Finding *const **out)
{
	const void **all;
	size_t n = batch_list_id(b, &confirmed_table, person_id, &all), count = 0;
	const Finding **known = arena_alloc(batch_arena(b), (n + 1) * sizeof(*known));

	for (size_t i = 0; i < n; i++) {
		const Finding *f = all[i];
		if (is_known(b, f->sealed, person_id, f->on_day))
			known[count++] = f;
	}
	*out = known;
	return count;
}

const char *
roster_finding_bars_put(struct batch *b, const char *person_id, struct postings held, const Posting *put)
{
	const Finding *const *findings;
	size_t n = confirmed_of(b, person_id, &findings);
	const Finding *left = roster_finding_left(findings, n, held, put);

	return left ? left->finding_id : NULL;
}

static const char *
noted_on(struct batch *b, const Posting *p, struct postings held)
{
	const void **rows;
	size_t n = batch_list_id(b, &noted_table, p->person_id, &rows);

	for (size_t i = 0; i < n; i++) {
		const Noted *f = rows[i];
		if (is_known(b, f->sealed, f->person_id, f->on_day) && roster_finding_rests(p, f->on_day, held))
			return f->finding_id;
	}
	return NULL;
}

static const char *
confirmed_on(struct batch *b, const Posting *p, struct postings held)
{
	const Finding *const *findings;
	size_t n = confirmed_of(b, p->person_id, &findings);

	for (size_t i = 0; i < n; i++)
		if (roster_finding_rests(p, findings[i]->on_day, held))
			return findings[i]->finding_id;
	return NULL;
}

const char *
roster_finding_bars_void(struct batch *b, const Posting *p, struct postings held)
{
	const char *noted = noted_on(b, p, held);

	return noted ? noted : confirmed_on(b, p, held);
}

/* ---- events.  Those of a unit hold no posting. */

static void
want_in(struct batch *b, const struct table *t, bool of_person, const char *person_id, const char *id)
{
	if (of_person)
		batch_want_pair(b, t, person_id, id);
}

static void
drop_in(struct batch *b, const struct table *t, bool of_person, const char *person_id, const char *id)
{
	if (of_person)
		batch_drop(b, t, batch_pair(b, t, person_id, id));
}

static bool
is_sealed(const Fact *f)
{
	return sealed_value(&supervision__finding_kind__descriptor, (int)f->kind);
}

static void
noted_want(struct batch *b, const void *m)
{
	const Fact *f = ((const Supervision__FindingNoted *)m)->finding;

	want_in(b, &noted_table, f->maybe_person_case, f->person_id, f->id);
}

static void
on_noted(struct batch *b, const void *m)
{
	const Fact *f = ((const Supervision__FindingNoted *)m)->finding;

	if (!f->maybe_person_case)
		return;
	Noted *row = batch_pair(b, &noted_table, f->person_id, f->id);
	row->on_day = f->on_day;
	row->sealed = is_sealed(f);
	batch_put(b, &noted_table, row);
}

static void
dismissed_want(struct batch *b, const void *m)
{
	const Supervision__FindingDismissed *e = m;

	want_in(b, &noted_table, e->maybe_person_case, e->person_id, e->id);
}

static void
on_dismissed(struct batch *b, const void *m)
{
	const Supervision__FindingDismissed *e = m;

	drop_in(b, &noted_table, e->maybe_person_case, e->person_id, e->id);
}

static void
confirmed_want(struct batch *b, const void *m)
{
	const Fact *f = ((const Supervision__FindingConfirmed *)m)->finding;

	want_in(b, &confirmed_table, f->maybe_person_case, f->person_id, f->id);
	want_in(b, &noted_table, f->maybe_person_case, f->person_id, f->id);
}

static void
on_confirmed(struct batch *b, const void *m)
{
	const Fact *f = ((const Supervision__FindingConfirmed *)m)->finding;

	if (!f->maybe_person_case)
		return;
	Finding *row = batch_pair(b, &confirmed_table, f->person_id, f->id);
	row->on_day = f->on_day;
	row->sealed = is_sealed(f);
	batch_put(b, &confirmed_table, row);
	drop_in(b, &noted_table, true, f->person_id, f->id);
}

static void
annulled_want(struct batch *b, const void *m)
{
	const Fact *f = ((const Supervision__FindingAnnulled *)m)->finding;

	want_in(b, &confirmed_table, f->maybe_person_case, f->person_id, f->id);
}

static void
on_annulled(struct batch *b, const void *m)
{
	const Fact *f = ((const Supervision__FindingAnnulled *)m)->finding;

	drop_in(b, &confirmed_table, f->maybe_person_case, f->person_id, f->id);
}

const struct noun roster_finding = {
	.tables = LIST(((const struct table *const[]){ &confirmed_table, &noted_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &supervision__finding_noted__descriptor, .want = noted_want, .run = on_noted,
		  .deferrable = true },
		{ .message = &supervision__finding_dismissed__descriptor, .want = dismissed_want, .run = on_dismissed,
		  .deferrable = true },
		{ .message = &supervision__finding_confirmed__descriptor, .want = confirmed_want, .run = on_confirmed,
		  .deferrable = true },
		{ .message = &supervision__finding_annulled__descriptor, .want = annulled_want, .run = on_annulled },
	})),
};
