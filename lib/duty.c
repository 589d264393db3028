#include "duty.h"
#include "sealed_kind.h"
#include <stddef.h>
#include <string.h>

static bool
same(const char *a, const char *b)
{
	return a && b && *a && strcmp(a, b) == 0;
}

static void
bar(struct duty *d, bool barred, enum duty_conflict why)
{
	if (barred && d->conflict == DUTY_CLEAR)
		d->conflict = why;
}

void
duty_about_person(struct duty *d, const char *person_id)
{
	bar(d, d->actor && same(d->actor->person_id, person_id), DUTY_SELF);
}

void
duty_about_unit(struct duty *d, const char *unit_id)
{
	bar(d, d->actor && same(d->actor->unit_id, unit_id), DUTY_OWN_UNIT);
	for (size_t i = 0; d->actor && i < d->actor->n_headed_unit_ids; i++)
		bar(d, same(d->actor->headed_unit_ids[i], unit_id), DUTY_OWN_UNIT);
}

void
duty_decided_by(struct duty *d, const char *account, const char *person_id)
{
	bar(d, d->actor && (same(d->account, account) || same(d->actor->person_id, person_id)), DUTY_OWN_DECISION);
}

bool
duty_knows(const struct duty *d)
{
	return !d->actor || (d->conflict == DUTY_CLEAR && sealed_seen_by(d->actor->roles, d->actor->n_roles));
}

const char *
duty_sentence(enum duty_conflict c)
{
	static const char *const sentences[] = {
		[DUTY_CLEAR] = "",
		[DUTY_SELF] = "Nobody acts in a case about themselves.",
		[DUTY_OWN_UNIT] = "Nobody acts in a case about their own unit.",
		[DUTY_OWN_DECISION] = "Nobody reviews what they noted or decided themselves.",
	};

	return sentences[c];
}
