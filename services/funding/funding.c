/* funding - what money flows (C4.4): the village stipend by person and day, and what measures cancel of it.
 *
 *   in:   roster's PersonPut, PostingPut, PolicyPublished; attendance's CheckinRecorded, DayStatusChanged;
 *         accountability's MeasuresChanged, of which stipend_cancelled; reads of a person's year and of a measure's money;
 *         the monthly run is payroll.c's
 *   out:  StipendCancelled, StipendRestored
 *   owns: schema funding: day, measure, ledger (and, by lib/domain/mirror, policy, person, posting, account); the rest is payroll.c's and month.c's
 *
 * Each fact is written down and the days it may have moved are settled anew: what should stand in the ledger for a day is
 * compared with what does, and the difference is appended.  A status moves one day; a measure the months of its span, old
 * and new; a person's unit or posting all days of the person, of which there is one a day at most; a policy, if it says anything
 * else of the stipend than the one before it, the days until the next one, by way of chores, a year of a person's at once. */
#include "funding.h"
#include "attendance.pb-c.h"
#include "base/civil.h"
#include "funding.pb-c.h"
#include "funding.sql.h"
#include "funding_policy.h"
#include "domain/mirror.h"
#include "payroll.h"
#include <string.h>

typedef FundingRows__Day Day;
typedef FundingRows__Measure Measure;

static const struct table day_table = { "day", &funding_rows__day__descriptor, 4, false };
static const struct table measure_table = { "measure", &funding_rows__measure__descriptor, 3, false };
static const struct table ledger_table = { "ledger", &funding_rows__transfer__descriptor, 4, true };

/* ---- keys */

static Day
day_key(const struct batch *b, const char *person_id, int32_t on_day)
{
	Day key = FUNDING_ROWS__DAY__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.month_day = month_start(on_day);
	key.on_day = on_day;
	return key;
}
enum { ALL_DAYS = 2, MONTH = 3, ONE_DAY = 4 };         /* prefixes of a day's key */

static Measure
measure_key(const struct batch *b, const char *person_id, const char *measure_id)
{
	Measure key = FUNDING_ROWS__MEASURE__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.measure_id = (char *)measure_id;
	return key;
}

/* ---- a person's days: wanted, and settled anew */

static void
want_person(struct batch *b, const char *person_id)
{
	Measure measures = measure_key(b, person_id, "");

	mirror_want_person_id(b, person_id);
	batch_want(b, &measure_table, &measures, 2);
}

/* Months of which days are there: in the second round, when the days are. */
static void
want_months_of_days(struct batch *b, const char *person_id, const Day *key)
{
	const void **days;
	size_t n = batch_list(b, &day_table, key, ALL_DAYS, &days);
	int32_t last = 0;

	for (size_t i = 0; i < n; i++) {
		int32_t month_day = ((const Day *)days[i])->month_day;
		if (i == 0 || month_day != last)
			payroll_want_month(b, person_id, month_day);
		last = month_day;
	}
}

/* Days, and the months that they are summed up in. */
static void
want_days(struct batch *b, const char *person_id, int32_t on_day, int nprefix)
{
	Day key = day_key(b, person_id, on_day);

	batch_want(b, &day_table, &key, nprefix);
	if (nprefix == ALL_DAYS)
		want_months_of_days(b, person_id, &key);
	else
		payroll_want_month(b, person_id, key.month_day);
}

static struct funding_person
person_known(struct batch *b, const char *person_id)
{
	MirrorRows__Person history = MIRROR_ROWS__PERSON__INIT;
	Measure measures = measure_key(b, person_id, "");
	struct funding_person p = { .book = batch_policies(b) };
	const void **rows;

	history.district = (char *)batch_district(b);
	history.person_id = (char *)person_id;
	p.nhistory = batch_list(b, &mirror_person, &history, 2, &rows);
	p.history = (const MirrorRows__Person *const *)rows;
	p.npostings = mirror_postings(b, person_id, &p.postings);
	p.nmeasures = batch_list(b, &measure_table, &measures, 2, &rows);
	p.measures = (const Measure *const *)rows;
	return p;
}

/* The event that moved the money; of a chore the one that asked for it. */
static char *
cause_of(const struct batch *b)
{
	const char *id = batch_event_id(b);
	return (char *)(*id ? id : batch_cause(b));
}

