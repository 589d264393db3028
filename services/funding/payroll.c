/* payroll - the monthly run (rules.md §7): drafted, approved, closed; once for each month, from the first day after it.
 *
 *   in:   DraftPayroll, ApprovePayroll, ClosePayroll; ReadPayroll, ExportPayroll, ReadPayrollProof
 *   out:  PayrollDrafted with PayrollLinesDrafted, PayrollApproved, PayrollClosed with PayrollLinesPaid
 *   owns: payroll_line, payout; the run itself and what it settles stand in month.c
 *
 * A draft is replaced by the next one until the month is closed.  Closing computes everything again; only what was
 * approved, for each person to the fen, is paid.
 *
 * Accounts (see stipend_policy.h for the others):
 *   payroll:<month>   what that run has transferred to persons   payout, correction: person → payroll, or taken back */
#include "base/civil.h"
#include "base/digest.h"
#include "domain/duty_batch.h"
#include "domain/policies.h"
#include "engine/keyed.h"
#include "funding.h"
#include "funding_payroll.sql.h"
#include "json/member.h"
#include "payroll_policy.h"
#include <string.h>

typedef FundingRows__Payroll Run;
typedef FundingRows__PayrollLine Line;
typedef FundingRows__Payout Payout;
typedef Funding__Payment Payment;

enum { LINES_SHOWN = 50, EVENT_BYTES_MAX = 48 * 1024, OF_RUN = 2 };
#define STATE(s) FUNDING__PAYROLL__STATE__##s
#define PAGE "district after limit"

static const struct table line_table = { "payroll_line", &funding_rows__payroll_line__descriptor, 3, false };
static const struct table payout_table = { "payout", &funding_rows__payout__descriptor, 4, true };

static const struct copy
row_of_payment = { &funding_rows__payroll_line__descriptor, &funding__payment__descriptor, "district month_day" },
answer_of_row = { &funding__payroll_line__descriptor, &funding_rows__payroll_line__descriptor, "correction_fen" },
page_of_runs = { &funding_rows__runs_page__descriptor, &funding__list_payrolls__descriptor, PAGE },
page_of_read = { &funding_rows__lines_page__descriptor, &funding__read_payroll__descriptor, PAGE },
page_of_export = { &funding_rows__lines_page__descriptor, &funding__export_payroll__descriptor, PAGE };

/* ---- the run and its lines, as they stand */

/* All commands and events of a run name its month.  False: malformed, there is no such thing. */
static bool
month_exists(struct batch *b, const void *m)
{
	int32_t month_day;

	(void)b;
	return month_parse(member_text(m, "month"), &month_day);
}

/* Of a command that was found good, or an event of ours: it can be read. */
static int32_t
month_of(const void *m)
{
	int32_t month_day = 0;

	return month_parse(member_text(m, "month"), &month_day) ? month_day : 0;
}

static Line *
line_row(struct batch *b, int32_t month_day)
{
	Line *row = batch_message(b, line_table.row);

	row->month_day = month_day;
	return row;
}

static void
want_run(struct batch *b, const void *m)
{
	funding_want_run(b, month_of(m));
}

static void
want_lines(struct batch *b, const void *m)
{
	want_run(b, m);
	batch_want(b, &line_table, line_row(b, month_of(m)), OF_RUN);
}

struct lines { const Line *const *line; size_t n; };

static struct lines
lines_of(struct batch *b, int32_t month_day)
{
	const void **rows;
	size_t n = batch_list(b, &line_table, line_row(b, month_day), OF_RUN, &rows);

	return (struct lines){ (const Line *const *)rows, n };
}

/* ---- whether the lines that stand are these payments */

static bool
same_line(const Line *l, const Payment *p)
{
	return strcmp(l->person_id, p->person_id) == 0 && l->due_fen == p->due_fen && l->pay_fen == p->pay_fen;
}

/* Both by person.  Who gets nothing, and had nothing due, may as well not be named. */
static bool
same_lines(struct lines l, const struct payments *p)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < l.n && !l.line[i]->due_fen && !l.line[i]->pay_fen)
			i++;
		while (k < p->n && !p->of[k]->due_fen && !p->of[k]->pay_fen)
			k++;
		if (i == l.n || k == p->n)
			return i == l.n && k == p->n;
		if (!same_line(l.line[i++], p->of[k++]))
			return false;
	}
}

/* ---- answers and refusals */

static Funding__PayrollLine *
line_shown(arena_t *a, const Line *row)
{
	Funding__PayrollLine *l = arena_message(a, &funding__payroll_line__descriptor);

	copy_run(&answer_of_row, l, row);
	l->correction_fen = row->pay_fen - row->due_fen;
	return l;
}

