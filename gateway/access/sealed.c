#include "access/sealed.h"
#include "bus/sealed_kind.h"

enum { DEPTH_MAX = 8 };         /* no answer is deeper */

bool
sealed_may_see(const struct identity *who)
{
	return who->operator || sealed_seen_by(who->roles, who->nroles);
}

/* A case, or something of one.  A rule of the policy names a kind too, but it is nobody's. */
static bool
is_sealed(const json_t *j)
{
	const char *kind = json_string_value(json_object_get(j, "kind"));

	return kind && sealed_kind(kind) && (json_object_get(j, "id") || json_object_get(j, "finding_id"));
}

static size_t
strip(json_t *j, int depth)
{
	const char *name;
	json_t *inner;
	size_t n = 0;

	if (depth == DEPTH_MAX)
		return 0;
	for (size_t i = json_array_size(j); i-- > 0;)
		if (is_sealed(json_array_get(j, i))) {
			json_array_remove(j, i);
			n++;
		} else {
			n += strip(json_array_get(j, i), depth + 1);
		}
	json_object_foreach(j, name, inner)
		n += strip(inner, depth + 1);
	return n;
}

size_t
sealed_strip(json_t *answer)
{
	if (!is_sealed(answer))
		return strip(answer, 0);
	json_object_clear(answer);
	return 1;
}

/* ---- events */

/* A thing is as sealed as what it is about: {finding: {kind}}, {measure: {kind}}, or a message that says so of
 * itself. */
static bool
is_about_sealed(const json_t *j, int depth)
{
	const char *name;
	json_t *inner;

	if (is_sealed(j) || json_is_true(json_object_get(j, "sealed")))
		return true;
	json_object_foreach((json_t *)j, name, inner)
		if (depth < DEPTH_MAX && json_is_object(inner) && is_about_sealed(inner, depth + 1))
			return true;
	return false;
}

static size_t
remove_sealed(json_t *list)
{
	size_t removed = 0;

	for (size_t i = json_array_size(list); i-- > 0;)
		if (is_about_sealed(json_array_get(list, i), 0)) {
			json_array_remove(list, i);
			removed++;
		}
	return removed;
}

/* One event says all that one input moved: when the sealed part goes, so does which finding it was. */
bool
events_sealed(json_t *data)
{
	const char *name;
	json_t *inner;

	if (is_about_sealed(data, 0))
		return true;
	json_object_foreach(data, name, inner)
		if (json_is_array(inner) && remove_sealed(inner)) {
			if (json_array_size(inner) == 0)
				return true;
			if (json_object_get(data, "finding_id"))
				json_object_set_new(data, "finding_id", json_string(""));
		}
	return false;
}
