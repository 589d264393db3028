/* stipend - the village stipend by person and day (C4.4), and what measures cancel of it.
 *
 *   in:   ReadStipend, ReadMeasureMoney; roster's PersonPut, PostingPut, PolicyPublished; attendance's CheckinRecorded,
 *         DayStatusChanged; accountability's MeasuresChanged, of which stipend_cancelled; the job `restate`
 *   out:  StipendCancelled, StipendRestored
 *   owns: day, measure, ledger (and, by lib/domain/mirror, policy, person, posting)
 *
 * Each event is written down and the days it may have moved are settled anew: what should stand in the ledger for a
 * day is compared with what does, and the difference is appended.  A status moves one day; a measure the months of its
 * span, old and new; a person's unit or posting all days of the person, of which there is one a day at most; a policy,
 * if it says anything else of the stipend than the one before it, the days until the next one, by way of jobs, a year
 * of a person's at once. */
#include "accountability.pb-c.h"
#include "attendance.pb-c.h"
#include "base/civil.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "funding.h"
#include "stipend_policy.h"
#include "funding_stipend.sql.h"

typedef FundingRows__Day Day;
typedef FundingRows__Measure Measure;

static const struct table day_table = { "day", &funding_rows__day__descriptor, 4, false };
static const struct table measure_table = { "measure", &funding_rows__measure__descriptor, 3, false };
static const struct table ledger_table = { "ledger", &funding_rows__transfer__descriptor, 4, true };
enum { ALL_DAYS = 2, MONTH = 3, ONE_DAY = 4 };         /* prefixes of a day's key */

static const struct copy row_of_measure = {
	&funding_rows__measure__descriptor, &accountability__measure__descriptor,
	"district person_id measure_id in_effect had_effect"
};

static Day *
day_row(struct batch *b, const char *person_id, int32_t on_day)
{
	Day *row = batch_row(b, &day_table, person_id);

	row->month_day = month_start(on_day);
	row->on_day = on_day;
	return row;
}

/* ---- a person's days: wanted, and settled anew */

static void
want_person(struct batch *b, const char *person_id)
{
	mirror_want_person_id(b, person_id);
	batch_want_id(b, &measure_table, person_id);
}

/* Months of which days are there: in the second round, when the days are. */
static void
want_months_of_days(struct batch *b, const char *person_id)
{
	const void **days;
	size_t n = batch_list_id(b, &day_table, person_id, &days);
	int32_t last = 0;

	for (size_t i = 0; i < n; i++) {
		int32_t month_day = ((const Day *)days[i])->month_day;
		if (i == 0 || month_day != last)
			funding_want_month(b, person_id, month_day);
		last = month_day;
	}
}

/* Days, and the months that they are summed up in. */
static void
want_days(struct batch *b, const char *person_id, int32_t on_day, int nprefix)
{
	batch_want(b, &day_table, day_row(b, person_id, on_day), nprefix);
	if (nprefix == ALL_DAYS)
		want_months_of_days(b, person_id);
	else
		funding_want_month(b, person_id, month_start(on_day));
}

static void
want_months(struct batch *b, const char *person_id, struct stipend_span s)
{
	for (int32_t day = month_start(s.from_day); day < s.until_day; day = month_end(day))
		want_days(b, person_id, day, MONTH);
}

static struct stipend_person
person_known(struct batch *b, const char *person_id)
{
	struct stipend_person p = { .book = batch_policies(b) };
	const void **rows;

	p.nhistory = mirror_persons(b, person_id, &p.history);
	p.npostings = mirror_postings(b, person_id, &p.postings);
	p.nmeasures = batch_list_id(b, &measure_table, person_id, &rows);
	p.measures = (const Measure *const *)rows;
	return p;
}

/* The event that moved the money; of a job the one that asked for it. */
static char *
cause_of(const struct batch *b)
{
	const char *id = batch_event_id(b);
	return (char *)(*id ? id : batch_cause(b));
}

static void
settle(struct batch *b, const struct stipend_person *p, const Day *was, bool present, struct stipend_moved *moved)
{
	struct stipend_settled s;

	stipend_settle(p, was, present, batch_arena(b), &s);
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
	funding_month_accrue(b, was->person_id, was->month_day, s.day.accrued_fen - was->accrued_fen,
	                     s.day.cancelled_fen - was->cancelled_fen);
	stipend_moved_add(moved, was, &s.day);
}

static void
settle_days(struct batch *b, const struct stipend_person *p, const Day *of, int nprefix, struct stipend_moved *moved)
{
	const void **days;
	size_t n = batch_list(b, &day_table, of, nprefix, &days);

	for (size_t i = 0; i < n; i++)
		settle(b, p, days[i], ((const Day *)days[i])->present, moved);
}

