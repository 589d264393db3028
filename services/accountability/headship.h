/* headship - who heads a unit, or has headed it: the head of the date answers for what is found in a unit, and for
 * its recalls. */
#pragma once
#include "engine/service.h"

/* The units that this person heads or has headed; wanted with all that their counts read. */
void headship_want_units(struct batch *b, const char *person_id);
size_t headship_units(struct batch *b, const char *person_id, const char ***units);
