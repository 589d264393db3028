/* month - what each person's month comes to, what of it has been paid, and what a run of a month would pay.
 *
 *   in:   days as stipend.c settles them; runs and payments as payroll.c tells them
 *   owns: stipend_month; unsettled, which says of which closed months due and paid money differ; payroll, a month's run
 *
 * So a run need not look at days: its month is one row a person, and what earlier months still owe is found without
 * them. */
#include "base/civil.h"
#include "domain/policies.h"
#include "engine/keyed.h"
#include "funding.h"
#include "payroll_policy.h"
#include <string.h>

typedef FundingRows__StipendMonth Month;
typedef FundingRows__Unsettled Unsettled;
typedef FundingRows__Payroll Run;
typedef Funding__Payment Payment;

/* A run looks at this many rows at most: persons with money in its month, and unsettled months of others.  At about
 * 3 KB a person in the arena, several runs fit a batch; a district has some 1,500 persons who are paid. */
enum { PAYROLL_ROWS_MAX = 20000 };

static const struct table month_table = { "stipend_month", &funding_rows__stipend_month__descriptor, 3, false };
static const struct table unsettled_table = { "unsettled", &funding_rows__unsettled__descriptor, 3, false };
static const struct table run_table = { "payroll", &funding_rows__payroll__descriptor, 2, false };
enum { OF_MONTH = 2 };                                  /* prefix of a person's month's key */

/* ---- keys */

static Month *
month_row(struct batch *b, const char *person_id, int32_t month_day)
{
	Month *row = batch_message(b, month_table.row);

	row->month_day = month_day;
	row->person_id = (char *)person_id;
	return row;
}

static Unsettled *
unsettled_row(struct batch *b, const char *person_id, int32_t month_day)
{
	Unsettled *row = batch_row(b, &unsettled_table, person_id);

	row->month_day = month_day;
	return row;
}

static Run *
run_row(struct batch *b, int32_t month_day)
{
	Run *row = batch_message(b, run_table.row);

	row->month_day = month_day;
	return row;
}

/* ---- the run of a month */

void
funding_want_run(struct batch *b, int32_t month_day)
{
	batch_want(b, &run_table, run_row(b, month_day), 2);
}

Run
funding_run(struct batch *b, int32_t month_day)
{
	const Run *key = run_row(b, month_day), *run = batch_get(b, &run_table, key);

	return run ? *run : *key;
}

void
funding_run_put(struct batch *b, const Run *run)
{
	batch_put(b, &run_table, run);
}

static bool
is_closed(struct batch *b, int32_t month_day)
{
	return funding_run(b, month_day).state == FUNDING__PAYROLL__STATE__CLOSED;
}

/* ---- a person's month: wanted and kept */

/* A month that goes on cannot be closed: what comes in day by day needs no look at what is unsettled. */
void
funding_want_month(struct batch *b, const char *person_id, int32_t month_day)
{
	batch_want(b, &month_table, month_row(b, person_id, month_day), 3);
	funding_want_run(b, month_day);
	if (month_end(month_day) <= batch_today(b) || is_closed(b, month_day))         /* the latter in a later round */
		batch_want(b, &unsettled_table, unsettled_row(b, person_id, month_day), 3);
}

static struct payroll_month
money_of(const Month *row)
{
	return (struct payroll_month){ .month_day = row->month_day, .due_fen = row->accrued_fen - row->cancelled_fen,
		                       .paid_fen = row->paid_fen, .clawback_fen = row->clawback_fen };
}

/* A month that was never heard of is one of no money. */
static Month
month_now(struct batch *b, const char *person_id, int32_t month_day)
{
	const Month *key = month_row(b, person_id, month_day), *row = batch_get(b, &month_table, key);

	return row ? *row : *key;
}

static void
unsettled_keep(struct batch *b, const Month *is)
{
	const Unsettled *row = unsettled_row(b, is->person_id, is->month_day);

	if (is->accrued_fen - is->cancelled_fen != is->paid_fen)
		batch_put(b, &unsettled_table, row);
	else
		batch_drop(b, &unsettled_table, row);
}

static void
month_keep(struct batch *b, const Month *is)
{
	if (is->accrued_fen || is->paid_fen || is->clawback_fen)
		batch_put(b, &month_table, is);
	else
		batch_drop(b, &month_table, is);
	if (is_closed(b, is->month_day))
		unsettled_keep(b, is);
}

