/* ndjson_test - batches: cutting, order, keys, bounds, back-pressure, answers.
 *
 * How: batches go through api, as they do in the gateway, with the owner played by fake_bus_test.h, which answers each
 * line by its key or in the order that the test wants.  The same batch is fed cut at every byte. */
#include "call/ndjson.h"
#include "api/api.h"
#include "attendance.pb-c.h"
#include "base/digest.h"
#include "base/log.h"
#include "call/line_splitter.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "supervision.pb-c.h"
#include <stdio.h>
#include <unistd.h>

#define FINDINGS "/api/v1/districts/511703/findings:batch"
#define CHECKINS "/api/v1/districts/511703/checkins:batch"

/* ---- the cutter alone: at every pair of cuts */

static void
cut_all(struct line_splitter *c, const char *p, size_t n, struct bytes *out)
{
	struct line cut;
	bool done;

	for (size_t at = 0; at < n;) {
		at += line_splitter_take(c, p + at, n - at, &cut, &done);
		if (done) {
			bytes_text(out, cut.too_long ? "<long>" : "<");
			bytes_append(out, cut.text, cut.too_long ? 0 : cut.len);
			bytes_text(out, cut.too_long ? "" : ">");
		}
	}
}

static void
test_splitter(void)
{
	static const char text[] = "ab\n\ncdefgh\nabcdefghi\n\r\nabcdefgh", want[] = "<ab><><cdefgh><long><\r>";
	size_t n = strlen(text);

	for (size_t i = 0; i <= n; i++)
		for (size_t j = i; j <= n; j++) {
			struct line_splitter c = { .line_max = 8 };
			struct bytes out = { 0 };
			struct line last;
			cut_all(&c, text, i, &out);
			cut_all(&c, text + i, j - i, &out);
			cut_all(&c, text + j, n - j, &out);
			bytes_append(&out, "", 1);
			check(strcmp(out.p, want) == 0, "cut", out.p);
			check(line_splitter_end(&c, &last) && last.len == 8 && memcmp(last.text, "abcdefgh", 8) == 0 &&
			              !line_splitter_end(&c, &last),
			      "the last line needs no newline", "");
			bytes_free(&out);
			line_splitter_free(&c);
		}
}

/* ---- a gateway */

static void
begin_as(struct gateway *g, const char *authorization, const char *type, const char *target, const char *key,
         int64_t length)
{
	struct api_request r = { .method = "POST", .target = target, .authorization = authorization,
	                         .content_type = type, .idempotency_key = key, .content_length = length };

	gateway_begin(g, &r);
}

static void
begin(struct gateway *g, const char *target, const char *key, int64_t length)
{
	begin_as(g, "Bearer " TOKEN, "application/x-ndjson", target, key, length);
}

/* ---- an owner: finding F-<key>; a key that begins with "bad" is refused */

static void
owner_answer_one(const Wire__Command *c, Wire__Answer *a, Wire__Problem *p, uint8_t data[256])
{
	Supervision__Finding f = SUPERVISION__FINDING__INIT;
	char id[160];

	wire__answer__init(a);
	wire__problem__init(p);
	snprintf(id, sizeof(id), "F-%s", c->key);
	f.id = id;
	f.state = SUPERVISION__FINDING_STATE__CONFIRMED;
	p->status = 422;
	p->code = (char *)"finding.not_posted";
	p->detail = (char *)"said \"so\"";
	if (c->refusal || strncmp(c->key, "bad", 3) == 0) {
		a->problem = c->refusal ? c->refusal : p;
		a->status = a->problem->status;
		return;
	}
	a->status = 201;
	a->data.data = data;
	a->data.len = supervision__finding__pack(&f, data);
}

static void
owner_answer(struct gateway *g, const struct sent *s)
{
	size_t n = s->commands->n_items;
	Wire__Answers all = WIRE__ANSWERS__INIT;
	struct { Wire__Answer a; Wire__Problem p; uint8_t data[256]; } *each = calloc(n, sizeof(*each));
	struct message m = { .kind = WIRE__KIND__ANSWER, .id = s->m.id };

	all.n_items = n;
	all.items = calloc(n, sizeof(*all.items));
	for (size_t i = 0; i < n; i++) {
		owner_answer_one(s->commands->items[i], &each[i].a, &each[i].p, each[i].data);
		all.items[i] = &each[i].a;
	}
	uint8_t *body = malloc(wire__answers__get_packed_size(&all) + 1);
	m.body = body;
	m.body_len = wire__answers__pack(&all, body);
	api_receive(g->api, &m, g->now_us);
	free(body);
	free(all.items);
	free(each);
}

