/* tries - what is remembered of those who tried to log in.
 *
 *   in:   what login.c, password.c and account.c say; the timer `failures_forgotten`
 *   out:  nothing
 *   owns: login_try
 *
 * A row for a phone and an address, whether an account has that phone or not; one for all addresses together at which
 * it is not known.  Bounded by what is counted: of a phone so many addresses, and when there are more the one that
 * failed longest ago makes room: whoever has so many is slowed by what they have failed together.  Phones that nobody
 * has are without number, so their rows share so many slots, and a new one takes the place of another: who fails waits
 * as at an account's, unless thousands have failed since. */
#include "tries.h"
#include "account_policy.h"
#include "base/digest.h"
#include "base/phone.h"
#include "engine/keyed.h"
#include "roster.h"
#include "roster_tries.sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FAILURES_SHOWN_MAX = 1000000,                           /* far beyond what makes a difference */
	TRIES_OF_NOBODY_MAX = 16384,                            /* rows of a district's phones that nobody has */
	TRIES_OF_A_PHONE_MAX = 32, TRIES_KNOWN_MAX = 8,         /* addresses */
};
#define LOCKED "login.locked", NULL, "This phone has failed too often from here; wait."
#define FORGOTTEN "failures_forgotten"                          /* kind of timer; subject: a phone's mark, or a slot */

static const struct table try_table = { "login_try", &roster_rows__login_try__descriptor, 3, false };

char *
tries_mark_of_phone(const char *phone, arena_t *a)
{
	char digits[PHONE_DIGITS_MAX], *out = arena_alloc(a, SHORT_ID_MAX);
	const char *parts[] = { "phone", digits };

	phone_digits(phone, digits);
	short_id(parts, ALEN(parts), out);
	return out;
}

/* ---- rows */

void
tries_want(struct batch *b, const char *phone_mark)
{
	batch_want_id(b, &try_table, phone_mark);
}

static Try *
try_row(struct batch *b, const char *phone_mark, const char *address_mark)
{
	return batch_pair(b, &try_table, phone_mark, address_mark);
}

static const Try *
try_get(struct batch *b, const char *phone_mark, const char *address_mark)
{
	return batch_get_pair(b, &try_table, phone_mark, address_mark);
}

static size_t
tries_of(struct batch *b, const char *phone_mark, const Try *const **out)
{
	const void **rows;
	size_t n = batch_list_id(b, &try_table, phone_mark, &rows);

	*out = (const Try *const *)rows;
	return n;
}

/* ---- room for phones that nobody has: each row of theirs has a slot, told by a row too (number, "phone/address") */

/* Which is a matter of luck (hex digits that nobody can know): who could choose it could choose what is forgotten. */
static char *
slot_of(struct batch *b, const char *luck, int which)
{
	char digits[9];

	snprintf(digits, sizeof(digits), "%.8s", luck + (which && strlen(luck) >= 16 ? 8 : 0));
	return arena_printf(batch_arena(b), "%lu", strtoul(digits, NULL, 16) % TRIES_OF_NOBODY_MAX);
}

static Try *
key_in_slot(struct batch *b, const Try *slot)
{
	const char *slash = strchr(slot->address_mark, '/');

	if (!slash)
		abort();
	char *phone_mark = arena_strndup(batch_arena(b), slot->address_mark, (size_t)(slash - slot->address_mark));
	return try_row(b, phone_mark, slash + 1);
}

static bool
is_slot(const Try *row)
{
	return strchr(row->address_mark, '/') != NULL;
}

static void
forgotten_want(struct batch *b, const char *slot)
{
	const Try *const *rows;

	tries_want(b, slot);
	size_t n = tries_of(b, slot, &rows);
	for (size_t i = 0; i < n; i++)
		if (is_slot(rows[i]))
			tries_want(b, key_in_slot(b, rows[i])->phone_mark);
}

void
tries_want_room(struct batch *b, const char *luck)
{
	for (int which = 0; which < 2; which++)
		forgotten_want(b, slot_of(b, luck, which));
}

static void timer_set(struct batch *b, const char *phone_mark);

static void
failed_now(const struct batch *b, Try *row)
{
	row->maybe_failed_case = ROSTER_ROWS__LOGIN_TRY__MAYBE_FAILED_FAILED_AT_US;
	row->failed_at_us = batch_at_us(b);
}

/* Whoever had the slot is forgotten; he may have been already, or be somebody's by now. */
static void
slot_take(struct batch *b, const char *slot, const char *phone_mark, const char *address_mark)
{
	const Try *const *rows, *was;
	size_t n = tries_of(b, slot, &rows);

	for (size_t i = 0; i < n; i++) {
		Try *key = key_in_slot(b, rows[i]);
		if ((was = batch_get(b, &try_table, key)) && was->nobodys)
			batch_drop(b, &try_table, key);
		timer_set(b, key->phone_mark);
		batch_drop(b, &try_table, rows[i]);
	}
	Try *row = try_row(b, slot, arena_printf(batch_arena(b), "%s/%s", phone_mark, address_mark));
	failed_now(b, row);
	batch_put(b, &try_table, row);
	timer_set(b, slot);
}

/* ---- room among the addresses of a phone */

/* The one that was heard of longest ago, of those known or of those that are not; NULL: fewer than `least`. */
static const Try *
oldest_of(const Try *const *rows, size_t n, bool known, size_t least)
{
	const Try *oldest = NULL;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!*rows[i]->address_mark || (rows[i]->maybe_known_case != 0) != known)
			continue;
		count++;
		if (!oldest || account_try_until_us(rows[i]) < account_try_until_us(oldest))
			oldest = rows[i];
	}
	return count < least ? NULL : oldest;
}

