#include "duty_batch.h"
#include "mirror.h"
#include <stddef.h>

struct duty
duty_open(const struct batch *b)
{
	return (struct duty){ .account = batch_account(b), .actor = batch_actor(b) };
}

static void
about_unit_of(struct batch *b, struct duty *d, const char *person_id, int32_t day)
{
	const MirrorRows__Person *p = mirror_person_on(b, person_id, day);

	if (p)
		duty_about_unit(d, p->unit_id);
}

void
duty_about(struct batch *b, struct duty *d, const char *person_id, const char *unit_id, int32_t on_day)
{
	if (!d->actor)
		return;
	duty_about_person(d, person_id);
	duty_about_unit(d, unit_id);
	if (person_id && *person_id) {
		about_unit_of(b, d, person_id, on_day);
		about_unit_of(b, d, person_id, batch_today(b));
	}
}

bool
duty_allows(struct batch *b, const struct duty *d)
{
	if (d->conflict != DUTY_CLEAR)
		batch_refuse(b, 403, "duty.conflict", NULL, duty_sentence(d->conflict));
	return d->conflict == DUTY_CLEAR;
}
