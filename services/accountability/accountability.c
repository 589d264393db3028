/* accountability - what follows from what was found (C3).
 *
 *   in:   supervision.FindingConfirmed, FindingAnnulled; roster's postings, persons, units and policies;
 *         orders ApproveMeasure, RejectMeasure, LiftMeasure, ServeMeasure; ReviewRecall, OrderRecall, HandOverRecall, ReplaceRecall,
 *         CancelRecall; the days by which steps of recalls are due;
 *         reads ReadStanding, ReadUnitStanding, ReadMeasure, ListRecalls
 *   out:  accountability.MeasuresChanged, RecallMoved, RecallOverdue
 *   owns: schema accountability (finding, headship, measure, measure_home, recall, unit_recall, posting_home, move, decision, secret; mirrors of roster)
 *
 * What follows for a person, or for a unit and its head, is a function of what was found and confirmed, of postings and heads, and of
 * the policy of each date.  Whatever may move one of these counts the case anew (recount.c) and says the difference to what stands, so
 * neither order nor repetition matters.  The rules are in accountability_policy.c, criticism_policy.c and recall_policy.c, rows and
 * moves in measure.c and recall.c, what was decided against them in decision.c, questions in standing.c and case_sheet.c. */
#include "accountability.sql.h"
#include "case_sheet.h"
#include "decision.h"
#include "measure.h"
#include "domain/mirror.h"
#include "recall.h"
#include "recount.h"
#include "bus/sealed_kind.h"
#include "secret.h"
#include "standing.h"
#include <string.h>

typedef AccountabilityRows__Finding Finding;

/* ---- findings: kept in each case that they count in */

static bool
is_absence(Supervision__FindingKind kind)
{
	return kind == SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE;
}

/* Of everything but an absence: the unit it names, else that of the person on its date; NULL: none, or, while wanting, not there yet. */
static const char *
unit_of(struct batch *b, const Supervision__FindingFact *f)
{
	if (is_absence(f->kind))
		return NULL;
	if (f->maybe_unit_case)
		return f->unit_id;
	const MirrorRows__Person *p = f->maybe_person_case ? mirror_person_on(b, f->person_id, f->on_day) : NULL;
	return p ? p->unit_id : NULL;
}

static Finding
finding_row(const struct batch *b, const Supervision__FindingFact *f, const char *case_id)
{
	Finding row = ACCOUNTABILITY_ROWS__FINDING__INIT;

	row.district = (char *)batch_district(b);
	row.case_id = (char *)case_id;
	row.finding_id = f->id;
	row.kind = f->kind;
	row.about_person_id = f->maybe_person_case ? f->person_id : (char *)"";
	row.unit_id = f->maybe_unit_case ? f->unit_id : (char *)"";
	row.on_day = f->on_day;
	row.source = f->source;
	row.level = f->level;
	row.bulletin = f->bulletin;
	row.major = f->major;
	row.n_evidence_sha256 = f->n_evidence_sha256;
	row.evidence_sha256 = f->evidence_sha256;
	row.noted_by = f->noted_by;
	row.noted_by_person = f->noted_by_person;
	return row;
}

static void
want_finding(struct batch *b, const Supervision__FindingFact *f)
{
	if (f->maybe_person_case)
		recount_want_person(b, f->person_id);
	if (unit_of(b, f))
		recount_want_unit(b, unit_of(b, f));
}

static void
want_confirmed(struct batch *b, const void *m)
{
	want_finding(b, ((const Supervision__FindingConfirmed *)m)->finding);
}

static void
want_annulled(struct batch *b, const void *m)
{
	want_finding(b, ((const Supervision__FindingAnnulled *)m)->finding);
}

/* An annulment is the last word about a finding, whatever comes after it. */
static void
keep_confirmed(struct batch *b, const Supervision__FindingConfirmed *e, const char *case_id)
{
	Finding row = finding_row(b, e->finding, case_id);
	const Finding *was = batch_get(b, &finding_table, &row);

	if (was && was->state == SUPERVISION__FINDING_STATE__ANNULLED)
		return;
	row.state = SUPERVISION__FINDING_STATE__CONFIRMED;
	row.confirmed_by = e->confirmed_by;
	row.confirmed_by_person = e->confirmed_by_person;
	row.maybe_confirmed_case = ACCOUNTABILITY_ROWS__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY;
	row.confirmed_day = e->confirmed_day;
	batch_put(b, &finding_table, &row);
}

/* What was confirmed stays readable in the case sheets of what it had led to. */
static void
keep_annulled(struct batch *b, const Supervision__FindingFact *f, const char *case_id)
{
	Finding row = finding_row(b, f, case_id);
	const Finding *was = batch_get(b, &finding_table, &row);

	if (was)
		row = *was;
	row.state = SUPERVISION__FINDING_STATE__ANNULLED;
	batch_put(b, &finding_table, &row);
}

