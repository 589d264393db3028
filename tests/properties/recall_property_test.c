/* What must always hold of recalls (rules.md §5 "Recall", "Reversal", §10), tried on random histories of units with all
 * services in one process over a real database.
 *
 * How: a unit has a head and three people, each posted in a village of their own and in the next one's, both of which
 * an order ends.  A script of steps (absences confirmed and annulled, moves of recalls, good and bad) is drawn for it,
 * and a simple model says what each step must answer and what must stand in the end. Each script is told to several
 * units: plainly, everything several times, and while services die.  The steps of all units are sent together, without
 * waiting for consequences in between.
 *
 *   ZHUCUN_SEED        of the first script; the others follow              (fixed)
 *   ZHUCUN_HISTORIES   how many                                            (40) */
#include "base/civil.h"
#include "harness/history.h"
#include "harness/harness.h"
#include "harness/invariants.h"
#include "harness/tally.h"
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 3, STEPS = 18, STEPS_A_DAY = 3, DAYS = 6, ABSENCES = 10, TEXT = 64, TRIES = 10 };
static const char *const district = "511820";
static const char *const days[DAYS] = { "2017-11-20", "2017-11-21", "2017-12-12",
					"2017-12-31", "2018-01-15", "2018-03-01" };
static const char *const tellings[] = { "plain", "repeated", "stormy" };
enum telling_of { TOLD_PLAIN, TOLD_REPEATED, TOLD_STORMY, TOLD };

enum state { NONE, PROPOSED, REVIEWED, ORDERED, HANDED, REPLACED, CANCELLED_BY_HAND, FELL };
static const char *const state_words[] = { "",         "proposed",  "reviewed", "ordered", "handed_over",
					   "replaced", "cancelled", "cancelled" };

enum move { REVIEW, ORDER, HAND_OVER, REPLACE, CANCEL, ABSENT, ANNUL, MOVES };
static const char *const move_words[] = { "review", "order", "hand-over", "replace", "cancel", "absent", "annul" };

/* ---- the model */

struct model_person {
	bool counts[ABSENCES], said[ABSENCES];          /* absence k is confirmed and not annulled; was ever said */
	enum state state;
	unsigned called_off[STEPS];
	int ncalled_off; /* the absences that it rested on each time it was cancelled by hand (A98) */
	int32_t ordered, to;                            /* to: of the posting; 0: open */
	int32_t was_to;                                 /* before the recall ended it */
	int place_seq;                                  /* when it was ordered; 0: it is not */
	bool vacancy, filled, withdrawn;
	bool head_in_post, head_posted;                 /* holds it for this recall; has ever got it */
	bool settle_recall, settle_head, give_head;
};
struct model { struct model_person p[PEOPLE]; int seq; };

static int
absences(const struct model_person *p)
{
	int n = 0;

	for (int k = 0; k < ABSENCES; k++)
		n += p->counts[k];
	return n;
}

/* Those that a recall rests on: the first three. */
static unsigned
rests_on(const struct model_person *p)
{
	unsigned set = 0;
	int n = 0;

	for (int k = 0; k < ABSENCES && n < 3; k++)
		if (p->counts[k]) {
			set |= 1u << k;
			n++;
		}
	return set;
}

static bool
is_called_off(const struct model_person *p)
{
	for (int i = 0; i < p->ncalled_off; i++)
		if (p->called_off[i] == rests_on(p))
			return true;
	return false;
}

static bool
takes_head(const struct model *m, int who)
{
	bool earlier = false;

	for (int i = 0; i < PEOPLE; i++)
		earlier = earlier || (m->p[i].place_seq && m->p[i].place_seq < m->p[who].place_seq);
	return m->p[who].place_seq && earlier;
}

/* Whose second recall is none any more, though the head holds the post for it. */
static void
uncount(struct model *m, int who)
{
	bool took[PEOPLE];

	for (int i = 0; i < PEOPLE; i++)
		took[i] = takes_head(m, i);
	m->p[who].place_seq = 0;
	for (int i = 0; i < PEOPLE; i++)
		if (i != who && took[i] && !takes_head(m, i) && m->p[i].head_in_post)
			m->p[i].settle_head = true;
}

