/* keyed - rows whose key is a district and an id, and what every handler says of them; one such thing, and lists of
 * them page by page, as they are asked for. */
#pragma once
#include "base/refusal.h"
#include "engine/reader.h"
#include "engine/service.h"
#include "json/copy.h"

/* A new row in the batch's arena: its district and its id are set; of a pair also the second id that its key has. */
void *batch_row(struct batch *b, const struct table *t, const char *id);
void *batch_pair(struct batch *b, const struct table *t, const char *id, const char *second);
/* Any message of a district, which is its first field: a row with no id in its key, what a job is asked for. */
void *batch_message(struct batch *b, const ProtobufCMessageDescriptor *d);
void batch_want_id(struct batch *b, const struct table *t, const char *id);             /* and all rows under it */
const void *batch_get_id(struct batch *b, const struct table *t, const char *id);       /* NULL: none */
size_t batch_list_id(struct batch *b, const struct table *t, const char *id, const void ***rows);
void batch_want_all(struct batch *b, const struct table *t);                            /* of the district */
size_t batch_list_all(struct batch *b, const struct table *t, const void ***rows);
void batch_want_pair(struct batch *b, const struct table *t, const char *id, const char *second);
const void *batch_get_pair(struct batch *b, const struct table *t, const char *id, const char *second);

/* What is `good`; when it is not, it is refused. */
bool batch_ok(struct batch *b, bool good, int status, const char *code, const char *pointer, const char *detail);
bool batch_refused(struct batch *b, const struct refusal *r);           /* false: NULL, there is none */
bool batch_id_ok(struct batch *b, bool given, const char *id, const char *pointer);

/* An empty message in the reader's arena whose first two fields are the district and an id: what asks for one thing; as
 * it is today: its `on_day` is today. */
void *reader_key(struct reader *r, const ProtobufCMessageDescriptor *d, const char *id);
void *reader_key_today(struct reader *r, const ProtobufCMessageDescriptor *d, const char *id);

typedef ProtobufCMessage *reader_item(struct reader *r, const void *row); /* what is answered of a row; NULL: the row */

/* One thing: the first row; without one it is missing. */
void reader_one(struct reader *r, const struct store_stmt *s, const void *args, reader_item *item, const char *missing);
/* A query that names a thing by its first field; today: as it is today.  In its row: all that it does. */
struct reading { const struct store_stmt *by; const char *missing; reader_item *item; bool today; };
#define READ(reading) .with = (reading), .run = reader_read
void reader_read(struct reader *r, const void *question);

/* A list: the page of a question that has `limit` and `cursor`, by a statement whose arguments have `district`, `after`
 * and `limit` beside what is copied of the question, as a message with `items` and `next`.  An item's first field is
 * its id, by which the next page begins. */
struct listing {
	const struct copy *args;        /* of the question; own: "district after limit", and what `ask` sets */
	const ProtobufCMessageDescriptor *answer;
	reader_item *item;
	void (*ask)(struct reader *r, const void *question, void *args);        /* NULL: nothing */
	const struct store_stmt *by;    /* of a LISTED query */
	const struct ordering *orders;  /* … that has an `order`, by its values; NULL: by ids alone */
	bool anew;                      /* its filters may be absent: planned for those that are there */
};
/* key: a day of the row, by which rows come before their ids, none last; the statement then has `after_day` too.  NULL:
 * by ids alone. */
struct ordering { const struct store_stmt *by; const char *key; };

/* A question that has `count` and says so is told how many there are in all, so many at most. */
enum { COUNT_MAX = 10000 };
void reader_list(struct reader *r, const void *question, const struct listing *l, const struct store_stmt *s);
/* In the row of a query that is such a list: all that it does. */
#define LISTED(listing) .with = (listing), .run = reader_listed
void reader_listed(struct reader *r, const void *question);
/* `on_day` of the arguments is that of the question, if it has one, else today. */
void reader_ask_today(struct reader *r, const void *question, void *args);

/* The same in steps, for who looks at the rows of a page together, or whose answer has the list in it.  There is one
 * row more than `limit` when there is a next page. */
struct listed {
	void **rows; size_t n, limit;
	int64_t count;                  /* of all; −1: not asked */
	char *before;                   /* what a cursor says before the id */
};
bool reader_list_rows(struct reader *r, const void *question, const struct listing *l, const struct store_stmt *s,
                      struct listed *out);      /* false: refused */
void reader_list_fill(struct reader *r, void *list, const struct listed *l);
void reader_list_answer(struct reader *r, ProtobufCMessage *list, const struct listed *l);
