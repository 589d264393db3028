/* payroll_policy - see payroll_policy.h. */
#include "payroll_policy.h"
#include "base/civil.h"

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

struct payroll_terms
payroll_terms_of(const Policy__Policy *policy)
{
	if (!policy)
		return (struct payroll_terms){ 0 };
	return (struct payroll_terms){ policy->stipend->floor_fen, policy->stipend->instalments };
}

/* What comes to the person, of all months. */
static int64_t
owed(const struct payroll_month *months, size_t n)
{
	int64_t fen = 0;

	for (size_t i = 0; i < n; i++)
		if (months[i].due_fen > months[i].paid_fen)
			fen += months[i].due_fen - months[i].paid_fen;
	return fen;
}

/* What a run takes back from a month at most.  The part is one of what is to come back in all, so it stays the same
 * from run to run. */
static int64_t
instalment(const struct payroll_month *m, int32_t instalments)
{
	int64_t over_fen = m->paid_fen - m->due_fen, whole_fen = over_fen + m->clawback_fen;

	if (over_fen <= 0 || instalments <= 1)
		return over_fen > 0 ? over_fen : 0;
	return lesser(over_fen, (whole_fen + instalments - 1) / instalments);
}

/* Takes back from the months that were paid too much, oldest first, as far as it goes; what was taken. */
static int64_t
take_back(struct payroll_month *months, size_t n, int64_t fen, int32_t instalments)
{
	int64_t left_fen = fen;

	for (size_t i = 0; i < n && left_fen > 0; i++) {
		int64_t taken_fen = lesser(instalment(&months[i], instalments), left_fen);
		payroll_book(&months[i], -taken_fen);
		left_fen -= taken_fen;
	}
	return fen - left_fen;
}

int64_t
payroll_settle(struct payroll_month *months, size_t n, struct payroll_terms terms)
{
	int64_t owed_fen = owed(months, n), over_floor_fen = owed_fen - terms.floor_fen;
	int64_t taken_fen = over_floor_fen > 0 ? take_back(months, n, over_floor_fen, terms.instalments) : 0;

	for (size_t i = 0; i < n; i++)
		if (months[i].due_fen > months[i].paid_fen)
			payroll_book(&months[i], months[i].due_fen - months[i].paid_fen);
	return owed_fen - taken_fen;
}

static void
correction_add(Funding__Payment *to, int32_t month_day, int64_t fen, arena_t *a)
{
	Funding__Correction *c = arena_message(a, &funding__correction__descriptor);

	c->month = arena_alloc(a, DAY_TEXT_MAX);
	month_text(month_day, c->month);
	c->fen = fen;
	to->corrections[to->n_corrections++] = c;
}

Funding__Payment *
payroll_payment(const char *person_id, int32_t month_day, const struct payroll_month *months, size_t n,
                struct payroll_terms terms, arena_t *a)
{
	Funding__Payment *p = arena_message(a, &funding__payment__descriptor);
	struct payroll_month *after = arena_copy(a, months, n * sizeof(*months));

	p->person_id = (char *)person_id;
	p->pay_fen = payroll_settle(after, n, terms);
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
static const struct {
	enum payroll_move move;
	Funding__Payroll__State is;
	const struct payroll_verdict *verdict;
} moves[] = {
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
