/* Two nodes and their readers in one process, over a real database that the test tampers with: the engine without any of
 * the services' rules.
 *
 * The services are toys that use the schemas of two real ones: "roster" turns orders into events, "attendance" remembers
 * the persons it hears of, and fails in whatever way the person's unit says.  Messages go through a queue; nothing sleeps,
 * and what is waited for is a condition with a bound in turns.  Needs what deploy/test.sh gives: ZHUCUN_TEST_DB, _HOST,
 * _TEMPLATE, _SECRETS. */
#include "clock.h"
#include "engine.sql.h"
#include "log.h"
#include "mirror.h"
#include "node_state.h"
#include "reader_state.h"
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROSTER, ATTENDANCE, SERVICES, TEST = 2 * SERVICES, TURNS_MAX = 4000, ANSWERS_MAX = 4096, TIMERS = 1200, HOUR = 3600, HUNGER_BYTES = 24 << 20,
       DISTRICTS = 3 * BOOKS_MAX };
#define D "511700"
#define HOUR_US (HOUR * INT64_C(1000000))

struct count { int passed, failed; };

static void
check(struct count *c, bool ok, const char *what)
{
	if (!ok)
		printf("FAIL %s\n", what);
	c->passed += ok;
	c->failed += !ok;
}

/* ---- the toy that speaks: every order becomes an event; a unit's name reaches the database as it is */

static bool any(struct batch *b, const void *m) { (void)b; (void)m; return true; }

static void
put_district(struct batch *b, const void *m)
{
	Roster__DistrictPut e = ROSTER__DISTRICT_PUT__INIT;

	(void)m;
	batch_emit(b, D, &e.base);
	batch_answer(b, 201, NULL);
}

static void
put_person(struct batch *b, const void *m)
{
	const Roster__PutPerson *p = m;
	Roster__PersonPut e = ROSTER__PERSON_PUT__INIT;

	if (!strcmp(p->unit_id, "refuse")) {
		batch_refuse(b, 409, "toy.refused", NULL, "As asked.");
		return;
	}
	e.id = p->id;
	e.unit_id = p->unit_id;
	batch_emit(b, p->id, &e.base);
	batch_answer(b, 201, NULL);
}

static void
want_unit(struct batch *b, const void *m)
{
	mirror_want_unit_id(b, ((const Roster__PutUnit *)m)->id);
}

static void
put_unit(struct batch *b, const void *m)
{
	const Roster__PutUnit *u = m;
	Roster__UnitPut e = ROSTER__UNIT_PUT__INIT;

	e.id = u->id;
	e.name = u->name;
	batch_emit(b, u->id, &e.base);
	batch_answer(b, 201, NULL);
}

static void
publish(struct batch *b, const void *m)
{
	const Roster__PublishPolicy *p = m;
	Roster__PolicyPublished e = ROSTER__POLICY_PUBLISHED__INIT;

	e.version = p->version;
	e.effective_from_day = p->effective_from_day;
	e.document_json = (char *)data_dachuan_2017_96_json;
	batch_emit(b, p->version, &e.base);
	batch_answer(b, 201, NULL);
}

/* A file is the id of a unit.  It is put, and taken back when the run is a dry one; said twice, so that events after a try count on. */
static void
want_import(struct batch *b, const void *m)
{
	const Roster__ImportRows *in = m;

	if (!batch_kept(b))
		batch_keep(b, arena_strndup(batch_arena(b), (const char *)in->csv.data, in->csv.len));
	mirror_want_unit_id(b, batch_kept(b));
}

static void
import(struct batch *b, const void *m)
{
	const Roster__ImportRows *in = m;
	Roster__UnitPut e = ROSTER__UNIT_PUT__INIT;

	e.id = batch_kept(b);
	e.name = (char *)"tried";
	batch_try(b);
	batch_emit(b, e.id, &e.base);
	batch_timer(b, "never", e.id, INT64_MAX / 2);
	if (in->dry_run)
		batch_undo(b);
	else
		batch_stand(b);
	batch_answer(b, mirror_unit_on(b, e.id, 0) ? 201 : 200, NULL);
}

static const char *const roster_consumes[] = { "supervision", "accountability", NULL };
static const struct table *const roster_tables[] = { &mirror_unit, NULL };
static const struct order roster_orders[] = {
	{ .message = &roster__put_district__descriptor, .run = put_district, .founding = true },
	{ .message = &roster__put_person__descriptor, .exists = any, .run = put_person },
	{ .message = &roster__put_unit__descriptor, .want = want_unit, .run = put_unit },
	{ .message = &roster__publish_policy__descriptor, .run = publish },
	{ .message = &roster__import_rows__descriptor, .want = want_import, .run = import, .heavy = true },
};
static const struct fact roster_facts[] = { MIRROR(unit, unit_put) };

/* ---- the toy that listens */

static const struct store_stmt toy_chore = {
	.name = "toy.chore",
	.text = "insert into engine.work (service, partition, district, kind, subject, cause, trace, at_us)"
	        " values ('attendance', $1, $2, 'look', $3, '', '', '2017-09-08') on conflict do nothing",
	.params = { "partition", "district", "subject" }, .nparams = 3, .args = &engine_rows__work__descriptor,
};
static const struct store_stmt toy_person = {
	.name = "toy.person", .text = "select district, person_id, from_day, unit_id from person where person_id = $1",
	.params = { "person_id" }, .nparams = 1, .args = &mirror_rows__person__descriptor, .row = &mirror_rows__person__descriptor,
};
static const struct store_stmt *const toy_statements[] = { &toy_chore, &toy_person };

static void
want_all_persons(struct batch *b)
{
	MirrorRows__Person key = MIRROR_ROWS__PERSON__INIT;

	key.district = (char *)batch_district(b);
	batch_want(b, &mirror_person, &key, 1);
}

/* Marks a person: the trace that something was run. */
static void
mark(struct batch *b, const char *person, const char *unit)
{
	MirrorRows__Person row = MIRROR_ROWS__PERSON__INIT;

	row.district = (char *)batch_district(b);
	row.person_id = (char *)person;
	row.unit_id = (char *)unit;
	row.establishment = 1;
	batch_put(b, &mirror_person, &row);
}

