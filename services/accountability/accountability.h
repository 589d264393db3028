/* accountability - what the files of this service share.  accountability.c says what the service is, case.h what all
 * its rooms stand on. */
#pragma once
#include "accountability.pb-c.h"
#include "accountability_rows.pb-c.h"
#include "engine/service.h"

enum { ROSTER, SUPERVISION };                           /* whom it consumes */
/* Of what follows from a finding: one annulled elsewhere a moment ago is known here first, and whose unit is whose. */
enum { AFTER_BOTH = AFTER(ROSTER) | AFTER(SUPERVISION) };

extern const struct noun accountability_case, accountability_secret, accountability_decision, accountability_recount,
                         accountability_finding, accountability_headship, accountability_posting, accountability_recall,
                         accountability_measure, accountability_standing, accountability_case_sheet;
