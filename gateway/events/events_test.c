/* events_test - GET /events from request to the last byte, without sockets.
 *
 * How: the bus and the services' logs are played; a client pulls what there is, as its carrier would; time is a
 * variable.  Each log is a table of events in memory of which the owner "remembers" those after a number, the reader
 * all. */
#include "api/api.h"
#include "base/log.h"
#include "engine.pb-c.h"
#include "events/sse.h"
#include "events/tail.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "json/json_pb.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <jansson.h>
#include <stdio.h>

#define PATH "/api/v1/districts/511703/events"
enum { SERVICES = 3, LOG_MAX = 6000, TEXT_MAX = 4 << 20 };

static const char *const services[] = { "roster", "supervision", "alerts", NULL };
/* ---- logs */

struct logged { const char *type; uint8_t *body; size_t len; };
/* remembered: the owner has those after it */
struct fake_log { struct logged at[LOG_MAX]; int64_t head, remembered; };
struct bench {
	struct gateway g;
	struct fake_log logs[SERVICES];
	size_t fetches;
	bool deaf, one;                         /* owners do not answer; answer one question at a time */
};

static int64_t
log_append(struct bench *b, int service, const char *district, const ProtobufCMessage *data, const char *type)
{
	struct fake_log *l = &b->logs[service];
	Wire__Event e = WIRE__EVENT__INIT;
	char id[64];

	snprintf(id, sizeof(id), "%s/60/%lld", services[service], (long long)l->head + 1);
	e.id = id;
	e.source = (char *)services[service];
	e.type = (char *)(type ? type : data->descriptor->name);
	e.district = (char *)district;
	e.subject = (char *)"s-1";
	e.at_us = 1504800000000000;
	e.data.len = protobuf_c_message_get_packed_size(data);
	e.data.data = malloc(e.data.len + 1);
	protobuf_c_message_pack(data, e.data.data);
	struct logged *at = &l->at[l->head++];
	at->type = strdup(e.type);
	at->body = malloc(wire__event__get_packed_size(&e));
	at->len = wire__event__pack(&e, at->body);
	free(e.data.data);
	return l->head;
}

/* An event whose text tells which one it is. */
static int64_t
say(struct bench *b, int service, const char *district)
{
	Roster__TownshipPut t = ROSTER__TOWNSHIP_PUT__INIT;
	char id[32];

	snprintf(id, sizeof(id), "%s-%lld", services[service], (long long)b->logs[service].head + 1);
	t.id = id;
	t.name = (char *)"a name\nof two lines";
	return log_append(b, service, district, &t.base, NULL);
}

static Wire__Fetched *
fetched(const struct bench *b, const struct fake_log *l, const struct sent *s, arena_t *a)
{
	Wire__Fetched *f = arena_message(a, &wire__fetched__descriptor);
	int64_t after = s->fetch->after[0]->seq, bytes = 0;

	(void)b;
	f->items = arena_alloc(a, 1024 * sizeof(*f->items));
	f->older = s->m.lane == WIRE__LANE__WRITER && after < l->remembered;
	for (int64_t seq = after + 1; !f->older && seq <= l->head && bytes < s->fetch->bytes_max && f->n_items < 1024;
	     seq++) {
		Wire__Logged *e = f->items[f->n_items++] = arena_message(a, &wire__logged__descriptor);
		e->partition = s->fetch->after[0]->partition;
		e->seq = seq;
		e->type = (char *)l->at[seq - 1].type;
		e->body = (ProtobufCBinaryData){ l->at[seq - 1].len, l->at[seq - 1].body };
		bytes += (int64_t)e->body.len;
	}
	if (s->m.lane == WIRE__LANE__READER && bytes >= s->fetch->bytes_max)
		f->older = true;
	return f;
}

static void
answer_fetched(struct bench *b, const struct sent *s, const Wire__Fetched *f)
{
	struct message m = { .kind = WIRE__KIND__ANSWER, .id = s->m.id, .body_len = wire__fetched__get_packed_size(f) };
	uint8_t *body = malloc(m.body_len + 1);

	wire__fetched__pack(f, body);
	m.body = body;
	api_receive(b->g.api, &m, b->g.now_us);
	free(body);
}

static int
service_of(const struct sent *s)
{
	int i = 0;

	while (strcmp(services[i], s->m.service) != 0)
		i++;
	return i;
}

static void
answer_heads(struct bench *b, const struct sent *s)
{
	Engine__Heads said = ENGINE__HEADS__INIT;
	Engine__Head heads[SERVICES], *at[SERVICES];

	for (int i = 0; i < SERVICES; i++) {
		heads[i] = (Engine__Head)ENGINE__HEAD__INIT;
		heads[i].service = (char *)services[i];
		heads[i].seq = b->logs[i].head;
		if (heads[i].seq)               /* who has not written is not there */
			at[said.n_items++] = &heads[i];
	}
	said.items = at;
	fake_answer_message(b->g.api, s, 200, &said, b->g.now_us);
}

