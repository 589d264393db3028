/* alerts_policy_test - who is told what, and when (rules.md §8; §5 Reversal, "One input gives at most one message").
 *
 * How: a case is what happens one after the other, each step "HH:MM event | in charge | told", on days from
 * 2017-09-08 on ("+1 09:00" is the day after).  An event is the finding that moved measures and what it did to them:
 *
 *   F1 +m1 +m2          imposed              F1: ~m1 -m2         a correction (":"): amended, revoked
 *   - =m1               amended, but a message would say the same as the last one about it
 *   s…: a referral; ^ID: heads a unit of it; *ID: of the department
 *   F1 +r1              r…: a recall         F2 annul            an annulled finding that had been told by itself
 *   account !m1         moved by hand        F2 found            such a finding, confirmed
 *
 * What is told is "recipient=template(measures)", with "!" for one that is recorded and never sent, and "drop
 * NAME(measures)" for a held one that is not sent any more.  What is told goes into a world of alerts as the service
 * keeps it.  Each case is played twice: timers run as soon as they are due, and never; nobody may see a difference. */
#include "alerts_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef AlertsRows__Alert Alert;

enum { ALERTS_MAX = 32, WORDS_MAX = 16, STEPS_MAX = 8 };

/* ---- the world */

struct world {
	arena_t *arena; Policy__Alerts policy;
	Alert alerts[ALERTS_MAX]; size_t n;
	bool timers_run; int version; char *last[256];
};

static int64_t
instant(const char *text, const char **rest)
{
	int days = 0, hour, minute, n = 0;

	if (sscanf(text, " +%d %d:%d%n", &days, &hour, &minute, &n) != 3) {
		days = 0;
		if (sscanf(text, " %d:%d%n", &hour, &minute, &n) != 2) {
			printf("FAIL no time: %s\n", text);
			exit(1);
		}
	}
	*rest = text + n;
	return instant_of_day(day_of_civil(2017, 9, 8) + days) + (hour * 60 + minute) * INT64_C(60000000);
}

static size_t
words_of(char *text, char *out[WORDS_MAX])
{
	size_t n = 0;

	for (char *w = strtok(text, " "); w && n < WORDS_MAX; w = strtok(NULL, " "))
		out[n++] = w;
	return n;
}

/* x: rejected, the first time by hand, later because that holds again.  X: comes back, and is rejected still. */
static bool
refused_before(const struct world *w, const char *id)
{
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < w->alerts[i].n_fallen; k++)
			if (strcmp(w->alerts[i].fallen[k], id) == 0)
				return true;
	return false;
}

static Accountability__MeasureChange *
change(struct world *w, const char *word)
{
	Accountability__MeasureChange *c = arena_message(w->arena, &accountability__measure_change__descriptor);

	c->measure = arena_message(w->arena, &accountability__measure__descriptor);
	c->measure->id = arena_strdup(w->arena, word + 1);
	c->measure->policy = (char *)"policy-1";
	c->measure->kind = word[1] == 'r'   ? ACCOUNTABILITY__MEASURE_KIND__RECALL
	                   : word[1] == 's' ? ACCOUNTABILITY__MEASURE_KIND__REFERRAL
	                                    : ACCOUNTABILITY__MEASURE_KIND__INTERVIEW;
	c->measure->subject = arena_message(w->arena, &accountability__subject__descriptor);
	if (word[1] == 'u') {
		c->measure->subject->maybe_unit_case = ACCOUNTABILITY__SUBJECT__MAYBE_UNIT_UNIT_ID;
		c->measure->subject->unit_id = (char *)"u";
		c->measure->subject->maybe_person_case = ACCOUNTABILITY__SUBJECT__MAYBE_PERSON_PERSON_ID;
		c->measure->subject->person_id = (char *)"chief";
	}
	if (word[1] == 'h') {                           /* h1: the head takes the post of p1 */
		c->measure->kind = ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST;
		c->measure->subject->maybe_unit_case = ACCOUNTABILITY__SUBJECT__MAYBE_UNIT_UNIT_ID;
		c->measure->subject->unit_id = (char *)"u";
		c->grounds = arena_message(w->arena, &accountability__grounds__descriptor);
		c->grounds->cause_of = arena_printf(w->arena, "p%s", word + 2);
	}
	if (*word == 'x' || *word == 'X')
		c->measure->state = ACCOUNTABILITY__MEASURE_STATE__REJECTED;
	c->change = *word == '+' || *word == 'X' ? ACCOUNTABILITY__CHANGE__IMPOSED
	            : *word == '~' || *word == '=' || (*word == 'x' && refused_before(w, word + 1))
	            ? ACCOUNTABILITY__CHANGE__AMENDED
	            : *word == '-' ? ACCOUNTABILITY__CHANGE__REVOKED_CHANGE
	                           : ACCOUNTABILITY__CHANGE__MOVED;
	return c;
}

