/* How it tests: libFuzzer's bytes are a stream, its first byte how it is cut into pieces.  The lines that come out are
 * those that stand between the newlines, however it was cut; one over the bound is told once, as too long, and nothing
 * of it is kept.
 *
 * tests/run-fuzz.sh builds and runs it. */
#include "call/line_splitter.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { LINE_MAX_HERE = 64 };

static void
must(bool held)
{
	if (!held)
		abort();
}

/* The next line of [*at, end), by the plainest way there is. */
static void
must_be_next(const char **at, const char *end, const struct line *cut)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));
	size_t n = newline ? (size_t)(newline - *at) : (size_t)(end - *at);

	must(cut->too_long == (n > LINE_MAX_HERE));
	must(cut->too_long || (cut->len == n && !memcmp(cut->text, *at, n)));
	*at += n + (newline != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct line_splitter c = { .line_max = LINE_MAX_HERE };
	struct line cut;
	size_t piece = len ? 1 + bytes[0] % 97 : 1;
	bool done;

	if (!len)
		return 0;
	const char *text = (const char *)bytes + 1, *end = text + len - 1, *want = text;
	while (text < end) {
		size_t n = (size_t)(end - text) < piece ? (size_t)(end - text) : piece;
		char *copy = malloc(n);         /* so that what is not kept is not readable */
		memcpy(copy, text, n);
		for (size_t at = 0; at < n;) {
			size_t took = line_splitter_take(&c, copy + at, n - at, &cut, &done);
			must(took > 0 && took <= n - at && (done || at + took == n));
			if (done)
				must_be_next(&want, end, &cut);
			at += took;
		}
		free(copy);
		text += n;
	}
	must(line_splitter_end(&c, &cut) == (want < end));
	if (want < end)
		must_be_next(&want, end, &cut);
	must(want == end);
	line_splitter_free(&c);
	return 0;
}
