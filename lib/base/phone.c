#include "base/phone.h"
#include <stddef.h>
#include <string.h>

enum { DIGITS_MAX = PHONE_DIGITS_MAX - 1, DIGITS_SHOWN_FROM = 11 }; /* a mobile number; a landline with its area code */

static size_t
digits_of(const char *phone, char out[DIGITS_MAX])
{
	size_t n = 0;

	for (; *phone && n < DIGITS_MAX; phone++)
		if (*phone >= '0' && *phone <= '9')
			out[n++] = *phone;
	return n;
}

/* Digits of the country code, as people write it: +86 or 0086, before a number that is whole without it. */
static size_t
country_code(const char *phone, const char *digits, size_t n)
{
	if (*phone == '+' && n >= DIGITS_SHOWN_FROM + 2 && memcmp(digits, "86", 2) == 0)
		return 2;
	return n >= DIGITS_SHOWN_FROM + 4 && memcmp(digits, "0086", 4) == 0 ? 4 : 0;
}

void
phone_masked(const char *phone, char out[PHONE_MASKED_MAX])
{
	char all[DIGITS_MAX];
	size_t n = digits_of(phone, all), skip = country_code(phone, all, n), first = 0, last = 2;
	const char *digits = all + skip;

	n -= skip;
	if (n >= DIGITS_SHOWN_FROM) {
		first = 3;
		last = 4;
	}
	last = last < n ? last : n;
	memcpy(out, digits, first);
	memcpy(out + first, "****", 4);
	memcpy(out + first + 4, digits + n - last, last);
	out[first + 4 + last] = '\0';
}

void
phone_digits(const char *phone, char out[PHONE_DIGITS_MAX])
{
	char all[DIGITS_MAX];
	size_t n = digits_of(phone, all), skip = country_code(phone, all, n);

	memcpy(out, all + skip, n - skip);
	out[n - skip] = '\0';
}
