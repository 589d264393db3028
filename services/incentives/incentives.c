/* incentives - who may be commended in which round (C4.2).
 *
 *   in:   commands and queries of rounds; roster's persons; accountability's measures, of which award bans
 *   out:  RoundPut, EligibilityChanged
 *   owns: schema incentives */
#include "incentives.h"
#include "domain/mirror.h"

static const char *const consumes[] = { "roster", "attendance", "accountability", NULL };

static const struct noun *const nouns[] = { &incentives_round, &incentives_bar, &mirrored_person, NULL };

const struct service incentives_service = { .name = "incentives", .consumes = consumes, .nouns = nouns };
