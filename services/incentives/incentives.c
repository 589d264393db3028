/* incentives - who may be commended in which round (C4.2).
 *
 *   in:   PutRound; roster's PersonPut; accountability's MeasuresChanged, of which award bans; reads of rounds and their lists
 *   out:  RoundPut, EligibilityChanged
 *   owns: schema incentives: round, bar (and, by lib/domain/mirror, person)
 *
 * A bar is an award ban in effect as accountability tells it: there is no second truth about bans here.  A round's list is
 * every person of the district with the bars that cover the round's date; when a ban's coming or going changes a verdict,
 * that is said, so that who nominates hears of it. */
#include "accountability.pb-c.h"
#include "incentives.pb-c.h"
#include "incentives.sql.h"
#include "incentives_policy.h"
#include "incentives_rows.pb-c.h"
#include "domain/mirror.h"
#include "engine/reader.h"
#include <string.h>

enum { INCENTIVES_ROSTER, INCENTIVES_ATTENDANCE, INCENTIVES_ACCOUNTABILITY };
enum { TEXT_BYTES_MAX = 256 };

typedef IncentivesRows__Round Round;
typedef IncentivesRows__Bar Bar;

static const struct table round_table = { "round", &incentives_rows__round__descriptor, 2, false };
static const struct table bar_table = { "bar", &incentives_rows__bar__descriptor, 3, false };

static Round
round_key(const struct batch *b, const char *round_id)
{
	Round key = INCENTIVES_ROWS__ROUND__INIT;

	key.district = (char *)batch_district(b);
	key.round_id = (char *)round_id;
	return key;
}

static Bar
bar_key(const struct batch *b, const char *person_id, const char *measure_id)
{
	Bar key = INCENTIVES_ROWS__BAR__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.measure_id = (char *)measure_id;
	return key;
}

/* ---- rounds */

static void
want_round(struct batch *b, const void *m)
{
	Round key = round_key(b, ((const Incentives__PutRound *)m)->id);

	batch_want(b, &round_table, &key, 2);
}

static bool
round_id_valid(struct batch *b, const void *m)
{
	(void)b;
	return id_valid(((const Incentives__PutRound *)m)->id);
}

static bool
text_ok(struct batch *b, const char *text, const char *pointer)
{
	if (name_valid(text, TEXT_BYTES_MAX))
		return true;
	batch_refuse(b, 422, "field.text", pointer, "One line of 1 to 256 bytes of text.");
	return false;
}

static void
put_round(struct batch *b, const void *m)
{
	const Incentives__PutRound *in = m;
	const Round key = round_key(b, in->id), *now = batch_get(b, &round_table, &key);
	Incentives__RoundPut e = INCENTIVES__ROUND_PUT__INIT;
	Incentives__Round out = INCENTIVES__ROUND__INIT;

	if (!text_ok(b, in->name, "/name") || !text_ok(b, in->category, "/category"))
		return;
	e.id = out.id = in->id;
	e.name = out.name = in->name;
	e.category = out.category = in->category;
	e.on_day = out.on_day = in->on_day;
	if (!now || strcmp(now->name, in->name) != 0 || strcmp(now->category, in->category) != 0 || now->on_day != in->on_day)
		batch_emit(b, in->id, &e.base);
	batch_answer(b, now ? 200 : 201, &out.base);
}

static void
on_round_put(struct batch *b, const void *m)
{
	const Incentives__RoundPut *e = m;
	Round row = round_key(b, e->id);

	row.name = e->name;
	row.category = e->category;
	row.on_day = e->on_day;
	batch_put(b, &round_table, &row);
}

/* ---- bans */

/* Whose award ban a change is; NULL: no ban, or nobody's (of a unit whose head is not known). */
static const char *
banned(const Accountability__MeasureChange *c)
{
	const Accountability__Subject *s = c->measure->subject;
	bool is_ban = c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN;

	return is_ban && s->maybe_person_case == ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID ? s->person_id : NULL;
}

