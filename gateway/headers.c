#include "headers.h"
#include "reply.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

const char *
headers_token(const char *authorization)
{
	if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
		return NULL;
	return authorization + 7 + strspn(authorization + 7, " ");
}

bool
headers_token_is(const char *token, const uint8_t sha256_of_token[SHA256_SIZE])
{
	uint8_t seen[SHA256_SIZE];
	struct span_of_bytes part = { token, strlen(token) };
	sha256(&part, 1, seen);
	return CRYPTO_memcmp(seen, sha256_of_token, sizeof(seen)) == 0;
}

bool
headers_media_is(const char *content_type, const char *type)
{
	size_t len = strlen(type);

	if (!content_type || strncasecmp(content_type, type, len) != 0)
		return false;
	const char *rest = content_type + len;
	rest += strspn(rest, " \t");
	if (*rest == '\0')
		return true;
	if (*rest != ';')
		return false;
	rest++;
	rest += strspn(rest, " \t");
	if (strcasecmp(type, TYPE_CSV) == 0)
		return true;
	return strcasecmp(rest, "charset=utf-8") == 0 || strcasecmp(rest, "charset=\"utf-8\"") == 0;
}

/* n lower-case hex digits, not all zero. */
static bool
hex_is_number(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdef") >= n && strspn(s, "0") < n;
}

bool
headers_trace_valid(const char *t)
{
	return t && strlen(t) == TRACE_MAX - 1 && memcmp(t, "00-", 3) == 0 && hex_is_number(t + 3, 32) && t[35] == '-' &&
	       hex_is_number(t + 36, 16) && t[52] == '-' && strspn(t + 53, "0123456789abcdef") == 2;
}

/* The top bits are set so that neither id can be zero. */
void
headers_trace_new(char out[TRACE_MAX])
{
	uint8_t ids[24];
	char hex[2 * sizeof(ids) + 1];

	if (getrandom(ids, sizeof(ids), 0) != sizeof(ids))
		abort();
	ids[0] |= 0x80;
	ids[16] |= 0x80;
	hex_text(ids, sizeof(ids), hex);
	snprintf(out, TRACE_MAX, "00-%.32s-%.16s-01", hex, hex + 32);
}
