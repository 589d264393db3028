/* statements - what each statement of lib/engine/engine.sql and of lib/store/table means, on the tables of db.c.
 *
 * Said a second time, in C, and therefore kept as short as it can be: what is compared and what is raised is as in
 * lib/engine/schema/001_engine.sql, 002_replicas.sql and 030_clock.sql. */
#include "sim.h"
#include "mirror_rows.pb-c.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char detail[256], sqlstate[6];

const char *statement_detail(void) { return detail; }
const char *statement_sqlstate(void) { return sqlstate; }

static enum store_error
raise_error(enum store_error e, const char *state)
{
	snprintf(sqlstate, sizeof sqlstate, "%s", state);
	return e;
}

/* ---- what a statement works on */

struct call_of {
	int session; struct session *s; struct service_tables *t;
	struct sent *q;
};

static void
row_out(struct sent *q, void *row)
{
	if (q->nrows == q->rows_cap) {
		void **old = q->rows;
		q->rows_cap = q->rows_cap ? 2 * q->rows_cap : 8;
		q->rows = arena_alloc(world.arena, q->rows_cap * sizeof *q->rows);
		if (q->nrows)
			memcpy(q->rows, old, q->nrows * sizeof *old);
	}
	q->rows[q->nrows++] = row;
}

static void *
row_new(struct sent *q)
{
	void *row = arena_message(world.arena, q->stmt->row);
	row_out(q, row);
	return row;
}

/* Of a service, or of a partition, as text that lives. */
static char *
sign(char plus_or_minus, int service)
{
	return arena_printf(world.arena, "%c%s", plus_or_minus, fixtures[service].name);
}

static void
notify(const char *payload)
{
	if (db.notes.n < (int)ALEN(db.notes.payload))
		db.notes.payload[db.notes.n++] = payload;
}

static const struct replica_row *
replica_named(const struct service_tables *t, const char *instance)
{
	for (int i = 0; i < t->nreplicas; i++)
		if (!t->replica[i].gone && !strcmp(t->replica[i].instance, instance))
			return &t->replica[i];
	return NULL;
}

/* ---- who lives, who holds */

static enum store_error
opened(struct call_of *c)
{
	for (int32_t p = 0; p < PARTITIONS; p++) {
		bool any = false;
		for (size_t i = 0; i < db.district.n; i++)
			any = any || ((const EngineRows__District *)db.district.rows[i].m)->partition == p;
		if (!any)
			continue;
		const struct head *h = &c->t->head[p];
		EngineRows__Open *o = row_new(c->q);
		o->partition = p;
		o->owner = o->home = (char *)"";
		if (!h->exists)
			continue;
		const struct replica_row *r = replica_named(c->t, h->owner);
		o->home = (char *)h->home;
		o->epoch = h->epoch;
		o->now_us = world.bug == BUG_NO_MEMORY ? 0 : h->now_us;
		if (r && pid_lives(c->s->service, r->pid) && r->pid == h->pid)
			o->owner = (char *)h->owner;
	}
	return STORE_OK;
}

static enum store_error
replicas(struct call_of *c)
{
	const char *last = "";

	for (;;) {              /* by name */
		const struct replica_row *next = NULL;
		for (int i = 0; i < c->t->nreplicas; i++) {
			const struct replica_row *r = &c->t->replica[i];
			if (!r->gone && pid_lives(c->s->service, r->pid) && strcmp(r->instance, last) > 0 &&
			    (!next || strcmp(r->instance, next->instance) < 0))
				next = r;
		}
		if (!next)
			return STORE_OK;
		last = next->instance;
		EngineRows__Replica *out = row_new(c->q);
		out->instance = (char *)next->instance;
		out->prompt = next->seen_us > db_now_us() - 2 * SECOND;
	}
}