static void
owner_answers(struct gateway *g)
{
	while (g->answered < g->bus.n)
		owner_answer(g, &g->bus.sent[g->answered++]);
}

/* Feeds all of it, `step` bytes at a time; the owner answers when there is no more room, and at the end. */
static void
feed(struct gateway *g, const char *p, size_t n, size_t step)
{
	for (size_t at = 0; at < n;) {
		size_t here = n - at < step ? n - at : step, taken = api_body(g->call, p + at, here, g->now_us);
		if (taken == BODY_REFUSED) {
			api_leave(g->call, g->now_us);
			return;
		}
		at += taken;
		if (taken < here)
			owner_answers(g);
	}
	api_end(g->call, g->now_us);
	owner_answers(g);
}

static void
batch(struct gateway *g, const char *target, const char *text, size_t step)
{
	begin(g, target, NULL, -1);
	feed(g, text, strlen(text), step);
}

/* ---- lines and their answers */

#define FINE(key) "{\"key\":\"" key "\",\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\"}"
static const char mixed[] =
	FINE("a") "\n"
	FINE("bad1") "\r\n"
	"not json\n"
	"\n"
	"[1]\n"
	"{\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\"}\n"
	"{\"key\":7,\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\"}\n"
	"{\"key\":\"u\",\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\",\"x\":1}\n"
	"{\"key\":\"d\",\"key\":\"d\"}\n"
	"{\"key\":\"c\",\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":\"night\",\"confirm\":true}\n"
	FINE("z\\\"q");
static const char mixed_answers[] =
	"{\"key\":\"a\",\"id\":\"F-a\",\"state\":\"confirmed\"}\n"
	"{\"key\":\"bad1\",\"error\":{\"status\":422,\"code\":\"finding.not_posted\",\"detail\":\"said \\\"so\\\"\"}}\n"
	"{\"key\":\"\",\"error\":{\"status\":400,\"code\":\"json.malformed\",\"detail\":\"The body is not JSON in "
	"UTF-8.\"}}\n"
	"{\"key\":\"\",\"error\":{\"status\":400,\"code\":\"json.malformed\",\"detail\":\"The body is not JSON in "
	"UTF-8.\"}}\n"
	"{\"key\":\"\",\"error\":{\"status\":422,\"code\":\"json.type\",\"detail\":\"A value has the wrong JSON "
	"type.\"}}\n"
	"{\"key\":\"\",\"error\":{\"status\":422,\"code\":\"json.missing\",\"detail\":\"Each line needs a key.\"}}\n"
	"{\"key\":\"\",\"error\":{\"status\":422,\"code\":\"idempotency.bad_key\",\"detail\":\"An idempotency key is 1 "
	"to 128 printable ASCII characters.\"}}\n"
	"{\"key\":\"u\",\"error\":{\"status\":422,\"code\":\"json.unknown_field\",\"detail\":\"There is a member that "
	"does not belong here.\"}}\n"
	"{\"key\":\"\",\"error\":{\"status\":400,\"code\":\"json.duplicate\",\"detail\":\"An object has the same "
	"member twice.\"}}\n"
	"{\"key\":\"c\",\"id\":\"F-c\",\"state\":\"confirmed\"}\n"
	"{\"key\":\"z\\\"q\",\"id\":\"F-z\\\"q\",\"state\":\"confirmed\"}\n";

