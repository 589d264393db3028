#include "http/target.h"
#include <stdbool.h>
#include <string.h>

static int
nibble(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* NULL: a bad escape, or one of NUL. */
static char *
decoded(const char *s, size_t len, bool plus_is_space, arena_t *a)
{
	char *out = arena_alloc(a, len + 1), *at = out;

	for (size_t i = 0; i < len; i++) {
		if (s[i] != '%') {
			*at++ = plus_is_space && s[i] == '+' ? ' ' : s[i];
			continue;
		}
		int high = len - i > 2 ? nibble(s[i + 1]) : -1;
		int low = high < 0 ? -1 : nibble(s[i + 2]);
		if (low < 0 || (high | low) == 0)
			return NULL;
		*at++ = (char)(high << 4 | low);
		i += 2;
	}
	return out;
}

size_t
target_path_len(const char *target)
{
	return strcspn(target, "?");
}

const char *
target_query(const char *target)
{
	const char *q = target + target_path_len(target);
	return *q == '?' ? q + 1 : q;
}

int
target_segments(const char *target, arena_t *a, char **segments, int max)
{
	const char *at = target, *end = target + target_path_len(target);
	int n = 0;

	if (at == end || *at != '/')
		return -1;
	while (at < end) {
		size_t len = strcspn(++at, "/?");
		if (n == max || !(segments[n++] = decoded(at, len, false, a)))
			return -1;
		at += len;
	}
	return n;
}

int
target_param(const char **query, arena_t *a, char **name, char **value)
{
	const char *q = *query + strspn(*query, "&");
	size_t len = strcspn(q, "&"), name_len = strcspn(q, "=&");

	*query = q + len;
	if (len == 0)
		return 0;
	*name = decoded(q, name_len, true, a);
	*value = name_len == len ? arena_strdup(a, "") : decoded(q + name_len + 1, len - name_len - 1, true, a);
	if (!*name)
		*name = arena_strdup(a, "");
	return **name && *value ? 1 : -1;
}

void
target_plain(char *target, char *const *segments, int n)
{
	size_t len = target_path_len(target);
	char *at = target;

	for (int i = 0; i < n; i++) {
		*at++ = '/';
		at = mempcpy(at, segments[i], strlen(segments[i]));
	}
	memmove(at, target + len, strlen(target + len) + 1);
}

int
target_param_out(const char *query, const char *name, arena_t *a, char **rest, char **value)
{
	char *found, *given, *to = *rest = arena_alloc(a, strlen(query) + 1);
	int n = 0, count = 0;

	*value = NULL;
	for (const char *from = query; (n = target_param(&query, a, &found, &given)) != 0; from = query) {
		if (n > 0 && strcmp(found, name) == 0) {
			*value = given;
			count++;
		} else {
			to = mempcpy(to, from, (size_t)(query - from));
		}
	}
	return count;
}