static void
make_room(struct batch *b, const char *phone_mark, bool known)
{
	const Try *const *rows, *oldest;
	size_t n = tries_of(b, phone_mark, &rows);

	oldest = oldest_of(rows, n, known, known ? TRIES_KNOWN_MAX : TRIES_OF_A_PHONE_MAX - TRIES_KNOWN_MAX);
	if (oldest)
		batch_drop(b, &try_table, oldest);
}

/* ---- when they are forgotten: a timer for each phone, at the first instant at which there is something to forget */

static void
timer_set(struct batch *b, const char *phone_mark)
{
	const Try *const *rows;
	size_t n = tries_of(b, phone_mark, &rows);
	int64_t first_us = INT64_MAX;

	for (size_t i = 0; i < n; i++)
		if (account_try_until_us(rows[i]) < first_us)
			first_us = account_try_until_us(rows[i]);
	batch_timer(b, FORGOTTEN, phone_mark, n ? first_us : 0);
}

/* A slot is taken for as long as what took it is remembered. */
static bool
slot_renewed(struct batch *b, const Try *row)
{
	const Try *in = is_slot(row) ? batch_get(b, &try_table, key_in_slot(b, row)) : NULL;
	Try renewed = *row;

	if (!in || !in->nobodys || account_try_until_us(in) <= batch_at_us(b))
		return false;
	renewed.failed_at_us = in->failed_at_us;
	batch_put(b, &try_table, &renewed);
	return true;
}

static void
forgotten(struct batch *b, const char *phone_mark)
{
	const Try *const *rows;
	size_t n = tries_of(b, phone_mark, &rows);

	for (size_t i = 0; i < n; i++)
		if (account_try_until_us(rows[i]) <= batch_at_us(b) && !slot_renewed(b, rows[i]))
			batch_drop(b, &try_table, rows[i]);
	timer_set(b, phone_mark);
}

/* ---- what happened */

bool
tries_must_wait(struct batch *b, const char *phone_mark, const char *address_mark)
{
	const Try *own = try_get(b, phone_mark, address_mark), *strangers = try_get(b, phone_mark, "");
	int64_t wait_us = account_wait_us(own, strangers, batch_at_us(b));

	if (wait_us) {
		batch_refuse(b, 429, LOCKED);
		batch_retry_after(b, wait_us);
	}
	return wait_us != 0;
}

/* One failure more. */
static void
failure_put(struct batch *b, const char *phone_mark, const char *address_mark, const char *slot)
{
	const Try *now = try_get(b, phone_mark, address_mark);
	Try row = now ? *now : *try_row(b, phone_mark, address_mark);
	int32_t failures = account_failures(now, batch_at_us(b));

	if (!now && *address_mark)
		make_room(b, phone_mark, false);
	if (!now && slot)
		slot_take(b, slot, phone_mark, address_mark);
	row.nobodys = now ? now->nobodys : slot != NULL;
	row.failures = failures < FAILURES_SHOWN_MAX ? failures + 1 : failures;
	failed_now(b, &row);
	batch_put(b, &try_table, &row);
}

/* Who has failed often from one address is slowed by that, and is none of many. */
void
tries_failed(struct batch *b, const char *phone_mark, const char *address_mark, const char *luck)
{
	const Try *now = try_get(b, phone_mark, address_mark);
	bool stranger = !account_known_at(now, batch_at_us(b)) && account_failures(now, batch_at_us(b)) < TRIES_FREE;

	failure_put(b, phone_mark, address_mark, luck ? slot_of(b, luck, 0) : NULL);
	if (stranger)
		failure_put(b, phone_mark, "", luck ? slot_of(b, luck, 1) : NULL);
	timer_set(b, phone_mark);
}

void
tries_succeeded(struct batch *b, const char *phone_mark, const char *address_mark)
{
	const Try *now = try_get(b, phone_mark, address_mark);
	Try *row = try_row(b, phone_mark, address_mark);

	if (now)
		batch_drop(b, &try_table, now);
	make_room(b, phone_mark, true);
	row->maybe_known_case = ROSTER_ROWS__LOGIN_TRY__MAYBE_KNOWN_KNOWN_AT_US;
	row->known_at_us = batch_at_us(b);
	batch_put(b, &try_table, row);
	timer_set(b, phone_mark);
}

void
tries_clear(struct batch *b, const char *phone_mark)
{
	const Try *const *rows;
	size_t n = tries_of(b, phone_mark, &rows);

	for (size_t i = 0; i < n; i++)
		batch_drop(b, &try_table, rows[i]);
	batch_timer(b, FORGOTTEN, phone_mark, 0);
}

/* ---- as a reader sees it */

bool
tries_refused(struct reader *r, const char *phone_mark, const char *address_mark)
{
	void *key = reader_key(r, &roster_rows__login_try__descriptor, phone_mark);
	const Try *own = NULL, *strangers = NULL;
	void **rows;
	size_t n = reader_rows(r, &roster_login_tries, key, &rows);

	for (size_t i = 0; i < n; i++) {
		const Try *t = rows[i];
		own = strcmp(t->address_mark, address_mark) == 0 ? t : own;
		strangers = *t->address_mark ? strangers : t;
	}
	int64_t wait_us = account_wait_us(own, strangers, reader_at_us(r));
	if (wait_us) {
		reader_refuse(r, 429, LOCKED);
		reader_retry_after(r, wait_us);
	}
	return wait_us != 0;
}

const struct noun roster_tries = {
	.tables = LIST(((const struct table *const[]){ &try_table })),
	.timers = LIST(((const struct timer[]){ { .kind = FORGOTTEN, .want = forgotten_want, .run = forgotten } })),
	.statements = { roster_tries_sql, ROSTER_TRIES_SQL_COUNT },
};
