/* stipend_policy_test - the village stipend as the rule book says it (rules.md §7, C4.4; A3), and what must always hold
 * (§10).
 *
 * How: a case is a history of words about one person, told one after the other; after each all days are settled anew
 * and the transfers are appended to a ledger, as the service does it.  Dates are of 2017 unless they say more.
 *
 *   +09-04  -09-04                       there on that day (present or present_weak); not there, or not any more
 *   P1:first_secretary:09-01..10-01      posting P1; without an end 09-01..
 *   -P1                                  ended before it began: somebody else's
 *   U:09-10=u2                           of unit u2 from that day on; everybody begins as u1's
 *   M1:09-01..10-01  -M1                 measure M1 in effect; out of effect
 *   B:10-01=12000                        the policy of that day on, with this rate
 *
 * The ledger itself is looked at after every word.  The properties are then tried on random histories; the seed is
 * fixed. */
#include "stipend_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORD = 48,
	WORDS_MAX = 40,
	DAYS_MAX = 40,
	THINGS_MAX = 8,
	LEDGER_MAX = 8000,
	ACCOUNTS_MAX = 16,
	HISTORIES = 1500
};

typedef FundingRows__Day Day;
typedef FundingRows__Measure Measure;
typedef FundingRows__Transfer Transfer;

struct world {
	arena_t *arena;
	Policy__Stipend stipends[THINGS_MAX];
	Policy__Policy documents[THINGS_MAX];
	struct policy_version versions[THINGS_MAX];
	struct policy_book book;
	const MirrorRows__Person *history[THINGS_MAX];
	const MirrorRows__Posting *postings[THINGS_MAX];
	const Measure *measures[THINGS_MAX];
	struct stipend_person known;
	Day days[DAYS_MAX]; size_t ndays;
	Transfer ledger[LEDGER_MAX]; size_t nledger;
	struct stipend_moved moved;                     /* by the last word */
	const char *broken;                             /* what of the ledger did not hold, or NULL */
};

/* ---- words */

static int32_t
date(const char **at)
{
	char text[DAY_TEXT_MAX];
	int len = (*at)[4] == '-' ? 10 : 5;
	int32_t day;

	snprintf(text, sizeof(text), "%s%.*s", len == 5 ? "2017-" : "", len, *at);
	if (!day_parse(text, &day))
		abort();
	*at += len;
	return day;
}

/* "09-01..10-01" or "09-01.." */
static bool
span(const char *at, int32_t *from, int32_t *until)
{
	*from = date(&at);
	if (strncmp(at, "..", 2) != 0)
		abort();
	at += 2;
	bool ends = *at != '\0';
	*until = ends ? date(&at) : 0;
	return ends;
}

static void
publish(struct world *w, int32_t from_day, int64_t rate_fen)
{
	static char *roles[] = { (char *)"first_secretary", (char *)"team_member" };
	size_t at = 0;

	while (at < w->book.n && w->versions[at].effective_from_day < from_day)
		at++;
	bool again = at < w->book.n && w->versions[at].effective_from_day == from_day;
	if (!again) {
		size_t slot = w->book.n++;
		memmove(&w->versions[at + 1], &w->versions[at], (slot - at) * sizeof(*w->versions));
		w->stipends[slot] = (Policy__Stipend)POLICY__STIPEND__INIT;
		w->documents[slot] = (Policy__Policy)POLICY__POLICY__INIT;
		w->documents[slot].stipend = &w->stipends[slot];
		w->versions[at] = (struct policy_version){ "v", from_day, &w->documents[slot] };
	}
	Policy__Stipend *s = w->versions[at].document->stipend;
	s->from_day = day_of_civil(2017, 8, 1);
	s->rate_fen = rate_fen;
	s->roles = roles;
	s->n_roles = 2;
}

