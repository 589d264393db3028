/* client - who commands: a gateway as the engine knows it.  It asks with a key, waits, and asks again with the same key
 * until it has an answer; what has no key is asked again only when it is certain that nothing was done. */
#include "sim.h"
#include "roster.pb-c.h"
#include <stdio.h>
#include <string.h>

struct call calls[CALLS_MAX];
int ncalls;

/* ---- what will be asked */

/* Most commands do nothing special. */
static char
letter_drawn(void)
{
	static const char usual[] = "nnnnttmmccrqp", rare[] = "fk";

	if (world.knobs.favourite && percent(50))
		return world.knobs.favourite;
	return permille(12) ? rare[chance(sizeof rare - 1)] : usual[chance(sizeof usual - 1)];
}

static void
call_draw(int i)
{
	struct call *c = &calls[i];

	*c = (struct call){ .service = ALPHA, .follows = NOBODY };
	c->district = (int)chance((uint64_t)world.knobs.districts);
	c->n = 1 + (int)chance(COMMANDS_MAX);
	if (i && calls[i - 1].service == ALPHA && !calls[i - 1].creation && percent(30)) {
		c->service = GAMMA;
		c->follows = i - 1;
		c->district = calls[i - 1].district;
	}
	bool keyless = c->service == ALPHA && percent(25);
	c->n = keyless || c->service == GAMMA ? 1 : c->n;
	for (int k = 0; k < c->n; k++) {
		struct command_made *o = &c->made[k];
		snprintf(o->subject, sizeof o->subject, "s%d", (int)chance(SUBJECTS));
		snprintf(o->said, sizeof o->said, "%c%d", c->service == GAMMA ? 'g' : letter_drawn(),
			 i * COMMANDS_MAX + k);
		if (!keyless)
			snprintf(c->key[k], sizeof c->key[k], "k%d.%d", i, k);
	}
	const char *used = i ? calls[chance((uint64_t)i)].key[0] : "";
	if (!keyless && *used && percent(6))            /* somebody has used it already, here or at the other service */
		memcpy(c->key[0], used, sizeof c->key[0]);
}

void
client_reset(void)
{
	ncalls = 3 + (int)chance(CALLS_MAX - 3);
	for (int i = 0; i < ncalls; i++)
		call_draw(i);
	if (world.knobs.creation) {
		calls[0] = (struct call){ .service = ALPHA,
					  .n = 1,
					  .follows = NOBODY,
					  .creation = true,
					  .key = { "k0.0" },
					  .made = { { .said = "d0" } } };
		for (int i = 1; i < ncalls && calls[i].follows == 0; i++)
			calls[i] = (struct call){ .state = CALL_DONE, .follows = NOBODY };
	}
}

/* ---- asking */

static void
command_of(const struct call *c, int k, Wire__Command *out)
{
	Roster__PutPerson p = ROSTER__PUT_PERSON__INIT;
	Roster__PutPosting g = ROSTER__PUT_POSTING__INIT;
	Roster__PutDistrict d = ROSTER__PUT_DISTRICT__INIT;
	const ProtobufCMessage *m = c->creation ? &d.base : c->service == GAMMA ? &g.base : &p.base;
	const struct command_made *o = &c->made[k];

	p.id = g.person_id = (char *)o->subject;
	p.unit_id = g.id = (char *)o->said;
	g.village_id = arena_printf(world.arena, "%lld", (long long)c->need);
	wire__command__init(out);
	out->district = (char *)districts[c->district];
	out->type = (char *)m->descriptor->name;
	out->data.data = arena_alloc(world.arena, protobuf_c_message_get_packed_size(m) + 1);
	out->data.len = protobuf_c_message_pack(m, out->data.data);
	out->account = (char *)"somebody";
	out->key = (char *)c->key[k];
	out->fingerprint = (ProtobufCBinaryData){ strlen(o->said), (uint8_t *)o->said };
}

static void
again(int i, int64_t after_us)
{
	calls[i].asked = 0;
	calls[i].state = CALL_LATER;
	at(world.now_us + after_us, EVENT_CALL, i, 0, NULL);
}

static void
finish(int i, enum call_state state)
{
	calls[i].state = state;
	calls[i].asked = 0;
	trace("call %d ends: %s", i, state == CALL_DONE ? "answered" : "nobody knows");
	for (int k = 0; k < ncalls; k++)
		if (calls[k].follows == i)
			at(world.now_us + between(1, 2 * MS), EVENT_CALL, k, 0, NULL);
}

static void
ask(int i)
{
	struct call *c = &calls[i];
	Wire__Command command[COMMANDS_MAX], *items[COMMANDS_MAX];
	Wire__Commands all = WIRE__COMMANDS__INIT;
	int64_t wait_ms = between(200, 1500);

	for (int k = 0; k < c->n; k++) {
		command_of(c, k, &command[k]);
		items[k] = &command[k];
	}
	all.n_items = (size_t)c->n;
	all.items = items;
	uint8_t *body = arena_alloc(world.arena, wire__commands__get_packed_size(&all) + 1);
	struct message m = { .kind = WIRE__KIND__COMMANDS,
			     .id = ++world.order,
			     .service = fixtures[c->service].name,
			     .lane = WIRE__LANE__WRITER,
			     .partition = district_partition(c->district),
			     .wait_ms = wait_ms,
			     .sent_us = db_now_us(),
			     .body = body,
			     .body_len = wire__commands__pack(&all, body) };
	c->state = CALL_ASKED;
	c->asked = m.id;
	c->ids[c->nids++ % (int)ALEN(c->ids)] = m.id;
	trace("call %d asks %s %s", i, m.service, c->made[0].said);
	if (net_send(NOBODY, 0, 0, &m, !*c->key[0]))
		at(world.now_us + (wait_ms + 100) * MS, EVENT_CALL_LATE, i, m.id, NULL);
	else
		again(i, between(5 * MS, 30 * MS));
}

