/* accountability_policy_test - the absence ladder as the rule book says it (rules.md §5), and what must always hold
 * (§10).
 *
 * How: a case is a history of words, told one after the other; after each the measures are counted anew and what
 * changed is applied, as the service does it.  Then what stands is compared with the words expected.
 *
 *   F1:09-05         absence F1 on 2017-09-05, confirmed that day      F1:09-05>09-20   confirmed later
 *   F1:2018-01-03    any year                                          -F1              annulled
 *   P:2016-09-01..2017-09-01~2019-03-01                                posting P: from, to (or nothing), end of term
 *   award_ban=served                                                   somebody has moved a measure
 *
 * The properties are then tried on random histories; the seed is fixed, and printed with what fails. */
#include "accountability_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACTS_MAX = 24, MEASURES_MAX = 64, HISTORIES = 4000 };

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;

/* ---- rule books: the shipped ladder, under different approvals and dates */

#define TEXT(z, e)                                                                                                     \
	(Common__Text)                                                                                                 \
	{                                                                                                              \
		.base = PROTOBUF_C_MESSAGE_INIT(&common__text__descriptor), .zh = (char *)(z), .en = (char *)(e)       \
	}

struct rulebook {
	Common__Text reason;
	Policy__Consequence consequences[8];
	Policy__Consequence *in_rung[8];
	Policy__Rung rungs[3];
	Policy__Rung *rung_list[3];
	Policy__AbsenceLadder ladder;
	Policy__Policy document;
};

static void
rulebook_init(struct rulebook *b, const char *approval_json, int freeze_months, int nrungs)
{
	static const struct { int rung; const char *kind; Policy__Span span; } rows[8] = {
		{ 1, "stipend_cancelled", POLICY__SPAN__MONTH_OF_ABSENCE },
		{ 2, "stipend_cancelled", POLICY__SPAN__QUARTER_OF_ABSENCE },
		{ 2, "admonishment_talk", POLICY__SPAN__FROM_DECISION },
		{ 2, "assessment_cancelled", POLICY__SPAN__YEAR_OF_ABSENCE },
		{ 2, "award_ban", POLICY__SPAN__YEAR_AND_TERM },
		{ 2, "promotion_freeze", POLICY__SPAN__MONTHS_FROM_DECISION },
		{ 3, "stipend_cancelled", POLICY__SPAN__YEAR_OF_ABSENCE },
		{ 3, "recall", POLICY__SPAN__FROM_DECISION },
	};
	static const char *const clauses[3] = { "C3.2.1-1", "C3.2.1-2", "C3.2.1-3" };

	b->reason = TEXT("取消补助", "stipend cancelled");
	for (int i = 0; i < 3; i++) {
		b->rungs[i] = (Policy__Rung)POLICY__RUNG__INIT;
		b->rungs[i].rung = i + 1;
		b->rungs[i].clause = (char *)clauses[i];
		b->rungs[i].reason = &b->reason;
		b->rung_list[i] = &b->rungs[i];
	}
	for (int i = 0; i < 8; i++) {
		Policy__Rung *r = &b->rungs[rows[i].rung - 1];
		b->consequences[i] = (Policy__Consequence)POLICY__CONSEQUENCE__INIT;
		b->consequences[i].kind = (char *)rows[i].kind;
		b->consequences[i].span = rows[i].span;
		b->consequences[i].months = freeze_months;
		b->in_rung[i] = &b->consequences[i];
		r->measures = r->n_measures ? r->measures : &b->in_rung[i];
		r->n_measures++;
	}
	b->ladder = (Policy__AbsenceLadder)POLICY__ABSENCE_LADDER__INIT;
	b->ladder.n_rungs = (size_t)nrungs;
	b->ladder.rungs = b->rung_list;
	b->document = (Policy__Policy)POLICY__POLICY__INIT;
	b->document.approval_json = (char *)approval_json;
	b->document.absence_ladder = &b->ladder;
}

enum book { SHIPPED, AUTOMATIC, SOFTER_LATER, AUTOMATIC_LATER, HELD, BOOKS };

struct books {
	struct rulebook shipped, automatic, softer, held;
	struct policy_version versions[BOOKS][2];
	struct policy_book book[BOOKS];
};

