/* api_test - calls from request to answer.
 *
 * How: api is driven directly, with a bus and owners played by gateway/fake_bus.h and a clock that is a variable.
 * Tables of requests that are answered at once, and of those that an owner must refuse in the gateway's name; then, one
 * by one, what is asked, when it is asked again, and what an answer becomes. */
#include "api/api.h"
#include "accountability.pb-c.h"
#include "alerts.pb-c.h"
#include "attendance.pb-c.h"
#include "base/ids.h"
#include "base/log.h"
#include "engine.pb-c.h"
#include "funding.pb-c.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <jansson.h>
#include <stdio.h>

struct request {
	const char *method, *target, *type, *body, *key;
	bool no_token, far;
	size_t filler;
	const char *trace, *coding, *tag, *match;
};

static void
begin(struct gateway *g, const struct request *a, int64_t length)
{
	struct api_request r = {
		.method = a->method, .target = a->target, .authorization = a->no_token ? NULL : "Bearer " TOKEN,
		.content_type = a->type, .content_encoding = a->coding, .idempotency_key = a->key,
		.traceparent = a->trace,
		.if_none_match = a->tag, .if_match = a->match, .content_length = length, .near = !a->far,
	};

	gateway_begin(g, &r);
}

/* A whole request; filler: that many blanks after the body. */
static void
ask(struct gateway *g, const struct request *a)
{
	static const char blanks[4096] = { [0 ... 4095] = ' ' };
	size_t taken = 0, len = a->body ? strlen(a->body) : 0;

	begin(g, a, -1);
	if (len)
		taken = api_body(g->call, a->body, len, g->now_us);
	for (size_t left = a->filler; left && taken != BODY_REFUSED; left -= taken)
		taken = api_body(g->call, blanks, left < sizeof(blanks) ? left : sizeof(blanks), g->now_us);
	if (taken == BODY_REFUSED)
		api_leave(g->call, g->now_us);
	else
		api_end(g->call, g->now_us);
}

/* ---- answered at once */

static const struct { struct request ask; int status; const char *code; } at_once[] = {
	/* 401 before all else */
	{ { "GET", D, .no_token = true }, 401, "token.invalid" },
	{ { "GET", "/nothing", .no_token = true }, 401, "token.invalid" },
	{ { "DELETE", D, .no_token = true }, 401, "token.invalid" },
	{ { "PUT", D, "text/plain", "x", .no_token = true }, 401, "token.invalid" },
	{ { "PUT", D, JSON, "{", .no_token = true, .filler = 2 << 20 }, 401, "token.invalid" },
	/* 404 route, before 405 and what is wrong with the body */
	{ { "GET", "/nothing" }, 404, "route.unknown" },
	{ { "GET", "/api/v1/districts/51170" }, 404, "route.unknown" },
	{ { "PUT", D "/persons/a%20b", JSON, "{" }, 404, "route.unknown" },
	{ { "DELETE", D "/persons/a%20b" }, 404, "route.unknown" },
	/* 405 before the body */
	{ { "DELETE", D, "text/plain", "x", .filler = 2 << 20 }, 405, "method.not_allowed" },
	{ { "GET", D "/findings:batch" }, 405, "method.not_allowed" },
	/* 413 before 415 before 400 */
	{ { "PUT", D, "text/plain", "{", .filler = 1 << 20 }, 413, "body.too_large" },
	{ { "PUT", D, "text/plain", "{" }, 415, "body.media_type" },
	{ { "PUT", D, NULL, "{" }, 415, "body.media_type" },
	/* a type that is said counts, also of no body; a body that is not there needs none */
	{ { "POST", D "/findings/F1/confirm", "application/x-www-form-urlencoded", "" }, 415, "body.media_type" },
	{ { "POST", D "/payrolls/2017-09/close", "multipart/form-data; boundary=x", "" }, 415, "body.media_type" },
	{ { "POST", D "/findings/F1/confirm", "text/plain;charset=UTF-8" }, 415, "body.media_type" },
	{ { "POST", D "/recalls/R1/order", "application/json; charset=gbk", "" }, 415, "body.media_type" },
	{ { "POST", D "/measures/M1/lift", .coding = "gzip" }, 415, "body.media_type" },
	{ { "DELETE", "/api/v1/sessions/current", "text/plain", "" }, 415, "body.media_type" },
	{ { "POST", D "/imports?kind=units", "text/csv; charset=latin1", "id,name\n" }, 415, "body.media_type" },
	{ { "POST", D "/imports?kind=units", "text/csv; charset=utf-16", "" }, 415, "body.media_type" },
	{ { "POST", D "/findings:batch", "application/x-ndjson; charset=gb18030", "{}" }, 415, "body.media_type" },
	/* 400 before 422: what is wrong with a value counts in JSON only */
	{ { "PUT", D, JSON, "{\"name\":99999999999999999999" }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "{\"name\":99999999999999999999,\"a\":1,\"a\":2}" }, 400, "json.duplicate" },
	{ { "PUT", D, JSON, "{\"name\":\"\\u0000\",}" }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "{\"\\u0000\":1" }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "{\"\\u0000\":1,\"\\u0000\":2}" }, 400, "json.duplicate" },
	/* ids that no path can name */
	{ { "GET", D "/persons/%2E" }, 404, "route.unknown" },
	{ { "GET", D "/persons/%2e%2E" }, 404, "route.unknown" },
	{ { "PUT", D "/units/..", JSON, "{}" }, 404, "route.unknown" },
	{ { "GET", D "/persons/a%2Fb" }, 404, "route.unknown" },
	{ { "PUT", D, "application/json; charset=gb18030", "{}" }, 415, "body.media_type" },
	{ { "PUT", D, "application/jsonx", "{}" }, 415, "body.media_type" },
	{ { "PUT", D, JSON, "{}", .coding = "gzip" }, 415, "body.media_type" },
	{ { "PUT", D, JSON, "{" }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "" }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "   " }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "{\"name\":\"\xff\"}" }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "{} x" }, 400, "json.malformed" },
	{ { "PUT", D, JSON, "{\"name\":\"a\",\"name\":\"b\"}" }, 400, "json.duplicate" },
	{ { "POST", D "/findings:batch", JSON, "{}" }, 415, "body.media_type" },
	{ { "POST", D "/findings:batch?x=1", "application/x-ndjson", "" }, 422, "query.unknown" },
	{ { "POST", D "/findings:batch", "application/x-ndjson", "", .key = "\x01" }, 422, "idempotency.bad_key" },
	{ { "POST", D "/imports?kind=units", JSON, "id,name\n" }, 415, "body.media_type" },
	{ { "POST", D "/imports?kind=units", "text/csvx", "id,name\n" }, 415, "body.media_type" },
	{ { "POST", D "/imports?kind=units", JSON, "id,name\n", .filler = 1 << 20 }, 413, "body.too_large" },
	/* health needs a token from afar only */
	{ { "GET", "/livez", .no_token = true }, 200, "" },
	{ { "HEAD", "/livez", .no_token = true }, 200, "" },
	{ { "GET", "/livez", .no_token = true, .far = true }, 401, "token.invalid" },
	{ { "GET", "/livez", .far = true }, 200, "" },
	{ { "POST", "/livez", .no_token = true }, 401, "token.invalid" },
	{ { "POST", "/livez" }, 405, "method.not_allowed" },
};

