/* account_policy_test - passwords, roles, what ends sessions, ten failures in fifteen minutes (api.md).
 *
 * How: tables.  Failures are written as the minutes at which they happened. */
#include "account_policy.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_US INT64_C(60000000)
enum { PLACES_MAX = 12 };

static int passed, failed;

static void
expect(const char *group, const char *name, bool good)
{
	passed += good;
	failed += !good;
	if (!good)
		printf("FAIL %s: %s\n", group, name);
}

/* ---- passwords: ≥ 10 characters */

static const struct { const char *password; bool fits; } passwords[] = {
	{ "", false }, { "123456789", false }, { "1234567890", true }, { "十个汉字也是十个字符", true }, { "九个汉字还不是十个", false },
	{ "émile-émile", true }, { "123456789é", true },
};

static void
test_passwords(void)
{
	char longest[PASSWORD_CHARS_MAX + 2];

	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++)
		expect("a password", passwords[i].password, account_password_fits(passwords[i].password) == passwords[i].fits);
	memset(longest, 'x', sizeof(longest));
	longest[PASSWORD_CHARS_MAX + 1] = '\0';
	expect("a password", "one too many", !account_password_fits(longest));
	longest[PASSWORD_CHARS_MAX] = '\0';
	expect("a password", "as many as may be", account_password_fits(longest));
}

/* ---- roles */

static void
test_roles(void)
{
	Wire__AccountRole named[] = { WIRE__ACCOUNT_ROLE__AUDITOR, WIRE__ACCOUNT_ROLE__CADRE, WIRE__ACCOUNT_ROLE__AUDITOR }, out[ACCOUNT_ROLES_MAX];
	Wire__AccountRole strange[] = { WIRE__ACCOUNT_ROLE__ACCOUNT_ROLE_UNSPECIFIED, (Wire__AccountRole)31, (Wire__AccountRole)-1, (Wire__AccountRole)9 };
	int32_t mask = account_roles_mask(named, 3);

	expect("roles", "named twice is had once, in one order", account_roles_of(mask, out) == 2 && out[0] == WIRE__ACCOUNT_ROLE__CADRE &&
	       out[1] == WIRE__ACCOUNT_ROLE__AUDITOR);
	expect("roles", "none", account_roles_mask(named, 0) == 0 && account_roles_of(0, out) == 0);
	expect("roles", "what is none", account_roles_mask(strange, 4) == 0);
	expect("roles", "all of them fit", account_roles_of(-1, out) == ACCOUNT_ROLES_MAX);
}

/* ---- what ends sessions */

static const struct { const char *name, *person, *phone, *hash; int32_t roles; const char *township; bool out; } changes[] = {
	{ "nothing",           "p", "1", "h", 2, "t", false }, { "another phone",     "p", "2", "h", 2, "t", false },
	{ "another password",  "p", "1", "i", 2, "t", true },  { "another role",      "p", "1", "h", 6, "t", true },
	{ "another person",    "q", "1", "h", 2, "t", true },  { "no person",         "",  "1", "h", 2, "t", true },
	{ "another township",  "p", "1", "h", 2, "u", true },
};

static void
test_changes(void)
{
	Account was = ROSTER_ROWS__ACCOUNT__INIT, is = ROSTER_ROWS__ACCOUNT__INIT;

	was.person_id = (char *)"p", was.phone = (char *)"1", was.password_hash = (char *)"h", was.roles = 2, was.township_id = (char *)"t";
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		is.person_id = (char *)changes[i].person, is.phone = (char *)changes[i].phone, is.password_hash = (char *)changes[i].hash;
		is.roles = changes[i].roles, is.township_id = (char *)changes[i].township;
		expect("ends sessions", changes[i].name, account_signs_out(&was, &is) == changes[i].out);
	}
}

/* ---- failures */

static const struct { const char *name, *minutes; int now, wait, place; } failures[] = {
	{ "none yet",                               "",                             0,   0,  0 },
	{ "nine may go on",                         "0 0 0 0 0 0 0 0 0",            0,   0,  9 },
	{ "ten may not",                            "0 1 2 3 4 5 6 7 8 9",          9,   6,  0 },
	{ "at the end of fifteen minutes",          "0 1 2 3 4 5 6 7 8 9",          14,  1,  0 },
	{ "the first counts no more",               "0 1 2 3 4 5 6 7 8 9",          15,  0,  0 },
	{ "the first has been taken again",         "15 1 2 3 4 5 6 7 8 9",         15,  1,  1 },
	{ "places in any order",                    "9 8 7 6 5 4 3 2 1 0",          10,  5,  9 },
	{ "none counts any more",                   "0 0 0 0 0 0 0 0 0 0",          60,  0,  0 },
	{ "ten at once",                            "3 3 3 3 3 3 3 3 3 3",          3,   15, 0 },
};

static void
test_failures(void)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		Failure row[PLACES_MAX];
		const Failure *at[PLACES_MAX];
		size_t n = 0;
		char *end;
		for (const char *s = failures[i].minutes; *s; s = end) {
			row[n] = (Failure)ROSTER_ROWS__LOGIN_FAILURE__INIT;
			row[n].place = (int32_t)n;
			row[n].failed_at_us = strtol(s, &end, 10) * MINUTE_US;
			at[n] = &row[n];
			n++;
		}
		expect("waits", failures[i].name, account_wait_us(at, n, failures[i].now * MINUTE_US) == failures[i].wait * MINUTE_US);
		expect("takes the place", failures[i].name, account_failure_place(at, n) == failures[i].place);
	}
}

int
main(void)
{
	test_passwords();
	test_roles();
	test_changes();
	test_failures();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
