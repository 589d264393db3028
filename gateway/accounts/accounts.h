/* accounts - calls that hold a password, and those of a session about itself. */
#pragma once
#include "call/call.h"

call_fn accounts_put, accounts_log_in, accounts_log_out, accounts_own_password, accounts_step_up,
	accounts_session;
