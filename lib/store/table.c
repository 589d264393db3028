/* table - see table.h. */
#include "store/table.h"
#include "base/log.h"
#include <assert.h>
#include <string.h>

struct columns { const char *name[STORE_FIELDS_MAX], *type[STORE_FIELDS_MAX]; int n; };

static bool
columns_find(struct columns *c, const struct table *t, store_t *db, arena_t *a)
{
	assert(t->row->n_fields <= STORE_FIELDS_MAX && t->nkey >= 1 && t->nkey <= TABLE_KEY_MAX);
	c->n = (int)t->row->n_fields;
	for (int i = 0; i < c->n; i++) {
		c->name[i] = t->row->fields[i].name;
		c->type[i] = store_column_type(db, t->name, c->name[i], a);
		if (!c->type[i]) {
			LOG(ERROR, "table.no_column", NULL, LOG_S("table", t->name), LOG_S("column", c->name[i]),
			    LOG_S("message", t->row->name));
			return false;
		}
	}
	return true;
}

/* "a, b" of the columns [from, to), each as format says (one %s, or two). */
static char *
join(arena_t *a, const struct columns *c, int from, int to, const char *sep,
     char *(*one)(arena_t *, const struct columns *, int))
{
	char *s = arena_strdup(a, "");
	for (int i = from; i < to; i++)
		s = arena_printf(a, "%s%s%s", s, i > from ? sep : "", one(a, c, i));
	return s;
}

static bool
is_array(const char *type)
{
	return strstr(type, "[]") != NULL;
}

static char *one_plain(arena_t *a, const struct columns *c, int i) { return arena_printf(a, "%s", c->name[i]); }
static char *one_of_table(arena_t *a, const struct columns *c, int i) { return arena_printf(a, "t.%s", c->name[i]); }
static char *
one_match(arena_t *a, const struct columns *c, int i)
{
	return arena_printf(a, "t.%s = k.%s", c->name[i], c->name[i]);
}
static char *
one_param(arena_t *a, const struct columns *c, int i) /* arrays of arrays do not unnest: array literals as text */
{
	return arena_printf(a, "$%d::%s[]", i + 1, is_array(c->type[i]) ? "text" : c->type[i]);
}
static char *
one_value(arena_t *a, const struct columns *c, int i)
{
	return is_array(c->type[i]) ? arena_printf(a, "k.%s::%s", c->name[i], c->type[i])
				    : arena_printf(a, "k.%s", c->name[i]);
}
static char *
one_set(arena_t *a, const struct columns *c, int i)
{
	return arena_printf(a, "%s = %s", c->name[i], one_value(a, c, i));
}

static bool
prepare(struct store_stmt *s, const struct table *t, store_t *db, const char *name, const char *text, int nparams,
	bool has_row)
{
	*s = (struct store_stmt){
		.name = name, .text = text, .nparams = nparams, .args = t->row, .row = has_row ? t->row : NULL
	};
	for (int i = 0; i < nparams; i++)
		s->params[i] = t->row->fields[i].name;
	return store_prepare(db, s);
}

/* `offset 0` keeps the planner from joining another way than it is written: a look into the index for each key.  It
 * plans once, often while the table is empty, and would then read all of it for each key for ever. */
static bool
prepare_load(struct table_sql *q, const struct columns *c, int n, store_t *db, arena_t *a)
{
	const struct table *t = q->table;
	char *text = arena_printf(
		a, "select %s from unnest(%s) as k(%s) cross join lateral (select * from %s t where %s offset 0) t",
		join(a, c, 0, c->n, ", ", one_of_table), join(a, c, 0, n, ", ", one_param),
		join(a, c, 0, n, ", ", one_plain), t->name, join(a, c, 0, n, " and ", one_match));

	if (n < t->nkey) {
		q->all[n] = (struct store_stmt){ .name = arena_printf(a, "%s.all_%d", t->name, n),
						 .text = arena_printf(a, "%s limit %d", text, WHOLE_ROWS_MAX + 1) };
		text = arena_printf(a, "%s limit %d", text, LOAD_ROWS_MAX + 1);
	}
	return prepare(&q->load[n], t, db, arena_printf(a, "%s.load_%d", t->name, n), text, n, true);
}