/* The first lines; the rest is a GET away, with a cursor as reader_cursor() makes it. */
static Funding__PayrollLines *
lines_shown(arena_t *a, struct lines l)
{
	Funding__PayrollLines *out = arena_message(a, &funding__payroll_lines__descriptor);

	out->items = arena_alloc(a, (LINES_SHOWN + 1) * sizeof(*out->items));
	for (; out->n_items < l.n && out->n_items < LINES_SHOWN; out->n_items++)
		out->items[out->n_items] = line_shown(a, l.line[out->n_items]);
	if (l.n > LINES_SHOWN) {
		const char *last = l.line[LINES_SHOWN - 1]->person_id;
		out->maybe_next_case = FUNDING__PAYROLL_LINES__MAYBE_NEXT_NEXT;
		out->next = arena_alloc(a, 2 * strlen(last) + 1);
		hex_text((const uint8_t *)last, strlen(last), out->next);
	}
	return out;
}

static void
answer(struct batch *b, int status, const void *m)
{
	Funding__Payroll out = FUNDING__PAYROLL__INIT;
	Run run = funding_run(b, month_of(m));
	char month[DAY_TEXT_MAX];

	month_text(run.month_day, month);
	out.month = month;
	out.state = run.state;
	out.total_fen = run.total_fen;
	out.lines = lines_shown(batch_arena(b), lines_of(b, run.month_day));
	batch_answer(b, status, &out.base);
}

/* False: answered already. */
static bool
move_ok(struct batch *b, enum payroll_move move, const void *m)
{
	Run run = funding_run(b, month_of(m));
	const struct payroll_verdict *v = payroll_verdict(run.state, move, run.month_day, batch_today(b));

	if (v && v->status == 200)
		answer(b, 200, m);
	else if (v)
		batch_refuse(b, v->status, v->code, move == PAYROLL_DRAFT ? "/month" : NULL, v->detail);
	return !v;
}

/* ---- saying it */

/* What each event of a run says: of which month, what it comes to, and who moved it. */
static void
say(struct batch *b, ProtobufCMessage *e, const char *month, int64_t total_fen)
{
	member_set_text(e, member_field(e->descriptor, "month"), month);
	member_set(e, "total_fen", &total_fen, sizeof(total_fen));
	member_set_text(e, member_field(e->descriptor, "account"), batch_account(b));
	batch_emit(b, month, e);
}

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

/* What is drafted or closed. */
static void
want_payments(struct batch *b, const void *m)
{
	duty_want(b);
	if (!month_exists(b, m))
		return;
	want_lines(b, m);
	funding_want_payments(b, month_of(m));
}

/* A run is no case about anybody: only whoever acts must be somebody. */
static bool
acts(struct batch *b, const void *m)
{
	struct duty d = duty_open(b);

	(void)m;
	return duty_allows(b, &d);
}

static void
draft(struct batch *b, const void *m)
{
	const Funding__DraftPayroll *in = m;
	Funding__PayrollDrafted e = FUNDING__PAYROLL_DRAFTED__INIT;
	struct payments p;

	if (!batch_ok(b, month_exists(b, in), 422, "field.month", "/month", "A month is YYYY-MM.") ||
	    !batch_ok(b, has_policy(b, month_of(in)), 422, "payroll.no_policy", "/month",
	              "No policy is in force at the end of that month: nothing can be owed for it.") ||
	    !move_ok(b, PAYROLL_DRAFT, in) || !funding_payments(b, month_of(in), &p))
		return;
	e.persons = (int64_t)p.n;
	if (batch_actor(b))
		e.person_id = batch_actor(b)->person_id;
	say(b, &e.base, in->month, p.total_fen);
	say_lines_drafted(b, in->month, &p);
	answer(b, 201, in);
}

/* The run in its next state; all else stays. */
static Run
run_moved(struct batch *b, const void *m, Funding__Payroll__State state)
{
	Run run = funding_run(b, month_of(m));

	run.state = state;
	member_get(m, "total_fen", &run.total_fen, sizeof(run.total_fen));
	return run;
}

static void
on_drafted(struct batch *b, const void *m)
{
	const Funding__PayrollDrafted *e = m;
	struct lines was = lines_of(b, month_of(e));

	for (size_t i = 0; i < was.n; i++)
		batch_drop(b, &line_table, was.line[i]);
	Run run = run_moved(b, e, STATE(DRAFT));
	run.drafted_by = e->account;
	run.drafted_by_person = e->person_id;
	funding_run_put(b, &run);
}