static void
test_at_once(struct gateway *g)
{
	char what[64];

	for (size_t i = 0; i < sizeof(at_once) / sizeof(at_once[0]); i++) {
		ask(g, &at_once[i].ask);
		snprintf(what, sizeof(what), "at once %zu: %d %s", i, g->client.reply.status, gateway_code(g));
		check(g->client.replies == 1 && g->client.reply.status == at_once[i].status &&
		              strcmp(gateway_code(g), at_once[i].code) == 0 && g->bus.n == 0,
		      what, at_once[i].ask.target);
	}
	ask(g, &(struct request){ "DELETE", D });
	check(strcmp(client_header(&g->client, "Allow"), "PUT, GET, HEAD") == 0, "Allow",
	      client_header(&g->client, "Allow"));
	ask(g, &(struct request){ "GET", D, .no_token = true });
	check(strcmp(client_header(&g->client, "WWW-Authenticate"), "Bearer") == 0, "WWW-Authenticate", "");
	check(api_outstanding(g->api) == 0, "no call is left", "");
}

/* Too long by far: no answer at all. */
static void
test_endless_body(struct gateway *g)
{
	ask(g, &(struct request){ "PUT", D, JSON, "{", .filler = DROPPED_BYTES_MAX });
	check(g->client.replies == 0 && api_outstanding(g->api) == 0, "a body that does not end is left", "");
	ask(g, &(struct request){ "PUT", D, JSON, "{", .filler = DROPPED_BYTES_MAX - 1 });
	check(g->client.reply.status == 413, "a body up to the bound is read and refused", "");
}

/* Deeper than can be taken, and cut off there or not. */
static void
test_deep(struct gateway *g)
{
	enum { DEPTH = 5000 };
	static char text[8 * DEPTH];

	for (int closed = 0; closed < 2; closed++)
		for (int object = 0; object < 2; object++) {
			char *at = text;
			for (int i = 0; i < DEPTH / 3; i++)
				at = stpcpy(at, object ? "[{\"\":" : "[[[");
			at = stpcpy(at, "1");
			for (int i = 0; i < DEPTH / 3 && closed; i++)
				at = stpcpy(at, object ? "}]" : "]]]");
			ask(g, &(struct request){ "PUT", D, JSON, text });
			const Wire__Problem *p = g->bus.n == 1 ? g->bus.sent[0].commands->items[0]->refusal : NULL;
			if (closed)
				check(p && p->status == 422 && strcmp(p->code, "json.range") == 0, "too deep",
				      p ? p->code : gateway_code(g));
			else
				check(g->client.reply.status == 400 && strcmp(gateway_code(g), "json.malformed") == 0,
				      "too deep, and cut off", gateway_code(g));
			if (p)
				fake_answer_problem(g->api, &g->bus.sent[0], 422, "json.range", g->now_us);
		}
}

/* ---- refused by the owner in our name: only it knows whether the thing exists */

static const struct { struct request ask; const char *code, *pointer; } by_owner[] = {
	{ { "PUT", D "/persons/p-1", JSON, "{\"name\":1,\"phone\":\"1\",\"unit_id\":\"u\","
	  "\"establishment\":\"other\"}" }, "json.type", "/name" },
	{ { "PUT", D "/persons/p-1", JSON, "{\"id\":\"p-2\",\"name\":\"n\",\"phone\":\"1\",\"unit_id\":\"u\","
	  "\"establishment\":\"other\"}" },
	  "field.fixed", "/id" },
	{ { "PUT", D "/persons/p-1", JSON, "{\"id\":1,\"name\":\"n\",\"phone\":\"1\",\"unit_id\":\"u\","
	  "\"establishment\":\"other\"}" }, "json.type", "/id" },
	{ { "PUT", D "/persons/p-1", JSON, "{\"ids\":\"p-1\",\"name\":\"n\",\"phone\":\"1\",\"unit_id\":\"u\","
	  "\"establishment\":\"other\"}" },
	  "json.unknown_field", "/ids" },
	{ { "PUT", D "/persons/p-1", JSON, "[]" }, "json.type", "" },
	{ { "PUT", D "/persons/p-1", JSON, "null" }, "json.null", "" },
	{ { "PUT", D "/persons/p-1", JSON, "{\"name\":99999999999999999999}" }, "json.range", NULL },
	{ { "PUT", D "/persons/p-1", JSON, "{\"name\":\"a\\u0000\"}" }, "json.text", NULL },
	{ { "PUT", D "/persons/p-1?x=1", JSON, "{}" }, "query.unknown", "/x" },
	{ { "POST", D "/findings", JSON, "{\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\","
	  "\"confirm\":true}" },
	  "json.unknown_field", "/confirm" },
	{ { "POST", D "/findings", JSON, "{}", .key = "a\tb" }, "idempotency.bad_key", NULL },
	{ { "POST", D "/findings", JSON, "{}", .key = "" }, "idempotency.bad_key", NULL },
	{ { "POST", D "/checkins", JSON,
	    "{\"key\":7,\"person_id\":\"p\",\"village_id\":\"v\",\"captured_at\":\"2017-09-08T08:00:00+08:00\"}" },
	    "idempotency.bad_key", "/key" },
	{ { "GET", D "/persons?limit=0" }, "query.value", "/limit" },
	{ { "GET", D "/persons?limit=501" }, "query.value", "/limit" },
	{ { "GET", D "/persons?limit=1e2" }, "query.value", "/limit" },
	{ { "GET", D "/persons?limit=" }, "query.value", "/limit" },
	{ { "GET", D "/persons?limit=1&limit=1" }, "query.repeated", "/limit" },
	{ { "GET", D "/persons?colour=red" }, "query.unknown", "/colour" },
	{ { "GET", D "/persons?unit_id=a%20b" }, "query.value", "/unit_id" },
	{ { "GET", D "/persons?unit_id=%zz" }, "query.value", "/unit_id" },
	{ { "GET", D "/persons/p-1?id=p-2" }, "query.unknown", "/id" },
	{ { "GET", D "/persons/p-1/standing?on=2017-9-8" }, "query.value", "/on" },
	{ { "GET", D "/persons/p-1/standing?on_day=1" }, "query.unknown", "/on_day" },
	{ { "GET", D "/persons/p-1/attendance" }, "query.missing", "/month" },
	{ { "GET", D "/villages?kind=rich" }, "query.value", "/kind" },
};

