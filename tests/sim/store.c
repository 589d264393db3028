/* store - store.h over db.c: the same promises, kept or broken as the seed says.
 *
 * A round trip is carried out at once, or it takes time: the request arrives, and is carried out whole, at one instant,
 * and the answer comes at a later one.  Between the two everybody else goes on, and the process may die, freeze, or be
 * cut off.  So what a caller is told and what has happened come apart in each way that they can: told OK; refused and
 * rolled back; STORE_LOST with nothing done; STORE_LOST with everything done. */
#include "sim.h"
#include "store/store.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SENT_MAX = 512, LOCK_WAIT_US = 2 * SECOND, LOCK_LOOK_US = 5 * MS, CUT_US = 1500 * MS, NOTES_MAX = 32 };

struct store {
	bool used, open;
	int place, proc, lane, session; uint64_t pid;
	struct sent sent[SENT_MAX];
	size_t nsent, from; /* from: of this round trip; before it, of a transaction that goes on */
	bool synced;
	enum store_error error; const char *detail; char sqlstate[6];
	uint64_t trip; bool pending, replied, reply_lost; int64_t lock_until_us;
	const char *notes[NOTES_MAX]; int nnotes, note_first;
	int64_t round_trips;
};
static struct store stores[STORES_MAX];

void
stores_reset(void)
{
	for (int i = 0; i < STORES_MAX; i++)
		stores[i].used = false;
}

static struct proc *
proc_of(const store_t *s)
{
	return &procs[s->proc];
}

static bool
away(const store_t *s)
{
	return db.down || world.now_us < proc_of(s)->cut_db_us;
}

/* An open that is under way is not interrupted: nobody else knows of it yet, so nobody could end it. */
static bool
opened(const store_t *s)
{
	return s->lane ? proc_of(s)->reader != NULL : proc_of(s)->node != NULL;
}

/* ---- connections */

static void
connect_now(store_t *s)
{
	s->session = session_open(s->proc, proc_of(s)->life, proc_of(s)->service, s->lane, s);
	s->pid = (uint64_t)db.session[s->session].pid;
	s->open = true;
	s->nsent = s->from = s->nnotes = s->note_first = 0;
	s->synced = s->pending = false;
}

/* The server finds out that nobody is there: at once, or when it looks, or when the session has been idle. */
static void
disconnect(store_t *s, int64_t after_us)
{
	if (!s->open)
		return;
	s->open = false;
	db.session[s->session].store = NULL;
	if (after_us)
		at(world.now_us + after_us, EVENT_SESSION_ENDS, s->session, s->pid, NULL);
	else
		session_end(s->session, "closed");
}

/* What the client thinks is lost, the server may think stands. */
static void
lose(store_t *s)
{
	disconnect(s, percent(50) ? between(1, 150 * MS) : between(1, 3 * SECOND));
}

store_t *
store_open(const char *conninfo)
{
	struct store *s = stores;

	(void)conninfo;
	while (s->used)
		s++;
	assert(s < stores + STORES_MAX);
	s->used = true;
	s->place = (int)(s - stores);
	s->proc = world.running->index;
	s->lane = world.lane;
	s->open = false;
	s->round_trips = 0;
	s->synced = s->pending = false;
	s->nsent = s->from = 0;
	if (!store_reopen(s))
		store_close(&s);
	return s;
}

/* In order when its process runs on; else it was killed. */
void
store_close(store_t **sp)
{
	store_t *s = *sp;

	if (!s)
		return;
	disconnect(s, world.running ? 0 : between(1, 150 * MS));
	s->used = false;
	*sp = NULL;
}

bool
store_reopen(store_t *s)
{
	disconnect(s, 0);
	if (away(s) && opened(s))
		lane_block(world.now_us + between(100, db.down ? MS : CUT_US));
	if (away(s))
		return false;
	connect_now(s);
	return true;
}

int
store_fd(const store_t *s)
{
	return s->open ? 1 : -1;
}

