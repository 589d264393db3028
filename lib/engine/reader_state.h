/* reader_state - a reader as its owner sees it: opened, asked, closed; and what its files share.  Used by
 * lib/engine/main and by tests. */
#pragma once
#include "base/metrics.h"
#include "base/steady.h"
#include "bus/message.h"
#include "engine/book_cache.h"
#include "engine/reader.h"
#include "store/table.h"

struct reader_settings {
	const char *conninfo;           /* as <service>_reader */
	bool manual_clock;
	struct port port;
	struct metrics *metrics;
	const char *instance;           /* of the replica it is a thread of */
	const struct steady_word *steady;       /* of that replica's writer; NULL: the clock is believed as it is */
};

/* NULL: the database cannot be reached or does not fit (logged). */
struct reader *reader_open(const struct service *s, const struct reader_settings *settings);
void reader_close(struct reader **rp);
/* A READ or a FETCH; answered now, or held until the producers it needs have been read (at most its wait). */
void reader_receive(struct reader *r, const struct message *m);
/* Tries what is held again; when to be called again at the latest. */
int64_t reader_step(struct reader *r, int64_t mono_us);

/* ---- of its files alone */

/* A query that waits until its service has caught up. */
struct held_query {
	struct held_query *next;
	struct message m; uint8_t *body;
	int32_t partition;
	int64_t need[PRODUCERS_MAX];
	int64_t until_us;
	bool ready;
};

struct reader {
	const struct service *svc;
	struct reader_settings set;
	store_t *db;
	arena_t *names, *arena;
	/* of the table with a cache: all its rows of a district, and without their texts */
	struct table_sql book_table; struct store_stmt book_rows;
	book_cache_t *books;                                            /* NULL: there is no such table */
	/* Of each statement that gives a page: how many rows that has. */
	struct counted { const struct store_stmt *of; struct store_stmt by; } *counted; size_t ncounted;
	/* known to exist, by partition_of(): no more than a hint */
	struct { char district[8]; int32_t partition; } districts[PARTITIONS];
	struct held_query *held; size_t nheld;
	int64_t mono_us, retry_us;
	/* of the one being answered */
	const Wire__Read *query;
	const void *with;
	Wire__Answer *answer;
	const void *show;               /* args of engine_show_district */
	bool second, failed, waits;
	unsigned after;
	int64_t now_us;
	int32_t partition;
};

void reader_unavailable(struct reader *r);              /* the database has not answered */
/* Statements of one query, in one snapshot and one round trip; args of those that take any.  False: the query ends
 * in 503. */
bool reader_snapshot(struct reader *r, const struct store_stmt *const *stmts, size_t n, const void *args);
size_t reader_taken(struct reader *r, size_t i, void ***rows);  /* of the i-th of them */

bool reader_manual_clock(const struct reader *r);