static void
settle_months(struct batch *b, const struct stipend_person *p, const char *person_id, struct stipend_span s,
              struct stipend_moved *moved)
{
	for (int32_t day = month_start(s.from_day); day < s.until_day; day = month_end(day))
		settle_days(b, p, day_row(b, person_id, day), MONTH, moved);
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
	struct stipend_person p = person_known(b, person_id);
	struct stipend_moved moved = { 0 };

	settle_days(b, &p, day_row(b, person_id, 0), ALL_DAYS, &moved);
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
	const Day *key = day_row(b, person_id, on_day), *was = batch_get(b, &day_table, key);
	struct stipend_moved moved = { 0 };

	if (was ? was->present == present : !present)
		return;
	struct stipend_person p = person_known(b, person_id);
	settle(b, &p, was ? was : key, present, &moved);
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
	if (is_long(m))
		want_days(b, m->person_id, 0, ALL_DAYS);
	else
		want_months(b, m->person_id, (struct stipend_span){ m->from_day, m->until_day });
}

static void
settle_span(struct batch *b, const struct stipend_person *p, const Measure *m, struct stipend_moved *moved)
{
	if (is_long(m))
		settle_days(b, p, day_row(b, m->person_id, 0), ALL_DAYS, moved);
	else
		settle_months(b, p, m->person_id, (struct stipend_span){ m->from_day, m->until_day }, moved);
}

/* The row that a change of a person's measure makes. */
static Measure *
measure_row(struct batch *b, const char *person_id, const Accountability__MeasureChange *c)
{
	Measure *row = batch_pair(b, &measure_table, person_id, c->measure->id);

	copy_run(&row_of_measure, row, c->measure);
	row->in_effect = row->had_effect = c->in_effect;
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
		const Measure *row = measure_row(b, e->subject->person_id, e->changes[i]);
		want_person(b, row->person_id);
		const Measure *was = batch_get(b, &measure_table, row);         /* there in the second round */
		want_span(b, row);
		if (was)
			want_span(b, was);
	}
}

/* Writes the measures down; the spans that may have moved are what they were and what they are. */
static size_t
put_measures(struct batch *b, const Accountability__MeasuresChanged *e, const Measure **spans)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_changes; i++) {
		if (!cancels_stipend(e->changes[i]))
			continue;
		Measure *row = measure_row(b, e->subject->person_id, e->changes[i]);
		const Measure *was = batch_get(b, &measure_table, row);
		if (was) {
			row->had_effect = row->in_effect || was->had_effect;
			spans[n++] = was;
		}
		batch_put(b, &measure_table, row);
		spans[n++] = row;
	}
	return n;
}

static void
say_moved(struct batch *b, const Accountability__MeasuresChanged *e, const struct stipend_moved *moved)
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
	struct stipend_moved moved = { 0 };
	const Measure **spans = arena_alloc(batch_arena(b), (2 * e->n_changes + 1) * sizeof(*spans));
	size_t n = e->subject->maybe_person_case ? put_measures(b, e, spans) : 0;

	if (n == 0)
		return;
	struct stipend_person p = person_known(b, e->subject->person_id);
	for (size_t i = 0; i < n; i++)
		settle_span(b, &p, spans[i], &moved);          /* the same month again moves nothing */
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
	FundingRows__Restate *args = batch_message(b, &funding_rows__restate__descriptor);
	const struct policy_book *was = batch_policies(b);
	struct stipend_span span;

	mirror_run_policy(b, m);
	args->from_day = ((const Roster__PolicyPublished *)m)->effective_from_day;
	if (!stipend_terms_moved(was, batch_policies(b), args->from_day, &span))
		return;
	args->until_day = span.until_day;
	batch_job(b, &funding_restate, args);
}

enum { SLICE_MONTHS = 12, SLICE_ROWS = 366 };

/* The months of a slice, in days since 1970.  A job without a span is one of earlier days, and is done whole. */
static struct stipend_span
slice_of(const struct batch *b)
{
	struct span s = batch_span(b);
	int32_t end = day_add_months((int32_t)s.from, SLICE_MONTHS);

	return (struct stipend_span){ (int32_t)s.from, end < s.until ? end : (int32_t)s.until };
}

static void
want_restate(struct batch *b, const char *person_id)
{
	if (!batch_span(b).until) {
		want_all(b, person_id);
		return;
	}
	want_person(b, person_id);
	want_months(b, person_id, slice_of(b));
}

static void
restate(struct batch *b, const char *person_id)
{
	struct stipend_span s = slice_of(b);
	struct stipend_moved moved = { 0 };

	if (!batch_span(b).until) {
		settle_all(b, person_id);
		return;
	}
	struct stipend_person p = person_known(b, person_id);
	settle_months(b, &p, person_id, s, &moved);
	if (s.until_day < batch_span(b).until)
		batch_go_on(b, s.until_day);
}

