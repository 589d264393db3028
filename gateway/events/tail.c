#include "events/tail.h"
#include "base/log.h"
#include "call/rpc.h"
#include "events/event_text.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* The answer to one question: the events after a number up to another, of which those for the district are told. */
struct page {
	struct page *next;                      /* of the feed */
	struct page *newer, *older;             /* by last use, of all feeds */
	struct feed *feed;
	int64_t after, last;
	bool goes_on_older;                     /* what comes next is no longer in the owner's memory */
	size_t n, bytes;
	struct told **events;
};

enum slot { FRONT, BACK, SLOTS };
struct question { uint64_t id; int64_t after, due_us; Wire__Lane lane; };      /* id 0: none under way */
struct feed {
	struct watch *watch;
	size_t service;
	struct page *pages;
	int64_t front;                          /* of the newest event known */
	int64_t rest_us;                        /* nothing is asked before */
	bool resting;                           /* somebody wanted to ask */
	struct question asked[SLOTS];
};
struct watch {
	struct watch *next;
	char district[8];
	int32_t partition;
	size_t followers;
	uint64_t news;                          /* how often there was some */
	struct feed feeds[POSITION_SERVICES_MAX];
};
struct tail {
	struct port port;
	const char *const *services;
	size_t nservices;
	struct metrics *metrics;
	arena_t *arena;
	struct watch *watches;
	size_t nwatches;
	struct page *newest, *oldest;
	size_t npages, bytes;
	uint64_t serial;
	int64_t next_due_us;                    /* not later than the first one due */
};

/* ---- opening, joining, leaving */

tail_t *
tail_open(struct port port, const char *const *services, struct metrics *metrics, arena_t *arena)
{
	tail_t *f = calloc(1, sizeof(*f));

	if (!f || getrandom(&f->serial, sizeof(f->serial), 0) != sizeof(f->serial))
		abort();
	*f = (tail_t){ .port = port, .services = services, .metrics = metrics, .arena = arena, .serial = f->serial,
	                 .next_due_us = INT64_MAX };
	while (services[f->nservices])
		f->nservices++;
	assert(f->nservices <= POSITION_SERVICES_MAX);
	return f;
}

void
tail_close(tail_t **fp)
{
	assert(!*fp || !(*fp)->watches);
	free(*fp);
	*fp = NULL;
}

struct watch *
watch_join(tail_t *f, const char *district, int32_t partition)
{
	struct watch *w = f->watches;

	while (w && strcmp(w->district, district) != 0)
		w = w->next;
	if (!w && f->nwatches == WATCHES_MAX)
		return NULL;
	if (!w) {
		w = calloc(1, sizeof(*w));
		if (!w)
			abort();
		strncpy(w->district, district, sizeof(w->district) - 1);
		w->partition = partition;
		for (size_t i = 0; i < f->nservices; i++)
			w->feeds[i] = (struct feed){ .watch = w, .service = i };
		w->next = f->watches;
		f->watches = w;
		f->nwatches++;
	}
	w->followers++;
	return w;
}

static void page_drop(tail_t *f, struct page *p);

/* Answers still under way will be nobody's. */
void
watch_leave(tail_t *f, struct watch *w)
{
	struct watch **at = &f->watches;

	if (--w->followers)
		return;
	for (size_t i = 0; i < f->nservices; i++)
		while (w->feeds[i].pages)
			page_drop(f, w->feeds[i].pages);
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	f->nwatches--;
	free(w);
}

void
watch_ends_at(tail_t *f, struct watch *w, const struct position *heads)
{
	for (size_t i = 0; i < f->nservices; i++)
		if (heads->seq[i] > w->feeds[i].front)
			w->feeds[i].front = heads->seq[i];
}

uint64_t
watch_news(const struct watch *w)
{
	return w->news;
}

size_t
tail_watches(const tail_t *f)
{
	return f->nwatches;
}

/* ---- what was read lately */

void
told_keep(struct told *t)
{
	t->refs++;
}

void
told_leave(struct told *t)
{
	if (--t->refs == 0)
		free(t);
}

static void
page_unlink_use(tail_t *f, struct page *p)
{
	*(p->newer ? &p->newer->older : &f->newest) = p->older;
	*(p->older ? &p->older->newer : &f->oldest) = p->newer;
}

static void
page_use(tail_t *f, struct page *p)
{
	p->newer = NULL;
	p->older = f->newest;
	*(f->newest ? &f->newest->newer : &f->oldest) = p;
	f->newest = p;
}

static void
page_drop(tail_t *f, struct page *p)
{
	struct page **at = &p->feed->pages;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	page_unlink_use(f, p);
	f->npages--;
	f->bytes -= p->bytes;
	for (size_t i = 0; i < p->n; i++)
		told_leave(p->events[i]);
	free(p->events);
	free(p);
}

