/* proc - a process: its writer and its reader, each with the loop of lib/engine/main.c, as tasks; how it starts and how
 * it ends. */
#include "sim.h"
#include "base/clock.h"
#include <stdio.h>
#include <string.h>

enum { MESSAGES_A_TURN = 1024, TURN_US = 20 };

struct proc procs[PROCS_MAX];

/* ---- waiting and waking */

void
lane_wake(int i, int lane, int64_t at_us)
{
	wake_at(i * LANES + lane, at_us);
}

void
lane_block(int64_t until_us)
{
	struct proc *p = world.running;
	int lane = world.lane;

	p->lane[lane].waiting = false;
	lane_wake(p->index, lane, until_us);
	task_pause();
}

static void
lane_wait(struct proc *p, int lane, int64_t until_us)
{
	p->lane[lane].waiting = true;
	if (p->lane[lane].first)
		until_us = world.now_us;
	lane_wake(p->index, lane, until_us > world.now_us + TURN_US ? until_us : world.now_us + TURN_US);
	task_pause();
	p->lane[lane].waiting = false;
}

void
proc_poke(int i, int lane)
{
	if (procs[i].up && procs[i].lane[lane].live && procs[i].lane[lane].waiting) {
		procs[i].lane[lane].waiting = false;
		lane_wake(i, lane, world.now_us + TURN_US);
	}
}

static void
run(struct proc *p, int lane)
{
	world.running = p;
	world.lane = lane;
	task_resume(p->lane[lane].task);
	world.running = NULL;
}

/* What comes to a frozen one comes when it thaws. */
void
proc_wake(int i, int lane)
{
	struct proc *p = &procs[i];

	if (world.now_us < p->frozen_us) {
		lane_wake(i, lane, p->frozen_us);
		return;
	}
	run(p, lane);
	if (p->lane[lane].live && !task_over(p->lane[lane].task))
		return;
	if (p->up)
		proc_kill(i, NULL);
}

/* ---- the two loops */

static bool
port_send(void *ctx, const struct message *m)
{
	const struct proc *p = ctx;
	return net_send(p->index, world.lane, p->life, m, false);
}

static const struct message *
receive(struct proc *p, int lane)
{
	struct lane *l = &p->lane[lane];
	struct letter *first = l->first;

	if (!first)
		return NULL;
	l->first = first->next;
	if (!l->first)
		l->last = &l->first;
	return &first->m;
}

static void
say_hello(struct proc *p)
{
	Wire__Hello h = WIRE__HELLO__INIT;

	if (node_hello(p->node, &h)) {
		p->owns = 0;
		for (size_t i = 0; i < h.n_partitions; i++)
			p->owns |= UINT64_C(1) << h.partitions[i];
		net_hello(p, false);
	} else if (world.now_us >= p->hello_us)
		net_hello(p, false);
}

static void
writer(void *arg)
{
	struct proc *p = arg;
	struct node_settings set = { .conninfo = "writer",
				     .instance = p->name,
				     .port = { p, port_send },
				     .metrics = &p->metrics,
				     .steady = &p->steady };
	const struct message *m;

	if (!(p->node = node_open(&fixtures[p->service], &set)))
		return;
	net_hello(p, false);
	for (int64_t next_us = 0; !p->leaving;) {
		lane_wait(p, 0, next_us < p->hello_us ? next_us : p->hello_us);
		for (int i = 0; i < MESSAGES_A_TURN && !p->leaving && (m = receive(p, 0)); i++)
			node_receive(p->node, m);
		if (p->leaving)
			break;
		next_us = node_step(p->node, clock_mono_us());
		say_hello(p);
	}
	node_leave(p->node);
	net_hello(p, true);
	node_close(&p->node);
}

/* Opened when there is something to read for the first time: most never are. */
static void
reader(void *arg)
{
	struct proc *p = arg;
	struct reader_settings set = { .conninfo = "reader",
				       .instance = p->name,
				       .port = { p, port_send },
				       .metrics = &p->metrics,
				       .steady = &p->steady };
	const struct message *m;

	for (int64_t next_us = world.now_us + 3600 * (int64_t)SECOND;;) {
		lane_wait(p, 1, next_us);
		if (!p->reader && !(p->reader = reader_open(&fixtures[p->service], &set)))
			return;
		for (int i = 0; i < MESSAGES_A_TURN && (m = receive(p, 1)); i++)
			reader_receive(p->reader, m);
		next_us = reader_step(p->reader, clock_mono_us());
	}
}

/* ---- lives */

void
procs_reset(void)
{
	for (int i = 0; i < PROCS_MAX; i++) {
		struct proc *p = &procs[i];
		struct task *tasks[LANES] = { p->lane[0].task, p->lane[1].task };
		*p = (struct proc){ .index = i, .service = i / REPLICAS_MAX };
		for (int lane = 0; lane < LANES; lane++)
			p->lane[lane].task = tasks[lane] ? tasks[lane] : task_new();
	}
}

void
proc_start(int i)
{
	struct proc *p = &procs[i];

	if (p->up)
		return;
	p->life++;
	snprintf(p->name, sizeof p->name, "%c%d", 'a' + p->service, i % REPLICAS_MAX);
	if (!world.knobs.same_name)
		snprintf(p->name + 2, sizeof p->name - 2, ".%d", p->life);
	p->up = true;
	p->leaving = false;
	p->hello_us = 0;
	p->owns = 0;
	atomic_store(&p->steady.sure, false);
	trace("starts %s", p->name);
	for (int lane = 0; lane < LANES; lane++) {
		p->lane[lane].live = true;
		p->lane[lane].first = NULL;
		p->lane[lane].last = &p->lane[lane].first;
		task_start(p->lane[lane].task, lane ? reader : writer, p);
		if (lane)
			run(p, lane);           /* until it waits */
		else
			lane_wake(i, lane, world.now_us + TURN_US);
	}
}

/* Its tasks go no further; what it had in memory is freed; the database finds out. */
void
proc_kill(int i, const char *why)
{
	struct proc *p = &procs[i];

	if (!p->up)
		return;
	trace("%s ends: %s", p->name, why ? why : "by itself");
	world.nkills += why != NULL && world.nevents;
	p->up = false;
	store_killed(i);
	for (int lane = 0; lane < LANES; lane++) {
		p->lane[lane].live = p->lane[lane].waiting = false;
		wake_at(i * LANES + lane, NEVER_US);
	}
	node_close(&p->node);
	reader_close(&p->reader);
	if (world.failed)
		return;
	at(world.now_us + between(5 * MS, 400 * MS), EVENT_START, i, 0, NULL);
}

void
proc_freeze(int i, int64_t for_us)
{
	if (!procs[i].up)
		return;
	trace("%s is frozen for %lld ms", procs[i].name, (long long)for_us / MS);
	procs[i].frozen_us = world.now_us + for_us;
}

void
proc_leave(int i)
{
	if (!procs[i].up)
		return;
	trace("%s is to leave", procs[i].name);
	procs[i].leaving = true;
	proc_poke(i, 0);
}

void
proc_die(void)
{
	struct proc *p = world.running;

	trace("%s dies of what it runs", p->name);
	p->lane[world.lane].live = false;       /* proc_wake ends it */
	task_pause();
	for (;;)
		task_pause();
}
