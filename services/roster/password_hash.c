#include "password_hash.h"
#include <argon2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { PASSES = 2, KIB = 19 * 1024, LANES = 1, SALT_BYTES = 16, HASH_BYTES = 32, NOTATION_MAX = 128 };

/* What is tried when there is nobody to be tried: of the same cost, and of no known password. */
#define NOBODY "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* The library fails for want of memory only: our own numbers are in its bounds. */
char *
password_hash(const char *password, arena_t *a)
{
	uint8_t salt[SALT_BYTES];
	char *out = arena_alloc(a, NOTATION_MAX);

	if (getrandom(salt, sizeof(salt), 0) != sizeof(salt) ||
	    argon2id_hash_encoded(PASSES, KIB, LANES, password, strlen(password), salt, sizeof(salt), HASH_BYTES, out,
	                          NOTATION_MAX) != ARGON2_OK)
		abort();
	return out;
}

bool
password_right(const char *hash, const char *password)
{
	bool right = argon2id_verify(hash ? hash : NOBODY, password, strlen(password)) == ARGON2_OK;

	return right && hash;
}