static const Wire__Problem *
refusal_of(const struct sent *s)
{
	return s->read ? s->read->refusal : s->commands->items[0]->refusal;
}

static void
test_by_owner(struct gateway *g)
{
	char what[128];

	for (size_t i = 0; i < sizeof(by_owner) / sizeof(by_owner[0]); i++) {
		ask(g, &by_owner[i].ask);
		const Wire__Problem *p = g->bus.n == 1 ? refusal_of(&g->bus.sent[0]) : NULL;
		snprintf(what, sizeof(what), "by the owner %zu: %s %s", i, p ? p->code : "nothing",
		         p && p->n_errors ? p->errors[0]->pointer : "");
		bool pointed = p && (by_owner[i].pointer
		                             ? p->n_errors && strcmp(p->errors[0]->pointer, by_owner[i].pointer) == 0
		                             : p->n_errors == 0);
		check(p && p->status == 422 && strcmp(p->code, by_owner[i].code) == 0 && pointed &&
		              g->client.replies == 0,
		      what, by_owner[i].ask.target);
		fake_answer_problem(g->api, &g->bus.sent[0], 404, "resource.unknown", g->now_us);
		check(g->client.replies == 1 && g->client.reply.status == 404, "what the owner says is the answer",
		      what);
	}
}

/* ---- what is asked */

static void
test_order(struct gateway *g)
{
	static const char text[] = "{\"name\":\"n\",\"phone\":\"1\",\"unit_id\":\"u\",\"establishment\":\"other\"}";
	const char *trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
	uint8_t print[SHA256_SIZE];
	struct span_of_bytes parts[] = {
		{ "PUT", 4 }, { D "/persons/p-1", sizeof(D "/persons/p-1") }, { text, strlen(text) },
	};

	sha256(parts, 3, print);
	ask(g, &(struct request){ "PUT", D "/persons/p-1", "Application/JSON; charset=\"UTF-8\"", text, .trace = trace,
	                          .key = "k" });
	check(g->bus.n == 1 && g->bus.sent[0].m.kind == WIRE__KIND__COMMANDS &&
	              g->bus.sent[0].m.lane == WIRE__LANE__WRITER &&
	              g->bus.sent[0].m.partition == partition_of("511703"),
	      "one command to the owner", "");
	const Wire__Command *c = g->bus.sent[0].commands->items[0];
	Roster__PutPerson *m = roster__put_person__unpack(NULL, c->data.len, c->data.data);
	check(m && strcmp(m->id, "p-1") == 0 && strcmp(m->name, "n") == 0 &&
	              m->establishment == ROSTER__ESTABLISHMENT__OTHER,
	      "the message", c->type);
	check(strcmp(c->type, "roster.PutPerson") == 0 && strcmp(c->district, "511703") == 0 &&
	              strcmp(c->account, "operator") == 0 && !c->refusal,
	      "its envelope", c->type);
	check(*c->key == '\0', "a PUT has no key", c->key);
	check(strcmp(c->trace, trace) == 0, "the trace goes on", c->trace);
	check(c->fingerprint.len == SHA256_SIZE && memcmp(c->fingerprint.data, print, SHA256_SIZE) == 0, "fingerprint",
	      "");
	roster__put_person__free_unpacked(m, NULL);

	Roster__Person person = ROSTER__PERSON__INIT;
	person.id = (char *)"p-1";
	person.establishment = ROSTER__ESTABLISHMENT__OTHER;
	fake_answer_message(g->api, &g->bus.sent[0], 201, &person, g->now_us);
	check(g->client.reply.status == 201 &&
	              strcmp(g->client.text, "{\"id\":\"p-1\",\"name\":\"\",\"phone\":\"\",\"unit_id\":\"\","
	                                     "\"establishment\":\"other\"}") == 0,
	      "the answer", g->client.text);
	check(strcmp(client_header(&g->client, "traceparent"), trace) == 0, "the trace comes back", "");
	check(strcmp(g->client.reply.content_type, JSON) == 0, "its type", g->client.reply.content_type);
}

/* The key of the header, and that of the body, which goes before it and never reaches the message. */
static void
test_keys(struct gateway *g)
{
	static const char plain[] =
		"{\"person_id\":\"p\",\"village_id\":\"v\",\"captured_at\":\"2017-09-08T08:00:00+08:00\"}";
	static const char keyed[] = "{\"key\":\"mine\",\"person_id\":\"p\",\"village_id\":\"v\",\"captured_at\":\"2017-"
	                            "09-08T08:00:00+08:00\"}";
	static const struct { const char *body, *header, *key; } rows[] = {
		{ plain, NULL, "" }, { plain, "theirs", "theirs" }, { keyed, NULL, "mine" },
		{ keyed, "theirs", "mine" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask(g, &(struct request){ "POST", D "/checkins", JSON, rows[i].body, .key = rows[i].header });
		const Wire__Command *c = g->bus.n ? g->bus.sent[0].commands->items[0] : NULL;
		check(c && !c->refusal && strcmp(c->key, rows[i].key) == 0, "the key", rows[i].key);
		Attendance__Checkin done = ATTENDANCE__CHECKIN__INIT;
		done.id = (char *)"C1";
		done.result = ATTENDANCE__CHECKIN_RESULT__INSIDE;
		fake_answer_message(g->api, &g->bus.sent[0], 201, &done, g->now_us);
		check(strcmp(g->client.text, "{\"id\":\"C1\",\"result\":\"inside\"}") == 0,
		      "a stored answer is passed as it is", g->client.text);
	}
}

/* However a path is escaped it is the same path, so a key stands for it. */
static void
test_escapes(struct gateway *g)
{
	static const char *const targets[] = {
		D "/findings/F1/confirm",
		D "/findings/F%31/confirm",
		D "/%66indings/%46%31/confir%6D",
		"/api/v1/%64istricts/51170%33/findings/F1/confirm",
	};
	uint8_t first[SHA256_SIZE];

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		ask(g, &(struct request){ "POST", targets[i], .key = "k" });
		const Wire__Command *c = g->bus.n == 1 ? g->bus.sent[0].commands->items[0] : NULL;
		check(c && !c->refusal && strcmp(c->type, "supervision.ConfirmFinding") == 0 &&
		              c->fingerprint.len == SHA256_SIZE,
		      "an order", targets[i]);
		if (c && i == 0)
			memcpy(first, c->fingerprint.data, sizeof(first));
		check(c && memcmp(first, c->fingerprint.data, sizeof(first)) == 0, "the same request", targets[i]);
		fake_answer_problem(g->api, &g->bus.sent[0], 409, "finding.bad_transition", g->now_us);
	}
}

