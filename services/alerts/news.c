/* news - what is told of the other services' events, and to whom.
 *
 *   in:   accountability.MeasuresChanged; supervision.FindingConfirmed, FindingAnnulled, HearingMissed
 *   out:  AlertQueued; AlertFailed for what was overtaken before it was sent
 *   owns: nothing
 *
 * A finding is told by what follows from it (MeasuresChanged), or, when nothing does that may be told, by itself, so one input gives
 * one message. */
#include "accountability.pb-c.h"
#include "alerts.h"
#include "alerts_policy.h"
#include "base/civil.h"
#include "json/json_pb.h"
#include "supervision.pb-c.h"
#include "wording_policy.h"
#include <string.h>

typedef AlertsRows__Alert Alert;
typedef AlertsRows__Told Told;
typedef Supervision__FindingFact Finding;

/* ---- what all of them need */

const char *
alerts_root(const struct batch *b)
{
	return *batch_cause(b) ? batch_cause(b) : batch_event_id(b);
}

static Told
told_key(const struct batch *b, const char *about)
{
	Told key = ALERTS_ROWS__TOLD__INIT;

	key.district = (char *)batch_district(b);
	key.about = (char *)about;
	return key;
}

/* Whoever was told of this, and by which message. */
static void
want_told(struct batch *b, const char *about)
{
	Told key = told_key(b, about);
	const void **rows;

	batch_want(b, &alerts_table_told, &key, 2);
	size_t n = batch_list(b, &alerts_table_told, &key, 2, &rows);  /* there in the second round */
	for (size_t i = 0; i < n; i++)
		alerts_want_message(b, ((const Told *)rows[i])->root, ((const Told *)rows[i])->person_id);
}

struct told_list { struct alerts_told *at; size_t n; };

static void
told_add(struct batch *b, const char *about, struct told_list *l)
{
	Told key = told_key(b, about);
	const void **rows;
	size_t n = batch_list(b, &alerts_table_told, &key, 2, &rows);
	struct alerts_told *grown = arena_alloc(batch_arena(b), (l->n + n + 1) * sizeof(*grown));

	if (l->n)
		memcpy(grown, l->at, l->n * sizeof(*grown));
	for (size_t i = 0; i < n; i++) {
		const Told *t = rows[i];
		grown[l->n++] = (struct alerts_told){ about, alerts_message(b, t->root, t->person_id) };
	}
	l->at = grown;
}

static const Policy__Alerts *
policy_of(struct batch *b)
{
	const struct policy_version *v = policy_on(batch_policies(b), batch_today(b));

	return v ? v->document->alerts : NULL;
}

const Alert *
alerts_queue(struct batch *b, const char *person_id, const struct alerts_news *news, const struct wording *words)
{
	Alerts__AlertQueued e = ALERTS__ALERT_QUEUED__INIT;
	const char *root = alerts_root(b);
	char id[ROWID_MAX];

	if (alerts_message(b, root, person_id))
		return NULL;
	row_id('A', batch_next_seq(b), id);
	e.id = arena_strdup(batch_arena(b), id);
	e.root = (char *)root;
	e.person_id = (char *)person_id;
	e.template_ = news->template;
	e.version = words->version;
	e.text = words->text;
	e.segments = words->segments;
	e.cause = (char *)news->cause;
	e.finding_id = (char *)news->finding_id;
	e.correction = news->correction;
	e.sealed = news->sealed;
	e.maybe_about_case = news->sealed ? ALERTS__ALERT_QUEUED__MAYBE_ABOUT_ABOUT : ALERTS__ALERT_QUEUED__MAYBE_ABOUT__NOT_SET;
	e.about = (Alerts__CaseSubject *)&news->about;
	e.n_measures = news->nmeasures;
	e.measures = news->measures;
	e.n_fallen = news->nfallen;
	e.fallen = news->fallen;
	e.n_said = news->said ? news->nmeasures : 0;
	e.said = news->said;
	e.urgent = news->urgent || alerts_is_urgent(policy_of(b), e.template_);
	e.due_us = alerts_due_us(policy_of(b), e.urgent, batch_at_us(b));
	batch_emit(b, person_id, &e.base);
	return alerts_message(b, root, person_id);
}

static Alerts__CaseSubject
case_subject(const struct alerts_matter *m)
{
	Alerts__CaseSubject s = ALERTS__CASE_SUBJECT__INIT;

	s.person_id = (char *)(m->person_id ? m->person_id : "");
	s.unit_id = (char *)(m->unit_id ? m->unit_id : "");
	s.maybe_first_case = ALERTS__CASE_SUBJECT__MAYBE_FIRST_FIRST_DAY;
	s.first_day = m->first_day;
	return s;
}