static void
ended(struct model *m, int who, enum state to)
{
	struct model_person *p = &m->p[who];

	if (p->state == ORDERED) {
		p->to = p->was_to;
		p->withdrawn = true;
	} else if (p->state == HANDED || p->state == REPLACED) {
		p->settle_recall = true;
		p->withdrawn = !p->filled;
	}
	uncount(m, who);
	p->state = to;
}

/* The ladder has moved: a recall opens, or falls, or is what somebody has called off. */
static void
recounted(struct model *m, int who)
{
	struct model_person *p = &m->p[who];
	bool reached = absences(p) >= 3, open = p->state != NONE && p->state != FELL && p->state != CANCELLED_BY_HAND;

	if (reached && is_called_off(p))
		ended(m, who, CANCELLED_BY_HAND);
	else if (reached && !open)
		p->state = PROPOSED;
	else if (!reached && p->state != NONE)
		ended(m, who, FELL);
}

/* What a step must answer, and what it does. */
static int
model_step(struct model *m, int who, enum move move, int k, int32_t today)
{
	struct model_person *p = &m->p[who];

	switch (move) {
	case REVIEW:
		if (p->state == PROPOSED)
			return p->state = REVIEWED, 200;
		return p->state == REVIEWED ? 200 : 409;
	case ORDER:
		if (p->state != REVIEWED)
			return p->state == ORDERED ? 200 : 409;
		p->state = ORDERED;
		p->ordered = today;
		p->place_seq = ++m->seq;
		p->was_to = p->to;
		p->to = !p->to || p->to > today + 1 ? today + 1 : p->to;
		p->vacancy = true;
		p->filled = p->withdrawn = p->head_in_post = false;
		return 200;
	case HAND_OVER:
		if (p->state != ORDERED)
			return p->state == HANDED ? 200 : 409;
		p->state = HANDED;
		if (takes_head(m, who)) {
			if (p->head_posted)
				p->give_head = true;            /* by an earlier time: the post is not free */
			else
				p->head_posted = p->head_in_post = p->filled = true;
		}
		return 200;
	case REPLACE:
		if (p->state != HANDED)
			return p->state == REPLACED ? 200 : 409;
		p->state = REPLACED;
		p->filled = true;
		return 200;
	case CANCEL:
		if (p->state == PROPOSED || p->state == REVIEWED || p->state == ORDERED)
			return p->called_off[p->ncalled_off++] = rests_on(p), ended(m, who, CANCELLED_BY_HAND), 200;
		return p->state == CANCELLED_BY_HAND || p->state == FELL ? 200 : 409;
	case ABSENT:
		p->counts[k] = p->said[k] = true;
		return recounted(m, who), 200;
	default:
		p->counts[k] = false;
		return recounted(m, who), 200;
	}
}

/* ---- scripts */

struct step { int who; enum move move; int k; int status; };

/* The move that leads on, most often. */
static enum move
draw_move(struct random *r, enum state s)
{
	static const enum move next[] = {
		[NONE] = ABSENT,    [PROPOSED] = REVIEW, [REVIEWED] = ORDER,          [ORDERED] = HAND_OVER,
		[HANDED] = REPLACE, [REPLACED] = ANNUL,  [CANCELLED_BY_HAND] = ANNUL, [FELL] = ABSENT
	};
	uint32_t lot = random_below(r, 10);

	return lot < 7 ? next[s] : lot == 7 ? ANNUL : (enum move)random_below(r, MOVES);
}

static bool
draw_absence(struct random *r, const struct model_person *p, enum move move, int *k)
{
	for (int tries = 0; tries < 50; tries++) {
		*k = (int)random_below(r, ABSENCES);
		if (move == ABSENT ? !p->said[*k] : p->counts[*k])
			return true;
	}
	return false;
}