/* What a message says of it: anew with each change but "=".  Measures are told apart by their last letter, m1 and r1
 * by both. */
static char *
said_of(struct world *w, const char *word)
{
	char **last = &w->last[(unsigned char)(word[1] * 16 + word[2]) & 255];

	if (*word != '=' || !*last)
		*last = arena_printf(w->arena, "%s as of %d", word + 1, ++w->version);
	return *last;
}

static Accountability__MeasuresChanged *
event(struct world *w, char **words, size_t n)
{
	Accountability__MeasuresChanged *e = arena_message(w->arena, &accountability__measures_changed__descriptor);
	size_t len = strlen(words[0]);

	e->correction = words[0][len - 1] == ':';
	e->finding_id = *words[0] == 'F' ? arena_strndup(w->arena, words[0], len - e->correction) : (char *)"";
	e->account = *words[0] == 'a' ? words[0] : (char *)"";
	e->changes = arena_alloc(w->arena, n * sizeof(*e->changes));
	for (size_t i = 1; i < n; i++)
		e->changes[e->n_changes++] = change(w, words[i]);
	return e;
}

static bool
is_about(const Alert *a, const char *about)
{
	for (size_t i = 0; i < a->n_measures; i++)
		if (strcmp(a->measures[i], about) == 0)
			return true;
	return strcmp(a->finding_id, about) == 0;
}

static size_t
told_of(const struct world *w, const char *about, struct alerts_told *told, size_t n)
{
	for (size_t i = 0; i < w->n; i++)
		if (is_about(&w->alerts[i], about))
			told[n++] = (struct alerts_told){ about, &w->alerts[i] };
	return n;
}

static void
time_passes(struct world *w, int64_t at_us)
{
	for (size_t i = 0; w->timers_run && i < w->n; i++)
		if (w->alerts[i].state == ALERTS__ALERT_STATE__QUEUED && w->alerts[i].due_us <= at_us)
			w->alerts[i].state = ALERTS__ALERT_STATE__SENT;
}

static void
put(struct world *w, const struct alerts_message *m, const Accountability__MeasuresChanged *e, char *const *said,
    char *finding_id, int64_t at_us)
{
	Alert *a = &w->alerts[w->n++];

	*a = (Alert)ALERTS_ROWS__ALERT__INIT;
	a->person_id = m->person_id;
	a->alert_id = arena_printf(w->arena, "A%012zu", w->n);
	a->finding_id = finding_id;
	a->template_ = m->template;
	a->correction = m->correction;
	a->measures = arena_alloc(w->arena, (m->n + 1) * sizeof(*a->measures));
	a->fallen = arena_alloc(w->arena, (m->n + 1) * sizeof(*a->fallen));
	a->said = arena_alloc(w->arena, (m->n + 1) * sizeof(*a->said));
	for (size_t i = 0; i < m->n; i++) {
		a->measures[a->n_measures++] = m->changes[i]->measure->id;
		if (alerts_says_gone(m->changes[i]))
			a->fallen[a->n_fallen++] = m->changes[i]->measure->id;
		for (size_t k = 0; k < e->n_changes; k++)
			if (e->changes[k] == m->changes[i])
				a->said[a->n_said++] = said[k];
	}
	a->urgent = m->urgent || alerts_is_urgent(&w->policy, m->template);
	a->due_us = alerts_due_us(&w->policy, a->urgent, at_us);
	a->state = m->obsolete ? ALERTS__ALERT_STATE__FAILED : ALERTS__ALERT_STATE__QUEUED;
}

/* ---- what is told, in words */

static const char *
template_word(Alerts__Template t)
{
	static const char *const words[] = {
		"", "imposed", "recall", "amended", "corrected", "moved", "found", "annulled", "hearing",
	};
	return t == ALERTS__TEMPLATE__HEAD_TAKES_POST ? "post" : words[t];
}