static void
settle(struct batch *b, const struct funding_person *p, const Day *was, bool present, struct funding_moved *moved)
{
	struct funding_settled s;

	funding_settle(p, was, present, batch_arena(b), &s);
	for (size_t i = 0; i < s.n; i++) {
		s.transfers[i].cause = cause_of(b);
		s.transfers[i].recorded_us = batch_at_us(b);
		batch_put(b, &ledger_table, &s.transfers[i]);
	}
	/* A day of which the ledger tells keeps the count of its transfers. */
	if (present || s.day.transfers)
		batch_put(b, &day_table, &s.day);
	else
		batch_drop(b, &day_table, &s.day);
	payroll_month_accrue(b, was->person_id, was->month_day, s.day.accrued_fen - was->accrued_fen, s.day.cancelled_fen - was->cancelled_fen);
	funding_moved_add(moved, was, &s.day);
}

static void
settle_days(struct batch *b, const struct funding_person *p, const Day *key, int nprefix, struct funding_moved *moved)
{
	const void **days;
	size_t n = batch_list(b, &day_table, key, nprefix, &days);

	for (size_t i = 0; i < n; i++)
		settle(b, p, days[i], ((const Day *)days[i])->present, moved);
}

static void
want_all(struct batch *b, const char *person_id)
{
	want_person(b, person_id);
	want_days(b, person_id, 0, ALL_DAYS);
}

static void
settle_all(struct batch *b, const char *person_id)
{
	struct funding_person p = person_known(b, person_id);
	Day key = day_key(b, person_id, 0);
	struct funding_moved moved = { 0 };

	settle_days(b, &p, &key, ALL_DAYS, &moved);
}

/* ---- attendance: a day has this status now */

static void
want_status(struct batch *b, const char *person_id, int32_t on_day)
{
	want_person(b, person_id);
	want_days(b, person_id, on_day, ONE_DAY);
}

static void
status(struct batch *b, const char *person_id, int32_t on_day, Attendance__DayStatus is)
{
	bool present = is == ATTENDANCE__DAY_STATUS__PRESENT || is == ATTENDANCE__DAY_STATUS__PRESENT_WEAK;
	Day key = day_key(b, person_id, on_day);
	const Day *was = batch_get(b, &day_table, &key);
	struct funding_moved moved = { 0 };

	if (was ? was->present == present : !present)
		return;
	struct funding_person p = person_known(b, person_id);
	settle(b, &p, was ? was : &key, present, &moved);
}

static void
want_checkin(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	want_status(b, e->person_id, e->on_day);
}

static void
on_checkin(struct batch *b, const void *m)
{
	const Attendance__CheckinRecorded *e = m;
	status(b, e->person_id, e->on_day, e->status);
}

static void
want_day_status(struct batch *b, const void *m)
{
	const Attendance__DayStatusChanged *e = m;
	want_status(b, e->person_id, e->on_day);
}

static void
on_day_status(struct batch *b, const void *m)
{
	const Attendance__DayStatusChanged *e = m;
	status(b, e->person_id, e->on_day, e->status);
}

/* ---- accountability: measures of a person have changed */

enum { SPAN_DAYS_MAX = 400 };   /* a year and some: a longer span, or one without end, takes all days of the person */

static bool
cancels_stipend(const Accountability__MeasureChange *c)
{
	return c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED;
}

static bool
is_long(const Measure *m)
{
	return !m->maybe_until_case || (int64_t)m->until_day - m->from_day > SPAN_DAYS_MAX;
}

static void
want_span(struct batch *b, const Measure *m)
{
	if (is_long(m)) {
		want_days(b, m->person_id, 0, ALL_DAYS);
		return;
	}
	for (int32_t day = month_start(m->from_day); day < m->until_day; day = month_end(day))
		want_days(b, m->person_id, day, MONTH);
}

static void
settle_span(struct batch *b, const struct funding_person *p, const Measure *m, struct funding_moved *moved)
{
	Day key = day_key(b, m->person_id, m->from_day);

	if (is_long(m)) {
		settle_days(b, p, &key, ALL_DAYS, moved);
		return;
	}
	for (int32_t day = month_start(m->from_day); day < m->until_day; day = month_end(day)) {
		key = day_key(b, m->person_id, day);
		settle_days(b, p, &key, MONTH, moved);
	}
}