static void
test_mixed(struct gateway *g)
{
	for (size_t step = 1; step <= strlen(mixed); step++) {
		batch(g, FINDINGS, mixed, step);
		check(g->client.replies == 1 && g->client.reply.status == 200 &&
		              strcmp(g->client.reply.content_type, TYPE_LINES) == 0 &&
		              strcmp(g->client.text, mixed_answers) == 0,
		      "answers in order, however cut", g->client.text);
	}
	batch(g, FINDINGS, mixed, sizeof(mixed));
	const Wire__Command *c = g->bus.sent[0].commands->items[0];
	uint8_t print[SHA256_SIZE];
	struct span_of_bytes parts[] = {
		{ "POST", 5 }, { FINDINGS, sizeof(FINDINGS) }, { FINE("a"), strlen(FINE("a")) },
	};
	sha256(parts, 3, print);
	check(memcmp(c->fingerprint.data, print, SHA256_SIZE) == 0 && strcmp(c->key, "a") == 0 &&
	              strcmp(c->district, "511703") == 0,
	      "a line's fingerprint and key", c->key);
	Supervision__NoteFinding *f = NULL;
	for (size_t i = 0; i < g->bus.sent[0].commands->n_items; i++)
		if (strcmp(g->bus.sent[0].commands->items[i]->key, "c") == 0)
			f = supervision__note_finding__unpack(NULL, g->bus.sent[0].commands->items[i]->data.len,
			                                      g->bus.sent[0].commands->items[i]->data.data);
	check(f && f->maybe_confirm_case && f->confirm, "confirm is the line's", "");
	supervision__note_finding__free_unpacked(f, NULL);
}

/* A byte order mark before the first line is not of the line, however it is cut; before another it is. */
static void
test_mark(struct gateway *g)
{
	static const char marked[] = "\xef\xbb\xbf" FINE("a") "\n\xef\xbb\xbf" FINE("b") "\n";
	uint8_t print[SHA256_SIZE];
	struct span_of_bytes parts[] = {
		{ "POST", 5 }, { FINDINGS, sizeof(FINDINGS) }, { FINE("a"), strlen(FINE("a")) },
	};

	sha256(parts, 3, print);
	for (size_t step = 1; step <= strlen(marked); step++) {
		batch(g, FINDINGS, marked, step);
		check(strncmp(g->client.text,
		              "{\"key\":\"a\",\"id\":\"F-a\",\"state\":\"confirmed\"}\n{\"key\":\"\",\"error\":{"
		              "\"status\":400,",
		              70) == 0,
		      "a mark", g->client.text);
		check(memcmp(g->bus.sent[0].commands->items[0]->fingerprint.data, print, SHA256_SIZE) == 0,
		      "the line without it", "");
	}
	batch(g, FINDINGS, "\xef\xbb\xbf", 1);
	check(strncmp(g->client.text, "{\"key\":\"\",\"error\":{\"status\":400", 30) == 0, "a mark alone",
	      g->client.text);
}

/* The batch's path escaped is the same path, so a line is the same line. */
static void
test_escaped_path(struct gateway *g)
{
	uint8_t print[SHA256_SIZE];
	struct span_of_bytes parts[] = {
		{ "POST", 5 }, { FINDINGS, sizeof(FINDINGS) }, { FINE("a"), strlen(FINE("a")) },
	};
	static const char *const paths[] = {
		"/api/v1/districts/511703/findings%3Abatch", "/api/v1/districts/511703/findings%3abatch",
		"/api/v1/districts/%351170%33/%66indings:batc%68",
	};

	sha256(parts, 3, print);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		batch(g, paths[i], FINE("a") "\n", 1000);
		check(g->client.reply.status == 200 &&
		              memcmp(g->bus.sent[0].commands->items[0]->fingerprint.data, print, SHA256_SIZE) == 0,
		      "an escaped path", paths[i]);
	}
}

static void
test_empty(struct gateway *g)
{
	batch(g, FINDINGS, "", 1);
	check(g->client.reply.status == 200 && g->client.reply.len == 0 && g->bus.n == 0, "no lines, no answers", "");
	batch(g, FINDINGS, "x\n", 2);
	check(g->client.reply.status == 200 &&
	              strncmp(g->client.text, "{\"key\":\"\",\"error\":{\"status\":400", 30) == 0 && g->bus.n == 0,
	      "nothing to ask, an answer all the same", g->client.text);
}

/* A line may be 64 KiB and no longer; what is longer costs that line only. */
static void
test_long_line(struct gateway *g)
{
	char *text = malloc(2 * LINE_BYTES_MAX + 4096), *at = text;

	for (size_t len = LINE_BYTES_MAX; len <= LINE_BYTES_MAX + 1; len++) {
		size_t head = (size_t)sprintf(at, "%s", FINE("long"));
		memset(at + head, ' ', len - head);
		at += len;
		*at++ = '\n';
	}
	strcpy(at, FINE("after") "\n");
	batch(g, FINDINGS, text, 4096);
	check(strcmp(g->client.text, "{\"key\":\"long\",\"id\":\"F-long\",\"state\":\"confirmed\"}\n"
	             "{\"key\":\"\",\"error\":{\"status\":413,\"code\":\"line.too_large\",\"detail\":\"A line has at "
	             "most 64 KiB.\"}}\n"
	             "{\"key\":\"after\",\"id\":\"F-after\",\"state\":\"confirmed\"}\n") == 0,
	      "a long line", g->client.text);
	free(text);
}

