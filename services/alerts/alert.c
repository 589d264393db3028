/* alert - a message to somebody: queued, then sent or failed, and the driver that sends it.  What quiet hours held
 * goes out as one.
 *
 *   in:   alerts' own AlertQueued, AlertSent, AlertFailed; AlertQueued once more, of what is not held; of what is, the
 *         timer `send`, one for a person and a moment, whose subject is "<recipient> <microseconds>";
 *         ListAlerts, ReadMeasureMessages
 *   out:  AlertQueued, AlertSent, AlertFailed
 *   owns: alert, held, told
 *
 * The driver is `log`: a line for each message, without its text and without a phone.  A message is on record before
 * it is sent; a batch that is run again says it again under the same id: what leaves the database happens at least
 * once. */
#include "alerts.h"
#include "alerts_alert.sql.h"
#include "base/civil.h"
#include "base/log.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "json/copy.h"
#include "json/member.h"
#include "wording_policy.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef AlertsRows__Alert Alert;
typedef AlertsRows__Held Held;
typedef AlertsRows__Told Told;
typedef Alerts__AlertQueued Queued;

#define SEND "send"                                     /* kind of the timer */
enum { OF_MOMENT = 3 };                                 /* of a held one's key: whose, and until when */

static const struct table alert_table = { "alert", &alerts_rows__alert__descriptor, 3, false };
static const struct table held_table = { "held", &alerts_rows__held__descriptor, 4, true };
static const struct table told_table = { "told", &alerts_rows__told__descriptor, 4, true };

static const struct copy
row_of_queued = { &alerts_rows__alert__descriptor, &alerts__alert_queued__descriptor,
                  "district alert_id text_zh text_en state reason at_us digest named_seq "
                  "about_person_id about_unit_id about_day" },
held_of_queued = { &alerts_rows__held__descriptor, &alerts__alert_queued__descriptor, "district" },
told_of_queued = { &alerts_rows__told__descriptor, &alerts__alert_queued__descriptor, "district about" },
sent_of_row = { &alerts__alert_sent__descriptor, &alerts_rows__alert__descriptor, "id digest named_seq" },
failed_of_row = { &alerts__alert_failed__descriptor, &alerts_rows__alert__descriptor, "id reason named_seq" },
page_of_question = { &alerts_rows__page__descriptor, &alerts__list_alerts__descriptor, "district after limit on_day" };

/* ---- rows */

static void
want_alert(struct batch *b, const char *root, const char *person_id)
{
	batch_want(b, &alert_table, batch_pair(b, &alert_table, root, person_id), alert_table.nkey);
}

static const Alert *
alert_at(struct batch *b, const char *root, const char *person_id)
{
	return batch_get(b, &alert_table, batch_pair(b, &alert_table, root, person_id));
}

/* What waits for somebody until then. */
static const Held *
held_key(struct batch *b, const char *person_id, int64_t due_us)
{
	Held *key = batch_row(b, &held_table, person_id);

	key->due_us = due_us;
	return key;
}

/* ---- whoever was told */

void
alerts_want_told(struct batch *b, const char *about)
{
	const void **rows;

	batch_want_id(b, &told_table, about);
	size_t n = batch_list_id(b, &told_table, about, &rows);
	for (size_t i = 0; i < n; i++) {
		const Told *t = rows[i];
		want_alert(b, t->root, t->person_id);
	}
}

void
alerts_told_add(struct batch *b, const char *about, struct alerts_told_list *l)
{
	const void **rows;
	size_t n = batch_list_id(b, &told_table, about, &rows);
	struct alerts_told *grown = arena_alloc(batch_arena(b), (l->n + n + 1) * sizeof(*grown));

	if (l->n)
		memcpy(grown, l->at, l->n * sizeof(*grown));
	for (size_t i = 0; i < n; i++) {
		const Told *t = rows[i];
		grown[l->n++] = (struct alerts_told){ about, alert_at(b, t->root, t->person_id) };
	}
	l->at = grown;
}

/* ---- queueing */

const Policy__Alerts *
alerts_rules(struct batch *b)
{
	const struct policy_version *v = policy_on(batch_policies(b), batch_today(b));

	return v ? v->document->alerts : NULL;
}

/* The event that began it all: whatever follows from it is one input's (§5). */
static const char *
root_of(const struct batch *b)
{
	return *batch_cause(b) ? batch_cause(b) : batch_event_id(b);
}