static enum store_error
beat(struct call_of *c)
{
	const EngineRows__Beat *b = *c->q->args;
	struct replica_row *mine = NULL;

	for (int i = 0; i < c->t->nreplicas; i++) {
		struct replica_row *r = &c->t->replica[i];
		if (!r->gone && llabs(r->seen_us - db_now_us()) > 60 * SECOND && !pid_lives(c->s->service, r->pid)) {
			save(r, sizeof *r);
			r->gone = true;
		}
		if (!strcmp(r->instance, b->instance))
			mine = r;
	}
	if (!mine) {
		assert(c->t->nreplicas < (int)ALEN(c->t->replica));
		save(&c->t->nreplicas, sizeof c->t->nreplicas);
		mine = &c->t->replica[c->t->nreplicas++];
		*mine = (struct replica_row){ .instance = arena_strdup(world.arena, b->instance), .gone = true };
	}
	save(mine, sizeof *mine);
	if (mine->gone || mine->pid != c->s->pid)
		mine->since_us = db_now_us();
	mine->pid = c->s->pid;
	mine->seen_us = db_now_us();
	mine->off_us = b->clock_us - db_now_us();
	mine->gone = false;
	return STORE_OK;
}

/* Those of the other replicas, sorted; how many. */
static int
peers(const struct session *me, int64_t *offs)
{
	int n = 0;

	for (int s = 0; s < SERVICES; s++)
		for (int i = 0; i < db.service[s].nreplicas; i++) {
			const struct replica_row *r = &db.service[s].replica[i];
			if (r->gone || r->pid == me->pid || llabs(r->seen_us - db_now_us()) > 3 * SECOND)
				continue;
			int k = n++;
			for (; k && offs[k - 1] > r->off_us; k--)
				offs[k] = offs[k - 1];
			offs[k] = r->off_us;
		}
	return n;
}

static enum store_error
clocks(struct call_of *c)
{
	static int64_t offs[SERVICES * LIVES_MAX];
	EngineRows__Clocks *out = row_new(c->q);

	out->peers = peers(c->s, offs);
	out->peers_off_us = out->peers ? offs[(out->peers - 1) / 2] : 0;
	out->database_us =
		world.bug == BUG_CLOCK_ECHO ? REAL_US + world.now_us + procs[c->s->proc].clock_us : db_now_us();
	return STORE_OK;
}

static enum store_error
oust(struct call_of *c)
{
	const struct replica_row *me = NULL;

	for (int i = 0; i < c->t->nreplicas; i++)
		if (!c->t->replica[i].gone && c->t->replica[i].pid == c->s->pid)
			me = &c->t->replica[i];
	for (int i = 0; me && i < c->t->nreplicas; i++) {
		const struct replica_row *r = &c->t->replica[i];
		if (r->gone || r->seen_us >= me->seen_us - 30 * SECOND || !pid_lives(c->s->service, r->pid))
			continue;
		EngineRows__Replica *out = row_new(c->q);
		out->instance = (char *)r->instance;
		out->prompt = true;
		for (int s = 0; s < db.nsessions; s++)
			if (db.session[s].pid == r->pid)
				session_end(s, "ousted");
	}
	return STORE_OK;
}

static enum store_error
lock(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++) {
		const EngineRows__Lock *l = c->q->args[i];
		int holder = lock_holder(c->s->service, l->partition);
		if (holder != NOBODY && holder != c->session)
			continue;
		c->s->locks[l->partition]++;
		((EngineRows__Partition *)row_new(c->q))->partition = l->partition;
	}
	return STORE_OK;
}

static enum store_error
unlock(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++) {
		const EngineRows__Lock *l = c->q->args[i];
		if (!c->s->locks[l->partition])
			continue;
		c->s->locks[l->partition]--;
		((EngineRows__Partition *)row_new(c->q))->partition = l->partition;
	}
	return STORE_OK;
}

static enum store_error
give(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++) {
		const EngineRows__Give *g = c->q->args[i];
		struct head *h = &c->t->head[g->partition];
		if (!h->exists || h->epoch != g->epoch)
			continue;
		save(h, sizeof *h);
		if (((const EngineRows__Give *)*c->q->args)->for_good && !strcmp(h->home, h->owner))
			h->home = "";
		h->owner = "";
		h->starts = 0;
	}
	for (int i = 0; i < c->t->nreplicas && !((const EngineRows__Give *)*c->q->args)->for_good; i++)
		if (c->t->replica[i].pid == c->s->pid) {
			save(&c->t->replica[i], sizeof c->t->replica[i]);
			c->t->replica[i].gone = true;
		}
	notify(sign('-', c->s->service));
	return STORE_OK;
}