/* A byte order mark before JSON is no error, and nothing else may stand there. */
static void
test_mark(struct gateway *g)
{
	ask(g, &(struct request){ "POST", D "/findings/F1/confirm", JSON, "\xef\xbb\xbf{\"reason\":\"r\"}" });
	check(g->bus.n == 1 && !g->bus.sent[0].commands->items[0]->refusal, "JSON after a mark", gateway_code(g));
	fake_answer_problem(g->api, &g->bus.sent[0], 409, "finding.bad_transition", g->now_us);
	static const char *const bad[] = {
		"\xef\xbb\xbf", "\xef\xbb\xbf\xef\xbb\xbf{}", " \xef\xbb\xbf{}", "\xef\xbb{}", "\xff\xfe{}",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ask(g, &(struct request){ "POST", D "/findings/F1/confirm", JSON, bad[i] });
		check(g->bus.n == 0 && g->client.reply.status == 400 && strcmp(gateway_code(g), "json.malformed") == 0,
		      "a mark alone, or twice, or none", gateway_code(g));
	}
}

/* A file goes on as it came, whatever charset it is said to have; its key stands for the query too. */
static void
test_file(struct gateway *g)
{
	static const char file[] = "id,name\nu1,\xd5\xd4\n";
	static const struct { const char *target, *type; bool dry_run; const char *charset; } rows[] = {
		{ D "/imports?kind=units", "text/csv", false, "" },
		{ D "/imports?kind=units&dry_run=1", "text/csv; charset=gb18030; header=present", true, "gb18030" },
		{ D "/imports?kind=units", "text/csv;charset=\"GBK\"", false, "gb18030" },
		{ D "/imports?kind=units", "Text/CSV ; Charset=utf-8 ;", false, "utf-8" },
	};
	uint8_t prints[4][SHA256_SIZE] = { { 0 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask(g, &(struct request){ "POST", rows[i].target, rows[i].type, file, .key = "k" });
		const Wire__Command *c = g->bus.n == 1 ? g->bus.sent[0].commands->items[0] : NULL;
		Roster__ImportRows *m = c ? roster__import_rows__unpack(NULL, c->data.len, c->data.data) : NULL;
		check(m && !c->refusal && strcmp(c->key, "k") == 0 && m->kind == ROSTER__IMPORT_KIND__UNITS &&
		              !!m->dry_run == rows[i].dry_run,
		      "what is to be done with it", rows[i].target);
		check(m && m->csv.len == strlen(file) && memcmp(m->csv.data, file, m->csv.len) == 0 &&
		              strcmp(m->charset, rows[i].charset) == 0,
		      "its bytes, and what they are said to be", rows[i].type);
		if (m)
			memcpy(prints[i], c->fingerprint.data, SHA256_SIZE);
		roster__import_rows__free_unpacked(m, NULL);
		fake_answer_message(g->api, &g->bus.sent[0], 200, &(Roster__Imported)ROSTER__IMPORTED__INIT, g->now_us);
		check(strcmp(g->client.text, "{\"rows\":0,\"accepted\":0,\"errors\":[]}") == 0, "the answer",
		      g->client.text);
	}
	check(memcmp(prints[0], prints[1], SHA256_SIZE) != 0, "a dry run is another request", "");
}

static void
test_optional_body(struct gateway *g)
{
	static const struct request asks[] = {
		{ "POST", D "/findings/F1/confirm" }, { "POST", D "/findings/F1/confirm", JSON, "" },
		{ "POST", D "/findings/F1/confirm", JSON, "{}" },
		{ "POST", D "/findings/F1/confirm", JSON, "{\"reason\":\"r\"}" },
	};

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		ask(g, &asks[i]);
		check(g->bus.n == 1 && !g->bus.sent[0].commands->items[0]->refusal, "a body may be left out",
		      asks[i].type ? asks[i].type : "");
		fake_answer_problem(g->api, &g->bus.sent[0], 409, "finding.bad_transition", g->now_us);
		check(g->client.reply.status == 409 && strcmp(gateway_code(g), "finding.bad_transition") == 0,
		      "409 passes", gateway_code(g));
	}
}

static void
test_clock(struct gateway *g)
{
	ask(g, &(struct request){ "POST", "/api/v1/clock", JSON, "{\"now\":\"2017-09-09T00:00:00+08:00\"}",
	                          .key = "\x01" });
	const struct sent *s = &g->bus.sent[0];
	check(g->bus.n == 1 && s->m.partition == -1 && strcmp(s->m.service, "roster") == 0 &&
	              !s->commands->items[0]->refusal && *s->commands->items[0]->key == '\0',
	      "the clock is roster's, any replica's, and takes no key", "");
	Engine__Clock now = ENGINE__CLOCK__INIT;
	now.now_us = INT64_C(1504886400000000);
	fake_answer_message(g->api, s, 200, &now, g->now_us);
	check(strcmp(g->client.text, "{\"now\":\"2017-09-09T00:00:00+08:00\"}") == 0, "its answer", g->client.text);
}

static void
test_read(struct gateway *g)
{
	ask(g, &(struct request){ "GET", D "/postings?limit=500&person_id=p%2D1&cursor=a%2Bb&on=2017-09-08" });
	const Wire__Read *r = g->bus.n ? g->bus.sent[0].read : NULL;
	Roster__ListPostings *m = r ? roster__list_postings__unpack(NULL, r->data.len, r->data.data) : NULL;
	check(m && !r->refusal && m->limit == 500 && strcmp(m->person_id, "p-1") == 0 &&
	              strcmp(m->cursor, "a+b") == 0 && m->on_day == 17417 && m->maybe_village_case == 0 &&
	              g->bus.sent[0].m.lane == WIRE__LANE__READER,
	      "a list's question", "");
	roster__list_postings__free_unpacked(m, NULL);
	Roster__PostingList none = ROSTER__POSTING_LIST__INIT;
	fake_answer_message(g->api, &g->bus.sent[0], 200, &none, g->now_us);
	check(g->client.reply.status == 200 && strcmp(g->client.text, "{\"items\":[]}") == 0, "an empty list",
	      g->client.text);
}

