/* funding - what the files of this service share.  funding.c says what the service is.
 *
 * Months are named by their first days. */
#pragma once
#include "engine/service.h"
#include "funding.pb-c.h"
#include "funding_rows.pb-c.h"

enum { ROSTER, ATTENDANCE, ACCOUNTABILITY };            /* whom it consumes: AFTER(ROSTER) */

extern const struct noun funding_stipend, funding_month, funding_payroll;

/* ---- month.c: what a person's month comes to, and what of it has been paid */

void funding_want_month(struct batch *b, const char *person_id, int32_t month_day);
/* The days of the month come to so much more, or less. */
void funding_month_accrue(struct batch *b, const char *person_id, int32_t month_day, int64_t accrued_fen,
                          int64_t cancelled_fen);
/* A run has paid for its days, or taken back. */
void funding_month_pay(struct batch *b, const char *person_id, int32_t month_day, int64_t fen);

/* The run of a month; without one its state is unspecified. */
void funding_want_run(struct batch *b, int32_t month_day);
FundingRows__Payroll funding_run(struct batch *b, int32_t month_day);
void funding_run_put(struct batch *b, const FundingRows__Payroll *run);

/* What a run would pay, by person: everybody with money in its month, or in closed months that are not settled. */
struct payments { Funding__Payment **of; size_t n; int64_t total_fen; };
void funding_want_payments(struct batch *b, int32_t month_day);
/* False: refused, they are too many. */
bool funding_payments(struct batch *b, int32_t month_day, struct payments *out);