static void
books_init(struct books *b)
{
	const int32_t first = day_of_civil(2017, 8, 1), october = day_of_civil(2017, 10, 1);

	rulebook_init(&b->shipped, "\"four_eyes\"", 6, 3);
	rulebook_init(&b->automatic, "\"automatic\"", 6, 3);
	rulebook_init(&b->softer, "{\"award_ban\":\"automatic\",\"default\":\"four_eyes\"}", 3, 2);
	rulebook_init(&b->held, "\"automatic\"", 6, 3);
	b->held.document.hold = true;
	b->versions[SHIPPED][0] = (struct policy_version){ "v1", first, &b->shipped.document };
	b->versions[AUTOMATIC][0] = (struct policy_version){ "v1", first, &b->automatic.document };
	b->versions[SOFTER_LATER][0] = (struct policy_version){ "v1", first, &b->shipped.document };
	b->versions[SOFTER_LATER][1] = (struct policy_version){ "v2", october, &b->softer.document };
	b->versions[AUTOMATIC_LATER][0] = (struct policy_version){ "v1", first, &b->shipped.document };
	b->versions[AUTOMATIC_LATER][1] = (struct policy_version){ "v2", october, &b->automatic.document };
	b->versions[HELD][0] = (struct policy_version){ "v1", first, &b->held.document };
	for (int i = 0; i < BOOKS; i++)
		b->book[i] = (struct policy_book){ b->versions[i], i == SOFTER_LATER || i == AUTOMATIC_LATER ? 2 : 1 };
}

/* ---- one person's world */

struct world {
	const struct policy_book *book;
	arena_t *arena;
	const Finding *findings[FACTS_MAX]; size_t nfindings;
	const MirrorRows__Posting *postings[4]; size_t npostings;
	const Measure *measures[MEASURES_MAX]; size_t nmeasures;
	const AccountabilityRows__Decision *decisions[4]; size_t ndecisions;
	struct measure_change *changes; size_t nchanges;        /* of the last count */
};

static void
measure_put(struct world *w, const struct measure_change *c)
{
	for (size_t i = 0; i < w->nmeasures; i++)
		if (w->measures[i] == c->was) {
			w->measures[i] = c->is;
			return;
		}
	/* Any function of the identity will do for an id here. */
	c->is->measure_id = arena_printf(w->arena, "m-%s-%d-%d", c->is->clause, c->is->kind, c->is->window_year);
	w->measures[w->nmeasures++] = c->is;
}

/* What a measure's count rests on. */
static size_t
counted(struct world *w, const Measure *m, char ***out)
{
	const Finding *facts[FACTS_MAX];
	size_t n = 0;

	for (size_t c = 0; c < m->n_cause; c++)
		for (size_t i = 0; i < w->nfindings; i++)
			if (strcmp(w->findings[i]->finding_id, m->cause[c]) == 0)
				facts[n++] = w->findings[i];
	return ladder_counted(m->ladder, facts, n, w->arena, out);
}

static void
decision_keep(struct world *w, const Measure *m)
{
	AccountabilityRows__Decision *d = arena_message(w->arena, &accountability_rows__decision__descriptor);

	if (!measure_is_refused(m->state))
		return;
	d->measure_id = m->measure_id;
	d->seq = (int64_t)w->ndecisions;
	d->state = m->state;
	d->n_counted = counted(w, m, &d->counted);
	w->decisions[w->ndecisions++] = d;
}

static void
decisions_hold(struct world *w, Measure *const *due, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char **rests_on;
		size_t nrests = counted(w, due[i], &rests_on);
		const AccountabilityRows__Decision *d =
			ladder_held(w->decisions, w->ndecisions, due[i]->measure_id, rests_on, nrests);
		due[i]->state = d ? d->state : due[i]->state;
	}
}

static void
recount(struct world *w)
{
	struct absence *absences;
	Measure **due;
	size_t n = ladder_absences(w->book, w->findings, w->nfindings, w->arena, &absences);
	size_t ndue = ladder_measures(absences, n, w->postings, w->npostings, w->arena, &due);

	ladder_identify(due, ndue, w->measures, w->nmeasures);
	decisions_hold(w, due, ndue);
	w->nchanges = ladder_diff(due, ndue, w->measures, w->nmeasures, w->arena, &w->changes);
	for (size_t i = 0; i < w->nchanges; i++)
		measure_put(w, &w->changes[i]);
}

/* What the service keeps of a finding: once annulled, always annulled; the same again is the same. */
static void
finding_put(struct world *w, const char *id, int32_t on_day, int32_t confirmed_day, bool annulled)
{
	Finding *f = arena_message(w->arena, &accountability_rows__finding__descriptor);
	size_t at = 0;

	while (at < w->nfindings && strcmp(w->findings[at]->finding_id, id) != 0)
		at++;
	if (at < w->nfindings && w->findings[at]->state == SUPERVISION__FINDING_STATE__ANNULLED)
		return;
	f->finding_id = arena_strdup(w->arena, id);
	f->kind = SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE;
	f->source = SUPERVISION__SOURCE__COVERT;
	f->on_day = on_day;
	f->maybe_confirmed_case = ACCOUNTABILITY_ROWS__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY;
	f->confirmed_day = confirmed_day;
	f->state = annulled ? SUPERVISION__FINDING_STATE__ANNULLED : SUPERVISION__FINDING_STATE__CONFIRMED;
	w->findings[at] = f;
	w->nfindings += at == w->nfindings;
}

