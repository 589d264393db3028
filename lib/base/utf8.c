/* utf8 - one character of UTF-8 (RFC 3629) at a time, and which may stand in what people read.
 *
 * In: bytes from anywhere.  Out: a code point and its length.  Owns nothing.  Pure. */
#include "base/utf8.h"

/* A first byte & mask == mark begins a character of this length, of which `least` is the smallest not overlong. */
static const struct form { unsigned char mask, mark; uint32_t least; } forms[] = {
	{ 0x80, 0x00, 0 },
	{ 0xe0, 0xc0, 0x80 },
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};

size_t
utf8_take(const char *s, size_t len, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t more = 0;

	while (more < 4 && len && (p[0] & forms[more].mask) != forms[more].mark)
		more++;
	if (more >= 4 || len < more + 1)
		return 0;
	uint32_t c = p[0] & (unsigned char)~forms[more].mask;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < forms[more].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return more + 1;
}

/* ---- what is shown */

struct range { uint32_t first, last; };
#define ALEN_OF(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Unicode's Cc, Zl, Zp, Cf and Default_Ignorable_Code_Point, and a few that are drawn as nothing; less joiners,
 * selectors, and signs of Cf that are seen (Arabic numbers', Egyptian joiners'). */
static const struct range unseen[] = {
	{ 0x0000, 0x0008 }, { 0x000b, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f },
	{ 0x061c, 0x061c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200b },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
	{ 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffc }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe00ff }, { 0xe01f0, 0xe0fff },
};
static const struct range selectors[] = { { 0xfe00, 0xfe0f }, { 0xe0100, 0xe01ef } };
static const struct range joiners[] = { { 0x200c, 0x200d } };
static const struct range blanks[] = {
	{ 0x0009, 0x000a }, { 0x0020, 0x0020 }, { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
	{ 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};
static const struct range ideographs[] = {
	{ 0x2e80, 0x2fdf }, { 0x3007, 0x3007 }, { 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff }, { 0xf900, 0xfaff }, { 0x20000, 0x3ffff },
};

enum seen { UNSEEN, SELECTOR, JOINER, BLANK, SIGN, IDEOGRAPH };

static enum seen
seen_as(uint32_t c)
{
	if (c > 0x20 && c < 0x7f)
		return SIGN;
	if ((c & 0xfffe) == 0xfffe || is_in(unseen, ALEN_OF(unseen), c))
		return UNSEEN;
	return is_in(selectors, ALEN_OF(selectors), c)     ? SELECTOR
	       : is_in(joiners, ALEN_OF(joiners), c)       ? JOINER
	       : is_in(blanks, ALEN_OF(blanks), c)         ? BLANK
	       : is_in(ideographs, ALEN_OF(ideographs), c) ? IDEOGRAPH
	                                                   : SIGN;
}

/* What may follow what: the first character follows a blank. */
static bool
may_follow(enum seen what, enum seen before, bool name)
{
	if (what == UNSEEN || (name && what == JOINER))
		return false;
	if (what == SELECTOR)
		return before == IDEOGRAPH || (before == SIGN && !name);
	if (what == JOINER)
		return before == SIGN || before == IDEOGRAPH || before == SELECTOR;
	return before != JOINER || what != BLANK;
}

static bool
is_shown(const char *s, size_t len, bool name)
{
	enum seen before = BLANK, what;
	bool something = false;
	uint32_t c;

	for (size_t n; len; s += n, len -= n, before = what) {
		n = utf8_take(s, len, &c);
		if (!n || (name && (c == '\t' || c == '\n')))
			return false;
		what = seen_as(c);
		if (!may_follow(what, before, name))
			return false;
		something |= what == SIGN || what == IDEOGRAPH;
	}
	return before != JOINER && (something || !name);
}

bool
utf8_shown(const char *s, size_t len)
{
	return is_shown(s, len, false);
}

bool
utf8_name(const char *s, size_t len)
{
	return is_shown(s, len, true);
}
