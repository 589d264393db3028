/* reach - queries, orders by path, and what of them those get who see only what is their own (access.h). */
#pragma once
#include "call/call.h"

call_fn reach_run, reach_command;