/* The case sheet: three services, one object; any of them refusing refuses it. */
static void
test_merge(struct gateway *g)
{
	Accountability__CaseSheet sheet = ACCOUNTABILITY__CASE_SHEET__INIT;
	Funding__MeasureMoney money = FUNDING__MEASURE_MONEY__INIT;
	Alerts__MeasureMessages told = ALERTS__MEASURE_MESSAGES__INIT;

	sheet.id = (char *)"M1";
	ask(g, &(struct request){ "GET", D "/measures/M1" });
	check(g->bus.n == 3, "three questions", "");
	fake_answer_message(g->api, &g->bus.sent[2], 200, &told, g->now_us);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &sheet, g->now_us);
	check(g->client.replies == 0, "all are waited for", "");
	fake_answer_message(g->api, &g->bus.sent[1], 200, &money, g->now_us);
	json_t *j = g->client.text ? json_loads(g->client.text, 0, NULL) : NULL;
	check(g->client.reply.status == 200 && json_is_array(json_object_get(j, "money")) &&
	              json_is_array(json_object_get(j, "messages")) && json_is_array(json_object_get(j, "facts")) &&
	              strcmp(json_string_value(json_object_get(j, "id")), "M1") == 0,
	      "one object", g->client.text ? g->client.text : "");
	json_decref(j);

	ask(g, &(struct request){ "GET", D "/measures/M1" });
	fake_answer_message(g->api, &g->bus.sent[2], 200, &told, g->now_us);
	fake_answer_message(g->api, &g->bus.sent[1], 200, &money, g->now_us);
	fake_answer_problem(g->api, &g->bus.sent[0], 404, "resource.unknown", g->now_us);
	check(g->client.reply.status == 404, "unknown to its owner is unknown", gateway_code(g));

	ask(g, &(struct request){ "GET", D "/measures/M1" });
	fake_answer_message(g->api, &g->bus.sent[2], 200, &told, g->now_us);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &sheet, g->now_us);
	for (int i = 0; i < 10; i++)
		gateway_pass(g, 1000000);
	check(g->client.replies == 1 && g->client.reply.status == 503 &&
	              strcmp(client_header(&g->client, "Retry-After"), "1") == 0,
	      "one missing is 503", gateway_code(g));
}

/* Texts mention people; roster says what they are called, of so many at a time; who it does not know is told by id.  A
 * client who may see nothing of it, and one whose answer mentions nobody, wait for nothing. */
static void
test_names(struct gateway *g)
{
	enum { MANY = 900 };
	static char texts[MANY][128];
	Alerts__Alert alerts[MANY], *items[MANY];
	Alerts__AlertList list = ALERTS__ALERT_LIST__INIT;
	Roster__Names none = ROSTER__NAMES__INIT;

	list.items = items;
	for (int i = 0; i < MANY; i++) {
		snprintf(texts[i], sizeof(texts[i]), "关于⟦person/p%d@%d⟧、⟦person/p%d@%d⟧。", i, i + 1, i, i + 1);
		alerts[i] = (Alerts__Alert)ALERTS__ALERT__INIT;
		alerts[i].text = texts[i];
		items[i] = &alerts[i];
	}
	ask(g, &(struct request){ "GET", D "/alerts" });
	fake_answer_message(g->api, &g->bus.sent[0], 200, &list, g->now_us);
	check(g->bus.n == 1 && g->client.reply.status == 200 && strcmp(g->client.text, "{\"items\":[]}") == 0,
	      "no message mentions nobody", g->client.text);

	list.n_items = MANY;
	ask(g, &(struct request){ "GET", D "/alerts" });
	fake_answer_message(g->api, &g->bus.sent[0], 200, &list, g->now_us);
	size_t asked = 0, questions = 0;
	while (!g->client.replies && g->bus.n > 1 + questions) {
		const struct sent *s = &g->bus.sent[++questions];
		Roster__ReadNames *m = roster__read_names__unpack(NULL, s->read->data.len, s->read->data.data);
		Roster__Named first = ROSTER__NAMED__INIT, *one = &first;
		Roster__Names said = ROSTER__NAMES__INIT;
		check(m && m->n_refs && m->n_refs <= 400 && strcmp(s->m.service, "roster") == 0, "some at a time", "");
		asked += m ? m->n_refs : 0;
		first.ref = m->refs[0];
		first.name = (char *)"张一";
		said.n_items = 1;
		said.items = &one;
		fake_answer_message(g->api, s, 200, &said, g->now_us);
		roster__read_names__free_unpacked(m, NULL);
	}
	check(asked == MANY && questions == 3, "each of them once", "");
	check(g->client.reply.status == 200 && strstr(g->client.text, "\"关于张一、张一。\"") &&
	              strstr(g->client.text, "\"关于p1、p1。\"") && !strstr(g->client.text, "⟦"),
	      "by name, or by id", g->client.text ? g->client.text : "");

	list.n_items = 1;
	ask(g, &(struct request){ "GET", D "/alerts" });
	fake_answer_message(g->api, &g->bus.sent[0], 200, &list, g->now_us);
	fake_answer_problem(g->api, &g->bus.sent[1], 503, "owner.away", g->now_us);
	for (int i = 0; i < 10; i++)
		gateway_pass(g, 1000000);
	check(g->client.replies == 1 && g->client.reply.status == 503, "nobody to say it", gateway_code(g));

	ask(g, &(struct request){ "GET", D "/alerts" });
	fake_answer_message(g->api, &g->bus.sent[0], 200, &list, g->now_us);
	fake_answer_message(g->api, &g->bus.sent[1], 200, &none, g->now_us);
	check(g->client.reply.status == 200 && strstr(g->client.text, "关于p0、p0。"), "of nobody is anything known",
	      g->client.text);
}

/* ---- asking again */

static const struct request put = { "PUT", D "/townships/t", JSON, "{\"name\":\"n\",\"area_id\":\"a\"}" };
static const struct request note = {
	"POST", D "/findings", JSON, "{\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\"}",
};
static const struct request note_keyed = {
	"POST", D "/findings", JSON, "{\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\"}",
	.key = "k",
};
static const struct request get = { "GET", D };

enum happening { NOBODY_CONNECTED, UNROUTED, OWNER_AWAY, OWNER_BUSY, SILENCE };

static void
happen(struct gateway *g, enum happening what)
{
	if (what == UNROUTED)
		fake_unrouted(g->api, fake_last(&g->bus), g->now_us);
	else if (what == OWNER_AWAY)
		fake_answer_problem(g->api, fake_last(&g->bus), 503, "owner.away", g->now_us);
	else if (what == OWNER_BUSY)
		fake_answer_problem(g->api, fake_last(&g->bus), 503, "owner.busy", g->now_us);
	g->bus.dead = what == NOBODY_CONNECTED;
}

static const struct {
	const char *name; const struct request *ask; enum happening what; bool again; int status_at_end;
} retries[] = {
	{ "put, no bus", &put, NOBODY_CONNECTED, true, 503 },
	{ "put, unrouted", &put, UNROUTED, true, 503 },
	{ "put, away", &put, OWNER_AWAY, true, 503 },
	{ "put, silence", &put, SILENCE, true, 504 },
	{ "note, unrouted", &note, UNROUTED, true, 503 },
	{ "note, away", &note, OWNER_AWAY, true, 503 },
	{ "note, busy", &note, OWNER_BUSY, true, 503 },
	{ "note, silence", &note, SILENCE, false, 504 },
	{ "note with key, silence", &note_keyed, SILENCE, true, 504 },
	{ "get, unrouted", &get, UNROUTED, true, 503 },
	{ "get, silence", &get, SILENCE, true, 503 },
};