/* ---- keys */

static void
test_keys(struct gateway *g)
{
	static const char two[] =
		"{\"person_id\":\"p\",\"village_id\":\"v\",\"captured_at\":\"2017-09-08T08:00:00+08:00\"}\n"
		"{\"key\":\"k\",\"person_id\":\"p\",\"village_id\":\"v\",\"captured_at\":\"2017-09-08T08:00:00+08:00\"}"
	        "\n";
	char key[2][64];

	batch(g, CHECKINS, two, sizeof(two));
	check(g->bus.n == 1 && *g->bus.sent[0].commands->items[0]->key == '\0' &&
	              strcmp(g->bus.sent[0].commands->items[1]->key, "k") == 0,
	      "a check-in needs no key", "");
	check(strstr(g->client.text, "{\"id\":\"F-\",") == g->client.text &&
	              strstr(g->client.text, "\n{\"key\":\"k\",\"id\":\"F-k\","),
	      "a key comes back where there was one", g->client.text);
	for (int i = 0; i < 2; i++) {
		begin(g, CHECKINS, "whole", -1);
		feed(g, two, strlen(two), sizeof(two));
		snprintf(key[i], sizeof(key[i]), "%s", g->bus.sent[0].commands->items[0]->key);
		check(strcmp(g->bus.sent[0].commands->items[1]->key, "k") == 0, "a line's own key stands", "");
		check(strncmp(g->client.text, "{\"id\":", 6) == 0, "a key that was made is not shown", g->client.text);
	}
	check(*key[0] && strcmp(key[0], key[1]) == 0, "the batch's key makes the same keys each time", key[0]);
	begin(g, CHECKINS, "other", -1);
	feed(g, two, strlen(two), sizeof(two));
	check(strcmp(key[0], g->bus.sent[0].commands->items[0]->key) != 0, "another key, other keys", key[0]);
}

/* ---- groups */

static char *
many(size_t n, size_t filler)
{
	char *text = malloc(n * (128 + filler) + 1), *at = text;

	for (size_t i = 0; i < n; i++)
		at += sprintf(at,
		              "{\"key\":\"k%06zu\",\"kind\":\"duty_failure\",\"on\":\"2017-09-08\",\"source\":"
		              "\"night\"%*s}\n",
		              i, (int)filler, "");
	*at = '\0';
	return text;
}

/* One answer line for each key, in order. */
static bool
all_in_order(const char *text, size_t n)
{
	char want[128];

	for (size_t i = 0; i < n; i++) {
		int len = snprintf(want, sizeof(want),
		                   "{\"key\":\"k%06zu\",\"id\":\"F-k%06zu\",\"state\":\"confirmed\"}\n", i, i);
		if (strncmp(text, want, (size_t)len) != 0)
			return false;
		text += len;
	}
	return *text == '\0';
}

static void
test_back_pressure(struct gateway *g)
{
	size_t n = 20 * GROUP_LINES_MAX, at, len;
	char *text = many(n, 0);

	begin(g, FINDINGS, NULL, -1);
	len = strlen(text);
	at = api_body(g->call, text, len, g->now_us);
	check(at < len && g->bus.n == GROUPS_MAX, "no more than so many groups under way", "");
	check(api_body(g->call, text + at, len - at, g->now_us) == 0 && g->client.rooms == 0,
	      "nothing is taken meanwhile", "");
	for (size_t i = GROUPS_MAX; i-- > 1;)
		owner_answer(g, &g->bus.sent[i]);
	check(g->client.rooms == 0, "the first group's answer is missing, and its place with it", "");
	owner_answer(g, &g->bus.sent[0]);
	g->answered = g->bus.n;
	check(g->client.rooms == 1, "room is told once", "");
	feed(g, text + at, len - at, 10000);
	check(g->client.replies == 1 && all_in_order(g->client.text, n), "all in order, however answered",
	      g->client.text);
	free(text);
}