static enum store_error
come(struct call_of *c)
{
	notify(sign('-', c->s->service));
	return STORE_OK;
}

/* ---- the fence */

static enum store_error
take(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++) {
		const EngineRows__Take *k = c->q->args[i];
		struct head *h = &c->t->head[k->partition];
		save(h, sizeof *h);
		if (!h->exists)
			*h = (struct head){ .exists = true, .home = "", .locked_by = NOBODY };
		h->owner = arena_strdup(world.arena, ((const EngineRows__Take *)*c->q->args)->instance);
		h->home = *h->home ? h->home : h->owner;
		h->trying = h->trying ? h->trying : "";
		h->epoch += world.bug != BUG_EPOCH_STAYS || !h->epoch;
		h->heard_us = db_now_us();
		h->pid = c->s->pid;
		h->starts++;
		EngineRows__Taken *out = row_new(c->q);
		*out = (EngineRows__Taken){ .base = out->base,
					    .partition = k->partition,
					    .epoch = h->epoch,
					    .seq = h->seq,
					    .now_us = h->now_us,
					    .starts = h->starts,
					    .trying = (char *)h->trying };
		out->hash = (ProtobufCBinaryData){ h->hash_len, arena_copy(world.arena, h->hash, h->hash_len) };
	}
	notify(sign('+', c->s->service));
	return STORE_OK;
}

static enum store_error
advance(struct call_of *c)
{
	size_t len = 0;

	detail[0] = '\0';
	for (size_t i = 0; i < c->q->n; i++) {
		const EngineRows__Advance *a = c->q->args[i];
		struct head *h = &c->t->head[a->partition];
		if ((!h->exists || h->epoch != a->epoch || h->seq != a->seq) && world.bug != BUG_NO_FENCE) {
			len += (size_t)snprintf(detail + len, sizeof detail - len, "%s%d", len ? " " : "",
						a->partition);
			continue;
		}
		save(h, sizeof *h);
		h->seq = a->next_seq;
		h->hash_len = a->hash.len;
		memcpy(h->hash, a->hash.data, a->hash.len);
		h->now_us = h->now_us > a->now_us ? h->now_us : a->now_us;
		h->starts = 0;
		h->trying = "";
		check_instant(fixtures[c->s->service].name, a->now_us);
		check_commit(c->session, a->partition, a->epoch);
	}
	return len ? raise_error(STORE_FENCED, "ZF001") : STORE_OK;
}

static enum store_error
trying(struct call_of *c)
{
	const EngineRows__Trying *t = *c->q->args;
	struct head *h = &c->t->head[t->partition];

	save(h, sizeof *h);
	h->trying = arena_strdup(world.arena, t->input);
	return STORE_OK;
}

/* ---- cursors, logs */

static enum store_error
by_partition(struct call_of *c, const struct tab *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < c->q->n && !t->rows[i].gone; k++)
			if (((const EngineRows__Cursor *)t->rows[i].m)->partition ==
			    ((const EngineRows__Partition *)c->q->args[k])->partition)
				row_out(c->q, t->rows[i].m);
	return STORE_OK;
}

static enum store_error cursors_of(struct call_of *c) { return by_partition(c, &c->t->cursor); }

static enum store_error
held_of(struct call_of *c)
{
	for (size_t i = 0; i < c->t->parked.n; i++)
		for (size_t k = 0; k < c->q->n && !c->t->parked.rows[i].gone; k++) {
			const EngineRows__Parked *p = (const EngineRows__Parked *)c->t->parked.rows[i].m;
			if (p->partition != ((const EngineRows__Partition *)c->q->args[k])->partition)
				continue;
			EngineRows__HeldSubject *h = row_new(c->q);
			*h = (EngineRows__HeldSubject){ .base = h->base,
							.partition = p->partition,
							.district = p->district,
							.subject = p->subject,
							.wanted = p->wanted };
		}
	return STORE_OK;
}

static enum store_error
put_all(struct call_of *c, struct tab *t)
{
	for (size_t i = 0; i < c->q->n; i++)
		tab_put(t, c->q->args[i]);
	return STORE_OK;
}

static enum store_error
drop_all(struct call_of *c, struct tab *t)
{
	for (size_t i = 0; i < c->q->n; i++)
		tab_drop(t, c->q->args[i]);
	return STORE_OK;
}

