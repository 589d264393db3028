/* accounts_test - who calls: tokens, passwords on their way, how much somebody may ask.
 *
 * How: as api_test, with the bus, roster and the clock played: what is asked before a call is judged, what is held back
 * meanwhile, and that no order ever holds a password.  Then tokens, the table of callers and the buckets by
 * themselves. */
#include "access/rate_limit.h"
#include "access/session_cache.h"
#include "access/tokens.h"
#include "accounts/password_queue.h"
#include "api/api.h"
#include "base/ids.h"
#include "base/log.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <jansson.h>
#include <stdio.h>

#define ORIGIN "https://zhucun.example"
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SESSION "zs_511703_" HEX64
#define PASSWORD "correct-horse-1"

static const char *const services[] = { "roster", NULL };
static const struct api_settings settings = { .manual_clock = true, .services = services, .origin = ORIGIN };

static void
begin(struct gateway *g, const char *token, const char *method, const char *target, const char *type)
{
	char bearer[128];
	struct api_request r = {
		.method = method, .target = target, .authorization = token ? bearer : NULL, .content_type = type,
		.content_length = -1, .near = true,
	};

	snprintf(bearer, sizeof(bearer), "Bearer %s", token ? token : "");
	gateway_begin(g, &r);
}

static void
ask(struct gateway *g, const char *token, const char *method, const char *target, const char *body)
{
	begin(g, token, method, target, body ? JSON : NULL);
	if (body && api_body(g->call, body, strlen(body), g->now_us) == 0) {
		check(false, "a body was held back where nobody had to be asked", target);
		return;
	}
	api_end(g->call, g->now_us);
}

static bool
asks_read(struct gateway *g, const ProtobufCMessageDescriptor *d)
{
	struct sent *s = fake_last(&g->bus);

	return s && s->read && strcmp(s->read->type, d->name) == 0;
}

/* What roster says of SESSION: an inspector of 511703. */
static void
say_caller(struct gateway *g)
{
	Roster__Caller caller = ROSTER__CALLER__INIT;
	Wire__Actor actor = WIRE__ACTOR__INIT;
	Wire__AccountRole roles[] = { WIRE__ACCOUNT_ROLE__INSPECTOR, WIRE__ACCOUNT_ROLE__UNIT_HEAD };

	caller.account_id = (char *)"wang";
	caller.actor = &actor;
	actor.n_roles = 2;
	actor.roles = roles;
	actor.person_id = (char *)"p-1";
	actor.unit_id = (char *)"u-1";
	fake_answer_message(g->api, fake_last(&g->bus), 200, &caller, g->now_us);
}

static bool
says(const struct gateway *g, int status, const char *code)
{
	json_t *j = g->client.text ? json_loads(g->client.text, 0, NULL) : NULL;
	const char *got = json_string_value(json_object_get(j, "code"));
	bool right = g->client.replies == 1 && g->client.reply.status == status && strcmp(got ? got : "", code) == 0;

	json_decref(j);
	return right;
}

/* ---- a token that has to be asked about */

static void
test_asked_first(struct gateway *g)
{
	char digest[SHA256_HEX_MAX];
	struct sent *s;

	token_digest(SESSION, digest);
	ask(g, SESSION, "GET", D "/persons/p-1", NULL);
	s = fake_last(&g->bus);
	check(g->bus.n == 1 && asks_read(g, &roster__read_caller__descriptor) && s->m.lane == WIRE__LANE__READER,
	      "roster is asked first", "");
	check(strcmp(s->read->district, "511703") == 0 && s->m.partition == partition_of("511703"),
	      "… of the token's district", "");
	Roster__ReadCaller *m = roster__read_caller__unpack(NULL, s->read->data.len, s->read->data.data);
	check(strcmp(m->token_sha256, digest) == 0 && strcmp(s->read->account, "") == 0 && s->read->actor,
	      "… by the digest, as nobody", "");
	roster__read_caller__free_unpacked(m, NULL);
	say_caller(g);
	s = fake_last(&g->bus);
	check(g->bus.n == 2 && asks_read(g, &roster__read_person__descriptor), "then the call goes on", "");
	check(strcmp(s->read->account, "wang") == 0 && s->read->actor->n_roles == 2 &&
	              strcmp(s->read->actor->person_id, "p-1") == 0 && strcmp(s->read->actor->unit_id, "u-1") == 0,
	      "… in the caller's name", "");
}

static void
test_remembered(struct gateway *g)
{
	test_asked_first(g);
	ask(g, SESSION, "GET", D "/persons/p-1", NULL);
	check(g->bus.n == 1 && asks_read(g, &roster__read_person__descriptor), "a moment later it is known", "");
	g->now_us += SESSION_KEPT_US;
	ask(g, SESSION, "GET", D "/persons/p-1", NULL);
	check(asks_read(g, &roster__read_caller__descriptor), "two seconds later it is asked again", "");
	say_caller(g);
	ask(g, TOKEN, "PUT", D "/units/u-1", "{\"name\":\"n\"}");
	Roster__Unit unit = ROSTER__UNIT__INIT;
	fake_answer_message(g->api, fake_last(&g->bus), 200, &unit, g->now_us);
	ask(g, SESSION, "GET", D "/persons/p-1", NULL);
	check(asks_read(g, &roster__read_caller__descriptor), "after an order to roster it is asked again", "");
}

