/* recall_news - what is told of a recall's case beside its measures.
 *
 *   in:   accountability.RecallMoved (handed over), RecallOverdue
 *   out:  AlertQueued
 *   owns: nothing
 *
 * The other steps move measures and are told with them (news.c). */
#include "accountability.pb-c.h"
#include "alerts.h"
#include "wording_policy.h"
#include <string.h>

static bool
is_handed_over(const Accountability__RecallMoved *e)
{
	return e->state == ACCOUNTABILITY__RECALL_CASE__STATE__HANDED_OVER;
}

/* A message about the recall measure, so that whoever gets it gets its correction too. */
static void
tell(struct batch *b, const char *recall_id, const char *person_id, const char *recipient, Alerts__Template template, struct wording_recall r)
{
	struct wording_about about = { person_id, NULL, strcmp(person_id, recipient) == 0 };
	char **measures = arena_alloc(batch_arena(b), sizeof(*measures));
	struct alerts_news news = { .cause = recall_id, .finding_id = "", .template = template, .measures = measures, .nmeasures = 1 };
	struct wording words;

	measures[0] = (char *)recall_id;
	r.recipient = recipient;
	wording_recall(template, about, r, batch_arena(b), &words);
	alerts_queue(b, recipient, &news, &words);
}

static void
tell_in_charge(struct batch *b, const char *recall_id, const char *person_id, int32_t on_day, Alerts__Template template, struct wording_recall r)
{
	const char **ids;
	size_t n = alerts_in_charge(b, person_id, on_day, &ids);

	for (size_t i = 0; i < n; i++)
		tell(b, recall_id, person_id, ids[i], template, r);
	if (r.head_person_id && *r.head_person_id)
		tell(b, recall_id, person_id, r.head_person_id, template, r);
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
}

/* Whoever is late is reminded, not the person who is to be recalled. */
void
alerts_on_overdue(struct batch *b, const void *m)
{
	const Accountability__RecallOverdue *e = m;
	struct wording_recall r = { .state = e->state, .has_due = true, .due_day = e->due_day };
	const char **ids;
	size_t n = alerts_in_charge(b, e->person_id, e->absence_day, &ids);

	for (size_t i = 0; i < n; i++)
		if (strcmp(ids[i], e->person_id) != 0)
			tell(b, e->id, e->person_id, ids[i], ALERTS__TEMPLATE__RECALL_OVERDUE, r);
}
