/* position_test - a place to text and back, and everything that is no such text.
 *
 * How: places of every width; then each text changed in one letter, cut, lengthened, of another district, or made of
 * messages that are not quite a place. */
#include "events/position.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

#define D "511703"
static const struct position places[] = {
	{ { 0 } }, { { 1, 2, 3, 4, 5, 6, 7 } }, { { INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX,
	  INT64_MAX } },
	{ { 127, 128, 16383, 16384, 1 << 30, INT64_C(1) << 40, 0 } },
};

static bool
parses(const char *text, const char *district, size_t n, arena_t *a)
{
	struct position p;
	bool fine = position_parse(text, district, n, &p, a);

	arena_reset(a);
	return fine;
}

static void
test_there_and_back(arena_t *a)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t n = 1; n <= 7; n++) {
			char text[POSITION_TEXT_MAX];
			struct position back;
			position_text(D, &places[i], n, text);
			check(position_parse(text, D, n, &back, a) &&
			              memcmp(back.seq, places[i].seq, n * sizeof(back.seq[0])) == 0,
			      "there and back", text);
			check(position_parse(text, D, n + 2, &back, a) && back.seq[n] == 0,
			      "from when there were fewer services", text);
			check(!parses(text, D, n - 1, a), "from when there were more", text);
			check(!parses(text, "511702", n, a), "of another district", text);
			check(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
			              strlen(text),
			      "letters only", text);
		}
}

static void
test_changed(arena_t *a)
{
	char text[POSITION_TEXT_MAX], other[POSITION_TEXT_MAX + 8];
	int taken = 0;

	position_text(D, &places[1], 7, text);
	for (size_t i = 0; text[i]; i++)
		for (int c = 1; c < 256; c++) {
			strcpy(other, text);
			other[i] = (char)c;
			taken += c != (unsigned char)text[i] && parses(other, D, 7, a);
		}
	check(taken == 0, "no letter may change", text);
	for (size_t len = 0; len < strlen(text); len++) {
		snprintf(other, sizeof(other), "%.*s", (int)len, text);
		check(!parses(other, D, 7, a), "cut", other);
		check(!parses(text + len + 1, D, 7, a), "cut in front", text + len + 1);
	}
	static const char *const more[] = { "A", "AA", "=", "==", " ", "\n", "AAAAAA" };
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		snprintf(other, sizeof(other), "%s%s", text, more[i]);
		check(!parses(other, D, 7, a), "with more behind", more[i]);
	}
}

static void
test_foreign(arena_t *a)
{
	static const char *const foreign[] = {
		"", "0", "-1", "A", "AA", "AAAA", "====", "id: 7", "null", "../../etc/passwd", "%00", "\xff\xfe",
		"驻村", "CgY1MTE3MDM",                  /* a district alone, without its check */
	};
	char big[8192];

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		check(!parses(foreign[i], D, 7, a), "foreign", foreign[i]);
	memset(big, 'A', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	check(!parses(big, D, 7, a), "far too long", "");
}

/* With a check that is right, made by somebody who knows how. */
static void
test_forged(arena_t *a)
{
	static const int64_t below[7] = { 1, 2, -3, 4, 5, 6, 7 };
	char text[POSITION_TEXT_MAX];
	struct position p;

	memcpy(p.seq, below, sizeof(below));
	position_text(D, &p, 7, text);
	check(!parses(text, D, 7, a), "a number below zero", text);
}

int
main(void)
{
	arena_t *a = arena_open(1 << 20);

	test_there_and_back(a);
	test_changed(a);
	test_foreign(a);
	test_forged(a);
	arena_close(&a);
	return tally_end();
}
