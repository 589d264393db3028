#include "domain/mention.h"
#include <stdlib.h>
#include <string.h>

#define OPEN "⟦"
#define CLOSE "⟧"

const char *const mention_kinds[] = { "person", "unit", "village", "township", NULL };

char *
mention_of(const char *kind, const char *id, arena_t *a)
{
	return arena_printf(a, OPEN "%s/%s" CLOSE, kind, id);
}

bool
mention_read(const char *ref, size_t len, arena_t *a, struct mentioned *out)
{
	char *copy = arena_strndup(a, ref, len), *slash = strchr(copy, '/'), *at = slash ? strchr(slash, '@') : NULL;
	size_t k = 0;

	if (!slash)
		return false;
	*slash = '\0';
	if (at)
		*at = '\0';
	while (mention_kinds[k] && strcmp(mention_kinds[k], copy) != 0)
		k++;
	*out = (struct mentioned){ mention_kinds[k], slash + 1, at ? strtoll(at + 1, NULL, 10) : INT64_MAX };
	return mention_kinds[k] && slash[1] && out->seq > 0;
}

bool
mention_next(const char *text, struct mention *m)
{
	const char *begin = strstr(text, OPEN), *close = begin ? strstr(begin, CLOSE) : NULL;

	if (!close)
		return false;
	*m = (struct mention){ .begin = begin, .ref = begin + strlen(OPEN), .end = close + strlen(CLOSE) };
	m->ref_len = (size_t)(close - m->ref);
	return true;
}

/* What is said in place of m; NULL: it only looks like a mention, and stays as it is. */
static const char *
said_for(const struct mention *m, mention_name_fn *name, void *ctx, arena_t *a)
{
	struct mentioned what;

	if (!mention_read(m->ref, m->ref_len, a, &what))
		return NULL;
	const char *called = name ? name(ctx, arena_strndup(a, m->ref, m->ref_len)) : NULL;
	return called ? called : what.id;
}

/* A run of the result: of the text itself, or a name. */
struct run { struct run *next; const char *text; size_t len; };

static struct run **
run_add(struct run **end, const char *text, size_t len, arena_t *a)
{
	*end = arena_copy(a, &(struct run){ .text = text, .len = len }, sizeof(**end));
	return &(*end)->next;
}

static char *
runs_joined(const struct run *first, arena_t *a)
{
	size_t len = 0;

	for (const struct run *r = first; r; r = r->next)
		len += r->len;
	char *out = arena_alloc(a, len + 1), *at = out;
	for (const struct run *r = first; r; r = r->next)
		at = mempcpy(at, r->text, r->len);
	return out;
}

/* The result is copied once, when its length is known: what a text costs grows as the text does, and not as its square.
 */
char *
mention_fill(const char *text, mention_name_fn *name, void *ctx, arena_t *a)
{
	struct run *first = NULL, **end = &first;
	const char *from = text;
	struct mention m;

	for (const char *at = text; mention_next(at, &m); at = m.end) {
		const char *said = said_for(&m, name, ctx, a);
		if (!said)
			continue;
		end = run_add(end, from, (size_t)(m.begin - from), a);
		end = run_add(end, said, strlen(said), a);
		from = m.end;
	}
	run_add(end, from, strlen(from), a);
	return runs_joined(first, a);
}
