/* payroll_reads - a run with its lines, what of it goes to the bank, and the proof that it agrees with the ledger.
 *
 *   in:   ReadPayroll, ExportPayroll, ReadPayrollProof
 *   out:  answers; owns nothing */
#include "base/civil.h"
#include "funding.sql.h"
#include "payroll.h"

typedef FundingRows__Payroll Run;

/* NULL: answered already.  A run is ours alone, so there is nobody to wait for. */
static const Run *
run_named(struct reader *r, const char *month, FundingRows__MonthKey *key)
{
	void **rows;

	key->district = (char *)reader_district(r);
	if (month_parse(month, &key->month_day) && reader_rows(r, &funding_payroll, key, &rows))
		return rows[0];
	reader_missing(r, 0, "There is no run of this month.");
	return NULL;
}

/* One more than the page shows tells whether there is another. */
static void
lines_fill(struct reader *r, const Run *run, const struct page *page, Funding__PayrollLines *out)
{
	FundingRows__LinesPage args = FUNDING_ROWS__LINES_PAGE__INIT;
	void **rows;

	args.district = run->district;
	args.month_day = run->month_day;
	args.after = (char *)page->after;
	args.limit = page->limit + 1;
	out->n_items = reader_rows(r, &funding_payroll_lines, &args, &rows);
	out->items = (Funding__PayrollLine **)rows;
	if (out->n_items <= (size_t)page->limit)
		return;
	out->n_items = (size_t)page->limit;
	out->maybe_next_case = FUNDING__PAYROLL_LINES__MAYBE_NEXT_NEXT;
	out->next = reader_cursor(r, out->items[out->n_items - 1]->person_id);
}

void
payroll_read(struct reader *r, const void *m)
{
	const Funding__ReadPayroll *in = m;
	FundingRows__MonthKey key = FUNDING_ROWS__MONTH_KEY__INIT;
	Funding__Payroll out = FUNDING__PAYROLL__INIT;
	Funding__PayrollLines lines = FUNDING__PAYROLL_LINES__INIT;
	const Run *run = run_named(r, in->month, &key);
	struct page page;

	if (!run || !reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &page))
		return;
	out.month = in->month;
	out.state = run->state;
	out.total_fen = run->total_fen;
	lines_fill(r, run, &page, &lines);
	out.lines = &lines;
	reader_answer(r, &out.base);
}

/* Only what was paid: a draft may still become something else, and a closed run does not change from page to page. */
void
payroll_read_export(struct reader *r, const void *m)
{
	const Funding__ExportPayroll *in = m;
	FundingRows__MonthKey key = FUNDING_ROWS__MONTH_KEY__INIT;
	Funding__PayrollLines out = FUNDING__PAYROLL_LINES__INIT;
	const Run *run = run_named(r, in->month, &key);
	struct page page;

	if (!run || !reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &page))
		return;
	if (run->state != FUNDING__PAYROLL__STATE__CLOSED) {
		reader_refuse(r, 409, "payroll.not_closed", NULL, "The run is not closed: there is nothing to be paid yet.");
		return;
	}
	lines_fill(r, run, &page, &out);
	reader_answer(r, &out.base);
}

void
payroll_read_proof(struct reader *r, const void *m)
{
	const Funding__ReadPayrollProof *in = m;
	FundingRows__MonthKey key = FUNDING_ROWS__MONTH_KEY__INIT;
	void **rows;

	if (!run_named(r, in->month, &key))
		return;
	if (!reader_rows(r, &funding_payroll_proof, &key, &rows)) {
		reader_refuse(r, 409, "payroll.not_closed", NULL, "Nothing has been paid yet: the run is not closed.");
		return;
	}
	Funding__PayrollProof *out = rows[0];
	out->month = in->month;
	reader_answer(r, &out->base);
}
