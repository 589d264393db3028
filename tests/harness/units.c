/* units - see units.h. */
#include "units.h"
#include "base/civil.h"
#include "json/json_pb.h"
#include <stdlib.h>
#include <string.h>

enum { UNITS = 4 };                             /* one for each village */

AccountabilityRows__Finding *
units_fact(const struct person *p, size_t i, const char *case_id, arena_t *a)
{
	const struct found *f = &p->h.found[i];
	AccountabilityRows__Finding *row = arena_message(a, &accountability_rows__finding__descriptor);
	int kind = 0;

	enum_value(&supervision__finding_kind__descriptor, f->kind, &kind);
	row->case_id = (char *)case_id;
	row->finding_id = (char *)p->found_id[i];
	row->kind = (Supervision__FindingKind)kind;
	row->source = strcmp(f->source, "superior") == 0 ? SUPERVISION__SOURCE__SUPERIOR : SUPERVISION__SOURCE__COVERT;
	row->bulletin = (char *)(f->bulletin ? f->bulletin : "");
	row->about_person_id = (char *)p->id;
	row->major = f->major;
	row->on_day = f->day;
	row->maybe_confirmed_case = ACCOUNTABILITY_ROWS__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY;
	row->confirmed_day = phase_day(f->decided);
	row->state = SUPERVISION__FINDING_STATE__CONFIRMED;
	return row;
}

static const char *
itself(const void *ctx, const char *finding_id)
{
	(void)ctx;
	return finding_id;
}

static size_t
facts_of(const struct clients *c, int district, int unit, arena_t *a, const AccountabilityRows__Finding ***out)
{
	size_t n = 0;

	*out = arena_alloc(a, (c->n * FOUND_MAX + 1) * sizeof(**out));
	for (size_t i = 0; i < c->n; i++) {
		const struct person *p = &c->people[i];
		for (size_t k = 0; p->district == district && p->h.village == unit && k < p->h.nfound; k++)
			if (found_stands(&p->h.found[k]) && !found_counts(&p->h.found[k]))
				(*out)[n++] = units_fact(p, k, "unit", a);
	}
	return n;
}

/* The measures of a unit that all the tellings of many histories have moved, in whatever order they came. */
static void
unit_check(check_fn *check, struct clients *c, const struct policy_book *book, int district, int unit, arena_t *a)
{
	const struct naming naming = { itself, NULL };
	const AccountabilityRows__Finding **facts;
	char *path = arena_printf(a, "/api/v1/districts/%s/units/u%d/standing", clients_districts[district], unit);
	char *unit_id = arena_printf(a, "u%d", unit), *head_id = arena_printf(a, "head%d", unit);
	struct answered got = harness_call(c->harness, "GET", path, NULL, NULL, NULL);
	json_t *j = json_loads(got.body, 0, NULL);
	size_t n = facts_of(c, district, unit, a, &facts);
	char *due = standing_unit_recomputed(book, unit_id, head_id, facts, n, &naming, a),
	     *stands = standing_unit(j, unit_id, head_id, &naming);

	invariants_same_lines(check,
			      arena_printf(a, "C3.1.1, C3.1.2-2: what stands of %s in %s is what the ladders give",
					   unit_id, clients_districts[district]),
			      due, stands);
	free(due);
	free(stands);
	json_decref(j);
	free(got.body);
}

void
units_check(check_fn *check, struct clients *c, const struct policy_book books[DISTRICTS], arena_t *a)
{
	for (int district = 0; district < DISTRICTS; district++)
		for (int unit = 0; unit < UNITS; unit++) {
			unit_check(check, c, &books[district], district, unit, a);
			arena_reset(a);
		}
}
