/* json_form_test - what is JSON to its end, however deep: a table, and the same verdict as jansson's wherever it has
 * one.
 *
 * How: each text is judged as it is, cut off at every place, and with each of its bytes replaced: where jansson takes
 * it, or refuses it as malformed or doubled, the verdict must be the same. */
#include "call/json_form.h"
#include "harness/tally.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *text; enum refusal form; } rows[] = {
	{ "0", REFUSED_NOT }, { " \t\r\n\"a\" ", REFUSED_NOT }, { "[]", REFUSED_NOT }, { "{}", REFUSED_NOT },
	{ "[[],{}]", REFUSED_NOT },
	{ "{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}]}", REFUSED_NOT }, { "-0.5e-7", REFUSED_NOT },
	{ "1E400", REFUSED_NOT },
	{ "-99999999999999999999999", REFUSED_NOT }, { "\"\\u0000\"", REFUSED_NOT }, { "{\"\\u0000\":1}", REFUSED_NOT },
	{ "\"\\ud83d\\ude00\\u00e9\xe8\xb5\xb5\"", REFUSED_NOT }, { "[true,false,null]", REFUSED_NOT },
	{ "{\"\":1}", REFUSED_NOT },
	{ "{\"a\":1e999,\"A\":2}", REFUSED_NOT },
	{ "", REFUSED_JSON }, { " ", REFUSED_JSON }, { "[", REFUSED_JSON }, { "]", REFUSED_JSON },
	{ "[1,]", REFUSED_JSON }, { "[,1]", REFUSED_JSON },
	{ "{\"a\"}", REFUSED_JSON }, { "{\"a\":}", REFUSED_JSON }, { "{\"a\":1,}", REFUSED_JSON },
	{ "{1:2}", REFUSED_JSON }, { "[1}", REFUSED_JSON },
	{ "{\"a\":1]", REFUSED_JSON }, { "1 2", REFUSED_JSON }, { "01", REFUSED_JSON }, { "-", REFUSED_JSON },
	{ "1.", REFUSED_JSON }, { ".5", REFUSED_JSON },
	{ "1e", REFUSED_JSON }, { "1e+", REFUSED_JSON }, { "+1", REFUSED_JSON }, { "tru", REFUSED_JSON },
	{ "nulll", REFUSED_JSON }, { "'a'", REFUSED_JSON },
	{ "\"a", REFUSED_JSON }, { "\"\n\"", REFUSED_JSON }, { "\"\\x\"", REFUSED_JSON }, { "\"\\u12\"", REFUSED_JSON },
	{ "\"\\ud83d\"", REFUSED_JSON },
	{ "\"\\ude00\"", REFUSED_JSON }, { "\"\xff\"", REFUSED_JSON }, { "\"\xc0\x80\"", REFUSED_JSON },
	{ "\"\xed\xa0\x80\"", REFUSED_JSON },
	{ "99999999999999999999999,", REFUSED_JSON }, { "\"\\u0000", REFUSED_JSON },
	{ "{\"a\":1,\"a\":2}", REFUSED_DUPLICATE }, { "{\"a\":1,\"\\u0061\":2}", REFUSED_DUPLICATE },
	{ "[{\"b\":{\"\":1e999,\"\":2}}]", REFUSED_DUPLICATE },
	{ "{\"\\u0000\":1,\"\\u0000\":2}", REFUSED_DUPLICATE },
	{ "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", REFUSED_DUPLICATE },
	{ "{\"\\u00e9\":1,\"\xc3\xa9\":2}", REFUSED_DUPLICATE },
	{ "{\"\xe8\xb5\xb5\":1,\"\\u8d75\":2}", REFUSED_DUPLICATE }, { "{\"\\n\":1,\"\\u000a\":2}", REFUSED_DUPLICATE },
};

/* Where jansson comes to a verdict on the form, it is the same. */
static void
compare(const char *text, size_t len)
{
	json_error_t e;
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	enum refusal mine = json_form(text, len);

	if (j)
		check(mine == REFUSED_NOT, "jansson takes it", text);
	else if (json_error_code(&e) == json_error_duplicate_key)
		check(mine == REFUSED_DUPLICATE || mine == REFUSED_JSON, "jansson finds it twice", text);
	else if (json_error_code(&e) != json_error_numeric_overflow &&
	         json_error_code(&e) != json_error_null_character &&
	         json_error_code(&e) != json_error_null_byte_in_key && json_error_code(&e) != json_error_stack_overflow)
		check(mine == REFUSED_JSON, e.text, text);
	else
		check(true, "what jansson takes for content", text);
	json_decref(j);
}

static void
test_rows(void)
{
	static const char others[] = "\"\\{}[],:0-.eEuX \x80\x01";
	char text[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		check(json_form(rows[i].text, len) == rows[i].form, "form", rows[i].text);
		for (size_t n = 0; n <= len; n++) {
			char *copy = strndup(rows[i].text, n);          /* so that what is behind is not read */
			compare(copy, n);
			free(copy);
		}
		for (size_t at = 0; at < len; at++)
			for (const char *c = others; *c; c++) {
				memcpy(text, rows[i].text, len + 1);
				text[at] = *c;
				compare(text, len);
			}
	}
}

/* As deep as a body is long, and as many names. */
static void
test_large(void)
{
	enum { LEVELS = 1 << 19, NAMES = 60000 };
	char *text = malloc(2 * LEVELS + 1), *names = malloc(16 * NAMES + 64), *at = names;

	memset(text, '[', LEVELS);
	memset(text + LEVELS, ']', LEVELS);
	check(json_form(text, 2 * LEVELS) == REFUSED_NOT, "deep", "");
	check(json_form(text, 2 * LEVELS - 1) == REFUSED_JSON, "deep and cut off", "");
	text[2 * LEVELS - 1] = '}';
	check(json_form(text, 2 * LEVELS) == REFUSED_JSON, "deep and closed as it was not opened", "");
	*at++ = '{';
	for (int i = 0; i < NAMES; i++)
		at += sprintf(at, "\"n%d\":%d,", i, i);
	strcpy(at, "\"m\":1e999}");
	check(json_form(names, strlen(names)) == REFUSED_NOT, "many names", "");
	strcpy(at, "\"n777\":1e999}");
	check(json_form(names, strlen(names)) == REFUSED_DUPLICATE, "many names, one twice", "");
	free(text);
	free(names);
}

int
main(void)
{
	test_rows();
	test_large();
	return tally_end();
}
