/* routes_test - the table against the messages it names, and finding a row by its path.
 *
 * How: every row is walked with its descriptors; a table of paths. */
#include "routes/routes.h"
#include "files/sheet.h"
#include "harness/tally.h"
#include "http/target.h"
#include "json/json_pb.h"
#include <stdio.h>
#include <string.h>

/* ---- the table */

static bool
names_hold(const char *names, const char *name, size_t len)
{
	for (; names && *names; names += strcspn(names, " "), names += *names == ' ')
		if (strcspn(names, " ") == len && memcmp(names, name, len) == 0)
			return true;
	return false;
}

static bool
is_command(const struct route *r)
{
	return r->kind == ROUTE_COMMAND || r->kind == ROUTE_ACCOUNT;
}

/* Each name in the path is a member of every message asked, takes an id, and cannot be given in the body. */
static void
check_path_names(const struct route *r, arena_t *a)
{
	for (const char *p = strchr(r->path, '{'); p; p = strchr(p + 1, '{')) {
		size_t len = strcspn(++p, "}");
		if (len == 8 && memcmp(p, "district", 8) == 0)
			continue;
		for (int i = 0; i < (r->kind == ROUTE_EXPORT ? 1 : ROUTE_PARTS_MAX) && r->parts[i].service; i++)
			check(json_field_from_text(arena_message(a, r->parts[i].ask), arena_strndup(a, p, len), "x-1",
			                           a),
			      "a path's name is a member that takes an id", r->path);
		if (is_command(r))
			check(names_hold(r->hidden, p, len), "a path's name is hidden from the body", r->path);
	}
}

