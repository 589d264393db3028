/* utf8 - one character of UTF-8 (RFC 3629) at a time.  Pure. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that s begins with (1–4) and its code point; 0 when the len bytes begin with none: malformed,
 * cut off, overlong, a surrogate, or beyond U+10FFFF. */
size_t utf8_take(const char *s, size_t len, uint32_t *code);
