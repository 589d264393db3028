/* phrase_policy - what a message says of measures: when somebody was absent and for which time, by which criticism
 * which rung was reached, what follows, and by which clauses (rules.md §8).
 *
 * Pure.  A message is of a MeasuresChanged that has only the changes of which its recipient is told; whoever reads of
 * themselves is "you". */
#pragma once
#include "accountability.pb-c.h"
#include "wording_policy.h"

/* Pieces of a MeasuresChanged (wording_policy.h). */
const char *phrase_absences(const struct saying *s);
const char *phrase_criticisms(const struct saying *s);
const char *phrase_what(const struct saying *s);
const char *phrase_clauses(const struct saying *s);

/* All that a message says of one measure, but whose it is: two that are the same would read the same. */
char *phrase_said(const Accountability__MeasureChange *c, arena_t *a);

/* It is the unit's own, and its head's: 顶岗 is about a post, and says by itself whose that is. */
bool phrase_is_units(const Accountability__Measure *m);

const char *phrase_fault(void);                 /* wording_fault of its own texts */