void
alerts_want_given(struct batch *b)
{
	batch_want_id(b, &alert_table, root_of(b));
}

const Alert *
alerts_queue(struct batch *b, Queued *e)
{
	char id[ROWID_MAX];

	e->root = arena_strdup(batch_arena(b), root_of(b));
	if (alert_at(b, e->root, e->person_id))
		return NULL;
	row_id('A', batch_next_seq(b), id);
	e->id = arena_strdup(batch_arena(b), id);
	e->urgent = e->urgent || alerts_is_urgent(alerts_rules(b), e->template_);
	e->due_us = alerts_due_us(alerts_rules(b), e->urgent, batch_at_us(b));
	batch_emit(b, e->person_id, &e->base);
	return alert_at(b, e->root, e->person_id);
}

void
alerts_seal(Queued *e, Alerts__CaseSubject *s)
{
	e->sealed = true;
	e->maybe_about_case = ALERTS__ALERT_QUEUED__MAYBE_ABOUT_ABOUT;
	e->about = s;
}

/* It will not be sent. */
static void
fail(struct batch *b, const Alert *a, const char *reason)
{
	Alerts__AlertFailed e = ALERTS__ALERT_FAILED__INIT;

	copy_run(&failed_of_row, &e, a);
	e.id = a->alert_id;
	e.reason = arena_strdup(batch_arena(b), reason);
	e.named_seq = batch_read_to(b, ROSTER);
	batch_emit(b, a->person_id, &e.base);
}

void
alerts_drop_overtaken(struct batch *b, const struct alerts_plan *plan)
{
	for (size_t i = 0; i < plan->nobsolete; i++)
		fail(b, plan->obsolete[i], ALERTS_OBSOLETE);
}

void
alerts_queue_planned(struct batch *b, const struct alerts_message *m, Queued *e)
{
	e->person_id = m->person_id;
	e->correction = m->correction;
	e->urgent = m->urgent;
	const Alert *a = alerts_queue(b, e);
	if (a && m->obsolete)
		fail(b, a, ALERTS_OBSOLETE);
}

/* ---- its events */

/* Each of them names the message by these. */
static void
event_want(struct batch *b, const void *m)
{
	want_alert(b, member_text(m, "root"), member_text(m, "person_id"));
}

static void
hold(struct batch *b, const Alert *row, const Queued *e)
{
	Held *held = batch_row(b, &held_table, e->person_id);

	copy_run(&held_of_queued, held, e);
	batch_put(b, &held_table, held);
	batch_timer(b, SEND, arena_printf(batch_arena(b), "%s %" PRId64, e->person_id, row->due_us), row->due_us);
}

static void
put_told(struct batch *b, const Queued *e, const char *about)
{
	Told *row = batch_row(b, &told_table, about);

	copy_run(&told_of_queued, row, e);
	batch_put(b, &told_table, row);
}

static void
on_queued(struct batch *b, const void *m)
{
	const Queued *e = m;
	Alert *row = batch_row(b, &alert_table, e->root);

	copy_run(&row_of_queued, row, e);
	row->alert_id = e->id;
	row->text_zh = e->text->zh;
	row->text_en = e->text->en;
	if (e->maybe_about_case) {
		row->about_person_id = e->about->person_id;
		row->about_unit_id = e->about->unit_id;
		row->about_day = e->about->maybe_first_case ? e->about->first_day : DAY_EVER;
	}
	row->state = ALERTS__ALERT_STATE__QUEUED;
	row->at_us = batch_at_us(b);
	batch_put(b, &alert_table, row);
	if (row->due_us > row->at_us)
		hold(b, row, e);
	for (size_t i = 0; i < e->n_measures; i++)
		put_told(b, e, e->measures[i]);
	if (*e->finding_id)
		put_told(b, e, e->finding_id);
}

static void
on_sent(struct batch *b, const void *m)
{
	const Alerts__AlertSent *e = m;
	Alert row = *alert_at(b, e->root, e->person_id);

	row.state = ALERTS__ALERT_STATE__SENT;
	row.digest = e->digest;
	row.named_seq = e->named_seq;
	batch_put(b, &alert_table, &row);
}

static void
on_failed(struct batch *b, const void *m)
{
	const Alerts__AlertFailed *e = m;
	Alert row = *alert_at(b, e->root, e->person_id);

	row.state = ALERTS__ALERT_STATE__FAILED;
	row.reason = e->reason;
	row.named_seq = e->named_seq;
	batch_put(b, &alert_table, &row);
}

