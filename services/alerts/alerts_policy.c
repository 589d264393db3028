/* alerts_policy - see alerts_policy.h. */
#include "alerts_policy.h"
#include "base/civil.h"
#include "bus/sealed_kind.h"
#include "message_policy.h"
#include "phrase_policy.h"
#include <string.h>
#include <strings.h>

typedef AlertsRows__Alert Alert;
typedef Accountability__MeasureChange Change;

/* ---- what an event is about */

int32_t
alerts_incident_day(const Accountability__MeasuresChanged *e, int32_t today)
{
	int32_t day = DAY_EVER;

	for (size_t i = 0; i < e->n_changes; i++)
		if (e->changes[i]->grounds && e->changes[i]->grounds->absence_day > day)
			day = e->changes[i]->grounds->absence_day;
	return day == DAY_EVER ? today : day;
}

char *
alerts_cause(const Accountability__MeasuresChanged *e)
{
	if (*e->finding_id || e->n_changes == 0)
		return e->finding_id;
	for (size_t i = 0; *e->account && i < e->n_changes; i++)
		if (e->changes[i]->change == ACCOUNTABILITY__CHANGE__MOVED)
			return e->changes[i]->measure->id;
	return *e->account ? e->changes[0]->measure->id : e->changes[0]->measure->policy;
}

/* ---- what is sealed, and who may hear of it */

bool
alerts_seals_measure(const Accountability__Measure *m)
{
	return sealed_value(&accountability__measure_kind__descriptor, (int)m->kind);
}

static bool
is_among(struct alerts_ids ids, const char *id)
{
	for (size_t i = 0; i < ids.n; i++)
		if (strcmp(ids.at[i], id) == 0)
			return true;
	return false;
}

/* ---- what follows from a finding */

static bool
tells_any(Policy__Consequence *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!sealed_kind(list[i]->kind))
			return true;
	return false;
}

/* A person's measure is told to the head too. */
struct alerts_follows
alerts_follows(const Policy__Policy *p, const struct policy_finding *f)
{
	struct alerts_follows out = { 0 };

	for (size_t i = 0; p && i < p->n_cases; i++) {
		const Policy__Case *c = p->cases[i];
		if (!policy_case_covers(c, f))
			continue;
		out.person = out.person || tells_any(c->responsible, c->n_responsible);
		out.head = out.head || out.person || tells_any(c->unit_head, c->n_unit_head);
	}
	return out;
}

/* ---- what was told before.  An alert's due instant decides, not whether it has gone out by now: batches must not
 * show. */

static bool
has_failed(const Alert *a)
{
	return a->state == ALERTS__ALERT_STATE__FAILED;
}

static bool
is_held(const Alert *a, int64_t at_us)
{
	return a->state == ALERTS__ALERT_STATE__QUEUED && a->due_us > at_us;
}

struct earlier {
	const struct alerts_told *told; size_t n;
	int64_t at_us; const Policy__Alerts *policy; const struct alerts_plan *plan;
};

static bool
is_obsolete(const struct alerts_plan *plan, const Alert *a)
{
	for (size_t i = 0; i < plan->nobsolete; i++)
		if (plan->obsolete[i] == a)
			return true;
	return false;
}

static bool
says_fallen(const Alert *a, const char *measure_id)
{
	return is_among((struct alerts_ids){ a->fallen, a->n_fallen }, measure_id);
}

/* What somebody has got, or will get. */
static bool
is_heard(const struct earlier *w, const Alert *a)
{
	return !has_failed(a) && !is_obsolete(w->plan, a);
}

/* The last that somebody has heard about a measure or finding; NULL: nothing. */
static const Alert *
last_of(const struct earlier *w, const char *person_id, const char *about)
{
	const Alert *last = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const Alert *a = w->told[i].alert;
		if (strcmp(a->person_id, person_id) == 0 && strcmp(w->told[i].about, about) == 0 && is_heard(w, a) &&
		    (!last || strcmp(a->alert_id, last->alert_id) > 0))
			last = a;
	}
	return last;
}

/* … is that it stands. */
static bool
knows(const struct earlier *w, const char *person_id, const char *about)
{
	const Alert *last = last_of(w, person_id, about);

	return last && !says_fallen(last, about);
}

