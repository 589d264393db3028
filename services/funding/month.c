/* month - what each person's month comes to, kept as its days move, and what of it has been paid.
 *
 *   in:   days as funding.c settles them; payments as PayrollLinesPaid tells them
 *   owns: stipend_month; unsettled, which says of which closed months due and paid money differ
 *
 * So a run need not look at days: its month is one row a person, and what earlier months still owe is found without them. */
#include "base/civil.h"
#include "payroll.h"

typedef FundingRows__StipendMonth Month;
typedef FundingRows__Unsettled Unsettled;
typedef FundingRows__Payroll Payroll;

const struct table stipend_month_table = { "stipend_month", &funding_rows__stipend_month__descriptor, 3, false };
const struct table unsettled_table = { "unsettled", &funding_rows__unsettled__descriptor, 3, false };

/* ---- keys */

static Month
month_key(const struct batch *b, const char *person_id, int32_t month_day)
{
	Month key = FUNDING_ROWS__STIPEND_MONTH__INIT;

	key.district = (char *)batch_district(b);
	key.month_day = month_day;
	key.person_id = (char *)person_id;
	return key;
}

static Unsettled
unsettled_key(const struct batch *b, const char *person_id, int32_t month_day)
{
	Unsettled key = FUNDING_ROWS__UNSETTLED__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.month_day = month_day;
	return key;
}

static Payroll
payroll_key(const struct batch *b, int32_t month_day)
{
	Payroll key = FUNDING_ROWS__PAYROLL__INIT;

	key.district = (char *)batch_district(b);
	key.month_day = month_day;
	return key;
}

static bool
is_closed(struct batch *b, int32_t month_day)
{
	Payroll key = payroll_key(b, month_day);
	const Payroll *run = batch_get(b, &payroll_table, &key);

	return run && run->state == FUNDING__PAYROLL__STATE__CLOSED;
}

/* ---- wanted and kept */

/* A month that goes on cannot be closed: what comes in day by day needs no look at what is unsettled. */
void
payroll_want_month(struct batch *b, const char *person_id, int32_t month_day)
{
	Month month = month_key(b, person_id, month_day);
	Payroll run = payroll_key(b, month_day);
	Unsettled unsettled = unsettled_key(b, person_id, month_day);

	batch_want(b, &stipend_month_table, &month, 3);
	batch_want(b, &payroll_table, &run, 2);
	if (month_end(month_day) <= batch_today(b) || is_closed(b, month_day))         /* the latter in a later round */
		batch_want(b, &unsettled_table, &unsettled, 3);
}

struct payroll_month
payroll_month_of(const Month *row)
{
	return (struct payroll_month){ row->month_day, row->accrued_fen - row->cancelled_fen, row->paid_fen, row->clawback_fen };
}

static void
unsettled_keep(struct batch *b, const Month *is)
{
	Unsettled key = unsettled_key(b, is->person_id, is->month_day);

	if (is->accrued_fen - is->cancelled_fen != is->paid_fen)
		batch_put(b, &unsettled_table, &key);
	else
		batch_drop(b, &unsettled_table, &key);
}

static void
month_keep(struct batch *b, const Month *is)
{
	if (is->accrued_fen || is->paid_fen || is->clawback_fen)
		batch_put(b, &stipend_month_table, is);
	else
		batch_drop(b, &stipend_month_table, is);
	if (is_closed(b, is->month_day))
		unsettled_keep(b, is);
}

static Month
month_now(struct batch *b, const char *person_id, int32_t month_day)
{
	Month key = month_key(b, person_id, month_day);
	const Month *row = batch_get(b, &stipend_month_table, &key);

	return row ? *row : key;
}

void
payroll_month_accrue(struct batch *b, const char *person_id, int32_t month_day, int64_t accrued_fen, int64_t cancelled_fen)
{
	if (!accrued_fen && !cancelled_fen)
		return;
	Month is = month_now(b, person_id, month_day);
	is.accrued_fen += accrued_fen;
	is.cancelled_fen += cancelled_fen;
	month_keep(b, &is);
}

void
payroll_month_pay(struct batch *b, const char *person_id, int32_t month_day, int64_t fen)
{
	Month is = month_now(b, person_id, month_day);
	struct payroll_month m = payroll_month_of(&is);

	payroll_book(&m, fen);
	is.paid_fen = m.paid_fen;
	is.clawback_fen = m.clawback_fen;
	month_keep(b, &is);
}
