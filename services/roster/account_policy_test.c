/* account_policy_test - passwords, roles, whose an account must be, what ends sessions and what its owner hears of, how
 * long who has failed waits (api.md).
 *
 * How: tables. */
#include "account_policy.h"
#include "harness/tally.h"
#include <stdlib.h>
#include <string.h>

/* ---- passwords: ≥ 10 characters */

static const struct { const char *password; bool fits; } passwords[] = {
	{ "", false }, { "123456789", false }, { "1234567890", true },
	{ "十个汉字也是十个字符", true }, { "九个汉字还不是十个", false },
	{ "émile-émile", true }, { "123456789é", true },
};

static void
test_passwords(void)
{
	char longest[PASSWORD_CHARS_MAX + 2];

	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++)
		check(account_password_fits(passwords[i].password) == passwords[i].fits, "a password",
		      passwords[i].password);
	memset(longest, 'x', sizeof(longest));
	longest[PASSWORD_CHARS_MAX + 1] = '\0';
	check(!account_password_fits(longest), "a password", "one too many");
	longest[PASSWORD_CHARS_MAX] = '\0';
	check(account_password_fits(longest), "a password", "as many as may be");
}

/* ---- who may be remembered */

static void
test_remembered(void)
{
	static const struct { Wire__AccountRole roles[2]; bool may; } rows[] = {
		{ { WIRE__ACCOUNT_ROLE__CADRE, WIRE__ACCOUNT_ROLE__CADRE }, true },
		{ { WIRE__ACCOUNT_ROLE__INSPECTOR, WIRE__ACCOUNT_ROLE__CADRE }, true },
		{ { WIRE__ACCOUNT_ROLE__CADRE, WIRE__ACCOUNT_ROLE__UNIT_HEAD }, false },
		{ { WIRE__ACCOUNT_ROLE__INSPECTOR, WIRE__ACCOUNT_ROLE__FINANCE }, false },
		{ { WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN, WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN }, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(account_may_be_remembered(account_roles_mask(rows[i].roles, 2)) == rows[i].may, "remembered",
		      "at most cadre and inspector");
	check(!account_may_be_remembered(0), "remembered", "but somebody");
}

/* ---- roles */

static void
test_roles(void)
{
	Wire__AccountRole named[] = {
		WIRE__ACCOUNT_ROLE__AUDITOR, WIRE__ACCOUNT_ROLE__CADRE, WIRE__ACCOUNT_ROLE__AUDITOR,
	};
	Wire__AccountRole strange[] = {
		WIRE__ACCOUNT_ROLE__ACCOUNT_ROLE_UNSPECIFIED,
		(Wire__AccountRole)31, (Wire__AccountRole)-1, (Wire__AccountRole)9,
	};
	Wire__AccountRole out[ACCOUNT_ROLES_MAX];
	int32_t mask = account_roles_mask(named, 3);

	check(account_roles_of(mask, out) == 2 && out[0] == WIRE__ACCOUNT_ROLE__CADRE &&
		      out[1] == WIRE__ACCOUNT_ROLE__AUDITOR,
	      "roles", "named twice is had once, in one order");
	check(account_roles_mask(named, 0) == 0 && account_roles_of(0, out) == 0, "roles", "none");
	check(account_roles_mask(strange, 4) == 0, "roles", "what is none");
	check(account_roles_of(-1, out) == ACCOUNT_ROLES_MAX, "roles", "all of them fit");
}

/* ---- what ends sessions */

static const struct {
	const char *name, *person, *phone, *hash; int32_t roles; const char *township; bool out;
} changes[] = {
	{ "nothing",           "p", "1", "h", 2, "t", false }, { "another phone",     "p", "2", "h", 2, "t", false },
	{ "another password",  "p", "1", "i", 2, "t", true },  { "another role",      "p", "1", "h", 6, "t", true },
	{ "another person",    "q", "1", "h", 2, "t", true },  { "no person",         "",  "1", "h", 2, "t", true },
	{ "another township",  "p", "1", "h", 2, "u", true },
};

static void
test_changes(void)
{
	Account was = ROSTER_ROWS__ACCOUNT__INIT, is = ROSTER_ROWS__ACCOUNT__INIT;

	was.person_id = (char *)"p", was.phone = (char *)"1", was.password_hash = (char *)"h";
	was.roles = 2, was.township_id = (char *)"t";
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		is.person_id = (char *)changes[i].person, is.phone = (char *)changes[i].phone;
		is.password_hash = (char *)changes[i].hash;
		is.roles = changes[i].roles, is.township_id = (char *)changes[i].township;
		check(account_signs_out(&was, &is) == changes[i].out, "ends sessions", changes[i].name);
	}
	is = was;
	is.disabled = true;
	check(account_signs_out(&was, &is), "ends sessions", "nobody is let in any more");
}

/* ---- whose an account must be, and who hears of what is done to it (rules.md §4) */

#define BIT(role) (1 << WIRE__ACCOUNT_ROLE__##role)
static const struct { const char *name; int32_t roles; bool by_operator, needs; } needs[] = {
	{ "an inspector's, by an administrator", BIT(INSPECTOR), false, true },
	{ "a reviewer's", BIT(REVIEWER), false, true },
	{ "finance's, beside others", BIT(FINANCE) | BIT(CADRE), false, true },
	{ "an inspector's, by the operator", BIT(INSPECTOR), true, false },
	{ "an administrator's who reviews, by the operator", BIT(DISTRICT_ADMIN) | BIT(REVIEWER), true, false },
	{ "an administrator's who pays, by another", BIT(DISTRICT_ADMIN) | BIT(FINANCE), false, true },
	{ "an administrator's", BIT(DISTRICT_ADMIN), false, false },
	{ "who only reads", BIT(AUDITOR) | BIT(CADRE), false, false },
	{ "a head's, a leader's", BIT(UNIT_HEAD) | BIT(TOWNSHIP_LEADER), false, false },
};

static void
test_needs(void)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		check(account_needs_person(needs[i].roles, needs[i].by_operator) == needs[i].needs, "names a person",
		      needs[i].name);
}

