/* health - is this process alive, does the whole stack answer, what do its counters say. */
#pragma once
#include "call/call.h"

call_fn health_live, health_ready, health_metrics;