static void
drop_overtaken(struct batch *b, const struct alerts_plan *plan)
{
	for (size_t i = 0; i < plan->nobsolete; i++)
		alerts_fail(b, plan->obsolete[i], ALERTS_OBSOLETE);
}

/* ---- measures */

static const char *
person_of(const Accountability__MeasuresChanged *e)
{
	return e->subject->maybe_person_case ? e->subject->person_id : NULL;
}

static const char *
unit_of(const Accountability__MeasuresChanged *e)
{
	return e->subject->maybe_unit_case ? e->subject->unit_id : NULL;
}

/* Of sealed ones.  An event that does not say since when is of ever. */
static struct alerts_matter
matter_of(const Accountability__MeasuresChanged *e)
{
	return (struct alerts_matter){ person_of(e), unit_of(e), e->maybe_first_case ? e->first_day : DAY_EVER };
}

static bool
seals_any(const Accountability__MeasuresChanged *e)
{
	for (size_t i = 0; i < e->n_changes; i++)
		if (alerts_seals_measure(e->changes[i]->measure))
			return true;
	return false;
}

void
alerts_want_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;

	alerts_want_message(b, alerts_root(b), NULL);
	for (size_t i = 0; i < e->n_changes; i++) {
		want_told(b, e->changes[i]->measure->id);
		if (alerts_post_of(e->changes[i]))
			alerts_want_in_charge(b, alerts_post_of(e->changes[i]), e->changes[i]->grounds->absence_day);
	}
	if (*e->finding_id)
		want_told(b, e->finding_id);
	if (person_of(e))
		alerts_want_in_charge(b, person_of(e), alerts_incident_day(e, batch_today(b)));
	for (size_t i = 0; i < e->n_changes; i++)
		if (e->changes[i]->measure->subject->maybe_unit_case)
			alerts_want_unit(b, e->changes[i]->measure->subject->unit_id);
	if (seals_any(e))
		alerts_want_apart(b, person_of(e), unit_of(e));
}

/* Of each change about a post those in charge of whose it is. */
static const struct alerts_ids *
posts_of(struct batch *b, const Accountability__MeasuresChanged *e)
{
	struct alerts_ids *posts = arena_alloc(batch_arena(b), (e->n_changes + 1) * sizeof(*posts));

	for (size_t i = 0; i < e->n_changes; i++) {
		const char **ids = NULL, *post = alerts_post_of(e->changes[i]);
		posts[i].n = post ? alerts_in_charge(b, post, e->changes[i]->grounds->absence_day, &ids) : 0;
		posts[i].at = ids;
	}
	return posts;
}

/* Of a person's measures those in charge of the person; of units', who heads them now; of what is sealed the department. */
static struct alerts_circle
circle_of(struct batch *b, const Accountability__MeasuresChanged *e)
{
	const char **in_charge = NULL, **department = NULL, **heads = arena_alloc(batch_arena(b), (e->n_changes + 1) * sizeof(*heads));
	size_t n = 0, nheads = 0;

	if (person_of(e))
		n = alerts_in_charge(b, person_of(e), alerts_incident_day(e, batch_today(b)), &in_charge);
	for (size_t i = 0; i < e->n_changes; i++) {
		const Accountability__Subject *s = e->changes[i]->measure->subject;
		const char *head = s->maybe_unit_case ? alerts_head_of(b, s->unit_id) : NULL;
		if (head)
			heads[nheads++] = head;
	}
	const struct alerts_matter matter = matter_of(e);
	size_t ndepartment = !seals_any(e) ? 0 : alerts_apart_of(b, &matter, &department);
	return (struct alerts_circle){ in_charge, n, heads, nheads, department, ndepartment, posts_of(b, e) };
}

static void
news_measures(const struct alerts_message *m, arena_t *a, struct alerts_news *news)
{
	news->measures = arena_alloc(a, (m->n + 1) * sizeof(*news->measures));
	news->fallen = arena_alloc(a, (m->n + 1) * sizeof(*news->fallen));
	news->said = arena_alloc(a, (m->n + 1) * sizeof(*news->said));
	for (size_t i = 0; i < m->n; i++) {
		news->said[i] = wording_said(m->changes[i], a);
		news->measures[news->nmeasures++] = m->changes[i]->measure->id;
		news->sealed = news->sealed || alerts_seals_measure(m->changes[i]->measure);
		if (alerts_says_gone(m->changes[i]))
			news->fallen[news->nfallen++] = m->changes[i]->measure->id;
	}
}

