/* incentives - what the files of this service share.  incentives.c says what the service is. */
#pragma once
#include "engine/service.h"
#include "incentives.pb-c.h"
#include "incentives_rows.pb-c.h"

extern const struct noun incentives_round, incentives_bar;

/* ---- round.c: all rounds of the district */
void incentives_want_rounds(struct batch *b);
size_t incentives_rounds(struct batch *b, const IncentivesRows__Round *const **rounds);
