/* document - the route table as OpenAPI, made once. */
#pragma once
#include "call/call.h"

call_fn document_run;
