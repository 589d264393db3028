#include "access/tokens.h"
#include "base/ids.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { TOKEN_BYTES = 32, DISTRICT_DIGITS = 6, SECRET_AT = 3 + DISTRICT_DIGITS + 1 };

void
token_new(const char *district, char out[TOKEN_TEXT_MAX])
{
	uint8_t secret[TOKEN_BYTES];
	char hex[2 * TOKEN_BYTES + 1];

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		abort();
	hex_text(secret, sizeof(secret), hex);
	snprintf(out, TOKEN_TEXT_MAX, "zs_%.6s_%s", district, hex);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(hex, sizeof(hex));
}

bool
token_district(const char *token, char out[8])
{
	if (strlen(token) != SECRET_AT + 2 * TOKEN_BYTES || memcmp(token, "zs_", 3) != 0 || token[SECRET_AT - 1] != '_')
		return false;
	snprintf(out, 8, "%.*s", DISTRICT_DIGITS, token + 3);
	return district_valid(out) && strspn(token + SECRET_AT, "0123456789abcdef") == 2 * TOKEN_BYTES;
}

void
token_digest(const char *token, char out[SHA256_HEX_MAX])
{
	struct span_of_bytes part = { token, strlen(token) };
	uint8_t digest[SHA256_SIZE];

	sha256(&part, 1, digest);
	hex_text(digest, sizeof(digest), out);
}
