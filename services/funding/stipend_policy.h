/* stipend_policy - the village stipend (C4.4; rules.md §7): what a day is worth, what of it is cancelled, and the
 * transfers that bring the ledger from what stands to what should stand.
 *
 * Pure: everything depends on the arguments alone, results live in the arena passed in and point into the arguments.
 * A day is decided by itself, from all that is known of its person; so the order of facts, their repetition and their
 * reversal leave no trace but the ledger's history.
 *
 * Accounts, of a district; an entry is positive where it is credited, negative where it is debited:
 *   person:<id>       what the person is owed               accrual:      unit → person
 *   unit:<id>         the sending unit, which owes it       cancellation: person → cancelled
 *   cancelled:<id>    what the unit is spared by measures   reversal: the same amount, the other way round */
#pragma once
#include "base/arena.h"
#include "funding_rows.pb-c.h"
#include "mirror_rows.pb-c.h"
#include "domain/policy_book.h"
#include <stdbool.h>
#include <stddef.h>

/* All that is known of one person when a day is judged. */
struct stipend_person {
	const struct policy_book *book;
	const MirrorRows__Person *const *history; size_t nhistory;
	const MirrorRows__Posting *const *postings; size_t npostings;
	const FundingRows__Measure *const *measures; size_t nmeasures;
};

/* The stipend of a day on which the person was there: the rate in force, once however many postings (C4.4); 0 when no
 * posting of the day is paid for, before the policy's first day, or while the unit that owes it is not known. */
int64_t stipend_accrual_fen(const struct stipend_person *p, int32_t day);

/* The measure that cancels a day (A3: the days of all in effect together); "" when none does.  `now` is kept while it
 * still does, else it is the first of those known. */
const char *stipend_cancelled_by(const struct stipend_person *p, int32_t day, const char *now);

/* The days of which one more version of the rules, in force from this day on, says something else of the stipend than
 * the version before it did: until the next version's first day.  False: of none. */
struct stipend_span { int32_t from_day, until_day; };
bool stipend_terms_moved(const struct policy_book *was, const struct policy_book *is, int32_t from_day,
                         struct stipend_span *out);

enum { STIPEND_TRANSFERS_MAX = 4 };
struct stipend_settled {
	FundingRows__Day day;
	FundingRows__Transfer transfers[STIPEND_TRANSFERS_MAX]; size_t n; /* to append; without cause and recorded_us */
};
/* What a day should be, given what stands of it and whether the person was there; nothing to append when it is so
 * already. */
void stipend_settle(const struct stipend_person *p, const FundingRows__Day *was, bool present, arena_t *a,
                    struct stipend_settled *out);

/* How much the cancelled money of some days has moved; begins as {0}. */
struct stipend_moved { int64_t taken_fen, restored_fen; int32_t taken_days, restored_days; };
void stipend_moved_add(struct stipend_moved *moved, const FundingRows__Day *was, const FundingRows__Day *is);

/* The cancelled days of a time, half-open like all spans: merged where they meet, in order. */
size_t stipend_cancelled_spans(const FundingRows__Measure *const *measures, size_t n, struct stipend_span within,
                               arena_t *a, struct stipend_span **out);