static void
test_retries(struct gateway *g)
{
	for (size_t i = 0; i < sizeof(retries) / sizeof(retries[0]); i++) {
		int64_t begun_us = g->now_us;
		g->bus.dead = retries[i].what == NOBODY_CONNECTED;
		ask(g, retries[i].ask);
		size_t seen = g->bus.n, asked = g->bus.n;
		for (int step = 0; step < 6000 && g->client.replies == 0; step++) {
			if (seen != g->bus.n || step == 0)
				happen(g, retries[i].what);
			asked += g->bus.n - seen;
			seen = g->bus.n;
			gateway_pass(g, 1000);
		}
		check(g->client.replies == 1 && g->client.reply.status == retries[i].status_at_end, retries[i].name,
		      gateway_code(g));
		check((seen > 1) == (retries[i].again && retries[i].what != NOBODY_CONNECTED), "asked again or not",
		      retries[i].name);
		check(g->now_us - begun_us >= 4700000 && g->now_us - begun_us <= 5001000,
		      "for the whole time and no longer", retries[i].name);
		g->bus.dead = false;
	}
}

/* Away, then there: the client sees nothing of it. */
static void
test_comes_back(struct gateway *g)
{
	Supervision__Finding f = SUPERVISION__FINDING__INIT;

	ask(g, &note);
	fake_unrouted(g->api, &g->bus.sent[0], g->now_us);
	check(g->bus.n == 1, "not at once", "");
	gateway_pass(g, 9999);
	check(g->bus.n == 1, "not before 10 ms", "");
	gateway_pass(g, 1);
	check(g->bus.n == 2 && g->bus.sent[1].m.id != g->bus.sent[0].m.id, "after 10 ms, as another try", "");
	fake_answer_problem(g->api, &g->bus.sent[1], 503, "owner.away", g->now_us);
	gateway_pass(g, 20000);
	check(g->bus.n == 3, "after 20 ms more", "");
	fake_answer_message(g->api, &g->bus.sent[2], 201, &f, g->now_us);
	check(g->client.reply.status == 201, "answered in the end", gateway_code(g));
}

/* A late answer to an earlier try is the answer; a late refusal of it is nothing; a second answer finds nobody. */
static void
test_late_answers(struct gateway *g)
{
	Supervision__Finding f = SUPERVISION__FINDING__INIT;

	ask(g, &note_keyed);
	gateway_pass(g, 1500000);
	check(g->bus.n == 2, "asked again after 1.5 s", "");
	fake_unrouted(g->api, &g->bus.sent[0], g->now_us);
	gateway_pass(g, 100000);
	check(g->bus.n == 2 && g->client.replies == 0, "an earlier try's refusal says nothing of the last", "");
	fake_answer_message(g->api, &g->bus.sent[0], 201, &f, g->now_us);
	check(g->client.replies == 1 && g->client.reply.status == 201, "an earlier try's answer is one", "");
	fake_answer_message(g->api, &g->bus.sent[1], 201, &f, g->now_us);
	check(g->client.replies == 1, "answered once", "");
}

/* Some try may have been done: whatever comes later, the outcome is not known. */
static void
test_lost_then_away(struct gateway *g)
{
	ask(g, &put);
	gateway_pass(g, 1500000);
	for (int i = 0; i < 5000 && !g->client.replies; i++) {
		fake_unrouted(g->api, fake_last(&g->bus), g->now_us);
		gateway_pass(g, 1000);
	}
	check(g->client.reply.status == 504, "lost, then away", gateway_code(g));
}

static void
test_bad_answers(struct gateway *g)
{
	struct message m = { .kind = WIRE__KIND__ANSWER, .body = "\xff\xff", .body_len = 2 };

	ask(g, &put);
	m.id = g->bus.sent[0].m.id;
	m.service = "another";
	api_receive(g->api, &m, g->now_us);
	check(g->client.replies == 0, "an answer of somebody who was not asked is none", gateway_code(g));
	m.service = g->bus.sent[0].m.service;
	api_receive(g->api, &m, g->now_us);
	check(g->client.reply.status == 504, "an answer that cannot be read leaves the outcome open", gateway_code(g));
	Wire__Answer a = WIRE__ANSWER__INIT;
	a.status = 200;
	a.data = (ProtobufCBinaryData){ 2, (uint8_t *)"\xff\xff" };
	ask(g, &get);
	fake_answer(g->api, &g->bus.sent[0], &a, g->now_us);
	check(g->client.reply.status == 500, "nor one whose message cannot be read", gateway_code(g));
	ask(g, &get);
	a.data.len = 0;
	a.status = 503;
	fake_answer(g->api, &g->bus.sent[0], &a, g->now_us);
	check(g->client.reply.status == 500, "nor a refusal without a problem", gateway_code(g));
}

/* ---- leaving, stopping, health */

static void
test_leaving(struct gateway *g)
{
	ask(g, &put);
	api_leave(g->call, g->now_us);
	check(api_outstanding(g->api) == 1, "what was asked stays asked", "");
	fake_answer_problem(g->api, &g->bus.sent[0], 409, "x.y", g->now_us);
	check(g->client.replies == 0 && api_outstanding(g->api) == 0, "and nobody hears of it", "");
	begin(g, &put, -1);
	api_body(g->call, "{", 1, g->now_us);
	api_leave(g->call, g->now_us);
	check(api_outstanding(g->api) == 0 && g->bus.n == 0, "half a request is nothing", "");
}

static void
answer_all(struct gateway *g, size_t from, size_t n, const ProtobufCMessage *m)
{
	for (size_t i = from; i < n; i++)
		fake_answer_message(g->api, &g->bus.sent[i], 200, m, g->now_us);
}

static void
ask_ready(struct gateway *g)
{
	ask(g, &(struct request){ "GET", "/readyz", .no_token = true });
	check(g->bus.n == 5 && g->bus.sent[0].m.partition == -1, "both lanes of each service, and the database", "");
}

static bool
lacks(struct gateway *g, const char *error)
{
	return g->client.reply.status == 503 && g->client.text && strstr(g->client.text, error);
}