static bool
knows_any(const struct earlier *w, const char *person_id)
{
	for (size_t i = 0; i < w->n; i++)
		if (knows(w, person_id, w->told[i].about))
			return true;
	return false;
}

static bool
has_obsolete(const struct alerts_plan *plan, const char *person_id)
{
	for (size_t i = 0; i < plan->nobsolete; i++)
		if (strcmp(plan->obsolete[i]->person_id, person_id) == 0)
			return true;
	return false;
}

/* ---- what is gone, and which held messages with it */

static bool
is_refused(const Accountability__Measure *m)
{
	return m->state == ACCOUNTABILITY__MEASURE_STATE__REJECTED || m->state == ACCOUNTABILITY__MEASURE_STATE__LIFTED;
}

bool
alerts_says_gone(const Change *c)
{
	return c->change == ACCOUNTABILITY__CHANGE__REVOKED_CHANGE || is_refused(c->measure);
}

/* By the rules: what a person refuses is told as that. */
static bool
is_gone(const Change *c)
{
	return alerts_says_gone(c) && c->change != ACCOUNTABILITY__CHANGE__MOVED;
}

static bool
falls(const Accountability__MeasuresChanged *e, const char *measure_id)
{
	for (size_t i = 0; i < e->n_changes; i++)
		if (is_gone(e->changes[i]) && strcmp(e->changes[i]->measure->id, measure_id) == 0)
			return true;
	return false;
}

static bool
is_of(const Alert *a, const char *measure_id)
{
	return is_among((struct alerts_ids){ a->measures, a->n_measures }, measure_id);
}

/* Held messages about what moves now, and all that their recipients were told of that. */
struct holding {
	const Accountability__MeasuresChanged *event;
	const struct earlier *earlier;
	const Alert **held; bool *overtaken; size_t n;
};

static bool
is_overtaken(const struct holding *h, const Alert *a)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->held[i] == a)
			return h->overtaken[i];
	return false;
}

/* The last message to somebody about a measure says that it is gone. */
static bool
fell_before(const struct earlier *w, const char *person_id, const char *measure_id)
{
	const Alert *last = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const Alert *a = w->told[i].alert;
		if (is_of(a, measure_id) && strcmp(a->person_id, person_id) == 0 && !has_failed(a) &&
		    (!last || strcmp(a->alert_id, last->alert_id) > 0))
			last = a;
	}
	return last && says_fallen(last, measure_id);
}

static bool
all_gone(const struct holding *h, const Alert *a)
{
	bool all = a->n_measures > 0;

	for (size_t i = 0; i < a->n_measures && all; i++)
		all = falls(h->event, a->measures[i]) || fell_before(h->earlier, a->person_id, a->measures[i]);
	return all;
}

/* Another message to the same person, sent or to be sent, that this one goes with: a later correction of what it
 * says, without it the first that somebody would hear; or, of a correction, what it corrects. */
static bool
goes_with_another(const struct holding *h, const Alert *a)
{
	const struct earlier *w = h->earlier;

	for (size_t i = 0; i < w->n; i++) {
		const Alert *other = w->told[i].alert;
		int order = strcmp(other->alert_id, a->alert_id);
		bool corrects = order > 0 ? other->correction : order < 0 && a->correction;
		if (corrects && !has_failed(other) && strcmp(other->person_id, a->person_id) == 0 &&
		    !is_overtaken(h, other) && is_of(a, w->told[i].about))
			return true;
	}
	return false;
}

static void
holding_add(struct holding *h, const Alert *a)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->held[i] == a)
			return;
	h->held[h->n] = a;
	h->overtaken[h->n++] = all_gone(h, a);
}

/* The most that can be dropped together. */
static void
holding_settle(struct holding *h)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < h->n; i++)
			if (h->overtaken[i] && goes_with_another(h, h->held[i])) {
				h->overtaken[i] = false;
				moved = true;
			}
	}
}

static void
drop_overtaken(const Accountability__MeasuresChanged *e, const struct earlier *w, arena_t *a, struct alerts_plan *out)
{
	struct holding h = {
		.event = e, .earlier = w,
		.held = arena_alloc(a, (w->n + 1) * sizeof(*h.held)),
		.overtaken = arena_alloc(a, (w->n + 1) * sizeof(*h.overtaken)),
	};

	for (size_t i = 0; i < w->n; i++)
		if (is_held(w->told[i].alert, w->at_us))
			holding_add(&h, w->told[i].alert);
	holding_settle(&h);
	for (size_t i = 0; i < h.n; i++)
		if (h.overtaken[i])
			out->obsolete[out->nobsolete++] = h.held[i];
}

