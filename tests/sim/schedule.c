/* schedule - one seed: a world is drawn, things go wrong for a while, everything is mended, and all must come to rest.
 */
#include "sim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CALM_US = 100 * MS,
	TROUBLE_US = 900 * MS,
	REST_US = 60 * SECOND,
	LOOK_US = 50 * MS,
	FAULTS_MAX = 5,
	STEPS_MAX = 200000
};

enum fault {
	FAULT_KILL,
	FAULT_LEAVE,
	FAULT_FREEZE,
	FAULT_CUT_BUS,
	FAULT_CUT_DB,
	FAULT_CLOCK,
	FAULT_SESSION,
	FAULT_DB,
	FAULT_DB_CLOCK,
	FAULT_BUS,
	FAULT_LOCKS,
	FAULTS_DRAWN,
	FAULT_DB_BACK,
	FAULT_BUS_BACK,
	FAULT_ALL_CLOCKS,
	FAULT_CLOCKS_RIGHT
};

/* Each schedule has some kinds of trouble, not all: what is rare in a mixture is frequent alone. */
static int
some(int often_percent, int from, int to)
{
	return percent(often_percent) ? (int)between(from, to) : 0;
}

/* One draw a statement, here and everywhere: the command of two in one expression is the compiler's. */
static struct knobs
knobs_draw(void)
{
	struct knobs k = { .buses = 1, .districts = 1 };

	k.buses += percent(30);
	k.districts += (int)chance(3);
	k.districts += chance(4) == 0;
	for (int s = 0; s < SERVICES; s++) {
		k.replicas[s] = 1 + percent(50);
		k.replicas[s] += percent(10);
	}
	k.drop = some(40, 1, 20);
	k.dup = some(40, 1, 30);
	k.slow_net = some(40, 1, 40);
	k.async = some(70, 5, 60);
	k.slow_db = some(30, 1, 20);
	k.lost = some(35, 1, 60);
	k.transient = some(20, 1, 30);
	k.note_lost = some(30, 1, 100);
	k.same_name = percent(50);
	k.eras = percent(30);
	k.creation = percent(15) && !k.eras;
	k.favourite = percent(30) ? "ttmmcp"[chance(6)] : '\0';
	k.locks_lie = world.bug == BUG_NO_FENCE || percent(10);
	return k;
}

/* ---- faults */

static int
somebody(void)
{
	int service = (int)chance(SERVICES);
	return service * REPLICAS_MAX + (int)chance((uint64_t)world.knobs.replicas[service]);
}

static void
db_stops(void)
{
	trace("the database stops");
	stores_cut();
	if (world.bug == BUG_LAZY_COMMIT)
		commit_undone();
	for (int s = 0; s < db.nsessions; s++)
		session_end(s, "the server ends");
	db.down = true;
	at(world.now_us + between(MS, 700 * MS), EVENT_FAULT, FAULT_DB_BACK, 0, NULL);
}

/* What a session holds is held no more, and nobody tells it.  As nothing but the fence keeps two owners apart then,
 * this is how the fence is tried: PostgreSQL's locks do not lie by themselves. */
static void
locks_forgotten(void)
{
	struct session *q = &db.session[chance((uint64_t)db.nsessions)];

	trace("the database forgets a session of %s", procs[q->proc].name);
	memset(q->locks, 0, sizeof q->locks);
	q->hidden_us = world.now_us + between(100, 400) * MS;
}

/* By years, as a dead battery does, or a hand that mistypes; by months seldom. */
static int64_t
era_us(void)
{
	int64_t days = percent(80) ? between(401, 60 * 366) : between(1, 400);
	return percent(60) ? days * DAY_US : -days * DAY_US;
}

static void
clock_set(struct proc *p, int64_t off_us)
{
	p->clock_us = off_us;
	if (p->ahead_us < off_us && off_us <= ASTRAY_US)
		p->ahead_us = off_us;
}

/* Of a machine: whoever is killed on it starts again by the same clock. */
static void
clock_step(struct proc *p, int64_t by_us)
{
	clock_set(p, p->clock_us + by_us);
	trace("the clock of %s is off by %lld ms", p->name, (long long)p->clock_us / MS);
	if (percent(30))
		proc_kill(p->index, "killed, as its clock has stepped");
}

/* One machine on which everything runs: nobody there can tell but by what is remembered, of what was more than 400 days
 * ago. */