/* ---- queries: the stipend of a person's year, and the money that a measure moved */

enum { YEAR_MIN = 1000, YEAR_MAX = 9998 };     /* four digits, and so are those of the day after its last */

static bool
is_known(struct reader *r, const char *person_id)
{
	const void *key = reader_key(r, &funding_rows__person_key__descriptor, person_id);
	void **rows;

	return reader_rows(r, &funding_person, key, &rows) > 0;
}

static void
months_fill(struct reader *r, Funding__Stipend *out, struct stipend_span year)
{
	FundingRows__PersonDays *args = reader_key(r, &funding_rows__person_days__descriptor, out->person_id);
	void **rows;

	args->from_day = year.from_day;
	args->until_day = year.until_day;
	out->n_months = reader_rows(r, &funding_months, args, &rows);
	out->months = (Funding__StipendMonth **)rows;
	for (size_t i = 0; i < out->n_months; i++) {
		const Funding__StipendMonth *m = out->months[i];
		out->balance_fen += m->accrued_fen - m->cancelled_fen - m->paid_fen;
	}
}

static char *
spans_json(struct reader *r, const struct stipend_span *spans, size_t n)
{
	char *json = arena_strdup(reader_arena(r), ""), from[DAY_TEXT_MAX], until[DAY_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		day_text(spans[i].from_day, from);
		day_text(spans[i].until_day, until);
		json = arena_printf(reader_arena(r), "%s%s[\"%s\",\"%s\"]", json, i ? "," : "", from, until);
	}
	return arena_printf(reader_arena(r), "[%s]", json);
}

static void
cancelled_fill(struct reader *r, Funding__Stipend *out, struct stipend_span year)
{
	const void *key = reader_key(r, &funding_rows__person_key__descriptor, out->person_id);
	struct stipend_span *spans;
	void **rows;
	size_t n = reader_rows(r, &funding_measures_of_person, key, &rows);

	n = stipend_cancelled_spans((const Measure *const *)rows, n, year, reader_arena(r), &spans);
	out->cancelled_days_json = spans_json(r, spans, n);
}

static void
read_stipend(struct reader *r, const void *m)
{
	const Funding__ReadStipend *in = m;
	Funding__Stipend out = FUNDING__STIPEND__INIT;
	int32_t year = in->maybe_year_case ? in->year : day_year(reader_today(r));

	if (!is_known(r, in->id)) {
		reader_missing(r, AFTER(ROSTER), "No such person.");
		return;
	}
	if (year < YEAR_MIN || year > YEAR_MAX) {
		reader_refuse(r, 422, "field.range", "/year", "A year is 1000 to 9998.");
		return;
	}
	struct stipend_span days = { day_of_civil(year, 1, 1), year_end(day_of_civil(year, 1, 1)) };
	out.person_id = in->id;
	out.year = year;
	months_fill(r, &out, days);
	cancelled_fill(r, &out, days);
	reader_answer(r, &out.base);
}

/* Part of a case sheet: what accountability knows and we do not has moved no money. */
static void
read_measure_money(struct reader *r, const void *m)
{
	const Funding__ReadMeasureMoney *in = m;
	const void *key = reader_key(r, &funding_rows__measure_key__descriptor, in->id);
	Funding__MeasureMoney out = FUNDING__MEASURE_MONEY__INIT;
	void **rows;

	out.n_money = reader_rows(r, &funding_money_of_measure, key, &rows);
	out.money = (Funding__MoneyLine **)rows;
	reader_answer(r, &out.base);
}

const struct noun funding_stipend = {
	.tables = LIST(((const struct table *const[]){
		&day_table, &measure_table, &ledger_table, &mirror_policy, &mirror_person, &mirror_posting,
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__policy_published__descriptor, .want = mirror_want_policy, .run = on_policy },
		{ .message = &roster__person_put__descriptor, .want = want_person_put, .run = on_person_put },
		{ .message = &roster__posting_put__descriptor, .want = want_posting_put, .run = on_posting_put },
		{ .message = &attendance__checkin_recorded__descriptor, .want = want_checkin, .run = on_checkin,
		  .deferrable = true },
		{ .message = &attendance__day_status_changed__descriptor, .want = want_day_status,
		  .run = on_day_status },
		{ .message = &accountability__measures_changed__descriptor, .want = want_measures, .run = on_measures },
	})),
	.jobs = LIST(((const struct job[]){
		{ .kind = "restate", .want = want_restate, .run = restate, .rows = SLICE_ROWS },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &funding__read_stipend__descriptor, .run = read_stipend },
		{ .message = &funding__read_measure_money__descriptor, .run = read_measure_money },
	})),
	.copies = LIST(((const struct copy *const[]){ &row_of_measure })),
	.statements = { funding_stipend_sql, FUNDING_STIPEND_SQL_COUNT },
};
