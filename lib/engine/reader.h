/* reader - answers queries and serves old events, on a thread of its own with a connection of its own.
 *
 * The connection logs in as <service>_reader, which row-level security shows only the district of the query. */
#pragma once
#include "engine/service.h"

struct reader;

/* ---- what the handler of a query may ask and say */
arena_t *reader_arena(struct reader *r);
const char *reader_district(const struct reader *r);
const void *reader_with(const struct reader *r);                /* of the row of the query being handled */
const char *reader_account(const struct reader *r);
const Wire__Actor *reader_actor(const struct reader *r);        /* NULL: the operator */
int64_t reader_at_us(const struct reader *r);
int32_t reader_today(struct reader *r);
/* Rows of a statement of <service>.sql; the district is already set, and who asks: rows of sealed cases of which he
 * may not know are not there (lib/domain/schema/mirror_sealed.sql).  On a database failure the query ends in 503 and
 * this returns 0 rows; the handler may go on as if there were none. */
size_t reader_rows(struct reader *r, const struct store_stmt *s, const void *args, void ***rows);
/* A page, by a statement whose arguments have `after` and `limit`.  all: the arguments of another page, of which only
 * is said how many rows it has; NULL: it is not asked.  anew: planned for what it is asked (engine.sql, plan_anew). */
size_t reader_page_rows(struct reader *r, const struct store_stmt *s, const void *args, const void *all, bool anew,
                        void ***rows, int64_t *count);
/* What is made of the rows that the district has of a table with a cache (book_cache.h). */
const void *reader_book(struct reader *r, const struct table *t);

void reader_answer(struct reader *r, const ProtobufCMessage *answer);
void reader_refuse(struct reader *r, int status, const char *code, const char *pointer, const char *detail);
/* After reader_refuse, of a 429: when it may be tried again. */
void reader_retry_after(struct reader *r, int64_t wait_us);
/* The subject is unknown here.  The first time: we wait until the producers (AFTER bits) have been read up to their
 * heads as of now, and the handler is called again; the second time it is 404. */
void reader_missing(struct reader *r, unsigned after, const char *detail);

/* Page of a list: limit (default 50, 1–500) and cursor checked; false: refused already, return. */
struct page { int32_t limit; const char *after; };
bool reader_page(struct reader *r, bool has_limit, int32_t limit, bool has_cursor, const char *cursor,
		 struct page *out);
/* Opaque text of a position: what `next` says after the last id shown.  before: what stands before the id. */
char *reader_cursor(struct reader *r, const char *before, const char *last_id);
