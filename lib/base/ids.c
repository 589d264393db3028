/* ids - names that clients may choose, and the partition a district lives in.
 *
 * In: texts as they came, by the byte.  Out: whether they may stand, and what follows from them.  Owns nothing.
 * Letters are those of ASCII, whatever the locale is. */
#include "base/ids.h"
#include "base/utf8.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
letter_of_id(char c)
{
	return digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
}

static bool
printable(char c)
{
	return c >= ' ' && c <= '~';
}

static bool
all_are(const char *s, bool (*right)(char), size_t min, size_t max)
{
	size_t len = strnlen(s, max + 1);

	for (size_t i = 0; i < len; i++)
		if (!right(s[i]))
			return false;
	return len >= min && len <= max;
}

bool
id_valid(const char *s)
{
	return all_are(s, letter_of_id, 1, ID_MAX) && strcmp(s, ".") != 0 && strcmp(s, "..") != 0;
}

bool
district_valid(const char *s)
{
	return all_are(s, digit, 6, 6);
}

bool
key_valid(const char *s)
{
	return all_are(s, printable, 1, KEY_MAX);
}

static bool
length_valid(const char *s, int max_bytes, size_t *len)
{
	*len = max_bytes > 0 ? strnlen(s, (size_t)max_bytes + 1) : 0;
	return *len && *len <= (size_t)max_bytes;
}

bool
text_valid(const char *s, int max_bytes)
{
	size_t len;

	return length_valid(s, max_bytes, &len) && utf8_shown(s, len);
}

bool
name_valid(const char *s, int max_bytes)
{
	size_t len;

	return length_valid(s, max_bytes, &len) && utf8_name(s, len);
}

uint64_t
name_hash(const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const unsigned char *p = (const unsigned char *)name; *p; p++)
		h = (h ^ *p) * UINT64_C(1099511628211);
	return h;
}

/* All 64 bits folded in, by halves. */
int32_t
partition_of(const char *district)
{
	uint64_t h = name_hash(district);

	h ^= h >> 32;
	h ^= h >> 16;
	h ^= h >> 8;
	return (int32_t)(h % PARTITIONS);
}

void
row_id(char letter, int64_t seq, char out[ROWID_MAX])
{
	assert(seq >= 0);
	snprintf(out, ROWID_MAX, "%c%012" PRId64, letter, seq);
}