static enum store_error
cursors_move(struct call_of *c)
{
	return world.bug == BUG_CURSOR_FORGOTTEN ? STORE_OK : put_all(c, &c->t->cursor);
}

static enum store_error
cursors_of_consumer(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n; k++) {
		const EngineRows__ConsumerAt *at_ = c->q->args[k];
		const struct tab *t = &db.service[fixture_of(at_->consumer)].cursor;
		for (size_t i = 0; i < t->n; i++)
			if (((const EngineRows__Cursor *)t->rows[i].m)->partition == at_->partition)
				row_out(c->q, t->rows[i].m);
	}
	return STORE_OK;
}

static enum store_error
consumed(struct call_of *c)
{
	for (const char *const *p = fixtures[c->s->service].consumes; *p; p++)
		((EngineRows__Producer *)row_new(c->q))->producer = (char *)*p;
	return STORE_OK;
}

static enum store_error
look(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n; k++)
		for (int s = 0; s < SERVICES; s++) {
			int32_t p = ((const EngineRows__Partition *)c->q->args[k])->partition;
			const struct head *h = &db.service[s].head[p];
			if (!h->exists)
				continue;
			EngineRows__Seen *out = row_new(c->q);
			*out = (EngineRows__Seen){ .base = out->base, .service = (char *)fixtures[s].name,
			                           .partition = p, .seq = world.bug == BUG_LOOK_BLIND ? 0 : h->seq };
		}
	return STORE_OK;
}

static int64_t
cursor_at(int consumer, const char *producer, int32_t p)
{
	EngineRows__Cursor key = ENGINE_ROWS__CURSOR__INIT;

	key.partition = p;
	key.producer = (char *)producer;
	const struct row_slot *r = tab_find(&db.service[consumer].cursor, &key, 2, 0);
	return r ? ((const EngineRows__Cursor *)r->m)->seq : 0;
}

/* Who reads whom, how far. */
static enum store_error
edges(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n; k++)
		for (int s = 0; s < SERVICES; s++)
			for (const char *const *from = fixtures[s].consumes; *from; from++) {
				int32_t p = ((const EngineRows__Partition *)c->q->args[k])->partition;
				const struct head *h = &db.service[fixture_of(*from)].head[p];
				if (!h->exists)
					continue;
				EngineRows__Edge *out = row_new(c->q);
				*out = (EngineRows__Edge){ .base = out->base,
							   .producer = (char *)*from,
							   .consumer = (char *)fixtures[s].name,
							   .partition = p,
							   .head = world.bug == BUG_EDGES_BLIND ? 0 : h->seq,
							   .cursor = cursor_at(s, *from, p) };
			}
	return STORE_OK;
}

static void
log_grow(struct service_tables *t, int32_t p)
{
	EngineRows__Logged **old = t->log[p];
	int64_t *old_us = t->logged_us[p];

	save(&t->log[p], sizeof t->log[p]);
	save(&t->logged_us[p], sizeof t->logged_us[p]);
	save(&t->log_cap[p], sizeof t->log_cap[p]);
	t->log_cap[p] = t->log_cap[p] ? 2 * t->log_cap[p] : 32;
	t->log[p] = arena_alloc(world.arena, t->log_cap[p] * sizeof *old);
	t->logged_us[p] = arena_alloc(world.arena, t->log_cap[p] * sizeof *old_us);
	if (t->logged[p]) {
		memcpy(t->log[p], old, t->logged[p] * sizeof *old);
		memcpy(t->logged_us[p], old_us, t->logged[p] * sizeof *old_us);
	}
}

static enum store_error
events_append(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++) {
		const EngineRows__Logged *e = c->q->args[i];
		struct service_tables *t = c->t;
		int32_t p = e->partition;
		if (e->seq <= (int64_t)t->logged[p])
			return raise_error(STORE_BAD_INPUT, "23505");
		if (e->seq != (int64_t)t->logged[p] + 1)
			fail("%s %d: an event %lld is written after %zu", fixtures[c->s->service].name, p,
			     (long long)e->seq, t->logged[p]);
		check_event(c->session, e);
		if (t->logged[p] == t->log_cap[p])
			log_grow(t, p);
		save(&t->logged[p], sizeof t->logged[p]);
		t->logged_us[p][t->logged[p]] = world.now_us;
		t->log[p][t->logged[p]++] = (EngineRows__Logged *)e;
	}
	return STORE_OK;
}

