/* duty_batch - separation of duties as an order's handler asks for it: which unit a person of the case belongs to is looked up in
 * what the service remembers of roster (mirror_person).  The operator costs no look-up. */
#pragma once
#include "duty.h"
#include "service.h"

struct duty duty_open(const struct batch *b);
/* The case is about this person, and this unit; either may be NULL or "".  A person's unit is that of the day of the facts and
 * today's: both bar.  The person must have been wanted, by mirror_want_person_id. */
void duty_about(struct batch *b, struct duty *d, const char *person_id, const char *unit_id, int32_t on_day);
/* False: barred, and refused with 403 duty.conflict. */
bool duty_allows(struct batch *b, const struct duty *d) __attribute__((warn_unused_result));
