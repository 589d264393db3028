#include "events/sse.h"
#include "access/fairness.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = POSITION_TEXT_MAX + 32 };

struct stream {
	struct reply_stream reply;              /* what its carrier sees */
	sse_t *of;
	struct stream *next, **before;
	struct watch *watch;
	char district[8];
	struct position position;
	size_t turn;                            /* the service that is looked at first */
	char head[HEAD_MAX];                    /* what is being sent: this, then the event */
	size_t head_len, sent;
	struct told *told;
	char account[ID_MAX + 1], token_sha256[SHA256_HEX_MAX];
	int64_t beat_us, look_us;
	uint64_t seen;                          /* of the watch's news */
	bool waits, ended;
};
struct sse {
	tail_t *tail;
	struct metrics *metrics;
	size_t nservices, n;
	struct stream *first;
	int64_t next_beat_us, next_look_us;     /* not later than the first one */
	bool ended;
};

/* ---- opening */

sse_t *
sse_open(struct port port, const char *const *services, struct metrics *metrics, arena_t *arena)
{
	sse_t *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->tail = tail_open(port, services, metrics, arena);
	s->metrics = metrics;
	s->next_beat_us = s->next_look_us = INT64_MAX;
	while (services[s->nservices])
		s->nservices++;
	return s;
}

void
sse_close(sse_t **sp)
{
	if (!*sp)
		return;
	assert(!(*sp)->first);
	tail_close(&(*sp)->tail);
	free(*sp);
	*sp = NULL;
}

static void
count(sse_t *s)
{
	metric_set(s->metrics, METRIC_EVENT_STREAMS, (int64_t)s->n);
	metric_set(s->metrics, METRIC_EVENT_DISTRICTS, (int64_t)tail_watches(s->tail));
}

/* ---- what is told next */

/* The place as it is now, as a line; what else stands in the head follows. */
static void
head_position(struct stream *t, const char *before, const char *after)
{
	char text[POSITION_TEXT_MAX];

	position_text(t->district, &t->position, t->of->nservices, text);
	t->head_len = (size_t)snprintf(t->head, sizeof(t->head), "%sid: %s\n%s", before, text, after);
}

/* Services take turns; the order within each is that of its log. */
static bool
next_event(struct stream *t, int64_t mono_us)
{
	size_t n = t->of->nservices;

	for (size_t i = 0; i < n && !t->told; i++) {
		size_t service = (t->turn + i) % n;
		t->told = watch_next(t->of->tail, t->watch, service, &t->position.seq[service], mono_us);
		if (t->told)
			t->turn = (service + 1) % n;
	}
	if (!t->told)
		return false;
	told_keep(t->told);
	head_position(t, "", "");
	metric_add(t->of->metrics, METRIC_EVENTS_TOLD, 1);
	return true;
}

/* An id without data moves the client's place and is told to nobody.  It is there whether the place has moved or not:
 * that would show that something happened which is not told. */
static bool
next_beat(struct stream *t, int64_t mono_us)
{
	if (mono_us < t->beat_us)
		return false;
	head_position(t, ":\n", "\n");
	t->beat_us = mono_us + BEAT_US;
	return true;
}

static void
sent_all(struct stream *t)
{
	if (t->told)
		told_leave(t->told);
	t->told = NULL;
	t->head_len = t->sent = 0;
}

static bool
next(struct stream *t, int64_t mono_us)
{
	return !t->ended && (next_event(t, mono_us) || next_beat(t, mono_us));
}

/* ---- the carrier's side */

/* Copies what fits of what is being sent; 0: it has been sent. */
static size_t
copy(struct stream *t, char *to, size_t n)
{
	bool in_head = t->sent < t->head_len;
	size_t at = in_head ? t->sent : t->sent - t->head_len, len = in_head ? t->head_len : t->told ? t->told->len : 0;
	size_t part = len - at < n ? len - at : n;

	memcpy(to, (in_head ? t->head : t->told ? t->told->text : "") + at, part);
	t->sent += part;
	return part;
}

static void
wait(struct stream *t)
{
	t->waits = true;
	if (t->beat_us < t->of->next_beat_us)
		t->of->next_beat_us = t->beat_us;
}

static size_t
pull(void *ctx, char *to, size_t n, int64_t mono_us)
{
	struct stream *t = ctx;
	size_t got = 0, part;

	t->waits = false;
	t->seen = watch_news(t->watch);
	while (got < n) {
		if (t->head_len == 0 && !next(t, mono_us))
			break;
		part = copy(t, to + got, n - got);
		got += part;
		if (part == 0)
			sent_all(t);
	}
	if (got)
		t->beat_us = mono_us + BEAT_US;
	else if (t->ended)
		return REPLY_STREAM_ENDED;
	else
		wait(t);
	return got;
}

static void
leave(void *ctx)
{
	struct stream *t = ctx;
	sse_t *s = t->of;

	sent_all(t);
	watch_leave(s->tail, t->watch);
	*t->before = t->next;
	if (t->next)
		t->next->before = t->before;
	s->n--;
	free(t);
	count(s);
}

static void
wake(struct stream *t)
{
	t->waits = false;
	if (t->reply.woken)
		t->reply.woken(t->reply.carrier);
}

/* ---- coming and going */

