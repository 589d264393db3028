/* accounts - calls that hold a password, and those of a session about itself.
 *
 *   PUT /accounts/{id}    roster hashes the password, if there is one; the command brings the hash
 *   POST /sessions        roster checks it; the command brings the proof, and the digest of a token made here
 *   PUT …/current/password   roster checks the old one and hashes the new one; the command brings proof and hash
 *   POST …/current/step-up   roster checks it; the command brings the proof
 *   GET /sessions/current    roster is asked by the token's digest
 *   DELETE /sessions …    a command of the session's own account
 *
 * So a password is held by a call for as long as it is asked about, and a token for as long as it is answered.  What
 * they stood in here (the body, its JSON, the message, the question) is wiped when it is let go; what sockets, HTTP and
 * bus passed on is theirs. */
#include "accounts/accounts.h"
#include "accounts/authenticate.h"
#include "accounts/password_queue.h"
#include "call/bind.h"
#include "call/command.h"
#include "call/query.h"
#include "http/target.h"
#include "json/json_pb.h"
#include "roster.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An address in rows of roster is a mark: it is compared, never read. */
static void
address_mark(const call_t *c, char out[SHORT_ID_MAX])
{
	char hex[2 * sizeof(c->address) + 1];
	const char *parts[] = { "address", hex };

	hex_text(c->address, sizeof(c->address), hex);
	short_id(parts, 2, out);
}

/* ---- asking roster about a password */

/* What it said, in the arena; NULL: the call has been answered. */
static void *
password_answer(call_t *c, enum rpc_outcome outcome, Wire__Answer **items, const ProtobufCMessageDescriptor *d,
                int64_t mono_us)
{
	const Wire__Answer *a = outcome == RPC_ANSWERED ? items[0] : NULL;
	void *m = NULL;

	password_queue_answered(c, mono_us);
	if (!a)
		call_refuse(c, REFUSED_AWAY, NULL);
	else if (a->status >= 300 && a->problem)
		call_reply_problem(c, a->problem);
	else if (!(m = protobuf_c_message_unpack(d, arena_pb(c->api->arena), a->data.len, a->data.data)))
		call_refuse(c, REFUSED_ANSWER, NULL);
	return m;
}

/* There is no path whose thing could be unknown, so what is wrong with the body is said here. */
static Wire__Problem *
body_read(call_t *c, ProtobufCMessage **m)
{
	arena_t *a = c->api->arena;
	char *key;
	json_t *body = NULL;
	enum refusal unreadable = bind_body(c->body.p ? c->body.p : "", c->body.len, &body);
	Wire__Problem *p = unreadable ? problem_of(unreadable, NULL, a) : bind_no_query(target_query(c->target), a);

	if (!p)
		p = bind_command(&c->match, body, a, m, &key, NULL);
	json_decref(body);
	call_body_free(c);
	return p;
}

/* Of a command about sessions: 204 when it was done. */
static void
call_without_content(struct part *p, enum rpc_outcome outcome, Wire__Answer **items)
{
	call_t *c = p->call;
	struct reply none = REPLY_NONE;

	part_take(p, outcome, items ? items[0] : NULL, &roster__closed__descriptor, false);
	session_cache_forget(&c->api->sessions, c->who.district);
	c->waiting = 0;
	none.status = 204;
	if (p->status < 300)
		call_reply(c, &none);
	else
		call_reply_json(c, p->status, p->json);
}

/* ---- PUT /accounts/{id} */

static void
hash_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	Roster__PasswordHash *h = password_answer(c, outcome, items, &roster__password_hash__descriptor, mono_us);

	if (!h)
		return;
	Roster__PutAccount *m =
		roster__put_account__unpack(arena_pb(c->api->arena), c->held.len, (const uint8_t *)c->held.p);
	m->password_hash = h->hash;
	command_send(c, &m->base, command_done, mono_us);
	arena_reset(c->api->arena);
}

