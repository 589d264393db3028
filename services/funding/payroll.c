/* payroll - the monthly run (rules.md §7): drafted, approved, closed; once for each month, from the first day after it.
 *
 *   in:   DraftPayroll, ApprovePayroll, ClosePayroll
 *   out:  PayrollDrafted with PayrollLinesDrafted, PayrollApproved, PayrollClosed with PayrollLinesPaid
 *   owns: payroll, payroll_line, payout; unsettled and the paid part of stipend_month, by way of month.c
 *
 * A draft is replaced by the next one until the month is closed.  Closing computes everything again; only what was approved,
 * for each person to the fen, is paid.
 *
 * Accounts (see funding_policy.h for the others):
 *   payroll:<month>   what that run has transferred to persons     payout, correction: person → payroll, or taken back */
#include "payroll.h"
#include "base/civil.h"
#include "base/digest.h"
#include "domain/duty_batch.h"
#include "domain/policies.h"
#include <string.h>

typedef FundingRows__Payroll Run;
typedef FundingRows__PayrollLine Line;
typedef FundingRows__Payout Payout;
typedef FundingRows__StipendMonth Month;
typedef FundingRows__Unsettled Unsettled;
typedef Funding__Payment Payment;

enum { LINES_SHOWN = 50, EVENT_BYTES_MAX = 48 * 1024, OF_DISTRICT = 1, OF_RUN = 2, OF_MONTH = 2 };

const struct table payroll_table = { "payroll", &funding_rows__payroll__descriptor, 2, false };
const struct table payroll_line_table = { "payroll_line", &funding_rows__payroll_line__descriptor, 3, false };
const struct table payout_table = { "payout", &funding_rows__payout__descriptor, 4, true };

/* ---- keys */

static Run
run_key(const struct batch *b, int32_t month_day)
{
	Run key = FUNDING_ROWS__PAYROLL__INIT;

	key.district = (char *)batch_district(b);
	key.month_day = month_day;
	return key;
}

static Line
line_key(const struct batch *b, int32_t month_day)
{
	Line key = FUNDING_ROWS__PAYROLL_LINE__INIT;

	key.district = (char *)batch_district(b);
	key.month_day = month_day;
	return key;
}

static Month
month_key(const struct batch *b, int32_t month_day)
{
	Month key = FUNDING_ROWS__STIPEND_MONTH__INIT;

	key.district = (char *)batch_district(b);
	key.month_day = month_day;
	return key;
}

static Unsettled
unsettled_key(const struct batch *b)
{
	Unsettled key = FUNDING_ROWS__UNSETTLED__INIT;

	key.district = (char *)batch_district(b);
	return key;
}

/* Of an event of ours, or an order that was found good: it can be read. */
static int32_t
month_named(const char *month)
{
	int32_t month_day = 0;

	return month_parse(month, &month_day) ? month_day : 0;
}

/* ---- the run and its lines, as they stand */

struct lines { const Line *const *line; size_t n; };

static void
want_lines(struct batch *b, const char *month)
{
	int32_t month_day = month_named(month);
	Run run = run_key(b, month_day);
	Line line = line_key(b, month_day);

	batch_want(b, &payroll_table, &run, 2);
	batch_want(b, &payroll_line_table, &line, OF_RUN);
}

static Funding__Payroll__State
state_of(struct batch *b, int32_t month_day)
{
	Run key = run_key(b, month_day);
	const Run *run = batch_get(b, &payroll_table, &key);

	return run ? run->state : FUNDING__PAYROLL__STATE__STATE_UNSPECIFIED;
}

static int64_t
total_of(struct batch *b, int32_t month_day)
{
	Run key = run_key(b, month_day);
	const Run *run = batch_get(b, &payroll_table, &key);

	return run ? run->total_fen : 0;
}

static struct lines
lines_of(struct batch *b, int32_t month_day)
{
	Line key = line_key(b, month_day);
	const void **rows;
	size_t n = batch_list(b, &payroll_line_table, &key, OF_RUN, &rows);

	return (struct lines){ (const Line *const *)rows, n };
}

/* The run in its next state; all else stays. */
static Run
run_moved(struct batch *b, const char *month, Funding__Payroll__State state, int64_t total_fen)
{
	Run run = run_key(b, month_named(month));
	const Run *was = batch_get(b, &payroll_table, &run);

	if (was)
		run = *was;
	run.state = state;
	run.total_fen = total_fen;
	return run;
}