bool
table_prepare_all(struct table_sql *q, int n, store_t *db)
{
	struct store_stmt *s = &q->all[n];

	if (!s->row && !prepare(s, q->table, db, s->name, s->text, n, true))
		s->row = NULL;
	return s->row;
}

/* Whether a row is there is known from the load, so it need not be found out here: an upsert costs half as much again.
 */
static bool
prepare_insert(struct table_sql *q, const struct columns *c, store_t *db, arena_t *a)
{
	const struct table *t = q->table;
	char *text = arena_printf(a, "insert into %s (%s) select %s from unnest(%s) as k(%s)", t->name,
				  join(a, c, 0, c->n, ", ", one_plain), join(a, c, 0, c->n, ", ", one_value),
				  join(a, c, 0, c->n, ", ", one_param), join(a, c, 0, c->n, ", ", one_plain));
	return prepare(&q->insert, t, db, arena_printf(a, "%s.insert", t->name), text, c->n, false);
}

static bool
prepare_update(struct table_sql *q, const struct columns *c, store_t *db, arena_t *a)
{
	const struct table *t = q->table;

	if (t->append_only || c->n == t->nkey)
		return true;
	char *text =
		arena_printf(a,
			     "update %s as t set %s from unnest(%s) as k(%s) cross join lateral (select t.ctid from %s "
			     "t where %s offset 0) as r(at) "
			     "where t.ctid = r.at",
			     t->name, join(a, c, t->nkey, c->n, ", ", one_set), join(a, c, 0, c->n, ", ", one_param),
			     join(a, c, 0, c->n, ", ", one_plain), t->name, join(a, c, 0, t->nkey, " and ", one_match));
	return prepare(&q->update, t, db, arena_printf(a, "%s.update", t->name), text, c->n, false);
}

static bool
prepare_drop(struct table_sql *q, const struct columns *c, store_t *db, arena_t *a)
{
	const struct table *t = q->table;
	char *text = arena_printf(
		a,
		"delete from %s where ctid = any(array(select t.ctid from unnest(%s) as k(%s) cross join lateral "
		"(select t.ctid from %s t where %s offset 0) t))",
		t->name, join(a, c, 0, t->nkey, ", ", one_param), join(a, c, 0, t->nkey, ", ", one_plain), t->name,
		join(a, c, 0, t->nkey, " and ", one_match));
	return t->append_only || prepare(&q->drop, t, db, arena_printf(a, "%s.drop", t->name), text, t->nkey, false);
}

bool
table_prepare(struct table_sql *q, const struct table *t, store_t *db, arena_t *a)
{
	struct columns c;

	*q = (struct table_sql){ .table = t };
	if (!columns_find(&c, t, db, a))
		return false;
	for (int n = 1; n <= t->nkey; n++)
		if (!prepare_load(q, &c, n, db, a))
			return false;
	return prepare_insert(q, &c, db, a) && prepare_update(q, &c, db, a) && prepare_drop(q, &c, db, a);
}

bool
table_prepare_load(struct table_sql *q, const struct table *t, store_t *db, arena_t *a)
{
	struct columns c;

	*q = (struct table_sql){ .table = t };
	return columns_find(&c, t, db, a) && prepare_load(q, &c, 1, db, a);
}

bool
table_prepare_brief(struct store_stmt *s, const struct table *t, const char *without, store_t *db, arena_t *a)
{
	struct columns all, brief = { .n = 0 };

	if (!columns_find(&all, t, db, a))
		return false;
	for (int i = 0; i < all.n; i++)
		if (strcmp(all.name[i], without) != 0)
			brief.name[brief.n++] = all.name[i];
	char *text = arena_printf(a, "select %s from %s where %s = $1 order by %s",
				  join(a, &brief, 0, brief.n, ", ", one_plain), t->name, all.name[0],
				  join(a, &all, 0, t->nkey, ", ", one_plain));
	return prepare(s, t, db, arena_printf(a, "%s.brief", t->name), text, 1, true);
}