bool store_prepare(store_t *s, const struct store_stmt *stmt) { (void)stmt; return s->open; }
void
store_patience(store_t *s, int wait_ms)
{
	(void)s;
	(void)wait_ms;
} /* nothing here asks about whole tables */
int64_t store_round_trips(const store_t *s) { return s->round_trips; }
const char *store_detail(const store_t *s) { return s->detail ? s->detail : ""; }
const char *store_sqlstate(const store_t *s) { return s->sqlstate; }

const char *
store_column_type(store_t *s, const char *table, const char *column, arena_t *a)
{
	(void)s; (void)table; (void)column; (void)a;
	return "text";
}

/* ---- notifications */

/* To all who listen, in a moment, if at all. */
static void
tell_all(void)
{
	for (int i = 0; i < STORES_MAX; i++) {
		struct store *s = &stores[i];
		if (!s->used || !s->open || !db.session[s->session].live || !db.session[s->session].listening)
			continue;
		for (int k = 0; k < db.notes.n; k++)
			if (!percent(world.knobs.note_lost))
				at(world.now_us + between(50, 500), EVENT_NOTE, i, s->pid, (void *)db.notes.payload[k]);
	}
	db.notes.n = 0;
}

void
store_note(int i, uint64_t pid, const char *payload)
{
	struct store *s = &stores[i];

	if (!s->used || !s->open || s->pid != pid || s->nnotes == NOTES_MAX)
		return;
	s->notes[(s->note_first + s->nnotes++) % NOTES_MAX] = payload;
	proc_poke(s->proc, s->lane);
}

const char *
store_notification(store_t *s, arena_t *a)
{
	if (s->open && s->nnotes) {
		const char *payload = s->notes[s->note_first];
		s->note_first = (s->note_first + 1) % NOTES_MAX;
		s->nnotes--;
		return arena_strdup(a, payload);
	}
	if (s->open && !db.session[s->session].live && !away(s))
		disconnect(s, 0);               /* that it was ended can be read off the socket */
	return NULL;
}

/* ---- the queue */

/* What was sent is over, unless its transaction goes on. */
static void
begin_anew(store_t *s)
{
	if (s->synced && !s->from)
		s->nsent = 0;
	s->synced = false;
}

static struct sent *
queue(store_t *s)
{
	begin_anew(s);
	assert(s->nsent < SENT_MAX);
	struct sent *q = &s->sent[s->nsent++];
	*q = (struct sent){ 0 };
	return q;
}

void
store_text(store_t *s, const char *sql)
{
	queue(s)->text = sql;
}

void
store_queue(store_t *s, const struct store_stmt *stmt, const void *const *args, size_t n)
{
	struct sent *q = queue(s);
	const void **copy = arena_alloc(world.arena, (n + 1) * sizeof *copy);

	for (size_t i = 0; i < n; i++)        /* as if they had been packed: the caller may do with his what he likes */
		copy[i] = message_copy(args[i]);
	q->stmt = statement_kept(stmt);
	q->args = copy;
	q->n = n;
}

/* ---- a round trip, at the server */

/* What a transaction has locked, it keeps as long as it goes on. */
static void
lock_heads(const store_t *s)
{
	struct session *q = &db.session[s->session];

	if (!q->in_transaction && !s->from)
		return;
	q->in_transaction = s->from > 0;
	for (size_t i = 0; i < s->nsent; i++)
		for (size_t k = 0; s->sent[i].stmt == &engine_advance && k < s->sent[i].n; k++)
			db.service[q->service]
				.head[((const EngineRows__Partition *)s->sent[i].args[k])->partition]
				.locked_by = q->in_transaction ? s->session : NOBODY;
}

static enum store_error
refuse(store_t *s, enum store_error e)
{
	trace("database refuses %d %s", (int)e, statement_sqlstate());
	s->detail = arena_strdup(world.arena, statement_detail());
	memcpy(s->sqlstate, statement_sqlstate(), sizeof s->sqlstate);
	return e;
}