/* ---- sending */

/* Who is to be told, of a timer. */
static char *
recipient(struct batch *b, const char *subject)
{
	return arena_strndup(batch_arena(b), subject, strcspn(subject, " "));
}

/* What waited for this moment: it is there in the second round.  Whoever may hear of a sealed one is judged when it is
 * sent; its case is there in the third. */
static void
due_want(struct batch *b, const char *subject)
{
	const char *person_id = recipient(b, subject);
	const Held *moment = held_key(b, person_id, batch_at_us(b));
	const void **rows;

	batch_want(b, &held_table, moment, OF_MOMENT);
	size_t n = batch_list(b, &held_table, moment, OF_MOMENT, &rows);
	for (size_t i = 0; i < n; i++) {
		const char *root = ((const Held *)rows[i])->root;
		want_alert(b, root, person_id);
		const Alert *a = alert_at(b, root, person_id);
		if (a && a->sealed)
			alerts_want_apart(b, a->about_person_id, a->about_unit_id);
	}
	mirror_want_person_history(b, person_id);
	alerts_want_department(b);
}

static void
prompt_want(struct batch *b, const void *m)
{
	const Queued *e = m;

	if (e->due_us > batch_at_us(b))
		return;
	want_alert(b, e->root, e->person_id);
	mirror_want_person_history(b, e->person_id);
	if (e->sealed && e->maybe_about_case)
		alerts_want_apart(b, e->about->person_id, e->about->unit_id);
}

enum { TOGETHER_MAX = 10 };                             /* nobody reads more of them in one */
struct parcel { const Alert **at; size_t n; };          /* what goes out as one */

static int
by_id(const void *a, const void *b)
{
	return strcmp((*(const Alert *const *)a)->alert_id, (*(const Alert *const *)b)->alert_id);
}

/* Of a sealed case the department alone hears, and of it only who has no part in it by now.  Messages that an earlier
 * version queued, to whom such a case was about, do not say whose it is: they were never for the department. */
static bool
may_hear(struct batch *b, const Alert *a)
{
	const Alerts__CaseSubject s = alerts_case_subject(a->about_person_id, a->about_unit_id, a->about_day);

	return !a->sealed || ((*s.person_id || *s.unit_id) && alerts_is_apart(b, a->person_id, &s));
}

static void
send_by_log(const Alert *a, size_t together, int32_t segments, const char *trace)
{
	const ProtobufCEnumDescriptor *templates = &alerts__template__descriptor;
	const ProtobufCEnumValue *template = protobuf_c_enum_descriptor_get_value(templates, (int)a->template_);

	LOG_EACH(INFO, "alert.sent", trace, LOG_S("alert", a->alert_id),
	         LOG_S("template", template ? template->name : ""), LOG_S("recipient", a->person_id),
	         LOG_I("together", together), LOG_I("segments", segments));
}

static int32_t
segments_of(const struct parcel *p, arena_t *a)
{
	const Common__Text **texts = arena_alloc(a, p->n * sizeof(*texts));

	if (p->n == 1)
		return p->at[0]->segments;
	for (size_t i = 0; i < p->n; i++) {
		Common__Text *t = arena_message(a, &common__text__descriptor);
		t->zh = p->at[i]->text_zh;
		t->en = p->at[i]->text_en;
		texts[i] = t;
	}
	return wording_segments_named(wording_digest(texts, p->n, a)->zh, a);
}

static void
send_parcel(struct batch *b, const struct parcel *p)
{
	send_by_log(p->at[0], p->n, segments_of(p, batch_arena(b)), batch_trace(b));
	for (size_t i = 0; i < p->n; i++) {
		Alerts__AlertSent e = ALERTS__ALERT_SENT__INIT;
		copy_run(&sent_of_row, &e, p->at[i]);
		e.id = p->at[i]->alert_id;
		if (p->n > 1)
			e.digest = p->at[0]->alert_id;
		e.named_seq = batch_read_to(b, ROSTER);
		batch_emit(b, e.person_id, &e.base);
	}
}

/* Why it cannot be sent; NULL: it can. */
static const char *
obstacle(struct batch *b, const Alert *a)
{
	if (!may_hear(b, a))
		return ALERTS_SEALED;
	return mirror_person_on(b, a->person_id, batch_today(b)) ? NULL : ALERTS_NOBODY;
}

