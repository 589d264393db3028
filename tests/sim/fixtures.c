/* fixtures - three services that do everything the engine can be asked for, and leave traces by which it can be judged.
 *
 *   alpha   commands become events; reads past what beta says, so its events stand on it, and past what it says itself
 *   beta    reads alpha: says that it heard each event; sets timers, queues jobs, and says when they ran; fails as
 *           told; reads once more what it said
 *   gamma   reads both, and takes commands that stand on what alpha has acknowledged; sets timers, which stand on all
 *           that was said before
 *
 * Each folds what it runs into a row for its subject: the number of the last event, and a digest of all, so a row shows
 * whether everything came, once, in order.  What a command is to do is the first letter of its text:
 *
 *   n  nothing else                        r  be refused
 *   t  set a timer                         m  set two for one instant, of which the first puts the second off
 *   c  queue a job                         f  queue so many that one round trip does not hold them
 *   q  write what the database refuses, in alpha
 *   p  the same in beta                    k  end the process that runs it, in beta */
#include "sim.h"
#include "domain/mirror.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 40 };

const char *const districts[DISTRICTS_MAX] = { "511700", "511701", "511706",
					       "511702" }; /* the last shares the partition of the first */

int32_t district_partition(int d) { return partition_of(districts[d]); }

/* ---- folding */

void
fold_text(char out[17], const char *before, const char *event_id, const char *said)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const char *parts[] = { before, event_id, said }, **p = parts; p < parts + ALEN(parts); p++)
		for (const char *s = *p; ; s++) {
			h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
			if (!*s)
				break;
		}
	snprintf(out, 17, "%016llx", (unsigned long long)h);
}

static MirrorRows__Person
row_key(const struct batch *b, const char *subject, int of)
{
	MirrorRows__Person k = MIRROR_ROWS__PERSON__INIT;

	k.district = (char *)batch_district(b);
	k.person_id = (char *)subject;
	k.from_day = of;
	return k;
}

static void
want_row(struct batch *b, const char *subject)
{
	MirrorRows__Person k = row_key(b, subject, 0);
	batch_want(b, &fixture_rows, &k, 2);
}

static int64_t
seq_of(const char *event_id)
{
	return strtoll(strrchr(event_id, '/') + 1, NULL, 10);
}

static void
fold(struct batch *b, const char *subject, int of, const char *said)
{
	MirrorRows__Person row = row_key(b, subject, of);
	const MirrorRows__Person *was = batch_get(b, &fixture_rows, &row);
	char digest[17];

	fold_text(digest, was ? was->phone_masked : "", batch_event_id(b), said);
	row.unit_id = arena_printf(batch_arena(b), "%lld", (long long)seq_of(batch_event_id(b)));
	row.phone_masked = arena_strdup(batch_arena(b), digest);
	batch_put(b, &fixture_rows, &row);
}

static int64_t
folded(struct batch *b, const char *subject, int of)
{
	MirrorRows__Person key = row_key(b, subject, of);
	const MirrorRows__Person *row = batch_get(b, &fixture_rows, &key);

	return row ? strtoll(row->unit_id, NULL, 10) : 0;
}

static void
ruin(struct batch *b, const char *subject)
{
	MirrorRows__Person row = row_key(b, subject, 9);

	row.unit_id = (char *)"\xff";
	batch_put(b, &fixture_rows, &row);
}

static void
say(struct batch *b, const char *subject, const char *text)
{
	Roster__UnitPut e = ROSTER__UNIT_PUT__INIT;

	e.id = (char *)subject;
	e.name = (char *)text;
	batch_emit(b, subject, &e.base);
}

static void
answer(struct batch *b, int64_t seq)
{
	EngineRows__Seen a = ENGINE_ROWS__SEEN__INIT;

	a.seq = seq;
	batch_answer(b, 201, &a.base);
}

/* ---- alpha */

