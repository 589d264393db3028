/* stipend_policy - see stipend_policy.h. */
#include "stipend_policy.h"
#include "base/civil.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef FundingRows__Day Day;
typedef FundingRows__Measure Measure;
typedef FundingRows__Transfer Transfer;

/* ---- what a day is worth */

static bool
covers(const MirrorRows__Posting *p, int32_t day)
{
	return day_within(day, p->from_day, p->maybe_to_case, p->to_day);
}

static bool
paid_role(const Policy__Stipend *s, Roster__Role role)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(&roster__role__descriptor, (int)role);

	for (size_t i = 0; v && i < s->n_roles; i++)
		if (strcasecmp(s->roles[i], v->name) == 0)      /* the document says it in lower case */
			return true;
	return false;
}

static bool
paid_posting(const struct stipend_person *p, const Policy__Stipend *s, int32_t day)
{
	for (size_t i = 0; i < p->npostings; i++)
		if (covers(p->postings[i], day) && paid_role(s, p->postings[i]->role))
			return true;
	return false;
}

/* The person's unit on a day; NULL: not known. */
static const char *
unit_on(const struct stipend_person *p, int32_t day)
{
	const MirrorRows__Person *on = NULL;

	for (size_t i = 0; i < p->nhistory; i++)
		if (p->history[i]->from_day <= day && (!on || p->history[i]->from_day > on->from_day))
			on = p->history[i];
	return on ? on->unit_id : NULL;
}

int64_t
stipend_accrual_fen(const struct stipend_person *p, int32_t day)
{
	const struct policy_version *v = policy_on(p->book, day);
	const Policy__Stipend *s = v ? v->document->stipend : NULL;

	return s && day >= s->from_day && paid_posting(p, s, day) && unit_on(p, day) ? s->rate_fen : 0;
}

/* Of what stipend_accrual_fen asks. */
static bool
same_terms(const Policy__Stipend *a, const Policy__Stipend *b)
{
	if (!a || !b)
		return a == b;
	if (a->from_day != b->from_day || a->rate_fen != b->rate_fen || a->n_roles != b->n_roles)
		return false;
	for (size_t i = 0; i < a->n_roles; i++)
		if (strcasecmp(a->roles[i], b->roles[i]) != 0)
			return false;
	return true;
}

static const Policy__Stipend *
terms_on(const struct policy_book *book, int32_t day)
{
	const struct policy_version *v = policy_on(book, day);
	return v ? v->document->stipend : NULL;
}

bool
stipend_terms_moved(const struct policy_book *was, const struct policy_book *is, int32_t from_day,
                    struct stipend_span *out)
{
	*out = (struct stipend_span){ from_day, DAY_MAX };
	for (size_t i = is->n; i-- > 0 && is->versions[i].effective_from_day > from_day;)
		out->until_day = is->versions[i].effective_from_day;
	return !same_terms(terms_on(was, from_day), terms_on(is, from_day));
}

static bool
cancels(const Measure *m, int32_t day)
{
	return m->in_effect && day_within(day, m->from_day, m->maybe_until_case, m->until_day);
}

const char *
stipend_cancelled_by(const struct stipend_person *p, int32_t day, const char *now)
{
	const char *by = "";

	for (size_t i = 0; i < p->nmeasures; i++) {
		const Measure *m = p->measures[i];
		if (!cancels(m, day))
			continue;
		if (strcmp(m->measure_id, now) == 0)
			return m->measure_id;
		if (!*by)
			by = m->measure_id;
	}
	return by;
}

/* ---- from what stands to what should */

static Transfer *
add(struct stipend_settled *s, FundingRows__Purpose purpose, const char *unit_id, int64_t fen, arena_t *a)
{
	Day *d = &s->day;
	Transfer *t = &s->transfers[s->n++];
	char *person = arena_printf(a, "person:%s", d->person_id);
	bool accrual = purpose == FUNDING_ROWS__PURPOSE__ACCRUAL;

	*t = (Transfer)FUNDING_ROWS__TRANSFER__INIT;
	t->district = d->district;
	t->person_id = d->person_id;
	t->valid_on_day = d->on_day;
	t->seq = ++d->transfers;
	t->purpose = purpose;
	t->debit = accrual ? arena_printf(a, "unit:%s", unit_id) : person;
	t->credit = accrual ? person : arena_printf(a, "cancelled:%s", unit_id);
	t->fen = fen;
	return t;
}

static void
reverse(Transfer *t, int32_t seq)
{
	char *debit = t->debit;

	t->debit = t->credit;
	t->credit = debit;
	t->maybe_reverses_case = FUNDING_ROWS__TRANSFER__MAYBE_REVERSES_REVERSES;
	t->reverses = seq;
}

