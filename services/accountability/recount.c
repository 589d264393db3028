/* recount - see recount.h.
 *
 *   in:   PolicyPublished, and for each case that it may move a job `recount`; what other rooms say has moved
 *   out:  MeasuresChanged; RecallMoved, of recalls that end
 *   owns: policy (mirror) */
#include "recount.h"
#include "accountability_policy.h"
#include "accountability_recount.sql.h"
#include "base/digest.h"
#include "case.h"
#include "criticism_policy.h"
#include "decision.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "facts.h"
#include "recall_policy.h"
#include "secret.h"
#include <stdio.h>
#include <string.h>

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef AccountabilityRows__Recall Recall;
typedef AccountabilityRows__UnitRecall UnitRecall;

#define RECOUNT "recount"                               /* kind of job; subject: a case */

/* ---- what a count reads */

static void
want_rows(struct batch *b, const char *case_id)
{
	batch_want_id(b, &measure_table, case_id);
	batch_want_id(b, &finding_table, case_id);
	decision_want(b, case_id);
	secret_want(b);
}

static void
want_unit_recalls(struct batch *b, const char *unit_id)
{
	const UnitRecall *const *rows;

	batch_want_id(b, &unit_recall_table, unit_id);
	size_t n = case_unit_recalls(b, unit_id, &rows);
	for (size_t i = 0; i < n; i++) {
		batch_want_id(b, &finding_table, rows[i]->person_id);
		if (rows[i]->head_person_id[0])
			mirror_want_person_id(b, rows[i]->head_person_id);      /* for whoever moves the measure too */
		else
			batch_want_id(b, &recall_table, rows[i]->person_id);    /* for when a head is known */
	}
}

void
recount_want_unit(struct batch *b, const char *unit_id)
{
	const MirrorRows__Unit *const *history;

	want_rows(b, case_of_unit(unit_id, batch_arena(b)));
	mirror_want_unit_id(b, unit_id);
	want_unit_recalls(b, unit_id);
	size_t n = mirror_units(b, unit_id, &history);                  /* there in the second round */
	for (size_t i = 0; i < n; i++)
		if (history[i]->maybe_head_case)
			mirror_want_person_id(b, history[i]->head_person_id);
}

void
recount_want_recalls(struct batch *b, const char *person_id)
{
	const Recall *const *rows;

	batch_want_id(b, &recall_table, person_id);
	size_t n = case_recalls(b, person_id, &rows);                   /* there in the second round */
	for (size_t i = 0; i < n; i++)
		if (rows[i]->maybe_unit_case)
			recount_want_unit(b, rows[i]->unit_id);
}

void
recount_want_person(struct batch *b, const char *person_id)
{
	want_rows(b, person_id);
	mirror_want_person_id(b, person_id);            /* the unit too, for whoever moves the measure in this batch */
	recount_want_recalls(b, person_id);
}

/* ---- what changes in a case */

/* A function of what it names (§5 Identity), so a measure that comes back is the same one.  Whoever can name a sealed
 * one must not be able to ask whether it is there, so its id is made with a secret too. */
static char *
measure_id(struct batch *b, const char *case_id, const Measure *m)
{
	char id[SHORT_ID_MAX], year[16];
	arena_t *a = batch_arena(b);
	const char *subject = m->unit_id[0] ? arena_printf(a, "%s/%s", case_id, m->head_person_id)
	                                    : arena_printf(a, "person/%s", case_id);
	const ProtobufCEnumDescriptor *kinds = &accountability__measure_kind__descriptor;
	const char *kind = protobuf_c_enum_descriptor_get_value(kinds, (int)m->kind)->name;
	const char *parts[] = { batch_district(b), subject, m->clause, kind, m->recall_id[0] ? m->recall_id : year };

	snprintf(year, sizeof(year), "%d", m->window_year);
	if (case_sealed(m))
		short_id_keyed(secret_of_district(b), parts, ALEN(parts), id);
	else
		short_id(parts, ALEN(parts), id);
	return arena_printf(a, "m-%s", id);
}

static bool
is_said_of(const Accountability__MeasureChange *c, const char *case_id, const Measure *m)
{
	const Accountability__Subject *s = c->measure->subject;
	const char *unit_id = s->maybe_unit_case ? s->unit_id : "";
	const char *person_id = s->maybe_person_case ? s->person_id : "";

	return c->measure->kind == m->kind && strcmp(c->measure->clause, m->clause) == 0 &&
	       strcmp(unit_id, m->unit_id) == 0 &&
	       strcmp(person_id, m->unit_id[0] ? m->head_person_id : case_id) == 0 &&
	       strcmp(c->grounds->ladder, m->ladder) == 0 && c->grounds->window_year == m->window_year &&
	       strcmp(c->grounds->recall_id, m->recall_id) == 0;
}

