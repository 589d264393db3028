/* authenticate - who calls, and how often he may. */
#pragma once
#include "call/call.h"

/* From the headers; needless: the route asks nobody who he is.  Sets who, or stranger; or asking: then it goes on by
 * `then`. */
void authenticate_begin(call_t *c, const char *authorization, bool needless, call_fn *then, int64_t mono_us);
/* False: not so often; stranger says so. */
bool authenticate_may_ask(call_t *c, int64_t mono_us);
bool authenticate_may_log_in(call_t *c, int64_t mono_us);
