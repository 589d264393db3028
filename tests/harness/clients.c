/* clients - see clients.h. */
#include "service_list.h"
#include "clients.h"
#include "base/civil.h"
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *const clients_districts[DISTRICTS] = { "511801", "511802", "511803" };
enum { PLAIN_DISTRICT, RULED_EARLY, RULED_LATE };

static const struct published automatic = { "automatic", "2017-08-02", "{\"approval\": \"automatic\"}" };
const struct published clients_policies[POLICIES] = {
	{ "automatic", "2017-08-02", "{\"approval\": \"automatic\"}" },
	{ "better-paid", "2017-10-15", "{\"stipend\": {\"rate_fen\": 12000}}" },
	{ "careful", "2017-12-01",
	  "{\"approval\": {\"default\": \"automatic\", \"award_ban\": \"four_eyes\", \"stipend_cancelled\": "
	  "\"four_eyes\"}}" },
	{ "worse-paid", "2018-03-01", "{\"approval\": \"automatic\", \"stipend\": {\"rate_fen\": 9000}}" },
};
/* Calendars of some of the days that histories are about; the second takes back what the first has said. */
enum { CALENDARS = 4 };
static const struct { const char *year, *days;
} calendars[CALENDARS] = {
	{ "2017", "{\"on\": \"2017-09-18\", \"working\": false}, {\"on\": \"2017-11-06\", \"working\": false}" },
	{ "2017", "{\"on\": \"2017-11-06\", \"working\": false, \"name\": \"节\"}, {\"on\": \"2017-09-30\", "
		  "\"working\": true}" },
	{ "2018", "{\"on\": \"2018-01-31\", \"working\": false}, {\"on\": \"2018-05-30\", \"working\": false}" },
	{ "2018", "" },
};
/* Hours of the phases: also at night, when alerts wait. */
static const char *const hours[PHASES] = { "09:00:00", "23:30:00", "06:15:00", "12:00:00", "22:00:00", "08:00:00" };

/* ---- calls */

