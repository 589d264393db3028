/* connect - the database, as the role `operator`, and what is asked of it. */
#include "ctl.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNINFO_MAX = 2000, LONG_WAIT_MS = 3600 * 1000 };

/* A stack of `make run` leaves in its directory how it is reached. */
static char *
conninfo_of_stack(arena_t *a)
{
	const char *var = getenv("ZHUCUN_VAR");
	const char *path = arena_printf(a, "%s/operator.conninfo", var && *var ? var : "var");
	char line[CONNINFO_MAX];
	FILE *f = fopen(path, "r");

	if (!f || !fgets(line, sizeof line, f)) {
		say("%s: %s; say where the database is with --db, ZHUCUN_DB_OPERATOR or ZHUCUN_VAR", path,
		    f ? "is empty" : strerror(errno));
		if (f)
			fclose(f);
		return NULL;
	}
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return arena_strdup(a, line);
}

const char *
call_conninfo(struct call *c)
{
	const char *db = c->db ? c->db : getenv("ZHUCUN_DB_OPERATOR");

	return db && *db ? db : conninfo_of_stack(c->arena);
}

bool
call_connect(struct call *c)
{
	const char *db = call_conninfo(c);

	if (!db)
		return false;
	c->store = store_open(db);
	if (!c->store) {
		say("the database cannot be reached");
		return false;
	}
	store_patience(c->store, LONG_WAIT_MS);         /* the whole of a table is asked about at once */
	for (size_t i = 0; i < CTL_SQL_COUNT; i++) {
		call_search(c, service_list[0]->name);  /* some have an event log, whosever it is */
		if (store_sync(c->store) || !store_prepare(c->store, ctl_sql[i])) {
			say("the database is not of this version; migrate it first");
			return false;
		}
	}
	return true;
}

bool
call_ask(struct call *c, const struct store_stmt *s, const void *args, void ***rows, size_t *n)
{
	store_queue(c->store, s, &args, args ? 1 : 0);
	if (store_sync(c->store)) {
		say("the database did not answer %s", s->name);
		return false;
	}
	*n = store_rows(c->store, 0, c->arena, rows);
	return true;
}

void
call_search(struct call *c, const char *schema)
{
	store_text(c->store, arena_printf(c->arena, "set search_path = %s", schema));
}

/* Plans for whole tables, unlike a service's. */
bool
call_snapshot(struct call *c)
{
	static const char *const plain[] = { "enable_seqscan", "enable_hashjoin", "enable_mergejoin" };

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		store_text(c->store, arena_printf(c->arena, "set %s = on", plain[i]));
	store_text(c->store, "begin isolation level repeatable read, read only");
	if (!store_sync(c->store))
		return true;
	say("the database did not begin");
	return false;
}