/* What was asked before an order and is answered after it is good for its own call alone. */
static void
test_overtaken(struct gateway *g)
{
	struct fake_bus first;
	struct client none = { 0 };
	Roster__Unit unit = ROSTER__UNIT__INIT;

	ask(g, SESSION, "GET", D "/persons/p-1", NULL);
	first = g->bus;
	g->bus.n = 0;
	g->client = none;
	ask(g, TOKEN, "PUT", D "/units/u-1", "{\"name\":\"n\"}");
	fake_answer_message(g->api, fake_last(&g->bus), 200, &unit, g->now_us);
	fake_forget(&g->bus);
	g->bus = first;
	say_caller(g);
	check(asks_read(g, &roster__read_person__descriptor), "the call goes on", "");
	ask(g, SESSION, "GET", D "/persons/p-1", NULL);
	check(asks_read(g, &roster__read_caller__descriptor), "the next one asks for itself", "");
}

static void
test_strangers(struct gateway *g)
{
	static const char *const bad[] = {
		"zs_511703_" HEX64 "0", "zs_51170x_" HEX64, "zt_511703_" HEX64, "x", "", "zs_511703_",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ask(g, bad[i], "GET", D, NULL);
		check(says(g, 401, "token.invalid") && g->bus.n == 0, "what is no token is nobody's", bad[i]);
	}
	ask(g, SESSION, "GET", "/nothing", NULL);
	fake_answer_problem(g->api, fake_last(&g->bus), 404, "resource.unknown", g->now_us);
	check(says(g, 401, "token.invalid"), "401 before 404", "");
	ask(g, SESSION, "GET", D, NULL);
	g->now_us += 5000000;
	api_tick(g->api, g->now_us);
	check(says(g, 503, "owner.away"), "who cannot be asked", g->client.text);
	ask(g, SESSION, "GET", D, NULL);
	api_give_up(g->api, g->now_us);
	check(g->client.replies == 1 && g->client.reply.status == 503 && api_outstanding(g->api) == 0, "at the end",
	      g->client.text);
}

