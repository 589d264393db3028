/* decision - see decision.h. */
#include "decision.h"
#include "accountability_policy.h"
#include "engine/keyed.h"
#include "facts.h"
#include <assert.h>

typedef AccountabilityRows__Decision Decision;
typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

static const struct table decision_table = { "decision", &accountability_rows__decision__descriptor, 4, true };

void
decision_want(struct batch *b, const char *case_id)
{
	batch_want_id(b, &decision_table, case_id);
}

static size_t
counted(struct batch *b, const Measure *m, char ***out)
{
	const Finding **facts;
	size_t n = facts_list(b, facts_of_measure(m), &facts);

	return ladder_counted(m->ladder, facts, n, batch_arena(b), out);
}

void
decision_keep(struct batch *b, const Measure *m)
{
	Decision *row = batch_pair(b, &decision_table, m->case_id, m->measure_id);

	assert(batch_own(b));
	row->seq = batch_next_seq(b) - 1;
	row->state = m->state;
	row->n_counted = counted(b, m, &row->counted);
	batch_put(b, &decision_table, row);
}

static const Decision *
held(struct batch *b, const Decision *const *decisions, size_t n, const Measure *m)
{
	char **rests_on;

	if (!*m->measure_id)
		return NULL;                            /* it has never stood, so nothing was decided of it */
	size_t nrests = counted(b, m, &rests_on);
	return ladder_held(decisions, n, m->measure_id, rests_on, nrests);
}

void
decision_hold(struct batch *b, const char *case_id, Measure *const *due, size_t n)
{
	const void **rows;
	size_t nrows = batch_list_id(b, &decision_table, case_id, &rows);

	for (size_t i = 0; nrows && i < n; i++) {
		const Decision *d = held(b, (const Decision *const *)rows, nrows, due[i]);
		if (d)
			due[i]->state = d->state;
	}
}

const struct noun accountability_decision = {
	.tables = LIST(((const struct table *const[]){ &decision_table })),
};