static void
test_altered(void)
{
	Account was = ROSTER_ROWS__ACCOUNT__INIT, is;
	Roster__AccountAltered what;

	was.person_id = (char *)"p", was.phone = (char *)"1", was.password_hash = (char *)"h";
	was.roles = BIT(REVIEWER), was.township_id = (char *)"t";
	is = was;
	check(!account_altered(&was, &is, false, &what), "tells", "nothing");
	is.township_id = (char *)"u";
	check(!account_altered(&was, &is, false, &what), "tells", "a township only");
	is.password_hash = (char *)"i";
	check(account_altered(&was, &is, true, &what) && what.password && !what.roles && !what.phone && !what.person &&
	       !what.made, "tells", "a password");
	is = was, is.roles = BIT(CADRE), is.phone = (char *)"2";
	check(account_altered(&was, &is, false, &what) && what.roles && what.phone && !what.password, "tells",
	      "roles and the phone");
	is = was, is.person_id = (char *)"";
	check(account_altered(&was, &is, false, &what) && what.person && !what.roles, "tells", "whose it is");
	check(account_altered(NULL, &was, false, &what) && what.made && !what.password, "tells", "a new one that acts");
	check(!account_altered(NULL, &was, true, &what), "tells", "a new one that the operator puts");
	is = was, is.roles = BIT(CADRE) | BIT(AUDITOR);
	check(!account_altered(NULL, &is, false, &what), "tells", "a new one that only reads");
	is.roles = BIT(DISTRICT_ADMIN);
	check(account_altered(NULL, &is, false, &what) && what.made, "tells", "a new one that administers");
}

/* ---- failures.  Seconds; −1: not */

#define SECOND_US INT64_C(1000000)
enum { DAY = 86400, NOT = -1 };

static Try
try_of(int32_t failures, int64_t failed_at, int64_t known_at)
{
	Try t = ROSTER_ROWS__LOGIN_TRY__INIT;

	t.failures = failures;
	t.maybe_failed_case = failed_at == NOT ? 0 : ROSTER_ROWS__LOGIN_TRY__MAYBE_FAILED_FAILED_AT_US;
	t.failed_at_us = failed_at * SECOND_US;
	t.maybe_known_case = known_at == NOT ? 0 : ROSTER_ROWS__LOGIN_TRY__MAYBE_KNOWN_KNOWN_AT_US;
	t.known_at_us = known_at * SECOND_US;
	return t;
}

