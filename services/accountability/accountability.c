/* accountability - what follows from what was found (C3).
 *
 *   in:   supervision.FindingConfirmed, FindingAnnulled; roster's postings, persons, units and policies;
 *         orders ApproveMeasure, RejectMeasure, LiftMeasure, ServeMeasure; ReviewRecall, OrderRecall, HandOverRecall, ReplaceRecall,
 *         CancelRecall; the days by which steps of recalls are due;
 *         reads ReadStanding, ReadUnitStanding, ReadMeasure, ListRecalls
 *   out:  accountability.MeasuresChanged, RecallMoved, RecallOverdue
 *   owns: schema accountability (finding, measure, measure_home, recall, unit_recall, posting_home, move; mirrors of roster)
 *
 * A person's measures are a function of their confirmed absences, postings and the policy of each date.  Whatever may move one of
 * these counts them anew and says the difference to what stands, so neither order nor repetition matters.  The rules are in
 * accountability_policy.c and recall_policy.c, rows and moves in measure.c and recall.c, questions in standing.c and case_sheet.c. */
#include "accountability.sql.h"
#include "case_sheet.h"
#include "measure.h"
#include "mirror.h"
#include "recall.h"
#include "standing.h"
#include <string.h>

typedef AccountabilityRows__Finding Finding;

/* ---- findings */

static bool
moves_ladder(const Supervision__FindingFact *f)
{
	return f->kind == SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE && f->maybe_person_case;
}

static Finding
finding_row(const struct batch *b, const Supervision__FindingFact *f)
{
	Finding row = ACCOUNTABILITY_ROWS__FINDING__INIT;

	row.district = (char *)batch_district(b);
	row.person_id = f->maybe_person_case ? f->person_id : (char *)"";
	row.finding_id = f->id;
	row.kind = f->kind;
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
	Finding row = finding_row(b, f);

	batch_want(b, &finding_table, &row, 3);
	if (moves_ladder(f))
		measure_want_person(b, f->person_id);
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
run_confirmed(struct batch *b, const void *m)
{
	const Supervision__FindingConfirmed *e = m;
	Finding row = finding_row(b, e->finding);
	const Finding *was = batch_get(b, &finding_table, &row);

	if (was && was->state == SUPERVISION__FINDING_STATE__ANNULLED)
		return;
	row.state = SUPERVISION__FINDING_STATE__CONFIRMED;
	row.confirmed_by = e->confirmed_by;
	row.confirmed_by_person = e->confirmed_by_person;
	row.maybe_confirmed_case = ACCOUNTABILITY_ROWS__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY;
	row.confirmed_day = e->confirmed_day;
	batch_put(b, &finding_table, &row);
	if (moves_ladder(e->finding))
		measure_recount(b, e->finding->person_id, &(struct measure_why){ .finding_id = e->finding->id });
}

/* What was confirmed stays readable in the case sheets of what it had led to. */
static void
run_annulled(struct batch *b, const void *m)
{
	const Supervision__FindingAnnulled *e = m;
	Finding row = finding_row(b, e->finding);
	const Finding *was = batch_get(b, &finding_table, &row);

	if (was)
		row = *was;
	row.state = SUPERVISION__FINDING_STATE__ANNULLED;
	batch_put(b, &finding_table, &row);
	if (moves_ladder(e->finding))
		measure_recount(b, e->finding->person_id, &(struct measure_why){ .finding_id = e->finding->id, .annulled = true });
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
want_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	AccountabilityRows__PostingHome home = posting_home(b, e);

	batch_want(b, &posting_home_table, &home, 2);
	mirror_want_posting(b, m);
	measure_want_person(b, e->posting->person_id);
	if (has_left(e))
		measure_want_person(b, e->was_person_id);
}

/* The end of a term is part of a ban (A6). */
static void
run_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	AccountabilityRows__PostingHome home = posting_home(b, e);

	batch_put(b, &posting_home_table, &home);
	mirror_run_posting(b, m);
	measure_recount(b, e->posting->person_id, NULL);
	if (has_left(e))
		measure_recount(b, e->was_person_id, NULL);
}