static void
test_forbidden(struct gateway *g)
{
	static const struct { const char *method, *target; int status; const char *code; } cases[] = {
		{ "GET", "/api/v1/districts/511702/persons", 403, "role.forbidden" },
		{ "GET", "/api/v1/districts/999999", 403, "role.forbidden" },
		{ "POST", "/api/v1/clock", 403, "role.forbidden" },
		{ "GET", "/api/v1/districts/511702/nothing", 404, "route.unknown" },
		{ "DELETE", "/api/v1/districts/511702/persons", 405, "method.not_allowed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask(g, SESSION, cases[i].method, cases[i].target, NULL);
		if (asks_read(g, &roster__read_caller__descriptor))
			say_caller(g);
		check(says(g, cases[i].status, cases[i].code), cases[i].code, cases[i].target);
	}
}

/* ---- bodies wait until it is known whose they are */

static void
test_held_body(struct gateway *g)
{
	static const char body[] =
		"{\"kind\":\"unexcused_absence\",\"person_id\":\"p\",\"on\":\"2017-09-08\",\"source\":\"covert\"}";
	struct sent *s;

	begin(g, SESSION, "POST", D "/findings", JSON);
	check(api_body(g->call, body, strlen(body), g->now_us) == 0 && g->client.rooms == 0,
	      "nothing of a body is taken", "");
	say_caller(g);
	check(g->client.rooms == 1, "then there is room", "");
	check(api_body(g->call, body, strlen(body), g->now_us) == strlen(body), "and it is taken", "");
	api_end(g->call, g->now_us);
	s = fake_last(&g->bus);
	check(s->commands && strcmp(s->commands->items[0]->account, "wang") == 0 &&
	              s->commands->items[0]->actor->n_roles == 2,
	      "the order is the caller's", "");
}

static void
test_held_lines(struct gateway *g)
{
	static const char line[] = "{\"key\":\"k\",\"kind\":\"unexcused_absence\",\"person_id\":\"p\",\"on\":\"2017-09-"
	                           "08\",\"source\":\"covert\"}\n";
	Supervision__Finding f = SUPERVISION__FINDING__INIT;
	struct sent *s;

	begin(g, SESSION, "POST", D "/findings:batch", "application/x-ndjson");
	check(api_body(g->call, line, strlen(line), g->now_us) == 0, "nothing of a batch is taken", "");
	say_caller(g);
	check(g->client.rooms == 1 && api_body(g->call, line, strlen(line), g->now_us) == strlen(line), "then it is",
	      "");
	s = fake_last(&g->bus);
	check(s->commands && strcmp(s->commands->items[0]->account, "wang") == 0 && s->commands->items[0]->actor,
	      "lines are the caller's", "");
	api_end(g->call, g->now_us);
	f.id = (char *)"F1";
	fake_answer_message(g->api, s, 201, &f, g->now_us);
	check(g->client.replies == 1 && g->client.reply.status == 200, "and answered", g->client.text);

	begin(g, SESSION, "POST", "/api/v1/districts/511702/findings:batch", "application/x-ndjson");
	api_end(g->call, g->now_us);
	check(says(g, 403, "role.forbidden"), "an empty one of another district", g->client.text);
}

static void
test_leaves(struct gateway *g)
{
	begin(g, SESSION, "POST", D "/findings", JSON);
	api_leave(g->call, g->now_us);
	say_caller(g);
	check(g->client.replies == 0 && g->bus.n == 1 && api_outstanding(g->api) == 0,
	      "who leaves before he is known asks nothing", "");
	ask(g, "zs_511703_ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "GET", D, NULL);
	api_leave(g->call, g->now_us);
	say_caller(g);
	check(g->client.replies == 0 && g->bus.n == 1 && api_outstanding(g->api) == 0, "nor does who has said all", "");
}

/* ---- passwords */

static bool
holds(const ProtobufCBinaryData *data, const char *text)
{
	return memmem(data->data, data->len, text, strlen(text)) != NULL;
}

static void
test_put_account(struct gateway *g)
{
	static const char body[] = "{\"phone\":\"13900000001\",\"password\":\"" PASSWORD "\",\"roles\":[\"auditor\"]}";
	Roster__PasswordHash hash = ROSTER__PASSWORD_HASH__INIT;
	struct sent *s;

	ask(g, TOKEN, "PUT", D "/accounts/a-1", body);
	check(g->bus.n == 1 && asks_read(g, &roster__hash_password__descriptor), "a reader hashes first", "");
	hash.hash = (char *)"$argon2id$x";
	fake_answer_message(g->api, fake_last(&g->bus), 200, &hash, g->now_us);
	s = fake_last(&g->bus);
	check(g->bus.n == 2 && s->commands && s->m.lane == WIRE__LANE__WRITER, "then it is ordered", "");
	Wire__Command *c = s->commands->items[0];
	Roster__PutAccount *m = roster__put_account__unpack(NULL, c->data.len, c->data.data);
	check(!holds(&c->data, PASSWORD) && strcmp(m->password, "") == 0 && strcmp(m->password_hash, hash.hash) == 0 &&
	      strcmp(m->id, "a-1") == 0 && strcmp(m->phone, "13900000001") == 0 && m->n_roles == 1 && !*c->key,
	      "with the hash, and no password", m->password);
	roster__put_account__free_unpacked(m, NULL);
	fake_answer_problem(g->api, s, 409, "account.phone_taken", g->now_us);
	check(says(g, 409, "account.phone_taken"), "the owner's word is the answer", "");

	ask(g, TOKEN, "PUT", D "/accounts/a-1", body);
	fake_answer_problem(g->api, fake_last(&g->bus), 422, "password.length", g->now_us);
	check(says(g, 422, "password.length") && g->bus.n == 1, "a bad password is never ordered", "");
	ask(g, TOKEN, "PUT", D "/accounts/a-1", "{\"phone\":\"13900000001\",\"roles\":[\"auditor\"]}");
	s = fake_last(&g->bus);
	check(g->bus.n == 1 && s->commands && !s->commands->items[0]->refusal,
	      "without a password it is ordered at once", "");
	ask(g, TOKEN, "PUT", D "/accounts/a-1", "{\"phone\":5,\"password\":\"" PASSWORD "\"}");
	s = fake_last(&g->bus);
	check(g->bus.n == 1 && s->commands && s->commands->items[0]->refusal &&
	              !holds(&s->commands->items[0]->data, PASSWORD),
	      "a bad body is refused by the owner, and its password not shown to him", "");
}

#define LOGIN "{\"district\":\"511703\",\"phone\":\"139\",\"password\":\"" PASSWORD "\"}"

static void
say_checked(struct gateway *g, const char *account)
{
	Roster__PasswordChecked said = ROSTER__PASSWORD_CHECKED__INIT;

	said.account_id = (char *)account;
	said.proof = (char *)(*account ? "p" : "");
	said.phone_mark = (char *)"m";
	fake_answer_message(g->api, fake_last(&g->bus), 200, &said, g->now_us);
}

/* Who hashes 300 ms each, as on a busy machine, comes to all that are under way before any of them is asked again. */
static void
test_slow_hashes(struct gateway *g)
{
	ask(g, NULL, "POST", "/api/v1/sessions", LOGIN);
	g->now_us += PASSWORDS_MAX * 300 * 1000;
	api_tick(g->api, g->now_us);
	check(g->bus.n == 1, "a password is not hashed twice because others are before it", "");
	say_checked(g, "wang");
	check(g->bus.n == 2 && fake_last(&g->bus)->commands, "its answer is taken", "");
	api_give_up(g->api, g->now_us);
}

static void
test_login(struct gateway *g)
{
	Roster__Session session = ROSTER__SESSION__INIT;
	char digest[SHA256_HEX_MAX];

	ask(g, NULL, "POST", "/api/v1/sessions", LOGIN);
	check(g->bus.n == 1 && asks_read(g, &roster__check_password__descriptor) &&
	      fake_last(&g->bus)->m.partition == partition_of("511703"), "a reader of the district checks", "");
	say_checked(g, "wang");
	Wire__Command *c = fake_last(&g->bus)->commands->items[0];
	Roster__OpenSession *m = roster__open_session__unpack(NULL, c->data.len, c->data.data);
	check(!holds(&c->data, PASSWORD) && strcmp(m->account_id, "wang") == 0 && strcmp(m->proof, "p") == 0 &&
	              *m->address_mark && strcmp(c->account, "") == 0 && c->actor && strcmp(c->district, "511703") == 0,
	      "the order is nobody's, and holds no password", "");
	session.account = (char *)"wang";
	fake_answer_message(g->api, fake_last(&g->bus), 201, &session, g->now_us);
	json_t *j = json_loads(g->client.text, 0, NULL);
	token_digest(json_string_value(json_object_get(j, "token")), digest);
	check(g->client.reply.status == 201 && strcmp(digest, m->token_sha256) == 0,
	      "the client has the token, roster its digest", "");
	json_decref(j);
	roster__open_session__free_unpacked(m, NULL);
}

static void
test_login_refused(struct gateway *g)
{
	Wire__Answer locked = WIRE__ANSWER__INIT;
	Wire__Problem p = WIRE__PROBLEM__INIT;

	ask(g, TOKEN, "POST", "/api/v1/sessions", LOGIN);
	say_checked(g, "");
	check(fake_last(&g->bus)->commands->items[0]->actor != NULL, "not even the operator logs in as one", "");
	fake_answer_problem(g->api, fake_last(&g->bus), 401, "login.refused", g->now_us);
	check(says(g, 401, "login.refused"), "a wrong one", "");
	ask(g, NULL, "POST", "/api/v1/sessions", LOGIN);
	fake_answer_problem(g->api, fake_last(&g->bus), 404, "district.unknown", g->now_us);
	check(says(g, 401, "login.refused") && g->bus.n == 1, "a district that is not there is no better known", "");
	ask(g, NULL, "POST", "/api/v1/sessions", LOGIN);
	locked.status = p.status = 429;
	locked.problem = &p;
	p.code = (char *)"login.locked";
	p.detail = (char *)"";
	p.retry_after_s = 77;
	fake_answer(g->api, fake_last(&g->bus), &locked, g->now_us);
	check(says(g, 429, "login.locked") && strcmp(client_header(&g->client, "Retry-After"), "77") == 0,
	      "how long is said", "");
	ask(g, NULL, "POST", "/api/v1/sessions", "{");
	check(says(g, 400, "json.malformed"), "no JSON", "");
	ask(g, NULL, "POST", "/api/v1/sessions?x=1", LOGIN);
	check(says(g, 422, "query.unknown"), "a query", "");
	ask(g, NULL, "POST", "/api/v1/sessions", "{\"district\":\"x\",\"phone\":\"1\",\"password\":\"x\"}");
	check(says(g, 422, "field.district") && g->bus.n == 0, "no district's name", "");
	ask(g, NULL, "GET", "/api/v1/sessions", NULL);
	check(says(g, 401, "token.invalid"), "only logging in takes no token", "");
}

/* ---- whose turn it is: so many are under way, others wait; a crowd at one address waits for itself */

enum { CALLS = PASSWORDS_MAX + PASSWORDS_WAIT_MAX + 2 };

struct crowd { struct gateway *g; struct client client[CALLS]; call_t *call[CALLS]; int n; };

static struct client *
come(struct crowd *w, uint8_t from)
{
	struct api_client client = client_of(&w->client[w->n]);
	struct api_request r = {
		.method = "POST", .target = "/api/v1/sessions", .content_type = JSON, .content_length = -1,
		.address = { from },
	};
	call_t *c = api_begin(w->g->api, &r, &client, w->g->now_us);

	w->call[w->n] = c;
	api_body(c, LOGIN, strlen(LOGIN), w->g->now_us);
	api_end(c, w->g->now_us);
	w->g->now_us++;
	return &w->client[w->n++];
}

static size_t
count_replies(const struct crowd *w, int status)
{
	size_t n = 0;

	for (int i = 0; i < w->n; i++)
		n += w->client[i].replies && w->client[i].reply.status == status;
	return n;
}

static void
crowd_end(struct crowd *w)
{
	api_give_up(w->g->api, w->g->now_us);
	for (int i = 0; i < w->n; i++)
		client_forget(&w->client[i]);
	fake_forget(&w->g->bus);
	*w = (struct crowd){ .g = w->g };
}

static void
test_turns(struct gateway *g)
{
	static struct crowd w;
	struct client *office, *more;

	w.g = g;
	for (int i = 0; i < PASSWORDS_MAX + 3; i++)
		come(&w, 1);
	office = come(&w, 2);
	check(g->bus.n == PASSWORDS_MAX && count_replies(&w, 503) == 0, "so many are asked about, the others wait", "");
	fake_answer_problem(g->api, &g->bus.sent[0], 429, "login.locked", g->now_us);
	check(g->bus.n == PASSWORDS_MAX + 1, "one has its answer, the next is asked about", "");
	fake_answer_problem(g->api, &g->bus.sent[PASSWORDS_MAX], 429, "login.locked", g->now_us);
	check(office->replies == 1, "… of the address that has fewest under way", "");
	for (size_t i = 1; i <= 3; i++)
		fake_answer_problem(g->api, &g->bus.sent[i], 429, "login.locked", g->now_us);
	check(count_replies(&w, 429) == 5 && g->bus.n == PASSWORDS_MAX + 4, "in their order", "");
	crowd_end(&w);
	gateway_close(g);
	gateway_open(g, settings);

	for (int i = 0; i < PASSWORDS_MAX + PASSWORDS_WAIT_MAX; i++)
		come(&w, 1);
	more = come(&w, 1);
	check(count_replies(&w, 503) == 1 && more->replies == 1, "more than may wait: the newest is told to come again",
	      "");
	office = come(&w, 2);
	check(count_replies(&w, 503) == 2 && !office->replies, "… of the address of which most wait", "");
	g->now_us += PASSWORD_WAIT_US;
	api_tick(g->api, g->now_us);
	check(count_replies(&w, 503) == PASSWORDS_WAIT_MAX + 2 && office->replies == 1,
	      "nobody waits for longer than there is time", "");
	crowd_end(&w);
}

static void
test_turns_left(struct gateway *g)
{
	static struct crowd w;

	w.g = g;
	for (int i = 0; i < PASSWORDS_MAX + 2; i++)
		come(&w, 1);
	api_leave(w.call[PASSWORDS_MAX], g->now_us);
	api_leave(w.call[0], g->now_us);
	fake_answer_problem(g->api, &g->bus.sent[0], 429, "login.locked", g->now_us);
	check(g->bus.n == PASSWORDS_MAX + 1 && count_replies(&w, 429) == 0, "who leaves is not told", "");
	api_give_up(g->api, g->now_us);
	check(api_outstanding(g->api) == 0 && w.client[PASSWORDS_MAX].replies == 0 &&
	              w.client[PASSWORDS_MAX + 1].replies == 1,
	      "the end", "");
	crowd_end(&w);
}

static void
own_password(struct gateway *g, const char *body)
{
	begin(g, SESSION, "PUT", "/api/v1/sessions/current/password", JSON);
	say_caller(g);
	api_body(g->call, body, strlen(body), g->now_us);
	api_end(g->call, g->now_us);
}

static void
test_own_password(struct gateway *g)
{
	static const char body[] = "{\"old\":\"" PASSWORD "\",\"new\":\"" PASSWORD "-new\"}";
	Roster__PasswordProved said = ROSTER__PASSWORD_PROVED__INIT;
	Roster__Closed closed = ROSTER__CLOSED__INIT;
	char digest[SHA256_HEX_MAX];

	token_digest(SESSION, digest);
	ask(g, TOKEN, "PUT", "/api/v1/sessions/current/password", body);
	check(says(g, 409, "session.none") && g->bus.n == 0, "the operator has none", "");
	own_password(g, body);
	struct sent *s = fake_last(&g->bus);
	check(asks_read(g, &roster__prove_password__descriptor) && s->m.lane == WIRE__LANE__PASSWORD,
	      "it is proved first", "");
	said.proof = (char *)"p", said.password_hash = (char *)"h", said.phone_mark = (char *)"m";
	fake_answer_message(g->api, s, 200, &said, g->now_us);
	Wire__Command *c = fake_last(&g->bus)->commands->items[0];
	Roster__ChangePassword *m = roster__change_password__unpack(NULL, c->data.len, c->data.data);
	check(!holds(&c->data, PASSWORD) && strcmp(m->token_sha256, digest) == 0 &&
	              strcmp(m->password_hash, "h") == 0 && *m->address_mark && strcmp(c->account, "wang") == 0 &&
	              !*c->key,
	      "the order is the account's, and holds no password", "");
	roster__change_password__free_unpacked(m, NULL);
	fake_answer_message(g->api, fake_last(&g->bus), 200, &closed, g->now_us);
	check(g->client.reply.status == 204 && !*g->client.text, "204 and nothing more", g->client.text);
	own_password(g, "{\"old\":\"x\"}");
	check(says(g, 422, "json.missing") && g->bus.n == 1, "what is wrong with it is said here", g->client.text);
}

/* ---- a token that comes as a cookie */

#define COOKIE "__Host-zhucun=" SESSION
#define EMPTY "__Host-zhucun=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"

static void
ask_by_cookie(struct gateway *g, const struct api_request *r)
{
	struct api_request whole = *r;

	whole.content_length = -1;
	gateway_begin(g, &whole);
	api_end(g->call, g->now_us);
}

static void
test_cookie(struct gateway *g)
{
	struct api_request get = { .method = "GET", .target = D "/persons/p-1", .cookie = "a=b; " COOKIE "; c=d" };

	ask_by_cookie(g, &get);
	check(asks_read(g, &roster__read_caller__descriptor), "a cookie's token is asked about", "");
	say_caller(g);
	check(asks_read(g, &roster__read_person__descriptor), "and the call goes on", "");
	get.authorization = "Bearer " TOKEN;
	ask_by_cookie(g, &get);
	check(g->bus.n == 1 && asks_read(g, &roster__read_person__descriptor), "the header wins", "");
	get.authorization = "Basic x";
	ask_by_cookie(g, &get);
	check(says(g, 401, "token.invalid") && !*client_header(&g->client, "Set-Cookie"),
	      "also one that says nothing: the cookie is not looked at", "");
	get.authorization = NULL;
	get.cookie = "__Host-zhucun=" TOKEN;
	ask_by_cookie(g, &get);
	check(says(g, 401, "token.invalid"), "the operator's token is no cookie", "");
	check_text(client_header(&g->client, "Set-Cookie"), EMPTY, "what is good for nothing is emptied");
	get.cookie = "zhucun=" SESSION;
	ask_by_cookie(g, &get);
	check(says(g, 401, "token.invalid") && g->bus.n == 0, "of another name it is none", "");
}

/* What a page of somebody else's can make a browser send. */
static void
test_foreign(struct gateway *g)
{
	static const struct { const char *own_page, *origin; bool foreign; } rows[] = {
		{ NULL, NULL, true }, { NULL, ORIGIN, true }, { "0", NULL, true }, { "1", "null", true },
		{ "1", "https://zhucun.example.evil", true }, { "1", "http://zhucun.example", true },
		{ "1", NULL, false }, { "1", ORIGIN, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct api_request r = {
			.method = "POST", .target = D "/recalls/m-1/review", .cookie = COOKIE,
			.own_page = rows[i].own_page, .origin = rows[i].origin, .content_length = -1,
		};
		gateway_begin(g, &r);
		check(rows[i].foreign == (g->bus.n == 0), "nobody is asked about foreign pages", rows[i].origin);
		if (rows[i].foreign)
			api_end(g->call, g->now_us);
		else
			api_leave(g->call, g->now_us);
		check(!rows[i].foreign || says(g, 403, "session.foreign"), "which are told so", rows[i].origin);
		g->now_us += SESSION_KEPT_US;
		api_give_up(g->api, g->now_us);
		gateway_close(g);
		gateway_open(g, settings);
	}
	struct api_request get = {
		.method = "GET", .target = D "/persons/p-1", .cookie = COOKIE, .origin = "http://x"
	};
	ask_by_cookie(g, &get);
	check_number((int64_t)g->bus.n, 1, "who only reads changes nothing");
}

#define COOKIE_LOGIN "{\"district\":\"511703\",\"phone\":\"139\",\"password\":\"" PASSWORD "\",\"cookie\":true"

static void
log_in_by_cookie(struct gateway *g, const char *body, bool remember)
{
	Roster__Session session = ROSTER__SESSION__INIT;

	session.account = (char *)"wang";
	ask(g, NULL, "POST", "/api/v1/sessions", body);
	say_checked(g, "wang");
	Wire__Command *c = fake_last(&g->bus)->commands->items[0];
	Roster__OpenSession *m = roster__open_session__unpack(NULL, c->data.len, c->data.data);
	check(m->remember == remember, "roster is told for how long", body);
	roster__open_session__free_unpacked(m, NULL);
	fake_answer_message(g->api, fake_last(&g->bus), 201, &session, g->now_us);
}

static void
test_cookie_set(struct gateway *g)
{
	static const char tail[] = "; Path=/; Secure; HttpOnly; SameSite=Strict";
	const char *set;

	log_in_by_cookie(g, COOKIE_LOGIN "}", false);
	set = client_header(&g->client, "Set-Cookie");
	check(g->client.reply.status == 201 && !strstr(g->client.text, "token"), "no token in the answer",
	      g->client.text);
	check(strncmp(set, "__Host-zhucun=zs_511703_", 24) == 0 && strlen(set) == 14 + strlen(SESSION) + strlen(tail) &&
	      strcmp(set + strlen(set) - strlen(tail), tail) == 0, "a cookie", set);
	log_in_by_cookie(g, COOKIE_LOGIN ",\"remember\":true}", true);
	set = client_header(&g->client, "Set-Cookie");
	check(strstr(set, "; Max-Age=2592000") != NULL, "that is kept for long", set);
	ask(g, NULL, "POST", "/api/v1/sessions", "{\"district\":\"511703\",\"phone\":\"139\",\"password\":\"x\","
	    "\"remember\":true}");
	check(says(g, 422, "session.remember") && g->bus.n == 0, "without a cookie nothing is remembered", "");
}

/* What roster says of a session that gave its password again, or did not. */
static void
say_finance(struct gateway *g, bool stepped_up)
{
	Roster__Caller caller = ROSTER__CALLER__INIT;
	Wire__Actor actor = WIRE__ACTOR__INIT;
	Wire__AccountRole roles[] = { WIRE__ACCOUNT_ROLE__FINANCE };

	caller.account_id = (char *)"wang";
	caller.actor = &actor;
	caller.stepped_up = stepped_up;
	actor.n_roles = 1;
	actor.roles = roles;
	fake_answer_message(g->api, fake_last(&g->bus), 200, &caller, g->now_us);
}

static void
test_password_again(struct gateway *g)
{
	struct api_request close = {
		.method = "POST", .target = D "/payrolls/2017-08/close", .cookie = COOKIE, .own_page = "1",
	}, order = { .method = "POST", .target = D "/recalls/none/order", .cookie = COOKIE, .own_page = "1" };

	ask_by_cookie(g, &order);
	say_finance(g, false);
	check(says(g, 403, "role.forbidden"), "roles come first", "");
	ask_by_cookie(g, &close);
	check(says(g, 403, "session.step_up"), "then the password again", "");
	g->now_us += SESSION_KEPT_US;
	ask_by_cookie(g, &close);
	say_finance(g, true);
	check(fake_last(&g->bus)->commands, "was it given, the call goes on", "");
	fake_answer_problem(g->api, fake_last(&g->bus), 409, "payroll.bad_transition", g->now_us);
	g->now_us += SESSION_KEPT_US;
	close.authorization = "Bearer " SESSION;
	ask_by_cookie(g, &close);
	say_finance(g, false);
	check(fake_last(&g->bus)->commands, "programs are not asked for it", "");
	fake_answer_problem(g->api, fake_last(&g->bus), 409, "payroll.bad_transition", g->now_us);
}

static void
test_step_up(struct gateway *g)
{
	static const char body[] = "{\"password\":\"" PASSWORD "\"}";
	Roster__PasswordProved said = ROSTER__PASSWORD_PROVED__INIT;
	Roster__SteppedUp up = ROSTER__STEPPED_UP__INIT;
	char digest[SHA256_HEX_MAX];

	token_digest(SESSION, digest);
	begin(g, SESSION, "POST", "/api/v1/sessions/current/step-up", JSON);
	say_caller(g);
	api_body(g->call, body, strlen(body), g->now_us);
	api_end(g->call, g->now_us);
	check(asks_read(g, &roster__prove_password__descriptor), "it is proved first", "");
	said.proof = (char *)"p", said.phone_mark = (char *)"m";
	fake_answer_message(g->api, fake_last(&g->bus), 200, &said, g->now_us);
	Wire__Command *c = fake_last(&g->bus)->commands->items[0];
	Roster__StepUp *m = roster__step_up__unpack(NULL, c->data.len, c->data.data);
	check(!holds(&c->data, PASSWORD) && strcmp(m->token_sha256, digest) == 0 && strcmp(m->proof, "p") == 0 &&
	      *m->address_mark && strcmp(c->account, "wang") == 0, "the order is the session's own", "");
	roster__step_up__free_unpacked(m, NULL);
	up.until_us = 1;
	fake_answer_message(g->api, fake_last(&g->bus), 200, &up, g->now_us);
	check(g->client.reply.status == 200 && strstr(g->client.text, "\"until\":"), "until when", g->client.text);
	ask(g, SESSION, "GET", D "/persons/p-1", NULL);
	check(asks_read(g, &roster__read_caller__descriptor), "what was known of it is asked anew", "");
	say_caller(g);
}

static void
test_current(struct gateway *g)
{
	Roster__CurrentSession now = ROSTER__CURRENT_SESSION__INIT;
	char digest[SHA256_HEX_MAX];

	token_digest(SESSION, digest);
	ask(g, SESSION, "GET", "/api/v1/sessions/current", NULL);
	say_caller(g);
	struct sent *s = fake_last(&g->bus);
	check(asks_read(g, &roster__read_session__descriptor) && strcmp(s->read->account, "wang") == 0, "roster says",
	      "");
	Roster__ReadSession *m = roster__read_session__unpack(NULL, s->read->data.len, s->read->data.data);
	check_text(m->token_sha256, digest, "of this very session");
	roster__read_session__free_unpacked(m, NULL);
	now.account = (char *)"wang";
	fake_answer_message(g->api, s, 200, &now, g->now_us);
	check(g->client.reply.status == 200 && strstr(g->client.text, "\"deputy_for\":[]"), "what it is",
	      g->client.text);
	ask(g, NULL, "GET", "/api/v1/public/districts", NULL);
	check(g->bus.n == 1 && asks_read(g, &roster__list_district_names__descriptor), "what is public is everybody's",
	      "");
}

static void
test_cookie_emptied(struct gateway *g)
{
	Roster__Closed closed = ROSTER__CLOSED__INIT;
	struct api_request r = {
		.method = "DELETE", .target = "/api/v1/sessions/current", .cookie = COOKIE, .own_page = "1",
	};

	ask_by_cookie(g, &r);
	say_caller(g);
	fake_answer_message(g->api, fake_last(&g->bus), 200, &closed, g->now_us);
	check_number(g->client.reply.status, 204, "ended");
	check_text(client_header(&g->client, "Set-Cookie"), EMPTY, "and emptied");
	ask_by_cookie(g, &(struct api_request){ .method = "GET", .target = D, .cookie = COOKIE });
	fake_answer_problem(g->api, fake_last(&g->bus), 404, "resource.unknown", g->now_us);
	check(says(g, 401, "token.invalid"), "a session that is over", "");
	check_text(client_header(&g->client, "Set-Cookie"), EMPTY, "is emptied too");
}

#ifndef __SANITIZE_ADDRESS__                    /* there the heap is elsewhere, and what is freed is kept */
/* What malloc has given out, or has back. */
static bool
heap_holds(const char *secret)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	unsigned long from, to;
	bool holds = false;

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, "[heap]") && sscanf(line, "%lx-%lx", &from, &to) == 2)
			holds |= memmem((const void *)from, to - from, secret, strlen(secret)) != NULL;
	if (f)
		fclose(f);
	return holds;
}