/* ---- whom to tell */

char *
alerts_post_of(const Change *c)
{
	bool post = c->measure->kind == ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST;

	return post && c->grounds && *c->grounds->cause_of ? c->grounds->cause_of : NULL;
}

static char *
subject_of(const Accountability__MeasuresChanged *e)
{
	return e->subject && e->subject->maybe_person_case ? e->subject->person_id : NULL;
}

char *
alerts_about(const Accountability__MeasuresChanged *e)
{
	char *post = e->n_changes ? alerts_post_of(e->changes[0]) : NULL;

	for (size_t i = 1; post && i < e->n_changes; i++)
		if (!alerts_post_of(e->changes[i]) || strcmp(alerts_post_of(e->changes[i]), post) != 0)
			return subject_of(e);
	return post ? post : subject_of(e);
}

/* Somebody who answers for a unit: as its head, or by taking a post. */
static bool
names_head(const Accountability__Measure *m)
{
	return m->subject && m->subject->maybe_unit_case && m->subject->maybe_person_case;
}

struct list { char **at; size_t n; };           /* nobody twice */

static void
add(struct list *l, char *id)
{
	if (!is_among((struct alerts_ids){ l->at, l->n }, id))
		l->at[l->n++] = id;
}

static void
add_all(struct list *l, struct alerts_ids ids)
{
	for (size_t i = 0; i < ids.n; i++)
		add(l, ids.at[i]);
}

static size_t
recipients_max(const struct alerts_case *x, size_t nchanges)
{
	const struct alerts_circle *c = &x->circle;
	size_t n = c->in_charge.n + c->heads.n + c->department.n + nchanges + x->ntold;

	for (size_t i = 0; c->posts && i < nchanges; i++)
		n += c->posts[i].n;
	return n;
}

/* Those in charge, then heads, the department, whom a change names, whoever was told before. */
static struct list
recipients(const struct alerts_case *x, arena_t *a)
{
	const struct alerts_circle *c = &x->circle;
	size_t nchanges = x->event ? x->event->n_changes : 0;
	struct list l = { .at = arena_alloc(a, (recipients_max(x, nchanges) + 1) * sizeof(*l.at)) };

	add_all(&l, c->in_charge);
	for (size_t i = 0; c->posts && i < nchanges; i++)
		add_all(&l, c->posts[i]);
	add_all(&l, c->heads);
	add_all(&l, c->department);
	for (size_t i = 0; i < nchanges; i++)
		if (names_head(x->event->changes[i]->measure))
			add(&l, x->event->changes[i]->measure->subject->person_id);
	for (size_t i = 0; i < x->ntold; i++)
		add(&l, x->told[i].alert->person_id);
	return l;
}

/* Whoever is in charge of change i, or named by it. */
static bool
is_in(const struct alerts_case *x, size_t i, const char *person_id)
{
	const struct alerts_circle *c = &x->circle;
	const Accountability__Measure *m = x->event->changes[i]->measure;

	if (alerts_seals_measure(m))
		return is_among(c->department, person_id);
	if (names_head(m) && strcmp(m->subject->person_id, person_id) == 0)
		return true;
	if (phrase_is_units(m))
		return is_among(c->heads, person_id);
	if (c->posts && alerts_post_of(x->event->changes[i]))
		return is_among(c->posts[i], person_id);
	return is_among(c->in_charge, person_id);
}

enum circle_kind { OF_PERSON, OF_POST, OF_UNIT, OF_DEPARTMENT };

static enum circle_kind
circle_kind(const Accountability__MeasuresChanged *e, const Change *c)
{
	const char *post = alerts_post_of(c), *subject = subject_of(e);

	if (post && (!subject || strcmp(post, subject) != 0))
		return OF_POST;
	return alerts_seals_measure(c->measure) ? OF_DEPARTMENT : phrase_is_units(c->measure) ? OF_UNIT : OF_PERSON;
}

/* Somebody has been told of a change, or of the finding that moved it: then of all that it moved, unless that is of
 * two circles. */
