/* duty_batch - separation of duties as a command's handler asks for it: which units the people of the case and whoever
 * acts belonged to and headed is looked up in what the service remembers of roster (mirror_person, mirror_unit), whose
 * an account is in mirror_account, or by the service's `owners`.  The operator costs no look-up. */
#pragma once
#include "domain/duty.h"
#include "engine/service.h"

/* From want.  duty_want: of whoever acts, in the first round, since it takes three; the rest in whatever round an id is
 * known: a unit's history is there after one more, a person's with the units of it after two.  Ids may be NULL or "".
 */
void duty_want(struct batch *b);
void duty_want_about(struct batch *b, const char *person_id, const char *unit_id);
void duty_want_decided(struct batch *b, const char *account);
/* The first two of somebody who does not act: of whom it is asked whether they may know of a case. */
void duty_want_for(struct batch *b, const char *account, const char *person_id);
void duty_want_case(struct batch *b, const char *person_id, const char *unit_id);

/* What was wanted. */
struct duty duty_open(struct batch *b);
struct duty duty_open_for(struct batch *b, const char *account, const char *person_id, Wire__AccountRole role);
/* The case is about this person, and this unit; either may be NULL or "".  since_day: of its earliest fact. */
void duty_about(struct batch *b, struct duty *d, const char *person_id, const char *unit_id, int32_t since_day);
void duty_decided(struct batch *b, struct duty *d, const char *account, const char *person_id);
/* False: barred, and refused with 403. */
bool duty_allows(struct batch *b, const struct duty *d) __attribute__((warn_unused_result));