enum { SECRET_MAX = 160, SECRET_PIECE = 100 };

/* In pieces, so that what holds it has to grow; it stands where `form` has "%". */
static void
ask_secretly(struct gateway *g, const char *token, const char *method, const char *target, const char *form,
             const char *secret)
{
	static char body[2048];
	int before = (int)strcspn(form, "%"),
	    len = snprintf(body, sizeof(body), "%*s%.*s%s%s", 1000, "", before, form, secret, form + before + 1);

	begin(g, token, method, target, JSON);
	if (g->bus.n)
		say_caller(g);
	for (int at = 0; at < len; at += SECRET_PIECE)
		api_body(g->call, body + at, len - at < SECRET_PIECE ? (size_t)(len - at) : SECRET_PIECE, g->now_us);
	api_end(g->call, g->now_us);
}

/* The bus keeps what was asked, as no bus does. */
static void
bus_forget(struct gateway *g)
{
	for (size_t i = 0; i < g->bus.n; i++)
		if (g->bus.sent[i].read)
			explicit_bzero(g->bus.sent[i].read->data.data, g->bus.sent[i].read->data.len);
}

/* A password that was asked about, or was not since something else was wrong, is nowhere when the call is over. */
static void
test_wiped(struct gateway *g)
{
	static const struct { const char *token, *method, *target, *form; bool asks; } rows[] = {
		{ NULL, "POST", "/api/v1/sessions", "{\"district\":\"511703\",\"phone\":\"13700000001\","
		  "\"password\":\"%\"}", true },
		{ NULL, "POST", "/api/v1/sessions", "{\"district\":\"511703\",\"phone\":\"13700000001\","
		  "\"password\":\"%\",\"x\":1}", false },
		{ NULL, "POST", "/api/v1/sessions", "{\"district\":\"511703\",\"phone\":\"13700000001\","
		  "\"password\":\"%\"", false },
		{ TOKEN, "PUT", D "/accounts/li", "{\"phone\":\"13700000001\",\"roles\":[\"cadre\"],"
		  "\"password\":\"%\"}", true },
		{ SESSION, "PUT", "/api/v1/sessions/current/password", "{\"old\":\"x\",\"new\":\"%\"}", true },
		{ SESSION, "PUT", "/api/v1/sessions/current/password", "{\"new\":\"x\",\"old\":\"%\"}", true },
	};
	static char secret[SECRET_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t k = 0; k < sizeof(secret) - 1; k++)
			secret[k] = (char)('a' + (k * k + i) % 26);
		ask_secretly(g, rows[i].token, rows[i].method, rows[i].target, rows[i].form, secret);
		bus_forget(g);
		check(rows[i].asks == (g->client.replies == 0) && rows[i].asks == heap_holds(secret),
		      "held while it is asked about", rows[i].form);
		if (rows[i].asks)
			fake_answer_problem(g->api, fake_last(&g->bus), 429, "login.locked", g->now_us);
		check(g->client.replies == 1 && !heap_holds(secret + SECRET_MAX / 2), "and then no more", rows[i].form);
	}
}
#endif

