/* civil - days and instants of Asia/Shanghai: arithmetic of the calendar, and its text forms.
 *
 * In: days, instants, texts.  Out: days, instants, texts.  Owns nothing.  Pure: decisions link it.
 * Days beyond DAY_EVER … DAY_MAX are reckoned rightly (a month after the last day is a day), but their texts are of no
 * use to others; whoever takes an instant from outside checks that it lies within. */
#include "base/civil.h"
#include <assert.h>
#include <stdio.h>

#define HOUR_US INT64_C(3600000000)
#define MINUTE_US INT64_C(60000000)
#define SECOND_US INT64_C(1000000)
#define SHANGHAI_US (8 * HOUR_US)

enum { ERA_YEARS = 400, ERA_DAYS = 146097, EPOCH_DAYS = 719468 };       /* 0000-03-01 to 1970-01-01 */

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years begin in March here, so that the leap day is a year's last. */
struct civil
civil_of_day(int32_t day)
{
	int64_t z = (int64_t)day + EPOCH_DAYS, era = floor_div(z, ERA_DAYS);
	int doe = (int)(z - era * ERA_DAYS);                                    /* day of the era, 0–146096 */
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;        /* year of the era, 0–399 */
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);                      /* from 1 March, 0–365 */
	int mp = (5 * doy + 2) / 153;                                           /* month from March, 0–11 */
	int month = mp < 10 ? mp + 3 : mp - 9;

	return (struct civil){
		.year = (int)(yoe + era * ERA_YEARS) + (month <= 2),
		.month = month,
		.day = doy - (153 * mp + 2) / 5 + 1,
	};
}

int32_t
day_of_civil(int year, int month, int day)
{
	assert(month >= 1 && month <= 12 && day >= 1 && day <= 31);
	int64_t y = (int64_t)year - (month <= 2), era = floor_div(y, ERA_YEARS);
	int yoe = (int)(y - era * ERA_YEARS);
	int doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return (int32_t)(era * ERA_DAYS + 365 * yoe + yoe / 4 - yoe / 100 + doy - EPOCH_DAYS);
}

int32_t
day_of_instant(int64_t at_us)
{
	int64_t day = floor_div(at_us, DAY_US), rest = at_us % DAY_US;

	rest += rest < 0 ? DAY_US : 0;
	return (int32_t)(day + (rest >= DAY_US - SHANGHAI_US));
}

int64_t
instant_of_day(int32_t day)
{
	return day * DAY_US - SHANGHAI_US;
}

/* The first day of the month that lies `months` after month 1 of the year. */
static int32_t
first_of(int year, int64_t months)
{
	int64_t years = floor_div(months, 12);

	return day_of_civil((int)(year + years), (int)(months - 12 * years) + 1, 1);
}

int32_t
month_start(int32_t day)
{
	return day - (civil_of_day(day).day - 1);
}

int32_t
month_end(int32_t day)
{
	struct civil c = civil_of_day(day);

	return first_of(c.year, c.month);
}

int32_t
quarter_start(int32_t day)
{
	struct civil c = civil_of_day(day);

	return first_of(c.year, (c.month - 1) / 3 * 3);
}

int32_t
quarter_end(int32_t day)
{
	struct civil c = civil_of_day(day);

	return first_of(c.year, (c.month - 1) / 3 * 3 + 3);
}

int32_t
year_start(int32_t day)
{
	return first_of(day_year(day), 0);
}

int32_t
year_end(int32_t day)
{
	return first_of(day_year(day), 12);
}

int32_t
day_add_months(int32_t day, int months)
{
	struct civil c = civil_of_day(day);
	int32_t first = first_of(c.year, (int64_t)c.month - 1 + months);
	int32_t length = month_end(first) - first;

	return first + (c.day < length ? c.day : length) - 1;
}

int
day_year(int32_t day)
{
	return civil_of_day(day).year;
}

bool
day_within(int32_t day, int32_t from_day, bool ends, int32_t to_day)
{
	return from_day <= day && (!ends || day < to_day);
}

