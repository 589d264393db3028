#include "account_policy.h"
#include <string.h>

/* JSON has been checked to be UTF-8: every byte that continues none begins a character. */
static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

bool
account_password_fits(const char *password)
{
	size_t n = characters(password);

	return n >= PASSWORD_CHARS_MIN && n <= PASSWORD_CHARS_MAX;
}

int32_t
account_roles_mask(const Wire__AccountRole *roles, size_t n)
{
	int32_t mask = 0;

	for (size_t i = 0; i < n; i++)
		if (roles[i] >= WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN && roles[i] <= WIRE__ACCOUNT_ROLE__AUDITOR)
			mask |= 1 << roles[i];
	return mask;
}

size_t
account_roles_of(int32_t mask, Wire__AccountRole out[ACCOUNT_ROLES_MAX])
{
	size_t n = 0;

	for (int role = WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN; role <= WIRE__ACCOUNT_ROLE__AUDITOR; role++)
		if (mask & 1 << role)
			out[n++] = (Wire__AccountRole)role;
	return n;
}

bool
account_signs_out(const Account *was, const Account *is)
{
	return strcmp(was->password_hash, is->password_hash) != 0 || was->roles != is->roles ||
	       strcmp(was->person_id, is->person_id) != 0 || strcmp(was->township_id, is->township_id) != 0;
}

int64_t
account_wait_us(const Failure *const *failures, size_t n, int64_t now_us)
{
	int64_t first_us = INT64_MAX;
	size_t counted = 0;

	for (size_t i = 0; i < n; i++) {
		if (failures[i]->failed_at_us + FAILURES_COUNT_US <= now_us)
			continue;
		counted++;
		if (failures[i]->failed_at_us < first_us)
			first_us = failures[i]->failed_at_us;
	}
	return counted < FAILURES_MAX ? 0 : first_us + FAILURES_COUNT_US - now_us;
}

int32_t
account_failure_place(const Failure *const *failures, size_t n)
{
	const Failure *oldest = NULL;

	if (n < FAILURES_MAX)           /* places are taken in order, and left all at once */
		return (int32_t)n;
	for (size_t i = 0; i < n; i++)
		if (!oldest || failures[i]->failed_at_us < oldest->failed_at_us)
			oldest = failures[i];
	return oldest->place;
}
