#include "http/bytes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_FIRST = 512 };

/* As realloc, but what moves leaves nothing where it was. */
static char *
moved(struct bytes *b, size_t cap)
{
	char *p = b->secret ? malloc(cap) : realloc(b->p, cap);

	if (!p)
		abort();
	if (b->secret && b->p) {
		memcpy(p, b->p, b->len);
		explicit_bzero(b->p, b->len);
		free(b->p);
	}
	return p;
}

char *
bytes_room(struct bytes *b, size_t n)
{
	if (n > b->cap - b->len) {
		size_t cap = b->cap ? b->cap : BYTES_FIRST;
		while (cap - b->len < n)
			cap *= 2;
		b->p = moved(b, cap);
		b->cap = cap;
	}
	b->len += n;
	return b->p + b->len - n;
}

void
bytes_append(struct bytes *b, const void *p, size_t n)
{
	if (n)
		memcpy(bytes_room(b, n), p, n);
}

void
bytes_text(struct bytes *b, const char *s)
{
	bytes_append(b, s, strlen(s));
}

void
bytes_json_string(struct bytes *b, const char *s)
{
	char escaped[8];

	bytes_append(b, "\"", 1);
	while (*s) {
		size_t plain = 0;
		while ((unsigned char)s[plain] >= 0x20 && s[plain] != '"' && s[plain] != '\\')
			plain++;
		bytes_append(b, s, plain);
		s += plain;
		if (!*s)
			break;
		if (*s == '"' || *s == '\\')
			snprintf(escaped, sizeof(escaped), "\\%c", *s);
		else
			snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned)(unsigned char)*s);
		bytes_text(b, escaped);
		s++;
	}
	bytes_append(b, "\"", 1);
}

void
bytes_free(struct bytes *b)
{
	if (b->secret && b->p)
		explicit_bzero(b->p, b->len);
	free(b->p);
	*b = (struct bytes){ 0 };
}
