/* authorized - see authorized.h. */
#include "authorized.h"
#include <string.h>

static size_t
word(const char **at, const char *end)
{
	*at += strspn(*at, " \t");
	size_t n = strcspn(*at, " \t\r\n");
	return *at + n <= end ? n : (size_t)(end - *at);
}

static bool
is_name(const char *text, size_t len)
{
	return len > 0 && len < SERVICE_NAME_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") >= len;
}

/* One line, [at, end). */
static bool
take(struct authorized *a, const char *at, const char *end)
{
	uint8_t key[CURVE_BYTES];
	size_t name_len = word(&at, end);
	const char *name = at;

	if (!name_len || *name == '#')
		return true;
	at += name_len;
	size_t key_len = word(&at, end);
	if (!is_name(name, name_len) || !curve_text_is_key(at, key_len, key) || a->n == AUTHORIZED_MAX)
		return false;
	at += key_len;
	if (word(&at, end) || authorized_name(a, key))
		return false;
	memcpy(a->of[a->n].name, name, name_len);
	memcpy(a->of[a->n++].key, key, sizeof(key));
	return true;
}

int
authorized_parse(struct authorized *out, const char *text)
{
	memset(out, 0, sizeof(*out));
	for (int line = 1; *text; line++) {
		const char *end = text + strcspn(text, "\n");
		if (!take(out, text, end))
			return line;
		text = end + (*end == '\n');
	}
	return 0;
}

const char *
authorized_name(const struct authorized *a, const uint8_t key[CURVE_BYTES])
{
	for (int i = 0; i < a->n; i++)
		if (!memcmp(a->of[i].key, key, CURVE_BYTES))
			return a->of[i].name;
	return NULL;
}
