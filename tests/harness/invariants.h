/* invariants - what must be so in the database of any harness that is quiet, whatever has happened in it (rules.md §10,
 * lib/README.md): asked in SQL over all services' tables, as the administrator. */
#pragma once
#include "harness.h"

/* A test's own check() (tally.h). */
typedef void check_fn(bool right, const char *what, const char *which);

void invariants_check(check_fn *check, harness_t *s);
/* Two sets of lines, each in ASCII order, are the same; else up to ten that are not are shown. */
void invariants_same_lines(check_fn *check, const char *what, const char *expected, const char *got);
