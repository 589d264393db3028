/* bar - an award ban in effect, as accountability tells it: there is no second truth about bans here.
 *
 *   in:   accountability's MeasuresChanged
 *   out:  EligibilityChanged
 *   owns: bar
 *
 * When a ban's coming or going changes a verdict of a round, that is said, so that who nominates hears of it. */
#include "accountability.pb-c.h"
#include "engine/keyed.h"
#include "incentives.h"
#include "bar_policy.h"
#include <string.h>

typedef IncentivesRows__Round Round;
typedef IncentivesRows__Bar Bar;

static const struct table bar_table = { "bar", &incentives_rows__bar__descriptor, 3, false };

static const struct copy row_of_measure = {
	&incentives_rows__bar__descriptor, &accountability__measure__descriptor, "district person_id measure_id"
};

/* Whose award ban a change is; NULL: no ban, or nobody's (of a unit whose head is not known). */
static const char *
banned(const Accountability__MeasureChange *c)
{
	const Accountability__Subject *s = c->measure->subject;
	bool is_ban = c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN;

	return is_ban && s->maybe_person_case == ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID ? s->person_id : NULL;
}

static bool
bans(const Accountability__MeasureChange *c, const char *person_id)
{
	return banned(c) && strcmp(banned(c), person_id) == 0;
}

static void
want_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		if (!banned(e->changes[i]))
			continue;
		batch_want_id(b, &bar_table, banned(e->changes[i]));
		incentives_want_rounds(b);
	}
}

static bool
barred(struct batch *b, const char *person_id, int32_t on_day)
{
	const void **rows;
	size_t n = batch_list_id(b, &bar_table, person_id, &rows);

	return bar_covers((const Bar *const *)rows, n, on_day);
}

static void
keep(struct batch *b, const char *person_id, const Accountability__MeasureChange *c)
{
	Bar *row = batch_pair(b, &bar_table, person_id, c->measure->id);

	copy_run(&row_of_measure, row, c->measure);
	if (c->in_effect)
		batch_put(b, &bar_table, row);
	else
		batch_drop(b, &bar_table, row);
}

static void
say_eligible(struct batch *b, const char *person_id, const Round *round, bool eligible)
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
	const Round *const *rounds;
	size_t n = incentives_rounds(b, &rounds);
	bool *was = arena_alloc(batch_arena(b), (n + 1) * sizeof(*was));

	for (size_t i = 0; i < n; i++)
		was[i] = barred(b, person_id, rounds[i]->on_day);
	for (size_t i = 0; i < e->n_changes; i++)
		if (bans(e->changes[i], person_id))
			keep(b, person_id, e->changes[i]);
	for (size_t i = 0; i < n; i++) {
		bool is = barred(b, person_id, rounds[i]->on_day);
		if (is != was[i])
			say_eligible(b, person_id, rounds[i], !is);
	}
}

/* One input may move bans of several: a person and the head of the unit. */
static void
on_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	for (size_t i = 0; i < e->n_changes; i++) {
		const char *person_id = banned(e->changes[i]);
		size_t first = 0;
		while (person_id && !bans(e->changes[first], person_id))
			first++;
		if (person_id && first == i)
			bans_changed(b, e, person_id);
	}
}

const struct noun incentives_bar = {
	.tables = LIST(((const struct table *const[]){ &bar_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &accountability__measures_changed__descriptor, .want = want_measures, .run = on_measures,
		  .deferrable = true },
	})),
	.copies = LIST(((const struct copy *const[]){ &row_of_measure })),
};
