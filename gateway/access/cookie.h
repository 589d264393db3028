/* cookie - a browser's session: where its token stands in a request, and how an answer sets and empties it.  Pure.
 *
 * Where browsers come by https the name itself (__Host-) forbids all but this very host to set it. */
#pragma once
#include "access/tokens.h"
#include "http/reply.h"

/* False: the Cookie header has none; what has not a token's length is one that cannot be known: "". */
bool cookie_token(const char *header, const char *origin, char out[TOKEN_TEXT_MAX]);
/* seconds: how long a browser keeps it after it was closed; 0: not at all. */
void cookie_set(struct reply *r, const char *origin, const char *token, int seconds);
void cookie_empty(struct reply *r, const char *origin);