static enum store_error
events_after(struct call_of *c)
{
	int64_t bytes = 0;

	for (size_t k = 0; k < c->q->n; k++) {
		const EngineRows__Positions *w = c->q->args[k];
		size_t from = (size_t)w->seq, n = c->t->logged[w->partition];
		for (size_t i = from; i < n && i < from + (size_t)w->limit && bytes < w->bytes; i++) {
			row_out(c->q, c->t->log[w->partition][i]);
			bytes += (int64_t)c->t->log[w->partition][i]->body.len;
		}
	}
	return STORE_OK;
}

/* ---- the order of things */

static enum store_error
turns_take(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++)
		if (tab_find(&c->t->turn, c->q->args[i], 2, 0))
			return raise_error(STORE_BAD_INPUT, "23505");
	return put_all(c, &c->t->turn);
}

/* The last one of each partition. */
static enum store_error
turns_of(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n; k++) {
		EngineRows__JournalTurn *last = NULL;
		for (size_t i = 0; i < c->t->turn.n; i++) {
			EngineRows__JournalTurn *t = (EngineRows__JournalTurn *)c->t->turn.rows[i].m;
			if (t->partition == ((const EngineRows__Partition *)c->q->args[k])->partition &&
			    (!last || t->turn > last->turn))
				last = t;
		}
		if (last)
			row_out(c->q, last);
	}
	return STORE_OK;
}

/* ---- districts, answers */

static enum store_error
districts_known(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n; k++)
		for (size_t i = 0; i < db.district.n; i++)
			if (key_equal(db.district.rows[i].m, c->q->args[k], 1))
				row_out(c->q, db.district.rows[i].m);
	return STORE_OK;
}

static enum store_error
district_open(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++)
		if (!tab_find(&db.district, c->q->args[i], 1, 0)) {
			tab_put(&db.district, c->q->args[i]);
			notify("-");
		}
	return STORE_OK;
}

static enum store_error
answers_keep(struct call_of *c)
{
	bool twice = false;

	detail[0] = '\0';
	for (size_t i = 0; i < c->q->n; i++) {
		const EngineRows__Answer *a = c->q->args[i];
		const struct row_slot *r = tab_find(&db.answer, a, 3, 0);
		if (!r || world.bug == BUG_KEY_FORGOTTEN) {
			tab_put(&db.answer, a);
			continue;
		}
		if (strcmp(((const EngineRows__Answer *)r->m)->service, a->service) != 0)
			snprintf(detail + strlen(detail), sizeof detail - strlen(detail), "%s%s %s %s",
				 *detail ? "\n" : "", a->district, a->account, a->key);
		else
			twice = true;
	}
	if (*detail)
		return raise_error(STORE_KEY_TAKEN, "ZK001");
	if (twice)
		fail("an answer is kept twice");
	return STORE_OK;
}

static enum store_error
answers_of(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n && world.bug != BUG_KEY_FORGOTTEN; k++) {
		const struct row_slot *r = tab_find(&db.answer, c->q->args[k], 3, 0);
		if (r && !strcmp(((const EngineRows__Answer *)r->m)->service, fixtures[c->s->service].name))
			row_out(c->q, r->m);
	}
	return STORE_OK;
}

/* As they come, few at once: which are the oldest does not show. */
static enum store_error
answers_purge(struct call_of *c)
{
	const EngineRows__Purge *k = *c->q->args;
	EngineRows__Purged *out = row_new(c->q);

	for (size_t i = 0; i < db.answer.n && out->rows < k->limit; i++) {
		const EngineRows__Answer *a = (const EngineRows__Answer *)db.answer.rows[i].m;
		if (db.answer.rows[i].gone || strcmp(a->service, fixtures[c->s->service].name) != 0 ||
		    a->at_us >= k->now_us)
			continue;
		tab_drop(&db.answer, a);
		out->rows++;
	}
	return STORE_OK;
}

/* ---- timers, work, what is put aside */

