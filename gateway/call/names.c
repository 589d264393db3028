#include "call/names.h"
#include "domain/mention.h"
#include <string.h>

enum { DEPTH_MAX = 16 };        /* no answer is deeper */

static void
collect(const json_t *j, json_t *refs, json_t *seen, arena_t *a, int depth)
{
	struct mentioned what;
	struct mention m;
	const char *name;
	json_t *inner;
	size_t i;

	if (depth == DEPTH_MAX)
		return;
	for (const char *at = json_string_value(j); at && mention_next(at, &m); at = m.end) {
		char *ref = arena_strndup(a, m.ref, m.ref_len);
		if (!mention_read(m.ref, m.ref_len, a, &what) || json_object_get(seen, ref))
			continue;
		json_object_set_new(seen, ref, json_true());
		json_array_append_new(refs, json_string(ref));
	}
	json_array_foreach(j, i, inner)
		collect(inner, refs, seen, a, depth + 1);
	json_object_foreach((json_t *)j, name, inner)
		collect(inner, refs, seen, a, depth + 1);
}

json_t *
names_mentioned(const json_t *answer, arena_t *a)
{
	json_t *refs = json_array(), *seen = json_object();

	collect(answer, refs, seen, a, 0);
	json_decref(seen);
	return refs;
}

static const char *
name_in(void *ctx, const char *ref)
{
	return json_string_value(json_object_get(ctx, ref));
}

static json_t *
filled(const json_t *text, const json_t *names, arena_t *a)
{
	struct mention m;

	if (!json_is_string(text) || !mention_next(json_string_value(text), &m))
		return NULL;
	return json_string(mention_fill(json_string_value(text), name_in, (void *)names, a));
}

static void
fill(json_t *j, const json_t *names, arena_t *a, int depth)
{
	const char *name;
	json_t *inner, *text;
	size_t i;

	if (depth == DEPTH_MAX)
		return;
	json_array_foreach(j, i, inner)
		if ((text = filled(inner, names, a)))
			json_array_set_new(j, i, text);
		else
			fill(inner, names, a, depth + 1);
	json_object_foreach(j, name, inner)
		if ((text = filled(inner, names, a)))
			json_object_set_new(j, name, text);
		else
			fill(inner, names, a, depth + 1);
}

void
names_fill(json_t *answer, const json_t *names, arena_t *a)
{
	fill(answer, names, a, 0);
}