static char *
text(const char *fmt, ...)
{
	va_list ap;
	char *out;

	va_start(ap, fmt);
	int n = vasprintf(&out, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	return out;
}

void
clients_complain(struct clients *c, const struct person *p, const char *what, const char *got)
{
	c->complaints++;
	if (c->complaints > 20)
		return;
	printf("FAIL %s: got %.600s\n", what, got);
	if (p) {
		printf("     %s in %s, history %zu told %s, seed %llu\n", p->id, clients_districts[p->district],
		       p->history, telling_names[p->telling], (unsigned long long)p->h.seed);
		history_print(&p->h, stdout);
	}
}

bool
clients_unanswered(int status)
{
	return status == 503 || status == 504 || status == 0;
}

bool
clients_in_storm(const struct person *p, bool stormy)
{
	return (p->telling == STORMY) == stormy;
}

/* Commands that are asked together, until each has an answer; what they should answer. */
struct commands {
	struct asked *at;
	struct want {
		int status;
		const char *state;
		const struct person *person;
	} * want;
	size_t n, cap;
};

static void
commands_add(struct commands *o, const char *method, char *path, char *key, char *body, struct want want)
{
	if (o->n == o->cap) {
		o->cap = o->cap ? 2 * o->cap : 256;
		o->at = realloc(o->at, o->cap * sizeof(*o->at));
		o->want = realloc(o->want, o->cap * sizeof(*o->want));
		assert(o->at && o->want);
	}
	o->at[o->n] = (struct asked){ .method = method, .path = path, .key = key, .body = body };
	o->want[o->n++] = want;
}

static void
order_free(struct asked *q)
{
	free((char *)q->path);
	free((char *)q->key);
	free((char *)q->body);
	free(q->answered.body);
}

static void
judge(struct clients *c, const struct asked *q, const struct want *w)
{
	char what[300];
	json_t *j = w->state ? json_loads(q->answered.body, 0, NULL) : NULL;
	const char *state = w->state ? json_string_value(json_object_get(j, "state")) : NULL;
	bool ok = (q->answered.status == w->status || (w->status == 201 && q->answered.status == 200)) &&
	          (!w->state || (state && strcmp(state, w->state) == 0));

	if (!ok) {
		snprintf(what, sizeof(what), "%s %s: status %d, want %d %s", q->method, q->path, q->answered.status,
			 w->status, w->state ? w->state : "");
		clients_complain(c, w->person, what, q->answered.body);
	}
	json_decref(j);
}

/* Asks all; those without an answer again, with the same keys. */
static void
commands_send(struct clients *c, struct commands *o)
{
	for (int tries = 0; o->n && tries < 8; tries++) {
		size_t left = 0;
		harness_call_all(c->harness, o->at, o->n);
		for (size_t i = 0; i < o->n; i++) {
			if (clients_unanswered(o->at[i].answered.status) && tries < 7) {
				free(o->at[i].answered.body);
				o->at[left] = o->at[i];
				o->want[left++] = o->want[i];
				continue;
			}
			judge(c, &o->at[i], &o->want[i]);
			order_free(&o->at[i]);
		}
		o->n = left;
	}
	free(o->at);
	free(o->want);
	*o = (struct commands){ 0 };
}

static void
put(struct commands *o, int district, char *path, char *body, const struct person *p)
{
	commands_add(o, "PUT", text("/api/v1/districts/%s%s", clients_districts[district], path), NULL, body,
		     (struct want){ 201, NULL, p });
	free(path);
}

/* ---- districts and people */

static void
publish(struct clients *c, int district, const struct published *p)
{
	struct commands o = { 0 };

	commands_add(&o, "POST", text("/api/v1/districts/%s/policies", clients_districts[district]),
		     text("policy-%s", p->version),
		     text("{\"version\": \"%s\", \"effective_from\": \"%s\", \"patch\": %s}", p->version,
			  p->effective_from, p->patch),
		     (struct want){ 201, NULL, NULL });
	commands_send(c, &o);
}

static void
publish_calendar(struct clients *c, int district, int i)
{
	struct commands o = { 0 };

	put(&o, district, text("/calendars/%s", calendars[i].year), text("{\"days\": [%s]}", calendars[i].days), NULL);
	commands_send(c, &o);
}

static void
make_districts(struct clients *c)
{
	struct commands o = { 0 };

	for (int d = 0; d < DISTRICTS; d++)
		put(&o, d, text(""),
		    text("{\"name\": \"测试区\", \"areas\": [{\"id\": \"east\", \"name\": \"东部\"}]}"), NULL);
	commands_send(c, &o);
	publish(c, PLAIN_DISTRICT, &automatic);
	for (int i = 0; i < POLICIES; i++)
		publish(c, RULED_EARLY, &clients_policies[i]);
	for (int i = 0; i < CALENDARS; i++)
		publish_calendar(c, RULED_EARLY, i);
}

static void
make_places(struct clients *c)
{
	struct commands first = { 0 }, then = { 0 };

	for (int d = 0; d < DISTRICTS; d++) {
		put(&first, d, text("/townships/t1"), text("{\"name\": \"一号乡\", \"area_id\": \"east\"}"), NULL);
		for (int u = 0; u < 4; u++)
			put(&first, d, text("/units/u%d", u), text("{\"name\": \"第%d局\"}", u), NULL);
	}
	commands_send(c, &first);
	for (int d = 0; d < DISTRICTS; d++)
		for (int v = 0; v < 4; v++) {
			put(&then, d, text("/villages/v%d", v),
			    text("{\"name\": \"%d村\", \"township_id\": \"t1\", \"kind\": \"poor\"%s}", v,
			         v < 2 ? ", \"fence\": {\"lon\": 107.5, \"lat\": 31.2, \"radius_m\": 1500}" : ""),
			    NULL);
			put(&then, d, text("/persons/head%d", v),
			    text("{\"name\": \"局长\", \"phone\": \"1380000000%d\", \"unit_id\": \"u%d\", "
				 "\"establishment\": \"civil_servant\"}",
				 v, v),
			    NULL);
		}
	commands_send(c, &then);
	for (int d = 0; d < DISTRICTS; d++)
		for (int u = 0; u < 4; u++)
			put(&first, d, text("/units/u%d", u),
			    text("{\"name\": \"第%d局\", \"head_person_id\": \"head%d\"}", u, u), NULL);
	commands_send(c, &first);
}

static void
put_posting(struct commands *o, const struct person *p, bool with_term)
{
	char *term = with_term && p->h.term_to
			     ? text(", \"term_from\": \"2017-08-01\", \"term_to\": \"%s\"", p->h.term_to)
			     : text("");

	put(o, p->district, text("/postings/%s", p->id),
	    text("{\"person_id\": \"%s\", \"village_id\": \"v%d\", \"role\": \"team_member\", \"from\": "
		 "\"2017-08-01\"%s}",
		 p->id, p->h.village, term),
	    p);
	free(term);
}

static void
make_people(struct clients *c)
{
	struct commands o = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		const struct person *p = &c->people[i];
		put(&o, p->district, text("/persons/%s", p->id),
		    text("{\"name\": \"某人\", \"phone\": \"139%08zu\", \"unit_id\": \"u%d\", \"establishment\": "
			 "\"civil_servant\"}",
			 i, p->h.village),
		    p);
	}
	commands_send(c, &o);
	for (size_t i = 0; i < c->n; i++)
		put_posting(&o, &c->people[i], c->people[i].h.term_told < 0);
	commands_send(c, &o);
}

