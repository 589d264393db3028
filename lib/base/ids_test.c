/* ids_test - tables of texts that may and may not stand as ids, districts, keys and texts.
 *
 * How: cases; for the partition, values reckoned by another implementation, for they are kept for ever. */
#include "base/ids.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

#define S8 "abcdefgh"
#define S64 S8 S8 S8 S8 S8 S8 S8 S8

static void
test_ids(void)
{
	static const struct { const char *s; bool id, district, key; } cases[] = {
		{ "", false, false, false },
		{ "a", true, false, true },
		{ "A-z_0.9", true, false, true },
		{ ".", false, false, true }, { "..", false, false, true }, { "...", true, false, true },
		{ ".a", true, false, true }, { "-", true, false, true },
		{ "421127", true, true, true },
		{ "42112", true, false, true },
		{ "4211270", true, false, true },
		{ "42112a", true, false, true },
		{ "42112\xd9\xa1", false, false, false },
		{ "a b", false, false, true },
		{ "a/b~!\"", false, false, true },
		{ "a\n", false, false, false },
		{ "a\x7f", false, false, false },
		{ "\xe6\x9d\x91", false, false, false },
		{ S64, true, false, true },
		{ S64 "a", false, false, true },
		{ S64 S64, false, false, true },
		{ S64 S64 "a", false, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(id_valid(cases[i].s) == cases[i].id, "id_valid", cases[i].s);
		check(district_valid(cases[i].s) == cases[i].district, "district_valid", cases[i].s);
		check(key_valid(cases[i].s) == cases[i].key, "key_valid", cases[i].s);
	}
}

/* RFC 3629, and the ways around it. */
static void
test_texts(void)
{
	static const struct { const char *s; int max; bool valid; } cases[] = {
		{ "", 10, false },
		{ "a", 0, false },
		{ "a", -1, false },
		{ "abc", 3, true },
		{ "abcd", 3, false },
		{ "line\n\tand tab", 99, true },
		{ "a\rb", 99, false },
		{ "a\x1b[31m", 99, false },
		{ "a\x7f", 99, false },
		{ "a\xc2\x80", 99, false },             /* U+0080 and U+009F, C1 */
		{ "a\xc2\x9f", 99, false },
		{ "a\xc2\xa0", 99, true },
		{ "\xe5\xbb\xba\xe5\xbc\xba\xe6\x9d\x91", 9, true },
		{ "\xe5\xbb\xba\xe5\xbc\xba\xe6\x9d\x91", 8, false },
		{ "\xf0\xa0\xae\xb7", 4, true },        /* U+20BB7 */
		{ "\xf4\x8f\xbf\xbd", 4, true },        /* U+10FFFD, the last that is a character */
		{ "\xf4\x90\x80\x80", 4, false },       /* beyond it */
		{ "\xf8\x88\x80\x80\x80", 9, false },   /* five bytes */
		{ "\xc0\xaf", 9, false },               /* overlong */
		{ "\xe0\x80\xaf", 9, false },
		{ "\xf0\x80\x80\xaf", 9, false },
		{ "\xc1\xbf", 9, false },
		{ "\xed\x9f\xbf", 9, true },            /* U+D7FF */
		{ "\xed\xa0\x80", 9, false },           /* a surrogate */
		{ "\xed\xbf\xbf", 9, false },
		{ "\xee\x80\x80", 9, true },            /* U+E000 */
		{ "a\x80", 9, false },                  /* a following byte first */
		{ "a\xff", 9, false },
		{ "\xe5\xbb", 9, false },               /* cut off */
		{ "\xe5" "a\xba", 9, false },
		{ "\xe5\xbb" "a", 9, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(text_valid(cases[i].s, cases[i].max) == cases[i].valid, "text_valid", cases[i].s);
}

/* What people read: U+… by their UTF-8.  A text of lines, and a name. */
static void
test_shown(void)
{
	static const struct { const char *what, *s; bool text, name; } cases[] = {
		{ "an ordinary name",                   "\xe5\xbc\xa0\xe4\xb8\x89", true, true },
		{ "two words",                          "Ma Li", true, true },
		{ "U+00B7 between parts of a name",     "\xe4\xb9\xb0\xc2\xb7\xe6\x8f\x90", true, true },
		{ "U+20BB7, extension B",               "\xf0\xa0\xae\xb7", true, true },
		{ "U+30EDE, extension G",               "\xf0\xb0\xbb\x9e", true, true },
		{ "U+E000, private",                    "\xee\x80\x80", true, true },
		{ "U+845B U+E0100, a variant",          "\xe8\x91\x9b\xf3\xa0\x84\x80", true, true },
		{ "U+E0100 alone",                      "\xf3\xa0\x84\x80", false, false },
		{ "two selectors",                      "\xe8\x91\x9b\xf3\xa0\x84\x80\xf3\xa0\x84\x81", false, false },
		{ "U+2764 U+FE0F",                      "\xe2\x9d\xa4\xef\xb8\x8f", true, false },
		{ "a blank, U+FE0F",                    "a \xef\xb8\x8f", false, false },
		{ "U+FFFE",                             "a\xef\xbf\xbe", false, false },
		{ "U+FFFF",                             "a\xef\xbf\xbf", false, false },
		{ "U+1FFFE",                            "a\xf0\x9f\xbf\xbe", false, false },
		{ "U+10FFFF",                           "a\xf4\x8f\xbf\xbf", false, false },
		{ "U+FDD0",                             "a\xef\xb7\x90", false, false },
		{ "U+FDEF",                             "a\xef\xb7\xaf", false, false },
		{ "U+FDF0, beside them",                "a\xef\xb7\xb0", true, true },
		{ "U+FFFD, for what could not be read", "a\xef\xbf\xbd", true, true },
		{ "U+202E, right to left",              "a\xe2\x80\xae", false, false },
		{ "U+2066, an isolate",                 "a\xe2\x81\xa6", false, false },
		{ "U+200E, a mark",                     "a\xe2\x80\x8e", false, false },
		{ "U+061C, an Arabic mark",             "a\xd8\x9c", false, false },
		{ "U+2028, a line separator",           "a\xe2\x80\xa8" "b", false, false },
		{ "U+200B, zero width",                 "a\xe2\x80\x8b" "b", false, false },
		{ "U+2060, a word joiner",              "a\xe2\x81\xa0" "b", false, false },
		{ "U+FEFF",                             "\xef\xbb\xbf" "a", false, false },
		{ "U+00AD, a soft hyphen",              "a\xc2\xad" "b", false, false },
		{ "U+3164, a filler",                   "\xe3\x85\xa4", false, false },
		{ "U+E0041, a tag",                     "a\xf3\xa0\x81\x81", false, false },
		{ "U+200D between two signs",           "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", true, false },
		{ "U+200D at the end",                  "a\xe2\x80\x8d", false, false },
		{ "U+200D at the beginning",            "\xe2\x80\x8d" "a", false, false },
		{ "U+200D before a blank",              "a\xe2\x80\x8d b", false, false },
		{ "two joiners",                        "a\xe2\x80\x8d\xe2\x80\x8d" "b", false, false },
		{ "lines",                              "a\n\tb", true, false },
		{ "a carriage return",                  "a\r\nb", false, false },
		{ "blanks alone",                       " \xe3\x80\x80\xc2\xa0", true, false },
		{ "a blank at an end",                  " a ", true, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(text_valid(cases[i].s, 99) == cases[i].text, "text", cases[i].what);
		check(name_valid(cases[i].s, 99) == cases[i].name, "name", cases[i].what);
	}
	check(!name_valid("", 9) && !name_valid("abcd", 3) && name_valid("abc", 3), "name", "1 to max bytes");
}

static void
test_partitions(void)
{
	static const struct { const char *district; int32_t partition; } cases[] = {
		{ "421127", 53 }, { "110101", 16 }, { "000000", 36 }, { "999999", 10 }, { "421083", 42 },
	};
	int seen[PARTITIONS] = { 0 }, least = 1 << 30;
	char district[16];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(partition_of(cases[i].district) == cases[i].partition, "partition_of", cases[i].district);
	for (int i = 0; i < 6400; i++) {
		snprintf(district, sizeof(district), "%06d", 110000 + i);
		int32_t p = partition_of(district);
		check(p >= 0 && p < PARTITIONS, "a partition there is", district);
		if (p >= 0 && p < PARTITIONS)
			seen[p]++;
	}
	for (int i = 0; i < PARTITIONS; i++)
		least = seen[i] < least ? seen[i] : least;
	check(least >= 50, "districts are spread", "a partition has less than half its share");
}

static void
test_row_ids(void)
{
	static const struct { char letter; int64_t seq; const char *want; } cases[] = {
		{ 'F', 17, "F000000000017" },
		{ 'M', 0, "M000000000000" },
		{ 'M', INT64_C(999999999999), "M999999999999" },
		{ 'M', INT64_MAX, "M9223372036854775807" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[ROWID_MAX];
		row_id(cases[i].letter, cases[i].seq, got);
		check(strcmp(got, cases[i].want) == 0, cases[i].want, got);
	}
}

int
main(void)
{
	test_ids();
	test_texts();
	test_shown();
	test_partitions();
	test_row_ids();
	return tally_end();
}
