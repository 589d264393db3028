/* finding - a finding's rows: as it was noted, and each move of it; and its hearing date.
 *
 *   in:   supervision's own FindingNoted, FindingConfirmed, FindingDismissed, FindingAnnulled; the timer `hearing`
 *   out:  HearingMissed
 *   owns: finding, finding_move
 *
 * Both tables only grow, so the rows of a finding just noted need not have been asked for. */
#include "supervision.h"
#include <assert.h>

typedef SupervisionRows__Finding Finding;
typedef SupervisionRows__FindingMove Move;
typedef Supervision__FindingFact Fact;

/* ---- what stands */

static Finding
finding_key(const struct batch *b, const char *finding_id)
{
	Finding key = SUPERVISION_ROWS__FINDING__INIT;

	key.district = (char *)batch_district(b);
	key.finding_id = (char *)finding_id;
	return key;
}

static Move
move_key(const struct batch *b, const char *finding_id)
{
	Move key = SUPERVISION_ROWS__FINDING_MOVE__INIT;

	key.district = (char *)batch_district(b);
	key.finding_id = (char *)finding_id;
	return key;
}

void
supervision_want_finding(struct batch *b, const char *finding_id)
{
	Finding finding = finding_key(b, finding_id);
	Move moves = move_key(b, finding_id);

	batch_want(b, &supervision_table_finding, &finding, 2);
	batch_want(b, &supervision_table_finding_move, &moves, 2);
}

const Finding *
supervision_finding(struct batch *b, const char *finding_id)
{
	Finding key = finding_key(b, finding_id);

	return batch_get(b, &supervision_table_finding, &key);
}

const Move *
supervision_last_move(struct batch *b, const char *finding_id)
{
	Move key = move_key(b, finding_id);
	const void **moves;
	size_t n = batch_list(b, &supervision_table_finding_move, &key, 2, &moves);

	return n ? moves[n - 1] : NULL;
}

Supervision__FindingState
supervision_state(struct batch *b, const char *finding_id)
{
	const Move *last = supervision_last_move(b, finding_id);

	return last ? last->state : SUPERVISION__FINDING_STATE__NOTED;
}

const char *
supervision_subject(const Finding *f)
{
	return f->maybe_person_case ? f->person_id : f->unit_id;
}

Fact
supervision_fact(const Finding *f)
{
	Fact fact = SUPERVISION__FINDING_FACT__INIT;

	fact.id = f->finding_id;
	fact.kind = f->kind;
	fact.maybe_person_case = f->maybe_person_case ? SUPERVISION__FINDING_FACT__MAYBE_PERSON_PERSON_ID : 0;
	fact.person_id = f->person_id;
	fact.maybe_unit_case = f->maybe_unit_case ? SUPERVISION__FINDING_FACT__MAYBE_UNIT_UNIT_ID : 0;
	fact.unit_id = f->unit_id;
	fact.on_day = f->on_day;
	fact.source = f->source;
	fact.level = f->level;
	fact.bulletin = f->bulletin;
	fact.major = f->major;
	fact.n_evidence_sha256 = f->n_evidence_sha256;
	fact.evidence_sha256 = f->evidence_sha256;
	fact.noted_by = f->noted_by;
	fact.noted_by_person = f->noted_by_person;
	return fact;
}

/* ---- the facts */

