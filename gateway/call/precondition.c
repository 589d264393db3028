#include "call/precondition.h"
#include "access/sealed.h"
#include "access/withheld.h"
#include "call/bind.h"
#include "call/query.h"
#include "http/target.h"
#include <stdlib.h>
#include <string.h>

/* NULL: what is put cannot be got. */
static const struct route *
get_of(const struct route *put)
{
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *r = route_at(i);
		if (r->kind == ROUTE_QUERY && strcmp(r->path, put->path) == 0)
			return r;
	}
	return NULL;
}

/* What is no JSON at all is said before the thing is looked for. */
static bool
is_json(const call_t *c)
{
	json_t *body = NULL;
	enum refusal r = bind_body(c->body.p ? c->body.p : "", c->body.len, &body);

	json_decref(body);
	return !r || problem_status(r) == 422;
}

bool
precondition_stands(const call_t *c)
{
	const struct route *r = c->match.route;

	return c->if_match && r && strcmp(r->method, "PUT") == 0 && get_of(r) && !*target_query(c->target) &&
	       is_json(c);
}

/* What a GET would answer, to the letter. */
static bool
is_as_seen(const call_t *c, const struct route *get, json_t *answer)
{
	char etag[ETAG_MAX];

	if (!sealed_may_see(&c->who))
		sealed_strip(answer);
	withheld_take(answer, &c->who, get);
	char *text = reply_json(answer);
	etag_of(text, strlen(text), etag);
	free(text);
	return etag_among(c->if_match, etag);
}

static void
compare(call_t *c, int64_t mono_us)
{
	const struct route *get = c->match.route;
	json_t *answer = query_answer(c);
	int status = query_status(c);

	c->match.route = c->put;
	if (status == 404 && strcmp(json_string_value(json_object_get(answer, "code")), "resource.unknown") == 0) {
		call_refuse(c, REFUSED_CHANGED, NULL);
	} else if (status >= 300) {
		call_reply_json(c, status, answer);
	} else if (!is_as_seen(c, get, answer)) {
		call_refuse(c, REFUSED_CHANGED, NULL);
	} else {
		call_parts_close(c);
		c->order(c, mono_us);
	}
}

void
precondition_ask(call_t *c, call_fn *then, int64_t mono_us)
{
	c->order = then;
	c->put = c->match.route;
	c->match.route = get_of(c->put);
	query_ask_all(c, compare, mono_us);
}