static void
hash_ask(call_t *c, Roster__PutAccount *m, int64_t mono_us)
{
	Roster__HashPassword question = ROSTER__HASH_PASSWORD__INIT;
	char *password = m->password;

	m->password = (char *)"";
	roster__put_account__pack(m, (uint8_t *)bytes_room(&c->held, roster__put_account__get_packed_size(m)));
	question.id = m->id;
	question.password = password;
	password_queue_ask(c, &question.base, hash_done, mono_us);
}

void
accounts_put(call_t *c, int64_t mono_us)
{
	ProtobufCMessage *m;
	Wire__Command o;

	if (!command_read(c, &m, &o))
		return;
	if (o.refusal)
		command_ask(c, &o, false, command_done, mono_us);
	else if (!((Roster__PutAccount *)m)->maybe_password_case)
		command_send(c, m, command_done, mono_us);
	else
		hash_ask(c, (Roster__PutAccount *)m, mono_us);
}

/* ---- PUT /sessions/current/password */

static void
done_without_content(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	(void)mono_us;
	call_without_content(ctx, outcome, items);
}

static void
proved(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	char mark[SHORT_ID_MAX];
	Roster__ChangePassword m = ROSTER__CHANGE_PASSWORD__INIT;
	Roster__PasswordProved *said =
		password_answer(c, outcome, items, &roster__password_proved__descriptor, mono_us);

	if (!said)
		return;
	address_mark(c, mark);
	m.proof = said->proof;
	m.password_hash = said->password_hash;
	m.phone_mark = said->phone_mark;
	m.address_mark = mark;
	m.token_sha256 = c->token_sha256;
	command_send(c, &m.base, done_without_content, mono_us);
	arena_reset(c->api->arena);
}

/* new: NULL when it stays as it is. */
static void
prove_ask(call_t *c, char *old, char *new, rpc_done_fn *done, int64_t mono_us)
{
	Roster__ProvePassword question = ROSTER__PROVE_PASSWORD__INIT;
	char mark[SHORT_ID_MAX];

	address_mark(c, mark);
	question.account_id = c->who.account;
	question.old = old;
	question.new_ = new;
	question.maybe_new_case = new ? ROSTER__PROVE_PASSWORD__MAYBE_NEW_NEW
	                              : ROSTER__PROVE_PASSWORD__MAYBE_NEW__NOT_SET;
	question.address_mark = mark;
	password_queue_ask(c, &question.base, done, mono_us);
}

/* The body of a call by whoever has a session; NULL: the call has been answered. */
static ProtobufCMessage *
own_body(call_t *c, int64_t mono_us)
{
	ProtobufCMessage *m;
	Wire__Problem *p = body_read(c, &m);

	if (p)
		call_reply_problem(c, p);
	else if (c->who.operator)
		call_refuse(c, REFUSED_NO_SESSION, NULL);
	else if (!authenticate_may_log_in(c, mono_us))
		call_refuse(c, c->stranger, NULL);
	else
		return m;
	return NULL;
}

void
accounts_own_password(call_t *c, int64_t mono_us)
{
	Roster__OwnPassword *in = (Roster__OwnPassword *)own_body(c, mono_us);

	if (in)
		prove_ask(c, in->old, in->new_, proved, mono_us);
}

/* ---- POST /sessions/current/step-up */

static void
proved_again(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	char mark[SHORT_ID_MAX];
	Roster__StepUp m = ROSTER__STEP_UP__INIT;
	Roster__PasswordProved *said =
		password_answer(c, outcome, items, &roster__password_proved__descriptor, mono_us);

	if (!said)
		return;
	address_mark(c, mark);
	m.proof = said->proof;
	m.phone_mark = said->phone_mark;
	m.address_mark = mark;
	m.token_sha256 = c->token_sha256;
	command_send(c, &m.base, command_done, mono_us);
	arena_reset(c->api->arena);
}

