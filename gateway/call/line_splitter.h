/* cutter - cuts a stream of bytes into lines.  Pure.
 *
 * A line's bytes are those before its newline; one over the bound is told as too long, once, and dropped. */
#pragma once
#include "http/bytes.h"
#include <stdbool.h>

struct cutter {
	size_t line_max;
	struct bytes held;              /* the beginning of a line whose end has not come */
	bool long_one, begun;
};
struct cut { const char *text; size_t len; bool too_long; };

/* Takes bytes up to and including the next newline, n at most.  How many; *done says whether *cut is a line, valid until the
 * next call and as long as p. */
size_t cutter_take(struct cutter *c, const char *p, size_t n, struct cut *cut, bool *done);
/* No more comes: a last line without its newline, if there is one. */
bool cutter_end(struct cutter *c, struct cut *cut);
void cutter_free(struct cutter *c);
