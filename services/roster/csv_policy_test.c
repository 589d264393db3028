/* csv_policy_test - from the bytes of a file to its rows.
 *
 * How: a case is a file, and what is read of it in words: a row is its number, a colon and its fields between bars,
 * rows are divided by a blank; `!code` stands for what is wrong, of a row after its number, of a file alone with the
 * row after @. */
#include "csv_policy.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
row_in_words(const struct csv_row *row, arena_t *a, char **out)
{
	*out = arena_printf(a, "%s%s%zu:", *out, **out ? " " : "", row->number);
	if (row->fault)
		*out = arena_printf(a, "%s!%s", *out, row->fault->code);
	for (size_t i = 0; i < row->n && !row->fault; i++)
		*out = arena_printf(a, "%s%s%s", *out, i ? "|" : "", row->fields[i]);
}

static const char *
in_words(const struct csv *csv, arena_t *a)
{
	char *out = arena_strdup(a, "");

	if (csv->fault && csv->at)
		return arena_printf(a, "!%s@%zu", csv->fault->code, csv->at);
	if (csv->fault)
		return arena_printf(a, "!%s", csv->fault->code);
	for (size_t i = 0; i < csv->n; i++)
		row_in_words(&csv->rows[i], a, &out);
	return out;
}

#define FILE_OF(text) text, sizeof(text) - 1
static const struct { const char *bytes; size_t len; const char *words; } cases[] = {
	/* rows and fields: RFC 4180, and LF alone */
	{ FILE_OF("id,name\nu1,x\n"), "1:id|name 2:u1|x" },
	{ FILE_OF("id,name\r\nu1,x"), "1:id|name 2:u1|x" },
	{ FILE_OF("id,name\r\nu1,x\r"), "1:id|name 2:u1|x" },
	{ FILE_OF("id,name,\nu1,,\n"), "1:id|name| 2:u1||" },
	{ FILE_OF("id\nu1,x,y\n"), "1:id 2:u1|x|y" },
	{ FILE_OF("a\rb,c\n"), "1:a\rb|c" },
	{ FILE_OF(" a , b\n"), "1: a | b" },
	/* quotes */
	{ FILE_OF("\"id\",\"na,me\"\r\n\"u\"\"1\",\"\"\r\n"), "1:id|na,me 2:u\"1|" },
	{ FILE_OF("id\n\"a\nb\"\nc\n"), "1:id 2:a\nb 3:c" },
	{ FILE_OF("id\n\"\"\"\"\n"), "1:id 2:\"" },
	{ FILE_OF("id\n\"a\"x,b\nc\"d\ne\n"), "1:id 2:!csv.quote 3:!csv.quote 4:e" },
	{ FILE_OF("id\n\"a\" ,b\n"), "1:id 2:!csv.quote" },
	{ FILE_OF("id,name\nu1,x\nu2,\"y\nu3,z\n"), "!csv.quote_open@3" },
	{ FILE_OF("\""), "!csv.quote_open@1" },
	{ FILE_OF("id\n\"a\"\"\n"), "!csv.quote_open@2" },
	/* empty rows count and say nothing */
	{ FILE_OF("\n\nid,name\n\r\n,\n\"\",\nu1,x\n\n"), "3:id|name 7:u1|x" },
	{ FILE_OF(""), "!csv.no_header" },
	{ FILE_OF("\n,,\n"), "!csv.no_header" },
	{ FILE_OF("\xef\xbb\xbf"), "!csv.no_header" },
	/* encodings, told apart by themselves: 赵示例, then what both could be: 陆通 is ½ͨ in UTF-8 */
	{ FILE_OF("\xe8\xb5\xb5\xe7\xa4\xba\xe4\xbe\x8b,a\n"), "1:\xe8\xb5\xb5\xe7\xa4\xba\xe4\xbe\x8b|a" },
	{ FILE_OF("\xef\xbb\xbf\xe8\xb5\xb5,a\n"), "1:\xe8\xb5\xb5|a" },
	{ FILE_OF("\xd5\xd4\xca\xbe\xc0\xfd,a\r\nb,c\r\n"), "1:\xe8\xb5\xb5\xe7\xa4\xba\xe4\xbe\x8b|a 2:b|c" },
	{ FILE_OF("\xc2\xbd\xcd\xa8,a\n"), "1:\xe9\x99\x86\xe9\x80\x9a|a" },
	{ FILE_OF("\xef\xbb\xbf\xc2\xbd\xcd\xa8,a\n"), "1:\xc2\xbd\xcd\xa8|a" },
	{ FILE_OF("\xc2\xbd,\xe8\xb5\xb5\n"), "1:\xc2\xbd|\xe8\xb5\xb5" },
	/* four bytes: 𠮷, 㐂; second bytes that are ASCII, none a comma or quote */
	{ FILE_OF("\x95\x34\xb2\x35,\x81\x39\xef\x31\n"), "1:\xf0\xa0\xae\xb7|\xe3\x90\x82" },
	{ FILE_OF("\xb1\x5c,\x81\x7c\n"), "1:\xe7\x9b\xb6|\xe4\xba\x85" },
	{ FILE_OF("\xd5\xd4,\xff\n"), "!csv.encoding" },
	{ FILE_OF("\xd5\xd4,\xd5"), "!csv.encoding" },
	{ FILE_OF("\xef\xbb\xbf\xd5\xd4\n"), "!csv.encoding" },
	{ FILE_OF("a\0b\n"), "!csv.nul" },
	{ FILE_OF("\xff\xfei\0d\0"), "!csv.nul" },
};

