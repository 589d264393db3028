/* precondition - If-Match of a PUT: only if the thing is still what the client has seen.
 *
 * The thing is read as the GET of the same path reads it, in the caller's name, and its tag compared with those of the
 * header; then the order is given.  Two orders within one instant are not told apart. */
#pragma once
#include "call/call.h"

/* Whether the call has one that is to be looked at before anything else is done with it. */
bool precondition_stands(const call_t *c);
/* Ends the call with 412 precondition.changed, or goes on with `then`. */
void precondition_ask(call_t *c, call_fn *then, int64_t mono_us);
