/* harness - see harness.h. */
#include "harness.h"
#include "api/api.h"
#include "base/clock.h"
#include "bus/event_types.h"
#include "base/log.h"
#include "engine/node.h"
#include "engine/reader_state.h"
#include "engine/trial.h"
#include "../../services/bus/routes.h"
#include "pace.h"
#include "service_list.h"
#include <assert.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	REPLICAS = HARNESS_REPLICAS_MAX, LANES = 3, GATEWAY = LANES * SERVICES * REPLICAS, MEMBERS = GATEWAY + 1,
	CALL_WAIT_US = 20000000, SETTLE_WAIT_US = 60000000, HELLO_US = 500000,
};
#define TOKEN "an operator's token for tests only, 32+"

struct letter { struct letter *next; int to; struct message m; uint8_t *body; char *service; };
struct member { harness_t *harness; int index; };

struct harness {
	PGconn *admin, *inside;
	char name[64];
	struct metrics counted[SERVICES];
	struct service_process {
		const struct service *svc;
		node_t *node;                           /* NULL: not there */
		struct reader *reader;
		struct trial_thread {              /* a turn of it is a thread's, which shares nothing while it lasts */
			node_t *node;                   /* NULL: the service tries nothing */
			pthread_t thread; bool turns;
			_Atomic bool over;              /* of its turn */
			struct letter *said;            /* in its turn, the last first */
		} trial;
		char *instance;
		Wire__Hello hello; int32_t owns[PARTITIONS];    /* what it said last */
		int64_t hello_us;                       /* when it says so again */
		int crash_after;
		bool frozen, loses;
	} at[SERVICES][REPLICAS];
	int replicas;                           /* of each service, at the start */
	struct routes *routes;
	api_t *api;
	char bearer[128];
	struct metrics metrics;
	struct member members[MEMBERS];
	struct letter *first, **last;
	size_t replies;                                 /* so far */
};

/* ---- the switchboard */

/* Of the writer; its reader's is the next, and then comes who tries. */
static int
member_of(int service, int replica)
{
	return LANES * (service * REPLICAS + replica);
}

static struct service_process *
process_of(harness_t *s, int member)
{
	return &s->at[member / LANES / REPLICAS][member / LANES % REPLICAS];
}

/* Who gets it, by the buses' own table. */
static int
addressee(harness_t *s, const struct message *m)
{
	const struct replica *to;

	if (m->kind == WIRE__KIND__ANSWER || m->kind == WIRE__KIND__UNROUTED)
		return m->peer.id[0];
	while ((to = m->replica && *m->replica
			     ? routes_find_replica(s->routes, m->service, m->replica, m->lane, clock_mono_us())
			     : routes_find(s->routes, m->service, m->partition, m->lane, clock_mono_us()))) {
		int member = to->id[0];
		if (process_of(s, member)->node)
			return member;
		routes_forget(s->routes, to->id, to->id_len);   /* unreachable */
	}
	return -1;
}

static void
tell_hello(harness_t *s, int member, const Wire__Hello *hello)
{
	uint8_t id = (uint8_t)member;
	enum routes_heard heard = routes_hello(s->routes, &id, 1, hello, clock_mono_us());
	assert(heard == ROUTES_KNOWN || heard == ROUTES_JOINED);
	(void)heard;
}

/* At every change, and twice a second. */
static void
say_hello(harness_t *s, int member)
{
	struct service_process *p = process_of(s, member);
	Wire__Hello hello = WIRE__HELLO__INIT;
	bool news = node_hello(p->node, &hello);

	if (news) {
		memcpy(p->owns, hello.partitions, hello.n_partitions * sizeof *p->owns);
		p->hello = hello;
		p->hello.partitions = p->owns;
	}
	if (!news && clock_mono_us() < p->hello_us)
		return;
	p->hello_us = clock_mono_us() + HELLO_US;
	tell_hello(s, member, &p->hello);
	hello = (Wire__Hello)WIRE__HELLO__INIT;
	hello.service = (char *)p->svc->name;
	hello.instance = p->instance;
	hello.lane = WIRE__LANE__READER;
	tell_hello(s, member + 1, &hello);
	hello.lane = WIRE__LANE__TRIAL;
	if (p->trial.node)
		tell_hello(s, member + 2, &hello);
}