/* The id that it was given when this was done for the first time; a replay has no secret to make it with.  NULL:
 * none. */
static char *
logged_id(const struct batch *b, const char *case_id, const Measure *m)
{
	const Accountability__MeasuresChanged *e;

	for (size_t i = 0; (e = batch_logged(b, &accountability__measures_changed__descriptor, i)) != NULL; i++)
		for (size_t k = 0; k < e->n_changes; k++)
			if (is_said_of(e->changes[k], case_id, m))
				return e->changes[k]->measure->id;
	return NULL;
}

/* What is new gets its keys. */
static void
keys_set(struct batch *b, const char *case_id, Measure *m)
{
	char *id = case_sealed(m) && batch_replays(b) ? logged_id(b, case_id, m) : measure_id(b, case_id, m);

	m->case_id = arena_strdup(batch_arena(b), case_id);
	m->measure_id = id ? id : arena_strdup(batch_arena(b), "");
}

struct measures { Measure **at; size_t n; };
struct changes { struct measure_change *at; size_t n; };

static struct measures
both(struct measures x, struct measures y, arena_t *a)
{
	struct measures all = { .at = arena_alloc(a, (x.n + y.n + 1) * sizeof(*all.at)), .n = x.n + y.n };

	if (x.n)
		memcpy(all.at, x.at, x.n * sizeof(*all.at));
	if (y.n)
		memcpy(all.at + x.n, y.at, y.n * sizeof(*all.at));
	return all;
}

static void
changes_join(struct changes *all, const struct measure_change *more, size_t n, arena_t *a)
{
	struct measure_change *grown = arena_alloc(a, (all->n + n + 1) * sizeof(*grown));

	if (all->n)
		memcpy(grown, all->at, all->n * sizeof(*grown));
	if (n)
		memcpy(grown + all->n, more, n * sizeof(*grown));
	*all = (struct changes){ grown, all->n + n };
}

/* Changes of one case are added to those before. */
static void
changes_add(struct batch *b, const char *case_id, struct measures due, struct changes *all)
{
	const Measure *const *standing;
	struct measure_change *more;
	size_t nstanding = case_measures(b, case_id, &standing);

	ladder_identify(due.at, due.n, standing, nstanding);
	decision_hold(b, case_id, due.at, due.n);
	size_t n = ladder_diff(due.at, due.n, standing, nstanding, batch_arena(b), &more);
	for (size_t i = 0; i < n; i++)
		if (!more[i].was)
			keys_set(b, case_id, more[i].is);
	changes_join(all, more, n, batch_arena(b));
}

/* ---- a person */

static struct measures
absences_due(struct batch *b, const char *person_id)
{
	arena_t *a = batch_arena(b);
	const Finding *const *findings;
	const MirrorRows__Posting *const *postings;
	struct absence *absences;
	struct measures due;
	size_t nfindings = facts_of_case(b, person_id, &findings), npostings = mirror_postings(b, person_id, &postings);
	size_t n = ladder_absences(batch_policies(b), findings, nfindings, a, &absences);

	due.n = ladder_measures(absences, n, postings, npostings, a, &due.at);
	return due;
}

static struct measures
criticisms_due(struct batch *b, const char *person_id)
{
	const Finding *const *findings;
	const MirrorRows__Posting *const *postings;
	struct measures due;
	size_t n = facts_of_case(b, person_id, &findings), npostings = mirror_postings(b, person_id, &postings);

	due.n = criticism_measures(batch_policies(b), findings, n, postings, npostings, batch_arena(b), &due.at);
	return due;
}

/* A case's recall measure is in the state that its steps have brought it to, unless it was called off on these facts
 * before. */
static void
changes_follow(const Measure *was, recall_state_t state, struct changes *all, arena_t *a)
{
	Accountability__MeasureState to = recall_measure_state(state);

	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].was == was) {
			if (all->at[i].change == ACCOUNTABILITY__CHANGE__AMENDED &&
			    !measure_is_refused(all->at[i].is->state))
				all->at[i].is->state = to;
			return;
		}
	if (was->state == to)
		return;
	Measure *is = arena_copy(a, was, sizeof(*was));
	is->state = to;
	changes_join(all, &(struct measure_change){ ACCOUNTABILITY__CHANGE__MOVED, was, is }, 1, a);
}

/* The ladders, and what the ordered recalls that they still support bring.  opened: the recall measures among what is
 * due. */
static void
person_changes(struct batch *b, const char *person_id, const Recall *const *recalls, size_t nrecalls,
               struct measures *opened, struct changes *all)
{
	arena_t *a = batch_arena(b);
	const Measure *const *standing;
	size_t nstanding = case_measures(b, person_id, &standing);
	struct measures ladder = absences_due(b, person_id), brought;

