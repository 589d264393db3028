/* vacancy - the post that a recall has emptied, by the recall's id. */
#pragma once
#include "engine/service.h"
#include "roster.pb-c.h"
#include "roster_rows.pb-c.h"

void roster_vacancy_want(struct batch *b, const char *recall_id);
const RosterRows__Vacancy *roster_vacancy_of(struct batch *b, const char *recall_id);   /* NULL: none has been opened */
/* Filled by the unit's head, or by whoever it is; withdrawn: nobody is due to fill it any more. */
void roster_vacancy_fill(struct batch *b, const RosterRows__Vacancy *v, char *posting_id, bool by_head);
void roster_vacancy_withdraw(struct batch *b, const RosterRows__Vacancy *v);