/* A line of a batch shows strings and enums of the answer. */
static void
check_line_members(const struct route *r, arena_t *a)
{
	check(r->line_members && *r->line_members, "a batch names its answer's members", r->path);
	for (const char *p = r->line_members; *p; p += strcspn(p, " "), p += *p == ' ') {
		char *name = arena_strndup(a, p, strcspn(p, " "));
		const ProtobufCFieldDescriptor *f =
			protobuf_c_message_descriptor_get_field_by_name(r->parts[0].answer, name);
		check(f && f->label != PROTOBUF_C_LABEL_REPEATED && !(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
		              (f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_ENUM),
		      "a line shows a string or an enum", name);
	}
}

static const ProtobufCFieldDescriptor *
member_of(const ProtobufCMessageDescriptor *d, const char *name)
{
	return d ? protobuf_c_message_descriptor_get_field_by_name(d, name) : NULL;
}

static const ProtobufCMessageDescriptor *
item_of(const struct route_part *part)
{
	const ProtobufCFieldDescriptor *items = part->answer ? member_of(part->answer, "items") : NULL;
	return items && items->label == PROTOBUF_C_LABEL_REPEATED && items->type == PROTOBUF_C_TYPE_MESSAGE
	               ? items->descriptor
	               : NULL;
}

/* The list has pages; each column is a text or a number of an item; persons are asked for by person_ids. */
static void
check_export(const struct route *r, arena_t *a)
{
	const ProtobufCMessageDescriptor *list = r->parts[0].ask, *persons = r->parts[1].ask;
	int n = 0;

	check(json_field_from_text(arena_message(a, list), "limit", "200", a) &&
	              json_field_from_text(arena_message(a, list), "cursor", "00", a) &&
	              member_of(r->parts[0].answer, "next"),
	      "an export has pages", r->path);
	check(!persons ||
	              (member_of(persons, "person_ids") &&
	               member_of(persons, "person_ids")->label == PROTOBUF_C_LABEL_REPEATED &&
	               member_of(item_of(&r->parts[0]), "person_id") && member_of(item_of(&r->parts[1]), "person_id")),
	      "persons are asked for by their ids", r->path);
	for (const struct route_column *c = r->columns; c->member; c++, n++) {
		const ProtobufCFieldDescriptor *f = member_of(item_of(&r->parts[c->part]), c->member);
		check(f && f->type == (c->as.kind == CELL_TEXT ? PROTOBUF_C_TYPE_STRING : PROTOBUF_C_TYPE_INT64),
		      "a column is a text or money", c->member);
	}
	check(n > 0 && n <= SHEET_COLUMNS_MAX && r->columns[0].as.kind == CELL_TEXT, "columns, the first a text",
	      r->path);
	check(strlen(r->file) <= 16, "the file's name fits", r->file);
}

/* What several answers have in common is said by the first of them; a member may not be silently lost. */
static void
check_merge(const struct route *r)
{
	for (int i = 1; i < ROUTE_PARTS_MAX && r->parts[i].service; i++)
		for (unsigned k = 0; k < r->parts[i].answer->n_fields; k++)
			for (int j = 0; j < i; j++)
				check(!protobuf_c_message_descriptor_get_field_by_name(
					      r->parts[j].answer, r->parts[i].answer->fields[k].name),
				      "merged answers have no member in common", r->parts[i].answer->fields[k].name);
}

static bool
is_optional(const ProtobufCMessageDescriptor *d, const char *hidden)
{
	for (unsigned i = 0; i < d->n_fields; i++)
		if (!(d->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
		    d->fields[i].label != PROTOBUF_C_LABEL_REPEATED &&
		    !names_hold(hidden, d->fields[i].name, strlen(d->fields[i].name)))
			return false;
	return true;
}

static void
check_flags(const struct route *r)
{
	bool post = strcmp(r->method, "POST") == 0;
	bool write = is_command(r) || r->kind == ROUTE_NDJSON || r->kind == ROUTE_FILE || r->kind == ROUTE_LOGIN ||
	             r->kind == ROUTE_OWN_PASSWORD || r->kind == ROUTE_STEP_UP || r->kind == ROUTE_UPLOAD;

	check(write == (post || strcmp(r->method, "PUT") == 0), "orders are PUT or POST, reads GET", r->path);
	if (strcmp(r->method, "PUT") == 0)
		check(r->flags & ROUTE_REPEATABLE, "a PUT may be repeated", r->path);
	check(!(r->flags & ROUTE_KEYED) || post, "a key belongs to a POST", r->path);
	check(!post || r->flags & (ROUTE_KEYED | ROUTE_MANUAL_CLOCK | ROUTE_STRANGERS) || r->kind == ROUTE_STEP_UP,
	      "every POST but the clock's and those with a password has a key", r->path);
	check(strcmp(r->method, "DELETE") != 0 || r->kind == ROUTE_LOGOUT, "nothing is deleted but sessions", r->path);
	bool public = strncmp(r->path, "/api/v1/public/", 15) == 0 && r->kind == ROUTE_QUERY;
	check(!(r->flags & ROUTE_STRANGERS) || r->kind == ROUTE_LOGIN || public,
	      "who has no token may do nothing but log in, and read what is public", r->path);
	check(!public || r->flags & ROUTE_STRANGERS, "what is public is everybody's", r->path);
	check((strstr(r->path, "{district}") != NULL) == !(r->flags & (ROUTE_ANYWHERE | ROUTE_OPEN)),
	      "a path has a district or is marked", r->path);
	if (is_command(r))
		check((post && is_optional(r->parts[0].ask, r->hidden)) == !!(r->flags & ROUTE_BODY_OPTIONAL),
		      "the body of a POST may be left out just when all of it is optional", r->path);
}

/* The file and its charset become the two members that the query may not give. */
static void
check_file(const struct route *r)
{
	static const ProtobufCType types[] = { PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_STRING };
	char names[64], *rest = names;

	snprintf(names, sizeof(names), "%s", r->hidden ? r->hidden : "");
	for (int i = 0; i < 2; i++) {
		const char *name = rest ? strsep(&rest, " ") : "";
		const ProtobufCFieldDescriptor *f =
			protobuf_c_message_descriptor_get_field_by_name(r->parts[0].ask, name);
		check(f && f->type == types[i] && f->label != PROTOBUF_C_LABEL_REPEATED &&
		              !(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF),
		      "a file and its charset become members", r->path);
	}
	check(!rest, "nothing else is hidden", r->path);
	check(r->media && !r->parts[1].service, "a file has a type, and one owner", r->path);
}

static bool
has_member(const struct route *r, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(r->parts[0].ask, name) ||
	       protobuf_c_message_descriptor_get_field_by_name(r->parts[0].answer, name);
}

/* Whoever sees only what is his own must find in the row where to look for whose a thing is; who orders, orders for
 * himself. */
static void
check_who(const struct route *r)
{
	bool limited = r->who & WHO_LIMITED, all = r->who == WHO_ANYBODY;

	check(r->who & WHO_OPERATOR, "a row says who may use it", r->path);
	check((r->who & ~WHO_ANYBODY) == 0, "roles that are", r->path);
	if (is_command(r) || r->kind == ROUTE_NDJSON || r->kind == ROUTE_FILE)
		check(!(r->who & ROLE(AUDITOR)) &&
		              (!limited || ((r->who & WHO_LIMITED) == ROLE(CADRE) && r->about == ABOUT_BODY) ||
		               (r->flags & ROUTE_PHONE_WHOLE && r->about == ABOUT_PERSON)),
		      "auditors and limited roles order nothing, but a cadre for himself, and who is in charge a phone",
		      r->path);
	if (r->kind == ROUTE_UPLOAD)            /* what is sent is nobody's until a thing names it */
		return;
	check(!limited || all || r->kind == ROUTE_QUERY || is_command(r) || r->kind == ROUTE_NDJSON,
	      "a kind of route that judges reach", r->path);
	check(!limited || all || r->about != ABOUT_DISTRICT,
	      "limited roles see the whole district only where everybody does", r->path);
	if (r->about >= ABOUT_PERSON && r->about <= ABOUT_TOWNSHIP)
		check(strstr(r->path, "{id}") != NULL, "the path names what it is about", r->path);
	if (r->about == ABOUT_BODY)
		check(has_member(r, "person_id"), "the body names whose it is", r->path);
	if (r->about == ABOUT_ANSWER)
		check(has_member(r, "person_id") || has_member(r, "subject"), "the answer names whose it is", r->path);
	if (r->about == ABOUT_QUERY && limited)
		check(has_member(r, "person_id") || has_member(r, "unit_id") || has_member(r, "village_id") ||
		              has_member(r, "township_id"),
		      "the query can narrow it", r->path);
}

static void
check_row(const struct route *r, arena_t *a)
{
	check_flags(r);
	check_path_names(r, a);
	if (r->kind == ROUTE_EXPORT)
		check_export(r, a);
	else
		check_merge(r);
	check_who(r);
	if (r->kind == ROUTE_NDJSON)
		check_line_members(r, a);
	if (r->kind == ROUTE_FILE)
		check_file(r);
}

static void
test_table(void)
{
	arena_t *a = arena_open(1 << 20);

	for (size_t i = 0; i < routes_count(); i++, arena_reset(a)) {
		const struct route *r = route_at(i), *other;
		check_row(r, a);
		check(route_number(r) == i, "a row's number", r->path);
		for (size_t k = 0; k < i; k++) {
			other = route_at(k);
			check(strcmp(r->method, other->method) || strcmp(r->path, other->path), "rows differ", r->path);
		}
	}
	arena_close(&a);
}

/* ---- finding */

#define D "/api/v1/districts/511703"
static const struct {
	const char *method, *target;
	enum route_found found;
	const char *path;               /* of the row; or what is allowed */
} cases[] = {
	{ "GET", D, ROUTE_FOUND, "/api/v1/districts/{district}" },
	{ "HEAD", D, ROUTE_FOUND, "/api/v1/districts/{district}" },
	{ "PUT", D "/persons/p-1", ROUTE_FOUND, "/api/v1/districts/{district}/persons/{id}" },
	{ "PUT", D "/persons/p%2D1", ROUTE_FOUND, "/api/v1/districts/{district}/persons/{id}" },
	{ "GET", D "/persons?limit=1", ROUTE_FOUND, "/api/v1/districts/{district}/persons" },
	{ "POST", D "/findings:batch", ROUTE_FOUND, "/api/v1/districts/{district}/findings:batch" },
	{ "POST", D "/findings/F1/confirm", ROUTE_FOUND, "/api/v1/districts/{district}/findings/{id}/confirm" },
	{ "POST", D "/imports?kind=units", ROUTE_FOUND, "/api/v1/districts/{district}/imports" },
	{ "GET", "/livez", ROUTE_FOUND, "/livez" },
	{ "POST", D "/findings/F1/Confirm", ROUTE_NONE, "" },
	{ "GET", D "/persons/", ROUTE_NONE, "" },
	{ "GET", D "/", ROUTE_NONE, "" },
	{ "GET", "/api/v1/districts/51170", ROUTE_NONE, "" },
	{ "GET", "/api/v1/districts/51170x", ROUTE_NONE, "" },
	{ "PUT", D "/persons/a%20b", ROUTE_NONE, "" },
	{ "PUT", D "/persons/a%2Fb", ROUTE_NONE, "" },
	{ "PUT", D "/persons/a%00b", ROUTE_NONE, "" },
	{ "PUT", D "/persons/a%zz", ROUTE_NONE, "" },
	{ "PUT", D "/persons/%", ROUTE_NONE, "" },
	{ "PUT", D "/persons/0123456789012345678901234567890123456789012345678901234567890123", ROUTE_FOUND,
	  "/api/v1/districts/{district}/persons/{id}" },
	{ "PUT", D "/persons/01234567890123456789012345678901234567890123456789012345678901234", ROUTE_NONE, "" },
	{ "GET", "", ROUTE_NONE, "" },
	{ "GET", "*", ROUTE_NONE, "" },
	{ "GET", "http://x/livez", ROUTE_NONE, "" },
	{ "GET", "//livez", ROUTE_NONE, "" },
	{ "GET", "/a/b/c/d/e/f/g/h/i/j/k/l/m", ROUTE_NONE, "" },
	{ "DELETE", D "/persons/p-1", ROUTE_OTHER_METHOD, "PUT, GET, HEAD" },
	{ "OPTIONS", D "/findings:batch", ROUTE_OTHER_METHOD, "POST" },
	{ "get", "/livez", ROUTE_OTHER_METHOD, "GET, HEAD" },
};

static enum route_found
find(const char *method, const char *target, bool manual, struct route_match *m, char allow[ROUTE_ALLOW_MAX],
     arena_t *a)
{
	char *segments[ROUTE_SEGMENTS_MAX];
	int n = target_segments(target, a, segments, ROUTE_SEGMENTS_MAX);

	allow[0] = '\0';
	return n < 0 ? ROUTE_NONE : route_find(method, segments, n, manual, m, allow);
}

static void
test_finding(void)
{
	arena_t *a = arena_open(1 << 20);
	struct route_match m;
	char allow[ROUTE_ALLOW_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum route_found found = find(cases[i].method, cases[i].target, false, &m, allow, a);
		check(found == cases[i].found, "found or not", cases[i].target);
		if (found == cases[i].found && found == ROUTE_FOUND)
			check(strcmp(m.route->path, cases[i].path) == 0, "the right row", cases[i].target);
		if (found == ROUTE_OTHER_METHOD)
			check(strcmp(allow, cases[i].path) == 0, "Allow", allow);
	}
	find("GET", D "/persons/p%2D1/standing?on=2017-09-08", false, &m, allow, a);
	check(strcmp(route_district(&m), "511703") == 0 && m.nparams == 2 && strcmp(m.params[1].value, "p-1") == 0,
	      "what stands in the path is taken, decoded", m.params[1].value);
	check(find("POST", "/api/v1/clock", false, &m, allow, a) == ROUTE_NONE, "no clock to be moved", "real");
	check(find("POST", "/api/v1/clock", true, &m, allow, a) == ROUTE_FOUND, "a clock to be moved", "manual");
	arena_close(&a);
}

int
main(void)
{
	test_table();
	test_finding();
	return tally_end();
}