/* Owners answer what they can; what they hold stays.  True: something was answered. */
static bool
serve(struct bench *b)
{
	arena_t *a = arena_open(64 << 20);
	bool any = false;

	for (size_t i = 0; i < b->g.bus.n && !b->deaf && !(any && b->one); i++) {
		struct sent *s = &b->g.bus.sent[i], was = *s;
		if (s->m.kind != WIRE__KIND__FETCH)
			continue;
		arena_reset(a);
		Wire__Fetched *f = fetched(b, &b->logs[service_of(s)], s, a);
		if (!f->n_items && !f->older && s->m.lane == WIRE__LANE__WRITER)
			continue;
		s->m.kind = WIRE__KIND__KIND_UNSPECIFIED;       /* answered */
		b->fetches++;
		answer_fetched(b, &was, f);
		any = true;
	}
	arena_close(&a);
	return any;
}

/* Forgets what was answered; what owners hold they still hold. */
static void
tidy(struct bench *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->g.bus.n; i++) {
		struct sent *s = &b->g.bus.sent[i];
		if (s->m.kind == WIRE__KIND__FETCH)
			b->g.bus.sent[kept++] = *s;
		else if (s->fetch)
			wire__fetch__free_unpacked(s->fetch, NULL);
		else
			wire__read__free_unpacked(s->read, NULL);
	}
	b->g.bus.n = kept;
}

static void
bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	gateway_open(&b->g, (struct api_settings){ .services = services });
}

static void
bench_close(struct bench *b)
{
	gateway_close(&b->g);
	for (int i = 0; i < SERVICES; i++)
		for (int64_t k = 0; k < b->logs[i].head; k++) {
			free((char *)b->logs[i].at[k].type);
			free(b->logs[i].at[k].body);
		}
}

/* ---- a client that follows */

struct follower { struct client c; struct reply_stream *stream; char *text; size_t len; int woken; bool ended; };

static void
on_woken(void *ctx)
{
	((struct follower *)ctx)->woken++;
}

static void
request(struct bench *b, struct follower *f, const char *method, const char *target, const char *last)
{
	struct api_request r = {
		.method = method, .target = target, .authorization = "Bearer " TOKEN, .last_event_id = last,
		.content_length = -1,
	};
	struct api_client client = client_of(&f->c);

	*f = (struct follower){ 0 };
	f->text = calloc(1, TEXT_MAX);
	size_t before = b->g.bus.n;
	api_end(api_begin(b->g.api, &r, &client, b->g.now_us), b->g.now_us);
	for (size_t i = before; i < b->g.bus.n; i++)
		if (b->g.bus.sent[i].read)
			answer_heads(b, &b->g.bus.sent[i]);
	f->stream = f->c.reply.stream;
	if (f->stream) {
		f->stream->carrier = f;
		f->stream->woken = on_woken;
	}
}

static void
follow(struct bench *b, struct follower *f, const char *query, const char *last)
{
	char target[640];

	snprintf(target, sizeof(target), PATH "%s", query);
	request(b, f, "GET", target, last);
	check(f->c.replies == 1 && f->c.reply.status == 200 && f->stream, "a stream", f->c.text ? f->c.text : "");
}

/* Pulls until there is nothing now, `n` bytes at a time. */
static void
drain(struct bench *b, struct follower *f, size_t n)
{
	size_t got;

	while (!f->ended && (got = f->stream->pull(f->stream->ctx, f->text + f->len, n, b->g.now_us)) > 0) {
		if (got == REPLY_STREAM_ENDED)
			f->ended = true;
		else
			f->len += got;
	}
	f->text[f->len] = '\0';
}

/* Until everything that there is has been told. */
static void
settle(struct bench *b, struct follower *f)
{
	drain(b, f, 4096);
	while (serve(b))
		drain(b, f, 4096);
}

static void
forget(struct follower *f)
{
	f->text[f->len = 0] = '\0';
}

static void
leave(struct follower *f)
{
	if (f->stream)
		f->stream->leave(f->stream->ctx);
	free(f->text);
	client_forget(&f->c);
	*f = (struct follower){ 0 };
}

/* How many events of a service the text tells, in order and without a gap from `first` on; −1: not so. */
static int64_t
told(const char *text, int service, int64_t first)
{
	char want[64];
	int64_t n = 0;

	snprintf(want, sizeof(want), "\"source\":\"%s\"", services[service]);
	for (const char *at = text; (at = strstr(at, "\ndata: ")) != NULL; ) {
		const char *end = strchr(at += 7, '\n');
		json_t *j = json_loadb(at, (size_t)(end - at), 0, NULL);
		if (!j)
			return -1;
		if (strcmp(json_string_value(json_object_get(j, "source")), services[service]) == 0) {
			snprintf(want, sizeof(want), "%s/60/%lld", services[service], (long long)(first + n));
			if (strcmp(json_string_value(json_object_get(j, "id")), want) != 0)
				n = INT64_MIN / 2;
			n++;
		}
		json_decref(j);
	}
	return n < 0 ? -1 : n;
}

