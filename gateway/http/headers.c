#include "http/headers.h"
#include "http/reply.h"
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

static enum charset
charset_named(const char *name, size_t len)
{
	static const struct { const char *name; enum charset charset; } known[] = {
		{ "utf-8", CHARSET_UTF8 }, { "utf8", CHARSET_UTF8 }, { "gb18030", CHARSET_GB18030 },
		{ "gbk", CHARSET_GB18030 },
		{ "gb2312", CHARSET_GB18030 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == len && strncasecmp(name, known[i].name, len) == 0)
			return known[i].charset;
	return CHARSET_OTHER;
}

/* A token, or a string in quotes without them; a name with a quoted pair in it is none that we know.  NULL: neither. */
static const char *
value_take(const char *at, const char **value, size_t *len)
{
	bool quoted = *at == '"';

	*value = at += quoted;
	while (*at && (quoted ? *at != '"' : !strchr(" \t;\"", *at)))
		at += quoted && *at == '\\' && at[1] ? 2 : 1;
	*len = (size_t)(at - *value);
	if (quoted ? *at != '"' : *len == 0)
		return NULL;
	return at + quoted;
}

/* "; name=value", blanks around the semicolon, and nothing between two of them if that is what is sent.  False: it is
 * not that. */
static bool
parameters_take(const char *at, enum charset *charset)
{
	for (at += strspn(at, " \t"); *at; at += strspn(at, " \t")) {
		const char *name, *value;
		size_t name_len, len;
		if (*at++ != ';')
			return false;
		name = at += strspn(at, " \t");
		name_len = strcspn(at, "=; \t");
		at += name_len;
		if (name_len == 0)
			continue;
		if (*at++ != '=' || !(at = value_take(at, &value, &len)))
			return false;
		if (name_len != strlen("charset") || strncasecmp(name, "charset", name_len) != 0)
			continue;
		enum charset said = charset_named(value, len);
		*charset = *charset == CHARSET_UNSAID || *charset == said ? said : CHARSET_OTHER;
	}
	return true;
}

bool
headers_media_is(const char *content_type, const char *type, enum charset *charset)
{
	size_t len = strlen(type);

	*charset = CHARSET_UNSAID;
	if (!content_type || strncasecmp(content_type, type, len) != 0)
		return false;
	return parameters_take(content_type + len, charset);
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
	return t && strlen(t) == TRACE_MAX - 1 && memcmp(t, "00-", 3) == 0 && hex_is_number(t + 3, 32) &&
	       t[35] == '-' && hex_is_number(t + 36, 16) && t[52] == '-' && strspn(t + 53, "0123456789abcdef") == 2;
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
