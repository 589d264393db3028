/* recall_news - what is told of a recall's case beside its measures, and of the tasks that recalls leave.
 *
 *   in:   accountability.RecallMoved (handed over), RecallOverdue; roster.TaskOpened
 *   out:  AlertQueued
 *   owns: nothing
 *
 * The other steps move measures and are told with them (news.c). */
#include "accountability.pb-c.h"
#include "alerts.h"
#include "base/civil.h"
#include "wording_policy.h"
#include <string.h>

static bool
is_handed_over(const Accountability__RecallMoved *e)
{
	return e->state == ACCOUNTABILITY__RECALL_CASE__STATE__HANDED_OVER;
}

/* A message about the recall measure, so that whoever gets it gets its correction too. */
static struct alerts_news
news_of(struct batch *b, const char *recall_id, Alerts__Template template)
{
	char **measures = arena_alloc(batch_arena(b), sizeof(*measures));

	measures[0] = (char *)recall_id;
	return (struct alerts_news){ .cause = recall_id, .finding_id = "", .template = template, .measures = measures, .nmeasures = 1 };
}

static void
say(struct batch *b, const struct alerts_news *news, const char *person_id, const char *recipient, struct wording_recall r)
{
	struct wording_about about = { person_id, NULL, strcmp(person_id, recipient) == 0 };
	struct wording words;

	r.recipient = recipient;
	wording_recall(news->template, about, r, batch_arena(b), &words);
	alerts_queue(b, recipient, news, &words);
}

static void
tell_in_charge(struct batch *b, const char *recall_id, const char *person_id, int32_t on_day, Alerts__Template template, struct wording_recall r)
{
	const struct alerts_news news = news_of(b, recall_id, template);
	const char **ids;
	size_t n = alerts_in_charge(b, person_id, on_day, &ids);

	for (size_t i = 0; i < n; i++)
		say(b, &news, person_id, ids[i], r);
	if (r.head_person_id && *r.head_person_id)
		say(b, &news, person_id, r.head_person_id, r);
}

void
alerts_want_recall(struct batch *b, const void *m)
{
	const Accountability__RecallMoved *e = m;

	if (!is_handed_over(e))
		return;
	alerts_want_message(b, alerts_root(b), NULL);
	alerts_want_in_charge(b, e->person_id, e->absence_day);
}

void
alerts_on_recall(struct batch *b, const void *m)
{
	const Accountability__RecallMoved *e = m;

	if (is_handed_over(e))
		tell_in_charge(b, e->id, e->person_id, e->absence_day, ALERTS__TEMPLATE__RECALL_HANDED_OVER,
		               (struct wording_recall){ .state = e->state, .head_person_id = e->head_takes_post ? e->head_person_id : NULL,
		                                        .has_due = e->maybe_due_case, .due_day = e->due_day });
}

void
alerts_want_overdue(struct batch *b, const void *m)
{
	const Accountability__RecallOverdue *e = m;

	alerts_want_message(b, alerts_root(b), NULL);
	alerts_want_in_charge(b, e->person_id, e->absence_day);
	alerts_want_department(b);
}

/* Whoever is late is reminded, not the person who is to be recalled.  The department's reminder is not about the measure: when that
 * falls, what is left to settle is what it must hear of. */
void
alerts_on_overdue(struct batch *b, const void *m)
{
	const Accountability__RecallOverdue *e = m;
	struct wording_recall r = { .state = e->state, .has_due = true, .due_day = e->due_day };
	struct alerts_news news = news_of(b, e->id, ALERTS__TEMPLATE__RECALL_OVERDUE);
	char due[DAY_TEXT_MAX];
	const char **ids;
	size_t n = alerts_in_charge(b, e->person_id, e->absence_day, &ids);

	day_text(e->due_day, due);
	news.cause = arena_printf(batch_arena(b), "%s.%s", e->id, due);        /* a case may be late more than once */
	for (size_t i = 0; i < n; i++)
		if (strcmp(ids[i], e->person_id) != 0)
			say(b, &news, e->person_id, ids[i], r);
	news.nmeasures = 0;
	n = alerts_department(b, &ids);
	for (size_t i = 0; i < n; i++)
		say(b, &news, e->person_id, ids[i], r);
}

/* ---- tasks, which are the organisation department's alone */

void
alerts_want_task(struct batch *b, const void *m)
{
	(void)m;
	alerts_want_message(b, alerts_root(b), NULL);
	alerts_want_department(b);
}

void
alerts_on_task(struct batch *b, const void *m)
{
	const Roster__TaskOpened *e = m;
	struct wording_about about = { e->person_id, NULL, false };
	struct alerts_news news = { .cause = e->id, .finding_id = "", .template = ALERTS__TEMPLATE__TASK_OPENED };
	struct wording words;
	const char **ids;
	size_t n = alerts_department(b, &ids);

	wording_task(about, e->kind, e->village_id, batch_arena(b), &words);
	for (size_t i = 0; i < n; i++)
		alerts_queue(b, ids[i], &news, &words);
}