static int
by_due(const EngineRows__Timer *a, const EngineRows__Timer *b)
{
	int d = (a->due_us > b->due_us) - (a->due_us < b->due_us);

	d = d ? d : strcmp(a->district, b->district);
	d = d ? d : strcmp(a->kind, b->kind);
	return d ? d : strcmp(a->subject, b->subject);
}

/* The first timer of a partition from an instant on, and after the one given; NULL: there is none. */
static EngineRows__Timer *
timer_after(const struct tab *all, const EngineRows__Due *from, const EngineRows__Timer *after)
{
	EngineRows__Timer *first = NULL;

	for (size_t i = 0; i < all->n; i++) {
		EngineRows__Timer *t = (EngineRows__Timer *)all->rows[i].m;
		if (!all->rows[i].gone && t->partition == from->partition && t->due_us >= from->from_us &&
		    (!after || by_due(after, t) < 0) && (!first || by_due(t, first) < 0))
			first = t;
	}
	return first;
}

/* Of each partition as many as it may give; few: put in their places one by one. */
static enum store_error
timers_due(struct call_of *c)
{
	const EngineRows__Due *one = *c->q->args;
	int64_t until_us = one->now_us + (world.bug == BUG_TIMER_EARLY ? SECOND : 0);

	for (size_t i = 0; i < c->q->n; i++) {
		EngineRows__Timer *t = NULL;
		for (int n = 0;
		     n < one->limit && (t = timer_after(&c->t->timer, c->q->args[i], t)) && t->due_us <= until_us;
		     n++) {
			row_out(c->q, t);
			size_t k = c->q->nrows - 1;
			for (; k && by_due(t, c->q->rows[k - 1]) < 0; k--)
				c->q->rows[k] = c->q->rows[k - 1];
			c->q->rows[k] = t;
		}
	}
	return STORE_OK;
}

static enum store_error
timers_next(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n; k++) {
		const EngineRows__Timer *t = timer_after(&c->t->timer, c->q->args[k], NULL);
		EngineRows__Next *out = row_new(c->q);
		out->partition = ((const EngineRows__Due *)c->q->args[k])->partition;
		out->due_us = t ? t->due_us : 0;
	}
	return STORE_OK;
}

static enum store_error timers_put(struct call_of *c) { return put_all(c, &c->t->timer); }
static enum store_error
timers_drop(struct call_of *c)
{
	return world.bug == BUG_TIMER_STAYS ? STORE_OK : drop_all(c, &c->t->timer);
}
static enum store_error
work_done(struct call_of *c)
{
	return world.bug == BUG_WORK_STAYS && percent(20) ? STORE_OK : drop_all(c, &c->t->work);
}
static enum store_error
park(struct call_of *c)
{
	return world.bug == BUG_PARK_FORGOTTEN ? STORE_OK : put_all(c, &c->t->parked);
}

/* In the order they were written: their instants are those of the events they come from, or nearly; fewer than any
 * limit. */
static enum store_error
work_some(struct call_of *c)
{
	for (size_t i = 0; i < c->t->work.n; i++)
		for (size_t k = 0; k < c->q->n; k++)
			if (!c->t->work.rows[i].gone &&
			    ((const EngineRows__Job *)c->t->work.rows[i].m)->partition ==
				    ((const EngineRows__Positions *)c->q->args[k])->partition)
				row_out(c->q, c->t->work.rows[i].m);
	return STORE_OK;
}

const struct store_stmt fixture_job = {
	.name = "fixture.job",
	.text = "insert into work",
	.params = { "partition", "district", "subject", "at_us" },
	.nparams = 4,
	.args = &engine_rows__job__descriptor,
};

static enum store_error
job(struct call_of *c)
{
	EngineRows__Job *w = arena_copy(world.arena, *c->q->args, sizeof *w);

	w->kind = (char *)"look";
	if (!tab_find(&c->t->work, w, 4, 0))
		tab_put(&c->t->work, w);
	return STORE_OK;
}

static enum store_error
work_moved(struct call_of *c)
{
	for (size_t i = 0; i < c->q->n; i++)
		if (tab_find(&c->t->work, c->q->args[i], 4, 0))
			tab_put(&c->t->work, c->q->args[i]);
	return STORE_OK;
}

