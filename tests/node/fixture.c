/* The fixture: letters, who delivers them, and what a test may ask. */
#include "fixture.h"
#include "base/clock.h"
#include "base/log.h"
#include <endian.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct letter { struct letter *next; int to; struct message m; uint8_t *body; };

/* ---- the environment and the database */

static const char *
required(const char *name)
{
	const char *v = getenv(name);
	if (!v) {
		fprintf(stderr, "%s is not set; run this by deploy/test.sh\n", name);
		exit(2);
	}
	return v;
}

static char *
sql(PGconn *c, const char *text)
{
	PGresult *r = PQexec(c, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK) {
		fprintf(stderr, "%s: %s", text, PQerrorMessage(c));
		exit(2);
	}
	char *out = strdup(PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	return out;
}

void
fixture_tamper(struct fixture *s, const char *text)
{
	free(sql(s->inside, text));
}

long
fixture_number(struct fixture *s, const char *text)
{
	char *v = sql(s->inside, text);
	long n = strtol(v, NULL, 10);
	free(v);
	return n;
}

long
fixture_persons(struct fixture *s, const char *unit)
{
	char text[200];
	snprintf(text, sizeof text, "select count(*) from attendance.person where unit_id = '%s'", unit);
	return fixture_number(s, text);
}

void
fixture_clock_to(struct fixture *s, int64_t hours, int64_t seconds)
{
	char text[200];

	snprintf(text, sizeof text, "select engine.advance_clock(to_timestamp(%lld))",
		 (long long)(START + hours * HOUR + seconds));
	fixture_tamper(s, text);
}

/* ---- letters and turns */

static void
enqueue(struct fixture *s, struct letter *l, const void *body, size_t len)
{
	l->m.body = l->body = malloc(len + 1);
	l->m.body_len = len;
	memcpy(l->body, body ? body : "", len);
	*s->last = l;
	s->last = &l->next;
}

/* Before each answer of a producer comes one of somebody who was not asked, with the right id: a feed that believed it
 * would have the question answered with nothing, and the true answer to no question, for ever. */
static void
forge(struct fixture *s, const struct message *m)
{
	struct letter *l = calloc(1, sizeof(*l));

	l->to = m->peer.id[0];
	l->m = *m;
	l->m.service = "another";
	enqueue(s, l, NULL, 0);
}

/* A row of: seq, hash, type, body; it lives as long as the result. */
static void
logged_of(PGresult *r, int row, Wire__Logged *out)
{
	uint64_t seq;

	memcpy(&seq, PQgetvalue(r, row, 0), sizeof seq);
	*out = (Wire__Logged)WIRE__LOGGED__INIT;
	out->partition = partition_of(D);
	out->seq = (int64_t)be64toh(seq);
	out->hash = (ProtobufCBinaryData){ (size_t)PQgetlength(r, row, 1), (uint8_t *)PQgetvalue(r, row, 1) };
	out->type = PQgetvalue(r, row, 2);
	out->body = (ProtobufCBinaryData){ (size_t)PQgetlength(r, row, 3), (uint8_t *)PQgetvalue(r, row, 3) };
}

static void
answer_with(struct fixture *s, const struct member *asker, uint64_t id, PGresult *r)
{
	size_t n = (size_t)PQntuples(r);
	Wire__Logged *items = calloc(n + 1, sizeof(*items)), **at = calloc(n + 1, sizeof(*at));
	Wire__Fetched said = WIRE__FETCHED__INIT;
	struct letter *l = calloc(1, sizeof(*l));

	for (size_t i = 0; i < n; i++)
		logged_of(r, (int)i, at[i] = &items[i]);
	said.items = at;
	said.n_items = n;
	size_t len = wire__fetched__get_packed_size(&said);
	uint8_t *body = malloc(len + 1);
	wire__fetched__pack(&said, body);
	l->to = asker->index;
	l->m = (struct message){ .kind = WIRE__KIND__ANSWER, .id = id };
	enqueue(s, l, body, len);
	free(body);
	free(items);
	free(at);
}

/* All events of the district after where the asker is, from the table, in one answer. */
static void
answer_whole(struct fixture *s, const struct member *asker, const struct message *m)
{
	Wire__Fetch *f = wire__fetch__unpack(NULL, m->body_len, m->body);
	char text[160];

	snprintf(text, sizeof text,
		 "select seq, hash, type, body from roster.event where partition = %d and seq > %lld order by seq",
		 partition_of(D), (long long)f->after[0]->seq);
	PGresult *r = PQexecParams(s->inside, text, 0, NULL, NULL, NULL, NULL, 1);
	answer_with(s, asker, m->id, r);
	PQclear(r);
	wire__fetch__free_unpacked(f, NULL);
}

static bool
post(void *ctx, const struct message *m)
{
	struct member *from = ctx;

	if (from->fixture->whole && m->kind == WIRE__KIND__FETCH && !strcmp(m->service, "roster")) {
		answer_whole(from->fixture, from, m);
		return true;
	}
	struct letter *l = calloc(1, sizeof(*l));
	bool back = m->kind == WIRE__KIND__ANSWER;

	l->to = back                                ? m->peer.id[0]
		: !strcmp(m->service, "roster")     ? ROSTER
		: !strcmp(m->service, "attendance") ? ATTENDANCE
						    : -1;
	if (l->to < 0) {
		free(l);
		return false;
	}
	l->to = !back && m->lane == WIRE__LANE__READER ? l->to + SERVICES : l->to;
	l->m = *m;
	if (!back)
		l->m.peer = (struct peer){ .id = { (uint8_t)from->index }, .id_len = 1 };
	else if (l->to < SERVICES)
		forge(from->fixture, m);
	enqueue(from->fixture, l, m->body, m->body_len);
	return true;
}

static struct port
port_of(struct fixture *s, int index)
{
	s->members[index] = (struct member){ s, index };
	return (struct port){ &s->members[index], post };
}

void
fixture_start(struct fixture *s, int i)
{
	char *writer, *reader;

	if (asprintf(&writer, "host=%s dbname=%s user=%s passfile=%s/%s.pgpass", required("ZHUCUN_TEST_HOST"), s->name,
		     fixtures[i].name, required("ZHUCUN_TEST_SECRETS"), fixtures[i].name) < 0 ||
	    asprintf(&reader, "host=%s dbname=%s user=%s_reader passfile=%s/%s.pgpass", required("ZHUCUN_TEST_HOST"),
		     s->name, fixtures[i].name, required("ZHUCUN_TEST_SECRETS"), fixtures[i].name) < 0)
		abort();
	s->steady[i].sure = false;
	s->steady[i].doubt = STEADY_UNHEARD;
	struct node_settings ns = { writer, "test", !s->real, port_of(s, i), &s->metrics[i], &s->steady[i] };
	struct reader_settings rs = {
		reader, !s->real, port_of(s, SERVICES + i), &s->metrics[i], "test", &s->steady[i]
	};
	s->node[i] = node_open(&fixtures[i], &ns);
	s->reader[i] = reader_open(&fixtures[i], &rs);
	if (!s->node[i] || !s->reader[i])
		exit(2);
	free(writer);
	free(reader);
}

void
fixture_stop(struct fixture *s, int i)
{
	node_close(&s->node[i]);
	reader_close(&s->reader[i]);
}

void
fixture_restart(struct fixture *s, int i)
{
	fixture_stop(s, i);
	fixture_start(s, i);
}

static void
letter_free(struct letter *l)
{
	free(l->body);
	free(l);
}

static void
hear(struct fixture *s, const struct message *m)
{
	Wire__Answers *all = wire__answers__unpack(NULL, m->body_len, m->body);

	if (all && m->id == s->asked) {
		s->answered = true;
		s->code[0] = '\0';
		for (size_t i = 0; i < all->n_items && i < ANSWERS_MAX; i++) {
			s->status[i] = all->items[i]->status;
			if (all->items[i]->problem && !*s->code)
				snprintf(s->code, sizeof s->code, "%s", all->items[i]->problem->code);
		}
	}
	if (all)
		wire__answers__free_unpacked(all, NULL);
}

static void
hear_read(struct fixture *s, const struct message *m)
{
	Wire__Answer *a = wire__answer__unpack(NULL, m->body_len, m->body);
	Roster__Person *p = a && a->status == 200 ? roster__person__unpack(NULL, a->data.len, a->data.data) : NULL;

	if (m->id == s->asked && a) {
		s->answered = true;
		s->status[0] = a->status;
		snprintf(s->said, sizeof s->said, "%s", p ? p->unit_id : "");
		snprintf(s->named, sizeof s->named, "%s", p ? p->name : "");
	}
	if (p)
		roster__person__free_unpacked(p, NULL);
	if (a)
		wire__answer__free_unpacked(a, NULL);
}

static void
deliver(struct fixture *s, struct letter *l)
{
	if (l->to == TEST)
		hear(s, &l->m);
	else if (l->to == TEST + 1)
		hear_read(s, &l->m);
	else if (l->to < SERVICES && s->node[l->to])
		node_receive(s->node[l->to], &l->m);
	else if (l->to >= SERVICES && s->reader[l->to - SERVICES])
		reader_receive(s->reader[l->to - SERVICES], &l->m);
}

void
fixture_turn(struct fixture *s)
{
	struct letter *l = s->first, *next;
	int64_t wake_us = clock_mono_us() + 5000;

	s->first = NULL;
	s->last = &s->first;
	for (; l; l = next) {
		next = l->next;
		deliver(s, l);
		letter_free(l);
	}
	for (int i = 0; i < SERVICES; i++) {
		int64_t at_us =
			s->node[i] ? node_step(s->node[i], s->still_us ? s->still_us : clock_mono_us()) : wake_us;
		int64_t read_us =
			s->reader[i] ? reader_step(s->reader[i], s->still_us ? s->still_us : clock_mono_us()) : wake_us;
		wake_us = at_us < wake_us ? at_us : wake_us;
		wake_us = read_us < wake_us ? read_us : wake_us;
	}
	int64_t left_us = wake_us - clock_mono_us();
	if (!s->first && left_us > 0 && !s->still_us)
		poll(NULL, 0, (int)((left_us + 999) / 1000));
}

bool
fixture_quiet(struct fixture *s)
{
	return !fixture_number(s, "select count(*) from engine.head h, engine.clock c where h.now_us < c.now_us and "
				  "h.service in ('roster', 'attendance')") &&
	       !fixture_number(s, "select count(*) from engine.work") &&
	       !fixture_number(s, "select count(*) from engine.timer t, engine.clock c where t.due_us <= c.now_us") &&
	       !fixture_number(s, "select count(*) from engine.edge where producer = 'roster' and consumer = "
				  "'attendance' and cursor < head") &&
	       fixture_number(s, "select count(*) from engine.head") ==
		       SERVICES * fixture_number(s, "select count(distinct partition) from engine.district");
}

bool
fixture_settle(struct fixture *s)
{
	for (int i = 0; i < TURNS_MAX / 10; i++) {
		for (int k = 0; k < 10; k++)
			fixture_turn(s);
		if (fixture_quiet(s))
			return true;
	}
	return false;
}

/* ---- asking */

void
group_add(struct group_of *g, const char *key, const ProtobufCMessage *m)
{
	g->said = realloc(g->said, (g->n + 1) * sizeof(*g->said));
	struct said *one = &g->said[g->n++];
	snprintf(one->key, sizeof one->key, "%s", key);
	one->type = m->descriptor->name;
	one->len = protobuf_c_message_pack(m, one->data);
}

void
group_add_person(struct group_of *g, const char *key, const char *id, const char *unit)
{
	Roster__PutPerson p = ROSTER__PUT_PERSON__INIT;

	p.id = (char *)id;
	p.unit_id = (char *)unit;
	group_add(g, key, &p.base);
}

void
group_add_persons(struct group_of *g, char letter, int from, int n, const char *unit)
{
	char id[16];

	for (int i = from; i < from + n; i++) {
		snprintf(id, sizeof id, "%c%d", letter, i);
		group_add_person(g, "", id, unit);
	}
}

/* The fingerprint is the content. */
void
fixture_send(struct fixture *s, int service, struct group_of *g, int wait_ms)
{
	Wire__Commands all = WIRE__COMMANDS__INIT;
	Wire__Command *items = calloc(g->n, sizeof(*items)), **at = calloc(g->n, sizeof(*at));

	for (size_t i = 0; i < g->n; i++) {
		struct said *one = &g->said[i];
		items[i] = (Wire__Command)WIRE__COMMAND__INIT;
		items[i].district = (char *)(g->district ? g->district : D);
		items[i].account = (char *)"a";
		items[i].type = (char *)one->type;
		items[i].key = one->key;
		items[i].data = items[i].fingerprint = (ProtobufCBinaryData){ one->len, one->data };
		at[i] = &items[i];
	}
	all.items = at;
	all.n_items = g->n;
	size_t len = wire__commands__get_packed_size(&all);
	uint8_t *body = malloc(len + 1);
	wire__commands__pack(&all, body);
	struct message m = { .kind = WIRE__KIND__COMMANDS,
			     .id = ++s->asked,
			     .service = fixtures[service].name,
			     .partition = partition_of(g->district ? g->district : D),
			     .wait_ms = wait_ms,
			     .sent_us = s->sent_us,
			     .body = body,
			     .body_len = len };
	s->answered = false;
	post(&s->members[TEST], &m);
	free(body);
	free(items);
	free(at);
	free(g->said);
	*g = (struct group_of){ 0 };
}

int
fixture_await(struct fixture *s)
{
	for (int i = 0; i < TURNS_MAX && !s->answered; i++)
		fixture_turn(s);
	return s->answered ? s->status[0] : 0;
}

int
fixture_put(struct fixture *s, const char *key, const char *id, const char *unit)
{
	struct group_of g = { 0 };

	group_add_person(&g, key, id, unit);
	fixture_send(s, ROSTER, &g, 5000);
	return fixture_await(s);
}

void
fixture_send_posting(struct fixture *s, const char *person, int wait_ms)
{
	struct group_of g = { 0 };
	Roster__PutPosting p = ROSTER__PUT_POSTING__INIT;

	p.person_id = (char *)person;
	group_add(&g, "", &p.base);
	fixture_send(s, ATTENDANCE, &g, wait_ms);
}

int
fixture_read_person(struct fixture *s, const char *district, const char *person, int wait_ms)
{
	Roster__ReadPerson q = ROSTER__READ_PERSON__INIT;
	Wire__Read read = WIRE__READ__INIT;
	uint8_t data[128], body[512];

	q.id = (char *)person;
	read.district = (char *)district;
	read.type = (char *)q.base.descriptor->name;
	read.data = (ProtobufCBinaryData){ roster__read_person__pack(&q, data), data };
	struct message m = { .kind = WIRE__KIND__READ,
			     .id = ++s->asked,
			     .service = "attendance",
			     .partition = partition_of(district),
			     .lane = WIRE__LANE__READER,
			     .wait_ms = wait_ms,
			     .body = body,
			     .body_len = wire__read__pack(&read, body) };
	struct member asker = { s, TEST + 1 };
	s->answered = false;
	post(&asker, &m);
	return fixture_await(s);
}

/* ---- from beginning to end */

struct fixture *
fixture_make(bool real)
{
	struct fixture *s = calloc(1, sizeof(*s));
	struct group_of g = { 0 };
	Roster__PutDistrict d = ROSTER__PUT_DISTRICT__INIT;
	char text[300];

	s->last = &s->first;
	s->real = real;
	port_of(s, TEST);
	s->admin = PQconnectdb(required("ZHUCUN_TEST_DB"));
	snprintf(s->name, sizeof s->name, "node_%d_%llx", (int)getpid(), (unsigned long long)clock_mono_us());
	snprintf(text, sizeof text, "create database %s template %s", s->name, required("ZHUCUN_TEST_TEMPLATE"));
	free(sql(s->admin, text));
	snprintf(text, sizeof text, "%s dbname=%s", required("ZHUCUN_TEST_DB"), s->name);
	s->inside = PQconnectdb(text);
	fixture_tamper(s, real ? "delete from engine.clock" : "update engine.clock set now_us = " START_SQL);
	snprintf(text, sizeof text, "alter role attendance in database %s set lock_timeout = '20ms'", s->name);
	fixture_tamper(s, text);
	for (int i = 0; i < SERVICES; i++)
		fixture_start(s, i);
	for (int i = 0; i < TURNS_MAX && s->node[ROSTER]->doubt; i++)   /* a gateway would ask again */
		fixture_turn(s);
	group_add(&g, "", &d.base);
	fixture_send(s, ROSTER, &g, 5000);
	return s;
}

bool fixture_made(struct fixture *s) { return fixture_await(s) == 201 && fixture_settle(s); }

void
fixture_close(struct fixture *s)
{
	char text[200];

	for (int i = 0; i < SERVICES; i++)
		fixture_stop(s, i);
	for (struct letter *l = s->first, *next; l; l = next) {
		next = l->next;
		letter_free(l);
	}
	PQfinish(s->inside);
	snprintf(text, sizeof text, "drop database %s with (force)", s->name);
	free(sql(s->admin, text));
	PQfinish(s->admin);
	free(s);
}
