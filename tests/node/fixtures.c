/* The two services (fixtures.h): what they do with their commands, events, timers and jobs. */
#include "fixtures.h"
#include "base/clock.h"
#include "engine_rows.pb-c.h"
#include "domain/mirror.h"
#include "domain/policy_book.h"
#include "engine/reader.h"
#include <string.h>

/* ---- the service that speaks: every command becomes an event; a unit's name reaches the database as it is */

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

/* A file is the id of a unit.  It is put, and taken back when the run is a dry one; said twice, so that events after a
 * try count on. */
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

static const char *const roster_consumes[] = { "supervision", "accountability", "attendance", NULL };
static const struct table *const roster_tables[] = { &mirror_unit };
static const struct command roster_commands[] = {
	{ .message = &roster__put_district__descriptor, .run = put_district, .creates_district = true },
	{ .message = &roster__put_person__descriptor, .exists = any, .run = put_person },
	{ .message = &roster__put_unit__descriptor, .want = want_unit, .run = put_unit },
	{ .message = &roster__publish_policy__descriptor, .run = publish },
	{ .message = &roster__import_rows__descriptor, .want = want_import, .run = import, .heavy = true },
};
static const struct event_handler roster_events[] = { MIRROR(unit, unit_put) };

/* ---- the service that listens */

static const struct store_stmt fixture_job = {
	.name = "fixture.job",
	.text = "insert into engine.work (service, partition, district, kind, subject, cause, trace, at_us)"
	        " values ('attendance', $1, $2, 'look', $3, '', '', '2017-09-08') on conflict do nothing",
	.params = { "partition", "district", "subject" }, .nparams = 3, .args = &engine_rows__job__descriptor,
};
static const struct store_stmt fixture_person = {
	.name = "fixture.person",
	.text = "select district, person_id, from_day, unit_id from person where person_id = $1",
	.params = { "person_id" },
	.nparams = 1,
	.args = &mirror_rows__person__descriptor,
	.row = &mirror_rows__person__descriptor,
};
static const struct store_stmt *const fixture_statements[] = { &fixture_job, &fixture_person };

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

/* A fold that lasts: it says something each millisecond, so what it takes does not depend on how fast the machine is.
 */
static void
dawdle(struct batch *b, const char *person)
{
	const int64_t began_us = clock_mono_us();

	for (int ms = 0; ms < SLOW_MS; ms++) {
		mark(b, person, ms % 2 ? "slow" : "Slow");
		while (clock_mono_us() < began_us + (ms + 1) * INT64_C(1000))
			;
	}
}

static void
want_person(struct batch *b, const void *m)
{
	(void)m;
	want_all_persons(b);
}

static MirrorRows__Person
person_named(struct batch *b, const char *id)
{
	MirrorRows__Person key = MIRROR_ROWS__PERSON__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)id;
	return key;
}

/* Whom the person that the event names with "@@" leads to: its unit is "@" and an id.  NULL: there is no such person
 * (yet). */
static const char *
led_to(struct batch *b, const Roster__PersonPut *e)
{
	const MirrorRows__Person key = person_named(b, e->unit_id + 2);
	const void **rows;

	return batch_list(b, &mirror_person, &key, 2, &rows) ? ((const MirrorRows__Person *)rows[0])->unit_id + 1
							     : NULL;
}

/* Most want everybody; those of "@" want themselves, and those of "@@" also whom they name, and whom that one leads to.
 */
static void
want_put(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;

	if (*e->unit_id != '@') {
		want_all_persons(b);
		return;
	}
	MirrorRows__Person key = person_named(b, e->id);
	batch_want(b, &mirror_person, &key, 2);
	if (e->unit_id[1] != '@')
		return;
	key = person_named(b, e->unit_id + 2);
	batch_want(b, &mirror_person, &key, 2);
	if (led_to(b, e)) {
		key = person_named(b, led_to(b, e));
		batch_want(b, &mirror_person, &key, 2);
	}
}