static bool
is(const struct sent *q, const char *text)
{
	return q->text && !strcmp(q->text, text);
}

/* Everything that stands between a begin and its commit, or in a round trip without them, stands or falls as one. */
static enum store_error
run_all(store_t *s)
{
	enum store_error e = STORE_OK;
	bool open = false;

	for (size_t i = 0; i < s->nsent && !e; i++) {
		struct sent *q = &s->sent[i];
		if (is(q, "begin"))
			open = true;
		else if (is(q, "commit"))
			open = false;
		else if (q->text)               /* or "discard plans" */
			db.session[s->session].listening |= !strncmp(q->text, "listen", 6);
		else
			e = statement_run(s->session, q);
	}
	s->from = open && !e ? s->nsent : 0;
	return e;
}

static bool
commits(const store_t *s)
{
	return s->nsent > 1 && is(&s->sent[0], "begin") && s->sent[1].stmt == &engine_advance;
}

/* The bug: cursors stay where they were moved to, whatever becomes of the rest. */
static void
cursors_outside(store_t *s)
{
	for (size_t i = 0; i < s->nsent; i++)
		if (s->sent[i].stmt == &engine_cursors_move)
			statement_run(s->session, &s->sent[i]);
	commit();
}

static bool
waits(const store_t *s)
{
	for (size_t i = s->from; i < s->nsent; i++)
		if (s->sent[i].stmt && statement_waits(s->session, &s->sent[i]))
			return true;
	return false;
}

/* A transaction that goes on is carried out only at its commit, as nobody sees it before; until then it is tried. */
static enum store_error
execute(store_t *s)
{
	struct session *q = &db.session[s->session];

	q->used_us = world.now_us;
	if (world.bug == BUG_CURSOR_OUTSIDE && commits(s))
		cursors_outside(s);
	enum store_error e = waits(s) || permille(world.knobs.transient) ? STORE_TRANSIENT : run_all(s);
	if (e)
		s->from = 0;
	if (e || s->from) {
		roll_back();
		db.notes.n = 0;
	} else {
		commit();
		tell_all();
	}
	lock_heads(s);
	if (e)
		s->nsent = 0;
	return e ? refuse(s, e) : STORE_OK;
}

/* ---- a round trip, between the two */

/* The request has left its process, which does not wait for it any more: it arrives some time, with nobody there to
 * hear. */
static void
ghost(const store_t *s)
{
	struct store *g = stores;

	while (g->used)
		g++;
	assert(g < stores + STORES_MAX);
	*g = *s;
	g->place = (int)(g - stores);
	g->open = g->replied = false;
	g->used = g->pending = g->reply_lost = true;
	at(world.now_us + between(0, 4 * SECOND), EVENT_EXECUTE, g->place, g->trip, NULL);
}

/* Of a request under way, when its process ends or believes the connection lost.  True: it will arrive. */
static bool
let_go(store_t *s)
{
	bool arrives = s->pending && percent(50);

	if (arrives) {
		ghost(s);
		s->open = false;
		db.session[s->session].store = NULL;
	}
	s->pending = false;
	return arrives;
}

static bool
is_ghost(const store_t *s)
{
	return s->pending && !s->open;
}

static void
arrived(store_t *s)
{
	struct session *q = &db.session[s->session];

	s->pending = q->busy = false;
	s->error = execute(s);
	q->used_us = world.now_us;
}

static void
ghost_arrives(store_t *s)
{
	trace("a request of %s arrives late", proc_of(s)->name);
	arrived(s);
	session_end(s->session, "its client is gone");
	s->used = false;
}

static int64_t
trip_us(void)
{
	return percent(world.knobs.slow_db) ? between(MS, 400 * MS) : between(20, 2 * MS);
}