/* The last id in the text, malloc'ed. */
static char *
last_id(const char *text)
{
	const char *last = NULL;

	for (const char *at = text; (at = strstr(at, "id: ")) != NULL; at++)
		if (at == text || at[-1] == '\n')
			last = at + 4;
	return last ? strndup(last, strcspn(last, "\n")) : strdup("");
}

/* ---- tests */

static void
test_now(struct bench *b)
{
	struct follower f;

	say(b, 0, "511703");
	say(b, 1, "511703");
	follow(b, &f, "", NULL);
	check(strcmp(f.c.reply.content_type, "text/event-stream") == 0 &&
	              strcmp(client_header(&f.c, "X-Accel-Buffering"), "no") == 0,
	      "headers", "");
	drain(b, &f, 4096);
	check(strncmp(f.text, "retry: 1000\nid: ", 16) == 0 && strcmp(f.text + f.len - 2, "\n\n") == 0,
	      "its place comes first", f.text);
	char *place = last_id(f.text);
	settle(b, &f);
	check(told(f.text, 0, 1) == 0 && told(f.text, 1, 1) == 0, "what was before is not told", f.text);
	say(b, 0, "511703");
	say(b, 0, "511702");
	say(b, 0, "511703");
	settle(b, &f);
	check(f.woken == 1, "woken once for all of an answer", "");
	check(strstr(f.text, "event: roster.TownshipPut\ndata: "
	                     "{\"specversion\":\"1.0\",\"id\":\"roster/60/"
	                     "2\",\"source\":\"roster\",\"type\":\"roster.TownshipPut\","
	                     "\"subject\":\"s-1\",\"time\":\"2017-09-08T00:00:00+08:00\","
	                     "\"datacontenttype\":\"application/json\",\"district\":\"511703\","
	                     "\"data\":{\"id\":\"roster-2\",\"name\":\"a name\\nof two lines\",") != NULL,
	      "a CloudEvent", f.text);
	check(!strstr(f.text, "roster-3") && strstr(f.text, "roster-4") && !strstr(f.text, "511702"),
	      "another district's is not told", f.text);
	forget(&f);
	leave(&f);
	follow(b, &f, "", place);
	settle(b, &f);
	check(strstr(f.text, "roster-2") && strstr(f.text, "roster-4") && !strstr(f.text, "roster-1"),
	      "who was cut off before the first event misses none", f.text);
	leave(&f);
	free(place);
}

/* The place in the URL, for clients that cannot send a header; the header goes before it, and an empty one is none. */
static void
test_resume_in_url(struct bench *b)
{
	struct follower f;
	char query[512];

	say(b, 0, "511703");
	follow(b, &f, "", NULL);
	settle(b, &f);
	char *early = last_id(f.text);
	say(b, 0, "511703");
	settle(b, &f);
	char *late = last_id(f.text);
	leave(&f);
	const struct { const char *query, *in_url, *header; bool second; } rows[] = {
		{ "?lastEventId=", early, NULL, true }, { "?lastEventId=", late, NULL, false },
		{ "?lastEventId=", late, early, true },
		{ "?lastEventId=", early, late, false }, { "?lastEventId=", early, "", true },
		{ "?lastEventId=", "", NULL, false },
		{ "?lastEventId=", "", early, true }, { "", "", "", false },
		{ "?from=start&lastEventId=", late, NULL, false },
		{ "?from=start&lastEventId=", "", NULL, true }, { "?lastEventId=", "nonsense", early, true },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(query, sizeof(query), "%s%s", rows[i].query, rows[i].in_url);
		follow(b, &f, query, rows[i].header);
		if (f.stream)
			settle(b, &f);
		check(!!strstr(f.text, "\"id\":\"roster-2\"") == rows[i].second,
		      rows[i].second ? "goes on" : "is there already", query);
		leave(&f);
	}
	free(early);
	free(late);
}

/* From the beginning, in small pieces, through the reader's lane, then from the owner's memory; resumed at each
 * event. */