void
client_call(int i)
{
	struct call *c = &calls[i];

	if (c->state != CALL_LATER)
		return;
	if (c->follows == NOBODY) {
		ask(i);
		return;
	}
	const struct call *before = &calls[c->follows];
	if (before->state != CALL_DONE && before->state != CALL_UNKNOWN)
		return;                         /* it will be told */
	if (before->made[0].status != 201) {
		finish(i, CALL_DONE);
		return;
	}
	memcpy(c->made[0].subject, before->made[0].subject, sizeof c->made[0].subject);
	c->need = before->made[0].seq;
	ask(i);
}

/* No answer in time. */
void
client_late(int i, uint64_t id)
{
	struct call *c = &calls[i];

	if (c->state != CALL_ASKED || c->asked != id)
		return;
	if (*c->key[0])
		again(i, between(1, 20 * MS));
	else
		finish(i, CALL_UNKNOWN);
}

/* ---- answers */

/* What is acknowledged has happened: it can be read at this moment. */
static void
acknowledged(const struct call *c, const struct command_made *o, int64_t seq)
{
	const struct service_tables *t = &db.service[c->service];
	int32_t p = district_partition(c->district);

	if (seq < 1 || seq > (int64_t)t->logged[p])
		fail("%s was acknowledged as event %lld, which is not there", o->said, (long long)seq);
	if (o->status == 201 && o->seq != seq)
		fail("%s was acknowledged twice, as event %lld and as event %lld", o->said, (long long)o->seq,
		     (long long)seq);
}

static bool
final(const struct call *c, int status)
{
	return status == 201 || status == 409 || status == 422 || status == 500 || (status == 504 && !*c->key[0]);
}

/* What a command may be answered, by what it says. */
static bool
allowed(const struct call *c, const struct command_made *o, const Wire__Answer *a)
{
	switch (a->status) {
	case 201: return *o->said != 'r' && *o->said != 'q';
	case 409: return *o->said == 'r';
	case 422: return true;                          /* judged at the end, by the other one of that key */
	case 500: return *o->said == 'q' || world.isolated;
	case 404: return !strcmp(a->problem->code, "district.unknown") && world.knobs.creation && !c->creation;
	case 503: case 504: return true;
	default: return false;
	}
}

static void
answered(const struct call *c, struct command_made *o, const Wire__Answer *a)
{
	if (!allowed(c, o, a))
		fail("%s of %s was answered %d %s", o->said, fixtures[c->service].name, a->status,
		     a->problem ? a->problem->code : "");
	if (a->status == 201) {
		EngineRows__Seen *seen = engine_rows__seen__unpack(arena_pb(world.arena), a->data.len, a->data.data);
		acknowledged(c, o, seen ? seen->seq : 0);
		o->seq = seen ? seen->seq : 0;
	} else if (o->status == 201 && (a->status == 409 || a->status == 422 || a->status == 500))
		fail("%s was acknowledged, and then answered %d", o->said, a->status);
	if (o->status != 201)
		o->status = a->status;
}

static int
call_of(uint64_t id)
{
	for (int i = 0; i < ncalls; i++)
		for (int k = 0; k < calls[i].nids && k < (int)ALEN(calls[i].ids); k++)
			if (calls[i].ids[k] == id)
				return i;
	return NOBODY;
}

void
client_answer(const struct message *m)
{
	int i = call_of(m->id);
	bool done = true;

	if (i == NOBODY)
		return;
	struct call *c = &calls[i];
	if (m->kind == WIRE__KIND__UNROUTED) {
		if (c->state == CALL_ASKED && c->asked == m->id)
			again(i, between(5 * MS, 30 * MS));
		return;
	}
	Wire__Answers *all = wire__answers__unpack(arena_pb(world.arena), m->body_len, m->body);
	if (!all || all->n_items != (size_t)c->n) {
		fail("call %d has no proper answer", i);
		return;
	}
	for (int k = 0; k < c->n; k++) {
		trace("call %d %s is answered %d", i, c->made[k].said, all->items[k]->status);
		answered(c, &c->made[k], all->items[k]);
		done = done && final(c, all->items[k]->status);
	}
	if (c->state != CALL_ASKED || c->asked != m->id)
		return;                         /* an answer to what was given up: judged, not counted on */
	if (done)
		finish(i, all->items[0]->status == 504 ? CALL_UNKNOWN : CALL_DONE);
	else
		again(i, between(5 * MS, 30 * MS));
}

bool
client_done(void)
{
	for (int i = 0; i < ncalls; i++)
		if (calls[i].state != CALL_DONE && calls[i].state != CALL_UNKNOWN)
			return false;
	return true;
}