static void
on_lines_drafted(struct batch *b, const void *m)
{
	const Funding__PayrollLinesDrafted *e = m;
	Line *line = line_row(b, month_of(e));

	for (size_t i = 0; i < e->n_lines; i++) {
		copy_run(&row_of_payment, line, e->lines[i]);
		batch_put(b, &line_table, line);
	}
}

/* ---- approve */

static void
want_approve(struct batch *b, const void *m)
{
	if (!month_exists(b, m))
		return;
	want_lines(b, m);
	duty_want(b);
	duty_want_decided(b, funding_run(b, month_of(m)).drafted_by);
}

/* An approval reviews the draft. */
static bool
reviews(struct batch *b, const void *m)
{
	Run run = funding_run(b, month_of(m));
	struct duty d = duty_open(b);

	duty_decided(b, &d, run.drafted_by, run.drafted_by_person);
	return duty_allows(b, &d);
}

static void
approve(struct batch *b, const void *m)
{
	const Funding__ApprovePayroll *in = m;
	Funding__PayrollApproved e = FUNDING__PAYROLL_APPROVED__INIT;

	if (!move_ok(b, PAYROLL_APPROVE, in))
		return;
	say(b, &e.base, in->month, funding_run(b, month_of(in)).total_fen);
	answer(b, 200, in);
}

static void
on_approved(struct batch *b, const void *m)
{
	Run run = run_moved(b, m, STATE(APPROVED));

	funding_run_put(b, &run);
}

/* ---- close */

static bool
same_ok(struct batch *b, struct lines approved, const struct payments *p)
{
	return batch_ok(b, same_lines(approved, p), 409, "payroll.stale", NULL,
	                "Facts have moved since the draft; draft the month again.");
}

static void
close_run(struct batch *b, const void *m)
{
	const Funding__ClosePayroll *in = m;
	Funding__PayrollClosed e = FUNDING__PAYROLL_CLOSED__INIT;
	struct payments p;

	if (!move_ok(b, PAYROLL_CLOSE, in) || !funding_payments(b, month_of(in), &p) ||
	    !same_ok(b, lines_of(b, month_of(in)), &p))
		return;
	e.persons = (int64_t)p.n;
	say(b, &e.base, in->month, p.total_fen);
	say_lines_paid(b, in->month, &p);
	answer(b, 200, in);
}

static void
on_closed(struct batch *b, const void *m)
{
	Run run = run_moved(b, m, STATE(CLOSED));

	funding_run_put(b, &run);
}

static void
want_lines_paid(struct batch *b, const void *m)
{
	const Funding__PayrollLinesPaid *e = m;

	for (size_t i = 0; i < e->n_lines; i++) {
		const Payment *p = e->lines[i];
		funding_want_month(b, p->person_id, month_of(e));
		for (size_t k = 0; k < p->n_corrections; k++)
			funding_want_month(b, p->person_id, month_of(p->corrections[k]));
	}
}

/* Transfers money for the days of a month, or takes it back. */
static void
pay(struct batch *b, char *person_id, int32_t month_day, int32_t of_month_day, int64_t fen)
{
	Payout *out = batch_message(b, payout_table.row);
	char month[DAY_TEXT_MAX], *person = arena_printf(batch_arena(b), "person:%s", person_id);

	month_text(month_day, month);
	char *run = arena_printf(batch_arena(b), "payroll:%s", month);
	out->month_day = month_day;
	out->person_id = person_id;
	out->of_month_day = of_month_day;
	out->valid_on_day = batch_today(b);
	out->debit = fen > 0 ? person : run;
	out->credit = fen > 0 ? run : person;
	out->fen = fen > 0 ? fen : -fen;
	out->cause = (char *)batch_event_id(b);
	out->recorded_us = batch_at_us(b);
	batch_put(b, &payout_table, out);
	funding_month_pay(b, person_id, of_month_day, fen);
}

static void
on_lines_paid(struct batch *b, const void *m)
{
	const Funding__PayrollLinesPaid *e = m;
	int32_t month_day = month_of(e);

	for (size_t i = 0; i < e->n_lines; i++) {
		const Payment *p = e->lines[i];
		if (p->due_fen)
			pay(b, p->person_id, month_day, month_day, p->due_fen);
		for (size_t k = 0; k < p->n_corrections; k++)
			pay(b, p->person_id, month_day, month_of(p->corrections[k]), p->corrections[k]->fen);
	}
}