void
accounts_step_up(call_t *c, int64_t mono_us)
{
	Roster__PasswordAgain *in = (Roster__PasswordAgain *)own_body(c, mono_us);

	if (in)
		prove_ask(c, in->password, NULL, proved_again, mono_us);
}

/* ---- GET /sessions/current */

void
accounts_session(call_t *c, int64_t mono_us)
{
	ProtobufCMessage *messages[ROUTE_PARTS_MAX];
	Wire__Problem *p = query_bind(c, messages);

	((Roster__ReadSession *)messages[0])->token_sha256 = c->token_sha256;
	query_ask(c, messages[0], p, mono_us);
}

/* ---- POST /sessions */

static void
session_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct part *p = ctx;
	call_t *c = p->call;

	(void)mono_us;
	part_take(p, outcome, items ? items[0] : NULL, &roster__session__descriptor, false);
	c->waiting = 0;
	if (p->status < 300 && !c->cookie)
		json_object_set_new(p->json, "token", json_string(c->token));
	call_reply_json(c, p->status, p->json);
}

static void
checked(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	call_t *c = ctx;
	char digest[SHA256_HEX_MAX], mark[SHORT_ID_MAX];
	Roster__OpenSession m = ROSTER__OPEN_SESSION__INIT;

	/* A district that is not there is no better known than a phone that is not. */
	if (outcome == RPC_ANSWERED && items[0]->status == 404)
		items[0]->problem = problem_of(REFUSED_LOGIN, NULL, c->api->arena);
	Roster__PasswordChecked *said =
		password_answer(c, outcome, items, &roster__password_checked__descriptor, mono_us);
	if (!said)
		return;
	token_new(c->who.district, c->token);
	token_digest(c->token, digest);
	address_mark(c, mark);
	m.account_id = said->account_id;
	m.proof = said->proof;
	m.phone_mark = said->phone_mark;
	m.nobodys = said->nobodys;
	m.remember = c->remember;
	m.address_mark = mark;
	m.token_sha256 = digest;
	command_send(c, &m.base, session_done, mono_us);
	arena_reset(c->api->arena);
}

static void
login_ask(call_t *c, const Roster__Login *in, int64_t mono_us)
{
	Roster__CheckPassword question = ROSTER__CHECK_PASSWORD__INIT;
	char mark[SHORT_ID_MAX];

	address_mark(c, mark);
	snprintf(c->who.district, sizeof(c->who.district), "%s", in->district);
	c->cookie = in->cookie;
	c->remember = in->remember;
	question.phone = in->phone;
	question.password = in->password;
	question.address_mark = mark;
	password_queue_ask(c, &question.base, checked, mono_us);
}

void
accounts_log_in(call_t *c, int64_t mono_us)
{
	arena_t *a = c->api->arena;
	ProtobufCMessage *m;
	Wire__Problem *p = body_read(c, &m);

	if (!p && !district_valid(((Roster__Login *)m)->district))
		p = problem_of(REFUSED_DISTRICT_FORM, "/district", a);
	if (!p && ((Roster__Login *)m)->remember && !((Roster__Login *)m)->cookie)
		p = problem_of(REFUSED_REMEMBER, "/remember", a);
	if (p)
		call_reply_problem(c, p);
	else if (!authenticate_may_log_in(c, mono_us))
		call_refuse(c, c->stranger, NULL);
	else
		login_ask(c, (Roster__Login *)m, mono_us);
}

/* ---- DELETE /sessions, /sessions/current */

void
accounts_log_out(call_t *c, int64_t mono_us)
{
	arena_t *a = c->api->arena;
	Roster__CloseSession *one;

	if (c->who.operator) {
		call_refuse(c, REFUSED_NO_SESSION, NULL);
		return;
	}
	ProtobufCMessage *m = bind_blank(&c->match, c->match.route->parts[0].ask, a);
	if (m->descriptor == &roster__close_session__descriptor) {
		one = (Roster__CloseSession *)m;
		one->token_sha256 = c->token_sha256;
	}
	command_send(c, m, done_without_content, mono_us);
}