static void
want_person(struct batch *b, const void *m)
{
	(void)m;
	want_all_persons(b);
}

static void
on_person(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;
	EngineRows__Work work = ENGINE_ROWS__WORK__INIT;

	mark(b, e->id, e->unit_id);
	if (!strcmp(e->unit_id, "\xff"))
		mark(b, "ruin", e->unit_id);    /* no later event of the batch makes this one good */
	else if (!strcmp(e->unit_id, "chore")) {
		work.district = (char *)batch_district(b);
		work.subject = e->id;
		batch_chore(b, &toy_chore, &work);
	} else if (!strncmp(e->unit_id, "timer", 5))
		batch_timer(b, e->unit_id, e->id, 1504800000 * INT64_C(1000000) + HOUR_US);     /* an hour after the clock's first instant */
	else if (!strcmp(e->unit_id, "slow"))
		for (int64_t until_us = clock_mono_us() + 2500000; clock_mono_us() < until_us;)
			mark(b, e->id, clock_mono_us() % 2 ? "slow" : "Slow");
	else if (!strcmp(e->unit_id, "hungry"))
		arena_alloc(batch_arena(b), HUNGER_BYTES);
	else if (!strcmp(e->unit_id, "policy"))
		mark(b, e->id, batch_policies(b)->n ? "policy" : "none");
}

static void
on_alarm(struct batch *b, const char *subject)
{
	mark(b, subject, "rung");
}

/* The timer of "moved" comes after this one by name; it is put off by an hour. */
static void
on_mover(struct batch *b, const char *subject)
{
	mark(b, subject, "rung");
	batch_timer(b, "timer", "moved", batch_at_us(b) + HOUR_US);
}

static void
want_subject(struct batch *b, const char *subject)
{
	(void)subject;
	want_all_persons(b);
}

static void
on_chore(struct batch *b, const char *subject)
{
	mark(b, subject, "done");
}

/* 200 when the person is known; 409 while any timer that should have rung has not. */
static void
put_posting(struct batch *b, const void *m)
{
	const Roster__PutPosting *p = m;
	MirrorRows__Person key = MIRROR_ROWS__PERSON__INIT;
	const void **rows;

	key.district = (char *)batch_district(b);
	key.person_id = p->person_id;
	size_t n = batch_list(b, &mirror_person, &key, 2, &rows);
	if (!n) {
		batch_refuse(b, 404, "toy.unknown", NULL, "Nobody.");
		return;
	}
	n = batch_list(b, &mirror_person, &key, 1, &rows);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(((const MirrorRows__Person *)rows[i])->unit_id, "timer")) {
			batch_refuse(b, 409, "toy.early", NULL, "A timer is due.");
			return;
		}
	batch_answer(b, 200, NULL);
}

static void
read_person(struct reader *r, const void *m)
{
	MirrorRows__Person *key = arena_message(reader_arena(r), &mirror_rows__person__descriptor);
	Roster__Person said = ROSTER__PERSON__INIT;
	void **rows;

	key->person_id = ((const Roster__ReadPerson *)m)->id;
	size_t n = reader_rows(r, &toy_person, key, &rows);
	if (!n) {
		reader_missing(r, AFTER(0), "Nobody.");
		return;
	}
	said.id = ((const MirrorRows__Person *)rows[0])->district;
	said.unit_id = ((const MirrorRows__Person *)rows[0])->unit_id;
	said.name = reader_policies(r)->n ? (char *)"policy" : (char *)"";
	reader_answer(r, &said.base);
}

static const char *const attendance_consumes[] = { "roster", "supervision", NULL };
static const struct table *const attendance_tables[] = { &mirror_person, &mirror_policy, NULL };
static const struct order attendance_orders[] = {
	{ .message = &roster__put_posting__descriptor, .after = AFTER(0), .want = want_person, .run = put_posting },
};
static const struct fact attendance_facts[] = {
	{ &roster__person_put__descriptor, want_person, on_person },
	MIRROR(policy, policy_published),
};
static const struct alarm attendance_alarms[] = { { "timer", want_subject, on_alarm }, { "timer.a", want_subject, on_mover } };
static const struct alarm attendance_chores[] = { { "look", want_subject, on_chore } };
static const struct read attendance_reads[] = { { &roster__read_person__descriptor, read_person } };

static const struct service toys[SERVICES] = {
	{ .name = "roster", .consumes = roster_consumes, .tables = roster_tables, .orders = roster_orders, .norders = ALEN(roster_orders),
	  .facts = roster_facts, .nfacts = ALEN(roster_facts) },
	{ .name = "attendance", .consumes = attendance_consumes, .tables = attendance_tables, .orders = attendance_orders,
	  .norders = ALEN(attendance_orders), .facts = attendance_facts, .nfacts = ALEN(attendance_facts),
	  .alarms = attendance_alarms, .nalarms = ALEN(attendance_alarms), .chores = attendance_chores, .nchores = ALEN(attendance_chores),
	  .reads = attendance_reads, .nreads = ALEN(attendance_reads), .statements = toy_statements, .nstatements = ALEN(toy_statements) },
};

/* ---- the stage */

struct letter { struct letter *next; int to; struct message m; uint8_t *body; };
struct member { struct stage *stage; int index; };
struct stage {
	PGconn *admin, *inside;
	char name[64];
	node_t *node[SERVICES];
	struct reader *reader[SERVICES];
	struct metrics metrics[SERVICES];
	struct member members[TEST + 1];
	struct letter *first, **last;
	uint64_t asked;
	int status[ANSWERS_MAX];                        /* of the last call */
	char said[64], named[64];                       /* of the last read: unit, name */
	bool answered;
	int64_t still_us;                               /* the time that stands still; 0: it goes on */
};

static const char *
required(const char *name)
{
	const char *v = getenv(name);
	if (!v) {
		fprintf(stderr, "node_test: %s is not set; run it by deploy/test.sh\n", name);
		exit(2);
	}
	return v;
}

