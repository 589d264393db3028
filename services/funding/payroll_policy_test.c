/* payroll_policy_test - the monthly run as the rule book says it (rules.md §7, A4), and what must always hold (§10).
 *
 * How: a case is a history of one person, in words told one after the other; what each run must pay, and what is paid
 * of each month in the end.  Money is in yuan, months are of 2017; a month without a run keeps its figures to itself.
 *
 *   08=300     the days of August come to 300 now (accrued − cancelled)
 *   run:08     August is run and closed
 *   floor=100  from now on a run pays out 100 of what comes, whatever is owed
 *   parts=3    from now on a run takes a third of what a month owes in all
 *
 * Properties are then tried on random histories, against the rule book's own formula; the seed is fixed. */
#include "base/civil.h"
#include "payroll_policy.h"
#include "harness/tally.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 12, YUAN = 100, HISTORIES = 3000, STEPS = 30, WORD = 16, PAYS_MAX = 256 };

struct world {
	arena_t *arena;
	struct payroll_month month[MONTHS];             /* January first */
	bool closed[MONTHS];
	struct payroll_terms terms;
	int64_t transferred_fen;                        /* by all runs */
	char pays[PAYS_MAX];                            /* of each run, in yuan */
	const char *broken;                             /* what did not hold at some run, or NULL */
};

static struct world *
world_open(arena_t *a)
{
	struct world *w = arena_alloc(a, sizeof(*w));

	w->arena = a;
	for (int i = 0; i < MONTHS; i++)
		w->month[i].month_day = day_of_civil(2017, i + 1, 1);
	return w;
}

/* ---- a run, with all that must hold of it */

static int
month_of(const char *text)
{
	int32_t day;

	if (!month_parse(text, &day))
		abort();
	return civil_of_day(day).month - 1;
}

/* rules.md §7: max(0, due(M) + Σ over closed months m of (due(m) − paid(m))); with a floor and instalments, at least
 * that. */
static bool
pays_by_definition(const struct world *w, int run, int64_t pay_fen)
{
	int64_t fen = w->month[run].due_fen, owed_fen = fen;

	for (int i = 0; i < MONTHS; i++) {
		int64_t open_fen = w->closed[i] ? w->month[i].due_fen - w->month[i].paid_fen : 0;
		fen += open_fen;
		owed_fen += open_fen > 0 ? open_fen : 0;
	}
	int64_t least_fen = fen > 0 ? fen : 0,
		floor_fen = owed_fen < w->terms.floor_fen ? owed_fen : w->terms.floor_fen;
	if (w->terms.floor_fen == 0 && w->terms.instalments <= 1)
		return pay_fen == least_fen;
	return pay_fen >= least_fen && pay_fen >= floor_fen && pay_fen <= owed_fen &&
	       (w->terms.instalments > 1 || pay_fen == (least_fen > floor_fen ? least_fen : floor_fen));
}

static size_t
scope_of(const struct world *w, int run, struct payroll_month *out)
{
	size_t n = 0;

	for (int i = 0; i < MONTHS; i++)
		if (w->closed[i] || i == run)
			out[n++] = w->month[i];
	return n;
}

/* Books what the payment says, as the service does; the settled months must come out the same. */
static void
book(struct world *w, int run, const Funding__Payment *p)
{
	int64_t corrections_fen = 0;

	payroll_book(&w->month[run], p->due_fen);
	for (size_t i = 0; i < p->n_corrections; i++) {
		int at = month_of(p->corrections[i]->month);
		corrections_fen += p->corrections[i]->fen;
		if (!w->closed[at] || at == run || p->corrections[i]->fen == 0)
			w->broken = "corrections are of closed months";
		payroll_book(&w->month[at], p->corrections[i]->fen);
	}
	if (p->pay_fen != p->due_fen + corrections_fen)
		w->broken = "correction = pay − due";
}

/* Nobody is taken back from while an older month still owes. */
static bool
oldest_first(const struct payroll_month *before, const struct payroll_month *after, size_t n)
{
	bool left = false;

	for (size_t i = 0; i < n; i++) {
		if (left && after[i].paid_fen < before[i].paid_fen)
			return false;
		left = left || after[i].paid_fen > after[i].due_fen;
	}
	return true;
}