static void
tell_measures(struct batch *b, const Accountability__MeasuresChanged *e, const struct alerts_message *m)
{
	const char *person_id = alerts_about(e, m->changes, m->n);
	struct wording_about about = { person_id, unit_of(e), person_id && strcmp(person_id, m->person_id) == 0, m->person_id };
	const struct alerts_matter matter = matter_of(e);
	struct alerts_news news = {
		.cause = alerts_cause(e), .finding_id = e->finding_id, .template = m->template, .correction = m->correction, .urgent = m->urgent,
		.about = case_subject(&matter),
	};
	struct wording words;

	news_measures(m, batch_arena(b), &news);
	wording_measures(m->template, about, m->changes, m->n, batch_arena(b), &words);
	const Alert *a = alerts_queue(b, m->person_id, &news, &words);
	if (a && m->obsolete)
		alerts_fail(b, a, ALERTS_OBSOLETE);
}

static const char *const *
said_of(const Accountability__MeasuresChanged *e, arena_t *a)
{
	const char **said = arena_alloc(a, (e->n_changes + 1) * sizeof(*said));

	for (size_t i = 0; i < e->n_changes; i++)
		said[i] = wording_said(e->changes[i], a);
	return said;
}

void
alerts_on_measures(struct batch *b, const void *m)
{
	const Accountability__MeasuresChanged *e = m;
	struct told_list told = { 0 };
	struct alerts_plan plan;

	for (size_t i = 0; i < e->n_changes; i++)
		told_add(b, e->changes[i]->measure->id, &told);
	if (*e->finding_id)
		told_add(b, e->finding_id, &told);
	const struct alerts_case c = {
		e, said_of(e, batch_arena(b)), circle_of(b, e), told.at, told.n, batch_at_us(b), policy_of(b),
	};
	alerts_of_measures(&c, batch_arena(b), &plan);
	drop_overtaken(b, &plan);
	for (size_t i = 0; i < plan.n; i++)
		tell_measures(b, e, &plan.messages[i]);
}

/* ---- findings of kinds that most often move no measures */

static const char *
person_in(const Finding *f)
{
	return f->maybe_person_case ? f->person_id : NULL;
}

static const char *
unit_in(const Finding *f)
{
	return f->maybe_unit_case ? f->unit_id : NULL;
}

static struct alerts_matter
matter_in(const Finding *f)
{
	return (struct alerts_matter){ person_in(f), unit_in(f), f->on_day };
}

static void
tell_finding(struct batch *b, const Finding *f, const struct alerts_message *m)
{
	const char *person_id = m->person_id;
	const struct alerts_matter matter = matter_in(f);
	struct wording_about about = {
		person_in(f), unit_in(f),
		f->maybe_person_case && strcmp(f->person_id, person_id) == 0,
	};
	struct alerts_news news = {
		.cause = f->id, .finding_id = f->id, .template = m->template, .correction = m->correction, .urgent = m->urgent,
		.sealed = alerts_seals_finding(f->kind),
		.about = case_subject(&matter),
	};
	struct wording words;

	wording_finding(m->template, about, (struct wording_finding){ f->kind, f->on_day }, batch_arena(b), &words);
	const Alert *a = alerts_queue(b, person_id, &news, &words);
	if (a && m->obsolete)
		alerts_fail(b, a, ALERTS_OBSOLETE);
}

static void
tell_of(struct batch *b, const Finding *f, const char *person_id, Alerts__Template template)
{
	tell_finding(b, f, &(struct alerts_message){ .person_id = person_id, .template = template });
}

/* Of what is sealed nobody else hears, from the first note on. */
static void
tell_department(struct batch *b, const Finding *f, Alerts__Template template)
{
	const struct alerts_matter matter = matter_in(f);
	const char **ids;
	size_t n = alerts_apart_of(b, &matter, &ids);

	for (size_t i = 0; i < n; i++)
		tell_of(b, f, ids[i], template);
}

/* The unit that answers for a finding: the one it names, else the person's on its date. */
static const char *
head_for(struct batch *b, const Finding *f)
{
	if (f->maybe_unit_case)
		return alerts_head_of(b, f->unit_id);
	return f->maybe_person_case ? alerts_head_over(b, f->person_id, f->on_day) : NULL;
}

static void
want_finding(struct batch *b, const Finding *f)
{
	alerts_want_message(b, alerts_root(b), NULL);
	if (f->maybe_person_case)
		alerts_want_in_charge(b, f->person_id, f->on_day);
	if (f->maybe_unit_case)
		alerts_want_unit(b, f->unit_id);
	if (alerts_seals_finding(f->kind))
		alerts_want_apart(b, person_in(f), unit_in(f));
}

