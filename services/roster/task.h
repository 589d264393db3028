/* task - what a recall has left for the organisation department: one of each kind for a recall. */
#pragma once
#include "engine/service.h"
#include "roster.pb-c.h"
#include "roster_rows.pb-c.h"

void roster_task_want(struct batch *b, const char *recall_id, Roster__TaskKind kind);
const RosterRows__Task *roster_task_of(struct batch *b, const char *recall_id, Roster__TaskKind kind); /* NULL: none */

/* What is to be opened for a recall, as its vacancy says it: person, posting, village, and no unit.  first_day: of the
 * recall's earliest fact; DAY_EVER not known.  One that waits for a unit's head names the unit. */
Roster__TaskOpened roster_task_for(Roster__TaskKind kind, const RosterRows__Vacancy *v);
void roster_task_open(struct batch *b, Roster__TaskOpened *t, int32_t first_day);       /* unless it is open */
/* Only one that waits for a unit's head closes itself; the others are for people to close. */
void roster_task_settled(struct batch *b, const char *recall_id, Roster__TaskKind kind);
