#include "domain/calendar.h"
#include "base/civil.h"
#include <assert.h>
#include <string.h>

enum { YEAR_LEN = 4, DATE_LEN = 10, NAME_AT = DATE_LEN + 3, YEAR_DAYS_MAX = 366 };

static const char *
line_after(const char *at)
{
	const char *end = strchr(at, '\n');

	return end ? end + 1 : at + strlen(at);
}

/* Of the line that holds `at`; not before `first`. */
static const char *
line_of(const char *at, const char *first)
{
	while (at > first && at[-1] != '\n')
		at--;
	return at;
}

/* The first line of a day: what comes before it begins with no digit. */
static const char *
line_first(const char *text)
{
	while (*text && (*text < '0' || *text > '9'))
		text = line_after(text);
	return text;
}

/* ---- days.  Found by halves over the bytes, a middle being moved to its line. */

/* The first line that begins with `date` or what comes after it. */
static const char *
line_from(const char *text, const char *date, size_t len)
{
	const char *lo = line_first(text);

	for (const char *hi = lo + strlen(lo); lo < hi;) {
		const char *mid = line_of(lo + (hi - lo) / 2, lo);

		if (strncmp(mid, date, len) >= 0)
			hi = mid;
		else
			lo = line_after(mid);
	}
	return lo;
}

bool
calendar_working(const char *text, int32_t day)
{
	char date[DAY_TEXT_MAX];
	int weekday = (day % 7 + 10) % 7;               /* Monday is 0; 1970-01-01 was a Thursday */

	day_text(day, date);
	const char *line = line_from(text, date, DATE_LEN);
	return strncmp(line, date, DATE_LEN) == 0 ? line[DATE_LEN + 1] == '1' : weekday < 5;
}

/* ---- years */

static const char *
year_first(const char *text, const char *date)
{
	const char *line = line_from(text, date, YEAR_LEN);

	return strncmp(line, date, YEAR_LEN) == 0 ? line : NULL;
}

bool
calendar_tells(const char *text, int32_t year)
{
	char date[DAY_TEXT_MAX];

	day_text(day_of_civil(year, 1, 1), date);
	return year_first(text, date) != NULL;
}

static Roster__CalendarDay *
day_of_line(const char *line, arena_t *a)
{
	Roster__CalendarDay *d = arena_message(a, &roster__calendar_day__descriptor);
	size_t len = strcspn(line, "\n");

	bool dated = day_parse(arena_strndup(a, line, DATE_LEN), &d->on_day);
	assert(dated);
	(void)dated;
	d->working = line[DATE_LEN + 1] == '1';
	if (len > NAME_AT) {
		d->maybe_name_case = ROSTER__CALENDAR_DAY__MAYBE_NAME_NAME;
		d->name = arena_strndup(a, line + NAME_AT, len - NAME_AT);
	}
	return d;
}

size_t
calendar_days(const char *text, int32_t year, arena_t *a, Roster__CalendarDay ***out)
{
	char date[DAY_TEXT_MAX];
	size_t n = 0;

	day_text(day_of_civil(year, 1, 1), date);
	*out = arena_alloc(a, YEAR_DAYS_MAX * sizeof(**out));
	const char *line = year_first(text, date);
	while (line && n < YEAR_DAYS_MAX && strncmp(line, date, YEAR_LEN) == 0) {
		(*out)[n++] = day_of_line(line, a);
		line = line_after(line);
	}
	return n;
}

/* ---- the text */

static char *
line_put(char *at, const Roster__CalendarDay *d)
{
	day_text(d->on_day, at);
	at += DATE_LEN;
	*at++ = ',';
	*at++ = d->working ? '1' : '0';
	*at++ = ',';
	at = d->maybe_name_case ? stpcpy(at, d->name) : at;
	*at++ = '\n';
	return at;
}

char *
calendar_text(Roster__CalendarDay *const *days, size_t n, arena_t *a)
{
	const Roster__CalendarDay *of_year[YEAR_DAYS_MAX] = { NULL };
	size_t bytes = 1;

	for (size_t i = 0; i < n; i++) {
		of_year[days[i]->on_day - year_start(days[i]->on_day)] = days[i];
		bytes += NAME_AT + DAY_TEXT_MAX + (days[i]->maybe_name_case ? strlen(days[i]->name) : 0);
	}
	char *text = arena_alloc(a, bytes), *at = text;
	for (size_t i = 0; i < YEAR_DAYS_MAX; i++)
		if (of_year[i])
			at = line_put(at, of_year[i]);
	*at = '\0';
	return text;
}