static char *
said(struct world *w, const struct alerts_plan *plan)
{
	char *out = arena_strdup(w->arena, "");

	for (size_t i = 0; i < plan->nobsolete; i++)
		out = arena_printf(w->arena, "%s%sdrop %s", out, *out ? " " : "", plan->obsolete[i]->person_id);
	for (size_t i = 0; i < plan->n; i++) {
		const struct alerts_message *m = &plan->messages[i];
		out = arena_printf(w->arena, "%s%s%s%s%s=%s(", out, *out ? " " : "", m->obsolete ? "!" : "",
		                   m->person_id, m->urgent ? "^" : "", template_word(m->template));
		for (size_t k = 0; k < m->n; k++)
			out = arena_printf(w->arena, "%s%s%s", out, k ? "," : "", m->changes[k]->measure->id);
		out = arena_printf(w->arena, "%s)", out);
	}
	return out;
}

static void
apply(struct world *w, const struct alerts_plan *plan, const Accountability__MeasuresChanged *e, char *const *said,
      char *finding_id, int64_t at_us)
{
	for (size_t i = 0; i < plan->nobsolete; i++)
		((Alert *)plan->obsolete[i])->state = ALERTS__ALERT_STATE__FAILED;
	for (size_t i = 0; i < plan->n; i++)
		put(w, &plan->messages[i], e, said, finding_id, at_us);
}

/* A confirmed finding is told without a plan: to everybody in charge. */
static void
plan_found(struct world *w, char **ids, size_t n, struct alerts_plan *plan)
{
	*plan = (struct alerts_plan){ .messages = arena_alloc(w->arena, (n + 1) * sizeof(*plan->messages)) };
	for (size_t i = 0; i < n; i++)
		plan->messages[plan->n++] = (struct alerts_message){ ids[i], ALERTS__TEMPLATE__FINDING_CONFIRMED };
}

/* Those in charge come first, then heads: ^head, then the department: *official. */
static struct alerts_circle
circle(char **ids, size_t n)
{
	size_t in_charge = 0, heads = 0;

	while (in_charge < n && !strchr("^*", *ids[in_charge]))
		in_charge++;
	while (in_charge + heads < n && *ids[in_charge + heads] == '^')
		heads++;
	for (size_t i = in_charge; i < n; i++)
		ids[i]++;
	size_t others = in_charge + heads;
	return (struct alerts_circle){
		.in_charge = { ids, in_charge }, .heads = { ids + in_charge, heads },
		.department = { others < n ? ids + others : NULL, n - others },
	};
}

/* Whose post it is, and a head who answers for everybody's. */
static const struct alerts_ids *
posts_of(struct world *w, const Accountability__MeasuresChanged *e, struct alerts_ids *posts)
{
	for (size_t i = 0; i < e->n_changes; i++) {
		char **ids = arena_alloc(w->arena, 2 * sizeof(*ids));
		ids[0] = alerts_post_of(e->changes[i]);
		ids[1] = arena_strdup(w->arena, "head");
		posts[i] = ids[0] ? (struct alerts_ids){ ids, 2 } : (struct alerts_ids){ 0 };
	}
	return posts;
}

static char *
step(struct world *w, const char *text)
{
	char *words[WORDS_MAX], *ids[WORDS_MAX];
	struct alerts_told told[ALERTS_MAX * WORDS_MAX];
	struct alerts_ids posts[WORDS_MAX];
	char *said_all[WORDS_MAX];
	const char *rest;
	struct alerts_case c = { .said = said_all, .told = told, .policy = &w->policy };
	struct alerts_plan plan;

	c.at_us = instant(text, &rest);
	char *copy = arena_strdup(w->arena, rest), *bar = strchr(copy, '|');
	*bar = '\0';
	size_t nids = words_of(bar + 1, ids), n = words_of(copy, words);
	time_passes(w, c.at_us);
	if (n == 2 && strcmp(words[1], "found") == 0) {
		plan_found(w, ids, nids, &plan);
	} else if (n == 2 && strcmp(words[1], "annul") == 0) {
		c.ntold = told_of(w, words[0], told, c.ntold);
		c.circle = circle(ids, nids);
		alerts_of_annulled(&c, w->arena, &plan);
	} else {
		c.event = event(w, words, n);
		for (size_t i = 0; i < c.event->n_changes; i++) {
			c.ntold = told_of(w, c.event->changes[i]->measure->id, told, c.ntold);
			said_all[i] = said_of(w, words[i + 1]);
		}
		if (*c.event->finding_id)
			c.ntold = told_of(w, c.event->finding_id, told, c.ntold);
		c.circle = circle(ids, nids);
		c.circle.posts = posts_of(w, c.event, posts);
		alerts_of_measures(&c, w->arena, &plan);
	}
	char *out = said(w, &plan);
	size_t len = strlen(words[0]);
	char *finding = arena_strndup(w->arena, words[0], *words[0] == 'F' ? len - (words[0][len - 1] == ':') : 0);
	apply(w, &plan, c.event, said_all, finding, c.at_us);
	return out;
}