static void want_command(struct batch *b, const void *m) { want_row(b, ((const Roster__PutPerson *)m)->id); }
static void want_heard(struct batch *b, const void *m) { want_row(b, ((const Roster__PersonPut *)m)->id); }
static void want_said(struct batch *b, const void *m) { want_row(b, ((const Roster__UnitPut *)m)->id); }
static void want_subject(struct batch *b, const char *subject) { want_row(b, subject); }

static void
found(struct batch *b, const void *m)
{
	Roster__DistrictPut e = ROSTER__DISTRICT_PUT__INIT;
	int64_t seq = batch_next_seq(b);

	(void)m;
	batch_emit(b, batch_district(b), &e.base);
	answer(b, seq);
}

static void
command(struct batch *b, const void *m)
{
	const Roster__PutPerson *p = m;
	Roster__PersonPut e = ROSTER__PERSON_PUT__INIT;
	int64_t seq = batch_next_seq(b);

	if (*p->unit_id == 'r') {
		batch_refuse(b, 409, "toy.refused", NULL, "As asked.");
		return;
	}
	if (*p->unit_id == 'q')
		ruin(b, p->id);
	e.id = p->id;
	e.unit_id = p->unit_id;
	batch_emit(b, p->id, &e.base);
	answer(b, seq);
}

static void
own_order(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;
	fold(b, e->id, FOLD_OWN, e->unit_id);
}

/* ---- beta */

static void
jobs(struct batch *b, const char *subject, int n)
{
	for (int i = 0; i < n; i++) {           /* of three subjects */
		EngineRows__Job *w = arena_message(batch_arena(b), &engine_rows__job__descriptor);
		w->district = (char *)batch_district(b);
		w->subject = n == 1 ? (char *)subject : arena_printf(batch_arena(b), "%s.%d", subject, i % 3);
		batch_job(b, &fixture_job, w);
	}
}

/* How long after the event; some are due at once. */
int64_t
timer_us(const char *said)
{
	return strtol(said + 1, NULL, 10) % 7 * 150 * MS;
}

static void
hear(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;

	fold(b, e->id, FOLD_ALPHA, e->unit_id);
	say(b, e->id, arena_printf(batch_arena(b), "heard %lld %s", (long long)seq_of(batch_event_id(b)), e->unit_id));
	switch (*e->unit_id) {
	case 'm':
		batch_timer(b, "m", e->id, batch_at_us(b) + timer_us(e->unit_id));
		/* fall through */
	case 't':
		batch_timer(b, "t", e->id, batch_at_us(b) + timer_us(e->unit_id));
		return;
	case 'c':
		jobs(b, e->id, 1);
		return;
	case 'f':
		jobs(b, e->id, MANY);
		return;
	case 'p':
		ruin(b, e->id);
		return;
	case 'k':
		proc_die();
	}
}

static void
ring(struct batch *b, const char *subject)
{
	say(b, subject, arena_printf(batch_arena(b), "rang %lld", (long long)batch_at_us(b)));
}

static void
put_off(struct batch *b, const char *subject)
{
	say(b, subject, arena_printf(batch_arena(b), "moved %lld", (long long)batch_at_us(b)));
	batch_timer(b, "t", subject, batch_at_us(b) + PUT_OFF_US);
}

static void
own_said(struct batch *b, const void *m)
{
	const Roster__UnitPut *e = m;
	fold(b, e->id, FOLD_OWN, e->name);
}

static void
hear_own(struct batch *b, const void *m)
{
	const Roster__UnitPut *e = m;
	fold(b, e->id, FOLD_AFTER_COMMIT, e->name);
}

static void
look_again(struct batch *b, const char *subject)
{
	say(b, subject, "looked");
}

/* ---- gamma */

static void
hear_alpha(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;

	fold(b, e->id, FOLD_ALPHA, e->unit_id);
	if (*e->unit_id == 't')
		batch_timer(b, "t", e->id, batch_at_us(b) + timer_us(e->unit_id));
}