static void
accrual_undo(struct stipend_settled *s, arena_t *a)
{
	Day *d = &s->day;

	if (!d->accrued_seq)
		return;
	reverse(add(s, FUNDING_ROWS__PURPOSE__ACCRUAL, d->unit_id, d->accrued_fen, a), d->accrued_seq);
	d->unit_id = (char *)"";
	d->accrued_fen = 0;
	d->accrued_seq = 0;
}

static void
accrual_book(struct stipend_settled *s, const char *unit_id, int64_t fen, arena_t *a)
{
	Day *d = &s->day;

	if (!fen)
		return;
	d->accrued_seq = add(s, FUNDING_ROWS__PURPOSE__ACCRUAL, unit_id, fen, a)->seq;
	d->accrued_fen = fen;
	d->unit_id = (char *)unit_id;
}

static void
cancellation_undo(struct stipend_settled *s, arena_t *a)
{
	Day *d = &s->day;

	if (!d->cancelled_seq)
		return;
	Transfer *t = add(s, FUNDING_ROWS__PURPOSE__CANCELLATION, d->unit_id, d->cancelled_fen, a);
	t->measure_id = d->cancelled_by;
	reverse(t, d->cancelled_seq);
	d->cancelled_by = (char *)"";
	d->cancelled_fen = 0;
	d->cancelled_seq = 0;
}

static void
cancellation_book(struct stipend_settled *s, const char *measure_id, arena_t *a)
{
	Day *d = &s->day;

	if (!*measure_id)
		return;
	Transfer *t = add(s, FUNDING_ROWS__PURPOSE__CANCELLATION, d->unit_id, d->accrued_fen, a);
	t->measure_id = (char *)measure_id;
	d->cancelled_by = (char *)measure_id;
	d->cancelled_fen = d->accrued_fen;
	d->cancelled_seq = t->seq;
}

void
stipend_settle(const struct stipend_person *p, const Day *was, bool present, arena_t *a, struct stipend_settled *out)
{
	int64_t fen = present ? stipend_accrual_fen(p, was->on_day) : 0;
	const char *unit = fen ? unit_on(p, was->on_day) : "";
	const char *by = fen ? stipend_cancelled_by(p, was->on_day, was->cancelled_by) : "";
	bool accrual_stays = was->accrued_fen == fen && strcmp(was->unit_id, unit) == 0;
	bool cancellation_stays = accrual_stays && strcmp(was->cancelled_by, by) == 0;

	out->day = *was;
	out->day.present = present;
	out->n = 0;
	if (!cancellation_stays)
		cancellation_undo(out, a);
	if (!accrual_stays) {
		accrual_undo(out, a);
		accrual_book(out, unit, fen, a);
	}
	if (!cancellation_stays)
		cancellation_book(out, by, a);
}

void
stipend_moved_add(struct stipend_moved *moved, const Day *was, const Day *is)
{
	if (is->cancelled_fen && !was->cancelled_fen) {
		moved->taken_fen += is->cancelled_fen;
		moved->taken_days++;
	}
	if (was->cancelled_fen && !is->cancelled_fen) {
		moved->restored_fen += was->cancelled_fen;
		moved->restored_days++;
	}
}

/* ---- the cancelled days of a time */

static int
by_first_day(const void *a, const void *b)
{
	const struct stipend_span *x = a, *y = b;
	return (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

/* Spans in order of their first days, merged in place. */
static size_t
merge(struct stipend_span *spans, size_t n)
{
	size_t last = 0;

	for (size_t i = 1; i < n; i++)
		if (spans[i].from_day > spans[last].until_day)
			spans[++last] = spans[i];
		else if (spans[i].until_day > spans[last].until_day)
			spans[last].until_day = spans[i].until_day;
	return n ? last + 1 : 0;
}

size_t
stipend_cancelled_spans(const Measure *const *measures, size_t n, struct stipend_span within, arena_t *a,
                        struct stipend_span **out)
{
	struct stipend_span *spans = arena_alloc(a, (n + 1) * sizeof(*spans));
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const Measure *m = measures[i];
		bool ends = m->maybe_until_case && m->until_day < within.until_day;
		int32_t from = m->from_day > within.from_day ? m->from_day : within.from_day;
		int32_t until = ends ? m->until_day : within.until_day;
		if (m->in_effect && from < until)
			spans[count++] = (struct stipend_span){ from, until };
	}
	qsort(spans, count, sizeof(*spans), by_first_day);
	*out = spans;
	return merge(spans, count);
}