/* ---- what a run would pay: everybody with money in its month, or in closed months that are not settled */

struct payments { Payment **of; size_t n; int64_t total_fen; };

/* What a run looks at, both by person. */
struct scope { const Month *const *month; size_t n; const Unsettled *const *unsettled; size_t nunsettled; };

static void
want_scope(struct batch *b, const char *month)
{
	Month months = month_key(b, month_named(month));
	Unsettled all = unsettled_key(b);
	const void **rows;

	batch_want(b, &stipend_month_table, &months, OF_MONTH);
	batch_want(b, &unsettled_table, &all, OF_DISTRICT);
	size_t n = batch_list(b, &unsettled_table, &all, OF_DISTRICT, &rows);          /* there in the second round */
	for (size_t i = 0; i < n && n <= PAYROLL_ROWS_MAX; i++)                        /* else it will be refused, see scope_fits() */
		payroll_want_month(b, ((const Unsettled *)rows[i])->person_id, ((const Unsettled *)rows[i])->month_day);
}

static struct scope
scope_of(struct batch *b, int32_t month_day)
{
	Month months = month_key(b, month_day);
	Unsettled all = unsettled_key(b);
	struct scope s;
	const void **rows;

	s.n = batch_list(b, &stipend_month_table, &months, OF_MONTH, &rows);
	s.month = (const Month *const *)rows;
	s.nunsettled = batch_list(b, &unsettled_table, &all, OF_DISTRICT, &rows);
	s.unsettled = (const Unsettled *const *)rows;
	return s;
}

static struct payroll_month
unsettled_month(struct batch *b, const Unsettled *u)
{
	Month key = month_key(b, u->month_day);
	const Month *row;

	key.person_id = u->person_id;
	row = batch_get(b, &stipend_month_table, &key);
	return row ? payroll_month_of(row) : (struct payroll_month){ .month_day = u->month_day };
}

/* Who comes first of those left. */
static const char *
person_next(const struct scope *s)
{
	if (!s->nunsettled)
		return s->month[0]->person_id;
	if (!s->n)
		return s->unsettled[0]->person_id;
	return strcmp(s->month[0]->person_id, s->unsettled[0]->person_id) <= 0 ? s->month[0]->person_id : s->unsettled[0]->person_id;
}

static struct payroll_terms
terms_of_month(struct batch *b, int32_t month_day)
{
	const struct policy_version *v = policy_on(batch_policies(b), month_end(month_day) - 1);

	return payroll_terms_of(v ? v->document : NULL);
}

/* Takes the person's months off the scope.  The run's own is owed, never owing, so it may stand behind the closed ones. */
static Payment *
payment_next(struct batch *b, int32_t month_day, struct scope *s)
{
	const char *person_id = person_next(s);
	size_t closed = 0, n = 0;

	while (closed < s->nunsettled && strcmp(s->unsettled[closed]->person_id, person_id) == 0)
		closed++;
	struct payroll_month *months = arena_alloc(batch_arena(b), (closed + 1) * sizeof(*months));
	for (; n < closed; s->unsettled++, s->nunsettled--)
		months[n++] = unsettled_month(b, s->unsettled[0]);
	if (s->n && strcmp(s->month[0]->person_id, person_id) == 0) {
		months[n++] = payroll_month_of(s->month[0]);
		s->month++;
		s->n--;
	}
	return payroll_payment(person_id, month_day, months, n, terms_of_month(b, month_day), batch_arena(b));
}

static struct payments
payments_of(struct batch *b, int32_t month_day, struct scope s)
{
	struct payments p = { arena_alloc(batch_arena(b), (s.n + s.nunsettled + 1) * sizeof(Payment *)), 0, 0 };

	while (s.n || s.nunsettled) {
		p.of[p.n] = payment_next(b, month_day, &s);
		p.total_fen += p.of[p.n++]->pay_fen;
	}
	return p;
}

/* ---- whether the lines that stand are these payments */

static bool
same_line(const Line *l, const Payment *p)
{
	return strcmp(l->person_id, p->person_id) == 0 && l->due_fen == p->due_fen && l->pay_fen == p->pay_fen;
}

/* Both by person.  Who gets nothing, and had nothing due, may as well not be named. */
static bool
same_lines(const struct lines *l, const struct payments *p)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < l->n && !l->line[i]->due_fen && !l->line[i]->pay_fen)
			i++;
		while (k < p->n && !p->of[k]->due_fen && !p->of[k]->pay_fen)
			k++;
		if (i == l->n || k == p->n)
			return i == l->n && k == p->n;
		if (!same_line(l->line[i++], p->of[k++]))
			return false;
	}
}

