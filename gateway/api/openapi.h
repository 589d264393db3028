/* openapi - the route table as an OpenAPI 3.1 document.  Pure.
 *
 * All of it follows from the rows, their messages' descriptors and a rule for each kind of route; there is no second
 * list of paths.  Where the document and the table could differ the tests look: openapi_test walks the rows,
 * tests/run-openapi.sh holds a real stack's answers against the document. */
#pragma once
#include "routes/routes.h"
#include <jansson.h>

/* The routes of a stack whose clock is moved by hand, or not.  The caller's to free. */
json_t *openapi_document(bool manual_clock);

/* How a kind of route is described; false for a kind that has no rule yet. */
bool openapi_knows(enum route_kind kind);