static void
test_resume(struct bench *b)
{
	struct follower f, g;

	for (int i = 0; i < 40; i++)
		say(b, i % SERVICES, "511703");
	b->logs[0].remembered = 10;
	follow(b, &f, "?from=start", NULL);
	settle(b, &f);
	check(told(f.text, 0, 1) == 14 && told(f.text, 1, 1) == 13 && told(f.text, 2, 1) == 13, "all, in order",
	      f.text);
	for (const char *at = strstr(f.text, "\nid: "); (at = strstr(at + 1, "\nid: ")) != NULL;) {
		char *id = strndup(at + 5, strcspn(at + 5, "\n"));
		char *before = strndup(f.text, (size_t)(strstr(at, "\n\n") + 2 - f.text));
		follow(b, &g, "?from=start", id);       /* as a browser asks again */
		settle(b, &g);
		int right = 0;
		for (int i = 0; i < SERVICES; i++) {
			int64_t had = told(before, i, 1), rest = told(g.text, i, had + 1);
			right += had >= 0 && rest >= 0 && had + rest == b->logs[i].head;
		}
		check(right == SERVICES, "before and after the place: each event once", id);
		leave(&g);
		free(before);
		free(id);
	}
	leave(&f);
}

static void
test_shared(struct bench *b)
{
	enum { N = 100 };
	struct follower f[N];
	int right = 0;

	for (int i = 0; i < N; i++) {
		follow(b, &f[i], "", NULL);
		drain(b, &f[i], 4096);
	}
	size_t asked = 0;
	for (size_t i = 0; i < b->g.bus.n; i++)
		asked += b->g.bus.sent[i].m.kind == WIRE__KIND__FETCH;
	check(asked == SERVICES, "one question a service, whoever follows", "");
	for (int i = 0; i < 30; i++) {
		say(b, i % SERVICES, "511703");
		serve(b);
		for (int k = 0; k < N; k++)
			drain(b, &f[k], 4096);
	}
	for (int i = 0; i < N; i++)
		right += told(f[i].text, 0, 1) == 10 && told(f[i].text, 1, 1) == 10 && told(f[i].text, 2, 1) == 10;
	check(right == N && b->fetches == 30, "each hears all, and each event was read once", "");
	check(atomic_load(&b->g.metrics.value[METRIC_EVENT_STREAMS]) == N &&
	              atomic_load(&b->g.metrics.value[METRIC_EVENTS_TOLD]) == 30 * N,
	      "counted", "");
	for (int i = 0; i < N; i++)
		leave(&f[i]);
	check(atomic_load(&b->g.metrics.value[METRIC_EVENT_STREAMS]) == 0 &&
	              atomic_load(&b->g.metrics.value[METRIC_EVENT_DISTRICTS]) == 0,
	      "nobody is left", "");
}

/* A client that hardly reads, while far more goes by than is kept. */
static void
test_slow(struct bench *b)
{
	struct follower slow, quick;
	Roster__TownshipPut t = ROSTER__TOWNSHIP_PUT__INIT;
	enum { EVENTS = 3000 };
	char *name = malloc(8000);

	memset(name, 'x', 7999);
	name[7999] = '\0';
	t.id = (char *)"t";
	t.name = name;
	follow(b, &slow, "", NULL);
	follow(b, &quick, "", NULL);
	for (int i = 0; i < EVENTS; i++) {
		log_append(b, 0, "511703", &t.base, NULL);
		slow.len += slow.stream->pull(slow.stream->ctx, slow.text + slow.len, 16, b->g.now_us);
		forget(&quick);
		settle(b, &quick);
		tidy(b);
	}
	check(told(quick.text, 0, EVENTS) == 1, "the quick one is at the end", "");
	b->logs[0].remembered = EVENTS - 100;
	int64_t n = 0;
	char id[64];
	for (int i = 0; n < EVENTS && i < 10 * EVENTS; i++) {           /* now it reads on */
		drain(b, &slow, 4096);
		for (const char *at = slow.text; (at = strstr(at, "\"id\":\"roster/60/")) != NULL; at++) {
			snprintf(id, sizeof(id), "\"id\":\"roster/60/%lld\"", (long long)++n);
			if (strncmp(at, id, strlen(id)) != 0)
				n = EVENTS * 2;
		}
		forget(&slow);
		serve(b);
		tidy(b);
	}
	check(n == EVENTS, "the slow one reads what it missed, in order and once", "");
	leave(&slow);
	leave(&quick);
	free(name);
}

/* Many who are behind, each elsewhere, while one page at a time is read: nobody waits for ever. */
static void
test_fair(struct bench *b)
{
	enum { N = 5, APART = 500 };
	struct follower f[N];
	struct position p = { 0 };
	Roster__TownshipPut t = ROSTER__TOWNSHIP_PUT__INIT;
	char text[POSITION_TEXT_MAX], name[1000];
	int right = 0, seen[N] = { 0 };

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	t.name = name;                          /* some sixty events are a page */
	for (int i = 0; i < (N + 1) * APART; i++)
		log_append(b, 0, "511703", &t.base, NULL);
	for (int i = 0; i < N; i++) {
		p.seq[0] = i * APART;
		position_text("511703", &p, SERVICES, text);
		follow(b, &f[i], "", text);
		drain(b, &f[i], 4096);
		forget(&f[i]);
		seen[i] = f[i].woken;
	}
	b->one = true;
	for (int step = 0; step < 2 * N; step++) {
		tidy(b);
		serve(b);
		for (int i = 0; i < N; i++)
			if (f[i].woken > seen[i]) {
				seen[i] = f[i].woken;
				drain(b, &f[i], 4096);
			}
	}
	for (int i = 0; i < N; i++)
		right += told(f[i].text, 0, i * APART + 1) > 0;
	check(right == N, "each has got some", "");
	for (int i = 0; i < N; i++)
		leave(&f[i]);
}