static char *
sql(PGconn *c, const char *text)
{
	PGresult *r = PQexec(c, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK) {
		fprintf(stderr, "node_test: %s: %s", text, PQerrorMessage(c));
		exit(2);
	}
	char *out = strdup(PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	return out;
}

static void
tamper(struct stage *s, const char *text)
{
	free(sql(s->inside, text));
}

static long
number(struct stage *s, const char *text)
{
	char *v = sql(s->inside, text);
	long n = strtol(v, NULL, 10);
	free(v);
	return n;
}

static long
persons_of_unit(struct stage *s, const char *unit)
{
	char text[200];
	snprintf(text, sizeof text, "select count(*) from attendance.person where unit_id = '%s'", unit);
	return number(s, text);
}

static void
enqueue(struct stage *s, struct letter *l, const void *body, size_t len)
{
	l->m.body = l->body = malloc(len + 1);
	l->m.body_len = len;
	memcpy(l->body, body ? body : "", len);
	*s->last = l;
	s->last = &l->next;
}

/* Before each answer of a producer comes one of somebody who was not asked, with the right id: a feed that believed it would have
 * the question answered with nothing, and the true answer to no question, for ever. */
static void
forge(struct stage *s, const struct message *m)
{
	struct letter *l = calloc(1, sizeof(*l));

	l->to = m->peer.id[0];
	l->m = *m;
	l->m.service = "another";
	enqueue(s, l, NULL, 0);
}

static bool
post(void *ctx, const struct message *m)
{
	struct member *from = ctx;
	struct letter *l = calloc(1, sizeof(*l));
	bool back = m->kind == WIRE__KIND__ANSWER;

	l->to = back ? m->peer.id[0] : !strcmp(m->service, "roster") ? ROSTER : !strcmp(m->service, "attendance") ? ATTENDANCE : -1;
	if (l->to < 0) {
		free(l);
		return false;
	}
	l->to = !back && m->lane == WIRE__LANE__READER ? l->to + SERVICES : l->to;
	l->m = *m;
	if (!back)
		l->m.peer = (struct peer){ .id = { (uint8_t)from->index }, .id_len = 1 };
	else if (l->to < SERVICES)
		forge(from->stage, m);
	enqueue(from->stage, l, m->body, m->body_len);
	return true;
}

static struct port
port_of(struct stage *s, int index)
{
	s->members[index] = (struct member){ s, index };
	return (struct port){ &s->members[index], post };
}

static void
start(struct stage *s, int i)
{
	char *writer, *reader;

	if (asprintf(&writer, "host=%s dbname=%s user=%s passfile=%s/%s.pgpass", required("ZHUCUN_TEST_HOST"), s->name, toys[i].name,
	             required("ZHUCUN_TEST_SECRETS"), toys[i].name) < 0 ||
	    asprintf(&reader, "host=%s dbname=%s user=%s_reader passfile=%s/%s.pgpass", required("ZHUCUN_TEST_HOST"), s->name, toys[i].name,
	             required("ZHUCUN_TEST_SECRETS"), toys[i].name) < 0)
		abort();
	struct node_settings ns = { writer, "test", true, port_of(s, i), &s->metrics[i] };
	struct reader_settings rs = { reader, true, port_of(s, SERVICES + i), &s->metrics[i] };
	s->node[i] = node_open(&toys[i], &ns);
	s->reader[i] = reader_open(&toys[i], &rs);
	if (!s->node[i] || !s->reader[i])
		exit(2);
	free(writer);
	free(reader);
}

static void
stop(struct stage *s, int i)
{
	node_close(&s->node[i]);
	reader_close(&s->reader[i]);
}

static void
restart(struct stage *s, int i)
{
	stop(s, i);
	start(s, i);
}

static void
letter_free(struct letter *l)
{
	free(l->body);
	free(l);
}

static void
hear(struct stage *s, const struct message *m)
{
	Wire__Answers *all = wire__answers__unpack(NULL, m->body_len, m->body);

	if (all && m->id == s->asked) {
		s->answered = true;
		for (size_t i = 0; i < all->n_items && i < ANSWERS_MAX; i++)
			s->status[i] = all->items[i]->status;
	}
	if (all)
		wire__answers__free_unpacked(all, NULL);
}

static void
hear_read(struct stage *s, const struct message *m)
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
deliver(struct stage *s, struct letter *l)
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

/* Everything that waits is delivered, everybody steps; when all of them say that nothing is due, until the first is. */
static void
turn(struct stage *s)
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
		int64_t at_us = s->node[i] ? node_step(s->node[i], s->still_us ? s->still_us : clock_mono_us()) : wake_us;
		int64_t read_us = s->reader[i] ? reader_step(s->reader[i], s->still_us ? s->still_us : clock_mono_us()) : wake_us;
		wake_us = at_us < wake_us ? at_us : wake_us;
		wake_us = read_us < wake_us ? read_us : wake_us;
	}
	int64_t left_us = wake_us - clock_mono_us();
	if (!s->first && left_us > 0 && !s->still_us)
		poll(NULL, 0, (int)((left_us + 999) / 1000));
}

static bool
quiet(struct stage *s)
{
	return !number(s, "select count(*) from engine.head h, engine.clock c where h.now_us < c.now_us and h.service in ('roster', 'attendance')") &&
	       !number(s, "select count(*) from engine.work") &&
	       !number(s, "select count(*) from engine.timer t, engine.clock c where t.due_us <= c.now_us") &&
	       !number(s, "select count(*) from engine.edge where producer = 'roster' and consumer = 'attendance' and cursor < head") &&
	       number(s, "select count(*) from engine.head") == SERVICES * number(s, "select count(distinct partition) from engine.district");
}

static bool
settle(struct stage *s)
{
	for (int i = 0; i < TURNS_MAX / 10; i++) {
		for (int k = 0; k < 10; k++)
			turn(s);
		if (quiet(s))
			return true;
	}
	return false;
}

/* ---- asking */