static struct letter *
letter_of(int to, const struct message *m)
{
	struct letter *l = calloc(1, sizeof(*l));

	l->to = to;
	l->m = *m;
	l->body = malloc(m->body_len + 1);
	memcpy(l->body, m->body ? m->body : "", m->body_len);
	l->m.body = l->body;
	l->m.service = l->service = strdup(m->service ? m->service : "");
	return l;
}

static void
put(harness_t *s, struct letter *l)
{
	l->next = NULL;
	*s->last = l;
	s->last = &l->next;
}

/* What an owner has answered, but not what a reader has. */
static bool
is_lost(harness_t *s, const struct member *from, const struct message *m, int to)
{
	struct service_process *p =
		from->index < GATEWAY && from->index % LANES == 0 ? process_of(s, from->index) : NULL;

	if (!p || !p->loses || m->kind != WIRE__KIND__ANSWER || to != GATEWAY)
		return false;
	p->loses = false;
	return true;
}

static bool
post(void *ctx, const struct message *m)
{
	struct member *from = ctx;
	harness_t *s = from->harness;
	int to = addressee(s, m);

	if (to < 0)
		return false;
	if (is_lost(s, from, m, to))
		return true;
	struct letter *l = letter_of(to, m);
	if (m->kind != WIRE__KIND__ANSWER)
		l->m.peer = (struct peer){ .bus = 0, .id = { (uint8_t)from->index }, .id_len = 1 };
	put(s, l);
	return true;
}

/* Of who tries: answers, kept until its turn is over. */
static bool
keep(void *ctx, const struct message *m)
{
	struct trial_thread *t = ctx;
	struct letter *l = letter_of(m->peer.id[0], m);

	l->next = t->said;
	t->said = l;
	return true;
}

static struct port
port_of(harness_t *s, int index)
{
	s->members[index] = (struct member){ s, index };
	return (struct port){ &s->members[index], post };
}

static void
letter_free(struct letter *l)
{
	free(l->body);
	free(l->service);
	free(l);
}

static bool
dies_now(harness_t *s, int member)
{
	struct service_process *p = process_of(s, member);
	if (p->crash_after <= 0 || --p->crash_after)
		return false;
	harness_kill(s, p->svc->name, member / LANES % REPLICAS);
	harness_join(s, p->svc->name, member / LANES % REPLICAS);
	return true;
}

/* False: not yet. */
static bool
deliver(harness_t *s, struct letter *l)
{
	struct service_process *p = l->to == GATEWAY ? NULL : process_of(s, l->to);

	if (!p)
		api_receive(s->api, &l->m, clock_mono_us());
	else if (p->frozen)
		return false;
	else if (!p->node)
		return true;                    /* it died with it */
	else if (l->to % LANES == 2 && p->trial.turns)
		return false;
	else if (l->to % LANES == 2)
		trial_receive(p->trial.node, &l->m);
	else if (l->to % LANES)
		reader_receive(p->reader, &l->m);
	else if (!dies_now(s, l->to))
		node_receive(p->node, &l->m);
	return true;
}

static bool
deliver_all(harness_t *s)
{
	struct letter *l = s->first;
	bool any = l != NULL;

	s->first = NULL;
	s->last = &s->first;
	while (l) {
		struct letter *next = l->next;
		if (deliver(s, l))
			letter_free(l);
		else
			put(s, l);
		l = next;
	}
	return any;
}

/* ---- who tries */

static void *
trial_turn(void *arg)
{
	struct trial_thread *t = arg;

	trial_step(t->node, clock_mono_us());
	atomic_store(&t->over, true);
	return NULL;
}

static void
trial_begin(struct trial_thread *t)
{
	atomic_store(&t->over, false);
	t->turns = pthread_create(&t->thread, NULL, trial_turn, t) == 0;
	assert(t->turns);
}

