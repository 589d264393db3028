/* standing - where a person or a unit stands now; all recalls.  Reads only. */
#pragma once
#include "accountability_rows.pb-c.h"
#include "engine/reader.h"

void standing_read_person(struct reader *r, const void *m);     /* ReadStanding → Standing */
void standing_read_unit(struct reader *r, const void *m);       /* ReadUnitStanding → UnitStanding */
void standing_list_recalls(struct reader *r, const void *m);    /* ListRecalls → RecallList */
