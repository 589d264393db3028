/* ready - whether a command would be carried out now, and if not, why.
 *
 * Asked, the writer runs a batch of nothing: every statement that writes, with no rows, and one that takes room on
 * the disk and gives it back.  The server refuses it as it would refuse commands: when the disk is full, when it may
 * only read, when the role has lost a right or the schema a table.  So that is found before a command is, and that
 * it is over too.  What refuses the look (ownership.c), so that nothing is owned, is remembered, for there is then
 * no connection to ask by. */
#include "engine/node_state.h"
#include "engine/ready.h"
#include <string.h>

enum { REFUSED_MS = 1000 };

static const struct { const char *sqlstate, *code; } causes[] = {       /* the beginning of the SQLSTATE */
	{ "53100", "database.full" },
	{ "53", "database.exhausted" },                 /* memory, connections, a limit on temporary files */
	{ "25006", "database.read_only" },              /* by a setting, or it is a standby */
	{ "42501", "database.rights" },
	{ "42", "database.schema" },
	{ "3F", "database.schema" },
	{ "58", "database.failing" },                   /* the disk gives errors */
	{ "XX", "database.failing" },
};

/* NULL: it is no refusal that lasts, or there was no answer. */
static const char *
cause_of(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (!strncmp(sqlstate, causes[i].sqlstate, strlen(causes[i].sqlstate)))
			return causes[i].code;
	return NULL;
}

/* A new connection may lead to another server; one that is refused as well is no news, and to make it anew takes
 * long. */
void
ready_refused(node_t *n)
{
	bool again = n->refusal;

	n->refusal = cause_of(store_sqlstate(n->db));
	if (n->refusal)
		n->retry_us = n->mono_us + (again ? REFUSED_MS : RETRY_MS) * 1000;
}

static void
queue_nothing(node_t *n, const struct store_stmt *s)
{
	if (s->text)
		store_queue(n->db, s, NULL, 0);
}

/* The memory that the statement may use is so little that it needs the disk. */
static enum store_error
batch_of_nothing(node_t *n)
{
	store_text(n->db, "begin");
	store_text(n->db, "set local work_mem = '64kB'");
	queue_nothing(n, &engine_room);
	queue_nothing(n, &engine_events_append);
	for (size_t t = 0; t < n->ntables; t++) {
		queue_nothing(n, &n->sql[t].insert);
		queue_nothing(n, &n->sql[t].update);
		queue_nothing(n, &n->sql[t].drop);
	}
	store_text(n->db, "commit");
	return store_sync(n->db);
}

const char *
ready_lacks(node_t *n)
{
	if (!n->lost && store_fd(n->db) >= 0) {
		enum store_error e = batch_of_nothing(n);
		n->refusal = e ? cause_of(store_sqlstate(n->db)) : NULL;
		n->lost = e == STORE_LOST;
	}
	if (n->refusal)
		return n->refusal;
	return n->lost || store_fd(n->db) < 0 ? "writer.without_database" : NULL;
}
