/* keyed - rows whose key is a district and one id, and what every handler says of them; lists of such things, page
 * by page. */
#pragma once
#include "base/refusal.h"
#include "engine/reader.h"
#include "engine/service.h"
#include "json/copy.h"

/* A new row in the batch's arena: its district and its id are set. */
void *batch_row(struct batch *b, const struct table *t, const char *id);
void batch_want_id(struct batch *b, const struct table *t, const char *id);             /* and all rows under it */
const void *batch_get_id(struct batch *b, const struct table *t, const char *id);       /* NULL: none */
size_t batch_list_id(struct batch *b, const struct table *t, const char *id, const void ***rows);

/* What is `good`; when it is not, it is refused. */
bool batch_ok(struct batch *b, bool good, int status, const char *code, const char *pointer, const char *detail);
bool batch_refused(struct batch *b, const struct refusal *r);           /* false: NULL, there is none */
bool batch_id_ok(struct batch *b, bool given, const char *id, const char *pointer);

/* A list: the page of a question that has `limit` and `cursor`, by a statement whose arguments have `district`,
 * `after` and `limit` beside what is copied of the question, as a message with `items` and `next`.  item: of a row;
 * NULL: the row is the item.  An item's first field is its id, by which the next page begins. */
struct listing {
	const struct copy *args;                /* of the question; own: "district after limit" */
	const ProtobufCMessageDescriptor *answer;
	ProtobufCMessage *(*item)(struct reader *r, const void *row);
};
void reader_list(struct reader *r, const void *question, const struct listing *l, const struct store_stmt *s);
/* An empty message in the reader's arena whose first two fields are the district and an id: what asks for one thing. */
void *reader_key(struct reader *r, const ProtobufCMessageDescriptor *d, const char *id);