static void
want_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;
	Round rounds = round_key(b, "");

	for (size_t i = 0; i < e->n_changes; i++) {
		if (!banned(e->changes[i]))
			continue;
		Bar bars = bar_key(b, banned(e->changes[i]), "");
		batch_want(b, &bar_table, &bars, 2);
		batch_want(b, &round_table, &rounds, 1);
	}
}

static bool
barred(struct batch *b, const char *person_id, int32_t on_day)
{
	Bar key = bar_key(b, person_id, "");
	const void **rows;
	size_t n = batch_list(b, &bar_table, &key, 2, &rows);
	struct ban *bans = arena_alloc(batch_arena(b), (n + 1) * sizeof(*bans));

	for (size_t i = 0; i < n; i++) {
		const Bar *r = rows[i];
		bans[i] = (struct ban){ r->from_day, r->maybe_until_case != 0, r->until_day };
	}
	return incentives_barred(bans, n, on_day);
}

static void
ban_changed(struct batch *b, const char *person_id, const Accountability__MeasureChange *c)
{
	Bar row = bar_key(b, person_id, c->measure->id);

	if (!c->in_effect) {
		batch_drop(b, &bar_table, &row);
		return;
	}
	row.from_day = c->measure->from_day;
	if (c->measure->maybe_until_case) {
		row.maybe_until_case = INCENTIVES_ROWS__BAR__MAYBE_UNTIL_UNTIL_DAY;
		row.until_day = c->measure->until_day;
	}
	batch_put(b, &bar_table, &row);
}

static void
say(struct batch *b, const char *person_id, const Round *round, bool eligible)
{
	Incentives__EligibilityChanged e = INCENTIVES__ELIGIBILITY_CHANGED__INIT;

	e.person_id = (char *)person_id;
	e.round_id = round->round_id;
	e.eligible = eligible;
	batch_emit(b, person_id, &e.base);
}

static void
bans_changed(struct batch *b, const Accountability__MeasuresChanged *e, const char *person_id)
{
	Round key = round_key(b, "");
	const void **rounds;
	size_t n = batch_list(b, &round_table, &key, 1, &rounds);
	bool *was = arena_alloc(batch_arena(b), (n + 1) * sizeof(*was));

	for (size_t i = 0; i < n; i++)
		was[i] = barred(b, person_id, ((const Round *)rounds[i])->on_day);
	for (size_t i = 0; i < e->n_changes; i++)
		if (banned(e->changes[i]) && strcmp(banned(e->changes[i]), person_id) == 0)
			ban_changed(b, person_id, e->changes[i]);
	for (size_t i = 0; i < n; i++) {
		bool is = barred(b, person_id, ((const Round *)rounds[i])->on_day);
		if (is != was[i])
			say(b, person_id, rounds[i], !is);
	}
}

/* One input may move bans of several: a person and the head of the unit. */
static void
on_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		const char *person_id = banned(e->changes[i]);
		size_t k = 0;
		while (person_id && (!banned(e->changes[k]) || strcmp(banned(e->changes[k]), person_id) != 0))
			k++;
		if (person_id && k == i)
			bans_changed(b, e, person_id);
	}
}

/* ---- reads */

static bool
round_found(struct reader *r, const char *id, Incentives__Round **out)
{
	IncentivesRows__Id args = INCENTIVES_ROWS__ID__INIT;
	void **rows;

	args.district = (char *)reader_district(r);
	args.id = (char *)id;
	if (reader_rows(r, &incentives_round_read, &args, &rows) == 0) {
		reader_missing(r, 0, "No such round.");
		return false;
	}
	*out = rows[0];
	return true;
}

static void
read_round(struct reader *r, const void *m)
{
	Incentives__Round *round;

	if (round_found(r, ((const Incentives__ReadRound *)m)->id, &round))
		reader_answer(r, &round->base);
}

