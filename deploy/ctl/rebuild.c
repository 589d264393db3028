/* rebuild - every derived table made again from the event logs alone (lib/engine/replay), and compared with the one
 * that is there.
 *
 * In: the logs and what was noted of their order, as of one instant for each service.  Out: the first difference of
 * each table, and what was done.  The rebuilt tables are temporary: they go with the connection. */
#include "ctl.h"
#include "engine_rows.pb-c.h"
#include "engine/replay.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 40 };

struct columns { const char *table, *name[COLUMNS_MAX]; bool key[COLUMNS_MAX]; size_t n; };

/* ---- one statement that finds the first row that differs, built from the columns that the table has */

static char *
each(arena_t *a, const struct columns *c, bool keys_only, const char *sep, const char *format)
{
	char *s = arena_strdup(a, "");

	for (size_t i = 0; i < c->n; i++) {
		if (keys_only && !c->key[i])
			continue;
		const char *piece = format;
		char *one = arena_strdup(a, "");
		for (; *piece; piece++)
			one = *piece == '@' ? arena_printf(a, "%s%s", one, c->name[i])
					    : arena_printf(a, "%s%c", one, *piece);
		s = arena_printf(a, "%s%s%s", s, *s ? sep : "", one);
	}
	return s;
}

static char *
difference_text(arena_t *a, const char *service, const struct columns *c)
{
	const char *gone = "when r.district is null then 'the row' when l.district is null then 'the row'";

	return arena_printf(
		a,
		"select '%s'::text as service, '%s'::text as table_name, concat_ws(' ', %s) as key, case %s %s end as "
		"column_name,"
		" case when l.district is null then 'none' when r.district is null then 'there' %s end as live,"
		" case when r.district is null then 'none' when l.district is null then 'there' %s end as rebuilt"
		" from %s.%s l full join pg_temp.%s r on %s where l.district is null or r.district is null or %s order "
		"by %s limit 1",
		service, c->table, each(a, c, true, ", ", "coalesce(l.@, r.@)::text"), gone,
		each(a, c, false, " ", "when l.@ is distinct from r.@ then '@'"),
		each(a, c, false, " ", "when l.@ is distinct from r.@ then coalesce(l.@::text, 'null')"),
		each(a, c, false, " ", "when l.@ is distinct from r.@ then coalesce(r.@::text, 'null')"), service,
		c->table, c->table, each(a, c, true, " and ", "l.@ = r.@"),
		each(a, c, false, " or ", "l.@ is distinct from r.@"), each(a, c, true, ", ", "coalesce(l.@, r.@)"));
}

struct rebuild { struct call *call; const struct service *svc; store_t *db; CtlRows__Rebuilt sum; };

static bool
compare_table(struct rebuild *r, const struct columns *c)
{
	struct store_stmt *s = arena_alloc(r->call->arena, sizeof *s);
	void **rows;

	*s = (struct store_stmt){ .name = arena_printf(r->call->arena, "differs_%s", c->table),
				  .text = difference_text(r->call->arena, r->svc->name, c),
				  .row = &ctl_rows__difference__descriptor };
	if (!store_prepare(r->db, s))
		return false;
	store_queue(r->db, s, NULL, 0);
	if (store_sync(r->db))
		return false;
	size_t n = store_rows(r->db, 0, r->call->page, &rows);
	show_rows(r->call, rows, n);
	r->sum.tables++;
	r->sum.differences += (int64_t)n;
	return true;
}

/* Columns come table by table. */
static bool
compare(struct rebuild *r)
{
	CtlRows__Service key = CTL_ROWS__SERVICE__INIT;
	const void *args = &key;
	struct columns c = { 0 };
	void **rows;

	key.service = (char *)r->svc->name;
	if (!store_prepare(r->db, &ctl_derived_columns))
		return false;
	store_queue(r->db, &ctl_derived_columns, &args, 1);
	if (store_sync(r->db))
		return false;
	size_t n = store_rows(r->db, 0, r->call->arena, &rows);
	for (size_t i = 0; i <= n; i++) {
		const CtlRows__Column *k = i < n ? rows[i] : NULL;
		if (c.n && (!k || strcmp(k->table_name, c.table))) {
			if (!compare_table(r, &c))
				return false;
			c.n = 0;
		}
		if (!k)
			continue;
		assert(c.n < COLUMNS_MAX);
		c.table = k->table_name;
		c.key[c.n] = k->key;
		c.name[c.n++] = k->column_name;
	}
	return true;
}

/* ---- replaying */

/* False: it cannot be done (said). */
static int
replay_all(struct rebuild *r, replay_t *replay)
{
	void **parts;
	size_t n;

	if (!store_prepare(r->db, &ctl_partitions))
		return CTL_AWAY;
	store_queue(r->db, &ctl_partitions, NULL, 0);
	if (store_sync(r->db))
		return CTL_AWAY;
	n = store_rows(r->db, 0, r->call->arena, &parts);
	for (size_t i = 0; i < n; i++) {
		int32_t partition = ((const EngineRows__Partition *)parts[i])->partition;
		struct replayed done;
		const char *why = replay_partition(replay, partition, &done);
		r->sum.events += done.events_read + done.own_events;
		r->sum.otherwise += done.otherwise;
		if (!why)
			continue;
		say("%s, partition %d: %s", r->svc->name, partition, why);
		return store_fd(r->db) < 0 ? CTL_AWAY : CTL_WRONG;
	}
	return CTL_FINE;
}

static int
rebuild_service(struct call *c, const struct service *svc, const char *conninfo)
{
	replay_t *replay = replay_open(svc, conninfo);
	struct rebuild r = { .call = c, .svc = svc, .sum = CTL_ROWS__REBUILT__INIT };

	if (!replay) {
		say("%s: the database cannot be reached, or is of another version", svc->name);
		return CTL_AWAY;
	}
	r.db = replay_store(replay);
	r.sum.service = (char *)svc->name;
	int code = replay_all(&r, replay);
	if (code == CTL_FINE && !compare(&r)) {
		say("%s: the tables could not be compared", svc->name);
		code = CTL_AWAY;
	}
	replay_close(&replay);
	if (code == CTL_FINE)
		show(c, &r.sum.base);
	return code == CTL_FINE && r.sum.differences ? CTL_WRONG : code;
}

int
rebuild_run(struct call *c)
{
	const char *only = call_option(c, "service"), *conninfo;
	int worst = CTL_FINE;

	if (!call_option(c, "check"))
		return call_misused(c, "it only checks so far; say", "--check");
	if (only && !service_named(only))
		return call_misused(c, "no such service", only);
	if (!(conninfo = call_conninfo(c)))
		return CTL_AWAY;
	for (size_t i = 0; i < SERVICES; i++) {
		if (only && strcmp(only, service_list[i]->name))
			continue;
		int code = rebuild_service(c, service_list[i], conninfo);
		worst = code > worst ? code : worst;
	}
	return worst;
}
