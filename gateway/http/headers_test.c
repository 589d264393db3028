/* headers_test - media types as clients write them: a table of types, what each is taken for, and in what charset. */
#include "http/headers.h"
#include "harness/tally.h"
#include "http/reply.h"
#include <stdio.h>
#include <string.h>

static const struct { const char *said, *type; bool is; enum charset charset; } rows[] = {
	{ "application/json", TYPE_JSON, true, CHARSET_UNSAID },
	{ "Application/JSON", TYPE_JSON, true, CHARSET_UNSAID },
	{ "application/json; charset=utf-8", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json;charset=UTF-8", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json ; Charset=\"utf-8\"", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json\t;\tcharset=utf-8\t", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json;", TYPE_JSON, true, CHARSET_UNSAID },
	{ "application/json;;charset=utf8;", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json; v=1; charset=utf-8", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json; v=\"a;charset=gbk\"", TYPE_JSON, true, CHARSET_UNSAID },
	{ "application/json; v=\"\\\"\"; charset=utf-8", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json; charset=\"gbk\"", TYPE_JSON, true, CHARSET_GB18030 },
	{ "application/json; charset=utf-8; charset=utf-8", TYPE_JSON, true, CHARSET_UTF8 },
	{ "application/json; charset=utf-8; charset=gbk", TYPE_JSON, true, CHARSET_OTHER },
	{ "application/json; charset=utf-16", TYPE_JSON, true, CHARSET_OTHER },
	{ "application/json; charset=\"\"", TYPE_JSON, true, CHARSET_OTHER },
	{ "application/json; xcharset=gbk", TYPE_JSON, true, CHARSET_UNSAID },
	{ "text/csv; charset=gb2312", TYPE_CSV, true, CHARSET_GB18030 },
	{ "text/csv; charset=GB18030; header=present", TYPE_CSV, true, CHARSET_GB18030 },
	{ "text/csv; header=present", TYPE_CSV, true, CHARSET_UNSAID },
	{ "text/csv; charset=iso-8859-1", TYPE_CSV, true, CHARSET_OTHER },
	{ NULL, TYPE_JSON, false, CHARSET_UNSAID }, { "", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/jsonx", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/json x", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/json, text/csv", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/json; charset", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/json; charset=", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/json; charset = utf-8", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/json; charset=\"utf-8", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/json; charset=\"utf-8\"x", TYPE_JSON, false, CHARSET_UTF8 },
	{ "application/json; =x", TYPE_JSON, false, CHARSET_UNSAID },
	{ "text/json", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/x-www-form-urlencoded", TYPE_JSON, false, CHARSET_UNSAID },
	{ "application/problem+json", TYPE_JSON, false, CHARSET_UNSAID },
};

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum charset charset;
		bool is = headers_media_is(rows[i].said, rows[i].type, &charset);
		checkf(is == rows[i].is && (!is || charset == rows[i].charset), rows[i].said ? rows[i].said : "nothing",
		       "as %s: %d, charset %d", rows[i].type, is, (int)charset);
	}
	return tally_end();
}