/* ---- answers and refusals */

static Funding__PayrollLine *
line_message(arena_t *a, const Line *row)
{
	Funding__PayrollLine *l = arena_message(a, &funding__payroll_line__descriptor);

	l->person_id = row->person_id;
	l->due_fen = row->due_fen;
	l->correction_fen = row->pay_fen - row->due_fen;
	l->pay_fen = row->pay_fen;
	return l;
}

/* The run with its first lines; the rest is a GET away, with a cursor as reader_cursor() makes it. */
static void
answer(struct batch *b, int status, char *month)
{
	Funding__PayrollLines lines = FUNDING__PAYROLL_LINES__INIT;
	Funding__Payroll out = FUNDING__PAYROLL__INIT;
	arena_t *a = batch_arena(b);
	int32_t month_day = month_named(month);
	struct lines l = lines_of(b, month_day);

	lines.items = arena_alloc(a, (LINES_SHOWN + 1) * sizeof(*lines.items));
	while (lines.n_items < l.n && lines.n_items < LINES_SHOWN) {
		lines.items[lines.n_items] = line_message(a, l.line[lines.n_items]);
		lines.n_items++;
	}
	if (l.n > LINES_SHOWN) {
		const char *last = l.line[LINES_SHOWN - 1]->person_id;
		lines.maybe_next_case = FUNDING__PAYROLL_LINES__MAYBE_NEXT_NEXT;
		lines.next = arena_alloc(a, 2 * strlen(last) + 1);
		hex_text((const uint8_t *)last, strlen(last), lines.next);
	}
	out.month = month;
	out.state = state_of(b, month_day);
	out.total_fen = total_of(b, month_day);
	out.lines = &lines;
	batch_answer(b, status, &out.base);
}

/* False: answered already. */
static bool
may(struct batch *b, enum payroll_move move, char *month)
{
	int32_t month_day = month_named(month);
	const struct payroll_verdict *v = payroll_verdict(state_of(b, month_day), move, month_day, batch_today(b));

	if (v && v->status == 200)
		answer(b, 200, month);
	else if (v)
		batch_refuse(b, v->status, v->code, move == PAYROLL_DRAFT ? "/month" : NULL, v->detail);
	return !v;
}

static bool
scope_fits(struct batch *b, const struct scope *s)
{
	if (s->n + s->nunsettled <= PAYROLL_ROWS_MAX)
		return true;
	batch_refuse(b, 409, "payroll.too_large", NULL,
	             arena_printf(batch_arena(b), "The run is about %zu persons and unsettled months; one of more than %d cannot be made.",
	                          s->n + s->nunsettled, PAYROLL_ROWS_MAX));
	return false;
}

/* ---- saying it */

/* How many payments from the first on one event takes. */
static size_t
chunk_of(Payment *const *payments, size_t n)
{
	size_t bytes = 0, k = 0;

	while (k < n && (k == 0 || bytes < EVENT_BYTES_MAX))
		bytes += funding__payment__get_packed_size(payments[k++]);
	return k;
}

static void
say_lines_drafted(struct batch *b, char *month, const struct payments *p)
{
	Funding__PayrollLinesDrafted e = FUNDING__PAYROLL_LINES_DRAFTED__INIT;

	e.month = month;
	for (size_t at = 0; at < p->n; at += e.n_lines) {
		e.lines = p->of + at;
		e.n_lines = chunk_of(e.lines, p->n - at);
		batch_emit(b, month, &e.base);
	}
}

static void
say_lines_paid(struct batch *b, char *month, const struct payments *p)
{
	Funding__PayrollLinesPaid e = FUNDING__PAYROLL_LINES_PAID__INIT;

	e.month = month;
	for (size_t at = 0; at < p->n; at += e.n_lines) {
		e.lines = p->of + at;
		e.n_lines = chunk_of(e.lines, p->n - at);
		batch_emit(b, month, &e.base);
	}
}

/* ---- draft */

/* Nothing is owed for a month that no policy knows, so it has no run. */
static bool
has_policy(struct batch *b, int32_t month_day)
{
	return policy_on(batch_policies(b), month_end(month_day) - 1) != NULL;
}

void
payroll_want_draft(struct batch *b, const void *m)
{
	const Funding__DraftPayroll *in = m;
	int32_t month_day;

	duty_want(b);
	if (!month_parse(in->month, &month_day))
		return;
	want_lines(b, in->month);
	want_scope(b, in->month);
}

