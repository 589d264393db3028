/* json_form - whether a text is JSON (RFC 8259) to its end, however deep and whatever its numbers are.  Pure.
 *
 * jansson stops at the first thing it does not take, and for a number too large, a NUL or too many levels that is a
 * matter of content (422), while a text that is no JSON further on is malformed (400), which goes first. */
#pragma once
#include "http/problem.h"
#include <stddef.h>

/* REFUSED_NOT, REFUSED_JSON, or REFUSED_DUPLICATE: an object has the same member twice. */
enum refusal json_form(const char *text, size_t len);