static void
all_clocks_step(void)
{
	int64_t by_us = (percent(60) ? 1 : -1) * between(401, 60 * 366) * DAY_US;

	if (db.off_us > -by_us &&
	    db.off_us + by_us < 401 * DAY_US) /* back by more than it went forth, less would not be seen at a start */
		by_us = -db.off_us - by_us;

	trace("all clocks step by %lld days", (long long)(by_us / DAY_US));
	db.off_us += by_us;
	for (int i = 0; i < PROCS_MAX; i++)
		clock_step(&procs[i], by_us);
}

static void
clocks_right(void)
{
	trace("all clocks are right");
	db.off_us = between(-SECOND, SECOND);
	for (int i = 0; i < PROCS_MAX; i++)
		clock_set(&procs[i], between(-SECOND, SECOND));
}

static void
fault_now(enum fault f)
{
	int i = somebody(), bus = (int)chance((uint64_t)world.knobs.buses);
	int64_t long_us = percent(30) ? between(SECOND, 5 * SECOND) : between(10 * MS, 500 * MS);

	switch (f) {
	case FAULT_ALL_CLOCKS:
		all_clocks_step();
		return;
	case FAULT_CLOCKS_RIGHT:
		clocks_right();
		return;
	case FAULT_KILL:
		proc_kill(i, "killed");
		return;
	case FAULT_LEAVE:
		proc_leave(i);
		return;
	case FAULT_FREEZE:
		proc_freeze(i, long_us);
		return;
	case FAULT_CUT_BUS:
		trace("%s is cut off the buses for %lld ms", procs[i].name, (long long)long_us / MS);
		procs[i].cut_bus_us = world.now_us + long_us;
		return;
	case FAULT_CUT_DB:
		trace("%s is cut off the database for %lld ms", procs[i].name, (long long)long_us / MS);
		procs[i].cut_db_us = world.now_us + long_us;
		return;
	case FAULT_CLOCK:
		clock_step(&procs[i], world.knobs.eras ? era_us()
				      : percent(50)    ? between(-2 * SECOND, 2 * SECOND)
						       : between(-3600, 3600) * SECOND);
		return;
	case FAULT_SESSION:
		if (db.nsessions)
			session_end((int)chance((uint64_t)db.nsessions), "terminated");
		return;
	case FAULT_DB:
		if (!db.down)
			db_stops();
		return;
	case FAULT_DB_BACK:
		trace("the database is back");
		db.down = false;
		return;
	case FAULT_DB_CLOCK:
		if (world.knobs.locks_lie)      /* the database would know even less of who holds what */
			return;
		db.off_us += world.knobs.eras && percent(50) ? era_us() : between(-5 * SECOND, 5 * SECOND);
		trace("the clock of the database is off by %lld ms", (long long)db.off_us / MS);
		return;
	case FAULT_BUS:
		trace("bus %d ends", bus);
		net_bus(bus, false);
		at(world.now_us + between(MS, 500 * MS), EVENT_FAULT, FAULT_BUS_BACK, (uint64_t)bus, NULL);
		return;
	case FAULT_LOCKS:
		if (world.knobs.locks_lie && db.nsessions)
			locks_forgotten();
		return;
	case FAULT_BUS_BACK:                    /* see turn() */
	case FAULTS_DRAWN:
		return;
	}
}

/* A step of more than a minute is not believed, though it was right: the operator accepts it, or starts the process
 * again. */
static void
rights_told(void)
{
	for (int i = 0; i < PROCS_MAX; i++) {
		const struct proc *p = &procs[i];
		if (p->up && p->steady.sure && llabs(REAL_US + p->clock_us - p->steady.offset_us) > STEADY_TOLERANCE_US)
			proc_kill(i, "is started again, as its clock was set right by more than a minute");
	}
}

/* From now on nothing goes wrong any more. */
static void
heal(void)
{
	trace("everything is mended");
	world.healed = true;
	world.knobs.drop = world.knobs.dup = world.knobs.slow_net = world.knobs.slow_db = world.knobs.lost =
		world.knobs.transient = world.knobs.note_lost = 0;
	db.down = false;
	clocks_right();
	rights_told();
	for (int b = 0; b < world.knobs.buses; b++)
		net_bus(b, true);
	for (int i = 0; i < PROCS_MAX; i++) {
		procs[i].cut_bus_us = procs[i].cut_db_us = world.now_us;
		procs[i].frozen_us =
			procs[i].frozen_us > world.now_us + SECOND ? world.now_us + SECOND : procs[i].frozen_us;
	}
	at(world.now_us + LOOK_US, EVENT_LOOK, 0, 0, NULL);
}

/* ---- what happens */

