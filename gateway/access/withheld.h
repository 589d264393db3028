/* withheld - what an answer keeps from some of those who may have it, by the name of a member, at any depth, whatever
 * the route.
 *
 *   limited roles    source, complaint_id, inspection_id, note, and who noted it: whom a finding is about never learns
 *                    where it came from.  Of every case: were it left out of the hotline's alone, that would tell just
 *                    this
 *   phone            whole for the operator, administrators, and whose it is; 138****8000 for everybody else, but where
 *                    it is asked for with a reason
 *
 * Pure.  A file for the bank (export.c) is no such answer. */
#pragma once
#include "access/identity.h"
#include "routes/routes.h"
#include <jansson.h>

/* Members that some are not shown, so that no answer need have them: takes them out of the required ones of a
 * schema. */
void withheld_optional(json_t *schema);

/* Takes it out, or masks it. */
void withheld_take(json_t *answer, const struct identity *who, const struct route *r);
