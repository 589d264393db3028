/* check - what must hold: some of it whenever something is committed, all of it when everything has come to rest.
 *
 * Judged by nothing but what was acknowledged (client.c) and what stands in the database: the logs say what happened
 * and in which order, and everything else must follow from them. */
#include "sim.h"
#include "domain/mirror.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_parked(int service, int32_t p, const char *producer, int64_t seq);

/* ---- as it is committed */

/* One session writes in an epoch, and epochs never go back. */
void
check_commit(int session, int32_t partition, int64_t epoch)
{
	const struct session *q = &db.session[session];
	struct wrote *w = &db.service[q->service].wrote[partition];

	if (epoch < w->epoch)
		fail("%s %d is written in epoch %lld after %lld", fixtures[q->service].name, partition,
		     (long long)epoch, (long long)w->epoch);
	if (epoch == w->epoch && q->pid != w->pid)
		fail("%s %d is written by two sessions in epoch %lld", fixtures[q->service].name, partition,
		     (long long)epoch);
	save(w, sizeof *w);
	*w = (struct wrote){ epoch, q->pid };
}

/* Whatever clocks say: nothing is decided at an instant that is still to come. */
void
check_instant(const char *whose, int64_t at_us)
{
	int64_t ahead_us = at_us - REAL_US - world.now_us;

	if (ahead_us > ASTRAY_US)
		fail("%s: decided at an instant that is %lld s ahead", whose, (long long)ahead_us / SECOND);
}

struct told { const EngineRows__Logged *l; const Wire__Event *e; const char *subject, *said; };

static struct told
tell(const EngineRows__Logged *l)
{
	struct told t = { .l = l,
			  .e = wire__event__unpack(arena_pb(world.arena), l->body.len, l->body.data),
			  .subject = "",
			  .said = "" };

	if (!t.e) {
		fail("an event cannot be read");
		t.e = arena_message(world.arena, &wire__event__descriptor);
	} else if (!strcmp(l->type, roster__person_put__descriptor.name)) {
		const Roster__PersonPut *p =
			roster__person_put__unpack(arena_pb(world.arena), t.e->data.len, t.e->data.data);
		t.subject = p->id;
		t.said = p->unit_id;
	} else if (!strcmp(l->type, roster__unit_put__descriptor.name)) {
		const Roster__UnitPut *u =
			roster__unit_put__unpack(arena_pb(world.arena), t.e->data.len, t.e->data.data);
		t.subject = u->id;
		t.said = u->name;
	}
	return t;
}

static int64_t
stands_on(const Wire__Event *e, const char *producer)
{
	for (size_t i = 0; i < e->n_after; i++)
		if (!strcmp(e->after[i]->producer, producer))
			return e->after[i]->seq;
	return 0;
}

static bool
heard_by_beta(int32_t p, int64_t upto, int64_t seq)
{
	char said[40];
	size_t len = (size_t)snprintf(said, sizeof said, "heard %lld ", (long long)seq);

	for (int64_t i = 0; i < upto; i++)
		if (!strncmp(tell(db.service[BETA].log[p][i]).said, said, len))
			return true;
	return false;
}

/* What alpha had said when the timer came due, by a clock that was never so far ahead, has been read, and what beta
 * says to it.  Beta hears everything in its order but what it puts aside. */
static void
check_caught_up(const struct proc *owner, int32_t p, const struct told *t)
{
	const struct service_tables *alpha = &db.service[ALPHA];
	int64_t before_us = t->e->at_us - REAL_US - owner->ahead_us, read = stands_on(t->e, "alpha"),
		heard = stands_on(t->e, "beta");

	if (owner->metrics.value[METRIC_TIMERS_BEHIND])
		return;                         /* it has waited for them as long as it may */
	for (size_t i = 0; i < alpha->logged[p] && alpha->logged_us[p][i] < before_us; i++) {
		const char *said = tell(alpha->log[p][i]).said;
		if ((int64_t)i >= read)
			fail("a timer of %s rings in gamma before alpha's %zu is read", t->subject, i + 1);
		else if (*said && !is_parked(BETA, p, "alpha", (int64_t)i + 1) &&
			 !heard_by_beta(p, heard, (int64_t)i + 1))
			fail("a timer of %s rings in gamma before beta has said what follows from alpha's %zu",
			     t->subject, i + 1);
	}
}

