/* village - whether a village closes. */
#pragma once
#include "engine/service.h"
#include "roster_policy.h"

void roster_village_closing_want(struct batch *b, const char *village_id);
bool roster_village_closes(struct batch *b, const Posting *put);        /* before the posting ends */
