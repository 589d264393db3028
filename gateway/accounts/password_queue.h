/* password_queue - whose turn it is to have roster hash or check a password. */
#pragma once
#include "call/call.h"

enum {
	/* under way: each takes a thread of roster some 27 ms, and much more where cores are busy */
	PASSWORDS_MAX = 8,
	PASSWORDS_WAIT_MAX = 128,               /* … and whose turn has not come */
	PASSWORD_WAIT_US = 4000 * 1000, PASSWORD_TRY_US = 2500 * 1000,
};

/* Asks roster when its turn comes; done hears what was said, and calls password_queue_answered first. */
void password_queue_ask(call_t *c, const ProtobufCMessage *question, rpc_done_fn *done, int64_t mono_us);
void password_queue_answered(call_t *c, int64_t mono_us);
int64_t password_queue_tick(api_t *api, int64_t mono_us);
void password_queue_give_up(api_t *api);