static bool
heard(const Accountability__MeasuresChanged *e, const Change *c, const struct earlier *w, const char *person_id)
{
	const Alert *last = last_of(w, person_id, c->measure->id);
	bool one_circle = circle_kind(e, c) != OF_POST;

	if (last)
		return !says_fallen(last, c->measure->id);
	for (size_t i = 0; i < e->n_changes; i++)
		one_circle = one_circle && circle_kind(e, e->changes[i]) == circle_kind(e, c);
	return one_circle && *e->finding_id && knows(w, person_id, e->finding_id);
}

/* What the last message about a measure says of it. */
static bool
says(const Alert *a, const char *measure_id, const char *said)
{
	for (size_t i = 0; i < a->n_measures && i < a->n_said; i++)
		if (strcmp(a->measures[i], measure_id) == 0)
			return strcmp(a->said[i], said) == 0;
	return false;
}

static bool
anybody_heard(const struct earlier *w, const char *measure_id, const char *said)
{
	for (size_t i = 0; i < w->n; i++) {
		const Alert *a = w->told[i].alert;
		if (strcmp(w->told[i].about, measure_id) == 0 && is_heard(w, a) && says(a, measure_id, said))
			return true;
	}
	return false;
}

/* An amended measure is news when a message would say something else; for who has never heard of it, when nobody has
 * heard just that. */
static bool
is_news(const Change *c, const char *said, const struct earlier *w, const char *person_id)
{
	const char *id = c->measure->id;

	if (c->change != ACCOUNTABILITY__CHANGE__AMENDED || is_gone(c))
		return true;
	return knows(w, person_id, id) ? !says(last_of(w, person_id, id), id, said) : !anybody_heard(w, id, said);
}

/* What stands concerns those in charge; what is corrected, those who know it.  What comes back and is refused still
 * never stood. */
static bool
concerns(const struct alerts_case *x, size_t i, const struct earlier *w, const char *person_id)
{
	const Change *c = x->event->changes[i];
	bool in = is_in(x, i, person_id);

	if ((alerts_seals_measure(c->measure) && !in) || !is_news(c, x->said[i], w, person_id))
		return false;
	if (c->change == ACCOUNTABILITY__CHANGE__IMPOSED && is_refused(c->measure))
		return false;
	if (in && !is_gone(c))
		return true;
	return x->event->correction && c->change != ACCOUNTABILITY__CHANGE__IMPOSED && heard(x->event, c, w, person_id);
}

static bool
is_about(const struct alerts_message *m, const char *finding_id, const char *about)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->changes[i]->measure->id, about) == 0)
			return true;
	return strcmp(about, finding_id) == 0;
}

/* It corrects what was urgent: whoever was woken for that is not left with it until the morning. */
static bool
takes_back_urgent(const struct alerts_message *m, const char *finding_id, const struct earlier *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const Alert *a = w->told[i].alert;
		bool urgent = a->urgent || alerts_is_urgent(w->policy, a->template_);
		if (urgent && strcmp(a->person_id, m->person_id) == 0 && is_heard(w, a) &&
		    is_about(m, finding_id, w->told[i].about))
			return true;
	}
	return false;
}

/* What to say to one of them; n stays 0: nothing. */
static void
message_of(const struct alerts_case *x, const struct earlier *w, struct alerts_message *m)
{
	const Accountability__MeasuresChanged *e = x->event;

	for (size_t i = 0; i < e->n_changes; i++)
		if (concerns(x, i, w, m->person_id))
			m->changes[m->n++] = e->changes[i];
	m->correction = e->correction && knows_any(w, m->person_id);
	m->obsolete = m->n == 0 && has_obsolete(w->plan, m->person_id);
	for (size_t i = 0; m->obsolete && i < e->n_changes; i++)
		if (is_gone(e->changes[i]))
			m->changes[m->n++] = e->changes[i];
	m->correction = m->correction || m->obsolete;
	if (m->correction)
		m->template = ALERTS__TEMPLATE__MEASURES_CORRECTED;
	else if (m->n)
		m->template = message_of_changes(m->changes, m->n)->template;
	m->urgent = m->correction && takes_back_urgent(m, e->finding_id, w);
}

/* ---- plans */

static void
plan_open(const struct earlier *w, arena_t *a, struct alerts_plan *out)
{
	*out = (struct alerts_plan){ .obsolete = arena_alloc(a, (w->n + 1) * sizeof(*out->obsolete)) };
}

