#include "call/names.h"
#include "base/ids.h"
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

/* ---- beside ids */

/* A member that ends so holds ids of that kind.  of: what a name has beside it; NULL: the name is all. */
static const struct { const char *kind, *list, *one, *many, *of; } kinds[] = {
	{ "person", "persons", "person_id", "person_ids", "unit_id" },
	{ "unit", "units", "unit_id", "unit_ids", NULL },
	{ "village", "villages", "village_id", "village_ids", "township_id" },
	{ "township", "townships", "township_id", "township_ids", NULL },
	{ "account", "accounts", "account", "deputy_for", "person_id" },
	{ "account", "accounts", "owner", "noted_by", "person_id" },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* head_person_id is as good as person_id. */
static bool
is_called(const char *member, const char *so)
{
	size_t len = strlen(member), end = strlen(so);

	return len >= end && strcmp(member + len - end, so) == 0 && (len == end || member[len - end - 1] == '_');
}

static const char *
kind_of(const char *member)
{
	for (int i = 0; i < KINDS; i++)
		if (is_called(member, kinds[i].one) || is_called(member, kinds[i].many))
			return kinds[i].kind;
	return NULL;
}

static void
id_take(const char *kind, const json_t *id, json_t *refs, json_t *seen)
{
	json_t *ref;

	if (!json_is_string(id) || !id_valid(json_string_value(id)) || json_array_size(refs) == NAMES_BESIDE_MAX)
		return;
	ref = json_sprintf("%s/%s", kind, json_string_value(id));
	if (!json_object_get(seen, json_string_value(ref))) {
		json_object_set_new(seen, json_string_value(ref), json_true());
		json_array_append(refs, ref);
	}
	json_decref(ref);
}

static void
ids_collect(const char *kind, const json_t *j, json_t *refs, json_t *seen, int depth)
{
	const char *name;
	json_t *inner;
	size_t i;

	if (depth == DEPTH_MAX)
		return;
	if (kind)
		id_take(kind, j, refs, seen);
	json_array_foreach(j, i, inner)
		ids_collect(kind, inner, refs, seen, depth + 1);
	json_object_foreach((json_t *)j, name, inner)
		ids_collect(kind_of(name), inner, refs, seen, depth + 1);
}

json_t *
names_ids(const json_t *answer)
{
	json_t *refs = json_array(), *seen = json_object();

	ids_collect(NULL, answer, refs, seen, 0);
	json_decref(seen);
	return refs;
}

json_t *
names_none(void)
{
	json_t *names = json_object();

	for (int i = 0; i < KINDS; i++)
		json_object_set_new(names, kinds[i].list, json_object());
	return names;
}

void
names_add(json_t *names, const char *kind, const char *id, const char *name, const char *of)
{
	int i = 0;

	while (i < KINDS && strcmp(kinds[i].kind, kind) != 0)
		i++;
	if (i == KINDS)
		return;
	json_t *said = kinds[i].of ? json_object() : json_string(name);
	if (kinds[i].of && *name)
		json_object_set_new(said, "name", json_string(name));
	if (kinds[i].of && *of)
		json_object_set_new(said, kinds[i].of, json_string(of));
	json_object_set_new(json_object_get(names, kinds[i].list), id, said);
}
