/* clients_lines - findings and check-ins of many people, mixed and cut into batches (rules.md §10.2: how inputs were
 * batched never shows).
 *
 * Each person's lines keep their order, between them come other people's.  A line without an answer is sent again, in
 * another batch; one that is sent twice must answer twice the same. */
#include "base/civil.h"
#include "clients.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES_MAX = 8, LINE_TEXT_MAX = 300 };

struct line { uint64_t slot; struct person *person; int index; bool visit; };
struct lines { struct line *at; size_t n, cap; };

/* ---- what there is to say */

static void
add(struct lines *l, struct line line)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 1024;
		l->at = realloc(l->at, l->cap * sizeof(*l->at));
		assert(l->at);
	}
	l->at[l->n++] = line;
}

/* How often a line is said in a phase: what was said several times may be said again at any later one. */
static int
times_of(struct random *r, int times, int due, int phase)
{
	if (due == phase)
		return times;
	return due < phase && times > 1 && random_below(r, 4) == 0;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int
by_slot(const void *a, const void *b)
{
	return by_number(&((const struct line *)a)->slot, &((const struct line *)b)->slot);
}

/* A person's lines from `first` on get places at random among all, in their own order. */
static void
place(struct random *r, struct lines *l, size_t first)
{
	size_t n = l->n - first;
	uint64_t *slots = calloc(n + 1, sizeof(*slots));

	for (size_t i = 0; i < n; i++)
		slots[i] = random_next(r);
	qsort(slots, n, sizeof(*slots), by_number);
	for (size_t i = 0; i < n; i++)
		l->at[first + i].slot = slots[i];
	free(slots);
}

static void
add_person(struct clients *c, struct lines *l, struct person *p, int phase, bool visits)
{
	size_t first = l->n;

	for (size_t i = 0; visits && i < p->h.nvisits; i++)
		for (int n = times_of(&c->random, p->h.visits[i].times, p->h.visits[i].phase, phase); n > 0; n--)
			add(l, (struct line){ .person = p, .index = (int)i, .visit = true });
	for (size_t i = 0; !visits && i < p->h.nfound; i++)
		for (int n = times_of(&c->random, p->h.found[i].times, p->h.found[i].noted, phase); n > 0; n--)
			add(l, (struct line){ .person = p, .index = (int)i });
	place(&c->random, l, first);
}

/* ---- a line's words */

static int
visit_words(const struct person *p, int index, char *out)
{
	static const char *const fixes[] = {
		[FIX_INSIDE] = ",\"lon\":107.5001,\"lat\":31.2001,\"accuracy_m\":10",
		[FIX_OUTSIDE] = ",\"lon\":107.9,\"lat\":31.9,\"accuracy_m\":10",
		[FIX_UNSURE] = ",\"lon\":107.5001,\"lat\":31.2001",
		[FIX_NONE] = "",
	};
	const struct visit *v = &p->h.visits[index];
	char day[DAY_TEXT_MAX];

	day_text(v->day, day);
	return snprintf(out, LINE_TEXT_MAX,
			"{\"key\":\"%s-c%d\",\"person_id\":\"%s\",\"village_id\":\"v%d\",\"captured_at\":\"%sT%02d:%"
			"02d:00+08:00\"%s}\n",
			p->id, index, p->id, p->h.village, day, v->minute / 60, v->minute % 60, fixes[v->fix]);
}

static int
found_words(const struct person *p, int index, char *out)
{
	const struct found *f = &p->h.found[index];
	char day[DAY_TEXT_MAX];

	day_text(f->day, day);
	return snprintf(out, LINE_TEXT_MAX,
			"{\"key\":\"%s-f%d\",\"kind\":\"%s\",\"person_id\":\"%s\",\"on\":\"%s\",\"source\":\"%s\"%s%s%"
			"s%s%s%s}\n",
			p->id, f->number, f->kind, p->id, day, f->source,
			strcmp(f->source, "superior") == 0 ? ",\"level\":\"city\"" : "",
			f->bulletin ? ",\"bulletin\":\"" : "", f->bulletin ? f->bulletin : "", f->bulletin ? "\"" : "",
			f->major ? ",\"major\":true" : "", f->in_one ? ",\"confirm\":true" : "");
}

/* ---- what must be answered */

static const char *
expected(const struct line *line)
{
	static const char *const results[] = {
		[FIX_INSIDE] = "inside", [FIX_OUTSIDE] = "outside", [FIX_UNSURE] = "cannot_tell", [FIX_NONE] = "no_fix",
	};
	const struct history *h = &line->person->h;

	if (!line->visit)
		return h->found[line->index].in_one ? "confirmed" : "noted";
	enum fix fix = h->visits[line->index].fix;
	return results[h->village >= 2 && fix != FIX_NONE ? FIX_UNSURE : fix];           /* villages without a fence */
}

/* False: it must be sent again. */
static bool
judge(struct clients *c, const struct line *line, const char *answer, size_t len)
{
	struct person *p = line->person;
	char *known = line->visit ? p->visit_id[line->index] : p->found_id[line->index];
	json_t *j = json_loadb(answer, len, 0, NULL), *error = json_object_get(j, "error");
	const char *id = json_string_value(json_object_get(j, "id"));
	const char *said = json_string_value(json_object_get(j, line->visit ? "result" : "state"));
	bool again = error && clients_unanswered((int)json_integer_value(json_object_get(error, "status")));

	if (!again && (!id || !said || strcmp(said, expected(line)) != 0))
		clients_complain(c, p, line->visit ? "a check-in's answer" : "a finding's answer", answer);
	else if (!again && *known && strcmp(known, id) != 0)
		clients_complain(c, p, "§10.2: the same line answers with another id", answer);
	else if (!again)
		snprintf(known, FOUND_ID_MAX, "%s", id);
	json_decref(j);
	return !again;
}

/* ---- batches */

/* One request.  Lines that are to be sent again are moved to the front; how many. */
static size_t
send_batch(struct clients *c, struct line *at, size_t n)
{
	char path[100], *body = malloc(n * LINE_TEXT_MAX + 1), *end = body;
	size_t left = 0, seen = 0;

	snprintf(path, sizeof(path), "/api/v1/districts/%s/%s", clients_districts[at->person->district],
		 at->visit ? "checkins:batch" : "findings:batch");
	for (size_t i = 0; i < n; i++)
		end += at[i].visit ? visit_words(at[i].person, at[i].index, end)
				   : found_words(at[i].person, at[i].index, end);
	*end = '\0';
	struct answered a = harness_call(c->harness, "POST", path, NULL, "application/x-ndjson", body);
	const char *answer = a.body;
	for (; a.status == 200 && seen < n && *answer; seen++) {
		size_t len = strcspn(answer, "\n");
		if (!judge(c, &at[seen], answer, len))
			at[left++] = at[seen];
		answer += len + (answer[len] == '\n');
	}
	if (a.status != 200 && !clients_unanswered(a.status))
		clients_complain(c, at->person, path, a.body);
	else if (a.status == 200 && (seen < n || *answer))
		clients_complain(c, at->person, "a batch answers as many lines as it has", a.body);
	else if (a.status != 200)
		left = n;
	c->lines += n;
	free(a.body);
	free(body);
	return left;
}

static size_t
batch_size(struct random *r, size_t n)
{
	static const size_t sizes[] = { 1, 7, 512, 2048, 64, 1000 };
	size_t size = sizes[random_below(r, 6)];

	return size < n ? size : n;
}

static void
send_all(struct clients *c, struct line *at, size_t n, bool threatened, bool owners)
{
	for (size_t size; n; at += size, n -= size) {
		size = batch_size(&c->random, n);
		if (threatened) {
			clients_threaten(c, owners);
			owners = false;                 /* once is waited for long enough */
		}
		size_t left = size;
		for (int tries = 0; left && tries < TRIES_MAX; tries++)
			left = send_batch(c, at, left);
		if (left)
			clients_complain(c, at->person, "a line is answered in the end", "nothing");
	}
}

static void
send_some(struct clients *c, int phase, bool stormy, int district, bool visits)
{
	struct lines l = { 0 };

	for (size_t i = 0; i < c->n; i++)
		if (c->people[i].district == district && clients_in_storm(&c->people[i], stormy))
			add_person(c, &l, &c->people[i], phase, visits);
	if (l.n)
		qsort(l.at, l.n, sizeof(*l.at), by_slot);
	send_all(c, l.at, l.n, stormy, phase % 2 == 0 && visits == (phase % 4 == 0) && district == phase % 2);
	free(l.at);
}

void
clients_send_lines(struct clients *c, int phase, bool stormy)
{
	bool visits_first = random_below(&c->random, 2);

	for (int d = 0; d < DISTRICTS; d++) {
		send_some(c, phase, stormy, d, visits_first);
		send_some(c, phase, stormy, d, !visits_first);
	}
}
