/* invariants - what must be so in the database of any harness that is quiet, whatever has happened in it (rules.md §10,
 * lib/README.md): asked in SQL over all services' tables, as the administrator. */
#pragma once
#include "harness.h"

struct tally { int passed, failed; };
void tally(struct tally *t, bool ok, const char *what, const char *got);

void invariants_check(struct tally *t, harness_t *s);
/* Two sets of lines, each in ASCII order, are the same; else up to ten that are not are shown. */
void invariants_same_lines(struct tally *t, const char *what, const char *expected, const char *got);
