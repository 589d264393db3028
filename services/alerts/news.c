/* news - what is told of other services' events, as the rows of message_policy.c say: when, to whom, in which words.
 *
 *   in:   the events of those rows, but MeasuresChanged (measure.c)
 *   out:  AlertQueued; AlertFailed for what was overtaken before it was sent
 *   owns: nothing */
#include "accountability.pb-c.h"
#include "alerts.h"
#include "base/civil.h"
#include "domain/mirror.h"
#include "message_policy.h"
#include "supervision.pb-c.h"
#include <string.h>

typedef Supervision__FindingFact Finding;
typedef Alerts__AlertQueued Queued;

/* An event, and the message that is made of it. */
struct occasion {
	const struct message_row *row;
	struct saying about;                            /* of its part, to nobody yet */
	char *id;                                       /* of the finding, the measure or whatever else it is of */
	int32_t day;                                    /* as of when is looked up who was in charge */
	bool sealed;
	Alerts__CaseSubject case_subject;
};

/* False: nobody is told. */
static bool
occasion_of(struct batch *b, const void *event, struct occasion *o)
{
	const struct message_row *row = message_of_event(event);

	if (!row)
		return false;
	const ProtobufCMessage *part = message_part(row, event);
	const int32_t *day = row->day ? wording_member(part, row->day) : NULL, *on_day = wording_member(part, "on_day");
	char *const *id = wording_member(part, "id");
	const struct saying about = message_saying(part, batch_arena(b));

	*o = (struct occasion){
		.row = row, .about = about, .id = *id, .day = day ? *day : batch_today(b),
		.sealed = message_is_sealed(part),
		.case_subject = alerts_case_subject(about.person_id, about.unit_id, on_day ? *on_day : DAY_EVER),
	};
	return true;
}

/* ---- who is told */

static char *
person_of(const struct occasion *o)
{
	return o->about.person_id ? *(char *const *)wording_member(o->about.of, "person_id") : NULL;
}

static char *
head_of(struct batch *b, const struct occasion *o)
{
	if (o->about.unit_id)
		return alerts_head_of(b, o->about.unit_id);
	return o->about.person_id ? alerts_head_over(b, o->about.person_id, o->day) : NULL;
}

static struct alerts_ids
others_in_charge(struct batch *b, const struct occasion *o)
{
	struct alerts_ids all = alerts_in_charge(b, person_of(o), o->day);
	char **others = arena_alloc(batch_arena(b), all.n * sizeof(*others));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (strcmp(all.at[i], o->about.person_id) != 0)
			others[n++] = all.at[i];
	return (struct alerts_ids){ others, n };
}

/* Of a finding: what follows from it is told in its place (§5 "One input gives at most one message to a recipient"). */
static struct alerts_follows
follows_from(struct batch *b, const Finding *f)
{
	const struct policy_version *v = policy_on(batch_policies(b), f->on_day);
	struct policy_finding finding = { f->kind, f->source, f->major, f->on_day };

	if (f->maybe_person_case)
		finding.npostings = mirror_postings(b, f->person_id, &finding.postings);
	return alerts_follows(v ? v->document : NULL, &finding);
}

/* Those of the two who are there. */
static struct alerts_ids
both(struct batch *b, char *one, char *other)
{
	char *ids[] = { one ? one : other, other };

	return (struct alerts_ids){ arena_copy(batch_arena(b), ids, sizeof(ids)), (one != NULL) + (other != NULL) };
}

static struct alerts_ids
unfollowed(struct batch *b, const struct occasion *o)
{
	const struct alerts_follows follows = follows_from(b, (const Finding *)o->about.of);

	return both(b, follows.person ? NULL : person_of(o), follows.head ? NULL : head_of(b, o));
}

static struct alerts_ids
named(const struct occasion *o)
{
	struct alerts_ids ids;

	ids.n = o->row->named(o->about.of, &ids.at);
	return ids;
}

static void
want_in_charge(struct batch *b, const struct occasion *o)
{
	if (o->about.person_id)
		alerts_want_in_charge(b, o->about.person_id, o->day);
	if (o->about.unit_id)
		mirror_want_unit_id(b, o->about.unit_id);
}

static void
want(struct batch *b, const struct occasion *o, enum recipients to)
{
	if (to == TO_DEPARTMENT)
		alerts_want_department(b);
	else if (to == TO_APART)
		alerts_want_apart(b, o->about.person_id, o->about.unit_id);
	else if (to != TO_NAMED)
		want_in_charge(b, o);
}

