/* events - GET /events: where a client begins, and then its stream. */
#pragma once
#include "call/call.h"

call_fn events_run;
void events_tick(api_t *api, int64_t mono_us);
