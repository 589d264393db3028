/* rows - see rows.h. */
#include "store/rows.h"
#include <assert.h>
#include <endian.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { KEY_ROOM = 256, INDEX_ROOM = 64 };
_Static_assert(offsetof(struct row, key) == 0, "what the index finds is the beginning of a row");

struct tried { struct tried *before; struct row *row; const ProtobufCMessage *is; };

static const void *
field_at(const void *m, const ProtobufCFieldDescriptor *f)
{
	return (const char *)m + f->offset;
}

/* ---- keys: strings end with NUL, numbers are big-endian with the sign flipped, so memcmp orders as SQL does */

static size_t
key_part_size(const void *m, const ProtobufCFieldDescriptor *f)
{
	return f->type == PROTOBUF_C_TYPE_STRING ? strlen(*(char *const *)field_at(m, f)) + 1 : 8;
}

static void
key_part_put(const void *m, const ProtobufCFieldDescriptor *f, uint8_t *out, size_t len)
{
	int64_t n;

	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		memcpy(out, *(char *const *)field_at(m, f), len);
		return;
	case PROTOBUF_C_TYPE_INT64:
		memcpy(&n, field_at(m, f), sizeof n);
		break;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_ENUM:
		n = *(const int32_t *)field_at(m, f);
		break;
	default:
		assert(!"a key is made of strings and integers");
		return;
	}
	uint64_t big = htobe64((uint64_t)n ^ UINT64_C(0x8000000000000000));
	memcpy(out, &big, sizeof big);
}

struct key_in_room { uint8_t room[KEY_ROOM]; size_t ends[TABLE_KEY_MAX + 1]; };

/* Into the room when it fits, which for a look it does; what is to stay is kept by key_keep().  ends[n]: where the
 * encoding of the first n fields ends, which is a prefix of the encoding.  Without its hash, which key_hashed() adds.
 */
static struct row_key
key_encode(const struct rows *r, const void *m, int nprefix, struct key_in_room *k)
{
	const ProtobufCFieldDescriptor *f = r->table->row->fields;

	assert(nprefix >= 1 && nprefix <= r->table->nkey && nprefix <= TABLE_KEY_MAX);
	k->ends[0] = 0;
	for (int i = 0; i < nprefix; i++)
		k->ends[i + 1] = k->ends[i] + key_part_size(m, &f[i]);
	size_t len = k->ends[nprefix];
	uint8_t *out = len <= KEY_ROOM ? k->room : arena_alloc(r->arena, len);
	for (int i = 0; i < nprefix; i++)
		key_part_put(m, &f[i], out + k->ends[i], k->ends[i + 1] - k->ends[i]);
	return (struct row_key){ .data = out, .len = len };
}

/* Of this process alone: else who names things could choose names that collide.  No order depends on it. */
static pthread_once_t seeded = PTHREAD_ONCE_INIT;
static uint64_t seed;

static void
seed_make(void)
{
	if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
		abort();
}