static struct alerts_ids
those(struct batch *b, const struct occasion *o, enum recipients to)
{
	switch (to) {
	case TO_IN_CHARGE: return alerts_in_charge(b, person_of(o), o->day);
	case TO_OTHERS_IN_CHARGE: return others_in_charge(b, o);
	case TO_HEAD: return both(b, head_of(b, o), NULL);
	case TO_UNFOLLOWED: return unfollowed(b, o);
	case TO_DEPARTMENT: return alerts_in_department(b);
	case TO_APART: return alerts_apart(b, &o->case_subject);
	case TO_NAMED: return named(o);
	case TO_NOBODY: case TO_PLANNED: break;
	}
	return (struct alerts_ids){ 0 };
}

/* Of what is sealed nobody else hears, from the first note on. */
static const enum recipients *
recipients_of(const struct occasion *o)
{
	static const enum recipients sealed[] = { TO_APART, TO_NOBODY };

	return o->sealed ? sealed : o->row->to;
}

/* ---- telling */

static void
say(const struct occasion *o, const char *recipient, Queued *out)
{
	struct saying s = o->about;

	s.recipient = recipient;
	message_say(o->row, &s, out);
	out->cause = message_cause(o->row, &s);
	if (o->row->of_finding)
		out->finding_id = o->id;
}

/* The department's is not about the measure: when that falls, what is left to settle is what it must hear of. */
static void
tell(struct batch *b, struct occasion *o, enum recipients as, char *person_id)
{
	Queued out = ALERTS__ALERT_QUEUED__INIT;

	say(o, person_id, &out);
	out.person_id = person_id;
	if (o->row->of_measure && as != TO_DEPARTMENT) {
		out.n_measures = 1;
		/* the row that it becomes shares it */
		out.measures = arena_alloc(batch_arena(b), sizeof(*out.measures));
		out.measures[0] = o->id;
	}
	if (o->sealed)
		alerts_seal(&out, &o->case_subject);
	alerts_queue(b, &out);
}

static void
news_want(struct batch *b, const void *m)
{
	struct occasion o;

	if (!occasion_of(b, m, &o))
		return;
	alerts_want_given(b);
	for (const enum recipients *to = recipients_of(&o); *to; to++)
		want(b, &o, *to);
}

static void
on_news(struct batch *b, const void *m)
{
	struct occasion o;

	if (!occasion_of(b, m, &o))
		return;
	for (const enum recipients *to = recipients_of(&o); *to; to++) {
		const struct alerts_ids ids = those(b, &o, *to);
		for (size_t i = 0; i < ids.n; i++)
			tell(b, &o, *to, ids.at[i]);
	}
}

/* ---- a finding falls: a matter of who was told of it */

static void
annulled_want(struct batch *b, const void *m)
{
	struct occasion o;

	if (!occasion_of(b, m, &o))
		return;
	alerts_want_given(b);
	alerts_want_told(b, o.id);
	if (o.sealed)
		want(b, &o, TO_APART);
}

static void
on_annulled(struct batch *b, const void *m)
{
	struct occasion o;
	struct alerts_told_list told = { 0 };
	struct alerts_plan plan;

	if (!occasion_of(b, m, &o))
		return;
	alerts_told_add(b, o.id, &told);
	const struct alerts_case c = {
		.told = told.at, .ntold = told.n, .at_us = batch_at_us(b), .policy = alerts_rules(b),
		.circle.department = o.sealed ? those(b, &o, TO_APART) : (struct alerts_ids){ 0 },
	};
	alerts_of_annulled(&c, batch_arena(b), &plan);
	alerts_drop_overtaken(b, &plan);
	for (size_t i = 0; i < plan.n; i++) {
		Queued out = ALERTS__ALERT_QUEUED__INIT;
		say(&o, plan.messages[i].person_id, &out);
		if (o.sealed)
			alerts_seal(&out, &o.case_subject);
		alerts_queue_planned(b, &plan.messages[i], &out);
	}
}

/* ---- what is read.  An event that a row is of, and nobody reads, would be told to nobody. */

#define NEWS(event) { .message = &(event), .want = news_want, .run = on_news }
static const struct event_handler events[] = {
	NEWS(supervision__finding_confirmed__descriptor),
	NEWS(supervision__hearing_missed__descriptor),
	NEWS(accountability__recall_moved__descriptor),
	NEWS(accountability__recall_overdue__descriptor),
	NEWS(roster__task_opened__descriptor),
	NEWS(roster__account_altered__descriptor),
	{ .message = &supervision__finding_annulled__descriptor, .want = annulled_want, .run = on_annulled },
};

static const char *
news_fault(void)
{
	const char *fault = message_fault();
	const struct message_row *row;

	for (size_t i = 0; !fault && (row = message_at(i)); i++) {
		size_t k = 0;
		while (k < ALEN(events) && events[k].message != row->event)
			k++;
		if (k == ALEN(events) && row->to[0] != TO_PLANNED)
			fault = row->event->name;
	}
	return fault;
}

const struct noun alerts_news = { .events = LIST(events), .fault = news_fault };