/* What it has said is sent now. */
static void
trial_end(harness_t *s, struct trial_thread *t)
{
	pthread_join(t->thread, NULL);
	t->turns = false;
	for (struct letter *l = t->said, *next; l; l = next) {
		next = l->next;
		put(s, l);
	}
	t->said = NULL;
}

static void
trial_look(harness_t *s, struct trial_thread *t)
{
	if (t->turns && atomic_load(&t->over))
		trial_end(s, t);
	if (t->node && !t->turns && !node_idle(t->node))
		trial_begin(t);
}

/* True: it has more to do. */
static bool
step(harness_t *s, int member)
{
	struct service_process *p = process_of(s, member);

	if (!p->node || p->frozen)
		return false;
	bool more = node_step(p->node, clock_mono_us()) <= clock_mono_us();
	say_hello(s, member);
	reader_step(p->reader, clock_mono_us());
	trial_look(s, &p->trial);
	return more;
}

static void
turn(harness_t *s)
{
	bool any = deliver_all(s);

	while (routes_expire(s->routes, clock_mono_us()))
		continue;
	for (int i = 0; i < GATEWAY; i += LANES)
		any = step(s, i) || any;
	api_tick(s->api, clock_mono_us());
	if (!any)
		usleep(300);            /* nothing to do: deadlines are real time */
}

/* ---- opening */

static const char *
required(const char *name)
{
	const char *v = getenv(name);
	if (!v) {
		fprintf(stderr, "harness: %s is not set; run the tests by `make check`\n", name);
		exit(2);
	}
	return v;
}

static void
sql(PGconn *c, const char *text)
{
	PGresult *r = PQexec(c, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK) {
		fprintf(stderr, "harness: %s: %s", text, PQerrorMessage(c));
		exit(2);
	}
	PQclear(r);
}

static PGconn *
connect_to(const char *conninfo)
{
	PGconn *c = PQconnectdb(conninfo);
	if (PQstatus(c) != CONNECTION_OK) {
		fprintf(stderr, "harness: %s", PQerrorMessage(c));
		exit(2);
	}
	return c;
}

static void
make_database(harness_t *s)
{
	char text[512];

	s->admin = connect_to(required("ZHUCUN_TEST_DB"));
	snprintf(s->name, sizeof s->name, "harness_%d_%llx", (int)getpid(), (unsigned long long)clock_mono_us());
	snprintf(text, sizeof text, "create database %s template %s", s->name, required("ZHUCUN_TEST_TEMPLATE"));
	sql(s->admin, text);
	snprintf(text, sizeof text, "%s dbname=%s", required("ZHUCUN_TEST_DB"), s->name);
	s->inside = connect_to(text);
}

static char *
conninfo_of(const harness_t *s, const char *service, const char *role)
{
	char *text;
	if (asprintf(&text, "host=%s dbname=%s user=%s passfile=%s/%s.pgpass application_name=%s",
		     required("ZHUCUN_TEST_HOST"), s->name, role, required("ZHUCUN_TEST_SECRETS"), service,
		     service) < 0)
		abort();
	return text;
}

static void
start(harness_t *s, int i, int replica)
{
	struct service_process *p = &s->at[i][replica];
	int member = member_of(i, replica);
	char role[64];

	*p = (struct service_process){ .svc = service_list[i], .crash_after = p->crash_after };
	char *writer = conninfo_of(s, p->svc->name, p->svc->name);
	snprintf(role, sizeof role, "%s_reader", p->svc->name);
	char *reader = conninfo_of(s, p->svc->name, role);
	if (asprintf(&p->instance, "%s-%d", p->svc->name, replica + 1) < 0)
		abort();
	struct node_settings ns = { writer, p->instance, true, port_of(s, member), &s->counted[i] };
	struct reader_settings rs = { reader, true, port_of(s, member + 1), &s->counted[i], p->instance };
	p->node = node_open(p->svc, &ns);
	p->reader = reader_open(p->svc, &rs);
	struct node_settings ts = { writer, p->instance, true, { &p->trial, keep }, &s->counted[i] };
	if (trial_serves(p->svc))
		p->trial.node = trial_open(p->svc, &ts);
	if (!p->node || !p->reader || (trial_serves(p->svc) && !p->trial.node)) {
		fprintf(stderr, "harness: %s does not start\n", p->svc->name);
		exit(2);
	}
	free(writer);
	free(reader);
	p->hello = (Wire__Hello)WIRE__HELLO__INIT;
	p->hello.service = (char *)p->svc->name;
	say_hello(s, member);
}