static void
page_put(tail_t *f, struct feed *d, struct page *p)
{
	p->feed = d;
	p->next = d->pages;
	d->pages = p;
	page_use(f, p);
	f->npages++;
	f->bytes += p->bytes;
	while ((f->bytes > PAGES_BYTES_MAX || f->npages > PAGES_MAX) && f->oldest != f->newest)
		page_drop(f, f->oldest);
}

static struct page *
page_after(const struct feed *d, int64_t seq)
{
	struct page *p = d->pages;

	while (p && !(p->after <= seq && seq < p->last))
		p = p->next;
	return p;
}

/* ---- asking */

static void
due_at(tail_t *f, int64_t due_us)
{
	if (due_us < f->next_due_us)
		f->next_due_us = due_us;
}

static void
rest(tail_t *f, struct feed *d, int64_t mono_us)
{
	d->rest_us = mono_us + REST_US;
	d->resting = true;
	due_at(f, d->rest_us);
}

static void
ask(tail_t *f, struct feed *d, struct question *q, int64_t after, Wire__Lane lane, int64_t mono_us)
{
	Wire__Position at = WIRE__POSITION__INIT, *one = &at;
	Wire__Fetch fetch = WIRE__FETCH__INIT;
	uint8_t body[128];

	at.partition = d->watch->partition;
	at.seq = after;
	fetch.consumer = (char *)"gateway";
	fetch.n_after = 1;
	fetch.after = &one;
	fetch.bytes_max = PAGE_BYTES_MAX;
	*q = (struct question){ .id = ++f->serial << RPC_SLOT_BITS | RPC_SLOT_NONE, .after = after, .lane = lane,
	                        .due_us = mono_us + LOST_US };
	struct message m = {
		.kind = WIRE__KIND__FETCH, .id = q->id, .service = f->services[d->service],
		.partition = d->watch->partition,
		.lane = lane, .wait_ms = HOLD_US / 1000, .body = body, .body_len = wire__fetch__pack(&fetch, body),
	};
	due_at(f, q->due_us);
	if (f->port.send(f->port.ctx, &m))
		return;
	q->id = 0;
	rest(f, d, mono_us);
}

/* A page that was full says where the next one lies. */
static Wire__Lane
lane_after(const struct feed *d, int64_t seq)
{
	for (const struct page *p = d->pages; p; p = p->next)
		if (p->last == seq)
			return p->goes_on_older ? WIRE__LANE__READER : WIRE__LANE__WRITER;
	return WIRE__LANE__WRITER;
}

static void
want(tail_t *f, struct feed *d, int64_t seq, int64_t mono_us)
{
	struct question *q = &d->asked[seq >= d->front ? FRONT : BACK];

	if (q->id)
		return;
	if (mono_us >= d->rest_us) {
		ask(f, d, q, seq, lane_after(d, seq), mono_us);
		return;
	}
	d->resting = true;
	due_at(f, d->rest_us);
}

struct told *
watch_next(tail_t *f, struct watch *w, size_t service, int64_t *seq, int64_t mono_us)
{
	struct feed *d = &w->feeds[service];
	struct page *p;

	while ((p = page_after(d, *seq))) {
		page_unlink_use(f, p);
		page_use(f, p);
		for (size_t i = 0; i < p->n; i++)
			if (p->events[i]->seq > *seq) {
				*seq = p->events[i]->seq;
				return p->events[i];
			}
		*seq = p->last;
	}
	want(f, d, *seq, mono_us);
	return NULL;
}

/* ---- an answer */

static struct told *
tell(tail_t *f, const struct feed *d, const Wire__Logged *l)
{
	static const enum metric_id counted[] = {
		[EVENT_ELSEWHERE] = METRICS, [EVENT_TOLD] = METRICS, [EVENT_UNKNOWN] = METRIC_EVENTS_UNKNOWN,
		[EVENT_SEALED] = METRIC_EVENTS_SEALED, [EVENT_UNREADABLE] = METRIC_EVENTS_UNKNOWN,
	};
	struct bytes text = { 0 };
	enum event_fate fate = event_text(l, d->watch->district, f->arena, &text);
	struct told *t = NULL;

	if (fate == EVENT_UNREADABLE)
		LOG(ERROR, "event.unreadable", NULL, LOG_S("service", f->services[d->service]),
		    LOG_I("partition", l->partition), LOG_I("seq", l->seq));
	if (counted[fate] != METRICS)
		metric_add(f->metrics, counted[fate], 1);
	if (fate == EVENT_TOLD) {
		t = malloc(sizeof(*t) + text.len);
		if (!t)
			abort();
		*t = (struct told){ .refs = 1, .seq = l->seq, .len = text.len };
		memcpy(t->text, text.p, text.len);
	}
	bytes_free(&text);
	return t;
}

