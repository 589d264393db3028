/* export - a list as a file: pages of it are read one by one, what another service knows of a page's persons is read
 * beside it, and both become rows of a sheet.
 *
 *   in:   the pages, the persons
 *   out:  one file, with a name
 *   owns: the sheet in the making
 *
 * A page at a time is in memory, however long the list.  The list must not change between pages; its owner sees to
 * that. */
#include "files/export.h"
#include "access/fairness.h"
#include "call/bind.h"
#include "call/query.h"
#include "files/sheet.h"
#include "http/target.h"
#include "json/json_pb.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	EXPORTS_MAX = 8,                        /* at once */
	PACKED_LOOK_US = 10 * 1000,             /* how often we look whether a file is packed */
};
#define PAGE_LINES "200"                        /* with 500 the persons' answer could pass 256 KiB */
enum { LIST, PERSONS };                         /* parts of a call */

struct export {
	enum sheet_format format;
	sheet_t *sheet;                         /* NULL before the first page */
	bool packing;
};

static void
release(call_t *c)
{
	c->api->nexports--;
	c->api->npacking -= c->export->packing;
	sheet_close(&c->export->sheet);
	free(c->export);
	c->export = NULL;
}

static const struct route *
route_of(const call_t *c)
{
	return c->match.route;
}

/* ---- the end */

static void
file_name(const call_t *c, struct reply *r)
{
	char name[REPLY_VALUE_MAX];
	int n = snprintf(name, sizeof(name), "attachment; filename=\"%s", route_of(c)->file);

	for (int i = 0; i < c->match.nparams && n < (int)sizeof(name); i++)
		n += snprintf(name + n, sizeof(name) - (size_t)n, "-%s", c->match.params[i].value);
	if (n < (int)sizeof(name))
		n += snprintf(name + n, sizeof(name) - (size_t)n, ".%s\"", sheet_formats[c->export->format]);
	assert(n < (int)sizeof(name));          /* routes_test has looked how long it can be */
	reply_header(r, "Content-Disposition", name);
}

static void
export_reply(call_t *c)
{
	struct reply r = REPLY_NONE;

	r.status = 200;
	if (sheet_give(c->export->sheet, &r)) {
		file_name(c, &r);
		call_reply(c, &r);
	} else {
		call_refuse(c, REFUSED_DISK, NULL);
	}
}

static void
export_end(call_t *c)
{
	sheet_end(c->export->sheet);
	if (sheet_ended(c->export->sheet)) {
		export_reply(c);
		return;
	}
	c->export->packing = true;
	c->api->npacking++;
}

/* Replies to those whose file is packed; at the end of all (`wait`) to those, too, whose file is not. */
static void
packed_reply(api_t *api, bool wait)
{
	for (call_t *c = api->calls, *next; c; c = next) {
		next = c->next;
		if (c->export && c->export->packing && (wait || sheet_ended(c->export->sheet)))
			export_reply(c);
	}
}

int64_t
export_tick(api_t *api, int64_t mono_us)
{
	if (api->npacking)
		packed_reply(api, false);
	return api->npacking ? mono_us + PACKED_LOOK_US : INT64_MAX;
}

void
export_give_up(api_t *api)
{
	packed_reply(api, true);
}

/* ---- rows */

static json_t *
items_of(const struct part *p)
{
	return json_object_get(p->json, "items");
}

static const char *
person_id_of(const json_t *item)
{
	const char *id = json_string_value(json_object_get(item, "person_id"));
	return id ? id : "";
}

/* Both lists are mostly in the same order, so the search begins where the last one ended. */
static json_t *
person_find(json_t *persons, const char *id, size_t *at)
{
	size_t n = json_array_size(persons);

	for (size_t k = 0; k < n; k++) {
		size_t i = *at + k < n ? *at + k : *at + k - n;
		if (strcmp(person_id_of(json_array_get(persons, i)), id) == 0) {
			*at = i;
			return json_array_get(persons, i);
		}
	}
	return NULL;
}

static struct cell
cell_of(const struct route_column *column, json_t *const from[2])
{
	json_t *value = json_object_get(from[column->part], column->member);
	return (struct cell){ .text = json_string_value(value), .fen = json_integer_value(value) };
}

static void
rows_write(call_t *c)
{
	const struct route_column *columns = route_of(c)->columns;
	json_t *persons = c->nparts > PERSONS ? items_of(&c->parts[PERSONS]) : NULL, *item;
	size_t i, at = 0;

	json_array_foreach(items_of(&c->parts[LIST]), i, item) {
		json_t *from[] = { item, person_find(persons, person_id_of(item), &at) };
		struct cell cells[SHEET_COLUMNS_MAX] = { 0 };
		for (int k = 0; columns[k].member; k++)
			cells[k] = cell_of(&columns[k], from);
		sheet_row(c->export->sheet, cells);
	}
}

/* ---- pages */