void
store_execute(int i, uint64_t trip)
{
	struct store *s = &stores[i];
	const struct session *q = &db.session[s->session];

	if (!s->used || !s->pending || s->trip != trip)
		return;
	if (!q->live || (uint64_t)q->pid != s->pid ||
	    (s->open && away(s))) { /* the place of one that has ended may have been taken */
		s->pending = false;
		if (!s->open)
			s->used = false;
		else
			lane_wake(s->proc, s->lane, world.now_us + (away(s) ? CUT_US : MS));    /* nobody answers */
	} else if (waits(s) && world.now_us < s->lock_until_us)
		at(world.now_us + LOCK_LOOK_US, EVENT_EXECUTE, i, trip, NULL);
	else if (is_ghost(s))
		ghost_arrives(s);
	else {
		arrived(s);
		s->replied = !s->reply_lost;
		if (s->replied)
			lane_wake(s->proc, s->lane, world.now_us + trip_us());
		else
			trace("database answers %s in vain", proc_of(s)->name);
	}
}

/* False: no answer came. */
static bool
travel(store_t *s)
{
	bool lost = permille(world.knobs.lost), never = lost && percent(40);
	int64_t there_us = percent(world.knobs.slow_db) && percent(5) ? between(SECOND, 4 * SECOND)
								      : trip_us(); /* it may stand still */

	s->replied = false;
	s->reply_lost = lost;
	s->pending = db.session[s->session].busy = !never;
	s->trip = ++world.order;
	s->lock_until_us = world.now_us + there_us + LOCK_WAIT_US;
	if (s->pending)
		at(world.now_us + there_us, EVENT_EXECUTE, s->place, s->trip, NULL);
	lane_block(world.now_us + (lost ? between(MS, CUT_US) : STORE_WAIT_MS * MS));
	return s->replied;
}

static bool
round_trip(store_t *s)
{
	struct session *q = &db.session[s->session];

	s->round_trips++;
	sessions_tidy();
	if (away(s)) {
		if (opened(s))
			lane_block(world.now_us + (db.down ? between(1, MS) : CUT_US));
		return false;
	}
	if (!q->live)
		return false;
	if (opened(s) && world.knobs.async && (percent(world.knobs.async) || waits(s)))
		return travel(s);
	s->error = execute(s);
	return true;
}

enum store_error
store_sync(store_t *s)
{
	begin_anew(s);
	s->synced = true;
	s->sqlstate[0] = '\0';
	if (!s->open || !round_trip(s)) {
		trace("connection of %s is lost", world.running->name);
		if (!let_go(s))
			lose(s);
		s->error = STORE_LOST;
		s->from = 0;
	}
	return s->error;
}

void
store_killed(int proc)
{
	for (int i = 0; i < STORES_MAX; i++)
		if (stores[i].used && stores[i].open && stores[i].proc == proc)
			let_go(&stores[i]);
}

/* The server ends: what it had been sent is done or not. */
void
stores_cut(void)
{
	for (int i = 0; i < STORES_MAX; i++)
		if (stores[i].used && stores[i].pending && percent(50)) {
			stores[i].reply_lost = true;
			store_execute(i, stores[i].trip);
		}
}

size_t
store_rows(store_t *s, size_t i, arena_t *a, void ***rows)
{
	size_t k = s->from;

	(void)a;
	assert(s->synced && !s->error && !s->from);
	for (;; k++)
		if (s->sent[k].stmt && !i--)
			break;
	*rows = s->sent[k].rows;
	return s->sent[k].stmt->row ? s->sent[k].nrows : 0;
}

enum store_error
store_run(store_t *s, const struct store_stmt *stmt, const void *args, arena_t *a, void ***rows, size_t *n)
{
	void **none = NULL;

	rows = rows ? rows : &none;
	store_text(s, "begin");
	store_queue(s, stmt, &args, args != NULL);
	store_text(s, "commit");
	enum store_error e = store_sync(s);
	size_t found = e ? 0 : store_rows(s, 0, a, rows);
	if (n)
		*n = found;
	return e;
}
