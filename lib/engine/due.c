/* due - timers that are due, and jobs that wait. */
#include "engine/due.h"
#include "engine/node_clock.h"
#include "engine/node_state.h"

/* Order is kept within a partition: each that has something due may give its share of a batch. */
static void
share_due(const void **timers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((EngineRows__Due *)timers[i])->limit = (int32_t)(DUE_MAX / n);
}

struct due {
	const void *timers[PARTITIONS], *jobs[PARTITIONS], *seen[PARTITIONS];
	size_t ntimers, njobs;
	bool catches_up;
};

static void
due_timers_of(node_t *n, int32_t p, int64_t now_us, struct due *d)
{
	EngineRows__Due *t = arena_message(n->arena, &engine_rows__due__descriptor);
	EngineRows__Partition *s = arena_message(n->arena, &engine_rows__partition__descriptor);

	*t = (EngineRows__Due){
		.base = t->base, .partition = p, .now_us = now_us, .from_us = n->part[p].timer_next_us,
	};
	s->partition = p;
	d->seen[d->ntimers] = s;
	d->timers[d->ntimers++] = t;
	n->part[p].timer_put_us = NEVER_US;
}

static bool
any_timer_after(const struct service *s)
{
	const struct timer *t;

	EACH_ROW(s, timers, t)
		if (t->after)
			return true;
	return false;
}

static void
due_partitions(node_t *n, bool due[PARTITIONS], struct due *d)
{
	int64_t now_us = node_clock_us(n);

	d->ntimers = d->njobs = 0;
	for (int32_t p = 0; p < PARTITIONS; p++) {
		if (n->part[p].owned && n->part[p].timer_next_us <= now_us) {
			due[p] = true;
			if (catch_up_looks(n, p))
				due_timers_of(n, p, now_us, d);
		} else {
			n->part[p].catch_up.waits = false;      /* what waited is due no more */
		}
		if (n->part[p].owned && n->part[p].jobs) {
			EngineRows__Positions *w = arena_message(n->arena, &engine_rows__positions__descriptor);
			*w = (EngineRows__Positions){ .base = w->base, .partition = p, .limit = DUE_MAX };
			d->jobs[d->njobs++] = w;
		}
	}
	share_due(d->timers, d->ntimers);
	d->catches_up = d->ntimers && any_timer_after(n->svc);
}

static void
add_timer(node_t *n, struct inputs *all, const EngineRows__Timer *t)
{
	struct input *in = input_add(all, INPUT_TIMER, t->partition, n->arena);

	in->district = t->district;
	in->subject = t->subject;
	in->at_us = t->due_us;
	in->as_timer = service_timer(n->svc, t->kind);
	in->row = t;
}

static void
add_job(node_t *n, struct inputs *all, const EngineRows__Job *j)
{
	struct input *in = input_add(all, INPUT_JOB, j->partition, n->arena);

	in->district = j->district;
	in->subject = j->subject;
	in->trace = j->trace;
	in->cause = j->cause;
	in->at_us = j->at_us;
	in->as_job = service_job(n->svc, j->kind);
	in->row = j;
	in->span = (struct span){ j->span_from, j->span_until };
}

static int
rows_of_job(const node_t *n, const EngineRows__Job *row)
{
	const struct job *job = service_job(n->svc, row->kind);

	return job && job->rows ? job->rows : JOB_ROWS;
}

/* Whether there may be more is known only when none came: rows stay where they are until a batch commits.  Taken is
 * what settles so many rows at most, so that commands do not wait long behind it. */
static void
take_jobs(node_t *n, struct inputs *all, const void *const *asked, size_t nasked, void **rows, size_t count)
{
	int settles = 0;

	for (size_t i = 0; i < nasked; i++)
		n->part[((const EngineRows__Positions *)asked[i])->partition].jobs = count == DUE_MAX;
	for (size_t i = 0; i < count; i++) {
		n->part[((const EngineRows__Job *)rows[i])->partition].jobs = true;
		settles += rows_of_job(n, rows[i]);
		if (i == 0 || settles <= JOB_ROWS_MAX)
			add_job(n, all, rows[i]);
	}
}

/* Those of a partition come in their order, so they wait from the first on that must. */
static bool
timer_waits(const node_t *n, const EngineRows__Timer *t, bool *waits)
{
	const struct timer *a = service_timer(n->svc, t->kind);

	*waits = *waits || (a && a->after && t->due_us > n->part[t->partition].catch_up.done_us);
	return *waits;
}