static enum store_error
work_of(struct call_of *c)
{
	for (size_t k = 0; k < c->q->n; k++)
		for (size_t i = 0; i < c->t->work.n; i++) {
			const EngineRows__Job *w = (const EngineRows__Job *)c->t->work.rows[i].m;
			EngineRows__District *d = (EngineRows__District *)c->q->args[k];
			if (c->t->work.rows[i].gone || w->partition != d->partition ||
			    strcmp(w->district, d->district) != 0)
				continue;
			row_out(c->q, d);
			break;
		}
	return STORE_OK;
}

static enum store_error nothing(struct call_of *c) { (void)c; return STORE_OK; }

/* ---- a service's own table, of which each service has the same one */

static const struct store_stmt person_load[] = {
	{ .name = "load_0" },
	{ .name = "load_1", .args = &mirror_rows__person__descriptor, .row = &mirror_rows__person__descriptor },
	{ .name = "load_2", .args = &mirror_rows__person__descriptor, .row = &mirror_rows__person__descriptor },
	{ .name = "load_3", .args = &mirror_rows__person__descriptor, .row = &mirror_rows__person__descriptor },
};
static const struct store_stmt person_all[] = {
	{ .name = "all_0" },
	{ .name = "all_1", .args = &mirror_rows__person__descriptor, .row = &mirror_rows__person__descriptor },
	{ .name = "all_2", .args = &mirror_rows__person__descriptor, .row = &mirror_rows__person__descriptor },
};
static const struct store_stmt person_insert = { .name = "insert", .args = &mirror_rows__person__descriptor };
static const struct store_stmt person_update = { .name = "update", .args = &mirror_rows__person__descriptor };
static const struct store_stmt person_drop = { .name = "drop", .args = &mirror_rows__person__descriptor };

/* In place of lib/store/table, which makes texts of them: nobody would read those here. */
bool
table_prepare(struct table_sql *q, const struct table *t, store_t *s, arena_t *a)
{
	(void)s;
	(void)a;
	*q = (struct table_sql){ .table = t, .insert = person_insert, .update = person_update, .drop = person_drop };
	for (int n = 1; n <= t->nkey; n++)
		q->load[n] = person_load[n];
	for (int n = 1; n < t->nkey; n++)
		q->all[n] = person_all[n];
	return true;
}

bool
table_prepare_all(struct table_sql *q, int n, store_t *s)
{
	(void)s;
	return q->all[n].row;
}

bool
table_prepare_load(struct table_sql *q, const struct table *t, store_t *s, arena_t *a)
{
	return table_prepare(q, t, s, a);
}

bool
table_prepare_brief(struct store_stmt *q, const struct table *t, const char *without, store_t *s, arena_t *a)
{
	(void)q; (void)t; (void)without; (void)s; (void)a;
	return false;                   /* no service's table has a cache */
}

static enum store_error
table_load(struct call_of *c, int nkey, size_t limit)
{
	const struct tab *t = &c->t->row[0];

	for (size_t k = 0; k < c->q->n; k++)
		for (const struct row_slot *r = tab_find(t, c->q->args[k], nkey, 0); r && c->q->nrows < limit;
		     r = tab_find(t, c->q->args[k], nkey, (size_t)(r - t->rows) + 1))
			row_out(c->q, r->m);
	return STORE_OK;
}

/* A text that is no UTF-8 is what the database refuses; and a row that is there already.  One to be updated that is not
 * there is no error. */
static enum store_error
table_put(struct call_of *c, bool insert)
{
	for (size_t i = 0; i < c->q->n; i++) {
		bool there = tab_find(&c->t->row[0], c->q->args[i], 3, 0) != NULL;
		if ((uint8_t)*((const MirrorRows__Person *)c->q->args[i])->unit_id == 0xff)
			return raise_error(STORE_BAD_INPUT, "22021");
		if (insert && there)
			return raise_error(STORE_BAD_INPUT, "23505");
		if (insert || there)
			tab_put(&c->t->row[0], c->q->args[i]);
	}
	return STORE_OK;
}

static enum store_error
of_table(struct call_of *c)
{
	const char *what = c->q->stmt->name;

	int nkey = what[strlen(what) - 1] - '0';

	if (*what == 'l')
		return table_load(c, nkey, nkey < 3 ? LOAD_ROWS_MAX + 1 : SIZE_MAX);
	if (*what == 'a')
		return table_load(c, nkey, WHOLE_ROWS_MAX + 1);
	return *what == 'd' ? drop_all(c, &c->t->row[0]) : table_put(c, *what == 'i');
}

