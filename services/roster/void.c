/* void - a posting that never was, taken back while nothing stands on it.
 *
 *   in:   VoidPosting; supervision.FindingNoted, FindingDismissed; attendance.CheckinRecorded
 *   out:  PostingPut (voided)
 *   owns: noted_finding, checkin_month, voided_posting
 *
 * What may stand on a posting: findings, noted or confirmed, and check-ins (and so money) of days that it alone covers; a recall that
 * has ended it, or that it fills.  All else that is made of postings is made anew without it.  A sealed case holds nothing against
 * who may not know of it, not even by a refusal. */
#include "attendance.pb-c.h"
#include "base/civil.h"
#include "domain/duty_batch.h"
#include "roster.h"
#include "bus/sealed_kind.h"
#include "supervision.pb-c.h"
#include <string.h>

typedef RosterRows__NotedFinding Noted;
typedef RosterRows__CheckinMonth Month;

enum { REASON_BYTES_MAX = 2000 };

const struct table roster_table_noted_finding = { "noted_finding", &roster_rows__noted_finding__descriptor, 3, false };
const struct table roster_table_checkin_month = { "checkin_month", &roster_rows__checkin_month__descriptor, 4, false };
const struct table roster_table_voided_posting = { "voided_posting", &roster_rows__voided_posting__descriptor, 4, true };

/* ---- keys */

static Noted
noted_key(const struct batch *b, const char *person_id, const char *finding_id)
{
	Noted key = ROSTER_ROWS__NOTED_FINDING__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.finding_id = (char *)finding_id;
	return key;
}

static Month
month_key(const struct batch *b, const char *person_id, const char *village_id, int32_t day)
{
	Month key = ROSTER_ROWS__CHECKIN_MONTH__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.village_id = (char *)village_id;
	key.month_day = month_start(day);
	return key;
}

/* ---- the order */

static const char *
id_of(const void *m)
{
	return ((const Roster__VoidPosting *)m)->id;
}

static void
want_stands(struct batch *b, const char *person_id)
{
	Noted noted = noted_key(b, person_id, "");
	Month months = month_key(b, person_id, "", 0);

	batch_want(b, &roster_table_noted_finding, &noted, 2);
	batch_want(b, &roster_table_checkin_month, &months, 2);
	roster_want_bars(b, person_id);
}

void
roster_void_want(struct batch *b, const void *m)
{
	roster_want_posting(b, id_of(m));
	const Posting *p = roster_posting(b, id_of(m));
	if (p)
		want_stands(b, p->person_id);
}

bool
roster_void_exists(struct batch *b, const void *m)
{
	return roster_posting(b, id_of(m)) != NULL;
}

static const char *
finding_on(struct batch *b, const Posting *p, const Posting *const *held, size_t n)
{
	Noted key = noted_key(b, p->person_id, "");
	const void **rows;
	size_t nrows = batch_list(b, &roster_table_noted_finding, &key, 2, &rows);

	for (size_t i = 0; i < nrows; i++) {
		const Noted *f = rows[i];
		if (roster_may_know(b, f->sealed, f->person_id, f->on_day) && roster_finding_rests(p, f->on_day, held, n))
			return f->finding_id;
	}
	return roster_confirmed_on(b, p, held, n);
}

static bool
has_checkin(struct batch *b, const Posting *p, const Posting *const *held, size_t n, int32_t *day)
{
	Month key = month_key(b, p->person_id, "", 0);
	const void **rows;
	size_t nrows = batch_list(b, &roster_table_checkin_month, &key, 2, &rows);

	for (size_t i = 0; i < nrows; i++)
		if (roster_checkin_rests(p, rows[i], held, n, batch_policies(b), day))
			return true;
	return false;
}