struct said { char key[16]; const char *type; uint8_t data[256]; size_t len; };
struct group_of { struct said *said; size_t n; const char *district; };

static void
add(struct group_of *g, const char *key, const ProtobufCMessage *m)
{
	g->said = realloc(g->said, (g->n + 1) * sizeof(*g->said));
	struct said *one = &g->said[g->n++];
	snprintf(one->key, sizeof one->key, "%s", key);
	one->type = m->descriptor->name;
	one->len = protobuf_c_message_pack(m, one->data);
}

static void
add_person(struct group_of *g, const char *key, const char *id, const char *unit)
{
	Roster__PutPerson p = ROSTER__PUT_PERSON__INIT;

	p.id = (char *)id;
	p.unit_id = (char *)unit;
	add(g, key, &p.base);
}

/* The fingerprint is the content.  Frees the group. */
static void
send_group(struct stage *s, int service, struct group_of *g, int wait_ms)
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
	struct message m = { .kind = WIRE__KIND__COMMANDS, .id = ++s->asked, .service = toys[service].name,
	                     .partition = partition_of(g->district ? g->district : D), .wait_ms = wait_ms, .body = body, .body_len = len };
	s->answered = false;
	post(&s->members[TEST], &m);
	free(body);
	free(items);
	free(at);
	free(g->said);
	*g = (struct group_of){ 0 };
}

static int
await(struct stage *s)
{
	for (int i = 0; i < TURNS_MAX && !s->answered; i++)
		turn(s);
	return s->answered ? s->status[0] : 0;
}

static int
put(struct stage *s, const char *key, const char *id, const char *unit)
{
	struct group_of g = { 0 };

	add_person(&g, key, id, unit);
	send_group(s, ROSTER, &g, 5000);
	return await(s);
}

static void
send_posting(struct stage *s, const char *person, int wait_ms)
{
	struct group_of g = { 0 };
	Roster__PutPosting p = ROSTER__PUT_POSTING__INIT;

	p.person_id = (char *)person;
	add(&g, "", &p.base);
	send_group(s, ATTENDANCE, &g, wait_ms);
}

static int
ask_person(struct stage *s, const char *district, const char *person, int wait_ms)
{
	Roster__ReadPerson q = ROSTER__READ_PERSON__INIT;
	Wire__Read read = WIRE__READ__INIT;
	uint8_t data[128], body[512];

	q.id = (char *)person;
	read.district = (char *)district;
	read.type = (char *)q.base.descriptor->name;
	read.data = (ProtobufCBinaryData){ roster__read_person__pack(&q, data), data };
	struct message m = { .kind = WIRE__KIND__READ, .id = ++s->asked, .service = "attendance", .partition = partition_of(district),
	                     .lane = WIRE__LANE__READER, .wait_ms = wait_ms, .body = body, .body_len = wire__read__pack(&read, body) };
	struct member asker = { s, TEST + 1 };
	s->answered = false;
	post(&asker, &m);
	return await(s);
}

static void
clock_to(struct stage *s, int64_t hours, int64_t seconds)
{
	char text[200];

	snprintf(text, sizeof text, "select engine.advance_clock(to_timestamp(%lld))", (long long)(1504800000 + hours * HOUR + seconds));
	tamper(s, text);
}

static struct stage *
stage_open(struct count *c)
{
	struct stage *s = calloc(1, sizeof(*s));
	struct group_of g = { 0 };
	Roster__PutDistrict d = ROSTER__PUT_DISTRICT__INIT;
	char text[300];

	s->last = &s->first;
	port_of(s, TEST);
	s->admin = PQconnectdb(required("ZHUCUN_TEST_DB"));
	snprintf(s->name, sizeof s->name, "node_%d_%llx", (int)getpid(), (unsigned long long)clock_mono_us());
	snprintf(text, sizeof text, "create database %s template %s", s->name, required("ZHUCUN_TEST_TEMPLATE"));
	free(sql(s->admin, text));
	snprintf(text, sizeof text, "%s dbname=%s", required("ZHUCUN_TEST_DB"), s->name);
	s->inside = PQconnectdb(text);
	tamper(s, "update engine.clock set now_us = to_timestamp(1504800000)");
	snprintf(text, sizeof text, "alter role attendance in database %s set lock_timeout = '20ms'", s->name);
	tamper(s, text);
	for (int i = 0; i < SERVICES; i++)
		start(s, i);
	add(&g, "", &d.base);
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201 && settle(s), "a district is founded and known to all");
	return s;
}

