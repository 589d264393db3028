/* command - a body, or a file, as one command to its owner, and the owner's answer as the call's. */
#pragma once
#include "call/call.h"

call_fn command_run, command_run_file;

/* The body as a message and the command that brings it; o->refusal: what its owner is to refuse it for.  False: the
 * call has been answered. */
bool command_read(call_t *c, ProtobufCMessage **m, Wire__Command *o);
/* Asks its owner; done is called with part 0.  dry: where nobody waits for it. */
void command_ask(call_t *c, const Wire__Command *o, bool dry, rpc_done_fn *done, int64_t mono_us);
/* The same of a message that is not the request's own body. */
void command_send(call_t *c, const ProtobufCMessage *m, rpc_done_fn *done, int64_t mono_us);
rpc_done_fn command_done;                       /* the answer is the call's */

/* Appends one command to packed Commands. */
void command_append(struct bytes *commands, const Wire__Command *command);