void
funding_month_accrue(struct batch *b, const char *person_id, int32_t month_day, int64_t accrued_fen,
                     int64_t cancelled_fen)
{
	if (!accrued_fen && !cancelled_fen)
		return;
	Month is = month_now(b, person_id, month_day);
	is.accrued_fen += accrued_fen;
	is.cancelled_fen += cancelled_fen;
	month_keep(b, &is);
}

void
funding_month_pay(struct batch *b, const char *person_id, int32_t month_day, int64_t fen)
{
	Month is = month_now(b, person_id, month_day);
	struct payroll_month m = money_of(&is);

	payroll_book(&m, fen);
	is.paid_fen = m.paid_fen;
	is.clawback_fen = m.clawback_fen;
	month_keep(b, &is);
}

/* ---- what a run would pay */

/* What it looks at, both by person. */
struct scope { const Month *const *month; size_t n; const Unsettled *const *unsettled; size_t nunsettled; };

void
funding_want_payments(struct batch *b, int32_t month_day)
{
	const void **rows;

	batch_want(b, &month_table, month_row(b, "", month_day), OF_MONTH);
	batch_want_all(b, &unsettled_table);
	size_t n = batch_list_all(b, &unsettled_table, &rows);                         /* there in the second round */
	for (size_t i = 0; i < n && n <= PAYROLL_ROWS_MAX; i++) {                      /* of more it will be refused */
		const Unsettled *row = rows[i];
		funding_want_month(b, row->person_id, row->month_day);
	}
}

static struct scope
scope_of(struct batch *b, int32_t month_day)
{
	struct scope s;
	const void **rows;

	s.n = batch_list(b, &month_table, month_row(b, "", month_day), OF_MONTH, &rows);
	s.month = (const Month *const *)rows;
	s.nunsettled = batch_list_all(b, &unsettled_table, &rows);
	s.unsettled = (const Unsettled *const *)rows;
	return s;
}

static bool
scope_fits(struct batch *b, const struct scope *s)
{
	size_t n = s->n + s->nunsettled;
	const char *detail = arena_printf(batch_arena(b), "The run is about %zu persons and unsettled months; "
	                                  "one of more than %d cannot be made.", n, PAYROLL_ROWS_MAX);

	return batch_ok(b, n <= PAYROLL_ROWS_MAX, 409, "payroll.too_large", NULL, detail);
}

/* Who comes first of those left. */
static const char *
person_next(const struct scope *s)
{
	const char *month = s->n ? s->month[0]->person_id : NULL;
	const char *unsettled = s->nunsettled ? s->unsettled[0]->person_id : NULL;

	return month && (!unsettled || strcmp(month, unsettled) <= 0) ? month : unsettled;
}

static struct payroll_terms
terms_of_month(struct batch *b, int32_t month_day)
{
	const struct policy_version *v = policy_on(batch_policies(b), month_end(month_day) - 1);

	return payroll_terms_of(v ? v->document : NULL);
}

/* Takes the person's months off the scope.  The run's own is owed, never owing: it may stand behind the closed ones. */
static Payment *
payment_next(struct batch *b, int32_t month_day, struct scope *s)
{
	const char *person_id = person_next(s);
	size_t closed = 0, n = 0;

	while (closed < s->nunsettled && strcmp(s->unsettled[closed]->person_id, person_id) == 0)
		closed++;
	struct payroll_month *months = arena_alloc(batch_arena(b), (closed + 1) * sizeof(*months));
	for (; n < closed; s->unsettled++, s->nunsettled--) {
		Month month = month_now(b, person_id, s->unsettled[0]->month_day);
		months[n++] = money_of(&month);
	}
	if (s->n && strcmp(s->month[0]->person_id, person_id) == 0) {
		months[n++] = money_of(s->month[0]);
		s->month++;
		s->n--;
	}
	return payroll_payment(person_id, month_day, months, n, terms_of_month(b, month_day), batch_arena(b));
}

bool
funding_payments(struct batch *b, int32_t month_day, struct payments *out)
{
	struct scope s = scope_of(b, month_day);

	if (!scope_fits(b, &s))
		return false;
	*out = (struct payments){ .of = arena_alloc(batch_arena(b), (s.n + s.nunsettled + 1) * sizeof(Payment *)) };
	while (s.n || s.nunsettled) {
		Payment *p = out->of[out->n++] = payment_next(b, month_day, &s);
		out->total_fen += p->pay_fen;
	}
	return true;
}

const struct noun funding_month = {
	.tables = LIST(((const struct table *const[]){ &month_table, &unsettled_table, &run_table })),
};
