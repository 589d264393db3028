/* evidence - pictures and papers: taken as they are, and given to whoever may read a thing that names them. */
#pragma once
#include "call/call.h"

call_fn evidence_put, evidence_get;