static void
tell_unit(struct world *w, const char *word)
{
	MirrorRows__Person *row = arena_message(w->arena, &mirror_rows__person__descriptor);

	row->from_day = date(&word);
	row->unit_id = arena_strdup(w->arena, word + 1);
	for (size_t i = 0; i < w->known.nhistory; i++)
		if (w->history[i]->from_day == row->from_day) {
			w->history[i] = row;
			return;
		}
	w->history[w->known.nhistory++] = row;
}

static Roster__Role
role_of(const char *name, size_t len)
{
	char upper[WORD] = "";

	for (size_t i = 0; i < len; i++)
		upper[i] = name[i] == '_' ? '_' : (char)(name[i] - 'a' + 'A');
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(&roster__role__descriptor, upper);
	if (!v)
		abort();
	return (Roster__Role)v->value;
}

static void
tell_posting(struct world *w, const char *word)
{
	MirrorRows__Posting *row = arena_message(w->arena, &mirror_rows__posting__descriptor);
	const char *role = word + 3, *end = strchr(role, ':');
	size_t i = (size_t)(word[1] - '0');

	row->role = role_of(role, (size_t)(end - role));
	row->maybe_to_case = span(end + 1, &row->from_day, &row->to_day) ? MIRROR_ROWS__POSTING__MAYBE_TO_TO_DAY : 0;
	w->postings[i] = row;
}

static void
tell_measure(struct world *w, const char *word, bool in_effect)
{
	Measure *row = arena_message(w->arena, &funding_rows__measure__descriptor);
	size_t i = (size_t)(word[1] - '0');

	*row = *w->measures[i];
	row->in_effect = in_effect;
	if (in_effect) {
		bool ends = span(word + 3, &row->from_day, &row->until_day);
		row->maybe_until_case = ends ? FUNDING_ROWS__MEASURE__MAYBE_UNTIL_UNTIL_DAY : 0;
	}
	w->measures[i] = row;
}

static void
tell_posting_gone(struct world *w, const char *word)
{
	MirrorRows__Posting *row = arena_message(w->arena, &mirror_rows__posting__descriptor);

	*row = *w->postings[word[1] - '0'];
	row->maybe_to_case = MIRROR_ROWS__POSTING__MAYBE_TO_TO_DAY;
	row->to_day = row->from_day;
	w->postings[word[1] - '0'] = row;
}

/* ---- the ledger, and the days as the service keeps them */

static const Transfer *
transfer_of(const struct world *w, int32_t day, int32_t seq)
{
	for (size_t i = 0; i < w->nledger; i++)
		if (w->ledger[i].valid_on_day == day && w->ledger[i].seq == seq)
			return &w->ledger[i];
	return NULL;
}

static bool
reversed(const struct world *w, const Transfer *t)
{
	for (size_t i = 0; i < w->nledger; i++)
		if (w->ledger[i].valid_on_day == t->valid_on_day && w->ledger[i].maybe_reverses_case &&
		    w->ledger[i].reverses == t->seq)
			return true;
	return false;
}

/* An entry is only ever undone by its exact opposite, once (§7). */
static bool
is_exact_opposite(const struct world *w, const Transfer *t)
{
	const Transfer *of = transfer_of(w, t->valid_on_day, t->reverses);

	return of && !of->maybe_reverses_case && !reversed(w, of) && of->fen == t->fen && of->purpose == t->purpose &&
	       strcmp(of->debit, t->credit) == 0 && strcmp(of->credit, t->debit) == 0 &&
	       strcmp(of->measure_id, t->measure_id) == 0;
}

static void
append(struct world *w, const Transfer *t)
{
	if (t->fen <= 0 || strcmp(t->debit, t->credit) == 0)
		w->broken = "a transfer moves something from one account to another";
	if (transfer_of(w, t->valid_on_day, t->seq) || (t->seq > 1 && !transfer_of(w, t->valid_on_day, t->seq - 1)))
		w->broken = "transfers of a day are numbered densely";
	if (t->maybe_reverses_case && !is_exact_opposite(w, t))
		w->broken = "a reversal is the exact opposite of what stands";
	if (w->nledger == LEDGER_MAX)
		abort();
	w->ledger[w->nledger++] = *t;
}

