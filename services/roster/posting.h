/* posting - what recalls and a void look at, and say: postings of the batch. */
#pragma once
#include "engine/service.h"
#include "roster.pb-c.h"
#include "roster_policy.h"

void roster_posting_want(struct batch *b, const char *posting_id);              /* it alone */
void roster_posting_want_beside(struct batch *b, const char *posting_id);       /* and what is looked at beside it */
void roster_postings_want_of(struct batch *b, const char *person_id);
void roster_postings_want_at(struct batch *b, const char *village_id);          /* of a village, and its closing */

const Posting *roster_posting_of(struct batch *b, const char *posting_id);      /* NULL: none */
/* By id; while things are wanted some may be NULL: not there yet. */
struct postings roster_postings_of(struct batch *b, const char *person_id);
const Posting *roster_posting_beside(struct batch *b, const Posting *put);      /* has days in common; NULL: nothing */

/* As a read of it says it now, with its term. */
Roster__Posting *roster_posting_now(struct batch *b, const Posting *p);
void roster_posting_say(struct batch *b, const Posting *p);
