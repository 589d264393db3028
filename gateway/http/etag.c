#include "http/etag.h"
#include "base/digest.h"
#include <string.h>

void
etag_of(const void *text, size_t len, char out[ETAG_MAX])
{
	struct span_of_bytes all = { text, len };
	uint8_t digest[SHA256_SIZE];

	sha256(&all, 1, digest);
	out[0] = '"';
	hex_text(digest, 16, out + 1);
	strcat(out, "\"");
}

/* A list of tags, weak or strong; a digest in quotes stands in no other tag. */
bool
etag_among(const char *list, const char *etag)
{
	return list && (strcmp(list, "*") == 0 || strstr(list, etag));
}