static void
test_logout(struct gateway *g)
{
	Roster__Closed closed = ROSTER__CLOSED__INIT;
	char digest[SHA256_HEX_MAX];

	token_digest(SESSION, digest);
	ask(g, SESSION, "DELETE", "/api/v1/sessions/current", NULL);
	say_caller(g);
	Wire__Command *c = fake_last(&g->bus)->commands->items[0];
	Roster__CloseSession *m = roster__close_session__unpack(NULL, c->data.len, c->data.data);
	check(strcmp(m->token_sha256, digest) == 0 && strcmp(c->account, "wang") == 0 &&
	              strcmp(c->district, "511703") == 0,
	      "its own session", "");
	roster__close_session__free_unpacked(m, NULL);
	fake_answer_message(g->api, fake_last(&g->bus), 200, &closed, g->now_us);
	check(g->client.reply.status == 204 && !*g->client.text, "204 and nothing more", g->client.text);
	ask(g, SESSION, "GET", D, NULL);
	check(asks_read(g, &roster__read_caller__descriptor), "nothing is remembered of it", "");
	say_caller(g);
	ask(g, TOKEN, "DELETE", "/api/v1/sessions", NULL);
	check(says(g, 409, "session.none") && g->bus.n == 0, "the operator has none", "");
}

/* ---- how much somebody may ask */

