/* funding - what the files of this service share. */
#pragma once
#include "engine/reader.h"
#include "engine/service.h"

enum { FUNDING_ROSTER, FUNDING_ATTENDANCE, FUNDING_ACCOUNTABILITY };    /* places in `consumes`, for AFTER() */

/* ---- reads.c */
void funding_read_stipend(struct reader *r, const void *m);
void funding_read_measure_money(struct reader *r, const void *m);
