/* payroll_policy - the monthly run (C4.4; rules.md §7, A4): what it pays a person, and which moves a run may make.
 *
 * Pure: everything depends on the arguments alone; what is returned lives in the arena passed in and points into the
 * arguments.  A person's months are those the run looks at: its own, not paid yet, and the closed ones; months without
 * a run are not among them.  Money that settles another month counts as paid for the days of its own and as taken back
 * from the days of the other: what all months of a person have been paid is always what the runs have transferred. */
#pragma once
#include "base/arena.h"
#include "funding.pb-c.h"
#include "policy.pb-c.h"
#include <stddef.h>
#include <stdint.h>

struct payroll_month {
	int32_t month_day;                      /* its first */
	int64_t due_fen;                        /* accrued − cancelled */
	int64_t paid_fen;                       /* net money so far for its days */
	int64_t clawback_fen;                   /* what runs took back from it, less what they gave back since; ≥ 0 */
};

/* What a run leaves of what is to be taken back: by default nothing. */
struct payroll_terms {
	int64_t floor_fen;                      /* of what comes to a person, this much is paid out whatever he owes */
	int32_t instalments;                    /* of what a month owes in all, a run takes this part back, rounded up;
						 * 0 and 1: all of it */
};
/* Of the policy of the run's month; NULL: none was in force. */
struct payroll_terms payroll_terms_of(const Policy__Policy *policy);

/* Money for the days of a month: paid (> 0) or taken back (< 0). */
void payroll_book(struct payroll_month *m, int64_t fen);
/* Brings the months, in ascending order, to what they are after the run; what it transfers to the person, in fen, never
 * < 0. */
int64_t payroll_settle(struct payroll_month *months, size_t n, struct payroll_terms terms);
/* The same as the person's part of the run of `month_day`; the months stay as they are. */
Funding__Payment *payroll_payment(const char *person_id, int32_t month_day, const struct payroll_month *months,
                                  size_t n, struct payroll_terms terms, arena_t *a);

enum payroll_move { PAYROLL_DRAFT, PAYROLL_APPROVE, PAYROLL_CLOSE };
struct payroll_verdict { int status; const char *code, *detail; };      /* status 200: it is so already */
/* Whether a run may make this move; NULL: yes.  Without a run the state is unspecified. */
const struct payroll_verdict *payroll_verdict(Funding__Payroll__State is, enum payroll_move move, int32_t month_day,
                                              int32_t today);
