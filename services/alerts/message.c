/* message - a message from queued to sent or failed, and the driver that sends it.  What quiet hours held goes out as one.
 *
 *   in:   alerts' own AlertQueued, AlertSent, AlertFailed; AlertQueued once more, of what is not held; of what is, the timer `send`,
 *         whose subject is "<root> <recipient>": the key of a message, neither part of which has a space
 *   out:  AlertSent, AlertFailed
 *   owns: alert, held, told
 *
 * The driver is `log`: a line for each message, without its text and without a phone.  A message is on record before it is sent;
 * a batch that is run again says it again under the same id: what leaves the database happens at least once. */
#include "alerts.h"
#include "alerts.pb-c.h"
#include "alerts_policy.h"
#include "base/civil.h"
#include "base/log.h"
#include "wording_policy.h"
#include <stdlib.h>
#include <string.h>

typedef AlertsRows__Alert Alert;
typedef AlertsRows__Held Held;
typedef AlertsRows__Told Told;

static Alert
alert_key(const struct batch *b, const char *root, const char *person_id)
{
	Alert key = ALERTS_ROWS__ALERT__INIT;

	key.district = (char *)batch_district(b);
	key.root = (char *)root;
	key.person_id = (char *)(person_id ? person_id : "");
	return key;
}

/* person_id NULL: all recipients of the input. */
void
alerts_want_message(struct batch *b, const char *root, const char *person_id)
{
	Alert key = alert_key(b, root, person_id);

	batch_want(b, &alerts_table_alert, &key, person_id ? 3 : 2);
}

const Alert *
alerts_message(struct batch *b, const char *root, const char *person_id)
{
	Alert key = alert_key(b, root, person_id);

	return batch_get(b, &alerts_table_alert, &key);
}

/* ---- the facts */

void
alerts_want_queued(struct batch *b, const void *m)
{
	const Alerts__AlertQueued *e = m;

	alerts_want_message(b, e->root, e->person_id);
}

static void
told_put(struct batch *b, const Alerts__AlertQueued *e, char *about)
{
	Told row = ALERTS_ROWS__TOLD__INIT;

	row.district = (char *)batch_district(b);
	row.about = about;
	row.person_id = e->person_id;
	row.root = e->root;
	batch_put(b, &alerts_table_told, &row);
}

static Held
held_key(const struct batch *b, const char *person_id, int64_t due_us)
{
	Held key = ALERTS_ROWS__HELD__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.due_us = due_us;
	return key;
}

static void
held_put(struct batch *b, const Alerts__AlertQueued *e)
{
	Held row = held_key(b, e->person_id, e->due_us);

	row.root = e->root;
	batch_put(b, &alerts_table_held, &row);
}

static char *
timer_subject(struct batch *b, const char *root, const char *person_id)
{
	return arena_printf(batch_arena(b), "%s %s", root, person_id);
}

void
alerts_on_queued(struct batch *b, const void *m)
{
	const Alerts__AlertQueued *e = m;
	Alert row = alert_key(b, e->root, e->person_id);

	row.alert_id = e->id;
	row.template_ = e->template_;
	row.version = e->version;
	row.text_zh = e->text->zh;
	row.text_en = e->text->en;
	row.segments = e->segments;
	row.cause = e->cause;
	row.finding_id = e->finding_id;
	row.n_measures = e->n_measures;
	row.measures = e->measures;
	row.n_fallen = e->n_fallen;
	row.fallen = e->fallen;
	row.correction = e->correction;
	row.sealed = e->sealed;
	row.n_said = e->n_said;
	row.said = e->said;
	row.urgent = e->urgent;
	if (e->maybe_about_case) {
		row.about_person_id = e->about->person_id;
		row.about_unit_id = e->about->unit_id;
		row.about_day = e->about->maybe_first_case ? e->about->first_day : DAY_EVER;
	}
	row.state = ALERTS__ALERT_STATE__QUEUED;
	row.at_us = batch_at_us(b);
	row.due_us = e->due_us;
	batch_put(b, &alerts_table_alert, &row);
	if (row.due_us > row.at_us) {
		held_put(b, e);
		batch_timer(b, ALERTS_SEND, timer_subject(b, e->root, e->person_id), e->due_us);
	}
	for (size_t i = 0; i < e->n_measures; i++)
		told_put(b, e, e->measures[i]);
	if (*e->finding_id)
		told_put(b, e, e->finding_id);
}