static void
test_sealed(struct bench *b)
{
	struct follower f;
	Supervision__FindingNoted noted = SUPERVISION__FINDING_NOTED__INIT;
	Supervision__FindingFact fact = SUPERVISION__FINDING_FACT__INIT;

	noted.finding = &fact;
	fact.id = (char *)"F1";
	fact.kind = SUPERVISION__FINDING_KIND__DISCIPLINE_VIOLATION;
	follow(b, &f, "", NULL);
	drain(b, &f, 4096);
	log_append(b, 1, "511703", &noted.base, NULL);                  /* C3.2.2 */
	log_append(b, 1, "511703", &noted.base, "supervision.FromTheFuture");
	fact.kind = SUPERVISION__FINDING_KIND__DUTY_FAILURE;
	log_append(b, 1, "511703", &noted.base, NULL);
	settle(b, &f);
	check(strstr(f.text, "supervision/60/3") && !strstr(f.text, "supervision/60/1") &&
	              !strstr(f.text, "discipline"),
	      "C3.2.2 sealed", f.text);
	check(!strstr(f.text, "supervision/60/2"), "a kind not known is passed over", f.text);
	check(atomic_load(&b->g.metrics.value[METRIC_EVENTS_SEALED]) == 1 &&
	              atomic_load(&b->g.metrics.value[METRIC_EVENTS_UNKNOWN]) == 1,
	      "counted", "");
	leave(&f);
}

static void
test_silence(struct bench *b)
{
	struct follower f;

	follow(b, &f, "", NULL);
	settle(b, &f);
	forget(&f);
	b->g.now_us += BEAT_US - 1;
	api_tick(b->g.api, b->g.now_us);
	check(f.woken == 0, "no comment yet", "");
	b->g.now_us += 1;
	api_tick(b->g.api, b->g.now_us);
	drain(b, &f, 4096);
	check(f.woken == 1 && strncmp(f.text, ":\nid: ", 6) == 0 && strcmp(f.text + f.len - 2, "\n\n") == 0,
	      "a comment", f.text);
	size_t as_long = f.len;
	forget(&f);
	say(b, 0, "511702");
	settle(b, &f);
	check(f.len == 0, "nothing of another district", f.text);
	b->g.now_us += BEAT_US;
	api_tick(b->g.api, b->g.now_us);
	drain(b, &f, 4096);
	check(f.len == as_long && strncmp(f.text, ":\nid: ", 6) == 0 && strcmp(f.text + f.len - 2, "\n\n") == 0,
	      "a comment that moves the place over it looks like any other (C3.2.2)", f.text);
	char *place = last_id(f.text);
	leave(&f);
	follow(b, &f, "", place);
	settle(b, &f);
	check(told(f.text, 0, 1) == 0, "and it is one", f.text);
	leave(&f);
	free(place);
}