/* What the day says stands is what has not been reversed. */
static bool
day_agrees(const struct world *w, const Day *d)
{
	int64_t accrued = 0, cancelled = 0;

	for (size_t i = 0; i < w->nledger; i++) {
		const Transfer *t = &w->ledger[i];
		if (t->valid_on_day != d->on_day)
			continue;
		int64_t fen = t->maybe_reverses_case ? -t->fen : t->fen;
		*(t->purpose == FUNDING_ROWS__PURPOSE__ACCRUAL ? &accrued : &cancelled) += fen;
	}
	return accrued == d->accrued_fen && cancelled == d->cancelled_fen && (cancelled == 0 || cancelled == accrued);
}

static void
settle_one(struct world *w, Day *d, bool present)
{
	struct stipend_settled s, again;

	stipend_settle(&w->known, d, present, w->arena, &s);
	for (size_t i = 0; i < s.n; i++)
		append(w, &s.transfers[i]);
	stipend_moved_add(&w->moved, d, &s.day);
	*d = s.day;
	if (!day_agrees(w, d))
		w->broken = "a day says what stands in the ledger; what is cancelled is what has accrued";
	stipend_settle(&w->known, d, present, w->arena, &again);
	if (again.n)
		w->broken = "settling twice is settling once";
}

static Day *
day_of(struct world *w, int32_t on_day)
{
	for (size_t i = 0; i < w->ndays; i++)
		if (w->days[i].on_day == on_day)
			return &w->days[i];
	if (w->ndays == DAYS_MAX)
		abort();
	Day *d = &w->days[w->ndays++];
	*d = (Day)FUNDING_ROWS__DAY__INIT;
	d->person_id = (char *)"p";
	d->on_day = on_day;
	return d;
}

static void
tell(struct world *w, const char *word)
{
	const char *at = word + 1, *unit = word + 2;
	Day *d = *at >= '0' && *at <= '9' && (*word == '+' || *word == '-') ? day_of(w, date(&at)) : NULL;

	w->moved = (struct stipend_moved){ 0 };
	if (d)
		settle_one(w, d, *word == '+');
	else if (*word == 'P')
		tell_posting(w, word);
	else if (*word == 'U')
		tell_unit(w, unit);
	else if (*word == 'M')
		tell_measure(w, word, true);
	else if (strncmp(word, "-M", 2) == 0)
		tell_measure(w, word + 1, false);
	else if (strncmp(word, "-P", 2) == 0)
		tell_posting_gone(w, word + 1);
	else if (*word == 'B') {
		int32_t day = date(&unit);
		publish(w, day, atoll(unit + 1));
	} else
		abort();
	for (size_t i = 0; i < w->ndays; i++)
		settle_one(w, &w->days[i], w->days[i].present);
}

/* ---- a world begins: the shipped policy, unit u1, nothing else */

static struct world *
world_open(arena_t *a)
{
	struct world *w = arena_alloc(a, sizeof(*w));

	w->arena = a;
	w->book.versions = w->versions;
	publish(w, day_of_civil(2017, 8, 1), 10000);
	for (int i = 0; i < THINGS_MAX; i++) {
		MirrorRows__Posting *none = arena_message(a, &mirror_rows__posting__descriptor);
		Measure *off = arena_message(a, &funding_rows__measure__descriptor);
		none->maybe_to_case = MIRROR_ROWS__POSTING__MAYBE_TO_TO_DAY;
		off->measure_id = arena_printf(a, "m%d", i);
		w->postings[i] = none;
		w->measures[i] = off;
	}
	w->known = (struct stipend_person){ &w->book, w->history, 0, w->postings, THINGS_MAX, w->measures, THINGS_MAX };
	tell(w, "U:0001-01-01=u1");
	return w;
}

static void
tell_all(struct world *w, const char *history)
{
	char copy[512], *rest = copy;

	if (snprintf(copy, sizeof(copy), "%s", history) >= (int)sizeof(copy))
		abort();
	for (char *word; (word = strsep(&rest, " "));)
		if (*word)
			tell(w, word);
}

