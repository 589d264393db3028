/* reads - what funding answers: the stipend of a person's year, and the money that a measure moved.
 *
 *   in:   ReadStipend, ReadMeasureMoney
 *   out:  answers; owns nothing */
#include "base/civil.h"
#include "funding.h"
#include "funding.pb-c.h"
#include "funding.sql.h"
#include "funding_policy.h"

enum { YEAR_MIN = 1000, YEAR_MAX = 9998 };     /* four digits, and so are those of the day after its last */

struct year { int32_t number, from_day, until_day; };

static bool
person_is_known(struct reader *r, const char *person_id)
{
	FundingRows__PersonKey key = FUNDING_ROWS__PERSON_KEY__INIT;
	void **rows;

	key.district = (char *)reader_district(r);
	key.person_id = (char *)person_id;
	return reader_rows(r, &funding_person, &key, &rows) && ((const FundingRows__Found *)rows[0])->found;
}

static Funding__StipendMonth *
month_message(struct reader *r, const FundingRows__Month *row)
{
	Funding__StipendMonth *m = arena_message(reader_arena(r), &funding__stipend_month__descriptor);

	m->month = arena_alloc(reader_arena(r), DAY_TEXT_MAX);
	month_text(row->month_day, m->month);
	m->days_present = row->days_present;
	m->accrued_fen = row->accrued_fen;
	m->cancelled_fen = row->cancelled_fen;
	m->paid_fen = row->paid_fen;
	m->clawback_fen = row->clawback_fen;
	return m;
}

static void
months_fill(struct reader *r, Funding__Stipend *out, struct year year)
{
	FundingRows__PersonDays args = FUNDING_ROWS__PERSON_DAYS__INIT;
	void **rows;

	args.district = (char *)reader_district(r);
	args.person_id = out->person_id;
	args.from_day = year.from_day;
	args.until_day = year.until_day;
	out->n_months = reader_rows(r, &funding_months, &args, &rows);
	out->months = arena_alloc(reader_arena(r), (out->n_months + 1) * sizeof(*out->months));
	for (size_t i = 0; i < out->n_months; i++) {
		const Funding__StipendMonth *m = out->months[i] = month_message(r, rows[i]);
		out->balance_fen += m->accrued_fen - m->cancelled_fen - m->paid_fen;
	}
}

static char *
spans_json(struct reader *r, const struct funding_span *spans, size_t n)
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
cancelled_fill(struct reader *r, Funding__Stipend *out, struct year year)
{
	FundingRows__PersonKey key = FUNDING_ROWS__PERSON_KEY__INIT;
	struct funding_span *spans;
	void **rows;

	key.district = (char *)reader_district(r);
	key.person_id = out->person_id;
	size_t n = reader_rows(r, &funding_measures_of_person, &key, &rows);
	n = funding_cancelled_spans((const FundingRows__Measure *const *)rows, n, year.from_day, year.until_day, reader_arena(r), &spans);
	out->cancelled_days_json = spans_json(r, spans, n);
}

void
funding_read_stipend(struct reader *r, const void *m)
{
	const Funding__ReadStipend *in = m;
	Funding__Stipend out = FUNDING__STIPEND__INIT;
	struct year year = { .number = in->maybe_year_case ? in->year : day_year(reader_today(r)) };

	if (!person_is_known(r, in->id)) {
		reader_missing(r, AFTER(FUNDING_ROSTER), "No such person.");
		return;
	}
	if (year.number < YEAR_MIN || year.number > YEAR_MAX) {
		reader_refuse(r, 422, "field.range", "/year", "A year is 1000 to 9998.");
		return;
	}
	year.from_day = day_of_civil(year.number, 1, 1);
	year.until_day = year_end(year.from_day);
	out.person_id = in->id;
	out.year = year.number;
	months_fill(r, &out, year);
	cancelled_fill(r, &out, year);
	reader_answer(r, &out.base);
}

/* Part of a case sheet: what accountability knows and we do not has moved no money. */
void
funding_read_measure_money(struct reader *r, const void *m)
{
	const Funding__ReadMeasureMoney *in = m;
	FundingRows__MeasureKey key = FUNDING_ROWS__MEASURE_KEY__INIT;
	Funding__MeasureMoney out = FUNDING__MEASURE_MONEY__INIT;
	void **rows;

	key.district = (char *)reader_district(r);
	key.measure_id = in->id;
	out.n_money = reader_rows(r, &funding_money_of_measure, &key, &rows);
	out.money = (Funding__MoneyLine **)rows;
	reader_answer(r, &out.base);
}