/* A timer has not rung before its time, by the clock of whom it rang at. */
void
check_event(int session, const EngineRows__Logged *l)
{
	const struct session *q = &db.session[session];

	check_instant(fixtures[q->service].name, l->at_us);
	if (q->service == ALPHA)
		return;
	struct told t = tell(l);
	int64_t now_us = REAL_US + world.now_us + procs[q->proc].ahead_us;
	bool rings = !strncmp(t.said, "rang ", 5);
	if ((rings || !strncmp(t.said, "moved ", 6)) && t.e->at_us > now_us)
		fail("a timer of %s rings %lld us early", t.subject, (long long)(t.e->at_us - now_us));
	if (rings && q->service == GAMMA)
		check_caught_up(&procs[q->proc], l->partition, &t);
}

/* ---- is it quiet? */

static bool
is_opened(int32_t p)
{
	for (size_t i = 0; i < db.district.n; i++)
		if (((const EngineRows__District *)db.district.rows[i].m)->partition == p)
			return true;
	return false;
}

/* One, and the one that the database knows. */
static const struct proc *
owner_of(int service, int32_t p)
{
	const struct proc *owner = NULL;

	for (int i = service * REPLICAS_MAX; i < (service + 1) * REPLICAS_MAX; i++) {
		if (!procs[i].up || !procs[i].node || !procs[i].node->part[p].owned)
			continue;
		if (owner || procs[i].node->part[p].epoch != db.service[service].head[p].epoch)
			return NULL;
		owner = &procs[i];
	}
	return owner;
}

static const char *
unfair(int service)
{
	int least = PARTITIONS, most = 0, all = 0;

	for (int i = service * REPLICAS_MAX; i < service * REPLICAS_MAX + world.knobs.replicas[service]; i++) {
		int n = 0;
		if (!procs[i].up || !procs[i].node || procs[i].node->lost)
			return "a replica is away";
		for (int32_t p = 0; p < PARTITIONS; p++)
			n += procs[i].node->part[p].owned;
		if (!node_idle(procs[i].node))
			return "a node has something to do";
		least = n < least ? n : least;
		most = n > most ? n : most;
		all += n;
	}
	return most - least > 1 ? "shares are not fair" : NULL;
}

static int64_t
cursor_of(int consumer, int32_t p, const char *producer)
{
	const struct tab *t = &db.service[consumer].cursor;

	for (size_t i = 0; i < t->n; i++) {
		const EngineRows__Cursor *c = (const EngineRows__Cursor *)t->rows[i].m;
		if (c->partition == p && !strcmp(c->producer, producer))
			return c->seq;
	}
	return 0;
}

static const char *
behind(int service, int32_t p)
{
	const struct proc *owner = owner_of(service, p);

	if (!owner)
		return "a partition has no owner";
	for (const char *const *from = fixtures[service].consumes; *from; from++)
		if (cursor_of(service, p, *from) != (int64_t)db.service[fixture_of(*from)].logged[p])
			return "a consumer is behind";
	for (size_t i = 0; i < db.service[service].work.n; i++)
		if (!db.service[service].work.rows[i].gone)
			return "there are jobs";
	for (size_t i = 0; i < db.service[service].timer.n; i++) {
		const struct row_slot *r = &db.service[service].timer.rows[i];
		const EngineRows__Timer *t = (const EngineRows__Timer *)r->m;
		if (!r->gone && t->partition == p && t->due_us <= REAL_US + world.now_us + owner->clock_us)
			return "a timer is overdue";
	}
	return NULL;
}

const char *
unquiet(void)
{
	const char *why;

	if (!client_done())
		return "a call waits";
	for (int s = 0; s < SERVICES; s++) {
		for (int32_t p = 0; p < PARTITIONS; p++)
			if (is_opened(p) && (why = behind(s, p)))
				return arena_printf(world.arena, "%s: %s %d", why, fixtures[s].name, p);
		if ((why = unfair(s)))
			return arena_printf(world.arena, "%s: %s", why, fixtures[s].name);
	}
	return NULL;
}

bool
quiet(void)
{
	return !unquiet();
}

/* ---- the logs */