static Measure
measure_row(const struct batch *b, const char *person_id, const Accountability__MeasureChange *c)
{
	Measure row = measure_key(b, person_id, c->measure->id);

	row.from_day = c->measure->from_day;
	row.maybe_until_case = c->measure->maybe_until_case ? FUNDING_ROWS__MEASURE__MAYBE_UNTIL_UNTIL_DAY : 0;
	row.until_day = c->measure->until_day;
	row.in_effect = row.had_effect = c->in_effect;
	return row;
}

static void
want_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	if (!e->subject->maybe_person_case)
		return;
	for (size_t i = 0; i < e->n_changes; i++) {
		if (!cancels_stipend(e->changes[i]))
			continue;
		Measure row = measure_row(b, e->subject->person_id, e->changes[i]);
		want_person(b, row.person_id);
		const Measure *was = batch_get(b, &measure_table, &row);        /* there in the second round */
		want_span(b, &row);
		if (was)
			want_span(b, was);
	}
}

/* Writes the measures down; the spans that may have moved are what they were and what they are. */
static size_t
put_measures(struct batch *b, const Accountability__MeasuresChanged *e, Measure *spans)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_changes; i++) {
		if (!cancels_stipend(e->changes[i]))
			continue;
		Measure row = measure_row(b, e->subject->person_id, e->changes[i]);
		const Measure *was = batch_get(b, &measure_table, &row);
		if (was) {
			row.had_effect = row.in_effect || was->had_effect;
			spans[n++] = *was;
		}
		batch_put(b, &measure_table, &row);
		spans[n++] = row;
	}
	return n;
}

static void
say_moved(struct batch *b, const Accountability__MeasuresChanged *e, const struct funding_moved *moved)
{
	Funding__StipendCancelled taken = FUNDING__STIPEND_CANCELLED__INIT;
	Funding__StipendRestored restored = FUNDING__STIPEND_RESTORED__INIT;

	restored.person_id = taken.person_id = e->subject->person_id;
	restored.finding_id = taken.finding_id = e->finding_id;
	restored.fen = moved->restored_fen;
	restored.days = moved->restored_days;
	taken.fen = moved->taken_fen;
	taken.days = moved->taken_days;
	if (restored.days)
		batch_emit(b, restored.person_id, &restored.base);
	if (taken.days)
		batch_emit(b, taken.person_id, &taken.base);
}

static void
on_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;
	struct funding_moved moved = { 0 };
	Measure *spans = arena_alloc(batch_arena(b), (2 * e->n_changes + 1) * sizeof(*spans));
	size_t n = e->subject->maybe_person_case ? put_measures(b, e, spans) : 0;

	if (n == 0)
		return;
	struct funding_person p = person_known(b, e->subject->person_id);
	for (size_t i = 0; i < n; i++)
		settle_span(b, &p, &spans[i], &moved);          /* the same month again moves nothing */
	say_moved(b, e, &moved);
}

/* ---- roster: units, postings, policies */

static void
want_person_put(struct batch *b, const void *m)
{
	mirror_want_person(b, m);
	want_all(b, ((const Roster__PersonPut *)m)->id);
}

static void
on_person_put(struct batch *b, const void *m)
{
	mirror_run_person(b, m);
	settle_all(b, ((const Roster__PersonPut *)m)->id);
}

static void
want_posting_put(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;

	mirror_want_posting(b, m);
	want_all(b, e->posting->person_id);
	if (*e->was_person_id)
		want_all(b, e->was_person_id);
}

static void
on_posting_put(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;

	mirror_run_posting(b, m);
	settle_all(b, e->posting->person_id);
	if (*e->was_person_id)
		settle_all(b, e->was_person_id);
}

static void
on_policy(struct batch *b, const void *m)
{
	FundingRows__Restate args = FUNDING_ROWS__RESTATE__INIT;
	const struct policy_book *was = batch_policies(b);
	struct funding_span span;

	mirror_run_policy(b, m);
	args.from_day = ((const Roster__PolicyPublished *)m)->effective_from_day;
	if (!funding_terms_moved(was, batch_policies(b), args.from_day, &span))
		return;
	args.district = (char *)batch_district(b);
	args.until_day = span.until_day;
	batch_job(b, &funding_restate, &args);
}

enum { SLICE_MONTHS = 12, SLICE_ROWS = 366 };

/* The months of a slice, in days since 1970.  A chore without a span is one of earlier days, and is done whole. */
static struct funding_span
slice_of(const struct batch *b)
{
	struct span s = batch_span(b);
	int32_t end = day_add_months((int32_t)s.from, SLICE_MONTHS);

	return (struct funding_span){ (int32_t)s.from, end < s.until ? end : (int32_t)s.until };
}