/* ---- histories in words */

static const char *
read_day(const char *s, int32_t *day)
{
	char text[DAY_TEXT_MAX] = "2017-";
	size_t len = s[2] == '-' ? 5 : 10;

	memcpy(text + (len == 5 ? 5 : 0), s, len);
	text[10] = '\0';
	if (!day_parse(text, day)) {
		printf("FAIL no date: %s\n", s);
		exit(1);
	}
	return s + len;
}

static void
tell_finding(struct world *w, const char *id, const char *s)
{
	int32_t on_day, confirmed_day;

	s = read_day(s, &on_day);
	confirmed_day = on_day;
	if (*s == '>')
		read_day(s + 1, &confirmed_day);
	finding_put(w, id, on_day, confirmed_day, false);
}

static void
tell_posting(struct world *w, const char *s)
{
	MirrorRows__Posting *p = arena_message(w->arena, &mirror_rows__posting__descriptor);

	s = read_day(s, &p->from_day) + 2;
	if (*s && *s != '~') {
		p->maybe_to_case = MIRROR_ROWS__POSTING__MAYBE_TO_TO_DAY;
		s = read_day(s, &p->to_day);
	}
	if (*s == '~') {
		p->maybe_term_to_case = MIRROR_ROWS__POSTING__MAYBE_TERM_TO_TERM_TO_DAY;
		read_day(s + 1, &p->term_to_day);
	}
	w->postings[w->npostings++] = p;
}

static const char *
name_of(const ProtobufCEnumDescriptor *d, int value, arena_t *a)
{
	char *name = arena_strdup(a, protobuf_c_enum_descriptor_get_value(d, value)->name);

	for (char *c = name; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return name;
}

static void
tell_move(struct world *w, const char *kind, const char *state)
{
	for (size_t i = 0; i < w->nmeasures; i++)
		for (unsigned v = 0; v < accountability__measure_state__descriptor.n_values; v++) {
			if (strcmp(name_of(&accountability__measure_kind__descriptor, w->measures[i]->kind, w->arena),
				   kind) != 0 ||
			    strcmp(name_of(&accountability__measure_state__descriptor, (int)v, w->arena), state) != 0)
				continue;
			Measure *m = arena_copy(w->arena, w->measures[i], sizeof(*m));
			m->state = (Accountability__MeasureState)v;
			w->measures[i] = m;
			decision_keep(w, m);
		}
}

static void
tell_annulled(struct world *w, const char *id)
{
	for (size_t i = 0; i < w->nfindings; i++)
		if (strcmp(w->findings[i]->finding_id, id) == 0)
			finding_put(w, id, w->findings[i]->on_day, w->findings[i]->confirmed_day, true);
}

static void
tell(struct world *w, const char *history)
{
	char *words = arena_strdup(w->arena, history), *save = NULL;

	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *colon = strchr(word, ':'), *equals = strchr(word, '=');
		if (word[0] == '-') {
			tell_annulled(w, word + 1);
		} else if (equals) {
			*equals = '\0';
			tell_move(w, word, equals + 1);
			continue;
		} else if (word[0] == 'P') {
			tell_posting(w, colon + 1);
		} else {
			*colon = '\0';
			tell_finding(w, word, colon + 1);
		}
		recount(w);
	}
}

/* ---- what stands, in words: "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed" */

static const char *
measure_words(const Measure *m, arena_t *a)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX] = "";
	const char *cause = "";

	day_text(m->from_day, from);
	if (m->maybe_until_case)
		day_text(m->until_day, until);
	for (size_t i = 0; i < m->n_cause; i++)
		cause = arena_printf(a, "%s%s%s", cause, i ? "," : "", m->cause[i]);
	return arena_printf(a, "%s %s %s..%s %s %s", m->clause + strlen("C3.2.1-"),
			    name_of(&accountability__measure_kind__descriptor, m->kind, a), from, until, cause,
			    name_of(&accountability__measure_state__descriptor, m->state, a));
}

static int
by_year_rung_kind(const void *a, const void *b)
{
	const Measure *x = *(const Measure *const *)a, *y = *(const Measure *const *)b;
	int c = x->window_year - y->window_year ? x->window_year - y->window_year : strcmp(x->clause, y->clause);
	return c ? c : (int)x->kind - (int)y->kind;
}

static bool
is_asked(const char *words, const char *only)
{
	return !only ||
	       (only[0] == '^' ? strncmp(words, only + 1, strlen(only + 1)) == 0 : strstr(words, only) != NULL);
}