static void
stage_close(struct stage *s)
{
	char text[200];

	for (int i = 0; i < SERVICES; i++)
		stop(s, i);
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

/* ---- what is promised */

/* §6: what comes after a broken link is not believed, also when it came in one answer with what is good. */
static void
test_chain(struct count *c)
{
	struct stage *s = stage_open(c);

	stop(s, ATTENDANCE);
	put(s, "", "p1", "good");
	put(s, "", "p2", "bad");
	put(s, "", "p3", "bad");
	tamper(s, "update roster.event set hash = sha256('tampered') where seq = (select seq from engine.head where service = 'roster') - 1");
	restart(s, ROSTER);             /* so that they come from the table, in one answer */
	start(s, ATTENDANCE);
	for (int i = 0; i < 300; i++)
		turn(s);
	check(c, persons_of_unit(s, "good") == 1, "before the broken link all is read");
	check(c, persons_of_unit(s, "bad") == 0, "from the broken link on nothing is");
	stage_close(s);
}

/* §4, 2: events that another owner wrote meanwhile are not in our memory; consumers get them all the same. */
static void
test_ring_after_fence(struct count *c)
{
	struct stage *s = stage_open(c);

	put(s, "", "p1", "mine");
	check(c, settle(s), "settled before");
	stop(s, ATTENDANCE);
	put(s, "", "p2", "mine");
	int64_t epoch = number(s, "select epoch from engine.head where service = 'roster'");
	tamper(s, "with h as (select * from engine.head where service = 'roster'),"
	          " l as (select e.* from roster.event e, h where e.partition = h.partition and e.seq = h.seq),"
	          " e as (insert into roster.event (partition, seq, hash, type, district, at_us, body)"
	          " select partition, seq + 1, sha256(hash || int8send(seq + 1) || type::bytea || body), type, district, at_us, body from l returning *)"
	          " update engine.head set seq = e.seq, hash = e.hash, epoch = epoch + 1 from e where head.service = 'roster' and head.partition = e.partition");
	check(c, put(s, "", "p3", "mine") == 201, "the fenced owner takes over again");
	check(c, number(s, "select epoch from engine.head where service = 'roster'") == epoch + 2, "as it must, after the other");
	check(c, s->metrics[ROSTER].value[METRIC_FENCED] <= 1, "fenced once, or not at all when it had looked just then");
	start(s, ATTENDANCE);
	check(c, settle(s), "everything is read, the other owner's event too");
	check(c, persons_of_unit(s, "mine") == 3, "and counted");
	stage_close(s);
}

/* Chores whose batch was rolled back are still to be done; more of them than one round trip holds are no trouble. */
static void
test_chores(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };
	char id[16];

	tamper(s, "insert into engine.work select 'attendance', partition, '" D "', 'look', 'w' || n, '', '', now() from engine.district, generate_series(1, 20) n");
	restart(s, ATTENDANCE);
	tamper(s, "begin; select * from engine.head where service = 'attendance' for update");
	for (int i = 0; i < 20; i++)
		turn(s);
	tamper(s, "commit");
	check(c, settle(s) && persons_of_unit(s, "done") == 20, "chores are done although their first batch was rolled back");
	stop(s, ATTENDANCE);
	for (int i = 0; i < 150; i++) {
		snprintf(id, sizeof id, "c%d", i);
		add_person(&g, "", id, "chore");
	}
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201, "many orders at once");
	start(s, ATTENDANCE);
	check(c, settle(s) && persons_of_unit(s, "done") == 170, "and a chore of each");
	stage_close(s);
}

static int64_t
memory_of(const struct stage *s)
{
	return s->metrics[ATTENDANCE].value[METRIC_BATCH_BYTES_MAX];
}

/* What together asks for more than there is: a batch ends before it is used up, and the rest comes in the next. */
static void
test_hunger(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };
	char id[16];

	stop(s, ATTENDANCE);
	for (int i = 0; i < 2 * BATCH_ARENA_MAX / HUNGER_BYTES; i++) {
		snprintf(id, sizeof id, "p%d", i);
		add_person(&g, "", id, "hungry");
	}
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201, "many who need much");
	start(s, ATTENDANCE);
	check(c, settle(s) && persons_of_unit(s, "hungry") == 2 * BATCH_ARENA_MAX / HUNGER_BYTES, "all had it");
	check(c, memory_of(s) >= BATCH_ARENA_MAX / 2 && memory_of(s) < BATCH_ARENA_MAX / 2 + 2 * HUNGER_BYTES, "a batch went on to half of what there is");
	stage_close(s);
}

/* One more person in each of many districts; whether all were taken. */
static bool
person_everywhere(struct stage *s, const char *id, bool founding)
{
	Roster__PutDistrict d = ROSTER__PUT_DISTRICT__INIT;
	Roster__PublishPolicy p = ROSTER__PUBLISH_POLICY__INIT;
	char district[16];
	bool taken = true;

	p.version = (char *)"v1";
	for (int i = 0; i < DISTRICTS; i++) {
		struct group_of g = { .district = district };
		snprintf(district, sizeof district, "%06d", 400000 + i);
		if (founding) {
			add(&g, "", &d.base);
			add(&g, "", &p.base);
		}
		add_person(&g, "", id, "policy");
		send_group(s, ROSTER, &g, 5000);
		taken = await(s) == 201 && taken;
	}
	return taken;
}

/* Far more districts at once than there are books. */
static void
test_districts(struct count *c)
{
	struct stage *s = stage_open(c);

	check(c, person_everywhere(s, "p1", true) && settle(s), "each has a policy, and somebody who asks for it");
	stop(s, ATTENDANCE);
	check(c, person_everywhere(s, "p2", false), "and each somebody more");
	start(s, ATTENDANCE);                           /* it has no book of any */
	check(c, settle(s) && persons_of_unit(s, "policy") == 2 * DISTRICTS, "all found theirs");
	check(c, memory_of(s) < BATCH_ARENA_MAX / 10, "in little memory");
	stage_close(s);
}

/* A batch that publishes a policy and asks for it often makes the book once, not each time. */
static void
test_policies(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };
	Roster__PublishPolicy p = ROSTER__PUBLISH_POLICY__INIT;
	char id[16];

	stop(s, ATTENDANCE);
	p.version = (char *)"v1";
	add(&g, "", &p.base);
	for (int i = 0; i < 900; i++) {
		snprintf(id, sizeof id, "p%d", i);
		add_person(&g, "", id, "policy");
	}
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201, "a policy and many who ask for it");
	start(s, ATTENDANCE);
	check(c, settle(s) && persons_of_unit(s, "policy") == 900, "all found it");
	check(c, memory_of(s) < BATCH_ARENA_MAX / 4, "in little memory");
	check(c, ask_person(s, D, "p1", 5000) == 200 && !strcmp(s->named, "policy"), "a reader finds it too");
	check(c, ask_person(s, D, "p2", 5000) == 200 && !strcmp(s->named, "policy"), "and again");
	stage_close(s);
}