static size_t
commands_sent(const struct gateway *g, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < g->bus.n; i++)
		n += g->bus.sent[i].commands->n_items;
	return n;
}

/* Batches that are open at once share what one alone may have under way; what one district may have is another
 * matter. */
static void
test_shares(struct gateway *g)
{
	enum { MANY = 64 };
	char *text = many(2 * UNDER_WAY_MAX, 0);
	size_t len = strlen(text);
	call_t *call[MANY];
	char target[64];

	for (size_t i = 0; i < MANY; i++) {
		snprintf(target, sizeof(target), "/api/v1/districts/5117%02zu/findings:batch", i);
		struct api_client client = client_of(&g->client);
		struct api_request r = {
			.method = "POST", .target = target, .authorization = "Bearer " TOKEN,
			.content_type = "application/x-ndjson", .content_length = -1,
		};
		size_t before = g->bus.n;
		call[i] = api_begin(g->api, &r, &client, g->now_us);
		check(api_body(call[i], text, len, g->now_us) < len, "no more than its share is taken", "");
		size_t sent = commands_sent(g, before), share = UNDER_WAY_MAX / (i + 1);
		check(sent <= share && sent > share / 2 && g->bus.n - before >= GROUPS_MIN, "and is under way", "");
	}
	for (size_t i = 0; i < MANY; i++)
		api_leave(call[i], g->now_us);
	owner_answers(g);
	fake_forget(&g->bus);
	g->answered = 0;
	free(text);
}

static void
test_groups(struct gateway *g)
{
	char *text = many(3000, 600);

	batch(g, FINDINGS, text, 100000);
	for (size_t i = 0; i < g->bus.n; i++)
		check(g->bus.sent[i].commands->n_items <= GROUP_LINES_MAX, "lines in a group", "");
	check(all_in_order(g->client.text, 3000), "all answered", g->client.text);
	free(text);
	text = many(40, 60000);
	batch(g, FINDINGS, text, 1 << 20);
	check(all_in_order(g->client.text, 40), "big lines", g->client.text);
	free(text);
}

/* Answers go to a file when there are many. */
static void
test_many(struct gateway *g)
{
	char *text = many(LINES_MAX, 0);
	size_t len = strlen(text);

	begin(g, FINDINGS, NULL, (int64_t)len);
	for (size_t at = 0; at < len;) {
		at += api_body(g->call, text + at, len - at < 65536 ? len - at : 65536, g->now_us);
		owner_answers(g);
		fake_forget(&g->bus);
		g->answered = 0;
	}
	api_end(g->call, g->now_us);
	owner_answers(g);
	check(g->client.reply.status == 200 && g->client.reply.fd >= 0 && all_in_order(g->client.text, LINES_MAX),
	      "100,000 lines", g->client.text);
	if (g->client.reply.fd >= 0)
		close(g->client.reply.fd);
	free(text);
}

/* ---- bounds of the whole */

static void
test_too_many(struct gateway *g)
{
	begin(g, FINDINGS, NULL, -1);
	for (int i = 0; i < LINES_MAX / 1000; i++) {
		static char blank[1000];
		memset(blank, '\n', sizeof(blank));
		api_body(g->call, blank, sizeof(blank), g->now_us);
	}
	check(api_body(g->call, FINE("x"), strlen(FINE("x")), g->now_us) > 0 &&
	              api_body(g->call, "\n", 1, g->now_us) == 1 && api_body(g->call, FINE("x"), 5, g->now_us) == 5,
	      "what is too much is dropped", "");
	api_end(g->call, g->now_us);
	check(g->client.reply.status == 413 && g->bus.n == 0, "100,001 lines", g->client.text);

	begin(g, FINDINGS, NULL, BATCH_BYTES_MAX + 1);
	check(api_body(g->call, FINE("x") "\n", strlen(FINE("x")) + 1, g->now_us) > 0,
	      "too long by its own word: dropped", "");
	api_end(g->call, g->now_us);
	check(g->client.reply.status == 413 && g->bus.n == 0, "nothing of it was taken", g->client.text);
}

/* As much as a batch may have, and a little more, is read to its end whatever is wrong with it: who sends it hears
 * why. */
