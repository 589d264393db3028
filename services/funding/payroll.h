/* payroll - the monthly run: what its files share among themselves and with funding.c. */
#pragma once
#include "funding.h"
#include "funding_rows.pb-c.h"
#include "payroll_policy.h"

/* A run looks at this many rows at most: persons with money in its month, and unsettled months of others.  At about 2.5 KB a
 * person in the arena, several runs fit a batch; a district has some 1,500 persons who are paid. */
enum { PAYROLL_ROWS_MAX = 20000 };

extern const struct table payroll_table, payroll_line_table, payout_table, stipend_month_table, unsettled_table;

/* ---- month.c: what a person's month comes to, and what of it has been paid.  month_day is the first of the month. */
void payroll_want_month(struct batch *b, const char *person_id, int32_t month_day);
/* The days of the month come to so much more, or less. */
void payroll_month_accrue(struct batch *b, const char *person_id, int32_t month_day, int64_t accrued_fen, int64_t cancelled_fen);
/* A run has paid for its days, or taken back. */
void payroll_month_pay(struct batch *b, const char *person_id, int32_t month_day, int64_t fen);
struct payroll_month payroll_month_of(const FundingRows__StipendMonth *row);

/* ---- payroll.c: orders and facts */
bool payroll_month_exists(struct batch *b, const void *m);
void payroll_want_draft(struct batch *b, const void *m);   void payroll_run_draft(struct batch *b, const void *m);
void payroll_want_approve(struct batch *b, const void *m); void payroll_run_approve(struct batch *b, const void *m);
bool payroll_may(struct batch *b, const void *m);                /* draft and close */
bool payroll_approve_may(struct batch *b, const void *m);
void payroll_want_close(struct batch *b, const void *m);   void payroll_run_close(struct batch *b, const void *m);

void payroll_want_drafted(struct batch *b, const void *m);       void payroll_on_drafted(struct batch *b, const void *m);
void payroll_want_lines_drafted(struct batch *b, const void *m); void payroll_on_lines_drafted(struct batch *b, const void *m);
void payroll_want_approved(struct batch *b, const void *m);      void payroll_on_approved(struct batch *b, const void *m);
void payroll_want_closed(struct batch *b, const void *m);        void payroll_on_closed(struct batch *b, const void *m);
void payroll_want_lines_paid(struct batch *b, const void *m);    void payroll_on_lines_paid(struct batch *b, const void *m);

/* ---- payroll_reads.c */
void payroll_read(struct reader *r, const void *m);
void payroll_read_export(struct reader *r, const void *m);
void payroll_read_proof(struct reader *r, const void *m);