static void
list_rounds(struct reader *r, const void *m)
{
	const Incentives__ListRounds *in = m;
	IncentivesRows__Page args = INCENTIVES_ROWS__PAGE__INIT;
	Incentives__RoundList out = INCENTIVES__ROUND_LIST__INIT;
	struct page page;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &page))
		return;
	args.district = (char *)reader_district(r);
	args.after = (char *)page.after;
	args.limit_rows = page.limit + 1;
	size_t n = reader_rows(r, &incentives_round_list, &args, &rows);
	out.items = (Incentives__Round **)rows;
	out.n_items = n < (size_t)page.limit ? n : (size_t)page.limit;
	if (n > out.n_items) {
		out.maybe_next_case = INCENTIVES__ROUND_LIST__MAYBE_NEXT_NEXT;
		out.next = reader_cursor(r, out.items[out.n_items - 1]->id);
	}
	reader_answer(r, &out.base);
}

static void
read_eligibility(struct reader *r, const void *m)
{
	const Incentives__ReadRoundEligibility *in = m;
	IncentivesRows__CandidatePage args = INCENTIVES_ROWS__CANDIDATE_PAGE__INIT;
	Incentives__CandidateList out = INCENTIVES__CANDIDATE_LIST__INIT;
	Incentives__Round *round;
	struct page page;
	void **rows;

	if (!round_found(r, in->id, &round) || !reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &page))
		return;
	args.district = (char *)reader_district(r);
	args.after = (char *)page.after;
	args.limit_rows = page.limit + 1;
	args.on_day = round->on_day;
	size_t n = reader_rows(r, &incentives_candidates, &args, &rows);
	out.n_items = n < (size_t)page.limit ? n : (size_t)page.limit;
	out.items = arena_alloc(reader_arena(r), (n + 1) * sizeof(*out.items));
	for (size_t i = 0; i < out.n_items; i++) {
		const IncentivesRows__Candidate *row = rows[i];
		Incentives__Candidate *c = out.items[i] = arena_message(reader_arena(r), &incentives__candidate__descriptor);
		*c = (Incentives__Candidate){ .base = c->base, .person_id = row->person_id, .eligible = row->n_reasons == 0,
			                      .n_reasons = row->n_reasons, .reasons = row->reasons };
	}
	if (n > out.n_items) {
		out.maybe_next_case = INCENTIVES__CANDIDATE_LIST__MAYBE_NEXT_NEXT;
		out.next = reader_cursor(r, out.items[out.n_items - 1]->person_id);
	}
	reader_answer(r, &out.base);
}

/* ---- the service */

static const struct table *const tables[] = { &round_table, &bar_table, &mirror_person };

static const char *const consumes[] = {
	[INCENTIVES_ROSTER] = "roster", [INCENTIVES_ATTENDANCE] = "attendance", [INCENTIVES_ACCOUNTABILITY] = "accountability", NULL,
};

static const struct command commands[] = {
	{ &incentives__put_round__descriptor, 0, want_round, round_id_valid, put_round, false },
};

static const struct event_handler events[] = {
	{ &incentives__round_put__descriptor, NULL, on_round_put },
	MIRROR(person, person_put),
	{ &accountability__measures_changed__descriptor, want_measures, on_measures, true },
};

static const struct query queries[] = {
	{ &incentives__read_round__descriptor, read_round },
	{ &incentives__list_rounds__descriptor, list_rounds },
	{ &incentives__read_round_eligibility__descriptor, read_eligibility },
};

static const struct noun everything = {
	.commands = LIST(commands),
	.events = LIST(events),
	.queries = LIST(queries),
	.tables = LIST(tables),
	.statements = { incentives_sql, INCENTIVES_SQL_COUNT },
};
static const struct noun *const nouns[] = { &everything, NULL };

const struct service incentives_service = { .name = "incentives", .consumes = consumes, .nouns = nouns };
