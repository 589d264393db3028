/* evidence - POST /files, GET /files/{sha256}?of=PATH.
 *
 *   in:   a body that is, by its first bytes, a picture or a paper; a path of the same district
 *   out:  an order to keep it; or the GET of that path, as if it were called, and if its answer has the digest,
 *         the file
 *
 * So nobody has rights to a file of its own: it is seen where it belongs.  Where it does not, or what is not there or
 * not his to read, is all the same 404. */
#include "files/evidence.h"
#include "access/access.h"
#include "access/withheld.h"
#include "base/digest.h"
#include "call/bind.h"
#include "call/command.h"
#include "call/query.h"
#include "call/reach.h"
#include "http/target.h"
#include "supervision.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16, FILE_BYTES_MAX = 1 << 20 };

static const struct { const char *type, *begins; } types[] = {
	{ "image/jpeg", "\xff\xd8\xff" }, { "image/png", "\x89PNG\r\n\x1a\n" }, { "application/pdf", "%PDF-" },
};
enum { TYPES = sizeof(types) / sizeof(types[0]) };

/* ---- POST /files */

/* The type that is said, if the bytes begin so; NULL: they do not. */
static const char *
type_of(const call_t *c)
{
	for (size_t i = 0; i < TYPES; i++)
		if (strcmp(types[i].type, c->said_type) == 0 && c->body.len > strlen(types[i].begins) &&
		    memcmp(c->body.p, types[i].begins, strlen(types[i].begins)) == 0)
			return types[i].type;
	return NULL;
}

static void
keep(call_t *c, const char *type, int64_t mono_us)
{
	Supervision__PutFile m = SUPERVISION__PUT_FILE__INIT;
	struct span_of_bytes all = { c->body.p, c->body.len };
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_MAX];

	sha256(&all, 1, digest);
	hex_text(digest, sizeof(digest), hex);
	m.sha256 = hex;
	m.type = (char *)type;
	m.data = (ProtobufCBinaryData){ c->body.len, (uint8_t *)c->body.p };
	command_send(c, &m.base, command_done, mono_us);
}

void
evidence_put(call_t *c, int64_t mono_us)
{
	Wire__Problem *p = bind_no_query(target_query(c->target), c->api->arena);
	const char *type = type_of(c);

	if (!type)
		call_refuse(c, REFUSED_MEDIA, NULL);
	else if (p)
		call_reply_problem(c, p);
	else if (c->key_bad)
		call_refuse(c, REFUSED_KEY, NULL);
	else
		keep(c, type, mono_us);
}

/* ---- GET /files/{sha256}: what it is of */

struct download { char sha256[SHA256_HEX_MAX]; struct route_match match; struct bytes bytes; int32_t piece; };

static void
download_release(call_t *c)
{
	bytes_free(&c->download->bytes);
	free(c->download);
}

static bool
holds(const json_t *j, const char *text, int depth)
{
	const char *name, *own = json_string_value(j);
	json_t *inner;
	size_t i;

	if (depth == DEPTH_MAX)
		return false;
	json_array_foreach(j, i, inner)
		if (holds(inner, text, depth + 1))
			return true;
	json_object_foreach((json_t *)(uintptr_t)j, name, inner)
		if (holds(inner, text, depth + 1))
			return true;
	return own && strcmp(own, text) == 0;
}

/* The one parameter; NULL with *refused where it is not that. */
static const char *
of_what(call_t *c, enum refusal *refused)
{
	const char *query = target_query(c->target), *of = NULL;
	char *name, *value;
	int found;

	while ((found = target_param(&query, c->api->arena, &name, &value)) != 0) {
		*refused = found < 0                   ? REFUSED_QUERY_VALUE
		           : strcmp(name, "of") != 0   ? REFUSED_QUERY_UNKNOWN
		           : of                        ? REFUSED_QUERY_TWICE
		                                       : REFUSED_NOT;
		if (*refused)
			return NULL;
		of = value;
	}
	*refused = of ? REFUSED_NOT : REFUSED_QUERY_MISSING;
	return of;
}

