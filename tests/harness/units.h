/* units - what stands for the units of clients, whose people were found in all their tellings, against the pure
 * ladders. */
#pragma once
#include "clients.h"
#include "standing_text.h"
#include "invariants.h"

/* A finding of somebody's history that stands, as accountability keeps it in a case.  In the arena. */
AccountabilityRows__Finding *units_fact(const struct person *p, size_t i, const char *case_id, arena_t *a);
/* books: of each district. */
void units_check(check_fn *check, struct clients *c, const struct policy_book books[DISTRICTS], arena_t *a);
