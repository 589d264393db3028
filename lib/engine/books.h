/* books - what is made of the rows that an input's district has of the table with a cache (book_cache.h). */
#pragma once
#include "engine/input.h"

enum {
	BOOKS_AT_ONCE = 128,                            /* districts whose books a batch makes */
	BOOKS_BYTES_MAX = 32 << 20,                     /* of documents and books between batches */
};

void books_open(node_t *n);
/* of the input whose wants are asked for: its district's rows, unless its book is kept */
void books_want(struct batch *b);
void books_keep(struct batch *b);                       /* what was loaded, when it is to be had again */
/* those of districts whose rows it has written are no longer the right ones */
void books_changed(struct batch *b);
void books_make_room(node_t *n);
/* These inputs are of more districts whose books are to be made than should be made at once: nothing is let go
 * before the batch ends. */
bool books_crowded(const node_t *n, const struct input *inputs, size_t count);
void books_forget(node_t *n, const char *district);     /* NULL: all */
