/* round - a round of commendations, and everybody who may be commended in it.
 *
 *   in:   PutRound; ReadRound, ListRounds, ReadRoundEligibility
 *   out:  RoundPut
 *   owns: round
 *
 * Its list is every person of the district with the bars (bar.c) that cover the round's date. */
#include "engine/keyed.h"
#include "incentives.h"
#include "incentives.sql.h"

typedef IncentivesRows__Round Round;

enum { TEXT_BYTES_MAX = 256 };

static const struct table round_table = { "round", &incentives_rows__round__descriptor, 2, false };

static const struct copy
row_of_command = { &incentives_rows__round__descriptor, &incentives__put_round__descriptor, "district round_id" },
row_of_event = { &incentives_rows__round__descriptor, &incentives__round_put__descriptor, "district round_id" },
event_of_command = { &incentives__round_put__descriptor, &incentives__put_round__descriptor, NULL },
answer_of_command = { &incentives__round__descriptor, &incentives__put_round__descriptor, NULL },
page_of_question = { &incentives_rows__page__descriptor, &incentives__list_rounds__descriptor, "district after limit" };

/* ---- for the rest of the service */

void
incentives_want_rounds(struct batch *b)
{
	batch_want(b, &round_table, batch_message(b, round_table.row), 1);
}

size_t
incentives_rounds(struct batch *b, const Round *const **rounds)
{
	const void **rows;
	size_t n = batch_list(b, &round_table, batch_message(b, round_table.row), 1, &rows);

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
	Round *row = batch_row(b, &round_table, in->id);

	if (!text_ok(b, in->name, "/name") || !text_ok(b, in->category, "/category"))
		return;
	copy_run(&row_of_command, row, in);
	copy_run(&event_of_command, &e, in);
	copy_run(&answer_of_command, &out, in);
	if (!now || !message_equal(&now->base, &row->base))
		batch_emit(b, in->id, &e.base);
	batch_answer(b, now ? 200 : 201, &out.base);
}

static void
on_put(struct batch *b, const void *m)
{
	const Incentives__RoundPut *e = m;
	Round *row = batch_row(b, &round_table, e->id);

	copy_run(&row_of_event, row, e);
	batch_put(b, &round_table, row);
}

/* ---- queries */

/* NULL: there is none, as has been said. */
static const Incentives__Round *
round_named(struct reader *r, const char *id)
{
	void **rows;

	if (reader_rows(r, &incentives_round_read, reader_key(r, &incentives_rows__id__descriptor, id), &rows))
		return rows[0];
	reader_missing(r, 0, "No such round.");
	return NULL;
}

static void
read_round(struct reader *r, const void *m)
{
	const Incentives__Round *round = round_named(r, ((const Incentives__ReadRound *)m)->id);

	if (round)
		reader_answer(r, &round->base);
}

static void
list_rounds(struct reader *r, const void *m)
{
	static const struct listing listing = { &page_of_question, &incentives__round_list__descriptor, NULL };

	reader_list(r, m, &listing, &incentives_round_list);
}

static void
read_eligibility(struct reader *r, const void *m)
{
	static const struct listing listing = { NULL, &incentives__candidate_list__descriptor, NULL };
	const Incentives__ReadRoundEligibility *in = m;
	const Incentives__Round *round = round_named(r, in->id);

	if (!round)
		return;
	IncentivesRows__CandidatePage *args = reader_message(r, &incentives_rows__candidate_page__descriptor);
	args->on_day = round->on_day;
	const ProtobufCMessage *list = reader_items(r, in, &listing, &incentives_candidates, args);
	if (list)
		reader_answer(r, list);
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
		{ .message = &incentives__read_round__descriptor, .run = read_round },
		{ .message = &incentives__list_rounds__descriptor, .run = list_rounds },
		{ .message = &incentives__read_round_eligibility__descriptor, .run = read_eligibility },
	})),
	.copies = LIST(((const struct copy *const[]){
		&row_of_command, &row_of_event, &event_of_command, &answer_of_command, &page_of_question,
	})),
	.statements = { incentives_sql, INCENTIVES_SQL_COUNT },
};
