/* How it tests: libFuzzer's bytes are a call, and how those answer whom it asks:
 *
 *   two bytes      flags: who he is near, framing, how the body is cut; and the order in which owners are away, silent,
 *                  refuse, answer well, or answer with bytes of the body
 *   seven lines    method, target, Authorization ("@": the operator's), Content-Type, Idempotency-Key, traceparent, and
 *                  of the last If-None-Match, Last-Event-ID and Content-Encoding; an empty one: the header is not there
 *   the rest       the body
 *
 * The client gets one reply, a status and a body as the contract has them, and never 500 unless an owner talked
 * nonsense.  What is asked of owners can be read.
 *
 * Observed too: gateway/call/call.c gateway/call/bind.c gateway/call/command.c gateway/call/query.c
 * Observed too: gateway/call/ndjson.c gateway/call/line_splitter.c gateway/routes/routes.c
 * Observed too: gateway/http/target.c gateway/http/headers.c
 * tests/run-fuzz.sh builds and runs it. */
#include "base/log.h"
#include "gateway/gateway.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { INPUT_MAX = 16384, LINES = 7, TURNS_MAX = 4000, TURN_US = 50 * 1000 };
enum { NEAR = 1, LENGTH_SAID = 4, LEAVES = 8 };

struct stand {
	struct gateway g;
	uint32_t luck;
	bool nonsense;                  /* was talked by an owner */
	const char *body;
	size_t body_len;
};

static void
must(bool held)
{
	if (!held)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_open("api_fuzz", LOG_LEVEL_ERROR + 1);
	return 0;
}

/* ---- those who are asked */

static void
answer_one(struct stand *s, const struct sent *asked)
{
	Wire__Answer a = WIRE__ANSWER__INIT;

	must(asked->commands || asked->read || asked->fetch);
	s->luck = s->luck * 1664525 + 1013904223;
	switch (s->luck >> 29) {
	case 0:
	case 1:
		fake_unrouted(s->g.api, asked, s->g.now_us);
		return;
	case 2:
		fake_answer_problem(s->g.api, asked, 409, "state.conflict", s->g.now_us);
		return;
	case 3:
		fake_answer_problem(s->g.api, asked, 503, "owner.away", s->g.now_us);
		return;
	case 4:
		return;                         /* silent */
	case 5:
		a.data = (ProtobufCBinaryData){ s->body_len, (uint8_t *)s->body };
		break;
	default:
		break;
	}
	s->nonsense = true;                     /* an empty message may be nonsense too: an answer has members */
	a.status = s->luck >> 28 & 1 ? 200 : 201;
	fake_answer(s->g.api, asked, &a, s->g.now_us);
}

/* One turn: who was asked answers, or time passes. */
static void
turn(struct stand *s)
{
	if (s->g.answered < s->g.bus.n) {
		answer_one(s, &s->g.bus.sent[s->g.answered++]);
		return;
	}
	if (s->g.bus.n == SENT_MAX)
		s->g.bus.dead = true;
	s->g.now_us += TURN_US;
	api_tick(s->g.api, s->g.now_us);
}

/* ---- the client */

static bool
send_body(struct stand *s, call_t *call, size_t piece)
{
	size_t at = 0;

	for (int i = 0; at < s->body_len && i < TURNS_MAX; i++) {
		size_t n = s->body_len - at < piece ? s->body_len - at : piece;
		size_t took = api_body(call, s->body + at, n, s->g.now_us);
		if (took == BODY_REFUSED)
			return false;
		must(took <= n);
		at += took;
		if (took < n)
			turn(s);
	}
	must(at == s->body_len);
	return true;
}

static void
must_be_a_reply(const struct stand *s)
{
	const struct reply *r = &s->g.client.reply;

	must(s->g.client.replies == 1 && r->status >= 200 && r->status < 600);
	must(r->status != 500 || s->nonsense);
	if (r->status < 400 || !r->content_type || strcmp(r->content_type, TYPE_PROBLEM))
		return;
	json_t *j = json_loadb(s->g.client.text, r->len, JSON_REJECT_DUPLICATES, NULL);
	must(j && json_integer_value(json_object_get(j, "status")) == r->status &&
	     json_string_value(json_object_get(j, "code")));
	json_decref(j);
}

static void
call_once(struct stand *s, const struct api_request *r, unsigned flags, size_t piece)
{
	struct api_client client = client_of(&s->g.client);
	call_t *call = api_begin(s->g.api, r, &client, s->g.now_us);

	bool whole = send_body(s, call, piece);
	if (whole && !(flags & LEAVES))
		api_end(call, s->g.now_us);
	else
		api_leave(call, s->g.now_us);
	for (int i = 0; !s->g.client.replies && i < TURNS_MAX && api_outstanding(s->g.api); i++)
		turn(s);
	if (whole && !(flags & LEAVES))
		must_be_a_reply(s);
	must(api_outstanding(s->g.api) == 0);
	if (s->g.client.reply.stream) {
		char text[4096];
		size_t n =
			s->g.client.reply.stream->pull(s->g.client.reply.stream->ctx, text, sizeof(text), s->g.now_us);
		must(n == REPLY_STREAM_ENDED || n <= sizeof(text));
		s->g.client.reply.stream->leave(s->g.client.reply.stream->ctx);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const services[] = { "roster", "alerts", NULL };

	if (len < 2 || len > INPUT_MAX)
		return 0;
	char *copy = strndup((const char *)bytes + 2, len - 2), *rest = copy, *line[LINES] = { 0 };
	for (int i = 0; i < LINES && rest; i++)
		line[i] = strsep(&rest, "\n");
	for (int i = 2; i < LINES; i++)
		line[i] = line[i] && *line[i] ? line[i] : NULL;
	struct stand *s = calloc(1, sizeof(*s));
	size_t text_len = rest ? (size_t)(rest - copy) : len - 2;
	s->body = (const char *)bytes + 2 + text_len;
	s->body_len = len - 2 - text_len;

	unsigned flags = bytes[0] & 15;
	struct api_request r = {
		.method = line[0] ? line[0] : "", .target = line[1] ? line[1] : "", .content_type = line[3],
		.idempotency_key = line[4],
		.authorization = line[2] && !strcmp(line[2], "@") ? "Bearer " TOKEN : line[2], .traceparent = line[5],
		.if_none_match = line[6], .last_event_id = line[6],
		.content_encoding = line[6] && bytes[0] & 16 ? line[6] : NULL,
		.content_length = flags & LENGTH_SAID ? (int64_t)s->body_len : -1, .near = flags & NEAR,
	};
	s->luck = bytes[1] * 2654435761u;
	gateway_open(&s->g, (struct api_settings){ .manual_clock = bytes[1] & 1, .services = services, .buses = 2 });
	call_once(s, &r, flags, 1 + (bytes[0] >> 5) * 37);
	gateway_close(&s->g);
	free(s);
	free(copy);
	return 0;
}
