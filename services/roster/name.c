/* name - what townships, units, villages and people are called, and were.
 *
 *   in:   ReadNames, ReadNamesOf; whoever puts a thing says what it is called
 *   out:  nothing
 *   owns: name_given
 *
 * No event tells the name of a person: this, and identity, are all there is of it.  That a name has changed is an
 * event, for what is said before it and after it is told apart by the log. */
#include "name.h"
#include "domain/mention.h"
#include "engine/keyed.h"
#include "roster.h"
#include "roster_name.sql.h"
#include <string.h>

static const struct table name_table = { "name_given", &roster_rows__name_given__descriptor, 4, true };

void
roster_name_given(struct batch *b, const char *kind, const char *id, char *name)
{
	RosterRows__NameGiven *row = batch_pair(b, &name_table, kind, id);

	row->since_seq = batch_next_seq(b);
	row->name = name;
	batch_put(b, &name_table, row);
}

/* What is no reference is left out. */
static RosterRows__NamesAt *
args_of(struct reader *r, const Roster__ReadNames *in)
{
	arena_t *a = reader_arena(r);
	RosterRows__NamesAt *args = arena_message(a, &roster_rows__names_at__descriptor);
	struct mentioned what;

	args->district = arena_strdup(a, reader_district(r));
	args->refs = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	args->kinds = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	args->ids = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	args->seqs = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	for (size_t i = 0; i < in->n_refs; i++) {
		if (!mention_read(in->refs[i], strlen(in->refs[i]), a, &what))
			continue;
		args->refs[args->n_refs++] = in->refs[i];
		args->kinds[args->n_kinds++] = arena_strdup(a, what.kind);
		args->ids[args->n_ids++] = arena_strdup(a, what.id);
		args->seqs[args->n_seqs++] = arena_printf(a, "%lld", (long long)what.seq);
	}
	return args;
}

/* Of what is not known, or not a reference, nothing. */
static void
read_names(struct reader *r, const void *m)
{
	Roster__Names out = ROSTER__NAMES__INIT;
	arena_t *a = reader_arena(r);
	void **rows;

	out.n_items = reader_rows(r, &roster_names, args_of(r, m), &rows);
	out.items = arena_alloc(a, (out.n_items + 1) * sizeof(*out.items));
	for (size_t i = 0; i < out.n_items; i++) {
		const RosterRows__NameAt *n = rows[i];
		out.items[i] = arena_message(a, &roster__named__descriptor);
		out.items[i]->ref = n->ref;
		out.items[i]->name = n->shared ? arena_printf(a, "%s（%s）", n->name, n->id) : n->name;
	}
	reader_answer(r, &out.base);
}

/* "kind/id"; what has no such form is nothing's. */
static void
read_names_of(struct reader *r, const void *m)
{
	const Roster__ReadNamesOf *in = m;
	arena_t *a = reader_arena(r);
	RosterRows__IdsOfKinds *args = arena_message(a, &roster_rows__ids_of_kinds__descriptor);
	Roster__NamesOf out = ROSTER__NAMES_OF__INIT;
	void **rows;

	args->district = arena_strdup(a, reader_district(r));
	args->on_day = reader_today(r);
	args->kinds = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	args->ids = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	for (size_t i = 0; i < in->n_refs; i++) {
		size_t kind = strcspn(in->refs[i], "/");
		if (!id_valid(in->refs[i] + kind + (in->refs[i][kind] == '/')))
			continue;
		args->kinds[args->n_kinds++] = arena_strndup(a, in->refs[i], kind);
		args->ids[args->n_ids++] = in->refs[i] + kind + 1;
	}
	out.n_items = reader_rows(r, &roster_names_of, args, &rows);
	out.items = (Roster__NameOf **)rows;
	reader_answer(r, &out.base);
}

const struct noun roster_name = {
	.tables = LIST(((const struct table *const[]){ &name_table })),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_names__descriptor, .run = read_names },
		{ .message = &roster__read_names_of__descriptor, .run = read_names_of },
	})),
	.statements = { roster_name_sql, ROSTER_NAME_SQL_COUNT },
};