/* Whoever belongs to a unit from now on may be recalled from it in this same batch. */
static void
want_person(struct batch *b, const void *m)
{
	mirror_want_person(b, m);
	recall_want_belonging(b, ((const Roster__PersonPut *)m)->unit_id);
}

/* A version counts from its first day on, which may be past; whether anybody was absent since then, the statement sees.  It is
 * asked for future days too: the findings of those days may have been read before this. */
static void
run_policy(struct batch *b, const void *m)
{
	const Roster__PolicyPublished *e = m;
	AccountabilityRows__Recount args = ACCOUNTABILITY_ROWS__RECOUNT__INIT;

	mirror_run_policy(b, m);
	args.district = (char *)batch_district(b);
	args.from_day = e->effective_from_day;
	batch_chore(b, &accountability_recount, &args);
}

static void
want_recount(struct batch *b, const char *person_id)
{
	measure_want_person(b, person_id);
}

static void
run_recount(struct batch *b, const char *person_id)
{
	measure_recount(b, person_id, NULL);
}

/* ---- the service */

enum { ROSTER, SUPERVISION };
static const char *const consumes[] = { [ROSTER] = "roster", [SUPERVISION] = "supervision", NULL };

static const struct table *const tables[] = {
	&mirror_policy, &mirror_person, &mirror_posting, &mirror_unit,
	&finding_table, &measure_table, &measure_home_table, &recall_table, &unit_recall_table, &posting_home_table,
	&move_table, NULL,
};

#define FACT(Message, wants, runs) { .message = &Message##__descriptor, .want = wants, .run = runs }
static const struct fact facts[] = {
	FACT(supervision__finding_confirmed, want_confirmed, run_confirmed),
	FACT(supervision__finding_annulled, want_annulled, run_annulled),
	FACT(roster__posting_put, want_posting, run_posting),
	FACT(roster__policy_published, mirror_want_policy, run_policy),
	FACT(roster__person_put, want_person, mirror_run_person),
	MIRROR(unit, unit_put),
	FACT(accountability__measures_changed, measure_want_changed, measure_run_changed),
	FACT(accountability__recall_moved, NULL, recall_run_moved),
	FACT(accountability__recall_overdue, NULL, recall_run_overdue),
};

/* A finding annulled elsewhere a moment ago is known here before its measure is approved, and whose unit is whose. */
#define MOVE(Message, noun) { .message = &accountability__##Message##__descriptor, .after = AFTER(ROSTER) | AFTER(SUPERVISION), \
		.want = measure_want_##noun, .exists = measure_exists_##noun, .may = measure_may_##noun, .run = measure_run_##noun }
#define STEP(noun) { .message = &accountability__##noun##_recall__descriptor, .after = AFTER(ROSTER) | AFTER(SUPERVISION), \
		.want = recall_want_##noun, .exists = recall_exists_##noun, .may = recall_may_##noun, .run = recall_run_##noun }
static const struct order orders[] = {
	MOVE(approve_measure, approve), MOVE(reject_measure, reject), MOVE(lift_measure, lift), MOVE(serve_measure, serve),
	STEP(review), STEP(order), STEP(hand_over), STEP(replace), STEP(cancel),
};

static const struct alarm alarms[] = {
	{ .kind = RECALL_DUE, .want = recall_want_due, .run = recall_due_over },
};

static const struct alarm chores[] = {
	{ .kind = "recount", .want = want_recount, .run = run_recount },
};

static const struct read reads[] = {
	{ .message = &accountability__read_standing__descriptor, .run = standing_read_person },
	{ .message = &accountability__read_unit_standing__descriptor, .run = standing_read_unit },
	{ .message = &accountability__read_measure__descriptor, .run = case_sheet_read },
	{ .message = &accountability__list_recalls__descriptor, .run = standing_list_recalls },
};

const struct service accountability_service = {
	.name = "accountability",
	.consumes = consumes,
	.tables = tables,
	.orders = orders,               .norders = ALEN(orders),
	.facts = facts,                 .nfacts = ALEN(facts),
	.alarms = alarms,               .nalarms = ALEN(alarms),
	.chores = chores,               .nchores = ALEN(chores),
	.reads = reads,                 .nreads = ALEN(reads),
	.statements = accountability_sql, .nstatements = ACCOUNTABILITY_SQL_COUNT,
};