static void
test_cases(arena_t *a)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct csv csv = csv_read(cases[i].bytes, cases[i].len, CSV_UNSAID, a);
		const char *got = in_words(&csv, a);
		check(strcmp(got, cases[i].words) == 0, cases[i].words, got);
		arena_reset(a);
	}
}

/* The charset that is said goes before all that could be told from the bytes. */
static const struct { const char *bytes; size_t len; enum csv_charset said; const char *words; } said[] = {
	{ FILE_OF("A\xc2\xb7" "B\n"), CSV_UNSAID, "1:A\xe8\xb7\xaf" "B" },
	{ FILE_OF("A\xc2\xb7" "B\n"), CSV_UTF8, "1:A\xc2\xb7" "B" },
	{ FILE_OF("A\xc2\xb7" "B\n"), CSV_GB18030, "1:A\xe8\xb7\xaf" "B" },
	{ FILE_OF("\xe8\xb5\xb5\n"), CSV_UTF8, "1:\xe8\xb5\xb5" },
	{ FILE_OF("\xef\xbb\xbf\xe8\xb5\xb5\n"), CSV_UTF8, "1:\xe8\xb5\xb5" },
	{ FILE_OF("\xd5\xd4\n"), CSV_GB18030, "1:\xe8\xb5\xb5" },
	{ FILE_OF("\x84\x31\x95\x33\xd5\xd4\n"), CSV_GB18030, "1:\xe8\xb5\xb5" },
	{ FILE_OF("\xe8\xb5\xb5\xe7\xa4\xba\n"), CSV_GB18030, "1:\xe7\x92\xa7\xe7\x94\xb5\xe3\x81\x9a" },
	{ FILE_OF("id\n"), CSV_UTF8, "1:id" }, { FILE_OF("id\n"), CSV_GB18030, "1:id" },
	{ FILE_OF("\xd5\xd4\n"), CSV_UTF8, "!csv.encoding" }, { FILE_OF("\xe8\xb5\n"), CSV_UTF8, "!csv.encoding" },
	{ FILE_OF("\xe8\xb5\xb5\n"), CSV_GB18030, "!csv.encoding" },
	{ FILE_OF("\xd5\xff\n"), CSV_GB18030, "!csv.encoding" },
	{ FILE_OF("a\0\n"), CSV_UTF8, "!csv.nul" }, { FILE_OF(""), CSV_UTF8, "!csv.no_header" },
	{ FILE_OF(""), CSV_GB18030, "!csv.no_header" },
};

static void
test_said(arena_t *a)
{
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct csv csv = csv_read(said[i].bytes, said[i].len, said[i].said, a);
		const char *got = in_words(&csv, a);
		check(strcmp(got, said[i].words) == 0, said[i].words, got);
		arena_reset(a);
	}
}

static char *
repeated(arena_t *a, const char *text, size_t n)
{
	size_t len = strlen(text);
	char *out = arena_alloc(a, n * len + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(out + i * len, text, len);
	return out;
}

static const struct { const char *unit; size_t n; const char *fault; } bounds[] = {
	{ "a\n", CSV_ROWS_MAX + 1, NULL }, { "a\n", CSV_ROWS_MAX + 2, "csv.too_large" },
	{ "\n", 300000, "csv.no_header" },
	{ "12345678", CSV_BYTES_MAX / 8, NULL }, { "1", CSV_BYTES_MAX + 1, "csv.too_large" },
};

static void
test_bounds(arena_t *a)
{
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		char *text = repeated(a, bounds[i].unit, bounds[i].n);
		struct csv csv = csv_read(text, strlen(text), CSV_UNSAID, a);
		const char *code = csv.fault ? csv.fault->code : "";
		check(strcmp(code, bounds[i].fault ? bounds[i].fault : "") == 0, bounds[i].unit, code);
		arena_reset(a);
	}
	for (size_t n = CSV_FIELDS_MAX; n <= CSV_FIELDS_MAX + 1; n++) {
		char *text = repeated(a, "x,", n);
		struct csv csv = csv_read(text, strlen(text) - 1, CSV_UNSAID, a);
		check(!csv.fault && !csv.rows[0].fault == (n == CSV_FIELDS_MAX), "fields of a row", in_words(&csv, a));
	}
}

int
main(void)
{
	arena_t *a = arena_open(64 << 20);

	test_cases(a);
	test_said(a);
	test_bounds(a);
	arena_close(&a);
	return tally_end();
}
