/* reach - whose a person is today. */
#pragma once
#include "engine/reader.h"
#include "roster.pb-c.h"

const Roster__Reach *reach_of_person(struct reader *r, const char *person_id);  /* never NULL */
