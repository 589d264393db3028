#include "call/line_splitter.h"
#include <string.h>

static void
hold(struct line_splitter *c, const char *p, size_t n)
{
	if (c->long_one || n > c->line_max - c->held.len)
		c->long_one = true;
	else
		bytes_append(&c->held, p, n);
	c->begun |= n > 0;
}

static void
cut_held(struct line_splitter *c, struct line *cut)
{
	*cut = (struct line){ .text = c->held.p ? c->held.p : "", .len = c->held.len, .too_long = c->long_one };
	c->held.len = 0;
	c->long_one = c->begun = false;
}

/* A line that lies whole in p is not copied. */
size_t
line_splitter_take(struct line_splitter *c, const char *p, size_t n, struct line *cut, bool *done)
{
	const char *end = memchr(p, '\n', n);
	size_t len = end ? (size_t)(end - p) : n;

	*done = end != NULL;
	if (end && !c->begun && len <= c->line_max) {
		*cut = (struct line){ .text = p, .len = len };
		return len + 1;
	}
	hold(c, p, len);
	if (end)
		cut_held(c, cut);
	return len + (end != NULL);
}

bool
line_splitter_end(struct line_splitter *c, struct line *cut)
{
	if (!c->begun)
		return false;
	cut_held(c, cut);
	return true;
}

void
line_splitter_free(struct line_splitter *c)
{
	bytes_free(&c->held);
}