static int64_t
balance(const struct world *w, const char *account)
{
	int64_t fen = 0;

	for (size_t i = 0; i < w->nledger; i++) {
		fen += strcmp(w->ledger[i].credit, account) == 0 ? w->ledger[i].fen : 0;
		fen -= strcmp(w->ledger[i].debit, account) == 0 ? w->ledger[i].fen : 0;
	}
	return fen;
}

static char *
spans_text(const struct world *w, int32_t from, int32_t until)
{
	struct stipend_span *spans;
	size_t n = stipend_cancelled_spans(w->measures, THINGS_MAX, (struct stipend_span){ from, until }, w->arena,
					   &spans);
	char *text = arena_strdup(w->arena, ""), a[DAY_TEXT_MAX], b[DAY_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		day_text(spans[i].from_day, a);
		day_text(spans[i].until_day, b);
		text = arena_printf(w->arena, "%s%s%s..%s", text, i ? " " : "", a + 5, b + 2);
	}
	return text;
}

/* ---- cases.  Figures in yuan: what the person is owed, what u1 and u2 owe, what they are spared. */

#define FS "P1:first_secretary:08-01.. "

static const struct { const char *name, *history; int owed, u1, u2, spared1, spared2;
} cases[] = {
	{ "C4.4: a day there is a day paid", FS "+09-04 +09-05", 200, 200, 0, 0, 0 },
	{ "C4.4: work-team members too", "P1:team_member:08-01.. +09-04", 100, 100, 0, 0, 0 },
	{ "C4.4: nobody else", "P1:agri_technician:08-01.. P2:contact_leader:08-01.. +09-04", 0, 0, 0, 0, 0 },
	{ "C4.4: since 2017-08-01", "P1:first_secretary:07-01.. +07-31 +08-01", 100, 100, 0, 0, 0 },
	{ "C4.4: not before, though a policy was in force", "P1:first_secretary:07-01.. B:07-01=10000 +07-31 +08-01",
	  100, 100, 0, 0, 0 },
	{ "§7: once a day, whatever the number of postings",
	  FS "P2:team_member:08-01.. P3:first_secretary:08-01.. +09-04", 100, 100, 0, 0, 0 },
	{ "one paid posting among others is enough",
	  "P1:agri_technician:08-01.. P2:team_member:09-04..09-05 +09-03 +09-04 +09-05", 100, 100, 0, 0, 0 },
	{ "a posting is [from, to)", "P1:first_secretary:09-04..09-06 +09-03 +09-04 +09-05 +09-06", 200, 200, 0, 0, 0 },
	{ "no posting, no pay", "+09-04", 0, 0, 0, 0, 0 },
	{ "a posting that comes late pays what was", "+09-04 " FS, 100, 100, 0, 0, 0 },
	{ "a posting given away takes its pay along", FS "+09-04 -P1", 0, 0, 0, 0, 0 },
	{ "the same day twice is one day", FS "+09-04 +09-04", 100, 100, 0, 0, 0 },
	{ "§7: a confirmed absence removes that day's own accrual", FS "+09-04 +09-05 -09-05", 100, 100, 0, 0, 0 },
	{ "annulled: it is back", FS "+09-05 -09-05 +09-05", 100, 100, 0, 0, 0 },
	{ "the unit of the day owes it", FS "U:09-10=u2 +09-09 +09-10", 200, 100, 100, 0, 0 },
	{ "a unit that changes moves what is owed from then on", FS "+09-09 +09-10 U:09-10=u2", 200, 100, 100, 0, 0 },
	{ "C3.2.1-1: the month", FS "+08-31 +09-04 +10-01 M1:09-01..10-01", 200, 300, 0, 100, 0 },
	{ "whichever comes first", "M1:09-01..10-01 +08-31 +09-04 +10-01 " FS, 200, 300, 0, 100, 0 },
	{ "A3: month and quarter deduct once", FS "+07-03 +09-04 +10-01 M1:09-01..10-01 M2:07-01..10-01", 100, 200, 0,
	  100, 0 },
	{ "A3: month, quarter, year", FS "+08-01 +09-04 +12-31 M3:01-01..2018-01-01 M1:09-01..10-01 M2:07-01..10-01", 0,
	  300, 0, 300, 0 },
	{ "§5: the year falls, the quarter stays", FS "+08-01 +09-04 +12-31 M3:01-01..2018-01-01 M2:07-01..10-01 -M3",
	  100, 300, 0, 200, 0 },
	{ "the one that was booked falls, another still covers", FS "+09-04 M1:09-01..10-01 M2:07-01..10-01 -M1", 0,
	  100, 0, 100, 0 },
	{ "all fall: as if never", FS "+09-04 M1:09-01..10-01 M2:07-01..10-01 -M1 -M2", 100, 100, 0, 0, 0 },
	{ "amended: another month", FS "+09-04 +10-09 M1:09-01..10-01 M1:10-01..11-01", 100, 200, 0, 100, 0 },
	{ "a day after the measure is cancelled at once", FS "M1:09-01..10-01 +09-04", 0, 100, 0, 100, 0 },
	{ "an absent day in a cancelled month costs nothing more", FS "+09-04 M1:09-01..10-01 -09-04", 0, 0, 0, 0, 0 },
	{ "who is spared is who owed", FS "+09-09 +09-10 M1:09-01..10-01 U:09-10=u2", 0, 100, 100, 100, 100 },
	{ "a rate counts from its day on", FS "+09-30 +10-01 B:10-01=12000", 220, 220, 0, 0, 0 },
	{ "a past-dated rate moves cancelled days too", FS "+09-30 +10-01 M1:10-01..11-01 B:09-30=12000", 120, 240, 0,
	  120, 0 },
	{ "a rate of nothing pays nothing", FS "+09-30 +10-01 M1:10-01..11-01 B:10-01=0", 100, 100, 0, 0, 0 },
};

