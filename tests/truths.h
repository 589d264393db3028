/* truths - what must be so in the database of any suite that is quiet, whatever has happened in it (rules.md §10,
 * lib/README.md): asked in SQL over all services' tables, as the administrator. */
#pragma once
#include "suite.h"

struct tally { int passed, failed; };
void tally(struct tally *t, bool ok, const char *what, const char *got);

void truths_check(struct tally *t, suite_t *s);
/* Two sets of lines, each in ASCII order, are the same; else up to ten that are not are shown. */
void truths_same_lines(struct tally *t, const char *what, const char *expected, const char *got);