/* What stands on it, in words; NULL: nothing. */
static const char *
stands_on(struct batch *b, const Posting *p)
{
	const Posting *const *held;
	size_t n = roster_postings_of(b, p->person_id, &held);
	const char *finding_id = finding_on(b, p, held, n);
	char date[DAY_TEXT_MAX];
	int32_t day;

	if (p->reason != ROSTER__POSTING_REASON__APPOINTED || roster_recall_ends(b, p))
		return "A recall has ended this posting, or is filled by it.";
	if (finding_id)
		return arena_printf(batch_arena(b), "Finding %s stands on this posting.", finding_id);
	if (!has_checkin(b, p, held, n, &day))
		return NULL;
	day_text(day, date);
	return arena_printf(batch_arena(b), "A check-in of %s stands on this posting.", date);
}

/* Before the event is said: the row has the event's number. */
static void
keep_reason(struct batch *b, const Roster__VoidPosting *in)
{
	RosterRows__VoidedPosting row = ROSTER_ROWS__VOIDED_POSTING__INIT;

	row.district = (char *)batch_district(b);
	row.posting_id = in->id;
	row.voided_us = batch_at_us(b);
	row.seq = batch_next_seq(b);
	row.account = (char *)batch_account(b);
	row.reason = in->reason;
	batch_put(b, &roster_table_voided_posting, &row);
}

void
roster_void(struct batch *b, const void *m)
{
	const Roster__VoidPosting *in = m;
	const Posting *p = roster_posting(b, in->id);
	const char *what = stands_on(b, p);
	Roster__PostingPut e = ROSTER__POSTING_PUT__INIT;

	if (!text_valid(in->reason, REASON_BYTES_MAX)) {
		batch_refuse(b, 422, "field.text", "/reason", "A reason is 1 to 2000 bytes of text.");
		return;
	}
	if (what) {
		batch_refuse(b, 409, "posting.has_facts", NULL, what);
		return;
	}
	Roster__Posting out = roster_posting_now(b, p);
	e.posting = &out;
	e.voided = true;
	e.account = (char *)batch_account(b);
	keep_reason(b, in);
	batch_emit(b, p->person_id, &e.base);
	batch_answer(b, 200, &out.base);
}

/* ---- the facts */

void
roster_on_noted_want(struct batch *b, const void *m)
{
	const Supervision__FindingFact *f = ((const Supervision__FindingNoted *)m)->finding;
	Noted key = noted_key(b, f->person_id, f->id);

	if (f->maybe_person_case)
		batch_want(b, &roster_table_noted_finding, &key, 3);
}

void
roster_on_noted(struct batch *b, const void *m)
{
	const Supervision__FindingFact *f = ((const Supervision__FindingNoted *)m)->finding;
	Noted row = noted_key(b, f->person_id, f->id);

	row.on_day = f->on_day;
	row.sealed = sealed_value(&supervision__finding_kind__descriptor, (int)f->kind);
	if (f->maybe_person_case)
		batch_put(b, &roster_table_noted_finding, &row);
}

void
roster_noted_want(struct batch *b, const char *person_id, const char *finding_id)
{
	Noted key = noted_key(b, person_id, finding_id);

	batch_want(b, &roster_table_noted_finding, &key, 3);
}

void
roster_noted_no_more(struct batch *b, const char *person_id, const char *finding_id)
{
	Noted key = noted_key(b, person_id, finding_id);

	batch_drop(b, &roster_table_noted_finding, &key);
}

void
roster_on_dismissed_want(struct batch *b, const void *m)
{
	const Supervision__FindingDismissed *e = m;

	if (e->maybe_person_case)
		roster_noted_want(b, e->person_id, e->id);
}

void
roster_on_dismissed(struct batch *b, const void *m)
{
	const Supervision__FindingDismissed *e = m;

	if (e->maybe_person_case)
		roster_noted_no_more(b, e->person_id, e->id);
}

void
roster_on_checkin_want(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	Month key = month_key(b, e->person_id, e->village_id, e->on_day);

	batch_want(b, &roster_table_checkin_month, &key, 4);
}

void
roster_on_checkin(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	Month row = month_key(b, e->person_id, e->village_id, e->on_day);
	const Month *now = batch_get(b, &roster_table_checkin_month, &row);

	row.days = (now ? now->days : 0) | (int32_t)(UINT32_C(1) << (e->on_day - row.month_day));
	batch_put(b, &roster_table_checkin_month, &row);
}