static void
turn(const struct event *e)
{
	switch (e->kind) {
	case EVENT_WAKE:
		proc_wake(e->who / LANES, e->who % LANES);
		return;
	case EVENT_EXECUTE:
		store_execute(e->who, e->what);
		return;
	case EVENT_SESSION_ENDS:
		if ((uint64_t)db.session[e->who].pid == e->what)
			session_end(e->who, "nobody is there");
		return;
	case EVENT_NOTE:
		store_note(e->who, e->what, e->more);
		return;
	case EVENT_LETTER:
		net_arrive(e->more);
		return;
	case EVENT_START:
		proc_start(e->who);
		return;
	case EVENT_FAULT:
		if (e->who == FAULT_BUS_BACK)
			net_bus((int)e->what, true);
		else if (!world.healed)
			fault_now((enum fault)e->who);
		return;
	case EVENT_CALL:
		client_call(e->who);
		return;
	case EVENT_CALL_LATE:
		client_late(e->who, e->what);
		return;
	case EVENT_HEAL:
		heal();
		return;
	case EVENT_LOOK:
		return;
	}
}

/* ---- the world */

static void
districts_open(void)
{
	for (int d = world.knobs.creation; d < world.knobs.districts; d++) {
		EngineRows__District *row = arena_message(world.arena, &engine_rows__district__descriptor);
		row->district = (char *)districts[d];
		row->partition = district_partition(d);
		tab_put(&db.district, row);
		for (int s = 0; world.knobs.eras && s < SERVICES; s++)
			db.service[s].head[row->partition] = (struct head){ .exists = true,
									    .epoch = 1,
									    .now_us = REAL_US,
									    .owner = "",
									    .home = "",
									    .trying = "",
									    .locked_by = NOBODY };
	}
	commit();
}

static void
world_begin(uint64_t seed, enum bug bug, bool tracing)
{
	if (!world.arena)
		world.arena = arena_open((size_t)256 << 20);
	arena_reset(world.arena);
	struct world fresh = { .random = seed,
			       .arena = world.arena,
			       .heap = world.heap,
			       .events_cap = world.events_cap,
			       .tracing = tracing,
			       .bug = bug };
	world = fresh;
	for (int i = 0; i < PROCS_MAX * LANES; i++)
		world.wake[i].at_us = NEVER_US;
	world.knobs = knobs_draw();
	db_reset();
	stores_reset();
	procs_reset();
	net_reset();
	client_reset();
	districts_open();
}

static int
clock_fault(void)
{
	static const int faults[] = { FAULT_CLOCK, FAULT_DB_CLOCK, FAULT_ALL_CLOCKS, FAULT_ALL_CLOCKS,
				      FAULT_CLOCKS_RIGHT };
	return faults[chance(ALEN(faults))];
}

static void
world_plan(void)
{
	int nfaults = (int)chance(FAULTS_MAX + 1);

	for (int s = 0; s < SERVICES; s++)
		for (int i = 0; i < world.knobs.replicas[s]; i++)
			at(between(0, CALM_US), EVENT_START, s * REPLICAS_MAX + i, 0, NULL);
	for (int i = 0; i < ncalls; i++)
		at(between(CALM_US / 2, TROUBLE_US), EVENT_CALL, i, 0, NULL);
	for (int i = 0; i < nfaults; i++) {
		int fault = world.knobs.locks_lie && percent(50) ? FAULT_LOCKS
			    : world.knobs.eras && percent(50)    ? clock_fault()
								 : (int)chance(FAULTS_DRAWN);
		at(between(CALM_US, TROUBLE_US), EVENT_FAULT, fault, 0, NULL);
	}
	at(TROUBLE_US, EVENT_HEAL, 0, 0, NULL);
}

/* Nothing that was there is there any more; nobody hears of it. */
static void
world_end(void)
{
	world.tracing = false;
	for (int i = 0; i < PROCS_MAX; i++)
		proc_kill(i, "the world ends");
}

bool
schedule_run(uint64_t seed, enum bug bug, bool tracing)
{
	struct event e;
	bool rest = false;

	world_begin(seed, bug, tracing);
	world_plan();
	while (!rest && !world.failed && next_event(&e)) {
		turn(&e);
		rest = e.kind == EVENT_LOOK && quiet();
		if (e.kind == EVENT_LOOK && !rest)
			at(world.now_us + LOOK_US, EVENT_LOOK, 0, 0, NULL);
		if (world.now_us > TROUBLE_US + REST_US || world.nsteps > STEPS_MAX)
			fail("no rest after %lld s: %s", (long long)world.now_us / SECOND, unquiet());
	}
	if (!world.failed)
		check_all();
	world_end();
	return !world.failed;
}