/* Both halves of the product, so that each bit bears on all of the hash (as wyhash does). */
static uint64_t
mixed(uint64_t h, uint64_t word)
{
	unsigned __int128 p = (unsigned __int128)(h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* Eight bytes at a time. */
static struct row_key
key_hashed(struct row_key k)
{
	uint64_t h, word;
	size_t at = 0;

	pthread_once(&seeded, seed_make);
	h = mixed(seed, k.len);
	for (; at + sizeof word <= k.len; at += sizeof word) {
		memcpy(&word, k.data + at, sizeof word);
		h = mixed(h, word);
	}
	word = 0;
	memcpy(&word, k.data + at, k.len - at);
	k.hash = (uint32_t)mixed(mixed(h, word), seed);
	return k;
}

static struct row_key
key_of(const struct rows *r, const void *m, int nprefix, struct key_in_room *room)
{
	return key_hashed(key_encode(r, m, nprefix, room));
}

static void
key_keep(arena_t *a, struct row_key *to, struct row_key k)
{
	*to = (struct row_key){ arena_copy(a, k.data, k.len), k.len, k.hash };
}

static int
key_compare(const struct row_key *a, const struct row_key *b)
{
	int c = memcmp(a->data, b->data, a->len < b->len ? a->len : b->len);
	return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* ---- the index; a hash table that is at most half full */

static const struct row_key *
index_find(const struct row_index *x, const struct row_key *k)
{
	if (!x->room)
		return NULL;
	for (size_t i = k->hash;; i++) {
		const struct row_key *at = x->slots[i & (x->room - 1)];
		if (!at || (at->hash == k->hash && at->len == k->len && !memcmp(at->data, k->data, k->len)))
			return at;
	}
}

static void
index_put(struct row_index *x, const struct row_key *k)
{
	size_t i = k->hash;

	while (x->slots[i & (x->room - 1)])
		i++;
	x->slots[i & (x->room - 1)] = k;
}

static void
index_grow(arena_t *a, struct row_index *x)
{
	struct row_index was = *x;

	x->room = was.room ? 2 * was.room : INDEX_ROOM;
	x->slots = arena_alloc(a, x->room * sizeof *x->slots);
	for (size_t i = 0; i < was.room; i++)
		if (was.slots[i])
			index_put(x, was.slots[i]);
}

/* Of a key that is not in it, and that lives as long. */
static void
index_add(arena_t *a, struct row_index *x, const struct row_key *k)
{
	if (2 * ++x->n > x->room)
		index_grow(a, x);
	index_put(x, k);
}

static struct row *
row_find(const struct rows *r, const struct row_key *k)
{
	return (struct row *)index_find(&r->known, k);
}

static struct row *
row_add(struct rows *r, struct row_key k)
{
	struct row *n = arena_alloc(r->arena, sizeof *n);

	key_keep(r->arena, &n->key, k);
	index_add(r->arena, &r->known, &n->key);
	n->next = r->fresh;
	r->fresh = n;
	return n;
}

/* ---- the treap; ranks from the key's own hash */

static void
tree_split(struct row *t, const struct row_key *k, struct row **less, struct row **more)
{
	while (t) {
		if (key_compare(&t->key, k) < 0) {
			*less = t;
			less = &t->right;
			t = t->right;
		} else {
			*more = t;
			more = &t->left;
			t = t->left;
		}
	}
	*less = *more = NULL;
}

static void
tree_add(struct row **root, struct row *n)
{
	struct row **at = root;

	n->rank = n->key.hash * 0x7feb352du;
	while (*at && (*at)->rank >= n->rank)
		at = key_compare(&n->key, &(*at)->key) < 0 ? &(*at)->left : &(*at)->right;
	tree_split(*at, &n->key, &n->left, &n->right);
	*at = n;
}

/* Every row is in the treap. */
static void
bring_in_order(struct rows *r)
{
	for (struct row *n = r->fresh, *next; n; n = next) {
		next = n->next;
		tree_add(&r->root, n);
	}
	r->fresh = NULL;
}

/* Appends each row whose key begins with the prefix (all rows when it is empty), in order, at the end of a list; the
 * new end. */
static struct row **
tree_walk(struct row *t, const struct row_key *prefix, struct row **end)
{
	while (t) {
		size_t n = t->key.len < prefix->len ? t->key.len : prefix->len;
		int c = memcmp(t->key.data, prefix->data, n);
		if (!c && t->key.len < prefix->len)
			c = -1;
		if (c >= 0)
			end = tree_walk(t->left, prefix, end);
		if (!c) {
			*end = t;
			end = &t->next;
		}
		if (c > 0)
			return end;
		t = t->right;
	}
	return end;
}

static struct row *
rows_from(struct rows *r, struct row_key prefix)
{
	struct row *first;

	bring_in_order(r);
	*tree_walk(r->root, &prefix, &first) = NULL;
	return first;
}

/* ---- the public part */

void
rows_open(struct rows *r, const struct table *t, arena_t *a)
{
	*r = (struct rows){ .table = t, .arena = a };
}

/* ends[] as of key_encode. */
static bool
is_wanted(const struct rows *r, struct row_key k, const size_t *ends, int nprefix)
{
	for (int n = nprefix; n >= 1; n--) {
		k.len = ends[n];
		k = key_hashed(k);
		if (index_find(&r->wanted, &k))
			return true;
	}
	return false;
}

bool
rows_want(struct rows *r, const void *key, int nprefix)
{
	struct key_in_room room;
	struct row_key k = key_encode(r, key, nprefix, &room);

	if (is_wanted(r, k, room.ends, nprefix))
		return false;
	struct row_key *kept = arena_alloc(r->arena, sizeof *kept);
	key_keep(r->arena, kept, key_hashed(k));
	index_add(r->arena, &r->wanted, kept);
	return true;
}

bool
rows_wanted(const struct rows *r, const void *key, int nprefix)
{
	struct key_in_room room;

	return is_wanted(r, key_encode(r, key, nprefix, &room), room.ends, nprefix);
}

uint32_t
rows_hash(const struct rows *r, const void *key, int nprefix)
{
	struct key_in_room room;

	return key_of(r, key, nprefix, &room).hash;
}

void
rows_loaded(struct rows *r, const void *row)
{
	struct key_in_room room;
	struct row_key k = key_of(r, row, r->table->nkey, &room);

	if (!row_find(r, &k)) {
		struct row *n = row_add(r, k);
		n->was = n->is = row;
	}
}

const void *
rows_get(const struct rows *r, const void *key)
{
	struct key_in_room room;
	struct row_key k = key_of(r, key, r->table->nkey, &room);
	struct row *n = row_find(r, &k);

	return n ? n->is : NULL;
}

size_t
rows_list(struct rows *r, const void *key, int nprefix, const void ***out)
{
	struct key_in_room room;
	struct row *first = rows_from(r, key_encode(r, key, nprefix, &room));
	size_t n = 0;

	for (struct row *at = first; at; at = at->next)
		n += at->is != NULL;
	*out = arena_alloc(r->arena, (n + 1) * sizeof **out);
	n = 0;
	for (struct row *at = first; at; at = at->next)
		if (at->is)
			(*out)[n++] = at->is;
	return n;
}

static void
change(struct rows *r, struct row *n, const ProtobufCMessage *is)
{
	if (r->trying) {
		struct tried *t = arena_alloc(r->arena, sizeof *t);
		*t = (struct tried){ r->tried, n, n->is };
		r->tried = t;
	}
	n->is = is;
	r->changes++;
}

bool
rows_put(struct rows *r, const void *row)
{
	struct key_in_room room;
	struct row_key k = key_of(r, row, r->table->nkey, &room);
	struct row *n = row_find(r, &k);

	assert(((const ProtobufCMessage *)row)->descriptor == r->table->row);
	if (!n)
		n = row_add(r, k);
	if (n->is && message_equal(n->is, row))
		return false;
	assert(!r->table->append_only || !n->is);
	change(r, n, arena_copy(r->arena, row, r->table->row->sizeof_message));
	return true;
}

bool
rows_drop(struct rows *r, const void *key)
{
	struct key_in_room room;
	struct row_key k = key_of(r, key, r->table->nkey, &room);
	struct row *n = row_find(r, &k);

	assert(!r->table->append_only);
	if (!n || !n->is)
		return false;
	change(r, n, NULL);
	return true;
}

void
rows_try(struct rows *r)
{
	assert(!r->trying);
	r->trying = true;
}

/* `changes` only grows: whoever counts by it sees that something happened. */
void
rows_undo(struct rows *r)
{
	assert(r->trying);
	for (struct tried *t = r->tried; t; t = t->before)
		t->row->is = t->is;
	rows_stand(r);
}

void
rows_stand(struct rows *r)
{
	r->trying = false;
	r->tried = NULL;
}

struct changes { const void **added, **changed, **drop; size_t nadded, nchanged, ndrop; };

static void
change_one(struct changes *c, const struct row *n)
{
	if (n->is && !n->was)
		c->added[c->nadded++] = n->is;
	else if (n->is && n->was != n->is && !message_equal(n->was, n->is))
		c->changed[c->nchanged++] = n->is;
	else if (!n->is && n->was)
		c->drop[c->ndrop++] = n->was;
}

void
rows_changed(struct rows *r, const void ***put, size_t *nput, const void ***drop, size_t *ndrop)
{
	struct changes c = {
		.added = arena_alloc(r->arena, (r->changes + 1) * sizeof *c.added),
		.changed = arena_alloc(r->arena, (r->changes + 1) * sizeof *c.changed),
		.drop = arena_alloc(r->arena, (r->changes + 1) * sizeof *c.drop),
	};

	for (struct row *at = r->changes ? rows_from(r, (struct row_key){ .data = (const uint8_t *)"" }) : NULL; at;
	     at = at->next)
		change_one(&c, at);
	if (c.nchanged)                 /* each row that changed was counted, so there is room */
		memcpy(c.added + c.nadded, c.changed, c.nchanged * sizeof *c.changed);
	r->nadded = c.nadded;
	*put = c.added;
	*nput = c.nadded + c.nchanged;
	*drop = c.drop;
	*ndrop = c.ndrop;
}

/* ---- equality of two rows */

static size_t
scalar_size(ProtobufCType t)
{
	switch (t) {
	case PROTOBUF_C_TYPE_INT64: case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	default:
		return 4;
	}
}

static bool
value_equal(const ProtobufCFieldDescriptor *f, const void *a, const void *b)
{
	const ProtobufCBinaryData *x = a, *y = b;

	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		return !strcmp(*(char *const *)a, *(char *const *)b);
	case PROTOBUF_C_TYPE_BYTES:
		return x->len == y->len &&
		       !memcmp(x->data ? x->data : (const void *)"", y->data ? y->data : (const void *)"", x->len);
	case PROTOBUF_C_TYPE_MESSAGE:
		return message_equal(*(ProtobufCMessage *const *)a, *(ProtobufCMessage *const *)b);
	default:
		return !memcmp(a, b, scalar_size(f->type));
	}
}

static bool
repeated_equal(const ProtobufCFieldDescriptor *f, const void *a, const void *b, size_t n)
{
	size_t step = f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE ? sizeof(void *)
											      : scalar_size(f->type);

	for (size_t i = 0; i < n; i++)
		if (!value_equal(f, *(char *const *)a + i * step, *(char *const *)b + i * step))
			return false;
	return true;
}

static bool
field_equal(const ProtobufCFieldDescriptor *f, const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	const void *qa = (const char *)a + f->quantifier_offset, *qb = (const char *)b + f->quantifier_offset;

	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		uint32_t x = *(const uint32_t *)qa, y = *(const uint32_t *)qb;
		return x == y && (x != f->id || value_equal(f, field_at(a, f), field_at(b, f)));
	}
	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		size_t x = *(const size_t *)qa, y = *(const size_t *)qb;
		return x == y && repeated_equal(f, field_at(a, f), field_at(b, f), x);
	}
	return value_equal(f, field_at(a, f), field_at(b, f));
}

bool
message_equal_but(const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *but)
{
	if (a == b)
		return true;
	if (!a || !b || a->descriptor != b->descriptor)
		return false;
	for (unsigned i = 0; i < a->descriptor->n_fields; i++)
		if (&a->descriptor->fields[i] != but && !field_equal(&a->descriptor->fields[i], a, b))
			return false;
	return true;
}

bool
message_equal(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	return message_equal_but(a, b, NULL);
}
