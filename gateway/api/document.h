/* document - the route table as OpenAPI, made once. */
#pragma once
#include "call/call.h"

call_fn document_run;
/* Whether the client has this document already. */
bool document_is(api_t *api, const char *if_none_match);
void document_free(struct document *d);