/* The items that follow each other from where was asked; NULL: none does. */
static struct page *
page_of(tail_t *f, const struct feed *d, int64_t after, const Wire__Fetched *said)
{
	struct page *p = calloc(1, sizeof(*p));

	if (!p || !(p->events = calloc(said->n_items, sizeof(*p->events))))
		abort();
	p->after = p->last = after;
	p->goes_on_older = said->older;
	for (size_t i = 0; i < said->n_items; i++) {
		const Wire__Logged *l = said->items[i];
		if (l->partition != d->watch->partition || l->seq != p->last + 1)
			break;
		struct told *t = tell(f, d, l);
		if (t)
			p->events[p->n++] = t;
		p->bytes += t ? sizeof(*t) + t->len : 0;
		p->last = l->seq;
	}
	p->bytes += sizeof(*p) + p->n * sizeof(*p->events);
	if (p->last > after)
		return p;
	free(p->events);
	free(p);
	return NULL;
}

/* What was full before has nothing behind it: the owner's memory goes on from there. */
static void
goes_on_fresh(struct feed *d, int64_t seq)
{
	for (struct page *p = d->pages; p; p = p->next)
		if (p->last == seq)
			p->goes_on_older = false;
}

static void
take(tail_t *f, struct feed *d, struct question *q, const struct message *m, int64_t mono_us)
{
	const Wire__Fetched *said = wire__fetched__unpack(arena_pb(f->arena), m->body_len, m->body);
	struct page *p = said && said->n_items ? page_of(f, d, q->after, said) : NULL;

	if (!said)
		LOG(ERROR, "fetch.malformed", NULL, LOG_S("producer", f->services[d->service]),
		    LOG_I("bytes", m->body_len));
	metric_add(f->metrics, METRIC_FETCHES, 1);
	q->id = 0;
	if (p) {
		d->front = p->last > d->front ? p->last : d->front;
		page_put(f, d, p);
	} else if (said && said->older && q->lane == WIRE__LANE__WRITER) {
		ask(f, d, q, q->after, WIRE__LANE__READER, mono_us);
	} else if (!said || said->n_items || said->n_elsewhere || q->lane == WIRE__LANE__READER) {
		goes_on_fresh(d, q->after);
		rest(f, d, mono_us);            /* nothing gained: not again at once */
	}
	d->watch->news++;
}

static struct question *
question_of(tail_t *f, uint64_t id, struct feed **of)
{
	for (struct watch *w = f->watches; w; w = w->next)
		for (size_t i = 0; i < f->nservices; i++)
			for (int k = 0; k < SLOTS; k++)
				if (w->feeds[i].asked[k].id == id) {
					*of = &w->feeds[i];
					return &w->feeds[i].asked[k];
				}
	return NULL;
}

bool
tail_receive(tail_t *f, const struct message *m, int64_t mono_us)
{
	struct feed *d;

	if ((m->id & RPC_SLOT_NONE) != RPC_SLOT_NONE)
		return false;
	struct question *q = question_of(f, m->id, &d);
	if (!q || !message_is_of(m, f->services[d->service]))
		return true;                    /* given up, or everybody has left */
	if (m->kind == WIRE__KIND__ANSWER) {
		take(f, d, q, m, mono_us);
	} else {
		q->id = 0;
		rest(f, d, mono_us);
	}
	return true;
}

/* ---- time */

static void
feed_tick(tail_t *f, struct feed *d, int64_t mono_us)
{
	for (int k = 0; k < SLOTS; k++)
		if (d->asked[k].id && d->asked[k].due_us <= mono_us) {
			metric_add(f->metrics, METRIC_FETCH_TIMEOUTS, 1);
			d->asked[k].id = 0;
			d->watch->news++;
		} else if (d->asked[k].id) {
			due_at(f, d->asked[k].due_us);
		}
	if (d->resting && d->rest_us <= mono_us) {
		d->resting = false;
		d->watch->news++;
	} else if (d->resting) {
		due_at(f, d->rest_us);
	}
}

int64_t
tail_due_us(const tail_t *f)
{
	return f->next_due_us;
}

bool
tail_tick(tail_t *f, int64_t mono_us)
{
	if (mono_us < f->next_due_us)
		return false;
	f->next_due_us = INT64_MAX;
	for (struct watch *w = f->watches; w; w = w->next)
		for (size_t i = 0; i < f->nservices; i++)
			feed_tick(f, &w->feeds[i], mono_us);
	return true;
}