static void
run(struct world *w, int month)
{
	struct payroll_month before[MONTHS], after[MONTHS];
	size_t n = scope_of(w, month, before), len = strlen(w->pays);

	memcpy(after, before, sizeof(before));
	int64_t pay_fen = payroll_settle(after, n, w->terms);
	if (!pays_by_definition(w, month, pay_fen))
		w->broken = "a run pays max(0, due(M) + Σ (due − paid))";
	Funding__Payment *p = payroll_payment("p1", w->month[month].month_day, before, n, w->terms, w->arena);
	if (p->pay_fen != pay_fen || p->due_fen != w->month[month].due_fen || strcmp(p->person_id, "p1") != 0)
		w->broken = "the payment says what the run settles";
	book(w, month, p);
	w->closed[month] = true;
	scope_of(w, month, before);
	if (memcmp(before, after, n * sizeof(*after)) != 0)
		w->broken = "months booked by the payment are the months settled";
	w->transferred_fen += pay_fen;
	snprintf(w->pays + len, sizeof(w->pays) - len, "%s%lld", len ? " " : "", (long long)(pay_fen / YUAN));
}

static void
check_order(struct world *w, int month)
{
	struct payroll_month before[MONTHS], after[MONTHS];
	size_t n = scope_of(w, month, before);

	memcpy(after, before, sizeof(before));
	int64_t pay_fen = payroll_settle(after, n, w->terms);
	bool whole = w->terms.floor_fen == 0 && w->terms.instalments <= 1;
	if (w->terms.instalments <= 1 && !oldest_first(before, after, n))
		w->broken = "oldest month first";
	for (size_t i = 0; i < n; i++) {
		if (before[i].due_fen >= before[i].paid_fen && after[i].paid_fen != before[i].due_fen)
			w->broken = "what is due is paid or settles";
		if (whole && pay_fen > 0 && after[i].paid_fen != after[i].due_fen)
			w->broken = "only the rest is paid out: nobody owes who gets money";
		if (after[i].paid_fen < 0 || after[i].clawback_fen < 0)
			w->broken = "paid and taken back are never negative";
	}
}

static void
check_sums(struct world *w)
{
	int64_t paid_fen = 0;

	for (int i = 0; i < MONTHS; i++)
		paid_fen += w->month[i].paid_fen;
	if (paid_fen != w->transferred_fen)
		w->broken = "Σ paid = Σ transfers";
}

static void
run_month(struct world *w, int month)
{
	if (w->closed[month])
		abort();                /* a month is run once */
	check_order(w, month);
	run(w, month);
	check_sums(w);
}

static void
tell(struct world *w, const char *word)
{
	int month, yuan;

	if (sscanf(word, "run:%d", &month) == 1)
		run_month(w, month - 1);
	else if (sscanf(word, "floor=%d", &yuan) == 1)
		w->terms.floor_fen = (int64_t)yuan * YUAN;
	else if (sscanf(word, "parts=%d", &yuan) == 1)
		w->terms.instalments = yuan;
	else if (sscanf(word, "%d=%d", &month, &yuan) == 2)
		w->month[month - 1].due_fen = (int64_t)yuan * YUAN;
	else
		abort();
}

static void
tell_all(struct world *w, const char *history)
{
	char word[WORD];

	for (int n; sscanf(history, "%15s%n", word, &n) == 1; history += n)
		tell(w, word);
}

/* "08=300-100": of August 300 is paid, and 100 of what was paid before is taken back. */
static char *
paid_text(const struct world *w)
{
	char *text = arena_strdup(w->arena, "");

	for (int i = 0; i < MONTHS; i++) {
		const struct payroll_month *m = &w->month[i];
		if (!m->paid_fen && !m->clawback_fen)
			continue;
		text = arena_printf(w->arena, "%s%s%02d=%lld", text, *text ? " " : "", i + 1,
				    (long long)(m->paid_fen / YUAN));
		if (m->clawback_fen)
			text = arena_printf(w->arena, "%s-%lld", text, (long long)(m->clawback_fen / YUAN));
	}
	return text;
}

/* ---- cases */

