/* rows - see rows.h. */
#include "rows.h"
#include <assert.h>
#include <endian.h>
#include <string.h>

enum { KEY_ROOM = 256 };

struct tried { struct tried *before; struct row *row; const ProtobufCMessage *is; };

struct bytes { const uint8_t *data; size_t len; };

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

/* Into room when it fits, which for a look it does; what is to stay is kept by key_keep(). */
static struct bytes
key_encode(const struct rows *r, const void *m, int nprefix, uint8_t room[KEY_ROOM])
{
	const ProtobufCFieldDescriptor *f = r->table->row->fields;
	size_t len = 0, at = 0;

	assert(nprefix >= 1 && nprefix <= r->table->nkey);
	for (int i = 0; i < nprefix; i++)
		len += key_part_size(m, &f[i]);
	uint8_t *out = len <= KEY_ROOM ? room : arena_alloc(r->arena, len);
	for (int i = 0; i < nprefix; i++) {
		size_t n = key_part_size(m, &f[i]);
		key_part_put(m, &f[i], out + at, n);
		at += n;
	}
	return (struct bytes){ out, len };
}

static struct bytes
key_keep(arena_t *a, struct bytes k)
{
	return (struct bytes){ arena_copy(a, k.data, k.len), k.len };
}

static int
bytes_compare(const uint8_t *a, size_t na, const uint8_t *b, size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);
	return c ? c : (na > nb) - (na < nb);
}

/* ---- treap; ranks from the key's own hash, so the shape is the same on every replay */

static uint32_t
rank_of(struct bytes k)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < k.len; i++)
		h = (h ^ k.data[i]) * 16777619u;
	h ^= h >> 16;
	h *= 0x7feb352du;
	return h ^ h >> 15;
}

static struct row *
tree_find(struct row *t, struct bytes k)
{
	while (t) {
		int c = bytes_compare(k.data, k.len, t->key, t->key_len);
		if (!c)
			return t;
		t = c < 0 ? t->left : t->right;
	}
	return NULL;
}

static void
tree_split(struct row *t, struct bytes k, struct row **less, struct row **more)
{
	while (t) {
		if (bytes_compare(t->key, t->key_len, k.data, k.len) < 0) {
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

static struct row *
tree_add(arena_t *a, struct row **root, struct bytes k)
{
	struct row *n = arena_alloc(a, sizeof *n), **at = root;

	k = key_keep(a, k);
	n->key = k.data;
	n->key_len = k.len;
	n->rank = rank_of(k);
	while (*at && (*at)->rank >= n->rank)
		at = bytes_compare(k.data, k.len, (*at)->key, (*at)->key_len) < 0 ? &(*at)->left : &(*at)->right;
	tree_split(*at, k, &n->left, &n->right);
	*at = n;
	return n;
}

/* Calls for each row whose key begins with the prefix (all rows when it is empty), in order. */
static void
tree_walk(struct row *t, struct bytes prefix, void (*call)(void *, struct row *), void *ctx)
{
	while (t) {
		size_t n = t->key_len < prefix.len ? t->key_len : prefix.len;
		int c = memcmp(t->key, prefix.data, n);
		if (!c && t->key_len < prefix.len)
			c = -1;
		if (c >= 0)
			tree_walk(t->left, prefix, call, ctx);
		if (!c)
			call(ctx, t);
		if (c > 0)
			return;
		t = t->right;
	}
}

/* ---- the public part */

void
rows_open(struct rows *r, const struct table *t, arena_t *a)
{
	*r = (struct rows){ .table = t, .arena = a };
}

bool
rows_want(struct rows *r, const void *key, int nprefix)
{
	uint8_t room[KEY_ROOM];

	if (rows_wanted(r, key, nprefix))
		return false;
	tree_add(r->arena, &r->loaded, key_encode(r, key, nprefix, room));
	return true;
}

bool
rows_wanted(const struct rows *r, const void *key, int nprefix)
{
	uint8_t room[KEY_ROOM];
	struct bytes k = key_encode(r, key, nprefix, room);

	for (int n = nprefix; n >= 1; n--) {            /* the encoding of a prefix is a prefix of the encoding */
		if (tree_find(r->loaded, k))
			return true;
		k.len -= key_part_size(key, &r->table->row->fields[n - 1]);
	}
	return false;
}

void
rows_loaded(struct rows *r, const void *row)
{
	uint8_t room[KEY_ROOM];
	struct bytes k = key_encode(r, row, r->table->nkey, room);

	if (!tree_find(r->root, k)) {
		struct row *n = tree_add(r->arena, &r->root, k);
		n->was = n->is = row;
	}
}

const void *
rows_get(const struct rows *r, const void *key)
{
	uint8_t room[KEY_ROOM];
	struct row *n = tree_find(r->root, key_encode(r, key, r->table->nkey, room));
	return n ? n->is : NULL;
}

struct listing { const void **rows; size_t n; };

static void
count_one(void *ctx, struct row *n)
{
	((struct listing *)ctx)->n += n->is != NULL;
}

static void
list_one(void *ctx, struct row *n)
{
	struct listing *l = ctx;
	if (n->is)
		l->rows[l->n++] = n->is;
}

size_t
rows_list(struct rows *r, const void *key, int nprefix, const void ***out)
{
	uint8_t room[KEY_ROOM];
	struct bytes prefix = key_encode(r, key, nprefix, room);
	struct listing l = { NULL, 0 };

	tree_walk(r->root, prefix, count_one, &l);
	l.rows = arena_alloc(r->arena, (l.n + 1) * sizeof *l.rows);
	l.n = 0;
	tree_walk(r->root, prefix, list_one, &l);
	*out = l.rows;
	return l.n;
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
	uint8_t room[KEY_ROOM];
	struct bytes k = key_encode(r, row, r->table->nkey, room);
	struct row *n = tree_find(r->root, k);

	assert(((const ProtobufCMessage *)row)->descriptor == r->table->row);
	if (!n)
		n = tree_add(r->arena, &r->root, k);
	if (n->is && message_equal(n->is, row))
		return false;
	assert(!r->table->append_only || !n->is);
	change(r, n, arena_copy(r->arena, row, r->table->row->sizeof_message));
	return true;
}

bool
rows_drop(struct rows *r, const void *key)
{
	uint8_t room[KEY_ROOM];
	struct row *n = tree_find(r->root, key_encode(r, key, r->table->nkey, room));

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
change_one(void *ctx, struct row *n)
{
	struct changes *c = ctx;

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

	if (r->changes)
		tree_walk(r->root, (struct bytes){ (const uint8_t *)"", 0 }, change_one, &c);
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
	case PROTOBUF_C_TYPE_INT64: case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_SINT64: case PROTOBUF_C_TYPE_DOUBLE:
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
		return x->len == y->len && !memcmp(x->data ? x->data : (const void *)"", y->data ? y->data : (const void *)"", x->len);
	case PROTOBUF_C_TYPE_MESSAGE:
		return message_equal(*(ProtobufCMessage *const *)a, *(ProtobufCMessage *const *)b);
	default:
		return !memcmp(a, b, scalar_size(f->type));
	}
}

static bool
repeated_equal(const ProtobufCFieldDescriptor *f, const void *a, const void *b, size_t n)
{
	size_t step = f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE ? sizeof(void *) : scalar_size(f->type);

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
message_equal(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	if (a == b)
		return true;
	if (!a || !b || a->descriptor != b->descriptor)
		return false;
	for (unsigned i = 0; i < a->descriptor->n_fields; i++)
		if (!field_equal(&a->descriptor->fields[i], a, b))
			return false;
	return true;
}