	ladder_identify(ladder.at, ladder.n, standing, nstanding);
	decision_hold(b, person_id, ladder.at, ladder.n);
	*opened = ladder;
	brought.n = recall_measures(recalls, nrecalls, (const Measure *const *)ladder.at, ladder.n, batch_policies(b),
	                            a, &brought.at);
	changes_add(b, person_id, both(both(ladder, brought, a), criticisms_due(b, person_id), a), all);
	for (size_t i = 0; i < nrecalls; i++)
		for (size_t k = 0; k < nstanding; k++)
			if (strcmp(standing[k]->measure_id, recalls[i]->recall_id) == 0 &&
			    standing[k]->state != ACCOUNTABILITY__MEASURE_STATE__REVOKED)
				changes_follow(standing[k], recalls[i]->state, all, a);
}

/* ---- a unit */

/* The recalls of the unit as they will be counted, once this person's have changed. */
static struct measures
heads_due(struct batch *b, const char *unit_id, const char *person_id, const struct measures *opened)
{
	const UnitRecall *const *of_unit, **counted;
	arena_t *a = batch_arena(b);
	struct measures due;
	size_t n = case_unit_recalls(b, unit_id, &of_unit);

	n = recall_counted(of_unit, n, person_id, (const Measure *const *)opened->at, opened->n, a, &counted);
	due.n = recall_head_measures(counted, n, batch_policies(b), a, &due.at);
	return due;
}

/* The first head counts from ever, as any first value does: a unit is there before anybody can be its head. */
static size_t
headships(struct batch *b, const char *unit_id, struct headship **out)
{
	const MirrorRows__Unit *const *history;
	size_t n = mirror_units(b, unit_id, &history), first = 0;

	*out = arena_alloc(batch_arena(b), (n + 1) * sizeof(**out));
	while (first < n && !history[first]->maybe_head_case)
		first++;
	for (size_t i = 0; i < n; i++) {
		const MirrorRows__Unit *u = i < first && first < n ? history[first] : history[i];
		struct headship *h = &(*out)[i];
		*h = (struct headship){ .from_day = history[i]->from_day, .person_id = "" };
		if (u->maybe_head_case) {
			h->person_id = u->head_person_id;
			h->npostings = mirror_postings(b, h->person_id, &h->postings);
		}
	}
	return n;
}

static struct measures
unit_criticisms_due(struct batch *b, const char *unit_id)
{
	arena_t *a = batch_arena(b);
	const Finding *const *findings;
	struct headship *heads;
	struct measures due;
	size_t n = facts_of_case(b, case_of_unit(unit_id, a), &findings), nheads = headships(b, unit_id, &heads);

	due.n = criticism_unit_measures(batch_policies(b), unit_id, findings, n, heads, nheads, a, &due.at);
	return due;
}

static void
unit_changes(struct batch *b, const char *unit_id, const char *person_id, const struct measures *opened,
             struct changes *all)
{
	struct measures heads = heads_due(b, unit_id, person_id, opened), criticisms = unit_criticisms_due(b, unit_id);
	arena_t *a = batch_arena(b);

	changes_add(b, case_of_unit(unit_id, a), both(heads, criticisms, a), all);
}

/* ---- all that one input moved */

/* The earliest fact of what they were and are. */
static int32_t
first_day(struct batch *b, const struct changes *all)
{
	int32_t first = batch_today(b);

	for (size_t i = 0; i < all->n; i++) {
		const Measure *of[] = { all->at[i].is, all->at[i].was };
		for (size_t k = 0; k < ALEN(of) && case_sealed(all->at[i].is); k++) {
			int32_t day = of[k] ? facts_first_day(b, facts_of_measure(of[k]), of[k]->absence_day) : first;
			first = day < first ? day : first;
		}
	}
	return first;
}

static Accountability__Subject *
subject_of(const struct recount *r, arena_t *a)
{
	Accountability__Subject *s = arena_message(a, &accountability__subject__descriptor);

	if (r->person_id) {
		s->maybe_person_case = ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID;
		s->person_id = arena_strdup(a, r->person_id);
	} else {
		s->maybe_unit_case = ACCOUNTABILITY__SUBJECT__MAYBE_UNIT_UNIT_ID;
		s->unit_id = arena_strdup(a, r->units[0]);
	}
	return s;
}

