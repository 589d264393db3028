/* bar_policy - who may be commended in a round (C4.2): nobody whom an award ban in effect covers on its date.
 *
 * Pure.  Bans are accountability's; nothing here decides one. */
#pragma once
#include "incentives_rows.pb-c.h"
#include <stdbool.h>
#include <stddef.h>

/* A bar is [from, until). */
bool bar_covers(const IncentivesRows__Bar *const *bars, size_t n, int32_t on_day);