/* A run is no case about anybody: only whoever acts must be somebody. */
bool
payroll_may(struct batch *b, const void *m)
{
	struct duty d = duty_open(b);

	(void)m;
	return duty_allows(b, &d);
}

void
payroll_run_draft(struct batch *b, const void *m)
{
	const Funding__DraftPayroll *in = m;
	Funding__PayrollDrafted e = FUNDING__PAYROLL_DRAFTED__INIT;
	int32_t month_day;

	if (!month_parse(in->month, &month_day)) {
		batch_refuse(b, 422, "field.month", "/month", "A month is YYYY-MM.");
		return;
	}
	if (!has_policy(b, month_day)) {
		batch_refuse(b, 422, "payroll.no_policy", "/month", "No policy is in force at the end of that month: nothing can be owed for it.");
		return;
	}
	if (!may(b, PAYROLL_DRAFT, in->month))
		return;
	struct scope scope = scope_of(b, month_day);
	if (!scope_fits(b, &scope))
		return;
	struct payments p = payments_of(b, month_day, scope);
	e.month = in->month;
	e.total_fen = p.total_fen;
	e.persons = (int64_t)p.n;
	e.account = (char *)batch_account(b);
	e.person_id = batch_actor(b) ? batch_actor(b)->person_id : (char *)"";
	batch_emit(b, in->month, &e.base);
	say_lines_drafted(b, in->month, &p);
	answer(b, 201, in->month);
}

void
payroll_want_drafted(struct batch *b, const void *m)
{
	want_lines(b, ((const Funding__PayrollDrafted *)m)->month);
}

void
payroll_on_drafted(struct batch *b, const void *m)
{
	const Funding__PayrollDrafted *e = m;
	struct lines was = lines_of(b, month_named(e->month));

	for (size_t i = 0; i < was.n; i++)
		batch_drop(b, &payroll_line_table, was.line[i]);
	Run run = run_moved(b, e->month, FUNDING__PAYROLL__STATE__DRAFT, e->total_fen);
	run.drafted_by = e->account;
	run.drafted_by_person = e->person_id;
	batch_put(b, &payroll_table, &run);
}

void
payroll_want_lines_drafted(struct batch *b, const void *m)
{
	want_lines(b, ((const Funding__PayrollLinesDrafted *)m)->month);
}

void
payroll_on_lines_drafted(struct batch *b, const void *m)
{
	const Funding__PayrollLinesDrafted *e = m;
	Line line = line_key(b, month_named(e->month));

	for (size_t i = 0; i < e->n_lines; i++) {
		line.person_id = e->lines[i]->person_id;
		line.due_fen = e->lines[i]->due_fen;
		line.pay_fen = e->lines[i]->pay_fen;
		batch_put(b, &payroll_line_table, &line);
	}
}

/* ---- approve */

/* The month of a path: malformed, there is no such thing. */
bool
payroll_month_exists(struct batch *b, const void *m)
{
	const Funding__ApprovePayroll *in = m;          /* the same fields as ClosePayroll */
	int32_t month_day;

	(void)b;
	return month_parse(in->month, &month_day);
}

void
payroll_want_approve(struct batch *b, const void *m)
{
	const char *month = ((const Funding__ApprovePayroll *)m)->month;

	if (!payroll_month_exists(b, m))
		return;
	want_lines(b, month);
	duty_want(b);
	Run key = run_key(b, month_named(month));
	const Run *run = batch_get(b, &payroll_table, &key);
	if (run)
		duty_want_decided(b, run->drafted_by);
}

/* An approval reviews the draft. */
bool
payroll_approve_may(struct batch *b, const void *m)
{
	Run key = run_key(b, month_named(((const Funding__ApprovePayroll *)m)->month));
	const Run *run = batch_get(b, &payroll_table, &key);
	struct duty d = duty_open(b);

	if (run)
		duty_decided(b, &d, run->drafted_by, run->drafted_by_person);
	return duty_allows(b, &d);
}

void
payroll_run_approve(struct batch *b, const void *m)
{
	const Funding__ApprovePayroll *in = m;
	Funding__PayrollApproved e = FUNDING__PAYROLL_APPROVED__INIT;

	if (!may(b, PAYROLL_APPROVE, in->month))
		return;
	e.month = in->month;
	e.total_fen = total_of(b, month_named(in->month));
	e.account = (char *)batch_account(b);
	batch_emit(b, in->month, &e.base);
	answer(b, 200, in->month);
}

