#include "domain/duty_batch.h"
#include "domain/mirror.h"
#include <string.h>

/* ---- histories */

static void
want_persons(struct batch *b, const char *account)
{
	const struct owners *own = batch_owners(b);

	if (own)
		own->want(b, account);
	else if (batch_has_table(b, &mirror_account))
		mirror_want_account_id(b, account);
}

static size_t
persons_of(struct batch *b, const char *account, const char *const **out)
{
	const struct owners *own = batch_owners(b);
	const MirrorRows__Account *row =
		!own && batch_has_table(b, &mirror_account) ? mirror_account_at(b, account) : NULL;

	if (own)
		return own->of(b, account, out);
	*out = row ? (const char *const *)row->person_ids : NULL;
	return row ? row->n_person_ids : 0;
}

void
duty_want_decided(struct batch *b, const char *account)
{
	if (batch_actor(b) && account && *account)
		want_persons(b, account);
}

void
duty_want_for(struct batch *b, const char *account, const char *person_id)
{
	const char *const *persons;
	size_t n;

	want_persons(b, account);
	if (!batch_has_table(b, &mirror_unit))
		return;
	mirror_want_units_of_person(b, person_id);
	n = persons_of(b, account, &persons);
	for (size_t i = 0; i < n; i++)
		mirror_want_units_of_person(b, persons[i]);
}

void
duty_want(struct batch *b)
{
	if (batch_actor(b))
		duty_want_for(b, batch_account(b), batch_actor(b)->person_id);
}

void
duty_want_case(struct batch *b, const char *person_id, const char *unit_id)
{
	if (unit_id && *unit_id)
		mirror_want_unit_id(b, unit_id);
	if (person_id)
		mirror_want_units_of_person(b, person_id);
}

void
duty_want_about(struct batch *b, const char *person_id, const char *unit_id)
{
	if (batch_actor(b))
		duty_want_case(b, person_id, unit_id);
}

/* ---- judging */

static struct duty
duty_begin(struct batch *b, const char *account, const Wire__Actor *actor)
{
	struct duty d = { .account = account, .actor = actor };

	if (actor)
		d.npersons = persons_of(b, account, &d.persons);
	return d;
}

struct duty
duty_open(struct batch *b)
{
	return duty_begin(b, batch_account(b), batch_actor(b));
}

struct duty
duty_open_for(struct batch *b, const char *account, const char *person_id, Wire__AccountRole role)
{
	Wire__Actor *actor = arena_message(batch_arena(b), &wire__actor__descriptor);

	actor->person_id = (char *)person_id;
	actor->roles = arena_copy(batch_arena(b), &role, sizeof(role));
	actor->n_roles = 1;
	return duty_begin(b, account, actor);
}

static void
units_take(struct batch *b, const char *person_id, int32_t since_day, struct duty_units *u)
{
	const MirrorRows__Person *const *rows;
	size_t n = person_id && *person_id ? mirror_persons(b, person_id, &rows) : 0;
	const char **grown;

	if (n == 0)
		return;
	grown = arena_alloc(batch_arena(b), (u->n + duty_units_max(rows, n)) * sizeof(*grown));
	if (u->n)
		memcpy(grown, u->id, u->n * sizeof(*grown));
	u->id = grown;
	duty_units_since(rows, n, since_day, u);
}

static bool
heads_any(struct batch *b, const struct duty_units *units, const char *person_id, int32_t since_day)
{
	const MirrorRows__Unit *const *rows;

	for (size_t i = 0; person_id && i < units->n; i++) {
		size_t n = mirror_units(b, units->id[i], &rows);
		if (duty_headed_since(rows, n, since_day, person_id))
			return true;
	}
	return false;
}

/* One of those whom the acting account is or was: of the case's units, or head of one; or the case's person heads
 * theirs. */
static bool
shares_unit(struct batch *b, const char *acting, const char *person_id, const struct duty_units *of_case,
	    int32_t since_day)
{
	struct duty_units own = { 0 };

	units_take(b, acting, since_day, &own);
	return duty_units_meet(&own, of_case) || heads_any(b, of_case, acting, since_day) ||
	       heads_any(b, &own, person_id, since_day);
}

void
duty_about(struct batch *b, struct duty *d, const char *person_id, const char *unit_id, int32_t since_day)
{
	struct duty_units of_case = { .id = arena_alloc(batch_arena(b), sizeof(char *)) };

	if (!d->actor)
		return;
	duty_about_person(d, person_id);
	since_day = since_day < batch_today(b) ? since_day : batch_today(b);
	duty_units_add(&of_case, unit_id);
	units_take(b, person_id, since_day, &of_case);
	bool shares = shares_unit(b, d->actor->person_id, person_id, &of_case, since_day);
	for (size_t i = 0; !shares && i < d->npersons; i++)
		shares = shares_unit(b, d->persons[i], person_id, &of_case, since_day);
	if (shares)
		duty_own_unit(d);
}

void
duty_decided(struct batch *b, struct duty *d, const char *account, const char *person_id)
{
	const char *const *persons = NULL;
	size_t n = d->actor && account && *account ? persons_of(b, account, &persons) : 0;

	duty_decided_by(d, account, person_id, persons, n);
}

bool
duty_allows(struct batch *b, const struct duty *d)
{
	struct duty judged = *d;

	duty_named(&judged);
	if (judged.conflict != DUTY_CLEAR)
		batch_refuse(b, 403, duty_code(judged.conflict), NULL, duty_sentence(judged.conflict));
	return judged.conflict == DUTY_CLEAR;
}
