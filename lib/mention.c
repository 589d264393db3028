#include "mention.h"
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

/* What only looks like a mention stays as it is. */
char *
mention_fill(const char *text, mention_name_fn *name, void *ctx, arena_t *a)
{
	char *out = arena_strdup(a, "");
	struct mentioned what;
	struct mention m;

	while (mention_next(text, &m)) {
		bool is = mention_read(m.ref, m.ref_len, a, &what);
		const char *said = is && name ? name(ctx, arena_strndup(a, m.ref, m.ref_len)) : NULL;
		if (!said)
			said = is ? what.id : arena_strndup(a, m.begin, (size_t)(m.end - m.begin));
		out = arena_printf(a, "%s%.*s%s", out, (int)(m.begin - text), text, said);
		text = m.end;
	}
	return arena_printf(a, "%s%s", out, text);
}
