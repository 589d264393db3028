/* evidence_test - files as they are: what is taken for one; who is given one, by what its path answers.
 *
 * How: as api_test, with supervision played. */
#include "api/api.h"
#include "base/log.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "supervision.pb-c.h"
#include <stdlib.h>

#define PDF "%PDF-1.4 of a thing"
#define PATH_OF "?of=findings/F000000000001"

static void
ask(struct gateway *g, const char *method, const char *target, const char *type, const void *body, size_t len)
{
	struct api_request r = {
		.method = method, .target = target, .authorization = "Bearer " TOKEN, .content_type = type,
		.content_length = -1,
	};

	gateway_begin(g, &r);
	for (size_t at = 0; at < len;)
		at += api_body(g->call, (const char *)body + at, len - at, g->now_us);
	api_end(g->call, g->now_us);
}

static void
digest_of(const void *p, size_t len, char out[SHA256_HEX_MAX])
{
	struct span_of_bytes all = { p, len };
	uint8_t digest[SHA256_SIZE];

	sha256(&all, 1, digest);
	hex_text(digest, sizeof(digest), out);
}

/* ---- POST /files */

static const struct { const char *type, *body; bool taken; } bodies[] = {
	{ "application/pdf", PDF, true }, { "image/jpeg", "\xff\xd8\xff\xe0 and so on", true },
	{ "image/png", "\x89PNG\r\n\x1a\n and so on", true }, { "Image/PNG", "\x89PNG\r\n\x1a\n and so on", true },
	{ "image/png", PDF, false }, { "application/pdf", "<script>", false }, { "image/svg+xml", "<svg>", false },
	{ "text/html", PDF, false }, { "application/json", "{}", false }, { NULL, PDF, false },
	{ "application/pdf", "", false },
};

static void
test_taken(struct gateway *g)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		ask(g, "POST", D "/files", bodies[i].type, bodies[i].body, strlen(bodies[i].body));
		check(bodies[i].taken == (g->bus.n == 1), "taken", bodies[i].type);
		if (bodies[i].taken)
			fake_answer_problem(g->api, &g->bus.sent[0], 503, "owner.busy", g->now_us);
		else
			check_number(g->client.reply.status, 415, "or refused");
	}
}

static void
test_kept(struct gateway *g)
{
	Supervision__StoredFile said = SUPERVISION__STORED_FILE__INIT;
	char hex[SHA256_HEX_MAX];

	digest_of(PDF, strlen(PDF), hex);
	ask(g, "POST", D "/files", "application/pdf", PDF, strlen(PDF));
	Wire__Command *c = g->bus.sent[0].commands->items[0];
	Supervision__PutFile *m = supervision__put_file__unpack(NULL, c->data.len, c->data.data);
	check(strcmp(m->sha256, hex) == 0 && strcmp(m->type, "application/pdf") == 0 && m->data.len == strlen(PDF) &&
	      memcmp(m->data.data, PDF, m->data.len) == 0, "as it came, and its digest", m->sha256);
	supervision__put_file__free_unpacked(m, NULL);
	said.sha256 = hex;
	said.bytes = (int64_t)strlen(PDF);
	fake_answer_message(g->api, &g->bus.sent[0], 201, &said, g->now_us);
	check(g->client.reply.status == 201 && strstr(g->client.text, "\"bytes\":19"), "told", g->client.text);
}

static void
test_whole_mebibyte(struct gateway *g)
{
	char *much = malloc(BODY_BYTES_MAX + 1);

	memset(much, 'x', BODY_BYTES_MAX + 1);
	memcpy(much, "%PDF-", 5);
	ask(g, "POST", D "/files", "application/pdf", much, BODY_BYTES_MAX);
	check_number((int64_t)g->bus.n, 1, "as much as may be");
	fake_answer_problem(g->api, &g->bus.sent[0], 503, "owner.busy", g->now_us);
	ask(g, "POST", D "/files", "application/pdf", much, BODY_BYTES_MAX + 1);
	check_number(g->client.reply.status, 413, "and no more");
	free(much);
}

/* ---- GET /files/{sha256} */