static void
test_commands(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };
	Roster__PutUnit bad = ROSTER__PUT_UNIT__INIT, good = ROSTER__PUT_UNIT__INIT;

	add_person(&g, "", "p1", "u");
	g.said[0].len = 3;
	memset(g.said[0].data, 0xff, 3);
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 422, "an order that cannot be read is refused");

	int64_t trips = s->metrics[ROSTER].value[METRIC_ROUND_TRIPS];
	long moved = number(s, "select xmin::text::bigint from engine.head where service = 'roster'");
	check(c, put(s, "", "p1", "refuse") == 409, "a refusal");
	check(c, s->metrics[ROSTER].value[METRIC_ROUND_TRIPS] == trips + 1, "takes one round trip");
	check(c, number(s, "select xmin::text::bigint from engine.head where service = 'roster'") == moved, "and writes nothing");

	add_person(&g, "k", "p1", "u");
	send_group(s, ROSTER, &g, 5000);
	add_person(&g, "k", "p1", "u");
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201, "a key that comes twice before its answer");
	check(c, number(s, "select count(*) from roster.event where type = 'roster.PersonPut'") == 1, "counts once");
	check(c, put(s, "k", "p2", "u") == 422, "with other content it is refused");

	bad.id = (char *)"\xff";
	good.id = (char *)"u1";
	add(&g, "", &good.base);
	add(&g, "", &bad.base);
	add(&g, "", &good.base);
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201 && s->status[1] == 500 && s->status[2] == 201, "what the database refuses is refused alone");
	stage_close(s);
}

static void
add_import(struct group_of *g, const char *unit, bool dry_run)
{
	Roster__ImportRows m = ROSTER__IMPORT_ROWS__INIT;

	m.csv = (ProtobufCBinaryData){ strlen(unit), (uint8_t *)unit };
	m.maybe_dry_run_case = ROSTER__IMPORT_ROWS__MAYBE_DRY_RUN_DRY_RUN;
	m.dry_run = dry_run;
	add(g, "", &m.base);
}

/* What is taken back has not been said: no row, event, timer or number is left of it.  Of heavy orders one is in a batch. */
static void
test_trying(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };

	long moved = number(s, "select xmin::text::bigint from engine.head where service = 'roster'");
	add_import(&g, "u1", true);
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 200, "what is taken back is not there for the order itself");
	check(c, number(s, "select xmin::text::bigint from engine.head where service = 'roster'") == moved, "and writes nothing");

	int64_t batches = s->metrics[ROSTER].value[METRIC_BATCHES];
	add_import(&g, "u1", false);
	add_person(&g, "", "p1", "u1");
	add_import(&g, "u2", true);
	add_person(&g, "", "p2", "u1");
	add_import(&g, "u3", false);
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201 && s->status[2] == 200 && s->status[4] == 201, "some stand, some are taken back");
	check(c, s->metrics[ROSTER].value[METRIC_BATCHES] >= batches + 3, "a batch for each of the heavy ones");
	check(c, number(s, "select count(*) from roster.unit where name = 'tried'") == 2, "rows of what stands");
	check(c, number(s, "select count(*) from engine.timer where kind = 'never'") == 2, "and its timers");
	check(c, number(s, "select count(*) - max(seq) from roster.event") == 0, "no number of an event is missing");
	check(c, settle(s) && persons_of_unit(s, "u1") == 2, "what was said between them is heard");
	stage_close(s);
}

/* §11: in one batch, what comes after a poison input of its subject waits behind it, whoever else goes on. */
static void
test_poison(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };

	stop(s, ATTENDANCE);
	add_person(&g, "", "p1", "\xff");
	add_person(&g, "", "p2", "fine");
	add_person(&g, "", "p1", "later");
	add_person(&g, "", "p3", "fine");
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201, "somebody says what nobody can keep");
	start(s, ATTENDANCE);
	check(c, settle(s), "it stops nobody");
	check(c, number(s, "select count(*) from engine.parked") == 2, "it and what comes after it are put aside");
	check(c, persons_of_unit(s, "later") == 0 && persons_of_unit(s, "fine") == 2, "the others are not");
	restart(s, ATTENDANCE);
	put(s, "", "p1", "later");
	put(s, "", "p1", "later");
	check(c, settle(s) && persons_of_unit(s, "later") == 0, "nor does the next owner forget");
	const struct held_subject *h = s->node[ATTENDANCE]->part[partition_of(D)].held;
	check(c, h && !h->next, "a subject is held once");
	stage_close(s);
}

/* §11: what was being run when its owner ended is put aside at the last of several times, not before. */
static void
test_suspect(struct count *c)
{
	for (int tries = 1; tries <= TRIES_MAX; tries++) {
		struct stage *s = stage_open(c);
		char text[200];
		stop(s, ATTENDANCE);
		put(s, "", "p1", "fine");
		put(s, "", "p2", "fine");
		snprintf(text, sizeof text, "update engine.head set trying = '%d event 0 ' || (select max(seq) - 1 from roster.event) where service = 'attendance'", tries);
		tamper(s, text);
		start(s, ATTENDANCE);
		check(c, settle(s), "it goes on");
		check(c, persons_of_unit(s, "fine") == (tries < TRIES_MAX ? 2 : 1), "with the input that may have ended its owner, or without");
		check(c, number(s, "select count(*) from engine.parked") == (tries < TRIES_MAX ? 0 : 1), "which is then put aside");
		check(c, number(s, "select count(*) from engine.head where trying <> ''") == 0, "and all is forgotten");
		stage_close(s);
	}
}

/* What is tried again ends its process each time: it is refused, and stays with what waits behind it. */
static void
test_retry_suspect(struct count *c)
{
	struct stage *s = stage_open(c);
	char text[200];

	stop(s, ATTENDANCE);
	put(s, "", "p1", "\xff");
	put(s, "", "p1", "later");
	start(s, ATTENDANCE);
	check(c, settle(s) && number(s, "select count(*) from engine.parked") == 2, "an input is put aside, and what comes after it");
	stop(s, ATTENDANCE);
	tamper(s, "update engine.parked set wanted = true");
	snprintf(text, sizeof text, "update engine.head set trying = '%d retry 0 ' || (select min(seq) from engine.parked) where service = 'attendance'", TRIES_MAX);
	tamper(s, text);
	start(s, ATTENDANCE);
	check(c, settle(s), "it goes on");
	check(c, number(s, "select count(*) from engine.parked where not wanted") == 2, "they stay, and are wanted no more");
	check(c, number(s, "select count(*) from engine.parked where reason = 'it ended the process that ran it'") == 1, "with the reason");
	tamper(s, "delete from engine.parked where reason = 'it ended the process that ran it'");
	tamper(s, "update engine.parked set wanted = true");
	for (int i = 0; i < 20000 && number(s, "select count(*) from engine.parked"); i++)
		settle(s);
	check(c, persons_of_unit(s, "later") == 1 && !s->node[ATTENDANCE]->part[partition_of(D)].held, "what could wait no more is run, and nobody is held");
	stage_close(s);
}