/* only: a kind or another word, "^" and a rung, or NULL for all. */
static const char *
standing_words(const struct world *w, const char *only, arena_t *a)
{
	const Measure *sorted[MEASURES_MAX];
	const char *all = "";

	memcpy(sorted, w->measures, w->nmeasures * sizeof(sorted[0]));
	qsort(sorted, w->nmeasures, sizeof(sorted[0]), by_year_rung_kind);
	for (size_t i = 0; i < w->nmeasures; i++) {
		const char *words = measure_words(sorted[i], a);
		if (sorted[i]->state != ACCOUNTABILITY__MEASURE_STATE__REVOKED && is_asked(words, only))
			all = arena_printf(a, "%s%s%s", all, *all ? "; " : "", words);
	}
	return all;
}

static const char *
change_words(const struct world *w, arena_t *a)
{
	static const char *const verbs[] = { "", "imposed", "amended", "revoked", "moved" };
	const char *all = "";

	for (size_t i = 0; i < w->nchanges; i++)
		all = arena_printf(a, "%s%s%s %s %s%s", all, *all ? "; " : "", verbs[w->changes[i].change],
				   w->changes[i].is->clause + strlen("C3.2.1-"),
				   name_of(&accountability__measure_kind__descriptor, w->changes[i].is->kind, a),
				   ladder_shrank(&w->changes[i]) ? "!" : "");
	return all;
}

/* ---- the rule book */

