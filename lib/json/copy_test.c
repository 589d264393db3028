/* copy_test - what a copy takes along, between messages of the project that have optional, plain and repeated fields of
 * one name; and which pairs are refused. */
#include "json/copy.h"
#include "harness/tally.h"
#include "supervision.pb-c.h"
#include "supervision_rows.pb-c.h"
#include <stdio.h>
#include <string.h>

static const struct copy row_of_fact = { &supervision_rows__finding__descriptor, &supervision__finding_fact__descriptor,
                                         "district finding_id noted_at_us hearing_due_day" };
static const struct copy fact_of_row = {
	&supervision__finding_fact__descriptor, &supervision_rows__finding__descriptor, "id",
};
static const struct copy answer_of_row = { &supervision__finding__descriptor, &supervision_rows__finding__descriptor,
                                           "id state note evidence confirmed_day" };

static void
test_there_and_back(void)
{
	Supervision__FindingFact a = SUPERVISION__FINDING_FACT__INIT, b = SUPERVISION__FINDING_FACT__INIT;
	SupervisionRows__Finding row = SUPERVISION_ROWS__FINDING__INIT;
	char *hashes[] = { (char *)"h" };

	a.id = (char *)"F1", a.kind = SUPERVISION__FINDING_KIND__DUTY_FAILURE, a.on_day = 17000, a.major = true,
	a.bulletin = (char *)"b";
	a.maybe_person_case = SUPERVISION__FINDING_FACT__MAYBE_PERSON_PERSON_ID, a.person_id = (char *)"p";
	a.n_evidence_sha256 = 1, a.evidence_sha256 = hashes;
	copy_run(&row_of_fact, &row, &a);
	check(row.maybe_person_case == SUPERVISION_ROWS__FINDING__MAYBE_PERSON_PERSON_ID &&
	              row.person_id == a.person_id,
	      "an optional text", "");
	check(row.maybe_unit_case == 0, "one that is not there", "");
	check(row.on_day == 17000 && row.kind == a.kind && row.major, "a number, an enum, a flag", "");
	check(row.n_evidence_sha256 == 1 && row.evidence_sha256 == hashes, "what repeats, as it stands", "");
	check(*row.district == '\0' && row.noted_at_us == 0, "own fields stay", "");
	copy_run(&fact_of_row, &b, &row);
	b.id = a.id;
	check(supervision__finding_fact__get_packed_size(&a) == supervision__finding_fact__get_packed_size(&b),
	      "and back it is the same", "");
}

static void
test_plain_to_optional(void)
{
	SupervisionRows__Finding row = SUPERVISION_ROWS__FINDING__INIT;
	Supervision__Finding out = SUPERVISION__FINDING__INIT;

	copy_run(&answer_of_row, &out, &row);
	check(out.maybe_bulletin_case == 0, "\"\" is not there", "");
	check(out.maybe_level_case == 0 && out.maybe_major_case == 0, "zero is not there", "");
	row.bulletin = (char *)"b", row.level = SUPERVISION__LEVEL__CITY, row.major = true;
	copy_run(&answer_of_row, &out, &row);
	check(out.maybe_bulletin_case != 0 && out.bulletin == row.bulletin, "a text is", "");
	check(out.maybe_level_case != 0 && out.level == row.level && out.maybe_major_case != 0 && out.major,
	      "so are an enum and a flag", "");
}

/* What was there before and is no more. */
static void
test_taken_away(void)
{
	Supervision__FindingFact fact = SUPERVISION__FINDING_FACT__INIT;
	SupervisionRows__Finding row = SUPERVISION_ROWS__FINDING__INIT;

	row.maybe_unit_case = SUPERVISION_ROWS__FINDING__MAYBE_UNIT_UNIT_ID, row.unit_id = (char *)"u";
	copy_run(&row_of_fact, &row, &fact);
	check(row.maybe_unit_case == 0, "what is not there any more", "");
}

static void
test_faults(void)
{
	struct copy c = row_of_fact;
	const struct { const char *own, *fault; } cases[] = {
		{ row_of_fact.own, NULL },
		                                             { "district finding_id noted_at_us", "hearing_due_day" },
		{ NULL, "district" },
		                                                  { "district finding noted_at_us hearing_due_day",
		  "finding_id" },
		{ "district finding_id noted_at_us hearing_due_day nothing", "nothing" },
		{ "district finding_id noted_at_us hearing_due_day  kind", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c.own = cases[i].own;
		const char *fault = copy_fault(&c);
		check((!fault && !cases[i].fault) || (fault && cases[i].fault && strcmp(fault, cases[i].fault) == 0),
		      cases[i].own ? cases[i].own : "nothing own", "");
	}
}

/* With a plan and without one it is the same. */
static void
test_plan(void)
{
	static struct copy_plan plan;
	const struct copy planned = { row_of_fact.to, row_of_fact.from, row_of_fact.own, &plan };
	Supervision__FindingFact fact = SUPERVISION__FINDING_FACT__INIT;
	SupervisionRows__Finding a = SUPERVISION_ROWS__FINDING__INIT, b = a;

	fact.on_day = 17000, fact.bulletin = (char *)"b";
	fact.maybe_unit_case = SUPERVISION__FINDING_FACT__MAYBE_UNIT_UNIT_ID, fact.unit_id = (char *)"u";
	copy_run(&row_of_fact, &a, &fact);
	copy_run(&planned, &b, &fact);
	check(memcmp(&a, &b, sizeof(a)) == 0, "a plan that is not made yet", "");
	check(!copy_fault(&planned) && plan.n > 0 && !copy_fault(&planned), "it is made when the pair is checked", "");
	b = (SupervisionRows__Finding)SUPERVISION_ROWS__FINDING__INIT;
	copy_run(&planned, &b, &fact);
	check(memcmp(&a, &b, sizeof(a)) == 0, "and it copies the same", "");
}

int
main(void)
{
	test_there_and_back();
	test_plain_to_optional();
	test_taken_away();
	test_faults();
	test_plan();
	return tally_end();
}
