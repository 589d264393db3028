/* authenticate - who calls: the operator by his token, everybody else by what roster says of his.
 *
 * A call whose caller has to be asked about waits: nothing of it is judged and nothing of its body is taken until
 * then.
 *
 * A browser brings its token as a cookie, and brings it for foreign pages too.  So what changes anything wants a header
 * that only our own page can send. */
#include "accounts/authenticate.h"
#include "access/cookie.h"
#include "call/query.h"
#include "roster.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- how much somebody may ask */

static bool
takes(call_t *c, const char *kind, const void *who, size_t len, struct rate rate, int64_t mono_us)
{
	int64_t wait_us = rate_limit_take(&c->api->rate_limit, rate_limit_key(kind, who, len), rate, mono_us);

	if (wait_us == 0)
		return true;
	c->stranger = REFUSED_RATE;
	c->wait_us = wait_us;
	return false;
}

bool
authenticate_may_log_in(call_t *c, int64_t mono_us)
{
	return takes(c, "login", c->address, sizeof(c->address), c->api->set.login_rate, mono_us);
}

/* ---- what roster says */

static enum refusal
caller_take(call_t *c, const Wire__Answer *a, int64_t mono_us)
{
	arena_t *arena = c->api->arena;

	if (a->status == 404)
		return REFUSED_TOKEN;
	if (a->status != 200)
		return REFUSED_AWAY;
	Roster__Caller *caller = roster__caller__unpack(arena_pb(arena), a->data.len, a->data.data);
	if (!caller || !caller->actor)
		return REFUSED_ANSWER;
	if (!identity_take(&c->who, caller->account_id, caller->actor))
		return REFUSED_ANSWER;
	c->who.stepped_up = caller->stepped_up;
	session_cache_keep(&c->api->sessions, c->token_sha256, &c->who, c->asked_at, mono_us);
	return REFUSED_NOT;
}

static void
caller_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;

	c->asking = false;
	c->stranger = outcome == RPC_ANSWERED ? caller_take(c, items[0], mono_us) : REFUSED_AWAY;
	arena_reset(c->api->arena);
	c->then(c, mono_us);
}

static void
caller_ask(call_t *c, int64_t mono_us)
{
	Roster__ReadCaller m = ROSTER__READ_CALLER__INIT;

	m.token_sha256 = c->token_sha256;
	c->asking = true;
	struct rpc_request ask = query_of(c, "roster", &m.base, NULL);
	ask.done = caller_done;
	ask.ctx = c;
	c->asked_at = session_cache_age(&c->api->sessions, c->who.district);
	c->asking = rpc_put(c->api->rpc, &ask, mono_us);
	if (!c->asking)
		c->stranger = REFUSED_BUSY;
}

/* ---- from the headers */

void
authenticate_passer_by(call_t *c, int64_t mono_us)
{
	takes(c, "address", c->address, sizeof(c->address), c->api->set.address_rate, mono_us);
}

static void
stranger_look_up(call_t *c, const char *token, int64_t mono_us)
{
	const struct identity *kept;

	if (!token || !token_district(token, c->who.district)) {
		c->stranger = REFUSED_TOKEN;
		return;
	}
	token_digest(token, c->token_sha256);
	kept = session_cache_find(&c->api->sessions, c->token_sha256, mono_us);
	if (kept)
		identity_copy(&c->who, kept);
	else
		caller_ask(c, mono_us);
}

static bool
is_foreign(const call_t *c, const struct credentials *h)
{
	bool own = h->own_page && strcmp(h->own_page, "1") == 0 &&
	           (!h->origin || strcmp(h->origin, c->api->set.origin) == 0);

	return !c->get && !own;
}

static void
cookie_look_up(call_t *c, const struct credentials *h, int64_t mono_us)
{
	char token[TOKEN_TEXT_MAX];

	c->by_cookie = cookie_token(h->cookie, c->api->set.origin, token);
	if (c->by_cookie && is_foreign(c, h))
		c->stranger = REFUSED_FOREIGN;
	else
		stranger_look_up(c, c->by_cookie ? token : NULL, mono_us);
	explicit_bzero(token, sizeof(token));
}

/* The header wins, and the cookie is then not looked at; the operator's token is no browser's. */
void
authenticate_begin(call_t *c, const struct credentials *h, bool needless, call_fn *then, int64_t mono_us)
{
	const char *token = headers_token(h->authorization);

	c->then = then;
	if (token && headers_token_is(token, c->api->set.token_sha256)) {
		identity_operator(&c->who);
		return;
	}
	if (needless)
		return;
	authenticate_passer_by(c, mono_us);
	if (c->stranger)
		return;
	if (h->authorization)
		stranger_look_up(c, token, mono_us);
	else
		cookie_look_up(c, h, mono_us);
}

/* Judged once it is known who calls, however that became known. */
bool
authenticate_may_ask(call_t *c, int64_t mono_us)
{
	struct { char district[8], account[ID_MAX + 1]; } who = { 0 };

	if (c->who.operator || !*c->who.account)
		return true;
	snprintf(who.district, sizeof(who.district), "%s", c->who.district);
	snprintf(who.account, sizeof(who.account), "%s", c->who.account);
	return takes(c, "account", &who, sizeof(who), c->api->set.account_rate, mono_us);
}