static void
test_cases(arena_t *a)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		arena_reset(a);
		struct world *w = world_open(a);

		tell_all(w, cases[i].history);
		check(balance(w, "person:p") == cases[i].owed * 100, "owed", cases[i].name);
		check(balance(w, "unit:u1") == -cases[i].u1 * 100 && balance(w, "unit:u2") == -cases[i].u2 * 100,
		      "units", cases[i].name);
		check(balance(w, "cancelled:u1") == cases[i].spared1 * 100 &&
			      balance(w, "cancelled:u2") == cases[i].spared2 * 100,
		      "spared", cases[i].name);
		check(!w->broken, w->broken ? w->broken : "ledger", cases[i].name);
	}
}

/* What the last word of a history moved of cancelled money: in yuan, and days. */
static const struct { const char *name, *history; int taken, taken_days, restored, restored_days; } moves[] = {
	{ "imposed",                            FS "+09-04 +09-05 +10-01 M1:09-01..10-01", 200, 2, 0, 0 },
	{ "widened: only what is new",          FS "+08-04 +09-05 M1:09-01..10-01 M2:07-01..10-01", 100, 1, 0, 0 },
	{ "covered by another: nothing",        FS "+09-05 M2:07-01..10-01 M1:09-01..10-01", 0, 0, 0, 0 },
	{ "revoked under another: nothing",     FS "+09-05 M1:09-01..10-01 M2:07-01..10-01 -M1", 0, 0, 0, 0 },
	{ "revoked",                            FS "+08-04 +09-05 M2:07-01..10-01 -M2", 0, 0, 200, 2 },
	{ "another month: both",                FS "+09-04 +10-09 +10-10 M1:09-01..10-01 M1:10-01..11-01",
	  200, 2, 100, 1 },
	{ "a month without a day there",        FS "+08-04 M1:09-01..10-01", 0, 0, 0, 0 },
};

