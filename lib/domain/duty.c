#include "domain/duty.h"
#include "bus/sealed_kind.h"
#include <string.h>

static bool
same(const char *a, const char *b)
{
	return a && b && *a && strcmp(a, b) == 0;
}

static bool
among(const char *id, const char *const *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same(ids[i], id))
			return true;
	return false;
}

static void
bar(struct duty *d, bool barred, enum duty_conflict why)
{
	if (barred && d->actor && d->conflict == DUTY_CLEAR)
		d->conflict = why;
}

static bool
is_actor(const struct duty *d, const char *person_id)
{
	return d->actor && (same(d->actor->person_id, person_id) || among(person_id, d->persons, d->npersons));
}

void
duty_named(struct duty *d)
{
	bar(d, d->actor && !*d->actor->person_id && !d->actor->vouched, DUTY_NOBODY);
}

void
duty_about_person(struct duty *d, const char *person_id)
{
	bar(d, is_actor(d, person_id), DUTY_SELF);
}

void
duty_own_unit(struct duty *d)
{
	bar(d, true, DUTY_OWN_UNIT);
}

void
duty_decided_by(struct duty *d, const char *account, const char *person_id, const char *const *persons, size_t npersons)
{
	bool own = same(d->account, account) || is_actor(d, person_id);

	for (size_t i = 0; i < npersons; i++)
		own = own || is_actor(d, persons[i]);
	bar(d, own, DUTY_OWN_DECISION);
}

bool
duty_knows(const struct duty *d)
{
	return !d->actor || (d->conflict == DUTY_CLEAR && sealed_seen_by(d->actor->roles, d->actor->n_roles));
}

/* ---- units by day */

void
duty_units_add(struct duty_units *u, const char *unit_id)
{
	if (unit_id && *unit_id && !among(unit_id, u->id, u->n))
		u->id[u->n++] = unit_id;
}

size_t
duty_units_max(const MirrorRows__Person *const *rows, size_t n)
{
	size_t max = n;

	for (size_t i = 0; i < n; i++)
		max += rows[i]->n_also_unit_ids;
	return max;
}

/* A row counts from its day on, and still on the day on which the next one begins: on that day it was true as well. */
void
duty_units_since(const MirrorRows__Person *const *rows, size_t n, int32_t since_day, struct duty_units *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i + 1 == n || rows[i + 1]->from_day >= since_day)
			duty_units_add(out, rows[i]->unit_id);
		for (size_t k = 0; rows[i]->from_day >= since_day && k < rows[i]->n_also_unit_ids; k++)
			duty_units_add(out, rows[i]->also_unit_ids[k]);
	}
}

bool
duty_units_meet(const struct duty_units *a, const struct duty_units *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (among(a->id[i], b->id, b->n))
			return true;
	return false;
}

bool
duty_headed_since(const MirrorRows__Unit *const *rows, size_t n, int32_t since_day, const char *person_id)
{
	for (size_t i = 0; i < n; i++) {
		bool counts = i + 1 == n || rows[i + 1]->from_day >= since_day;
		if (counts && rows[i]->maybe_head_case && same(rows[i]->head_person_id, person_id))
			return true;
		if (rows[i]->from_day >= since_day &&
		    among(person_id, (const char *const *)rows[i]->also_head_ids, rows[i]->n_also_head_ids))
			return true;
	}
	return false;
}

/* ---- what is said */

static const struct { const char *code, *sentence;
} said[] = {
	[DUTY_CLEAR] = { "", "" },
	[DUTY_NOBODY] = { "account.person_required",
			  "This account is nobody's; who acts in cases has an account that names them (person_id)." },
	[DUTY_SELF] = { "duty.conflict", "Nobody acts in a case about themselves." },
	[DUTY_OWN_UNIT] = { "duty.conflict", "Nobody acts in a case about their own unit." },
	[DUTY_OWN_DECISION] = { "duty.conflict", "Nobody reviews what they noted or decided themselves." },
};

const char *
duty_sentence(enum duty_conflict c)
{
	return said[c].sentence;
}

const char *
duty_code(enum duty_conflict c)
{
	return said[c].code;
}