/* Dense, chained, unforked, and the head is its end. */
static void
check_log(int service, int32_t p, struct told *out)
{
	const struct service_tables *t = &db.service[service];
	struct position before = { 0 };

	for (size_t i = 0; i < t->logged[p]; i++) {
		const EngineRows__Logged *l = t->log[p][i];
		uint8_t hash[SHA256_SIZE];
		chain_hash(&before, l->seq, l->type, l->body.data, l->body.len, hash);
		if (l->seq != (int64_t)i + 1 || l->hash.len != SHA256_SIZE ||
		    memcmp(hash, l->hash.data, SHA256_SIZE) != 0)
			fail("the log of %s %d is broken at %zu", fixtures[service].name, p, i + 1);
		memcpy(before.hash, hash, SHA256_SIZE);
		before.hash_len = SHA256_SIZE;
		out[i] = tell(l);
		if (service == ALPHA && i && l->at_us < t->log[p][i - 1]->at_us)
			fail("the log of %s %d goes back in time at %zu", fixtures[service].name, p, i + 1);
	}
	const struct head *h = &t->head[p];
	if (h->seq != (int64_t)t->logged[p] || memcmp(h->hash, before.hash, before.hash_len) != 0)
		fail("the head of %s %d is %lld, its log ends at %zu", fixtures[service].name, p, (long long)h->seq,
		     t->logged[p]);
}

struct logs { struct told *of[SERVICES][PARTITIONS]; size_t n[SERVICES][PARTITIONS]; };

/* ---- rows: folded anew from the logs */

enum { ROWS_MAX = 256 };
struct rows_made { MirrorRows__Person row[ROWS_MAX]; size_t n; };

static void
fold_in(struct rows_made *r, const struct told *t, int of)
{
	MirrorRows__Person key = MIRROR_ROWS__PERSON__INIT;
	size_t i = 0;
	char *digest = arena_alloc(world.arena, 17);

	key.district = t->e->district;
	key.person_id = (char *)t->subject;
	key.from_day = of;
	while (i < r->n && !key_equal(&r->row[i], &key, 3))
		i++;
	if (i == r->n && r->n < ROWS_MAX)
		r->row[r->n++] = key;
	fold_text(digest, r->row[i].phone_masked, t->e->id, t->said);
	r->row[i].phone_masked = digest;
	r->row[i].unit_id = arena_printf(world.arena, "%lld", (long long)t->l->seq);
}

static void
check_rows(int service, const struct rows_made *made)
{
	const struct tab *t = &db.service[service].row[0];

	if (t->n != made->n)
		fail("%s has %zu rows, not %zu", fixtures[service].name, t->n, made->n);
	for (size_t i = 0; i < made->n; i++) {
		const struct row_slot *r = tab_find(t, &made->row[i], 3, 0);
		const MirrorRows__Person *is = r ? (const MirrorRows__Person *)r->m : NULL;
		if (!is || strcmp(is->phone_masked, made->row[i].phone_masked) != 0)
			fail("%s: what it made of %s (%d) up to %s is not what the log says: %s",
			     fixtures[service].name, made->row[i].person_id, made->row[i].from_day,
			     is ? is->unit_id : "nothing", made->row[i].unit_id);
	}
}

/* ---- what was commanded */

static size_t
count_said(const struct logs *l, int service, const struct call *c, const struct command_made *o, int64_t *seq)
{
	int32_t p = district_partition(c->district);
	const char *said = service == GAMMA ? arena_printf(world.arena, "posted %s", o->said) : o->said;
	size_t n = 0;

	for (size_t i = 0; i < l->n[service][p]; i++) {
		const struct told *t = &l->of[service][p][i];
		if (strcmp(t->said, said) != 0)
			continue;
		n++;
		*seq = t->l->seq;
		if (strcmp(t->subject, o->subject) != 0 || strcmp(t->e->district, districts[c->district]) != 0)
			fail("%s is about somebody else", said);
	}
	return n;
}

/* Of those who shared a key one may have been heard: the one that was acknowledged, if any. */
static bool
another_has_key(const struct call *c, int k)
{
	for (int i = 0; i < ncalls; i++)
		for (int j = 0; j < calls[i].n; j++)
			if ((&calls[i] != c || j != k) && !strcmp(calls[i].key[j], c->key[k]))
				return true;
	return false;
}