static void
on_led(struct batch *b, const Roster__PersonPut *e)
{
	const MirrorRows__Person key = person_named(b, led_to(b, e) ? led_to(b, e) : e->id);
	const void **rows;

	mark(b, e->id, batch_list(b, &mirror_person, &key, 2, &rows) && led_to(b, e) ? "led" : "lost");
}

static void
on_person(struct batch *b, const void *m)
{
	const Roster__PersonPut *e = m;
	EngineRows__Job work = ENGINE_ROWS__JOB__INIT;

	if (!strncmp(e->unit_id, "@@", 2)) {
		on_led(b, e);
		return;
	}
	mark(b, e->id, e->unit_id);
	if (!strcmp(e->unit_id, "\xff"))
		mark(b, "ruin", e->unit_id);    /* no later event of the batch makes this one good */
	else if (!strcmp(e->unit_id, "job")) {
		work.district = (char *)batch_district(b);
		work.subject = e->id;
		batch_job(b, &fixture_job, &work);
	} else if (!strncmp(e->unit_id, "timer", 5))
		batch_timer(b, e->unit_id, e->id, START * INT64_C(1000000) + HOUR_US);
	else if (!strcmp(e->unit_id, "slow"))
		dawdle(b, e->id);
	else if (!strcmp(e->unit_id, "hungry"))
		arena_alloc(batch_arena(b), HUNGER_BYTES);
	else if (!strcmp(e->unit_id, "policy"))
		mark(b, e->id, batch_policies(b)->n ? "policy" : "none");
}

static void
on_timer(struct batch *b, const char *subject)
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

/* Whether it is known by now who was told of before it was due. */
static void
on_seeing(struct batch *b, const char *subject)
{
	MirrorRows__Person key = MIRROR_ROWS__PERSON__INIT;
	const void **rows;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)"seen";
	mark(b, subject, batch_list(b, &mirror_person, &key, 2, &rows) ? "seeing" : "blind");
}

static void
want_subject(struct batch *b, const char *subject)
{
	(void)subject;
	want_all_persons(b);
}

static void
on_job(struct batch *b, const char *subject)
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
			batch_refuse(b, 409, "fixture.early", NULL, "A timer is due.");
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
	size_t n = reader_rows(r, &fixture_person, key, &rows);
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
static const struct table *const attendance_tables[] = { &mirror_person, &mirror_policy };
static const struct command attendance_commands[] = {
	{ .message = &roster__put_posting__descriptor, .after = AFTER(0), .want = want_person, .run = put_posting },
};
static const struct event_handler attendance_events[] = {
	{ &roster__person_put__descriptor, want_put, on_person },
	MIRROR(policy, policy_published),
};
static const struct timer attendance_timers[] = {
	{ "timer", want_subject, on_timer },
	{ "timer.a", want_subject, on_mover },
	{ "timer.seeing", want_subject, on_seeing, AFTER(0) },
};
static const struct job attendance_jobs[] = { { "look", want_subject, on_job } };
static const struct query attendance_queries[] = { { &roster__read_person__descriptor, read_person } };

static const struct noun roster_things = {
	.tables = LIST(roster_tables), .commands = LIST(roster_commands), .events = LIST(roster_events),
};
static const struct noun attendance_things = {
	.tables = LIST(attendance_tables),
	.commands = LIST(attendance_commands),
	.events = LIST(attendance_events),
	.timers = LIST(attendance_timers),
	.jobs = LIST(attendance_jobs),
	.queries = LIST(attendance_queries),
	.statements = LIST(fixture_statements),
};
static const struct noun *const roster_nouns[] = { &roster_things, NULL }, *const attendance_nouns[] = {
	&attendance_things, NULL
};

const struct service fixtures[SERVICES] = {
	{ .name = "roster", .consumes = roster_consumes, .nouns = roster_nouns },
	{ .name = "attendance", .consumes = attendance_consumes, .nouns = attendance_nouns },
};
