/* db - the database: rows, sessions, advisory locks, and transactions that are carried out whole in an instant.
 *
 * A row is a message and is never changed, only replaced; it lives as long as the schedule, so results are the rows
 * themselves.  What a transaction changes is saved before, so it can be taken back. */
#include "sim.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct db db;

enum { SAVED_MAX = 8192, SAVED_BYTES = sizeof(struct head), IDLE_US = 3 * SECOND };
struct saved { void *at; size_t len; char was[SAVED_BYTES]; };
static struct saved saved[SAVED_MAX];
static size_t nsaved, ncommitted; /* ncommitted: of the transaction before this one, as long as nothing came after */

void
db_reset(void)
{
	memset(&db, 0, sizeof db);
	db.district.nkey = 1;
	db.answer.nkey = 3;
	nsaved = ncommitted = 0;
	for (int s = 0; s < SERVICES; s++) {
		struct service_tables *t = &db.service[s];
		t->cursor.nkey = t->turn.nkey = 2;
		t->timer.nkey = t->work.nkey = 4;
		t->parked.nkey = 3;
		t->row[0].nkey = 3;
		for (int p = 0; p < PARTITIONS; p++)
			t->head[p].locked_by = NOBODY;
	}
}

int64_t
db_now_us(void)
{
	return REAL_US + world.now_us + db.off_us;
}

/* ---- transactions */

void
save(void *p, size_t len)
{
	assert(nsaved < SAVED_MAX && len <= SAVED_BYTES);
	ncommitted = 0;
	saved[nsaved].at = p;
	saved[nsaved].len = len;
	memcpy(saved[nsaved++].was, p, len);
}

void
roll_back(void)
{
	while (nsaved) {
		const struct saved *s = &saved[--nsaved];
		memcpy(s->at, s->was, s->len);
	}
}

void
commit(void)
{
	ncommitted = nsaved ? nsaved : ncommitted;
	nsaved = 0;
}

void
commit_undone(void)
{
	nsaved = ncommitted;
	roll_back();
	ncommitted = 0;
}

/* ---- rows */

static bool
field_equal(const ProtobufCFieldDescriptor *f, const void *a, const void *b)
{
	const char *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;

	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		return !strcmp(*(char *const *)x, *(char *const *)y);
	case PROTOBUF_C_TYPE_INT64:
		return !memcmp(x, y, sizeof(int64_t));
	default:
		return !memcmp(x, y, sizeof(int32_t));
	}
}

bool
key_equal(const void *a, const void *b, int nkey)
{
	const ProtobufCMessageDescriptor *d = ((const ProtobufCMessage *)a)->descriptor,
					 *e = ((const ProtobufCMessage *)b)->descriptor;

	for (int i = 0; i < nkey; i++)
		if (d == e ? !field_equal(&d->fields[i], a, b)
			   : strcmp(*(char *const *)((const char *)a + d->fields[i].offset),
				    *(char *const *)((const char *)b + e->fields[i].offset)) != 0)
			return false;
	return true;
}

static void
texts_copy(char *copy, const ProtobufCFieldDescriptor *f)
{
	size_t n = *(size_t *)(copy + f->quantifier_offset);
	char ***at = (char ***)(copy + f->offset), **texts;

	assert(n == 0 || f->type == PROTOBUF_C_TYPE_STRING);
	if (n == 0)
		return;
	texts = arena_alloc(world.arena, n * sizeof *texts);
	for (size_t i = 0; i < n; i++)
		texts[i] = arena_strdup(world.arena, (*at)[i]);
	*at = texts;
}

void *
message_copy(const void *m)
{
	const ProtobufCMessageDescriptor *d = ((const ProtobufCMessage *)m)->descriptor;
	char *copy = arena_copy(world.arena, m, d->sizeof_message);

	for (unsigned i = 0; i < d->n_fields; i++) {
		void *at = copy + d->fields[i].offset;
		if (d->fields[i].label == PROTOBUF_C_LABEL_REPEATED)
			texts_copy(copy, &d->fields[i]);
		else if (d->fields[i].type == PROTOBUF_C_TYPE_STRING)
			*(char **)at = arena_strdup(world.arena, *(char **)at);
		else if (d->fields[i].type == PROTOBUF_C_TYPE_BYTES) {
			ProtobufCBinaryData *b = at;
			b->data = arena_copy(world.arena, b->data, b->len);
		}
	}
	return copy;
}

