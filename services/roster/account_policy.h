/* account_policy - what a password must be, what changes end sessions, when somebody has failed too often.
 * Pure: no clock, no I/O, no allocation, no globals. */
#pragma once
#include "roster_rows.pb-c.h"
#include "wire.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef RosterRows__Account Account;
typedef RosterRows__LoginFailure Failure;

enum { PASSWORD_CHARS_MIN = 10, PASSWORD_CHARS_MAX = 200, ACCOUNT_ROLES_MAX = 8, FAILURES_MAX = 10 };
#define FAILURES_COUNT_US INT64_C(900000000)    /* fifteen minutes */

/* Characters, not bytes: ten of Chinese are ten. */
bool account_password_fits(const char *password);

/* Bit n: role n.  A role named twice is had once; 0: none was named. */
int32_t account_roles_mask(const Wire__AccountRole *roles, size_t n);
size_t account_roles_of(int32_t mask, Wire__AccountRole out[ACCOUNT_ROLES_MAX]);

/* Whether sessions opened as `was` may not go on as `is`: another password, or another reach. */
bool account_signs_out(const Account *was, const Account *is);

/* How long until a phone or an address may try again, by its failures so far; 0: now.  api.md: ten in fifteen minutes. */
int64_t account_wait_us(const Failure *const *failures, size_t n, int64_t now_us);
/* The place that the next failure takes: a free one, or that of the oldest. */
int32_t account_failure_place(const Failure *const *failures, size_t n);