void
alerts_want_confirmed(struct batch *b, const void *m)
{
	const Finding *f = ((const Supervision__FindingConfirmed *)m)->finding;

	if (alerts_tells_finding(f->kind))
		want_finding(b, f);
}

/* What follows from it is told in its place (§5 "One input gives at most one message to a recipient"). */
static struct alerts_follows
follows_from(struct batch *b, const Finding *f)
{
	const struct policy_version *v = policy_on(batch_policies(b), f->on_day);
	struct policy_finding finding = { .kind = f->kind, .source = f->source, .major = f->major, .on_day = f->on_day };

	if (f->maybe_person_case)
		finding.npostings = mirror_postings(b, f->person_id, &finding.postings);
	return alerts_follows(v ? v->document : NULL, &finding);
}

void
alerts_on_confirmed(struct batch *b, const void *m)
{
	const Finding *f = ((const Supervision__FindingConfirmed *)m)->finding;

	if (!alerts_tells_finding(f->kind))
		return;
	if (alerts_seals_finding(f->kind)) {
		tell_department(b, f, ALERTS__TEMPLATE__FINDING_CONFIRMED);
		return;
	}
	const char *head = head_for(b, f);
	struct alerts_follows follows = follows_from(b, f);
	if (f->maybe_person_case && !follows.person)
		tell_of(b, f, f->person_id, ALERTS__TEMPLATE__FINDING_CONFIRMED);
	if (head && !follows.head)
		tell_of(b, f, head, ALERTS__TEMPLATE__FINDING_CONFIRMED);
}

void
alerts_want_annulled(struct batch *b, const void *m)
{
	const Finding *f = ((const Supervision__FindingAnnulled *)m)->finding;

	if (!alerts_tells_finding(f->kind))
		return;
	alerts_want_message(b, alerts_root(b), NULL);
	want_told(b, f->id);
	if (alerts_seals_finding(f->kind))
		alerts_want_apart(b, person_in(f), unit_in(f));
}

void
alerts_on_annulled(struct batch *b, const void *m)
{
	const Finding *f = ((const Supervision__FindingAnnulled *)m)->finding;
	struct told_list told = { 0 };
	struct alerts_case c = { .at_us = batch_at_us(b), .policy = policy_of(b) };
	struct alerts_plan plan;
	const char **ids;

	if (!alerts_tells_finding(f->kind))
		return;
	told_add(b, f->id, &told);
	c.told = told.at;
	c.ntold = told.n;
	if (alerts_seals_finding(f->kind)) {
		const struct alerts_matter matter = matter_in(f);
		c.circle.ndepartment = alerts_apart_of(b, &matter, &ids);
		c.circle.department = ids;
	}
	alerts_of_annulled(&c, batch_arena(b), &plan);
	drop_overtaken(b, &plan);
	for (size_t i = 0; i < plan.n; i++)
		tell_finding(b, f, &plan.messages[i]);
}

/* ---- a missed hearing: a matter of the unit's head as of now; of a sealed case the department's, since the day of its facts */

static Finding
finding_of(const Supervision__HearingMissed *e, int32_t today)
{
	Finding f = SUPERVISION__FINDING_FACT__INIT;

	f.id = e->id;
	f.maybe_person_case = e->maybe_person_case ? SUPERVISION__FINDING_FACT__MAYBE_PERSON_PERSON_ID : 0;
	f.person_id = e->person_id;
	f.maybe_unit_case = e->maybe_unit_case ? SUPERVISION__FINDING_FACT__MAYBE_UNIT_UNIT_ID : 0;
	f.unit_id = e->unit_id;
	f.kind = e->kind;
	f.on_day = !alerts_seals_finding(f.kind) ? today : e->maybe_on_case ? e->on_day : DAY_EVER;
	return f;
}

void
alerts_want_hearing(struct batch *b, const void *m)
{
	Finding f = finding_of(m, batch_today(b));

	want_finding(b, &f);
}

void
alerts_on_hearing(struct batch *b, const void *m)
{
	Finding f = finding_of(m, batch_today(b));

	if (alerts_seals_finding(f.kind)) {
		tell_department(b, &f, ALERTS__TEMPLATE__HEARING_MISSED);
		return;
	}
	const char *head = head_for(b, &f);
	if (head)
		tell_of(b, &f, head, ALERTS__TEMPLATE__HEARING_MISSED);
}
