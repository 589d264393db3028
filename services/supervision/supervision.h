/* supervision - what the files of this service share.  supervision.c says what the service is. */
#pragma once
#include "engine/service.h"
#include "supervision.pb-c.h"
#include "supervision_rows.pb-c.h"

enum { ROSTER, ATTENDANCE, ACCOUNTABILITY };            /* whom it consumes: AFTER(ROSTER) */

extern const struct noun supervision_finding, supervision_file;