static void
test_refused_whole(struct gateway *g)
{
	static const struct { const char *what, *authorization, *type; int64_t length; int status; } refused[] = {
		{ "too long by its own word", "Bearer " TOKEN, TYPE_LINES, BATCH_BYTES_MAX + 1, 413 },
		{ "of another type", "Bearer " TOKEN, TYPE_JSON, BATCH_BYTES_MAX, 415 },
		{ "a stranger's", "Bearer nobody", TYPE_LINES, BATCH_BYTES_MAX, 401 },
	};
	char *blank = calloc(1, 1 << 20);

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		size_t taken = 0;
		begin_as(g, refused[i].authorization, refused[i].type, FINDINGS, NULL, refused[i].length);
		for (int64_t left = refused[i].length; left > 0; left -= (int64_t)taken) {
			taken = api_body(g->call, blank, left < 1 << 20 ? (size_t)left : 1 << 20, g->now_us);
			if (taken == 0 || taken == BODY_REFUSED)
				break;
		}
		check(taken && taken != BODY_REFUSED, "it is read to its end", refused[i].what);
		api_end(g->call, g->now_us);
		check(g->client.reply.status == refused[i].status && g->bus.n == 0, refused[i].what, g->client.text);
	}
	free(blank);
}

static void
test_too_long(struct gateway *g)
{
	char *blank = malloc(1 << 20);
	size_t taken = 0;

	memset(blank, ' ', 1 << 20);
	begin(g, FINDINGS, NULL, -1);
	api_body(g->call, FINE("x") "\n", strlen(FINE("x")) + 1, g->now_us);
	check(g->bus.n == 1, "while nobody works for us a line goes at once", "");
	for (int i = 0; i < 65; i++)
		taken = api_body(g->call, blank, 1 << 20, g->now_us);
	check(taken == 1 << 20, "dropped for a while", "");
	owner_answers(g);
	api_end(g->call, g->now_us);
	check(g->client.reply.status == 413, "64 MiB", g->client.text);
	begin(g, FINDINGS, NULL, -1);
	for (int i = 0; i < 80 && taken != BODY_REFUSED; i++)
		taken = api_body(g->call, blank, 1 << 20, g->now_us);
	check(taken == BODY_REFUSED, "but not for ever", "");
	api_leave(g->call, g->now_us);
	check(api_outstanding(g->api) == 0, "left", "");
	free(blank);
}

/* ---- owners that do not answer as they should */

static void
test_unknown_district(struct gateway *g)
{
	begin(g, FINDINGS, NULL, -1);
	api_body(g->call, mixed, strlen(mixed), g->now_us);
	api_end(g->call, g->now_us);
	for (; g->answered < g->bus.n; g->answered++)
		fake_answer_problem(g->api, &g->bus.sent[g->answered], 404, "district.unknown", g->now_us);
	check(g->client.reply.status == 404 && strstr(g->client.text, "district.unknown"),
	      "no such district is 404 of all", g->client.text);
}

static void
test_silence(struct gateway *g)
{
	static const char keyless[] =
		"{\"person_id\":\"p\",\"village_id\":\"v\",\"captured_at\":\"2017-09-08T08:00:00+08:00\"}\n";

	begin(g, CHECKINS, NULL, -1);
	api_body(g->call, keyless, strlen(keyless), g->now_us);
	api_end(g->call, g->now_us);
	for (int i = 0; i < 40; i++)
		api_tick(g->api, g->now_us += 1000000);
	check(g->bus.n == 1 && g->client.replies == 1 &&
	              strstr(g->client.text, "{\"key\":\"\",\"error\":{\"status\":504,") == g->client.text,
	      "without keys a group is asked once", g->client.text);

	begin(g, FINDINGS, NULL, -1);
	api_body(g->call, FINE("a") "\n", strlen(FINE("a")) + 1, g->now_us);
	api_end(g->call, g->now_us);
	api_tick(g->api, g->now_us += GROUP_TRY_US);
	check(g->bus.n == 2, "with keys it is asked again", "");
	owner_answer(g, &g->bus.sent[1]);
	check(strstr(g->client.text, "\"id\":\"F-a\"") != NULL, "and answered", g->client.text);

	begin(g, CHECKINS, NULL, -1);
	api_body(g->call, keyless, strlen(keyless), g->now_us);
	fake_answer_problem(g->api, &g->bus.sent[0], 503, "owner.busy", g->now_us);
	api_tick(g->api, g->now_us += 10000);
	check(g->bus.n == 2, "a full queue is waited for", "");
	api_end(g->call, g->now_us);
	g->answered = 1;
	owner_answers(g);
	check(g->client.reply.status == 200 && strstr(g->client.text, "\"id\""), "until it is not", g->client.text);
}