/* Even seeds live under one rule book, odd ones under several; the same ids come again in another district. */
static void
draw_people(struct clients *c, uint64_t seed, size_t histories)
{
	struct history plain;

	c->people = calloc(histories * TELLINGS, sizeof(*c->people));
	assert(c->people);
	for (size_t i = 0; i < histories; i++) {
		history_draw(seed + i, &plain);
		int home = (seed + i) % 2 ? RULED_EARLY : PLAIN_DISTRICT;
		for (int t = PLAIN; t < TELLINGS; t++) {
			if (t == LATE_RULES && home != RULED_EARLY)
				continue;
			struct person *p = &c->people[c->n++];
			*p = (struct person){ .district = t == LATE_RULES ? RULED_LATE : home,
					      .telling = (enum telling)t, .history = i };
			history_tell(&plain, p->telling, &p->h);
			snprintf(p->id, sizeof(p->id), "p%zu.%d", i, t == LATE_RULES ? PLAIN : t);
		}
	}
}

void
clients_open(struct clients *c, harness_t *s, uint64_t seed, size_t histories)
{
	*c = (struct clients){ .harness = s, .random = { seed ^ UINT64_C(0xc0ffee) } };
	draw_people(c, seed, histories);
	make_districts(c);
	make_places(c);
	make_people(c);
}

void
clients_close(struct clients *c)
{
	free(c->people);
	*c = (struct clients){ 0 };
}

/* ---- storms */

/* One replica of some service dies, leaves, stops turning or is fenced, or all come again; one of each is always there.
 */
static void
upheave(struct clients *c)
{
	const char *service = service_names[random_below(&c->random, SERVICES)];
	int replica = (int)random_below(&c->random, (uint32_t)harness_replicas(c->harness));

	switch (random_below(&c->random, 5)) {
	case 0:
		for (int i = 0; i < harness_replicas(c->harness); i++) {
			harness_join(c->harness, service, i);
			harness_freeze(c->harness, service, i, false);
		}
		break;
	case 1:
		harness_fence(c->harness, service);
		break;
	case 2:
		harness_freeze(c->harness, service, replica, replica > 0);
		break;
	case 3:
		if (replica > 0)
			harness_leave(c->harness, service, replica);
		break;
	case 4:
		if (replica > 0)
			harness_kill(c->harness, service, replica);
	}
}

void
clients_threaten(struct clients *c, bool owners)
{
	static const char *const consumers[] = { "accountability", "funding", "alerts", "incentives", "roster" };
	static const char *const asked[] = { "supervision", "attendance" };

	for (uint32_t n = 1 + random_below(&c->random, 3); n > 0; n--)
		upheave(c);
	for (uint32_t n = 1 + random_below(&c->random, 2); n > 0; n--) {
		const char *service = consumers[random_below(&c->random, 5)];
		if (random_below(&c->random, 3) == 0)
			harness_crash(c->harness, service);
		else
			harness_crash_after(c->harness, service, 1 + (int)random_below(&c->random, 20));
		c->crashes++;
	}
	if (owners) {
		harness_crash_after(c->harness, asked[random_below(&c->random, 2)],
				    1 + (int)random_below(&c->random, 10));
		c->crashes++;
	}
}

