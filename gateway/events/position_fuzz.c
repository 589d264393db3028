/* How it tests: libFuzzer's bytes are taken two ways.
 *
 *   as a text    that a client brings back: when it is taken, it is exactly what we would have written for that place.
 *   as numbers   of a place: written, read again, the same; with any one letter changed, refused.
 *
 * tests/run-fuzz.sh builds and runs it. */
#include "events/position.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define DISTRICT "511703"
enum { SERVICES = 7, INPUT_MAX = 4096, ARENA_BYTES = 1 << 20 };

static void
must(bool held)
{
	if (!held)
		abort();
}

static void
as_text(const uint8_t *bytes, size_t len, arena_t *a)
{
	char again[POSITION_TEXT_MAX];
	struct position p;
	char *text = arena_strndup(a, (const char *)bytes, len);

	if (!position_parse(text, DISTRICT, SERVICES, &p, a))
		return;
	for (size_t i = 0; i < SERVICES; i++)
		must(p.seq[i] >= 0);
	bool same = false;                      /* it may be from when there were fewer services */
	for (size_t n = 0; n <= SERVICES && !same; n++) {
		position_text(DISTRICT, &p, n, again);
		same = strcmp(again, text) == 0;
	}
	must(same);
}

static void
as_numbers(const uint8_t *bytes, size_t len, arena_t *a)
{
	struct position p = { 0 }, back;
	char text[POSITION_TEXT_MAX];
	size_t n = len / sizeof(p.seq[0]) < SERVICES ? len / sizeof(p.seq[0]) : SERVICES;

	if (n)
		memcpy(p.seq, bytes, n * sizeof(p.seq[0]));
	for (size_t i = 0; i < n; i++)
		p.seq[i] &= INT64_MAX;
	position_text(DISTRICT, &p, SERVICES, text);
	must(position_parse(text, DISTRICT, SERVICES, &back, a) && memcmp(&p, &back, sizeof(p)) == 0);
	char *at = &text[len ? bytes[len - 1] % strlen(text) : 0];
	*at = *at == 'A' ? 'B' : 'A';
	must(!position_parse(text, DISTRICT, SERVICES, &back, a));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > INPUT_MAX)
		return 0;
	arena_t *a = arena_open(ARENA_BYTES);

	as_text(bytes, len, a);
	as_numbers(bytes, len, a);
	arena_close(&a);
	return 0;
}
