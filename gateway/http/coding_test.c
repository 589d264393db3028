/* coding_test - what Accept-Encoding takes: a table; then what is packed, and what is not. */
#include "http/coding.h"
#include "harness/tally.h"
#include "http/etag.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const struct { const char *said, *coding; bool taken; } rows[] = {
	{ NULL, "gzip", false }, { "", "gzip", false }, { "identity", "gzip", false },
	{ "gzip", "gzip", true }, { "GZip", "gzip", true }, { "gzip, deflate, br", "br", true },
	{ "br;q=1.0, gzip;q=0.5", "gzip", true }, { "gzip;q=0", "gzip", false }, { "gzip ; Q=0.000", "gzip", false },
	{ "gzip;q=0.001", "gzip", true }, { "gzip;q=0, br", "br", true }, { "gzipped", "gzip", false },
	{ "x-gzip", "gzip", false }, { ",, br", "br", true }, { "*", "gzip", false },
};

static struct reply
reply_of(const char *type, size_t len)
{
	struct reply r = REPLY_NONE;

	r.status = 200;
	r.content_type = type;
	r.body = malloc(len + 1);
	memset(r.body, 'a', len);
	r.len = len;
	return r;
}

static bool
is_packed(const struct reply *r)
{
	for (int i = 0; i < r->nheaders; i++)
		if (strcmp(r->headers[i].name, "Content-Encoding") == 0)
			return true;
	return false;
}

static void
test_packed(const char *type, size_t len, const char *accept, bool packed)
{
	struct reply r = reply_of(type, len);

	coding_pack(&r, accept);
	check(is_packed(&r) == packed && (packed ? r.len < len : r.len == len), "packed or not", type);
	reply_free(&r);
}

static void
test_same(size_t len)
{
	struct reply r = reply_of(TYPE_JSON, len);
	char *out = malloc(len + 1);
	z_stream z = { 0 };

	coding_pack(&r, "gzip");
	inflateInit2(&z, 15 + 16);
	z.next_in = (Bytef *)r.body;
	z.avail_in = (uInt)r.len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)len + 1;
	check(inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == len && strspn(out, "a") >= len,
	      "what was packed comes out", "");
	inflateEnd(&z);
	free(out);
	reply_free(&r);
}

static void
test_etags(void)
{
	char one[ETAG_MAX], other[ETAG_MAX];

	etag_of("{}", 2, one);
	etag_of("{ }", 3, other);
	check(strlen(one) == 34 && strcmp(one, other) != 0, "a tag", one);
	check(etag_among("*", one) && etag_among(one, one) && !etag_among(other, one) && !etag_among(NULL, one),
	      "among tags", one);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(coding_taken(rows[i].said, rows[i].coding) == rows[i].taken, "taken",
		      rows[i].said ? rows[i].said : "");
	test_packed(TYPE_JSON, PACK_BYTES_MIN, "gzip", true);
	test_packed(TYPE_LINES, 100000, "gzip", true);
	test_packed(TYPE_JSON, PACK_BYTES_MIN - 1, "gzip", false);
	test_packed(TYPE_JSON, PACK_BYTES_MIN, "br", false);
	test_packed(TYPE_XLSX, PACK_BYTES_MIN, "gzip", false);
	test_same(PACK_BYTES_MIN);
	test_same(300000);
	test_etags();
	return tally_end();
}