static void
want_restate(struct batch *b, const char *person_id)
{
	struct funding_span s = slice_of(b);

	if (!batch_span(b).until) {
		want_all(b, person_id);
		return;
	}
	want_person(b, person_id);
	for (int32_t day = s.from_day; day < s.until_day; day = month_end(day))
		want_days(b, person_id, day, MONTH);
}

static void
on_restate(struct batch *b, const char *person_id)
{
	struct funding_span s = slice_of(b);
	struct funding_moved moved = { 0 };

	if (!batch_span(b).until) {
		settle_all(b, person_id);
		return;
	}
	struct funding_person p = person_known(b, person_id);
	for (int32_t day = s.from_day; day < s.until_day; day = month_end(day)) {
		Day key = day_key(b, person_id, day);
		settle_days(b, &p, &key, MONTH, &moved);
	}
	if (s.until_day < batch_span(b).until)
		batch_go_on(b, s.until_day);
}

/* ---- the service */

static const struct table *const tables[] = {
	&day_table, &measure_table, &ledger_table, &stipend_month_table, &unsettled_table,
	&payroll_table, &payroll_line_table, &payout_table,
	&mirror_policy, &mirror_person, &mirror_posting, &mirror_account,
};

static const char *const consumes[] = {
	[FUNDING_ROSTER] = "roster", [FUNDING_ATTENDANCE] = "attendance", [FUNDING_ACCOUNTABILITY] = "accountability", NULL,
};

/* A run sees every fact that was acknowledged before it. */
#define AFTER_ALL (AFTER(FUNDING_ROSTER) | AFTER(FUNDING_ATTENDANCE) | AFTER(FUNDING_ACCOUNTABILITY))

static const struct command commands[] = {
	{ &funding__draft_payroll__descriptor, AFTER_ALL, payroll_want_draft, NULL, payroll_run_draft, false, payroll_may },
	{ &funding__approve_payroll__descriptor, 0, payroll_want_approve, payroll_month_exists, payroll_run_approve, false, payroll_approve_may },
	{ &funding__close_payroll__descriptor, AFTER_ALL, payroll_want_close, payroll_month_exists, payroll_run_close, false, payroll_may },
};

static const struct event_handler events[] = {
	{ &roster__policy_published__descriptor, mirror_want_policy, on_policy },
	{ &roster__person_put__descriptor, want_person_put, on_person_put },
	{ &roster__posting_put__descriptor, want_posting_put, on_posting_put },
	MIRROR(account, account_put),
	{ &attendance__checkin_recorded__descriptor, want_checkin, on_checkin, true },
	{ &attendance__day_status_changed__descriptor, want_day_status, on_day_status },
	{ &accountability__measures_changed__descriptor, want_measures, on_measures },
	{ &funding__payroll_drafted__descriptor, payroll_want_drafted, payroll_on_drafted },
	{ &funding__payroll_lines_drafted__descriptor, payroll_want_lines_drafted, payroll_on_lines_drafted },
	{ &funding__payroll_approved__descriptor, payroll_want_approved, payroll_on_approved },
	{ &funding__payroll_closed__descriptor, payroll_want_closed, payroll_on_closed },
	{ &funding__payroll_lines_paid__descriptor, payroll_want_lines_paid, payroll_on_lines_paid },
};

static const struct job jobs[] = { { .kind = "restate", .want = want_restate, .run = on_restate, .rows = SLICE_ROWS } };

static const struct query queries[] = {
	{ &funding__read_stipend__descriptor, funding_read_stipend },
	{ &funding__read_measure_money__descriptor, funding_read_measure_money },
	{ &funding__read_payroll__descriptor, payroll_read },
	{ &funding__export_payroll__descriptor, payroll_read_export },
	{ &funding__read_payroll_proof__descriptor, payroll_read_proof },
};

static const struct noun everything = {
	.commands = LIST(commands),
	.events = LIST(events),
	.jobs = LIST(jobs),
	.queries = LIST(queries),
	.tables = LIST(tables),
	.statements = { funding_sql, FUNDING_SQL_COUNT },
};
static const struct noun *const nouns[] = { &everything, NULL };

const struct service funding_service = { .name = "funding", .consumes = consumes, .nouns = nouns };