/* ---- one statement */

static const struct {
	const struct store_stmt *stmt;
	enum store_error (*run)(struct call_of *c);
	bool locks;
} meanings[] = {
	{ &engine_opened, opened, false },
	{ &engine_replicas, replicas, false },
	{ &engine_beat, beat, false },
	{ &engine_come, come, false },
	{ &engine_oust, oust, false },
	{ &engine_clocks, clocks, false },
	{ &engine_timers_due, timers_due, false },
	{ &engine_jobs_some, work_some, false },
	{ &engine_timers_next, timers_next, false },
	{ &engine_advance, advance, true },
	{ &engine_cursors_move, cursors_move, false },
	{ &engine_events_append, events_append, false },
	{ &engine_answers_of, answers_of, false },
	{ &engine_answers_keep, answers_keep, false },
	{ &engine_look, look, false },
	{ &engine_edges, edges, false },
	{ &engine_districts, districts_known, false },
	{ &engine_events_after, events_after, false },
	{ &engine_timers_put, timers_put, false },
	{ &engine_timers_drop, timers_drop, false },
	{ &engine_jobs_done, work_done, false },
	{ &engine_jobs_moved, work_moved, false },
	{ &engine_jobs_of, work_of, false },
	{ &engine_park, park, false },
	{ &engine_lock, lock, false },
	{ &engine_unlock, unlock, false },
	{ &engine_take, take, true },
	{ &engine_give, give, true },
	{ &engine_cursors_of, cursors_of, false },
	{ &engine_held_of, held_of, false },
	{ &engine_trying, trying, true },
	{ &engine_consumed, consumed, false },
	{ &engine_district_open, district_open, false },
	{ &engine_answers_purge, answers_purge, false },
	{ &engine_clock_now, nothing, false },
	{ &engine_room, nothing, false },
	{ &engine_show_district, nothing, false },
	{ &engine_cursors_of_consumer, cursors_of_consumer, false },
	{ &fixture_job, job, false },
	{ &engine_journal_turns, turns_take, false },
	{ &engine_journal_turns_of, turns_of, false },
	{ &engine_journal_notes, nothing, false },
	{ &engine_own_tables, nothing, false },
	{ &engine_parked_next, nothing, false },
	{ &engine_show_partitions, nothing, false },
};

static size_t
meaning_of(const struct store_stmt *s)
{
	size_t i = 0;

	while (i < ALEN(meanings) && meanings[i].stmt != s)
		i++;
	return i;
}

/* A node has copies of its own of those for its tables. */
const struct store_stmt *
statement_kept(const struct store_stmt *s)
{
	if (s->args != &mirror_rows__person__descriptor)
		return s;
	switch (*s->name) {
	case 'l': return &person_load[s->name[strlen("load_")] - '0'];
	case 'a': return &person_all[s->name[strlen("all_")] - '0'];
	case 'i': return &person_insert;
	case 'u': return &person_update;
	default: return &person_drop;
	}
}

enum store_error
statement_run(int session, struct sent *q)
{
	struct call_of c = {
		.session = session, .s = &db.session[session], .t = &db.service[db.session[session].service], .q = q
	};
	size_t i = meaning_of(q->stmt);

	q->nrows = 0;
	if (i < ALEN(meanings))
		return meanings[i].run(&c);
	if (q->stmt->args == &mirror_rows__person__descriptor)
		return of_table(&c);
	fail("a statement that the simulation does not know: %s", q->stmt->name);
	return STORE_LOST;
}

/* Heads are the only rows that transactions of two processes touch: both lock them first.  Their number comes first in
 * each. */
bool
statement_waits(int session, const struct sent *q)
{
	size_t i = meaning_of(q->stmt);

	if (i == ALEN(meanings) || !meanings[i].locks)
		return false;
	for (size_t k = 0; k < q->n; k++) {
		int by = db.service[db.session[session].service]
				 .head[((const EngineRows__Partition *)q->args[k])->partition]
				 .locked_by;
		if (by != NOBODY && by != session)
			return true;
	}
	return false;
}