static void
want_run(struct batch *b, const char *month)
{
	Run run = run_key(b, month_named(month));

	batch_want(b, &payroll_table, &run, 2);
}

void
payroll_want_approved(struct batch *b, const void *m)
{
	want_run(b, ((const Funding__PayrollApproved *)m)->month);
}

void
payroll_on_approved(struct batch *b, const void *m)
{
	const Funding__PayrollApproved *e = m;
	Run run = run_moved(b, e->month, FUNDING__PAYROLL__STATE__APPROVED, e->total_fen);

	batch_put(b, &payroll_table, &run);
}

/* ---- close */

void
payroll_want_close(struct batch *b, const void *m)
{
	const Funding__ClosePayroll *in = m;

	if (!payroll_month_exists(b, m))
		return;
	duty_want(b);
	want_lines(b, in->month);
	want_scope(b, in->month);
}

void
payroll_run_close(struct batch *b, const void *m)
{
	const Funding__ClosePayroll *in = m;
	Funding__PayrollClosed e = FUNDING__PAYROLL_CLOSED__INIT;
	int32_t month_day = month_named(in->month);

	if (!may(b, PAYROLL_CLOSE, in->month))
		return;
	struct scope scope = scope_of(b, month_day);
	if (!scope_fits(b, &scope))
		return;
	struct payments p = payments_of(b, month_day, scope);
	struct lines approved = lines_of(b, month_day);
	if (!same_lines(&approved, &p)) {
		batch_refuse(b, 409, "payroll.stale", NULL, "Facts have moved since the draft; draft the month again.");
		return;
	}
	e.month = in->month;
	e.total_fen = p.total_fen;
	e.persons = (int64_t)p.n;
	e.account = (char *)batch_account(b);
	batch_emit(b, in->month, &e.base);
	say_lines_paid(b, in->month, &p);
	answer(b, 200, in->month);
}

void
payroll_want_closed(struct batch *b, const void *m)
{
	want_run(b, ((const Funding__PayrollClosed *)m)->month);
}

void
payroll_on_closed(struct batch *b, const void *m)
{
	const Funding__PayrollClosed *e = m;
	Run run = run_moved(b, e->month, FUNDING__PAYROLL__STATE__CLOSED, e->total_fen);

	batch_put(b, &payroll_table, &run);
}

void
payroll_want_lines_paid(struct batch *b, const void *m)
{
	const Funding__PayrollLinesPaid *e = m;

	for (size_t i = 0; i < e->n_lines; i++) {
		payroll_want_month(b, e->lines[i]->person_id, month_named(e->month));
		for (size_t k = 0; k < e->lines[i]->n_corrections; k++)
			payroll_want_month(b, e->lines[i]->person_id, month_named(e->lines[i]->corrections[k]->month));
	}
}

/* Transfers money for the days of a month, or takes it back. */
static void
pay(struct batch *b, const char *person_id, int32_t month_day, int32_t of_month_day, int64_t fen)
{
	Payout out = FUNDING_ROWS__PAYOUT__INIT;
	char month[DAY_TEXT_MAX], *person = arena_printf(batch_arena(b), "person:%s", person_id);

	month_text(month_day, month);
	char *run = arena_printf(batch_arena(b), "payroll:%s", month);
	out.district = (char *)batch_district(b);
	out.month_day = month_day;
	out.person_id = (char *)person_id;
	out.of_month_day = of_month_day;
	out.valid_on_day = batch_today(b);
	out.debit = fen > 0 ? person : run;
	out.credit = fen > 0 ? run : person;
	out.fen = fen > 0 ? fen : -fen;
	out.cause = (char *)batch_event_id(b);
	out.recorded_us = batch_at_us(b);
	batch_put(b, &payout_table, &out);
	payroll_month_pay(b, person_id, of_month_day, fen);
}

void
payroll_on_lines_paid(struct batch *b, const void *m)
{
	const Funding__PayrollLinesPaid *e = m;
	int32_t month_day = month_named(e->month);

	for (size_t i = 0; i < e->n_lines; i++) {
		const Payment *p = e->lines[i];
		if (p->due_fen)
			pay(b, p->person_id, month_day, month_day, p->due_fen);
		for (size_t k = 0; k < p->n_corrections; k++)
			pay(b, p->person_id, month_day, month_named(p->corrections[k]->month), p->corrections[k]->fen);
	}
}
