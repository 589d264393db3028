/* case_sheet - accountability's part of a measure's case sheet; the gateway adds money and messages.  Reads only. */
#pragma once
#include "engine/reader.h"

void case_sheet_read(struct reader *r, const void *m);          /* ReadMeasure → CaseSheet */
