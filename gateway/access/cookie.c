#include "access/cookie.h"
#include <stdio.h>
#include <string.h>

static bool
is_https(const char *origin)
{
	return strncmp(origin, "https:", 6) == 0;
}

static const char *
name_for(const char *origin)
{
	return is_https(origin) ? "__Host-zhucun" : "zhucun";
}

/* "name=value; name=value" (RFC 6265 §4.2.1): the first of that name. */
bool
cookie_token(const char *header, const char *origin, char out[TOKEN_TEXT_MAX])
{
	const char *name = name_for(origin);
	size_t n = strlen(name), len;

	for (const char *at = header ? header : ""; *at; at += len) {
		at += strspn(at, "; \t");
		len = strcspn(at, ";");
		if (strncmp(at, name, n) != 0 || at[n] != '=')
			continue;
		size_t value = strcspn(at + n + 1, "; \t");
		snprintf(out, TOKEN_TEXT_MAX, "%.*s", value < TOKEN_TEXT_MAX ? (int)value : 0, at + n + 1);
		return true;
	}
	return false;
}

static void
header_set(struct reply *r, const char *origin, const char *token, const char *age)
{
	char text[REPLY_VALUE_MAX];

	snprintf(text, sizeof(text), "%s=%s; Path=/; %sHttpOnly; SameSite=Strict%s", name_for(origin), token,
	         is_https(origin) ? "Secure; " : "", age);
	reply_header(r, "Set-Cookie", text);
	explicit_bzero(text, sizeof(text));
}

void
cookie_set(struct reply *r, const char *origin, const char *token, int seconds)
{
	char age[32] = "";

	if (seconds)
		snprintf(age, sizeof(age), "; Max-Age=%d", seconds);
	header_set(r, origin, token, age);
}

void
cookie_empty(struct reply *r, const char *origin)
{
	header_set(r, origin, "", "; Max-Age=0");
}