harness_t *
harness_open(void)
{
	const char *replicas = getenv("ZHUCUN_TEST_REPLICAS");
	return harness_open_with(replicas ? atoi(replicas) : 1);
}

harness_t *
harness_open_with(int replicas)
{
	harness_t *s = calloc(1, sizeof(*s));

	s->last = &s->first;
	harness_as(s, NULL);
	log_open("harness", log_level_of(getenv("ZHUCUN_LOG_LEVEL") ? getenv("ZHUCUN_LOG_LEVEL") : "error"));
	make_database(s);
	s->routes = calloc(1, sizeof *s->routes);
	s->replicas = replicas;
	assert(replicas >= 1 && replicas <= REPLICAS);
	for (int i = 0; i < SERVICES; i++)
		for (int k = 0; k < replicas; k++) {
			start(s, i, k);
			/* starting takes a while: nobody is to seem frozen meanwhile */
			for (int m = 0; m < GATEWAY; m += LANES)
				step(s, m);
		}
	struct api_settings as = {
		.manual_clock = true, .services = service_names, .port = port_of(s, GATEWAY), .metrics = &s->metrics
	};
	sha256((const struct span_of_bytes[]){ { TOKEN, strlen(TOKEN) } }, 1, as.token_sha256);
	s->api = api_open(&as);
	return s;
}

static void
stop(harness_t *s, int i, int replica)
{
	struct service_process *p = &s->at[i][replica];

	if (p->trial.turns)
		trial_end(s, &p->trial);
	node_close(&p->trial.node);
	node_close(&p->node);
	reader_close(&p->reader);
	free(p->instance);
	p->instance = NULL;
}

/* Whoever follows events is told what lib/bus/event_types lists: an event that is missing there would never be seen. */
static void
check_event_types(harness_t *s)
{
	char text[256];

	for (int i = 0; i < SERVICES; i++) {
		snprintf(text, sizeof text, "select distinct type from %s.event", service_list[i]->name);
		PGresult *r = PQexec(s->inside, text);
		for (int k = 0; k < PQntuples(r); k++)
			if (!event_type_of(PQgetvalue(r, k, 0))) {
				fprintf(stderr, "harness: %s stands under no heading \"// ---- events\" in proto/\n",
					PQgetvalue(r, k, 0));
				exit(2);
			}
		PQclear(r);
	}
}

void
harness_close(harness_t **sp)
{
	harness_t *s = *sp;
	char text[128];

	check_event_types(s);
	api_close(&s->api);
	for (int i = 0; i < SERVICES; i++)
		for (int k = 0; k < REPLICAS; k++)
			stop(s, i, k);
	while (s->first) {
		struct letter *l = s->first;
		s->first = l->next;
		letter_free(l);
	}
	PQfinish(s->inside);
	snprintf(text, sizeof text, "drop database %s with (force)", s->name);
	sql(s->admin, text);
	PQfinish(s->admin);
	free(s->routes);
	free(s);
	*sp = NULL;
}

/* ---- what tests do */

/* One call under way: where its answer goes. */
struct asking { harness_t *harness; call_t *call; struct answered *answered; struct reply_stream **stream; bool done; };

static void
replied(void *ctx, struct reply *r)
{
	struct asking *g = ctx;
	struct answered *a = g->answered;

	a->place = g->harness->replies++;
	a->status = r->status;
	for (int i = 0, n = 0; i < r->nheaders; i++)
		if (strcmp(r->headers[i].name, "traceparent") != 0)
			n += snprintf(a->headers + n, sizeof a->headers - (size_t)n, "%s: %s\n", r->headers[i].name,
				      r->headers[i].value);
	if (g->stream) {
		*g->stream = r->stream;
		r->stream = NULL;
	}
	if (r->fd >= 0) {
		off_t len = lseek(r->fd, 0, SEEK_END);
		a->body = malloc((size_t)len + 1);
		ssize_t n = pread(r->fd, a->body, (size_t)len, 0);
		a->len = n > 0 ? (size_t)n : 0;
	} else {
		a->body = malloc(r->len + 1);
		memcpy(a->body, r->body ? r->body : "", r->len);
		a->len = r->len;
	}
	a->body[a->len] = '\0';
	g->done = true;
}

