/* round - a round of commendations, and everybody who may be commended in it.
 *
 *   in:   PutRound; ReadRound, ListRounds, ReadRoundEligibility
 *   out:  RoundPut
 *   owns: round
 *
 * Its list is every person of the district with the bars (bar.c) that cover the round's date. */
#include "engine/keyed.h"
#include "incentives.h"
#include "incentives_round.sql.h"

typedef IncentivesRows__Round Round;

enum { TEXT_BYTES_MAX = 256 };
#define MISSING "No such round."

static const struct table round_table = { "round", &incentives_rows__round__descriptor, 2, false };

static const struct copy
row_of_event = { &incentives_rows__round__descriptor, &incentives__round_put__descriptor, "district round_id" },
event_of_command = { &incentives__round_put__descriptor, &incentives__put_round__descriptor, NULL },
answer_of_command = { &incentives__round__descriptor, &incentives__put_round__descriptor, NULL },
page_of_question = { &incentives_rows__page__descriptor, &incentives__list_rounds__descriptor, "district after limit" },
page_of_candidates = {
	&incentives_rows__candidate_page__descriptor, &incentives__read_round_eligibility__descriptor,
	"district after limit"
};

/* ---- for the rest of the service */

void
incentives_want_rounds(struct batch *b)
{
	batch_want_all(b, &round_table);
}

size_t
incentives_rounds(struct batch *b, const Round *const **rounds)
{
	const void **rows;
	size_t n = batch_list_all(b, &round_table, &rows);

	*rounds = (const Round *const *)rows;
	return n;
}

/* ---- put */

static void
want_put(struct batch *b, const void *m)
{
	batch_want_id(b, &round_table, ((const Incentives__PutRound *)m)->id);
}

static bool
put_exists(struct batch *b, const void *m)
{
	(void)b;
	return id_valid(((const Incentives__PutRound *)m)->id);
}

static Round *
round_row(struct batch *b, const Incentives__RoundPut *e)
{
	Round *row = batch_row(b, &round_table, e->id);

	copy_run(&row_of_event, row, e);
	return row;
}

static bool
text_ok(struct batch *b, const char *text, const char *pointer)
{
	return batch_ok(b, name_valid(text, TEXT_BYTES_MAX), 422, "field.text", pointer,
	                "One line of 1 to 256 bytes of text.");
}

static void
put(struct batch *b, const void *m)
{
	const Incentives__PutRound *in = m;
	Incentives__RoundPut e = INCENTIVES__ROUND_PUT__INIT;
	Incentives__Round out = INCENTIVES__ROUND__INIT;
	const Round *now = batch_get_id(b, &round_table, in->id);

	if (!text_ok(b, in->name, "/name") || !text_ok(b, in->category, "/category"))
		return;
	copy_run(&event_of_command, &e, in);
	copy_run(&answer_of_command, &out, in);
	if (!now || !message_equal(&now->base, &round_row(b, &e)->base))
		batch_emit(b, in->id, &e.base);
	batch_answer(b, now ? 200 : 201, &out.base);
}

static void
on_put(struct batch *b, const void *m)
{
	batch_put(b, &round_table, round_row(b, m));
}

/* ---- queries */

static const struct reading reading = { &incentives_round_read, MISSING };
static const struct listing listing = {
	&page_of_question, &incentives__round_list__descriptor, .by = &incentives_round_list,
};

static void
read_eligibility(struct reader *r, const void *m)
{
	static const struct listing candidates = { &page_of_candidates, &incentives__candidate_list__descriptor };
	const Incentives__ReadRoundEligibility *in = m;
	void **rows;

	if (reader_rows(r, &incentives_round_read, reader_key(r, &incentives_rows__id__descriptor, in->id), &rows) == 0)
		reader_missing(r, 0, MISSING);
	else
		reader_list(r, in, &candidates, &incentives_candidates);
}

const struct noun incentives_round = {
	.tables = LIST(((const struct table *const[]){ &round_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &incentives__put_round__descriptor, .want = want_put, .exists = put_exists, .run = put },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &incentives__round_put__descriptor, .run = on_put },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &incentives__read_round__descriptor, READ(&reading) },
		{ .message = &incentives__list_rounds__descriptor, LISTED(&listing) },
		{ .message = &incentives__read_round_eligibility__descriptor, .run = read_eligibility },
	})),
	.copies = LIST(((const struct copy *const[]){
		&row_of_event, &event_of_command, &answer_of_command, &page_of_question, &page_of_candidates,
	})),
	.statements = { incentives_round_sql, INCENTIVES_ROUND_SQL_COUNT },
};