/* Whether it is still to be sent, and can be. */
static bool
is_sendable(struct batch *b, const Alert *a)
{
	if (!a || a->state != ALERTS__ALERT_STATE__QUEUED)
		return false;
	const char *reason = obstacle(b, a);
	if (!reason)
		return true;
	LOG(WARN, "alert.failed", NULL, LOG_S("alert", a->alert_id), LOG_S("reason", reason));
	fail(b, a, reason);
	return false;
}

static void
send_parcels(struct batch *b, const struct parcel *all)
{
	if (all->n)
		qsort(all->at, all->n, sizeof(*all->at), by_id);
	for (size_t i = 0; i < all->n; i += TOGETHER_MAX) {
		struct parcel p = { all->at + i, all->n - i < TOGETHER_MAX ? all->n - i : TOGETHER_MAX };
		send_parcel(b, &p);
	}
}

/* What still waits goes out in the order in which it was queued; what is sealed by itself: of the others nothing must
 * show that there was more (C3.2.2). */
static void
due(struct batch *b, const char *subject)
{
	const char *person_id = recipient(b, subject);
	const void **rows;
	size_t n = batch_list(b, &held_table, held_key(b, person_id, batch_at_us(b)), OF_MOMENT, &rows);
	struct parcel open = { .at = arena_alloc(batch_arena(b), (n + 1) * sizeof(*open.at)) };
	struct parcel sealed = { .at = arena_alloc(batch_arena(b), (n + 1) * sizeof(*sealed.at)) };

	for (size_t i = 0; i < n; i++) {
		const Alert *a = alert_at(b, ((const Held *)rows[i])->root, person_id);
		struct parcel *p = a && a->sealed ? &sealed : &open;
		if (is_sendable(b, a))
			p->at[p->n++] = a;
	}
	send_parcels(b, &open);
	send_parcels(b, &sealed);
}

static void
prompt(struct batch *b, const void *m)
{
	const Queued *e = m;

	if (e->due_us > batch_at_us(b))
		return;
	const Alert *a = alert_at(b, e->root, e->person_id);
	if (is_sendable(b, a))
		send_parcel(b, &(struct parcel){ &a, 1 });
}

/* ---- queries: lists are in the order of ids, newest last */

static void
list_alerts(struct reader *r, const void *m)
{
	static const struct listing list = {
		&page_of_question, &alerts__alert_list__descriptor, .ask = reader_ask_today,
	};
	const Alerts__ListAlerts *in = m;

	reader_list(r, in, &list, in->maybe_person_case ? &alerts_list_of_person : &alerts_list_all);
}

/* Part of a case sheet: of what accountability knows and we do not, nobody was told. */
static void
read_measure_messages(struct reader *r, const void *m)
{
	const Alerts__ReadMeasureMessages *in = m;
	const void *key = reader_key(r, &alerts_rows__measure_key__descriptor, in->id);
	Alerts__MeasureMessages out = ALERTS__MEASURE_MESSAGES__INIT;
	void **rows;

	out.n_messages = reader_rows(r, &alerts_messages_of_measure, key, &rows);
	out.messages = (Alerts__MessageLine **)rows;
	reader_answer(r, &out.base);
}

const struct noun alerts_alert = {
	.tables = LIST(((const struct table *const[]){ &alert_table, &held_table, &told_table })),
	.events = LIST(((const struct event_handler[]){
		{ .message = &alerts__alert_queued__descriptor, .want = event_want, .run = on_queued },
		{ .message = &alerts__alert_sent__descriptor, .want = event_want, .run = on_sent },
		{ .message = &alerts__alert_failed__descriptor, .want = event_want, .run = on_failed },
	})),
	/* on record, so it may be sent */
	.after_commit = LIST(((const struct event_handler[]){
		{ .message = &alerts__alert_queued__descriptor, .want = prompt_want, .run = prompt },
	})),
	/* what is due is not sent before it is known what has become of it meanwhile */
	.timers = LIST(((const struct timer[]){
		{ .kind = SEND, .want = due_want, .run = due,
		  .after = AFTER(ROSTER) | AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY) },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &alerts__list_alerts__descriptor, .run = list_alerts },
		{ .message = &alerts__read_measure_messages__descriptor, .run = read_measure_messages },
	})),
	.copies = LIST(((const struct copy *const[]){
		&row_of_queued, &held_of_queued, &told_of_queued, &sent_of_row, &failed_of_row, &page_of_question,
	})),
	.statements = { alerts_alert_sql, ALERTS_ALERT_SQL_COUNT },
};