static void
feed(harness_t *s, call_t *c, const char *body, int64_t until_us)
{
	size_t left = strlen(body);

	while (left && clock_mono_us() < until_us) {
		size_t n = api_body(c, body, left > 60000 ? 60000 : left, clock_mono_us());
		assert(n != BODY_REFUSED);
		body += n;
		left -= n;
		if (left)
			turn(s);
	}
}

static void
ask(harness_t *s, struct asking *g, struct asked *q, int64_t until_us)
{
	struct api_request r = { .method = q->method,
				 .target = q->path,
				 .authorization = *s->bearer ? s->bearer : NULL,
				 .idempotency_key = q->key,
				 .content_type = q->type   ? q->type
						 : q->body ? "application/json"
							   : NULL,
				 .content_length = q->body ? (int64_t)strlen(q->body) : 0,
				 .near = true };
	struct api_client client = { .ctx = g, .replied = replied };

	q->answered = (struct answered){ 0 };
	*g = (struct asking){ .harness = s, .answered = &q->answered };
	g->call = api_begin(s->api, &r, &client, clock_mono_us());
	if (q->body)
		feed(s, g->call, q->body, until_us);
	api_end(g->call, clock_mono_us());
}

static void
give_up(struct asking *g)
{
	if (g->done)
		return;
	api_leave(g->call, clock_mono_us());
	*g->answered = (struct answered){ .status = 0, .body = strdup("no answer in time") };
}

static bool
all_done(const struct asking *g, size_t n)
{
	while (n && g[n - 1].done)
		n--;
	return n == 0;
}

void
harness_call_all(harness_t *s, struct asked *asked, size_t n)
{
	enum { AT_ONCE = 256 };
	struct asking *g = calloc(AT_ONCE, sizeof(*g));

	for (size_t first = 0; first < n; first += AT_ONCE) {
		size_t some = n - first < AT_ONCE ? n - first : AT_ONCE;
		int64_t until_us = clock_mono_us() + pace_us(CALL_WAIT_US);
		for (size_t i = 0; i < some; i++)
			ask(s, &g[i], &asked[first + i], until_us);
		while (!all_done(g, some) && clock_mono_us() < until_us)
			turn(s);
		for (size_t i = 0; i < some; i++)
			give_up(&g[i]);
	}
	free(g);
}

void
harness_as(harness_t *s, const char *token)
{
	if (!token)
		token = TOKEN;
	snprintf(s->bearer, sizeof s->bearer, "%s%s", *token ? "Bearer " : "", token);
}

struct answered
harness_call(harness_t *s, const char *method, const char *path, const char *key, const char *type, const char *body)
{
	struct asked q = { method, path, key, type, body, { 0 } };

	harness_call_all(s, &q, 1);
	return q.answered;
}

static size_t
events_in(const char *text)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, "event: ")) != NULL; at++)
		n++;
	return n;
}

char *
harness_stream(harness_t *s, const char *path, size_t events)
{
	enum { TEXT_MAX = 8 << 20, TURNS_MORE = 200 };
	struct asked q = { .method = "GET", .path = path };
	struct reply_stream *stream = NULL;
	struct asking g;
	int64_t until_us = clock_mono_us() + CALL_WAIT_US;
	char *text = malloc(TEXT_MAX);
	size_t len = 0, got;

	ask(s, &g, &q, until_us);
	g.stream = &stream;
	while (!g.done && clock_mono_us() < until_us)
		turn(s);
	give_up(&g);
	free(q.answered.body);
	text[0] = '\0';
	for (int more = 0; stream && more < TURNS_MORE && clock_mono_us() < until_us;
	     more += events_in(text) >= events) {
		got = stream->pull(stream->ctx, text + len, TEXT_MAX - 1 - len, clock_mono_us());
		len += got == REPLY_STREAM_ENDED ? 0 : got;
		text[len] = '\0';
		turn(s);
	}
	if (stream)
		stream->leave(stream->ctx);
	else
		free(text);
	return stream ? text : NULL;
}

