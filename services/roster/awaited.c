/* awaited - which recalls wait for a unit's head, by the unit.
 *
 *   in:   a task that waits for one (task.c), and whatever settles it (vacancy.c, head.c, recall.c)
 *   out:  nothing
 *   owns: head_awaited */
#include "awaited.h"
#include "engine/keyed.h"
#include "roster.h"

static const struct table awaited_table = { "head_awaited", &roster_rows__head_awaited__descriptor, 3, false };

void
roster_awaited_want(struct batch *b, const char *unit_id, const char *recall_id)
{
	batch_want_pair(b, &awaited_table, unit_id, recall_id);
}

void
roster_awaited_want_of(struct batch *b, const char *unit_id)
{
	batch_want_id(b, &awaited_table, unit_id);
}

size_t
roster_awaited_of(struct batch *b, const char *unit_id, const RosterRows__HeadAwaited *const **rows)
{
	const void **list;
	size_t n = batch_list_id(b, &awaited_table, unit_id, &list);

	*rows = (const RosterRows__HeadAwaited *const *)list;
	return n;
}

void
roster_awaited_keep(struct batch *b, const char *unit_id, const char *recall_id)
{
	batch_put(b, &awaited_table, batch_pair(b, &awaited_table, unit_id, recall_id));
}

void
roster_awaited_no_more(struct batch *b, const char *unit_id, const char *recall_id)
{
	batch_drop(b, &awaited_table, batch_pair(b, &awaited_table, unit_id, recall_id));
}

const struct noun roster_awaited = { .tables = LIST(((const struct table *const[]){ &awaited_table })) };
