/* awaited - recalls whose post the unit's head is to get, once there is one. */
#pragma once
#include "engine/service.h"
#include "roster_rows.pb-c.h"

void roster_awaited_want(struct batch *b, const char *unit_id, const char *recall_id);
void roster_awaited_want_of(struct batch *b, const char *unit_id);
size_t roster_awaited_of(struct batch *b, const char *unit_id, const RosterRows__HeadAwaited *const **rows);
void roster_awaited_keep(struct batch *b, const char *unit_id, const char *recall_id);
void roster_awaited_no_more(struct batch *b, const char *unit_id, const char *recall_id);