/* ---- the rules as cases */

static const struct { const char *name; struct { const char *happens, *told; } steps[STEPS_MAX]; } cases[] = {
	{ "whoever is in charge, each once", {
		{ "09:00 F1 +m1 | p1 head leader head", "p1=imposed(m1) head=imposed(m1) leader=imposed(m1)" } } },
	{ "a recall among them", {
		{ "09:00 F1 +m1 +r1 | p1 head", "p1=recall(m1,r1) head=recall(m1,r1)" } } },
	{ "amended only", {
		{ "09:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "10:00 F2 ~m1 | p1", "p1=amended(m1)" } } },
	{ "amended and imposed is something new", {
		{ "09:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "10:00 F2 ~m1 +m2 | p1", "p1=imposed(m1,m2)" } } },
	{ "moved by hand", {
		{ "09:00 F1 +m1 | p1 head", "p1=imposed(m1) head=imposed(m1)" },
		{ "10:00 account !m1 | p1 head", "p1=moved(m1) head=moved(m1)" } } },
	{ "C3.1.1 a person's is told to those in charge, a unit's to its head of then and of now", {
		{ "09:00 F1 +m1 +u1 | p1 head leader ^head",
		  "p1=imposed(m1) head=imposed(m1,u1) leader=imposed(m1) chief=imposed(u1)" },
		{ "10:00 F1: -m1 -u1 | p1 head leader ^head",
		  "p1=corrected(m1) head=corrected(m1,u1) leader=corrected(m1) chief=corrected(u1)" } } },
	{ "C3.1.1 of a unit alone", {
		{ "09:00 F1 +u1 | ^head", "head=imposed(u1) chief=imposed(u1)" } } },
	{ "C3.2.2 a referral is told to the department alone", {
		{ "09:00 F1 +s1 | p1 head ^head *admin", "admin=imposed(s1)" },
		{ "10:00 F2 ~s1 +m1 | p1 head *admin", "p1=imposed(m1) head=imposed(m1) admin=amended(s1)" },
		{ "11:00 account !s1 | p1 head *admin", "admin=moved(s1)" },
		{ "12:00 F1: -s1 -m1 | p1 head *admin", "p1=corrected(m1) head=corrected(m1) admin=corrected(s1)" } } },
	{ "C3.2.2 where there is no department, to nobody", {
		{ "09:00 F1 +s1 | p1 head ^head", "" } } },
	{ "C3.2.2 who administers and is in charge hears of both", {
		{ "09:00 F1 +s1 +m1 | p1 admin *admin", "p1=imposed(m1) admin=imposed(s1,m1)" } } },
	{ "C3.2.2 who is of the department no more is told no more", {
		{ "09:00 F1 +s1 | p1 *admin", "admin=imposed(s1)" },
		{ "10:00 F1: -s1 | p1 *next", "" } } },
	{ "C3.2.2 a sealed finding is annulled: the department is told, not whom an earlier version told", {
		{ "09:00 F1 found | p1 head admin", "p1=found() head=found() admin=found()" },
		{ "10:00 F1 annul | *admin", "admin=annulled()" } } },
	{ "a policy that changes no message changes nobody's peace", {
		{ "09:00 F1 +m1 +m2 | p1 head", "p1=imposed(m1,m2) head=imposed(m1,m2)" },
		{ "10:00 - =m1 =m2 | p1 head", "" },
		{ "11:00 - ~m1 =m2 | p1 head", "p1=amended(m1) head=amended(m1)" },
		{ "12:00 - =m1 =m2 | p1 new", "" },
		{ "13:00 F1: -m1 =m2 | p1 new", "p1=corrected(m1) head=corrected(m1)" } } },
	{ "of a unit, neither", {
		{ "09:00 F1 +u1 | ^head", "head=imposed(u1) chief=imposed(u1)" },
		{ "10:00 - =u1 | ^head", "" },
		{ "11:00 - =u1 | ^next", "" } } },
	{ "what nobody was told yet is news, whatever it says", {
		{ "09:00 - =m1 | p1", "p1=amended(m1)" } } },
	{ "there and back again: each time something else than last", {
		{ "09:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "10:00 F2 ~m1 | p1", "p1=amended(m1)" },
		{ "11:00 F2: ~m1 | p1", "p1=corrected(m1)" },
		{ "12:00 F2: =m1 | p1", "" } } },
	{ "a finding that was told by what followed is told by what falls", {
		{ "09:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "10:00 F1 annul | p1", "" },
		{ "10:00 F1: -m1 | p1", "p1=corrected(m1)" } } },
	{ "§5 Reversal: to everybody who was told, nobody twice", {
		{ "09:00 F1 +m1 | p1 head leader", "p1=imposed(m1) head=imposed(m1) leader=imposed(m1)" },
		{ "10:00 F1: -m1 | p1 head leader", "p1=corrected(m1) head=corrected(m1) leader=corrected(m1)" } } },
	{ "§5 Reversal: also to the head of then, not to the head of now", {
		{ "09:00 F1 +m1 | p1 old", "p1=imposed(m1) old=imposed(m1)" },
		{ "10:00 F1: -m1 | p1 new", "p1=corrected(m1) old=corrected(m1)" } } },
	{ "what stands anew is told to the head of now too", {
		{ "09:00 F1 +m1 +m2 | p1 old", "p1=imposed(m1,m2) old=imposed(m1,m2)" },
		{ "10:00 F1: ~m1 -m2 | p1 new", "p1=corrected(m1,m2) new=amended(m1) old=corrected(m1,m2)" } } },
	{ "who was told of the finding is told that its measures fell", {
		{ "09:00 F1 found | clerk", "clerk=found()" },
		{ "10:00 F1: -m1 | p1", "clerk=corrected(m1)" } } },
	{ "nobody was told: nobody is corrected", {
		{ "09:00 F1: -m1 | p1 head", "" } } },
	{ "held and overtaken: dropped, its correction is recorded and not sent", {
		{ "23:00 F1 +m1 +m2 | p1 head", "p1=imposed(m1,m2) head=imposed(m1,m2)" },
		{ "23:30 F1: -m1 -m2 | p1 head", "drop p1 drop head !p1=corrected(m1,m2) !head=corrected(m1,m2)" },
		{ "+1 08:00 F2 +m1 | p1 head", "p1=imposed(m1) head=imposed(m1)" },
		{ "+1 09:00 F2: -m1 | p1 head", "p1=corrected(m1) head=corrected(m1)" } } },
	{ "held, but some of it still stands: both are sent", {
		{ "23:00 F1 +m1 +m2 | p1", "p1=imposed(m1,m2)" },
		{ "23:30 F1: -m2 | p1", "p1=corrected(m2)" } } },
	{ "sent in the evening, overtaken at night: the correction is due", {
		{ "21:59 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "22:30 F1: -m1 | p1", "p1=corrected(m1)" } } },
	{ "due at the instant it is overtaken: on its way", {
		{ "23:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "+1 07:00 F1: -m1 | p1", "p1=corrected(m1)" } } },
	{ "urgent: not held, so corrected, and as urgently; so is what corrects the correction", {
		{ "23:00 F1 +r1 +m1 | p1", "p1=recall(r1,m1)" },
		{ "23:30 F1: ~m1 -r1 | p1", "p1^=corrected(m1,r1)" },
		{ "23:40 F2: ~m1 | p1", "p1^=corrected(m1)" } } },
	{ "what was not urgent is not corrected urgently; what is no correction, neither", {
		{ "21:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "23:00 F1: -m1 | p1", "p1=corrected(m1)" },
		{ "23:10 F2 +r1 +m2 | p1", "p1=recall(r1,m2)" },
		{ "23:20 F3 ~m2 | p1", "p1=amended(m2)" } } },
	{ "a held correction is not overtaken", {
		{ "21:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "22:30 F1: ~m1 | p1", "p1=corrected(m1)" },
		{ "22:40 F2: -m1 | p1", "p1=corrected(m1)" } } },
	{ "held and corrected: stays, or the correction would be the first that is heard", {
		{ "23:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "23:10 F2: ~m1 +m2 | p1", "p1=corrected(m1,m2)" },
		{ "23:20 F1: -m1 ~m2 | p1", "p1=corrected(m1,m2)" } } },
	{ "dropped for one thing, told another: something new, no correction", {
		{ "23:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "23:30 F2: -m1 +m2 | p1", "drop p1 p1=imposed(m2)" } } },
	{ "it comes back: told to those in charge now, not to those of then", {
		{ "09:00 F1 +m1 | p1 old", "p1=imposed(m1) old=imposed(m1)" },
		{ "10:00 F1: -m1 | p1 new", "p1=corrected(m1) old=corrected(m1)" },
		{ "11:00 F2 +m1 | p1 new", "p1=imposed(m1) new=imposed(m1)" },
		{ "12:00 F2: -m1 | p1 new", "p1=corrected(m1) new=corrected(m1)" } } },
	{ "it comes back at night and falls again: they know already that it does not stand", {
		{ "09:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "10:00 F1: -m1 | p1", "p1=corrected(m1)" },
		{ "23:00 F2 +m1 | p1", "p1=imposed(m1)" },
		{ "23:30 F2: -m1 | p1", "drop p1 !p1=corrected(m1)" } } },
	{ "a correction that also imposes: the head of then hears of what he knows only", {
		{ "09:00 F1 +m1 | p1 old", "p1=imposed(m1) old=imposed(m1)" },
		{ "10:00 F1: ~m1 +m2 | p1", "p1=corrected(m1,m2) old=corrected(m1)" } } },
	{ "amended, nothing taken back: no news for who is in charge no more", {
		{ "09:00 F1 +m1 | p1 old", "p1=imposed(m1) old=imposed(m1)" },
		{ "10:00 F2 ~m1 | p1 new", "p1=amended(m1) new=amended(m1)" } } },
	{ "§8 nothing stands and nothing was sent: a whole night is dropped, its corrections too", {
		{ "22:30 F1 +m1 | p1 head", "p1=imposed(m1) head=imposed(m1)" },
		{ "22:31 F2: ~m1 +m2 +m3 | p1 head", "p1=corrected(m1,m2,m3) head=corrected(m1,m2,m3)" },
		{ "22:32 F2: ~m1 -m2 -m3 | p1 head", "p1=corrected(m1,m2,m3) head=corrected(m1,m2,m3)" },
		{ "22:33 F1: -m1 | p1 head",
		  "drop p1 drop head drop p1 drop head drop p1 drop head !p1=corrected(m1) !head=corrected(m1)" } } },
	{ "§8 … but not what corrects what was sent", {
		{ "21:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "22:31 F2: ~m1 +m2 | p1", "p1=corrected(m1,m2)" },
		{ "22:32 F2: ~m1 -m2 | p1", "p1=corrected(m1,m2)" },
		{ "22:33 F1: -m1 | p1", "p1=corrected(m1)" } } },
	{ "A98 rejected: of what has no effect no more is told", {
		{ "09:00 F1 +m1 | p1", "p1=imposed(m1)" },
		{ "10:00 account xm1 | p1", "p1=moved(m1)" },
		{ "11:00 F2 xm1 +m2 | p1", "p1=imposed(m2)" },
		{ "12:00 F1: -m1 ~m2 | p1", "p1=corrected(m2)" },
		{ "13:00 F3 Xm1 | p1", "" },
		{ "14:00 F4 +m1 | p1", "p1=imposed(m1)" },
		{ "15:00 F4: xm1 | p1", "p1=corrected(m1)" } } },
	{ "C3.2.1-rr a post is told to those in charge of whose it is, and corrected to them", {
		{ "09:00 F1 +m3 +m4 +h4 | p3 head", "p3=imposed(m3,m4) head=post(m3,m4,h4) p4=post(h4)" },
		{ "10:00 F1: -m3 -m4 -h4 | p3 head",
		  "p3=corrected(m3,m4) head=corrected(m3,m4,h4) p4=corrected(h4)" } } },
	{ "a finding told by itself, annulled", {
		{ "09:00 F1 found | p1 head", "p1=found() head=found()" },
		{ "10:00 F1 annul |", "p1=annulled() head=annulled()" } } },
	{ "a finding told by itself, annulled before anybody knew", {
		{ "23:00 F1 found | p1 head", "p1=found() head=found()" },
		{ "23:10 F1 annul |", "drop p1 drop head !p1=annulled() !head=annulled()" } } },
};

static void
play(size_t i, bool timers_run)
{
	struct world w = { .arena = arena_open(4 << 20), .timers_run = timers_run };
	char *urgent[] = { (char *)"recall_opened" };

	w.policy = (Policy__Alerts)POLICY__ALERTS__INIT;
	w.policy.quiet_from_hour = 22;
	w.policy.quiet_until_hour = 7;
	w.policy.n_urgent = 1;
	w.policy.urgent = urgent;
	for (int k = 0; k < STEPS_MAX && cases[i].steps[k].happens; k++) {
		const char *got = step(&w, cases[i].steps[k].happens);
		const char *timers = timers_run ? "run" : "late";
		check(strcmp(got, cases[i].steps[k].told) == 0,
		      arena_printf(w.arena, "%s, %s, timers %s", cases[i].name, cases[i].steps[k].happens, timers),
		      got);
	}
	arena_close(&w.arena);
}

/* ---- quiet hours */

static const struct { int from, until; const char *at, *due; bool urgent; } hours[] = {
	{ 22, 7, "21:59", "21:59", false },     { 22, 7, "22:00", "+1 07:00", false },
	{ 22, 7, "23:59", "+1 07:00", false },  { 22, 7, "00:00", "07:00", false },
	{ 22, 7, "06:59", "07:00", false },     { 22, 7, "07:00", "07:00", false },
	{ 22, 7, "12:00", "12:00", false },     { 22, 7, "23:00", "23:00", true },
	{ 12, 14, "13:30", "14:00", false },    { 12, 14, "14:00", "14:00", false },
	{ 12, 14, "11:59", "11:59", false },    { 0, 0, "00:00", "00:00", false },
	{ 22, 0, "23:00", "+1 00:00", false },  { 0, 7, "03:00", "07:00", false },
};

static void
test_hours(void)
{
	char *urgent[] = { (char *)"measures_imposed" };

	for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++) {
		Policy__Alerts p = POLICY__ALERTS__INIT;
		const char *rest;
		p.quiet_from_hour = hours[i].from;
		p.quiet_until_hour = hours[i].until;
		p.n_urgent = hours[i].urgent;
		p.urgent = urgent;
		bool is_urgent = alerts_is_urgent(&p, ALERTS__TEMPLATE__MEASURES_IMPOSED);
		int64_t at_us = instant(hours[i].at, &rest), due_us = instant(hours[i].due, &rest);
		check(alerts_due_us(&p, is_urgent, at_us) == due_us, "quiet hours", hours[i].at);
	}
	Policy__Alerts nights = POLICY__ALERTS__INIT;
	nights.quiet_from_hour = 0;
	nights.quiet_until_hour = 7;
	bool account = alerts_is_urgent(&nights, ALERTS__TEMPLATE__ACCOUNT_CHANGED);
	bool task = alerts_is_urgent(&nights, ALERTS__TEMPLATE__TASK_OPENED);
	int64_t night_us = instant_of_day(17000);
	check(alerts_due_us(&nights, account, night_us) == night_us, "nobody waits to hear of his account", "");
	check(alerts_due_us(&nights, task, night_us) > night_us, "but for all else", "");
	check(alerts_due_us(NULL, false, 5) == 5, "no policy: at once", "");
	check(!alerts_is_urgent(NULL, ALERTS__TEMPLATE__RECALL_OPENED), "no policy: nothing is urgent", "");
}

/* ---- what an event is about */

static void
test_about(void)
{
	struct world w = { .arena = arena_open(1 << 20) };
	char *by_finding[] = { (char *)"F1", (char *)"+m1" };
	char *by_hand[] = { (char *)"account", (char *)"!m1" };
	char *by_policy[] = { (char *)"-", (char *)"~m1" };
	Accountability__MeasuresChanged *e = event(&w, by_finding, 2);

	check(strcmp(alerts_cause(e), "F1") == 0, "cause: the finding", alerts_cause(e));
	check(alerts_incident_day(e, 17000) == 17000, "incident: today, without grounds", "");
	e->changes[0]->grounds = arena_message(w.arena, &accountability__grounds__descriptor);
	e->changes[0]->grounds->absence_day = 16990;
	check(alerts_incident_day(e, 17000) == 16990, "incident: the absence's date", "");
	check(strcmp(alerts_cause(event(&w, by_hand, 2)), "m1") == 0, "cause: by hand, the measure", "");
	check(strcmp(alerts_cause(event(&w, by_policy, 2)), "policy-1") == 0, "cause: a policy, its version", "");
	arena_close(&w.arena);
}

/* ---- what follows from a finding, and is told instead of it */

static void
test_follows(void)
{
	static const struct {
		Supervision__FindingKind kind; Supervision__Source source; bool major, leader, person, head;
		const char *what;
	} rows[] = {
		{ SUPERVISION__FINDING_KIND__DUTY_FAILURE, SUPERVISION__SOURCE__SUPERIOR, false, true, true, true,
		  "C3.1.3 the contact leader and the head" },
		{ SUPERVISION__FINDING_KIND__DUTY_FAILURE, SUPERVISION__SOURCE__SUPERIOR, false, false, false, false,
		  "C3.1.3 nobody else" },
		{ SUPERVISION__FINDING_KIND__DUTY_FAILURE, SUPERVISION__SOURCE__SUPERIOR, true, false, false, true,
		  "C3.1.2-2 the head alone" },
		{ SUPERVISION__FINDING_KIND__DUTY_FAILURE, SUPERVISION__SOURCE__COVERT, true, true, false, false,
		  "no superior" },
		{ SUPERVISION__FINDING_KIND__FUND_MISUSE, SUPERVISION__SOURCE__COVERT, true, true, false, false,
		  "C3.2.2 a referral is not told" },
	};
	static const struct {
		const char *finding, *role, *responsible, *unit_head; bool superior, major;
	} shipped[] = {
		{ "duty_failure", NULL, NULL, "removal_proposed", true, true },
		{ "duty_failure", "contact_leader", "written_self_criticism", NULL, true, false },
		{ "fund_misuse", NULL, "referral", NULL, false, true },
	};
	enum { CASES = sizeof(shipped) / sizeof(shipped[0]) };
	Policy__Policy p = POLICY__POLICY__INIT;
	Policy__Case c[CASES], *list[CASES];
	Policy__Consequence responsible[CASES], unit_head[CASES], *one[CASES], *other[CASES];
	char *kinds[CASES];
	MirrorRows__Posting posting = MIRROR_ROWS__POSTING__INIT;
	const MirrorRows__Posting *postings[] = { &posting };

	for (int i = 0; i < CASES; i++) {
		c[i] = (Policy__Case)POLICY__CASE__INIT;
		responsible[i] = unit_head[i] = (Policy__Consequence)POLICY__CONSEQUENCE__INIT;
		kinds[i] = (char *)shipped[i].finding;
		c[i].n_findings = 1;
		c[i].findings = &kinds[i];
		c[i].superior = shipped[i].superior;
		c[i].major = shipped[i].major;
		c[i].maybe_role_case = shipped[i].role ? POLICY__CASE__MAYBE_ROLE_ROLE : 0;
		c[i].role = (char *)shipped[i].role;
		responsible[i].kind = (char *)shipped[i].responsible;
		unit_head[i].kind = (char *)shipped[i].unit_head;
		one[i] = &responsible[i];
		other[i] = &unit_head[i];
		c[i].n_responsible = shipped[i].responsible != NULL;
		c[i].responsible = &one[i];
		c[i].n_unit_head = shipped[i].unit_head != NULL;
		c[i].unit_head = &other[i];
		list[i] = &c[i];
	}
	p.n_cases = CASES;
	p.cases = list;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		posting.role = rows[i].leader ? ROSTER__ROLE__CONTACT_LEADER : ROSTER__ROLE__TEAM_MEMBER;
		struct policy_finding f = { rows[i].kind, rows[i].source, rows[i].major, 17000, postings, 1 };
		struct alerts_follows got = alerts_follows(&p, &f);
		check(got.person == rows[i].person && got.head == rows[i].head, rows[i].what, "");
	}
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		play(i, true);
		play(i, false);
	}
	test_hours();
	test_about();
	test_follows();
	return tally_end();
}