static void
say_finding(struct gateway *g, char *sha256)
{
	Supervision__Finding f = SUPERVISION__FINDING__INIT;
	Supervision__Evidence e = SUPERVISION__EVIDENCE__INIT, *all[] = { &e };

	f.id = (char *)"F000000000001";
	e.sha256 = sha256;
	e.name = (char *)"x.pdf";
	f.n_evidence = 1;
	f.evidence = all;
	fake_answer_message(g->api, fake_last(&g->bus), 200, &f, g->now_us);
}

static void
say_piece(struct gateway *g, const char *bytes, int64_t size)
{
	Supervision__FilePiece p = SUPERVISION__FILE_PIECE__INIT;

	p.type = (char *)"application/pdf";
	p.size = size;
	p.data = (ProtobufCBinaryData){ strlen(bytes), (uint8_t *)bytes };
	fake_answer_message(g->api, fake_last(&g->bus), 200, &p, g->now_us);
}

static bool
has_fixed(const struct gateway *g, const char *name, const char *value)
{
	for (const struct reply_fixed *f = g->client.reply.fixed; f && f->name; f++)
		if (strcmp(f->name, name) == 0 && strcmp(f->value, value) == 0)
			return true;
	return false;
}

static void
test_given(struct gateway *g)
{
	char hex[SHA256_HEX_MAX], target[256];

	digest_of(PDF, strlen(PDF), hex);
	snprintf(target, sizeof(target), D "/files/%s" PATH_OF, hex);
	ask(g, "GET", target, NULL, NULL, 0);
	check(strcmp(g->bus.sent[0].read->type, supervision__read_finding__descriptor.name) == 0,
	      "what it is of is read first", "");
	say_finding(g, hex);
	check(strcmp(g->bus.sent[1].read->type, supervision__read_file_piece__descriptor.name) == 0, "then its bytes",
	      "");
	say_piece(g, "%PDF-1.4 ", 19);
	say_piece(g, "of a thing", 19);
	check(g->bus.n == 3 && g->client.reply.status == 200, "piece by piece", g->client.text);
	check_text(g->client.text, PDF, "all of it");
	check(has_fixed(g, "Content-Disposition", "inline") && has_fixed(g, "Content-Security-Policy", "sandbox"),
	      "and nothing in it runs", "");
	ask(g, "GET", target, NULL, NULL, 0);
	say_finding(g, hex);
	fake_answer_problem(g->api, fake_last(&g->bus), 404, "resource.unknown", g->now_us);
	check_number(g->client.reply.status, 404, "or none was sent");
}

static void
test_not_named(struct gateway *g)
{
	static const char *const nowhere[] = {
		"?of=nothing", "?of=files/x", "?of=../511704/findings/F1", "?of=payrolls/2017-08/export", "?of=",
	};
	char hex[SHA256_HEX_MAX], other[SHA256_HEX_MAX], target[256];

	digest_of(PDF, strlen(PDF), hex);
	digest_of("x", 1, other);
	snprintf(target, sizeof(target), D "/files/%s" PATH_OF, hex);
	ask(g, "GET", target, NULL, NULL, 0);
	say_finding(g, other);
	check(g->client.reply.status == 404 && g->bus.n == 1, "of another thing it is none", g->client.text);
	ask(g, "GET", target, NULL, NULL, 0);
	fake_answer_problem(g->api, fake_last(&g->bus), 403, "role.forbidden", g->now_us);
	check_number(g->client.reply.status, 404, "nor of one that is not his to read");
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		snprintf(target, sizeof(target), D "/files/%s%s", hex, nowhere[i]);
		ask(g, "GET", target, NULL, NULL, 0);
		check(g->client.reply.status == 404 && g->bus.n == 0, "nor of what is no thing here", nowhere[i]);
	}
	snprintf(target, sizeof(target), D "/files/%s", hex);
	ask(g, "GET", target, NULL, NULL, 0);
	check_number(g->client.reply.status, 422, "of what must be said");
}

int
main(void)
{
	static const char *const services[] = { "supervision", NULL };
	static void (*const tests[])(struct gateway *) = {
		test_taken, test_kept, test_whole_mebibyte, test_given, test_not_named,
	};

	log_open("evidence_test", LOG_LEVEL_ERROR + 1);
	gateway_run(tests, sizeof(tests) / sizeof(tests[0]), (struct api_settings){ .services = services });
	return tally_end();
}
