/* facts - see facts.h. */
#include "facts.h"
#include "domain/duty_batch.h"
#include "engine/keyed.h"

typedef AccountabilityRows__Finding Finding;

const struct table finding_table = { "finding", &accountability_rows__finding__descriptor, 3, false };

size_t
facts_of_case(struct batch *b, const char *case_id, const Finding *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &finding_table, case_id, &list);

	*rows = (const Finding *const *)list;
	return n;
}

struct facts
facts_of_measure(const AccountabilityRows__Measure *m)
{
	return (struct facts){ *m->cause_of ? m->cause_of : m->case_id, m->cause, m->n_cause };
}

struct facts
facts_of_recall(const AccountabilityRows__Recall *r)
{
	return (struct facts){ r->person_id, r->cause, r->n_cause };
}

void
facts_want(struct batch *b, struct facts f)
{
	for (size_t i = 0; i < f.n; i++)
		batch_want_pair(b, &finding_table, f.case_id, f.ids[i]);
}

size_t
facts_list(struct batch *b, struct facts f, const Finding ***out)
{
	size_t n = 0;

	*out = arena_alloc(batch_arena(b), (f.n + 1) * sizeof(**out));
	for (size_t i = 0; i < f.n; i++)
		if (((*out)[n] = batch_get_pair(b, &finding_table, f.case_id, f.ids[i])) != NULL)
			n++;
	return n;
}

int32_t
facts_first_day(struct batch *b, struct facts f, int32_t day)
{
	const Finding **facts;
	size_t n = facts_list(b, f, &facts);

	for (size_t i = 0; i < n; i++)
		day = facts[i]->on_day < day ? facts[i]->on_day : day;
	return day;
}

void
facts_want_deciders(struct batch *b, struct facts f)
{
	const Finding **facts;
	size_t n = facts_list(b, f, &facts);

	for (size_t i = 0; i < n; i++) {
		duty_want_decided(b, facts[i]->noted_by);
		duty_want_decided(b, facts[i]->confirmed_by);
	}
}

void
facts_decided(struct batch *b, const Finding *fact, struct duty *d)
{
	duty_decided(b, d, fact->noted_by, fact->noted_by_person);
	duty_decided(b, d, fact->confirmed_by, fact->confirmed_by_person);
}