void
alerts_want_sent(struct batch *b, const void *m)
{
	const Alerts__AlertSent *e = m;

	alerts_want_message(b, e->root, e->person_id);
}

void
alerts_on_sent(struct batch *b, const void *m)
{
	const Alerts__AlertSent *e = m;
	Alert row = *alerts_message(b, e->root, e->person_id);

	row.state = ALERTS__ALERT_STATE__SENT;
	row.digest = e->digest;
	row.named_seq = e->named_seq;
	batch_put(b, &alerts_table_alert, &row);
}

void
alerts_want_failed(struct batch *b, const void *m)
{
	const Alerts__AlertFailed *e = m;

	alerts_want_message(b, e->root, e->person_id);
}

void
alerts_on_failed(struct batch *b, const void *m)
{
	const Alerts__AlertFailed *e = m;
	Alert row = *alerts_message(b, e->root, e->person_id);

	row.state = ALERTS__ALERT_STATE__FAILED;
	row.reason = e->reason;
	row.named_seq = e->named_seq;
	batch_put(b, &alerts_table_alert, &row);
	if (row.due_us > row.at_us)
		batch_timer(b, ALERTS_SEND, timer_subject(b, e->root, e->person_id), 0);
}

void
alerts_fail(struct batch *b, const Alert *a, const char *reason)
{
	Alerts__AlertFailed e = ALERTS__ALERT_FAILED__INIT;

	e.id = a->alert_id;
	e.root = a->root;
	e.person_id = a->person_id;
	e.reason = (char *)reason;
	e.sealed = a->sealed;
	e.named_seq = batch_read_to(b, ALERTS_OF_ROSTER);
	batch_emit(b, a->person_id, &e.base);
}

/* ---- sending */

static char *
root_of_subject(struct batch *b, const char *subject, const char **person_id)
{
	const char *space = strchr(subject, ' ');

	*person_id = space + 1;
	return arena_strndup(batch_arena(b), subject, (size_t)(space - subject));
}

static void
want_recipient(struct batch *b, const char *person_id)
{
	MirrorRows__Person person = MIRROR_ROWS__PERSON__INIT;

	person.district = (char *)batch_district(b);
	person.person_id = (char *)person_id;
	batch_want(b, &mirror_person, &person, 2);
}

/* One of the messages; whoever may hear of a sealed one is judged when it is sent.  Its case is there in the next round. */
static void
want_sendable(struct batch *b, const char *root, const char *person_id)
{
	alerts_want_message(b, root, person_id);
	const Alert *a = alerts_message(b, root, person_id);
	if (a && a->sealed)
		alerts_want_apart(b, a->about_person_id, a->about_unit_id);
}

/* With what waited for the same moment, which is there in the second round. */
void
alerts_want_due(struct batch *b, const char *subject)
{
	const char *person_id, *root = root_of_subject(b, subject, &person_id);
	Held held = held_key(b, person_id, batch_at_us(b));
	const void **rows;

	want_sendable(b, root, person_id);
	batch_want(b, &alerts_table_held, &held, 3);
	size_t n = batch_list(b, &alerts_table_held, &held, 3, &rows);
	for (size_t i = 0; i < n; i++)
		want_sendable(b, ((const Held *)rows[i])->root, person_id);
	want_recipient(b, person_id);
	alerts_want_department(b);
}

void
alerts_want_prompt(struct batch *b, const void *m)
{
	const Alerts__AlertQueued *e = m;

	if (e->due_us > batch_at_us(b))
		return;
	alerts_want_message(b, e->root, e->person_id);
	want_recipient(b, e->person_id);
	if (e->sealed && e->maybe_about_case)
		alerts_want_apart(b, e->about->person_id, e->about->unit_id);
}

enum { TOGETHER_MAX = 10 };                              /* nobody reads more of them in one */
struct parcel { const Alert **at; size_t n; };          /* what goes out as one */

static int
by_id(const void *a, const void *b)
{
	return strcmp((*(const Alert *const *)a)->alert_id, (*(const Alert *const *)b)->alert_id);
}

/* Of a sealed case the department alone hears, and of it only who has no part in it by now.  Messages that an earlier version queued, to
 * whom such a case was about, do not say whose it is: they were never for the department. */
static bool
may_hear(struct batch *b, const Alert *a)
{
	const struct alerts_matter matter = { a->about_person_id, a->about_unit_id, a->about_day };

	return !a->sealed || ((*matter.person_id || *matter.unit_id) && alerts_apart(b, a->person_id, &matter));
}

