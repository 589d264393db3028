/* reach - whose a person or a village is today, for who sees only what is his own.
 *
 *   in:   ReadReach; session.c asks for who calls
 *   out:  nothing
 *   owns: nothing */
#include "reach.h"
#include "engine/keyed.h"
#include "roster.h"
#include "roster_reach.sql.h"

static const struct copy
key_of_question = { &roster_rows__reach_key__descriptor, &roster__read_reach__descriptor, "district on_day" };

static const Roster__Reach *
reach_by(struct reader *r, const void *key)
{
	void **rows;
	size_t n = reader_rows(r, &roster_reach_read, key, &rows);

	return n ? rows[0] : arena_message(reader_arena(r), &roster__reach__descriptor);
}

const Roster__Reach *
reach_of_person(struct reader *r, const char *person_id)
{
	return reach_by(r, reader_key_today(r, &roster_rows__reach_key__descriptor, person_id));
}

/* Nothing is said of what is not known: whoever asks does not learn whether it is. */
static void
read_reach(struct reader *r, const void *m)
{
	void *key = reader_key_today(r, &roster_rows__reach_key__descriptor, "");

	copy_run(&key_of_question, key, m);
	reader_answer(r, &reach_by(r, key)->base);
}

const struct noun roster_reach = {
	.queries = LIST(((const struct query[]){ { .message = &roster__read_reach__descriptor, .run = read_reach } })),
	.copies = LIST(((const struct copy *const[]){ &key_of_question })),
	.statements = { roster_reach_sql, ROSTER_REACH_SQL_COUNT },
};