static const struct { const char *name, *history, *pays, *paid;
} cases[] = {
	{ "§7: what is due is paid", "08=300 run:08", "300", "08=300" },
	{ "nothing due, nothing paid", "run:08", "0", "" },
	{ "a run pays its own month, not the later ones", "08=300 09=200 run:08", "300", "08=300" },
	{ "month after month", "08=300 run:08 09=200 run:09", "300 200", "08=300 09=200" },
	{ "§7: a skipped month stays unpaid, also after later ones", "08=300 09=200 run:09 10=100 run:10", "200 100",
	  "09=200 10=100" },
	{ "until it is run itself", "08=300 09=200 run:09 run:08", "200 300", "08=300 09=200" },
	{ "A4: days already paid are taken back in the next run", "08=300 run:08 08=0 09=200 run:09", "300 0",
	  "08=100-200 09=200" },
	{ "a shortfall waits for later runs", "08=300 run:08 08=0 09=200 run:09 10=250 run:10", "300 0 150",
	  "08=0-300 09=200 10=250" },
	{ "only the rest is paid out", "08=100 run:08 08=0 09=250 run:09", "100 150", "08=0-100 09=250" },
	{ "annulled before the next run: nothing happened", "08=300 run:08 08=0 08=300 09=200 run:09", "300 200",
	  "08=300 09=200" },
	{ "annulled after: given back in the next run", "08=300 run:08 08=0 09=500 run:09 08=300 10=100 run:10",
	  "300 200 400", "08=300 09=500 10=100" },
	{ "what was taken back in part is given back in part", "08=300 run:08 08=0 09=200 run:09 08=300 10=100 run:10",
	  "300 0 300", "08=300 09=200 10=100" },
	{ "clawback: less what runs gave back since", "08=300 run:08 08=0 09=500 run:09 08=100 10=0 run:10",
	  "300 200 100", "08=100-200 09=500" },
	{ "giving more than was taken is no negative clawback", "08=300 run:08 08=200 09=500 run:09 08=400 run:10",
	  "300 400 200", "08=400 09=500" },
	{ "what a month gained is no clawback when it is lost", "08=100 run:08 08=300 run:09 08=200 run:10",
	  "100 200 0", "08=300" },
	{ "but when it is taken back it is", "08=100 run:08 08=300 run:09 08=200 10=150 run:10", "100 200 50",
	  "08=200-100 10=150" },
	{ "annulled and confirmed again", "08=300 run:08 08=0 09=500 run:09 08=300 run:10 08=0 11=300 run:11",
	  "300 200 300 0", "08=0-300 09=500 11=300" },
	{ "a day that comes late to a closed month", "08=300 run:08 08=400 09=200 run:09", "300 300", "08=400 09=200" },
	{ "and settles another closed month first", "07=300 run:07 08=100 run:08 07=100 08=200 run:09", "300 100 0",
	  "07=200-100 08=200" },
	{ "the oldest month first", "07=300 run:07 08=300 run:08 07=0 08=0 09=400 run:09", "300 300 0",
	  "07=0-300 08=200-100 09=400" },
	{ "the oldest month, not the first run", "08=300 run:08 07=300 run:07 07=0 08=0 09=400 run:09", "300 300 0",
	  "07=0-300 08=200-100 09=400" },
	{ "a month run late settles what later months owe", "09=300 run:09 09=0 08=500 run:08", "300 200",
	  "08=500 09=0-300" },
	{ "§7: corrections are of closed months: a skipped one neither owes nor settles",
	  "08=300 09=300 run:09 09=0 08=0 10=100 run:10", "300 0", "09=200-100 10=100" },
	{ "nothing comes of what never is due again", "08=300 run:08 08=0 run:09 run:10", "300 0 0", "08=300" },
	{ "§7: of what comes, the floor is paid out", "08=300 run:08 08=0 floor=50 09=200 run:09 10=200 run:10",
	  "300 50 50", "08=0-300 09=200 10=200" },
	{ "less than the floor comes: all of it is paid out", "08=300 run:08 08=0 floor=50 09=30 run:09", "300 30",
	  "08=300 09=30" },
	{ "a floor is no wage: nothing comes, nothing is paid", "08=300 run:08 08=0 floor=50 run:09", "300 0",
	  "08=300" },
	{ "more than the floor is left anyway", "08=100 run:08 08=0 floor=50 09=200 run:09", "100 100",
	  "08=0-100 09=200" },
	{ "§7: in instalments, each a part of the whole",
	  "08=300 run:08 08=0 parts=3 09=200 run:09 10=200 run:10 11=200 run:11 12=200 run:12", "300 100 100 100 200",
	  "08=0-300 09=200 10=200 11=200 12=200" },
	{ "rounded up, so that they end in time", "08=100 run:08 08=0 parts=3 09=200 run:09 10=200 run:10",
	  "100 166 166", "08=33-66 09=200 10=200" },
	{ "an instalment never takes what does not come",
	  "08=300 run:08 08=0 parts=2 09=100 run:09 10=400 run:10 11=300 run:11", "300 0 250 250",
	  "08=0-300 09=100 10=400 11=300" },
	{ "each month owes its own instalment", "07=100 run:07 08=200 run:08 07=0 08=0 parts=2 09=400 run:09",
	  "100 200 250", "07=50-50 08=100-100 09=400" },
	{ "a floor under instalments", "08=300 run:08 08=0 parts=2 floor=80 09=200 run:09", "300 80",
	  "08=180-120 09=200" },
	{ "annulled on the way: what was taken comes back at once",
	  "08=300 run:08 08=0 parts=3 09=200 run:09 08=300 10=200 run:10", "300 100 300", "08=300 09=200 10=200" },
	{ "C3.2.1-3: the year's stipend, after months were paid",
	  "07=100 08=100 09=100 run:07 run:08 run:09 07=0 08=0 09=0 run:10", "100 100 100 0", "07=100 08=100 09=100" },
};

