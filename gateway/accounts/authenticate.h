/* authenticate - who calls, and how often he may. */
#pragma once
#include "call/call.h"

/* What headers say of who calls; NULL: nothing.  own_page: X-Zhucun, which no foreign page can send. */
struct credentials { const char *authorization, *cookie, *origin, *own_page; };
/* From the headers; needless: the route asks nobody who he is.  Sets who, or stranger; or asking: then it goes on by
 * `then`. */
void authenticate_begin(call_t *c, const struct credentials *h, bool needless, call_fn *then, int64_t mono_us);
/* Of what everybody may read: how often; else stranger says so. */
void authenticate_passer_by(call_t *c, int64_t mono_us);
/* False: not so often; stranger says so. */
bool authenticate_may_ask(call_t *c, int64_t mono_us);
bool authenticate_may_log_in(call_t *c, int64_t mono_us);