/* Nobody there from beginning to end: 503, as for any call, and in the time of one group, not of all. */
static void
test_away(struct gateway *g)
{
	char *text = many(20 * GROUP_LINES_MAX, 0);
	size_t len = strlen(text), at = 0;
	int seconds = 0;

	begin(g, FINDINGS, NULL, -1);
	g->bus.dead = true;
	for (; at < len && seconds < 100; seconds++) {
		at += api_body(g->call, text + at, len - at, g->now_us);
		for (int i = 0; i < 100; i++)
			api_tick(g->api, g->now_us += 10000);
	}
	api_end(g->call, g->now_us);
	check(g->client.replies == 1 && g->client.reply.status == 503 && seconds < 33, "away all the time",
	      g->client.text ? g->client.text : "");
	g->bus.dead = false;
	free(text);
}

/* ---- leaving */

static void
test_leaving(struct gateway *g)
{
	char *text = many(2000, 0);

	begin(g, FINDINGS, NULL, -1);
	api_body(g->call, text, strlen(text), g->now_us);
	size_t sent = g->bus.n;
	api_leave(g->call, g->now_us);
	check(sent > 0 && g->bus.n == sent && api_outstanding(g->api) == 1, "what was sent is waited for", "");
	owner_answers(g);
	check(g->client.replies == 0 && g->client.rooms == 0 && g->bus.n == sent && api_outstanding(g->api) == 0,
	      "and nothing more is said", "");
	begin(g, FINDINGS, NULL, -1);
	api_leave(g->call, g->now_us);
	check(api_outstanding(g->api) == 0, "before a line", "");
	begin(g, FINDINGS, NULL, -1);
	api_body(g->call, text, strlen(text), g->now_us);
	api_end(g->call, g->now_us);
	api_give_up(g->api, g->now_us);
	check(g->client.replies == 1 && strstr(g->client.text, "\"status\":504") && api_outstanding(g->api) == 0,
	      "given up", g->client.text);
	begin(g, FINDINGS, NULL, -1);
	check(api_body(g->call, text, 10, g->now_us) == BODY_REFUSED, "no more after that", "");
	api_leave(g->call, g->now_us);
	free(text);
}

/* A gateway that is closed in the middle lets go of everything. */
/* Each piece ends a line that is refused here and begins another, so a group goes out with each, answered at once: the
 * last line, without its newline, finds room all the same, however many there were. */
static void
test_pieces(struct gateway *g)
{
	for (int pieces = 1; pieces <= 3 * GROUPS_MAX; pieces++) {
		char what[24], want[2 * GROUPS_MAX] = "";
		int lines = 0;
		begin(g, FINDINGS, NULL, -1);
		for (int i = 0; i < pieces; i++)
			check(api_body(g->call, i ? "}\nnone" : "none", i ? 6 : 4, g->now_us) > 0, "a piece is taken",
			      "");
		api_end(g->call, g->now_us);
		for (const char *at = g->client.text; at && (at = strchr(at, '\n')); at++)
			lines++;
		snprintf(what, sizeof(what), "%d pieces", pieces);
		snprintf(want, sizeof(want), "%d", lines);
		check(g->client.reply.status == 200 && lines == pieces && g->bus.n == 0, what, want);
	}
}

static void
test_closing(struct gateway *g)
{
	begin(g, FINDINGS, NULL, -1);
	api_body(g->call, FINE("a") "\n{\"k", strlen(FINE("a")) + 4, g->now_us);
}

int
main(void)
{
	static const char *const services[] = { NULL };
	const struct api_settings settings = { .services = services };
	static void (*const tests[])(struct gateway *) = {
		test_mixed, test_mark, test_escaped_path, test_empty, test_long_line, test_keys, test_back_pressure,
		test_shares, test_groups, test_many, test_too_many, test_refused_whole,
		test_too_long, test_unknown_district, test_silence, test_away, test_leaving, test_pieces, test_closing,
	};

	log_open("ndjson_test", LOG_LEVEL_ERROR + 1);
	test_splitter();
	gateway_run(tests, sizeof(tests) / sizeof(tests[0]), settings);
	return tally_end();
}