/* §10: a due timer comes before later orders, however many; one that an earlier one has moved does not ring. */
static void
test_timers(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };
	char id[16];

	for (int i = 0; i < TIMERS; i++) {
		snprintf(id, sizeof id, "t%d", i);
		add_person(&g, "", id, "timer");
	}
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 201 && settle(s) && persons_of_unit(s, "timer") == TIMERS, "many timers");
	clock_to(s, 1, 0);
	send_posting(s, "t1", 20000);
	check(c, await(s) == 200, "all of them have rung when the next order is run");
	tamper(s, "delete from attendance.person");
	tamper(s, "insert into engine.timer select 'attendance', partition, '" D "', k, s, to_timestamp(1504800000 + 2 * 3600)"
	          " from engine.district, (values ('timer.a', 'mover'), ('timer', 'moved')) v(k, s)");
	tamper(s, "update engine.timer set due_us = due_us + interval '1 second' where subject = 'moved'");
	restart(s, ATTENDANCE);
	clock_to(s, 2, 0);
	check(c, settle(s) && persons_of_unit(s, "rung") == 1, "the mover rings");
	tamper(s, "delete from attendance.person");
	tamper(s, "insert into engine.timer select 'attendance', partition, '" D "', k, s, to_timestamp(1504800000 + 3 * 3600)"
	          " from engine.district, (values ('timer.a', 'mover'), ('timer', 'moved')) v(k, s)"
	          " on conflict (service, partition, district, kind, subject) do update set due_us = excluded.due_us + interval '1 second'");
	restart(s, ATTENDANCE);
	clock_to(s, 3, 10);
	check(c, settle(s), "both are due in one batch");
	check(c, persons_of_unit(s, "rung") == 1, "what the first has moved does not ring");
	check(c, number(s, "select count(*) from engine.timer where subject = 'moved'") == 1, "and is not lost");
	clock_to(s, 5, 0);
	check(c, settle(s) && persons_of_unit(s, "rung") == 2, "it rings at its new time");
	stage_close(s);
}

/* §8: what was acknowledged elsewhere is seen; who cannot see it in time says so and does nothing. */
static void
test_catching_up(struct count *c)
{
	struct stage *s = stage_open(c);

	check(c, put(s, "", "p1", "u") == 201, "a person");
	send_posting(s, "p1", 5000);
	check(c, await(s) == 200, "is known to the next order, at another service");
	check(c, put(s, "", "p2", "u") == 201 && ask_person(s, D, "p2", 5000) == 200 && !strcmp(s->said, "u"), "and to the next read");
	check(c, ask_person(s, D, "nobody", 5000) == 404, "who is not there is not there");
	check(c, ask_person(s, "999999", "p1", 5000) == 404, "nor in another district");
	stop(s, ATTENDANCE);
	check(c, put(s, "", "p3", "u") == 201, "another person");
	stop(s, ROSTER);
	start(s, ATTENDANCE);
	send_posting(s, "p3", 50);
	check(c, await(s) == 503, "an order that cannot be decided in time");
	check(c, ask_person(s, D, "p3", 50) == 503, "and a read");
	start(s, ROSTER);
	send_posting(s, "p3", 5000);
	check(c, await(s) == 200, "later it can");
	stage_close(s);
}

/* Connections end at the worst moments.  Before anything was written nobody notices; while it is written, orders with a
 * key are done, once, and the others are told that nobody knows. */
static void
test_lost(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };

	tamper(s, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename in ('roster', 'attendance_reader')");
	check(c, put(s, "", "p1", "u") == 201, "an order without a key survives what came before it");
	check(c, ask_person(s, D, "p1", 5000) == 200, "so does a read");
	tamper(s, "create sequence roster.once; grant usage on sequence roster.once to roster;"
	          "create function roster.kill() returns trigger language plpgsql as $$ begin"
	          " if nextval('roster.once') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; return new; end $$;"
	          "create trigger kill after insert on roster.event for each statement execute function roster.kill()");
	add_person(&g, "", "p2", "u");
	add_person(&g, "key", "p3", "u");
	add_person(&g, "", "p4", "refuse");
	send_group(s, ROSTER, &g, 5000);
	check(c, await(s) == 504, "an order without a key: nobody knows");
	check(c, s->status[1] == 201 || s->status[1] == 504, "one with a key is done, or not known");
	check(c, s->status[2] == 409 || s->status[2] == 504 || s->status[2] == 503, "a refusal is one");
	check(c, put(s, "key", "p3", "u") == 201, "asked again it is done");
	check(c, number(s, "select count(*) from roster.event where type = 'roster.PersonPut' and position('p3'::bytea in body) > 0") == 1, "once");
	check(c, settle(s), "and all is read");
	stage_close(s);
}

/* What is no longer in memory comes from the table, as much as fits an answer at a time; then from memory again. */
static void
test_old_events(struct count *c)
{
	struct stage *s = stage_open(c);
	struct group_of g = { 0 };
	char id[16];

	stop(s, ATTENDANCE);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 1500; i++) {
			snprintf(id, sizeof id, "p%d", round * 1500 + i);
			add_person(&g, "", id, "old");
		}
		send_group(s, ROSTER, &g, 20000);
		check(c, await(s) == 201, "many orders");
	}
	restart(s, ROSTER);
	start(s, ATTENDANCE);
	check(c, settle(s) && persons_of_unit(s, "old") == 4500, "all are read from the table");
	check(c, put(s, "", "new", "new") == 201 && settle(s) && persons_of_unit(s, "new") == 1, "then on from memory");
	bool older = false;
	for (int k = 0; k < STREAMS_MAX; k++)
		older = older || s->node[ATTENDANCE]->feed[0].stream[k].older;
	check(c, !older, "and from nowhere else");
	stage_close(s);
}

