/* head - a unit's head takes the post that a recall has emptied. */
#pragma once
#include "engine/service.h"
#include "roster_rows.pb-c.h"

void roster_head_want(struct batch *b, const char *recall_id, const char *head_id);
void roster_head_give_post(struct batch *b, const RosterRows__Vacancy *v, char *head_id);

/* A unit has a head now: the posts that waited for one are his. */
void roster_head_put_want(struct batch *b, const char *unit_id, const char *head_id);
void roster_head_put(struct batch *b, const char *unit_id, char *head_id);