/* The recall's id is known once it has been opened. */
static bool
possible(struct random *r, const struct model_person *p, struct step *s)
{
	if (s->move == ABSENT || s->move == ANNUL)
		return draw_absence(r, p, s->move, &s->k);
	return s->move != REPLACE || p->state == HANDED || p->state == PROPOSED;
}

static int32_t
day_at(int step)
{
	int32_t day = 0;

	day_parse(days[step / STEPS_A_DAY], &day);
	return day;
}

static void
draw_script(uint64_t seed, struct step *steps, struct model *m)
{
	struct random r = { seed };

	*m = (struct model){ 0 };
	for (int i = 0; i < PEOPLE; i++)
		for (int k = 0; k < 3; k++)
			model_step(m, i, ABSENT, k, 0);
	for (int i = 0; i < STEPS; i++) {
		struct step *s = &steps[i];
		do {
			s->who = (int)random_below(&r, PEOPLE);
			s->move = draw_move(&r, m->p[s->who].state);
		} while (!possible(&r, &m->p[s->who], s));
		s->status = model_step(m, s->who, s->move, s->k, day_at(i));
	}
}

/* ---- units */

struct unit {
	char id[TEXT]; uint64_t seed; enum telling_of telling;
	struct step steps[STEPS]; struct model end;
	char recall[PEOPLE][TEXT], finding[PEOPLE][ABSENCES][TEXT];
};
struct trial { harness_t *harness; struct random random; struct unit *units; size_t n; int shown; };

