/* table - the statements of a struct table, built once from its row message and the columns the database has.
 *
 * Hand-written load, put and drop statements would say the same thing thrice per table; what is asked beyond that
 * stands in <service>.sql.  Every field must be a column of a type that fits it, or the process refuses to start. */
#pragma once
#include "store/rows.h"
#include "store/store.h"

#ifdef ZHUCUN_SMALL                                     /* as in node_state.h */
enum { LOAD_ROWS_MAX = 3, WHOLE_ROWS_MAX = 1000 };
#else
enum {
	LOAD_ROWS_MAX = 16384,                      /* that the inputs of a batch may want by prefixes, of all tables */
	WHOLE_ROWS_MAX = 200000,                        /* one input alone: beyond that it is put aside */
};
#endif

struct table_sql {
	const struct table *table;
	struct store_stmt load[TABLE_KEY_MAX + 1]; /* [n]: by the first n key fields; of less than the whole key
						      LOAD_ROWS_MAX + 1 rows at most */
	struct store_stmt all[TABLE_KEY_MAX + 1];    /* the same, WHOLE_ROWS_MAX + 1 at most; see table_prepare_all() */
	struct store_stmt insert, update,
		drop; /* update: none (nparams 0) where a row is only its key, or never changes */
	size_t written, plans_until;               /* rows, by this process; from plans_until on, plans are made anew */
};

/* Texts live in the arena, which must live as long as the store.  False: table and row message do not fit (logged). */
bool table_prepare(struct table_sql *q, const struct table *t, store_t *db, arena_t *a)
	__attribute__((warn_unused_result));
/* all[n], which few processes ever need: at its first use.  False: the database did not answer. */
bool table_prepare_all(struct table_sql *q, int n, store_t *db) __attribute__((warn_unused_result));
/* Only load[1], for a reader: its role may not write. */
bool table_prepare_load(struct table_sql *q, const struct table *t, store_t *db, arena_t *a)
	__attribute__((warn_unused_result));
/* A district's rows but for one column, in the order of their key. */
bool table_prepare_brief(struct store_stmt *s, const struct table *t, const char *without, store_t *db, arena_t *a)
	__attribute__((warn_unused_result));