static void
test_cases(arena_t *a)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		arena_reset(a);
		struct world *w = world_open(a);

		tell_all(w, cases[i].history);
		check(strcmp(w->pays, cases[i].pays) == 0, "pays", cases[i].name);
		check(strcmp(paid_text(w), cases[i].paid) == 0, "paid", cases[i].name);
		check(!w->broken, w->broken ? w->broken : "properties", cases[i].name);
	}
}

/* The line of a person: what is due, and what of which month is corrected. */
static void
test_payment(arena_t *a)
{
	struct payroll_month months[] = {
		{ day_of_civil(2017, 7, 1), 10000, 30000, 0 },
		{ day_of_civil(2017, 8, 1), 50000, 40000, 0 },
		{ day_of_civil(2017, 9, 1), 60000, 0, 0 },
	};
	const struct payroll_terms terms = { 0 };
	Funding__Payment *p = payroll_payment("p1", months[2].month_day, months, 3, terms, a);

	check(p->due_fen == 60000 && p->pay_fen == 50000, "payment", "due, pay");
	check(p->n_corrections == 2 && strcmp(p->corrections[0]->month, "2017-07") == 0 &&
		      p->corrections[0]->fen == -20000 && strcmp(p->corrections[1]->month, "2017-08") == 0 &&
		      p->corrections[1]->fen == 10000,
	      "payment", "two corrections");
	check(months[0].paid_fen == 30000 && months[2].paid_fen == 0, "payment", "the months stay as they were");
	p = payroll_payment("p2", months[2].month_day, months, 2, terms, a);
	check(p->due_fen == 0 && p->pay_fen == 0 && p->n_corrections == 2, "payment", "without days in the month");
	p = payroll_payment("p3", months[2].month_day, months, 0, terms, a);
	check(p->due_fen == 0 && p->pay_fen == 0 && p->n_corrections == 0, "payment", "without any month");
}

/* ---- properties, on random histories */

static uint32_t
dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

static bool
is_settled(const struct world *w)
{
	for (int i = 0; i < MONTHS; i++)
		if (w->closed[i] ? w->month[i].paid_fen != w->month[i].due_fen : w->month[i].paid_fen != 0)
			return false;
	return true;
}

/* Every second history has a floor or instalments. */
static void
terms_random(struct world *w, uint32_t *seed)
{
	w->terms.floor_fen = dice(seed, 4) ? 0 : dice(seed, 8) * 10000;
	w->terms.instalments = dice(seed, 4) ? 0 : (int32_t)dice(seed, 5);
}

/* Facts and runs of any month in any order; December stays for the end. */
static void
tell_random(struct world *w, uint32_t *seed)
{
	for (int i = 0; i < STEPS; i++) {
		int month = (int)dice(seed, MONTHS - 1);
		if (dice(seed, 3) == 0 && !w->closed[month])
			run_month(w, month);
		else
			w->month[month].due_fen = dice(seed, 4) ? dice(seed, 32) * 10000 : 0;
	}
}

static void
test_random(arena_t *a)
{
	char name[32];

	for (uint32_t h = 0; h < HISTORIES; h++) {
		uint32_t seed = 20171001 + h;
		arena_reset(a);
		struct world *w = world_open(a);

		snprintf(name, sizeof(name), "history %u", h);
		terms_random(w, &seed);
		tell_random(w, &seed);
		check(!w->broken, w->broken ? w->broken : "at every run", name);
		w->terms = (struct payroll_terms){ 0 };
		w->month[MONTHS - 1].due_fen = MONTHS * INT64_C(1000000);       /* enough to settle everything */
		run_month(w, MONTHS - 1);
		check(is_settled(w) && !w->broken, "§7: enough later due settles everything", name);
	}
}

