/* supervision_policy - what may be noted as a finding, and whether a hearing is waited for (C2.4).
 * Pure: no clock, no I/O, no allocation, no globals. */
#pragma once
#include "base/refusal.h"
#include "policy.pb-c.h"
#include "supervision.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first rule that a finding breaks by itself, whoever it is about; NULL: none. */
const struct refusal *finding_refusal(const Supervision__NoteFinding *in, int32_t today);

/* The SHA-256 of a piece of evidence: 64 hexadecimal digits. */
bool finding_sha256_valid(const char *hex);

/* The day by which the other side is to be heard, when the policy sets one; false: it does not, or there is no policy.
 */
bool finding_hearing_due(const Policy__Findings *rules, int32_t today, int32_t *due_day);
/* Whether a confirmation must wait: the policy wants a hearing, and the day set for it is not over. */
bool finding_hearing_open(const Policy__Findings *rules, bool has_due, int32_t due_day, int32_t today);