/* What is sealed is said apart: of the rest nothing must show that there was more. */
static void
say_changes(struct batch *b, const struct recount *r, const struct changes *all, bool sealed)
{
	Accountability__MeasuresChanged e = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
	arena_t *a = batch_arena(b);

	e.subject = subject_of(r, a);
	e.finding_id = arena_strdup(a, r->finding_id && (sealed || !r->sealed) ? r->finding_id : "");
	e.account = arena_strdup(a, r->account ? r->account : "");
	e.correction = r->annulled;
	e.changes = arena_alloc(a, (all->n + 1) * sizeof(*e.changes));
	for (size_t i = 0; i < all->n; i++) {
		if (case_sealed(all->at[i].is) != sealed)
			continue;
		e.changes[e.n_changes++] = case_change(all->at[i].change, all->at[i].was, all->at[i].is, a);
		e.correction = e.correction || ladder_shrank(&all->at[i]);
	}
	if (e.n_changes == 0)
		return;
	if (sealed) {
		e.maybe_first_case = ACCOUNTABILITY__MEASURES_CHANGED__MAYBE_FIRST_FIRST_DAY;
		e.first_day = first_day(b, all);
	}
	batch_emit(b, r->person_id ? r->person_id : r->units[0], &e.base);
}

static bool
is_named(const char *const *units, size_t n, const char *unit_id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(units[i], unit_id) == 0)
			return true;
	return false;
}

/* Those named, then those of the recalls; none twice. */
static size_t
units_moved(const struct recount *r, const Recall *const *recalls, size_t nrecalls, arena_t *a, const char ***out)
{
	size_t n = 0;

	*out = arena_alloc(a, (r->nunits + nrecalls + 1) * sizeof(**out));
	for (size_t i = 0; i < r->nunits; i++)
		if (!is_named(*out, n, r->units[i]))
			(*out)[n++] = r->units[i];
	for (size_t i = 0; i < nrecalls; i++)
		if (recalls[i]->maybe_unit_case && !is_named(*out, n, recalls[i]->unit_id))
			(*out)[n++] = recalls[i]->unit_id;
	return n;
}

/* Its rung is lost, or it rests again on no more than when it was called off. */
static bool
has_fallen(const struct measure_change *c, const Recall *r)
{
	if (!c->was || strcmp(c->was->measure_id, r->recall_id) != 0)
		return false;
	return c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE ||
	       (c->change == ACCOUNTABILITY__CHANGE__AMENDED && measure_is_refused(c->is->state) &&
	        !measure_is_refused(c->was->state));
}

/* Recalls that have fallen end; what they were is what stood before. */
static void
say_cancelled(struct batch *b, const Recall *const *recalls, size_t n, const struct changes *all)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < n; k++) {
			if (!has_fallen(&all->at[i], recalls[k]))
				continue;
			Accountability__RecallMoved e = case_recall_moved(b, recalls[k]);
			e.state = ACCOUNTABILITY__RECALL_CASE__STATE__CANCELLED;
			batch_emit(b, recalls[k]->person_id, &e.base);
		}
}

void
recount(struct batch *b, const struct recount *r)
{
	const Recall *const *recalls = NULL;
	size_t n = r->person_id ? case_recalls(b, r->person_id, &recalls) : 0;
	struct changes all = { 0 };
	struct measures opened = { 0 };
	const char **units;
	size_t nunits = units_moved(r, recalls, n, batch_arena(b), &units);

	if (r->person_id)
		person_changes(b, r->person_id, recalls, n, &opened, &all);
	for (size_t i = 0; i < nunits; i++)
		unit_changes(b, units[i], r->person_id ? r->person_id : "", &opened, &all);
	if (all.n == 0)
		return;
	say_changes(b, r, &all, false);
	say_changes(b, r, &all, true);
	say_cancelled(b, recalls, n, &all);
}

/* ---- a policy, and each case in its job */

/* A version counts from its first day on, which may be past; in which cases anything was found since then, the
 * statement sees.  It is asked for future days too: the findings of those days may have been read before this. */
static void
on_policy(struct batch *b, const void *m)
{
	AccountabilityRows__Recount *args = batch_message(b, &accountability_rows__recount__descriptor);

	mirror_run_policy(b, m);
	args->from_day = ((const Roster__PolicyPublished *)m)->effective_from_day;
	batch_job(b, &accountability_recount_cases, args);
}

static void
want_case(struct batch *b, const char *case_id)
{
	if (case_unit(case_id))
		recount_want_unit(b, case_unit(case_id));
	else
		recount_want_person(b, case_id);
}

static void
recount_case(struct batch *b, const char *case_id)
{
	const char *unit_id = case_unit(case_id);

	if (unit_id)
		recount(b, &(struct recount){ .units = &unit_id, .nunits = 1 });
	else
		recount(b, &(struct recount){ .person_id = case_id });
}

const struct noun accountability_recount = {
	.tables = LIST(((const struct table *const[]){ &mirror_policy })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__policy_published__descriptor, .want = mirror_want_policy, .run = on_policy },
	})),
	.jobs = LIST(((const struct job[]){ { .kind = RECOUNT, .want = want_case, .run = recount_case } })),
	.statements = { accountability_recount_sql, ACCOUNTABILITY_RECOUNT_SQL_COUNT },
};