/* Of those that waited for the same moment, the ones that still wait, in the order in which they were queued.  What is sealed goes by
 * itself: of the others nothing must show that there was more (C3.2.2). */
static struct parcel
parcel_of(struct batch *b, const Alert *first)
{
	Held held = held_key(b, first->person_id, batch_at_us(b));
	const void **rows;
	size_t n = batch_list(b, &alerts_table_held, &held, 3, &rows);
	struct parcel p = { .at = arena_alloc(batch_arena(b), (n + 1) * sizeof(*p.at)) };

	for (size_t i = 0; i < n; i++) {
		const Held *h = rows[i];
		const Alert *a = alerts_message(b, h->root, first->person_id);
		if (a && a->state == ALERTS__ALERT_STATE__QUEUED && !a->sealed == !first->sealed && may_hear(b, a) && strcmp(h->root, first->root) != 0)
			p.at[p.n++] = a;
	}
	p.at[p.n++] = first;
	qsort(p.at, p.n, sizeof(*p.at), by_id);
	return p;
}

static void
send_by_log(const Alert *a, size_t together, int32_t segments, const char *trace)
{
	const ProtobufCEnumValue *template = protobuf_c_enum_descriptor_get_value(&alerts__template__descriptor, (int)a->template_);

	LOG_EACH(INFO, "alert.sent", trace, LOG_S("alert", a->alert_id), LOG_S("template", template ? template->name : ""),
	    LOG_S("recipient", a->person_id), LOG_I("together", together), LOG_I("segments", segments));
}

static int32_t
segments_of(const struct parcel *p, arena_t *a)
{
	const Common__Text **texts = arena_alloc(a, p->n * sizeof(*texts));
	struct wording w;

	for (size_t i = 0; i < p->n; i++) {
		Common__Text *t = arena_message(a, &common__text__descriptor);
		t->zh = p->at[i]->text_zh;
		t->en = p->at[i]->text_en;
		texts[i] = t;
	}
	wording_digest(texts, p->n, a, &w);
	return w.segments;
}

static void
send_parcel(struct batch *b, const struct parcel *p)
{
	const char *first = p->at[0]->alert_id;

	send_by_log(p->at[0], p->n, p->n > 1 ? segments_of(p, batch_arena(b)) : p->at[0]->segments, batch_trace(b));
	for (size_t i = 0; i < p->n; i++) {
		Alerts__AlertSent e = ALERTS__ALERT_SENT__INIT;
		e.id = p->at[i]->alert_id;
		e.root = p->at[i]->root;
		e.person_id = p->at[i]->person_id;
		e.sealed = p->at[i]->sealed;
		e.digest = (char *)(p->n > 1 ? first : "");
		e.named_seq = batch_read_to(b, ALERTS_OF_ROSTER);
		batch_emit(b, e.person_id, &e.base);
	}
}

/* Whether it is still to be sent, and can be. */
static bool
is_sendable(struct batch *b, const Alert *a)
{
	if (!a || a->state != ALERTS__ALERT_STATE__QUEUED)
		return false;
	const char *reason = !may_hear(b, a) ? ALERTS_SEALED : !mirror_person_on(b, a->person_id, batch_today(b)) ? ALERTS_NOBODY : NULL;
	if (!reason)
		return true;
	LOG(WARN, "alert.failed", NULL, LOG_S("alert", a->alert_id), LOG_S("reason", reason));
	alerts_fail(b, a, reason);
	return false;
}

void
alerts_on_due(struct batch *b, const char *subject)
{
	const char *person_id, *root = root_of_subject(b, subject, &person_id);
	const Alert *a = alerts_message(b, root, person_id);

	if (!is_sendable(b, a))
		return;
	struct parcel all = parcel_of(b, a);
	for (size_t i = 0; i < all.n; i += TOGETHER_MAX) {
		struct parcel p = { all.at + i, all.n - i < TOGETHER_MAX ? all.n - i : TOGETHER_MAX };
		send_parcel(b, &p);
	}
}

void
alerts_on_prompt(struct batch *b, const void *m)
{
	const Alerts__AlertQueued *e = m;

	if (e->due_us > batch_at_us(b))
		return;
	const Alert *a = alerts_message(b, e->root, e->person_id);
	if (is_sendable(b, a))
		send_parcel(b, &(struct parcel){ &a, 1 });
}