/* What has not struck by now never will. */
void
clients_calm(struct clients *c)
{
	for (int i = 0; i < SERVICES; i++) {
		harness_crash_after(c->harness, service_names[i], 0);
		for (int k = 0; k < harness_replicas(c->harness); k++) {
			harness_join(c->harness, service_names[i], k);
			harness_freeze(c->harness, service_names[i], k, false);
		}
	}
}

/* ---- moves of findings, terms, policies */

static void
add_move(struct clients *c, struct commands *o, const struct person *p, size_t i, const char *move, const char *state)
{
	commands_add(o, "POST",
		     text("/api/v1/districts/%s/findings/%s/%s", clients_districts[p->district], p->found_id[i], move),
		     text("%s-%s%d", p->id, move, p->h.found[i].number), NULL, (struct want){ 200, state, p });
	c->moves++;
}

/* A move that is repeated later is answered as it was, whatever came after. */
static int
times_of(struct clients *c, const struct found *f, int due, int phase)
{
	if (due == phase)
		return f->times;
	return due < phase && f->times > 1 && random_below(&c->random, 4) == 0;
}

static void
add_moves(struct clients *c, struct commands *o, const struct person *p, int phase, bool annulments)
{
	for (size_t i = 0; i < p->h.nfound; i++) {
		const struct found *f = &p->h.found[i];
		if (!*p->found_id[i])
			continue;
		if (annulments)
			for (int n = times_of(c, f, f->annulled, phase); n > 0; n--)
				add_move(c, o, p, i, "annul", "annulled");
		else if (f->fate != STAYS_NOTED && !f->in_one)
			for (int n = times_of(c, f, f->decided, phase); n > 0; n--)
				add_move(c, o, p, i, f->fate == CONFIRMED ? "confirm" : "dismiss",
					 f->fate == CONFIRMED ? "confirmed" : "dismissed");
	}
}

static void
move_findings(struct clients *c, int phase, bool stormy)
{
	struct commands o = { 0 };

	for (int annulments = 0; annulments < 2; annulments++) {
		for (size_t i = 0; i < c->n; i++)
			if (clients_in_storm(&c->people[i], stormy))
				add_moves(c, &o, &c->people[i], phase, annulments);
		if (stormy)
			clients_threaten(c, phase % 3 == 1);
		commands_send(c, &o);
	}
}

static void
tell_terms(struct clients *c, int phase)
{
	struct commands o = { 0 };

	for (size_t i = 0; i < c->n; i++)
		if (c->people[i].h.term_told == phase)
			put_posting(&o, &c->people[i], true);
	commands_send(c, &o);
}

/* ---- a phase */

void
clients_clock(struct clients *c, const char *instant)
{
	struct commands o = { 0 };

	commands_add(&o, "POST", text("/api/v1/clock"), NULL, text("{\"now\": \"%s\"}", instant),
		     (struct want){ 200, NULL, NULL });
	commands_send(c, &o);
}

bool
clients_settle(struct clients *c)
{
	bool ok = true;

	for (int d = 0; d < DISTRICTS; d++)
		ok = harness_settle(c->harness, clients_districts[d]) && ok;
	return ok;
}

void
clients_live(struct clients *c, int phase)
{
	static const int published_in[POLICIES] = { 1, 3, 5, 5 }, calendar_in[CALENDARS] = { 1, 3, 4, 5 };
	char instant[40];

	snprintf(instant, sizeof(instant), "%sT%s+08:00", phase_days[phase], hours[phase]);
	clients_clock(c, instant);
	tell_terms(c, phase);
	clients_send_lines(c, phase, false);
	move_findings(c, phase, false);
	clients_send_lines(c, phase, true);
	move_findings(c, phase, true);
	clients_calm(c);
	for (int i = 0; i < POLICIES; i++)
		if (published_in[i] == phase)
			publish(c, RULED_LATE, &clients_policies[i]);
	for (int i = 0; i < CALENDARS; i++)
		if (calendar_in[i] == phase)
			publish_calendar(c, RULED_LATE, i);
}