/* A finding has fallen: held messages of it alone are not needed any more; what followed from it falls by itself. */
static void
drop_finding(const struct earlier *w, struct alerts_plan *out)
{
	for (size_t i = 0; i < w->n; i++) {
		const Alert *x = w->told[i].alert;
		if (is_held(x, w->at_us) && !x->correction && x->n_measures == 0 && !is_obsolete(out, x))
			out->obsolete[out->nobsolete++] = x;
	}
}

static struct earlier
earlier_of(const struct alerts_case *x, const struct alerts_plan *plan)
{
	return (struct earlier){ x->told, x->ntold, x->at_us, x->policy, plan };
}

void
alerts_of_measures(const struct alerts_case *x, arena_t *a, struct alerts_plan *out)
{
	const Accountability__MeasuresChanged *e = x->event;
	struct earlier w = earlier_of(x, out);
	struct list to = recipients(x, a);

	plan_open(&w, a, out);
	drop_overtaken(e, &w, a, out);
	out->messages = arena_alloc(a, (to.n + 1) * sizeof(*out->messages));
	for (size_t i = 0; i < to.n; i++) {
		struct alerts_message *m = &out->messages[out->n];
		*m = (struct alerts_message){
			.person_id = to.at[i], .changes = arena_alloc(a, (e->n_changes + 1) * sizeof(*m->changes)),
		};
		message_of(x, &w, m);
		out->n += m->n > 0;
	}
}

/* The last that somebody was told of a finding was what followed from it. */
static bool
told_by_measures(const struct earlier *w, const char *person_id)
{
	const Alert *last = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const Alert *a = w->told[i].alert;
		if (strcmp(a->person_id, person_id) == 0 && (!last || strcmp(a->alert_id, last->alert_id) > 0))
			last = a;
	}
	return last && last->n_measures > 0;
}

/* Of a sealed one those who may not know hear no more, whatever an earlier version of this has told them. */
static bool
may_hear(const struct alerts_circle *c, const char *person_id)
{
	return !c->department.at || is_among(c->department, person_id);
}

void
alerts_of_annulled(const struct alerts_case *x, arena_t *a, struct alerts_plan *out)
{
	struct earlier w = earlier_of(x, out);
	struct list to = recipients(&(struct alerts_case){ .told = x->told, .ntold = x->ntold }, a);

	plan_open(&w, a, out);
	drop_finding(&w, out);
	out->messages = arena_alloc(a, (to.n + 1) * sizeof(*out->messages));
	for (size_t i = 0; i < to.n; i++) {
		char *id = to.at[i];
		bool got = knows_any(&w, id);
		struct alerts_message m = {
			id, ALERTS__TEMPLATE__FINDING_ANNULLED, .correction = true, .obsolete = !got,
		};
		if (told_by_measures(&w, id) || !may_hear(&x->circle, id) || (!got && !has_obsolete(out, id)))
			continue;
		m.urgent = x->ntold && takes_back_urgent(&m, x->told[0].about, &w);
		out->messages[out->n++] = m;
	}
}

/* ---- quiet hours */

#define HOUR_US INT64_C(3600000000)

bool
alerts_is_urgent(const Policy__Alerts *p, Alerts__Template template)
{
	const ProtobufCEnumDescriptor *templates = &alerts__template__descriptor;
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(templates, (int)template);
	const struct message_row *row = message_of_template(template);

	for (size_t i = 0; p && v && i < p->n_urgent; i++)
		if (strcasecmp(p->urgent[i], v->name) == 0)     /* the document says it in lower case */
			return true;
	return row && row->urgent;
}

int64_t
alerts_due_us(const Policy__Alerts *p, bool urgent, int64_t at_us)
{
	if (!p || p->quiet_from_hour == p->quiet_until_hour || urgent)
		return at_us;
	int64_t today_us = instant_of_day(day_of_instant(at_us));
	int64_t from_us = today_us + p->quiet_from_hour * HOUR_US, until_us = today_us + p->quiet_until_hour * HOUR_US;
	if (from_us < until_us)
		return at_us >= from_us && at_us < until_us ? until_us : at_us;
	if (at_us < until_us)
		return until_us;
	return at_us >= from_us ? until_us + DAY_US : at_us;
}
