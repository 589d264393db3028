/* table - the statements of a struct table, built once from its row message and the columns the database has.
 *
 * Hand-written load, put and drop statements would say the same thing thrice per table; what is asked beyond that stands in
 * <service>.sql.  Every field must be a column of a type that fits it, or the process refuses to start. */
#pragma once
#include "service.h"

struct table_sql {
	const struct table *table;
	struct store_stmt load[TABLE_KEY_MAX + 1];      /* [n]: by the first n key fields */
	struct store_stmt insert, update, drop;         /* update: none (nparams 0) where a row is only its key, or never changes */
	size_t written, plans_until;                    /* rows, by this process; from plans_until on, plans are made anew */
};

/* Texts live in the arena, which must live as long as the store.  False: table and row message do not fit (logged). */
bool table_prepare(struct table_sql *q, const struct table *t, store_t *db, arena_t *a) __attribute__((warn_unused_result));
/* Only load[1], for a reader: its role may not write. */
bool table_prepare_load(struct table_sql *q, const struct table *t, store_t *db, arena_t *a) __attribute__((warn_unused_result));
