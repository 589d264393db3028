/* sealed - what is kept from all but those who work on it (C3.2.2): cases of discipline and of funds, and their
 * referral.
 *
 * By kind (lib/bus/sealed_kind.h).  Owners do not read what a caller may not know of
 * (lib/domain/schema/mirror_sealed.sql); what a table without that policy let through is noticed here, and does not
 * leave.  Events are taken out here alone: nobody is told of sealed ones. */
#pragma once
#include "access/identity.h"
#include <jansson.h>

/* The operator, administrators, inspectors and reviewers: of the cases in which they have no part, which owners
 * know. */
bool sealed_may_see(const struct identity *who);
/* Takes every sealed thing out of the lists in an answer, at any depth, and out of the answer, all of it, when it is
 * one itself: how many. */
size_t sealed_strip(json_t *answer);
/* True: nothing of an event's data may be told to anybody.  Else what may not has been taken out of its lists. */
bool events_sealed(json_t *data);
