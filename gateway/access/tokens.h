/* tokens - what a session's token looks like: zs_511703_<64 hex digits>, of which only the digest is kept anywhere.
 *
 * Pure but for the random numbers of a new one.  The district in front says whom to ask about it; it proves nothing. */
#pragma once
#include "base/digest.h"
#include <stdbool.h>

enum { TOKEN_TEXT_MAX = 80 };

void token_new(const char *district, char out[TOKEN_TEXT_MAX]);                 /* 256 bits of the kernel's */
/* The district in a token; false: it has not the form of one. */
bool token_district(const char *token, char out[8]) __attribute__((warn_unused_result));
void token_digest(const char *token, char out[SHA256_HEX_MAX]);