/* Lost, unrouted, elsewhere, with a gap: asked again, and nothing is missed or told twice. */
static void
test_trouble(struct bench *b)
{
	struct follower f;
	Wire__Fetched none = WIRE__FETCHED__INIT;
	int32_t elsewhere[] = { 0 };

	follow(b, &f, "", NULL);
	drain(b, &f, 4096);
	say(b, 0, "511703");
	say(b, 0, "511703");
	size_t n = b->g.bus.n;
	b->deaf = true;
	b->g.now_us += LOST_US;
	api_tick(b->g.api, b->g.now_us);
	check(b->g.bus.n == n + SERVICES, "what was lost is asked again", "");
	struct sent *s = &b->g.bus.sent[n];
	while (strcmp(s->m.service, "roster") != 0)
		s++;
	fake_unrouted(b->g.api, s, b->g.now_us);
	n = b->g.bus.n;
	api_tick(b->g.api, b->g.now_us);
	check(b->g.bus.n == n, "nobody serves it: not at once", "");
	b->g.now_us += REST_US;
	api_tick(b->g.api, b->g.now_us);
	check(b->g.bus.n == n + 1, "but soon", "");
	none.elsewhere = elsewhere;
	none.n_elsewhere = 1;
	answer_fetched(b, fake_last(&b->g.bus), &none);
	b->g.now_us += REST_US;
	api_tick(b->g.api, b->g.now_us);
	check(b->g.bus.n == n + 2, "and elsewhere", "");
	arena_t *a = arena_open(1 << 20);
	Wire__Fetched *gap = fetched(b, &b->logs[0], fake_last(&b->g.bus), a);
	gap->items[0] = gap->items[1];
	gap->n_items = 1;
	answer_fetched(b, fake_last(&b->g.bus), gap);
	drain(b, &f, 4096);
	check(told(f.text, 0, 1) == 0, "what does not follow is not told", f.text);
	arena_close(&a);
	struct message junk = { .kind = WIRE__KIND__ANSWER, .body = "\xff\xff\xff", .body_len = 3 };
	b->g.now_us += REST_US;
	api_tick(b->g.api, b->g.now_us);
	junk.id = fake_last(&b->g.bus)->m.id;
	junk.service = "another";               /* who was not asked is not heard: the question stands */
	api_receive(b->g.api, &junk, b->g.now_us);
	size_t asked = b->g.bus.n;
	b->g.now_us += REST_US;
	api_tick(b->g.api, b->g.now_us);
	check(b->g.bus.n == asked, "an answer of somebody who was not asked is none", f.text);
	junk.service = fake_last(&b->g.bus)->m.service;
	api_receive(b->g.api, &junk, b->g.now_us);
	b->g.now_us += REST_US;
	b->deaf = false;
	api_tick(b->g.api, b->g.now_us);
	settle(b, &f);
	check(told(f.text, 0, 1) == 2, "in the end, each once", f.text);
	b->g.bus.dead = true;
	b->g.now_us += 10 * LOST_US;
	api_tick(b->g.api, b->g.now_us);
	b->g.bus.dead = false;
	say(b, 0, "511703");
	b->g.now_us += REST_US;
	api_tick(b->g.api, b->g.now_us);
	settle(b, &f);
	check(told(f.text, 0, 1) == 3, "also after no bus was there", f.text);
	leave(&f);
}

static void
check_refused(struct bench *b, const char *target, const char *last, int status, const char *code)
{
	struct follower f;
	char want[64];

	request(b, &f, "GET", target, last);
	snprintf(want, sizeof(want), "\"code\":\"%s\"", code);
	check(f.c.replies == 1 && f.c.reply.status == status && strstr(f.c.text, want) && !f.stream, code,
	      f.c.text ? f.c.text : last);
	leave(&f);
}

/* The owner says 404 first; what the gateway refuses travels with the question. */
static void
test_refused(struct bench *b)
{
	static const char *const bad[] = { "0", "AAAA", "CgY1MTE3MDMSBwAAAAAAAAAd0Ihd9Q", "\xff\xff", "a b" };
	struct follower f;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct api_request r = {
			.method = "GET", .target = PATH, .authorization = "Bearer " TOKEN, .last_event_id = bad[i],
			.content_length = -1,
		};
		f = (struct follower){ .text = calloc(1, 1) };
		struct api_client client = client_of(&f.c);
		api_end(api_begin(b->g.api, &r, &client, b->g.now_us), b->g.now_us);
		const Wire__Read *asked = fake_last(&b->g.bus)->read;
		check(asked->refusal && asked->refusal->status == 422 &&
		              strcmp(asked->refusal->code, "events.bad_position") == 0,
		      "a bad place", bad[i]);
		fake_answer_problem(b->g.api, fake_last(&b->g.bus), 422, asked->refusal->code, b->g.now_us);
		check(f.c.reply.status == 422, "a bad place", bad[i]);
		leave(&f);
	}
	static const struct { const char *target, *code; } in_url[] = {
		{ PATH "?lastEventId=AAAA", "events.bad_position" }, { PATH "?lastEventId=%zz", "query.value" },
		{ PATH "?lastEventId=&lastEventId=", "query.repeated" },
		{ PATH "?last_event_id=", "query.unknown" }, { PATH "?lastEventId=&colour=red", "query.unknown" },
	};
	for (size_t i = 0; i < sizeof(in_url) / sizeof(in_url[0]); i++) {
		struct api_request r = {
			.method = "GET", .target = in_url[i].target, .authorization = "Bearer " TOKEN,
			.content_length = -1,
		};
		f = (struct follower){ .text = calloc(1, 1) };
		struct api_client client = client_of(&f.c);
		api_end(api_begin(b->g.api, &r, &client, b->g.now_us), b->g.now_us);
		const Wire__Read *asked = fake_last(&b->g.bus)->read;
		check(asked->refusal && asked->refusal->status == 422 &&
		              strcmp(asked->refusal->code, in_url[i].code) == 0,
		      in_url[i].code, in_url[i].target);
		fake_answer_problem(b->g.api, fake_last(&b->g.bus), 422, in_url[i].code, b->g.now_us);
		leave(&f);
	}
	say(b, 0, "511703");
	follow(b, &f, "", NULL);
	settle(b, &f);
	char *place = last_id(f.text);
	leave(&f);
	free((char *)b->logs[0].at[0].type);
	free(b->logs[0].at[0].body);
	b->logs[0].head = 0;
	check_refused(b, PATH, place, 422, "events.bad_position");     /* beyond the log */
	free(place);
}