void
supervision_on_noted(struct batch *b, const void *m)
{
	const Supervision__FindingNoted *e = m;
	const Fact *f = e->finding;
	Finding row = finding_key(b, f->id);

	row.kind = f->kind;
	row.maybe_person_case = f->maybe_person_case ? SUPERVISION_ROWS__FINDING__MAYBE_PERSON_PERSON_ID : 0;
	row.person_id = f->person_id;
	row.maybe_unit_case = f->maybe_unit_case ? SUPERVISION_ROWS__FINDING__MAYBE_UNIT_UNIT_ID : 0;
	row.unit_id = f->unit_id;
	row.on_day = f->on_day;
	row.source = f->source;
	row.level = f->level;
	row.bulletin = f->bulletin;
	row.major = f->major;
	row.n_evidence_sha256 = f->n_evidence_sha256;
	row.evidence_sha256 = f->evidence_sha256;
	row.noted_by = f->noted_by;
	row.noted_by_person = f->noted_by_person;
	row.noted_at_us = batch_at_us(b);
	row.maybe_hearing_due_case = e->maybe_hearing_due_case ? SUPERVISION_ROWS__FINDING__MAYBE_HEARING_DUE_HEARING_DUE_DAY : 0;
	row.hearing_due_day = e->hearing_due_day;
	batch_put(b, &supervision_table_finding, &row);
}

/* Its seq is that of the event being applied, which is the last one numbered. */
static Move
move_row(const struct batch *b, const char *finding_id, Supervision__FindingState state)
{
	Move row = move_key(b, finding_id);

	assert(batch_own(b));
	row.seq = batch_next_seq(b) - 1;
	row.state = state;
	return row;
}

void
supervision_on_confirmed(struct batch *b, const void *m)
{
	const Supervision__FindingConfirmed *e = m;
	Move row = move_row(b, e->finding->id, SUPERVISION__FINDING_STATE__CONFIRMED);

	row.confirmed_by = e->confirmed_by;
	row.confirmed_by_person = e->confirmed_by_person;
	row.maybe_confirmed_case = SUPERVISION_ROWS__FINDING_MOVE__MAYBE_CONFIRMED_CONFIRMED_DAY;
	row.confirmed_day = e->confirmed_day;
	batch_put(b, &supervision_table_finding_move, &row);
}

void
supervision_on_dismissed(struct batch *b, const void *m)
{
	Move row = move_row(b, ((const Supervision__FindingDismissed *)m)->id, SUPERVISION__FINDING_STATE__DISMISSED);

	batch_put(b, &supervision_table_finding_move, &row);
}

void
supervision_on_annulled(struct batch *b, const void *m)
{
	const Supervision__FindingAnnulled *e = m;
	const Move *confirmed = supervision_last_move(b, e->finding->id);
	Move row = move_row(b, e->finding->id, SUPERVISION__FINDING_STATE__ANNULLED);

	row.confirmed_by = confirmed->confirmed_by;
	row.confirmed_by_person = confirmed->confirmed_by_person;
	row.maybe_confirmed_case = confirmed->maybe_confirmed_case;
	row.confirmed_day = confirmed->confirmed_day;
	batch_put(b, &supervision_table_finding_move, &row);
}

/* ---- the hearing date */

void
supervision_hearing_want(struct batch *b, const char *finding_id)
{
	supervision_want_finding(b, finding_id);
}

/* Silence is not guilt: the finding stays as it is. */
void
supervision_hearing_missed(struct batch *b, const char *finding_id)
{
	const Finding *f = supervision_finding(b, finding_id);
	Supervision__HearingMissed e = SUPERVISION__HEARING_MISSED__INIT;

	if (!f || supervision_state(b, finding_id) != SUPERVISION__FINDING_STATE__NOTED)
		return;
	e.id = f->finding_id;
	e.maybe_person_case = f->maybe_person_case ? SUPERVISION__HEARING_MISSED__MAYBE_PERSON_PERSON_ID : 0;
	e.person_id = f->person_id;
	e.maybe_unit_case = f->maybe_unit_case ? SUPERVISION__HEARING_MISSED__MAYBE_UNIT_UNIT_ID : 0;
	e.unit_id = f->unit_id;
	e.kind = f->kind;
	e.maybe_on_case = SUPERVISION__HEARING_MISSED__MAYBE_ON_ON_DAY;
	e.on_day = f->on_day;
	batch_emit(b, supervision_subject(f), &e.base);
}
