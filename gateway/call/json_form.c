#include "call/json_form.h"
#include "base/utf8.h"
#include "http/bytes.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What is open: an object has a number of its own, an array has none. */
struct open { uint32_t object; };
/* A member's name, as what it says and not as how it is escaped, with the number of its object. */
struct name { uint32_t object, at, len; };

struct form {
	const char *at, *end;
	struct bytes opened, names, said;
	uint32_t objects;
};

static bool
takes(struct form *f, char c)
{
	bool there = f->at < f->end && *f->at == c;

	f->at += there;
	return there;
}

static void
blanks_take(struct form *f)
{
	while (f->at < f->end && (*f->at == ' ' || *f->at == '\t' || *f->at == '\n' || *f->at == '\r'))
		f->at++;
}

/* ---- texts */

static bool
hex4_take(struct form *f, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, f->at++) {
		char c = f->at < f->end ? *f->at : 'x', low = (char)(c | 0x20);
		if (!(c >= '0' && c <= '9') && !(low >= 'a' && low <= 'f'))
			return false;
		*out = *out << 4 | (uint32_t)(c <= '9' ? c - '0' : low - 'a' + 10);
	}
	return true;
}

/* Any text of a character's own does; nobody reads it but a comparison. */
static void
code_say(struct form *f, uint32_t code)
{
	char utf8[4] = {
		(char)(0xf0 | code >> 18),
		(char)(0x80 | (code >> 12 & 63)),
		(char)(0x80 | (code >> 6 & 63)),
		(char)(0x80 | (code & 63)),
	};
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	utf8[4 - n] = (char)(n == 1 ? code : (uint8_t)(0xf00 >> n) | (code >> 6 * (n - 1)));
	bytes_append(&f->said, utf8 + 4 - n, n);
}

static bool
escape_take(struct form *f)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter = f->at < f->end && *f->at ? strchr(letters, *f->at) : NULL;
	uint32_t high, low;

	if (letter) {
		f->at++;
		bytes_append(&f->said, &meant[letter - letters], 1);
		return true;
	}
	if (!takes(f, 'u') || !hex4_take(f, &high) || (high >= 0xdc00 && high <= 0xdfff))
		return false;
	if (high >= 0xd800 && high <= 0xdbff) {
		if (!takes(f, '\\') || !takes(f, 'u') || !hex4_take(f, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	}
	code_say(f, high);
	return true;
}

/* After its opening quote. */
static bool
text_take(struct form *f)
{
	uint32_t code;
	size_t n;

	while (f->at < f->end && *f->at != '"') {
		if (*f->at == '\\') {
			f->at++;
			if (!escape_take(f))
				return false;
			continue;
		}
		n = utf8_take(f->at, (size_t)(f->end - f->at), &code);
		if (!n || code < 0x20)
			return false;
		bytes_append(&f->said, f->at, n);
		f->at += n;
	}
	return takes(f, '"');
}

/* ---- numbers and words */

static bool
digits_take(struct form *f)
{
	const char *from = f->at;

	while (f->at < f->end && *f->at >= '0' && *f->at <= '9')
		f->at++;
	return f->at > from;
}

static bool
number_take(struct form *f)
{
	takes(f, '-');
	if (!takes(f, '0') && !digits_take(f))
		return false;
	if (takes(f, '.') && !digits_take(f))
		return false;
	if (!takes(f, 'e') && !takes(f, 'E'))
		return true;
	if (!takes(f, '+'))
		takes(f, '-');
	return digits_take(f);
}

static bool
word_take(struct form *f)
{
	static const char *const words[] = { "true", "false", "null" };

	for (int i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);
		if ((size_t)(f->end - f->at) >= n && memcmp(f->at, words[i], n) == 0) {
			f->at += n;
			return true;
		}
	}
	return false;
}

/* ---- levels: what is open is kept here and not on the stack of calls */

static struct open *
innermost(struct form *f)
{
	return f->opened.len ? (struct open *)(void *)(f->opened.p + f->opened.len) - 1 : NULL;
}

static void
level_open(struct form *f, bool object)
{
	struct open o = { object ? ++f->objects : 0 };

	bytes_append(&f->opened, &o, sizeof(o));
}

/* "name": of the innermost object. */
static bool
name_take(struct form *f)
{
	struct name n = { .object = innermost(f)->object, .at = (uint32_t)f->said.len };

	blanks_take(f);
	if (!takes(f, '"') || !text_take(f))
		return false;
	n.len = (uint32_t)(f->said.len - n.at);
	bytes_append(&f->names, &n, sizeof(n));
	blanks_take(f);
	return takes(f, ':');
}

/* A value, or the beginning of one; *opens: it is that. */
static bool
value_begin(struct form *f, bool *opens)
{
	blanks_take(f);
	*opens = false;
	if (takes(f, '"')) {
		size_t kept = f->said.len;
		bool fine = text_take(f);
		f->said.len = kept;
		return fine;
	}
	*opens = f->at < f->end && (*f->at == '{' || *f->at == '[');
	if (!*opens)
		return word_take(f) || number_take(f);
	level_open(f, *f->at++ == '{');
	return true;
}

/* What follows a value: levels end, or another value is to come.  *over: the outermost is whole. */
static bool
value_end(struct form *f, bool *over)
{
	for (;;) {
		struct open *o = innermost(f);
		blanks_take(f);
		*over = !o;
		if (!o)
			return f->at == f->end;
		if (takes(f, ','))
			return !o->object || name_take(f);
		if (!takes(f, o->object ? '}' : ']'))
			return false;
		f->opened.len -= sizeof(*o);
	}
}

static bool
whole(struct form *f)
{
	bool opens, over = false;

	while (!over) {
		if (!value_begin(f, &opens))
			return false;
		struct open *o = innermost(f);
		blanks_take(f);
		if (opens && takes(f, o->object ? '}' : ']'))
			f->opened.len -= sizeof(*o);            /* with nothing in it */
		else if (opens && o->object && !name_take(f))
			return false;
		else if (opens)
			continue;
		if (!value_end(f, &over))
			return false;
	}
	return true;
}

/* ---- names that stand twice */

static int
by_object_and_name(const void *a, const void *b, void *said)
{
	const struct name *x = a, *y = b;
	const char *texts = said;

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(texts + x->at, texts + y->at, x->len);
}

static bool
stands_twice(struct form *f)
{
	struct name *names = (struct name *)(void *)f->names.p;
	size_t n = f->names.len / sizeof(*names);

	bytes_append(&f->said, "", 1);
	if (n)
		qsort_r(names, n, sizeof(*names), by_object_and_name, f->said.p);
	for (size_t i = 1; i < n; i++)
		if (by_object_and_name(&names[i - 1], &names[i], f->said.p) == 0)
			return true;
	return false;
}

enum refusal
json_form(const char *text, size_t len)
{
	struct form f = { .at = text, .end = text + len };
	enum refusal r = !whole(&f) ? REFUSED_JSON : stands_twice(&f) ? REFUSED_DUPLICATE : REFUSED_NOT;

	bytes_free(&f.opened);
	bytes_free(&f.names);
	bytes_free(&f.said);
	return r;
}