static struct stream *
stream_new(sse_t *s, struct watch *w)
{
	struct stream *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->reply = (struct reply_stream){ .ctx = t, .pull = pull, .leave = leave };
	t->of = s;
	t->watch = w;
	t->before = &s->first;
	t->next = s->first;
	if (t->next)
		t->next->before = &t->next;
	s->first = t;
	s->n++;
	return t;
}

static size_t
streams_of(const sse_t *s, const struct sse_client *o)
{
	size_t n = 0;

	for (const struct stream *t = s->first; t; t = t->next)
		n += strcmp(t->account, o->account) == 0 && strcmp(t->district, o->district) == 0;
	return n;
}

static size_t
streams_of_district(const sse_t *s, const char *district)
{
	size_t n = 0;

	for (const struct stream *t = s->first; t; t = t->next)
		n += strcmp(t->district, district) == 0;
	return n;
}

static bool
has_room(const sse_t *s, const struct sse_client *o)
{
	if (s->ended || s->n >= STREAMS_MAX)
		return false;
	return !*o->token_sha256 || (streams_of(s, o) < STREAMS_OF_ACCOUNT_MAX &&
	                             fairness_has_room(streams_of_district(s, o->district), s->n, STREAMS_MAX, 1));
}

static void
look_later(struct stream *t, int64_t mono_us)
{
	t->look_us = *t->token_sha256 ? mono_us + LOOK_US : INT64_MAX;
	if (t->look_us < t->of->next_look_us)
		t->of->next_look_us = t->look_us;
}

struct reply_stream *
sse_begin(sse_t *s, const struct sse_client *o, int64_t mono_us)
{
	char before[32];
	struct watch *w = has_room(s, o) ? watch_join(s->tail, o->district, o->partition) : NULL;

	if (!w)
		return NULL;
	struct stream *t = stream_new(s, w);
	snprintf(t->district, sizeof(t->district), "%s", o->district);
	snprintf(t->account, sizeof(t->account), "%s", o->account);
	snprintf(t->token_sha256, sizeof(t->token_sha256), "%s", o->token_sha256);
	t->position = *o->at;
	watch_ends_at(s->tail, w, o->heads);
	snprintf(before, sizeof(before), "retry: %d\n", RETRY_MS);
	head_position(t, before, "\n");
	t->beat_us = mono_us + BEAT_US;
	look_later(t, mono_us);
	count(s);
	return &t->reply;
}

/* ---- from outside */

/* Another one comes first the next time: who comes first is read for first. */
static void
take_turns(sse_t *s)
{
	struct stream *t = s->first, *last = t;

	if (!t || !t->next)
		return;
	while (last->next)
		last = last->next;
	s->first = t->next;
	s->first->before = &s->first;
	last->next = t;
	t->before = &last->next;
	t->next = NULL;
}

/* Whoever waits looks again when there is news, or time for a comment; only who found something is woken. */
static void
look_again(sse_t *s, int64_t mono_us)
{
	take_turns(s);
	for (struct stream *t = s->first; t; t = t->next) {
		if (!t->waits || (t->seen == watch_news(t->watch) && mono_us < t->beat_us))
			continue;
		t->seen = watch_news(t->watch);
		if (next(t, mono_us))
			wake(t);
	}
}

bool
sse_receive(sse_t *s, const struct message *m, int64_t mono_us)
{
	if (!tail_receive(s->tail, m, mono_us))
		return false;
	look_again(s, mono_us);
	return true;
}

static int64_t
first_beat_us(const sse_t *s)
{
	int64_t at = INT64_MAX;

	for (const struct stream *t = s->first; t; t = t->next)
		if (t->waits && t->beat_us < at)
			at = t->beat_us;
	return at;
}

int64_t
sse_tick(sse_t *s, int64_t mono_us)
{
	if (tail_tick(s->tail, mono_us) || mono_us >= s->next_beat_us) {
		look_again(s, mono_us);
		s->next_beat_us = first_beat_us(s);
	}
	int64_t tail_us = tail_due_us(s->tail),
		own_us = s->next_beat_us < s->next_look_us ? s->next_beat_us : s->next_look_us;
	return tail_us < own_us ? tail_us : own_us;
}

/* Who has several streams by one session is asked about once. */
static void
looked_at(sse_t *s, const struct stream *like, int64_t mono_us)
{
	for (struct stream *t = s->first; t; t = t->next)
		if (strcmp(t->token_sha256, like->token_sha256) == 0)
			look_later(t, mono_us);
}

const char *
sse_doubted(sse_t *s, const char **district, int64_t mono_us)
{
	if (mono_us < s->next_look_us)
		return NULL;
	s->next_look_us = INT64_MAX;
	for (struct stream *t = s->first; t; t = t->next)
		if (t->look_us <= mono_us) {
			s->next_look_us = mono_us;      /* there may be more */
			looked_at(s, t, mono_us);
			*district = t->district;
			return t->token_sha256;
		} else if (t->look_us < s->next_look_us) {
			s->next_look_us = t->look_us;
		}
	return NULL;
}

static void
end(struct stream *t)
{
	t->ended = true;
	if (t->waits)
		wake(t);
}

void
sse_end_of(sse_t *s, const char *token_sha256)
{
	for (struct stream *t = s->first; t; t = t->next)
		if (strcmp(t->token_sha256, token_sha256) == 0)
			end(t);
}

void
sse_end(sse_t *s)
{
	s->ended = true;
	for (struct stream *t = s->first; t; t = t->next)
		end(t);
}