/* Exactly n digits; moves on behind them. */
static bool
digits(const char **s, int n, int *out)
{
	int value = 0;

	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		value = value * 10 + (**s - '0');
	}
	*out = value;
	return true;
}

static bool
literal(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool
month_take(const char **s, int *year, int *month)
{
	return digits(s, 4, year) && literal(s, '-') && digits(s, 2, month) && *year >= 1 && *month >= 1 &&
	       *month <= 12;
}

static bool
day_take(const char **s, int32_t *day)
{
	int year, month, dom;

	if (!month_take(s, &year, &month) || !literal(s, '-') || !digits(s, 2, &dom))
		return false;
	int32_t first = day_of_civil(year, month, 1);
	*day = first + dom - 1;
	return dom >= 1 && *day < month_end(first);
}

bool
day_parse(const char *s, int32_t *day)
{
	int32_t taken;

	if (!day_take(&s, &taken) || *s)
		return false;
	*day = taken;
	return true;
}

void
day_text(int32_t day, char out[DAY_TEXT_MAX])
{
	struct civil c = civil_of_day(day);

	snprintf(out, DAY_TEXT_MAX, "%04d-%02d-%02d", c.year, c.month, c.day);
}

bool
month_parse(const char *s, int32_t *first_day)
{
	int year, month;

	if (!month_take(&s, &year, &month) || *s)
		return false;
	*first_day = day_of_civil(year, month, 1);
	return true;
}

void
month_text(int32_t day, char out[DAY_TEXT_MAX])
{
	struct civil c = civil_of_day(day);

	snprintf(out, DAY_TEXT_MAX, "%04d-%02d", c.year, c.month);
}

/* time-secfrac of RFC 3339: any number of decimals, of which a microsecond needs six. */
static bool
fraction_take(const char **s, int64_t *us)
{
	int64_t unit = SECOND_US;

	*us = 0;
	if (!literal(s, '.'))
		return true;
	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		unit /= 10;
		*us += unit * (**s - '0');
	}
	return true;
}

static bool
offset_take(const char **s, int64_t *us)
{
	int hours, minutes;
	char sign = **s;

	*us = 0;
	if (literal(s, 'Z') || literal(s, 'z'))
		return true;
	if (!literal(s, '+') && !literal(s, '-'))
		return false;
	if (!digits(s, 2, &hours) || !literal(s, ':') || !digits(s, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*us = (hours * HOUR_US + minutes * MINUTE_US) * (sign == '-' ? -1 : 1);
	return true;
}

/* RFC 3339, section 5.6.  Its letters may be small ones; its leap second has no place in a count of microseconds. */
bool
instant_parse(const char *s, int64_t *at_us)
{
	int32_t day;
	int hour, minute, second;
	int64_t fraction_us, offset_us;

	if (!day_take(&s, &day) || (!literal(&s, 'T') && !literal(&s, 't')))
		return false;
	if (!digits(&s, 2, &hour) || !literal(&s, ':') || !digits(&s, 2, &minute) || !literal(&s, ':') ||
	    !digits(&s, 2, &second) || hour > 23 || minute > 59 || second > 59)
		return false;
	if (!fraction_take(&s, &fraction_us) || !offset_take(&s, &offset_us) || *s)
		return false;
	*at_us = day * DAY_US + hour * HOUR_US + minute * MINUTE_US + second * SECOND_US + fraction_us - offset_us;
	return true;
}

void
instant_text(int64_t at_us, char out[INSTANT_TEXT_MAX])
{
	int32_t day = day_of_instant(at_us);
	uint64_t us = (uint64_t)(at_us - instant_of_day(day));
	unsigned second = (unsigned)(us / SECOND_US) % 86400, fraction = (unsigned)(us % SECOND_US);
	char date[DAY_TEXT_MAX], decimals[8] = "";

	day_text(day, date);
	if (fraction)
		snprintf(decimals, sizeof(decimals), ".%06u", fraction);
	snprintf(out, INSTANT_TEXT_MAX, "%sT%02u:%02u:%02u%s+08:00", date, second / 3600, second / 60 % 60, second % 60,
		 decimals);
}