/* The path of a read of this very district, as a target; false: it is none. */
static bool
read_named(call_t *c, const char *of, struct route_match *m, char **target)
{
	arena_t *a = c->api->arena;
	char *segments[ROUTE_SEGMENTS_MAX], allow[ROUTE_ALLOW_MAX];

	*target = arena_printf(a, "/api/v1/districts/%s/%s", route_district(&c->match), of);
	int n = target_segments(*target, a, segments, ROUTE_SEGMENTS_MAX);
	return n > 0 && route_find("GET", segments, n, c->api->set.manual_clock, m, allow) == ROUTE_FOUND &&
	       m->route->kind == ROUTE_QUERY && *route_district(m);
}

/* ---- … and its bytes */

static void piece_ask(call_t *c, int64_t mono_us);

static const char *
type_known(const char *type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].type;
	return NULL;
}

/* Nothing in it is to run, whoever opens it. */
static void
give(call_t *c, const char *type)
{
	static const struct reply_fixed headers[] = {
		{ "Content-Disposition", "inline" }, { "Content-Security-Policy", "sandbox" }, { NULL, NULL },
	};
	struct bytes *b = &c->download->bytes;
	struct reply r = REPLY_NONE;

	r.status = 200;
	r.content_type = type;
	r.fixed = headers;
	r.body = b->p;
	r.len = b->len;
	*b = (struct bytes){ 0 };
	call_reply(c, &r);
}

static void
piece_take(call_t *c, const Supervision__FilePiece *said, int64_t mono_us)
{
	struct download *d = c->download;
	const char *type = type_known(said->type);

	bytes_append(&d->bytes, said->data.data, said->data.len);
	d->piece++;
	if (!type || !said->data.len || said->size > FILE_BYTES_MAX)
		call_refuse(c, REFUSED_ANSWER, NULL);
	else if ((int64_t)d->bytes.len < said->size)
		piece_ask(c, mono_us);
	else
		give(c, type);
}

static void
piece_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	Supervision__FilePiece *said = NULL;

	c->waiting = 0;
	if (outcome == RPC_ANSWERED && items[0]->status == 200)
		said = supervision__file_piece__unpack(arena_pb(c->api->arena), items[0]->data.len,
						       items[0]->data.data);
	if (said)
		piece_take(c, said, mono_us);
	else
		call_refuse(c, outcome == RPC_ANSWERED && items[0]->status == 404 ? REFUSED_NOTHING : REFUSED_AWAY,
			    NULL);
}

static void
piece_ask(call_t *c, int64_t mono_us)
{
	Supervision__ReadFilePiece m = SUPERVISION__READ_FILE_PIECE__INIT;

	m.sha256 = c->download->sha256;
	m.piece = c->download->piece;
	struct rpc_request ask = query_of(c, "supervision", &m.base, NULL);
	ask.done = piece_done;
	ask.ctx = c;
	if (rpc_put(c->api->rpc, &ask, mono_us))
		c->waiting = 1;
	else
		call_refuse(c, REFUSED_BUSY, NULL);
}

/* What the GET would have answered. */
static void
heard(call_t *c, int status, json_t *answer, int64_t mono_us)
{
	if (status < 300)
		withheld_take(answer, &c->who, c->match.route);
	bool named = status < 300 && holds(answer, c->download->sha256, 0);

	c->match = c->download->match;
	if (status >= 500) {
		call_reply_json(c, status, answer);
	} else if (!named) {
		call_refuse(c, REFUSED_NOTHING, NULL);
	} else {
		call_parts_close(c);
		piece_ask(c, mono_us);
	}
}

static void
read_as_if(call_t *c, const struct route_match *m, const char *target, int64_t mono_us)
{
	struct download *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	snprintf(d->sha256, sizeof(d->sha256), "%s", c->match.params[1].value);
	d->match = c->match;
	c->download = d;
	c->release = download_release;
	c->match = *m;
	free(c->target);
	if (!(c->target = strdup(target)))
		abort();
	c->heard = heard;
	reach_run(c, mono_us);
}

void
evidence_get(call_t *c, int64_t mono_us)
{
	enum refusal refused;
	struct route_match m;
	const char *of = of_what(c, &refused);
	char *target;

	if (refused)
		call_refuse(c, refused, "of");
	else if (!read_named(c, of, &m, &target) || access_of(&c->who, m.route) == ACCESS_NONE)
		call_refuse(c, REFUSED_NOTHING, NULL);
	else
		read_as_if(c, &m, target, mono_us);
}
