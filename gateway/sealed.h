/* sealed - what is kept from all but those who work on it (C3.2.2): cases of discipline and of funds, and their referral.
 *
 * By kind (lib/sealed_kind.h).  Taken out of answers and events as they leave, so no route can forget it. */
#pragma once
#include "identity.h"
#include <jansson.h>

/* The operator, administrators, inspectors and reviewers. */
bool sealed_may_see(const struct identity *who);
/* Takes every sealed thing out of the lists in an answer, at any depth.  False: the answer itself is one. */
bool sealed_strip(json_t *answer) __attribute__((warn_unused_result));
/* True: nothing of an event's data may be told to anybody.  Else what may not has been taken out of its lists. */
bool events_sealed(json_t *data);
