/* void - a posting that never was, taken back while nothing stands on it.
 *
 *   in:   VoidPosting; attendance.CheckinRecorded
 *   out:  PostingPut (voided)
 *   owns: checkin_month, voided_posting
 *
 * What may stand on a posting: findings, noted or confirmed (finding.c), and check-ins (and so money) of days that it
 * alone covers; a recall that has ended it, or that it fills.  All else that is made of postings is made anew without
 * it. */
#include "attendance.pb-c.h"
#include "base/civil.h"
#include "domain/policies.h"
#include "ended.h"
#include "engine/keyed.h"
#include "finding.h"
#include "posting.h"
#include "roster.h"

typedef RosterRows__CheckinMonth Month;
typedef RosterRows__VoidedPosting Voided;

enum { REASON_BYTES_MAX = 2000 };

static const struct table month_table = { "checkin_month", &roster_rows__checkin_month__descriptor, 4, false };
static const struct table voided_table = { "voided_posting", &roster_rows__voided_posting__descriptor, 4, true };

/* ---- VoidPosting */

static const Posting *
posting_named(struct batch *b, const void *m)
{
	return roster_posting_of(b, ((const Roster__VoidPosting *)m)->id);
}

static void
void_want(struct batch *b, const void *m)
{
	roster_posting_want_beside(b, ((const Roster__VoidPosting *)m)->id);
	const Posting *p = posting_named(b, m);
	if (!p)
		return;
	roster_noted_findings_want(b, p->person_id);
	roster_findings_want(b, p->person_id);
	roster_ended_want(b, p->person_id);
	batch_want_id(b, &month_table, p->person_id);
}

static bool
is_there(struct batch *b, const void *m)
{
	return posting_named(b, m) != NULL;
}

static bool
has_checkin(struct batch *b, const Posting *p, struct postings held, int32_t *day)
{
	const void **rows;
	size_t n = batch_list_id(b, &month_table, p->person_id, &rows);

	for (size_t i = 0; i < n; i++)
		if (roster_checkin_rests(p, rows[i], held, batch_policies(b), day))
			return true;
	return false;
}

/* What stands on it, in words; NULL: nothing. */
static const char *
stands_on(struct batch *b, const Posting *p)
{
	struct postings held = roster_postings_of(b, p->person_id);
	const char *finding_id = roster_finding_bars_void(b, p, held);
	char date[DAY_TEXT_MAX];
	int32_t day;

	if (p->reason != ROSTER__POSTING_REASON__APPOINTED || roster_ended_holds(b, p))
		return "A recall has ended this posting, or is filled by it.";
	if (finding_id)
		return arena_printf(batch_arena(b), "Finding %s stands on this posting.", finding_id);
	if (!has_checkin(b, p, held, &day))
		return NULL;
	day_text(day, date);
	return arena_printf(batch_arena(b), "A check-in of %s stands on this posting.", date);
}

/* Who took it back, and why.  Before the event is said: the row has the event's number. */
static void
keep_reason(struct batch *b, const Roster__VoidPosting *in)
{
	Voided *row = batch_row(b, &voided_table, in->id);

	row->voided_us = batch_at_us(b);
	row->seq = batch_next_seq(b);
	row->account = arena_strdup(batch_arena(b), batch_account(b));
	row->reason = in->reason;
	batch_put(b, &voided_table, row);
}

static void
void_posting(struct batch *b, const void *m)
{
	const Roster__VoidPosting *in = m;
	const Posting *p = posting_named(b, m);
	const char *what = stands_on(b, p);
	Roster__PostingPut e = ROSTER__POSTING_PUT__INIT;

	if (!batch_ok(b, text_valid(in->reason, REASON_BYTES_MAX), 422, "field.text", "/reason",
	              "A reason is 1 to 2000 bytes of text.") ||
	    !batch_ok(b, !what, 409, "posting.has_facts", NULL, what))
		return;
	e.posting = roster_posting_now(b, p);
	e.voided = true;
	e.account = arena_strdup(batch_arena(b), batch_account(b));
	keep_reason(b, in);
	batch_emit(b, p->person_id, &e.base);
	batch_answer(b, 200, &e.posting->base);
}

/* ---- the days on which a person has checked in at a village */

static Month *
month_of(struct batch *b, const Attendance__CheckinRecorded *e)
{
	Month *row = batch_pair(b, &month_table, e->person_id, e->village_id);

	row->month_day = month_start(e->on_day);
	return row;
}

static void
on_checkin_want(struct batch *b, const void *m)
{
	batch_want(b, &month_table, month_of(b, m), 4);
}

static void
on_checkin(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	Month *row = month_of(b, e);
	const Month *now = batch_get(b, &month_table, row);

	row->days = (now ? now->days : 0) | (int32_t)(UINT32_C(1) << (e->on_day - row->month_day));
	batch_put(b, &month_table, row);
}

const struct noun roster_void = {
	.tables = LIST(((const struct table *const[]){ &month_table, &voided_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__void_posting__descriptor,
		  .after = AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY) | AFTER(ATTENDANCE),
		  .want = void_want, .exists = is_there, .run = void_posting },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &attendance__checkin_recorded__descriptor, .want = on_checkin_want, .run = on_checkin,
		  .deferrable = true },
	})),
};
