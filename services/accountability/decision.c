/* decision - see decision.h. */
#include "decision.h"
#include "measure.h"
#include <assert.h>

typedef AccountabilityRows__Decision Decision;
typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

const struct table decision_table = { "decision", &accountability_rows__decision__descriptor, 4, true };

static Decision
decision_key(const struct batch *b, const char *case_id)
{
	Decision key = ACCOUNTABILITY_ROWS__DECISION__INIT;

	key.district = (char *)batch_district(b);
	key.case_id = (char *)case_id;
	return key;
}

void
decision_want(struct batch *b, const char *case_id)
{
	Decision key = decision_key(b, case_id);

	batch_want(b, &decision_table, &key, 2);
}

static Finding
cause_key(const struct batch *b, const char *case_id, const Measure *m, size_t i)
{
	Finding key = ACCOUNTABILITY_ROWS__FINDING__INIT;

	key.district = (char *)batch_district(b);
	key.case_id = *m->cause_of ? m->cause_of : (char *)case_id;
	key.finding_id = m->cause[i];
	return key;
}

void
decision_want_facts(struct batch *b, const Measure *m)
{
	for (size_t i = 0; i < m->n_cause; i++) {
		Finding key = cause_key(b, m->case_id, m, i);
		batch_want(b, &finding_table, &key, 3);
	}
}

static size_t
counted(struct batch *b, const char *case_id, const Measure *m, char ***out)
{
	const Finding **facts = arena_alloc(batch_arena(b), (m->n_cause + 1) * sizeof(*facts));
	size_t n = 0;

	for (size_t i = 0; i < m->n_cause; i++) {
		Finding key = cause_key(b, case_id, m, i);
		const Finding *f = batch_get(b, &finding_table, &key);
		if (f)
			facts[n++] = f;
	}
	return ladder_counted(m->ladder, facts, n, batch_arena(b), out);
}

void
decision_keep(struct batch *b, const Measure *m)
{
	Decision row = decision_key(b, m->case_id);

	assert(batch_own(b));
	row.measure_id = m->measure_id;
	row.seq = batch_next_seq(b) - 1;
	row.state = m->state;
	row.n_counted = counted(b, m->case_id, m, &row.counted);
	batch_put(b, &decision_table, &row);
}

void
decision_hold(struct batch *b, const char *case_id, Measure *const *due, size_t n)
{
	Decision key = decision_key(b, case_id);
	const void **rows;
	size_t nrows = batch_list(b, &decision_table, &key, 2, &rows);

	for (size_t i = 0; nrows && i < n; i++) {
		char **rests_on;
		size_t nrests = counted(b, case_id, due[i], &rests_on);
		const Decision *d = ladder_held((const Decision *const *)rows, nrows, due[i]->measure_id, rests_on, nrests);
		if (d)
			due[i]->state = d->state;
	}
}