bool
harness_settle(harness_t *s, const char *district)
{
	int64_t until_us = clock_mono_us() + pace_us(SETTLE_WAIT_US), lag = -1;
	char path[128];

	snprintf(path, sizeof path, "/api/v1/districts/%s/progress", district);
	while (lag != 0 && clock_mono_us() < until_us) {
		struct answered a = harness_call(s, "GET", path, NULL, NULL, NULL);
		json_t *j = json_loads(a.body, 0, NULL);
		lag = a.status == 200 ? json_integer_value(json_object_get(j, "lag")) : -1;
		json_decref(j);
		free(a.body);
		for (int i = 0; lag && i < 4; i++)
			turn(s);
	}
	return lag == 0;
}

static int
service_of(const char *service)
{
	int i = 0;

	while (i < SERVICES && strcmp(service_list[i]->name, service))
		i++;
	assert(i < SERVICES);
	return i;
}

void
harness_crash(harness_t *s, const char *service)
{
	int i = service_of(service);

	for (int k = 0; k < REPLICAS; k++)
		if (s->at[i][k].node) {
			stop(s, i, k);
			start(s, i, k);
		}
}

void
harness_crash_after(harness_t *s, const char *service, int messages)
{
	for (int k = 0; k < REPLICAS; k++)
		s->at[service_of(service)][k].crash_after = messages;
}

void
harness_lose_answer(harness_t *s, const char *service)
{
	for (int k = 0; k < REPLICAS; k++)
		s->at[service_of(service)][k].loses = s->at[service_of(service)][k].node != NULL;
}

void
harness_join(harness_t *s, const char *service, int replica)
{
	struct service_process *p = &s->at[service_of(service)][replica];

	if (!p->node)
		start(s, service_of(service), replica);
}

void
harness_kill(harness_t *s, const char *service, int replica)
{
	stop(s, service_of(service), replica);
}

void
harness_leave(harness_t *s, const char *service, int replica)
{
	struct service_process *p = &s->at[service_of(service)][replica];

	if (p->node)
		node_leave(p->node);
	stop(s, service_of(service), replica);
}

void
harness_freeze(harness_t *s, const char *service, int replica, bool frozen)
{
	s->at[service_of(service)][replica].frozen = frozen;
}

void
harness_fence(harness_t *s, const char *service)
{
	char text[128];

	snprintf(text, sizeof text, "update engine.head set epoch = epoch + 5 where service = '%s'", service);
	free(harness_sql(s, text));
}

int
harness_replicas(const harness_t *s)
{
	return s->replicas;
}

bool
harness_there(const harness_t *s, const char *service, int replica)
{
	const struct service_process *p = &s->at[service_of(service)][replica];
	return p->node && !p->frozen;
}

char *
harness_sql(harness_t *s, const char *text)
{
	PGresult *r = PQexec(s->inside, text);
	if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
		fprintf(stderr, "harness: %s: %s", text, PQerrorMessage(s->inside));
	char *out = strdup(PQntuples(r) && PQnfields(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	return out;
}

long
harness_number(harness_t *s, const char *sql, ...)
{
	va_list ap;
	char *query;

	va_start(ap, sql);
	if (vasprintf(&query, sql, ap) < 0)
		abort();
	va_end(ap);
	char *text = harness_sql(s, query);
	long n = *text ? strtol(text, NULL, 10) : -1;
	free(text);
	free(query);
	return n;
}

uint64_t
harness_setting(const char *name, uint64_t otherwise)
{
	const char *v = getenv(name);
	return v && *v ? strtoull(v, NULL, 10) : otherwise;
}

int64_t
harness_metric(const harness_t *s, const char *service, enum metric_id id)
{
	return atomic_load(&s->counted[service_of(service)].value[id]);
}

void
harness_turns(harness_t *s, int turns)
{
	while (turns-- > 0)
		turn(s);
}
