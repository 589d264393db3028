/* world - time, chance, what is to come, and the trace: sim.h. */
#include "sim.h"
#include "base/clock.h"
#include "base/log.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world world;

/* ---- chance: splitmix64 */

static uint64_t
draw(void)
{
	uint64_t z = world.random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t chance(uint64_t below) { return draw() % below; }
int64_t between(int64_t from, int64_t to) { return from + (int64_t)chance((uint64_t)(to - from + 1)); }
bool percent(int p) { return p && (int)chance(100) < p; }
bool permille(int p) { return p && (int)chance(1000) < p; }

/* ---- events to come: a heap by time, first come first served within an instant */

static bool
before(const struct event *a, const struct event *b)
{
	return a->at_us < b->at_us || (a->at_us == b->at_us && a->order < b->order);
}

void
at(int64_t at_us, enum event_kind kind, int who, uint64_t what, void *more)
{
	size_t i = world.nevents++;

	if (i == world.events_cap) {
		world.events_cap = world.events_cap ? 2 * world.events_cap : 256;
		if (!(world.heap = realloc(world.heap, world.events_cap * sizeof *world.heap)))
			abort();
	}
	struct event e = { at_us > world.now_us ? at_us : world.now_us, ++world.order, kind, who, what, more };
	for (; i && before(&e, &world.heap[(i - 1) / 2]); i = (i - 1) / 2)
		world.heap[i] = world.heap[(i - 1) / 2];
	world.heap[i] = e;
}

void
wake_at(int task, int64_t at_us)
{
	world.wake[task] = (struct moment){ at_us > world.now_us ? at_us : world.now_us, ++world.order };
}

/* The task that wakes first. */
static int
first_awake(void)
{
	int first = 0;

	for (int i = 1; i < PROCS_MAX * LANES; i++)
		if (world.wake[i].at_us < world.wake[first].at_us ||
		    (world.wake[i].at_us == world.wake[first].at_us && world.wake[i].order < world.wake[first].order))
			first = i;
	return first;
}

static void
come(int64_t at_us)
{
	assert(at_us >= world.now_us);
	world.now_us = at_us;
	world.nsteps++;
}

bool
next_event(struct event *out)
{
	int first = first_awake();
	size_t i = 0, k;

	if (!world.nevents && world.wake[first].at_us == NEVER_US)
		return false;
	if (!world.nevents || world.wake[first].at_us < world.heap[0].at_us ||
	    (world.wake[first].at_us == world.heap[0].at_us && world.wake[first].order < world.heap[0].order)) {
		*out = (struct event){ .at_us = world.wake[first].at_us, .kind = EVENT_WAKE, .who = first };
		world.wake[first].at_us = NEVER_US;
		come(out->at_us);
		return true;
	}
	*out = world.heap[0];
	struct event last = world.heap[--world.nevents];
	for (; (k = 2 * i + 1) < world.nevents; i = k) {
		k += k + 1 < world.nevents && before(&world.heap[k + 1], &world.heap[k]);
		if (!before(&world.heap[k], &last))
			break;
		world.heap[i] = world.heap[k];
	}
	world.heap[i] = last;
	come(out->at_us);
	return true;
}

/* ---- clock.h: of the process that runs */

int64_t
clock_mono_us(void)
{
	return world.now_us;
}

int64_t clock_boot_us(void) { return world.now_us; }

int64_t
clock_real_us(void)
{
	return REAL_US + world.now_us + (world.running ? world.running->clock_us : 0);
}

/* ---- what is told */

static void
tell_when(void)
{
	printf("%10.6f %-4s ", (double)world.now_us / SECOND, world.running ? world.running->name : "");
}

void
trace_write(const char *format, ...)
{
	va_list args;

	tell_when();
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void
fail(const char *format, ...)
{
	va_list args;
	char line[512];

	if (world.failed)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	world.failed = arena_strdup(world.arena, line);
	trace("FAILED %s", line);
}

/* log.h: what the engine logs stands in the trace. */
void
log_write(enum log_level level, const char *event, const char *trace_id, const struct log_field *fields, size_t n)
{
	(void)level;
	(void)trace_id;
	for (size_t i = 0; i < n && !world.isolated; i++)
		world.isolated =
			!strcmp(event, "input.poison") && fields[i].text && !strncmp(fields[i].text, "it ended", 8);
	if (!world.tracing)
		return;
	tell_when();
	printf("log %s", event);
	for (size_t i = 0; i < n; i++)
		if (fields[i].text)
			printf(" %s=%s", fields[i].name, fields[i].text);
		else
			printf(" %s=%lld", fields[i].name, (long long)fields[i].number);
	putchar('\n');
}
