/* incentives_policy - who may be commended in a round (C4.2): nobody whom an award ban in effect covers on its date.
 *
 * Pure.  Bans are accountability's; nothing here decides one. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ban { int32_t from_day; bool ends; int32_t until_day; };         /* [from, until) */

bool incentives_barred(const struct ban *bans, size_t n, int32_t on_day);