static void
test_ready(struct gateway *g)
{
	Engine__Ready fine = ENGINE__READY__INIT, without = ENGINE__READY__INIT;
	Engine__Status status = ENGINE__STATUS__INIT;
	Engine__ServiceStatus alerts = ENGINE__SERVICE_STATUS__INIT, *all_services[] = { &alerts };
	char *code = (char *)"writer.without_database";

	ask_ready(g);
	answer_all(g, 0, 4, &fine.base);
	answer_all(g, 4, 5, &status.base);
	check(g->client.reply.status == 200, "ready", g->client.text);

	ask_ready(g);
	answer_all(g, 0, 3, &fine.base);
	gateway_pass(g, 1000000);
	check(lacks(g, "{\"pointer\":\"/alerts\",\"code\":\"reader.silent\"}") && !strstr(g->client.text, "roster"),
	      "not ready, and why", g->client.text ? g->client.text : "");

	without.missing = &code;
	without.n_missing = 1;
	ask_ready(g);
	answer_all(g, 0, 1, &without.base);
	answer_all(g, 1, 4, &fine.base);
	answer_all(g, 4, 5, &status.base);
	check(lacks(g, "{\"pointer\":\"/roster\",\"code\":\"writer.without_database\"}"), "what it lacks",
	      g->client.text);

	alerts.service = (char *)"alerts";
	alerts.unowned = 2;
	status.services = all_services;
	status.n_services = 1;
	ask_ready(g);
	answer_all(g, 0, 4, &fine.base);
	answer_all(g, 4, 5, &status.base);
	check(lacks(g, "{\"pointer\":\"/alerts\",\"code\":\"partition.unowned\"}"), "nobody holds a partition",
	      g->client.text);
}

static void
peers_fill(Engine__Peers *peers, Engine__Peer *all, Engine__Peer **at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		engine__peer__init(&all[i]);
		all[i].service = (char *)"roster";
		all[i].instance = (char *)(i ? "roster-2" : "roster-1");
		at[i] = &all[i];
	}
	peers->items = at;
	peers->n_items = n;
}

/* A bus says who is there; each of them is asked by its name, and each bus. */
static void
test_metrics(struct gateway *g)
{
	Engine__Metrics m = ENGINE__METRICS__INIT;
	Engine__Peers peers = ENGINE__PEERS__INIT;
	Engine__Peer all[2], *at[2];
	Engine__Status status = ENGINE__STATUS__INIT;
	Engine__ServiceStatus alerts = ENGINE__SERVICE_STATUS__INIT, *all_services[] = { &alerts };
	Engine__ConsumedLag lag = ENGINE__CONSUMED_LAG__INIT, *lags[] = { &lag };

	ask(g, &(struct request){ "GET", "/livez", .no_token = true });
	m.text = (char *)"# HELP x_seconds X.\n# TYPE x_seconds histogram\nx_seconds_bucket{le=\"+Inf\"} "
	                 "1\nx_seconds_sum{} 1\nx_seconds_count{} 1\n";
	ask(g, &(struct request){ "GET", "/metrics", .no_token = true });
	check(g->bus.n == 1 && strcmp(g->bus.sent[0].m.service, "bus") == 0, "a bus is asked who is there", "");
	peers_fill(&peers, all, at, 2);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &peers.base, g->now_us);
	check(g->bus.n == 6 && g->bus.sent[2].m.via == 1 && g->bus.sent[3].m.via == 2 &&
	              strcmp(g->bus.sent[4].m.replica, "roster-1") == 0 &&
	              strcmp(g->bus.sent[5].m.replica, "roster-2") == 0,
	      "the database, each bus, each replica", "");
	alerts.service = (char *)"alerts";
	lag.from = (char *)"roster";
	lag.lag = 3;
	alerts.consumes = lags;
	alerts.n_consumes = 1;
	status.services = all_services;
	status.n_services = 1;
	answer_all(g, 1, 2, &status.base);
	answer_all(g, 2, 5, &m.base);
	gateway_pass(g, 1000000);
	check(g->client.reply.status == 200 &&
	              strstr(g->client.text, "zhucun_http_requests_total{service=\"gateway\",method=\"GET\",route=\"/"
	                                     "livez\",status=\"200\"} 1\n"),
	      "our own, by route and status", g->client.text);
	check(strstr(g->client.text, "zhucun_consumer_lag_events{service=\"alerts\",producer=\"roster\"} 3\n") &&
	              strstr(g->client.text, "zhucun_parked_inputs{service=\"alerts\"} 0\n"),
	      "what the database says", g->client.text);
	const char *help = strstr(g->client.text, "# HELP x_seconds");
	check(help && !strstr(help + 1, "# HELP x_seconds") &&
	              strstr(help, "x_seconds_count{} 1\nx_seconds_bucket{le=\"+Inf\"} 1\n"),
	      "theirs: one HELP, a histogram's samples together", g->client.text);
}

/* 30.92608 is no double; what its nearest double is to 17 digits nobody wants to read. */
static void
test_numbers(struct gateway *g)
{
	Roster__Village v = ROSTER__VILLAGE__INIT;
	Roster__Fence fence = ROSTER__FENCE__INIT;

	fence.lon = 107.23336;
	fence.lat = 30.92608;
	fence.radius_m = 800;
	v.maybe_fence_case = ROSTER__VILLAGE__MAYBE_FENCE_FENCE;
	v.fence = &fence;
	ask(g, &(struct request){ "GET", D "/villages/v-1" });
	fake_answer_message(g->api, &g->bus.sent[0], 200, &v, g->now_us);
	check(strstr(g->client.text, "{\"lon\":107.23336,\"lat\":30.92608,\"radius_m\":800.0}") != NULL,
	      "a number as it was given", g->client.text);
}

/* Nobody is asked; made once, so its tag stays. */
static void
test_document(struct gateway *g)
{
	struct request r = { "GET", "/api/v1/openapi.json" };
	char tag[REPLY_VALUE_MAX + 4];

	ask(g, &r);
	check(g->client.reply.status == 200 && g->bus.n == 0 && strstr(g->client.text, "\"openapi\":\"3.1.0\""),
	      "the document", g->client.text);
	check(g->client.reply.cache && *client_header(&g->client, "ETag"), "may be kept", "");
	snprintf(tag, sizeof(tag), "W/%s", client_header(&g->client, "ETag"));
	r.tag = tag;
	ask(g, &r);
	check(g->client.reply.status == 304 && g->client.reply.len == 0, "is not sent again", g->client.text);
	r.tag = "\"0123\"";
	ask(g, &r);
	check(g->client.reply.status == 200 && g->client.reply.len > 0, "but for another", g->client.text);
	r.no_token = true;
	ask(g, &r);
	check(g->client.reply.status == 401, "takes a token", g->client.text);
}

/* What a reader has he is not sent again; what is long he gets packed. */
static void
test_tagged(struct gateway *g)
{
	Roster__Person p = ROSTER__PERSON__INIT;
	struct request r = { "GET", D "/persons/p-1" };
	char tag[REPLY_VALUE_MAX];

	p.id = (char *)"p-1";
	p.name = (char *)"张三";
	ask(g, &r);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &p, g->now_us);
	snprintf(tag, sizeof(tag), "%s", client_header(&g->client, "ETag"));
	check(*tag == '"' && !g->client.reply.cache, "tagged, and not kept by what stands between", tag);
	r.tag = tag;
	ask(g, &r);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &p, g->now_us);
	check(g->client.reply.status == 304 && g->client.reply.len == 0, "is not sent again", g->client.text);
	check_text(client_header(&g->client, "ETag"), tag, "and still has its tag");
	p.name = (char *)"李四";
	ask(g, &r);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &p, g->now_us);
	check_number(g->client.reply.status, 200, "but when it has changed");
	ask(g, &r);
	fake_answer_problem(g->api, &g->bus.sent[0], 404, "resource.unknown", g->now_us);
	check(g->client.reply.status == 404 && !*client_header(&g->client, "ETag"), "no refusal has one", "");
}