static char *
text(const char *fmt, ...)
{
	va_list ap;
	char *out;

	va_start(ap, fmt);
	int n = vasprintf(&out, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	return out;
}

static void
blame(struct trial *t, const struct unit *u, const char *what, const char *want, const char *got)
{
	tally_add(0, 1);
	if (t->shown++ >= 5)
		return;
	printf("FAIL %s: %s told %s, seed %llu\n     want %.600s\n     got  %.1200s\n", what, u->id,
	       tellings[u->telling], (unsigned long long)u->seed, want, got);
	for (int i = 0; i < STEPS; i++)
		printf("     %s %s of %d (%d): %d\n", days[i / STEPS_A_DAY], move_words[u->steps[i].move],
		       u->steps[i].who, u->steps[i].k, u->steps[i].status);
	printf("     alone: ZHUCUN_SEED=%llu ZHUCUN_HISTORIES=1 build/tests/properties/recall_property_test\n",
	       (unsigned long long)u->seed);
}

/* ---- calls: asked together, those without an answer again with the same key */

struct calls { struct asked *at; struct mark { struct unit *u; int status, who, k; } *mark; size_t n; };

static void
calls_open(struct calls *c, size_t cap)
{
	c->at = calloc(cap + 1, sizeof(*c->at));
	c->mark = calloc(cap + 1, sizeof(*c->mark));
	c->n = 0;
	assert(c->at && c->mark);
}

static void
calls_add(struct calls *c, struct mark mark, const char *method, char *path, char *key, char *body, const char *type)
{
	c->at[c->n] = (struct asked){ .method = method, .path = path, .key = key, .body = body, .type = type };
	c->mark[c->n++] = mark;
}

/* A line of a batch has its own answer. */
static bool
unanswered(const struct asked *q)
{
	int status = q->answered.status;

	return status == 503 || status == 504 || status == 0 ||
	       (q->type && status == 200 && strstr(q->answered.body, "\"error\""));
}

static void
learn(const struct mark *m, const char *body)
{
	const char *id = m->u && m->k >= 0 ? strstr(body, "\"id\":\"") : NULL;

	if (id)
		sscanf(id, "\"id\":\"%63[^\"]", m->u->finding[m->who][m->k]);
}

static void
calls_send(struct trial *t, struct calls *c)
{
	for (int tries = 0; c->n; tries++) {
		size_t left = 0;
		harness_call_all(t->harness, c->at, c->n);
		for (size_t i = 0; i < c->n; i++) {
			struct asked *q = &c->at[i];
			if (unanswered(q) && tries < TRIES) {
				free(q->answered.body);
				c->at[left] = *q;
				c->mark[left++] = c->mark[i];
				continue;
			}
			bool ok = q->answered.status == c->mark[i].status ||
				  (c->mark[i].status == 201 && q->answered.status == 200);
			if (ok)
				tally_add(1, 0);
			else if (c->mark[i].u)
				blame(t, c->mark[i].u, q->path, text("%d", c->mark[i].status),
				      text("%d %s", q->answered.status, q->answered.body));
			else
				check(false, q->path, q->answered.body);
			learn(&c->mark[i], q->answered.body);
			free((char *)q->path);
			free((char *)q->key);
			free((char *)q->body);
			free(q->answered.body);
		}
		c->n = left;
	}
	free(c->at);
	free(c->mark);
}

static const struct mark made = { NULL, 201, 0, -1 };

static void
put(struct calls *c, char *path, char *body)
{
	calls_add(c, made, "PUT", text("/api/v1/districts/%s%s", district, path), NULL, body, NULL);
	free(path);
}

/* ---- setting up */

static void
clock_to(struct trial *t, const char *day)
{
	struct calls c;

	calls_open(&c, 1);
	calls_add(&c, (struct mark){ NULL, 200, 0, -1 }, "POST", text("/api/v1/clock"), NULL,
		  text("{\"now\": \"%sT09:00:00+08:00\"}", day), NULL);
	calls_send(t, &c);
}

static void
make_district(struct trial *t)
{
	struct calls c;

	calls_open(&c, 1);
	put(&c, text(""), text("{\"name\": \"测试区\", \"areas\": [{\"id\": \"east\", \"name\": \"东部\"}]}"));
	calls_send(t, &c);
	calls_open(&c, 2);
	put(&c, text("/townships/t1"), text("{\"name\": \"一号乡\", \"area_id\": \"east\"}"));
	calls_add(&c, made, "POST", text("/api/v1/districts/%s/policies", district), text("policy"),
		  text("{\"version\": \"auto\", \"effective_from\": \"2017-08-02\", \"patch\": {\"approval\": "
		       "\"automatic\"}}"),
		  NULL);
	calls_send(t, &c);
}

static void
make_units(struct trial *t)
{
	struct calls c;

	calls_open(&c, t->n);
	for (size_t i = 0; i < t->n; i++)
		put(&c, text("/units/%s", t->units[i].id), text("{\"name\": \"局\"}"));
	calls_send(t, &c);
	calls_open(&c, t->n * (1 + 3 * PEOPLE));
	for (size_t i = 0; i < t->n; i++) {
		const char *u = t->units[i].id;
		put(&c, text("/persons/%s-head", u),
		    text("{\"name\": \"局长\", \"phone\": \"13800000001\", \"unit_id\": \"%s\", \"establishment\": "
			 "\"civil_servant\"}",
			 u));
		for (int p = 0; p < PEOPLE; p++) {
			put(&c, text("/villages/%s.%d", u, p),
			    text("{\"name\": \"村\", \"township_id\": \"t1\", \"kind\": \"poor\"}"));
			put(&c, text("/persons/%s-%d", u, p),
			    text("{\"name\": \"某人\", \"phone\": \"13900000001\", \"unit_id\": \"%s\", "
				 "\"establishment\": \"other\"}",
				 u));
			put(&c, text("/persons/%s-%d-next", u, p),
			    text("{\"name\": \"接替\", \"phone\": \"13700000001\", \"unit_id\": \"%s\", "
				 "\"establishment\": \"other\"}",
				 u));
		}
	}
	calls_send(t, &c);
	calls_open(&c, t->n * (1 + 2 * PEOPLE));
	for (size_t i = 0; i < t->n; i++) {
		const char *u = t->units[i].id;
		put(&c, text("/units/%s", u), text("{\"name\": \"局\", \"head_person_id\": \"%s-head\"}", u));
		for (int p = 0; p < PEOPLE; p++) {
			put(&c, text("/postings/%s-%d", u, p),
			    text("{\"person_id\": \"%s-%d\", \"village_id\": \"%s.%d\", \"role\": \"team_member\", "
				 "\"from\": \"2017-08-01\"}",
				 u, p, u, p));
			put(&c, text("/postings/%s-%d-too", u, p),
			    text("{\"person_id\": \"%s-%d\", \"village_id\": \"%s.%d\", \"role\": \"team_member\", "
				 "\"from\": \"2017-08-01\"}",
				 u, p, u, (p + 1) % PEOPLE));
		}
	}
	calls_send(t, &c);
}

/* ---- living */

static void
add_absence(struct calls *c, struct unit *u, int who, int k)
{
	calls_add(c, (struct mark){ u, 200, who, k }, "POST", text("/api/v1/districts/%s/findings:batch", district),
		  NULL,
		  text("{\"key\": \"%s-%d-%d\", \"kind\": \"unexcused_absence\", \"person_id\": \"%s-%d\", \"on\": "
		       "\"2017-09-%02d\", \"source\": \"covert\", \"confirm\": true}\n",
		       u->id, who, k, u->id, who, 1 + k),
		  "application/x-ndjson");
}

static void
add_step(struct calls *c, struct unit *u, int i, bool keyed)
{
	const struct step *s = &u->steps[i];
	char *key = keyed ? text("%s-step%d", u->id, i) : NULL;
	struct mark mark = { u, s->status, s->who, -1 };

	if (s->move == ABSENT)
		add_absence(c, u, s->who, s->k);
	else if (s->move == ANNUL)
		calls_add(c, mark, "POST",
			  text("/api/v1/districts/%s/findings/%s/annul", district, u->finding[s->who][s->k]), key, NULL,
			  NULL);
	else
		calls_add(c, mark, "POST",
			  text("/api/v1/districts/%s/recalls/%s/%s", district, u->recall[s->who], move_words[s->move]),
			  key, s->move == REPLACE ? text("{\"posting_id\": \"%s-%d-next\"}", u->id, s->who) : NULL,
			  NULL);
	if (s->move == ABSENT)
		free(key);
}

/* A posting for the successor, before it is named. */
static void
make_successors(struct trial *t, int i)
{
	struct calls c;

	calls_open(&c, t->n);
	for (size_t n = 0; n < t->n; n++) {
		const struct unit *u = &t->units[n];
		int who = u->steps[i].who;
		if (u->steps[i].move == REPLACE)
			put(&c, text("/postings/%s-%d-next", u->id, who),
			    text("{\"person_id\": \"%s-%d-next\", \"village_id\": \"%s.%d\", \"role\": "
				 "\"team_member\", \"from\": \"2018-06-01\"}",
				 u->id, who, u->id, who));
	}
	calls_send(t, &c);
}

static void
threaten(struct trial *t)
{
	static const char *const services[] = { "accountability", "roster",  "supervision",
						"alerts",         "funding", "incentives" };

	harness_crash_after(t->harness, services[random_below(&t->random, 6)], 1 + (int)random_below(&t->random, 12));
	if (random_below(&t->random, 2))
		harness_crash(t->harness, services[random_below(&t->random, 6)]);
}

static void
live_step(struct trial *t, int i)
{
	make_successors(t, i);
	for (int again = 0; again < 3; again++) {
		struct calls c;
		calls_open(&c, t->n);
		for (size_t n = 0; n < t->n; n++) {
			struct unit *u = &t->units[n];
			/* A second time by its key, a third time anew: a move into the state it has led to. */
			bool told = again == 0 || (u->telling == TOLD_REPEATED && u->steps[i].status == 200);
			if (told && u->telling != TOLD_STORMY)
				add_step(&c, u, i, again < 2);
		}
		calls_send(t, &c);
	}
	struct calls c;
	calls_open(&c, t->n);
	for (size_t n = 0; n < t->n; n++)
		if (t->units[n].telling == TOLD_STORMY)
			add_step(&c, &t->units[n], i, true);
	threaten(t);
	calls_send(t, &c);
}

static void
learn_recalls(struct trial *t)
{
	char *got = harness_sql(t->harness, "select string_agg(person_id || ' ' || recall_id, E'\\n' order by "
					    "person_id) from accountability.recall");

	for (char *save, *line = strtok_r(got, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char person[TEXT], id[TEXT];
		assert(sscanf(line, "%63s %63s", person, id) == 2);
		for (size_t n = 0; n < t->n; n++)
			for (int p = 0; p < PEOPLE; p++) {
				char *name = text("%s-%d", t->units[n].id, p);
				if (strcmp(name, person) == 0)
					strcpy(t->units[n].recall[p], id);
				free(name);
			}
	}
	free(got);
}

static void
live(struct trial *t)
{
	clock_to(t, "2017-11-10");
	for (int k = 0; k < 3; k++) {
		struct calls c;
		calls_open(&c, t->n * PEOPLE);
		for (size_t n = 0; n < t->n; n++)
			for (int p = 0; p < PEOPLE; p++)
				add_absence(&c, &t->units[n], p, k);
		calls_send(t, &c);
	}
	check(harness_settle(t->harness, district), "every consequence comes", "at first");
	learn_recalls(t);
	for (int i = 0; i < STEPS; i++) {
		if (i % STEPS_A_DAY == 0)
			clock_to(t, days[i / STEPS_A_DAY]);
		live_step(t, i);
	}
	for (int i = 0; i < 6; i++)
		harness_crash_after(t->harness,
				    (const char *const[]){ "accountability", "roster", "supervision", "alerts",
							   "funding", "incentives" }[i],
				    0);
	check(harness_settle(t->harness, district), "every consequence comes", "at the end");
}

/* ---- judging: a line of text for each unit, by the model and by the database and the API */

static char *
answer(struct trial *t, const char *path)
{
	char *whole = text("/api/v1/districts/%s%s", district, path);
	struct answered a = harness_call(t->harness, "GET", whole, NULL, NULL, NULL);

	free(whole);
	return a.body;
}

static void
day_words(char *out, int32_t day)
{
	*out = '\0';
	if (day)
		day_text(day, out);
}

static char *
person_by_model(const struct unit *u, int who)
{
	const struct model_person *p = &u->end.p[who];
	char to[DAY_TEXT_MAX], on[DAY_TEXT_MAX];
	bool ordered = p->place_seq;

	day_words(to, p->to);
	day_words(on, ordered ? p->ordered : 0);
	return text("%s|ordered %s|to %s|too %s|vacancy %s|brought %d|head %d|posted %d|tasks %s%s%s",
		    state_words[p->state], on, to, to,
		    !p->vacancy    ? ""
		    : p->withdrawn ? "withdrawn"
		    : p->filled    ? "filled"
				   : "open",
		    ordered ? 2 : 0, takes_head(&u->end, who), p->head_posted,
		    p->settle_recall ? "settle_cancelled_recall " : "", p->settle_head ? "settle_head_in_post " : "",
		    p->give_head ? "give_post_to_head " : "");
}

static char *
person_by_database(struct trial *t, const struct unit *u, int who)
{
	char *sql = text(
		"select r.state || '|ordered ' || coalesce(r.ordered_day::text, '') || '|to ' || "
		"coalesce(p.to_day::text, '')"
		" || '|too ' || (select coalesce(o.to_day::text, '') from roster.posting o where o.posting_id = "
		"r.person_id || '-too') || '|vacancy '"
		" || coalesce((select v.state from roster.vacancy v where v.vacancy_id = r.recall_id), '')"
		" || '|brought ' || (select count(*) from accountability.measure m where m.recall_id = r.recall_id and "
		"m.case_id = r.person_id and m.state = 'in_force')"
		" || '|head ' || (select count(*) from accountability.measure m where m.recall_id = r.recall_id and "
		"m.unit_id = '%s'"
		" and m.head_person_id = '%s-head' and m.state = 'in_force')"
		" || '|posted ' || (select count(*) from roster.posting h where h.posting_id = r.recall_id || '-head')"
		" || '|tasks ' || coalesce((select string_agg(k.kind || ' ', '' order by "
		"array_position(array['settle_cancelled_recall', 'settle_head_in_post',"
		" 'give_post_to_head'], k.kind)) from roster.task k where k.recall_id = r.recall_id), '')"
		" from accountability.recall r join roster.posting p on p.posting_id = r.person_id where r.person_id = "
		"'%s-%d'",
		u->id, u->id, u->id, who);
	char *got = harness_sql(t->harness, sql);

	free(sql);
	return got;
}

static void
judge_person(struct trial *t, const struct unit *u, int who)
{
	char *want = person_by_model(u, who), *got = person_by_database(t, u, who);

	if (strcmp(want, got) == 0)
		tally_add(1, 0);
	else
		blame(t, u, text("§5 what stands of person %d", who), want, got);
	free(want);
	free(got);
}

static size_t
counted(json_t *list, const char *member, const char *value)
{
	size_t i, n = 0;
	json_t *x;

	json_array_foreach(list, i, x) {
		const char *s = json_string_value(json_object_get(x, member));
		n += s && strcmp(s, value) == 0;
	}
	return n;
}

/* By the API: the unit's standing shows as many posts taken as the model says, and each recall in its state. */
static void
judge_unit(struct trial *t, const struct unit *u)
{
	char *path = text("/units/%s/standing", u->id), *body = answer(t, path);
	json_t *j = json_loads(body, 0, NULL);
	size_t heads = 0, states = 0, i;
	json_t *x;

	for (int p = 0; p < PEOPLE; p++)
		heads += takes_head(&u->end, p);
	json_array_foreach(json_object_get(j, "recalls"), i, x)
		for (int p = 0; p < PEOPLE; p++)
			if (strcmp(json_string_value(json_object_get(x, "id")), u->recall[p]) == 0)
				states += strcmp(json_string_value(json_object_get(x, "state")),
						 state_words[u->end.p[p].state]) == 0;
	if (counted(json_object_get(j, "measures"), "kind", "unit_head_takes_post") == heads && states == PEOPLE)
		tally_add(1, 0);
	else
		blame(t, u, "C3.2.1-rr the unit's standing", text("%zu posts taken, %d states right", heads, PEOPLE),
		      body);
	json_decref(j);
	free(body);
	free(path);
}

int
main(void)
{
	uint64_t seed = harness_setting("ZHUCUN_SEED", 20170908);
	size_t scripts = harness_setting("ZHUCUN_HISTORIES", 40);
	struct trial t = { .harness = harness_open(), .random = { seed ^ UINT64_C(0xdead) }, .n = scripts * TOLD };

	printf("seed %llu, %zu histories\n", (unsigned long long)seed, scripts);
	t.units = calloc(t.n, sizeof(*t.units));
	assert(t.units);
	for (size_t i = 0; i < t.n; i++) {
		struct unit *u = &t.units[i];
		u->seed = seed + i / TOLD;
		u->telling = (enum telling_of)(i % TOLD);
		snprintf(u->id, sizeof(u->id), "u%zu.%s", i / TOLD, tellings[u->telling]);
		draw_script(u->seed, u->steps, &u->end);
	}
	make_district(&t);
	make_units(&t);
	live(&t);
	for (size_t i = 0; i < t.n; i++) {
		for (int p = 0; p < PEOPLE; p++)
			judge_person(&t, &t.units[i], p);
		judge_unit(&t, &t.units[i]);
	}
	invariants_check(check, t.harness);
	harness_close(&t.harness);
	free(t.units);
	return tally_end();
}
