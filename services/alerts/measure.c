/* measure - what is told of measures, to those in charge and to who has heard of them before: alerts_policy.c plans
 * it.
 *
 *   in:   accountability.MeasuresChanged
 *   out:  AlertQueued; AlertFailed for what was overtaken before it was sent
 *   owns: nothing
 *
 * A finding is told by what follows from it, or, when nothing does that may be told, by itself (news.c): so one input
 * gives one message. */
#include "accountability.pb-c.h"
#include "alerts.h"
#include "base/civil.h"
#include "domain/mirror.h"
#include "message_policy.h"
#include "phrase_policy.h"

typedef Accountability__MeasuresChanged Event;
typedef Alerts__AlertQueued Queued;

static char *
person_of(const Event *e)
{
	return e->subject->maybe_person_case ? e->subject->person_id : NULL;
}

static char *
unit_of(const Event *e)
{
	return e->subject->maybe_unit_case ? e->subject->unit_id : NULL;
}

/* Of sealed ones.  An event that does not say since when is of ever. */
static Alerts__CaseSubject
case_of(const Event *e)
{
	return alerts_case_subject(person_of(e), unit_of(e), e->maybe_first_case ? e->first_day : DAY_EVER);
}

static bool
seals_any(const Event *e)
{
	for (size_t i = 0; i < e->n_changes; i++)
		if (alerts_seals_measure(e->changes[i]->measure))
			return true;
	return false;
}

static void
want_change(struct batch *b, const Accountability__MeasureChange *c)
{
	const Accountability__Subject *s = c->measure->subject;

	alerts_want_told(b, c->measure->id);
	if (alerts_post_of(c))
		alerts_want_in_charge(b, alerts_post_of(c), c->grounds->absence_day);
	if (s->maybe_unit_case)
		mirror_want_unit_id(b, s->unit_id);
}

static void
changed_want(struct batch *b, const void *m)
{
	const Event *e = m;

	alerts_want_given(b);
	for (size_t i = 0; i < e->n_changes; i++)
		want_change(b, e->changes[i]);
	if (*e->finding_id)
		alerts_want_told(b, e->finding_id);
	if (person_of(e))
		alerts_want_in_charge(b, person_of(e), alerts_incident_day(e, batch_today(b)));
	if (seals_any(e))
		alerts_want_apart(b, person_of(e), unit_of(e));
}

/* ---- who is told */

/* Of each change about a post those in charge of whose it is. */
static const struct alerts_ids *
posts_of(struct batch *b, const Event *e)
{
	struct alerts_ids *posts = arena_alloc(batch_arena(b), (e->n_changes + 1) * sizeof(*posts));

	for (size_t i = 0; i < e->n_changes; i++) {
		char *post = alerts_post_of(e->changes[i]);
		if (post)
			posts[i] = alerts_in_charge(b, post, e->changes[i]->grounds->absence_day);
	}
	return posts;
}

static struct alerts_ids
heads_of(struct batch *b, const Event *e)
{
	char **heads = arena_alloc(batch_arena(b), (e->n_changes + 1) * sizeof(*heads));
	size_t n = 0;

	for (size_t i = 0; i < e->n_changes; i++) {
		const Accountability__Subject *s = e->changes[i]->measure->subject;
		char *head = s->maybe_unit_case ? alerts_head_of(b, s->unit_id) : NULL;
		if (head)
			heads[n++] = head;
	}
	return (struct alerts_ids){ heads, n };
}

/* Of a person's measures those in charge of the person; of units', who heads them now; of what is sealed the
 * department. */
static struct alerts_circle
circle_of(struct batch *b, const Event *e)
{
	struct alerts_circle c = { .heads = heads_of(b, e), .posts = posts_of(b, e) };
	const Alerts__CaseSubject about = case_of(e);

	if (person_of(e))
		c.in_charge = alerts_in_charge(b, person_of(e), alerts_incident_day(e, batch_today(b)));
	if (seals_any(e))
		c.department = alerts_apart(b, &about);
	return c;
}

static struct alerts_told_list
told_of(struct batch *b, const Event *e)
{
	struct alerts_told_list told = { 0 };

	for (size_t i = 0; i < e->n_changes; i++)
		alerts_told_add(b, e->changes[i]->measure->id, &told);
	if (*e->finding_id)
		alerts_told_add(b, e->finding_id, &told);
	return told;
}

/* ---- what they are told */

static char **
said_of(const Event *e, arena_t *a)
{
	char **said = arena_alloc(a, (e->n_changes + 1) * sizeof(*said));

	for (size_t i = 0; i < e->n_changes; i++)
		said[i] = phrase_said(e->changes[i], a);
	return said;
}

/* Which measures a message is of, what it says of each, and which of them it says are gone. */
static void
set_measures(const Event *told, arena_t *a, Queued *out)
{
	size_t n = told->n_changes;

	out->measures = arena_alloc(a, n * sizeof(*out->measures));
	out->fallen = arena_alloc(a, n * sizeof(*out->fallen));
	out->said = said_of(told, a);
	out->n_said = n;
	for (size_t i = 0; i < n; i++) {
		out->measures[out->n_measures++] = told->changes[i]->measure->id;
		if (alerts_says_gone(told->changes[i]))
			out->fallen[out->n_fallen++] = told->changes[i]->measure->id;
	}
}

static void
tell(struct batch *b, const Event *e, const struct alerts_message *m)
{
	Event told = *e;                                /* as this recipient is told of it */
	Queued out = ALERTS__ALERT_QUEUED__INIT;
	Alerts__CaseSubject about = case_of(e);

	told.n_changes = m->n;
	told.changes = m->changes;
	const struct saying s = {
		.of = &told.base, .person_id = alerts_about(&told), .unit_id = unit_of(e), .recipient = m->person_id,
		.arena = batch_arena(b),
	};
	out.cause = alerts_cause(e);
	out.finding_id = e->finding_id;
	set_measures(&told, batch_arena(b), &out);
	if (seals_any(&told))
		alerts_seal(&out, &about);
	message_say(message_of_template(m->template), &s, &out);
	alerts_queue_planned(b, m, &out);
}

static void
on_changed(struct batch *b, const void *m)
{
	const Event *e = m;
	const struct alerts_told_list told = told_of(b, e);
	const struct alerts_case c = {
		e, said_of(e, batch_arena(b)), circle_of(b, e), told.at, told.n, batch_at_us(b), alerts_rules(b),
	};
	struct alerts_plan plan;

	alerts_of_measures(&c, batch_arena(b), &plan);
	alerts_drop_overtaken(b, &plan);
	for (size_t i = 0; i < plan.n; i++)
		tell(b, e, &plan.messages[i]);
}

const struct noun alerts_measure = {
	.events = LIST(((const struct event_handler[]){
		{ .message = &accountability__measures_changed__descriptor, .want = changed_want, .run = on_changed },
	})),
};
