/* account - what account.c and session.c say to each other, and to nobody else. */
#pragma once
#include "account_policy.h"
#include "engine/service.h"

/* That a password was right for the hash that the account had then. */
char *account_proof(const Account *row, arena_t *a);
bool account_proves(const Account *row, const char *proof, arena_t *a);

const Account *account_get(struct batch *b, const char *id);           /* NULL: none; wanted before */
void account_want(struct batch *b, const char *id);
size_t account_persons(struct batch *b, const char *id, const char *const **persons);  /* whose it is or ever was; wanted before */

/* Sessions of an account: wanted, and ended in this transaction. */
void session_want_of(struct batch *b, const char *account_id);
void session_end_all(struct batch *b, const char *account_id);
void session_end_others(struct batch *b, const char *account_id, const char *token_sha256);    /* all but this one */
