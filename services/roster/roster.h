/* roster - what the files of this service share.  roster.c says what the service is. */
#pragma once
#include "engine/service.h"
#include "put.h"
#include "roster.pb-c.h"
#include "roster_rows.pb-c.h"

enum { SUPERVISION, ACCOUNTABILITY, ATTENDANCE };       /* whom it consumes: AFTER(SUPERVISION) */

extern const struct noun roster_district, roster_policy, roster_calendar, roster_township, roster_unit, roster_village,
        roster_person, roster_name, roster_reach, roster_import;
extern const struct noun roster_posting, roster_void, roster_finding, roster_recall, roster_ended, roster_head,
        roster_awaited, roster_vacancy, roster_task;
extern const struct noun roster_account, roster_password, roster_login, roster_session, roster_tries;
extern const struct owners roster_account_owners;

/* What a file may bring (import.c). */
extern const struct put roster_put_village, roster_put_unit, roster_put_person, roster_put_posting;