static const struct { const char *name; int32_t failures; int64_t failed_at, known_at, now, wait; } own[] = {
	{ "none yet",                           0,       NOT, NOT, 0,             0 },
	{ "four may go on",                     4,       0,   NOT, 0,             0 },
	{ "the fifth makes the next wait",      5,       0,   NOT, 0,             5 },
	{ "… no longer than that",              5,       0,   NOT, 5,             0 },
	{ "… to the last moment",               5,       0,   NOT, 4,             1 },
	{ "the sixth, longer",                  6,       0,   NOT, 0,             10 },
	{ "the seventh, longer still",          7,       0,   NOT, 3,             17 },
	{ "the twelfth",                        12,      0,   NOT, 0,             640 },
	{ "the thirteenth: fifteen minutes",    13,      0,   NOT, 0,             900 },
	{ "never more",                         1000,    7,   NOT, 7,             900 },
	{ "as many as there are numbers for",   INT32_MAX, 7, NOT, 7,             900 },
	{ "a day later all are forgotten",      1000,    0,   NOT, DAY,           0 },
	{ "who is known there waits too",       6,       10,  5,   10,            10 },
};

static void
test_waits(void)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		Try t = try_of(own[i].failures, own[i].failed_at, own[i].known_at);
		check(account_wait_us(&t, NULL, own[i].now * SECOND_US) == own[i].wait * SECOND_US, "waits",
		      own[i].name);
	}
	for (int32_t n = TRIES_FREE; n < 12; n++) {
		Try one = try_of(n, 0, NOT), more = try_of(n + 1, 0, NOT);
		check(account_wait_us(&more, NULL, 0) > account_wait_us(&one, NULL, 0), "waits",
		      "each longer than the one before");
	}
	check(account_wait_us(NULL, NULL, 0) == 0, "waits", "never seen");
}

/* Of one who comes 10 seconds after the strangers' last failure. */
static const struct { const char *name; int32_t failures; int64_t known_at, strangers, wait; } others[] = {
	{ "strangers have a hundred together",          0, NOT, 99,   0 },
	{ "then a minute each",                         0, NOT, 100,  50 },
	{ "… and no more, however many",                0, NOT, 9999, 50 },
	{ "not where the account is known",             0, 0,   9999, 0 },
	{ "… though he mistypes there",                 4, 0,   9999, 0 },
	{ "one's own failures as ever",                 9, NOT, 100,  80 },
};

static void
test_strangers(void)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		Try t = try_of(others[i].failures, 10, others[i].known_at), s = try_of(others[i].strangers, 0, NOT);
		check(account_wait_us(&t, &s, 10 * SECOND_US) == others[i].wait * SECOND_US, "strangers",
		      others[i].name);
	}
	Try s = try_of(100, 0, NOT);
	check(account_wait_us(NULL, &s, 0) == TRY_STRANGERS_US, "strangers", "never seen");
	check(account_wait_us(NULL, &s, DAY * SECOND_US) == 0, "strangers", "a day later");
}

static void
test_known(void)
{
	Try t = try_of(3, 100, 200), strange = try_of(3, 100, NOT), none = try_of(0, NOT, NOT);
	int64_t month_us = INT64_C(30) * DAY * SECOND_US;

	check(account_known_at(&t, 200 * SECOND_US + month_us - 1) && !account_known_at(&t, 200 * SECOND_US + month_us),
	      "known", "for thirty days");
	check(!account_known_at(&strange, 100 * SECOND_US) && !account_known_at(NULL, 0), "known", "not by failing");
	check(account_try_until_us(&t) == 200 * SECOND_US + month_us, "counts until", "known");
	check(account_try_until_us(&strange) == (100 + DAY) * SECOND_US, "counts until", "failed");
	check(account_try_until_us(&none) == 0, "counts until", "neither");
	check(account_failures(&t, 100 * SECOND_US) == 3 && account_failures(&t, (100 + DAY) * SECOND_US) == 0 &&
		      account_failures(&none, 0) == 0 && account_failures(NULL, 0) == 0,
	      "counts", "so many");
}

int
main(void)
{
	test_passwords();
	test_remembered();
	test_roles();
	test_changes();
	test_needs();
	test_altered();
	test_waits();
	test_strangers();
	test_known();
	return tally_end();
}
