/* case_policy - how a measure came to be, told step by step: the sentences of its case sheet (rules.md §5 "Case sheet")
 * and the readings of the register that it depends on.  Pure; results live in the arena and point into the arguments.
 */
#pragma once
#include "accountability.pb-c.h"
#include "accountability_rows.pb-c.h"
#include "base/arena.h"
#include "policy.pb-c.h"
#include <stdbool.h>
#include <stddef.h>

struct case_file {
	const AccountabilityRows__Measure *measure;
	const AccountabilityRows__Finding *const *facts;
	size_t nfacts; /* its cause, in that order; annulled ones too */
	const Policy__Policy *policy; /* of measure->policy; NULL: not known (never published here) */
	bool has_term;
	int32_t term_end; /* of the term held on the date that reached the rung, by whom it falls on */
	int counted_now, rung_now; /* today, in the measure's year: how many count, the highest rung */
	const AccountabilityRows__Move *const *moves; size_t nmoves;            /* by hand, in order */
	bool limited; /* who reads it is not told where facts came from (api-console.md) */
};

/* What the file's policy says where the measure comes from, in that clause; reason NULL: nothing.  of_head: it falls on
 * a unit's head. And its row there; NULL: none. */
struct case_rule { const Common__Text *reason; Policy__Consequence *const *measures; size_t nmeasures; bool of_head; };
struct case_rule case_rule(const struct case_file *f);
const Policy__Consequence *case_consequence(const struct case_file *f);
size_t case_steps(const struct case_file *f, arena_t *a, Common__Text ***out);
size_t case_readings(const struct case_file *f, arena_t *a, Accountability__ReadingUsed ***out);
