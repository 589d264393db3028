/* retry - what was put aside, tried again because the operator wants it. */
#pragma once
#include "engine/node.h"

bool retry_run(node_t *n);                              /* one input; true when there may be more */