static const struct {
	const char *rule;
	enum book book;
	const char *history, *only, *stands;
	const char *last;               /* what the last word changed ("!": it shrank); NULL: not asked */
} cases[] = {
	{ "no absence", SHIPPED, "P:2016-01-01..", NULL, "", "" },
	{ "C3.2.1-1: month of absence 1", SHIPPED, "F1:09-05", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed", "imposed 1 stipend_cancelled" },
	{ "C3.2.1-1 automatic", AUTOMATIC, "F1:12-31", NULL, "1 stipend_cancelled 2017-12-01..2018-01-01 F1 in_force",
	  NULL },
	{ "C3.2.1-2: quarter, talk, year, ban, freeze", AUTOMATIC, "F1:09-05 F2:10-02>10-09", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 in_force; 2 stipend_cancelled 2017-10-01..2018-01-01 F1,F2 "
	  "in_force; "
	  "2 admonishment_talk 2017-10-09.. F1,F2 in_force; 2 assessment_cancelled 2017-01-01..2018-01-01 F1,F2 "
	  "in_force; "
	  "2 award_ban 2017-10-09..2018-01-01 F1,F2 in_force; 2 promotion_freeze 2017-10-09..2018-04-09 F1,F2 in_force",
	  NULL },
	{ "C3.2.1-3: year, recall", SHIPPED, "F1:09-05 F2:10-02 F3:11-20>11-25", "^3 ",
	  "3 stipend_cancelled 2017-01-01..2018-01-01 F1,F2,F3 proposed; 3 recall 2017-11-25.. F1,F2,F3 proposed",
	  "imposed 3 stipend_cancelled; imposed 3 recall" },
	{ "§5 a recall is never automatic", AUTOMATIC, "F1:09-05 F2:10-02 F3:11-20", "recall",
	  "3 recall 2017-11-20.. F1,F2,F3 proposed", NULL },
	{ "§5 a 4th adds nothing", AUTOMATIC, "F1:09-05 F2:10-02 F3:11-20 F4:11-21", "^3 ",
	  "3 stipend_cancelled 2017-01-01..2018-01-01 F1,F2,F3 in_force; 3 recall 2017-11-20.. F1,F2,F3 proposed", "" },
	{ "§5 a 4th that is earlier moves the first three", SHIPPED, "F1:09-05 F2:10-02 F3:11-20 F0:08-03>12-01",
	  "recall", "3 recall 2017-12-01.. F0,F1,F2 proposed", NULL },
	{ "A1: the calendar year of the incident", SHIPPED, "F1:12-31 F2:2018-01-01", NULL,
	  "1 stipend_cancelled 2017-12-01..2018-01-01 F1 proposed; 1 stipend_cancelled 2018-01-01..2018-02-01 F2 "
	  "proposed",
	  NULL },
	{ "A1: two years, two ladders", SHIPPED, "F1:2017-12-30 F2:2017-12-31 F3:2018-01-05 F4:2018-01-06",
	  "stipend_cancelled",
	  "1 stipend_cancelled 2017-12-01..2018-01-01 F1 proposed; 2 stipend_cancelled 2017-10-01..2018-01-01 F1,F2 "
	  "proposed; "
	  "1 stipend_cancelled 2018-01-01..2018-02-01 F3 proposed; 2 stipend_cancelled 2018-01-01..2018-04-01 F3,F4 "
	  "proposed",
	  NULL },
	{ "A3: the earlier rung's stays beside the later", SHIPPED, "F1:09-05 F2:09-06", "stipend_cancelled",
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed; 2 stipend_cancelled 2017-07-01..2017-10-01 F1,F2 "
	  "proposed",
	  NULL },
	{ "A5: from the latest confirmation, whichever fact's", SHIPPED, "F1:09-05>11-30 F2:10-02>10-03",
	  "promotion_freeze", "2 promotion_freeze 2017-11-30..2018-05-30 F1,F2 proposed", NULL },
	{ "A5: clamped to the month's end", SHIPPED, "F1:08-05 F2:08-31", "promotion_freeze",
	  "2 promotion_freeze 2017-08-31..2018-02-28 F1,F2 proposed", NULL },
	{ "A5: clamped in a leap year", SHIPPED, "F1:2019-08-05 F2:2019-08-31", "promotion_freeze",
	  "2 promotion_freeze 2019-08-31..2020-02-29 F1,F2 proposed", NULL },
	{ "A6: until the term ends", SHIPPED, "P:2016-09-01..~2019-03-01 F1:09-05 F2:10-02", "award_ban",
	  "2 award_ban 2017-10-02..2019-03-01 F1,F2 proposed", NULL },
	{ "A6: the year outlasts the term", SHIPPED, "P:2016-09-01..~2017-11-01 F1:09-05 F2:10-02", "award_ban",
	  "2 award_ban 2017-10-02..2018-01-01 F1,F2 proposed", NULL },
	{ "A6: the latest of several", SHIPPED, "P:2016-09-01..~2018-03-01 P:2016-09-01..~2018-09-01 F1:09-05 F2:10-02",
	  "award_ban", "2 award_ban 2017-10-02..2018-09-01 F1,F2 proposed", NULL },
	{ "A6: without a term, the posting's end", SHIPPED, "P:2016-09-01..2018-05-01 F1:09-05 F2:10-02", "award_ban",
	  "2 award_ban 2017-10-02..2018-05-01 F1,F2 proposed", NULL },
	{ "A6: a term and an end: the term", SHIPPED, "P:2016-09-01..2018-05-01~2018-08-01 F1:09-05 F2:10-02",
	  "award_ban", "2 award_ban 2017-10-02..2018-08-01 F1,F2 proposed", NULL },
	{ "A6: the term held on absence 2's date", SHIPPED, "P:2016-09-01..2017-10-01~2020-01-01 F1:09-05 F2:10-02",
	  "award_ban", "2 award_ban 2017-10-02..2018-01-01 F1,F2 proposed", NULL },
	{ "§5 award_ban decided on 1 January", SHIPPED, "F1:09-05 F2:10-02>2018-01-01", "award_ban",
	  "2 award_ban 2018-01-01..2019-01-01 F1,F2 proposed", NULL },
	{ "A17: two findings of a day are one absence", SHIPPED, "F2:09-05 F1:09-05>09-20", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed", "amended 1 stipend_cancelled" },
	{ "A17: of a day the smallest id, even if confirmed later", SHIPPED, "F2:09-05>09-06 F9:10-02 F1:09-05>10-20",
	  "admonishment_talk", "2 admonishment_talk 2017-10-20.. F1,F9 proposed", NULL },
	{ "A17: the other one of the day remains", SHIPPED, "F1:09-05 F2:09-05 -F1", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F2 proposed", "amended 1 stipend_cancelled" },
	{ "§5 late fact: the levels move", SHIPPED, "F2:10-02 F1:09-05>10-20", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed; 2 stipend_cancelled 2017-10-01..2018-01-01 F1,F2 "
	  "proposed; "
	  "2 admonishment_talk 2017-10-20.. F1,F2 proposed; 2 assessment_cancelled 2017-01-01..2018-01-01 F1,F2 "
	  "proposed; "
	  "2 award_ban 2017-10-20..2018-01-01 F1,F2 proposed; 2 promotion_freeze 2017-10-20..2018-04-20 F1,F2 proposed",
	  NULL },
	{ "§5 an annulled first re-levels the others", SHIPPED, "F1:09-05 F2:10-02 F3:11-20 -F1", NULL,
	  "1 stipend_cancelled 2017-10-01..2017-11-01 F2 proposed; 2 stipend_cancelled 2017-10-01..2018-01-01 F2,F3 "
	  "proposed; "
	  "2 admonishment_talk 2017-11-20.. F2,F3 proposed; 2 assessment_cancelled 2017-01-01..2018-01-01 F2,F3 "
	  "proposed; "
	  "2 award_ban 2017-11-20..2018-01-01 F2,F3 proposed; 2 promotion_freeze 2017-11-20..2018-05-20 F2,F3 proposed",
	  NULL },
	{ "§5 annulled: everything gone", AUTOMATIC, "F1:09-05 -F1", NULL, "", "revoked 1 stipend_cancelled!" },
	{ "§5 annulled: never again confirmed", SHIPPED, "F1:09-05 -F1 F1:09-05", NULL, "", "" },
	{ "§5 the same fact twice", SHIPPED, "F1:09-05 F2:10-02 F2:10-02", "recall", "", "" },
	{ "§5 comes back as newly decided", AUTOMATIC, "F1:09-05 stipend_cancelled=lifted -F1 F2:09-07", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F2 in_force", "imposed 1 stipend_cancelled" },
	{ "A98: rejected, and another fact counts: decided anew", SHIPPED,
	  "F1:09-05 F2:10-02 award_ban=rejected F0:08-04>10-10", "award_ban",
	  "2 award_ban 2017-10-10..2018-01-01 F0,F1 proposed", NULL },
	{ "A98: the first measure rests on the first absence alone", SHIPPED,
	  "F1:09-06 stipend_cancelled=rejected F0:09-04", "^1 ",
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F0 proposed",
	  "imposed 1 stipend_cancelled; imposed 2 stipend_cancelled; imposed 2 admonishment_talk; "
	  "imposed 2 assessment_cancelled; imposed 2 award_ban; imposed 2 promotion_freeze" },
	{ "A98: and holds again when that fact goes", AUTOMATIC, "F1:09-06 stipend_cancelled=lifted F0:08-04 -F0", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 lifted", NULL },
	{ "A98: a fact that does not count under it changes nothing", SHIPPED,
	  "F1:09-06 stipend_cancelled=rejected F2:10-02", "^1 ",
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 rejected", NULL },
	{ "A98: the rejection holds when the same absence is confirmed again", SHIPPED,
	  "F1:09-06 stipend_cancelled=rejected -F1 F2:09-06", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F2 rejected", "imposed 1 stipend_cancelled" },
	{ "A98: another finding of the same date is no other fact", AUTOMATIC,
	  "F1:09-06 stipend_cancelled=lifted F0:09-06", NULL, "1 stipend_cancelled 2017-09-01..2017-10-01 F0 lifted",
	  "amended 1 stipend_cancelled" },
	{ "A98: what is approved is not refused", SHIPPED, "F1:09-05 F2:10-02 award_ban=in_force F0:08-04>10-10",
	  "award_ban", "2 award_ban 2017-10-10..2018-01-01 F0,F1 in_force", NULL },
	{ "§5 amended: served is kept", AUTOMATIC,
	  "F1:09-05 F2:10-02 admonishment_talk=served P:2016-09-01..~2019-03-01", "admonishment_talk",
	  "2 admonishment_talk 2017-10-02.. F1,F2 served", "amended 2 award_ban" },
	{ "§5 approval changes with the policy of the k-th date", AUTOMATIC_LATER, "F2:10-02 F1:09-05", "^1 ",
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed", NULL },
	{ "§5 approval changes: lifted is decided anew", AUTOMATIC_LATER, "F1:10-02 stipend_cancelled=lifted F0:09-30",
	  "^1 ", "1 stipend_cancelled 2017-09-01..2017-10-01 F0 proposed", NULL },
	{ "§5 facts are judged as at the incident", AUTOMATIC_LATER, "F1:09-05>12-01 F2:10-02", "stipend_cancelled",
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed; 2 stipend_cancelled 2017-10-01..2018-01-01 F1,F2 "
	  "in_force",
	  NULL },
	{ "§5 the policy of each date: 3 months, by kind", SOFTER_LATER, "F1:09-05 F2:10-02",
	  "f", /* freeze, and all that is in_force */
	  "2 award_ban 2017-10-02..2018-01-01 F1,F2 in_force; 2 promotion_freeze 2017-10-02..2018-01-02 F1,F2 proposed",
	  NULL },
	{ "§5 a ladder of two rungs", SOFTER_LATER, "F1:09-05 F2:10-02 F3:11-20", "^3 ", "", "" },
	{ "§5 before the first policy nothing follows, but it counts", SHIPPED, "F1:07-31 F2:08-01",
	  "stipend_cancelled", "2 stipend_cancelled 2017-07-01..2017-10-01 F1,F2 proposed", NULL },
	{ "§5 the kill switch holds what is automatic", HELD, "F1:09-05", NULL,
	  "1 stipend_cancelled 2017-09-01..2017-10-01 F1 proposed", NULL },
	{ "§5 shrunk: told again", AUTOMATIC, "F1:09-05 F0:08-30", "^1 ",
	  "1 stipend_cancelled 2017-08-01..2017-09-01 F0 in_force",
	  "amended 1 stipend_cancelled!; imposed 2 stipend_cancelled; imposed 2 admonishment_talk; imposed 2 "
	  "assessment_cancelled; "
	  "imposed 2 award_ban; imposed 2 promotion_freeze" },
};

static void
test_cases(const struct books *books, arena_t *a)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w = { .book = &books->book[cases[i].book], .arena = a };
		tell(&w, cases[i].history);
		const char *stands = standing_words(&w, cases[i].only, a), *last = change_words(&w, a);
		check_text(stands, cases[i].stands, cases[i].rule);
		if (cases[i].last)
			check_text(last, cases[i].last, cases[i].rule);
		arena_reset(a);
	}
}

static void
test_reason(const struct books *books, arena_t *a)
{
	static const char *const zh = "取消补助（脱岗日期：2017-09-05、2017-10-02；决定日期：2017-10-09）";
	static const char *const en = "stipend cancelled (absent on 2017-09-05, 2017-10-02; decided on 2017-10-09)";
	struct world w = { .book = &books->book[SHIPPED], .arena = a };

	tell(&w, "F1:09-05 F2:10-02>10-09");
	check_text(w.measures[1]->reason_zh, zh, "reason, zh");
	check_text(w.measures[1]->reason_en, en, "reason, en");
}

/* Rungs as standing shows them: min(k, 3), within each year. */
static void
test_rungs(const struct books *books, arena_t *a)
{
	static const int rungs[] = { 1, 2, 3, 3, 1 };
	struct world w = { .book = &books->book[SHIPPED], .arena = a };
	struct absence *absences;

	tell(&w, "F5:2018-01-01 F4:11-04 F3:09-03 F2:09-02 F1:09-01 F0:09-02");
	size_t n = ladder_absences(w.book, w.findings, w.nfindings, a, &absences);
	check(n == 5, "§5 five absences", "");
	for (size_t i = 0; i < n && i < 5; i++)
		check(absences[i].rung == rungs[i], "§5 rung min(k, 3)", absences[i].finding->finding_id);
	check(n > 1 && strcmp(absences[1].finding->finding_id, "F0") == 0, "A17 smallest id", "");
}

/* ---- §5 Effect */

static void
test_eligibility(arena_t *a)
{
	static const struct { int kind, state, day; bool eligible; } rows[] = {
		{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, 100, false },
		{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, ACCOUNTABILITY__MEASURE_STATE__SERVED, 199, false },
		{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, 99, true },
		{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, 200, true },
		{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, ACCOUNTABILITY__MEASURE_STATE__PROPOSED, 100, true },
		{ ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, ACCOUNTABILITY__MEASURE_STATE__LIFTED, 100, true },
		{ ACCOUNTABILITY__MEASURE_KIND__PROMOTION_FREEZE, ACCOUNTABILITY__MEASURE_STATE__IN_FORCE, 100, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		Measure m = ACCOUNTABILITY_ROWS__MEASURE__INIT;
		const Measure *all[] = { &m };
		Accountability__Verdict v = ACCOUNTABILITY__VERDICT__INIT;
		m.measure_id = (char *)"m-1";
		m.kind = (Accountability__MeasureKind)rows[i].kind;
		m.state = (Accountability__MeasureState)rows[i].state;
		m.from_day = 100;
		m.maybe_until_case = ACCOUNTABILITY_ROWS__MEASURE__MAYBE_UNTIL_UNTIL_DAY;
		m.until_day = 200;
		eligibility_on(all, 1, ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN, rows[i].day, a, &v);
		check(v.eligible == rows[i].eligible && v.n_reasons == !rows[i].eligible, "§5 Eligibility",
		      arena_printf(a, "row %zu", i));
	}
}

/* ---- what must always hold (§10 1–4), on random histories */

struct random { uint64_t state; };

static uint32_t
draw(struct random *r, uint32_t below)          /* splitmix64 (Steele, Lea, Flood 2014) */
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % below);
}

struct deed { int id; int32_t on_day, confirmed_day; bool annulled; };

/* Few dates in few months, so that days collide, levels move and years are left. */
static size_t
draw_deeds(struct random *r, struct deed deeds[FACTS_MAX])
{
	size_t n = 1 + draw(r, 8);
	bool early = draw(r, 4) == 0;           /* some of it before the first policy */

	for (size_t i = 0; i < n; i++) {
		deeds[i].id = (int)i;
		deeds[i].on_day = day_of_civil(2017, early ? 6 : 8, 15) + (int32_t)draw(r, 14) * 20;
		deeds[i].confirmed_day = deeds[i].on_day + (int32_t)draw(r, 60);
		deeds[i].annulled = draw(r, 4) == 0;
	}
	return n;
}

static void
world_open(struct world *w, const struct policy_book *book, arena_t *a)
{
	*w = (struct world){ .book = book, .arena = a };
	tell(w, "P:2016-09-01..2017-11-10~2018-02-01 P:2017-10-01..");
}

static void
deed_tell(struct world *w, const struct deed *d, bool annulled)
{
	char id[16];

	snprintf(id, sizeof(id), "F%02d", (d->id * 7) % 10);
	finding_put(w, id, d->on_day, d->confirmed_day, annulled);
	recount(w);
}

/* Confirmations and annulments in any order, some told again: the annulment may even come first. */
static void
tell_shuffled(struct world *w, const struct deed *deeds, size_t n, struct random *r)
{
	struct { const struct deed *deed; bool annulled; } words[3 * FACTS_MAX];
	size_t nwords = 0;

	for (size_t i = 0; i < n; i++) {
		words[nwords].deed = &deeds[i];
		words[nwords++].annulled = false;
		if (deeds[i].annulled) {
			words[nwords].deed = &deeds[i];
			words[nwords++].annulled = true;
		}
		if (draw(r, 3) == 0) {
			words[nwords].deed = &deeds[i];
			words[nwords++].annulled = deeds[i].annulled;
		}
	}
	for (size_t i = nwords; i > 1; i--) {
		size_t k = draw(r, (uint32_t)i);
		__typeof__(words[0]) swapped = words[i - 1];
		words[i - 1] = words[k];
		words[k] = swapped;
	}
	for (size_t i = 0; i < nwords; i++)
		deed_tell(w, words[i].deed, words[i].annulled);
}

static bool
cancelled(const struct world *w, int32_t day)
{
	for (size_t i = 0; i < w->nmeasures; i++) {
		const Measure *m = w->measures[i];
		if (m->kind == ACCOUNTABILITY__MEASURE_KIND__STIPEND_CANCELLED &&
		    m->state != ACCOUNTABILITY__MEASURE_STATE__REVOKED && m->from_day <= day && day < m->until_day)
			return true;
	}
	return false;
}

static int
rungs_reached(const struct world *w, int year)
{
	bool reached[4] = { false };

	for (size_t i = 0; i < w->nmeasures; i++)
		if (w->measures[i]->window_year == year &&
		    w->measures[i]->state != ACCOUNTABILITY__MEASURE_STATE__REVOKED)
			reached[w->measures[i]->rung] = true;
	return reached[1] + reached[2] + reached[3];
}

static bool
grows(const struct world *before, const struct world *after)
{
	for (int year = 2017; year <= 2018; year++)
		if (rungs_reached(after, year) < rungs_reached(before, year))
			return false;
	for (int32_t day = day_of_civil(2017, 1, 1); day < day_of_civil(2019, 1, 1); day++)
		if (cancelled(before, day) && !cancelled(after, day))
			return false;
	return true;
}

/* One ladder for all dates: elsewhere, and before the first policy, the k-th absence is worth what its own date says.
 */
static bool
one_ladder(const struct policy_book *book, const struct deed *deeds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (deeds[i].on_day < book->versions[0].effective_from_day)
			return false;
	return book->n == 1;
}

static void
test_properties(const struct books *books, arena_t *a)
{
	for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
		struct random r = { seed };
		const struct policy_book *book = &books->book[draw(&r, BOOKS)];
		struct deed deeds[FACTS_MAX];
		struct world plain, shuffled, reversed, more;
		size_t n = draw_deeds(&r, deeds);

		world_open(&plain, book, a);
		world_open(&shuffled, book, a);
		world_open(&reversed, book, a);
		world_open(&more, book, a);
		for (size_t i = 0; i < n; i++)
			if (!deeds[i].annulled)
				deed_tell(&plain, &deeds[i], false);
		tell_shuffled(&shuffled, deeds, n, &r);
		for (size_t i = n; i-- > 0;)
			deed_tell(&reversed, &deeds[i], false);
		for (size_t i = 0; i < n; i++)
			if (deeds[i].annulled)
				deed_tell(&reversed, &deeds[i], true);
		const char *is = standing_words(&plain, NULL, a),
			   *name = arena_printf(a, "seed %llu", (unsigned long long)seed);
		check_text(standing_words(&shuffled, NULL, a), is,
			   arena_printf(a, "§10 1, 2 order and repetition, %s", name));
		check_text(standing_words(&reversed, NULL, a), is, arena_printf(a, "§10 3 reversal, %s", name));
		recount(&shuffled);
		check(shuffled.nchanges == 0, arena_printf(a, "§10 2 nothing new, %s", name),
		      change_words(&shuffled, a));
		for (size_t i = 0; i < n; i++)
			if (!deeds[i].annulled)
				deed_tell(&more, &deeds[i], false);
		struct deed one = { .id = 9,
				    .on_day = day_of_civil(2017, 8, 1) + (int32_t)draw(&r, 240),
				    .confirmed_day = day_of_civil(2018, 6, 1) };
		if (one_ladder(book, deeds, n)) {
			deed_tell(&more, &one, false);
			check(grows(&plain, &more), arena_printf(a, "§10 4 monotonic, %s", name),
			      standing_words(&more, NULL, a));
		}
		arena_reset(a);
	}
}

int
main(void)
{
	struct books *books = calloc(1, sizeof(*books));
	arena_t *a = arena_open(16 << 20);

	books_init(books);
	test_cases(books, a);
	test_reason(books, a);
	test_rungs(books, a);
	test_eligibility(a);
	test_properties(books, a);
	arena_close(&a);
	free(books);
	return tally_end();
}