static void page_ask(call_t *c, const char *cursor, Wire__Problem *refusal, int64_t mono_us);

static void
part_again(struct part *p)
{
	json_decref(p->json);
	p->json = NULL;
	p->status = 0;
}

static void
go_on(call_t *c, int64_t mono_us)
{
	json_t *next = json_object_get(c->parts[LIST].json, "next");

	rows_write(c);
	if (next)
		page_ask(c, json_string_value(next), NULL, mono_us);
	else
		export_end(c);
}

static bool
refused(call_t *c, const struct part *p)
{
	if (p->status < 300 && !c->left)
		return false;
	call_reply_json(c, p->status, p->json);         /* to nobody, when the client has gone */
	return true;
}

static void
persons_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	part_take(p, outcome, items ? items[0] : NULL, route_of(c)->parts[PERSONS].answer, true);
	c->waiting--;
	if (!refused(c, p))
		go_on(c, mono_us);
}

static ProtobufCMessage *
persons_message(call_t *c)
{
	arena_t *a = c->api->arena;
	ProtobufCMessage *m = arena_message(a, route_of(c)->parts[PERSONS].ask);
	const ProtobufCFieldDescriptor *f =
		protobuf_c_message_descriptor_get_field_by_name(m->descriptor, "person_ids");
	json_t *list = items_of(&c->parts[LIST]), *item;
	const char **ids = arena_alloc(a, (json_array_size(list) + 1) * sizeof(*ids));
	size_t i;

	json_array_foreach(list, i, item)
		ids[i] = person_id_of(item);
	*(size_t *)((char *)m + f->quantifier_offset) = json_array_size(list);
	*(const char ***)((char *)m + f->offset) = ids;
	return m;
}

static void
persons_ask(call_t *c, int64_t mono_us)
{
	struct rpc_request ask = query_of(c, route_of(c)->parts[PERSONS].service, persons_message(c), NULL);

	part_again(&c->parts[PERSONS]);
	call_ask(c, PERSONS, &ask, persons_done, mono_us);
	if (c->waiting == 0)
		refused(c, &c->parts[PERSONS]);
}

static int
columns_of(const struct route *r, struct column out[SHEET_COLUMNS_MAX])
{
	int n = 0;

	for (; r->columns[n].member; n++)
		out[n] = r->columns[n].as;
	return n;
}

/* Only now is there something to write. */
static bool
sheet_begin(call_t *c)
{
	struct column columns[SHEET_COLUMNS_MAX];
	int n = columns_of(route_of(c), columns);

	if (!c->export->sheet)
		c->export->sheet = sheet_open(c->export->format, columns, n);
	return c->export->sheet != NULL;
}

static void
page_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	part_take(p, outcome, items ? items[0] : NULL, route_of(c)->parts[LIST].answer, true);
	c->waiting--;
	if (refused(c, p))
		return;
	if (!sheet_begin(c))
		call_refuse(c, REFUSED_DISK, NULL);
	else if (c->nparts > PERSONS && json_array_size(items_of(p)) > 0)
		persons_ask(c, mono_us);
	else
		go_on(c, mono_us);
}

static void
page_ask(call_t *c, const char *cursor, Wire__Problem *refusal, int64_t mono_us)
{
	arena_t *a = c->api->arena;
	ProtobufCMessage *m = bind_blank(&c->match, route_of(c)->parts[LIST].ask, a);
	bool taken = json_field_from_text(m, "limit", PAGE_LINES, a) &&
	             (!cursor || json_field_from_text(m, "cursor", cursor, a));

	assert(taken);                          /* routes_test has looked for both */
	(void)taken;
	struct rpc_request ask = query_of(c, route_of(c)->parts[LIST].service, m, refusal);
	part_again(&c->parts[LIST]);
	call_ask(c, LIST, &ask, page_done, mono_us);
	if (c->waiting == 0)
		refused(c, &c->parts[LIST]);
}

/* Of the district of c. */
static size_t
exports_of(const call_t *c)
{
	size_t n = 0;

	for (const call_t *o = c->api->calls; o; o = o->next)
		n += o->export && strcmp(call_district(o), call_district(c)) == 0;
	return n;
}

void
export_run(call_t *c, int64_t mono_us)
{
	int format;
	Wire__Problem *refusal = bind_choice(target_query(c->target), "format", sheet_formats, c->api->arena, &format);

	if (!fairness_has_room(exports_of(c), c->api->nexports, EXPORTS_MAX, 1)) {
		call_refuse(c, REFUSED_BUSY, NULL);
		return;
	}
	c->export = calloc(1, sizeof(*c->export));
	if (!c->export)
		abort();
	c->release = release;
	c->api->nexports++;
	c->export->format = refusal ? SHEET_CSV : (enum sheet_format)format;
	call_parts_open(c, route_of(c)->parts[PERSONS].service ? 2 : 1);
	page_ask(c, NULL, refusal, mono_us);
}