static void
test_bounds(struct bench *b)
{
	static struct follower f[STREAMS_MAX];
	char target[64];

	for (int i = 0; i < WATCHES_MAX; i++) {
		snprintf(target, sizeof(target), "/api/v1/districts/5117%02d/events", i);
		request(b, &f[i], "GET", target, NULL);
		check(f[i].stream != NULL, "as many districts as there may be", target);
		tidy(b);
	}
	check_refused(b, "/api/v1/districts/511799/events", NULL, 503, "events.busy");
	for (int i = WATCHES_MAX; i < STREAMS_MAX; i++) {
		request(b, &f[i], "GET", PATH, NULL);
		tidy(b);
	}
	check(f[STREAMS_MAX - 1].stream != NULL, "as many clients as there may be", "");
	check_refused(b, PATH, NULL, 503, "events.busy");
	for (int i = 0; i < STREAMS_MAX; i++)
		leave(&f[i]);
	request(b, &f[0], "GET", "/api/v1/districts/511799/events", NULL);
	check(f[0].stream != NULL, "room again", "");
	leave(&f[0]);
}

/* ---- sessions */

#define SESSION "zs_511703_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char account[16] = "a1";          /* whose it is; of a test, one thread */

static void
answer_caller(struct bench *b, const struct sent *s, Wire__AccountRole role)
{
	Roster__Caller said = ROSTER__CALLER__INIT;
	Wire__Actor actor = WIRE__ACTOR__INIT;

	said.account_id = account;
	said.actor = &actor;
	actor.n_roles = 1;
	actor.roles = &role;
	fake_answer_message(b->g.api, s, 200, &said, b->g.now_us);
}

static const struct sent *
asked_caller(const struct bench *b)
{
	const struct sent *s = &b->g.bus.sent[b->g.bus.n - 1];

	return b->g.bus.n && s->read && strcmp(s->read->type, "roster.ReadCaller") == 0 ? s : NULL;
}

static void
follow_as(struct bench *b, struct follower *f, Wire__AccountRole role)
{
	struct api_request r = {
		.method = "GET", .target = PATH, .authorization = "Bearer " SESSION, .content_length = -1,
	};
	struct api_client client = client_of(&f->c);

	*f = (struct follower){ .text = calloc(1, TEXT_MAX) };
	call_t *c = api_begin(b->g.api, &r, &client, b->g.now_us);
	if (asked_caller(b))
		answer_caller(b, asked_caller(b), role);
	api_end(c, b->g.now_us);
	if (f->c.replies)
		return;
	answer_heads(b, fake_last(&b->g.bus));
	f->stream = f->c.reply.stream;
	if (f->stream) {
		f->stream->carrier = f;
		f->stream->woken = on_woken;
		drain(b, f, 4096);
	}
}

/* Whatever number of accounts. */
static void
test_share(struct bench *b)
{
	static struct follower f[STREAMS_MAX / 2 + 1], operators;

	for (int i = 0; i <= STREAMS_MAX / 2; i++) {
		if (i % STREAMS_OF_ACCOUNT_MAX == 0)
			b->g.now_us += 2000001;   /* who calls is asked anew */
		snprintf(account, sizeof(account), "a%d", i / STREAMS_OF_ACCOUNT_MAX + 1);
		follow_as(b, &f[i], WIRE__ACCOUNT_ROLE__AUDITOR);
		tidy(b);
	}
	check(f[STREAMS_MAX / 2 - 1].stream && !f[STREAMS_MAX / 2].stream, "a district takes no more than it leaves",
	      "");
	follow(b, &operators, "", NULL);
	check(operators.stream != NULL, "there is room", "");
	for (int i = 0; i <= STREAMS_MAX / 2; i++)
		leave(&f[i]);
	leave(&operators);
	snprintf(account, sizeof(account), "a1");
}

/* Time passes; whoever is asked whether the session stands. */
static const struct sent *
look(struct bench *b)
{
	tidy(b);
	b->g.now_us += LOOK_US;
	api_tick(b->g.api, b->g.now_us);
	for (size_t i = 0; i < b->g.bus.n; i++)
		if (b->g.bus.sent[i].read)
			return &b->g.bus.sent[i];
	return NULL;
}