static void
check_orders(const struct logs *l)
{
	for (int i = 0; i < ncalls; i++)
		for (int k = 0; k < calls[i].n; k++) {
			const struct call *c = &calls[i];
			const struct command_made *o = &c->made[k];
			int64_t seq = 0;
			if (c->creation || !o->status)
				continue;
			size_t n = count_said(l, c->service, c, o, &seq);
			if (o->status == 201 ? n != 1 || seq != o->seq : n > 1)
				fail("%s, answered %d, was done %zu times", o->said, o->status, n);
			if (n && (o->status == 409 || o->status == 500 || o->status == 422))
				fail("%s was answered %d, and done", o->said, o->status);
			if (o->status == 422 && !another_has_key(c, k))
				fail("%s was answered 422, and its key is nobody else's", o->said);
		}
}

/* Calls that share a key: one of them is carried out, whatever their service. */
static void
check_keys(const struct logs *l)
{
	for (int i = 0; i < ncalls; i++) {
		size_t n = 0;
		int64_t seq;
		for (int k = 0; k < ncalls && *calls[i].key[0]; k++)
			if (!strcmp(calls[k].key[0], calls[i].key[0]) && calls[k].district == calls[i].district &&
			    !calls[k].creation)
				n += count_said(l, calls[k].service, &calls[k], &calls[k].made[0], &seq);
		if (n > 1)
			fail("%zu commands were carried out under the key %s", n, calls[i].key[0]);
	}
}

/* Nothing is in a log that nobody commanded. */
static void
check_origins(const struct logs *l)
{
	for (int32_t p = 0; p < PARTITIONS; p++)
		for (size_t i = 0; i < l->n[ALPHA][p]; i++) {
			const char *said = l->of[ALPHA][p][i].said;
			int number = *said ? atoi(said + 1) : 0;
			if (*said && strcmp(calls[number / COMMANDS_MAX].made[number % COMMANDS_MAX].said, said) != 0)
				fail("nobody commanded %s", said);
			for (size_t k = 0; *said && k < i; k++)
				if (!strcmp(l->of[ALPHA][p][k].said, said))
					fail("%s is in the log twice", said);
		}
}

/* ---- what was put aside */

static bool
is_parked(int service, int32_t p, const char *producer, int64_t seq)
{
	EngineRows__Parked k = ENGINE_ROWS__PARKED__INIT;

	k.partition = p;
	k.producer = (char *)producer;
	k.seq = seq;
	return tab_find(&db.service[service].parked, &k, 3, 0) != NULL;
}

/* Whether an event of alpha cannot be run by beta: it is poison, or stands behind one of its subject. */
static bool
must_park(const struct told *all, size_t i)
{
	for (size_t k = 0; k <= i; k++)
		if ((*all[k].said == 'p' || *all[k].said == 'k') && !strcmp(all[k].subject, all[i].subject) &&
		    !strcmp(all[k].e->district, all[i].e->district))
			return true;
	return false;
}

/* What is read after its commit is good, and waits behind nobody. */
static size_t
parked_after_commit(const struct logs *l, int32_t p)
{
	size_t parked = 0;

	for (size_t i = 0; i < l->n[BETA][p]; i++)
		parked += is_parked(BETA, p, "beta", (int64_t)i + 1);
	if (parked && !world.isolated)
		fail("beta has put aside %zu of its own events of %d", parked, p);
	return parked;
}

static void
check_parked(const struct logs *l)
{
	size_t parked = 0;

	for (int32_t p = 0; p < PARTITIONS; p++)
		parked += parked_after_commit(l, p);

	for (int32_t p = 0; p < PARTITIONS; p++)
		for (size_t i = 0; i < l->n[ALPHA][p]; i++) {
			bool is = is_parked(BETA, p, "alpha", (int64_t)i + 1), must = must_park(l->of[ALPHA][p], i);
			parked += is;
			if (is != must && !(is && world.isolated))
				fail("beta has %s event %zu of alpha %d", is ? "put aside" : "not put aside", i + 1, p);
		}
	if (db.service[BETA].parked.n != parked)
		fail("beta has put aside what alpha has not said");
	if (!world.isolated && (db.service[ALPHA].parked.n || db.service[GAMMA].parked.n))
		fail("something was put aside that was good");
}

