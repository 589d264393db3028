/* district - the areas of a district, in one of which each township lies. */
#pragma once
#include "engine/service.h"
#include "roster_rows.pb-c.h"

void roster_area_want(struct batch *b, const char *area_id);
const RosterRows__Area *roster_area(struct batch *b, const char *area_id);      /* NULL: unknown */
