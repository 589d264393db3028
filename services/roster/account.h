/* account - what those who log in by one know of it. */
#pragma once
#include "account_policy.h"
#include "engine/reader.h"

const Account *account_get(struct batch *b, const char *id);            /* NULL: none; wanted before */
void account_want(struct batch *b, const char *id);
void account_change_password(struct batch *b, const Account *now, char *hash);  /* which ends no session */
const Account *account_read(struct reader *r, const char *id);          /* NULL: none */

/* That a password was right for the hash that the account had then. */
char *account_proof(const Account *row, arena_t *a);
bool account_proves(const Account *row, const char *proof, arena_t *a);