/* ---- beta's log tells in which order it did everything: it is gone through with a list of what is to come */

enum { DUE_AT_ONCE = 64 };
struct pending { const char *district, *kind, *subject; int64_t due_us; };
struct replay {
	int32_t p;
	struct pending timer[DUE_AT_ONCE], work[DUE_AT_ONCE];
	size_t ntimers, nwork;
	int64_t heard;
};

static struct pending *
pending_of(struct pending *list, size_t n, const char *district, const char *kind, const char *subject)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i].district, district) && !strcmp(list[i].kind, kind) &&
		    !strcmp(list[i].subject, subject))
			return &list[i];
	return NULL;
}

static void
pending_put(struct pending *list, size_t *n, const char *district, const char *kind, const char *subject,
	    int64_t due_us)
{
	struct pending *k = pending_of(list, *n, district, kind, subject);

	if (!k && *n < DUE_AT_ONCE)
		k = &list[(*n)++];
	if (k)
		*k = (struct pending){ district, kind, subject, due_us };
}

static void
replay_heard(struct replay *r, const struct logs *l, const struct told *t)
{
	char *said;
	int64_t seq = strtoll(t->said + 6, &said, 10), next = r->heard + 1;

	while (next <= (int64_t)l->n[ALPHA][r->p] &&
	       (is_parked(BETA, r->p, "alpha", next) || !*l->of[ALPHA][r->p][next - 1].said))
		next++;
	if (seq != next || next > (int64_t)l->n[ALPHA][r->p] ||
	    strcmp(said + 1, l->of[ALPHA][r->p][next - 1].said) != 0) {
		fail("beta %d heard alpha's %lld, not %lld", r->p, (long long)seq, (long long)next);
		return;
	}
	r->heard = next;
	if (said[1] == 'm')
		pending_put(r->timer, &r->ntimers, t->e->district, "m", t->subject, t->e->at_us + timer_us(said + 1));
	if (said[1] == 'm' || said[1] == 't')
		pending_put(r->timer, &r->ntimers, t->e->district, "t", t->subject, t->e->at_us + timer_us(said + 1));
	else if (said[1] == 'c')
		pending_put(r->work, &r->nwork, t->e->district, "look", t->subject, 0);
	for (int i = 0; i < 3 && said[1] == 'f'; i++)
		pending_put(r->work, &r->nwork, t->e->district, "look",
			    arena_printf(world.arena, "%s.%d", t->subject, i), 0);
}

/* Once, at its time, and before those that are due later. */
static void
replay_rang(struct replay *r, const struct told *t, const char *kind)
{
	int64_t due_us = t->e->at_us;
	struct pending *k = pending_of(r->timer, r->ntimers, t->e->district, kind, t->subject);

	if (!k || k->due_us != due_us) {
		fail("beta %d: the timer %s of %s rang at %lld, which it was not to", r->p, kind, t->subject,
		     (long long)due_us);
		return;
	}
	for (size_t i = 0; i < r->ntimers; i++)
		if (r->timer[i].due_us < due_us)
			fail("beta %d: the timer of %s rang before that of %s", r->p, t->subject, r->timer[i].subject);
	*k = r->timer[--r->ntimers];
	if (*kind == 'm')
		pending_put(r->timer, &r->ntimers, t->e->district, "t", t->subject, due_us + PUT_OFF_US);
}

static void
replay_looked(struct replay *r, const struct told *t)
{
	struct pending *k = pending_of(r->work, r->nwork, t->e->district, "look", t->subject);

	if (!k) {
		fail("beta %d looked at %s for nothing", r->p, t->subject);
		return;
	}
	*k = r->work[--r->nwork];
}