static void
test_sessions(struct bench *b)
{
	static struct follower f[STREAMS_OF_ACCOUNT_MAX + 1];
	struct follower operators;

	follow(b, &operators, "", NULL);
	drain(b, &operators, 4096);
	follow_as(b, &f[0], WIRE__ACCOUNT_ROLE__AUDITOR);
	follow_as(b, &f[1], WIRE__ACCOUNT_ROLE__AUDITOR);
	check(f[0].stream && f[1].stream, "an auditor follows", f[0].c.text);
	const struct sent *s = look(b);
	check(s && strcmp(s->read->type, "roster.ReadCaller") == 0, "the session is looked at", "");
	answer_caller(b, s, WIRE__ACCOUNT_ROLE__AUDITOR);
	s = look(b);
	fake_answer_problem(b->g.api, s, 503, "owner.busy", b->g.now_us);
	for (int i = 0; i < 2; i++)
		drain(b, &f[i], 4096);
	check(!f[0].ended && !f[1].ended, "it stands, or nobody knows: the stream goes on", "");
	b->g.now_us += 6000000;
	api_tick(b->g.api, b->g.now_us);            /* the question that was put off is given up */
	s = look(b);
	check(s != NULL, "looked at again", "");
	fake_answer_problem(b->g.api, s, 404, "token.unknown", b->g.now_us);
	for (int i = 0; i < 2; i++)
		drain(b, &f[i], 4096);
	drain(b, &operators, 4096);
	check(f[0].ended && f[1].ended && !operators.ended, "it was closed: its streams end, and no other", f[0].text);
	leave(&f[0]);
	leave(&f[1]);
	follow_as(b, &f[0], WIRE__ACCOUNT_ROLE__AUDITOR);
	s = look(b);
	answer_caller(b, s, WIRE__ACCOUNT_ROLE__CADRE);
	drain(b, &f[0], 4096);
	check(f[0].ended, "the role was taken away", f[0].text);
	leave(&f[0]);
	b->g.now_us += 10 * LOOK_US;
	follow_as(b, &f[0], WIRE__ACCOUNT_ROLE__CADRE);
	check(f[0].c.reply.status == 403 && !f[0].stream, "not for everybody", f[0].c.text);
	leave(&f[0]);
	b->g.now_us += 10 * LOOK_US;
	for (int i = 0; i <= STREAMS_OF_ACCOUNT_MAX; i++)
		follow_as(b, &f[i], WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN);
	check(f[STREAMS_OF_ACCOUNT_MAX - 1].stream && f[STREAMS_OF_ACCOUNT_MAX].c.reply.status == 503,
	      "one account does not take all places", "");
	for (int i = 0; i <= STREAMS_OF_ACCOUNT_MAX; i++)
		leave(&f[i]);
	leave(&operators);
}

static void
test_end(struct bench *b)
{
	struct follower f, g, h;

	follow(b, &f, "", NULL);
	follow(b, &g, "", NULL);
	settle(b, &f);
	drain(b, &g, 4096);
	say(b, 0, "511703");
	serve(b);
	g.len += g.stream->pull(g.stream->ctx, g.text + g.len, 10, b->g.now_us);
	api_end_streams(b->g.api);
	drain(b, &g, 4096);
	drain(b, &f, 4096);
	check(f.ended && f.woken == 1, "who waits is ended", f.text);
	check(g.ended && strcmp(g.text + g.len - 2, "\n\n") == 0 && strstr(g.text, "roster-1"),
	      "who is in the middle, after it", g.text);
	request(b, &h, "GET", PATH, NULL);
	check(h.c.reply.status == 503, "no other begins", "");
	leave(&f);
	leave(&g);
	leave(&h);
}

static void
test_head(struct bench *b)
{
	struct follower f;

	request(b, &f, "HEAD", PATH, NULL);
	check(f.c.reply.status == 200 && strcmp(f.c.reply.content_type, "text/event-stream") == 0 && !f.stream, "HEAD",
	      "");
	leave(&f);
	struct api_request r = {
		.method = "GET", .target = PATH, .authorization = "Bearer " TOKEN, .content_length = -1,
	};
	struct follower gone = { .text = calloc(1, 1) };
	struct api_client client = client_of(&gone.c);
	call_t *c = api_begin(b->g.api, &r, &client, b->g.now_us);
	api_end(c, b->g.now_us);
	api_leave(c, b->g.now_us);
	answer_heads(b, fake_last(&b->g.bus));
	check(gone.c.replies == 0 && api_outstanding(b->g.api) == 0,
	      "who left before the answer is followed by nothing", "");
	leave(&gone);
}

int
main(void)
{
	static struct bench b;
	static const struct { const char *name; void (*run)(struct bench *); } tests[] = {
		{ "now", test_now }, { "resume", test_resume }, { "resume in the URL", test_resume_in_url },
		{ "shared", test_shared }, { "slow", test_slow }, { "fair", test_fair }, { "sealed", test_sealed },
		{ "silence", test_silence }, { "trouble", test_trouble }, { "refused", test_refused },
		{ "bounds", test_bounds }, { "share", test_share }, { "sessions", test_sessions },
		{ "end", test_end }, { "head", test_head },
	};

	log_open("events_test", LOG_LEVEL_ERROR + 1);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		int before = tally_failed;
		bench_open(&b);
		tests[i].run(&b);
		bench_close(&b);
		if (tally_failed > before)
			printf("in %s\n", tests[i].name);
	}
	return tally_end();
}
