/* utf8 - one character of UTF-8 (RFC 3629) at a time, and which may stand in what people read.  Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that s begins with (1–4) and its code point; 0 when the len bytes begin with none: malformed,
 * cut off, overlong, a surrogate, or beyond U+10FFFF. */
size_t utf8_take(const char *s, size_t len, uint32_t *code);

/* Whether len bytes are text that people read as it stands: well-formed, and without
 *   controls (C0, DEL, C1), line and paragraph separators,
 *   characters that are none (U+FFFE and U+FFFF of each plane, U+FDD0–FDEF),
 *   what is not seen (U+200B, U+2060, U+FEFF, soft hyphens, fillers, tags …),
 *   what turns the direction of others (marks, embeddings, overrides, isolates).
 * A variation selector follows a character that is seen, as in the
 * forms of a rare ideograph; joiners (U+200C, U+200D) stand between two such characters.  Private and rare ideographs
 * are as good as any. */
bool utf8_shown(const char *s, size_t len);
/* A name: one line of such text, of which something is seen; no joiners, and selectors after ideographs alone: two
 * names that look alike are alike. */
bool utf8_name(const char *s, size_t len);
