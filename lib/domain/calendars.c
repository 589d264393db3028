#include "domain/calendars.h"
#include "engine/keyed.h"

const struct table mirror_calendar = { "calendar", &mirror_rows__calendar__descriptor, 2, false };

static const struct copy row_of_put = { &mirror_rows__calendar__descriptor, &roster__calendar_put__descriptor,
	                                "district lines" };

static MirrorRows__Calendar *
year_row(struct batch *b, int32_t year)
{
	MirrorRows__Calendar *row = batch_message(b, &mirror_rows__calendar__descriptor);

	row->year = year;
	return row;
}

void
mirror_want_year(struct batch *b, int32_t year)
{
	batch_want(b, &mirror_calendar, year_row(b, year), 2);
}

const MirrorRows__Calendar *
mirror_year(struct batch *b, int32_t year)
{
	return batch_get(b, &mirror_calendar, year_row(b, year));
}

const char *
calendar_lines(const MirrorRows__Calendar *row)
{
	return row ? row->lines : data_working_days_csv;
}

bool
calendar_published(const MirrorRows__Calendar *row, int32_t year)
{
	return row || calendar_tells(data_working_days_csv, year);
}

void
mirror_want_calendar(struct batch *b, const void *m)
{
	mirror_want_year(b, ((const Roster__CalendarPut *)m)->year);
}

void
mirror_run_calendar(struct batch *b, const void *m)
{
	const Roster__CalendarPut *e = m;
	MirrorRows__Calendar *row = year_row(b, e->year);

	copy_run(&row_of_put, row, e);
	row->lines = calendar_text(e->days, e->n_days, batch_arena(b));
	batch_put(b, &mirror_calendar, row);
}

const struct noun mirrored_calendar = {
	.tables = LIST(((const struct table *const[]){ &mirror_calendar })),
	.events = LIST(((const struct event_handler[]){ {
		.message = &roster__calendar_put__descriptor, .want = mirror_want_calendar, .run = mirror_run_calendar,
	} })),
	.copies = LIST(((const struct copy *const[]){ &row_of_put })),
};
