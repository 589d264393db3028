/* supervision - what inspections found (C2).
 *
 *   in:   NoteFinding, ConfirmFinding, DismissFinding, AnnulFinding; reads ReadFinding, ListFindings
 *         roster's persons, postings, units and policies; hearing dates that have come
 *   out:  FindingNoted, FindingConfirmed, FindingDismissed, FindingAnnulled, HearingMissed
 *   owns: schema supervision: finding, finding_move, note, decision
 *
 * A finding is noted once and never changed; each move of it is a row of its own, and the last one is its state.  What people
 * wrote (notes, reasons, names of evidence) is kept beside it and stands in no event.  Nothing here follows from a finding:
 * that is accountability's, and only of what was confirmed.  A missed hearing date is told, it decides nothing (C2.4). */
#include "supervision.h"
#include "supervision.sql.h"

const struct table supervision_table_finding = { "finding", &supervision_rows__finding__descriptor, 2, true };
const struct table supervision_table_finding_move = { "finding_move", &supervision_rows__finding_move__descriptor, 3, true };
const struct table supervision_table_note = { "note", &supervision_rows__note__descriptor, 2, true };
const struct table supervision_table_decision = { "decision", &supervision_rows__decision__descriptor, 3, true };

static const struct table *const tables[] = {
	&supervision_table_finding, &supervision_table_finding_move, &supervision_table_note, &supervision_table_decision,
	&mirror_policy, &mirror_person, &mirror_posting, &mirror_unit, &mirror_account,
};

enum { ROSTER };
static const char *const consumes[] = { [ROSTER] = "roster", "attendance", "accountability", NULL };

#define MOVE(Message, allowed, runs) { .message = &supervision__##Message##__descriptor, .after = AFTER(ROSTER), \
		.want = supervision_move_want, .exists = supervision_finding_exists, .may = allowed, .run = runs }
static const struct command commands[] = {
	{ .message = &supervision__note_finding__descriptor, .after = AFTER(ROSTER),
	  .want = supervision_note_want, .may = supervision_note_may, .run = supervision_note },
	MOVE(confirm_finding, supervision_move_may, supervision_confirm),
	MOVE(dismiss_finding, supervision_move_may, supervision_dismiss),
	MOVE(annul_finding, supervision_annul_may, supervision_annul),
};

static const struct event_handler events[] = {
	{ .message = &supervision__finding_noted__descriptor, .run = supervision_on_noted },
	{ .message = &supervision__finding_confirmed__descriptor, .run = supervision_on_confirmed },
	{ .message = &supervision__finding_dismissed__descriptor, .run = supervision_on_dismissed },
	{ .message = &supervision__finding_annulled__descriptor, .run = supervision_on_annulled },
	MIRROR(policy, policy_published),
	MIRROR(person, person_put),
	MIRROR(posting, posting_put),
	MIRROR(unit, unit_put),
	MIRROR(account, account_put),
};

static const struct timer timers[] = {
	{ .kind = SUPERVISION_HEARING, .want = supervision_hearing_want, .run = supervision_hearing_missed },
};

static const struct query queries[] = {
	{ &supervision__read_finding__descriptor, supervision_read_finding },
	{ &supervision__list_findings__descriptor, supervision_list_findings },
};

static const struct noun everything = {
	.commands = LIST(commands),
	.events = LIST(events),
	.timers = LIST(timers),
	.queries = LIST(queries),
	.tables = LIST(tables),
	.statements = { supervision_sql, SUPERVISION_SQL_COUNT },
};
static const struct noun *const nouns[] = { &everything, NULL };

const struct service supervision_service = { .name = "supervision", .consumes = consumes, .nouns = nouns };