/* ---- queries: a run with its lines, what of it goes to the bank, and the proof that it agrees with the ledger */

/* NULL: answered already.  A run is ours alone, so there is nobody to wait for. */
static const Run *
run_named(struct reader *r, const char *month)
{
	int32_t month_day;
	void **rows;

	if (month_parse(month, &month_day) &&
	    reader_rows(r, &funding_payroll_read, reader_key(r, &funding_rows__month_key__descriptor, month), &rows))
		return rows[0];
	reader_missing(r, 0, "There is no run of this month.");
	return NULL;
}

static void
read_payroll(struct reader *r, const void *m)
{
	static const struct listing listing = { .args = &page_of_read, .answer = &funding__payroll_lines__descriptor };
	const Funding__ReadPayroll *in = m;
	Funding__Payroll out = FUNDING__PAYROLL__INIT;
	Funding__PayrollLines lines = FUNDING__PAYROLL_LINES__INIT;
	const Run *run = run_named(r, in->month);
	struct listed page;

	if (!run || !reader_list_rows(r, in, &listing, &funding_payroll_lines, &page))
		return;
	reader_list_fill(r, &lines, &page);
	out.month = in->month;
	out.state = run->state;
	out.total_fen = run->total_fen;
	out.lines = &lines;
	reader_answer(r, &out.base);
}

static const struct listing runs = {
	&page_of_runs, &funding__payroll_list__descriptor, .by = &funding_payroll_list,
};

/* Only what was paid: a draft may still become something else, and a closed run does not change from page to page. */
static void
export_payroll(struct reader *r, const void *m)
{
	static const struct listing listing = { .args = &page_of_export };
	const Funding__ExportPayroll *in = m;
	Funding__PayrollLines out = FUNDING__PAYROLL_LINES__INIT;
	const Run *run = run_named(r, in->month);
	struct listed page;

	if (!run || !reader_list_rows(r, in, &listing, &funding_payroll_lines, &page))
		return;
	if (run->state == STATE(CLOSED))
		reader_list_answer(r, &out.base, &page);
	else
		reader_refuse(r, 409, "payroll.not_closed", NULL,
		              "The run is not closed: there is nothing to be paid yet.");
}

static void
read_proof(struct reader *r, const void *m)
{
	const Funding__ReadPayrollProof *in = m;
	const void *key = reader_key(r, &funding_rows__month_key__descriptor, in->month);
	void **rows;

	if (!run_named(r, in->month))
		return;
	if (reader_rows(r, &funding_payroll_proof, key, &rows))
		reader_answer(r, rows[0]);
	else
		reader_refuse(r, 409, "payroll.not_closed", NULL, "Nothing has been paid yet: the run is not closed.");
}

/* A run sees every fact that was acknowledged before it. */
#define AFTER_ALL (AFTER(ROSTER) | AFTER(ATTENDANCE) | AFTER(ACCOUNTABILITY))

const struct noun funding_payroll = {
	.tables = LIST(((const struct table *const[]){ &line_table, &payout_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &funding__draft_payroll__descriptor, .after = AFTER_ALL,
		  .want = want_payments, .may = acts, .run = draft },
		{ .message = &funding__approve_payroll__descriptor,
		  .want = want_approve, .exists = month_exists, .may = reviews, .run = approve },
		{ .message = &funding__close_payroll__descriptor, .after = AFTER_ALL,
		  .want = want_payments, .exists = month_exists, .may = acts, .run = close_run },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &funding__payroll_drafted__descriptor, .want = want_lines, .run = on_drafted },
		{ .message = &funding__payroll_lines_drafted__descriptor, .want = want_lines, .run = on_lines_drafted },
		{ .message = &funding__payroll_approved__descriptor, .want = want_run, .run = on_approved },
		{ .message = &funding__payroll_closed__descriptor, .want = want_run, .run = on_closed },
		{ .message = &funding__payroll_lines_paid__descriptor, .want = want_lines_paid, .run = on_lines_paid },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &funding__list_payrolls__descriptor, LISTED(&runs) },
		{ .message = &funding__read_payroll__descriptor, .run = read_payroll },
		{ .message = &funding__export_payroll__descriptor, .run = export_payroll },
		{ .message = &funding__read_payroll_proof__descriptor, .run = read_proof },
	})),
	.copies = LIST(((const struct copy *const[]){
		&row_of_payment, &answer_of_row, &page_of_runs, &page_of_read, &page_of_export,
	})),
	.statements = { funding_payroll_sql, FUNDING_PAYROLL_SQL_COUNT },
};
