/* etag - a text's tag, and whether a client has it already.  Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { ETAG_MAX = 36 };

void etag_of(const void *text, size_t len, char out[ETAG_MAX]);
/* What If-None-Match or If-Match says (RFC 9110 §13.1) holds the tag, or is *.  NULL: it says nothing. */
bool etag_among(const char *list, const char *etag);
