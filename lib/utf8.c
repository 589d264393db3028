/* utf8 - one character of UTF-8 (RFC 3629) at a time.
 *
 * In: bytes from anywhere.  Out: a code point and its length.  Owns nothing.  Pure. */
#include "utf8.h"

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