static void
recount_finding(struct batch *b, const Supervision__FindingFact *f, bool annulled)
{
	const char *unit_id = unit_of(b, f);

	recount(b, &(struct recount){
		.person_id = f->maybe_person_case ? f->person_id : NULL, .units = &unit_id, .nunits = unit_id != NULL,
		.finding_id = f->id, .sealed = sealed_value(&supervision__finding_kind__descriptor, (int)f->kind), .annulled = annulled,
	});
}

static void
run_confirmed(struct batch *b, const void *m)
{
	const Supervision__FindingConfirmed *e = m;
	const char *unit_id = unit_of(b, e->finding);

	if (e->finding->maybe_person_case)
		keep_confirmed(b, e, e->finding->person_id);
	if (unit_id)
		keep_confirmed(b, e, measure_case_of_unit(unit_id, batch_arena(b)));
	recount_finding(b, e->finding, false);
}

static void
run_annulled(struct batch *b, const void *m)
{
	const Supervision__FindingFact *f = ((const Supervision__FindingAnnulled *)m)->finding;
	const char *unit_id = unit_of(b, f);

	if (f->maybe_person_case)
		keep_annulled(b, f, f->person_id);
	if (unit_id)
		keep_annulled(b, f, measure_case_of_unit(unit_id, batch_arena(b)));
	recount_finding(b, f, true);
}

/* ---- roster */

static bool
has_left(const Roster__PostingPut *e)
{
	return e->was_person_id[0] && strcmp(e->was_person_id, e->posting->person_id) != 0;
}

static AccountabilityRows__PostingHome
posting_home(const struct batch *b, const Roster__PostingPut *e)
{
	AccountabilityRows__PostingHome row = ACCOUNTABILITY_ROWS__POSTING_HOME__INIT;

	row.district = (char *)batch_district(b);
	row.posting_id = e->posting->id;
	row.person_id = e->posting->person_id;
	return row;
}

static void
want_posted(struct batch *b, const char *person_id)
{
	recount_want_person(b, person_id);
	recount_want_headed(b, person_id);
}

static void
recount_posted(struct batch *b, const char *person_id)
{
	const char **units;
	size_t n = recount_headed(b, person_id, &units);

	recount(b, &(struct recount){ .person_id = person_id, .units = units, .nunits = n });
}

static void
want_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	AccountabilityRows__PostingHome home = posting_home(b, e);

	batch_want(b, &posting_home_table, &home, 2);
	mirror_want_posting(b, m);
	want_posted(b, e->posting->person_id);
	if (has_left(e))
		want_posted(b, e->was_person_id);
}

/* The end of a term is part of a ban (A6), also of what falls on the head of a unit. */
static void
run_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	AccountabilityRows__PostingHome home = posting_home(b, e);

	if (e->voided)
		batch_drop(b, &posting_home_table, &home);
	else
		batch_put(b, &posting_home_table, &home);
	mirror_run_posting(b, m);
	recount_posted(b, e->posting->person_id);
	if (has_left(e))
		recount_posted(b, e->was_person_id);
}

/* What a person is found to have done counts for the unit that the person was of on its date: a new unit takes it over. */
struct passing { const Finding *finding; const char *from; };

