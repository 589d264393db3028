/* payroll_policy - see payroll_policy.h. */
#include "payroll_policy.h"
#include "civil.h"

/* ---- money */

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
payroll_book(struct payroll_month *m, int64_t fen)
{
	m->paid_fen += fen;
	m->clawback_fen -= lesser(fen, m->clawback_fen);        /* giving back no more than was taken; taking adds */
}

static void
sum_up(const struct payroll_month *months, size_t n, int64_t *owed_fen, int64_t *owing_fen)
{
	*owed_fen = *owing_fen = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t open_fen = months[i].due_fen - months[i].paid_fen;
		*(open_fen > 0 ? owed_fen : owing_fen) += open_fen > 0 ? open_fen : -open_fen;
	}
}

/* Takes back from the months that were paid too much, oldest first, as far as it goes. */
static void
take_back(struct payroll_month *months, size_t n, int64_t fen)
{
	for (size_t i = 0; i < n && fen > 0; i++) {
		int64_t over_fen = months[i].paid_fen - months[i].due_fen;
		if (over_fen <= 0)
			continue;
		int64_t taken_fen = lesser(over_fen, fen);
		payroll_book(&months[i], -taken_fen);
		fen -= taken_fen;
	}
}

int64_t
payroll_settle(struct payroll_month *months, size_t n)
{
	int64_t owed_fen, owing_fen;

	sum_up(months, n, &owed_fen, &owing_fen);
	int64_t settled_fen = lesser(owed_fen, owing_fen);
	take_back(months, n, settled_fen);
	for (size_t i = 0; i < n; i++)
		if (months[i].due_fen > months[i].paid_fen)
			payroll_book(&months[i], months[i].due_fen - months[i].paid_fen);
	return owed_fen - settled_fen;
}

static void
correction_add(Funding__Payment *to, int32_t month_day, int64_t fen, arena_t *a)
{
	Funding__Correction *c = to->corrections[to->n_corrections++] = arena_message(a, &funding__correction__descriptor);

	c->month = arena_alloc(a, DAY_TEXT_MAX);
	month_text(month_day, c->month);
	c->fen = fen;
}

Funding__Payment *
payroll_payment(const char *person_id, int32_t month_day, const struct payroll_month *months, size_t n, arena_t *a)
{
	Funding__Payment *p = arena_message(a, &funding__payment__descriptor);
	struct payroll_month *after = arena_copy(a, months, n * sizeof(*months));

	p->person_id = (char *)person_id;
	p->pay_fen = payroll_settle(after, n);
	p->corrections = arena_alloc(a, (n + 1) * sizeof(*p->corrections));
	for (size_t i = 0; i < n; i++)
		if (months[i].month_day == month_day)
			p->due_fen = months[i].due_fen;
		else if (after[i].paid_fen != months[i].paid_fen)
			correction_add(p, months[i].month_day, after[i].paid_fen - months[i].paid_fen, a);
	return p;
}

/* ---- moves */

#define NONE FUNDING__PAYROLL__STATE__STATE_UNSPECIFIED
#define DRAFT FUNDING__PAYROLL__STATE__DRAFT
#define APPROVED FUNDING__PAYROLL__STATE__APPROVED
#define CLOSED FUNDING__PAYROLL__STATE__CLOSED

static const struct payroll_verdict
	month_open = { 422, "payroll.month_open", "The month is not over yet." },
	closed = { 409, "payroll.closed", "The month is closed; what moved since is settled by the next run." },
	no_draft = { 409, "payroll.bad_transition", "There is no draft of this month." },
	not_approved = { 409, "payroll.bad_transition", "The draft has not been approved." },
	is_so = { 200, "", "" };

/* What a move finds in its way; no row: nothing. */
static const struct { enum payroll_move move; Funding__Payroll__State is; const struct payroll_verdict *verdict; } moves[] = {
	{ PAYROLL_DRAFT,   CLOSED,   &closed },
	{ PAYROLL_APPROVE, NONE,     &no_draft },
	{ PAYROLL_APPROVE, APPROVED, &is_so },
	{ PAYROLL_APPROVE, CLOSED,   &closed },
	{ PAYROLL_CLOSE,   NONE,     &no_draft },
	{ PAYROLL_CLOSE,   DRAFT,    &not_approved },
	{ PAYROLL_CLOSE,   CLOSED,   &closed },
};

const struct payroll_verdict *
payroll_verdict(Funding__Payroll__State is, enum payroll_move move, int32_t month_day, int32_t today)
{
	if (today < month_end(month_day))
		return &month_open;
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (moves[i].move == move && moves[i].is == is)
			return moves[i].verdict;
	return NULL;
}