/* A thing is put only if it is as it was seen. */
static void
test_if_match(struct gateway *g)
{
	Roster__Unit unit = ROSTER__UNIT__INIT;
	char tag[REPLY_VALUE_MAX];
	struct request get_unit = { "GET", D "/units/u-1" }, put_unit = { "PUT", D "/units/u-1", JSON, "{\"name\":7}" };

	unit.id = (char *)"u-1";
	unit.name = (char *)"局";
	ask(g, &get_unit);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &unit, g->now_us);
	snprintf(tag, sizeof(tag), "%s", client_header(&g->client, "ETag"));
	put_unit.match = tag;
	ask(g, &put_unit);
	check(g->bus.n == 1 && strcmp(g->bus.sent[0].read->type, roster__read_unit__descriptor.name) == 0,
	      "it is read first", "");
	fake_answer_message(g->api, &g->bus.sent[0], 200, &unit, g->now_us);
	check(g->bus.n == 2 && g->bus.sent[1].commands && g->bus.sent[1].commands->items[0]->refusal,
	      "then the order is given, and what is wrong with it said by the owner", "");
	fake_answer_message(g->api, &g->bus.sent[1], 200, &unit, g->now_us);
	check_number(g->client.reply.status, 200, "and answered");
	unit.name = (char *)"二局";
	ask(g, &put_unit);
	fake_answer_message(g->api, &g->bus.sent[0], 200, &unit, g->now_us);
	check(g->client.reply.status == 412 && g->bus.n == 1, "it has changed meanwhile", gateway_code(g));
	put_unit.match = "*";
	ask(g, &put_unit);
	fake_answer_problem(g->api, &g->bus.sent[0], 404, "resource.unknown", g->now_us);
	check(g->client.reply.status == 412 && g->bus.n == 1, "it is not there", gateway_code(g));
	ask(g, &put_unit);
	fake_answer_problem(g->api, &g->bus.sent[0], 404, "district.unknown", g->now_us);
	check_number(g->client.reply.status, 404, "there is no such district");
	put_unit.body = "{";
	ask(g, &put_unit);
	check(g->client.reply.status == 400 && g->bus.n == 0, "what is no JSON is said first", gateway_code(g));
}

/* ---- who asks for much waits for himself */

#define ELSEWHERE "/api/v1/districts/511704"

static void
test_windows(struct gateway *g)
{
	static const struct request here = {
		"GET", D "/persons/p1" }, elsewhere = { "GET", ELSEWHERE "/persons/p1" },
		order = { "PUT", D "/units/u1", JSON, "{\"name\":\"n\"}",
	};
	struct sent first = { 0 };
	int n = 0;

	for (ask(g, &here); g->bus.n == 1 && n < 100; n++, ask(g, &here))
		first = g->bus.sent[0];
	check(n > 1 && n < 100 && g->client.replies == 0, "so many of a district are asked at once, one more waits",
	      "");
	ask(g, &order);
	check(g->bus.n == 1, "not behind another lane", "");
	ask(g, &elsewhere);
	check(g->bus.n == 1, "nor another district", "");
	fake_forget(&g->bus);
	fake_answer_problem(g->api, &first, 404, "resource.unknown", g->now_us);
	check(g->bus.n == 1 && g->bus.sent[0].read, "one has its answer, the next is asked", "");
	ask(g, &here);
	check(g->bus.n == 0, "and so on", "");
	gateway_pass(g, 5000000);
	gateway_pass(g, 0);
	check(api_outstanding(g->api) == 0 && g->client.reply.status == 503, "who waits too long is told",
	      gateway_code(g));
}

static void
test_bodies(struct gateway *g)
{
	static const struct request here = {
		"PUT", D "/units/u1", JSON }, small = { "PUT", D "/units/u1", JSON, "{\"name\":\"n\"}",
	};
	static const struct request other = {
		"PUT", ELSEWHERE "/units/u1", JSON, "{\"name\":\"n\"}", .filler = 1000000,
	};
	enum { MANY = BODIES_BYTES_MAX / BODY_BYTES_MAX };
	call_t *calls[MANY];
	char *blanks = malloc(BODY_BYTES_MAX);

	memset(blanks, ' ', BODY_BYTES_MAX);
	for (int i = 0; i < MANY; i++) {
		begin(g, &here, -1);
		calls[i] = g->call;
		api_body(g->call, blanks, BODY_BYTES_MAX, g->now_us);
	}
	ask(g, &small);
	check(g->bus.n == 1, "a district whose bodies take their share still asks for little", "");
	ask(g, &other);
	check(g->bus.n == 1, "another for much", gateway_code(g));
	api_end(calls[MANY - 1], g->now_us);
	check(g->client.reply.status == 503, "not so itself", gateway_code(g));
	for (int i = 0; i < MANY - 1; i++)
		api_leave(calls[i], g->now_us);
	free(blanks);
}

static void
test_stopping(struct gateway *g)
{
	ask(g, &put);
	check(g->client.replies == 0 && api_outstanding(g->api) == 1, "a call is under way", "");
	api_give_up(g->api, g->now_us);
	check(g->client.reply.status == 504 && api_outstanding(g->api) == 0, "until it is given up", gateway_code(g));
	ask(g, &get);
	check(g->client.reply.status == 503 && strcmp(gateway_code(g), "gateway.stopping") == 0, "no new ones",
	      gateway_code(g));
}

int
main(void)
{
	static const char *const services[] = { "roster", "alerts", NULL };
	const struct api_settings settings = { .manual_clock = true, .services = services, .buses = 2 };
	static void (*const tests[])(struct gateway *) = {
		test_at_once, test_endless_body, test_deep, test_escapes, test_mark, test_by_owner, test_order,
		test_keys, test_optional_body, test_file, test_clock, test_read,
		test_merge, test_names, test_retries, test_comes_back, test_late_answers, test_lost_then_away,
		test_bad_answers, test_leaving,
		test_ready, test_metrics, test_numbers, test_document, test_tagged, test_if_match, test_windows,
		test_bodies, test_stopping,
	};

	log_open("api_test", LOG_LEVEL_ERROR + 1);
	gateway_run(tests, sizeof(tests) / sizeof(tests[0]), settings);
	return tally_end();
}
