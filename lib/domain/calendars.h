/* calendars - what a service remembers of the working calendars of a district (as lib/domain/mirror of all else). */
#pragma once
#include "domain/calendar.h"
#include "engine/service.h"
#include "mirror_rows.pb-c.h"

extern const struct table mirror_calendar;              /* key district, year */
extern const struct noun mirrored_calendar;
void mirror_want_calendar(struct batch *b, const void *m);
void mirror_run_calendar(struct batch *b, const void *m);

/* A year's, as the district has put it last; NULL: never.  It must have been wanted. */
void mirror_want_year(struct batch *b, int32_t year);
const MirrorRows__Calendar *mirror_year(struct batch *b, int32_t year);
/* The text that tells of the year: that one's, or the one that we ship. */
const char *calendar_lines(const MirrorRows__Calendar *row);
/* Whether anybody has published the year: else its working days are Monday to Friday until somebody does. */
bool calendar_published(const MirrorRows__Calendar *row, int32_t year);
