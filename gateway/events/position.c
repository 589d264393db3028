#include "events/position.h"
#include "base/digest.h"
#include "wire.pb-c.h"
#include <assert.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- base64url */

static void
base64_text(const uint8_t *p, size_t n, char *out)
{
	uint32_t held = 0;
	int bits = 0;

	for (size_t i = 0; i < n; i++) {
		held = held << 8 | p[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*out++ = letters[held >> (bits - 6) & 63];
	}
	if (bits)
		*out++ = letters[held << (6 - bits) & 63];
	*out = '\0';
}

/* How many bytes, −1: other letters.  Bits left over are not looked at: who must be strict makes the text again. */
static int
base64_bytes(const char *text, uint8_t *out, size_t max)
{
	uint32_t held = 0;
	size_t n = 0;
	int bits = 0;

	for (; *text; text++) {
		const char *at = strchr(letters, *text);
		if (!at || n == max)
			return -1;
		held = held << 6 | (uint32_t)(at - letters);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (uint8_t)(held >> bits);
		}
	}
	return (int)n;
}

/* ---- the text of a place */

static uint32_t
check_of(const uint8_t *packed, size_t len)
{
	uint8_t hash[SHA256_SIZE];

	sha256(&(struct span_of_bytes){ packed, len }, 1, hash);
	return (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
}

void
position_text(const char *district, const struct position *p, size_t nservices, char out[POSITION_TEXT_MAX])
{
	Wire__Place w = WIRE__PLACE__INIT;
	uint8_t packed[POSITION_PACKED_MAX];

	assert(nservices <= POSITION_SERVICES_MAX && strlen(district) <= 6);
	w.district = (char *)district;
	w.n_seq = nservices;
	w.seq = (int64_t *)p->seq;
	w.check = check_of(packed, wire__place__pack(&w, packed));
	base64_text(packed, wire__place__pack(&w, packed), out);
}

/* What is not exactly what we would have written is refused: unknown fields, other orders, another district, a wrong
 * check. */
bool
position_parse(const char *text, const char *district, size_t nservices, struct position *out, arena_t *a)
{
	uint8_t packed[POSITION_PACKED_MAX + 1];
	char again[POSITION_TEXT_MAX];
	int len = base64_bytes(text, packed, sizeof(packed));
	Wire__Place *w = len > 0 ? wire__place__unpack(arena_pb(a), (size_t)len, packed) : NULL;

	if (!w || w->n_seq > nservices)
		return false;
	*out = (struct position){ 0 };
	for (size_t i = 0; i < w->n_seq; i++) {
		if (w->seq[i] < 0)
			return false;
		out->seq[i] = w->seq[i];
	}
	position_text(district, out, w->n_seq, again);
	return strcmp(again, text) == 0;
}
