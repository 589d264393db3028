/* line_splitter - cuts a stream of bytes into lines.  Pure.
 *
 * A line's bytes are those before its newline; one over the bound is told as too long, once, and dropped. */
#pragma once
#include "http/bytes.h"
#include <stdbool.h>

struct line_splitter {
	size_t line_max;
	struct bytes held;              /* the beginning of a line whose end has not come */
	bool long_one, begun;
};
struct line { const char *text; size_t len; bool too_long; };

/* Takes bytes up to and including the next newline, n at most.  How many; *done says whether *cut is a line, valid
 * until the next call and as long as p. */
size_t line_splitter_take(struct line_splitter *c, const char *p, size_t n, struct line *cut, bool *done);
/* No more comes: a last line without its newline, if there is one. */
bool line_splitter_end(struct line_splitter *c, struct line *cut);
void line_splitter_free(struct line_splitter *c);