static void
replay_end(const struct replay *r, const struct logs *l)
{
	EngineRows__Timer key = ENGINE_ROWS__TIMER__INIT;
	size_t n = 0;

	for (int64_t i = r->heard + 1; i <= (int64_t)l->n[ALPHA][r->p]; i++)
		if (*l->of[ALPHA][r->p][i - 1].said && !is_parked(BETA, r->p, "alpha", i))
			fail("beta %d never heard alpha's %lld", r->p, (long long)i);
	if (r->nwork && !world.isolated)
		fail("beta %d never looked at %s", r->p, r->work[0].subject);
	for (size_t i = 0; i < db.service[BETA].timer.n; i++)
		n += !db.service[BETA].timer.rows[i].gone &&
		     ((const EngineRows__Timer *)db.service[BETA].timer.rows[i].m)->partition == r->p;
	if (n != r->ntimers && !world.isolated)
		fail("beta %d has %zu timers, not %zu", r->p, n, r->ntimers);
	for (size_t i = 0; i < r->ntimers && !world.isolated; i++) {
		key.partition = r->p;
		key.district = (char *)r->timer[i].district;
		key.kind = (char *)r->timer[i].kind;
		key.subject = (char *)r->timer[i].subject;
		const struct row_slot *row = tab_find(&db.service[BETA].timer, &key, 4, 0);
		if (!row || ((const EngineRows__Timer *)row->m)->due_us != r->timer[i].due_us)
			fail("beta %d: the timer of %s is lost", r->p, r->timer[i].subject);
	}
}

static void
check_beta(const struct logs *l, int32_t p)
{
	struct replay r = { .p = p };

	for (size_t i = 0; i < l->n[BETA][p] && !world.failed; i++) {
		const struct told *t = &l->of[BETA][p][i];
		if (!strncmp(t->said, "heard ", 6))
			replay_heard(&r, l, t);
		else if (!strncmp(t->said, "rang ", 5))
			replay_rang(&r, t, "t");
		else if (!strncmp(t->said, "moved ", 6))
			replay_rang(&r, t, "m");
		else
			replay_looked(&r, t);
	}
	replay_end(&r, l);
}

/* ---- everything */

static void
check_folds(const struct logs *l)
{
	struct rows_made made[SERVICES];

	for (int s = 0; s < SERVICES; s++)
		made[s].n = 0;
	for (int32_t p = 0; p < PARTITIONS; p++) {
		for (size_t i = 0; i < l->n[ALPHA][p]; i++) {
			const struct told *t = &l->of[ALPHA][p][i];
			if (!*t->said)
				continue;
			fold_in(&made[ALPHA], t, FOLD_OWN);
			fold_in(&made[GAMMA], t, FOLD_ALPHA);
			if (!is_parked(BETA, p, "alpha", t->l->seq))
				fold_in(&made[BETA], t, FOLD_ALPHA);
		}
		for (size_t i = 0; i < l->n[BETA][p]; i++) {
			fold_in(&made[BETA], &l->of[BETA][p][i], FOLD_OWN);
			if (!is_parked(BETA, p, "beta", (int64_t)i + 1))
				fold_in(&made[BETA], &l->of[BETA][p][i], FOLD_AFTER_COMMIT);
			fold_in(&made[GAMMA], &l->of[BETA][p][i], FOLD_BETA);
		}
		for (size_t i = 0; i < l->n[GAMMA][p]; i++)
			fold_in(&made[GAMMA], &l->of[GAMMA][p][i], FOLD_OWN);
	}
	for (int s = 0; s < SERVICES; s++)
		if (s != GAMMA || !db.service[GAMMA].parked.n)
			check_rows(s, &made[s]);
}

static void
trace_log(int service, int32_t p, const struct told *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		trace("%s/%d/%lld of %s at %+.6f: %s", fixtures[service].name, p, (long long)all[i].l->seq,
		      all[i].subject, (double)(all[i].e->at_us - REAL_US) / SECOND, all[i].said);
}

void
check_all(void)
{
	struct logs l;

	for (int s = 0; s < SERVICES; s++)
		for (int32_t p = 0; p < PARTITIONS; p++) {
			l.n[s][p] = db.service[s].logged[p];
			l.of[s][p] = arena_alloc(world.arena, (l.n[s][p] + 1) * sizeof(struct told));
			check_log(s, p, l.of[s][p]);
			trace_log(s, p, l.of[s][p], l.n[s][p]);
		}
	if (world.failed)
		return;
	check_orders(&l);
	check_keys(&l);
	check_origins(&l);
	check_parked(&l);
	for (int32_t p = 0; p < PARTITIONS; p++)
		check_beta(&l, p);
	check_folds(&l);
}
