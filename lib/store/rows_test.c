/* The rows of a batch against a plain array that does the same slowly: thousands of random puts, drops, gets and
 * lists. */
#include "store/rows.h"
#include "harness/tally.h"
#include "mirror_rows.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERSONS = 7, DAYS = 9, STEPS = 20000 };

static const struct table table = { .name = "person", .row = &mirror_rows__person__descriptor, .nkey = 3 };
/* in byte order; one begins another */
static const char *const persons[PERSONS] = { "", "a", "ab", "b", "p", "p.1", "p1" };

struct model { const char *was[PERSONS][DAYS], *is[PERSONS][DAYS]; };

static MirrorRows__Person
row_of(int person, int day, const char *unit)
{
	MirrorRows__Person r = MIRROR_ROWS__PERSON__INIT;

	r.district = (char *)"511703";
	r.person_id = (char *)persons[person];
	r.from_day = day - DAYS / 2;            /* negative days too */
	r.unit_id = (char *)unit;
	return r;
}

static void
check_list(struct rows *rows, const struct model *m, int person, int step)
{
	MirrorRows__Person key = row_of(person, 0, "");
	const void **got;
	size_t n = rows_list(rows, &key, 2, &got), i = 0;
	bool ok = true;

	for (int d = 0; d < DAYS; d++) {
		if (!m->is[person][d])
			continue;
		const MirrorRows__Person *r = i < n ? got[i] : NULL;
		ok = ok && r && r->from_day == d - DAYS / 2 && !strcmp(r->unit_id, m->is[person][d]) &&
		     !strcmp(r->person_id, persons[person]);
		i++;
	}
	checkf(ok && i == n, "a list is what was put, in key order", "step %d", step);
}

static void
check_changes(struct rows *rows, const struct model *m)
{
	const void **put, **drop;
	size_t nput, ndrop, puts = 0, drops = 0, adds = 0;

	rows_changed(rows, &put, &nput, &drop, &ndrop);
	for (int p = 0; p < PERSONS; p++)
		for (int d = 0; d < DAYS; d++) {
			const char *was = m->was[p][d], *is = m->is[p][d];
			puts += is && (!was || strcmp(was, is));
			adds += is && !was;
			drops += !is && was;
		}
	checkf(nput == puts, "what is to put is what differs from what was loaded", "step %d", STEPS);
	checkf(rows->nadded == adds, "what is to be added is what was not loaded", "step %d", STEPS);
	checkf(ndrop == drops, "what is to drop is what was loaded and is gone", "step %d", STEPS);
}

/* Of each hundred steps sixty are a try; two tries in three are undone. */
static void
try_and_undo(struct rows *rows, struct model *m, struct model *before, int step)
{
	if (step % 100 == 20) {
		rows_try(rows);
		*before = *m;
	} else if (step % 100 == 80 && step / 100 % 3) {
		rows_undo(rows);
		memcpy(m->is, before->is, sizeof m->is);
	} else if (step % 100 == 80) {
		rows_stand(rows);
	}
}

static void
random_steps(arena_t *a, unsigned seed)
{
	static const char *const units[] = { "u1", "u2", "u3" };
	struct rows rows;
	struct model m, before;

	memset(&m, 0, sizeof m);
	rows_open(&rows, &table, a);
	for (int p = 0; p < PERSONS; p++)
		for (int d = 0; d < DAYS; d += 2) {
			MirrorRows__Person *r = arena_message(a, &mirror_rows__person__descriptor);
			*r = row_of(p, d, units[d % 3]);
			m.was[p][d] = m.is[p][d] = units[d % 3];
			rows_loaded(&rows, r);
		}
	for (int step = 0; step < STEPS; step++) {
		int p = rand_r(&seed) % PERSONS, d = rand_r(&seed) % DAYS, u = rand_r(&seed) % 3;
		MirrorRows__Person r = row_of(p, d, units[u]);
		if (rand_r(&seed) % 3) {
			bool news = !m.is[p][d] || strcmp(m.is[p][d], units[u]);
			checkf(rows_put(&rows, &r) == news, "a put says whether it changed anything", "step %d", step);
			m.is[p][d] = units[u];
		} else {
			checkf(rows_drop(&rows, &r) == (m.is[p][d] != NULL), "a drop says whether there was something",
			       "step %d", step);
			m.is[p][d] = NULL;
		}
		const MirrorRows__Person *got = rows_get(&rows, &r);
		checkf(m.is[p][d] ? got && !strcmp(got->unit_id, m.is[p][d]) : !got, "a get sees the last put",
		       "step %d", step);
		if (step % 50 == 0)
			check_list(&rows, &m, p, step);
		try_and_undo(&rows, &m, &before, step);
	}
	check_changes(&rows, &m);
}

static void
wants(arena_t *a)
{
	struct rows rows;
	MirrorRows__Person r = row_of(4, 1, "");

	rows_open(&rows, &table, a);
	checkf(rows_want(&rows, &r, 3), "a first want is to be loaded", "step %d", 0);
	checkf(!rows_want(&rows, &r, 3), "a second is not", "step %d", 0);
	checkf(rows_want(&rows, &r, 2), "a wider one is", "step %d", 0);
	r = row_of(4, 5, "");
	checkf(!rows_want(&rows, &r, 3), "what a wider one covers is not", "step %d", 0);
	r = row_of(5, 5, "");
	checkf(!rows_wanted(&rows, &r, 2), "p covers no row of p.1", "step %d", 0);
}

int
main(void)
{
	arena_t *a = arena_open(64 << 20);

	for (unsigned seed = 1; seed <= 5; seed++) {
		arena_reset(a);
		random_steps(a, seed);
	}
	wants(a);
	arena_close(&a);
	return tally_end();
}
