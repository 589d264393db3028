/* rows - the rows of one table that a batch has loaded, by key; and what became of them.
 *
 * Found by a hash of the encoded key; a treap of the same keys (memcmp order) is grown when somebody asks for several
 * in their order, which of most tables nobody does.  All of it lives in the batch's arena.  What was loaded is kept
 * beside what is, so the write phase knows exactly what changed. */
#pragma once
#include "base/arena.h"
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

enum { TABLE_KEY_MAX = 5 };

struct district_cache;

/* A PostgreSQL table as rows in memory.  Row message: field name == column name; tags 1 … nkey are the primary key, the
 * first is always `district`.  The statements that load, put and drop rows are built from it at start. */
struct table {
	const char *name;                               /* unqualified: the service's schema is the search path */
	const ProtobufCMessageDescriptor *row;
	int nkey;
	bool append_only;                               /* rows are never changed nor dropped; insert only */
	/* What is made of a district's rows and kept (engine/book_cache.h); NULL: nothing. */
	const struct district_cache *cache;
};

struct row_key { const uint8_t *data; size_t len; uint32_t hash; };
struct row {
	struct row_key key;
	uint32_t rank;
	const ProtobufCMessage *was;            /* as loaded; NULL: not in the table */
	const ProtobufCMessage *is;             /* as it should be; NULL: not */
	struct row *left, *right;
	struct row *next;                     /* of those that are not in the treap yet; of those that a walk has met */
};

struct row_index { const struct row_key **slots; size_t room, n; };     /* open addressing; room is a power of two */

struct rows {
	const struct table *table;
	arena_t *arena;
	struct row_index known;                 /* of struct row */
	struct row_index wanted;                /* prefixes loaded or wanted */
	struct row *root, *fresh;               /* the treap, and what it lacks */
	size_t changes, nadded;                 /* nadded: see rows_changed */
	bool trying; struct tried *tried;       /* rows changed since rows_try, the newest first */
};

void rows_open(struct rows *r, const struct table *t, arena_t *a);
/* True when this prefix was not wanted before: it must be loaded. */
bool rows_want(struct rows *r, const void *key, int nprefix);
bool rows_wanted(const struct rows *r, const void *key, int nprefix); /* this prefix, or a shorter one that covers it */
uint32_t rows_hash(const struct rows *r, const void *key, int nprefix); /* of that prefix; another in each process */
void rows_loaded(struct rows *r, const void *row);                      /* keeps an earlier change */
const void *rows_get(const struct rows *r, const void *key);
size_t rows_list(struct rows *r, const void *key, int nprefix, const void ***out);
/* Shallow copy of row into the arena; true when something changed. */
bool rows_put(struct rows *r, const void *row);
bool rows_drop(struct rows *r, const void *key);
/* All rows in which `is` differs from `was`, split into what to put and what to drop.  Of what to put the first nadded
 * are not in the table, the others are; both in key order. */
void rows_changed(struct rows *r, const void ***put, size_t *nput, const void ***drop, size_t *ndrop);

/* From rows_try on changes can be taken back, all of them, by rows_undo; rows_stand ends that and leaves them. */
void rows_try(struct rows *r);
void rows_undo(struct rows *r);
void rows_stand(struct rows *r);

bool message_equal(const ProtobufCMessage *a, const ProtobufCMessage *b);      /* same descriptor */
/* But for one field; NULL: all count. */
bool message_equal_but(const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *but);
