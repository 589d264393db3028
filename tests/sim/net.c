/* net - two buses with the routing table of the real one, and the ways to them: delay, loss, duplicates, another order.
 *
 * Where a request goes is decided when it is sent; a replica that is known to be gone is taken from the table and the
 * next one is tried, as bus.c does.  One that died a moment ago is not known to be gone: what goes there is lost. */
#include "sim.h"
#include <string.h>

enum { HELLO_US = 500 * MS, NOTICED_US = 5 * MS, CLIENT_ID = 0xff };

struct bus { bool up; struct routes routes; int turn; };
static struct bus buses[BUSES_MAX];
static int64_t died_us[PROCS_MAX];              /* when it was last found to be gone */

static void
routes_clear(struct routes *r)
{
	for (int i = 0; i < ROUTES_SERVICES_MAX; i++) {
		r->service[i].n = r->service[i].turn[0] = r->service[i].turn[1] = 0;
		r->service[i].name[0] = '\0';
	}
	r->words = 0;
}

void
net_reset(void)
{
	for (int b = 0; b < BUSES_MAX; b++) {
		routes_clear(&buses[b].routes);
		buses[b].up = b < world.knobs.buses;
		buses[b].turn = 0;
	}
	memset(died_us, 0, sizeof died_us);
}

void
net_bus(int bus, bool up)
{
	buses[bus].up = up;
	routes_clear(&buses[bus].routes);
	for (int i = 0; up && i < PROCS_MAX; i++)       /* connections stand again, and HELLOs come */
		if (procs[i].up && procs[i].frozen_us <= world.now_us)
			procs[i].hello_us = 0;
}

/* ---- who is where */

static uint8_t
id_of(int proc, int lane, int life, uint8_t id[PEER_ID_MAX])
{
	id[0] = proc == NOBODY ? CLIENT_ID : (uint8_t)proc;
	id[1] = (uint8_t)lane;
	id[2] = (uint8_t)life;
	id[3] = (uint8_t)(life >> 8);
	return 4;
}

static void
address(struct letter *l, const uint8_t *id)
{
	l->proc = id[0] == CLIENT_ID ? NOBODY : id[0];
	l->lane = id[1];
	l->life = id[2] | id[3] << 8;
}

static bool
is_there(const struct letter *l)
{
	return l->proc == NOBODY || (procs[l->proc].up && procs[l->proc].life == l->life);
}

void
net_hello(struct proc *p, bool gone)
{
	Wire__Hello h = WIRE__HELLO__INIT;
	int32_t owned[PARTITIONS];
	uint8_t id[PEER_ID_MAX];

	p->hello_us = world.now_us + HELLO_US;
	if (world.now_us < p->cut_bus_us)
		return;
	h.instance = p->name;
	h.service = gone ? (char *)"" : (char *)fixtures[p->service].name;
	h.partitions = owned;
	for (int b = 0; b < world.knobs.buses; b++)
		for (int lane = 0; buses[b].up && lane < LANES; lane++) {
			h.lane = lane ? WIRE__LANE__READER : WIRE__LANE__WRITER;
			h.n_partitions = 0;
			for (int32_t k = 0; !lane && k < PARTITIONS; k++)
				if (p->owns >> k & 1)
					owned[h.n_partitions++] = k;
			if (!percent(world.knobs.drop))
				routes_hello(&buses[b].routes, id, id_of(p->index, lane, p->life, id), &h,
					     world.now_us);
		}
}

/* ---- ways */

static int64_t
delay_us(void)
{
	if (percent(world.knobs.slow_net))
		return percent(10) ? between(MS, 3 * SECOND) : between(MS, 100 * MS);
	return between(50, MS);
}

static struct letter *
letter_of(const struct message *m)
{
	struct letter *l = arena_alloc(world.arena, sizeof *l);

	l->m = *m;
	l->m.body = arena_copy(world.arena, m->body, m->body_len);
	return l;
}

static void
post(const struct letter *l, bool once)
{
	int copies = 1 + (!once && percent(world.knobs.dup));

	for (int i = 0; i < copies; i++) {
		struct letter *copy = arena_copy(world.arena, l, sizeof *l);
		if (percent(world.knobs.drop))
			trace("message %d %llu to %s is lost", l->m.kind, (unsigned long long)l->m.id,
			      l->proc == NOBODY ? "client" : procs[l->proc].name);
		else
			at(world.now_us + delay_us(), EVENT_LETTER, 0, 0, copy);
	}
}

static void
expire(struct bus *b)
{
	while (routes_expire(&b->routes, world.now_us))
		;
}

/* To whom the request goes; else the asker hears that nobody was found. */
static void
route(int bus, struct letter *l, const struct peer *asker, bool once)
{
	struct bus *b = &buses[bus];
	const struct replica *to;

	expire(b);
	while ((to = routes_find(&b->routes, l->m.service, l->m.partition, l->m.lane, world.now_us))) {
		address(l, to->id);
		if (is_there(l) || world.now_us - died_us[l->proc] < NOTICED_US)
			break;
		if (!died_us[l->proc])
			died_us[l->proc] = world.now_us;
		routes_forget(&b->routes, to->id, to->id_len);
	}
	if (!to) {
		trace("nobody serves %s %d", l->m.service, l->m.partition);
		address(l, asker->id);
		l->m = (struct message){ .kind = WIRE__KIND__UNROUTED, .id = l->m.id };
	} else
		l->m.peer = *asker;
	post(l, once);
}

/* A bus that is away is known to be so; commands for a partition go by one bus. */
static int
choose(const struct message *m)
{
	int first = m->kind == WIRE__KIND__COMMANDS && m->partition >= 0 ? m->partition : (int)chance(BUSES_MAX);

	for (int i = 0; i < world.knobs.buses; i++)
		if (buses[(first + i) % world.knobs.buses].up)
			return (first + i) % world.knobs.buses;
	return NOBODY;
}

static bool
is_request(const struct message *m)
{
	return m->kind == WIRE__KIND__COMMANDS || m->kind == WIRE__KIND__READ || m->kind == WIRE__KIND__FETCH;
}

bool
net_send(int proc, int lane, int life, const struct message *m, bool once)
{
	int bus = is_request(m) ? choose(m) : m->peer.bus;
	struct peer asker = { .bus = bus };

	if (bus == NOBODY || !buses[bus].up)
		return false;
	if (proc != NOBODY && world.now_us < procs[proc].cut_bus_us)
		return true;                    /* as if it had been sent */
	struct letter *l = letter_of(m);
	if (!is_request(m)) {
		l->m.service = fixtures[procs[proc].service].name;  /* the bus knows whose answer it is */
		address(l, m->peer.id);
		post(l, once);
		return true;
	}
	asker.id_len = id_of(proc, lane, life, asker.id);
	route(bus, l, &asker, once);
	return true;
}

void
net_arrive(struct letter *l)
{
	if (l->proc == NOBODY)
		client_answer(&l->m);
	else if (is_there(l) && world.now_us >= procs[l->proc].cut_bus_us) {
		struct lane *lane = &procs[l->proc].lane[l->lane];
		l->next = NULL;
		*lane->last = l;
		lane->last = &l->next;
		proc_poke(l->proc, l->lane);
	}
}
