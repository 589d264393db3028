/* password_hash - Argon2id (RFC 9106) as libargon2 has it: 19 MiB, two passes, one lane, some 27 ms of a core.
 *
 * For reader threads only: whoever writes must not wait that long. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

/* In libargon2's own notation, with a fresh random salt; in the arena. */
char *password_hash(const char *password, arena_t *a);
/* Takes as long for a hash of NULL, that is for nobody's. */
bool password_right(const char *hash, const char *password);
