/* account_news - what is told of an account that somebody else has changed: whoever resets another's password, or gives their account other
 * roles, could act as them; so they hear of it, also in quiet hours.
 *
 *   in:   roster.AccountAltered
 *   out:  AlertQueued
 *   owns: nothing */
#include "alerts.h"
#include "wording_policy.h"

void
alerts_want_account(struct batch *b, const void *m)
{
	(void)m;
	alerts_want_message(b, alerts_root(b), NULL);
}

void
alerts_on_account(struct batch *b, const void *m)
{
	const Roster__AccountAltered *e = m;
	struct alerts_news news = { .cause = e->id, .finding_id = "", .template = ALERTS__TEMPLATE__ACCOUNT_CHANGED };
	struct wording words;

	wording_account(e, batch_arena(b), &words);
	for (size_t i = 0; i < e->n_person_ids; i++)
		alerts_queue(b, e->person_ids[i], &news, &words);
}