/* A fold that lasts longer than a session may be idle is no frozen owner. */
static void
test_slow(struct count *c)
{
	struct stage *s = stage_open(c);
	char text[200];

	snprintf(text, sizeof text, "alter role attendance in database %s set idle_session_timeout = '1200ms'", s->name);
	tamper(s, text);
	restart(s, ATTENDANCE);
	check(c, settle(s), "who looks around is not idle");
	long epoch = number(s, "select epoch from engine.head where service = 'attendance'");
	put(s, "", "p1", "slow");
	check(c, settle(s) && number(s, "select count(*) from attendance.person where person_id = 'p1'") == 1, "a slow event is read");
	check(c, number(s, "select epoch from engine.head where service = 'attendance'") == epoch, "by the session that began it");
	stage_close(s);
}

/* Who has been superseded sees it at the next look, not only when he writes: what he says misleads. */
static void
test_superseded(struct count *c)
{
	struct stage *s = stage_open(c);
	const struct partition *p = &s->node[ROSTER]->part[partition_of(D)];

	check(c, put(s, "", "p1", "u") == 201 && p->owned, "an owner");
	tamper(s, "insert into engine.replica (service, instance, pid, since_us, seen_us)"
	          " select service, 'another', pid, since_us, clock_timestamp() from engine.replica where service = 'roster'");
	tamper(s, "update engine.head set owner = 'another', epoch = epoch + 1, heard_us = clock_timestamp() where service = 'roster'");
	for (int i = 0; i < TURNS_MAX && p->owned; i++)
		turn(s);
	check(c, !p->owned, "that is one no more");
	check(c, s->metrics[ROSTER].value[METRIC_FENCED] == 0, "without having written");
	tamper(s, "delete from engine.replica where instance = 'another'");
	for (int i = 0; i < TURNS_MAX && !p->owned; i++)
		turn(s);
	check(c, put(s, "", "p2", "u") == 201 && settle(s), "and takes over again when it is free");
	stage_close(s);
}

/* Who has nothing to do sleeps, also when a producer is not there. */
static void
test_idle(struct count *c)
{
	struct stage *s = stage_open(c);
	int at_once = 0;

	for (int i = 0; i < 40; i++) {
		turn(s);
		for (int k = 0; k < SERVICES; k++) {
			int64_t now_us = clock_mono_us();
			at_once += node_step(s->node[k], now_us) <= now_us;
		}
	}
	check(c, at_once <= 2 * SERVICES, "nodes do not spin");         /* an answer to a fetch ends one sleep */
	stage_close(s);
}

static void
put_unit_named(struct stage *s, const char *id)
{
	struct group_of g = { 0 };
	Roster__PutUnit u = ROSTER__PUT_UNIT__INIT;

	u.id = u.name = (char *)id;
	add(&g, "", &u.base);
	send_group(s, ROSTER, &g, 5000);
}

/* Attendance is not concerned with units: that it has read them is one commit, when they have waited for company, there and here. */
static void
test_company(struct count *c)
{
	struct stage *s = stage_open(c);

	check(c, settle(s), "settled before");
	int64_t before = s->metrics[ATTENDANCE].value[METRIC_BATCHES], fetches = s->metrics[ATTENDANCE].value[METRIC_FETCHES];
	s->still_us = clock_mono_us();
	for (int i = 0; i < 3; i++) {
		put_unit_named(s, (const char *[]){ "u1", "u2", "u3" }[i]);
		check(c, await(s) == 201, "a unit");
	}
	for (int i = 0; i < 50; i++)
		turn(s);
	check(c, s->metrics[ATTENDANCE].value[METRIC_FETCHES] == fetches, "what does not concern it waits where it was said");
	s->still_us += PATIENT_MS * 1000;
	for (int i = 0; i < 50; i++)
		turn(s);
	check(c, s->metrics[ATTENDANCE].value[METRIC_FETCHES] == fetches + 1, "and comes in one answer");
	check(c, s->metrics[ATTENDANCE].value[METRIC_BATCHES] == before, "which waits once more");
	s->still_us += PATIENT_MS * 1000;
	for (int i = 0; i < 50; i++)
		turn(s);
	check(c, s->metrics[ATTENDANCE].value[METRIC_BATCHES] == before + 1 && quiet(s), "and is read in one batch");
	stage_close(s);
}

/* While time stands still nothing has waited long enough: what comes, comes because somebody waits for it. */
static void
test_hurry(struct count *c)
{
	struct stage *s = stage_open(c);

	check(c, put(s, "", "p1", "u") == 201 && settle(s), "settled before");
	s->still_us = clock_mono_us();
	put_unit_named(s, "u1");
	check(c, await(s) == 201 && !quiet(s), "what does not concern attendance waits");
	send_posting(s, "p1", 5000);
	check(c, await(s) == 200 && quiet(s), "unless a command must know of it");
	put_unit_named(s, "u2");
	check(c, await(s) == 201 && !quiet(s), "waits again");
	check(c, put(s, "", "p2", "u") == 201, "until something follows that does concern it");
	for (int i = 0; i < TURNS_MAX && !quiet(s); i++)
		turn(s);
	check(c, quiet(s) && persons_of_unit(s, "u") == 2, "then both come");
	stage_close(s);
}

int
main(void)
{
	static void (*const tests[])(struct count *) = {
		test_chain, test_ring_after_fence, test_chores, test_policies, test_hunger, test_districts, test_commands, test_trying, test_poison, test_suspect, test_retry_suspect, test_timers,
		test_catching_up, test_lost, test_old_events, test_slow, test_superseded, test_idle, test_company, test_hurry,
	};
	struct count c = { 0, 0 };

	log_open("node_test", log_level_of(getenv("ZHUCUN_LOG_LEVEL") ? getenv("ZHUCUN_LOG_LEVEL") : "error"));
	for (size_t i = 0; i < ALEN(tests); i++)
		tests[i](&c);
	printf("%d passed, %d failed\n", c.passed, c.failed);
	return c.failed != 0;
}