/* A consequence is never seen before its cause. */
static void
hear_beta(struct batch *b, const void *m)
{
	const Roster__UnitPut *e = m;
	int64_t seq = strncmp(e->name, "heard ", 6) ? 0 : strtoll(e->name + 6, NULL, 10);

	if (batch_own(b)) {
		fold(b, e->id, FOLD_OWN, e->name);
		return;
	}
	if (folded(b, e->id, FOLD_ALPHA) < seq)
		fail("gamma runs %s, which tells of alpha's %lld, before that", batch_event_id(b), (long long)seq);
	fold(b, e->id, FOLD_BETA, e->name);
}

static void want_posting(struct batch *b, const void *m) { want_row(b, ((const Roster__PutPosting *)m)->person_id); }

/* What alpha has acknowledged is seen here. */
static void
post(struct batch *b, const void *m)
{
	const Roster__PutPosting *p = m;
	int64_t seq = batch_next_seq(b);

	if (folded(b, p->person_id, FOLD_ALPHA) < strtoll(p->village_id, NULL, 10)) {
		batch_refuse(b, 404, "toy.unknown", NULL, "Not heard of.");
		return;
	}
	say(b, p->person_id, arena_printf(batch_arena(b), "posted %s", p->id));
	answer(b, seq);
}

/* ---- the three */

const struct table fixture_rows = { "person", &mirror_rows__person__descriptor, 3, false };
static const struct table *const tables[] = { &fixture_rows };
static const char *const from_beta[] = { "beta", "alpha", NULL };
static const char *const from_alpha[] = { "alpha", "beta", NULL };
static const char *const from_both[] = { "alpha", "beta", NULL };

static const struct command alpha_commands[] = {
	{ .message = &roster__put_district__descriptor, .run = found, .creates_district = true },
	{ .message = &roster__put_person__descriptor, .want = want_command, .run = command },
};
static const struct event_handler alpha_events[] = { { &roster__person_put__descriptor, want_heard, own_order } };
static const struct event_handler beta_events[] = {
	{ &roster__person_put__descriptor, want_heard, hear },
	{ &roster__unit_put__descriptor, want_said, own_said },
};
static const struct event_handler beta_after_commit[] = { { &roster__unit_put__descriptor, want_said, hear_own } };
static const struct timer beta_timers[] = {
	{ "m", want_subject, put_off },
	{ "t", want_subject, ring },
};
static const struct timer gamma_timers[] = { { "t", want_subject, ring, AFTER(0) | AFTER(1) } };
static const struct job beta_jobs[] = { { "look", want_subject, look_again } };
static const struct command gamma_commands[] = {
	{ .message = &roster__put_posting__descriptor, .after = AFTER(0), .want = want_posting, .run = post }
};
static const struct event_handler gamma_events[] = {
	{ &roster__person_put__descriptor, want_heard, hear_alpha, true },
	{ &roster__unit_put__descriptor, want_said, hear_beta },
};

static const struct noun alpha_things = { .tables = LIST(tables),
					  .commands = LIST(alpha_commands),
					  .events = LIST(alpha_events) };
static const struct noun beta_things = {
	.tables = LIST(tables),
	.events = LIST(beta_events),
	.after_commit = LIST(beta_after_commit),
	.timers = LIST(beta_timers),
	.jobs = LIST(beta_jobs),
};
static const struct noun gamma_things = {
	.tables = LIST(tables), .commands = LIST(gamma_commands), .events = LIST(gamma_events),
	.timers = LIST(gamma_timers),
};
static const struct noun *const alpha_nouns[] = { &alpha_things, NULL }, *const beta_nouns[] = { &beta_things, NULL },
				*const gamma_nouns[] = { &gamma_things, NULL };

const struct service fixtures[SERVICES] = {
	[ALPHA] = { .name = "alpha", .consumes = from_beta, .nouns = alpha_nouns },
	[BETA] = { .name = "beta", .consumes = from_alpha, .nouns = beta_nouns },
	[GAMMA] = { .name = "gamma", .consumes = from_both, .nouns = gamma_nouns },
};

int
fixture_of(const char *name)
{
	for (int s = 0; s < SERVICES; s++)
		if (!strcmp(fixtures[s].name, name))
			return s;
	return NOBODY;
}
