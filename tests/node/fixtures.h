/* fixtures - two services without rules, which use the schemas of two real ones.
 *
 * "roster" turns commands into events.  "attendance" remembers the persons it hears of, and does or fails in whatever
 * way the person's unit says: "\xff" is what the database refuses, "job" leaves a job, "timer…" sets a timer an hour
 * after START ("timer.seeing" stands on roster's events), "slow" takes 2.5 s, "hungry" takes HUNGER_BYTES of the
 * batch's memory, "policy" asks for the policies. */
#pragma once
#include "engine/service.h"
#include "roster.pb-c.h"

enum { ROSTER, ATTENDANCE, SERVICES };
enum { HOUR = 3600, HUNGER_BYTES = 24 << 20, SLOW_MS = 2500 };
#define HOUR_US (HOUR * INT64_C(1000000))
#define START 1504800000                /* the clock's first instant, in seconds; and as SQL */
#define START_SQL "to_timestamp(1504800000)"
#define D "511700"                      /* the district that every fixture has */

extern const struct service fixtures[SERVICES];