static void
test_rates(struct gateway *g)
{
	struct gateway few;
	struct api_settings s = settings;

	(void)g;
	s.account_rate = (struct rate){ 1, 2 };
	s.address_rate = (struct rate){ 10, 6 };
	s.login_rate = (struct rate){ 1, 1 };
	gateway_open(&few, s);
	for (int i = 0; i < 2; i++) {
		ask(&few, SESSION, "GET", D, NULL);
		if (asks_read(&few, &roster__read_caller__descriptor))
			say_caller(&few);
		check(few.client.replies == 0, "an account asks", "");
	}
	ask(&few, SESSION, "GET", D, NULL);
	check(says(&few, 429, "rate.exceeded") && strcmp(client_header(&few.client, "Retry-After"), "1") == 0,
	      "but not so much", few.client.text);
	ask(&few, TOKEN, "GET", D, NULL);
	check(few.client.replies == 0, "the operator may", "");
	for (int i = 0; i < 3; i++) {
		ask(&few, "x", "GET", D, NULL);
		check(says(&few, 401, "token.invalid"), "an address asks", "");
	}
	ask(&few, "x", "GET", D, NULL);
	check(says(&few, 429, "rate.exceeded"), "but not so much", "");
	ask(&few, NULL, "POST", "/api/v1/sessions", LOGIN);
	check(few.bus.n == 1, "logging in is counted for itself", "");
	ask(&few, NULL, "POST", "/api/v1/sessions", LOGIN);
	check(says(&few, 429, "rate.exceeded") && few.bus.n == 0, "and may be too much", "");
	few.now_us += 1000000;
	ask(&few, "x", "GET", D, NULL);
	check(says(&few, 401, "token.invalid"), "later there is more", "");
	gateway_close(&few);
}

