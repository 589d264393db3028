#include "http/coding.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, QUICK_BYTES = 64 * 1024, CAREFUL = 6, QUICK = 1 };

/* "; q=0", with as many zeros as there are. */
static bool
refuses(const char *p, size_t len)
{
	const char *end = p + len, *q = memchr(p, '=', len);

	if (!q || q == p || (q[-1] != 'q' && q[-1] != 'Q'))
		return false;
	for (q++; q < end && (*q == '0' || *q == '.'); q++)
		;
	return q == end || *q == ' ' || *q == '\t';
}

bool
coding_taken(const char *accept_encoding, const char *coding)
{
	size_t len;

	for (const char *at = accept_encoding ? accept_encoding : ""; *at; at += len) {
		at += strspn(at, " \t,");
		len = strcspn(at, ",");
		size_t name = strcspn(at, " \t,;");
		if (name == strlen(coding) && strncasecmp(at, coding, name) == 0)
			return !refuses(at + name, len - name);
	}
	return false;
}

static bool
is_packable(const struct reply *r)
{
	return r->body && r->len >= PACK_BYTES_MIN && r->content_type &&
	       (strcmp(r->content_type, TYPE_JSON) == 0 || strcmp(r->content_type, TYPE_LINES) == 0);
}

/* malloc'd, of *len bytes. */
static char *
gzipped(const char *text, size_t n, size_t *len)
{
	z_stream z = { 0 };
	int level = n > QUICK_BYTES ? QUICK : CAREFUL;

	if (deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	size_t room = deflateBound(&z, n);
	char *out = malloc(room);
	if (!out)
		abort();
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	*len = z.total_out;
	deflateEnd(&z);
	return out;
}

void
coding_pack(struct reply *r, const char *accept_encoding)
{
	if (!is_packable(r))
		return;
	reply_header(r, "Vary", "Accept-Encoding");
	if (!coding_taken(accept_encoding, "gzip"))
		return;
	char *packed = gzipped(r->body, r->len, &r->len);
	free(r->body);
	r->body = packed;
	reply_header(r, "Content-Encoding", "gzip");
}