/* Whether some partition gave all it may, so that more of it may be due: else it is to be found out when the next
 * ones are. */
static bool
take_timers(node_t *n, struct inputs *all, size_t nasked, void **rows, size_t count)
{
	size_t of[PARTITIONS] = { 0 };
	bool more = false, waits[PARTITIONS] = { false };

	for (size_t i = 0; i < count; i++) {
		const EngineRows__Timer *t = rows[i];
		if (timer_waits(n, t, &waits[t->partition])) {
			more = true;            /* when the next ones are due is known: now */
			continue;
		}
		add_timer(n, all, t);
		more = ++of[t->partition] == DUE_MAX / nasked || more;
	}
	return more;
}

/* Whose events the timers of a partition that are due stand on, and have not been waited for. */
static unsigned
timers_after(const node_t *n, int32_t partition, void *const *rows, size_t count)
{
	unsigned after = 0;

	for (size_t i = 0; i < count; i++) {
		const EngineRows__Timer *t = rows[i];
		const struct timer *a = t->partition == partition ? service_timer(n->svc, t->kind) : NULL;
		if (a && t->due_us > n->part[partition].catch_up.done_us)
			after |= a->after;
	}
	return after;
}

static void
timers_catch_up(node_t *n, const struct due *d, void *const *rows, size_t count, void *const *edges, size_t nedges)
{
	for (size_t i = 0; i < d->ntimers; i++) {
		const EngineRows__Due *asked = d->timers[i];
		unsigned after = timers_after(n, asked->partition, rows, count);
		if (after)
			catch_up(n, asked->partition, after, asked->now_us, edges, nedges);
		else
			n->part[asked->partition].catch_up.waits = false;
	}
}

static void
read_timers(node_t *n, struct inputs *all, const struct due *d, size_t *at)
{
	void **rows, **edges = NULL;
	size_t count = store_rows(n->db, (*at)++, n->arena, &rows);

	if (d->catches_up) {
		size_t nedges = store_rows(n->db, (*at)++, n->arena, &edges);
		timers_catch_up(n, d, rows, count, edges, nedges);
	}
	n->timers_stale = !take_timers(n, all, d->ntimers, rows, count) || n->timers_stale;
}

/* False: the database did not answer. */
bool
due_take(node_t *n, struct inputs *all, bool due[PARTITIONS])
{
	struct due *d = arena_alloc(n->arena, sizeof *d);
	size_t at = 0;
	void **rows;

	due_partitions(n, due, d);
	if (!d->ntimers && !d->njobs)
		return true;
	if (d->ntimers)
		store_queue(n->db, &engine_timers_due, d->timers, d->ntimers);
	if (d->catches_up)
		store_queue(n->db, &engine_edges, d->seen, d->ntimers);
	if (d->njobs)
		store_queue(n->db, &engine_jobs_some, d->jobs, d->njobs);
	if (store_sync(n->db))
		return false;
	if (d->ntimers)
		read_timers(n, all, d, &at);
	if (d->njobs) {
		size_t k = store_rows(n->db, at, n->arena, &rows);
		take_jobs(n, all, d->jobs, d->njobs, rows, k);
	}
	return true;
}

bool
due_any(const node_t *n)
{
	int64_t now_us = node_clock_us(n);

	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->part[p].owned && (n->part[p].jobs || n->part[p].timer_next_us <= now_us))
			return true;
	return false;
}

void
due_next(node_t *n)
{
	const void *parts[PARTITIONS];
	void **rows;
	size_t k = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->part[p].owned) {
			EngineRows__Due *row = arena_message(n->scratch, &engine_rows__due__descriptor);
			row->partition = p;
			row->from_us = n->part[p].timer_next_us == NEVER_US ? INT64_MIN : n->part[p].timer_next_us;
			parts[k++] = row;
		}
	n->timers_stale = false;
	if (!k)
		return;
	store_queue(n->db, &engine_timers_next, parts, k);
	if (store_sync(n->db)) {
		n->lost = true;
		return;
	}
	k = store_rows(n->db, 0, n->scratch, &rows);
	for (size_t i = 0; i < k; i++) {
		const EngineRows__Next *t = rows[i];
		n->part[t->partition].timer_next_us = t->due_us ? t->due_us : NEVER_US;
	}
}
