/* session - the sessions of an account: wanted, begun, and ended in this transaction. */
#pragma once
#include "engine/service.h"

void session_want_of(struct batch *b, const char *account_id);
/* Until when; remember: for long. */
int64_t session_begin(struct batch *b, const char *account_id, const char *token_sha256, bool remember);
/* Until when it has stepped up; 0: there is no such session. */
int64_t session_step_up(struct batch *b, const char *account_id, const char *token_sha256);
void session_end_all(struct batch *b, const char *account_id);
void session_end_others(struct batch *b, const char *account_id, const char *token_sha256);     /* all but this one */
