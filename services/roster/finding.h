/* finding - the findings of a person, as far as they hold his postings. */
#pragma once
#include "engine/service.h"
#include "roster_policy.h"

/* Those that are confirmed, and whether who commands may know of them; those that are noted. */
void roster_findings_want(struct batch *b, const char *person_id);
void roster_noted_findings_want(struct batch *b, const char *person_id);

/* The id of a confirmed finding of the person that would be left without a posting by what is put; of a finding, noted
 * or confirmed, that stands on a posting which is to be taken back.  NULL: none, or none to tell of. */
const char *roster_finding_bars_put(struct batch *b, const char *person_id, struct postings held, const Posting *put);
const char *roster_finding_bars_void(struct batch *b, const Posting *p, struct postings held);