static void
test_moves(arena_t *a)
{
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		arena_reset(a);
		struct world *w = world_open(a);

		tell_all(w, moves[i].history);
		check(w->moved.taken_fen == moves[i].taken * 100 && w->moved.taken_days == moves[i].taken_days &&
			      w->moved.restored_fen == moves[i].restored * 100 &&
			      w->moved.restored_days == moves[i].restored_days,
		      "moved", moves[i].name);
	}
}

/* api.md: cancelled_days, as [from, until), merged, sorted, clipped to the year. */
static const struct { const char *name, *history, *spans;
} spans[] = {
	{ "none", "", "" },
	{ "one", "M1:09-01..10-01", "09-01..17-10-01" },
	{ "out of effect", "M1:09-01..10-01 -M1", "" },
	{ "month in quarter in year", "M1:09-01..10-01 M2:07-01..10-01 M3:01-01..2018-01-01", "01-01..18-01-01" },
	{ "those that meet are one", "M2:10-01..2018-01-01 M1:09-01..10-01", "09-01..18-01-01" },
	{ "those apart are sorted", "M1:11-01..12-01 M2:09-01..10-01 M3:03-01..04-01",
	  "03-01..17-04-01 09-01..17-10-01 11-01..17-12-01" },
	{ "overlapping without holding", "M1:03-01..05-01 M2:04-01..06-01", "03-01..17-06-01" },
	{ "clipped at both ends", "M1:2016-12-01..02-01 M2:12-01..2018-02-01", "01-01..17-02-01 12-01..18-01-01" },
	{ "of other years", "M1:2016-12-01..2017-01-01 M2:2018-01-01..2018-02-01", "" },
	{ "without an end", "M1:12-01..", "12-01..18-01-01" },
};

static void
test_spans(arena_t *a)
{
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		arena_reset(a);
		struct world *w = world_open(a);

		tell_all(w, spans[i].history);
		check(strcmp(spans_text(w, day_of_civil(2017, 1, 1), day_of_civil(2018, 1, 1)), spans[i].spans) == 0,
		      "spans", spans[i].name);
	}
}

/* §10.8: a cancellation that stands names a measure in effect that covers its day, also after the one it named first is
 * gone. */
static void
test_names_its_measure(arena_t *a)
{
	arena_reset(a);
	struct world *w = world_open(a);

	tell_all(w, FS "+09-04 M1:09-01..10-01 M2:07-01..10-01");
	check(strcmp(w->days[0].cancelled_by, "m1") == 0 && w->nledger == 2, "measure", "the first keeps its day");
	tell_all(w, "-M1");
	check(strcmp(w->days[0].cancelled_by, "m2") == 0 && w->nledger == 4, "measure", "the other takes it over");
	tell_all(w, "M1:09-01..10-01");
	check(strcmp(w->days[0].cancelled_by, "m2") == 0 && w->nledger == 4, "measure", "and keeps it");
	tell_all(w, "M2:10-01..2018-01-01");
	check(strcmp(w->days[0].cancelled_by, "m1") == 0 && w->nledger == 6, "measure", "until it has other days");
}

/* ---- properties, on random histories */

static uint32_t
dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

/* Facts of which each can be told alone: their order must not matter. */
static size_t
random_facts(uint32_t *seed, char facts[WORDS_MAX][WORD])
{
	static const char *const roles[] = { "first_secretary", "team_member", "agri_technician" };
	static const char *const measured[] = {
		"08-01..09-01", "09-01..10-01", "10-01..11-01", "07-01..10-01", "10-01..2018-01-01",
		"01-01..2018-01-01",
	};
	size_t n = 0, days = 4 + dice(seed, 16);

	for (size_t i = 0; i < days; i++)               /* a day of its own each, July to December */
		snprintf(facts[n++], WORD, "%c%02u-%02u", dice(seed, 5) ? '+' : '-', 7 + (unsigned)i % 6,
			 2 + (unsigned)i);
	for (unsigned i = 1; i <= 1 + dice(seed, 3); i++)
		snprintf(facts[n++], WORD, "P%u:%s:%02u-%02u..%s", i, roles[dice(seed, 3)], 7 + dice(seed, 3),
			 1 + dice(seed, 28), dice(seed, 2) ? "" : "11-15");
	for (unsigned i = 1; i <= dice(seed, 5); i++)
		snprintf(facts[n++], WORD, "M%u:%s", i, measured[dice(seed, 6)]);
	for (unsigned i = 0; i < dice(seed, 3); i++)
		snprintf(facts[n++], WORD, "U:%02u-10=u%u", 8 + 2 * i, 1 + dice(seed, 3));
	for (unsigned i = 0; i < dice(seed, 3); i++)
		snprintf(facts[n++], WORD, "B:%02u-20=%u", 8 + 2 * i, 4000 * dice(seed, 4));
	return n;
}

