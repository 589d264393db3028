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

enum {
	ADMINISTERS = 1 << WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN,
	ACTS = 1 << WIRE__ACCOUNT_ROLE__INSPECTOR | 1 << WIRE__ACCOUNT_ROLE__REVIEWER |
	       1 << WIRE__ACCOUNT_ROLE__FINANCE,
};

bool
account_needs_person(int32_t roles, bool by_operator)
{
	return (roles & ACTS) && !by_operator;
}

bool
account_altered(const Account *was, const Account *is, bool by_operator, Roster__AccountAltered *out)
{
	*out = (Roster__AccountAltered)ROSTER__ACCOUNT_ALTERED__INIT;
	out->made = !was && !by_operator && (is->roles & (ACTS | ADMINISTERS));
	if (was) {
		out->password = strcmp(was->password_hash, is->password_hash) != 0;
		out->roles = was->roles != is->roles;
		out->phone = strcmp(was->phone, is->phone) != 0;
		out->person = strcmp(was->person_id, is->person_id) != 0;
	}
	return out->made || out->password || out->roles || out->phone || out->person;
}

bool
account_signs_out(const Account *was, const Account *is)
{
	return strcmp(was->password_hash, is->password_hash) != 0 || was->roles != is->roles ||
	       was->disabled != is->disabled || strcmp(was->person_id, is->person_id) != 0 ||
	       strcmp(was->township_id, is->township_id) != 0;
}

bool
account_known_at(const Try *t, int64_t now_us)
{
	return t && t->maybe_known_case && t->known_at_us + TRY_KNOWN_US > now_us;
}

int32_t
account_failures(const Try *t, int64_t now_us)
{
	return t && t->maybe_failed_case && t->failed_at_us + TRY_COUNTS_US > now_us ? t->failures : 0;
}

static int64_t
delay_us(int32_t failures)
{
	int64_t us = TRY_WAIT_US;

	if (failures < TRIES_FREE)
		return 0;
	for (int32_t i = TRIES_FREE; i < failures && us < TRY_WAIT_MAX_US; i++)
		us *= 2;
	return us < TRY_WAIT_MAX_US ? us : TRY_WAIT_MAX_US;
}

static int64_t
left_us(const Try *t, int64_t delay, int64_t now_us)
{
	return delay && t->failed_at_us + delay > now_us ? t->failed_at_us + delay - now_us : 0;
}

int64_t
account_wait_us(const Try *t, const Try *strangers, int64_t now_us)
{
	int64_t own_us = left_us(t, delay_us(account_failures(t, now_us)), now_us), others_us = 0;

	if (!account_known_at(t, now_us) && account_failures(strangers, now_us) >= TRIES_STRANGERS_FREE)
		others_us = left_us(strangers, TRY_STRANGERS_US, now_us);
	return own_us > others_us ? own_us : others_us;
}

int64_t
account_try_until_us(const Try *t)
{
	int64_t failed_us = t->maybe_failed_case ? t->failed_at_us + TRY_COUNTS_US : 0;
	int64_t known_us = t->maybe_known_case ? t->known_at_us + TRY_KNOWN_US : 0;

	return failed_us > known_us ? failed_us : known_us;
}

bool
account_may_be_remembered(int32_t roles)
{
	const int32_t harmless = 1 << WIRE__ACCOUNT_ROLE__CADRE | 1 << WIRE__ACCOUNT_ROLE__INSPECTOR;

	return roles && !(roles & ~harmless);
}
