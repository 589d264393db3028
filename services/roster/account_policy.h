/* account_policy - what a password must be, what changes end sessions, how long who has failed to log in waits.
 * Pure: no clock, no I/O, no allocation, no globals. */
#pragma once
#include "roster.pb-c.h"
#include "roster_rows.pb-c.h"
#include "wire.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef RosterRows__Account Account;
typedef RosterRows__LoginTry Try;

enum { PASSWORD_CHARS_MIN = 10, PASSWORD_CHARS_MAX = 200, ACCOUNT_ROLES_MAX = 8 };
enum {
	TRIES_FREE = 5,                 /* failures of a phone from an address: then the next waits, ever longer */
	TRIES_STRANGERS_FREE = 100,     /* … from all addresses where the account is not known: then a minute each */
};
#define TRY_WAIT_US         INT64_C(5000000)    /* the first; each further one is twice as long … */
#define TRY_WAIT_MAX_US     INT64_C(900000000)  /* … up to this */
#define TRY_STRANGERS_US    INT64_C(60000000)
#define TRY_COUNTS_US       INT64_C(86400000000)        /* a day after the last failure all are forgotten */
#define TRY_KNOWN_US        INT64_C(2592000000000)      /* thirty days after a success an account is known there */

/* Characters, not bytes: ten of Chinese are ten. */
bool account_password_fits(const char *password);

/* Bit n: role n.  A role named twice is had once; 0: none was named. */
int32_t account_roles_mask(const Wire__AccountRole *roles, size_t n);
size_t account_roles_of(int32_t mask, Wire__AccountRole out[ACCOUNT_ROLES_MAX]);

/* Who notes, confirms, approves or pays does so as somebody.  The operator knows who has an account that names nobody;
 * an administrator may not put one (422 account.person_required). */
bool account_needs_person(int32_t roles, bool by_operator);

/* What somebody else did to an account that its owner should hear of at once: who may log in with it, and what it may
 * do.  Of a new one (was NULL) only if it may act or administer, and the operator, who makes everybody's first, did not
 * put it.  False: nothing. */
bool account_altered(const Account *was, const Account *is, bool by_operator, Roster__AccountAltered *out);

/* A browser may be remembered for long only where it can do no harm to others: at most cadre and inspector. */
bool account_may_be_remembered(int32_t roles);

/* Whether sessions opened as `was` may not go on as `is`: another password, or another reach. */
bool account_signs_out(const Account *was, const Account *is);

/* Whether somebody who logs in now does it from where he has been let in lately.  t: of phone and address, NULL: never
 * seen. */
bool account_known_at(const Try *t, int64_t now_us);
/* Failures that still count; 0 for NULL. */
int32_t account_failures(const Try *t, int64_t now_us);
/* How long until this phone may be tried again from this address; 0: now.  api.md: counted by phone and address
 * together.  strangers: what all addresses have failed at which the account is not known; nobody waits for them where
 * it is. */
int64_t account_wait_us(const Try *t, const Try *strangers, int64_t now_us);
/* When nothing of it counts any more. */
int64_t account_try_until_us(const Try *t);