struct row_slot *
tab_find(const struct tab *t, const void *key, int nkey, size_t from)
{
	for (size_t i = from; i < t->n; i++)
		if (!t->rows[i].gone && key_equal(t->rows[i].m, key, nkey))
			return &t->rows[i];
	return NULL;
}

void
tab_put(struct tab *t, const void *row)
{
	struct row_slot *r = tab_find(t, row, t->nkey, 0);

	if (r) {
		save(r, sizeof *r);
		r->m = (ProtobufCMessage *)row;
		return;
	}
	save(t, sizeof *t);
	if (t->n == t->cap) {
		struct row_slot *old = t->rows;
		t->cap = t->cap ? 2 * t->cap : 16;
		t->rows = arena_alloc(world.arena, t->cap * sizeof *t->rows);
		if (t->n)
			memcpy(t->rows, old, t->n * sizeof *old);
	}
	t->rows[t->n++] = (struct row_slot){ (ProtobufCMessage *)row, false };
}

bool
tab_drop(struct tab *t, const void *key)
{
	struct row_slot *r = tab_find(t, key, t->nkey, 0);

	if (!r)
		return false;
	save(r, sizeof *r);
	r->gone = true;
	return true;
}

/* ---- sessions and their locks */

/* Its place may be taken again; its number never. */
static bool
is_over(const struct session *q)
{
	for (int p = 0; p < PARTITIONS; p++)
		if (q->locks[p])
			return false;
	return !q->live && !q->store;
}

int
session_open(int proc, int life, int service, int lane, store_t *store)
{
	int s = 0;

	while (s < db.nsessions && !is_over(&db.session[s]))
		s++;
	assert(s < SESSIONS_MAX);
	db.nsessions += s == db.nsessions;
	db.session[s] = (struct session){ .live = true,
					  .proc = proc,
					  .life = life,
					  .service = service,
					  .lane = lane,
					  .store = store,
					  .pid = (int)++world.order,
					  .used_us = world.now_us };
	return s;
}

void
session_end(int s, const char *why)
{
	struct session *q = &db.session[s];

	if (!q->live)
		return;
	trace("session %d of %s ends: %s", s, procs[q->proc].name, why);
	q->live = q->in_transaction = false;
	if (world.bug != BUG_LOCK_FOREVER)
		memset(q->locks, 0, sizeof q->locks);
	for (int p = 0; p < PARTITIONS; p++)
		if (db.service[q->service].head[p].locked_by == s)
			db.service[q->service].head[p].locked_by = NOBODY;
	if (q->store)
		proc_poke(q->proc, q->lane);
}

/* Readers may be idle as long as they like: deploy/roles.sql. */
void
sessions_tidy(void)
{
	for (int s = 0; s < db.nsessions; s++) {
		struct session *q = &db.session[s];
		if (q->live && !q->busy && (!q->lane || q->in_transaction) && world.now_us - q->used_us >= IDLE_US)
			session_end(s, "idle");
	}
}

bool
session_holds(int s, int32_t partition)
{
	return db.session[s].locks[partition] > 0;
}

int
lock_holder(int service, int32_t partition)
{
	for (int s = 0; s < db.nsessions; s++)
		if (db.session[s].locks[partition] && db.session[s].service == service && !db.session[s].lane)
			return s;
	return NOBODY;
}

bool
pid_lives(int service, int pid)
{
	for (int s = 0; s < db.nsessions; s++)
		if (db.session[s].live && world.now_us >= db.session[s].hidden_us && db.session[s].pid == pid &&
		    db.session[s].service == service)
			return true;
	return false;
}