static void
test_buckets(struct gateway *g)
{
	static struct rate_limit bs;
	struct rate rate = { 2, 4 };
	uint64_t key = rate_limit_key("x", "1", 1);

	(void)g;
	for (int i = 0; i < 4; i++)
		check(rate_limit_take(&bs, key, rate, 0) == 0, "a full bucket", "");
	int64_t wait_us = rate_limit_take(&bs, key, rate, 0);
	check(wait_us > 0 && wait_us <= 500000, "an empty one says how long", "");
	check(rate_limit_take(&bs, rate_limit_key("y", "1", 1), rate, 0) == 0, "another kind is another bucket", "");
	check(rate_limit_take(&bs, key, rate, wait_us) == 0 && rate_limit_take(&bs, key, rate, wait_us) > 0,
	      "so long, and no longer", "");
	check(rate_limit_take(&bs, key, (struct rate){ 0, 0 }, wait_us) == 0, "no bound", "");
	for (int64_t i = 0; i < 100000; i++)
		rate_limit_take(&bs, rate_limit_key("z", &i, sizeof(i)), rate, wait_us + i);
	check(rate_limit_take(&bs, key, rate, wait_us + 100000) == 0, "whoever was pushed out begins with a full one",
	      "");
}

static void
test_tokens(struct gateway *g)
{
	char one[TOKEN_TEXT_MAX], other[TOKEN_TEXT_MAX], district[8];

	(void)g;
	token_new("511703", one);
	token_new("511703", other);
	check(strcmp(one, other) != 0 && token_district(one, district) && strcmp(district, "511703") == 0,
	      "a new token", one);
}

int
main(void)
{
	static void (*const tests[])(struct gateway *) = {
		test_asked_first, test_remembered, test_overtaken, test_strangers, test_forbidden, test_held_body,
		test_held_lines, test_leaves,
		test_put_account, test_slow_hashes, test_login, test_login_refused, test_turns, test_turns_left,
		test_own_password, test_cookie, test_foreign, test_cookie_set, test_password_again, test_step_up,
		test_current, test_cookie_emptied,
#ifndef __SANITIZE_ADDRESS__
		test_wiped,
#endif
		test_logout, test_rates, test_buckets, test_tokens,
	};

	log_open("accounts_test", LOG_LEVEL_ERROR + 1);
	gateway_run(tests, sizeof(tests) / sizeof(tests[0]), settings);
	return tally_end();
}