static void
shuffle(uint32_t *seed, size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i > 1; i--) {
		size_t k = dice(seed, (uint32_t)i), kept = order[i - 1];
		order[i - 1] = order[k];
		order[k] = kept;
	}
}

static const char *const accounts[] = { "person:p",     "unit:u1",      "unit:u2",     "unit:u3",
					"cancelled:u1", "cancelled:u2", "cancelled:u3" };
enum { ACCOUNTS = sizeof(accounts) / sizeof(accounts[0]) };

static bool
same_balances(const struct world *a, const struct world *b)
{
	for (int i = 0; i < ACCOUNTS; i++)
		if (balance(a, accounts[i]) != balance(b, accounts[i]))
			return false;
	return true;
}

static int64_t
sum_of_all(const struct world *w)
{
	int64_t fen = 0;

	for (int i = 0; i < ACCOUNTS; i++)
		fen += balance(w, accounts[i]);
	return fen;
}

static int64_t
spared(const struct world *w)
{
	return balance(w, "cancelled:u1") + balance(w, "cancelled:u2") + balance(w, "cancelled:u3");
}

/* Each day taken alone, from the rules, not from what the code books: the sum over days of rate × (there, posted, not
 * cancelled). */
static int64_t
owed_by_definition(const struct world *w)
{
	int64_t fen = 0;

	for (size_t i = 0; i < w->ndays; i++) {
		const Day *d = &w->days[i];
		bool posted = false, cancelled = false;
		int64_t rate = 0;
		for (int k = 0; k < THINGS_MAX; k++) {
			const MirrorRows__Posting *p = w->postings[k];
			const Measure *m = w->measures[k];
			posted |= (p->role == ROSTER__ROLE__FIRST_SECRETARY || p->role == ROSTER__ROLE__TEAM_MEMBER) &&
				  p->from_day <= d->on_day && (!p->maybe_to_case || d->on_day < p->to_day);
			cancelled |= m->in_effect && m->from_day <= d->on_day && d->on_day < m->until_day;
		}
		for (size_t k = 0; k < w->book.n; k++)
			if (w->versions[k].effective_from_day <= d->on_day)
				rate = w->versions[k].document->stipend->rate_fen;
		fen += d->present && posted && !cancelled ? rate : 0;
	}
	return fen;
}

static struct world *
told_in(arena_t *a, char facts[WORDS_MAX][WORD], const size_t *order, size_t n, uint32_t *seed)
{
	struct world *w = world_open(a);

	for (size_t i = 0; i < n; i++) {
		tell(w, facts[order[i]]);
		if (seed && dice(seed, 3) == 0)
			tell(w, facts[order[dice(seed, (uint32_t)i + 1)]]);     /* one that was told already, again */
	}
	return w;
}

/* A day, posting or measure told and taken back leaves nothing but history. */
static const char *const undone[][2] = {
	{ "M6:09-01..10-01", "-M6" },
	{ "M6:01-01..2018-01-01", "-M6" },
	{ "+12-24", "-12-24" },
	{ "P6:team_member:08-01..", "-P6" },
};

