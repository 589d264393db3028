/* session - the sessions of an account: wanted, begun, and ended in this transaction. */
#pragma once
#include "engine/service.h"

void session_want_of(struct batch *b, const char *account_id);
int64_t session_begin(struct batch *b, const char *account_id, const char *token_sha256);       /* until when */
void session_end_all(struct batch *b, const char *account_id);
void session_end_others(struct batch *b, const char *account_id, const char *token_sha256);     /* all but this one */