static size_t
passing_list(struct batch *b, const Roster__PersonPut *e, struct passing **out)
{
	Finding key = ACCOUNTABILITY_ROWS__FINDING__INIT;
	const void **rows;
	size_t count = 0;

	key.district = (char *)batch_district(b);
	key.case_id = e->id;
	size_t n = batch_list(b, &finding_table, &key, 2, &rows);
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
want_person(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;
	Finding findings = ACCOUNTABILITY_ROWS__FINDING__INIT;
	struct passing *list;

	findings.district = (char *)batch_district(b);
	findings.case_id = e->id;
	batch_want(b, &finding_table, &findings, 2);
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

	row.case_id = (char *)measure_case_of_unit(from, batch_arena(b));
	batch_drop(b, &finding_table, &row);
	row.case_id = (char *)measure_case_of_unit(to, batch_arena(b));
	batch_put(b, &finding_table, &row);
}

static void
run_person(struct batch *b, const void *m)
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

static AccountabilityRows__Headship
headship_row(const struct batch *b, const Roster__UnitPut *e)
{
	AccountabilityRows__Headship row = ACCOUNTABILITY_ROWS__HEADSHIP__INIT;

	row.district = (char *)batch_district(b);
	row.person_id = e->head_person_id;
	row.unit_id = e->id;
	return row;
}

static void
want_unit(struct batch *b, const void *m)
{
	const Roster__UnitPut *e = m;
	AccountabilityRows__Headship row = headship_row(b, e);

	mirror_want_unit(b, m);
	recount_want_unit(b, e->id);
	if (e->maybe_head_case) {
		batch_want(b, &headship_table, &row, 3);
		mirror_want_person_id(b, e->head_person_id);
	}
}

/* The head of the date answers for what is found in a unit. */
static void
run_unit(struct batch *b, const void *m)
{
	const Roster__UnitPut *e = m;
	AccountabilityRows__Headship row = headship_row(b, e);
	const char *unit_id = e->id;

	mirror_run_unit(b, m);
	if (e->maybe_head_case && !batch_get(b, &headship_table, &row))
		batch_put(b, &headship_table, &row);
	if (e->maybe_head_case)
		recall_head_known(b, unit_id, e->head_person_id);
	recount(b, &(struct recount){ .units = &unit_id, .nunits = 1 });
}

/* A version counts from its first day on, which may be past; in which cases anything was found since then, the statement sees.  It is
 * asked for future days too: the findings of those days may have been read before this. */
static void
run_policy(struct batch *b, const void *m)
{
	const Roster__PolicyPublished *e = m;
	AccountabilityRows__Recount args = ACCOUNTABILITY_ROWS__RECOUNT__INIT;

	mirror_run_policy(b, m);
	args.district = (char *)batch_district(b);
	args.from_day = e->effective_from_day;
	batch_job(b, &accountability_recount, &args);
}

/* ---- the service */

enum { ROSTER, SUPERVISION };
static const char *const consumes[] = { [ROSTER] = "roster", [SUPERVISION] = "supervision", NULL };

static const struct table *const tables[] = {
	&mirror_policy, &mirror_person, &mirror_posting, &mirror_unit, &mirror_account,
	&finding_table, &headship_table, &measure_table, &measure_home_table, &recall_table, &unit_recall_table, &posting_home_table,
	&move_table, &decision_table, &secret_table,
};

#define FACT(Message, wants, runs) { .message = &Message##__descriptor, .want = wants, .run = runs }
static const struct event_handler events[] = {
	FACT(supervision__finding_confirmed, want_confirmed, run_confirmed),
	FACT(supervision__finding_annulled, want_annulled, run_annulled),
	FACT(roster__posting_put, want_posting, run_posting),
	FACT(roster__policy_published, mirror_want_policy, run_policy),
	MIRROR(account, account_put),
	FACT(roster__person_put, want_person, run_person),
	FACT(roster__unit_put, want_unit, run_unit),
	FACT(accountability__measures_changed, measure_want_changed, measure_run_changed),
	FACT(accountability__recall_moved, recall_want_moved, recall_run_moved),
	FACT(accountability__recall_overdue, NULL, recall_run_overdue),
};

/* A finding annulled elsewhere a moment ago is known here before its measure is approved, and whose unit is whose. */
#define MOVE(Message, noun) { .message = &accountability__##Message##__descriptor, .after = AFTER(ROSTER) | AFTER(SUPERVISION), \
		.want = measure_want_##noun, .exists = measure_exists_##noun, .may = measure_may_##noun, .run = measure_run_##noun }
#define STEP(noun) { .message = &accountability__##noun##_recall__descriptor, .after = AFTER(ROSTER) | AFTER(SUPERVISION), \
		.want = recall_want_##noun, .exists = recall_exists_##noun, .may = recall_may_##noun, .run = recall_run_##noun }
static const struct command commands[] = {
	MOVE(approve_measure, approve), MOVE(reject_measure, reject), MOVE(lift_measure, lift), MOVE(serve_measure, serve),
	STEP(review), STEP(order), STEP(hand_over), STEP(replace), STEP(cancel),
};

static const struct timer timers[] = {
	/* A recall that has fallen, elsewhere and a moment ago, is not late. */
	{ .kind = RECALL_DUE, .want = recall_want_due, .run = recall_due_over, .after = AFTER(ROSTER) | AFTER(SUPERVISION) },
};

static const struct job jobs[] = {
	{ .kind = "recount", .want = recount_want_case, .run = recount_case },
};

static const struct query queries[] = {
	{ .message = &accountability__read_standing__descriptor, .run = standing_read_person },
	{ .message = &accountability__read_unit_standing__descriptor, .run = standing_read_unit },
	{ .message = &accountability__read_measure__descriptor, .run = case_sheet_read },
	{ .message = &accountability__list_recalls__descriptor, .run = standing_list_recalls },
};

static const struct noun everything = {
	.commands = LIST(commands),
	.events = LIST(events),
	.timers = LIST(timers),
	.jobs = LIST(jobs),
	.queries = LIST(queries),
	.tables = LIST(tables),
	.statements = { accountability_sql, ACCOUNTABILITY_SQL_COUNT },
};
static const struct noun *const nouns[] = { &everything, NULL };

const struct service accountability_service = { .name = "accountability", .consumes = consumes, .nouns = nouns };
