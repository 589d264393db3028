/* ended - the postings that recalls of a person hold to their ends. */
#pragma once
#include "engine/service.h"
#include "put.h"
#include "roster.pb-c.h"
#include "roster_policy.h"

void roster_ended_want(struct batch *b, const char *person_id);
void roster_ended_check(struct batch *b, const Posting *now, const Posting *put, struct faults *fs);
bool roster_ended_bars(struct batch *b, const Posting *put);            /* what nobody has asked for */
bool roster_ended_holds(struct batch *b, const Posting *p);             /* whether a recall has ended it */
/* What a recall has ended, but for what another recall of the person holds too. */
size_t roster_ended_by(struct batch *b, const char *person_id, const char *recall_id, const Ended ***rows);

/* An ordered recall holds what it has ended; or nothing any more. */
void roster_ended_keep(struct batch *b, const Roster__VacancyOpened *e);
void roster_ended_forget(struct batch *b, const char *person_id, const char *recall_id);