static void
test_random(arena_t *a)
{
	for (uint32_t h = 0; h < HISTORIES; h++) {
		uint32_t seed = 20170908 + h;
		char facts[WORDS_MAX][WORD], name[32];
		size_t order[WORDS_MAX], n;

		arena_reset(a);
		snprintf(name, sizeof(name), "history %u", h);
		n = random_facts(&seed, facts);
		shuffle(&seed, order, n);
		struct world *one = told_in(a, facts, order, n, NULL);
		shuffle(&seed, order, n);
		struct world *other = told_in(a, facts, order, n, &seed);

		check(same_balances(one, other), "§10.1, §10.2: order and repetition", name);
		check(balance(one, "person:p") == owed_by_definition(one), "§7: what is owed, by definition", name);
		check(!one->broken && !other->broken && sum_of_all(one) == 0, "§10.6: transactions sum to zero", name);
		const char *const *undo = undone[dice(&seed, 4)];
		tell(other, undo[0]);
		check(*undo[0] != 'M' || spared(other) >= spared(one), "§10.4: one more measure never un-cancels",
		      name);
		tell(other, undo[1]);
		check(same_balances(one, other) && !other->broken, "§10.3: taken back is never having been", name);
	}
}

/* Books of rates, and one version more: the days that it moves. */
static const struct { const char *book[4], *more, *from, *until;
} terms[] = {
	{ { NULL }, "B:10-01=12000", "10-01", "9999-12-31" }, /* the first one */
	{ { "B:08-01=10000" }, "B:10-01=12000", "10-01", "9999-12-31" },
	{ { "B:08-01=10000", "B:12-01=11000" },
	  "B:10-01=12000",
	  "10-01",
	  "12-01" }, /* until the next one, whatever that says */
	{ { "B:08-01=10000", "B:12-01=12000" }, "B:10-01=12000", "10-01", "12-01" },
	{ { "B:08-01=10000", "B:11-01=11000", "B:12-01=12000" }, "B:10-01=12000", "10-01", "11-01" },
	{ { "B:08-01=10000", "B:12-01=11000" }, "B:10-01=10000", NULL, NULL }, /* the same rate: no day */
	{ { "B:10-01=10000" }, "B:08-01=10000", "08-01", "10-01" }, /* there was none before */
	{ { "B:08-01=10000", "B:10-01=12000" }, "B:10-01=10000", "10-01", "9999-12-31" }, /* said anew */
};

static void
test_terms(arena_t *a)
{
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		struct world *was = world_open(a), *is = world_open(a);
		struct stipend_span s;
		const char *more = terms[i].more + 2;
		was->book.n = is->book.n = 0;
		for (size_t k = 0; terms[i].book[k]; k++) {
			tell(was, terms[i].book[k]);
			tell(is, terms[i].book[k]);
		}
		tell(is, terms[i].more);
		bool moved = stipend_terms_moved(&was->book, &is->book, date(&more), &s);
		const char *from = terms[i].from, *until = terms[i].until;
		check(from ? moved && s.from_day == date(&from) && s.until_day == date(&until) : !moved,
		      "a version more moves its days", terms[i].more);
	}
}

/* What of the stipend no day depends on moves none. */
static void
test_terms_of_runs(arena_t *a)
{
	struct world *was = world_open(a), *is = world_open(a);
	struct stipend_span s;

	is->versions[0].document->stipend->floor_fen = 5;
	is->versions[0].document->stipend->instalments = 3;
	is->versions[0].document->stipend->township_allowance_fen = 7;
	check(!stipend_terms_moved(&was->book, &is->book, is->versions[0].effective_from_day, &s), "runs",
	      "a floor and instalments move no day");
	is->versions[0].document->stipend->n_roles = 1;
	check(stipend_terms_moved(&was->book, &is->book, is->versions[0].effective_from_day, &s), "runs",
	      "a role less does");
}

int
main(void)
{
	arena_t *a = arena_open(64 << 20);

	test_cases(a);
	test_moves(a);
	test_spans(a);
	test_names_its_measure(a);
	test_terms(a);
	test_terms_of_runs(a);
	test_random(a);
	arena_close(&a);
	return tally_end();
}