/* The same dues, the months run in any order: each month is paid what is due, and the transfers are the same in all. */
static void
test_order_of_runs(arena_t *a)
{
	char name[32];

	for (uint32_t h = 0; h < HISTORIES / 10; h++) {
		uint32_t seed = 20180101 + h;
		int64_t due_fen = 0;
		arena_reset(a);
		struct world *w = world_open(a);

		snprintf(name, sizeof(name), "order %u", h);
		for (int i = 0; i < MONTHS; i++)
			due_fen += w->month[i].due_fen = dice(&seed, 32) * 10000;
		for (int left = MONTHS; left > 0; left--) {
			int month = (int)dice(&seed, MONTHS);
			while (w->closed[month])
				month = (month + 1) % MONTHS;
			run_month(w, month);
		}
		check(is_settled(w) && !w->broken && w->transferred_fen == due_fen, "§10.1: order of runs", name);
	}
}

/* ---- moves */

static const struct {
	const char *name;
	Funding__Payroll__State is;
	enum payroll_move move;
	const char *today;
	int status;
	const char *code;
} moves[] = {
#define NONE FUNDING__PAYROLL__STATE__STATE_UNSPECIFIED
#define DRAFT FUNDING__PAYROLL__STATE__DRAFT
#define APPROVED FUNDING__PAYROLL__STATE__APPROVED
#define CLOSED FUNDING__PAYROLL__STATE__CLOSED
	{ "§7: from the first day after it", NONE, PAYROLL_DRAFT, "2017-10-01", 0, NULL },
	{ "not on its last day", NONE, PAYROLL_DRAFT, "2017-09-30", 422, "payroll.month_open" },
	{ "nor before", NONE, PAYROLL_DRAFT, "2017-08-31", 422, "payroll.month_open" },
	{ "years later too", NONE, PAYROLL_DRAFT, "2021-02-28", 0, NULL },
	{ "a draft is replaced", DRAFT, PAYROLL_DRAFT, "2017-10-02", 0, NULL },
	{ "an approved one too", APPROVED, PAYROLL_DRAFT, "2017-10-02", 0, NULL },
	{ "§7: a month is run once", CLOSED, PAYROLL_DRAFT, "2017-10-02", 409, "payroll.closed" },
	{ "no draft to approve", NONE, PAYROLL_APPROVE, "2017-10-02", 409, "payroll.bad_transition" },
	{ "approve", DRAFT, PAYROLL_APPROVE, "2017-10-02", 0, NULL },
	{ "approve again", APPROVED, PAYROLL_APPROVE, "2017-10-02", 200, "" },
	{ "approve what is closed", CLOSED, PAYROLL_APPROVE, "2017-10-02", 409, "payroll.closed" },
	{ "approve what goes on", NONE, PAYROLL_APPROVE, "2017-09-30", 422, "payroll.month_open" },
	{ "no draft to close", NONE, PAYROLL_CLOSE, "2017-10-02", 409, "payroll.bad_transition" },
	{ "close what nobody approved", DRAFT, PAYROLL_CLOSE, "2017-10-02", 409, "payroll.bad_transition" },
	{ "close", APPROVED, PAYROLL_CLOSE, "2017-10-02", 0, NULL },
	{ "close again", CLOSED, PAYROLL_CLOSE, "2017-10-02", 409, "payroll.closed" },
	{ "close what goes on", NONE, PAYROLL_CLOSE, "2017-09-30", 422, "payroll.month_open" },
};

static void
test_moves(void)
{
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		int32_t today;
		if (!day_parse(moves[i].today, &today))
			abort();
		const struct payroll_verdict *v =
			payroll_verdict(moves[i].is, moves[i].move, day_of_civil(2017, 9, 1), today);
		check(v ? v->status == moves[i].status && strcmp(v->code, moves[i].code) == 0 : moves[i].status == 0,
		      "move", moves[i].name);
	}
}

int
main(void)
{
	arena_t *a = arena_open(16 << 20);

	test_cases(a);
	test_payment(a);
	test_random(a);
	test_order_of_runs(a);
	test_moves();
	arena_close(&a);
	return tally_end();
}
